//! An installer's own chair: how he works, when he does not, and what he earned.

use super::Work;
use crate::{
    house::House,
    store::{Failure, Stored, installers},
};
use app::session::Caller;
use jumun::{
    actor::Actor,
    command::Answer,
    ids::PartyId,
    installer::{Profile, check_day_off},
    money::Won,
    refusal::Refusal,
    time::{Date, Time},
    view::{EarningsView, JobRow, ProfileView},
};

/// Who puts goods up, if the caller does.
fn own_party(actor: &Actor) -> Result<PartyId, Refusal> {
    match actor {
        Actor::Installer { party, .. } => Ok(*party),
        Actor::Nobody | Actor::Guest { .. } => Err(Refusal::SignInRequired),
        Actor::Customer { .. } | Actor::Staff { .. } | Actor::Admin { .. } | Actor::Channel { .. } | Actor::System => Err(Refusal::NotAllowed),
    }
}

impl Work<'_> {
    /// Changes how the caller works from now on.
    pub(super) async fn set_profile(&mut self, profile: &Profile) -> Stored<Answer> {
        let party = self.own_calendar().await?;
        profile.check()?;
        installers::set(self.tx, party, profile).await?;
        Ok(Answer::Done)
    }

    /// Takes a day off on which nobody counts on the caller.
    pub(super) async fn take_day_off(&mut self, on: Date) -> Stored<Answer> {
        let party = self.own_calendar().await?;
        check_day_off(on, self.now.kst_date())?;
        if let Some((on, visits)) = installers::visits(self.tx, party, on, on).await?.pop() {
            return Err(Refusal::VisitBooked { on, visits }.into());
        }
        installers::add_day_off(self.tx, party, on).await?;
        Ok(Answer::Done)
    }

    /// The caller works on a day after all.
    pub(super) async fn give_up_day_off(&mut self, on: Date) -> Stored<Answer> {
        let party = self.own_calendar().await?;
        if installers::remove_day_off(self.tx, party, on).await? { Ok(Answer::Done) } else { Err(Refusal::NotFound.into()) }
    }

    /// The caller, whose calendar nobody else moves until this is over.
    async fn own_calendar(&mut self) -> Stored<PartyId> {
        let party = own_party(&self.caller.actor)?;
        if installers::lock(self.tx, party).await? { Ok(party) } else { Err(Refusal::NotFound.into()) }
    }
}

impl House {
    /// How the caller works, and when.
    ///
    /// # Errors
    /// For everybody but installers.
    pub async fn profile(&self, caller: &Caller) -> Result<ProfileView, Refusal> {
        let party = own_party(&caller.actor)?;
        let today = self.now().kst_date();
        let read = async {
            let mut tx = self.db.begin_read().await?;
            let profile = installers::profile(&mut tx, party).await?.ok_or(Refusal::NotFound)?;
            let off = installers::days_off(&mut tx, party, today).await?;
            let days = installers::calendar(&mut tx, party, today, &off).await?;
            Ok(ProfileView { profile, days, off, today })
        };
        read.await.map_err(Failure::into_refusal)
    }

    /// What the caller earned in the month of a day, or in this one.
    ///
    /// # Errors
    /// For everybody but installers.
    pub async fn earnings(&self, caller: &Caller, month: Option<Date>) -> Result<EarningsView, Refusal> {
        let party = own_party(&caller.actor)?;
        let (now, policy) = (self.now(), self.policy());
        let today = now.kst_date();
        let (month, next) = month.filter(|day| day.days() <= today.days()).unwrap_or(today).month_around();
        let (from, until) = (Time::start_of_kst(month), Time::start_of_kst(next));
        let read = async {
            let mut tx = self.db.begin_read().await?;
            let rows = installers::earned(&mut tx, party, from, until).await?;
            let (before, after) = installers::earned_around(&mut tx, party, from, until).await?;
            let jobs = installers::jobs(&mut tx, party, 0).await?;
            let jobs = jobs.iter().map(|order| JobRow::of(order, None, &policy, now));
            let agreed: Vec<Won> = jobs.filter(|row| row.over_at.is_none() && row.state.is_agreed()).map(|row| row.fee).collect();
            Ok(EarningsView {
                month,
                sum: rows.iter().map(|row| row.amount).sum(),
                rows,
                before,
                // The way back to this month, though nothing was earned in it yet.
                after: after.or_else(|| (next.days() <= today.days()).then_some(today)),
                agreed_jobs: u32::try_from(agreed.len()).unwrap_or(u32::MAX),
                agreed: agreed.into_iter().sum(),
            })
        };
        read.await.map_err(Failure::into_refusal)
    }
}
