//! The sandbox's idea of now: the shop's demo clock if it has one, so that both age together.

use std::time::{Duration, Instant};

use serde::Deserialize;
use tokio::sync::Mutex;

/// How old a reading may be where a fraction of a second does not matter.
const RECENT: Duration = Duration::from_millis(100);

pub(super) struct Clock {
    address: Option<String>,
    http: reqwest::Client,
    last: Mutex<Reading>,
}

#[derive(Default)]
struct Reading {
    asked: Option<Instant>,
    answer: Option<i64>,
    /// What to add to the system's time, in microseconds. Kept while the shop is down.
    offset: i64,
}

#[derive(Deserialize)]
struct Now {
    now: i64,
}

/// Microseconds UTC by the system.
pub(super) fn system_micros() -> i64 {
    crate::clock::real_time().0
}

/// Milliseconds UTC by the system, for work that is real, such as retries.
pub(super) fn system_millis() -> i64 {
    system_micros() / 1_000
}

impl Clock {
    pub(super) fn new(address: Option<&str>) -> anyhow::Result<Self> {
        if let Some(address) = address {
            super::outbox::loopback(address)?;
        }
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_millis(500)).build()?;
        Ok(Self { address: address.map(str::to_owned), http, last: Mutex::default() })
    }

    /// Now, in microseconds UTC, asked for after this call was made.
    pub(super) async fn now(&self) -> i64 {
        self.asked_since(Instant::now()).await
    }

    /// Now as known a moment ago, where nothing runs out by it: spares the shop a question on each message.
    pub(super) async fn recent(&self) -> i64 {
        let now = Instant::now();
        self.asked_since(now.checked_sub(RECENT).unwrap_or(now)).await
    }

    /// Callers that wait together share one question. While the shop answers, its own figure is
    /// given and not one carried forward: two readings of a clock that stands still are equal.
    async fn asked_since(&self, moment: Instant) -> i64 {
        let Some(address) = &self.address else {
            return system_micros();
        };
        let mut last = self.last.lock().await;
        if last.asked.is_none_or(|asked| asked < moment) {
            last.asked = Some(Instant::now());
            match self.ask(address).await {
                Ok(now) => {
                    last.offset = now - system_micros();
                    last.answer = Some(now);
                }
                Err(error) => {
                    tracing::debug!(%error, "the clock does not answer");
                    last.answer = None;
                }
            }
        }
        last.answer.unwrap_or_else(|| system_micros() + last.offset)
    }

    async fn ask(&self, address: &str) -> reqwest::Result<i64> {
        let answer = self.http.get(address).send().await?.error_for_status()?;
        Ok(answer.json::<Now>().await?.now)
    }
}
