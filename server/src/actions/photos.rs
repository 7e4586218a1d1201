//! Pictures of an order: brought by one of its parties, seen by them and nobody else.

use crate::{
    house::House,
    pictures,
    store::{
        Failure, orders, partners,
        photos::{self, Photo},
    },
};
use app::session::Caller;
use base64::Engine;
use jumun::{
    actor::Chair,
    command::Command,
    ids::{OrderId, OrderNumber, ReceiptId},
    order::{ExtraWish, Order, OrderCommand, Review},
    policy::Policy,
    refusal::{PictureFlaw, Refusal},
    time::Time,
    view::ReceiptView,
};
use std::sync::Arc;

/// What photos show that are brought one by one before somebody says something with them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shows {
    /// What an installer has put up.
    Work,
    /// Why a buyer wants to send goods back.
    Return,
    /// Why he wants others instead.
    Exchange,
    /// What he was asked about it.
    Answer,
    /// What he keeps and says something of.
    Review,
}

impl Shows {
    /// Whose they are.
    fn chair(self) -> Chair {
        match self {
            Self::Work => Chair::Seller,
            Self::Return | Self::Exchange | Self::Answer | Self::Review => Chair::Buyer,
        }
    }

    fn kind(self) -> Photo {
        match self {
            Self::Work => Photo::Work,
            Self::Return | Self::Exchange | Self::Answer => Photo::Claim,
            Self::Review => Photo::Review,
        }
    }

    /// How many can wait for that.
    fn most(self) -> usize {
        match self {
            Self::Work => 6,
            Self::Return | Self::Exchange | Self::Answer => 5,
            Self::Review => Review::PHOTOS,
        }
    }

    /// Whether there is something that they could be said with.
    fn allowed(self, order: &Order, policy: &Policy, now: Time) -> Result<(), Refusal> {
        let for_some = |command: &str, required: &str| {
            let mut asked = order.fulfilments.iter().map(|goods| order.allows(command, Some(goods.id), now));
            let (current, required) = (order.status().name().into(), required.into());
            if asked.any(|allowed| allowed.is_ok()) { Ok(()) } else { Err(Refusal::WrongState { command: command.into(), current, required }) }
        };
        match self {
            Self::Work if order.job.is_some() => order.allows("complete-installation", None, now),
            Self::Work if order.pickup.is_some() => order.allows("complete-pickup", None, now),
            Self::Work => Err(Refusal::NotFound),
            Self::Return if order.returnable(now, policy).next().is_some() => Ok(()),
            Self::Return => Err(Refusal::WrongState {
                command: "request-return".into(),
                current: order.status().name().into(),
                required: "goods that can be sent back".into(),
            }),
            Self::Exchange => for_some("request-exchange", "goods that can be exchanged"),
            Self::Review if order.reviewable(now, policy).next().is_some() || order.changeable(now, policy).next().is_some() => Ok(()),
            Self::Review => Err(Refusal::WrongState {
                command: "write-review".into(),
                current: order.status().name().into(),
                required: "goods that are kept".into(),
            }),
            Self::Answer => for_some("answer-about-return", "a question about a return"),
        }
    }
}

impl House {
    /// The job at which the caller may ask the buyer to pay for more: asked before a body is read.
    ///
    /// # Errors
    /// For everybody but the installer whose job it is, and while there is nothing to ask.
    pub async fn may_propose_extra(&self, caller: &Caller, number: &OrderNumber) -> Result<OrderId, Refusal> {
        let (order, _) = self.order_for(caller, number, &[Chair::Seller]).await?;
        order.job.as_ref().ok_or(Refusal::NotFound)?;
        order.allows("propose-extra", None, self.now()).map(|()| order.id)
    }

    /// The job whose installer the caller is: who brings a key may have asked already, which only the command can tell.
    ///
    /// # Errors
    /// For everybody else.
    pub async fn own_job(&self, caller: &Caller, number: &OrderNumber) -> Result<OrderId, Refusal> {
        let (order, _) = self.order_for(caller, number, &[Chair::Seller]).await?;
        order.job.as_ref().map(|_| order.id).ok_or(Refusal::NotFound)
    }

    /// Asks the buyer to pay for more than he bought, with the photo that shows why; with a key, once.
    ///
    /// # Errors
    /// As [`Self::may_propose_extra`]; [`Refusal::PictureRefused`]; what the command refuses.
    pub async fn propose_extra(
        self: &Arc<Self>,
        caller: &Caller,
        number: &OrderNumber,
        work: Vec<ExtraWish>,
        file: Vec<u8>,
        key: Option<String>,
    ) -> Result<(), Refusal> {
        let order = if key.is_some() { self.own_job(caller, number).await? } else { self.may_propose_extra(caller, number).await? };
        let photo = self.keep_the_one(order, Photo::Extra, file).await?;
        let command = OrderCommand::ProposeExtra { work, photo };
        self.execute(caller, Command::Order { order, command }, key).await.map(drop)
    }

    /// Keeps the picture that the next command names, and forgets what was brought before it and nothing names. Answers its hash.
    async fn keep_the_one(&self, order: OrderId, kind: Photo, file: Vec<u8>) -> Result<String, Refusal> {
        let picture = pictures::redraw(file).await?;
        let keep = async {
            let mut tx = self.db.begin_write().await?;
            photos::add(&mut tx, order, kind, &picture.hash, picture.bytes, self.now()).await?;
            photos::forget_others(&mut tx, order, kind, &picture.hash).await?;
            tx.commit().await
        };
        keep.await.map_err(Failure::into_refusal)?;
        Ok(picture.hash)
    }

