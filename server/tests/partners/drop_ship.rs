//! What a partner sends straight to the customer of the store that buys it.

use super::{Bench, Item, benches, buy, buy_to, fetch, item, prepared, send_back, stage};
use app::session::Caller;
use jumun::{
    ids::{OrderId, VariantId},
    money::Won,
    order::{
        CarrierFact, CarrierStatus, ChildStage, FulfilmentState, LineUnits, Order, OrderCommand, ReturnReason, ReturnState, SellerReason, Status,
    },
    quantity::Quantity,
    refusal::Refusal,
    text::{Address, PersonName, Phone, Postcode},
    time::Span,
};

/// Both covers are bought of the wholesaler, who sends them straight to the customer and has agreed.
async fn asked(bench: &Bench) -> (Caller, Caller, Caller, Item, OrderId, OrderId) {
    let (guest, retailer, cover, sale) = prepared(bench).await;
    let wholesaler = bench.staff(&item(bench, "VAR-8206-STD").await).await;
    let purchase = buy_to(bench, &retailer, sale, "VAR-8206-STD", 2, true).await.unwrap().id;
    bench.command(&wholesaler, purchase, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
    (guest, retailer, wholesaler, cover, sale, purchase)
}

/// Its sender has the warehouse send it.
async fn release(bench: &Bench, sender: &Caller, purchase: OrderId) {
    let fulfilment = bench.order(purchase).await.fulfilments[0].id;
    for command in [OrderCommand::StartPreparing { fulfilment }, OrderCommand::Allocate { fulfilment }, OrderCommand::Release { fulfilment }] {
        bench.command(sender, purchase, command).await.unwrap();
    }
}

/// It leaves, and the carrier fails this often.
async fn on_the_road(bench: &Bench, purchase: OrderId, failures: i64) {
    let fulfilment = bench.order(purchase).await.fulfilments[0].id;
    let sent = OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "77".into() };
    bench.system(purchase, sent).await.unwrap();
    let fact = |status, hours| CarrierFact { status, place: "강남".into(), at: bench.house.now() + Span::hours(hours) };
    for nth in 0..failures {
        let facts = vec![fact(CarrierStatus::OutForDelivery, 2 * nth), fact(CarrierStatus::Failed, 2 * nth + 1)];
        bench.system(purchase, OrderCommand::RecordTracking { fulfilment, facts }).await.unwrap();
    }
}

