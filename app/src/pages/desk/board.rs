//! One board: a dense table of the orders that stand there.

use super::console::{Console, Counts, News, is_late};
use crate::{
    api,
    components::{EmptyState, Icon, LinkButton, Pager, Skeleton, Table, Tag, Won},
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
    order::Kind,
    time::Time,
    view::{BoardView, OrderRow},
};
use leptos::{ev, prelude::*};
use leptos_router::{
    components::Form,
    hooks::{use_params_map, use_query_map},
};
use wasm_bindgen::JsCast;

type Found = Option<Result<BoardView, Refused>>;

/// `/desk/boards/:board`
#[component]
pub fn Board() -> impl IntoView {
    let tr = use_tr();
    let (params, query) = (use_params_map(), use_query_map());
    let board = Memo::new(move |_| params.read().get("board").unwrap_or_default());
    let q = Memo::new(move |_| query.read().get("q").filter(|q| !q.trim().is_empty()));
    let cursor = Memo::new(move |_| query.read().get("cursor").filter(|cursor| !cursor.is_empty()));
    let data = load(move || (board.get(), q.get(), cursor.get()), |(board, q, cursor)| api::desk::board(board, q, cursor));
    let seen = RwSignal::new(false);
    Effect::new(move |_| seen.set(matches!(data.get(), Some(Ok(_)))));
    let counts = Signal::derive(move || data.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let rows = StoredValue::new(0_usize);
    let at = use_cursor(rows);
    let title = move || tr.t(&format!("board.{}", board.get()));
    let shown = move || {
        let found: Found = data.get();
        found.map(|found| match found {
            Ok(view) => {
                at.set(None);
                rows.set_value(view.list.rows.len());
                table(tr, &view, q.get_untracked(), cursor.get_untracked().is_some(), at)
            }
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    let about = move || {
        let found: Found = data.get();
        found.and_then(Result::ok).map(|view| about(tr, &view))
    };
    let hint = move || (board.get() == "purchase-ordered").then(|| view! { <p class="hint">{tr.t("desk.purchase_ordered_hint")}</p> });
    view! {
        <Console counts=counts>
            {move || view! { <Head title=title() /> }} <div class="page-head">
                <div>
                    <h1>{title}</h1>
                    <Transition>{about}</Transition>
                    {hint}
                </div>
                <p class="hint only-wide">
                    <kbd>"j"</kbd>
                    " "
                    <kbd>"k"</kbd>
                    " "
                    <kbd>"Enter"</kbd>
                    " "
                    {tr.t("desk.keys")}
                </p>
            </div> <Form method="GET" action="" attr:class="board-tools" attr:role="search">
                <div class="search">
                    <Icon name="search" />
                    <input
                        class="input"
                        type="search"
                        name="q"
                        value=q.get_untracked()
                        prop:value=move || q.get().unwrap_or_default()
                        placeholder=tr.t("desk.find_here")
                        aria-label=tr.t("desk.find_here")
                        maxlength="60"
                    />
                </div>
            </Form> <div class="stack stack-s">
                <News shown=seen.into() on_refresh=Callback::new(move |()| data.refetch()) />
                <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

/// The row that `j` and `k` move to; Enter then opens its link. Only in the browser.
fn use_cursor(rows: StoredValue<usize>) -> RwSignal<Option<usize>> {
    let at = RwSignal::new(None::<usize>);
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
            let typing = target.is_some_and(|target| matches!(target.tag_name().as_str(), "INPUT" | "SELECT" | "TEXTAREA"));
            let rows = rows.get_value();
            if typing || rows == 0 || event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            // The key's place, not its letter: a Korean keyboard types ㅓ and ㅏ there.
            let next = match (event.code().as_str(), at.get_untracked()) {
                ("KeyJ", Some(row)) => (row + 1).min(rows - 1),
                ("KeyK", Some(row)) => row.saturating_sub(1),
                ("KeyJ" | "KeyK", None) => 0,
                _ => return,
            };
            at.set(Some(next));
            if let Some(link) = document().get_element_by_id(&format!("row-{next}")).and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = link.focus();
            }
        });
        on_cleanup(move || handle.remove());
    });
    at
}

fn about(tr: Tr, view: &BoardView) -> AnyView {
    let count = view.counts.iter().find(|count| count.board == view.board);
    let units = tr.with("desk.orders", &[("n", &count.map_or(0, |count| count.count).to_string())]);
    let oldest = count.and_then(|count| count.oldest).map(|since| tr.with("desk.oldest", &[("age", &age(tr, since, view.now))]));
    let text = oldest.map_or(units.clone(), |oldest| format!("{units} · {oldest}"));
    view! { <p>{text}</p> }.into_any()
}

fn table(tr: Tr, view: &BoardView, q: Option<String>, later: bool, at: RwSignal<Option<usize>>) -> AnyView {
    let here = format!("/desk/boards/{}", view.board.name());
    if view.list.rows.is_empty() {
        return if q.is_some() || later {
            view! {
                <EmptyState icon="search" title=tr.t("desk.nothing_found") text=tr.t("desk.nothing_found_text")>
                    <LinkButton href=here>{tr.t("desk.whole_board")}</LinkButton>
                </EmptyState>
            }
            .into_any()
        } else {
            view! { <EmptyState icon="inbox" title=tr.t("desk.empty_board") text=tr.t("desk.empty_board_text") /> }.into_any()
        };
    }
    let late = |row: &OrderRow| is_late(view.board, row.since, view.now);
    let rows = view
        .list
        .rows
        .iter()
        .enumerate()
        .map(|(index, row)| {
            let class = move || if at.get() == Some(index) { "is-cursor" } else { "" };
            view! { <tr class=class>{order_cells(tr, row, "buyer", view.now, late(row), Some(index))}</tr> }
        })
        .collect_view();
    let with_q = |address: String, joint: char| match &q {
        Some(q) => format!("{address}{joint}q={}", encode(q)),
        None => address,
    };
    let newest = if later { with_q(here.clone(), '?') } else { String::new() };
    let next = view.list.next.as_ref().map(|next| with_q(format!("{here}?cursor={next}"), '&')).unwrap_or_default();
    view! {
        <div>
            <Table caption=tr.t(&format!("board.{}", view.board.name())) class="board-table table-cards">
                {order_heads(tr, "buyer")}
                <tbody>{rows}</tbody>
            </Table>
            <Pager previous=newest next=next previous_label=tr.t("orders.newest") next_label=tr.t("orders.older") />
        </div>
    }
    .into_any()
}

/// Text as a value in an address.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// The heads of [`order_cells`]; whose name stands there, the `buyer`'s or the `seller`'s.
pub fn order_heads(tr: Tr, counterpart: &str) -> AnyView {
    let head = move |key: &str, class: &'static str| {
        view! {
            <th scope="col" class=class>
                {tr.t(&format!("desk.col.{key}"))}
            </th>
        }
    };
    view! {
        <thead>
            <tr>
                {head("number", "")} {head("status", "")} {head("waits", "")} {head(counterpart, "")} {head("goods", "")} {head("units", "end")}
                {head("amount", "end")}
            </tr>
        </thead>
    }
    .into_any()
}

