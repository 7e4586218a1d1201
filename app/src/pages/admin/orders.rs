//! Every order, whoever sells it.

use super::console::{Console, address, asked, given, order_link, page_head, search, use_chain};
use crate::{
    api,
    components::{Button, Choice, EmptyState, LinkButton, Pager, Select, Skeleton, Table, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        errors::Problem,
        frame::Head,
        order_parts::{age, row_badges, waits_words},
    },
};
use jumun::{
    order::Board,
    view::{ChainOrders, OrderRow},
};
use leptos::prelude::*;
use leptos_router::components::Form;

/// `/admin/orders`
#[component]
pub fn Orders() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    let (q, board, cursor) = (asked("q"), asked("board"), asked("cursor"));
    let data =
        load(move || (q.get(), board.get(), cursor.get()), |(q, board, cursor)| api::admin::every_order(given(q), given(board), given(cursor)));
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => table(tr, &view, &q.get_untracked(), &board.get_untracked(), !cursor.get_untracked().is_empty()),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    // Drawn again when the address asks for something else, so that the form always says what is shown.
    let form = move || {
        let (q, board) = (q.get(), board.get());
        let boards = Board::ALL.iter().map(|board| Choice::new(board.name(), tr.t(&format!("board.{}", board.name()))));
        let boards: Vec<Choice> = std::iter::once(Choice::new("", tr.t("admin.orders.any_board"))).chain(boards).collect();
        view! {
            <Form method="GET" action="/admin/orders" attr:class="board-tools" attr:role="search">
                {search(q, tr.t("admin.orders.find"))}
                <Select label=tr.t("admin.orders.board") name="board" choices=boards value=board hide_label=true />
                <Button>{tr.t("admin.find")}</Button>
            </Form>
        }
    };
    view! {
        <Console chain=chain>
            <Head title=tr.t("admin.orders.title") />
            {page_head(tr.t("admin.orders.title"), tr.t("admin.orders.about"), ())}
            {form}
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("admin.loading") /> }>{shown}</Transition>
        </Console>
    }
}

fn table(tr: Tr, view: &ChainOrders, q: &str, board: &str, later: bool) -> AnyView {
    if view.list.rows.is_empty() {
        return if q.is_empty() && board.is_empty() && !later {
            view! { <EmptyState icon="package" title=tr.t("admin.orders.none") text=tr.t("admin.orders.none_text") /> }.into_any()
        } else {
            view! {
                <EmptyState icon="search" title=tr.t("admin.orders.not_found") text=tr.t("admin.orders.not_found_text")>
                    <LinkButton href="/admin/orders">{tr.t("admin.orders.all")}</LinkButton>
                </EmptyState>
            }
            .into_any()
        };
    }
    let rows = view.list.rows.iter().map(|row| line(tr, row, view)).collect_view();
    let newest = if later { address("/admin/orders", &[("q", q), ("board", board)]) } else { String::new() };
    let next = view.list.next.as_ref().map(|next| address("/admin/orders", &[("q", q), ("board", board), ("cursor", next)])).unwrap_or_default();
    let head = move |key: &str, class: &'static str| {
        view! {
            <th scope="col" class=class>
                {tr.t(&format!("admin.orders.{key}"))}
            </th>
        }
    };
    view! {
        <div>
            <Table caption=tr.t("admin.orders.title") class="board-table table-cards">
                <thead>
                    <tr>
                        {head("number", "")} {head("status", "")} {head("waits", "")} {head("seller", "")} {head("goods", "")} {head("amount", "end")}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
            <Pager previous=newest next=next previous_label=tr.t("admin.newest") next_label=tr.t("admin.older") />
        </div>
    }
    .into_any()
}

fn line(tr: Tr, row: &OrderRow, view: &ChainOrders) -> AnyView {
    let label = |key: &str| tr.t(&format!("admin.orders.{key}"));
    let mut goods = tr.of(&row.title);
    if row.more_lines > 0 {
        goods = tr.with("order.and_more", &[("title", &goods), ("n", &row.more_lines.to_string())]);
    }
    let (waits, seller) = (waits_words(tr, row.waits), tr.of(&row.counterpart));
    let (whole_waits, whole_seller, whole_goods) = (waits.clone(), seller.clone(), goods.clone());
    let placed = row.placed_at.kst_minute();
    view! {
        <tr>
            <td class="col-num">{order_link(&row.number)} <span class="sub">{placed}</span></td>
            <td data-label=label("status")>{row_badges(tr, row)}</td>
            <td class="col-clip" data-label=label("waits") title=whole_waits>
                <div>
                    {waits} <span class="sub age" title=row.since.kst_minute()>
                        {age(tr, row.since, view.now)}
                    </span>
                </div>
            </td>
            <td class="col-clip" data-label=label("seller") title=whole_seller>
                {seller}
            </td>
            <td class="col-goods" data-label=label("goods") title=whole_goods>
                {goods}
            </td>
            <td class="end" data-label=label("amount")>
                <Won amount=row.total.0 lang=tr.0.code() />
            </td>
        </tr>
    }
    .into_any()
}
