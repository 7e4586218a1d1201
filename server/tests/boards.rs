//! A store's boards on both databases: what of them is looked for, and one command to several orders.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "support/mod.rs"]
mod support;

use jumun::{
    ids::OrderId,
    order::{Board, OrderCommand, Status},
    refusal::{Problem, Refusal},
    time::Span,
    view::BoardQuery,
};
use support::{Bench, benches};

async fn paid(bench: &Bench, units: u32) -> OrderId {
    let item = server::testing::item(&bench.house, "VAR-5001-BLK-M").await;
    let item = support::Item { variant: item.0, warehouse: item.1, store: item.2, price: item.3 };
    let guest = bench.guest().await;
    let order = bench.buy(&guest, &item, units).await;
    bench.pay(&guest, order).await;
    order
}

fn by(change: impl FnOnce(&mut BoardQuery)) -> BoardQuery {
    let mut query = BoardQuery::default();
    change(&mut query);
    query
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_is_looked_through_by_day_amount_wait_and_name() {
    for bench in benches().await {
        let item = bench.scarce_item(40).await;
        let staff = bench.staff(&item).await;
        let small = paid(&bench, 1).await;
        bench.advance(Span::days(2)).await;
        let large = paid(&bench, 4).await;
        let found = async |query: BoardQuery| {
            let view = bench.house.board(&staff, Board::Orders, &query).await.unwrap();
            let rows = bench.house.board_rows(&staff, Board::Orders, &query).await.unwrap();
            let ids = |rows: &[jumun::view::OrderRow]| rows.iter().map(|row| row.order).collect::<Vec<_>>();
            assert_eq!(ids(&view.list.rows), ids(&rows), "a file has what the page finds");
            ids(&rows)
        };
        let some = |text: &str| Some(text.to_owned());
        let day = bench.house.now().kst_date().to_string();
        let before = (bench.house.now().before(Span::days(1))).kst_date().to_string();
        assert_eq!(found(BoardQuery::default()).await, [large, small], "{}", bench.name);
        assert_eq!(found(by(|query| query.from = some(&day))).await, [large]);
        assert_eq!(found(by(|query| query.to = some(&before))).await, [small]);
        assert_eq!(found(by(|query| query.least = some("100,000원"))).await, [large]);
        assert_eq!(found(by(|query| query.most = some("99999"))).await, [small]);
        assert_eq!(found(by(|query| query.waits = some("seller"))).await, [large, small]);
        assert_eq!(found(by(|query| query.waits = some("carrier"))).await, []);
        assert_eq!(found(by(|query| query.who = some("비회"))).await, [large, small]);
        assert_eq!(found(by(|query| query.who = some("%"))).await, [large, small], "a sign that finds everything finds nothing more");
        assert_eq!(found(by(|query| query.who = some("없는 사람"))).await, []);
        let number = bench.order(small).await.number.to_string();
        assert_eq!(found(by(|query| query.q = some(&number))).await, [small]);
        // What cannot be asked finds nothing, and breaks nothing.
        for broken in [
            by(|query| query.from = some("tomorrow")),
            by(|query| query.least = some("much")),
            by(|query| query.waits = some("nobody")),
            by(|query| query.installer = some("'; --")),
        ] {
            assert_eq!(found(broken).await, []);
        }
        let stranger = bench.other_staff(&item).await;
        let theirs = bench.house.board_rows(&stranger, Board::Orders, &BoardQuery::default()).await.unwrap();
        assert!(theirs.iter().all(|row| row.order != small && row.order != large));
        let guest = bench.guest().await;
        assert!(bench.house.board_rows(&guest, Board::Orders, &BoardQuery::default()).await.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_command_is_given_to_several_orders_each_by_itself() {
    for bench in benches().await {
        let item = bench.scarce_item(40).await;
        let staff = bench.staff(&item).await;
        let (first, second, ended) = (paid(&bench, 1).await, paid(&bench, 2).await, paid(&bench, 1).await);
        bench.command(&staff, ended, OrderCommand::SellerCancel { reason: jumun::order::SellerReason::OutOfStock }).await.unwrap();
        let outcome = bench.house.bulk(&staff, "start-preparing", &[first, ended, second]).await.unwrap();
        assert_eq!((outcome.done, outcome.refused.len()), (2, 1), "{}", bench.name);
        let (number, refusal) = &outcome.refused[0];
        assert_eq!(*number, bench.order(ended).await.number);
        assert!(matches!(refusal, Refusal::WrongState { .. }));
        bench.house.bulk(&staff, "allocate", &[first, second]).await.unwrap();
        bench.house.bulk(&staff, "release", &[first, second]).await.unwrap();
        for order in [first, second] {
            let order = bench.order(order).await;
            assert_eq!(order.status(), Status::PurchaseCompleted);
            assert!(order.fulfilments[0].outbound_requested_at.is_some());
        }
        let again = bench.house.bulk(&staff, "release", &[first]).await.unwrap();
        assert_eq!((again.done, again.refused.len()), (0, 1), "a second time it is refused, and nothing is asked twice");

        let stranger = bench.other_staff(&item).await;
        assert_eq!(bench.house.bulk(&stranger, "start-preparing", &[first]).await, Err(Refusal::NotFound));
        assert_eq!(bench.house.bulk(&staff, "seller-cancel", &[first]).await, Err(Refusal::invalid("command", Problem::Unknown)));
        assert_eq!(bench.house.bulk(&staff, "release", &[]).await, Err(Refusal::invalid("orders", Problem::Missing)));
        assert_eq!(bench.house.bulk(&staff, "release", &[first; 51]).await, Err(Refusal::invalid("orders", Problem::OutOfRange)));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}
