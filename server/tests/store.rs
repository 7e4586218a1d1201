//! The store's contract on both databases: every statement prepares, the two schemas are the same, a floored balance never
//! goes below zero, an answer is kept with its effect.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod support;

use jumun::{
    command::{Answer, Command, ShipTo},
    order::{CompletedBy, Event, OrderCommand, PaymentMethod, PaymentOutcome, Status},
    quantity::Quantity,
    refusal::Refusal,
    text::{Address, PersonName},
    time::Span,
};
use support::{Bench, benches};

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
        assert_eq!(one, other);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_unit_is_sold_once() {
    for bench in benches().await {
        let item = bench.scarce_item(1).await;
        let mut buyers = Vec::new();
        for _ in 0..16 {
            let guest = bench.guest().await;
            bench.execute(&guest, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE }).await.unwrap();
            buyers.push(guest);
        }
        let tries = buyers.iter().map(|guest| bench.place(guest, &item));
        let results = futures::future::join_all(tries).await;
        let sold = results.iter().filter(|result| result.is_ok()).count();
        let refused = results.iter().filter(|result| matches!(result, Err(Refusal::OutOfStock { .. }))).count();
        assert_eq!((sold, refused), (1, 15), "{}: {results:?}", bench.name);
        bench.assert_clean().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_place_one_order() {
    for bench in benches().await {
        let item = bench.scarce_item(10).await;
        let guest = bench.guest().await;
        bench.execute(&guest, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE }).await.unwrap();
        let results = futures::future::join_all((0..8).map(|_| bench.place(&guest, &item))).await;
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
        bench.execute(&member, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE }).await.unwrap();
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
        for result in futures::future::join_all((0..8).map(|_| approved())).await {
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
