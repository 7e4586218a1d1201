//! Money that goes back after a purchase was confirmed, for goodwill, or not at all, on both databases.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "support/mod.rs"]
mod support;

use app::session::Caller;
use jumun::{
    command::Command,
    ids::{ClaimId, OrderId},
    membership::Tier,
    money::Won,
    order::{Board, Event, GoodwillReason, LineUnits, OrderCommand, RejectReason, ReturnReason, ReturnState, Status},
    quantity::Quantity,
    refusal::Refusal,
    text::ClaimNote,
    time::Span,
    view::BoardQuery,
};
use support::{Bench, Item, benches};

impl Bench {
    /// Goods that a buyer has.
    async fn arrived(&self, buyer: &Caller, item: &Item, units: u32) -> OrderId {
        self.execute(buyer, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::new(units).unwrap(), installed: false })
            .await
            .unwrap();
        let version = self.house.cart(buyer).await.unwrap().version;
        let order = self.place_version(buyer, item, version).await.unwrap();
        self.pay(buyer, order).await;
        for goods in self.order(order).await.fulfilments {
            self.system(order, OrderCommand::AutoRelease { fulfilment: goods.id }).await.unwrap();
        }
        self.deliver(order).await;
        order
    }

    /// A return, up to what was looked at.
    async fn back(&self, buyer: &Caller, item: &Item, order: OrderId, units: u32, reason: ReturnReason) -> ClaimId {
        let now = self.order(order).await;
        let goods = now.fulfilments.iter().find(|goods| goods.is_live()).unwrap();
        let units = vec![LineUnits { line: now.lines[0].id, quantity: Quantity::new(units).unwrap() }];
        let wish = OrderCommand::RequestReturn { fulfilment: goods.id, units, reason, pickup_on: None, found_on: None, note: None };
        self.command(buyer, order, wish).await.unwrap();
        let claim = self.order(order).await.claims.last().unwrap().id;
        let staff = self.staff(item).await;
        self.command(&staff, order, OrderCommand::ApproveReturn { claim }).await.unwrap();
        self.command(&staff, order, OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }).await.unwrap();
        claim
    }

    /// The money of everything that is on its way is there.
    async fn paid_back(&self, order: OrderId) {
        for refund in self.order(order).await.refunds.iter().filter(|refund| refund.completed_at.is_none()) {
            self.system(order, OrderCommand::RecordRefund { refund: refund.id }).await.unwrap();
        }
    }

    async fn assert_sound(&self) {
        assert_eq!(self.findings().await, Vec::<String>::new(), "{}", self.name);
    }
}

