//! Reviews: what everybody reads of a product, and a store of what it sold.

use crate::{
    house::House,
    store::{Failure, catalogue, reviews},
};
use app::session::Caller;
use jumun::{
    ids::ProductId,
    refusal::Refusal,
    view::{ReviewQuery, ReviewsView, StoreReviewQuery, StoreReviewsView},
};

impl House {
    /// A page of what is said of a product that is on sale.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn reviews(&self, product: &ProductId, query: &ReviewQuery) -> Result<ReviewsView, Refusal> {
        let mut tx = self.read().await?;
        let today = self.now().kst_date();
        catalogue::card(&mut tx, product, today).await.map_err(Failure::into_refusal)?.ok_or(Refusal::NotFound)?;
        reviews::of_product(&mut tx, product, query).await.map_err(Failure::into_refusal)
    }

    /// A page of what is said of the caller's store's goods.
    ///
    /// # Errors
    /// For everybody but stores.
    pub async fn store_reviews(&self, caller: &Caller, query: &StoreReviewQuery) -> Result<StoreReviewsView, Refusal> {
        let store = Self::store_of(caller)?;
        let mut tx = self.read().await?;
        reviews::of_seller(&mut tx, store, query, self.now()).await.map_err(Failure::into_refusal)
    }

    /// A photo that a review on a product's page shows, for everybody.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]: one that is not shown is not there.
    pub async fn review_photo(&self, hash: &str) -> Result<Vec<u8>, Refusal> {
        let mut tx = self.read().await?;
        reviews::shown_photo(&mut tx, hash).await.map_err(Failure::into_refusal)?.ok_or(Refusal::NotFound)
    }
}
