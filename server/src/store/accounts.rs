//! Parties, accounts, sessions and keys.

use super::{Failure, Stored, Tx, args, parsed, statements};
use jumun::{
    actor::Actor,
    ids::{AccountId, PartyId},
    time::Time,
    view::DemoAccount,
};

statements! {
    ADD_PARTY = "INSERT INTO parties (id, kind, name_ko, name_en, created_at) VALUES ($1, $2, $3, $4, $5)";
    ADD_ACCOUNT = "INSERT INTO accounts (id, role, party_id, manager, name, email, phone, password_hash, status, birthday, customer_number, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $9, $10, $11)";
    ACCOUNT_BY_EMAIL = "SELECT id, role, party_id, manager, email, password_hash, status, left_at FROM accounts WHERE email = $1";
    ACCOUNT_BY_ID = "SELECT id, role, party_id, manager, email, password_hash, status, left_at FROM accounts WHERE id = $1";
    ACCOUNT_BY_NUMBER = "SELECT id, role, party_id, manager, email, password_hash, status, left_at FROM accounts WHERE customer_number = $1";
    ACCOUNT_OF_PARTY = "SELECT id, role, party_id, manager, email, password_hash, status, left_at FROM accounts WHERE party_id = $1
        ORDER BY CASE WHEN left_at IS NULL AND password_hash <> '' THEN 0 ELSE 1 END, manager DESC, created_at, id LIMIT 1";
    ADD_SESSION = "INSERT INTO sessions (token_hash, account_id, party_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
    SESSION = "SELECT s.party_id AS guest_party, a.id, a.role, a.party_id, a.manager, a.name, a.status, a.left_at FROM sessions s LEFT JOIN accounts a ON a.id = s.account_id
        WHERE s.token_hash = $1 AND s.expires_at > $2";
    END_OTHER_SESSIONS = "DELETE FROM sessions WHERE account_id = $1 AND token_hash <> $2";
    END_SESSION = "DELETE FROM sessions WHERE token_hash = $1";
    SET_SESSION_PARTY = "UPDATE sessions SET party_id = $2 WHERE token_hash = $1 AND account_id IS NULL";
    END_OLD_SESSIONS = "DELETE FROM sessions WHERE expires_at <= $1";
    DEMO_ACCOUNTS = "SELECT a.role, a.name, a.email, CASE WHEN p.kind = 'store' THEN p.name_ko END AS store FROM accounts a JOIN parties p ON p.id = a.party_id
        WHERE a.email LIKE '%@jumun.example' AND a.left_at IS NULL AND a.password_hash <> '' ORDER BY a.role, a.created_at, a.id";
}

/// Adds a party: a customer, a guest, a store, an installer …
pub(crate) async fn add_party(tx: &mut Tx, id: PartyId, kind: &str, name_ko: &str, name_en: Option<&str>, at: Time) -> Stored<()> {
    tx.exec(&ADD_PARTY, args![id, kind, name_ko, name_en, at]).await.map(drop)
}

/// A new account.
pub(crate) struct NewAccount<'a> {
    /// Its identity.
    pub id: AccountId,
    /// Its role.
    pub role: &'a str,
    /// The party it acts for.
    pub party: PartyId,
    /// A store's manager.
    pub manager: bool,
    /// The person.
    pub name: &'a str,
    /// For signing in.
    pub email: &'a str,
    /// For messages.
    pub phone: &'a str,
    /// argon2id.
    pub password_hash: &'a str,
    /// `1990-03-21`.
    pub birthday: Option<&'a str>,
    /// The number channels know a customer by.
    pub customer_number: Option<&'a str>,
}

/// Adds an account.
pub(crate) async fn add_account(tx: &mut Tx, account: &NewAccount<'_>, at: Time) -> Stored<()> {
    let values = args![
        account.id,
        account.role,
        account.party,
        account.manager,
        account.name,
        account.email,
        account.phone,
        account.password_hash,
        account.birthday,
        account.customer_number,
        at,
    ];
    tx.exec(&ADD_ACCOUNT, values).await.map(drop)
}

/// An account as it is stored.
#[derive(sqlx::FromRow, Clone)]
pub(crate) struct Account {
    /// Its identity.
    pub id: String,
    /// Its role.
    pub role: String,
    /// The party it acts for.
    pub party_id: String,
    /// A store's manager.
    pub manager: bool,
    /// For messages.
    pub email: String,
    /// argon2id; empty until he has set one.
    pub password_hash: String,
    /// `active` or `blocked`.
    pub status: String,
    /// Since when he no longer works in his store.
    pub left_at: Option<i64>,
}

impl Account {
    /// Whether it is kept out. A blocked customer comes in and buys nothing.
    pub(crate) fn is_kept_out(&self) -> bool {
        is_kept_out(&self.role, &self.status, self.left_at)
    }

