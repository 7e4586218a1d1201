//! Reviews: what a buyer says of goods that he keeps, once for each line of a purchase that he has confirmed (01 §5 Customer).

use super::{Fulfilment, Line, Order, OrderCommand};
use crate::{
    actor::Chair,
    ids::{LineId, ReviewTextId},
    policy::Policy,
    time::Time,
};
use serde::{Deserialize, Serialize};

/// One to five.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "u8", into = "u8")]
#[schema(value_type = u8, minimum = 1, maximum = 5)]
pub struct Stars(u8);

impl Stars {
    /// The most there are.
    pub const MOST: u8 = 5;

    /// All of them, the best first.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=Self::MOST).rev().map(Self)
    }
    /// `None` for anything but one to five.
    pub fn new(count: u8) -> Option<Self> {
        (1..=Self::MOST).contains(&count).then_some(Self(count))
    }
    /// How many.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for Stars {
    type Error = &'static str;
    fn try_from(count: u8) -> Result<Self, Self::Error> {
        Self::new(count).ok_or("stars are 1 to 5")
    }
}

impl From<Stars> for u8 {
    fn from(stars: Stars) -> Self {
        stars.0
    }
}

/// Why head office takes a review off the product's page: a closed list, so that it is not taken off for being bad.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HideReason {
    /// It insults somebody.
    Abuse,
    /// It names people or tells what is private.
    Private,
    /// It advertises something.
    Advertising,
    /// It is about something else than the goods.
    OffTopic,
}

impl HideReason {
    /// Every reason, in the order of the form.
    pub const ALL: &'static [Self] = &[Self::Abuse, Self::Private, Self::Advertising, Self::OffTopic];
    /// The name in forms, rows and the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Abuse => "abuse",
            Self::Private => "private",
            Self::Advertising => "advertising",
            Self::OffTopic => "off_topic",
        }
    }
    /// The reason of a name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.slug() == slug)
    }
}

/// What a buyer says of the goods of a line. The words are kept beside the events.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Review {
    /// Of what.
    pub line: LineId,
    /// How many of five.
    pub stars: Stars,
    /// His words.
    pub text: ReviewTextId,
    /// Photos of the goods: hashes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<String>,
    /// Since when it is there.
    pub written_at: Time,
    /// When he said it otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Time>,
    /// The seller's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<ReviewTextId>,
    /// Why head office took it off the product's page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<HideReason>,
}

/// Whether a review stands on the product's page and counts there.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReviewStanding {
    /// It does.
    Shown,
    /// Everything it is about went back: whoever keeps nothing of it says nothing to others.
    Returned,
    /// Head office took it off.
    Hidden,
}

impl Review {
    /// Photos of one review.
    pub const PHOTOS: usize = 5;
    /// The commands about a review that is there.
    pub const COMMANDS: &'static [&'static str] = &["change-review", "answer-review", "hide-review", "show-review"];

    /// Until when its buyer can say it otherwise.
    pub fn change_until(&self, policy: &Policy) -> Time {
        self.written_at + policy.review_edit_within
    }
}

impl Order {
    /// The review of a line.
    pub fn review(&self, line: LineId) -> Option<&Review> {
        self.reviews.iter().find(|review| review.line == line)
    }

    /// Units of a line that the buyer has and keeps: what is on its way back is not his to praise. What another order brought in
    /// an exchange is his once it is there.
    pub fn kept_units(&self, line: LineId) -> u32 {
        let leaves = |goods: &Fulfilment| self.claims.iter().any(|claim| claim.fulfilment == goods.id && claim.collected_at.is_some());
        let kept = self.fulfilments.iter().filter(|goods| goods.is_received() && !leaves(goods));
        let kept: u32 = kept.flat_map(|goods| &goods.lines).filter(|of| of.line == line).map(|of| of.quantity).sum();
        kept + self.units_received_instead(line)
    }

    /// Whether a review counts.
    pub fn standing_of(&self, review: &Review) -> ReviewStanding {
        match review.hidden {
            Some(_) => ReviewStanding::Hidden,
            None if self.kept_units(review.line) == 0 => ReviewStanding::Returned,
            None => ReviewStanding::Shown,
        }
    }

    /// Until when something can be said of a confirmed purchase.
    pub fn review_until(&self, policy: &Policy) -> Option<Time> {
        self.completed_at.map(|at| at + policy.review_write_within)
    }

    /// Lines that the buyer can still write a review of.
    pub fn reviewable(&self, now: Time, policy: &Policy) -> impl Iterator<Item = &Line> {
        let open = self.allows("write-review", None, now).is_ok() && self.review_until(policy).is_some_and(|until| now <= until);
        self.lines.iter().filter(move |line| open && self.is_unreviewed(line))
    }

    /// Reviews that the buyer can still say otherwise.
    pub fn changeable(&self, now: Time, policy: &Policy) -> impl Iterator<Item = &Review> {
        self.reviews.iter().filter(move |review| self.kept_units(review.line) > 0 && now <= review.change_until(policy))
    }

    /// Whether the goods of a line are kept and nothing was said of them.
    pub(super) fn is_unreviewed(&self, line: &Line) -> bool {
        self.review(line.id).is_none() && self.kept_units(line.id) > 0
    }

    /// Folds something that was said of goods.
    pub(super) fn on_review(&mut self, line: LineId, change: impl FnOnce(&mut Review)) {
        if let Some(review) = self.reviews.iter_mut().find(|review| review.line == line) {
            change(review);
        }
    }

    /// What a chair may say about a review now, by the names of the commands.
    pub fn offers_on_review(&self, review: &Review, chair: Chair, now: Time, policy: &Policy) -> Vec<String> {
        let may = |command: &&&str| {
            let listed = OrderCommand::chairs_of(command).contains(&chair);
            let in_time = **command != "change-review" || now <= review.change_until(policy);
            listed && in_time && self.review_allows(command, review).is_ok()
        };
        Review::COMMANDS.iter().filter(may).map(|command| (*command).to_owned()).collect()
    }
}
