//! What was asked before: idempotency keys with their answers, and the audit log.

use super::{Stored, Tx, args, statements};
use jumun::{actor::Actor, ids::OrderId, time::Time};

statements! {
    STORED_ANSWER = "SELECT body_hash, answer FROM idempotency WHERE owner = $1 AND operation = $2 AND key = $3";
    KEEP_ANSWER = "INSERT INTO idempotency (owner, operation, key, body_hash, answer, created_at) VALUES ($1, $2, $3, $4, $5, $6)";
    FORGET_ANSWERS = "DELETE FROM idempotency WHERE created_at < $1";
    ADD_AUDIT = "INSERT INTO audit (id, at, role, account_id, command, order_id, note, request) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// An idempotency key and what it belongs to.
pub(crate) struct Key<'a> {
    /// Who used it.
    pub owner: &'a str,
    /// For what.
    pub operation: &'a str,
    /// The key.
    pub key: &'a str,
    /// The hash of what was asked.
    pub body_hash: &'a str,
}

/// The hash of the first request with this key, and its answer.
pub(crate) async fn stored_answer(tx: &mut Tx, key: &Key<'_>) -> Stored<Option<(String, String)>> {
    tx.opt(&STORED_ANSWER, args![key.owner, key.operation, key.key]).await
}

/// Keeps an answer with its effect.
pub(crate) async fn keep_answer(tx: &mut Tx, key: &Key<'_>, answer: &str, at: Time) -> Stored<()> {
    tx.exec(&KEEP_ANSWER, args![key.owner, key.operation, key.key, key.body_hash, answer, at]).await.map(drop)
}

/// Forgets answers from before a moment.
pub(crate) async fn forget_answers(tx: &mut Tx, before: Time) -> Stored<u64> {
    tx.exec(&FORGET_ANSWERS, args![before]).await
}

/// Writes who did what with somebody else's stock, money or data.
pub(crate) async fn audit(
    tx: &mut Tx,
    id: String,
    at: Time,
    actor: &Actor,
    command: &str,
    order: Option<OrderId>,
    note: Option<&str>,
    request: &str,
) -> Stored<()> {
    tx.exec(&ADD_AUDIT, args![id, at, actor.label(), actor.account(), command, order, note, request]).await.map(drop)
}
