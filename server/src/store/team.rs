//! The people of a store, and the links by which new ones set their first password.

use super::{Stored, Tx, args, parsed, statements};
use jumun::{
    ids::{AccountId, PartyId},
    team::{Colleague, Presence},
    text::Words,
    time::Time,
    view::{ColleagueRow, InvitationView},
};

statements! {
    TEAM = "SELECT a.id, a.name, a.email, a.manager, a.status, a.left_at, a.last_sign_in_at, i.expires_at, s.confirmed_at
        FROM accounts a LEFT JOIN invitations i ON i.account_id = a.id LEFT JOIN second_steps s ON s.account_id = a.id
        WHERE a.party_id = $1 ORDER BY CASE WHEN a.left_at IS NULL THEN 0 ELSE 1 END, a.manager DESC, a.name, a.id";
    SET_MANAGER = "UPDATE accounts SET manager = $2 WHERE id = $1";
    SET_LEFT = "UPDATE accounts SET left_at = $2 WHERE id = $1";
    SET_PASSWORD = "UPDATE accounts SET password_hash = $2 WHERE id = $1";
    INVITE = "INSERT INTO invitations (account_id, token_hash, expires_at) VALUES ($1, $2, $3)
        ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at";
    END_INVITATION = "UPDATE invitations SET expires_at = $2 WHERE account_id = $1 AND expires_at > $2";
    INVITATION = "SELECT a.id, a.name, a.email, p.name_ko, p.name_en FROM invitations i JOIN accounts a ON a.id = i.account_id JOIN parties p ON p.id = a.party_id
        WHERE i.token_hash = $1 AND i.expires_at > $2 AND a.left_at IS NULL AND a.status = 'active'";
    USE_INVITATION = "DELETE FROM invitations WHERE token_hash = $1 AND expires_at > $2";
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    email: String,
    manager: bool,
    status: String,
    left_at: Option<i64>,
    last_sign_in_at: Option<i64>,
    expires_at: Option<i64>,
    confirmed_at: Option<i64>,
}

impl Row {
    fn presence(&self) -> Presence {
        match (self.left_at, self.expires_at) {
            (Some(since), _) => Presence::Gone { since: Time(since) },
            (None, _) if self.status == "blocked" => Presence::Blocked,
            (None, Some(until)) => Presence::Invited { until: Time(until) },
            (None, None) => Presence::Here,
        }
    }
}

/// The people of a store, for who looks.
pub(crate) async fn of_store(tx: &mut Tx, store: PartyId, own: Option<AccountId>) -> Stored<Vec<ColleagueRow>> {
    let rows: Vec<Row> = tx.all(&TEAM, args![store]).await?;
    rows.into_iter()
        .map(|row| {
            let account = parsed(&row.id)?;
            Ok(ColleagueRow {
                account,
                presence: row.presence(),
                name: row.name,
                email: row.email,
                manager: row.manager,
                second_step: row.confirmed_at.map(Time),
                last_sign_in: row.last_sign_in_at.map(Time),
                own: Some(account) == own,
            })
        })
        .collect()
}

/// The people of a store, for the rule about them. Its row is locked before.
pub(crate) async fn colleagues(tx: &mut Tx, store: PartyId) -> Stored<Vec<Colleague>> {
    let rows: Vec<Row> = tx.all(&TEAM, args![store]).await?;
    rows.iter().map(|row| Ok(Colleague { account: parsed(&row.id)?, manager: row.manager, presence: row.presence() })).collect()
}

/// Lets somebody run his store, or not.
pub(crate) async fn set_manager(tx: &mut Tx, account: AccountId, manager: bool) -> Stored<()> {
    tx.exec(&SET_MANAGER, args![account, manager]).await.map(drop)
}

/// Writes down since when somebody no longer works in his store, or that he does again.
pub(crate) async fn set_left(tx: &mut Tx, account: AccountId, since: Option<Time>) -> Stored<()> {
    tx.exec(&SET_LEFT, args![account, since]).await.map(drop)
}

/// Gives somebody a link, in place of the one he had.
pub(crate) async fn invite(tx: &mut Tx, account: AccountId, token_hash: &str, until: Time) -> Stored<()> {
    tx.exec(&INVITE, args![account, token_hash, until]).await.map(drop)
}

/// Makes somebody's link good for nothing. The row stays: he has set no password yet.
pub(crate) async fn end_invitation(tx: &mut Tx, account: AccountId, now: Time) -> Stored<()> {
    tx.exec(&END_INVITATION, args![account, now]).await.map(drop)
}

/// Whose link this is, while it is good.
pub(crate) async fn invitation(tx: &mut Tx, token_hash: &str, now: Time) -> Stored<Option<(AccountId, InvitationView)>> {
    let row: Option<(String, String, String, String, Option<String>)> = tx.opt(&INVITATION, args![token_hash, now]).await?;
    row.map(|(id, name, email, ko, en)| Ok((parsed(&id)?, InvitationView { store: Words { ko, en }, name, email }))).transpose()
}

/// Uses a link up and sets the password of who had it; no when it is not good any more.
pub(crate) async fn join(tx: &mut Tx, account: AccountId, token_hash: &str, password_hash: &str, now: Time) -> Stored<bool> {
    if tx.exec(&USE_INVITATION, args![token_hash, now]).await? != 1 {
        return Ok(false);
    }
    tx.exec(&SET_PASSWORD, args![account, password_hash]).await?;
    Ok(true)
}
