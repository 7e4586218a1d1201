//! Orders over the interface.

use super::Keyed;
use crate::http::{Shared, session::refuse};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jumun::{
    actor::Actor,
    command::{Answer, Command, ShipTo, WantedLine},
    ids::{FulfilmentId, OrderNumber},
    money::Won,
    order::{Board, OnShortage, OrderCommand, PaymentMethod},
    pricing::Amounts,
    refusal::{Problem, Refusal},
    view::{HistoryRow, OrderList, OrderView},
};
use serde::Deserialize;

/// Reads a JSON body, or says that it does not read.
pub(super) fn body<T: serde::de::DeserializeOwned>(bytes: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(|_| Refusal::invalid("body", Problem::Malformed))
}

/// The caller's own key for this request.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| (1..=200).contains(&text.len()));
    text.map(|text| Some(text.to_owned())).ok_or_else(|| Refusal::invalid("idempotency-key", Problem::Malformed))
}

pub(super) fn answer<T: serde::Serialize>(result: Result<T, Refusal>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(refusal) => refuse(&refusal),
    }
}

/// What a channel wants for its customer.
#[derive(Deserialize, utoipa::ToSchema)]
pub(crate) struct Wish {
    /// The channel's own number; without it the idempotency key is taken.
    external_id: Option<String>,
    lines: Vec<WantedLine>,
    ship_to: ShipTo,
    /// The goods amount the channel showed; only compared.
    goods: Option<Won>,
    /// What becomes of units that are not there: `refuse` (default), `take`, `wait`, `ask`.
    #[serde(default)]
    on_shortage: OnShortage,
}

/// Prices a wish. Nothing is ordered or held.
#[utoipa::path(post, path = "/api/v1/quotes", request_body = Wish, responses((status = 200, body = Amounts), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = [])))]
pub(crate) async fn quote(State(shared): State<Shared>, Keyed(caller): Keyed, bytes: Bytes) -> Response {
    let quoted = async {
        let wish: Wish = body(&bytes)?;
        shared.house.quote(&caller, &wish.lines, wish.ship_to.postcode.as_str()).await
    };
    answer::<Amounts>(quoted.await)
}

/// Places an order for the channel's customer.
#[utoipa::path(post, path = "/api/v1/orders", request_body = Wish, params(("Idempotency-Key" = Option<String>, Header)), responses((status = 201, body = OrderView), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = [])))]
pub(crate) async fn place(State(shared): State<Shared>, Keyed(caller): Keyed, headers: HeaderMap, bytes: Bytes) -> Response {
    let placed = async {
        let wish: Wish = body(&bytes)?;
        let key = idempotency_key(&headers)?;
        let external = wish.external_id.or_else(|| key.clone()).ok_or_else(|| Refusal::invalid("external_id", Problem::Missing))?;
        let command = Command::PlaceForCustomer { external, lines: wish.lines, ship_to: wish.ship_to, seen_goods: wish.goods, on_shortage: wish.on_shortage };
        match shared.house.execute(&caller, command, key).await? {
            Answer::Order { number, .. } => shared.house.order(&caller, &number).await,
            Answer::Done | Answer::Cart { .. } => Err(Refusal::Broken),
        }
    };
    match placed.await {
        Ok(view) => (StatusCode::CREATED, with_tag(&view)).into_response(),
        Err(refusal) => refuse(&refusal),
    }
}

fn with_tag(view: &OrderView) -> Response {
    ([(header::ETAG, format!("\"{}-{}\"", view.number, view.version))], Json(view)).into_response()
}

/// One order, as the key's chair may see it.
#[utoipa::path(get, path = "/api/v1/orders/{number}", params(("number" = String, Path), ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = OrderView), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = [])))]
pub(crate) async fn show(State(shared): State<Shared>, Keyed(caller): Keyed, Path(number): Path<String>, headers: HeaderMap) -> Response {
    match shared.house.order(&caller, &OrderNumber::new(number)).await {
        Ok(view) => {
            let tag = format!("\"{}-{}\"", view.number, view.version);
            let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()) == Some(tag.as_str());
            if known { StatusCode::NOT_MODIFIED.into_response() } else { with_tag(&view) }
        }
        Err(refusal) => refuse(&refusal),
    }
}

