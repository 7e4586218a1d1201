//! Everybody with an account: how they sign in, who is kept out, and what head office does about it.

use super::console::{Console, address, after, asked, given, page_head, search, use_chain, when};
use crate::{
    api::{
        self,
        people::{BlockAccount, ResetSecondStep, UnblockAccount},
    },
    components::{Button, ButtonKind, Confirm, EmptyState, Field, LinkButton, Pager, Skeleton, StatusBadge, TabItem, Tabs, Tag, Tone},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        errors::{Problem, Said, refused},
        frame::Head,
    },
};
use jumun::view::{PeopleView, PersonRow};
use leptos::prelude::*;
use leptos_router::components::Form;

const HERE: &str = "/admin/people";

/// What is done to somebody.
#[derive(Clone, Copy)]
struct Deeds {
    reset: ServerAction<ResetSecondStep>,
    block: ServerAction<BlockAccount>,
    unblock: ServerAction<UnblockAccount>,
}

/// `/admin/people`
#[component]
pub fn People() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    let (customers, q, cursor) = (asked("customers"), asked("q"), asked("cursor"));
    let data = load(
        move || (customers.get(), q.get(), cursor.get()),
        |(customers, q, cursor)| api::people::people(given(customers), given(q), given(cursor)),
    );
    let deeds = Deeds { reset: ServerAction::new(), block: ServerAction::new(), unblock: ServerAction::new() };
    after(deeds.reset, move || data.refetch());
    after(deeds.block, move || data.refetch());
    after(deeds.unblock, move || data.refetch());
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => list(tr, &view, &customers.get_untracked(), &q.get_untracked(), !cursor.get_untracked().is_empty(), deeds),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    let form = move || {
        let (customers, q) = (customers.get(), q.get());
        let everybody = customers.is_empty();
        let tabs = vec![
            TabItem::new(HERE, tr.t("people.workers"), everybody),
            TabItem::new(address(HERE, &[("customers", "1")]), tr.t("people.customers"), !everybody),
        ];
        view! {
            <div class="stack">
                <Tabs items=tabs label=tr.t("people.title") />
                <Form method="GET" action=HERE attr:class="board-tools" attr:role="search">
                    {(!everybody).then(|| view! { <input type="hidden" name="customers" value="1" /> })}
                    {search(q, tr.t("people.find"))}
                    <Button>{tr.t("admin.find")}</Button>
                </Form>
            </div>
        }
    };
    view! {
        <Console chain=chain>
            <Head title=tr.t("people.title") />
            {page_head(tr.t("people.title"), tr.t("people.about"), ())}
            {form}
            <div class="stack">
                <Said refusal=refused(deeds.reset) />
                <Said refusal=refused(deeds.block) />
                <Said refusal=refused(deeds.unblock) />
                <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("admin.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

fn list(tr: Tr, view: &PeopleView, customers: &str, q: &str, later: bool, deeds: Deeds) -> AnyView {
    if view.rows.is_empty() {
        let all = address(HERE, &[("customers", customers)]);
        return view! {
            <EmptyState icon="search" title=tr.t("people.none") text=tr.t("people.none_text")>
                <LinkButton href=all>{tr.t("people.all")}</LinkButton>
            </EmptyState>
        }
        .into_any();
    }
    let rows = view.rows.iter().map(|person| entry(tr, person, view, deeds)).collect_view();
    let newest = if later { address(HERE, &[("customers", customers), ("q", q)]) } else { String::new() };
    let next = view.next.as_ref().map(|next| address(HERE, &[("customers", customers), ("q", q), ("cursor", next)])).unwrap_or_default();
    view! {
        <div>
            <ul class="cases">{rows}</ul>
            <Pager previous=newest next=next previous_label=tr.t("people.first") next_label=tr.t("people.more") />
        </div>
    }
    .into_any()
}

fn entry(tr: Tr, person: &PersonRow, view: &PeopleView, deeds: Deeds) -> AnyView {
    let (tone, icon, word) = match person.left {
        _ if person.blocked => (Tone::Trouble, "ban", "people.blocked"),
        Some(_) => (Tone::Neutral, "log-out", "team.gone"),
        None => (Tone::Done, "check", "people.active"),
    };
    let fact = |name: &str, value: AnyView| {
        view! {
            <div>
                <dt>{tr.t(name)}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let seen = person.last_sign_in.map_or_else(|| tr.t("people.never").into_any(), |at| when(tr, at, view.now));
    let works = person.role != "customer";
    let step = works.then(|| {
        let missing = person.role == "admin" && view.second_step_required;
        let off = if missing { "people.step_missing" } else { "people.step_off" };
        fact("people.second_step", person.second_step.map_or_else(|| tr.t(off).into_any(), |since| when(tr, since, view.now)))
    });
    let role = tr.t(&format!("role.{}", person.role));
    let number = person.customer_number.clone().map(|number| fact("people.number", number.into_any()));
    let store = person.store.as_ref().map(|store| tr.of(store)).map(|store| view! { <Tag icon="store">{store}</Tag> });
    let left = person.left.map(|since| fact("team.since", when(tr, since, view.now)));
    let manager = person.manager.then(|| view! { <Tag>{tr.t("people.manager")}</Tag> });
    view! {
        <li class="case">
            <div class="case-mark">
                <StatusBadge tone=tone icon=icon label=tr.t(word) />
            </div>
            <div class="case-main">
                <p class="case-title">{person.name.clone()}</p>
                <p class="case-sub">
                    <Tag>{role}</Tag>
                    {store}
                    {manager}
                </p>
                <dl class="case-facts">
                    {fact("people.email", person.email.clone().into_any())} {number} {left} {fact("people.last_sign_in", seen)} {step}
                </dl>
            </div>
            <div class="case-side">{acts(tr, person, deeds)}</div>
        </li>
    }
    .into_any()
}

/// What can be done to somebody; nothing to oneself.
fn acts(tr: Tr, person: &PersonRow, deeds: Deeds) -> AnyView {
    if person.own {
        return view! { <p class="text-s soft">{tr.t("people.own")}</p> }.into_any();
    }
    let id = person.account.to_string();
    let reset = person.second_step.is_some().then(|| {
        let fields = fields(tr, "reset", &id, deeds.reset.pending());
        asked_first(tr, "reset", "people.reset_text", "shield", view! { <ActionForm action=deeds.reset>{fields}</ActionForm> }.into_any())
    });
    let works = person.role != "customer";
    let door = if person.blocked {
        let text = if works { "people.unblock_text" } else { "people.unblock_customer_text" };
        let fields = fields(tr, "unblock", &id, deeds.unblock.pending());
        asked_first(tr, "unblock", text, "undo", view! { <ActionForm action=deeds.unblock>{fields}</ActionForm> }.into_any())
    } else {
        let text = if works { "people.block_text" } else { "people.block_customer_text" };
        let fields = fields(tr, "block", &id, deeds.block.pending());
        asked_first(tr, "block", text, "ban", view! { <ActionForm action=deeds.block>{fields}</ActionForm> }.into_any())
    };
    view! {
        {reset}
        {door}
    }
    .into_any()
}

/// A deed that is asked about first.
fn asked_first(tr: Tr, deed: &str, text: &'static str, icon: &'static str, form: AnyView) -> AnyView {
    let [label, title] = ["", "_title"].map(|part| tr.t(&format!("people.{deed}{part}")));
    view! {
        <Confirm label=label icon=icon title=title>
            <p>{tr.t(text)}</p>
            {form}
        </Confirm>
    }
    .into_any()
}

/// Whom, why, and the button.
fn fields(tr: Tr, deed: &str, account: &str, pending: Memo<bool>) -> AnyView {
    let (id, account, word) = (format!("{deed}-{account}"), account.to_owned(), tr.t(&format!("people.{deed}_do")));
    view! {
        <div class="stack stack-s">
            <input type="hidden" name="account" value=account />
            <Field label=tr.t("people.reason") name="reason" id=id required=true maxlength=200 hint=tr.t("people.reason_hint") />
            <Button kind=ButtonKind::DangerSolid disabled=pending>
                {word}
            </Button>
        </div>
    }
    .into_any()
}
