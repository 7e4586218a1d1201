//! Kills the server before and after the statements and calls of whole lives of orders, starts it again, lets every deadline
//! pass, and asks the oracle: nothing that was acknowledged is lost, nothing happened twice, the PSP's books are ours.
//!
//! `make test` takes a seeded sample that fits a time box; `FAULTS=all` takes every point (`make soak`).
//!
//!   FAULTS=all            every point instead of a sample
//!   FAULT_SECONDS=60      the sample's time box, for each database
//!   SEED=20261121         which sample
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::wildcard_enum_match_arm)]

#[path = "support/receiver.rs"]
mod receiver;

use receiver::Receiver;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Statements that run all the time, whatever is done: their first passings say as much as their thousandth.
const IDLE: &[&str] = &[
    "READER",
    "TOLD_AFTER",
    "ANY_DUE",
    "BEHIND",
    "BEHIND_PLACE",
    "QUEUE_FIGURES",
    "FORGET_OLD_ATTEMPTS",
    "FORGET_OLD_DELIVERIES",
    "DUE_WORK",
    "DUE_TIMERS",
    "LOG_AFTER",
    "LOG_END",
    "FILLABLE",
    "CLOCK",
    "BOOK_VERSIONS",
    "DEPTHS",
    "END_OLD_SESSIONS",
    "FORGET_ANSWERS",
];
/// Passings tried of an idle point, and of any other.
const IDLE_PASSINGS: u32 = 2;
const PASSINGS: u32 = 24;

/// A server that may die, its sandboxes that do not, and the folder both work in.
struct Place {
    folder: PathBuf,
    database: String,
    listen: String,
    url: String,
    providers: String,
    card: Value,
    server: Child,
    sandbox: Child,
    http: reqwest::Client,
    starts: u32,
    receiver: Receiver,
}

fn binary() -> Command {
    Command::new(env!("CARGO_BIN_EXE_jumun"))
}

/// The first line that begins so, from a child's output; the rest is read and dropped.
fn wait_for_line(child: &mut Child, begins: &str) -> Option<String> {
    let mut lines = BufReader::new(child.stdout.take()?).lines();
    let found = loop {
        match lines.next() {
            Some(Ok(line)) => match line.strip_prefix(begins) {
                Some(rest) => break Some(rest.trim().to_owned()),
                None => continue,
            },
            Some(Err(_)) | None => break None,
        }
    };
    std::thread::spawn(move || lines.for_each(drop));
    found
}

fn serve(folder: &Path, database: &str, listen: &str, providers: &str, fault: Option<&str>) -> Child {
    let mut command = binary();
    command.args(["serve", "--demo", "--listen", listen, "--database", database, "--providers", providers, "--data"]).arg(folder);
    command.env("JUMUN_LOG", "off").env("JUMUN_LEASE_SECONDS", "6").env_remove("JUMUN_FAULT").stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(fault) = fault {
        command.env("JUMUN_FAULT", fault);
    }
    command.spawn().unwrap()
}

