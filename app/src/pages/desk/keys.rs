//! The keys that a store makes for other systems.

use super::{
    console::{Console, Counts, page_head},
    webhooks::fresh,
};
use crate::{
    api::{
        self,
        webhooks::{MakeKey, RevokeKey},
    },
    components::{Button, ButtonKind, Card, Checkbox, Confirm, EmptyState, Field, Skeleton, StatusBadge, Tag, Tone},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        admin::console::{after, when},
        errors::{Problem, Said, flaw, refused},
        frame::Head,
    },
};
use jumun::{
    scope::{KeyView, KeysView, Scope},
    time::Time,
};
use leptos::prelude::*;

/// `/desk/keys`
#[component]
pub fn Keys() -> impl IntoView {
    let tr = use_tr();
    let desk = load(|| (), |()| api::desk::desk());
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let data = load(|| (), |()| api::webhooks::keys());
    let (make, revoke) = (ServerAction::<MakeKey>::new(), ServerAction::<RevokeKey>::new());
    after(make, move || data.refetch());
    after(revoke, move || data.refetch());
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => list(tr, &view, revoke),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    // Who may not look is shown no form either.
    let form = move || data.get().is_some_and(|found| found.is_ok()).then(|| new(tr, make));
    view! {
        <Console counts=counts>
            <Head title=tr.t("keys.title") />
            {page_head(tr.t("keys.title"), tr.t("keys.about"))}
            <div class="stack">
                <Said refusal=refused(revoke) />
                <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("desk.loading") /> }>{shown} {form}</Transition>
            </div>
        </Console>
    }
}

/// The words of a scope.
fn scope_words(tr: Tr, scope: Scope) -> String {
    tr.t(&format!("scope.{}", scope.slug().replace(':', "_")))
}

fn list(tr: Tr, view: &KeysView, revoke: ServerAction<RevokeKey>) -> AnyView {
    let fresh = view.fresh.clone().map(|key| fresh(tr.t("keys.fresh_title"), tr.t("keys.fresh_text"), key));
    let keys = if view.rows.is_empty() {
        view! { <EmptyState icon="key" title=tr.t("keys.empty") text=tr.t("keys.empty_text") /> }.into_any()
    } else {
        let end = |fields: AnyView| view! { <ActionForm action=revoke>{fields}</ActionForm> }.into_any();
        let rows = view.rows.iter().map(|key| entry(tr, key, view.now, end)).collect_view();
        view! {
            <Card title=tr.t("keys.list") icon="key">
                <ul class="cases">{rows}</ul>
            </Card>
        }
        .into_any()
    };
    view! {
        {fresh}
        {keys}
    }
    .into_any()
}

/// A key, with the form that ends it.
pub fn entry(tr: Tr, key: &KeyView, now: Time, end: impl FnOnce(AnyView) -> AnyView) -> AnyView {
    let (tone, icon, word) = match key.revoked_at {
        Some(_) => (Tone::Neutral, "ban", "keys.revoked"),
        None => (Tone::Done, "check", "keys.good"),
    };
    let scopes = key.scopes.iter().map(|scope| scope_words(tr, *scope)).map(|words| view! { <Tag>{words}</Tag> }).collect_view();
    let fact = |name: &str, value: AnyView| {
        view! {
            <div>
                <dt>{tr.t(name)}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let made_by = key.made_by.clone().map(|name| fact("keys.made_by", name.into_any()));
    let used = key.last_used_at.map_or_else(|| tr.t("keys.never").into_any(), |at| when(tr, at, now));
    let ended = key.revoked_at.map(|at| fact("keys.revoked_at", when(tr, at, now)));
    let id = key.id.clone();
    let act = key.revoked_at.is_none().then(|| {
        let form = end(view! {
            <input type="hidden" name="key" value=id />
            <Button kind=ButtonKind::DangerSolid>{tr.t("keys.revoke_do")}</Button>
        }
        .into_any());
        view! {
            <Confirm label=tr.t("keys.revoke") icon="ban" title=tr.t("keys.revoke_title")>
                <p>{tr.t("keys.revoke_text")}</p>
                {form}
            </Confirm>
        }
    });
    view! {
        <li class="case">
            <div class="case-mark">
                <StatusBadge tone=tone icon=icon label=tr.t(word) />
            </div>
            <div class="case-main">
                <p class="case-title">{key.name.clone()} " " <code class="soft">"…"{key.last_four.clone()}</code></p>
                <p class="case-sub">{scopes}</p>
                <dl class="case-facts">{fact("keys.created", when(tr, key.created_at, now))} {made_by} {fact("keys.used", used)} {ended}</dl>
            </div>
            <div class="case-side">{act}</div>
        </li>
    }
    .into_any()
}

/// A box for each scope.
pub fn boxes(tr: Tr) -> AnyView {
    let boxes = Scope::ALL
        .iter()
        .map(|scope| {
            let name = format!("scopes[{}]", scope.slug());
            view! { <Checkbox label=scope_words(tr, *scope) name=name id=format!("scope-{}", scope.slug()) hint=scope.slug() /> }
        })
        .collect_view();
    view! {
        <fieldset class="fieldset stack stack-s">
            <legend>{tr.t("keys.scopes")}</legend>
            {boxes}
        </fieldset>
    }
    .into_any()
}

fn new(tr: Tr, make: ServerAction<MakeKey>) -> AnyView {
    view! {
        <Card title=tr.t("keys.make") icon="plus">
            <ActionForm action=make attr:class="stack stack-s">
                <Said refusal=refused(make) />
                <Field
                    label=tr.t("keys.name")
                    name="name"
                    maxlength=60
                    required=true
                    hint=tr.t("keys.name_hint")
                    error=flaw(tr, refused(make), "key_name")
                />
                {boxes(tr)}
                <div>
                    <Button kind=ButtonKind::Primary icon="plus" disabled=make.pending()>
                        {tr.t("keys.make_do")}
                    </Button>
                </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}
