//! Who is told what happens: what is sent, to whom, how often, signed with what; on both databases, without workers and with the
//! whole server, which is killed in between.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "support/receiver.rs"]
mod receiver;
#[path = "support/server.rs"]
mod server_process;
mod support;

use app::session::Caller;
use jumun::{
    alert::Alert,
    command::{Answer, Command},
    ids::EndpointId,
    refusal::{AddressFlaw, Refusal},
    text::Description,
    time::Span,
    webhook::{DeliveryQuery, DeliveryState, DeliveryView, Disabled, EventFilter, Miss, SCHEDULE},
};
use receiver::{Receiver, Reply};
use serde_json::{Value, json};
use server::{callout::Reach, testing};
use server_process::{Server, servers};
use support::{Bench, benches};

/// Benches whose house may call this machine.
async fn open_benches() -> Vec<Bench> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let benches = benches().await;
    for bench in &benches {
        bench.house.reach.set(Reach { plain: true, loopback: true }).unwrap();
    }
    benches
}

/// Makes an endpoint and answers it with its secret.
async fn endpoint(bench: &Bench, caller: &Caller, url: &str, events: &[&str]) -> (EndpointId, String) {
    let events = EventFilter::parse(events.iter().copied()).unwrap();
    made(bench, caller, Command::AddEndpoint { url: url.into(), events, description: None }).await
}

/// Carries out a command that makes a secret.
async fn made(bench: &Bench, caller: &Caller, command: Command) -> (EndpointId, String) {
    match bench.execute(caller, command).await.unwrap() {
        Answer::Endpoint { endpoint, secret } => (endpoint, bench.house.endpoint(caller, endpoint, secret).await.unwrap().secret.unwrap()),
        other => panic!("{other:?}"),
    }
}

async fn deliveries(bench: &Bench, caller: &Caller, endpoint: EndpointId) -> Vec<DeliveryView> {
    let query = DeliveryQuery { endpoint: Some(endpoint), limit: 100, ..DeliveryQuery::default() };
    bench.house.deliveries(caller, &query).await.unwrap().rows
}

