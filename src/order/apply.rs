//! How facts change an order. This is the only place that does; folding the log gives the stored state (I15).

use super::{
    Assignment, Attempt, AttemptState, CancelCause, Cancellation, CarrierFact, CarrierStatus, Change, ChildStage, Claim, CollectionState, Event,
    Exchange, ExtraState, Front, Fulfilment, FulfilmentLine, FulfilmentState, Goodwill, InstallationState, Job, LineUnits, Order, Pickup, PutUp,
    Readdressing, Refund, ReturnState, Review, Shortage, ShortageAnswer, ShortageState, Source, Swap,
    event::{PlannedFulfilment, ReturnReason},
    exchange::{ExchangeWay, units_of},
    machines::{ATTEMPT, COLLECTION, FRONT, FULFILMENT, INSTALLATION, RETURN, SHORTAGE},
};
use crate::{
    ids::{AttemptId, ClaimId, FulfilmentId, LineId, OrderId, ShortageId},
    money::Won,
    pricing::Amounts,
    promotion::CouponState,
    quantity::Quantity,
    stock::{Piece, take_out},
    time::Time,
};

fn set_units(list: &mut Vec<LineUnits>, line: LineId, units: u32) {
    list.retain(|known| known.line != line);
    list.extend(Quantity::new(units).map(|quantity| LineUnits { line, quantity }));
}

/// How many units of a line nothing was found for. What somebody failed to bring is found before what was never asked for.
fn set_unsourced(goods: &mut Fulfilment, line: LineId, units: u32) {
    set_units(&mut goods.unsourced, line, units);
    let to_buy = goods.units_to_buy(line).min(units);
    set_units(&mut goods.to_buy, line, to_buy);
}

/// What brought units that are lost has brought them no more; what is still under way comes all the same.
fn forget_lost(goods: &mut Fulfilment, pieces: &[Piece]) {
    for piece in pieces.iter().filter(|_| goods.state != FulfilmentState::Cancelled) {
        let wanted: u32 = goods.lines.iter().filter(|line| line.line == piece.line).map(|line| line.quantity.get()).sum();
        let mut gone = goods.units_sourced(piece.line).saturating_sub(wanted.saturating_sub(goods.units_unsourced(piece.line)));
        goods.sources.retain_mut(|source| {
            if source.line() != piece.line || source.is_under_way() {
                return true;
            }
            let taken = gone.min(source.quantity().get());
            gone -= taken;
            let left = Quantity::new(source.quantity().get() - taken);
            left.inspect(|left| *source = source.of(*left)).is_some()
        });
    }
}

