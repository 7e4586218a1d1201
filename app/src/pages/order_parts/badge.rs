//! The status of an order as a badge, and the badges beside it.

use crate::{
    components::{StatusBadge, Tone},
    i18n::Tr,
};
use jumun::{
    order::{Status, status},
    view::{OrderRow, OrderView},
};
use leptos::prelude::*;

/// The tone of a state as components draw it.
pub fn tone(tone: status::Tone) -> Tone {
    match tone {
        status::Tone::Waiting => Tone::Waiting,
        status::Tone::Moving => Tone::Moving,
        status::Tone::Done => Tone::Done,
        status::Tone::Trouble => Tone::Trouble,
        status::Tone::Neutral => Tone::Neutral,
    }
}

/// The icon of a status.
pub fn status_icon(status: Status) -> &'static str {
    match status {
        Status::Pending => "receipt",
        Status::StockReserved => "package",
        Status::PartiallyAvailable | Status::OutOfStock | Status::PaymentFailed | Status::DeliveryFailed => "alert-triangle",
        Status::WaitingStock | Status::PaymentPending => "clock",
        Status::Paid => "credit-card",
        Status::Confirmed => "inbox",
        Status::Preparing => "package-open",
        Status::PurchaseOrdered => "boxes",
        Status::PurchaseCompleted => "package-check",
        Status::Shipped | Status::InTransit | Status::OutForDelivery => "truck",
        Status::ReturningToSender | Status::Returned => "undo",
        Status::Delivered => "home",
        Status::Installed => "wrench",
        Status::Completed => "check-circle",
        Status::Cancelled => "ban",
        Status::Refunded => "wallet",
    }
}

/// The words of a status; "partly" when the goods stand at different places.
pub fn status_words(tr: Tr, status: Status, mixed: bool) -> String {
    let words = tr.t(&format!("status.{}", status.name()));
    if mixed { tr.with("order.partly", &[("status", &words)]) } else { words }
}

/// The badge of a status.
pub fn status_badge(tr: Tr, status: Status, mixed: bool, large: bool) -> AnyView {
    view! { <StatusBadge tone=tone(status.tone()) label=status_words(tr, status, mixed) icon=status_icon(status) large=large /> }.into_any()
}

/// Units are owed that cannot be had.
fn short_badge(tr: Tr, large: bool) -> AnyView {
    view! { <StatusBadge tone=Tone::Trouble label=tr.t("order.badge.short") icon="hourglass" large=large /> }.into_any()
}

/// The status of an order in a list, and whether it is short of units.
pub fn row_badges(tr: Tr, row: &OrderRow) -> AnyView {
    let short = row.short.then(|| short_badge(tr, false));
    view! { <span class="badges">{status_badge(tr, row.status, row.mixed, false)}{short}</span> }.into_any()
}

/// The status of an order at the head of its page, and what else is true of it.
pub fn order_badges(tr: Tr, order: &OrderView) -> AnyView {
    let short = order.short.then(|| short_badge(tr, true));
    let cancelling = order.cancelling.then(|| {
        view! { <StatusBadge tone=Tone::Waiting label=tr.t("order.badge.cancelling") icon="ban" large=true /> }
    });
    let refunded = order.partly_refunded.then(|| {
        view! { <StatusBadge tone=Tone::Neutral label=tr.t("order.badge.partly_refunded") icon="wallet" large=true /> }
    });
    view! { <span class="badges">{status_badge(tr, order.status, order.mixed, true)}{short}{cancelling}{refunded}</span> }.into_any()
}
