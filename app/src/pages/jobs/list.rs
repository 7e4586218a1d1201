//! All of an installer's jobs: what waits for his word, what comes today, and what comes later.

use super::{Way, ways};
use crate::{
    api,
    components::{EmptyState, Icon, Skeleton},
    error::Refused,
    i18n::{Tr, use_tr},
    live::use_live,
    load::load,
    pages::{
        errors::Problem,
        frame::Head,
        order_parts::{job_badge, pickup_badge},
    },
};
use jumun::view::{JobRow, JobsView, Stage, WorkState};
use leptos::prelude::*;

/// `/jobs`
#[component]
pub fn Jobs() -> impl IntoView {
    let tr = use_tr();
    let data = load(|| (), |()| api::installation::jobs());
    use_live(Signal::derive(|| "store:mine".to_owned()), move |_| data.refetch());
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => lists(tr, &view),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Head title=tr.t("jobs.title") />
        <div class="jobs stack">
            {ways(tr, Way::Jobs)} <h1>{tr.t("jobs.title")}</h1>
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("jobs.title") /> }>{shown}</Transition>
        </div>
    }
}

fn lists(tr: Tr, view: &JobsView) -> AnyView {
    if view.live.is_empty() && view.over.is_empty() {
        return view! { <EmptyState icon="wrench" title=tr.t("jobs.empty") text=tr.t("jobs.empty_text") /> }.into_any();
    }
    let today = view.today.days();
    let today_or_late = |row: &&JobRow| row.visit.is_some_and(|visit| visit.on.days() <= today);
    let due = |row: &&JobRow| row.state.stage() == Stage::Moving || row.state.stage() == Stage::Coming && today_or_late(row);
    let (now, later): (Vec<&JobRow>, Vec<&JobRow>) = view.live.iter().partition(|row| due(row));
    let of = |stage: Stage| later.iter().copied().filter(|row| row.state.stage() == stage).collect::<Vec<_>>();
    let mut coming = of(Stage::Coming);
    coming.sort_by_key(|row| row.visit.map(|visit| (visit.on.days(), visit.half)));
    let mut now = now;
    now.sort_by_key(|row| row.visit.map(|visit| (visit.on.days(), visit.half)));
    let empty = now.is_empty().then(|| view! { <p class="soft">{tr.t("jobs.today_empty")}</p> });
    view! {
        <section class="stack stack-s" aria-labelledby="jobs-today">
            <h2 id="jobs-today">{tr.t("jobs.today")} " " <span class="soft">{tr.day(view.today)}</span></h2>
            {empty}
            {cards(tr, &now)}
        </section>
        {section(tr, "asked", &of(Stage::Asked))}
        {section(tr, "to_schedule", &of(Stage::ToSchedule))}
        {section(tr, "coming", &coming)}
        {section(tr, "over", &view.over.iter().collect::<Vec<_>>())}
    }
    .into_any()
}

/// A heading and its jobs; nothing without any.
fn section(tr: Tr, name: &'static str, rows: &[&JobRow]) -> Option<AnyView> {
    (!rows.is_empty()).then(|| {
        let (id, by) = (format!("jobs-{name}"), format!("jobs-{name}"));
        view! {
            <section class="stack stack-s" aria-labelledby=by>
                <h2 id=id>{tr.t(&format!("jobs.{name}"))} " " <span class="soft">{rows.len().to_string()}</span></h2>
                {cards(tr, rows)}
            </section>
        }
        .into_any()
    })
}

fn cards(tr: Tr, rows: &[&JobRow]) -> AnyView {
    let one = |row: &&JobRow| {
        let when = row.visit.map(|visit| {
            view! {
                <span class="job-when">
                    <Icon name="calendar" />
                    {tr.visit(visit)}
                </span>
            }
        });
        let place = row.address.clone().unwrap_or_else(|| tr.with("jobs.district", &[("district", &row.district)]));
        let badge = match row.state {
            WorkState::PutUp(state) => job_badge(tr, state),
            WorkState::TakeDown(state) => pickup_badge(tr, state),
        };
        let goods = tr.with("jobs.units", &[("title", &tr.of(&row.title)), ("n", &row.units.to_string())]);
        view! {
            <li>
                <a class="job-card" href=format!("/jobs/{}", row.number)>
                    <span class="job-top">{badge} {when}</span>
                    <span class="job-goods">{goods}</span>
                    <span class="job-place">
                        <Icon name="map-pin" />
                        {place}
                    </span>
                    <span class="job-fee">{tr.won(row.fee)}</span>
                </a>
            </li>
        }
    };
    view! { <ul class="job-list">{rows.iter().map(one).collect_view()}</ul> }.into_any()
}
