//! Returns as people see them.

use super::{Around, OrderView, StandIn};
use crate::{
    actor::Chair,
    ids::{AccountId, ClaimId, FulfilmentId, LineId, OrderId, OrderNumber, PartyId, VariantId},
    money::Won,
    order::{
        ChildStage, Claim, ClaimWay, CollectionState, ExchangeWay, Fault, Fulfilment, Kind, LineUnits, Order, PassedOn, RejectReason, ReturnReason,
        ReturnState, TakenDown, Visit,
    },
    policy::Policy,
    pricing::Amounts,
    quantity::Quantity,
    text::{SerialNumber, Words},
    time::{Date, Time},
};
use serde::{Deserialize, Serialize};

/// What somebody said about a return.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimNoteView {
    /// In which chair.
    pub chair: Chair,
    /// What.
    pub text: String,
    /// When.
    pub at: Time,
}

/// The fetching of goods that come back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CollectionView {
    /// The number of the collection order.
    pub number: OrderNumber,
    /// Where it stands.
    pub state: CollectionState,
    /// Not before this day.
    pub on: Date,
    /// The carrier's number.
    pub tracking: Option<String>,
    /// Who takes the goods down, once he has said when; a carrier fetches them otherwise.
    pub who: Option<String>,
    /// His phone, until a day after it is done.
    pub phone: Option<String>,
    /// When he comes.
    pub visit: Option<Visit>,
    /// What he saw of them; only the seller and the chain see it.
    pub seen: Option<TakenDown>,
    /// How often nobody gave the goods.
    pub failures: u32,
}

/// What comes in the place of goods.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExchangeView {
    /// What the buyer would like, or gets.
    pub variant: VariantId,
    /// The product's name.
    pub title: Words,
    /// The option's name.
    pub option: Words,
    /// It is the same again.
    pub same: bool,
    /// What was agreed to.
    pub way: Option<ExchangeWay>,
    /// What it costs more, fee and all; negative when it costs less. Nothing is known of what is not on offer any more.
    pub due: Option<Won>,
    /// The order that brings it.
    pub replacement: Option<OrderNumber>,
    /// How far that is.
    pub stage: Option<ChildStage>,
    /// Nothing came of it: the money goes back instead.
    pub failed: bool,
    /// What else could come, and what a unit of it costs more, while that is open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<(StandIn, Won)>,
}

impl ExchangeView {
    fn of(claim: &Claim, order: &Order, around: &Around, policy: &Policy) -> Option<Self> {
        let exchange = claim.exchange.as_ref()?;
        let units = claim.units.first().copied();
        let line = exchange.terms.as_ref().map(|terms| &terms.line);
        let own = units.and_then(|units| order.line(units.line)).filter(|own| own.variant == exchange.wanted);
        let fee = order.fulfilment(claim.fulfilment).map_or(Won::ZERO, |goods| order.exchange_fee(claim.reason, goods, policy));
        let other = around.others.iter().flat_map(|(_, others)| others).find(|other| other.variant == exchange.wanted);
        let named = line.map(|line| (&line.title, &line.option)).or(own.map(|own| (&own.title, &own.option)));
        let (title, option) = named.or(other.map(|other| (&other.title, &other.option))).map(|(title, option)| (title.clone(), option.clone()))?;
        let due = match (&exchange.terms, own, other) {
            (Some(terms), _, _) => Some(terms.due()),
            (None, Some(_), _) => Some(fee),
            (None, None, Some(other)) => units.and_then(|units| order.dearer_by(units, other.unit_price)).map(|dearer| dearer + fee),
            (None, None, None) => None,
        };
        let replacement = around.tree.iter().map(|(node, _)| node).find(|node| exchange.replacement == Some(node.id));
        Some(Self {
            variant: line.map_or_else(|| exchange.wanted.clone(), |line| line.variant.clone()),
            title,
            option,
            same: own.is_some(),
            way: exchange.terms.as_ref().map(|terms| terms.way),
            due,
            replacement: replacement.map(|node| node.number.clone()),
            stage: exchange.stage,
            failed: exchange.failed,
            others: units.map(|units| others(order, units.line, around)).unwrap_or_default(),
        })
    }
}

/// What could come for a unit of a line, and what it costs more.
fn others(order: &Order, line: LineId, around: &Around) -> Vec<(StandIn, Won)> {
    let one = LineUnits { line, quantity: Quantity::ONE };
    let known = around.others.iter().find(|(of, _)| *of == line).map(|(_, others)| others.as_slice()).unwrap_or_default();
    known.iter().filter_map(|other| Some((other.clone(), order.dearer_by(one, other.unit_price)?))).collect()
}

