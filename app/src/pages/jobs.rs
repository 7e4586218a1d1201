//! An installer's own work, made for a phone in one hand.

pub mod earnings;
pub mod list;
pub mod me;
pub mod one;
mod pickup;

pub use earnings::Earnings;
pub use list::Jobs;
pub use me::OwnTerms;
pub use one::Job;

use crate::{
    components::{TabItem, Tabs},
    i18n::Tr,
    outbox::{Waiting, use_outbox},
};
use leptos::prelude::*;

/// An installer's three pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Jobs,
    Earnings,
    Me,
}

/// The way from one of his pages to the others, and what waits to be sent.
fn ways(tr: Tr, here: Way) -> AnyView {
    let item = |way: Way, href: &str, key: &str| TabItem::new(href, tr.t(key), way == here);
    let items = vec![
        item(Way::Jobs, "/jobs", "jobs.tab"),
        item(Way::Earnings, "/jobs/earnings", "earnings.title"),
        item(Way::Me, "/jobs/me", "installer.tab"),
    ];
    let outbox = use_outbox();
    view! {
        <Tabs items=items label=tr.t("jobs.title") />
        <Waiting outbox=outbox />
    }
    .into_any()
}
