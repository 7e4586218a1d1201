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
    refusal::Refusal,
    time::{Span, Time},
};
use std::sync::Arc;

/// Pictures of a store, those included that were replaced in the last hour.
pub const MOST_PICTURES: u32 = 500;
/// How long a picture may wait for its product.
const ABOUT_TO_BE_SHOWN: Span = Span::hours(1);

impl Work<'_> {
    /// Shows a product of the store by a picture that the store brought.
    pub(super) async fn set_picture(&mut self, product: &ProductId, hash: &str) -> Stored<Answer> {
        let Actor::Staff { store, .. } = self.caller.actor else { return Err(Refusal::NotAllowed.into()) };
        let (_, there) = uploads::of(self.tx, store, hash).await?;
        if !there || !uploads::set_drawing(self.tx, product, store, &format!("{PHOTO}{hash}")).await? {
            return Err(Refusal::NotFound.into());
        }
        uploads::drop_unshown(self.tx, store, PHOTO, Time(self.now.0 - ABOUT_TO_BE_SHOWN.0)).await?;
        Ok(Answer::Done)
    }
}

impl House {
    /// The store that may bring a picture of this product: asked before a body is read.
    ///
    /// # Errors
    /// For everybody but the staff of the store that sells it; [`Refusal::LimitReached`] when the store has its fill.
    pub async fn may_bring_picture(&self, caller: &Caller, product: &ProductId) -> Result<PartyId, Refusal> {
        let store = Self::store_of(caller)?;
        let read = async {
            let mut tx = self.db.begin_read().await?;
            if !uploads::sells(&mut tx, product, store).await? {
                return Err(Refusal::NotFound.into());
            }
            match uploads::of(&mut tx, store, "").await? {
                (count, _) if count >= i64::from(MOST_PICTURES) => Err(Refusal::LimitReached { most: MOST_PICTURES }.into()),
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
