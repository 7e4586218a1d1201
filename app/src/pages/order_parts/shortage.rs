//! Missing units: what is missing, until when to answer, and the three answers, each with what it means.

use super::{
    live::{Asks, Page},
    words::{left, picture},
};
use crate::{
    components::{Button, ButtonKind, Confirm, Icon, LinkButton},
    i18n::{Tr, use_tr},
};
use jumun::{
    actor::Chair,
    ids::{OrderId, ShortageId},
    money::Won,
    order::ShortageState,
    view::{OrderView, SubstituteView},
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
    /// What could come in their place.
    instead: Vec<SubstituteView>,
}

/// What the panel depends on. While it stays the same it stays in place.
#[derive(Clone, PartialEq, Eq)]
struct Gaps {
    order: OrderId,
    number: String,
    gaps: Vec<Gap>,
    buyer: bool,
    may_answer: bool,
    may_swap: bool,
    may_propose: bool,
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
            instead: shortage.instead.clone(),
        };
        let gaps: Vec<Gap> = order.shortages.iter().filter(|shortage| live(shortage.state)).map(gap).collect();
        let missing: u32 = gaps.iter().map(|gap| gap.units).sum();
        let ordered: u32 = order.lines.iter().map(|line| line.quantity.saturating_sub(line.cancelled)).sum();
        let offered = |command: &str| order.offers.iter().any(|offer| offer.command == command);
        let refunded: Won = order.refunds.iter().map(|refund| refund.amount).sum();
        order.short.then(|| Self {
            order: order.id,
            number: order.number.to_string(),
            gaps,
            buyer: order.chair == Chair::Buyer,
            may_answer: offered("choose-shortage"),
            may_swap: offered("substitute"),
            may_propose: offered("propose-substitute"),
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
    let instead = (all.may_swap || all.may_propose).then(|| instead(tr, all, gap, asks));
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
            {instead}
        </div>
    }
    .into_any()
}

