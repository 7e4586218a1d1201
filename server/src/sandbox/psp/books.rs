//! What the payment provider's books allow: pure checks first, then the writes of one effect.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::declines::decline;
use crate::providers::psp::{
    Cancel, DeclineCause, Failure, MovementKind, PayMethod, Payment, PaymentStatus, RefundAccount, VirtualAccount, decline_cause,
};
use crate::providers::wire;
use crate::store::sandbox::{self as store, MovementRow};

/// An approval that is not confirmed lapses after this, in microseconds.
const SESSION: i64 = 10 * 60 * 1_000_000;
/// A virtual account waits this long, in microseconds.
const DEPOSIT: i64 = 24 * 3_600 * 1_000_000;

/// A refusal that ends a piece of work before it wrote anything.
pub(super) type Ruling = Result<Payment, (StatusCode, &'static str, &'static str)>;

impl Payment {
    /// The payment as the clock makes it: what was not confirmed or deposited in time has expired.
    pub(in crate::sandbox) fn at(mut self, now: i64) -> Self {
        let lapsed = match self.status {
            PaymentStatus::Ready | PaymentStatus::InProgress => now >= self.requested_at + SESSION,
            PaymentStatus::WaitingForDeposit => self.virtual_account.as_ref().is_some_and(|account| now >= account.due_date),
            PaymentStatus::Done | PaymentStatus::Canceled | PaymentStatus::PartialCanceled | PaymentStatus::Aborted | PaymentStatus::Expired => false,
        };
        if lapsed {
            self.status = PaymentStatus::Expired;
        }
        self
    }

    /// True while time alone may still change it.
    pub(super) fn is_open(&self) -> bool {
        self.clone().at(i64::MAX).status != self.status
    }

    /// True once money moved or an account was issued: the reference is then used up.
    fn is_taken(&self) -> bool {
        match self.status {
            PaymentStatus::WaitingForDeposit | PaymentStatus::Done | PaymentStatus::Canceled | PaymentStatus::PartialCanceled => true,
            PaymentStatus::Ready | PaymentStatus::InProgress | PaymentStatus::Aborted | PaymentStatus::Expired => false,
        }
    }
}

/// Writes the payment and queues the hint that it changed.
pub(super) async fn keep(db: &mut SqliteConnection, payment: &Payment, now: i64, plan: &[i64]) -> sqlx::Result<()> {
    store::put(db, ("psp", &payment.payment_key, &payment.order_id), now, None, payment).await?;
    if plan.is_empty() {
        return Ok(());
    }
    let hint = json!({
        "eventType": "PAYMENT_STATUS_CHANGED",
        "createdAt": wire::to_text(now),
        "data": { "paymentKey": payment.payment_key, "orderId": payment.order_id, "status": payment.status },
    });
    store::queue(db, "psp", &hint, plan).await
}

async fn book(db: &mut SqliteConnection, payment: &Payment, amount: i64, kind: MovementKind, at: i64) -> sqlx::Result<()> {
    let kind = match kind {
        MovementKind::Capture => "capture",
        MovementKind::Cancel => "cancel",
        MovementKind::Reverse => "reverse",
    };
    let row = MovementRow { order_id: payment.order_id.clone(), payment_key: payment.payment_key.clone(), amount, kind: kind.to_owned(), at };
    store::book(db, &row).await
}

async fn load(db: &mut SqliteConnection, key: &str, now: i64) -> sqlx::Result<Option<Payment>> {
    let found = store::item(db, "psp", key).await?;
    Ok(found.map(|item| item.now::<Payment>()).transpose()?.map(|payment| payment.at(now)))
}

/// The payment of a reference: the one that took it, else the newest.
pub(super) async fn find(db: &mut SqliteConnection, order_id: &str, now: i64, old: bool) -> sqlx::Result<Option<Payment>> {
    let mut newest = None;
    for item in store::items_of(db, "psp", order_id, 50).await? {
        let payment = if old { item.before::<Payment>()? } else { item.now::<Payment>()? }.at(now);
        if payment.is_taken() {
            return Ok(Some(payment));
        }
        newest.get_or_insert(payment);
    }
    Ok(newest)
}

