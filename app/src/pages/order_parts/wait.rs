//! What an order waits for: as a sentence, and as the time that is left.

use super::badge::tone;
use crate::{
    components::{Countdown, OrderSentence},
    i18n::Tr,
};
use jumun::{
    order::{Status, Waits},
    time::Time,
    view::{HistoryRow, OrderView},
};
use leptos::prelude::*;

pub(super) struct Deadline {
    key: &'static str,
    since: Time,
    due: Time,
}

/// The wait that runs now, with its beginning and its end.
pub(super) fn deadline(order: &OrderView) -> Option<Deadline> {
    let timer = |key: &'static str, since: Time| {
        order.timers.iter().filter(|timer| timer.kind == key).map(|timer| timer.due).min().map(|due| Deadline { key, since, due })
    };
    let requested = order.attempt.as_ref().map_or(order.placed_at, |attempt| attempt.requested_at);
    match order.waits {
        Waits::PaymentAnswer if order.difference.is_some() => timer("difference", requested),
        Waits::Payment | Waits::PaymentAnswer => timer("payment-window", requested).or_else(|| timer("hold", order.placed_at)),
        Waits::Retry => {
            let failed = |row: &&HistoryRow| matches!(row.event.as_str(), "payment.declined" | "payment.timed_out");
            timer("repay-window", order.history.iter().filter(failed).map(|row| row.at).min().unwrap_or(order.placed_at))
        }
        Waits::Deposit => order.attempt.as_ref().and_then(|attempt| attempt.deposit.as_ref()).map(|deposit| Deadline {
            key: "deposit",
            since: requested,
            due: deposit.due,
        }),
        Waits::Seller => timer("auto-release", order.confirmed_at.unwrap_or(order.placed_at)),
        Waits::Confirmation => {
            order.confirm_by.map(|due| Deadline { key: "auto-confirm", since: order.delivered_at.unwrap_or(order.placed_at), due })
        }
        Waits::Stock => {
            let asked = |row: &&HistoryRow| matches!(row.event.as_str(), "order.shortage_raised" | "order.shortage_reasked");
            let due = order.shortages.iter().filter_map(|shortage| shortage.answer_by).min()?;
            Some(Deadline { key: "answer", since: order.history.iter().rev().find(asked).map_or(order.placed_at, |row| row.at), due })
        }
        Waits::Arrival => timer("promise", order.confirmed_at.unwrap_or(order.placed_at)),
        Waits::ExtraCharge => {
            let asked = order.extras.iter().rev().find(|extra| extra.is_open());
            timer("extra-answer", asked.map_or(order.now, |extra| extra.proposed_at))
        }
        Waits::Difference => timer("difference", order.now),
        Waits::Address => timer("address-fix", order.placed_at),
        Waits::Acceptance => timer("acceptance", order.placed_at),
        Waits::ReturnAnswer | Waits::ReturnQuestion | Waits::Fetcher | Waits::Collection | Waits::Inspection | Waits::PutAway => None,
        Waits::RefundApproval | Waits::Replacement | Waits::RefundAccount => None,
        Waits::Partner | Waits::Installer | Waits::Release | Waits::Warehouse | Waits::Carrier | Waits::Refund | Waits::Nothing => None,
    }
}

/// The thin ring with the time left: ticking below two days, in days above.
pub(super) fn ring(tr: Tr, wait: &Deadline, now: Time) -> AnyView {
    let left = wait.due.since(now).as_seconds().max(0);
    let total = wait.due.since(wait.since).as_seconds().max(left).max(1);
    let label = tr.t(&format!("order.until.{}", wait.key));
    if left < 172_800 {
        return view! { <Countdown seconds_left=left.unsigned_abs() total=total.unsigned_abs() label=label /> }.into_any();
    }
    let gone = (1_000 - left.saturating_mul(1_000) / total).to_string();
    let days = tr.with("order.age.days", &[("n", &(left / 86_400).to_string())]);
    view! {
        <span class="countdown" title=wait.due.kst_minute()>
            <svg class="countdown-ring" viewBox="0 0 36 36" aria-hidden="true" focusable="false">
                <circle class="track" cx="18" cy="18" r="16"></circle>
                <circle class="run" cx="18" cy="18" r="16" pathLength="1000" stroke-dasharray="1000" stroke-dashoffset=gone></circle>
            </svg>
            <span class="countdown-text">
                <span class="countdown-label">{label}</span>
                <span class="countdown-time">{days}</span>
            </span>
        </span>
    }
    .into_any()
}

/// The sentence of a wait in three parts: before the thing that is waited for, the thing, and the rest.
fn waits_parts(tr: Tr, waits: Waits) -> (String, String, String) {
    let sentence = tr.t(&format!("waits.{}", waits.name()));
    let (before, after) = (tr.t("order.sentence.before"), tr.t("order.sentence.after"));
    match sentence.strip_prefix(&before).and_then(|rest| rest.strip_suffix(&after)) {
        Some(thing) => {
            let what = thing.trim_end_matches(['을', '를']);
            (before, what.to_owned(), format!("{}{after}", &thing[what.len()..]))
        }
        None => (String::new(), sentence, String::new()),
    }
}

/// What is waited for, in a few words.
pub fn waits_words(tr: Tr, waits: Waits) -> String {
    if waits == Waits::Nothing { "–".to_owned() } else { waits_parts(tr, waits).1 }
}

/// What the order waits for, as a sentence.
pub fn waits_sentence(tr: Tr, order: &OrderView) -> AnyView {
    let over = match (order.waits, order.status) {
        (Waits::Nothing, Status::Completed) => Some("order.over.completed"),
        (Waits::Nothing, Status::Cancelled) => Some("order.over.cancelled"),
        (Waits::Nothing, Status::Refunded) => Some("order.over.refunded"),
        (_, Status::ReturningToSender) => Some("order.over.returning"),
        (_, _) => None,
    };
    let (before, what, after) = match over {
        Some(key) => (tr.t(key), String::new(), String::new()),
        None => waits_parts(tr, order.waits),
    };
    let cause = order.cancelled.map(|cause| {
        let cause = serde_json::to_value(cause).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
        view! { <p class="soft">{tr.t(&format!("cancel_cause.{cause}"))}</p> }
    });
    view! {
        <div class="stack stack-s">
            <OrderSentence tone=tone(order.tone) before=before what=what after=after />
            {cause}
        </div>
    }
    .into_any()
}
