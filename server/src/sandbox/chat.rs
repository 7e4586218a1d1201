//! The chat of the people on duty: an incoming webhook, and a page that shows what came.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;
use uuid::Uuid;

use super::Shared;
use super::faults::{Answer, Body, guard, plain};
use super::pages::{LangQuery, escape, page, table};
use crate::providers::chat::ChatMessage;
use crate::providers::wire;
use crate::store::sandbox as store;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/", get(room)).route("/hook", post(take)).route("/messages", get(messages))
}

async fn take(State(sandbox): State<Shared>, headers: HeaderMap, Body(message): Body<ChatMessage>) -> Answer {
    let shared = sandbox.clone();
    guard(&sandbox, "chat", "post", async move {
        let at = shared.clock.recent().await;
        let key = headers.get("Idempotency-Key").and_then(|value| value.to_str().ok());
        let id = key.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned);
        shared
            .ledger
            .write(move |db| {
                Box::pin(async move {
                    if store::item(db, "chat", &id).await?.is_none() {
                        store::put(db, ("chat", &id, &message.channel), at, None, &(at, &message)).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        Answer::ok(&json!({ "ok": true }))
    })
    .await
}

async fn find(sandbox: &Shared) -> anyhow::Result<Vec<(i64, ChatMessage)>> {
    let items = store::items(&mut *sandbox.ledger.read().await?, "chat", 200).await?;
    Ok(items.iter().map(store::Item::now).collect::<sqlx::Result<_>>()?)
}

async fn messages(State(sandbox): State<Shared>) -> Answer {
    plain(match find(&sandbox).await {
        Ok(found) => Answer::ok(&found.into_iter().map(|(_, message)| message).collect::<Vec<_>>()),
        Err(error) => Err(error),
    })
}

async fn room(State(sandbox): State<Shared>, Query(query): Query<LangQuery>) -> Response {
    let lang = query.lang();
    let found = match find(&sandbox).await {
        Ok(found) => found,
        Err(error) => return plain(Err(error)).into_response(),
    };
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|(at, message)| {
            vec![
                escape(&wire::to_text(*at)),
                format!("<span class=\"tag\">{}</span> {}", escape(&message.severity), escape(&message.channel)),
                format!("<pre>{}</pre>", escape(&message.text)),
            ]
        })
        .collect();
    let heads = [lang.pick("시각", "Time"), lang.pick("방", "Room"), lang.pick("내용", "Text")];
    page(lang, lang.pick("당직 채팅", "Duty chat"), &table(&heads, &rows))
}
