//! The order's rules as a whole: every command by every chair in every state, and random lives of orders.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

use jumun::{
    actor::{Actor, Chair},
    catalogue::Supply,
    ids::{AccountId, ContactId, CountingMint, FulfilmentId, PartyId, ProductId, VariantId, WarehouseId},
    ledger::{Posting, StockAccount, is_balanced, postings},
    money::Won,
    order::{
        AttemptState, Board, CarrierFact, CarrierStatus, DeclineCause, Event, Facts, Front, FulfilmentState, Order, OrderCommand, PaymentMethod,
        PaymentOutcome, Placement, PlacementLine, Status, Waits,
        machines::{ATTEMPT, FRONT, FULFILMENT},
        place,
    },
    policy::Policy,
    quantity::Quantity,
    refusal::Refusal,
    stock::{Available, Shelf},
    text::Words,
    time::{Span, Time},
    timer::{TimerKind, timers},
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const START: Time = Time(1_790_000_000_000_000);

/// A small world: one buyer, one seller with two warehouses, one order and the balances its facts have moved.
#[derive(Clone)]
struct World {
    now: Time,
    mint: u64,
    buyer: PartyId,
    seller: PartyId,
    order: Order,
    log: Vec<(Event, Time)>,
    stock: BTreeMap<(StockAccount, WarehouseId, VariantId), i64>,
}

impl World {
    /// An order of two lines, just placed, whose units lie in two warehouses.
    fn placed() -> Self {
        Self::placed_from(2)
    }

    fn placed_from(warehouses: u32) -> Self {
        let mut mint = CountingMint::default();
        let (buyer, seller) = (PartyId::mint(&mut mint), PartyId::mint(&mut mint));
        let (near, far) = (WarehouseId::mint(&mut mint), WarehouseId::mint(&mut mint));
        let (wall, cover) = (VariantId::new("WALL"), VariantId::new("COVER"));
        let mut stock = BTreeMap::new();
        stock.insert((StockAccount::Available, near, wall.clone()), 2);
        stock.insert((StockAccount::Available, if warehouses == 1 { near } else { far }, cover.clone()), 7);
        let line = |variant: &VariantId, price, count| PlacementLine {
            product: ProductId::new("P"),
            variant: variant.clone(),
            title: Words { ko: "물건".into(), en: None },
            option: Words::default(),
            quantity: Quantity::new(count).unwrap(),
            unit_price: Won(price),
            shipping_fee: Won(3_000),
            supply: Supply::Stocked,
        };
        let wish = Placement {
            buyer,
            seller,
            lines: vec![line(&wall, 400_000, 2), line(&cover, 35_000, 3)],
            contact: ContactId::mint(&mut mint),
            postcode: "06234".into(),
            undeliverable: false,
            island: false,
            blocked: false,
            unpaid_holds: 0,
            seen_goods: None,
            external: None,
        };
        let policy = Policy::default();
        let shelf = shelf(&stock);
        let events = place(wish, &mut Facts { now: START, policy: &policy, mint: &mut mint, shelf: &shelf }).unwrap();
        let order = Order::born(&events[0], START).unwrap();
        let mut world = Self { now: START, mint: mint.0, buyer, seller, order, log: vec![(events[0].clone(), START)], stock };
        world.take_in(&events[1..]);
        world
    }

    fn actor(&self, chair: Chair) -> Actor {
        let account = AccountId::mint(&mut CountingMint(900));
        match chair {
            Chair::Buyer => Actor::Customer { account, party: self.buyer },
            Chair::Seller => Actor::Staff { account, store: self.seller, manager: false },
            Chair::Admin => Actor::Admin { account },
            Chair::System => Actor::System,
        }
    }

    fn decide(&mut self, command: &OrderCommand, actor: &Actor) -> Result<Vec<Event>, Refusal> {
        let (policy, shelf) = (Policy::default(), shelf(&self.stock));
        let mut mint = CountingMint(self.mint);
        let events = self.order.decide(command, actor, &mut Facts { now: self.now, policy: &policy, mint: &mut mint, shelf: &shelf })?;
        self.mint = mint.0;
        Ok(events)
    }

    /// Applies events and checks what must hold after each of them.
    fn take_in(&mut self, events: &[Event]) {
        for event in events {
            let before = self.order.clone();
            self.order.apply(event, self.now);
            self.log.push((event.clone(), self.now));
            if before.front != self.order.front {
                assert!(FRONT.allows(before.front, self.order.front), "{:?} → {:?} by {}", before.front, self.order.front, event.name());
            }
            for goods in &self.order.fulfilments {
                let was = before.fulfilment(goods.id).map_or(goods.state, |goods| goods.state);
                assert!(was == goods.state || FULFILMENT.allows(was, goods.state), "{was:?} → {:?} by {}", goods.state, event.name());
            }
            for attempt in &self.order.attempts {
                let was = before.attempt(attempt.id).map_or(attempt.state, |attempt| attempt.state);
                assert!(was == attempt.state || ATTEMPT.allows(was, attempt.state), "{was:?} → {:?} by {}", attempt.state, event.name());
            }
            for journal in postings(&self.order, event) {
                assert!(is_balanced(&journal), "{}", event.name());
                for posting in journal {
                    if let Posting::Stock { account, warehouse, variant, units } = posting {
                        let balance = self.stock.entry((account, warehouse, variant)).or_default();
                        *balance += units;
                        assert!(!account.is_floored() || *balance >= 0, "{account:?} below zero by {}", event.name());
                    }
                }
            }
        }
        let folded = Order::fold(self.log.iter().map(|(event, at)| (event, *at)));
        assert_eq!(folded.as_ref(), Some(&self.order), "the log folds into the state");
    }

    fn give(&mut self, command: &OrderCommand, chair: Chair) -> Result<(), Refusal> {
        let events = self.decide(command, &self.actor(chair))?;
        self.take_in(&events);
        Ok(())
    }

    fn units(&self) -> i64 {
        self.stock.values().sum()
    }

    fn attempt(&self) -> jumun::ids::AttemptId {
        self.order.attempts.last().map_or_else(|| jumun::ids::AttemptId::mint(&mut CountingMint(1)), |attempt| attempt.id)
    }

    fn goods(&self) -> FulfilmentId {
        self.order.fulfilments.first().map_or_else(|| FulfilmentId::mint(&mut CountingMint(1)), |goods| goods.id)
    }

    /// Every command there is, aimed at what this order has.
    fn every_command(&self) -> Vec<OrderCommand> {
        let (attempt, fulfilment) = (self.attempt(), self.goods());
        let amount = self.order.amounts.payable();
        let refund = self.order.refunds.first().map_or_else(|| jumun::ids::RefundId::mint(&mut CountingMint(1)), |refund| refund.id);
        let deposit = jumun::order::Deposit { bank: "은행".into(), account: "1".into(), due: self.now + Span::days(1) };
        let fact = |status| CarrierFact { status, place: "서울".into(), at: self.now };
        let outcome = |outcome| OrderCommand::RecordPayment { attempt, outcome };
        vec![
            OrderCommand::RequestPayment { method: PaymentMethod::Card },
            OrderCommand::RequestPayment { method: PaymentMethod::VirtualAccount },
            OrderCommand::AuthorisePayment { attempt, payment_key: "k".into(), amount },
            OrderCommand::CancelPayment { attempt, cause: DeclineCause::Buyer, psp_code: "USER_CANCEL".into() },
            OrderCommand::Cancel,
            OrderCommand::ConfirmPurchase,
            OrderCommand::StartPreparing { fulfilment },
            OrderCommand::Allocate { fulfilment },
            OrderCommand::Release { fulfilment },
            OrderCommand::AutoRelease { fulfilment },
            OrderCommand::VerifyIdentity,
            outcome(PaymentOutcome::Approved { payment_key: "k".into(), amount }),
            outcome(PaymentOutcome::DepositAwaited { payment_key: "k".into(), deposit }),
            outcome(PaymentOutcome::Declined { cause: DeclineCause::Balance, psp_code: "X".into() }),
            outcome(PaymentOutcome::TimedOut),
            outcome(PaymentOutcome::Voided),
            OrderCommand::RecordRefund { refund },
            OrderCommand::ExpireHold,
            OrderCommand::ExpirePaymentWindow,
            OrderCommand::ExpireRepayWindow,
            OrderCommand::RecordOutboundStarted { fulfilment, expected: None },
            OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "1".into() },
            OrderCommand::RecordOutboundFailed { fulfilment },
            OrderCommand::RecordTracking { fulfilment, facts: vec![fact(CarrierStatus::PickedUp), fact(CarrierStatus::InTransit)] },
            OrderCommand::RecordTracking { fulfilment, facts: vec![fact(CarrierStatus::OutForDelivery)] },
            OrderCommand::RecordTracking { fulfilment, facts: vec![fact(CarrierStatus::Failed)] },
            OrderCommand::RecordTracking { fulfilment, facts: vec![fact(CarrierStatus::Delivered)] },
            OrderCommand::AutoConfirm,
        ]
    }

    fn paid() -> Self {
        let mut world = Self::placed();
        world.give(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, Chair::Buyer).unwrap();
        let outcome = PaymentOutcome::Approved { payment_key: "k".into(), amount: world.order.amounts.payable() };
        world.give(&OrderCommand::RecordPayment { attempt: world.attempt(), outcome }, Chair::System).unwrap();
        world
    }
}

