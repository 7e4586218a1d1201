//! The buttons of an order page.

use super::live::Asks;
use crate::{
    api::orders::LINE,
    components::{Button, ButtonKind, Choice, Confirm, Facts, Field, LinkButton, Select, Tone},
    i18n::Tr,
};
use jumun::{
    ids::{FulfilmentId, LineId, OrderId, OrderNumber},
    money,
    order::{Claim, EndCost, Kind, Offer, Review, SellerReason},
    text::Words,
    time::Time,
    view::{Ending, OrderView},
};
use leptos::prelude::*;

/// Goods that leave together, as far as their buttons need them.
#[derive(Clone, PartialEq, Eq)]
struct Goods {
    id: FulfilmentId,
    /// The warehouse has been asked to send them and has not yet.
    at_warehouse: bool,
    /// Line, product, units.
    lines: Vec<(LineId, Words, u32)>,
}

/// What the buttons of an order page depend on. While it stays the same they stay in place.
#[derive(Clone, PartialEq, Eq)]
pub struct Orderable {
    id: OrderId,
    kind: Kind,
    number: OrderNumber,
    /// Every line: product and units that are still ordered.
    ordered: Vec<(LineId, Words, u32)>,
    offers: Vec<Offer>,
    back: money::Won,
    penalty: money::Won,
    confirm_by: Option<Time>,
    /// All goods leave together: their buttons stand at the head of the page.
    together: bool,
    goods: Vec<Goods>,
    /// What ends with it.
    ends: Vec<Ending>,
}

impl Orderable {
    /// What is in these goods.
    fn lines_of(&self, goods: FulfilmentId) -> Vec<(LineId, Words, u32)> {
        self.goods.iter().find(|known| known.id == goods).map(|known| known.lines.clone()).unwrap_or_default()
    }

    /// Of an order.
    pub fn of(order: &OrderView) -> Self {
        // These have forms of their own; a buyer who is asked about missing units ends the order there.
        let asked = order.offers.iter().any(|offer| offer.command == "choose-shortage");
        let elsewhere = |offer: &&Offer| match offer.command.as_str() {
            "choose-shortage"
            | "substitute"
            | "propose-substitute"
            | "drop-change"
            | "cancel-lines"
            | "change-address"
            | "fix-address"
            | "redeliver"
            | "buy-from-partner"
            | "name-units"
            | "record-receipt"
            | "assign-installer"
            | "assign-pickup"
            | "schedule-pickup"
            | "complete-pickup"
            | "report-not-given"
            | "decline-pickup"
            | "unassign-installer"
            | "wish-visit"
            | "approve-extra"
            | "refuse-extra"
            | "give-refund-account"
            | "request-return"
            | "request-exchange"
            | "refund-goodwill"
            | "approve-goodwill"
            | "reject-goodwill" => false,
            "write-review" => false,
            about if Claim::COMMANDS.contains(&about) || Review::COMMANDS.contains(&about) => false,
            "cancel" => !asked,
            // A difference is paid where it is told.
            "request-payment" => order.difference.is_none(),
            _ => true,
        };
        let named = |(id, units): &(LineId, u32)| {
            let line = order.lines.iter().find(|line| line.id == *id)?;
            Some((*id, line.title.clone(), *units))
        };
        let goods = order.fulfilments.iter().map(|goods| Goods {
            id: goods.id,
            at_warehouse: goods.outbound_requested_at.is_some() && goods.shipped_at.is_none(),
            lines: goods.lines.iter().filter_map(named).collect(),
        });
        Self {
            goods: goods.collect(),
            ends: order.ends.clone(),
            id: order.id,
            kind: order.kind,
            ordered: order.lines.iter().map(|line| (line.id, line.title.clone(), line.quantity.saturating_sub(line.cancelled))).collect(),
            number: order.number.clone(),
            offers: order.offers.iter().filter(elsewhere).cloned().collect(),
            back: order.paid - order.refunds.iter().map(|refund| refund.amount).sum(),
            penalty: order.penalty,
            confirm_by: order.confirm_by,
            together: order.fulfilments.len() < 2,
        }
    }

    /// Whether there are buttons at the head of the page.
    pub fn has_buttons(&self) -> bool {
        self.offers_for(None).next().is_some()
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
        "undo-allocation" => "undo",
        "release" => "send",
        "request-payment" => "credit-card",
        _ => "arrow-right",
    }
}

