//! Placeholder.
use leptos::prelude::*;
/// Page.
#[component]
pub fn Cart() -> impl IntoView { view! { <p>"…"</p> } }