fn shelf(stock: &BTreeMap<(StockAccount, WarehouseId, VariantId), i64>) -> Shelf {
    stock
        .iter()
        .filter(|((account, _, _), _)| *account == StockAccount::Available)
        .map(|((_, warehouse, variant), units)| Available {
            variant: variant.clone(),
            warehouse: *warehouse,
            postcode: "06000".into(),
            units: *units as u32,
        })
        .collect()
}

#[test]
fn every_command_has_a_name_in_the_list_and_the_other_way_round() {
    let mut given: Vec<&str> = World::placed().every_command().iter().map(OrderCommand::name).collect();
    given.sort_unstable();
    given.dedup();
    let mut listed: Vec<&str> = OrderCommand::ALL.iter().map(|(name, _)| *name).collect();
    listed.sort_unstable();
    assert_eq!(given, listed);
}

/// Walks every state that commands can reach from a placed order, trying every command from every chair in each: a chair that
/// is not in the list is refused, a refusal changes nothing, and whatever is done keeps the invariants of `take_in`.
#[test]
fn every_command_by_every_chair_in_every_state() {
    let shape = |world: &World| {
        (
            world.order.front,
            world.order.fulfilments.iter().map(|goods| (goods.state, goods.outbound_requested_at.is_some())).collect::<Vec<_>>(),
            world.order.attempts.last().map(|attempt| (attempt.state, attempt.payment_key.is_some(), attempt.void_requested)),
            world.order.held.is_empty(),
            world.order.attempts.len().min(5),
            world.order.refunds.iter().filter(|refund| refund.completed_at.is_some()).count(),
        )
    };
    let first = World::placed_from(1);
    let units = first.units();
    let mut seen = vec![shape(&first)];
    let mut statuses = vec![first.order.status()];
    let mut open = vec![first];
    while let Some(world) = open.pop() {
        for command in world.every_command() {
            for chair in [Chair::Buyer, Chair::Seller, Chair::Admin, Chair::System] {
                // Timers are tried when their time has come.
                let mut next = world.clone();
                next.now = world.order.held_until.map_or(world.now, |until| until.max(world.now)) + Span::seconds(1);
                let actor = next.actor(chair);
                let events = match next.decide(&command, &actor) {
                    Ok(events) => events,
                    Err(refusal) => {
                        let listed = command.chairs().contains(&chair);
                        assert_eq!(!listed, refusal == Refusal::NotAllowed, "{} by {chair:?}", command.name());
                        continue;
                    }
                };
                assert!(command.chairs().contains(&chair), "{} by {chair:?}", command.name());
                if let Some(offer) = offer_of(&command) {
                    let offered = next.order.offers(chair, next.now).contains(&offer);
                    assert!(offered, "{} works in {:?} but is not offered", command.name(), next.order.status());
                }
                next.take_in(&events);
                assert_eq!(next.units(), units, "units are conserved");
                if next.order.front == Front::Cancelled || next.order.front == Front::Completed {
                    assert!(next.order.held.is_empty() && next.order.committed.is_empty());
                }
                let approved = next.order.attempts.iter().filter(|attempt| attempt.state == AttemptState::Approved).count();
                assert!(approved <= 1, "paid twice");
                assert!(next.order.refunded() <= next.order.paid);
                if !statuses.contains(&next.order.status()) {
                    statuses.push(next.order.status());
                }
                if !seen.contains(&shape(&next)) {
                    seen.push(shape(&next));
                    open.push(next);
                }
            }
        }
        assert!(seen.len() < 5_000, "the walk does not end");
    }
    for status in [
        Status::StockReserved,
        Status::PaymentPending,
        Status::PaymentFailed,
        Status::Confirmed,
        Status::Preparing,
        Status::PurchaseCompleted,
        Status::Shipped,
        Status::InTransit,
        Status::OutForDelivery,
        Status::DeliveryFailed,
        Status::Delivered,
        Status::Completed,
        Status::Cancelled,
    ] {
        assert!(statuses.contains(&status), "{status:?} was never reached; seen {statuses:?}");
    }
}

