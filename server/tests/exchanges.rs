//! Exchanges, on both databases: a sale keeps the money, an order of its own brings the goods, and each hears of the other in one
//! transaction.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "support/mod.rs"]
mod support;

use app::session::Caller;
use jumun::{
    ids::{ClaimId, OrderId, VariantId},
    money::Won,
    order::{ChildStage, ExchangeWay, Kind, LineUnits, Order, OrderCommand, ReturnReason, ReturnState, SellerReason, Status, Waits},
    quantity::Quantity,
    refusal::Refusal,
};
use support::{Bench, Item, benches};

/// Goods that have reached their buyer.
struct Delivered {
    buyer: Caller,
    staff: Caller,
    item: Item,
    sale: OrderId,
}

impl Delivered {
    async fn new(bench: &Bench, units: u32, left: u32) -> Self {
        let item = bench.scarce_item(units + left).await;
        let buyer = bench.guest().await;
        let sale = bench.buy(&buyer, &item, units).await;
        bench.pay(&buyer, sale).await;
        let staff = bench.staff(&item).await;
        let fulfilment = bench.order(sale).await.fulfilments[0].id;
        bench.command(&staff, sale, OrderCommand::StartPreparing { fulfilment }).await.unwrap();
        let delivered = Self { buyer, staff, item, sale };
        delivered.bring(bench, sale).await;
        delivered
    }

    /// Takes prepared goods from the shelf to the buyer.
    async fn bring(&self, bench: &Bench, order: OrderId) {
        let fulfilment = bench.order(order).await.fulfilments[0].id;
        bench.command(&self.staff, order, OrderCommand::Allocate { fulfilment }).await.unwrap();
        bench.command(&self.staff, order, OrderCommand::Release { fulfilment }).await.unwrap();
        bench.deliver(order).await;
    }

    async fn ask(&self, bench: &Bench, reason: ReturnReason, variant: &VariantId, units: u32) -> ClaimId {
        let order = bench.order(self.sale).await;
        let goods = &order.fulfilments[0];
        let units = vec![LineUnits { line: goods.lines[0].line, quantity: Quantity::new(units).unwrap() }];
        let (fulfilment, variant) = (goods.id, variant.clone());
        let wish = OrderCommand::RequestExchange { fulfilment, units, reason, variant, pickup_on: None, note: None };
        bench.command(&self.buyer, self.sale, wish).await.unwrap();
        bench.order(self.sale).await.claims.last().unwrap().id
    }

    async fn agree(&self, bench: &Bench, claim: ClaimId, way: ExchangeWay, variant: &VariantId, waive: bool) -> Result<(), Refusal> {
        let agree = OrderCommand::ApproveExchange { claim, way, variant: variant.clone(), waive };
        bench.command(&self.staff, self.sale, agree).await.map(drop)
    }

    /// What else the seller has, and what a unit of it costs more.
    async fn others(&self, bench: &Bench) -> Vec<(VariantId, Won)> {
        let number = bench.order(self.sale).await.number;
        let seen = bench.house.order(&self.buyer, &number).await.unwrap();
        seen.returnable[0].exchanges[0].others.iter().map(|(other, by)| (other.variant.clone(), *by)).collect()
    }
}