    /// Who it is.
    pub(crate) fn actor(&self) -> Stored<Actor> {
        actor(&self.id, &self.role, &self.party_id, self.manager)
    }
}

fn is_kept_out(role: &str, status: &str, left_at: Option<i64>) -> bool {
    left_at.is_some() || status == "blocked" && role != "customer"
}

/// The account of an e-mail address.
pub(crate) async fn by_email(tx: &mut Tx, email: &str) -> Stored<Option<Account>> {
    tx.opt(&ACCOUNT_BY_EMAIL, args![email]).await
}

/// An account.
pub(crate) async fn by_id(tx: &mut Tx, id: AccountId) -> Stored<Option<Account>> {
    tx.opt(&ACCOUNT_BY_ID, args![id]).await
}

/// The account of a customer number.
pub(crate) async fn by_number(tx: &mut Tx, number: &str) -> Stored<Option<Account>> {
    tx.opt(&ACCOUNT_BY_NUMBER, args![number]).await
}

/// Who is told what a party is told: who runs the store and has been there longest.
pub(crate) async fn of_party(tx: &mut Tx, party: PartyId) -> Stored<Option<Account>> {
    tx.opt(&ACCOUNT_OF_PARTY, args![party]).await
}

/// The actor an account of this role is.
pub(crate) fn actor(id: &str, role: &str, party: &str, manager: bool) -> Stored<Actor> {
    let (account, party): (AccountId, PartyId) = (parsed(id)?, parsed(party)?);
    Ok(match role {
        "customer" => Actor::Customer { account, party },
        "retailer" | "wholesaler" => Actor::Staff { account, store: party, manager },
        "installer" => Actor::Installer { account, party },
        "admin" => Actor::Admin { account },
        other => return Err(Failure::Corrupt(format!("role {other:?}"))),
    })
}

/// Begins a session of an account or of a guest party.
pub(crate) async fn add_session(
    tx: &mut Tx,
    token_hash: &str,
    account: Option<AccountId>,
    party: Option<PartyId>,
    at: Time,
    expires: Time,
) -> Stored<()> {
    tx.exec(&ADD_SESSION, args![token_hash, account, party, at, expires]).await.map(drop)
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    guest_party: Option<String>,
    id: Option<String>,
    role: Option<String>,
    party_id: Option<String>,
    manager: Option<bool>,
    name: Option<String>,
    status: Option<String>,
    left_at: Option<i64>,
}

/// Who a session is of, with the account's name. The sessions of who is kept out are nobody's.
pub(crate) async fn session(tx: &mut Tx, token_hash: &str, now: Time) -> Stored<Option<(Actor, Option<String>)>> {
    let Some(row): Option<SessionRow> = tx.opt(&SESSION, args![token_hash, now]).await? else { return Ok(None) };
    if is_kept_out(row.role.as_deref().unwrap_or_default(), row.status.as_deref().unwrap_or_default(), row.left_at) {
        return Ok(None);
    }
    if let (Some(id), Some(role), Some(party), Some(manager)) = (&row.id, &row.role, &row.party_id, row.manager) {
        return Ok(Some((actor(id, role, party, manager)?, row.name)));
    }
    row.guest_party.map(|party| Ok((Actor::Guest { party: parsed(&party)? }, None))).transpose()
}

/// Ends a session.
pub(crate) async fn end_session(tx: &mut Tx, token_hash: &str) -> Stored<()> {
    tx.exec(&END_SESSION, args![token_hash]).await.map(drop)
}

/// Ends an account's sessions but this one.
pub(crate) async fn end_other_sessions(tx: &mut Tx, account: AccountId, token_hash: &str) -> Stored<u64> {
    tx.exec(&END_OTHER_SESSIONS, args![account, token_hash]).await
}

/// Lets a guest's session act for another guest party, whose order the visitor has proved to know.
pub(crate) async fn set_session_party(tx: &mut Tx, token_hash: &str, party: PartyId) -> Stored<bool> {
    Ok(tx.exec(&SET_SESSION_PARTY, args![token_hash, party]).await? == 1)
}

/// Forgets sessions that are over.
pub(crate) async fn end_old_sessions(tx: &mut Tx, now: Time) -> Stored<u64> {
    tx.exec(&END_OLD_SESSIONS, args![now]).await
}

/// The demo's accounts.
pub(crate) async fn demo_accounts(tx: &mut Tx) -> Stored<Vec<DemoAccount>> {
    let rows: Vec<(String, String, String, Option<String>)> = tx.all(&DEMO_ACCOUNTS, args![]).await?;
    Ok(rows.into_iter().map(|(role, name, email, store)| DemoAccount { role, name, email, store }).collect())
}
