//! The chain's first page: what needs a person, whether the books add up, what waits.

use super::{
    alerts,
    console::{Console, search, took, use_chain},
    sagas,
};
use crate::{
    api,
    components::{Card, Icon, Kpi, Plate, Skeleton, Tone, group_digits},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{errors::Problem, frame::Head},
};
use jumun::view::{AlertsView, ChainView, SagasView};
use leptos::prelude::*;
use leptos_router::components::Form;

/// Rows of a list on this page; the rest is behind its link.
const ROWS: usize = 5;

/// `/admin`
#[component]
pub fn Today() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    let open = load(|| (), |()| api::admin::alerts(None));
    let parked = load(|| (), |()| api::admin::sagas("parked".to_owned()));
    let shown = move || match (chain.get()?, open.get()?, parked.get()?) {
        (Ok(chain), Ok(open), Ok(parked)) => Some(today(tr, &chain, &open, &parked)),
        (Err(Refused(refusal)), _, _) | (_, Err(Refused(refusal)), _) | (_, _, Err(Refused(refusal))) => {
            Some(view! { <Problem refusal=refusal /> }.into_any())
        }
    };
    let date = move || chain.get().and_then(Result::ok).map(|chain| view! { <p>{chain.now.kst_minute()}</p> });
    view! {
        <Console chain=chain>
            <Head title=tr.t("admin.today.title") />
            <div class="page-head">
                <div>
                    <h1>{tr.t("admin.today.title")}</h1>
                    <Transition>{date}</Transition>
                </div>
                <Form method="GET" action="/admin/orders" attr:role="search" attr:class="head-search">
                    {search(String::new(), tr.t("admin.orders.find"))}
                </Form>
            </div>
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("admin.loading") /> }>{shown}</Transition>
        </Console>
    }
}

fn today(tr: Tr, chain: &ChainView, open: &AlertsView, parked: &SagasView) -> AnyView {
    view! {
        <div class="stack">
            {kpis(tr, chain)} {part(tr, "bell", "admin.today.alerts", "/admin/alerts", open.rows.len(), alerts::list(tr, open, ROWS, None))}
            {part(tr, "pause", "admin.today.parked", "/admin/sagas", parked.rows.len(), sagas::list(tr, parked, ROWS, None))} {queues(tr, chain)}
            {ways(tr)}
        </div>
    }
    .into_any()
}

fn kpis(tr: Tr, chain: &ChainView) -> AnyView {
    let times = |n: u32| tr.with("admin.count", &[("n", &group_digits(n.into()))]);
    let tone = |n: u32, some: Tone| if n > 0 { some } else { Tone::Done };
    let oldest = chain.oldest.map(|at| tr.with("admin.today.oldest", &[("age", &tr.ago(at, chain.now))]));
    let high_note = if chain.high > 0 { tr.t("admin.today.high_note") } else { tr.t("admin.today.none") };
    let medium_note = if chain.medium > 0 { oldest.unwrap_or_default() } else { tr.t("admin.today.none") };
    let parked = chain.queues.parked;
    let parked_note = tr.t(if parked > 0 { "admin.today.parked_note" } else { "admin.today.none" });
    let (proof_value, proof_note, proof_tone) = match &chain.proof {
        None => (tr.t("admin.proof.never"), tr.t("admin.proof.never_short"), Tone::Waiting),
        Some(proof) => {
            let note = format!("{} · {}", tr.ago(proof.at, chain.now), took(tr, proof.took_micros));
            match proof.findings.len() {
                0 => (tr.t("admin.proof.clean"), note, Tone::Done),
                n => (tr.with("admin.proof.broken", &[("n", &n.to_string())]), note, Tone::Trouble),
            }
        }
    };
    view! {
        <div class="kpis">
            <Kpi label=tr.t("admin.today.high") value=times(chain.high) note=high_note tone=tone(chain.high, Tone::Trouble) href="/admin/alerts" />
            <Kpi
                label=tr.t("admin.today.medium")
                value=times(chain.medium)
                note=medium_note
                tone=tone(chain.medium, Tone::Waiting)
                href="/admin/alerts"
            />
            <Kpi label=tr.t("admin.today.parked") value=times(parked) note=parked_note tone=tone(parked, Tone::Trouble) href="/admin/sagas" />
            <Kpi label=tr.t("admin.today.proof") value=proof_value note=proof_note tone=proof_tone href="/admin/proof" />
        </div>
    }
    .into_any()
}

/// A list with the way to the whole of it.
fn part(tr: Tr, icon: &'static str, title: &str, href: &'static str, rows: usize, list: AnyView) -> AnyView {
    let more = rows.saturating_sub(ROWS);
    let label = if more > 0 { tr.with("admin.today.more", &[("n", &more.to_string())]) } else { tr.t("admin.today.all") };
    let aside = move || {
        view! {
            <a class="link text-s" href=href>
                {label.clone()}
            </a>
        }
    };
    view! {
        <Card title=tr.t(title) icon=icon aside=aside>
            {list}
        </Card>
    }
    .into_any()
}

fn queues(tr: Tr, chain: &ChainView) -> AnyView {
    let queues = &chain.queues;
    let rows = [("due", queues.due), ("sagas", queues.sagas), ("timers", queues.timers), ("notices", queues.notices)]
        .map(|(key, n)| (tr.t(&format!("admin.queues.{key}")), group_digits(n.into()).into_any()))
        .into();
    view! {
        <Card title=tr.t("admin.queues.title") icon="layers">
            <div class="stack stack-s">
                <Plate rows=rows />
                <p class="hint">{tr.t("admin.queues.hint")}</p>
            </div>
        </Card>
    }
    .into_any()
}

fn ways(tr: Tr) -> AnyView {
    let way = |href: &'static str, icon: &'static str, key: &str| {
        view! {
            <li>
                <a class="way" href=href>
                    <Icon name=icon />
                    <span>
                        <b>{tr.t(&format!("admin.{key}.title"))}</b>
                        <span class="soft text-s">{tr.t(&format!("admin.{key}.about"))}</span>
                    </span>
                    <Icon name="arrow-right" />
                </a>
            </li>
        }
    };
    view! {
        <nav aria-label=tr.t("admin.ways")>
            <ul class="ways">
                {way("/admin/orders", "package", "orders")} {way("/admin/events", "history", "events")} {way("/admin/audit", "book", "audit")}
            </ul>
        </nav>
    }
    .into_any()
}
