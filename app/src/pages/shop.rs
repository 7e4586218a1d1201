//! Placeholder.
use leptos::prelude::*;
/// Page.
#[component]
pub fn Home() -> impl IntoView { view! { <p>"…"</p> } }
/// Page.
#[component]
pub fn Product() -> impl IntoView { view! { <p>"…"</p> } }
