//! What an order costs and how it was paid.

use super::words::moment;
use crate::{
    components::{Facts, Notice, PriceRow, PriceTable, Tone, Won},
    i18n::Tr,
};
use jumun::{
    money,
    order::{AttemptState, Kind},
    pricing::Amounts,
    view::OrderView,
};
use leptos::prelude::*;

/// The price table of an order.
pub fn price_table(tr: Tr, amounts: Amounts) -> AnyView {
    let mut rows = vec![PriceRow::new(tr.t("order.price.goods"), amounts.goods.0)];
    for (key, amount) in [("promotion", -amounts.promotion), ("coupon", -amounts.coupon), ("tier", -amounts.tier)] {
        if amount != money::Won::ZERO {
            rows.push(PriceRow::new(tr.t(&format!("order.price.{key}")), amount.0));
        }
    }
    rows.push(PriceRow::new(tr.t("order.price.shipping"), amounts.shipping.0));
    for (key, amount) in [
        ("island", amounts.island),
        ("installation", amounts.installation),
        ("extras", amounts.extras),
        ("penalty", amounts.penalty),
        ("return_fee", amounts.return_fee),
        ("call_out", amounts.call_out),
        ("spent_points", amounts.spent_points),
        ("goodwill", -amounts.goodwill),
        ("points", -amounts.points),
    ] {
        if amount != money::Won::ZERO {
            rows.push(PriceRow::new(tr.t(&format!("order.price.{key}")), amount.0));
        }
    }
    view! {
        <PriceTable rows=rows total_label=tr.t("order.price.payable") total=amounts.payable().0 caption=tr.t("order.price.title") lang=tr.0.code() />
    }
    .into_any()
}

/// The account a deposit is waited for on.
pub(super) fn deposit(tr: Tr, order: &OrderView) -> Option<AnyView> {
    let attempt = order.attempt.as_ref().filter(|attempt| attempt.state == AttemptState::WaitingDeposit)?;
    let deposit = attempt.deposit.clone()?;
    let (amount, lang) = (attempt.amount.0, tr.0.code());
    let rows: Vec<(String, AnyView)> = vec![
        (tr.t("order.deposit.account"), view! { <span class="strong">{deposit.bank}" "{deposit.account}</span> }.into_any()),
        (tr.t("order.deposit.amount"), view! { <Won amount=amount lang=lang /> }.into_any()),
        (tr.t("order.deposit.due"), deposit.due.kst_minute().into_any()),
    ];
    Some(
        view! {
            <Notice tone=Tone::Waiting title=tr.t("order.deposit.title") icon="landmark">
                <Facts rows=rows />
            </Notice>
        }
        .into_any(),
    )
}

/// What was paid how, and what went back.
pub fn payment(tr: Tr, order: &OrderView) -> AnyView {
    let lang = tr.0.code();
    let mut rows: Vec<(String, AnyView)> = Vec::new();
    if let Some(attempt) = &order.attempt {
        rows.push((tr.t("order.payment.method"), tr.t(&format!("method.{}", attempt.method.slug())).into_any()));
        rows.push((tr.t("order.payment.state"), tr.t(&format!("order.attempt.{}", attempt.state.name())).into_any()));
        rows.push((tr.t("order.payment.requested"), moment(tr, attempt.requested_at, order.now)));
    }
    if order.kind == Kind::Purchase {
        rows.push((tr.t("order.payment.terms"), tr.t("order.payment.credit").into_any()));
    } else {
        rows.push((tr.t("order.payment.paid"), view! { <Won amount=order.paid.0 lang=lang /> }.into_any()));
    }
    let refunds: Vec<_> = order
        .refunds
        .iter()
        .map(|refund| {
            let (tone, title) = match refund.completed_at {
                Some(at) => (Tone::Done, tr.with("order.refund.done", &[("amount", &tr.won(refund.amount)), ("at", &at.kst_minute())])),
                None => (Tone::Waiting, tr.with("order.refund.running", &[("amount", &tr.won(refund.amount))])),
            };
            let hint = refund.completed_at.is_none().then(|| tr.t("order.refund.hint"));
            view! {
                <Notice tone=tone title=title icon="wallet">
                    {hint}
                </Notice>
            }
        })
        .collect();
    view! { <div class="stack">{refunds}<Facts rows=rows /></div> }.into_any()
}
