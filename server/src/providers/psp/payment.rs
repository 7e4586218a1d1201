//! A payment as the provider writes it.

use serde::{Deserialize, Serialize};

/// Where a payment stands at the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PaymentStatus {
    /// Begun; the buyer has not yet approved.
    Ready,
    /// Approved by the buyer, waiting for our confirmation. No money has moved.
    InProgress,
    /// A virtual account was issued; no deposit yet.
    WaitingForDeposit,
    /// Captured. A virtual account may fall back from here.
    Done,
    /// Cancelled whole.
    Canceled,
    /// Cancelled in part.
    PartialCanceled,
    /// Refused at confirmation.
    Aborted,
    /// Not confirmed, or not deposited, in time.
    Expired,
}

/// How the buyer pays. On the wire in the provider's Korean words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PayMethod {
    /// Card.
    #[serde(rename = "카드")]
    Card,
    /// Account transfer.
    #[serde(rename = "계좌이체")]
    Transfer,
    /// Virtual account.
    #[serde(rename = "가상계좌")]
    VirtualAccount,
    /// Easy pay.
    #[serde(rename = "간편결제")]
    EasyPay,
}

impl PayMethod {
    /// Its name in the address of the pay page.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Card => "CARD",
            Self::Transfer => "TRANSFER",
            Self::VirtualAccount => "VIRTUAL_ACCOUNT",
            Self::EasyPay => "EASY_PAY",
        }
    }

    /// The method of that name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Card, Self::Transfer, Self::VirtualAccount, Self::EasyPay].into_iter().find(|method| method.code() == code)
    }
}

/// Where the buyer deposits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VirtualAccount {
    /// Name of the bank.
    pub bank: String,
    /// Number of the account.
    pub account_number: String,
    /// Last moment for the deposit, microseconds UTC.
    #[serde(with = "crate::providers::wire::time")]
    pub due_date: i64,
    /// Name the account is issued under.
    pub customer_name: String,
}

/// Why a payment failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The provider's code; see [`super::decline_cause`].
    pub code: String,
    /// The provider's words.
    pub message: String,
}

/// One cancellation, whole or partial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cancel {
    /// The provider's key of this movement.
    pub transaction_key: String,
    /// Won given back.
    pub cancel_amount: i64,
    /// The reason we gave.
    pub cancel_reason: String,
    /// When, microseconds UTC.
    #[serde(with = "crate::providers::wire::time")]
    pub canceled_at: i64,
}

/// Account a deposit is refunded to; needed once a virtual account has been paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RefundAccount {
    /// Name or code of the bank.
    pub bank: String,
    /// Number of the account.
    pub account_number: String,
    /// Name of its holder.
    pub holder_name: String,
}

/// A payment as the provider knows it. Amounts are won, times microseconds UTC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// The provider's key.
    pub payment_key: String,
    /// Our reference, given to the pay page. Unique per captured payment.
    pub order_id: String,
    /// What the buyer saw.
    #[serde(default)]
    pub order_name: String,
    /// Where it stands.
    pub status: PaymentStatus,
    /// How it is paid.
    pub method: Option<PayMethod>,
    /// Always KRW; compare before believing.
    pub currency: String,
    /// Amount asked for.
    pub total_amount: i64,
    /// What is left after cancellations.
    pub balance_amount: i64,
    /// When the buyer approved.
    #[serde(with = "crate::providers::wire::time")]
    pub requested_at: i64,
    /// When it was captured.
    #[serde(default, with = "crate::providers::wire::optional_time")]
    pub approved_at: Option<i64>,
    /// Present when paid by virtual account.
    #[serde(default)]
    pub virtual_account: Option<VirtualAccount>,
    /// Present when it failed.
    #[serde(default)]
    pub failure: Option<Failure>,
    /// Cancellations, oldest first.
    #[serde(default)]
    pub cancels: Vec<Cancel>,
}

/// The hint the provider posts when a payment changes. Unsigned: fetch the payment, never act on
/// what is written here.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hint {
    /// `PAYMENT_STATUS_CHANGED`.
    pub event_type: String,
    /// When, as text.
    pub created_at: String,
    /// Which payment.
    pub data: HintData,
}

/// The payment a [`Hint`] is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HintData {
    /// The provider's key.
    pub payment_key: String,
    /// Our reference.
    pub order_id: String,
    /// What it is said to have become.
    pub status: PaymentStatus,
}

/// One movement of money in the provider's books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Movement {
    /// Our reference.
    pub order_id: String,
    /// The provider's key of the payment.
    pub payment_key: String,
    /// Won, always positive.
    pub amount: i64,
    /// Which way.
    pub kind: MovementKind,
    /// When, microseconds UTC.
    #[serde(with = "crate::providers::wire::time")]
    pub at: i64,
}

/// Which way a [`Movement`] goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// From the buyer to us.
    Capture,
    /// Back to the buyer, asked for by us.
    Cancel,
    /// A deposit that fell back.
    Reverse,
}
