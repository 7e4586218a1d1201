//! Asking to join the chain with a store.

use super::{
    account::Door,
    address_fields::phone_field,
    errors::{Said, flaw, refused},
    frame::Head,
};
use crate::{
    api::partners::ApplyAsStore,
    components::{Button, ButtonKind, EmptyState, Field, LinkButton, RadioCard},
    i18n::use_tr,
};
use jumun::partner::StoreKind;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/partners/apply`
#[component]
pub fn Apply() -> impl IntoView {
    let tr = use_tr();
    let query = use_query_map();
    let done = Memo::new(move |_| query.read().get("done").is_some());
    let shown = move || {
        if done.get() {
            return view! {
                <EmptyState icon="check-circle" title=tr.t("apply.done") text=tr.t("apply.done_text") page=true>
                    <LinkButton href="/">{tr.t("errors.to_home")}</LinkButton>
                </EmptyState>
            }
            .into_any();
        }
        view! { <Asking /> }.into_any()
    };
    view! {
        <Head title=tr.t("apply.title") />
        <Door>{shown}</Door>
    }
}

/// The form.
#[component]
fn Asking() -> impl IntoView {
    let tr = use_tr();
    let apply = ServerAction::<ApplyAsStore>::new();
    let said = refused(apply);
    let pending = apply.pending();
    let kinds = StoreKind::ALL
        .iter()
        .map(|kind| {
            let slug = kind.slug();
            let icon = if *kind == StoreKind::Retailer { "store" } else { "warehouse" };
            view! {
                <RadioCard
                    name="kind"
                    value=slug
                    icon=icon
                    title=tr.t(&format!("role.{slug}"))
                    text=tr.t(&format!("apply.kind.{slug}"))
                    checked=*kind == StoreKind::Retailer
                    required=true
                />
            }
        })
        .collect_view();
    view! {
        <h1>{tr.t("apply.title")}</h1>
        <p class="soft">{tr.t("apply.about")}</p>
        <Said refusal=said />
        <ActionForm action=apply attr:class="form">
            <Field
                label=tr.t("field.store_name")
                name="store_name"
                autocomplete="organization"
                required=true
                maxlength=40
                error=flaw(tr, said, "store_name")
            />
            <fieldset class="fieldset">
                <legend>{tr.t("field.store_kind")}</legend>
                <div class="radio-cards">{kinds}</div>
            </fieldset>
            <Field
                label=tr.t("field.business_number")
                name="business_number"
                inputmode="numeric"
                placeholder="123-45-67891"
                required=true
                maxlength=16
                error=flaw(tr, said, "business_number")
            />
            <Field
                label=tr.t("field.postcode")
                name="postcode"
                inputmode="numeric"
                autocomplete="postal-code"
                required=true
                maxlength=5
                error=flaw(tr, said, "postcode")
            />
            <Field
                label=tr.t("field.address")
                name="address"
                autocomplete="street-address"
                hint=tr.t("apply.address_hint")
                required=true
                maxlength=200
                error=flaw(tr, said, "address")
            />
            <Field label=tr.t("apply.person") name="name" autocomplete="name" required=true maxlength=40 error=flaw(tr, said, "name") />
            {phone_field(tr, String::new(), said)}
            <Field
                label=tr.t("field.email")
                name="email"
                r#type="email"
                autocomplete="username"
                inputmode="email"
                hint=tr.t("apply.email_hint")
                required=true
                maxlength=120
                error=flaw(tr, said, "email")
            />
            <Field
                label=tr.t("field.password")
                name="password"
                r#type="password"
                autocomplete="new-password"
                hint=tr.t("account.password_hint")
                required=true
                maxlength=200
                error=flaw(tr, said, "password")
            />
            <Button kind=ButtonKind::Primary class="btn-wide btn-l" disabled=pending>
                {tr.t("apply.do")}
            </Button>
        </ActionForm>
    }
}
