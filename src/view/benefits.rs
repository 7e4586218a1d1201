//! What people see of coupons, points and tiers.

use crate::{
    ids::{CouponId, CouponIssueId, OrderNumber},
    membership::Tier,
    money::Won,
    promotion::{CouponState, CouponTerms},
    refusal::Refusal,
    text::Words,
    time::{Date, Time},
};
use serde::{Deserialize, Serialize};

/// A customer's coupon.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CouponView {
    /// Which.
    pub issue: CouponIssueId,
    /// What it is called.
    pub name: Words,
    /// Where it can be used: a store, or nowhere in particular.
    pub store: Option<Words>,
    /// What it says.
    pub terms: CouponTerms,
    /// Until when.
    pub valid_until: Time,
    /// Where it stands.
    pub state: CouponState,
    /// The order that has it.
    pub order: Option<OrderNumber>,
}

/// A coupon that a customer may get.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CouponOffer {
    /// What to say for it.
    pub code: String,
    /// What it is called.
    pub name: Words,
    /// Where it can be used: a store, or nowhere in particular.
    pub store: Option<Words>,
    /// What it says.
    pub terms: CouponTerms,
    /// Until when.
    pub until: Time,
}

/// A movement of points that can be spent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PointsRow {
    /// When.
    pub at: Time,
    /// The event's name.
    pub event: String,
    /// The order.
    pub order: Option<OrderNumber>,
    /// More (positive) or fewer points.
    pub points: Won,
}

/// A customer's coupons, points and tier.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WalletView {
    /// Points that can be spent.
    pub points: Won,
    /// Points promised to orders that are not paid.
    pub held: Won,
    /// What lapses next within a month, and the last day it can be spent.
    pub lapsing: Option<(Won, Date)>,
    /// The last movements, newest first.
    pub moves: Vec<PointsRow>,
    /// The tier.
    pub tier: Tier,
    /// What the purchases of this calendar month come to.
    pub spent: Won,
    /// The next tier and what it starts from.
    pub next: Option<(Tier, Won)>,
    /// Whether this month's purchases alone give the tier; otherwise it falls at the month's end.
    pub kept: bool,
    /// The birthday, once it is known.
    pub birthday: Option<Date>,
    /// Every coupon, those that can be used first.
    pub coupons: Vec<CouponView>,
    /// Coupons that can be had.
    pub offers: Vec<CouponOffer>,
    /// Now.
    pub now: Time,
}

/// A coupon at the checkout.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CouponChoice {
    /// The coupon.
    pub coupon: CouponView,
    /// What it takes off these goods.
    pub off: Option<Won>,
    /// Why it cannot be used.
    pub problem: Option<Refusal>,
}

/// What a member can use at the checkout.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CheckoutBenefits {
    /// His coupons, those that fit first.
    pub coupons: Vec<CouponChoice>,
    /// Points that can be spent.
    pub points: Won,
    /// The tier.
    pub tier: Tier,
    /// What the tier takes off, in percent.
    pub tier_percent: u32,
}

/// A coupon as who gives it out sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CouponRow {
    /// Which.
    pub id: CouponId,
    /// What customers type.
    pub code: String,
    /// What it is called.
    pub name: Words,
    /// What it says.
    pub terms: CouponTerms,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// Shown to every customer.
    pub listed: bool,
    /// How many one customer may have.
    pub per_customer: u32,
    /// How many there are.
    pub total: u32,
    /// How many are given out.
    pub given: u32,
    /// How many were used.
    pub used: u32,
    /// No more are given out since.
    pub stopped_at: Option<Time>,
}

/// The coupons a store or the chain gives out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CouponsView {
    /// Newest first.
    pub rows: Vec<CouponRow>,
    /// Now.
    pub now: Time,
}
