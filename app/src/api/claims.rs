//! Sending goods back: the buyer's wish, the answer of the seller or of head office, and the queue of what is open.

use crate::error::Refused;
use jumun::view::{ClaimPage, ClaimQuery, ClaimsView};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use std::collections::BTreeMap;

/// Returns of the caller's store, or of every store for head office, and what of them is looked for.
#[server(input = GetUrl, endpoint = "claims")]
pub async fn claims(#[server(default)] query: ClaimQuery) -> Result<ClaimsView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.claims(&caller, &query).await?)
}

/// One return with everything that helps to decide about it.
#[server(input = GetUrl, endpoint = "claim")]
pub async fn claim(id: String) -> Result<ClaimPage, Refused> {
    let (house, caller) = crate::session::at_work()?;
    let id = id.parse().map_err(|_| jumun::refusal::Refusal::NotFound)?;
    Ok(house.claim(&caller, id).await?)
}

/// The name of a return in a form: a form's keys may not begin with a digit.
pub const CLAIM: &str = "claim-";

/// Agrees to the returns that are ticked, by `claim-` and the return's id, and goes back to the queue, which says what came of each.
#[server(endpoint = "approve-returns")]
pub async fn approve_returns(#[server(default)] claims: BTreeMap<String, String>, back: Option<String>) -> Result<(), Refused> {
    use jumun::refusal::{Problem, Refusal};
    let (house, caller) = crate::session::at_work()?;
    let id = |name: &String| name.strip_prefix(CLAIM).unwrap_or(name).parse().map_err(|_| Refusal::invalid("claims", Problem::Malformed));
    let claims = claims.keys().map(id).collect::<Result<Vec<jumun::ids::ClaimId>, _>>()?;
    let outcome = house.approve_returns(&caller, &claims).await?;
    if let Some(back) = back.filter(|back| back.starts_with("/desk/claims") || back.starts_with("/admin/claims")) {
        let told = serde_json::to_string(&outcome).unwrap_or_default();
        let joint = if back.contains('?') { '&' } else { '?' };
        crate::session::go_to(&format!("{back}{joint}outcome={}", crate::pages::desk::board::encode(&told)));
    }
    Ok(())
}

/// Tells the colleagues of one's own side something about a return.
#[server(endpoint = "comment-on-claim")]
pub async fn comment_on_claim(claim: jumun::ids::ClaimId, note: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let text = jumun::text::ClaimNote::parse(&note)?;
    house.execute(&caller, jumun::command::Command::CommentOnClaim { claim, text }, None).await?;
    Ok(())
}

/// Gives a return to somebody of one's own side, or to nobody.
#[server(endpoint = "assign-claim")]
pub async fn assign_claim(claim: jumun::ids::ClaimId, to: Option<String>) -> Result<(), Refused> {
    use jumun::refusal::{Problem, Refusal};
    let (house, caller) = crate::session::at_work()?;
    let to = to.filter(|to| !to.is_empty()).map(|to| to.parse()).transpose().map_err(|_| Refusal::invalid("to", Problem::Malformed))?;
    house.execute(&caller, jumun::command::Command::AssignClaim { claim, to }, None).await?;
    Ok(())
}

/// Keeps what is looked for in the queue under a name.
#[server(endpoint = "keep-claim-filter")]
pub async fn keep_claim_filter(name: String, #[server(default)] query: ClaimQuery) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let name = jumun::text::KeyName::parse(&name)?;
    house.execute(&caller, jumun::command::Command::KeepClaimFilter { name, query }, None).await?;
    Ok(())
}

/// Forgets what was kept.
#[server(endpoint = "forget-claim-filter")]
pub async fn forget_claim_filter(filter: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::ForgetClaimFilter { filter }, None).await?;
    Ok(())
}

#[cfg(feature = "ssr")]
async fn give(order: jumun::ids::OrderId, command: jumun::order::OrderCommand) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

/// What a field says, if anything.
#[cfg(feature = "ssr")]
fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The day that a field names, if it does.
#[cfg(feature = "ssr")]
fn day(field: &str, text: Option<&str>) -> Result<Option<jumun::time::Date>, jumun::refusal::Refusal> {
    said(text).map(str::parse).transpose().map_err(|problem| jumun::refusal::Refusal::invalid(field, problem))
}

