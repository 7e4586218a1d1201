//! One job: what to do next, where, with what. Large things to press, one step at a time; every step is a plain form.

use super::pickup;
use crate::{
    api::{
        installation::{CompleteInstallation, DeclineInstallation, ReportImpossible, ScheduleVisit},
        orders::GiveCommand,
    },
    components::{
        Breadcrumbs, Button, ButtonKind, Card, Checkbox, Choice, Confirm, Facts, Field, LinkButton, Notice, Select, SignaturePad, Skeleton, Tone,
    },
    error::set_status,
    i18n::{Tr, use_tr},
    outbox::{BRING, FORGET, Outbox, Step, Waiting, use_outbox},
    pages::{
        errors::{Problem, Said},
        frame::Head,
        order_parts::{
            Numbered, Page, WithOrder, bounced, extras, history, job_badge, moment, put_up, serial_fields, site, site_photo, use_order, visit_fields,
        },
    },
};
use jumun::{
    actor::Chair,
    ids::OrderId,
    order::{CollectionState, DeclineReason, ImpossibleCause, InstallationState},
    refusal::Refusal,
    view::{JobView, OrderView, PickupView},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// `/jobs/:number`
#[component]
pub fn Job() -> impl IntoView {
    let tr = use_tr();
    let live = use_order();
    let outbox = use_outbox();
    provide_context(outbox);
    Effect::new(move |before: Option<usize>| {
        let answered = outbox.answered();
        if before.is_some_and(|before| before != answered) {
            live.look_again();
        }
        answered
    });
    view! {
        <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("job.title") /> }>
            <WithOrder live=live body=body />
        </Transition>
    }
}

/// What the installer can do now; the buttons stay in place while it means the same.
#[derive(Clone, PartialEq)]
struct Todo {
    order: jumun::ids::OrderId,
    view: JobView,
    units: u32,
    may: Vec<String>,
    until: Option<jumun::time::Date>,
    /// Asked on site and not answered yet: how much, and until when.
    asked: Option<(jumun::money::Won, jumun::time::Time)>,
    number: String,
    today: jumun::time::Date,
}

/// As the order stands, or will once the steps `ahead` are through.
fn todo(order: &OrderView, ahead: &[String]) -> Option<Todo> {
    let mut view = order.job.clone()?;
    // What others show or show by themselves: it comes while he types.
    (view.job.departed_at, view.job.delivered_at, view.brought) = (None, None, Vec::new());
    let asked = order.extras.iter().find(|extra| extra.is_open()).map(|extra| (extra.amount(), extra.until));
    let mut may: Vec<String> = order.offers.iter().map(|offer| offer.command.clone()).collect();
    if !ahead.is_empty() {
        let ahead = view.job.ahead(asked.is_some(), ahead.iter().map(String::as_str));
        // What he could not do before any of them is up to others.
        let open = |step: &str| ahead.state != view.job.state || may.iter().any(|known| known == step);
        may = ahead.steps.into_iter().filter(|step| open(step)).map(str::to_owned).collect();
        view.job.state = ahead.state;
    }
    may.sort();
    Some(Todo {
        order: order.id,
        view,
        units: order.lines.iter().map(|line| line.quantity - line.cancelled).sum(),
        may,
        until: order.visit_until,
        asked,
        number: order.number.to_string(),
        today: order.now.kst_date(),
    })
}

