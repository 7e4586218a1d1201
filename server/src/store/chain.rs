//! What the chain's own people look for: any order, who did what, what happened. A page is a range of one index, newest first.

use super::{Stored, Tx, args, orders, statements};
use jumun::{
    ids::OrderNumber,
    order::Board,
    time::Time,
    view::{AuditRow, LogRow, OrderList},
};

statements! {
    EVERY_ORDER = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.seller_id
        WHERE (o.placed_at, o.id) < ($1, $2) ORDER BY o.placed_at DESC, o.id DESC LIMIT $3";
    EVERY_ORDER_ON = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.seller_id
        WHERE o.board = $4 AND (o.placed_at, o.id) < ($1, $2) ORDER BY o.placed_at DESC, o.id DESC LIMIT $3";
    ORDERS_NUMBERED = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.seller_id
        WHERE o.number >= $1 AND o.number < $2 AND ($3 = '' OR o.board = $3) ORDER BY o.number DESC LIMIT $4";
    ORDER_NUMBERED = "SELECT id FROM orders WHERE number = $1";
    OPEN_ALERTS = "SELECT severity, COUNT(*), MIN(raised_at) FROM alerts WHERE resolved_at IS NULL GROUP BY severity";
    AUDIT = "SELECT u.id, u.at, u.role, a.name, u.command, u.note, u.request,
            COALESCE(o.number, (SELECT r.number FROM sagas s JOIN orders r ON r.id = s.order_id WHERE u.command = 'retry-saga' AND s.id = u.note)) AS number
        FROM audit u LEFT JOIN accounts a ON a.id = u.account_id LEFT JOIN orders o ON o.id = u.order_id
        WHERE (u.at, u.id) < ($1, $2) ORDER BY u.at DESC, u.id DESC LIMIT $3";
    AUDIT_OF_COMMAND = "SELECT u.id, u.at, u.role, a.name, u.command, u.note, u.request,
            COALESCE(o.number, (SELECT r.number FROM sagas s JOIN orders r ON r.id = s.order_id WHERE u.command = 'retry-saga' AND s.id = u.note)) AS number
        FROM audit u LEFT JOIN accounts a ON a.id = u.account_id LEFT JOIN orders o ON o.id = u.order_id
        WHERE u.command = $4 AND (u.at, u.id) < ($1, $2) ORDER BY u.at DESC, u.id DESC LIMIT $3";
    AUDIT_OF_PERSON = "SELECT u.id, u.at, u.role, a.name, u.command, u.note, u.request,
            COALESCE(o.number, (SELECT r.number FROM sagas s JOIN orders r ON r.id = s.order_id WHERE u.command = 'retry-saga' AND s.id = u.note)) AS number
        FROM audit u LEFT JOIN accounts a ON a.id = u.account_id LEFT JOIN orders o ON o.id = u.order_id
        WHERE u.account_id = $4 AND ($5 = '' OR u.command = $5) AND (u.at, u.id) < ($1, $2) ORDER BY u.at DESC, u.id DESC LIMIT $3";
    AUDITED_PEOPLE = "SELECT a.id, a.name FROM accounts a WHERE EXISTS (SELECT 1 FROM audit u WHERE u.account_id = a.id) ORDER BY a.name, a.id LIMIT 300";
    LOG = "SELECT e.xact, e.position, e.at, e.name, e.aggregate_kind AS kind, o.number, e.sequence, e.actor, a.name AS person, e.causation, e.correlation, e.payload
        FROM events e LEFT JOIN orders o ON o.id = e.aggregate_id LEFT JOIN accounts a ON a.id = e.account_id
        WHERE (e.xact, e.position) < ($1, $2) AND e.at >= $3 AND e.at < $4 ORDER BY e.xact DESC, e.position DESC LIMIT $5";
    LOG_NAMED = "SELECT e.xact, e.position, e.at, e.name, e.aggregate_kind AS kind, o.number, e.sequence, e.actor, a.name AS person, e.causation, e.correlation, e.payload
        FROM events e LEFT JOIN orders o ON o.id = e.aggregate_id LEFT JOIN accounts a ON a.id = e.account_id
        WHERE e.name = $6 AND (e.xact, e.position) < ($1, $2) AND e.at >= $3 AND e.at < $4 ORDER BY e.xact DESC, e.position DESC LIMIT $5";
    LOG_OF_ORDER = "SELECT e.xact, e.position, e.at, e.name, e.aggregate_kind AS kind, o.number, e.sequence, e.actor, a.name AS person, e.causation, e.correlation, e.payload
        FROM events e LEFT JOIN orders o ON o.id = e.aggregate_id LEFT JOIN accounts a ON a.id = e.account_id
        WHERE e.aggregate_id = $6 AND ($7 = '' OR e.name = $7) AND (e.xact, e.position) < ($1, $2) AND e.at >= $3 AND e.at < $4
        ORDER BY e.xact DESC, e.position DESC LIMIT $5";
}

/// A page of all orders: on a board, with numbers that begin with something, or simply all of them. Numbers are walked by
/// themselves, the rest by when an order was placed; a cursor belongs to the walk that gave it.
pub(crate) async fn every_order(tx: &mut Tx, prefix: Option<&str>, board: Option<Board>, cursor: Option<&str>, page: usize) -> Stored<OrderList> {
    let most = page as i64 + 1;
    if let Some(prefix) = prefix {
        // Numbers are ASCII below the tilde.
        let end = format!("{prefix}~");
        let below = cursor.filter(|cursor| **cursor < *end).unwrap_or(&end);
        let rows = tx.all(&ORDERS_NUMBERED, args![prefix, below, board.map_or("", Board::name), most]).await?;
        let mut list = orders::list(tx, rows, page).await?;
        list.next = list.next.and_then(|_| list.rows.last()).map(|row| row.number.to_string());
        return Ok(list);
    }
    let (at, id) = cursor.and_then(super::listing::cursor).unwrap_or((i64::MAX, String::new()));
    let rows = match board {
        Some(board) => tx.all(&EVERY_ORDER_ON, args![at, id, most, board.name()]).await?,
        None => tx.all(&EVERY_ORDER, args![at, id, most]).await?,
    };
    orders::list(tx, rows, page).await
}

