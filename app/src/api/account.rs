//! People, sessions and the language of the pages.

use crate::error::Refused;
use jumun::view::{AddressView, DemoAccount, Visitor};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Who looks, for the page's head.
#[server(input = GetUrl, endpoint = "visitor")]
pub async fn who() -> Result<Visitor, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.visitor(&caller).await?)
}

/// The accounts the demo lists.
#[server(input = GetUrl, endpoint = "demo-accounts")]
pub async fn demo_accounts() -> Result<Vec<DemoAccount>, Refused> {
    let (house, _) = crate::session::at_work()?;
    Ok(house.demo_accounts().await?)
}

/// A new customer, signed in at once.
#[server(endpoint = "sign-up")]
pub async fn sign_up(name: String, email: String, phone: String, password: String, next: Option<String>) -> Result<(), Refused> {
    use jumun::text::{Email, Password, PersonName, Phone};
    let (house, caller) = crate::session::at_work()?;
    crate::session::hold_typed(&[("name", &name), ("email", &email), ("phone", &phone)]);
    let (name, email, phone) = (PersonName::parse(&name)?, Email::parse(&email)?, Phone::parse(&phone)?);
    let token = house.sign_up(&caller, name, email, phone, Password::parse(&password)?).await?;
    crate::session::set_session_cookie(Some(&token));
    crate::session::go_to(next.as_deref().unwrap_or("/"));
    Ok(())
}

/// Signs in and goes where the visitor wanted to go, or to the first page of the role; first to the code, where one is asked for.
#[server(endpoint = "sign-in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), Refused> {
    use crate::backend::Entry;
    use jumun::{
        refusal::Refusal,
        text::{Email, Password},
    };
    let (house, caller) = crate::session::at_work()?;
    crate::session::hold_typed(&[("email", &email)]);
    // What does not even read as an address or a password belongs to nobody.
    let wrong = |_| Refusal::WrongCredentials;
    let next = next.as_deref().filter(|path| !path.is_empty()).unwrap_or("/home");
    match house.sign_in(&caller, Email::parse(&email).map_err(wrong)?, Password::parse(&password).map_err(wrong)?).await? {
        Entry::Session(token) => {
            crate::session::set_session_cookie(Some(&token));
            crate::session::go_to(next);
        }
        Entry::Pending(token) => {
            crate::session::set_pending_cookie(Some(&token));
            crate::session::go_to(&format!("/sign-in/code?next={}", leptos_router::location::Url::escape(next)));
        }
    }
    Ok(())
}

/// Ends the session.
#[server(endpoint = "sign-out")]
pub async fn sign_out() -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.sign_out(&caller).await?;
    crate::session::set_session_cookie(None);
    crate::session::go_to("/");
    Ok(())
}

/// Changes the language of the pages and stays where the reader is.
#[server(endpoint = "set-locale")]
pub async fn set_locale(locale: String, next: String) -> Result<(), Refused> {
    if let Some(locale) = jumun::text::Locale::from_code(&locale) {
        crate::session::set_locale_cookie(locale);
    }
    crate::session::go_to(&next);
    Ok(())
}

/// The caller's address book, last used first.
#[server(input = GetUrl, endpoint = "addresses")]
pub async fn addresses() -> Result<Vec<AddressView>, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.addresses(&caller).await?)
}

/// Writes an address into the book, in place of another or beside the others. The fields are as typed.
#[server(endpoint = "keep-address")]
pub async fn keep_address(
    replaces: Option<jumun::ids::ContactId>,
    name: String,
    phone: String,
    postcode: String,
    address: String,
    request: Option<String>,
) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let wish = request.clone().unwrap_or_default();
    crate::session::hold_typed(&[("name", &name), ("phone", &phone), ("postcode", &postcode), ("address", &address), ("request", &wish)]);
    let ship_to = ship_to(&name, &phone, &postcode, &address, request.as_deref())?;
    house.execute(&caller, jumun::command::Command::KeepAddress { replaces, ship_to }, None).await?;
    crate::session::go_to("/me");
    Ok(())
}

/// Makes an address the one that the next checkout begins with.
#[server(endpoint = "prefer-address")]
pub async fn prefer_address(contact: jumun::ids::ContactId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::PreferAddress { contact }, None).await?;
    crate::session::go_to("/me");
    Ok(())
}

/// Takes an address out of the book.
#[server(endpoint = "forget-address")]
pub async fn forget_address(contact: jumun::ids::ContactId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::ForgetAddress { contact }, None).await?;
    crate::session::go_to("/me");
    Ok(())
}

/// The receiver and the place as typed.
#[cfg(feature = "ssr")]
pub(crate) fn ship_to(
    name: &str,
    phone: &str,
    postcode: &str,
    address: &str,
    request: Option<&str>,
) -> Result<jumun::command::ShipTo, jumun::refusal::Refusal> {
    use jumun::text;
    Ok(jumun::command::ShipTo {
        name: text::PersonName::parse(name)?,
        phone: text::Phone::parse(phone)?,
        postcode: text::Postcode::parse(postcode)?,
        address: text::Address::parse(address)?,
        request: request.filter(|text| !text.trim().is_empty()).map(text::DeliveryRequest::parse).transpose()?,
    })
}
