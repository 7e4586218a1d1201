//! Goods that leave together: where they are, and where they go.

use super::{
    badge::status_badge,
    words::{left, moment},
};
use crate::{
    components::{Card, Facts, Notice, Progress, Timeline, TimelineEvent, Tone},
    i18n::Tr,
};
use jumun::{
    actor::Chair,
    order::{CarrierStatus, FulfilmentState, Method},
    view::{FulfilmentView, OrderView},
};
use leptos::prelude::*;

fn carrier_words(tr: Tr, status: CarrierStatus) -> String {
    tr.t(match status {
        CarrierStatus::PickedUp => "order.carrier.picked_up",
        CarrierStatus::InTransit => "order.carrier.in_transit",
        CarrierStatus::OutForDelivery => "order.carrier.out_for_delivery",
        CarrierStatus::Delivered => "order.carrier.delivered",
        CarrierStatus::Failed => "order.carrier.failed",
        CarrierStatus::Returned => "order.carrier.returned",
    })
}

/// What is in goods that leave together, in a line.
fn contents(tr: Tr, order: &OrderView, goods: &FulfilmentView) -> String {
    let part = |(id, units): &(jumun::ids::LineId, u32)| {
        let line = order.lines.iter().find(|line| line.id == *id)?;
        Some(format!("{} × {units}", tr.of(&line.title)))
    };
    goods.lines.iter().filter_map(part).collect::<Vec<_>>().join(", ")
}

/// What became of a delivery that failed, and what happens next.
fn failed(tr: Tr, order: &OrderView, goods: &FulfilmentView) -> Option<AnyView> {
    // What an installer brings and takes back is told where his visit is.
    if goods.method == Method::Installed {
        return None;
    }
    let times = goods.facts.iter().filter(|fact| fact.status == CarrierStatus::Failed).count();
    let chair = if order.chair == Chair::Buyer { "buyer" } else { "staff" };
    let text = match goods.state {
        FulfilmentState::DeliveryFailed => match order.timers.iter().find(|timer| timer.kind == "return-to-sender") {
            Some(timer) => tr.with("order.failed.last", &[("at", &timer.due.kst_minute()), ("left", &left(tr, timer.due, order.now))]),
            None => tr.t("order.failed.again"),
        },
        FulfilmentState::OutForDelivery if times > 0 => tr.t("order.failed.trying"),
        FulfilmentState::ReturningToSender => tr.t(&format!("order.failed.returning_{chair}")),
        FulfilmentState::Returned => tr.t("order.failed.returned"),
        FulfilmentState::Planned
        | FulfilmentState::Preparing
        | FulfilmentState::PurchaseOrdered
        | FulfilmentState::PurchaseCompleted
        | FulfilmentState::Shipped
        | FulfilmentState::InTransit
        | FulfilmentState::OutForDelivery
        | FulfilmentState::Delivered
        | FulfilmentState::Installed
        | FulfilmentState::Cancelled => return None,
    };
    let title = tr.with("order.failed.title", &[("n", &times.to_string())]);
    let tone = if goods.state == FulfilmentState::DeliveryFailed { Tone::Trouble } else { Tone::Waiting };
    Some(
        view! {
            <Notice tone=tone title=title icon="truck">
                <p>{text}</p>
            </Notice>
        }
        .into_any(),
    )
}

/// What goods wait for that were sold before they were there.
fn to_come(tr: Tr, order: &OrderView, goods: &FulfilmentView) -> Option<AnyView> {
    let day = tr.day(goods.promised.filter(|_| goods.state == FulfilmentState::Planned)?);
    let chair = if order.chair == Chair::Buyer { "buyer" } else { "staff" };
    let (tone, key) = if goods.overdue { (Tone::Trouble, "overdue") } else { (Tone::Waiting, "waiting") };
    let title = tr.t(&format!("order.to_come.{key}"));
    let text = tr.with(&format!("order.to_come.{key}_{chair}"), &[("day", &day)]);
    Some(
        view! {
            <Notice tone=tone title=title icon="calendar">
                <p>{text}</p>
            </Notice>
        }
        .into_any(),
    )
}

