//! The people of a store, and the link by which a new one sets his password.

use crate::error::Refused;
use jumun::{
    ids::AccountId,
    view::{InvitationView, TeamView},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// What a link that was just made is shown by.
#[cfg(feature = "ssr")]
const FRESH: &str = "team";

/// The people of the caller's store; with the link that was just made, and once.
#[server(input = GetUrl, endpoint = "team")]
pub async fn team() -> Result<TeamView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    let view = house.team(&caller).await?;
    Ok(TeamView { fresh: crate::session::shown_once(FRESH), ..view })
}

/// Asks somebody to work in the store.
#[server(endpoint = "add-colleague")]
pub async fn add_colleague(name: String, email: String) -> Result<(), Refused> {
    use jumun::text::{Email, PersonName};
    let (house, caller) = crate::session::at_work()?;
    crate::session::hold_typed(&[("name", &name), ("email", &email)]);
    let link = house.add_colleague(&caller, PersonName::parse(&name)?, Email::parse(&email)?).await?;
    crate::session::show_once(FRESH, &link);
    Ok(())
}

/// Makes a new link for who has set no password yet.
#[server(endpoint = "invite-again")]
pub async fn invite_again(account: AccountId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let link = house.invite_again(&caller, account).await?;
    crate::session::show_once(FRESH, &link);
    Ok(())
}

/// Lets somebody run the store too.
#[server(endpoint = "make-manager")]
pub async fn make_manager(account: AccountId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::MakeManager { account }, None).await?;
    Ok(())
}

/// Lets somebody run the store no longer.
#[server(endpoint = "make-staff")]
pub async fn make_staff(account: AccountId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::MakeStaff { account }, None).await?;
    Ok(())
}

/// Lets somebody go.
#[server(endpoint = "let-go")]
pub async fn let_go(account: AccountId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::LetGo { account }, None).await?;
    Ok(())
}

/// Takes somebody back who was let go.
#[server(endpoint = "take-back")]
pub async fn take_back(account: AccountId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::TakeBack { account }, None).await?;
    Ok(())
}

/// Who was asked by a link.
#[server(input = GetUrl, endpoint = "invitation")]
pub async fn invitation(token: String) -> Result<InvitationView, Refused> {
    let (house, _) = crate::session::at_work()?;
    Ok(house.invitation(&token).await?)
}

/// Sets the first password of who was asked, and signs in.
#[server(endpoint = "join")]
pub async fn join(token: String, password: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let session = house.join(&caller, &token, jumun::text::Password::parse(&password)?).await?;
    crate::session::set_session_cookie(Some(&session));
    crate::session::go_to("/home");
    Ok(())
}
