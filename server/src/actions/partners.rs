//! What a store agrees with its partners: who may buy on credit, how much, and at which prices.

use super::Work;
use crate::{
    house::House,
    store::{Failure, Stored, orders, partners, stores, work},
};
use app::session::Caller;
use jumun::{
    command::Answer,
    ids::{Mint, PartyId, VariantId},
    money::Won,
    notice::Template,
    partner::{PriceStep, Standing, check_limit, check_steps, check_terms},
    refusal::{Problem, Refusal},
    view::SellingView,
};

impl Work<'_> {
    /// Sets a price list of an option: everybody's, or one partner's.
    pub(super) async fn set_partner_prices(&mut self, variant: &VariantId, buyer: Option<PartyId>, steps: &[PriceStep]) -> Stored<Answer> {
        let store = self.own_option(variant).await?;
        check_steps(steps)?;
        if let Some(buyer) = buyer
            && partners::lock(self.tx, store, buyer).await?.is_none()
        {
            return Err(Refusal::invalid("partner", Problem::Unknown).into());
        }
        partners::set_prices(self.tx, variant, buyer, steps).await?;
        Ok(Answer::Done)
    }

    /// Sets how an option is sold to partners.
    pub(super) async fn set_partner_terms(&mut self, variant: &VariantId, least: u32, lead_days: u32) -> Stored<Answer> {
        self.own_option(variant).await?;
        check_terms(least, lead_days)?;
        partners::set_terms(self.tx, variant, least, lead_days).await?;
        Ok(Answer::Done)
    }

    /// Sets how much a partner may owe. What it owes already it owes.
    pub(super) async fn set_credit_limit(&mut self, buyer: PartyId, limit: Won) -> Stored<Answer> {
        let store = self.own_store()?;
        check_limit(limit)?;
        let standing = partners::lock(self.tx, store, buyer).await?.ok_or(Refusal::NotFound)?;
        if !standing.has_terms() {
            return Err(Refusal::StandsOtherwise { standing }.into());
        }
        partners::set_limit(self.tx, store, buyer, limit).await?;
        Ok(Answer::Done)
    }

    /// Asks a store to sell on credit; one that turned this store down, once more.
    pub(super) async fn ask_partner(&mut self, seller: PartyId, message: &str) -> Stored<Answer> {
        let store = self.own_store()?;
        if seller == store {
            return Err(Refusal::invalid("partner", Problem::Unknown).into());
        }
        if stores::lock(self.tx, seller).await? != Some(Standing::Approved) {
            return Err(Refusal::NotFound.into());
        }
        if let Some(standing) = partners::lock(self.tx, seller, store).await? {
            standing.after("apply")?;
        }
        partners::ask(self.tx, seller, store, message, self.now).await?;
        self.tell_partner(Template::PartnerAsked, seller, store, Some(message)).await
    }

    /// Answers who asked, stops trading with a partner, or goes on, and tells him.
    pub(super) async fn move_partner(
        &mut self,
        buyer: PartyId,
        (what, told): (&str, Template),
        limit: Option<Won>,
        reason: Option<&str>,
    ) -> Stored<Answer> {
        let store = self.own_store()?;
        limit.map_or(Ok(()), check_limit)?;
        let standing = partners::lock(self.tx, store, buyer).await?.ok_or(Refusal::NotFound)?;
        partners::set_standing(self.tx, store, buyer, standing.after(what)?, limit, reason, self.now).await?;
        self.tell_partner(told, buyer, store, reason).await
    }

    /// Tells a store what another one says to it.
    async fn tell_partner(&mut self, template: Template, to: PartyId, from: PartyId, words: Option<&str>) -> Stored<Answer> {
        let name = orders::party_name(self.tx, from).await?.ko;
        let detail = words.map_or_else(|| name.clone(), |words| format!("{name}: {words}"));
        let cause = self.mint.uuid().to_string();
        work::tell_member(self.tx, &mut self.mint, &cause, template, to, &detail, self.now).await?;
        Ok(Answer::Done)
    }

    /// The caller's store, whose option it is.
    async fn own_option(&mut self, variant: &VariantId) -> Stored<PartyId> {
        let store = self.own_store()?;
        if partners::lock_option(self.tx, variant, store).await? { Ok(store) } else { Err(Refusal::NotFound.into()) }
    }
}

impl House {
    /// To whom the caller's store sells, and on which terms.
    ///
    /// # Errors
    /// For everybody but a store's staff.
    pub async fn selling(&self, caller: &Caller) -> Result<SellingView, Refusal> {
        let store = Self::store_of(caller)?;
        let read = async {
            let mut tx = self.db.begin_read().await?;
            Ok(SellingView {
                partners: partners::of_seller(&mut tx, store).await?,
                goods: partners::priced(&mut tx, store).await?,
                manager: caller.actor.is_manager(),
            })
        };
        read.await.map_err(Failure::into_refusal)
    }
}
