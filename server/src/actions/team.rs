//! The people of a store: asked to join, made managers, let go and taken back. What changes is decided by who they are under the
//! lock of their store, so that two managers who send each other away do not both succeed.

use super::Work;
use crate::{
    house::House,
    secret,
    store::{Failure, Stored, accounts, requests, stores, team as rows},
};
use app::session::Caller;
use jumun::{
    actor::Actor,
    command::{Answer, Command},
    ids::{AccountId, PartyId},
    refusal::{Problem, Refusal},
    team::{Colleague, Deed, INVITATION, MOST_COLLEAGUES, may},
    text::{Email, Password, PersonName},
    view::{InvitationView, TeamView},
};
use std::sync::Arc;

impl Work<'_> {
    /// The caller, his store and everybody in it. Nobody else changes them until the end of the transaction.
    async fn own_team(&mut self) -> Stored<(AccountId, PartyId, Vec<Colleague>)> {
        let Actor::Staff { account, store, .. } = self.caller.actor else { return Err(Refusal::NotAllowed.into()) };
        stores::lock(self.tx, store).await?.ok_or(Refusal::NotFound)?;
        Ok((account, store, rows::colleagues(self.tx, store).await?))
    }

    /// Asks somebody to work in the store: he has an account without a password, and a link to set it by.
    pub(super) async fn add_colleague(&mut self, account: AccountId, name: &PersonName, email: &Email, token_hash: &str) -> Stored<Answer> {
        let (own, store, team) = self.own_team().await?;
        if team.len() >= MOST_COLLEAGUES as usize {
            return Err(Refusal::LimitReached { most: MOST_COLLEAGUES }.into());
        }
        let email = email.as_str();
        if accounts::by_email(self.tx, email).await?.is_some() || stores::waits(self.tx, email).await? {
            return Err(Refusal::invalid("email", Problem::Taken).into());
        }
        let role = accounts::by_id(self.tx, own).await?.ok_or(Refusal::NotFound)?.role;
        let new = accounts::NewAccount {
            id: account,
            role: &role,
            party: store,
            manager: false,
            name: name.as_str(),
            email,
            phone: "",
            password_hash: "",
            birthday: None,
            customer_number: None,
        };
        accounts::add_account(self.tx, &new, self.now).await?;
        rows::invite(self.tx, account, token_hash, self.now + INVITATION).await?;
        Ok(Answer::Done)
    }

    /// Gives who has set no password yet a new link.
    pub(super) async fn invite_again(&mut self, account: AccountId, token_hash: &str) -> Stored<Answer> {
        let (own, _, team) = self.own_team().await?;
        may(&team, own, Deed::Invite, account)?;
        rows::invite(self.tx, account, token_hash, self.now + INVITATION).await?;
        Ok(Answer::Done)
    }

    /// Lets somebody run the store, or no longer.
    pub(super) async fn set_manager(&mut self, account: AccountId, manager: bool) -> Stored<Answer> {
        let (own, _, team) = self.own_team().await?;
        may(&team, own, if manager { Deed::MakeManager } else { Deed::MakeStaff }, account)?;
        rows::set_manager(self.tx, account, manager).await?;
        Ok(Answer::Done)
    }

    /// Lets somebody go. His sessions, his link and the keys that he made open nothing from now on; what he did keeps his name.
    pub(super) async fn let_go(&mut self, account: AccountId) -> Stored<Answer> {
        let (own, _, team) = self.own_team().await?;
        may(&team, own, Deed::LetGo, account)?;
        rows::set_left(self.tx, account, Some(self.now)).await?;
        rows::end_invitation(self.tx, account, self.now).await?;
        accounts::end_other_sessions(self.tx, account, "").await?;
        Ok(Answer::Done)
    }

    /// Takes somebody back: he signs in as before, or gets a new link where he never did.
    pub(super) async fn take_back(&mut self, account: AccountId) -> Stored<Answer> {
        let (own, _, team) = self.own_team().await?;
        may(&team, own, Deed::TakeBack, account)?;
        rows::set_left(self.tx, account, None).await?;
        Ok(Answer::Done)
    }
}

impl House {
    /// The people of the caller's store.
    ///
    /// # Errors
    /// For everybody but a store's staff.
    pub async fn team(&self, caller: &Caller) -> Result<TeamView, Refusal> {
        let store = Self::store_of(caller)?;
        let mut tx = self.read().await?;
        let people = rows::of_store(&mut tx, store, caller.actor.account()).await.map_err(Failure::into_refusal)?;
        Ok(TeamView { rows: people, manager: caller.actor.is_manager(), fresh: None, now: self.now() })
    }

    /// The address of a link.
    fn link(&self, token: &str) -> String {
        self.url(&format!("/join/{token}"))
    }

    /// Asks somebody to work in the caller's store and answers the link for him, once: only its token's hash is kept.
    ///
    /// # Errors
    /// For everybody but who runs a store; [`Refusal::Invalid`] when the address is taken; [`Refusal::LimitReached`].
    pub async fn add_colleague(self: &Arc<Self>, caller: &Caller, name: PersonName, email: Email) -> Result<String, Refusal> {
        let (token, account) = (secret::token(), AccountId::mint(&mut secret::RandomMint));
        self.execute(caller, Command::AddColleague { account, name, email, token_hash: secret::hash(&token) }, None).await?;
        Ok(self.link(&token))
    }

    /// Makes a new link for who has set no password yet and answers it, once.
    ///
    /// # Errors
    /// For everybody but who runs the store; [`Refusal::NotFound`]; [`Refusal::ColleagueStandsOtherwise`].
    pub async fn invite_again(self: &Arc<Self>, caller: &Caller, account: AccountId) -> Result<String, Refusal> {
        let token = secret::token();
        self.execute(caller, Command::InviteAgain { account, token_hash: secret::hash(&token) }, None).await?;
        Ok(self.link(&token))
    }

    /// Who was asked by the link of this token.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when it was used, is too old or never was.
    pub async fn invitation(&self, token: &str) -> Result<InvitationView, Refusal> {
        let mut tx = self.read().await?;
        let found = rows::invitation(&mut tx, &secret::hash(token), self.now()).await.map_err(Failure::into_refusal)?;
        found.map(|(_, view)| view).ok_or(Refusal::NotFound)
    }

    /// Sets the first password of who was asked to join, uses the link up, and answers the token of a fresh session.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when the link is not good any more.
    pub async fn join(&self, caller: &Caller, token: &str, password: Password) -> Result<String, Refusal> {
        // Who has no link has nothing hashed for him.
        self.invitation(token).await?;
        let (password_hash, token_hash, session) = (secret::hash_password(password).await?, secret::hash(token), secret::token());
        let now = self.now();
        let write = async {
            let mut tx = self.db.begin_write().await?;
            let (id, _) = rows::invitation(&mut tx, &token_hash, now).await?.ok_or(Refusal::NotFound)?;
            if !rows::join(&mut tx, id, &token_hash, &password_hash, now).await? {
                return Err(Refusal::NotFound.into());
            }
            let actor = accounts::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?.actor()?;
            let party = actor.party().ok_or(Refusal::NotAllowed)?;
            self.begin_session(&mut tx, caller, &session, id, party).await?;
            requests::audit(&mut tx, uuid::Uuid::now_v7().to_string(), now, &actor, "join", None, None, &caller.request).await?;
            tx.commit().await?;
            Ok::<_, Failure>(session)
        };
        write.await.map_err(Failure::into_refusal)
    }
}
