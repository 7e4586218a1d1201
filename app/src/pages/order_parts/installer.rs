//! Who puts goods up, and when: the seller's choice, and what the buyer sees of it.

use super::live::{Asks, Page};
use crate::{
    components::{Button, ButtonKind, Card, Choice, Confirm, Facts, Field, Icon, LinkButton, Notice, RadioCard, Select, StatusBadge, Tone},
    i18n::Tr,
};
use jumun::{
    actor::Chair,
    ids::{ClaimId, FulfilmentId, OrderId},
    order::{CollectionState, FulfilmentState, Half, ImpossibleCause, InstallationState, Method, SiteAnswer, Visit},
    time::{Date, Span},
    view::{CalendarDay, FulfilmentView, InstallerRow, InstallerView, OrderView},
};
use leptos::prelude::*;

/// The colour of a job's state.
pub fn job_tone(state: InstallationState) -> Tone {
    match state {
        InstallationState::Assigned | InstallationState::Accepted | InstallationState::Rescheduled => Tone::Waiting,
        InstallationState::Scheduled | InstallationState::EnRoute | InstallationState::DeliveredByInstaller => Tone::Moving,
        InstallationState::Installed => Tone::Done,
        InstallationState::Impossible | InstallationState::Declined => Tone::Trouble,
        InstallationState::Cancelled => Tone::Neutral,
    }
}

/// The icon of a job's state.
pub fn job_icon(state: InstallationState) -> &'static str {
    match state {
        InstallationState::Assigned => "hourglass",
        InstallationState::Accepted | InstallationState::Rescheduled | InstallationState::Scheduled => "calendar",
        InstallationState::EnRoute => "truck",
        InstallationState::DeliveredByInstaller => "package-check",
        InstallationState::Installed => "check",
        InstallationState::Impossible | InstallationState::Declined | InstallationState::Cancelled => "ban",
    }
}

/// The badge of a job's state.
pub fn job_badge(tr: Tr, state: InstallationState) -> AnyView {
    view! { <StatusBadge tone=job_tone(state) label=tr.t(&format!("installation.state.{}", state.name())) icon=job_icon(state) /> }.into_any()
}

/// The colour of the state of goods that are fetched.
pub fn pickup_tone(state: CollectionState) -> Tone {
    match state {
        CollectionState::Requested => Tone::Waiting,
        CollectionState::Scheduled | CollectionState::PickedUp => Tone::Moving,
        CollectionState::Received => Tone::Done,
        CollectionState::Failed => Tone::Trouble,
        CollectionState::Cancelled => Tone::Neutral,
    }
}

/// Its icon.
pub fn pickup_icon(state: CollectionState) -> &'static str {
    match state {
        CollectionState::Requested => "hourglass",
        CollectionState::Scheduled => "calendar",
        CollectionState::PickedUp => "truck",
        CollectionState::Received => "package-check",
        CollectionState::Failed => "alert-triangle",
        CollectionState::Cancelled => "ban",
    }
}

/// The badge of goods that are fetched.
pub fn pickup_badge(tr: Tr, state: CollectionState) -> AnyView {
    view! { <StatusBadge tone=pickup_tone(state) label=tr.t(&format!("pickup.state.{}", state.name())) icon=pickup_icon(state) /> }.into_any()
}

/// A day and a half of it, in a form.
pub fn visit_fields(tr: Tr, now: jumun::time::Time, until: Option<Date>, value: Option<Visit>, id: &'static str, day_label: String) -> AnyView {
    let first = (now + Span::days(1)).kst_date().to_string();
    let halves = Half::ALL.iter().map(|half| Choice::new(half.slug(), tr.t(&format!("installation.half.{}", half.slug())))).collect();
    let day = value.map(|visit| visit.on.to_string()).filter(|day| *day >= first).unwrap_or_default();
    view! {
        <div class="grid-2">
            <Field
                label=day_label
                name="on"
                id=format!("{id}-on")
                r#type="date"
                value=day
                min=first
                max=until.map(|day| day.to_string()).unwrap_or_default()
                required=true
            />
            <Select
                label=tr.t("installation.wish.half")
                name="half"
                id=format!("{id}-half")
                choices=halves
                value=value.map_or(Half::Morning, |visit| visit.half).slug()
                required=true
            />
        </div>
    }
    .into_any()
}

