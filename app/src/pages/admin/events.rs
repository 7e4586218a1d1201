//! The event log: what happened, newest first by its place.

use super::console::{Console, address, asked, exactly, given, order_link, page_head, use_chain, words_of};
use crate::{
    api,
    components::{Button, Choice, EmptyState, Field, Icon, LinkButton, Pager, Select, Skeleton},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{errors::Problem, frame::Head},
};
use jumun::{
    order::Event,
    view::{LogRow, LogView},
};
use leptos::prelude::*;
use leptos_router::components::Form;

/// Events beside those of orders.
const OTHERS: [&str; 6] = ["stock.received", "stock.adjusted", "stock.pre_order_set", "cart.line_added", "cart.line_changed", "cart.line_removed"];

/// An event in words; what no order publishes has its words here.
fn happened(tr: Tr, name: &str) -> String {
    words_of(tr, if OTHERS.contains(&name) { "admin.event" } else { "event" }, name)
}

/// `/admin/events`
#[component]
pub fn Events() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    let (number, name, from, to, cursor) = (asked("number"), asked("name"), asked("from"), asked("to"), asked("cursor"));
    let wish = Memo::new(move |_| [number.get(), name.get(), from.get(), to.get()]);
    let data = load(
        move || (wish.get(), cursor.get()),
        |([number, name, from, to], cursor)| api::admin::events(given(number), given(name), given(from), given(to), given(cursor)),
    );
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => log(tr, &view, &wish.get_untracked(), !cursor.get_untracked().is_empty()),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    let form = move || {
        let [number, name, from, to] = wish.get();
        let names = OTHERS.iter().chain(Event::NAMES).map(|name| Choice::new(*name, format!("{} · {name}", happened(tr, name))));
        let names: Vec<Choice> = std::iter::once(Choice::new("", tr.t("admin.events.any"))).chain(names).collect();
        view! {
            <Form method="GET" action="/admin/events" attr:class="log-tools" attr:role="search">
                <Field label=tr.t("admin.events.number") name="number" value=number placeholder="ORD-20261121-…" maxlength=40 />
                <Select label=tr.t("admin.events.name") name="name" choices=names value=name />
                <Field label=tr.t("admin.events.from") name="from" r#type="date" value=from />
                <Field label=tr.t("admin.events.to") name="to" r#type="date" value=to />
                <Button icon="search">{tr.t("admin.find")}</Button>
            </Form>
        }
    };
    view! {
        <Console chain=chain>
            <Head title=tr.t("admin.events.title") />
            {page_head(tr.t("admin.events.title"), tr.t("admin.events.about"), ())}
            {form}
            <Transition fallback=move || view! { <Skeleton lines=10 label=tr.t("admin.loading") /> }>{shown}</Transition>
        </Console>
    }
}

fn log(tr: Tr, view: &LogView, wish: &[String; 4], later: bool) -> AnyView {
    if view.rows.is_empty() {
        return view! {
            <EmptyState icon="search" title=tr.t("admin.events.not_found") text=tr.t("admin.events.not_found_text")>
                <LinkButton href="/admin/events">{tr.t("admin.events.all")}</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let [number, name, from, to] = wish;
    let asked = [("number", number.as_str()), ("name", name), ("from", from), ("to", to)];
    let newest = if later { address("/admin/events", &asked) } else { String::new() };
    let further = |next: &String| address("/admin/events", &[asked.as_slice(), &[("cursor", next)]].concat());
    let next = view.next.as_ref().map(further).unwrap_or_default();
    let rows = view.rows.iter().map(|row| entry(tr, row, view)).collect_view();
    let head = move |key: &str| view! { <span>{tr.t(&format!("admin.events.{key}"))}</span> };
    view! {
        <div>
            <div class="log">
                <div class="log-row log-head" aria-hidden="true">
                    {head("at")}
                    {head("what")}
                    {head("order")}
                    {head("actor")}
                    {head("causation")}
                </div>
                <ol aria-label=tr.t("admin.events.title")>{rows}</ol>
            </div>
            <Pager previous=newest next=next previous_label=tr.t("admin.newest") next_label=tr.t("admin.older") />
        </div>
    }
    .into_any()
}

/// One event; its data opens below it.
fn entry(tr: Tr, row: &LogRow, view: &LogView) -> AnyView {
    let words = happened(tr, &row.name);
    let known = words != row.name;
    let what = known.then(|| view! { <span>{words.clone()}</span> });
    let order = match &row.number {
        Some(number) => order_link(number),
        None => words_of(tr, "admin.events.kind", &row.kind).into_any(),
    };
    let role = words_of(tr, "role", &row.actor);
    let actor = row.person.clone().map_or_else(|| role.clone(), |person| format!("{person} · {role}"));
    let open = tr.with("admin.events.open", &[("name", &words)]);
    let label = open.clone();
    let data = (!row.payload.is_empty()).then(|| view! { <pre tabindex="0">{row.payload.clone()}</pre> });
    let place = tr.with("admin.events.place", &[("position", &row.position.to_string()), ("sequence", &row.sequence.to_string())]);
    view! {
        <li class="log-entry">
            <div class="log-row">
                <time class="nowrap soft" datetime=row.at.rfc3339() title=tr.ago(row.at, view.now)>
                    {exactly(row.at)}
                </time>
                <span class="log-name">{what}<code>{row.name.clone()}</code></span>
                <span class="log-order">{order}</span>
                <span class="soft">{actor}</span>
                <code class="soft">{row.causation.clone()}</code>
            </div>
            <details>
                <summary title=label>
                    <Icon name="chevron-down" />
                    <span class="visually-hidden">{open}</span>
                </summary>
                <div class="log-data">
                    <p class="hint">{place}" · "<code class="wrap-any">{row.correlation.clone()}</code></p>
                    {data}
                </div>
            </details>
        </li>
    }
    .into_any()
}
