//! Whom the store tells what happens: its endpoints, and one of them with the messages to it.

use super::{
    console::{Console, Counts, page_head},
    stock::form_key,
};
use crate::{
    api::{
        self,
        webhooks::{AddEndpoint, ChangeEndpoint, RemoveEndpoint, ReplayDead, ReplayDelivery, RotateSecret, SwitchEndpoint, TestEndpoint},
    },
    components::{
        Breadcrumbs, Button, ButtonKind, Card, Confirm, EmptyState, Facts, Field, Icon, Notice, Pager, Skeleton, StatusBadge, Tone, group_digits,
    },
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        admin::console::{after, asked, exactly, given, took, until, when, words_of},
        errors::{Problem, Said, flaw, refused},
        frame::Head,
    },
};
use jumun::{
    time::Time,
    webhook::{DeliveryState, DeliveryView, EndpointPage, EndpointView, EndpointsView, EventFilter, TryView},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::time::Duration;

/// The boards' counts, for the rail.
fn use_counts() -> Signal<Option<Counts>> {
    let desk = load(|| (), |()| api::desk::desk());
    Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }))
}

/// `/desk/webhooks`
#[component]
pub fn Webhooks() -> impl IntoView {
    let tr = use_tr();
    let counts = use_counts();
    let data = load(|| (), |()| api::webhooks::endpoints());
    let add = ServerAction::<AddEndpoint>::new();
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => list(tr, &view, add),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console counts=counts>
            <Head title=tr.t("webhook.title") />
            {page_head(tr.t("webhook.title"), tr.t("webhook.about"))}
            <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("desk.loading") /> }>{shown}</Transition>
        </Console>
    }
}

fn list(tr: Tr, view: &EndpointsView, add: ServerAction<AddEndpoint>) -> AnyView {
    let endpoints = if view.rows.is_empty() {
        view! { <EmptyState icon="send" title=tr.t("webhook.empty") text=tr.t("webhook.empty_text") /> }.into_any()
    } else {
        let rows = view.rows.iter().map(|row| entry(tr, row, view.now)).collect_view();
        view! {
            <Card title=tr.t("webhook.endpoints") icon="send">
                <ul class="cases">{rows}</ul>
            </Card>
        }
        .into_any()
    };
    let key = form_key();
    view! {
        <div class="stack">
            {endpoints} <Card title=tr.t("webhook.add") icon="plus">
                <ActionForm action=add attr:class="stack stack-s">
                    <Said refusal=refused(add) />
                    <input type="hidden" name="key" value=key />
                    {fields(tr, None, flaw(tr, refused(add), "events"))}
                    <p class="hint">{tr.t("webhook.secret_later")}</p>
                    <div>
                        <Button kind=ButtonKind::Primary icon="plus" disabled=add.pending()>
                            {tr.t("webhook.add_do")}
                        </Button>
                    </div>
                </ActionForm>
            </Card>
        </div>
    }
    .into_any()
}

/// What of an endpoint can be written: its address, what it hears, its name.
fn fields(tr: Tr, endpoint: Option<&EndpointView>, events_flaw: Signal<String>) -> AnyView {
    let contexts: Vec<String> = EventFilter::contexts().into_iter().map(|context| format!("{context}.*")).collect();
    let hint = tr.with("webhook.events_hint", &[("contexts", &contexts.join(" "))]);
    let url = endpoint.map(|endpoint| endpoint.url.clone()).unwrap_or_default();
    let events = endpoint.map(|endpoint| endpoint.events.items().join(" ")).unwrap_or_default();
    let description = endpoint.map(|endpoint| endpoint.description.clone()).unwrap_or_default();
    view! {
        <Field
            label=tr.t("webhook.url")
            name="url"
            r#type="url"
            value=url
            placeholder="https://example.com/jumun"
            maxlength=500
            required=true
            hint=tr.t("webhook.url_hint")
        />
        <Field
            label=tr.t("webhook.events")
            name="events"
            value=events
            placeholder="order.* payment.approved"
            optional_label=tr.t("webhook.optional")
            hint=hint
            error=events_flaw
        />
        <Field label=tr.t("webhook.description") name="description" value=description maxlength=100 optional_label=tr.t("webhook.optional") />
    }
    .into_any()
}

