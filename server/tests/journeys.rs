//! Whole journeys through the real binary over HTTP, with time moved by hand, on both databases.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "support/server.rs"]
mod server;

use serde_json::{Value, json};
use server::{Server, servers};

/// The sample of 000, as written there.
fn sample() -> Value {
    json!({
        "event_type": "order.created",
        "timestamp": "2025-01-26T10:30:00+09:00",
        "data": {
            "order_id": "ORD-2025012600001",
            "customer_id": "CUST-001234",
            "items": [{ "product_id": "PROD-5001", "variant_id": "VAR-5001-BLK-M", "quantity": 2, "unit_price": 35000 }],
            "total_amount": 70000,
            "shipping_address": { "name": "홍길동", "phone": "010-1234-5678", "address": "서울시 강남구 테헤란로 123", "postal_code": "06234" },
            "payment_method": "card"
        }
    })
}

async fn status(server: &Server, number: &str) -> String {
    let (code, order) = server.call("channel", "GET", &format!("/orders/{number}"), None).await;
    assert_eq!(code, 200, "{order}");
    order["status"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_of_000_reaches_the_confirmed_purchase() {
    for server in servers().await {
        let (code, placed) = server.event("channel", &sample()).await;
        assert_eq!(code, 200, "{}: {placed}", server.name);
        assert_eq!(placed["data"]["payable"], 70_000);
        assert_eq!(placed["data"]["status"], "PAYMENT_PENDING");
        let number = placed["data"]["number"].as_str().unwrap().to_owned();

        // The same body is the same order; another body under the same number is refused.
        let (code, again) = server.event("channel", &sample()).await;
        assert_eq!((code, again["data"]["number"].as_str()), (200, Some(number.as_str())));
        let mut other = sample();
        other["data"]["items"][0]["quantity"] = json!(3);
        other["data"]["total_amount"] = json!(105_000);
        let (code, refused) = server.event("channel", &other).await;
        assert_eq!((code, refused["code"].as_str()), (422, Some("key_reused")), "{refused}");

        server.approve_at_psp(placed["data"]["psp_order_id"].as_str().unwrap(), 70_000).await;
        let paid = json!({ "event_type": "order.payment_completed", "data": { "order_id": "ORD-2025012600001", "payment_status": "success" } });
        let (code, answer) = server.event("gateway", &paid).await;
        assert_eq!(code, 200, "{answer}");
        server.advance("PT1S").await;
        assert_eq!(status(&server, &number).await, "Confirmed", "{}", server.name);
        server.advance("PT30M").await;
        for _ in 0..4 {
            server.advance("PT1M").await;
        }
        assert_eq!(status(&server, &number).await, "Delivered", "{}", server.name);
        server.advance("P9D").await;
        assert_eq!(status(&server, &number).await, "Completed", "{}", server.name);
        let (_, history) = server.call("channel", "GET", &format!("/orders/{number}/events"), None).await;
        let names: Vec<&str> = history.as_array().unwrap().iter().filter_map(|row| row["event"].as_str()).collect();
        for name in [
            "order.placed",
            "stock.reserved",
            "payment.approved",
            "order.paid",
            "order.confirmed",
            "outbound.completed",
            "delivery.completed",
            "order.completed",
        ] {
            assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{name} in {names:?}");
        }
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_an_event_is_said_and_changes_nothing() {
    for server in servers().await {
        let change = |path: &str, value: Value| {
            let mut event = sample();
            *event.pointer_mut(path).unwrap() = value;
            event
        };
        for (event, code, refusal) in [
            (change("/data/items/0/unit_price", json!(30_000)), 409, "price_changed"),
            (change("/data/total_amount", json!(60_000)), 409, "price_changed"),
            (change("/data/items/0/quantity", json!(0)), 422, "invalid"),
            (change("/data/items/0/quantity", json!(-1)), 422, "invalid"),
            (change("/data/items/0/quantity", json!(1.5)), 422, "invalid"),
            (change("/data/items/0/quantity", json!(1_000_000_000)), 422, "too_many_units"),
            (change("/data/items/0/variant_id", json!("VAR-0")), 409, "not_for_sale"),
            (change("/data/items", json!([])), 422, "empty_cart"),
            (change("/data/customer_id", json!("CUST-0")), 422, "invalid"),
            (change("/data/shipping_address/name", json!("<img src=x onerror=alert(1)>\u{202e}")), 422, "invalid"),
            (change("/data/payment_method", json!("gold")), 422, "invalid"),
            (change("/event_type", json!("order.deleted")), 422, "invalid"),
            (json!({}), 422, "invalid"),
        ] {
            let (status, problem) = server.event("channel", &event).await;
            assert_eq!((status, problem["code"].as_str()), (code, Some(refusal)), "{}: {event} → {problem}", server.name);
        }
        let (_, wrong) = server.event("channel", &change("/data/items/0/unit_price", json!(30_000))).await;
        assert_eq!((wrong["expected"].as_i64(), wrong["actual"].as_i64()), (Some(30_000), Some(35_000)), "the right price is in the answer");
        // Each source has its own secret and its own types.
        assert_eq!(server.signed("whsec_AAAA", &sample()).await.0, 401);
        assert_eq!(server.event("gateway", &sample()).await.0, 403);
        let (_, list) = server.call("channel", "GET", "/orders", None).await;
        assert_eq!(list["rows"].as_array().map(Vec::len), Some(0), "{list}");
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_to_nowhere_waits_for_an_address() {
    for server in servers().await {
        let mut event = sample();
        *event.pointer_mut("/data/shipping_address/postal_code").unwrap() = json!("23100");
        let (code, placed) = server.event("channel", &event).await;
        assert_eq!((code, &placed["data"]["pay_url"]), (200, &Value::Null), "{}: {placed}", server.name);
        let number = placed["data"]["number"].as_str().unwrap().to_owned();
        let show = async || server.call("channel", "GET", &format!("/orders/{number}"), None).await.1;
        let waiting = show().await;
        assert_eq!((waiting["status"].as_str(), waiting["waits"].as_str()), (Some("Pending"), Some("address")), "{waiting}");
        // A day later somebody of the chain is called; the order stays.
        server.advance("PT25H").await;
        assert_eq!(show().await["status"], "Pending");
        let to = |postcode: &str| json!({ "to": { "name": "홍길동", "phone": "010-1234-5678", "postcode": postcode, "address": "서울 강남구 테헤란로 1" } });
        let fix = async |body: Value| server.call("channel", "POST", &format!("/orders/{number}/fix-address"), Some(&body)).await;
        let (code, refused) = fix(to("23100")).await;
        assert_eq!((code, refused["code"].as_str()), (422, Some("undeliverable")), "{}", server.name);
        let (code, refused) = fix(to("2310")).await;
        assert_eq!((code, refused["field"].as_str()), (422, Some("postcode")), "{}: {refused}", server.name);
        let (code, fixed) = fix(to("06234")).await;
        assert_eq!((code, fixed["order"]["status"].as_str()), (200, Some("StockReserved")), "{}: {fixed}", server.name);
        assert_eq!(fix(to("06234")).await.0, 409, "{}: once", server.name);
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_pays_and_everything_is_given_back() {
    for server in servers().await {
        let (_, placed) = server.event("channel", &sample()).await;
        let number = placed["data"]["number"].as_str().unwrap().to_owned();
        server.advance("PT11M").await;
        assert_eq!(status(&server, &number).await, "PaymentFailed", "{}", server.name);
        server.advance("PT25H").await;
        assert_eq!(status(&server, &number).await, "Cancelled", "{}", server.name);
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_works_its_order_over_the_interface_and_others_cannot() {
    for server in servers().await {
        let (_, placed) = server.event("channel", &sample()).await;
        let number = placed["data"]["number"].as_str().unwrap().to_owned();
        server.approve_at_psp(placed["data"]["psp_order_id"].as_str().unwrap(), 70_000).await;
        // Nobody says anything: the PSP's own hint, or at the latest the attempt's deadline, finds the money.
        server.advance("PT6M").await;
        let (_, board) = server.call("store", "GET", "/orders?board=orders", None).await;
        assert_eq!(board["rows"][0]["number"].as_str(), Some(number.as_str()), "{}: {board}", server.name);
        let (_, order) = server.call("store", "GET", &format!("/orders/{number}"), None).await;
        let goods = json!({ "fulfilment": order["fulfilments"][0]["id"] });
        for command in ["start-preparing", "allocate", "release"] {
            let (code, answer) = server.call("store", "POST", &format!("/orders/{number}/{command}"), Some(&goods)).await;
            // Releasing asks the warehouse, which has yet to answer.
            assert_eq!(code, if command == "release" { 202 } else { 200 }, "{command}: {answer}");
            let (code, answer) = server.call("store", "POST", &format!("/orders/{number}/{command}"), Some(&goods)).await;
            assert_eq!((code, answer["code"].as_str()), (409, Some("wrong_state")), "{command} twice");
        }
        let (code, answer) = server.call("channel", "POST", &format!("/orders/{number}/release"), Some(&goods)).await;
        assert_eq!((code, answer["code"].as_str()), (403, Some("not_allowed")), "{answer}");
        assert_eq!(server.call("nobody", "GET", &format!("/orders/{number}"), None).await.0, 401);
        // The warehouse is asked before the time passes in which it sends.
        server.advance("PT1S").await;
        server.advance("PT2M").await;
        assert_eq!(status(&server, &number).await, "Delivered", "{}", server.name);
        let (code, answer) = server.call("channel", "POST", &format!("/orders/{number}/confirm-purchase"), None).await;
        assert_eq!((code, answer["order"]["status"].as_str()), (200, Some("Completed")), "{answer}");
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_goods_come_for_missing_ones_once_the_difference_is_paid() {
    for server in servers().await {
        // All there are: no other unit fills the gap.
        let mut all = sample();
        all["data"]["items"] = json!([{ "product_id": "PROD-5012", "variant_id": "VAR-5012-STD", "quantity": 15, "unit_price": 45_000 }]);
        all["data"]["total_amount"] = json!(675_000);
        let (_, placed) = server.event("channel", &all).await;
        let number = placed["data"]["number"].as_str().unwrap().to_owned();
        server.approve_at_psp(placed["data"]["psp_order_id"].as_str().unwrap(), 675_000).await;
        server.advance("PT6M").await;
        let show = async || server.call("channel", "GET", &format!("/orders/{number}"), None).await.1;
        let give = async |who: &str, command: &str, body: Value| server.call(who, "POST", &format!("/orders/{number}/{command}"), Some(&body)).await;
        let order = show().await;
        let (goods, line) = (order["fulfilments"][0]["id"].clone(), order["lines"][0]["id"].clone());
        let (code, lost) = give("store", "report-stock-loss", json!({ "fulfilment": goods, "line": line, "quantity": 1 })).await;
        assert_eq!(code, 200, "{}: {lost}", server.name);
        let order = show().await;
        let shortage = order["shortages"][0]["id"].clone();
        let choices = order["shortages"][0]["instead"].as_array().unwrap().clone();
        let dearer = choices.iter().find(|choice| choice["dearer_by"].as_i64() > Some(0)).unwrap();
        let (variant, difference) = (dearer["goods"]["variant"].clone(), dearer["dearer_by"].as_i64().unwrap());
        // Only what the seller has on offer.
        let (code, refused) = give("channel", "substitute", json!({ "shortage": shortage, "variant": "VAR-0" })).await;
        assert_eq!((code, refused["field"].as_str()), (422, Some("variant")), "{}: {refused}", server.name);

        let take = json!({ "shortage": shortage, "variant": variant });
        let (code, chosen) = give("channel", "substitute", take.clone()).await;
        assert_eq!((code, chosen["order"]["difference"]["amount"].as_i64()), (200, Some(difference)), "{}: {chosen}", server.name);
        // Nobody pays for half an hour: nothing changes, and the goods are free again.
        server.advance("PT31M").await;
        assert_eq!(show().await["difference"], Value::Null, "{}", server.name);
        // Again, and now it is paid: the PSP is asked for the difference and for nothing else.
        assert_eq!(give("channel", "substitute", take).await.0, 200);
        let (code, asked) = give("channel", "request-payment", json!({ "method": "card" })).await;
        assert_eq!(code, 202, "{}: {asked}", server.name);
        let attempt = &asked["order"]["attempt"];
        assert_eq!(attempt["amount"].as_i64(), Some(difference), "{}: {asked}", server.name);
        server.approve_at_psp(attempt["psp_order"].as_str().unwrap(), difference).await;
        server.advance("PT6M").await;
        let order = show().await;
        assert_eq!((order["paid"].as_i64(), order["short"].as_bool()), (Some(675_000 + difference), Some(false)), "{}: {order}", server.name);
        assert_eq!((order["lines"].as_array().map(Vec::len), order["lines"][1]["variant"].clone()), (Some(2), variant), "{}", server.name);
        // The order is found by the name of what came instead.
        let name = order["lines"][1]["title"]["ko"].as_str().unwrap();
        let (_, found) = server.call("store", "GET", &format!("/orders?q={}", name.split(' ').next().unwrap()), None).await;
        assert!(found["rows"].as_array().unwrap().iter().any(|row| row["number"] == number.as_str()), "{}: {name}: {found}", server.name);
        server.advance("PT40M").await;
        for _ in 0..4 {
            server.advance("PT1M").await;
        }
        assert_eq!(status(&server, &number).await, "Delivered", "{}", server.name);
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_order_goes_to_an_island_once_the_surcharge_is_paid() {
    for server in servers().await {
        let (_, placed) = server.event("channel", &sample()).await;
        let number = placed["data"]["number"].as_str().unwrap().to_owned();
        server.approve_at_psp(placed["data"]["psp_order_id"].as_str().unwrap(), 70_000).await;
        server.advance("PT6M").await;
        let to = |postcode: &str| json!({ "to": { "name": "홍길동", "phone": "010-1234-5678", "postcode": postcode, "address": "바닷가 1" } });
        let give = async |command: &str, body: Value| server.call("channel", "POST", &format!("/orders/{number}/{command}"), Some(&body)).await;
        let (code, moved) = give("change-address", to("63000")).await;
        assert_eq!((code, moved["order"]["difference"]["amount"].as_i64()), (200, Some(5_000)), "{}: {moved}", server.name);
        let (_, asked) = give("request-payment", json!({ "method": "card" })).await;
        server.approve_at_psp(asked["order"]["attempt"]["psp_order"].as_str().unwrap(), 5_000).await;
        server.advance("PT6M").await;
        let (_, order) = server.call("channel", "GET", &format!("/orders/{number}"), None).await;
        assert_eq!((order["amounts"]["island"].as_i64(), order["paid"].as_i64()), (Some(5_000), Some(75_000)), "{}: {order}", server.name);
        // Home again: the surcharge goes back to the payment it came from.
        let (code, home) = give("change-address", to("06234")).await;
        assert_eq!((code, home["order"]["amounts"]["island"].as_i64()), (200, Some(0)), "{}: {home}", server.name);
        server.advance("PT1M").await;
        let (_, order) = server.call("channel", "GET", &format!("/orders/{number}"), None).await;
        assert_eq!(order["refunds"][0]["amount"].as_i64(), Some(5_000), "{}: {order}", server.name);
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_split_order_comes_in_two_parcels_and_costs_what_it_cost() {
    for server in servers().await {
        let (_, placed) = server.event("channel", &sample()).await;
        let number = placed["data"]["number"].as_str().unwrap().to_owned();
        server.approve_at_psp(placed["data"]["psp_order_id"].as_str().unwrap(), 70_000).await;
        server.advance("PT6M").await;
        let show = async || server.call("channel", "GET", &format!("/orders/{number}"), None).await.1;
        let give = async |who: &str, command: &str, body: Value| server.call(who, "POST", &format!("/orders/{number}/{command}"), Some(&body)).await;
        let order = show().await;
        let (goods, line) = (order["fulfilments"][0]["id"].clone(), order["lines"][0]["id"].clone());
        let amounts = order["amounts"].clone();
        let part = |units: u32| json!({ "fulfilment": goods, "units": [{ "line": line, "quantity": units }] });
        assert_eq!(give("channel", "split-fulfilment", part(1)).await.0, 403, "{}", server.name);
        let (code, refused) = give("store", "split-fulfilment", part(2)).await;
        assert_eq!((code, refused["field"].as_str()), (422, Some("units")), "{}: {refused}", server.name);
        let (code, split) = give("store", "split-fulfilment", part(1)).await;
        assert_eq!(code, 200, "{}: {split}", server.name);
        // The part goes at once, the rest by itself half an hour later.
        let at_once = json!({ "fulfilment": show().await["fulfilments"][1]["id"] });
        for command in ["start-preparing", "allocate", "release"] {
            assert!(give("store", command, at_once.clone()).await.0 < 300, "{}: {command}", server.name);
        }
        // The warehouse is asked before the time passes in which it sends.
        server.advance("PT1S").await;
        server.advance("PT2M").await;
        let order = show().await;
        assert_eq!(
            (order["status"].as_str(), order["fulfilments"][1]["state"].as_str()),
            (Some("Confirmed"), Some("Delivered")),
            "{}: {order}",
            server.name
        );
        server.advance("PT31M").await;
        server.advance("PT2M").await;
        let order = show().await;
        let tracking = |nth: usize| order["fulfilments"][nth]["tracking"].as_str().unwrap_or_default().to_owned();
        assert_eq!(order["status"].as_str(), Some("Delivered"), "{}: {order}", server.name);
        assert!(!tracking(0).is_empty() && !tracking(1).is_empty() && tracking(0) != tracking(1), "{}", server.name);
        assert_eq!((order["paid"].as_i64(), &order["amounts"]), (Some(70_000), &amounts), "{}", server.name);
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sold_before_it_is_there_leaves_when_it_comes() {
    for server in servers().await {
        let mut reserved = sample();
        reserved["data"]["items"] = json!([
            { "product_id": "PROD-6010", "variant_id": "VAR-6010-WHT", "quantity": 2, "unit_price": 429_000 },
            { "product_id": "PROD-5001", "variant_id": "VAR-5001-BLK-M", "quantity": 1, "unit_price": 35_000 },
        ]);
        reserved["data"]["total_amount"] = json!(893_000);
        let (code, placed) = server.event("channel", &reserved).await;
        assert_eq!(code, 200, "{}: {placed}", server.name);
        let number = placed["data"]["number"].as_str().unwrap().to_owned();
        server.approve_at_psp(placed["data"]["psp_order_id"].as_str().unwrap(), 893_000).await;
        server.advance("PT6M").await;
        let show = async || server.call("channel", "GET", &format!("/orders/{number}"), None).await.1;
        let order = show().await;
        assert!(order["lines"][0]["ship_by"].is_object() && order["lines"][1]["ship_by"].is_null(), "{}: {order}", server.name);
        // More than the cap is refused, whatever is asked for.
        let mut more = sample();
        more["data"]["order_id"] = json!("ORD-2025012600002");
        more["data"]["items"] = json!([{ "product_id": "PROD-6010", "variant_id": "VAR-6010-WHT", "quantity": 39, "unit_price": 429_000 }]);
        more["data"]["total_amount"] = json!(16_731_000);
        let (code, refused) = server.event("channel", &more).await;
        assert_eq!(
            (code, refused["code"].as_str(), refused["available"].as_i64()),
            (409, Some("out_of_stock"), Some(38)),
            "{}: {refused}",
            server.name
        );
        // What is there goes by itself; what is to come waits, and nobody can start it.
        server.advance("PT31M").await;
        server.advance("PT2M").await;
        let order = show().await;
        let goods = order["fulfilments"].as_array().unwrap().iter().find(|goods| goods["promised"].is_object()).unwrap().clone();
        let others = order["fulfilments"].as_array().unwrap().iter().filter(|other| other["id"] != goods["id"]);
        assert!(others.into_iter().all(|other| other["state"] == "Delivered"), "{}: {order}", server.name);
        assert_eq!((order["status"].as_str(), order["waits"].as_str()), (Some("Confirmed"), Some("arrival")), "{}: {order}", server.name);
        let start = json!({ "fulfilment": goods["id"] });
        let (code, early) = server.call("store", "POST", &format!("/orders/{number}/start-preparing"), Some(&start)).await;
        assert_eq!((code, early["code"].as_str()), (409, Some("wrong_state")), "{}: {early}", server.name);
        // The promised day goes by, and then they come.
        server.advance("P15D").await;
        let late = show().await;
        assert_eq!((late["waits"].as_str(), late["status"].as_str()), (Some("seller"), Some("Confirmed")), "{}: {late}", server.name);
        let warehouse = server.inside(&number).await.warehouse;
        let desk = server.sign_in("hanbit-manager@jumun.example").await;
        let form = format!("warehouse={warehouse}&variant=VAR-6010-WHT&quantity=5");
        assert!(desk.send("receive-goods", form).await.is_success(), "{}", server.name);
        for _ in 0..100 {
            if show().await["fulfilments"].as_array().unwrap().iter().all(|goods| goods["promised"].is_null()) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        server.advance("PT31M").await;
        server.advance("PT2M").await;
        let order = show().await;
        assert_eq!((order["status"].as_str(), order["paid"].as_i64()), (Some("Delivered"), Some(893_000)), "{}: {order}", server.name);
        server.advance("PT1S").await;
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_come_back_and_are_exchanged_until_no_claim_is_open() {
    for server in servers().await {
        let flags = ["--orders", "24", "--concurrency", "4", "--seed", "1", "--claims", "--json"];
        let (fine, text) = server.run(&[&["simulate", "--url", &server.url][..], &flags].concat());
        assert!(fine, "{}: {text}", server.name);
        let figures: Value = serde_json::from_str(text.lines().find(|line| line.starts_with('{')).unwrap()).unwrap();
        let done = |step: &str| figures["steps"][step].as_i64().unwrap_or_default();
        assert_eq!(figures["failures"], 0, "{}: {text}", server.name);
        for step in ["request-return", "request-exchange", "approve-return", "approve-exchange", "inspect-return", "confirm-purchase"] {
            assert!(done(step) > 0, "{}: nobody did {step}: {text}", server.name);
        }
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_go_through_partners_and_installers_to_the_confirmed_purchase() {
    for server in servers().await {
        let flags = ["--orders", "16", "--concurrency", "4", "--seed", "1", "--chain", "--json"];
        let (fine, text) = server.run(&[&["simulate", "--url", &server.url][..], &flags].concat());
        assert!(fine, "{}: {text}", server.name);
        let figures: Value = serde_json::from_str(text.lines().find(|line| line.starts_with('{')).unwrap()).unwrap();
        let done = |step: &str| figures["steps"][step].as_i64().unwrap_or_default();
        assert_eq!(figures["failures"], 0, "{}: {text}", server.name);
        for step in ["buy-from-partner", "accept-order", "confirm-purchase", "accept-installation", "complete-installation", "release"] {
            assert!(done(step) > 0, "{}: nobody did {step}: {text}", server.name);
        }
        server.assert_clean();
    }
}
