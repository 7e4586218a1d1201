//! Stock over the interface: what a store has where, for the program that counts its warehouses, and goods that come in. Whoever may do
//! so on the page may do so here.

use super::{
    Asked, Keyed,
    orders::{answer, body, plain},
    read,
};
use crate::http::{Shared, session::refuse};
use app::session::idempotency_key;
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jumun::{
    command::{Answer, Command},
    ids::{OrderNumber, VariantId, WarehouseId},
    quantity::Quantity,
    refusal::Refusal,
    text::{Reason, Words},
    view::StockRow,
};
use serde::{Deserialize, Serialize};

/// What of the stock is asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listing {
    /// Words of a product's name, or a part of an option's id.
    q: Option<String>,
    /// Only what is in this warehouse.
    warehouse: Option<WarehouseId>,
}

/// A warehouse of the store.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Warehouse {
    /// Its identity.
    id: WarehouseId,
    /// Its name.
    name: Words,
}

/// What a store has.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Stock {
    /// By option and warehouse, 2,000 rows at most; ask for less by `q` or `warehouse`.
    rows: Vec<StockRow>,
    /// The store's warehouses.
    warehouses: Vec<Warehouse>,
}

/// Goods that came in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Received {
    /// Where.
    warehouse: WarehouseId,
    /// Which option of the store's.
    variant: VariantId,
    /// How many.
    quantity: Quantity,
}

/// A difference that was found by counting.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    /// Where.
    warehouse: WarehouseId,
    /// Which option of the store's.
    variant: VariantId,
    /// More (positive) or fewer (negative) units than the ledger says.
    delta: i32,
    /// Why; it stays in the audit log.
    reason: String,
}

/// Goods that are ordered of a partner for the store's own shelf.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refill {
    /// The warehouse that they go to.
    warehouse: WarehouseId,
    /// What the store calls them.
    variant: VariantId,
    /// What the partner calls them.
    partner_variant: VariantId,
    /// How many.
    quantity: Quantity,
}

/// The purchase that was placed.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Placed {
    /// Its number.
    number: OrderNumber,
}

/// What the key's store has, by option and warehouse.
#[utoipa::path(get, path = "/api/v1/stock", params(Listing, ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = Stock), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["stock:read"])))]
pub(crate) async fn list(State(shared): State<Shared>, Keyed(caller): Keyed, Asked(asked): Asked<Listing>, headers: HeaderMap) -> Response {
    let listed = async {
        let q = asked.q.filter(|q| !q.trim().is_empty()).map(|text| plain("q", &text)).transpose()?;
        let mut stock = shared.house.stock(&caller, q).await?;
        stock.rows.retain(|row| asked.warehouse.is_none_or(|wanted| row.warehouse == wanted));
        let warehouses = stock.warehouses.into_iter().map(|(id, name)| Warehouse { id, name }).collect();
        Ok(Stock { rows: stock.rows, warehouses })
    };
    read(&headers, listed.await)
}

/// The rows of an option, after something was done to it.
async fn changed(shared: &Shared, caller: &app::session::Caller, command: Command, variant: &VariantId, headers: &HeaderMap) -> Response {
    let done = async {
        shared.house.execute(caller, command, idempotency_key(headers)?).await?;
        let mut rows = shared.house.stock(caller, Some(variant.to_string())).await?.rows;
        rows.retain(|row| row.variant == *variant);
        Ok(rows)
    };
    answer(done.await)
}

/// Puts goods that came in on a shelf. Answers what there is of the option now, by warehouse.
#[utoipa::path(post, path = "/api/v1/stock/receive", request_body = Received, params(("Idempotency-Key" = Option<String>, Header)), responses((status = 200, body = Vec<StockRow>), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["stock:write"])))]
pub(crate) async fn receive(State(shared): State<Shared>, Keyed(caller): Keyed, headers: HeaderMap, bytes: Bytes) -> Response {
    match body::<Received>(&bytes) {
        Ok(Received { warehouse, variant, quantity }) => {
            let command = Command::ReceiveGoods { warehouse, variant: variant.clone(), quantity };
            changed(&shared, &caller, command, &variant, &headers).await
        }
        Err(refusal) => refuse(&refusal),
    }
}

/// Writes down a difference that was found by counting. Answers what there is of the option now, by warehouse.
#[utoipa::path(post, path = "/api/v1/stock/adjust", request_body = Difference, params(("Idempotency-Key" = Option<String>, Header)), responses((status = 200, body = Vec<StockRow>), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["stock:write"])))]
pub(crate) async fn adjust(State(shared): State<Shared>, Keyed(caller): Keyed, headers: HeaderMap, bytes: Bytes) -> Response {
    let read = || {
        let Difference { warehouse, variant, delta, reason } = body(&bytes)?;
        Ok((Command::AdjustStock { warehouse, variant: variant.clone(), delta, reason: Reason::parse(&reason)? }, variant))
    };
    match read() {
        Ok((command, variant)) => changed(&shared, &caller, command, &variant, &headers).await,
        Err(refusal) => refuse(&refusal),
    }
}

/// Orders goods of a partner for the store's own shelf. Answers the number of the purchase, which is followed like any order.
#[utoipa::path(post, path = "/api/v1/stock/restock", request_body = Refill, params(("Idempotency-Key" = Option<String>, Header)), responses((status = 201, body = Placed), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["stock:write"])))]
pub(crate) async fn restock(State(shared): State<Shared>, Keyed(caller): Keyed, headers: HeaderMap, bytes: Bytes) -> Response {
    let placed = async {
        let Refill { warehouse, variant, partner_variant, quantity } = body(&bytes)?;
        let command = Command::Restock { warehouse, variant, partner_variant, quantity };
        match shared.house.execute(&caller, command, idempotency_key(&headers)?).await? {
            Answer::Order { number, .. } => Ok(Placed { number }),
            Answer::Done
            | Answer::Cart { .. }
            | Answer::Coupon { .. }
            | Answer::Endpoint { .. }
            | Answer::Delivery { .. }
            | Answer::Replayed { .. } => Err(Refusal::Broken),
        }
    };
    match placed.await {
        Ok(placed) => {
            let way = format!("/api/v1/orders/{}", placed.number);
            (StatusCode::CREATED, [(header::LOCATION, way)], axum::Json(placed)).into_response()
        }
        Err(refusal) => refuse(&refusal),
    }
}