fn body(tr: Tr, page: Page) -> AnyView {
    let order = page.order;
    if order.read_untracked().as_ref().is_some_and(|order| order.pickup.is_some() && order.chair == Chair::Seller) {
        return pickup::body(tr, page);
    }
    if order.read_untracked().as_ref().is_none_or(|order| order.job.is_none() || order.chair != Chair::Seller) {
        set_status(Refusal::NotFound.status());
        return view! { <Problem refusal=Refusal::NotFound /> }.into_any();
    }
    let part = move |draw: fn(Tr, &OrderView) -> AnyView| move || order.read().as_ref().map(|order| draw(tr, order));
    let outbox = expect_context::<Outbox>();
    let todo = Memo::new(move |_| order.read().as_ref().and_then(|order| todo(order, &outbox.ahead_of(order.number.as_str()))));
    let brought = Memo::new(move |_| order.read().as_ref().and_then(|order| Some(order.job.as_ref()?.brought.clone())).unwrap_or_default());
    let steps = move || todo.get().map(|todo| steps(tr, &todo, brought, outbox));
    let refusal = not_taken(outbox, page);
    let number = order.read_untracked().as_ref().map(|order| order.number.to_string()).unwrap_or_default();
    view! {
        <Head title=number.clone() />
        <div class="jobs stack">
            {part(head)} <Waiting outbox=outbox here=number.clone() /> {bounced(tr, "job.bounced")}
            <section class="job-state stack">{part(standing)} {on_the_way(tr, outbox, order)} <Said refusal=refusal /> {steps}</section>
            {part(extras)} {part(put_up)} <Card title=tr.t("job.where") icon="map-pin">
                <div class="stack">{part(place)} {part(site)}</div>
            </Card> <Card title=tr.t("job.goods") icon="package">
                {part(goods)}
            </Card> <Card title=tr.t("order.history") icon="history">
                {part(history)}
            </Card>
        </div>
    }
    .into_any()
}

/// Why the last step was not taken, with scripts or without.
pub(super) fn not_taken(outbox: Outbox, page: Page) -> Signal<Option<Refusal>> {
    let version = Memo::new(move |_| page.now.read().as_ref().map(|order| order.version));
    Effect::new(move |before: Option<Option<u32>>| {
        let version = version.get();
        if before.is_some_and(|before| before != version) {
            outbox.caught_up();
        }
        version
    });
    let without = page.asks.refusal();
    Signal::derive(move || outbox.refusal().get().or_else(|| without.get()))
}

/// What of this order was done and has not arrived: what stands above it is what the others know.
pub(super) fn on_the_way(tr: Tr, outbox: Outbox, order: Signal<Option<OrderView>>) -> impl IntoView {
    move || {
        let count = order.read().as_ref().map_or(0, |order| outbox.waiting_of(order.number.as_str()).len());
        (count > 0).then(|| view! { <p class="soft">{tr.with("outbox.here", &[("n", &count.to_string())])}</p> })
    }
}

pub(super) fn head(tr: Tr, order: &OrderView) -> AnyView {
    let crumbs = vec![("/jobs".to_owned(), tr.t("jobs.title")), (String::new(), order.number.to_string())];
    let title = order.lines.first().map(|line| tr.of(&line.title)).unwrap_or_default();
    view! {
        <div>
            <Breadcrumbs items=crumbs label=tr.t("order.way") />
            <h1>{title}</h1>
            <p class="soft">{tr.with("job.for", &[("store", &order.buyer_name)])}</p>
        </div>
    }
    .into_any()
}

/// How far it is, when he comes and what he gets.
fn standing(tr: Tr, order: &OrderView) -> AnyView {
    let Some(view) = &order.job else { return ().into_any() };
    let job = &view.job;
    let mut rows: Vec<(String, AnyView)> = Vec::new();
    if let Some(visit) = job.visit {
        rows.push((tr.t("job.visit"), view! { <strong>{tr.visit(visit)}</strong> }.into_any()));
    }
    if let Some(visit) = view.wished.filter(|_| job.state.is_live()) {
        rows.push((tr.t("job.wished"), tr.visit(visit).into_any()));
    }
    rows.push((tr.t("job.fee"), tr.won(view.fee).into_any()));
    rows.push((tr.t("job.call_out"), tr.won(job.installs.call_out).into_any()));
    let times = [("departed", job.departed_at), ("delivered", job.delivered_at), ("installed", job.installed_at)];
    rows.extend(times.into_iter().filter_map(|(name, at)| Some((tr.t(&format!("job.{name}")), moment(tr, at?, order.now)))));
    if !job.serials.is_empty() {
        let serials = job.serials.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        rows.push((tr.t("job.serials"), view! { <span class="mono">{serials}</span> }.into_any()));
    }
    if let Some(cause) = job.cause {
        rows.push((tr.t("field.cause"), tr.t(&format!("installation.impossible.{}", cause.slug())).into_any()));
    }
    let signed = view.signed_by.clone().map(|name| view! { <p>{tr.with("job.signed", &[("name", &name)])}</p> });
    view! {
        <div class="job-top">{job_badge(tr, job.state)}</div>
        <Facts rows=rows />
        {signed}
    }
    .into_any()
}

