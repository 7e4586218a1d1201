//! The notifier: keeps every notice, delivers none, and shows an inbox.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};

use super::Shared;
use super::faults::{Answer, Body, Kind, guard, plain};
use super::pages::{Lang, escape, page};
use crate::providers::notifier::{Notice, NoticeAccepted};
use crate::providers::wire;
use crate::store::sandbox as store;

/// A notice and when it came.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    notice: Notice,
    #[serde(with = "wire::time")]
    at: i64,
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/", get(inbox)).route("/messages", get(messages)).route("/api/notifications", post(take))
}

async fn take(State(sandbox): State<Shared>, Body(notice): Body<Notice>) -> Answer {
    let shared = sandbox.clone();
    guard(&sandbox, "notifier", "send", async move {
        let refused = shared.faults.take("notifier", "send", &[Kind::Decline]).is_some();
        if refused || notice.id.is_empty() || notice.to.is_empty() {
            return Ok(Answer::refused(StatusCode::UNPROCESSABLE_ENTITY, "INVALID_RECIPIENT", "받는 사람을 확인해 주세요."));
        }
        let at = shared.clock.recent().await;
        let accepted = shared
            .ledger
            .write(move |db| {
                Box::pin(async move {
                    let id = notice.id.clone();
                    let first = store::item(db, "notifier", &id).await?.is_none();
                    if first {
                        let to = notice.to.clone();
                        store::put(db, ("notifier", &id, &to), at, None, &Kept { notice, at }).await?;
                    }
                    Ok(NoticeAccepted { id, first })
                })
            })
            .await?;
        Answer::ok(&accepted)
    })
    .await
}

#[derive(Deserialize)]
struct Filter {
    to: Option<String>,
    lang: Option<String>,
}

async fn find(sandbox: &Shared, filter: &Filter) -> anyhow::Result<Vec<Kept>> {
    let mut db = sandbox.ledger.read().await?;
    let items = match filter.to.as_deref().map(str::trim).filter(|to| !to.is_empty()) {
        Some(to) => store::items_of(&mut db, "notifier", to, 200).await?,
        None => store::items(&mut db, "notifier", 200).await?,
    };
    Ok(items.iter().map(store::Item::now).collect::<sqlx::Result<_>>()?)
}

async fn messages(State(sandbox): State<Shared>, Query(filter): Query<Filter>) -> Answer {
    plain(match find(&sandbox, &filter).await {
        Ok(found) => Answer::ok(&found),
        Err(error) => Err(error),
    })
}

async fn inbox(State(sandbox): State<Shared>, Query(filter): Query<Filter>) -> Response {
    let lang = Lang::of(filter.lang.as_deref());
    let found = match find(&sandbox, &filter).await {
        Ok(found) => found,
        Err(error) => return plain(Err(error)).into_response(),
    };
    let mut body = format!(
        "<form class=\"row card\"><label for=\"to\">{}</label><input id=\"to\" name=\"to\" value=\"{}\">\
<input type=\"hidden\" name=\"lang\" value=\"{}\"><button>{}</button></form>",
        lang.pick("받는 사람", "To"),
        escape(filter.to.as_deref().unwrap_or("")),
        lang.code(),
        lang.pick("찾기", "Find"),
    );
    if found.is_empty() {
        body += &format!("<p>{}</p>", lang.pick("받은 알림이 없습니다.", "No notices."));
    }
    for Kept { notice, at } in found {
        body += &format!(
            "<article class=\"card\"><p><span class=\"tag\">{}</span> {} · {} · {}</p><p><b>{}</b></p><pre>{}</pre></article>",
            escape(&notice.channel),
            escape(&notice.to),
            escape(&notice.template),
            escape(&wire::to_text(at)),
            escape(notice.subject.as_deref().unwrap_or("")),
            escape(&notice.body),
        );
    }
    page(lang, lang.pick("알림함", "Inbox"), &body)
}
