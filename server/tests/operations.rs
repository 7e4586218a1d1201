//! What an operator does to a server, and what befalls it from outside: it is told to stop in the middle of work, callers hang
//! up, the database is busy, the disk is full. Nothing that was acknowledged is lost, and nothing happens twice.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::wildcard_enum_match_arm)]

#[path = "support/mod.rs"]
mod bench;
#[path = "support/place.rs"]
mod place;
#[path = "support/receiver.rs"]
mod receiver;

use futures::future::join_all;
use jumun::{command::Command as Wish, order::Status, quantity::Quantity, refusal::Refusal, time::Span};
use place::{Place, Template};
use receiver::Reply;
use serde_json::{Value, json};
use server::testing;
use std::{
    collections::BTreeSet,
    process::Command,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

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
    /// Eight buyers, who ask until nobody is there any more.
    fn open(place: &Place) -> (Self, Vec<JoinHandle<()>>) {
        let market = Self { channel: Channel::of(place), asked: Arc::default(), acknowledged: Arc::default() };
        let buyers = (0..8).map(|_| {
            let market = market.clone();
            tokio::spawn(async move { while market.ask().await.is_ok() {} })
        });
        let buyers = buyers.collect();
        (market, buyers)
    }

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
async fn watch(place: &mut Place) -> reqwest::Response {
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
        let mut stream = watch(&mut place).await;
        let watching = tokio::spawn(async move { while let Ok(Some(_)) = stream.chunk().await {} });
        while place.receiver.received().is_empty() || place.faults().await != json!([]) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }

        let (market, buyers) = Market::open(&place);
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

/// Takes a backup of a place that is worked in, restores it elsewhere and answers where.
async fn back_up(place: &Place) -> String {
    let said = |mut command: Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let Some((url, name)) = place.database.strip_prefix("postgres://").and_then(|rest| rest.rsplit_once('/')) else {
        let file = place.folder.join("backup.db");
        let mut command = place::binary();
        command.args(["backup", "--database", &place.database, "--to"]).arg(&file);
        said(command);
        return format!("sqlite://{}", file.display());
    };
    let (server, copy) = (format!("postgres://{url}"), format!("{name}_copy"));
    let tool = |name: &str| Command::new(std::path::Path::new(&std::env::var("PG_BIN").expect("where PostgreSQL's tools are")).join(name));
    let dump = place.folder.join("backup.sql");
    let mut command = tool("pg_dump");
    command.args(["--exclude-table-data=home", "--dbname", &place.database, "--file"]).arg(&dump);
    said(command);
    server::testing::create_postgres_database(&format!("{server}/postgres"), &copy).await;
    let restored = format!("{server}/{copy}");
    let mut command = tool("psql");
    command.args(["--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", &restored, "--file"]).arg(&dump).stdout(std::process::Stdio::null());
    said(command);
    restored
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_backup_under_load_has_what_was_acknowledged_and_tells_nobody_anything_until_it_is_adopted() {
    for (name, template) in Template::each().await {
        let mut place = Place::open(&template, None).await;
        // Somebody has agreed to pay, and the word of it is lost: the saga will look for itself.
        place.fault(&json!({ "provider": "psp", "call": "webhook", "fault": "fail_before", "times": 1 })).await;
        let number = place.place(false).await;
        place.approve(&number, "card").await;
        let (market, buyers) = Market::open(&place);
        tokio::time::sleep(Duration::from_millis(700)).await;
        let promised = market.acknowledged.lock().unwrap().clone();
        let copy = back_up(&place).await;
        let later = market.acknowledged.lock().unwrap().len();
        // The house burns down.
        place.end();
        for buyer in buyers {
            buyer.await.unwrap();
        }
        assert!(!promised.is_empty() && later > promised.len(), "{name}: it was worked in meanwhile");

        place.database = copy;
        place.revive();
        assert_eq!(place.judge().await, Vec::<String>::new(), "{name}");
        place.advance("PT6M").await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let books = |place: &Place| format!("{}/psp/sandbox/ledger", place.providers);
        let captured = place.ask("GET", &books(&place), "", None, None).await.1;
        let order = place.order("channel", &number).await;
        assert_eq!((captured, order["status"].as_str()), (json!([]), Some("PaymentPending")), "{name}: a copy asks nobody");

        place.end();
        let mut command = place::binary();
        let adopted = command.args(["adopt", "--database", &place.database]).output().unwrap();
        assert!(adopted.status.success(), "{name}: {adopted:?}");
        place.revive();
        place.until(&number, &["Confirmed"]).await;
        let asked: Vec<String> = promised.iter().map(|(wish, _)| wish.clone()).collect();
        settle(&mut place, &asked, &promised).await;
        println!("── {name}: {} orders acknowledged before the backup, 0 lost", promised.len());
        place.close().await;
    }
}

/// Buyers order until nothing fits on the disk any more. Whoever is refused is told why, nothing that was acknowledged is lost,
/// and with room again the same server takes what it had refused.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_with_a_word_and_loses_nothing() {
    let bench = bench::benches().await.into_iter().find(|bench| bench.name == "SQLite").unwrap();
    let item = bench.scarce_item(5_000).await;
    let ready = async || {
        let guest = bench.guest().await;
        bench.execute(&guest, Wish::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false }).await.unwrap();
        guest
    };
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    // Over and over: a server that was full once must not be of no use from then on.
    while refused.len() < 8 {
        let guests = join_all((0..16).map(async |_| ready().await)).await;
        testing::leave_room(&bench.house, Some(64 * 1024)).await;
        for (answer, guest) in join_all(guests.into_iter().map(async |guest| (bench.place(&guest, &item).await, guest))).await {
            match answer {
                Ok(order) => kept.push((guest, order)),
                Err(refusal) => {
                    assert_eq!(refusal, Refusal::NoRoom);
                    refused.push(guest);
                }
            }
        }
        testing::leave_room(&bench.house, None).await;
        assert!(kept.len() < 2_000, "the disk is never full");
    }
    println!("{} orders fitted, {} were refused", kept.len(), refused.len());
    assert_eq!((Refusal::NoRoom.status(), Refusal::NoRoom.code()), (507, "no_room"));
    assert_eq!(bench.available(&item).await, 5_000 - i64::try_from(kept.len()).unwrap(), "nothing half done");
    assert_eq!(bench.findings().await, Vec::<String>::new());

    for guest in refused {
        let order = bench.place(&guest, &item).await.unwrap();
        kept.push((guest, order));
    }
    for (guest, order) in &kept {
        let number = bench.order(*order).await.number;
        assert_eq!(bench.house.order(guest, &number).await.unwrap().status, Status::StockReserved);
    }

    // Deadlines that come while the disk is full are not lost either.
    bench.advance(Span::minutes(29)).await;
    bench.fire_timers().await;
    bench.advance(Span::minutes(2)).await;
    testing::leave_room(&bench.house, Some(0)).await;
    testing::step_timers(&bench.house).await;
    let ended = bench.available(&item).await + i64::try_from(kept.len()).unwrap() - 5_000;
    println!("{ended} holds ended while the disk was full");
    assert!(ended < 16, "a look is at sixteen, and not all of them fitted");
    testing::leave_room(&bench.house, None).await;
    for _ in 0..2 {
        bench.fire_timers().await;
        bench.advance(Span::seconds(11)).await;
    }
    for (_, order) in &kept {
        assert_eq!(bench.order(*order).await.status(), Status::Cancelled, "every hold ended");
    }
    assert_eq!(bench.available(&item).await, 5_000);
    assert_eq!(bench.findings().await, Vec::<String>::new());
}
