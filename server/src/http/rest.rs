//! The interface for other programs: `/api/v1`. Bearer keys, JSON, problems as RFC 9457, idempotency keys.

mod inbound;
mod openapi;
mod orders;

use super::{
    Shared,
    session::{RequestId, refuse},
};
use crate::{
    secret,
    store::{self, Failure},
};
use app::session::Caller;
use axum::{
    Router,
    extract::FromRequestParts,
    http::{header, request::Parts},
    response::Response,
    routing::{get, post},
};
use jumun::{actor::Actor, refusal::Refusal, text::Locale};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(openapi::routes())
        .route("/api/v1/events", post(inbound::event))
        .route("/api/v1/quotes", post(orders::quote))
        .route("/api/v1/orders", get(orders::list).post(orders::place))
        .route("/api/v1/orders/{number}", get(orders::show))
        .route("/api/v1/orders/{number}/events", get(orders::events))
        .route("/api/v1/orders/{number}/{command}", post(orders::command))
}

/// Whoever brings a key.
pub(crate) struct Keyed(pub Caller);

impl FromRequestParts<Shared> for Keyed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Response> {
        let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|text| text.strip_prefix("Bearer "));
        let Some(key) = bearer else { return Err(refuse(&Refusal::SignInRequired)) };
        let hash = secret::hash(key.trim());
        let found = async {
            let mut tx = shared.house.db.begin_read().await?;
            store::accounts::api_key(&mut tx, &hash).await
        };
        let actor = match found.await.map_err(Failure::into_refusal) {
            Ok(Some((kind, actor))) => match (kind.as_str(), actor) {
                ("channel", Actor::Customer { account, party }) => Actor::Channel { account, party },
                (_, actor) => actor,
            },
            Ok(None) => return Err(refuse(&Refusal::WrongCredentials)),
            Err(refusal) => return Err(refuse(&refusal)),
        };
        let request = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        Ok(Self(Caller { actor, session: None, locale: Locale::En, request }))
    }
}
