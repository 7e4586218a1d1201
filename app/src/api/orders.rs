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

/// Takes units out of an order: how many of each line, by `line-` and the line's id. (A key that begins with a digit would be
/// read as the index of a list.)
#[server(endpoint = "cancel-lines")]
pub async fn cancel_lines(order: jumun::ids::OrderId, units: std::collections::BTreeMap<String, u32>) -> Result<(), Refused> {
    use jumun::{
        order::{LineUnits, OrderCommand},
        quantity::Quantity,
        refusal::{Problem, Refusal},
    };
    let (house, caller) = crate::session::at_work()?;
    let mut chosen = Vec::new();
    for (line, units) in units {
        let line = line.trim_start_matches("line-").parse().map_err(|_| Refusal::invalid("line", Problem::Malformed))?;
        if let Some(quantity) = Quantity::new(units) {
            chosen.push(LineUnits { line, quantity });
        }
    }
    let command = OrderCommand::CancelLines { units: chosen };
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

/// Says what becomes of missing units.
#[server(endpoint = "choose-shortage")]
pub async fn choose_shortage(order: jumun::ids::OrderId, shortage: jumun::ids::ShortageId, answer: String) -> Result<(), Refused> {
    use jumun::{
        order::{OrderCommand, ShortageAnswer},
        refusal::{Problem, Refusal},
    };
    let (house, caller) = crate::session::at_work()?;
    let answer = ShortageAnswer::ALL.iter().copied().find(|known| known.slug() == answer);
    let answer = answer.ok_or_else(|| Refusal::invalid("answer", Problem::Unknown))?;
    let command = OrderCommand::ChooseShortage { shortage, answer };
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

/// The seller ends an order, with a reason from the list.
#[server(endpoint = "seller-cancel")]
pub async fn seller_cancel(order: jumun::ids::OrderId, reason: String) -> Result<(), Refused> {
    use jumun::{
        order::{OrderCommand, SellerReason},
        refusal::{Problem, Refusal},
    };
    let (house, caller) = crate::session::at_work()?;
    let reason = SellerReason::ALL.iter().copied().find(|known| known.slug() == reason);
    let reason = reason.ok_or_else(|| Refusal::invalid("reason", Problem::Unknown))?;
    house.execute(&caller, jumun::command::Command::Order { order, command: OrderCommand::SellerCancel { reason } }, None).await?;
    Ok(())
}

/// Promised units are not there after all.
#[server(endpoint = "report-stock-loss")]
pub async fn report_stock_loss(
    order: jumun::ids::OrderId,
    fulfilment: jumun::ids::FulfilmentId,
    line: jumun::ids::LineId,
    quantity: u32,
) -> Result<(), Refused> {
    use jumun::{
        order::OrderCommand,
        quantity::Quantity,
        refusal::{Problem, Refusal},
    };
    let (house, caller) = crate::session::at_work()?;
    let quantity = Quantity::new(quantity).ok_or_else(|| Refusal::invalid("quantity", Problem::OutOfRange))?;
    let command = OrderCommand::ReportStockLoss { fulfilment, line, quantity };
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

/// Undelivered goods are back: to the shelf, or to scrap.
#[server(endpoint = "receive-back")]
pub async fn receive_back(order: jumun::ids::OrderId, fulfilment: jumun::ids::FulfilmentId, restock: Option<String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let command = jumun::order::OrderCommand::ReceiveBack { fulfilment, restock: restock.is_some() };
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
