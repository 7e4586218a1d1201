//! What an operator does to a server, and what befalls it from outside: it is told to stop in the middle of work, callers hang
//! up, the database is busy, the disk is full. Nothing that was acknowledged is lost, and nothing happens twice.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "support/place.rs"]
mod place;
#[path = "support/receiver.rs"]
mod receiver;

use place::{Place, Template};
use receiver::Reply;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    process::Command,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// A buyer's wish of one unit, under a number of its own that is its idempotency key too.
fn wish(number: &str) -> Value {
    json!({
        "external_id": number, "customer": "CUST-001234", "lines": [{ "variant": "VAR-5001-BLK-M", "quantity": 1 }], "on_shortage": "ask",
        "ship_to": { "name": "홍길동", "phone": "010-1234-5678", "postcode": "06234", "address": "서울시 강남구 테헤란로 123" }
    })
}

/// Whoever places orders from outside: one request, as it is.
#[derive(Clone)]
struct Channel {
    http: reqwest::Client,
    url: String,
    key: String,
}

impl Channel {
    fn of(place: &Place) -> Self {
        let key = place.card["api_keys"]["channel"].as_str().unwrap().to_owned();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(60)).build().unwrap();
        Self { http, url: place.url.clone(), key }
    }

    async fn order(&self, number: &str) -> reqwest::Result<(u16, Value)> {
        let request = self.http.post(format!("{}/api/v1/orders", self.url)).bearer_auth(&self.key).header("idempotency-key", number);
        let answer = request.json(&wish(number)).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }
}

/// Buyers who ask without end, and what they were told.
#[derive(Clone)]
struct Market {
    channel: Channel,
    asked: Arc<Mutex<Vec<String>>>,
    acknowledged: Arc<Mutex<BTreeSet<(String, String)>>>,
}

impl Market {
    /// One more wish; an error when nobody answers.
    async fn ask(&self) -> reqwest::Result<()> {
        let wish = {
            let mut asked = self.asked.lock().unwrap();
            let wish = format!("STOP-{}", asked.len());
            asked.push(wish.clone());
            wish
        };
        let (status, order) = self.channel.order(&wish).await?;
        assert_eq!(status, 201, "{order}");
        self.acknowledged.lock().unwrap().insert((wish, order["number"].as_str().unwrap().to_owned()));
        Ok(())
    }
}

/// Places every wish again under its key, and checks that what was acknowledged is what is there: one order a wish.
async fn settle(place: &mut Place, asked: &[String], acknowledged: &BTreeSet<(String, String)>) {
    let channel = Channel::of(place);
    let mut numbers = BTreeSet::new();
    for wish in asked {
        let (status, order) = channel.order(wish).await.unwrap();
        assert_eq!(status, 201, "{order}");
        numbers.insert((wish.clone(), order["number"].as_str().unwrap().to_owned()));
    }
    assert!(acknowledged.is_subset(&numbers), "an acknowledged order is the one that a repetition gets");
    let distinct: BTreeSet<&String> = numbers.iter().map(|(_, number)| number).collect();
    assert_eq!(distinct.len(), asked.len(), "one order a wish");
    assert_eq!(place.judge().await, Vec::<String>::new());
}

