//! To whom the store sells, and on which terms: agreements with their credit, and what partners pay.

use super::{
    console::{Console, Counts, page_head},
    partners::{case, ways},
};
use crate::{
    api::{
        self,
        partners::{ApprovePartner, RejectPartner, ResumePartner, SetCreditLimit, SetPartnerPrices, SetPartnerTerms, SuspendPartner},
    },
    components::{Button, ButtonKind, Card, Confirm, EmptyState, Field, LinkButton, Notice, Skeleton, Table, Tone, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        admin::console::after,
        errors::{Problem, Said, flaw, refused},
        frame::Head,
    },
};
use jumun::{
    ids::PartyId,
    partner::{HIGHEST_LIMIT, LONGEST_LEAD, MOST_STEPS, MOST_UNITS, PriceStep, Standing},
    view::{AgreementRow, PricedRow, SellingView},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const HERE: &str = "/desk/partners/selling";

/// What can be done here.
#[derive(Clone, Copy)]
struct Deeds {
    prices: ServerAction<SetPartnerPrices>,
    terms: ServerAction<SetPartnerTerms>,
    limit: ServerAction<SetCreditLimit>,
    approve: ServerAction<ApprovePartner>,
    reject: ServerAction<RejectPartner>,
    suspend: ServerAction<SuspendPartner>,
    resume: ServerAction<ResumePartner>,
}

/// `/desk/partners/selling`
#[component]
pub fn Selling() -> impl IntoView {
    let tr = use_tr();
    let query = use_query_map();
    let open = Memo::new(move |_| query.read().get("option").filter(|option| !option.is_empty()));
    let desk = load(|| (), |()| api::desk::desk());
    let counts = Signal::derive(move || desk.get().and_then(Result::ok).map(|view| Counts { boards: view.counts, now: view.now }));
    let data = load(|| (), |()| api::partners::selling());
    let deeds = Deeds {
        prices: ServerAction::new(),
        terms: ServerAction::new(),
        limit: ServerAction::new(),
        approve: ServerAction::new(),
        reject: ServerAction::new(),
        suspend: ServerAction::new(),
        resume: ServerAction::new(),
    };
    after(deeds.prices, move || data.refetch());
    after(deeds.terms, move || data.refetch());
    after(deeds.limit, move || data.refetch());
    after(deeds.approve, move || data.refetch());
    after(deeds.reject, move || data.refetch());
    after(deeds.suspend, move || data.refetch());
    after(deeds.resume, move || data.refetch());
    // Only the last of the two forms has something to say, and what was said about one option does not belong to the next.
    let (priced, termed) = (deeds.prices.value(), deeds.terms.value());
    let (pricing, terming) = (deeds.prices.pending(), deeds.terms.pending());
    Effect::new(move |_| {
        if pricing.get() {
            termed.set(None);
        }
    });
    Effect::new(move |_| {
        if terming.get() {
            priced.set(None);
        }
    });
    Effect::new(move |before: Option<Option<String>>| {
        let option = open.get();
        if before.is_some_and(|before| before != option) {
            priced.set(None);
            termed.set(None);
        }
        option
    });
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => body(tr, &view, open.get().as_deref(), deeds),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console counts=counts>
            <Head title=tr.t("partners.selling") />
            {page_head(tr.t("partners.selling"), tr.t("partners.selling_about"))}
            <div class="stack">
                {ways(tr, true)} <Said refusal=refused(deeds.limit) /> <Said refusal=refused(deeds.approve) /> <Said refusal=refused(deeds.reject) />
                <Said refusal=refused(deeds.suspend) /> <Said refusal=refused(deeds.resume) />
                <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("desk.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

fn body(tr: Tr, view: &SellingView, open: Option<&str>, deeds: Deeds) -> AnyView {
    let staff = (!view.manager).then(|| view! { <Notice tone=Tone::Neutral title=tr.t("partners.manager_only") /> });
    let partners = if view.partners.is_empty() {
        view! { <EmptyState icon="store" title=tr.t("partners.no_buyers") text=tr.t("partners.no_buyers_text") /> }.into_any()
    } else {
        let rows = view.partners.iter().map(|partner| case(tr, partner, view.manager.then(|| acts(tr, partner, deeds)))).collect_view();
        view! { <ul class="cases">{rows}</ul> }.into_any()
    };
    let chosen = view.goods.iter().find(|row| open == Some(row.variant.as_str()));
    let chosen = chosen.filter(|_| view.manager).map(|row| forms(tr, row, &view.partners, deeds));
    let goods = if view.goods.is_empty() {
        view! { <EmptyState icon="boxes" title=tr.t("partners.no_goods") text=tr.t("partners.no_goods_text") /> }.into_any()
    } else {
        table(tr, view, open)
    };
    view! {
        <div class="stack">
            {staff} <Card title=tr.t("partners.buyers") icon="store">
                {partners}
            </Card> {chosen} {goods}
        </div>
    }
    .into_any()
}

/// What can be done about a partner, as it stands.
fn acts(tr: Tr, partner: &AgreementRow, deeds: Deeds) -> AnyView {
    let id = partner.partner.to_string();
    match partner.standing {
        Standing::Applied => {
            let approve = limited(tr, "approve", partner, deeds.approve.pending());
            let reject = reasoned(tr, "reject", &id, deeds.reject.pending());
            view! {
                <Confirm label=tr.t("partners.approve") icon="check" kind=ButtonKind::Primary tone=Tone::Neutral title=tr.t("partners.approve_title")>
                    <ActionForm action=deeds.approve>{approve}</ActionForm>
                </Confirm>
                <Confirm label=tr.t("partners.reject") icon="x" title=tr.t("partners.reject_title")>
                    <ActionForm action=deeds.reject>{reject}</ActionForm>
                </Confirm>
            }
            .into_any()
        }
        Standing::Approved => {
            let suspend = reasoned(tr, "suspend", &id, deeds.suspend.pending());
            view! {
                {limit_form(tr, partner, deeds)}
                <Confirm label=tr.t("partners.suspend") icon="pause" title=tr.t("partners.suspend_title")>
                    <p>{tr.t("partners.suspend_text")}</p>
                    <ActionForm action=deeds.suspend>{suspend}</ActionForm>
                </Confirm>
            }
            .into_any()
        }
        Standing::Suspended => {
            let busy = deeds.resume.pending();
            view! {
                <ActionForm action=deeds.resume>
                    <input type="hidden" name="buyer" value=id />
                    <Button icon="play" disabled=busy>
                        {tr.t("partners.resume")}
                    </Button>
                </ActionForm>
                {limit_form(tr, partner, deeds)}
            }
            .into_any()
        }
        Standing::Rejected => ().into_any(),
    }
}

fn limit_form(tr: Tr, partner: &AgreementRow, deeds: Deeds) -> AnyView {
    let fields = limited(tr, "limit", partner, deeds.limit.pending());
    view! {
        <Confirm label=tr.t("partners.limit") icon="scale" kind=ButtonKind::Secondary tone=Tone::Neutral title=tr.t("partners.limit_title")>
            <ActionForm action=deeds.limit>{fields}</ActionForm>
        </Confirm>
    }
    .into_any()
}

/// How much, and the button.
fn limited(tr: Tr, deed: &str, partner: &AgreementRow, busy: Memo<bool>) -> AnyView {
    let (id, word) = (format!("{deed}-{}", partner.partner), tr.t(&format!("partners.{deed}_do")));
    let (buyer, limit) = (partner.partner.to_string(), partner.credit_limit.0.to_string());
    view! {
        <div class="stack stack-s">
            <input type="hidden" name="buyer" value=buyer />
            <Field
                label=tr.t("field.limit")
                name="limit"
                id=id
                r#type="number"
                inputmode="numeric"
                min="0"
                max=HIGHEST_LIMIT.0.to_string()
                value=limit
                hint=tr.t("partners.limit_hint")
                required=true
            />
            <Button kind=ButtonKind::Primary disabled=busy>
                {word}
            </Button>
        </div>
    }
    .into_any()
}

/// Why, and the button.
fn reasoned(tr: Tr, deed: &str, buyer: &str, busy: Memo<bool>) -> AnyView {
    let (id, buyer, word) = (format!("{deed}-{buyer}"), buyer.to_owned(), tr.t(&format!("partners.{deed}_do")));
    view! {
        <div class="stack stack-s">
            <input type="hidden" name="buyer" value=buyer />
            <Field label=tr.t("field.reason") name="reason" id=id required=true maxlength=200 hint=tr.t("partners.reason_hint") />
            <Button kind=ButtonKind::DangerSolid disabled=busy>
                {word}
            </Button>
        </div>
    }
    .into_any()
}

fn said(tr: Tr, steps: &[PriceStep]) -> String {
    let words = |step: &PriceStep| tr.with("desk.partners.step", &[("n", &step.from.to_string()), ("price", &tr.won(step.price))]);
    steps.iter().map(words).collect::<Vec<_>>().join(" · ")
}

fn name(tr: Tr, row: &PricedRow) -> String {
    [tr.of(&row.title), tr.of(&row.option)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn table(tr: Tr, view: &SellingView, open: Option<&str>) -> AnyView {
    let label = move |key: &str| tr.t(&format!("partners.col.{key}"));
    let column = move |key: &str, class: &'static str| {
        view! {
            <th scope="col" class=class>
                {label(key)}
            </th>
        }
    };
    let rows = view
        .goods
        .iter()
        .map(|row| {
            let is_open = view.manager && open == Some(row.variant.as_str());
            let act = view.manager.then(|| {
                let (href, word, icon) = if is_open {
                    (HERE.to_owned(), tr.t("desk.stock_page.close"), "chevron-up")
                } else {
                    (format!("{HERE}?option={}#terms", super::board::encode(row.variant.as_str())), tr.t("partners.edit"), "pen")
                };
                view! {
                    <LinkButton href=href icon=icon class="btn-s">
                        {word}
                    </LinkButton>
                }
            });
            let everybodys = row.list(None);
            let everybodys = if everybodys.is_empty() { tr.t("partners.no_list") } else { said(tr, everybodys) };
            let own = row.lists.iter().filter(|list| list.buyer.is_some()).count();
            let own = if own == 0 { tr.t("partners.none") } else { tr.with("partners.own_count", &[("n", &own.to_string())]) };
            view! {
                <tr aria-selected=is_open.then_some("true")>
                    <td data-label=label("product")>
                        <div>
                            <span class="strong">{tr.of(&row.title)}</span>
                            <span class="sub">{tr.of(&row.option)}" · "<span class="mono">{row.variant.to_string()}</span></span>
                        </div>
                    </td>
                    <td class="end" data-label=label("shop")>
                        <Won amount=row.list_price.0 lang=tr.0.code() />
                    </td>
                    <td data-label=label("everybody")>{everybodys}</td>
                    <td data-label=label("own")>{own}</td>
                    <td class="end" data-label=label("least")>
                        {row.least.to_string()}
                    </td>
                    <td class="end" data-label=label("lead")>
                        {row.lead_days.to_string()}
                    </td>
                    <td class="end">{act}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=tr.t("partners.goods") class="board-table table-cards">
            <thead>
                <tr>
                    {column("product", "")} {column("shop", "end")} {column("everybody", "")} {column("own", "")} {column("least", "end")}
                    {column("lead", "end")} {column("work", "end")}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}

/// The forms of one option: how it is sold, what everybody pays, what one partner pays.
fn forms(tr: Tr, row: &PricedRow, partners: &[AgreementRow], deeds: Deeds) -> AnyView {
    let done = move || {
        let done = matches!(deeds.prices.value().get(), Some(Ok(()))) || matches!(deeds.terms.value().get(), Some(Ok(())));
        done.then(|| view! { <Notice tone=Tone::Done title=tr.t("partners.done") /> })
    };
    let busy = deeds.terms.pending();
    let (variant, least, lead_days) = (row.variant.to_string(), row.least.to_string(), row.lead_days.to_string());
    let own = partners
        .iter()
        .filter(|partner| partner.standing.has_terms() || !row.list(Some(partner.partner)).is_empty())
        .map(|partner| {
            let steps = row.list(Some(partner.partner));
            let state = if steps.is_empty() { tr.t("partners.no_own") } else { said(tr, steps) };
            let summary = format!("{} · {state}", tr.of(&partner.name));
            let form = list_form(tr, row, Some(partner.partner), deeds);
            view! {
                <details class="source-outside">
                    <summary>{summary}</summary>
                    {form}
                </details>
            }
        })
        .collect_view();
    let (title, everybodys) = (name(tr, row), list_form(tr, row, None, deeds));
    view! {
        <div id="terms">
            <Card title=title icon="pen">
                <div class="stack">
                    {done} <Said refusal=refused(deeds.prices) /> <Said refusal=refused(deeds.terms) />
                    <ActionForm action=deeds.terms attr:class="stack stack-s">
                        <input type="hidden" name="variant" value=variant />
                        <div class="form-row">
                            <Field
                                label=tr.t("field.least")
                                name="least"
                                r#type="number"
                                inputmode="numeric"
                                min="1"
                                max=MOST_UNITS.to_string()
                                value=least
                                error=flaw(tr, refused(deeds.terms), "least")
                                required=true
                            />
                            <Field
                                label=tr.t("field.lead_days")
                                name="lead_days"
                                r#type="number"
                                inputmode="numeric"
                                min="0"
                                max=LONGEST_LEAD.to_string()
                                value=lead_days
                                error=flaw(tr, refused(deeds.terms), "lead_days")
                                required=true
                            />
                        </div>
                        <div>
                            <Button icon="check" disabled=busy>
                                {tr.t("partners.terms_do")}
                            </Button>
                        </div>
                    </ActionForm> <section class="stack stack-s" aria-labelledby="prices-everybody">
                        <h3 id="prices-everybody">{tr.t("partners.everybodys")}</h3>
                        <p class="soft">{tr.t("partners.list_about")}</p>
                        {everybodys}
                    </section> <section class="stack stack-s" aria-labelledby="prices-own">
                        <h3 id="prices-own">{tr.t("partners.own")}</h3>
                        <p class="soft">{tr.t("partners.own_about")}</p>
                        {own}
                    </section>
                </div>
            </Card>
        </div>
    }
    .into_any()
}

/// A price list: a row for each step, as many as there may be.
fn list_form(tr: Tr, row: &PricedRow, buyer: Option<PartyId>, deeds: Deeds) -> AnyView {
    let steps = row.list(buyer).to_vec();
    let whose = buyer.map_or_else(|| "everybody".to_owned(), |buyer| buyer.to_string());
    // Room for what comes next, and without scripts for two.
    let rows = (0..MOST_STEPS.min(steps.len() + 2))
        .map(|nth| {
            let step = steps.get(nth);
            let (from, price) = step.map(|step| (step.from.to_string(), step.price.0.to_string())).unwrap_or_default();
            view! {
                <div class="price-step">
                    <Field
                        label=tr.with("partners.from_units", &[("n", &(nth + 1).to_string())])
                        name=format!("from_units[{nth}]")
                        id=format!("from-{whose}-{nth}")
                        inputmode="numeric"
                        value=from
                        maxlength=9
                    />
                    <Field
                        label=tr.with("partners.price", &[("n", &(nth + 1).to_string())])
                        name=format!("prices[{nth}]")
                        id=format!("price-{whose}-{nth}")
                        inputmode="numeric"
                        value=price
                        maxlength=12
                    />
                </div>
            }
        })
        .collect_view();
    let (variant, buyer) = (row.variant.to_string(), buyer.map(|buyer| buyer.to_string()));
    let buyer = buyer.map(|buyer| view! { <input type="hidden" name="buyer" value=buyer /> });
    let busy = deeds.prices.pending();
    view! {
        <ActionForm action=deeds.prices attr:class="stack stack-s">
            <input type="hidden" name="variant" value=variant />
            {buyer}
            {rows}
            <div>
                <Button kind=ButtonKind::Primary icon="check" disabled=busy>
                    {tr.t("partners.prices_do")}
                </Button>
            </div>
        </ActionForm>
    }
    .into_any()
}
