//! What the buyer says of goods that he keeps, on the page of their order: the way to say it, what was said, the seller's answer, and
//! what head office does about it.

use super::{
    live::{Asks, Page},
    put_up::photo_row,
};
use crate::{
    components::{Button, ButtonKind, Card, Choice, Confirm, LinkButton, Notice, Select, StarRow, TextArea, Tone},
    i18n::Tr,
};
use jumun::{
    ids::{LineId, OrderId},
    order::{HideReason, ReviewStanding, Stars},
    view::{OrderView, ReviewView},
};
use leptos::prelude::*;

/// `별 5개 중 4개`.
pub fn stars_words(tr: Tr, stars: Stars) -> String {
    tr.with("review.stars_words", &[("n", &stars.get().to_string())])
}

/// What can be said, and what was. While it stays the same the forms stay in place.
#[derive(Clone, PartialEq)]
struct Said {
    order: OrderId,
    number: String,
    /// Line and name of what nothing was said of yet.
    open: Vec<(LineId, String)>,
    /// Name and what is said.
    there: Vec<(String, ReviewView)>,
}

impl Said {
    fn of(tr: Tr, order: &OrderView) -> Option<Self> {
        let name = |id: LineId| {
            let line = order.lines.iter().find(|line| line.id == id)?;
            Some(format!("{} · {}", tr.of(&line.title), tr.of(&line.option)))
        };
        let may = order.offers.iter().any(|offer| offer.command == "write-review");
        let open: Vec<_> = order.reviewable.iter().filter(|_| may).filter_map(|line| Some((*line, name(*line)?))).collect();
        let there: Vec<_> = order.reviews.iter().filter_map(|review| Some((name(review.line)?, review.clone()))).collect();
        let said = Self { order: order.id, number: order.number.to_string(), open, there };
        (!said.open.is_empty() || !said.there.is_empty()).then_some(said)
    }
}

/// The card; nothing where nothing can be said and nothing was.
pub fn reviews(tr: Tr, page: Page) -> impl IntoView {
    let order = page.order;
    let said = Memo::new(move |_| {
        let mut said = order.read().as_ref().and_then(|order| Said::of(tr, order))?;
        // Nothing is done to what was.
        if page.as_of.get().is_some() {
            said.there.iter_mut().for_each(|(_, review)| review.offers.clear());
        }
        Some(said)
    });
    move || {
        said.get().map(|said| {
            let open = said.open.iter().map(|(line, name)| open(tr, &said.number, *line, name)).collect_view();
            let there = said.there.iter().map(|(name, review)| there(tr, &said, name, review, page.asks)).collect_view();
            view! {
                <Card title=tr.t("review.title") icon="star" class="card-flush order-reviews">
                    {open}
                    {there}
                </Card>
            }
        })
    }
}

fn open(tr: Tr, number: &str, line: LineId, name: &str) -> AnyView {
    view! {
        <div class="card-pad review-open">
            <p>{name.to_owned()}</p>
            <LinkButton href=format!("/orders/{number}/review/{line}") icon="star" kind=ButtonKind::Secondary>
                {tr.t("review.write")}
            </LinkButton>
        </div>
    }
    .into_any()
}

