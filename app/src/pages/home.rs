//! The way home.

use crate::{api::account::who, load::load};
use leptos::prelude::*;
use leptos_router::components::Redirect;

/// The first page of a role.
fn first_page(role: &str) -> &'static str {
    match role {
        "staff" => "/desk",
        "installer" => "/jobs",
        "admin" => "/admin",
        _ => "/",
    }
}

/// Sends everybody to the first page of the role.
#[component]
pub fn Home() -> impl IntoView {
    let visitor = load(|| (), |()| who());
    let onward = move || {
        Suspend::new(async move {
            view! { <Redirect path=first_page(&visitor.await.unwrap_or_default().role) /> }
        })
    };
    view! { <Suspense>{onward}</Suspense> }
}