/// What could come in the place of the missing units: the buyer takes it, the seller offers it.
fn instead(tr: Tr, all: &Gaps, gap: &Gap, asks: Asks) -> AnyView {
    if gap.instead.is_empty() {
        return ().into_any();
    }
    let title = tr.t(if all.may_swap { "order.short.instead.title" } else { "order.short.instead.title_staff" });
    let one = |choice: &SubstituteView| {
        let goods = &choice.goods;
        let name = [tr.of(&goods.title), tr.of(&goods.option)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        let each = tr.with("order.short.instead.each", &[("amount", &tr.won(goods.unit_price)), ("left", &goods.left.to_string())]);
        let badge = choice.proposed.then(|| {
            let key = if choice.waived { "order.short.instead.waived" } else { "order.short.instead.proposed" };
            view! { <span class="badge tone-moving">{tr.t(key)}</span> }
        });
        let press = if all.may_swap { take(tr, all, gap, choice, asks) } else { propose(tr, all, gap, choice, asks) };
        view! {
            <li class="stand-in">
                <img src=picture(&goods.drawing) alt="" width="64" height="64" loading="lazy" />
                <div class="stack stack-s">
                    <a href=format!("/products/{}", goods.product)>{name}</a>
                    <span class="soft text-s">{each}</span>
                    {badge}
                </div>
                {press}
            </li>
        }
    };
    let choices = gap.instead.iter().map(one).collect_view();
    view! {
        <h3 class="gap-more">{title}</h3>
        <ul class="stand-ins">{choices}</ul>
    }
    .into_any()
}

/// The button says what it costs.
fn take(tr: Tr, all: &Gaps, gap: &Gap, choice: &SubstituteView, asks: Asks) -> AnyView {
    let (dearer, cheaper) = (choice.dearer_by > Won::ZERO, choice.dearer_by < Won::ZERO);
    let unpaid = if all.paid { "" } else { "_unpaid" };
    let label = if dearer {
        tr.with(&format!("order.short.instead.dearer{unpaid}"), &[("amount", &tr.won(choice.dearer_by))])
    } else if cheaper {
        tr.with(&format!("order.short.instead.cheaper{unpaid}"), &[("amount", &tr.won(-choice.dearer_by))])
    } else {
        tr.t("order.short.instead.same")
    };
    // What costs more is paid next.
    let pay = (all.paid && dearer).then(|| view! { <input type="hidden" name="number" value=all.number.clone() /> });
    let busy = Signal::from(asks.substitute.pending());
    let which = which(all, gap, choice);
    view! {
        <ActionForm action=asks
            .substitute>
            {which} {pay} <Button icon="repeat" disabled=busy>
                {label}
            </Button>
        </ActionForm>
    }
    .into_any()
}

/// The fields that say what is meant.
fn which(all: &Gaps, gap: &Gap, choice: &SubstituteView) -> AnyView {
    let (order, shortage, variant) = (all.order.to_string(), gap.id.to_string(), choice.goods.variant.to_string());
    view! {
        <input type="hidden" name="order" value=order />
        <input type="hidden" name="shortage" value=shortage />
        <input type="hidden" name="variant" value=variant />
    }
    .into_any()
}

fn propose(tr: Tr, all: &Gaps, gap: &Gap, choice: &SubstituteView, asks: Asks) -> AnyView {
    let busy = Signal::from(asks.propose.pending());
    let offer = (!choice.proposed).then(|| {
        view! {
            <Button icon="send" disabled=busy>
                {tr.t("order.short.instead.propose")}
            </Button>
        }
    });
    let waive = (!choice.waived && choice.dearer_by > Won::ZERO).then(|| {
        view! {
            <Button name="waive" value="1" disabled=busy>
                {tr.t("order.short.instead.waive")}
            </Button>
        }
    });
    let which = which(all, gap, choice);
    view! {
        <ActionForm action=asks.propose attr:class="btn-row">
            {which}
            {offer}
            {waive}
        </ActionForm>
    }
    .into_any()
}

/// A change that waits for its difference: what it is, until when, and the two ways on.
#[component]
pub fn Due(
    /// The order.
    page: Page,
) -> impl IntoView {
    let tr = use_tr();
    let due = Memo::new(move |_| {
        page.order.read().as_ref().and_then(|order| {
            let drop = order.offers.iter().any(|offer| offer.command == "drop-change");
            Some((order.id, order.number.to_string(), order.chair == Chair::Buyer, drop, order.difference.clone()?))
        })
    });
    move || {
        due.get().map(|(id, number, buyer, drop, due)| {
            let staff = if buyer { "" } else { "_staff" };
            let amount = tr.won(due.amount);
            let text = match &due.title {
                None if due.extra.is_some() => tr.with(&format!("order.change.extra{staff}"), &[("amount", &amount)]),
                Some(title) => tr.with(&format!("order.change.swap{staff}"), &[("amount", &amount), ("title", &tr.of(title))]),
                None => tr.with(&format!("order.change.address{staff}"), &[("amount", &amount)]),
            };
            let until = tr.with(if due.extra.is_some() { "extra.until" } else { "order.change.until" }, &[("at", &due.until.kst_minute())]);
            let busy = Signal::from(page.asks.give.pending());
            let ways = drop.then(|| {
                view! {
                    <div class="btn-row">
                        <LinkButton href=format!("/pay/{number}") kind=ButtonKind::Primary icon="credit-card">
                            {tr.t(if due.extra.is_some() { "order.change.pay_extra" } else { "order.change.pay" })}
                        </LinkButton>
                        <ActionForm action=page.asks.give>
                            <input type="hidden" name="order" value=id.to_string() />
                            <input type="hidden" name="command" value="drop-change" />
                            <Button disabled=busy>{tr.t("command.drop-change")}</Button>
                        </ActionForm>
                    </div>
                }
            });
            view! {
                <div class="gap tone-waiting">
                    <p class="gap-title">
                        <Icon name="credit-card" />
                        {text}
                    </p>
                    <p class="soft">{until}</p>
                    {ways}
                </div>
            }
        })
    }
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