/// What the buyer said of the place where goods are to be put up, and what he was told that a visit in vain costs.
pub fn site(tr: Tr, order: &OrderView) -> AnyView {
    let Some(site) = order.site else { return ().into_any() };
    let mut rows: Vec<(String, AnyView)> = ImpossibleCause::SITE
        .iter()
        .filter_map(|cause| {
            let answer = site.about(*cause)?;
            let words = tr.t(&format!("installation.site.answer.{}", answer.slug()));
            let words = if answer == SiteAnswer::Yes { words.into_any() } else { view! { <strong>{words}</strong> }.into_any() };
            Some((tr.t(&format!("installation.site.about.{}", cause.slug())), words))
        })
        .collect();
    rows.extend(order.call_out.map(|call_out| (tr.t("installation.site.cost"), tr.won(call_out).into_any())));
    view! {
        <section class="stack stack-s">
            <h3>{tr.t("installation.site.said")}</h3>
            <Facts rows=rows />
        </section>
    }
    .into_any()
}

/// What has to be decided about an installer, or was.
#[derive(Clone, PartialEq)]
struct Decision {
    order: OrderId,
    goods: FulfilmentId,
    given: Option<InstallerView>,
    wished: Option<Visit>,
    may_unassign: bool,
    may_hand_over: bool,
    candidates: Option<Vec<InstallerRow>>,
}

fn decisions(order: &OrderView) -> Vec<Decision> {
    let may = |command: &str, goods: &FulfilmentView| order.offers.iter().any(|offer| offer.command == command && offer.fulfilment == Some(goods.id));
    let one = |goods: &FulfilmentView| Decision {
        order: order.id,
        goods: goods.id,
        given: goods.installer.clone(),
        wished: order.wished,
        may_unassign: may("unassign-installer", goods),
        may_hand_over: goods.state == FulfilmentState::PurchaseCompleted && goods.shipped_at.is_none(),
        candidates: order.installers.iter().find(|(id, _)| *id == goods.id).map(|(_, rows)| rows.clone()),
    };
    let told = |goods: &&FulfilmentView| {
        goods.method == Method::Installed && !matches!(goods.state, FulfilmentState::Planned | FulfilmentState::Cancelled | FulfilmentState::Returned)
    };
    order.fulfilments.iter().filter(told).map(one).collect()
}

/// The seller's decision who puts goods up, for each of them; nothing for goods that nobody puts up.
pub fn installers(tr: Tr, page: Page) -> AnyView {
    let asks = page.asks;
    // While it means the same the form stays in place.
    let open = Memo::new(move |_| page.order.read().as_ref().filter(|order| order.chair == Chair::Seller).map(decisions).unwrap_or_default());
    let rows = move || open.get().into_iter().map(|decision| decided(tr, &decision, asks)).collect_view();
    let described = move || page.order.read().as_ref().map(|order| site(tr, order));
    view! {
        <Show when=move || !open.read().is_empty()>
            <Card title=tr.t("installation.desk.title") icon="wrench">
                <div class="stack">{rows} {described}</div>
            </Card>
        </Show>
    }
    .into_any()
}

fn decided(tr: Tr, decision: &Decision, asks: Asks) -> AnyView {
    let wished = decision.wished.map(|visit| {
        view! {
            <p class="soft">
                <Icon name="calendar" />
                " "
                {tr.with("installation.desk.wished", &[("visit", &tr.visit(visit))])}
            </p>
        }
    });
    let given = decision.given.as_ref().map(|given| who(tr, decision, given, asks));
    let choice = decision.candidates.as_ref().map(|rows| {
        let candidates = candidates(tr, rows, tr.t("installation.desk.title"));
        let (order, goods) = (decision.order.to_string(), decision.goods.to_string());
        let form = view! {
            <ActionForm action=asks.assign attr:class="form">
                <p>{tr.t("installation.desk.choose")}</p>
                <input type="hidden" name="order" value=order />
                <input type="hidden" name="fulfilment" value=goods />
                {candidates}
                <Button kind=ButtonKind::Primary icon="send" disabled=asks.assign.pending()>
                    {tr.t("command.assign-installer")}
                </Button>
            </ActionForm>
        };
        if rows.is_empty() { nobody(tr, "installation.desk") } else { form.into_any() }
    });
    view! { <div class="stack stack-s">{wished}{given}{choice}</div> }.into_any()
}

