//! An installer's own chair: how he works, when he does not, and what he earned.

use crate::error::Refused;
use jumun::view::{EarningsView, ProfileView};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use std::collections::BTreeMap;

/// How the caller works, and when.
#[server(input = GetUrl, endpoint = "profile")]
pub async fn profile() -> Result<ProfileView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.profile(&caller).await?)
}

/// What the caller earned in a month, such as `2026-11`; in this one when nothing else is asked for.
#[server(input = GetUrl, endpoint = "earnings")]
pub async fn earnings(month: Option<String>) -> Result<EarningsView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    let month = month.and_then(|month| format!("{month}-01").parse().ok());
    Ok(house.earnings(&caller, month).await?)
}

/// A number as people type it.
#[cfg(feature = "ssr")]
fn number<T: std::str::FromStr>(field: &str, text: &str) -> Result<T, jumun::refusal::Refusal> {
    use jumun::refusal::{Problem, Refusal};
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | ' ')).collect();
    let problem = if plain.is_empty() { Problem::Missing } else { Problem::Malformed };
    plain.parse().map_err(|_| Refusal::invalid(field, problem))
}

/// Changes how the caller works: what he knows by category, each with two prices; what has neither he does not know.
#[server(endpoint = "set-profile")]
pub async fn set_profile(
    phone: String,
    postcode: String,
    jobs_per_day: String,
    call_out: String,
    #[server(default)] put_up: BTreeMap<String, String>,
    #[server(default)] take_down: BTreeMap<String, String>,
    areas: String,
) -> Result<(), Refused> {
    use jumun::{
        installer::{Profile, Skill},
        money::Won,
        text::{AreaPrefix, Phone, Postcode},
    };
    let (house, caller) = crate::session::at_work()?;
    let skills = [("put_up", &put_up), ("take_down", &take_down)];
    let typed: Vec<(String, &str)> = skills
        .iter()
        .flat_map(|(name, prices)| prices.iter().map(move |(category, price)| (format!("{name}[{category}]"), price.as_str())))
        .collect();
    let plain = [("phone", &phone), ("postcode", &postcode), ("jobs_per_day", &jobs_per_day), ("call_out", &call_out), ("areas", &areas)];
    let held: Vec<(&str, &str)> =
        plain.iter().map(|(name, text)| (*name, text.as_str())).chain(typed.iter().map(|(name, text)| (name.as_str(), *text))).collect();
    crate::session::hold_typed(&held);
    let asked = |category: &jumun::catalogue::Category| {
        let price = |prices: &BTreeMap<String, String>| prices.get(category.slug()).cloned().unwrap_or_default();
        let (put_up, take_down) = (price(&put_up), price(&take_down));
        (!put_up.is_empty() || !take_down.is_empty()).then(|| {
            let won = |text: &str| number("skills", text).map(Won);
            Ok(Skill { category: *category, put_up: won(&put_up)?, take_down: won(&take_down)? })
        })
    };
    let profile = Profile {
        phone: Phone::parse(&phone)?,
        postcode: Postcode::parse(&postcode)?,
        jobs_per_day: number("jobs_per_day", &jobs_per_day)?,
        call_out: Won(number("call_out", &call_out)?),
        skills: Skill::categories().filter_map(|category| asked(&category)).collect::<Result<_, jumun::refusal::Refusal>>()?,
        areas: {
            let mut areas: Vec<&str> = areas.split([',', ' ']).filter(|area| !area.is_empty()).collect();
            areas.sort_unstable();
            areas.dedup();
            areas.into_iter().map(AreaPrefix::parse).collect::<Result<_, _>>()?
        },
    };
    house.execute(&caller, jumun::command::Command::SetProfile { profile: Box::new(profile) }, None).await?;
    Ok(())
}

/// A day off as a form sends it.
#[cfg(feature = "ssr")]
fn day_off(on: &str) -> Result<jumun::time::Date, jumun::refusal::Refusal> {
    on.parse().map_err(|problem| jumun::refusal::Refusal::invalid("day_off", problem))
}

/// The caller does not work on a day.
#[server(endpoint = "take-day-off")]
pub async fn take_day_off(on: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::TakeDayOff { on: day_off(&on)? }, None).await?;
    Ok(())
}

/// He does after all.
#[server(endpoint = "give-up-day-off")]
pub async fn give_up_day_off(on: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::GiveUpDayOff { on: day_off(&on)? }, None).await?;
    Ok(())
}