impl Exchangeable {
    /// What can come for each line of these goods, if anything can.
    pub(super) fn of(order: &Order, goods: &Fulfilment, around: &Around, now: Time) -> Vec<Self> {
        if order.allows("request-exchange", Some(goods.id), now).is_err() {
            return Vec::new();
        }
        let lines = goods.lines.iter().filter_map(|planned| order.line(planned.line));
        lines.map(|line| Self { line: line.id, same: line.variant.clone(), others: others(order, line.id, around) }).collect()
    }
}

/// What a store asks a partner to take back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PassedOnView {
    /// The purchase that brought it.
    pub number: OrderNumber,
    /// The partner.
    pub seller_name: Words,
    /// Units.
    pub quantity: u32,
    /// Where its return there stands.
    pub state: ReturnState,
}

/// Goods that come back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimView {
    /// Its identity.
    pub id: ClaimId,
    /// The goods.
    pub fulfilment: FulfilmentId,
    /// Where it stands.
    pub state: ReturnState,
    /// Money, or other goods.
    pub way: ClaimWay,
    /// Why they come back.
    pub reason: ReturnReason,
    /// Whose doing that is.
    pub fault: Fault,
    /// Which and how many.
    pub units: Vec<LineUnits>,
    /// When it was opened.
    pub requested_at: Time,
    /// The day the buyer would like them fetched.
    pub pickup_on: Option<Date>,
    /// The day he says he found what is wrong.
    pub found_on: Option<Date>,
    /// Photos that show why: hashes.
    pub photos: Vec<String>,
    /// What was said about it.
    pub notes: Vec<ClaimNoteView>,
    /// Since when the buyer owes an answer.
    pub asked_at: Option<Time>,
    /// Why it was not approved.
    pub rejected: Option<RejectReason>,
    /// How they are fetched.
    pub collection: Option<CollectionView>,
    /// Whether they can be sold again.
    pub restocked: Option<bool>,
    /// Why the seller would not pay back for what came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputed: Option<RejectReason>,
    /// The buyer keeps them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waived: bool,
    /// The numbers on what came back; only the seller and the chain see them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNumber>,
    /// Units whose numbers are read when they are back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub units_read: u32,
    /// What goes back for it, won by won, while that is not decided for good.
    pub worth: Option<Amounts>,
    /// What that comes to in money, or what went back.
    pub back: Won,
    /// The end of the day that the money is due by.
    pub pay_by: Option<Time>,
    /// What comes in their place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ExchangeView>,
    /// The partners who are asked to take them back; only the seller and the chain see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_on: Vec<PassedOnView>,
    /// The order that the goods of a purchase came back to; its seller does not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<OrderNumber>,
    /// Nobody takes them back: the store that bought them has to put them away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub set_apart: bool,
    /// Whether those can be sold again, once it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_away: Option<bool>,
    /// When goods and money were where they belong.
    pub closed_at: Option<Time>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl ClaimView {
    pub(super) fn of(claim: &Claim, order: &Order, chair: Chair, around: &Around, policy: &Policy) -> Self {
        let (buys, inside) = (chair != Chair::Seller, chair != Chair::Buyer);
        let above = order.parent.filter(|_| claim.above.is_some() && buys);
        let undecided = claim.is_open() && claim.state != ReturnState::Refunding;
        let goods = order.fulfilment(claim.fulfilment).filter(|_| undecided);
        let collection = around.tree.iter().find(|(node, _)| claim.collection == Some(node.id));
        let fetched = |(node, who): &(Order, Words)| {
            let pickup = node.pickup.as_ref()?;
            let known = pickup.collects.by_installer && (inside || pickup.visit.is_some());
            let phone = around.fetchers.iter().find(|(of, _)| *of == node.id).map(|(_, phone)| phone.clone());
            Some(CollectionView {
                number: node.number.clone(),
                state: pickup.state,
                on: pickup.collects.on,
                tracking: pickup.tracking.clone().filter(|tracking| !tracking.is_empty()),
                who: known.then(|| who.ko.clone()),
                phone: phone.filter(|_| known),
                visit: pickup.visit,
                seen: pickup.seen.clone().filter(|_| inside),
                failures: pickup.failures,
            })
        };
        Self {
            id: claim.id,
            fulfilment: claim.fulfilment,
            state: claim.state,
            way: claim.way(),
            reason: claim.reason,
            // Who pays for a visit in vain had a part in it.
            fault: if claim.call_out > Won::ZERO { Fault::Buyer } else { claim.reason.fault() },
            units: claim.units.clone(),
            requested_at: claim.requested_at,
            pickup_on: claim.pickup_on,
            found_on: claim.found_on,
            photos: claim.photos.clone(),
            notes: around.claim_notes.iter().filter(|(of, _)| *of == claim.id).map(|(_, note)| note.clone()).collect(),
            asked_at: claim.asked_at,
            rejected: claim.rejected,
            collection: collection.and_then(fetched),
            restocked: claim.restocked,
            disputed: claim.disputed,
            waived: claim.waived,
            serials: if inside { claim.serials.clone() } else { Vec::new() },
            units_read: order.units_read(claim),
            exchange: ExchangeView::of(claim, order, around, policy),
            passed_on: if inside { passed_on(claim, around) } else { Vec::new() },
            above: around.tree.iter().map(|(node, _)| node).find(|node| Some(node.id) == above).map(|node| node.number.clone()),
            set_apart: buys && order.is_set_apart(claim),
            put_away: claim.put_away.filter(|_| buys),
            worth: goods.filter(|_| claim.exchanges().is_none()).map(|goods| order.worth_of_claim(claim, goods, policy)),
            back: order.claim_amount(claim, policy),
            pay_by: order.refund_due(claim, policy),
            closed_at: claim.closed_at,
        }
    }
}

