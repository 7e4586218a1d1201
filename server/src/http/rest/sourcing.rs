//! Installations and receipts over the interface: whom a store asked to put its goods up and how far they are, and what it bought
//! outside the chain. Commands about them are commands on their orders.

use super::{Asked, Keyed, page, read};
use crate::{actions::sourcing::Installation, http::Shared, store::partners::ReceiptRow};
use axum::{extract::State, http::HeaderMap, response::Response};
use jumun::refusal::{Problem, Refusal};
use serde::{Deserialize, Serialize};

/// Which installations are asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Jobs {
    /// `open` for those that go on, which is meant when nothing is said; `over` for the others.
    state: Option<String>,
    /// What the page before answered as `next`.
    cursor: Option<String>,
    /// Installations on the page, 1 to 100; 24 when nothing is said.
    limit: Option<String>,
}

/// Which receipts are asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bought {
    /// What the page before answered as `next`.
    cursor: Option<String>,
    /// Receipts on the page, 1 to 100; 24 when nothing is said.
    limit: Option<String>,
}

/// A page of installations.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct InstallationList {
    /// The installations, from the one that was ordered last on.
    rows: Vec<Installation>,
    /// What the next page is asked for by.
    next: Option<String>,
}

/// A page of receipts.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ReceiptList {
    /// The receipts, newest first.
    rows: Vec<ReceiptRow>,
    /// What the next page is asked for by.
    next: Option<String>,
}

/// Installations that the key's store ordered.
#[utoipa::path(get, path = "/api/v1/installations", params(Jobs, ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = InstallationList), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:read"])))]
pub(crate) async fn installations(State(shared): State<Shared>, Keyed(caller): Keyed, Asked(asked): Asked<Jobs>, headers: HeaderMap) -> Response {
    let listed = async {
        let over = match asked.state.as_deref() {
            None | Some("open") => false,
            Some("over") => true,
            Some(_) => return Err(Refusal::invalid("state", Problem::Unknown)),
        };
        let (rows, next) = shared.house.installations(&caller, over, asked.cursor.as_deref(), page(asked.limit.as_deref())?).await?;
        Ok(InstallationList { rows, next })
    };
    read(&headers, listed.await)
}

/// What the key's store bought outside the chain.
#[utoipa::path(get, path = "/api/v1/receipts", params(Bought, ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = ReceiptList), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:read"])))]
pub(crate) async fn receipts(State(shared): State<Shared>, Keyed(caller): Keyed, Asked(asked): Asked<Bought>, headers: HeaderMap) -> Response {
    let listed = async {
        let (rows, next) = shared.house.receipts(&caller, asked.cursor.as_deref(), page(asked.limit.as_deref())?).await?;
        Ok(ReceiptList { rows, next })
    };
    read(&headers, listed.await)
}
