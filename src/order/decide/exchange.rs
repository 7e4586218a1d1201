//! Other goods for those that the buyer has, or something more beside them (01 §3 Claim: exchange). What costs more is paid first,
//! what costs less goes back when the goods have; what cannot be supplied turns into a return.

use super::super::{
    Change, ChildStage, Claim, Difference, Event, ExchangeTerms, ExchangeWay, Fault, Fulfilment, Kind, Line, LineUnits, Method, OnOffer, Order,
    RefundReason, ReturnReason, ReturnState,
    exchange::{Exchange, units_of},
};
use super::{
    Facts,
    claim::{Apart, Wish},
};
use crate::{
    catalogue::Supply,
    ids::{ClaimId, DifferenceId, LineId, OrderId, VariantId},
    money::Won,
    policy::Policy,
    pricing::{Amounts, Shares},
    refusal::{Problem, Refusal},
    stock::{Piece, Wanted, pick},
};

/// What a seller agrees to.
pub(super) struct Agreed {
    pub(super) way: ExchangeWay,
    pub(super) variant: VariantId,
    pub(super) waive: bool,
}

impl Order {
    /// The buyer would like other goods instead. What came in an exchange is exchanged for the same again, and only for its faults:
    /// the money for it lies with the order above.
    pub(super) fn request_exchange(&self, wish: &Wish<'_>, wanted: &VariantId, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        self.check_wish(wish, facts)?;
        if wish.units.len() > 1 {
            return Err(Refusal::invalid("units", Problem::OutOfRange));
        }
        let line = wish.units.first().and_then(|units| self.line(units.line)).ok_or(Refusal::NotFound)?;
        self.check_other(line, wish.reason, wanted, facts)?;
        Ok(vec![Event::ExchangeRequested {
            claim: ClaimId::mint(facts.mint),
            reason: wish.reason,
            fulfilment: wish.fulfilment,
            units: wish.units.to_vec(),
            wanted: wanted.clone(),
            pickup_on: wish.pickup_on,
            photos: facts.crew.photos.clone(),
        }])
    }

    /// Whether an option can come for a line, for this reason.
    fn check_other(&self, line: &Line, reason: ReturnReason, wanted: &VariantId, facts: &Facts<'_>) -> Result<(), Refusal> {
        if self.kind == Kind::Replacement && reason.fault() == Fault::Buyer {
            return Err(Refusal::invalid("reason", Problem::Unknown));
        }
        if line.variant != *wanted {
            self.other(line, wanted, facts)?;
        }
        Ok(())
    }

    /// Another option that its seller has on offer; what is put up is replaced by what can be.
    fn other<'a>(&self, line: &Line, wanted: &VariantId, facts: &'a Facts<'_>) -> Result<&'a OnOffer, Refusal> {
        let offered = facts.offer.as_ref().filter(|offer| offer.variant == *wanted && self.kind != Kind::Replacement);
        let fits = |offer: &&OnOffer| offer.supply != Supply::PreOrder && (offer.installable || line.method == Method::Parcel);
        offered.filter(fits).ok_or_else(|| Refusal::invalid("variant", Problem::Unknown))
    }

    /// The seller agrees: others for these, or something more. What is dearer waits until it is paid.
    pub(super) fn approve_exchange(&self, id: ClaimId, agreed: &Agreed, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let (claim, goods) = self.of_return(id)?;
        let wrong = |current: &str, required: &str| {
            Err(Refusal::WrongState { command: "approve-exchange".into(), current: current.into(), required: required.into() })
        };
        let Some(exchange) = claim.exchanges() else { return wrong("a return", "an exchange") };
        // Nobody gets something else for what he has than he asked for.
        if agreed.way == ExchangeWay::Swap && agreed.variant != exchange.wanted {
            return Err(Refusal::invalid("variant", Problem::Unknown));
        }
        let Apart { mut events, part, units } = self.set_apart("approve-exchange", claim, goods, agreed.way == ExchangeWay::Swap, facts)?;
        let Some(units) = units.first().copied() else { return self.approve_return(id, facts) };
        let terms = self.terms(claim, goods, units, agreed, facts)?;
        let due = terms.due();
        if due > Won::ZERO && self.difference.is_some() {
            return wrong("a difference is due", "no difference due");
        }
        let wanted = [Wanted { line: terms.line.id, variant: terms.line.variant.clone(), quantity: terms.line.quantity, supply: terms.line.supply }];
        let pieces =
            pick(&wanted, facts.shelf, &self.postcode).map_err(|(variant, asked, available)| Refusal::OutOfStock { variant, asked, available })?;
        events.push(Event::ExchangeApproved { claim: id, goods: part, terms: Box::new(terms) });
        if due > Won::ZERO {
            let until = facts.now + facts.policy.repay_window;
            events.push(Event::StockReserved { pieces, until });
            let difference = Difference { id: DifferenceId::mint(facts.mint), change: Change::Exchange { claim: id }, amount: due, until };
            events.push(Event::DifferenceDue(Box::new(difference)));
        } else {
            events.extend(self.after(&events, facts.now).start_exchange(id, pieces, facts));
        }
        Ok(events)
    }

