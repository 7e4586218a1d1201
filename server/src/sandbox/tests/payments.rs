use super::*;
use crate::providers::psp::{DeclineCause, PayMethod, PaymentStatus, RefundAccount, decline_cause};

#[tokio::test]
async fn confirming_twice_captures_once() {
    let bench = Bench::new().await;
    let psp = &bench.providers.psp;
    let key = bench.approved("o-1", 70_000, "CARD").await;
    assert_eq!(psp.get(&key).await.unwrap().status, PaymentStatus::InProgress);
    let first = psp.confirm(&key, "o-1", 70_000, "a").await.unwrap();
    assert_eq!(first.status, PaymentStatus::Done);
    assert!(first.approved_at.is_some_and(|at| (START..START + 60 * SECOND).contains(&at)));
    assert_eq!(psp.confirm(&key, "o-1", 70_000, "a").await.unwrap(), first);
    assert_eq!(psp.confirm(&key, "o-1", 70_000, "b").await.unwrap(), first);
    assert_eq!(psp.by_order("o-1").await.unwrap(), first);
    assert_eq!(code(&psp.confirm(&key, "o-1", 69_999, "c").await.unwrap_err()), "INVALID_REQUEST");
    assert_eq!(code(&psp.confirm(&key, "o-2", 70_000, "d").await.unwrap_err()), "INVALID_REQUEST");
    let again = bench.approved("o-1", 70_000, "CARD").await;
    assert_eq!(code(&psp.confirm(&again, "o-1", 70_000, "e").await.unwrap_err()), "DUPLICATED_ORDER_ID");
    assert_eq!(bench.ledger().await, [(MovementKind::Capture, 70_000)]);
    let hints = bench.got("psp", 3).await;
    assert!(hints.iter().all(|hint| hint.signature.is_none()));
    assert!(hints[0].body.contains("PAYMENT_STATUS_CHANGED") && hints[0].body.contains(&key));
}

#[tokio::test]
async fn sixty_four_confirmations_at_once_capture_once() {
    let bench = Bench::new().await;
    let key = bench.approved("o-1", 5_000, "CARD").await;
    let calls = (0..64).map(|turn| {
        let (psp, key) = (bench.providers.psp.clone(), key.clone());
        async move { psp.confirm(&key, "o-1", 5_000, &format!("k{}", turn % 8)).await }
    });
    for answer in futures::future::join_all(calls).await {
        assert_eq!(answer.unwrap().status, PaymentStatus::Done);
    }
    assert_eq!(bench.ledger().await, [(MovementKind::Capture, 5_000)]);
}

