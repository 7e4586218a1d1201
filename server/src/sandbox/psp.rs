//! The payment provider: approvals, captures, deposits and cancellations, and its own ledger.

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use serde::Deserialize;
use uuid::Uuid;

use super::faults::{Answer, Body, Kind, Outcome, guard, plain};
use super::{Shared, outbox};
use crate::providers::psp::{DeclineCause, Movement, MovementKind, PayMethod, Payment, PaymentStatus};
use crate::store::sandbox as store;

mod books;
mod declines;

pub(super) use books::Account;
use books::{CancelWish, Confirm, NO_PAYMENT, Ruling, capture, find, give_back, keep, move_deposit};
pub(super) use declines::{cause_named, decline};

pub(super) fn routes(sandbox: &Shared) -> Router<Shared> {
    let contract = Router::new()
        .route("/v1/payments/confirm", post(confirm))
        .route("/v1/payments/orders/{order}", get(by_order))
        .route("/v1/payments/{key}", get(by_key))
        .route("/v1/payments/{key}/cancel", post(cancel))
        .route_layer(middleware::from_fn_with_state(sandbox.clone(), authorised));
    Router::new()
        .merge(contract)
        .route("/sandbox/approve", post(press_approve))
        .route("/sandbox/deposit", post(make_deposit))
        .route("/sandbox/deposit-reverse", post(reverse_deposit))
        .route("/sandbox/ledger", get(ledger))
}

async fn authorised(State(sandbox): State<Shared>, request: Request, next: Next) -> Response {
    let token = base64::engine::general_purpose::STANDARD.encode(format!("{}:", sandbox.secrets.psp));
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if given.and_then(|value| value.strip_prefix("Basic ")) == Some(&token) {
        next.run(request).await
    } else {
        Answer::refused(StatusCode::UNAUTHORIZED, "UNAUTHORIZED_KEY", "인증되지 않은 시크릿 키입니다.").into_response()
    }
}

/// What a buyer brings to the pay page.
pub(super) struct Approval {
    pub(super) order_id: String,
    pub(super) order_name: String,
    pub(super) amount: i64,
    pub(super) method: PayMethod,
    /// False for a page that never gets any further.
    pub(super) approved: bool,
}

/// What happens when the buyer presses approve.
pub(super) async fn approve(sandbox: &Shared, approval: Approval) -> anyhow::Result<Payment> {
    let now = sandbox.clock.now().await;
    let plan = if approval.approved { outbox::plan(sandbox, "psp") } else { Vec::new() };
    let payment = Payment {
        payment_key: format!("pay_{}", Uuid::now_v7().simple()),
        order_id: approval.order_id,
        order_name: approval.order_name,
        status: if approval.approved { PaymentStatus::InProgress } else { PaymentStatus::Ready },
        method: Some(approval.method),
        currency: "KRW".to_owned(),
        total_amount: approval.amount,
        balance_amount: approval.amount,
        requested_at: now,
        approved_at: None,
        virtual_account: None,
        failure: None,
        cancels: Vec::new(),
    };
    let stored = payment.clone();
    sandbox.ledger.write(move |db| Box::pin(async move { keep(db, &stored, now, &plan).await })).await?;
    sandbox.outbox.wake();
    Ok(payment)
}

fn answer(ruling: Ruling) -> Outcome {
    match ruling {
        Ok(payment) => Answer::ok(&payment),
        Err((status, code, message)) => Ok(Answer::refused(status, code, message)),
    }
}

fn key_of(headers: &HeaderMap) -> Option<String> {
    headers.get("Idempotency-Key").and_then(|value| value.to_str().ok()).map(str::to_owned)
}

async fn confirm(State(sandbox): State<Shared>, headers: HeaderMap, Body(body): Body<Confirm>) -> Answer {
    let shared = sandbox.clone();
    guard(&sandbox, "psp", "confirm", async move {
        let now = shared.clock.now().await;
        let plan = outbox::plan(&shared, "psp");
        let forced = shared.faults.take("psp", "confirm", &[Kind::Decline]);
        let forced = forced.map(|fault| fault.cause.as_deref().and_then(cause_named).unwrap_or(DeclineCause::System));
        let key = key_of(&headers);
        let ruling = shared.ledger.write(move |db| Box::pin(async move { capture(db, &body, key.as_deref(), forced, now, &plan).await })).await?;
        shared.outbox.wake();
        answer(ruling)
    })
    .await
}

