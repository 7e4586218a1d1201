//! Reviews as people see them: on the order they belong to, on the product's page, and on the desk of who sold the goods.

use super::Around;
use crate::{
    actor::Chair,
    ids::{LineId, OrderId, OrderNumber, ProductId, ReviewTextId},
    order::{HideReason, Order, Review, ReviewStanding, Stars},
    policy::Policy,
    text::Words,
    time::Time,
};
use serde::{Deserialize, Serialize};

/// A review on its order's page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReviewView {
    /// Of which line.
    pub line: LineId,
    /// How many of five.
    pub stars: Stars,
    /// What the buyer says.
    pub text: String,
    /// Photos of the goods: hashes.
    pub photos: Vec<String>,
    /// Since when it is there.
    pub written_at: Time,
    /// When he said it otherwise.
    pub changed_at: Option<Time>,
    /// Until when he can.
    pub change_until: Time,
    /// What the seller answered.
    pub answer: Option<String>,
    /// Whether it stands on the product's page.
    pub standing: ReviewStanding,
    /// Why head office took it off.
    pub hidden: Option<HideReason>,
    /// What may be done about it now from this chair.
    pub offers: Vec<String>,
}

impl ReviewView {
    /// A review as a chair sees it.
    pub(super) fn of(review: &Review, order: &Order, around: &Around, chair: Chair, policy: &Policy, now: Time) -> Self {
        let words = |id: ReviewTextId| around.review_texts.iter().find(|(known, _)| *known == id).map(|(_, text)| text.clone());
        Self {
            line: review.line,
            stars: review.stars,
            text: words(review.text).unwrap_or_default(),
            photos: review.photos.clone(),
            written_at: review.written_at,
            changed_at: review.changed_at,
            change_until: review.change_until(policy),
            answer: review.answer.and_then(words),
            standing: order.standing_of(review),
            hidden: review.hidden,
            offers: order.offers_on_review(review, chair, now, policy),
        }
    }
}

/// What the reviews of a product come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Rating {
    /// How many reviews give one star, two, and so on.
    pub counts: [u32; Stars::MOST as usize],
}

impl Rating {
    /// So many reviews more give these stars.
    pub fn add(&mut self, stars: Stars, reviews: u32) {
        if let Some(count) = self.counts.get_mut(usize::from(stars.get()) - 1) {
            *count += reviews;
        }
    }
    /// How many give these stars.
    pub fn of(&self, stars: Stars) -> u32 {
        self.counts.get(usize::from(stars.get()) - 1).copied().unwrap_or_default()
    }
    /// How many reviews there are.
    pub fn count(&self) -> u32 {
        self.counts.iter().sum()
    }
    /// The average in tenths of a star, rounded half up; nothing without a review.
    pub fn tenths(&self) -> Option<u32> {
        let count = self.count();
        let sum: u32 = Stars::all().map(|stars| u32::from(stars.get()) * self.of(stars)).sum();
        (count > 0).then(|| (sum * 20 + count) / (count * 2))
    }
}

/// What of a product's reviews is wanted. Everything is optional, so that it can come from an address.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReviewQuery {
    /// Only those that give so many stars.
    #[serde(default)]
    pub stars: Option<Stars>,
    /// Only those with photos.
    #[serde(default)]
    pub photos: bool,
    /// 1 for the first page.
    #[serde(default)]
    pub page: u32,
}

/// A review on the product's page: whose it is can be guessed by nobody who does not know it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReviewRow {
    /// The first letter of the buyer's name and no more; nothing for a guest.
    pub author: Option<String>,
    /// How many of five.
    pub stars: Stars,
    /// What he says.
    pub text: String,
    /// Photos of the goods: hashes.
    pub photos: Vec<String>,
    /// The option that he bought.
    pub option: Words,
    /// Since when it is there.
    pub written_at: Time,
    /// He said something else before.
    pub changed: bool,
    /// What the seller answered.
    pub answer: Option<String>,
}

/// A page of a product's reviews, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReviewsView {
    /// What all of them come to, whatever is wanted.
    pub rating: Rating,
    /// How many have photos.
    pub pictured: u32,
    /// Those that are wanted.
    pub rows: Vec<ReviewRow>,
    /// How many are wanted.
    pub total: u32,
    /// This page, from 1.
    pub page: u32,
    /// How many pages.
    pub pages: u32,
    /// What was wanted.
    pub query: ReviewQuery,
}

/// What of a store's reviews is wanted.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct StoreReviewQuery {
    /// Only those that wait for an answer.
    #[serde(default)]
    pub unanswered: bool,
    /// 1 for the first page.
    #[serde(default)]
    pub page: u32,
}

/// A review on the desk of who sold the goods.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoreReviewRow {
    /// The order.
    pub order: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// The line.
    pub line: LineId,
    /// The product.
    pub product: ProductId,
    /// Its name.
    pub title: Words,
    /// Its picture.
    pub drawing: String,
    /// Whether it stands on the product's page.
    pub standing: ReviewStanding,
    /// What is said.
    pub review: ReviewRow,
}

/// A page of what was said of a store's goods, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct StoreReviewsView {
    /// Those that are wanted.
    pub rows: Vec<StoreReviewRow>,
    /// How many there are.
    pub all: u32,
    /// How many wait for an answer.
    pub unanswered: u32,
    /// This page, from 1.
    pub page: u32,
    /// How many pages.
    pub pages: u32,
    /// Now, for ages.
    pub now: Time,
}

/// What others see of a name: its first letter, whatever its length.
pub fn masked(name: &str) -> String {
    name.chars().take(1).chain("**".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_is_rounded_half_up_to_a_tenth() {
        let mut rating = Rating::default();
        assert_eq!((rating.tenths(), rating.count()), (None, 0));
        let mut give = |stars, reviews| {
            rating.add(Stars::new(stars).unwrap(), reviews);
            rating.tenths()
        };
        assert_eq!(give(5, 1), Some(50));
        assert_eq!(give(4, 1), Some(45));
        assert_eq!(give(4, 1), Some(43));
        assert_eq!(give(1, 1), Some(35));
        assert_eq!(give(5, 16), Some(47));
    }

    #[test]
    fn of_a_name_the_first_letter_is_told() {
        assert_eq!([masked("홍길동"), masked("Kim Min"), masked("")], ["홍**".to_owned(), "K**".to_owned(), "**".to_owned()]);
    }
}
