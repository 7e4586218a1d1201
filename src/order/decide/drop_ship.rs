//! Drop-shipping: what a partner sends straight to the customer (01 §1, §3). It is one purchase, one lot of goods and one parcel; the
//! partner's order moves it, and the order above follows in the same transaction.

use super::super::{CancelCause, Event, Fulfilment, FulfilmentState, LineUnits, Method, Order, Parcel, RefundReason};
use super::Facts;
use crate::{
    ids::{ContactId, FulfilmentId, OrderId},
    money::Won,
    refusal::Refusal,
    time::Date,
};

impl Order {
    /// Units that shall go straight to the customer, as goods of their own: what else is in them goes another way.
    pub(super) fn one_parcel(&self, id: FulfilmentId, units: LineUnits, facts: &mut Facts<'_>) -> Result<(Vec<Event>, FulfilmentId), Refusal> {
        let goods = self.fulfilment(id).ok_or(Refusal::NotFound)?;
        let wrong = |current: &str, required: &str| {
            Err(Refusal::WrongState { command: "buy-from-partner".into(), current: current.into(), required: required.into() })
        };
        if goods.method != Method::Parcel {
            return wrong("goods that are put up", "a parcel");
        }
        if goods.line_units() == [units] {
            return Ok((Vec::new(), id));
        }
        if self.is_drop_ship() || !goods.can_be_divided() {
            return wrong(goods.state.name(), "all of what is being prepared together");
        }
        let into = FulfilmentId::mint(facts.mint);
        Ok((vec![Event::FulfilmentSplit { fulfilment: id, into, units: vec![units] }], into))
    }

    /// The partner sends fewer: those go as they were to, and the rest is looked for as goods of its own. What goes straight to a
    /// customer itself is one parcel, and the order above looks for what is not in it.
    pub(super) fn fewer_in_parcel(&self, goods: &Fulfilment, child: OrderId, fewer: LineUnits, facts: &mut Facts<'_>) -> Vec<Event> {
        let apart = (!self.is_drop_ship()).then(|| FulfilmentId::mint(facts.mint));
        let mut events = vec![Event::ChildShort { child, quantity: fewer.quantity, apart }];
        if apart.is_none() {
            events.push(Event::SourcingFailed { fulfilment: goods.id, units: fewer });
            events.extend(self.after(&events, facts.now).left_out_of_parcel(fewer, facts));
        }
        events
    }

    /// Units that will not be in the parcel are out of this purchase: its buyer finds them elsewhere. With the last of them it ends.
    pub(super) fn left_out_of_parcel(&self, units: LineUnits, facts: &mut Facts<'_>) -> Vec<Event> {
        if self.fulfilments.iter().any(Fulfilment::is_live) {
            self.take_units_out(&[units], CancelCause::Shortage, RefundReason::Shortage, facts)
        } else {
            self.cancel(CancelCause::Shortage, facts)
        }
    }

    /// What the partner's parcel has come to is what these goods have. They are the seller's own while they are on the road.
    pub(super) fn record_parcel(&self, child: OrderId, parcel: &Parcel, facts: &mut Facts<'_>) -> Vec<Event> {
        let of_child = |goods: &&Fulfilment| goods.is_drop_ship() && goods.sources.iter().any(|source| source.comes_of(child));
        let mut events = Vec::new();
        // What shall come back of it is goods of its own, and on the same road.
        for goods in self.fulfilments.iter().filter(|goods| goods.is_live()).filter(of_child) {
            let follows = self.after(&events, facts.now).follow_parcel(goods, child, parcel, facts);
            events.extend(follows);
        }
        events
    }

    fn follow_parcel(&self, goods: &Fulfilment, child: OrderId, parcel: &Parcel, facts: &mut Facts<'_>) -> Vec<Event> {
        let fulfilment = goods.id;
        let making = matches!(parcel.state, FulfilmentState::Planned | FulfilmentState::Preparing | FulfilmentState::PurchaseOrdered);
        let mut events = Vec::new();
        if goods.state == FulfilmentState::PurchaseOrdered && !making {
            events.push(Event::FulfilmentPurchaseCompleted { fulfilment });
        }
        if let (Some((carrier, tracking)), None) = (&parcel.sent_by, goods.shipped_at) {
            let pieces = goods.lines.iter().map(|of| goods.piece(of, of.quantity)).collect();
            events.push(Event::ChildTakenOver { child, fulfilment, pieces });
            events.extend(self.dispatched(goods, carrier, tracking));
        }
        let on = parcel.redeliver_on.filter(|on| goods.redeliver_on != Some(*on));
        events.extend(on.map(|on| Event::DeliveryRescheduled { fulfilment, on, contact: None }));
        let after = self.after(&events, facts.now);
        let on_the_road = after.fulfilment(fulfilment).map(|goods| after.tracked(goods, &parcel.facts, facts));
        events.extend(on_the_road.unwrap_or_default());
        let after = self.after(&events, facts.now);
        match (after.fulfilment(fulfilment), parcel.state) {
            (Some(goods), FulfilmentState::ReturningToSender) if goods.state == FulfilmentState::DeliveryFailed => {
                events.extend(after.given_back(goods, facts));
            }
            // He has them again, and answers for them to nobody but himself.
            (Some(goods), FulfilmentState::Returned) if goods.state == FulfilmentState::ReturningToSender => {
                events.extend(after.receive_back(fulfilment, false, &crate::actor::Actor::System, facts));
            }
            (_, _) => {}
        }
        events
    }

    /// The customer of the order above lives elsewhere, or wants the parcel brought again on a day.
    pub(super) fn follow_parent(&self, contact: ContactId, postcode: &str, redeliver_on: Option<Date>) -> Vec<Event> {
        let elsewhere = contact != self.contact;
        let failed = |goods: &&Fulfilment| goods.state == FulfilmentState::DeliveryFailed && goods.redeliver_on != redeliver_on;
        if let (Some(goods), Some(on)) = (self.fulfilments.iter().find(failed), redeliver_on) {
            return vec![Event::DeliveryRescheduled { fulfilment: goods.id, on, contact: elsewhere.then_some(contact) }];
        }
        let here = self.fulfilments.iter().all(|goods| goods.shipped_at.is_none());
        let moved = Event::AddressChanged { contact, postcode: postcode.to_owned(), island: Won::ZERO, dearer_by: Won::ZERO };
        (elsewhere && here && self.cancelled.is_none()).then_some(moved).into_iter().collect()
    }
}