async fn replacement(bench: &Bench, sale: OrderId) -> Order {
    let sale = bench.order(sale).await;
    let exchange = sale.claims.last().and_then(|claim| claim.exchange.clone()).unwrap();
    bench.order(exchange.replacement.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swap_fetches_the_one_and_brings_the_other_and_both_orders_end() {
    for bench in benches().await {
        let it = Delivered::new(&bench, 2, 1).await;
        let claim = it.ask(&bench, ReturnReason::Defect, &it.item.variant, 1).await;
        let desk = bench.house.order(&it.staff, &bench.order(it.sale).await.number).await.unwrap();
        assert!(desk.offers.iter().any(|offer| offer.command == "approve-exchange"), "{}", bench.name);
        it.agree(&bench, claim, ExchangeWay::Swap, &it.item.variant, false).await.unwrap();

        let new = replacement(&bench, it.sale).await;
        assert_eq!((new.kind, new.parent, new.root, new.status()), (Kind::Replacement, Some(it.sale), it.sale, Status::Preparing), "{}", bench.name);
        assert_eq!((new.amounts.total(), new.buyer, bench.available(&it.item).await), (Won::ZERO, bench.order(it.sale).await.buyer, 0));
        assert!(bench.order(it.sale).await.claims[0].collection.is_some(), "what he has is fetched meanwhile");
        // The buyer's tree shows what comes, and the seller's both.
        let seen = bench.house.order(&it.buyer, &bench.order(it.sale).await.number).await.unwrap();
        assert!(seen.tree.iter().any(|node| node.number.as_ref() == Some(&new.number)), "{:?}", seen.tree);

        it.bring(&bench, new.id).await;
        assert_eq!(bench.order(it.sale).await.claims[0].exchange.as_ref().unwrap().stage, Some(ChildStage::Delivered));
        bench.command(&it.staff, it.sale, OrderCommand::InspectReturn { claim, restock: false, serials: Vec::new() }).await.unwrap();
        let order = bench.order(it.sale).await;
        assert_eq!((order.claims[0].state, order.waits()), (ReturnState::Replacing, Waits::Replacement));
        let early = bench.command(&it.buyer, it.sale, OrderCommand::ConfirmPurchase).await;
        assert!(matches!(early, Err(Refusal::WrongState { .. })), "{early:?}");
        bench.command(&it.buyer, new.id, OrderCommand::ConfirmPurchase).await.unwrap();
        assert_eq!(bench.order(it.sale).await.claims[0].state, ReturnState::Closed);
        bench.command(&it.buyer, it.sale, OrderCommand::ConfirmPurchase).await.unwrap();
        let order = bench.order(it.sale).await;
        assert_eq!((order.status(), order.refunded()), (Status::Completed, Won::ZERO));
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dearer_one_is_held_and_paid_for_first_and_a_cheaper_one_gives_the_difference_back() {
    for bench in benches().await {
        let it = Delivered::new(&bench, 1, 0).await;
        let others = it.others(&bench).await;
        let (variant, by) = others.iter().find(|(_, by)| *by > Won::ZERO).unwrap().clone();
        let claim = it.ask(&bench, ReturnReason::Defect, &variant, 1).await;
        it.agree(&bench, claim, ExchangeWay::Swap, &variant, false).await.unwrap();
        let order = bench.order(it.sale).await;
        assert_eq!((order.due(), order.waits(), order.held.len()), (by, Waits::Difference, 1), "{}", bench.name);
        assert!(order.claims[0].exchange.as_ref().unwrap().replacement.is_none(), "nothing is sent before");
        bench.pay(&it.buyer, it.sale).await;
        let order = bench.order(it.sale).await;
        assert_eq!((order.held.len(), order.difference.is_none(), order.paid), (0, true, order.amounts.payable()));
        assert_eq!(replacement(&bench, it.sale).await.lines[0].variant, variant);

        let it = Delivered::new(&bench, 1, 0).await;
        let others = it.others(&bench).await;
        let Some((variant, by)) = others.iter().find(|(_, by)| *by < Won::ZERO).cloned() else { panic!("nothing is cheaper: {others:?}") };
        let claim = it.ask(&bench, ReturnReason::Defect, &variant, 1).await;
        it.agree(&bench, claim, ExchangeWay::Swap, &variant, false).await.unwrap();
        assert_eq!(bench.order(it.sale).await.refunded(), Won::ZERO, "not before the goods are here");
        bench.command(&it.staff, it.sale, OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }).await.unwrap();
        assert_eq!(bench.order(it.sale).await.refunded(), -by);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_supplied_and_what_comes_back_is_paid_back_by_the_sale() {
    for bench in benches().await {
        // There is none left: that is said, and the seller gives the money back instead.
        let it = Delivered::new(&bench, 1, 0).await;
        let claim = it.ask(&bench, ReturnReason::ChangeOfMind, &it.item.variant, 1).await;
        let refused = it.agree(&bench, claim, ExchangeWay::Swap, &it.item.variant, true).await;
        assert!(matches!(refused, Err(Refusal::OutOfStock { .. })), "{}: {refused:?}", bench.name);
        bench.command(&it.staff, it.sale, OrderCommand::ApproveReturn { claim }).await.unwrap();
        bench.command(&it.staff, it.sale, OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }).await.unwrap();
        let order = bench.order(it.sale).await;
        assert_eq!((order.claims[0].reason, order.refunded()), (ReturnReason::NotSupplied, order.paid), "it costs the buyer nothing");

        // The seller ends the order that was to bring it.
        let it = Delivered::new(&bench, 1, 1).await;
        let claim = it.ask(&bench, ReturnReason::Defect, &it.item.variant, 1).await;
        it.agree(&bench, claim, ExchangeWay::Swap, &it.item.variant, false).await.unwrap();
        bench.command(&it.staff, it.sale, OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }).await.unwrap();
        let new = replacement(&bench, it.sale).await;
        bench.command(&it.staff, new.id, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }).await.unwrap();
        let order = bench.order(it.sale).await;
        assert_eq!((order.claims[0].state, order.refunded()), (ReturnState::Refunding, order.paid), "{}", bench.name);

        // The buyer sends back what came instead: the sale pays for it.
        let it = Delivered::new(&bench, 1, 1).await;
        let claim = it.ask(&bench, ReturnReason::Defect, &it.item.variant, 1).await;
        it.agree(&bench, claim, ExchangeWay::Swap, &it.item.variant, false).await.unwrap();
        bench.command(&it.staff, it.sale, OrderCommand::InspectReturn { claim, restock: false, serials: Vec::new() }).await.unwrap();
        let new = replacement(&bench, it.sale).await;
        it.bring(&bench, new.id).await;
        let goods = bench.order(new.id).await.fulfilments[0].clone();
        let units = vec![LineUnits { line: goods.lines[0].line, quantity: Quantity::ONE }];
        let wish = OrderCommand::RequestReturn {
            fulfilment: goods.id,
            units,
            reason: ReturnReason::ChangeOfMind,
            pickup_on: None,
            found_on: None,
            note: None,
        };
        bench.command(&it.buyer, new.id, wish).await.unwrap();
        let of_new = bench.order(new.id).await.claims[0].id;
        bench.command(&it.staff, new.id, OrderCommand::ApproveReturn { claim: of_new }).await.unwrap();
        bench.command(&it.staff, new.id, OrderCommand::InspectReturn { claim: of_new, restock: true, serials: Vec::new() }).await.unwrap();
        let (order, new) = (bench.order(it.sale).await, bench.order(new.id).await);
        assert_eq!((new.status(), new.claims[0].state), (Status::Refunded, ReturnState::Closed));
        // He changed his mind: fetching it is his to pay.
        assert_eq!((order.claims[0].reason, order.refunded()), (ReturnReason::ChangeOfMind, order.paid - Won(3_000)), "{}", bench.name);

        // What came instead turns out to be broken after everything was confirmed: it goes back all the same.
        let it = Delivered::new(&bench, 1, 1).await;
        let claim = it.ask(&bench, ReturnReason::Defect, &it.item.variant, 1).await;
        it.agree(&bench, claim, ExchangeWay::Swap, &it.item.variant, false).await.unwrap();
        bench.command(&it.staff, it.sale, OrderCommand::InspectReturn { claim, restock: false, serials: Vec::new() }).await.unwrap();
        let new = replacement(&bench, it.sale).await;
        it.bring(&bench, new.id).await;
        bench.command(&it.buyer, new.id, OrderCommand::ConfirmPurchase).await.unwrap();
        bench.command(&it.buyer, it.sale, OrderCommand::ConfirmPurchase).await.unwrap();
        assert_eq!((bench.order(it.sale).await.status(), bench.order(new.id).await.status()), (Status::Completed, Status::Completed));
        let goods = bench.order(new.id).await.fulfilments[0].clone();
        let units = vec![LineUnits { line: goods.lines[0].line, quantity: Quantity::ONE }];
        let wish =
            OrderCommand::RequestReturn { fulfilment: goods.id, units, reason: ReturnReason::Defect, pickup_on: None, found_on: None, note: None };
        bench.command(&it.buyer, new.id, wish).await.unwrap();
        let of_new = bench.order(new.id).await.claims[0].id;
        bench.command(&it.staff, new.id, OrderCommand::ApproveReturn { claim: of_new }).await.unwrap();
        bench.command(&it.staff, new.id, OrderCommand::InspectReturn { claim: of_new, restock: false, serials: Vec::new() }).await.unwrap();
        let order = bench.order(it.sale).await;
        assert_eq!((order.refunded(), order.points_earned, order.counted), (order.paid, Won::ZERO, Won::ZERO), "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn something_more_comes_beside_what_the_buyer_has() {
    for bench in benches().await {
        let it = Delivered::new(&bench, 1, 1).await;
        let claim = it.ask(&bench, ReturnReason::NotAsDescribed, &it.item.variant, 1).await;
        it.agree(&bench, claim, ExchangeWay::Add, &it.item.variant, true).await.unwrap();
        let new = replacement(&bench, it.sale).await;
        let order = bench.order(it.sale).await;
        assert_eq!((order.claims[0].state, order.claims[0].collection, new.status()), (ReturnState::Replacing, None, Status::Preparing));
        assert_eq!((order.due(), order.refunded(), order.lines.len()), (order.amounts.payable(), Won::ZERO, 2), "{}", bench.name);
        it.bring(&bench, new.id).await;
        bench.command(&it.buyer, new.id, OrderCommand::ConfirmPurchase).await.unwrap();
        assert_eq!(bench.order(it.sale).await.claims[0].state, ReturnState::Closed);
        bench.command(&it.buyer, it.sale, OrderCommand::ConfirmPurchase).await.unwrap();
        assert_eq!(bench.findings().await, Vec::<String>::new(), "{}", bench.name);
    }
}