/// The button of a command a person gives without further words.
fn offer_of(command: &OrderCommand) -> Option<jumun::order::Offer> {
    let fulfilment = match command {
        OrderCommand::StartPreparing { fulfilment } | OrderCommand::Allocate { fulfilment } | OrderCommand::Release { fulfilment } => {
            Some(*fulfilment)
        }
        OrderCommand::Cancel | OrderCommand::ConfirmPurchase => None,
        _ => return None,
    };
    Some(jumun::order::Offer { command: command.name().into(), fulfilment })
}

#[test]
fn four_declines_use_up_the_retries_and_a_day_later_the_order_ends() {
    let mut world = World::placed();
    for nth in 1..=4 {
        world.give(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, Chair::Buyer).unwrap();
        let outcome = PaymentOutcome::Declined { cause: DeclineCause::Limit, psp_code: "X".into() };
        world.give(&OrderCommand::RecordPayment { attempt: world.attempt(), outcome }, Chair::System).unwrap();
        assert_eq!((world.order.status(), world.order.payment_failures()), (Status::PaymentFailed, nth));
    }
    let again = world.give(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, Chair::Buyer);
    assert_eq!(again, Err(Refusal::RetriesUsedUp { most: 3 }));
    let policy = Policy::default();
    let last = world.log.last().unwrap().0.clone();
    let set = timers(&world.order, &last, world.now, &policy);
    let repay = set
        .iter()
        .any(|change| matches!(change, jumun::timer::TimerChange::Set(TimerKind::RepayWindow, None, due) if *due == START + policy.repay_window));
    assert!(repay, "{set:?}");
    world.give(&OrderCommand::ExpireRepayWindow, Chair::System).unwrap();
    assert_eq!((world.order.status(), world.order.waits()), (Status::Cancelled, Waits::Nothing));
}

