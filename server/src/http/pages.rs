//! Pages, server functions and the files of the site.

use super::Shared;
use crate::backend::Front;
use app::{backend::House as Backend, routes::App, session::FormTargets, shell::shell};
use axum::{
    Router,
    http::{HeaderValue, header},
    routing::any,
};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, generate_route_list, handle_server_fns_with_context};
use std::{path::PathBuf, sync::Arc};
use tower::ServiceBuilder;
use tower_http::{
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
};

/// The site's folder: named by `JUMUN_SITE`, beside the binary, or where a development build puts it.
fn site_folder() -> anyhow::Result<PathBuf> {
    if let Some(named) = std::env::var_os("JUMUN_SITE") {
        return Ok(named.into());
    }
    let binary = std::env::current_exe()?;
    binary
        .ancestors()
        .skip(1)
        .take(3)
        .map(|folder| folder.join("site"))
        .find(|site| site.join("pkg").is_dir())
        .ok_or_else(|| anyhow::anyhow!("the site is not beside the binary; build with make build, or name its folder in JUMUN_SITE"))
}

/// Pages, server functions and files.
pub(super) fn routes(shared: &Shared, providers: &str) -> anyhow::Result<Router> {
    let site = site_folder()?;
    let hashes = std::env::current_exe()?.with_file_name("hash.txt");
    anyhow::ensure!(hashes.is_file(), "{} is missing: the build puts it beside the binary, and pages name their files by it", hashes.display());
    let options =
        LeptosOptions::builder().output_name("jumun").site_root(site.to_string_lossy().into_owned()).site_pkg_dir("pkg").hash_files(true).build();
    let backend: Backend = Arc::new(Front(shared.house.clone()));
    let cookie = shared.cookie.clone();
    let targets = FormTargets(providers.to_owned());
    let context = move || {
        provide_context(backend.clone());
        provide_context(cookie.clone());
        provide_context(targets.clone());
    };
    let forever = || SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    let a_day = || SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    let folder = |name: &str| ServeDir::new(site.join(name)).precompressed_br();

    let mut router: Router<LeptosOptions> = Router::new();
    for name in ["pkg", "fonts"] {
        router = router.nest_service(&format!("/{name}"), ServiceBuilder::new().layer(forever()).service(folder(name)));
    }
    router = router.nest_service("/art", ServiceBuilder::new().layer(a_day()).service(folder("art")));
    for name in ["icons.svg", "favicon.svg", "logo.svg", "manifest.webmanifest", "robots.txt"] {
        router = router.route_service(&format!("/{name}"), ServiceBuilder::new().layer(a_day()).service(ServeFile::new(site.join(name))));
    }
    let functions = {
        let context = context.clone();
        any(move |request: axum::extract::Request| handle_server_fns_with_context(context.clone(), request))
    };
    let fallback = {
        let (context, options) = (context.clone(), options.clone());
        leptos_axum::render_app_async_with_context(context, move || shell(options.clone()))
    };
    Ok(router
        .route("/api/{*function}", functions)
        .leptos_routes_with_context(&options, generate_route_list(App), context, {
            let options = options.clone();
            move || shell(options.clone())
        })
        .fallback(fallback)
        .with_state(options))
}
