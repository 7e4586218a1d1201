//! A real server that may die, real sandboxes that do not, and the lives of orders between them, driven over HTTP.
#![allow(dead_code)]

use super::receiver::Receiver;
use jumun::{
    order::Check,
    time::{Span, Time},
};
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

/// A server that may die, its sandboxes that do not, and the folder both work in.
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    pub(crate) database: String,
    /// Where PostgreSQL is and what the database is called there.
    copy: Option<(String, String)>,
    listen: String,
    pub(crate) url: String,
    pub(crate) providers: String,
    pub(crate) card: Value,
    pub(crate) server: Child,
    sandbox: Child,
    pub(crate) http: reqwest::Client,
    /// Whether the server that was armed last has died.
    pub(crate) died: bool,
    /// Whether providers misbehave until the end is let come.
    pub(crate) misbehaving: bool,
    /// Orders placed here.
    orders: u32,
    pub(crate) receiver: Receiver,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

pub(crate) fn binary() -> Command {
    Command::new(std::env::var("JUMUN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_jumun").into()))
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

impl Place {
    /// A copy of the demo's data with its own sandboxes; the server dies at `fault`, if there is one.
    pub(crate) async fn open(template: &Template, fault: Option<&str>) -> Self {
        let nth = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("jumun-fault-{}-{nth}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let (database, copy) = template.copy(&folder, nth).await;
        // Below the ports that outgoing connections take: a server that died has to get its own again.
        let mut ports = (0..20_000u32).map(|at| 10_000 + (std::process::id() * 41 + nth + at * 131) % 20_000);
        let port = ports.find(|port| std::net::TcpListener::bind(format!("127.0.0.1:{port}")).is_ok()).unwrap();
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
        let server = serve(&folder, &database, &listen, &providers, fault);
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(Duration::from_secs(130)).build().unwrap();
        let receiver = Receiver::start().await;
        let mut place = Self {
            folder,
            database,
            copy,
            listen,
            url,
            providers,
            card: Value::Null,
            server,
            sandbox,
            http,
            died: false,
            misbehaving: false,
            orders: 0,
            receiver,
        };
        if wait_for_line(&mut place.server, "listening on ").is_none() {
            place.restart();
        }
        place.card = serde_json::from_str(&std::fs::read_to_string(place.folder.join("demo.json")).unwrap()).unwrap();
        place
    }

    /// Kills the server and starts one that dies at `fault`.
    pub(crate) fn arm(&mut self, fault: &str) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        self.died = false;
        self.server = serve(&self.folder, &self.database, &self.listen, &self.providers, Some(fault));
        if wait_for_line(&mut self.server, "listening on ").is_none() {
            self.restart();
        }
    }

    /// Starts the server again, unharmed, when it is gone.
    pub(crate) fn revive(&mut self) {
        if self.server.try_wait().unwrap().is_some() {
            self.restart();
        }
    }

    fn restart(&mut self) {
        let _ = self.server.wait();
        self.server = serve(&self.folder, &self.database, &self.listen, &self.providers, None);
        self.died = true;
        wait_for_line(&mut self.server, "listening on ").expect("an unharmed server starts");
    }

    /// One request, made again under the same key until somebody lives to answer it.
    pub(crate) async fn ask(&mut self, method: &str, url: &str, key: &str, idempotency: Option<&str>, body: Option<&Value>) -> (u16, Value) {
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
                Err(_) => self.revive(),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{method} {url}: nobody answers");
    }

