//! Who puts goods up, and when (01 §3 Installation order): the seller's decision, and the installer's steps.

use super::super::{
    CarrierStatus, Check, Event, Fulfilment, FulfilmentState, ImpossibleCause, InstallationState, Installs, Job, Order, PutUp, Visit,
};
use super::{Facts, name::one_each};
use crate::{
    ids::{FulfilmentId, OrderId, PartyId},
    money::Won,
    refusal::{Problem, Refusal},
    text::SerialNumber,
};

use InstallationState::{Accepted, Assigned, DeliveredByInstaller, EnRoute, Rescheduled, Scheduled};

/// What an installer may do, where his job has to stand for it, and where it stands then; nothing where it does not move. Nothing else is
/// done to an installation order by a person.
pub(in crate::order) const STEPS: &[(&str, &[InstallationState], Option<InstallationState>)] = &[
    ("accept-installation", &[Assigned], Some(Accepted)),
    ("decline-installation", &[Assigned], Some(InstallationState::Declined)),
    ("schedule-visit", &[Accepted, Scheduled, Rescheduled], Some(Scheduled)),
    ("depart", &[Scheduled], Some(EnRoute)),
    ("report-absent", &[EnRoute], Some(Rescheduled)),
    ("report-delivered", &[EnRoute], Some(DeliveredByInstaller)),
    ("complete-installation", &[DeliveredByInstaller], Some(InstallationState::Installed)),
    ("report-impossible", &[EnRoute, DeliveredByInstaller], Some(InstallationState::Impossible)),
    ("propose-extra", &[EnRoute, DeliveredByInstaller], None),
    ("withdraw-extra", &[EnRoute, DeliveredByInstaller], None),
];

/// Whether a step goes together with an extra charge that is to be answered, or with none.
pub(in crate::order) fn goes_with(command: &str, asked: bool) -> bool {
    match command {
        "propose-extra" | "complete-installation" => !asked,
        "withdraw-extra" => asked,
        _ => true,
    }
}

impl Job {
    /// Whether the installer may do this now.
    pub(super) fn allows(&self, command: &str) -> Result<(), Refusal> {
        let states = STEPS.iter().find(|(step, ..)| *step == command).map_or(&[][..], |(_, states, _)| states);
        if states.contains(&self.state) {
            return Ok(());
        }
        let required: Vec<&str> = states.iter().map(|state| state.name()).collect();
        let required = if required.is_empty() { "an order for goods".to_owned() } else { required.join(" | ") };
        Err(Refusal::WrongState { command: command.into(), current: self.state.name().into(), required })
    }
}

impl Order {
    /// The installer says when he comes. A visit that was set is another one then.
    pub(super) fn schedule_visit(&self, visit: Visit, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
        visit.check(facts)?;
        // After the last time that nobody was there the goods go back.
        let most = facts.policy.delivery_max_failures;
        if self.job.as_ref().is_some_and(|job| job.absences >= most) {
            return Err(Refusal::RetriesUsedUp { most });
        }
        if facts.crew.day_full {
            return Err(Refusal::invalid("day", Problem::Taken));
        }
        let installation = self.id;
        let moved = self.job.as_ref().filter(|job| job.state == Scheduled).map(|_| Event::InstallerRescheduled { installation });
        Ok(moved.into_iter().chain([Event::InstallerScheduled { installation, visit }]).collect())
    }

    /// The installer sets out on his day, with the goods.
    pub(super) fn depart(&self, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
        if !facts.crew.has_goods {
            let (current, required) = (FulfilmentState::PurchaseCompleted.name(), FulfilmentState::Shipped.name());
            return Err(Refusal::WrongState { command: "depart".into(), current: current.into(), required: required.into() });
        }
        let early = |visit: Visit| visit.on > facts.now.kst_date();
        if self.job.as_ref().and_then(|job| job.visit).is_some_and(early) {
            return Err(Refusal::invalid("day", Problem::OutOfRange));
        }
        Ok(vec![Event::InstallerDeparted { installation: self.id }])
    }

    /// The goods are up, and every one of them is known by its serial.
    pub(super) fn complete_installation(
        &self,
        serials: &[SerialNumber],
        checked: &[Check],
        signature: Option<&str>,
        facts: &Facts<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        self.check_serials(serials, facts)?;
        if facts.crew.checks.iter().any(|check| !checked.contains(check)) {
            return Err(Refusal::invalid("checked", Problem::Missing));
        }
        let checked: Vec<Check> = Check::ALL.iter().copied().filter(|check| checked.contains(check)).collect();
        let drawn = |hash: &str| facts.crew.signatures.iter().any(|known| known == hash);
        if signature.is_some_and(|hash| !drawn(hash)) {
            return Err(Refusal::invalid("signature", Problem::Unknown));
        }
        let shown = PutUp { photos: facts.crew.photos.clone(), signature: signature.map(str::to_owned), checked };
        let completed = |job: &Job| Event::InstallationCompleted {
            installation: self.id,
            fulfilment: job.installs.fulfilment,
            serials: serials.to_vec(),
            shown: shown.clone(),
        };
        Ok(self.job.iter().map(completed).collect())
    }

