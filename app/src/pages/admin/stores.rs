//! The stores of the chain: who asks to join, who trades, who does not.

use super::console::{Console, address, after, asked, given, page_head, use_chain, when};
use crate::{
    api::{
        self,
        partners::{ApproveStore, RejectStore, ResumeStore, SuspendStore},
    },
    components::{Button, ButtonKind, Confirm, EmptyState, Field, Skeleton, TabItem, Tabs, Tag, Tone},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        desk::partners::standing,
        errors::{Problem, Said, refused},
        frame::Head,
        order_parts::small_picture,
    },
};
use jumun::{
    partner::Standing,
    view::{StoreRow, StoresView},
};
use leptos::prelude::*;

const HERE: &str = "/admin/partners";

/// What head office does about a store.
#[derive(Clone, Copy)]
struct Deeds {
    approve: ServerAction<ApproveStore>,
    reject: ServerAction<RejectStore>,
    suspend: ServerAction<SuspendStore>,
    resume: ServerAction<ResumeStore>,
}

/// `/admin/partners`
#[component]
pub fn Stores() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    let wanted = asked("standing");
    let data = load(move || wanted.get(), |wanted| api::partners::stores(given(wanted)));
    let deeds = Deeds { approve: ServerAction::new(), reject: ServerAction::new(), suspend: ServerAction::new(), resume: ServerAction::new() };
    after(deeds.approve, move || data.refetch());
    after(deeds.reject, move || data.refetch());
    after(deeds.suspend, move || data.refetch());
    after(deeds.resume, move || data.refetch());
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => list(tr, &view, &wanted.get_untracked(), deeds),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console chain=chain>
            <Head title=tr.t("stores.title") />
            {page_head(tr.t("stores.title"), tr.t("stores.about"), ())}
            <div class="stack">
                <Said refusal=refused(deeds.approve) />
                <Said refusal=refused(deeds.reject) />
                <Said refusal=refused(deeds.suspend) />
                <Said refusal=refused(deeds.resume) />
                <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("admin.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

fn list(tr: Tr, view: &StoresView, wanted: &str, deeds: Deeds) -> AnyView {
    let current = Standing::from_slug(wanted).unwrap_or(Standing::Applied);
    let tab = |(standing, count): &(Standing, u32)| {
        let slug = if *standing == Standing::Applied { "" } else { standing.slug() };
        let word = tr.t(&format!("standing.{}", standing.slug()));
        TabItem::new(address(HERE, &[("standing", slug)]), word, *standing == current).count((*count).into())
    };
    let tabs = view.counts.iter().map(tab).collect::<Vec<_>>();
    let rows = if view.rows.is_empty() {
        view! { <EmptyState icon="store" title=tr.t("stores.empty") text=tr.t("stores.empty_text") /> }.into_any()
    } else {
        let rows = view.rows.iter().map(|row| entry(tr, row, view, deeds)).collect_view();
        view! { <ul class="cases">{rows}</ul> }.into_any()
    };
    view! {
        <Tabs items=tabs label=tr.t("stores.title") />
        {rows}
    }
    .into_any()
}

fn entry(tr: Tr, row: &StoreRow, view: &StoresView, deeds: Deeds) -> AnyView {
    let fact = |name: String, value: AnyView| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let applicant = row.applicant.clone().map(|(person, email)| {
        view! {
            {fact(tr.t("apply.person"), person.into_any())}
            {fact(tr.t("field.email"), email.into_any())}
        }
    });
    // Who was turned down shows them no more.
    let papers = (row.standing == Standing::Applied || !row.documents.is_empty()).then(|| {
        let picture = |(nth, hash): (usize, &String)| {
            let picture = small_picture(format!("/documents/{}/{hash}", row.store), tr.with("apply.paper", &[("n", &(nth + 1).to_string())]));
            view! { <li>{picture}</li> }
        };
        let pictures = row.documents.iter().enumerate().map(picture).collect_view();
        let none = row.documents.is_empty().then(|| tr.t("stores.no_papers"));
        fact(
            tr.t("stores.papers"),
            view! {
                {none}
                <ul class="site-photos">{pictures}</ul>
            }
            .into_any(),
        )
    });
    let reason = row.reason.clone().map(|reason| fact(tr.t("field.reason"), reason.into_any()));
    let at = row.since;
    let kind = tr.t(&format!("role.{}", row.kind.slug()));
    let (phone, place, number) = (row.phone.clone(), row.address.clone(), row.business_number.clone());
    let since = if row.standing == Standing::Applied { tr.t("partners.asked_on") } else { tr.t("stores.since") };
    view! {
        <li class="case">
            <div class="case-mark">{standing(tr, row.standing)}</div>
            <div class="case-main">
                <p class="case-title">{tr.of(&row.name)}</p>
                <p class="case-sub">
                    <Tag>{kind}</Tag>
                    <Tag>{number}</Tag>
                </p>
                <dl class="case-facts">
                    {applicant} {fact(tr.t("stores.phone"), phone.into_any())} {fact(tr.t("field.address"), place.into_any())}
                    {fact(since, when(tr, at, view.now))} {reason} {papers}
                </dl>
            </div>
            <div class="case-side">{acts(tr, row, deeds)}</div>
        </li>
    }
    .into_any()
}

/// What can be done about a store, as it stands.
fn acts(tr: Tr, row: &StoreRow, deeds: Deeds) -> AnyView {
    let id = row.store.to_string();
    let plain = |id: String| view! { <input type="hidden" name="store" value=id /> };
    match row.standing {
        Standing::Applied => {
            let reject = reasoned(tr, "reject", &id, deeds.reject.pending());
            let busy = deeds.approve.pending();
            view! {
                <Confirm label=tr.t("stores.approve") icon="check" kind=ButtonKind::Primary tone=Tone::Neutral title=tr.t("stores.approve_title")>
                    <p>{tr.t("stores.approve_text")}</p>
                    <ActionForm action=deeds
                        .approve>
                        {plain(id)} <Button kind=ButtonKind::Primary disabled=busy>
                            {tr.t("stores.approve_do")}
                        </Button>
                    </ActionForm>
                </Confirm>
                <Confirm label=tr.t("stores.reject") icon="x" title=tr.t("stores.reject_title")>
                    <p>{tr.t("stores.reject_text")}</p>
                    <ActionForm action=deeds.reject>{reject}</ActionForm>
                </Confirm>
            }
            .into_any()
        }
        Standing::Approved => {
            let suspend = reasoned(tr, "suspend", &id, deeds.suspend.pending());
            view! {
                <Confirm label=tr.t("stores.suspend") icon="pause" title=tr.t("stores.suspend_title")>
                    <p>{tr.t("stores.suspend_text")}</p>
                    <ActionForm action=deeds.suspend>{suspend}</ActionForm>
                </Confirm>
            }
            .into_any()
        }
        Standing::Suspended => {
            let busy = deeds.resume.pending();
            view! {
                <Confirm label=tr.t("stores.resume") icon="play" kind=ButtonKind::Secondary tone=Tone::Neutral title=tr.t("stores.resume_title")>
                    <p>{tr.t("stores.resume_text")}</p>
                    <ActionForm action=deeds
                        .resume>
                        {plain(id)} <Button kind=ButtonKind::Primary disabled=busy>
                            {tr.t("stores.resume_do")}
                        </Button>
                    </ActionForm>
                </Confirm>
            }
            .into_any()
        }
        Standing::Rejected => ().into_any(),
    }
}

/// Why, and the button.
fn reasoned(tr: Tr, deed: &str, store: &str, busy: Memo<bool>) -> AnyView {
    let (id, store, word) = (format!("{deed}-{store}"), store.to_owned(), tr.t(&format!("stores.{deed}_do")));
    view! {
        <div class="stack stack-s">
            <input type="hidden" name="store" value=store />
            <Field label=tr.t("field.reason") name="reason" id=id required=true maxlength=200 hint=tr.t(&format!("stores.{deed}_hint")) />
            <Button kind=ButtonKind::DangerSolid disabled=busy>
                {word}
            </Button>
        </div>
    }
    .into_any()
}
