//! Goodwill: money that goes back while the buyer keeps what he has (01 §5 Refund).

use super::Order;
use crate::{ids::AccountId, money::Won, pricing::Amounts, time::Time};
use serde::{Deserialize, Serialize};

/// What a seller makes up for: a closed list, so that reasons can be counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GoodwillReason {
    /// It came late.
    Late,
    /// A flaw that the buyer can live with.
    SmallFlaw,
    /// He was treated badly, or had to do our work.
    Trouble,
    /// The price has fallen since.
    PriceFell,
}

impl GoodwillReason {
    /// Every reason, in the order of the form.
    pub const ALL: &'static [Self] = &[Self::Late, Self::SmallFlaw, Self::Trouble, Self::PriceFell];
    /// The name in forms, rows and the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::SmallFlaw => "small_flaw",
            Self::Trouble => "trouble",
            Self::PriceFell => "price_fell",
        }
    }
    /// The reason of a name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.slug() == slug)
    }
}

/// What would be given, while it waits for a second person's word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Goodwill {
    /// How much, in won.
    pub amount: Won,
    /// What for.
    pub reason: GoodwillReason,
    /// Who would give it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<AccountId>,
    /// Since when it waits.
    pub proposed_at: Time,
}

impl Order {
    /// The most that can be given. Work on site and the way to an island are given back by themselves when they are not done: for
    /// those it stays whole.
    pub fn goodwill_most(&self) -> Won {
        (self.amounts.payable() - self.amounts.extras - self.amounts.island).at_least(Won::ZERO)
    }

    /// What was given for units before they come back is not given twice: no more goes back for them than is left.
    pub(super) fn after_goodwill(&self, mut back: Amounts) -> Amounts {
        let beyond = (back.payable() - self.goodwill_most()).at_least(Won::ZERO);
        back.goodwill += beyond.min(self.amounts.goodwill - back.goodwill);
        back
    }
}
