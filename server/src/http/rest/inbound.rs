//! Business events of other systems in the envelope of 000, signed as Standard Webhooks say. Each source has a secret of
//! its own and may send only its own types.

use super::orders::{answer, body, plain};
use crate::{
    demo,
    http::{
        Shared,
        session::{RequestId, refuse},
    },
    standard_webhooks::Secret,
    store::{self, Failure},
};
use app::session::Caller;
use axum::{Extension, body::Bytes, extract::State, http::HeaderMap, response::Response};
use jumun::{
    actor::Actor,
    command::{Answer, Command, ShipTo, WantedLine},
    ids::{ProductId, VariantId},
    money::Won,
    order::{OnShortage, OrderCommand, PaymentMethod},
    quantity::Quantity,
    refusal::{Problem, Refusal},
    saga::SagaKind,
    text::{Address, Locale, PersonName, Phone, Postcode},
};
use serde::Deserialize;

/// A business event of another system.
#[derive(Deserialize, utoipa::ToSchema)]
pub(crate) struct Envelope {
    /// `order.created` or `order.payment_completed`.
    event_type: String,
    /// What happened.
    #[schema(value_type = Object)]
    data: serde_json::Value,
}

/// Who may send what.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Channel,
    Gateway,
}

/// Takes an event.
#[utoipa::path(post, path = "/api/v1/events", request_body = Envelope,
    params(("webhook-id" = String, Header), ("webhook-timestamp" = String, Header), ("webhook-signature" = String, Header)),
    responses((status = 200, body = Object), (status = "4XX", body = Refusal, content_type = "application/problem+json")))]
pub(crate) async fn event(State(shared): State<Shared>, request: Option<Extension<RequestId>>, headers: HeaderMap, bytes: Bytes) -> Response {
    let taken = async {
        let keys = demo::keys();
        // Secrets of other channels come with the partner console; until then the demo's are the only ones.
        let sources =
            if shared.house.demo { vec![(Source::Channel, keys.webhook_channel), (Source::Gateway, keys.webhook_gateway)] } else { Vec::new() };
        let now = crate::clock::real_time().0 / 1_000_000;
        let source = sources
            .into_iter()
            .find(|(_, secret)| Secret::parse(secret).is_some_and(|secret| secret.verifies(&headers, &bytes, now)))
            .map(|(source, _)| source)
            .ok_or(Refusal::BadSignature)?;
        let envelope: Envelope = body(&bytes)?;
        let request = request.map(|Extension(id)| id.0).unwrap_or_default();
        match (envelope.event_type.as_str(), source) {
            ("order.created", Source::Channel) => created(&shared, request, envelope.data).await,
            ("order.payment_completed", Source::Gateway) => payment_completed(&shared, envelope.data).await,
            ("order.created" | "order.payment_completed", _) => Err(Refusal::NotAllowed),
            _ => Err(Refusal::invalid("event_type", Problem::Unknown)),
        }
    };
    match taken.await {
        Ok(value) => answer(Ok(value)),
        Err(refusal) => refuse(&refusal),
    }
}

#[derive(Deserialize)]
struct Created {
    order_id: String,
    customer_id: String,
    items: Vec<Item>,
    total_amount: Option<i64>,
    shipping_address: ShippingAddress,
    payment_method: String,
}

#[derive(Deserialize)]
struct Item {
    product_id: String,
    variant_id: Option<String>,
    quantity: u32,
    unit_price: i64,
}

#[derive(Deserialize)]
struct ShippingAddress {
    name: String,
    phone: String,
    address: String,
    postal_code: String,
}

