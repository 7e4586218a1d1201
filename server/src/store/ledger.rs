//! Journals, postings and the balances that guard them.

use super::{Failure, Stored, Tx, args, statements};
use jumun::{
    catalogue::Supply,
    ids::{EventId, JournalId, Mint, OrderId, PartyId, VariantId, WarehouseId},
    ledger::{Journal, Posting, is_balanced},
    money::Won,
    refusal::Refusal,
    stock::{Available, Shelf},
    time::Time,
};
use std::collections::BTreeMap;

statements! {
    ADD_JOURNAL = "INSERT INTO journals (id, event_id, at) VALUES ($1, $2, $3)";
    ADD_POSTING = "INSERT INTO postings (journal_id, position, unit, account, owner, subject, order_id, amount) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    MOVE_BALANCE = "INSERT INTO balances (unit, account, owner, subject, amount, floored) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (unit, account, owner, subject) DO UPDATE SET amount = balances.amount + excluded.amount";
    TAKE_BALANCE = "UPDATE balances SET amount = amount + $5 WHERE unit = $1 AND account = $2 AND owner = $3 AND subject = $4 AND amount + $5 >= 0";
    LOCK_TO_ORDER = "SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id
        WHERE p.store_id = $1 AND p.supply = 'to-order' AND v.id IN (SELECT value FROM json_each($2)) ORDER BY v.id",
    pg "SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id
        WHERE p.store_id = $1 AND p.supply = 'to-order' AND v.id IN (SELECT value FROM json_array_elements_text($2::json) AS value)
        ORDER BY v.id FOR NO KEY UPDATE OF v";
    TO_ORDER = "SELECT u.variant_id, w.id, w.postcode, u.units FROM partner_units u JOIN warehouses w ON w.store_id = u.store_id
        WHERE u.store_id = $1 AND u.variant_id IN (SELECT value FROM json_each($2))
          AND w.id = (SELECT f.id FROM warehouses f WHERE f.store_id = $1 ORDER BY f.created_at, f.id LIMIT 1) ORDER BY u.variant_id",
    pg "SELECT u.variant_id, w.id, w.postcode, u.units FROM partner_units u JOIN warehouses w ON w.store_id = u.store_id
        WHERE u.store_id = $1 AND u.variant_id IN (SELECT value FROM json_array_elements_text($2::json) AS value)
          AND w.id = (SELECT f.id FROM warehouses f WHERE f.store_id = $1 ORDER BY f.created_at, f.id LIMIT 1) ORDER BY u.variant_id";
    SHELF = "SELECT b.subject, b.owner, w.postcode, b.amount, b.account = 'pre_order' AS promised FROM balances b JOIN warehouses w ON w.id = b.owner
        WHERE b.unit = 'stock' AND b.account IN ('available', 'pre_order') AND w.store_id = $1
          AND b.subject IN (SELECT value FROM json_each($2)) ORDER BY b.account, b.owner, b.subject",
    pg "SELECT b.subject, b.owner, w.postcode, b.amount, b.account = 'pre_order' AS promised FROM balances b JOIN warehouses w ON w.id = b.owner
        WHERE b.unit = 'stock' AND b.account IN ('available', 'pre_order') AND w.store_id = $1
          AND b.subject IN (SELECT value FROM json_array_elements_text($2::json) AS value) ORDER BY b.account, b.owner, b.subject FOR UPDATE OF b";
}

/// Moves that one transaction makes, gathered so that each balance is touched once and all in one order: two transactions
/// that meet at the same rows then wait for each other and never deadlock.
#[derive(Default)]
pub(crate) struct Moves {
    balances: BTreeMap<(&'static str, &'static str, String, String), (i64, bool)>,
}

