//! The hosted pay page, and a list of payments where deposits are made by hand. Plain forms.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use super::pages::{Lang, LangQuery, escape, hidden, page, table, won};
use super::psp::{Account, Approval, approve, cause_named, decline, deposit};
use super::{Shared, faults};
use crate::providers::psp::{PayMethod, Payment, PaymentStatus};
use crate::providers::with_query;
use crate::store::sandbox as store;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(list))
        .route("/pay", get(show).post(press))
        .route("/deposit", post(press_deposit))
        .route("/deposit-reverse", post(press_reverse))
}

/// What the shop sent the buyer here with. The amount is read as text so that a broken one is
/// answered with a page.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wish {
    order_id: String,
    amount: String,
    #[serde(default)]
    order_name: String,
    success_url: String,
    fail_url: String,
    method: Option<String>,
    lang: Option<String>,
}

struct Order {
    amount: i64,
    method: PayMethod,
}

impl Wish {
    fn lang(&self) -> Lang {
        Lang::of(self.lang.as_deref())
    }

    /// The order, if the request makes sense. Addresses must be http(s): another scheme could run
    /// script in the buyer's browser.
    fn order(&self) -> Option<Order> {
        let web = |text: &str| reqwest::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        let amount = self.amount.parse().ok().filter(|amount| *amount > 0)?;
        let method = PayMethod::from_code(self.method.as_deref().unwrap_or("CARD"))?;
        (web(&self.success_url) && web(&self.fail_url) && !self.order_id.is_empty()).then_some(Order { amount, method })
    }
}

fn nonsense(lang: Lang) -> Response {
    let body = format!("<p>{}</p>", lang.pick("주문번호, 금액, 돌아갈 주소를 확인해 주세요.", "Check the order, the amount and the addresses."));
    let mut answer = page(lang, lang.pick("잘못된 결제 요청", "Not a payment request"), &body);
    *answer.status_mut() = StatusCode::BAD_REQUEST;
    answer
}

async fn show(wish: Result<Query<Wish>, QueryRejection>) -> Response {
    let Ok(Query(wish)) = wish else {
        return nonsense(Lang::Ko);
    };
    let lang = wish.lang();
    let Some(order) = wish.order() else {
        return nonsense(lang);
    };
    let virtual_account = order.method == PayMethod::VirtualAccount;
    let go = if virtual_account { lang.pick("계좌 발급", "Issue the account") } else { lang.pick("승인", "Approve") };
    let fields = [
        ("orderId", wish.order_id.as_str()),
        ("amount", &wish.amount),
        ("orderName", &wish.order_name),
        ("successUrl", &wish.success_url),
        ("failUrl", &wish.fail_url),
        ("method", order.method.code()),
        ("lang", lang.code()),
    ];
    let fields: String = fields.iter().map(|(name, value)| hidden(name, value)).collect();
    let declines = [
        ("balance", "잔액 부족", "Not enough money"),
        ("limit", "한도 초과", "Over the limit"),
        ("card_state", "정지된 카드", "Stopped card"),
        ("card_data", "카드 정보 오류", "Wrong card data"),
        ("system", "시스템 오류", "System error"),
        ("cancel", "결제 취소", "Cancel"),
        ("timeout", "시간 초과 (돌아오지 않음)", "Time-out (never returns)"),
    ];
    let declines: String =
        declines.iter().map(|(value, ko, en)| format!("<button name=\"choice\" value=\"{value}\">{}</button>", lang.pick(ko, en))).collect();
    let method = match order.method {
        PayMethod::Card => lang.pick("카드", "Card"),
        PayMethod::Transfer => lang.pick("계좌이체", "Account transfer"),
        PayMethod::VirtualAccount => lang.pick("가상계좌", "Virtual account"),
        PayMethod::EasyPay => lang.pick("간편결제", "Easy pay"),
    };
    let body = format!(
        "<section class=\"card\"><p>{name}</p><p class=\"amount\">{amount}{unit}</p><p>{method} · {id}</p></section>\
<form method=\"post\" action=\"/psp/pay\">{fields}<button class=\"main\" name=\"choice\" value=\"approve\">{go}</button>\
<fieldset><legend>{other}</legend>{declines}</fieldset></form>",
        name = escape(&wish.order_name),
        amount = won(order.amount),
        unit = lang.pick("원", " won"),
        id = escape(&wish.order_id),
        other = lang.pick("다른 결과 시험하기", "Try another outcome"),
    );
    page(lang, lang.pick("모의 결제창", "Sandbox pay page"), &body)
}

