//! Where the units of goods come from: the seller's first decision (01 §3 Fulfilment). Own stock, and partners side by side.

use super::{
    badge::status_badge,
    live::{Asks, Page},
    put_up::photo_row,
    scan::{Numbered, serial_fields},
};
use crate::{
    components::{Button, ButtonKind, Card, Choice, Confirm, Field, Icon, Notice, RadioCard, Select, StatusBadge, Tone, Won},
    i18n::Tr,
};
use jumun::{
    actor::Chair,
    ids::{FulfilmentId, LineId, OrderId, ReceiptId},
    order::{ChildStage, FulfilmentState, Method},
    text::{SerialNumber, Words},
    time::Date,
    view::{BoughtView, FulfilmentView, OfferRow, OrderView, ReceiptView},
};
use leptos::prelude::*;

/// What a line of some goods still needs, and who has it.
#[derive(Clone, PartialEq)]
struct Needed {
    order: OrderId,
    goods: FulfilmentId,
    line: LineId,
    /// What the customer pays for one.
    sold_at: jumun::money::Won,
    /// What the line is called.
    title: Words,
    /// Today, for the day of a receipt.
    today: Date,
    /// Units that have no source yet.
    left: u32,
    /// A partner may send them straight to the customer.
    parcel: bool,
    offers: Vec<OfferRow>,
}

/// The lines of goods that are being prepared and that partners sell too.
fn needed(order: &OrderView) -> Vec<Needed> {
    let may_buy = |goods: &FulfilmentView| order.offers.iter().any(|offer| offer.command == "buy-from-partner" && offer.fulfilment == Some(goods.id));
    let of_goods = |goods: &FulfilmentView| {
        let sourced = |line: LineId| goods.sources.iter().filter(|source| source.line == line).map(|source| source.quantity).sum::<u32>();
        let one = |(id, units): &(LineId, u32)| {
            let line = order.lines.iter().find(|line| line.id == *id)?;
            let offers: Vec<OfferRow> = order.partners.iter().filter(|offer| offer.ours == line.variant).cloned().collect();
            let left = units.saturating_sub(sourced(*id));
            let (title, today, parcel) = (line.title.clone(), order.now.kst_date(), goods.method == Method::Parcel);
            (left > 0).then_some(Needed { order: order.id, goods: goods.id, line: *id, sold_at: line.unit_price, title, today, left, parcel, offers })
        };
        goods.lines.iter().filter_map(one).collect::<Vec<_>>()
    };
    order.fulfilments.iter().filter(|goods| may_buy(goods)).flat_map(of_goods).collect()
}

/// Goods whose units can be said by their numbers.
#[derive(Clone, PartialEq)]
struct Naming {
    order: OrderId,
    goods: FulfilmentId,
    /// What each is, and the number that is known of it.
    units: Vec<(Words, Option<SerialNumber>)>,
}

fn may_name(order: &OrderView, goods: &FulfilmentView) -> bool {
    order.offers.iter().any(|offer| offer.command == "name-units" && offer.fulfilment == Some(goods.id))
}

fn naming(order: &OrderView) -> Vec<Naming> {
    let of_goods = |goods: &FulfilmentView| {
        let of_line = |(id, units): &(LineId, u32)| {
            let title = order.lines.iter().find(|line| line.id == *id).map(|line| line.title.clone()).unwrap_or_default();
            let mut known = goods.named.iter().filter(|unit| unit.line == *id).map(|unit| unit.serial.clone());
            (0..*units).map(|_| (title.clone(), known.next())).collect::<Vec<_>>()
        };
        Naming { order: order.id, goods: goods.id, units: goods.lines.iter().flat_map(of_line).collect() }
    };
    order.fulfilments.iter().filter(|goods| may_name(order, goods)).map(of_goods).collect()
}

