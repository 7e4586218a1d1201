//! Keys of the interface: those that a store makes for itself, and those that head office makes for channels.

use super::{Work, chain::for_admins};
use crate::{
    house::House,
    store::{Failure, Stored, keys},
};
use app::session::Caller;
use jumun::{
    actor::Actor,
    command::{Answer, Command},
    ids::AccountId,
    refusal::{Problem, Refusal},
    scope::{ChannelView, ChannelsView, KeysView, Scope},
    text::KeyName,
};
use std::sync::Arc;

/// Keys of a store, or of a channel, that open anything.
const MOST_KEYS: u32 = 20;

/// Whether who has so many keys may have one more for this.
fn one_more(scopes: &[Scope], live: i64) -> Result<(), Refusal> {
    if scopes.is_empty() {
        return Err(Refusal::invalid("scopes", Problem::Missing));
    }
    if live >= i64::from(MOST_KEYS) { Err(Refusal::LimitReached { most: MOST_KEYS }) } else { Ok(()) }
}

/// A fresh key, its hash and its last four characters.
fn fresh() -> (String, String, String) {
    let key = format!("jk_{}", crate::secret::token());
    let (hash, last_four) = (crate::secret::hash(&key), keys::NewKey::last_four(&key));
    (key, hash, last_four)
}

impl Work<'_> {
    /// Makes a key that can do no more than who makes it.
    pub(super) async fn add_key(&mut self, name: &KeyName, scopes: &[Scope], hash: &str, last_four: &str) -> Stored<Answer> {
        let Actor::Staff { account, store, .. } = self.caller.actor else { return Err(Refusal::NotAllowed.into()) };
        one_more(scopes, keys::live(self.tx, store).await?)?;
        keys::add(self.tx, &keys::NewKey { hash, last_four, kind: "store", account, name: name.as_str(), scopes }, self.now).await?;
        Ok(Answer::Done)
    }

    /// Makes a key for a channel.
    pub(super) async fn add_channel_key(
        &mut self,
        channel: AccountId,
        name: &KeyName,
        scopes: &[Scope],
        hash: &str,
        last_four: &str,
    ) -> Stored<Answer> {
        one_more(scopes, keys::live_of_channel(self.tx, channel).await?.ok_or(Refusal::NotFound)?)?;
        keys::add(self.tx, &keys::NewKey { hash, last_four, kind: "channel", account: channel, name: name.as_str(), scopes }, self.now).await?;
        Ok(Answer::Done)
    }

    /// Ends a channel's key at once.
    pub(super) async fn revoke_channel_key(&mut self, id: &str) -> Stored<Answer> {
        if keys::revoke_of_channel(self.tx, id, self.now).await? { Ok(Answer::Done) } else { Err(Refusal::NotFound.into()) }
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
    /// For everybody but who runs a store; [`Refusal::LimitReached`].
    pub async fn make_key(self: &Arc<Self>, caller: &Caller, name: KeyName, scopes: Vec<Scope>) -> Result<String, Refusal> {
        let (key, key_hash, last_four) = fresh();
        self.execute(caller, Command::AddKey { name, scopes, key_hash, last_four }, None).await?;
        Ok(key)
    }

    /// Makes a key for a channel and answers it, once.
    ///
    /// # Errors
    /// For everybody but admins; [`Refusal::NotFound`] when it is no channel; [`Refusal::LimitReached`].
    pub async fn make_channel_key(
        self: &Arc<Self>,
        caller: &Caller,
        channel: AccountId,
        name: KeyName,
        scopes: Vec<Scope>,
    ) -> Result<String, Refusal> {
        let (key, key_hash, last_four) = fresh();
        self.execute(caller, Command::AddChannelKey { channel, name, scopes, key_hash, last_four }, None).await?;
        Ok(key)
    }

    /// Every channel with its keys.
    ///
    /// # Errors
    /// For everybody but admins.
    pub async fn channels(&self, caller: &Caller) -> Result<ChannelsView, Refusal> {
        for_admins(caller)?;
        let read = async {
            let mut tx = self.db.begin_read().await?;
            let mut rows = Vec::new();
            for (account, name) in keys::channels(&mut tx).await? {
                rows.push(ChannelView { account, name, keys: keys::of_channel(&mut tx, account).await? });
            }
            Ok(rows)
        };
        Ok(ChannelsView { rows: read.await.map_err(Failure::into_refusal)?, fresh: None, now: self.now() })
    }

    /// The keys of the caller's store, newest first.
    ///
    /// # Errors
    /// For everybody but who runs a store.
    pub async fn keys(&self, caller: &Caller) -> Result<KeysView, Refusal> {
        let store = Self::store_of(caller)?;
        if !caller.actor.is_manager() {
            return Err(Refusal::NotAllowed);
        }
        let mut tx = self.read().await?;
        Ok(KeysView { rows: keys::of_store(&mut tx, store).await.map_err(Failure::into_refusal)?, fresh: None, now: self.now() })
    }
}
