//! Returns of what the store sold.

use super::console::{Console, Counts};
use crate::{
    api,
    error::Refused,
    i18n::use_tr,
    load::load,
    pages::{
        claims::{ClaimQueue, Whose, claim_keys},
        frame::Head,
    },
};
use jumun::view::DeskView;
use leptos::prelude::*;

/// `/desk/claims`
#[component]
pub fn Claims() -> impl IntoView {
    let tr = use_tr();
    let desk = load(|| (), |()| api::desk::desk());
    let counts = Signal::derive(move || {
        let found: Option<Result<DeskView, Refused>> = desk.get();
        found.and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now })
    });
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
            <ClaimQueue whose=Whose::Store on_done=Callback::new(move |()| desk.refetch()) />
        </Console>
    }
}
