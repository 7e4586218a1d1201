//! Who gets at what: every server function and every page by every kind of caller, aimed at somebody else's order. The lists
//! are the program's own, so that a new function or page without a line here fails.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "access/keys.rs"]
mod keys;
#[path = "support/server.rs"]
mod server;

use serde_json::{Value, json};
use server::{Server, servers};
use std::collections::BTreeMap;

/// Callers by what they are to the order that is aimed at.
const CALLERS: &[(&str, &str)] = &[
    ("nobody", ""),
    ("guest", ""),
    ("buyer", "customer"),
    ("other customer", "customer"),
    ("seller", "retailer"),
    // Works where the seller does, and does not run the store.
    ("clerk", "retailer"),
    ("other retailer", "retailer"),
    ("wholesaler", "wholesaler"),
    ("installer", "installer"),
    ("admin", "admin"),
];

const EVERYBODY: &[&str] = &["nobody", "guest", "buyer", "other customer", "seller", "clerk", "other retailer", "wholesaler", "installer", "admin"];
const BUYER: &[&str] = &["buyer"];
const SHOPPERS: &[&str] = &["nobody", "guest", "buyer", "other customer"];
const CUSTOMERS: &[&str] = &["buyer", "other customer"];
const STORES: &[&str] = &["seller", "clerk", "other retailer", "wholesaler"];
const SELLER: &[&str] = &["seller", "clerk"];
/// Who runs a store, and who runs the seller's.
const MANAGERS: &[&str] = &["seller", "other retailer", "wholesaler"];
const MANAGER: &[&str] = &["seller"];
const INSTALLERS: &[&str] = &["installer"];
const STORES_AND_CHAIN: &[&str] = &["seller", "other retailer", "wholesaler", "admin"];
const SELLER_AND_CHAIN: &[&str] = &["seller", "clerk", "admin"];
const ADMIN: &[&str] = &["admin"];
/// Who answers about returns: stores about their own.
const DESKS: &[&str] = &["seller", "clerk", "other retailer", "wholesaler", "admin"];
/// Everybody who works here.
const WORKERS: &[&str] = &["seller", "clerk", "other retailer", "wholesaler", "installer", "admin"];
/// Everybody who can have bought something.
const TRADERS: &[&str] = &["guest", "buyer", "other customer", "seller", "clerk", "other retailer", "wholesaler", "installer"];
const SIGNED_IN: &[&str] = &["buyer", "other customer", "seller", "clerk", "other retailer", "wholesaler", "installer", "admin"];
const PARTIES: &[&str] = &["buyer", "seller", "clerk", "admin"];