/// The partners who are asked to take goods back, and what each says.
fn passed_on(claim: &Claim, around: &Around) -> Vec<PassedOnView> {
    let part = |part: &PassedOn| {
        let (node, seller) = around.tree.iter().find(|(node, _)| node.id == part.order)?;
        let there = node.claims.iter().rev().find(|there| there.above == Some(claim.id))?;
        let quantity = part.units.quantity.get();
        Some(PassedOnView { number: node.number.clone(), seller_name: seller.clone(), quantity, state: there.state })
    };
    claim.passed_on.iter().filter_map(part).collect()
}

/// A return in a queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClaimRow {
    /// Its identity.
    pub id: ClaimId,
    /// The order.
    pub order: OrderId,
    /// The order's number.
    pub number: OrderNumber,
    /// What kind of order: between stores the money is only owed.
    pub kind: Kind,
    /// Who sold.
    pub seller_name: Words,
    /// Who bought.
    pub buyer_name: String,
    /// Names and units of the goods.
    pub goods: Vec<(Words, u32)>,
    /// Where it stands.
    pub state: ReturnState,
    /// Money, or other goods.
    pub way: ClaimWay,
    /// Why they come back.
    pub reason: ReturnReason,
    /// Whose doing that is.
    pub fault: Fault,
    /// What went back or would, in won.
    pub amount: Won,
    /// Photos that show why: hashes.
    pub photos: Vec<String>,
    /// When it was opened.
    pub requested_at: Time,
    /// When it last moved.
    pub moved_at: Time,
    /// Since when the buyer owes an answer.
    pub asked_at: Option<Time>,
    /// The end of the day that the money is due by, once the goods are back.
    pub pay_by: Option<Time>,
    /// Who looks after it, of the side that looks.
    pub keeper: Option<Keeper>,
    /// Whether there is nothing to judge, so that it can be agreed to with others at once.
    pub plain: bool,
    /// Units whose numbers are read when they are back.
    pub units_read: u32,
    /// What whoever looks can say about it now, by the names of the commands.
    pub offers: Vec<String>,
}

/// Somebody of one's own side.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Keeper {
    /// His account.
    pub account: AccountId,
    /// His name.
    pub name: String,
}

/// What is looked for in the queue of returns. What is empty or cannot be read is not asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct ClaimQuery {
    /// At this state; `asked` when the buyer owes an answer, `over` when nothing is to be done any more. Everything that is open
    /// where nothing is said.
    pub state: Option<String>,
    /// In the order's number, products and the buyer's name.
    pub q: Option<String>,
    /// Sent back for this reason.
    pub reason: Option<String>,
    /// Whose fault it is.
    pub fault: Option<String>,
    /// Sold by this store.
    pub seller: Option<String>,
    /// Asked for so many days ago or longer.
    pub days: Option<String>,
    /// Worth so many won or more.
    pub least: Option<String>,
    /// Worth so many won or less.
    pub most: Option<String>,
    /// `on`: those that the reader looks after.
    pub mine: Option<String>,
    /// Where the page begins, as the page before said it.
    pub cursor: Option<String>,
}

