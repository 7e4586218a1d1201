//! Placeholder.
use leptos::prelude::*;
/// Page.
#[component]
pub fn Checkout() -> impl IntoView { view! { <p>"…"</p> } }
/// Page.
#[component]
pub fn Pay() -> impl IntoView { view! { <p>"…"</p> } }
