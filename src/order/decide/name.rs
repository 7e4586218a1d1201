//! Which units go, by the numbers on them (01 §2 sourcing): said by the seller, read again by whoever puts them up or takes them back.

use super::super::{Event, NamedUnit, Order};
use crate::{
    ids::FulfilmentId,
    refusal::{Problem, Refusal},
    text::SerialNumber,
};

/// One number for each of so many units, none of them twice.
pub(super) fn one_each(serials: &[SerialNumber], units: usize) -> Result<(), Refusal> {
    if serials.len() != units {
        return Err(Refusal::invalid("serials", if serials.is_empty() { Problem::Missing } else { Problem::OutOfRange }));
    }
    let twice = |at: usize| serials[..at].contains(&serials[at]);
    if (0..serials.len()).any(twice) { Err(Refusal::invalid("serials", Problem::Taken)) } else { Ok(()) }
}

impl Order {
    /// All of its units or none of them. A unit goes with one parcel only; that no other order has it the store knows.
    pub(super) fn name_units(&self, id: FulfilmentId, serials: &[SerialNumber]) -> Result<Vec<Event>, Refusal> {
        let goods = self.fulfilment(id).ok_or(Refusal::NotFound)?;
        if !serials.is_empty() {
            one_each(serials, goods.units() as usize)?;
        }
        let units: Vec<NamedUnit> = goods.each_unit().zip(serials).map(|(of, serial)| NamedUnit { line: of.line, serial: serial.clone() }).collect();
        let elsewhere = self.fulfilments.iter().filter(|other| other.id != id).flat_map(|other| &other.named);
        let variant = |unit: &NamedUnit| self.line(unit.line).map(|line| &line.variant);
        let same = |other: &NamedUnit| units.iter().any(|unit| unit.serial == other.serial && variant(unit) == variant(other));
        if elsewhere.into_iter().any(same) {
            return Err(Refusal::invalid("serials", Problem::Taken));
        }
        Ok(if goods.named == units { Vec::new() } else { vec![Event::UnitsNamed { fulfilment: id, units }] })
    }
}
