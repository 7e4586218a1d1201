//! Missing units: asked about, waited for, filled or taken out (01 §3 Shortage; 000 ERR-ORD-002).

use super::super::{CancelCause, Event, Front, FulfilmentState, LineUnits, Order, RefundReason, Shortage, ShortageAnswer, ShortageState};
use super::Facts;
use crate::{
    catalogue::Supply,
    ids::{FulfilmentId, LineId, ShortageId},
    quantity::Quantity,
    refusal::{Problem, Refusal},
    stock::{Piece, Wanted, pick},
};

impl Order {
    /// The buyer's answer. Ending the whole order is his right while nothing has been started, and before payment always.
    pub(super) fn choose_shortage(&self, id: ShortageId, answer: ShortageAnswer, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let shortage = self.shortage(id).filter(|shortage| shortage.is_live()).ok_or(Refusal::NotFound)?;
        match answer {
            ShortageAnswer::Wait if shortage.state == ShortageState::Waiting => Ok(Vec::new()),
            ShortageAnswer::Wait => {
                let mut events = self.drop_difference();
                events.push(Event::ShortageAnswered { shortage: id, answer });
                Ok(events)
            }
            ShortageAnswer::Cancel if self.is_before_cut_off() => Ok(self.cancel(CancelCause::Buyer, facts)),
            ShortageAnswer::Cancel => {
                Err(Refusal::WrongState { command: "choose-shortage".into(), current: self.status().name().into(), required: "Planned".into() })
            }
            ShortageAnswer::Take => self.take_what_is_there(shortage, facts),
        }
    }

    /// The missing units are taken out: before payment the order costs less, after it their money goes back. When nothing is
    /// left of the order it ends.
    fn take_what_is_there(&self, shortage: &Shortage, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let units = LineUnits { line: shortage.line, quantity: shortage.quantity };
        let live: u32 = self.lines.iter().map(|line| self.live_units(line)).sum();
        if live == shortage.quantity.get() {
            return Ok(self.cancel(CancelCause::Shortage, facts));
        }
        let mut events = self.take_units_out(&[units], CancelCause::Shortage, RefundReason::Shortage, facts);
        let last = self.shortages.iter().filter(|other| other.is_live()).count() == 1;
        if self.front == Front::Pending && last {
            // What was there may have lapsed meanwhile.
            events.extend(self.hold_again(facts)?);
        }
        events.push(Event::ShortageAnswered { shortage: shortage.id, answer: ShortageAnswer::Take });
        Ok(events)
    }

    /// Goods may have arrived: the missing units are held for a pending order, or committed and planned for a paid one.
    pub(super) fn fill_shortage(&self, id: ShortageId, facts: &mut Facts<'_>) -> Vec<Event> {
        let waiting = |shortage: &&Shortage| {
            // The buyer is paying for something else instead.
            let swapping = self.difference.is_some();
            shortage.is_live() && matches!(self.front, Front::Pending | Front::Confirmed) && self.cancelling.is_none() && !swapping
        };
        let Some(shortage) = self.shortage(id).filter(waiting) else { return Vec::new() };
        let Some(line) = self.line(shortage.line) else { return Vec::new() };
        // Goods and not promises, whatever it was sold as: a promise is short of nothing.
        let mut wanted = vec![Wanted { line: line.id, variant: line.variant.clone(), quantity: shortage.quantity, supply: Supply::Stocked }];
        let last = self.shortages.iter().filter(|other| other.is_live()).count() == 1;
        if self.front == Front::Pending && last {
            wanted.extend(self.wanted());
        }
        let Ok(pieces) = pick(&wanted, facts.shelf, &self.postcode) else { return Vec::new() };
        if self.front == Front::Pending {
            let until = facts.now + facts.policy.hold_ttl;
            return vec![Event::StockReserved { pieces, until }, Event::ShortageFilled { shortage: id, fulfilments: Vec::new() }];
        }
        let fulfilments = self.plan_goods(&pieces, facts);
        vec![
            Event::StockReserved { pieces: pieces.clone(), until: facts.now },
            Event::StockCommitted { pieces },
            Event::ShortageFilled { shortage: id, fulfilments },
        ]
    }

    /// Two days of silence: only what is missing is taken out (03 §4).
    pub(super) fn expire_shortages(&self, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let silent =
            |shortage: &&Shortage| shortage.state == ShortageState::Open && facts.now >= shortage.asked_at + facts.policy.shortage_answer_within;
        // One at a time: each changes what is left of the order. The timer comes back for the next at once.
        match self.shortages.iter().find(silent) {
            Some(shortage) if self.cancelling.is_none() => match self.take_what_is_there(shortage, facts) {
                // What was there has gone to others meanwhile: nothing is left to take.
                Err(Refusal::OutOfStock { .. }) => Ok(self.cancel(CancelCause::Shortage, facts)),
                decided => decided,
            },
            Some(_) | None => Ok(Vec::new()),
        }
    }

    /// Asks again who has waited for a week.
    pub(super) fn reask_shortages(&self, facts: &Facts<'_>) -> Vec<Event> {
        self.shortages
            .iter()
            .filter(|shortage| shortage.state == ShortageState::Waiting && facts.now >= shortage.asked_at + facts.policy.wait_reask_after)
            .map(|shortage| Event::ShortageReasked { shortage: shortage.id })
            .collect()
    }

    /// The desk finds fewer units than it promised (002: ten turn out to be nine).
    pub(super) fn report_loss(&self, id: FulfilmentId, line: LineId, quantity: Quantity, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let goods = self.fulfilment(id).ok_or(Refusal::NotFound)?;
        let piece = goods.pieces().into_iter().find(|piece| piece.line == line).ok_or_else(|| Refusal::invalid("line", Problem::Unknown))?;
        // What a partner sends is not ours to miss.
        if quantity.get() > piece.quantity.get().saturating_sub(goods.units_under_way(line)) {
            return Err(Refusal::invalid("quantity", Problem::OutOfRange));
        }
        let never_here = quantity.get().min(goods.units_unsourced(line));
        let lost = Quantity::new(quantity.get() - never_here).map(|quantity| vec![Piece { quantity, ..piece.clone() }]);
        let given_up = Quantity::new(never_here).map(|quantity| LineUnits { line, quantity });
        let emptied = goods.lines.len() == 1 && quantity == piece.quantity;
        let units = LineUnits { line, quantity };
        let mut events = Vec::new();
        if emptied {
            events.push(Event::FulfilmentCancelled { fulfilment: id });
        } else if matches!(goods.state, FulfilmentState::PurchaseOrdered | FulfilmentState::PurchaseCompleted) {
            events.push(Event::FulfilmentShort { fulfilment: id });
        }
        let of = goods.lines.iter().find(|of| of.line == line).zip(Quantity::new(never_here));
        events.extend(of.and_then(|(of, quantity)| goods.not_bought(of, quantity)));
        events.extend(given_up.map(|units| Event::SourcingFailed { fulfilment: id, units }));
        events.extend(lost.map(|pieces| Event::StockLost { fulfilment: id, pieces }));
        if self.is_drop_ship() {
            events.extend(self.after(&events, facts.now).left_out_of_parcel(units, facts));
        } else {
            events.push(Event::ShortageRaised { shortage: ShortageId::mint(facts.mint), units });
        }
        Ok(events)
    }
}
