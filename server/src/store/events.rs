//! The event log: append-only, in the transaction of the state it tells of.

use super::{Stored, Tx, args, from_json, statements};
use jumun::{
    actor::Actor,
    ids::{EventId, OrderId},
    order::Event,
    time::Time,
    view::HistoryRow,
};

statements! {
    ADD_EVENT = "INSERT INTO events (id, name, schema_version, aggregate_kind, aggregate_id, sequence, root_id, actor, account_id, causation, correlation, at, payload)
        VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    NEXT_SEQUENCE = "SELECT CAST(COALESCE(MAX(sequence), 0) + 1 AS BIGINT) FROM events WHERE aggregate_id = $1";
    EVENTS_OF = "SELECT sequence, name, actor, at, payload FROM events WHERE aggregate_id = $1 ORDER BY sequence";
}

/// Who and what caused an event.
pub(crate) struct Cause<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// The command.
    pub command: &'static str,
    /// The request or the saga everything goes back to.
    pub correlation: &'a str,
}

/// The thing an event is about.
pub(crate) struct About<'a> {
    /// `order`, `cart` or `stock`.
    pub kind: &'static str,
    /// Its id.
    pub id: &'a str,
    /// The event's number within it.
    pub sequence: u32,
    /// The order tree it belongs to.
    pub root: Option<OrderId>,
}

/// Appends one event; `payload` is its data as JSON.
pub(crate) async fn append(tx: &mut Tx, id: EventId, name: &str, about: About<'_>, cause: &Cause<'_>, at: Time, payload: &str) -> Stored<()> {
    let values = args![
        id,
        name,
        about.kind,
        about.id,
        about.sequence,
        about.root,
        cause.actor.label(),
        cause.actor.account(),
        cause.command,
        cause.correlation,
        at,
        payload,
    ];
    tx.exec(&ADD_EVENT, values).await.map(drop)
}

/// The number of the next event of a thing that keeps no version itself.
pub(crate) async fn next_sequence(tx: &mut Tx, aggregate: &str) -> Stored<u32> {
    let (next,): (i64,) = tx.one(&NEXT_SEQUENCE, args![aggregate]).await?;
    Ok(u32::try_from(next).unwrap_or(u32::MAX))
}

#[derive(sqlx::FromRow)]
struct EventRow {
    sequence: i64,
    name: String,
    actor: String,
    at: i64,
    payload: String,
}

/// The log of an order, oldest first.
pub(crate) async fn of_order(tx: &mut Tx, order: OrderId) -> Stored<Vec<(Event, Time)>> {
    let rows: Vec<EventRow> = tx.all(&EVENTS_OF, args![order]).await?;
    rows.into_iter().map(|row| Ok((from_json(&row.payload)?, Time(row.at)))).collect()
}

/// The history people see.
pub(crate) async fn history(tx: &mut Tx, order: OrderId) -> Stored<Vec<HistoryRow>> {
    let rows: Vec<EventRow> = tx.all(&EVENTS_OF, args![order]).await?;
    Ok(rows
        .into_iter()
        .map(|row| HistoryRow { version: u32::try_from(row.sequence).unwrap_or(0), event: row.name, at: Time(row.at), actor: row.actor })
        .collect())
}