/// Open alerts by severity: how many, and since when the oldest is open.
pub(crate) async fn open_alerts(tx: &mut Tx) -> Stored<Vec<(String, i64, i64)>> {
    tx.all(&OPEN_ALERTS, args![]).await
}

/// `micros~id` or `transaction~position`; anything else is the first page.
fn halves(cursor: Option<&str>) -> Option<(i64, &str)> {
    let (first, second) = cursor?.split_once('~')?;
    Some((first.parse().ok()?, second))
}

#[derive(sqlx::FromRow)]
struct Audited {
    id: String,
    at: i64,
    role: String,
    name: Option<String>,
    command: String,
    note: Option<String>,
    request: String,
    number: Option<String>,
}

/// A page of the audit log, and where the next begins.
pub(crate) async fn audit(
    tx: &mut Tx,
    command: Option<&str>,
    person: Option<&str>,
    cursor: Option<&str>,
    page: usize,
) -> Stored<(Vec<AuditRow>, Option<String>)> {
    let (at, id) = halves(cursor).unwrap_or((i64::MAX, ""));
    let most = page as i64 + 1;
    let mut rows: Vec<Audited> = match (person, command) {
        (Some(person), command) => tx.all(&AUDIT_OF_PERSON, args![at, id, most, person, command.unwrap_or_default()]).await?,
        (None, Some(command)) => tx.all(&AUDIT_OF_COMMAND, args![at, id, most, command]).await?,
        (None, None) => tx.all(&AUDIT, args![at, id, most]).await?,
    };
    let more = rows.len() > page;
    rows.truncate(page);
    let next = rows.last().filter(|_| more).map(|row| format!("{}~{}", row.at, row.id));
    let rows = rows
        .into_iter()
        .map(|row| AuditRow {
            id: row.id,
            at: Time(row.at),
            role: row.role,
            name: row.name,
            command: row.command,
            number: row.number.map(OrderNumber::new),
            note: row.note,
            request: row.request,
        })
        .collect();
    Ok((rows, next))
}

/// Everybody who is in the audit log: account and name.
pub(crate) async fn audited_people(tx: &mut Tx) -> Stored<Vec<(String, String)>> {
    tx.all(&AUDITED_PEOPLE, args![]).await
}

/// The order's id, if there is one of this number.
pub(crate) async fn order_numbered(tx: &mut Tx, number: &str) -> Stored<Option<String>> {
    Ok(tx.opt::<(String,)>(&ORDER_NUMBERED, args![number]).await?.map(|(id,)| id))
}

/// What of the event log is wanted.
#[derive(Default)]
pub(crate) struct Wanted<'a> {
    /// Only this order's.
    pub order: Option<&'a str>,
    /// Only events of this name.
    pub name: Option<&'a str>,
    /// At this moment or later.
    pub from: Time,
    /// Before this moment.
    pub until: Time,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

#[derive(sqlx::FromRow)]
struct Logged {
    xact: i64,
    position: i64,
    at: i64,
    name: String,
    kind: String,
    number: Option<String>,
    sequence: i64,
    actor: String,
    person: Option<String>,
    causation: String,
    correlation: String,
    payload: String,
}

/// A page of the event log, newest first by its place, and where the next begins. Days are looked at along the walk: a log
/// grows in the order of time but for transactions that overlap.
pub(crate) async fn log(tx: &mut Tx, wanted: &Wanted<'_>, page: usize) -> Stored<(Vec<LogRow>, Option<String>)> {
    let (xact, position) = halves(wanted.cursor).and_then(|(xact, position)| Some((xact, position.parse().ok()?))).unwrap_or((i64::MAX, i64::MAX));
    let most = page as i64 + 1;
    let mut rows: Vec<Logged> = match (wanted.order, wanted.name) {
        (Some(order), name) => tx.all(&LOG_OF_ORDER, args![xact, position, wanted.from, wanted.until, most, order, name.unwrap_or_default()]).await?,
        (None, Some(name)) => tx.all(&LOG_NAMED, args![xact, position, wanted.from, wanted.until, most, name]).await?,
        (None, None) => tx.all(&LOG, args![xact, position, wanted.from, wanted.until, most]).await?,
    };
    let more = rows.len() > page;
    rows.truncate(page);
    let next = rows.last().filter(|_| more).map(|row| format!("{}~{}", row.xact, row.position));
    let rows = rows
        .into_iter()
        .map(|row| LogRow {
            position: row.position,
            at: Time(row.at),
            name: row.name,
            kind: row.kind,
            number: row.number.map(OrderNumber::new),
            sequence: u32::try_from(row.sequence).unwrap_or(0),
            actor: row.actor,
            person: row.person,
            causation: row.causation,
            correlation: row.correlation,
            payload: in_lines(row.payload),
        })
        .collect();
    Ok((rows, next))
}

/// JSON as people read it: the data of the event, a value a line.
fn in_lines(payload: String) -> String {
    let Ok(serde_json::Value::Object(mut event)) = serde_json::from_str(&payload) else { return payload };
    // Orders' events carry their name beside their data, the others are nothing but data.
    let data = if event.contains_key("name") { event.remove("data").unwrap_or_default() } else { serde_json::Value::Object(event) };
    if data.is_null() { String::new() } else { serde_json::to_string_pretty(&data).unwrap_or(payload) }
}
