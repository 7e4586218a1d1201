//! An exchange: goods that come in the place of others, or beside them (01 §3 Claim). The sale keeps the money: units that are
//! exchanged hand their shares to a line of their own, which a Replacement order brings.

use super::{
    ChildStage, Claim, ClaimWay, Event, Facts, FulfilmentState, Kind, Line, LineUnits, Order, ReturnState, Status,
    event::{Placed, ReturnReason},
};
use crate::{
    ids::{LineId, OrderId, OrderNumber, VariantId},
    money::Won,
    pricing::{Amounts, Shares},
    stock::Piece,
};
use serde::{Deserialize, Serialize};

/// What a seller agrees to when goods shall be exchanged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeWay {
    /// The goods are fetched, and others come in their place.
    Swap,
    /// The buyer keeps what he has, and something more comes.
    Add,
}

impl ExchangeWay {
    /// Both.
    pub const ALL: &'static [Self] = &[Self::Swap, Self::Add];
    /// The name in forms and in the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Swap => "swap",
            Self::Add => "add",
        }
    }
    /// The way of a name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|way| way.slug() == slug)
    }
}

/// What was agreed to, frozen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExchangeTerms {
    /// What happens.
    pub way: ExchangeWay,
    /// What comes. It begins with the shares of what it comes for.
    pub line: Line,
    /// What it carries once the difference is settled.
    pub settled: Shares,
    /// What a buyer pays who changed his mind: both ways.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub fee: Won,
}

impl ExchangeTerms {
    /// What the order costs more in money, fee and all; negative when it costs less.
    pub fn due(&self) -> Won {
        Amounts::of_shares([self.settled]).payable() - Amounts::of_shares([self.line.shares]).payable() + self.fee
    }
}

/// How far an exchange is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Exchange {
    /// What the buyer would like instead.
    pub wanted: VariantId,
    /// What was agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<ExchangeTerms>,
    /// The order that brings it, once nothing is to be paid for it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<OrderId>,
    /// How far that order is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<ChildStage>,
    /// Units that it brings, or brought.
    #[serde(default)]
    pub units: u32,
    /// The difference has gone its way.
    #[serde(default)]
    pub settled: bool,
    /// Nothing comes of it: the money goes back instead.
    #[serde(default)]
    pub failed: bool,
}

impl Exchange {
    /// What was asked for.
    pub(super) fn new(wanted: VariantId) -> Self {
        Self { wanted, terms: None, replacement: None, stage: None, units: 0, settled: false, failed: false }
    }

    /// The buyer has what he was promised.
    pub(super) fn is_there(&self) -> bool {
        self.stage == Some(ChildStage::Received)
    }

    /// Whether the goods come back.
    pub(super) fn takes_back(&self) -> bool {
        self.terms.as_ref().is_some_and(|terms| terms.way == ExchangeWay::Swap)
    }

    /// What the order is worth less once the difference is settled, of the units that are left; negative when it is worth more.
    pub(super) fn settles(&self, order: &Order) -> Amounts {
        let Some(terms) = self.terms.as_ref().filter(|_| !self.settled) else { return Amounts::default() };
        let (of, gone) = (terms.line.quantity.get(), order.cancelled_units(terms.line.id));
        let left = |shares: Shares| Amounts::of_shares([shares.of_units(of, gone, of.saturating_sub(gone))]);
        order.after_goodwill(Amounts { return_fee: -terms.fee, ..left(terms.line.shares).less(&left(terms.settled)) })
    }
}

impl Claim {
    /// The exchange, while it is one: what cannot be supplied is a return.
    pub fn exchanges(&self) -> Option<&Exchange> {
        self.exchange.as_deref().filter(|exchange| !exchange.failed)
    }

    /// What the claim comes to: money, or goods.
    pub fn way(&self) -> ClaimWay {
        if self.exchanges().is_some() { ClaimWay::Exchange } else { ClaimWay::Return }
    }

    /// Agreed to, and nothing to be paid for it: its goods can be taken back.
    pub(super) fn is_agreed(&self) -> bool {
        self.state == ReturnState::Approved && self.exchanges().is_none_or(|exchange| exchange.replacement.is_some())
    }
}

impl Order {
    /// The exchanges that something was sent for.
    fn exchanged(&self) -> impl Iterator<Item = (&Claim, &Exchange, LineId)> {
        self.claims.iter().filter_map(|claim| {
            let exchange = claim.exchange.as_deref().filter(|exchange| exchange.replacement.is_some())?;
            Some((claim, exchange, exchange.terms.as_ref()?.line.id))
        })
    }

    /// Whether an exchange is under way.
    pub fn is_exchanging(&self) -> bool {
        self.claims.iter().any(|claim| claim.is_open() && claim.exchanges().is_some())
    }

    /// Whether goods are or were exchanged: such orders stand on 교환진행.
    pub fn has_exchanges(&self) -> bool {
        let refused = |claim: &Claim| matches!(claim.state, ReturnState::Rejected | ReturnState::Withdrawn);
        self.claims.iter().any(|claim| claim.exchanges().is_some() && !refused(claim))
    }

    /// Whether goods or their money are on their way back.
    pub fn is_returning(&self) -> bool {
        self.claims.iter().any(|claim| claim.is_open() && claim.exchanges().is_none())
    }

