//! Facts from providers. Each is a hint: it only makes the saga look now instead of later. What it claims is never
//! believed, so a forged one costs a look and changes nothing.

use super::{Shared, session::refuse};
use crate::{
    providers::{
        carrier::TrackingHint,
        psp::Hint,
        wire,
        wms::{Outbound, OutboundRequest},
    },
    store::{self, Failure},
};
use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use jumun::{
    refusal::{Problem, Refusal},
    saga::SagaKind,
};

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/webhooks/psp", post(psp)).route("/webhooks/wms", post(wms)).route("/webhooks/carrier", post(carrier))
}

/// Unsigned, as the PSP sends it.
async fn psp(State(shared): State<Shared>, body: Bytes) -> Response {
    let Ok(hint) = serde_json::from_slice::<Hint>(&body) else { return malformed() };
    let found = async {
        let mut tx = shared.house.db.begin_read().await?;
        store::orders::of_psp_order(&mut tx, &hint.data.order_id).await
    };
    match found.await {
        Ok(Some((_, attempt))) => wake(&shared, SagaKind::Checkout, &attempt).await,
        Ok(None) => StatusCode::NO_CONTENT.into_response(),
        Err(failure) => refuse(&failure.into_refusal()),
    }
}

async fn wms(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    if !is_signed(&headers, &shared.house.secrets.wms, &body) {
        return refuse(&Refusal::BadSignature);
    }
    match serde_json::from_slice::<Outbound>(&body) {
        Ok(outbound) => wake(&shared, SagaKind::Fulfilment, OutboundRequest::fulfilment(&outbound.request_id)).await,
        Err(_) => malformed(),
    }
}

async fn carrier(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    if !is_signed(&headers, &shared.house.secrets.carrier, &body) {
        return refuse(&Refusal::BadSignature);
    }
    // The hint names a parcel; its saga polls at its own pace and the next look is never far.
    match serde_json::from_slice::<TrackingHint>(&body) {
        Ok(hint) => {
            let found = async {
                let mut tx = shared.house.db.begin_read().await?;
                store::work::fulfilment_of_tracking(&mut tx, &hint.tracking_no).await
            };
            match found.await {
                Ok(Some(subject)) => wake(&shared, SagaKind::Fulfilment, &subject).await,
                Ok(None) => StatusCode::NO_CONTENT.into_response(),
                Err(failure) => refuse(&failure.into_refusal()),
            }
        }
        Err(_) => malformed(),
    }
}

async fn wake(shared: &Shared, kind: SagaKind, subject: &str) -> Response {
    let woken = async {
        let mut tx = shared.house.db.begin_write().await?;
        store::work::wake(&mut tx, kind, subject, shared.house.now()).await?;
        tx.commit().await?;
        Ok::<(), Failure>(())
    };
    match woken.await {
        Ok(()) => {
            shared.house.work.notify_waiters();
            StatusCode::NO_CONTENT.into_response()
        }
        Err(failure) => refuse(&failure.into_refusal()),
    }
}

fn is_signed(headers: &HeaderMap, secret: &str, body: &[u8]) -> bool {
    headers.get("x-signature").and_then(|value| value.to_str().ok()).is_some_and(|signature| wire::is_signed(secret, body, signature))
}

fn malformed() -> Response {
    refuse(&Refusal::invalid("body", Problem::Malformed))
}
