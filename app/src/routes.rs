//! Every page and its address. Pages wait for their data on the server, so that they work without scripts and answer with
//! the right status.

use crate::{
    apart::chunk,
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

chunk! {
    /// From a product to its payment.
    Buying, buying, fetch_buying:
    Product => pages::shop::Product,
    Cart => pages::cart::Cart,
    Checkout => pages::checkout::Checkout,
    Pay => pages::checkout::Pay,
}

chunk! {
    /// What somebody has: orders and an account.
    Having, having, fetch_having:
    Orders => pages::orders::Orders,
    Order => pages::orders::Order,
    ExtraCharge => pages::orders::ExtraCharge,
    GiveBack => pages::orders::GiveBack,
    Exchange => pages::orders::Exchange,
    Review => pages::orders::Review,
    Find => pages::orders::Find,
    SignIn => pages::account::SignIn,
    SignInCode => pages::two_steps::SignInCode,
    SignUp => pages::account::SignUp,
    Apply => pages::apply::Apply,
    Applied => pages::apply::Applied,
    Join => pages::join::Join,
    Me => pages::account::Me,
}

chunk! {
    /// An installer's own work.
    Working, working, fetch_working:
    Jobs => pages::jobs::Jobs,
    Job => pages::jobs::Job,
    Earnings => pages::jobs::Earnings,
    Me => pages::jobs::OwnTerms,
}

chunk! {
    /// A store's own work.
    Desk, desk, fetch_desk:
    Today => pages::desk::Today,
    Board => pages::desk::Board,
    Order => pages::desk::Order,
    GiveBack => pages::desk::GiveBack,
    Purchases => pages::desk::Purchases,
    Claims => pages::desk::Claims,
    Claim => pages::desk::Claim,
    Reviews => pages::desk::Reviews,
    Partners => pages::desk::Partners,
    Selling => pages::desk::Selling,
    Stock => pages::desk::Stock,
    Listings => pages::desk::Listings,
    Coupons => pages::desk::Coupons,
    Webhooks => pages::desk::Webhooks,
    Webhook => pages::desk::Webhook,
    Keys => pages::desk::Keys,
    Team => pages::desk::Team,
}

chunk! {
    /// Head office.
    Admin, admin, fetch_admin:
    Today => pages::admin::Today,
    Alerts => pages::admin::Alerts,
    Sagas => pages::admin::Sagas,
    Proof => pages::admin::Proof,
    Orders => pages::admin::Orders,
    Order => pages::admin::Order,
    Events => pages::admin::Events,
    Audit => pages::admin::Audit,
    Coupons => pages::admin::Coupons,
    Queues => pages::admin::Queues,
    People => pages::admin::People,
    Channels => pages::admin::Channels,
    Stores => pages::admin::Stores,
    Claims => pages::admin::Claims,
    Claim => pages::admin::Claim,
}

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
                    <Route path=path!("products/:id") view=Buying::Product ssr=SsrMode::Async />
                    <Route path=path!("cart") view=Buying::Cart ssr=SsrMode::Async />
                    <Route path=path!("checkout/:seller") view=Buying::Checkout ssr=SsrMode::Async />
                    <Route path=path!("pay/:number") view=Buying::Pay ssr=SsrMode::Async />
                    <Route path=path!("orders") view=Having::Orders ssr=SsrMode::Async />
                    <Route path=path!("orders/:number") view=Having::Order ssr=SsrMode::Async />
                    <Route path=path!("orders/:number/extra-charge") view=Having::ExtraCharge ssr=SsrMode::Async />
                    <Route path=path!("orders/:number/return") view=Having::GiveBack ssr=SsrMode::Async />
                    <Route path=path!("orders/:number/exchange") view=Having::Exchange ssr=SsrMode::Async />
                    <Route path=path!("orders/:number/review/:line") view=Having::Review ssr=SsrMode::Async />
                    <Route path=path!("find") view=Having::Find ssr=SsrMode::Async />
                    <Route path=path!("home") view=pages::home::Home ssr=SsrMode::Async />
                    <Route path=path!("sign-in") view=Having::SignIn ssr=SsrMode::Async />
                    <Route path=path!("sign-in/code") view=Having::SignInCode ssr=SsrMode::Async />
                    <Route path=path!("sign-up") view=Having::SignUp ssr=SsrMode::Async />
                    <Route path=path!("partners/apply") view=Having::Apply ssr=SsrMode::Async />
                    <Route path=path!("partners/apply/:key") view=Having::Applied ssr=SsrMode::Async />
                    <Route path=path!("join/:token") view=Having::Join ssr=SsrMode::Async />
                    <Route path=path!("me") view=Having::Me ssr=SsrMode::Async />
                    <Route path=path!("jobs") view=Working::Jobs ssr=SsrMode::Async />
                    <Route path=path!("jobs/earnings") view=Working::Earnings ssr=SsrMode::Async />
                    <Route path=path!("jobs/me") view=Working::Me ssr=SsrMode::Async />
                    <Route path=path!("jobs/:number") view=Working::Job ssr=SsrMode::Async />
                    <Route path=path!("desk") view=Desk::Today ssr=SsrMode::Async />
                    <Route path=path!("desk/boards/:board") view=Desk::Board ssr=SsrMode::Async />
                    <Route path=path!("desk/orders/:number") view=Desk::Order ssr=SsrMode::Async />
                    <Route path=path!("desk/orders/:number/return") view=Desk::GiveBack ssr=SsrMode::Async />
                    <Route path=path!("desk/partners") view=Desk::Partners ssr=SsrMode::Async />
                    <Route path=path!("desk/partners/selling") view=Desk::Selling ssr=SsrMode::Async />
                    <Route path=path!("desk/purchases") view=Desk::Purchases ssr=SsrMode::Async />
                    <Route path=path!("desk/claims") view=Desk::Claims ssr=SsrMode::Async />
                    <Route path=path!("desk/claims/:id") view=Desk::Claim ssr=SsrMode::Async />
                    <Route path=path!("desk/reviews") view=Desk::Reviews ssr=SsrMode::Async />
                    <Route path=path!("desk/stock") view=Desk::Stock ssr=SsrMode::Async />
                    <Route path=path!("desk/products") view=Desk::Listings ssr=SsrMode::Async />
                    <Route path=path!("desk/webhooks") view=Desk::Webhooks ssr=SsrMode::Async />
                    <Route path=path!("desk/webhooks/:endpoint") view=Desk::Webhook ssr=SsrMode::Async />
                    <Route path=path!("desk/keys") view=Desk::Keys ssr=SsrMode::Async />
                    <Route path=path!("desk/team") view=Desk::Team ssr=SsrMode::Async />
                    <Route path=path!("desk/coupons") view=Desk::Coupons ssr=SsrMode::Async />
                    <Route path=path!("admin") view=Admin::Today ssr=SsrMode::Async />
                    <Route path=path!("admin/alerts") view=Admin::Alerts ssr=SsrMode::Async />
                    <Route path=path!("admin/sagas") view=Admin::Sagas ssr=SsrMode::Async />
                    <Route path=path!("admin/proof") view=Admin::Proof ssr=SsrMode::Async />
                    <Route path=path!("admin/claims") view=Admin::Claims ssr=SsrMode::Async />
                    <Route path=path!("admin/claims/:id") view=Admin::Claim ssr=SsrMode::Async />
                    <Route path=path!("admin/orders") view=Admin::Orders ssr=SsrMode::Async />
                    <Route path=path!("admin/orders/:number") view=Admin::Order ssr=SsrMode::Async />
                    <Route path=path!("admin/coupons") view=Admin::Coupons ssr=SsrMode::Async />
                    <Route path=path!("admin/events") view=Admin::Events ssr=SsrMode::Async />
                    <Route path=path!("admin/audit") view=Admin::Audit ssr=SsrMode::Async />
                    <Route path=path!("admin/queues") view=Admin::Queues ssr=SsrMode::Async />
                    <Route path=path!("admin/people") view=Admin::People ssr=SsrMode::Async />
                    <Route path=path!("admin/channels") view=Admin::Channels ssr=SsrMode::Async />
                    <Route path=path!("admin/partners") view=Admin::Stores ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
