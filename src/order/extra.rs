//! What an installer charges for on site (01 §3 Extra charge): work of the list that was published before the purchase, asked for with
//! a photo, and done once its buyer has paid for it. The installer's order and the order above it tell each other where it stands.

use super::{Change, Order, machines::ExtraState};
use crate::{
    ids::{ExtraId, FulfilmentId, OrderId},
    money::Won,
    quantity::Quantity,
    text::Words,
    time::Time,
};
use serde::{Deserialize, Serialize};

/// Something that may be charged on site: a row of the published list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExtraRow {
    /// What the list calls it: the kind of goods and its place among them.
    pub item: String,
    /// What.
    pub name: Words,
    /// Per what.
    pub unit: Words,
    /// How much.
    pub price: Won,
}

/// Work that somebody asks to be paid for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExtraWish {
    /// What the list calls it.
    pub item: String,
    /// How much of it.
    pub quantity: Quantity,
}

/// Work at its published price, frozen.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExtraWork {
    /// The row of the list.
    pub row: ExtraRow,
    /// How much of it.
    pub quantity: Quantity,
}

impl ExtraWork {
    /// What it comes to.
    pub fn amount(&self) -> Won {
        Won(self.row.price.0 * self.quantity.units())
    }
}

/// An extra charge, from its proposal to the buyer's word.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Extra {
    /// Its identity.
    pub id: ExtraId,
    /// The installation order.
    pub installation: OrderId,
    /// The goods that are put up.
    pub fulfilment: FulfilmentId,
    /// Which work.
    pub work: Vec<ExtraWork>,
    /// What shows why: the hash of a picture that only the parties of the order see.
    pub photo: String,
    /// Where it stands.
    pub state: ExtraState,
    /// When it was proposed.
    pub proposed_at: Time,
    /// Until when the buyer can say something.
    pub until: Time,
    /// What was paid for it went back: the goods were not put up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub given_back: bool,
}

impl Extra {
    /// What all of it comes to.
    pub fn amount(&self) -> Won {
        self.work.iter().map(ExtraWork::amount).sum()
    }
    /// Whether the buyer has not said anything yet.
    pub fn is_open(&self) -> bool {
        self.state == ExtraState::Proposed
    }
    /// Whether the buyer has paid for it and it will be done, or was.
    pub fn is_kept(&self) -> bool {
        self.state == ExtraState::Approved && !self.given_back
    }
}

impl Order {
    /// The extra charge of an id.
    pub fn extra(&self, id: ExtraId) -> Option<&Extra> {
        self.extras.iter().find(|extra| extra.id == id)
    }
    /// Extra charges that wait for the buyer's word: at most one for each installation.
    pub fn open_extras(&self) -> impl Iterator<Item = &Extra> {
        self.extras.iter().filter(|extra| extra.is_open())
    }
    /// Whether the difference that is due would pay for this extra charge.
    pub fn pays_extra(&self, id: ExtraId) -> bool {
        self.difference.as_ref().is_some_and(|due| due.change == Change::Extra { extra: id })
    }
    /// Extra charges that stand differently than before.
    pub(super) fn moved_extras<'a>(&'a self, before: &'a Self) -> impl Iterator<Item = &'a Extra> {
        self.extras.iter().filter(|extra| before.extra(extra.id).map(|known| known.state) != Some(extra.state))
    }
    /// An extra charge comes to an end, here and in what pays for it.
    pub(super) fn end_extra(&mut self, id: ExtraId, to: ExtraState) {
        self.difference.take_if(|due| due.change == Change::Extra { extra: id });
        if let Some(extra) = self.extras.iter_mut().find(|extra| extra.id == id) {
            debug_assert!(super::machines::EXTRA.allows(extra.state, to), "{:?} → {to:?} is not in the table", extra.state);
            extra.state = to;
            if to == ExtraState::Approved {
                self.amounts.extras += extra.amount();
            }
        }
    }
    /// What was paid for an extra charge is the buyer's again.
    pub(super) fn forget_extra(&mut self, id: ExtraId) {
        if let Some(extra) = self.extras.iter_mut().find(|extra| extra.id == id) {
            extra.given_back = true;
            self.amounts.extras -= extra.amount();
        }
    }
}
