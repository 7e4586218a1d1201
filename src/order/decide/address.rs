//! Where it goes: changed until the goods leave, and fixed when it was no address at all (01 §5; 000 ERR-ORD-003).

use super::super::{Change, Difference, Event, Front, Fulfilment, LineUnits, Order, RefundReason};
use super::Facts;
use crate::{
    ids::{ContactId, DifferenceId, ShortageId},
    money::Won,
    policy::Policy,
    refusal::{Problem, Refusal},
    stock::pick_some,
};

/// A place as the rules know it: what the table of areas says of its postcode, and where its words are kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Destination {
    /// Name, phone and address.
    pub contact: ContactId,
    /// The postcode.
    pub postcode: String,
    /// Something goes there.
    pub deliverable: bool,
    /// An island: surcharge.
    pub island: bool,
    /// Somebody puts the order's goods up there, or nobody has to.
    pub installable: bool,
}

impl Destination {
    fn surcharge(&self, policy: &Policy) -> Won {
        if self.island { policy.island_fee } else { Won::ZERO }
    }
}

impl Order {
    /// Another address. It may cost the island surcharge or save it: a paid order pays the difference first or gets it back.
    /// What the warehouse already has is stopped there first, and stays in its area: only the warehouse's word decides which
    /// address is on the parcel.
    pub(super) fn change_address(&self, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let at_warehouse: Vec<_> = self.fulfilments.iter().filter(|goods| goods.is_live() && goods.outbound_requested_at.is_some()).collect();
        // While the PSP is asked for an amount it cannot change under the buyer's hands.
        let settled = self.front == Front::PaymentPending || !at_warehouse.is_empty();
        let to = if settled { self.in_area(facts)? } else { self.checked(facts)? };
        let island = to.surcharge(facts.policy);
        let (contact, postcode) = (to.contact, to.postcode.clone());
        if at_warehouse.is_empty() {
            let sold = self.confirmed_at.is_some();
            let dearer_by = if sold { island - self.amounts.island } else { Won::ZERO };
            // Goods that are being paid for come all the same, unless the surcharge has to be paid first.
            let swapping = matches!(&self.difference, Some(Difference { change: Change::Swap(_), .. }));
            let mut events = if swapping && dearer_by <= Won::ZERO { Vec::new() } else { self.drop_difference() };
            if dearer_by > Won::ZERO {
                let until = facts.now + facts.policy.hold_ttl;
                let change = Change::Address { contact, postcode, island };
                let difference = Difference { id: DifferenceId::mint(facts.mint), change, amount: dearer_by, until };
                events.push(Event::DifferenceDue(Box::new(difference)));
            } else {
                events.push(Event::AddressChanged { contact, postcode, island, dearer_by });
                events.extend(self.refund(-dearer_by, RefundReason::Cheaper, facts));
            }
            return Ok(events);
        }
        let goods = at_warehouse.iter().map(|goods| goods.id).collect();
        let stops = at_warehouse.iter().map(|goods| Event::OutboundCancelRequested { fulfilment: goods.id });
        Ok(std::iter::once(Event::AddressChangeAsked { contact, postcode, fulfilments: goods }).chain(stops).collect())
    }

    /// The address that was missing: now the units are held, and what is missing of them is asked about.
    pub(super) fn fix_address(&self, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let to = self.checked(facts)?.clone();
        let mut events = vec![Event::AddressChanged {
            contact: to.contact,
            postcode: to.postcode.clone(),
            island: to.surcharge(facts.policy),
            dearer_by: Won::ZERO,
        }];
        let (pieces, missing) = pick_some(&self.wanted(), facts.shelf, &to.postcode);
        // Nobody waits for what is not on the shelf: beyond a cap, and beyond what partners have, nothing comes.
        if let Some(gone) = missing.iter().find(|missing| !missing.supply.is_stocked()) {
            let asked = self.lines.iter().find(|line| line.id == gone.line).map_or(gone.quantity, |line| line.quantity).get();
            return Err(Refusal::OutOfStock { variant: gone.variant.clone(), asked, available: asked.saturating_sub(gone.quantity.get()) });
        }
        for missing in missing {
            let units = LineUnits { line: missing.line, quantity: missing.quantity };
            events.push(Event::ShortageRaised { shortage: ShortageId::mint(facts.mint), units });
        }
        if !pieces.is_empty() {
            events.push(Event::StockReserved { pieces, until: facts.now + facts.policy.hold_ttl });
        }
        Ok(events)
    }

    /// The place, if it costs what the order's place costs.
    pub(super) fn in_area<'a>(&self, facts: &'a Facts<'_>) -> Result<&'a Destination, Refusal> {
        let to = self.checked(facts)?;
        if to.surcharge(facts.policy) == self.amounts.island { Ok(to) } else { Err(Refusal::OtherArea) }
    }

    fn checked<'a>(&self, facts: &'a Facts<'_>) -> Result<&'a Destination, Refusal> {
        let to = facts.to.as_ref().ok_or_else(|| Refusal::invalid("address", Problem::Missing))?;
        if !to.deliverable {
            return Err(Refusal::Undeliverable { postcode: to.postcode.clone() });
        }
        if to.installable { Ok(to) } else { Err(Refusal::NoInstaller { postcode: to.postcode.clone() }) }
    }

    /// The warehouse has stopped everything that was to be stopped: the new address stands, and the goods are asked for again.
    pub(super) fn readdressed(&self, facts: &Facts<'_>) -> Vec<Event> {
        let Some(wish) = &self.readdressing else { return Vec::new() };
        let stopped = |goods: &&Fulfilment| goods.is_live() && wish.fulfilments.contains(&goods.id);
        let again =
            self.fulfilments.iter().filter(stopped).map(|goods| Event::OutboundRequested { fulfilment: goods.id, priority: self.priority(facts) });
        let island = self.amounts.island;
        std::iter::once(Event::AddressChanged { contact: wish.contact, postcode: wish.postcode.clone(), island, dearer_by: Won::ZERO })
            .chain(again)
            .collect()
    }
}
