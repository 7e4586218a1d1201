//! Having goods put up: the seller's choice of a person, the buyer's wish, and the installer's own work.

use crate::error::Refused;
use jumun::view::JobsView;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The installer's work.
#[server(input = GetUrl, endpoint = "jobs")]
pub async fn jobs() -> Result<JobsView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.jobs(&caller).await?)
}

/// A day and a half of it, as a form sends them.
#[cfg(feature = "ssr")]
pub(crate) fn visit(on: &str, half: &str) -> Result<jumun::order::Visit, jumun::refusal::Refusal> {
    use jumun::{
        order::{Half, Visit},
        refusal::{Problem, Refusal},
    };
    let on = on.parse().map_err(|problem| Refusal::invalid("day", problem))?;
    let half = Half::from_slug(half).ok_or_else(|| Refusal::invalid("half", Problem::Unknown))?;
    Ok(Visit { on, half })
}

#[cfg(feature = "ssr")]
async fn give(order: jumun::ids::OrderId, command: jumun::order::OrderCommand) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::Order { order, command }, crate::session::own_key()?).await?;
    Ok(())
}

/// Orders an installer for goods.
#[server(endpoint = "assign-installer")]
pub async fn assign_installer(
    order: jumun::ids::OrderId,
    fulfilment: jumun::ids::FulfilmentId,
    installer: Option<jumun::ids::PartyId>,
) -> Result<(), Refused> {
    use jumun::refusal::{Problem, Refusal};
    let installer = installer.ok_or_else(|| Refusal::invalid("installer", Problem::Missing))?;
    give(order, jumun::order::OrderCommand::AssignInstaller { fulfilment, installer }).await
}

/// Orders an installer to take down goods that come back.
#[server(endpoint = "assign-pickup")]
pub async fn assign_pickup(order: jumun::ids::OrderId, claim: jumun::ids::ClaimId, installer: Option<jumun::ids::PartyId>) -> Result<(), Refused> {
    use jumun::refusal::{Problem, Refusal};
    let installer = installer.ok_or_else(|| Refusal::invalid("installer", Problem::Missing))?;
    give(order, jumun::order::OrderCommand::AssignPickup { claim, installer }).await
}

/// Says when the installer comes to take goods down.
#[server(endpoint = "schedule-pickup")]
pub async fn schedule_pickup(order: jumun::ids::OrderId, on: String, half: String) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::SchedulePickup { visit: visit(&on, &half)? }).await
}

/// The goods are down and with the installer: how they look.
#[server(endpoint = "complete-pickup")]
pub async fn complete_pickup(order: jumun::ids::OrderId, condition: Option<String>) -> Result<(), Refused> {
    use jumun::{
        order::Condition,
        refusal::{Problem, Refusal},
    };
    let condition = condition.as_deref().and_then(Condition::from_slug).ok_or_else(|| Refusal::invalid("condition", Problem::Unknown))?;
    give(order, jumun::order::OrderCommand::CompletePickup { condition }).await
}

/// Leaves the taking down to others.
#[server(endpoint = "decline-pickup")]
pub async fn decline_pickup(order: jumun::ids::OrderId, reason: Option<String>) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::DeclinePickup { reason: decline_reason(reason)? }).await
}

#[cfg(feature = "ssr")]
fn decline_reason(slug: Option<String>) -> Result<jumun::order::DeclineReason, jumun::refusal::Refusal> {
    use jumun::{
        order::DeclineReason,
        refusal::{Problem, Refusal},
    };
    slug.as_deref().and_then(DeclineReason::from_slug).ok_or_else(|| Refusal::invalid("reason", Problem::Unknown))
}

/// Says when somebody should come.
#[server(endpoint = "wish-visit")]
pub async fn wish_visit(order: jumun::ids::OrderId, on: String, half: String) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::WishVisit { visit: visit(&on, &half)? }).await
}

/// Says when the installer comes.
#[server(endpoint = "schedule-visit")]
pub async fn schedule_visit(order: jumun::ids::OrderId, on: String, half: String) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::ScheduleVisit { visit: visit(&on, &half)? }).await
}

/// Leaves a job to others.
#[server(endpoint = "decline-installation")]
pub async fn decline_installation(order: jumun::ids::OrderId, reason: Option<String>) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::DeclineInstallation { reason: decline_reason(reason)? }).await
}

/// The goods are up: what stands on them, what was looked at, who signed for it, and his hand as the browser's drawing.
#[server(endpoint = "complete-installation")]
pub async fn complete_installation(
    order: jumun::ids::OrderId,
    #[server(default)] serials: Vec<String>,
    #[server(default)] checked: std::collections::BTreeMap<String, String>,
    signed_by: String,
    drawing: Option<String>,
) -> Result<(), Refused> {
    use jumun::{
        order::Check,
        text::{PersonName, SerialNumber},
    };
    let checked = checked.keys().filter_map(|slug| Check::from_slug(slug)).collect();
    let serials = serials.iter().map(|text| SerialNumber::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let signed_by = PersonName::parse(&signed_by)?;
    let signature = match drawing.filter(|drawing| !drawing.is_empty()) {
        Some(drawing) => {
            let (house, caller) = crate::session::at_work()?;
            Some(house.bring_signature(&caller, order, &drawing).await?)
        }
        None => None,
    };
    give(order, jumun::order::OrderCommand::CompleteInstallation { serials, checked, signed_by, signature }).await
}

/// The goods cannot be put up there.
#[server(endpoint = "report-impossible")]
pub async fn report_impossible(order: jumun::ids::OrderId, cause: Option<String>) -> Result<(), Refused> {
    use jumun::{
        order::ImpossibleCause,
        refusal::{Problem, Refusal},
    };
    let cause = cause.as_deref().and_then(ImpossibleCause::from_slug).ok_or_else(|| Refusal::invalid("cause", Problem::Unknown))?;
    give(order, jumun::order::OrderCommand::ReportImpossible { cause }).await
}

/// Agrees to pay for work on site, and goes to pay for it.
#[server(endpoint = "approve-extra")]
pub async fn approve_extra(order: jumun::ids::OrderId, extra: jumun::ids::ExtraId, number: Option<String>) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::ApproveExtra { extra }).await?;
    if let Some(number) = number {
        crate::session::go_to(&format!("/pay/{number}"));
    }
    Ok(())
}

/// Says no to work on site.
#[server(endpoint = "refuse-extra")]
pub async fn refuse_extra(order: jumun::ids::OrderId, extra: jumun::ids::ExtraId) -> Result<(), Refused> {
    give(order, jumun::order::OrderCommand::RefuseExtra { extra }).await
}
