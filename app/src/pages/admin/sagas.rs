//! Work with outside effects: what stopped and needs a person, what is on its way, what is done.

use super::console::{Console, after, all_well, asked, order_link, page_head, until, use_chain, when, words_of};
use crate::{
    api::{
        self,
        admin::{RetrySaga, SettleSaga},
    },
    components::{
        Button, ButtonKind, Card, Confirm, EmptyState, Field, Icon, RadioCard, Skeleton, StatusBadge, TabItem, Tabs, TextArea, Tone, group_digits,
    },
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        errors::{Problem, Said, flaw, refused},
        frame::Head,
    },
};
use jumun::{
    refusal::Refusal,
    saga::{Outcome, Step},
    view::{SagasView, StuckSaga},
};
use leptos::prelude::*;

const STATES: [&str; 3] = ["parked", "waiting", "done"];

/// What can be done about a step that stopped.
#[derive(Clone, Copy)]
pub struct Acts {
    retry: ServerAction<RetrySaga>,
    settle: ServerAction<SettleSaga>,
}

impl Acts {
    /// Nothing done yet; `refresh` runs after each.
    pub fn new(refresh: impl Fn() + Copy + 'static) -> Self {
        let acts = Self { retry: ServerAction::new(), settle: ServerAction::new() };
        after(acts.retry, refresh);
        // What was typed stays where a field of it was refused.
        let refusal = refused(acts.settle);
        after(acts.settle, move || {
            if !matches!(refusal.get_untracked(), Some(Refusal::Invalid { .. })) {
                refresh();
            }
        });
        acts
    }
}

/// What was refused of it.
pub fn said(acts: Acts) -> AnyView {
    view! {
        <Said refusal=refused(acts.retry) />
        <Said refusal=refused(acts.settle) />
    }
    .into_any()
}