fn there(tr: Tr, said: &Said, name: &str, review: &ReviewView, asks: Asks) -> AnyView {
    let may = |command: &str| review.offers.iter().any(|offer| offer == command);
    let day = review.written_at.kst_date().to_string();
    let when = review.changed_at.map_or_else(|| day.clone(), |_| tr.with("review.changed", &[("day", &day)]));
    let photos = photo_row(tr, &said.number, ("site-photos", "review.photo"), &review.photos);
    let standing = match review.standing {
        ReviewStanding::Shown => None,
        ReviewStanding::Returned => Some((Tone::Neutral, tr.t("review.returned"), tr.t("review.returned_text"))),
        ReviewStanding::Hidden => {
            let why = review.hidden.map(|why| tr.t(&format!("review.hide_reason.{}", why.slug()))).unwrap_or_default();
            Some((Tone::Waiting, tr.t("review.hidden"), tr.with("review.hidden_text", &[("reason", &why)])))
        }
    };
    let standing = standing.map(|(tone, title, text)| {
        view! {
            <Notice tone=tone title=title>
                <p>{text}</p>
            </Notice>
        }
    });
    let change = may("change-review").then(|| {
        let until = tr.with("review.change_until", &[("day", &review.change_until.kst_date().to_string())]);
        view! {
            <div class="row row-between">
                <p class="hint">{until}</p>
                <LinkButton href=format!("/orders/{}/review/{}", said.number, review.line) icon="pen" class="btn-s">
                    {tr.t("review.change")}
                </LinkButton>
            </div>
        }
    });
    view! {
        <div class="card-pad review-said stack stack-s">
            <p class="strong">{name.to_owned()}</p>
            <p class="review-head">
                <StarRow filled=review.stars.get() words=stars_words(tr, review.stars) />
                <span class="soft text-s">{when}</span>
            </p>
            <p class="prose review-text">{review.text.clone()}</p>
            {photos}
            {answer_shown(tr, review.answer.as_ref())}
            {standing}
            {change}
            {may("answer-review").then(|| answer(tr, said.order, review.line, review.answer.as_deref(), asks))}
            {may("hide-review").then(|| hide(tr, said.order, review.line, asks))}
            {may("show-review").then(|| show(tr, said.order, review.line, asks))}
        </div>
    }
    .into_any()
}

/// What the seller answered.
pub fn answer_shown(tr: Tr, answer: Option<&String>) -> Option<AnyView> {
    answer.map(|answer| {
        view! {
            <div class="review-answer">
                <p class="strong text-s">{tr.t("review.answer_of_seller")}</p>
                <p class="review-text">{answer.clone()}</p>
            </div>
        }
        .into_any()
    })
}

/// The seller's form.
fn answer(tr: Tr, order: OrderId, line: LineId, known: Option<&str>, asks: Asks) -> AnyView {
    let label = tr.t(if known.is_some() { "review.answer_change" } else { "command.answer-review" });
    let known = known.unwrap_or_default().to_owned();
    view! {
        <Confirm label=label kind=ButtonKind::Secondary icon="message" tone=Tone::Waiting title=tr.t("review.answer_title")>
            <p>{tr.t("review.answer_text")}</p>
            <ActionForm action=asks.answer_review attr:class="form">
                <input type="hidden" name="order" value=order.to_string() />
                <input type="hidden" name="line" value=line.to_string() />
                <TextArea label=tr.t("review.answer_label") name="review" id=format!("answer-{line}") value=known maxlength=1000_u32 required=true />
                <Button kind=ButtonKind::Primary class="btn-wide" disabled=asks.answer_review.pending()>
                    {tr.t("review.answer_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

/// Head office's form.
fn hide(tr: Tr, order: OrderId, line: LineId, asks: Asks) -> AnyView {
    let words = |reason: &HideReason| Choice::new(reason.slug(), tr.t(&format!("review.hide_reason.{}", reason.slug())));
    let reasons: Vec<Choice> = HideReason::ALL.iter().map(words).collect();
    view! {
        <Confirm label=tr.t("command.hide-review") tone=Tone::Waiting title=tr.t("review.hide_title")>
            <p>{tr.t("review.hide_text")}</p>
            <ActionForm action=asks.hide_review attr:class="form">
                <input type="hidden" name="order" value=order.to_string() />
                <input type="hidden" name="line" value=line.to_string() />
                <Select label=tr.t("review.hide_why") name="reason" id=format!("hide-{line}") choices=reasons required=true />
                <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=asks.hide_review.pending()>
                    {tr.t("review.hide_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

fn show(tr: Tr, order: OrderId, line: LineId, asks: Asks) -> AnyView {
    view! {
        <ActionForm action=asks.show_review>
            <input type="hidden" name="order" value=order.to_string() />
            <input type="hidden" name="line" value=line.to_string() />
            <Button disabled=asks.show_review.pending()>{tr.t("command.show-review")}</Button>
        </ActionForm>
    }
    .into_any()
}
