//! Placing and paying.

use crate::error::Refused;
use jumun::view::{CheckoutView, PayView};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The basket's lines of one seller, ready to order.
#[server(input = GetUrl, endpoint = "checkout")]
pub async fn checkout(seller: jumun::ids::PartyId) -> Result<CheckoutView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.checkout(&caller, seller).await?)
}

/// Places the order and goes to its pay page. The fields are as typed.
#[server(endpoint = "place-order")]
pub async fn place_order(
    seller: jumun::ids::PartyId,
    cart_version: i64,
    seen_goods: i64,
    name: String,
    phone: String,
    postcode: String,
    address: String,
    request: Option<String>,
    keep_address: Option<String>,
    agree: Option<String>,
    on_shortage: Option<String>,
) -> Result<(), Refused> {
    use jumun::{
        command::{Answer, Command, ShipTo},
        money::Won,
        order::OnShortage,
        refusal::{Problem, Refusal},
        text,
    };
    let (house, caller) = crate::session::at_work()?;
    if agree.is_none() {
        return Err(Refusal::invalid("agree", Problem::Missing).into());
    }
    let ship_to = ShipTo {
        name: text::PersonName::parse(&name)?,
        phone: text::Phone::parse(&phone)?,
        postcode: text::Postcode::parse(&postcode)?,
        address: text::Address::parse(&address)?,
        request: request.filter(|text| !text.trim().is_empty()).map(|text| text::DeliveryRequest::parse(&text)).transpose()?,
    };
    let on_shortage = match on_shortage.as_deref() {
        None | Some("") => OnShortage::Refuse,
        Some(slug) => OnShortage::from_slug(slug).ok_or_else(|| Refusal::invalid("on_shortage", Problem::Unknown))?,
    };
    let seen_goods = Won(seen_goods);
    let command = Command::PlaceOrder { seller, cart_version, ship_to, keep_address: keep_address.is_some(), seen_goods, on_shortage };
    if let Answer::Order { number, .. } = house.execute(&caller, command, None).await? {
        crate::session::go_to(&format!("/pay/{number}"));
    }
    Ok(())
}

/// The pay page of an order.
#[server(input = GetUrl, endpoint = "pay")]
pub async fn pay(number: String) -> Result<PayView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.pay(&caller, &jumun::ids::OrderNumber::new(number)).await?)
}

/// Requests a payment and goes to the PSP.
#[server(endpoint = "request-payment")]
pub async fn request_payment(order: jumun::ids::OrderId, number: String, method: String) -> Result<(), Refused> {
    use jumun::{
        command::Command,
        order::{OrderCommand, PaymentMethod},
        refusal::{Problem, Refusal},
    };
    let (house, caller) = crate::session::at_work()?;
    let method = PaymentMethod::from_slug(&method).ok_or_else(|| Refusal::invalid("method", Problem::Unknown))?;
    house.execute(&caller, Command::Order { order, command: OrderCommand::RequestPayment { method } }, None).await?;
    resume(house, caller, number).await
}

/// Goes back to the PSP for the attempt that is open.
#[server(endpoint = "resume-payment")]
pub async fn resume_payment(number: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    resume(house, caller, number).await
}

/// Goes to the identity check.
#[server(endpoint = "check-identity")]
pub async fn check_identity(number: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let url = house.identity_url(&caller, &jumun::ids::OrderNumber::new(number)).await?;
    crate::session::go_to_provider(&url);
    Ok(())
}

#[cfg(feature = "ssr")]
async fn resume(house: crate::backend::House, caller: crate::session::Caller, number: String) -> Result<(), Refused> {
    let number = jumun::ids::OrderNumber::new(number);
    let view = house.pay(&caller, &number).await?;
    if view.attempt.is_none() {
        crate::session::go_to(&format!("/orders/{number}"));
        return Ok(());
    }
    let url = house.pay_url(&caller, &number).await?;
    crate::session::go_to_provider(&url);
    Ok(())
}