/// How an endpoint stands: told, failing, or told nothing.
fn badge(tr: Tr, endpoint: &EndpointView) -> AnyView {
    let (tone, icon, key) = match (endpoint.enabled, endpoint.failing_since) {
        (false, _) => (Tone::Neutral, "pause", "webhook.off"),
        (true, Some(_)) => (Tone::Trouble, "alert-triangle", "webhook.failing"),
        (true, None) => (Tone::Done, "check", "webhook.on"),
    };
    view! { <StatusBadge tone=tone icon=icon label=tr.t(key) /> }.into_any()
}

fn heard(tr: Tr, endpoint: &EndpointView) -> String {
    if endpoint.events.items().is_empty() { tr.t("webhook.everything") } else { endpoint.events.items().join(" ") }
}

fn facts(rows: Vec<(String, AnyView)>) -> AnyView {
    let rows = rows
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect_view();
    view! { <dl class="case-facts">{rows}</dl> }.into_any()
}

fn entry(tr: Tr, endpoint: &EndpointView, now: Time) -> AnyView {
    let href = format!("/desk/webhooks/{}", endpoint.id);
    let times = |n: u32| tr.with("webhook.count", &[("n", &group_digits(n.into()))]).into_any();
    let rows = vec![
        (tr.t("webhook.events"), view! { <code class="wrap-any">{heard(tr, endpoint)}</code> }.into_any()),
        (tr.t("webhook.state.waiting"), times(endpoint.waiting)),
        (tr.t("webhook.state.dead"), times(endpoint.dead)),
    ];
    view! {
        <li class="case">
            <div class="case-mark">{badge(tr, endpoint)} {when(tr, endpoint.created_at, now)}</div>
            <div class="case-main">
                <p class="case-title">
                    <a class="main-link" href=href>
                        {endpoint.description.clone()}
                    </a>
                </p>
                <p class="case-sub mono wrap-any">{endpoint.url.clone()}</p>
                {facts(rows)}
            </div>
        </li>
    }
    .into_any()
}

/// What can be done with one endpoint.
#[derive(Clone, Copy)]
struct Work {
    change: ServerAction<ChangeEndpoint>,
    switch: ServerAction<SwitchEndpoint>,
    remove: ServerAction<RemoveEndpoint>,
    rotate: ServerAction<RotateSecret>,
    test: ServerAction<TestEndpoint>,
    replay: ServerAction<ReplayDelivery>,
    replay_dead: ServerAction<ReplayDead>,
}

/// How long after a message was sent the page looks what came of it.
const LOOK_AGAIN: Duration = Duration::from_millis(1_500);