#[derive(Deserialize)]
struct Pressed {
    choice: String,
    #[serde(flatten)]
    wish: Wish,
}

async fn press(State(sandbox): State<Shared>, Form(Pressed { choice, wish }): Form<Pressed>) -> Response {
    let lang = wish.lang();
    let Some(order) = wish.order() else {
        return nonsense(lang);
    };
    if choice == "cancel" {
        return back_failed(&wish, "PAY_PROCESS_CANCELED", "사용자에 의해 결제가 취소되었습니다.");
    }
    if let Some(cause) = cause_named(&choice) {
        let (_, code, message) = decline(cause);
        return back_failed(&wish, code, message);
    }
    let approved = match choice.as_str() {
        "approve" => true,
        "timeout" => false,
        _ => return nonsense(lang),
    };
    let approval =
        Approval { order_id: wish.order_id.clone(), order_name: wish.order_name.clone(), amount: order.amount, method: order.method, approved };
    match approve(&sandbox, approval).await {
        Err(error) => faults::plain(Err(error)).into_response(),
        Ok(payment) if approved => Redirect::to(&with_query(
            &wish.success_url,
            &[("paymentKey", &payment.payment_key), ("orderId", &payment.order_id), ("amount", &payment.total_amount.to_string())],
        ))
        .into_response(),
        Ok(_) => {
            let words = lang.pick(
                "결제사가 응답하지 않습니다. 이 창은 쇼핑몰로 돌아가지 않습니다.",
                "The provider does not answer. This page never goes back to the shop.",
            );
            page(lang, lang.pick("응답 없음", "No answer"), &format!("<p>{words}</p>"))
        }
    }
}

fn back_failed(wish: &Wish, code: &str, message: &str) -> Response {
    let query = [("code", code), ("message", message), ("orderId", wish.order_id.as_str())];
    Redirect::to(&with_query(&wish.fail_url, &query)).into_response()
}

async fn list(State(sandbox): State<Shared>, Query(query): Query<LangQuery>) -> Response {
    let lang = query.lang();
    match rows(&sandbox, lang).await {
        Err(error) => faults::plain(Err(error)).into_response(),
        Ok(rows) => {
            let heads =
                [lang.pick("주문", "Order"), lang.pick("금액", "Amount"), lang.pick("상태", "State"), lang.pick("가상계좌", "Virtual account")];
            page(lang, lang.pick("결제", "Payments"), &table(&heads, &rows))
        }
    }
}

async fn rows(sandbox: &Shared, lang: Lang) -> anyhow::Result<Vec<Vec<String>>> {
    let items = store::items(&mut *sandbox.ledger.read().await?, "psp", 100).await?;
    let now = sandbox.clock.now().await;
    items
        .iter()
        .map(|item| {
            let payment = item.now::<Payment>()?.at(now);
            let account = payment.virtual_account.as_ref().map(|account| {
                let (action, words) = match payment.status {
                    PaymentStatus::WaitingForDeposit => ("/psp/deposit", lang.pick("입금", "Deposit")),
                    PaymentStatus::Done => ("/psp/deposit-reverse", lang.pick("입금 취소", "Fall back")),
                    PaymentStatus::Ready
                    | PaymentStatus::InProgress
                    | PaymentStatus::Canceled
                    | PaymentStatus::PartialCanceled
                    | PaymentStatus::Aborted
                    | PaymentStatus::Expired => return escape(&account.account_number),
                };
                format!(
                    "<form class=\"row\" method=\"post\" action=\"{action}\">{} {}<button>{words}</button></form>",
                    escape(&account.account_number),
                    hidden("accountNumber", &account.account_number),
                )
            });
            Ok(vec![
                format!("{}<br><code>{}</code>", escape(&payment.order_name), escape(&payment.order_id)),
                format!("{}&nbsp;/&nbsp;{}", won(payment.balance_amount), won(payment.total_amount)),
                escape(&format!("{:?}", payment.status)),
                account.unwrap_or_default(),
            ])
        })
        .collect()
}

async fn press_deposit(State(sandbox): State<Shared>, Form(account): Form<Account>) -> Response {
    after_deposit(deposit(&sandbox, account, true).await)
}

async fn press_reverse(State(sandbox): State<Shared>, Form(account): Form<Account>) -> Response {
    after_deposit(deposit(&sandbox, account, false).await)
}

fn after_deposit(outcome: faults::Outcome) -> Response {
    match outcome {
        Ok(answer) if answer.is_ok() => Redirect::to("/psp").into_response(),
        other => faults::plain(other).into_response(),
    }
}
