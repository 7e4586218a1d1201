//! The interface for other programs through the real binary, on both databases.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "support/server.rs"]
mod server;

use serde_json::{Value, json};
use server::{Server, servers};

fn wish(external: &str, customer: Option<&str>, variant: &str) -> Value {
    json!({
        "external_id": external,
        "customer": customer,
        "lines": [{ "variant": variant, "quantity": 1 }],
        "ship_to": { "name": "홍길동", "phone": "010-1234-5678", "postcode": "06234", "address": "서울시 강남구 테헤란로 123" }
    })
}

async fn place(server: &Server, key: &str, wish: &Value) -> String {
    let (code, order) = server.call(key, "POST", "/orders", Some(wish)).await;
    assert_eq!(code, 201, "{}: {order}", server.name);
    order["number"].as_str().unwrap().to_owned()
}

async fn numbers(server: &Server, key: &str, query: &str) -> Vec<String> {
    let (code, list) = server.call(key, "GET", &format!("/orders?{query}"), None).await;
    assert_eq!(code, 200, "{}: {query}: {list}", server.name);
    list["rows"].as_array().unwrap().iter().map(|row| row["number"].as_str().unwrap().to_owned()).collect()
}

async fn get(server: &Server, key: &str, path: &str) -> Value {
    let (code, answer) = server.call(key, "GET", path, None).await;
    assert_eq!(code, 200, "{}: {path}: {answer}", server.name);
    answer
}

