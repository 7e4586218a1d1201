//! Orders, for whoever has a chair at them.

use crate::error::Refused;
use jumun::{
    pricing::Amounts,
    view::{OrderList, OrderView},
};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use std::collections::BTreeMap;

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

/// One order as it was after its event of this number, for the same eyes and with nothing to press.
#[server(input = GetUrl, endpoint = "order-as-of")]
pub async fn order_as_of(number: String, as_of: u32) -> Result<OrderView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.order_as_of(&caller, &jumun::ids::OrderNumber::new(number), as_of).await?)
}

/// What units of an order are worth if they are taken out now: how many of each line, by `line-` and the line's id.
#[server(input = GetUrl, endpoint = "cancel-preview")]
pub async fn cancel_preview(number: String, units: BTreeMap<String, u32>) -> Result<Amounts, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.cancel_preview(&caller, &jumun::ids::OrderNumber::new(number), chosen(units)?).await?)
}

/// The name of a line in a form: a form's keys may not begin with a digit, or they are read as places in a list.
pub const LINE: &str = "line-";

/// Units by line, as a form sends them; lines of which none are chosen are left out.
#[cfg(feature = "ssr")]
pub(crate) fn chosen(units: BTreeMap<String, u32>) -> Result<Vec<jumun::order::LineUnits>, jumun::refusal::Refusal> {
    use jumun::{
        order::LineUnits,
        quantity::Quantity,
        refusal::{Problem, Refusal},
    };
    let mut chosen = Vec::new();
    for (line, units) in units {
        let line = line.strip_prefix(LINE).unwrap_or(&line).parse().map_err(|_| Refusal::invalid("line", Problem::Malformed))?;
        if let Some(quantity) = Quantity::new(units) {
            chosen.push(LineUnits { line, quantity });
        }
    }
    Ok(chosen)
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
        "drop-change" => OrderCommand::DropChange,
        "confirm-purchase" => OrderCommand::ConfirmPurchase,
        "accept-order" => OrderCommand::AcceptOrder { units: Vec::new() },
        "start-preparing" => OrderCommand::StartPreparing { fulfilment: goods()? },
        "allocate" => OrderCommand::Allocate { fulfilment: goods()? },
        "undo-allocation" => OrderCommand::UndoAllocation { fulfilment: goods()? },
        "release" => OrderCommand::Release { fulfilment: goods()? },
        "unassign-installer" => OrderCommand::UnassignInstaller { fulfilment: goods()? },
        "accept-installation" => OrderCommand::AcceptInstallation,
        "depart" => OrderCommand::Depart,
        "report-absent" => OrderCommand::ReportAbsent,
        "report-delivered" => OrderCommand::ReportDelivered,
        "report-not-given" => OrderCommand::ReportNotGiven,
        "withdraw-extra" => OrderCommand::WithdrawExtra,
        _ => return Err(Refusal::invalid("command", Problem::Unknown).into()),
    };
    house.execute(&caller, jumun::command::Command::Order { order, command }, crate::session::own_key()?).await?;
    Ok(())
}

/// Says which units go, by the numbers on them, in the order of the lines; with every box empty nobody says so any more.
#[server(endpoint = "name-units")]
pub async fn name_units(
    order: jumun::ids::OrderId,
    fulfilment: jumun::ids::FulfilmentId,
    #[server(default)] serials: Vec<String>,
) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let command = jumun::order::OrderCommand::NameUnits { fulfilment, serials: crate::api::claims::read_off(&serials)? };
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

/// Takes units out of an order: how many of each line, by `line-` and the line's id. With its number, the order is shown again.
#[server(endpoint = "cancel-lines")]
pub async fn cancel_lines(order: jumun::ids::OrderId, number: Option<String>, units: BTreeMap<String, u32>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let command = jumun::order::OrderCommand::CancelLines { units: chosen(units)? };
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    if let Some(number) = number {
        crate::session::go_to(&format!("/orders/{number}"));
    }
    Ok(())
}

