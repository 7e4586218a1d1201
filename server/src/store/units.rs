//! Units that are known by their numbers: a unit of a store is for one order at a time.

use super::{Stored, Tx, args, statements};
use jumun::{
    order::Order,
    refusal::{Problem, Refusal},
};

statements! {
    TAKE_UNIT = "INSERT INTO named_units (owner_id, variant_id, serial, order_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    FREE_UNIT = "DELETE FROM named_units WHERE owner_id = $1 AND variant_id = $2 AND serial = $3 AND order_id = $4";
}

/// Keeps the rows of an order's units with the order. A unit that another order of the store has is refused.
pub(crate) async fn follow(tx: &mut Tx, before: Option<&Order>, order: &Order) -> Stored<()> {
    let had = before.map(Order::named_units).unwrap_or_default();
    let has = order.named_units();
    for (variant, serial) in had.difference(&has) {
        tx.exec(&FREE_UNIT, args![order.seller, *variant, *serial, order.id]).await?;
    }
    // In one order, so that two who want the same ones wait for each other and do not stand in each other's way.
    for (variant, serial) in has.difference(&had) {
        if tx.exec(&TAKE_UNIT, args![order.seller, *variant, *serial, order.id]).await? == 0 {
            return Err(Refusal::invalid("serials", Problem::Taken).into());
        }
    }
    Ok(())
}