/// A server function, what it is asked, and who may ask it. Whoever may not hears 401, 403 or 404 and changes nothing.
fn functions() -> Vec<(&'static str, Value, &'static [&'static str])> {
    let to = || json!({ "name": "도둑", "phone": "010-0000-0000", "postcode": "06234", "address": "서울 강남구 1" });
    let with = |more: Value| {
        let mut fields = to();
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields
    };
    let command = |name: &str| json!({ "order": "ORDER", "command": name, "fulfilment": "GOODS" });
    vec![
        ("visitor", json!({}), EVERYBODY),
        ("demo-accounts", json!({}), EVERYBODY),
        ("set-locale", json!({ "locale": "ko", "next": "/" }), EVERYBODY),
        ("catalogue", json!({ "query[in_stock]": "false", "query[page]": 1 }), EVERYBODY),
        ("product", json!({ "id": "PROD-5001" }), EVERYBODY),
        ("reviews", json!({ "product": "PROD-5001", "stars": 5, "photos": "1" }), EVERYBODY),
        // Signing in and finding an order change the caller's own session; they have tests of their own.
        ("sign-up", json!({ "name": "김", "email": "no", "phone": "no", "password": "no" }), EVERYBODY),
        ("sign-in", json!({ "email": "FRESH@jumun.example", "password": "wrong-password" }), &[]),
        ("sign-out", json!({}), EVERYBODY),
        ("find-order", json!({ "number": "ORDER-NUMBER", "phone": "010-9999-9999" }), &["buyer"]),
        ("addresses", json!({}), CUSTOMERS),
        ("keep-address", with(json!({ "replaces": "CONTACT" })), BUYER),
        ("prefer-address", json!({ "contact": "CONTACT" }), BUYER),
        ("forget-address", json!({ "contact": "CONTACT" }), BUYER),
        ("cart", json!({}), EVERYBODY),
        ("add-to-cart", json!({ "variant": "VAR-5001-BLK-M", "quantity": 1 }), SHOPPERS),
        ("set-cart-line", json!({ "variant": "VAR-5001-BLK-M", "quantity": 1 }), SHOPPERS),
        ("set-cart-installation", json!({ "variant": "VAR-5001-BLK-M", "installed": "no" }), SHOPPERS),
        ("checkout", json!({ "seller": "SELLER" }), EVERYBODY),
        ("quote-cart", json!({ "seller": "SELLER", "postcode": "06234" }), EVERYBODY),
        ("check-checkout", json!({ "seller": "SELLER", "postcode": "06234" }), EVERYBODY),
        ("wallet", json!({}), CUSTOMERS),
        ("take-coupon", json!({ "code": "NOBODY-HAS-IT" }), CUSTOMERS),
        ("set-birthday", json!({ "birthday": "1990-03-21" }), CUSTOMERS),
        ("place-order", with(json!({ "seller": "SELLER", "cart_version": 999, "seen_goods": 1, "agree": "on" })), SHOPPERS),
        ("pay", json!({ "number": "ORDER-NUMBER" }), BUYER),
        ("request-payment", json!({ "order": "ORDER", "number": "ORDER-NUMBER", "method": "card" }), BUYER),
        ("resume-payment", json!({ "number": "ORDER-NUMBER" }), BUYER),
        ("check-identity", json!({ "number": "ORDER-NUMBER" }), BUYER),
        ("purchases", json!({}), TRADERS),
        ("order", json!({ "number": "ORDER-NUMBER" }), PARTIES),
        ("order-as-of", json!({ "number": "ORDER-NUMBER", "as_of": 1 }), PARTIES),
        ("cancel-preview", json!({ "number": "ORDER-NUMBER", "units[line-LINE]": 1 }), BUYER),
        ("order-command", command("confirm-purchase"), BUYER),
        ("order-command", command("allocate"), SELLER),
        ("order-command", command("undo-allocation"), SELLER),
        ("name-units", json!({ "order": "ORDER", "fulfilment": "GOODS", "serials[0]": "SN-0001" }), SELLER),
        ("order-command", command("release"), SELLER),
        ("order-command", command("start-preparing"), SELLER),
        ("split-fulfilment", json!({ "order": "ORDER", "fulfilment": "GOODS", "units[line-LINE]": 99 }), SELLER),
        ("report-stock-loss", json!({ "order": "ORDER", "fulfilment": "GOODS", "line": "LINE", "quantity": 99 }), SELLER),
        ("receive-back", json!({ "order": "ORDER", "fulfilment": "GOODS" }), SELLER),
        ("buy-from-partner", json!({ "order": "ORDER", "fulfilment": "GOODS", "line": "LINE", "quantity": 99, "variant": "VAR" }), SELLER),
        (
            "record-receipt",
            json!({ "order": "ORDER", "fulfilment": "GOODS", "line": "LINE", "quantity": 99, "seller_name": "x", "business_number": "220-81-62517", "amount": 1, "on": "2020-01-01" }),
            SELLER,
        ),
        ("void-receipt", json!({ "order": "ORDER", "receipt": "GOODS" }), SELLER),
        ("accept-order", json!({ "order": "ORDER", "units[line-LINE]": 99 }), SELLER),
        ("assign-pickup", json!({ "order": "ORDER", "claim": "GOODS", "installer": "SELLER" }), SELLER),
        ("schedule-pickup", json!({ "order": "ORDER", "on": "2026-12-01", "half": "morning" }), SELLER),
        ("complete-pickup", json!({ "order": "ORDER", "condition": "used" }), SELLER),
        ("decline-pickup", json!({ "order": "ORDER", "reason": "busy" }), SELLER),
        ("assign-installer", json!({ "order": "ORDER", "fulfilment": "GOODS", "installer": "SELLER" }), SELLER),
        ("wish-visit", json!({ "order": "ORDER", "on": "2020-01-01", "half": "morning" }), BUYER),
        // Of an order for goods nobody takes a job; whoever sits in the seller's chair hears why.
        ("schedule-visit", json!({ "order": "ORDER", "on": "2020-01-01", "half": "morning" }), SELLER),
        ("decline-installation", json!({ "order": "ORDER", "reason": "busy" }), SELLER),
        ("complete-installation", json!({ "order": "ORDER", "serials[0]": "SN-0001", "signed_by": "x" }), SELLER),
        ("report-impossible", json!({ "order": "ORDER", "cause": "space" }), SELLER),
        ("approve-extra", json!({ "order": "ORDER", "extra": "GOODS" }), BUYER),
        ("refuse-extra", json!({ "order": "ORDER", "extra": "GOODS" }), BUYER),
        ("claims", json!({}), DESKS),
        ("claim", json!({ "id": "CLAIM" }), SELLER_AND_CHAIN),
        ("comment-on-claim", json!({ "claim": "CLAIM", "note": "상자도 왔는지 보기" }), SELLER_AND_CHAIN),
        // Nobody is asked to look after it.
        ("assign-claim", json!({ "claim": "CLAIM", "to": "" }), SELLER_AND_CHAIN),
        ("keep-claim-filter", json!({ "name": "급한 것", "query[days]": "3" }), DESKS),
        ("forget-claim-filter", json!({ "filter": "none" }), DESKS),
        ("ask-about-return", json!({ "order": "RETURNED", "claim": "CLAIM", "note": "어떤 소리가 나나요?" }), SELLER_AND_CHAIN),
        ("answer-about-return", json!({ "order": "RETURNED", "claim": "CLAIM", "note": "쇳소리가 나요" }), BUYER),
        ("approve-returns", json!({ "claims[claim-CLAIM]": "on" }), SELLER_AND_CHAIN),
        ("withdraw-return", json!({ "order": "ORDER", "claim": "GOODS" }), BUYER),
        ("approve-return", json!({ "order": "ORDER", "claim": "GOODS" }), SELLER_AND_CHAIN),
        ("reject-return", json!({ "order": "ORDER", "claim": "GOODS", "reason": "settled", "note": "근거" }), SELLER_AND_CHAIN),
        ("inspect-return", json!({ "order": "ORDER", "claim": "GOODS", "outcome": "shelf" }), SELLER_AND_CHAIN),
        ("inspect-return", json!({ "order": "ORDER", "claim": "GOODS", "outcome": "partner" }), SELLER_AND_CHAIN),
        ("dispute-return", json!({ "order": "ORDER", "claim": "GOODS", "reason": "other_goods", "note": "다른 상품" }), SELLER_AND_CHAIN),
        ("refund-without-goods", json!({ "order": "ORDER", "claim": "GOODS" }), SELLER_AND_CHAIN),
        ("put-away", json!({ "order": "ORDER", "claim": "GOODS", "outcome": "shelf" }), BUYER),
        ("approve-refund", json!({ "order": "ORDER", "claim": "GOODS" }), ADMIN),
        ("give-refund-account", json!({ "order": "ORDER", "bank": "은행", "account": "110234567890", "holder": "김철수" }), BUYER),
        ("approve-exchange", json!({ "order": "ORDER", "claim": "GOODS", "way": "swap", "variant": "VAR" }), SELLER_AND_CHAIN),
        (
            "request-exchange",
            json!({ "order": "ORDER", "fulfilment": "GOODS", "line": "LINE", "quantity": 99, "variant": "VAR", "reason": "defect" }),
            BUYER,
        ),
        ("reject-refund", json!({ "order": "ORDER", "claim": "GOODS", "reason": "settled", "note": "근거" }), ADMIN),
        // Nothing is confirmed: whoever may hears that.
        ("write-review", json!({ "order": "ORDER", "line": "LINE", "stars": 5, "review": "좋아요" }), BUYER),
        ("change-review", json!({ "order": "ORDER", "line": "LINE", "stars": 5, "review": "좋아요" }), BUYER),
        ("answer-review", json!({ "order": "ORDER", "line": "LINE", "review": "고맙습니다" }), SELLER),
        ("hide-review", json!({ "order": "ORDER", "line": "LINE", "reason": "abuse" }), ADMIN),
        ("show-review", json!({ "order": "ORDER", "line": "LINE" }), ADMIN),
        ("store-reviews", json!({ "unanswered": "1" }), STORES),
        ("goodwills", json!({}), ADMIN),
        // Of nothing: whoever may hears that it is too little.
        ("refund-goodwill", json!({ "order": "ORDER", "amount": 0, "reason": "late" }), SELLER_AND_CHAIN),
        ("approve-goodwill", json!({ "order": "ORDER" }), ADMIN),
        ("reject-goodwill", json!({ "order": "ORDER" }), ADMIN),
        // Last: once there is a return, one that is not there is not found.
        ("request-return", json!({ "order": "ORDER", "fulfilment": "GOODS", "reason": "defect", "units[line-LINE]": 1 }), BUYER),
        ("jobs", json!({}), INSTALLERS),
        ("profile", json!({}), INSTALLERS),
        ("earnings", json!({ "month": "2026-01" }), INSTALLERS),
        (
            "set-profile",
            json!({ "phone": "010-1151-3337", "postcode": "05551", "jobs_per_day": "4", "call_out": "30,000", "put_up[wall]": "60,000", "take_down[wall]": "30,000", "areas": "06 07" }),
            INSTALLERS,
        ),
        // Nobody says so far ahead that he does not work, and nobody gives up a day that he did not take.
        ("take-day-off", json!({ "on": "2999-01-01" }), INSTALLERS),
        ("give-up-day-off", json!({ "on": "2999-01-01" }), &[]),
        ("cancel-lines", json!({ "order": "ORDER", "units[line-LINE]": 99 }), BUYER),
        ("change-address", with(json!({ "order": "ORDER" })), BUYER),
        ("redeliver", json!({ "order": "ORDER", "fulfilment": "GOODS", "on": "2020-01-01" }), &["buyer", "seller", "clerk"]),
        ("substitute", json!({ "order": "ORDER", "shortage": "GOODS", "variant": "VAR" }), BUYER),
        ("propose-substitute", json!({ "order": "ORDER", "shortage": "GOODS", "variant": "VAR" }), SELLER),
        ("choose-shortage", json!({ "order": "ORDER", "shortage": "GOODS", "answer": "wait" }), BUYER),
        ("desk", json!({}), STORES),
        ("board", json!({ "board": "orders" }), STORES),
        // Somebody else's order is none.
        ("bulk-command", json!({ "command": "start-preparing", "orders[order-ORDER]": "on" }), SELLER),
        ("bought", json!({}), STORES),
        ("partners", json!({}), STORES),
        ("selling", json!({}), STORES),
        ("set-partner-prices", json!({ "variant": "VAR-5001-BLK-M", "from_units[0]": "1", "prices[0]": "30000" }), MANAGER),
        ("set-partner-terms", json!({ "variant": "VAR-5001-BLK-M", "least": 2, "lead_days": 1 }), MANAGER),
        // Who does not buy of one is nobody's partner there.
        ("set-credit-limit", json!({ "buyer": "SELLER", "limit": 1 }), &["wholesaler"]),
        ("suspend-partner", json!({ "buyer": "SELLER", "reason": "test" }), &["wholesaler"]),
        ("resume-partner", json!({ "buyer": "SELLER" }), &["wholesaler"]),
        ("ask-partner", json!({ "seller": "SELLER", "message": "test" }), MANAGERS),
        ("approve-partner", json!({ "buyer": "SELLER", "limit": 1 }), &["wholesaler"]),
        ("reject-partner", json!({ "buyer": "SELLER", "reason": "test" }), &["wholesaler"]),
        (
            "apply-as-store",
            json!({ "store_name": "", "kind": "retailer", "business_number": "", "name": "", "email": "", "phone": "", "postcode": "", "address": "", "password": "" }),
            EVERYBODY,
        ),
        // Nobody was given this key.
        ("application", json!({ "key": "no" }), &[]),
        ("stores", json!({}), ADMIN),
        ("approve-store", json!({ "store": "SELLER" }), ADMIN),
        ("reject-store", json!({ "store": "SELLER", "reason": "test" }), ADMIN),
        ("resume-store", json!({ "store": "SELLER" }), ADMIN),
        ("stock", json!({}), STORES),
        ("listings", json!({}), STORES),
        ("receive-goods", json!({ "warehouse": "WAREHOUSE", "variant": "VAR-5001-BLK-M", "quantity": 1 }), SELLER),
        ("restock", json!({ "warehouse": "WAREHOUSE", "variant": "VAR-5001-BLK-M", "partner_variant": "VAR-8206-STD", "quantity": 1 }), SELLER),
        ("set-pre-order", json!({ "variant": "VAR-5001-BLK-M", "cap": 5, "ship_by": "2999-01-01" }), SELLER),
        ("sell-to-order", json!({ "product": "PROD-5001" }), SELLER),
        ("sell-from-shelf", json!({ "product": "PROD-5001" }), SELLER),
        ("adjust-stock", json!({ "warehouse": "WAREHOUSE", "variant": "VAR-5001-BLK-M", "delta": 1, "reason": "test" }), SELLER),
        ("coupons", json!({ "chain": false }), STORES),
        ("coupons", json!({ "chain": true }), ADMIN),
        (
            "give-coupon",
            json!({ "code": "GIVEN-ONE", "name": "x", "kind": "amount", "value": 1000, "until": "2099-12-31", "per_customer": 1, "total": 1 }),
            STORES_AND_CHAIN,
        ),
        // It is the chain's own.
        ("stop-coupon", json!({ "coupon": "COUPON" }), ADMIN),
        ("webhook-endpoints", json!({}), MANAGERS),
        ("webhook-endpoint", json!({ "id": "ENDPOINT" }), MANAGER),
        ("add-webhook-endpoint", json!({ "url": "https://nowhere.invalid/", "events": "order.*" }), MANAGERS),
        ("change-webhook-endpoint", json!({ "endpoint": "ENDPOINT", "url": "https://nowhere.invalid/", "events": "" }), MANAGER),
        ("switch-webhook-endpoint", json!({ "endpoint": "ENDPOINT", "enabled": "true" }), MANAGER),
        ("rotate-webhook-secret", json!({ "endpoint": "ENDPOINT" }), MANAGER),
        ("test-webhook-endpoint", json!({ "endpoint": "ENDPOINT" }), MANAGER),
        ("replay-webhook-delivery", json!({ "delivery": "MESSAGE" }), MANAGER),
        ("replay-dead-webhooks", json!({ "endpoint": "ENDPOINT", "since": "2026-11-21" }), MANAGER),
        ("remove-webhook-endpoint", json!({ "endpoint": "ENDPOINT" }), MANAGER),
        ("keys", json!({}), MANAGERS),
        ("make-key", json!({ "name": "창고", "scopes[orders:read]": 1 }), MANAGERS),
        ("revoke-key", json!({ "key": "API-KEY" }), MANAGER),
        ("team", json!({}), STORES),
        ("add-colleague", json!({ "name": "김새봄", "email": "FRESH@newcomers.example" }), MANAGERS),
        ("make-manager", json!({ "account": "CLERK" }), MANAGER),
        ("make-staff", json!({ "account": "CLERK" }), MANAGER),
        // He has a password already: whoever may hears that.
        ("invite-again", json!({ "account": "CLERK" }), MANAGER),
        ("take-back", json!({ "account": "CLERK" }), MANAGER),
        // Nobody does it to himself, and nobody has this link.
        ("make-staff", json!({ "account": "SELLERS-OWN" }), &[]),
        ("let-go", json!({ "account": "SELLERS-OWN" }), &[]),
        ("invitation", json!({ "token": "no" }), &[]),
        ("join", json!({ "token": "no", "password": "long-enough-2026" }), &[]),
        ("two-steps", json!({}), WORKERS),
        ("begin-two-steps", json!({ "password": "PASSWORD" }), WORKERS),
        // They take a code; nothing is begun, and no sign-in owes one.
        ("confirm-two-steps", json!({ "code": "000000" }), &[]),
        ("stop-two-steps", json!({ "password": "PASSWORD", "code": "000000" }), &[]),
        ("sign-in-code", json!({ "code": "000000" }), &[]),
        ("queues", json!({}), ADMIN),
        ("retry-letter", json!({ "queue": "notices", "letter": "none" }), &[]),
        ("people", json!({}), ADMIN),
        ("block-account", json!({ "account": "SOMEBODY", "reason": "test" }), ADMIN),
        ("unblock-account", json!({ "account": "SOMEBODY", "reason": "test" }), ADMIN),
        // Nobody does it to himself.
        ("block-account", json!({ "account": "ADMINS-OWN", "reason": "test" }), &[]),
        ("unblock-account", json!({ "account": "ADMINS-OWN", "reason": "test" }), &[]),
        ("reset-second-step", json!({ "account": "ADMINS-OWN", "reason": "test" }), &[]),
        // Nobody has one to lose.
        ("reset-second-step", json!({ "account": "SOMEBODY", "reason": "test" }), &[]),
        ("channels", json!({}), ADMIN),
        ("make-channel-key", json!({ "channel": "CHANNEL", "name": "창고", "scopes[orders:read]": 1 }), ADMIN),
        ("make-channel-key", json!({ "channel": "SOMEBODY", "name": "창고", "scopes[orders:read]": 1 }), &[]),
        ("revoke-channel-key", json!({ "key": "KEY-OF-CHANNEL" }), ADMIN),
        ("revoke-channel-key", json!({ "key": "API-KEY" }), &[]),
        ("chain", json!({}), ADMIN),
        ("every-order", json!({}), ADMIN),
        ("audit", json!({}), ADMIN),
        ("events", json!({}), ADMIN),
        ("sagas", json!({ "state": "parked" }), ADMIN),
        ("alerts", json!({}), ADMIN),
        ("proof", json!({}), ADMIN),
        ("prove", json!({}), ADMIN),
        ("retry-saga", json!({ "saga": "SAGA" }), ADMIN),
        // It does not stand still.
        ("settle-saga", json!({ "saga": "SAGA", "generation": 0, "outcome": "paid-back", "reason": "test" }), ADMIN),
        ("resolve-alert", json!({ "alert": "none", "note": "test" }), &[]),
        ("suspend-store", json!({ "store": "SELLER", "reason": "test" }), ADMIN),
        // What ends the order comes last.
        ("order-command", command("cancel"), BUYER),
        ("seller-cancel", json!({ "order": "ORDER", "reason": "out_of_stock" }), &["seller", "clerk", "admin"]),
        // And what ends a caller after it.
        ("let-go", json!({ "account": "CLERK" }), MANAGER),
    ]
}

/// What the arguments above stand for.
struct Aim {
    values: BTreeMap<&'static str, String>,
}

impl Aim {
    fn fill(&self, arguments: &Value) -> Vec<(String, String)> {
        let put = |text: &str| {
            // The longest name first, so that ORDER does not eat ORDER-NUMBER.
            let mut names: Vec<&&str> = self.values.keys().collect();
            names.sort_by_key(|name| std::cmp::Reverse(name.len()));
            // Who guesses wrong too often waits: each call guesses at somebody else.
            let text = text.replace("FRESH", &uuid::Uuid::now_v7().to_string());
            names.into_iter().fold(text, |text, name| text.replace(*name, &self.values[*name]))
        };
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        arguments.as_object().unwrap().iter().map(|(name, value)| (put(name), put(&text(value)))).collect()
    }
}

/// A paid order of the demo's first customer at the store of PROD-5001. Answers its number.
async fn bought(server: &Server, external: &str) -> String {
    let wish = json!({
        "external_id": external, "customer": "CUST-001234", "lines": [{ "variant": "VAR-5001-BLK-M", "quantity": 2 }],
        "ship_to": { "name": "홍길동", "phone": "010-1234-5678", "postcode": "06234", "address": "서울시 강남구 테헤란로 123" }
    });
    let (code, placed) = server.call("channel", "POST", "/orders", Some(&wish)).await;
    assert_eq!(code, 201, "{placed}");
    let number = placed["number"].as_str().unwrap().to_owned();
    let (code, asked) = server.call("channel", "POST", &format!("/orders/{number}/request-payment"), Some(&json!({ "method": "card" }))).await;
    assert_eq!(code, 202, "{asked}");
    server.approve_at_psp(asked["order"]["attempt"]["psp_order"].as_str().unwrap(), 70_000).await;
    for _ in 0..100 {
        server.advance("PT1S").await;
        if server.call("channel", "GET", &format!("/orders/{number}"), None).await.1["status"] == "Confirmed" {
            break;
        }
    }
    number
}

/// What the tables aim at.
async fn aim(server: &Server) -> Aim {
    // A return of another order, which waits for its answer.
    let returned = bought(server, "ACCESS-RETURN").await;
    let (_, order) = server.call("store", "GET", &format!("/orders/{returned}"), None).await;
    let goods = json!({ "fulfilment": order["fulfilments"][0]["id"] });
    let (code, said) = server.call("store", "POST", &format!("/orders/{returned}/start-preparing"), Some(&goods)).await;
    assert_eq!(code, 200, "{said}");
    let units = json!([{ "line": order["lines"][0]["id"], "quantity": 2 }]);
    let wish = json!({ "fulfilment": order["fulfilments"][0]["id"], "reason": "defect", "units": units });
    let (code, said) = server.call("channel", "POST", &format!("/orders/{returned}/request-return"), Some(&wish)).await;
    assert_eq!(code, 200, "{said}");
    let (claim, returned) = (said["order"]["claims"][0]["id"].clone(), order["id"].clone());
    let number = bought(server, "ACCESS").await;
    let (_, order) = server.call("store", "GET", &format!("/orders/{number}"), None).await;
    assert_eq!(order["status"], "Confirmed", "{order}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (inside, seller) = (server.inside(&number).await, server.staff_of_sample().await);
    let (code, endpoint) = server.call("store", "POST", "/webhook-endpoints", Some(&json!({ "url": "https://nowhere.invalid/" }))).await;
    assert_eq!(code, 201, "{endpoint}");
    // Nothing is sent out of a test: the address is told nothing from here on, and the message stays.
    let path = format!("/webhook-endpoints/{}", text(&endpoint["id"]));
    let (code, message) = server.call("store", "POST", &format!("{path}/test"), None).await;
    assert_eq!(code, 202, "{message}");
    let (code, _) = server.call("store", "PATCH", &path, Some(&json!({ "enabled": false }))).await;
    assert_eq!(code, 200);
    let values = BTreeMap::from([
        ("ORDER-NUMBER", number),
        ("ORDER", text(&order["id"])),
        ("RETURNED", text(&returned)),
        ("CLAIM", text(&claim)),
        ("GOODS", text(&order["fulfilments"][0]["id"])),
        ("LINE", text(&order["lines"][0]["id"])),
        ("SELLER", inside.seller),
        ("WAREHOUSE", inside.warehouse),
        ("CONTACT", inside.contact),
        ("SAGA", inside.saga),
        ("COUPON", inside.coupon),
        ("ENDPOINT", text(&endpoint["id"])),
        ("MESSAGE", text(&message["id"])),
        ("API-KEY", server.key_of_sample().await),
        ("KEY-OF-CHANNEL", ::server::testing::key_id(&server.database, server.card["api_keys"]["channel"].as_str().unwrap()).await),
        ("CHANNEL", ::server::testing::account_id(&server.database, "shop-channel@channels.example").await),
        ("SOMEBODY", ::server::testing::account_id(&server.database, "taesik@jumun.example").await),
        ("ADMINS-OWN", ::server::testing::account_id(&server.database, "admin@jumun.example").await),
        ("CLERK", ::server::testing::account_id(&server.database, &seller.replace("-manager@", "-staff@")).await),
        ("SELLERS-OWN", ::server::testing::account_id(&server.database, &seller).await),
        ("PASSWORD", text(&server.card["password"])),
    ]);
    Aim { values }
}

/// A browser that keeps its session cookie.
struct Browser {
    http: reqwest::Client,
    cookie: String,
}

/// Fields as a form sends them.
fn encoded(fields: &[(String, String)]) -> String {
    let part = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
    };
    fields.iter().map(|(name, value)| format!("{}={}", part(name), part(value))).collect::<Vec<_>>().join("&")
}

impl Browser {
    fn new() -> Self {
        Self { http: reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap(), cookie: String::new() }
    }

    async fn get(&self, url: &str) -> reqwest::Response {
        self.http.get(url).header("cookie", &self.cookie).header("accept", "application/json").send().await.unwrap()
    }

    async fn post(&self, url: &str, fields: &[(String, String)]) -> reqwest::Response {
        let request = self.http.post(url).header("cookie", &self.cookie).header("accept", "application/json");
        request.header("content-type", "application/x-www-form-urlencoded").body(encoded(fields)).send().await.unwrap()
    }

    /// Posts something that gives a session, and keeps it.
    async fn begin(&mut self, url: &str, fields: &[(&str, &str)]) {
        let fields: Vec<_> = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = self.post(url, &fields).await;
        assert!(answer.status().as_u16() < 400, "{url}: {}", answer.status());
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        self.cookie = cookies.collect::<Vec<_>>().join("; ");
        assert!(!self.cookie.is_empty(), "{url} gives no session");
    }
}

/// A browser for each caller.
async fn browsers(server: &Server) -> Vec<(&'static str, Browser)> {
    let accounts = server.card["accounts"].as_array().unwrap().clone();
    let seller = server.staff_of_sample().await;
    let field = |account: &Value, name: &str| account[name].as_str().unwrap_or_default().to_owned();
    let store = accounts.iter().find(|account| account["email"] == seller.as_str()).map(|account| field(account, "store")).unwrap();
    let mut browsers = Vec::new();
    for (caller, role) in CALLERS {
        let mut browser = Browser::new();
        let fits = |account: &&Value| account["role"] == *role && account["email"] != "hong@jumun.example" && field(account, "store") != store;
        let email = match *caller {
            "nobody" => None,
            // Who puts something into a basket has a session.
            "guest" => {
                browser.begin(&format!("{}/api/add-to-cart", server.url), &[("variant", "VAR-5001-BLK-M"), ("quantity", "1")]).await;
                None
            }
            "buyer" => Some("hong@jumun.example".to_owned()),
            "seller" => Some(seller.clone()),
            "clerk" => Some(seller.replace("-manager@", "-staff@")),
            _ => Some(field(accounts.iter().find(|account| fits(account)).unwrap(), "email")),
        };
        if let Some(email) = email {
            browser
                .begin(&format!("{}/api/sign-in", server.url), &[("email", &email), ("password", server.card["password"].as_str().unwrap())])
                .await;
        }
        browsers.push((*caller, browser));
    }
    browsers
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_by_every_caller() {
    let mut known: Vec<String> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.trim_start_matches("/api/").to_owned()).collect();
    known.sort();
    known.dedup();
    let mut listed: Vec<String> = functions().iter().map(|(name, _, _)| (*name).to_owned()).collect();
    listed.sort();
    listed.dedup();
    assert_eq!(known, listed, "every server function has a line in the table");
    let methods: BTreeMap<String, String> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| (path.trim_start_matches("/api/").to_owned(), method.to_string())).collect();

    for server in servers().await {
        let (aim, browsers) = (aim(&server).await, browsers(&server).await);
        let ask = async |browser: &Browser, name: &str, arguments: &Value| {
            let (url, fields) = (format!("{}/api/{name}", server.url), aim.fill(arguments));
            let answer =
                if methods[name] == "GET" { browser.get(&format!("{url}?{}", encoded(&fields))).await } else { browser.post(&url, &fields).await };
            (answer.status().as_u16(), answer.text().await.unwrap_or_default())
        };
        // First everybody who may not: nothing changes.
        let mut wrong = Vec::new();
        let before = server.fingerprint().await;
        for (name, arguments, allowed) in functions() {
            for (caller, client) in browsers.iter().filter(|(caller, _)| !allowed.contains(caller)) {
                let (status, text) = ask(client, name, &arguments).await;
                if ![401, 403, 404].contains(&status) {
                    wrong.push(format!("{name} by {caller} is answered with {status}: {text}"));
                }
            }
        }
        assert_eq!(server.fingerprint().await, before, "{}: a refusal changed something", server.name);
        // Then everybody who may: whatever the state says, nobody is turned away for who he is.
        for (name, arguments, allowed) in functions().into_iter().filter(|(name, _, _)| *name != "sign-out") {
            for (caller, client) in browsers.iter().filter(|(caller, _)| allowed.contains(caller)) {
                let (status, text) = ask(client, name, &arguments).await;
                // Nothing is short, and a replaced address has a new id.
                let nothing_there = ["choose-shortage", "prefer-address", "forget-address"].contains(&name) && status == 404;
                if !nothing_there && ([401, 403, 404].contains(&status) || status >= 500) {
                    wrong.push(format!("{name} by {caller} is refused with {status}: {text}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}: {wrong:#?}", server.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_by_every_caller() {
    let pages: &[(&str, &[&str])] = &[
        ("/", EVERYBODY),
        ("/products/{id}", EVERYBODY),
        ("/cart", EVERYBODY),
        ("/checkout/{seller}", EVERYBODY),
        ("/pay/{number}", BUYER),
        ("/orders", TRADERS),
        ("/orders/{number}", PARTIES),
        // Nothing was asked on site.
        ("/orders/{number}/extra-charge", &[]),
        ("/orders/{number}/return", PARTIES),
        ("/orders/{number}/exchange", PARTIES),
        ("/orders/{number}/review/{line}", PARTIES),
        ("/find", EVERYBODY),
        ("/home", EVERYBODY),
        ("/sign-in", EVERYBODY),
        ("/sign-in/code", EVERYBODY),
        ("/sign-up", EVERYBODY),
        ("/partners/apply", EVERYBODY),
        // Nobody was given this key.
        ("/partners/apply/{key}", &[]),
        // Nobody was given this link.
        ("/join/{token}", &[]),
        ("/me", SIGNED_IN),
        ("/jobs", INSTALLERS),
        ("/jobs/earnings", INSTALLERS),
        ("/jobs/me", INSTALLERS),
        // The order is one for goods.
        ("/jobs/{number}", &[]),
        ("/desk", STORES),
        ("/desk/boards/{board}", STORES),
        ("/desk/orders/{number}", SELLER),
        ("/desk/orders/{number}/return", SELLER),
        ("/desk/purchases", STORES),
        ("/desk/claims", STORES),
        ("/desk/claims/{id}", SELLER),
        ("/desk/reviews", STORES),
        ("/desk/partners", STORES),
        ("/desk/partners/selling", STORES),
        ("/desk/stock", STORES),
        ("/desk/products", STORES),
        ("/desk/coupons", STORES),
        ("/desk/webhooks", MANAGERS),
        ("/desk/webhooks/{endpoint}", MANAGER),
        ("/desk/keys", MANAGERS),
        ("/desk/team", STORES),
        ("/admin", ADMIN),
        ("/admin/alerts", ADMIN),
        ("/admin/sagas", ADMIN),
        ("/admin/proof", ADMIN),
        ("/admin/orders", ADMIN),
        ("/admin/orders/{number}", ADMIN),
        ("/admin/coupons", ADMIN),
        ("/admin/events", ADMIN),
        ("/admin/audit", ADMIN),
        ("/admin/queues", ADMIN),
        ("/admin/people", ADMIN),
        ("/admin/channels", ADMIN),
        ("/admin/partners", ADMIN),
        ("/admin/claims", ADMIN),
        ("/admin/claims/{id}", ADMIN),
    ];
    let mut known: Vec<String> = leptos_axum::generate_route_list(app::routes::App).iter().map(|route| route.path().to_owned()).collect();
    let mut listed: Vec<String> = pages.iter().map(|(page, _)| (*page).to_owned()).collect();
    known.sort();
    listed.sort();
    known.dedup();
    assert_eq!(known, listed, "every page has a line in the table");
    for server in servers().await {
        let (aim, browsers) = (aim(&server).await, browsers(&server).await);
        let mut wrong = Vec::new();
        for (page, allowed) in pages {
            let (number, seller) = (&aim.values["ORDER-NUMBER"], &aim.values["SELLER"]);
            let path = page
                .replace("{endpoint}", &aim.values["ENDPOINT"])
                .replace("/claims/{id}", &format!("/claims/{}", aim.values["CLAIM"]))
                .replace("{id}", "PROD-5001")
                .replace("{seller}", seller)
                .replace("{number}", number)
                .replace("{line}", &aim.values["LINE"])
                .replace("{board}", "orders");
            for (caller, browser) in &browsers {
                // An empty basket is no refusal of the caller.
                let status = browser.get(&format!("{}{path}", server.url)).await.status().as_u16();
                let let_in = status < 400 || status == 422;
                if let_in != allowed.contains(caller) || !let_in && ![401, 403, 404].contains(&status) {
                    wrong.push(format!("{page} by {caller}: {status}"));
                }
            }
        }
        for (file, (caller, browser)) in ["csv", "xlsx"].into_iter().flat_map(|file| browsers.iter().map(move |browser| (file, browser))) {
            let status = browser.get(&format!("{}/desk/boards/orders/orders.{file}", server.url)).await.status().as_u16();
            if (status == 200) != STORES.contains(caller) {
                wrong.push(format!("a board as {file} by {caller}: {status}"));
            }
        }
        for (file, allowed) in [("/desk/claims/returns.csv", DESKS), ("/admin/claims/returns.csv", DESKS)] {
            for (caller, browser) in &browsers {
                let status = browser.get(&format!("{}{file}", server.url)).await.status().as_u16();
                if (status == 200) != allowed.contains(caller) {
                    wrong.push(format!("{file} by {caller}: {status}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}: {wrong:#?}", server.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_office_turns_its_second_step_on_before_anything_else() {
    for server in server::servers_with(&["--require-second-step"]).await {
        let password = server.card["password"].as_str().unwrap().to_owned();
        let mut admin = Browser::new();
        admin.begin(&format!("{}/api/sign-in", server.url), &[("email", "admin@jumun.example"), ("password", &password)]).await;
        let open = ["visitor", "two-steps", "begin-two-steps", "confirm-two-steps", "sign-out", "set-locale"];
        let mut wrong = Vec::new();
        let before = server.fingerprint().await;
        for (path, method) in leptos::server_fn::axum::server_fn_paths() {
            if open.iter().any(|name| path == format!("/api/{name}")) {
                continue;
            }
            let url = format!("{}{path}", server.url);
            let answer = if method.as_str() == "GET" { admin.get(&url).await } else { admin.post(&url, &[]).await };
            let status = answer.status().as_u16();
            let text = answer.text().await.unwrap();
            if status != 403 || !text.contains("second_step_required") {
                wrong.push(format!("{path}: {status} {text}"));
            }
        }
        assert_eq!(server.fingerprint().await, before, "{}: a refusal changed something", server.name);
        let page = async |path: &str| {
            let answer =
                admin.http.get(format!("{}{path}", server.url)).header("cookie", &admin.cookie).header("accept", "text/html").send().await.unwrap();
            (answer.status().as_u16(), answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned()))
        };
        for route in leptos_axum::generate_route_list(app::routes::App) {
            let path = route.path().replace(['{', '}'], "");
            let expected = if path == "/me" { (200, None) } else { (303, Some("/me".to_owned())) };
            let got = page(&path).await;
            if got != expected {
                wrong.push(format!("{path}: {got:?}"));
            }
        }
        for path in ["/live?topics=store:x", "/pay/ORD-20261121-AAAAAAAA/approved", "/nowhere"] {
            if page(path).await.0 != 303 {
                wrong.push(format!("{path}: {:?}", page(path).await));
            }
        }
        assert!(wrong.is_empty(), "{}: {wrong:#?}", server.name);

        // Once it is on, everything is open; who works in a store was never asked.
        let url = |name: &str| format!("{}/api/{name}", server.url);
        let field = |name: &str, text: &str| vec![(name.to_owned(), text.to_owned())];
        assert!(admin.post(&url("begin-two-steps"), &field("password", &password)).await.status().as_u16() < 400);
        let begun: Value = admin.get(&url("two-steps")).await.json().await.unwrap();
        let secret = begun["Begun"]["secret"].as_str().unwrap_or_else(|| panic!("{begun}")).to_owned();
        let code = ::server::totp::code(&secret, ::server::clock::real_time()).unwrap();
        assert!(admin.post(&url("confirm-two-steps"), &field("code", &code)).await.status().as_u16() < 400);
        assert_eq!(page("/admin").await, (200, None), "{}", server.name);
        assert_eq!(admin.get(&url("chain")).await.status().as_u16(), 200, "{}", server.name);
        let mut staff = Browser::new();
        staff.begin(&url("sign-in"), &[("email", "hanbit-manager@jumun.example"), ("password", &password)]).await;
        assert_eq!(staff.get(&url("desk")).await.status().as_u16(), 200, "{}", server.name);
    }
}
