//! Everything that listens: pages, server functions, the interface, provider facts, live hints.

mod demo;
mod exports;
mod health;
mod live;
mod pages;
mod rest;
mod returns;
mod session;
mod uploads;
mod webhooks;

pub use rest::interface;

use crate::{config::Config, house::House, serve::Ending};
use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    middleware,
};
use std::{sync::Arc, time::Duration};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, DefaultPredicate, Predicate, predicate::NotForContentType},
    limit::RequestBodyLimitLayer,
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
};

/// The largest body of a form or a call. Uploads have a route and a limit of their own.
const BODY_LIMIT: usize = 256 * 1024;
/// No answer takes longer.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// A photo over a slow line.
const UPLOAD_TIME_LIMIT: Duration = Duration::from_secs(150);

/// Moving the demo's clock answers when everything that became due is done, and that can be much.
const DEMO_TIME_LIMIT: Duration = Duration::from_secs(150);

/// What handlers share.
#[derive(Clone)]
pub(crate) struct Shared {
    /// The house.
    pub house: Arc<House>,
    /// The session cookie's name and flags.
    pub cookie: app::session::SessionCookie,
    /// Ends streams when the server stops, and says before that it is not ready.
    pub ending: Ending,
    /// How many tries a visitor has.
    pub limits: Arc<session::Limits>,
    /// How many of our own proxies stand in front of us.
    pub trusted_hops: usize,
}

/// The whole application.
///
/// # Errors
/// A site folder that is not there.
pub fn router(house: Arc<House>, config: &Config, providers: &str, ending: Ending) -> anyhow::Result<Router> {
    let https = config.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    let cookie = if https {
        app::session::SessionCookie { name: "__Host-jumun", secure: true }
    } else {
        app::session::SessionCookie { name: "jumun", secure: false }
    };
    let shared = Shared { house: house.clone(), cookie, ending, limits: Arc::default(), trusted_hops: config.trusted_hops };
    let header = |name: HeaderName, value: &'static str| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));

    let browser = Router::new()
        .merge(returns::routes())
        .merge(exports::routes())
        .merge(live::routes())
        .with_state(shared.clone())
        .merge(pages::routes(&shared, providers)?)
        .layer(middleware::from_fn_with_state(shared.clone(), session::session))
        .layer(middleware::from_fn(session::same_site));
    let machine = Router::new()
        .merge(rest::routes(&shared))
        .merge(webhooks::routes())
        .merge(demo::routes(house.demo))
        .merge(health::routes())
        .with_state(shared.clone());

    let within = |limit| TimeoutLayer::with_status_code(axum::http::StatusCode::GATEWAY_TIMEOUT, limit);
    // Its own limits are larger; everything else about it is as for any page.
    let uploads = uploads::routes()
        .with_state(shared.clone())
        .layer(within(UPLOAD_TIME_LIMIT))
        .layer(middleware::from_fn_with_state(shared.clone(), session::session))
        .layer(middleware::from_fn(session::same_site));
    let usual =
        ServiceBuilder::new().layer(within(if house.demo { DEMO_TIME_LIMIT } else { TIME_LIMIT })).layer(RequestBodyLimitLayer::new(BODY_LIMIT));
    let mut app = browser.merge(machine).layer(usual).merge(uploads).layer(
        ServiceBuilder::new()
            .layer(middleware::from_fn(session::request_id))
            .layer(middleware::from_fn(rest::problems))
            .layer(CatchPanicLayer::new())
            .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(NotForContentType::const_new("application/wasm"))))
            .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(header(header::REFERRER_POLICY, "strict-origin-when-cross-origin"))
            .layer(header(HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(), microphone=()"))
            .layer(header(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
            .layer(header(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'")),
    );
    if https {
        app = app.layer(header(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"));
    }
    Ok(app)
}
