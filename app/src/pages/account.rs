//! Signing in and up, the visitor's own page, and the way home.

use super::{
    address_fields::phone_field,
    addresses::AddressBook,
    benefits::Wallet,
    errors::{Problem, Said, flaw, refused},
    frame::{Head, Language, Leave, use_visit},
    two_steps::Steps,
};
use crate::{
    api::account::{SignIn as SignInFn, SignUp as SignUpFn, demo_accounts},
    components::{Button, ButtonKind, Card, Facts, Field, Icon, LinkButton, Skeleton},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
};
use jumun::{
    refusal::Refusal,
    view::{DemoAccount, Visitor},
};
use leptos::prelude::*;
use leptos_router::{hooks::use_query_map, location::Url};

/// The password of every account of the demo; it opens nothing else.
const DEMO_PASSWORD: &str = "jumun-demo-2026";

/// The roles of the demo's accounts, in the order people meet them.
const DEMO_ROLES: [(&str, &str); 5] =
    [("customer", "user"), ("retailer", "store"), ("wholesaler", "warehouse"), ("installer", "wrench"), ("admin", "shield")];

/// Where to go after signing in, from the address.
pub(super) fn next() -> Signal<String> {
    let query = use_query_map();
    Signal::derive(move || query.read().get("next").unwrap_or_default())
}

/// An address of ours that keeps the way back.
fn with_next(path: &'static str, next: Signal<String>) -> Signal<String> {
    Signal::derive(move || {
        let next = next.get();
        if next.is_empty() { path.to_owned() } else { format!("{path}?next={}", Url::escape(&next)) }
    })
}

/// The two halves of the sign-in pages.
#[component]
pub(super) fn Door(children: Children) -> impl IntoView {
    let tr = use_tr();
    view! {
        <div class="auth">
            <div class="auth-side fins">
                <a class="brand-mark" href="/">
                    <Icon name="mark" />
                    {tr.t("brand")}
                </a>
                <p class="auth-line">{tr.t("account.line")}</p>
                <p class="only-wide">{tr.t("account.line_text")}</p>
            </div>
            <main class="auth-main" id="main" tabindex="-1">
                <div class="auth-box">
                    {children()} <div class="row row-end">
                        <Language />
                    </div>
                </div>
            </main>
        </div>
    }
}

/// Signing in.
#[component]
pub fn SignIn() -> impl IntoView {
    let tr = use_tr();
    let next = next();
    let sign_in = ServerAction::<SignInFn>::new();
    let accounts = load(|| (), |()| demo_accounts());
    let pending = sign_in.pending();
    let demo = move || Suspend::new(async move { listed(tr, &accounts.await.unwrap_or_default(), sign_in, next) });
    view! {
        <Head title=tr.t("account.sign_in") />
        <Door>
            <h1>{tr.t("account.sign_in")}</h1>
            <Said refusal=refused(sign_in) />
            <ActionForm action=sign_in attr:class="form">
                <input type="hidden" name="next" value=next />
                <Field label=tr.t("field.email") name="email" r#type="email" autocomplete="username" inputmode="email" required=true maxlength=120 />
                <Field label=tr.t("field.password") name="password" r#type="password" autocomplete="current-password" required=true maxlength=200 />
                <Button kind=ButtonKind::Primary class="btn-wide btn-l" disabled=pending>
                    {tr.t("account.sign_in_go")}
                </Button>
            </ActionForm>
            <p class="text-s row row-between">
                <a class="link" href=with_next("/sign-up", next)>
                    {tr.t("frame.sign_up")}
                </a>
                <a class="link" href="/find">
                    {tr.t("frame.find")}
                </a>
            </p>
            <Suspense>{demo}</Suspense>
        </Door>
    }
}

/// The demo's accounts by role, the buyers' open; a press signs in.
fn listed(tr: Tr, accounts: &[DemoAccount], sign_in: ServerAction<SignInFn>, next: Signal<String>) -> AnyView {
    if accounts.is_empty() {
        return ().into_any();
    }
    DEMO_ROLES
        .iter()
        .map(|(role, icon)| {
            let rows = accounts
                .iter()
                .filter(|account| account.role == *role)
                .map(|account| {
                    let note = account.store.clone().unwrap_or_else(|| account.email.clone());
                    view! {
                        <li>
                            <button type="submit" name="email" value=account.email.clone()>
                                <Icon name=*icon />
                                <span>{account.name.clone()}<small>{note}</small></span>
                                <Icon name="arrow-right" />
                            </button>
                        </li>
                    }
                })
                .collect::<Vec<_>>();
            (!rows.is_empty()).then(|| {
                let title = format!("{} · {} ({})", tr.t("account.demo"), tr.t(&format!("role.{role}")), rows.len());
                view! {
                    <details class="demo-accounts" open=*role == DEMO_ROLES[0].0>
                        <summary>{title}</summary>
                        <ActionForm action=sign_in>
                            <input type="hidden" name="password" value=DEMO_PASSWORD />
                            <input type="hidden" name="next" value=next />
                            <ul>{rows}</ul>
                        </ActionForm>
                    </details>
                }
            })
        })
        .collect_view()
        .into_any()
}

