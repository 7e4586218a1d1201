//! How the provider words each decline.

use axum::http::StatusCode;
use serde_json::Value;

use crate::providers::psp::DeclineCause;

/// The code and words of a decline.
pub(in crate::sandbox) fn decline(cause: DeclineCause) -> (StatusCode, &'static str, &'static str) {
    match cause {
        DeclineCause::Balance => (StatusCode::FORBIDDEN, "REJECT_ACCOUNT_PAYMENT", "잔액부족으로 결제에 실패했습니다."),
        DeclineCause::Limit => (StatusCode::FORBIDDEN, "EXCEED_MAX_ONE_DAY_AMOUNT", "일일 한도를 초과했습니다."),
        DeclineCause::CardState => (StatusCode::BAD_REQUEST, "INVALID_STOPPED_CARD", "정지된 카드 입니다."),
        DeclineCause::CardData => (StatusCode::BAD_REQUEST, "INVALID_CARD_NUMBER", "카드번호를 다시 확인해주세요."),
        DeclineCause::System => (StatusCode::BAD_REQUEST, "PROVIDER_ERROR", "일시적인 오류가 발생했습니다."),
    }
}

/// The cause of that name, as pages and faults write it.
pub(in crate::sandbox) fn cause_named(name: &str) -> Option<DeclineCause> {
    serde_json::from_value(Value::String(name.to_owned())).ok()
}
