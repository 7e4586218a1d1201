//! The one way out to a provider: key, time limit, metrics, fault points, and what an outcome means.

use std::time::{Duration, Instant};

use base64::Engine as _;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Why a call brought no answer that can be used. The variants differ in what the caller may
/// believe about the effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The provider answered no: there was no effect.
    #[error("refused with {status} {code}: {message}")]
    Refused {
        /// HTTP status, 400–499.
        status: u16,
        /// The provider's code, empty if it gave none.
        code: String,
        /// The provider's words.
        message: String,
    },
    /// No connection came about: there was surely no effect.
    #[error("unreachable")]
    Unreachable,
    /// Timed out, cut off, or failed inside: the effect may have happened. Ask before retrying.
    #[error("outcome unknown: {0}")]
    Unknown(String),
    /// Answered in a shape we do not understand. The effect may have happened.
    #[error("malformed answer: {0}")]
    Malformed(String),
}

impl ProviderError {
    /// True if the same call with the same key may be sent again later; false if the provider
    /// would give the same answer or a person has to look.
    #[must_use]
    pub fn may_retry(&self) -> bool {
        match self {
            Self::Refused { status, .. } => *status == StatusCode::TOO_MANY_REQUESTS.as_u16(),
            Self::Unreachable | Self::Unknown(_) => true,
            Self::Malformed(_) => false,
        }
    }

    /// True if the effect surely did not happen.
    #[must_use]
    pub fn had_no_effect(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::Unreachable => true,
            Self::Unknown(_) | Self::Malformed(_) => false,
        }
    }

    /// True if the provider knows no such thing.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    fn label(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused",
            Self::Unreachable => "unreachable",
            Self::Unknown(_) => "unknown",
            Self::Malformed(_) => "malformed",
        }
    }
}

/// The one way out: every call to a provider passes through here.
#[derive(Clone, Debug)]
pub struct Port {
    name: &'static str,
    base: String,
    http: reqwest::Client,
    timeout: Duration,
    authorization: Option<HeaderValue>,
}

/// One call, ready to be sent. `name` is "provider.call" and is what metrics and fault points use.
pub(crate) struct Call<'a> {
    name: &'static str,
    method: Method,
    path: String,
    key: Option<&'a str>,
    body: Option<Result<Vec<u8>, String>>,
}

impl<'a> Call<'a> {
    pub(crate) fn get(name: &'static str, path: String) -> Self {
        Self { name, method: Method::GET, path, key: None, body: None }
    }

    pub(crate) fn post(name: &'static str, path: String, key: &'a str, body: &impl Serialize) -> Self {
        let body = Some(serde_json::to_vec(body).map_err(|error| error.to_string()));
        Self { name, method: Method::POST, path, key: Some(key), body }
    }
}

#[derive(serde::Deserialize, Default)]
struct Refusal {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl Port {
    pub(super) fn new(name: &'static str, base_url: &str, http: &reqwest::Client, timeout: Duration) -> Self {
        let base = format!("{}/{name}", base_url.trim_end_matches('/'));
        Self { name, base, http: http.clone(), timeout, authorization: None }
    }

    pub(super) fn with_basic_auth(mut self, user: &str) -> Self {
        let token = base64::engine::general_purpose::STANDARD.encode(format!("{user}:"));
        self.authorization = HeaderValue::try_from(format!("Basic {token}")).ok().map(|mut value| {
            value.set_sensitive(true);
            value
        });
        self
    }

    /// The address all paths of this provider start with, without a slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Sends the call and reads the JSON answer. Never retries by itself: whether to try again is
    /// the decision of the step that holds the intent.
    pub(crate) async fn send<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, ProviderError> {
        let name = call.name;
        crate::failure::point("port", name);
        let started = Instant::now();
        let answer = self.exchange(call).await;
        let outcome = answer.as_ref().err().map_or("ok", ProviderError::label);
        metrics::counter!("provider_calls_total", "provider" => self.name, "call" => name, "outcome" => outcome).increment(1);
        metrics::histogram!("provider_call_seconds", "provider" => self.name, "call" => name).record(started.elapsed().as_secs_f64());
        crate::failure::point("port", name);
        answer
    }

    async fn exchange<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, ProviderError> {
        let mut request = self.http.request(call.method, format!("{}{}", self.base, call.path)).timeout(self.timeout);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        if let Some(key) = call.key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = call.body {
            // A body that cannot be written never left: nothing can have happened.
            let body = body.map_err(|message| ProviderError::Refused { status: 400, code: "UNSENDABLE".to_owned(), message })?;
            request = request.header("Content-Type", "application/json").body(body);
        }
        let response = request.send().await.map_err(|error| failure_of(&error))?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(|error| failure_of(&error))?;
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(|error| ProviderError::Malformed(error.to_string()));
        }
        let refusal: Refusal = serde_json::from_slice(&bytes).unwrap_or_default();
        Err(refusal_of(status, refusal))
    }
}

fn failure_of(error: &reqwest::Error) -> ProviderError {
    if error.is_connect() {
        ProviderError::Unreachable
    } else if error.is_timeout() {
        ProviderError::Unknown("timed out".to_owned())
    } else {
        // Without the address, which may carry a key of the payment.
        ProviderError::Unknown(if error.is_body() || error.is_decode() {
            "the answer broke off".to_owned()
        } else {
            "the connection broke off".to_owned()
        })
    }
}

fn refusal_of(status: StatusCode, refusal: Refusal) -> ProviderError {
    let Refusal { code, message } = refusal;
    // A first attempt with the same key may be at work: its effect is still to come.
    let at_work = status == StatusCode::REQUEST_TIMEOUT || code == "IDEMPOTENT_REQUEST_PROCESSING";
    if status.is_client_error() && !at_work {
        ProviderError::Refused { status: status.as_u16(), code, message }
    } else if status.is_server_error() || at_work {
        ProviderError::Unknown(format!("{} {code}", status.as_u16()).trim_end().to_owned())
    } else {
        ProviderError::Malformed(format!("unexpected status {}", status.as_u16()))
    }
}

/// Path segment with everything but unreserved characters escaped.
pub(crate) fn segment(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// `base` with the pairs as its query.
pub(crate) fn with_query(base: &str, pairs: &[(&str, &str)]) -> String {
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", segment(value))).collect();
    let joint = if base.contains('?') { '&' } else { '?' };
    format!("{base}{joint}{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_map_to_what_may_be_believed() {
        let refusal = |code: &str| Refusal { code: code.into(), message: String::new() };
        let of = |status, code| refusal_of(StatusCode::from_u16(status).unwrap(), refusal(code));
        assert!(of(400, "X").had_no_effect());
        assert!(of(404, "X").is_not_found());
        assert!(of(429, "X").may_retry());
        assert!(matches!(of(409, "IDEMPOTENT_REQUEST_PROCESSING"), ProviderError::Unknown(_)));
        assert!(matches!(of(408, ""), ProviderError::Unknown(_)));
        assert!(matches!(of(503, ""), ProviderError::Unknown(_)));
        assert!(matches!(of(302, ""), ProviderError::Malformed(_)));
    }

    #[test]
    fn paths_and_queries_are_escaped() {
        assert_eq!(segment("a/b?c.d"), "a%2Fb%3Fc%2Ed");
        assert_eq!(with_query("http://x/", &[("n", "가 &")]), "http://x/?n=%EA%B0%80%20%26");
    }
}
