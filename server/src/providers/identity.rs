//! Identity check (본인인증): a page elsewhere, and a signed result that comes back.

use serde::{Deserialize, Serialize};

use super::{Port, wire, with_query};

/// Client of the identity check. Makes no call: the buyer's browser carries both messages.
#[derive(Clone)]
pub struct Identity {
    port: Port,
    secret: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Identity(…)")
    }
}

/// What comes back in the query of the return address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityResult {
    /// The account we named.
    pub account: String,
    /// The order we named.
    pub order: String,
    /// The won we named.
    pub amount: i64,
    /// Valid before this, microseconds UTC.
    pub expires: i64,
    /// Name of the person.
    pub name: String,
    /// Hex HMAC-SHA256 of the five fields.
    pub signature: String,
}

/// Why a result does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityRefusal {
    /// Not signed by the provider.
    #[error("the signature does not fit")]
    Forged,
    /// Signed, but for another account, order or amount.
    #[error("made for something else")]
    Foreign,
    /// Too late.
    #[error("expired")]
    Expired,
}

/// The text that is signed; nothing if a field could be mistaken for two.
pub(crate) fn signed_text(account: &str, order: &str, amount: i64, expires: i64, name: &str) -> Option<String> {
    (!account.contains('|') && !order.contains('|')).then(|| format!("{account}|{order}|{amount}|{expires}|{name}"))
}

impl Identity {
    pub(super) fn new(port: Port, secret: &str) -> Self {
        Self { port, secret: secret.to_owned() }
    }

    /// Address of the page where the person confirms who they are. It comes back to
    /// `return_url` with the fields of [`IdentityResult`], or with `result=cancelled`.
    #[must_use]
    pub fn page_url(&self, account: &str, order: &str, amount: i64, return_url: &str) -> String {
        with_query(
            &format!("{}/check", self.port.base()),
            &[("account", account), ("order", order), ("amount", &amount.to_string()), ("returnUrl", return_url)],
        )
    }

    /// The person's name, if the result is genuine, in time (`now` in microseconds UTC), and for
    /// this account, order and amount.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn verify(&self, result: &IdentityResult, account: &str, order: &str, amount: i64, now: i64) -> Result<String, IdentityRefusal> {
        let text = signed_text(&result.account, &result.order, result.amount, result.expires, &result.name).ok_or(IdentityRefusal::Forged)?;
        if !wire::is_signed(&self.secret, text.as_bytes(), &result.signature) {
            return Err(IdentityRefusal::Forged);
        }
        if result.account != account || result.order != order || result.amount != amount {
            return Err(IdentityRefusal::Foreign);
        }
        if now >= result.expires {
            return Err(IdentityRefusal::Expired);
        }
        Ok(result.name.clone())
    }
}
