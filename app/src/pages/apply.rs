//! Asking to join the chain with a store.

use super::{
    account::Door,
    address_fields::phone_field,
    errors::{Problem, Said, flaw, refused},
    frame::Head,
    order_parts::{bounced, bring_pictures},
};
use crate::{
    api::{self, partners::ApplyAsStore},
    components::{Button, ButtonKind, Field, LinkButton, Notice, RadioCard, Skeleton, Tone},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
};
use jumun::{
    partner::{Standing, StoreKind},
    view::ApplicationView,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/partners/apply`
#[component]
pub fn Apply() -> impl IntoView {
    let tr = use_tr();
    view! {
        <Head title=tr.t("apply.title") />
        <Door>
            <Asking />
        </Door>
    }
}

/// `/partners/apply/{key}`
#[component]
pub fn Applied() -> impl IntoView {
    let tr = use_tr();
    let params = use_params_map();
    let key = Memo::new(move |_| params.read().get("key").unwrap_or_default());
    let data = load(move || key.get(), api::partners::application);
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => standing(tr, &view, &key.get_untracked()),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Head title=tr.t("apply.title") />
        <Door>
            <Transition fallback=move || view! { <Skeleton label=tr.t("frame.loading") /> }>{shown}</Transition>
        </Door>
    }
}

/// How the application stands, and the papers that go with it.
fn standing(tr: Tr, view: &ApplicationView, key: &str) -> AnyView {
    let name = tr.of(&view.store);
    if view.standing != Standing::Applied {
        let reason = view.reason.clone();
        return view! {
            <h1>{tr.t("apply.title")}</h1>
            <Notice tone=Tone::Trouble title=tr.with("apply.rejected", &[("store", &name)])>
                <p>{reason}</p>
            </Notice>
            <LinkButton href="/partners/apply">{tr.t("apply.again")}</LinkButton>
        }
        .into_any();
    }
    let way = format!("/uploads/application/{key}");
    let address = |hash: &str| format!("/documents/{key}/{hash}");
    view! {
        <h1>{tr.t("apply.done")}</h1>
        <p class="soft">{tr.with("apply.done_text", &[("store", &name)])}</p>
        {bounced(tr, "apply.bounced")}
        <section class="stack stack-s">
            <h2>{tr.t("apply.papers")}</h2>
            <p class="soft">{tr.t("apply.papers_text")}</p>
            {bring_pictures(tr, &way, "apply.paper_hint", &view.documents, ApplicationView::DOCUMENTS, address)}
        </section>
        <p class="hint">{tr.t("apply.keep")}</p>
        <LinkButton href="/">{tr.t("errors.to_home")}</LinkButton>
    }
    .into_any()
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