/// Why, when and with which words goods shall go back.
#[cfg(feature = "ssr")]
fn wish(
    reason: Option<&str>,
    pickup_on: Option<&str>,
    note: Option<&str>,
) -> Result<(jumun::order::ReturnReason, Option<jumun::time::Date>, Option<jumun::text::ClaimNote>), Refused> {
    use jumun::{
        order::ReturnReason,
        refusal::{Problem, Refusal},
        text::ClaimNote,
    };
    let reason = said(reason).ok_or_else(|| Refusal::invalid("reason", Problem::Missing))?;
    let reason = ReturnReason::of_buyer(reason).ok_or_else(|| Refusal::invalid("reason", Problem::Unknown))?;
    let day = day("day", pickup_on)?;
    let note = said(note).map(ClaimNote::parse).transpose()?;
    Ok((reason, day, note))
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
    found_on: Option<String>,
    note: Option<String>,
) -> Result<(), Refused> {
    let (reason, pickup_on, note) = wish(reason.as_deref(), pickup_on.as_deref(), note.as_deref())?;
    let found_on = day("found_on", found_on.as_deref())?;
    let units = super::orders::chosen(units)?;
    give(order, jumun::order::OrderCommand::RequestReturn { fulfilment, units, reason, pickup_on, found_on, note }).await?;
    if let Some(number) = number {
        // What a store buys stands on its desk.
        let staff = matches!(crate::session::at_work()?.1.actor, jumun::actor::Actor::Staff { .. });
        crate::session::go_to(&format!("{}/orders/{number}", if staff { "/desk" } else { "" }));
    }
    Ok(())
}

/// Asks for other goods instead of some units of a line. Shows the order again.
#[server(endpoint = "request-exchange")]
pub async fn request_exchange(
    order: jumun::ids::OrderId,
    number: Option<String>,
    fulfilment: jumun::ids::FulfilmentId,
    line: jumun::ids::LineId,
    quantity: u32,
    variant: String,
    reason: Option<String>,
    pickup_on: Option<String>,
    note: Option<String>,
) -> Result<(), Refused> {
    use jumun::{
        ids::VariantId,
        order::{LineUnits, OrderCommand},
        quantity::Quantity,
        refusal::{Problem, Refusal},
    };
    let quantity = Quantity::new(quantity).ok_or_else(|| Refusal::invalid("quantity", Problem::OutOfRange))?;
    let (reason, pickup_on, note) = wish(reason.as_deref(), pickup_on.as_deref(), note.as_deref())?;
    let (units, variant) = (vec![LineUnits { line, quantity }], VariantId::new(variant));
    give(order, OrderCommand::RequestExchange { fulfilment, units, reason, variant, pickup_on, note }).await?;
    if let Some(number) = number {
        crate::session::go_to(&format!("/orders/{number}"));
    }
    Ok(())
}

/// Sends other goods (`swap`) or something more (`add`); with `waive` the seller bears what it costs.
#[server(endpoint = "approve-exchange")]
pub async fn approve_exchange(
    order: jumun::ids::OrderId,
    claim: jumun::ids::ClaimId,
    way: Option<String>,
    variant: String,
    waive: Option<String>,
) -> Result<(), Refused> {
    use jumun::{
        ids::VariantId,
        order::{ExchangeWay, OrderCommand},
        refusal::{Problem, Refusal},
    };
    let way = way.as_deref().and_then(ExchangeWay::from_slug).ok_or_else(|| Refusal::invalid("way", Problem::Unknown))?;
    give(order, OrderCommand::ApproveExchange { claim, way, variant: VariantId::new(variant), waive: waive.is_some() }).await
}

