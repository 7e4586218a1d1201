//! Goods that were sold before they were there: they come, or the promised day goes by (01 §5 Supply).

use super::super::{Event, Front, Fulfilment, LineUnits, Order};
use super::Facts;
use crate::{
    catalogue::Supply,
    ids::FulfilmentId,
    stock::{Piece, Wanted, pick},
};

impl Order {
    fn to_come(&self, id: FulfilmentId) -> Option<&Fulfilment> {
        self.fulfilment(id).filter(|goods| goods.is_to_come() && self.front == Front::Confirmed)
    }

    /// Goods may have arrived: all that was promised turns into goods, or nothing does. What lies in several warehouses leaves from
    /// each by itself.
    pub(super) fn keep_promise(&self, id: FulfilmentId, facts: &mut Facts<'_>) -> Vec<Event> {
        let Some(goods) = self.to_come(id).filter(|_| self.cancelling.is_none()) else { return Vec::new() };
        let want = |promise: Piece| Wanted { line: promise.line, variant: promise.variant, quantity: promise.quantity, supply: Supply::Stocked };
        let wanted: Vec<Wanted> = goods.pieces().into_iter().map(want).collect();
        let Ok(pieces) = pick(&wanted, facts.shelf, &self.postcode) else { return Vec::new() };
        let mut events = Vec::new();
        for (nth, piece) in pieces.into_iter().enumerate() {
            let mut fulfilment = id;
            if nth > 0 {
                fulfilment = FulfilmentId::mint(facts.mint);
                let units = vec![LineUnits { line: piece.line, quantity: piece.quantity }];
                events.insert(0, Event::FulfilmentSplit { fulfilment: id, into: fulfilment, units });
            }
            let promise = Piece { warehouse: goods.warehouse, supply: Supply::PreOrder, ..piece.clone() };
            events.push(Event::GoodsArrived { fulfilment, promised: vec![promise], pieces: vec![piece] });
        }
        events
    }

    /// The promised day is over.
    pub(super) fn expire_promise(&self, id: FulfilmentId, facts: &Facts<'_>) -> Vec<Event> {
        let over = |goods: &&Fulfilment| !goods.overdue && goods.promised.is_some_and(|day| day < facts.now.kst_date());
        self.to_come(id).filter(over).map(|goods| Event::PromiseMissed { fulfilment: goods.id }).into_iter().collect()
    }
}
