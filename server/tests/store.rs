//! The store's contract on both databases: every statement prepares, the two schemas are the same, a floored balance never
//! goes below zero, an answer is kept with its effect.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod support;

use app::session::Caller;
use jumun::{
    alert::Alert,
    command::{Answer, Command, ShipTo},
    ids::{FulfilmentId, OrderId},
    order::{
        AttemptState, Board, CarrierFact, CarrierStatus, CompletedBy, Deposit, Event, FulfilmentState, LineUnits, OnShortage, OrderCommand,
        PaymentMethod, PaymentOutcome, SellerReason, Status,
    },
    quantity::Quantity,
    refusal::{Problem, Refusal},
    saga::{Outcome, Parcel, Step},
    text::{Address, CarrierName, PersonName, Reason, TrackingNumber},
    time::{Date, Span},
    view::{AuditQuery, StuckSaga},
};
use server::testing;
use support::{Bench, Item, benches};

#[tokio::test(flavor = "multi_thread")]
async fn every_statement_prepares_on_both_databases() {
    for bench in benches().await {
        for sql in server::store::every_statement() {
            let mut tx = bench.house.db.begin_write().await.unwrap();
            if let Err(failure) = tx.prepare(sql).await {
                panic!("{} does not prepare on {}: {failure}", sql.name, bench.name);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_schemas_are_the_same() {
    let mut shapes = Vec::new();
    for bench in benches().await {
        shapes.push((bench.name, bench.schema().await));
    }
    if let [(_, one), (_, other)] = shapes.as_slice() {
        assert!(one.len() > 150, "{} columns", one.len());
        let alone: Vec<_> = one.iter().filter(|column| !other.contains(column)).chain(other.iter().filter(|column| !one.contains(column))).collect();
        assert!(alone.is_empty(), "on one database only: {alone:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_unit_is_sold_once() {
    for bench in benches().await {
        let item = bench.scarce_item(1).await;
        let mut buyers = Vec::new();
        for _ in 0..64 {
            let guest = bench.guest().await;
            bench.execute(&guest, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false }).await.unwrap();
            buyers.push(guest);
        }
        let tries = buyers.iter().map(|guest| bench.place(guest, &item));
        let results = futures::future::join_all(tries).await;
        let sold = results.iter().filter(|result| result.is_ok()).count();
        let refused = results.iter().filter(|result| matches!(result, Err(Refusal::OutOfStock { .. }))).count();
        assert_eq!((sold, refused), (1, 63), "{}: {results:?}", bench.name);
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_place_one_order() {
    for bench in benches().await {
        let item = bench.scarce_item(10).await;
        let guest = bench.guest().await;
        bench.execute(&guest, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false }).await.unwrap();
        let results = futures::future::join_all((0..64).map(|_| bench.place(&guest, &item))).await;
        let mut orders: Vec<_> = results.into_iter().map(|result| result.unwrap()).collect();
        orders.dedup();
        assert_eq!(orders.len(), 1, "{}", bench.name);
        assert_eq!(bench.available(&item).await, 9);
        // Another look at the emptied basket is another matter.
        assert!(matches!(bench.place_version(&guest, &item, 99).await, Err(Refusal::CartChanged)));
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_address_stays_with_the_order_that_went_there() {
    for bench in benches().await {
        let item = bench.scarce_item(5).await;
        let member = bench.member().await;
        let keep = |to: &ShipTo, replaces| Command::KeepAddress { replaces, ship_to: to.clone() };
        let (home, mut work) = (Bench::ship_to(), Bench::ship_to());
        work.address = Address::parse("제주 제주시 첨단로 242").unwrap();
        bench.execute(&member, keep(&home, None)).await.unwrap();
        bench.advance(Span::minutes(1)).await;
        bench.execute(&member, keep(&work, None)).await.unwrap();
        bench.execute(&member, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false }).await.unwrap();
        let version = bench.house.cart(&member).await.unwrap().version;
        let order = bench.place_version(&member, &item, version).await.unwrap();
        let book = async || bench.house.addresses(&member).await.unwrap().into_iter().map(|it| (it.id, it.ship_to)).collect::<Vec<_>>();
        let [(work_id, first), (home_id, second)] = book().await.try_into().unwrap();
        assert_eq!((&first, &second), (&work, &home), "{}", bench.name);

        bench.advance(Span::minutes(1)).await;
        bench.execute(&member, Command::PreferAddress { contact: home_id }).await.unwrap();
        assert_eq!(book().await[0].1, home);
        work.name = PersonName::parse("김회사").unwrap();
        bench.execute(&member, keep(&work, Some(work_id))).await.unwrap();
        assert_eq!(book().await.into_iter().map(|it| it.1).collect::<Vec<_>>(), [home.clone(), work], "an edited entry stays where it stood");
        bench.execute(&member, Command::ForgetAddress { contact: home_id }).await.unwrap();
        assert_eq!(book().await.len(), 1);

        let number = bench.order(order).await.number;
        assert_eq!(bench.house.order(&member, &number).await.unwrap().ship_to, Some(home));
        let stranger = bench.member().await;
        for command in
            [Command::ForgetAddress { contact: work_id }, Command::PreferAddress { contact: work_id }, keep(&Bench::ship_to(), Some(work_id))]
        {
            assert_eq!(bench.execute(&stranger, command.clone()).await, Err(Refusal::NotFound));
            assert_eq!(bench.execute(&bench.guest().await, command).await, Err(Refusal::SignInRequired));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_gives_one_effect_and_one_answer() {
    for bench in benches().await {
        let item = bench.scarce_item(5).await;
        let staff = bench.staff(&item).await;
        let receive = |quantity: u32| Command::ReceiveGoods {
            warehouse: item.warehouse,
            variant: item.variant.clone(),
            quantity: Quantity::new(quantity).unwrap(),
        };
        let keyed = |command| bench.house.execute(&staff, command, Some("delivery-7".into()));
        for result in futures::future::join_all((0..6).map(|_| keyed(receive(10)))).await {
            assert_eq!(result, Ok(Answer::Done), "{}", bench.name);
        }
        assert_eq!(keyed(receive(11)).await, Err(Refusal::KeyReused));
        assert_eq!(bench.available(&item).await, 15);
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twin_waits_two_seconds_for_the_first() {
    for bench in benches().await {
        let item = bench.scarce_item(3).await;
        let guest = bench.guest().await;
        let order = bench.buy(&guest, &item, 1).await;
        let cancel = || bench.house.execute(&guest, Command::Order { order, command: OrderCommand::Cancel }, Some("cancel-1".into()));
        // Somebody holds the order for longer than a twin waits: the first waits for the order, the second for the first.
        let held = server::testing::hold(&bench.house, order).await;
        let release = async {
            tokio::time::sleep(std::time::Duration::from_millis(2_600)).await;
            drop(held);
        };
        let started = std::time::Instant::now();
        let (results, ()) = futures::future::join(futures::future::join_all([cancel(), cancel()]), release).await;
        assert!(results.iter().any(|result| matches!(result, Ok(Answer::Order { .. }))), "{}: {results:?}", bench.name);
        assert!(results.contains(&Err(Refusal::InProgress)), "{}: {results:?}", bench.name);
        assert!(started.elapsed().as_secs() < 10, "{}", bench.name);
        // Afterwards everybody gets the first answer; another operation under the key is another matter.
        assert_eq!(Some(&cancel().await), results.iter().find(|result| result.is_ok()));
        assert_eq!(bench.order(order).await.status(), Status::Cancelled, "{}", bench.name);
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_walk_along_an_index() {
    for bench in benches().await {
        for (statement, index) in [
            ("LIST_OF_CHANNEL", "orders_by_channel"),
            ("LIST_OF_STORE", "orders_by_seller"),
            ("LIST_OF_BOARD", "orders_by_seller_board"),
            ("LIST_OF_CUSTOMER", "orders_by_buyer"),
            ("ORDERS_ON_BOARD", "orders_by_seller_board"),
            ("ORDERS_SHORT", "orders_short"),
            ("TREE", "orders_by_root"),
        ] {
            let plan = server::testing::plan(&bench.house.db, statement).await;
            let sorts = plan.iter().any(|line| line.contains("TEMP B-TREE"));
            let walks = plan.iter().any(|line| line.contains(&format!("USING INDEX {index} (")));
            assert!(plan.is_empty() || (walks && (!sorts || statement == "TREE")), "{statement}: {plan:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paid_once_whoever_says_so_first() {
    for bench in benches().await {
        let item = bench.scarce_item(3).await;
        let guest = bench.guest().await;
        let order = bench.buy(&guest, &item, 1).await;
        bench.command(&guest, order, OrderCommand::RequestPayment { method: PaymentMethod::Card }).await.unwrap();
        let attempt = bench.order(order).await.open_attempt().unwrap().clone();
        let approved = || {
            let outcome = PaymentOutcome::Approved { payment_key: "key".into(), amount: attempt.amount };
            bench.system(order, OrderCommand::RecordPayment { attempt: attempt.id, outcome })
        };
        for result in futures::future::join_all((0..64).map(|_| approved())).await {
            assert!(result.is_ok(), "{}: {result:?}", bench.name);
        }
        let paid = bench.order(order).await;
        assert_eq!((paid.status(), paid.paid), (Status::Confirmed, attempt.amount), "{}", bench.name);
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_end_and_give_their_units_back() {
    for bench in benches().await {
        let item = bench.scarce_item(2).await;
        let guest = bench.guest().await;
        let order = bench.buy(&guest, &item, 2).await;
        assert_eq!(bench.available(&item).await, 0);
        // Not a second early.
        bench.advance(Span::minutes(29)).await;
        bench.fire_timers().await;
        assert_eq!(bench.order(order).await.status(), Status::StockReserved);
        bench.advance(Span::minutes(1)).await;
        bench.fire_timers().await;
        assert_eq!(bench.order(order).await.status(), Status::Cancelled, "{}", bench.name);
        assert_eq!(bench.available(&item).await, 2);
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_outlives_a_store_that_cannot_answer() {
    for bench in benches().await {
        let item = bench.scarce_item(2).await;
        let guest = bench.guest().await;
        let order = bench.buy(&guest, &item, 2).await;
        bench.advance(Span::minutes(29)).await;
        bench.fire_timers().await;
        bench.advance(Span::minutes(1)).await;
        let state = server::testing::swap_state(&bench.house, order, "{").await;
        bench.fire_timers().await;
        server::testing::swap_state(&bench.house, order, &state).await;
        assert_eq!(bench.order(order).await.status(), Status::StockReserved);
        bench.advance(Span::minutes(5)).await;
        bench.fire_timers().await;
        assert_eq!(bench.order(order).await.status(), Status::Cancelled, "{}", bench.name);
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn money_that_comes_too_late_goes_back() {
    for bench in benches().await {
        let item = bench.scarce_item(1).await;
        let guest = bench.guest().await;
        let order = bench.buy(&guest, &item, 1).await;
        bench.command(&guest, order, OrderCommand::RequestPayment { method: PaymentMethod::Card }).await.unwrap();
        let attempt = bench.order(order).await.open_attempt().unwrap().clone();
        bench.command(&guest, order, OrderCommand::Cancel).await.unwrap();
        let outcome = PaymentOutcome::Approved { payment_key: "late".into(), amount: attempt.amount };
        bench.system(order, OrderCommand::RecordPayment { attempt: attempt.id, outcome }).await.unwrap();
        let after = bench.order(order).await;
        assert_eq!((after.status(), after.paid.0), (Status::Cancelled, 0), "{}", bench.name);
        assert_eq!(bench.available(&item).await, 1);
        let sagas = bench.sagas(order).await;
        assert!(sagas.iter().any(|(kind, step, state)| kind == "checkout" && step == "void" && state == "waiting"), "{sagas:?}");
        bench.system(order, OrderCommand::RecordPayment { attempt: attempt.id, outcome: PaymentOutcome::Voided }).await.unwrap();
        assert!(bench.sagas(order).await.iter().all(|(_, _, state)| state == "done"));
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_folds_into_the_stored_state() {
    for bench in benches().await {
        let item = bench.scarce_item(5).await;
        let guest = bench.guest().await;
        let order = bench.buy(&guest, &item, 2).await;
        bench.pay(&guest, order).await;
        bench.advance(Span::minutes(30)).await;
        bench.fire_timers().await;
        let paid = bench.order(order).await;
        assert_eq!(paid.status(), Status::PurchaseCompleted, "{}", bench.name);
        bench.deliver(order).await;
        assert_eq!(bench.order(order).await.status(), Status::Delivered);
        // The seventh day ends at midnight in Korea, and a timer that is early does nothing.
        bench.system(order, OrderCommand::AutoConfirm).await.unwrap();
        assert_eq!(bench.order(order).await.status(), Status::Delivered);
        bench.advance(Span::days(9)).await;
        bench.fire_timers().await;
        let done = bench.order(order).await;
        assert_eq!(done.status(), Status::Completed);
        let log = bench.log(order).await;
        assert!(matches!(log.last(), Some((Event::OrderCompleted { by: CompletedBy::Timer }, _))));
        assert_eq!(jumun::order::Order::fold(log.iter().map(|(event, at)| (event, *at))), Some(done));
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_at_an_order_that_is_not_theirs() {
    for bench in benches().await {
        let item = bench.scarce_item(5).await;
        let (guest, stranger) = (bench.guest().await, bench.guest().await);
        let order = bench.buy(&guest, &item, 1).await;
        let other_store = bench.other_staff(&item).await;
        let before = bench.order(order).await;
        for caller in [&stranger, &other_store] {
            for command in [OrderCommand::Cancel, OrderCommand::ConfirmPurchase, OrderCommand::RequestPayment { method: PaymentMethod::Card }] {
                assert_eq!(bench.command(caller, order, command).await, Err(Refusal::NotFound), "{}", bench.name);
            }
            assert_eq!(bench.house.order(caller, &before.number).await.err(), Some(Refusal::NotFound));
        }
        // The buyer may not give the system's commands, nor the store the buyer's.
        assert_eq!(bench.command(&guest, order, OrderCommand::AutoConfirm).await, Err(Refusal::NotAllowed));
        let staff = bench.staff(&item).await;
        assert_eq!(bench.command(&staff, order, OrderCommand::ConfirmPurchase).await, Err(Refusal::NotAllowed));
        assert_eq!(bench.order(order).await, before);
    }
}

impl Bench {
    /// Everything `verify` can see.
    async fn assert_clean(&self) {
        let findings = self.findings().await;
        assert!(findings.is_empty(), "{}: {findings:?}", self.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_goods_is_served_in_order_and_nobody_overtakes() {
    for bench in benches().await {
        let item = bench.scarce_item(1).await;
        let (first, second, late) = (bench.guest().await, bench.guest().await, bench.guest().await);
        let big = bench.buy_short(&first, &item, 4, OnShortage::Wait).await;
        let small = bench.buy_short(&second, &item, 1, OnShortage::Wait).await;
        assert_eq!(bench.order(big).await.status(), Status::WaitingStock, "{}", bench.name);
        // One unit is held for the first; two arrive, which is not enough for him, and they are not for who came later.
        bench.receive(&item, 2).await;
        bench.fill_shortages().await;
        assert_eq!(bench.order(small).await.status(), Status::WaitingStock, "{}", bench.name);
        bench.execute(&late, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false }).await.unwrap();
        let refused = bench.place(&late, &item).await;
        assert!(matches!(refused, Err(Refusal::OutOfStock { .. })), "{}: {refused:?}", bench.name);
        bench.receive(&item, 2).await;
        bench.fill_shortages().await;
        assert_eq!(bench.order(big).await.status(), Status::StockReserved, "{}", bench.name);
        bench.fill_shortages().await;
        assert_eq!(bench.order(small).await.status(), Status::StockReserved, "{}", bench.name);
        assert_eq!(bench.available(&item).await, 0);
        bench.assert_clean().await;
    }
}

/// So many of an option before it is there, promised to leave in this many days.
fn pre_order(bench: &Bench, item: &Item, cap: u32, days: i64) -> Command {
    let ship_by = Date::from_days(bench.house.now().kst_date().days() + days);
    Command::SetPreOrder { variant: item.variant.clone(), cap, ship_by }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_is_sold_once_and_never_set_below_what_is_sold() {
    for bench in benches().await {
        let item = bench.scarce_item(7).await;
        let staff = bench.staff(&item).await;
        let set = async |cap, days| bench.execute(&staff, pre_order(&bench, &item, cap, days)).await;
        for (cap, days, field) in [(100_001, 3, "cap"), (5, -1, "ship_by"), (5, 366, "ship_by")] {
            assert!(matches!(set(cap, days).await, Err(Refusal::Invalid { field: known, .. }) if known == field), "{}: {field}", bench.name);
        }
        set(5, 10).await.unwrap();
        let elsewhere = bench.other_staff(&item).await;
        assert_eq!(bench.execute(&elsewhere, pre_order(&bench, &item, 9, 10)).await, Err(Refusal::NotFound), "{}", bench.name);
        let mut buyers = Vec::new();
        for _ in 0..40 {
            let guest = bench.guest().await;
            bench.execute(&guest, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false }).await.unwrap();
            buyers.push(guest);
        }
        // Nobody waits for a promise, whatever he said beforehand.
        let tries = buyers.iter().enumerate().map(|(nth, guest)| bench.place_short(guest, &item, 1, OnShortage::ALL[nth % OnShortage::ALL.len()]));
        let results = futures::future::join_all(tries).await;
        let refused = results.iter().filter(|result| matches!(result, Err(Refusal::OutOfStock { .. }))).count();
        assert_eq!((results.iter().flatten().count(), refused), (5, 35), "{}: {results:?}", bench.name);
        assert_eq!(bench.available(&item).await, 7, "{}: the shelf is another thing", bench.name);
        // Set below what is sold, to just that, and above.
        assert_eq!(set(4, 10).await, Err(Refusal::CapBelowSold { sold: 5 }), "{}", bench.name);
        set(5, 12).await.unwrap();
        set(6, 12).await.unwrap();
        let shown =
            bench.house.listings(&staff).await.unwrap().into_iter().flat_map(|row| row.pre_orders).find(|cap| cap.variant == item.variant).unwrap();
        assert_eq!((shown.cap, shown.sold, shown.come), (6, 5, 0), "{}", bench.name);
        // Sold off the shelf again: what nobody was promised is taken out of the cap, what somebody was still comes.
        let product = testing::order(&bench.house, *results.iter().flatten().next().unwrap()).await.lines[0].product.clone();
        bench.execute(&staff, Command::SellFromShelf { product }).await.unwrap();
        let shelf = bench.guest().await;
        let sold = bench.buy(&shelf, &item, 7).await;
        assert_eq!((bench.order(sold).await.lines[0].ship_by, bench.available(&item).await), (None, 0), "{}", bench.name);
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_goes_to_who_reserved_first_and_the_cap_gets_back_what_is_cancelled() {
    for bench in benches().await {
        let item = bench.scarce_item(0).await;
        let staff = bench.staff(&item).await;
        bench.execute(&staff, pre_order(&bench, &item, 10, 3)).await.unwrap();
        let mut orders = Vec::new();
        for units in [2, 3, 1] {
            let buyer = bench.guest().await;
            let order = bench.buy(&buyer, &item, units).await;
            bench.pay(&buyer, order).await;
            bench.advance(Span::minutes(1)).await;
            orders.push((buyer, order));
        }
        let cap = async |account: &str| testing::balance(&bench.house, account, &item.variant).await;
        let goods = async |nth: usize| bench.order(orders[nth].1).await.fulfilments[0].clone();
        assert_eq!((cap("pre_order").await, cap("pre_committed").await, cap("committed").await), (4, 6, 0), "{}", bench.name);
        // Nothing that is not here is prepared, and no timer does it either.
        let fulfilment = goods(0).await.id;
        for early in [OrderCommand::StartPreparing { fulfilment }, OrderCommand::AutoRelease { fulfilment }] {
            let _ = bench.command(&staff, orders[0].1, early.clone()).await;
            let _ = bench.system(orders[0].1, early).await;
        }
        bench.advance(Span::hours(1)).await;
        bench.fire_timers().await;
        assert_eq!(bench.order(orders[0].1).await.status(), Status::Confirmed, "{}", bench.name);
        // Four come: the first is served, the second wants three, and the third does not overtake.
        bench.receive(&item, 4).await;
        for _ in 0..3 {
            bench.fill_shortages().await;
        }
        let waiting = [goods(0).await.is_to_come(), goods(1).await.is_to_come(), goods(2).await.is_to_come()];
        assert_eq!(waiting, [false, true, true], "{}", bench.name);
        assert_eq!((cap("pre_kept").await, cap("committed").await, bench.available(&item).await), (2, 2, 2), "{}", bench.name);
        // The seller sends the second what is there of his.
        let (second, first) = (goods(1).await, bench.order(orders[1].1).await.lines[0].id);
        let units = vec![LineUnits { line: first, quantity: Quantity::new(2).unwrap() }];
        bench.command(&staff, orders[1].1, OrderCommand::SplitFulfilment { fulfilment: second.id, units }).await.unwrap();
        bench.fill_shortages().await;
        let parts = bench.order(orders[1].1).await.fulfilments.iter().map(|goods| (goods.units(), goods.is_to_come())).collect::<Vec<_>>();
        assert_eq!(parts.iter().filter(|(_, to_come)| *to_come).count(), 1, "{}: {parts:?}", bench.name);
        bench.assert_clean().await;
        // The day goes by: told once, and the buyer may go. The cap has his unit again.
        bench.advance(Span::days(4)).await;
        bench.fire_timers().await;
        bench.fire_timers().await;
        let missed = bench.log(orders[2].1).await.iter().filter(|(event, _)| matches!(event, Event::PromiseMissed { .. })).count();
        assert_eq!(missed, 1, "{}", bench.name);
        let open = bench.house.alerts(&bench.admin().await, true).await.unwrap();
        assert!(open.iter().any(|row| row.kind == Alert::PromiseMissed), "{}: {open:?}", bench.name);
        bench.command(&orders[2].0, orders[2].1, OrderCommand::Cancel).await.unwrap();
        assert_eq!(cap("pre_order").await, 5, "{}", bench.name);
        // All that is still owed comes, with one to spare; then the parcels go.
        bench.receive(&item, 2).await;
        for _ in 0..3 {
            bench.fill_shortages().await;
        }
        assert_eq!((cap("pre_committed").await, cap("pre_kept").await), (0, 5), "{}", bench.name);
        bench.advance(Span::minutes(31)).await;
        bench.fire_timers().await;
        bench.deliver(orders[0].1).await;
        bench.deliver(orders[1].1).await;
        for (_, order) in &orders[..2] {
            assert_eq!(bench.order(*order).await.status(), Status::Delivered, "{}", bench.name);
        }
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sold_a_promise_that_is_over() {
    for bench in benches().await {
        let item = bench.scarce_item(0).await;
        let staff = bench.staff(&item).await;
        bench.execute(&staff, pre_order(&bench, &item, 10, 2)).await.unwrap();
        let guest = bench.guest().await;
        bench.execute(&guest, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false }).await.unwrap();
        let of = |view: jumun::view::ProductView| {
            let variant = view.variants.into_iter().find(|variant| variant.id == item.variant).unwrap();
            (variant.available, variant.ship_by.is_some())
        };
        let product = bench.house.cart(&guest).await.unwrap().groups[0].lines[0].product.clone();
        assert_eq!(of(bench.house.product(&product).await.unwrap()), (10, true), "{}", bench.name);
        bench.advance(Span::days(3)).await;
        assert_eq!(of(bench.house.product(&product).await.unwrap()), (0, false), "{}", bench.name);
        assert!(matches!(bench.house.cart(&guest).await.unwrap().groups[0].problem, Some(Refusal::NotForSale { .. })), "{}", bench.name);
        assert!(matches!(bench.place(&guest, &item).await, Err(Refusal::NotForSale { .. })), "{}", bench.name);
        // A new day, and it is on sale again.
        bench.execute(&staff, pre_order(&bench, &item, 10, 2)).await.unwrap();
        bench.place(&guest, &item).await.unwrap();
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_gives_back_only_what_is_missing() {
    for bench in benches().await {
        let item = bench.scarce_item(3).await;
        let guest = bench.guest().await;
        let order = bench.buy(&guest, &item, 3).await;
        bench.pay(&guest, order).await;
        let staff = bench.staff(&item).await;
        let goods = bench.order(order).await.fulfilments[0].clone();
        let lost = OrderCommand::ReportStockLoss { fulfilment: goods.id, line: goods.lines[0].line, quantity: Quantity::ONE };
        bench.command(&staff, order, lost).await.unwrap();
        let admin = bench.admin().await;
        let alerts = bench.house.alerts(&admin, true).await.unwrap();
        assert!(alerts.iter().any(|alert| alert.kind == Alert::Shortage), "{}: {alerts:?}", bench.name);
        // Everything else is on its way meanwhile.
        bench.advance(Span::hours(49)).await;
        bench.fire_timers().await;
        let after = bench.order(order).await;
        assert_eq!((after.refunded().0, after.is_short()), (item.price, false), "{}", bench.name);
        assert_eq!(after.status().board(), Board::PurchaseCompleted, "{}", bench.name);
        assert_eq!(bench.sagas(order).await.iter().filter(|(kind, _, _)| kind == "refund").count(), 1);
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_against_dispatch_has_one_winner() {
    for bench in benches().await {
        for _ in 0..4 {
            let item = bench.scarce_item(2).await;
            let guest = bench.guest().await;
            let order = bench.buy(&guest, &item, 1).await;
            bench.pay(&guest, order).await;
            let staff = bench.staff(&item).await;
            let fulfilment = bench.order(order).await.fulfilments[0].id;
            bench.system(order, OrderCommand::AutoRelease { fulfilment }).await.unwrap();
            let tries = (0..64u32).map(|nth| {
                let (bench, staff) = (&bench, staff.clone());
                async move {
                    if nth % 2 == 0 {
                        bench.command(&staff, order, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }).await.map(drop)
                    } else {
                        let gone = OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "1".into() };
                        bench.system(order, gone).await.map(drop)
                    }
                }
            });
            for result in futures::future::join_all(tries).await {
                assert!(matches!(result, Ok(()) | Err(Refusal::WrongState { .. })), "{}: {result:?}", bench.name);
            }
            // Whoever was first: the goods left, and the late word of the warehouse changes nothing.
            bench.system(order, OrderCommand::RecordOutboundStopped { fulfilment, stopped: true }).await.unwrap();
            let after = bench.order(order).await;
            assert_eq!((after.status(), after.refunds.len(), after.cancelling), (Status::Shipped, 0, None), "{}", bench.name);
            bench.assert_clean().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stuck_step_is_retried_a_few_times_by_an_admin_and_by_nobody_else() {
    for bench in benches().await {
        let item = bench.scarce_item(2).await;
        let guest = bench.guest().await;
        let order = bench.buy(&guest, &item, 1).await;
        bench.pay(&guest, order).await;
        bench.command(&guest, order, OrderCommand::Cancel).await.unwrap();
        let (admin, staff) = (bench.admin().await, bench.staff(&item).await);
        let mut id = String::new();
        for nth in 0..4 {
            server::testing::park(&bench.house, order).await;
            let stuck = bench.house.sagas(&admin, "parked").await.unwrap();
            assert_eq!((stuck.len(), stuck[0].retries), (1, nth), "{}", bench.name);
            id.clone_from(&stuck[0].id);
            let retry = Command::RetrySaga { saga: id.clone() };
            assert_eq!(bench.execute(&staff, retry.clone()).await, Err(Refusal::NotAllowed), "{}", bench.name);
            let expected = if nth < 3 { Ok(Answer::Done) } else { Err(Refusal::RetriesUsedUp { most: 3 }) };
            assert_eq!(bench.execute(&admin, retry).await, expected, "{}", bench.name);
        }
        assert_eq!(bench.execute(&admin, Command::RetrySaga { saga: "nothing".into() }).await, Err(Refusal::NotFound));
        for caller in [&guest, &staff] {
            assert!(bench.house.sagas(caller, "parked").await.is_err());
            assert!(bench.house.alerts(caller, true).await.is_err());
            assert!(bench.house.proof(caller).await.is_err());
        }
    }
}

/// Parks the only saga of the order that runs, and has an admin settle it.
async fn settle_by_hand(bench: &Bench, order: OrderId, step: Step, outcome: Outcome) -> Result<Answer, Refusal> {
    let admin = bench.admin().await;
    server::testing::park(&bench.house, order).await;
    server::testing::raise_parked(&bench.house, order).await;
    let parked = bench.house.sagas(&admin, "parked").await.unwrap();
    let [row] = parked.as_slice() else { panic!("{}: {parked:?}", bench.name) };
    assert_eq!(row.saga.step, step.slug(), "{}", bench.name);
    bench.execute(&admin, by_hand(row, outcome)).await
}

/// The command that settles a row as it was looked at.
fn by_hand(row: &StuckSaga, outcome: Outcome) -> Command {
    let parcel = Parcel { carrier: CarrierName::parse("한진택배").unwrap(), tracking: TrackingNumber::parse("4200-1").unwrap() };
    let parcel = (outcome == Outcome::Sent).then_some(parcel);
    Command::SettleSaga { saga: row.id.clone(), generation: row.generation, outcome, parcel, reason: Reason::parse("전화로 확인함").unwrap() }
}

/// An order whose goods the warehouse was asked for.
async fn released(bench: &Bench, item: &Item, guest: &Caller) -> (OrderId, FulfilmentId) {
    let order = bench.buy(guest, item, 1).await;
    bench.pay(guest, order).await;
    let fulfilment = bench.order(order).await.fulfilments[0].id;
    bench.system(order, OrderCommand::AutoRelease { fulfilment }).await.unwrap();
    (order, fulfilment)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_that_stopped_is_settled_by_hand_with_what_truly_came_of_it() {
    for bench in benches().await {
        let item = bench.scarce_item(20).await;
        let staff = bench.staff(&item).await;
        // Each guest has a basket of his own.
        let running = async |order| bench.sagas(order).await.into_iter().find(|(_, _, state)| state != "done").map(|(_, step, _)| step);
        let asked = async |method| {
            let guest = bench.guest().await;
            let order = bench.buy(&guest, &item, 1).await;
            bench.command(&guest, order, OrderCommand::RequestPayment { method }).await.unwrap();
            (guest, order)
        };

        // Money that did not come: the buyer may pay again, whatever the attempt had come to.
        let (_, order) = asked(PaymentMethod::Card).await;
        settle_by_hand(&bench, order, Step::Settle, Outcome::NotPaid).await.unwrap();
        let after = bench.order(order).await;
        assert_eq!((after.status(), after.attempts[0].state), (Status::PaymentFailed, AttemptState::Declined), "{}", bench.name);
        let (_, order) = asked(PaymentMethod::VirtualAccount).await;
        let deposit = Deposit { bank: "한빛은행".into(), account: "1-2".into(), due: bench.house.now() + Span::days(1) };
        let attempt = bench.order(order).await.attempts[0].id;
        let outcome = PaymentOutcome::DepositAwaited { payment_key: "key".into(), deposit };
        bench.system(order, OrderCommand::RecordPayment { attempt, outcome }).await.unwrap();
        settle_by_hand(&bench, order, Step::Settle, Outcome::NotPaid).await.unwrap();
        let after = bench.order(order).await;
        assert_eq!((after.status(), after.attempts[0].state), (Status::PaymentFailed, AttemptState::Voided), "{}", bench.name);
        assert_eq!(running(order).await, None, "{}", bench.name);

        // Money that had to go back.
        let (guest, order) = asked(PaymentMethod::Card).await;
        bench.command(&guest, order, OrderCommand::Cancel).await.unwrap();
        settle_by_hand(&bench, order, Step::Void, Outcome::Voided).await.unwrap();
        assert_eq!(bench.order(order).await.attempts[0].state, AttemptState::Voided, "{}", bench.name);
        let guest = bench.guest().await;
        let order = bench.buy(&guest, &item, 1).await;
        bench.pay(&guest, order).await;
        bench.command(&guest, order, OrderCommand::Cancel).await.unwrap();
        settle_by_hand(&bench, order, Step::PayBack, Outcome::PaidBack).await.unwrap();
        assert!(bench.order(order).await.refunds[0].completed_at.is_some(), "{}", bench.name);
        assert_eq!(running(order).await, None, "{}", bench.name);

        // Goods that did not leave are released again; then they leave, nobody is there, and at last they are handed over.
        let guest = bench.guest().await;
        let (order, fulfilment) = released(&bench, &item, &guest).await;
        settle_by_hand(&bench, order, Step::RequestOutbound, Outcome::NotSent).await.unwrap();
        assert_eq!(running(order).await, None, "{}", bench.name);
        bench.command(&staff, order, OrderCommand::Release { fulfilment }).await.unwrap();
        settle_by_hand(&bench, order, Step::RequestOutbound, Outcome::Sent).await.unwrap();
        let goods = bench.order(order).await.fulfilments[0].clone();
        assert_eq!((goods.state, goods.tracking.as_deref()), (FulfilmentState::Shipped, Some("4200-1")), "{}", bench.name);
        bench.advance(Span::hours(5)).await;
        settle_by_hand(&bench, order, Step::Track, Outcome::NotDelivered).await.unwrap();
        assert_eq!(running(order).await.as_deref(), Some("track"), "{}: the carrier comes again", bench.name);
        // What the carrier tells late of that same day is known, and what is new moves the parcel.
        let told = async |facts: &[(CarrierStatus, i64)]| {
            let fact = |(status, hours): &(CarrierStatus, i64)| CarrierFact {
                status: *status,
                place: "서울".into(),
                at: bench.house.now() + Span::hours(*hours),
            };
            let facts = facts.iter().map(fact).collect();
            bench.system(order, OrderCommand::RecordTracking { fulfilment, facts }).await.unwrap();
            let goods = bench.order(order).await.fulfilments[0].clone();
            (goods.state, goods.failures)
        };
        let late = [(CarrierStatus::PickedUp, -3), (CarrierStatus::OutForDelivery, -2), (CarrierStatus::Failed, -1)];
        assert_eq!(told(&late).await, (FulfilmentState::DeliveryFailed, 1), "{}", bench.name);
        let on = Date::from_days(bench.house.now().kst_date().days() + 1);
        bench.command(&guest, order, OrderCommand::Redeliver { fulfilment, on, to: None }).await.unwrap();
        settle_by_hand(&bench, order, Step::Redeliver, Outcome::NotDelivered).await.unwrap();
        assert_eq!(told(&[(CarrierStatus::OutForDelivery, 1)]).await, (FulfilmentState::OutForDelivery, 2), "{}", bench.name);
        bench.advance(Span::hours(2)).await;
        settle_by_hand(&bench, order, Step::Track, Outcome::Delivered).await.unwrap();
        assert_eq!((bench.order(order).await.status(), running(order).await), (Status::Delivered, None), "{}", bench.name);

        // A stop that the warehouse kept to, and one that came too late.
        let (order, _) = released(&bench, &item, &bench.guest().await).await;
        bench.command(&staff, order, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }).await.unwrap();
        settle_by_hand(&bench, order, Step::StopOutbound, Outcome::Stopped).await.unwrap();
        assert_eq!(bench.order(order).await.status(), Status::Cancelled, "{}", bench.name);
        settle_by_hand(&bench, order, Step::PayBack, Outcome::PaidBack).await.unwrap();
        let guest = bench.guest().await;
        let (order, _) = released(&bench, &item, &guest).await;
        bench.command(&staff, order, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }).await.unwrap();
        settle_by_hand(&bench, order, Step::StopOutbound, Outcome::TooLate).await.unwrap();
        settle_by_hand(&bench, order, Step::WatchOutbound, Outcome::Sent).await.unwrap();
        assert_eq!((bench.order(order).await.status(), running(order).await.as_deref()), (Status::Shipped, Some("track")), "{}", bench.name);

        // Whoever works at the order sees who settled what and why; its buyer does not.
        let number = bench.order(order).await.number;
        let admin = bench.admin().await;
        let notes = async |caller: &Caller| {
            let history = bench.house.order(caller, &number).await.unwrap().history;
            history.into_iter().filter_map(|row| Some((row.event, row.actor, row.note?))).collect::<Vec<_>>()
        };
        let seen = notes(&staff).await;
        let written = |event: &str, outcome: &str| (event.to_owned(), "admin".to_owned(), format!("{outcome} 전화로 확인함"));
        assert!(seen.contains(&written("outbound.cancel_refused", "too-late")), "{}: {seen:?}", bench.name);
        assert!(seen.contains(&written("outbound.completed", "sent")), "{}: {seen:?}", bench.name);
        assert_eq!(notes(&guest).await, [], "{}", bench.name);
        let log = bench.house.audit(&admin, &AuditQuery { command: Some("settle-saga".into()), ..AuditQuery::default() }).await.unwrap();
        assert_eq!(log.rows.len(), 13, "{}: {:?}", bench.name, log.rows);
        assert!(log.rows.iter().all(|row| row.number.is_some() && row.note.as_ref().is_some_and(|note| note.ends_with(" 전화로 확인함"))));
        assert!(bench.house.alerts(&admin, true).await.unwrap().iter().all(|alert| alert.kind != Alert::SagaParked), "{}", bench.name);
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_settled_once_by_an_admin_and_only_while_it_stands_still() {
    for bench in benches().await {
        let item = bench.scarce_item(3).await;
        let guest = bench.guest().await;
        let order = bench.buy(&guest, &item, 1).await;
        bench.pay(&guest, order).await;
        bench.command(&guest, order, OrderCommand::Cancel).await.unwrap();
        let (admin, staff) = (bench.admin().await, bench.staff(&item).await);
        let waiting = bench.house.sagas(&admin, "waiting").await.unwrap();
        let running = by_hand(&waiting[0], Outcome::PaidBack);
        assert!(matches!(bench.execute(&admin, running).await, Err(Refusal::WrongState { .. })), "{}: it still runs", bench.name);
        server::testing::park(&bench.house, order).await;
        server::testing::raise_parked(&bench.house, order).await;
        let stuck = bench.house.sagas(&admin, "parked").await.unwrap().remove(0);
        let settle = by_hand(&stuck, Outcome::PaidBack);
        let stale = StuckSaga { generation: stuck.generation - 1, ..stuck.clone() };
        let before = bench.order(order).await;
        for (caller, command, expected) in [
            (&guest, settle.clone(), Refusal::SignInRequired),
            (&staff, settle.clone(), Refusal::NotAllowed),
            (&admin, by_hand(&stuck, Outcome::Delivered), Refusal::invalid("outcome", Problem::Unknown)),
            (&admin, by_hand(&StuckSaga { id: "nothing".into(), ..stuck.clone() }, Outcome::PaidBack), Refusal::NotFound),
            (
                &admin,
                by_hand(&stale, Outcome::PaidBack),
                Refusal::WrongState { command: "settle-saga".into(), current: "parked".into(), required: "parked".into() },
            ),
        ] {
            assert_eq!(bench.execute(caller, command).await, Err(expected), "{}", bench.name);
        }
        assert_eq!(bench.order(order).await, before, "{}", bench.name);
        assert_eq!(bench.house.sagas(&admin, "parked").await.unwrap(), vec![stuck.clone()], "{}: a refusal leaves it parked", bench.name);

        // Two admins and a retry: one of them wins.
        let tries = (0..24u32).map(|nth| {
            let command = if nth % 3 == 0 { Command::RetrySaga { saga: stuck.id.clone() } } else { settle.clone() };
            let (bench, admin) = (&bench, &admin);
            async move { bench.execute(admin, command).await }
        });
        let results = futures::future::join_all(tries).await;
        let won: Vec<_> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
        assert_eq!(won.len(), 1, "{}: {results:?}", bench.name);
        let paid_back = bench.order(order).await.refunds[0].completed_at.is_some();
        assert_eq!(paid_back, matches!(won[0], Answer::Order { .. }), "{}", bench.name);
        let refunds = bench.log(order).await.iter().filter(|(event, _)| matches!(event, Event::RefundCompleted { .. })).count();
        assert_eq!(refunds, usize::from(paid_back), "{}", bench.name);

        // Said twice under a key it is done once; the order refuses what it could not have heard of.
        let (order, fulfilment) = released(&bench, &item, &bench.guest().await).await;
        server::testing::park(&bench.house, order).await;
        server::testing::raise_parked(&bench.house, order).await;
        let row = async || bench.house.sagas(&admin, "parked").await.unwrap().remove(0);
        let sent = by_hand(&row().await, Outcome::Sent);
        let keyed = || bench.house.execute(&admin, sent.clone(), Some("once".into()));
        let first = keyed().await;
        assert!(first.is_ok(), "{}: {first:?}", bench.name);
        assert_eq!(keyed().await, first, "{}", bench.name);
        let facts = vec![CarrierFact { status: CarrierStatus::Delivered, place: "서울".into(), at: bench.house.now() }];
        server::testing::park(&bench.house, order).await;
        server::testing::raise_parked(&bench.house, order).await;
        let late = by_hand(&row().await, Outcome::NotDelivered);
        bench.system(order, OrderCommand::RecordTracking { fulfilment, facts }).await.unwrap();
        assert!(matches!(bench.execute(&admin, late).await, Err(Refusal::WrongState { .. })), "{}: the carrier was faster", bench.name);
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_of_the_log_sees_every_event_once_however_commits_overlap() {
    for bench in benches().await {
        let item = bench.scarce_item(40).await;
        let mut buyers = Vec::new();
        for _ in 0..12 {
            buyers.push(bench.guest().await);
        }
        let placed = futures::future::join_all(buyers.iter().map(|guest| bench.buy(guest, &item, 1)));
        // A reader that follows while they commit.
        let following = async {
            let mut most = 0;
            for _ in 0..30 {
                let seen = server::testing::read_log(&bench.house).await;
                assert!(seen.len() >= most, "{}: the log never shrinks", bench.name);
                most = seen.len();
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        let (orders, ()) = futures::future::join(placed, following).await;
        // On PostgreSQL a reader waits for the oldest open transaction of the whole cluster: other tests' too.
        let mut expected = 0;
        for order in &orders {
            expected += bench.order(*order).await.version as usize;
        }
        let mut seen = Vec::new();
        for _ in 0..500 {
            seen = server::testing::read_log(&bench.house).await;
            if seen.iter().filter(|(id, _)| orders.iter().any(|order| *id == order.to_string())).count() >= expected {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), seen.len(), "{}: nothing twice", bench.name);
        for order in orders {
            let numbers: Vec<i64> = seen.iter().filter(|(id, _)| *id == order.to_string()).map(|(_, number)| *number).collect();
            assert_eq!(numbers, (1..=i64::from(bench.order(order).await.version)).collect::<Vec<_>>(), "{}: in order, without a gap", bench.name);
        }
    }
}

/// A caller may hang up at any moment, also while a transaction begins.
#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_is_given_up_while_it_begins_is_in_nobodys_way() {
    for bench in benches().await {
        let item = bench.scarce_item(40).await;
        let guest = bench.guest().await;
        for _ in 0..24 {
            let mut begin = std::pin::pin!(bench.house.db.begin_read());
            // Its connection has been looked after by then, and it has been told to begin.
            if futures::poll!(begin.as_mut()).is_pending() {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                let _ = futures::poll!(begin);
            }
        }
        let add = Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false };
        for answer in futures::future::join_all((0..24).map(|_| bench.execute(&guest, add.clone()))).await {
            assert!(answer.is_ok(), "{}: {answer:?}", bench.name);
        }
    }
}
