//! How the readers of the log and the queues stand, and what they gave up.

use super::{Failure, Stored, Tx, args, events::Place, statements, webhooks};
use jumun::{
    ids::OrderNumber,
    queue::{EndpointState, LetterView, MOST_COUNTED, Queue, QueueView, ReaderView},
    time::Time,
};

statements! {
    BEHIND_PLACE = "SELECT CAST(COUNT(*) AS BIGINT), MIN(at) FROM (SELECT at FROM events WHERE (xact, position) > ($1, $2) ORDER BY xact, position LIMIT $3) q";
    QUEUE_FIGURES = "SELECT 'timers' AS queue, COUNT(*) AS depth, COUNT(CASE WHEN due_at <= $1 THEN 1 END) AS due, MIN(CASE WHEN due_at <= $1 THEN due_at END) AS since,
            CAST(0 AS BIGINT) AS dead FROM timers
        UNION ALL SELECT 'sagas', COUNT(*), COUNT(CASE WHEN due_at <= $1 THEN 1 END), MIN(CASE WHEN due_at <= $1 THEN due_at END),
            (SELECT COUNT(*) FROM sagas WHERE state = 'parked') FROM sagas WHERE state = 'waiting'
        UNION ALL SELECT 'shortages', COUNT(*), CAST(0 AS BIGINT), NULL, CAST(0 AS BIGINT) FROM shortages
        UNION ALL SELECT 'notices', COUNT(*), COUNT(CASE WHEN due_at <= $1 THEN 1 END), MIN(CASE WHEN due_at <= $1 THEN due_at END),
            (SELECT COUNT(*) FROM notices WHERE state = 'failed') FROM notices WHERE state = 'queued'
        UNION ALL SELECT 'alerts', COUNT(*), COUNT(CASE WHEN due_at <= $1 THEN 1 END), MIN(CASE WHEN due_at <= $1 THEN due_at END),
            (SELECT COUNT(*) FROM alerts WHERE sending = 'failed' AND resolved_at IS NULL) FROM alerts WHERE sending = 'queued'
        UNION ALL SELECT 'webhooks', COUNT(*), COUNT(CASE WHEN due_at <= $1 THEN 1 END), MIN(CASE WHEN due_at <= $1 THEN due_at END),
            (SELECT COUNT(*) FROM webhook_deliveries WHERE state = 'dead') FROM webhook_deliveries WHERE state = 'waiting'";
    FAILED_NOTICES = "SELECT n.id, n.template AS what, n.channel AS whither, o.number, n.problem, n.due_at AS at
        FROM notices n LEFT JOIN orders o ON o.id = n.order_id WHERE n.state = 'failed' ORDER BY n.due_at DESC, n.id LIMIT $1";
    FAILED_ALERTS = "SELECT a.id, a.kind AS what, a.severity AS whither, o.number, a.problem, a.raised_at AS at
        FROM alerts a LEFT JOIN orders o ON o.id = a.order_id WHERE a.sending = 'failed' AND a.resolved_at IS NULL ORDER BY a.raised_at DESC, a.id LIMIT $1";
    DEAD_DELIVERIES = "SELECT d.id, d.event AS what, e.url AS whither, o.number,
            (SELECT COALESCE(CAST(t.status AS TEXT), t.problem) FROM webhook_attempts t WHERE t.delivery_id = d.id ORDER BY t.nth DESC LIMIT 1) AS problem, d.created_at AS at
        FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id LEFT JOIN orders o ON o.id = d.order_id
        WHERE d.state = 'dead' ORDER BY d.created_at DESC, d.id LIMIT $1";
    RETRY_NOTICE = "UPDATE notices SET state = 'queued', attempts = 0, due_at = $2, leased_until = 0, problem = NULL WHERE id = $1 AND state = 'failed'";
    RETRY_ALERT = "UPDATE alerts SET sending = 'queued', attempts = 0, due_at = $2, leased_until = 0 WHERE id = $1 AND sending = 'failed' AND resolved_at IS NULL";
    RETRY_DELIVERY = "UPDATE webhook_deliveries SET state = 'waiting', tries = 0, due_at = $2, ended_at = NULL WHERE id = $1 AND state = 'dead'";
    ENDPOINT_STATES = "SELECT COALESCE(p.name_ko, a.name) AS owner, e.url, e.disabled, e.failing_since,
            (SELECT COUNT(*) FROM webhook_deliveries d WHERE d.endpoint_id = e.id AND d.state = 'waiting') AS waiting,
            (SELECT COUNT(*) FROM webhook_deliveries d WHERE d.endpoint_id = e.id AND d.state = 'dead') AS dead
        FROM webhook_endpoints e LEFT JOIN parties p ON e.owner_kind = 'store' AND p.id = e.owner_id LEFT JOIN accounts a ON a.id = e.account_id
        ORDER BY e.created_at DESC, e.id LIMIT 100";
}

