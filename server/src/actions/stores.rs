//! How stores join the chain, and how head office lets them trade.

use super::{Work, chain::for_admins};
use crate::{
    house::House,
    pictures, secret,
    store::{Failure, Stored, Tx, accounts, stores, uploads, work},
};
use app::session::Caller;
use jumun::{
    actor::Actor,
    command::{Answer, Command},
    ids::{AccountId, Mint, PartyId, WarehouseId},
    notice::Template,
    partner::{Standing, StoreApplication},
    refusal::{Problem, Refusal},
    text::Password,
    view::{ApplicationView, StoresView},
};
use std::sync::Arc;

impl Work<'_> {
    /// Writes down who wants to join. A business is there once, and so is an e-mail address.
    pub(super) async fn apply_as_store(&mut self, asked: &StoreApplication, secrets: (&str, &str)) -> Stored<Answer> {
        if stores::is_known(self.tx, asked.business_number.as_str()).await? {
            return Err(Refusal::invalid("business_number", Problem::Taken).into());
        }
        let email = asked.email.as_str();
        if accounts::by_email(self.tx, email).await?.is_some() || stores::waits(self.tx, email).await? {
            return Err(Refusal::invalid("email", Problem::Taken).into());
        }
        let store = PartyId::mint(&mut self.mint);
        let slug = format!("store-{}", self.mint.number_tail().to_lowercase());
        accounts::add_party(self.tx, store, "store", asked.name.as_str(), None, self.now).await?;
        stores::apply(self.tx, store, &slug, asked, secrets).await?;
        Ok(Answer::Done)
    }

    /// Takes a store in: it gets a warehouse, and who asked an account that runs it.
    pub(super) async fn approve_store(&mut self, store: PartyId) -> Stored<Answer> {
        self.move_store(store, "approve", None).await?;
        let asked = stores::take_application(self.tx, store).await?.ok_or(Refusal::NotFound)?;
        if accounts::by_email(self.tx, &asked.email).await?.is_some() {
            return Err(Refusal::invalid("email", Problem::Taken).into());
        }
        stores::add_first_warehouse(self.tx, WarehouseId::mint(&mut self.mint), store, &asked, self.now).await?;
        let account = accounts::NewAccount {
            id: AccountId::mint(&mut self.mint),
            role: &asked.kind,
            party: store,
            manager: true,
            name: &asked.person,
            email: &asked.email,
            phone: &asked.phone,
            password_hash: &asked.password_hash,
            birthday: None,
            customer_number: None,
        };
        accounts::add_account(self.tx, &account, self.now).await?;
        self.tell_store(store, Template::StoreApproved, "").await
    }

    /// Turns a store down, and says why.
    pub(super) async fn reject_store(&mut self, store: PartyId, reason: &str) -> Stored<Answer> {
        self.move_store(store, "reject", Some(reason)).await?;
        stores::forget_password(self.tx, store).await?;
        self.tell_store(store, Template::StoreRejected, reason).await
    }

    /// Lets a store sell nothing more, or again. What was placed goes on.
    pub(super) async fn move_store(&mut self, store: PartyId, what: &str, reason: Option<&str>) -> Stored<Answer> {
        let standing = stores::lock(self.tx, store).await?.ok_or(Refusal::NotFound)?;
        stores::set(self.tx, store, standing.after(what)?, reason).await?;
        Ok(Answer::Done)
    }

    async fn tell_store(&mut self, store: PartyId, template: Template, detail: &str) -> Stored<Answer> {
        let cause = self.mint.uuid().to_string();
        work::tell_member(self.tx, &mut self.mint, &cause, template, store, detail, self.now).await?;
        Ok(Answer::Done)
    }
}

/// An application that waits for its answer, by its key.
async fn open_application(tx: &mut Tx, key: &str) -> Stored<(PartyId, ApplicationView)> {
    let (store, application) = stores::application(tx, &secret::hash(key)).await?.ok_or(Refusal::NotFound)?;
    match application.standing {
        Standing::Applied => Ok((store, application)),
        standing @ (Standing::Approved | Standing::Rejected | Standing::Suspended) => Err(Refusal::StandsOtherwise { standing }.into()),
    }
}

fn has_room(application: &ApplicationView) -> Stored<()> {
    if application.documents.len() < ApplicationView::DOCUMENTS {
        return Ok(());
    }
    Err(Refusal::LimitReached { most: ApplicationView::DOCUMENTS as u32 }.into())
}

