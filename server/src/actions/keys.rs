//! Keys of the interface that a store makes for itself.

use super::Work;
use crate::{
    house::House,
    store::{Failure, Stored, keys},
};
use app::session::Caller;
use jumun::{
    actor::Actor,
    command::{Answer, Command},
    refusal::{Problem, Refusal},
    scope::{KeysView, Scope},
    text::KeyName,
};
use std::sync::Arc;

/// Keys of a store that open anything.
const MOST_KEYS: u32 = 20;

impl Work<'_> {
    /// Makes a key that can do no more than who makes it.
    pub(super) async fn add_key(&mut self, name: &KeyName, scopes: &[Scope], hash: &str, last_four: &str) -> Stored<Answer> {
        let Actor::Staff { account, store, .. } = self.caller.actor else { return Err(Refusal::NotAllowed.into()) };
        if scopes.is_empty() {
            return Err(Refusal::invalid("scopes", Problem::Missing).into());
        }
        if keys::live(self.tx, store).await? >= i64::from(MOST_KEYS) {
            return Err(Refusal::LimitReached { most: MOST_KEYS }.into());
        }
        keys::add(self.tx, &keys::NewKey { hash, last_four, kind: "store", account, name: name.as_str(), scopes }, self.now).await?;
        Ok(Answer::Done)
    }

    /// Ends a key of the store at once, whoever made it.
    pub(super) async fn revoke_key(&mut self, id: &str) -> Stored<Answer> {
        let Actor::Staff { store, .. } = self.caller.actor else { return Err(Refusal::NotAllowed.into()) };
        if keys::revoke(self.tx, id, store, self.now).await? { Ok(Answer::Done) } else { Err(Refusal::NotFound.into()) }
    }
}

impl House {
    /// Makes a key of the caller's store and answers it, once: only its hash is kept.
    ///
    /// # Errors
    /// For everybody but a store's staff; [`Refusal::LimitReached`].
    pub async fn make_key(self: &Arc<Self>, caller: &Caller, name: KeyName, scopes: Vec<Scope>) -> Result<String, Refusal> {
        let key = format!("jk_{}", crate::secret::token());
        let command = Command::AddKey { name, scopes, key_hash: crate::secret::hash(&key), last_four: keys::NewKey::last_four(&key) };
        self.execute(caller, command, None).await?;
        Ok(key)
    }

    /// The keys of the caller's store, newest first.
    ///
    /// # Errors
    /// For everybody but a store's staff.
    pub async fn keys(&self, caller: &Caller) -> Result<KeysView, Refusal> {
        let store = Self::store_of(caller)?;
        let mut tx = self.read().await?;
        Ok(KeysView { rows: keys::of_store(&mut tx, store).await.map_err(Failure::into_refusal)?, fresh: None, now: self.now() })
    }
}