/// Asks for payment and pays; answers when the order is confirmed.
async fn pay(server: &Server, key: &str, number: &str) {
    let (code, answer) = server.call(key, "POST", &format!("/orders/{number}/request-payment"), Some(&json!({ "method": "card" }))).await;
    assert_eq!(code, 202, "{}: {answer}", server.name);
    // The provider's stand-in may know the time as it was a tenth of a second ago, before the clock was moved.
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    let amount = answer["order"]["attempt"]["amount"].as_i64().unwrap();
    server.approve_at_psp(answer["order"]["attempt"]["psp_order"].as_str().unwrap(), amount).await;
    server.advance("PT6M").await;
    assert_eq!(get(server, key, &format!("/orders/{number}")).await["status"], "Confirmed", "{}", server.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_found_by_what_they_are() {
    for server in servers().await {
        let mine = place(&server, "channel", &wish("A-1", Some("CUST-001234"), "VAR-5001-BLK-M")).await;
        server.advance("P2D").await;
        let guests = place(&server, "channel", &wish("A-2", None, "VAR-5001-BLK-L")).await;
        let elsewhere = place(&server, "channel", &wish("A-3", Some("CUST-001234"), "VAR-6004-WHT")).await;
        let others = place(&server, "other_channel", &wish("A-1", Some("CUST-001234"), "VAR-5001-BLK-M")).await;
        pay(&server, "channel", &guests).await;

        // Each key sees its own, newest first; the first order was never paid and is cancelled by now.
        let list = |key: &'static str, query: &'static str| numbers(&server, key, query);
        assert_eq!(list("channel", "").await, [&*elsewhere, &*guests, &*mine], "{}", server.name);
        assert_eq!(list("other_channel", "").await, [&*others]);
        assert_eq!(list("store", "").await, [&*others, &*guests, &*mine]);
        // Boards and statuses, in every vocabulary.
        assert_eq!(list("store", "board=orders").await, [&*guests]);
        assert_eq!(list("channel", "board=orders").await, [&*guests]);
        assert_eq!(list("store", "status=Confirmed").await, [&*guests]);
        assert_eq!(list("store", "status=Cancelled").await, [&*mine]);
        assert_eq!(list("channel", "status=PAID&vocabulary=003").await, [&*guests]);
        assert_eq!(list("store", "status=CREATED&vocabulary=003").await, [&*others]);
        assert_eq!(list("channel", "status=INVENTORY_RESERVED&vocabulary=000").await, [&*elsewhere, &*guests]);
        assert_eq!(list("channel", "status=CONFIRMED&vocabulary=001&board=cancelled").await, [""; 0]);
        // Customers, sellers, words.
        assert_eq!(list("store", "customer=CUST-001234").await, [&*others, &*mine]);
        assert_eq!(list("store", "customer=CUST-999999").await, [""; 0]);
        assert_eq!(list("channel", "seller=areum").await, [&*elsewhere]);
        assert_eq!(list("channel", "q=공기%20청정기").await, [&*elsewhere]);
        assert_eq!(list("channel", "q=ㄱㄱㅊㅈㄱ").await, [&*elsewhere]);
        assert_eq!(list("channel", "q=OUTDOOR unit").await, [&*guests, &*mine]);
        assert_eq!(numbers(&server, "store", &format!("q={}", &guests[..guests.len() - 2])).await, [&*guests]);
        assert_eq!(list("store", "q=%25").await.len(), 3, "signs of patterns find nothing special");
        // Days of placement, both inclusive.
        let day = |number: &str| format!("{}-{}-{}", &number[4..8], &number[8..10], &number[10..12]);
        let (first, last) = (day(&mine), day(&elsewhere));
        assert_eq!(numbers(&server, "channel", &format!("from={first}&to={first}")).await, [&*mine]);
        assert_eq!(numbers(&server, "channel", &format!("from={last}")).await, [&*elsewhere, &*guests]);
        assert_eq!(numbers(&server, "channel", &format!("from={first}&to={last}")).await.len(), 3);
        // Page by page.
        let (mut pages, mut next) = (Vec::new(), Some(String::new()));
        while let Some(cursor) = next {
            let query = if cursor.is_empty() { "/orders?limit=1".to_owned() } else { format!("/orders?limit=1&cursor={cursor}") };
            let list = get(&server, "channel", &query).await;
            assert_eq!(list["rows"].as_array().unwrap().len(), 1);
            pages.push(list["rows"][0]["number"].as_str().unwrap().to_owned());
            next = list["next"].as_str().map(str::to_owned);
        }
        assert_eq!(pages, [&*elsewhere, &*guests, &*mine]);

        for (key, query, code, field) in [
            ("store", "board=nowhere", 422, "board"),
            ("store", "status=PAID", 422, "status"),
            ("store", "status=SHIPPED&vocabulary=001", 422, "status"),
            ("store", "vocabulary=002", 422, "vocabulary"),
            ("store", "from=2026-02-30", 422, "from"),
            ("store", "to=yesterday", 422, "to"),
            ("store", "from=2026-02-02&to=2026-02-01", 422, "to"),
            ("store", "limit=0", 422, "limit"),
            ("store", "limit=101", 422, "limit"),
            ("store", "limit=many", 422, "limit"),
            ("store", "cursor=7", 422, "cursor"),
            ("store", "cursor=7~8", 422, "cursor"),
            ("store", "q=a%00b", 422, "q"),
            ("store", "staus=Paid", 422, "query"),
            ("channel", "seller=nobody", 422, "seller"),
            ("channel", "customer=CUST-001234", 403, ""),
            ("store", "seller=hanbit", 403, ""),
        ] {
            let (status, problem) = server.call(key, "GET", &format!("/orders?{query}"), None).await;
            assert_eq!((status, problem["field"].as_str().unwrap_or_default()), (code, field), "{}: {query}: {problem}", server.name);
        }
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_reads_and_commands_its_own_orders_only() {
    for server in servers().await {
        let number = place(&server, "channel", &wish("B-1", Some("CUST-001234"), "VAR-5001-BLK-M")).await;
        // A number of a customer tells a channel no name.
        let mut parcel = wish("B-0", Some("CUST-001234"), "VAR-5001-BLK-M");
        parcel["ship_to"]["name"] = json!("김수신");
        let (_, sent) = server.call("channel", "POST", "/orders", Some(&parcel)).await;
        assert_eq!(sent["buyer_name"], "김수신", "{}: {sent}", server.name);
        let inside = get(&server, "store", &format!("/orders/{}", sent["number"].as_str().unwrap())).await;
        assert_eq!(inside["buyer_name"], "홍길동", "{}: {inside}", server.name);
        // The same number of another channel is another order; the same wish again is the same one, any other is refused.
        let other = place(&server, "other_channel", &wish("B-1", Some("CUST-001234"), "VAR-5001-BLK-M")).await;
        assert_ne!(number, other);
        assert_eq!(place(&server, "channel", &wish("B-1", Some("CUST-001234"), "VAR-5001-BLK-M")).await, number);
        let mut moved = wish("B-1", Some("CUST-001234"), "VAR-5001-BLK-M");
        moved["ship_to"]["address"] = json!("부산시 해운대구 어딘가 7");
        for changed in [wish("B-1", None, "VAR-5001-BLK-M"), wish("B-1", Some("CUST-001234"), "VAR-5001-BLK-L"), moved] {
            let (code, problem) = server.call("channel", "POST", "/orders", Some(&changed)).await;
            assert_eq!((code, problem["code"].as_str()), (422, Some("key_reused")), "{}: {problem}", server.name);
        }
        for path in ["", "/events", "/events?as_of=1", "/tree", "/refund-slip"] {
            for key in ["other_channel", "channel"] {
                let (code, answer) = server.call(key, "GET", &format!("/orders/{number}{path}"), None).await;
                assert_eq!(code, if key == "channel" { 200 } else { 404 }, "{}: {key} {path}: {answer}", server.name);
            }
        }
        for command in ["cancel", "request-payment", "confirm-purchase"] {
            let body = json!({ "method": "card" });
            let (code, answer) = server.call("other_channel", "POST", &format!("/orders/{number}/{command}"), Some(&body)).await;
            assert_eq!((code, answer["code"].as_str()), (404, Some("not_found")), "{}: {command}", server.name);
        }
        // What is wrong with a wish is said, and nothing of it stays.
        let before = numbers(&server, "channel", "").await;
        let (bad_name, bad_code) = {
            let (mut name, code) = (wish("B-2", None, "VAR-5001-BLK-M"), wish("B-2", None, "VAR\u{0}"));
            name["ship_to"]["name"] = json!(" ");
            (name, code)
        };
        for (key, body, code, refusal, field) in [
            ("channel", wish("B-2", Some("CUST-0"), "VAR-5001-BLK-M"), 422, "invalid", "customer"),
            ("channel", wish("B-2", Some("\u{0}"), "VAR-5001-BLK-M"), 422, "invalid", "customer"),
            ("channel", wish("", None, "VAR-5001-BLK-M"), 422, "invalid", "external_id"),
            ("channel", bad_name, 422, "invalid", "name"),
            ("channel", bad_code, 422, "invalid", "variant"),
            ("channel", wish("B-2", None, "VAR-0"), 409, "not_for_sale", ""),
            ("store", wish("B-2", None, "VAR-5001-BLK-M"), 403, "not_allowed", ""),
        ] {
            let (status, problem) = server.call(key, "POST", "/orders", Some(&body)).await;
            let said = (status, problem["code"].as_str().unwrap_or_default(), problem["field"].as_str().unwrap_or_default());
            assert_eq!(said, (code, refusal, field), "{}: {body}: {problem}", server.name);
        }
        assert_eq!(numbers(&server, "channel", "").await, before);
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_tells_what_it_was_and_what_its_money_did() {
    for server in servers().await {
        let number = place(&server, "channel", &wish("C-1", Some("CUST-001234"), "VAR-5001-BLK-M")).await;
        let path = format!("/orders/{number}");
        pay(&server, "channel", &number).await;
        let paid = get(&server, "store", &path).await;
        let amount = paid["amounts"]["goods"].as_i64().unwrap() + paid["amounts"]["shipping"].as_i64().unwrap_or(0);
        // The status in everybody's words; `status` stays ours.
        for (vocabulary, name) in [("ours", "Confirmed"), ("000", "INVENTORY_RESERVED"), ("001", "CONFIRMED"), ("003", "PAID")] {
            let order = get(&server, "channel", &format!("{path}?vocabulary={vocabulary}")).await;
            assert_eq!((order["status"].as_str(), order["status_name"].as_str()), (Some("Confirmed"), Some(name)), "{}", server.name);
            let list = get(&server, "channel", &format!("/orders?vocabulary={vocabulary}")).await;
            assert_eq!(list["rows"][0]["status_name"].as_str(), Some(name));
        }

        // As it was: by number and by time, for the same eyes, with nothing of later in it.
        let history = get(&server, "channel", &format!("{path}/events")).await;
        let events = history.as_array().unwrap().len();
        let first = get(&server, "channel", &format!("{path}/events?as_of=1&vocabulary=003")).await;
        assert_eq!((first["status"].as_str(), first["status_name"].as_str()), (Some("Pending"), Some("CREATED")), "{first}");
        assert_eq!((first["version"].as_u64(), first["history"].as_array().map(Vec::len)), (Some(1), Some(1)));
        assert_eq!((first["paid"].as_i64(), first["attempt"].is_null(), first["offers"] == json!([])), (Some(0), true, true));
        let last = get(&server, "channel", &format!("{path}/events?as_of={events}")).await;
        assert_eq!((&last["status"], &last["paid"], &last["lines"]), (&paid["status"], &paid["paid"], &paid["lines"]));
        assert!(last["fulfilments"][0]["warehouse"].is_null() && last["sagas"] == json!([]), "a buyer sees no warehouse: {last}");
        let seen_inside = get(&server, "store", &format!("{path}/events?as_of={events}")).await;
        assert!(!seen_inside["fulfilments"][0]["warehouse"].is_null(), "{seen_inside}");
        let placed = jumun::time::Time(paid["placed_at"].as_i64().unwrap());
        // A second later nobody had paid yet; a plus that is not escaped is understood.
        let soon = (placed + jumun::time::Span::seconds(1)).rfc3339();
        let then = get(&server, "channel", &format!("{path}/events?as_of={soon}")).await;
        assert!(then["paid"] == 0 && then["version"].as_u64() < last["version"].as_u64(), "{then}");
        let tomorrow = (placed + jumun::time::Span::days(1)).rfc3339();
        let before = jumun::time::Time(placed.0 - 1_000_000).kst_minute();
        for (as_of, problem) in [
            ("0".to_owned(), "out_of_range"),
            ((events + 1).to_string(), "out_of_range"),
            (tomorrow, "out_of_range"),
            (before, "out_of_range"),
            ("then".to_owned(), "malformed"),
            (String::new(), "malformed"),
        ] {
            let (code, answer) = server.call("channel", "GET", &format!("{path}/events?as_of={}", as_of.replace(' ', "%20")), None).await;
            assert_eq!((code, answer["problem"].as_str()), (422, Some(problem)), "{}: {as_of}: {answer}", server.name);
        }

        // Its tree: one agreement so far.
        for (key, chair) in [("channel", "buyer"), ("store", "seller")] {
            let tree = get(&server, key, &format!("{path}/tree")).await;
            let nodes = tree["nodes"].as_array().unwrap();
            assert_eq!(nodes.len(), 1, "{tree}");
            assert_eq!((nodes[0]["number"].as_str(), nodes[0]["kind"].as_str()), (Some(&*number), Some("Sale")));
            assert_eq!((nodes[0]["chair"].as_str(), nodes[0]["parent"].is_null()), (Some(chair), true));
        }

        // Its money: paid, asked back, back. What goes back is the provider's answer, so the command is only taken.
        let slip = get(&server, "channel", &format!("{path}/refund-slip")).await;
        assert_eq!((slip["paid"].as_i64(), slip["remaining"].as_i64(), &slip["refunds"]), (Some(amount), Some(amount), &json!([])), "{slip}");
        assert_eq!(slip["payments"][0]["amount"].as_i64(), Some(amount));
        let (code, answer) = server.call("channel", "POST", &format!("{path}/cancel"), None).await;
        assert_eq!(code, 202, "{answer}");
        server.advance("PT1M").await;
        for key in ["channel", "store"] {
            let slip = get(&server, key, &format!("{path}/refund-slip")).await;
            assert_eq!(
                (slip["paid"].as_i64(), slip["refunded"].as_i64(), slip["remaining"].as_i64()),
                (Some(amount), Some(amount), Some(0)),
                "{slip}"
            );
            let line = &slip["refunds"][0];
            assert_eq!((line["amount"].as_i64(), line["reason"].as_str()), (Some(amount), Some("cancelled")));
            assert!(line["requested_at"].as_i64() <= line["completed_at"].as_i64() && line["completed_at"].is_i64(), "{slip}");
        }
        // Nobody outside is asked when nobody paid.
        let unpaid = place(&server, "channel", &wish("C-2", None, "VAR-5001-BLK-M")).await;
        let (code, answer) = server.call("channel", "POST", &format!("/orders/{unpaid}/cancel"), None).await;
        assert_eq!((code, answer["order"]["status"].as_str()), (200, Some("Cancelled")), "{answer}");
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn returns_are_read_by_their_store_and_their_channel() {
    for server in servers().await {
        let mut numbers = Vec::new();
        for (external, reason) in [("R-1", "defect"), ("R-2", "change_of_mind")] {
            let number = place(&server, "channel", &wish(external, Some("CUST-001234"), "VAR-5001-BLK-M")).await;
            pay(&server, "channel", &number).await;
            let order = get(&server, "store", &format!("/orders/{number}")).await;
            let goods = &order["fulfilments"][0]["id"];
            let (code, said) =
                server.call("store", "POST", &format!("/orders/{number}/start-preparing"), Some(&json!({ "fulfilment": goods }))).await;
            assert_eq!(code, 200, "{said}");
            let units = json!([{ "line": order["lines"][0]["id"], "quantity": 1 }]);
            let wish = json!({ "fulfilment": goods, "units": units, "reason": reason });
            let (code, said) = server.call("channel", "POST", &format!("/orders/{number}/request-return"), Some(&wish)).await;
            assert_eq!(code, 200, "{said}");
            numbers.push(number);
        }
        let orders = async |key: &str, query: &str| {
            let list = get(&server, key, &format!("/claims?{query}")).await;
            list["rows"].as_array().unwrap().iter().map(|row| row["order"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        for key in ["store", "channel"] {
            assert_eq!(orders(key, "").await, numbers, "{}: the longest waiting first", server.name);
            assert_eq!(orders(key, "fault=seller").await, numbers[..1]);
            assert_eq!(orders(key, "reason=change_of_mind&state=Requested").await, numbers[1..]);
            assert_eq!(orders(key, "state=over").await, [""; 0]);
            assert_eq!(orders(key, &format!("q={}", numbers[1])).await, numbers[1..]);
            let first = get(&server, key, "/claims?limit=1").await;
            let second = get(&server, key, &format!("/claims?limit=1&cursor={}", first["next"].as_str().unwrap())).await;
            assert_eq!((first["rows"][0]["order"].as_str(), second["rows"][0]["order"].as_str()), (Some(&*numbers[0]), Some(&*numbers[1])));
            assert_eq!(second["next"], Value::Null);
            let id = first["rows"][0]["id"].as_str().unwrap();
            let one = get(&server, key, &format!("/claims/{id}")).await;
            assert_eq!((&one["order"], &one["claim"]["state"], &one["claim"]["back"]), (&json!(numbers[0]), &json!("Requested"), &json!(35_000)));
            let told = one.to_string() + &first.to_string();
            assert!(!told.contains("홍길동"), "whose return it is the order says: {told}");
            for bad in ["state=nowhere", "reason=none", "fault=mine", "cursor=x", "limit=0", "page=2"] {
                assert_eq!(server.call(key, "GET", &format!("/claims?{bad}"), None).await.0, 422, "{bad}");
            }
        }
        assert_eq!(orders("channel", "seller=hanbit").await, numbers);
        assert_eq!(orders("other_channel", "").await, [""; 0]);
        // A question waits for the buyer, and what a store notes for itself is nowhere here.
        let id = get(&server, "store", "/claims?limit=1").await["rows"][0]["id"].clone();
        let question = json!({ "claim": id, "note": "어떤 소리가 나나요?" });
        let (code, said) = server.call("store", "POST", &format!("/orders/{}/ask-about-return", numbers[0]), Some(&question)).await;
        assert_eq!(code, 200, "{said}");
        assert_eq!(orders("channel", "state=asked").await, numbers[..1]);
        let answer = json!({ "claim": id, "note": "쇳소리가 나요" });
        let (code, said) = server.call("channel", "POST", &format!("/orders/{}/answer-about-return", numbers[0]), Some(&answer)).await;
        assert_eq!(code, 200, "{said}");
        assert_eq!(orders("store", "state=asked").await, [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_answers_in_one_manner() {
    for server in servers().await {
        let number = place(&server, "channel", &wish("D-1", None, "VAR-5001-BLK-M")).await;
        let json_type = ("content-type", "application/json");
        let large = format!("{{\"x\":\"{}\"}}", "x".repeat(300 * 1024));
        for (key, method, path, headers, body, code) in [
            ("channel", "GET", "/api/v1/nowhere", vec![], None, 404),
            ("channel", "GET", "/api/v1", vec![], None, 404),
            ("channel", "GET", "/api/v1/", vec![], None, 404),
            ("channel", "GET", "/api/v1/orders/%FF", vec![], None, 400),
            ("channel", "GET", "/api/v1/orders/a%00b", vec![], None, 404),
            ("channel", "DELETE", "/api/v1/orders", vec![], None, 405),
            ("channel", "PUT", "/api/v1/quotes", vec![], None, 405),
            ("channel", "POST", "/api/v1/orders", vec![json_type], Some(large.as_str()), 413),
            ("channel", "POST", "/api/v1/orders", vec![("content-type", "text/plain")], Some("{}"), 415),
            ("channel", "POST", "/api/v1/orders", vec![], Some("{}"), 415),
            ("channel", "POST", "/api/v1/orders", vec![json_type], Some("{"), 422),
            ("channel", "POST", "/api/v1/orders", vec![json_type, ("idempotency-key", "")], Some("{}"), 422),
            ("channel", "GET", "/api/v1/orders?nothing=1", vec![], None, 422),
            ("nobody", "GET", "/api/v1/orders", vec![], None, 401),
            ("nobody", "GET", "/api/v1/orders", vec![("authorization", "Bearer wrong")], None, 401),
            ("nobody", "POST", "/api/v1/events", vec![json_type], Some("{}"), 401),
        ] {
            let response = server.ask(key, method, path, &headers, body).await;
            let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            let (kind, id, allow) = (text("content-type"), text("x-request-id"), text("allow"));
            let status = response.status().as_u16();
            let problem: Value = response.json().await.unwrap_or_default();
            assert_eq!((status, kind.as_str()), (code, "application/problem+json"), "{}: {method} {path}: {problem}", server.name);
            assert!(id.len() >= 8 && problem["title"].is_string() && problem["code"].is_string(), "{method} {path}: {problem}");
            assert_eq!((problem["status"].as_u64(), allow.is_empty()), (Some(u64::from(code)), code != 405), "{method} {path}: {allow}");
        }

        // Who has it already is told so, until it moves.
        for path in ["", "/events", "/events?as_of=1", "/tree", "/refund-slip", "?vocabulary=000"] {
            let path = format!("/api/v1/orders/{number}{path}");
            let tag = |response: &reqwest::Response| response.headers()["etag"].to_str().unwrap().to_owned();
            let first = server.ask("channel", "GET", &path, &[("x-request-id", "my-own-id-1")], None).await;
            assert_eq!((first.status().as_u16(), first.headers()["x-request-id"].to_str().unwrap()), (200, "my-own-id-1"));
            let known = tag(&first);
            let list = format!("\"other\", {known}");
            for header in [known.as_str(), list.as_str(), "*"] {
                let again = server.ask("channel", "GET", &path, &[("if-none-match", header)], None).await;
                assert_eq!((again.status().as_u16(), tag(&again)), (304, known.clone()), "{}: {path}", server.name);
            }
            assert_eq!(server.ask("channel", "GET", &path, &[("if-none-match", "\"other\"")], None).await.status().as_u16(), 200);
        }
        let shown = format!("/api/v1/orders/{number}");
        let before = server.ask("channel", "GET", &shown, &[], None).await.headers()["etag"].clone();
        server.call("channel", "POST", &format!("/orders/{number}/cancel"), None).await;
        let moved = server.ask("channel", "GET", &shown, &[("if-none-match", before.to_str().unwrap())], None).await;
        assert_eq!(moved.status().as_u16(), 200, "{}", server.name);

        // What is left of the minute, for each key by itself.
        let left = |response: reqwest::Response| {
            let figure = |name: &str| response.headers()[name].to_str().unwrap().parse::<u32>().unwrap();
            (figure("ratelimit-limit"), figure("ratelimit-remaining"), figure("ratelimit-reset"))
        };
        let (limit, most, _) = left(server.ask("store", "GET", "/api/v1/orders", &[], None).await);
        let (_, fewer, reset) = left(server.ask("store", "GET", "/api/v1/nowhere", &[], None).await);
        assert!(most + 1 == limit && fewer <= most && reset >= 1, "{limit} {most} {fewer} {reset}");

        // Guessing is limited by itself, and the wait that is told is the true one: thirty a minute are one in two seconds.
        let mut refused = None;
        for _ in 0..40 {
            let response = server.ask("nobody", "POST", "/api/find-order", &[("content-type", "application/x-www-form-urlencoded")], Some("")).await;
            if response.status().as_u16() == 429 {
                refused = Some(response.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap());
                break;
            }
        }
        assert!(matches!(refused, Some(1..=2)), "{}: {refused:?}", server.name);
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_one_effect_over_the_interface() {
    for server in servers().await {
        let body = wish("E-1", None, "VAR-5001-BLK-M").to_string();
        let headers = [("content-type", "application/json"), ("idempotency-key", "place-1")];
        let twins = (0..4).map(|_| server.ask("channel", "POST", "/api/v1/orders", &headers, Some(&body)));
        let mut placed = Vec::new();
        for response in futures::future::join_all(twins).await {
            assert_eq!(response.status().as_u16(), 201, "{}", server.name);
            assert!(response.headers().contains_key("location"));
            placed.push(response.json::<Value>().await.unwrap()["number"].as_str().unwrap().to_owned());
        }
        placed.dedup();
        assert_eq!(placed.len(), 1, "{}: {placed:?}", server.name);
        let other = wish("E-2", None, "VAR-5001-BLK-M").to_string();
        let reused = server.ask("channel", "POST", "/api/v1/orders", &headers, Some(&other)).await;
        assert_eq!((reused.status().as_u16(), reused.json::<Value>().await.unwrap()["code"].as_str()), (422, Some("key_reused")));
        // The key is this caller's and this operation's: another caller's is another one.
        let theirs = server.ask("other_channel", "POST", "/api/v1/orders", &headers, Some(&other)).await;
        assert_eq!(theirs.status().as_u16(), 201, "{}", server.name);
        let path = format!("/api/v1/orders/{}/request-payment", placed[0]);
        for _ in 0..2 {
            let paying = server.ask("channel", "POST", &path, &headers, Some("{\"method\":\"card\"}")).await;
            assert_eq!(paying.status().as_u16(), 202, "{}", server.name);
        }
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_did_not_hear_the_answer_sends_the_same_again_and_it_happens_once() {
    for server in servers().await {
        let mut orders = Vec::new();
        for external in ["P-1", "P-2"] {
            let number = place(&server, "channel", &wish(external, None, "VAR-5001-BLK-M")).await;
            pay(&server, "channel", &number).await;
            let order = get(&server, "channel", &format!("/orders/{number}")).await;
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            orders.push((number, text(&order["id"]), text(&order["fulfilments"][0]["id"])));
        }
        let staff = server.sign_in(&server.staff_of_sample().await).await;
        let form = |at: usize| format!("order={}&fulfilment={}&command=start-preparing", orders[at].1, orders[at].2);
        for _ in 0..3 {
            let (status, said) = staff.send_once("order-command", form(0), "step-1").await;
            assert_eq!(status, 200, "{}: {said}", server.name);
        }
        let events = get(&server, "store", &format!("/orders/{}/events", orders[0].0)).await.to_string();
        assert_eq!(events.matches("fulfilment.preparing").count(), 1, "{}: {events}", server.name);
        // Without a key, and with one that is none, it is what it always was.
        assert_eq!(staff.send("order-command", form(0)).await, 409, "{}", server.name);
        let (status, said) = staff.send_once("order-command", form(1), &"k".repeat(201)).await;
        assert_eq!((status, said["code"].as_str()), (422, Some("invalid")), "{}", server.name);
        // Something else under the same key is refused, and changes nothing.
        let (status, said) = staff.send_once("order-command", form(1), "step-1").await;
        assert_eq!((status, said["code"].as_str()), (422, Some("key_reused")), "{}", server.name);
        assert_eq!(get(&server, "store", &format!("/orders/{}", orders[1].0)).await["status"], "Confirmed", "{}", server.name);
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_gives_coupons_out_and_stops_them() {
    for server in servers().await {
        let body = |code: &str| {
            json!({
                "code": code, "name": { "ko": "가을맞이", "en": "Autumn" }, "off": { "kind": "percent", "percent": 10, "most": 20_000 },
                "minimum": 50_000, "until": "2099-12-31T23:59:59+09:00", "listed": true, "total": 2
            })
        };
        // A key is one coupon; its repetition gets the first answer.
        let headers = [("content-type", "application/json"), ("idempotency-key", "coupon-1")];
        let text = body("autumn-api").to_string();
        let twins = (0..3).map(|_| server.ask("store", "POST", "/api/v1/coupons", &headers, Some(&text)));
        let mut made = Vec::new();
        for response in futures::future::join_all(twins).await {
            assert_eq!(response.status().as_u16(), 201, "{}", server.name);
            let location = response.headers()["location"].to_str().unwrap().to_owned();
            let row: Value = response.json().await.unwrap();
            assert_eq!(location, format!("/api/v1/coupons/{}", row["id"].as_str().unwrap()));
            made.push(row);
        }
        made.dedup();
        assert_eq!(made.len(), 1, "{}: {made:?}", server.name);
        let (row, id) = (&made[0], made[0]["id"].as_str().unwrap().to_owned());
        assert_eq!(
            (&row["code"], &row["per_customer"], &row["given"], &row["terms"]["seller_percent"]),
            (&json!("AUTUMN-API"), &json!(1), &json!(0), &json!(100))
        );
        let again = server.call("store", "POST", "/coupons", Some(&body("AUTUMN-API"))).await;
        assert_eq!((again.0, again.1["problem"].as_str()), (422, Some("taken")), "{}: {again:?}", server.name);

        // A store lists its own, newest first and page by page.
        let (code, _) = server.call("store", "POST", "/coupons", Some(&body("WINTER-API"))).await;
        assert_eq!(code, 201);
        let mut codes = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = get(&server, "store", &format!("/coupons?limit=1{cursor}")).await;
            codes.extend(page["rows"].as_array().unwrap().iter().map(|row| row["code"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(codes[..2], ["WINTER-API", "AUTUMN-API"], "{}", server.name);
        let whole = get(&server, "store", "/coupons?limit=100").await;
        assert_eq!(whole["rows"].as_array().unwrap().len(), codes.len());
        assert!(whole["next"].is_null());
        for bad in ["limit=0", "limit=x", "cursor=x", "state=open"] {
            assert_eq!(server.call("store", "GET", &format!("/coupons?{bad}"), None).await.0, 422, "{bad}");
        }

        // What makes no sense is refused by its field.
        for (field, change) in [
            ("percent", json!({ "off": { "kind": "percent", "percent": 95, "most": 20_000 } })),
            ("until", json!({ "until": "2020-01-01T00:00:00+09:00" })),
            ("until", json!({ "until": "tomorrow" })),
            ("total", json!({ "total": 0 })),
            ("code", json!({ "code": "no" })),
            ("name", json!({ "name": { "ko": " " } })),
            ("body", json!({ "seller_percent": 0 })),
        ] {
            let mut wish = body("SPRING-API");
            wish.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let (code, said) = server.call("store", "POST", "/coupons", Some(&wish)).await;
            assert_eq!((code, said["field"].as_str()), (422, Some(field)), "{}: {change}: {said}", server.name);
        }

        // Stopped, it stays stopped since then, and is nobody else's to see.
        let (code, stopped) = server.call("store", "POST", &format!("/coupons/{id}/stop"), None).await;
        assert!(code == 200 && stopped["stopped_at"].is_i64(), "{stopped}");
        server.advance("PT1M").await;
        let (_, again) = server.call("store", "POST", &format!("/coupons/{id}/stop"), None).await;
        assert_eq!(again["stopped_at"], stopped["stopped_at"], "{}", server.name);
        assert_eq!(get(&server, "store", &format!("/coupons/{id}")).await["stopped_at"], stopped["stopped_at"]);
        assert_eq!(server.call("wholesaler", "GET", &format!("/coupons/{id}"), None).await.0, 404, "{}", server.name);
        assert_eq!(server.call("channel", "GET", "/coupons", None).await.0, 403, "{}", server.name);
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_tells_what_the_place_is_like_where_it_asked() {
    for server in servers().await {
        let put_up = |external: &str, site: Value| {
            let mut wish = wish(external, Some("CUST-001234"), "VAR-1001-WHT");
            wish["lines"][0]["installation"] = json!(true);
            wish["site"] = site;
            wish
        };
        let answers = json!({ "space": "yes", "power": "no", "outdoor": "unsure", "building": "yes" });
        let asked = place(&server, "channel", &put_up("S-1", answers.clone())).await;
        for key in ["channel", "store"] {
            let order = get(&server, key, &format!("/orders/{asked}")).await;
            assert_eq!((&order["site"], &order["call_out"]), (&answers, &json!(30_000)), "{}: {key}", server.name);
        }
        // Who did not ask orders as before, and its seller bears what comes of it.
        let unasked = place(&server, "channel", &put_up("S-2", Value::Null)).await;
        let order = get(&server, "store", &format!("/orders/{unasked}")).await;
        assert!(order["site"].is_null() && order["call_out"].is_null(), "{}: {order}", server.name);
        let half = json!({ "space": "yes" });
        let other = json!({ "space": "yes", "power": "maybe", "outdoor": "yes", "building": "yes" });
        for bad in [half, other, json!("yes")] {
            let (code, problem) = server.call("channel", "POST", "/orders", Some(&put_up("S-3", bad))).await;
            assert_eq!((code, problem["code"].as_str()), (422, Some("invalid")), "{}: {problem}", server.name);
        }
        // Nothing is put up of what is sent, whatever is said of the place.
        let mut sent = wish("S-4", Some("CUST-001234"), "VAR-5001-BLK-M");
        sent["site"] = answers.clone();
        let sent = place(&server, "channel", &sent).await;
        assert!(get(&server, "channel", &format!("/orders/{sent}")).await["site"].is_null(), "{}", server.name);
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_takes_goods_in_counts_them_and_orders_more() {
    const OURS: &str = "VAR-5001-BLK-M";
    for server in servers().await {
        let stock = get(&server, "store", &format!("/stock?q={OURS}")).await;
        let rows: Vec<&Value> = stock["rows"].as_array().unwrap().iter().filter(|row| row["variant"] == OURS).collect();
        let warehouse = rows[0]["warehouse"].clone();
        assert!(stock["warehouses"].as_array().unwrap().iter().any(|known| known["id"] == warehouse), "{}", server.name);
        let only = get(&server, "store", &format!("/stock?warehouse={}", warehouse.as_str().unwrap())).await;
        assert!(only["rows"].as_array().unwrap().iter().all(|row| row["warehouse"] == warehouse));
        let available = async || {
            let found = get(&server, "store", &format!("/stock?q={OURS}")).await;
            let rows = found["rows"].as_array().unwrap().clone();
            rows.iter().find(|row| row["variant"] == OURS && row["warehouse"] == warehouse).unwrap()["available"].as_i64().unwrap()
        };
        let before = available().await;

        // A key is one effect, and the answer says what there is now.
        let body = json!({ "warehouse": warehouse, "variant": OURS, "quantity": 3 }).to_string();
        let headers = [("content-type", "application/json"), ("idempotency-key", "in-1")];
        for _ in 0..2 {
            let response = server.ask("store", "POST", "/api/v1/stock/receive", &headers, Some(&body)).await;
            assert_eq!(response.status().as_u16(), 200, "{}", server.name);
            let rows: Value = response.json().await.unwrap();
            assert!(rows.as_array().unwrap().iter().any(|row| row["warehouse"] == warehouse && row["available"] == before + 3), "{rows}");
        }
        let counted = |delta: i32, reason: &str| json!({ "warehouse": warehouse, "variant": OURS, "delta": delta, "reason": reason });
        assert_eq!(server.call("store", "POST", "/stock/adjust", Some(&counted(-3, "세어 보니 적음"))).await.0, 200);
        assert_eq!(available().await, before, "{}", server.name);
        for (path, wish, field) in [
            ("/stock/adjust", counted(1, " "), "reason"),
            ("/stock/receive", json!({ "warehouse": warehouse, "variant": OURS, "quantity": 0 }), "body"),
            ("/stock/receive", json!({ "warehouse": warehouse, "variant": OURS, "quantity": 1, "price": 1 }), "body"),
        ] {
            let (code, said) = server.call("store", "POST", path, Some(&wish)).await;
            assert_eq!(code, 422, "{}: {wish}: {said}", server.name);
            assert!(field == "body" || said["field"] == field, "{said}");
        }
        assert_eq!(available().await, before, "what is refused changes nothing");

        // What is ordered of a partner is followed like any order.
        let refill = json!({ "warehouse": warehouse, "variant": OURS, "partner_variant": "VAR-8206-STD", "quantity": 2 });
        let (code, placed) = server.call("store", "POST", "/stock/restock", Some(&refill)).await;
        assert_eq!(code, 201, "{}: {placed}", server.name);
        let number = placed["number"].as_str().unwrap();
        assert_eq!(get(&server, "store", &format!("/orders/{number}")).await["number"], number);

        // Nothing was bought outside or put up yet; the lists say so, and refuse what they do not know.
        for (list, bad) in [("/installations", "state=Assigned"), ("/receipts", "state=open")] {
            let page = get(&server, "store", list).await;
            assert_eq!((page["rows"].as_array().unwrap().len(), page["next"].is_null()), (0, true), "{}: {page}", server.name);
            assert_eq!(server.call("store", "GET", &format!("{list}?{bad}"), None).await.0, 422);
        }
    }
}
