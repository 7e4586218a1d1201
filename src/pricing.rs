//! What an order costs (01 §5 Price): goods, the best promotion of each line, coupon, tier, points, then shipping, island
//! surcharge and installation. Computed here and nowhere else; a price a client sends is only compared.

use crate::{catalogue::Category, money::Won, policy::Policy, promotion::CouponTerms, quantity::Quantity, refusal::Refusal};
use serde::{Deserialize, Serialize};

/// One line as it is priced.
#[derive(Clone, Debug)]
pub struct PricedLine {
    /// What kind of goods it is.
    pub category: Category,
    /// The list price of one unit.
    pub unit_price: Won,
    /// Units.
    pub quantity: Quantity,
    /// The best product or category promotion on this line.
    pub promotion: Won,
    /// The listing's own shipping fee; a listing that ships free has none.
    pub shipping_fee: Won,
    /// The installation fee of one unit.
    pub installation: Won,
}

/// Discounts and tenders of the whole order, before limits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reductions {
    /// The coupon.
    pub coupon: Option<CouponTerms>,
    /// The tier's rate in percent of goods after promotion and coupon.
    pub tier_percent: u32,
    /// Points the buyer wants to pay with.
    pub points: Won,
}

/// What one line carries of each discount and tender, frozen at placement (01 §5 Refund).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Shares {
    /// Unit price × quantity.
    pub goods: Won,
    /// Its own promotion.
    pub promotion: Won,
    /// Its share of the coupon.
    pub coupon: Won,
    /// Its share of the tier discount.
    pub tier: Won,
    /// Its share of the points spent.
    pub points: Won,
}

/// The price table of an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Amounts {
    /// Σ unit price × quantity.
    pub goods: Won,
    /// Σ promotions.
    pub promotion: Won,
    /// Coupon.
    pub coupon: Won,
    /// Tier discount.
    pub tier: Won,
    /// Points spent: a tender, not a discount.
    pub points: Won,
    /// Shipping.
    pub shipping: Won,
    /// Island surcharge.
    pub island: Won,
    /// Installation.
    pub installation: Won,
    /// Work on site that the buyer agreed to.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub extras: Won,
    /// What the buyer pays for units he took out.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub penalty: Won,
    /// What the buyer pays for having goods fetched that he changed his mind about.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub return_fee: Won,
    /// What the buyer pays for visits in vain that were his doing, or the place's.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub call_out: Won,
    /// What the buyer pays for points of goods that came back which he had spent already.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub spent_points: Won,
    /// What was given back while the buyer kept what he has.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub goodwill: Won,
}

impl Shares {
    /// What `count` units carry when `gone` of the line's `of` units went before them: ⌊share·k/n⌋ − ⌊share·(k−1)/n⌋ for each
    /// of them, so that any split sums to the whole (01 §5 Refund).
    pub fn of_units(&self, of: u32, gone: u32, count: u32) -> Shares {
        let (of, gone, count) = (i64::from(of.max(1)), i64::from(gone), i64::from(count));
        let part = |share: Won| Won(share.0 * (gone + count) / of - share.0 * gone / of);
        Shares {
            goods: part(self.goods),
            promotion: part(self.promotion),
            coupon: part(self.coupon),
            tier: part(self.tier),
            points: part(self.points),
        }
    }
}

