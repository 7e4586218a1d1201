//! The identity check: a page where a person says who they are, and a signed result.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;

use super::Shared;
use super::pages::{Lang, escape, hidden, page, won};
use crate::providers::identity::signed_text;
use crate::providers::{wire, with_query};

/// A result counts for this long, in microseconds.
const VALID: i64 = 10 * 60 * 1_000_000;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/check", get(show).post(press))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wish {
    account: String,
    order: String,
    amount: String,
    return_url: String,
    lang: Option<String>,
}

impl Wish {
    fn lang(&self) -> Lang {
        Lang::of(self.lang.as_deref())
    }

    fn amount(&self) -> Option<i64> {
        let web = reqwest::Url::parse(&self.return_url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        self.amount.parse().ok().filter(|amount| web && *amount > 0)
    }
}

fn nonsense(lang: Lang) -> Response {
    let body = format!("<p>{}</p>", lang.pick("요청을 읽을 수 없습니다.", "The request cannot be read."));
    let mut answer = page(lang, lang.pick("잘못된 본인인증 요청", "Not an identity request"), &body);
    *answer.status_mut() = StatusCode::BAD_REQUEST;
    answer
}

async fn show(wish: Result<Query<Wish>, QueryRejection>) -> Response {
    let Ok(Query(wish)) = wish else {
        return nonsense(Lang::Ko);
    };
    let lang = wish.lang();
    let Some(amount) = wish.amount() else {
        return nonsense(lang);
    };
    let fields = [
        ("account", wish.account.as_str()),
        ("order", &wish.order),
        ("amount", &wish.amount),
        ("returnUrl", &wish.return_url),
        ("lang", lang.code()),
    ];
    let fields: String = fields.iter().map(|(name, value)| hidden(name, value)).collect();
    let body = format!(
        "<section class=\"card\"><p>{order}</p><p class=\"amount\">{amount}{unit}</p></section>\
<form method=\"post\" action=\"/identity/check\">{fields}<label for=\"name\">{label}</label>\
<input id=\"name\" name=\"name\" value=\"홍길동\" maxlength=\"40\">\
<button class=\"main\" name=\"choice\" value=\"confirm\">{yes}</button>\
<button name=\"choice\" value=\"cancel\">{no}</button></form>",
        order = escape(&wish.order),
        amount = won(amount),
        unit = lang.pick("원", " won"),
        label = lang.pick("이름", "Name"),
        yes = lang.pick("확인", "Confirm"),
        no = lang.pick("취소", "Cancel"),
    );
    page(lang, lang.pick("모의 본인인증", "Sandbox identity check"), &body)
}

#[derive(Deserialize)]
struct Pressed {
    choice: String,
    #[serde(default)]
    name: String,
    #[serde(flatten)]
    wish: Wish,
}

async fn press(State(sandbox): State<Shared>, Form(Pressed { choice, name, wish }): Form<Pressed>) -> Response {
    let Some(amount) = wish.amount() else {
        return nonsense(wish.lang());
    };
    if choice != "confirm" || name.trim().is_empty() {
        return Redirect::to(&with_query(&wish.return_url, &[("result", "cancelled"), ("order", &wish.order)])).into_response();
    }
    let expires = sandbox.clock.now().await + VALID;
    let Some(text) = signed_text(&wish.account, &wish.order, amount, expires, name.trim()) else {
        return nonsense(wish.lang());
    };
    let signature = wire::sign(&sandbox.secrets.identity, text.as_bytes());
    Redirect::to(&with_query(
        &wish.return_url,
        &[
            ("account", &wish.account),
            ("order", &wish.order),
            ("amount", &amount.to_string()),
            ("expires", &expires.to_string()),
            ("name", name.trim()),
            ("signature", &signature),
        ],
    ))
    .into_response()
}
