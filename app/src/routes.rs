//! Every page and its address. Pages wait for their data on the server, so that they work without scripts and answer with
//! the right status.

use crate::{
    i18n::Tr,
    pages::{self, frame::Frame},
    session::page_locale,
};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// The application.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(Tr(page_locale()));
    view! {
        <Router>
            <Routes fallback=|| view! { <pages::errors::NotFound /> }>
                <ParentRoute path=path!("") view=Frame>
                    <Route path=path!("") view=pages::shop::Home ssr=SsrMode::Async />
                    <Route path=path!("products/:id") view=pages::shop::Product ssr=SsrMode::Async />
                    <Route path=path!("cart") view=pages::cart::Cart ssr=SsrMode::Async />
                    <Route path=path!("checkout/:seller") view=pages::checkout::Checkout ssr=SsrMode::Async />
                    <Route path=path!("pay/:number") view=pages::checkout::Pay ssr=SsrMode::Async />
                    <Route path=path!("orders") view=pages::orders::Orders ssr=SsrMode::Async />
                    <Route path=path!("orders/:number") view=pages::orders::Order ssr=SsrMode::Async />
                    <Route path=path!("find") view=pages::orders::Find ssr=SsrMode::Async />
                    <Route path=path!("home") view=pages::home::Home ssr=SsrMode::Async />
                    <Route path=path!("sign-in") view=pages::account::SignIn ssr=SsrMode::Async />
                    <Route path=path!("sign-up") view=pages::account::SignUp ssr=SsrMode::Async />
                    <Route path=path!("me") view=pages::account::Me ssr=SsrMode::Async />
                    <Route path=path!("desk") view=pages::desk::Today ssr=SsrMode::Async />
                    <Route path=path!("desk/boards/:board") view=pages::desk::Board ssr=SsrMode::Async />
                    <Route path=path!("desk/orders/:number") view=pages::desk::Order ssr=SsrMode::Async />
                    <Route path=path!("desk/stock") view=pages::desk::Stock ssr=SsrMode::Async />
                    <Route path=path!("desk/products") view=pages::desk::Listings ssr=SsrMode::Async />
                    <Route path=path!("desk/webhooks") view=pages::desk::Webhooks ssr=SsrMode::Async />
                    <Route path=path!("desk/webhooks/:endpoint") view=pages::desk::Webhook ssr=SsrMode::Async />
                    <Route path=path!("desk/keys") view=pages::desk::Keys ssr=SsrMode::Async />
                    <Route path=path!("admin") view=pages::admin::Today ssr=SsrMode::Async />
                    <Route path=path!("admin/alerts") view=pages::admin::Alerts ssr=SsrMode::Async />
                    <Route path=path!("admin/sagas") view=pages::admin::Sagas ssr=SsrMode::Async />
                    <Route path=path!("admin/proof") view=pages::admin::Proof ssr=SsrMode::Async />
                    <Route path=path!("admin/orders") view=pages::admin::Orders ssr=SsrMode::Async />
                    <Route path=path!("admin/orders/:number") view=pages::admin::Order ssr=SsrMode::Async />
                    <Route path=path!("admin/events") view=pages::admin::Events ssr=SsrMode::Async />
                    <Route path=path!("admin/audit") view=pages::admin::Audit ssr=SsrMode::Async />
                    <Route path=path!("admin/queues") view=pages::admin::Queues ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
