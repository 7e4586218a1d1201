//! Membership (01 §5 Points, Tiers): points a purchase earns, and the tier a month's purchases give.

use crate::{money::Won, policy::Policy};
use serde::{Deserialize, Serialize};

/// What a member is to the chain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Everybody.
    #[default]
    Basic,
    /// Above `tier.gold_from` in a calendar month.
    Gold,
    /// Above `tier.vip_from` in a calendar month.
    Vip,
}

impl Tier {
    /// Every tier, upwards.
    pub const ALL: &'static [Self] = &[Self::Basic, Self::Gold, Self::Vip];

    /// The name in rows and in the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Gold => "gold",
            Self::Vip => "vip",
        }
    }

    /// The tier of a row.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|tier| tier.slug() == slug)
    }

    /// What a tier starts from, in won of a calendar month.
    pub fn starts_from(self, policy: &Policy) -> Won {
        match self {
            Self::Basic => Won::ZERO,
            Self::Gold => policy.gold_from,
            Self::Vip => policy.vip_from,
        }
    }

    /// The tier that a month's purchases give by themselves.
    fn of(spent: Won, policy: &Policy) -> Self {
        Self::ALL.iter().rev().copied().find(|tier| spent >= tier.starts_from(policy)).unwrap_or_default()
    }

    /// A member's tier: what this month gives already, or what the month before gave. So it rises with a purchase at once and
    /// falls at a month's end, after one month of grace.
    pub fn standing(this_month: Won, last_month: Won, policy: &Policy) -> Self {
        Self::of(this_month, policy).max(Self::of(last_month, policy))
    }

    /// The next tier, if there is one.
    pub fn next(self) -> Option<Self> {
        Self::ALL.iter().copied().find(|tier| *tier > self)
    }

    /// What it takes off goods, in percent.
    pub fn percent(self, policy: &Policy) -> u32 {
        match self {
            Self::Basic | Self::Gold => 0,
            Self::Vip => policy.vip_rate,
        }
    }
}

/// What a buyer may pay with beside money, and what a purchase gives him: read under the order's lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Purse {
    /// He is a member; guests earn nothing.
    pub member: bool,
    /// Points he can spend.
    pub points: Won,
    /// The order's coupon can be held again.
    pub coupon_ready: bool,
    /// It is the month of his birthday.
    pub birthday_month: bool,
    /// What his purchases of this calendar month come to.
    pub this_month: Won,
    /// And those of the month before.
    pub last_month: Won,
}

impl Purse {
    /// His tier.
    pub fn tier(&self, policy: &Policy) -> Tier {
        Tier::standing(self.this_month, self.last_month, policy)
    }

    /// The points that money actually paid for goods earns, rounded down once for the order.
    pub fn earns(&self, paid_for_goods: Won, policy: &Policy) -> Won {
        let factor = if self.birthday_month { policy.points_birthday_factor } else { 1 };
        if self.member { paid_for_goods.at_least(Won::ZERO).percent(policy.points_rate * factor) } else { Won::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_rises_at_once_and_falls_after_a_month_of_grace() {
        let policy = Policy::default();
        let standing = |this, last| Tier::standing(Won(this), Won(last), &policy);
        for (this, last, tier) in [
            (0, 0, Tier::Basic),
            (199_999, 0, Tier::Basic),
            (200_000, 0, Tier::Gold),
            (499_999, 0, Tier::Gold),
            (500_000, 0, Tier::Vip),
            (0, 500_000, Tier::Vip),
            (200_000, 500_000, Tier::Vip),
            (500_000, 200_000, Tier::Vip),
            (10_000, 200_000, Tier::Gold),
        ] {
            assert_eq!(standing(this, last), tier, "{this} after {last}");
        }
        assert_eq!([Tier::Basic.next(), Tier::Gold.next(), Tier::Vip.next()], [Some(Tier::Gold), Some(Tier::Vip), None]);
    }

    #[test]
    fn one_percent_twice_in_the_birthday_month_and_nothing_for_guests() {
        let policy = Policy::default();
        let member = Purse { member: true, ..Purse::default() };
        assert_eq!(member.earns(Won(50_000), &policy), Won(500));
        assert_eq!(member.earns(Won(50_099), &policy), Won(500));
        assert_eq!(Purse { birthday_month: true, ..member }.earns(Won(50_050), &policy), Won(1_001));
        assert_eq!(Purse::default().earns(Won(50_000), &policy), Won::ZERO);
    }
}