async fn by_key(State(sandbox): State<Shared>, Path(key): Path<String>) -> Answer {
    let shared = sandbox.clone();
    guard(&sandbox, "psp", "get", async move {
        let old = shared.faults.take("psp", "get", &[Kind::OldAnswer]).is_some();
        let found = store::item(&mut *shared.ledger.read().await?, "psp", &key).await?;
        let Some(item) = found else {
            return answer(Err(NO_PAYMENT));
        };
        let payment = if old { item.before::<Payment>()? } else { item.now::<Payment>()? };
        // A payment that has ended does not age: the shop is not asked for the time.
        if payment.is_open() { Answer::ok(&payment.at(shared.clock.now().await)) } else { Answer::ok(&payment) }
    })
    .await
}

async fn by_order(State(sandbox): State<Shared>, Path(order): Path<String>) -> Answer {
    let shared = sandbox.clone();
    guard(&sandbox, "psp", "by_order", async move {
        let old = shared.faults.take("psp", "by_order", &[Kind::OldAnswer]).is_some();
        let now = shared.clock.now().await;
        let found = find(&mut *shared.ledger.read().await?, &order, now, old).await?;
        answer(found.ok_or(NO_PAYMENT))
    })
    .await
}

async fn cancel(State(sandbox): State<Shared>, Path(payment_key): Path<String>, headers: HeaderMap, Body(wish): Body<CancelWish>) -> Answer {
    let shared = sandbox.clone();
    guard(&sandbox, "psp", "cancel", async move {
        let now = shared.clock.now().await;
        let plan = outbox::plan(&shared, "psp");
        let key = key_of(&headers);
        if shared.faults.take("psp", "cancel", &[Kind::Decline]).is_some() {
            return answer(Err((StatusCode::FORBIDDEN, "NOT_CANCELABLE_PAYMENT", "취소 할 수 없는 결제 입니다.")));
        }
        let ruling =
            shared.ledger.write(move |db| Box::pin(async move { give_back(db, &payment_key, &wish, key.as_deref(), now, &plan).await })).await?;
        shared.outbox.wake();
        answer(ruling)
    })
    .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Press {
    order_id: String,
    amount: i64,
    method: Option<String>,
    order_name: Option<String>,
}

async fn press_approve(State(sandbox): State<Shared>, Body(press): Body<Press>) -> Answer {
    let method = PayMethod::from_code(press.method.as_deref().unwrap_or("CARD"));
    let Some(method) = method.filter(|_| press.amount > 0) else {
        return Answer::refused(StatusCode::BAD_REQUEST, "INVALID_REQUEST", "amount > 0, method CARD | TRANSFER | VIRTUAL_ACCOUNT | EASY_PAY");
    };
    let approval =
        Approval { order_id: press.order_id, order_name: press.order_name.unwrap_or_default(), amount: press.amount, method, approved: true };
    plain(approve(&sandbox, approval).await.and_then(|payment| Answer::ok(&payment)))
}

async fn make_deposit(State(sandbox): State<Shared>, Body(account): Body<Account>) -> Answer {
    plain(deposit(&sandbox, account, true).await)
}

async fn reverse_deposit(State(sandbox): State<Shared>, Body(account): Body<Account>) -> Answer {
    plain(deposit(&sandbox, account, false).await)
}

/// The buyer's deposit, or its falling back.
pub(super) async fn deposit(sandbox: &Shared, account: Account, forward: bool) -> Outcome {
    let now = sandbox.clock.now().await;
    let plan = outbox::plan(sandbox, "psp");
    let ruling = sandbox.ledger.write(move |db| Box::pin(async move { move_deposit(db, &account, forward, now, &plan).await })).await?;
    sandbox.outbox.wake();
    answer(ruling)
}

async fn ledger(State(sandbox): State<Shared>) -> Answer {
    let list = async {
        let rows = store::movements(&mut *sandbox.ledger.read().await?).await?;
        let movements: Vec<Movement> = rows
            .into_iter()
            .map(|row| Movement {
                order_id: row.order_id,
                payment_key: row.payment_key,
                amount: row.amount,
                kind: match row.kind.as_str() {
                    "capture" => MovementKind::Capture,
                    "cancel" => MovementKind::Cancel,
                    _ => MovementKind::Reverse,
                },
                at: row.at,
            })
            .collect();
        Answer::ok(&movements)
    };
    plain(list.await)
}
