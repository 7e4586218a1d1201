//! The desk's first page: what waits for the store, and how the days went.

use super::{
    board::{order_cells, order_heads},
    console::{Console, Counts, News, is_late},
};
use crate::{
    api,
    components::{Bar, BarChart, Card, Icon, Kpi, Skeleton, Table, Tone, group_digits},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{errors::Problem, frame::Head, order_parts::age},
};
use jumun::{
    money::Won,
    order::Board,
    time::{Date, Span},
    view::DeskView,
};
use leptos::prelude::*;

/// `/desk`
#[component]
pub fn Today() -> impl IntoView {
    let tr = use_tr();
    let data = load(|| (), |()| api::desk::desk());
    let seen = RwSignal::new(false);
    Effect::new(move |_| seen.set(matches!(data.get(), Some(Ok(_)))));
    let counts = Signal::derive(move || data.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => today(tr, &view),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    let date = move || data.get().and_then(Result::ok).map(|view| view! { <p>{view.now.kst_date().to_string()}</p> });
    view! {
        <Console counts=counts>
            <Head title=tr.t("desk.today") />
            <div class="page-head">
                <div>
                    <h1>{tr.t("desk.today")}</h1>
                    <Transition>{date}</Transition>
                </div>
            </div>
            <div class="stack">
                <News shown=seen.into() on_refresh=Callback::new(move |()| data.refetch()) />
                <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

fn day_words(date: Date) -> String {
    format!("{}.{}", date.month, date.day)
}

fn today(tr: Tr, view: &DeskView) -> AnyView {
    view! { <div class="stack">{kpis(tr, view)} {todo(tr, view)} <div class="grid-2">{days(tr, view)} {low_stock(tr, view)}</div></div> }.into_any()
}

fn kpis(tr: Tr, view: &DeskView) -> AnyView {
    let figure = |date: Date| view.days.iter().find(|day| day.date == date).map_or((0, Won::ZERO), |day| (day.orders, day.amount));
    let (orders, amount) = figure(view.now.kst_date());
    let (orders_before, amount_before) = figure(view.now.before(Span::days(1)).kst_date());
    let count = |board: Board| view.counts.iter().find(|count| count.board == board).map_or(0, |count| count.count);
    let yesterday = |value: String| tr.with("desk.kpi.yesterday", &[("value", &value)]);
    let orders_text = |n: u32| tr.with("desk.orders", &[("n", &group_digits(n.into()))]);
    let oldest = view
        .todo
        .first()
        .map(|row| (tr.with("desk.oldest", &[("age", &age(tr, row.since, view.now))]), is_late(row.status.board(), row.since, view.now)));
    let (todo_note, todo_tone) = match oldest {
        Some((note, true)) => (note, Tone::Trouble),
        Some((note, false)) => (note, Tone::Waiting),
        None => (tr.t("desk.kpi.nothing_waits"), Tone::Done),
    };
    let low = view.low_stock.len();
    let low_tone = if low > 0 { Tone::Waiting } else { Tone::Done };
    let low_note = tr.t(if low > 0 { "desk.kpi.low_note" } else { "desk.kpi.low_none" });
    let board = |board: Board| format!("/desk/boards/{}", board.name());
    view! {
        <div class="kpis">
            <Kpi label=tr.t("desk.kpi.todo") value=orders_text(u32::try_from(view.todo.len()).unwrap_or(u32::MAX)) note=todo_note tone=todo_tone />
            <Kpi label=tr.t("desk.kpi.orders") value=orders_text(orders) note=yesterday(orders_text(orders_before)) />
            <Kpi label=tr.t("desk.kpi.amount") value=tr.won(amount) note=yesterday(tr.won(amount_before)) />
            <Kpi
                label=tr.t("desk.kpi.unpaid")
                value=orders_text(count(Board::AwaitingPayment))
                note=tr.t("desk.kpi.unpaid_note")
                href=board(Board::AwaitingPayment)
            />
            <Kpi
                label=tr.t("desk.kpi.shipped")
                value=orders_text(count(Board::Shipped))
                note=tr.t("desk.kpi.shipped_note")
                href=board(Board::Shipped)
            />
            <Kpi
                label=tr.t("desk.kpi.low")
                value=tr.with("desk.kpi.kinds", &[("n", &low.to_string())])
                note=low_note
                tone=low_tone
                href="/desk/stock"
            />
        </div>
    }
    .into_any()
}

fn todo(tr: Tr, view: &DeskView) -> AnyView {
    if view.todo.is_empty() {
        return view! {
            <Card title=tr.t("desk.todo.title") icon="inbox">
                <p class="row row-nowrap tone-done">
                    <span class="tone-text">
                        <Icon name="check-circle" />
                    </span>
                    <span>
                        <b>{tr.t("desk.todo.empty")}</b>
                        " · "
                        <span class="soft">{tr.t("desk.todo.empty_text")}</span>
                    </span>
                </p>
            </Card>
        }
        .into_any();
    }
    let rows = view
        .todo
        .iter()
        .map(|row| view! { <tr>{order_cells(tr, row, "buyer", view.now, is_late(row.status.board(), row.since, view.now), None)}</tr> })
        .collect_view();
    view! {
        <Card title=tr.t("desk.todo.title") icon="inbox" class="card-flush">
            <Table caption=tr.t("desk.todo.title") class="board-table table-cards">
                {order_heads(tr, "buyer")}
                <tbody>{rows}</tbody>
            </Table>
        </Card>
    }
    .into_any()
}

fn days(tr: Tr, view: &DeskView) -> AnyView {
    let bars = view
        .days
        .iter()
        .map(|day| Bar { label: day_words(day.date), value: day.orders.into(), text: day.orders.to_string(), alarm: false })
        .collect();
    let orders: u32 = view.days.iter().map(|day| day.orders).sum();
    let amount: Won = view.days.iter().map(|day| day.amount).sum();
    let desc = tr.with("desk.days.desc", &[("days", &view.days.len().to_string()), ("n", &group_digits(orders.into())), ("amount", &tr.won(amount))]);
    let said = desc.clone();
    view! {
        <Card title=tr.t("desk.days.title") icon="bar-chart">
            <div class="stack stack-s">
                <p class="soft">{said}</p>
                <BarChart id="days" title=tr.t("desk.days.title") desc=desc bars=bars table_label=tr.t("desk.days.table") />
            </div>
        </Card>
    }
    .into_any()
}

fn low_stock(tr: Tr, view: &DeskView) -> AnyView {
    let body = if view.low_stock.is_empty() {
        view! { <p class="muted">{tr.t("desk.low.empty")}</p> }.into_any()
    } else {
        let rows = view
            .low_stock
            .iter()
            .map(|row| {
                let href = format!("/desk/stock?q={}", super::board::encode(row.variant.as_str()));
                view! {
                    <tr>
                        <td>
                            <a class="main-link" href=href>
                                {tr.of(&row.title)}
                            </a>
                            <span class="sub">{tr.of(&row.option)}</span>
                        </td>
                        <td class="nowrap">{tr.of(&row.warehouse_name)}</td>
                        <td class="end strong">{row.available.to_string()}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <Table caption=tr.t("desk.low.title")>
                <thead>
                    <tr>
                        <th scope="col">{tr.t("desk.col.goods")}</th>
                        <th scope="col">{tr.t("desk.col.warehouse")}</th>
                        <th scope="col" class="end">
                            {tr.t("desk.col.available")}
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
        .into_any()
    };
    let class = if view.low_stock.is_empty() { "" } else { "card-flush" };
    view! {
        <Card title=tr.t("desk.low.title") icon="boxes" class=class>
            {body}
        </Card>
    }
    .into_any()
}
