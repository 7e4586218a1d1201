//! Money that goes back while the buyer keeps what he has, and what a purchase no longer counts for once goods of it came back.

use super::super::{Event, Front, GoodwillReason, Kind, Order, RefundReason};
use super::{Facts, claim::second_person};
use crate::{
    actor::Actor,
    membership::Purse,
    money::Won,
    pricing::Amounts,
    refusal::{Problem, Refusal},
};

impl Order {
    /// Whether something can be given, or agreed to, now.
    pub(super) fn allows_of_goodwill(&self, command: &str) -> Result<(), Refusal> {
        let wrong =
            |current: &str, required: &str| Err(Refusal::WrongState { command: command.into(), current: current.into(), required: required.into() });
        if command != "refund-goodwill" {
            return if self.goodwill.is_some() { Ok(()) } else { wrong(self.status().name(), "goodwill that waits for a second person") };
        }
        if self.kind != Kind::Sale {
            return wrong(self.kind.name(), Kind::Sale.name());
        }
        if !matches!(self.front, Front::Confirmed | Front::Completed) || self.cancelling.is_some() {
            return wrong(self.status().name(), "Confirmed | Completed");
        }
        match self.goodwill {
            Some(_) => wrong("goodwill waits for a second person", "no other goodwill"),
            None if self.goodwill_most() == Won::ZERO => wrong("nothing is left", "money that was paid and not given back"),
            None => Ok(()),
        }
    }

    /// Something is given back for what went wrong; from a limit on somebody else has to agree.
    pub(super) fn refund_goodwill(&self, amount: Won, reason: GoodwillReason, actor: &Actor, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        self.check_goodwill(amount)?;
        let by = actor.account();
        if self.needs_second_word(amount, facts) {
            return Ok(vec![Event::GoodwillProposed { amount, reason, by }]);
        }
        Ok(self.give(Event::GoodwillGiven { amount, reason, by }, amount, facts))
    }

    /// Somebody agrees to what another one would give.
    pub(super) fn approve_goodwill(&self, actor: &Actor, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let asked = self.goodwill.ok_or(Refusal::NotFound)?;
        second_person("approve-goodwill", asked.proposed_by, actor)?;
        // Goods may have come back meanwhile.
        self.check_goodwill(asked.amount)?;
        Ok(self.give(Event::GoodwillGiven { amount: asked.amount, reason: asked.reason, by: asked.proposed_by }, asked.amount, facts))
    }

    /// Somebody does not.
    pub(super) fn reject_goodwill(&self, actor: &Actor) -> Result<Vec<Event>, Refusal> {
        let asked = self.goodwill.ok_or(Refusal::NotFound)?;
        second_person("reject-goodwill", asked.proposed_by, actor)?;
        Ok(vec![Event::GoodwillRejected])
    }

    fn check_goodwill(&self, amount: Won) -> Result<(), Refusal> {
        let most = self.goodwill_most();
        if amount <= Won::ZERO {
            return Err(Refusal::invalid("amount", Problem::OutOfRange));
        }
        if amount > most { Err(Refusal::AboveMaximum { most, amount }) } else { Ok(()) }
    }

    fn give(&self, given: Event, amount: Won, facts: &mut Facts<'_>) -> Vec<Event> {
        std::iter::once(given).chain(self.refund(amount, RefundReason::Goodwill, facts)).collect()
    }

    /// What a completed purchase no longer counts for when so much of it is back: its points go as the share that came back, rounded
    /// down and the rest with the last, and the month is so much less. Points that the buyer has spent already are kept of the
    /// refund, as far as it goes.
    pub(super) fn uncount(&self, back: &mut Amounts, facts: &Facts<'_>) -> Vec<Event> {
        let Some(completed) = self.completed_at.filter(|_| self.front == Front::Completed) else { return Vec::new() };
        let left = self.amounts.less(back);
        let mut events = Vec::new();
        let paid = |amounts: &Amounts| (amounts.discounted() - amounts.points).at_least(Won::ZERO);
        let (before, after) = (paid(&self.amounts), paid(&left));
        let earned = match after {
            Won::ZERO => self.points_earned,
            after => Won(self.points_earned.0 * (before - after).at_least(Won::ZERO).0 / before.0.max(1)),
        };
        if earned > Won::ZERO {
            let there = facts.purse.points + back.points.min(self.points_used);
            let points = earned.min(there);
            back.spent_points -= (earned - points).min(back.payable()).at_least(Won::ZERO);
            events.push(Event::PointsReclaimed { earned, points });
        }
        let bought = |amounts: &Amounts| amounts.discounted().at_least(Won::ZERO);
        let less = (bought(&self.amounts) - bought(&left)).at_least(Won::ZERO).min(self.counted);
        if less > Won::ZERO {
            let purse = facts.purse;
            let (counted_in, today) = (completed.kst_date().month_name(), facts.now.kst_date());
            let spent = (purse.its_month - less).at_least(Won::ZERO);
            let this = counted_in == today.month_name();
            let last = counted_in == today.end_of_last_month().month_name();
            events.push(Event::SpendUpdated { month: counted_in, amount: -less, spent });
            let lowered = |month: Won, counts: bool| if counts { (month - less).at_least(Won::ZERO) } else { month };
            let then = Purse { this_month: lowered(purse.this_month, this), last_month: lowered(purse.last_month, last), ..purse };
            let (from, to) = (purse.tier(facts.policy), then.tier(facts.policy));
            if purse.member && to != from {
                events.push(Event::TierChanged { from, to });
            }
        }
        events
    }
}
