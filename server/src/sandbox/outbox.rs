//! Call-backs: kept in the books with the effect that causes them, sent from there with retries.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::put;
use futures::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};

use super::clock::system_millis;
use super::faults::{Answer, Body, Kind, plain};
use super::{Shared, carrier, ends, hold, wms};
use crate::providers::wire;
use crate::store::sandbox as store;

/// Pauses before the second and later attempts, in milliseconds. Then the call-back is given up:
/// the shop asks by itself in the end.
const PAUSES: [i64; 6] = [300, 1_000, 3_000, 10_000, 30_000, 60_000];
const AT_ONCE: usize = 16;
/// How often scheduled movements of goods are looked for.
const TICK: Duration = Duration::from_millis(200);

pub(super) struct Outbox {
    http: reqwest::Client,
    base: Mutex<Option<String>>,
    news: Notify,
}

/// Fails unless the address is plain HTTP on this machine.
pub(super) fn loopback(address: &str) -> anyhow::Result<()> {
    let url = reqwest::Url::parse(address)?;
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    anyhow::ensure!(url.scheme() == "http" && local, "only addresses on this machine may be called");
    Ok(())
}

impl Outbox {
    pub(super) fn new(base: Option<&str>) -> anyhow::Result<Self> {
        base.map(loopback).transpose().context("address for call-backs")?;
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(5)).build()?;
        Ok(Self { http, base: Mutex::new(base.map(trimmed)), news: Notify::new() })
    }

    /// To be called once the write that queued something is committed.
    pub(super) fn wake(&self) {
        self.news.notify_one();
    }
}

fn trimmed(base: &str) -> String {
    base.trim_end_matches('/').to_owned()
}

/// When a provider's next call-back is to be sent, in system milliseconds: once and now, unless a
/// fault says otherwise; never while nobody wants any.
pub(super) fn plan(sandbox: &Shared, provider: &str) -> Vec<i64> {
    if hold(&sandbox.outbox.base).is_none() {
        return Vec::new();
    }
    let now = system_millis();
    let kinds = [Kind::Duplicate, Kind::Late, Kind::FailBefore];
    match sandbox.faults.take(provider, "webhook", &kinds) {
        Some(fault) if fault.is(Kind::Duplicate) => vec![now, now],
        Some(fault) if fault.is(Kind::Late) => {
            vec![now + i64::try_from(fault.delay(30_000).as_millis()).unwrap_or(i64::MAX / 2)]
        }
        Some(_) => Vec::new(),
        None => vec![now],
    }
}

/// Sends what is due until told to stop.
pub(super) async fn keep_sending(sandbox: Shared, stopped: watch::Receiver<bool>) {
    let sending = async {
        loop {
            let pause = send_due(&sandbox).await.unwrap_or_else(|error| {
                tracing::error!(%error, "call-backs could not be read");
                Duration::from_secs(1)
            });
            let _ = tokio::time::timeout(pause, sandbox.outbox.news.notified()).await;
        }
    };
    tokio::select! { () = sending => {}, () = ends(stopped) => {} }
}

