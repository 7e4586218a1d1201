//! The head of every order page: status, sentence, time left, buttons, and how far the order has come.

use super::{
    badge::{order_badges, tone},
    commands::{Orderable, actions, cannot_end},
    extras::Asked,
    live::Page,
    money::deposit,
    shortage::{Due, Missing},
    wait::{deadline, ring, waits_sentence},
    words::short_date,
};
use crate::{
    components::{Progress, Step, Steps},
    i18n::{Tr, use_tr},
    pages::errors::Said,
};
use jumun::{
    actor::Chair,
    order::{Kind, Status},
    time::Time,
    view::{FulfilmentView, OrderView},
};
use leptos::prelude::*;

/// The step an order stands at, and how: 0 placed, 1 paid, 2 prepared, 3 dispatched, 4 delivered, 5 completed.
fn standing(order: &OrderView) -> (usize, Progress) {
    match order.status {
        Status::Pending | Status::PartiallyAvailable | Status::OutOfStock | Status::WaitingStock => (0, Progress::Now),
        Status::StockReserved | Status::PaymentPending | Status::PaymentFailed => (1, Progress::Now),
        Status::Paid | Status::Confirmed | Status::Preparing | Status::PurchaseOrdered => (2, Progress::Now),
        Status::PurchaseCompleted => (3, Progress::Now),
        Status::Shipped | Status::InTransit | Status::OutForDelivery | Status::DeliveryFailed => (4, Progress::Now),
        Status::ReturningToSender => (4, Progress::Stopped),
        Status::Delivered | Status::Installed => (5, Progress::Now),
        Status::Completed => (6, Progress::Done),
        Status::Returned | Status::Refunded => (5, Progress::Stopped),
        Status::Cancelled => (if order.confirmed_at.is_some() { 2 } else { 1 }, Progress::Stopped),
    }
}

/// How far the order has come.
pub fn steps(tr: Tr, order: &OrderView) -> AnyView {
    let (at, how) = standing(order);
    let paid = order.history.iter().find(|row| row.event == "payment.approved").map(|row| row.at);
    let agreed = if order.kind == Kind::Purchase { order.confirmed_at } else { paid };
    let last = |time: fn(&FulfilmentView) -> Option<Time>| order.fulfilments.iter().filter_map(time).max();
    let times = [
        Some(order.placed_at),
        agreed,
        last(|goods| goods.outbound_requested_at),
        last(|goods| goods.shipped_at),
        order.delivered_at,
        order.completed_at,
    ];
    let names = match order.kind {
        Kind::Purchase => ["placed", "accepted", "prepared", "dispatched", "delivered", "counted_in"],
        Kind::Sale | Kind::Installation | Kind::Collection | Kind::Replacement => {
            ["placed", "paid", "prepared", "dispatched", "delivered", "completed"]
        }
    };
    let steps = names.iter().zip(times).enumerate().map(|(index, (name, time))| Step {
        label: tr.t(&format!("order.step.{name}")),
        note: time.filter(|_| index <= at).map(short_date).unwrap_or_default(),
        progress: match index.cmp(&at) {
            std::cmp::Ordering::Less => Progress::Done,
            std::cmp::Ordering::Equal => how,
            std::cmp::Ordering::Greater => Progress::Todo,
        },
    });
    view! { <Steps steps=steps.collect() label=tr.t("order.progress") /> }.into_any()
}

/// What becomes of a cancel that waits for the warehouse.
fn cancelling(tr: Tr, order: &OrderView) -> Option<AnyView> {
    let key = if order.chair == Chair::Buyer { "order.cancelling.buyer" } else { "order.cancelling.staff" };
    order.cancelling.then(|| view! { <p class="soft">{tr.t(key)}</p> }.into_any())
}

/// The head of every order page: status, sentence, time left, buttons, steps. The buttons stay in place while they mean
/// the same.
#[component]
pub fn OrderState(
    /// The order.
    page: Page,
) -> impl IntoView {
    let tr = use_tr();
    let Page { order, as_of, asks, .. } = page;
    let orderable = Memo::new(move |_| order.read().as_ref().map(Orderable::of));
    let class = move || format!("order-state {}", order.read().as_ref().map_or("", |order| tone(order.tone).class()));
    let split = move || if orderable.read().as_ref().is_some_and(Orderable::has_buttons) { "split" } else { "" };
    let head = move || {
        order.read().as_ref().map(|order| {
            // Looking back nothing runs out any more.
            let ring = deadline(order).filter(|_| as_of.get().is_none()).map(|wait| ring(tr, &wait, order.now));
            view! {
                <div class="order-state-top">{order_badges(tr, order)} {ring}</div>
                {waits_sentence(tr, order)}
                {cancelling(tr, order)}
                {cannot_end(tr, order)}
                {deposit(tr, order)}
            }
        })
    };
    let buttons = move || orderable.read().as_ref().map(|order| actions(tr, order, None, asks));
    view! {
        <section class=class>
            <div class=split>
                <div class="stack">{head}</div>
                {buttons}
            </div>
            <Said refusal=asks.refusal() />
            <Asked page=page />
            <Due page=page />
            <Missing page=page />
            {move || order.read().as_ref().map(|order| steps(tr, order))}
        </section>
    }
}