/// Where units come from, for each goods in the making; nothing for who does not deliver them.
pub fn sources(tr: Tr, page: Page) -> AnyView {
    let asks = page.asks;
    // While it means the same the form stays in place: what is typed must not go when something else moves.
    let open = Memo::new(move |_| page.order.read().as_ref().map(needed).unwrap_or_default());
    let rows = move || {
        let order = page.order.read();
        let order = order.as_ref().filter(|order| order.chair != Chair::Buyer)?;
        let made: Vec<AnyView> = order.fulfilments.iter().filter(|goods| is_told(order, goods)).map(|goods| made(tr, order, goods, asks)).collect();
        (!made.is_empty()).then_some(made)
    };
    let forms = move || {
        let one = |needed: &Needed| {
            let partners = (!needed.offers.is_empty()).then(|| buy(tr, needed, asks));
            view! {
                {partners}
                {outside(tr, needed, asks)}
            }
        };
        open.get().iter().map(one).collect_view()
    };
    let named = Memo::new(move |_| page.order.read().as_ref().map(naming).unwrap_or_default());
    let numbers = move || named.get().iter().map(|naming| name(tr, naming, asks)).collect_view();
    let any = Memo::new(move |_| {
        let order = page.order.read();
        order.as_ref().is_some_and(|order| order.chair != Chair::Buyer && order.fulfilments.iter().any(|goods| is_told(order, goods)))
    });
    view! {
        <Show when=move || any.get()>
            <Card title=tr.t("order.sources.title") icon="boxes">
                <div class="stack">{rows} {numbers} {forms}</div>
            </Card>
        </Show>
    }
    .into_any()
}

/// Whether there is something to say of where units come from: while it is decided, or which they are can be said, and afterwards
/// unless all was here.
fn is_told(order: &OrderView, goods: &FulfilmentView) -> bool {
    let making = matches!(goods.state, FulfilmentState::Preparing | FulfilmentState::PurchaseOrdered) || may_name(order, goods);
    making || !goods.named.is_empty() || goods.sources.iter().any(|source| source.bought.is_some() || source.receipt.is_some())
}

/// What has been decided for some goods.
fn made(tr: Tr, order: &OrderView, goods: &FulfilmentView, asks: Asks) -> AnyView {
    let title = |line: LineId| order.lines.iter().find(|known| known.id == line).map(|line| tr.of(&line.title)).unwrap_or_default();
    let units = |n: u32| tr.with("order.units", &[("n", &n.to_string())]);
    let own = goods.warehouse.clone().unwrap_or_default();
    let live = order.chair == Chair::Seller
        && matches!(goods.state, FulfilmentState::Preparing | FulfilmentState::PurchaseOrdered | FulfilmentState::PurchaseCompleted);
    let found = goods
        .sources
        .iter()
        .map(|source| {
            let about = match (&source.bought, &source.receipt) {
                (Some(bought), _) => bought_row(tr, bought, source.quantity, asks),
                (None, Some(receipt)) => receipt_row(tr, order, receipt, goods.outbound_requested_at.is_none() && live, asks),
                (None, None) => own_row(tr, &own),
            };
            view! {
                <li class="source">
                    <span class="source-units">{units(source.quantity)}</span>
                    {about}
                </li>
            }
        })
        .collect_view();
    let missing = goods
        .unsourced
        .iter()
        .map(|gone| {
            // What was sold to order is to be bought; the rest somebody failed to bring.
            let to_buy: u32 = goods.to_buy.iter().filter(|units| units.line == gone.line).map(|units| units.quantity).sum();
            let note = |n: u32, key: &str, tone, icon: &'static str| {
                let text = tr.with(&format!("order.sources.{key}"), &[("title", &title(gone.line)), ("n", &n.to_string())]);
                let about = tr.t(&format!("order.sources.{key}_text"));
                (n > 0).then(|| {
                    view! {
                        <Notice tone=tone title=text icon=icon>
                            <p>{about}</p>
                        </Notice>
                    }
                })
            };
            (
                note(to_buy, "to_buy", Tone::Waiting, "store"),
                note(gone.quantity.get().saturating_sub(to_buy), "unsourced", Tone::Trouble, "hourglass"),
            )
        })
        .collect_view();
    let undecided: u32 = goods
        .lines
        .iter()
        .map(|(line, units)| {
            let found: u32 = goods.sources.iter().filter(|source| source.line == *line).map(|source| source.quantity).sum();
            let gone: u32 = goods.unsourced.iter().filter(|gone| gone.line == *line).map(|gone| gone.quantity.get()).sum();
            units.saturating_sub(found + gone)
        })
        .sum();
    let open = (undecided > 0).then(|| view! { <p class="soft">{tr.with("order.sources.undecided", &[("n", &undecided.to_string())])}</p> });
    let serials = (!goods.named.is_empty()).then(|| {
        let serials = goods.named.iter().map(|unit| unit.serial.to_string()).collect::<Vec<_>>().join(", ");
        view! {
            <p class="source-serials">
                <Icon name="scan" />
                <span>{tr.t("order.sources.name.known")} " " <span class="mono">{serials}</span></span>
            </p>
        }
    });
    view! {
        <div class="stack stack-s">
            <ul class="source-list">{found}</ul>
            {serials}
            {open}
            {missing}
        </div>
    }
    .into_any()
}

