//! Who trades with whom, and at which prices: how a store stands with the chain and with another store, and what partners pay.

use crate::{
    machine::Machine,
    money::Won,
    refusal::{Problem, Refusal},
    text::{Address, BusinessNumber, Email, PersonName, Phone, Postcode, StoreName},
};
use serde::{Deserialize, Serialize};

/// How a store stands with the chain, and a buyer with a seller.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It has asked and was not answered.
    Applied,
    /// It trades.
    Approved,
    /// It was turned down.
    Rejected,
    /// Nothing new is traded; what was placed goes on.
    Suspended,
}

/// Every move of a standing. A store that the chain turned down applies as a new one; a buyer asks the same seller again.
pub const STANDING: Machine<Standing> = {
    use Standing::*;
    Machine {
        name: "standing",
        start: Applied,
        edges: &[
            (Applied, "approve", Approved),
            (Applied, "reject", Rejected),
            (Approved, "suspend", Suspended),
            (Suspended, "resume", Approved),
            (Rejected, "apply", Applied),
        ],
    }
};

impl Standing {
    /// Every standing, in the order in which somebody has to look.
    pub const ALL: &'static [Self] = &[Self::Applied, Self::Approved, Self::Suspended, Self::Rejected];

    /// The name in rows, addresses and the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Suspended => "suspended",
        }
    }

    /// The standing of a name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|standing| standing.slug() == slug)
    }

    /// Where a move leads, by its name in [`STANDING`].
    ///
    /// # Errors
    /// [`Refusal::StandsOtherwise`] when no edge leaves from here by that name.
    pub fn after(self, what: &str) -> Result<Self, Refusal> {
        let edge = STANDING.edges.iter().find(|(from, by, _)| *from == self && *by == what);
        edge.map(|(_, _, to)| *to).ok_or(Refusal::StandsOtherwise { standing: self })
    }

    /// Whether there is an agreement that has terms: one that is good, or that is good again later.
    pub fn has_terms(self) -> bool {
        matches!(self, Self::Approved | Self::Suspended)
    }
}

/// The steps that a price list has at most.
pub const MOST_STEPS: usize = 5;
/// The largest number of units that a step begins at, or that is sold at once at least.
pub const MOST_UNITS: u32 = 10_000;
/// Nobody delivers later than that, in days.
pub const LONGEST_LEAD: u32 = 365;
/// The highest price of a unit.
pub const HIGHEST_PRICE: Won = Won(100_000_000);
/// The largest credit that one store gives another.
pub const HIGHEST_LIMIT: Won = Won(100_000_000_000);

/// A price of one unit, from so many units on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PriceStep {
    /// From so many units on.
    pub from: u32,
    /// A unit costs this.
    pub price: Won,
}

/// Whether steps make a price list: from few units to many, and never dearer for more. None at all is a list that is taken away.
///
/// # Errors
/// [`Refusal::Invalid`] with `steps`, `from_units` or `price`.
pub fn check_steps(steps: &[PriceStep]) -> Result<(), Refusal> {
    let wrong = |field| Err(Refusal::invalid(field, Problem::OutOfRange));
    if steps.len() > MOST_STEPS {
        return wrong("steps");
    }
    for (nth, step) in steps.iter().enumerate() {
        let before = nth.checked_sub(1).and_then(|nth| steps.get(nth));
        if !(1..=MOST_UNITS).contains(&step.from) || before.is_some_and(|before| before.from >= step.from) {
            return wrong("from_units");
        }
        if !(Won(1)..=HIGHEST_PRICE).contains(&step.price) || before.is_some_and(|before| before.price < step.price) {
            return wrong("price");
        }
    }
    Ok(())
}

/// Whether an option can be sold on these terms.
///
/// # Errors
/// [`Refusal::Invalid`] with `least` or `lead_days`.
pub fn check_terms(least: u32, lead_days: u32) -> Result<(), Refusal> {
    if !(1..=MOST_UNITS).contains(&least) {
        return Err(Refusal::invalid("least", Problem::OutOfRange));
    }
    if lead_days > LONGEST_LEAD {
        return Err(Refusal::invalid("lead_days", Problem::OutOfRange));
    }
    Ok(())
}

/// Whether a store may let another one owe so much.
///
/// # Errors
/// [`Refusal::Invalid`] with `limit`.
pub fn check_limit(limit: Won) -> Result<(), Refusal> {
    if (Won::ZERO..=HIGHEST_LIMIT).contains(&limit) { Ok(()) } else { Err(Refusal::invalid("limit", Problem::OutOfRange)) }
}

