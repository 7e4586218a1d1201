//! Everything Jumun asks of the outside world. Each provider is a small client over one [`Port`],
//! so that time limits, idempotency keys, metrics and fault points sit in one place.

use std::time::Duration;

pub mod carrier;
pub mod chat;
pub mod identity;
pub mod notifier;
mod port;
pub mod psp;
pub mod wire;
pub mod wms;

pub(crate) use port::{Call, segment, with_query};
pub use port::{Port, ProviderError};

/// What is shared with the providers. Never printed.
#[derive(Clone)]
pub struct Secrets {
    /// Secret key of the payment provider, sent as the user name of Basic authentication.
    pub psp: String,
    /// Signs the call-backs of the warehouse.
    pub wms: String,
    /// Signs the call-backs of the carrier.
    pub carrier: String,
    /// Signs the results of the identity check.
    pub identity: String,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secrets(…)")
    }
}

/// How long an answer is waited for, provider by provider.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Payments.
    pub psp: Duration,
    /// Warehouse.
    pub wms: Duration,
    /// Carrier.
    pub carrier: Duration,
    /// Notices, and the chat of the people on duty.
    pub notifier: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { psp: Duration::from_secs(3), wms: Duration::from_secs(5), carrier: Duration::from_secs(2), notifier: Duration::from_secs(1) }
    }
}

/// All providers.
#[derive(Clone, Debug)]
pub struct Providers {
    /// Payments.
    pub psp: psp::Psp,
    /// Warehouse.
    pub wms: wms::Wms,
    /// Carrier.
    pub carrier: carrier::Carrier,
    /// Notices to people.
    pub notifier: notifier::Notifier,
    /// Chat of the people on duty.
    pub chat: chat::Chat,
    /// Identity check.
    pub identity: identity::Identity,
}

impl Providers {
    /// Clients for providers that live under one address, such as the sandbox, with the default
    /// time limits.
    ///
    /// # Errors
    /// When `base_url` is not an http(s) address or TLS cannot be set up.
    pub fn new(base_url: &str, secrets: &Secrets) -> anyhow::Result<Self> {
        Self::with_timeouts(base_url, secrets, Timeouts::default())
    }

    /// The same with time limits of one's own.
    ///
    /// # Errors
    /// As [`Providers::new`].
    pub fn with_timeouts(base_url: &str, secrets: &Secrets, timeouts: Timeouts) -> anyhow::Result<Self> {
        let address = reqwest::Url::parse(base_url)?;
        anyhow::ensure!(matches!(address.scheme(), "http" | "https"), "the address of the providers must start with http:// or https://");
        // Redirects would re-send an effect elsewhere; a proxy from the environment would see keys.
        let http =
            reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().connect_timeout(Duration::from_secs(1)).build()?;
        let port = |name, timeout| Port::new(name, base_url, &http, timeout);
        Ok(Self {
            psp: psp::Psp::new(port("psp", timeouts.psp).with_basic_auth(&secrets.psp)),
            wms: wms::Wms::new(port("wms", timeouts.wms)),
            carrier: carrier::Carrier::new(port("carrier", timeouts.carrier)),
            notifier: notifier::Notifier::new(port("notifier", timeouts.notifier)),
            chat: chat::Chat::new(port("chat", timeouts.notifier)),
            identity: identity::Identity::new(port("identity", timeouts.notifier), &secrets.identity),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_there_is_unreachable() {
        let secrets = Secrets { psp: "p".into(), wms: "w".into(), carrier: "c".into(), identity: "i".into() };
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let providers = Providers::new(&format!("http://{free}"), &secrets).unwrap();
        assert_eq!(providers.psp.get("k").await.unwrap_err(), ProviderError::Unreachable);
        assert!(Providers::new("ftp://127.0.0.1", &secrets).is_err());
    }

    #[tokio::test]
    async fn silence_and_a_cut_line_leave_the_outcome_unknown() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let mut silent = Vec::new();
            silent.push(listener.accept().await.unwrap());
            loop {
                drop(listener.accept().await.unwrap());
            }
        });
        let secrets = Secrets { psp: "p".into(), wms: "w".into(), carrier: "c".into(), identity: "i".into() };
        let quick = Timeouts { psp: Duration::from_millis(200), ..Timeouts::default() };
        let psp = Providers::with_timeouts(&format!("http://{address}"), &secrets, quick).unwrap().psp;
        for _ in 0..2 {
            let error = psp.confirm("k", "order-1", 1000, "key").await.unwrap_err();
            assert!(matches!(error, ProviderError::Unknown(_)), "{error}");
        }
    }
}
