//! Won: whole numbers, never a fraction. Percentages round down; shares are split by the largest remainder.

use serde::{Deserialize, Serialize};
use std::{
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
};

/// An amount of Korean won. Negative amounts are corrections and postings, never prices.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Won(pub i64);

impl Won {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Whether it is nothing.
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    /// `self × count`, or nothing when it does not fit.
    pub fn times(self, count: u32) -> Option<Self> {
        self.0.checked_mul(i64::from(count)).map(Self)
    }

    /// `percent` of the amount, rounded down (01 §5 Price).
    pub fn percent(self, percent: u32) -> Self {
        Self(((i128::from(self.0) * i128::from(percent)).div_euclid(100)) as i64)
    }

    /// The larger of the two.
    pub fn at_least(self, floor: Self) -> Self {
        self.max(floor)
    }

    /// Splits the amount in proportion to `weights` so that the parts sum to the whole: each part is rounded down and
    /// the won left over go to the largest remainders, the earlier part first when they tie. All-zero weights put
    /// everything on the first part.
    pub fn split(self, weights: &[Won]) -> Vec<Won> {
        let total: i128 = weights.iter().map(|w| i128::from(w.0.max(0))).sum();
        if weights.is_empty() {
            return Vec::new();
        }
        if total == 0 {
            let mut parts = vec![Won::ZERO; weights.len()];
            parts[0] = self;
            return parts;
        }
        let exact = |w: &Won| i128::from(self.0) * i128::from(w.0.max(0));
        let mut parts: Vec<i128> = weights.iter().map(|w| exact(w).div_euclid(total)).collect();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|&at| (std::cmp::Reverse(exact(&weights[at]).rem_euclid(total)), at));
        let left = i128::from(self.0) - parts.iter().sum::<i128>();
        for &at in order.iter().take(left as usize) {
            parts[at] += 1;
        }
        parts.into_iter().map(|part| Won(part as i64)).collect()
    }

    /// What the k-th of n equal units carries of this share: ⌊share·k/n⌋ − ⌊share·(k−1)/n⌋, so that any way of taking
    /// the units one by one sums to the share (01 §5 Refund).
    pub fn unit_share(self, k: u32, n: u32) -> Won {
        let upto = |k: u32| (i128::from(self.0) * i128::from(k)).div_euclid(i128::from(n.max(1)));
        Won((upto(k) - upto(k.saturating_sub(1))) as i64)
    }
}

impl Add for Won {
    type Output = Won;
    fn add(self, other: Won) -> Won {
        Won(self.0 + other.0)
    }
}
impl Sub for Won {
    type Output = Won;
    fn sub(self, other: Won) -> Won {
        Won(self.0 - other.0)
    }
}
impl Neg for Won {
    type Output = Won;
    fn neg(self) -> Won {
        Won(-self.0)
    }
}
impl AddAssign for Won {
    fn add_assign(&mut self, other: Won) {
        self.0 += other.0;
    }
}
impl SubAssign for Won {
    fn sub_assign(&mut self, other: Won) {
        self.0 -= other.0;
    }
}
impl Sum for Won {
    fn sum<I: Iterator<Item = Won>>(amounts: I) -> Won {
        amounts.fold(Won::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn leftover_won_go_to_the_largest_remainder() {
        assert_eq!(Won(10).split(&[Won(1), Won(1), Won(1)]), [Won(4), Won(3), Won(3)]);
        assert_eq!(Won(10).split(&[Won(1), Won(2)]), [Won(3), Won(7)]);
        assert_eq!(Won(7).split(&[Won(0), Won(0)]), [Won(7), Won(0)]);
        assert_eq!(Won(7).split(&[]), []);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(amount in 0i64..1_000_000_000, weights in prop::collection::vec(0i64..10_000_000, 1..31)) {
            let weights: Vec<Won> = weights.into_iter().map(Won).collect();
            let parts = Won(amount).split(&weights);
            prop_assert_eq!(parts.iter().copied().sum::<Won>(), Won(amount));
            prop_assert!(parts.iter().all(|part| part.0 >= 0));
        }

        #[test]
        fn unit_shares_sum_to_the_share(share in 0i64..100_000_000, n in 1u32..100) {
            let sum: Won = (1..=n).map(|k| Won(share).unit_share(k, n)).sum();
            prop_assert_eq!(sum, Won(share));
        }
    }
}
