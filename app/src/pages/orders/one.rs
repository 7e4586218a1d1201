//! One order, as its buyer sees it.

use crate::{
    components::{Breadcrumbs, Card, LinkButton, Skeleton},
    i18n::{Tr, use_tr},
    pages::{
        frame::Head,
        order_parts::{
            Asks, CancelLines, Looking, OrderState, Page, RefundAccountCard, ShipToCard, Slip, TimeSlider, WithOrder, answered, claims, extras,
            history, lines, payment, price_table, put_up, redeliver, reviews, shipment, tree, use_order, visit,
        },
    },
};
use jumun::view::OrderView;
use leptos::prelude::*;

/// `/orders/:number`
#[component]
pub fn Order() -> impl IntoView {
    let tr = use_tr();
    let live = use_order();
    view! {
        <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("order.loading") /> }>
            <WithOrder live=live body=body />
        </Transition>
    }
}

fn body(tr: Tr, page: Page) -> AnyView {
    let order = page.order;
    let class = move || if page.as_of.get().is_some() { "order-page is-past" } else { "order-page" };
    let part = move |draw: fn(Tr, &OrderView) -> AnyView| move || order.read().as_ref().map(|order| draw(tr, order));
    let number = order.read_untracked().as_ref().map(|order| order.number.to_string()).unwrap_or_default();
    view! {
        <Head title=tr.with("order.title", &[("number", &number)]) />
        <div class=class>
            {part(head)} <Looking page=page /> <OrderState page=page /> <div class="split">
                <div class="stack">
                    <RefundAccountCard page=page />
                    {claims(tr, page)}
                    {visit(tr, page)}
                    {part(extras)}
                    {part(put_up)}
                    {part(tree)}
                    {move || order.read().as_ref().map(|order| shipments(tr, order, page.asks))}
                    <Card title=tr.t("order.lines") icon="package" class="card-flush">
                        {part(lines)}
                        {part(give_back)}
                        <CancelLines page=page />
                    </Card>
                    {reviews(tr, page)}
                    <Slip page=page />
                    <Card title=tr.t("order.history") icon="history">
                        <div class="stack">
                            <TimeSlider page=page />
                            {part(answered)}
                            {part(history)}
                        </div>
                    </Card>
                </div>
                <aside class="side stack">
                    <Card title=tr.t("order.price.title") icon="receipt">
                        {part(money)}
                    </Card>
                    <Card title=tr.t("order.ship_to.title") icon="map-pin">
                        <ShipToCard page=page />
                    </Card>
                </aside>
            </div>
        </div>
    }
    .into_any()
}

fn head(tr: Tr, order: &OrderView) -> AnyView {
    let crumbs = vec![("/orders".to_owned(), tr.t("orders.title")), (String::new(), order.number.to_string())];
    let about = tr.with("order.about", &[("seller", &tr.of(&order.seller_name)), ("at", &order.placed_at.kst_minute())]);
    let number = order.number.to_string();
    view! {
        <div class="page-head">
            <div>
                <Breadcrumbs items=crumbs label=tr.t("order.way") />
                <h1>
                    <span class="visually-hidden">{tr.t("order.word")}" "</span>
                    <span class="order-number">{number}</span>
                </h1>
                <p>{about}</p>
            </div>
        </div>
    }
    .into_any()
}

/// The ways to the pages that send goods back or exchange them; nothing while none can be.
fn give_back(tr: Tr, order: &OrderView) -> AnyView {
    if order.returnable.is_empty() {
        return ().into_any();
    }
    let some = order.returnable.iter().any(|open| !open.exchanges.is_empty());
    let exchange = some.then(|| {
        view! {
            <LinkButton href=format!("/orders/{}/exchange", order.number) icon="repeat" class="btn-wide">
                {tr.t("exchange.open")}
            </LinkButton>
        }
    });
    view! {
        <div class="card-pad stack stack-s">
            <LinkButton href=format!("/orders/{}/return", order.number) icon="undo" class="btn-wide">
                {tr.t("return.open")}
            </LinkButton>
            {exchange}
        </div>
    }
    .into_any()
}

fn shipments(tr: Tr, order: &OrderView, asks: Asks) -> AnyView {
    let one = |(index, goods)| shipment(tr, order, index, redeliver(tr, order, goods, asks));
    order.fulfilments.iter().enumerate().map(one).collect_view().into_any()
}

fn money(tr: Tr, order: &OrderView) -> AnyView {
    view! { <div class="stack">{price_table(tr, order.amounts)}{payment(tr, order)}</div> }.into_any()
}
