//! Every route of the interface by every kind of key, aimed at what belongs to somebody else. The routes are the program's own,
//! so that a new one without a line here fails.

use crate::{
    Aim, aim,
    server::{Server, servers},
};
use jumun::scope::Scope;
use serde_json::{Value, json};

/// Callers by what they are to the order that is aimed at, which `channel` placed at the store of `store`.
const CALLERS: &[&str] = &[
    "no key",
    "unknown key",
    "revoked key",
    "blocked key",
    "channel",
    "other channel",
    "store",
    "other store",
    "store without the scope",
    "store with a cookie",
];

const EVERYBODY: &[&str] = CALLERS;
const NOBODY: &[&str] = &[];
const KEYS: &[&str] = &["channel", "other channel", "store", "other store"];
const STORES: &[&str] = &["store", "other store"];
const CHANNELS: &[&str] = &["channel", "other channel"];
const PARTIES: &[&str] = &["channel", "store"];
const CHANNEL: &[&str] = &["channel"];
const STORE: &[&str] = &["store"];

/// A call: the route, the address with what is aimed at, the body, who may. Whoever may not hears 401, 403 or 404, changes nothing
/// and is told nothing.
type Call = (&'static str, &'static str, &'static str, Value, &'static [&'static str]);

/// A coupon of this code.
fn coupon(code: &str) -> Value {
    json!({ "code": code, "name": { "ko": "시험", "en": null }, "off": { "kind": "amount", "amount": 1000 }, "until": "2099-12-31T23:59:59+09:00", "total": 1 })
}

fn calls() -> Vec<Call> {
    let orders = "/api/v1/orders/{number}";
    let command = "/api/v1/orders/{number}/{command}";
    let (endpoint, message) = ("/api/v1/webhook-endpoints/{id}", "/api/v1/webhook-deliveries/{id}");
    let wish = || {
        json!({
            "external_id": "FRESH", "customer": "CUST-001234", "lines": [{ "variant": "VAR-5001-BLK-M", "quantity": 1 }],
            "ship_to": { "name": "도둑", "phone": "010-0000-0000", "postcode": "06234", "address": "서울 강남구 1" }
        })
    };
    let none = || Value::Null;
    vec![
        ("GET", "/api/v1/openapi.json", "/api/v1/openapi.json", none(), EVERYBODY),
        // It takes a signature and no key.
        ("POST", "/api/v1/events", "/api/v1/events", json!({ "event_type": "order.created", "data": {} }), NOBODY),
        ("POST", "/api/v1/quotes", "/api/v1/quotes", wish(), CHANNELS),
        ("GET", "/api/v1/orders", "/api/v1/orders", none(), KEYS),
        ("GET", "/api/v1/orders", "/api/v1/orders?customer=CUST-001234", none(), STORES),
        ("GET", "/api/v1/orders", "/api/v1/orders?seller=hanbit", none(), CHANNELS),
        ("POST", "/api/v1/orders", "/api/v1/orders", wish(), CHANNELS),
        ("GET", orders, "/api/v1/orders/ORDER-NUMBER", none(), PARTIES),
        ("GET", "/api/v1/orders/{number}/events", "/api/v1/orders/ORDER-NUMBER/events", none(), PARTIES),
        ("GET", "/api/v1/orders/{number}/events", "/api/v1/orders/ORDER-NUMBER/events?as_of=1", none(), PARTIES),
        ("GET", "/api/v1/orders/{number}/tree", "/api/v1/orders/ORDER-NUMBER/tree", none(), PARTIES),
        ("GET", "/api/v1/orders/{number}/refund-slip", "/api/v1/orders/ORDER-NUMBER/refund-slip", none(), PARTIES),
        ("POST", command, "/api/v1/orders/ORDER-NUMBER/confirm-purchase", none(), CHANNEL),
        ("POST", command, "/api/v1/orders/ORDER-NUMBER/request-payment", json!({ "method": "card" }), CHANNEL),
        ("POST", command, "/api/v1/orders/ORDER-NUMBER/start-preparing", json!({ "fulfilment": "GOODS" }), STORE),
        ("POST", command, "/api/v1/orders/ORDER-NUMBER/allocate", json!({ "fulfilment": "GOODS" }), STORE),
        ("POST", command, "/api/v1/orders/ORDER-NUMBER/release", json!({ "fulfilment": "GOODS" }), STORE),
        // What people of the chain or only timers and providers say.
        ("POST", command, "/api/v1/orders/ORDER-NUMBER/auto-release", none(), NOBODY),
        ("POST", command, "/api/v1/orders/ORDER-NUMBER/record-payment", none(), NOBODY),
        ("POST", command, "/api/v1/orders/ORDER-NUMBER/no-such-command", none(), NOBODY),
        // Somebody else's order, endpoint, message.
        ("GET", orders, "/api/v1/orders/OTHERS-NUMBER", none(), &["other channel", "store"]),
        ("POST", command, "/api/v1/orders/OTHERS-NUMBER/cancel", none(), &["other channel"]),
        ("GET", "/api/v1/claims", "/api/v1/claims", none(), KEYS),
        ("GET", "/api/v1/claims", "/api/v1/claims?seller=hanbit", none(), CHANNELS),
        ("GET", "/api/v1/claims", "/api/v1/claims?state=Requested&fault=seller", none(), KEYS),
        ("GET", "/api/v1/claims/{id}", "/api/v1/claims/CLAIM", none(), PARTIES),
        ("GET", "/api/v1/installations", "/api/v1/installations?state=over", none(), STORES),
        ("GET", "/api/v1/receipts", "/api/v1/receipts", none(), STORES),
        ("GET", "/api/v1/stock", "/api/v1/stock?q=VAR-5001", none(), STORES),
        (
            "POST",
            "/api/v1/stock/receive",
            "/api/v1/stock/receive",
            json!({ "warehouse": "WAREHOUSE", "variant": "VAR-5001-BLK-M", "quantity": 1 }),
            STORE,
        ),
        (
            "POST",
            "/api/v1/stock/adjust",
            "/api/v1/stock/adjust",
            json!({ "warehouse": "WAREHOUSE", "variant": "VAR-5001-BLK-M", "delta": 1, "reason": "test" }),
            STORE,
        ),
        (
            "POST",
            "/api/v1/stock/restock",
            "/api/v1/stock/restock",
            json!({ "warehouse": "WAREHOUSE", "variant": "VAR-5001-BLK-M", "partner_variant": "VAR-8206-STD", "quantity": 1 }),
            STORE,
        ),
        ("GET", "/api/v1/coupons", "/api/v1/coupons", none(), STORES),
        ("POST", "/api/v1/coupons", "/api/v1/coupons", coupon("ACCESS-KEYS"), STORES),
        ("GET", "/api/v1/coupons/{id}", "/api/v1/coupons/STORES-COUPON", none(), STORE),
        ("GET", "/api/v1/coupons/{id}", "/api/v1/coupons/COUPON", none(), NOBODY),
        ("POST", "/api/v1/coupons/{id}/stop", "/api/v1/coupons/STORES-COUPON/stop", none(), STORE),
        // It is the chain's own.
        ("POST", "/api/v1/coupons/{id}/stop", "/api/v1/coupons/COUPON/stop", none(), NOBODY),
        ("GET", "/api/v1/products/{id}/reviews", "/api/v1/products/PROD-5001/reviews?photos=true", none(), KEYS),
        ("GET", "/api/v1/webhook-endpoints", "/api/v1/webhook-endpoints", none(), KEYS),
        ("POST", "/api/v1/webhook-endpoints", "/api/v1/webhook-endpoints", json!({ "url": "https://nowhere.invalid/", "events": ["tier.*"] }), KEYS),
        ("GET", endpoint, "/api/v1/webhook-endpoints/ENDPOINT", none(), STORE),
        ("GET", endpoint, "/api/v1/webhook-endpoints/CHANNELS-OWN", none(), CHANNEL),
        ("PATCH", endpoint, "/api/v1/webhook-endpoints/ENDPOINT", json!({ "description": "창고" }), STORE),
        ("PATCH", endpoint, "/api/v1/webhook-endpoints/CHANNELS-OWN", json!({ "description": "창고" }), CHANNEL),
        ("POST", "/api/v1/webhook-endpoints/{id}/rotate-secret", "/api/v1/webhook-endpoints/ENDPOINT/rotate-secret", none(), STORE),
        ("POST", "/api/v1/webhook-endpoints/{id}/test", "/api/v1/webhook-endpoints/ENDPOINT/test", none(), STORE),
        (
            "POST",
            "/api/v1/webhook-endpoints/{id}/replay",
            "/api/v1/webhook-endpoints/ENDPOINT/replay",
            json!({ "since": "2026-11-21T00:00:00+09:00" }),
            STORE,
        ),
        ("GET", "/api/v1/webhook-deliveries", "/api/v1/webhook-deliveries", none(), KEYS),
        ("GET", "/api/v1/webhook-deliveries", "/api/v1/webhook-deliveries?endpoint=ENDPOINT", none(), KEYS),
        ("GET", message, "/api/v1/webhook-deliveries/MESSAGE", none(), STORE),
        ("POST", "/api/v1/webhook-deliveries/{id}/replay", "/api/v1/webhook-deliveries/MESSAGE/replay", none(), STORE),
        // What ends things comes last.
        ("DELETE", endpoint, "/api/v1/webhook-endpoints/CHANNELS-OWN", none(), CHANNEL),
        ("DELETE", endpoint, "/api/v1/webhook-endpoints/ENDPOINT", none(), STORE),
        ("POST", command, "/api/v1/orders/ORDER-NUMBER/cancel", none(), CHANNEL),
        ("POST", command, "/api/v1/orders/ORDER-NUMBER/seller-cancel", json!({ "reason": "out_of_stock" }), STORE),
    ]
}

/// Marks of what is aimed at: whoever has no chair there is told none of them, whatever he asks.
const MARKS: &[&str] = &["CLAIM", "ORDER-NUMBER", "ORDER", "GOODS", "ENDPOINT", "MESSAGE", "CONTACT", "STORES-COUPON"];

/// The keys of the callers; `without` is the scope that one of them lacks.
struct Ring {
    keys: Vec<(&'static str, Option<String>)>,
    /// A key of the store for each scope that it lacks.
    lacking: Vec<(Scope, String)>,
    cookie: String,
}

impl Ring {
    async fn of(server: &Server) -> Self {
        let card = |name: &str| server.card["api_keys"][name].as_str().map(str::to_owned);
        let slugs =
            |lacks: Option<Scope>| -> Vec<&str> { Scope::ALL.iter().filter(|scope| Some(**scope) != lacks).map(|scope| scope.slug()).collect() };
        let mut lacking = Vec::new();
        for scope in Scope::ALL {
            lacking.push((*scope, ::server::testing::key_with(&server.database, &slugs(Some(*scope))).await));
        }
        let other = server.card["accounts"].as_array().unwrap().iter().find(|account| account["email"] == "badacool-manager@jumun.example");
        let other = ::server::testing::key_of(&server.database, other.unwrap()["email"].as_str().unwrap(), &slugs(None)).await;
        let revoked = ::server::testing::key_with(&server.database, &slugs(None)).await;
        ::server::testing::revoke(&server.database, &revoked).await;
        // Whose account is blocked, his keys open nothing.
        let blocked = "areum-manager@jumun.example";
        let password = server.card["password"].as_str().unwrap();
        let blocked_key = ::server::testing::key_of(&server.database, blocked, &slugs(None)).await;
        let mut admin = crate::Browser::new();
        admin.begin(&format!("{}/api/sign-in", server.url), &[("email", "admin@jumun.example"), ("password", password)]).await;
        let account = ::server::testing::account_id(&server.database, blocked).await;
        let form = [("account".to_owned(), account), ("reason".to_owned(), "퇴사".to_owned())];
        assert!(admin.post(&format!("{}/api/block-account", server.url), &form).await.status().as_u16() < 400);
        let keys = vec![
            ("blocked key", Some(blocked_key)),
            ("unknown key", Some("jk_nobody_has_it".to_owned())),
            ("revoked key", Some(revoked)),
            ("channel", card("channel")),
            ("other channel", card("other_channel")),
            ("store", card("store")),
            ("other store", Some(other)),
        ];
        let mut browser = crate::Browser::new();
        let email = server.staff_of_sample().await;
        browser.begin(&format!("{}/api/sign-in", server.url), &[("email", &email), ("password", password)]).await;
        Self { keys, lacking, cookie: browser.cookie }
    }

    fn key(&self, caller: &str, needs: Option<Scope>) -> Option<&str> {
        match caller {
            "store without the scope" => self.lacking.iter().find(|(scope, _)| Some(*scope) == needs).map(|(_, key)| key.as_str()),
            _ => self.keys.iter().find(|(name, _)| *name == caller).and_then(|(_, key)| key.as_deref()),
        }
    }
}

async fn ask(server: &Server, ring: &Ring, aim: &Aim, (method, route, path, body, _): &Call, caller: &str, needs: Option<Scope>) -> (u16, String) {
    let put = |text: &str| aim.fill(&json!({ "x": text })).remove(0).1;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = http.request(reqwest::Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{}", server.url, put(path)));
    assert!(path.starts_with(route.split('{').next().unwrap()), "{path} is not at {route}");
    if let Some(key) = ring.key(caller, needs) {
        request = request.bearer_auth(key);
    }
    if caller == "store with a cookie" {
        request = request.header("cookie", &ring.cookie);
    }
    if !body.is_null() {
        request = request.header("content-type", "application/json").body(put(&body.to_string()));
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_of_the_interface_by_every_key() {
    let known: Vec<(String, &str, Option<Scope>)> = ::server::http::interface().collect();
    let unlisted: Vec<_> = known.iter().filter(|(method, path, _)| !calls().iter().any(|call| call.0 == method && call.1 == *path)).collect();
    assert!(unlisted.is_empty(), "every route has a line in the table: {unlisted:?}");
    let needs = |call: &Call| known.iter().find(|(method, path, _)| method == call.0 && *path == call.1).expect("a route of the interface").2;

    for server in servers().await {
        let mut aim = aim(&server).await;
        let order = json!({
            "external_id": "OTHERS", "lines": [{ "variant": "VAR-5001-BLK-M", "quantity": 1 }],
            "ship_to": { "name": "남남", "phone": "010-1111-2222", "postcode": "06234", "address": "서울시 강남구 1" }
        });
        let (code, others) = server.call("other_channel", "POST", "/orders", Some(&order)).await;
        assert_eq!(code, 201, "{others}");
        let (code, own) =
            server.call("channel", "POST", "/webhook-endpoints", Some(&json!({ "url": "https://nowhere.invalid/", "events": ["tier.*"] }))).await;
        assert_eq!(code, 201, "{own}");
        let (code, given) = server.call("store", "POST", "/coupons", Some(&coupon("STORES-OWN"))).await;
        assert_eq!(code, 201, "{given}");
        aim.values.insert("STORES-COUPON", given["id"].as_str().unwrap().to_owned());
        aim.values.insert("OTHERS-NUMBER", others["number"].as_str().unwrap().to_owned());
        aim.values.insert("CHANNELS-OWN", own["id"].as_str().unwrap().to_owned());
        let ring = Ring::of(&server).await;

        let mut wrong = Vec::new();
        let before = server.fingerprint().await;
        for call in calls() {
            for caller in CALLERS.iter().filter(|caller| !call.4.contains(caller)) {
                let (status, text) = ask(&server, &ring, &aim, &call, caller, needs(&call)).await;
                let expected: &[u16] = match *caller {
                    // A route that needs no key asks for something else.
                    _ if needs(&call).is_none() => &[401],
                    "no key" | "unknown key" | "revoked key" | "blocked key" | "store with a cookie" => &[401],
                    "store without the scope" => &[403],
                    _ => &[403, 404],
                };
                if !expected.contains(&status) {
                    wrong.push(format!("{} {} by {caller} is answered with {status}: {text}", call.0, call.2));
                }
            }
        }
        assert_eq!(server.fingerprint().await, before, "{}: a refusal changed something", server.name);
        for call in calls() {
            for caller in CALLERS.iter().filter(|caller| call.4.contains(caller)) {
                let (status, text) = ask(&server, &ring, &aim, &call, caller, needs(&call)).await;
                if [401, 403, 404].contains(&status) || status >= 500 {
                    wrong.push(format!("{} {} by {caller} is refused with {status}: {text}", call.0, call.2));
                }
                let insider = matches!(*caller, "channel" | "store");
                for mark in MARKS.iter().filter(|mark| !insider && text.contains(&aim.values[**mark])) {
                    wrong.push(format!("{} {} tells {caller} about {mark}: {text}", call.0, call.2));
                }
            }
        }
        assert!(wrong.is_empty(), "{}: {wrong:#?}", server.name);
        // What was asked for last may be on its way to the PSP and back.
        server.advance("PT1S").await;
        server.assert_clean();
    }
}
