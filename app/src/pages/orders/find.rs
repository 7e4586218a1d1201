//! A guest finds the order again with its number and phone.

use crate::{
    api::orders::FindOrder,
    components::{Button, ButtonKind, Field},
    i18n::use_tr,
    pages::{
        errors::{Said, flaw, refused},
        frame::Head,
    },
};
use jumun::refusal::Refusal;
use leptos::prelude::*;

/// `/find`
#[component]
pub fn Find() -> impl IntoView {
    let tr = use_tr();
    let action = ServerAction::<FindOrder>::new();
    let refusal = refused(action);
    // What is wrong with the phone stands at its field.
    let above = Signal::derive(move || refusal.get().filter(|refusal| !matches!(refusal, Refusal::Invalid { field, .. } if field == "phone")));
    let busy = Signal::from(action.pending());
    view! {
        <Head title=tr.t("find.title") />
        <div class="wrap-narrow stack">
            <div class="page-head">
                <div>
                    <h1>{tr.t("find.title")}</h1>
                    <p>{tr.t("find.lead")}</p>
                </div>
            </div>
            <Said refusal=above />
            <ActionForm action=action attr:class="form">
                <Field
                    label=tr.t("find.number")
                    name="number"
                    hint=tr.t("find.number_hint")
                    placeholder="ORD-20261121-AB23CD45"
                    autocomplete="off"
                    required=true
                    maxlength=40
                />
                <Field
                    label=tr.t("find.phone")
                    name="phone"
                    r#type="tel"
                    inputmode="tel"
                    autocomplete="tel"
                    required=true
                    maxlength=20
                    error=flaw(tr, refusal, "phone")
                />
                <div class="form-actions">
                    <Button kind=ButtonKind::Primary icon="search" class="btn-l" disabled=busy>
                        {tr.t("find.do")}
                    </Button>
                </div>
            </ActionForm>
            <p class="soft">
                {tr.t("find.member")}" "<a class="link" href="/sign-in?next=/orders">
                    {tr.t("find.sign_in")}
                </a>
            </p>
        </div>
    }
}
