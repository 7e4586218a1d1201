//! Thousands of requests that nobody with good intentions sends: to every server function, page and call of the interface, by
//! people of every kind. Nothing may break on our side: no answer of 500 or above, no panic, and the books stay whole.
//!
//!   SEED=20261121 REQUESTS=5000    ten thousand in `make soak`
#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "support/server.rs"]
mod server;

use serde_json::{Value, json};
use server::Server;
use std::collections::BTreeMap;

/// A small generator: the same seed sends the same requests.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }
    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.roll(items.len())]
    }
}

/// Text that has broken other shops.
fn nasty(dice: &mut Dice, ids: &[String]) -> String {
    const TEXTS: &[&str] = &[
        "",
        " ",
        "0",
        "-1",
        "1",
        "99",
        "1e9",
        "1.5",
        "9223372036854775808",
        "-9223372036854775808",
        "１２",
        "NaN",
        "null",
        "true",
        "[]",
        "{}",
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "' OR 1=1 --",
        "\"; DROP TABLE orders; --",
        "%00",
        "\u{0}",
        "\u{202e}gnp",
        "ㅎ",
        "\u{1100}\u{1161}",
        "../../../../etc/passwd",
        "..%2f..%2f",
        "\r\nSet-Cookie: a=b",
        "ORD-20261121-AAAAAAAA",
        "CUST-001234",
        "PROD-5001",
        "VAR-5001-BLK-M",
        "06234",
        "99999",
        "010-1234-5678",
        "hong@jumun.example",
        "2026-02-30",
        "P9999999D",
        "=1+1",
        "@SUM(A1)",
        "🧊🧊🧊",
        "card",
        "cancel",
        "wait",
        "take",
        "orders",
        "ours",
        "000",
    ];
    match dice.roll(12) {
        0 => "가".repeat(10_000),
        1 => "x".repeat(300),
        2..=4 => dice.pick(ids).clone(),
        _ => (*dice.pick(TEXTS)).to_owned(),
    }
}

fn nasty_json(dice: &mut Dice, ids: &[String], depth: u32) -> Value {
    match dice.roll(if depth == 0 { 5 } else { 8 }) {
        0 => Value::Null,
        1 => json!(dice.roll(2) == 0),
        2 => json!(i64::MIN + dice.roll(1_000) as i64),
        3 => json!(dice.roll(200) as f64 / 3.0),
        4 => json!(nasty(dice, ids)),
        5 => Value::Array((0..dice.roll(40)).map(|_| nasty_json(dice, ids, depth - 1)).collect()),
        _ => Value::Object((0..dice.roll(6)).map(|_| ((*dice.pick(FIELDS)).to_owned(), nasty_json(dice, ids, depth - 1))).collect()),
    }
}

/// Names that our own requests carry.
const FIELDS: &[&str] = &[
    "order",
    "number",
    "command",
    "fulfilment",
    "line",
    "quantity",
    "units[line-1]",
    "units",
    "shortage",
    "answer",
    "reason",
    "restock",
    "variant",
    "seller",
    "cart_version",
    "seen_goods",
    "name",
    "phone",
    "postcode",
    "address",
    "request",
    "agree",
    "keep_address",
    "on_shortage",
    "method",
    "email",
    "password",
    "next",
    "locale",
    "replaces",
    "contact",
    "warehouse",
    "delta",
    "board",
    "q",
    "cursor",
    "state",
    "saga",
    "alert",
    "note",
    "resolved",
    "id",
    "query[q]",
    "query[page]",
    "query[sort]",
    "query[category]",
    "query[in_stock]",
    "external_id",
    "customer",
    "lines",
    "ship_to",
    "goods",
    "event_type",
    "data",
    "timestamp",
    "items",
    "as_of",
    "limit",
    "status",
    "from",
    "to",
    "vocabulary",
    "at",
    "url",
    "events",
    "description",
    "enabled",
    "endpoint",
    "delivery",
    "since",
    "event",
    "scopes[orders:read]",
    "queue",
    "letter",
];

