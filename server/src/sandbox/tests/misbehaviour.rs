use super::*;
use crate::providers::psp::PaymentStatus;

#[tokio::test]
async fn faults_leave_the_outcome_unknown_and_asking_tells() {
    let quick = Timeouts { psp: Duration::from_millis(300), ..Timeouts::default() };
    let bench = Bench::with_timeouts(quick).await;
    let psp = &bench.providers.psp;
    for (fault, then) in [
        ("fail_before", PaymentStatus::InProgress),
        ("fail_after", PaymentStatus::Done),
        ("slow", PaymentStatus::Done),
        ("slow_effect", PaymentStatus::InProgress),
    ] {
        let key = bench.approved(fault, 1_000, "CARD").await;
        bench.fault(json!({ "provider": "psp", "call": "confirm", "fault": fault, "times": 1, "delayMs": 900 })).await;
        let error = psp.confirm(&key, fault, 1_000, fault).await.unwrap_err();
        assert!(matches!(error, ProviderError::Unknown(_)), "{fault}: {error}");
        assert_eq!(psp.get(&key).await.unwrap().status, then, "{fault}");
        assert_eq!(psp.confirm(&key, fault, 1_000, fault).await.unwrap().status, PaymentStatus::Done);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(bench.ledger().await.len(), 4);
    bench.fault(json!({ "provider": "psp", "call": "get", "fault": "old_answer" })).await;
    let key = psp.by_order("slow").await.unwrap().payment_key;
    assert_eq!(psp.get(&key).await.unwrap().status, PaymentStatus::InProgress);
    bench.http.delete(bench.url("/faults")).send().await.unwrap();
    assert_eq!(psp.get(&key).await.unwrap().status, PaymentStatus::Done);
}

#[tokio::test]
async fn hints_come_twice_late_or_never_when_told_and_again_when_turned_away() {
    let bench = Bench::new().await;
    bench.fault(json!({ "provider": "psp", "call": "webhook", "fault": "fail_before", "times": 1 })).await;
    bench.approved("lost", 1_000, "CARD").await;
    bench.fault(json!({ "provider": "psp", "call": "webhook", "fault": "late", "times": 1, "delayMs": 600 })).await;
    bench.approved("late", 1_000, "CARD").await;
    bench.fault(json!({ "provider": "psp", "call": "webhook", "fault": "duplicate", "times": 1 })).await;
    bench.shop.turn_away.store(1, Ordering::SeqCst);
    bench.approved("twice", 1_000, "CARD").await;
    let bodies: Vec<String> = bench.got("psp", 3).await.into_iter().map(|got| got.body).collect();
    let count = |order: &str| bodies.iter().filter(|body| body.contains(order)).count();
    assert_eq!((count("lost"), count("late"), count("twice")), (0, 1, 2));
}

#[tokio::test]
async fn the_books_outlive_the_process() {
    let mut bench = Bench::new().await;
    let key = bench.approved("o-1", 1_000, "CARD").await;
    let paid = bench.providers.psp.confirm(&key, "o-1", 1_000, "a").await.unwrap();
    bench.restart().await;
    assert_eq!(bench.providers.psp.confirm(&key, "o-1", 1_000, "a").await.unwrap(), paid);
    assert_eq!(bench.ledger().await.len(), 1);
}

#[tokio::test]
async fn nonsense_is_refused_in_the_provider_s_words() {
    let bench = Bench::new().await;
    let put = async |path: &str, body: &str| {
        let request = bench.http.put(bench.url(path)).header("Content-Type", "application/json");
        let answer = request.body(body.to_owned()).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["code"].clone())
    };
    assert_eq!(put("/callbacks", r#"{"url":"http://10.0.0.1"}"#).await, (422, json!("NOT_LOOPBACK")));
    assert_eq!(put("/faults", r#"{"provider":"bank","fault":"slow"}"#).await, (422, json!("NO_SUCH_PROVIDER")));
    assert_eq!(put("/faults", r#"{"provider":"psp","fault":"odd"}"#).await, (422, json!("INVALID_REQUEST")));
    assert_eq!(put("/wms/sandbox/pace", "{").await, (400, json!("INVALID_REQUEST")));
    for path in ["/psp/pay?orderId=1", "/identity/check"] {
        assert_eq!(bench.http.get(bench.url(path)).send().await.unwrap().status(), 400);
    }
}

#[tokio::test]
async fn nobody_is_called_until_an_address_is_set() {
    let bench = Bench::new().await;
    bench.put("/callbacks", json!({ "url": null })).await;
    bench.approved("unheard", 1_000, "CARD").await;
    bench.put("/callbacks", json!({ "url": bench.shop_url })).await;
    bench.approved("heard", 1_000, "CARD").await;
    assert!(bench.got("psp", 1).await[0].body.contains("\"heard\""));
}