fn goodwill(amount: i64) -> OrderCommand {
    OrderCommand::RefundGoodwill { amount: Won(amount), reason: GoodwillReason::Late }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_of_a_confirmed_purchase_takes_its_points_and_its_month_along() {
    for bench in benches().await {
        let item = bench.scarce_item(20).await;
        let (member, staff, admin) = (bench.member().await, bench.staff(&item).await, bench.admin().await);
        // 6 × 35,000 = 210,000: GOLD.
        let order = bench.arrived(&member, &item, 6).await;
        bench.command(&member, order, OrderCommand::ConfirmPurchase).await.unwrap();
        let wallet = bench.house.wallet(&member).await.unwrap();
        assert_eq!((wallet.tier, wallet.spent, wallet.points), (Tier::Gold, Won(210_000), Won(2_100)), "{}", bench.name);
        // His page shows the way back, until when, and for which reasons.
        let number = bench.order(order).await.number.clone();
        let seen = bench.house.order(&member, &number).await.unwrap();
        let received = bench.order(order).await.delivered_at.unwrap();
        let until = |days| Some(received.end_of_kst_day_after(days));
        assert_eq!((seen.returnable[0].until, seen.returnable[0].fault_until), (until(7), until(90)));
        assert!(seen.offers.iter().any(|offer| offer.command == "request-return"));

        let claim = bench.back(&member, &item, order, 2, ReturnReason::ChangeOfMind).await;
        let board = |board| {
            let (bench, staff) = (&bench, &staff);
            async move { bench.house.board(staff, board, &BoardQuery::default()).await.unwrap().list.rows.iter().any(|row| row.order == order) }
        };
        assert_eq!(bench.order(order).await.claim(claim).unwrap().state, ReturnState::Refunding, "{}: 70,000 less 6,000", bench.name);
        assert!(board(Board::Completed).await && board(Board::Returns).await, "{}: on both boards", bench.name);
        bench.paid_back(order).await;
        let wallet = bench.house.wallet(&member).await.unwrap();
        assert_eq!((wallet.tier, wallet.spent, wallet.points), (Tier::Basic, Won(140_000), Won(1_400)), "{}", bench.name);
        assert!(bench.log(order).await.iter().any(|(event, _)| *event == Event::TierChanged { from: Tier::Gold, to: Tier::Basic }));
        assert_eq!((bench.order(order).await.status(), board(Board::Returns).await), (Status::Completed, false), "{}", bench.name);
        bench.assert_sound().await;

        // A month later the rest does not work; of its points he has spent all but 400.
        bench.advance(Span::days(40)).await;
        let seen = bench.house.order(&member, &number).await.unwrap();
        assert_eq!(seen.returnable.len(), 1, "for a fault it is not too late");
        bench.execute(&member, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::ONE, installed: false }).await.unwrap();
        let benefits = jumun::command::Benefits { coupon: None, points: Won(1_000) };
        let version = bench.house.cart(&member).await.unwrap().version;
        bench.place_with(&member, &item, version, jumun::order::OnShortage::Refuse, benefits).await.unwrap();
        let claim = bench.back(&member, &item, order, 4, ReturnReason::Defect).await;
        bench.command(&admin, order, OrderCommand::ApproveRefund { claim }).await.unwrap();
        bench.paid_back(order).await;
        let after = bench.order(order).await;
        assert_eq!((after.status(), after.points_earned, after.counted), (Status::Refunded, Won::ZERO, Won::ZERO), "{}", bench.name);
        assert_eq!(after.amounts.spent_points, Won(1_000), "{}: kept of the refund", bench.name);
        assert_eq!(bench.house.wallet(&member).await.unwrap().points, Won::ZERO);
        bench.assert_sound().await;

        // After three months nothing comes back, and the page does not offer it.
        let late = bench.arrived(&member, &item, 1).await;
        bench.command(&member, late, OrderCommand::ConfirmPurchase).await.unwrap();
        bench.advance(Span::days(95)).await;
        let number = bench.order(late).await.number.clone();
        let seen = bench.house.order(&member, &number).await.unwrap();
        assert!(seen.returnable.is_empty() && !seen.offers.iter().any(|offer| offer.command == "request-return"), "{}", bench.name);
        assert!(bench.house.may_show(&member, &number, server::actions::photos::Shows::Return).await.is_err());
        assert_eq!(unfolded(&bench).await, Vec::<OrderId>::new(), "{}", bench.name);
    }
}