impl Amounts {
    /// The amounts of some shares, without fees.
    pub fn of_shares(shares: impl IntoIterator<Item = Shares>) -> Self {
        shares.into_iter().fold(Self::default(), |sum, share| Self {
            goods: sum.goods + share.goods,
            promotion: sum.promotion + share.promotion,
            coupon: sum.coupon + share.coupon,
            tier: sum.tier + share.tier,
            points: sum.points + share.points,
            ..sum
        })
    }
    /// What is left when `back` is taken out. A fee that is charged after all is negative in `back`.
    pub fn less(&self, back: &Self) -> Self {
        Self {
            goods: self.goods - back.goods,
            promotion: self.promotion - back.promotion,
            coupon: self.coupon - back.coupon,
            tier: self.tier - back.tier,
            points: self.points - back.points,
            shipping: self.shipping - back.shipping,
            island: self.island - back.island,
            installation: self.installation - back.installation,
            extras: self.extras - back.extras,
            penalty: self.penalty - back.penalty,
            return_fee: self.return_fee - back.return_fee,
            call_out: self.call_out - back.call_out,
            spent_points: self.spent_points - back.spent_points,
            goodwill: self.goodwill - back.goodwill,
        }
    }
    /// What is there when `more` is added.
    #[must_use]
    pub fn plus(&self, more: &Self) -> Self {
        self.less(&Self::default().less(more))
    }
    /// Where rounding or a fee would ask for money, less is given back: of goodwill first, then of the points, then of the discounts.
    /// What is held back goes with the last units.
    #[must_use]
    pub fn without_debt(mut self) -> Self {
        let mut debt = (-self.payable()).at_least(Won::ZERO);
        for part in [&mut self.goodwill, &mut self.points, &mut self.tier, &mut self.coupon, &mut self.promotion] {
            let kept = debt.min(*part);
            *part -= kept;
            debt -= kept;
        }
        self
    }
    /// Goods after every discount: what free shipping is judged by.
    pub fn discounted(&self) -> Won {
        self.goods - self.promotion - self.coupon - self.tier
    }
    /// Goods less discounts plus fees, less what was given back of it: what the order is worth, whatever it is paid with.
    pub fn total(&self) -> Won {
        let fees = self.shipping + self.island + self.installation + self.extras + self.penalty + self.return_fee + self.call_out + self.spent_points;
        self.discounted() + fees - self.goodwill
    }
    /// The same goods sent to an island or not.
    #[must_use]
    pub fn sent(self, to_island: bool, policy: &Policy) -> Self {
        Self { island: if to_island { policy.island_fee } else { Won::ZERO }, ..self }
    }
    /// What is left to pay in money after points.
    pub fn payable(&self) -> Won {
        self.total() - self.points
    }
}

