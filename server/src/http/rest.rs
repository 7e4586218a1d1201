//! The interface for other programs: `/api/v1`. Bearer keys, JSON, problems as RFC 9457, idempotency keys, limits per key.

mod claims;
mod coupons;
mod inbound;
mod openapi;
mod orders;
mod reviews;
mod sourcing;
mod stock;
mod webhooks;

use super::{
    Shared,
    session::{Allowance, RequestId, address, refuse},
};
use crate::{
    secret,
    store::{self, Failure},
};
use app::session::Caller;
use axum::{
    Extension, Router,
    body::Body,
    extract::{FromRequestParts, Query, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{any, delete, get, patch, post},
};
use jumun::{
    refusal::{Problem, Refusal},
    scope::Scope,
    text::Locale,
};

/// What a route asks of the key that is brought: a scope, or nothing where no key is needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Needs(Option<Scope>);

/// The routes, once, each with the scope it needs: the router, the test that compares it with the description and the tables of
/// who may what in the tests all read this list.
macro_rules! table {
    ($($method:ident $path:literal $needs:ident => $handler:path;)*) => {
        fn table() -> Router<Shared> {
            Router::new()$(.route($path, $method($handler).layer(Extension(table!(@ $needs)))))*
        }
        const ROUTES: &[(&str, &str, Needs)] = &[$((stringify!($method), $path, table!(@ $needs))),*];
    };
    (@ open) => { Needs(None) };
    (@ $scope:ident) => { Needs(Some(Scope::$scope)) };
}

table! {
    get "/api/v1/openapi.json" open => openapi::document;
    // Signed by its source instead.
    post "/api/v1/events" open => inbound::event;
    post "/api/v1/quotes" OrdersRead => orders::quote;
    get "/api/v1/orders" OrdersRead => orders::list;
    post "/api/v1/orders" OrdersWrite => orders::place;
    get "/api/v1/orders/{number}" OrdersRead => orders::show;
    get "/api/v1/orders/{number}/events" OrdersRead => orders::events;
    get "/api/v1/orders/{number}/tree" OrdersRead => orders::tree;
    get "/api/v1/orders/{number}/refund-slip" OrdersRead => orders::refund_slip;
    post "/api/v1/orders/{number}/{command}" OrdersWrite => orders::command;
    get "/api/v1/claims" OrdersRead => claims::list;
    get "/api/v1/claims/{id}" OrdersRead => claims::show;
    get "/api/v1/installations" OrdersRead => sourcing::installations;
    get "/api/v1/receipts" OrdersRead => sourcing::receipts;
    get "/api/v1/stock" StockRead => stock::list;
    post "/api/v1/stock/receive" StockWrite => stock::receive;
    post "/api/v1/stock/adjust" StockWrite => stock::adjust;
    post "/api/v1/stock/restock" StockWrite => stock::restock;
    get "/api/v1/coupons" CouponsRead => coupons::list;
    post "/api/v1/coupons" CouponsWrite => coupons::create;
    get "/api/v1/coupons/{id}" CouponsRead => coupons::show;
    post "/api/v1/coupons/{id}/stop" CouponsWrite => coupons::stop;
    get "/api/v1/products/{id}/reviews" OrdersRead => reviews::list;
    get "/api/v1/webhook-endpoints" WebhooksManage => webhooks::list;
    post "/api/v1/webhook-endpoints" WebhooksManage => webhooks::create;
    get "/api/v1/webhook-endpoints/{id}" WebhooksManage => webhooks::show;
    patch "/api/v1/webhook-endpoints/{id}" WebhooksManage => webhooks::update;
    delete "/api/v1/webhook-endpoints/{id}" WebhooksManage => webhooks::remove;
    post "/api/v1/webhook-endpoints/{id}/rotate-secret" WebhooksManage => webhooks::rotate_secret;
    post "/api/v1/webhook-endpoints/{id}/test" WebhooksManage => webhooks::test;
    post "/api/v1/webhook-endpoints/{id}/replay" WebhooksManage => webhooks::replay_dead;
    get "/api/v1/webhook-deliveries" WebhooksManage => webhooks::deliveries;
    get "/api/v1/webhook-deliveries/{id}" WebhooksManage => webhooks::delivery;
    post "/api/v1/webhook-deliveries/{id}/replay" WebhooksManage => webhooks::replay;
}

/// Every route of the interface: its method, its address and the scope that a key needs for it.
pub fn interface() -> impl Iterator<Item = (String, &'static str, Option<Scope>)> {
    ROUTES.iter().map(|(method, path, needs)| (method.to_uppercase(), *path, needs.0))
}

pub(super) fn routes(shared: &Shared) -> Router<Shared> {
    let nowhere = || any(|| async { refuse(&Refusal::NotFound) });
    table()
        .route("/api/v1", nowhere())
        .route("/api/v1/", nowhere())
        .route("/api/v1/{*nowhere}", nowhere())
        .layer(middleware::from_fn_with_state(shared.clone(), calls))
        .merge(openapi::page())
}

/// Who calls and what for, found once for a request.
#[derive(Clone)]
struct Known(Result<(Caller, Vec<Scope>), Refusal>);

/// Finds the key's owner, counts the call for the key, or for the address where there is no good key, and asks for JSON.
async fn calls(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let bearer = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|text| text.strip_prefix("Bearer "));
    let bearer = bearer.map(|key| key.trim().to_owned());
    let id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let known = caller(&shared, id, bearer.as_deref()).await;
    let counted = match (&known, &bearer) {
        (Ok(_), Some(key)) => secret::hash(key),
        _ => address(&request, shared.trusted_hops).map(|address| address.to_string()).unwrap_or_default(),
    };
    let allowance = shared.limits.call(counted);
    let mut response = match allowance.retry_after {
        Some(retry_after) => refuse(&Refusal::RateLimited { retry_after }),
        None if brings_something_else(request.method(), request.headers()) => StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response(),
        None => {
            request.extensions_mut().insert(Known(known));
            next.run(request).await
        }
    };
    tell(&allowance, response.headers_mut());
    response
}

