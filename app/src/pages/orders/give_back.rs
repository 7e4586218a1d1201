//! Sending goods back: which, why, with photos, and when they may be fetched.

use crate::{
    api::orders::LINE,
    components::{Breadcrumbs, Button, ButtonKind, Card, Choice, Field, LinkButton, Notice, Select, Skeleton, TextArea, Tone},
    i18n::{Tr, use_tr},
    pages::{
        errors::Said,
        frame::Head,
        order_parts::{Asks, Page, WithOrder, bounced, bring_photos, claim_reason, use_order},
    },
};
use jumun::{
    actor::Chair,
    ids::{FulfilmentId, LineId, OrderId},
    money::Won,
    order::{Fault, Kind, ReturnReason, Status},
    time::{Date, Span, Time},
    view::OrderView,
};
use leptos::prelude::*;

/// `/orders/:number/return`
#[component]
pub fn GiveBack() -> impl IntoView {
    let tr = use_tr();
    let live = use_order();
    view! {
        <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("order.loading") /> }>
            <WithOrder live=live body=body />
        </Transition>
    }
}

/// Goods that can be sent back together. The form stays in place while they are the same.
#[derive(Clone, PartialEq)]
struct Goods {
    order: OrderId,
    number: String,
    fulfilment: FulfilmentId,
    /// Line, name, units.
    lines: Vec<(LineId, String, u32)>,
    until: Option<Time>,
    /// Until when for a fault of the seller's.
    fault_until: Option<Time>,
    /// The days for a change of mind are over.
    only_faults: bool,
    fetched: bool,
    fee: Won,
    /// Since when the buyer has them.
    received: Option<Date>,
    today: Date,
    first: Date,
    last: Date,
    /// Which of several.
    nth: Option<usize>,
}

fn goods(tr: Tr, order: &OrderView) -> Vec<Goods> {
    // Only who has them asks.
    if !order.offers.iter().any(|offer| offer.command == "request-return") {
        return Vec::new();
    }
    let several = order.returnable.len() > 1;
    let one = |(index, open): (usize, &jumun::view::Returnable)| {
        let of = order.fulfilments.iter().find(|goods| goods.id == open.fulfilment)?;
        let named = |(id, units): &(LineId, u32)| {
            let line = order.lines.iter().find(|line| line.id == *id)?;
            Some((*id, format!("{} · {}", tr.of(&line.title), tr.of(&line.option)), *units))
        };
        Some(Goods {
            order: order.id,
            number: order.number.to_string(),
            fulfilment: open.fulfilment,
            lines: of.lines.iter().filter_map(named).collect(),
            until: open.until,
            fault_until: open.fault_until,
            only_faults: open.until.is_some_and(|until| order.now > until),
            fetched: open.fetched,
            fee: open.fee,
            first: (order.now + Span::days(1)).kst_date(),
            last: order.pickup_until,
            received: of.installed_at.or(of.delivered_at).map(Time::kst_date).filter(|_| open.fault_until.is_some()),
            today: order.now.kst_date(),
            nth: several.then_some(index + 1),
        })
    };
    order.returnable.iter().enumerate().filter_map(one).collect()
}

/// What can go back, for a customer and for a store.
pub fn body(tr: Tr, page: Page) -> AnyView {
    let order = page.order;
    let earned = move || {
        let counts = |order: &OrderView| order.status == Status::Completed && !order.returnable.is_empty();
        let kind = order.read().as_ref().filter(|order| counts(order)).map(|order| order.kind);
        kind.map(|kind| {
            let key = if kind == Kind::Purchase { "store" } else { "confirmed" };
            view! {
                <Notice tone=Tone::Neutral title=tr.t(&format!("return.{key}"))>
                    {tr.t(&format!("return.{key}_text"))}
                </Notice>
            }
        })
    };
    wish(tr, page, ("return", "claim"), goods, form, earned.into_any())
}

/// A page that asks for something about goods the buyer has, one form for each; its words begin with the first name, and its photos
/// are sent under the second.
pub(super) fn wish<T: Clone + PartialEq + Send + Sync + 'static>(
    tr: Tr,
    page: Page,
    (words, shows): (&'static str, &'static str),
    open: fn(Tr, &OrderView) -> Vec<T>,
    form: fn(Tr, &T, Asks) -> AnyView,
    more: AnyView,
) -> AnyView {
    let order = page.order;
    let word = move |key: &str| tr.t(&format!("{words}.{key}"));
    let number = order.read_untracked().as_ref().map(|order| order.number.to_string()).unwrap_or_default();
    // What a store buys stands on its desk, beside what it sells.
    let desk = order.read_untracked().as_ref().is_some_and(|order| order.kind == Kind::Purchase || order.chair == Chair::Seller);
    let back = format!("{}/orders/{number}", if desk { "/desk" } else { "" });
    let crumbs = vec![(back.clone(), number.clone()), (String::new(), word("title"))];
    let open = Memo::new(move |_| order.read().as_ref().map(|order| open(tr, order)).unwrap_or_default());
    let brought = Memo::new(move |_| order.read().as_ref().map(|order| order.claim_photos.clone()).unwrap_or_default());
    let photos = move || (!open.read().is_empty()).then(|| photos(tr, &number, shows, &brought.get()));
    let forms = move || {
        let open = open.get();
        if open.is_empty() {
            let back = back.clone();
            return view! {
                <Notice tone=Tone::Neutral title=word("nothing")>
                    <p>{word("nothing_text")}</p>
                </Notice>
                <LinkButton href=back class="btn-wide">
                    {tr.t("return.to_order")}
                </LinkButton>
            }
            .into_any();
        }
        open.iter().map(|goods| form(tr, goods, page.asks)).collect_view().into_any()
    };
    view! {
        <Head title=word("title") />
        <div class="pay return-page stack">
            <div>
                <Breadcrumbs items=crumbs label=tr.t("order.way") />
                <h1>{word("title")}</h1>
                <p class="soft">{word("lead")}</p>
            </div>
            <Said refusal=page.asks.refusal() />
            {bounced(tr, "return.bounced")}
            {more}
            {photos}
            {forms}
        </div>
    }
    .into_any()
}