/// The cells of an order in a table of the desk, under [`order_heads`] with the same counterpart.
pub fn order_cells(tr: Tr, row: &OrderRow, counterpart: &str, now: Time, late: bool, index: Option<usize>) -> AnyView {
    let label = |key: &str| tr.t(&format!("desk.col.{key}"));
    let word = tr.t(&format!("order.kind.{}", row.kind.name()));
    let kind = (row.kind != Kind::Sale).then(|| view! { <Tag icon="warehouse">{word}</Tag> });
    let mut goods = tr.of(&row.title);
    if row.more_lines > 0 {
        goods = tr.with("order.and_more", &[("title", &goods), ("n", &row.more_lines.to_string())]);
    }
    let waits = waits_words(tr, row.waits);
    let buyer = tr.of(&row.counterpart);
    let age_class = if late { "sub age is-late" } else { "sub age" };
    let mark = late.then(|| view! { <Icon name="alert-circle" /> });
    let placed = row.placed_at.kst_minute();
    let short = placed.get(5..).unwrap_or_default().to_owned();
    // Attributes are made after what they stand on: what is cut short stands whole in its title.
    let (whole_waits, whole_buyer, whole_goods) = (waits.clone(), buyer.clone(), goods.clone());
    view! {
        <td class="col-num">
            <a class="main-link" id=index.map(|index| format!("row-{index}")) href=format!("/desk/orders/{}", row.number)>
                {row.number.to_string()}
            </a>
            <span class="sub" title=placed>
                {short}
            </span>
        </td>
        <td data-label=label("status")>{row_badges(tr, row)} {kind}</td>
        <td class="col-clip" data-label=label("waits") title=whole_waits>
            <div>
                {waits} <span class=age_class title=row.since.kst_minute()>
                    {mark}
                    {age(tr, row.since, now)}
                </span>
            </div>
        </td>
        <td class="col-clip" data-label=label(counterpart) title=whole_buyer>
            {buyer}
        </td>
        <td class="col-goods" data-label=label("goods") title=whole_goods>
            {goods}
        </td>
        <td class="end" data-label=label("units")>
            {row.units.to_string()}
        </td>
        <td class="end" data-label=label("amount")>
            <Won amount=row.total.0 lang=tr.0.code() />
        </td>
    }
    .into_any()
}