impl Moves {
    /// Writes the journals of an event and remembers what they move.
    pub(crate) async fn post(
        &mut self,
        tx: &mut Tx,
        mint: &mut dyn Mint,
        event: EventId,
        order: Option<OrderId>,
        journals: Vec<Journal>,
        at: Time,
    ) -> Stored<()> {
        for journal in journals {
            if !is_balanced(&journal) {
                return Err(Failure::Corrupt(format!("journal of {event} does not sum to zero")));
            }
            let id = JournalId::mint(mint);
            tx.exec(&ADD_JOURNAL, args![id, event, at]).await?;
            for (position, posting) in (0i64..).zip(journal) {
                let (unit, account, owner, subject, amount, floored) = match posting {
                    Posting::Stock { account, warehouse, variant, units } => {
                        ("stock", account.slug(), warehouse.to_string(), variant.to_string(), units, account.is_floored())
                    }
                    // A purse is one, whatever order moves it.
                    Posting::Points { account, party, points } => {
                        ("won", account.slug(), party.to_string(), String::new(), points.0, account.is_floored())
                    }
                    Posting::Money { account, party, amount } => {
                        let subject = order.map(|order| order.to_string()).unwrap_or_default();
                        ("won", account.slug(), party.to_string(), subject, amount.0, account.is_floored())
                    }
                };
                tx.exec(&ADD_POSTING, args![id, position, unit, account, &owner, &subject, order, amount]).await?;
                self.balances.entry((unit, account, owner, subject)).or_insert((0, floored)).0 += amount;
            }
        }
        Ok(())
    }

    /// Moves the balances. A floored one that would go below zero refuses the whole transaction.
    pub(crate) async fn settle(self, tx: &mut Tx) -> Stored<()> {
        for ((unit, account, owner, subject), (amount, floored)) in self.balances {
            if amount == 0 {
                continue;
            }
            let taken = floored && amount < 0;
            let changed = if taken {
                tx.exec(&TAKE_BALANCE, args![unit, account, &owner, &subject, amount]).await?
            } else {
                tx.exec(&MOVE_BALANCE, args![unit, account, &owner, &subject, amount, floored]).await?
            };
            if changed == 0 && unit == "won" {
                return Err(Refusal::NotEnoughPoints { balance: Won::ZERO }.into());
            }
            if changed == 0 {
                let asked = u32::try_from(-amount).unwrap_or(u32::MAX);
                return Err(Refusal::OutOfStock { variant: VariantId::new(subject), asked, available: 0 }.into());
            }
        }
        Ok(())
    }
}

#[derive(sqlx::FromRow)]
struct ShelfRow {
    subject: String,
    owner: String,
    postcode: String,
    amount: i64,
    promised: bool,
}

/// What a store can sell of some variants to an order, or to a new one, goods, units of pre-order caps, and what partners have of what
/// is sold to order: goods that it owes to others are not free. The rows stay locked until the end of the transaction.
pub(crate) async fn shelf(tx: &mut Tx, store: PartyId, variants: &[VariantId], order: Option<OrderId>) -> Stored<Shelf> {
    let variants = super::to_json(&variants)?;
    // What partners have is read in a statement of its own, which sees what was sold while this one waited for its turn.
    let to_order: Vec<(String,)> = tx.all(&LOCK_TO_ORDER, args![store, &variants]).await?;
    let of_partners: Vec<(String, String, String, i64)> = if to_order.is_empty() {
        Vec::new()
    } else {
        let to_order: Vec<String> = to_order.into_iter().map(|(id,)| id).collect();
        tx.all(&TO_ORDER, args![store, super::to_json(&to_order)?]).await?
    };
    let rows: Vec<ShelfRow> = tx.all(&SHELF, args![store, variants]).await?;
    let mut owed: BTreeMap<String, i64> = super::work::queued_units(tx, store, order).await?.into_iter().collect();
    let here = rows.into_iter().map(|row| {
        let mut kept = 0;
        if !row.promised {
            let owed = owed.entry(row.subject.clone()).or_default();
            kept = row.amount.clamp(0, *owed);
            *owed -= kept;
        }
        Ok(Available {
            variant: VariantId::new(row.subject),
            warehouse: super::parsed::<WarehouseId>(&row.owner)?,
            postcode: row.postcode,
            units: u32::try_from(row.amount - kept).unwrap_or(0),
            supply: if row.promised { Supply::PreOrder } else { Supply::Stocked },
        })
    });
    let elsewhere = of_partners.into_iter().map(|(variant, warehouse, postcode, units)| {
        Ok(Available {
            variant: VariantId::new(variant),
            warehouse: super::parsed(&warehouse)?,
            postcode,
            units: u32::try_from(units).unwrap_or(0),
            supply: Supply::ToOrder,
        })
    });
    here.chain(elsewhere).collect()
}
