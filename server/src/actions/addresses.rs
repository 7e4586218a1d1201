//! The buyer's address book. An order names the row it was placed with, so rows are only taken out of the book, never changed.

use super::Work;
use crate::store::{Stored, orders};
use jumun::{
    command::{Answer, ShipTo},
    ids::{ContactId, PartyId},
    refusal::Refusal,
};

impl Work<'_> {
    fn keeper(&self) -> Result<PartyId, Refusal> {
        self.caller.actor.party().ok_or(Refusal::SignInRequired)
    }

    /// Writes an entry; one that replaces another stands where that stood.
    pub(super) async fn keep_address(&mut self, replaces: Option<ContactId>, ship_to: &ShipTo) -> Stored<Answer> {
        let party = self.keeper()?;
        let mut used = self.now;
        if let Some(old) = replaces {
            used = orders::kept_since(self.tx, old, party).await?.ok_or(Refusal::NotFound)?;
            orders::forget_contact(self.tx, old, party).await?;
        }
        let id = ContactId::mint(&mut self.mint);
        orders::add_contact(self.tx, id, party, ship_to, true, used).await?;
        Ok(Answer::Done)
    }

    /// Puts an entry first.
    pub(super) async fn prefer_address(&mut self, contact: ContactId) -> Stored<Answer> {
        let party = self.keeper()?;
        if orders::prefer_contact(self.tx, contact, party, self.now).await? { Ok(Answer::Done) } else { Err(Refusal::NotFound.into()) }
    }

    /// Takes an entry out.
    pub(super) async fn forget_address(&mut self, contact: ContactId) -> Stored<Answer> {
        let party = self.keeper()?;
        if orders::forget_contact(self.tx, contact, party).await? { Ok(Answer::Done) } else { Err(Refusal::NotFound.into()) }
    }
}
