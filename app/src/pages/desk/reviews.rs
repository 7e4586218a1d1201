//! What is said of the goods that the store sold, newest first, and the way to answer.

use super::console::{Console, Counts, page_head};
use crate::{
    api::{self, reviews::AnswerReview},
    components::{Button, ButtonKind, Chips, Confirm, EmptyState, Pager, Skeleton, StarRow, TabItem, Tag, TextArea, Tone},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        errors::{Problem, Said, refused},
        frame::Head,
        order_parts::{answer_shown, photo_row, picture, stars_words},
    },
};
use jumun::{
    order::ReviewStanding,
    view::{StoreReviewRow, StoreReviewsView},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/desk/reviews`
#[component]
pub fn Reviews() -> impl IntoView {
    let tr = use_tr();
    let query = use_query_map();
    let wish = Memo::new(move |_| {
        let page = query.read().get("page").and_then(|page| page.parse::<u32>().ok()).unwrap_or(1);
        (query.read().get("unanswered").is_some(), page)
    });
    let desk = load(|| (), |()| api::desk::desk());
    let data = load(move || wish.get(), |(unanswered, page)| api::reviews::store_reviews(unanswered.then(|| "1".to_owned()), Some(page)));
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let answer = ServerAction::<AnswerReview>::new();
    Effect::new(move |before: Option<usize>| {
        let now = answer.version().get();
        if before.is_some_and(|before| before != now) {
            data.refetch();
        }
        now
    });
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => list(tr, &view, wish.get_untracked().0, answer),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console counts=counts>
            <Head title=tr.t("review.desk_title") />
            {page_head(tr.t("review.desk_title"), tr.t("review.desk_about"))}
            <div class="stack stack-s">
                <Said refusal=refused(answer) />
                <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

fn href(unanswered: bool, page: u32) -> String {
    let asked: Vec<String> =
        [unanswered.then(|| "unanswered=1".to_owned()), (page > 1).then(|| format!("page={page}"))].into_iter().flatten().collect();
    if asked.is_empty() { "/desk/reviews".to_owned() } else { format!("/desk/reviews?{}", asked.join("&")) }
}

fn list(tr: Tr, view: &StoreReviewsView, unanswered: bool, answer: ServerAction<AnswerReview>) -> AnyView {
    let chips = vec![
        TabItem::new(href(false, 1), tr.t("review.all"), !unanswered).count(view.all.into()),
        TabItem::new(href(true, 1), tr.t("review.unanswered"), unanswered).count(view.unanswered.into()),
    ];
    let rows = if view.rows.is_empty() {
        view! { <EmptyState icon="star" title=tr.t("review.desk_empty") text=tr.t("review.desk_empty_text") /> }.into_any()
    } else {
        let rows = view.rows.iter().map(|row| one(tr, row, answer)).collect_view();
        view! { <ul class="desk-reviews">{rows}</ul> }.into_any()
    };
    let to = |page: u32, there: bool| if there { href(unanswered, page) } else { String::new() };
    let note = if view.pages > 1 { format!("{} / {}", view.page, view.pages) } else { String::new() };
    view! {
        <Chips items=chips label=tr.t("review.filter") />
        {rows}
        <Pager
            previous=to(view.page.saturating_sub(1), view.page > 1)
            next=to(view.page + 1, view.page < view.pages)
            previous_label=tr.t("shop.previous")
            next_label=tr.t("shop.next")
            note=note
        />
    }
    .into_any()
}

fn one(tr: Tr, row: &StoreReviewRow, action: ServerAction<AnswerReview>) -> AnyView {
    let review = &row.review;
    let author = review.author.clone().unwrap_or_else(|| tr.t("review.guest"));
    let about = format!("{author} · {}", review.written_at.kst_date());
    let photos = photo_row(tr, row.number.as_str(), ("review-photos", "review.photo"), &review.photos);
    let standing = match row.standing {
        ReviewStanding::Shown => None,
        ReviewStanding::Returned => Some("review.returned"),
        ReviewStanding::Hidden => Some("review.hidden"),
    };
    let standing = standing.map(|key| view! { <Tag>{tr.t(key)}</Tag> });
    let label = tr.t(if review.answer.is_some() { "review.answer_change" } else { "command.answer-review" });
    let (order, line, known) = (row.order.to_string(), row.line.to_string(), review.answer.clone().unwrap_or_default());
    let id = format!("answer-{}", row.line);
    view! {
        <li class="desk-review">
            <img src=picture(&row.drawing) alt="" width="160" height="120" loading="lazy" />
            <div class="stack stack-s">
                <p class="row row-between">
                    <a class="link" href=format!("/products/{}#reviews", row.product)>
                        {tr.of(&row.title)}
                    </a>
                    <a class="link mono text-s" href=format!("/desk/orders/{}", row.number)>
                        {row.number.to_string()}
                    </a>
                </p>
                <p class="review-head">
                    <StarRow filled=review.stars.get() words=stars_words(tr, review.stars) />
                    <span class="soft text-s">{about}</span>
                    {standing}
                </p>
                <p class="review-text">{review.text.clone()}</p>
                {photos}
                {answer_shown(tr, review.answer.as_ref())}
                <Confirm label=label kind=ButtonKind::Secondary icon="message" tone=Tone::Waiting title=tr.t("review.answer_title")>
                    <p>{tr.t("review.answer_text")}</p>
                    <ActionForm action=action attr:class="form">
                        <input type="hidden" name="order" value=order />
                        <input type="hidden" name="line" value=line />
                        <TextArea label=tr.t("review.answer_label") name="review" id=id value=known maxlength=1000_u32 required=true />
                        <Button kind=ButtonKind::Primary class="btn-wide" disabled=action.pending()>
                            {tr.t("review.answer_do")}
                        </Button>
                    </ActionForm>
                </Confirm>
            </div>
        </li>
    }
    .into_any()
}
