//! What signing in takes beside a password: second steps, recovery codes, sign-ins that owe a code, and failures.

use super::{Stored, Tx, args, statements};
use jumun::{
    ids::AccountId,
    signing::{FORGOTTEN, Failures, PENDING_TRIES},
    time::Time,
};

statements! {
    SECOND_STEP = "SELECT secret, confirmed_at FROM second_steps WHERE account_id = $1";
    BEGIN_SECOND_STEP = "INSERT INTO second_steps (account_id, secret, last_step, begun_at) VALUES ($1, $2, 0, $3)
        ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, begun_at = excluded.begun_at WHERE second_steps.confirmed_at IS NULL";
    CONFIRM_SECOND_STEP = "UPDATE second_steps SET confirmed_at = $3, last_step = $4 WHERE account_id = $1 AND secret = $2 AND confirmed_at IS NULL";
    USE_STEP = "UPDATE second_steps SET last_step = $3 WHERE account_id = $1 AND secret = $2 AND last_step < $3 AND confirmed_at IS NOT NULL";
    END_SECOND_STEP = "DELETE FROM second_steps WHERE account_id = $1";
    ADD_RECOVERY_CODE = "INSERT INTO recovery_codes (account_id, code_hash) VALUES ($1, $2)";
    USE_RECOVERY_CODE = "UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL";
    RECOVERY_CODES_LEFT = "SELECT COUNT(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL";
    END_RECOVERY_CODES = "DELETE FROM recovery_codes WHERE account_id = $1";
    ADD_PENDING = "INSERT INTO pending_sign_ins (token_hash, account_id, tries, expires_at) VALUES ($1, $2, 0, $3)";
    PENDING = "SELECT account_id FROM pending_sign_ins WHERE token_hash = $1 AND expires_at > $2 AND tries < $3";
    TRY_PENDING = "UPDATE pending_sign_ins SET tries = tries + 1 WHERE token_hash = $1 AND expires_at > $2 AND tries < $3";
    END_PENDING = "DELETE FROM pending_sign_ins WHERE token_hash = $1";
    END_PENDING_OF = "DELETE FROM pending_sign_ins WHERE account_id = $1";
    END_OLD_PENDING = "DELETE FROM pending_sign_ins WHERE expires_at <= $1";
    // The row is there before it is looked at, so that two failures at once wait for each other.
    HAVE_FAILURES = "INSERT INTO sign_in_failures (subject, failures, since, last_at) VALUES ($1, 0, $2, $2) ON CONFLICT (subject) DO NOTHING";
    FAILURES = "SELECT failures, since, last_at FROM sign_in_failures WHERE subject = $1",
        pg "SELECT failures, since, last_at FROM sign_in_failures WHERE subject = $1 FOR UPDATE";
    SET_FAILURES = "UPDATE sign_in_failures SET failures = $2, since = $3, last_at = $4 WHERE subject = $1";
    FORGIVE = "DELETE FROM sign_in_failures WHERE subject = $1";
    FORGET_FAILURES = "DELETE FROM sign_in_failures WHERE last_at <= $1";
}

/// An account's second step.
pub(crate) struct SecondStep {
    /// In Base32.
    pub secret: String,
    /// Since when codes are asked for; not yet when there is none.
    pub confirmed_at: Option<Time>,
}

/// The second step of an account, begun or in force.
pub(crate) async fn second_step(tx: &mut Tx, account: AccountId) -> Stored<Option<SecondStep>> {
    let row: Option<(String, Option<i64>)> = tx.opt(&SECOND_STEP, args![account]).await?;
    Ok(row.map(|(secret, confirmed_at)| SecondStep { secret, confirmed_at: confirmed_at.map(Time) }))
}

/// Begins a second step, or begins it again; no when one is in force.
pub(crate) async fn begin_second_step(tx: &mut Tx, account: AccountId, secret: &str, now: Time) -> Stored<bool> {
    Ok(tx.exec(&BEGIN_SECOND_STEP, args![account, secret, now]).await? == 1)
}

/// Puts the second step with this secret in force, with the step of its first code used up.
pub(crate) async fn confirm_second_step(tx: &mut Tx, account: AccountId, secret: &str, now: Time, step: i64) -> Stored<bool> {
    Ok(tx.exec(&CONFIRM_SECOND_STEP, args![account, secret, now, step]).await? == 1)
}

