//! Endpoints that are told what happens, and the messages to them.

use super::{
    Asked, Keyed,
    orders::{answer, body, plain},
    page, read,
};
use crate::http::{Shared, session::refuse};
use app::session::{Caller, idempotency_key};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jumun::{
    command::{Answer, Command},
    ids::{EndpointId, OrderNumber},
    refusal::{Problem, Refusal},
    text::Description,
    time::Time,
    webhook::{DeliveryList, DeliveryQuery, DeliveryState, DeliveryView, EndpointView, EventFilter},
};
use serde::{Deserialize, Serialize};

/// The id in an address. What cannot be one names nothing.
fn endpoint_id(text: &str) -> Result<EndpointId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// An endpoint to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(example = json!({ "url": "https://hooks.example.com/jumun", "events": ["order.*"], "description": "창고" }))]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEndpoint {
    /// Where messages go: https, on the open internet.
    url: String,
    /// Names of events, or of contexts as `order.*`; everything when there is none.
    #[serde(default)]
    events: Vec<String>,
    /// What it is called; its host when nothing is said.
    description: Option<String>,
}

/// What of an endpoint is to be changed; what is not said stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(example = json!({ "events": ["order.*", "payment.approved"], "enabled": true }))]
#[serde(deny_unknown_fields)]
pub(crate) struct EndpointChange {
    /// Where messages go.
    url: Option<String>,
    /// Names of events, or of contexts as `order.*`.
    events: Option<Vec<String>>,
    /// What it is called.
    description: Option<String>,
    /// Whether it is told anything. What happens while it is not, it never hears of.
    enabled: Option<bool>,
}

fn filter(events: &[String]) -> Result<EventFilter, Refusal> {
    EventFilter::parse(events.iter().map(String::as_str))
}

fn description(text: &Option<String>) -> Result<Option<Description>, Refusal> {
    text.as_deref().map(Description::parse).transpose()
}

/// Endpoints, newest first.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct EndpointList {
    /// The endpoints.
    rows: Vec<EndpointView>,
}

/// The endpoints of the key's owner.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints", params(("If-None-Match" = Option<String>, Header)), responses((status = 200, body = EndpointList), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["webhooks:manage"])))]
pub(crate) async fn list(State(shared): State<Shared>, Keyed(caller): Keyed, headers: HeaderMap) -> Response {
    read(&headers, shared.house.endpoints(&caller).await.map(|found| EndpointList { rows: found.rows }))
}

/// Carries out a command on an endpoint and answers the endpoint, with its new secret where one was made.
async fn changed(shared: &Shared, caller: &Caller, command: Command, headers: &HeaderMap) -> Result<EndpointView, Refusal> {
    match shared.house.execute(caller, command, idempotency_key(headers)?).await? {
        Answer::Endpoint { endpoint, secret } => shared.house.endpoint(caller, endpoint, secret).await,
        Answer::Done | Answer::Cart { .. } | Answer::Coupon { .. } | Answer::Order { .. } | Answer::Delivery { .. } | Answer::Replayed { .. } => {
            Err(Refusal::Broken)
        }
    }
}

/// Carries out a command that sends a message and answers the message.
async fn sent(shared: &Shared, caller: &Caller, command: Command, headers: &HeaderMap) -> Response {
    let sent = async {
        match shared.house.execute(caller, command, idempotency_key(headers)?).await? {
            Answer::Delivery { delivery } => shared.house.delivery(caller, &delivery).await,
            Answer::Done | Answer::Cart { .. } | Answer::Coupon { .. } | Answer::Order { .. } | Answer::Endpoint { .. } | Answer::Replayed { .. } => {
                Err(Refusal::Broken)
            }
        }
    };
    match sent.await {
        // The endpoint has yet to answer.
        Ok(view) => (StatusCode::ACCEPTED, axum::Json(view)).into_response(),
        Err(refusal) => refuse(&refusal),
    }
}

/// What tells a secret is kept by nobody on the way.
fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