fn tell(allowance: &Allowance, headers: &mut HeaderMap) {
    for (name, value) in [("ratelimit-limit", allowance.limit), ("ratelimit-remaining", allowance.remaining), ("ratelimit-reset", allowance.reset)] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
}

/// Whether there is a body that does not say it is JSON.
fn brings_something_else(method: &Method, headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let body = text(header::CONTENT_LENGTH).is_some_and(|length| length != "0") || headers.contains_key(header::TRANSFER_ENCODING);
    let json = text(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")));
    matches!(*method, Method::POST | Method::PATCH) && body && !json
}

async fn caller(shared: &Shared, request: String, bearer: Option<&str>) -> Result<(Caller, Vec<Scope>), Refusal> {
    let key = bearer.ok_or(Refusal::SignInRequired)?;
    let found = async {
        let mut tx = shared.house.db.begin_read().await?;
        store::keys::bearer(&mut tx, key).await
    };
    let bearer = found.await.map_err(Failure::into_refusal)?.ok_or(Refusal::WrongCredentials)?;
    let now = shared.house.now();
    if bearer.is_news(now) {
        // Nobody waits for it, and nothing is lost when it fails.
        let (house, key) = (shared.house.clone(), bearer.key);
        tokio::spawn(async move {
            let noted = async {
                let mut tx = house.db.begin_write().await?;
                store::keys::touch(&mut tx, &key, now).await?;
                tx.commit().await
            };
            if let Err(failure) = noted.await {
                tracing::debug!(error = %failure, "it was not noted that a key is used");
            }
        });
    }
    Ok((Caller { actor: bearer.actor, session: None, locale: Locale::En, request, address: None }, bearer.scopes))
}

/// Whoever brings a key that may be used for this. A route that does not say what it needs lets nobody in.
pub(crate) struct Keyed(pub Caller);

impl<S: Send + Sync> FromRequestParts<S> for Keyed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let known = parts.extensions.remove::<Known>().map_or(Err(Refusal::SignInRequired), |known| known.0);
        let needs = parts.extensions.get::<Needs>().and_then(|needs| needs.0);
        let allowed = known.and_then(|(caller, scopes)| match needs {
            Some(scope) if scopes.contains(&scope) => Ok(Self(caller)),
            Some(scope) => Err(Refusal::ScopeMissing { scope }),
            None => Err(Refusal::NotAllowed),
        });
        allowed.map_err(|refusal| refuse(&refusal))
    }
}

/// What the address asks for. A name that the route does not know is refused: a filter that is not heard would answer with
/// too much.
pub(crate) struct Asked<T>(pub T);

impl<T: serde::de::DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let read = Query::<T>::try_from_uri(&parts.uri);
        read.map(|Query(asked)| Self(asked)).map_err(|_| refuse(&Refusal::invalid("query", Problem::Malformed)))
    }
}

