//! What is said of a product: what it comes to, and each review with its photos.

use crate::{
    api,
    components::{Chips, EmptyState, Icon, Pager, StarRow, TabItem},
    error::Refused,
    i18n::Tr,
    load::{Loaded, load},
    pages::{
        errors::Problem,
        order_parts::{answer_shown, stars_words},
    },
};
use jumun::{
    order::Stars,
    view::{Rating, ReviewQuery, ReviewRow, ReviewsView},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What the address asks for.
fn asked(query: &leptos_router::params::ParamsMap) -> ReviewQuery {
    ReviewQuery {
        stars: query.get("stars").and_then(|stars| stars.parse().ok()).and_then(Stars::new),
        photos: query.get("photos").is_some(),
        page: query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1),
    }
}

fn href(product: &str, query: &ReviewQuery) -> String {
    let stars = query.stars.map(|stars| format!("stars={}", stars.get()));
    let photos = query.photos.then(|| "photos=1".to_owned());
    let page = (query.page > 1).then(|| format!("page={}", query.page));
    let pairs: Vec<String> = [stars, photos, page].into_iter().flatten().collect();
    let asked = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
    format!("/products/{product}{asked}#reviews")
}

/// Loads what the address asks for of a product's reviews.
pub(super) fn use_reviews(product: Memo<String>) -> Loaded<ReviewsView> {
    let query = use_query_map();
    let wish = Memo::new(move |_| asked(&query.read()));
    load(
        move || (product.get(), wish.get()),
        |(product, wish)| api::reviews::reviews(product, wish.stars.map(Stars::get), wish.photos.then(|| "1".to_owned()), Some(wish.page)),
    )
}

/// `4.7`; nothing without a review.
pub(super) fn average(rating: &Rating) -> Option<String> {
    rating.tenths().map(|tenths| format!("{}.{}", tenths / 10, tenths % 10))
}

/// Average and count in a line, as a shelf and the head of a product's page show them; nothing without a review.
pub(super) fn in_short(tr: Tr, rating: &Rating) -> Option<AnyView> {
    let average = average(rating)?;
    let count = rating.count().to_string();
    let words = tr.with("review.average_words", &[("average", &average), ("n", &count)]);
    Some(
        view! {
            <span class="rating" role="img" aria-label=words>
                <Icon name="star-filled" />
                <b>{average}</b>
                <span class="soft">{format!("({count})")}</span>
            </span>
        }
        .into_any(),
    )
}

/// The section of the product's page.
pub(super) fn section(tr: Tr, product: &str, found: Result<ReviewsView, Refused>) -> AnyView {
    let view = match found {
        Ok(view) => view,
        Err(Refused(refusal)) => return view! { <Problem refusal=refusal /> }.into_any(),
    };
    let count = view.rating.count();
    let body = if count == 0 {
        view! { <EmptyState icon="star" title=tr.t("review.none") text=tr.t("review.none_text") /> }.into_any()
    } else {
        filled(tr, product, &view)
    };
    view! {
        <section class="shop-section reviews" id="reviews">
            <div class="section-head">
                <h2>{tr.t("review.title")} " " <span class="soft num">{count.to_string()}</span></h2>
            </div>
            {body}
        </section>
    }
    .into_any()
}

fn filled(tr: Tr, product: &str, view: &ReviewsView) -> AnyView {
    let query = &view.query;
    let every = ReviewQuery { page: 1, ..ReviewQuery::default() };
    let pictured = ReviewQuery { photos: true, ..every.clone() };
    let count = view.rating.count();
    let chips = vec![
        TabItem::new(href(product, &every), tr.t("review.all"), query.stars.is_none() && !query.photos).count(count.into()),
        TabItem::new(href(product, &pictured), tr.t("review.with_photos"), query.photos && query.stars.is_none()).count(view.pictured.into()),
    ];
    let bars = Stars::all()
        .map(|stars| {
            let of = view.rating.of(stars);
            let number = tr.with("review.bar", &[("stars", &stars.get().to_string())]);
            let words = tr.with("review.bar_words", &[("stars", &stars.get().to_string()), ("n", &of.to_string())]);
            let way = href(product, &ReviewQuery { stars: Some(stars), ..every.clone() });
            let of_all = words.clone();
            let current = (query.stars == Some(stars)).then_some("true");
            view! {
                <li>
                    <a href=way aria-current=current aria-label=words>
                        <span class="num">{number}</span>
                        <progress class="meter" max=count.to_string() value=of.to_string() aria-label=of_all></progress>
                        <span class="num soft">{of.to_string()}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    let average = average(&view.rating).unwrap_or_default();
    let full = u8::try_from(view.rating.tenths().unwrap_or_default().saturating_add(5) / 10).unwrap_or_default();
    let words = tr.with("review.average_words", &[("average", &average), ("n", &count.to_string())]);
    let rows = if view.rows.is_empty() {
        view! { <EmptyState icon="search" title=tr.t("review.nothing_found") text=tr.t("review.nothing_found_text") /> }.into_any()
    } else {
        view.rows.iter().map(|row| one(tr, row)).collect_view().into_any()
    };
    let to = |page: u32, there: bool| if there { href(product, &ReviewQuery { page, ..query.clone() }) } else { String::new() };
    let note = if view.pages > 1 { format!("{} / {}", view.page, view.pages) } else { String::new() };
    view! {
        <div class="reviews-sum">
            <div class="reviews-average">
                <b class="num">{average}</b>
                <StarRow filled=full words=words />
            </div>
            <ul class="reviews-bars">{bars}</ul>
        </div>
        <Chips items=chips label=tr.t("review.filter") />
        <div>{rows}</div>
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

/// What somebody says.
fn one(tr: Tr, row: &ReviewRow) -> AnyView {
    let author = row.author.clone().unwrap_or_else(|| tr.t("review.guest"));
    let day = row.written_at.kst_date().to_string();
    let when = if row.changed { tr.with("review.changed", &[("day", &day)]) } else { day };
    let option = tr.of(&row.option);
    let about = [Some(author), Some(when), (!option.is_empty()).then(|| tr.with("review.bought", &[("option", &option)]))];
    let about = about.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let photo = |(nth, hash): (usize, &String)| {
        let words = tr.with("review.photo", &[("n", &(nth + 1).to_string())]);
        let (way, small) = (format!("/reviews/{hash}"), format!("/reviews/{hash}"));
        view! {
            <li>
                <a class="site-photo" href=way rel="external">
                    <img src=small alt=words loading="lazy" />
                </a>
            </li>
        }
    };
    let photos = (!row.photos.is_empty()).then(|| view! { <ul class="review-photos">{row.photos.iter().enumerate().map(photo).collect_view()}</ul> });
    view! {
        <article class="review">
            <p class="review-head">
                <StarRow filled=row.stars.get() words=stars_words(tr, row.stars) />
                <span class="soft text-s">{about}</span>
            </p>
            <p class="prose review-text">{row.text.clone()}</p>
            {photos}
            {answer_shown(tr, row.answer.as_ref())}
        </article>
    }
    .into_any()
}
