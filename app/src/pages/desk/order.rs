//! One order, as its seller works on it.

use super::console::{Console, Counts};
use crate::{
    api,
    components::{Breadcrumbs, Card, LinkButton, Skeleton, StatusBadge, Table, Tone},
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        frame::Head,
        order_parts::{
            Looking, OrderState, Orderable, Page, Slip, TimeSlider, WithOrder, actions, answered, bounced, by_hand, claims, event_words, extras,
            fetchers, goodwill, installers, lines, moment, payment, price_table, put_up, reviews, ship_to, shipment, sources, tree, use_order,
        },
        orders::give_back,
    },
};
use jumun::{actor::Chair, view::OrderView};
use leptos::prelude::*;

/// `/desk/orders/:number/return`: a store sends back what it bought.
#[component]
pub fn GiveBack() -> impl IntoView {
    let tr = use_tr();
    let live = use_order();
    let desk = load(|| (), |()| api::desk::desk());
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    view! {
        <Console counts=counts>
            <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("desk.loading") /> }>
                <WithOrder live=live body=give_back::body />
            </Transition>
        </Console>
    }
}

/// The way there; nothing while nothing can go back.
fn give_back_link(tr: Tr, order: &OrderView) -> AnyView {
    let open = order.chair == Chair::Buyer && order.offers.iter().any(|offer| offer.command == "request-return");
    let link = || {
        view! {
            <LinkButton href=format!("/desk/orders/{}/return", order.number) icon="undo">
                {tr.t("return.open")}
            </LinkButton>
        }
    };
    open.then(link).into_any()
}

/// `/desk/orders/:number`
#[component]
pub fn Order() -> impl IntoView {
    let tr = use_tr();
    let live = use_order();
    let desk = load(|| (), |()| api::desk::desk());
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    Effect::new(move |before: Option<usize>| {
        let now = live.asks.answered() + live.version() as usize;
        if before.is_some_and(|before| before != now) {
            desk.refetch();
        }
        now
    });
    view! {
        <Console counts=counts>
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>
                <WithOrder live=live body=body />
            </Transition>
        </Console>
    }
}

fn body(tr: Tr, page: Page) -> AnyView {
    let order = page.order;
    let class = move || if page.as_of.get().is_some() { "order-page is-past" } else { "order-page" };
    let part = move |draw: fn(Tr, &OrderView) -> AnyView| move || order.read().as_ref().map(|order| draw(tr, order));
    let shipments = move || {
        order.read().as_ref().map(|order| {
            let orderable = Orderable::of(order);
            let one = |(index, goods): (usize, &jumun::view::FulfilmentView)| {
                let buttons = actions(tr, &orderable, Some(goods.id), page.asks);
                shipment(tr, order, index, buttons)
            };
            order.fulfilments.iter().enumerate().map(one).collect_view()
        })
    };
    let number = order.read_untracked().as_ref().map(|order| order.number.to_string()).unwrap_or_default();
    view! {
        <Head title=number />
        <div class=class>
            {part(head)} {bounced(tr, "order.receipt.bounced")} <Looking page=page /> <OrderState page=page /> <div class="split">
                <div class="stack">
                    {part(tree)} {sources(tr, page)} {installers(tr, page)} {fetchers(tr, page)} {part(extras)} {part(put_up)} {claims(tr, page)}
                    {part(give_back_link)} {shipments} <Card title=tr.t("order.lines") icon="package" class="card-flush">
                        {part(lines)}
                    </Card> {reviews(tr, page)} {goodwill(tr, page)} <Slip page=page /> {part(machinery)}
                    <Card title=tr.t("order.history") icon="history" class="card-flush">
                        <div class="card-pad stack">
                            <TimeSlider page=page />
                            {part(answered)}
                        </div>
                        {part(history)}
                    </Card>
                </div>
                <aside class="side stack">
                    <Card title=tr.t("order.price.title") icon="receipt">
                        {part(money)}
                    </Card>
                    <Card title=tr.t("order.ship_to.title") icon="map-pin">
                        {part(ship_to)}
                    </Card>
                </aside>
            </div>
        </div>
    }
    .into_any()
}

