//! The chain's own work: alerts, stuck sagas, the proof, any order, who did what, what happened.

use crate::error::Refused;
use jumun::{
    queue::QueuesView,
    view::{AlertsView, AuditView, ChainOrders, ChainView, LogView, ProofView, SagasView},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// How the chain stands.
#[server(input = GetUrl, endpoint = "chain")]
pub async fn chain() -> Result<ChainView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.chain(&caller).await?)
}

/// Sagas in a state: `parked`, `waiting` or `done`.
#[server(input = GetUrl, endpoint = "sagas")]
pub async fn sagas(state: String) -> Result<SagasView, Refused> {
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

/// Settles a stopped step by hand: records what truly came of it. Said twice it is done once.
#[server(endpoint = "settle-saga")]
pub async fn settle_saga(
    saga: String,
    generation: i64,
    outcome: String,
    reason: String,
    carrier: Option<String>,
    tracking: Option<String>,
) -> Result<(), Refused> {
    use jumun::{
        refusal::{Problem, Refusal},
        saga::{Outcome, Parcel},
        text::{CarrierName, Reason, TrackingNumber},
    };
    let (house, caller) = crate::session::at_work()?;
    let outcome = Outcome::from_slug(&outcome).ok_or_else(|| Refusal::invalid("outcome", Problem::Unknown))?;
    let parcel = if outcome == Outcome::Sent {
        let carrier = CarrierName::parse(&carrier.unwrap_or_default())?;
        Some(Parcel { carrier, tracking: TrackingNumber::parse(&tracking.unwrap_or_default())? })
    } else {
        None
    };
    let reason = Reason::parse(&reason)?;
    let key = format!("{saga}-{generation}");
    house.execute(&caller, jumun::command::Command::SettleSaga { saga, generation, outcome, parcel, reason }, Some(key)).await?;
    Ok(())
}

/// Alerts, open or resolved.
#[server(input = GetUrl, endpoint = "alerts")]
pub async fn alerts(resolved: Option<String>) -> Result<AlertsView, Refused> {
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

/// Orders of every store.
#[server(input = GetUrl, endpoint = "every-order")]
pub async fn every_order(q: Option<String>, board: Option<String>, cursor: Option<String>) -> Result<ChainOrders, Refused> {
    let (house, caller) = crate::session::at_work()?;
    let board = board.filter(|board| !board.is_empty()).map(|board| jumun::order::Board::from_name(&board)).transpose();
    let board = board.map_err(|_| jumun::refusal::Refusal::NotFound)?;
    Ok(house.every_order(&caller, q, board, cursor).await?)
}

/// Who did what.
#[server(input = GetUrl, endpoint = "audit")]
pub async fn audit(command: Option<String>, person: Option<String>, cursor: Option<String>) -> Result<AuditView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.audit(&caller, &jumun::view::AuditQuery { command, person, cursor }).await?)
}

/// What happened.
#[server(input = GetUrl, endpoint = "events")]
pub async fn events(
    number: Option<String>,
    name: Option<String>,
    from: Option<String>,
    to: Option<String>,
    cursor: Option<String>,
) -> Result<LogView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.events(&caller, &jumun::view::LogQuery { number, name, from, to, cursor }).await?)
}

/// Who reads the log, what waits, what was given up.
#[server(input = GetUrl, endpoint = "queues")]
pub async fn queues() -> Result<QueuesView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.queues(&caller).await?)
}

/// Sends something again that was given up.
#[server(endpoint = "retry-letter")]
pub async fn retry_letter(queue: String, letter: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let queue = jumun::queue::Queue::from_slug(&queue).ok_or(jumun::refusal::Refusal::NotFound)?;
    house.execute(&caller, jumun::command::Command::RetryLetter { queue, letter }, None).await?;
    Ok(())
}
