//! From the warehouse's door to the buyer's.

use super::super::{CarrierFact, CarrierStatus, CompletedBy, Event, Fulfilment, FulfilmentState, Method, Order};
use super::Facts;
use crate::{
    ids::{FulfilmentId, OrderId},
    refusal::{Problem, Refusal},
    time::Date,
};

impl Order {
    pub(super) fn awaiting_outbound(&self, id: FulfilmentId) -> Option<&Fulfilment> {
        self.fulfilment(id).filter(|goods| goods.state == FulfilmentState::PurchaseCompleted && goods.outbound_requested_at.is_some())
    }

    pub(super) fn dispatched(&self, goods: &Fulfilment, carrier: &str, tracking: &str) -> Vec<Event> {
        let mut events = Vec::new();
        if goods.stopping {
            events.push(Event::OutboundCancelRefused { fulfilment: goods.id });
            events.extend(self.readdressing.as_ref().map(|_| Event::AddressChangeRefused));
        }
        events.extend([
            Event::OutboundCompleted { fulfilment: goods.id, carrier: carrier.into(), tracking: tracking.into() },
            Event::StockDeducted { fulfilment: goods.id, pieces: goods.pieces() },
        ]);
        if self.fulfilments.iter().all(|other| other.shipped_at.is_none()) {
            events.push(Event::OrderDeliveryStarted);
        }
        events
    }

    /// The installer takes the goods along.
    pub(super) fn handed_over(&self, goods: &Fulfilment) -> Vec<Event> {
        let mut events = vec![Event::HandedOver { fulfilment: goods.id }, Event::StockDeducted { fulfilment: goods.id, pieces: goods.pieces() }];
        if self.fulfilments.iter().all(|other| other.shipped_at.is_none()) {
            events.push(Event::OrderDeliveryStarted);
        }
        events
    }

    /// The carrier's facts that are new, each as one move of the machine. A fact that skips a place implies it.
    pub(super) fn tracked(&self, goods: &Fulfilment, seen: &[CarrierFact], facts: &mut Facts<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        let mut state = goods.state;
        let fulfilment = goods.id;
        for CarrierFact { status, place, at } in goods.news(seen).cloned() {
            let on_the_road = matches!(state, FulfilmentState::Shipped | FulfilmentState::InTransit | FulfilmentState::DeliveryFailed);
            let moved = |status, place: String| Event::DeliveryStatusChanged { fulfilment, status, place, at };
            match status {
                CarrierStatus::PickedUp => events.push(moved(status, place)),
                CarrierStatus::InTransit => {
                    events.push(moved(status, place));
                    if state == FulfilmentState::Shipped {
                        state = FulfilmentState::InTransit;
                    }
                }
                CarrierStatus::OutForDelivery => {
                    events.push(moved(status, place));
                    if on_the_road {
                        state = FulfilmentState::OutForDelivery;
                    }
                }
                CarrierStatus::Delivered | CarrierStatus::Failed => {
                    if on_the_road {
                        events.push(moved(CarrierStatus::OutForDelivery, place.clone()));
                        state = FulfilmentState::OutForDelivery;
                    }
                    if state == FulfilmentState::OutForDelivery {
                        if status == CarrierStatus::Delivered {
                            events.push(Event::DeliveryCompleted { fulfilment, place, at });
                            state = FulfilmentState::Delivered;
                            // Goods that were to come back while they were on the road are fetched now.
                            let approved = self.claim_on(goods.id).filter(|claim| claim.is_agreed());
                            events.extend(approved.map(|claim| Event::CollectionRequested {
                                claim: claim.id,
                                collection: OrderId::mint(facts.mint),
                                installer: None,
                            }));
                        } else {
                            events.push(Event::DeliveryFailed { fulfilment, place, at });
                            state = FulfilmentState::DeliveryFailed;
                        }
                    }
                }
                CarrierStatus::Returned => {
                    events.push(moved(status, place));
                    if state == FulfilmentState::DeliveryFailed {
                        events.extend(self.given_back(goods, facts));
                        state = FulfilmentState::ReturningToSender;
                    }
                }
            }
        }
        let received = |other: &&Fulfilment| other.id == goods.id || !other.is_live() || other.is_received();
        if state == FulfilmentState::Delivered
            && goods.state != state
            && goods.method == Method::Parcel
            && self.fulfilments.iter().all(|other| received(&other))
        {
            events.push(Event::OrderDelivered);
            // What its buyer never sees he need not count in.
            if self.is_drop_ship() {
                events.extend(self.complete(CompletedBy::Timer, facts));
            }
        }
        events
    }

    /// The WMS's answer to a stop. When the last of them is in, a cancel that waited for them goes through; when one was too
    /// late, dispatch has won and the order goes on.
    pub(super) fn outbound_stopped(&self, id: FulfilmentId, stopped: bool, facts: &mut Facts<'_>) -> Vec<Event> {
        let Some(goods) = self.fulfilment(id).filter(|goods| goods.stopping && goods.state == FulfilmentState::PurchaseCompleted) else {
            return Vec::new();
        };
        if !stopped {
            let refused = self.readdressing.as_ref().map(|_| Event::AddressChangeRefused);
            return std::iter::once(Event::OutboundCancelRefused { fulfilment: goods.id }).chain(refused).collect();
        }
        let mut events = vec![Event::OutboundCancelled { fulfilment: goods.id }];
        let others = self.fulfilments.iter().any(|other| other.id != id && other.stopping);
        if let Some(cause) = self.cancelling.filter(|_| !others) {
            events.extend(self.cancel(cause, facts));
        } else if let Some(claim) = self.claim_on(id).filter(|claim| claim.is_agreed()) {
            events.extend(self.not_sent(claim.id, facts));
        } else if !others {
            events.extend(self.readdressed(facts));
        }
        events
    }

    /// Another try on a day that somebody chose. Elsewhere only in the same delivery area: the parcel is on the road already.
    pub(super) fn redeliver(&self, id: FulfilmentId, on: Date, elsewhere: bool, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let most = facts.policy.delivery_max_failures;
        if self.fulfilment(id).is_none_or(|goods| goods.failures >= most) {
            return Err(Refusal::RetriesUsedUp { most });
        }
        let today = facts.now.kst_date().days();
        if !(today + 1..=today + i64::from(facts.policy.redeliver_within_days)).contains(&on.days()) {
            return Err(Refusal::invalid("day", Problem::OutOfRange));
        }
        let contact = if elsewhere { Some(self.in_area(facts)?.contact) } else { None };
        Ok(vec![Event::DeliveryRescheduled { fulfilment: id, on, contact }])
    }
}
