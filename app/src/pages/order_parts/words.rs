//! Small words and figures that every list and page of orders uses.

use crate::{components::Tag, i18n::Tr};
use jumun::time::{Date, Time};
use leptos::prelude::*;

/// Where a product's picture is.
pub fn picture(drawing: &str) -> String {
    match drawing.strip_prefix(jumun::catalogue::PHOTO) {
        Some(hash) => format!("/pictures/{hash}"),
        None => format!("/art/products/{drawing}.svg"),
    }
}

/// `11.21`: a day of this year's work, as short as it can be.
pub fn short_date(at: Time) -> String {
    let date = at.kst_date();
    format!("{:02}.{:02}", date.month, date.day)
}

/// The moment to the minute, with how long ago it was on hover.
pub fn moment(tr: Tr, at: Time, now: Time) -> AnyView {
    view! {
        <time datetime=at.rfc3339() title=tr.ago(at, now)>
            {at.kst_minute()}
        </time>
    }
    .into_any()
}

/// How long a span is, in its largest unit: `3시간`.
pub fn age(tr: Tr, since: Time, now: Time) -> String {
    let minutes = now.since(since).as_seconds().max(0) / 60;
    let (key, n) = match minutes {
        0..60 => ("order.age.minutes", minutes),
        60..1_440 => ("order.age.hours", minutes / 60),
        _ => ("order.age.days", minutes / 1_440),
    };
    tr.with(key, &[("n", &n.to_string())])
}

/// How long it is until then: hours up to three days, so that nobody loses one by rounding.
pub fn left(tr: Tr, due: Time, now: Time) -> String {
    let minutes = u64::try_from(due.since(now).as_seconds()).unwrap_or_default().div_ceil(60);
    let (key, n) = match minutes {
        0..60 => ("order.age.minutes", minutes),
        60..4_320 => ("order.age.hours", minutes.div_ceil(60)),
        _ => ("order.age.days", minutes / 1_440),
    };
    tr.with(key, &[("n", &n.to_string())])
}

/// The mark of a line that is sold before it is there, with the day it is promised to leave by.
pub fn pre_order(tr: Tr, ship_by: Option<Date>) -> Option<AnyView> {
    let text = tr.with("shop.pre_order_by", &[("day", &tr.day(ship_by?))]);
    let mark = view! {
        <span class="pre-order">
            <Tag icon="calendar" brand=true>
                {text}
            </Tag>
        </span>
    };
    Some(mark.into_any())
}
