//! What stores agree with each other, and how stores join the chain.

use crate::error::Refused;
use jumun::{
    ids::PartyId,
    view::{ApplicationView, SellingView, StoresView},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// To whom the store sells, and on which terms.
#[server(input = GetUrl, endpoint = "selling")]
pub async fn selling() -> Result<SellingView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.selling(&caller).await?)
}

/// The rows of a price list as they were typed; those that were left empty are none.
#[cfg(feature = "ssr")]
fn steps(from_units: &[String], prices: &[String]) -> Result<Vec<jumun::partner::PriceStep>, jumun::refusal::Refusal> {
    use jumun::{
        money::Won,
        partner::PriceStep,
        refusal::{Problem, Refusal},
    };
    let typed = |text: &str| text.chars().filter(|c| !matches!(c, ',' | ' ')).collect::<String>();
    let longest = from_units.len().max(prices.len());
    let rows = (0..longest).map(|nth| [from_units, prices].map(|column| column.get(nth).map(|text| typed(text)).unwrap_or_default()));
    rows.filter(|[from, price]| !from.is_empty() || !price.is_empty())
        .map(|[from, price]| {
            let wrong = |field, text: &str| Refusal::invalid(field, if text.is_empty() { Problem::Missing } else { Problem::Malformed });
            Ok(PriceStep {
                from: from.parse().map_err(|_| wrong("from_units", &from))?,
                price: Won(price.parse().map_err(|_| wrong("price", &price))?),
            })
        })
        .collect()
}

/// Sets a price list of an option: for everybody, or for one partner. Without a row there is none.
#[server(endpoint = "set-partner-prices")]
pub async fn set_partner_prices(
    variant: String,
    buyer: Option<PartyId>,
    #[server(default)] from_units: Vec<String>,
    #[server(default)] prices: Vec<String>,
) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let steps = steps(&from_units, &prices)?;
    let variant = jumun::ids::VariantId::new(variant);
    house.execute(&caller, jumun::command::Command::SetPartnerPrices { variant, buyer, steps }, None).await?;
    Ok(())
}

/// Sets how an option is sold to partners.
#[server(endpoint = "set-partner-terms")]
pub async fn set_partner_terms(variant: String, least: u32, lead_days: u32) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let variant = jumun::ids::VariantId::new(variant);
    house.execute(&caller, jumun::command::Command::SetPartnerTerms { variant, least, lead_days }, None).await?;
    Ok(())
}

/// Sets how much a partner may owe.
#[server(endpoint = "set-credit-limit")]
pub async fn set_credit_limit(buyer: PartyId, limit: i64) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::SetCreditLimit { buyer, limit: jumun::money::Won(limit) }, None).await?;
    Ok(())
}

/// Asks a store to sell on credit.
#[server(endpoint = "ask-partner")]
pub async fn ask_partner(seller: PartyId, message: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    crate::session::hold_typed(&[("message", &message)]);
    let message = jumun::text::Message::parse(&message)?;
    house.execute(&caller, jumun::command::Command::AskPartner { seller, message }, None).await?;
    Ok(())
}

/// Agrees to sell on credit to who asked.
#[server(endpoint = "approve-partner")]
pub async fn approve_partner(buyer: PartyId, limit: i64) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::ApprovePartner { buyer, limit: jumun::money::Won(limit) }, None).await?;
    Ok(())
}

/// Turns down who asked.
#[server(endpoint = "reject-partner")]
pub async fn reject_partner(buyer: PartyId, reason: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let reason = jumun::text::Reason::parse(&reason)?;
    house.execute(&caller, jumun::command::Command::RejectPartner { buyer, reason }, None).await?;
    Ok(())
}

/// Sells nothing more to a partner.
#[server(endpoint = "suspend-partner")]
pub async fn suspend_partner(buyer: PartyId, reason: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let reason = jumun::text::Reason::parse(&reason)?;
    house.execute(&caller, jumun::command::Command::SuspendPartner { buyer, reason }, None).await?;
    Ok(())
}

/// Sells to a partner again.
#[server(endpoint = "resume-partner")]
pub async fn resume_partner(buyer: PartyId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::ResumePartner { buyer }, None).await?;
    Ok(())
}

/// Asks to join the chain with a store. The fields are as typed.
#[server(endpoint = "apply-as-store")]
pub async fn apply_as_store(
    store_name: String,
    kind: String,
    business_number: String,
    name: String,
    email: String,
    phone: String,
    postcode: String,
    address: String,
    password: String,
) -> Result<(), Refused> {
    use jumun::{
        partner::{StoreApplication, StoreKind},
        refusal::{Problem, Refusal},
        text::{Address, BusinessNumber, Email, Password, PersonName, Phone, Postcode, StoreName},
    };
    let (house, caller) = crate::session::at_work()?;
    crate::session::hold_typed(&[
        ("store_name", &store_name),
        ("business_number", &business_number),
        ("name", &name),
        ("email", &email),
        ("phone", &phone),
        ("postcode", &postcode),
        ("address", &address),
    ]);
    let application = StoreApplication {
        name: StoreName::parse(&store_name)?,
        kind: StoreKind::from_slug(&kind).ok_or_else(|| Refusal::invalid("store_kind", Problem::Unknown))?,
        business_number: BusinessNumber::parse(&business_number)?,
        person: PersonName::parse(&name)?,
        email: Email::parse(&email)?,
        phone: Phone::parse(&phone)?,
        postcode: Postcode::parse(&postcode)?,
        address: Address::parse(&address)?,
    };
    let key = house.apply_as_store(&caller, application, Password::parse(&password)?).await?;
    crate::session::go_to(&format!("/partners/apply/{key}"));
    Ok(())
}

/// What became of an application, for who has its key.
#[server(input = GetUrl, endpoint = "application")]
pub async fn application(key: String) -> Result<ApplicationView, Refused> {
    let (house, _) = crate::session::at_work()?;
    Ok(house.application(&key).await?)
}

/// The stores of the chain that stand so; those that wait when nothing is said.
#[server(input = GetUrl, endpoint = "stores")]
pub async fn stores(standing: Option<String>) -> Result<StoresView, Refused> {
    use jumun::{partner::Standing, refusal::Refusal};
    let (house, caller) = crate::session::at_work()?;
    let standing = standing.map_or(Some(Standing::Applied), |slug| Standing::from_slug(&slug)).ok_or(Refusal::NotFound)?;
    Ok(house.stores(&caller, standing).await?)
}

/// Takes a store into the chain.
#[server(endpoint = "approve-store")]
pub async fn approve_store(store: PartyId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::ApproveStore { store }, None).await?;
    Ok(())
}

/// Turns a store down.
#[server(endpoint = "reject-store")]
pub async fn reject_store(store: PartyId, reason: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let reason = jumun::text::Reason::parse(&reason)?;
    house.execute(&caller, jumun::command::Command::RejectStore { store, reason }, None).await?;
    Ok(())
}

/// Lets a store sell nothing more.
#[server(endpoint = "suspend-store")]
pub async fn suspend_store(store: PartyId, reason: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let reason = jumun::text::Reason::parse(&reason)?;
    house.execute(&caller, jumun::command::Command::SuspendStore { store, reason }, None).await?;
    Ok(())
}

/// Lets a store sell again.
#[server(endpoint = "resume-store")]
pub async fn resume_store(store: PartyId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::ResumeStore { store }, None).await?;
    Ok(())
}
