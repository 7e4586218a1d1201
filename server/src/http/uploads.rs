//! Files that come in, and go out again from an address where nothing of them can run. A plain route, so that the size of a body is
//! bounded before it is read and a form works without scripts.

use super::{
    Shared,
    session::{refuse, wants_a_page},
};
use crate::{actions::photos::Shows, pictures::MOST_BYTES};
use app::session::{Caller, idempotency_key};
use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, Multipart, Path, State, multipart::MultipartError},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use jumun::{
    actor::Actor,
    ids::{LineId, OrderNumber, ProductId, ReceiptId},
    order::ExtraWish,
    quantity::Quantity,
    refusal::{PictureFlaw, Problem, Refusal},
};

/// How much of a file that is too large is listened to, and forgotten, so that the browser hears why: who is cut off while he speaks
/// hears nothing.
const MOST_HEARD: usize = 4 * MOST_BYTES;

pub(super) fn routes() -> Router<Shared> {
    let most = || DefaultBodyLimit::max(MOST_HEARD);
    Router::new()
        .route("/uploads/product-picture/{product}", post(product_picture).layer(most()))
        .route("/uploads/extra/{number}", post(extra).layer(most()))
        .route("/uploads/receipt/{number}/{receipt}", post(receipt).layer(most()))
        .route("/uploads/application/{key}", post(document).layer(most()))
        .route("/uploads/application/{key}/{hash}/forget", post(forget_document))
        .merge(photos("work", Shows::Work))
        .merge(photos("claim", Shows::Return))
        .merge(photos("exchange", Shows::Exchange))
        .merge(photos("answer", Shows::Answer))
        .merge(photos("review/{line}", Shows::Review))
        .route("/pictures/{hash}", get(picture))
        .route("/reviews/{hash}", get(review_photo))
        .route("/photos/{number}/{hash}", get(photo))
        .route("/documents/{application}/{hash}", get(shown_document))
}