/// The history of an order.
#[utoipa::path(get, path = "/api/v1/orders/{number}/events", params(("number" = String, Path)), responses((status = 200, body = Vec<HistoryRow>), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = [])))]
pub(crate) async fn events(State(shared): State<Shared>, Keyed(caller): Keyed, Path(number): Path<String>) -> Response {
    answer(shared.house.order(&caller, &OrderNumber::new(number)).await.map(|view| view.history))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listing {
    /// For a store: which of the eleven boards.
    board: Option<String>,
    /// For a store: words in numbers and products.
    q: Option<String>,
    /// What the page before answered as `next`.
    cursor: Option<String>,
}

/// Orders: a channel's purchases, or a store's board.
#[utoipa::path(get, path = "/api/v1/orders", params(Listing), responses((status = 200, body = OrderList), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = [])))]
pub(crate) async fn list(State(shared): State<Shared>, Keyed(caller): Keyed, Query(query): Query<Listing>) -> Response {
    let listed = async {
        if matches!(caller.actor, Actor::Staff { .. }) {
            let board = query
                .board
                .as_deref()
                .map_or(Ok(Board::Orders), |name| Board::from_name(name).map_err(|problem| Refusal::invalid("board", problem)))?;
            Ok(shared.house.board(&caller, board, query.q, query.cursor).await?.list)
        } else {
            shared.house.purchases(&caller, query.cursor).await
        }
    };
    answer(listed.await)
}

#[derive(Deserialize, Default, utoipa::ToSchema)]
pub(crate) struct Arguments {
    /// For `request-payment`: `card`, `transfer`, `virtual_account` or `easy_pay`.
    method: Option<String>,
    /// For commands about goods that leave together.
    fulfilment: Option<FulfilmentId>,
}

/// Where an order stands after a command.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(crate) struct Commanded {
    /// The order.
    order: OrderView,
    /// Where the buyer pays, while a payment is open.
    pay_url: Option<String>,
}

/// Gives a command by its name.
#[utoipa::path(post, path = "/api/v1/orders/{number}/{command}", request_body = Arguments, params(("number" = String, Path), ("command" = String, Path, description = "request-payment, cancel, confirm-purchase, start-preparing, allocate, release"), ("Idempotency-Key" = Option<String>, Header)), responses((status = 200, body = Commanded), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = [])))]
pub(crate) async fn command(
    State(shared): State<Shared>,
    Keyed(caller): Keyed,
    Path((number, name)): Path<(String, String)>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let done = async {
        let arguments: Arguments = if bytes.is_empty() { Arguments::default() } else { body(&bytes)? };
        let key = idempotency_key(&headers)?;
        let number = OrderNumber::new(number);
        let view = shared.house.order(&caller, &number).await?;
        let goods = || arguments.fulfilment.ok_or_else(|| Refusal::invalid("fulfilment", Problem::Missing));
        let command = match name.as_str() {
            "request-payment" => {
                let method =
                    arguments.method.as_deref().and_then(PaymentMethod::from_slug).ok_or_else(|| Refusal::invalid("method", Problem::Unknown))?;
                OrderCommand::RequestPayment { method }
            }
            "cancel" => OrderCommand::Cancel,
            "confirm-purchase" => OrderCommand::ConfirmPurchase,
            "start-preparing" => OrderCommand::StartPreparing { fulfilment: goods()? },
            "allocate" => OrderCommand::Allocate { fulfilment: goods()? },
            "release" => OrderCommand::Release { fulfilment: goods()? },
            _ => return Err(Refusal::NotFound),
        };
        shared.house.execute(&caller, Command::Order { order: view.id, command }, key).await?;
        let view = shared.house.order(&caller, &number).await?;
        let pay_url = shared.house.pay_url(&caller, &number).await.ok();
        Ok(Commanded { order: view, pay_url })
    };
    answer(done.await)
}
