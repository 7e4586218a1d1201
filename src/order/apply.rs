//! How facts change an order. This is the only place that does; folding the log gives the stored state (I15).

use super::{
    Attempt, AttemptState, CarrierFact, CarrierStatus, Event, Front, Fulfilment, FulfilmentState, Order, Refund, Source,
    machines::{ATTEMPT, FRONT, FULFILMENT},
};
use crate::{
    ids::{AttemptId, FulfilmentId},
    money::Won,
    time::Time,
};

impl Order {
    /// The order that a first event makes; `None` when the event is not an `order.placed`.
    pub fn born(event: &Event, at: Time) -> Option<Order> {
        let Event::OrderPlaced(placed) = event else { return None };
        let placed = (**placed).clone();
        Some(Order {
            id: placed.id,
            version: 1,
            number: placed.number,
            kind: placed.kind,
            root: placed.root,
            parent: placed.parent,
            buyer: placed.buyer,
            seller: placed.seller,
            policy: placed.policy,
            placed_at: at,
            external: placed.external,
            contact: placed.contact,
            postcode: placed.postcode,
            front: Front::Pending,
            lines: placed.lines,
            amounts: placed.amounts,
            held: Vec::new(),
            held_until: None,
            committed: Vec::new(),
            attempts: Vec::new(),
            identity_until: None,
            first_failed_at: None,
            paid: Won::ZERO,
            refunds: Vec::new(),
            shortages: Vec::new(),
            fulfilments: Vec::new(),
            confirmed_at: None,
            delivered_at: None,
            completed_at: None,
            cancelled: None,
            moved_at: at,
        })
    }

