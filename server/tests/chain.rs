//! What the chain's own people read, on both databases: for admins and for nobody else, a page at a time, along an index.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod support;

use app::i18n::Tr;
use jumun::{
    command::Command,
    order::{Board, OrderCommand},
    quantity::Quantity,
    refusal::Refusal,
    text::{Locale, Reason},
    view::{AuditQuery, LogQuery},
};
use server::testing;
use support::{Bench, benches};

fn audit_of(command: &str) -> AuditQuery {
    AuditQuery { command: Some(command.into()), ..AuditQuery::default() }
}

fn log_of(number: &str) -> LogQuery {
    LogQuery { number: Some(number.into()), ..LogQuery::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chains_reads_are_for_admins_and_for_nobody_else() {
    for bench in benches().await {
        let house = &bench.house;
        let item = bench.scarce_item(3).await;
        let admin = bench.admin().await;
        assert!(house.chain(&admin).await.is_ok(), "{}", bench.name);
        assert!(house.alerts_view(&admin, true).await.is_ok());
        assert_eq!(house.sagas_view(&admin, "parked").await.unwrap().most_retries, 3);
        assert!(house.every_order(&admin, None, None, None).await.is_ok());
        assert!(!house.events(&admin, &LogQuery::default()).await.unwrap().rows.is_empty());
        assert!(!house.audit(&admin, &AuditQuery::default()).await.unwrap().rows.is_empty());
        let nobody = app::session::Caller { actor: jumun::actor::Actor::Nobody, ..admin.clone() };
        for (caller, refusal) in [
            (nobody, Refusal::SignInRequired),
            (bench.guest().await, Refusal::SignInRequired),
            (testing::somebody(house, "customer").await, Refusal::NotAllowed),
            (testing::somebody(house, "installer").await, Refusal::NotAllowed),
            (bench.staff(&item).await, Refusal::NotAllowed),
            (house.system("test"), Refusal::NotAllowed),
        ] {
            assert_eq!(house.chain(&caller).await, Err(refusal.clone()), "{}", bench.name);
            assert_eq!(house.alerts_view(&caller, true).await, Err(refusal.clone()));
            assert_eq!(house.sagas_view(&caller, "parked").await, Err(refusal.clone()));
            assert_eq!(house.every_order(&caller, None, None, None).await, Err(refusal.clone()));
            assert_eq!(house.events(&caller, &LogQuery::default()).await, Err(refusal.clone()));
            assert_eq!(house.audit(&caller, &AuditQuery::default()).await, Err(refusal.clone()));
        }
    }
}

/// Sells `most` orders of one unit each and answers their numbers, oldest first.
async fn sell(bench: &Bench, most: u32) -> Vec<String> {
    let item = bench.scarce_item(most).await;
    let mut numbers = Vec::new();
    for _ in 0..most {
        let guest = bench.guest().await;
        let order = bench.buy(&guest, &item, 1).await;
        numbers.push(bench.order(order).await.number.to_string());
    }
    numbers
}

#[tokio::test(flavor = "multi_thread")]
async fn any_order_is_found_and_every_order_stands_on_one_page() {
    for bench in benches().await {
        let admin = bench.admin().await;
        let numbers = sell(&bench, 53).await;
        let walk = async |q: Option<&str>, board: Option<Board>| {
            let (mut found, mut cursor) = (Vec::new(), None);
            loop {
                let page = bench.house.every_order(&admin, q.map(str::to_owned), board, cursor).await.unwrap().list;
                assert!(page.rows.len() <= 50, "{}", bench.name);
                found.extend(page.rows.iter().map(|row| row.number.to_string()));
                cursor = page.next;
                if cursor.is_none() {
                    return found;
                }
            }
        };
        let newest_first: Vec<String> = numbers.iter().rev().cloned().collect();
        assert_eq!(walk(None, None).await, newest_first, "{}", bench.name);
        assert_eq!(walk(None, Some(Board::AwaitingPayment)).await, newest_first, "{}", bench.name);
        assert_eq!(walk(None, Some(Board::Orders)).await, Vec::<String>::new());
        // By the beginning of a number: they are walked by themselves.
        let mut by_number = numbers.clone();
        by_number.sort();
        by_number.reverse();
        for q in ["ORD-2", "ord-20", "20"] {
            assert_eq!(walk(Some(q), None).await, by_number, "{} {q}", bench.name);
        }
        let one = &numbers[7];
        assert_eq!(walk(Some(one), None).await, std::slice::from_ref(one));
        assert_eq!(walk(Some(&one[..one.len() - 1]), Some(Board::AwaitingPayment)).await.iter().filter(|found| *found == one).count(), 1);
        assert_eq!(walk(Some("ORD-1999"), None).await, Vec::<String>::new());
        // A cursor that nobody gave is the first page.
        assert_eq!(bench.house.every_order(&admin, None, None, Some("nonsense".into())).await.unwrap().list.rows.len(), 50);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_read_from_its_end_each_event_once() {
    for bench in benches().await {
        let admin = bench.admin().await;
        let numbers = sell(&bench, 30).await;
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = bench.house.events(&admin, &LogQuery { cursor, ..LogQuery::default() }).await.unwrap();
            seen.extend(page.rows.iter().map(|row| row.position));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), testing::read_log_whole(&bench.house).await, "{}", bench.name);
        assert!(seen.is_sorted_by(|one, next| one > next), "{}", bench.name);

        // One order: its events, newest first, with who caused them and their data, and no personal data.
        let number = &numbers[3];
        let of_order = bench.house.events(&admin, &log_of(&number.to_lowercase())).await.unwrap().rows;
        let names: Vec<&str> = of_order.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names.last(), Some(&"order.placed"), "{}", bench.name);
        assert!(of_order.iter().all(|row| row.number.as_ref().is_some_and(|found| found.as_str() == number) && row.actor == "guest"));
        assert!(of_order.iter().all(|row| row.causation == "place-order"));
        let placed = &of_order.last().unwrap().payload;
        assert!(placed.contains("\n") && placed.contains("contact") && !placed.contains("홍길동") && !placed.contains("010-1234"), "{placed}");

        // Filters narrow, and what cannot be finds nothing.
        let count = async |query: LogQuery| bench.house.events(&admin, &query).await.unwrap().rows.len();
        let today = bench.house.now().kst_date().to_string();
        assert_eq!(count(LogQuery { name: Some("order.placed".into()), ..LogQuery::default() }).await, 30, "{}", bench.name);
        assert_eq!(count(LogQuery { name: Some("order.placed".into()), ..log_of(number) }).await, 1);
        assert_eq!(count(LogQuery { from: Some(today.clone()), to: Some(today.clone()), ..log_of(number) }).await, of_order.len());
        assert_eq!(count(LogQuery { to: Some("2020-01-01".into()), ..log_of(number) }).await, 0);
        assert_eq!(count(LogQuery { from: Some("2999-01-01".into()), ..LogQuery::default() }).await, 0);
        assert_eq!(count(LogQuery { from: Some("tomorrow".into()), ..LogQuery::default() }).await, 0);
        assert_eq!(count(log_of("ORD-20200101-AAAAAAAA")).await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_log_names_people_and_orders() {
    for bench in benches().await {
        let item = bench.scarce_item(2).await;
        let (admin, staff, guest) = (bench.admin().await, bench.staff(&item).await, bench.guest().await);
        let order = bench.buy(&guest, &item, 1).await;
        bench.pay(&guest, order).await;
        let fulfilment = bench.order(order).await.fulfilments[0].id;
        bench.command(&staff, order, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
        bench.command(&staff, order, OrderCommand::Allocate { fulfilment }).await.unwrap();
        bench.command(&staff, order, OrderCommand::Release { fulfilment }).await.unwrap();
        testing::park(&bench.house, order).await;
        let stuck = bench.house.sagas(&admin, "parked").await.unwrap();
        bench.execute(&admin, Command::RetrySaga { saga: stuck[0].id.clone() }).await.unwrap();
        let number = Some(bench.order(order).await.number);

        let rows = async |query: AuditQuery| bench.house.audit(&admin, &query).await.unwrap().rows;
        let all = rows(AuditQuery::default()).await;
        assert!(all.is_sorted_by(|one, next| (one.at, &one.id) > (next.at, &next.id)), "{}", bench.name);
        // A retry names the saga; people know it by its order.
        let retried = rows(audit_of("retry-saga")).await;
        assert_eq!((retried.len(), &retried[0].number, retried[0].role.as_str()), (1, &number, "admin"), "{}", bench.name);
        let released = rows(audit_of("release")).await;
        assert_eq!((released.len(), &released[0].number, released[0].role.as_str()), (1, &number, "staff"), "{}", bench.name);
        assert!(released[0].name.as_ref().is_some_and(|name| !name.is_empty()));

        let view = bench.house.audit(&admin, &AuditQuery::default()).await.unwrap();
        let account = staff.actor.account().unwrap().to_string();
        assert!(view.people.iter().any(|(id, name)| *id == account && Some(name) == released[0].name.as_ref()), "{}", bench.name);
        let by_staff = rows(AuditQuery { person: Some(account.clone()), ..AuditQuery::default() }).await;
        assert!(by_staff.len() >= 3 && by_staff.iter().all(|row| row.name == released[0].name), "{}", bench.name);
        assert_eq!(rows(AuditQuery { person: Some(account), ..audit_of("retry-saga") }).await.len(), 0);
        assert_eq!(rows(AuditQuery { person: Some("nobody".into()), ..AuditQuery::default() }).await.len(), 0);

        // Page after page, each row once.
        for nth in 0..55 {
            let reason = Reason::parse(&format!("count {nth}")).unwrap();
            let command = Command::AdjustStock { warehouse: item.warehouse, variant: item.variant.clone(), delta: 1, reason };
            bench.execute(&staff, command).await.unwrap();
        }
        let first = bench.house.audit(&admin, &audit_of("adjust-stock")).await.unwrap();
        assert_eq!((first.rows.len(), first.rows[0].note.as_deref()), (50, Some("count 54")), "{}", bench.name);
        let second = bench.house.audit(&admin, &AuditQuery { cursor: first.next, ..audit_of("adjust-stock") }).await.unwrap();
        assert!(second.rows.len() >= 5 && second.next.is_none());
        assert_eq!(second.rows[0].note.as_deref(), Some("count 4"), "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_counts_what_needs_a_person() {
    for bench in benches().await {
        let item = bench.scarce_item(2).await;
        let (admin, guest) = (bench.admin().await, bench.guest().await);
        let order = bench.buy(&guest, &item, 1).await;
        bench.pay(&guest, order).await;
        let before = bench.house.chain(&admin).await.unwrap();
        assert_eq!((before.high, before.medium, before.oldest, before.queues.parked, before.proof), (0, 0, None, 0, None), "{}", bench.name);
        bench.command(&guest, order, OrderCommand::Cancel).await.unwrap();
        testing::park(&bench.house, order).await;
        testing::raise_parked(&bench.house, order).await;
        let raised = bench.house.chain(&admin).await.unwrap();
        assert_eq!((raised.high, raised.medium, raised.queues.parked), (1, 0, 1), "{}", bench.name);
        assert!(raised.oldest.is_some());
        let alert = bench.house.alerts(&admin, true).await.unwrap().remove(0);
        let note = Reason::parse("called the provider").unwrap();
        bench.execute(&admin, Command::ResolveAlert { alert: alert.id, note }).await.unwrap();
        bench.house.prove_for(&admin).await.unwrap();
        let after = bench.house.chain(&admin).await.unwrap();
        assert_eq!((after.high, after.queues.parked), (0, 1), "{}", bench.name);
        assert!(after.proof.is_some_and(|proof| proof.orders == 1), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_basket_that_is_used_again_leaves_no_gap_in_the_log() {
    for bench in benches().await {
        let (item, guest) = (bench.scarce_item(4).await, bench.guest().await);
        bench.buy(&guest, &item, 1).await;
        bench.execute(&guest, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false }).await.unwrap();
        bench.place_version(&guest, &item, 3).await.unwrap();
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chains_pages_walk_along_an_index() {
    for bench in benches().await {
        for (statement, index) in [
            ("EVERY_ORDER", "orders_by_place"),
            ("EVERY_ORDER_ON", "orders_by_board"),
            ("ORDERS_NUMBERED", "sqlite_autoindex_orders_2"),
            ("AUDIT", "audit_by_place"),
            ("AUDIT_OF_COMMAND", "audit_by_command"),
            ("AUDIT_OF_PERSON", "audit_by_account"),
            ("LOG", "events_by_place"),
            ("LOG_NAMED", "events_by_name"),
        ] {
            let plan = testing::plan(&bench.house.db, statement).await;
            let sorts = plan.iter().any(|line| line.contains("TEMP B-TREE"));
            let walks = plan.iter().any(|line| line.contains(&format!("USING INDEX {index} (")));
            assert!(plan.is_empty() || (walks && !sorts), "{statement}: {plan:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_invariant_has_words() {
    for bench in benches().await {
        for name in bench.house.proof(&bench.admin().await).await.unwrap().invariants {
            let (_, words) = name.split_once(' ').unwrap();
            let key = format!("admin.invariant.{}", words.replace(' ', "_"));
            for locale in [Locale::Ko, Locale::En] {
                assert!(!Tr(locale).t(&key).ends_with(&key), "no words for {key}");
            }
        }
    }
}