/// Orders whose log gives another state than the stored one.
async fn unfolded(bench: &Bench) -> Vec<OrderId> {
    server::actions::check::folds(&bench.house.db).await.unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_refund_tells_the_buyer_why_and_keeps_the_books_whole() {
    for bench in benches().await {
        let item = bench.scarce_item(20).await;
        let (guest, staff, admin) = (bench.guest().await, bench.staff(&item).await, bench.admin().await);
        let order = bench.arrived(&guest, &item, 5).await;
        let claim = bench.back(&guest, &item, order, 4, ReturnReason::ChangeOfMind).await;
        let note = ClaimNote::parse("케이스가 깨져 있습니다").unwrap();
        let refuse = OrderCommand::RejectRefund { claim, reason: RejectReason::CausedByUse, note };
        assert_eq!(bench.command(&staff, order, refuse.clone()).await, Err(Refusal::NotAllowed));
        bench.command(&admin, order, refuse.clone()).await.unwrap();
        assert!(bench.command(&admin, order, refuse).await.is_err(), "once");
        let number = bench.order(order).await.number.clone();
        let seen = bench.house.order(&guest, &number).await.unwrap();
        let told = &seen.claims[0];
        assert_eq!(
            (told.state, told.rejected, told.back),
            (ReturnState::RefundRejected, Some(RejectReason::CausedByUse), Won::ZERO),
            "{}",
            bench.name
        );
        assert_eq!(told.notes.last().map(|note| note.text.as_str()), Some("케이스가 깨져 있습니다"));
        let over = bench.house.claims(&admin, &jumun::view::ClaimQuery { state: Some("over".into()), ..Default::default() }).await.unwrap();
        assert!(over.rows.iter().any(|row| row.id == claim), "{}", bench.name);
        bench.assert_sound().await;
        // What he kept can still be confirmed.
        bench.command(&guest, order, OrderCommand::ConfirmPurchase).await.unwrap();
        bench.assert_sound().await;
        assert_eq!(unfolded(&bench).await, Vec::<OrderId>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn goodwill_waits_for_a_second_person_from_the_limit_on_and_is_given_once() {
    for bench in benches().await {
        let item = bench.scarce_item(20).await;
        let (guest, staff, admin) = (bench.guest().await, bench.staff(&item).await, bench.admin().await);
        let order = bench.arrived(&guest, &item, 6).await;
        let number = bench.order(order).await.number.clone();
        // The same key twice is one.
        for _ in 0..2 {
            let command = Command::Order { order, command: goodwill(75_000) };
            bench.house.execute(&staff, command, Some("goodwill-key-1".into())).await.unwrap();
        }
        assert_eq!(bench.order(order).await.refunded(), Won(75_000), "{}", bench.name);
        assert!(bench.house.goodwills(&admin).await.unwrap().rows.is_empty());
        bench.command(&staff, order, goodwill(75_000)).await.unwrap();
        let queue = bench.house.goodwills(&admin).await.unwrap().rows;
        assert_eq!((queue.len(), queue[0].order, queue[0].amount, queue[0].most), (1, order, Won(75_000), Won(135_000)), "{}", bench.name);
        // Its buyer knows nothing of it, its seller does.
        let seen = bench.house.order(&guest, &number).await.unwrap();
        assert!(seen.goodwill.is_none() && !seen.history.iter().any(|row| row.event == "goodwill.approval_requested"));
        assert!(bench.house.order(&staff, &number).await.unwrap().goodwill.is_some());
        assert_eq!(bench.command(&staff, order, OrderCommand::ApproveGoodwill).await, Err(Refusal::NotAllowed));
        bench.command(&admin, order, OrderCommand::ApproveGoodwill).await.unwrap();
        assert!(bench.house.goodwills(&admin).await.unwrap().rows.is_empty());
        bench.paid_back(order).await;
        let seen = bench.house.order(&guest, &number).await.unwrap();
        assert_eq!((seen.refunds.len(), seen.amounts.goodwill, seen.status), (2, Won(150_000), Status::Delivered), "{}", bench.name);
        bench.assert_sound().await;
        // A proposal of one's own waits for a colleague; with all goods back it is more than is left.
        bench.command(&admin, order, goodwill(30_000)).await.unwrap();
        assert!(matches!(bench.command(&admin, order, OrderCommand::ApproveGoodwill).await, Err(Refusal::WrongState { .. })));
        bench.advance(Span::days(2)).await;
        bench.back(&guest, &item, order, 6, ReturnReason::Defect).await;
        bench.paid_back(order).await;
        let after = bench.order(order).await;
        assert_eq!((after.refunded(), after.amounts.payable(), after.status()), (after.paid, Won::ZERO, Status::Refunded), "{}", bench.name);
        assert!(bench.command(&staff, order, goodwill(1)).await.is_err());
        bench.assert_sound().await;
        assert_eq!(unfolded(&bench).await, Vec::<OrderId>::new(), "{}", bench.name);
    }
}