/// The sources of some units, taken out of those of all.
fn part_of(sources: &mut Vec<Source>, units: &[LineUnits]) -> Vec<Source> {
    let mut part = Vec::new();
    for wanted in units {
        let mut missing = wanted.quantity.get();
        sources.retain_mut(|source| {
            let taken = if source.line() == wanted.line { missing.min(source.quantity().get()) } else { 0 };
            missing -= taken;
            part.extend(Quantity::new(taken).map(|taken| source.of(taken)));
            match Quantity::new(source.quantity().get() - taken) {
                Some(left) => {
                    *source = source.of(left);
                    true
                }
                None => false,
            }
        });
    }
    part
}

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
            inbound: placed.inbound,
            front: Front::Pending,
            lines: placed.lines,
            amounts: placed.amounts,
            shipping_base: placed.shipping_base,
            coupon: placed.coupon,
            points_held: Won::ZERO,
            points_used: Won::ZERO,
            points_earned: Won::ZERO,
            counted: Won::ZERO,
            cancellations: Vec::new(),
            held: Vec::new(),
            held_until: None,
            committed: Vec::new(),
            attempts: Vec::new(),
            identity_until: None,
            first_failed_at: None,
            paid: Won::ZERO,
            refunds: Vec::new(),
            refund_account: None,
            claims: Vec::new(),
            goodwill: None,
            reviews: Vec::new(),
            review_asked: false,
            shortages: Vec::new(),
            fulfilments: Vec::new(),
            confirmed_at: None,
            delivered_at: None,
            completed_at: None,
            cancelled: None,
            address_needed: false,
            difference: None,
            readdressing: None,
            cancelling: None,
            wished: None,
            site: None,
            job: placed.installs.map(Job::new),
            pickup: placed.collects.map(Pickup::new),
            extras: Vec::new(),
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
            Event::OrderPlaced(_) | Event::StockReservationExpired { .. } => {}
            Event::OrderCancelRequested { cause } => self.cancelling = Some(*cause),
            Event::StockReserved { pieces, until } => {
                self.held.extend_from_slice(pieces);
                self.held_until = Some(*until);
                self.all_held();
            }
            Event::StockReleased { pieces, was_committed, fulfilment } => {
                self.let_go(pieces, *was_committed);
                if let Some(id) = fulfilment {
                    self.take_from_goods(*id, pieces);
                }
            }
            Event::StockCommitted { pieces } => {
                self.let_go(pieces, false);
                self.committed.extend_from_slice(pieces);
            }
            Event::StockDeducted { pieces, .. } => take_out(&mut self.committed, pieces),
            Event::StockLost { fulfilment, pieces } => {
                take_out(&mut self.committed, pieces);
                self.take_from_goods(*fulfilment, pieces);
                self.on_goods(*fulfilment, |goods| forget_lost(goods, pieces));
            }
            Event::OrderPartiallyCancelled { units, cause, back } => {
                self.cancellations.extend(units.iter().map(|units| Cancellation { units: *units, cause: *cause, at }));
                self.amounts = self.amounts.less(back);
            }
            Event::AddressNeeded => self.address_needed = true,
            Event::AddressOverdue | Event::AcceptanceOverdue => {}
            Event::AddressChanged { contact, postcode, island, .. } => {
                self.contact = *contact;
                // What was said of one place says nothing of another.
                self.site = self.site.filter(|_| self.postcode == *postcode);
                self.postcode.clone_from(postcode);
                self.amounts.island = *island;
                self.address_needed = false;
                self.readdressing = None;
                self.difference.take_if(|due| matches!(due.change, Change::Address { .. }));
            }
            Event::AddressChangeAsked { contact, postcode, fulfilments } => {
                self.readdressing = Some(Readdressing { contact: *contact, postcode: postcode.clone(), fulfilments: fulfilments.clone() });
            }
            Event::AddressChangeRefused => self.readdressing = None,
            Event::ShortageRaised { shortage, units: LineUnits { line, quantity } } => self.shortages.push(Shortage {
                id: *shortage,
                line: *line,
                quantity: *quantity,
                state: ShortageState::Open,
                raised_at: at,
                asked_at: at,
                proposals: Vec::new(),
            }),
            Event::ShortageAnswered { shortage, answer } => {
                let to = match answer {
                    ShortageAnswer::Wait => ShortageState::Waiting,
                    ShortageAnswer::Take => ShortageState::Taken,
                    ShortageAnswer::Cancel => ShortageState::Cancelled,
                };
                self.move_shortage(*shortage, to);
                self.on_shortage(*shortage, |shortage| shortage.asked_at = at);
                self.all_held();
            }
            Event::ShortageFilled { shortage, fulfilments } => {
                self.move_shortage(*shortage, ShortageState::Filled);
                self.plan(fulfilments);
                self.all_held();
            }
            Event::SubstituteProposed { shortage, proposal } => self.on_shortage(*shortage, |shortage| {
                shortage.proposals.retain(|known| known.variant != proposal.variant);
                shortage.proposals.push(proposal.clone());
            }),
            Event::LineSubstituted { swap, fulfilments } => {
                self.swap(swap, at);
                self.plan(fulfilments);
                self.difference = None;
                self.all_held();
            }
            Event::DifferenceDue(difference) => self.difference = Some((**difference).clone()),
            Event::DifferenceDropped { .. } => self.difference = None,
            Event::ShortageReasked { shortage } => self.on_shortage(*shortage, |shortage| shortage.asked_at = at),
            Event::CouponApplied { .. } => self.move_coupon(CouponState::Held),
            Event::CouponUsed { .. } => self.move_coupon(CouponState::Used),
            Event::CouponRestored { .. } => self.move_coupon(CouponState::Ready),
            Event::PointsHeld { points } => self.points_held += *points,
            Event::PointsUsed { points } => {
                self.points_held -= *points;
                self.points_used += *points;
            }
            Event::PointsRestored { points, was_used: true } => self.points_used -= *points,
            Event::PointsRestored { points, was_used: false } => self.points_held -= *points,
            Event::PointsEarned { points, .. } => self.points_earned += *points,
            Event::PointsReclaimed { earned, .. } => self.points_earned -= *earned,
            Event::SpendUpdated { amount, .. } => self.counted += *amount,
            Event::TierChanged { .. } => {}
            Event::GoodwillProposed { amount, reason, by } => {
                self.goodwill = Some(Goodwill { amount: *amount, reason: *reason, proposed_by: *by, proposed_at: at });
            }
            Event::GoodwillRejected => self.goodwill = None,
            Event::GoodwillGiven { amount, .. } => {
                self.goodwill = None;
                self.amounts.goodwill += *amount;
            }
            Event::ReviewRequested => self.review_asked = true,
            Event::ReviewWritten { line, stars, text, photos } => {
                let (line, stars, text, photos) = (*line, *stars, *text, photos.clone());
                self.reviews.push(Review { line, stars, text, photos, written_at: at, changed_at: None, answer: None, hidden: None });
            }
            Event::ReviewChanged { line, stars, text, photos } => self.on_review(*line, |review| {
                (review.stars, review.text, review.changed_at) = (*stars, *text, Some(at));
                review.photos.clone_from(photos);
            }),
            Event::ReviewAnswered { line, text } => self.on_review(*line, |review| review.answer = Some(*text)),
            Event::ReviewHidden { line, reason } => self.on_review(*line, |review| review.hidden = Some(*reason)),
            Event::ReviewShown { line } => self.on_review(*line, |review| review.hidden = None),
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
                    difference: self.difference.as_ref().map(|difference| difference.id),
                });
                match &mut self.difference {
                    Some(difference) => difference.until = *held_until,
                    None => {
                        self.held_until = Some(*held_until);
                        self.step(Front::PaymentPending);
                    }
                }
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
                // The buyer may try again, unless he does already: the attempt ended without his money.
                if self.front == Front::PaymentPending && self.open_attempt().is_none() {
                    self.payment_failed(at);
                }
            }
            Event::RefundRequested { refund, attempt, amount, reason, claim } => {
                if let Some(claim) = claim {
                    self.on_claim(*claim, |claim| claim.refunds.push(*refund));
                    self.move_claim(*claim, ReturnState::Refunding);
                }
                self.refunds.push(Refund { id: *refund, attempt: *attempt, amount: *amount, reason: *reason, requested_at: at, completed_at: None });
            }
            Event::RefundAccountGiven { account } => self.refund_account = Some(*account),
            Event::RefundCompleted { refund, .. } => {
                if let Some(refund) = self.refunds.iter_mut().find(|known| known.id == *refund) {
                    refund.completed_at = Some(at);
                }
            }
            Event::OrderPaid => self.step(Front::Paid),
            Event::OrderConfirmed { fulfilments } => {
                self.step(Front::Confirmed);
                self.confirmed_at = Some(at);
                self.plan(fulfilments);
            }
            Event::OrderCancelled { cause, .. } => {
                self.step(Front::Cancelled);
                self.cancelled = Some(*cause);
                self.cancelling = None;
                self.difference = None;
                self.goodwill = None;
                self.address_needed = false;
                for shortage in self.shortages.iter_mut().filter(|shortage| shortage.is_live()) {
                    shortage.state = ShortageState::Cancelled;
                }
            }
            Event::GoodsArrived { fulfilment, promised, pieces } => {
                take_out(&mut self.committed, promised);
                self.committed.extend_from_slice(pieces);
                self.on_goods(*fulfilment, |goods| {
                    goods.promised = None;
                    goods.overdue = false;
                    // They came to a warehouse, which need not be where the cap is kept.
                    goods.warehouse = pieces.first().map_or(goods.warehouse, |piece| piece.warehouse);
                });
            }
            Event::PromiseMissed { fulfilment } => self.on_goods(*fulfilment, |goods| goods.overdue = true),
            Event::FulfilmentShort { fulfilment } => {
                self.move_goods(*fulfilment, FulfilmentState::Preparing);
                self.on_goods(*fulfilment, |goods| {
                    goods.named.clear();
                    goods.sources.retain(Source::is_under_way);
                });
            }
            Event::OutboundCancelRequested { fulfilment } => self.on_goods(*fulfilment, |goods| goods.stopping = true),
            Event::OutboundCancelled { fulfilment } => self.on_goods(*fulfilment, |goods| {
                goods.stopping = false;
                goods.outbound_requested_at = None;
                goods.expected_ship_date = None;
            }),
            Event::OutboundCancelRefused { fulfilment } => {
                self.on_goods(*fulfilment, |goods| goods.stopping = false);
                // What has left cannot be cancelled: dispatch won.
                self.cancelling = None;
            }
            Event::DeliveryRescheduled { fulfilment, on, contact } => {
                self.on_goods(*fulfilment, |goods| goods.redeliver_on = Some(*on));
                self.contact = contact.unwrap_or(self.contact);
            }
            Event::DeliveryReturned { fulfilment } => self.move_goods(*fulfilment, FulfilmentState::ReturningToSender),
            Event::FulfilmentReturned { fulfilment, .. } => {
                self.move_goods(*fulfilment, FulfilmentState::Returned);
                self.on_goods(*fulfilment, |goods| goods.named.clear());
            }
            Event::ReturnRequested { claim, reason, fulfilment, units, pickup_on, photos, .. }
            | Event::ExchangeRequested { claim, reason, fulfilment, units, pickup_on, photos, .. } => {
                let wanted = if let Event::ExchangeRequested { wanted, .. } = event { Some(Box::new(Exchange::new(wanted.clone()))) } else { None };
                let (above, found_on, call_out) = if let Event::ReturnRequested { above, found_on, call_out, .. } = event {
                    (*above, *found_on, *call_out)
                } else {
                    (None, None, Won::ZERO)
                };
                self.claims.push(Claim {
                    id: *claim,
                    state: ReturnState::Requested,
                    reason: *reason,
                    fulfilment: *fulfilment,
                    units: units.clone(),
                    requested_at: at,
                    pickup_on: *pickup_on,
                    found_on,
                    photos: photos.clone(),
                    asked_at: None,
                    rejected: None,
                    collection: None,
                    visit: None,
                    collected_at: None,
                    restocked: None,
                    serials: Vec::new(),
                    disputed: None,
                    waived: false,
                    proposed_by: None,
                    refunds: Vec::new(),
                    exchange: wanted,
                    passed_on: Vec::new(),
                    above,
                    call_out,
                    put_away: None,
                    credited: Won::ZERO,
                    closed_at: None,
                });
            }
            Event::ReturnApproved { claim, goods } => {
                self.move_claim(*claim, ReturnState::Approved);
                self.goes_apart(*claim, *goods);
            }
            Event::ExchangeApproved { claim, goods, terms } => {
                self.move_claim(*claim, ReturnState::Approved);
                if terms.way == ExchangeWay::Swap {
                    self.goes_apart(*claim, *goods);
                }
                self.on_exchange(*claim, |exchange| exchange.terms = Some((**terms).clone()));
            }
            Event::ProductAdded { claim, replacement, .. } => self.product_added(*claim, *replacement, at),
            Event::ExchangeSettled { claim, back } => {
                self.on_exchange(*claim, |exchange| exchange.settled = true);
                let terms = self.claim(*claim).and_then(|claim| claim.exchange.as_ref()?.terms.clone());
                for line in self.lines.iter_mut().filter(|line| terms.as_ref().is_some_and(|terms| terms.line.id == line.id)) {
                    line.shares = terms.as_ref().map_or(line.shares, |terms| terms.settled);
                }
                self.amounts = self.amounts.less(back);
            }
            Event::ReplacementMoved { claim, stage, units } => {
                self.on_exchange(*claim, |exchange| (exchange.stage, exchange.units) = (Some(*stage), *units));
            }
            Event::ReplacementAwaited { claim } => self.move_claim(*claim, ReturnState::Replacing),
            Event::ExchangeFailed { claim, reason } => self.exchange_failed(*claim, *reason),
            Event::ReturnRejected { claim, reason } => {
                self.move_claim(*claim, ReturnState::Rejected);
                self.on_claim(*claim, |claim| {
                    claim.rejected = Some(*reason);
                    claim.closed_at = Some(at);
                });
            }
            Event::ReturnQuestioned { claim } => self.on_claim(*claim, |claim| claim.asked_at = Some(at)),
            Event::ReturnAnswered { claim, photos } => self.on_claim(*claim, |claim| {
                claim.asked_at = None;
                claim.photos.extend(photos.iter().filter(|photo| !claim.photos.contains(photo)).cloned().collect::<Vec<_>>());
            }),
            Event::ReturnWithdrawn { claim } => {
                self.move_claim(*claim, ReturnState::Withdrawn);
                self.on_claim(*claim, |claim| claim.closed_at = Some(at));
            }
            Event::CollectionRequested { claim, collection, .. } => {
                self.move_claim(*claim, ReturnState::Collecting);
                self.on_claim(*claim, |claim| claim.collection = Some(*collection));
            }
            Event::CollectionScheduled { claim, visit } => self.on_claim(*claim, |claim| claim.visit = Some(*visit)),
            Event::CollectionDropped { claim } => {
                self.move_claim(*claim, ReturnState::Approved);
                self.on_claim(*claim, |claim| (claim.collection, claim.visit) = (None, None));
            }
            Event::PickupScheduled { tracking, visit } => {
                let said = |pickup: &mut Pickup| (pickup.tracking, pickup.visit) = (Some(tracking.clone()), *visit);
                match self.pickup.as_mut().filter(|pickup| pickup.state == CollectionState::Scheduled) {
                    // Another day.
                    Some(pickup) => said(pickup),
                    None => self.move_pickup(CollectionState::Scheduled, said),
                }
            }
            Event::PickupCompleted { at, seen } => self.move_pickup(CollectionState::PickedUp, |pickup| {
                (pickup.picked_up_at, pickup.seen) = (Some(*at), seen.clone());
            }),
            Event::PickupDeclined { reason } => self.move_pickup(CollectionState::Cancelled, |pickup| pickup.declined = Some(*reason)),
            Event::PickupFailed => self.move_pickup(CollectionState::Failed, |pickup| pickup.failures += 1),
            Event::PickupReceived => self.move_pickup(CollectionState::Received, |_| ()),
            Event::PickupCancelled => self.move_pickup(CollectionState::Cancelled, |_| ()),
            Event::RefundApprovalNeeded { claim, .. } => self.move_claim(*claim, ReturnState::AwaitingRefundApproval),
            Event::RefundApproved { claim } => self.move_claim(*claim, ReturnState::Refunding),
            Event::RefundRejected { claim, reason } => {
                self.move_claim(*claim, ReturnState::RefundRejected);
                self.on_claim(*claim, |claim| (claim.rejected, claim.closed_at) = (Some(*reason), Some(at)));
            }
            Event::ReturnCollected { claim } => {
                self.move_claim(*claim, ReturnState::Collected);
                self.on_claim(*claim, |claim| claim.collected_at = Some(at));
            }
            Event::ReturnInspected { claim, restocked, by, serials, disputed } => {
                self.move_claim(*claim, ReturnState::Inspected);
                self.on_claim(*claim, |claim| {
                    (claim.restocked, claim.proposed_by, claim.disputed) = (Some(*restocked), *by, *disputed);
                    claim.serials.clone_from(serials);
                });
                for goods in &mut self.fulfilments {
                    goods.named.retain(|unit| !serials.contains(&unit.serial));
                }
            }
            Event::ReturnWaived { claim, by } => {
                self.move_claim(*claim, ReturnState::Inspected);
                self.on_claim(*claim, |claim| (claim.waived, claim.proposed_by) = (true, *by));
                if let Some(goods) = self.claim(*claim).map(|claim| claim.fulfilment) {
                    self.move_goods(goods, FulfilmentState::Returned);
                }
            }
            Event::ReturnPassedOn { claim, part } => self.on_claim(*claim, |claim| claim.passed_on.push(*part)),
            Event::ReturnPutAway { claim, restocked } => self.on_claim(*claim, |claim| claim.put_away = Some(*restocked)),
            Event::ReturnCompleted { claim, .. } | Event::ExchangeCompleted { claim } => {
                let credited = if let Event::ReturnCompleted { credited, .. } = event { *credited } else { Won::ZERO };
                self.move_claim(*claim, ReturnState::Closed);
                self.on_claim(*claim, |claim| (claim.closed_at, claim.credited) = (Some(at), credited));
            }
            Event::FulfilmentSplit { fulfilment, into, units } => self.split_goods(*fulfilment, *into, units),
            Event::FulfilmentPreparing { fulfilment } => self.move_goods(*fulfilment, FulfilmentState::Preparing),
            Event::AllocationMade { fulfilment, pieces } => self.on_goods(*fulfilment, |goods| {
                goods.named.clear();
                goods.sources.retain(|source| !matches!(source, Source::Allocation { .. }));
                goods.sources.extend(pieces.iter().map(|piece| Source::Allocation {
                    line: piece.line,
                    quantity: piece.quantity,
                    warehouse: piece.warehouse,
                }));
                for FulfilmentLine { line, quantity, .. } in goods.lines.clone() {
                    let sourced = goods.units_sourced(line);
                    set_unsourced(goods, line, quantity.get().saturating_sub(sourced));
                }
            }),
            Event::AllocationUndone { fulfilment } => {
                if self.fulfilment(*fulfilment).is_some_and(|goods| goods.state != FulfilmentState::Preparing) {
                    self.move_goods(*fulfilment, FulfilmentState::Preparing);
                }
                self.on_goods(*fulfilment, |goods| {
                    goods.named.clear();
                    goods.sources.retain(|source| !matches!(source, Source::Allocation { .. }));
                });
            }
            Event::UnitsNamed { fulfilment, units } => self.on_goods(*fulfilment, |goods| goods.named.clone_from(units)),
            Event::ChildAdded { child, fulfilment, units, drop_ship } => self.on_goods(*fulfilment, |goods| {
                let unsourced = goods.units_unsourced(units.line);
                set_unsourced(goods, units.line, unsourced.saturating_sub(units.quantity.get()));
                let LineUnits { line, quantity } = *units;
                goods.sources.push(Source::ChildPurchase { line, quantity, order: *child, stage: ChildStage::Placed, drop_ship: *drop_ship });
            }),
            Event::ChildMoved { child, stage } => self.on_child(*child, |_, source| {
                if let Source::ChildPurchase { stage: known, .. } = source {
                    *known = *stage;
                }
            }),
            Event::ChildTakenOver { pieces, .. } => self.committed.extend_from_slice(pieces),
            Event::ChildShort { child, quantity: fewer, apart } => {
                self.on_child(*child, |goods, source| {
                    if let Source::ChildPurchase { line, quantity, .. } = source {
                        let unsourced = goods.units_unsourced(*line);
                        set_unsourced(goods, *line, unsourced + fewer.get());
                        *quantity = Quantity::new(quantity.get().saturating_sub(fewer.get())).unwrap_or(*quantity);
                    }
                });
                if let Some(into) = apart {
                    self.look_apart(*child, *into);
                }
            }
            Event::ChildEnded { child } => {
                self.on_child(*child, |goods, source| {
                    let unsourced = goods.units_unsourced(source.line());
                    set_unsourced(goods, source.line(), unsourced + source.quantity().get());
                });
                for goods in &mut self.fulfilments {
                    goods.sources.retain(|source| !source.comes_of(*child));
                }
            }
            Event::SourcingFailed { fulfilment, units } => {
                self.on_goods(*fulfilment, |goods| {
                    let unsourced = goods.units_unsourced(units.line);
                    set_unsourced(goods, units.line, unsourced.saturating_sub(units.quantity.get()));
                });
                let of_line = |piece: Piece| (piece.line == units.line).then_some(Piece { quantity: units.quantity, ..piece });
                let gone: Vec<Piece> = self.fulfilment(*fulfilment).into_iter().flat_map(Fulfilment::pieces).filter_map(of_line).collect();
                self.take_from_goods(*fulfilment, &gone);
            }
            Event::ReceiptRecorded { receipt, fulfilment, pieces, .. } => {
                self.committed.extend_from_slice(pieces);
                self.on_goods(*fulfilment, |goods| {
                    for piece in pieces {
                        let unsourced = goods.units_unsourced(piece.line);
                        set_unsourced(goods, piece.line, unsourced.saturating_sub(piece.quantity.get()));
                        goods.sources.push(Source::Receipt { line: piece.line, quantity: piece.quantity, receipt: *receipt });
                    }
                });
            }
            Event::ReceiptVoided { receipt, fulfilment, pieces } => {
                take_out(&mut self.committed, pieces);
                self.on_goods(*fulfilment, |goods| {
                    goods.named.clear();
                    goods.sources.retain(|source| !matches!(source, Source::Receipt { receipt: of, .. } if of == receipt));
                    for piece in pieces {
                        let unsourced = goods.units_unsourced(piece.line);
                        set_unsourced(goods, piece.line, unsourced + piece.quantity.get());
                    }
                });
            }
            Event::ExtraProposed(extra) => self.extras.push((**extra).clone()),
            Event::ExtraApproved { extra } => self.end_extra(*extra, ExtraState::Approved),
            Event::ExtraRefused { extra } => self.end_extra(*extra, ExtraState::Refused),
            Event::ExtraLapsed { extra } => self.end_extra(*extra, ExtraState::Lapsed),
            Event::ExtraWithdrawn { extra } => self.end_extra(*extra, ExtraState::Withdrawn),
            Event::ExtraGivenBack { extra, .. } => self.forget_extra(*extra),
            Event::VisitWished { visit } => self.wished = Some(*visit),
            Event::SiteDescribed { site } => self.site = Some(*site),
            Event::InstallerAssigned { installation, fulfilment, installer } => self.on_goods(*fulfilment, |goods| {
                goods.installer = Some(Assignment {
                    order: *installation,
                    installer: *installer,
                    state: InstallationState::Assigned,
                    visit: None,
                    shown: PutUp::default(),
                });
            }),
            Event::InstallerAccepted { installation } => self.move_job(*installation, InstallationState::Accepted, |_| ()),
            Event::InstallerDeclined { installation, reason } => {
                self.move_job(*installation, InstallationState::Declined, |job| job.declined = Some(*reason));
            }
            Event::InstallerUnassigned { installation, call_out } => {
                self.move_job(*installation, InstallationState::Cancelled, |job| job.in_vain = *call_out);
            }
            Event::InstallerScheduled { installation, visit } => {
                self.move_job(*installation, InstallationState::Scheduled, |job| job.visit = Some(*visit));
                self.on_assignment(*installation, |given| given.visit = Some(*visit));
            }
            Event::InstallerRescheduled { installation } => self.move_job(*installation, InstallationState::Rescheduled, |_| ()),
            Event::InstallerDeparted { installation } => {
                self.move_job(*installation, InstallationState::EnRoute, |job| job.departed_at = Some(at));
            }
            Event::InstallerMissedBuyer { installation } => {
                self.move_job(*installation, InstallationState::Rescheduled, |job| {
                    job.absences += 1;
                    job.visit = None;
                });
                self.on_assignment(*installation, |given| given.visit = None);
            }
            Event::InstallerDelivered { installation } => {
                self.move_job(*installation, InstallationState::DeliveredByInstaller, |job| job.delivered_at = Some(at));
            }
            Event::InstallationCompleted { installation, fulfilment, serials, shown } => {
                self.move_job(*installation, InstallationState::Installed, |job| {
                    job.installed_at = Some(at);
                    job.serials.clone_from(serials);
                    job.shown.clone_from(shown);
                });
                self.on_assignment(*installation, |given| given.shown.clone_from(shown));
                self.move_goods(*fulfilment, FulfilmentState::Installed);
                self.on_goods(*fulfilment, |goods| goods.installed_at = Some(at));
            }
            Event::InstallationImpossible { installation, fulfilment, cause, .. } => {
                self.move_job(*installation, InstallationState::Impossible, |job| job.cause = Some(*cause));
                self.move_goods(*fulfilment, FulfilmentState::ReturningToSender);
            }
            Event::HandedOver { fulfilment } => {
                self.move_goods(*fulfilment, FulfilmentState::Shipped);
                self.on_goods(*fulfilment, |goods| goods.shipped_at = Some(at));
            }
            Event::PurchaseReceived { .. } | Event::ReceiptAttached { .. } => {}
            Event::FulfilmentSourced { .. } | Event::OrderDeliveryStarted => {}
            Event::FulfilmentPurchaseOrdered { fulfilment } => self.move_goods(*fulfilment, FulfilmentState::PurchaseOrdered),
            Event::FulfilmentPurchaseCompleted { fulfilment } => self.move_goods(*fulfilment, FulfilmentState::PurchaseCompleted),
            Event::FulfilmentCancelled { fulfilment } => {
                self.move_goods(*fulfilment, FulfilmentState::Cancelled);
                self.on_goods(*fulfilment, |goods| goods.named.clear());
            }
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
            Event::OutboundFailed { fulfilment } => self.on_goods(*fulfilment, |goods| {
                goods.outbound_requested_at = None;
                goods.stopping = false;
            }),
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
                self.on_goods(*fulfilment, |goods| {
                    if *status == CarrierStatus::OutForDelivery {
                        goods.redeliver_on = None;
                    }
                    goods.facts.push(CarrierFact { status: *status, place: place.clone(), at: *at });
                });
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
            // The days of the buyer run from when the goods were up (01 §5 Clock).
            Event::OrderDelivered => {
                let live = self.fulfilments.iter().filter(|goods| goods.is_live());
                // Who exchanged all of it has what came instead.
                self.delivered_at = live.filter_map(|goods| goods.installed_at.or(goods.delivered_at)).max().or(Some(at));
            }
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

    fn move_coupon(&mut self, to: CouponState) {
        if let Some(coupon) = &mut self.coupon {
            coupon.state = to;
        }
    }

    /// A pending order whose every live unit is held can be paid.
    fn all_held(&mut self) {
        let held = |line: &super::Line| -> u32 { self.held.iter().filter(|piece| piece.line == line.id).map(|piece| piece.quantity).sum() };
        if self.front == Front::Pending
            && !self.address_needed
            && !self.is_short()
            && self.lines.iter().all(|line| held(line) == self.live_units(line))
        {
            self.step(Front::StockReserved);
        }
    }

    /// Units that are not held or committed any more.
    fn let_go(&mut self, pieces: &[Piece], was_committed: bool) {
        if was_committed {
            take_out(&mut self.committed, pieces);
        } else {
            take_out(&mut self.held, pieces);
            if self.held.is_empty() {
                self.held_until = None;
            }
        }
    }

    fn plan(&mut self, plans: &[PlannedFulfilment]) {
        let all = |plan: &PlannedFulfilment| {
            let lines = plan.lines.iter().filter(|_| plan.to_order);
            lines.map(|line| LineUnits { line: line.line, quantity: line.quantity }).collect::<Vec<_>>()
        };
        self.fulfilments.extend(plans.iter().map(|plan| Fulfilment {
            id: plan.id,
            state: FulfilmentState::Planned,
            method: plan.method,
            warehouse: plan.warehouse,
            lines: plan.lines.clone(),
            sources: Vec::new(),
            unsourced: all(plan),
            to_buy: all(plan),
            named: Vec::new(),
            outbound_requested_at: None,
            expected_ship_date: None,
            carrier: None,
            tracking: None,
            facts: Vec::new(),
            shipped_at: None,
            delivered_at: None,
            failures: 0,
            redeliver_on: None,
            stopping: false,
            promised: plan.promised,
            overdue: false,
            installer: None,
            installed_at: None,
        }));
    }

    fn split_goods(&mut self, id: FulfilmentId, into: FulfilmentId, units: &[LineUnits]) {
        let Some(goods) = self.fulfilment(id).cloned() else { return };
        let part = |piece: Piece| units.iter().find(|part| part.line == piece.line).map(|part| Piece { quantity: part.quantity, ..piece });
        let pieces: Vec<Piece> = goods.pieces().into_iter().filter_map(part).collect();
        self.take_from_goods(id, &pieces);
        let mut sources = Vec::new();
        self.on_goods(id, |goods| sources = part_of(&mut goods.sources, units));
        // What nobody was asked for yet goes first, and is looked for once.
        let unasked = |part: &LineUnits| {
            let quantity = Quantity::new(part.quantity.get().min(goods.units_to_buy(part.line)))?;
            Some(LineUnits { quantity, ..*part })
        };
        let to_buy: Vec<LineUnits> = units.iter().filter_map(unasked).collect();
        for part in &to_buy {
            let left = goods.units_unsourced(part.line) - part.quantity.get();
            self.on_goods(id, |rest| set_unsourced(rest, part.line, left.min(rest.units_unsourced(part.line))));
        }
        let lines: Vec<FulfilmentLine> = pieces.into_iter().map(FulfilmentLine::from).collect();
        // Of a line that goes in two, nobody can say which of its units are where until one of them is read.
        let named = |lines: &[FulfilmentLine]| {
            let units = goods.named.iter().filter(|unit| goods.shipped_at.is_some() && lines.iter().any(|line| line.line == unit.line));
            units.cloned().collect::<Vec<_>>()
        };
        self.on_goods(id, |rest| rest.named = named(&rest.lines));
        self.fulfilments.push(Fulfilment {
            id: into,
            named: named(&lines),
            lines,
            sources,
            unsourced: to_buy.clone(),
            to_buy,
            expected_ship_date: None,
            installer: None,
            ..goods
        });
    }

    /// What a partner does not bring is goods of its own from now on, and looked for as such.
    fn look_apart(&mut self, child: OrderId, into: FulfilmentId) {
        let Some(goods) = self.of_child(child).map(|(goods, _)| goods.clone()) else { return };
        let missing = |piece: Piece| Some(Piece { quantity: Quantity::new(goods.units_unsourced(piece.line))?, ..piece });
        let missing: Vec<Piece> = goods.pieces().into_iter().filter_map(missing).collect();
        self.take_from_goods(goods.id, &missing);
        self.on_goods(goods.id, |goods| (goods.unsourced, goods.to_buy) = (Vec::new(), Vec::new()));
        let lines = missing.into_iter().map(FulfilmentLine::from).collect();
        self.fulfilments.push(Fulfilment { id: into, state: FulfilmentState::Preparing, lines, sources: Vec::new(), ..goods });
    }

    /// Units that leave live goods; what was cancelled as a whole keeps its list.
    fn take_from_goods(&mut self, id: FulfilmentId, pieces: &[Piece]) {
        self.on_goods(id, |goods| {
            if !goods.is_live() {
                return;
            }
            // Which of them stay somebody has to say anew, as long as he can.
            if goods.shipped_at.is_none() {
                goods.named.clear();
            }
            let mut left = goods.pieces();
            take_out(&mut left, pieces);
            goods.lines.retain_mut(|line| match left.iter().find(|piece| piece.line == line.line) {
                Some(piece) => {
                    line.quantity = piece.quantity;
                    true
                }
                None => false,
            });
            // Nobody looks for more than is wanted.
            for units in goods.unsourced.clone() {
                let wanted = goods.lines.iter().find(|line| line.line == units.line).map_or(0, |line| line.quantity.get());
                set_unsourced(goods, units.line, units.quantity.get().min(wanted));
            }
        });
    }

    /// Missing units go and another line comes, which the coupon covers as it covered them.
    fn swap(&mut self, swap: &Swap, at: Time) {
        self.move_shortage(swap.shortage, ShortageState::Substituted);
        let Some(Shortage { line, quantity, .. }) = self.shortage(swap.shortage).cloned() else { return };
        self.cancellations.push(Cancellation { units: LineUnits { line, quantity }, cause: CancelCause::Shortage, at });
        self.amounts = self.amounts.less(&swap.back).plus(&Amounts::of_shares([swap.line.shares]));
        if let Some(coupon) = self.coupon.as_mut().filter(|coupon| coupon.lines.contains(&line)) {
            coupon.lines.push(swap.line.id);
        }
        self.lines.push(swap.line.clone());
    }

    fn on_shortage(&mut self, id: ShortageId, change: impl FnOnce(&mut Shortage)) {
        if let Some(shortage) = self.shortages.iter_mut().find(|shortage| shortage.id == id) {
            change(shortage);
        }
    }

    fn move_shortage(&mut self, id: ShortageId, to: ShortageState) {
        self.on_shortage(id, |shortage| {
            debug_assert!(SHORTAGE.allows(shortage.state, to), "{:?} → {to:?} is not in the table", shortage.state);
            shortage.state = to;
        });
    }

    fn on_claim(&mut self, id: ClaimId, change: impl FnOnce(&mut Claim)) {
        if let Some(claim) = self.claims.iter_mut().find(|claim| claim.id == id) {
            change(claim);
        }
    }

    fn on_exchange(&mut self, id: ClaimId, change: impl FnOnce(&mut Exchange)) {
        self.on_claim(id, |claim| {
            if let Some(exchange) = claim.exchange.as_deref_mut() {
                change(exchange);
            }
        });
    }

    /// What comes back is goods of its own from now on, and all of them.
    fn goes_apart(&mut self, id: ClaimId, part: Option<FulfilmentId>) {
        let Some(claim) = self.claim(id) else { return };
        let Some(goods) = self.fulfilment(part.unwrap_or(claim.fulfilment)) else { return };
        // What came in an exchange lies with the order that brought it.
        if !goods.lines.iter().any(|line| claim.units.iter().any(|units| units.line == line.line)) {
            return;
        }
        let (goods, units) = (goods.id, goods.lines.iter().map(|line| LineUnits { line: line.line, quantity: line.quantity }).collect());
        self.on_claim(id, |claim| (claim.fulfilment, claim.units) = (goods, units));
    }

    /// What is exchanged hands what it carries to a line of its own, which the coupon covers as it covered the first.
    fn product_added(&mut self, id: ClaimId, replacement: OrderId, at: Time) {
        self.difference.take_if(|due| due.change == Change::Exchange { claim: id });
        let Some(claim) = self.claim(id) else { return };
        let (units, Some(terms)) = (claim.units.clone(), claim.exchange.as_ref().and_then(|exchange| exchange.terms.clone())) else { return };
        self.on_exchange(id, |exchange| {
            exchange.replacement = Some(replacement);
            exchange.stage = Some(ChildStage::Accepted);
            exchange.units = terms.line.quantity.get();
        });
        match terms.way {
            ExchangeWay::Swap => {
                let covered = |coupon: &&mut crate::promotion::CouponOn| units.iter().any(|units| coupon.lines.contains(&units.line));
                if let Some(coupon) = self.coupon.as_mut().filter(covered) {
                    coupon.lines.push(terms.line.id);
                }
                self.cancellations.extend(units.into_iter().map(|units| Cancellation { units, cause: CancelCause::Exchanged, at }));
            }
            ExchangeWay::Add => self.move_claim(id, ReturnState::Replacing),
        }
        self.lines.push(terms.line);
    }

    /// What was promised will not come: what is owed for it goes back, once the goods are here.
    fn exchange_failed(&mut self, id: ClaimId, reason: ReturnReason) {
        let Some(claim) = self.claim(id) else { return };
        let started = claim.exchange.as_ref().filter(|exchange| exchange.replacement.is_some()).and_then(|exchange| exchange.terms.as_ref());
        let line = started.and_then(|terms| self.line(terms.line.id));
        let owed = line.map(|line| units_of(line, self.live_units(line)).into_iter().collect());
        if matches!(claim.state, ReturnState::Replacing | ReturnState::Refunding) {
            self.move_claim(id, ReturnState::Inspected);
        }
        self.on_claim(id, |claim| {
            claim.reason = reason;
            claim.units = owed.unwrap_or_else(|| std::mem::take(&mut claim.units));
        });
        self.on_exchange(id, |exchange| exchange.failed = true);
    }

    /// A return may be paid back in several refunds: the second finds it where it is.
    fn move_claim(&mut self, id: ClaimId, to: ReturnState) {
        self.on_claim(id, |claim| {
            debug_assert!(claim.state == to || RETURN.allows(claim.state, to), "{:?} → {to:?} is not in the table", claim.state);
            // Who has decided asks no more; goods may come while the buyer thinks, or somebody else be sent for them.
            let on_the_way = matches!(to, ReturnState::Collecting | ReturnState::Collected) || claim.state == ReturnState::Collecting;
            if !on_the_way {
                claim.asked_at = None;
            }
            claim.state = to;
        });
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

    fn on_assignment(&mut self, installation: OrderId, change: impl FnOnce(&mut Assignment)) {
        let given = self.fulfilments.iter_mut().filter_map(|goods| goods.installer.as_mut()).find(|given| given.order == installation);
        if let Some(given) = given {
            change(given);
        }
    }

    /// An installation order and the goods above it follow the same facts: here the job itself, there what is known of it.
    fn move_job(&mut self, installation: OrderId, to: InstallationState, change: impl FnOnce(&mut Job)) {
        let allowed = |from| debug_assert!(INSTALLATION.allows(from, to), "{from:?} → {to:?} is not in the table");
        if let Some(job) = self.job.as_mut() {
            allowed(job.state);
            job.state = to;
            change(job);
            if !to.is_live() {
                self.front = if to == InstallationState::Installed { Front::Completed } else { Front::Cancelled };
                self.completed_at = Some(self.moved_at);
            }
            return;
        }
        self.on_assignment(installation, |given| {
            allowed(given.state);
            given.state = to;
        });
    }

    /// A collection order is over with its goods.
    fn move_pickup(&mut self, to: CollectionState, change: impl FnOnce(&mut Pickup)) {
        let Some(pickup) = self.pickup.as_mut() else { return };
        debug_assert!(COLLECTION.allows(pickup.state, to), "{:?} → {to:?} is not in the table", pickup.state);
        pickup.state = to;
        change(pickup);
        if !to.is_live() {
            self.front = if to == CollectionState::Received { Front::Completed } else { Front::Cancelled };
            self.completed_at = Some(self.moved_at);
        }
    }

    /// The goods that a child brings; several, once a part of them goes its own way.
    fn on_child(&mut self, child: OrderId, change: impl Fn(&mut Fulfilment, &mut Source)) {
        for goods in &mut self.fulfilments {
            if let Some(at) = goods.sources.iter().position(|source| source.comes_of(child)) {
                let mut source = goods.sources[at].clone();
                change(goods, &mut source);
                goods.sources[at] = source;
            }
        }
    }

    fn move_goods(&mut self, id: FulfilmentId, to: FulfilmentState) {
        self.on_goods(id, |goods| {
            debug_assert!(FULFILMENT.allows(goods.state, to), "{:?} → {to:?} is not in the table", goods.state);
            goods.state = to;
        });
    }
}
