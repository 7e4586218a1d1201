//! What the installer asks to be paid for on site: the photo, the work and the sum, and the buyer's word.

use crate::{
    components::{Breadcrumbs, Button, ButtonKind, Card, Confirm, Countdown, LinkButton, Notice, Skeleton, Tone},
    error::set_status,
    i18n::{Tr, use_tr},
    pages::{
        errors::{Problem, Said},
        frame::Head,
        order_parts::{Asks, Page, WithOrder, extra_badge, extra_photo, extra_work, use_order},
    },
};
use jumun::{
    ids::{ExtraId, OrderId},
    money::Won,
    order::ExtraState,
    refusal::Refusal,
    view::OrderView,
};
use leptos::prelude::*;

/// `/orders/:number/extra-charge`
#[component]
pub fn ExtraCharge() -> impl IntoView {
    let tr = use_tr();
    let live = use_order();
    view! {
        <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("order.loading") /> }>
            <WithOrder live=live body=body />
        </Transition>
    }
}

/// What the buyer can say now; the buttons stay in place while it means the same.
#[derive(Clone, PartialEq)]
struct Question {
    order: OrderId,
    number: String,
    extra: ExtraId,
    amount: Won,
    paying: bool,
}

fn question(order: &OrderView) -> Option<Question> {
    let extra = order.extras.iter().find(|extra| extra.is_open())?;
    order.offers.iter().find(|offer| offer.command == "approve-extra")?;
    let paying = order.difference.as_ref().is_some_and(|due| due.extra == Some(extra.id));
    Some(Question { order: order.id, number: order.number.to_string(), extra: extra.id, amount: extra.amount(), paying })
}

fn body(tr: Tr, page: Page) -> AnyView {
    let order = page.order;
    if order.read_untracked().as_ref().is_none_or(|order| order.extras.is_empty()) {
        set_status(Refusal::NotFound.status());
        return view! { <Problem refusal=Refusal::NotFound /> }.into_any();
    }
    let shown = move || order.read().as_ref().map(|order| shown(tr, order));
    let question = Memo::new(move |_| order.read().as_ref().and_then(question));
    let answers = move || question.get().map(|question| answers(tr, &question, page.asks));
    view! {
        <Head title=tr.t("extra.title") />
        <div class="pay extra-page">{shown} <Said refusal=page.asks.refusal() /> {answers}</div>
    }
    .into_any()
}

fn shown(tr: Tr, order: &OrderView) -> AnyView {
    let Some(extra) = order.extras.iter().find(|extra| extra.is_open()).or(order.extras.last()) else { return ().into_any() };
    let back = format!("/orders/{}", order.number);
    let crumbs = vec![(back.clone(), order.number.to_string()), (String::new(), tr.t("extra.title"))];
    let left = u64::try_from(extra.until.since(order.now).as_seconds()).unwrap_or_default();
    let total = u64::try_from(extra.until.since(extra.proposed_at).as_seconds()).unwrap_or_default().max(left).max(1);
    let clock = extra.is_open().then(|| view! { <Countdown seconds_left=left total=total label=tr.t("order.until.extra-answer") /> });
    let told = match extra.state {
        ExtraState::Proposed => view! { <p class="soft">{tr.t("extra.text")}</p> }.into_any(),
        ExtraState::Approved | ExtraState::Refused | ExtraState::Lapsed | ExtraState::Withdrawn => {
            let key = if extra.given_back { "extra.told.given_back".to_owned() } else { format!("extra.told.{}", extra.state.name()) };
            let tone = if extra.is_kept() { Tone::Done } else { Tone::Neutral };
            view! {
                <Notice tone=tone title=tr.t(&key) />
                <LinkButton href=back class="btn-wide">
                    {tr.t("extra.to_order")}
                </LinkButton>
            }
            .into_any()
        }
    };
    let (badge, photo, work) = (extra_badge(tr, extra), extra_photo(tr, order, extra), extra_work(tr, extra));
    view! {
        <div>
            <Breadcrumbs items=crumbs label=tr.t("order.way") />
            <h1>{tr.t("extra.title")}</h1>
        </div>
        <div class="job-top">{badge} {clock}</div>
        {told}
        <Card>{photo} {work}</Card>
    }
    .into_any()
}

fn answers(tr: Tr, asked: &Question, asks: Asks) -> AnyView {
    let (order, extra, number) = (asked.order.to_string(), asked.extra.to_string(), asked.number.clone());
    let (same_order, same_extra) = (order.clone(), extra.clone());
    let pay = tr.with(if asked.paying { "extra.pay_on" } else { "extra.approve" }, &[("amount", &tr.won(asked.amount))]);
    view! {
        <ActionForm action=asks.approve_extra>
            <input type="hidden" name="order" value=order />
            <input type="hidden" name="extra" value=extra />
            <input type="hidden" name="number" value=number />
            <Button kind=ButtonKind::Primary class="btn-l btn-wide" icon="credit-card" disabled=asks.approve_extra.pending()>
                {pay}
            </Button>
        </ActionForm>
        <Confirm label=tr.t("extra.refuse") kind=ButtonKind::Quiet tone=Tone::Waiting title=tr.t("extra.refuse_title")>
            <p>{tr.t("extra.refuse_text")}</p>
            <ActionForm action=asks.refuse_extra>
                <input type="hidden" name="order" value=same_order />
                <input type="hidden" name="extra" value=same_extra />
                <Button kind=ButtonKind::Danger class="btn-wide" disabled=asks.refuse_extra.pending()>
                    {tr.t("extra.refuse_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}