    /// Nobody needs him any more. Who stood before the door as often as anybody has to gets what a visit in vain is worth.
    pub(super) fn send_home(&self, job: &Job, facts: &Facts<'_>) -> Vec<Event> {
        let in_vain = job.absences >= facts.policy.delivery_max_failures;
        let call_out = if in_vain { job.installs.call_out } else { Won::ZERO };
        if job.state.is_revocable() { vec![Event::InstallerUnassigned { installation: self.id, call_out }] } else { Vec::new() }
    }

    /// The goods cannot be put up.
    pub(super) fn report_impossible(&self, cause: ImpossibleCause) -> Vec<Event> {
        let impossible = |job: &Job| {
            let Installs { fulfilment, call_out } = job.installs;
            Event::InstallationImpossible { installation: self.id, fulfilment, cause, call_out }
        };
        self.job.iter().map(impossible).collect()
    }

    /// One serial for each unit, and of those that the seller sent.
    fn check_serials(&self, serials: &[SerialNumber], facts: &Facts<'_>) -> Result<(), Refusal> {
        let units = || self.lines.iter().flat_map(|line| std::iter::repeat_n(&line.variant, self.live_units(line) as usize));
        one_each(serials, units().count())?;
        let sent = |(variant, serial)| facts.crew.sent.iter().any(|(of, known)| of == variant && known == serial);
        if facts.crew.sent.is_empty() || units().zip(serials).all(sent) { Ok(()) } else { Err(Refusal::invalid("serials", Problem::Unknown)) }
    }

    /// The seller gives the job to somebody who puts such goods up where they go.
    pub(super) fn assign_installer(&self, id: FulfilmentId, installer: PartyId, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let candidate = facts.crew.candidate.as_ref().filter(|candidate| candidate.installer == installer);
        candidate.filter(|candidate| candidate.comes_there).ok_or_else(|| Refusal::invalid("installer", Problem::Unknown))?;
        let installation = OrderId::mint(facts.mint);
        Ok(self.with_sources(vec![Event::InstallerAssigned { installation, fulfilment: id, installer }], id, facts.now))
    }

    /// The seller takes the job back. Goods that the installer has already come back with it, and what was paid for them goes to
    /// the buyer once they are here.
    pub(super) fn unassign_installer(&self, id: FulfilmentId, facts: &mut Facts<'_>) -> Vec<Event> {
        let Some(goods) = self.fulfilment(id) else { return Vec::new() };
        let mut events: Vec<Event> = goods.assignment().map(|given| gone(given.order)).into_iter().collect();
        if goods.shipped_at.is_some() {
            events.extend(self.given_back(goods, facts));
            events.extend(self.undo_extras(id, facts));
        }
        events
    }

    /// The buyer says when somebody should come.
    pub(super) fn wish_visit(&self, visit: Visit, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
        visit.check(facts)?;
        Ok(vec![Event::VisitWished { visit }])
    }

    /// What an installer's job came to, and with it the goods that it is for.
    pub(super) fn record_installation(&self, installation: OrderId, job: &Job, facts: &mut Facts<'_>) -> Vec<Event> {
        // Of goods that will not leave only the end of their job is news.
        let news = |goods: &Fulfilment| goods.is_live() || job.state == InstallationState::Cancelled;
        let Some((goods, known)) = self.of_installation(installation).filter(|(goods, known)| known.state.is_live() && news(goods)) else {
            return Vec::new();
        };
        let (fulfilment, at) = (goods.id, facts.now);
        let mut events = Vec::new();
        match job.state {
            Assigned => {}
            Accepted => events.push(Event::InstallerAccepted { installation }),
            InstallationState::Declined => events.extend(job.declined.map(|reason| Event::InstallerDeclined { installation, reason })),
            InstallationState::Cancelled => events.push(gone(installation)),
            Scheduled => {
                events.extend((known.state == Scheduled).then_some(Event::InstallerRescheduled { installation }));
                events.extend(job.visit.map(|visit| Event::InstallerScheduled { installation, visit }));
            }
            Rescheduled => {
                events.push(Event::InstallerMissedBuyer { installation });
                events.push(Event::DeliveryFailed { fulfilment, place: String::new(), at });
            }
            EnRoute => {
                let status = CarrierStatus::OutForDelivery;
                events.push(Event::InstallerDeparted { installation });
                events.push(Event::DeliveryStatusChanged { fulfilment, status, place: String::new(), at });
            }
            DeliveredByInstaller => {
                events.push(Event::InstallerDelivered { installation });
                events.push(Event::DeliveryCompleted { fulfilment, place: String::new(), at });
            }
            InstallationState::Installed => {
                events.push(Event::InstallationCompleted { installation, fulfilment, serials: job.serials.clone(), shown: job.shown.clone() });
                let received = |other: &Fulfilment| other.id == fulfilment || !other.is_live() || other.is_received();
                events.extend(self.fulfilments.iter().all(received).then_some(Event::OrderDelivered));
            }
            InstallationState::Impossible => {
                let call_out = job.installs.call_out;
                if let Some(cause) = job.cause {
                    events.push(Event::InstallationImpossible { installation, fulfilment, cause, call_out });
                    events.extend(self.comes_back(goods, self.comes_back_for(cause, installation), self.call_out_for(cause), facts));
                }
                events.extend(self.undo_extras(fulfilment, facts));
            }
        }
        events
    }
}

/// What the order above knows of an installer who is not needed any more: what he gets is between him and its seller.
fn gone(installation: OrderId) -> Event {
    Event::InstallerUnassigned { installation, call_out: Won::ZERO }
}