    /// Folds a log; `None` when it does not begin with `order.placed`.
    pub fn fold<'a>(mut events: impl Iterator<Item = (&'a Event, Time)>) -> Option<Order> {
        let (first, at) = events.next()?;
        let mut order = Order::born(first, at)?;
        for (event, at) in events {
            order.apply(event, at);
        }
        Some(order)
    }

    /// Applies one fact.
    pub fn apply(&mut self, event: &Event, at: Time) {
        self.version += 1;
        self.moved_at = at;
        match event {
            Event::OrderPlaced(_) | Event::OrderCancelRequested { .. } | Event::StockReservationExpired { .. } => {}
            Event::StockReserved { pieces, until } => {
                self.held.clone_from(pieces);
                self.held_until = Some(*until);
                if self.front == Front::Pending {
                    self.step(Front::StockReserved);
                }
            }
            Event::StockReleased { was_committed, .. } => {
                if *was_committed {
                    self.committed.clear();
                } else {
                    self.held.clear();
                    self.held_until = None;
                }
            }
            Event::StockCommitted { pieces } => {
                self.held.clear();
                self.held_until = None;
                self.committed.clone_from(pieces);
            }
            Event::StockDeducted { pieces, .. } => self.committed.retain(|piece| !pieces.contains(piece)),
            Event::PaymentRequested { attempt, nth, method, amount, held_until } => {
                self.attempts.push(Attempt {
                    id: *attempt,
                    nth: *nth,
                    method: *method,
                    amount: *amount,
                    state: AttemptState::Requested,
                    requested_at: at,
                    payment_key: None,
                    deposit: None,
                    declined: None,
                    void_requested: false,
                });
                self.held_until = Some(*held_until);
                self.step(Front::PaymentPending);
            }
            Event::PaymentIdentityVerified { until } => self.identity_until = Some(*until),
            Event::PaymentAuthorised { attempt, payment_key } => {
                self.on_attempt(*attempt, |attempt| attempt.payment_key = Some(payment_key.clone()));
            }
            Event::PaymentDepositAwaited { attempt, payment_key, deposit } => {
                self.move_attempt(*attempt, AttemptState::WaitingDeposit);
                self.on_attempt(*attempt, |attempt| {
                    attempt.payment_key = Some(payment_key.clone());
                    attempt.deposit = Some(deposit.clone());
                });
                self.held_until = Some(deposit.due);
            }
            Event::PaymentApproved { attempt, payment_key, amount, .. } => {
                self.move_attempt(*attempt, AttemptState::Approved);
                self.on_attempt(*attempt, |attempt| attempt.payment_key = Some(payment_key.clone()));
                self.paid += *amount;
            }
            Event::PaymentDeclined { attempt, cause, .. } => {
                self.move_attempt(*attempt, AttemptState::Declined);
                self.on_attempt(*attempt, |attempt| attempt.declined = Some(*cause));
                self.payment_failed(at);
            }
            Event::PaymentTimedOut { attempt } => {
                self.move_attempt(*attempt, AttemptState::TimedOut);
                self.payment_failed(at);
            }
            Event::PaymentCancelRequested { attempt } => self.on_attempt(*attempt, |attempt| attempt.void_requested = true),
            Event::PaymentVoided { attempt } => {
                self.move_attempt(*attempt, AttemptState::Voided);
                // The buyer may try again: the attempt ended without his money.
                if self.front == Front::PaymentPending {
                    self.payment_failed(at);
                }
            }
            Event::RefundRequested { refund, attempt, amount, reason } => {
                self.refunds.push(Refund { id: *refund, attempt: *attempt, amount: *amount, reason: *reason, completed_at: None });
            }
            Event::RefundCompleted { refund, .. } => {
                if let Some(refund) = self.refunds.iter_mut().find(|known| known.id == *refund) {
                    refund.completed_at = Some(at);
                }
            }
            Event::OrderPaid => self.step(Front::Paid),
            Event::OrderConfirmed { fulfilments } => {
                self.step(Front::Confirmed);
                self.confirmed_at = Some(at);
                self.fulfilments = fulfilments
                    .iter()
                    .map(|plan| Fulfilment {
                        id: plan.id,
                        state: FulfilmentState::Planned,
                        method: plan.method,
                        warehouse: plan.warehouse,
                        lines: plan.lines.clone(),
                        sources: Vec::new(),
                        outbound_requested_at: None,
                        expected_ship_date: None,
                        carrier: None,
                        tracking: None,
                        facts: Vec::new(),
                        shipped_at: None,
                        delivered_at: None,
                        failures: 0,
                    })
                    .collect();
            }
            Event::OrderCancelled { cause, .. } => {
                self.step(Front::Cancelled);
                self.cancelled = Some(*cause);
            }
            Event::FulfilmentPreparing { fulfilment } => self.move_goods(*fulfilment, FulfilmentState::Preparing),
            Event::AllocationMade { fulfilment, pieces } => self.on_goods(*fulfilment, |goods| {
                goods.sources = pieces
                    .iter()
                    .map(|piece| Source::Allocation { line: piece.line, quantity: piece.quantity, warehouse: piece.warehouse, serials: Vec::new() })
                    .collect();
            }),
            Event::FulfilmentSourced { .. } | Event::OrderDeliveryStarted => {}
            Event::FulfilmentPurchaseOrdered { fulfilment } => self.move_goods(*fulfilment, FulfilmentState::PurchaseOrdered),
            Event::FulfilmentPurchaseCompleted { fulfilment } => self.move_goods(*fulfilment, FulfilmentState::PurchaseCompleted),
            Event::FulfilmentCancelled { fulfilment } => self.move_goods(*fulfilment, FulfilmentState::Cancelled),
            Event::OutboundRequested { fulfilment, .. } => self.on_goods(*fulfilment, |goods| goods.outbound_requested_at = Some(at)),
            Event::OutboundStarted { fulfilment, expected } => self.on_goods(*fulfilment, |goods| goods.expected_ship_date = *expected),
            Event::OutboundCompleted { fulfilment, carrier, tracking } => {
                self.move_goods(*fulfilment, FulfilmentState::Shipped);
                self.on_goods(*fulfilment, |goods| {
                    goods.carrier = Some(carrier.clone());
                    goods.tracking = Some(tracking.clone());
                    goods.shipped_at = Some(at);
                });
            }
            // The goods may be asked for again: the desk sees them as ready and not requested.
            Event::OutboundFailed { fulfilment } => self.on_goods(*fulfilment, |goods| goods.outbound_requested_at = None),
            Event::DeliveryStatusChanged { fulfilment, status, place, at } => {
                let state = self.fulfilment(*fulfilment).map(|goods| goods.state);
                let next = match (status, state) {
                    (CarrierStatus::InTransit, Some(FulfilmentState::Shipped)) => Some(FulfilmentState::InTransit),
                    (
                        CarrierStatus::OutForDelivery,
                        Some(FulfilmentState::Shipped | FulfilmentState::InTransit | FulfilmentState::DeliveryFailed),
                    ) => Some(FulfilmentState::OutForDelivery),
                    (_, _) => None,
                };
                if let Some(next) = next {
                    self.move_goods(*fulfilment, next);
                }
                self.on_goods(*fulfilment, |goods| goods.facts.push(CarrierFact { status: *status, place: place.clone(), at: *at }));
            }
            Event::DeliveryCompleted { fulfilment, place, at } => {
                self.move_goods(*fulfilment, FulfilmentState::Delivered);
                self.on_goods(*fulfilment, |goods| {
                    goods.delivered_at = Some(*at);
                    goods.facts.push(CarrierFact { status: CarrierStatus::Delivered, place: place.clone(), at: *at });
                });
            }
            Event::DeliveryFailed { fulfilment, place, at } => {
                self.move_goods(*fulfilment, FulfilmentState::DeliveryFailed);
                self.on_goods(*fulfilment, |goods| {
                    goods.failures += 1;
                    goods.facts.push(CarrierFact { status: CarrierStatus::Failed, place: place.clone(), at: *at });
                });
            }
            Event::OrderDelivered => self.delivered_at = self.fulfilments.iter().filter_map(|goods| goods.delivered_at).max(),
            Event::OrderCompleted { .. } => {
                self.step(Front::Completed);
                self.completed_at = Some(at);
            }
        }
    }

    /// `payment_failed` leaves cancelled orders alone: an attempt may time out in the same breath as its order ends.
    fn payment_failed(&mut self, at: Time) {
        if self.front == Front::PaymentPending {
            self.step(Front::PaymentFailed);
            self.first_failed_at.get_or_insert(at);
        }
    }

    fn step(&mut self, to: Front) {
        debug_assert!(FRONT.allows(self.front, to), "{}: {:?} → {to:?} is not in the table", self.number, self.front);
        self.front = to;
    }

    fn on_attempt(&mut self, id: AttemptId, change: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.attempts.iter_mut().find(|attempt| attempt.id == id) {
            change(attempt);
        }
    }

    fn move_attempt(&mut self, id: AttemptId, to: AttemptState) {
        self.on_attempt(id, |attempt| {
            debug_assert!(ATTEMPT.allows(attempt.state, to), "{:?} → {to:?} is not in the table", attempt.state);
            attempt.state = to;
        });
    }

    fn on_goods(&mut self, id: FulfilmentId, change: impl FnOnce(&mut Fulfilment)) {
        if let Some(goods) = self.fulfilments.iter_mut().find(|goods| goods.id == id) {
            change(goods);
        }
    }

    fn move_goods(&mut self, id: FulfilmentId, to: FulfilmentState) {
        self.on_goods(id, |goods| {
            debug_assert!(FULFILMENT.allows(goods.state, to), "{:?} → {to:?} is not in the table", goods.state);
            goods.state = to;
        });
    }
}
