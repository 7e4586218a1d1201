//! Chance that can be repeated: the same seed and place give the same throws.

use jumun::{order::Kind, view::OrderView};

/// A stream of throws (splitmix64).
pub(super) struct Dice(u64);

impl Dice {
    /// The dice of one buyer.
    pub(super) fn new(seed: u64, nth: u32) -> Self {
        let mut dice = Self(seed ^ u64::from(nth).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.throw();
        dice
    }

    /// The dice about an order. What a buyer receives goes by the phone he threw for himself and not by its number, which is another
    /// on another day: the same seed goes the same way.
    pub(super) fn about(seed: u64, order: &OrderView, step: u32) -> Self {
        let bought = matches!(order.kind, Kind::Sale | Kind::Replacement);
        let of_buyer = order.ship_to.as_ref().filter(|_| bought).map(|to| to.phone.to_string());
        let salt = of_buyer.as_deref().unwrap_or(order.number.as_str());
        Self::new(seed, salt.bytes().fold(step, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))))
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below the limit; 0 below 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.throw() % limit).unwrap_or(0)
    }

    /// True so many times in a hundred.
    pub(super) fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of these.
    pub(super) fn one_of<T: Copy>(&mut self, all: &[T]) -> Option<T> {
        all.get(self.below(all.len())).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same() {
        let throws = |seed, nth| {
            let mut dice = Dice::new(seed, nth);
            (0..20).map(|_| dice.below(100)).collect::<Vec<_>>()
        };
        assert_eq!(throws(1, 7), throws(1, 7));
        assert_ne!(throws(1, 7), throws(1, 8));
        assert_ne!(throws(1, 7), throws(2, 7));
        assert_eq!(Dice::new(1, 1).below(0), 0);
    }
}
