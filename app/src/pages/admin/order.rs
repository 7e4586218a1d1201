//! One order, as the chain sees it: what its seller sees and the machinery behind it. It is looked at here, not worked on.

use super::{
    console::{Console, address, use_chain},
    sagas::{Acts, list, said},
};
use crate::{
    api,
    components::{Breadcrumbs, Card, LinkButton, Skeleton},
    i18n::{Tr, use_tr},
    load::{Loaded, derived, load},
    pages::{
        claims::OF_CHAIN,
        desk::order::{history, machinery, money},
        frame::Head,
        order_parts::{
            Looking, OrderState, Page, Slip, TimeSlider, WithOrder, claims, extras, goodwill, lines, put_up, reviews, ship_to, shipment, tree,
            use_order,
        },
    },
};
use jumun::view::{OrderView, SagasView};
use leptos::prelude::*;

/// The steps that stopped, of every order, and what can be done about them.
#[derive(Clone, Copy)]
struct Stopped {
    data: Loaded<SagasView>,
    acts: Acts,
}

/// `/admin/orders/:number`
#[component]
pub fn Order() -> impl IntoView {
    let tr = use_tr();
    let live = use_order();
    let chain = use_chain();
    let data = load(|| (), |()| api::admin::sagas("parked".to_owned()));
    let acts = Acts::new(move || {
        data.refetch();
        chain.refetch();
    });
    provide_context(Stopped { data, acts });
    view! {
        <Console chain=chain>
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("admin.loading") /> }>
                <WithOrder live=live body=body />
            </Transition>
        </Console>
    }
}

fn body(tr: Tr, page: Page) -> AnyView {
    // The work on an order is its seller's and its buyer's; ending one with a reason is the chain's too, and the last word on returns.
    let only_ends = |order: Option<OrderView>| {
        order.map(|mut order| {
            let besides = ["seller-cancel", "refund-goodwill", "approve-goodwill", "reject-goodwill"];
            order.offers.retain(|offer| besides.contains(&offer.command.as_str()) || OF_CHAIN.contains(&offer.command.as_str()));
            order
        })
    };
    let (shown, now) = (page.order, page.now);
    let page = Page { order: derived(move || only_ends(shown.get())), now: derived(move || only_ends(now.get())), ..page };
    let order = page.order;
    let class = move || if page.as_of.get().is_some() { "order-page is-past" } else { "order-page" };
    let part = move |draw: fn(Tr, &OrderView) -> AnyView| move || order.read().as_ref().map(|order| draw(tr, order));
    let shipments =
        move || order.read().as_ref().map(|order| (0..order.fulfilments.len()).map(|index| shipment(tr, order, index, ().into_any())).collect_view());
    let number = order.read_untracked().as_ref().map(|order| order.number.to_string()).unwrap_or_default();
    // By its number, which stays: a form that is being filled in does not begin anew when the order moves.
    let stopped = use_context::<Stopped>().map(|stopped| {
        let number = number.clone();
        move || settle(tr, &number, stopped)
    });
    view! {
        <Head title=number />
        <div class=class>
            {part(head)} <Looking page=page /> <OrderState page=page /> <div class="split">
                <div class="stack">
                    {part(tree)} {claims(tr, page)} {goodwill(tr, page)} {reviews(tr, page)} {stopped} {part(extras)} {part(put_up)} {part(machinery)}
                    <Card title=tr.t("order.history") icon="history" class="card-flush">
                        <div class="card-pad stack">
                            <TimeSlider page=page />
                        </div>
                        {part(history)}
                    </Card> <Slip page=page /> {shipments} <Card title=tr.t("order.lines") icon="package" class="card-flush">
                        {part(lines)}
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

/// The steps of this order that stopped, to be retried or settled here.
fn settle(tr: Tr, number: &str, stopped: Stopped) -> Option<AnyView> {
    let mut view = stopped.data.get()?.ok()?;
    view.rows.retain(|row| row.number.as_str() == number);
    (!view.rows.is_empty()).then(|| {
        view! {
            {said(stopped.acts)}
            <Card title=tr.t("admin.today.parked") icon="pause">
                {list(tr, &view, usize::MAX, Some(stopped.acts))}
            </Card>
        }
        .into_any()
    })
}

fn head(tr: Tr, order: &OrderView) -> AnyView {
    let number = order.number.to_string();
    let crumbs = vec![("/admin/orders".to_owned(), tr.t("admin.orders.title")), (String::new(), number.clone())];
    let values = [("seller", &*tr.of(&order.seller_name)), ("buyer", &order.buyer_name), ("at", &order.placed_at.kst_minute())];
    view! {
        <div class="page-head">
            <div>
                <Breadcrumbs items=crumbs label=tr.t("order.way") />
                <h1>
                    <span class="order-number">{number.clone()}</span>
                </h1>
                <p>{tr.with("admin.order.about", &values)}</p>
            </div>
            <div class="btn-row">
                <LinkButton href=address("/admin/events", &[("number", &number)]) icon="history">
                    {tr.t("admin.order.to_events")}
                </LinkButton>
            </div>
        </div>
    }
    .into_any()
}
