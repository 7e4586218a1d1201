//! Who reads the log and how far, what waits in each queue, what was given up, and who is told what happens.

use super::console::{Console, after, all_well, order_link, page_head, use_chain, when, words_of};
use crate::{
    api::{self, admin::RetryLetter},
    components::{Button, Card, EmptyState, Icon, Skeleton, StatusBadge, Table, Tone, group_digits},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        errors::{Problem, Said, refused},
        frame::Head,
    },
};
use jumun::{
    queue::{EndpointState, LetterView, MOST_COUNTED, Queue, QueueView, QueuesView, ReaderView},
    time::{Span, Time},
};
use leptos::prelude::*;

/// Above this a reader or a queue is late.
const PATIENCE: Span = Span::minutes(1);

/// `/admin/queues`
#[component]
pub fn Queues() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    let data = load(|| (), |()| api::admin::queues());
    let action = ServerAction::<RetryLetter>::new();
    after(action, move || data.refetch());
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => page(tr, &view, action),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console chain=chain>
            <Head title=tr.t("admin.queues.page") />
            {page_head(tr.t("admin.queues.page"), tr.t("admin.queues.about"), ())}
            <div class="stack">
                <Said refusal=refused(action) />
                <Transition fallback=move || view! { <Skeleton lines=10 label=tr.t("admin.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

fn page(tr: Tr, view: &QueuesView, action: ServerAction<RetryLetter>) -> AnyView {
    let (readers, queues) = (readers(tr, &view.readers, view.now), queues(tr, &view.queues, view.now));
    let (letters, endpoints) = (letters(tr, view, action), endpoints(tr, view));
    view! {
        <Card title=tr.t("admin.queues.readers") icon="book">
            <div class="stack stack-s">
                <p class="hint">{tr.t("admin.queues.readers_text")}</p>
                {readers}
            </div>
        </Card>
        <Card title=tr.t("admin.queues.title") icon="layers">
            {queues}
        </Card>
        <Card title=tr.t("admin.queues.letters") icon="inbox">
            {letters}
        </Card>
        <Card title=tr.t("admin.queues.endpoints") icon="send">
            {endpoints}
        </Card>
    }
    .into_any()
}

fn column(tr: Tr, key: &str, class: &'static str) -> AnyView {
    view! {
        <th scope="col" class=class>
            {tr.t(&format!("admin.queues.{key}"))}
        </th>
    }
    .into_any()
}

/// Whether all is in time: a word, an icon and a tone.
fn standing(tr: Tr, since: Option<Time>, now: Time) -> AnyView {
    let late = since.is_some_and(|since| now.since(since) > PATIENCE);
    let (tone, icon, key) = if late { (Tone::Trouble, "alert-triangle", "late") } else { (Tone::Done, "check", "in_time") };
    view! { <StatusBadge tone=tone icon=icon label=tr.t(&format!("admin.queues.{key}")) /> }.into_any()
}

fn seconds(tr: Tr, since: Option<Time>, now: Time) -> String {
    let seconds = since.map_or(0, |since| now.since(since).as_seconds().max(0));
    tr.with("admin.queues.seconds", &[("n", &group_digits(seconds.unsigned_abs()))])
}

fn readers(tr: Tr, readers: &[ReaderView], now: Time) -> AnyView {
    let label = move |key: &str| tr.t(&format!("admin.queues.{key}"));
    let rows = readers
        .iter()
        .map(|reader| {
            let more = if reader.behind >= MOST_COUNTED { "+" } else { "" };
            view! {
                <tr>
                    <td data-label=label("reader")>
                        <div>
                            {tr.t(&format!("admin.reader.{}", reader.name))}
                            <span class="sub">{tr.t(&format!("admin.reader.{}_text", reader.name))}</span>
                        </div>
                    </td>
                    <td data-label=label("standing")>{standing(tr, reader.since, now)}</td>
                    <td class="end" data-label=label("position")>
                        {group_digits(reader.position.unsigned_abs())}
                    </td>
                    <td class="end" data-label=label("behind")>
                        {group_digits(reader.behind.into())}
                        {more}
                    </td>
                    <td class="end" data-label=label("lag")>
                        {seconds(tr, reader.since, now)}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=tr.t("admin.queues.readers") class="board-table table-cards">
            <thead>
                <tr>
                    {column(tr, "reader", "")} {column(tr, "standing", "")} {column(tr, "position", "end")} {column(tr, "behind", "end")}
                    {column(tr, "lag", "end")}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

fn queues(tr: Tr, queues: &[QueueView], now: Time) -> AnyView {
    let label = move |key: &str| tr.t(&format!("admin.queues.{key}"));
    let rows = queues
        .iter()
        .map(|queue| {
            let dead = match (queue.dead, queue.queue) {
                (0, _) => "0".into_any(),
                (dead, Queue::Sagas) => view! {
                    <a class="link" href="/admin/sagas">
                        {group_digits(dead.into())}
                    </a>
                }
                .into_any(),
                (dead, _) => view! { <span class="tone-trouble tone-text">{group_digits(dead.into())}</span> }.into_any(),
            };
            view! {
                <tr>
                    <td data-label=label("queue")>{tr.t(&format!("admin.queue.{}", queue.queue.slug()))}</td>
                    <td data-label=label("standing")>{standing(tr, queue.since, now)}</td>
                    <td class="end" data-label=label("depth")>
                        {group_digits(queue.depth.into())}
                    </td>
                    <td class="end" data-label=label("due")>
                        {group_digits(queue.due.into())}
                    </td>
                    <td class="end" data-label=label("lag")>
                        {seconds(tr, queue.since, now)}
                    </td>
                    <td class="end" data-label=label("dead")>
                        {dead}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=tr.t("admin.queues.title") class="board-table table-cards">
            <thead>
                <tr>
                    {column(tr, "queue", "")} {column(tr, "standing", "")} {column(tr, "depth", "end")} {column(tr, "due", "end")}
                    {column(tr, "lag", "end")} {column(tr, "dead", "end")}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

fn letters(tr: Tr, view: &QueuesView, action: ServerAction<RetryLetter>) -> AnyView {
    if view.letters.is_empty() {
        return all_well(tr.t("admin.queues.no_letters"), tr.t("admin.queues.no_letters_text"));
    }
    let cases = view.letters.iter().map(|letter| case(tr, letter, view.now, action)).collect_view();
    view! { <ul class="cases">{cases}</ul> }.into_any()
}

/// What a letter is, in words where there are any.
fn what(tr: Tr, letter: &LetterView) -> String {
    match letter.queue {
        Queue::Alerts => words_of(tr, "alert", &letter.what),
        Queue::Webhooks => words_of(tr, "event", &letter.what),
        Queue::Notices | Queue::Timers | Queue::Sagas | Queue::Shortages => letter.what.clone(),
    }
}

fn case(tr: Tr, letter: &LetterView, now: Time, action: ServerAction<RetryLetter>) -> AnyView {
    let problem = letter.problem.clone().map(|problem| {
        view! {
            <p class="case-problem">
                <Icon name="plug" />
                <code>{problem}</code>
            </p>
        }
    });
    let (queue, id) = (letter.queue.slug(), letter.id.clone());
    view! {
        <li class="case">
            <div class="case-mark">
                <StatusBadge tone=Tone::Trouble icon="x" label=tr.t(&format!("admin.queue.{queue}")) />
                {when(tr, letter.at, now)}
            </div>
            <div class="case-main">
                <p class="case-title">{what(tr, letter)}</p>
                <p class="case-sub">{letter.number.as_ref().map(order_link)} <span class="soft">{letter.whither.clone()}</span></p>
                {problem}
            </div>
            <div class="case-side">
                <ActionForm action=action>
                    <input type="hidden" name="queue" value=queue />
                    <input type="hidden" name="letter" value=id />
                    <Button icon="refresh" class="btn-s" disabled=action.pending()>
                        {tr.t("admin.queues.retry")}
                    </Button>
                </ActionForm>
            </div>
        </li>
    }
    .into_any()
}

fn endpoints(tr: Tr, view: &QueuesView) -> AnyView {
    if view.endpoints.is_empty() {
        return view! { <EmptyState icon="send" title=tr.t("admin.queues.no_endpoints") text=tr.t("admin.queues.no_endpoints_text") /> }.into_any();
    }
    let label = move |key: &str| tr.t(&format!("admin.queues.{key}"));
    let state = |row: &EndpointState| {
        let (tone, icon, word) = match (row.disabled, row.failing_since) {
            (Some(why), _) => (Tone::Neutral, "pause", tr.t(&format!("webhook.disabled.{}", why.slug()))),
            (None, Some(since)) => (Tone::Trouble, "alert-triangle", format!("{} · {}", tr.t("webhook.failing"), tr.ago(since, view.now))),
            (None, None) => (Tone::Done, "check", tr.t("webhook.on")),
        };
        view! { <StatusBadge tone=tone icon=icon label=word /> }
    };
    let rows = view
        .endpoints
        .iter()
        .map(|row| {
            view! {
                <tr>
                    <td data-label=label("owner")>
                        <div>{row.owner.clone()} <span class="sub mono">{row.host.clone()}</span></div>
                    </td>
                    <td data-label=label("standing")>{state(row)}</td>
                    <td class="end" data-label=label("depth")>
                        {group_digits(row.waiting.into())}
                    </td>
                    <td class="end" data-label=label("dead")>
                        {group_digits(row.dead.into())}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=tr.t("admin.queues.endpoints") class="board-table table-cards">
            <thead>
                <tr>{column(tr, "owner", "")} {column(tr, "standing", "")} {column(tr, "depth", "end")} {column(tr, "dead", "end")}</tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}
