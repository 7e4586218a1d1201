//! Sending goods back: the buyer's wish, the answer of the seller or of head office, and the queue of what is open.

use crate::error::Refused;
use jumun::view::ClaimsView;
use leptos::{prelude::*, server_fn::codec::GetUrl};
use std::collections::BTreeMap;

/// Returns of the caller's store, or of every store for head office: open ones, those at a state, or `over`.
#[server(input = GetUrl, endpoint = "claims")]
pub async fn claims(state: Option<String>) -> Result<ClaimsView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.claims(&caller, state.as_deref()).await?)
}

#[cfg(feature = "ssr")]
async fn give(order: jumun::ids::OrderId, command: jumun::order::OrderCommand) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

/// Asks to send goods back: how many of each line of one shipment, by `line-` and the line's id. Shows the order again.
#[server(endpoint = "request-return")]
pub async fn request_return(
    order: jumun::ids::OrderId,
    number: Option<String>,
    fulfilment: jumun::ids::FulfilmentId,
    #[server(default)] units: BTreeMap<String, u32>,
    reason: Option<String>,
    pickup_on: Option<String>,
    note: Option<String>,
) -> Result<(), Refused> {
    use jumun::{
        order::{OrderCommand, ReturnReason},
        refusal::{Problem, Refusal},
        text::ClaimNote,
    };
    let said = |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let reason = said(&reason).ok_or_else(|| Refusal::invalid("reason", Problem::Missing))?;
    let reason = ReturnReason::of_buyer(&reason).ok_or_else(|| Refusal::invalid("reason", Problem::Unknown))?;
    let day = said(&pickup_on).map(|day| day.parse()).transpose().map_err(|problem| Refusal::invalid("day", problem))?;
    let note = said(&note).map(|text| ClaimNote::parse(&text)).transpose()?;
    let units = super::orders::chosen(units)?;
    give(order, OrderCommand::RequestReturn { fulfilment, units, reason, pickup_on: day, note }).await?;
    if let Some(number) = number {
        crate::session::go_to(&format!("/orders/{number}"));
    }
    Ok(())
}

/// Keeps the goods after all.
#[server(endpoint = "withdraw-return")]
pub async fn withdraw_return(order: jumun::ids::OrderId, claim: jumun::ids::ClaimId) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::WithdrawReturn { claim }).await
}

/// Takes goods back.
#[server(endpoint = "approve-return")]
pub async fn approve_return(order: jumun::ids::OrderId, claim: jumun::ids::ClaimId) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::ApproveReturn { claim }).await
}

/// Does not take goods back, and says why.
#[server(endpoint = "reject-return")]
pub async fn reject_return(order: jumun::ids::OrderId, claim: jumun::ids::ClaimId, reason: Option<String>, note: String) -> Result<(), Refused> {
    use jumun::{
        order::{OrderCommand, RejectReason},
        refusal::{Problem, Refusal},
        text::ClaimNote,
    };
    let reason = reason.as_deref().and_then(RejectReason::from_slug).ok_or_else(|| Refusal::invalid("reason", Problem::Unknown))?;
    let note = ClaimNote::parse(&note)?;
    give(order, OrderCommand::RejectReturn { claim, reason, note }).await
}

/// The goods are here: sold again (`shelf`) or scrapped (`scrap`).
#[server(endpoint = "inspect-return")]
pub async fn inspect_return(order: jumun::ids::OrderId, claim: jumun::ids::ClaimId, outcome: Option<String>) -> Result<(), Refused> {
    use jumun::refusal::{Problem, Refusal};
    let restock = match outcome.as_deref() {
        Some("shelf") => true,
        Some("scrap") => false,
        Some(_) => return Err(Refusal::invalid("outcome", Problem::Unknown).into()),
        None => return Err(Refusal::invalid("outcome", Problem::Missing).into()),
    };
    give(order, jumun::order::OrderCommand::InspectReturn { claim, restock }).await
}

/// Agrees to a refund that somebody else asked for.
#[server(endpoint = "approve-refund")]
pub async fn approve_refund(order: jumun::ids::OrderId, claim: jumun::ids::ClaimId) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::ApproveRefund { claim }).await
}