/// Makes an endpoint. It hears what happens from now on. The answer shows its secret, and no other answer does.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints", request_body = NewEndpoint, params(("Idempotency-Key" = Option<String>, Header)), responses((status = 201, body = EndpointView), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["webhooks:manage"])))]
pub(crate) async fn create(State(shared): State<Shared>, Keyed(caller): Keyed, headers: HeaderMap, bytes: Bytes) -> Response {
    let made = async {
        let new: NewEndpoint = body(&bytes)?;
        let command = Command::AddEndpoint { url: new.url, events: filter(&new.events)?, description: description(&new.description)? };
        changed(&shared, &caller, command, &headers).await
    };
    match made.await {
        Ok(view) => {
            let location = format!("/api/v1/webhook-endpoints/{}", view.id);
            unkept((StatusCode::CREATED, [(header::LOCATION, location)], axum::Json(view)).into_response())
        }
        Err(refusal) => refuse(&refusal),
    }
}

/// One endpoint.
#[utoipa::path(get, path = "/api/v1/webhook-endpoints/{id}", params(("id" = String, Path), ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = EndpointView), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["webhooks:manage"])))]
pub(crate) async fn show(State(shared): State<Shared>, Keyed(caller): Keyed, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let shown = async { shared.house.endpoint(&caller, endpoint_id(&id)?, None).await };
    read(&headers, shown.await)
}

/// Changes an endpoint. One that was disabled is told what happens again once it is enabled, and gets what still waits.
#[utoipa::path(patch, path = "/api/v1/webhook-endpoints/{id}", request_body = EndpointChange, params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses((status = 200, body = EndpointView), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["webhooks:manage"])))]
pub(crate) async fn update(State(shared): State<Shared>, Keyed(caller): Keyed, Path(id): Path<String>, headers: HeaderMap, bytes: Bytes) -> Response {
    let updated = async {
        let endpoint = endpoint_id(&id)?;
        let change: EndpointChange = body(&bytes)?;
        let (events, description) = (change.events.as_deref().map(filter).transpose()?, description(&change.description)?);
        let command = Command::ChangeEndpoint { endpoint, url: change.url, events, description, enabled: change.enabled };
        changed(&shared, &caller, command, &headers).await
    };
    answer(updated.await)
}

/// Forgets an endpoint with its secrets and its messages.
#[utoipa::path(delete, path = "/api/v1/webhook-endpoints/{id}", params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses((status = 204), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["webhooks:manage"])))]
pub(crate) async fn remove(State(shared): State<Shared>, Keyed(caller): Keyed, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let removed = async {
        let command = Command::RemoveEndpoint { endpoint: endpoint_id(&id)? };
        shared.house.execute(&caller, command, idempotency_key(&headers)?).await
    };
    match removed.await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => refuse(&refusal),
    }
}

/// Makes a new secret. The answer shows it, and no other answer does; the old one signs beside it for a day.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/rotate-secret", params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses((status = 200, body = EndpointView), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["webhooks:manage"])))]
pub(crate) async fn rotate_secret(State(shared): State<Shared>, Keyed(caller): Keyed, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let rotated = async { changed(&shared, &caller, Command::RotateSecret { endpoint: endpoint_id(&id)? }, &headers).await };
    unkept(answer(rotated.await))
}

/// Sends a message about nothing (`webhook.test`), once.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/test", params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses((status = 202, body = DeliveryView), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["webhooks:manage"])))]
pub(crate) async fn test(State(shared): State<Shared>, Keyed(caller): Keyed, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match endpoint_id(&id) {
        Ok(endpoint) => sent(&shared, &caller, Command::TestEndpoint { endpoint }, &headers).await,
        Err(refusal) => refuse(&refusal),
    }
}

/// Since when dead messages are sent again.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(example = json!({ "since": "2026-11-21T09:05:07+09:00" }))]
#[serde(deny_unknown_fields)]
pub(crate) struct Since {
    /// A moment as RFC 3339: `2026-11-21T09:05:07+09:00`.
    since: String,
}

/// How many messages are on their way again.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Replayed {
    /// Messages.
    count: u32,
}

