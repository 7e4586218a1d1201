//! A store's own work.

use crate::error::Refused;
use jumun::view::{BoardQuery, BoardView, BulkOutcome, DeskView, ListingRow, PartnersView, PurchasesView, StockView};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use std::collections::BTreeMap;

/// Today.
#[server(input = GetUrl, endpoint = "desk")]
pub async fn desk() -> Result<DeskView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.desk(&caller).await?)
}

/// One board, and what of it is looked for.
#[server(input = GetUrl, endpoint = "board")]
pub async fn board(board: String, #[server(default)] query: BoardQuery) -> Result<BoardView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    let board = jumun::order::Board::from_name(&board).map_err(|_| jumun::refusal::Refusal::NotFound)?;
    Ok(house.board(&caller, board, &query).await?)
}

/// The name of an order in a form: a form's keys may not begin with a digit.
pub const ORDER: &str = "order-";

/// Gives one command to the orders that are ticked, by `order-` and the order's id.
#[server(endpoint = "bulk-command")]
pub async fn bulk_command(command: String, #[server(default)] orders: BTreeMap<String, String>) -> Result<BulkOutcome, Refused> {
    use jumun::refusal::{Problem, Refusal};
    let (house, caller) = crate::session::at_work()?;
    let id = |name: &String| name.strip_prefix(ORDER).unwrap_or(name).parse().map_err(|_| Refusal::invalid("orders", Problem::Malformed));
    let orders = orders.keys().map(id).collect::<Result<Vec<jumun::ids::OrderId>, _>>()?;
    Ok(house.bulk(&caller, &command, &orders).await?)
}

/// Units by variant and warehouse.
#[server(input = GetUrl, endpoint = "stock")]
pub async fn stock(q: Option<String>) -> Result<StockView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.stock(&caller, q).await?)
}

/// The store's products.
#[server(input = GetUrl, endpoint = "listings")]
pub async fn listings() -> Result<Vec<ListingRow>, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.listings(&caller).await?)
}

/// Goods arrived. `key` is made with the form, so that a double click receives once.
#[server(endpoint = "receive-goods")]
pub async fn receive_goods(warehouse: jumun::ids::WarehouseId, variant: String, quantity: u32, key: Option<String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let quantity =
        jumun::quantity::Quantity::new(quantity).ok_or_else(|| jumun::refusal::Refusal::invalid("quantity", jumun::refusal::Problem::OutOfRange))?;
    let command = jumun::command::Command::ReceiveGoods { warehouse, variant: jumun::ids::VariantId::new(variant), quantity };
    house.execute(&caller, command, key).await?;
    Ok(())
}

/// Whom the store buys of, and what it could buy.
#[server(input = GetUrl, endpoint = "partners")]
pub async fn partners() -> Result<PartnersView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.partners(&caller).await?)
}

/// Fills the store's own shelf from a partner, and goes to the purchase.
#[server(endpoint = "restock")]
pub async fn restock(
    warehouse: jumun::ids::WarehouseId,
    variant: String,
    partner_variant: String,
    quantity: u32,
    key: Option<String>,
) -> Result<(), Refused> {
    use jumun::{
        command::{Answer, Command},
        ids::VariantId,
        quantity::Quantity,
        refusal::{Problem, Refusal},
    };
    let (house, caller) = crate::session::at_work()?;
    let quantity = Quantity::new(quantity).ok_or_else(|| Refusal::invalid("quantity", Problem::OutOfRange))?;
    let (variant, partner_variant) = (VariantId::new(variant), VariantId::new(partner_variant));
    if let Answer::Order { number, .. } = house.execute(&caller, Command::Restock { warehouse, variant, partner_variant, quantity }, key).await? {
        crate::session::go_to(&format!("/desk/orders/{number}"));
    }
    Ok(())
}

/// What the store buys of its partners, newest first; with `returns` only what goes back to them.
#[server(input = GetUrl, endpoint = "bought")]
pub async fn bought(cursor: Option<String>, returns: Option<String>) -> Result<PurchasesView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.bought(&caller, cursor, returns.is_some()).await?)
}

/// Counting found a difference.
#[server(endpoint = "adjust-stock")]
pub async fn adjust_stock(
    warehouse: jumun::ids::WarehouseId,
    variant: String,
    delta: i32,
    reason: String,
    key: Option<String>,
) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let reason = jumun::text::Reason::parse(&reason)?;
    let command = jumun::command::Command::AdjustStock { warehouse, variant: jumun::ids::VariantId::new(variant), delta, reason };
    house.execute(&caller, command, key).await?;
    Ok(())
}

/// Sells an option before it is there: so many, promised for a day.
#[server(endpoint = "set-pre-order")]
pub async fn set_pre_order(variant: String, cap: u32, ship_by: String, key: Option<String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let ship_by = ship_by.parse().map_err(|problem| jumun::refusal::Refusal::invalid("ship_by", problem))?;
    let command = jumun::command::Command::SetPreOrder { variant: jumun::ids::VariantId::new(variant), cap, ship_by };
    house.execute(&caller, command, key).await?;
    Ok(())
}

/// Sells what partners have of a product.
#[server(endpoint = "sell-to-order")]
pub async fn sell_to_order(product: String, key: Option<String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::SellToOrder { product: jumun::ids::ProductId::new(product) }, key).await?;
    Ok(())
}

/// Sells a product off the shelf again.
#[server(endpoint = "sell-from-shelf")]
pub async fn sell_from_shelf(product: String, key: Option<String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::SellFromShelf { product: jumun::ids::ProductId::new(product) }, key).await?;
    Ok(())
}
