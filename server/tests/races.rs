//! Race games on both databases: 64 requests released together. Exactly as many win as can; the others hear a clear refusal, and
//! every invariant holds.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "support/place.rs"]
mod place;
#[path = "support/receiver.rs"]
mod receiver;
#[path = "support/mod.rs"]
mod support;

use app::session::Caller;
use futures::future::join_all;
use jumun::{
    command::Command,
    ids::OrderId,
    order::{Event, LineUnits, OrderCommand, PaymentMethod, PaymentOutcome, Status},
    quantity::Quantity,
    refusal::Refusal,
    time::Span,
};
use place::{Place, Template};
use support::{Bench, benches};

/// How many ask at once.
const PLAYERS: usize = 64;

impl Bench {
    /// Everybody gives a command of his to one order at once; how many were let.
    async fn all_at_once(&self, order: OrderId, commands: &[(&Caller, OrderCommand)]) -> usize {
        let players = commands.iter().cycle().take(PLAYERS);
        let answers = join_all(players.map(|(caller, command)| self.command(caller, order, command.clone()))).await;
        for answer in &answers {
            let clear = matches!(answer, Ok(_) | Err(Refusal::WrongState { .. } | Refusal::Invalid { .. }));
            assert!(clear, "{}: {answer:?}", self.name);
        }
        answers.iter().filter(|answer| answer.is_ok()).count()
    }