/// The list that counts for a store: its own, below its first step everybody's, and below that the shop's price. It begins at one unit.
pub fn agreed(own: &[PriceStep], everybodys: &[PriceStep], list_price: Won) -> Vec<PriceStep> {
    let shops = [PriceStep { from: 1, price: list_price }];
    let below = |list: &[PriceStep], steps: &[PriceStep]| -> Vec<PriceStep> {
        let begins = steps.first().map_or(u32::MAX, |step| step.from);
        list.iter().filter(|step| step.from < begins).chain(steps).copied().collect()
    };
    below(&shops, &below(everybodys, own))
}

/// What a unit costs of so many, by a list that [`agreed`] made.
pub fn unit_price(steps: &[PriceStep], units: u32) -> Won {
    steps.iter().rev().find(|step| step.from <= units).map(|step| step.price).unwrap_or_default()
}

/// What kind of store one is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoreKind {
    /// Sells to customers.
    Retailer,
    /// Sells to stores.
    Wholesaler,
}

impl StoreKind {
    /// Both.
    pub const ALL: &'static [Self] = &[Self::Retailer, Self::Wholesaler];

    /// The name in rows and the word catalogue, where it is also the role of who works there.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Retailer => "retailer",
            Self::Wholesaler => "wholesaler",
        }
    }

    /// The kind of a name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }
}

/// A store that wants to join the chain, and who speaks for it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StoreApplication {
    /// What it is called.
    pub name: StoreName,
    /// What it is.
    pub kind: StoreKind,
    /// The number it is registered by.
    pub business_number: BusinessNumber,
    /// Who asks, and runs the store once it is approved.
    pub person: PersonName,
    /// What he will sign in with.
    pub email: Email,
    /// His phone, and the store's.
    pub phone: Phone,
    /// Where the store is and keeps its goods: the postcode.
    pub postcode: Postcode,
    /// Street and number.
    pub address: Address,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(steps: &[(u32, i64)]) -> Vec<PriceStep> {
        steps.iter().map(|&(from, price)| PriceStep { from, price: Won(price) }).collect()
    }

    #[test]
    fn a_standing_moves_along_its_list_and_no_other_way() {
        assert_eq!(STANDING.reachable().len(), Standing::ALL.len());
        for from in Standing::ALL {
            for what in ["apply", "approve", "reject", "suspend", "resume"] {
                let listed = STANDING.edges.iter().find(|(at, by, _)| at == from && *by == what).map(|(_, _, to)| *to);
                assert_eq!(from.after(what).ok(), listed, "{from:?} {what}");
            }
        }
        assert_eq!(Standing::Suspended.after("approve"), Err(Refusal::StandsOtherwise { standing: Standing::Suspended }));
        assert!(Standing::ALL.iter().all(|standing| Standing::from_slug(standing.slug()) == Some(*standing)));
    }

    #[test]
    fn a_price_list_goes_up_in_units_and_down_in_price() {
        for fine in [&[][..], &[(1, 100)], &[(1, 100), (5, 100), (20, 90)]] {
            assert_eq!(check_steps(&steps(fine)), Ok(()), "{fine:?}");
        }
        let wrong = |field| Err(Refusal::invalid(field, Problem::OutOfRange));
        assert_eq!(check_steps(&steps(&[(0, 100)])), wrong("from_units"));
        assert_eq!(check_steps(&steps(&[(5, 100), (5, 90)])), wrong("from_units"));
        assert_eq!(check_steps(&steps(&[(5, 100), (1, 110)])), wrong("from_units"));
        assert_eq!(check_steps(&steps(&[(1, 100), (5, 101)])), wrong("price"));
        assert_eq!(check_steps(&steps(&[(1, 0)])), wrong("price"));
        assert_eq!(check_steps(&steps(&[(1, 9), (2, 8), (3, 7), (4, 6), (5, 5), (6, 4)])), wrong("steps"));
        assert!(check_terms(1, 0).is_ok() && check_terms(0, 0).is_err() && check_terms(1, 366).is_err());
        assert!(check_limit(Won::ZERO).is_ok() && check_limit(Won(-1)).is_err());
    }

    #[test]
    fn a_partners_own_list_wins_from_its_first_step_on() {
        let everybodys = steps(&[(1, 100), (5, 90), (20, 80)]);
        let price = |own: &[(u32, i64)], units| unit_price(&agreed(&steps(own), &everybodys, Won(120)), units).0;
        assert_eq!([1, 4, 5, 19, 20].map(|units| price(&[], units)), [100, 100, 90, 90, 80]);
        assert_eq!([1, 5, 20].map(|units| price(&[(1, 95)], units)), [95, 95, 95], "even where everybody's is lower");
        assert_eq!([1, 4, 10].map(|units| price(&[(5, 70)], units)), [100, 100, 70]);
        let late = agreed(&[], &steps(&[(5, 90)]), Won(120));
        assert_eq!([1, 5].map(|units| unit_price(&late, units).0), [120, 90], "the shop's price before the first step");
    }
}
