//! A part of some goods that goes by itself.

use super::super::{Event, LineUnits, Order};
use super::Facts;
use crate::{
    ids::FulfilmentId,
    refusal::{Problem, Refusal},
};

impl Order {
    /// The part keeps place, warehouse and method and has a number of its own on the road. A split is the seller's doing: the buyer
    /// pays no second fee (01 §2).
    pub(super) fn split(&self, id: FulfilmentId, units: &[LineUnits], facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let goods = self.fulfilment(id).ok_or(Refusal::NotFound)?;
        for (at, part) in units.iter().enumerate() {
            let line = goods.lines.iter().find(|line| line.line == part.line).ok_or_else(|| Refusal::invalid("line", Problem::Unknown))?;
            let twice = units[..at].iter().any(|other| other.line == part.line);
            if twice || part.quantity > line.quantity {
                return Err(Refusal::invalid("quantity", Problem::OutOfRange));
            }
        }
        let parted: u32 = units.iter().map(|part| part.quantity).sum();
        if parted == 0 || parted == goods.units() {
            return Err(Refusal::invalid("units", Problem::OutOfRange));
        }
        Ok(vec![Event::FulfilmentSplit { fulfilment: id, into: FulfilmentId::mint(facts.mint), units: units.to_vec() }])
    }
}