/// The next step, large, and beside it what else may happen.
fn steps(tr: Tr, todo: &Todo, brought: Memo<Vec<String>>, outbox: Outbox) -> AnyView {
    let may = |command: &str| todo.may.iter().any(|known| known == command);
    let (state, has_goods) = (todo.view.job.state, todo.view.has_goods);
    let hint = if state == InstallationState::Scheduled && !has_goods {
        Some("job.goods_wait")
    } else if state == InstallationState::Scheduled && !may("depart") {
        Some("job.day_wait")
    } else if matches!(state, InstallationState::Scheduled | InstallationState::Rescheduled) && has_goods {
        Some("job.goods_here")
    } else {
        None
    };
    let hint = hint.map(|key| view! { <p class="soft">{tr.t(key)}</p> });
    view! {
        {hint}
        {may("accept-installation").then(|| press(tr, todo, "accept-installation", outbox))}
        {may("depart").then(|| press(tr, todo, "depart", outbox))}
        {may("report-delivered").then(|| ask(tr, todo.order, &todo.number, "report-delivered", "job.delivered", ButtonKind::Primary, outbox))}
        {waiting(tr, todo, outbox)}
        {may("complete-installation").then(|| photos(tr, &todo.number, brought, "job.photos", outbox))}
        {may("complete-installation").then(|| complete(tr, todo, outbox))}
        {may("propose-extra").then(|| propose(tr, todo, outbox))}
        {may("schedule-visit").then(|| schedule(tr, todo, outbox))}
        {may("report-absent").then(|| ask(tr, todo.order, &todo.number, "report-absent", "job.absent", ButtonKind::Secondary, outbox))}
        {may("report-impossible").then(|| impossible(tr, todo, outbox))}
        {may("decline-installation").then(|| decline(tr, todo, outbox))}
    }
    .into_any()
}

/// A step that needs nothing but a press.
fn press(tr: Tr, todo: &Todo, command: &'static str, outbox: Outbox) -> AnyView {
    let (order, number) = (todo.order.to_string(), todo.number.clone());
    view! {
        <Step outbox=outbox url=GiveCommand::url() number=number step=command>
            <input type="hidden" name="order" value=order />
            <input type="hidden" name="command" value=command />
            <Button kind=ButtonKind::Primary class="btn-l btn-wide" disabled=outbox.sending()>
                {tr.t(&format!("command.{command}"))}
            </Button>
        </Step>
    }
    .into_any()
}

/// A step that is asked about once more.
pub(super) fn ask(tr: Tr, order: OrderId, number: &str, command: &'static str, words: &'static str, kind: ButtonKind, outbox: Outbox) -> AnyView {
    let (order, number) = (order.to_string(), number.to_owned());
    let word = move |part: &str| tr.t(&format!("{words}_{part}"));
    view! {
        <Confirm label=tr.t(&format!("command.{command}")) kind=kind tone=Tone::Neutral title=word("title")>
            <p>{word("text")}</p>
            <Step outbox=outbox url=GiveCommand::url() number=number step=command>
                <input type="hidden" name="order" value=order />
                <input type="hidden" name="command" value=command />
                <Button kind=ButtonKind::Primary class="btn-wide" disabled=outbox.sending()>
                    {word("do")}
                </Button>
            </Step>
        </Confirm>
    }
    .into_any()
}

fn schedule(tr: Tr, todo: &Todo, outbox: Outbox) -> AnyView {
    let (order, number) = (todo.order.to_string(), todo.number.clone());
    let job = &todo.view.job;
    let set = job.visit.is_some();
    let now = jumun::time::Time::start_of_kst(todo.today);
    let fields = visit_fields(tr, now, todo.until, job.visit.or(todo.view.wished), "visit", tr.t("job.visit"));
    let (kind, key) = if set { (ButtonKind::Secondary, "job.reschedule") } else { (ButtonKind::Primary, "job.schedule") };
    view! {
        <Confirm label=tr.t(key) icon="calendar" kind=kind tone=Tone::Neutral title=tr.t(key) open=!set>
            <p>{tr.t("job.schedule_text")}</p>
            <Step outbox=outbox url=ScheduleVisit::url() number=number step="schedule-visit" class="form">
                <input type="hidden" name="order" value=order />
                {fields}
                <Button kind=ButtonKind::Primary class="btn-wide" disabled=outbox.sending()>
                    {tr.t("command.schedule-visit")}
                </Button>
            </Step>
        </Confirm>
    }
    .into_any()
}