impl ClaimQuery {
    /// What is asked for, by the names of the fields; where a page begins is no part of it.
    pub fn asked(&self) -> Vec<(&'static str, &str)> {
        let fields = [
            ("state", &self.state),
            ("q", &self.q),
            ("reason", &self.reason),
            ("fault", &self.fault),
            ("seller", &self.seller),
            ("days", &self.days),
            ("least", &self.least),
            ("most", &self.most),
            ("mine", &self.mine),
        ];
        let trimmed = fields.into_iter().map(|(name, text)| (name, text.as_deref().unwrap_or_default().trim()));
        trimmed.filter(|(_, text)| !text.is_empty()).collect()
    }
}

/// What somebody looks for again and again, under a name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClaimFilter {
    /// Its row.
    pub id: String,
    /// What he called it.
    pub name: String,
    /// What is looked for.
    pub query: ClaimQuery,
}

/// Returns of a store, or of every store.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ClaimsView {
    /// Those that were asked for.
    pub rows: Vec<ClaimRow>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How many open ones stand where.
    pub counts: Vec<(ReturnState, u32)>,
    /// About how many the buyer owes an answer.
    pub asked: u32,
    /// What the reader keeps under names.
    pub filters: Vec<ClaimFilter>,
    /// Stores that have returns, for head office.
    pub sellers: Vec<(PartyId, Words)>,
    /// From how much on a second person has to agree, in won.
    pub approval_from: Won,
    /// Now, for ages.
    pub now: Time,
}

/// What can come in the place of one unit of a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Exchangeable {
    /// The line.
    pub line: LineId,
    /// The same again.
    pub same: VariantId,
    /// Other goods, and what one costs more; negative when it costs less.
    pub others: Vec<(StandIn, Won)>,
}

/// What somebody of one's own side said about a return.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClaimComment {
    /// Who.
    pub by: Keeper,
    /// What.
    pub text: String,
    /// When.
    pub at: Time,
}

/// What a buyer did in a year, as far as whoever looks may know: a store what he bought of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct BuyerRecord {
    /// Orders that were paid for.
    pub orders: u32,
    /// Orders of which something came back, or is to.
    pub sent_back: u32,
    /// Returns that he asked for.
    pub returns: u32,
    /// Those that were turned down.
    pub rejected: u32,
    /// What he was paid back for them, in won.
    pub paid_back: Won,
}

/// What a store did with returns in a year.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SellerRecord {
    /// Returns that buyers asked for.
    pub returns: u32,
    /// Those that it, or head office, turned down.
    pub rejected: u32,
    /// Those that it bears itself.
    pub its_fault: u32,
    /// Those that are open.
    pub open: u32,
}

/// A return with everything that helps to decide about it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClaimPage {
    /// Which.
    pub id: ClaimId,
    /// The order, from the chair of whoever looks.
    pub order: OrderView,
    /// Whoever looks.
    pub me: AccountId,
    /// Who looks after it.
    pub keeper: Option<Keeper>,
    /// Who else could.
    pub colleagues: Vec<Keeper>,
    /// What one's own side says about it.
    pub comments: Vec<ClaimComment>,
    /// What its buyer did in the last year.
    pub buyer: BuyerRecord,
    /// What its seller did in the last year.
    pub seller: SellerRecord,
    /// Other returns of the buyer, the newest first.
    pub others: Vec<ClaimRow>,
    /// From how much on a second person has to agree, in won.
    pub approval_from: Won,
}

/// What a buyer can send back, and what he brought to show why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Returnable {
    /// The goods.
    pub fulfilment: FulfilmentId,
    /// Until when for no reason, once the buyer has them.
    pub until: Option<Time>,
    /// Until when for a fault of the seller's.
    pub fault_until: Option<Time>,
    /// Whether they have left: then they are fetched.
    pub fetched: bool,
    /// What he can have instead, of each line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exchanges: Vec<Exchangeable>,
    /// What an exchange costs him when he changes his mind.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub exchange_fee: Won,
    /// What he keeps the chain from giving back when he changes his mind about all of it: both ways.
    pub fee: Won,
}
