//! Membership (01 §5 Points, Tiers): points a purchase earns, and the tier a month's purchases give.

use crate::{
    money::Won,
    policy::Policy,
    time::{Date, Span, Time},
};
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
    /// And those of the month that the order at hand was counted in.
    pub its_month: Won,
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

/// What comes for a member on a day of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MemberTimer {
    /// Points lapse soon.
    PointsWarning,
    /// Points have lapsed.
    PointsLapse,
    /// A month is over, and with it perhaps a tier.
    MonthEnd,
}

impl MemberTimer {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::PointsWarning, Self::PointsLapse, Self::MonthEnd];

    /// The name in rows.
    pub fn slug(self) -> &'static str {
        match self {
            Self::PointsWarning => "points-warning",
            Self::PointsLapse => "points-lapse",
            Self::MonthEnd => "month-end",
        }
    }

    /// The kind of a row.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|timer| timer.slug() == slug)
    }
}

/// The last moment of points that were given then: the end of a Korean day.
pub fn points_live_until(given: Time, policy: &Policy) -> Time {
    given.end_of_kst_day_after(policy.points_expire_after.as_seconds() / 86_400)
}

/// A member's points and how old they are. The oldest are spent first, so what is old is what there is beyond the young.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Points {
    /// What can be spent.
    pub spendable: Won,
    /// What was given, and when; at least as far back as points live.
    pub given: Vec<(Time, Won)>,
    /// What an order gave back, and when: even what is old can be spent for some days then.
    pub back: Vec<(Time, Won)>,
}

impl Points {
    fn ends<'a>(&'a self, policy: &'a Policy) -> impl Iterator<Item = (Time, Won)> + 'a {
        let given = self.given.iter().map(|(at, points)| (points_live_until(*at, policy), *points));
        let grace = policy.points_restore_grace.as_seconds() / 86_400;
        given.chain(self.back.iter().map(move |(at, points)| (at.end_of_kst_day_after(grace), *points)))
    }

    /// What has lapsed by a moment if nothing more is spent.
    pub fn lapsed(&self, at: Time, policy: &Policy) -> Won {
        let young: Won = self.ends(policy).filter(|(end, _)| *end >= at).map(|(_, points)| points).sum();
        (self.spendable - young).at_least(Won::ZERO)
    }

    /// When something may lapse next.
    pub fn next_end(&self, now: Time, policy: &Policy) -> Option<Time> {
        self.ends(policy).map(|(end, _)| end).filter(|end| self.spendable > Won::ZERO && *end >= now).min()
    }

    /// What lapses next, and the last day it can be spent.
    pub fn lapsing(&self, now: Time, policy: &Policy) -> Option<(Won, Date)> {
        let mut ends: Vec<Time> = self.ends(policy).map(|(end, _)| end).filter(|end| *end >= now).collect();
        ends.sort_unstable();
        let warned = now.end_of_kst_day_after(i64::from(policy.points_warn_days));
        let first = ends.into_iter().take_while(|end| *end <= warned).find(|end| self.lapsed(*end + Span(1), policy) > Won::ZERO)?;
        Some((self.lapsed(first + Span(1), policy), first.kst_date()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_live_a_year_to_the_end_of_the_day_and_the_oldest_go_first() {
        let policy = Policy::default();
        let day = |days: i64| Time(1_790_000_000_000_000) + Span::days(days);
        let points = |spendable, given: &[(i64, i64)], back: &[(i64, i64)]| {
            let of = |rows: &[(i64, i64)]| rows.iter().map(|(days, points)| (day(*days), Won(*points))).collect();
            Points { spendable: Won(spendable), given: of(given), back: of(back) }
        };
        let two = points(900, &[(0, 500), (100, 600)], &[]);
        // 200 of the first 500 are spent. The rest can be spent until the last moment of the day.
        let end = points_live_until(day(0), &policy);
        assert_eq!((two.lapsed(end, &policy), two.lapsed(end + Span(1), &policy)), (Won::ZERO, Won(300)));
        assert_eq!((end.kst_date(), end.kst_clock()), (day(365).kst_date(), (23, 59, 59)));
        assert_eq!(two.lapsed(day(467), &policy), Won(900));
        assert_eq!(two.next_end(day(1), &policy), Some(end));
        // Told a month before, not earlier.
        assert_eq!(two.lapsing(day(334), &policy), None);
        assert_eq!(two.lapsing(day(335), &policy), Some((Won(300), day(365).kst_date())));
        assert_eq!(points(600, &[(0, 500), (100, 600)], &[]).lapsing(day(350), &policy), None, "the first are spent");
        // What comes back when it is old can be spent for a week.
        let back = points(500, &[(0, 500)], &[(400, 500)]);
        assert_eq!((back.lapsed(day(406), &policy), back.lapsed(day(409), &policy)), (Won::ZERO, Won(500)));
        assert_eq!(Points::default().next_end(day(0), &policy), None);
    }

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