    pub(crate) async fn api(&mut self, key: &str, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}/api/v1{path}", self.url);
        // Each command is given once to an order, so its path and how many orders there are is key enough.
        let idempotency = (method == "POST").then(|| format!("{}{path}", self.orders));
        self.ask(method, &url, key, idempotency.as_deref(), body.as_ref()).await
    }

    /// Tells the sandboxes something of their own.
    pub(crate) async fn sandbox(&mut self, method: &str, path: &str, body: Value) -> Value {
        let url = format!("{}{path}", self.providers);
        let (status, said) = self.ask(method, &url, "", None, Some(&body)).await;
        assert_eq!(status, 200, "{path}: {said}");
        said
    }

    /// The faults that are still to come.
    pub(crate) async fn faults(&mut self) -> Value {
        let url = format!("{}/faults", self.providers);
        self.ask("GET", &url, "", None, None).await.1
    }

    /// Switches a fault of a provider on.
    pub(crate) async fn fault(&mut self, fault: &Value) {
        self.sandbox("PUT", "/faults", fault.clone()).await;
    }

    /// Takes every fault of the providers back.
    pub(crate) async fn mend(&mut self) {
        self.sandbox("DELETE", "/faults", Value::Null).await;
    }

    /// Somebody outside is told everything that happens at the store from now on; the endpoint's address.
    pub(crate) async fn listen(&mut self) -> String {
        let endpoint = json!({ "url": self.receiver.url });
        let (status, answer) = self.api("store", "POST", "/webhook-endpoints", Some(endpoint)).await;
        assert_eq!(status, 201, "{answer}");
        format!("/webhook-endpoints/{}", answer["endpoint"]["id"].as_str().unwrap_or_else(|| answer["id"].as_str().unwrap()))
    }

    /// Waits until every event of an order has been told.
    pub(crate) async fn heard(&mut self, number: &str, events: u64) {
        let began = Instant::now();
        loop {
            let bodies = self.receiver.received().into_iter().map(|message| message.body());
            let told: BTreeSet<u64> =
                bodies.filter(|body| body["data"]["order"]["number"] == number).filter_map(|body| body["data"]["sequence"].as_u64()).collect();
            if (1..=events).all(|sequence| told.contains(&sequence)) {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{number}: of {events} events {told:?} were told");
            self.revive();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn order(&mut self, key: &str, number: &str) -> Value {
        let (status, order) = self.api(key, "GET", &format!("/orders/{number}"), None).await;
        assert_eq!(status, 200, "an acknowledged order is there: {order}");
        order
    }

    /// Places an order, with something in it that nobody has or without; the answer is the acknowledgement.
    pub(crate) async fn place(&mut self, short: bool) -> String {
        let mut lines = vec![json!({ "variant": "VAR-5001-BLK-M", "quantity": 2 })];
        if short {
            lines.push(json!({ "variant": "VAR-5015-STD", "quantity": 1 }));
        }
        self.place_lines(Some("CUST-001234"), lines).await
    }

    async fn place_lines(&mut self, customer: Option<&str>, lines: Vec<Value>) -> String {
        self.orders += 1;
        let wish = json!({
            "external_id": format!("F-{}", self.orders), "customer": customer, "lines": lines, "on_shortage": "ask",
            "ship_to": { "name": "홍길동", "phone": "010-1234-5678", "postcode": "06234", "address": "서울시 강남구 테헤란로 123" }
        });
        let (status, order) = self.api("channel", "POST", "/orders", Some(wish)).await;
        assert_eq!(status, 201, "{order}");
        order["number"].as_str().unwrap().to_owned()
    }

    /// Asks for payment and approves at the PSP, which tells us at once, unless we are dead: then the saga looks for itself after
    /// five minutes.
    pub(crate) async fn approve(&mut self, number: &str, method: &str) -> Value {
        let (status, asked) = self.api("channel", "POST", &format!("/orders/{number}/request-payment"), Some(json!({ "method": method }))).await;
        assert_eq!(status, 202, "{asked}");
        let attempt = &asked["order"]["attempt"];
        let (psp_order, amount) = (attempt["psp_order"].clone(), attempt["amount"].clone());
        self.sandbox("POST", "/psp/sandbox/approve", json!({ "orderId": psp_order, "amount": amount, "method": method.to_uppercase() })).await
    }

    /// [`Self::approve`], and waits until the order has heard of it.
    pub(crate) async fn pay(&mut self, number: &str) {
        self.approve(number, "card").await;
        self.until(number, &["Confirmed"]).await;
    }

    pub(crate) async fn command(&mut self, key: &str, number: &str, command: &str, body: Value) -> u16 {
        let (status, answer) = self.api(key, "POST", &format!("/orders/{number}/{command}"), Some(body)).await;
        assert!(status < 300 || status == 409, "{command}: {answer}");
        status
    }

    /// Signs somebody in; the session's cookie.
    pub(crate) async fn sign_in(&mut self, email: &str) -> String {
        let password = self.card["password"].as_str().unwrap().to_owned();
        let form = encoded(&[("email", email), ("password", &password)]);
        for _ in 0..60 {
            let request = self.http.post(format!("{}/api/sign-in", self.url)).header("content-type", "application/x-www-form-urlencoded");
            if let Ok(answer) = request.header("accept", "application/json").body(form.clone()).send().await
                && let Some(cookie) = answer.headers().get("set-cookie")
            {
                return cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
            }
            self.revive();
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{email}: nobody lets anybody in");
    }

    /// Sends a form of somebody who is signed in, again until somebody lives to answer it. What was done before the answer was lost
    /// is refused the second time.
    async fn form(&mut self, cookie: &str, name: &str, fields: &[(&str, &str)]) {
        for _ in 0..60 {
            let request = self.http.post(format!("{}/api/{name}", self.url)).header("cookie", cookie).header("accept", "application/json");
            match request.header("content-type", "application/x-www-form-urlencoded").body(encoded(fields)).send().await {
                Ok(response) => {
                    let status = response.status().as_u16();
                    assert!(status < 300 || status == 409 || status == 503, "{name}: {status} {}", response.text().await.unwrap_or_default());
                    if status != 503 {
                        return;
                    }
                }
                Err(_) => self.revive(),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{name}: nobody answers");
    }

    /// Moves the clock. Whether the server died before or after it moved cannot be told, so it may move twice: deadlines only
    /// ever come sooner by it.
    pub(crate) async fn advance(&mut self, span: &str) {
        for _ in 0..40 {
            let url = format!("{}/demo/clock", self.url);
            let (status, _) = self.ask("POST", &url, "", None, Some(&json!({ "advance": span }))).await;
            if status == 200 {
                return;
            }
        }
        panic!("{span}: the work that is due does not run dry");
    }

    pub(crate) async fn until(&mut self, number: &str, wanted: &[&str]) {
        let began = Instant::now();
        loop {
            let order = self.order("channel", number).await;
            let status = order["status"].as_str().unwrap();
            if wanted.contains(&status) {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(45), "{number} is {status}, not one of {wanted:?}: {order}");
            self.advance("PT5S").await;
            // A key may ask twenty times a second.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Lets everything that may still be due happen.
    pub(crate) async fn drain(&mut self) {
        if self.misbehaving {
            self.mend().await;
        }
        for span in ["PT10M", "PT25H", "PT260H"] {
            self.advance(span).await;
        }
    }

    /// Every invariant, the PSP's books, and every log folded: what is broken.
    pub(crate) async fn judge(&self) -> Vec<String> {
        server::testing::judge(&self.database, &self.providers).await
    }

    /// Ends the server as an operator would; whether it said that all was well.
    pub(crate) fn end(&mut self) -> bool {
        let pid = self.server.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        self.server.wait().is_ok_and(|status| status.success())
    }

    fn stop(&mut self) {
        for child in [&mut self.server, &mut self.sandbox] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Leaves nothing behind. A place that is dropped otherwise leaves its database on PostgreSQL to whoever looks into a failure.
    pub(crate) async fn close(mut self) {
        self.stop();
        if let Some((url, name)) = &self.copy {
            server::testing::drop_postgres_database(url, name).await;
        }
    }
}

/// Fields as a form sends them.
fn encoded(fields: &[(&str, &str)]) -> String {
    let part = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
    };
    fields.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect::<Vec<_>>().join("&")
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

impl Drop for Place {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Demo data, made once and copied for every place.
pub(crate) enum Template {
    Sqlite(PathBuf),
    Postgres { url: String, name: String },
}

impl Template {
    /// One for SQLite, and one for PostgreSQL where the test run started it.
    pub(crate) async fn each() -> Vec<(&'static str, Self)> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let chosen = std::env::var("DATABASES").unwrap_or_else(|_| "sqlite postgres".into());
        let mut templates = Vec::new();
        if chosen.contains("sqlite") {
            templates.push(("SQLite", Self::make(None).await));
        }
        if let Some(url) = std::env::var("PG_URL").ok().filter(|_| chosen.contains("postgres")) {
            templates.push(("PostgreSQL", Self::make(Some(url)).await));
        }
        templates
    }

    async fn make(url: Option<String>) -> Self {
        let nth = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("jumun-fault-{}-template-{nth}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (template, database) = match url {
            None => {
                let database = format!("sqlite://{}", folder.join("jumun.db").display());
                (Self::Sqlite(folder.clone()), database)
            }
            Some(url) => {
                let name = format!("fault_{}_{nth}", std::process::id());
                server::testing::create_postgres_database(&format!("{url}/postgres"), &name).await;
                let database = format!("{url}/{name}");
                (Self::Postgres { url, name }, database)
            }
        };
        let made = binary().args(["demo", "--database", &database, "--data"]).arg(&folder).stdout(Stdio::null()).status().unwrap();
        assert!(made.success(), "the demo's data could not be made");
        template
    }

    async fn copy(&self, folder: &Path, nth: u32) -> (String, Option<(String, String)>) {
        match self {
            Self::Sqlite(template) => {
                for entry in std::fs::read_dir(template).unwrap() {
                    let entry = entry.unwrap();
                    if entry.file_type().unwrap().is_file() {
                        std::fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
                    }
                }
                (format!("sqlite://{}", folder.join("jumun.db").display()), None)
            }
            Self::Postgres { url, name } => {
                let (postgres, copy) = (format!("{url}/postgres"), format!("{name}_{nth}"));
                server::testing::copy_postgres_database(&postgres, name, &copy).await;
                (format!("{url}/{copy}"), Some((postgres, copy)))
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
pub(crate) enum Life {
    /// Only what most lives begin with: placed and paid.
    Paid,
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
    /// An account waits for the buyer's money, and he cancels.
    Voided,
    /// Nobody is at home; the carrier comes again on the day that the buyer names.
    Redelivered,
    /// From the wish to 구매확정, and somebody outside hears of every event.
    Told,
    /// What was sold is bought of a partner, counted in and sent on, to 구매확정.
    Bought,
    /// An installer takes the goods along and puts them up, to 구매확정.
    PutUp,
    /// Delivered, sent back by the buyer, fetched, looked at, paid back.
    SentBack,
    /// Delivered, exchanged for the same again, which comes by an order of its own, to 구매확정 of both.
    Exchanged,
}

impl Life {
    pub(crate) const ALL: &'static [Self] = &[
        Self::Paid,
        Self::Completed,
        Self::Cancelled,
        Self::Asked,
        Self::Short,
        Self::CalledBack,
        Self::Voided,
        Self::Redelivered,
        Self::Told,
        Self::Bought,
        Self::PutUp,
        Self::SentBack,
        Self::Exchanged,
    ];

    /// The life that it begins like: what lies there is tried there.
    pub(crate) fn begins_like(self) -> Option<Self> {
        match self {
            Self::Completed | Self::Cancelled | Self::Short | Self::CalledBack | Self::Redelivered | Self::Bought | Self::PutUp => Some(Self::Paid),
            Self::Told | Self::SentBack | Self::Exchanged => Some(Self::Completed),
            Self::Paid | Self::Asked | Self::Voided => None,
        }
    }

    pub(crate) async fn live(self, place: &mut Place) {
        let endpoint = if self == Self::Told { Some(place.listen().await) } else { None };
        let number = match self {
            // A guest: what a member buys for so much would raise his tier, and with it every price after it.
            Self::PutUp => place.place_lines(None, vec![json!({ "variant": "VAR-1001-WHT", "quantity": 1, "installation": true })]).await,
            Self::Paid
            | Self::Completed
            | Self::Cancelled
            | Self::Asked
            | Self::Short
            | Self::CalledBack
            | Self::Voided
            | Self::Redelivered
            | Self::Told
            | Self::SentBack
            | Self::Exchanged
            | Self::Bought => place.place(self == Self::Asked).await,
        };
        if self == Self::Asked {
            place.until(&number, &["PartiallyAvailable"]).await;
            // The hold lapses while the buyer thinks about it.
            place.advance("PT31M").await;
            let shortage = place.order("channel", &number).await["shortages"][0]["id"].clone();
            assert_eq!(place.command("channel", &number, "choose-shortage", json!({ "shortage": shortage, "answer": "take" })).await, 200);
            place.until(&number, &["StockReserved"]).await;
        }
        if self == Self::Voided {
            place.approve(&number, "virtual_account").await;
            while place.order("channel", &number).await["attempt"]["state"] != "WaitingDeposit" {
                place.advance("PT5S").await;
            }
        } else {
            place.pay(&number).await;
        }
        match self {
            Self::Paid => {}
            Self::Voided => {
                assert_eq!(place.command("channel", &number, "cancel", json!({})).await, 202);
                // Tried again and again before the account's day is over.
                for _ in 0..6 {
                    place.advance("PT10S").await;
                }
            }
            Self::Redelivered => place.miss(&number).await,
            Self::Completed | Self::Asked | Self::Told => {
                place.advance("PT31M").await;
                place.until(&number, &["Delivered"]).await;
                place.advance("P9D").await;
                place.until(&number, &["Completed"]).await;
            }
            Self::SentBack => {
                place.advance("PT31M").await;
                place.until(&number, &["Delivered"]).await;
                place.send_back(&number).await;
                place.until(&number, &["Refunded"]).await;
            }
            Self::Exchanged => {
                place.advance("PT31M").await;
                place.until(&number, &["Delivered"]).await;
                place.exchange(&number).await;
                place.advance("P9D").await;
                place.until(&number, &["Completed"]).await;
            }
            Self::Bought => {
                place.buy_of_partner(&number).await;
                place.until(&number, &["Delivered"]).await;
                place.advance("P9D").await;
                place.until(&number, &["Completed"]).await;
            }
            Self::PutUp => {
                place.put_up(&number).await;
                place.until(&number, &["Installed"]).await;
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
                place.release(&number).await;
                let said = place.command("store", &number, "seller-cancel", json!({ "reason": "out_of_stock" })).await;
                // The warehouse may have been faster.
                assert!((200..300).contains(&said) || said == 409, "{said}");
                place.until(&number, &["Cancelled", "Delivered"]).await;
            }
        }
        place.drain().await;
        let order = place.order("channel", &number).await;
        if let Some(endpoint) = endpoint {
            place.heard(&number, order["version"].as_u64().unwrap()).await;
            let (status, answer) = place.api("store", "DELETE", &endpoint, None).await;
            assert!(status < 300 || status == 404, "{answer}");
        }
        let won = |name: &str| order[name].as_i64().unwrap();
        let back: i64 = order["refunds"].as_array().unwrap().iter().map(|refund| refund["amount"].as_i64().unwrap()).sum();
        assert!(order["refunds"].as_array().unwrap().iter().all(|refund| refund["completed_at"].is_i64()), "{order}");
        match self {
            Self::Paid | Self::Completed | Self::Asked | Self::Redelivered | Self::Told | Self::Bought | Self::PutUp | Self::Exchanged => {
                assert_eq!((order["status"].as_str(), back), (Some("Completed"), 0), "{order}")
            }
            Self::Cancelled => assert_eq!((order["status"].as_str(), back), (Some("Cancelled"), won("paid")), "{order}"),
            Self::SentBack => assert_eq!((order["status"].as_str(), back), (Some("Refunded"), won("paid")), "{order}"),
            Self::Voided => assert_eq!((order["status"].as_str(), won("paid")), (Some("Cancelled"), 0), "{order}"),
            Self::Short => assert!(order["status"] == "Completed" && (back == 0 || back == 35_000), "{order}"),
            Self::CalledBack => {
                assert!(back == 0 && order["status"] == "Completed" || back == won("paid") && order["status"] == "Cancelled", "{order}")
            }
        }
    }
}

impl Place {
    /// The buyer sends everything back, the carrier fetches it, the retailer looks at it.
    async fn send_back(&mut self, number: &str) {
        let goods = self.order("channel", number).await["fulfilments"][0].clone();
        let units = json!([{ "line": goods["lines"][0][0], "quantity": goods["lines"][0][1] }]);
        self.command("channel", number, "request-return", json!({ "fulfilment": goods["id"], "units": units, "reason": "defect" })).await;
        let claim = self.order("store", number).await["claims"][0]["id"].clone();
        self.command("store", number, "approve-return", json!({ "claim": claim })).await;
        // The carrier is asked on the day.
        self.advance("P1D").await;
        while self.order("store", number).await["claims"][0]["state"] != "Collected" {
            self.advance("PT10S").await;
        }
        self.command("store", number, "inspect-return", json!({ "claim": claim, "restock": true })).await;
    }

    /// The buyer would like the same again; it comes, and the carrier fetches the first.
    async fn exchange(&mut self, number: &str) {
        let seen = self.order("channel", number).await;
        let goods = seen["fulfilments"][0].clone();
        let units = json!([{ "line": goods["lines"][0][0], "quantity": goods["lines"][0][1] }]);
        let variant = seen["lines"][0]["variant"].clone();
        let wish = json!({ "fulfilment": goods["id"], "units": units, "reason": "defect", "variant": variant });
        self.command("channel", number, "request-exchange", wish).await;
        let claim = self.order("store", number).await["claims"][0]["id"].clone();
        self.command("store", number, "approve-exchange", json!({ "claim": claim, "way": "swap", "variant": variant })).await;
        let brought = self.order("store", number).await["claims"][0]["exchange"]["replacement"].clone();
        let brought = brought.as_str().unwrap().to_owned();
        let goods = self.order("store", &brought).await["fulfilments"][0]["id"].clone();
        self.command("store", &brought, "allocate", json!({ "fulfilment": goods })).await;
        self.command("store", &brought, "release", json!({ "fulfilment": goods })).await;
        // The carrier is asked for the first on the day.
        self.advance("P1D").await;
        while self.order("store", number).await["claims"][0]["state"] != "Collected" {
            self.advance("PT10S").await;
        }
        self.command("store", number, "inspect-return", json!({ "claim": claim, "restock": true })).await;
        while self.order("store", &brought).await["status"] != "Delivered" {
            self.advance("PT10S").await;
        }
    }

    /// The retailer buys what he sold of a wholesaler, counts it in and sends it on.
    async fn buy_of_partner(&mut self, number: &str) {
        let goods = self.order("store", number).await["fulfilments"][0].clone();
        self.command("store", number, "start-preparing", json!({ "fulfilment": goods["id"] })).await;
        let wish = json!({ "fulfilment": goods["id"], "line": goods["lines"][0][0], "quantity": 2, "variant": "VAR-8206-STD" });
        self.command("store", number, "buy-from-partner", wish).await;
        let bought = self.order("store", number).await["fulfilments"][0]["sources"][0]["bought"]["number"].clone();
        let purchase = bought.as_str().unwrap();
        self.command("wholesaler", purchase, "accept-order", json!({})).await;
        self.advance("PT31M").await;
        while self.order("wholesaler", purchase).await["status"] != "Delivered" {
            self.advance("PT10S").await;
        }
        self.command("store", purchase, "confirm-purchase", json!({})).await;
        self.command("store", number, "release", json!({ "fulfilment": goods["id"] })).await;
    }

    /// The retailer gives the job to an installer, who comes the next day.
    async fn put_up(&mut self, number: &str) {
        let goods = self.order("store", number).await["fulfilments"][0]["id"].clone();
        self.command("store", number, "start-preparing", json!({ "fulfilment": goods })).await;
        self.command("store", number, "allocate", json!({ "fulfilment": goods })).await;
        let cookie = self.sign_in("installer-seoul@jumun.example").await;
        let order = self.order("store", number).await;
        let rows = order["installers"][0][1].as_array().into_iter().flatten();
        let who = rows.into_iter().find(|row| row["name"] == "차강민").map_or(Value::Null, |row| row["installer"].clone());
        self.command("store", number, "assign-installer", json!({ "fulfilment": goods, "installer": who })).await;
        let tree = self.order("store", number).await["tree"].clone();
        let job = tree.as_array().unwrap().iter().find(|node| node["kind"] == "Installation").unwrap()["number"].as_str().unwrap().to_owned();
        let job = self.order("store", &job).await["id"].as_str().unwrap().to_owned();
        self.form(&cookie, "order-command", &[("order", &job), ("command", "accept-installation")]).await;
        let url = format!("{}/demo/clock", self.url);
        let (_, clock) = self.ask("GET", &url, "", None, None).await;
        let tomorrow = (Time(clock["now"].as_i64().unwrap()) + Span::days(1)).kst_date().to_string();
        self.form(&cookie, "schedule-visit", &[("order", &job), ("on", &tomorrow), ("half", "morning")]).await;
        self.command("store", number, "release", json!({ "fulfilment": goods })).await;
        self.advance("PT24H").await;
        for command in ["depart", "report-delivered"] {
            self.form(&cookie, "order-command", &[("order", &job), ("command", command)]).await;
        }
        let checks: Vec<String> = Check::ALL.iter().map(|check| format!("checked[{}]", check.slug())).collect();
        let mut done = vec![("order", job.as_str()), ("serials[0]", number), ("signed_by", "홍길동")];
        done.extend(checks.iter().map(|check| (check.as_str(), "1")));
        self.form(&cookie, "complete-installation", &done).await;
    }

    /// The carrier finds nobody, and the buyer asks him to come tomorrow.
    async fn miss(&mut self, number: &str) {
        // A minute between two tries leaves the buyer time to ask.
        let pace = json!({ "inTransitAfterMs": 5_000, "outForDeliveryAfterMs": 10_000, "deliveredAfterMs": 70_000 });
        self.sandbox("PUT", "/carrier/sandbox/pace", pace).await;
        self.release(number).await;
        self.until(number, &["Shipped", "InTransit", "OutForDelivery"]).await;
        let goods = self.order("channel", number).await["fulfilments"][0].clone();
        self.sandbox("POST", "/carrier/sandbox/script", json!({ "trackingNo": goods["tracking"], "outcome": "absent" })).await;
        self.advance("PT60S").await;
        // The clock may have moved twice: then the carrier has come again by himself.
        self.until(number, &["DeliveryFailed", "Delivered"]).await;
        let url = format!("{}/demo/clock", self.url);
        let (_, clock) = self.ask("GET", &url, "", None, None).await;
        let tomorrow = (Time(clock["now"].as_i64().unwrap()) + Span::days(1)).kst_date();
        self.command("channel", number, "redeliver", json!({ "fulfilment": goods["id"], "on": tomorrow })).await;
        self.advance("PT48H").await;
        self.until(number, &["Delivered"]).await;
    }

    /// The desk sends the goods off at once.
    pub(crate) async fn release(&mut self, number: &str) {
        let fulfilment = self.order("store", number).await["fulfilments"][0]["id"].clone();
        for command in ["start-preparing", "allocate", "release"] {
            let said = self.command("store", number, command, json!({ "fulfilment": fulfilment })).await;
            assert!((200..300).contains(&said) || said == 409, "{command}: {said}");
        }
    }
}
