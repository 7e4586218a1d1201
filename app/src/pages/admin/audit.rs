//! Who did what with somebody else's order, stock or money.

use super::console::{Console, address, asked, exactly, given, order_link, page_head, use_chain, words_of};
use crate::{
    api,
    components::{Button, Choice, EmptyState, LinkButton, Pager, Select, Skeleton, Table},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{errors::Problem, frame::Head, order_parts::by_hand},
};
use jumun::{
    actor::Chair,
    order::OrderCommand,
    view::{AuditRow, AuditView},
};
use leptos::prelude::*;
use leptos_router::components::Form;

/// Commands beside those on orders that leave a row.
const OTHERS: [&str; 49] = [
    "retry-saga",
    "settle-saga",
    "resolve-alert",
    "comment-on-claim",
    "assign-claim",
    "keep-claim-filter",
    "forget-claim-filter",
    "retry-letter",
    "restock",
    "set-partner-prices",
    "set-partner-terms",
    "set-credit-limit",
    "set-profile",
    "take-day-off",
    "give-up-day-off",
    "ask-partner",
    "approve-partner",
    "reject-partner",
    "suspend-partner",
    "resume-partner",
    "approve-store",
    "reject-store",
    "suspend-store",
    "resume-store",
    "receive-goods",
    "adjust-stock",
    "set-picture",
    "set-pre-order",
    "sell-from-shelf",
    "sell-to-order",
    "place-for-customer",
    "add-endpoint",
    "change-endpoint",
    "remove-endpoint",
    "disable-endpoint",
    "rotate-secret",
    "test-endpoint",
    "replay-delivery",
    "replay-dead",
    "add-key",
    "revoke-key",
    "add-channel-key",
    "revoke-channel-key",
    "reset-second-step",
    "block-account",
    "unblock-account",
    "start-two-steps",
    "stop-two-steps",
    "use-recovery-code",
];

/// Every command that people give, and so can be found here.
fn commands() -> impl Iterator<Item = &'static str> {
    OTHERS.into_iter().chain(OrderCommand::ALL.iter().filter(|(_, chairs)| chairs.iter().any(|chair| *chair != Chair::System)).map(|(name, _)| *name))
}

/// What was done, in words.
fn deed(tr: Tr, command: &str) -> String {
    words_of(tr, "admin.did", command)
}

/// `/admin/audit`
#[component]
pub fn Audit() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    let (command, person, cursor) = (asked("command"), asked("person"), asked("cursor"));
    let data = load(
        move || (command.get(), person.get(), cursor.get()),
        |(command, person, cursor)| api::admin::audit(given(command), given(person), given(cursor)),
    );
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => table(tr, &view, &command.get_untracked(), &person.get_untracked(), !cursor.get_untracked().is_empty()),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    let form = move || {
        let (command, person) = (command.get(), person.get());
        let people = data.get().and_then(Result::ok).map(|view| view.people).unwrap_or_default();
        let deeds = commands().map(|name| Choice::new(name, deed(tr, name)));
        let deeds: Vec<Choice> = std::iter::once(Choice::new("", tr.t("admin.audit.any_command"))).chain(deeds).collect();
        let names = people.into_iter().map(|(account, name)| Choice::new(account, name));
        let names: Vec<Choice> = std::iter::once(Choice::new("", tr.t("admin.audit.anybody"))).chain(names).collect();
        view! {
            <Form method="GET" action="/admin/audit" attr:class="board-tools" attr:role="search">
                <Select label=tr.t("admin.audit.command") name="command" choices=deeds value=command hide_label=true />
                <Select label=tr.t("admin.audit.person") name="person" choices=names value=person hide_label=true />
                <Button icon="filter">{tr.t("admin.filter")}</Button>
            </Form>
        }
    };
    view! {
        <Console chain=chain>
            <Head title=tr.t("admin.audit.title") />
            {page_head(tr.t("admin.audit.title"), tr.t("admin.audit.about"), ())}
            <Transition>{form}</Transition>
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("admin.loading") /> }>{shown}</Transition>
        </Console>
    }
}

fn table(tr: Tr, view: &AuditView, command: &str, person: &str, later: bool) -> AnyView {
    if view.rows.is_empty() {
        return if command.is_empty() && person.is_empty() && !later {
            view! { <EmptyState icon="book" title=tr.t("admin.audit.none") text=tr.t("admin.audit.none_text") /> }.into_any()
        } else {
            view! {
                <EmptyState icon="search" title=tr.t("admin.audit.not_found") text=tr.t("admin.audit.not_found_text")>
                    <LinkButton href="/admin/audit">{tr.t("admin.audit.all")}</LinkButton>
                </EmptyState>
            }
            .into_any()
        };
    }
    let rows = view.rows.iter().map(|row| line(tr, row, view)).collect_view();
    let newest = if later { address("/admin/audit", &[("command", command), ("person", person)]) } else { String::new() };
    let next =
        view.next.as_ref().map(|next| address("/admin/audit", &[("command", command), ("person", person), ("cursor", next)])).unwrap_or_default();
    let head = move |key: &str| view! { <th scope="col">{tr.t(&format!("admin.audit.{key}"))}</th> };
    view! {
        <div>
            <Table caption=tr.t("admin.audit.title") class="board-table table-cards">
                <thead>
                    <tr>{head("at")} {head("person")} {head("command")} {head("order")} {head("note")}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
            <Pager previous=newest next=next previous_label=tr.t("admin.newest") next_label=tr.t("admin.older") />
        </div>
    }
    .into_any()
}

fn line(tr: Tr, row: &AuditRow, view: &AuditView) -> AnyView {
    let label = |key: &str| tr.t(&format!("admin.audit.{key}"));
    let role = words_of(tr, "role", &row.role);
    let who = row.name.clone().unwrap_or_else(|| role.clone());
    let request = tr.with("admin.audit.request", &[("id", &row.request)]);
    // A retried step is named by its row; people know it by its order.
    let note = row.note.clone().filter(|_| row.command != "retry-saga");
    let note = if row.command == "settle-saga" { note.map(|note| by_hand(tr, &note)) } else { note };
    view! {
        <tr title=request>
            <td class="nowrap" data-label=label("at")>
                <time datetime=row.at.rfc3339() title=tr.ago(row.at, view.now)>
                    {exactly(row.at)}
                </time>
            </td>
            <td class="nowrap" data-label=label("person")>
                <div>{who} <span class="sub">{role}</span></div>
            </td>
            <td class="nowrap" data-label=label("command")>
                {deed(tr, &row.command)}
            </td>
            <td data-label=label("order")>{row.number.as_ref().map(order_link)}</td>
            <td class="audit-note" data-label=label("note")>
                {note}
            </td>
        </tr>
    }
    .into_any()
}
