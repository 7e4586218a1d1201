//! Where the units of goods come from (01 §3 Fulfilment): own stock, a partner, and what a partner's order comes to.

use super::super::{CancelCause, ChildStage, Event, Fulfilment, FulfilmentLine, FulfilmentState, LineUnits, Order, Receipt, RefundReason, Source};
use super::Facts;
use crate::{
    catalogue::Supply,
    ids::{FulfilmentId, LineId, OrderId, ReceiptId},
    money::Won,
    quantity::Quantity,
    refusal::{Problem, Refusal},
    stock::{Piece, Shelf, Wanted, pick_some},
    time::Time,
};

impl Order {
    /// The order once these events have happened.
    pub(super) fn after(&self, events: &[Event], now: Time) -> Self {
        let mut order = self.clone();
        for event in events {
            order.apply(event, now);
        }
        order
    }

    /// What follows for goods once every decision is made, and once every source is in the house.
    pub(super) fn with_sources(&self, mut events: Vec<Event>, id: FulfilmentId, now: Time) -> Vec<Event> {
        let after = self.after(&events, now);
        let Some(goods) = after.fulfilment(id).filter(|goods| goods.is_sourced() && goods.has_installer()) else { return events };
        if goods.state == FulfilmentState::Preparing {
            events.extend([Event::FulfilmentSourced { fulfilment: id }, Event::FulfilmentPurchaseOrdered { fulfilment: id }]);
        }
        let chosen = matches!(goods.state, FulfilmentState::Preparing | FulfilmentState::PurchaseOrdered);
        if chosen && !goods.sources.iter().any(Source::is_under_way) {
            events.push(Event::FulfilmentPurchaseCompleted { fulfilment: id });
        }
        events
    }

    /// Own units for whatever has no other source: those that lie here for the goods, and for the rest what the warehouse has
    /// free.
    pub(super) fn allocate(&self, begun: Vec<Event>, id: FulfilmentId, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let goods = self.fulfilment(id).ok_or(Refusal::NotFound)?;
        let came = |source: &&Source| !source.is_under_way() && !matches!(source, Source::Allocation { .. });
        let lying = |piece: Piece| {
            let received: u32 = goods.sources.iter().filter(came).filter(|source| source.line() == piece.line).map(Source::quantity).sum();
            Some(Piece { quantity: Quantity::new(piece.quantity.get().saturating_sub(received))?, ..piece })
        };
        let mut pieces: Vec<Piece> = goods.pieces_here().into_iter().filter_map(lying).collect();
        let wanted: Vec<Wanted> = goods
            .unsourced
            .iter()
            .filter_map(|units| {
                let variant = goods.lines.iter().find(|line| line.line == units.line)?.variant.clone();
                Some(Wanted { line: units.line, variant, quantity: units.quantity, supply: Supply::Stocked })
            })
            .collect();
        let here: Shelf = facts.shelf.iter().filter(|place| place.warehouse == goods.warehouse).cloned().collect();
        let (found, missing) = pick_some(&wanted, &here, &self.postcode);
        if let Some(missing) = missing.first().filter(|_| pieces.is_empty() && found.is_empty()) {
            return Err(Refusal::OutOfStock { variant: missing.variant.clone(), asked: missing.quantity.get(), available: 0 });
        }
        let mut events = begun;
        if !found.is_empty() {
            events.push(Event::StockReserved { pieces: found.clone(), until: facts.now });
            events.push(Event::StockCommitted { pieces: found.clone() });
        }
        for more in &found {
            let of = goods.lines.iter().find(|of| of.line == more.line);
            events.extend(of.and_then(|of| goods.not_bought(of, more.quantity)));
        }
        for more in found {
            match pieces.iter_mut().find(|piece| piece.line == more.line) {
                Some(piece) => piece.quantity = Quantity::new(piece.quantity.get() + more.quantity.get()).unwrap_or(piece.quantity),
                None => pieces.push(more),
            }
        }
        if !pieces.is_empty() {
            events.push(Event::AllocationMade { fulfilment: id, pieces });
        }
        Ok(self.with_sources(events, id, facts.now))
    }

