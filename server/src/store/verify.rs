//! What `jumun verify` asks of the database: every invariant as a query that finds its violations.

use super::{Arg, Sql, Stored, Tx, args, from_json, statements, to_json};
use jumun::{
    time::Time,
    view::{LedgerSum, Proof},
};

statements! {
    UNBALANCED_JOURNALS = "SELECT journal_id FROM postings GROUP BY journal_id, unit HAVING SUM(amount) <> 0 LIMIT 20";
    DRIFTED_BALANCES = "SELECT b.unit || ' ' || b.account || ' ' || b.owner || ' ' || b.subject FROM balances b
        WHERE b.amount <> CAST(COALESCE((SELECT SUM(p.amount) FROM postings p
            WHERE p.unit = b.unit AND p.account = b.account AND p.owner = b.owner AND p.subject = b.subject), 0) AS BIGINT) LIMIT 20";
    NEGATIVE_BALANCES = "SELECT unit || ' ' || account || ' ' || owner || ' ' || subject FROM balances WHERE floored AND amount < 0 LIMIT 20";
    STUCK_SAGAS = "SELECT id FROM sagas WHERE state = 'waiting' AND due_at < $1 LIMIT 20";
    LATE_TIMERS = "SELECT id FROM timers WHERE due_at < $1 UNION ALL SELECT kind || ' ' || party_id FROM member_timers WHERE due_at < $1 LIMIT 20";
    DOUBLE_APPROVALS = "SELECT order_id FROM payment_attempts WHERE state = 'Approved' GROUP BY order_id, due HAVING COUNT(*) > 1 LIMIT 20";
    GAPPED_LOGS = "SELECT aggregate_id FROM events GROUP BY aggregate_id HAVING MIN(sequence) <> 1 OR MAX(sequence) <> COUNT(*) LIMIT 20";
    ORDERS_WITHOUT_LOG = "SELECT o.id FROM orders o WHERE o.version <> (SELECT COUNT(*) FROM events e WHERE e.aggregate_id = o.id) LIMIT 20";
    LIVE_CHILDREN = "SELECT c.id FROM orders c JOIN orders p ON p.id = c.parent_id
        WHERE p.status = 'Cancelled' AND c.status NOT IN ('Cancelled', 'Completed', 'Returned', 'Refunded') LIMIT 20";
    MISCOUNTED_COUPONS = "SELECT c.id FROM coupons c WHERE c.given > c.total OR c.given <> (SELECT COUNT(*) FROM coupon_issues i WHERE i.coupon_id = c.id) LIMIT 20";
    TOO_MANY_COUPONS = "SELECT i.id FROM coupon_issues i JOIN coupons c ON c.id = i.coupon_id WHERE i.nth > c.per_customer LIMIT 20";
    STRAY_COUPONS = "SELECT i.id FROM coupon_issues i JOIN orders o ON o.id = i.order_id
            WHERE json_extract(o.state, '$.coupon.issue') <> i.id OR json_extract(o.state, '$.coupon.state') <> i.state
        UNION ALL SELECT o.id FROM orders o WHERE json_extract(o.state, '$.coupon.state') <> 'ready' AND NOT EXISTS (SELECT 1 FROM coupon_issues i WHERE i.order_id = o.id) LIMIT 20",
    pg "SELECT i.id FROM coupon_issues i JOIN orders o ON o.id = i.order_id
            WHERE o.state::json #>> '{coupon,issue}' <> i.id OR o.state::json #>> '{coupon,state}' <> i.state
        UNION ALL SELECT o.id FROM orders o WHERE o.state::json #>> '{coupon,state}' <> 'ready' AND NOT EXISTS (SELECT 1 FROM coupon_issues i WHERE i.order_id = o.id) LIMIT 20";
    UNOWED_POINTS = "SELECT owner FROM balances WHERE unit = 'won' AND account IN ('points_liability', 'points_spendable', 'points_held')
        GROUP BY owner HAVING SUM(amount) <> 0 LIMIT 20";
    SUMS = "SELECT unit, account, CAST(SUM(amount) AS BIGINT) AS amount FROM balances GROUP BY unit, account ORDER BY unit, account";
    PROOFS = "SELECT at, took_micros, orders, findings FROM proofs ORDER BY at DESC, id DESC LIMIT $1";
    ADD_PROOF = "INSERT INTO proofs (id, at, took_micros, orders, findings) VALUES ($1, $2, $3, $4, $5)";
    ALERT_WITHOUT_END = "SELECT s.id FROM sagas s WHERE s.state = 'parked' AND NOT EXISTS
        (SELECT 1 FROM alerts a WHERE a.kind = 'saga_parked' AND a.subject = s.id AND a.raised_at >= s.started_at) LIMIT 20";
    DRIFTED_QUEUE = "SELECT s.id FROM shortages s JOIN orders o ON o.id = s.order_id WHERE s.kind = 'missing' AND NOT o.short LIMIT 20";
    PROMISED_UNITS = "SELECT owner || ' ' || subject FROM balances WHERE unit = 'stock' AND account IN ('pre_order', 'pre_held', 'pre_committed', 'pre_kept', 'pre_cap')
        GROUP BY owner, subject HAVING SUM(amount) <> 0 LIMIT 20";
    DRIFTED_CAPS = "SELECT b.subject FROM balances b LEFT JOIN pre_orders r ON r.variant_id = b.subject AND r.warehouse_id = b.owner
        WHERE b.unit = 'stock' AND b.account = 'pre_cap' AND b.amount <> -COALESCE(r.cap, 0) LIMIT 20";
    FORGOTTEN_PROMISES = "SELECT b.subject FROM balances b WHERE b.unit = 'stock' AND b.account = 'pre_committed'
        AND b.amount <> COALESCE((SELECT SUM(s.quantity) FROM shortages s WHERE s.kind = 'promised' AND s.variant_id = b.subject), 0) LIMIT 20";
    UNAUDITED = "SELECT e.id FROM events e WHERE e.actor IN ('staff', 'admin', 'channel') AND NOT EXISTS (SELECT 1 FROM audit a WHERE a.request = e.correlation) LIMIT 20";
}