    async fn assert_clean(&self) {
        let findings = self.findings().await;
        assert!(findings.is_empty(), "{}: {findings:?}", self.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refunds_that_compete_never_give_back_more_than_was_paid() {
    for bench in benches().await {
        // Of five units three at a time can be given back once, one at a time five times.
        for (units, winners) in [(3, 1), (1, 5)] {
            let item = bench.scarce_item(5).await;
            let guest = bench.guest().await;
            let order = bench.buy(&guest, &item, 5).await;
            bench.pay(&guest, order).await;
            let line = bench.order(order).await.lines[0].id;
            let command = OrderCommand::CancelLines { units: vec![LineUnits { line, quantity: Quantity::new(units).unwrap() }] };
            assert_eq!(bench.all_at_once(order, &[(&guest, command)]).await, winners, "{}", bench.name);
            let after = bench.order(order).await;
            assert_eq!(after.refunded().0, item.price * i64::from(units) * winners as i64, "{}", bench.name);
            assert_eq!(bench.available(&item).await, i64::from(units) * winners as i64, "{}", bench.name);
            bench.assert_clean().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn money_against_the_end_of_its_time_gives_the_last_unit_to_one() {
    for bench in benches().await {
        for _ in 0..4 {
            let item = bench.scarce_item(1).await;
            let (slow, quick) = (bench.guest().await, bench.guest().await);
            let order = bench.buy(&slow, &item, 1).await;
            bench.command(&slow, order, OrderCommand::RequestPayment { method: PaymentMethod::Card }).await.unwrap();
            let attempt = bench.order(order).await.open_attempt().unwrap().clone();
            bench.execute(&quick, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false }).await.unwrap();
            bench.advance(Span::minutes(40)).await;
            // The window ends, the hold ends, the PSP says yes, and somebody else wants the unit.
            let system = bench.house.system("race");
            let outcome = PaymentOutcome::Approved { payment_key: format!("key-{order}"), amount: attempt.amount };
            let facts = [OrderCommand::ExpirePaymentWindow, OrderCommand::ExpireHold, OrderCommand::RecordPayment { attempt: attempt.id, outcome }];
            let facts = join_all(facts.iter().cycle().take(PLAYERS - 8).map(|fact| bench.command(&system, order, fact.clone())));
            let others = join_all((0..8).map(|_| bench.place(&quick, &item)));
            let (facts, others) = futures::join!(facts, others);
            assert!(facts.iter().all(Result::is_ok), "{}: {facts:?}", bench.name);
            assert!(others.iter().all(|other| matches!(other, Ok(_) | Err(Refusal::OutOfStock { .. }))), "{}: {others:?}", bench.name);
            let (paid, sold) = (bench.order(order).await, others.iter().any(Result::is_ok));
            assert_eq!(paid.status() == Status::Confirmed, !sold, "{}: one of them has it", bench.name);
            // Money that came for nothing is on its way back.
            let back = bench.sagas(order).await.iter().any(|(_, step, state)| step == "void" && state == "waiting");
            assert_eq!((paid.paid.0 > 0, back), (!sold, sold), "{}: {:?}", bench.name, paid.status());
            assert_eq!(bench.available(&item).await, 0);
            bench.assert_clean().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_products_in_opposite_order_wait_for_each_other_and_never_lock_up() {
    for bench in benches().await {
        let (one, other) = (bench.scarce("VAR-5001-BLK-M", 8).await, bench.scarce("VAR-5001-GRN-M", 8).await);
        let mut buyers = Vec::new();
        for nth in 0..PLAYERS {
            let guest = bench.guest().await;
            let order = if nth % 2 == 0 { [&one, &other] } else { [&other, &one] };
            for item in order {
                bench.execute(&guest, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false }).await.unwrap();
            }
            buyers.push(guest);
        }
        let answers = join_all(buyers.iter().map(|guest| bench.place_version(guest, &one, 2))).await;
        let sold = answers.iter().filter(|answer| answer.is_ok()).count();
        let refused = answers.iter().filter(|answer| matches!(answer, Err(Refusal::OutOfStock { .. }))).count();
        assert_eq!((sold, refused), (8, PLAYERS - 8), "{}: {answers:?}", bench.name);
        assert_eq!((bench.available(&one).await, bench.available(&other).await), (0, 0), "{}", bench.name);
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timer_and_the_buyer_confirm_a_purchase_once() {
    for bench in benches().await {
        for _ in 0..4 {
            let item = bench.scarce_item(1).await;
            let member = bench.member().await;
            bench.execute(&member, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false }).await.unwrap();
            let version = bench.house.cart(&member).await.unwrap().version;
            let order = bench.place_version(&member, &item, version).await.unwrap();
            bench.pay(&member, order).await;
            bench.advance(Span::minutes(30)).await;
            bench.fire_timers().await;
            bench.deliver(order).await;
            bench.advance(Span::days(9)).await;
            let system = bench.house.system("race");
            let players = [(&member, OrderCommand::ConfirmPurchase), (&system, OrderCommand::AutoConfirm)];
            // The timer is always heard out: it does nothing when it comes too late.
            let let_in = bench.all_at_once(order, &players).await;
            assert!((PLAYERS / 2..=PLAYERS / 2 + 1).contains(&let_in), "{}: {let_in}", bench.name);
            let log = bench.log(order).await;
            let count = |wanted: fn(&Event) -> bool| log.iter().filter(|(event, _)| wanted(event)).count();
            assert_eq!(count(|event| matches!(event, Event::OrderCompleted { .. })), 1, "{}", bench.name);
            assert_eq!(count(|event| matches!(event, Event::PointsEarned { .. })), 1, "{}", bench.name);
            bench.assert_clean().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn the_buyers_page_the_word_of_the_psp_and_the_poller_capture_once() {
    for (name, template) in Template::each().await {
        let mut place = Place::open(&template, None).await;
        let cookie = place.sign_in("hong@jumun.example").await;
        let number = place.place(false).await;
        // The word that the PSP sends by itself is lost: ours are the only ones.
        place.fault(&serde_json::json!({ "provider": "psp", "call": "webhook", "fault": "fail_before", "times": 1 })).await;
        let payment = place.approve(&number, "card").await;
        let (key, psp_order) = (payment["paymentKey"].as_str().unwrap(), payment["orderId"].as_str().unwrap());
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let page = format!("{}/pay/{number}/approved?paymentKey={key}&orderId={psp_order}&amount={}", place.url, payment["totalAmount"]);
        let (hint, clock) = (format!("{}/webhooks/psp", place.url), format!("{}/demo/clock", place.url));
        let word = serde_json::json!({ "eventType": "PAYMENT_STATUS_CHANGED", "createdAt": "2026-11-21T00:00:00+09:00",
            "data": { "paymentKey": key, "orderId": psp_order, "status": "DONE" } });
        let players = (0..PLAYERS).map(|nth| {
            let (http, page, hint, clock, cookie, word) = (&http, &page, &hint, &clock, &cookie, &word);
            async move {
                match nth % 8 {
                    // Past the time at which the saga looks by itself, not past what the PSP keeps an agreement for.
                    0 => http.post(clock).json(&serde_json::json!({ "advance": "PT45S" })).send().await,
                    1..=4 => http.get(page).header("cookie", cookie).send().await,
                    _ => http.post(hint).json(word).send().await,
                }
            }
        });
        for answer in join_all(players).await {
            let status = answer.unwrap().status().as_u16();
            assert!(matches!(status, 200 | 204 | 303 | 302 | 307), "{name}: {status}");
        }
        place.until(&number, &["Confirmed"]).await;
        let books = http.get(format!("{}/psp/sandbox/ledger", place.providers)).send().await.unwrap().json::<serde_json::Value>().await.unwrap();
        assert_eq!(books.as_array().unwrap().len(), 1, "{name}: {books}");
        assert_eq!(place.judge().await, Vec::<String>::new(), "{name}");
        place.close().await;
    }
}
