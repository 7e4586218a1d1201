//! How stores join the chain, and how head office lets them trade.

use super::{Work, chain::for_admins};
use crate::{
    house::House,
    secret,
    store::{Failure, Stored, accounts, stores, work},
};
use app::session::Caller;
use jumun::{
    command::{Answer, Command},
    ids::{AccountId, Mint, PartyId, WarehouseId},
    notice::Template,
    partner::{Standing, StoreApplication},
    refusal::{Problem, Refusal},
    text::Password,
    view::StoresView,
};
use std::sync::Arc;

impl Work<'_> {
    /// Writes down who wants to join. A business is there once, and so is an e-mail address.
    pub(super) async fn apply_as_store(&mut self, asked: &StoreApplication, password_hash: &str) -> Stored<Answer> {
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
        stores::apply(self.tx, store, &slug, asked, password_hash).await?;
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

impl House {
    /// Asks to join the chain. Only the password's hash is kept.
    ///
    /// # Errors
    /// For who works here already; [`Refusal::Invalid`] when the business or the e-mail address is known.
    pub async fn apply_as_store(self: &Arc<Self>, caller: &Caller, asked: StoreApplication, password: Password) -> Result<(), Refusal> {
        // Who may not is told before any work is done for him.
        let command = |password_hash| Command::ApplyAsStore { application: Box::new(asked.clone()), password_hash };
        command(String::new()).authorise(&caller.actor)?;
        let password_hash = secret::hash_password(password).await?;
        self.execute(caller, command(password_hash), None).await?;
        Ok(())
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
