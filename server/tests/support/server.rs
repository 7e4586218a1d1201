//! The real binary with its sandboxes, spoken to over HTTP.
#![allow(dead_code)]

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A running demo on one database.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) url: String,
    pub(crate) card: Value,
    pub(crate) database: String,
    folder: PathBuf,
    flags: &'static [&'static str],
    child: Child,
    http: reqwest::Client,
}

/// A demo on SQLite, and one on PostgreSQL where the test run started one.
pub(crate) async fn servers() -> Vec<Server> {
    servers_with(&[]).await
}

/// [`servers`] that are told something more.
pub(crate) async fn servers_with(flags: &'static [&'static str]) -> Vec<Server> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let nth = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("jumun-journey-{}-{nth}", std::process::id()));
    let sqlite = format!("sqlite://{}", folder.join("jumun.db").display());
    let mut servers = vec![Server::start("SQLite", sqlite, folder.clone(), flags)];
    if let Ok(url) = std::env::var("PG_URL") {
        let name = format!("journey_{}_{nth}", std::process::id());
        server::testing::create_postgres_database(&format!("{url}/postgres"), &name).await;
        servers.push(Server::start("PostgreSQL", format!("{url}/{name}"), folder.with_extension("pg"), flags));
    }
    servers
}

impl Server {
    fn start(name: &'static str, database: String, folder: PathBuf, flags: &'static [&'static str]) -> Self {
        let (child, url) = Self::serve(&database, &folder, flags);
        let card = serde_json::from_str(&std::fs::read_to_string(folder.join("demo.json")).unwrap()).unwrap();
        Self { name, url, card, database, folder, flags, child, http: reqwest::Client::new() }
    }

    /// Ends the process without a word.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it again on the same data, at another address.
    pub(crate) fn start_again(&mut self) {
        (self.child, self.url) = Self::serve(&self.database, &self.folder, self.flags);
        self.card = serde_json::from_str(&std::fs::read_to_string(self.folder.join("demo.json")).unwrap()).unwrap();
    }

    fn serve(database: &str, folder: &std::path::Path, flags: &[&str]) -> (Child, String) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_jumun"))
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--database", database, "--data"])
            .arg(folder)
            .args(flags)
            .env("JUMUN_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("the server ended before it was ready").unwrap();
            if let Some(url) = line.strip_prefix("listening on ") {
                break url.to_owned();
            }
        };
        std::thread::spawn(move || lines.for_each(drop));
        (child, url)
    }

    pub(crate) async fn post(&self, url: String, body: &Value) -> (u16, Value) {
        let response = self.http.post(url).json(body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    /// A business event, signed by one of the demo's sources.
    pub(crate) async fn event(&self, source: &str, body: &Value) -> (u16, Value) {
        let secret = self.card["webhook_secrets"][source].as_str().unwrap_or("whsec_AAAA").to_owned();
        self.signed(&secret, body).await
    }

    pub(crate) async fn signed(&self, secret: &str, body: &Value) -> (u16, Value) {
        let (id, at, text) = ("msg_1", (server::clock::real_time().0 / 1_000_000).to_string(), body.to_string());
        let key = BASE64_STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap();
        let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(format!("{id}.{at}.{text}"));
        let signature = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        let request = self.http.post(format!("{}/api/v1/events", self.url)).header("content-type", "application/json");
        let request = request.header("webhook-id", id).header("webhook-timestamp", at).header("webhook-signature", signature);
        let response = request.body(text).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    /// A call of the interface with one of the demo's keys.
    pub(crate) async fn call(&self, key: &str, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request =
            self.http.request(method, format!("{}/api/v1{path}", self.url)).bearer_auth(self.card["api_keys"][key].as_str().unwrap_or("none"));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }

    /// A call of the interface as it is: every header and the raw answer.
    pub(crate) async fn ask(&self, key: &str, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> reqwest::Response {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(key) = self.card["api_keys"][key].as_str() {
            request = request.bearer_auth(key);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        // A body over the limit is cut off while it is still being sent: then the answer may be missed.
        for _ in 0..4 {
            if let Ok(answer) = request.try_clone().unwrap().send().await {
                return answer;
            }
        }
        request.send().await.unwrap()
    }

    /// Somebody presses "approve" on the PSP's page.
    pub(crate) async fn approve_at_psp(&self, order_id: &str, amount: i64) {
        let url = format!("{}/psp/sandbox/approve", self.card["providers"].as_str().unwrap());
        let (status, answer) = self.post(url, &serde_json::json!({ "orderId": order_id, "amount": amount, "method": "CARD" })).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Moves the clock; answers once everything that became due is done.
    pub(crate) async fn advance(&self, span: &str) {
        let (status, answer) = self.post(format!("{}/demo/clock", self.url), &serde_json::json!({ "advance": span })).await;
        assert_eq!(status, 200, "{}: {answer}", self.name);
    }

    /// Somebody's session, by his e-mail address.
    pub(crate) async fn sign_in(&self, email: &str) -> Session<'_> {
        let form = format!("email={}&password={}", email.replace('@', "%40"), self.card["password"].as_str().unwrap());
        let mut session = Session { server: self, cookie: String::new() };
        let answer = session.ask("sign-in", form).await;
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        session.cookie = cookies.collect::<Vec<_>>().join("; ");
        session
    }

    /// What an order's outsiders cannot know.
    pub(crate) async fn inside(&self, number: &str) -> server::testing::Inside {
        server::testing::inside(&self.database, number).await
    }

    /// The e-mail address of somebody who works where PROD-5001 is sold.
    pub(crate) async fn staff_of_sample(&self) -> String {
        server::testing::staff_address(&self.database, "PROD-5001").await
    }

    /// The id of the key of the store that sells PROD-5001.
    pub(crate) async fn key_of_sample(&self) -> String {
        server::testing::key_of_sample(&self.database).await
    }

    /// Counts of everything that a command may add to or change.
    pub(crate) async fn fingerprint(&self) -> Vec<i64> {
        server::testing::fingerprint(&self.database).await
    }

    /// Runs another command of the binary on this server's data; answers whether all was well and what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> (bool, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_jumun"))
            .args(arguments)
            .args(["--database", &self.database, "--data"])
            .arg(&self.folder)
            .output()
            .unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
    }

    /// Every invariant, and the PSP's books against ours.
    pub(crate) fn assert_clean(&self) {
        let (fine, text) = self.run(&["verify", "--providers", self.card["providers"].as_str().unwrap()]);
        assert!(fine, "{}: {text}", self.name);
        let (fine, text) = self.run(&["rebuild"]);
        assert!(fine, "{}: {text}", self.name);
    }
}

/// A browser that is signed in, for what the interface does not offer.
pub(crate) struct Session<'a> {
    server: &'a Server,
    cookie: String,
}

impl Session<'_> {
    async fn ask(&self, function: &str, form: String) -> reqwest::Response {
        self.ask_with(function, form, &[]).await
    }

    async fn ask_with(&self, function: &str, form: String, headers: &[(&str, &str)]) -> reqwest::Response {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let request = http.post(format!("{}/api/{function}", self.server.url)).header("accept", "application/json").header("cookie", &self.cookie);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
    }

    /// Gives a server function a form under a key, as a page does that keeps what it sends. Answers the status and what was said.
    pub(crate) async fn send_once(&self, function: &str, form: String, key: &str) -> (u16, Value) {
        let answer = self.ask_with(function, form, &[("idempotency-key", key)]).await;
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Gives a server function a form.
    pub(crate) async fn send(&self, function: &str, form: String) -> reqwest::StatusCode {
        self.ask(function, form).await.status()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
