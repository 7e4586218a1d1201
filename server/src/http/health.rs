//! Whether we live, whether we may be sent work, and figures.

use super::Shared;
use axum::{Router, extract::State, http::StatusCode, routing::get};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;

static METRICS: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Begins to count. Called once, before anything is counted.
pub(crate) fn count() {
    METRICS.get_or_init(|| PrometheusBuilder::new().install_recorder().ok());
}

pub(super) fn routes() -> Router<Shared> {
    count();
    Router::new().route("/healthz", get(|| async { "ok" })).route("/readyz", get(ready)).route("/metrics", get(metrics))
}

/// Ready while the database answers and nobody told us to stop.
async fn ready(State(shared): State<Shared>) -> (StatusCode, &'static str) {
    if shared.ending.announced.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    match shared.house.refresh().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"),
    }
}

async fn metrics() -> String {
    METRICS.get().and_then(Option::as_ref).map(PrometheusHandle::render).unwrap_or_default()
}
