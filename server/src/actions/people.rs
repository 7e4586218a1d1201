//! What head office does about people: who is there, who is kept out, whose second step is lost.

use super::{Work, chain::for_admins};
use crate::{
    house::House,
    store::{Failure, Stored, accounts, people, signing as rows},
};
use app::session::Caller;
use jumun::{
    actor::Actor,
    command::Answer,
    ids::AccountId,
    refusal::Refusal,
    signing,
    view::{PeopleQuery, PeopleView},
};

/// People on a page.
const PAGE: usize = 50;

impl Work<'_> {
    /// Takes a second step away, with its recovery codes, and ends every session: whoever holds the lost device is out.
    pub(super) async fn reset_second_step(&mut self, account: AccountId) -> Stored<Answer> {
        rows::second_step(self.tx, account).await?.filter(|kept| kept.confirmed_at.is_some()).ok_or(Refusal::NotFound)?;
        rows::end_second_step(self.tx, account).await?;
        accounts::end_other_sessions(self.tx, account, "").await?;
        Ok(Answer::Done)
    }

    /// Blocks an account or lets it in again. A blocked customer still comes in, to see his orders; who works here is out at once.
    pub(super) async fn set_blocked(&mut self, account: AccountId, blocked: bool) -> Stored<Answer> {
        let known = accounts::by_id(self.tx, account).await?.ok_or(Refusal::NotFound)?;
        if !people::set_blocked(self.tx, account, blocked).await? {
            let required = if blocked { "active" } else { "blocked" };
            return Err(Refusal::WrongState { command: self.command.into(), current: known.status, required: required.into() }.into());
        }
        if blocked && known.role != "customer" {
            accounts::end_other_sessions(self.tx, account, "").await?;
        }
        Ok(Answer::Done)
    }
}

impl House {
    /// Whether the caller has to turn his second step on before he does anything else.
    ///
    /// # Errors
    /// None but a failing store.
    pub async fn owes_second_step(&self, actor: &Actor) -> Result<bool, Refusal> {
        let required = self.second_step_required();
        let (Some(account), true) = (actor.account(), signing::owes_second_step(actor, required, false)) else { return Ok(false) };
        let mut tx = self.read().await?;
        let kept = rows::second_step(&mut tx, account).await.map_err(Failure::into_refusal)?;
        Ok(signing::owes_second_step(actor, required, kept.is_some_and(|kept| kept.confirmed_at.is_some())))
    }

    /// Customers, or those who work here.
    ///
    /// # Errors
    /// For everybody but admins.
    pub async fn people(&self, caller: &Caller, query: &PeopleQuery) -> Result<PeopleView, Refusal> {
        for_admins(caller)?;
        let read = async {
            let mut tx = self.db.begin_read().await?;
            let after = query.cursor.as_deref().unwrap_or_default();
            people::list(&mut tx, query.customers, query.q.as_deref(), after, PAGE as i64 + 1, caller.actor.account()).await
        };
        let mut rows = read.await.map_err(Failure::into_refusal)?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let next = rows.last().filter(|_| more).map(|row| row.email.clone());
        Ok(PeopleView { rows, next, second_step_required: self.second_step_required(), now: self.now() })
    }
}
