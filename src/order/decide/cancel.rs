//! Taking an order back, whole or in part: units to the shelf, money to the buyer, won by won as it was frozen.

use super::super::{AttemptState, CancelCause, Event, Front, FulfilmentState, LineUnits, Order, RefundReason};
use super::Facts;
use crate::{
    ids::RefundId,
    money::Won,
    policy::Policy,
    pricing::Amounts,
    promotion::CouponOn,
    refusal::{Problem, Refusal},
    stock::Piece,
};

impl Order {
    /// Ends the order: units back, money back, and the PSP is asked to undo what it may still capture.
    pub(super) fn cancel(&self, cause: CancelCause, facts: &mut Facts<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        if self.cancelling.is_none() {
            events.push(Event::OrderCancelRequested { cause });
        }
        for attempt in self.attempts.iter().filter(|attempt| attempt.is_open() && !attempt.void_requested) {
            events.push(Event::PaymentCancelRequested { attempt: attempt.id });
        }
        for goods in self.fulfilments.iter().filter(|goods| goods.is_live()) {
            events.push(Event::FulfilmentCancelled { fulfilment: goods.id });
        }
        if !self.held.is_empty() {
            events.push(Event::StockReleased { pieces: self.held.clone(), was_committed: false, fulfilment: None });
        }
        if !self.committed.is_empty() {
            events.push(Event::StockReleased { pieces: self.committed.clone(), was_committed: true, fulfilment: None });
        }
        events.extend(self.give_back());
        let penalty = if cause == CancelCause::Buyer { self.penalty_to_end(facts.policy) } else { Won::ZERO };
        events.extend(self.refund((self.paid - self.refunded() - penalty).at_least(Won::ZERO), RefundReason::Cancelled, facts));
        events.push(Event::OrderCancelled { cause, was_confirmed: self.confirmed_at.is_some(), penalty });
        events
    }

    /// A seller may end an order until it is dispatched. What the warehouse already has must be stopped there first: cancel
    /// and dispatch race, and the warehouse's word decides.
    pub(super) fn seller_cancel(&self, facts: &mut Facts<'_>) -> Vec<Event> {
        let asked: Vec<Event> = self
            .fulfilments
            .iter()
            .filter(|goods| goods.is_live() && goods.outbound_requested_at.is_some())
            .map(|goods| Event::OutboundCancelRequested { fulfilment: goods.id })
            .collect();
        if asked.is_empty() {
            return self.cancel(CancelCause::Seller, facts);
        }
        std::iter::once(Event::OrderCancelRequested { cause: CancelCause::Seller }).chain(asked).collect()
    }

    /// Takes units out that nothing has been started for, and gives them back to the shelf.
    pub(super) fn cancel_units(
        &self,
        units: &[LineUnits],
        cause: CancelCause,
        reason: RefundReason,
        facts: &mut Facts<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        if units.is_empty() {
            return Err(Refusal::invalid("units", Problem::Missing));
        }
        let mut released: Vec<(Option<crate::ids::FulfilmentId>, Vec<Piece>)> = Vec::new();
        let mut left: Vec<(Option<crate::ids::FulfilmentId>, Vec<Piece>)> = if self.confirmed_at.is_some() {
            let planned = self.fulfilments.iter().filter(|goods| goods.state == FulfilmentState::Planned);
            planned.map(|goods| (Some(goods.id), goods.pieces())).collect()
        } else {
            vec![(None, self.held.clone())]
        };
        for (at, want) in units.iter().enumerate() {
            let line = self.line(want.line).ok_or_else(|| Refusal::invalid("line", Problem::Unknown))?;
            if units[..at].iter().any(|before| before.line == want.line) {
                return Err(Refusal::invalid("line", Problem::Taken));
            }
            let mut missing = want.quantity.get();
            if missing > self.live_units(line) {
                return Err(Refusal::invalid("quantity", Problem::OutOfRange));
            }
            for (fulfilment, pieces) in &mut left {
                let mut gone = Vec::new();
                for piece in pieces.iter().filter(|piece| piece.line == want.line) {
                    if let Some(quantity) = crate::quantity::Quantity::new(missing.min(piece.quantity.get())) {
                        missing -= quantity.get();
                        gone.push(Piece { quantity, ..piece.clone() });
                    }
                }
                if !gone.is_empty() {
                    crate::stock::take_out(pieces, &gone);
                    match released.iter_mut().find(|(known, _)| known == fulfilment) {
                        Some((_, known)) => known.extend(gone),
                        None => released.push((*fulfilment, gone)),
                    }
                }
            }
            // Before payment a lapsed hold has nothing to give back; after it every unit must still be untouched.
            if missing > 0 && self.confirmed_at.is_some() {
                return Err(Refusal::WrongState { command: "cancel-lines".into(), current: self.status().name().into(), required: "Planned".into() });
            }
        }
        if !self.is_short() && self.lines.iter().all(|line| self.live_units(line) == taken(units, line.id)) {
            return Ok(self.cancel(cause, facts));
        }
        let mut events = Vec::new();
        for (fulfilment, pieces) in released {
            let emptied = fulfilment.is_some() && left.iter().any(|(known, rest)| *known == fulfilment && rest.is_empty());
            if let Some(fulfilment) = fulfilment.filter(|_| emptied) {
                events.push(Event::FulfilmentCancelled { fulfilment });
            }
            events.push(Event::StockReleased { pieces, was_committed: fulfilment.is_some(), fulfilment });
        }
        events.extend(self.take_units_out(units, cause, reason, facts));
        Ok(events)
    }

