//! The policy book and the house clock.

use super::{Stored, Tx, args, statements};
use jumun::{policy::Policy, time::Time};
use std::collections::BTreeMap;

statements! {
    POLICY_VERSIONS = "SELECT version FROM policy_books WHERE effective_at <= $1 ORDER BY version";
    POLICY_ROWS = "SELECT key, value FROM policy_rows WHERE version = $1";
    ADD_POLICY_BOOK = "INSERT INTO policy_books (version, effective_at, reason) VALUES ($1, $2, $3)";
    ADD_POLICY_ROW = "INSERT INTO policy_rows (version, key, value) VALUES ($1, $2, $3)";
    CLOCK_OFFSET = "SELECT offset_micros FROM house_clock WHERE id = 1";
    ADD_CLOCK = "INSERT INTO house_clock (id, offset_micros) VALUES (1, 0) ON CONFLICT (id) DO NOTHING";
    ADVANCE_CLOCK = "UPDATE house_clock SET offset_micros = offset_micros + $1 WHERE id = 1 RETURNING offset_micros";
}

/// Every version of the book that is in force or was.
pub(crate) async fn versions(tx: &mut Tx, now: Time) -> Stored<Vec<i64>> {
    Ok(tx.all::<(i64,)>(&POLICY_VERSIONS, args![now]).await?.into_iter().map(|(version,)| version).collect())
}

/// The rows of a version.
pub(crate) async fn rows(tx: &mut Tx, version: i64) -> Stored<BTreeMap<String, i64>> {
    Ok(tx.all::<(String, i64)>(&POLICY_ROWS, args![version]).await?.into_iter().collect())
}

/// Writes a new version.
pub(crate) async fn add(tx: &mut Tx, policy: &Policy, effective_at: Time, reason: &str) -> Stored<()> {
    tx.exec(&ADD_POLICY_BOOK, args![policy.version, effective_at, reason]).await?;
    for (key, value) in policy.to_rows() {
        tx.exec(&ADD_POLICY_ROW, args![policy.version, key, value]).await?;
    }
    Ok(())
}

/// How far the house clock is ahead of the system's.
pub(crate) async fn clock_offset(tx: &mut Tx) -> Stored<i64> {
    Ok(tx.opt::<(i64,)>(&CLOCK_OFFSET, args![]).await?.map_or(0, |(offset,)| offset))
}

/// Makes the clock's row.
pub(crate) async fn add_clock(tx: &mut Tx) -> Stored<()> {
    tx.exec(&ADD_CLOCK, args![]).await.map(drop)
}

/// Moves the clock forward and answers the new offset.
pub(crate) async fn advance_clock(tx: &mut Tx, micros: i64) -> Stored<i64> {
    Ok(tx.one::<(i64,)>(&ADVANCE_CLOCK, args![micros]).await?.0)
}
