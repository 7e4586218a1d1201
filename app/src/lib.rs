//! What people see: pages by role, components and typed server functions. Rendered on the server; hydrated in the
//! browser; usable without scripts.

#![recursion_limit = "512"]

pub mod api;
pub mod backend;
pub mod components;
pub mod error;
pub mod i18n;
pub mod live;
pub mod pages;
pub mod routes;
pub mod session;
pub mod shell;

rust_i18n::i18n!("locales", fallback = "ko");

/// Makes the page that the server rendered live.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(routes::App);
}
