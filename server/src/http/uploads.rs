//! Files that come in, and go out again from an address where nothing of them can run. A plain route, so that the size of a body is
//! bounded before it is read and a form works without scripts.

use super::{
    Shared,
    session::{refuse, wants_a_page},
};
use crate::pictures::MOST_BYTES;
use app::session::Caller;
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Multipart, Path, State, multipart::MultipartError},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use jumun::{
    ids::ProductId,
    refusal::{PictureFlaw, Problem, Refusal},
};

/// How much of a file that is too large is listened to, and forgotten, so that the browser hears why: who is cut off while he speaks
/// hears nothing.
const MOST_HEARD: usize = 4 * MOST_BYTES;

pub(super) fn routes() -> Router<Shared> {
    let bring = post(product_picture).layer(DefaultBodyLimit::max(MOST_HEARD));
    Router::new().route("/uploads/product-picture/{product}", bring).route("/pictures/{hash}", get(picture))
}

/// Replaces the picture of a product. A browser goes back to the list, which says how it went.
async fn product_picture(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(product): Path<String>,
    headers: HeaderMap,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let product = ProductId::new(product);
    let page = wants_a_page(&headers);
    // Who may not is not listened to.
    match shared.house.may_bring_picture(&caller, &product).await {
        Err(Refusal::SignInRequired) if page => return Redirect::to("/sign-in?next=/desk/products").into_response(),
        Err(Refusal::PictureRefused { .. }) | Ok(_) => {}
        Err(refusal) => return refuse(&refusal),
    }
    let brought = async {
        let bytes = file(form.map_err(|_| Refusal::invalid("picture", Problem::Malformed))?).await?;
        shared.house.bring_picture(&caller, product.clone(), bytes).await
    };
    let outcome = brought.await;
    if !page {
        return outcome.map_or_else(|refusal| refuse(&refusal), |()| StatusCode::NO_CONTENT.into_response());
    }
    // The list takes the product's name from here: it is one of the store's own.
    let way = match outcome {
        Ok(()) => format!("/desk/products?changed={product}"),
        Err(Refusal::PictureRefused { why }) => format!("/desk/products?refused={}&product={product}", why.slug()),
        Err(Refusal::Invalid { .. }) => format!("/desk/products?refused={}&product={product}", PictureFlaw::Missing.slug()),
        Err(refusal) => return refuse(&refusal),
    };
    Redirect::to(&way).into_response()
}

/// The one file of a form.
async fn file(mut form: Multipart) -> Result<Vec<u8>, Refusal> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::PictureRefused { why: PictureFlaw::TooBig },
        _ => Refusal::invalid("picture", Problem::Malformed),
    };
    let mut found = None;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("picture") || found.is_some() {
            return Err(Refusal::invalid("picture", Problem::Malformed));
        }
        let (mut bytes, mut heard) = (Vec::new(), 0);
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            heard += chunk.len();
            if heard <= MOST_BYTES {
                bytes.extend_from_slice(&chunk);
            }
        }
        if heard > MOST_BYTES {
            return Err(Refusal::PictureRefused { why: PictureFlaw::TooBig });
        }
        found = Some(bytes);
    }
    // A form whose file was not chosen brings one without bytes.
    found.filter(|bytes| !bytes.is_empty()).ok_or_else(|| Refusal::invalid("picture", Problem::Missing))
}

/// A picture. Its name is the hash of its bytes, so it never changes.
async fn picture(State(shared): State<Shared>, Path(hash): Path<String>) -> Response {
    if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return refuse(&Refusal::NotFound);
    }
    match shared.house.picture(&hash).await {
        Ok(bytes) => {
            let told = [
                (header::CONTENT_TYPE, "image/jpeg"),
                (header::CONTENT_DISPOSITION, "inline; filename=\"picture.jpg\""),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"),
                (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
            ];
            (told, bytes).into_response()
        }
        Err(refusal) => refuse(&refusal),
    }
}