/// Says where money shall go that was paid into a virtual account.
#[server(endpoint = "give-refund-account")]
pub async fn give_refund_account(order: jumun::ids::OrderId, bank: String, account: String, holder: String) -> Result<(), Refused> {
    use jumun::{
        order::{OrderCommand, RefundAccount},
        text::{AccountNumber, BankName, PersonName},
    };
    let account = RefundAccount { bank: BankName::parse(&bank)?, number: AccountNumber::parse(&account)?, holder: PersonName::parse(&holder)? };
    give(order, OrderCommand::GiveRefundAccount { account }).await
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

/// Asks the buyer for more before saying yes or no.
#[server(endpoint = "ask-about-return")]
pub async fn ask_about_return(order: jumun::ids::OrderId, claim: jumun::ids::ClaimId, note: String) -> Result<(), Refused> {
    let note = jumun::text::ClaimNote::parse(&note)?;
    give(order, jumun::order::OrderCommand::AskAboutReturn { claim, note }).await
}

/// Answers that, with the photos that were brought for it.
#[server(endpoint = "answer-about-return")]
pub async fn answer_about_return(order: jumun::ids::OrderId, claim: jumun::ids::ClaimId, note: String) -> Result<(), Refused> {
    let note = jumun::text::ClaimNote::parse(&note)?;
    give(order, jumun::order::OrderCommand::AnswerAboutReturn { claim, note }).await
}

/// The goods are here: sold again (`shelf`), scrapped (`scrap`), or back to the partner they were bought of (`partner`).
#[server(endpoint = "inspect-return")]
pub async fn inspect_return(
    order: jumun::ids::OrderId,
    claim: jumun::ids::ClaimId,
    outcome: Option<String>,
    #[server(default)] serials: Vec<String>,
) -> Result<(), Refused> {
    use jumun::{
        order::OrderCommand,
        refusal::{Problem, Refusal},
    };
    let serials = read_off(&serials)?;
    let said = match outcome.as_deref() {
        Some("shelf") => OrderCommand::InspectReturn { claim, restock: true, serials },
        Some("scrap") => OrderCommand::InspectReturn { claim, restock: false, serials },
        Some("partner") => OrderCommand::PassReturnOn { claim, serials },
        Some(_) => return Err(Refusal::invalid("outcome", Problem::Unknown).into()),
        None => return Err(Refusal::invalid("outcome", Problem::Missing).into()),
    };
    give(order, said).await
}

/// Numbers that somebody read; an empty box is none.
#[cfg(feature = "ssr")]
pub(crate) fn read_off(serials: &[String]) -> Result<Vec<jumun::text::SerialNumber>, Refused> {
    let read = serials.iter().filter(|text| !text.trim().is_empty());
    Ok(read.map(|text| jumun::text::SerialNumber::parse(text)).collect::<Result<_, _>>()?)
}

/// Something is here that the store would not pay back for, and why.
#[server(endpoint = "dispute-return")]
pub async fn dispute_return(
    order: jumun::ids::OrderId,
    claim: jumun::ids::ClaimId,
    reason: Option<String>,
    note: String,
    #[server(default)] serials: Vec<String>,
) -> Result<(), Refused> {
    use jumun::{
        order::{OrderCommand, RejectReason},
        refusal::{Problem, Refusal},
        text::ClaimNote,
    };
    let reason = reason.as_deref().and_then(RejectReason::from_slug).ok_or_else(|| Refusal::invalid("reason", Problem::Unknown))?;
    let (note, serials) = (ClaimNote::parse(&note)?, read_off(&serials)?);
    give(order, OrderCommand::DisputeReturn { claim, reason, note, serials }).await
}

/// Pays goods back that the buyer keeps.
#[server(endpoint = "refund-without-goods")]
pub async fn refund_without_goods(order: jumun::ids::OrderId, claim: jumun::ids::ClaimId) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::RefundWithoutGoods { claim }).await
}

/// Goods that the store they were bought of does not take back: sold all the same (`shelf`) or scrapped (`scrap`).
#[server(endpoint = "put-away")]
pub async fn put_away(order: jumun::ids::OrderId, claim: jumun::ids::ClaimId, outcome: Option<String>) -> Result<(), Refused> {
    use jumun::refusal::{Problem, Refusal};
    let restock = match outcome.as_deref() {
        Some("shelf") => true,
        Some("scrap") => false,
        Some(_) => return Err(Refusal::invalid("outcome", Problem::Unknown).into()),
        None => return Err(Refusal::invalid("outcome", Problem::Missing).into()),
    };
    give(order, jumun::order::OrderCommand::PutAway { claim, restock }).await
}

/// Agrees to a refund that somebody else asked for.
#[server(endpoint = "approve-refund")]
pub async fn approve_refund(order: jumun::ids::OrderId, claim: jumun::ids::ClaimId) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::ApproveRefund { claim }).await
}