/// Photos of one installation.
const MOST_PHOTOS: usize = 6;

/// Photos of the work: those that are here, and a form that brings another. Plain forms, because one carries a file.
pub(super) fn photos(tr: Tr, number: &str, brought: Memo<Vec<String>>, words: &'static str, outbox: Outbox) -> AnyView {
    let number = number.to_owned();
    let shown = number.clone();
    let rows = move || {
        let row = |(nth, hash): (usize, &String)| {
            let words = tr.with("put_up.photo", &[("n", &(nth + 1).to_string())]);
            let forget = tr.with("job.photo_forget", &[("n", &(nth + 1).to_string())]);
            let photo = site_photo(&shown, hash, words);
            view! {
                <li>
                    {photo} <Step outbox=outbox url=format!("/uploads/work/{shown}/{hash}/forget") number=shown.clone() step=FORGET>
                        <Button kind=ButtonKind::Quiet class="btn-s btn-wide" disabled=outbox.sending()>
                            {forget}
                        </Button>
                    </Step>
                </li>
            }
        };
        brought.get().iter().enumerate().map(row).collect_view()
    };
    let of = number.clone();
    let waiting = Memo::new(move |_| outbox.waiting_of(&of).iter().filter(|step| *step == BRING).count());
    let bring = move || (brought.read().len() + waiting.get() < MOST_PHOTOS).then(|| bring(tr, &number, outbox));
    let kept = move || {
        let count = waiting.get();
        (count > 0).then(|| view! { <p class="soft">{tr.with("outbox.photos", &[("n", &count.to_string())])}</p> })
    };
    view! {
        <section class="job-complete stack stack-s">
            <h2>{tr.t(words)}</h2>
            <p class="soft">{tr.t(&format!("{words}_text"))}</p>
            <ul class="site-photos">{rows}</ul>
            {kept}
            {bring}
        </section>
    }
    .into_any()
}

fn bring(tr: Tr, number: &str, outbox: Outbox) -> AnyView {
    let word = move || tr.t(if outbox.sends(BRING) { "picture.sending" } else { "job.photo_send" });
    view! {
        <Step outbox=outbox url=format!("/uploads/work/{number}") number=number step=BRING file=true class="form">
            <div class="field">
                <label class="field-label" for="work-photo">
                    {tr.t("job.photo")}
                </label>
                <input
                    id="work-photo"
                    class="input"
                    type="file"
                    name="picture"
                    accept="image/*"
                    capture="environment"
                    aria-describedby="work-photo-hint"
                    required
                />
                <p class="hint" id="work-photo-hint">
                    {tr.t("job.photo_hint")}
                </p>
            </div>
            <div aria-live="polite">
                <Button class="btn-wide" icon="camera" disabled=outbox.sending()>
                    {word}
                </Button>
            </div>
        </Step>
    }
    .into_any()
}