/// Photos that were brought, and one more; they show why goods go back, or why others shall come.
pub(super) fn photos(tr: Tr, number: &str, shows: &'static str, brought: &[String]) -> AnyView {
    let forms = bring_photos(tr, shows, "return.photo_hint", number, brought);
    view! {
        <Card title=tr.t("return.photos") icon="camera">
            {forms}
        </Card>
    }
    .into_any()
}

fn form(tr: Tr, goods: &Goods, asks: Asks) -> AnyView {
    let id = goods.fulfilment;
    let alone = goods.lines.len() == 1;
    let units = goods
        .lines
        .iter()
        .enumerate()
        .map(|(index, (line, name, most))| {
            let choices: Vec<Choice> = (0..=*most).map(|n| Choice::new(n.to_string(), tr.with("order.units", &[("n", &n.to_string())]))).collect();
            let chosen = if alone { *most } else { 0 };
            let (name, key, at) = (name.clone(), format!("units[{LINE}{line}]"), format!("units-{id}-{index}"));
            view! { <Select label=name name=key id=at choices=choices value=chosen.to_string() /> }
        })
        .collect_view();
    let words = |reason: &ReturnReason| {
        let bears = match reason.fault() {
            Fault::Buyer => "return.bears_buyer",
            Fault::Seller | Fault::Nobody => "return.bears_seller",
        };
        Choice::new(reason.slug(), format!("{} ({})", claim_reason(tr, *reason), tr.t(bears)))
    };
    let in_time = |reason: &&ReturnReason| !goods.only_faults || reason.fault() != Fault::Buyer;
    let reasons: Vec<Choice> = ReturnReason::OF_BUYERS.iter().filter(in_time).map(words).collect();
    let day = goods.fetched.then(|| {
        let (first, last) = (goods.first.to_string(), goods.last.to_string());
        view! {
            <Field
                label=tr.t("return.day")
                name="pickup_on"
                id=format!("pickup-{id}")
                r#type="date"
                value=first.clone()
                min=first
                max=last
                hint=tr.t("return.day_hint")
                required=true
            />
        }
    });
    // Of what he has had for a while somebody says since when he knows what is wrong with it.
    let found = goods.received.map(|received| {
        view! {
            <Field
                label=tr.t("return.found_on")
                name="found_on"
                id=format!("found-{id}")
                r#type="date"
                min=received.to_string()
                max=goods.today.to_string()
                optional_label=tr.t("return.optional")
                hint=tr.t("return.found_hint")
            />
        }
    });
    let fee = (goods.fee > Won::ZERO && !goods.only_faults)
        .then(|| view! { <p class="hint">{tr.with("return.fee", &[("amount", &tr.won(goods.fee))])}</p> });
    let last = |key: &'static str, until: Time| view! { <p class="hint">{tr.with(key, &[("day", &until.kst_date().to_string())])}</p> };
    let until = goods.until.filter(|_| !goods.only_faults).map(|until| last("return.until", until));
    let fault_until = goods.fault_until.map(|until| last("return.until_fault", until));
    let what = tr.t(if goods.fetched { "return.fetched" } else { "return.not_sent" });
    let title = goods.nth.map_or_else(|| tr.t("return.goods"), |n| tr.with("return.goods_nth", &[("n", &n.to_string())]));
    let (order, number) = (goods.order.to_string(), goods.number.clone());
    view! {
        <Card title=title icon="package">
            <p class="soft">{what}</p>
            {until}
            {fault_until}
            <ActionForm action=asks.request_return attr:class="form">
                <input type="hidden" name="order" value=order />
                <input type="hidden" name="number" value=number />
                <input type="hidden" name="fulfilment" value=id.to_string() />
                {units}
                <Select label=tr.t("return.reason") name="reason" id=format!("reason-{id}") choices=reasons required=true />
                <TextArea
                    label=tr.t("return.note")
                    name="note"
                    id=format!("note-{id}")
                    optional_label=tr.t("return.optional")
                    hint=tr.t("return.note_hint")
                    maxlength=500_u32
                />
                {found}
                {day}
                {fee}
                <Button kind=ButtonKind::Primary class="btn-l btn-wide" icon="undo" disabled=asks.request_return.pending()>
                    {tr.t("return.do")}
                </Button>
            </ActionForm>
        </Card>
    }
    .into_any()
}
