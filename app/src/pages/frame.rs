//! The frame around pages.
use leptos::prelude::*;
use leptos_router::components::Outlet;
/// Frame.
#[component]
pub fn Frame() -> impl IntoView { view! { <main><Outlet /></main> } }
