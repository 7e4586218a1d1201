//! Error states: what happened, what stays safe, what to do.

use super::frame::{Head, Shell};
use crate::{
    components::{ButtonKind, EmptyState, LinkButton, Notice, Tone},
    error::{Refused, set_status},
    i18n::{Tr, use_tr},
};
use jumun::refusal::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_location;

/// What happened, and what stays safe and is to do: the first sentence and the others.
pub fn told(tr: Tr, refusal: &Refusal) -> (String, String) {
    let text = tr.refusal(refusal);
    match text.split_once(". ") {
        Some((happened, rest)) => (happened.to_owned(), rest.to_owned()),
        None => (text.trim_end_matches('.').to_owned(), String::new()),
    }
}

/// The refusal a form was answered with last; none while nothing was refused.
pub fn refused<S>(action: ServerAction<S>) -> Signal<Option<Refusal>>
where
    S: ServerFn<Error = Refused> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let value = action.value();
    Signal::derive(move || value.with(|value| value.as_ref().and_then(|value| value.as_ref().err()).map(|refused| refused.0.clone())))
}

/// What is wrong with one field, for the field; empty when nothing is.
pub fn flaw(tr: Tr, refusal: Signal<Option<Refusal>>, field: &'static str) -> Signal<String> {
    Signal::derive(move || {
        refusal.with(|refusal| match refusal {
            Some(refusal) if concerns(refusal, field) => tr.refusal(refusal),
            Some(_) | None => String::new(),
        })
    })
}

fn concerns(refusal: &Refusal, field: &str) -> bool {
    if let Refusal::Invalid { field: named, .. } = refusal {
        return named == field;
    }
    field == "postcode" && matches!(refusal, Refusal::Undeliverable { .. } | Refusal::NoInstaller { .. })
}

/// What a form was refused for, above it.
#[component]
pub fn Said(
    /// The refusal.
    refusal: Signal<Option<Refusal>>,
) -> impl IntoView {
    let tr = use_tr();
    move || {
        refusal.get().map(|refusal| {
            let (title, text) = told(tr, &refusal);
            view! {
                <Notice tone=Tone::Trouble title=title>
                    <p>{text}</p>
                </Notice>
            }
        })
    }
}

/// Stands where a page would be: the refusal in words, and the way on.
#[component]
pub fn Problem(
    /// Why there is no page.
    refusal: Refusal,
) -> impl IntoView {
    let tr = use_tr();
    let (title, text) = told(tr, &refusal);
    let here = use_location().pathname.get_untracked();
    let icon = match refusal.status() {
        401 => "lock",
        403 => "shield",
        404 => "search",
        500.. => "cloud-off",
        _ => "alert-circle",
    };
    let sign_in = matches!(refusal, Refusal::SignInRequired | Refusal::NotFound | Refusal::NotAllowed).then(|| {
        view! {
            <LinkButton href=format!("/sign-in?next={here}") icon="log-in">
                {tr.t("errors.to_sign_in")}
            </LinkButton>
        }
    });
    let second_step = matches!(refusal, Refusal::SecondStepRequired).then(|| {
        view! {
            <LinkButton href="/me" icon="shield">
                {tr.t("account.me")}
            </LinkButton>
        }
    });
    let again = matches!(refusal, Refusal::Broken | Refusal::Busy | Refusal::NoRoom | Refusal::RateLimited { .. }).then(|| {
        view! {
            <a class="btn" href=here.clone() rel="external">
                {tr.t("errors.again")}
            </a>
        }
    });
    view! {
        <Head title=title.clone() />
        <EmptyState icon=icon title=title text=text page=true>
            <div class="btn-row">
                {sign_in} {second_step} {again} <LinkButton href="/" kind=ButtonKind::Primary>
                    {tr.t("errors.to_home")}
                </LinkButton>
            </div>
        </EmptyState>
    }
}

/// No page has this address.
#[component]
pub fn NotFound() -> impl IntoView {
    set_status(404);
    view! {
        <Shell>
            <Nowhere />
        </Shell>
    }
}

#[component]
fn Nowhere() -> impl IntoView {
    let tr = use_tr();
    let title = tr.t("errors.not_found_title");
    view! {
        <Head title=title.clone() />
        <EmptyState icon="search" title=title text=tr.t("errors.not_found_text") page=true>
            <div class="btn-row">
                <LinkButton href="/orders">{tr.t("errors.to_orders")}</LinkButton>
                <LinkButton href="/" kind=ButtonKind::Primary>
                    {tr.t("errors.to_home")}
                </LinkButton>
            </div>
        </EmptyState>
    }
}

/// A number in an address that cannot be one.
pub fn no_such_page() -> Refused {
    Refused::from(Refusal::NotFound)
}