/// Prices an order: its table and each line's frozen shares.
///
/// # Errors
/// Goods after promotion below `order.min_amount` or above `order.max_amount`, an amount that no order can have, or goods that
/// are not what the coupon asks for.
pub fn price(lines: &[PricedLine], reductions: Reductions, island: bool, policy: &Policy) -> Result<(Amounts, Vec<Shares>), Refusal> {
    let too_much = |amount| Refusal::AboveMaximum { most: policy.order_max, amount };
    let mut goods = Vec::with_capacity(lines.len());
    let mut installation = Won::ZERO;
    for line in lines {
        let amount = line.unit_price.times(line.quantity.get()).ok_or_else(|| too_much(Won(i64::MAX)))?;
        if amount > policy.order_max {
            return Err(too_much(amount));
        }
        goods.push(amount);
        installation += line.installation.times(line.quantity.get()).ok_or_else(|| too_much(Won(i64::MAX)))?;
    }
    let promotions: Vec<Won> = lines.iter().zip(&goods).map(|(line, goods)| line.promotion.min(*goods)).collect();
    let base: Vec<Won> = goods.iter().zip(&promotions).map(|(goods, off)| *goods - *off).collect();
    let after_promotion: Won = base.iter().copied().sum();
    if after_promotion < policy.order_min {
        return Err(Refusal::BelowMinimum { least: policy.order_min, amount: after_promotion });
    }
    if after_promotion > policy.order_max {
        return Err(too_much(after_promotion));
    }

    // Coupon and tier together stay under the cap; the coupon is taken first.
    let cap = after_promotion.percent(policy.discount_cap);
    let covered: Vec<Won> = match &reductions.coupon {
        Some(terms) => lines.iter().zip(&base).map(|(line, base)| if terms.covers(line.category) { *base } else { Won::ZERO }).collect(),
        None => vec![Won::ZERO; lines.len()],
    };
    let coupon = match &reductions.coupon {
        Some(terms) => terms.taken_off(covered.iter().copied().sum())?.min(cap),
        None => Won::ZERO,
    };
    let tier = (after_promotion - coupon).percent(reductions.tier_percent).min(cap - coupon);
    let after_tier = after_promotion - coupon - tier;

    // Free shipping looks at goods after coupon and tier. One order ships once, so the dearest listing's fee counts.
    let fee = lines.iter().map(|line| line.shipping_fee).max().unwrap_or_default();
    let shipping = if after_tier >= policy.shipping_free_from { Won::ZERO } else { fee };
    let points = reductions.points.at_least(Won::ZERO).min(after_tier);

    // Each is split over what the one before has left, so that no line carries more than it is worth.
    let less = |worth: &[Won], shares: &[Won]| -> Vec<Won> { worth.iter().zip(shares).map(|(worth, share)| *worth - *share).collect() };
    let coupon_shares = coupon.split(&covered);
    let after_coupon = less(&base, &coupon_shares);
    let tier_shares = tier.split(&after_coupon);
    let point_shares = points.split(&less(&after_coupon, &tier_shares));
    let shares = (0..lines.len())
        .map(|at| Shares { goods: goods[at], promotion: promotions[at], coupon: coupon_shares[at], tier: tier_shares[at], points: point_shares[at] })
        .collect();
    let amounts = Amounts {
        goods: goods.into_iter().sum(),
        promotion: promotions.into_iter().sum(),
        coupon,
        tier,
        points,
        shipping,
        installation,
        ..Amounts::default()
    };
    Ok((amounts.sent(island, policy), shares))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::promotion::Off;
    use proptest::prelude::*;

    fn line(unit_price: i64, quantity: u32) -> PricedLine {
        PricedLine {
            category: Category::Portable,
            unit_price: Won(unit_price),
            quantity: Quantity::new(quantity).unwrap(),
            promotion: Won::ZERO,
            shipping_fee: Won(3_000),
            installation: Won::ZERO,
        }
    }

    fn amount_off(amount: i64) -> CouponTerms {
        CouponTerms { off: Off::Amount { amount: Won(amount) }, minimum: Won::ZERO, category: None, seller_percent: 100 }
    }

    #[test]
    fn the_worked_example() {
        let reductions = Reductions { coupon: Some(amount_off(10_000)), tier_percent: 5, points: Won::ZERO };
        let (amounts, _) = price(&[line(120_000, 1)], reductions, false, &Policy::default()).unwrap();
        assert_eq!((amounts.tier, amounts.shipping), (Won(5_500), Won::ZERO));
        assert_eq!(amounts.payable(), Won(104_500));
    }

    #[test]
    fn the_sample_of_000_ships_free() {
        let sample = PricedLine { shipping_fee: Won::ZERO, ..line(35_000, 2) };
        let (amounts, _) = price(&[sample], Reductions::default(), false, &Policy::default()).unwrap();
        assert_eq!(amounts.payable(), Won(70_000));
    }

    #[test]
    fn a_coupon_of_a_category_weighs_on_its_goods_alone() {
        let parts = PricedLine { category: Category::Parts, ..line(40_000, 1) };
        let only_parts = CouponTerms { category: Some(Category::Parts), ..amount_off(50_000) };
        let reductions = Reductions { coupon: Some(only_parts), tier_percent: 5, points: Won(1_000) };
        let (amounts, shares) = price(&[line(60_000, 1), parts.clone()], reductions, false, &Policy::default()).unwrap();
        assert_eq!((amounts.coupon, shares[0].coupon, shares[1].coupon), (Won(40_000), Won::ZERO, Won(40_000)));
        assert_eq!((shares[1].tier, shares[1].points), (Won::ZERO, Won::ZERO), "nothing is left of the line to take from");
        let dear = CouponTerms { minimum: Won(40_001), ..only_parts };
        let refused = price(&[line(60_000, 1), parts], Reductions { coupon: Some(dear), ..reductions }, false, &Policy::default());
        assert_eq!(refused, Err(Refusal::CouponCondition { minimum: Won(40_001), amount: Won(40_000) }));
    }

    #[test]
    fn coupon_and_tier_together_stay_under_the_cap() {
        let reductions = Reductions { coupon: Some(amount_off(59_000)), tier_percent: 5, points: Won(1_000_000) };
        let (amounts, _) = price(&[line(120_000, 1)], reductions, false, &Policy::default()).unwrap();
        assert_eq!((amounts.coupon, amounts.tier), (Won(59_000), Won(1_000)));
        assert_eq!((amounts.points, amounts.payable()), (Won(60_000), Won(3_000)), "points pay for goods, never for shipping");
    }

    #[test]
    fn shipping_is_free_from_the_limit_and_islands_pay_more() {
        let policy = Policy::default();
        let payable = |unit, island| price(&[line(unit, 1)], Reductions::default(), island, &policy).unwrap().0.payable();
        assert_eq!(payable(99_999, false), Won(102_999));
        assert_eq!(payable(100_000, false), Won(100_000));
        assert_eq!(payable(100_000, true), Won(105_000));
    }

    #[test]
    fn orders_too_small_or_too_large_are_refused() {
        let policy = Policy::default();
        let code = |unit, count| price(&[line(unit, count)], Reductions::default(), false, &policy).unwrap_err().code();
        assert_eq!(code(9_999, 1), "below_minimum");
        assert_eq!(code(1_000_000, 51), "above_maximum");
        assert_eq!(code(i64::MAX, 99), "above_maximum");
    }

    proptest! {
        #[test]
        fn units_in_any_split_sum_to_the_line(share in 0i64..60_000_000, coupon in 0i64..9_999_999, of in 1u32..99, cuts in prop::collection::vec(1u32..20, 1..20)) {
            let whole = Shares { goods: Won(share), coupon: Won(coupon), ..Shares::default() };
            let (mut gone, mut sum) = (0, Shares::default());
            for count in cuts {
                let count = count.min(of - gone);
                let part = whole.of_units(of, gone, count);
                prop_assert!(part.goods >= Won::ZERO && part.coupon >= Won::ZERO);
                sum.goods += part.goods;
                sum.coupon += part.coupon;
                gone += count;
            }
            let rest = whole.of_units(of, gone, of - gone);
            prop_assert_eq!((sum.goods + rest.goods, sum.coupon + rest.coupon), (whole.goods, whole.coupon));
        }

        #[test]
        fn shares_sum_to_the_order(
            lines in prop::collection::vec((100i64..2_000_000, 1u32..20, 0i64..50_000), 1..31),
            coupon in 0i64..3_000_000, tier_percent in 0u32..10, points in 0i64..3_000_000, island: bool, scoped: bool,
        ) {
            let policy = Policy { order_max: Won(i64::MAX / 1_000), ..Policy::default() };
            let lines: Vec<PricedLine> = lines.into_iter()
                .map(|(unit, count, off)| PricedLine { promotion: Won(off), ..line(unit, count) }).collect();
            let coupon = CouponTerms { category: scoped.then_some(Category::Portable), ..amount_off(coupon) };
            let lines: Vec<PricedLine> = lines.into_iter().enumerate()
                .map(|(at, line)| PricedLine { category: if at % 3 == 1 { Category::Parts } else { Category::Portable }, ..line }).collect();
            let reductions = Reductions { coupon: Some(coupon), tier_percent, points: Won(points) };
            if let Ok((amounts, shares)) = price(&lines, reductions, island, &policy) {
                let sum = |of: fn(&Shares) -> Won| shares.iter().map(of).sum::<Won>();
                prop_assert_eq!(sum(|s| s.goods), amounts.goods);
                prop_assert_eq!(sum(|s| s.promotion), amounts.promotion);
                prop_assert_eq!(sum(|s| s.coupon), amounts.coupon);
                prop_assert_eq!(sum(|s| s.tier), amounts.tier);
                prop_assert_eq!(sum(|s| s.points), amounts.points);
                prop_assert!(amounts.coupon + amounts.tier <= (amounts.goods - amounts.promotion).percent(policy.discount_cap));
                prop_assert!(amounts.payable() >= amounts.shipping + amounts.island);
                for share in &shares {
                    prop_assert!(share.goods - share.promotion - share.coupon - share.tier - share.points >= Won::ZERO);
                }
            }
        }
    }
}
