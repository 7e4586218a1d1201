//! Missing units: what is missing, until when to answer, and the three answers, each with what it means.

use super::{
    live::{Asks, Page},
    words::left,
};
use crate::{
    components::{Button, ButtonKind, Confirm, Icon},
    i18n::{Tr, use_tr},
};
use jumun::{
    actor::Chair,
    ids::{OrderId, ShortageId},
    money::Won,
    order::ShortageState,
    view::OrderView,
};
use leptos::prelude::*;

/// One missing quantity, in words.
#[derive(Clone, PartialEq, Eq)]
struct Gap {
    id: ShortageId,
    title: String,
    units: u32,
    waiting: bool,
    /// Until when, and how long that is.
    answer_by: Option<(String, String)>,
    worth: Won,
}

/// What the panel depends on. While it stays the same it stays in place.
#[derive(Clone, PartialEq, Eq)]
struct Gaps {
    order: OrderId,
    gaps: Vec<Gap>,
    buyer: bool,
    may_answer: bool,
    may_end: bool,
    /// Something of the order is there.
    something: bool,
    /// Money was paid: it goes back. Otherwise the order only costs less.
    paid: bool,
    back: Won,
}

impl Gaps {
    fn of(tr: Tr, order: &OrderView) -> Option<Self> {
        let live = |state| matches!(state, ShortageState::Open | ShortageState::Waiting);
        let gap = |shortage: &jumun::view::ShortageView| Gap {
            id: shortage.id,
            title: order.lines.iter().find(|line| line.id == shortage.line).map(|line| tr.of(&line.title)).unwrap_or_default(),
            units: shortage.quantity,
            waiting: shortage.state == ShortageState::Waiting,
            answer_by: shortage.answer_by.map(|due| (due.kst_minute(), left(tr, due, order.now))),
            worth: shortage.worth,
        };
        let gaps: Vec<Gap> = order.shortages.iter().filter(|shortage| live(shortage.state)).map(gap).collect();
        let missing: u32 = gaps.iter().map(|gap| gap.units).sum();
        let ordered: u32 = order.lines.iter().map(|line| line.quantity.saturating_sub(line.cancelled)).sum();
        let offered = |command: &str| order.offers.iter().any(|offer| offer.command == command);
        let refunded: Won = order.refunds.iter().map(|refund| refund.amount).sum();
        order.short.then(|| Self {
            order: order.id,
            gaps,
            buyer: order.chair == Chair::Buyer,
            may_answer: offered("choose-shortage"),
            may_end: offered("cancel"),
            something: missing < ordered,
            paid: order.paid > Won::ZERO,
            back: order.paid - refunded,
        })
    }
}

/// The missing units of an order; nothing while none are missing.
#[component]
pub fn Missing(
    /// The order.
    page: Page,
) -> impl IntoView {
    let tr = use_tr();
    let gaps = Memo::new(move |_| page.order.read().as_ref().and_then(|order| Gaps::of(tr, order)));
    move || {
        gaps.get().map(|all| {
            let each = all.gaps.iter().map(|gap| one(tr, &all, gap, page.asks)).collect_view();
            view! {
                <div class="stack" role="group" aria-label=tr.t("order.short.title")>
                    {each}
                </div>
            }
        })
    }
}

fn one(tr: Tr, all: &Gaps, gap: &Gap, asks: Asks) -> AnyView {
    let n = gap.units.to_string();
    let (tone, icon, key) =
        if gap.waiting { ("tone-waiting", "clock", "order.short.waiting") } else { ("tone-trouble", "alert-triangle", "order.short.missing") };
    let title = tr.with(key, &[("title", &gap.title), ("n", &n)]);
    let until = gap.answer_by.as_ref().map(|(at, left)| {
        let key = if all.buyer { "order.short.answer_by" } else { "order.short.answer_by_buyer" };
        view! { <p>{tr.with(key, &[("at", at), ("left", left), ("n", &n)])}</p> }
    });
    let waits = gap.waiting.then(|| {
        let key = if all.buyer { "order.short.waiting_text" } else { "order.short.waiting_text_staff" };
        view! { <p>{tr.t(key)}</p> }
    });
    let money = if all.paid { "order.short.worth_paid" } else { "order.short.worth_unpaid" };
    let worth =
        all.something.then(|| tr.with(money, &[("n", &n), ("amount", &tr.won(gap.worth))])).map(|worth| view! { <p class="soft">{worth}</p> });
    let answers = all.may_answer.then(|| answers(tr, all, gap, asks));
    view! {
        <div class=format!("gap {tone}")>
            <p class="gap-title">
                <Icon name=icon />
                {title}
            </p>
            {until}
            {waits}
            {worth}
            {answers}
        </div>
    }
    .into_any()
}

fn answers(tr: Tr, all: &Gaps, gap: &Gap, asks: Asks) -> AnyView {
    let money = if all.paid { "paid" } else { "unpaid" };
    let (order, id) = (all.order, gap.id);
    let amount = tr.won(gap.worth);
    let n = gap.units.to_string();
    let busy = Signal::from(asks.choose_shortage.pending());
    let choice = |answer: &'static str, icon: &'static str, shown: bool| {
        shown.then(|| {
            let does = tr.with(&format!("order.short.{answer}.{money}"), &[("n", &n), ("amount", &amount)]);
            let button = view! {
                <Button icon=icon class="btn-wide" disabled=busy>
                    {tr.t(&format!("order.short.{answer}.do"))}
                </Button>
            };
            view! { <li>{form(order, id, answer, button.into_any(), asks)}<p class="hint">{does}</p></li> }
        })
    };
    let wait = choice("wait", "clock", !gap.waiting);
    let take = choice("take", "package-check", all.something);
    let end = all.may_end.then(|| {
        let text = tr.with(&format!("order.cancel.buyer_{money}"), &[("amount", &tr.won(all.back))]);
        let button = view! {
            <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=busy>
                {tr.t("order.cancel.do")}
            </Button>
        };
        let form = form(order, id, "cancel", button.into_any(), asks);
        view! {
            <li>
                <Confirm label=tr.t("command.cancel") icon="ban" title=tr.t("order.cancel.title")>
                    <p>{text}</p>
                    {form}
                </Confirm>
                <p class="hint">{tr.t(&format!("order.short.cancel.{money}"))}</p>
            </li>
        }
    });
    view! { <ul class="gap-answers">{wait}{take}{end}</ul> }.into_any()
}

fn form(order: OrderId, shortage: ShortageId, answer: &'static str, button: AnyView, asks: Asks) -> AnyView {
    view! {
        <ActionForm action=asks.choose_shortage>
            <input type="hidden" name="order" value=order.to_string() />
            <input type="hidden" name="shortage" value=shortage.to_string() />
            <input type="hidden" name="answer" value=answer />
            {button}
        </ActionForm>
    }
    .into_any()
}
