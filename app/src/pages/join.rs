//! The page of a link by which somebody joins a store: he sets his first password.

use super::{
    account::Door,
    errors::{Problem, Said, flaw, refused},
    frame::Head,
};
use crate::{
    api::{self, team::Join as JoinFn},
    components::{Button, ButtonKind, EmptyState, Field, LinkButton, Skeleton},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
};
use jumun::{refusal::Refusal, view::InvitationView};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/join/{token}`
#[component]
pub fn Join() -> impl IntoView {
    let tr = use_tr();
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let data = load(move || token.get(), api::team::invitation);
    let join = ServerAction::<JoinFn>::new();
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => form(tr, &view, token.get_untracked(), join),
            Err(Refused(Refusal::NotFound)) => over(tr),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Head title=tr.t("join.title") />
        <Door>
            <Transition fallback=move || view! { <Skeleton label=tr.t("frame.loading") /> }>{shown}</Transition>
        </Door>
    }
}

fn form(tr: Tr, view: &InvitationView, token: String, join: ServerAction<JoinFn>) -> AnyView {
    let said = refused(join);
    let about = tr.with("join.about", &[("name", &view.name), ("store", &tr.of(&view.store))]);
    let email = view.email.clone();
    view! {
        <h1>{tr.t("join.title")}</h1>
        <p class="soft">{about}</p>
        <Said refusal=said />
        <ActionForm action=join attr:class="form">
            <input type="hidden" name="token" value=token />
            // Password keepers ask for it, and the server does not.
            <Field label=tr.t("field.email") name="email" r#type="email" autocomplete="username" value=email readonly=true />
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
            <Button kind=ButtonKind::Primary class="btn-wide btn-l" disabled=join.pending()>
                {tr.t("join.do")}
            </Button>
        </ActionForm>
    }
    .into_any()
}

/// It was used, is too old, or never was.
fn over(tr: Tr) -> AnyView {
    view! {
        <EmptyState icon="link" title=tr.t("join.over") text=tr.t("join.over_text") page=true>
            <LinkButton href="/sign-in" icon="log-in">
                {tr.t("errors.to_sign_in")}
            </LinkButton>
        </EmptyState>
    }
    .into_any()
}
