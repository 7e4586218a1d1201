//! The second step of signing in.

use crate::error::Refused;
use jumun::signing::TwoSteps;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// What the recovery codes that were just made are shown by.
#[cfg(feature = "ssr")]
const RECOVERY: &str = "recovery";

/// A password as typed; what does not even read as one is wrong.
#[cfg(feature = "ssr")]
fn typed(password: &str) -> Result<jumun::text::Password, Refused> {
    Ok(jumun::text::Password::parse(password).map_err(|_| jumun::refusal::Refusal::WrongCredentials)?)
}

/// Gives the code that the sign-in owes, or a recovery code, and goes where the visitor wanted to go.
#[server(endpoint = "sign-in-code")]
pub async fn sign_in_code(code: String, next: Option<String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let pending = crate::session::pending().ok_or(jumun::refusal::Refusal::SignInRequired)?;
    let token = house.sign_in_code(&caller, &pending, &code).await?;
    crate::session::set_pending_cookie(None);
    crate::session::set_session_cookie(Some(&token));
    crate::session::go_to(next.as_deref().filter(|path| !path.is_empty()).unwrap_or("/home"));
    Ok(())
}

/// How the caller's second step stands; with the recovery codes that were just made, and once.
#[server(input = GetUrl, endpoint = "two-steps")]
pub async fn own_steps() -> Result<TwoSteps, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(match house.two_steps(&caller).await? {
        TwoSteps::On { since, left, .. } => {
            let fresh = crate::session::shown_once(RECOVERY).map(|codes| codes.split('.').map(str::to_owned).collect());
            TwoSteps::On { since, left, fresh: fresh.unwrap_or_default() }
        }
        steps @ (TwoSteps::Off | TwoSteps::Begun(_)) => steps,
    })
}

/// Makes a secret for the caller's app.
#[server(endpoint = "begin-two-steps")]
pub async fn begin_two_steps(password: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.begin_two_steps(&caller, typed(&password)?).await?)
}

/// Asks for codes from now on.
#[server(endpoint = "confirm-two-steps")]
pub async fn confirm_two_steps(code: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let codes = house.confirm_two_steps(&caller, &code).await?;
    crate::session::show_once(RECOVERY, &codes.join("."));
    Ok(())
}

/// Asks for codes no more.
#[server(endpoint = "stop-two-steps")]
pub async fn stop_two_steps(password: String, code: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.stop_two_steps(&caller, typed(&password)?, &code).await?)
}
