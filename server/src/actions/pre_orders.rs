//! Selling what is not there yet: how many, and until when it leaves; or what partners have.

use super::Work;
use crate::store::{Stored, events, ledger::Moves, orders, partners, pre_orders};
use jumun::{
    actor::Actor,
    catalogue::Supply,
    command::Answer,
    ids::{EventId, PartyId, ProductId, VariantId, WarehouseId},
    ledger::{StockAccount, stock_move},
    refusal::{Problem, Refusal},
    time::Date,
};

/// Nobody promises further ahead, in days.
const FURTHEST: i64 = 365;

impl Work<'_> {
    /// Sets cap and promise of an option. The cap is never below what is sold of it.
    pub(super) async fn set_pre_order(&mut self, variant: &VariantId, cap: u32, ship_by: Date) -> Stored<Answer> {
        let store = self.own_store()?;
        let product = pre_orders::lock(self.tx, variant, store).await?.ok_or(Refusal::NotFound)?;
        if cap > 100_000 {
            return Err(Refusal::invalid("cap", Problem::OutOfRange).into());
        }
        let today = self.now.kst_date().days();
        if !(today..=today + FURTHEST).contains(&ship_by.days()) {
            return Err(Refusal::invalid("ship_by", Problem::OutOfRange).into());
        }
        let (warehouse, was) = match pre_orders::cap(self.tx, variant).await? {
            Some(known) => known,
            None => {
                let first = orders::warehouses(self.tx, store).await?.into_iter().next();
                (first.ok_or_else(|| Refusal::invalid("warehouse", Problem::Missing))?.0, 0)
            }
        };
        let free = pre_orders::free(self.tx, warehouse, variant).await?;
        let more = i64::from(cap) - was;
        if free + more < 0 {
            return Err(Refusal::CapBelowSold { sold: u32::try_from(was - free).unwrap_or(u32::MAX) }.into());
        }
        self.move_cap(warehouse, variant, more, Some(ship_by)).await?;
        pre_orders::set(self.tx, variant, warehouse, cap, ship_by).await?;
        pre_orders::set_supply(self.tx, &product, Supply::PreOrder).await?;
        Ok(Answer::Done)
    }

    /// Sells a product off the shelf again. What nobody was promised is taken out of the caps; what somebody was still comes.
    pub(super) async fn sell_from_shelf(&mut self, product: &ProductId) -> Stored<Answer> {
        self.supply_from(product, Supply::Stocked).await
    }

    /// Sells what partners have of a product.
    pub(super) async fn sell_to_order(&mut self, product: &ProductId) -> Stored<Answer> {
        self.supply_from(product, Supply::ToOrder).await
    }

    async fn supply_from(&mut self, product: &ProductId, supply: Supply) -> Stored<Answer> {
        let store = self.own_store()?;
        if !pre_orders::lock_product(self.tx, product, store).await? {
            return Err(Refusal::NotFound.into());
        }
        if supply == Supply::ToOrder && !partners::sell(self.tx, store, product).await? {
            return Err(Refusal::invalid("product", Problem::Unknown).into());
        }
        for variant in pre_orders::of_product(self.tx, product).await? {
            if let Some((warehouse, _)) = pre_orders::cap(self.tx, &variant).await? {
                let free = pre_orders::free(self.tx, warehouse, &variant).await?;
                self.move_cap(warehouse, &variant, -free, None).await?;
                pre_orders::lower(self.tx, &variant, free).await?;
            }
        }
        pre_orders::set_supply(self.tx, product, supply).await?;
        Ok(Answer::Done)
    }

    /// The store that the caller works for.
    pub(super) fn own_store(&self) -> Result<PartyId, Refusal> {
        if let Actor::Staff { store, .. } = self.caller.actor { Ok(store) } else { Err(Refusal::NotAllowed) }
    }

    async fn move_cap(&mut self, warehouse: WarehouseId, variant: &VariantId, units: i64, ship_by: Option<Date>) -> Stored<()> {
        let event = EventId::mint(&mut self.mint);
        let aggregate = format!("{warehouse}/{variant}");
        let sequence = events::next_sequence(self.tx, &aggregate).await?;
        let ship_by = ship_by.map(|day| day.to_string());
        let payload = serde_json::json!({ "warehouse": warehouse, "variant": variant, "units": units, "ship_by": ship_by }).to_string();
        let about = events::About { kind: "stock", id: &aggregate, sequence, root: None };
        let cause = self.cause();
        events::append(self.tx, event, "stock.pre_order_set", about, &cause, self.now, &payload).await?;
        let mut moves = Moves::default();
        if units != 0 {
            let journal = stock_move(StockAccount::PreCap, StockAccount::PreOrder, warehouse, variant, units);
            moves.post(self.tx, &mut self.mint, event, None, vec![journal], self.now).await?;
        }
        moves.settle(self.tx).await
    }
}