fn own_row(tr: Tr, warehouse: &Words) -> AnyView {
    view! {
        <span class="source-who">
            <Icon name="warehouse" />
            {tr.with("order.sources.own", &[("warehouse", &tr.of(warehouse))])}
        </span>
    }
    .into_any()
}

/// What was bought outside the chain, and the way back from a mistake.
fn receipt_row(tr: Tr, order: &OrderView, receipt: &ReceiptView, may_void: bool, asks: Asks) -> AnyView {
    let number = order.number.as_str();
    let photos = photo_row(tr, number, ("site-photos", "order.receipt.photo"), &receipt.photos);
    let bring = (order.chair == Chair::Seller && receipt.photos.len() < ReceiptView::PHOTOS).then(|| bring_paper(tr, number, receipt.id));
    let order = order.id;
    let about = receipt.receipt.as_ref().map(|kept| {
        let text = [kept.business_number.to_string(), tr.won(kept.amount), kept.on.to_string()].join(" · ");
        let seller = kept.seller.to_string();
        view! { <span>{seller} " " <span class="soft">{text}</span></span> }
    });
    let id = receipt.id.to_string();
    let void = may_void.then(|| {
        let busy = Signal::from(asks.void_receipt.pending());
        view! {
            <Confirm label=tr.t("order.receipt.void.label") kind=ButtonKind::Quiet title=tr.t("order.receipt.void.title")>
                <p>{tr.t("order.receipt.void.text")}</p>
                <ActionForm action=asks.void_receipt>
                    <input type="hidden" name="order" value=order.to_string() />
                    <input type="hidden" name="receipt" value=id />
                    <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=busy>
                        {tr.t("order.receipt.void.do")}
                    </Button>
                </ActionForm>
            </Confirm>
        }
    });
    view! {
        <span class="source-who">
            <Icon name="receipt" />
            {about}
        </span>
        <StatusBadge tone=Tone::Done label=tr.t("order.receipt.here") icon="package-check" />
        {void}
        <div class="source-papers">{photos} {bring}</div>
    }
    .into_any()
}

/// One more picture of a receipt. A plain form, because it carries a file.
fn bring_paper(tr: Tr, number: &str, receipt: ReceiptId) -> AnyView {
    let (sending, set_sending) = signal(false);
    let word = move || tr.t(if sending.get() { "picture.sending" } else { "order.receipt.photo_send" });
    let (way, id) = (format!("/uploads/receipt/{number}/{receipt}"), format!("receipt-photo-{receipt}"));
    view! {
        <details class="source-outside">
            <summary>{tr.t("order.receipt.photo_open")}</summary>
            <form method="post" action=way enctype="multipart/form-data" class="form" on:submit=move |_| set_sending.set(true)>
                <div class="field">
                    <label class="field-label" for=id.clone()>
                        {tr.t("order.receipt.photo_label")}
                    </label>
                    <input id=id class="input" type="file" name="picture" accept="image/*" required />
                </div>
                <div aria-live="polite">
                    <Button icon="camera" disabled=sending>
                        {word}
                    </Button>
                </div>
            </form>
        </details>
    }
    .into_any()
}

