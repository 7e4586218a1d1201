//! Goods that arrive and counts that differ.

use super::Work;
use crate::store::{Stored, catalogue, events, ledger::Moves};
use jumun::{
    actor::Actor,
    command::Answer,
    ids::{EventId, VariantId, WarehouseId},
    ledger::{StockAccount, stock_move},
    quantity::Quantity,
    refusal::{Problem, Refusal},
};

impl Work<'_> {
    /// Goods arrived.
    pub(super) async fn receive(&mut self, warehouse: WarehouseId, variant: &VariantId, quantity: Quantity) -> Stored<Answer> {
        if quantity.get() > 100_000 {
            return Err(Refusal::invalid("quantity", Problem::OutOfRange).into());
        }
        self.move_stock(warehouse, variant, StockAccount::Outside, quantity.units(), "stock.received").await
    }

    /// Counting found a difference. What is promised to orders cannot be counted away.
    pub(super) async fn adjust(&mut self, warehouse: WarehouseId, variant: &VariantId, delta: i32) -> Stored<Answer> {
        if delta == 0 || delta.unsigned_abs() > 100_000 {
            return Err(Refusal::invalid("delta", Problem::OutOfRange).into());
        }
        self.move_stock(warehouse, variant, StockAccount::Adjustment, i64::from(delta), "stock.adjusted").await
    }

    async fn move_stock(&mut self, warehouse: WarehouseId, variant: &VariantId, from: StockAccount, units: i64, name: &str) -> Stored<Answer> {
        let Actor::Staff { store, .. } = self.caller.actor else { return Err(Refusal::NotAllowed.into()) };
        if !catalogue::is_kept(self.tx, variant, warehouse, store).await? {
            return Err(Refusal::NotFound.into());
        }
        let event = EventId::mint(&mut self.mint);
        let aggregate = format!("{warehouse}/{variant}");
        let sequence = events::next_sequence(self.tx, &aggregate).await?;
        let payload = serde_json::json!({ "warehouse": warehouse, "variant": variant, "units": units }).to_string();
        let about = events::About { kind: "stock", id: &aggregate, sequence, root: None };
        let cause = self.cause();
        events::append(self.tx, event, name, about, &cause, self.now, &payload).await?;
        let mut moves = Moves::default();
        let journal = stock_move(from, StockAccount::Available, warehouse, variant, units);
        moves.post(self.tx, &mut self.mint, event, None, vec![journal], self.now).await?;
        moves.settle(self.tx).await?;
        Ok(Answer::Done)
    }
}
