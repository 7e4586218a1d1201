//! The review desk: returns of every store, and refunds that need a second person.

use super::{
    console::{Console, page_head, use_chain},
    goodwill::Goodwills,
};
use crate::{
    i18n::use_tr,
    pages::{
        claims::{ClaimDesk, ClaimQueue, Whose, claim_keys},
        frame::Head,
    },
};
use leptos::prelude::*;

/// `/admin/claims`
#[component]
pub fn Claims() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    view! {
        <Console chain=chain>
            <Head title=tr.t("claims.rail_chain") />
            {page_head(tr.t("claims.rail_chain"), tr.t("claims.about_chain"), claim_keys(tr))}
            <div class="stack">
                <Goodwills />
                <ClaimQueue whose=Whose::Chain on_done=Callback::new(move |()| chain.refetch()) />
            </div>
        </Console>
    }
}

/// `/admin/claims/:id`
#[component]
pub fn Claim() -> impl IntoView {
    let chain = use_chain();
    view! {
        <Console chain=chain>
            <ClaimDesk whose=Whose::Chain on_done=Callback::new(move |()| chain.refetch()) />
        </Console>
    }
}
