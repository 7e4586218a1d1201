//! What the chain's own people read: stuck sagas, alerts, the proof.

use super::check;
use crate::{
    house::House,
    store::{Failure, chain, claims, verify, work},
};
use app::session::Caller;
use jumun::{
    actor::Actor,
    alert::Severity,
    order::Board,
    refusal::{Problem, Refusal},
    time::{Date, Time},
    view::{AlertView, AlertsView, AuditQuery, AuditView, ChainOrders, ChainView, LogQuery, LogView, Proof, ProofView, Queues, SagasView, StuckSaga},
};

/// Checks shown on the proof page.
const PROOFS: i64 = 20;
/// Orders, audit rows and events on a page.
const PAGE: usize = 50;

/// A filter that was left empty asks for everything.
fn asked(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn count(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

pub(super) fn for_admins(caller: &Caller) -> Result<(), Refusal> {
    match caller.actor {
        Actor::Admin { .. } => Ok(()),
        Actor::Nobody | Actor::Guest { .. } => Err(Refusal::SignInRequired),
        Actor::Customer { .. } | Actor::Staff { .. } | Actor::Installer { .. } | Actor::Channel { .. } | Actor::System => Err(Refusal::NotAllowed),
    }
}

impl House {
    /// How the chain stands.
    ///
    /// # Errors
    /// For everybody but admins.
    pub async fn chain(&self, caller: &Caller) -> Result<ChainView, Refusal> {
        for_admins(caller)?;
        let now = self.now();
        let mut tx = self.read().await?;
        let read = async {
            let (timers, sagas, parked, notices) = work::depths(&mut tx).await?;
            let due = work::due(&mut tx, now).await?;
            let queues = Queues { timers: count(timers), sagas: count(sagas), parked: count(parked), notices: count(notices), due: count(due) };
            let mut view = ChainView { queues, proof: verify::proofs(&mut tx, 1).await?.into_iter().next(), now, ..ChainView::default() };
            for (severity, open, oldest) in chain::open_alerts(&mut tx).await? {
                *(if severity == Severity::High.slug() { &mut view.high } else { &mut view.medium }) = count(open);
                view.oldest = Some(view.oldest.map_or(Time(oldest), |known| known.min(Time(oldest))));
            }
            view.returns = claims::counts(&mut tx, None).await?.0.iter().map(|(_, count)| count).sum();
            Ok(view)
        };
        read.await.map_err(Failure::into_refusal)
    }

    /// [`Self::sagas`] with what a page about them needs.
    ///
    /// # Errors
    /// As [`Self::sagas`].
    pub async fn sagas_view(&self, caller: &Caller, state: &str) -> Result<SagasView, Refusal> {
        Ok(SagasView { rows: self.sagas(caller, state).await?, most_retries: self.policy().admin_step_retries, now: self.now() })
    }

    /// [`Self::alerts`] with what a page about them needs.
    ///
    /// # Errors
    /// As [`Self::alerts`].
    pub async fn alerts_view(&self, caller: &Caller, open: bool) -> Result<AlertsView, Refusal> {
        Ok(AlertsView { rows: self.alerts(caller, open).await?, now: self.now() })
    }

    /// Orders of every store: all, on a board, or with numbers that begin with `q`. A date is enough of a number.
    ///
    /// # Errors
    /// For everybody but admins.
    pub async fn every_order(
        &self,
        caller: &Caller,
        q: Option<String>,
        board: Option<Board>,
        cursor: Option<String>,
    ) -> Result<ChainOrders, Refusal> {
        for_admins(caller)?;
        let prefix = asked(&q).map(str::to_uppercase).map(|q| if q.starts_with("ORD") { q } else { format!("ORD-{q}") });
        let mut tx = self.read().await?;
        let list = chain::every_order(&mut tx, prefix.as_deref(), board, asked(&cursor), PAGE).await.map_err(Failure::into_refusal)?;
        Ok(ChainOrders { list, now: self.now() })
    }

    /// Who did what, newest first.
    ///
    /// # Errors
    /// For everybody but admins.
    pub async fn audit(&self, caller: &Caller, query: &AuditQuery) -> Result<AuditView, Refusal> {
        for_admins(caller)?;
        let mut tx = self.read().await?;
        let read = async {
            let (rows, next) = chain::audit(&mut tx, asked(&query.command), asked(&query.person), asked(&query.cursor), PAGE).await?;
            Ok(AuditView { rows, next, people: chain::audited_people(&mut tx).await?, now: self.now() })
        };
        read.await.map_err(Failure::into_refusal)
    }

    /// What happened, newest first by its place in the log. A number or a day that cannot be one finds nothing.
    ///
    /// # Errors
    /// For everybody but admins.
    pub async fn events(&self, caller: &Caller, query: &LogQuery) -> Result<LogView, Refusal> {
        for_admins(caller)?;
        let now = self.now();
        let nothing = LogView { now, ..LogView::default() };
        let day = |text: &Option<String>| asked(text).map(str::parse::<Date>).transpose();
        let (Ok(from), Ok(to)) = (day(&query.from), day(&query.to)) else { return Ok(nothing) };
        let mut tx = self.read().await?;
        let read = async {
            let order = match asked(&query.number) {
                Some(number) => match chain::order_numbered(&mut tx, &number.to_uppercase()).await? {
                    Some(order) => Some(order),
                    None => return Ok(nothing),
                },
                None => None,
            };
            let wanted = chain::Wanted {
                order: order.as_deref(),
                name: asked(&query.name),
                from: from.map_or(Time(0), Time::start_of_kst),
                until: to.map_or(Time(i64::MAX), |day| Time::start_of_kst(Date::from_days(day.days() + 1))),
                cursor: asked(&query.cursor),
            };
            let (rows, next) = chain::log(&mut tx, &wanted, PAGE).await?;
            Ok(LogView { rows, next, now })
        };
        read.await.map_err(Failure::into_refusal)
    }

    /// Sagas in a state, the newest first.
    ///
    /// # Errors
    /// For everybody but admins; [`Refusal::Invalid`] for an unknown state.
    pub async fn sagas(&self, caller: &Caller, state: &str) -> Result<Vec<StuckSaga>, Refusal> {
        for_admins(caller)?;
        if !["parked", "waiting", "done"].contains(&state) {
            return Err(Refusal::invalid("state", Problem::Unknown));
        }
        let mut tx = self.read().await?;
        work::sagas_in(&mut tx, state).await.map_err(Failure::into_refusal)
    }

    /// Alerts, open or resolved, the newest first.
    ///
    /// # Errors
    /// For everybody but admins.
    pub async fn alerts(&self, caller: &Caller, open: bool) -> Result<Vec<AlertView>, Refusal> {
        for_admins(caller)?;
        let mut tx = self.read().await?;
        work::alerts(&mut tx, open).await.map_err(Failure::into_refusal)
    }

    /// The ledgers' sums and what the last checks found.
    ///
    /// # Errors
    /// For everybody but admins.
    pub async fn proof(&self, caller: &Caller) -> Result<ProofView, Refusal> {
        for_admins(caller)?;
        let mut tx = self.read().await?;
        let read = async {
            Ok(ProofView {
                sums: verify::sums(&mut tx).await?,
                invariants: verify::NAMES.iter().chain(check::NAMES).map(|name| (*name).to_owned()).collect(),
                proofs: verify::proofs(&mut tx, PROOFS).await?,
                now: self.now(),
            })
        };
        read.await.map_err(Failure::into_refusal)
    }

    /// Checks every invariant now.
    ///
    /// # Errors
    /// For everybody but admins.
    pub async fn prove_for(&self, caller: &Caller) -> Result<(), Refusal> {
        for_admins(caller)?;
        self.prove().await.map_err(Failure::into_refusal)
    }

    /// Checks every invariant that the database alone can show, and keeps what was found.
    pub(crate) async fn prove(&self) -> Result<(), Failure> {
        let started = std::time::Instant::now();
        let mut tx = self.db.begin_read().await?;
        let mut findings = verify::findings(&mut tx, self.now()).await?;
        drop(tx);
        let (mut orders, mut children) = (0u32, Vec::new());
        check::each_order(&self.db, |order, _| {
            orders += 1;
            findings.extend(check::order(&order));
            children.extend(order.parent.map(|_| order.id));
        })
        .await?;
        findings.extend(check::edges(&self.db, &children).await?);
        for (name, what) in &findings {
            tracing::error!(invariant = name, what, "an invariant is broken");
        }
        metrics::gauge!("invariant_violations").set(findings.len() as f64);
        let proof = Proof {
            at: self.now(),
            took_micros: i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX),
            orders,
            findings: findings.into_iter().map(|(name, what)| (name.to_owned(), what)).collect(),
        };
        let mut tx = self.db.begin_write().await?;
        verify::keep_proof(&mut tx, &proof).await?;
        tx.commit().await
    }
}