#[test]
fn a_large_payment_needs_the_identity_check_first() {
    let mut world = World::placed();
    world.order.amounts.goods = Won(1_000_000);
    world.log.clear();
    let refused = world.decide(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, &world.actor(Chair::Buyer));
    assert!(matches!(refused, Err(Refusal::IdentityRequired { .. })));
    world.order.identity_until = Some(world.now + Span::minutes(1));
    assert!(world.decide(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, &world.actor(Chair::Buyer)).is_ok());
    world.now = world.now + Span::minutes(2);
    assert!(world.decide(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, &world.actor(Chair::Buyer)).is_err());
}

#[test]
fn the_cut_off_is_the_start_of_preparing() {
    let mut world = World::paid();
    assert_eq!(world.order.fulfilments.len(), 2, "one for each warehouse");
    let mut cancelled = world.clone();
    cancelled.give(&OrderCommand::Cancel, Chair::Buyer).unwrap();
    assert_eq!((cancelled.order.status(), cancelled.order.waits()), (Status::Cancelled, Waits::Refund));
    assert_eq!(cancelled.order.refunded(), cancelled.order.paid);
    let refund = cancelled.order.refunds[0].id;
    cancelled.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
    cancelled.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
    assert_eq!(cancelled.order.waits(), Waits::Nothing);

    world.give(&OrderCommand::StartPreparing { fulfilment: world.goods() }, Chair::Seller).unwrap();
    let late = world.give(&OrderCommand::Cancel, Chair::Buyer);
    assert!(matches!(late, Err(Refusal::WrongState { .. })), "{late:?}");
}

#[test]
fn boards_follow_the_order() {
    let mut world = World::placed();
    assert_eq!(world.order.status().board(), Board::AwaitingPayment);
    world = World::paid();
    assert_eq!(world.order.status().board(), Board::Orders);
    let fulfilment = world.goods();
    world.give(&OrderCommand::StartPreparing { fulfilment }, Chair::Seller).unwrap();
    assert_eq!(world.order.status().board(), Board::Orders, "the least advanced goods decide");
    assert!(world.order.is_mixed());
    let other = world.order.fulfilments[1].id;
    world.give(&OrderCommand::AutoRelease { fulfilment: other }, Chair::System).unwrap();
    assert_eq!(world.order.status().board(), Board::Preparing);
    assert_eq!(world.order.fulfilment(other).unwrap().state, FulfilmentState::PurchaseCompleted);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Random lives: whatever commands come in whatever order and chair, the invariants of `take_in` hold, units are
    /// conserved and nothing is paid twice or refunded beyond what was paid.
    #[test]
    fn random_lives_keep_the_invariants(steps in prop::collection::vec((any::<prop::sample::Index>(), 0usize..4, 0i64..40_000), 1..60)) {
        let mut world = World::placed();
        let units = world.units();
        for (pick, chair, seconds) in steps {
            world.now = world.now + Span::seconds(seconds);
            let commands = world.every_command();
            let chair = [Chair::Buyer, Chair::Seller, Chair::Admin, Chair::System][chair];
            let before = world.order.clone();
            if world.give(&commands[pick.index(commands.len())], chair).is_err() {
                prop_assert_eq!(&world.order, &before);
            }
            prop_assert_eq!(world.units(), units);
            prop_assert!(world.order.refunded() <= world.order.paid);
            prop_assert!(world.order.paid == Won::ZERO || world.order.paid == world.order.amounts.payable());
        }
    }
}