pub(super) const NO_PAYMENT: (StatusCode, &str, &str) = (StatusCode::NOT_FOUND, "NOT_FOUND_PAYMENT", "존재하지 않는 결제 입니다.");
const NO_SESSION: (StatusCode, &str, &str) = (StatusCode::NOT_FOUND, "NOT_FOUND_PAYMENT_SESSION", "결제 시간이 만료되었습니다.");

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Confirm {
    pub(super) payment_key: String,
    pub(super) order_id: String,
    pub(super) amount: i64,
}

pub(super) async fn capture(
    db: &mut SqliteConnection,
    wish: &Confirm,
    key: Option<&str>,
    forced: Option<DeclineCause>,
    now: i64,
    plan: &[i64],
) -> sqlx::Result<Ruling> {
    if let Some(before) = store::answer(db, "psp.confirm", key).await? {
        return Ok(Ok(before));
    }
    let Some(mut payment) = load(db, &wish.payment_key, now).await? else {
        return Ok(Err(NO_PAYMENT));
    };
    if payment.order_id != wish.order_id || payment.total_amount != wish.amount {
        return Ok(Err((StatusCode::BAD_REQUEST, "INVALID_REQUEST", "주문번호나 금액이 승인한 것과 다릅니다.")));
    }
    match payment.status {
        PaymentStatus::InProgress => {}
        PaymentStatus::Done | PaymentStatus::WaitingForDeposit => return Ok(Ok(payment)),
        PaymentStatus::Ready | PaymentStatus::Expired => return Ok(Err(NO_SESSION)),
        PaymentStatus::Aborted => {
            let cause = payment.failure.map_or(DeclineCause::System, |failure| decline_cause(&failure.code));
            return Ok(Err(decline(cause)));
        }
        PaymentStatus::Canceled | PaymentStatus::PartialCanceled => {
            return Ok(Err((StatusCode::BAD_REQUEST, "ALREADY_PROCESSED_PAYMENT", "이미 처리된 결제 입니다.")));
        }
    }
    if find(db, &wish.order_id, now, false).await?.is_some_and(|other| other.is_taken()) {
        let words = "이미 승인 및 취소가 진행된 중복된 주문번호 입니다.";
        return Ok(Err((StatusCode::BAD_REQUEST, "DUPLICATED_ORDER_ID", words)));
    }
    if let Some(cause) = forced {
        let refusal = decline(cause);
        payment.status = PaymentStatus::Aborted;
        payment.failure = Some(Failure { code: refusal.1.to_owned(), message: refusal.2.to_owned() });
        keep(db, &payment, now, plan).await?;
        return Ok(Err(refusal));
    }
    if payment.method == Some(PayMethod::VirtualAccount) {
        let number = format!("{:014}", Uuid::new_v4().as_u128() % 100_000_000_000_000);
        store::put(db, ("account", &number, ""), now, None, &payment.payment_key).await?;
        payment.status = PaymentStatus::WaitingForDeposit;
        payment.virtual_account = Some(VirtualAccount {
            bank: "샌드은행".to_owned(),
            account_number: number,
            due_date: now + DEPOSIT,
            customer_name: "주문 고객".to_owned(),
        });
    } else {
        payment.status = PaymentStatus::Done;
        payment.approved_at = Some(now);
        book(db, &payment, payment.total_amount, MovementKind::Capture, now).await?;
    }
    keep(db, &payment, now, plan).await?;
    store::remember(db, "psp.confirm", key, &payment).await?;
    Ok(Ok(payment))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CancelWish {
    pub(super) cancel_reason: String,
    pub(super) cancel_amount: Option<i64>,
    pub(super) refund_receive_account: Option<RefundAccount>,
}

pub(super) async fn give_back(
    db: &mut SqliteConnection,
    payment_key: &str,
    wish: &CancelWish,
    key: Option<&str>,
    now: i64,
    plan: &[i64],
) -> sqlx::Result<Ruling> {
    // The body is not part of the key: another amount under an old key is answered as before.
    if let Some(before) = store::answer(db, "psp.cancel", key).await? {
        return Ok(Ok(before));
    }
    let Some(mut payment) = load(db, payment_key, now).await? else {
        return Ok(Err(NO_PAYMENT));
    };
    let paid = match payment.status {
        PaymentStatus::Done | PaymentStatus::PartialCanceled => true,
        PaymentStatus::WaitingForDeposit => false,
        PaymentStatus::Canceled => {
            return Ok(Err((StatusCode::BAD_REQUEST, "ALREADY_CANCELED_PAYMENT", "이미 취소된 결제 입니다.")));
        }
        PaymentStatus::Ready | PaymentStatus::InProgress | PaymentStatus::Aborted | PaymentStatus::Expired => {
            return Ok(Err((StatusCode::FORBIDDEN, "NOT_CANCELABLE_PAYMENT", "취소 할 수 없는 결제 입니다.")));
        }
    };
    let amount = wish.cancel_amount.unwrap_or(payment.balance_amount);
    if amount <= 0 || amount > payment.balance_amount || (!paid && amount != payment.balance_amount) {
        return Ok(Err((StatusCode::FORBIDDEN, "NOT_CANCELABLE_AMOUNT", "취소 할 수 없는 금액 입니다.")));
    }
    if paid && payment.virtual_account.is_some() && wish.refund_receive_account.is_none() {
        let words = "환불 계좌번호와 예금주명이 필요합니다.";
        return Ok(Err((StatusCode::BAD_REQUEST, "INVALID_REFUND_ACCOUNT_INFO", words)));
    }
    payment.balance_amount -= amount;
    payment.status = if payment.balance_amount == 0 { PaymentStatus::Canceled } else { PaymentStatus::PartialCanceled };
    payment.cancels.push(Cancel {
        transaction_key: format!("tx_{}", Uuid::now_v7().simple()),
        cancel_amount: amount,
        cancel_reason: wish.cancel_reason.clone(),
        canceled_at: now,
    });
    if paid {
        book(db, &payment, amount, MovementKind::Cancel, now).await?;
    }
    keep(db, &payment, now, plan).await?;
    store::remember(db, "psp.cancel", key, &payment).await?;
    Ok(Ok(payment))
}

/// Which virtual account: by its number or by our reference.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::sandbox) struct Account {
    pub(in crate::sandbox) order_id: Option<String>,
    pub(in crate::sandbox) account_number: Option<String>,
}