fn head(tr: Tr, order: &OrderView) -> AnyView {
    // What the store bought itself stands on its partner's boards.
    let bought = order.chair == Chair::Buyer;
    let over = if bought {
        ("/desk/purchases".to_owned(), tr.t("desk.purchases.title"))
    } else {
        (format!("/desk/boards/{}", order.board.name()), tr.t(&format!("board.{}", order.board.name())))
    };
    let crumbs = vec![over, (String::new(), tr.t(&format!("order.kind.{}", order.kind.name())))];
    let at = order.placed_at.kst_minute();
    let about = if bought {
        tr.with("desk.bought_about", &[("seller", &tr.of(&order.seller_name)), ("at", &at)])
    } else {
        tr.with("desk.order_about", &[("buyer", &order.buyer_name), ("at", &at)])
    };
    let number = order.number.to_string();
    view! {
        <div class="page-head">
            <div>
                <Breadcrumbs items=crumbs label=tr.t("order.way") />
                <h1>
                    <span class="order-number">{number}</span>
                </h1>
                <p>{about}</p>
            </div>
        </div>
    }
    .into_any()
}

/// What it costs, what was paid and what went back.
pub fn money(tr: Tr, order: &OrderView) -> AnyView {
    view! { <div class="stack">{price_table(tr, order.amounts)}{payment(tr, order)}</div> }.into_any()
}

/// Everything that happened, newest first, with who did it.
pub fn history(tr: Tr, order: &OrderView) -> AnyView {
    let rows = order
        .history
        .iter()
        .rev()
        .map(|row| {
            // Settled by hand: what head office found out, and how.
            let note = row.note.as_ref().map(|note| view! { <span class="sub">{by_hand(tr, note)}</span> });
            view! {
                <tr>
                    <td class="end muted nowrap">{row.version.to_string()}</td>
                    <td>
                        <div>{event_words(tr, &row.event)} {note}</div>
                    </td>
                    <td class="soft nowrap">{tr.t(&format!("role.{}", row.actor))}</td>
                    <td class="nowrap end">{moment(tr, row.at, order.now)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=tr.t("order.history")>
            <thead>
                <tr>
                    <th scope="col" class="end">
                        {tr.t("desk.col.version")}
                    </th>
                    <th scope="col">{tr.t("desk.col.event")}</th>
                    <th scope="col">{tr.t("desk.col.actor")}</th>
                    <th scope="col" class="end">
                        {tr.t("desk.col.at")}
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

/// Running sagas and timers.
pub fn machinery(tr: Tr, order: &OrderView) -> AnyView {
    if order.sagas.is_empty() && order.timers.is_empty() {
        return ().into_any();
    }
    let now = order.now;
    let label = move |key: &str| tr.t(&format!("desk.machinery.{key}"));
    let sagas = order
        .sagas
        .iter()
        .map(|saga| {
            let tone = match saga.state.as_str() {
                "parked" => Tone::Trouble,
                "done" => Tone::Done,
                _ => Tone::Moving,
            };
            let problem = saga.problem.clone().map(|problem| view! { <span class="sub">{problem}</span> });
            view! {
                <tr>
                    <td data-label=label("what")>
                        <div>{tr.t(&format!("saga.kind.{}", saga.kind))} <span class="sub">{tr.t(&format!("saga.step.{}", saga.step))}</span></div>
                    </td>
                    <td data-label=label("state")>
                        <div>
                            <StatusBadge tone=tone label=tr.t(&format!("saga.state.{}", saga.state)) />
                            {problem}
                        </div>
                    </td>
                    <td class="end" data-label=label("tries")>
                        {tr.with("desk.tries", &[("n", &saga.attempts.to_string())])}
                    </td>
                    <td class="nowrap" data-label=label("due")>
                        {moment(tr, saga.due, now)}
                    </td>
                </tr>
            }
        })
        .collect_view();
    let timers = order
        .timers
        .iter()
        .map(|timer| {
            view! {
                <tr>
                    <td data-label=label("what")>{tr.t(&format!("timer.{}", timer.kind))}</td>
                    <td data-label=label("state")>{tr.t("desk.machinery.timer")}</td>
                    <td class="end"></td>
                    <td class="nowrap" data-label=label("due")>
                        {moment(tr, timer.due, now)}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card title=tr.t("desk.machinery.title") icon="activity" class="card-flush">
            <Table caption=tr.t("desk.machinery.title") class="board-table table-cards">
                <thead>
                    <tr>
                        <th scope="col">{label("what")}</th>
                        <th scope="col">{label("state")}</th>
                        <th scope="col" class="end">
                            {label("tries")}
                        </th>
                        <th scope="col">{label("due")}</th>
                    </tr>
                </thead>
                <tbody>{sagas} {timers}</tbody>
            </Table>
        </Card>
    }
    .into_any()
}
