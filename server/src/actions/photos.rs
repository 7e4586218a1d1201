//! Pictures of an installation: brought by its installer, seen by the parties of its order and nobody else.

use crate::{
    house::House,
    pictures,
    store::{
        Failure, orders,
        photos::{self, Photo},
    },
};
use app::session::Caller;
use base64::Engine;
use jumun::{
    actor::Chair,
    command::Command,
    ids::{OrderId, OrderNumber},
    order::{ExtraWish, OrderCommand},
    refusal::{PictureFlaw, Refusal},
};
use std::sync::Arc;

/// Photos of one installation.
const MOST_PHOTOS: usize = 6;

impl House {
    /// The job that the caller may bring a photo for with this command: asked before a body is read.
    ///
    /// # Errors
    /// For everybody but the installer whose job it is, and while the command is not for him to give.
    pub async fn may_bring_photo(&self, caller: &Caller, number: &OrderNumber, command: &str) -> Result<OrderId, Refusal> {
        let (order, _) = self.order_for(caller, number, &[Chair::Seller]).await?;
        order.job.as_ref().ok_or(Refusal::NotFound)?;
        order.allows(command, None, self.now()).map(|()| order.id)
    }

    /// Asks the buyer to pay for more than he bought, with the photo that shows why.
    ///
    /// # Errors
    /// As [`Self::may_bring_photo`]; [`Refusal::PictureRefused`]; what the command refuses.
    pub async fn propose_extra(self: &Arc<Self>, caller: &Caller, number: &OrderNumber, work: Vec<ExtraWish>, file: Vec<u8>) -> Result<(), Refusal> {
        let order = self.may_bring_photo(caller, number, "propose-extra").await?;
        let picture = pictures::redraw(file).await?;
        let keep = async {
            let mut tx = self.db.begin_write().await?;
            photos::add(&mut tx, order, Photo::Extra, &picture.hash, picture.bytes, self.now()).await?;
            photos::forget_others(&mut tx, order, Photo::Extra, &picture.hash).await?;
            tx.commit().await
        };
        keep.await.map_err(Failure::into_refusal)?;
        let command = OrderCommand::ProposeExtra { work, photo: picture.hash };
        self.execute(caller, Command::Order { order, command }, None).await.map(drop)
    }

    /// Keeps a photo of what is being put up; they are seen by the others once the installation is complete.
    ///
    /// # Errors
    /// As [`Self::may_bring_photo`]; [`Refusal::PictureRefused`]; [`Refusal::LimitReached`].
    pub async fn bring_photo(&self, caller: &Caller, number: &OrderNumber, file: Vec<u8>) -> Result<(), Refusal> {
        let order = self.may_bring_photo(caller, number, "complete-installation").await?;
        let picture = pictures::redraw(file).await?;
        let keep = async {
            let mut tx = self.db.begin_write().await?;
            // The job stays as it is until the photo is kept, and of two that come at once one is counted first.
            let job = orders::lock(&mut tx, order).await?.ok_or(Refusal::NotFound)?;
            job.allows("complete-installation", None, self.now())?;
            let known = photos::brought(&mut tx, order, Photo::Work).await?;
            if known.len() >= MOST_PHOTOS && !known.contains(&picture.hash) {
                return Err(Refusal::LimitReached { most: MOST_PHOTOS as u32 }.into());
            }
            photos::add(&mut tx, order, Photo::Work, &picture.hash, picture.bytes, self.now()).await?;
            tx.commit().await
        };
        keep.await.map_err(Failure::into_refusal)
    }

    /// Forgets a photo of what is being put up.
    ///
    /// # Errors
    /// As [`Self::may_bring_photo`]; [`Refusal::NotFound`].
    pub async fn forget_photo(&self, caller: &Caller, number: &OrderNumber, hash: &str) -> Result<(), Refusal> {
        let order = self.may_bring_photo(caller, number, "complete-installation").await?;
        let forget = async {
            let mut tx = self.db.begin_write().await?;
            if !photos::forget(&mut tx, order, Photo::Work, hash).await? {
                return Err(Refusal::NotFound.into());
            }
            tx.commit().await
        };
        forget.await.map_err(Failure::into_refusal)
    }

    /// Keeps a signature that was drawn on the installer's phone, as a browser gives a drawing out. Answers its hash.
    ///
    /// # Errors
    /// As [`Self::may_bring_photo`]; [`Refusal::PictureRefused`].
    pub async fn bring_signature(&self, caller: &Caller, order: OrderId, drawing: &str) -> Result<String, Refusal> {
        let number = {
            let mut tx = self.read().await?;
            orders::load(&mut tx, order).await.map_err(Failure::into_refusal)?.ok_or(Refusal::NotFound)?.number
        };
        let order = self.may_bring_photo(caller, &number, "complete-installation").await?;
        let unreadable = Refusal::PictureRefused { why: PictureFlaw::Unreadable };
        let encoded = drawing.strip_prefix("data:image/png;base64,").ok_or_else(|| unreadable.clone())?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).map_err(|_| unreadable)?;
        let picture = pictures::redraw(bytes).await?;
        let keep = async {
            let mut tx = self.db.begin_write().await?;
            photos::add(&mut tx, order, Photo::Signature, &picture.hash, picture.bytes, self.now()).await?;
            photos::forget_others(&mut tx, order, Photo::Signature, &picture.hash).await?;
            tx.commit().await
        };
        keep.await.map_err(Failure::into_refusal)?;
        Ok(picture.hash)
    }

    /// A picture of an order, for who has a chair at it: asked each time.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn photo(&self, caller: &Caller, number: &OrderNumber, hash: &str) -> Result<Vec<u8>, Refusal> {
        let (order, _) = self.order_for(caller, number, &[Chair::Buyer, Chair::Seller, Chair::Admin]).await?;
        let mut tx = self.read().await?;
        photos::of(&mut tx, order.id, hash).await.map_err(Failure::into_refusal)?.ok_or(Refusal::NotFound)
    }
}