/// The buttons at the head of the page (`None`) or beside some goods. Harm is confirmed first and says what will happen.
pub fn actions(tr: Tr, order: &Orderable, fulfilment: Option<FulfilmentId>, asks: Asks) -> AnyView {
    let action = asks.give;
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
        let verb = verb(tr, order.kind, &offer.command);
        let kind = if index == 0 { ButtonKind::Primary } else { ButtonKind::Secondary };
        match offer.command.as_str() {
            "request-payment" => view! {
                <LinkButton href=format!("/pay/{}", order.number) kind=kind icon="credit-card" class="btn-wide">
                    {verb}
                </LinkButton>
            }
            .into_any(),
            "cancel" => {
                let back = tr.won(order.back - order.penalty);
                let paid = order.back > money::Won::ZERO;
                let money = if paid { "paid" } else { "unpaid" };
                let text = tr.with(&format!("order.cancel.buyer_{money}"), &[("amount", &back)]);
                let penalty = (order.penalty > money::Won::ZERO)
                    .then(|| view! { <p>{tr.with("order.cancel.penalty", &[("amount", &tr.won(order.penalty))])}</p> });
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
                        {penalty}
                        {form}
                    </Confirm>
                }
                .into_any()
            }
            "seller-cancel" => seller_cancel(tr, order, verb, asks),
            "accept-order" => {
                let button = view! {
                    <Button kind=kind icon="check" class=width disabled=busy>
                        {verb}
                    </Button>
                }
                .into_any();
                let form = form(offer, button);
                view! { <div class="stack stack-s">{form} {accept_some(tr, order, asks)}</div> }.into_any()
            }
            "split-fulfilment" => offer.fulfilment.map(|goods| split(tr, order, goods, verb, asks)).into_any(),
            "report-stock-loss" => offer.fulfilment.map(|goods| report_loss(tr, order, goods, verb, asks)).into_any(),
            "receive-back" => offer.fulfilment.map(|goods| receive_back(tr, order, goods, verb, asks)).into_any(),
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

/// What a button is called: the same commands have names of their own between stores.
fn verb(tr: Tr, kind: Kind, command: &str) -> String {
    match (kind, command) {
        (Kind::Purchase, "confirm-purchase" | "cancel" | "seller-cancel") => tr.t(&format!("purchase.command.{command}")),
        _ => tr.t(&format!("command.{command}")),
    }
}

/// Agrees to fewer units than were asked for.
fn accept_some(tr: Tr, order: &Orderable, asks: Asks) -> Option<AnyView> {
    let (line, title, units) = order.ordered.iter().find(|(.., units)| *units > 1)?.clone();
    let choices = (1..units).rev().map(|n| Choice::new(n.to_string(), tr.with("order.units", &[("n", &n.to_string())]))).collect();
    let busy = Signal::from(asks.accept.pending());
    let id = order.id.to_string();
    Some(
        view! {
            <Confirm
                label=tr.t("purchase.accept_some.label")
                kind=ButtonKind::Secondary
                icon="boxes"
                tone=Tone::Waiting
                title=tr.t("purchase.accept_some.title")
            >
                <p>{tr.t("purchase.accept_some.text")}</p>
                <ActionForm action=asks.accept attr:class="form">
                    <input type="hidden" name="order" value=id />
                    <Select label=tr.of(&title) name=format!("units[{LINE}{line}]") id="accept-units" choices=choices required=true />
                    <Button kind=ButtonKind::Primary class="btn-wide" disabled=busy>
                        {tr.t("purchase.accept_some.do")}
                    </Button>
                </ActionForm>
            </Confirm>
        }
        .into_any(),
    )
}

/// The seller ends the order: why, and what happens then.
fn seller_cancel(tr: Tr, order: &Orderable, verb: String, asks: Asks) -> AnyView {
    let money = if order.back > money::Won::ZERO { "paid" } else { "unpaid" };
    let text = tr.with(&format!("order.cancel.staff_{money}"), &[("amount", &tr.won(order.back))]);
    let stop = order.goods.iter().any(|goods| goods.at_warehouse).then(|| view! { <p>{tr.t("order.seller_cancel.warehouse")}</p> });
    let reasons =
        SellerReason::ALL.iter().map(move |reason| Choice::new(reason.slug(), tr.t(&format!("order.seller_cancel.reason.{}", reason.slug()))));
    let reasons: Vec<Choice> = reasons.collect();
    let busy = Signal::from(asks.seller_cancel.pending());
    let ends = endings(tr, &order.ends);
    let id = order.id.to_string();
    view! {
        <Confirm label=verb title=tr.t("order.cancel.title")>
            <p>{text}</p>
            {stop}
            {ends}
            <ActionForm action=asks.seller_cancel attr:class="form">
                <input type="hidden" name="order" value=id />
                <Select label=tr.t("field.reason") name="reason" choices=reasons required=true />
                <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=busy>
                    {tr.t("order.cancel.do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

/// What ends with the order, what that costs, and what it comes to.
fn endings(tr: Tr, ends: &[Ending]) -> Option<AnyView> {
    if ends.is_empty() {
        return None;
    }
    let row = |ending: &Ending| {
        let cost = match ending.cost {
            EndCost::Free => tr.t("order.ends.free"),
            EndCost::Fee(amount) => tr.with("order.ends.fee", &[("amount", &tr.won(amount))]),
            EndCost::Shipped => tr.t("order.ends.shipped"),
            EndCost::CallOut(amount) => tr.with("order.ends.call_out", &[("amount", &tr.won(amount))]),
        };
        let who = format!("{} · {}", tr.t(&format!("order.kind.{}", ending.kind.name())), tr.of(&ending.seller_name));
        (who, cost.into_any())
    };
    let total: money::Won = ends.iter().map(|ending| ending.cost.amount()).sum();
    let mut rows: Vec<(String, AnyView)> = ends.iter().map(row).collect();
    rows.push((tr.t("order.ends.total"), view! { <b>{tr.won(total)}</b> }.into_any()));
    Some(
        view! {
            <div class="stack stack-s">
                <p>{tr.t("order.ends.text")}</p>
                <Facts rows=rows />
            </div>
        }
        .into_any(),
    )
}

/// Why the order cannot be ended now, when what was ordered for it is on its way.
pub fn cannot_end(tr: Tr, order: &OrderView) -> Option<AnyView> {
    let under_way: Vec<String> = order.ends.iter().filter(|ending| !ending.cost.is_open()).map(|ending| tr.of(&ending.seller_name)).collect();
    let open = order.offers.iter().any(|offer| offer.command == "seller-cancel");
    (!open && !under_way.is_empty())
        .then(|| view! { <p class="soft">{tr.with("order.ends.under_way", &[("who", &under_way.join(", "))])}</p> }.into_any())
}

/// A part that goes by itself, at once or later.
fn split(tr: Tr, order: &Orderable, goods: FulfilmentId, verb: String, asks: Asks) -> AnyView {
    let lines = order.lines_of(goods);
    let fields = lines
        .into_iter()
        .map(|(line, title, units)| {
            let choices = (0..=units).map(|n| Choice::new(n.to_string(), tr.with("order.units", &[("n", &n.to_string())]))).collect();
            let (name, id) = (format!("units[{LINE}{line}]"), format!("split-{goods}-{line}"));
            view! { <Select label=tr.of(&title) name=name id=id choices=choices value="0" /> }
        })
        .collect_view();
    let busy = Signal::from(asks.split.pending());
    let id = order.id.to_string();
    view! {
        <Confirm label=verb kind=ButtonKind::Secondary icon="boxes" tone=Tone::Waiting title=tr.t("order.split.title")>
            <p>{tr.t("order.split.text")}</p>
            <ActionForm action=asks.split attr:class="form">
                <input type="hidden" name="order" value=id />
                <input type="hidden" name="fulfilment" value=goods.to_string() />
                {fields}
                <Button kind=ButtonKind::Primary class="btn-wide" disabled=busy>
                    {tr.t("order.split.do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

/// Fewer units are there than were promised: of what, and how many.
fn report_loss(tr: Tr, order: &Orderable, goods: FulfilmentId, verb: String, asks: Asks) -> AnyView {
    let lines = order.lines_of(goods);
    let most = lines.iter().map(|(.., units)| *units).max().unwrap_or(1);
    let named = |(id, title, units): &(LineId, Words, u32)| {
        Choice::new(id.to_string(), tr.with("order.loss.line", &[("title", &tr.of(title)), ("n", &units.to_string())]))
    };
    let choices = lines.iter().map(named).collect();
    let busy = Signal::from(asks.report_loss.pending());
    let id = order.id.to_string();
    view! {
        <Confirm label=verb kind=ButtonKind::Secondary icon="package" tone=Tone::Waiting title=tr.t("order.loss.title")>
            <p>{tr.t("order.loss.text")}</p>
            <ActionForm action=asks.report_loss attr:class="form">
                <input type="hidden" name="order" value=id />
                <input type="hidden" name="fulfilment" value=goods.to_string() />
                <Select label=tr.t("order.loss.what") name="line" id=format!("loss-line-{goods}") choices=choices required=true />
                <Field
                    label=tr.t("order.loss.units")
                    name="quantity"
                    id=format!("loss-units-{goods}")
                    r#type="number"
                    inputmode="numeric"
                    value="1"
                    min="1"
                    max=most.to_string()
                    required=true
                />
                <Button kind=ButtonKind::DangerSolid class="btn-wide" disabled=busy>
                    {tr.t("order.loss.do")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}

/// Undelivered goods are back: for the shelf, or for scrap. The buyer's money goes back either way.
fn receive_back(tr: Tr, order: &Orderable, goods: FulfilmentId, verb: String, asks: Asks) -> AnyView {
    let busy = Signal::from(asks.receive_back.pending());
    let id = order.id.to_string();
    view! {
        <Confirm label=verb kind=ButtonKind::Primary icon="undo" tone=Tone::Waiting title=tr.t("order.back.title")>
            <p>{tr.t("order.back.text")}</p>
            <ActionForm action=asks.receive_back attr:class="btn-row">
                <input type="hidden" name="order" value=id />
                <input type="hidden" name="fulfilment" value=goods.to_string() />
                <Button kind=ButtonKind::Primary icon="package-check" name="restock" value="1" disabled=busy>
                    {tr.t("order.back.restock")}
                </Button>
                <Button icon="trash" disabled=busy>
                    {tr.t("order.back.scrap")}
                </Button>
            </ActionForm>
        </Confirm>
    }
    .into_any()
}
