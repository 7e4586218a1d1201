//! Who calls: the cookie, the request's id, the same-site rule, the limits on guessing.

use super::Shared;
use crate::secret;
use app::session::{Caller, LOCALE_COOKIE};
use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use jumun::{actor::Actor, refusal::Refusal, text::Locale};
use std::{
    hash::Hash,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    num::NonZeroU32,
    time::Duration,
};

/// The request's id, for logs and for the correlation of everything it causes.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub String);

type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// How often one address may try what could be guessed, how often it may change anything, and how often one key may call.
pub(crate) struct Limits {
    guesses: Limiter<IpAddr>,
    changes: Limiter<IpAddr>,
    calls: Limiter<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { guesses: per_minute(30), changes: per_minute(6_000), calls: per_minute(1_200) }
    }
}

fn per_minute<K: Hash + Eq + Clone>(count: u32) -> Limiter<K> {
    RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN))).with_middleware()
}

/// What a limit leaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Allowance {
    /// Calls at once.
    pub limit: u32,
    /// Calls left now.
    pub remaining: u32,
    /// Seconds until all are there again.
    pub reset: u32,
    /// Seconds until the next one, when none is left.
    pub retry_after: Option<u32>,
}

/// Above this many counted callers those that have all their calls back are forgotten.
const REMEMBERED: usize = 20_000;

fn count<K: Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K) -> Allowance {
    if limiter.len() > REMEMBERED {
        limiter.retain_recent();
    }
    let seconds = |span: Duration| u32::try_from(span.as_secs() + u64::from(span.subsec_nanos() > 0)).unwrap_or(u32::MAX);
    match limiter.check_key(key) {
        Ok(left) => {
            let (limit, remaining) = (left.quota().burst_size().get(), left.remaining_burst_capacity());
            Allowance { limit, remaining, reset: seconds(left.quota().replenish_interval() * (limit - remaining)), retry_after: None }
        }
        Err(full) => {
            let (limit, wait) = (full.quota().burst_size().get(), full.wait_time_from(limiter.clock().now()));
            let reset = seconds(wait + full.quota().replenish_interval() * (limit - 1));
            Allowance { limit, remaining: 0, reset, retry_after: Some(seconds(wait).max(1)) }
        }
    }
}

impl Limits {
    /// Counts a call of the interface for a key or an address.
    pub(crate) fn call(&self, who: String) -> Allowance {
        count(&self.calls, &who)
    }
}

/// Where a request comes from. `X-Forwarded-For` is believed only as far as our own proxies wrote it: with two of them in
/// front of us, the second entry from the right is what the outer one saw. IPv6 counts by /64, which is what one customer gets.
pub(crate) fn address(request: &Request, trusted_hops: usize) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let forwarded = || {
        let lines = request.headers().get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let entries: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        entries.get(entries.len().checked_sub(trusted_hops)?)?.parse::<IpAddr>().ok()
    };
    let address = if trusted_hops == 0 { peer } else { forwarded().or(peer) };
    address.map(|address| match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
        v4 => v4,
    })
}

/// Paths where somebody could guess: passwords, order numbers.
const GUESSABLE: &[&str] = &["/api/sign-in", "/api/sign-up", "/api/find-order", "/api/apply-as-store"];

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
    let address = address(&request, shared.trusted_hops);
    if changes && let Some(address) = address {
        let guess = GUESSABLE.contains(&path.as_str());
        let limiter = if guess { &shared.limits.guesses } else { &shared.limits.changes };
        // The demo is measured from its own machine.
        let own = shared.house.demo && address.is_loopback() && !guess;
        if !own && let Some(retry_after) = count(limiter, &address).retry_after {
            return refuse(&Refusal::RateLimited { retry_after });
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
    if let Some(Actor::Admin { .. }) = &actor
        && !lets_set_up(&path)
    {
        match shared.house.owes_second_step(&actor.unwrap_or(Actor::Nobody)).await {
            Ok(false) => {}
            Ok(true) if wants_a_page(request.headers()) => return Redirect::to("/me").into_response(),
            Ok(true) => return refuse(&Refusal::SecondStepRequired),
            Err(refusal) => return refuse(&refusal),
        }
    }
    let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let locale = locale(&jar, request.headers());
    request.extensions_mut().insert(Caller { actor: actor.unwrap_or(Actor::Nobody), session, locale, request: request_id, address });
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

/// What is open to who has yet to turn his second step on: the page that does it, what that page asks, and the site's files.
const SETTING_UP: &[&str] = &[
    "/me",
    "/api/visitor",
    "/api/two-steps",
    "/api/begin-two-steps",
    "/api/confirm-two-steps",
    "/api/sign-out",
    "/api/set-locale",
    "/icons.svg",
    "/favicon.svg",
    "/logo.svg",
    "/manifest.webmanifest",
];

fn lets_set_up(path: &str) -> bool {
    SETTING_UP.contains(&path) || ["/pkg/", "/fonts/", "/art/"].iter().any(|folder| path.starts_with(folder))
}

/// Whether a browser asks for something to look at.
pub(super) fn wants_a_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|kinds| kinds.contains("text/html"))
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
    use axum::body::Body;

    fn asked_by(peer: &str, forwarded: &[&str], trusted_hops: usize) -> String {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        for line in forwarded {
            request.headers_mut().append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
        }
        address(&request, trusted_hops).unwrap().to_string()
    }

    #[test]
    fn only_our_own_proxies_are_believed() {
        assert_eq!(asked_by("10.0.0.1", &["1.1.1.1"], 0), "10.0.0.1");
        assert_eq!(asked_by("10.0.0.1", &["6.6.6.6, 1.1.1.1"], 1), "1.1.1.1");
        assert_eq!(asked_by("10.0.0.1", &["6.6.6.6", "1.1.1.1", "10.0.0.2"], 2), "1.1.1.1");
        // Fewer entries than proxies, or none that reads: somebody came around them.
        assert_eq!(asked_by("10.0.0.1", &["1.1.1.1"], 2), "10.0.0.1");
        assert_eq!(asked_by("10.0.0.1", &["nonsense"], 1), "10.0.0.1");
        assert_eq!(asked_by("10.0.0.1", &[], 1), "10.0.0.1");
        assert_eq!(asked_by("::ffff:10.0.0.1", &[], 0), "10.0.0.1");
        assert_eq!(asked_by("2001:db8:1:2:3:4:5:6", &[], 0), "2001:db8:1:2::");
    }

    #[test]
    fn a_limit_says_what_is_left_and_when_to_come_back() {
        let limiter = per_minute::<u8>(3);
        let left: Vec<Allowance> = (0..4).map(|_| count(&limiter, &1)).collect();
        assert_eq!(left.iter().map(|one| (one.limit, one.remaining)).collect::<Vec<_>>(), [(3, 2), (3, 1), (3, 0), (3, 0)]);
        assert_eq!(left.iter().map(|one| one.reset).collect::<Vec<_>>(), [20, 40, 60, 60]);
        assert_eq!(left.iter().map(|one| one.retry_after).collect::<Vec<_>>(), [None, None, None, Some(20)]);
        assert_eq!(count(&limiter, &2).remaining, 2, "another caller has calls of its own");
    }

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