/// Photos of one kind: one is brought, and taken back.
fn photos(name: &str, shows: Shows) -> Router<Shared> {
    Router::new()
        .route(&format!("/uploads/{name}/{{number}}"), post(bring).layer((Extension(shows), DefaultBodyLimit::max(MOST_HEARD))))
        .route(&format!("/uploads/{name}/{{number}}/{{hash}}/forget"), post(forget).layer(Extension(shows)))
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

/// An installer asks the buyer to pay for more than he bought: how much of which work, and a photo. A browser goes back to the job,
/// which says how it went.
async fn extra(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<String>,
    headers: HeaderMap,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let number = OrderNumber::new(number);
    let asked = match idempotency_key(&headers) {
        Ok(None) => shared.house.may_propose_extra(&caller, &number).await.map(|_| None),
        Ok(key) => shared.house.own_job(&caller, &number).await.map(|_| key),
        Err(refusal) => Err(refusal),
    };
    let (key, heard) = match asked {
        Ok(key) => (key, heard(form, "picture").await),
        Err(refusal) => return back_to(&headers, &page_of(Shows::Work, &caller, &number, None), Err(refusal)),
    };
    let brought = async {
        let (bytes, fields) = heard?;
        let wish = |(name, units): (String, String)| {
            let item = name.strip_prefix("units[")?.strip_suffix(']')?.to_owned();
            // A field that was left alone asks for nothing.
            let units = Some(units.trim()).filter(|units| !units.is_empty())?;
            let quantity = units.parse().map_or(Err(Refusal::invalid("quantity", Problem::Malformed)), |units| Ok(Quantity::new(units)));
            quantity.map(|quantity| quantity.map(|quantity| ExtraWish { item, quantity })).transpose()
        };
        let work = fields.into_iter().filter_map(wish).collect::<Result<Vec<_>, _>>()?;
        shared.house.propose_extra(&caller, &number, work, bytes, key).await
    };
    back_to(&headers, &page_of(Shows::Work, &caller, &number, None), brought.await)
}

/// Somebody who delivers goods keeps a picture of the receipt by which they were bought.
async fn receipt(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path((number, receipt)): Path<(OrderNumber, ReceiptId)>,
    headers: HeaderMap,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let attached = async {
        shared.house.may_attach_receipt(&caller, &number, receipt).await?;
        let bytes = file(form.map_err(|_| Refusal::invalid("picture", Problem::Malformed))?).await?;
        shared.house.attach_receipt(&caller, &number, receipt, bytes).await
    };
    back_to(&headers, &format!("/desk/orders/{number}"), attached.await)
}

/// Somebody who asks to join the chain shows one of his papers.
async fn document(
    State(shared): State<Shared>,
    Path(key): Path<String>,
    headers: HeaderMap,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let brought = async {
        shared.house.may_bring_document(&key).await?;
        let bytes = file(form.map_err(|_| Refusal::invalid("picture", Problem::Malformed))?).await?;
        shared.house.bring_document(&key, bytes).await
    };
    back_to(&headers, &format!("/partners/apply/{key}"), brought.await)
}

/// He takes one back.
async fn forget_document(State(shared): State<Shared>, Path((key, hash)): Path<(String, String)>, headers: HeaderMap) -> Response {
    back_to(&headers, &format!("/partners/apply/{key}"), shared.house.forget_document(&key, &hash).await)
}

/// What an address of photos names: the order, one of its photos, and the line of a review.
#[derive(serde::Deserialize)]
struct At {
    number: String,
    hash: Option<String>,
    line: Option<LineId>,
}

/// The page that photos are brought from.
fn page_of(shows: Shows, caller: &Caller, number: &OrderNumber, line: Option<LineId>) -> String {
    // What a store buys stands on its desk.
    let desk = if matches!(caller.actor, Actor::Staff { .. }) { "/desk" } else { "" };
    match shows {
        Shows::Review => line.map_or_else(|| format!("/orders/{number}"), |line| format!("/orders/{number}/review/{line}")),
        Shows::Work => format!("/jobs/{number}"),
        Shows::Return => format!("{desk}/orders/{number}/return"),
        Shows::Exchange => format!("/orders/{number}/exchange"),
        Shows::Answer => format!("{desk}/orders/{number}"),
    }
}

/// Somebody keeps a photo that he says something with later.
async fn bring(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Extension(shows): Extension<Shows>,
    Path(At { number, line, .. }): Path<At>,
    headers: HeaderMap,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let number = OrderNumber::new(number);
    let brought = async {
        shared.house.may_show(&caller, &number, shows).await?;
        let bytes = file(form.map_err(|_| Refusal::invalid("picture", Problem::Malformed))?).await?;
        shared.house.bring_photo(&caller, &number, shows, bytes).await
    };
    back_to(&headers, &page_of(shows, &caller, &number, line), brought.await)
}

/// He takes one back.
async fn forget(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Extension(shows): Extension<Shows>,
    Path(At { number, hash, line }): Path<At>,
    headers: HeaderMap,
) -> Response {
    let number = OrderNumber::new(number);
    let forgotten = shared.house.forget_photo(&caller, &number, shows, hash.as_deref().unwrap_or_default()).await;
    back_to(&headers, &page_of(shows, &caller, &number, line), forgotten)
}

/// How a form with a photo went: the page it came from says it, an interface hears it.
fn back_to(headers: &HeaderMap, page: &str, outcome: Result<(), Refusal>) -> Response {
    match outcome {
        Ok(()) if !wants_a_page(headers) => StatusCode::NO_CONTENT.into_response(),
        Ok(()) => Redirect::to(page).into_response(),
        Err(refusal) if !wants_a_page(headers) => refuse(&refusal),
        Err(Refusal::SignInRequired) => Redirect::to(&format!("/sign-in?next={page}")).into_response(),
        Err(refusal @ (Refusal::NotFound | Refusal::NotAllowed)) => refuse(&refusal),
        Err(refusal) => {
            let missing = matches!(&refusal, Refusal::Invalid { field, .. } if field == "picture").then_some(PictureFlaw::Missing);
            let flaw = if let Refusal::PictureRefused { why } = refusal { Some(why) } else { missing };
            let why = flaw.map_or("asked", PictureFlaw::slug);
            Redirect::to(&format!("{page}?refused={why}")).into_response()
        }
    }
}

/// The one file of a form that carries nothing else.
async fn file(form: Multipart) -> Result<Vec<u8>, Refusal> {
    match heard(Ok(form), "picture").await? {
        (bytes, fields) if fields.is_empty() => Ok(bytes),
        (_, _) => Err(Refusal::invalid("picture", Problem::Malformed)),
    }
}

/// Fields of a form beside its file: more than a form of ours has, and longer.
const MOST_FIELDS: usize = 64;
const LONGEST_FIELD: usize = 200;

/// The one file of a form, and what else it says.
async fn heard(
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
    name: &str,
) -> Result<(Vec<u8>, Vec<(String, String)>), Refusal> {
    let malformed = || Refusal::invalid("picture", Problem::Malformed);
    let mut form = form.map_err(|_| malformed())?;
    let mut fields = Vec::new();
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::PictureRefused { why: PictureFlaw::TooBig },
        _ => Refusal::invalid("picture", Problem::Malformed),
    };
    let mut found = None;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some(name) {
            let said = field.name().filter(|_| field.file_name().is_none() && fields.len() < MOST_FIELDS).ok_or_else(malformed)?.to_owned();
            let text = field.text().await.map_err(broken)?;
            if text.len() > LONGEST_FIELD {
                return Err(malformed());
            }
            fields.push((said, text));
            continue;
        }
        if found.is_some() {
            return Err(malformed());
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
    let bytes = found.filter(|bytes| !bytes.is_empty()).ok_or_else(|| Refusal::invalid("picture", Problem::Missing))?;
    Ok((bytes, fields))
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A picture of an order, for its parties: whether somebody is one is asked each time, and nothing on the way keeps it.
async fn photo(State(shared): State<Shared>, Extension(caller): Extension<Caller>, Path((number, hash)): Path<(String, String)>) -> Response {
    if !is_hash(&hash) {
        return refuse(&Refusal::NotFound);
    }
    shown(shared.house.photo(&caller, &OrderNumber::new(number), &hash).await, "private, no-store")
}

/// A paper of a store that asks to join: for who has the key of its application, and for head office by the store.
async fn shown_document(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path((application, hash)): Path<(String, String)>,
) -> Response {
    if !is_hash(&hash) {
        return refuse(&Refusal::NotFound);
    }
    shown(shared.house.document(&caller, &application, &hash).await, "private, no-store")
}

/// A picture. Its name is the hash of its bytes, so it never changes.
async fn picture(State(shared): State<Shared>, Path(hash): Path<String>) -> Response {
    if !is_hash(&hash) {
        return refuse(&Refusal::NotFound);
    }
    shown(shared.house.picture(&hash).await, "public, max-age=31536000, immutable")
}

/// A photo that a review shows, for everybody. It may be taken off any day, so nothing on the way keeps it long.
async fn review_photo(State(shared): State<Shared>, Path(hash): Path<String>) -> Response {
    if !is_hash(&hash) {
        return refuse(&Refusal::NotFound);
    }
    shown(shared.house.review_photo(&hash).await, "public, max-age=300")
}

fn shown(found: Result<Vec<u8>, Refusal>, kept: &'static str) -> Response {
    match found {
        Ok(bytes) => {
            let told = [
                (header::CONTENT_TYPE, "image/jpeg"),
                (header::CONTENT_DISPOSITION, "inline; filename=\"picture.jpg\""),
                (header::CACHE_CONTROL, kept),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"),
                (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
            ];
            (told, bytes).into_response()
        }
        Err(refusal) => refuse(&refusal),
    }
}