/// Sends every message again that was given up since a moment.
#[utoipa::path(post, path = "/api/v1/webhook-endpoints/{id}/replay", request_body = Since, params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses((status = 202, body = Replayed), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["webhooks:manage"])))]
pub(crate) async fn replay_dead(
    State(shared): State<Shared>,
    Keyed(caller): Keyed,
    Path(id): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Response {
    let replayed = async {
        let endpoint = endpoint_id(&id)?;
        let asked: Since = body(&bytes)?;
        let since = Time::parse_rfc3339(&asked.since).ok_or_else(|| Refusal::invalid("since", Problem::Malformed))?;
        match shared.house.execute(&caller, Command::ReplayDead { endpoint, since }, idempotency_key(&headers)?).await? {
            Answer::Replayed { count } => Ok(Replayed { count }),
            Answer::Done | Answer::Cart { .. } | Answer::Coupon { .. } | Answer::Order { .. } | Answer::Endpoint { .. } | Answer::Delivery { .. } => {
                Err(Refusal::Broken)
            }
        }
    };
    match replayed.await {
        Ok(replayed) => (StatusCode::ACCEPTED, axum::Json(replayed)).into_response(),
        Err(refusal) => refuse(&refusal),
    }
}

/// Which messages are asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryListing {
    /// To this endpoint.
    endpoint: Option<String>,
    /// `waiting`, `delivered` or `dead`.
    state: Option<String>,
    /// About events of this name.
    event: Option<String>,
    /// About the order of this number.
    order: Option<String>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
    /// Messages on the page, 1 to 100; 24 when nothing is said.
    limit: Option<String>,
}

impl DeliveryListing {
    fn read(self) -> Result<DeliveryQuery, Refusal> {
        let unknown = |field: &'static str| move || Refusal::invalid(field, Problem::Unknown);
        let limit = page(self.limit.as_deref())?;
        Ok(DeliveryQuery {
            endpoint: self.endpoint.as_deref().map(|id| id.parse().map_err(|_| Refusal::invalid("endpoint", Problem::Malformed))).transpose()?,
            state: self.state.as_deref().map(|slug| DeliveryState::from_slug(slug).ok_or_else(unknown("state"))).transpose()?,
            event: self.event.as_deref().map(|name| plain("event", name)).transpose()?,
            order: self.order.as_deref().map(|text| OrderNumber::parse(text).ok_or_else(unknown("order"))).transpose()?,
            cursor: self.cursor,
            limit,
        })
    }
}

/// Messages to the endpoints of the key's owner, newest first, each with what came of its tries.
#[utoipa::path(get, path = "/api/v1/webhook-deliveries", params(DeliveryListing, ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = DeliveryList), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["webhooks:manage"])))]
pub(crate) async fn deliveries(
    State(shared): State<Shared>,
    Keyed(caller): Keyed,
    Asked(asked): Asked<DeliveryListing>,
    headers: HeaderMap,
) -> Response {
    let listed = async { shared.house.deliveries(&caller, &asked.read()?).await };
    read(&headers, listed.await)
}

/// One message, with what is sent.
#[utoipa::path(get, path = "/api/v1/webhook-deliveries/{id}", params(("id" = String, Path), ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = DeliveryView), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["webhooks:manage"])))]
pub(crate) async fn delivery(State(shared): State<Shared>, Keyed(caller): Keyed, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let shown = async { shared.house.delivery(&caller, &message_id(&id)?).await };
    read(&headers, shown.await)
}

/// What can be a message's id at all.
fn message_id(text: &str) -> Result<String, Refusal> {
    plain("id", text).map_err(|_| Refusal::NotFound)
}

/// Sends a message again, whatever came of it: one that ended gets the whole schedule, one that waits goes at once.
#[utoipa::path(post, path = "/api/v1/webhook-deliveries/{id}/replay", params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses((status = 202, body = DeliveryView), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["webhooks:manage"])))]
pub(crate) async fn replay(State(shared): State<Shared>, Keyed(caller): Keyed, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match message_id(&id) {
        Ok(delivery) => sent(&shared, &caller, Command::ReplayDelivery { delivery }, &headers).await,
        Err(refusal) => refuse(&refusal),
    }
}
