//! Somebody who is told what happens: keeps every message and answers as the test says.
#![allow(dead_code)]

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use serde_json::Value;
use server::standard_webhooks::Secret;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

/// A message as it came.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
    pub(crate) fn id(&self) -> &str {
        self.header("webhook-id")
    }
    pub(crate) fn body(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let now = server::clock::real_time().0 / 1_000_000;
        Secret::parse(secret).unwrap().verifies(&self.headers, &self.bytes, now)
    }
}

/// How to answer.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    Status(u16),
    Wait(u16, u32),
    Silence,
}

#[derive(Clone)]
struct Shared {
    received: Arc<Mutex<Vec<Received>>>,
    reply: Arc<Mutex<Reply>>,
}

pub(crate) struct Receiver {
    pub(crate) url: String,
    shared: Shared,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let shared = Shared { received: Arc::default(), reply: Arc::new(Mutex::new(Reply::Status(204))) };
        let app = Router::new().route("/hook", post(take)).with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, shared }
    }

    pub(crate) fn answers(&self, reply: Reply) {
        *self.shared.reply.lock().unwrap() = reply;
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    pub(crate) fn types(&self) -> Vec<String> {
        self.received().iter().map(|it| it.body()["type"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn forget(&self) {
        self.shared.received.lock().unwrap().clear();
    }

    /// Waits until a message is there that fits. Where another node could be at it, a claim has to end first.
    pub(crate) async fn wait_for(&self, what: &str, fits: impl Fn(&Received) -> bool) -> Received {
        for _ in 0..2_000 {
            if let Some(found) = self.received().into_iter().find(&fits) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{what} did not arrive; what did: {:?}", self.types());
    }
}

async fn take(State(shared): State<Shared>, headers: HeaderMap, bytes: Bytes) -> Response {
    shared.received.lock().unwrap().push(Received { headers, bytes });
    let reply = shared.reply.lock().unwrap().clone();
    match reply {
        Reply::Status(status) => (StatusCode::from_u16(status).unwrap(), "as you say").into_response(),
        Reply::Wait(status, seconds) => (StatusCode::from_u16(status).unwrap(), [("retry-after", seconds.to_string())]).into_response(),
        Reply::Silence => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            StatusCode::NO_CONTENT.into_response()
        }
    }
}