/// What was bought of a partner, how far it is, and the button that counts it in.
fn bought_row(tr: Tr, bought: &BoughtView, units: u32, asks: Asks) -> AnyView {
    let busy = Signal::from(asks.give.pending());
    let receive = (bought.stage == ChildStage::Delivered).then(|| {
        let id = bought.order.to_string();
        view! {
            <ActionForm action=asks.give>
                <input type="hidden" name="order" value=id />
                <input type="hidden" name="command" value="confirm-purchase" />
                <Button kind=ButtonKind::Primary icon="package-check" disabled=busy>
                    {tr.t("purchase.command.confirm-purchase")}
                </Button>
            </ActionForm>
        }
    });
    let state = if bought.stage == ChildStage::Received && !bought.drop_ship {
        view! { <StatusBadge tone=Tone::Done label=tr.t("order.sources.received") icon="package-check" /> }.into_any()
    } else {
        status_badge(tr, bought.status, false, false)
    };
    view! {
        <span class="source-who">
            <Icon name="store" />
            <span>
                <a href=format!("/desk/orders/{}", bought.number)>{tr.of(&bought.seller_name)}</a>
                " "
                <span class="soft nowrap">{tr.won(bought.unit_price)} " × " {units}</span>
            </span>
        </span>
        {bought.drop_ship.then(|| view! { <span class="tag">{tr.t("order.sources.drop_ship")}</span> })}
        {state}
        {receive}
    }
    .into_any()
}

