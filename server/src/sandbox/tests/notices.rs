use super::*;
use crate::providers::chat::ChatMessage;
use crate::providers::identity::{IdentityRefusal, IdentityResult};
use crate::providers::notifier::Notice;

fn notice(id: &str, to: &str) -> Notice {
    Notice {
        id: id.into(),
        channel: "email".into(),
        template: "order.paid".into(),
        to: to.into(),
        subject: Some("<script>".into()),
        body: "결제가 끝났습니다 <img onerror=x>".into(),
    }
}

#[tokio::test]
async fn a_notice_is_delivered_once_and_shown_as_text() {
    let bench = Bench::new().await;
    let notifier = &bench.providers.notifier;
    assert!(notifier.send(&notice("n-1", "a@example.com")).await.unwrap().first);
    assert!(!notifier.send(&notice("n-1", "a@example.com")).await.unwrap().first);
    notifier.send(&notice("n-2", "b@example.com")).await.unwrap();
    let list: Value = serde_json::from_str(&bench.page("/notifier/messages?to=a@example.com").await).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["template"], "order.paid");
    let page = bench.page("/notifier").await;
    assert!(page.contains("a@example.com") && page.contains("&lt;img onerror"));
    assert!(!page.contains("<script") && !page.contains("<img"));
    assert!(page.find("b@example.com").unwrap() < page.find("a@example.com").unwrap());
    assert_eq!(code(&notifier.send(&notice("n-3", "")).await.unwrap_err()), "INVALID_RECIPIENT");
}

#[tokio::test]
async fn an_alert_is_posted_once_per_key() {
    let bench = Bench::new().await;
    let alert = ChatMessage { channel: "ops".into(), severity: "critical".into(), text: "<b>재고</b>".into() };
    for _ in 0..2 {
        bench.providers.chat.post(&alert, "k").await.unwrap();
    }
    assert_eq!(bench.page("/chat").await.matches("&lt;b&gt;재고").count(), 1);
    assert!(bench.page("/").await.contains("/notifier"));
}

#[tokio::test]
async fn an_identity_counts_for_its_account_order_and_amount_only() {
    let bench = Bench::new().await;
    let identity = &bench.providers.identity;
    let url = identity.page_url("acc", "o-1", 1_500_000, "http://127.0.0.1:1/back");
    let page = bench.http.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("1,500,000원") && page.contains("확인"));
    let press = async |choice: &str| {
        let fields = [
            ("account", "acc"),
            ("order", "o-1"),
            ("amount", "1500000"),
            ("returnUrl", "http://127.0.0.1:1/back"),
            ("name", "김|영희"),
            ("choice", choice),
        ];
        let body = crate::providers::with_query("", &fields).trim_start_matches('?').to_owned();
        let request = bench.http.post(bench.url("/identity/check"));
        let answer = request.header("Content-Type", "application/x-www-form-urlencoded").body(body).send().await;
        answer.unwrap().headers()["location"].to_str().unwrap().to_owned()
    };
    assert!(press("cancel").await.contains("result=cancelled"));
    let to = reqwest::Url::parse(&press("confirm").await).unwrap();
    let field = |name: &str| to.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap();
    let result = IdentityResult {
        account: field("account"),
        order: field("order"),
        amount: field("amount").parse().unwrap(),
        expires: field("expires").parse().unwrap(),
        name: field("name"),
        signature: field("signature"),
    };
    let now = START + SECOND;
    assert_eq!(identity.verify(&result, "acc", "o-1", 1_500_000, now), Ok("김|영희".to_owned()));
    let refused = |result: &IdentityResult, account, amount, now| identity.verify(result, account, "o-1", amount, now).unwrap_err();
    assert_eq!(refused(&result, "other", 1_500_000, now), IdentityRefusal::Foreign);
    assert_eq!(refused(&result, "acc", 1_500_001, now), IdentityRefusal::Foreign);
    assert_eq!(refused(&result, "acc", 1_500_000, result.expires), IdentityRefusal::Expired);
    let forged = IdentityResult { amount: 9_000_000, ..result.clone() };
    assert_eq!(refused(&forged, "acc", 9_000_000, now), IdentityRefusal::Forged);
}
