//! Reviews: what a buyer says of goods that he keeps, the seller's answer, and what head office takes off a product's page.

use crate::error::Refused;
use jumun::view::{ReviewsView, StoreReviewsView};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use std::collections::BTreeMap;

/// The name of a photo in a form: a form's keys may not begin with a digit.
pub const PHOTO: &str = "photo-";

/// A page of what is said of a product: of so many stars, or with photos only.
#[server(input = GetUrl, endpoint = "reviews")]
pub async fn reviews(product: String, stars: Option<u8>, photos: Option<String>, page: Option<u32>) -> Result<ReviewsView, Refused> {
    let (house, _) = crate::session::at_work()?;
    let stars = stars.and_then(jumun::order::Stars::new);
    let query = jumun::view::ReviewQuery { stars, photos: photos.is_some(), page: page.unwrap_or(1) };
    Ok(house.reviews(&jumun::ids::ProductId::new(product), &query).await?)
}

/// A page of what is said of the goods of the caller's store.
#[server(input = GetUrl, endpoint = "store-reviews")]
pub async fn store_reviews(unanswered: Option<String>, page: Option<u32>) -> Result<StoreReviewsView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    let query = jumun::view::StoreReviewQuery { unanswered: unanswered.is_some(), page: page.unwrap_or(1) };
    Ok(house.store_reviews(&caller, &query).await?)
}

#[cfg(feature = "ssr")]
async fn give(order: jumun::ids::OrderId, command: jumun::order::OrderCommand) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

#[cfg(feature = "ssr")]
fn said(stars: Option<u8>, review: &str) -> Result<(jumun::order::Stars, jumun::text::ReviewText), Refused> {
    use jumun::refusal::{Problem, Refusal};
    let stars = stars.ok_or_else(|| Refusal::invalid("stars", Problem::Missing))?;
    let stars = jumun::order::Stars::new(stars).ok_or_else(|| Refusal::invalid("stars", Problem::OutOfRange))?;
    Ok((stars, jumun::text::ReviewText::parse(review)?))
}

/// Says what one thinks of goods, with the photos that were brought. Shows the order again.
#[server(endpoint = "write-review")]
pub async fn write_review(
    order: jumun::ids::OrderId,
    number: Option<String>,
    line: jumun::ids::LineId,
    stars: Option<u8>,
    review: String,
) -> Result<(), Refused> {
    let (stars, text) = said(stars, &review)?;
    give(order, jumun::order::OrderCommand::WriteReview { line, stars, text }).await?;
    if let Some(number) = number {
        crate::session::go_to(&format!("/orders/{number}"));
    }
    Ok(())
}

/// Says it otherwise; the photos that are ticked stay, by `photo-` and their hash. Shows the order again.
#[server(endpoint = "change-review")]
pub async fn change_review(
    order: jumun::ids::OrderId,
    number: Option<String>,
    line: jumun::ids::LineId,
    stars: Option<u8>,
    review: String,
    #[server(default)] keep: BTreeMap<String, String>,
) -> Result<(), Refused> {
    let (stars, text) = said(stars, &review)?;
    let keep = keep.into_keys().map(|name| name.strip_prefix(PHOTO).unwrap_or(&name).to_owned()).collect();
    give(order, jumun::order::OrderCommand::ChangeReview { line, stars, text, keep }).await?;
    if let Some(number) = number {
        crate::session::go_to(&format!("/orders/{number}"));
    }
    Ok(())
}

/// Answers a review, or answers it otherwise.
#[server(endpoint = "answer-review")]
pub async fn answer_review(order: jumun::ids::OrderId, line: jumun::ids::LineId, review: String) -> Result<(), Refused> {
    let text = jumun::text::ReviewText::parse(&review)?;
    give(order, jumun::order::OrderCommand::AnswerReview { line, text }).await
}

/// Takes a review off the product's page.
#[server(endpoint = "hide-review")]
pub async fn hide_review(order: jumun::ids::OrderId, line: jumun::ids::LineId, reason: Option<String>) -> Result<(), Refused> {
    use jumun::{
        order::{HideReason, OrderCommand},
        refusal::{Problem, Refusal},
    };
    let reason = reason.as_deref().and_then(HideReason::from_slug).ok_or_else(|| Refusal::invalid("reason", Problem::Unknown))?;
    give(order, OrderCommand::HideReview { line, reason }).await
}

/// Puts it back.
#[server(endpoint = "show-review")]
pub async fn show_review(order: jumun::ids::OrderId, line: jumun::ids::LineId) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::ShowReview { line }).await
}