fn count(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// How far a reader at this place is behind the log.
pub(crate) async fn behind(tx: &mut Tx, name: &str, place: Place) -> Stored<ReaderView> {
    let (behind, since): (i64, Option<i64>) = tx.one(&BEHIND_PLACE, args![place.xact(), place.position(), MOST_COUNTED]).await?;
    Ok(ReaderView { name: name.to_owned(), position: place.position(), behind: count(behind), since: since.map(Time) })
}

#[derive(sqlx::FromRow)]
struct FigureRow {
    queue: String,
    depth: i64,
    due: i64,
    since: Option<i64>,
    dead: i64,
}

/// How every queue stands.
pub(crate) async fn figures(tx: &mut Tx, now: Time) -> Stored<Vec<QueueView>> {
    let rows: Vec<FigureRow> = tx.all(&QUEUE_FIGURES, args![now]).await?;
    rows.into_iter()
        .map(|row| {
            let queue = Queue::from_slug(&row.queue).ok_or_else(|| Failure::Corrupt(format!("queue {:?}", row.queue)))?;
            Ok(QueueView { queue, depth: count(row.depth), due: count(row.due), since: row.since.map(Time), dead: count(row.dead) })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct LetterRow {
    id: String,
    what: String,
    whither: String,
    number: Option<String>,
    problem: Option<String>,
    at: i64,
}

/// The host of an address: what follows it can carry somebody's key.
fn host(url: &str) -> String {
    reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// What was given up, newest first.
pub(crate) async fn letters(tx: &mut Tx, most: i64) -> Stored<Vec<LetterView>> {
    let mut letters = Vec::new();
    for (queue, sql) in [(Queue::Notices, &FAILED_NOTICES), (Queue::Alerts, &FAILED_ALERTS), (Queue::Webhooks, &DEAD_DELIVERIES)] {
        for row in tx.all::<LetterRow>(sql, args![most]).await? {
            let whither = if queue == Queue::Webhooks { host(&row.whither) } else { row.whither };
            let number = row.number.map(OrderNumber::new);
            letters.push(LetterView { queue, id: row.id, what: row.what, whither, number, problem: row.problem, at: Time(row.at) });
        }
    }
    letters.sort_by_key(|letter| std::cmp::Reverse(letter.at));
    Ok(letters)
}

/// Sends something again that was given up; false when nothing of this id was.
pub(crate) async fn retry(tx: &mut Tx, queue: Queue, id: &str, now: Time) -> Stored<bool> {
    let sql = match queue {
        Queue::Notices => &RETRY_NOTICE,
        Queue::Alerts => &RETRY_ALERT,
        Queue::Webhooks => &RETRY_DELIVERY,
        Queue::Timers | Queue::Sagas | Queue::Shortages => return Ok(false),
    };
    Ok(tx.exec(sql, args![id, now]).await? == 1)
}

#[derive(sqlx::FromRow)]
struct StateRow {
    owner: String,
    url: String,
    disabled: Option<String>,
    failing_since: Option<i64>,
    waiting: i64,
    dead: i64,
}

/// Every endpoint, newest first.
pub(crate) async fn endpoints(tx: &mut Tx) -> Stored<Vec<EndpointState>> {
    let rows: Vec<StateRow> = tx.all(&ENDPOINT_STATES, args![]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(EndpointState {
                owner: row.owner,
                host: host(&row.url),
                disabled: webhooks::disabled(row.disabled)?,
                failing_since: row.failing_since.map(Time),
                waiting: count(row.waiting),
                dead: count(row.dead),
            })
        })
        .collect()
}
