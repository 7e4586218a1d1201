//! Keys of the interface: made, used and revoked. Only a key's hash is kept.

use super::{Failure, Stored, Tx, accounts, args, parsed, statements};
use crate::secret;
use jumun::{
    actor::Actor,
    ids::{AccountId, PartyId},
    scope::{KeyView, Scope},
    time::{Span, Time},
};

statements! {
    ADD_API_KEY = "INSERT INTO api_keys (key_hash, kind, account_id, name, created_at, last_four, id, scopes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    API_KEY = "SELECT k.id AS key_id, k.kind, k.scopes, k.last_used_at, a.id, a.role, a.party_id, a.manager FROM api_keys k JOIN accounts a ON a.id = k.account_id
        WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND a.status = 'active' AND a.left_at IS NULL";
    USE_API_KEY = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
    KEYS_OF_STORE = "SELECT k.id, k.name, k.last_four, k.scopes, a.name AS made_by, k.created_at, k.last_used_at, k.revoked_at
        FROM api_keys k JOIN accounts a ON a.id = k.account_id WHERE k.kind = 'store' AND a.party_id = $1 ORDER BY k.created_at DESC, k.id DESC LIMIT 100";
    LIVE_KEYS = "SELECT COUNT(*) FROM api_keys k JOIN accounts a ON a.id = k.account_id WHERE k.kind = 'store' AND a.party_id = $1 AND k.revoked_at IS NULL";
    CHANNELS = "SELECT a.id, a.name FROM accounts a WHERE EXISTS (SELECT 1 FROM api_keys k WHERE k.account_id = a.id AND k.kind = 'channel') ORDER BY a.name, a.id";
    KEYS_OF_CHANNEL = "SELECT k.id, k.name, k.last_four, k.scopes, NULL AS made_by, k.created_at, k.last_used_at, k.revoked_at
        FROM api_keys k WHERE k.kind = 'channel' AND k.account_id = $1 ORDER BY k.created_at DESC, k.id DESC LIMIT 100";
    LIVE_CHANNEL_KEYS = "SELECT COUNT(*), COUNT(CASE WHEN revoked_at IS NULL THEN 1 END) FROM api_keys WHERE kind = 'channel' AND account_id = $1";
    REVOKE_CHANNEL_KEY = "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND kind = 'channel' AND revoked_at IS NULL";
    REVOKE_KEY = "UPDATE api_keys SET revoked_at = $3 WHERE id = $1 AND kind = 'store' AND revoked_at IS NULL
        AND account_id IN (SELECT id FROM accounts WHERE party_id = $2)";
}

/// How exactly it is known when a key was last used: a row is not written for each call.
const NOTICED: Span = Span::minutes(1);

/// A key of the interface.
pub(crate) struct NewKey<'a> {
    /// Its hash.
    pub hash: &'a str,
    /// Its last four characters, for people.
    pub last_four: &'a str,
    /// `store` or `channel`.
    pub kind: &'a str,
    /// Whose.
    pub account: AccountId,
    /// What somebody called it.
    pub name: &'a str,
    /// What it may be used for.
    pub scopes: &'a [Scope],
}

impl NewKey<'_> {
    /// The last four characters of a key.
    pub(crate) fn last_four(key: &str) -> String {
        key.chars().skip(key.chars().count().saturating_sub(4)).collect()
    }
}

/// Adds a key and answers the id it is known by.
pub(crate) async fn add(tx: &mut Tx, key: &NewKey<'_>, at: Time) -> Stored<String> {
    let id = uuid::Uuid::now_v7().to_string();
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.slug()).collect();
    tx.exec(&ADD_API_KEY, args![key.hash, key.kind, key.account, key.name, at, key.last_four, &id, scopes.join(" ")]).await?;
    Ok(id)
}

fn scopes(text: &str) -> Stored<Vec<Scope>> {
    text.split_whitespace().map(|slug| Scope::from_slug(slug).ok_or_else(|| Failure::Corrupt(format!("scope {slug:?}")))).collect()
}