/// `/admin/sagas`
#[component]
pub fn Sagas() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    let wish = asked("state");
    let state = Memo::new(move |_| STATES.into_iter().find(|state| *state == wish.get()).unwrap_or(STATES[0]));
    let data = load(move || state.get(), |state| api::admin::sagas(state.to_owned()));
    let acts = Acts::new(move || {
        data.refetch();
        chain.refetch();
    });
    let tabs = move || {
        let queues = chain.get().and_then(Result::ok).map(|chain| chain.queues);
        let items = STATES.into_iter().map(|name| {
            let item = TabItem::new(format!("/admin/sagas?state={name}"), tr.t(&format!("admin.sagas.{name}")), state.get() == name);
            match (&queues, name) {
                (Some(queues), "parked") => item.count(queues.parked.into()),
                (Some(queues), "waiting") => item.count(queues.sagas.into()),
                (_, _) => item,
            }
        });
        view! { <Tabs items=items.collect() label=tr.t("admin.sagas.title") /> }
    };
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) if view.rows.is_empty() => nothing(tr, state.get_untracked()),
            Ok(view) => view! { <Card>{list(tr, &view, usize::MAX, Some(acts))}</Card> }.into_any(),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console chain=chain>
            <Head title=tr.t("admin.sagas.title") />
            {page_head(tr.t("admin.sagas.title"), tr.t("admin.sagas.about"), ())}
            <div class="stack">
                <Transition>{tabs}</Transition>
                {said(acts)}
                <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("admin.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

fn nothing(tr: Tr, state: &str) -> AnyView {
    let icon = if state == "parked" { "check-circle" } else { "activity" };
    let (title, text) = (tr.t(&format!("admin.sagas.none_{state}")), tr.t(&format!("admin.sagas.none_{state}_text")));
    view! { <EmptyState icon=icon title=title text=text /> }.into_any()
}

/// Sagas as a list, or the word that none stopped. With the acts parked ones can be retried or settled in place.
pub fn list(tr: Tr, view: &SagasView, most: usize, acts: Option<Acts>) -> AnyView {
    if view.rows.is_empty() {
        return all_well(tr.t("admin.sagas.none_parked"), tr.t("admin.sagas.none_parked_text"));
    }
    let cases = view.rows.iter().take(most).map(|saga| case(tr, saga, view, acts)).collect_view();
    view! { <ul class="cases">{cases}</ul> }.into_any()
}

/// How many of the retries are used: dots for the eye, figures for everybody.
fn used(tr: Tr, used: u32, most: u32) -> AnyView {
    let dots = (0..most).map(|nth| view! { <i class=if nth < used { "is-used" } else { "" }></i> }).collect_view();
    let words = tr.with("admin.sagas.used", &[("n", &used.to_string()), ("most", &most.to_string())]);
    view! {
        <span class="tries">
            <span class="tries-dots" aria-hidden="true">
                {dots}
            </span>
            {words}
        </span>
    }
    .into_any()
}

fn case(tr: Tr, row: &StuckSaga, view: &SagasView, acts: Option<Acts>) -> AnyView {
    let saga = &row.saga;
    let (tone, icon) = match saga.state.as_str() {
        "parked" => (Tone::Trouble, "pause"),
        "done" => (Tone::Done, "check"),
        _ => (Tone::Moving, "activity"),
    };
    let next = match saga.state.as_str() {
        "waiting" => until(tr, saga.due, view.now),
        "parked" => tr.t("admin.sagas.after_retry").into_any(),
        _ => "–".into_any(),
    };
    let problem = saga.problem.clone().map(|problem| {
        view! {
            <p class="case-problem">
                <Icon name="plug" />
                <code>{problem}</code>
            </p>
        }
    });
    let facts: [(&str, AnyView); 3] = [
        ("attempts", tr.with("admin.times", &[("n", &group_digits(saga.attempts.into()))]).into_any()),
        ("retries", used(tr, row.retries, view.most_retries)),
        ("next", next),
    ];
    let facts = facts
        .map(|(key, value)| {
            view! {
                <div>
                    <dt>{tr.t(&format!("admin.sagas.{key}"))}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect_view();
    let act = acts.filter(|_| saga.state == "parked").map(|acts| (retry(tr, row, view.most_retries, acts.retry), settle(tr, row, acts.settle)));
    view! {
        <li class="case">
            <div class="case-mark">
                <StatusBadge tone=tone icon=icon label=tr.t(&format!("admin.sagas.state.{}", saga.state)) />
                {when(tr, row.started_at, view.now)}
            </div>
            <div class="case-main">
                <p class="case-title">{tr.t(&format!("waits.{}", row.waits.name()))}</p>
                <p class="case-sub">
                    {order_link(&row.number)}
                    <span class="soft">
                        {words_of(tr, "saga.kind", &saga.kind)} <Icon name="chevron-right" /> {words_of(tr, "admin.step", &saga.step)}
                    </span>
                </p>
                {problem}
                <dl class="case-facts">{facts}</dl>
            </div>
            <div class="case-side">{act}</div>
        </li>
    }
    .into_any()
}

/// One more try, after a word about what it does; or why there is none.
fn retry(tr: Tr, row: &StuckSaga, most: u32, action: ServerAction<RetrySaga>) -> AnyView {
    let left = most.saturating_sub(row.retries);
    if left == 0 {
        let why = format!("why-{}", row.id);
        return view! {
            <div class="case-stop">
                <button type="button" class="btn" disabled aria-describedby=why.clone()>
                    <Icon name="refresh" />
                    {tr.t("admin.sagas.retry")}
                </button>
                <p class="hint" id=why>
                    {tr.with("admin.sagas.used_up", &[("most", &most.to_string())])}
                </p>
            </div>
        }
        .into_any();
    }
    let id = row.id.clone();
    view! {
        <Confirm label=tr.t("admin.sagas.retry") icon="refresh" kind=ButtonKind::Secondary tone=Tone::Neutral title=tr.t("admin.sagas.retry_title")>
            <p class="soft">{tr.with("admin.sagas.retry_text", &[("left", &left.to_string())])}</p>
            <ActionForm action=action>
                <input type="hidden" name="saga" value=id />
                <Button kind=ButtonKind::Primary icon="refresh" disabled=action.pending()>
                    {tr.t("admin.sagas.retry_do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

/// What truly came of it, by somebody who knows: the form says so and why before it does anything.
fn settle(tr: Tr, row: &StuckSaga, action: ServerAction<SettleSaga>) -> AnyView {
    let outcomes = Step::from_slug(&row.saga.step).map(Step::outcomes).unwrap_or_default();
    let (id, generation) = (row.id.clone(), row.generation.to_string());
    let error = move |field| flaw(tr, refused(action), field);
    let [carrier, tracking, reason] = ["carrier", "tracking", "reason"].map(|name| format!("{name}-{}", row.id));
    let choices = outcomes
        .iter()
        .map(|outcome| {
            let (title, text) = (tr.t(&format!("by_hand.{}", outcome.slug())), tr.t(&format!("admin.outcome_text.{}", outcome.slug())));
            view! { <RadioCard name="outcome" value=outcome.slug() title=title text=text required=true /> }
        })
        .collect_view();
    // Shown when it is chosen that the goods left.
    let parcel = outcomes.contains(&Outcome::Sent).then(|| {
        view! {
            <div class="settle-parcel">
                <Field label=tr.t("admin.sagas.carrier") name="carrier" id=carrier maxlength=40 error=error("carrier") />
                <Field label=tr.t("admin.sagas.tracking") name="tracking" id=tracking maxlength=40 error=error("tracking") />
            </div>
        }
    });
    view! {
        <Confirm label=tr.t("admin.sagas.settle") icon="check" kind=ButtonKind::Secondary title=tr.t("admin.sagas.settle_title")>
            <p class="soft">{tr.t("admin.sagas.settle_text")}</p>
            <ActionForm action=action attr:class="stack stack-s settle">
                <input type="hidden" name="saga" value=id />
                <input type="hidden" name="generation" value=generation />
                <fieldset class="fieldset">
                    <legend>{tr.t("admin.sagas.outcome")}</legend>
                    <div class="radio-cards">{choices}</div>
                </fieldset>
                {parcel}
                <TextArea
                    label=tr.t("admin.sagas.reason")
                    name="reason"
                    id=reason
                    rows=3
                    maxlength=200
                    required=true
                    hint=tr.t("admin.sagas.reason_hint")
                    error=error("reason")
                />
                <div>
                    <Button kind=ButtonKind::Danger icon="check" disabled=action.pending()>
                        {tr.t("admin.sagas.settle_do")}
                    </Button>
                </div>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}
