//! The chain's coupons.

use super::console::{Console, page_head, use_chain};
use crate::{
    i18n::use_tr,
    pages::{coupons, frame::Head},
};
use leptos::prelude::*;

/// `/admin/coupons`
#[component]
pub fn Coupons() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    view! {
        <Console chain=chain>
            <Head title=tr.t("coupons.title") />
            {page_head(tr.t("coupons.title"), tr.t("coupons.about_chain"), ())}
            <coupons::Coupons chain=true />
        </Console>
    }
}