/// How forms with files say that they are some; only the last does it right.
const FORMS: &[&str] =
    &["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"", "multipart/form-data; boundary=b"];

/// A form whose file begins as a picture, or as anything.
fn nasty_form(dice: &mut Dice, ids: &[String]) -> Vec<u8> {
    const BEGINNINGS: &[&[u8]] =
        &[b"", b"\xff\xd8\xff\xe0\0\x10JFIF\0", b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\xff\xff\xff\xff", b"RIFF\xff\xff\xff\xffWEBPVP8L", b"GIF89a"];
    let name = *dice.pick(&["picture", "picture", "file", ""]);
    let head = format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{}\"\r\n\r\n", nasty(dice, ids));
    let mut body = [head.as_bytes(), dice.pick(BEGINNINGS), nasty(dice, ids).as_bytes(), b"\r\n--b--\r\n"].concat();
    if dice.roll(4) == 0 {
        body.truncate(dice.roll(body.len()));
    }
    body
}

fn encoded(fields: &[(String, String)]) -> String {
    let part = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~[]".contains(&byte);
        text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
    };
    fields.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect::<Vec<_>>().join("&")
}

/// Session cookies of people of every role, and of nobody.
async fn cookies(server: &Server, http: &reqwest::Client) -> Vec<String> {
    let mut cookies = vec![String::new()];
    let mut roles: Vec<String> = Vec::new();
    for account in server.card["accounts"].as_array().unwrap() {
        let role = account["role"].as_str().unwrap().to_owned();
        if roles.contains(&role) {
            continue;
        }
        roles.push(role);
        let form = [("email", &account["email"]), ("password", &server.card["password"])]
            .map(|(name, value)| (name.to_owned(), value.as_str().unwrap().to_owned()));
        let request = http.post(format!("{}/api/sign-in", server.url)).header("accept", "application/json");
        let answer = request.header("content-type", "application/x-www-form-urlencoded").body(encoded(&form)).send().await.unwrap();
        let cookie = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        cookies.push(cookie.collect::<Vec<_>>().join("; "));
    }
    cookies
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_anybody_sends_breaks_us() {
    let number = |name: &str, or: usize| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(or);
    let (seed, requests) = (number("SEED", 20_261_121), number("REQUESTS", 5_000));
    let functions: Vec<(String, String)> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| (path.to_owned(), method.to_string())).collect();
    let pages: Vec<String> = leptos_axum::generate_route_list(app::routes::App).iter().map(|route| route.path().to_owned()).collect();
    const CALLS: &[(&str, &str)] = &[
        ("DELETE", "/api/v1/{x}"),
        ("POST", "/webhooks/psp"),
        ("POST", "/webhooks/wms"),
        ("POST", "/webhooks/carrier"),
        ("GET", "/live"),
        ("POST", "/uploads/product-picture/{x}"),
        ("POST", "/uploads/product-picture/PROD-5001"),
        ("POST", "/uploads/extra/{x}"),
        ("POST", "/uploads/claim/{x}"),
        ("POST", "/uploads/claim/{x}/{x}/forget"),
        ("POST", "/uploads/receipt/{x}/{x}"),
        ("POST", "/uploads/application/{x}"),
        ("POST", "/uploads/application/{x}/{x}/forget"),
        ("GET", "/pictures/{x}"),
        ("GET", "/photos/{x}/{x}"),
        ("GET", "/documents/{x}/{x}"),
        ("GET", "/pay/{x}/approved"),
        ("GET", "/pay/{x}/declined"),
        ("GET", "/pay/{x}/identity"),
    ];
    let calls: Vec<(String, &str)> = CALLS
        .iter()
        .map(|(method, path)| ((*method).to_owned(), *path))
        .chain(::server::http::interface().map(|(method, path, _)| (method, path)))
        .collect();
    for server in server::servers().await {
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let cookies = cookies(&server, &http).await;
        let wish = json!({
            "external_id": "HOSTILE", "customer": "CUST-001234", "lines": [{ "variant": "VAR-5001-BLK-M", "quantity": 2 }],
            "ship_to": { "name": "홍길동", "phone": "010-1234-5678", "postcode": "06234", "address": "서울시 강남구 테헤란로 123" }
        });
        let (code, order) = server.call("channel", "POST", "/orders", Some(&wish)).await;
        assert_eq!(code, 201, "{order}");
        let ids: Vec<String> = [&order["number"], &order["id"], &order["lines"][0]["id"]].map(|value| value.as_str().unwrap().to_owned()).to_vec();
        let (mut dice, mut answers) = (Dice(seed as u64), BTreeMap::<u16, u32>::new());
        for _ in 0..requests {
            let fields: Vec<(String, String)> = (0..dice.roll(9)).map(|_| ((*dice.pick(FIELDS)).to_owned(), nasty(&mut dice, &ids))).collect();
            let fill = |dice: &mut Dice, path: &str| {
                let mut filled = String::new();
                for part in path.split('/') {
                    let text = if part.starts_with('{') {
                        encoded(&[(String::new(), nasty(dice, &ids))]).trim_start_matches('=').to_owned()
                    } else {
                        part.to_owned()
                    };
                    if !filled.is_empty() || !text.is_empty() {
                        filled.push_str(&text.chars().take(2_000).collect::<String>());
                    }
                    filled.push('/');
                }
                format!("/{}", filled.trim_matches('/'))
            };
            let (method, path, json_body) = match dice.roll(10) {
                0..=4 => {
                    let (path, method) = dice.pick(&functions).clone();
                    (method, path, false)
                }
                5 => {
                    let page = dice.pick(&pages).clone();
                    ("GET".to_owned(), fill(&mut dice, &page), false)
                }
                _ => {
                    let (method, path) = dice.pick(&calls).clone();
                    (method, fill(&mut dice, path), true)
                }
            };
            let query = if method == "GET" { format!("?{}", encoded(&fields).chars().take(6_000).collect::<String>()) } else { String::new() };
            let url = format!("{}{path}{query}", server.url);
            if path == "/live" || path == "/api/sign-out" {
                continue;
            }
            let Ok(target) = reqwest::Url::parse(&url) else { continue };
            let mut request = http.request(reqwest::Method::from_bytes(method.as_bytes()).unwrap(), target).header("cookie", dice.pick(&cookies));
            request = request.header("accept", *dice.pick(&["text/html", "application/json"]));
            if path.starts_with("/uploads/") {
                request = request.header("content-type", *dice.pick(FORMS)).body(nasty_form(&mut dice, &ids));
            } else if json_body {
                let key = *dice.pick(&["channel", "other_channel", "store", "none"]);
                request = request.bearer_auth(server.card["api_keys"][key].as_str().unwrap_or("none"));
                request = request.header("content-type", *dice.pick(&["application/json", "text/plain", "multipart/form-data"]));
                if method != "GET" {
                    request = request.body(nasty_json(&mut dice, &ids, 3).to_string());
                }
            } else if method != "GET" {
                request = request.header("content-type", "application/x-www-form-urlencoded").body(encoded(&fields));
            }
            // A body over the limit is cut off while it is still being sent; a server that is gone answers nobody.
            let Ok(answer) = request.send().await else {
                let alive = http.get(format!("{}/healthz", server.url)).send().await;
                assert!(alive.is_ok_and(|answer| answer.status() == 200), "{method} {path} {fields:?} ended the server");
                *answers.entry(0).or_default() += 1;
                continue;
            };
            let status = answer.status().as_u16();
            assert!(status < 500, "{}: seed {seed}: {method} {path} {fields:?}: {status}: {}", server.name, answer.text().await.unwrap_or_default());
            *answers.entry(status).or_default() += 1;
        }
        println!("── {}: seed {seed}, {requests} requests, answers {answers:?}", server.name);
        server.assert_clean();
    }
}
