//! Orders, for whoever has a chair at them.

use crate::error::Refused;
use jumun::view::{OrderList, OrderView};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The caller's purchases, newest first.
#[server(input = GetUrl, endpoint = "purchases")]
pub async fn purchases(cursor: Option<String>) -> Result<OrderList, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.purchases(&caller, cursor).await?)
}

/// One order, as the caller's chair may see it.
#[server(input = GetUrl, endpoint = "order")]
pub async fn order(number: String) -> Result<OrderView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.order(&caller, &jumun::ids::OrderNumber::new(number)).await?)
}

/// Gives one of the commands that need nothing but the order and, for some, the goods: the buttons of the order page.
#[server(endpoint = "order-command")]
pub async fn give_command(order: jumun::ids::OrderId, command: String, fulfilment: Option<jumun::ids::FulfilmentId>) -> Result<(), Refused> {
    use jumun::{
        order::OrderCommand,
        refusal::{Problem, Refusal},
    };
    let (house, caller) = crate::session::at_work()?;
    let goods = || fulfilment.ok_or_else(|| Refusal::invalid("fulfilment", Problem::Missing));
    let command = match command.as_str() {
        "cancel" => OrderCommand::Cancel,
        "confirm-purchase" => OrderCommand::ConfirmPurchase,
        "start-preparing" => OrderCommand::StartPreparing { fulfilment: goods()? },
        "allocate" => OrderCommand::Allocate { fulfilment: goods()? },
        "release" => OrderCommand::Release { fulfilment: goods()? },
        _ => return Err(Refusal::invalid("command", Problem::Unknown).into()),
    };
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

/// Lets a guest who knows number and phone see the order from this browser.
#[server(endpoint = "find-order")]
pub async fn find_order(number: String, phone: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let phone = jumun::text::Phone::parse(&phone)?;
    let number = house.find_order(&caller, jumun::ids::OrderNumber::new(number.trim().to_uppercase()), phone).await?;
    crate::session::go_to(&format!("/orders/{number}"));
    Ok(())
}
