//! Head office and people: who has an account, whose second step is lost, who is kept out, which channel has which key.

use crate::error::Refused;
use jumun::{ids::AccountId, scope::ChannelsView, view::PeopleView};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use std::collections::BTreeMap;

/// What a channel's key that was just made is shown by.
#[cfg(feature = "ssr")]
const FRESH: &str = "channel-key";

/// Customers, or those who work here.
#[server(input = GetUrl, endpoint = "people")]
pub async fn people(customers: Option<String>, q: Option<String>, cursor: Option<String>) -> Result<PeopleView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.people(&caller, &jumun::view::PeopleQuery { customers: customers.is_some(), q, cursor }).await?)
}

/// Takes the second step away from somebody who lost it.
#[server(endpoint = "reset-second-step")]
pub async fn reset_second_step(account: AccountId, reason: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let reason = jumun::text::Reason::parse(&reason)?;
    house.execute(&caller, jumun::command::Command::ResetSecondStep { account, reason }, None).await?;
    Ok(())
}

/// Keeps somebody out.
#[server(endpoint = "block-account")]
pub async fn block_account(account: AccountId, reason: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let reason = jumun::text::Reason::parse(&reason)?;
    house.execute(&caller, jumun::command::Command::BlockAccount { account, reason }, None).await?;
    Ok(())
}

/// Lets somebody in again.
#[server(endpoint = "unblock-account")]
pub async fn unblock_account(account: AccountId, reason: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let reason = jumun::text::Reason::parse(&reason)?;
    house.execute(&caller, jumun::command::Command::UnblockAccount { account, reason }, None).await?;
    Ok(())
}

/// Every channel with its keys; with the key that was just made, and once.
#[server(input = GetUrl, endpoint = "channels")]
pub async fn channels() -> Result<ChannelsView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    let view = house.channels(&caller).await?;
    Ok(ChannelsView { fresh: crate::session::shown_once(FRESH), ..view })
}

/// Makes a key for a channel. `scopes` holds a name for each box that was ticked.
#[server(endpoint = "make-channel-key")]
pub async fn make_channel_key(channel: AccountId, name: String, #[server(default)] scopes: BTreeMap<String, String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    crate::session::hold_typed(&[("name", &name)]);
    let (name, scopes) = (jumun::text::KeyName::parse(&name)?, super::webhooks::ticked(&scopes)?);
    let key = house.make_channel_key(&caller, channel, name, scopes).await?;
    crate::session::show_once(FRESH, &key);
    Ok(())
}

/// Ends a channel's key at once.
#[server(endpoint = "revoke-channel-key")]
pub async fn revoke_channel_key(key: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::RevokeChannelKey { key }, None).await?;
    Ok(())
}