/// Who has the job, how far he is, and the way back.
fn who(tr: Tr, decision: &Decision, given: &InstallerView, asks: Asks) -> AnyView {
    let name = given.name.clone().unwrap_or_default();
    if given.state == InstallationState::Declined {
        let reason = given.declined.map(|reason| tr.t(&format!("installation.declined.{}", reason.slug()))).unwrap_or_default();
        let title = tr.with("installation.desk.declined", &[("name", &name), ("reason", &reason)]);
        return view! { <Notice tone=Tone::Trouble title=title icon="wrench" /> }.into_any();
    }
    if given.state == InstallationState::Cancelled {
        return ().into_any();
    }
    let cause = given.cause.map(|cause| {
        let title = tr.t(&format!("installation.impossible.{}", cause.slug()));
        view! {
            <Notice tone=Tone::Trouble title=title icon="wrench">
                <p>{tr.t("installation.desk.impossible")}</p>
            </Notice>
        }
    });
    let phone = given.phone.clone().map(|phone| {
        view! {
            <a class="nowrap" href=format!("tel:{phone}")>
                {phone.clone()}
            </a>
        }
    });
    let visit = given.visit.map(|visit| view! { <span class="nowrap">{tr.visit(visit)}</span> });
    let fee = given.fee.map(|fee| view! { <span class="soft nowrap">{tr.with("installation.desk.fee", &[("amount", &tr.won(fee))])}</span> });
    let name = match &given.number {
        Some(number) => view! { <a href=format!("/desk/orders/{number}")>{name.clone()}</a> }.into_any(),
        None => name.clone().into_any(),
    };
    let hint = decision.may_hand_over.then(|| {
        let key = if given.state == InstallationState::Scheduled { "installation.desk.handover" } else { "installation.desk.handover_wait" };
        view! { <p class="soft">{tr.t(key)}</p> }
    });
    let unassign = decision.may_unassign.then(|| {
        let (order, goods) = (decision.order.to_string(), decision.goods.to_string());
        view! {
            <Confirm label=tr.t("installation.desk.unassign") kind=ButtonKind::Quiet title=tr.t("installation.desk.unassign_title")>
                <p>{tr.t("installation.desk.unassign_text")}</p>
                <ActionForm action=asks.give>
                    <input type="hidden" name="order" value=order />
                    <input type="hidden" name="fulfilment" value=goods />
                    <input type="hidden" name="command" value="unassign-installer" />
                    <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=asks.give.pending()>
                        {tr.t("installation.desk.unassign_do")}
                    </Button>
                </ActionForm>
            </Confirm>
        }
    });
    view! {
        <div class="source">
            <span class="source-who">
                <Icon name="wrench" />
                <span class="installer-who">{name} {phone} {visit} {fee}</span>
            </span>
            {job_badge(tr, given.state)}
        </div>
        {cause}
        {hint}
        {unassign}
    }
    .into_any()
}

/// What comes back and has to be taken down, and who could.
#[derive(Clone, PartialEq)]
struct Fetching {
    order: OrderId,
    claim: ClaimId,
    asked: bool,
    candidates: Vec<InstallerRow>,
}

/// The seller's decision who takes down what comes back; nothing where nobody has to.
pub fn fetchers(tr: Tr, page: Page) -> AnyView {
    let asks = page.asks;
    let open = Memo::new(move |_| {
        let order = page.order.read();
        let Some(order) = order.as_ref() else { return Vec::new() };
        let asked = |id: ClaimId| order.claims.iter().any(|claim| claim.id == id && claim.collection.is_some());
        let one = |(claim, rows): &(ClaimId, Vec<InstallerRow>)| Fetching {
            order: order.id,
            claim: *claim,
            asked: asked(*claim),
            candidates: rows.clone(),
        };
        order.fetchers.iter().map(one).collect()
    });
    let rows = move || open.get().into_iter().map(|fetching| fetched_by(tr, &fetching, asks)).collect_view();
    view! {
        <Show when=move || !open.read().is_empty()>
            <Card title=tr.t("pickup.desk.title") icon="wrench">
                <div class="stack">{rows}</div>
            </Card>
        </Show>
    }
    .into_any()
}

