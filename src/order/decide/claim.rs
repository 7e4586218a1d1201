//! Goods that come back, and their money (01 §3 Claim). What cannot be delivered is returned by the system itself.

use super::super::{CancelCause, Claim, Event, Front, Fulfilment, FulfilmentState, LineUnits, Order, RefundReason, ReturnReason};
use super::Facts;
use crate::ids::{ClaimId, FulfilmentId, RefundId};

impl Fulfilment {
    /// The carrier gives these goods up. Their return is opened at once, and nobody has to agree to it.
    pub(super) fn given_back(&self, facts: &mut Facts<'_>) -> Vec<Event> {
        let returned = Event::DeliveryReturned { fulfilment: self.id };
        std::iter::once(returned).chain(self.comes_back(ReturnReason::Undeliverable, facts)).collect()
    }

    /// Their return by the system: nobody has to agree to it.
    pub(super) fn comes_back(&self, reason: ReturnReason, facts: &mut Facts<'_>) -> [Event; 2] {
        let claim = ClaimId::mint(facts.mint);
        [Event::ReturnRequested { claim, reason, fulfilment: self.id, units: self.line_units() }, Event::ReturnApproved { claim }]
    }

    fn line_units(&self) -> Vec<LineUnits> {
        self.lines.iter().map(|line| LineUnits { line: line.line, quantity: line.quantity }).collect()
    }
}

impl Order {
    /// Nobody took the goods for a day after the last try.
    pub(super) fn return_to_sender(&self, id: FulfilmentId, facts: &mut Facts<'_>) -> Vec<Event> {
        let most = facts.policy.delivery_max_failures;
        let given_up = |goods: &&Fulfilment| goods.state == FulfilmentState::DeliveryFailed && goods.failures >= most;
        let Some(goods) = self.fulfilment(id).filter(given_up) else { return Vec::new() };
        let mut events = goods.given_back(facts);
        events.extend(self.undo_extras(id, facts));
        events
    }

    /// Undelivered goods are back: their money goes back whole, and shipping with the last of them.
    pub(super) fn receive_back(&self, id: FulfilmentId, restock: bool, facts: &mut Facts<'_>) -> Vec<Event> {
        let Some(goods) = self.fulfilment(id) else { return Vec::new() };
        let open = self.claims.iter().find(|claim| claim.fulfilment == id && claim.is_open());
        let why = match open.map(|claim| claim.reason) {
            Some(ReturnReason::CannotInstall) => RefundReason::CannotInstall,
            Some(ReturnReason::Undeliverable) | None => RefundReason::Undeliverable,
        };
        let claim = open.map(|claim| claim.id);
        let looked_at = |claim| [Event::ReturnCollected { claim }, Event::ReturnInspected { claim, restocked: restock }];
        let mut events: Vec<Event> = claim.map(looked_at).into_iter().flatten().collect();
        events.push(Event::FulfilmentReturned { fulfilment: id, restocked: restock });
        let mut back = self.take_units_out(&goods.line_units(), CancelCause::Undeliverable, why, facts);
        let mut paid_back = false;
        for event in &mut back {
            if let Event::RefundRequested { claim: of, .. } = event {
                *of = claim;
                paid_back = true;
            }
        }
        events.extend(back);
        // What was paid with points alone is back already.
        events.extend(claim.filter(|_| !paid_back).map(|claim| Event::ReturnCompleted { claim }));
        let received = |other: &Fulfilment| other.id == id || !other.is_live() || other.is_received();
        let rest = self.fulfilments.iter().any(|other| other.id != id && other.is_live());
        if rest && self.front == Front::Confirmed && self.delivered_at.is_none() && self.fulfilments.iter().all(received) {
            events.push(Event::OrderDelivered);
        }
        events
    }

    /// The return that ends with this refund.
    pub(super) fn ends_with(&self, refund: RefundId) -> Option<&Claim> {
        let outstanding = |id: &RefundId| *id != refund && self.refunds.iter().any(|refund| refund.id == *id && refund.completed_at.is_none());
        self.claims.iter().find(|claim| claim.is_open() && claim.refunds.contains(&refund) && !claim.refunds.iter().any(outstanding))
    }

    /// Whether goods or their money are on their way back.
    pub fn is_claimed(&self) -> bool {
        self.claims.iter().any(Claim::is_open)
    }
}
