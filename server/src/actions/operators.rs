//! What the chain's own people do about work that is stuck.

use super::Work;
use crate::store::{Failure, Stored, orders, parsed, work};
use jumun::{
    actor::Actor,
    command::Answer,
    refusal::Refusal,
    saga::{Outcome, Parcel, fact_by_hand},
    text::Reason,
};

impl Work<'_> {
    /// Lets a parked step try again, a few times at most (000).
    pub(super) async fn retry_saga(&mut self, id: &str) -> Stored<Answer> {
        let most = self.house.policy().admin_step_retries;
        if !work::retry_saga(self.tx, id, most, self.now).await? {
            let saga = work::saga(self.tx, id).await?.ok_or(Refusal::NotFound)?;
            let used_up = saga.state == "parked" && saga.retries >= i64::from(most);
            let wrong = Refusal::WrongState { command: "retry-saga".into(), current: saga.state, required: "parked".into() };
            return Err(if used_up { Refusal::RetriesUsedUp { most } } else { wrong }.into());
        }
        Ok(Answer::Done)
    }

    /// Settles a parked step: its saga ends, and the order is given the fact that the saga did not live to see. That fact may
    /// move the saga on again.
    pub(super) async fn settle_saga(&mut self, id: &str, generation: i64, outcome: Outcome, parcel: Option<&Parcel>) -> Stored<Answer> {
        let wrong = |current: String, required: &str| -> Failure {
            Refusal::WrongState { command: "settle-saga".into(), current, required: required.into() }.into()
        };
        let saga = work::saga(self.tx, id).await?.ok_or(Refusal::NotFound)?;
        // The order first, as every command does.
        let order = orders::lock(self.tx, parsed(&saga.order_id)?).await?.ok_or(Refusal::NotFound)?;
        let Some((step, subject)) = work::settle_saga(self.tx, id, generation, self.now).await? else {
            return Err(wrong(saga.state, "parked"));
        };
        let fact = fact_by_hand(step, &subject, outcome, parcel, self.now)?;
        let (version, status) = (order.version, order.status());
        let after = self.decide(order, &fact, &Actor::System).await?;
        // A fact that changes nothing is none that the order could have heard of: somebody is mistaken.
        if after.version == version {
            return Err(wrong(status.name().into(), step.slug()));
        }
        Ok(Self::moved(&after))
    }

    /// Somebody has looked.
    pub(super) async fn resolve_alert(&mut self, id: &str, note: &Reason) -> Stored<Answer> {
        let account = self.caller.actor.account().ok_or(Refusal::NotAllowed)?;
        let resolved = work::resolve_alert(self.tx, id, account, note.as_str(), self.now).await?;
        if resolved { Ok(Answer::Done) } else { Err(Refusal::NotFound.into()) }
    }
}
