//! What only the demo has: a clock that can be moved.

use super::{Shared, session::refuse};
use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use jumun::{
    refusal::{Problem, Refusal},
    time::Span,
};
use serde::Deserialize;

pub(super) fn routes(demo: bool) -> Router<Shared> {
    if demo { Router::new().route("/demo/clock", get(clock).post(advance)) } else { Router::new() }
}

async fn clock(State(shared): State<Shared>) -> Response {
    Json(serde_json::json!({ "now": shared.house.now().0 })).into_response()
}

#[derive(Deserialize)]
struct Advance {
    advance: String,
}

/// Moves the clock and answers once everything that became due has been done.
async fn advance(State(shared): State<Shared>, Json(body): Json<Advance>) -> Response {
    let Some(span) = Span::parse_iso(&body.advance).filter(|span| *span <= Span::days(400)) else {
        return refuse(&Refusal::invalid("advance", Problem::Malformed));
    };
    match shared.house.advance_clock(span).await {
        Ok(now) => Json(serde_json::json!({ "now": now.0, "kst": now.rfc3339() })).into_response(),
        Err(refusal) => refuse(&refusal),
    }
}
