//! Parts of an order that its buyer and its seller both see: drawn once, used in every chair.

use crate::{
    api::{self, orders::GiveCommand},
    components::{
        Button, ButtonKind, Card, Confirm, Countdown, Facts, LinkButton, Notice, OrderSentence, PriceRow, PriceTable, Progress, StatusBadge, Step,
        Steps, Timeline, TimelineEvent, Tone, Won,
    },
    error::Refused,
    i18n::{Tr, use_tr},
    live::{EVERYTHING, use_live},
    pages::errors::{Problem, Said, refused},
};
use jumun::{
    actor::Chair,
    ids::{FulfilmentId, OrderId, OrderNumber},
    money,
    order::{AttemptState, CarrierStatus, FulfilmentState, Method, Offer, Status, Waits, status},
    pricing::Amounts,
    time::Time,
    view::{FulfilmentView, HistoryRow, OrderView},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The tone of a state as components draw it.
pub fn tone(tone: status::Tone) -> Tone {
    match tone {
        status::Tone::Waiting => Tone::Waiting,
        status::Tone::Moving => Tone::Moving,
        status::Tone::Done => Tone::Done,
        status::Tone::Trouble => Tone::Trouble,
        status::Tone::Neutral => Tone::Neutral,
    }
}

fn status_icon(status: Status) -> &'static str {
    match status {
        Status::Pending => "receipt",
        Status::StockReserved => "package",
        Status::PartiallyAvailable | Status::OutOfStock | Status::PaymentFailed | Status::DeliveryFailed => "alert-triangle",
        Status::WaitingStock | Status::PaymentPending => "clock",
        Status::Paid => "credit-card",
        Status::Confirmed => "inbox",
        Status::Preparing => "package-open",
        Status::PurchaseOrdered => "boxes",
        Status::PurchaseCompleted => "package-check",
        Status::Shipped | Status::InTransit | Status::OutForDelivery => "truck",
        Status::ReturningToSender | Status::Returned => "undo",
        Status::Delivered => "home",
        Status::Installed => "wrench",
        Status::Completed => "check-circle",
        Status::Cancelled => "ban",
        Status::Refunded => "wallet",
    }
}

/// The words of a status; "partly" when the goods stand at different places.
pub fn status_words(tr: Tr, status: Status, mixed: bool) -> String {
    let words = tr.t(&format!("status.{}", status.name()));
    if mixed { tr.with("order.partly", &[("status", &words)]) } else { words }
}

/// The badge of a status.
pub fn status_badge(tr: Tr, status: Status, mixed: bool, large: bool) -> AnyView {
    view! { <StatusBadge tone=tone(status.tone()) label=status_words(tr, status, mixed) icon=status_icon(status) large=large /> }.into_any()
}

/// Where a product's picture is.
pub fn picture(drawing: &str) -> String {
    format!("/art/products/{drawing}.svg")
}

/// `11.21`: a day of this year's work, as short as it can be.
pub fn short_date(at: Time) -> String {
    let date = at.kst_date();
    format!("{:02}.{:02}", date.month, date.day)
}

/// The moment to the minute, with how long ago it was on hover.
pub fn moment(tr: Tr, at: Time, now: Time) -> AnyView {
    view! { <time datetime=at.rfc3339() title=tr.ago(at, now)>{at.kst_minute()}</time> }.into_any()
}

/// How long a span is, in its largest unit: `3시간`.
pub fn age(tr: Tr, since: Time, now: Time) -> String {
    let minutes = now.since(since).as_seconds().max(0) / 60;
    let (key, n) = match minutes {
        0..60 => ("order.age.minutes", minutes),
        60..1_440 => ("order.age.hours", minutes / 60),
        _ => ("order.age.days", minutes / 1_440),
    };
    tr.with(key, &[("n", &n.to_string())])
}

// ── The state: what the order waits for, how long, and how far it has come ──

struct Deadline {
    key: &'static str,
    since: Time,
    due: Time,
}

