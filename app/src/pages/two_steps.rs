//! The second step of signing in: the code that is asked for, and the card where one turns it on and off.

use super::{
    account::{Door, next},
    admin::console::after,
    errors::{Problem, Said, refused},
    frame::Head,
};
use crate::{
    api::signing::{BeginTwoSteps, ConfirmTwoSteps, SignInCode as SignInCodeFn, StopTwoSteps, own_steps},
    components::{Button, ButtonKind, Card, Confirm, Field, Notice, Skeleton, Tone},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
};
use jumun::signing::{Enrolment, Qr, TwoSteps};
use leptos::prelude::*;

/// `/sign-in/code`
#[component]
pub fn SignInCode() -> impl IntoView {
    let tr = use_tr();
    let next = next();
    let give = ServerAction::<SignInCodeFn>::new();
    view! {
        <Head title=tr.t("signing.code_title") />
        <Door>
            <h1>{tr.t("signing.code_title")}</h1>
            <p class="soft">{tr.t("signing.code_text")}</p>
            <Said refusal=refused(give) />
            <ActionForm action=give attr:class="form">
                <input type="hidden" name="next" value=next />
                <CodeField />
                <Button kind=ButtonKind::Primary class="btn-wide btn-l" disabled=give.pending()>
                    {tr.t("account.sign_in_go")}
                </Button>
            </ActionForm>
            <details>
                <summary class="link text-s">{tr.t("signing.use_recovery")}</summary>
                <ActionForm action=give attr:class="form two-steps-recovery">
                    <input type="hidden" name="next" value=next />
                    <Field
                        label=tr.t("signing.recovery_code")
                        name="code"
                        id="recovery-code"
                        hint=tr.t("signing.recovery_hint")
                        autocomplete="off"
                        required=true
                        maxlength=24
                    />
                    <Button class="btn-wide" disabled=give.pending()>
                        {tr.t("signing.recovery_go")}
                    </Button>
                </ActionForm>
            </details>
            <p class="text-s">
                <a class="link" href="/sign-in">
                    {tr.t("signing.again")}
                </a>
            </p>
        </Door>
    }
}

/// Six digits of the app.
#[component]
fn CodeField() -> impl IntoView {
    let tr = use_tr();
    view! {
        <Field
            label=tr.t("signing.code")
            name="code"
            inputmode="numeric"
            autocomplete="one-time-code"
            placeholder="123456"
            required=true
            // People write a blank in the middle.
            maxlength=7
        />
    }
}