fn fetched_by(tr: Tr, fetching: &Fetching, asks: Asks) -> AnyView {
    let rows = &fetching.candidates;
    if rows.is_empty() {
        return if fetching.asked { ().into_any() } else { nobody(tr, "pickup.desk") };
    }
    let (order, claim) = (fetching.order.to_string(), fetching.claim.to_string());
    let candidates = candidates(tr, rows, tr.t("pickup.desk.title"));
    let form = view! {
        <ActionForm action=asks.assign_pickup attr:class="form">
            <p>{tr.t("pickup.desk.choose")}</p>
            <input type="hidden" name="order" value=order />
            <input type="hidden" name="claim" value=claim />
            {candidates}
            <Button kind=ButtonKind::Primary icon="send" disabled=asks.assign_pickup.pending()>
                {tr.t("command.assign-pickup")}
            </Button>
        </ActionForm>
    };
    if !fetching.asked {
        return form.into_any();
    }
    view! {
        <Confirm label=tr.t("pickup.desk.another") kind=ButtonKind::Quiet tone=Tone::Neutral title=tr.t("pickup.desk.another_title")>
            <p>{tr.t("pickup.desk.another_text")}</p>
            {form}
        </Confirm>
    }
    .into_any()
}

/// Nobody does such work there.
fn nobody(tr: Tr, words: &str) -> AnyView {
    let (title, text) = (tr.t(&format!("{words}.title")), tr.t(&format!("{words}.nobody")));
    view! {
        <Notice tone=Tone::Trouble title=title icon="wrench">
            <p>{text}</p>
        </Notice>
    }
    .into_any()
}