    /// Units are ordered at a partner. What lay here for them is free for others again.
    pub(super) fn buy_from_partner(&self, id: FulfilmentId, units: LineUnits, drop_ship: bool, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let LineUnits { line, quantity } = units;
        let of = self.fulfilment(id).ok_or(Refusal::NotFound)?.without_source(line, quantity)?;
        let offer = facts.partner.as_ref().filter(|offer| offer.ours == of.variant).ok_or_else(|| Refusal::invalid("variant", Problem::Unknown))?;
        offer.check(self.seller, quantity)?;
        let (mut events, id) = if drop_ship { self.one_parcel(id, units, facts)? } else { (Vec::new(), id) };
        let after = self.after(&events, facts.now);
        let goods = after.fulfilment(id).ok_or(Refusal::NotFound)?;
        events.extend(goods.freed(of, quantity));
        events.push(Event::ChildAdded { child: OrderId::mint(facts.mint), fulfilment: id, units, drop_ship });
        Ok(self.with_sources(events, id, facts.now))
    }

    /// Units that were bought outside the chain are here. What lay here for them is free for others again.
    pub(super) fn record_receipt(
        &self,
        id: FulfilmentId,
        line: LineId,
        quantity: Quantity,
        receipt: &Receipt,
        facts: &mut Facts<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        let goods = self.fulfilment(id).ok_or(Refusal::NotFound)?;
        let of = goods.without_source(line, quantity)?;
        if !(Won(1)..=Won(1_000_000_000)).contains(&receipt.amount) {
            return Err(Refusal::invalid("receipt_amount", Problem::OutOfRange));
        }
        if receipt.on > facts.now.kst_date() {
            return Err(Refusal::invalid("bought_on", Problem::OutOfRange));
        }
        let mut events = goods.freed(of, quantity);
        events.push(Event::ReceiptRecorded {
            receipt: ReceiptId::mint(facts.mint),
            fulfilment: id,
            pieces: vec![goods.piece(of, quantity)],
            amount: receipt.amount,
            on: receipt.on,
        });
        Ok(self.with_sources(events, id, facts.now))
    }

    /// The goods that units of a receipt are in.
    pub(super) fn goods_of_receipt(&self, id: ReceiptId) -> Result<(&Fulfilment, &Source), Refusal> {
        let of = |source: &&Source| matches!(source, Source::Receipt { receipt, .. } if *receipt == id);
        let found = self.fulfilments.iter().find_map(|goods| Some((goods, goods.sources.iter().find(of)?)));
        found.ok_or_else(|| Refusal::invalid("receipt", Problem::Unknown))
    }

    /// A receipt was a mistake: its units were never here, and have to be found again.
    pub(super) fn void_receipt(&self, id: ReceiptId, now: Time) -> Result<Vec<Event>, Refusal> {
        let (goods, source) = self.goods_of_receipt(id)?;
        self.allows("void-receipt", Some(goods.id), now)?;
        let of_line = |piece: Piece| (piece.line == source.line()).then_some(Piece { quantity: source.quantity(), ..piece });
        let pieces = goods.pieces().into_iter().filter_map(of_line).collect();
        let mut events = vec![Event::ReceiptVoided { receipt: id, fulfilment: goods.id, pieces }];
        if goods.state != FulfilmentState::Preparing {
            events.push(Event::FulfilmentShort { fulfilment: goods.id });
        }
        Ok(events)
    }

    /// The seller agrees, to everything or to some of it; the rest is taken out.
    pub(super) fn accept(&self, units: &[LineUnits], facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let mut gone = Vec::new();
        for line in &self.lines {
            let live = self.live_units(line);
            let agreed = if units.is_empty() { live } else { units.iter().filter(|units| units.line == line.id).map(|units| units.quantity).sum() };
            if agreed > live {
                return Err(Refusal::invalid("quantity", Problem::OutOfRange));
            }
            gone.extend(Quantity::new(live - agreed).map(|quantity| LineUnits { line: line.id, quantity }));
        }
        let ordered: u32 = self.lines.iter().map(|line| self.live_units(line)).sum();
        if gone.iter().map(|units| units.quantity).sum::<u32>() == ordered {
            return Err(Refusal::invalid("quantity", Problem::OutOfRange));
        }
        let mut events = Vec::new();
        for units in &gone {
            let mut left = units.quantity.get();
            let mut pieces = Vec::new();
            for piece in self.held.iter().filter(|piece| piece.line == units.line) {
                if let Some(quantity) = Quantity::new(left.min(piece.quantity.get())) {
                    left -= quantity.get();
                    pieces.push(Piece { quantity, ..piece.clone() });
                }
            }
            events.push(Event::StockReleased { pieces, was_committed: false, fulfilment: None });
        }
        if !gone.is_empty() {
            events.extend(self.take_units_out(&gone, CancelCause::Seller, RefundReason::PartlyCancelled, facts));
        }
        let held = self.after(&events, facts.now).held;
        events.extend(self.confirm(&held, facts));
        Ok(events)
    }