    /// What an exchange comes to. Others take over the coupon, tier and points shares of what they come for, at today's price unless
    /// they are the same; who changed his mind pays for both ways.
    fn terms(&self, claim: &Claim, goods: &Fulfilment, units: LineUnits, agreed: &Agreed, facts: &mut Facts<'_>) -> Result<ExchangeTerms, Refusal> {
        let of = self.line(units.line).ok_or(Refusal::NotFound)?;
        self.check_other(of, claim.reason, &agreed.variant, facts)?;
        let same = of.variant == agreed.variant;
        let shown = if same { None } else { Some(self.other(of, &agreed.variant, facts)?.clone()) };
        let named = |line: &mut Line| {
            if let Some(offer) = &shown {
                (line.product, line.variant) = (offer.product.clone(), offer.variant.clone());
                (line.title, line.option) = (offer.title.clone(), offer.option.clone());
                (line.unit_price, line.supply) = (offer.unit_price, offer.supply);
            }
        };
        let mut line = Line { id: LineId::mint(facts.mint), quantity: units.quantity, ship_by: None, ..of.clone() };
        named(&mut line);
        // What was sold before it was there is here by now.
        line.supply = if line.supply == Supply::PreOrder { Supply::Stocked } else { line.supply };
        let price = line.unit_price.times(line.quantity.get());
        let price = price.ok_or(Refusal::AboveMaximum { most: facts.policy.order_max, amount: Won(i64::MAX) })?;
        if agreed.way == ExchangeWay::Add {
            let free = agreed.waive || self.kind == Kind::Replacement;
            let settled = Shares { goods: price, promotion: if free { price } else { Won::ZERO }, ..Shares::default() };
            let put_up = line.method == Method::Installed && shown.as_ref().is_none_or(|offer| offer.installable);
            line =
                Line { shares: Shares::default(), installation: Won::ZERO, method: if put_up { Method::Installed } else { Method::Parcel }, ..line };
            return Ok(ExchangeTerms { way: agreed.way, line, settled, fee: Won::ZERO });
        }
        let back = self.shares_of(&[units]);
        line.shares = Shares { goods: back.goods, promotion: back.promotion, coupon: back.coupon, tier: back.tier, points: back.points };
        let settled = if same { line.shares } else { back.inherited_by(price, agreed.waive) };
        let fee = if agreed.waive { Won::ZERO } else { self.exchange_fee(claim.reason, goods, facts.policy) };
        Ok(ExchangeTerms { way: agreed.way, line, settled, fee })
    }

    /// What a buyer pays for an exchange because he changed his mind: what he has is fetched, and something else is sent.
    pub fn exchange_fee(&self, reason: ReturnReason, goods: &Fulfilment, policy: &Policy) -> Won {
        if reason.fault() != Fault::Buyer || goods.shipped_at.is_none() {
            return Won::ZERO;
        }
        let island = if self.amounts.island > Won::ZERO { policy.island_fee + policy.island_fee } else { Won::ZERO };
        policy.return_fee + policy.shipping_fee + island
    }

    /// What units cost more, fee apart, when others at this price come in their place; negative when they cost less.
    pub fn dearer_by(&self, units: LineUnits, unit_price: Won) -> Option<Won> {
        let back = self.shares_of(&[units]);
        let goods = unit_price.times(units.quantity.get())?;
        Some(Amounts::of_shares([back.inherited_by(goods, false)]).payable() - back.payable())
    }

    /// Nothing is to be paid any more: what was promised is ordered, and what comes back is fetched.
    pub(super) fn start_exchange(&self, id: ClaimId, pieces: Vec<Piece>, facts: &mut Facts<'_>) -> Vec<Event> {
        let Some(exchange) = self.claim(id).and_then(Claim::exchanges) else { return Vec::new() };
        let mut events = vec![Event::ProductAdded { claim: id, replacement: OrderId::mint(facts.mint), pieces }];
        // What goes back waits for the goods.
        if exchange.terms.as_ref().is_some_and(|terms| terms.due() >= Won::ZERO) {
            let after = self.after(&events, facts.now);
            events.extend(after.settle(id));
        }
        if exchange.takes_back() {
            events.extend(self.after(&events, facts.now).take_back(id, facts));
        }
        events
    }

    /// The difference goes its way, points among it.
    fn settle(&self, id: ClaimId) -> Vec<Event> {
        let unsettled = self.claim(id).and_then(Claim::exchanges).filter(|exchange| !exchange.settled);
        let Some(exchange) = unsettled else { return Vec::new() };
        let back = exchange.settles(self);
        let points = back.points.min(self.points_used);
        let restored = (points > Won::ZERO).then_some(Event::PointsRestored { points, was_used: true });
        std::iter::once(Event::ExchangeSettled { claim: id, back }).chain(restored).collect()
    }

