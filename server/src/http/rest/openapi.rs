//! The interface's own description, drawn from the handlers, and a page to read it.

use super::{claims, coupons, inbound, orders, reviews, sourcing, stock, webhooks};
use crate::http::Shared;
use axum::{
    Json, Router,
    http::{HeaderValue, header},
};
use tower::ServiceBuilder;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_swagger_ui::SwaggerUi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Jumun",
        description = "Orders of a chain of appliance stores: place, pay, prepare, follow. \
            A channel's key reads and commands the orders that this channel placed; a store's key those that the store sells. \
            Everything else is not found. A key has scopes; a call outside of them is refused with 403 `scope_missing`, which names the scope. \
            Endpoints are told what happens as Standard Webhooks say: `webhook-id` (the same at every try), `webhook-timestamp` and \
            `webhook-signature: v1,…` over `id.timestamp.body`, with one signature for each secret that is good. The body is `Message`. \
            Anything but 2xx is tried again for three days; 410 ends it. \
            What is refused is a problem (RFC 9457) with a stable `code`, and has changed nothing. \
            Every answer carries `X-Request-Id`, `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds until all calls \
            are there again); 429 says in `Retry-After` when to come back. \
            Reads carry an `ETag` and answer 304 to its `If-None-Match`. \
            With an `Idempotency-Key` a change happens once for a caller and an operation: a repetition gets the first answer, \
            another body under the key is refused with 422, and one that comes while the first is at work waits two seconds and is \
            then refused with 409. \
            A command answers 202 when its effect is the answer of somebody outside: the intent is kept, and the order tells how it went."
    ),
    paths(
        document, inbound::event, orders::quote, orders::place, orders::list, orders::show, orders::events, orders::tree, orders::refund_slip,
        orders::command, claims::list, claims::show, sourcing::installations, sourcing::receipts,
        stock::list, stock::receive, stock::adjust, stock::restock, coupons::list, coupons::create, coupons::show, coupons::stop, reviews::list, webhooks::list, webhooks::create, webhooks::show, webhooks::update, webhooks::remove, webhooks::rotate_secret,
        webhooks::test, webhooks::replay_dead, webhooks::deliveries, webhooks::delivery, webhooks::replay
    ),
    components(schemas(jumun::webhook::Message)),
    modifiers(&Keys)
)]
struct Api;

struct Keys;

impl Modify for Keys {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let components = api.components.get_or_insert_with(Default::default);
        components.add_security_scheme("key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// The description.
pub(super) fn api() -> utoipa::openapi::OpenApi {
    Api::openapi()
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", responses((status = 200, body = Object)))]
pub(crate) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(api())
}

/// `/api/docs`.
pub(super) fn page() -> Router<Shared> {
    // The page is a stranger's: it may run its own files and style itself, and nothing else.
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
    let page = SwaggerUi::new("/api/docs").config(utoipa_swagger_ui::Config::from("/api/v1/openapi.json"));
    let page: Router<Shared> = page.into();
    page.layer(ServiceBuilder::new().layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy))))
}