impl House {
    /// Asks to join the chain. Only the password's hash is kept. Answers the key by which the application is seen and papers are added to
    /// it; of that too only the hash is kept.
    ///
    /// # Errors
    /// For who works here already; [`Refusal::Invalid`] when the business or the e-mail address is known.
    pub async fn apply_as_store(self: &Arc<Self>, caller: &Caller, asked: StoreApplication, password: Password) -> Result<String, Refusal> {
        let key = secret::token();
        let key_hash = secret::hash(&key);
        // Who may not is told before any work is done for him.
        let command = |password_hash| Command::ApplyAsStore { application: Box::new(asked.clone()), password_hash, key_hash: key_hash.clone() };
        command(String::new()).authorise(&caller.actor)?;
        let password_hash = secret::hash_password(password).await?;
        self.execute(caller, command(password_hash), None).await?;
        Ok(key)
    }

    /// What became of an application, by its key.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a key that nobody was given, and once the store was taken in.
    pub async fn application(&self, key: &str) -> Result<ApplicationView, Refusal> {
        let mut tx = self.read().await?;
        let found = stores::application(&mut tx, &secret::hash(key)).await.map_err(Failure::into_refusal)?;
        found.map(|(_, application)| application).ok_or(Refusal::NotFound)
    }

    /// Whether a paper can be added to an application: asked before a body is read.
    ///
    /// # Errors
    /// As [`Self::application`]; [`Refusal::StandsOtherwise`] once it was answered; [`Refusal::LimitReached`].
    pub async fn may_bring_document(&self, key: &str) -> Result<(), Refusal> {
        let mut tx = self.read().await?;
        open_application(&mut tx, key).await.and_then(|(_, known)| has_room(&known)).map_err(Failure::into_refusal)
    }

    /// Adds a picture of a paper to an application.
    ///
    /// # Errors
    /// As [`Self::may_bring_document`]; [`Refusal::PictureRefused`].
    pub async fn bring_document(&self, key: &str, file: Vec<u8>) -> Result<(), Refusal> {
        let picture = pictures::redraw(file).await?;
        let keep = async {
            let mut tx = self.db.begin_write().await?;
            // The store stays as it stands until the paper is kept, and of two that come at once one is counted first.
            let (store, _) = open_application(&mut tx, key).await?;
            stores::lock(&mut tx, store).await?;
            let (_, known) = open_application(&mut tx, key).await?;
            has_room(&known)?;
            uploads::add_document(&mut tx, &picture.hash, store, picture.bytes, self.now()).await?;
            tx.commit().await
        };
        keep.await.map_err(Failure::into_refusal)
    }

    /// Takes a paper out of an application that waits.
    ///
    /// # Errors
    /// As [`Self::may_bring_document`]; [`Refusal::NotFound`] when it is not there.
    pub async fn forget_document(&self, key: &str, hash: &str) -> Result<(), Refusal> {
        let forget = async {
            let mut tx = self.db.begin_write().await?;
            let (store, _) = open_application(&mut tx, key).await?;
            stores::lock(&mut tx, store).await?;
            open_application(&mut tx, key).await?;
            if !uploads::forget_document(&mut tx, store, hash).await? {
                return Err(Refusal::NotFound.into());
            }
            tx.commit().await
        };
        forget.await.map_err(Failure::into_refusal)
    }

    /// A picture of a paper: for who has the key of the application, and for admins by the store.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn document(&self, caller: &Caller, application: &str, hash: &str) -> Result<Vec<u8>, Refusal> {
        let mut tx = self.read().await?;
        let store = match application.parse::<PartyId>() {
            Ok(store) if matches!(caller.actor, Actor::Admin { .. }) => Some(store),
            Ok(_) => None,
            Err(_) => stores::application(&mut tx, &secret::hash(application)).await.map_err(Failure::into_refusal)?.map(|(store, _)| store),
        };
        uploads::document(&mut tx, store.ok_or(Refusal::NotFound)?, hash).await.map_err(Failure::into_refusal)?.ok_or(Refusal::NotFound)
    }

    /// The stores that stand so, and how many stand how.
    ///
    /// # Errors
    /// For everybody but admins.
    pub async fn stores(&self, caller: &Caller, wanted: Standing) -> Result<StoresView, Refusal> {
        for_admins(caller)?;
        let read = async {
            let mut tx = self.db.begin_read().await?;
            Ok(StoresView { rows: stores::standing_so(&mut tx, wanted).await?, counts: stores::counts(&mut tx).await?, now: self.now() })
        };
        read.await.map_err(Failure::into_refusal)
    }
}
