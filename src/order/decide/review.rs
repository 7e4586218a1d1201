//! What is said of goods that are kept, what is answered, and what head office takes off the product's page.

use super::super::{Event, Front, Kind, Order, Review, Stars};
use super::Facts;
use crate::{
    ids::{LineId, ReviewTextId},
    refusal::{Problem, Refusal},
};

fn wrong(command: &str, current: &str, required: &str) -> Result<(), Refusal> {
    Err(Refusal::WrongState { command: command.into(), current: current.into(), required: required.into() })
}

impl Order {
    /// Whether something can be said of the order's goods at all: by a customer, who confirmed that he keeps them.
    pub(super) fn allows_of_reviews(&self, command: &str) -> Result<(), Refusal> {
        if self.kind != Kind::Sale {
            return wrong(command, self.kind.name(), Kind::Sale.name());
        }
        if self.front != Front::Completed {
            return wrong(command, self.status().name(), Front::Completed.name());
        }
        if command == "write-review" {
            return if self.lines.iter().any(|line| self.is_unreviewed(line)) {
                Ok(())
            } else {
                wrong(command, self.status().name(), "goods that are kept and not reviewed")
            };
        }
        match self.reviews.iter().map(|review| self.review_allows(command, review)).find(Result::is_ok) {
            Some(allowed) => allowed,
            None => wrong(command, self.status().name(), "a review"),
        }
    }

    /// Whether the state of a review lets a command through.
    pub(in crate::order) fn review_allows(&self, command: &str, review: &Review) -> Result<(), Refusal> {
        match (command, review.hidden) {
            ("change-review", _) if self.kept_units(review.line) == 0 => wrong(command, self.status().name(), "goods that are kept"),
            ("hide-review", Some(reason)) => wrong(command, reason.slug(), "shown"),
            ("show-review", None) => wrong(command, "shown", "hidden"),
            (_, _) => Ok(()),
        }
    }

    /// The review of a line, if the command can be given about it.
    pub(super) fn guard_review(&self, command: &str, line: LineId) -> Result<&Review, Refusal> {
        self.allows_of_reviews(command)?;
        let review = self.review(line).ok_or(Refusal::NotFound)?;
        self.review_allows(command, review).map(|()| review)
    }

    /// A few days after: once, and nobody who has said something or keeps nothing is asked.
    pub(super) fn request_review(&self, facts: &Facts<'_>) -> Vec<Event> {
        let open = self.reviewable(facts.now, facts.policy).next().is_some();
        if open && self.reviews.is_empty() && !self.review_asked { vec![Event::ReviewRequested] } else { Vec::new() }
    }

    pub(super) fn write_review(&self, line: LineId, stars: Stars, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let command = "write-review";
        let of = self.line(line).ok_or(Refusal::NotFound)?;
        if self.review(line).is_some() {
            wrong(command, "a review", "goods without a review")?;
        }
        self.allows_of_reviews(command)?;
        if !self.is_unreviewed(of) {
            wrong(command, self.status().name(), "goods that are kept")?;
        }
        if let Some(deadline) = self.review_until(facts.policy).filter(|until| facts.now > *until) {
            return Err(Refusal::TooLate { deadline });
        }
        let photos = photos(&[], facts)?;
        Ok(vec![Event::ReviewWritten { line, stars, text: ReviewTextId::mint(facts.mint), photos }])
    }

    pub(super) fn change_review(&self, line: LineId, stars: Stars, keep: &[String], facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let review = self.guard_review("change-review", line)?;
        let deadline = review.change_until(facts.policy);
        if facts.now > deadline {
            return Err(Refusal::TooLate { deadline });
        }
        if keep.iter().any(|photo| !review.photos.contains(photo)) {
            return Err(Refusal::invalid("keep", Problem::Unknown));
        }
        let kept: Vec<String> = review.photos.iter().filter(|photo| keep.contains(photo)).cloned().collect();
        let photos = photos(&kept, facts)?;
        Ok(vec![Event::ReviewChanged { line, stars, text: ReviewTextId::mint(facts.mint), photos }])
    }
}

/// Photos that stay, and those that were brought since.
fn photos(kept: &[String], facts: &Facts<'_>) -> Result<Vec<String>, Refusal> {
    let brought = facts.crew.photos.iter().filter(|photo| !kept.contains(photo));
    let photos: Vec<String> = kept.iter().chain(brought).cloned().collect();
    if photos.len() > Review::PHOTOS { Err(Refusal::LimitReached { most: Review::PHOTOS as u32 }) } else { Ok(photos) }
}