fn complete(tr: Tr, todo: &Todo, outbox: Outbox) -> AnyView {
    let (order, number) = (todo.order.to_string(), todo.number.clone());
    let boxes =
        (0..todo.units).map(|nth| Numbered::empty(tr.with("job.serial", &[("n", &(nth + 1).to_string())]), format!("serial-{nth}"))).collect();
    let serials = serial_fields(tr, boxes, "job.serial_hint", true);
    let sent = (!todo.view.sent.is_empty())
        .then(|| view! { <p>{tr.t("job.sent")} " " <span class="mono">{todo.view.sent.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")}</span></p> });
    let checks = todo.view.checks.iter().map(|check| {
        let (name, id) = (format!("checked[{}]", check.slug()), format!("check-{}", check.slug()));
        view! { <Checkbox name=name id=id label=tr.t(&format!("job.check.{}", check.slug())) required=true /> }
    });
    let checks = (!todo.view.checks.is_empty()).then(|| {
        view! {
            <fieldset class="fieldset job-checks">
                <legend>{tr.t("job.checks")}</legend>
                {checks.collect_view()}
            </fieldset>
        }
    });
    view! {
        <Step outbox=outbox url=CompleteInstallation::url() number=number step="complete-installation" class="form job-complete">
            <h2>{tr.t("job.complete")}</h2>
            <p class="soft">{tr.t("job.complete_text")}</p>
            <input type="hidden" name="order" value=order />
            {sent}
            {serials}
            {checks}
            <Field label=tr.t("job.signed_by") name="signed_by" maxlength=40_u32 autocomplete="off" required=true />
            <SignaturePad label=tr.t("job.drawing") clear=tr.t("job.drawing_clear") name="drawing" />
            <Button kind=ButtonKind::Primary class="btn-l btn-wide" icon="check" disabled=outbox.sending()>
                {tr.t("job.complete_do")}
            </Button>
        </Step>
    }
    .into_any()
}

/// What the buyer was asked and has not answered.
fn waiting(tr: Tr, todo: &Todo, outbox: Outbox) -> Option<AnyView> {
    let (amount, until) = todo.asked?;
    let (order, number) = (todo.order.to_string(), todo.number.clone());
    let title = tr.with("job.extra_waits", &[("amount", &tr.won(amount))]);
    Some(
        view! {
            <Notice tone=Tone::Waiting title=title icon="clock">
                <p>{tr.with("job.extra_until", &[("at", &until.kst_minute())])}</p>
                <Step outbox=outbox url=GiveCommand::url() number=number step="withdraw-extra">
                    <input type="hidden" name="order" value=order />
                    <input type="hidden" name="command" value="withdraw-extra" />
                    <Button class="btn-wide" disabled=outbox.sending()>
                        {tr.t("command.withdraw-extra")}
                    </Button>
                </Step>
            </Notice>
        }
        .into_any(),
    )
}

/// Asks the buyer to pay for more: how much of which work, and a photo. A plain form, because it carries a file.
fn propose(tr: Tr, todo: &Todo, outbox: Outbox) -> AnyView {
    let word = move || tr.t(if outbox.sends("propose-extra") { "picture.sending" } else { "job.extra_do" });
    let rows = todo
        .view
        .price_list
        .iter()
        .map(|row| {
            let hint = tr.with("job.extra_price", &[("price", &tr.won(row.price)), ("unit", &tr.of(&row.unit))]);
            view! {
                <Field
                    label=tr.of(&row.name)
                    name=format!("units[{}]", row.item)
                    id=format!("extra-{}", row.item)
                    r#type="number"
                    inputmode="numeric"
                    hint=hint
                    min="0"
                    max="99"
                    placeholder="0"
                />
            }
        })
        .collect_view();
    let (way, number) = (format!("/uploads/extra/{}", todo.number), todo.number.clone());
    view! {
        <Confirm label=tr.t("job.extra") icon="wrench" kind=ButtonKind::Secondary tone=Tone::Neutral title=tr.t("job.extra_title")>
            <p>{tr.t("job.extra_text")}</p>
            <Step outbox=outbox url=way number=number step="propose-extra" file=true class="form">
                <div class="extra-fields">{rows}</div>
                <div class="field">
                    <label class="field-label" for="extra-photo">
                        {tr.t("job.extra_photo")}
                    </label>
                    <input
                        id="extra-photo"
                        class="input"
                        type="file"
                        name="picture"
                        accept="image/*"
                        capture="environment"
                        aria-describedby="extra-photo-hint"
                        required
                    />
                    <p class="hint" id="extra-photo-hint">
                        {tr.t("job.photo_hint")}
                    </p>
                </div>
                <div aria-live="polite">
                    <Button kind=ButtonKind::Primary class="btn-wide" icon="send" disabled=outbox.sending()>
                        {word}
                    </Button>
                </div>
            </Step>
        </Confirm>
    }
    .into_any()
}

fn impossible(tr: Tr, todo: &Todo, outbox: Outbox) -> AnyView {
    let (order, number) = (todo.order.to_string(), todo.number.clone());
    let causes =
        ImpossibleCause::ALL.iter().map(|cause| Choice::new(cause.slug(), tr.t(&format!("installation.impossible.{}", cause.slug())))).collect();
    view! {
        <Confirm label=tr.t("job.impossible") kind=ButtonKind::Quiet title=tr.t("job.impossible_title")>
            <p>{tr.t("job.impossible_text")}</p>
            <Step outbox=outbox url=ReportImpossible::url() number=number step="report-impossible" class="form">
                <input type="hidden" name="order" value=order />
                <Select label=tr.t("field.cause") name="cause" choices=causes required=true />
                <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=outbox.sending()>
                    {tr.t("job.impossible_do")}
                </Button>
            </Step>
        </Confirm>
    }
    .into_any()
}

fn decline(tr: Tr, todo: &Todo, outbox: Outbox) -> AnyView {
    let (order, number) = (todo.order.to_string(), todo.number.clone());
    let reasons = decline_reasons(tr);
    view! {
        <Confirm label=tr.t("job.decline") kind=ButtonKind::Quiet title=tr.t("job.decline_title")>
            <p>{tr.t("job.decline_text")}</p>
            <Step outbox=outbox url=DeclineInstallation::url() number=number step="decline-installation" class="form">
                <input type="hidden" name="order" value=order />
                <Select label=tr.t("field.reason") name="reason" choices=reasons required=true />
                <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=outbox.sending()>
                    {tr.t("job.decline_do")}
                </Button>
            </Step>
        </Confirm>
    }
    .into_any()
}

pub(super) fn decline_reasons(tr: Tr) -> Vec<Choice> {
    DeclineReason::ALL.iter().map(|reason| Choice::new(reason.slug(), tr.t(&format!("installation.declined.{}", reason.slug())))).collect()
}

/// Where it is and who waits there, with one press to call and one to find the way.
pub(super) fn place(tr: Tr, order: &OrderView) -> AnyView {
    let Some(to) = &order.ship_to else {
        let off = |view: &PickupView| view.pickup.state == CollectionState::Cancelled;
        let refused = order.job.as_ref().is_some_and(|view| view.job.installed_at.is_none()) || order.pickup.as_ref().is_some_and(off);
        let key = if refused { "job.not_yours" } else { "job.gone" };
        return view! { <Notice tone=Tone::Neutral title=tr.t(key) icon="lock" /> }.into_any();
    };
    let mut rows: Vec<(String, AnyView)> = vec![
        (tr.t("order.ship_to.name"), to.name.to_string().into_any()),
        (tr.t("order.ship_to.phone"), to.phone.to_string().into_any()),
        (tr.t("order.ship_to.address"), format!("({}) {}", to.postcode, to.address).into_any()),
    ];
    if let Some(request) = &to.request {
        rows.push((tr.t("order.ship_to.request"), request.to_string().into_any()));
    }
    // A map of the phone's own: nobody else's page is put into ours.
    let map = format!("geo:0,0?q={}", leptos_router::location::Url::escape(to.address.as_str()));
    view! {
        <div class="stack stack-s">
            <Facts rows=rows />
            <div class="job-ways">
                <LinkButton href=format!("tel:{}", to.phone) icon="phone">
                    {tr.t("job.call")}
                </LinkButton>
                <LinkButton href=map icon="map-pin">
                    {tr.t("job.map")}
                </LinkButton>
            </div>
        </div>
    }
    .into_any()
}

pub(super) fn goods(tr: Tr, order: &OrderView) -> AnyView {
    let line = |line: &jumun::view::LineView| {
        let units = tr.with("order.units", &[("n", &(line.quantity - line.cancelled).to_string())]);
        view! {
            <li class="job-line">
                <span>{tr.of(&line.title)} " " <span class="soft">{tr.of(&line.option)}</span></span>
                <strong class="nowrap">{units}</strong>
            </li>
        }
    };
    let sent = order.job.as_ref().map(|job| &job.sent).filter(|sent| !sent.is_empty());
    let sent = sent.map(|sent| {
        let serials = sent.iter().map(|serial| view! { <li class="mono">{serial.to_string()}</li> }).collect_view();
        view! {
            <p class="soft">{tr.t("job.sent")}</p>
            <ul class="job-serials">{serials}</ul>
        }
    });
    view! {
        <ul class="job-lines">{order.lines.iter().map(line).collect_view()}</ul>
        {sent}
    }
    .into_any()
}
