//! The books: what every account sums to, the invariants, and what every check of them found.

use super::console::{Console, after, exactly, page_head, took, use_chain, when, words_of};
use crate::{
    api::{self, admin::Prove},
    components::{Button, ButtonKind, Card, EmptyState, Icon, Skeleton, StatusBadge, Table, Tone, Won, group_digits},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        errors::{Problem, Said, refused},
        frame::Head,
    },
};
use jumun::{
    time::Time,
    view::{LedgerSum, Proof as Check, ProofView},
};
use leptos::prelude::*;

/// `/admin/proof`
#[component]
pub fn Proof() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    let data = load(|| (), |()| api::admin::proof());
    let action = ServerAction::<Prove>::new();
    after(action, move || {
        data.refetch();
        chain.refetch();
    });
    let pending = Signal::from(action.pending());
    let button = move || {
        view! {
            <ActionForm action=action>
                <Button kind=ButtonKind::Primary icon="scale" disabled=pending>
                    {move || if pending.get() { tr.t("admin.proof.running") } else { tr.t("admin.proof.now") }}
                </Button>
            </ActionForm>
        }
    };
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => books(tr, &view),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console chain=chain>
            <Head title=tr.t("admin.proof.title") />
            {page_head(tr.t("admin.proof.title"), tr.t("admin.proof.about"), button())}
            <div class="stack">
                <Said refusal=refused(action) />
                <Transition fallback=move || view! { <Skeleton lines=10 label=tr.t("admin.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

fn books(tr: Tr, view: &ProofView) -> AnyView {
    let last = view.proofs.first();
    view! {
        <div class="stack">
            {verdict(tr, last, view.now)} {last.filter(|check| !check.findings.is_empty()).map(|check| findings(tr, check))}
            <div class="grid-2">{ledger(tr, "stock", &view.sums)} {ledger(tr, "won", &view.sums)}</div>
            <div class="grid-2 grid-top">{invariants(tr, &view.invariants, last)} {past(tr, view)}</div>
        </div>
    }
    .into_any()
}

/// What the last check says, large.
fn verdict(tr: Tr, last: Option<&Check>, now: Time) -> AnyView {
    let Some(check) = last else {
        return view! { <EmptyState icon="scale" title=tr.t("admin.proof.never") text=tr.t("admin.proof.never_text") /> }.into_any();
    };
    let (tone, icon, title) = match check.findings.len() {
        0 => (Tone::Done, "shield-check", tr.t("admin.proof.clean_title")),
        n => (Tone::Trouble, "alert-triangle", tr.with("admin.proof.broken_title", &[("n", &n.to_string())])),
    };
    let orders = tr.with("admin.proof.orders", &[("n", &group_digits(check.orders.into()))]);
    view! {
        <section class=format!("verdict {}", tone.class()) role="status">
            <Icon name=icon large=true />
            <div>
                <h2>{title}</h2>
                <p>{when(tr, check.at, now)}" · "{orders}" · "{took(tr, check.took_micros)}</p>
            </div>
        </section>
    }
    .into_any()
}

/// `I1 journals sum to zero` → its number and its words.
fn named(tr: Tr, name: &str) -> (String, String) {
    let (number, rest) = name.split_once(' ').unwrap_or(("", name));
    let words = words_of(tr, "admin.invariant", &rest.replace(' ', "_"));
    (number.to_owned(), words.replace('_', " "))
}

fn findings(tr: Tr, check: &Check) -> AnyView {
    let rows = check
        .findings
        .iter()
        .map(|(name, what)| {
            let (number, words) = named(tr, name);
            view! {
                <tr>
                    <td class="mono soft">{number}</td>
                    <td>{words}</td>
                    <td>
                        <code class="wrap-any">{what.clone()}</code>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card title=tr.t("admin.proof.findings") icon="alert-triangle" class="card-flush">
            <Table caption=tr.t("admin.proof.findings")>
                <thead>
                    <tr>
                        <th scope="col">{tr.t("admin.proof.number")}</th>
                        <th scope="col">{tr.t("admin.proof.invariant")}</th>
                        <th scope="col">{tr.t("admin.proof.what")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </Card>
    }
    .into_any()
}

/// Every account of one ledger; the last row must be nought.
fn ledger(tr: Tr, unit: &'static str, sums: &[LedgerSum]) -> AnyView {
    let lang = tr.0.code();
    let money = unit == "won";
    let figure = move |amount: i64| {
        if money {
            view! { <Won amount=amount lang=lang /> }.into_any()
        } else {
            let sign = if amount < 0 { "−" } else { "" };
            format!("{sign}{}", group_digits(amount.unsigned_abs())).into_any()
        }
    };
    let sums: Vec<&LedgerSum> = sums.iter().filter(|sum| sum.unit == unit).collect();
    let total: i64 = sums.iter().map(|sum| sum.amount).sum();
    let rows = sums
        .iter()
        .map(|sum| {
            let quiet = if sum.amount == 0 { "muted" } else { "" };
            view! {
                <tr class=quiet>
                    <th scope="row">
                        {words_of(tr, &format!("admin.account.{unit}"), &sum.account)}<span class="sub mono">{sum.account.clone()}</span>
                    </th>
                    <td class="end">{figure(sum.amount)}</td>
                </tr>
            }
        })
        .collect_view();
    let (tone, icon, word) = if total == 0 { (Tone::Done, "check", "admin.proof.balanced") } else { (Tone::Trouble, "x", "admin.proof.unbalanced") };
    let title = tr.t(&format!("admin.proof.{unit}"));
    let body = if sums.is_empty() {
        view! { <p class="muted ledger-empty">{tr.t("admin.proof.no_postings")}</p> }.into_any()
    } else {
        view! {
            <Table caption=title.clone() class="ledger">
                <thead>
                    <tr>
                        <th scope="col">{tr.t("admin.proof.account")}</th>
                        <th scope="col" class="end">
                            {tr.t("admin.proof.sum")}
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <tfoot>
                    <tr>
                        <th scope="row">{tr.t("admin.proof.total")}</th>
                        <td class="end">{figure(total)}</td>
                    </tr>
                </tfoot>
            </Table>
        }
        .into_any()
    };
    let aside = move || view! { <StatusBadge tone=tone icon=icon label=tr.t(word) /> };
    view! {
        <Card title=title icon=if money { "landmark" } else { "boxes" } aside=aside class="card-flush">
            {body}
        </Card>
    }
    .into_any()
}

/// Every invariant with the mark of the last check.
fn invariants(tr: Tr, names: &[String], last: Option<&Check>) -> AnyView {
    let rows = names
        .iter()
        .map(|name| {
            let (number, words) = named(tr, name);
            let broken = last.map(|check| check.findings.iter().filter(|(broken, _)| broken == name).count());
            let (tone, icon, mark) = match broken {
                None => (Tone::Neutral, "circle-dashed", tr.t("admin.proof.unknown")),
                Some(0) => (Tone::Done, "check", tr.t("admin.proof.pass")),
                Some(n) => (Tone::Trouble, "x", tr.with("admin.proof.broken", &[("n", &n.to_string())])),
            };
            view! {
                <tr>
                    <td class="mono soft">{number}</td>
                    <td>{words}</td>
                    <td class="end">
                        <StatusBadge tone=tone icon=icon label=mark />
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card title=tr.t("admin.proof.invariants") icon="shield-check" class="card-flush">
            <Table caption=tr.t("admin.proof.invariants")>
                <thead>
                    <tr>
                        <th scope="col">{tr.t("admin.proof.number")}</th>
                        <th scope="col">{tr.t("admin.proof.invariant")}</th>
                        <th scope="col" class="end">
                            {tr.t("admin.proof.last")}
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </Card>
    }
    .into_any()
}

/// The last checks.
fn past(tr: Tr, view: &ProofView) -> AnyView {
    let body = if view.proofs.is_empty() {
        view! { <p class="muted ledger-empty">{tr.t("admin.proof.no_past")}</p> }.into_any()
    } else {
        let rows = view
            .proofs
            .iter()
            .map(|check| {
                let (tone, icon, word) = match check.findings.len() {
                    0 => (Tone::Done, "check", tr.t("admin.proof.clean")),
                    n => (Tone::Trouble, "x", tr.with("admin.proof.broken", &[("n", &n.to_string())])),
                };
                view! {
                    <tr>
                        <td>
                            <time datetime=check.at.rfc3339() title=tr.ago(check.at, view.now)>
                                {exactly(check.at)}
                            </time>
                        </td>
                        <td class="end">{group_digits(check.orders.into())}</td>
                        <td class="end nowrap">{took(tr, check.took_micros)}</td>
                        <td class="end">
                            <StatusBadge tone=tone icon=icon label=word />
                        </td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <Table caption=tr.t("admin.proof.past")>
                <thead>
                    <tr>
                        <th scope="col">{tr.t("admin.proof.at")}</th>
                        <th scope="col" class="end">
                            {tr.t("admin.proof.order_count")}
                        </th>
                        <th scope="col" class="end">
                            {tr.t("admin.proof.took")}
                        </th>
                        <th scope="col" class="end">
                            {tr.t("admin.proof.found")}
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
        .into_any()
    };
    view! {
        <Card title=tr.t("admin.proof.past") icon="history" class="card-flush">
            {body}
        </Card>
    }
    .into_any()
}