    /// What a child order came to. Units that arrived lie on the shelf, and are taken for these goods before anybody else can.
    pub(super) fn record_child(&self, child: OrderId, stage: ChildStage, units: u32, facts: &mut Facts<'_>) -> Vec<Event> {
        let Some((goods, Source::ChildPurchase { line, quantity, stage: known, drop_ship, .. })) = self.of_child(child) else { return Vec::new() };
        // What was counted in is ours, whatever becomes of the agreement; and so is what left the partner for the customer.
        if *known == ChildStage::Received || *drop_ship && stage == ChildStage::Ended && goods.shipped_at.is_some() {
            return Vec::new();
        }
        let chosen = matches!(goods.state, FulfilmentState::PurchaseOrdered | FulfilmentState::PurchaseCompleted);
        let short = Event::FulfilmentShort { fulfilment: goods.id };
        let mut events = Vec::new();
        if stage == ChildStage::Ended || units == 0 {
            events.push(Event::ChildEnded { child });
            events.extend(chosen.then_some(short));
            return events;
        }
        let fewer = Quantity::new(quantity.get().saturating_sub(units));
        if let (true, Some(quantity)) = (*drop_ship, fewer) {
            events.extend(self.fewer_in_parcel(goods, child, LineUnits { line: *line, quantity }, facts));
        } else {
            events.extend(fewer.map(|quantity| Event::ChildShort { child, quantity, apart: None }));
        }
        if stage != *known {
            events.push(Event::ChildMoved { child, stage });
        }
        let arrived = stage == ChildStage::Received && goods.is_live() && !drop_ship;
        let of = goods.lines.iter().find(|of| of.line == *line);
        // More than was counted on, when missing units were found after all: the rest is free for anybody.
        if let (true, Some(of), Some(quantity)) = (arrived, of, Quantity::new(units.min(quantity.get()))) {
            let pieces = vec![goods.piece(of, quantity)];
            events.push(Event::StockReserved { pieces: pieces.clone(), until: facts.now });
            events.push(Event::StockCommitted { pieces });
        }
        if fewer.is_some() && chosen && !drop_ship {
            events.push(short);
            return events;
        }
        self.with_sources(events, goods.id, facts.now)
    }

    /// The goods it was bought for will not leave.
    pub(super) fn cancel_with_parent(&self, facts: &mut Facts<'_>) -> Vec<Event> {
        if let Some(job) = &self.job {
            return self.send_home(job, facts);
        }
        if self.pickup.is_some() {
            return self.receive_pickup();
        }
        if self.standing().stage.is_revocable() { self.cancel(CancelCause::Buyer, facts) } else { Vec::new() }
    }
}

impl Fulfilment {
    /// The line, if so many of its units have no source yet.
    fn without_source(&self, line: LineId, quantity: Quantity) -> Result<&FulfilmentLine, Refusal> {
        let of = self.lines.iter().find(|of| of.line == line).ok_or_else(|| Refusal::invalid("line", Problem::Unknown))?;
        if quantity.get() > of.quantity.get().saturating_sub(self.units_sourced(line)) {
            return Err(Refusal::invalid("quantity", Problem::OutOfRange));
        }
        Ok(of)
    }

    /// What lay here for units that come from elsewhere now is free again.
    fn freed(&self, of: &FulfilmentLine, quantity: Quantity) -> Vec<Event> {
        let own = Quantity::new(quantity.get().saturating_sub(self.units_unsourced(of.line)));
        let own = own.map(|quantity| Event::StockReleased { pieces: vec![self.piece(of, quantity)], was_committed: true, fulfilment: None });
        own.into_iter().chain(self.not_bought(of, quantity)).collect()
    }

    /// So many units of a line that nothing was found for are settled: what was sold of partners' goods among them counts against
    /// those no more.
    pub(super) fn not_bought(&self, of: &FulfilmentLine, quantity: Quantity) -> Option<Event> {
        let left = self.units_unsourced(of.line).saturating_sub(quantity.get());
        let settled = Quantity::new(self.units_to_buy(of.line).saturating_sub(left))?;
        let pieces = vec![Piece { supply: Supply::ToOrder, ..self.piece(of, settled) }];
        Some(Event::StockReleased { pieces, was_committed: true, fulfilment: None })
    }

    /// Units of a line as they lie in the goods' warehouse.
    pub(super) fn piece(&self, of: &FulfilmentLine, quantity: Quantity) -> Piece {
        Piece { line: of.line, variant: of.variant.clone(), warehouse: self.warehouse, quantity, supply: Supply::Stocked }
    }
}
