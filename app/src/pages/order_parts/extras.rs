//! Work on site that was not bought: what the installer asks for, with what it costs and a photo, and what came of it.

use super::{live::Page, put_up::site_photo};
use crate::{
    components::{Card, Icon, LinkButton, PriceRow, PriceTable, StatusBadge, Tone},
    i18n::{Tr, use_tr},
};
use jumun::{
    actor::Chair,
    order::{Extra, ExtraState},
    view::OrderView,
};
use leptos::prelude::*;

/// The state of an extra charge.
pub fn extra_badge(tr: Tr, extra: &Extra) -> AnyView {
    let (tone, icon) = match extra.state {
        ExtraState::Proposed => (Tone::Waiting, "clock"),
        ExtraState::Approved => (Tone::Done, "check"),
        ExtraState::Refused | ExtraState::Lapsed | ExtraState::Withdrawn => (Tone::Neutral, "ban"),
    };
    let key = if extra.given_back { "extra.state.given_back".to_owned() } else { format!("extra.state.{}", extra.state.name()) };
    view! { <StatusBadge tone=tone icon=icon label=tr.t(&key) /> }.into_any()
}

/// The photo that shows why; opened it is as large as it was kept.
pub fn extra_photo(tr: Tr, order: &OrderView, extra: &Extra) -> AnyView {
    site_photo(order.number.as_str(), &extra.photo, tr.t("extra.photo"))
}

/// What is asked for, row by row as it was published, and its sum.
pub fn extra_work(tr: Tr, extra: &Extra) -> AnyView {
    let row = |work: &jumun::order::ExtraWork| {
        let (n, unit, price) = (work.quantity.get().to_string(), tr.of(&work.row.unit), tr.won(work.row.price));
        let each = tr.with("extra.each", &[("n", &n), ("unit", &unit), ("price", &price)]);
        PriceRow::new(tr.of(&work.row.name), work.amount().0).hint(each)
    };
    let rows = extra.work.iter().map(row).collect();
    view! { <PriceTable rows=rows total_label=tr.t("extra.sum") total=extra.amount().0 caption=tr.t("extra.title") lang=tr.0.code() /> }.into_any()
}

/// What waits for the buyer's word, at the head of the order's page.
#[component]
pub fn Asked(
    /// The order.
    page: Page,
) -> impl IntoView {
    let tr = use_tr();
    let open = Memo::new(move |_| {
        let order = page.order.read();
        let order = order.as_ref().filter(|order| order.job.is_none() && order.difference.is_none())?;
        let extra = order.extras.iter().find(|extra| extra.is_open())?;
        Some((order.number.to_string(), order.chair == Chair::Buyer, extra.amount(), extra.until))
    });
    move || {
        open.get().map(|(number, buyer, amount, until)| {
            let title = tr.with(if buyer { "extra.asked" } else { "extra.asked_staff" }, &[("amount", &tr.won(amount))]);
            let way = buyer.then(|| {
                view! {
                    <LinkButton href=format!("/orders/{number}/extra-charge") kind=crate::components::ButtonKind::Primary icon="arrow-right">
                        {tr.t("extra.look")}
                    </LinkButton>
                }
            });
            view! {
                <div class="gap tone-waiting">
                    <p class="gap-title">
                        <Icon name="wrench" />
                        {title}
                    </p>
                    <p class="soft">{tr.with("extra.until", &[("at", &until.kst_minute())])}</p>
                    <div class="btn-row">{way}</div>
                </div>
            }
        })
    }
}

/// Everything that was asked for on site; nothing when nothing was.
pub fn extras(tr: Tr, order: &OrderView) -> AnyView {
    if order.extras.is_empty() {
        return ().into_any();
    }
    let one = |extra: &Extra| {
        let (badge, photo, work) = (extra_badge(tr, extra), extra_photo(tr, order, extra), extra_work(tr, extra));
        view! {
            <div class="site-extra">
                <div class="job-top">{badge}</div>
                {photo}
                {work}
            </div>
        }
    };
    let rows = order.extras.iter().rev().map(one).collect_view();
    view! {
        <Card title=tr.t("extra.title") icon="wrench">
            <div class="stack">{rows}</div>
        </Card>
    }
    .into_any()
}
