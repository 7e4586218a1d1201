//! Money back for what went wrong while the buyer keeps what he has: what the desk and head office give, and what waits for a second
//! person's word.

use super::{
    live::{Asks, Page},
    words::moment,
};
use crate::{
    components::{Button, ButtonKind, Card, Choice, Confirm, Facts, Field, Notice, Select, Tone, Won},
    i18n::Tr,
};
use jumun::{
    ids::OrderId,
    money,
    order::{Goodwill, GoodwillReason},
    time::Time,
    view::OrderView,
};
use leptos::prelude::*;

/// What for, in words.
pub fn goodwill_reason(tr: Tr, reason: GoodwillReason) -> String {
    tr.t(&format!("order.goodwill.reason_of.{}", reason.slug()))
}

/// What can be given or answered now. While it stays the same the forms stay in place.
#[derive(Clone, PartialEq)]
struct Open {
    order: OrderId,
    most: money::Won,
    waiting: Option<Goodwill>,
    give: bool,
    answer: bool,
    now: Time,
}

impl Open {
    fn of(order: &OrderView) -> Option<Self> {
        let may = |command: &str| order.offers.iter().any(|offer| offer.command == command);
        let (give, answer) = (may("refund-goodwill"), may("approve-goodwill"));
        // The age is told only where something waits, and is as old as what the page was told last.
        let now = order.goodwill.map_or(Time::default(), |_| order.now);
        let open = Self { order: order.id, most: order.goodwill_most, waiting: order.goodwill, give, answer, now };
        (give || order.goodwill.is_some()).then_some(open)
    }
}

/// The card on the pages of those who may give; nothing where nothing can be given.
pub fn goodwill(tr: Tr, page: Page) -> impl IntoView {
    let order = page.order;
    let open = Memo::new(move |_| order.read().as_ref().and_then(Open::of));
    move || {
        open.get().map(|open| {
            view! {
                <Card title=tr.t("order.goodwill.title") icon="wallet" class="goodwill">
                    <div class="stack stack-s">
                        {open.waiting.map(|waiting| waits(tr, &open, waiting, page.asks))} {open.give.then(|| give(tr, &open, page.asks))}
                    </div>
                </Card>
            }
        })
    }
}

fn give(tr: Tr, open: &Open, asks: Asks) -> AnyView {
    let reasons: Vec<Choice> = GoodwillReason::ALL.iter().map(|reason| Choice::new(reason.slug(), goodwill_reason(tr, *reason))).collect();
    let hint = tr.with("order.goodwill.amount_hint", &[("most", &tr.won(open.most))]);
    let (order, most) = (open.order.to_string(), open.most.0.to_string());
    view! {
        <p class="soft text-s">{tr.t("order.goodwill.lead")}</p>
        <Confirm label=tr.t("command.refund-goodwill") kind=ButtonKind::Secondary icon="wallet" tone=Tone::Waiting title=tr.t("order.goodwill.ask")>
            <p>{tr.t("order.goodwill.text")}</p>
            <ActionForm action=asks.refund_goodwill attr:class="form">
                <input type="hidden" name="order" value=order />
                <Field
                    label=tr.t("order.goodwill.amount")
                    name="amount"
                    id="goodwill-amount"
                    r#type="number"
                    inputmode="numeric"
                    min="1"
                    max=most
                    hint=hint
                    required=true
                />
                <Select label=tr.t("order.goodwill.reason") name="reason" id="goodwill-reason" choices=reasons required=true />
                <Button kind=ButtonKind::Primary class="btn-wide" disabled=asks.refund_goodwill.pending()>
                    {tr.t("order.goodwill.do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

fn waits(tr: Tr, open: &Open, waiting: Goodwill, asks: Asks) -> AnyView {
    let (amount, lang) = (waiting.amount.0, tr.0.code());
    let rows: Vec<(String, AnyView)> = vec![
        (tr.t("order.goodwill.amount"), view! { <Won amount=amount lang=lang /> }.into_any()),
        (tr.t("order.goodwill.reason"), goodwill_reason(tr, waiting.reason).into_any()),
        (tr.t("order.goodwill.since"), moment(tr, waiting.proposed_at, open.now)),
    ];
    let answers = open.answer.then(|| answers(tr, open.order, waiting.amount, asks.approve_goodwill, asks.reject_goodwill));
    view! {
        <Notice tone=Tone::Waiting title=tr.t("order.goodwill.waiting") icon="users">
            <p>{tr.t("order.goodwill.waiting_text")}</p>
        </Notice>
        <Facts rows=rows />
        {answers}
    }
    .into_any()
}

/// A second person's word: yes, or no.
pub fn answers(
    tr: Tr,
    order: OrderId,
    amount: money::Won,
    approve: ServerAction<crate::api::goodwill::ApproveGoodwill>,
    reject: ServerAction<crate::api::goodwill::RejectGoodwill>,
) -> AnyView {
    let amount = tr.won(amount);
    let (text, does) = (tr.with("order.goodwill.approve_text", &[("amount", &amount)]), tr.with("order.goodwill.approve_do", &[("amount", &amount)]));
    view! {
        <Confirm
            label=tr.t("command.approve-goodwill")
            kind=ButtonKind::Primary
            icon="wallet"
            tone=Tone::Waiting
            title=tr.t("order.goodwill.approve_title")
        >
            <p>{text}</p>
            <ActionForm action=approve>
                <input type="hidden" name="order" value=order.to_string() />
                <Button kind=ButtonKind::Primary class="btn-wide" disabled=approve.pending()>
                    {does}
                </Button>
            </ActionForm>
        </Confirm>
        <Confirm label=tr.t("command.reject-goodwill") kind=ButtonKind::Secondary title=tr.t("order.goodwill.reject_title")>
            <p>{tr.t("order.goodwill.reject_text")}</p>
            <ActionForm action=reject>
                <input type="hidden" name="order" value=order.to_string() />
                <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=reject.pending()>
                    {tr.t("order.goodwill.reject_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}
