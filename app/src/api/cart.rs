//! The basket: every visitor has one.

use crate::error::Refused;
use jumun::view::CartView;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The visitor's basket.
#[server(input = GetUrl, endpoint = "cart")]
pub async fn cart() -> Result<CartView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.cart(&caller).await?)
}

/// Puts units into the basket, to be put up if `installed` says `yes`, and goes there.
#[server(endpoint = "add-to-cart")]
pub async fn add_to_cart(variant: String, quantity: u32, installed: Option<String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let quantity =
        jumun::quantity::Quantity::new(quantity).ok_or_else(|| jumun::refusal::Refusal::invalid("quantity", jumun::refusal::Problem::OutOfRange))?;
    let command =
        jumun::command::Command::AddToCart { variant: jumun::ids::VariantId::new(variant), quantity, installed: installed.as_deref() == Some("yes") };
    house.execute(&caller, command, None).await?;
    crate::session::go_to("/cart");
    Ok(())
}

/// Has the units of a line put up, if `installed` says `yes`, or not.
#[server(endpoint = "set-cart-installation")]
pub async fn set_cart_installation(variant: String, installed: Option<String>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let installed = installed.as_deref() == Some("yes");
    let command = jumun::command::Command::SetCartInstallation { variant: jumun::ids::VariantId::new(variant), installed };
    house.execute(&caller, command, None).await?;
    crate::session::go_to("/cart");
    Ok(())
}

/// Sets a line to a quantity; zero removes it. `change` is what the − and + buttons add.
#[server(endpoint = "set-cart-line")]
pub async fn set_cart_line(variant: String, quantity: u32, change: Option<i32>) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let quantity = quantity.saturating_add_signed(change.unwrap_or(0));
    let command = jumun::command::Command::SetCartLine { variant: jumun::ids::VariantId::new(variant), quantity };
    house.execute(&caller, command, None).await?;
    crate::session::go_to("/cart");
    Ok(())
}
