//! What an installer earned, a month at a time, and what is agreed and still to be done.

use super::{Way, ways};
use crate::{
    api,
    components::{Card, EmptyState, Icon, LinkButton, Pager, Plate, Skeleton},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{errors::Problem, frame::Head},
};
use jumun::{
    time::Date,
    view::{EarnedRow, EarningsView},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/jobs/earnings`
#[component]
pub fn Earnings() -> impl IntoView {
    let tr = use_tr();
    let query = use_query_map();
    let month = Memo::new(move |_| query.read().get("month"));
    let data = load(move || month.get(), api::installers::earnings);
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => body(tr, &view),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Head title=tr.t("earnings.title") />
        <div class="jobs stack">
            {ways(tr, Way::Earnings)} <h1>{tr.t("earnings.title")}</h1>
            <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("earnings.title") /> }>{shown}</Transition>
        </div>
    }
}

/// `2026년 11월`
fn month_words(tr: Tr, month: Date) -> String {
    tr.with("earnings.month", &[("year", &month.year.to_string()), ("month", &tr.t(&format!("time.month.m{}", month.month)))])
}

fn body(tr: Tr, view: &EarningsView) -> AnyView {
    let strong = |text: String| view! { <strong>{text}</strong> }.into_any();
    let agreed = tr.with("earnings.agreed_sum", &[("amount", &tr.won(view.agreed)), ("n", &view.agreed_jobs.to_string())]);
    let sums = vec![(month_words(tr, view.month), strong(tr.won(view.sum))), (tr.t("earnings.agreed"), agreed.into_any())];
    let to = |day: Option<Date>| day.map(|day| format!("/jobs/earnings?month={}", day.month_name())).unwrap_or_default();
    let rows = if view.rows.is_empty() {
        view! {
            <EmptyState icon="coins" title=tr.t("earnings.empty") text=tr.t("earnings.empty_text")>
                <LinkButton href="/jobs">{tr.t("jobs.back")}</LinkButton>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = view.rows.iter().map(|row| one(tr, row)).collect_view();
        view! {
            <Card title=tr.t("earnings.rows") icon="coins">
                <ul class="earned">{rows}</ul>
            </Card>
        }
        .into_any()
    };
    view! {
        <Plate rows=sums />
        <p class="soft">{tr.t("earnings.about")}</p>
        {rows}
        <Pager
            previous=to(view.before)
            next=to(view.after)
            previous_label=tr.t("earnings.before")
            next_label=tr.t("earnings.after")
            note=month_words(tr, view.month)
        />
    }
    .into_any()
}

fn one(tr: Tr, row: &EarnedRow) -> AnyView {
    let (what, href) = (tr.t(&format!("earnings.what.{}", row.what.slug())), format!("/jobs/{}", row.number));
    view! {
        <li class="earned-row">
            <a class="earned-what" href=href>
                <strong>{what}</strong>
                <span class="mono text-s">{row.number.to_string()}</span>
            </a>
            <strong class="nowrap earned-amount">{tr.won(row.amount)}</strong>
            <span class="soft">
                <Icon name="store" />
                " "
                {tr.of(&row.store)}
            </span>
            <span class="soft nowrap">{tr.day(row.at.kst_date())}</span>
        </li>
    }
    .into_any()
}
