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
    LOG_END = "SELECT xact, position FROM events ORDER BY xact DESC, position DESC LIMIT 1",
    pg "SELECT xact, position FROM events WHERE xact < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) ORDER BY xact DESC, position DESC LIMIT 1";
    LOG_AFTER = "SELECT e.xact, e.position, e.aggregate_kind, e.aggregate_id, e.root_id, e.sequence, e.name, COALESCE(o.seller_id, w.store_id) AS store_id
        FROM events e LEFT JOIN orders o ON o.id = e.aggregate_id LEFT JOIN warehouses w ON e.aggregate_kind = 'stock' AND w.id = SUBSTR(e.aggregate_id, 1, 36)
        WHERE (e.xact, e.position) > ($1, $2) ORDER BY e.xact, e.position LIMIT $3",
    pg "SELECT e.xact, e.position, e.aggregate_kind, e.aggregate_id, e.root_id, e.sequence, e.name, COALESCE(o.seller_id, w.store_id) AS store_id
        FROM events e LEFT JOIN orders o ON o.id = e.aggregate_id LEFT JOIN warehouses w ON e.aggregate_kind = 'stock' AND w.id = SUBSTR(e.aggregate_id, 1, 36)
        WHERE (e.xact, e.position) > ($1, $2) AND e.xact < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)
        ORDER BY e.xact, e.position LIMIT $3";
    HISTORY = "SELECT e.sequence, e.name, e.actor, e.at, CASE WHEN e.causation = 'settle-saga' THEN (SELECT u.note FROM audit u
            WHERE u.command = 'settle-saga' AND u.order_id = e.aggregate_id AND u.request = e.correlation ORDER BY u.at, u.id LIMIT 1) END AS note
        FROM events e WHERE e.aggregate_id = $1 ORDER BY e.sequence";
    EVENTS_OF = "SELECT at, payload FROM events WHERE aggregate_id = $1 ORDER BY sequence";
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

/// A place in the log: everything up to it has been read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Place {
    xact: i64,
    position: i64,
}

impl Place {
    /// A place that a row holds.
    pub(crate) fn new(xact: i64, position: i64) -> Self {
        Self { xact, position }
    }

    /// Its transaction.
    pub(crate) fn xact(self) -> i64 {
        self.xact
    }

    /// Its number.
    pub(crate) fn position(self) -> i64 {
        self.position
    }
}

/// One entry of the log, as its readers see it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Entry {
    xact: i64,
    position: i64,
    /// `order`, `cart` or `stock`.
    pub aggregate_kind: String,
    /// Its id.
    pub aggregate_id: String,
    /// The tree it belongs to, for an order.
    pub root_id: Option<String>,
    /// The event's number within it.
    pub sequence: i64,
    /// What happened.
    pub name: String,
    /// Whose order or stock it is.
    pub store_id: Option<String>,
}

impl Entry {
    /// Where it stands.
    pub(crate) fn place(&self) -> Place {
        Place { xact: self.xact, position: self.position }
    }

    /// A number that grows along the log, good enough to tell two entries apart.
    pub(crate) fn position(&self) -> i64 {
        self.position
    }
}

/// The end of the log. What a transaction that is still open will add comes after it, whatever its number.
pub(crate) async fn end(tx: &mut Tx) -> Stored<Place> {
    let row: Option<(i64, i64)> = tx.opt(&LOG_END, args![]).await?;
    Ok(row.map(|(xact, position)| Place { xact, position }).unwrap_or_default())
}

/// The next entries after a place, none of them twice and none left out.
pub(crate) async fn after(tx: &mut Tx, place: Place, most: i64) -> Stored<Vec<Entry>> {
    tx.all(&LOG_AFTER, args![place.xact, place.position, most]).await
}

#[derive(sqlx::FromRow)]
struct EventRow {
    at: i64,
    payload: String,
}

/// The log of an order, oldest first.
pub(crate) async fn of_order(tx: &mut Tx, order: OrderId) -> Stored<Vec<(Event, Time)>> {
    let rows: Vec<EventRow> = tx.all(&EVENTS_OF, args![order]).await?;
    rows.into_iter().map(|row| Ok((from_json(&row.payload)?, Time(row.at)))).collect()
}

#[derive(sqlx::FromRow)]
struct Happened {
    sequence: i64,
    name: String,
    actor: String,
    at: i64,
    note: Option<String>,
}

/// The history people see.
pub(crate) async fn history(tx: &mut Tx, order: OrderId) -> Stored<Vec<HistoryRow>> {
    let rows: Vec<Happened> = tx.all(&HISTORY, args![order]).await?;
    let row = |row: Happened| {
        let version = u32::try_from(row.sequence).unwrap_or(0);
        HistoryRow { version, event: row.name, at: Time(row.at), actor: row.actor, note: row.note }
    };
    Ok(rows.into_iter().map(row).collect())
}