    /// Whether another order brings something of this one.
    pub fn is_replaced(&self) -> bool {
        self.exchanged().any(|(_, exchange, _)| !exchange.failed && exchange.units > 0)
    }

    /// The status of what comes in exchange, as far as this order knows it.
    pub(super) fn replaced_status(&self) -> impl Iterator<Item = Status> {
        let brings = |(_, exchange, _): &(&Claim, &Exchange, LineId)| !exchange.failed && exchange.units > 0;
        self.exchanged().filter(brings).map(|(_, exchange, _)| match exchange.stage {
            None | Some(ChildStage::Placed | ChildStage::Accepted | ChildStage::Ended) => Status::Preparing,
            Some(ChildStage::Sending) => Status::Shipped,
            Some(ChildStage::Delivered | ChildStage::Received) => Status::Delivered,
        })
    }

    /// Units of a line that another order brings, or brought.
    pub fn units_replaced(&self, line: LineId) -> u32 {
        let of_it = self.exchanged().filter(|(_, _, brought)| *brought == line);
        let units = |(claim, exchange, _): (&Claim, &Exchange, LineId)| match self.line(line) {
            // Until their money goes its way they are owed, though nobody brings them.
            Some(line) if exchange.failed && claim.is_open() && !claim.is_unpaid() => self.live_units(line),
            _ if exchange.failed => 0,
            _ => exchange.units,
        };
        of_it.map(units).sum()
    }

    /// Units of a line that another order has brought.
    pub(super) fn units_received_instead(&self, line: LineId) -> u32 {
        let there = self.exchanged().filter(|(_, exchange, brought)| *brought == line && !exchange.failed && exchange.is_there());
        there.map(|(_, exchange, _)| exchange.units).sum()
    }

    /// Units of a line that the buyer still has and that others come for: they are not ordered any more.
    pub fn units_leaving(&self, line: LineId) -> u32 {
        let swapped = self.exchanged().filter(|(_, exchange, _)| exchange.takes_back());
        let goods = swapped.filter_map(|(claim, _, _)| self.fulfilment(claim.fulfilment)).filter(|goods| goods.is_live());
        goods.flat_map(|goods| &goods.lines).filter(|leaving| leaving.line == line).map(|leaving| leaving.quantity).sum()
    }

    /// The exchange that an order brings the goods of.
    pub fn of_replacement(&self, replacement: OrderId) -> Option<(&Claim, &Exchange)> {
        self.exchanged().find(|(_, exchange, _)| exchange.replacement == Some(replacement)).map(|(claim, exchange, _)| (claim, exchange))
    }

    /// Why its goods came back, if they did.
    pub(super) fn lost_because(&self) -> ReturnReason {
        let closed = self.claims.iter().rev().find(|claim| claim.state == ReturnState::Closed && claim.exchanges().is_none());
        closed.map_or(ReturnReason::NotSupplied, |claim| claim.reason)
    }

    /// The states that goods can be in when their buyer asks for others instead (002: 발주완료, 출고완료).
    pub(super) fn is_exchangeable(state: FulfilmentState) -> bool {
        use FulfilmentState::{Delivered, InTransit, Installed, OutForDelivery, PurchaseCompleted, Shipped};
        matches!(state, PurchaseCompleted | Shipped | InTransit | OutForDelivery | Delivered | Installed)
    }
}

/// Places what comes in an exchange: agreed to and paid for, so it begins where its seller prepares it.
pub fn replacement(id: OrderId, above: &Order, terms: &ExchangeTerms, pieces: &[Piece], facts: &mut Facts<'_>) -> Vec<Event> {
    let line = LineId::mint(facts.mint);
    let mine: Vec<Piece> = pieces.iter().map(|piece| Piece { line, ..piece.clone() }).collect();
    // The order above was paid for it and gives the money back.
    let brought = Line { id: line, unit_price: Won::ZERO, shares: Shares::default(), installation: Won::ZERO, ..terms.line.clone() };
    let placed = Event::OrderPlaced(Box::new(Placed {
        id,
        number: OrderNumber::compose(facts.now.kst_date(), &facts.mint.number_tail()),
        kind: Kind::Replacement,
        root: above.root,
        parent: Some(above.id),
        buyer: above.buyer,
        seller: above.seller,
        policy: facts.policy.version,
        external: None,
        contact: above.contact,
        postcode: above.postcode.clone(),
        lines: vec![brought],
        amounts: Amounts::default(),
        shipping_base: Won::ZERO,
        coupon: None,
        inbound: None,
        installs: None,
        collects: None,
    }));
    let held = [
        placed,
        Event::StockReserved { pieces: mine.clone(), until: facts.now + facts.policy.hold_ttl },
        Event::StockCommitted { pieces: mine.clone() },
    ];
    let fulfilments = Order::fold(held.iter().map(|event| (event, facts.now))).map(|order| order.plan_goods(&mine, facts)).unwrap_or_default();
    let started: Vec<Event> = fulfilments.iter().map(|goods| Event::FulfilmentPreparing { fulfilment: goods.id }).collect();
    held.into_iter().chain([Event::OrderConfirmed { fulfilments }]).chain(started).collect()
}

/// What goes into the books for units that are exchanged: what they carry, on a line of its own.
pub(super) fn units_of(line: &Line, units: u32) -> Option<LineUnits> {
    crate::quantity::Quantity::new(units).map(|quantity| LineUnits { line: line.id, quantity })
}
