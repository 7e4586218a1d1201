//! What comes back: each return with where it stands.

use super::words::moment;
use crate::{
    components::{Card, Facts, StatusBadge, Tone, Won},
    i18n::Tr,
};
use jumun::{
    money,
    order::ReturnState,
    view::{ClaimView, OrderView},
};
use leptos::prelude::*;

/// The returns of an order; nothing when there are none.
pub fn claims(tr: Tr, order: &OrderView) -> AnyView {
    order.claims.iter().map(|claim| one(tr, order, claim)).collect_view().into_any()
}

fn one(tr: Tr, order: &OrderView, claim: &ClaimView) -> AnyView {
    let (tone, icon) = match claim.state {
        ReturnState::Requested | ReturnState::AwaitingRefundApproval => (Tone::Waiting, "clock"),
        ReturnState::Approved | ReturnState::Collecting | ReturnState::Collected | ReturnState::Inspected => (Tone::Moving, "undo"),
        ReturnState::Refunding => (Tone::Moving, "wallet"),
        ReturnState::Closed => (Tone::Done, "check-circle"),
        ReturnState::Rejected | ReturnState::Withdrawn => (Tone::Neutral, "ban"),
    };
    let goods = claim.units.iter().filter_map(|units| {
        let line = order.lines.iter().find(|line| line.id == units.line)?;
        Some(tr.with("order.claim.units", &[("title", &tr.of(&line.title)), ("n", &units.quantity.get().to_string())]))
    });
    let mut rows: Vec<(String, AnyView)> = vec![
        (tr.t("order.claim.goods"), goods.collect::<Vec<_>>().join(", ").into_any()),
        (tr.t("order.claim.why"), tr.t(&format!("order.claim.reason.{}", claim.reason.slug())).into_any()),
        (tr.t("order.claim.opened"), moment(tr, claim.requested_at, order.now)),
    ];
    if claim.back > money::Won::ZERO {
        let (amount, lang) = (claim.back.0, tr.0.code());
        rows.push((tr.t("order.claim.back"), view! { <Won amount=amount lang=lang /> }.into_any()));
    }
    rows.extend(claim.closed_at.map(|at| (tr.t("order.claim.closed"), moment(tr, at, order.now))));
    let label = tr.t(&format!("order.claim.state.{}", claim.state.name()));
    let badge = move || view! { <StatusBadge tone=tone label=label.clone() icon=icon /> };
    view! {
        <Card title=tr.t("order.claim.title") icon="undo" aside=badge>
            <Facts rows=rows />
        </Card>
    }
    .into_any()
}