/// Sends an order elsewhere; with `fix`, says where it goes in the first place.
#[server(endpoint = "change-address")]
pub async fn change_address(
    order: jumun::ids::OrderId,
    name: String,
    phone: String,
    postcode: String,
    address: String,
    request: Option<String>,
    fix: Option<String>,
) -> Result<(), Refused> {
    use jumun::order::OrderCommand;
    let (house, caller) = crate::session::at_work()?;
    let to = crate::api::account::ship_to(&name, &phone, &postcode, &address, request.as_deref())?;
    let command = if fix.is_some() { OrderCommand::FixAddress { to } } else { OrderCommand::ChangeAddress { to } };
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

/// Has undelivered goods brought again on a day; with an address, there.
#[server(endpoint = "redeliver")]
pub async fn redeliver(
    order: jumun::ids::OrderId,
    fulfilment: jumun::ids::FulfilmentId,
    on: String,
    name: Option<String>,
    phone: Option<String>,
    postcode: Option<String>,
    address: Option<String>,
    request: Option<String>,
) -> Result<(), Refused> {
    use jumun::{order::OrderCommand, refusal::Refusal};
    let (house, caller) = crate::session::at_work()?;
    let on = on.parse().map_err(|problem| Refusal::invalid("day", problem))?;
    let to = match (name, phone, postcode, address) {
        (Some(name), Some(phone), Some(postcode), Some(address)) => {
            Some(crate::api::account::ship_to(&name, &phone, &postcode, &address, request.as_deref())?)
        }
        (None, _, _, _) | (_, None, _, _) | (_, _, None, _) | (_, _, _, None) => None,
    };
    let command = OrderCommand::Redeliver { fulfilment, on, to };
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

/// Takes other goods in the place of missing ones. Where they cost more than what was paid, the difference is paid next.
#[server(endpoint = "substitute")]
pub async fn substitute(
    order: jumun::ids::OrderId,
    shortage: jumun::ids::ShortageId,
    variant: jumun::ids::VariantId,
    number: Option<String>,
) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let command = jumun::order::OrderCommand::Substitute { shortage, variant };
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    if let Some(number) = number {
        crate::session::go_to(&format!("/pay/{number}"));
    }
    Ok(())
}

/// Offers the buyer other goods in the place of missing ones; with `waive`, at no higher price.
#[server(endpoint = "propose-substitute")]
pub async fn propose_substitute(
    order: jumun::ids::OrderId,
    shortage: jumun::ids::ShortageId,
    variant: jumun::ids::VariantId,
    waive: Option<String>,
) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let command = jumun::order::OrderCommand::ProposeSubstitute { shortage, variant, waive: waive.is_some() };
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

/// A part of some goods goes by itself: how many of each line, by `line-` and the line's id.
#[server(endpoint = "split-fulfilment")]
pub async fn split_fulfilment(
    order: jumun::ids::OrderId,
    fulfilment: jumun::ids::FulfilmentId,
    #[server(default)] units: BTreeMap<String, u32>,
) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let command = jumun::order::OrderCommand::SplitFulfilment { fulfilment, units: chosen(units)? };
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
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

/// Orders units for some goods at a partner, who sends them to the store's warehouse or straight to the `customer`.
#[server(endpoint = "buy-from-partner")]
pub async fn buy_from_partner(
    order: jumun::ids::OrderId,
    fulfilment: jumun::ids::FulfilmentId,
    line: jumun::ids::LineId,
    quantity: u32,
    variant: Option<String>,
    ship_to: Option<String>,
) -> Result<(), Refused> {
    use jumun::{
        ids::VariantId,
        order::OrderCommand,
        quantity::Quantity,
        refusal::{Problem, Refusal},
    };
    let (house, caller) = crate::session::at_work()?;
    let quantity = Quantity::new(quantity).ok_or_else(|| Refusal::invalid("quantity", Problem::OutOfRange))?;
    let variant = VariantId::new(variant.ok_or_else(|| Refusal::invalid("variant", Problem::Missing))?);
    let drop_ship = match ship_to.as_deref() {
        None | Some("warehouse") => false,
        Some("customer") => true,
        Some(_) => return Err(Refusal::invalid("ship_to", Problem::Unknown).into()),
    };
    let command = OrderCommand::BuyFromPartner { fulfilment, line, quantity, variant, drop_ship };
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

/// Puts units in that were bought outside the chain.
#[server(endpoint = "record-receipt")]
pub async fn record_receipt(
    order: jumun::ids::OrderId,
    fulfilment: jumun::ids::FulfilmentId,
    line: jumun::ids::LineId,
    quantity: u32,
    seller_name: String,
    business_number: String,
    amount: i64,
    on: String,
) -> Result<(), Refused> {
    use jumun::{
        money::Won,
        order::{OrderCommand, Receipt},
        quantity::Quantity,
        refusal::{Problem, Refusal},
        text::{BusinessNumber, OutsideSeller},
    };
    let (house, caller) = crate::session::at_work()?;
    let quantity = Quantity::new(quantity).ok_or_else(|| Refusal::invalid("quantity", Problem::OutOfRange))?;
    let receipt = Receipt {
        seller: OutsideSeller::parse(&seller_name)?,
        business_number: BusinessNumber::parse(&business_number)?,
        amount: Won(amount),
        on: on.parse().map_err(|problem| Refusal::invalid("bought_on", problem))?,
    };
    let command = OrderCommand::RecordReceipt { fulfilment, line, quantity, receipt };
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

/// Takes a receipt back that was a mistake.
#[server(endpoint = "void-receipt")]
pub async fn void_receipt(order: jumun::ids::OrderId, receipt: jumun::ids::ReceiptId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let command = jumun::order::OrderCommand::VoidReceipt { receipt };
    house.execute(&caller, jumun::command::Command::Order { order, command }, None).await?;
    Ok(())
}

/// Agrees to some of what another store buys: how many of each line, by `line-` and the line's id.
#[server(endpoint = "accept-order")]
pub async fn accept_order(order: jumun::ids::OrderId, #[server(default)] units: BTreeMap<String, u32>) -> Result<(), Refused> {
    use jumun::{
        order::OrderCommand,
        refusal::{Problem, Refusal},
    };
    let (house, caller) = crate::session::at_work()?;
    let units = chosen(units)?;
    if units.is_empty() {
        return Err(Refusal::invalid("units", Problem::Missing).into());
    }
    house.execute(&caller, jumun::command::Command::Order { order, command: OrderCommand::AcceptOrder { units } }, None).await?;
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