    /// Takes units out of the books: the order is worth less, and what was paid for them goes back.
    pub(super) fn take_units_out(&self, units: &[LineUnits], cause: CancelCause, reason: RefundReason, facts: &mut Facts<'_>) -> Vec<Event> {
        let back = self.worth(units, cause == CancelCause::Buyer, facts.policy);
        self.take_worth_out(units, cause, reason, back, facts)
    }

    /// Takes units out of the books for so much.
    pub(super) fn take_worth_out(
        &self,
        units: &[LineUnits],
        cause: CancelCause,
        reason: RefundReason,
        back: Amounts,
        facts: &mut Facts<'_>,
    ) -> Vec<Event> {
        let mut events = self.drop_difference();
        events.push(Event::OrderPartiallyCancelled { units: units.to_vec(), cause, back });
        let was_used = self.confirmed_at.is_some();
        let points = back.points.min(if was_used { self.points_used } else { self.points_held });
        if points > Won::ZERO {
            events.push(Event::PointsRestored { points, was_used });
        }
        events.extend(self.refund(back.payable().min(self.paid - self.refunded()), reason, facts));
        events
    }

    /// What units are worth, as their shares were frozen; with the last unit everything that is left goes back. A buyer who
    /// takes so much out that the coupon's minimum or the limit of free shipping is not reached any more gives those up, at
    /// most up to what he would get back, money before points; for a seller's fault nobody does.
    pub fn worth(&self, units: &[LineUnits], by_buyer: bool, policy: &Policy) -> Amounts {
        if self.lines.iter().all(|line| self.live_units(line) <= taken(units, line.id)) {
            return self.amounts;
        }
        let mut back = self.shares_of(units);
        back.installation = units.iter().filter_map(|gone| Some(Won(self.line(gone.line)?.installation.0 * gone.quantity.units()))).sum();
        if by_buyer {
            self.claw_back(units, &mut back, policy);
        }
        back = self.after_goodwill(back);
        if by_buyer {
            back.penalty = -self.penalty(back.payable(), policy);
        }
        back.without_debt()
    }

    /// A buyer who takes so much out that the coupon's minimum or the limit of free shipping is not reached any more gives those up.
    pub(in crate::order) fn claw_back(&self, units: &[LineUnits], back: &mut Amounts, policy: &Policy) {
        if self.coupon.as_ref().is_some_and(|coupon| self.covered_after(coupon, units) < coupon.minimum) {
            back.coupon += (self.amounts.coupon - back.coupon).min(back.total()).at_least(Won::ZERO);
        }
        if self.amounts.shipping == Won::ZERO && self.amounts.less(back).discounted() < policy.shipping_free_from {
            back.shipping = -self.shipping_base.min(back.total()).at_least(Won::ZERO);
        }
    }

    /// What the goods that a coupon covers are worth, after promotion, when these units are gone.
    fn covered_after(&self, coupon: &CouponOn, units: &[LineUnits]) -> Won {
        let left = |line: &super::super::Line| {
            let gone = self.cancelled_units(line.id) + taken(units, line.id);
            let rest = line.shares.of_units(line.quantity.get(), gone, line.quantity.get().saturating_sub(gone));
            rest.goods - rest.promotion
        };
        self.lines.iter().filter(|line| coupon.lines.contains(&line.id)).map(left).sum()
    }

    /// What a buyer pays for taking back what he had paid for (001): a policy, nothing unless it says otherwise.
    pub fn penalty(&self, back: Won, policy: &Policy) -> Won {
        if self.confirmed_at.is_some() { back.at_least(Won::ZERO).percent(policy.cancel_penalty) } else { Won::ZERO }
    }

    /// What a buyer pays for ending the whole order: of what he paid, or of what he owes.
    pub fn penalty_to_end(&self, policy: &Policy) -> Won {
        self.penalty(if self.is_on_credit() { self.amounts.payable() } else { self.paid - self.refunded() }, policy)
    }

    /// Money goes back where it came from, of the last payment first.
    pub(super) fn refund(&self, amount: Won, reason: RefundReason, facts: &mut Facts<'_>) -> Vec<Event> {
        let mut owed = if self.front == Front::Cancelled { Won::ZERO } else { amount };
        let mut events = Vec::new();
        for attempt in self.attempts.iter().rev().filter(|attempt| attempt.state == AttemptState::Approved) {
            let of_it = self.refunds.iter().filter(|refund| refund.attempt == attempt.id).map(|refund| refund.amount).sum::<Won>();
            let amount = owed.min(attempt.amount - of_it);
            if amount > Won::ZERO {
                owed -= amount;
                events.push(Event::RefundRequested { refund: RefundId::mint(facts.mint), attempt: attempt.id, amount, reason, claim: None });
            }
        }
        events
    }
}

fn taken(units: &[LineUnits], line: crate::ids::LineId) -> u32 {
    units.iter().filter(|units| units.line == line).map(|units| units.quantity).sum()
}