/// Places the order of a channel and asks for its payment. The channel's number is the order's for ever: the same body gets
/// the same answer, another body a refusal.
async fn created(shared: &Shared, request: String, data: serde_json::Value) -> Result<serde_json::Value, Refusal> {
    let created: Created = serde_json::from_value(data).map_err(|_| Refusal::invalid("data", Problem::Malformed))?;
    let method = PaymentMethod::from_slug(&created.payment_method).ok_or_else(|| Refusal::invalid("payment_method", Problem::Unknown))?;
    let actor = channel(shared).await?;
    let external = plain("order_id", &created.order_id)?;
    let customer = plain("customer_id", &created.customer_id)?;
    let mut lines = Vec::new();
    for item in &created.items {
        let variant = match &item.variant_id {
            Some(id) => VariantId::new(plain("variant_id", id)?),
            None => only_variant(shared, &plain("product_id", &item.product_id)?).await?,
        };
        let quantity = Quantity::new(item.quantity).ok_or_else(|| Refusal::invalid("quantity", Problem::OutOfRange))?;
        lines.push(WantedLine { variant, quantity, unit_price: Some(Won(item.unit_price)), installation: false });
    }
    let to = &created.shipping_address;
    let ship_to = ShipTo {
        name: PersonName::parse(&to.name)?,
        phone: Phone::parse(&to.phone)?,
        postcode: Postcode::parse(&to.postal_code)?,
        address: Address::parse(&to.address)?,
        request: None,
    };
    let caller = Caller { actor, session: None, locale: Locale::Ko, request, address: None };
    let seen_goods = created.total_amount.map(Won);
    // An address that nothing is delivered to is no reason to lose the order: it waits until somebody mends it (ERR-ORD-003).
    let (customer, on_shortage, site) = (Some(customer), OnShortage::Ask, None);
    let command = Command::PlaceForCustomer { external, customer, lines, ship_to, address_later: true, seen_goods, on_shortage, site };
    let Answer::Order { order, number, .. } = shared.house.execute(&caller, command, None).await? else { return Err(Refusal::Broken) };
    let view = shared.house.order(&caller, &number).await?;
    if view.offers.iter().any(|offer| offer.command == "request-payment") && view.attempt.is_none() {
        match shared.house.execute(&caller, Command::Order { order, command: OrderCommand::RequestPayment { method } }, None).await {
            // Who pays this much proves who he is on the pay page first.
            Ok(_) | Err(Refusal::IdentityRequired { .. } | Refusal::WrongState { .. }) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    let view = shared.house.order(&caller, &number).await?;
    Ok(serde_json::json!({
        "success": true,
        "data": {
            "order_id": created.order_id,
            "number": number,
            "status": view.status.name_in_000(),
            "created_at": view.placed_at.rfc3339(),
            "quote": view.amounts,
            "payable": view.amounts.payable(),
            "psp_order_id": view.attempt.as_ref().map(|attempt| &attempt.psp_order),
            "pay_url": shared.house.pay_url(&caller, &number).await.ok(),
        },
        "next_step": "STEP-ORD-002",
    }))
}

#[derive(Deserialize)]
struct PaymentCompleted {
    order_id: String,
}

/// Only a hint: the PSP is asked, what it says is compared, and then the order is moved.
async fn payment_completed(shared: &Shared, data: serde_json::Value) -> Result<serde_json::Value, Refusal> {
    let hint: PaymentCompleted = serde_json::from_value(data).map_err(|_| Refusal::invalid("data", Problem::Malformed))?;
    let Actor::Channel { account } = channel(shared).await? else { return Err(Refusal::Broken) };
    let external = plain("order_id", &hint.order_id)?;
    let woken = async {
        let mut tx = shared.house.db.begin_write().await?;
        let order = store::orders::by_external(&mut tx, &format!("{account}:{external}")).await?.ok_or(Refusal::NotFound)?;
        if let Some(attempt) = order.open_attempt() {
            store::work::wake(&mut tx, SagaKind::Checkout, &attempt.id.to_string(), shared.house.now()).await?;
        }
        tx.commit().await?;
        Ok::<_, Failure>(order)
    };
    let order = woken.await.map_err(Failure::into_refusal)?;
    shared.house.work.notify_waiters();
    Ok(serde_json::json!({ "success": true, "data": { "order_id": hint.order_id, "number": order.number } }))
}

/// The channel whose secret signs: the one that the demo's key belongs to.
async fn channel(shared: &Shared) -> Result<Actor, Refusal> {
    let found = async {
        let mut tx = shared.house.db.begin_read().await?;
        store::keys::bearer(&mut tx, &demo::keys().channel).await
    };
    found.await.map_err(Failure::into_refusal)?.map(|bearer| bearer.actor).ok_or(Refusal::BadSignature)
}

/// The option of a product that has just one.
async fn only_variant(shared: &Shared, product: &str) -> Result<VariantId, Refusal> {
    let found = async {
        let mut tx = shared.house.db.begin_read().await?;
        store::catalogue::only_variant(&mut tx, &ProductId::new(product)).await
    };
    found.await.map_err(Failure::into_refusal)?.ok_or_else(|| Refusal::invalid("variant_id", Problem::Missing))
}
