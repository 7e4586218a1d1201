//! Payments, in the shape of Toss Payments.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Call, Port, ProviderError, segment, with_query};

mod payment;

pub use payment::{Cancel, Failure, Hint, HintData, Movement, MovementKind, PayMethod, Payment, PaymentStatus, RefundAccount, VirtualAccount};

/// Why a payment was declined, as far as the buyer can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineCause {
    /// Not enough money.
    Balance,
    /// Over a limit.
    Limit,
    /// Stopped, lost or refused card.
    CardState,
    /// Mistyped number, date or password.
    CardData,
    /// Neither the buyer's nor the card's fault, or a code we do not know.
    System,
}

/// What a code of the provider means for the buyer.
#[must_use]
pub fn decline_cause(code: &str) -> DeclineCause {
    match code {
        "REJECT_ACCOUNT_PAYMENT" | "REJECT_CARD_PAYMENT" | "NOT_ENOUGH_BALANCE" => DeclineCause::Balance,
        "INVALID_STOPPED_CARD" | "INVALID_CARD_LOST_OR_STOLEN" | "INVALID_REJECT_CARD" | "REJECT_CARD_COMPANY" | "NOT_SUPPORTED_CARD_TYPE" => {
            DeclineCause::CardState
        }
        "INVALID_PASSWORD"
        | "INVALID_ACCOUNT_INFO_RE_REGISTER"
        | "INVALID_CARD_NUMBER"
        | "INVALID_CARD_EXPIRATION"
        | "INVALID_CARD_PASSWORD"
        | "INVALID_CARD_IDENTITY"
        | "INVALID_CARD_INSTALLMENT_PLAN" => DeclineCause::CardData,
        _ if code.starts_with("EXCEED_MAX_") => DeclineCause::Limit,
        _ => DeclineCause::System,
    }
}

/// Client of the payment provider.
#[derive(Clone, Debug)]
pub struct Psp {
    port: Port,
}

impl Psp {
    pub(super) fn new(port: Port) -> Self {
        Self { port }
    }

    /// Address of the hosted page where the buyer approves `amount` won. It comes back to
    /// `success_url?paymentKey&orderId&amount` or `fail_url?code&message&orderId`.
    #[must_use]
    pub fn pay_page_url(&self, order_id: &str, amount: i64, order_name: &str, success_url: &str, fail_url: &str, method: PayMethod) -> String {
        with_query(
            &format!("{}/pay", self.port.base()),
            &[
                ("orderId", order_id),
                ("amount", &amount.to_string()),
                ("orderName", order_name),
                ("method", method.code()),
                ("successUrl", success_url),
                ("failUrl", fail_url),
            ],
        )
    }

    /// Captures an approved payment, or issues the virtual account. Safe to repeat.
    ///
    /// # Errors
    /// `Refused` carries the decline; after `Unknown` ask [`Psp::get`].
    pub async fn confirm(&self, payment_key: &str, order_id: &str, amount: i64, key: &str) -> Result<Payment, ProviderError> {
        let body = json!({ "paymentKey": payment_key, "orderId": order_id, "amount": amount });
        self.port.send(Call::post("psp.confirm", "/v1/payments/confirm".to_owned(), key, &body)).await
    }

    /// The payment of that key.
    ///
    /// # Errors
    /// `Refused` with 404 if there is none.
    pub async fn get(&self, payment_key: &str) -> Result<Payment, ProviderError> {
        self.port.send(Call::get("psp.get", format!("/v1/payments/{}", segment(payment_key)))).await
    }

    /// The payment under our reference: the captured one if there is one, else the newest.
    ///
    /// # Errors
    /// `Refused` with 404 if there is none.
    pub async fn by_order(&self, order_id: &str) -> Result<Payment, ProviderError> {
        self.port.send(Call::get("psp.by_order", format!("/v1/payments/orders/{}", segment(order_id)))).await
    }

    /// Gives `amount` won back, or all that is left. Safe to repeat with the same key only.
    ///
    /// # Errors
    /// `Refused` when more is asked for than is left, or a refund account is missing.
    pub async fn cancel(
        &self,
        payment_key: &str,
        reason: &str,
        amount: Option<i64>,
        refund_account: Option<&RefundAccount>,
        key: &str,
    ) -> Result<Payment, ProviderError> {
        let mut body = json!({ "cancelReason": reason });
        if let Some(amount) = amount {
            body["cancelAmount"] = json!(amount);
        }
        if let Some(account) = refund_account {
            body["refundReceiveAccount"] = json!(account);
        }
        let path = format!("/v1/payments/{}/cancel", segment(payment_key));
        self.port.send(Call::post("psp.cancel", path, key, &body)).await
    }

    /// Every movement in the sandbox's books, oldest first: what the proof compares ours with.
    /// A real provider sends this as a settlement file.
    ///
    /// # Errors
    /// Those of the call.
    pub async fn ledger(&self) -> Result<Vec<Movement>, ProviderError> {
        self.port.send(Call::get("psp.ledger", "/sandbox/ledger".to_owned())).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_causes() {
        assert_eq!(decline_cause("REJECT_ACCOUNT_PAYMENT"), DeclineCause::Balance);
        assert_eq!(decline_cause("EXCEED_MAX_ONE_DAY_AMOUNT"), DeclineCause::Limit);
        assert_eq!(decline_cause("INVALID_STOPPED_CARD"), DeclineCause::CardState);
        assert_eq!(decline_cause("INVALID_CARD_EXPIRATION"), DeclineCause::CardData);
        assert_eq!(decline_cause("PROVIDER_ERROR"), DeclineCause::System);
        assert_eq!(decline_cause("never heard of"), DeclineCause::System);
    }

    #[test]
    fn names_on_the_wire_are_the_provider_s() {
        assert_eq!(serde_json::to_value(PaymentStatus::WaitingForDeposit).unwrap(), "WAITING_FOR_DEPOSIT");
        assert_eq!(serde_json::to_value(PayMethod::Card).unwrap(), "카드");
        assert_eq!(PayMethod::from_code("VIRTUAL_ACCOUNT"), Some(PayMethod::VirtualAccount));
    }
}
