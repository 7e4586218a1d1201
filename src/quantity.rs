//! Counts of goods.

use serde::{Deserialize, Serialize};
use std::{iter::Sum, num::NonZeroU32};

/// A number of units that is asked for or moved: at least one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = u32, minimum = 1)]
pub struct Quantity(NonZeroU32);

impl Quantity {
    /// One unit.
    pub const ONE: Self = Self(NonZeroU32::MIN);

    /// `None` for zero.
    pub fn new(count: u32) -> Option<Self> {
        NonZeroU32::new(count).map(Self)
    }
    /// The count.
    pub fn get(self) -> u32 {
        self.0.get()
    }
    /// The count as ledger amount.
    pub fn units(self) -> i64 {
        i64::from(self.0.get())
    }
}

impl Sum<Quantity> for u32 {
    fn sum<I: Iterator<Item = Quantity>>(counts: I) -> u32 {
        counts.map(Quantity::get).sum()
    }
}