/// The wait that runs now, with its beginning and its end.
fn deadline(order: &OrderView) -> Option<Deadline> {
    let timer = |key: &'static str, since: Time| {
        order.timers.iter().filter(|timer| timer.kind == key).map(|timer| timer.due).min().map(|due| Deadline { key, since, due })
    };
    let requested = order.attempt.as_ref().map_or(order.placed_at, |attempt| attempt.requested_at);
    match order.waits {
        Waits::Payment | Waits::PaymentAnswer => timer("payment-window", requested).or_else(|| timer("hold", order.placed_at)),
        Waits::Retry => {
            let failed = |row: &&HistoryRow| matches!(row.event.as_str(), "payment.declined" | "payment.timed_out");
            timer("repay-window", order.history.iter().filter(failed).map(|row| row.at).min().unwrap_or(order.placed_at))
        }
        Waits::Deposit => order.attempt.as_ref().and_then(|attempt| attempt.deposit.as_ref()).map(|deposit| Deadline {
            key: "deposit",
            since: requested,
            due: deposit.due,
        }),
        Waits::Seller => timer("auto-release", order.confirmed_at.unwrap_or(order.placed_at)),
        Waits::Confirmation => {
            order.confirm_by.map(|due| Deadline { key: "auto-confirm", since: order.delivered_at.unwrap_or(order.placed_at), due })
        }
        Waits::Release | Waits::Warehouse | Waits::Carrier | Waits::Refund | Waits::Stock | Waits::Nothing => None,
    }
}

/// The thin ring with the time left: ticking below two days, in days above.
fn ring(tr: Tr, wait: &Deadline, now: Time) -> AnyView {
    let left = wait.due.since(now).as_seconds().max(0);
    let total = wait.due.since(wait.since).as_seconds().max(left).max(1);
    let label = tr.t(&format!("order.until.{}", wait.key));
    if left < 172_800 {
        return view! { <Countdown seconds_left=left.unsigned_abs() total=total.unsigned_abs() label=label /> }.into_any();
    }
    let gone = (1_000 - left.saturating_mul(1_000) / total).to_string();
    let days = tr.with("order.age.days", &[("n", &(left / 86_400).to_string())]);
    view! {
        <span class="countdown" title=wait.due.kst_minute()>
            <svg class="countdown-ring" viewBox="0 0 36 36" aria-hidden="true" focusable="false">
                <circle class="track" cx="18" cy="18" r="16"></circle>
                <circle class="run" cx="18" cy="18" r="16" pathLength="1000" stroke-dasharray="1000" stroke-dashoffset=gone></circle>
            </svg>
            <span class="countdown-text">
                <span class="countdown-label">{label}</span>
                <span class="countdown-time">{days}</span>
            </span>
        </span>
    }
    .into_any()
}

/// The sentence of a wait in three parts: before the thing that is waited for, the thing, and the rest.
fn waits_parts(tr: Tr, waits: Waits) -> (String, String, String) {
    let sentence = tr.t(&format!("waits.{}", waits.name()));
    let (before, after) = (tr.t("order.sentence.before"), tr.t("order.sentence.after"));
    match sentence.strip_prefix(&before).and_then(|rest| rest.strip_suffix(&after)) {
        Some(thing) => {
            let what = thing.trim_end_matches(['을', '를']);
            (before, what.to_owned(), format!("{}{after}", &thing[what.len()..]))
        }
        None => (String::new(), sentence, String::new()),
    }
}

/// What is waited for, in a few words.
pub fn waits_words(tr: Tr, waits: Waits) -> String {
    if waits == Waits::Nothing { "–".to_owned() } else { waits_parts(tr, waits).1 }
}

/// What the order waits for, as a sentence.
pub fn waits_sentence(tr: Tr, order: &OrderView) -> AnyView {
    let over = match (order.waits, order.status) {
        (Waits::Nothing, Status::Completed) => Some("order.over.completed"),
        (Waits::Nothing, Status::Cancelled) => Some("order.over.cancelled"),
        (Waits::Nothing, Status::Refunded) => Some("order.over.refunded"),
        (_, _) => None,
    };
    let (before, what, after) = match over {
        Some(key) => (tr.t(key), String::new(), String::new()),
        None => waits_parts(tr, order.waits),
    };
    let cause = order.cancelled.map(|cause| {
        let cause = serde_json::to_value(cause).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
        view! { <p class="soft">{tr.t(&format!("cancel_cause.{cause}"))}</p> }
    });
    view! {
        <div class="stack stack-s">
            <OrderSentence tone=tone(order.tone) before=before what=what after=after />
            {cause}
        </div>
    }
    .into_any()
}