/// An invariant's short name and what breaks it.
pub(crate) type Finding = (&'static str, String);

/// The invariants that a query can see.
pub(crate) const NAMES: &[&str] = &[
    "I1 journals sum to zero",
    "I1 balances are the sum of their postings",
    "I4 no floored balance is negative",
    "I8 no saga is past its time",
    "I5 no timer is past its time",
    "I2 one approved attempt for an amount due",
    "I10 logs have no gap",
    "I15 every order has its log",
    "I11 no live child under a cancelled parent",
    "I14 staff work is audited",
    "I8 every parked saga has raised an alert",
    "I4 who waits for goods is short of them",
    "I6 no more coupons are out than there are",
    "I6 nobody has more of a coupon than allowed",
    "I6 coupons are where their orders say",
    "I7 points that are out are owed to the won",
    "I4 a promise is never a unit",
    "I4 a cap is what was set",
    "I4 who was promised goods waits for them",
];

/// Runs every query and gathers what it finds.
pub(crate) async fn findings(tx: &mut Tx, now: Time) -> Stored<Vec<Finding>> {
    let late = now.before(jumun::time::Span::seconds(60));
    let mut found = Vec::new();
    let queries: [(&Sql, &[Arg]); NAMES.len()] = [
        (&UNBALANCED_JOURNALS, args![]),
        (&DRIFTED_BALANCES, args![]),
        (&NEGATIVE_BALANCES, args![]),
        (&STUCK_SAGAS, args![late]),
        (&LATE_TIMERS, args![late]),
        (&DOUBLE_APPROVALS, args![]),
        (&GAPPED_LOGS, args![]),
        (&ORDERS_WITHOUT_LOG, args![]),
        (&LIVE_CHILDREN, args![]),
        (&UNAUDITED, args![]),
        (&ALERT_WITHOUT_END, args![]),
        (&DRIFTED_QUEUE, args![]),
        (&MISCOUNTED_COUPONS, args![]),
        (&TOO_MANY_COUPONS, args![]),
        (&STRAY_COUPONS, args![]),
        (&UNOWED_POINTS, args![]),
        (&PROMISED_UNITS, args![]),
        (&DRIFTED_CAPS, args![]),
        (&FORGOTTEN_PROMISES, args![]),
    ];
    for (name, (sql, values)) in NAMES.iter().zip(queries) {
        for (what,) in tx.all::<(String,)>(sql, values).await? {
            found.push((*name, what));
        }
    }
    Ok(found)
}

#[derive(sqlx::FromRow)]
struct SumRow {
    unit: String,
    account: String,
    amount: i64,
}

/// Every account's sum over everybody.
pub(crate) async fn sums(tx: &mut Tx) -> Stored<Vec<LedgerSum>> {
    let rows: Vec<SumRow> = tx.all(&SUMS, args![]).await?;
    Ok(rows.into_iter().map(|row| LedgerSum { unit: row.unit, account: row.account, amount: row.amount }).collect())
}

#[derive(sqlx::FromRow)]
struct ProofRow {
    at: i64,
    took_micros: i64,
    orders: i64,
    findings: String,
}

/// The last checks, newest first.
pub(crate) async fn proofs(tx: &mut Tx, most: i64) -> Stored<Vec<Proof>> {
    let rows: Vec<ProofRow> = tx.all(&PROOFS, args![most]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Proof {
                at: Time(row.at),
                took_micros: row.took_micros,
                orders: u32::try_from(row.orders).unwrap_or(u32::MAX),
                findings: from_json(&row.findings)?,
            })
        })
        .collect()
}

/// Keeps what a check found.
pub(crate) async fn keep_proof(tx: &mut Tx, proof: &Proof) -> Stored<()> {
    let values = args![uuid::Uuid::now_v7().to_string(), proof.at, proof.took_micros, proof.orders, to_json(&proof.findings)?];
    tx.exec(&ADD_PROOF, values).await.map(drop)
}
