//! What happened to an order.

use crate::{
    components::{Facts, Progress, Timeline, TimelineEvent},
    i18n::Tr,
};
use jumun::{order::ShortageState, view::OrderView};
use leptos::prelude::*;

/// Facts that mean something only behind the desk.
const INSIDE: &[&str] = &[
    "stock.released",
    "stock.committed",
    "stock.deducted",
    "payment.authorised",
    "payment.voided",
    "payment.cancel_requested",
    "order.paid",
    "order.cancel_requested",
    "order.delivery_started",
    "order.delivered",
    "allocation.made",
    "fulfilment.sourced",
    "fulfilment.purchase_ordered",
    "fulfilment.cancelled",
    "outbound.requested",
    "outbound.failed",
    "delivery.status_changed",
    "delivery.cancel_requested",
    "outbound.cancelled",
    "outbound.cancel_refused",
    "stock.lost",
    "fulfilment.short",
    "return.approved",
    "return.collected",
    "return.inspected",
];

/// The words of an event.
pub fn event_words(tr: Tr, event: &str) -> String {
    tr.t(&format!("event.{}", event.replace('.', "_")))
}

/// What head office found to have come of a stopped step, and how it knows: the outcome in words and the reason.
pub fn by_hand(tr: Tr, note: &str) -> String {
    let (outcome, reason) = note.split_once(' ').unwrap_or((note, ""));
    format!("{} · {reason}", tr.t(&format!("by_hand.{outcome}")))
}

/// What happened, newest first, without the facts of the machinery.
pub fn history(tr: Tr, order: &OrderView) -> AnyView {
    let now = order.now;
    let events = order
        .history
        .iter()
        .rev()
        .filter(|row| !INSIDE.contains(&row.event.as_str()))
        .enumerate()
        .map(|(index, row)| TimelineEvent {
            time: tr.ago(row.at, now),
            datetime: row.at.rfc3339(),
            title: event_words(tr, &row.event),
            text: row.at.kst_minute(),
            progress: if index == 0 { Progress::Now } else { Progress::Done },
        })
        .collect();
    view! { <Timeline events=events label=tr.t("order.history") /> }.into_any()
}

/// Missing units that are settled, and how.
pub fn answered(tr: Tr, order: &OrderView) -> AnyView {
    let settled = order.shortages.iter().filter_map(|shortage| {
        let how = match shortage.state {
            ShortageState::Open | ShortageState::Waiting => return None,
            ShortageState::Filled => "order.short.settled.filled",
            ShortageState::Taken => "order.short.settled.taken",
            ShortageState::Substituted => "order.short.settled.substituted",
            ShortageState::Cancelled => "order.short.settled.cancelled",
        };
        let line = order.lines.iter().find(|line| line.id == shortage.line)?;
        let what = tr.with("order.short.settled.what", &[("title", &tr.of(&line.title)), ("n", &shortage.quantity.to_string())]);
        Some((what, tr.t(how).into_any()))
    });
    let rows: Vec<(String, AnyView)> = settled.collect();
    if rows.is_empty() {
        return ().into_any();
    }
    view! {
        <div class="settled">
            <Facts rows=rows />
        </div>
    }
    .into_any()
}
