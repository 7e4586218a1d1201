//! What `jumun verify` asks of the database: every invariant as a query that finds its violations.

use super::{Stored, Tx, args, statements};
use jumun::time::Time;

statements! {
    UNBALANCED_JOURNALS = "SELECT journal_id FROM postings GROUP BY journal_id, unit HAVING SUM(amount) <> 0 LIMIT 20";
    DRIFTED_BALANCES = "SELECT b.unit || ' ' || b.account || ' ' || b.owner || ' ' || b.subject FROM balances b
        WHERE b.amount <> CAST(COALESCE((SELECT SUM(p.amount) FROM postings p
            WHERE p.unit = b.unit AND p.account = b.account AND p.owner = b.owner AND p.subject = b.subject), 0) AS BIGINT) LIMIT 20";
    NEGATIVE_BALANCES = "SELECT unit || ' ' || account || ' ' || owner || ' ' || subject FROM balances WHERE floored AND amount < 0 LIMIT 20";
    STUCK_SAGAS = "SELECT id FROM sagas WHERE state = 'waiting' AND due_at < $1 LIMIT 20";
    LATE_TIMERS = "SELECT id FROM timers WHERE due_at < $1 LIMIT 20";
    DOUBLE_APPROVALS = "SELECT order_id FROM payment_attempts WHERE state = 'Approved' GROUP BY order_id HAVING COUNT(*) > 1 LIMIT 20";
    GAPPED_LOGS = "SELECT aggregate_id FROM events GROUP BY aggregate_id HAVING MIN(sequence) <> 1 OR MAX(sequence) <> COUNT(*) LIMIT 20";
    ORDERS_WITHOUT_LOG = "SELECT o.id FROM orders o WHERE o.version <> (SELECT COUNT(*) FROM events e WHERE e.aggregate_id = o.id) LIMIT 20";
    LIVE_CHILDREN = "SELECT c.id FROM orders c JOIN orders p ON p.id = c.parent_id WHERE p.status = 'Cancelled' AND c.status <> 'Cancelled' LIMIT 20";
    UNAUDITED = "SELECT e.id FROM events e WHERE e.actor IN ('staff', 'admin', 'channel') AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.request = e.correlation) LIMIT 20";
}

/// An invariant's short name and what breaks it.
pub(crate) type Finding = (&'static str, String);

/// Runs every query and gathers what it finds.
pub(crate) async fn findings(tx: &mut Tx, now: Time) -> Stored<Vec<Finding>> {
    let late = now.before(jumun::time::Span::seconds(60));
    let mut found = Vec::new();
    for (name, sql, values) in [
        ("I1 journals sum to zero", &UNBALANCED_JOURNALS, args![]),
        ("I1 balances are the sum of their postings", &DRIFTED_BALANCES, args![]),
        ("I4 no floored balance is negative", &NEGATIVE_BALANCES, args![]),
        ("I8 no saga is past its time", &STUCK_SAGAS, args![late]),
        ("I5 no timer is past its time", &LATE_TIMERS, args![late]),
        ("I2 one approved attempt for an amount due", &DOUBLE_APPROVALS, args![]),
        ("I10 logs have no gap", &GAPPED_LOGS, args![]),
        ("I15 every order has its log", &ORDERS_WITHOUT_LOG, args![]),
        ("I11 no live child under a cancelled parent", &LIVE_CHILDREN, args![]),
        ("I14 staff work is audited", &UNAUDITED, args![]),
    ] {
        for (what,) in tx.all::<(String,)>(sql, values).await? {
            found.push((name, what));
        }
    }
    Ok(found)
}