/// Goods that leave together: where they are, who carries them, what the carrier saw. `children` are buttons.
pub fn shipment(tr: Tr, order: &OrderView, index: usize, buttons: AnyView) -> AnyView {
    let Some(goods) = order.fulfilments.get(index) else {
        return ().into_any();
    };
    let now = order.now;
    let mut rows: Vec<(String, AnyView)> = vec![(tr.t("order.shipment.goods"), contents(tr, order, goods).into_any())];
    let method = match goods.method {
        Method::Parcel => "order.shipment.parcel",
        Method::Installed => "order.shipment.installed",
    };
    rows.push((tr.t("order.shipment.method"), tr.t(method).into_any()));
    if let Some(warehouse) = &goods.warehouse {
        rows.push((tr.t("order.shipment.warehouse"), tr.of(warehouse).into_any()));
    }
    if let Some(at) = goods.outbound_requested_at.filter(|_| order.chair != Chair::Buyer) {
        rows.push((tr.t("order.shipment.requested"), moment(tr, at, now)));
    }
    if let Some(date) = goods.expected_ship_date.filter(|_| goods.shipped_at.is_none()) {
        rows.push((tr.t("order.shipment.expected"), date.to_string().into_any()));
    }
    if let Some(tracking) = &goods.tracking {
        let carrier = goods.carrier.clone().unwrap_or_default();
        rows.push((
            tr.t("order.shipment.tracking"),
            view! {
                {carrier}
                " "
                <span class="mono nowrap">{tracking.clone()}</span>
            }
            .into_any(),
        ));
    }
    if let Some(at) = goods.shipped_at {
        rows.push((tr.t("order.shipment.shipped"), moment(tr, at, now)));
    }
    if let Some(day) = goods.redeliver_on {
        rows.push((tr.t("order.redeliver.next"), day.to_string().into_any()));
    }
    if let Some(at) = goods.delivered_at {
        rows.push((tr.t("order.shipment.delivered"), moment(tr, at, now)));
    }
    let last = goods.facts.len().saturating_sub(1);
    let moving =
        !matches!(goods.state, FulfilmentState::Delivered | FulfilmentState::Installed | FulfilmentState::Cancelled | FulfilmentState::Returned);
    let facts: Vec<TimelineEvent> = goods
        .facts
        .iter()
        .enumerate()
        .rev()
        .map(|(index, fact)| TimelineEvent {
            time: fact.at.kst_minute(),
            datetime: fact.at.rfc3339(),
            title: carrier_words(tr, fact.status),
            text: fact.place.clone(),
            progress: match (fact.status, index == last && moving) {
                (CarrierStatus::Failed | CarrierStatus::Returned, true) => Progress::Stopped,
                (_, true) => Progress::Now,
                (_, false) => Progress::Done,
            },
        })
        .collect();
    let facts = (!facts.is_empty()).then(|| view! { <Timeline events=facts label=tr.t("order.shipment.facts") /> });
    let many = order.fulfilments.len() > 1;
    let title = if many {
        tr.with("order.shipment.nth", &[("n", &(index + 1).to_string()), ("of", &order.fulfilments.len().to_string())])
    } else {
        tr.t("order.shipment.title")
    };
    let status = goods.status;
    let (to_come, failed) = (to_come(tr, order, goods), failed(tr, order, goods));
    view! {
        <Card title=title icon="truck" aside=move || status_badge(tr, status, false, false)>
            <div class="stack">{to_come}{failed}<Facts rows=rows />{facts}{buttons}</div>
        </Card>
    }
    .into_any()
}

/// Who receives it, where.
pub fn ship_to(tr: Tr, order: &OrderView) -> AnyView {
    // The buyer of the parcel's order knows whom it is for.
    let why = (order.drop_ship && order.chair != Chair::Buyer).then(|| view! { <p class="soft">{tr.t("order.ship_to.drop_ship")}</p> });
    let Some(to) = &order.ship_to else {
        let hidden = why.is_none().then(|| tr.t("order.ship_to.hidden"));
        return view! {
            {why}
            {hidden.map(|text| view! { <p class="muted">{text}</p> })}
        }
        .into_any();
    };
    let mut rows: Vec<(String, AnyView)> = vec![
        (tr.t("order.ship_to.name"), to.name.to_string().into_any()),
        (tr.t("order.ship_to.phone"), to.phone.to_string().into_any()),
        (tr.t("order.ship_to.address"), format!("({}) {}", to.postcode, to.address).into_any()),
    ];
    if let Some(request) = &to.request {
        rows.push((tr.t("order.ship_to.request"), request.to_string().into_any()));
    }
    view! {
        <div class="stack stack-s">
            <Facts rows=rows />
            {why}
        </div>
    }
    .into_any()
}