/// The candidates side by side, each with his next two weeks.
fn candidates(tr: Tr, rows: &[InstallerRow], label: String) -> AnyView {
    let cards = rows
        .iter()
        .enumerate()
        .map(|(index, row)| {
            let first = match row.first_free {
                Some(day) => tr.with("installation.desk.first", &[("day", &tr.day(day))]),
                None => tr.t("installation.desk.full"),
            };
            let near = row.lives_near.then(|| tr.t("installation.desk.near"));
            let call_out = tr.with("installation.desk.call_out", &[("amount", &tr.won(row.call_out))]);
            let text = [Some(first), near, Some(call_out)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let fee = tr.won(row.fee);
            let aside = move || fee.clone();
            view! {
                <div class="installer-choice">
                    <RadioCard
                        name="installer"
                        value=row.installer.to_string()
                        title=row.name.clone()
                        text=text
                        icon="wrench"
                        aside=aside
                        checked=index == 0
                        required=true
                    />
                    {calendar(tr, &row.days, row.per_day)}
                </div>
            }
        })
        .collect_view();
    view! {
        <div class="radio-cards" role="radiogroup" aria-label=label>
            {cards}
        </div>
        <p class="soft text-s">{tr.t("installation.desk.legend")}</p>
    }
    .into_any()
}

/// Two weeks at a glance: how full each day is, and where he is near by already.
pub fn calendar(tr: Tr, days: &[CalendarDay], per_day: u32) -> AnyView {
    let days = days
        .iter()
        .map(|day| {
            let key = match (day.off, day.near) {
                (true, _) => "installation.desk.off",
                (false, true) => "installation.desk.near_day",
                (false, false) => "installation.desk.free",
            };
            let words = tr.with(key, &[("day", &tr.day(day.on)), ("jobs", &day.jobs.to_string()), ("most", &per_day.to_string())]);
            let class = match (day.off, day.jobs) {
                (true, _) => "day is-off",
                (false, 0) => "day",
                (false, jobs) if jobs >= per_day => "day is-full",
                (false, _) => "day is-part",
            };
            let near = (day.near && !day.off).then(|| view! { <span class="day-near" aria-hidden="true"></span> });
            view! {
                <li class=class title=words.clone()>
                    <span aria-hidden="true">{day.on.day.to_string()}</span>
                    {near}
                    <span class="visually-hidden">{words.clone()}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <ol class="days" aria-label=tr.t("installation.desk.calendar")>
            {days}
        </ol>
    }
    .into_any()
}

/// What the buyer of goods that are put up sees: who comes when, and where to say what suits.
pub fn visit(tr: Tr, page: Page) -> AnyView {
    let asks = page.asks;
    let installed = move || page.order.read().as_ref().is_some_and(|order| order.lines.iter().any(|line| line.installed));
    let told = move || page.order.read().as_ref().map(|order| coming(tr, order));
    let wish = Memo::new(move |_| {
        let order = page.order.read();
        let order = order.as_ref().filter(|order| order.offers.iter().any(|offer| offer.command == "wish-visit"))?;
        Some((order.id, order.wished, order.visit_until, order.now.kst_date()))
    });
    let form = move || {
        let (order, wished, until, today) = wish.get()?;
        let now = jumun::time::Time::start_of_kst(today);
        let key = if wished.is_some() { "installation.wish.change" } else { "installation.wish.do" };
        Some(view! {
            <Confirm label=tr.t(key) icon="calendar" kind=ButtonKind::Secondary tone=Tone::Neutral title=tr.t("installation.wish.title")>
                <ActionForm action=asks.wish_visit attr:class="form">
                    <p class="soft">{tr.t("installation.wish.text")}</p>
                    <input type="hidden" name="order" value=order.to_string() />
                    {visit_fields(tr, now, until, wished, "wish", tr.t("installation.wish.day"))}
                    <Button kind=ButtonKind::Primary class="btn-wide" disabled=asks.wish_visit.pending()>
                        {tr.t("installation.wish.do")}
                    </Button>
                </ActionForm>
            </Confirm>
        })
    };
    view! {
        <Show when=installed>
            <Card title=tr.t("installation.buyer.title") icon="wrench">
                <div class="stack stack-s">{told} {form}</div>
            </Card>
        </Show>
    }
    .into_any()
}

/// The visit in a sentence for each goods, with the way to call.
fn coming(tr: Tr, order: &OrderView) -> AnyView {
    let wished = order.wished.map(|visit| view! { <p class="soft">{tr.with("installation.wish.said", &[("visit", &tr.visit(visit))])}</p> });
    let each = order
        .fulfilments
        .iter()
        .filter(|goods| goods.method == Method::Installed && goods.state != FulfilmentState::Cancelled)
        .map(|goods| one_visit(tr, goods))
        .collect_view();
    let none = order.fulfilments.is_empty().then(|| view! { <p>{tr.t("installation.wish.text")}</p> });
    view! {
        {each}
        {none}
        {wished}
        {site(tr, order)}
    }
    .into_any()
}

fn one_visit(tr: Tr, goods: &FulfilmentView) -> AnyView {
    let Some(given) = &goods.installer else {
        return view! { <p>{tr.t("installation.buyer.none")}</p> }.into_any();
    };
    let name = given.name.clone().unwrap_or_default();
    let visit = given.visit.map(|visit| tr.visit(visit)).unwrap_or_default();
    let key = match given.state {
        InstallationState::Assigned => "asked",
        InstallationState::Accepted => "accepted",
        InstallationState::Scheduled => "scheduled",
        InstallationState::Rescheduled => "again",
        InstallationState::EnRoute => "on_way",
        InstallationState::DeliveredByInstaller => "here",
        InstallationState::Installed => "done",
        InstallationState::Impossible => "impossible",
        InstallationState::Declined | InstallationState::Cancelled => "none",
    };
    let sentence = tr.with(&format!("installation.buyer.{key}"), &[("name", &name), ("visit", &visit)]);
    let cause = given.cause.map(|cause| view! { <p class="soft">{tr.t(&format!("installation.impossible.{}", cause.slug()))}</p> });
    let call = given.phone.clone().map(|phone| {
        view! {
            <LinkButton href=format!("tel:{phone}") icon="phone" class="btn-s">
                {tr.t("installation.buyer.call")}
            </LinkButton>
        }
    });
    view! { <div class="visit">{job_badge(tr, given.state)} <p class="visit-words">{sentence}</p> {cause} {call}</div> }.into_any()
}
