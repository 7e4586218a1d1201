//! Journals, postings and the balances that guard them.

use super::{Failure, Stored, Tx, args, statements};
use jumun::{
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

/// What a store can sell of some variants to an order, or to a new one, goods and units of pre-order caps: goods that it owes to
/// others are not free. The rows stay locked until the end of the transaction.
pub(crate) async fn shelf(tx: &mut Tx, store: PartyId, variants: &[VariantId], order: Option<OrderId>) -> Stored<Shelf> {
    let variants = super::to_json(&variants)?;
    let rows: Vec<ShelfRow> = tx.all(&SHELF, args![store, variants]).await?;
    let mut owed: BTreeMap<String, i64> = super::work::queued_units(tx, store, order).await?.into_iter().collect();
    rows.into_iter()
        .map(|row| {
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
                promised: row.promised,
            })
        })
        .collect()
}
