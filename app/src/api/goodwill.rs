//! Money that goes back for nothing but goodwill, and refunds that are refused.

use crate::error::Refused;
use jumun::view::GoodwillsView;
use leptos::{prelude::*, server_fn::codec::GetUrl};

#[cfg(feature = "ssr")]
async fn give(order: jumun::ids::OrderId, command: jumun::order::OrderCommand) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

/// Goodwill of every store that waits for a second person.
#[server(input = GetUrl, endpoint = "goodwills")]
pub async fn goodwills() -> Result<GoodwillsView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.goodwills(&caller).await?)
}

/// Gives the buyer something back who keeps what he has.
#[server(endpoint = "refund-goodwill")]
pub async fn refund_goodwill(order: jumun::ids::OrderId, amount: i64, reason: Option<String>) -> Result<(), Refused> {
    use jumun::{
        money::Won,
        order::{GoodwillReason, OrderCommand},
        refusal::{Problem, Refusal},
    };
    let reason = reason.as_deref().and_then(GoodwillReason::from_slug).ok_or_else(|| Refusal::invalid("reason", Problem::Unknown))?;
    give(order, OrderCommand::RefundGoodwill { amount: Won(amount), reason }).await
}

/// Agrees to what somebody else would give.
#[server(endpoint = "approve-goodwill")]
pub async fn approve_goodwill(order: jumun::ids::OrderId) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::ApproveGoodwill).await
}

/// Does not agree to it.
#[server(endpoint = "reject-goodwill")]
pub async fn reject_goodwill(order: jumun::ids::OrderId) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::RejectGoodwill).await
}

/// Does not agree to a refund, and says why.
#[server(endpoint = "reject-refund")]
pub async fn reject_refund(order: jumun::ids::OrderId, claim: jumun::ids::ClaimId, reason: Option<String>, note: String) -> Result<(), Refused> {
    use jumun::{
        order::{OrderCommand, RejectReason},
        refusal::{Problem, Refusal},
        text::ClaimNote,
    };
    let reason = reason.as_deref().and_then(RejectReason::from_slug).ok_or_else(|| Refusal::invalid("reason", Problem::Unknown))?;
    let note = ClaimNote::parse(&note)?;
    give(order, OrderCommand::RejectRefund { claim, reason, note }).await
}