pub(super) async fn move_deposit(db: &mut SqliteConnection, account: &Account, forward: bool, now: i64, plan: &[i64]) -> sqlx::Result<Ruling> {
    let found = match (&account.account_number, &account.order_id) {
        (Some(number), _) => match store::item(db, "account", number).await? {
            Some(item) => load(db, &item.now::<String>()?, now).await?,
            None => None,
        },
        (None, Some(order)) => find(db, order, now, false).await?,
        (None, None) => None,
    };
    let Some(mut payment) = found else {
        return Ok(Err(NO_PAYMENT));
    };
    let (from, to, kind) = if forward {
        (PaymentStatus::WaitingForDeposit, PaymentStatus::Done, MovementKind::Capture)
    } else {
        (PaymentStatus::Done, PaymentStatus::WaitingForDeposit, MovementKind::Reverse)
    };
    if payment.virtual_account.is_none() || payment.status != from {
        return Ok(Err((StatusCode::CONFLICT, "NOT_POSSIBLE", "입금하거나 되돌릴 수 있는 상태가 아닙니다.")));
    }
    payment.status = to;
    payment.approved_at = forward.then_some(now);
    book(db, &payment, payment.total_amount, kind, now).await?;
    keep(db, &payment, now, plan).await?;
    Ok(Ok(payment))
}
