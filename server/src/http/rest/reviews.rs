//! Reviews over the interface: what everybody reads of a product. They are written and answered by commands on their orders.

use super::{Asked, Keyed, orders::plain, read};
use crate::http::Shared;
use axum::{
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use jumun::{
    ids::ProductId,
    order::Stars,
    refusal::{Problem, Refusal},
    view::{ReviewQuery, ReviewsView},
};
use serde::Deserialize;

/// What of the reviews is wanted.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Listing {
    /// Only those that give so many stars, 1 to 5.
    stars: Option<String>,
    /// `true` for those with photos only.
    photos: Option<String>,
    /// The page, from 1; ten reviews are on it.
    page: Option<String>,
}

impl Listing {
    fn read(self) -> Result<ReviewQuery, Refusal> {
        let malformed = |field: &'static str| Refusal::invalid(field, Problem::Malformed);
        let count = self.stars.map(|stars| stars.parse::<u8>().map_err(|_| malformed("stars"))).transpose()?;
        let stars = count.map(|count| Stars::new(count).ok_or_else(|| Refusal::invalid("stars", Problem::OutOfRange))).transpose()?;
        let photos = match self.photos.as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(malformed("photos")),
        };
        let page = self.page.map_or(Ok(1), |page| page.parse().map_err(|_| malformed("page")))?;
        Ok(ReviewQuery { stars, photos, page })
    }
}

/// What is said of a product that is on sale, newest first. A photo is served at `/reviews/{hash}`.
#[utoipa::path(get, path = "/api/v1/products/{id}/reviews", params(("id" = String, Path), Listing, ("If-None-Match" = Option<String>, Header)), responses((status = 200, body = ReviewsView), (status = 304), (status = "4XX", body = Refusal, content_type = "application/problem+json")), security(("key" = ["orders:read"])))]
pub(crate) async fn list(
    State(shared): State<Shared>,
    Keyed(_): Keyed,
    Path(id): Path<String>,
    Asked(asked): Asked<Listing>,
    headers: HeaderMap,
) -> Response {
    let listed = async {
        let id = plain("id", &id).map_err(|_| Refusal::NotFound)?;
        shared.house.reviews(&ProductId::new(id), &asked.read()?).await
    };
    read(&headers, listed.await)
}