/// The step an order stands at, and how: 0 placed, 1 paid, 2 prepared, 3 dispatched, 4 delivered, 5 completed.
fn standing(order: &OrderView) -> (usize, Progress) {
    match order.status {
        Status::Pending | Status::PartiallyAvailable | Status::OutOfStock | Status::WaitingStock => (0, Progress::Now),
        Status::StockReserved | Status::PaymentPending | Status::PaymentFailed => (1, Progress::Now),
        Status::Paid | Status::Confirmed | Status::Preparing | Status::PurchaseOrdered => (2, Progress::Now),
        Status::PurchaseCompleted => (3, Progress::Now),
        Status::Shipped | Status::InTransit | Status::OutForDelivery | Status::DeliveryFailed => (4, Progress::Now),
        Status::ReturningToSender => (4, Progress::Stopped),
        Status::Delivered | Status::Installed => (5, Progress::Now),
        Status::Completed => (6, Progress::Done),
        Status::Returned | Status::Refunded => (5, Progress::Stopped),
        Status::Cancelled => (if order.confirmed_at.is_some() { 2 } else { 1 }, Progress::Stopped),
    }
}

/// How far the order has come.
pub fn steps(tr: Tr, order: &OrderView) -> AnyView {
    let (at, how) = standing(order);
    let paid = order.history.iter().find(|row| row.event == "payment.approved").map(|row| row.at);
    let last = |time: fn(&FulfilmentView) -> Option<Time>| order.fulfilments.iter().filter_map(time).max();
    let times = [
        Some(order.placed_at),
        paid,
        last(|goods| goods.outbound_requested_at),
        last(|goods| goods.shipped_at),
        order.delivered_at,
        order.completed_at,
    ];
    let names = ["placed", "paid", "prepared", "dispatched", "delivered", "completed"];
    let steps = names.iter().zip(times).enumerate().map(|(index, (name, time))| Step {
        label: tr.t(&format!("order.step.{name}")),
        note: time.filter(|_| index <= at).map(short_date).unwrap_or_default(),
        progress: match index.cmp(&at) {
            std::cmp::Ordering::Less => Progress::Done,
            std::cmp::Ordering::Equal => how,
            std::cmp::Ordering::Greater => Progress::Todo,
        },
    });
    view! { <Steps steps=steps.collect() label=tr.t("order.progress") /> }.into_any()
}

/// The head of every order page: status, sentence, time left, buttons, steps. The buttons stay in place while they mean
/// the same.
#[component]
pub fn OrderState(
    /// The order.
    order: Memo<Option<OrderView>>,
    /// Takes the commands.
    action: ServerAction<GiveCommand>,
) -> impl IntoView {
    let tr = use_tr();
    let orderable = Memo::new(move |_| order.read().as_ref().map(Orderable::of));
    let class = move || format!("order-state {}", order.read().as_ref().map_or("", |order| tone(order.tone).class()));
    let split = move || {
        if orderable.read().as_ref().is_some_and(|order| order.offers_for(None).next().is_some()) { "split" } else { "" }
    };
    let head = move || {
        order.read().as_ref().map(|order| {
            let ring = deadline(order).map(|wait| ring(tr, &wait, order.now));
            view! {
                <div class="order-state-top">{status_badge(tr, order.status, order.mixed, true)} {ring}</div>
                {waits_sentence(tr, order)}
                {deposit(tr, order)}
            }
        })
    };
    let buttons = move || orderable.read().as_ref().map(|order| actions(tr, order, None, action));
    view! {
        <section class=class>
            <div class=split>
                <div class="stack">{head}</div>
                {buttons}
            </div>
            <Said refusal=refused(action) />
            {move || order.read().as_ref().map(|order| steps(tr, order))}
        </section>
    }
}

/// An order that keeps itself fresh: fetched again after every command and whenever the server says it moved on.
#[derive(Clone, Copy)]
pub struct LiveOrder {
    /// As it was fetched.
    pub data: Resource<Result<OrderView, Refused>>,
    /// Takes the commands of its buttons.
    pub action: ServerAction<GiveCommand>,
}