/// Uses up a step, and every one before it; no when that has happened.
pub(crate) async fn use_step(tx: &mut Tx, account: AccountId, secret: &str, step: i64) -> Stored<bool> {
    Ok(tx.exec(&USE_STEP, args![account, secret, step]).await? == 1)
}

/// Ends an account's second step with all that hangs on it.
pub(crate) async fn end_second_step(tx: &mut Tx, account: AccountId) -> Stored<()> {
    tx.exec(&END_PENDING_OF, args![account]).await?;
    tx.exec(&END_RECOVERY_CODES, args![account]).await?;
    tx.exec(&END_SECOND_STEP, args![account]).await.map(drop)
}

/// Adds a recovery code by its hash.
pub(crate) async fn add_recovery_code(tx: &mut Tx, account: AccountId, code_hash: &str) -> Stored<()> {
    tx.exec(&ADD_RECOVERY_CODE, args![account, code_hash]).await.map(drop)
}

/// Uses up a recovery code; no when there is none like it left.
pub(crate) async fn use_recovery_code(tx: &mut Tx, account: AccountId, code_hash: &str, now: Time) -> Stored<bool> {
    Ok(tx.exec(&USE_RECOVERY_CODE, args![account, code_hash, now]).await? == 1)
}

/// How many recovery codes are left.
pub(crate) async fn recovery_codes_left(tx: &mut Tx, account: AccountId) -> Stored<u32> {
    let (left,): (i64,) = tx.one(&RECOVERY_CODES_LEFT, args![account]).await?;
    Ok(u32::try_from(left).unwrap_or(u32::MAX))
}

/// Notes that an account gave its password and owes a code.
pub(crate) async fn add_pending(tx: &mut Tx, token_hash: &str, account: AccountId, expires: Time) -> Stored<()> {
    tx.exec(&ADD_PENDING, args![token_hash, account, expires]).await.map(drop)
}

/// The account that owes a code, while it may still give one.
pub(crate) async fn pending(tx: &mut Tx, token_hash: &str, now: Time) -> Stored<Option<AccountId>> {
    let row: Option<(String,)> = tx.opt(&PENDING, args![token_hash, now, PENDING_TRIES]).await?;
    row.map(|(account,)| super::parsed(&account)).transpose()
}

/// Takes one of the tries; no when none is left.
pub(crate) async fn try_pending(tx: &mut Tx, token_hash: &str, now: Time) -> Stored<bool> {
    Ok(tx.exec(&TRY_PENDING, args![token_hash, now, PENDING_TRIES]).await? == 1)
}

/// Ends a sign-in that owed a code.
pub(crate) async fn end_pending(tx: &mut Tx, token_hash: &str) -> Stored<()> {
    tx.exec(&END_PENDING, args![token_hash]).await.map(drop)
}

/// The failures of a subject; the row is held until the transaction ends.
pub(crate) async fn failures(tx: &mut Tx, subject: &str, now: Time) -> Stored<Failures> {
    tx.exec(&HAVE_FAILURES, args![subject, now]).await?;
    let (count, since, last): (i64, i64, i64) = tx.one(&FAILURES, args![subject]).await?;
    Ok(Failures { count: u32::try_from(count).unwrap_or(u32::MAX), since: Time(since), last: Time(last) })
}

/// Writes a subject's failures.
pub(crate) async fn set_failures(tx: &mut Tx, subject: &str, failures: Failures) -> Stored<()> {
    tx.exec(&SET_FAILURES, args![subject, failures.count, failures.since, failures.last]).await.map(drop)
}

/// Forgets a subject's failures.
pub(crate) async fn forgive(tx: &mut Tx, subject: &str) -> Stored<()> {
    tx.exec(&FORGIVE, args![subject]).await.map(drop)
}

/// Forgets what is over: sign-ins that still owe a code, and old failures.
pub(crate) async fn forget(tx: &mut Tx, now: Time) -> Stored<()> {
    tx.exec(&END_OLD_PENDING, args![now]).await?;
    tx.exec(&FORGET_FAILURES, args![now.before(FORGOTTEN)]).await.map(drop)
}
