//! A store's endpoints, and the keys it makes for the interface.

use crate::error::Refused;
use jumun::{
    ids::EndpointId,
    scope::KeysView,
    webhook::{EndpointPage, EndpointsView},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use std::collections::BTreeMap;

/// Who is told what happens.
#[server(input = GetUrl, endpoint = "webhook-endpoints")]
pub async fn endpoints() -> Result<EndpointsView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.endpoints(&caller).await?)
}

/// One endpoint with its messages; with its secret right after one was made, and once.
#[server(input = GetUrl, endpoint = "webhook-endpoint")]
pub async fn endpoint(id: String, cursor: Option<String>) -> Result<EndpointPage, Refused> {
    let (house, caller) = crate::session::at_work()?;
    let endpoint: EndpointId = id.parse().map_err(|_| jumun::refusal::Refusal::NotFound)?;
    let mut page = house.endpoint_page(&caller, endpoint, cursor).await?;
    page.endpoint.secret = crate::session::shown_once(&endpoint.to_string());
    Ok(page)
}

/// The names in a form's field, apart by blanks or commas.
#[cfg(feature = "ssr")]
fn filter(text: &str) -> Result<jumun::webhook::EventFilter, jumun::refusal::Refusal> {
    jumun::webhook::EventFilter::parse(text.split([' ', ',', '\n', '\t']))
}

#[cfg(feature = "ssr")]
fn description(text: Option<String>) -> Result<Option<jumun::text::Description>, jumun::refusal::Refusal> {
    text.filter(|text| !text.trim().is_empty()).map(|text| jumun::text::Description::parse(&text)).transpose()
}

/// Keeps a fresh secret for the page that follows.
#[cfg(feature = "ssr")]
async fn show(house: &crate::backend::House, caller: &crate::session::Caller, answer: jumun::command::Answer) -> Result<EndpointId, Refused> {
    let jumun::command::Answer::Endpoint { endpoint, secret } = answer else { return Err(jumun::refusal::Refusal::Broken.into()) };
    if let Some(secret) = house.endpoint_secret(caller, endpoint, secret).await? {
        crate::session::show_once(&endpoint.to_string(), &secret);
    }
    Ok(endpoint)
}

/// Tells an address what happens from now on. `key` is made with the form, so that a double click makes one.
#[server(endpoint = "add-webhook-endpoint")]
pub async fn add_endpoint(url: String, events: String, description: Option<String>, key: Option<String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    crate::session::hold_typed(&[("url", &url), ("events", &events), ("description", description.as_deref().unwrap_or_default())]);
    let command = jumun::command::Command::AddEndpoint { url, events: filter(&events)?, description: self::description(description)? };
    let endpoint = show(&house, &caller, house.execute(&caller, command, key).await?).await?;
    crate::session::go_to(&format!("/desk/webhooks/{endpoint}"));
    Ok(())
}

/// Changes where messages go, and of what.
#[server(endpoint = "change-webhook-endpoint")]
pub async fn change_endpoint(endpoint: EndpointId, url: String, events: String, description: Option<String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    crate::session::hold_typed(&[("url", &url), ("events", &events), ("description", description.as_deref().unwrap_or_default())]);
    let (events, description) = (filter(&events)?, self::description(description)?);
    let command = jumun::command::Command::ChangeEndpoint { endpoint, url: Some(url), events: Some(events), description, enabled: None };
    house.execute(&caller, command, None).await?;
    Ok(())
}

/// Tells an endpoint what happens, or nothing any more.
#[server(endpoint = "switch-webhook-endpoint")]
pub async fn switch_endpoint(endpoint: EndpointId, enabled: bool) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let command = jumun::command::Command::ChangeEndpoint { endpoint, url: None, events: None, description: None, enabled: Some(enabled) };
    house.execute(&caller, command, None).await?;
    Ok(())
}

/// Forgets an endpoint.
#[server(endpoint = "remove-webhook-endpoint")]
pub async fn remove_endpoint(endpoint: EndpointId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::RemoveEndpoint { endpoint }, None).await?;
    crate::session::go_to("/desk/webhooks");
    Ok(())
}

/// Signs with a new secret; the old one signs too for a day. `key` is made with the form.
#[server(endpoint = "rotate-webhook-secret")]
pub async fn rotate_secret(endpoint: EndpointId, key: Option<String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let answer = house.execute(&caller, jumun::command::Command::RotateSecret { endpoint }, key).await?;
    show(&house, &caller, answer).await.map(drop)
}

/// Sends a message about nothing.
#[server(endpoint = "test-webhook-endpoint")]
pub async fn test_endpoint(endpoint: EndpointId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::TestEndpoint { endpoint }, None).await?;
    Ok(())
}

/// Sends a message again.
#[server(endpoint = "replay-webhook-delivery")]
pub async fn replay_delivery(delivery: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::ReplayDelivery { delivery }, None).await?;
    Ok(())
}

/// Sends every message again that was given up since a Korean day.
#[server(endpoint = "replay-dead-webhooks")]
pub async fn replay_dead(endpoint: EndpointId, since: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let day: jumun::time::Date = since.parse().map_err(|problem| jumun::refusal::Refusal::invalid("since", problem))?;
    let command = jumun::command::Command::ReplayDead { endpoint, since: jumun::time::Time::start_of_kst(day) };
    house.execute(&caller, command, None).await?;
    Ok(())
}

/// The keys of the store; with the key that was just made, and once.
#[server(input = GetUrl, endpoint = "keys")]
pub async fn keys() -> Result<KeysView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    let view = house.keys(&caller).await?;
    Ok(KeysView { fresh: crate::session::shown_once("key"), ..view })
}

/// The scopes whose boxes were ticked.
#[cfg(feature = "ssr")]
pub(super) fn ticked(boxes: &BTreeMap<String, String>) -> Result<Vec<jumun::scope::Scope>, jumun::refusal::Refusal> {
    use jumun::{
        refusal::{Problem, Refusal},
        scope::Scope,
    };
    boxes.keys().map(|slug| Scope::from_slug(slug).ok_or_else(|| Refusal::invalid("scopes", Problem::Unknown))).collect()
}

/// Makes a key. `scopes` holds a name for each box that was ticked.
#[server(endpoint = "make-key")]
pub async fn make_key(name: String, #[server(default)] scopes: BTreeMap<String, String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    crate::session::hold_typed(&[("name", &name)]);
    let key = house.make_key(&caller, jumun::text::KeyName::parse(&name)?, ticked(&scopes)?).await?;
    crate::session::show_once("key", &key);
    Ok(())
}

/// Ends a key at once.
#[server(endpoint = "revoke-key")]
pub async fn revoke_key(key: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::RevokeKey { key }, None).await?;
    Ok(())
}