/// The order named by the page's address.
pub fn use_order() -> LiveOrder {
    let params = use_params_map();
    let number = Memo::new(move |_| params.read().get("number").unwrap_or_default());
    let data = Resource::new(move || number.get(), api::orders::order);
    let action = ServerAction::<GiveCommand>::new();
    let version = action.version();
    Effect::new(move |before: Option<usize>| {
        let now = version.get();
        if before.is_some_and(|before| before != now) {
            data.refetch();
        }
        now
    });
    LiveOrder { data, action }
}

/// Shows the order with `body`, or why it cannot be shown. Belongs inside a `Transition`.
#[component]
pub fn WithOrder(
    /// The order.
    live: LiveOrder,
    /// The page.
    body: fn(Tr, Memo<Option<OrderView>>, ServerAction<GiveCommand>) -> AnyView,
) -> impl IntoView {
    let tr = use_tr();
    let LiveOrder { data, action } = live;
    let order = Memo::new(move |_| data.get().and_then(Result::ok));
    let refusal = Memo::new(move |_| data.get().and_then(Result::err));
    let here = Memo::new(move |_| order.read().is_some());
    let topic = Memo::new(move |_| order.read().as_ref().map(|order| format!("order:{}", order.id)).unwrap_or_default());
    use_live(topic.into(), move |hint| {
        let newer = order.read_untracked().as_ref().is_some_and(|order| i64::from(order.version) < hint.version);
        if newer || hint.topic == EVERYTHING {
            data.refetch();
        }
    });
    move || {
        if here.get() {
            Some(body(tr, order, action))
        } else {
            refusal.get().map(|Refused(refusal)| view! { <Problem refusal=refusal /> }.into_any())
        }
    }
}

// ── Money ──

/// The price table of an order.
pub fn price_table(tr: Tr, amounts: Amounts) -> AnyView {
    let mut rows = vec![PriceRow::new(tr.t("order.price.goods"), amounts.goods.0)];
    for (key, amount) in [("promotion", -amounts.promotion), ("coupon", -amounts.coupon), ("tier", -amounts.tier)] {
        if amount != money::Won::ZERO {
            rows.push(PriceRow::new(tr.t(&format!("order.price.{key}")), amount.0));
        }
    }
    rows.push(PriceRow::new(tr.t("order.price.shipping"), amounts.shipping.0));
    for (key, amount) in [("island", amounts.island), ("installation", amounts.installation), ("points", -amounts.points)] {
        if amount != money::Won::ZERO {
            rows.push(PriceRow::new(tr.t(&format!("order.price.{key}")), amount.0));
        }
    }
    view! {
        <PriceTable rows=rows total_label=tr.t("order.price.payable") total=amounts.payable().0 caption=tr.t("order.price.title") lang=tr.0.code() />
    }
    .into_any()
}

/// The account a deposit is waited for on.
fn deposit(tr: Tr, order: &OrderView) -> Option<AnyView> {
    let attempt = order.attempt.as_ref().filter(|attempt| attempt.state == AttemptState::WaitingDeposit)?;
    let deposit = attempt.deposit.clone()?;
    let (amount, lang) = (attempt.amount.0, tr.0.code());
    let rows: Vec<(String, AnyView)> = vec![
        (tr.t("order.deposit.account"), view! { <span class="strong">{deposit.bank}" "{deposit.account}</span> }.into_any()),
        (tr.t("order.deposit.amount"), view! { <Won amount=amount lang=lang /> }.into_any()),
        (tr.t("order.deposit.due"), deposit.due.kst_minute().into_any()),
    ];
    Some(view! { <Notice tone=Tone::Waiting title=tr.t("order.deposit.title") icon="landmark"><Facts rows=rows /></Notice> }.into_any())
}

