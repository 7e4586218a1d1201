//! Baskets.

use super::Work;
use crate::store::{Stored, carts, catalogue, events, installers};
use jumun::{
    command::Answer,
    ids::{EventId, PartyId, VariantId},
    quantity::Quantity,
    refusal::{Problem, Refusal},
};

impl Work<'_> {
    fn shopper(&self) -> Result<PartyId, Refusal> {
        self.caller.actor.party().ok_or(Refusal::SignInRequired)
    }

    /// Puts units on top of what the basket holds.
    pub(super) async fn add_to_cart(&mut self, variant: &VariantId, quantity: Quantity, installed: bool) -> Stored<Answer> {
        let party = self.shopper()?;
        let version = carts::touch(self.tx, party).await?;
        let lines = carts::lines(self.tx, party).await?;
        let there = lines.iter().find(|held| held.line.variant == *variant).map_or(0, |held| held.line.quantity);
        let most_lines = self.house.policy().cart_max_lines;
        if there == 0 && lines.len() as u32 >= most_lines {
            return Err(Refusal::CartFull { most: most_lines }.into());
        }
        let name = if there == 0 { "cart.line_added" } else { "cart.line_changed" };
        let answer = self.set_line(party, variant, there.saturating_add(quantity.get()), version, name).await?;
        self.set_installation(party, variant, installed).await?;
        Ok(answer)
    }

    /// Has the units of a line put up, or not.
    pub(super) async fn set_cart_installation(&mut self, variant: &VariantId, installed: bool) -> Stored<Answer> {
        let party = self.shopper()?;
        let version = carts::touch(self.tx, party).await?;
        self.set_installation(party, variant, installed).await?;
        Ok(Answer::Cart { version })
    }

    async fn set_installation(&mut self, party: PartyId, variant: &VariantId, installed: bool) -> Stored<()> {
        if installed {
            let listed = catalogue::listed(self.tx, variant).await?.ok_or_else(|| Refusal::invalid("variant", Problem::Unknown))?;
            if installers::price(self.tx, listed.category).await?.is_none() {
                return Err(Refusal::invalid("installation", Problem::Unknown).into());
            }
        }
        if carts::set_installation(self.tx, party, variant, installed).await? {
            Ok(())
        } else {
            Err(Refusal::invalid("variant", Problem::Unknown).into())
        }
    }

    /// Sets a line to a quantity; zero removes it.
    pub(super) async fn set_cart_line(&mut self, variant: &VariantId, quantity: u32) -> Stored<Answer> {
        let party = self.shopper()?;
        let version = carts::touch(self.tx, party).await?;
        let name = if quantity == 0 { "cart.line_removed" } else { "cart.line_changed" };
        self.set_line(party, variant, quantity, version, name).await
    }

    async fn set_line(&mut self, party: PartyId, variant: &VariantId, quantity: u32, version: i64, name: &str) -> Stored<Answer> {
        let most = self.house.policy().line_max_quantity;
        if quantity > most {
            return Err(Refusal::TooManyUnits { most }.into());
        }
        if quantity > 0 && catalogue::listed(self.tx, variant).await?.is_none() {
            return Err(Refusal::NotForSale { variant: variant.clone() }.into());
        }
        carts::set_line(self.tx, party, variant, quantity, self.now).await?;
        let cause = self.cause();
        let payload = serde_json::json!({ "variant": variant, "quantity": quantity }).to_string();
        // The log's own number: the version also counts what an order took out and what a guest's basket brought along.
        let basket = party.to_string();
        let sequence = events::next_sequence(self.tx, &basket).await?;
        let about = events::About { kind: "cart", id: &basket, sequence, root: None };
        let id = EventId::mint(&mut self.mint);
        events::append(self.tx, id, name, about, &cause, self.now, &payload).await?;
        Ok(Answer::Cart { version })
    }
}