/// `/desk/webhooks/:endpoint`
#[component]
pub fn Webhook() -> impl IntoView {
    let tr = use_tr();
    let counts = use_counts();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("endpoint").unwrap_or_default());
    let cursor = asked("cursor");
    let data = load(move || (id.get(), cursor.get()), |(id, cursor)| api::webhooks::endpoint(id, given(cursor)));
    let work = Work {
        change: ServerAction::new(),
        switch: ServerAction::new(),
        remove: ServerAction::new(),
        rotate: ServerAction::new(),
        test: ServerAction::new(),
        replay: ServerAction::new(),
        replay_dead: ServerAction::new(),
    };
    let refresh = move || data.refetch();
    let look_again = move || {
        data.refetch();
        set_timeout(move || data.refetch(), LOOK_AGAIN);
    };
    after(work.change, refresh);
    after(work.switch, look_again);
    after(work.rotate, refresh);
    after(work.test, look_again);
    after(work.replay, look_again);
    after(work.replay_dead, look_again);
    let shown = move || {
        data.get().map(|found| match found {
            Ok(page) => one(tr, &page, work, !cursor.get_untracked().is_empty()),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console counts=counts>
            <div class="stack">
                <Said refusal=refused(work.change) />
                <Said refusal=refused(work.switch) />
                <Said refusal=refused(work.remove) />
                <Said refusal=refused(work.rotate) />
                <Said refusal=refused(work.test) />
                <Said refusal=refused(work.replay) />
                <Said refusal=refused(work.replay_dead) />
                <Transition fallback=move || view! { <Skeleton lines=10 label=tr.t("desk.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

fn one(tr: Tr, page: &EndpointPage, work: Work, later: bool) -> AnyView {
    let endpoint = &page.endpoint;
    let path = format!("/desk/webhooks/{}", endpoint.id);
    let crumbs = vec![("/desk/webhooks".to_owned(), tr.t("webhook.title")), (String::new(), endpoint.description.clone())];
    view! {
        <Head title=endpoint.description.clone() />
        <div class="page-head">
            <div>
                <Breadcrumbs items=crumbs label=tr.t("webhook.way") />
                <h1>{endpoint.description.clone()}</h1>
                <p class="mono wrap-any">{endpoint.url.clone()}</p>
            </div>
        </div>
        {secret(tr, endpoint)}
        {trouble(tr, endpoint, page.now)}
        {settings(tr, page, work)}
        {messages(tr, page, work, &path, later)}
    }
    .into_any()
}

/// The secret, on the one page that shows it.
fn secret(tr: Tr, endpoint: &EndpointView) -> Option<AnyView> {
    endpoint.secret.clone().map(|secret| fresh(tr.t("webhook.secret_title"), tr.t("webhook.secret_text"), secret))
}

/// Something that is shown once.
pub fn fresh(title: String, text: String, secret: String) -> AnyView {
    view! {
        <Notice tone=Tone::Done title=title icon="key">
            <p>{text}</p>
            <p>
                <code class="mono wrap-any once" data-once="">
                    {secret}
                </code>
            </p>
        </Notice>
    }
    .into_any()
}

/// Why nothing arrives.
fn trouble(tr: Tr, endpoint: &EndpointView, now: Time) -> Option<AnyView> {
    if let Some(why) = endpoint.disabled {
        let since = endpoint.disabled_at.map(|at| tr.ago(at, now)).unwrap_or_default();
        let text = format!("{} · {since}", tr.t(&format!("webhook.disabled.{}", why.slug())));
        return Some(
            view! {
                <Notice tone=Tone::Waiting title=tr.t("webhook.is_off") icon="pause">
                    <p>{text}</p>
                </Notice>
            }
            .into_any(),
        );
    }
    endpoint.failing_since.map(|since| {
        let text = tr.with("webhook.failing_text", &[("age", &tr.ago(since, now))]);
        view! {
            <Notice tone=Tone::Trouble title=tr.t("webhook.failing")>
                <p>{text}</p>
            </Notice>
        }
        .into_any()
    })
}

fn settings(tr: Tr, page: &EndpointPage, work: Work) -> AnyView {
    let endpoint = &page.endpoint;
    let id = endpoint.id.to_string();
    let old = endpoint.old_secret_until.map(|until| tr.with("webhook.old_secret", &[("until", &until.kst_minute())]));
    let rows = vec![
        (tr.t("webhook.standing"), badge(tr, endpoint)),
        (tr.t("webhook.events"), view! { <code class="wrap-any">{heard(tr, endpoint)}</code> }.into_any()),
        (tr.t("webhook.created"), when(tr, endpoint.created_at, page.now)),
        (tr.t("webhook.secret"), old.unwrap_or_else(|| tr.t("webhook.one_secret")).into_any()),
    ];
    let target = move || view! { <input type="hidden" name="endpoint" value=id.clone() /> };
    let (to_test, to_switch, to_rotate, to_change, to_remove) = (target.clone(), target.clone(), target.clone(), target.clone(), target);
    let test = endpoint.enabled.then(|| {
        view! {
            <ActionForm action=work
                .test>
                {to_test()} <Button icon="send" disabled=work.test.pending()>
                    {tr.t("webhook.test")}
                </Button>
            </ActionForm>
        }
    });
    let (switch_to, word, icon) =
        if endpoint.enabled { ("false", tr.t("webhook.switch_off"), "pause") } else { ("true", tr.t("webhook.switch_on"), "play") };
    let key = form_key();
    let fields = fields(tr, Some(endpoint), flaw(tr, refused(work.change), "events"));
    view! {
        <Card title=tr.t("webhook.settings") icon="settings">
            <div class="stack">
                <Facts rows=rows />
                <div class="row">
                    {test}
                    <ActionForm action=work
                        .switch>
                        {to_switch()} <input type="hidden" name="enabled" value=switch_to /> <Button icon=icon disabled=work.switch.pending()>
                            {word}
                        </Button>
                    </ActionForm>
                    <Confirm label=tr.t("webhook.rotate") icon="key" kind=ButtonKind::Secondary tone=Tone::Waiting title=tr.t("webhook.rotate_title")>
                        <p>{tr.t("webhook.rotate_text")}</p>
                        <ActionForm action=work
                            .rotate>
                            {to_rotate()} <input type="hidden" name="key" value=key />
                            <Button kind=ButtonKind::Primary icon="key" disabled=work.rotate.pending()>
                                {tr.t("webhook.rotate_do")}
                            </Button>
                        </ActionForm>
                    </Confirm>
                    <Confirm label=tr.t("webhook.change") icon="pen" kind=ButtonKind::Secondary tone=Tone::Neutral title=tr.t("webhook.change_title")>
                        <ActionForm action=work.change attr:class="stack stack-s">
                            {to_change()}
                            {fields}
                            <div>
                                <Button kind=ButtonKind::Primary icon="check" disabled=work.change.pending()>
                                    {tr.t("webhook.change_do")}
                                </Button>
                            </div>
                        </ActionForm>
                    </Confirm> <Confirm label=tr.t("webhook.remove") icon="trash" title=tr.t("webhook.remove_title")>
                        <p>{tr.t("webhook.remove_text")}</p>
                        <ActionForm action=work
                            .remove>
                            {to_remove()} <Button kind=ButtonKind::DangerSolid disabled=work.remove.pending()>
                                {tr.t("webhook.remove_do")}
                            </Button>
                        </ActionForm>
                    </Confirm>
                </div>
            </div>
        </Card>
    }
    .into_any()
}

fn messages(tr: Tr, page: &EndpointPage, work: Work, path: &str, later: bool) -> AnyView {
    let list = &page.deliveries;
    let newest = if later { path.to_owned() } else { String::new() };
    let next = list.next.as_ref().map(|next| format!("{path}?cursor={}", super::board::encode(next))).unwrap_or_default();
    let reload = path.to_owned();
    let aside = move || {
        view! {
            <a class="link text-s" href=reload.clone() rel="external">
                {tr.t("webhook.reload")}
            </a>
        }
    };
    let rows = if list.rows.is_empty() {
        view! { <EmptyState icon="inbox" title=tr.t("webhook.no_messages") text=tr.t("webhook.no_messages_text") /> }.into_any()
    } else {
        let rows = list.rows.iter().map(|row| message(tr, row, page, work)).collect_view();
        view! { <ul class="cases">{rows}</ul> }.into_any()
    };
    let again = (page.endpoint.dead > 0).then(|| {
        let id = page.endpoint.id.to_string();
        let today = page.now.kst_date().to_string();
        view! {
            <Confirm
                label=tr.t("webhook.replay_dead")
                icon="refresh"
                kind=ButtonKind::Secondary
                tone=Tone::Neutral
                title=tr.t("webhook.replay_dead_title")
            >
                <ActionForm action=work.replay_dead attr:class="stack stack-s">
                    <input type="hidden" name="endpoint" value=id />
                    <Field label=tr.t("webhook.since") name="since" r#type="date" value=today required=true />
                    <div>
                        <Button kind=ButtonKind::Primary icon="refresh" disabled=work.replay_dead.pending()>
                            {tr.t("webhook.replay_dead_do")}
                        </Button>
                    </div>
                </ActionForm>
            </Confirm>
        }
    });
    view! {
        <Card title=tr.t("webhook.messages") icon="inbox" aside=aside>
            <div class="stack">
                {again} {rows} <Pager previous=newest next=next previous_label=tr.t("webhook.newest") next_label=tr.t("webhook.older") />
            </div>
        </Card>
    }
    .into_any()
}

fn message(tr: Tr, row: &DeliveryView, page: &EndpointPage, work: Work) -> AnyView {
    let (tone, icon) = match row.state {
        DeliveryState::Waiting => (Tone::Moving, "clock"),
        DeliveryState::Delivered => (Tone::Done, "check"),
        DeliveryState::Dead => (Tone::Trouble, "x"),
    };
    let order = row.order.as_ref().map(|number| {
        view! {
            <a class="main-link mono nowrap" href=format!("/desk/orders/{number}")>
                {number.to_string()}
            </a>
        }
    });
    let mut rows = vec![(tr.t("webhook.tries"), tr.with("webhook.times", &[("n", &group_digits(row.attempts.len() as u64))]).into_any())];
    if let Some(due) = row.due_at {
        rows.push((tr.t("webhook.next"), until(tr, due, page.now)));
    }
    let tries = row.attempts.iter().map(|attempt| tried(tr, attempt)).collect_view();
    let body = row.body.as_ref().map(|body| view! { <pre tabindex="0">{serde_json::to_string_pretty(body).unwrap_or_default()}</pre> });
    let open = tr.with("webhook.open", &[("event", &words_of(tr, "event", &row.event))]);
    let id = row.id.clone();
    let (name, sent) = (row.event.clone(), row.id.clone());
    let word = tr.t(if row.state == DeliveryState::Waiting { "webhook.try_now" } else { "webhook.replay" });
    let again = page.endpoint.enabled.then(|| {
        view! {
            <ActionForm action=work.replay>
                <input type="hidden" name="delivery" value=id.clone() />
                <Button icon="refresh" class="btn-s" disabled=work.replay.pending()>
                    {word}
                </Button>
            </ActionForm>
        }
    });
    view! {
        <li class="case">
            <div class="case-mark">
                <StatusBadge tone=tone icon=icon label=tr.t(&format!("webhook.state.{}", row.state.slug())) />
                {when(tr, row.created_at, page.now)}
            </div>
            <div class="case-main">
                <p class="case-title">{words_of(tr, "event", &row.event)}</p>
                <p class="case-sub">{order} <code class="soft">{name}</code></p>
                {facts(rows)}
                <details class="tried">
                    <summary class="link text-s">{open}</summary>
                    <div class="log-data">
                        <p class="hint mono wrap-any">{sent}</p>
                        <ol class="stack stack-s">{tries}</ol>
                        {body}
                    </div>
                </details>
            </div>
            <div class="case-side">{again}</div>
        </li>
    }
    .into_any()
}

/// What came of one try.
fn tried(tr: Tr, attempt: &TryView) -> AnyView {
    let said = match (attempt.problem, attempt.status) {
        (None, Some(status)) => format!("{status}"),
        (Some(problem), Some(status)) => format!("{status} · {}", tr.t(&format!("webhook.miss.{}", problem.slug()))),
        (Some(problem), None) => tr.t(&format!("webhook.miss.{}", problem.slug())),
        (None, None) => String::new(),
    };
    let excerpt = (!attempt.excerpt.is_empty()).then(|| view! { <code class="soft wrap-any">{attempt.excerpt.clone()}</code> });
    let (tone, icon) = if attempt.problem.is_some() { ("tone-trouble", "x") } else { ("tone-done", "check") };
    view! {
        <li class=format!("case-end {tone}")>
            <span class="tone-text">
                <Icon name=icon />
            </span>
            <span>{exactly(attempt.at)}" · "{said}" · "{took(tr, attempt.took_micros)}" "{excerpt}</span>
        </li>
    }
    .into_any()
}