/// What was paid how, and what went back.
pub fn payment(tr: Tr, order: &OrderView) -> AnyView {
    let lang = tr.0.code();
    let mut rows: Vec<(String, AnyView)> = Vec::new();
    if let Some(attempt) = &order.attempt {
        rows.push((tr.t("order.payment.method"), tr.t(&format!("method.{}", attempt.method.slug())).into_any()));
        rows.push((tr.t("order.payment.state"), tr.t(&format!("order.attempt.{}", attempt.state.name())).into_any()));
        rows.push((tr.t("order.payment.requested"), moment(tr, attempt.requested_at, order.now)));
    }
    rows.push((tr.t("order.payment.paid"), view! { <Won amount=order.paid.0 lang=lang /> }.into_any()));
    let refunds: Vec<_> = order
        .refunds
        .iter()
        .map(|refund| {
            let (tone, title) = match refund.completed_at {
                Some(at) => (Tone::Done, tr.with("order.refund.done", &[("amount", &tr.won(refund.amount)), ("at", &at.kst_minute())])),
                None => (Tone::Waiting, tr.with("order.refund.running", &[("amount", &tr.won(refund.amount))])),
            };
            let hint = refund.completed_at.is_none().then(|| tr.t("order.refund.hint"));
            view! { <Notice tone=tone title=title icon="wallet">{hint}</Notice> }
        })
        .collect();
    view! { <div class="stack">{refunds}<Facts rows=rows /></div> }.into_any()
}

// ── Goods ──

