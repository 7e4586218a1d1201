//! Having other goods instead: which, why, what comes in their place, and when they may be fetched.

use super::give_back::wish;
use crate::{
    components::{Button, ButtonKind, Card, Choice, Field, Select, Skeleton, TextArea},
    i18n::{Tr, use_tr},
    pages::order_parts::{Asks, Page, WithOrder, claim_reason, use_order},
};
use jumun::{
    ids::{FulfilmentId, LineId, OrderId},
    money::Won,
    order::{Fault, Kind, ReturnReason},
    time::{Date, Span, Time},
    view::OrderView,
};
use leptos::prelude::*;

/// `/orders/:number/exchange`
#[component]
pub fn Exchange() -> impl IntoView {
    let tr = use_tr();
    let live = use_order();
    view! {
        <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("order.loading") /> }>
            <WithOrder live=live body=body />
        </Transition>
    }
}

/// Units of a line that others can come for. The form stays in place while they are the same.
#[derive(Clone, PartialEq)]
struct Exchanged {
    order: OrderId,
    number: String,
    fulfilment: FulfilmentId,
    line: LineId,
    name: String,
    units: u32,
    until: Option<Time>,
    fetched: bool,
    /// Option, words.
    others: Vec<(String, String)>,
    fee: Won,
    /// What came in an exchange is exchanged for its faults only.
    faults_only: bool,
    first: Date,
    last: Date,
}

/// What a unit of something else costs more or less, in words.
fn dearer(tr: Tr, by: Won) -> String {
    let (key, amount) = match by {
        Won::ZERO => ("exchange.as_dear", Won::ZERO),
        by if by > Won::ZERO => ("exchange.dearer", by),
        by => ("exchange.cheaper", -by),
    };
    tr.with(key, &[("amount", &tr.won(amount))])
}

fn exchanged(tr: Tr, order: &OrderView) -> Vec<Exchanged> {
    let lines = order.returnable.iter().flat_map(|open| open.exchanges.iter().map(move |line| (open, line)));
    let one = |(open, of): (&jumun::view::Returnable, &jumun::view::Exchangeable)| {
        let goods = order.fulfilments.iter().find(|goods| goods.id == open.fulfilment)?;
        let units = goods.lines.iter().find(|(line, _)| *line == of.line)?.1;
        let line = order.lines.iter().find(|line| line.id == of.line)?;
        let other = |(goods, by): &(jumun::view::StandIn, Won)| {
            let words = format!("{} · {} ({})", tr.of(&goods.title), tr.of(&goods.option), dearer(tr, *by));
            (goods.variant.to_string(), words)
        };
        let faults_only = order.kind == Kind::Replacement;
        let same = (of.same.to_string(), tr.t("exchange.same"));
        Some(Exchanged {
            order: order.id,
            number: order.number.to_string(),
            fulfilment: open.fulfilment,
            line: of.line,
            name: format!("{} · {}", tr.of(&line.title), tr.of(&line.option)),
            units,
            until: open.until,
            fetched: open.fetched,
            others: std::iter::once(same).chain(of.others.iter().filter(|_| !faults_only).map(other)).collect(),
            fee: open.exchange_fee,
            faults_only,
            first: (order.now + Span::days(1)).kst_date(),
            last: order.pickup_until,
        })
    };
    lines.filter_map(one).collect()
}

fn body(tr: Tr, page: Page) -> AnyView {
    wish(tr, page, ("exchange", "exchange"), exchanged, form, ().into_any())
}

fn form(tr: Tr, goods: &Exchanged, asks: Asks) -> AnyView {
    let id = goods.line;
    let units: Vec<Choice> = (1..=goods.units).map(|n| Choice::new(n.to_string(), tr.with("order.units", &[("n", &n.to_string())]))).collect();
    let others: Vec<Choice> = goods.others.iter().map(|(option, words)| Choice::new(option, words)).collect();
    let words = |reason: &ReturnReason| {
        let bears = match reason.fault() {
            Fault::Buyer => "return.bears_buyer",
            Fault::Seller | Fault::Nobody => "return.bears_seller",
        };
        Choice::new(reason.slug(), format!("{} ({})", claim_reason(tr, *reason), tr.t(bears)))
    };
    let faults_only = goods.faults_only;
    let reasons = ReturnReason::OF_BUYERS.iter().filter(move |reason| !faults_only || reason.fault() != Fault::Buyer).map(words);
    let reasons: Vec<Choice> = reasons.collect();
    let day = goods.fetched.then(|| {
        let (first, last) = (goods.first.to_string(), goods.last.to_string());
        view! {
            <Field
                label=tr.t("return.day")
                name="pickup_on"
                id=format!("pickup-{id}")
                r#type="date"
                value=first.clone()
                min=first
                max=last
                hint=tr.t("return.day_hint")
                required=true
            />
        }
    });
    let charged = goods.fee > Won::ZERO && !faults_only;
    let fee = charged.then(|| view! { <p class="hint">{tr.with("exchange.fee", &[("amount", &tr.won(goods.fee))])}</p> });
    let until = goods.until.map(|until| view! { <p class="hint">{tr.with("exchange.until", &[("day", &until.kst_date().to_string())])}</p> });
    let what = tr.t(if goods.fetched { "exchange.fetched" } else { "exchange.not_sent" });
    let (order, number, fulfilment) = (goods.order.to_string(), goods.number.clone(), goods.fulfilment.to_string());
    let (name, all) = (goods.name.clone(), goods.units.to_string());
    view! {
        <Card title=name icon="repeat">
            <p class="soft">{what}</p>
            {until}
            <ActionForm action=asks.request_exchange attr:class="form">
                <input type="hidden" name="order" value=order />
                <input type="hidden" name="number" value=number />
                <input type="hidden" name="fulfilment" value=fulfilment />
                <input type="hidden" name="line" value=id.to_string() />
                <Select label=tr.t("exchange.units") name="quantity" id=format!("quantity-{id}") choices=units value=all />
                <Select
                    label=tr.t("exchange.instead")
                    name="variant"
                    id=format!("variant-{id}")
                    choices=others
                    hint=tr.t("exchange.instead_hint")
                    required=true
                />
                <Select label=tr.t("return.reason") name="reason" id=format!("reason-{id}") choices=reasons required=true />
                <TextArea
                    label=tr.t("return.note")
                    name="note"
                    id=format!("note-{id}")
                    optional_label=tr.t("return.optional")
                    hint=tr.t("return.note_hint")
                    maxlength=500_u32
                />
                {day}
                {fee}
                <Button kind=ButtonKind::Primary class="btn-l btn-wide" icon="repeat" disabled=asks.request_exchange.pending()>
                    {tr.t("exchange.do")}
                </Button>
            </ActionForm>
        </Card>
    }
    .into_any()
}
