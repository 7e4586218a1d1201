//! Placeholder.
use leptos::prelude::*;
/// Page.
#[component]
pub fn Home() -> impl IntoView { view! { <p>"…"</p> } }
/// Page.
#[component]
pub fn SignIn() -> impl IntoView { view! { <p>"…"</p> } }
/// Page.
#[component]
pub fn SignUp() -> impl IntoView { view! { <p>"…"</p> } }
/// Page.
#[component]
pub fn Me() -> impl IntoView { view! { <p>"…"</p> } }
