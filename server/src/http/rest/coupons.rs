//! Coupons over the interface: what a store gives out, for the program that plans its campaigns. Who may do so on the page may do so here.

use super::{
    Asked, Keyed,
    orders::{answer, body},
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
    catalogue::Category,
    command::{Answer, Command, NewCoupon},
    ids::CouponId,
    money::Won,
    promotion::{CouponTerms, Off},
    refusal::{Problem, Refusal},
    text::{CouponCode, Words},
    time::Time,
    view::CouponRow,
};
use serde::{Deserialize, Serialize};

/// The id in an address. What cannot be one names nothing.
fn coupon_id(text: &str) -> Result<CouponId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

fn moment(field: &str, text: &str) -> Result<Time, Refusal> {
    Time::parse_rfc3339(text).ok_or_else(|| Refusal::invalid(field, Problem::Malformed))
}

fn once() -> u32 {
    1
}

/// A coupon to be given out. The store pays for it.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(example = json!({
    "code": "AUTUMN-2026", "name": { "ko": "가을맞이 10%", "en": "Autumn 10%" }, "off": { "kind": "percent", "percent": 10, "most": 20000 },
    "minimum": 50000, "until": "2026-12-31T23:59:59+09:00", "listed": true, "total": 500
}))]
#[serde(deny_unknown_fields)]
pub(crate) struct CouponWish {
    /// What customers type to get it: 4 to 20 capital letters, digits and hyphens, and nobody else's.
    code: String,
    /// What it is called.
    name: Words,
    /// What it takes off.
    off: Off,
    /// The goods must come to this much, in won.
    #[serde(default)]
    minimum: Won,
    /// Only goods of this category.
    category: Option<Category>,
    /// From when it can be used, as RFC 3339; at once when nothing is said.
    from: Option<String>,
    /// Until when, as RFC 3339.
    until: String,
    /// Shown to every customer; otherwise only who knows the code gets it.
    #[serde(default)]
    listed: bool,
    /// How many one customer may have.
    #[serde(default = "once")]
    per_customer: u32,
    /// How many there are.
    total: u32,
}

impl CouponWish {
    fn read(self) -> Result<NewCoupon, Refusal> {
        Ok(NewCoupon {
            code: CouponCode::parse(&self.code)?,
            name: self.name,
            terms: CouponTerms { off: self.off, minimum: self.minimum, category: self.category, seller_percent: 100 },
            from: self.from.as_deref().map(|text| moment("from", text)).transpose()?,
            until: moment("until", &self.until)?,
            listed: self.listed,
            per_customer: self.per_customer,
            total: self.total,
        })
    }
}

/// Which coupons are asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listing {
    /// What the page before answered as `next`.
    cursor: Option<String>,
    /// Coupons on the page, 1 to 100; 24 when nothing is said.
    limit: Option<String>,
}

impl Listing {
    fn read(self) -> Result<(Option<CouponId>, usize), Refusal> {
        let limit = page(self.limit.as_deref())?;
        let cursor = self.cursor.map(|text| text.parse().map_err(|_| Refusal::invalid("cursor", Problem::Malformed))).transpose()?;
        Ok((cursor, limit))
    }
}

/// A page of coupons.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CouponList {
    /// The coupons, newest first.
    rows: Vec<CouponRow>,
    /// What the next page is asked for by.
    next: Option<CouponId>,
}

/// Carries out a command on a coupon and answers the coupon.
async fn changed(shared: &Shared, caller: &Caller, command: Command, headers: &HeaderMap) -> Result<CouponRow, Refusal> {
    match shared.house.execute(caller, command, idempotency_key(headers)?).await? {
        Answer::Coupon { coupon } => shared.house.coupon(caller, coupon).await,
        Answer::Done | Answer::Cart { .. } | Answer::Order { .. } | Answer::Endpoint { .. } | Answer::Delivery { .. } | Answer::Replayed { .. } => {
            Err(Refusal::Broken)
        }
    }
}

/// The coupons that the key's store gives out.
#[utoipa::path(get, path = "/api/v1/coupons", params(Listing, ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = CouponList), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["coupons:read"])))]
pub(crate) async fn list(State(shared): State<Shared>, Keyed(caller): Keyed, Asked(asked): Asked<Listing>, headers: HeaderMap) -> Response {
    let listed = async {
        let (after, most) = asked.read()?;
        let (rows, next) = shared.house.list_coupons(&caller, after, most).await?;
        Ok(CouponList { rows, next })
    };
    read(&headers, listed.await)
}

/// Gives a coupon out for the goods of the key's store.
#[utoipa::path(post, path = "/api/v1/coupons", request_body = CouponWish, params(("Idempotency-Key" = Option<String>, Header)), responses((status = 201, body = CouponRow), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["coupons:write"])))]
pub(crate) async fn create(State(shared): State<Shared>, Keyed(caller): Keyed, headers: HeaderMap, bytes: Bytes) -> Response {
    let made = async {
        let wish: CouponWish = body(&bytes)?;
        changed(&shared, &caller, Command::GiveCoupon { coupon: Box::new(wish.read()?) }, &headers).await
    };
    match made.await {
        Ok(row) => (StatusCode::CREATED, [(header::LOCATION, format!("/api/v1/coupons/{}", row.id))], axum::Json(row)).into_response(),
        Err(refusal) => refuse(&refusal),
    }
}

/// One coupon, with how many are given out and used.
#[utoipa::path(get, path = "/api/v1/coupons/{id}", params(("id" = String, Path), ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = CouponRow), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["coupons:read"])))]
pub(crate) async fn show(State(shared): State<Shared>, Keyed(caller): Keyed, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let shown = async { shared.house.coupon(&caller, coupon_id(&id)?).await };
    read(&headers, shown.await)
}

/// Gives out no more of a coupon. Those that customers have stay good. Once more changes nothing.
#[utoipa::path(post, path = "/api/v1/coupons/{id}/stop", params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses((status = 200, body = CouponRow), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["coupons:write"])))]
pub(crate) async fn stop(State(shared): State<Shared>, Keyed(caller): Keyed, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let stopped = async { changed(&shared, &caller, Command::StopCoupon { coupon: coupon_id(&id)? }, &headers).await };
    answer(stopped.await)
}