/// Sends one round and says how long to wait for the next.
async fn send_due(sandbox: &Shared) -> anyhow::Result<Duration> {
    let base = sandbox.outbox.base.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let Some(base) = base else {
        return Ok(Duration::from_secs(60));
    };
    let due = store::webhooks_due(&mut *sandbox.ledger.read().await?, system_millis()).await?;
    if due.is_empty() {
        let next = store::next_webhook(&mut *sandbox.ledger.read().await?).await?;
        let wait = next.map_or(60_000, |next| (next - system_millis()).clamp(1, 60_000));
        return Ok(Duration::from_millis(wait.unsigned_abs()));
    }
    let settled: Vec<(i64, Option<i64>)> = futures::stream::iter(due)
        .map(|webhook| {
            let base = &base;
            async move {
                let attempt = usize::try_from(webhook.attempts).unwrap_or(usize::MAX);
                let again = match send(sandbox, base, &webhook).await {
                    Ok(()) => None,
                    Err(error) => {
                        tracing::debug!(%error, provider = webhook.provider, "call-back not taken");
                        PAUSES.get(attempt).map(|pause| system_millis() + pause)
                    }
                };
                (webhook.seq, again)
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    sandbox
        .ledger
        .write(move |db| {
            Box::pin(async move {
                for (seq, again) in settled {
                    store::settle_webhook(db, seq, again).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(Duration::ZERO)
}

async fn send(sandbox: &Shared, base: &str, webhook: &store::Webhook) -> reqwest::Result<()> {
    let secret = match webhook.provider.as_str() {
        "wms" => Some(&sandbox.secrets.wms),
        "carrier" => Some(&sandbox.secrets.carrier),
        // The payment provider does not sign: its call-backs are hints.
        _ => None,
    };
    let mut request = sandbox
        .outbox
        .http
        .post(format!("{base}/webhooks/{}", webhook.provider))
        .header("Content-Type", "application/json")
        .body(webhook.body.clone());
    if let Some(secret) = secret {
        request = request.header("X-Signature", wire::sign(secret, webhook.body.as_bytes()));
    }
    request.send().await?.error_for_status()?;
    Ok(())
}

/// A document of the warehouse or the carrier, moved on: what to say, and when to look again.
pub(super) struct News<T> {
    pub(super) hints: Vec<serde_json::Value>,
    pub(super) document: T,
    pub(super) next_at: Option<i64>,
}

/// Announces what the clock brings about until told to stop.
pub(super) async fn keep_announcing(sandbox: Shared, stopped: watch::Receiver<bool>) {
    let announcing = async {
        loop {
            tokio::time::sleep(TICK).await;
            if let Err(error) = announce(&sandbox).await {
                tracing::error!(%error, "movements could not be announced");
            }
        }
    };
    tokio::select! { () = announcing => {}, () = ends(stopped) => {} }
}

async fn announce(sandbox: &Shared) -> anyhow::Result<()> {
    // Without open documents the shop is not asked for the time.
    if !store::any_due(&mut *sandbox.ledger.read().await?).await? {
        return Ok(());
    }
    let now = sandbox.clock.now().await;
    loop {
        let due = store::due(&mut *sandbox.ledger.read().await?, now).await?;
        if due.is_empty() {
            return Ok(());
        }
        // Together, so that they share commits.
        futures::stream::iter(due.into_iter().map(Ok))
            .try_for_each_concurrent(AT_ONCE, |item| async move {
                match item.provider.as_str() {
                    "wms" => say(sandbox, "wms", item, now, wms::OutboundDocument::news).await,
                    _ => say(sandbox, "carrier", item, now, carrier::Parcel::news).await,
                }
            })
            .await?;
    }
}

async fn say<T>(sandbox: &Shared, provider: &'static str, item: store::DueItem, now: i64, news: fn(T, i64) -> News<T>) -> anyhow::Result<()>
where
    T: for<'de> Deserialize<'de> + Serialize + Send + Sync + 'static,
{
    let planned = news(serde_json::from_str(&item.body)?, now).hints.len();
    let plans: Vec<Vec<i64>> = (0..planned).map(|_| plan(sandbox, provider)).collect();
    sandbox
        .ledger
        .write(move |db| {
            Box::pin(async move {
                // Read again: a cancellation may have come in between.
                let Some(found) = store::item(db, provider, &item.id).await? else {
                    return Ok(());
                };
                let News { hints, document, next_at } = news(found.now()?, now);
                for (hint, due) in hints.iter().zip(&plans) {
                    store::queue(db, provider, hint, due).await?;
                }
                store::put(db, (provider, &item.id, ""), now, next_at, &document).await
            })
        })
        .await?;
    sandbox.outbox.wake();
    Ok(())
}

#[derive(Deserialize)]
struct CallbacksTo {
    url: Option<String>,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/callbacks", put(set_callbacks))
}

async fn set_callbacks(State(sandbox): State<Shared>, Body(to): Body<CallbacksTo>) -> Answer {
    if let Some(Err(error)) = to.url.as_deref().map(loopback) {
        return Answer::refused(StatusCode::UNPROCESSABLE_ENTITY, "NOT_LOOPBACK", &error.to_string());
    }
    *hold(&sandbox.outbox.base) = to.url.as_deref().map(trimmed);
    sandbox.outbox.wake();
    plain(Answer::ok(&serde_json::json!({ "url": to.url })))
}

#[cfg(test)]
mod tests {
    use super::loopback;

    #[test]
    fn only_this_machine_is_called() {
        for good in ["http://127.0.0.1:3000", "http://localhost:1", "http://[::1]:80/x", "http://127.9.9.9/"] {
            assert!(loopback(good).is_ok(), "{good}");
        }
        for bad in ["http://10.0.0.1", "https://example.com", "http://localhost.example.com", "file:///etc", "x"] {
            assert!(loopback(bad).is_err(), "{bad}");
        }
    }
}
