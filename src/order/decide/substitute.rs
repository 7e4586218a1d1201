//! Other goods in the place of missing ones, and changes of a paid order that cost more: those count once the difference is
//! paid (01 §3 Shortage).

use super::super::{Change, Difference, Event, Extra, Front, Line, LineUnits, Method, Order, Proposal, RefundReason, ReturnState, Shortage, Swap};
use super::Facts;
use crate::{
    catalogue::Supply,
    ids::{DifferenceId, LineId, ProductId, ShortageId, VariantId},
    money::Won,
    pricing::{Amounts, Shares},
    refusal::{Problem, Refusal},
    stock::{Piece, Wanted, pick},
    text::Words,
};

/// An option that the seller of the order has on offer today.
#[derive(Clone, Debug)]
pub struct OnOffer {
    /// The product.
    pub product: ProductId,
    /// The option.
    pub variant: VariantId,
    /// The product's name.
    pub title: Words,
    /// The option's name.
    pub option: Words,
    /// Price of one unit.
    pub unit_price: Won,
    /// Where the units come from.
    pub supply: Supply,
    /// Such goods can be put up.
    pub installable: bool,
}

impl Order {
    /// The seller names what he would send instead; the buyer decides.
    pub(super) fn propose_substitute(&self, id: ShortageId, waived: bool, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let shortage = self.open_shortage(id)?;
        let offer = self.standing_in(shortage, facts)?;
        let proposal = Proposal { variant: offer.variant.clone(), waived };
        let known = shortage.proposals.contains(&proposal);
        Ok(if known { Vec::new() } else { vec![Event::SubstituteProposed { shortage: id, proposal }] })
    }

    /// The buyer takes other goods. They are held first. Where they cost more than what was paid, the difference is due and the
    /// change waits for it; where they cost less, the difference goes back.
    pub(super) fn substitute(&self, id: ShortageId, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let shortage = self.open_shortage(id)?;
        let offer = self.standing_in(shortage, facts)?.clone();
        let waived = shortage.proposals.iter().any(|proposal| proposal.variant == offer.variant && proposal.waived);
        let swap = self.swap_for(shortage, offer, waived, LineId::mint(facts.mint), facts)?;

        let mut events = self.drop_difference();
        let mut wanted =
            vec![Wanted { line: swap.line.id, variant: swap.line.variant.clone(), quantity: shortage.quantity, supply: Supply::Stocked }];
        let last = self.shortages.iter().filter(|other| other.is_live()).count() == 1;
        if self.front == Front::Pending && last {
            // What was there may have lapsed meanwhile.
            wanted.extend(self.wanted());
        }
        let pieces =
            pick(&wanted, facts.shelf, &self.postcode).map_err(|(variant, asked, available)| Refusal::OutOfStock { variant, asked, available })?;
        let until = facts.now + facts.policy.hold_ttl;
        events.push(Event::StockReserved { pieces: pieces.clone(), until });
        let dearer_by = swap.dearer_by();
        if self.front == Front::Confirmed && dearer_by > Won::ZERO {
            let difference = Difference { id: DifferenceId::mint(facts.mint), change: Change::Swap(swap), amount: dearer_by, until };
            events.push(Event::DifferenceDue(Box::new(difference)));
        } else {
            events.extend(self.swapped(swap, &pieces, facts));
        }
        Ok(events)
    }

    /// The change that was paid for, or nothing when it cannot be made any more.
    pub(super) fn changed(&self, difference: &Difference, facts: &mut Facts<'_>) -> Vec<Event> {
        match &difference.change {
            Change::Swap(swap) => self.swapped(swap.clone(), &self.held, facts),
            Change::Extra { extra } => vec![Event::ExtraApproved { extra: *extra }],
            Change::Exchange { claim } => {
                // What was held here is the other order's from now on.
                let pieces = self.held.clone();
                let released = Event::StockReleased { pieces: pieces.clone(), was_committed: false, fulfilment: None };
                let after = self.after(std::slice::from_ref(&released), facts.now);
                std::iter::once(released).chain(after.start_exchange(*claim, pieces, facts)).collect()
            }
            Change::Address { contact, postcode, island } => {
                vec![Event::AddressChanged { contact: *contact, postcode: postcode.clone(), island: *island, dearer_by: difference.amount }]
            }
        }
    }

    /// Whether what the difference is paid for can still be done.
    pub(super) fn can_change(&self, difference: &Difference) -> bool {
        match &difference.change {
            Change::Swap(swap) => self.shortage(swap.shortage).is_some_and(Shortage::is_live),
            Change::Extra { extra } => self.extra(*extra).is_some_and(Extra::is_open),
            Change::Exchange { claim } => self.claim(*claim).is_some_and(|claim| claim.state == ReturnState::Approved),
            Change::Address { .. } => self
                .fulfilments
                .iter()
                .filter(|goods| goods.is_live())
                .all(|goods| goods.outbound_requested_at.is_none() && goods.shipped_at.is_none()),
        }
    }