fn live(order: &Order) -> &jumun::order::Fulfilment {
    order.fulfilments.iter().find(|goods| goods.is_live()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_goes_straight_to_the_customer_and_both_orders_know() {
    for bench in benches().await {
        let (guest, retailer, wholesaler, cover, sale, purchase) = asked(&bench).await;
        let (sold, bought) = (bench.order(sale).await, bench.order(purchase).await);
        assert_eq!((sold.status(), bought.contact == sold.contact, bought.is_drop_ship()), (Status::PurchaseOrdered, true, true), "{}", bench.name);
        let free = bench.available(&cover).await;
        let address = async |who: &Caller, order: OrderId| {
            let number = bench.order(order).await.number;
            bench.house.order(who, &number).await.unwrap().ship_to.map(|to| to.name.to_string())
        };
        // Until it leaves, who it is for is not the wholesaler's business; the store knows.
        assert_eq!((address(&wholesaler, purchase).await, address(&retailer, purchase).await), (None, Some("홍길동".into())));
        let goods = live(&sold).id;
        for command in [
            OrderCommand::Release { fulfilment: goods },
            OrderCommand::ReportStockLoss { fulfilment: goods, line: sold.lines[0].id, quantity: Quantity::ONE },
        ] {
            let refused = bench.command(&retailer, sale, command).await;
            assert!(matches!(refused, Err(Refusal::WrongState { .. })), "{}: {refused:?}", bench.name);
        }

        release(&bench, &wholesaler, purchase).await;
        assert_eq!(address(&wholesaler, purchase).await, Some("홍길동".into()), "{}", bench.name);
        let order = bench.order(sale).await;
        assert_eq!((order.status(), stage(&order)), (Status::PurchaseCompleted, ChildStage::Sending));
        let refused = bench.command(&retailer, sale, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }).await;
        assert!(matches!(refused, Err(Refusal::WrongState { .. })), "{refused:?}");

        on_the_road(&bench, purchase, 0).await;
        let shown = bench.house.order(&guest, &sold.number).await.unwrap();
        assert_eq!((shown.status, shown.fulfilments[0].tracking.as_deref()), (Status::Shipped, Some("77")), "{}", bench.name);
        assert!(shown.tree.is_empty() && shown.history.iter().all(|row| !row.event.starts_with("order.child")), "the buyer learns nothing of it");
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
        bench.deliver(purchase).await;
        let (sold, bought) = (bench.order(sale).await, bench.order(purchase).await);
        assert_eq!((sold.status(), bought.status(), stage(&sold)), (Status::Delivered, Status::Completed, ChildStage::Received), "{}", bench.name);
        assert_eq!((bought.amounts.payable(), bench.available(&cover).await), (Won(45_000), free), "nothing was counted in");
        bench.command(&guest, sale, OrderCommand::ConfirmPurchase).await.unwrap();
        // A day later he has forgotten whom it went to.
        bench.advance(Span::hours(23)).await;
        assert!(address(&wholesaler, purchase).await.is_some());
        bench.advance(Span::hours(2)).await;
        assert_eq!(address(&wholesaler, purchase).await, None, "{}", bench.name);
        let told = serde_json::to_string(&bench.house.order(&wholesaler, &bought.number).await.unwrap()).unwrap();
        assert!(!told.contains("홍길동") && !told.contains(sold.number.as_str()), "{told}");
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_in_the_parcel_goes_another_way() {
    for bench in benches().await {
        // One of two goes straight, the other from here: two lots of goods from the start.
        let (guest, retailer, _, sale) = prepared(&bench).await;
        let wholesaler = bench.staff(&item(&bench, "VAR-8206-STD").await).await;
        let purchase = buy_to(&bench, &retailer, sale, "VAR-8206-STD", 1, true).await.unwrap().id;
        let order = bench.order(sale).await;
        let states: Vec<_> = order.fulfilments.iter().map(|goods| (goods.state, goods.is_drop_ship(), goods.units())).collect();
        assert_eq!(states, [(FulfilmentState::Preparing, false, 1), (FulfilmentState::PurchaseOrdered, true, 1)], "{}", bench.name);
        let fulfilment = order.fulfilments[0].id;
        for command in [OrderCommand::Allocate { fulfilment }, OrderCommand::Release { fulfilment }] {
            bench.command(&retailer, sale, command).await.unwrap();
        }
        bench.command(&wholesaler, purchase, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        let split = OrderCommand::SplitFulfilment { fulfilment: bench.order(purchase).await.fulfilments[0].id, units: Vec::new() };
        assert!(matches!(bench.command(&wholesaler, purchase, split).await, Err(Refusal::WrongState { .. })));
        release(&bench, &wholesaler, purchase).await;
        bench.deliver(purchase).await;
        assert_eq!(bench.order(sale).await.delivered_at, None, "the other is still here");
        bench.deliver(sale).await;
        bench.command(&guest, sale, OrderCommand::ConfirmPurchase).await.unwrap();
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);

        // One of two is all there is: it goes, and the other is looked for, here as well as after he had agreed to both.
        let (_, retailer, cover, sale) = prepared(&bench).await;
        let purchase = buy_to(&bench, &retailer, sale, "VAR-8206-STD", 2, true).await.unwrap();
        let line = purchase.lines[0].id;
        let units = vec![LineUnits { line, quantity: Quantity::ONE }];
        bench.command(&wholesaler, purchase.id, OrderCommand::AcceptOrder { units }).await.unwrap();
        let order = bench.order(sale).await;
        let states: Vec<_> = order.fulfilments.iter().map(|goods| (goods.state, goods.is_drop_ship(), goods.units())).collect();
        assert_eq!(states, [(FulfilmentState::PurchaseOrdered, true, 1), (FulfilmentState::Preparing, false, 1)], "{}", bench.name);
        let (free, fulfilment) = (bench.available(&cover).await, order.fulfilments[1].id);
        bench.command(&retailer, sale, OrderCommand::Allocate { fulfilment }).await.unwrap();
        assert_eq!((bench.available(&cover).await, bench.order(sale).await.status()), (free - 1, Status::PurchaseOrdered));
        // He has none after all: his order is over, and the store finds it elsewhere.
        let fulfilment = bench.order(purchase.id).await.fulfilments[0].id;
        bench.command(&wholesaler, purchase.id, OrderCommand::ReportStockLoss { fulfilment, line, quantity: Quantity::ONE }).await.unwrap();
        let (sold, bought) = (bench.order(sale).await, bench.order(purchase.id).await);
        assert_eq!((bought.status(), bought.is_short(), sold.fulfilments[0].state), (Status::Cancelled, false, FulfilmentState::Preparing));
        assert_eq!(sold.fulfilments[0].unsourced[0].quantity, Quantity::ONE, "{}", bench.name);
        buy(&bench, &retailer, sale, "VAR-8206-STD", 1).await.unwrap();
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parcel_that_nobody_takes_goes_back_to_its_sender() {
    for bench in benches().await {
        let (guest, retailer, wholesaler, cover, sale, purchase) = asked(&bench).await;
        let (ours, theirs) = (bench.available(&cover).await, VariantId::new("VAR-8206-STD"));
        let theirs = async || server::testing::balance(&bench.house, "available", &theirs).await;
        let shelf = theirs().await;
        release(&bench, &wholesaler, purchase).await;
        on_the_road(&bench, purchase, 2).await;
        // The buyer asks for another day, at another door: the sender's carrier hears of it.
        let order = bench.order(sale).await;
        let (fulfilment, on) = (live(&order).id, (bench.house.now() + Span::days(2)).kst_date());
        let mut door = Bench::ship_to();
        door.address = Address::parse("서울 강남구 옆집로 2").unwrap();
        bench.command(&guest, sale, OrderCommand::Redeliver { fulfilment, on, to: Some(door) }).await.unwrap();
        let (sold, bought) = (bench.order(sale).await, bench.order(purchase).await);
        assert_eq!((bought.fulfilments[0].redeliver_on, bought.contact), (Some(on), sold.contact), "{}", bench.name);
        let fulfilment = bought.fulfilments[0].id;
        bench.advance(Span::days(2)).await;
        let fact = |status, hours| CarrierFact { status, place: "강남".into(), at: bench.house.now() + Span::hours(hours) };
        let facts = vec![fact(CarrierStatus::OutForDelivery, 0), fact(CarrierStatus::Failed, 1)];
        bench.system(purchase, OrderCommand::RecordTracking { fulfilment, facts }).await.unwrap();
        assert_eq!(live(&bench.order(sale).await).failures, 3);
        // Nobody takes it for a day: it goes back, and neither the store nor its buyer has anything to do with that.
        bench.system(purchase, OrderCommand::ReturnToSender { fulfilment }).await.unwrap();
        let sold = bench.order(sale).await;
        assert_eq!((live(&sold).state, sold.claims[0].state), (FulfilmentState::ReturningToSender, ReturnState::Approved), "{}", bench.name);
        let refused = bench.command(&retailer, sale, OrderCommand::ReceiveBack { fulfilment: live(&sold).id, restock: true }).await;
        assert!(matches!(refused, Err(Refusal::WrongState { .. })), "{refused:?}");
        bench.command(&wholesaler, purchase, OrderCommand::ReceiveBack { fulfilment, restock: true }).await.unwrap();
        let (sold, bought) = (bench.order(sale).await, bench.order(purchase).await);
        assert_eq!((sold.refunded(), bought.amounts.payable()), (sold.paid, Won::ZERO), "{}", bench.name);
        assert_eq!((bench.available(&cover).await, theirs().await), (ours, shelf + 2), "they lie where they came from");
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_follows_its_customer_over_two_stores() {
    for bench in benches().await {
        let (guest, _, wholesaler, _, sale, purchase) = asked(&bench).await;
        let upstream = bench.staff(&item(&bench, "VAR-8107-STD").await).await;
        let fulfilment = bench.order(purchase).await.fulfilments[0].id;
        bench.command(&wholesaler, purchase, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
        // What goes in one parcel is bought as one.
        let part = buy_to(&bench, &wholesaler, purchase, "VAR-8107-STD", 1, true).await;
        assert!(matches!(part, Err(Refusal::WrongState { .. })), "{}: {part:?}", bench.name);
        let deeper = buy_to(&bench, &wholesaler, purchase, "VAR-8107-STD", 2, true).await.unwrap().id;
        bench.command(&upstream, deeper, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        let mut elsewhere = Bench::ship_to();
        elsewhere.name = PersonName::parse("김옮김").unwrap();
        elsewhere.phone = Phone::parse("010-7777-8888").unwrap();
        elsewhere.postcode = Postcode::parse("48058").unwrap();
        bench.command(&guest, sale, OrderCommand::ChangeAddress { to: elsewhere }).await.unwrap();
        let sold = bench.order(sale).await;
        for below in [purchase, deeper] {
            let node = bench.order(below).await;
            assert_eq!((node.contact, node.postcode.as_str()), (sold.contact, "48058"), "{}", bench.name);
        }
        release(&bench, &upstream, deeper).await;
        let seen = async |who: &Caller, order: OrderId| {
            let number = bench.order(order).await.number;
            bench.house.order(who, &number).await.unwrap().ship_to.map(|to| to.name.to_string())
        };
        assert_eq!(seen(&upstream, deeper).await, Some("김옮김".into()));
        // Who only stands between them sees of the customer nothing at all.
        assert_eq!((seen(&wholesaler, purchase).await, seen(&wholesaler, deeper).await), (None, None), "{}", bench.name);
        let late = bench.command(&guest, sale, OrderCommand::ChangeAddress { to: Bench::ship_to() }).await;
        assert!(matches!(late, Err(Refusal::WrongState { .. })), "{late:?}");
        bench.deliver(deeper).await;
        let statuses = [bench.order(sale).await.status(), bench.order(purchase).await.status(), bench.order(deeper).await.status()];
        assert_eq!(statuses, [Status::Delivered, Status::Completed, Status::Completed], "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_from_the_customer_goes_on_from_the_store() {
    for bench in benches().await {
        let (guest, retailer, wholesaler, _, sale, purchase) = asked(&bench).await;
        release(&bench, &wholesaler, purchase).await;
        bench.deliver(purchase).await;
        send_back(&bench, &guest, sale, 1, ReturnReason::Defect, "소리가 나요").await.unwrap();
        let claim = bench.order(sale).await.claims[0].id;
        bench.command(&retailer, sale, OrderCommand::ApproveReturn { claim }).await.unwrap();
        fetch(&bench, sale).await;
        // The store cannot send back by itself what it never had.
        let own = send_back(&bench, &retailer, purchase, 1, ReturnReason::Defect, "먼저").await;
        assert!(matches!(own, Err(Refusal::WrongState { .. })), "{}: {own:?}", bench.name);
        bench.command(&retailer, sale, OrderCommand::PassReturnOn { claim, serials: Vec::new() }).await.unwrap();
        let asked = bench.order(purchase).await.claims[0].id;
        bench.command(&wholesaler, purchase, OrderCommand::ApproveReturn { claim: asked }).await.unwrap();
        // It is fetched at the store's, not at the customer's.
        let collection = bench.order(purchase).await.claims[0].collection.unwrap();
        let (fetched, sold) = (bench.order(collection).await, bench.order(sale).await);
        assert!(fetched.contact != sold.contact, "{}", bench.name);
        fetch(&bench, purchase).await;
        bench.command(&wholesaler, purchase, OrderCommand::InspectReturn { claim: asked, restock: true, serials: Vec::new() }).await.unwrap();
        let bought = bench.order(purchase).await;
        assert_eq!((bought.claims[0].state, bought.amounts.payable()), (ReturnState::Closed, Won(22_500)), "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}
