//! The interface's own description, drawn from the handlers, and a page to read it.

use super::{inbound, orders};
use crate::http::Shared;
use axum::{
    Json, Router,
    http::{HeaderValue, header},
    routing::get,
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
    info(title = "Jumun", description = "Orders of a chain of appliance stores: place, pay, prepare, follow."),
    paths(inbound::event, orders::quote, orders::place, orders::list, orders::show, orders::events, orders::command),
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

/// `/api/v1/openapi.json` and `/api/docs`.
pub(super) fn routes() -> Router<Shared> {
    // The page is a stranger's: it may run its own files and style itself, and nothing else.
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
    let page = SwaggerUi::new("/api/docs").config(utoipa_swagger_ui::Config::from("/api/v1/openapi.json"));
    let page: Router<Shared> = page.into();
    let page = page
        .layer(ServiceBuilder::new().layer(SetResponseHeaderLayer::overriding(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy))));
    Router::new().route("/api/v1/openapi.json", get(|| async { Json(Api::openapi()) })).merge(page)
}
