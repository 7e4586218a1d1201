//! What stores buy of each other, on both databases: a tree of orders, one transaction for what one node tells the next.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "partners/drop_ship.rs"]
mod drop_ship;
#[path = "support/mod.rs"]
mod support;

use app::session::Caller;
use jumun::{
    command::{Answer, Command},
    ids::{OrderId, OrderNumber, ProductId, VariantId},
    money::Won,
    order::{
        Board, ChildStage, EndCost, Kind, LineUnits, OnShortage, Order, OrderCommand, PickupFact, Receipt, RejectReason, ReturnReason, ReturnState,
        SellerReason, Source, Status, Waits,
    },
    quantity::Quantity,
    refusal::Refusal,
    text::{BusinessNumber, ClaimNote, OutsideSeller, Reason},
    time::{Date, Span},
    view::{BoardQuery, ClaimQuery, ReceiptView},
};
use server::actions::photos::Shows;
use support::{Bench, Item, benches, photo};

/// Two of the retailer's covers, paid for and being prepared.
async fn prepared(bench: &Bench) -> (Caller, Caller, Item, OrderId) {
    let item = bench.scarce_item(10).await;
    let guest = bench.guest().await;
    let order = bench.buy(&guest, &item, 2).await;
    bench.pay(&guest, order).await;
    let staff = bench.staff(&item).await;
    let fulfilment = bench.order(order).await.fulfilments[0].id;
    bench.command(&staff, order, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
    (guest, staff, item, order)
}

async fn item(bench: &Bench, variant: &str) -> Item {
    let (variant, warehouse, store, price) = server::testing::item(&bench.house, variant).await;
    Item { variant, warehouse, store, price }
}

/// Buys units for the first goods of an order at a partner. Answers the purchase.
async fn buy(bench: &Bench, staff: &Caller, order: OrderId, variant: &str, units: u32) -> Result<Order, Refusal> {
    buy_to(bench, staff, order, variant, units, false).await
}

/// The same, sent to the store or straight to the customer.
async fn buy_to(bench: &Bench, staff: &Caller, order: OrderId, variant: &str, units: u32, drop_ship: bool) -> Result<Order, Refusal> {
    let before = bench.order(order).await;
    let goods = &before.fulfilments[0];
    let command = OrderCommand::BuyFromPartner {
        fulfilment: goods.id,
        line: goods.lines[0].line,
        quantity: Quantity::new(units).unwrap(),
        variant: VariantId::new(variant),
        drop_ship,
    };
    bench.command(staff, order, command).await?;
    let bought = |source: &Source| match source {
        Source::ChildPurchase { order, .. } => Some(*order),
        Source::Allocation { .. } | Source::Receipt { .. } => None,
    };
    let after = bench.order(order).await;
    let child = after.fulfilments.iter().flat_map(|goods| &goods.sources).filter_map(bought).next_back().unwrap();
    Ok(bench.order(child).await)
}

fn stage(order: &Order) -> ChildStage {
    let stage = |source: &Source| match source {
        Source::ChildPurchase { stage, .. } => Some(*stage),
        Source::Allocation { .. } | Source::Receipt { .. } => None,
    };
    order.fulfilments[0].sources.iter().find_map(stage).unwrap()
}

async fn fulfil(bench: &Bench, staff: &Caller, order: OrderId) {
    let fulfilment = bench.order(order).await.fulfilments[0].id;
    bench.command(staff, order, OrderCommand::Release { fulfilment }).await.unwrap();
    bench.deliver(order).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_come_down_a_tree_that_is_three_deep() {
    for bench in benches().await {
        let (guest, retailer, cover, sale) = prepared(&bench).await;
        let (garam, haedam) = (item(&bench, "VAR-8206-STD").await, item(&bench, "VAR-8107-STD").await);
        let (wholesaler, upstream) = (bench.staff(&garam).await, bench.staff(&haedam).await);
        let free = bench.available(&cover).await;

        let purchase = buy(&bench, &retailer, sale, "VAR-8206-STD", 2).await.unwrap();
        assert_eq!((purchase.kind, purchase.parent, purchase.root), (Kind::Purchase, Some(sale), sale), "{}", bench.name);
        assert_eq!((purchase.amounts.payable(), purchase.board(), purchase.waits()), (Won(45_000), Board::Orders, Waits::Acceptance));
        let order = bench.order(sale).await;
        assert_eq!((order.status(), order.waits(), stage(&order)), (Status::PurchaseOrdered, Waits::Partner, ChildStage::Placed));
        assert_eq!(bench.available(&cover).await, free + 2, "what lay here for it is free again");
        let pay = bench.command(&retailer, purchase.id, OrderCommand::RequestPayment { method: jumun::order::PaymentMethod::Card }).await;
        assert!(matches!(pay, Err(Refusal::WrongState { .. })), "{pay:?}");
        let stranger = bench.command(&upstream, purchase.id, OrderCommand::AcceptOrder { units: Vec::new() }).await;
        assert_eq!(stranger, Err(Refusal::NotFound));

        bench.command(&wholesaler, purchase.id, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        assert_eq!(stage(&bench.order(sale).await), ChildStage::Accepted);
        let fulfilment = bench.order(purchase.id).await.fulfilments[0].id;
        bench.command(&wholesaler, purchase.id, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
        let deeper = buy(&bench, &wholesaler, purchase.id, "VAR-8107-STD", 2).await.unwrap();
        assert_eq!((deeper.parent, deeper.root), (Some(purchase.id), sale));

        bench.command(&upstream, deeper.id, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        let fulfilment = bench.order(deeper.id).await.fulfilments[0].id;
        bench.command(&upstream, deeper.id, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
        bench.command(&upstream, deeper.id, OrderCommand::Allocate { fulfilment }).await.unwrap();
        bench.command(&upstream, deeper.id, OrderCommand::Release { fulfilment }).await.unwrap();
        // What is on the road is not taken back by anybody above it.
        for (staff, order) in [(&wholesaler, purchase.id), (&retailer, sale)] {
            let refused = bench.command(staff, order, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }).await;
            assert!(matches!(refused, Err(Refusal::WrongState { .. })), "{refused:?}");
        }
        bench.deliver(deeper.id).await;
        assert_eq!(stage(&bench.order(purchase.id).await), ChildStage::Delivered);
        bench.command(&wholesaler, deeper.id, OrderCommand::ConfirmPurchase).await.unwrap();
        let order = bench.order(purchase.id).await;
        assert_eq!((order.status(), stage(&order)), (Status::PurchaseCompleted, ChildStage::Received));

        fulfil(&bench, &wholesaler, purchase.id).await;
        let seen = bench.house.order(&retailer, &bench.order(sale).await.number).await.unwrap();
        assert_eq!((seen.tree.len(), seen.fulfilments[0].sources[0].bought.as_ref().unwrap().stage), (2, ChildStage::Delivered));
        let shown = bench.house.order(&guest, &bench.order(sale).await.number).await.unwrap();
        assert!(shown.tree.is_empty() && shown.fulfilments[0].sources.is_empty() && shown.waits == Waits::Seller, "the buyer learns nothing of it");
        assert!(shown.history.iter().all(|row| !row.event.starts_with("order.child")), "{:?}", shown.history);
        bench.command(&retailer, purchase.id, OrderCommand::ConfirmPurchase).await.unwrap();
        let order = bench.order(sale).await;
        assert_eq!((order.status(), bench.available(&cover).await), (Status::PurchaseCompleted, free + 2), "counted in and committed at once");
        fulfil(&bench, &retailer, sale).await;
        bench.command(&guest, sale, OrderCommand::ConfirmPurchase).await.unwrap();
        assert_eq!(bench.order(sale).await.status(), Status::Completed);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_is_told_to_its_two_stores_and_to_nobody_above_them() {
    for bench in benches().await {
        let sandboxes = bench.with_sandboxes().await;
        let (_, retailer, _, sale) = prepared(&bench).await;
        let wholesaler = bench.staff(&item(&bench, "VAR-8206-STD").await).await;
        let purchase = buy(&bench, &retailer, sale, "VAR-8206-STD", 2).await.unwrap();
        let (sale_page, its_page) = (format!("/desk/orders/{}", bench.order(sale).await.number), format!("/desk/orders/{}", purchase.number));
        for to in ["032-555-0107", "garam-manager@jumun.example"] {
            let told = bench.inbox(&sandboxes, to).await;
            assert!(told.contains("TPL-DSK-008") && told.contains(&its_page), "{}: {told}", bench.name);
        }
        bench.command(&wholesaler, purchase.id, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        let fulfilment = bench.order(purchase.id).await.fulfilments[0].id;
        bench.command(&wholesaler, purchase.id, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
        bench.command(&wholesaler, purchase.id, OrderCommand::Allocate { fulfilment }).await.unwrap();
        fulfil(&bench, &wholesaler, purchase.id).await;
        let told = bench.inbox(&sandboxes, "hanbit-manager@jumun.example").await;
        let steps = ["TPL-DSK-001", "TPL-DSK-010", "TPL-DSK-013", "TPL-DSK-014"];
        assert!(steps.iter().all(|step| told.contains(step)), "{}: {told}", bench.name);
        assert!(!told.contains(purchase.number.as_str()) && told.contains(&sale_page), "{}: it goes on where it was bought for", bench.name);
        let customer = bench.inbox(&sandboxes, "010-1234-5678").await;
        assert!(customer.contains("TPL-ORD-001") && !customer.contains("TPL-ORD-005") && !customer.contains("TPL-DSK"), "{}: {customer}", bench.name);
        assert!(!bench.inbox(&sandboxes, "").await.contains("TPL-ORD-007"), "{}: no store is told what customers are", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_let_down_finds_the_goods_elsewhere() {
    for bench in benches().await {
        let (_, retailer, cover, sale) = prepared(&bench).await;
        let wholesaler = bench.staff(&item(&bench, "VAR-8206-STD").await).await;
        // Rejected.
        let rejected = buy(&bench, &retailer, sale, "VAR-8206-STD", 2).await.unwrap();
        bench.command(&wholesaler, rejected.id, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }).await.unwrap();
        let order = bench.order(sale).await;
        assert_eq!((order.status(), order.fulfilments[0].unsourced[0].quantity.get()), (Status::Preparing, 2), "{}", bench.name);
        assert!(order.lacks_goods() && !order.is_short(), "the customer is not asked yet");
        // Taken back by whoever bought it.
        let withdrawn = buy(&bench, &retailer, sale, "VAR-8206-STD", 1).await.unwrap();
        bench.command(&retailer, withdrawn.id, OrderCommand::Cancel).await.unwrap();
        assert_eq!(bench.order(sale).await.fulfilments[0].unsourced[0].quantity.get(), 2);
        // Agreed to in part: one of two. The other comes from the own shelf.
        let partly = buy(&bench, &retailer, sale, "VAR-8206-STD", 2).await.unwrap();
        let units = vec![LineUnits { line: partly.lines[0].id, quantity: Quantity::ONE }];
        bench.command(&wholesaler, partly.id, OrderCommand::AcceptOrder { units }).await.unwrap();
        let order = bench.order(sale).await;
        assert_eq!((order.status(), order.fulfilments[0].unsourced[0].quantity.get()), (Status::Preparing, 1));
        let before = bench.available(&cover).await;
        let fulfilment = order.fulfilments[0].id;
        bench.command(&retailer, sale, OrderCommand::Allocate { fulfilment }).await.unwrap();
        assert_eq!(bench.available(&cover).await, before - 1);
        assert_eq!(bench.order(sale).await.status(), Status::PurchaseOrdered);
        // The seller ends the sale: nobody brings anything for it any more.
        bench.command(&retailer, sale, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }).await.unwrap();
        assert_eq!((bench.order(sale).await.status(), bench.order(partly.id).await.status()), (Status::Cancelled, Status::Cancelled));
        let asked = ["order_off", "order_off", "purchase_asked", "purchase_asked", "purchase_asked"];
        assert_eq!(bench.heard(&wholesaler).await, asked, "{}", bench.name);
        assert_eq!(bench.heard(&retailer).await, ["order_arrived", "purchase_cut_short", "purchase_rejected"], "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

/// A partner misses everything that he had agreed to: his order is over, and it never lives on beside the one above it.
#[tokio::test(flavor = "multi_thread")]
async fn a_partner_who_has_nothing_after_all_is_let_go() {
    for bench in benches().await {
        let (_, retailer, _, sale) = prepared(&bench).await;
        let wholesaler = bench.staff(&item(&bench, "VAR-8206-STD").await).await;
        let purchase = buy(&bench, &retailer, sale, "VAR-8206-STD", 1).await.unwrap();
        bench.command(&wholesaler, purchase.id, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        let placed = bench.order(purchase.id).await;
        let (fulfilment, line) = (placed.fulfilments[0].id, placed.lines[0].id);
        let loss = OrderCommand::ReportStockLoss { fulfilment, line, quantity: Quantity::ONE };
        let answer = bench.command(&wholesaler, purchase.id, loss).await.unwrap();
        let over = bench.order(purchase.id).await;
        assert_eq!(over.status(), Status::Cancelled, "{}", bench.name);
        assert!(matches!(answer, Answer::Order { version, .. } if version == over.version), "the answer tells how it ended");
        let order = bench.order(sale).await;
        assert_eq!(order.fulfilments[0].unsourced[0].quantity, Quantity::ONE);
        bench.command(&retailer, sale, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }).await.unwrap();
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

/// A partner misses a unit that he had agreed to, the store finds another one, and the partner finds his after all.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_partner_finds_after_all_is_free_for_anybody() {
    for bench in benches().await {
        let (_, retailer, cover, sale) = prepared(&bench).await;
        let theirs = item(&bench, "VAR-8206-STD").await;
        let wholesaler = bench.staff(&theirs).await;
        let purchase = buy(&bench, &retailer, sale, "VAR-8206-STD", 2).await.unwrap();
        bench.command(&wholesaler, purchase.id, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        let placed = bench.order(purchase.id).await;
        let (goods, line) = (placed.fulfilments[0].id, placed.lines[0].id);
        let loss = OrderCommand::ReportStockLoss { fulfilment: goods, line, quantity: Quantity::ONE };
        bench.command(&wholesaler, purchase.id, loss).await.unwrap();
        let order = bench.order(sale).await;
        assert_eq!((order.status(), order.fulfilments[0].unsourced[0].quantity.get()), (Status::Preparing, 1), "{}", bench.name);
        let fulfilment = order.fulfilments[0].id;
        bench.command(&retailer, sale, OrderCommand::Allocate { fulfilment }).await.unwrap();
        assert_eq!(bench.findings().await, Vec::<String>::new());
        bench.fill_shortages().await;
        let found = bench.order(purchase.id).await;
        assert!(!found.is_short() && found.fulfilments.len() == 2, "{found:?}");
        for goods in &found.fulfilments {
            for command in [
                OrderCommand::StartPreparing { fulfilment: goods.id },
                OrderCommand::Allocate { fulfilment: goods.id },
                OrderCommand::Release { fulfilment: goods.id },
            ] {
                bench.command(&wholesaler, purchase.id, command).await.unwrap();
            }
        }
        bench.deliver(purchase.id).await;
        let before = bench.available(&cover).await;
        bench.command(&retailer, purchase.id, OrderCommand::ConfirmPurchase).await.unwrap();
        assert_eq!(bench.order(sale).await.status(), Status::PurchaseCompleted);
        assert_eq!(bench.available(&cover).await, before + 1, "two came, one was still counted on");
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_that_nobody_has_are_the_customers_to_decide() {
    for bench in benches().await {
        let (guest, retailer, cover, sale) = prepared(&bench).await;
        let wholesaler = bench.staff(&item(&bench, "VAR-8206-STD").await).await;
        let bought = buy(&bench, &retailer, sale, "VAR-8206-STD", 1).await.unwrap();
        bench.command(&wholesaler, bought.id, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }).await.unwrap();
        let order = bench.order(sale).await;
        let (fulfilment, line) = (order.fulfilments[0].id, order.lines[0].id);
        let left = bench.available(&cover).await;
        let loss = OrderCommand::ReportStockLoss { fulfilment, line, quantity: Quantity::ONE };
        bench.command(&retailer, sale, loss).await.unwrap();
        let order = bench.order(sale).await;
        assert!(order.is_short() && order.fulfilments[0].unsourced.is_empty(), "{}: {order:?}", bench.name);
        assert_eq!(bench.available(&cover).await, left, "what never lay here was not lost here");
        let shortage = order.shortages[0].id;
        let answer = jumun::order::ShortageAnswer::Take;
        bench.command(&guest, sale, OrderCommand::ChooseShortage { shortage, answer }).await.unwrap();
        assert_eq!(bench.order(sale).await.refunded(), Won(35_000));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_are_those_that_were_agreed() {
    for bench in benches().await {
        let (_, retailer, _, sale) = prepared(&bench).await;
        // No agreement, other goods, more than is needed, too few, more than they have.
        let foreign = buy(&bench, &retailer, sale, "VAR-8107-STD", 1).await;
        assert!(foreign.is_ok(), "haedam sells to hanbit too: {foreign:?}");
        bench.command(&retailer, foreign.unwrap().id, OrderCommand::Cancel).await.unwrap();
        for (variant, units) in [("VAR-8007-WHT", 1), ("VAR-8206-STD", 3), ("VAR-5001-BLK-M", 1), ("NOTHING", 1)] {
            let refused = buy(&bench, &retailer, sale, variant, units).await;
            assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{variant}: {refused:?}");
        }
        let seen = bench.house.order(&retailer, &bench.order(sale).await.number).await.unwrap();
        let offers: Vec<(&str, Won, u32)> = seen.partners.iter().map(|offer| (offer.variant.as_str(), offer.price_of(2), offer.failed)).collect();
        assert_eq!(offers, [("VAR-8107-STD", Won(19_000), 1), ("VAR-8206-STD", Won(22_500), 0)], "{}", bench.name);
        assert_eq!(seen.partners[0].credit_left, Won(60_000_000), "what was taken back is not owed");

        // A purchase that waits for an answer uses up credit as an agreed one does.
        let purchase = buy(&bench, &retailer, sale, "VAR-8206-STD", 2).await.unwrap();
        let credit = |bench: &Bench| {
            let (house, retailer) = (bench.house.clone(), retailer.clone());
            async move { server::testing::credit_left(&house, retailer.actor.party().unwrap(), "VAR-8206-STD").await }
        };
        assert_eq!(credit(&bench).await, Won(9_955_000));
        let wholesaler = bench.staff(&item(&bench, "VAR-8206-STD").await).await;
        bench.command(&wholesaler, purchase.id, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        assert_eq!(credit(&bench).await, Won(9_955_000));
        assert_eq!(bench.findings().await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_fills_its_own_shelf_and_who_waited_is_served() {
    for bench in benches().await {
        let cover = bench.scarce_item(0).await;
        let (guest, retailer) = (bench.guest().await, bench.staff(&cover).await);
        let waiting = bench.buy_short(&guest, &cover, 2, jumun::order::OnShortage::Wait).await;
        let wish = |variant: &str, partner: &str, units: u32| Command::Restock {
            warehouse: cover.warehouse,
            variant: VariantId::new(variant),
            partner_variant: VariantId::new(partner),
            quantity: Quantity::new(units).unwrap(),
        };
        let stranger = bench.other_staff(&cover).await;
        assert_eq!(bench.execute(&stranger, wish("VAR-5001-BLK-M", "VAR-8206-STD", 5)).await, Err(Refusal::NotFound));
        assert_eq!(bench.execute(&guest, wish("VAR-5001-BLK-M", "VAR-8206-STD", 5)).await, Err(Refusal::SignInRequired));
        for (partner, units) in [("VAR-8007-WHT", 1), ("VAR-8206-STD", 500)] {
            let refused = bench.execute(&retailer, wish("VAR-5001-BLK-M", partner, units)).await;
            assert!(matches!(refused, Err(Refusal::Invalid { .. } | Refusal::OutOfStock { .. } | Refusal::CreditExceeded { .. })), "{refused:?}");
        }
        let Answer::Order { order: purchase, .. } = bench.execute(&retailer, wish("VAR-5001-BLK-M", "VAR-8206-STD", 10)).await.unwrap() else {
            panic!("a purchase")
        };
        let placed = bench.order(purchase).await;
        assert_eq!((placed.parent, placed.root, placed.amounts.payable()), (None, purchase, Won(215_000)), "ten cost less each");
        let wholesaler = bench.staff(&item(&bench, "VAR-8206-STD").await).await;
        bench.command(&wholesaler, purchase, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        let goods: Vec<_> = bench.order(purchase).await.fulfilments.iter().map(|goods| goods.id).collect();
        for fulfilment in goods {
            bench.command(&wholesaler, purchase, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
            bench.command(&wholesaler, purchase, OrderCommand::Allocate { fulfilment }).await.unwrap();
            bench.command(&wholesaler, purchase, OrderCommand::Release { fulfilment }).await.unwrap();
        }
        bench.deliver(purchase).await;
        bench.command(&retailer, purchase, OrderCommand::ConfirmPurchase).await.unwrap();
        bench.fill_shortages().await;
        assert_eq!(bench.order(waiting).await.status(), Status::StockReserved, "{}", bench.name);
        assert_eq!(bench.available(&cover).await, 8);
        let view = bench.house.partners(&retailer).await.unwrap();
        let garam = view.partners.iter().find(|partner| partner.name.ko == "가람부품유통").unwrap();
        assert_eq!((garam.credit_limit, garam.owed), (Won(10_000_000), Won(215_000)));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

fn receipt(on: Date) -> Receipt {
    Receipt {
        seller: OutsideSeller::parse("동네 전자").unwrap(),
        business_number: BusinessNumber::parse("220-81-62517").unwrap(),
        amount: Won(50_000),
        on,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_bought_outside_is_kept_and_can_be_taken_back() {
    for bench in benches().await {
        let (guest, retailer, cover, sale) = prepared(&bench).await;
        let free = bench.available(&cover).await;
        let order = bench.order(sale).await;
        let (fulfilment, line) = (order.fulfilments[0].id, order.lines[0].id);
        let today = bench.house.now().kst_date();
        let record = |units: u32, receipt| OrderCommand::RecordReceipt { fulfilment, line, quantity: Quantity::new(units).unwrap(), receipt };
        let tomorrow = Date::from_days(today.days() + 1);
        for wrong in [record(3, receipt(today)), record(1, receipt(tomorrow)), record(1, Receipt { amount: Won(0), ..receipt(today) })] {
            let refused = bench.command(&retailer, sale, wrong).await;
            assert!(matches!(refused, Err(Refusal::Invalid { .. })), "{}: {refused:?}", bench.name);
        }
        assert_eq!(bench.command(&guest, sale, record(1, receipt(today))).await, Err(Refusal::NotAllowed));

        bench.command(&retailer, sale, record(2, receipt(today))).await.unwrap();
        assert_eq!((bench.order(sale).await.status(), bench.available(&cover).await), (Status::PurchaseCompleted, free + 2));
        let seen = bench.house.order(&retailer, &order.number).await.unwrap();
        let kept = seen.fulfilments[0].sources[0].receipt.clone().unwrap();
        assert_eq!(kept.receipt, Some(receipt(today)));
        let shown = bench.house.order(&guest, &order.number).await.unwrap();
        assert!(shown.history.iter().all(|row| !row.event.starts_with("receipt.")), "where goods come from is the seller's");
        assert!(bench.log(sale).await.iter().all(|(event, _)| !serde_json::to_string(event).unwrap().contains("동네")), "no names in the log");

        // Pictures of the receipt stay with it: the seller's, and nobody's who buys.
        for shade in 0..ReceiptView::PHOTOS as u8 {
            bench.house.attach_receipt(&retailer, &order.number, kept.id, photo(shade * 40)).await.unwrap();
        }
        let seen = bench.house.order(&retailer, &order.number).await.unwrap();
        let photos = seen.fulfilments[0].sources[0].receipt.clone().unwrap().photos;
        assert_eq!(photos.len(), ReceiptView::PHOTOS);
        assert!(bench.house.photo(&retailer, &order.number, &photos[0]).await.is_ok());
        assert_eq!(bench.house.photo(&guest, &order.number, &photos[0]).await, Err(Refusal::NotFound), "{}", bench.name);
        let full = Err(Refusal::LimitReached { most: ReceiptView::PHOTOS as u32 });
        assert_eq!(bench.house.attach_receipt(&retailer, &order.number, kept.id, photo(99)).await, full);
        assert_eq!(bench.house.attach_receipt(&guest, &order.number, kept.id, photo(0)).await, Err(Refusal::NotFound));
        let attach = |photo: &str| OrderCommand::AttachReceipt { receipt: kept.id, photo: photo.to_owned() };
        let missing = Err(Refusal::invalid("picture", jumun::refusal::Problem::Missing));
        assert_eq!(bench.command(&retailer, sale, attach(&"0".repeat(64))).await, missing, "nobody brought it");
        assert_eq!(bench.command(&retailer, sale, attach(&photos[0])).await, Err(Refusal::LimitReached { most: ReceiptView::PHOTOS as u32 }));

        let gone = Err(Refusal::invalid("receipt", jumun::refusal::Problem::Unknown));
        // A mistake: the units were never here. They are found again on the shelf.
        bench.command(&retailer, sale, OrderCommand::VoidReceipt { receipt: kept.id }).await.unwrap();
        let order = bench.order(sale).await;
        assert_eq!((order.status(), order.fulfilments[0].unsourced[0].quantity.get()), (Status::Preparing, 2));
        assert_eq!(bench.command(&retailer, sale, OrderCommand::VoidReceipt { receipt: kept.id }).await, gone);
        bench.command(&retailer, sale, OrderCommand::Allocate { fulfilment }).await.unwrap();
        assert_eq!((bench.order(sale).await.status(), bench.available(&cover).await), (Status::PurchaseCompleted, free));

        fulfil(&bench, &retailer, sale).await;
        let (listed, next) = bench.house.receipts(&retailer, None, 1).await.unwrap();
        let row = &listed[0];
        assert_eq!((row.id, &row.order, &row.receipt, row.voided_at.is_some(), next), (kept.id, &order.number, &receipt(today), true, None));
        let late = bench.command(&retailer, sale, OrderCommand::VoidReceipt { receipt: kept.id }).await;
        assert_eq!(late, gone);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

/// Nobody answers for a while, and everything stays as it is: a purchase is not a payment that runs out.
#[tokio::test(flavor = "multi_thread")]
async fn a_purchase_waits_for_its_answer_without_lapsing() {
    for bench in benches().await {
        let (_, retailer, _, sale) = prepared(&bench).await;
        let purchase = buy(&bench, &retailer, sale, "VAR-8206-STD", 2).await.unwrap();
        bench.advance(Span::days(3)).await;
        bench.fire_timers().await;
        assert_eq!(bench.order(purchase.id).await.status(), Status::StockReserved, "{}", bench.name);
        let alerts = bench.house.alerts(&bench.admin().await, true).await.unwrap();
        let raised = alerts.iter().filter(|alert| alert.kind == jumun::alert::Alert::AcceptanceOverdue).count();
        assert_eq!(raised, 1, "the people on duty know after a day, once");
        let seen: OrderNumber = bench.order(purchase.id).await.number;
        assert!(bench.house.order(&retailer, &seen).await.is_ok());
        assert_eq!(bench.findings().await, Vec::<String>::new());
    }
}

/// The retailer's covers sold to order, of which one partner has so many and the other none.
async fn sold_to_order(bench: &Bench, units: u32) -> (Caller, Item) {
    let cover = bench.scarce_item(3).await;
    bench.scarce("VAR-8107-STD", units).await;
    let theirs = item(bench, "VAR-8206-STD").await;
    let other = bench.staff(&theirs).await;
    let rows = bench.house.stock(&other, None).await.unwrap().rows;
    for row in rows.into_iter().filter(|row| row.variant == theirs.variant) {
        let (delta, reason) = (-i32::try_from(row.available).unwrap(), Reason::parse("test").unwrap());
        bench.execute(&other, Command::AdjustStock { warehouse: row.warehouse, variant: row.variant, delta, reason }).await.unwrap();
    }
    let retailer = bench.staff(&cover).await;
    bench.execute(&retailer, Command::SellToOrder { product: ProductId::new("PROD-5001") }).await.unwrap();
    (retailer, cover)
}

async fn shown(bench: &Bench) -> u32 {
    let product = bench.house.product(&ProductId::new("PROD-5001")).await.unwrap();
    product.variants.iter().find(|variant| variant.id.as_str() == "VAR-5001-BLK-M").unwrap().available
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sold_to_order_is_what_partners_have() {
    for bench in benches().await {
        let (retailer, cover) = sold_to_order(&bench, 3).await;
        assert_eq!(shown(&bench).await, 3, "{}: what partners have, and nothing of the three that lie here", bench.name);
        let guest = bench.guest().await;
        let sale = bench.buy(&guest, &cover, 2).await;
        assert_eq!((shown(&bench).await, bench.available(&cover).await), (1, 3));
        let other = bench.guest().await;
        bench.execute(&other, Command::SetCartLine { variant: cover.variant.clone(), quantity: 2 }).await.unwrap();
        let beyond = bench.place_short(&other, &cover, 1, OnShortage::Wait).await;
        assert!(matches!(beyond, Err(Refusal::OutOfStock { available: 1, .. })), "{beyond:?}");

        bench.pay(&guest, sale).await;
        let order = bench.order(sale).await;
        assert_eq!((order.board(), order.waits(), order.fulfilments[0].to_buy[0].quantity.get()), (Board::Orders, Waits::Seller, 2));
        bench.advance(Span::hours(1)).await;
        bench.fire_timers().await;
        assert_eq!(bench.order(sale).await.status(), Status::Confirmed, "nothing leaves by itself");
        let fulfilment = bench.order(sale).await.fulfilments[0].id;
        bench.command(&retailer, sale, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
        let purchase = buy(&bench, &retailer, sale, "VAR-8107-STD", 2).await.unwrap();
        assert_eq!(shown(&bench).await, 1, "what was bought counts at the partner and no more here");
        assert_eq!(bench.order(sale).await.status(), Status::PurchaseOrdered);
        let wholesaler = bench.staff(&item(&bench, "VAR-8107-STD").await).await;
        bench.command(&wholesaler, purchase.id, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        let goods = bench.order(purchase.id).await.fulfilments[0].id;
        bench.command(&wholesaler, purchase.id, OrderCommand::StartPreparing { fulfilment: goods }).await.unwrap();
        bench.command(&wholesaler, purchase.id, OrderCommand::Allocate { fulfilment: goods }).await.unwrap();
        fulfil(&bench, &wholesaler, purchase.id).await;
        bench.command(&retailer, purchase.id, OrderCommand::ConfirmPurchase).await.unwrap();
        fulfil(&bench, &retailer, sale).await;
        bench.command(&guest, sale, OrderCommand::ConfirmPurchase).await.unwrap();
        assert_eq!((bench.order(sale).await.status(), bench.available(&cover).await), (Status::Completed, 3));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_pays_for_or_wants_any_more_is_free_again() {
    for bench in benches().await {
        let (retailer, cover) = sold_to_order(&bench, 2).await;
        let guest = bench.guest().await;
        let unpaid = bench.buy(&guest, &cover, 2).await;
        assert_eq!(shown(&bench).await, 0, "{}", bench.name);
        bench.command(&guest, unpaid, OrderCommand::Cancel).await.unwrap();
        assert_eq!(shown(&bench).await, 2);
        let guest = bench.guest().await;
        let paid = bench.buy(&guest, &cover, 2).await;
        bench.pay(&guest, paid).await;
        bench.command(&retailer, paid, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }).await.unwrap();
        assert_eq!(shown(&bench).await, 2);
        // The listing is none of another store's, and goods that no partner sells are not sold to order.
        let other = bench.other_staff(&cover).await;
        let product = ProductId::new("PROD-5001");
        assert_eq!(bench.execute(&other, Command::SellToOrder { product: product.clone() }).await, Err(Refusal::NotFound));
        bench.execute(&retailer, Command::SellFromShelf { product }).await.unwrap();
        assert_eq!(shown(&bench).await, 3, "off the shelf again");
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_unit_of_a_partner_is_sold_once() {
    for bench in benches().await {
        let (_, cover) = sold_to_order(&bench, 1).await;
        let mut buyers = Vec::new();
        for _ in 0..16 {
            let guest = bench.guest().await;
            bench.execute(&guest, Command::SetCartLine { variant: cover.variant.clone(), quantity: 1 }).await.unwrap();
            buyers.push(guest);
        }
        let placed = futures::future::join_all(buyers.iter().map(|guest| bench.place(guest, &cover))).await;
        let (sold, refused): (Vec<_>, Vec<_>) = placed.into_iter().partition(Result::is_ok);
        assert_eq!((sold.len(), refused.len()), (1, 15), "{}: {refused:?}", bench.name);
        assert!(refused.iter().all(|refusal| matches!(refusal, Err(Refusal::OutOfStock { .. }))), "{}: {refused:?}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_with_an_order_is_shown_before_it_does() {
    for bench in benches().await {
        let (guest, retailer, _, sale) = prepared(&bench).await;
        let purchase = buy(&bench, &retailer, sale, "VAR-8206-STD", 1).await.unwrap();
        let number = bench.order(sale).await.number;
        let ends = |seen: jumun::view::OrderView| seen.ends.into_iter().map(|ending| (ending.number, ending.cost)).collect::<Vec<_>>();
        assert_eq!(ends(bench.house.order(&retailer, &number).await.unwrap()), [(purchase.number.clone(), EndCost::Free)], "{}", bench.name);
        assert!(ends(bench.house.order(&guest, &number).await.unwrap()).is_empty(), "the buyer learns nothing of it");
        let wholesaler = bench.staff(&item(&bench, "VAR-8206-STD").await).await;
        bench.command(&wholesaler, purchase.id, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        let fulfilment = bench.order(purchase.id).await.fulfilments[0].id;
        bench.command(&wholesaler, purchase.id, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
        bench.command(&wholesaler, purchase.id, OrderCommand::Allocate { fulfilment }).await.unwrap();
        bench.command(&wholesaler, purchase.id, OrderCommand::Release { fulfilment }).await.unwrap();
        assert_eq!(ends(bench.house.order(&retailer, &number).await.unwrap()), [(purchase.number.clone(), EndCost::Shipped)]);
        bench.deliver(purchase.id).await;
        bench.command(&retailer, purchase.id, OrderCommand::ConfirmPurchase).await.unwrap();
        // What is here is the store's: the sale ends without it.
        bench.command(&retailer, sale, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }).await.unwrap();
        assert_eq!((bench.order(sale).await.status(), bench.order(purchase.id).await.status()), (Status::Cancelled, Status::Completed));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

/// Two covers that a wholesaler brought are with their buyer. Answers him, the store, the wholesaler, the sale and the purchase.
async fn brought(bench: &Bench) -> (Caller, Caller, Caller, OrderId, OrderId) {
    let (guest, retailer, _, sale) = prepared(bench).await;
    let wholesaler = bench.staff(&item(bench, "VAR-8206-STD").await).await;
    let purchase = buy(bench, &retailer, sale, "VAR-8206-STD", 2).await.unwrap().id;
    bench.command(&wholesaler, purchase, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
    let fulfilment = bench.order(purchase).await.fulfilments[0].id;
    bench.command(&wholesaler, purchase, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
    bench.command(&wholesaler, purchase, OrderCommand::Allocate { fulfilment }).await.unwrap();
    fulfil(bench, &wholesaler, purchase).await;
    bench.command(&retailer, purchase, OrderCommand::ConfirmPurchase).await.unwrap();
    fulfil(bench, &retailer, sale).await;
    (guest, retailer, wholesaler, sale, purchase)
}

/// Somebody sends units of the first goods of an order back.
async fn send_back(bench: &Bench, who: &Caller, order: OrderId, units: u32, reason: ReturnReason, note: &str) -> Result<Answer, Refusal> {
    let goods = bench.order(order).await.fulfilments[0].clone();
    let units = vec![LineUnits { line: goods.lines[0].line, quantity: Quantity::new(units).unwrap() }];
    let note = Some(ClaimNote::parse(note).unwrap());
    bench.command(who, order, OrderCommand::RequestReturn { fulfilment: goods.id, units, reason, pickup_on: None, found_on: None, note }).await
}

/// The carrier brings back what he was asked to fetch.
async fn fetch(bench: &Bench, order: OrderId) {
    let collection = bench.order(order).await.claims.last().unwrap().collection.unwrap();
    bench.system(collection, OrderCommand::RecordPickup { fact: PickupFact::PickedUp { at: bench.house.now() } }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_goes_on_to_the_wholesaler_who_learns_nothing_of_the_buyer() {
    for bench in benches().await {
        let (guest, retailer, wholesaler, sale, purchase) = brought(&bench).await;
        let (sold, number) = (bench.order(sale).await.number, bench.order(purchase).await.number);
        let (ours, theirs) = (VariantId::new("VAR-5001-BLK-M"), VariantId::new("VAR-8206-STD"));
        let units = async |account: &str, of: &VariantId| server::testing::balance(&bench.house, account, of).await;
        let credit = async || server::testing::credit_left(&bench.house, retailer.actor.party().unwrap(), "VAR-8206-STD").await;
        let (shelf, owed) = (units("available", &theirs).await, credit().await);

        bench.house.bring_photo(&guest, &sold, Shows::Return, photo(120)).await.unwrap();
        send_back(&bench, &guest, sale, 1, ReturnReason::Defect, "우리 집에서 소리가 나요").await.unwrap();
        let claim = bench.order(sale).await.claims[0].id;
        let refused = bench.command(&retailer, sale, OrderCommand::PassReturnOn { claim, serials: Vec::new() }).await;
        assert!(matches!(refused, Err(Refusal::WrongState { .. })), "{}: {refused:?}", bench.name);
        bench.command(&retailer, sale, OrderCommand::ApproveReturn { claim }).await.unwrap();
        fetch(&bench, sale).await;
        let row = bench.house.claims(&retailer, &ClaimQuery::default()).await.unwrap().rows.remove(0);
        assert!(row.offers.iter().any(|offer| offer == "pass-return-on"), "{:?}", row.offers);
        bench.command(&retailer, sale, OrderCommand::PassReturnOn { claim, serials: Vec::new() }).await.unwrap();

        // One transaction: the buyer's money goes its way, and the wholesaler is asked.
        let order = bench.order(sale).await;
        assert_eq!((order.claims[0].state, order.claims[0].passed_on.len()), (ReturnState::Refunding, 1), "{}", bench.name);
        let asked = bench.order(purchase).await.claims[0].clone();
        assert_eq!((asked.state, asked.reason, asked.above), (ReturnState::Requested, ReturnReason::Defect, Some(claim)));
        assert_eq!((units("set_apart", &ours).await, units("scrap", &ours).await), (1, 0));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);

        // He sees what shows it, and neither whom it was sold to nor what was said.
        let hash = asked.photos[0].clone();
        assert!(bench.house.photo(&wholesaler, &number, &hash).await.is_ok());
        assert_eq!(bench.house.photo(&wholesaler, &sold, &hash).await, Err(Refusal::NotFound));
        let page = bench.house.claim(&wholesaler, asked.id).await.unwrap();
        let told = serde_json::to_string(&page).unwrap();
        for hidden in [sold.as_str(), "우리 집에서", "홍길동", &sale.to_string(), &claim.to_string()] {
            assert!(!told.contains(hidden), "{}: the wholesaler reads {hidden}", bench.name);
        }
        assert!(!page.order.claims[0].set_apart && page.buyer.orders == 1);
        let queue = bench.house.claims(&wholesaler, &ClaimQuery::default()).await.unwrap().rows;
        assert_eq!((queue.len(), queue[0].kind, queue[0].plain, queue[0].pay_by), (1, Kind::Purchase, false, None));
        let board = bench.house.board(&wholesaler, Board::Returns, &BoardQuery::default()).await.unwrap();
        assert_eq!(board.list.rows.iter().map(|row| &row.number).collect::<Vec<_>>(), [&number]);
        // The store sees where it stands, from both ends; the buyer sees nothing of it.
        let seen = bench.house.order(&retailer, &sold).await.unwrap();
        assert_eq!((seen.claims[0].passed_on[0].number.clone(), seen.claims[0].passed_on[0].state), (number.clone(), ReturnState::Requested));
        let seen = bench.house.order(&retailer, &number).await.unwrap();
        assert_eq!(seen.claims[0].above.as_ref(), Some(&sold));
        let buying = bench.house.bought(&retailer, None, true).await.unwrap().list.rows;
        assert_eq!(buying.iter().map(|row| (&row.number, row.waits)).collect::<Vec<_>>(), [(&number, Waits::ReturnAnswer)]);
        let shown = bench.house.order(&guest, &sold).await.unwrap();
        assert!(shown.claims[0].passed_on.is_empty() && shown.history.iter().all(|row| row.event != "return.passed_on"), "{:?}", shown.history);
        assert!(!serde_json::to_string(&shown).unwrap().contains(number.as_str()));
        for stranger in [&guest, &bench.staff(&item(&bench, "VAR-8107-STD").await).await] {
            let refused = bench.command(stranger, purchase, OrderCommand::ApproveReturn { claim: asked.id }).await;
            assert_eq!(refused, Err(Refusal::NotFound), "{}", bench.name);
        }

        // He agrees, it is fetched at the store's and looked at: on his shelf, and owed no more.
        let own = bench.command(&retailer, purchase, OrderCommand::ApproveReturn { claim: asked.id }).await;
        assert_eq!(own, Err(Refusal::NotAllowed));
        bench.command(&wholesaler, purchase, OrderCommand::ApproveReturn { claim: asked.id }).await.unwrap();
        fetch(&bench, purchase).await;
        assert_eq!(units("set_apart", &ours).await, 0);
        bench.command(&wholesaler, purchase, OrderCommand::InspectReturn { claim: asked.id, restock: true, serials: Vec::new() }).await.unwrap();
        let order = bench.order(purchase).await;
        assert_eq!((order.claims[0].state, order.claims[0].credited, order.status()), (ReturnState::Closed, Won(22_500), Status::Completed));
        assert_eq!((units("available", &theirs).await, credit().await), (shelf + 1, owed + Won(22_500)));
        assert_eq!(stage(&bench.order(sale).await), ChildStage::Received, "what came had come");
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_sends_back_what_it_bought_and_keeps_what_nobody_takes() {
    for bench in benches().await {
        let cover = bench.scarce_item(3).await;
        let (retailer, theirs) = (bench.staff(&cover).await, item(&bench, "VAR-8206-STD").await);
        let wholesaler = bench.staff(&theirs).await;
        let restock = Command::Restock {
            warehouse: cover.warehouse,
            variant: cover.variant.clone(),
            partner_variant: theirs.variant.clone(),
            quantity: Quantity::new(4).unwrap(),
        };
        let Answer::Order { order: purchase, .. } = bench.execute(&retailer, restock).await.unwrap() else { panic!("no order") };
        bench.command(&wholesaler, purchase, OrderCommand::AcceptOrder { units: Vec::new() }).await.unwrap();
        let fulfilment = bench.order(purchase).await.fulfilments[0].id;
        bench.command(&wholesaler, purchase, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
        bench.command(&wholesaler, purchase, OrderCommand::Allocate { fulfilment }).await.unwrap();
        fulfil(&bench, &wholesaler, purchase).await;
        let early = send_back(&bench, &retailer, purchase, 1, ReturnReason::Defect, "깨져 있음").await;
        assert!(matches!(early, Err(Refusal::WrongState { .. })), "{}: {early:?}", bench.name);
        bench.command(&retailer, purchase, OrderCommand::ConfirmPurchase).await.unwrap();
        assert_eq!(bench.available(&cover).await, 7);

        // By his own wish, which the wholesaler need not follow.
        send_back(&bench, &retailer, purchase, 1, ReturnReason::ChangeOfMind, "너무 많이 샀어요").await.unwrap();
        assert_eq!(bench.available(&cover).await, 6, "{}", bench.name);
        let wish = bench.order(purchase).await.claims[0].id;
        let note = ClaimNote::parse("주문 제작이라 받을 수 없습니다").unwrap();
        bench.command(&wholesaler, purchase, OrderCommand::RejectReturn { claim: wish, reason: RejectReason::NotAgreed, note }).await.unwrap();
        let seen = bench.house.order(&retailer, &bench.order(purchase).await.number).await.unwrap();
        assert!(seen.claims[0].set_apart && seen.offers.iter().any(|offer| offer.command == "put-away"), "{}", bench.name);
        let not_his = bench.command(&wholesaler, purchase, OrderCommand::PutAway { claim: wish, restock: true }).await;
        assert_eq!(not_his, Err(Refusal::NotAllowed));
        bench.command(&retailer, purchase, OrderCommand::PutAway { claim: wish, restock: true }).await.unwrap();
        assert_eq!((bench.available(&cover).await, bench.order(purchase).await.waits()), (7, Waits::Nothing));

        // What is broken he takes back, all that is left of it, and scraps it.
        let goods = bench.order(purchase).await.fulfilments[0].clone();
        let left = goods.lines[0].quantity;
        assert_eq!((left.get(), bench.order(purchase).await.fulfilments.len()), (3, 2), "what was asked for went its own way");
        send_back(&bench, &retailer, purchase, 3, ReturnReason::Damaged, "상자가 젖어 있음").await.unwrap();
        let claim = bench.order(purchase).await.claims[1].id;
        bench
            .command(&wholesaler, purchase, OrderCommand::AskAboutReturn { claim, note: ClaimNote::parse("송장 사진이 있나요?").unwrap() })
            .await
            .unwrap();
        bench.command(&retailer, purchase, OrderCommand::AnswerAboutReturn { claim, note: ClaimNote::parse("네").unwrap() }).await.unwrap();
        bench.command(&wholesaler, purchase, OrderCommand::ApproveReturn { claim }).await.unwrap();
        fetch(&bench, purchase).await;
        bench.command(&wholesaler, purchase, OrderCommand::InspectReturn { claim, restock: false, serials: Vec::new() }).await.unwrap();
        let order = bench.order(purchase).await;
        assert_eq!((order.claims[1].state, order.amounts.payable()), (ReturnState::Closed, Won(22_500)), "{}", bench.name);
        assert_eq!(server::testing::balance(&bench.house, "scrap", &theirs.variant).await, 3);
        let theirs = ["purchase_asked", "purchase_taken", "return_answered", "return_asked", "return_asked"];
        assert_eq!(bench.heard(&wholesaler).await, theirs, "{}", bench.name);
        let ours = ["passed_on_question", "passed_on_refused", "purchase_accepted", "purchase_delivered", "purchase_sent"];
        assert_eq!(bench.heard(&retailer).await, ours, "{}", bench.name);
        assert!(order.refunds.is_empty() && bench.sagas(purchase).await.iter().all(|(kind, _, _)| kind != "refund"), "nothing was paid");
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
        assert_eq!(server::testing::broken(&bench.house, purchase).await, Vec::<String>::new());
    }
}