    /// Gives up the change that waits for its difference, if one does: what is held for it is free again, and what the PSP may
    /// still capture goes back.
    pub(super) fn drop_difference(&self) -> Vec<Event> {
        let Some(difference) = &self.difference else { return Vec::new() };
        let attempts = self.attempts.iter().filter(|attempt| attempt.is_open() && !attempt.void_requested);
        let mut events: Vec<Event> = attempts.map(|attempt| Event::PaymentCancelRequested { attempt: attempt.id }).collect();
        if !self.held.is_empty() {
            events.push(Event::StockReleased { pieces: self.held.clone(), was_committed: false, fulfilment: None });
        }
        events.push(Event::DifferenceDropped { difference: difference.id });
        if let Change::Exchange { claim } = difference.change {
            events.push(Event::ReturnWithdrawn { claim });
        }
        events
    }

    /// The time to pay is up.
    pub(super) fn expire_difference(&self, facts: &Facts<'_>) -> Vec<Event> {
        match self.difference.as_ref().filter(|difference| facts.now >= difference.until).map(|difference| &difference.change) {
            Some(Change::Extra { extra }) => self.lapsed(*extra),
            Some(Change::Swap(_) | Change::Address { .. } | Change::Exchange { .. }) => self.drop_difference(),
            None => Vec::new(),
        }
    }

    fn open_shortage(&self, id: ShortageId) -> Result<&Shortage, Refusal> {
        self.shortage(id).filter(|shortage| shortage.is_live()).ok_or(Refusal::NotFound)
    }

    /// What is on offer instead of the missing units: anything of the same seller that lies on his shelves, but not the same again.
    fn standing_in<'a>(&self, shortage: &Shortage, facts: &'a Facts<'_>) -> Result<&'a OnOffer, Refusal> {
        // What is put up is replaced by what can be.
        let installed = self.line(shortage.line).is_some_and(|line| line.method == Method::Installed);
        let same = |offer: &&OnOffer| self.line(shortage.line).is_some_and(|line| line.variant == offer.variant);
        facts
            .offer
            .as_ref()
            .filter(|offer| !same(offer) && offer.supply == Supply::Stocked && (offer.installable || !installed))
            .ok_or_else(|| Refusal::invalid("variant", Problem::Unknown))
    }

    /// What missing units are worth without fees, and what goods of this price in their place would carry: they take over the
    /// coupon, tier and points shares, as far as they are worth that much. What a seller bears himself is their promotion.
    pub fn swap_shares(&self, shortage: &Shortage, unit_price: Won, waived: bool) -> Option<(Amounts, Shares)> {
        let mut back = self.shares_of(&[LineUnits { line: shortage.line, quantity: shortage.quantity }]);
        let goods = unit_price.times(shortage.quantity.get())?;
        let shares = back.inherited_by(goods, waived);
        // No more goes back than what goodwill has left.
        let cheaper = back.payable() - Amounts::of_shares([shares]).payable();
        back.goodwill = (cheaper - self.goodwill_most()).at_least(Won::ZERO).min(self.amounts.goodwill);
        Some((back, shares))
    }

    fn swap_for(&self, shortage: &Shortage, offer: OnOffer, waived: bool, id: LineId, facts: &Facts<'_>) -> Result<Box<Swap>, Refusal> {
        let too_much = Refusal::AboveMaximum { most: facts.policy.order_max, amount: Won(i64::MAX) };
        let (back, shares) = self.swap_shares(shortage, offer.unit_price, waived).ok_or(too_much)?;
        let line = Line {
            id,
            product: offer.product,
            variant: offer.variant,
            title: offer.title,
            option: offer.option,
            quantity: shortage.quantity,
            unit_price: offer.unit_price,
            shares,
            supply: offer.supply,
            method: self.line(shortage.line).map_or(Method::Parcel, |line| line.method),
            installation: self.line(shortage.line).map_or(Won::ZERO, |line| line.installation),
            ship_by: None,
        };
        Ok(Box::new(Swap { shortage: shortage.id, back, line }))
    }

    /// The swap itself, of units that are held.
    fn swapped(&self, swap: Box<Swap>, held: &[Piece], facts: &mut Facts<'_>) -> Vec<Event> {
        let mut events = Vec::new();
        let sold = self.confirmed_at.is_some();
        let mut fulfilments = Vec::new();
        if sold {
            let mine: Vec<Piece> = held.iter().filter(|piece| piece.line == swap.line.id).cloned().collect();
            fulfilments = self.plan_goods(&mine, facts);
            for plan in &mut fulfilments {
                plan.method = swap.line.method;
            }
            events.push(Event::StockCommitted { pieces: mine });
        }
        let points = swap.back.points - swap.line.shares.points;
        let points = if sold { points } else { points.min(self.points_held) };
        let cheaper_by = -swap.dearer_by();
        events.push(Event::LineSubstituted { swap, fulfilments });
        if points > Won::ZERO {
            events.push(Event::PointsRestored { points, was_used: sold });
        }
        if sold {
            events.extend(self.refund(cheaper_by.min(self.paid - self.refunded()), RefundReason::Cheaper, facts));
        }
        events
    }

    /// What units carry, as their shares were frozen; no fee among it. What was given up earlier is not given up twice.
    pub(super) fn shares_of(&self, units: &[LineUnits]) -> Amounts {
        let mut back = Amounts::of_shares(units.iter().filter_map(|want| {
            let line = self.line(want.line)?;
            Some(line.shares.of_units(line.quantity.get(), self.cancelled_units(line.id), want.quantity.get()))
        }));
        back.coupon = back.coupon.min(self.amounts.coupon);
        back.without_debt()
    }
}