    /// The order of a receipt that the caller may keep a picture of: asked before a body is read.
    ///
    /// # Errors
    /// For everybody but who delivers the goods; [`Refusal::LimitReached`].
    pub async fn may_attach_receipt(&self, caller: &Caller, number: &OrderNumber, receipt: ReceiptId) -> Result<OrderId, Refusal> {
        let (order, _) = self.order_for(caller, number, &[Chair::Seller]).await?;
        let mut tx = self.read().await?;
        let known = partners::receipts_of(&mut tx, order.id).await.map_err(Failure::into_refusal)?;
        let kept = known.iter().find(|kept| kept.id == receipt).ok_or(Refusal::NotFound)?;
        if kept.photos.len() < ReceiptView::PHOTOS { Ok(order.id) } else { Err(Refusal::LimitReached { most: ReceiptView::PHOTOS as u32 }) }
    }

    /// Keeps a picture of a receipt.
    ///
    /// # Errors
    /// As [`Self::may_attach_receipt`]; [`Refusal::PictureRefused`]; what the command refuses.
    pub async fn attach_receipt(self: &Arc<Self>, caller: &Caller, number: &OrderNumber, receipt: ReceiptId, file: Vec<u8>) -> Result<(), Refusal> {
        let order = self.may_attach_receipt(caller, number, receipt).await?;
        let photo = self.keep_the_one(order, Photo::Receipt, file).await?;
        let command = OrderCommand::AttachReceipt { receipt, photo };
        self.execute(caller, Command::Order { order, command }, None).await.map(drop)
    }

    /// The order that the caller may bring photos of this kind for: asked before a body is read.
    ///
    /// # Errors
    /// For everybody but whoever's they are, and while there is nothing to show.
    pub async fn may_show(&self, caller: &Caller, number: &OrderNumber, shows: Shows) -> Result<OrderId, Refusal> {
        let (order, _) = self.order_for(caller, number, &[shows.chair()]).await?;
        shows.allowed(&order, &self.policy_of(order.policy), self.now()).map(|()| order.id)
    }

    /// Keeps a photo; the others see it once a fact names it.
    ///
    /// # Errors
    /// As [`Self::may_show`]; [`Refusal::PictureRefused`]; [`Refusal::LimitReached`].
    pub async fn bring_photo(&self, caller: &Caller, number: &OrderNumber, shows: Shows, file: Vec<u8>) -> Result<(), Refusal> {
        let order = self.may_show(caller, number, shows).await?;
        let picture = pictures::redraw(file).await?;
        let keep = async {
            let mut tx = self.db.begin_write().await?;
            // The order stays as it is until the photo is kept, and of two that come at once one is counted first.
            let of = orders::lock(&mut tx, order).await?.ok_or(Refusal::NotFound)?;
            shows.allowed(&of, &self.policy_of(of.policy), self.now())?;
            let (known, most) = (photos::waiting(&mut tx, order, shows.kind()).await?, shows.most());
            if known.len() >= most && !known.contains(&picture.hash) {
                return Err(Refusal::LimitReached { most: most as u32 }.into());
            }
            photos::add(&mut tx, order, shows.kind(), &picture.hash, picture.bytes, self.now()).await?;
            tx.commit().await
        };
        keep.await.map_err(Failure::into_refusal)
    }

    /// Forgets a photo that no fact names yet.
    ///
    /// # Errors
    /// As [`Self::may_show`]; [`Refusal::NotFound`].
    pub async fn forget_photo(&self, caller: &Caller, number: &OrderNumber, shows: Shows, hash: &str) -> Result<(), Refusal> {
        let order = self.may_show(caller, number, shows).await?;
        let forget = async {
            let mut tx = self.db.begin_write().await?;
            if !photos::forget(&mut tx, order, shows.kind(), hash).await? {
                return Err(Refusal::NotFound.into());
            }
            tx.commit().await
        };
        forget.await.map_err(Failure::into_refusal)
    }

    /// Keeps a signature that was drawn on the installer's phone, as a browser gives a drawing out. Answers its hash. One that is here
    /// already is as good when it comes again, whatever has become of the job: who brought it may not have heard that it arrived.
    ///
    /// # Errors
    /// As [`Self::may_show`]; [`Refusal::PictureRefused`].
    pub async fn bring_signature(&self, caller: &Caller, order: OrderId, drawing: &str) -> Result<String, Refusal> {
        let number = {
            let mut tx = self.read().await?;
            orders::load(&mut tx, order).await.map_err(Failure::into_refusal)?.ok_or(Refusal::NotFound)?.number
        };
        let (job, _) = self.order_for(caller, &number, &[Shows::Work.chair()]).await?;
        let unreadable = Refusal::PictureRefused { why: PictureFlaw::Unreadable };
        let encoded = drawing.strip_prefix("data:image/png;base64,").ok_or_else(|| unreadable.clone())?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(encoded).map_err(|_| unreadable)?;
        let picture = pictures::redraw(bytes).await?;
        let keep = async {
            let mut tx = self.db.begin_write().await?;
            if photos::brought(&mut tx, order, Photo::Signature).await?.contains(&picture.hash) {
                return Ok(());
            }
            Shows::Work.allowed(&job, &self.policy_of(job.policy), self.now())?;
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
        let (order, chair) = self.order_for(caller, number, &[Chair::Buyer, Chair::Seller, Chair::Admin]).await?;
        let mut tx = self.read().await?;
        photos::of(&mut tx, order.id, hash, chair != Chair::Buyer).await.map_err(Failure::into_refusal)?.ok_or(Refusal::NotFound)
    }
}
