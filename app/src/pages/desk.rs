//! Placeholder.
use leptos::prelude::*;
/// Page.
#[component]
pub fn Today() -> impl IntoView { view! { <p>"…"</p> } }
/// Page.
#[component]
pub fn Board() -> impl IntoView { view! { <p>"…"</p> } }
/// Page.
#[component]
pub fn Order() -> impl IntoView { view! { <p>"…"</p> } }
/// Page.
#[component]
pub fn Stock() -> impl IntoView { view! { <p>"…"</p> } }
/// Page.
#[component]
pub fn Listings() -> impl IntoView { view! { <p>"…"</p> } }
