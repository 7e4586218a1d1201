//! Work on site that was not bought (01 §3 Extra charge): the installer asks, the buyer pays or says no, silence is no answer.

use super::super::{Change, Difference, Event, Extra, ExtraState, ExtraWish, ExtraWork, Order, RefundReason};
use super::Facts;
use crate::{
    ids::{DifferenceId, ExtraId, FulfilmentId},
    money::Won,
    refusal::{Problem, Refusal},
};

impl Order {
    /// The installer asks for more: rows of the published list, at their published price, and a photo that shows why.
    pub(super) fn propose_extra(&self, wishes: &[ExtraWish], photo: &str, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let job = self.job.as_ref().ok_or(Refusal::NotFound)?;
        if wishes.is_empty() {
            return Err(Refusal::invalid("extras", Problem::Missing));
        }
        let mut work: Vec<ExtraWork> = Vec::new();
        for wish in wishes {
            let row = facts.crew.price_list.iter().find(|row| row.item == wish.item).ok_or_else(|| Refusal::invalid("extras", Problem::Unknown))?;
            if work.iter().any(|known| known.row.item == wish.item) {
                return Err(Refusal::invalid("extras", Problem::Taken));
            }
            if wish.quantity.get() > facts.policy.line_max_quantity {
                return Err(Refusal::invalid("quantity", Problem::OutOfRange));
            }
            work.push(ExtraWork { row: row.clone(), quantity: wish.quantity });
        }
        if !facts.crew.photos.iter().any(|brought| brought == photo) {
            return Err(Refusal::invalid("picture", Problem::Missing));
        }
        let extra = Extra {
            id: ExtraId::mint(facts.mint),
            installation: self.id,
            fulfilment: job.installs.fulfilment,
            work,
            photo: photo.into(),
            state: ExtraState::Proposed,
            proposed_at: facts.now,
            until: facts.now + facts.policy.extra_answer_within,
            given_back: false,
        };
        let (amount, most) = (extra.amount(), facts.policy.order_max);
        if amount > most { Err(Refusal::AboveMaximum { most, amount }) } else { Ok(vec![Event::ExtraProposed(Box::new(extra))]) }
    }

    /// What the installer asked for and nobody has answered: he goes, or takes it back.
    pub(super) fn withdraw_extras(&self) -> Vec<Event> {
        self.open_extras().map(|extra| Event::ExtraWithdrawn { extra: extra.id }).collect()
    }

    /// The buyer agrees. What he agrees to is due, and counts once it is paid.
    pub(super) fn approve_extra(&self, id: ExtraId, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let extra = self.asked(id)?;
        if self.pays_extra(id) {
            return Ok(Vec::new());
        }
        let amount = extra.amount();
        if amount == Won::ZERO {
            return Ok(vec![Event::ExtraApproved { extra: id }]);
        }
        let mut events = self.drop_difference();
        let difference = Difference { id: DifferenceId::mint(facts.mint), change: Change::Extra { extra: id }, amount, until: extra.until };
        events.push(Event::DifferenceDue(Box::new(difference)));
        Ok(events)
    }

    /// The buyer says no.
    pub(super) fn refuse_extra(&self, id: ExtraId) -> Result<Vec<Event>, Refusal> {
        let extra = self.asked(id)?;
        Ok(self.unpaid(extra, Event::ExtraRefused { extra: id }))
    }

    /// Nobody answered in time. Whoever is at the PSP may finish: then the time to pay is what counts.
    pub(super) fn expire_extra(&self, goods: FulfilmentId, facts: &Facts<'_>) -> Vec<Event> {
        let late = |extra: &&Extra| extra.fulfilment == goods && facts.now >= extra.until && !self.pays_extra(extra.id);
        self.open_extras().find(late).map(|extra| self.lapsed(extra.id)).unwrap_or_default()
    }

    /// The time to answer, or to pay, is up.
    pub(super) fn lapsed(&self, id: ExtraId) -> Vec<Event> {
        self.extra(id).filter(|extra| extra.is_open()).map(|extra| self.unpaid(extra, Event::ExtraLapsed { extra: id })).unwrap_or_default()
    }

    /// What the other side of an installation says of an extra charge.
    pub(super) fn record_extra(&self, told: &Extra) -> Vec<Event> {
        let extra = told.id;
        match (self.extra(extra), told.state) {
            (None, ExtraState::Proposed) => vec![Event::ExtraProposed(Box::new(told.clone()))],
            (Some(known), state) if known.is_open() => match state {
                ExtraState::Proposed => Vec::new(),
                ExtraState::Approved => vec![Event::ExtraApproved { extra }],
                ExtraState::Refused => vec![Event::ExtraRefused { extra }],
                ExtraState::Lapsed => vec![Event::ExtraLapsed { extra }],
                ExtraState::Withdrawn => self.unpaid(known, Event::ExtraWithdrawn { extra }),
            },
            (_, _) => Vec::new(),
        }
    }

    /// These goods will not be put up: what is asked for beside them is off, and what was paid for it goes back whole.
    pub(super) fn undo_extras(&self, goods: FulfilmentId, facts: &mut Facts<'_>) -> Vec<Event> {
        let of_them = || self.extras.iter().filter(|extra| extra.fulfilment == goods);
        let open = of_them().filter(|extra| extra.is_open());
        let mut events: Vec<Event> = open.flat_map(|extra| self.unpaid(extra, Event::ExtraWithdrawn { extra: extra.id })).collect();
        let paid: Vec<&Extra> = of_them().filter(|extra| extra.is_kept()).collect();
        events.extend(paid.iter().map(|extra| Event::ExtraGivenBack { extra: extra.id, amount: extra.amount() }));
        events.extend(self.refund(paid.iter().map(|extra| extra.amount()).sum(), RefundReason::ExtraNotDone, facts));
        events
    }

    /// An extra charge that somebody can still answer.
    fn asked(&self, id: ExtraId) -> Result<&Extra, Refusal> {
        let extra = self.extra(id).ok_or(Refusal::NotFound)?;
        if extra.is_open() {
            return Ok(extra);
        }
        Err(Refusal::WrongState { command: "answer".into(), current: extra.state.name().into(), required: ExtraState::Proposed.name().into() })
    }

    /// The end of an extra charge that is not paid for: what the PSP may still capture goes back.
    fn unpaid(&self, extra: &Extra, end: Event) -> Vec<Event> {
        let running = self.attempts.iter().filter(|attempt| self.pays_extra(extra.id) && attempt.is_open() && !attempt.void_requested);
        running.map(|attempt| Event::PaymentCancelRequested { attempt: attempt.id }).chain([end]).collect()
    }
}