/// The lines with their pictures.
pub fn lines(tr: Tr, order: &OrderView) -> AnyView {
    let lang = tr.0.code();
    let lines = order
        .lines
        .iter()
        .map(|line| {
            let href = format!("/products/{}", line.product);
            let units = tr.with("order.units", &[("n", &line.quantity.to_string())]);
            view! {
                <li class="cart-line">
                    <a class="line-pic" href=href.clone() tabindex="-1" aria-hidden="true">
                        <img src=picture(&line.drawing) alt="" width="160" height="120" loading="lazy" />
                    </a>
                    <div>
                        <p class="line-name"><a href=href>{tr.of(&line.title)}</a></p>
                        <p class="line-note">{tr.of(&line.option)}</p>
                    </div>
                    <div class="line-foot">
                        <span class="soft num">{tr.won(line.unit_price)}" × "{units}</span>
                        <span class="line-sum"><Won amount=line.shares.goods.0 lang=lang /></span>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! { <ul>{lines}</ul> }.into_any()
}

fn carrier_words(tr: Tr, status: CarrierStatus) -> String {
    tr.t(match status {
        CarrierStatus::PickedUp => "order.carrier.picked_up",
        CarrierStatus::InTransit => "order.carrier.in_transit",
        CarrierStatus::OutForDelivery => "order.carrier.out_for_delivery",
        CarrierStatus::Delivered => "order.carrier.delivered",
        CarrierStatus::Failed => "order.carrier.failed",
        CarrierStatus::Returned => "order.carrier.returned",
    })
}

/// What is in goods that leave together, in a line.
fn contents(tr: Tr, order: &OrderView, goods: &FulfilmentView) -> String {
    let part = |(id, units): &(jumun::ids::LineId, u32)| {
        let line = order.lines.iter().find(|line| line.id == *id)?;
        Some(format!("{} × {units}", tr.of(&line.title)))
    };
    goods.lines.iter().filter_map(part).collect::<Vec<_>>().join(", ")
}

/// Goods that leave together: where they are, who carries them, what the carrier saw. `children` are buttons.
pub fn shipment(tr: Tr, order: &OrderView, index: usize, buttons: AnyView) -> AnyView {
    let Some(goods) = order.fulfilments.get(index) else {
        return ().into_any();
    };
    let now = order.now;
    let mut rows: Vec<(String, AnyView)> = vec![(tr.t("order.shipment.goods"), contents(tr, order, goods).into_any())];
    let method = match goods.method {
        Method::Parcel => "order.shipment.parcel",
        Method::Installed => "order.shipment.installed",
    };
    rows.push((tr.t("order.shipment.method"), tr.t(method).into_any()));
    if let Some(warehouse) = &goods.warehouse {
        rows.push((tr.t("order.shipment.warehouse"), tr.of(warehouse).into_any()));
    }
    if let Some(at) = goods.outbound_requested_at.filter(|_| order.chair != Chair::Buyer) {
        rows.push((tr.t("order.shipment.requested"), moment(tr, at, now)));
    }
    if let Some(date) = goods.expected_ship_date.filter(|_| goods.shipped_at.is_none()) {
        rows.push((tr.t("order.shipment.expected"), date.to_string().into_any()));
    }
    if let Some(tracking) = &goods.tracking {
        let carrier = goods.carrier.clone().unwrap_or_default();
        rows.push((tr.t("order.shipment.tracking"), view! { {carrier}" " <span class="mono nowrap">{tracking.clone()}</span> }.into_any()));
    }
    if let Some(at) = goods.shipped_at {
        rows.push((tr.t("order.shipment.shipped"), moment(tr, at, now)));
    }
    if let Some(at) = goods.delivered_at {
        rows.push((tr.t("order.shipment.delivered"), moment(tr, at, now)));
    }
    let last = goods.facts.len().saturating_sub(1);
    let moving =
        !matches!(goods.state, FulfilmentState::Delivered | FulfilmentState::Installed | FulfilmentState::Cancelled | FulfilmentState::Returned);
    let facts: Vec<TimelineEvent> = goods
        .facts
        .iter()
        .enumerate()
        .rev()
        .map(|(index, fact)| TimelineEvent {
            time: fact.at.kst_minute(),
            datetime: fact.at.rfc3339(),
            title: carrier_words(tr, fact.status),
            text: fact.place.clone(),
            progress: match (fact.status, index == last && moving) {
                (CarrierStatus::Failed | CarrierStatus::Returned, true) => Progress::Stopped,
                (_, true) => Progress::Now,
                (_, false) => Progress::Done,
            },
        })
        .collect();
    let facts = (!facts.is_empty()).then(|| view! { <Timeline events=facts label=tr.t("order.shipment.facts") /> });
    let many = order.fulfilments.len() > 1;
    let title = if many {
        tr.with("order.shipment.nth", &[("n", &(index + 1).to_string()), ("of", &order.fulfilments.len().to_string())])
    } else {
        tr.t("order.shipment.title")
    };
    let status = goods.status;
    view! {
        <Card title=title icon="truck" aside=move || status_badge(tr, status, false, false)>
            <div class="stack"><Facts rows=rows />{facts}{buttons}</div>
        </Card>
    }
    .into_any()
}

/// Who receives it, where.
pub fn ship_to(tr: Tr, order: &OrderView) -> AnyView {
    let Some(to) = &order.ship_to else {
        return view! { <p class="muted">{tr.t("order.ship_to.hidden")}</p> }.into_any();
    };
    let mut rows: Vec<(String, AnyView)> = vec![
        (tr.t("order.ship_to.name"), to.name.to_string().into_any()),
        (tr.t("order.ship_to.phone"), to.phone.to_string().into_any()),
        (tr.t("order.ship_to.address"), format!("({}) {}", to.postcode, to.address).into_any()),
    ];
    if let Some(request) = &to.request {
        rows.push((tr.t("order.ship_to.request"), request.to_string().into_any()));
    }
    view! { <Facts rows=rows /> }.into_any()
}

// ── History ──

/// Facts that mean something only behind the desk.
const INSIDE: &[&str] = &[
    "stock.released",
    "stock.committed",
    "stock.deducted",
    "payment.authorised",
    "payment.voided",
    "payment.cancel_requested",
    "order.paid",
    "order.cancel_requested",
    "order.delivery_started",
    "order.delivered",
    "allocation.made",
    "fulfilment.sourced",
    "fulfilment.purchase_ordered",
    "fulfilment.cancelled",
    "outbound.requested",
    "outbound.failed",
    "delivery.status_changed",
];

/// The words of an event.
pub fn event_words(tr: Tr, event: &str) -> String {
    tr.t(&format!("event.{}", event.replace('.', "_")))
}

/// What happened, newest first, without the facts of the machinery.
pub fn history(tr: Tr, rows: &[HistoryRow], now: Time) -> AnyView {
    let events = rows
        .iter()
        .rev()
        .filter(|row| !INSIDE.contains(&row.event.as_str()))
        .enumerate()
        .map(|(index, row)| TimelineEvent {
            time: tr.ago(row.at, now),
            datetime: row.at.rfc3339(),
            title: event_words(tr, &row.event),
            text: row.at.kst_minute(),
            progress: if index == 0 { Progress::Now } else { Progress::Done },
        })
        .collect();
    view! { <Timeline events=events label=tr.t("order.history") /> }.into_any()
}

// ── Commands ──

/// What the buttons of an order page depend on. While it stays the same they stay in place.
#[derive(Clone, PartialEq, Eq)]
pub struct Orderable {
    id: OrderId,
    number: OrderNumber,
    offers: Vec<Offer>,
    back: money::Won,
    confirm_by: Option<Time>,
    staff: bool,
    /// All goods leave together: their buttons stand at the head of the page.
    together: bool,
}

impl Orderable {
    /// Of an order.
    pub fn of(order: &OrderView) -> Self {
        Self {
            id: order.id,
            number: order.number.clone(),
            offers: order.offers.clone(),
            back: order.paid - order.refunds.iter().map(|refund| refund.amount).sum(),
            confirm_by: order.confirm_by,
            staff: order.chair != Chair::Buyer,
            together: order.fulfilments.len() < 2,
        }
    }

    /// The offers for some goods, or those of the page's head.
    fn offers_for(&self, fulfilment: Option<FulfilmentId>) -> impl Iterator<Item = &Offer> {
        self.offers.iter().filter(move |offer| match fulfilment {
            Some(_) => !self.together && offer.fulfilment == fulfilment,
            None => self.together || offer.fulfilment.is_none(),
        })
    }
}

fn command_icon(command: &str) -> &'static str {
    match command {
        "confirm-purchase" => "check",
        "start-preparing" => "package-open",
        "allocate" => "boxes",
        "release" => "send",
        "request-payment" => "credit-card",
        _ => "arrow-right",
    }
}

/// The buttons at the head of the page (`None`) or beside some goods. Harm is confirmed first and says what will happen.
pub fn actions(tr: Tr, order: &Orderable, fulfilment: Option<FulfilmentId>, action: ServerAction<GiveCommand>) -> AnyView {
    let busy = Signal::from(action.pending());
    let form = |offer: &Offer, button: AnyView| {
        let (id, command) = (order.id.to_string(), offer.command.clone());
        let goods = offer.fulfilment.map(|goods| view! { <input type="hidden" name="fulfilment" value=goods.to_string() /> });
        view! {
            <ActionForm action=action>
                <input type="hidden" name="order" value=id />
                <input type="hidden" name="command" value=command />
                {goods}
                {button}
            </ActionForm>
        }
        .into_any()
    };
    // At the head of the page buttons stand below one another, beside goods in a row.
    let (frame, width) = if fulfilment.is_none() { ("actions", "btn-wide") } else { ("btn-row", "") };
    let one = |(index, offer): (usize, &Offer)| {
        let verb = tr.t(&format!("command.{}", offer.command));
        let kind = if index == 0 { ButtonKind::Primary } else { ButtonKind::Secondary };
        match offer.command.as_str() {
            "request-payment" => view! {
                <LinkButton href=format!("/pay/{}", order.number) kind=kind icon="credit-card" class="btn-wide">
                    {verb}
                </LinkButton>
            }
            .into_any(),
            "cancel" => {
                let back = tr.won(order.back);
                let paid = order.back > money::Won::ZERO;
                let chair = if order.staff { "staff" } else { "buyer" };
                let money = if paid { "paid" } else { "unpaid" };
                let text = tr.with(&format!("order.cancel.{chair}_{money}"), &[("amount", &back)]);
                let button = view! {
                    <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=busy>
                        {tr.t("order.cancel.do")}
                    </Button>
                }
                .into_any();
                let form = form(offer, button);
                view! {
                    <Confirm label=verb title=tr.t("order.cancel.title")>
                        <p>{text}</p>
                        {form}
                    </Confirm>
                }
                .into_any()
            }
            command => {
                let hint = (command == "confirm-purchase")
                    .then_some(order.confirm_by)
                    .flatten()
                    .map(|due| view! { <p class="hint">{tr.with("order.confirm_hint", &[("date", &due.kst_date().to_string())])}</p> });
                let button = view! {
                    <Button kind=kind icon=command_icon(command) class=width disabled=busy>
                        {verb}
                    </Button>
                }
                .into_any();
                view! { <div class="stack stack-s">{form(offer, button)}{hint}</div> }.into_any()
            }
        }
    };
    let buttons: Vec<AnyView> = order.offers_for(fulfilment).enumerate().map(one).collect();
    if buttons.is_empty() {
        return ().into_any();
    }
    view! { <div class=frame>{buttons}</div> }.into_any()
}
