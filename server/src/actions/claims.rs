//! Returns: photos that a buyer brings to show why, and the queues of those who answer.

use crate::{
    house::House,
    pictures,
    store::{
        Failure, claims, orders,
        photos::{self, Photo},
    },
};
use app::session::Caller;
use jumun::{
    actor::{Actor, Chair},
    ids::{OrderId, OrderNumber},
    order::{Order, ReturnState},
    refusal::{Problem, Refusal},
    view::{ClaimsView, GoodwillsView},
};

/// Photos of one return.
const MOST_PHOTOS: usize = 5;
/// Returns on a page of a queue.
const PAGE: i64 = 100;

impl House {
    /// The order that the caller may ask to send goods back of: asked before a body is read.
    ///
    /// # Errors
    /// For everybody but its buyer, and while nothing of it can be sent back.
    pub async fn may_return(&self, caller: &Caller, number: &OrderNumber) -> Result<OrderId, Refusal> {
        let (order, _) = self.order_for(caller, number, &[Chair::Buyer]).await?;
        self.some_returnable(&order).map(|()| order.id)
    }

    fn some_returnable(&self, order: &Order) -> Result<(), Refusal> {
        let required = "goods that can be sent back".into();
        let nothing = Refusal::WrongState { command: "request-return".into(), current: order.status().name().into(), required };
        if order.returnable(self.now(), &self.policy_of(order.policy)).next().is_some() { Ok(()) } else { Err(nothing) }
    }

    /// Keeps a photo for a return that is not asked for yet.
    ///
    /// # Errors
    /// As [`Self::may_return`]; [`Refusal::PictureRefused`]; [`Refusal::LimitReached`].
    pub async fn bring_claim_photo(&self, caller: &Caller, number: &OrderNumber, file: Vec<u8>) -> Result<(), Refusal> {
        let order = self.may_return(caller, number).await?;
        let picture = pictures::redraw(file).await?;
        let keep = async {
            let mut tx = self.db.begin_write().await?;
            // Of two that come at once one is counted first.
            let of = orders::lock(&mut tx, order).await?.ok_or(Refusal::NotFound)?;
            self.some_returnable(&of)?;
            let known = photos::waiting(&mut tx, order, Photo::Claim).await?;
            if known.len() >= MOST_PHOTOS && !known.contains(&picture.hash) {
                return Err(Refusal::LimitReached { most: MOST_PHOTOS as u32 }.into());
            }
            photos::add(&mut tx, order, Photo::Claim, &picture.hash, picture.bytes, self.now()).await?;
            tx.commit().await
        };
        keep.await.map_err(Failure::into_refusal)
    }

    /// Forgets a photo of a return that is not asked for yet.
    ///
    /// # Errors
    /// As [`Self::may_return`]; [`Refusal::NotFound`].
    pub async fn forget_claim_photo(&self, caller: &Caller, number: &OrderNumber, hash: &str) -> Result<(), Refusal> {
        let order = self.may_return(caller, number).await?;
        let forget = async {
            let mut tx = self.db.begin_write().await?;
            if !photos::forget(&mut tx, order, Photo::Claim, hash).await? {
                return Err(Refusal::NotFound.into());
            }
            tx.commit().await
        };
        forget.await.map_err(Failure::into_refusal)
    }

    /// Returns in a queue: a store's own, or everybody's for head office; open ones, those at one state, or those that are over.
    ///
    /// # Errors
    /// For everybody but stores and head office; [`Refusal::Invalid`] for an unknown state.
    pub async fn claims(&self, caller: &Caller, state: Option<&str>) -> Result<ClaimsView, Refusal> {
        let seller = match caller.actor {
            Actor::Admin { .. } => None,
            Actor::Staff { store, .. } => Some(store),
            Actor::Nobody | Actor::Guest { .. } => return Err(Refusal::SignInRequired),
            Actor::Customer { .. } | Actor::Installer { .. } | Actor::Channel { .. } | Actor::System => return Err(Refusal::NotAllowed),
        };
        let wanted = match state.filter(|state| !state.is_empty() && *state != "over") {
            Some(name) => {
                let known = ReturnState::ALL.iter().copied().find(|state| state.name() == name);
                Some(known.ok_or_else(|| Refusal::invalid("state", Problem::Unknown))?)
            }
            None => None,
        };
        let policy = self.policy();
        let mut tx = self.read().await?;
        let read = async {
            let rows = if state == Some("over") {
                claims::over(&mut tx, seller, &policy, PAGE).await?
            } else {
                claims::open(&mut tx, seller, wanted, &policy, PAGE).await?
            };
            let counts = claims::counts(&mut tx, seller).await?;
            Ok(ClaimsView { rows, counts, approval_from: policy.refund_approval_from, now: self.now() })
        };
        read.await.map_err(Failure::into_refusal)
    }
}

impl House {
    /// Goodwill of every store that waits for a second person.
    ///
    /// # Errors
    /// For everybody but head office.
    pub async fn goodwills(&self, caller: &Caller) -> Result<GoodwillsView, Refusal> {
        super::chain::for_admins(caller)?;
        let mut tx = self.read().await?;
        let rows = claims::goodwills(&mut tx, PAGE).await.map_err(Failure::into_refusal)?;
        Ok(GoodwillsView { rows, now: self.now() })
    }
}