/// Which units go: a box for the number of each.
fn name(tr: Tr, naming: &Naming, asks: Asks) -> AnyView {
    let busy = Signal::from(asks.name_units.pending());
    let (id, goods) = (naming.order.to_string(), naming.goods.to_string());
    let several = naming.units.len() > 1;
    let boxes = naming.units.iter().enumerate().map(|(nth, (title, known))| {
        let key = if several { "order.sources.name.one_of" } else { "order.sources.name.one" };
        let label = tr.with(key, &[("title", &tr.of(title)), ("n", &(nth + 1).to_string())]);
        Numbered { label, id: format!("name-{goods}-{nth}"), value: known.as_ref().map(ToString::to_string).unwrap_or_default() }
    });
    let fields = serial_fields(tr, boxes.collect(), "order.sources.name.hint", false);
    let known = naming.units.iter().any(|(_, known)| known.is_some());
    let open = tr.t(if known { "order.sources.name.again" } else { "order.sources.name.open" });
    view! {
        <details class="source-outside">
            <summary>{open}</summary>
            <ActionForm action=asks.name_units attr:class="form">
                <p class="soft">{tr.t("order.sources.name.text")}</p>
                <input type="hidden" name="order" value=id />
                <input type="hidden" name="fulfilment" value=goods.clone() />
                {fields}
                <div>
                    <Button icon="scan" disabled=busy>
                        {tr.t("order.sources.name.do")}
                    </Button>
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}

/// Units that somebody fetched from outside the chain, with what has to be kept of it.
fn outside(tr: Tr, needed: &Needed, asks: Asks) -> AnyView {
    let busy = Signal::from(asks.record_receipt.pending());
    let choices = (1..=needed.left).rev().map(|n| Choice::new(n.to_string(), tr.with("order.units", &[("n", &n.to_string())]))).collect();
    let (id, goods, line, today) = (needed.order.to_string(), needed.goods.to_string(), needed.line.to_string(), needed.today.to_string());
    view! {
        <details class="source-outside">
            <summary>{tr.with("order.receipt.open", &[("title", &tr.of(&needed.title))])}</summary>
            <ActionForm action=asks.record_receipt attr:class="form">
                <p class="soft">{tr.t("order.receipt.text")}</p>
                <input type="hidden" name="order" value=id />
                <input type="hidden" name="fulfilment" value=goods />
                <input type="hidden" name="line" value=line.clone() />
                <div class="grid-2">
                    <Field label=tr.t("order.receipt.seller") name="seller_name" id=format!("receipt-seller-{line}") maxlength=60_u32 required=true />
                    <Field
                        label=tr.t("order.receipt.business_number")
                        name="business_number"
                        id=format!("receipt-number-{line}")
                        inputmode="numeric"
                        placeholder="000-00-00000"
                        maxlength=16_u32
                        required=true
                    />
                    <Field
                        label=tr.t("order.receipt.amount")
                        name="amount"
                        id=format!("receipt-amount-{line}")
                        r#type="number"
                        inputmode="numeric"
                        min="1"
                        required=true
                    />
                    <Field
                        label=tr.t("order.receipt.on")
                        name="on"
                        id=format!("receipt-on-{line}")
                        r#type="date"
                        value=today.clone()
                        max=today
                        required=true
                    />
                </div>
                <div class="source-send">
                    <Select label=tr.t("order.receipt.units") name="quantity" id=format!("receipt-units-{line}") choices=choices required=true />
                    <Button icon="package-check" disabled=busy>
                        {tr.t("order.receipt.do")}
                    </Button>
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}

/// Partners side by side, and how many to buy.
fn buy(tr: Tr, needed: &Needed, asks: Asks) -> AnyView {
    let busy = Signal::from(asks.buy.pending());
    let first = needed.offers.iter().position(|offer| offer.available >= offer.least && needed.left >= offer.least);
    let cards = needed
        .offers
        .iter()
        .enumerate()
        .map(|(index, offer)| {
            let price = offer.price_of(needed.left.max(offer.least));
            let gain = needed.sold_at - price;
            let record = if offer.done + offer.failed == 0 {
                tr.t("order.sources.no_record")
            } else {
                let days = format!("{:.1}", offer.took.as_seconds() as f64 / 86_400.0);
                tr.with("order.sources.record", &[("done", &offer.done.to_string()), ("failed", &offer.failed.to_string()), ("days", &days)])
            };
            let least = (offer.least > 1).then(|| tr.with("order.sources.least", &[("n", &offer.least.to_string())]));
            let facts = [
                Some(tr.with("order.sources.stock", &[("n", &offer.available.to_string())])),
                Some(tr.with("order.sources.lead", &[("n", &offer.lead_days.to_string())])),
                least,
                Some(record),
            ];
            let text = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let lang = tr.0.code();
            let margin = tr.with("order.sources.margin", &[("amount", &tr.won(gain))]);
            let aside = move || {
                view! {
                    <Won amount=price.0 lang=lang />
                    <span class="source-margin">{margin.clone()}</span>
                }
            };
            let possible = offer.available >= offer.least && needed.left >= offer.least;
            view! {
                <RadioCard
                    name="variant"
                    value=offer.variant.to_string()
                    title=tr.of(&offer.seller_name)
                    text=text
                    icon="store"
                    aside=aside
                    checked=Some(index) == first
                    disabled=!possible
                    required=true
                />
            }
        })
        .collect_view();
    let choices = (1..=needed.left).rev().map(|n| Choice::new(n.to_string(), tr.with("order.units", &[("n", &n.to_string())]))).collect();
    let (id, goods, line) = (needed.order.to_string(), needed.goods.to_string(), needed.line.to_string());
    let ship_to = needed.parcel.then(|| {
        let choices = ["warehouse", "customer"].map(|to| Choice::new(to, tr.t(&format!("order.sources.buy.to.{to}")))).into();
        view! { <Select label=tr.t("order.sources.buy.ship_to") name="ship_to" id=format!("buy-to-{line}") choices=choices required=true /> }
    });
    view! {
        <ActionForm action=asks.buy attr:class="form source-buy">
            <h3 class="gap-more">{tr.t("order.sources.buy.title")}</h3>
            <input type="hidden" name="order" value=id />
            <input type="hidden" name="fulfilment" value=goods />
            <input type="hidden" name="line" value=line.clone() />
            <div class="radio-cards" role="radiogroup" aria-label=tr.t("order.sources.buy.title")>
                {cards}
            </div>
            <div class="source-send">
                <Select label=tr.t("order.sources.buy.units") name="quantity" id=format!("buy-{line}") choices=choices required=true />
                {ship_to}
                <Button kind=ButtonKind::Primary icon="send" disabled=busy>
                    {tr.t("order.sources.buy.do")}
                </Button>
            </div>
        </ActionForm>
    }
    .into_any()
}
