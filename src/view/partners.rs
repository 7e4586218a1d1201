//! What stores sell to each other, as either of them and head office see it.

use super::OfferRow;
use crate::{
    ids::{PartyId, VariantId, WarehouseId},
    money::Won,
    partner::{PriceStep, Standing, StoreKind},
    text::Words,
    time::Time,
};
use serde::{Deserialize, Serialize};

/// What two stores have agreed, as one of them sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AgreementRow {
    /// The other one.
    pub partner: PartyId,
    /// Its name.
    pub name: Words,
    /// The number it is registered by.
    pub business_number: String,
    /// How they stand.
    pub standing: Standing,
    /// What the buyer may owe at most.
    pub credit_limit: Won,
    /// What it owes, and what it has asked for.
    pub owed: Won,
    /// Since when they trade, or since when it waits.
    pub since: Time,
    /// What the buyer said asking.
    pub message: Option<String>,
    /// Why the seller turned it down or stopped.
    pub reason: Option<String>,
}

impl AgreementRow {
    /// What the buyer may still buy for.
    pub fn left(&self) -> Won {
        (self.credit_limit - self.owed).at_least(Won::ZERO)
    }
}

/// Goods of a store that a partner sells too.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RestockRow {
    /// What the partner offers.
    pub offer: OfferRow,
    /// What the store calls it.
    pub title: Words,
    /// The option's name.
    pub option: Words,
    /// Units that the store can sell now.
    pub available: u32,
}

/// Whom a store buys of, and what it could buy. Who trades with it comes first.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PartnersView {
    /// Its partners, and whom it has asked.
    pub partners: Vec<AgreementRow>,
    /// What they sell, of what there is least first.
    pub goods: Vec<RestockRow>,
    /// Where it can go.
    pub warehouses: Vec<(WarehouseId, Words)>,
    /// Whom it could ask.
    pub others: Vec<(PartyId, Words)>,
    /// Who looks may ask.
    pub manager: bool,
}

/// A price list of an option.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ListOf {
    /// Whose; everybody's when it is nobody's.
    pub buyer: Option<PartyId>,
    /// The prices.
    pub steps: Vec<PriceStep>,
}

/// An option as it is sold to partners.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PricedRow {
    /// The option.
    pub variant: VariantId,
    /// The product's name.
    pub title: Words,
    /// The option's name.
    pub option: Words,
    /// The shop's price.
    pub list_price: Won,
    /// The least units that are sold at once.
    pub least: u32,
    /// Days until they are with the partner.
    pub lead_days: u32,
    /// Its price lists, everybody's first.
    pub lists: Vec<ListOf>,
}

impl PricedRow {
    /// The prices for a partner, or for everybody.
    pub fn list(&self, buyer: Option<PartyId>) -> &[PriceStep] {
        self.lists.iter().find(|list| list.buyer == buyer).map_or(&[], |list| &list.steps)
    }
}

/// To whom a store sells, and on which terms.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SellingView {
    /// Its partners: who waits for an answer first.
    pub partners: Vec<AgreementRow>,
    /// What partners can buy.
    pub goods: Vec<PricedRow>,
    /// Who looks may change it.
    pub manager: bool,
}

/// A store as head office sees it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoreRow {
    /// The store.
    pub store: PartyId,
    /// Its name.
    pub name: Words,
    /// What it is.
    pub kind: StoreKind,
    /// How it stands.
    pub standing: Standing,
    /// The number it is registered by.
    pub business_number: String,
    /// Its phone.
    pub phone: String,
    /// Where it is.
    pub address: String,
    /// Who asked, and his e-mail address, while it waits or was turned down.
    pub applicant: Option<(String, String)>,
    /// Since when the chain knows it.
    pub since: Time,
    /// Why it was turned down or stopped.
    pub reason: Option<String>,
    /// Pictures of the papers that it showed.
    pub documents: Vec<String>,
}

/// What somebody who asked to join sees of that, by the key that he was given.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ApplicationView {
    /// The store's name.
    pub store: Words,
    /// Waiting, or turned down; who was taken in signs in.
    pub standing: Standing,
    /// Why it was turned down.
    pub reason: Option<String>,
    /// Pictures of the papers that he showed, oldest first.
    pub documents: Vec<String>,
}

impl ApplicationView {
    /// Papers that an application shows at most.
    pub const DOCUMENTS: usize = 5;
}

/// The stores of the chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoresView {
    /// The stores that stand so.
    pub rows: Vec<StoreRow>,
    /// How many stand how, in the order of the list.
    pub counts: Vec<(Standing, u32)>,
    /// Now.
    pub now: Time,
}
