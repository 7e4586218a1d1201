//! What people see: pages by role, components and typed server functions. Rendered on the server; hydrated in the
//! browser; usable without scripts.

#![recursion_limit = "512"]

mod apart;
pub mod api;
pub mod backend;
pub mod components;
pub mod error;
pub mod i18n;
pub mod live;
pub mod load;
pub mod outbox;
pub mod pages;
pub mod routes;
pub mod session;
pub mod shell;

/// Makes the page that the server rendered live.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    apart::DRAWN.get_or_init(|| leptos::prelude::location().pathname().unwrap_or_default());
    // A page without words stays as the server drew it.
    if i18n::bring(session::page_locale()).await.is_ok() {
        leptos::mount::hydrate_lazy(routes::App);
    }
}
