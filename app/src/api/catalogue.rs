//! The catalogue: open to everybody.

use crate::error::Refused;
use jumun::view::{CatalogueView, ProductView};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// A page of products.
#[server(input = GetUrl, endpoint = "catalogue")]
pub async fn catalogue(
    category: Option<String>,
    q: Option<String>,
    sort: Option<String>,
    in_stock: Option<String>,
    page: Option<u32>,
) -> Result<CatalogueView, Refused> {
    let (house, _) = crate::session::at_work()?;
    let query = jumun::view::CatalogueQuery { category, q, sort, in_stock: in_stock.is_some(), page: page.unwrap_or(1) };
    Ok(house.catalogue(&query).await?)
}

/// One product.
#[server(input = GetUrl, endpoint = "product")]
pub async fn product(id: String) -> Result<ProductView, Refused> {
    let (house, _) = crate::session::at_work()?;
    Ok(house.product(&jumun::ids::ProductId::new(id)).await?)
}
