//! The chain's own work: alerts, stuck sagas, the proof.

use crate::error::Refused;
use jumun::view::{AlertView, ProofView, StuckSaga};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Sagas in a state: `parked`, `waiting` or `done`.
#[server(input = GetUrl, endpoint = "sagas")]
pub async fn sagas(state: String) -> Result<Vec<StuckSaga>, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.sagas(&caller, state).await?)
}

/// Lets a parked step try again.
#[server(endpoint = "retry-saga")]
pub async fn retry_saga(saga: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::RetrySaga { saga }, None).await?;
    Ok(())
}

/// Alerts, open or resolved.
#[server(input = GetUrl, endpoint = "alerts")]
pub async fn alerts(resolved: Option<String>) -> Result<Vec<AlertView>, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.alerts(&caller, resolved.is_none()).await?)
}

/// Somebody has looked at an alert.
#[server(endpoint = "resolve-alert")]
pub async fn resolve_alert(alert: String, note: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let note = jumun::text::Reason::parse(&note)?;
    house.execute(&caller, jumun::command::Command::ResolveAlert { alert, note }, None).await?;
    Ok(())
}

/// The ledgers' sums and what the last check found.
#[server(input = GetUrl, endpoint = "proof")]
pub async fn proof() -> Result<ProofView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.proof(&caller).await?)
}

/// Checks every invariant now.
#[server(endpoint = "prove")]
pub async fn prove() -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.prove(&caller).await?)
}