impl Place {
    async fn open(template: &Template, nth: usize, fault: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("jumun-fault-{}-{nth}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let database = template.copy(&folder, nth).await;
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (listen, url) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
        let mut sandbox = binary()
            .args(["sandbox", "--listen", "127.0.0.1:0", "--callbacks", &url, "--clock", &format!("{url}/demo/clock"), "--data"])
            .arg(&folder)
            .arg("--file")
            .arg(folder.join("sandbox.db"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let providers = wait_for_line(&mut sandbox, "sandbox listening on ").unwrap();
        let server = serve(&folder, &database, &listen, &providers, Some(fault));
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(Duration::from_secs(130)).build().unwrap();
        let mut place =
            Self { folder, database, listen, url, providers, card: Value::Null, server, sandbox, http, starts: 1, receiver: Receiver::start().await };
        if wait_for_line(&mut place.server, "listening on ").is_none() {
            place.restart();
        }
        place.card = serde_json::from_str(&std::fs::read_to_string(place.folder.join("demo.json")).unwrap()).unwrap();
        place
    }

    /// Starts the server again, unharmed, when it is gone. True when it was.
    fn revive(&mut self) -> bool {
        let gone = self.server.try_wait().unwrap().is_some();
        if gone {
            self.restart();
        }
        gone
    }

    fn restart(&mut self) {
        let _ = self.server.wait();
        self.server = serve(&self.folder, &self.database, &self.listen, &self.providers, None);
        self.starts += 1;
        wait_for_line(&mut self.server, "listening on ").expect("an unharmed server starts");
    }

    /// One request, made again under the same key until somebody lives to answer it.
    async fn ask(&mut self, method: &str, url: &str, key: &str, idempotency: Option<&str>, body: Option<&Value>) -> (u16, Value) {
        for _ in 0..60 {
            let mut request = self.http.request(reqwest::Method::from_bytes(method.as_bytes()).unwrap(), url);
            if !key.is_empty() {
                request = request.bearer_auth(self.card["api_keys"][key].as_str().unwrap());
            }
            if let Some(idempotency) = idempotency {
                request = request.header("idempotency-key", idempotency);
            }
            if let Some(body) = body {
                request = request.json(body);
            }
            match request.send().await {
                Ok(response) => {
                    let status = response.status().as_u16();
                    assert!(status < 500 || status == 503, "{method} {url}: {status}");
                    if let Ok(text) = response.text().await {
                        return (status, serde_json::from_str(&text).unwrap_or_default());
                    }
                }
                Err(_) => {
                    self.revive();
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{method} {url}: nobody answers");
    }

    async fn api(&mut self, key: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}/api/v1{path}", self.url);
        // Each command is given once in a life, so its path is key enough.
        let idempotency = (method == "POST").then(|| path.to_owned());
        self.ask(method, &url, key, idempotency.as_deref(), body.as_ref()).await
    }

    /// Somebody outside who is told everything that happens at the store.
    async fn listen(&mut self) {
        let endpoint = json!({ "url": self.receiver.url });
        let (status, answer) = self.api("store", "POST", "/webhook-endpoints", Some(endpoint)).await;
        assert_eq!(status, 201, "{answer}");
    }

    /// Waits until every event of an order has been told.
    async fn heard(&mut self, number: &str, events: u64) {
        let began = Instant::now();
        loop {
            let bodies = self.receiver.received().into_iter().map(|message| message.body());
            let told: std::collections::BTreeSet<u64> =
                bodies.filter(|body| body["data"]["order"]["number"] == number).filter_map(|body| body["data"]["sequence"].as_u64()).collect();
            if (1..=events).all(|sequence| told.contains(&sequence)) {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{number}: of {events} events {told:?} were told");
            self.revive();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn order(&mut self, key: &str, number: &str) -> Value {
        let (status, order) = self.api(key, "GET", &format!("/orders/{number}"), None).await;
        assert_eq!(status, 200, "an acknowledged order is there: {order}");
        order
    }

    /// Places an order, with something in it that nobody has or without; the answer is the acknowledgement.
    async fn place(&mut self, short: bool) -> String {
        let mut lines = vec![json!({ "variant": "VAR-5001-BLK-M", "quantity": 2 })];
        if short {
            lines.push(json!({ "variant": "VAR-5015-STD", "quantity": 1 }));
        }
        let wish = json!({
            "external_id": "F-1", "customer": "CUST-001234", "lines": lines, "on_shortage": "ask",
            "ship_to": { "name": "홍길동", "phone": "010-1234-5678", "postcode": "06234", "address": "서울시 강남구 테헤란로 123" }
        });
        let (status, order) = self.api("channel", "POST", "/orders", Some(wish)).await;
        assert_eq!(status, 201, "{order}");
        order["number"].as_str().unwrap().to_owned()
    }

    /// Asks for payment, approves at the PSP, and waits until the order has heard of it.
    async fn pay(&mut self, number: &str) {
        let (status, asked) = self.api("channel", "POST", &format!("/orders/{number}/request-payment"), Some(json!({ "method": "card" }))).await;
        assert_eq!(status, 202, "{asked}");
        let (psp_order, amount) = (asked["order"]["attempt"]["psp_order"].clone(), asked["order"]["amounts"].clone());
        let amount = amount["goods"].as_i64().unwrap() + amount["shipping"].as_i64().unwrap();
        let url = format!("{}/psp/sandbox/approve", self.providers);
        let (status, said) = self.ask("POST", &url, "", None, Some(&json!({ "orderId": psp_order, "amount": amount, "method": "CARD" }))).await;
        assert_eq!(status, 200, "{said}");
        // The PSP tells us at once, unless we were dead; then the saga looks for itself after five minutes.
        self.until(number, &["Confirmed"]).await;
    }

    async fn command(&mut self, key: &str, number: &str, command: &str, body: Value) -> u16 {
        let (status, answer) = self.api(key, "POST", &format!("/orders/{number}/{command}"), Some(body)).await;
        assert!(status < 300 || status == 409, "{command}: {answer}");
        if status == 409 {
            println!("{command}: {answer}");
        }
        status
    }

    /// Moves the clock. Whether the server died before or after it moved cannot be told, so it may move twice: deadlines only
    /// ever come sooner by it.
    async fn advance(&mut self, span: &str) {
        for _ in 0..40 {
            let url = format!("{}/demo/clock", self.url);
            let (status, _) = self.ask("POST", &url, "", None, Some(&json!({ "advance": span }))).await;
            if status == 200 {
                return;
            }
        }
        panic!("{span}: the work that is due does not run dry");
    }

    async fn until(&mut self, number: &str, wanted: &[&str]) {
        let began = Instant::now();
        loop {
            let order = self.order("channel", number).await;
            let status = order["status"].as_str().unwrap();
            if wanted.contains(&status) {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{number} is {status}, not one of {wanted:?}: {order}");
            self.advance("PT5S").await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Every invariant, the PSP's books, and every log folded.
    fn judge(&mut self) -> Result<(), String> {
        for arguments in [vec!["verify", "--providers", &self.providers], vec!["rebuild"]] {
            let output = binary().args(&arguments).args(["--database", &self.database, "--data"]).arg(&self.folder).output().unwrap();
            if !output.status.success() {
                return Err(format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)));
            }
        }
        Ok(())
    }

    /// Ends the server as an operator would, so that it writes what it counted.
    fn end(&mut self) {
        let pid = self.server.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.server.wait();
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for child in [&mut self.server, &mut self.sandbox] {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Demo data, made once and copied for every run.
enum Template {
    Sqlite(PathBuf),
    Postgres { url: String, name: String },
}

impl Template {
    async fn make(url: Option<String>) -> Self {
        let folder = std::env::temp_dir().join(format!("jumun-fault-{}-template-{}", std::process::id(), url.is_some()));
        std::fs::create_dir_all(&folder).unwrap();
        let (template, database) = match url {
            None => {
                let database = format!("sqlite://{}", folder.join("jumun.db").display());
                (Self::Sqlite(folder.clone()), database)
            }
            Some(url) => {
                let name = format!("fault_{}", std::process::id());
                server::testing::create_postgres_database(&format!("{url}/postgres"), &name).await;
                let database = format!("{url}/{name}");
                (Self::Postgres { url, name }, database)
            }
        };
        let made = binary().args(["demo", "--database", &database, "--data"]).arg(&folder).stdout(Stdio::null()).status().unwrap();
        assert!(made.success(), "the demo's data could not be made");
        template
    }

    async fn copy(&self, folder: &Path, nth: usize) -> String {
        match self {
            Self::Sqlite(template) => {
                for entry in std::fs::read_dir(template).unwrap() {
                    let entry = entry.unwrap();
                    if entry.file_type().unwrap().is_file() {
                        std::fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
                    }
                }
                format!("sqlite://{}", folder.join("jumun.db").display())
            }
            Self::Postgres { url, name } => {
                let copy = format!("fault_{}_{nth}", std::process::id());
                server::testing::copy_postgres_database(&format!("{url}/postgres"), name, &copy).await;
                format!("{url}/{copy}")
            }
        }
    }
}

impl Drop for Template {
    fn drop(&mut self) {
        if let Self::Sqlite(folder) = self {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// The lives of orders that are killed at every step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Life {
    /// From the wish to 구매확정.
    Completed,
    /// Paid, then cancelled by the buyer, money back.
    Cancelled,
    /// Something is missing when it is placed; the buyer takes the rest, pays, and so on.
    Asked,
    /// One of two units is lost in the warehouse; the buyer takes the other, unless more are found first.
    Short,
    /// The seller takes it back from the warehouse.
    CalledBack,
}

impl Life {
    const ALL: &'static [Self] = &[Self::Completed, Self::Cancelled, Self::Asked, Self::Short, Self::CalledBack];

    async fn live(self, place: &mut Place) {
        place.listen().await;
        let number = place.place(self == Self::Asked).await;
        if self == Self::Asked {
            place.until(&number, &["PartiallyAvailable"]).await;
            // The hold lapses while the buyer thinks about it.
            place.advance("PT31M").await;
            let shortage = place.order("channel", &number).await["shortages"][0]["id"].clone();
            assert_eq!(place.command("channel", &number, "choose-shortage", json!({ "shortage": shortage, "answer": "take" })).await, 200);
            place.until(&number, &["StockReserved"]).await;
        }
        place.pay(&number).await;
        match self {
            Self::Completed | Self::Asked => {
                place.advance("PT31M").await;
                place.until(&number, &["Delivered"]).await;
                place.advance("P9D").await;
                place.until(&number, &["Completed"]).await;
            }
            Self::Cancelled => {
                let said = place.command("channel", &number, "cancel", json!({})).await;
                assert_eq!(said, 202);
                place.until(&number, &["Cancelled"]).await;
            }
            Self::Short => {
                let goods = place.order("store", &number).await["fulfilments"][0].clone();
                let lost = json!({ "fulfilment": goods["id"], "line": goods["lines"][0][0], "quantity": 1 });
                assert_eq!(place.command("store", &number, "report-stock-loss", lost).await, 200);
                let shortage = place.order("channel", &number).await["shortages"][0]["id"].clone();
                // Other units may have filled the gap before the buyer could answer.
                let said = place.command("channel", &number, "choose-shortage", json!({ "shortage": shortage, "answer": "take" })).await;
                assert!(said == 202 || said == 409, "{said}");
                place.advance("PT31M").await;
                place.until(&number, &["Delivered"]).await;
            }
            Self::CalledBack => {
                let fulfilment = place.order("store", &number).await["fulfilments"][0]["id"].clone();
                for command in ["start-preparing", "allocate", "release"] {
                    let said = place.command("store", &number, command, json!({ "fulfilment": fulfilment })).await;
                    assert!((200..300).contains(&said) || said == 409, "{command}: {said}");
                }
                let said = place.command("store", &number, "seller-cancel", json!({ "reason": "out_of_stock" })).await;
                // The warehouse may have been faster.
                assert!((200..300).contains(&said) || said == 409, "{said}");
                place.until(&number, &["Cancelled", "Delivered"]).await;
            }
        }
        // Everything that may still be due.
        for span in ["PT10M", "PT25H", "PT260H"] {
            place.advance(span).await;
        }
        let order = place.order("channel", &number).await;
        place.heard(&number, order["version"].as_u64().unwrap()).await;
        let won = |name: &str| order[name].as_i64().unwrap();
        let back: i64 = order["refunds"].as_array().unwrap().iter().map(|refund| refund["amount"].as_i64().unwrap()).sum();
        assert!(order["refunds"].as_array().unwrap().iter().all(|refund| refund["completed_at"].is_i64()), "{order}");
        match self {
            Self::Completed | Self::Asked => assert_eq!((order["status"].as_str(), back), (Some("Completed"), 0), "{order}"),
            Self::Cancelled => assert_eq!((order["status"].as_str(), back), (Some("Cancelled"), won("paid")), "{order}"),
            Self::Short => assert!(order["status"] == "Completed" && (back == 0 || back == 35_000), "{order}"),
            Self::CalledBack => {
                assert!(back == 0 && order["status"] == "Completed" || back == won("paid") && order["status"] == "Cancelled", "{order}")
            }
        }
    }
}

/// A run of a life that dies at a point.
async fn run(template: &Template, nth: usize, life: Life, fault: &str) -> (Place, Result<(), String>) {
    let mut place = Place::open(template, nth, fault).await;
    life.live(&mut place).await;
    let judged = place.judge();
    (place, judged)
}

/// A small generator: the same seed takes the same sample.
fn shuffle<T>(items: &mut [T], mut seed: u64) {
    for at in (1..items.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items.swap(at, (seed >> 33) as usize % (at + 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dying_anywhere_loses_nothing_and_does_nothing_twice() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let every = std::env::var("FAULTS").is_ok_and(|value| value == "all");
    let seconds: u64 = std::env::var("FAULT_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(60);
    let seed: u64 = std::env::var("SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_121);
    let mut databases = vec![("SQLite", Template::make(None).await)];
    if let Ok(url) = std::env::var("PG_URL") {
        databases.push(("PostgreSQL", Template::make(Some(url)).await));
    }
    for (name, template) in databases {
        let mut nth = 0;
        let mut points: Vec<(Life, String)> = Vec::new();
        for life in Life::ALL {
            let file = std::env::temp_dir().join(format!("jumun-fault-{}-count-{nth}", std::process::id()));
            let (mut place, judged) = run(&template, nth, *life, &format!("count:{}", file.display())).await;
            assert_eq!(judged, Ok(()), "{name}: {life:?} without a fault");
            place.end();
            nth += 1;
            let passed: BTreeMap<String, u32> = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
            let _ = std::fs::remove_file(file);
            for (point, times) in passed {
                let most = if IDLE.contains(&point.as_str()) { IDLE_PASSINGS } else { PASSINGS };
                points.extend((1..=times.min(most)).map(|nth| (*life, format!("{point}@{nth}"))));
            }
        }
        let all = points.len();
        shuffle(&mut points, seed);
        let (began, mut tried, mut deaths, mut broken) = (Instant::now(), 0, 0, Vec::new());
        for (life, fault) in points {
            if !every && began.elapsed() > Duration::from_secs(seconds) {
                break;
            }
            let (place, judged) = run(&template, nth, life, &fault).await;
            nth += 1;
            tried += 1;
            deaths += u32::from(place.starts > 1);
            if let Err(found) = judged {
                println!("✗ {name}: {life:?} at {fault}: {found}");
                broken.push((life, fault));
            } else if every {
                println!("{name}: {life:?} at {fault}: clean");
            }
        }
        println!(
            "── {name}: seed {seed}, {tried} of {all} points tried, {deaths} deaths, {} violations, {} s",
            broken.len(),
            began.elapsed().as_secs()
        );
        assert!(broken.is_empty(), "{name}: {broken:?}");
        assert!(deaths > 0, "{name}: nothing was killed");
    }
}