/// Who brings a key.
#[derive(Clone, Debug)]
pub(crate) struct Bearer {
    /// As whom.
    pub actor: Actor,
    /// For what.
    pub scopes: Vec<Scope>,
    /// The key's id.
    pub key: String,
    last_used: Option<Time>,
}

impl Bearer {
    /// Whether it should be written down that the key is used now.
    pub(crate) fn is_news(&self, now: Time) -> bool {
        self.last_used.is_none_or(|last| now.since(last) >= NOTICED)
    }
}

#[derive(sqlx::FromRow)]
struct BearerRow {
    key_id: String,
    kind: String,
    scopes: String,
    last_used_at: Option<i64>,
    id: String,
    role: String,
    party_id: String,
    manager: bool,
}

/// Who brings a key, unless it was revoked.
pub(crate) async fn bearer(tx: &mut Tx, key: &str) -> Stored<Option<Bearer>> {
    let row: Option<BearerRow> = tx.opt(&API_KEY, args![secret::hash(key)]).await?;
    row.map(|row| {
        let actor = match row.kind.as_str() {
            "channel" => Actor::Channel { account: parsed(&row.id)? },
            _ => accounts::actor(&row.id, &row.role, &row.party_id, row.manager)?,
        };
        Ok(Bearer { actor, scopes: scopes(&row.scopes)?, key: row.key_id, last_used: row.last_used_at.map(Time) })
    })
    .transpose()
}

/// Writes down that a key is used.
pub(crate) async fn touch(tx: &mut Tx, key: &str, at: Time) -> Stored<()> {
    tx.exec(&USE_API_KEY, args![key, at]).await.map(drop)
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    id: String,
    name: String,
    last_four: String,
    scopes: String,
    made_by: Option<String>,
    created_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

/// The keys of a store, newest first.
pub(crate) async fn of_store(tx: &mut Tx, store: PartyId) -> Stored<Vec<KeyView>> {
    views(tx.all(&KEYS_OF_STORE, args![store]).await?)
}

/// Every channel: who was ever given a channel's key.
pub(crate) async fn channels(tx: &mut Tx) -> Stored<Vec<(AccountId, String)>> {
    let rows: Vec<(String, String)> = tx.all(&CHANNELS, args![]).await?;
    rows.into_iter().map(|(id, name)| Ok((parsed(&id)?, name))).collect()
}

/// The keys of a channel, newest first.
pub(crate) async fn of_channel(tx: &mut Tx, channel: AccountId) -> Stored<Vec<KeyView>> {
    views(tx.all(&KEYS_OF_CHANNEL, args![channel]).await?)
}

/// How many keys of a channel open anything; nothing when it is no channel.
pub(crate) async fn live_of_channel(tx: &mut Tx, channel: AccountId) -> Stored<Option<i64>> {
    let (ever, live): (i64, i64) = tx.one(&LIVE_CHANNEL_KEYS, args![channel]).await?;
    Ok((ever > 0).then_some(live))
}

/// Ends a key of a channel; false when there is no such key that opens anything.
pub(crate) async fn revoke_of_channel(tx: &mut Tx, id: &str, at: Time) -> Stored<bool> {
    Ok(tx.exec(&REVOKE_CHANNEL_KEY, args![id, at]).await? == 1)
}

fn views(rows: Vec<KeyRow>) -> Stored<Vec<KeyView>> {
    rows.into_iter()
        .map(|row| {
            Ok(KeyView {
                id: row.id,
                name: row.name,
                last_four: row.last_four,
                scopes: scopes(&row.scopes)?,
                made_by: row.made_by,
                created_at: Time(row.created_at),
                last_used_at: row.last_used_at.map(Time),
                revoked_at: row.revoked_at.map(Time),
            })
        })
        .collect()
}

/// How many keys of a store open anything.
pub(crate) async fn live(tx: &mut Tx, store: PartyId) -> Stored<i64> {
    Ok(tx.one::<(i64,)>(&LIVE_KEYS, args![store]).await?.0)
}

/// Ends a key of a store; false when there is no such key that opens anything.
pub(crate) async fn revoke(tx: &mut Tx, id: &str, store: PartyId, at: Time) -> Stored<bool> {
    Ok(tx.exec(&REVOKE_KEY, args![id, store, at]).await? == 1)
}
