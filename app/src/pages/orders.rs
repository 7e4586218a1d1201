//! Placeholder.
use leptos::prelude::*;
/// Page.
#[component]
pub fn Orders() -> impl IntoView { view! { <p>"…"</p> } }
/// Page.
#[component]
pub fn Order() -> impl IntoView { view! { <p>"…"</p> } }
/// Page.
#[component]
pub fn Find() -> impl IntoView { view! { <p>"…"</p> } }