/// One's password, again.
#[component]
fn PasswordField() -> impl IntoView {
    let tr = use_tr();
    view! { <Field label=tr.t("field.password") name="password" r#type="password" autocomplete="current-password" required=true maxlength=200 /> }
}

/// The card on one's own page.
#[component]
pub fn Steps(
    /// Nothing else opens before it is on.
    owed: bool,
) -> impl IntoView {
    let tr = use_tr();
    let data = load(|| (), |()| own_steps());
    let (begin, confirm, stop) = (ServerAction::<BeginTwoSteps>::new(), ServerAction::<ConfirmTwoSteps>::new(), ServerAction::<StopTwoSteps>::new());
    after(begin, move || data.refetch());
    after(confirm, move || data.refetch());
    after(stop, move || data.refetch());
    let asked_for = move || {
        owed.then(|| {
            view! {
                <Notice tone=Tone::Waiting title=tr.t("signing.owed_title") icon="shield">
                    <p>{tr.t("signing.owed_text")}</p>
                </Notice>
            }
        })
    };
    let shown = move || {
        data.get().map(|found| match found {
            Ok(TwoSteps::Off) => (asked_for(), off(tr, begin)).into_any(),
            Ok(TwoSteps::Begun(enrolment)) => (asked_for(), begun(tr, enrolment, confirm)).into_any(),
            Ok(TwoSteps::On { since, left, fresh }) => on(tr, &since.kst_minute(), left, fresh, stop),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Card title=tr.t("signing.title") icon="shield-check">
            <div class="stack" id="two-steps">
                <Said refusal=refused(begin) />
                <Said refusal=refused(confirm) />
                <Said refusal=refused(stop) />
                <Transition fallback=move || view! { <Skeleton label=tr.t("frame.loading") /> }>{shown}</Transition>
            </div>
        </Card>
    }
}

fn off(tr: Tr, begin: ServerAction<BeginTwoSteps>) -> AnyView {
    view! {
        <p>{tr.t("signing.off_text")}</p>
        <ActionForm action=begin attr:class="stack stack-s two-steps-form">
            <PasswordField />
            <div>
                <Button kind=ButtonKind::Primary icon="shield" disabled=begin.pending()>
                    {tr.t("signing.begin")}
                </Button>
            </div>
        </ActionForm>
    }
    .into_any()
}

fn begun(tr: Tr, enrolment: Enrolment, confirm: ServerAction<ConfirmTwoSteps>) -> AnyView {
    let Enrolment { secret, uri, qr } = enrolment;
    // In fours, as people copy it.
    let grouped = secret.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect::<Vec<_>>().join(" ");
    view! {
        <p>{tr.t("signing.scan")}</p>
        <div class="two-steps-app">
            {drawn(tr, &qr)} <div class="stack stack-s">
                <p class="text-s soft">{tr.t("signing.or_type")}</p>
                <p>
                    <code class="mono wrap-any" data-secret=secret>
                        {grouped}
                    </code>
                </p>
                <p class="text-s">
                    // A link of our own making, that only the owner is shown.
                    <a class="link" href=uri rel="external">
                        {tr.t("signing.open_app")}
                    </a>
                </p>
            </div>
        </div>
        <ActionForm action=confirm attr:class="stack stack-s two-steps-form">
            <CodeField />
            <div>
                <Button kind=ButtonKind::Primary icon="check" disabled=confirm.pending()>
                    {tr.t("signing.confirm")}
                </Button>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// Dark on light in both schemes, as readers want it.
fn drawn(tr: Tr, qr: &Qr) -> AnyView {
    let (side, path) = (qr.side.to_string(), qr.path.clone());
    let frame = format!("0 0 {side} {side}");
    view! {
        <svg class="qr" viewBox=frame role="img" aria-label=tr.t("signing.qr") shape-rendering="crispEdges">
            <rect width=side.clone() height=side.clone() fill="#fff" />
            <path d=path fill="#000" />
        </svg>
    }
    .into_any()
}

fn on(tr: Tr, since: &str, left: u32, fresh: Vec<String>, stop: ServerAction<StopTwoSteps>) -> AnyView {
    let codes = (!fresh.is_empty()).then(|| {
        let rows = fresh
            .into_iter()
            .map(|code| {
                view! {
                    <li>
                        <code class="mono">{code}</code>
                    </li>
                }
            })
            .collect_view();
        view! {
            <Notice tone=Tone::Done title=tr.t("signing.fresh_title") icon="key">
                <p>{tr.t("signing.fresh_text")}</p>
                <ul class="recovery-codes" data-once="">
                    {rows}
                </ul>
            </Notice>
        }
    });
    view! {
        {codes}
        <p>{tr.with("signing.on_text", &[("since", since), ("left", &left.to_string())])}</p>
        <div>
            <Confirm label=tr.t("signing.stop") icon="x" title=tr.t("signing.stop_title")>
                <p>{tr.t("signing.stop_text")}</p>
                <ActionForm action=stop attr:class="stack stack-s two-steps-form">
                    <PasswordField />
                    <Field label=tr.t("signing.any_code") name="code" autocomplete="one-time-code" required=true maxlength=24 />
                    <Button kind=ButtonKind::DangerSolid disabled=stop.pending()>
                        {tr.t("signing.stop_do")}
                    </Button>
                </ActionForm>
            </Confirm>
        </div>
    }
    .into_any()
}