#[tokio::test]
async fn a_wrong_key_opens_nothing() {
    let bench = Bench::new().await;
    let key = bench.approved("o-1", 5_000, "CARD").await;
    let other = Secrets { psp: "other".into(), ..secrets() };
    let psp = Providers::new(&bench.url(""), &other).unwrap().psp;
    assert_eq!(code(&psp.get(&key).await.unwrap_err()), "UNAUTHORIZED_KEY");
    assert!(bench.providers.psp.get("none").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn more_than_was_captured_is_never_given_back() {
    let bench = Bench::new().await;
    let psp = &bench.providers.psp;
    let key = bench.approved("o-1", 10_000, "CARD").await;
    assert_eq!(code(&psp.cancel(&key, "r", None, None, "0").await.unwrap_err()), "NOT_CANCELABLE_PAYMENT");
    psp.confirm(&key, "o-1", 10_000, "a").await.unwrap();
    let part = psp.cancel(&key, "변심", Some(4_000), None, "1").await.unwrap();
    assert_eq!((part.status, part.balance_amount), (PaymentStatus::PartialCanceled, 6_000));
    assert_eq!(psp.cancel(&key, "변심", Some(4_000), None, "1").await.unwrap(), part);
    for (key_used, amount) in [("2", 6_001), ("3", 0), ("4", -5_000), ("5", i64::MAX)] {
        let error = psp.cancel(&key, "r", Some(amount), None, key_used).await.unwrap_err();
        assert_eq!(code(&error), "NOT_CANCELABLE_AMOUNT");
    }
    let whole = psp.cancel(&key, "r", None, None, "6").await.unwrap();
    assert_eq!((whole.status, whole.balance_amount, whole.cancels.len()), (PaymentStatus::Canceled, 0, 2));
    assert_eq!(code(&psp.cancel(&key, "r", None, None, "7").await.unwrap_err()), "ALREADY_CANCELED_PAYMENT");
    let back: i64 = bench.ledger().await.iter().filter(|(kind, _)| *kind == MovementKind::Cancel).map(|(_, amount)| amount).sum();
    assert_eq!(back, 10_000);
}

#[tokio::test]
async fn every_decline_has_its_cause_on_the_page_and_at_confirmation() {
    let bench = Bench::new().await;
    let psp = &bench.providers.psp;
    let causes = [
        ("balance", DeclineCause::Balance),
        ("limit", DeclineCause::Limit),
        ("card_state", DeclineCause::CardState),
        ("card_data", DeclineCause::CardData),
        ("system", DeclineCause::System),
    ];
    for (name, cause) in causes {
        let order = format!("o-{name}");
        let fields = [
            ("orderId", order.as_str()),
            ("amount", "10000"),
            ("orderName", "x"),
            ("method", "CARD"),
            ("successUrl", "http://127.0.0.1:1/ok"),
            ("failUrl", "http://127.0.0.1:1/no?a=1"),
            ("choice", name),
        ];
        let answer = bench.http.post(bench.url("/psp/pay")).body(form(&fields)).header("Content-Type", FORM).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        let to = answer.headers()["location"].to_str().unwrap().to_owned();
        let code_given = to.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        assert!(to.starts_with("http://127.0.0.1:1/no?a=1&code="), "{to}");
        assert_eq!(decline_cause(&code_given), cause);

        let key = bench.approved(&order, 10_000, "CARD").await;
        bench.fault(json!({ "provider": "psp", "call": "confirm", "fault": "decline", "cause": name, "times": 1 })).await;
        for _ in 0..2 {
            let error = psp.confirm(&key, &order, 10_000, "k").await.unwrap_err();
            assert_eq!(decline_cause(code(&error)), cause);
        }
        assert_eq!(psp.get(&key).await.unwrap().status, PaymentStatus::Aborted);
        let retry = bench.approved(&order, 10_000, "CARD").await;
        assert_eq!(psp.confirm(&retry, &order, 10_000, &retry).await.unwrap().status, PaymentStatus::Done);
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn form(fields: &[(&str, &str)]) -> String {
    crate::providers::with_query("", fields).trim_start_matches('?').to_owned()
}

#[tokio::test]
async fn the_pay_page_shows_the_order_and_comes_back() {
    let bench = Bench::new().await;
    let url = bench.providers.psp.pay_page_url(
        "o-9",
        1_234_000,
        "<b>\"냉장고\"</b>",
        "http://127.0.0.1:1/ok?x=1",
        "http://127.0.0.1:1/no",
        PayMethod::Card,
    );
    let page = bench.http.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("1,234,000원") && page.contains("승인") && page.contains("한도 초과"));
    assert!(page.contains("&lt;b&gt;&quot;냉장고&quot;") && !page.contains("<b>\""));
    let page = bench.http.get(format!("{url}&lang=en")).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Approve"));

    let mut fields = vec![
        ("orderId", "o-9"),
        ("amount", "1234000"),
        ("orderName", "냉장고"),
        ("method", "CARD"),
        ("successUrl", "http://127.0.0.1:1/ok?x=1"),
        ("failUrl", "http://127.0.0.1:1/no"),
        ("choice", "approve"),
    ];
    let press = |fields: &[(&str, &str)]| bench.http.post(bench.url("/psp/pay")).header("Content-Type", FORM).body(form(fields)).send();
    let answer = press(&fields).await.unwrap();
    let to = answer.headers()["location"].to_str().unwrap();
    assert!(to.starts_with("http://127.0.0.1:1/ok?x=1&paymentKey=pay_"), "{to}");
    assert!(to.ends_with("&orderId=o-9&amount=1234000"), "{to}");
    assert_eq!(bench.providers.psp.by_order("o-9").await.unwrap().order_name, "냉장고");

    fields[6].1 = "timeout";
    let answer = press(&fields).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (200, None));

    for (at, bad) in [(4, "javascript:alert(1)"), (1, "0"), (1, "-5"), (1, "x"), (3, "GOLD"), (6, "y")] {
        let mut broken = fields.clone();
        broken[at].1 = bad;
        assert_eq!(press(&broken).await.unwrap().status(), 400, "{bad}");
    }
    assert!(bench.page("/psp").await.contains("냉장고"));
}

#[tokio::test]
async fn a_virtual_account_waits_is_paid_falls_back_and_lapses() {
    let bench = Bench::new().await;
    let psp = &bench.providers.psp;
    let key = bench.approved("o-1", 50_000, "VIRTUAL_ACCOUNT").await;
    let issued = psp.confirm(&key, "o-1", 50_000, "a").await.unwrap();
    let account = issued.virtual_account.clone().unwrap();
    assert_eq!(issued.status, PaymentStatus::WaitingForDeposit);
    assert!(account.due_date >= START + 24 * 3_600 * SECOND);
    assert_eq!(bench.ledger().await, []);
    let wish = json!({ "accountNumber": account.account_number });
    assert_eq!(bench.post("/psp/sandbox/deposit", wish.clone()).await.0, 200);
    assert_eq!(bench.post("/psp/sandbox/deposit", wish).await.0, 409);
    assert_eq!(psp.get(&key).await.unwrap().status, PaymentStatus::Done);
    assert_eq!(bench.post("/psp/sandbox/deposit-reverse", json!({ "orderId": "o-1" })).await.0, 200);
    assert_eq!(psp.get(&key).await.unwrap().status, PaymentStatus::WaitingForDeposit);
    bench.post("/psp/sandbox/deposit", json!({ "orderId": "o-1" })).await;
    assert_eq!(code(&psp.cancel(&key, "r", None, None, "1").await.unwrap_err()), "INVALID_REFUND_ACCOUNT_INFO");
    let to = RefundAccount { bank: "국민".into(), account_number: "1".into(), holder_name: "홍".into() };
    assert_eq!(psp.cancel(&key, "r", None, Some(&to), "2").await.unwrap().status, PaymentStatus::Canceled);
    use MovementKind::{Cancel, Capture, Reverse};
    assert_eq!(bench.ledger().await, [Capture, Reverse, Capture, Cancel].map(|kind| (kind, 50_000)));

    let late = bench.approved("o-2", 50_000, "VIRTUAL_ACCOUNT").await;
    psp.confirm(&late, "o-2", 50_000, "b").await.unwrap();
    let unconfirmed = bench.approved("o-3", 50_000, "CARD").await;
    bench.advance(25 * 3_600 * SECOND);
    assert_eq!(psp.get(&late).await.unwrap().status, PaymentStatus::Expired);
    assert_eq!(bench.post("/psp/sandbox/deposit", json!({ "orderId": "o-2" })).await.0, 409);
    let error = psp.confirm(&unconfirmed, "o-3", 50_000, "c").await.unwrap_err();
    assert_eq!(code(&error), "NOT_FOUND_PAYMENT_SESSION");
}