    /// What goes back in money once the goods of an exchange are here.
    pub(in crate::order) fn exchange_back(&self, exchange: &Exchange) -> Won {
        exchange.settles(self).payable().at_least(Won::ZERO).min(self.paid - self.refunded())
    }

    /// The goods of an exchange are here: what they cost less goes back, and what was promised may be there already.
    pub(super) fn goods_exchanged(&self, id: ClaimId, facts: &mut Facts<'_>) -> Vec<Event> {
        let Some(exchange) = self.claim(id).and_then(Claim::exchanges) else { return Vec::new() };
        let amount = self.exchange_back(exchange);
        let mut events = self.settle(id);
        let mut refunds = self.refund(amount, RefundReason::Exchanged, facts);
        if refunds.is_empty() {
            events.extend(self.after(&events, facts.now).exchange_goes_on(id));
        }
        for refund in &mut refunds {
            if let Event::RefundRequested { claim, .. } = refund {
                *claim = Some(id);
            }
        }
        events.extend(refunds);
        events
    }

    /// One branch of an exchange has ended: it is over when the other one has too.
    pub(super) fn exchange_goes_on(&self, id: ClaimId) -> Vec<Event> {
        match self.claim(id).and_then(Claim::exchanges) {
            Some(exchange) if exchange.is_there() => self.exchange_done(id),
            Some(_) => vec![Event::ReplacementAwaited { claim: id }],
            None => Vec::new(),
        }
    }

    /// Both branches have ended (교환완료). A buyer who got nothing else has everything now.
    fn exchange_done(&self, id: ClaimId) -> Vec<Event> {
        let all = self.delivered_at.is_none() && self.fulfilments.iter().all(|goods| !goods.is_live() || goods.is_received());
        std::iter::once(Event::ExchangeCompleted { claim: id }).chain(all.then_some(Event::OrderDelivered)).collect()
    }

    /// How far the order is that brings what was promised. What it does not bring, and what comes back of it, is paid back here:
    /// the money never left this order.
    pub(super) fn record_replacement(
        &self,
        replacement: OrderId,
        (stage, units): (ChildStage, u32),
        reason: ReturnReason,
        facts: &mut Facts<'_>,
    ) -> Vec<Event> {
        let Some((claim, exchange)) = self.of_replacement(replacement).filter(|(_, exchange)| !exchange.failed) else { return Vec::new() };
        let Some(line) = exchange.terms.as_ref().map(|terms| &terms.line) else { return Vec::new() };
        let id = claim.id;
        let mut events = vec![Event::ReplacementMoved { claim: id, stage, units }];
        let lost = exchange.units.saturating_sub(units);
        if lost > 0 && units == 0 && claim.is_open() {
            let goods_are_back = matches!(claim.state, ReturnState::Replacing | ReturnState::Refunding);
            events.push(Event::ExchangeFailed { claim: id, reason });
            if goods_are_back {
                events.extend(self.after(&events, facts.now).pay_return(id, facts));
            }
        } else {
            if let Some(units) = units_of(line, lost) {
                let (of, fulfilment) = (ClaimId::mint(facts.mint), claim.fulfilment);
                events.extend([
                    Event::ReturnRequested {
                        claim: of,
                        reason,
                        fulfilment,
                        units: vec![units],
                        pickup_on: None,
                        found_on: None,
                        photos: Vec::new(),
                        above: None,
                        call_out: Won::ZERO,
                    },
                    Event::ReturnApproved { claim: of, goods: None },
                    Event::ReturnCollected { claim: of },
                    Event::ReturnInspected { claim: of, restocked: false, by: None, serials: Vec::new(), disputed: None },
                ]);
                events.extend(self.after(&events, facts.now).pay_return(of, facts));
            }
            let after = self.after(&events, facts.now);
            if claim.state == ReturnState::Replacing && stage == ChildStage::Received {
                events.extend(after.exchange_done(id));
            }
        }
        events
    }
}

impl Amounts {
    /// What goods of this price carry in the place of these: their coupon, tier and points shares, as far as they are worth that
    /// much. What a seller bears himself is their promotion.
    pub(super) fn inherited_by(&self, goods: Won, waived: bool) -> Shares {
        let coupon = self.coupon.min(goods);
        let tier = self.tier.min(goods - coupon);
        let points = self.points.min(goods - coupon - tier);
        let dearer_by = goods - coupon - tier - points - self.payable();
        let promotion = if waived { dearer_by.at_least(Won::ZERO) } else { Won::ZERO };
        Shares { goods, promotion, coupon, tier, points }
    }
}
