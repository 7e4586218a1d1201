//! The clients against the sandboxes, over real HTTP on this machine.

use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::providers::psp::MovementKind;
use crate::providers::{ProviderError, Providers, Timeouts, wire};

mod goods;
mod misbehaviour;
mod notices;
mod payments;

/// A call-back as the shop got it.
#[derive(Clone, Debug)]
struct Got {
    provider: String,
    signature: Option<String>,
    body: String,
}

/// A stand-in for the shop: its clock, and a place for call-backs.
#[derive(Default)]
struct Shop {
    now: AtomicI64,
    got: Mutex<Vec<Got>>,
    /// How many call-backs are yet to be turned away.
    turn_away: AtomicU32,
}

struct Bench {
    shop: Arc<Shop>,
    shop_url: String,
    running: Option<Running>,
    providers: Providers,
    http: reqwest::Client,
    folder: PathBuf,
}

const START: i64 = 1_795_000_000_000_000;
const SECOND: i64 = 1_000_000;

fn secrets() -> Secrets {
    let text = |text: &str| text.to_owned();
    Secrets { psp: text("sk"), wms: text("w"), carrier: text("c"), identity: text("i") }
}

async fn take(State(shop): State<Arc<Shop>>, Path(provider): Path<String>, headers: HeaderMap, body: String) -> StatusCode {
    let left = shop.turn_away.load(Ordering::SeqCst);
    if left > 0 {
        shop.turn_away.store(left - 1, Ordering::SeqCst);
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let signature = headers.get("X-Signature").map(|value| value.to_str().unwrap().to_owned());
    hold(&shop.got).push(Got { provider, signature, body });
    StatusCode::OK
}

async fn now(State(shop): State<Arc<Shop>>) -> axum::Json<Value> {
    axum::Json(json!({ "now": shop.now.load(Ordering::SeqCst) }))
}

impl Bench {
    async fn new() -> Self {
        Self::with_timeouts(Timeouts::default()).await
    }

    async fn with_timeouts(timeouts: Timeouts) -> Self {
        let shop = Arc::new(Shop { now: AtomicI64::new(START), ..Shop::default() });
        let router = Router::new().route("/webhooks/{provider}", post(take)).route("/clock", get(now)).with_state(shop.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shop_url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let folder = std::env::temp_dir().join(format!("sandbox-{}", Uuid::new_v4()));
        let running = start(options(&shop_url, &folder)).await.unwrap();
        let providers = Providers::with_timeouts(&running.url(), &secrets(), timeouts).unwrap();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { shop, shop_url, running: Some(running), providers, http, folder }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.as_ref().unwrap().url())
    }

    fn advance(&self, micros: i64) {
        self.shop.now.fetch_add(micros, Ordering::SeqCst);
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        let answer = self.http.post(self.url(path)).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn put(&self, path: &str, body: Value) {
        let answer = self.http.put(self.url(path)).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    }

    async fn fault(&self, body: Value) {
        self.put("/faults", body).await;
    }

    async fn page(&self, path: &str) -> String {
        self.http.get(self.url(path)).send().await.unwrap().text().await.unwrap()
    }

    /// The call-backs of a provider, once there are `count`.
    async fn got(&self, provider: &str, count: usize) -> Vec<Got> {
        for _ in 0..100 {
            let all = hold(&self.shop.got).clone();
            let of: Vec<Got> = all.into_iter().filter(|got| got.provider == provider).collect();
            if of.len() >= count {
                return of;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("only {:?}", hold(&self.shop.got));
    }

    /// Stops the sandbox and starts it again on the same file.
    async fn restart(&mut self) {
        self.running.take().unwrap().stop().await.unwrap();
        let running = start(options(&self.shop_url, &self.folder)).await.unwrap();
        self.providers = Providers::new(&running.url(), &secrets()).unwrap();
        self.running = Some(running);
    }
}

impl Bench {
    async fn approved(&self, order: &str, amount: i64, method: &str) -> String {
        let wish = json!({ "orderId": order, "amount": amount, "method": method });
        let (status, payment) = self.post("/psp/sandbox/approve", wish).await;
        assert_eq!(status, 200);
        payment["paymentKey"].as_str().unwrap().to_owned()
    }

    async fn ledger(&self) -> Vec<(MovementKind, i64)> {
        let list = self.providers.psp.ledger().await.unwrap();
        list.into_iter().map(|movement| (movement.kind, movement.amount)).collect()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn options(shop: &str, folder: &std::path::Path) -> Options {
    Options {
        listen: "127.0.0.1:0".parse().unwrap(),
        database: folder.join("books.db"),
        callbacks: Some(shop.to_owned()),
        clock: Some(format!("{shop}/clock")),
        secrets: secrets(),
        end_with_stdin: false,
        speed: Speed::default(),
    }
}

fn code(error: &ProviderError) -> &str {
    match error {
        ProviderError::Refused { code, .. } => code,
        ProviderError::Unreachable | ProviderError::Unknown(_) | ProviderError::Malformed(_) => {
            panic!("not a refusal: {error}")
        }
    }
}
