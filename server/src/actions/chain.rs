//! What the chain's own people read: stuck sagas, alerts, the proof.

use super::check;
use crate::{
    house::House,
    store::{Failure, orders, verify, work},
};
use app::session::Caller;
use jumun::{
    actor::Actor,
    refusal::{Problem, Refusal},
    view::{AlertView, Proof, ProofView, StuckSaga},
};

/// Checks shown on the proof page.
const PROOFS: i64 = 20;

fn for_admins(caller: &Caller) -> Result<(), Refusal> {
    match caller.actor {
        Actor::Admin { .. } => Ok(()),
        Actor::Nobody | Actor::Guest { .. } => Err(Refusal::SignInRequired),
        Actor::Customer { .. } | Actor::Staff { .. } | Actor::Installer { .. } | Actor::Channel { .. } | Actor::System => Err(Refusal::NotAllowed),
    }
}

impl House {
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
        let (mut last, mut orders) = (String::new(), 0u32);
        loop {
            let page = orders::states_after(&mut tx, &last, 200).await?;
            let Some((id, _)) = page.last() else { break };
            last = id.to_string();
            orders += u32::try_from(page.len()).unwrap_or(0);
            for (_, state) in page {
                findings.extend(check::order(&crate::store::from_json(&state)?));
            }
        }
        drop(tx);
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
