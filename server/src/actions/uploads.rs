//! Files that people bring: a product's picture.

use super::Work;
use crate::{
    house::House,
    pictures,
    store::{Failure, Stored, uploads},
};
use app::session::Caller;
use jumun::{
    actor::Actor,
    catalogue::PHOTO,
    command::{Answer, Command},
    ids::{PartyId, ProductId},
    refusal::{PictureFlaw, Refusal},
    time::{Span, Time},
};
use std::sync::Arc;

/// Pictures that a store brings within an hour and shows nowhere, because the next one took their place.
pub const MOST_UNSHOWN: u32 = 100;
/// How long a picture is kept that no product shows: the next moment one may, and pages that are open still do.
const UNSHOWN: Span = Span::hours(1);

fn still_kept(now: Time) -> Time {
    now.before(UNSHOWN)
}

impl Work<'_> {
    /// Shows a product of the store by a picture that the store brought.
    pub(super) async fn set_picture(&mut self, product: &ProductId, hash: &str) -> Stored<Answer> {
        let Actor::Staff { store, .. } = self.caller.actor else { return Err(Refusal::NotAllowed.into()) };
        if !uploads::brought(self.tx, store, hash).await? || !uploads::set_drawing(self.tx, product, store, &format!("{PHOTO}{hash}")).await? {
            return Err(Refusal::NotFound.into());
        }
        uploads::drop_unshown(self.tx, store, PHOTO, still_kept(self.now)).await?;
        Ok(Answer::Done)
    }
}

impl House {
    /// The store that may bring a picture of this product: asked before a body is read.
    ///
    /// # Errors
    /// For everybody but the staff of the store that sells it; [`PictureFlaw::TooMany`] when it has its fill for now.
    pub async fn may_bring_picture(&self, caller: &Caller, product: &ProductId) -> Result<PartyId, Refusal> {
        let store = Self::store_of(caller)?;
        let read = async {
            let mut tx = self.db.begin_read().await?;
            if !uploads::sells(&mut tx, product, store).await? {
                return Err(Refusal::NotFound.into());
            }
            match uploads::unshown(&mut tx, store, PHOTO, still_kept(self.now())).await? {
                count if count >= i64::from(MOST_UNSHOWN) => Err(Refusal::PictureRefused { why: PictureFlaw::TooMany }.into()),
                _ => Ok(store),
            }
        };
        read.await.map_err(Failure::into_refusal)
    }

    /// Shows a product by a picture that somebody brought.
    ///
    /// # Errors
    /// As [`Self::may_bring_picture`]; [`Refusal::PictureRefused`].
    pub async fn bring_picture(self: &Arc<Self>, caller: &Caller, product: ProductId, bytes: Vec<u8>) -> Result<(), Refusal> {
        let store = self.may_bring_picture(caller, &product).await?;
        let picture = pictures::redraw(bytes).await?;
        let keep = async {
            let mut tx = self.db.begin_write().await?;
            uploads::add(&mut tx, &picture.hash, store, picture.bytes, self.now()).await?;
            tx.commit().await
        };
        keep.await.map_err(Failure::into_refusal)?;
        self.execute(caller, Command::SetPicture { product, picture: picture.hash }, None).await.map(drop)
    }

    /// A product's picture, for everybody: it stands in the catalogue.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn picture(&self, hash: &str) -> Result<Vec<u8>, Refusal> {
        let mut tx = self.read().await?;
        uploads::picture(&mut tx, hash).await.map_err(Failure::into_refusal)?.ok_or(Refusal::NotFound)
    }
}
