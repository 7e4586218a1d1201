//! Coupons (01 §5 Coupons): what one takes off which goods, and where one of them stands.

use crate::{
    catalogue::Category,
    ids::{CouponIssueId, LineId},
    money::Won,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize};

/// What a coupon takes off the goods it covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Off {
    /// So many won.
    Amount {
        /// How much.
        amount: Won,
    },
    /// A part of the goods, rounded down.
    Percent {
        /// 1 to 100.
        percent: u32,
        /// At most this much.
        most: Won,
    },
}

/// What a coupon says about an order's goods; when and by whom it may be used is kept beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CouponTerms {
    /// What it takes off.
    pub off: Off,
    /// The least amount of covered goods, after promotion.
    pub minimum: Won,
    /// The only category it covers; all when there is none.
    pub category: Option<Category>,
    /// How much of it the seller pays, in percent; the chain pays the rest.
    pub seller_percent: u32,
}

impl CouponTerms {
    /// Whether goods of a category count.
    pub fn covers(&self, category: Category) -> bool {
        self.category.is_none_or(|only| only == category)
    }

    /// What it takes off covered goods worth `goods`.
    ///
    /// # Errors
    /// [`Refusal::CouponCondition`] below its minimum, or when it covers nothing.
    pub fn taken_off(&self, goods: Won) -> Result<Won, Refusal> {
        if goods < self.minimum || goods == Won::ZERO {
            return Err(Refusal::CouponCondition { minimum: self.minimum, amount: goods });
        }
        Ok(match self.off {
            Off::Amount { amount } => amount.min(goods),
            Off::Percent { percent, most } => goods.percent(percent).min(most),
        })
    }
}

/// Where one customer's coupon stands. An order moves it: free, held while it is unpaid, used once it is confirmed, and
/// free again when it ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CouponState {
    /// To be used.
    #[default]
    Ready,
    /// Promised to an order that is not paid.
    Held,
    /// Used by an order.
    Used,
}

impl CouponState {
    /// The name in rows.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Held => "held",
            Self::Used => "used",
        }
    }
}

/// The coupon an order was placed with, as it was then.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CouponOn {
    /// The customer's coupon.
    pub issue: CouponIssueId,
    /// The least amount of covered goods.
    pub minimum: Won,
    /// The lines it covers.
    pub lines: Vec<LineId>,
    /// How much of it the seller pays, in percent.
    pub seller_percent: u32,
    /// Where it stands with this order.
    #[serde(default)]
    pub state: CouponState,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(off: Off) -> CouponTerms {
        CouponTerms { off, minimum: Won(30_000), category: None, seller_percent: 100 }
    }

    #[test]
    fn a_coupon_takes_off_what_it_says() {
        let amount = terms(Off::Amount { amount: Won(10_000) });
        let percent = terms(Off::Percent { percent: 15, most: Won(12_000) });
        for (coupon, goods, off) in [(amount, 30_000, 10_000), (percent, 33_333, 4_999), (percent, 80_000, 12_000), (percent, 500_000, 12_000)] {
            assert_eq!(coupon.taken_off(Won(goods)), Ok(Won(off)), "{goods}");
        }
        assert_eq!(CouponTerms { minimum: Won::ZERO, ..amount }.taken_off(Won(4_000)), Ok(Won(4_000)));
    }

    #[test]
    fn below_its_minimum_and_on_nothing_it_is_refused() {
        let coupon = terms(Off::Amount { amount: Won(10_000) });
        assert_eq!(coupon.taken_off(Won(29_999)), Err(Refusal::CouponCondition { minimum: Won(30_000), amount: Won(29_999) }));
        assert_eq!(CouponTerms { minimum: Won::ZERO, ..coupon }.taken_off(Won::ZERO).unwrap_err().code(), "coupon_condition");
        let walls = CouponTerms { category: Some(Category::Wall), ..coupon };
        assert!(walls.covers(Category::Wall) && !walls.covers(Category::Parts) && coupon.covers(Category::Parts));
    }
}
