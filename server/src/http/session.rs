//! Who calls: the cookie, the request's id, the same-site rule, the limits on guessing.

use super::Shared;
use crate::secret;
use app::session::{Caller, LOCALE_COOKIE};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use jumun::{actor::Actor, refusal::Refusal, text::Locale};
use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
};

/// The request's id, for logs and for the correlation of everything it causes.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub String);

/// How often one address may try what could be guessed, and how often it may change anything.
pub(crate) struct Limits {
    guesses: DefaultKeyedRateLimiter<IpAddr>,
    changes: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        let per_minute = |count: u32| RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)));
        Self { guesses: per_minute(30), changes: per_minute(6_000) }
    }
}

/// Paths where somebody could guess: passwords, order numbers.
const GUESSABLE: &[&str] = &["/api/sign-in", "/api/sign-up", "/api/find-order"];

/// Gives every request an id; a caller's own is kept when it is a plain one.
pub(crate) async fn request_id(mut request: Request, next: Next) -> Response {
    let plain = |text: &&str| (8..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|value| value.to_str().ok())
        .filter(plain)
        .map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let started = std::time::Instant::now();
    let mut response = next.run(request).await;
    let seconds = started.elapsed().as_secs_f64();
    metrics::histogram!("http_seconds", "status" => response.status().as_u16().to_string()).record(seconds);
    tracing::debug!(%method, path, status = response.status().as_u16(), seconds, request = id, "answered");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

/// Refuses changes that another site's page asks for. Browsers say where a request comes from; who says nothing is no
/// browser and brings no cookie by accident.
pub(crate) async fn same_site(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_same_site(request.headers()) { next.run(request).await } else { refuse(&Refusal::CrossSite) }
}

fn is_same_site(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => match (text("origin"), text("host")) {
            (Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
            (Some(_), None) => false,
            (None, _) => true,
        },
    }
}

/// Puts the caller into the request. A visitor who changes something without a session gets a guest's.
pub(crate) async fn session(State(shared): State<Shared>, mut request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let path = request.uri().path().to_owned();
    if changes && let Some(ConnectInfo(address)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let guess = GUESSABLE.contains(&path.as_str());
        let limiter = if guess { &shared.limits.guesses } else { &shared.limits.changes };
        // The demo is measured from its own machine.
        let own = shared.house.demo && address.ip().is_loopback() && !guess;
        if !own && limiter.check_key(&address.ip()).is_err() {
            return refuse(&Refusal::RateLimited { retry_after: 60 });
        }
    }
    let jar = CookieJar::from_headers(request.headers());
    let mut session = jar.get(shared.cookie.name).map(|cookie| secret::hash(cookie.value()));
    let mut actor = match &session {
        Some(hash) => match shared.house.actor_of(hash).await {
            Ok(actor) => actor,
            Err(refusal) => return refuse(&refusal),
        },
        None => None,
    };
    if actor.is_none() {
        session = None;
    }
    let mut fresh = None;
    if changes && actor.is_none() && path.starts_with("/api/") {
        match shared.house.welcome_guest().await {
            Ok((token, guest)) => {
                session = Some(secret::hash(&token));
                actor = Some(guest);
                fresh = Some(token);
            }
            Err(refusal) => return refuse(&refusal),
        }
    }
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let locale = locale(&jar, request.headers());
    request.extensions_mut().insert(Caller { actor: actor.unwrap_or(Actor::Nobody), session, locale, request: request_id });
    let mut response = next.run(request).await;
    if let Some(token) = fresh
        && !response.headers().contains_key(header::SET_COOKIE)
    {
        let secure = if shared.cookie.secure { "; Secure" } else { "" };
        let text = format!("{}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000{secure}", shared.cookie.name);
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

/// The reader's choice, then the browser's languages, then Korean.
fn locale(jar: &CookieJar, headers: &HeaderMap) -> Locale {
    let chosen = jar.get(LOCALE_COOKIE).and_then(|cookie| Locale::from_code(cookie.value()));
    let accepted = || {
        let text = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        text.split(',').find_map(|part| Locale::from_code(part.trim()))
    };
    chosen.or_else(accepted).unwrap_or_default()
}

/// A refusal as RFC 9457 problem.
pub(crate) fn refuse(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut body = serde_json::to_value(refusal).unwrap_or_default();
    body["type"] = format!("urn:jumun:refusal:{}", refusal.code()).into();
    body["title"] = app::i18n::Tr(Locale::En).refusal(refusal).into();
    body["status"] = refusal.status().into();
    if let Some(code) = refusal.catalogue_code() {
        body["error_code"] = code.into();
    }
    let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response();
    if let Refusal::RateLimited { retry_after } = refusal {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*retry_after));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sites_are_told_apart() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            pairs.iter().map(|(name, value)| (axum::http::HeaderName::from_static(name), HeaderValue::from_static(value))).collect::<HeaderMap>()
        };
        assert!(is_same_site(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(!is_same_site(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!is_same_site(&headers(&[("sec-fetch-site", "same-site")])));
        assert!(is_same_site(&headers(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")])));
        assert!(!is_same_site(&headers(&[("origin", "http://evil.example"), ("host", "127.0.0.1:3000")])));
        assert!(!is_same_site(&headers(&[("origin", "null"), ("host", "127.0.0.1:3000")])));
        assert!(is_same_site(&headers(&[("host", "127.0.0.1:3000")])));
    }
}
