//! Goods that an installer takes down and brings back: when he comes, and how they look.

use super::one::{ask, decline_reasons, goods, head, not_taken, on_the_way, photos, place};
use crate::{
    api::installation::{CompletePickup, DeclinePickup, SchedulePickup},
    components::{Button, ButtonKind, Card, Choice, Confirm, Facts, Select, Tone},
    i18n::Tr,
    outbox::{BRING, FORGET, Outbox, Step, Waiting},
    pages::{
        errors::Said,
        frame::Head,
        order_parts::{Page, bounced, history, moment, photo_row, pickup_badge, visit_fields},
    },
};
use jumun::{
    ids::OrderId,
    order::{CollectionState, Condition},
    time::{Date, Time},
    view::{OrderView, PickupView},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// What he can do now; the forms stay in place while it means the same.
#[derive(Clone, PartialEq)]
struct Todo {
    order: OrderId,
    number: String,
    view: PickupView,
    may: Vec<String>,
    until: Option<Date>,
    today: Date,
}

/// As the order stands. Of a step that waits nothing follows on the same visit but photos.
fn todo(order: &OrderView, ahead: &[String]) -> Option<Todo> {
    let mut view = order.pickup.clone()?;
    view.brought = Vec::new();
    let still = ahead.iter().all(|step| step == BRING || step == FORGET);
    Some(Todo {
        order: order.id,
        number: order.number.to_string(),
        view,
        may: order.offers.iter().filter(|_| still).map(|offer| offer.command.clone()).collect(),
        until: order.visit_until,
        today: order.now.kst_date(),
    })
}

/// The page of a collection.
pub(super) fn body(tr: Tr, page: Page) -> AnyView {
    let order = page.order;
    let part = move |draw: fn(Tr, &OrderView) -> AnyView| move || order.read().as_ref().map(|order| draw(tr, order));
    let outbox = expect_context::<Outbox>();
    let todo = Memo::new(move |_| order.read().as_ref().and_then(|order| todo(order, &outbox.ahead_of(order.number.as_str()))));
    let brought = Memo::new(move |_| order.read().as_ref().and_then(|order| Some(order.pickup.as_ref()?.brought.clone())).unwrap_or_default());
    let steps = move || todo.get().map(|todo| steps(tr, &todo, brought, outbox));
    let refusal = not_taken(outbox, page);
    let number = order.read_untracked().as_ref().map(|order| order.number.to_string()).unwrap_or_default();
    view! {
        <Head title=number.clone() />
        <div class="jobs stack">
            {part(head)} <Waiting outbox=outbox here=number.clone() /> {bounced(tr, "job.bounced")}
            <section class="job-state stack">{part(standing)} {on_the_way(tr, outbox, order)} <Said refusal=refusal /> {steps}</section>
            <Card title=tr.t("job.where") icon="map-pin">
                {part(place)}
            </Card> <Card title=tr.t("pickup.goods") icon="package">
                {part(goods)}
            </Card> <Card title=tr.t("order.history") icon="history">
                {part(history)}
            </Card>
        </div>
    }
    .into_any()
}

/// How far it is, when he comes, what he gets and what he saw.
fn standing(tr: Tr, order: &OrderView) -> AnyView {
    let Some(view) = &order.pickup else { return ().into_any() };
    let pickup = &view.pickup;
    let mut rows: Vec<(String, AnyView)> = Vec::new();
    match pickup.visit {
        Some(visit) => rows.push((tr.t("job.visit"), view! { <strong>{tr.visit(visit)}</strong> }.into_any())),
        None => rows.push((tr.t("pickup.not_before"), tr.day(pickup.collects.on).into_any())),
    }
    rows.push((tr.t("pickup.fee"), tr.won(view.fee).into_any()));
    rows.extend(pickup.picked_up_at.map(|at| (tr.t("pickup.picked_up"), moment(tr, at, order.now))));
    let seen = pickup.seen.as_ref();
    rows.extend(seen.map(|seen| (tr.t("pickup.condition_title"), tr.t(&format!("pickup.condition.{}", seen.condition.slug())).into_any())));
    let shown = seen.map(|seen| photo_row(tr, order.number.as_str(), ("site-photos", "order.claim.photo"), &seen.photos));
    let hint = match pickup.state {
        CollectionState::PickedUp => Some("pickup.bring_back"),
        CollectionState::Scheduled if !order.offers.iter().any(|offer| offer.command == "complete-pickup") => Some("pickup.day_wait"),
        CollectionState::Requested
        | CollectionState::Scheduled
        | CollectionState::Received
        | CollectionState::Failed
        | CollectionState::Cancelled => None,
    };
    view! {
        <div class="job-top">{pickup_badge(tr, pickup.state)}</div>
        <Facts rows=rows />
        {shown}
        {hint.map(|key| view! { <p class="soft">{tr.t(key)}</p> })}
    }
    .into_any()
}

fn steps(tr: Tr, todo: &Todo, brought: Memo<Vec<String>>, outbox: Outbox) -> AnyView {
    let may = |command: &str| todo.may.iter().any(|known| known == command);
    view! {
        {may("complete-pickup").then(|| photos(tr, &todo.number, brought, "pickup.photos", outbox))}
        {may("complete-pickup").then(|| complete(tr, todo, outbox))}
        {may("schedule-pickup").then(|| schedule(tr, todo, outbox))}
        {may("report-not-given").then(|| ask(tr, todo.order, &todo.number, "report-not-given", "pickup.not_given", ButtonKind::Secondary, outbox))}
        {may("decline-pickup").then(|| decline(tr, todo, outbox))}
    }
    .into_any()
}

fn schedule(tr: Tr, todo: &Todo, outbox: Outbox) -> AnyView {
    let (order, number) = (todo.order.to_string(), todo.number.clone());
    let pickup = &todo.view.pickup;
    let set = pickup.state == CollectionState::Scheduled;
    let fields = visit_fields(tr, Time::start_of_kst(todo.today), todo.until, pickup.visit, "visit", tr.t("job.visit"));
    let (kind, key) = if set { (ButtonKind::Secondary, "job.reschedule") } else { (ButtonKind::Primary, "job.schedule") };
    view! {
        <Confirm label=tr.t(key) icon="calendar" kind=kind tone=Tone::Neutral title=tr.t(key) open=!set>
            <p>{tr.t("job.schedule_text")}</p>
            <Step outbox=outbox url=SchedulePickup::url() number=number step="schedule-pickup" class="form">
                <input type="hidden" name="order" value=order />
                {fields}
                <Button kind=ButtonKind::Primary class="btn-wide" disabled=outbox.sending()>
                    {tr.t("command.schedule-pickup")}
                </Button>
            </Step>
        </Confirm>
    }
    .into_any()
}

fn complete(tr: Tr, todo: &Todo, outbox: Outbox) -> AnyView {
    let (order, number) = (todo.order.to_string(), todo.number.clone());
    let conditions = Condition::ALL.iter().map(|condition| Choice::new(condition.slug(), tr.t(&format!("pickup.condition.{}", condition.slug()))));
    let conditions = conditions.collect();
    view! {
        <Step outbox=outbox url=CompletePickup::url() number=number step="complete-pickup" class="form job-complete">
            <h2>{tr.t("pickup.complete")}</h2>
            <p class="soft">{tr.t("pickup.complete_text")}</p>
            <input type="hidden" name="order" value=order />
            <Select label=tr.t("pickup.condition_title") name="condition" choices=conditions required=true />
            <Button kind=ButtonKind::Primary class="btn-l btn-wide" icon="check" disabled=outbox.sending()>
                {tr.t("command.complete-pickup")}
            </Button>
        </Step>
    }
    .into_any()
}

fn decline(tr: Tr, todo: &Todo, outbox: Outbox) -> AnyView {
    let (order, number) = (todo.order.to_string(), todo.number.clone());
    view! {
        <Confirm label=tr.t("job.decline") kind=ButtonKind::Quiet title=tr.t("job.decline_title")>
            <p>{tr.t("job.decline_text")}</p>
            <Step outbox=outbox url=DeclinePickup::url() number=number step="decline-pickup" class="form">
                <input type="hidden" name="order" value=order />
                <Select label=tr.t("field.reason") name="reason" choices=decline_reasons(tr) required=true />
                <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=outbox.sending()>
                    {tr.t("job.decline_do")}
                </Button>
            </Step>
        </Confirm>
    }
    .into_any()
}
