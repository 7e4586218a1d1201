//! The store's coupons.

use super::console::{Console, Counts, page_head};
use crate::{
    api,
    i18n::use_tr,
    load::load,
    pages::{coupons, frame::Head},
};
use leptos::prelude::*;

/// `/desk/coupons`
#[component]
pub fn Coupons() -> impl IntoView {
    let tr = use_tr();
    let desk = load(|| (), |()| api::desk::desk());
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    view! {
        <Console counts=counts>
            <Head title=tr.t("coupons.title") />
            {page_head(tr.t("coupons.title"), tr.t("coupons.about"))}
            <coupons::Coupons chain=false />
        </Console>
    }
}