/// Makes a problem of everything under `/api/v1` that went wrong outside a handler: no such method, a body too large, the
/// wrong kind of body, an address that does not read, a time limit, a crash.
pub(super) async fn problems(request: Request, next: Next) -> Response {
    let ours = request.uri().path().strip_prefix("/api/v1").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let response = next.run(request).await;
    let status = response.status();
    let told = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/problem+json"));
    if !ours || told || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let problem = match status {
        StatusCode::NOT_FOUND => refuse(&Refusal::NotFound),
        StatusCode::INTERNAL_SERVER_ERROR => refuse(&Refusal::Broken),
        _ => {
            let title = status.canonical_reason().unwrap_or("Not done");
            let code = title.to_lowercase().replace(' ', "_");
            let body = serde_json::json!({ "type": format!("urn:jumun:problem:{code}"), "title": title, "status": status.as_u16(), "code": code });
            (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
        }
    };
    let (mut parts, _) = response.into_parts();
    let (said, body) = problem.into_parts();
    for stale in [header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::TRANSFER_ENCODING] {
        parts.headers.remove(stale);
    }
    parts.headers.extend(said.headers);
    Response::from_parts(parts, Body::new(body))
}

/// How many rows a page has: as many as somebody says, or 24.
fn page(limit: Option<&str>) -> Result<usize, Refusal> {
    match limit.map(str::parse::<usize>) {
        None => Ok(24),
        Some(Ok(limit @ 1..=100)) => Ok(limit),
        Some(Ok(_)) => Err(Refusal::invalid("limit", Problem::OutOfRange)),
        Some(Err(_)) => Err(Refusal::invalid("limit", Problem::Malformed)),
    }
}

/// A result of reading: JSON with an entity tag, or 304 for who has it already. The tag is of everything but the time of
/// the answer.
pub(super) fn read<T: serde::Serialize>(headers: &HeaderMap, result: Result<T, Refusal>) -> Response {
    let value = match result.and_then(|value| serde_json::to_value(value).map_err(|_| Refusal::Broken)) {
        Ok(value) => value,
        Err(refusal) => return refuse(&refusal),
    };
    let tag = tag(&value);
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(','));
    let known = known.map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag.trim_start_matches("W/"));
    let told = [(header::ETAG, tag), (header::CACHE_CONTROL, "private, no-cache".into()), (header::VARY, "authorization".into())];
    if known { (StatusCode::NOT_MODIFIED, told).into_response() } else { (told, axum::Json(value)).into_response() }
}

fn tag(value: &serde_json::Value) -> String {
    let mut lasting = value.clone();
    if let Some(fields) = lasting.as_object_mut() {
        fields.remove("now");
    }
    let hash = secret::hash(&lasting.to_string());
    format!("W/\"{}\"", hash.get(..32).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_description_lists_every_route_with_its_scope_and_no_other() {
        let described: BTreeSet<(String, String, Option<String>)> = {
            let api = serde_json::to_value(openapi::api()).unwrap();
            let paths = api["paths"].as_object().unwrap().clone();
            let methods = |(path, item): (String, serde_json::Value)| {
                let scope = |it: &serde_json::Value| it["security"][0]["key"][0].as_str().map(str::to_owned);
                item.as_object().unwrap().iter().map(|(method, it)| (method.clone(), path.clone(), scope(it))).collect::<Vec<_>>()
            };
            paths.into_iter().flat_map(methods).collect()
        };
        let scope = |needs: &Needs| needs.0.map(|scope| scope.slug().to_owned());
        let routed: BTreeSet<(String, String, Option<String>)> =
            ROUTES.iter().map(|(method, path, needs)| ((*method).to_owned(), (*path).to_owned(), scope(needs))).collect();
        assert_eq!(described, routed);
        let open: Vec<&str> = ROUTES.iter().filter(|(_, _, needs)| needs.0.is_none()).map(|(_, path, _)| *path).collect();
        assert_eq!(open, ["/api/v1/openapi.json", "/api/v1/events"], "everything else needs a key with a scope");
    }

    #[test]
    fn a_tag_is_of_everything_but_the_time() {
        let at = |now: i64, status: &str| tag(&serde_json::json!({ "now": now, "status": status }));
        assert_eq!(at(1, "Paid"), at(2, "Paid"));
        assert_ne!(at(1, "Paid"), at(1, "Shipped"));
    }
}