/// Becoming a customer.
#[component]
pub fn SignUp() -> impl IntoView {
    let tr = use_tr();
    let next = next();
    let sign_up = ServerAction::<SignUpFn>::new();
    let said = refused(sign_up);
    let pending = sign_up.pending();
    let back = Signal::derive(move || Some(next.get()).filter(|next| !next.is_empty()).unwrap_or_else(|| "/".to_owned()));
    view! {
        <Head title=tr.t("account.sign_up") />
        <Door>
            <h1>{tr.t("account.sign_up")}</h1>
            <Said refusal=said />
            <ActionForm action=sign_up attr:class="form">
                <input type="hidden" name="next" value=back />
                <Field label=tr.t("field.name") name="name" autocomplete="name" required=true maxlength=40 error=flaw(tr, said, "name") />
                <Field
                    label=tr.t("field.email")
                    name="email"
                    r#type="email"
                    autocomplete="username"
                    inputmode="email"
                    required=true
                    maxlength=120
                    error=flaw(tr, said, "email")
                />
                {phone_field(tr, String::new(), said)}
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
                    {tr.t("account.sign_up_go")}
                </Button>
            </ActionForm>
            <p class="text-s soft">
                {tr.t("account.have_one")} " " <a class="link" href=with_next("/sign-in", next)>
                    {tr.t("frame.sign_in")}
                </a>
            </p>
            <p class="text-s soft">
                {tr.t("apply.way")} " " <a class="link" href="/partners/apply">
                    {tr.t("apply.title")}
                </a>
            </p>
        </Door>
    }
}

/// The visitor's own page.
#[component]
pub fn Me() -> impl IntoView {
    let tr = use_tr();
    let visit = use_visit();
    let page = move || {
        Suspend::new(async move {
            match visit.0.await {
                Ok(visitor) if matches!(visitor.role.as_str(), "" | "nobody" | "guest") => {
                    crate::error::set_status(Refusal::SignInRequired.status());
                    view! { <Problem refusal=Refusal::SignInRequired /> }.into_any()
                }
                Ok(visitor) => profile(tr, &visitor),
                Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
            }
        })
    };
    view! {
        <Head title=tr.t("account.me") />
        <Transition fallback=move || view! { <Skeleton label=tr.t("frame.loading") /> }>{page}</Transition>
    }
}

fn profile(tr: Tr, visitor: &Visitor) -> AnyView {
    let mut facts: Vec<(String, AnyView)> = vec![
        (tr.t("field.name"), visitor.name.clone().unwrap_or_default().into_any()),
        (tr.t("account.role"), tr.t(&format!("role.{}", visitor.role)).into_any()),
    ];
    if let Some(store) = &visitor.store {
        facts.push((tr.t("account.store"), tr.of(store).into_any()));
    }
    let way = |href: &'static str, icon: &'static str, key: &str| {
        let word = tr.t(key);
        view! {
            <LinkButton href=href icon=icon class="btn-wide">
                {word}
            </LinkButton>
        }
    };
    let ways = if visitor.role == "customer" {
        view! {
            {way("/orders", "package", "frame.orders")}
            {way("/cart", "cart", "frame.cart")}
            {way("/", "grid", "errors.to_home")}
        }
        .into_any()
    } else if visitor.role == "staff" {
        view! {
            {way("/desk", "layers", "frame.desk")}
            {way("/", "grid", "frame.shop")}
        }
        .into_any()
    } else {
        way("/", "grid", "frame.shop").into_any()
    };
    let book = (visitor.role == "customer").then(|| view! { <AddressBook /> });
    let wallet = (visitor.role == "customer").then(|| view! { <Wallet /> });
    let owed = visitor.owes_second_step;
    let steps = matches!(visitor.role.as_str(), "staff" | "installer" | "admin").then(|| view! { <Steps owed=owed /> });
    view! {
        <div class="page-head">
            <h1>{tr.t("account.me")}</h1>
        </div>
        <div class="split">
            <div class="stack">
                <Card title=tr.t("account.profile") icon="id-card">
                    <Facts rows=facts />
                </Card>
                {wallet}
                {book}
                {steps}
                <Card title=tr.t("account.here") icon="settings">
                    <div class="row">
                        <Language class="btn" />
                        <Leave class="btn" />
                    </div>
                </Card>
            </div>
            <aside class="side">
                <Card title=tr.t("account.ways")>
                    <div class="stack stack-s">{ways}</div>
                </Card>
            </aside>
        </div>
    }
    .into_any()
}
