//! Standard Webhooks, both ways: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,<base64>` over `id.timestamp.body`.

use axum::http::HeaderMap;
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How old or how early a signed message may be, in seconds.
const SKEW: i64 = 300;
/// What a secret begins with as text.
const PREFIX: &str = "whsec_";
/// How many bytes a secret has.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;
/// Bytes of a secret of ours.
const FRESH: usize = 32;

/// A secret that messages are signed with. Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A secret nobody had before.
    pub fn fresh() -> Self {
        let mut bytes = vec![0u8; FRESH];
        // Without randomness nothing here is safe: stop rather than go on.
        if getrandom::fill(&mut bytes).is_err() {
            std::process::abort();
        }
        Self(bytes)
    }

    /// Reads `whsec_<base64>` of 24 to 64 bytes.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
        LENGTH.contains(&bytes.len()).then_some(Self(bytes))
    }

    /// `whsec_<base64>`: to be stored, and to be shown once.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0))
    }

    fn mac(&self, id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let Ok(mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { unreachable!("HMAC takes a key of any length") };
        mac.chain_update(id).chain_update(".").chain_update(timestamp).chain_update(".").chain_update(body)
    }

    /// `v1,<base64>`. `timestamp` is in seconds since 1970.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        format!("v1,{}", BASE64_STANDARD.encode(self.mac(id, &timestamp.to_string(), body).finalize().into_bytes()))
    }

    /// Whether one of a message's signatures is of this secret and the message is of now. Only the signed timestamp counts
    /// against replays; what the body says is data.
    pub fn verifies(&self, headers: &HeaderMap, body: &[u8], now: i64) -> bool {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let (Some(id), Some(timestamp), Some(signatures)) = (text("webhook-id"), text("webhook-timestamp"), text("webhook-signature")) else {
            return false;
        };
        let fresh = timestamp.parse::<i64>().is_ok_and(|at| now.checked_sub(at).is_some_and(|age| age.abs() <= SKEW));
        let mac = self.mac(id, timestamp, body);
        let fits = |signature: &str| {
            signature
                .strip_prefix("v1,")
                .and_then(|text| BASE64_STANDARD.decode(text).ok())
                .is_some_and(|bytes| mac.clone().verify_slice(&bytes).is_ok())
        };
        fresh && signatures.split(' ').any(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    // The published test vector of the specification.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const AT: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn headers(signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("webhook-id", HeaderValue::from_static(ID));
        headers.insert("webhook-timestamp", HeaderValue::from(AT));
        headers.insert("webhook-signature", HeaderValue::from_str(signature).unwrap());
        headers
    }

    #[test]
    fn the_published_vector_is_signed_and_verified() {
        let secret = Secret::parse(SECRET).unwrap();
        assert_eq!(secret.sign(ID, AT, BODY), SIGNATURE);
        assert!(secret.verifies(&headers(SIGNATURE), BODY, AT));
        assert!(secret.verifies(&headers(SIGNATURE), BODY, AT + SKEW) && secret.verifies(&headers(SIGNATURE), BODY, AT - SKEW));
        assert_eq!(secret.reveal(), SECRET);
    }

    #[test]
    fn everything_else_is_refused() {
        let secret = Secret::parse(SECRET).unwrap();
        assert!(!secret.verifies(&headers(SIGNATURE), BODY, AT + SKEW + 1));
        assert!(!secret.verifies(&headers(SIGNATURE), BODY, i64::MIN));
        assert!(!secret.verifies(&headers(SIGNATURE), br#"{"test": 2432232315}"#, AT));
        assert!(!Secret::fresh().verifies(&headers(SIGNATURE), BODY, AT));
        assert!(!secret.verifies(&headers("v1,AAAA"), BODY, AT) && !secret.verifies(&headers(""), BODY, AT));
        assert!(!secret.verifies(&headers(&SIGNATURE.replace("v1,", "v2,")), BODY, AT));
        assert!(!secret.verifies(&HeaderMap::new(), BODY, AT));
    }

    #[test]
    fn one_of_several_signatures_is_enough() {
        let (old, new) = (Secret::parse(SECRET).unwrap(), Secret::fresh());
        let both = format!("{} {SIGNATURE}", new.sign(ID, AT, BODY));
        assert!(old.verifies(&headers(&both), BODY, AT) && new.verifies(&headers(&both), BODY, AT));
        assert!(!Secret::fresh().verifies(&headers(&both), BODY, AT));
    }

    #[test]
    fn secrets_have_the_right_length_and_do_not_show() {
        for wrong in [
            "",
            "whsec_",
            "whsec_AAAA",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_not base64",
            &format!("whsec_{}", BASE64_STANDARD.encode([7; 65])),
        ] {
            assert_eq!(Secret::parse(wrong), None, "{wrong}");
        }
        let secret = Secret::fresh();
        assert_eq!(Secret::parse(&secret.reveal()), Some(secret.clone()));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