#[tokio::test(flavor = "multi_thread")]
async fn each_party_is_told_what_its_chair_may_see_and_once() {
    for bench in open_benches().await {
        let item = bench.scarce_item(9).await;
        let (seller, stranger) = (bench.staff(&item).await, bench.other_staff(&item).await);
        let (hears_all, hears_some, hears_nothing) = (Receiver::start().await, Receiver::start().await, Receiver::start().await);
        let guest = bench.guest().await;
        let before = bench.buy(&guest, &item, 1).await;
        bench.advance(Span::seconds(1)).await;
        let (all, secret) = endpoint(&bench, &seller, &hears_all.url, &[]).await;
        endpoint(&bench, &seller, &hears_some.url, &["payment.*", "order.confirmed"]).await;
        endpoint(&bench, &stranger, &hears_nothing.url, &[]).await;

        let order = bench.buy(&bench.guest().await, &item, 2).await;
        let buyer = bench.guest().await;
        let paid = bench.buy(&buyer, &item, 1).await;
        bench.pay(&buyer, paid).await;
        testing::queue_webhooks(&bench.house).await;
        testing::send_webhooks(&bench.house).await;

        // Everything since the endpoint was made, in order, and nothing from before.
        let log = bench.log(order).await.len() + bench.log(paid).await.len();
        let received = hears_all.received();
        assert_eq!(received.len(), log, "{}: {:?}", bench.name, hears_all.types());
        assert!(received.iter().all(|it| it.body()["data"]["order"]["id"] != before.to_string()));
        let about = |of: jumun::ids::OrderId| received.iter().filter(move |it| it.body()["data"]["order"]["id"] == of.to_string());
        let sequences: Vec<u64> = about(paid).map(|it| it.body()["data"]["sequence"].as_u64().unwrap()).collect();
        assert_eq!(sequences, (1..=bench.log(paid).await.len() as u64).collect::<Vec<_>>(), "{}", bench.name);
        for (received, (event, at)) in about(paid).zip(bench.log(paid).await) {
            let body = received.body();
            assert_eq!((body["type"].as_str().unwrap(), body["timestamp"].as_str().unwrap()), (event.name(), at.rfc3339().as_str()));
            assert!(received.is_signed_with(&secret), "{}: {body}", bench.name);
            assert!(received.id().starts_with("msg_") && received.header("content-type") == "application/json");
        }
        // Ids and figures as the seller's chair sees them, and nobody's name, phone or address.
        let seen = bench.house.order(&seller, &bench.order(paid).await.number).await.unwrap();
        let last = about(paid).last().unwrap().body();
        let told = &last["data"]["order"];
        assert_eq!((told["status"].as_str().unwrap(), &told["paid"]), (seen.status.name(), &json!(seen.paid)), "{}", bench.name);
        assert_eq!((&told["amounts"], &last["data"]["chair"]), (&json!(seen.amounts), &json!("seller")));
        let first = about(paid).next().unwrap().body();
        assert_eq!((first["data"]["order"]["status"].as_str(), &first["data"]["order"]["paid"]), (Some("Pending"), &json!(0)), "{first}");
        for message in &received {
            let text = String::from_utf8(message.bytes.to_vec()).unwrap();
            for private in ["홍길동", "010-1234", "테헤란로", "key-", &secret] {
                assert!(!text.contains(private), "{}: {private} in {text}", bench.name);
            }
        }
        // A filter lets through what it names; who has no chair hears nothing.
        assert!(!hears_some.types().is_empty());
        assert!(hears_some.types().iter().all(|name| name.starts_with("payment.") || name == "order.confirmed"), "{:?}", hears_some.types());
        assert_eq!(hears_nothing.types(), Vec::<String>::new(), "{}", bench.name);

        // Told once, however often the log is read and whoever sends.
        testing::queue_webhooks(&bench.house).await;
        testing::send_webhooks(&bench.house).await;
        assert_eq!(hears_all.received().len(), log, "{}", bench.name);
        let mut ids: Vec<String> = received.iter().map(|it| it.id().to_owned()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), log);
        let rows = deliveries(&bench, &seller, all).await;
        assert_eq!(rows.len(), log);
        for row in &rows {
            assert_eq!((row.state, row.attempts.len(), row.attempts[0].status), (DeliveryState::Delivered, 1, Some(204)), "{row:?}");
        }
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_that_overlap_are_all_told() {
    for bench in open_benches().await {
        let item = bench.scarce_item(40).await;
        let seller = bench.staff(&item).await;
        let receiver = Receiver::start().await;
        let (id, _) = endpoint(&bench, &seller, &receiver.url, &["order.placed"]).await;
        let mut buyers = Vec::new();
        for _ in 0..12 {
            buyers.push(bench.guest().await);
        }
        // Two nodes that follow while they commit.
        let follow = async || {
            for _ in 0..20 {
                testing::queue_webhooks(&bench.house).await;
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        let placed = futures::future::join_all(buyers.iter().map(|guest| bench.buy(guest, &item, 1)));
        let (orders, (), ()) = futures::future::join3(placed, follow(), follow()).await;
        testing::queue_webhooks(&bench.house).await;
        let rows = deliveries(&bench, &seller, id).await;
        assert_eq!(rows.len(), orders.len(), "{}: one for each, none twice", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_sent_again_until_the_schedule_ends() {
    for bench in open_benches().await {
        let item = bench.scarce_item(5).await;
        let seller = bench.staff(&item).await;
        let receiver = Receiver::start().await;
        let (id, secret) = endpoint(&bench, &seller, &receiver.url, &["order.placed"]).await;
        receiver.answers(Reply::Status(503));
        bench.buy(&bench.guest().await, &item, 1).await;
        testing::queue_webhooks(&bench.house).await;
        for (nth, wait) in SCHEDULE.into_iter().enumerate() {
            // Not before its time, and by then with a tenth to spare.
            if nth > 0 {
                bench.advance(Span(wait.0 - 1_000_000)).await;
                testing::send_webhooks(&bench.house).await;
                assert_eq!(receiver.received().len(), nth, "{}: try {nth} came early", bench.name);
                bench.advance(Span(wait.0 / 10 + 2_000_000)).await;
            }
            testing::send_webhooks(&bench.house).await;
            assert_eq!(receiver.received().len(), nth + 1, "{}: try {}", bench.name, nth + 1);
        }
        let [row] = deliveries(&bench, &seller, id).await.try_into().unwrap();
        assert_eq!((row.state, row.attempts.len()), (DeliveryState::Dead, SCHEDULE.len()), "{}", bench.name);
        assert_eq!((row.attempts[0].problem, row.attempts[0].excerpt.as_str()), (Some(Miss::Status), "as you say"));
        assert!(receiver.received().iter().all(|it| it.id() == row.id && it.is_signed_with(&secret)), "one id at every try");
        bench.advance(Span::days(3)).await;
        testing::send_webhooks(&bench.house).await;
        assert_eq!(receiver.received().len(), SCHEDULE.len(), "{}: dead is dead", bench.name);

        // Its owner sends it again, by itself or with all the others; head office can too, and sees it among what was given up.
        receiver.answers(Reply::Status(200));
        let admin = bench.admin().await;
        let letters = bench.house.queues(&admin).await.unwrap().letters;
        assert!(letters.iter().any(|letter| letter.id == row.id && letter.whither == "127.0.0.1"), "{}: {letters:?}", bench.name);
        let stranger = bench.other_staff(&item).await;
        let replay = Command::ReplayDelivery { delivery: row.id.clone() };
        assert_eq!(bench.execute(&stranger, replay.clone()).await, Err(Refusal::NotFound));
        let everything = Command::ReplayDead { endpoint: id, since: row.created_at };
        assert_eq!(bench.execute(&stranger, everything.clone()).await, Err(Refusal::NotFound));
        assert_eq!(bench.execute(&seller, everything.clone()).await, Ok(Answer::Replayed { count: 1 }));
        assert_eq!(bench.execute(&seller, everything).await, Ok(Answer::Replayed { count: 0 }));
        testing::send_webhooks(&bench.house).await;
        let [row] = deliveries(&bench, &seller, id).await.try_into().unwrap();
        assert_eq!((row.state, row.attempts.len()), (DeliveryState::Delivered, SCHEDULE.len() + 1), "{}", bench.name);
        assert_eq!(bench.execute(&seller, replay).await, Ok(Answer::Delivery { delivery: row.id.clone() }));
        testing::send_webhooks(&bench.house).await;
        assert_eq!(receiver.received().last().unwrap().id(), row.id);
        assert_eq!(receiver.received().len(), SCHEDULE.len() + 2, "{}", bench.name);
        assert!(bench.house.queues(&admin).await.unwrap().letters.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_can_ask_for_time_and_can_be_gone() {
    for bench in open_benches().await {
        let item = bench.scarce_item(5).await;
        let seller = bench.staff(&item).await;
        let receiver = Receiver::start().await;
        let (id, _) = endpoint(&bench, &seller, &receiver.url, &["order.placed"]).await;
        receiver.answers(Reply::Wait(429, 600));
        bench.buy(&bench.guest().await, &item, 1).await;
        testing::queue_webhooks(&bench.house).await;
        testing::send_webhooks(&bench.house).await;
        bench.advance(Span::minutes(9)).await;
        testing::send_webhooks(&bench.house).await;
        assert_eq!(receiver.received().len(), 1, "{}: it asked for ten minutes", bench.name);
        // A redirect is no answer, and nobody follows it.
        bench.advance(Span::minutes(2)).await;
        receiver.answers(Reply::Status(302));
        testing::send_webhooks(&bench.house).await;
        let [row] = deliveries(&bench, &seller, id).await.try_into().unwrap();
        assert_eq!((row.state, row.attempts[1].problem), (DeliveryState::Waiting, Some(Miss::Redirect)), "{}", bench.name);

        bench.advance(Span::hours(1)).await;
        receiver.answers(Reply::Status(410));
        testing::send_webhooks(&bench.house).await;
        let view = bench.house.endpoint(&seller, id, None).await.unwrap();
        assert_eq!((view.enabled, view.disabled), (false, Some(Disabled::Gone)), "{}", bench.name);
        // People are told, the audit log knows, and nothing more is queued or sent.
        let admin = bench.admin().await;
        let open = async || bench.house.alerts(&admin, true).await.unwrap().into_iter().filter(|alert| alert.kind == Alert::WebhookDisabled).count();
        assert_eq!(open().await, 1);
        let query = jumun::view::AuditQuery { command: Some("disable-endpoint".into()), person: None, cursor: None };
        let audit = bench.house.audit(&admin, &query).await.unwrap().rows;
        assert_eq!((audit.len(), audit[0].note.as_deref()), (1, Some(format!("{id} gone").as_str())));
        bench.buy(&bench.guest().await, &item, 1).await;
        testing::queue_webhooks(&bench.house).await;
        assert_eq!(deliveries(&bench, &seller, id).await.len(), 1, "{}", bench.name);
        let test = bench.execute(&seller, Command::TestEndpoint { endpoint: id }).await;
        assert!(matches!(test, Err(Refusal::WrongState { .. })), "{test:?}");
        // Switched on again it hears what happens from then on, and the alert ends.
        let on = Command::ChangeEndpoint { endpoint: id, url: None, events: None, description: None, enabled: Some(true) };
        bench.execute(&seller, on).await.unwrap();
        assert_eq!((open().await, bench.house.endpoint(&seller, id, None).await.unwrap().enabled), (0, true));
        receiver.answers(Reply::Status(204));
        bench.buy(&bench.guest().await, &item, 1).await;
        testing::queue_webhooks(&bench.house).await;
        testing::send_webhooks(&bench.house).await;
        assert_eq!(deliveries(&bench, &seller, id).await[0].state, DeliveryState::Delivered, "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_nothing_for_five_days_is_told_nothing_more() {
    for bench in open_benches().await {
        let item = bench.scarce_item(9).await;
        let seller = bench.staff(&item).await;
        let receiver = Receiver::start().await;
        let (id, _) = endpoint(&bench, &seller, &receiver.url, &["order.placed"]).await;
        let next = async |status: u16| {
            receiver.answers(Reply::Status(status));
            bench.buy(&bench.guest().await, &item, 1).await;
            testing::queue_webhooks(&bench.house).await;
            testing::send_webhooks(&bench.house).await;
            bench.house.endpoint(&seller, id, None).await.unwrap()
        };
        assert!(next(500).await.failing_since.is_some(), "{}", bench.name);
        // A test that fails says nothing about it, and one message that is taken ends it.
        bench.advance(Span::days(4)).await;
        assert_eq!(next(200).await.failing_since, None);
        assert!(next(500).await.enabled);
        bench.advance(Span::days(4)).await;
        assert!(next(500).await.enabled, "{}: four days are not five", bench.name);
        bench.advance(Span::hours(25)).await;
        let view = next(500).await;
        assert_eq!((view.enabled, view.disabled), (false, Some(Disabled::Failing)), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_secret_signs_beside_the_new_one_for_a_day() {
    for bench in open_benches().await {
        let item = bench.scarce_item(1).await;
        let seller = bench.staff(&item).await;
        let receiver = Receiver::start().await;
        let (id, old) = endpoint(&bench, &seller, &receiver.url, &[]).await;
        let test = async || {
            bench.execute(&seller, Command::TestEndpoint { endpoint: id }).await.unwrap();
            testing::send_webhooks(&bench.house).await;
            receiver.received().pop().unwrap()
        };
        assert_eq!(test().await.header("webhook-signature").split(' ').count(), 1);
        let (_, new) = made(&bench, &seller, Command::RotateSecret { endpoint: id }).await;
        assert_ne!(old, new);
        let both = test().await;
        assert!(both.is_signed_with(&old) && both.is_signed_with(&new), "{}", bench.name);
        assert!(bench.house.endpoint(&seller, id, None).await.unwrap().old_secret_until.is_some());
        bench.advance(Span::hours(25)).await;
        let one = test().await;
        assert!(!one.is_signed_with(&old) && one.is_signed_with(&new), "{}", bench.name);
        // Every secret that is good is a signature in each message, so there are not many.
        for _ in 0..3 {
            made(&bench, &seller, Command::RotateSecret { endpoint: id }).await;
        }
        assert_eq!(test().await.header("webhook-signature").split(' ').count(), 4);
        assert_eq!(bench.execute(&seller, Command::RotateSecret { endpoint: id }).await, Err(Refusal::LimitReached { most: 4 }));
        // Nobody else sees the secret, and its owner not twice.
        assert_eq!(bench.house.endpoint(&seller, id, None).await.unwrap().secret, None);
        let stranger = bench.other_staff(&item).await;
        assert_eq!(bench.house.endpoint(&stranger, id, None).await, Err(Refusal::NotFound));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_nobody_follows_up_is_taken_over() {
    for bench in open_benches().await {
        let item = bench.scarce_item(3).await;
        let seller = bench.staff(&item).await;
        let receiver = Receiver::start().await;
        let (id, _) = endpoint(&bench, &seller, &receiver.url, &["order.placed"]).await;
        for _ in 0..2 {
            bench.buy(&bench.guest().await, &item, 1).await;
        }
        testing::queue_webhooks(&bench.house).await;
        assert_eq!(testing::claim_webhooks(&bench.house).await, 1);
        // Who claimed it is gone. Until the claim ends nobody else is at it; then somebody sends everything.
        testing::send_webhooks(&bench.house).await;
        assert_eq!(receiver.received().len(), 0, "{}: two would send at once", bench.name);
        testing::end_leases(&bench.house).await;
        testing::send_webhooks(&bench.house).await;
        assert_eq!(receiver.received().len(), 2, "{}", bench.name);
        assert!(deliveries(&bench, &seller, id).await.iter().all(|row| row.state == DeliveryState::Delivered));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_belong_to_their_owner_and_lie_on_the_open_web() {
    for bench in benches().await {
        // This house keeps to what a real one may do.
        let item = bench.scarce_item(1).await;
        let (seller, stranger, guest, admin) = (bench.staff(&item).await, bench.other_staff(&item).await, bench.guest().await, bench.admin().await);
        let add = |url: &str| Command::AddEndpoint { url: url.into(), events: EventFilter::default(), description: None };
        for (url, why) in [
            ("http://example.com/", AddressFlaw::NotHttps),
            ("https://127.0.0.1/", AddressFlaw::Private),
            ("https://localhost/", AddressFlaw::Private),
            ("https://169.254.169.254/", AddressFlaw::Private),
            ("https://[fd00::1]/", AddressFlaw::Private),
            ("https://example.com:25/", AddressFlaw::Port),
            ("nonsense", AddressFlaw::Malformed),
        ] {
            assert_eq!(bench.execute(&seller, add(url)).await, Err(Refusal::AddressRefused { why }), "{}: {url}", bench.name);
        }
        assert_eq!(bench.execute(&guest, add("https://example.com/")).await, Err(Refusal::SignInRequired));
        assert_eq!(bench.execute(&admin, add("https://example.com/")).await, Err(Refusal::NotAllowed));
        let (id, _) = made(&bench, &seller, add("https://example.com/hook?key=1")).await;
        assert_eq!(bench.house.endpoint(&seller, id, None).await.unwrap().description, "example.com");
        let change = |url: Option<&str>| Command::ChangeEndpoint {
            endpoint: id,
            url: url.map(str::to_owned),
            events: Some(EventFilter::parse(["order.*"]).unwrap()),
            description: Some(Description::parse("창고 시스템").unwrap()),
            enabled: None,
        };
        for command in [
            change(None),
            Command::RemoveEndpoint { endpoint: id },
            Command::RotateSecret { endpoint: id },
            Command::TestEndpoint { endpoint: id },
            Command::ReplayDead { endpoint: id, since: bench.house.now() },
        ] {
            assert_eq!(bench.execute(&stranger, command.clone()).await, Err(Refusal::NotFound), "{}: {}", bench.name, command.name());
        }
        assert_eq!(bench.execute(&seller, change(Some("https://10.0.0.1/"))).await, Err(Refusal::AddressRefused { why: AddressFlaw::Private }));
        let view = bench.house.endpoint(&seller, id, None).await.unwrap();
        assert_eq!((view.description.as_str(), view.events.items().len()), ("example.com", 0), "{}: a refusal changes nothing", bench.name);
        bench.execute(&seller, change(Some("https://example.com/other"))).await.unwrap();
        let view = bench.house.endpoint(&seller, id, None).await.unwrap();
        assert_eq!(
            (view.url.as_str(), view.description.as_str(), view.events.hears("payment.approved")),
            ("https://example.com/other", "창고 시스템", false)
        );
        assert_eq!(bench.house.endpoints(&stranger).await.unwrap().rows, []);
        // What was done is in the audit log, and no secret is.
        let rows = bench.house.audit(&admin, &jumun::view::AuditQuery::default()).await.unwrap().rows;
        assert!(rows.iter().any(|row| row.command == "change-endpoint") && rows.iter().any(|row| row.command == "add-endpoint"), "{rows:?}");
        assert!(rows.iter().all(|row| row.note.as_deref().is_none_or(|note| !note.contains("whsec_"))));
        for _ in 1..20 {
            made(&bench, &seller, add("https://example.com/")).await;
        }
        assert_eq!(bench.execute(&seller, add("https://example.com/")).await, Err(Refusal::LimitReached { most: 20 }), "{}", bench.name);
        made(&bench, &stranger, add("https://example.com/")).await;
        bench.execute(&seller, Command::RemoveEndpoint { endpoint: id }).await.unwrap();
        assert_eq!(bench.house.endpoint(&seller, id, None).await, Err(Refusal::NotFound));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

fn wish(external: &str) -> Value {
    json!({
        "external_id": external,
        "lines": [{ "variant": "VAR-5001-BLK-M", "quantity": 1 }],
        "ship_to": { "name": "홍길동", "phone": "010-1234-5678", "postcode": "06234", "address": "서울시 강남구 테헤란로 123" }
    })
}

async fn place(server: &Server, key: &str, external: &str) -> String {
    let (code, order) = server.call(key, "POST", "/orders", Some(&wish(external))).await;
    assert_eq!(code, 201, "{}: {order}", server.name);
    order["number"].as_str().unwrap().to_owned()
}

async fn ok(server: &Server, key: &str, method: &str, path: &str, body: Option<Value>, status: u16) -> Value {
    let (code, answer) = server.call(key, method, path, body.as_ref()).await;
    assert_eq!(code, status, "{}: {method} {path}: {answer}", server.name);
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_and_a_channel_are_told_over_the_interface() {
    for server in servers().await {
        let (store, channel) = (Receiver::start().await, Receiver::start().await);
        let made =
            ok(&server, "store", "POST", "/webhook-endpoints", Some(json!({ "url": store.url, "events": ["order.*"], "description": "ERP" })), 201)
                .await;
        let (id, secret) = (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned());
        let theirs = ok(&server, "channel", "POST", "/webhook-endpoints", Some(json!({ "url": channel.url })), 201).await;
        let channel_secret = theirs["secret"].as_str().unwrap();

        let mine = place(&server, "channel", "W-1").await;
        let other = place(&server, "other_channel", "W-1").await;
        let about = |number: &str| {
            let number = number.to_owned();
            move |it: &receiver::Received| it.body()["data"]["order"]["number"] == number.as_str()
        };
        // The store hears of both orders, a channel of the one it placed; each in the words of its chair and under its secret.
        let told = store.wait_for("the store's message", about(&other)).await;
        let first = store.wait_for("the store's message", about(&mine)).await;
        assert!(told.is_signed_with(&secret) && first.is_signed_with(&secret) && !first.is_signed_with(channel_secret));
        assert_eq!(first.body()["data"]["chair"], "seller");
        let told = channel.wait_for("the channel's message", about(&mine)).await;
        assert!(told.is_signed_with(channel_secret) && told.body()["data"]["chair"] == "buyer");
        assert!(channel.received().iter().all(|it| !about(&other)(it)), "{}", server.name);
        // What is told is what the interface shows of the history.
        let history = ok(&server, "channel", "GET", &format!("/orders/{mine}/events"), None, 200).await;
        let row = history.as_array().unwrap().iter().find(|row| row["version"] == told.body()["data"]["sequence"]).unwrap().clone();
        assert_eq!((&row["event"], &row["actor"]), (&told.body()["type"], &told.body()["data"]["actor"]));

        // The log of messages, page by page, and one of them whole.
        let rows = ok(&server, "store", "GET", &format!("/webhook-deliveries?endpoint={id}&order={mine}&state=delivered"), None, 200).await;
        let one = rows["rows"].as_array().unwrap().iter().find(|row| row["id"] == first.id()).unwrap().clone();
        assert_eq!((&one["attempts"][0]["status"], &one["body"]), (&json!(204), &Value::Null), "{}", server.name);
        let whole = ok(&server, "store", "GET", &format!("/webhook-deliveries/{}", first.id()), None, 200).await;
        assert_eq!(whole["body"], first.body());
        let (mut seen, mut next) = (0, Some(String::new()));
        while let Some(cursor) = next {
            let query = if cursor.is_empty() { "limit=1".to_owned() } else { format!("limit=1&cursor={cursor}") };
            let page = ok(&server, "store", "GET", &format!("/webhook-deliveries?{query}"), None, 200).await;
            seen += page["rows"].as_array().unwrap().len();
            next = page["next"].as_str().map(str::to_owned);
        }
        assert_eq!(seen, store.received().len(), "{}", server.name);
        for (query, field) in [
            ("state=lost", "state"),
            ("endpoint=7", "endpoint"),
            ("limit=0", "limit"),
            ("cursor=7", "cursor"),
            ("order=%00", "order"),
            ("sate=dead", "query"),
        ] {
            let (code, problem) = server.call("store", "GET", &format!("/webhook-deliveries?{query}"), None).await;
            assert_eq!((code, problem["field"].as_str()), (422, Some(field)), "{}: {query}: {problem}", server.name);
        }

        // A test, a replay, a new secret; nothing of it to anybody else.
        let test = ok(&server, "store", "POST", &format!("/webhook-endpoints/{id}/test"), None, 202).await;
        store.wait_for("the test", |it| it.id() == test["id"].as_str().unwrap()).await;
        let sent = |id: &str| store.received().iter().filter(|it| it.id() == id).count();
        ok(&server, "store", "POST", &format!("/webhook-deliveries/{}/replay", first.id()), None, 202).await;
        for _ in 0..400 {
            if sent(first.id()) == 2 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        assert_eq!(sent(first.id()), 2, "{}: sent again under the same id", server.name);
        for (method, path) in [
            ("GET", format!("/webhook-endpoints/{id}")),
            ("DELETE", format!("/webhook-endpoints/{id}")),
            ("POST", format!("/webhook-endpoints/{id}/rotate-secret")),
            ("POST", format!("/webhook-endpoints/{id}/test")),
            ("GET", format!("/webhook-deliveries/{}", first.id())),
            ("POST", format!("/webhook-deliveries/{}/replay", first.id())),
            ("GET", "/webhook-endpoints/nothing".to_owned()),
            ("GET", "/webhook-deliveries/msg_nothing".to_owned()),
        ] {
            let (code, problem) = server.call("other_channel", method, &path, None).await;
            assert_eq!((code, problem["code"].as_str()), (404, Some("not_found")), "{}: {method} {path}", server.name);
        }
        let (code, _) = server.call("other_channel", "PATCH", &format!("/webhook-endpoints/{id}"), Some(&json!({ "enabled": false }))).await;
        assert_eq!(code, 404);
        let rows = ok(&server, "other_channel", "GET", &format!("/webhook-deliveries?endpoint={id}"), None, 200).await;
        assert_eq!(rows["rows"], json!([]), "{}", server.name);

        // One effect for a key; the secret is in the answer of who made it and in no other.
        let headers = [("content-type", "application/json"), ("idempotency-key", "hook-1")];
        let body = json!({ "url": store.url, "events": ["payment.*"] }).to_string();
        let mut secrets = Vec::new();
        for _ in 0..2 {
            let answer = server.ask("store", "POST", "/api/v1/webhook-endpoints", &headers, Some(&body)).await;
            assert_eq!((answer.status().as_u16(), answer.headers()["cache-control"].to_str().unwrap()), (201, "no-store"));
            let answer: Value = answer.json().await.unwrap();
            secrets.push((answer["id"].clone(), answer["secret"].as_str().unwrap().to_owned()));
        }
        assert_eq!(secrets[0], secrets[1], "{}", server.name);
        let list = ok(&server, "store", "GET", "/webhook-endpoints", None, 200).await;
        assert_eq!((list["rows"].as_array().unwrap().len(), list.to_string().contains("whsec_")), (2, false));
        let changed =
            ok(&server, "store", "PATCH", &format!("/webhook-endpoints/{id}"), Some(json!({ "enabled": false, "description": "ERP 2" })), 200).await;
        assert_eq!((&changed["enabled"], &changed["disabled"], &changed["description"]), (&json!(false), &json!("owner"), &json!("ERP 2")));
        let rotated = ok(&server, "store", "POST", &format!("/webhook-endpoints/{id}/rotate-secret"), None, 200).await;
        assert_ne!(rotated["secret"].as_str().unwrap(), secret);
        for (body, code, field) in [
            (json!({}), "invalid", "body"),
            (json!({ "url": store.url, "events": ["order.unheard_of"] }), "invalid", "events"),
            (json!({ "url": store.url, "description": "\u{0}" }), "invalid", "description"),
            (json!({ "url": store.url, "secret": "mine" }), "invalid", "body"),
            (json!({ "url": "https://10.0.0.1/" }), "address_refused", ""),
        ] {
            let (status, problem) = server.call("store", "POST", "/webhook-endpoints", Some(&body)).await;
            let said = (status, problem["code"].as_str().unwrap_or_default(), problem["field"].as_str().unwrap_or_default());
            assert_eq!(said, (422, code, field), "{}: {body}: {problem}", server.name);
        }
        let gone = server.ask("store", "DELETE", &format!("/api/v1/webhook-endpoints/{id}"), &[], None).await;
        assert_eq!(gone.status().as_u16(), 204);
        assert_eq!(server.call("store", "GET", &format!("/webhook-endpoints/{id}"), None).await.0, 404);

        // Figures for who watches, gathered every few seconds.
        let wanted = [
            "event_lag_seconds{reader=\"webhooks\"}",
            "event_lag_seconds{reader=\"live\"}",
            "queue_depth{queue=\"webhooks\"}",
            "webhook_calls_total",
        ];
        let mut missing = wanted.to_vec();
        for _ in 0..60 {
            let figures = server.ask("store", "GET", "/metrics", &[], None).await.text().await.unwrap();
            missing.retain(|figure| !figures.contains(figure));
            if missing.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        }
        assert_eq!(missing, [""; 0], "{}", server.name);
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_outlives_the_server_that_was_sending_it() {
    for mut server in servers().await {
        let receiver = Receiver::start().await;
        let made = ok(&server, "store", "POST", "/webhook-endpoints", Some(json!({ "url": receiver.url, "events": ["order.placed"] })), 201).await;
        receiver.answers(Reply::Silence);
        let number = place(&server, "channel", "K-1").await;
        let cut = receiver.wait_for("the first try", |_| true).await;
        server.kill();
        receiver.answers(Reply::Status(200));
        server.start_again();
        // On PostgreSQL another node could be at it: there the claim has to end first.
        let again = place(&server, "channel", "K-2").await;
        let second = receiver.wait_for("the message about the order after it", |it| it.body()["data"]["order"]["number"] == again.as_str()).await;
        let of_first: Vec<_> = receiver.received().into_iter().filter(|it| it.id() == cut.id()).collect();
        assert!(of_first.len() >= 2, "{}: sent again", server.name);
        assert_eq!((of_first[0].bytes.clone(), cut.body()["data"]["order"]["number"].as_str()), (of_first[1].bytes.clone(), Some(number.as_str())));
        assert_ne!(second.id(), cut.id());
        let id = made["id"].as_str().unwrap();
        let mut delivered = 0;
        for _ in 0..400 {
            let rows = ok(&server, "store", "GET", &format!("/webhook-deliveries?endpoint={id}&state=delivered"), None, 200).await;
            delivered = rows["rows"].as_array().unwrap().len();
            if delivered == 2 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        assert_eq!(delivered, 2, "{}", server.name);
        server.assert_clean();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_what_its_scopes_say_and_nothing_else() {
    for server in servers().await {
        let described = ok(&server, "store", "GET", "/openapi.json", None, 200).await;
        let none = testing::key_with(&server.database, &[]).await;
        let mut tried = 0;
        for (path, item) in described["paths"].as_object().unwrap() {
            for (method, route) in item.as_object().unwrap() {
                let Some(scope) = route["security"][0]["key"][0].as_str() else { continue };
                tried += 1;
                let ask = async |key: &str| {
                    let path = path.replace("{number}", "ORD-1").replace("{id}", "1").replace("{command}", "cancel");
                    let method = reqwest::Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                    let answer = reqwest::Client::new().request(method, format!("{}{path}", server.url)).bearer_auth(key).send().await.unwrap();
                    (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
                };
                let (code, problem) = ask(&none).await;
                let said = (code, problem["code"].as_str(), problem["scope"].as_str());
                assert_eq!(said, (403, Some("scope_missing"), Some(scope)), "{}: {method} {path}: {problem}", server.name);
                assert!(problem["title"].as_str().unwrap().contains(scope), "{problem}");
                let (_, problem) = ask(&testing::key_with(&server.database, &[scope]).await).await;
                assert_ne!(problem["code"], "scope_missing", "{}: {method} {path} with {scope}", server.name);
            }
        }
        assert!(tried >= 19, "{tried} routes");
    }
}
