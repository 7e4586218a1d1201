//! Returns over the interface: what a store is to answer, and what became of those of a channel's customers. Commands about them are
//! commands on their orders.

use super::{Asked, Keyed, orders::plain, page, read};
use crate::{actions::claims::Listed, http::Shared};
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use jumun::{
    ids::{ClaimId, OrderNumber},
    money::Won,
    order::{Fault, ReturnReason, ReturnState},
    refusal::{Problem, Refusal},
    text::Words,
    time::Time,
    view::{ClaimRow, ClaimView},
};
use serde::{Deserialize, Serialize};

/// What of the returns is wanted.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listing {
    /// A state; `open` for everything that is not over, which is meant when nothing is said; `asked` when the buyer owes an answer;
    /// `over` for what is.
    state: Option<String>,
    /// Why they come back.
    reason: Option<String>,
    /// Whose fault it is: `buyer`, `seller` or `nobody`.
    fault: Option<String>,
    /// For a channel: sold by the store of this slug or id.
    seller: Option<String>,
    /// A part of the order's number, or words of its products.
    q: Option<String>,
    /// What the page before answered as `next`.
    cursor: Option<String>,
    /// Returns on the page, 1 to 100; 24 when nothing is said.
    limit: Option<String>,
}

impl Listing {
    fn read(self) -> Result<Listed, Refusal> {
        let unknown = |field: &'static str| move || Refusal::invalid(field, Problem::Unknown);
        let (over, asked) = (self.state.as_deref() == Some("over"), self.state.as_deref() == Some("asked"));
        let state = match self.state.as_deref() {
            None | Some("open" | "asked" | "over") => None,
            Some(name) => Some(ReturnState::ALL.iter().copied().find(|state| state.name() == name).ok_or_else(unknown("state"))?),
        };
        let reason = |slug: &str| ReturnReason::ALL.iter().copied().find(|reason| reason.slug() == slug).ok_or_else(unknown("reason"));
        let fault =
            |slug: &str| [Fault::Buyer, Fault::Seller, Fault::Nobody].into_iter().find(|fault| fault.slug() == slug).ok_or_else(unknown("fault"));
        let limit = page(self.limit.as_deref())?;
        Ok(Listed {
            over,
            asked,
            state,
            reason: self.reason.as_deref().map(reason).transpose()?,
            fault: self.fault.as_deref().map(fault).transpose()?,
            seller: self.seller.map(|text| plain("seller", &text)).transpose()?,
            q: self.q.filter(|q| !q.trim().is_empty()).map(|text| plain("q", &text)).transpose()?,
            cursor: self.cursor,
            limit,
        })
    }
}

/// Units of something that comes back.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ClaimGoods {
    /// What.
    title: Words,
    /// How many.
    quantity: u32,
}

/// A return in a list.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ClaimAnswer {
    /// Its identity.
    id: ClaimId,
    /// The number of its order.
    order: OrderNumber,
    /// Where it stands.
    state: ReturnState,
    /// Why they come back.
    reason: ReturnReason,
    /// Whose doing that is.
    fault: Fault,
    /// What went back or would, in won.
    amount: Won,
    /// What comes back.
    goods: Vec<ClaimGoods>,
    /// When it was opened.
    requested_at: Time,
    /// When it last moved.
    moved_at: Time,
    /// Since when the buyer owes an answer.
    asked_at: Option<Time>,
    /// The end of the day that the money is due by, once the goods are back.
    pay_by: Option<Time>,
}

impl ClaimAnswer {
    fn of(row: ClaimRow) -> Self {
        Self {
            id: row.id,
            order: row.number,
            state: row.state,
            reason: row.reason,
            fault: row.fault,
            amount: row.amount,
            goods: row.goods.into_iter().map(|(title, quantity)| ClaimGoods { title, quantity }).collect(),
            requested_at: row.requested_at,
            moved_at: row.moved_at,
            asked_at: row.asked_at,
            pay_by: row.pay_by,
        }
    }
}

/// A page of returns.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ClaimList {
    /// The returns: open ones from the longest waiting on, those that are over from the newest on.
    rows: Vec<ClaimAnswer>,
    /// What the next page is asked for by.
    next: Option<String>,
}

/// One return and its order.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ClaimShown {
    /// The number of its order.
    order: OrderNumber,
    /// The return.
    claim: ClaimView,
}

/// Returns: of the orders that a channel placed, or of those that a store sold.
#[utoipa::path(get, path = "/api/v1/claims", params(Listing, ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = ClaimList), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:read"])))]
pub(crate) async fn list(State(shared): State<Shared>, Keyed(caller): Keyed, Asked(asked): Asked<Listing>, headers: HeaderMap) -> Response {
    let listed = async {
        let (rows, next) = shared.house.list_claims(&caller, &asked.read()?).await?;
        Ok(ClaimList { rows: rows.into_iter().map(ClaimAnswer::of).collect(), next })
    };
    read(&headers, listed.await)
}

/// One return.
#[utoipa::path(get, path = "/api/v1/claims/{id}", params(("id" = String, Path), ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = ClaimShown), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:read"])))]
pub(crate) async fn show(State(shared): State<Shared>, Keyed(caller): Keyed, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let shown = async {
        let id = id.parse().map_err(|_| Refusal::NotFound)?;
        let (order, claim) = shared.house.show_claim(&caller, id).await?;
        Ok(ClaimShown { order, claim })
    };
    read(&headers, shown.await)
}