/// Somebody of the store watches its page.
async fn watch(place: &Place) -> reqwest::Response {
    let email = server::testing::staff_address(&place.database, "PROD-5001").await;
    let cookie = place.sign_in(&email).await;
    let stream = place.http.get(format!("{}/live?topics=store:mine", place.url)).header("cookie", cookie).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_server_that_is_told_to_stop_says_so_first_and_is_gone_in_ten_seconds() {
    for (name, template) in Template::each().await {
        let mut place = Place::open(&template, None).await;
        // A stranger that never answers, a PSP that takes its time, and a page that watches.
        place.receiver.answers(Reply::Silence);
        let endpoint = place.listen().await;
        let number = place.place(false).await;
        place.fault(&json!({ "provider": "psp", "call": "confirm", "fault": "slow", "times": 1, "delayMs": 30_000 })).await;
        place.approve(&number, "card").await;
        let mut stream = watch(&place).await;
        let watching = tokio::spawn(async move { while let Ok(Some(_)) = stream.chunk().await {} });
        while place.receiver.received().is_empty() || place.faults().await != json!([]) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }

        let market = Market { channel: Channel::of(&place), asked: Arc::default(), acknowledged: Arc::default() };
        let buyers: Vec<_> = (0..8)
            .map(|_| {
                let market = market.clone();
                // Until nobody is there any more.
                tokio::spawn(async move { while market.ask().await.is_ok() {} })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(500)).await;
        // Whoever asked before the word came is answered, though what he needs is held by somebody else at that moment.
        let hold = server::testing::hold_writers(&place.database).await;
        let held: Vec<_> = (0..8)
            .map(|_| {
                let market = market.clone();
                tokio::spawn(async move { market.ask().await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(500)).await;
        let began = Instant::now();
        let pid = place.server.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let mut hold = Some(hold);
        // Who sends it requests looks here first.
        let mut answered = 0;
        loop {
            let look = async |path: &str| Ok::<u16, reqwest::Error>(place.http.get(format!("{}{path}", place.url)).send().await?.status().as_u16());
            match look("/readyz").await {
                Ok(503) => {
                    if let Some(hold) = hold.take() {
                        hold.rollback().await;
                    }
                    answered += u32::from(look("/api/v1/openapi.json").await.is_ok_and(|status| status == 200));
                }
                Ok(status) => assert_eq!(status, 200),
                Err(_) => break,
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(answered > 0, "{name}: it was not ready any more and still answered");
        assert!(tokio::task::block_in_place(|| place.server.wait()).unwrap().success(), "{name}: it ends well");
        let took = began.elapsed();
        assert!(took < Duration::from_secs(10), "{name}: {took:?}");
        watching.await.unwrap();
        for one in held {
            one.await.unwrap().unwrap();
        }
        for buyer in buyers {
            buyer.await.unwrap();
        }

        // What was in flight goes on, and everybody hears of everything.
        place.receiver.answers(Reply::Status(204));
        place.revive();
        let (asked, acknowledged) = (market.asked.lock().unwrap().clone(), market.acknowledged.lock().unwrap().clone());
        settle(&mut place, &asked, &acknowledged).await;
        place.until(&number, &["Confirmed"]).await;
        let events = place.order("channel", &number).await["version"].as_u64().unwrap();
        place.advance("PT10M").await;
        place.heard(&number, events).await;
        println!("── {name}: stopped in {took:?} with {} orders acknowledged, 0 lost; {endpoint} heard of all", acknowledged.len());
        place.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn callers_who_hang_up_neither_stop_nor_tear_what_they_asked_for() {
    for (name, template) in Template::each().await {
        let mut place = Place::open(&template, None).await;
        let channel = Channel::of(&place);
        let asked: Vec<String> = (0..128).map(|nth| format!("HANG-{nth}")).collect();
        let calls = asked.iter().enumerate().map(|(nth, wish)| {
            let channel = channel.clone();
            // Each hangs up a little later than the one before, all the way through the answer.
            async move { tokio::time::timeout(Duration::from_micros(nth as u64 * 700), channel.order(wish)).await.ok() }
        });
        let answers: Vec<_> = futures::future::join_all(calls).await;
        let hung_up = answers.iter().filter(|answer| answer.is_none()).count();
        assert!(hung_up > 32, "{name}: {hung_up} hung up");
        settle(&mut place, &asked, &BTreeSet::new()).await;
        place.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_busy_database_is_waited_for_and_then_refused() {
    for (name, template) in Template::each().await {
        let mut place = Place::open(&template, None).await;
        let channel = Channel::of(&place);
        // Somebody else holds what every placement needs, first for a while and then for longer than anybody waits.
        for (seconds, expected) in [(3, &[201][..]), (18, &[201, 409])] {
            let hold = server::testing::hold_writers(&place.database).await;
            let (first, second) = (format!("BUSY-{seconds}-1"), format!("BUSY-{seconds}-2"));
            let (channel, other) = (channel.clone(), channel.clone());
            let asked = tokio::spawn(async move { tokio::join!(channel.order(&first), other.order(&second)) });
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            hold.rollback().await;
            let (one, two) = asked.await.unwrap();
            for answer in [one, two] {
                let (status, answer) = answer.unwrap();
                assert!(expected.contains(&status), "{name}, {seconds} s: {status} {answer}");
            }
        }
        settle(&mut place, &["BUSY-3-1".into(), "BUSY-18-1".into()], &BTreeSet::new()).await;
        place.close().await;
    }
}
