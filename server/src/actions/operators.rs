//! What the chain's own people do about work that is stuck.

use super::Work;
use crate::store::{Stored, work};
use jumun::{command::Answer, refusal::Refusal, text::Reason};

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

    /// Somebody has looked.
    pub(super) async fn resolve_alert(&mut self, id: &str, note: &Reason) -> Stored<Answer> {
        let account = self.caller.actor.account().ok_or(Refusal::NotAllowed)?;
        let resolved = work::resolve_alert(self.tx, id, account, note.as_str(), self.now).await?;
        if resolved { Ok(Answer::Done) } else { Err(Refusal::NotFound.into()) }
    }
}
