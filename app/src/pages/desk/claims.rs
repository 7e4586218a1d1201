//! Returns of what the store sold.

use super::console::{Console, Counts};
use crate::{
    api,
    i18n::use_tr,
    load::load,
    pages::{
        claims::{ClaimDesk, ClaimQueue, Whose, claim_keys},
        frame::Head,
    },
};
use leptos::prelude::*;

/// The boards' counts for the rail, and what counts them again.
fn use_counts() -> (Signal<Option<Counts>>, Callback<()>) {
    let desk = load(|| (), |()| api::desk::desk());
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    (counts, Callback::new(move |()| desk.refetch()))
}

/// `/desk/claims`
#[component]
pub fn Claims() -> impl IntoView {
    let tr = use_tr();
    let (counts, on_done) = use_counts();
    view! {
        <Console counts=counts>
            <Head title=tr.t("claims.title") />
            <div class="page-head">
                <div>
                    <h1>{tr.t("claims.title")}</h1>
                    <p>{tr.t("claims.about_store")}</p>
                </div>
                {claim_keys(tr)}
            </div>
            <ClaimQueue whose=Whose::Store on_done=on_done />
        </Console>
    }
}

/// `/desk/claims/:id`
#[component]
pub fn Claim() -> impl IntoView {
    let (counts, on_done) = use_counts();
    view! {
        <Console counts=counts>
            <ClaimDesk whose=Whose::Store on_done=on_done />
        </Console>
    }
}
