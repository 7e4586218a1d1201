//! The order's rules as a whole: every command by every chair in every state, and random lives of orders.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

use jumun::{
    actor::{Actor, Chair},
    catalogue::{Category, Supply},
    command::ShipTo,
    ids::{AccountId, ClaimId, ContactId, CountingMint, CouponIssueId, FulfilmentId, OrderId, PartyId, ProductId, ReceiptId, VariantId, WarehouseId},
    ledger::{PointsAccount, Posting, StockAccount, is_balanced, postings},
    membership::{Purse, Tier},
    money::Won,
    notice::{Reader, notices},
    order::{
        AttemptState, Board, CarrierFact, CarrierStatus, ChildStage, Claim, CollectionState, Condition, Crew, DeclineCause, DeclineReason,
        Destination, Event, ExchangeWay, Extra, ExtraState, Facts, Front, Fulfilment, FulfilmentState, GoodwillReason, Half, HideReason,
        ImpossibleCause, Inbound, Installs, Job, LineUnits, OnOffer, OnShortage, Order, OrderCommand, Parcel, PartnerOffer, PaymentMethod,
        PaymentOutcome, PickupFact, Placement, PlacementLine, Purchase, Receipt, RefundAccount, RejectReason, ReturnReason, ReturnState, Review,
        ReviewStanding, SellerReason, ShortageAnswer, Source, Stars, Status, Visit, Waits,
        machines::{ATTEMPT, FRONT, FULFILMENT, RETURN, SHORTAGE},
        place, purchase,
    },
    policy::Policy,
    promotion::{CouponState, CouponTerms, Off},
    quantity::Quantity,
    refusal::{Problem, Refusal},
    stock::{Available, Shelf},
    text::{
        AccountNumber, Address, BankName, BusinessNumber, ClaimNote, OutsideSeller, PersonName, Phone, Postcode, ReviewText, SerialNumber, Words,
    },
    time::{Date, Span, Time},
    timer::{TimerChange, TimerKind, timers},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const START: Time = Time(1_790_000_000_000_000);
/// Ten days after it.
const PROMISED: Date = Date { year: 2026, month: 10, day: 1 };

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
    points: BTreeMap<PointsAccount, i64>,
    /// Where a command that names a place sends it.
    elsewhere: Destination,
    /// Somebody the seller can buy walls of.
    partner: Option<PartnerOffer>,
    policy: Policy,
}

/// What a buyer brings beside money.
#[derive(Default)]
struct Benefits {
    coupon: Option<CouponTerms>,
    tier_percent: u32,
    points: i64,
}

impl World {
    /// An order of two lines, just placed, whose units lie in two warehouses.
    fn placed() -> Self {
        Self::placed_from(2)
    }

    fn placed_from(warehouses: u32) -> Self {
        Self::placed_with(warehouses, 2, 3, OnShortage::Refuse).unwrap()
    }

    /// An order of two walls and some covers, where `walls` walls are on the shelf.
    fn placed_with(warehouses: u32, walls: i64, covers: u32, on_shortage: OnShortage) -> Result<Self, Refusal> {
        Self::placed_by(Benefits::default(), warehouses, walls, covers, on_shortage)
    }

    /// An order whose address nothing can be sent to.
    fn without_address() -> Self {
        let mut world = Self::placed_with(1, 2, 0, OnShortage::Refuse).unwrap();
        let Event::OrderPlaced(placed) = &world.log[0].0 else { unreachable!() };
        world.order = Order::born(&Event::OrderPlaced(placed.clone()), START).unwrap();
        world.log.truncate(1);
        world.stock = world.stock.into_iter().filter(|((account, _, _), _)| *account == StockAccount::Available).collect();
        for (variant, units) in [("WALL", 2), ("COVER", 7)] {
            for ((_, _, known), there) in &mut world.stock {
                if known.as_str() == variant {
                    *there = units;
                }
            }
        }
        world.take_in(&[Event::AddressNeeded]);
        world
    }

    /// The same where the walls are sold before they are there, out of a cap; none are on the shelf yet.
    fn promised(cap: i64, covers: u32, on_shortage: OnShortage) -> Result<Self, Refusal> {
        Self::placed_of(Supply::PreOrder, Benefits::default(), 1, cap, covers, on_shortage)
    }

    /// The same by a member who has 50,000 points.
    fn placed_by(benefits: Benefits, warehouses: u32, walls: i64, covers: u32, on_shortage: OnShortage) -> Result<Self, Refusal> {
        Self::placed_of(Supply::Stocked, benefits, warehouses, walls, covers, on_shortage)
    }

    fn placed_of(supply: Supply, benefits: Benefits, warehouses: u32, walls: i64, covers: u32, on_shortage: OnShortage) -> Result<Self, Refusal> {
        let mut mint = CountingMint::default();
        let (buyer, seller) = (PartyId::mint(&mut mint), PartyId::mint(&mut mint));
        let (near, far) = (WarehouseId::mint(&mut mint), WarehouseId::mint(&mut mint));
        let (wall, cover) = (VariantId::new("WALL"), VariantId::new("COVER"));
        let mut stock = BTreeMap::new();
        // What partners have is counted, and lies nowhere.
        let walls_on = match supply {
            Supply::Stocked => StockAccount::Available,
            Supply::PreOrder => StockAccount::PreOrder,
            Supply::ToOrder => StockAccount::Partners,
        };
        stock.insert((walls_on, near, wall.clone()), walls);
        stock.insert((StockAccount::Available, if warehouses == 1 { near } else { far }, cover.clone()), 7);
        let line = |variant: &VariantId, price, count| PlacementLine {
            product: ProductId::new("P"),
            variant: variant.clone(),
            category: if price > 100_000 { Category::Portable } else { Category::Parts },
            title: Words { ko: "물건".into(), en: None },
            option: Words::default(),
            quantity: Quantity::new(count).unwrap(),
            unit_price: Won(price),
            shipping_fee: Won(3_000),
            supply: if *variant == wall { supply } else { Supply::Stocked },
            ship_by: Some(PROMISED),
            installation: None,
        };
        let wish = Placement {
            buyer,
            seller,
            lines: std::iter::once(line(&wall, 400_000, 2)).chain((covers > 0).then(|| line(&cover, 35_000, covers))).collect(),
            contact: ContactId::mint(&mut mint),
            postcode: "06234".into(),
            undeliverable: false,
            address_later: false,
            island: false,
            blocked: false,
            unpaid_holds: 0,
            coupon: benefits.coupon.map(|terms| (CouponIssueId::mint(&mut mint), terms)),
            tier_percent: benefits.tier_percent,
            points: Won(benefits.points),
            installable: true,
            visit: None,
            site: None,
            seen_goods: None,
            external: None,
            on_shortage,
        };
        let elsewhere =
            Destination { contact: ContactId::mint(&mut mint), postcode: "48094".into(), deliverable: true, island: false, installable: true };
        let policy = Policy::default();
        let shelf = shelf(&stock);
        let points = BTreeMap::from([(PointsAccount::Spendable, 50_000)]);
        let purse = Purse { member: true, points: Won(50_000), coupon_ready: true, ..Purse::default() };
        let events = place(
            wish,
            &mut Facts {
                now: START,
                policy: &policy,
                mint: &mut mint,
                shelf: &shelf,
                purse,
                to: None,
                offer: None,
                partner: None,
                crew: Crew::default(),
            },
        )?;
        let order = Order::born(&events[0], START).unwrap();
        let mut world = Self {
            now: START,
            mint: mint.0,
            buyer,
            seller,
            order,
            log: vec![(events[0].clone(), START)],
            stock,
            points,
            elsewhere,
            partner: None,
            policy,
        };
        world.take_in(&events[1..]);
        Ok(world)
    }

    /// So many of each of the walls that could stand in for what was ordered.
    fn with_substitutes(mut self, units: i64) -> Self {
        let warehouse = self.stock.keys().next().unwrap().1;
        for variant in ["BETTER", "PLAIN"] {
            self.stock.insert((StockAccount::Available, warehouse, VariantId::new(variant)), units);
        }
        self
    }

    fn actor(&self, chair: Chair) -> Actor {
        let account = AccountId::mint(&mut CountingMint(900));
        match chair {
            Chair::Buyer => Actor::Customer { account, party: self.buyer },
            Chair::Seller => Actor::Staff { account, store: self.seller, manager: false },
            Chair::Admin => Actor::Admin { account: AccountId::mint(&mut CountingMint(2)) },
            Chair::System => Actor::System,
        }
    }

    fn decide(&mut self, command: &OrderCommand, actor: &Actor) -> Result<Vec<Event>, Refusal> {
        let (events, mint) = self.decide_at(self.now, command, actor)?;
        self.mint = mint;
        Ok(events)
    }

    /// What a command would answer at some time, and how many ids that takes.
    fn decide_at(&self, now: Time, command: &OrderCommand, actor: &Actor) -> Result<(Vec<Event>, u64), Refusal> {
        let shelf = shelf(&self.stock);
        let mut mint = CountingMint(self.mint);
        let purse = self.purse();
        let to = Some(self.elsewhere.clone());
        let offer = command.variant().and_then(on_offer);
        let partner = self.partner.clone().filter(|_| matches!(command, OrderCommand::BuyFromPartner { .. }));
        let mut facts = Facts { now, policy: &self.policy, mint: &mut mint, shelf: &shelf, purse, to, offer, partner, crew: Crew::default() };
        let events = self.order.decide(command, actor, &mut facts)?;
        Ok((events, mint.0))
    }

    fn purse(&self) -> Purse {
        let coupon_ready = self.order.coupon.as_ref().is_some_and(|coupon| coupon.state == CouponState::Ready);
        Purse { member: true, points: Won(self.points[&PointsAccount::Spendable]), coupon_ready, ..Purse::default() }
    }

    /// Applies events and checks what must hold after each of them.
    fn take_in(&mut self, events: &[Event]) {
        self.go_through(events);
        self.assert_folds();
    }

    fn assert_folds(&self) {
        let folded = Order::fold(self.log.iter().map(|(event, at)| (event, *at)));
        assert_eq!(folded.as_ref(), Some(&self.order), "the log folds into the state");
    }

    fn go_through(&mut self, events: &[Event]) {
        for event in events {
            let before = self.order.clone();
            // The child has put them on the shelf in the same breath.
            if let Event::ChildMoved { child, stage: ChildStage::Received } = event
                && let Some((goods, source)) = before.of_child(*child)
            {
                let variant = before.line(source.line()).unwrap().variant.clone();
                *self.stock.entry((StockAccount::Available, goods.warehouse, variant.clone())).or_default() += source.quantity().units();
                *self.stock.entry((StockAccount::Outside, goods.warehouse, variant)).or_default() -= source.quantity().units();
            }
            // The order above has set them apart in the same breath.
            if let (Event::ReturnRequested { units, above: Some(_), .. }, Some(Inbound { warehouse, variant, .. })) = (event, &before.inbound) {
                let units: i64 = units.iter().map(|units| units.quantity.units()).sum();
                *self.stock.entry((StockAccount::SetApart, *warehouse, variant.clone())).or_default() += units;
                *self.stock.entry((StockAccount::Outside, *warehouse, variant.clone())).or_default() -= units;
            }
            // The order that brings what was exchanged takes it.
            if let Event::ProductAdded { pieces, .. } = event {
                for piece in pieces {
                    let units = piece.quantity.units();
                    *self.stock.entry((StockAccount::Available, piece.warehouse, piece.variant.clone())).or_default() -= units;
                    *self.stock.entry((StockAccount::Outside, piece.warehouse, piece.variant.clone())).or_default() += units;
                }
            }
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
            for shortage in &self.order.shortages {
                let was = before.shortage(shortage.id).map_or(shortage.state, |shortage| shortage.state);
                assert!(was == shortage.state || SHORTAGE.allows(was, shortage.state), "{was:?} → {:?} by {}", shortage.state, event.name());
            }
            for claim in &self.order.claims {
                let was = before.claims.iter().find(|known| known.id == claim.id).map_or(claim.state, |known| known.state);
                assert!(was == claim.state || RETURN.allows(was, claim.state), "{was:?} → {:?} by {}", claim.state, event.name());
            }
            for journal in postings(&self.order, event) {
                assert!(is_balanced(&journal), "{}", event.name());
                for posting in journal {
                    match posting {
                        Posting::Stock { account, warehouse, variant, units } => {
                            let balance = self.stock.entry((account, warehouse, variant)).or_default();
                            *balance += units;
                            assert!(!account.is_floored() || *balance >= 0, "{account:?} below zero by {}", event.name());
                        }
                        Posting::Points { account, points, .. } => {
                            let balance = self.points.entry(account).or_default();
                            *balance += points.0;
                            assert!(!account.is_floored() || *balance >= 0, "{account:?} below zero by {}", event.name());
                        }
                        Posting::Money { .. } => {}
                    }
                }
            }
        }
        self.assert_whole();
    }

    /// What must hold between two commands: every unit is somewhere, the price table is the sum of what is left, and what was
    /// paid and not given back is what the order is worth.
    fn assert_whole(&self) {
        let order = &self.order;
        let coupon = order.coupon.as_ref().map(|coupon| coupon.state);
        assert_eq!(self.points.get(&PointsAccount::Held).copied().unwrap_or_default(), order.points_held.0, "points held are the order's");
        if order.front == Front::Cancelled {
            assert_eq!((order.points_held, order.points_used), (Won::ZERO, Won::ZERO), "a cancelled order keeps no points");
            assert!(coupon.is_none_or(|state| state == CouponState::Ready), "nor a coupon");
            return;
        }
        let table = order.amounts;
        let parts = [
            table.goods,
            table.promotion,
            table.coupon,
            table.tier,
            table.points,
            table.shipping,
            table.goodwill,
            table.spent_points,
            table.payable(),
        ];
        for part in parts {
            assert!(part >= Won::ZERO, "{table:?}");
        }
        if order.confirmed_at.is_some() {
            assert_eq!((order.points_held, order.points_used), (Won::ZERO, table.points), "points paid are those of the table");
            let back = matches!(order.status(), Status::Returned | Status::Refunded);
            assert!(coupon.is_none_or(|state| state == CouponState::Used || back && state == CouponState::Ready), "a sale has used its coupon");
        } else {
            assert!(order.points_held == Won::ZERO || order.points_held == table.points, "all points or none");
        }
        let mut shares = Won::ZERO;
        for line in &order.lines {
            let planned: u32 = order
                .fulfilments
                .iter()
                .filter(|goods| goods.is_live())
                .flat_map(|goods| &goods.lines)
                .filter(|planned| planned.line == line.id)
                .map(|planned| planned.quantity)
                .sum();
            if order.confirmed_at.is_some() {
                let somewhere = planned + order.missing_units(line.id) + order.units_back(line.id) + order.units_replaced(line.id);
                assert_eq!(somewhere, order.live_units(line) + order.units_leaving(line.id), "every unit of {} is somewhere", line.variant);
            }
            let gone = line.shares.of_units(line.quantity.get(), 0, order.cancelled_units(line.id));
            shares += line.shares.goods - gone.goods;
        }
        assert_eq!(shares, order.amounts.goods, "the table is the sum of what is left");
        if order.is_on_credit() {
            assert_eq!(order.paid, Won::ZERO, "what is bought on credit is not paid at the counter");
        } else if order.confirmed_at.is_some() {
            assert_eq!(order.paid - order.refunded(), order.amounts.payable(), "paid and kept is what it is worth");
        }
        for goods in order.fulfilments.iter().filter(|goods| goods.is_to_come()) {
            assert_eq!(goods.state, FulfilmentState::Planned, "nothing is prepared that is not here");
        }
        let committed = |to_order: bool| -> u32 {
            order.committed.iter().filter(|piece| (piece.supply == Supply::ToOrder) == to_order).map(|piece| piece.quantity).sum()
        };
        let inside = |goods: &&jumun::order::Fulfilment| goods.is_live() && goods.shipped_at.is_none();
        let here: u32 = order.fulfilments.iter().filter(inside).flat_map(|goods| goods.pieces_here()).map(|piece| piece.quantity).sum();
        assert_eq!(committed(false), here, "what is committed is what lies here and has not left");
        let to_buy: u32 = order.fulfilments.iter().filter(inside).flat_map(|goods| &goods.to_buy).map(|units| units.quantity).sum();
        assert_eq!(committed(true), to_buy, "what counts against partners is what is still to be bought");
        for goods in order.fulfilments.iter().filter(|goods| goods.is_live()) {
            for line in &goods.lines {
                let known = goods.units_sourced(line.line) + goods.units_unsourced(line.line);
                assert!(known <= line.quantity.get(), "more sources than units: {goods:?}");
                assert!(goods.units_to_buy(line.line) <= goods.units_unsourced(line.line), "bought and still to be bought: {goods:?}");
            }
            if !matches!(goods.state, FulfilmentState::Planned | FulfilmentState::Preparing) {
                assert!(goods.is_sourced(), "goods beyond Preparing have a source for every unit: {goods:?}");
            }
            if !matches!(goods.state, FulfilmentState::Planned | FulfilmentState::Preparing | FulfilmentState::PurchaseOrdered) {
                let here = goods.is_drop_ship() || goods.sources.iter().all(|source| !source.is_under_way());
                assert!(here, "what is ready is here: {goods:?}");
            }
        }
    }

    fn give(&mut self, command: &OrderCommand, chair: Chair) -> Result<(), Refusal> {
        let events = self.decide(command, &self.actor(chair))?;
        self.take_in(&events);
        Ok(())
    }

    /// What the people of stores are told by a step, and at which end of the order they are.
    fn tells(&self, command: &OrderCommand, chair: Chair) -> Vec<(&'static str, Chair)> {
        let mut after = self.clone();
        after.give(command, chair).unwrap();
        after.told_since(self.log.len())
    }

    /// What they were told since a place in the log.
    fn told_since(&self, place: usize) -> Vec<(&'static str, Chair)> {
        let mut order = Order::born(&self.log[0].0, self.log[0].1).unwrap();
        let mut heard = Vec::new();
        for (nth, (event, at)) in self.log.iter().enumerate() {
            if nth > 0 {
                order.apply(event, *at);
            }
            let told = notices(&order, event).into_iter().filter(|told| nth >= place && told.template.reader() != Reader::Customer);
            heard.extend(told.map(|told| (told.template.slug(), if told.party == self.seller { Chair::Seller } else { Chair::Buyer })));
        }
        heard
    }

    fn fail(&mut self, cause: DeclineCause) {
        self.give(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, Chair::Buyer).unwrap();
        let outcome = PaymentOutcome::Declined { cause, psp_code: "X".into() };
        self.give(&OrderCommand::RecordPayment { attempt: self.attempt(), outcome }, Chair::System).unwrap();
    }

    fn pay(&mut self) {
        self.give(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, Chair::Buyer).unwrap();
        let outcome = PaymentOutcome::Approved { payment_key: "k".into(), amount: self.order.due() };
        self.give(&OrderCommand::RecordPayment { attempt: self.attempt(), outcome }, Chair::System).unwrap();
    }

    fn units(&self) -> i64 {
        self.stock.values().sum()
    }

    /// Units on an account, of everything and everywhere.
    fn of(&self, account: StockAccount) -> i64 {
        self.stock.iter().filter(|((known, _, _), _)| *known == account).map(|(_, units)| units).sum()
    }

    /// The goods that a line is in.
    fn of_line(&self, nth: usize) -> FulfilmentId {
        let line = self.order.lines[nth].id;
        self.order.fulfilments.iter().find(|goods| goods.lines.iter().any(|planned| planned.line == line)).unwrap().id
    }

    /// Goods come to the warehouse that keeps the cap, or that partners send to.
    fn come(&mut self, variant: &str, units: i64) {
        let warehouse = self.stock.keys().find(|(account, _, _)| matches!(account, StockAccount::PreOrder | StockAccount::Partners)).unwrap().1;
        *self.stock.entry((StockAccount::Available, warehouse, VariantId::new(variant))).or_default() += units;
    }

    /// Goods come to another warehouse.
    fn elsewhere_to_come(&mut self, variant: &str, units: i64) -> WarehouseId {
        let warehouse = WarehouseId::mint(&mut CountingMint(800));
        self.stock.insert((StockAccount::Available, warehouse, VariantId::new(variant)), units);
        warehouse
    }

    fn attempt(&self) -> jumun::ids::AttemptId {
        self.order.attempts.last().map_or_else(|| jumun::ids::AttemptId::mint(&mut CountingMint(1)), |attempt| attempt.id)
    }

    fn goods(&self) -> FulfilmentId {
        self.order.fulfilments.iter().find(|goods| goods.is_live()).map_or_else(|| FulfilmentId::mint(&mut CountingMint(1)), |goods| goods.id)
    }

    /// One unit of these goods goes by itself.
    fn part(&self, fulfilment: FulfilmentId) -> OrderCommand {
        let line = self.order.fulfilment(fulfilment).map_or(self.order.lines[0].id, |goods| goods.lines[0].line);
        OrderCommand::SplitFulfilment { fulfilment, units: vec![LineUnits { line, quantity: Quantity::ONE }] }
    }

    /// Every command there is, aimed at what this order has.
    /// All of these goods go back, or so many units of each of their lines.
    fn wish(&self, fulfilment: FulfilmentId, reason: ReturnReason, units: Option<u32>) -> OrderCommand {
        let of =
            |line: &jumun::order::FulfilmentLine| LineUnits { line: line.line, quantity: units.and_then(Quantity::new).unwrap_or(line.quantity) };
        let units = self.order.fulfilment(fulfilment).map(|goods| goods.lines.iter().map(of).collect()).unwrap_or_default();
        OrderCommand::RequestReturn { fulfilment, units, reason, pickup_on: None, found_on: None, note: None }
    }

    /// The store would not pay back for what came.
    fn dispute(&self, claim: ClaimId, reason: RejectReason) -> OrderCommand {
        OrderCommand::DisputeReturn { claim, reason, note: ClaimNote::parse("상자에 다른 제품이 있습니다").unwrap(), serials: Vec::new() }
    }

    /// Other goods instead of the first line of these, or of so many units of it.
    fn exchange(&self, fulfilment: FulfilmentId, reason: ReturnReason, variant: &str, units: Option<u32>) -> OrderCommand {
        let of = self.order.fulfilment(fulfilment).and_then(|goods| goods.lines.first());
        let units = of.map(|line| LineUnits { line: line.line, quantity: units.and_then(Quantity::new).unwrap_or(line.quantity) });
        let (units, variant) = (units.into_iter().collect(), VariantId::new(variant));
        OrderCommand::RequestExchange { fulfilment, units, reason, variant, pickup_on: None, note: None }
    }

    /// Everything has reached the buyer.
    fn delivered(mut self) -> Self {
        self.pay();
        self.arrive();
        self
    }

    fn arrive(&mut self) {
        let ids: Vec<FulfilmentId> = self.order.fulfilments.iter().filter(|goods| goods.is_live()).map(|goods| goods.id).collect();
        for fulfilment in ids {
            self.give(&OrderCommand::AutoRelease { fulfilment }, Chair::System).unwrap();
            self.give(&OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "1".into() }, Chair::System).unwrap();
            let facts = vec![CarrierFact { status: CarrierStatus::Delivered, place: "서울".into(), at: self.now }];
            self.give(&OrderCommand::RecordTracking { fulfilment, facts }, Chair::System).unwrap();
        }
    }

    /// The live goods that a line is in.
    fn of_line_live(&self, line: jumun::ids::LineId) -> FulfilmentId {
        let has = |goods: &&Fulfilment| goods.is_live() && goods.lines.iter().any(|planned| planned.line == line);
        self.order.fulfilments.iter().find(has).map_or_else(|| self.goods(), |goods| goods.id)
    }

    /// The return that was asked for last, up to its money.
    fn through(&mut self) {
        let claim = self.order.claims.last().unwrap().id;
        self.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
        self.give(&OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }, Chair::Seller).unwrap();
        if self.order.claim(claim).unwrap().state == ReturnState::AwaitingRefundApproval {
            self.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
        }
        for refund in self.order.claim(claim).unwrap().refunds.clone() {
            self.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
        }
    }

    /// A return of some goods as far as somebody has looked at them.
    fn sent_back(&mut self, fulfilment: FulfilmentId, reason: ReturnReason, units: Option<u32>) -> ClaimId {
        let wish = self.wish(fulfilment, reason, units);
        self.give(&wish, Chair::Buyer).unwrap();
        let claim = self.order.claims.last().unwrap().id;
        self.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
        let collection = self.order.claim(claim).unwrap().collection.unwrap();
        self.give(&OrderCommand::RecordCollection { collection, state: CollectionState::PickedUp, visit: None }, Chair::System).unwrap();
        self.give(&OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }, Chair::Seller).unwrap();
        claim
    }

    fn every_command(&self) -> Vec<OrderCommand> {
        let (attempt, fulfilment) = (self.attempt(), self.goods());
        let amount = self.order.due();
        let owed = self.order.refunds.iter().find(|refund| refund.completed_at.is_none()).or(self.order.refunds.first());
        let refund = owed.map_or_else(|| jumun::ids::RefundId::mint(&mut CountingMint(1)), |refund| refund.id);
        let deposit = jumun::order::Deposit { bank: "은행".into(), account: "1".into(), due: self.now + Span::days(1) };
        let live = self.order.shortages.iter().find(|shortage| shortage.is_live()).or(self.order.shortages.last());
        let shortage = live.map_or_else(|| jumun::ids::ShortageId::mint(&mut CountingMint(1)), |shortage| shortage.id);
        let sources = || self.order.fulfilments.iter().flat_map(|goods| &goods.sources);
        let mut bought = sources().filter_map(|source| match source {
            Source::ChildPurchase { order, quantity, .. } => Some((*order, quantity.get())),
            Source::Allocation { .. } | Source::Receipt { .. } => None,
        });
        let mut receipts = sources().filter_map(|source| match source {
            Source::Receipt { receipt, .. } => Some(*receipt),
            Source::Allocation { .. } | Source::ChildPurchase { .. } => None,
        });
        let receipt = receipts.next_back().unwrap_or_else(|| ReceiptId::mint(&mut CountingMint(1)));
        let (child, asked) = bought.next_back().unwrap_or_else(|| (OrderId::mint(&mut CountingMint(1)), 1));
        let (line, variant) = (self.order.lines[0].id, VariantId::new("WHOLESALE"));
        let buy = |drop_ship| OrderCommand::BuyFromPartner { fulfilment, line, quantity: Quantity::ONE, variant: variant.clone(), drop_ship };
        let brought = CarrierFact { status: CarrierStatus::Delivered, place: "서울".into(), at: self.now };
        let parcel = |state, sent: bool| {
            let sent_by = sent.then(|| ("CJ".to_owned(), "1".to_owned()));
            Box::new(Parcel { state, sent_by, facts: sent.then(|| brought.clone()).into_iter().collect(), redeliver_on: None })
        };
        let open = self.order.claims.iter().find(|claim| claim.is_open()).or(self.order.claims.last());
        let claim = open.map_or_else(|| ClaimId::mint(&mut CountingMint(1)), |claim| claim.id);
        let apart = self.order.claims.iter().find(|claim| self.order.is_set_apart(claim)).map_or(claim, |claim| claim.id);
        let collection = open.and_then(|claim| claim.collection).unwrap_or_else(|| OrderId::mint(&mut CountingMint(1)));
        let exchange = open.and_then(|claim| claim.exchange.as_deref());
        let replacement = exchange.and_then(|exchange| exchange.replacement).unwrap_or_else(|| OrderId::mint(&mut CountingMint(1)));
        let wanted = exchange.map_or_else(|| VariantId::new("BETTER"), |exchange| exchange.wanted.clone());
        let brought = exchange.map_or(1, |exchange| exchange.units);
        let replaced = |stage, units| OrderCommand::RecordReplacement { replacement, stage, units, reason: ReturnReason::NotSupplied };
        let fact = |status| CarrierFact { status, place: "서울".into(), at: self.now };
        let outcome = |outcome| OrderCommand::RecordPayment { attempt, outcome };
        let to = ShipTo {
            name: PersonName::parse("김철수").unwrap(),
            phone: Phone::parse("010-1234-5678").unwrap(),
            postcode: Postcode::parse("48094").unwrap(),
            address: Address::parse("부산 해운대구 1").unwrap(),
            request: None,
        };
        let visit = Visit { on: (self.now + Span::days(2)).kst_date(), half: Half::Morning };
        // Nobody has asked for more here: what there is to say of it is said in tests/installation.rs.
        let extra = Extra {
            id: jumun::ids::ExtraId::mint(&mut CountingMint(1)),
            installation: child,
            fulfilment,
            work: Vec::new(),
            photo: String::new(),
            state: ExtraState::Proposed,
            proposed_at: self.now,
            until: self.now,
            given_back: false,
        };
        vec![
            OrderCommand::RequestPayment { method: PaymentMethod::Card },
            OrderCommand::RequestPayment { method: PaymentMethod::VirtualAccount },
            OrderCommand::AuthorisePayment { attempt, payment_key: "k".into(), amount },
            OrderCommand::CancelPayment { attempt, cause: DeclineCause::Buyer, psp_code: "USER_CANCEL".into() },
            OrderCommand::Cancel,
            OrderCommand::CancelLines { units: vec![LineUnits { line: self.order.lines[0].id, quantity: Quantity::ONE }] },
            OrderCommand::CancelLines { units: self.order.lines.iter().map(|line| LineUnits { line: line.id, quantity: line.quantity }).collect() },
            OrderCommand::SellerCancel { reason: SellerReason::OutOfStock },
            OrderCommand::ChooseShortage { shortage, answer: ShortageAnswer::Wait },
            OrderCommand::ChooseShortage { shortage, answer: ShortageAnswer::Take },
            OrderCommand::ChooseShortage { shortage, answer: ShortageAnswer::Cancel },
            OrderCommand::Substitute { shortage, variant: VariantId::new("BETTER") },
            OrderCommand::Substitute { shortage, variant: VariantId::new("PLAIN") },
            OrderCommand::ProposeSubstitute { shortage, variant: VariantId::new("BETTER"), waive: true },
            OrderCommand::DropChange,
            OrderCommand::ExpireDifference,
            OrderCommand::FillShortage { shortage },
            OrderCommand::KeepPromise { fulfilment },
            OrderCommand::ExpirePromise { fulfilment },
            OrderCommand::ExpireShortages,
            OrderCommand::ReaskShortages,
            // Of nothing: every part there can be would make of a few thousand states far more. Random lives split for true.
            OrderCommand::SplitFulfilment { fulfilment, units: Vec::new() },
            OrderCommand::ReportStockLoss { fulfilment, line: self.order.lines[0].id, quantity: Quantity::ONE },
            OrderCommand::RecordOutboundStopped { fulfilment, stopped: true },
            OrderCommand::RecordOutboundStopped { fulfilment, stopped: false },
            OrderCommand::ReturnToSender { fulfilment },
            OrderCommand::ReceiveBack { fulfilment, restock: true },
            OrderCommand::ReceiveBack { fulfilment, restock: false },
            OrderCommand::ChangeAddress { to: to.clone() },
            OrderCommand::FixAddress { to },
            OrderCommand::ExpireAddressFix,
            OrderCommand::ExpireAcceptance,
            OrderCommand::Redeliver { fulfilment, on: (self.now + Span::days(2)).kst_date(), to: None },
            self.wish(fulfilment, ReturnReason::ChangeOfMind, None),
            self.wish(fulfilment, ReturnReason::Defect, Some(1)),
            self.exchange(fulfilment, ReturnReason::Defect, "WALL", Some(1)),
            self.exchange(fulfilment, ReturnReason::ChangeOfMind, "BETTER", None),
            self.exchange(fulfilment, ReturnReason::ChangeOfMind, "PLAIN", None),
            OrderCommand::ApproveExchange { claim, way: ExchangeWay::Swap, variant: wanted.clone(), waive: false },
            OrderCommand::ApproveExchange { claim, way: ExchangeWay::Swap, variant: wanted.clone(), waive: true },
            OrderCommand::ApproveExchange { claim, way: ExchangeWay::Add, variant: wanted, waive: false },
            OrderCommand::ApproveExchange { claim, way: ExchangeWay::Add, variant: VariantId::new("PLAIN"), waive: true },
            replaced(ChildStage::Sending, brought),
            replaced(ChildStage::Delivered, brought.min(1)),
            replaced(ChildStage::Received, brought),
            replaced(ChildStage::Ended, 0),
            OrderCommand::GiveRefundAccount {
                account: RefundAccount {
                    bank: BankName::parse("한빛은행").unwrap(),
                    number: AccountNumber::parse("110-234-567890").unwrap(),
                    holder: PersonName::parse("김철수").unwrap(),
                },
            },
            OrderCommand::WithdrawReturn { claim },
            OrderCommand::ApproveReturn { claim },
            OrderCommand::RejectReturn {
                claim, reason: RejectReason::NotShown, note: ClaimNote::parse("사진에 문제가 보이지 않습니다").unwrap()
            },
            OrderCommand::RejectReturn { claim, reason: RejectReason::NotAgreed, note: ClaimNote::parse("합의한 적이 없습니다").unwrap() },
            OrderCommand::AskAboutReturn { claim, note: ClaimNote::parse("상자도 있나요?").unwrap() },
            OrderCommand::AnswerAboutReturn { claim, note: ClaimNote::parse("네, 있어요").unwrap() },
            OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() },
            OrderCommand::InspectReturn { claim, restock: false, serials: Vec::new() },
            OrderCommand::PassReturnOn { claim, serials: Vec::new() },
            self.dispute(claim, RejectReason::OtherGoods),
            self.dispute(claim, RejectReason::NotShown),
            OrderCommand::RefundWithoutGoods { claim },
            OrderCommand::PutAway { claim: apart, restock: true },
            OrderCommand::PutAway { claim: apart, restock: false },
            OrderCommand::TakeUpReturn {
                above: ClaimId::mint(&mut CountingMint(77)),
                quantity: Quantity::ONE,
                reason: ReturnReason::Defect,
                photos: vec!["shown".into()],
            },
            OrderCommand::ApproveRefund { claim },
            OrderCommand::RejectRefund { claim, reason: RejectReason::CausedByUse, note: ClaimNote::parse("긁힌 자국이 있습니다").unwrap() },
            OrderCommand::RefundGoodwill { amount: Won(5_000), reason: GoodwillReason::Late },
            OrderCommand::RefundGoodwill { amount: Won(390_000), reason: GoodwillReason::SmallFlaw },
            OrderCommand::ApproveGoodwill,
            OrderCommand::RejectGoodwill,
            OrderCommand::RequestReview,
            OrderCommand::WriteReview { line: self.order.lines[0].id, stars: Stars::new(4).unwrap(), text: said() },
            OrderCommand::ChangeReview { line: self.order.lines[0].id, stars: Stars::new(2).unwrap(), text: said(), keep: Vec::new() },
            OrderCommand::AnswerReview { line: self.order.lines[0].id, text: said() },
            OrderCommand::HideReview { line: self.order.lines[0].id, reason: HideReason::OffTopic },
            OrderCommand::ShowReview { line: self.order.lines[0].id },
            OrderCommand::RecordPickup { fact: PickupFact::PickedUp { at: self.now } },
            OrderCommand::RecordCollection { collection, state: CollectionState::PickedUp, visit: None },
            OrderCommand::AssignPickup { claim, installer: self.seller },
            OrderCommand::SchedulePickup { visit },
            OrderCommand::CompletePickup { condition: Condition::Used },
            OrderCommand::ReportNotGiven,
            OrderCommand::DeclinePickup { reason: DeclineReason::Busy },
            OrderCommand::ReceivePickup,
            OrderCommand::ConfirmPurchase,
            OrderCommand::StartPreparing { fulfilment },
            OrderCommand::Allocate { fulfilment },
            OrderCommand::UndoAllocation { fulfilment },
            // Of none, for the same reason.
            OrderCommand::NameUnits { fulfilment, serials: Vec::new() },
            buy(false),
            buy(true),
            OrderCommand::RecordReceipt {
                fulfilment,
                line: self.order.lines[0].id,
                quantity: Quantity::ONE,
                receipt: Receipt {
                    seller: OutsideSeller::parse("동네 전자").unwrap(),
                    business_number: BusinessNumber::parse("220-81-62517").unwrap(),
                    amount: Won(310_000),
                    on: self.now.kst_date(),
                },
            },
            OrderCommand::VoidReceipt { receipt },
            OrderCommand::AttachReceipt { receipt, photo: "0".repeat(64) },
            OrderCommand::AcceptOrder { units: Vec::new() },
            OrderCommand::AcceptOrder { units: vec![LineUnits { line: self.order.lines[0].id, quantity: Quantity::ONE }] },
            OrderCommand::RecordChild { child, stage: ChildStage::Accepted, units: asked },
            OrderCommand::RecordChild { child, stage: ChildStage::Sending, units: asked },
            OrderCommand::RecordChild { child, stage: ChildStage::Received, units: asked },
            OrderCommand::RecordChild { child, stage: ChildStage::Ended, units: 0 },
            OrderCommand::RecordParcel { child, parcel: parcel(FulfilmentState::PurchaseCompleted, false) },
            OrderCommand::RecordParcel { child, parcel: parcel(FulfilmentState::Delivered, true) },
            OrderCommand::FollowParent { contact: self.order.contact, postcode: self.order.postcode.clone(), redeliver_on: None },
            OrderCommand::CancelWithParent,
            OrderCommand::AssignInstaller { fulfilment, installer: self.seller },
            OrderCommand::UnassignInstaller { fulfilment },
            OrderCommand::WishVisit { visit },
            OrderCommand::AcceptInstallation,
            OrderCommand::DeclineInstallation { reason: DeclineReason::Busy },
            OrderCommand::ScheduleVisit { visit },
            OrderCommand::Depart,
            OrderCommand::ReportAbsent,
            OrderCommand::ReportDelivered,
            OrderCommand::CompleteInstallation {
                serials: Vec::new(),
                checked: Vec::new(),
                signed_by: PersonName::parse("김철수").unwrap(),
                signature: None,
            },
            OrderCommand::ReportImpossible { cause: ImpossibleCause::Space },
            OrderCommand::ProposeExtra { work: Vec::new(), photo: String::new() },
            OrderCommand::WithdrawExtra,
            OrderCommand::ApproveExtra { extra: extra.id },
            OrderCommand::RefuseExtra { extra: extra.id },
            OrderCommand::ExpireExtra { fulfilment },
            OrderCommand::RecordExtra { extra: Box::new(Extra { state: ExtraState::Lapsed, ..extra }) },
            OrderCommand::RecordInstallation { installation: child, job: Box::new(Job::new(Installs { fulfilment, call_out: Won(1) })) },
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

    /// Two walls are paid for and being prepared; a partner has some too.
    fn preparing_with_a_partner() -> Self {
        let mut world = Self::placed_with(1, 2, 0, OnShortage::Refuse).unwrap();
        world.pay();
        world.give(&OrderCommand::StartPreparing { fulfilment: world.goods() }, Chair::Seller).unwrap();
        world.partner = Some(world.wholesale());
        world
    }

    fn wholesale(&self) -> PartnerOffer {
        let mint = &mut CountingMint(700);
        let (variant, warehouse) = (VariantId::new("WHOLESALE"), WarehouseId::mint(mint));
        PartnerOffer {
            seller: PartyId::mint(mint),
            product: ProductId::new("W"),
            variant: variant.clone(),
            ours: VariantId::new("WALL"),
            title: Words { ko: "도매 물건".into(), en: None },
            option: Words::default(),
            unit_price: Won(300_000),
            least: 1,
            credit_left: Won(10_000_000),
            shelf: vec![Available { variant, warehouse, postcode: "31000".into(), units: 4, supply: Supply::Stocked }],
        }
    }

    /// Two walls that the seller of another world buys of its partner.
    fn bought() -> Self {
        let buying = Self::preparing_with_a_partner();
        let offer = buying.wholesale();
        let mut mint = CountingMint(buying.mint);
        let wish = Purchase {
            id: OrderId::mint(&mut mint),
            parent: Some((buying.order.id, buying.order.root)),
            buyer: buying.seller,
            quantity: Quantity::new(2).unwrap(),
            contact: ContactId::mint(&mut mint),
            postcode: "06234".into(),
            inbound: Inbound { warehouse: buying.order.fulfilments[0].warehouse, variant: VariantId::new("WALL"), drop_ship: false },
        };
        let policy = Policy::default();
        let mut facts = Facts {
            now: START,
            policy: &policy,
            mint: &mut mint,
            shelf: &Shelf::new(),
            purse: Purse::default(),
            to: None,
            offer: None,
            partner: None,
            crew: Crew::default(),
        };
        let events = purchase(wish, &offer, &mut facts).unwrap();
        let order = Order::born(&events[0], START).unwrap();
        let stock = BTreeMap::from([((StockAccount::Available, offer.shelf[0].warehouse, offer.variant.clone()), 4)]);
        let (buyer, seller) = (buying.seller, offer.seller);
        let log = vec![(events[0].clone(), START)];
        let mut world = Self { buyer, seller, order, log, stock, mint: mint.0, partner: None, ..buying };
        world.points = BTreeMap::from([(PointsAccount::Spendable, 50_000)]);
        world.take_in(&events[1..]);
        world
    }

    /// The same, counted in: they lie on the shelf of the store that bought them.
    fn counted_in() -> Self {
        let mut world = Self::bought();
        world.give(&OrderCommand::AcceptOrder { units: Vec::new() }, Chair::Seller).unwrap();
        world.arrive();
        world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
        world
    }

    /// Two walls that a partner brought are with their buyer.
    fn brought_by_a_partner() -> Self {
        let mut world = Self::preparing_with_a_partner();
        let (fulfilment, line) = (world.goods(), world.order.lines[0].id);
        let two = Quantity::new(2).unwrap();
        world
            .give(
                &OrderCommand::BuyFromPartner { fulfilment, line, quantity: two, variant: VariantId::new("WHOLESALE"), drop_ship: false },
                Chair::Seller,
            )
            .unwrap();
        let Source::ChildPurchase { order: child, .. } = world.order.fulfilments[0].sources[0] else { unreachable!() };
        world.give(&OrderCommand::RecordChild { child, stage: ChildStage::Received, units: 2 }, Chair::System).unwrap();
        world.give(&OrderCommand::Release { fulfilment }, Chair::Seller).unwrap();
        world.give(&OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "1".into() }, Chair::System).unwrap();
        let facts = vec![CarrierFact { status: CarrierStatus::Delivered, place: "서울".into(), at: world.now }];
        world.give(&OrderCommand::RecordTracking { fulfilment, facts }, Chair::System).unwrap();
        world
    }

    fn paid() -> Self {
        let mut world = Self::placed();
        world.pay();
        world
    }
}

/// What the seller has on offer beside what was ordered: walls that cost more and walls that cost less.
fn on_offer(variant: &VariantId) -> Option<OnOffer> {
    let unit_price = match variant.as_str() {
        "BETTER" => Won(450_000),
        "PLAIN" => Won(380_000),
        _ => return None,
    };
    let words = Words { ko: "다른 물건".into(), en: None };
    let (product, option) = (ProductId::new("Q"), Words::default());
    Some(OnOffer { product, variant: variant.clone(), title: words, option, unit_price, supply: Supply::Stocked, installable: false })
}

fn shelf(stock: &BTreeMap<(StockAccount, WarehouseId, VariantId), i64>) -> Shelf {
    stock
        .iter()
        .filter_map(|((account, warehouse, variant), units)| {
            let supply = match account {
                StockAccount::Available => Supply::Stocked,
                StockAccount::PreOrder => Supply::PreOrder,
                StockAccount::Partners => Supply::ToOrder,
                _ => return None,
            };
            Some(Available { variant: variant.clone(), warehouse: *warehouse, postcode: "06000".into(), units: *units as u32, supply })
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

/// Walks every state that commands can reach from these worlds, trying every command from every chair in each: a chair that is
/// not in the list is refused, a refusal changes nothing, and whatever is done keeps the invariants of `take_in`. Answers the
/// statuses that were seen.
fn walk(open: Vec<World>) -> Vec<Status> {
    // What is bought outside, and what goes back, makes every state of preparing several; walks of their own go on from it.
    walk_by(open, |command| {
        let apart = |command: &OrderCommand| matches!(command, OrderCommand::RequestReturn { .. } | OrderCommand::RequestExchange { .. });
        let said = matches!(command, OrderCommand::WriteReview { .. } | OrderCommand::RequestReview);
        let elsewhere =
            matches!(command, OrderCommand::RecordReceipt { .. } | OrderCommand::RefundGoodwill { .. } | OrderCommand::TakeUpReturn { .. });
        !elsewhere && !apart(command) && !said
    })
}

/// The same, going on only from what these commands do; the others are tried too.
fn walk_by(mut open: Vec<World>, goes_on: fn(&OrderCommand) -> bool) -> Vec<Status> {
    let sources = |goods: &Fulfilment| -> Vec<_> {
        let stage = |source: &Source| match source {
            Source::ChildPurchase { stage, .. } => (Some(*stage), false),
            Source::Allocation { .. } => (None, false),
            Source::Receipt { .. } => (None, true),
        };
        goods.sources.iter().map(|source| (stage(source), source.quantity())).collect()
    };
    let going = |claim: &Claim| {
        let exchange = claim.exchange.as_deref()?;
        Some((exchange.terms.as_ref().map(|terms| (terms.way, terms.due())), exchange.stage, exchange.units, exchange.settled, exchange.failed))
    };
    let shape = |world: &World| {
        let shape = (
            world.order.front,
            world.order.fulfilments.iter().map(|goods| (goods.state, goods.outbound_requested_at.is_some())).collect::<Vec<_>>(),
            world.order.attempts.last().map(|attempt| (attempt.state, attempt.payment_key.is_some(), attempt.void_requested)),
            world.order.held.is_empty(),
            world.order.attempts.len().min(5),
            world.order.refunds.iter().map(|refund| refund.completed_at.is_some()).collect::<Vec<_>>(),
            world.order.shortages.iter().map(|shortage| shortage.state).collect::<Vec<_>>(),
            world.order.lines.iter().map(|line| world.order.live_units(line)).collect::<Vec<_>>(),
            world.order.cancelling,
            (world.order.readdressing.is_some(), world.order.address_needed, world.order.difference.is_some()),
            (
                world.order.shortages.iter().map(|shortage| shortage.proposals.len()).collect::<Vec<_>>(),
                world.order.fulfilments.iter().map(|goods| (sources(goods), goods.unsourced.clone())).collect::<Vec<_>>(),
            ),
            world.order.fulfilments.iter().map(|goods| (goods.failures.min(3), goods.stopping, goods.redeliver_on.is_some())).collect::<Vec<_>>(),
        );
        let shape = (
            shape,
            world
                .order
                .claims
                .iter()
                .rev()
                .take(2)
                .map(|claim| (claim.state, claim.asked_at.is_some(), going(claim), claim.put_away))
                .collect::<Vec<_>>(),
        );
        let shape = (shape, world.order.fulfilments.iter().map(|goods| (goods.is_to_come(), goods.overdue)).collect::<Vec<_>>());
        let stands = |review: &Review| (review.line, world.order.standing_of(review), review.answer.is_some(), review.changed_at.is_some());
        let shape = (shape, world.order.reviews.iter().map(stands).collect::<Vec<_>>(), world.order.review_asked);
        let shape = (shape, world.order.goodwill.map(|goodwill| goodwill.amount), world.order.amounts.goodwill);
        format!("{shape:?}")
    };
    for world in &mut open {
        // One retry shows what three do, in far fewer states.
        world.policy.buyer_retries = 1;
    }
    let mut seen: BTreeSet<String> = open.iter().map(shape).collect();
    let mut statuses: Vec<Status> = open.iter().map(|world| world.order.status()).collect();
    while let Some(world) = open.pop() {
        let units = world.units();
        for command in world.every_command() {
            for chair in [Chair::Buyer, Chair::Seller, Chair::Admin, Chair::System] {
                // Timers are tried when their time has come.
                let mut now = world.order.held_until.map_or(world.now, |until| until.max(world.now)) + Span::seconds(1);
                if matches!(command, OrderCommand::ExpireShortages | OrderCommand::ReaskShortages) {
                    now = now + Span::days(7);
                }
                if matches!(command, OrderCommand::ExpirePromise { .. }) {
                    now = now + Span::days(20);
                }
                // Most of it is refused: only what is done is done to a world of its own.
                let (events, mint) = match world.decide_at(now, &command, &world.actor(chair)) {
                    Ok(decided) => decided,
                    Err(refusal) => {
                        let listed = command.chairs().contains(&chair);
                        assert_eq!(!listed, refusal == Refusal::NotAllowed, "{} by {chair:?}", command.name());
                        continue;
                    }
                };
                assert!(command.chairs().contains(&chair), "{} by {chair:?}", command.name());
                let mut next = World { now, mint, ..world.clone() };
                if let Some(offer) = offer_of(&command) {
                    let offered = next.order.offers(chair, next.now).contains(&offer);
                    assert!(offered, "{} works in {:?} but is not offered", command.name(), next.order.status());
                }
                next.go_through(&events);
                assert_eq!(next.units(), units, "units are conserved");
                if next.order.front == Front::Cancelled || next.order.front == Front::Completed {
                    assert!(next.order.held.is_empty() && next.order.committed.is_empty(), "{} keeps {:?}", command.name(), next.order);
                }
                let approved = next.order.attempts.iter().filter(|attempt| attempt.state == AttemptState::Approved);
                let mut paid_for = BTreeSet::new();
                assert!(approved.into_iter().all(|attempt| paid_for.insert(attempt.difference)), "paid twice");
                assert!(next.order.refunded() <= next.order.paid);
                if !statuses.contains(&next.order.status()) {
                    statuses.push(next.order.status());
                }
                if goes_on(&command) && seen.insert(shape(&next)) {
                    next.assert_folds();
                    open.push(next);
                }
            }
        }
        assert!(seen.len() < 20_000, "the walk does not end");
    }
    statuses
}

#[test]
fn every_command_by_every_chair_in_every_state() {
    let statuses = walk(vec![
        World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap(),
        World::placed_with(1, 1, 0, OnShortage::Ask).unwrap(),
        World::without_address(),
    ]);
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
        Status::PartiallyAvailable,
        Status::OutOfStock,
        Status::WaitingStock,
        Status::ReturningToSender,
        Status::Returned,
        Status::Refunded,
    ] {
        assert!(statuses.contains(&status), "{status:?} was never reached; seen {statuses:?}");
    }
}

/// The same where one other unit could take the place of the one that was paid for and lost: a dearer one, and a cheaper one.
#[test]
fn every_command_by_every_chair_while_goods_are_substituted() {
    for variant in ["BETTER", "PLAIN"] {
        let mut lost = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().with_substitutes(0);
        let units = vec![LineUnits { line: lost.order.lines[0].id, quantity: Quantity::ONE }];
        lost.give(&OrderCommand::CancelLines { units }, Chair::Buyer).unwrap();
        lost.pay();
        lose_a_wall(&mut lost);
        for ((_, _, known), units) in &mut lost.stock {
            *units = if known.as_str() == variant { 1 } else { 0 };
        }
        let statuses = walk(vec![lost]);
        assert!(statuses.contains(&Status::Completed) && statuses.contains(&Status::Refunded), "{statuses:?}");
    }
}

/// The same while the seller buys what he sold of a partner, one unit or both.
#[test]
fn every_command_by_every_chair_while_goods_are_bought_of_a_partner() {
    let statuses = walk_by(vec![World::preparing_with_a_partner()], |command| {
        matches!(
            command,
            OrderCommand::Allocate { .. }
                | OrderCommand::UndoAllocation { .. }
                | OrderCommand::BuyFromPartner { .. }
                | OrderCommand::RecordReceipt { .. }
                | OrderCommand::VoidReceipt { .. }
                | OrderCommand::AttachReceipt { .. }
                | OrderCommand::RecordChild { .. }
                | OrderCommand::ReportStockLoss { .. }
                | OrderCommand::ChooseShortage { .. }
                | OrderCommand::SellerCancel { .. }
                | OrderCommand::Release { .. }
                | OrderCommand::RecordOutboundCompleted { .. }
                | OrderCommand::RecordTracking { .. }
                | OrderCommand::ConfirmPurchase
        )
    });
    for status in [Status::Preparing, Status::PurchaseOrdered, Status::PurchaseCompleted, Status::Completed, Status::Cancelled, Status::OutOfStock] {
        assert!(statuses.contains(&status), "{status:?} was never reached; seen {statuses:?}");
    }
}

/// What one store buys of another: agreed to, sent, counted in; nobody pays at a counter.
#[test]
fn every_command_by_every_chair_of_a_purchase() {
    let statuses = walk(vec![World::bought()]);
    for status in
        [Status::StockReserved, Status::Confirmed, Status::Preparing, Status::Shipped, Status::Delivered, Status::Completed, Status::Cancelled]
    {
        assert!(statuses.contains(&status), "{status:?} was never reached; seen {statuses:?}");
    }
    for status in [Status::PaymentPending, Status::PaymentFailed, Status::Paid] {
        assert!(!statuses.contains(&status), "{status:?} was reached");
    }
}

/// The same of units that are sold before they are there, where one of the two that were promised comes.
#[test]
fn every_command_by_every_chair_while_goods_are_to_come() {
    let mut half = World::promised(2, 0, OnShortage::Refuse).unwrap();
    half.come("WALL", 1);
    let units = vec![LineUnits { line: half.order.lines[0].id, quantity: Quantity::ONE }];
    half.give(&OrderCommand::CancelLines { units }, Chair::Buyer).unwrap();
    let statuses = walk(vec![half, World::promised(3, 0, OnShortage::Refuse).unwrap()]);
    assert!(statuses.contains(&Status::Completed) && statuses.contains(&Status::Refunded), "{statuses:?}");
}

#[test]
fn a_promise_is_given_out_of_its_cap_and_nobody_waits_beyond_it() {
    for on_shortage in [OnShortage::Refuse, OnShortage::Wait, OnShortage::Ask] {
        let short = World::promised(1, 3, on_shortage);
        assert!(matches!(short, Err(Refusal::OutOfStock { asked: 2, available: 1, .. })), "{on_shortage:?}");
    }
    let taken = World::promised(1, 3, OnShortage::Take).unwrap();
    assert_eq!((taken.order.status(), taken.order.lines[0].quantity.get()), (Status::StockReserved, 1));
    assert!(taken.order.shortages.is_empty());

    let mut world = World::promised(5, 3, OnShortage::Refuse).unwrap();
    assert_eq!((world.of(StockAccount::PreOrder), world.of(StockAccount::PreHeld), world.of(StockAccount::Held)), (3, 2, 3));
    assert_eq!((world.order.lines[0].ship_by, world.order.lines[1].ship_by), (Some(PROMISED), None));
    // A hold that lapses is taken out of the cap again.
    world.fail(DeclineCause::Limit);
    world.now = world.now + Span::minutes(31);
    world.give(&OrderCommand::ExpireHold, Chair::System).unwrap();
    assert_eq!((world.of(StockAccount::PreOrder), world.of(StockAccount::PreHeld)), (5, 0));
    world.pay();
    assert_eq!((world.of(StockAccount::PreOrder), world.of(StockAccount::PreCommitted), world.of(StockAccount::Committed)), (3, 2, 3));
    // Cancelled: the cap has them back, and the shelf what was of the shelf.
    world.give(&OrderCommand::Cancel, Chair::Buyer).unwrap();
    assert_eq!((world.of(StockAccount::PreOrder), world.of(StockAccount::PreCommitted), world.of(StockAccount::Available)), (5, 0, 7));
}

#[test]
fn what_was_promised_waits_for_goods_and_leaves_when_they_come() {
    let mut world = World::promised(5, 3, OnShortage::Refuse).unwrap();
    world.pay();
    let (confirmed, at) = world.log.last().unwrap().clone();
    let (walls, covers) = (world.of_line(0), world.of_line(1));
    let due = Time::start_of_kst(Date { day: 2, ..PROMISED });
    let set = timers(&world.order, &confirmed, at, &world.policy);
    let is_set = |kind, id| set.iter().find(|change| matches!(change, TimerChange::Set(k, Some(of), _) if *k == kind && *of == id));
    assert_eq!(is_set(TimerKind::Promise, walls), Some(&TimerChange::Set(TimerKind::Promise, Some(walls), due)));
    assert!(is_set(TimerKind::AutoRelease, walls).is_none() && is_set(TimerKind::AutoRelease, covers).is_some());
    assert_eq!(world.order.waits(), Waits::Seller, "the covers can go");
    world.give(&OrderCommand::AutoRelease { fulfilment: covers }, Chair::System).unwrap();
    assert_eq!(world.order.waits(), Waits::Arrival);
    for early in [OrderCommand::StartPreparing { fulfilment: walls }, OrderCommand::Release { fulfilment: walls }] {
        assert!(matches!(world.give(&early, Chair::Seller), Err(Refusal::WrongState { .. })), "{early:?}");
    }
    world.give(&OrderCommand::AutoRelease { fulfilment: walls }, Chair::System).unwrap();
    world.give(&OrderCommand::ExpirePromise { fulfilment: walls }, Chair::System).unwrap();
    world.come("WALL", 1);
    world.give(&OrderCommand::KeepPromise { fulfilment: walls }, Chair::System).unwrap();
    assert!(world.order.fulfilment(walls).unwrap().is_to_come(), "one wall is not two");
    // The day goes by: the seller has to say something, and the buyer may still go.
    world.now = due;
    world.give(&OrderCommand::ExpirePromise { fulfilment: walls }, Chair::System).unwrap();
    world.give(&OrderCommand::ExpirePromise { fulfilment: walls }, Chair::System).unwrap();
    assert_eq!(world.log.iter().filter(|(event, _)| matches!(event, Event::PromiseMissed { .. })).count(), 1);
    assert_eq!((world.order.waits(), world.order.fulfilment(walls).unwrap().overdue), (Waits::Seller, true));
    let mut gone = world.clone();
    let all = vec![LineUnits { line: gone.order.lines[0].id, quantity: Quantity::new(2).unwrap() }];
    gone.give(&OrderCommand::CancelLines { units: all }, Chair::Buyer).unwrap();
    assert_eq!((gone.of(StockAccount::PreOrder), gone.order.refunded() > Won(700_000)), (5, true));

    // They come to another warehouse as well: each leaves from where it is.
    let far = world.elsewhere_to_come("WALL", 1);
    world.give(&OrderCommand::KeepPromise { fulfilment: walls }, Chair::System).unwrap();
    let kept: Vec<_> = world.order.fulfilments.iter().filter(|goods| goods.lines[0].variant.as_str() == "WALL").collect();
    assert_eq!(kept.iter().map(|goods| (goods.units(), goods.promised, goods.overdue)).collect::<Vec<_>>(), [(1, None, false), (1, None, false)]);
    assert!(kept.iter().any(|goods| goods.warehouse == far) && kept.iter().any(|goods| goods.warehouse != far));
    assert_eq!((world.of(StockAccount::PreKept), world.of(StockAccount::PreCommitted), world.of(StockAccount::Committed)), (2, 0, 5));
    let (arrived, at) = world.log.last().unwrap().clone();
    let leaves = timers(&world.order, &arrived, at, &world.policy);
    assert!(leaves.iter().any(|change| matches!(change, TimerChange::Set(TimerKind::AutoRelease, ..))), "{leaves:?}");
    // A unit that is lost afterwards is owed like any other, and is filled off the shelf.
    let (fulfilment, line) = (walls, world.order.lines[0].id);
    world.give(&OrderCommand::ReportStockLoss { fulfilment, line, quantity: Quantity::ONE }, Chair::Seller).unwrap();
    let shortage = world.order.shortages[0].id;
    world.give(&OrderCommand::FillShortage { shortage }, Chair::System).unwrap();
    assert!(world.order.is_short(), "a cap fills nothing");
    world.come("WALL", 1);
    world.give(&OrderCommand::FillShortage { shortage }, Chair::System).unwrap();
    assert!(!world.order.is_short());
}

#[test]
fn an_allocation_can_be_undone_until_the_goods_are_released() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap();
    world.pay();
    world.partner = Some(world.wholesale());
    let fulfilment = world.goods();
    world.give(&OrderCommand::StartPreparing { fulfilment }, Chair::Seller).unwrap();
    assert!(matches!(world.give(&OrderCommand::UndoAllocation { fulfilment }, Chair::Seller), Err(Refusal::WrongState { .. })));
    world.give(&OrderCommand::Allocate { fulfilment }, Chair::Seller).unwrap();
    assert_eq!(world.order.status(), Status::PurchaseCompleted);
    world.give(&OrderCommand::UndoAllocation { fulfilment }, Chair::Seller).unwrap();
    assert_eq!((world.order.status(), world.order.lacks_goods(), world.of(StockAccount::Committed)), (Status::Preparing, false, 2));
    // Decided anew: one of a partner, and what lay here for it is free.
    let line = world.order.lines[0].id;
    let buy = OrderCommand::BuyFromPartner { fulfilment, line, quantity: Quantity::ONE, variant: VariantId::new("WHOLESALE"), drop_ship: false };
    world.give(&buy, Chair::Seller).unwrap();
    world.give(&OrderCommand::Allocate { fulfilment }, Chair::Seller).unwrap();
    assert_eq!((world.order.status(), world.of(StockAccount::Committed)), (Status::PurchaseOrdered, 1));
    // What is under way stays so.
    world.give(&OrderCommand::UndoAllocation { fulfilment }, Chair::Seller).unwrap();
    assert_eq!(world.order.fulfilments[0].sources.len(), 1);
    world.give(&OrderCommand::Allocate { fulfilment }, Chair::Seller).unwrap();
    let Source::ChildPurchase { order: child, .. } = world.order.fulfilments[0].sources[0] else { unreachable!() };
    world.give(&OrderCommand::RecordChild { child, stage: ChildStage::Received, units: 1 }, Chair::System).unwrap();
    world.give(&OrderCommand::Release { fulfilment }, Chair::Seller).unwrap();
    assert!(matches!(world.give(&OrderCommand::UndoAllocation { fulfilment }, Chair::Seller), Err(Refusal::WrongState { .. })));
}

fn serials(names: &[&str]) -> Vec<SerialNumber> {
    names.iter().map(|name| SerialNumber::parse(name).unwrap()).collect()
}

/// The numbers that an order's units are known by.
fn known(world: &World) -> Vec<&str> {
    world.order.named_units().into_iter().map(|(_, serial)| serial).collect()
}

#[test]
fn a_seller_says_which_units_go_until_they_leave() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap();
    world.pay();
    let fulfilment = world.goods();
    let name = |names: &[&str]| OrderCommand::NameUnits { fulfilment, serials: serials(names) };
    let two = name(&["SN-0001", "SN-0002"]);
    assert!(matches!(world.give(&two, Chair::Seller), Err(Refusal::WrongState { .. })), "nothing has begun");
    world.give(&OrderCommand::StartPreparing { fulfilment }, Chair::Seller).unwrap();
    assert!(matches!(world.give(&two, Chair::Seller), Err(Refusal::WrongState { .. })), "nobody knows where they come from");
    world.give(&OrderCommand::Allocate { fulfilment }, Chair::Seller).unwrap();
    assert_eq!(world.give(&two, Chair::Buyer), Err(Refusal::NotAllowed));
    for (names, problem) in [
        (&["SN-0001"][..], Problem::OutOfRange),
        (&["SN-0001", "SN-0002", "SN-0003"][..], Problem::OutOfRange),
        (&["SN-0001", "sn-0001"][..], Problem::Taken),
    ] {
        assert_eq!(world.give(&name(names), Chair::Seller), Err(Refusal::invalid("serials", problem)), "{names:?}");
    }
    assert_eq!(world.order.named_units().len(), 0);
    world.give(&two, Chair::Seller).unwrap();
    assert_eq!(known(&world), ["SN-0001", "SN-0002"]);
    let said = world.log.len();
    world.give(&two, Chair::Seller).unwrap();
    assert_eq!(world.log.len(), said, "the same again is no news");

    // Whatever changes what goes, or that it goes, forgets which they were.
    let line = world.order.lines[0].id;
    for undone in [
        OrderCommand::UndoAllocation { fulfilment },
        OrderCommand::ReportStockLoss { fulfilment, line, quantity: Quantity::ONE },
        OrderCommand::SellerCancel { reason: SellerReason::OutOfStock },
        name(&[]),
    ] {
        let mut other = world.clone();
        other.give(&undone, Chair::Seller).unwrap();
        assert_eq!(other.order.named_units().len(), 0, "{undone:?}");
    }
    world.give(&name(&["SN-0002", "SN-0007"]), Chair::Seller).unwrap();
    assert_eq!(known(&world), ["SN-0002", "SN-0007"]);
    world.give(&OrderCommand::Release { fulfilment }, Chair::Seller).unwrap();
    assert!(matches!(world.give(&two, Chair::Seller), Err(Refusal::WrongState { .. })), "the warehouse was told");
    assert!(Event::is_the_sellers("fulfilment.units_named"));
}

#[test]
fn a_parcel_whose_units_are_known_is_looked_at_by_their_numbers() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap();
    world.pay();
    let fulfilment = world.goods();
    world.give(&OrderCommand::StartPreparing { fulfilment }, Chair::Seller).unwrap();
    world.give(&OrderCommand::Allocate { fulfilment }, Chair::Seller).unwrap();
    world.give(&OrderCommand::NameUnits { fulfilment, serials: serials(&["SN-0001", "SN-0002"]) }, Chair::Seller).unwrap();
    world.give(&OrderCommand::Release { fulfilment }, Chair::Seller).unwrap();
    world.give(&OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "1".into() }, Chair::System).unwrap();
    let facts = vec![CarrierFact { status: CarrierStatus::Delivered, place: "서울".into(), at: world.now }];
    world.give(&OrderCommand::RecordTracking { fulfilment, facts }, Chair::System).unwrap();

    // One of the two comes back, and nobody knows which before it is read; then the other.
    let wish = world.wish(fulfilment, ReturnReason::Defect, Some(1));
    world.give(&wish, Chair::Buyer).unwrap();
    let first = world.order.claims[0].id;
    world.give(&OrderCommand::ApproveReturn { claim: first }, Chair::Seller).unwrap();
    assert_eq!(world.order.units_read(world.order.claim(first).unwrap()), 1);
    let look = |claim, names: &[&str]| OrderCommand::InspectReturn { claim, restock: true, serials: serials(names) };
    for (names, problem) in [(&[][..], Problem::Missing), (&["SN-0001", "SN-0002"][..], Problem::OutOfRange), (&["XX-9999"][..], Problem::Unknown)] {
        assert_eq!(world.give(&look(first, names), Chair::Seller), Err(Refusal::invalid("serials", problem)), "{names:?}");
    }
    world.give(&look(first, &["SN-0002"]), Chair::Seller).unwrap();
    assert_eq!(known(&world), ["SN-0001"], "what is back may go to somebody else");
    let wish = world.wish(fulfilment, ReturnReason::Defect, None);
    world.give(&wish, Chair::Buyer).unwrap();
    let second = world.order.claims[1].id;
    world.give(&OrderCommand::ApproveReturn { claim: second }, Chair::Seller).unwrap();
    assert_eq!(world.give(&look(second, &["SN-0002"]), Chair::Seller), Err(Refusal::invalid("serials", Problem::Unknown)), "it is here already");
    let mut disputed = world.clone();
    disputed.give(&disputed.dispute(second, RejectReason::OtherGoods), Chair::Seller).unwrap();
    world.give(&look(second, &["SN-0001"]), Chair::Seller).unwrap();
    assert!(known(&world).is_empty());
}

/// Sold to order, paid, and being prepared.
fn to_order() -> World {
    let mut world = World::placed_of(Supply::ToOrder, Benefits::default(), 1, 3, 0, OnShortage::Refuse).unwrap();
    world.pay();
    world.partner = Some(world.wholesale());
    world
}

/// Three months from when he has it, and one from when he knows: whichever ends first (01 §4).
#[test]
fn who_knows_what_is_wrong_says_so_within_a_month() {
    let mut world = World::paid();
    world.arrive();
    let received = world.order.fulfilments[0].delivered_at.unwrap();
    world.now = received + Span::days(60);
    let (fulfilment, line) = (world.goods(), world.order.lines[0].id);
    let day = |days: i64| Some((received + Span::days(days)).kst_date());
    let wish = |reason, found_on| {
        let units = vec![LineUnits { line, quantity: Quantity::ONE }];
        OrderCommand::RequestReturn { fulfilment, units, reason, pickup_on: None, found_on, note: None }
    };
    for (found_on, refused) in [(day(-1), true), (day(61), true), (day(0), true), (day(29), true), (day(30), false), (day(60), false), (None, false)]
    {
        let mut world = world.clone();
        let answer = world.give(&wish(ReturnReason::Defect, found_on), Chair::Buyer);
        match (found_on == day(-1) || found_on == day(61), refused) {
            (true, _) => assert_eq!(answer, Err(Refusal::invalid("found_on", Problem::OutOfRange))),
            (false, true) => assert!(matches!(answer, Err(Refusal::TooLate { .. })), "{found_on:?}: {answer:?}"),
            (false, false) => {
                answer.unwrap();
                assert_eq!(world.order.claims[0].found_on, found_on);
            }
        }
    }
    assert!(matches!(world.give(&wish(ReturnReason::ChangeOfMind, None), Chair::Buyer), Err(Refusal::TooLate { .. })));
}

#[test]
fn what_partners_have_is_sold_and_nothing_beyond_it() {
    let refused = World::placed_of(Supply::ToOrder, Benefits::default(), 1, 1, 0, OnShortage::Wait).map(drop);
    assert_eq!(refused, Err(Refusal::OutOfStock { variant: VariantId::new("WALL"), asked: 2, available: 1 }), "nobody waits for it");
    let mut world = to_order();
    assert_eq!((world.order.status(), world.order.board(), world.order.lacks_goods()), (Status::Confirmed, Board::Orders, false));
    assert_eq!(world.order.fulfilments[0].to_buy.len(), 1);
    // No parcel leaves by itself that nobody has bought.
    let fulfilment = world.goods();
    world.give(&OrderCommand::AutoRelease { fulfilment }, Chair::System).unwrap();
    assert_eq!(world.order.status(), Status::Confirmed);
    // Half of it is given up by the buyer and does not count against partners any more.
    let units = vec![LineUnits { line: world.order.lines[0].id, quantity: Quantity::ONE }];
    world.give(&OrderCommand::CancelLines { units }, Chair::Buyer).unwrap();
    assert_eq!(world.of(StockAccount::ToOrder), 1);
    world.give(&OrderCommand::Cancel, Chair::Buyer).unwrap();
    assert_eq!((world.of(StockAccount::ToOrder), world.order.refunded()), (0, world.order.paid));
}

#[test]
fn what_was_sold_to_order_is_bought_found_or_missed() {
    let mut world = to_order();
    let fulfilment = world.goods();
    let line = world.order.lines[0].id;
    world.give(&OrderCommand::StartPreparing { fulfilment }, Chair::Seller).unwrap();
    let buy = |quantity| OrderCommand::BuyFromPartner { fulfilment, line, quantity, variant: VariantId::new("WHOLESALE"), drop_ship: false };
    world.give(&buy(Quantity::ONE), Chair::Seller).unwrap();
    assert_eq!((world.of(StockAccount::ToOrder), world.order.status(), world.order.lacks_goods()), (1, Status::Preparing, false));
    // Whoever was asked does not bring it: now it is missing, and the other unit is still only to be bought.
    let Source::ChildPurchase { order: child, .. } = world.order.fulfilments[0].sources[0] else { unreachable!() };
    world.give(&OrderCommand::RecordChild { child, stage: ChildStage::Ended, units: 0 }, Chair::System).unwrap();
    assert!(world.order.lacks_goods() && world.of(StockAccount::ToOrder) == 1);
    // What failed is found first.
    world.give(&buy(Quantity::ONE), Chair::Seller).unwrap();
    assert!(!world.order.lacks_goods() && world.of(StockAccount::ToOrder) == 1);
    // One lies here after all, and is taken.
    world.come("WALL", 1);
    world.give(&OrderCommand::Allocate { fulfilment }, Chair::Seller).unwrap();
    assert_eq!((world.of(StockAccount::ToOrder), world.order.status()), (0, Status::PurchaseOrdered));

    // Nobody has it: the buyer is asked, and nothing counts against partners.
    let mut world = to_order();
    let fulfilment = world.goods();
    let lost = OrderCommand::ReportStockLoss { fulfilment, line: world.order.lines[0].id, quantity: Quantity::new(2).unwrap() };
    world.give(&lost, Chair::Seller).unwrap();
    assert!(world.order.is_short() && world.of(StockAccount::ToOrder) == 0);
}

/// Every state of goods that were sold to order and are bought of a partner.
#[test]
fn every_command_by_every_chair_while_goods_are_sold_to_order() {
    let statuses = walk_by(vec![to_order()], |command| {
        matches!(
            command,
            OrderCommand::StartPreparing { .. }
                | OrderCommand::BuyFromPartner { .. }
                | OrderCommand::RecordReceipt { .. }
                | OrderCommand::RecordChild { .. }
                | OrderCommand::ReportStockLoss { .. }
                | OrderCommand::SplitFulfilment { .. }
                | OrderCommand::CancelLines { .. }
                | OrderCommand::Cancel
                | OrderCommand::Release { .. }
        )
    });
    for seen in [Status::Confirmed, Status::Preparing, Status::PurchaseOrdered, Status::PurchaseCompleted, Status::Cancelled] {
        assert!(statuses.contains(&seen), "{seen:?}");
    }
}

#[test]
fn nobody_is_promised_a_day_that_is_over() {
    let Event::OrderPlaced(placed) = &World::promised(2, 0, OnShortage::Refuse).unwrap().log[0].0 else { unreachable!() };
    let line = placed.lines[0].clone();
    let wish = |ship_by| Placement {
        buyer: placed.buyer,
        seller: placed.seller,
        lines: vec![PlacementLine {
            product: line.product.clone(),
            variant: line.variant.clone(),
            category: Category::Portable,
            title: line.title.clone(),
            option: line.option.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            shipping_fee: Won::ZERO,
            supply: Supply::PreOrder,
            ship_by,
            installation: None,
        }],
        contact: placed.contact,
        postcode: "06234".into(),
        undeliverable: false,
        address_later: false,
        island: false,
        blocked: false,
        unpaid_holds: 0,
        coupon: None,
        tier_percent: 0,
        points: Won::ZERO,
        installable: true,
        visit: None,
        site: None,
        seen_goods: None,
        external: None,
        on_shortage: OnShortage::Refuse,
    };
    let mint = &mut CountingMint::default();
    let warehouse = WarehouseId::mint(mint);
    let shelf = vec![Available { variant: line.variant.clone(), warehouse, postcode: "06000".into(), units: 9, supply: Supply::PreOrder }];
    let policy = Policy::default();
    let placed_on = |ship_by| {
        let mut facts = Facts {
            now: START,
            policy: &policy,
            mint: &mut CountingMint(700),
            shelf: &shelf,
            purse: Purse::default(),
            to: None,
            offer: None,
            partner: None,
            crew: Crew::default(),
        };
        place(wish(ship_by), &mut facts).map(drop)
    };
    let today = START.kst_date();
    assert_eq!(placed_on(Some(today)), Ok(()));
    for over in [None, Some(Date::from_days(today.days() - 1))] {
        assert_eq!(placed_on(over), Err(Refusal::NotForSale { variant: line.variant.clone() }));
    }
}

/// The button of a command a person gives without further words.
fn offer_of(command: &OrderCommand) -> Option<jumun::order::Offer> {
    let fulfilment = match command {
        OrderCommand::StartPreparing { fulfilment }
        | OrderCommand::Allocate { fulfilment }
        | OrderCommand::UndoAllocation { fulfilment }
        | OrderCommand::NameUnits { fulfilment, .. }
        | OrderCommand::BuyFromPartner { fulfilment, .. }
        | OrderCommand::RecordReceipt { fulfilment, .. }
        | OrderCommand::Release { fulfilment }
        | OrderCommand::ReportStockLoss { fulfilment, .. }
        | OrderCommand::SplitFulfilment { fulfilment, .. }
        | OrderCommand::Redeliver { fulfilment, .. }
        | OrderCommand::RequestReturn { fulfilment, .. }
        | OrderCommand::RequestExchange { fulfilment, .. }
        | OrderCommand::ReceiveBack { fulfilment, .. } => Some(*fulfilment),
        OrderCommand::Cancel
        | OrderCommand::GiveRefundAccount { .. }
        | OrderCommand::ChangeAddress { .. }
        | OrderCommand::FixAddress { .. }
        | OrderCommand::CancelLines { .. }
        | OrderCommand::SellerCancel { .. }
        | OrderCommand::ChooseShortage { .. }
        | OrderCommand::Substitute { .. }
        | OrderCommand::ProposeSubstitute { .. }
        | OrderCommand::DropChange
        | OrderCommand::AcceptOrder { .. }
        | OrderCommand::RefundGoodwill { .. }
        | OrderCommand::ApproveGoodwill
        | OrderCommand::RejectGoodwill
        | OrderCommand::WriteReview { .. }
        | OrderCommand::ChangeReview { .. }
        | OrderCommand::AnswerReview { .. }
        | OrderCommand::HideReview { .. }
        | OrderCommand::ShowReview { .. }
        | OrderCommand::ConfirmPurchase => None,
        _ => return None,
    };
    Some(jumun::order::Offer { command: command.name().into(), fulfilment })
}

#[test]
fn four_declines_use_up_the_retries_and_a_day_later_the_order_ends() {
    let mut world = World::placed();
    for nth in 1..=4 {
        world.fail(DeclineCause::Limit);
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

#[test]
fn units_can_be_taken_out_until_they_are_prepared() {
    // 2 × 400,000 and 3 × 35,000 from two warehouses; shipping is free.
    let mut world = World::paid();
    let (wall, cover) = (world.order.lines[0].id, world.order.lines[1].id);
    let take = |line, units| OrderCommand::CancelLines { units: vec![LineUnits { line, quantity: Quantity::new(units).unwrap() }] };
    world.give(&take(cover, 2), Chair::Buyer).unwrap();
    assert_eq!((world.order.refunded(), world.order.amounts.payable()), (Won(70_000), Won(835_000)));
    assert_eq!(world.order.status(), Status::Confirmed);
    let too_many = world.give(&take(cover, 2), Chair::Buyer);
    assert!(matches!(too_many, Err(Refusal::Invalid { .. })), "{too_many:?}");

    // With the walls gone shipping is not free any more: the fee is kept back.
    let mut cheap = world.clone();
    cheap.give(&take(wall, 2), Chair::Buyer).unwrap();
    assert_eq!((cheap.order.amounts.shipping, cheap.order.amounts.payable()), (Won(3_000), Won(38_000)));
    assert_eq!(cheap.order.refunded(), Won(867_000));

    // What is being prepared stays; the other goods may still go.
    let goods = world.order.fulfilments.iter().find(|goods| goods.lines[0].line == wall).unwrap().id;
    world.give(&OrderCommand::StartPreparing { fulfilment: goods }, Chair::Seller).unwrap();
    let late = world.give(&take(wall, 1), Chair::Buyer);
    assert!(matches!(late, Err(Refusal::WrongState { .. })), "{late:?}");
    world.give(&take(cover, 1), Chair::Buyer).unwrap();
    assert_eq!(world.order.status(), Status::Preparing);
}

#[test]
fn taking_everything_out_before_payment_is_a_cancel() {
    let mut world = World::placed();
    let units = world.order.lines.iter().map(|line| LineUnits { line: line.id, quantity: line.quantity }).collect();
    world.give(&OrderCommand::CancelLines { units }, Chair::Buyer).unwrap();
    assert_eq!(world.order.status(), Status::Cancelled);
    assert!(world.order.refunds.is_empty() && world.order.held.is_empty());
}

#[test]
fn a_seller_cancel_races_the_warehouse_and_one_wins() {
    let released = || {
        let mut world = World::paid();
        for goods in world.order.fulfilments.clone() {
            world.give(&OrderCommand::AutoRelease { fulfilment: goods.id }, Chair::System).unwrap();
        }
        world.give(&OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }, Chair::Seller).unwrap();
        assert!(world.order.cancelling.is_some() && world.order.front == Front::Confirmed);
        world
    };
    // Stopped in time: the last answer ends the order and everything goes back.
    let mut world = released();
    let ids: Vec<_> = world.order.fulfilments.iter().map(|goods| goods.id).collect();
    world.give(&OrderCommand::RecordOutboundStopped { fulfilment: ids[0], stopped: true }, Chair::System).unwrap();
    assert_eq!(world.order.front, Front::Confirmed);
    world.give(&OrderCommand::RecordOutboundStopped { fulfilment: ids[1], stopped: true }, Chair::System).unwrap();
    assert_eq!((world.order.status(), world.order.refunded()), (Status::Cancelled, world.order.paid));
    // Too late: the goods are on the road and the order lives.
    let mut world = released();
    world.give(&OrderCommand::RecordOutboundStopped { fulfilment: ids[0], stopped: false }, Chair::System).unwrap();
    let gone = OrderCommand::RecordOutboundCompleted { fulfilment: ids[0], carrier: "CJ".into(), tracking: "1".into() };
    world.give(&gone, Chair::System).unwrap();
    assert!(world.order.cancelling.is_none() && world.order.refunds.is_empty());
}

#[test]
fn what_the_desk_cannot_find_is_asked_about_and_given_back_after_two_days() {
    let mut world = World::paid();
    let (goods, line) = (world.order.fulfilments[0].id, world.order.fulfilments[0].lines[0].line);
    world.give(&OrderCommand::StartPreparing { fulfilment: goods }, Chair::Seller).unwrap();
    world.give(&OrderCommand::Allocate { fulfilment: goods }, Chair::Seller).unwrap();
    let unit_price = world.order.line(line).unwrap().unit_price;
    world.give(&OrderCommand::ReportStockLoss { fulfilment: goods, line, quantity: Quantity::ONE }, Chair::Seller).unwrap();
    assert!(world.order.is_short());
    assert_eq!(world.order.fulfilment(goods).unwrap().state, FulfilmentState::Preparing, "its sources have to be found again");
    world.now = world.now + Span::days(2);
    world.give(&OrderCommand::ExpireShortages, Chair::System).unwrap();
    assert_eq!((world.order.refunded(), world.order.is_short()), (unit_price, false));
    assert_eq!(world.order.front, Front::Confirmed);
}

#[test]
fn a_loss_can_be_waited_for_and_filled() {
    let mut world = World::paid();
    let (goods, line) = (world.order.fulfilments[1].id, world.order.fulfilments[1].lines[0].line);
    let quantity = world.order.fulfilments[1].lines[0].quantity;
    world.give(&OrderCommand::ReportStockLoss { fulfilment: goods, line, quantity }, Chair::Seller).unwrap();
    let shortage = world.order.shortages[0].id;
    world.give(&OrderCommand::ChooseShortage { shortage, answer: ShortageAnswer::Wait }, Chair::Buyer).unwrap();
    world.now = world.now + Span::days(9);
    world.give(&OrderCommand::ExpireShortages, Chair::System).unwrap();
    world.give(&OrderCommand::ReaskShortages, Chair::System).unwrap();
    assert_eq!(world.order.shortages[0].asked_at, world.now, "asked again after a week, never cut off");
    world.give(&OrderCommand::FillShortage { shortage }, Chair::System).unwrap();
    assert!(!world.order.is_short() && world.order.refunds.is_empty());
    assert_eq!(world.order.fulfilments.iter().filter(|goods| goods.is_live()).count(), 2);
}

#[test]
fn a_part_that_goes_by_itself_has_its_own_road_and_costs_nothing_more() {
    let mut world = World::paid();
    let goods = world.order.fulfilments.iter().find(|goods| goods.units() > 1).unwrap().clone();
    let (whole, units, amounts) = (goods.units(), world.units(), world.order.amounts);
    let line = goods.lines[0].line;
    let of = |world: &World, id| world.order.fulfilment(id).unwrap().units();
    let split = |units: Vec<(jumun::ids::LineId, u32)>| {
        let units = units.into_iter().map(|(line, units)| LineUnits { line, quantity: Quantity::new(units).unwrap() }).collect();
        OrderCommand::SplitFulfilment { fulfilment: goods.id, units }
    };
    let elsewhere = |other: &&jumun::order::FulfilmentLine| goods.lines.iter().all(|line| line.line != other.line);
    let stranger = world.order.fulfilments.iter().flat_map(|other| &other.lines).find(elsewhere).map(|line| line.line);
    let all = goods.lines.iter().map(|line| (line.line, line.quantity.get())).collect();
    for (units, field) in [(vec![], "units"), (all, "units"), (vec![(line, 99)], "quantity"), (vec![(line, 1), (line, 1)], "quantity")] {
        assert!(matches!(world.give(&split(units), Chair::Seller), Err(Refusal::Invalid { field: known, .. }) if known == field));
    }
    if let Some(stranger) = stranger {
        assert!(matches!(world.give(&split(vec![(stranger, 1)]), Chair::Seller), Err(Refusal::Invalid { field, .. }) if field == "line"));
    }
    world.give(&world.part(goods.id), Chair::Seller).unwrap();
    let (event, at) = world.log.last().unwrap().clone();
    let part = world.order.fulfilments.last().unwrap().clone();
    assert_eq!((of(&world, goods.id), part.units(), part.warehouse, part.method), (whole - 1, 1, goods.warehouse, goods.method));
    let leaves = |change: &TimerChange| matches!(change, TimerChange::Set(TimerKind::AutoRelease, Some(id), _) if *id == part.id);
    assert!(timers(&world.order, &event, at, &world.policy).iter().any(leaves), "it leaves by itself as well");
    assert_eq!((world.units(), world.order.amounts), (units, amounts));
    // The part goes at once, the rest stays where it is.
    world.give(&OrderCommand::AutoRelease { fulfilment: part.id }, Chair::System).unwrap();
    let gone = OrderCommand::RecordOutboundCompleted { fulfilment: part.id, carrier: "CJ".into(), tracking: "2".into() };
    world.give(&gone, Chair::System).unwrap();
    assert!(matches!(world.give(&world.part(part.id), Chair::Seller), Err(Refusal::WrongState { .. })), "it has left");
    assert_eq!(world.order.fulfilment(goods.id).unwrap().state, FulfilmentState::Planned);
    assert_eq!((world.units(), world.order.refunds.len()), (units, 0));
}

fn lose_a_wall(world: &mut World) -> jumun::ids::ShortageId {
    let (fulfilment, line) = (world.goods(), world.order.lines[0].id);
    world.give(&OrderCommand::ReportStockLoss { fulfilment, line, quantity: Quantity::ONE }, Chair::Seller).unwrap();
    world.order.shortages.last().unwrap().id
}

fn instead(shortage: jumun::ids::ShortageId, variant: &str) -> OrderCommand {
    OrderCommand::Substitute { shortage, variant: VariantId::new(variant) }
}

#[test]
fn a_dearer_substitute_is_held_and_comes_once_the_difference_is_paid() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().with_substitutes(2);
    world.pay();
    let shortage = lose_a_wall(&mut world);
    world.give(&instead(shortage, "BETTER"), Chair::Buyer).unwrap();
    assert_eq!((world.order.due(), world.order.held.len(), world.order.lines.len()), (Won(50_000), 1, 1), "held, and nothing changed yet");
    assert_eq!((world.order.front, world.order.is_short()), (Front::Confirmed, true));
    // The bank's account takes a day; the goods are held for half an hour.
    assert!(world.give(&OrderCommand::RequestPayment { method: PaymentMethod::VirtualAccount }, Chair::Buyer).is_err());
    let mut late = world.clone();
    world.fail(DeclineCause::Limit);
    assert_eq!((world.order.front, world.order.due()), (Front::Confirmed, Won(50_000)), "a declined difference can be tried again");
    world.pay();
    assert_eq!((world.order.lines.len(), world.order.paid, world.order.amounts.payable()), (2, Won(850_000), Won(850_000)));
    assert!(!world.order.is_short() && world.order.difference.is_none());
    // Everything goes back to the two payments it came from.
    world.give(&OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }, Chair::Seller).unwrap();
    let back: Vec<Won> = world.order.refunds.iter().map(|refund| refund.amount).collect();
    assert_eq!(back, [Won(50_000), Won(800_000)]);

    // Nobody pays: the goods are free again, and the buyer is still asked what becomes of the missing ones.
    late.give(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, Chair::Buyer).unwrap();
    let attempt = late.attempt();
    late.now = late.order.difference.as_ref().unwrap().until;
    late.give(&OrderCommand::ExpireDifference, Chair::System).unwrap();
    assert!(late.order.held.is_empty() && late.order.difference.is_none() && late.order.is_short());
    // Money that comes all the same goes back.
    let paid = PaymentOutcome::Approved { payment_key: "k".into(), amount: Won(50_000) };
    late.give(&OrderCommand::RecordPayment { attempt, outcome: paid }, Chair::System).unwrap();
    assert_eq!((late.order.paid, late.order.attempt(attempt).unwrap().void_requested), (Won(800_000), true));
}

#[test]
fn a_cheaper_substitute_gives_the_difference_back_and_a_waived_one_costs_nothing_more() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().with_substitutes(2);
    world.pay();
    let shortage = lose_a_wall(&mut world);
    let mut waived = world.clone();
    world.give(&instead(shortage, "PLAIN"), Chair::Buyer).unwrap();
    assert_eq!((world.order.refunded(), world.order.amounts.payable(), world.order.is_short()), (Won(20_000), Won(780_000), false));

    let variant = VariantId::new("BETTER");
    waived.give(&OrderCommand::ProposeSubstitute { shortage, variant, waive: true }, Chair::Seller).unwrap();
    waived.give(&instead(shortage, "BETTER"), Chair::Buyer).unwrap();
    assert_eq!(
        (waived.order.difference.is_none(), waived.order.amounts.payable(), waived.order.amounts.promotion),
        (true, Won(800_000), Won(50_000))
    );
}

#[test]
fn a_substitute_keeps_what_the_coupon_and_the_points_took_off() {
    let benefits = Benefits { coupon: coupon(), tier_percent: 0, points: 8_000 };
    let mut world = World::placed_by(benefits, 1, 1, 0, OnShortage::Ask).unwrap().with_substitutes(2);
    let (shortage, before) = (world.order.shortages[0].id, world.order.amounts);
    world.give(&instead(shortage, "BETTER"), Chair::Buyer).unwrap();
    let after = world.order.amounts;
    assert_eq!((after.goods - before.goods, after.coupon, after.points), (Won(50_000), before.coupon, before.points));
    assert_eq!((world.order.front, world.order.lines.len()), (Front::StockReserved, 2), "before payment the order simply costs more");
    world.pay();
    assert_eq!(world.order.paid, Won(850_000 - 10_000 - 8_000));
}

#[test]
fn a_cancel_costs_its_penalty_when_the_policy_has_one_and_the_buyer_chose_it() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap();
    world.policy.cancel_penalty = 10;
    world.pay();
    let (mut part, mut seller) = (world.clone(), world.clone());
    world.give(&OrderCommand::Cancel, Chair::Buyer).unwrap();
    assert_eq!(world.order.refunded(), Won(720_000));
    let units = vec![LineUnits { line: part.order.lines[0].id, quantity: Quantity::ONE }];
    part.give(&OrderCommand::CancelLines { units }, Chair::Buyer).unwrap();
    assert_eq!((part.order.refunded(), part.order.amounts.penalty, part.order.amounts.payable()), (Won(360_000), Won(40_000), Won(440_000)));
    seller.give(&OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }, Chair::Seller).unwrap();
    assert_eq!(seller.order.refunded(), Won(800_000));
}

#[test]
fn a_short_order_waits_or_takes_what_is_there_before_it_is_paid() {
    assert!(matches!(World::placed_with(1, 1, 0, OnShortage::Refuse), Err(Refusal::OutOfStock { asked: 2, available: 1, .. })));
    let taken = World::placed_with(1, 1, 0, OnShortage::Take).unwrap();
    assert_eq!((taken.order.status(), taken.order.amounts.goods), (Status::StockReserved, Won(400_000)));
    assert!(World::placed_with(1, 0, 0, OnShortage::Take).is_err());

    let mut asked = World::placed_with(1, 1, 0, OnShortage::Ask).unwrap();
    assert_eq!(asked.order.status(), Status::PartiallyAvailable);
    let pay = OrderCommand::RequestPayment { method: PaymentMethod::Card };
    assert!(matches!(asked.give(&pay, Chair::Buyer), Err(Refusal::WrongState { .. })), "an open shortage keeps it pending");
    // The hold lapses; the answer takes what is there again.
    asked.now = asked.now + Span::minutes(31);
    asked.give(&OrderCommand::ExpireHold, Chair::System).unwrap();
    assert!(asked.order.held.is_empty());
    let shortage = asked.order.shortages[0].id;
    let mut waits = asked.clone();
    asked.give(&OrderCommand::ChooseShortage { shortage, answer: ShortageAnswer::Take }, Chair::Buyer).unwrap();
    assert_eq!((asked.order.status(), asked.order.amounts.goods), (Status::StockReserved, Won(400_000)));

    waits.give(&OrderCommand::ChooseShortage { shortage, answer: ShortageAnswer::Wait }, Chair::Buyer).unwrap();
    assert_eq!(waits.order.status(), Status::WaitingStock);
    waits.give(&OrderCommand::FillShortage { shortage }, Chair::System).unwrap();
    assert_eq!(waits.order.status(), Status::WaitingStock, "one unit is not two");
    for ((account, _, _), units) in &mut waits.stock {
        if *account == StockAccount::Available {
            *units += 1;
        }
    }
    waits.give(&OrderCommand::FillShortage { shortage }, Chair::System).unwrap();
    assert_eq!((waits.order.status(), waits.order.amounts.goods), (Status::StockReserved, Won(800_000)));
}

#[test]
fn a_parcel_nobody_takes_comes_back_and_so_does_the_money() {
    let mut world = World::paid();
    let ids: Vec<_> = world.order.fulfilments.iter().map(|goods| goods.id).collect();
    for fulfilment in ids.clone() {
        world.give(&OrderCommand::AutoRelease { fulfilment }, Chair::System).unwrap();
        world.give(&OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "1".into() }, Chair::System).unwrap();
    }
    let seen = |world: &mut World, fulfilment, status| {
        world.now = world.now + Span::minutes(1);
        let facts = vec![CarrierFact { status, place: "서울".into(), at: world.now }];
        world.give(&OrderCommand::RecordTracking { fulfilment, facts }, Chair::System).unwrap();
    };
    let again = |world: &World, days| OrderCommand::Redeliver { fulfilment: ids[0], on: (world.now + Span::days(days)).kst_date(), to: None };
    assert!(matches!(world.give(&again(&world, 1), Chair::Buyer), Err(Refusal::WrongState { .. })), "nothing has failed yet");
    for _ in 0..3 {
        world.give(&OrderCommand::ReturnToSender { fulfilment: ids[0] }, Chair::System).unwrap();
        assert_ne!(world.order.fulfilment(ids[0]).unwrap().state, FulfilmentState::ReturningToSender, "not before the third failure");
        seen(&mut world, ids[0], CarrierStatus::Failed);
        if world.order.fulfilment(ids[0]).unwrap().failures < 3 {
            for late in [0, 8] {
                assert!(matches!(world.give(&again(&world, late), Chair::Buyer), Err(Refusal::Invalid { .. })));
            }
            world.give(&again(&world, 2), Chair::Buyer).unwrap();
            assert!(world.order.fulfilment(ids[0]).unwrap().redeliver_on.is_some());
        }
    }
    assert_eq!(world.give(&again(&world, 1), Chair::Buyer), Err(Refusal::RetriesUsedUp { most: 3 }));
    seen(&mut world, ids[1], CarrierStatus::Delivered);
    assert!(world.order.claims.is_empty());
    world.give(&OrderCommand::ReturnToSender { fulfilment: ids[0] }, Chair::System).unwrap();
    let claim = world.order.claims[0].clone();
    assert_eq!((claim.state, claim.reason, claim.fulfilment), (ReturnState::Approved, ReturnReason::Undeliverable, ids[0]), "by itself");
    world.give(&OrderCommand::ReceiveBack { fulfilment: ids[0], restock: true }, Chair::Seller).unwrap();
    assert_eq!(world.order.status(), Status::Delivered, "the rest has arrived");
    assert_eq!(world.order.claims[0].state, ReturnState::Refunding);
    assert!(matches!(world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer), Err(Refusal::WrongState { .. })), "its money is not back");
    world.give(&OrderCommand::AutoConfirm, Chair::System).unwrap();
    assert_eq!(world.order.front, Front::Confirmed);
    let refund = world.order.refunds[0].id;
    world.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
    assert_eq!((world.order.claims[0].state, world.order.claims[0].closed_at), (ReturnState::Closed, Some(world.now)));
    let (closed, at) = world.log.last().unwrap();
    let confirms = |change: &TimerChange| matches!(change, TimerChange::Set(TimerKind::AutoConfirm, None, due) if *due > *at);
    assert!(timers(&world.order, closed, *at, &world.policy).iter().any(confirms), "the purchase is confirmed later after all");
    let kept = world.order.fulfilment(ids[1]).unwrap().lines[0].clone();
    let kept = world.order.line(kept.line).unwrap().shares.goods;
    assert_eq!(world.order.paid - world.order.refunded(), kept);
    world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
}

#[test]
fn an_order_without_an_address_holds_nothing_until_it_has_one() {
    let mut world = World::without_address();
    assert_eq!((world.order.status(), world.order.waits()), (Status::Pending, Waits::Address));
    world.give(&OrderCommand::ExpireAddressFix, Chair::System).unwrap();
    assert!(world.log.iter().any(|(event, _)| *event == Event::AddressOverdue));
    let fix = world.every_command().into_iter().find(|command| command.name() == "fix-address").unwrap();
    let mut short = world.clone();
    world.give(&fix, Chair::Buyer).unwrap();
    assert_eq!((world.order.status(), world.order.waits()), (Status::StockReserved, Waits::Payment));
    for ((_, _, variant), units) in &mut short.stock {
        if variant.as_str() == "WALL" {
            *units = 1;
        }
    }
    short.give(&fix, Chair::Buyer).unwrap();
    assert_eq!(short.order.status(), Status::PartiallyAvailable);
}

#[test]
fn an_address_changes_until_the_goods_leave_and_the_warehouse_decides_a_race() {
    let sends = |world: &World| world.log.iter().filter(|(event, _)| matches!(event, Event::OutboundRequested { .. })).count();
    let change = |world: &World| world.every_command().into_iter().find(|command| command.name() == "change-address").unwrap();
    let mut world = World::placed_from(1);
    let old = world.order.contact;
    world.give(&change(&world), Chair::Buyer).unwrap();
    assert_ne!(world.order.contact, old);
    // An island costs its surcharge.
    world.elsewhere.island = true;
    world.give(&change(&world), Chair::Buyer).unwrap();
    assert_eq!(world.order.amounts.island, Won(5_000));
    world.elsewhere.island = false;
    world.give(&change(&world), Chair::Buyer).unwrap();
    world.pay();
    // A paid order goes there once the surcharge is paid too, and gets it back when it comes home again.
    let (paid, home) = (world.order.paid, world.order.contact);
    world.elsewhere = Destination { island: true, contact: ContactId::mint(&mut CountingMint(400)), ..world.elsewhere };
    world.give(&change(&world), Chair::Buyer).unwrap();
    assert_eq!((world.order.contact, world.order.due()), (home, Won(5_000)));
    world.pay();
    assert_eq!((world.order.contact, world.order.paid - paid), (world.elsewhere.contact, Won(5_000)));
    world.elsewhere.island = false;
    world.give(&change(&world), Chair::Buyer).unwrap();
    assert_eq!((world.order.refunded(), world.order.amounts.island), (Won(5_000), Won::ZERO));
    world.elsewhere = Destination { island: false, deliverable: false, ..world.elsewhere };
    assert!(matches!(world.give(&change(&world), Chair::Buyer), Err(Refusal::Undeliverable { .. })));
    world.elsewhere = Destination { deliverable: true, contact: ContactId::mint(&mut CountingMint(500)), ..world.elsewhere };

    // At the warehouse: stopped in time, it goes again, to the new address.
    let fulfilment = world.goods();
    world.give(&OrderCommand::AutoRelease { fulfilment }, Chair::System).unwrap();
    let before = world.order.contact;
    world.give(&change(&world), Chair::Buyer).unwrap();
    assert_eq!(world.order.contact, before, "not before the warehouse has said so");
    assert!(
        world.give(&change(&world), Chair::Buyer).is_err()
            && world.give(&OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }, Chair::Seller).is_err()
    );
    let mut late = world.clone();
    world.give(&OrderCommand::RecordOutboundStopped { fulfilment, stopped: true }, Chair::System).unwrap();
    assert_eq!((world.order.contact, sends(&world), world.order.readdressing.is_none()), (world.elsewhere.contact, 2, true));
    // Too late: it goes where it went, and nobody is cancelled.
    let gone = OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "1".into() };
    late.give(&gone, Chair::System).unwrap();
    assert_eq!((late.order.contact, late.order.status()), (before, Status::Shipped));
    assert!(late.log.iter().any(|(event, _)| *event == Event::AddressChangeRefused) && late.order.readdressing.is_none());
    assert!(late.give(&change(&late), Chair::Buyer).is_err());
}

/// 10,000 off from 100,000 on, of everything.
fn coupon() -> Option<CouponTerms> {
    Some(CouponTerms { off: Off::Amount { amount: Won(10_000) }, minimum: Won(100_000), category: None, seller_percent: 100 })
}

#[test]
fn a_failed_payment_gives_points_and_coupon_back_and_the_next_takes_them_again() {
    let benefits = Benefits { coupon: coupon(), tier_percent: 5, points: 8_000 };
    let mut world = World::placed_by(benefits, 2, 2, 3, OnShortage::Refuse).unwrap();
    // 905,000 − 10,000 − 5 % of 895,000, and 8,000 of it in points.
    assert_eq!(world.order.amounts.payable(), Won(905_000 - 10_000 - 44_750 - 8_000));
    let state = |world: &World| (world.order.coupon.as_ref().unwrap().state, world.points[&PointsAccount::Spendable]);
    assert_eq!(state(&world), (CouponState::Held, 42_000));
    world.fail(DeclineCause::Balance);
    assert_eq!(state(&world), (CouponState::Ready, 50_000));
    assert!(!world.order.held.is_empty(), "the units stay held");

    let mut poor = world.clone();
    poor.points.insert(PointsAccount::Spendable, 7_999);
    let refused = poor.give(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, Chair::Buyer);
    assert_eq!(refused, Err(Refusal::NotEnoughPoints { balance: Won(7_999) }));

    world.pay();
    assert_eq!(state(&world), (CouponState::Used, 42_000));
    world.give(&OrderCommand::Cancel, Chair::Buyer).unwrap();
    assert_eq!(state(&world), (CouponState::Ready, 50_000));
    assert_eq!(world.order.refunded(), world.order.paid);
}

#[test]
fn money_of_another_amount_goes_back() {
    let mut world = World::placed();
    world.give(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, Chair::Buyer).unwrap();
    let less = world.order.amounts.payable() - Won(1);
    let outcome = PaymentOutcome::Approved { payment_key: "k".into(), amount: less };
    world.give(&OrderCommand::RecordPayment { attempt: world.attempt(), outcome }, Chair::System).unwrap();
    assert!(world.order.attempts[0].void_requested && world.order.paid == Won::ZERO && world.order.confirmed_at.is_none());
}

#[test]
fn money_that_comes_when_the_points_are_spent_elsewhere_goes_back() {
    let mut world = World::placed_by(Benefits { points: 8_000, ..Benefits::default() }, 2, 2, 3, OnShortage::Refuse).unwrap();
    world.give(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, Chair::Buyer).unwrap();
    world.give(&OrderCommand::RecordPayment { attempt: world.attempt(), outcome: PaymentOutcome::TimedOut }, Chair::System).unwrap();
    world.points.insert(PointsAccount::Spendable, 0);
    let outcome = PaymentOutcome::Approved { payment_key: "k".into(), amount: world.order.amounts.payable() };
    world.give(&OrderCommand::RecordPayment { attempt: world.attempt(), outcome }, Chair::System).unwrap();
    assert!(world.order.attempts[0].void_requested && world.order.paid == Won::ZERO);
}

#[test]
fn who_breaks_the_coupons_condition_gives_it_up_and_nobody_pays_for_a_sellers_fault() {
    let take = |order: &Order, at: usize, units| OrderCommand::CancelLines {
        units: vec![LineUnits { line: order.lines[at].id, quantity: Quantity::new(units).unwrap() }],
    };
    let benefits = || Benefits { coupon: coupon(), points: 9_050, ..Benefits::default() };
    let mut world = World::placed_by(benefits(), 2, 2, 3, OnShortage::Refuse).unwrap();
    world.pay();
    assert_eq!(world.order.paid, Won(905_000 - 10_000 - 9_050));
    // The covers alone are worth 105,000: the coupon still holds, and free shipping too.
    let command = take(&world.order, 0, 2);
    world.give(&command, Chair::Buyer).unwrap();
    let shares = world.order.lines[1].shares;
    assert_eq!((world.order.amounts.coupon, world.order.amounts.points), (shares.coupon, shares.points));
    assert_eq!((world.order.amounts.shipping, world.points[&PointsAccount::Spendable]), (Won::ZERO, 50_000 - shares.points.0));
    // 70,000 are not: what is left of the coupon and the fee are kept back.
    let before = world.order.refunded();
    let command = take(&world.order, 1, 1);
    world.give(&command, Chair::Buyer).unwrap();
    let unit = shares.of_units(3, 0, 1);
    assert_eq!(world.order.refunded() - before, unit.goods - shares.coupon - unit.points - Won(3_000));
    assert_eq!((world.order.amounts.coupon, world.order.amounts.shipping), (Won::ZERO, Won(3_000)));
    // The rest gives everything back, and the coupon stays used until then.
    let command = take(&world.order, 1, 2);
    world.give(&command, Chair::Buyer).unwrap();
    assert_eq!((world.order.refunded(), world.points[&PointsAccount::Spendable]), (world.order.paid, 50_000));

    // A lost unit costs the buyer nothing.
    let mut lost = World::placed_by(benefits(), 2, 2, 3, OnShortage::Refuse).unwrap();
    lost.pay();
    let goods = lost.order.fulfilments[0].clone();
    let (line, quantity) = (goods.lines[0].line, goods.lines[0].quantity);
    lost.give(&OrderCommand::ReportStockLoss { fulfilment: goods.id, line, quantity }, Chair::Seller).unwrap();
    lost.give(&OrderCommand::ChooseShortage { shortage: lost.order.shortages[0].id, answer: ShortageAnswer::Take }, Chair::Buyer).unwrap();
    let shares = lost.order.line(line).unwrap().shares;
    assert_eq!(lost.order.refunded(), shares.goods - shares.coupon - shares.points);
}

#[test]
fn a_purchase_earns_points_of_what_was_paid_for_goods() {
    let mut world = World::placed_by(Benefits { coupon: coupon(), tier_percent: 5, points: 8_000 }, 1, 2, 3, OnShortage::Refuse).unwrap();
    world.pay();
    let fulfilment = world.goods();
    world.give(&OrderCommand::AutoRelease { fulfilment }, Chair::System).unwrap();
    world.give(&OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "1".into() }, Chair::System).unwrap();
    let facts = vec![CarrierFact { status: CarrierStatus::Delivered, place: "서울".into(), at: world.now }];
    world.give(&OrderCommand::RecordTracking { fulfilment, facts }, Chair::System).unwrap();
    world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
    // 905,000 − 10,000 − 44,750 − 8,000 of points.
    assert_eq!((world.order.points_earned, world.points[&PointsAccount::Spendable]), (Won(8_422), 42_000 + 8_422));
    // Points count as spent: 850,250 in a month make a VIP of a newcomer.
    let told: Vec<&Event> = world.log.iter().map(|(event, _)| event).collect();
    assert!(told.iter().any(|event| matches!(event, Event::SpendUpdated { spent: Won(850_250), .. })));
    assert!(told.contains(&&Event::TierChanged { from: Tier::Basic, to: Tier::Vip }));
}

/// Returns of parcels that the buyer has, in every state of theirs.
#[test]
fn every_command_by_every_chair_while_goods_come_back() {
    let statuses = walk_by(vec![World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered()], |command| {
        matches!(
            command,
            OrderCommand::RequestReturn { .. }
                | OrderCommand::WithdrawReturn { .. }
                | OrderCommand::ApproveReturn { .. }
                | OrderCommand::RejectReturn { .. }
                | OrderCommand::AskAboutReturn { .. }
                | OrderCommand::AnswerAboutReturn { .. }
                | OrderCommand::InspectReturn { .. }
                | OrderCommand::DisputeReturn { .. }
                | OrderCommand::RefundWithoutGoods { .. }
                | OrderCommand::ApproveRefund { .. }
                | OrderCommand::RejectRefund { .. }
                | OrderCommand::RecordCollection { .. }
                | OrderCommand::RecordRefund { .. }
                | OrderCommand::ConfirmPurchase
        )
    });
    for status in [Status::Delivered, Status::Returned, Status::Refunded, Status::Completed] {
        assert!(statuses.contains(&status), "{status:?} was never reached; seen {statuses:?}");
    }
}

/// Goods that partners brought, in every state of their return: on the shelf, scrapped, or on their way up the chain.
#[test]
fn every_command_by_every_chair_while_goods_that_a_partner_brought_come_back() {
    let statuses = walk_by(vec![World::brought_by_a_partner()], |command| {
        matches!(
            command,
            OrderCommand::RequestReturn { .. }
                | OrderCommand::ApproveReturn { .. }
                | OrderCommand::InspectReturn { .. }
                | OrderCommand::PassReturnOn { .. }
                | OrderCommand::ApproveRefund { .. }
                | OrderCommand::RecordCollection { .. }
                | OrderCommand::RecordRefund { .. }
        )
    });
    for status in [Status::Delivered, Status::Returned, Status::Refunded] {
        assert!(statuses.contains(&status), "{status:?} was never reached; seen {statuses:?}");
    }
}

/// A purchase that was counted in, in every state of what its buyer sends back: by himself, or because it came back to him.
#[test]
fn every_command_by_every_chair_while_a_store_sends_back_what_it_bought() {
    let statuses = walk_by(vec![World::counted_in()], |command| {
        matches!(
            command,
            OrderCommand::RequestReturn { .. }
                | OrderCommand::WithdrawReturn { .. }
                | OrderCommand::ApproveReturn { .. }
                | OrderCommand::RejectReturn { reason: RejectReason::NotAgreed, .. }
                | OrderCommand::AskAboutReturn { .. }
                | OrderCommand::AnswerAboutReturn { .. }
                | OrderCommand::InspectReturn { .. }
                | OrderCommand::DisputeReturn { reason: RejectReason::OtherGoods, .. }
                | OrderCommand::ApproveRefund { .. }
                | OrderCommand::RejectRefund { .. }
                | OrderCommand::PutAway { .. }
                | OrderCommand::TakeUpReturn { .. }
                | OrderCommand::RecordCollection { .. }
        )
    });
    // Nobody waits for money; what is in dispute waits for a word.
    for status in [Status::Completed, Status::Returned, Status::Refunded] {
        assert!(statuses.contains(&status), "{status:?} was never reached; seen {statuses:?}");
    }
}

#[test]
fn goods_that_a_partner_brought_go_on_to_him_and_own_stock_does_not() {
    let mut own = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    let wish = own.wish(own.goods(), ReturnReason::Defect, None);
    own.give(&wish, Chair::Buyer).unwrap();
    let claim = own.order.claims[0].id;
    own.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
    let refused = own.give(&OrderCommand::PassReturnOn { claim, serials: Vec::new() }, Chair::Seller);
    assert!(matches!(&refused, Err(Refusal::WrongState { current, .. }) if current == "own stock"), "{refused:?}");

    let mut world = World::brought_by_a_partner();
    let Source::ChildPurchase { order: child, .. } = world.order.fulfilments[0].sources[0] else { unreachable!() };
    let wish = world.wish(world.goods(), ReturnReason::Damaged, Some(1));
    world.give(&wish, Chair::Buyer).unwrap();
    let claim = world.order.claims[0].id;
    let early = world.give(&OrderCommand::PassReturnOn { claim, serials: Vec::new() }, Chair::Seller);
    assert!(matches!(early, Err(Refusal::WrongState { .. })), "nobody has them yet: {early:?}");
    world.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
    let before = world.order.clone();
    let offered =
        |world: &World, name: &str| world.order.offers_on(world.order.claim(claim).unwrap(), Chair::Seller).iter().any(|known| known == name);
    assert!(offered(&world, "pass-return-on") && offered(&world, "inspect-return"));
    world.give(&OrderCommand::PassReturnOn { claim, serials: Vec::new() }, Chair::Seller).unwrap();
    let told: Vec<_> =
        world.order.tells_children(&before).into_iter().filter(|(_, told)| matches!(told, OrderCommand::TakeUpReturn { .. })).collect();
    let [(to, OrderCommand::TakeUpReturn { above, quantity, reason, photos })] = &told[..] else { panic!("{told:?}") };
    assert_eq!((*to, *above, quantity.get(), *reason, photos.len()), (child, claim, 1, ReturnReason::Damaged, 0));
    assert_eq!((world.of(StockAccount::SetApart), world.of(StockAccount::Scrap), world.of(StockAccount::AtCustomer)), (1, 0, 1));
    world.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
    assert!(world.order.refunded() > Won::ZERO, "the buyer waits for nobody further up");
    assert!(Event::is_the_sellers("return.passed_on"), "and hears of nobody");
}

/// What is said of units that a store sends back, and where they are then.
#[test]
fn what_a_store_sends_back_is_set_apart_until_its_seller_answers_and_only_owed_no_more() {
    let on = |world: &World, account, variant: &str| -> i64 {
        world.stock.iter().filter(|((known, _, of), _)| *known == account && of.as_str() == variant).map(|(_, units)| units).sum()
    };
    let note = || ClaimNote::parse("확인했습니다").unwrap();

    // Agreed to, fetched, looked at: on the partner's shelf, and owed no more.
    let mut world = World::counted_in();
    let owed = world.order.amounts.payable();
    let wish = world.wish(world.goods(), ReturnReason::Defect, Some(1));
    world.give(&wish, Chair::Buyer).unwrap();
    assert_eq!((on(&world, StockAccount::Available, "WALL"), on(&world, StockAccount::SetApart, "WALL")), (1, 1), "nobody else is sold it");
    assert_eq!((world.order.waits(), world.order.is_returning()), (Waits::ReturnAnswer, true));
    let claim = world.order.claims[0].id;
    assert_eq!(world.order.claim_amount(&world.order.claims[0], &world.policy), Won(300_000));
    assert!(!world.order.is_plain(&world.order.claims[0]));
    world.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
    let collection = world.order.claim(claim).unwrap().collection.unwrap();
    world.give(&OrderCommand::RecordCollection { collection, state: CollectionState::PickedUp, visit: None }, Chair::System).unwrap();
    assert_eq!(on(&world, StockAccount::SetApart, "WALL"), 0, "with the carrier");
    let brought = world.order.standing();
    world.give(&OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }, Chair::Seller).unwrap();
    assert_eq!((on(&world, StockAccount::Available, "WHOLESALE"), on(&world, StockAccount::AtCustomer, "WHOLESALE")), (3, 1));
    assert_eq!((world.order.amounts.payable(), world.order.claims[0].credited), (owed - Won(300_000), Won(300_000)));
    assert_eq!((world.order.claims[0].state, world.order.status()), (ReturnState::Closed, Status::Completed), "no second person, no PSP");
    assert!(world.order.refunds.is_empty());
    assert_eq!(world.order.standing(), brought, "the order above has had what came");

    // His own wish costs him both ways, and his partner may say no to it; then he puts away what he has.
    let mut world = World::counted_in();
    let wish = world.wish(world.goods(), ReturnReason::ChangeOfMind, None);
    world.give(&wish, Chair::Buyer).unwrap();
    let claim = world.order.claims[0].id;
    assert_eq!(world.order.claim_amount(&world.order.claims[0], &world.policy), owed - world.policy.return_fee);
    let refused = OrderCommand::RejectReturn { claim, reason: RejectReason::NotAgreed, note: note() };
    world.give(&refused, Chair::Seller).unwrap();
    assert_eq!((world.order.waits(), on(&world, StockAccount::SetApart, "WALL")), (Waits::PutAway, 2), "it is not for sale by itself again");
    world.give(&OrderCommand::PutAway { claim, restock: true }, Chair::Buyer).unwrap();
    assert_eq!((world.order.waits(), on(&world, StockAccount::Available, "WALL")), (Waits::Nothing, 2));
    let twice = world.give(&OrderCommand::PutAway { claim, restock: false }, Chair::Buyer);
    assert!(matches!(twice, Err(Refusal::WrongState { .. })), "{twice:?}");
    // A week later he has no wish any more, and for a fault he has three months.
    world.now = world.now + Span::days(9);
    let late = world.wish(world.goods(), ReturnReason::ChangeOfMind, None);
    assert!(matches!(world.give(&late, Chair::Buyer), Err(Refusal::TooLate { .. })));
    let fault = world.wish(world.goods(), ReturnReason::Defect, None);
    world.give(&fault, Chair::Buyer).unwrap();

    // Nobody sends back what he has sold, nor before he has counted it in.
    let mut sold = World::counted_in();
    for ((account, _, variant), units) in &mut sold.stock {
        *units = if *account == StockAccount::Available && variant.as_str() == "WALL" { 1 } else { *units };
    }
    let wish = sold.wish(sold.goods(), ReturnReason::Defect, None);
    assert!(matches!(sold.give(&wish, Chair::Buyer), Err(Refusal::OutOfStock { asked: 2, available: 1, .. })));
    let mut early = World::bought();
    early.give(&OrderCommand::AcceptOrder { units: Vec::new() }, Chair::Seller).unwrap();
    early.arrive();
    let wish = early.wish(early.goods(), ReturnReason::Defect, None);
    assert!(matches!(early.give(&wish, Chair::Buyer), Err(Refusal::WrongState { .. })));
    // To a customer a store cannot say that it has not agreed.
    let mut sale = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    let wish = sale.wish(sale.goods(), ReturnReason::Defect, None);
    sale.give(&wish, Chair::Buyer).unwrap();
    let refused = OrderCommand::RejectReturn { claim: sale.order.claims[0].id, reason: RejectReason::NotAgreed, note: note() };
    assert_eq!(sale.give(&refused, Chair::Seller), Err(Refusal::invalid("reason", Problem::Unknown)));
}

/// Exchanges of parcels that the buyer has, in every state of theirs: the same again, dearer and cheaper, and something more.
#[test]
fn every_command_by_every_chair_while_goods_are_exchanged() {
    for (left, variant) in [(2, "WALL"), (1, "BETTER"), (2, "PLAIN")] {
        let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().with_substitutes(0).delivered();
        for ((account, _, known), units) in &mut world.stock {
            if *account == StockAccount::Available && known.as_str() == variant {
                *units = left;
            }
        }
        let statuses = walk_by(vec![world], |command| {
            matches!(
                command,
                OrderCommand::RequestExchange { .. }
                    | OrderCommand::WithdrawReturn { .. }
                    | OrderCommand::ApproveReturn { .. }
                    | OrderCommand::ApproveExchange { .. }
                    | OrderCommand::InspectReturn { restock: true, .. }
                    | OrderCommand::ApproveRefund { .. }
                    | OrderCommand::RecordReplacement { .. }
                    | OrderCommand::RecordRefund { .. }
                    | OrderCommand::RequestPayment { method: PaymentMethod::Card }
                    | OrderCommand::RecordPayment { outcome: PaymentOutcome::Approved { .. }, .. }
                    | OrderCommand::DropChange
                    | OrderCommand::ConfirmPurchase
            )
        });
        for status in [Status::Delivered, Status::Shipped, Status::Refunded, Status::Completed] {
            assert!(statuses.contains(&status), "{status:?} was never reached with {variant}; seen {statuses:?}");
        }
    }
}

#[test]
fn a_swap_for_the_same_costs_nobody_anything_and_ends_when_both_branches_have() {
    for goods_first in [true, false] {
        let mut world = World::placed_with(1, 3, 0, OnShortage::Refuse).unwrap().delivered();
        let goods = world.goods();
        let wish = world.exchange(goods, ReturnReason::Defect, "WALL", Some(1));
        world.give(&wish, Chair::Buyer).unwrap();
        let claim = world.order.claims[0].id;
        assert!(world.order.is_exchanging() && !world.order.is_returning());
        let agree = OrderCommand::ApproveExchange { claim, way: ExchangeWay::Swap, variant: VariantId::new("WALL"), waive: false };
        world.give(&agree, Chair::Seller).unwrap();
        assert_eq!(world.of(StockAccount::Available), 7, "the last wall is promised");
        let replacement = world.order.claims[0].exchange.as_ref().unwrap().replacement.unwrap();
        let done = OrderCommand::RecordReplacement { replacement, stage: ChildStage::Received, units: 1, reason: ReturnReason::NotSupplied };
        let looked_at = OrderCommand::InspectReturn { claim, restock: false, serials: Vec::new() };
        let steps =
            if goods_first { [(&looked_at, Chair::Seller), (&done, Chair::System)] } else { [(&done, Chair::System), (&looked_at, Chair::Seller)] };
        for (nth, (command, chair)) in steps.into_iter().enumerate() {
            assert!(matches!(world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer), Err(Refusal::WrongState { .. })), "it is open");
            world.give(command, chair).unwrap();
            let ended = world.order.claims[0].state == ReturnState::Closed;
            assert_eq!(ended, nth == 1);
        }
        assert_eq!((world.order.refunded(), world.order.status(), world.of(StockAccount::Scrap)), (Won::ZERO, Status::Delivered, 1));
        world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
    }
}

#[test]
fn what_is_dearer_is_paid_first_and_what_is_cheaper_goes_back_with_the_goods() {
    let asked = |variant: &str, reason| {
        let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().with_substitutes(2).delivered();
        let wish = world.exchange(world.goods(), reason, variant, Some(1));
        world.give(&wish, Chair::Buyer).unwrap();
        let claim = world.order.claims[0].id;
        let agree = OrderCommand::ApproveExchange { claim, way: ExchangeWay::Swap, variant: VariantId::new(variant), waive: false };
        world.give(&agree, Chair::Seller).unwrap();
        (world, claim)
    };
    // Nobody gets something else than he asked for.
    let mut other = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().with_substitutes(2).delivered();
    let wish = other.exchange(other.goods(), ReturnReason::Defect, "BETTER", Some(1));
    other.give(&wish, Chair::Buyer).unwrap();
    let claim = other.order.claims[0].id;
    let plain = OrderCommand::ApproveExchange { claim, way: ExchangeWay::Swap, variant: VariantId::new("PLAIN"), waive: true };
    assert!(matches!(other.give(&plain, Chair::Seller), Err(Refusal::Invalid { .. })));

    // 450,000 for 400,000, and both ways at 3,000 for who changed his mind.
    let (mut world, claim) = asked("BETTER", ReturnReason::ChangeOfMind);
    assert_eq!((world.order.due(), world.order.claim(claim).unwrap().collection), (Won(56_000), None));
    let mut silent = world.clone();
    silent.now = world.order.difference.as_ref().unwrap().until;
    silent.give(&OrderCommand::ExpireDifference, Chair::System).unwrap();
    assert_eq!((silent.order.claims[0].state, silent.order.held.len()), (ReturnState::Withdrawn, 0), "he keeps what he has");
    world.pay();
    assert_eq!((world.order.amounts.goods, world.order.amounts.return_fee), (Won(850_000), Won(6_000)));
    assert!(world.order.claim(claim).unwrap().collection.is_some());

    // 380,000 for 400,000: nothing goes back before the goods have come.
    let (mut world, claim) = asked("PLAIN", ReturnReason::Defect);
    assert_eq!((world.order.due(), world.order.refunded()), (world.order.amounts.payable(), Won::ZERO));
    world.give(&OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }, Chair::Seller).unwrap();
    assert_eq!((world.order.refunded(), world.order.amounts.goods), (Won(20_000), Won(780_000)));
}

#[test]
fn what_cannot_be_supplied_turns_into_a_return() {
    let mut world = World::placed_with(1, 3, 0, OnShortage::Refuse).unwrap().delivered();
    let wish = world.exchange(world.goods(), ReturnReason::ChangeOfMind, "WALL", Some(1));
    world.give(&wish, Chair::Buyer).unwrap();
    let claim = world.order.claims[0].id;
    let agree = OrderCommand::ApproveExchange { claim, way: ExchangeWay::Swap, variant: VariantId::new("WALL"), waive: true };

    // At once: the seller gives the money back instead, and bears what that costs.
    let mut at_once = world.clone();
    at_once.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
    at_once.give(&OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }, Chair::Seller).unwrap();
    at_once.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
    assert_eq!(at_once.order.refunded(), Won(400_000));

    // On the way: before the goods are back, and after.
    world.give(&agree, Chair::Seller).unwrap();
    let replacement = world.order.claims[0].exchange.as_ref().unwrap().replacement.unwrap();
    let lost = OrderCommand::RecordReplacement { replacement, stage: ChildStage::Ended, units: 0, reason: ReturnReason::NotSupplied };
    let looked_at = OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() };
    for steps in [[(&lost, Chair::System), (&looked_at, Chair::Seller)], [(&looked_at, Chair::Seller), (&lost, Chair::System)]] {
        let mut failed = world.clone();
        for (command, chair) in steps {
            failed.give(command, chair).unwrap();
        }
        assert_eq!(failed.order.claim(claim).unwrap().state, ReturnState::AwaitingRefundApproval, "and its money needs a second word");
        failed.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
        assert_eq!(failed.order.refunded(), Won(400_000));
    }
}

#[test]
fn what_was_exchanged_and_comes_back_is_paid_back_by_the_order_that_was_paid() {
    let mut world = World::placed_with(1, 4, 0, OnShortage::Refuse).unwrap().delivered();
    let wish = world.exchange(world.goods(), ReturnReason::Defect, "WALL", None);
    world.give(&wish, Chair::Buyer).unwrap();
    let claim = world.order.claims[0].id;
    let agree = OrderCommand::ApproveExchange { claim, way: ExchangeWay::Swap, variant: VariantId::new("WALL"), waive: false };
    world.give(&agree, Chair::Seller).unwrap();
    world.give(&OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }, Chair::Seller).unwrap();
    let replacement = world.order.claims[0].exchange.as_ref().unwrap().replacement.unwrap();
    let told = |stage, units, reason| OrderCommand::RecordReplacement { replacement, stage, units, reason };
    world.give(&told(ChildStage::Received, 2, ReturnReason::NotSupplied), Chair::System).unwrap();
    assert_eq!((world.order.claims[0].state, world.order.status()), (ReturnState::Closed, Status::Delivered));
    // One of the two goes back because he does not like it, the other because it is broken.
    for (nth, left, reason, back) in [(1, 1, ReturnReason::ChangeOfMind, 400_000 - 3_000), (2, 0, ReturnReason::Defect, 400_000)] {
        let stage = if left == 0 { ChildStage::Ended } else { ChildStage::Received };
        let before = world.order.refunded();
        world.give(&told(stage, left, reason), Chair::System).unwrap();
        let claim = world.order.claims[nth].id;
        world.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
        assert_eq!(world.order.refunded() - before, Won(back), "{reason:?}");
        let refund = world.order.refunds.last().unwrap().id;
        world.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
    }
    assert_eq!(world.order.status(), Status::Refunded);
}

#[test]
fn a_buyer_is_asked_once_at_a_time_and_a_decision_ends_the_question() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    let wish = world.wish(world.goods(), ReturnReason::Defect, Some(1));
    world.give(&wish, Chair::Buyer).unwrap();
    let claim = world.order.claims[0].id;
    let ask = OrderCommand::AskAboutReturn { claim, note: ClaimNote::parse("어떤 소리가 나나요?").unwrap() };
    let answer = OrderCommand::AnswerAboutReturn { claim, note: ClaimNote::parse("쇳소리가 나요").unwrap() };
    assert_eq!(world.order.waits(), Waits::ReturnAnswer);
    assert!(matches!(world.give(&answer, Chair::Buyer), Err(Refusal::WrongState { .. })), "nobody asked");
    for chair in [Chair::Seller, Chair::Admin] {
        world.give(&ask, chair).unwrap();
        assert_eq!(world.order.waits(), Waits::ReturnQuestion, "it is the buyer's turn");
        assert!(matches!(world.give(&ask, Chair::Admin), Err(Refusal::WrongState { .. })), "one question at a time");
        world.give(&answer, Chair::Buyer).unwrap();
        assert_eq!((world.order.waits(), world.order.claims[0].asked_at), (Waits::ReturnAnswer, None));
    }
    world.give(&ask, Chair::Seller).unwrap();
    world.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
    assert_eq!((world.order.waits(), world.order.claims[0].asked_at), (Waits::Collection, None), "who says yes needs no answer");
}

#[test]
fn who_changed_his_mind_pays_both_ways_and_for_a_fault_the_seller_does() {
    // Two walls, sent for free: 800,000.
    for (reason, fee) in [(ReturnReason::ChangeOfMind, 6_000), (ReturnReason::Defect, 0)] {
        let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
        let goods = world.goods();
        let claim = world.sent_back(goods, reason, None);
        assert_eq!(world.order.claim(claim).unwrap().state, ReturnState::AwaitingRefundApproval, "so much needs a second word");
        assert_eq!((world.order.status(), world.order.waits()), (Status::Returned, Waits::RefundApproval));
        world.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
        assert_eq!(world.order.refunded(), Won(800_000 - fee), "{reason:?}");
        assert_eq!(world.of(StockAccount::Available), 2 + 7, "on the shelf again");
        let refund = world.order.refunds[0].id;
        world.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
        assert_eq!((world.order.status(), world.order.claim(claim).unwrap().state), (Status::Refunded, ReturnState::Closed));
    }
}

#[test]
fn any_split_of_a_return_gives_back_what_one_does_less_its_fees() {
    // One by one, each is fetched by itself; the way there is paid for once.
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    for nth in 1..=2 {
        let goods = world.goods();
        let claim = world.sent_back(goods, ReturnReason::ChangeOfMind, Some(1));
        world.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
        let refund = world.order.refunds[nth - 1].id;
        world.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
    }
    assert_eq!(world.order.refunded(), Won(800_000 - 3_000 - 2 * 3_000));
    assert_eq!(world.order.status(), Status::Refunded);
}

#[test]
fn small_refunds_one_after_another_need_a_second_word_too() {
    // Three covers at 35,000: the third in a day passes the limit of 100,000.
    let mut world = World::placed_with(1, 2, 3, OnShortage::Refuse).unwrap().delivered();
    let covers = world.of_line(1);
    // All of one warehouse left together: walls and covers. One cover after another goes back.
    let one = |world: &World, fulfilment| {
        let line = world.order.lines[1].id;
        OrderCommand::RequestReturn {
            fulfilment,
            units: vec![LineUnits { line, quantity: Quantity::ONE }],
            reason: ReturnReason::Defect,
            pickup_on: None,
            found_on: None,
            note: None,
        }
    };
    let mut states = Vec::new();
    for _ in 0..3 {
        let wish = one(&world, covers);
        world.give(&wish, Chair::Buyer).unwrap();
        let claim = world.order.claims.last().unwrap().id;
        world.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
        world.give(&OrderCommand::InspectReturn { claim, restock: false, serials: Vec::new() }, Chair::Seller).unwrap();
        states.push(world.order.claim(claim).unwrap().state);
    }
    assert_eq!(states, [ReturnState::Refunding, ReturnState::Refunding, ReturnState::AwaitingRefundApproval]);
    assert_eq!(world.of(StockAccount::Scrap), 3);
}

#[test]
fn what_came_without_its_money_and_money_without_the_goods_are_decided_apart() {
    // One cover at 35,000: far below what somebody else has to agree to.
    let asked = |reason| {
        let mut world = World::placed_with(1, 2, 3, OnShortage::Refuse).unwrap().delivered();
        let (fulfilment, line) = (world.of_line(1), world.order.lines[1].id);
        let units = vec![LineUnits { line, quantity: Quantity::ONE }];
        world.give(&OrderCommand::RequestReturn { fulfilment, units, reason, pickup_on: None, found_on: None, note: None }, Chair::Buyer).unwrap();
        let claim = world.order.claims[0].id;
        (world, claim)
    };

    // The goods without the money: another thing is in the box.
    let (mut world, claim) = asked(ReturnReason::ChangeOfMind);
    let early = world.give(&world.dispute(claim, RejectReason::OtherGoods), Chair::Seller);
    assert!(matches!(early, Err(Refusal::WrongState { .. })), "nothing is here yet: {early:?}");
    world.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
    for senseless in [RejectReason::NotShown, RejectReason::Settled, RejectReason::NotAgreed] {
        let refused = world.give(&world.dispute(claim, senseless), Chair::Seller);
        assert_eq!(refused, Err(Refusal::invalid("reason", Problem::Unknown)), "{senseless:?} of a change of mind");
    }
    world.give(&world.dispute(claim, RejectReason::OtherGoods), Chair::Seller).unwrap();
    let known = world.order.claim(claim).unwrap();
    assert_eq!((known.state, known.disputed), (ReturnState::AwaitingRefundApproval, Some(RejectReason::OtherGoods)));
    assert_eq!((world.order.refunded(), world.of(StockAccount::Scrap)), (Won::ZERO, 1), "it is not sold again");
    assert!(world.give(&OrderCommand::ApproveRefund { claim }, Chair::Seller).is_err(), "the store has said what it thinks");
    let mut paid = world.clone();
    paid.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
    assert!(paid.order.refunded() > Won::ZERO);
    let note = ClaimNote::parse("다른 제품이 왔습니다").unwrap();
    world.give(&OrderCommand::RejectRefund { claim, reason: RejectReason::OtherGoods, note }, Chair::Admin).unwrap();
    assert_eq!((world.order.refunded(), world.order.claim(claim).unwrap().state), (Won::ZERO, ReturnState::RefundRejected));

    // The money without the goods: before anybody agreed to fetch them, and while somebody was to.
    for agreed_first in [false, true] {
        let (mut world, claim) = asked(ReturnReason::Defect);
        if agreed_first {
            world.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
        }
        let fetched = world.order.claim(claim).unwrap().collection;
        let at_customer = world.of(StockAccount::AtCustomer);
        world.give(&OrderCommand::RefundWithoutGoods { claim }, Chair::Seller).unwrap();
        let known = world.order.claim(claim).unwrap();
        assert_eq!((known.state, known.waived, known.collection), (ReturnState::Refunding, true, None), "fetched by {fetched:?} before");
        assert_eq!((world.order.refunded(), world.of(StockAccount::AtCustomer)), (Won(35_000), at_customer - 1));
        assert_eq!(world.of(StockAccount::Scrap), 0, "nothing came");
        let refund = world.order.refunds[0].id;
        world.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
        assert_eq!(world.order.claim(claim).unwrap().state, ReturnState::Closed);
        world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
    }
}

#[test]
fn a_change_of_mind_in_time_cannot_be_rejected_and_comes_too_late_after_a_week() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    let goods = world.goods();
    let wish = world.wish(goods, ReturnReason::ChangeOfMind, None);
    world.give(&wish, Chair::Buyer).unwrap();
    let claim = world.order.claims[0].id;
    let reject = |claim| OrderCommand::RejectReturn { claim, reason: RejectReason::NotShown, note: ClaimNote::parse("근거").unwrap() };
    assert!(matches!(world.give(&reject(claim), Chair::Seller), Err(Refusal::WrongState { .. })));
    // The purchase is not confirmed by itself while it is open, and is once the buyer keeps it.
    world.now = world.order.delivered_at.unwrap().end_of_kst_day_after(7) + Span::seconds(1);
    world.give(&OrderCommand::AutoConfirm, Chair::System).unwrap();
    assert_eq!(world.order.front, Front::Confirmed);
    world.give(&OrderCommand::WithdrawReturn { claim }, Chair::Buyer).unwrap();
    let (withdrawn, at) = world.log.last().unwrap().clone();
    let again = timers(&world.order, &withdrawn, at, &world.policy);
    assert!(again.iter().any(|change| matches!(change, TimerChange::Set(TimerKind::AutoConfirm, None, due) if *due > at)), "{again:?}");
    assert!(matches!(world.give(&wish, Chair::Buyer), Err(Refusal::TooLate { .. })));
    world.give(&OrderCommand::AutoConfirm, Chair::System).unwrap();
    assert_eq!(world.order.front, Front::Completed);

    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    let wish = world.wish(world.goods(), ReturnReason::Defect, None);
    world.give(&wish, Chair::Buyer).unwrap();
    let claim = world.order.claims[0].id;
    world.give(&reject(claim), Chair::Seller).unwrap();
    assert_eq!(world.order.claim(claim).map(|claim| (claim.state, claim.rejected)), Some((ReturnState::Rejected, Some(RejectReason::NotShown))));
    world.give(&wish, Chair::Buyer).unwrap();
}

#[test]
fn what_has_not_left_stays_and_the_warehouse_decides_a_race() {
    // Before anything is asked of the warehouse.
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap();
    world.pay();
    let goods = world.goods();
    let wish = world.wish(goods, ReturnReason::ChangeOfMind, None);
    assert!(matches!(world.give(&wish, Chair::Buyer), Err(Refusal::WrongState { .. })), "that is a cancel still");
    world.give(&OrderCommand::StartPreparing { fulfilment: goods }, Chair::Seller).unwrap();
    world.give(&OrderCommand::Allocate { fulfilment: goods }, Chair::Seller).unwrap();
    let wish = world.wish(goods, ReturnReason::ChangeOfMind, None);
    world.give(&wish, Chair::Buyer).unwrap();
    assert!(matches!(world.give(&OrderCommand::Release { fulfilment: goods }, Chair::Seller), Err(Refusal::WrongState { .. })), "it is frozen");
    let claim = world.order.claims[0].id;
    let mut withdrawn = world.clone();
    withdrawn.give(&OrderCommand::WithdrawReturn { claim }, Chair::Buyer).unwrap();
    withdrawn.give(&OrderCommand::Release { fulfilment: goods }, Chair::Seller).unwrap();
    world.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
    assert_eq!(world.of(StockAccount::Available), 2 + 7);
    world.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
    assert_eq!((world.order.refunded(), world.order.status()), (Won(800_000), Status::Returned), "nothing was sent, nothing is kept");

    // The warehouse is at it: its word decides.
    let wish = withdrawn.wish(goods, ReturnReason::Defect, None);
    withdrawn.give(&wish, Chair::Buyer).unwrap();
    let claim = withdrawn.order.claims[1].id;
    withdrawn.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
    for stopped in [true, false] {
        let mut race = withdrawn.clone();
        race.give(&OrderCommand::RecordOutboundStopped { fulfilment: goods, stopped }, Chair::System).unwrap();
        if stopped {
            assert_eq!((race.order.fulfilment(goods).unwrap().state, race.of(StockAccount::Available)), (FulfilmentState::Cancelled, 9));
            continue;
        }
        race.give(&OrderCommand::RecordOutboundCompleted { fulfilment: goods, carrier: "CJ".into(), tracking: "1".into() }, Chair::System).unwrap();
        assert_eq!(race.order.claim(claim).unwrap().collection, None, "nothing to fetch yet");
        let facts = vec![CarrierFact { status: CarrierStatus::Delivered, place: "서울".into(), at: race.now }];
        race.give(&OrderCommand::RecordTracking { fulfilment: goods, facts }, Chair::System).unwrap();
        assert_eq!(race.order.claim(claim).unwrap().state, ReturnState::Collecting);
    }
}

#[test]
fn nobody_agrees_to_a_refund_that_he_asked_for() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    let wish = world.wish(world.goods(), ReturnReason::Defect, None);
    world.give(&wish, Chair::Buyer).unwrap();
    let claim = world.order.claims[0].id;
    world.give(&OrderCommand::ApproveReturn { claim }, Chair::Admin).unwrap();
    world.give(&OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }, Chair::Admin).unwrap();
    assert!(matches!(world.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin), Err(Refusal::WrongState { .. })));
    let colleague = Actor::Admin { account: AccountId::mint(&mut CountingMint(900)) };
    let events = world.decide(&OrderCommand::ApproveRefund { claim }, &colleague).unwrap();
    world.take_in(&events);
    assert_eq!(world.order.refunded(), Won(800_000));
}

/// Money for nothing but goodwill, in every state of the returns beside it.
#[test]
fn every_command_by_every_chair_while_goodwill_is_given() {
    let statuses = walk_by(vec![World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered()], |command| match command {
        OrderCommand::RequestReturn { reason, .. } => *reason == ReturnReason::Defect,
        OrderCommand::RefundGoodwill { amount, .. } => *amount > Won(100_000),
        OrderCommand::ApproveReturn { .. }
        | OrderCommand::InspectReturn { restock: true, .. }
        | OrderCommand::ApproveRefund { .. }
        | OrderCommand::RejectRefund { .. }
        | OrderCommand::ApproveGoodwill
        | OrderCommand::RejectGoodwill
        | OrderCommand::RecordRefund { .. }
        | OrderCommand::ConfirmPurchase => true,
        _ => false,
    });
    for status in [Status::Returned, Status::Refunded, Status::Completed] {
        assert!(statuses.contains(&status), "{status:?} was never reached; seen {statuses:?}");
    }
}

#[test]
fn a_confirmed_purchase_can_be_sent_back_while_its_days_run() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
    assert_eq!((world.order.points_earned, world.order.counted), (Won(8_000), Won(800_000)));
    let claim = world.sent_back(world.goods(), ReturnReason::ChangeOfMind, Some(1));
    let order = &world.order;
    assert_eq!(
        (order.status(), order.board(), order.waits(), order.is_claimed()),
        (Status::Completed, Board::Completed, Waits::RefundApproval, true)
    );
    world.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
    // Half of it is back: half of the points, and half of what counts for the month.
    assert_eq!(world.order.refunded(), Won(400_000 - 3_000));
    assert_eq!((world.order.points_earned, world.points[&PointsAccount::Spendable]), (Won(4_000), 50_000 + 4_000));
    assert_eq!(world.order.counted, Won(400_000));
    let refund = world.order.refunds[0].id;
    world.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
    assert_eq!((world.order.status(), world.order.front), (Status::Completed, Front::Completed));

    // After a week only a fault brings it back, and that for three months.
    let received = world.order.delivered_at.unwrap();
    world.now = received.end_of_kst_day_after(7) + Span(1);
    let goods = world.goods();
    let mind = world.wish(goods, ReturnReason::ChangeOfMind, None);
    assert_eq!(world.give(&mind, Chair::Buyer), Err(Refusal::TooLate { deadline: received.end_of_kst_day_after(7) }));
    let end = received.end_of_kst_day_after(90);
    let defect = world.wish(goods, ReturnReason::Defect, None);
    let mut late = world.clone();
    late.now = end + Span(1);
    assert_eq!(late.give(&defect, Chair::Buyer), Err(Refusal::TooLate { deadline: end }));
    assert_eq!(late.order.returnable(late.now, &late.policy).count(), 0);
    world.now = end;
    assert_eq!(world.order.returnable(end, &world.policy).count(), 1);
    let claim = world.sent_back(goods, ReturnReason::Defect, None);
    world.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
    assert_eq!((world.order.points_earned, world.order.counted, world.points[&PointsAccount::Spendable]), (Won::ZERO, Won::ZERO, 50_000));
    assert_eq!((world.order.refunded(), world.order.status()), (Won(800_000 - 3_000), Status::Returned));
    let refund = world.order.refunds[1].id;
    world.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
    assert_eq!((world.order.status(), world.order.claim(claim).unwrap().state), (Status::Refunded, ReturnState::Closed));
}

#[test]
fn points_of_what_came_back_are_kept_of_the_refund_when_they_are_spent() {
    for (there, kept) in [(50_000, 0), (8_000, 0), (1_000, 7_000), (0, 8_000)] {
        let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
        world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
        world.points.insert(PointsAccount::Spendable, there);
        let claim = world.sent_back(world.goods(), ReturnReason::Defect, None);
        world.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
        assert_eq!((world.order.refunded(), world.order.amounts.spent_points), (Won(800_000 - kept), Won(kept)), "{there} left");
        assert_eq!(world.points[&PointsAccount::Spendable], there - (8_000 - kept));
    }
}

#[test]
fn parts_of_points_taken_back_sum_to_what_was_earned() {
    let benefits = Benefits { coupon: coupon(), tier_percent: 5, points: 7_777 };
    let mut world = World::placed_by(benefits, 1, 2, 3, OnShortage::Refuse).unwrap().delivered();
    world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
    let (earned, before) = (world.order.points_earned, world.points[&PointsAccount::Spendable]);
    for units in [(0, 1), (1, 1), (1, 1), (0, 1), (1, 1)] {
        let line = world.order.lines[units.0].id;
        let fulfilment = world.of_line_live(line);
        let units = vec![LineUnits { line, quantity: Quantity::new(units.1).unwrap() }];
        let wish = OrderCommand::RequestReturn { fulfilment, units, reason: ReturnReason::Defect, pickup_on: None, found_on: None, note: None };
        world.give(&wish, Chair::Buyer).unwrap();
        world.through();
        assert!(world.order.points_earned <= earned);
    }
    assert_eq!((world.order.points_earned, world.order.counted), (Won::ZERO, Won::ZERO));
    assert_eq!(world.points[&PointsAccount::Spendable], before - earned.0 + 7_777, "what it was paid with is back too");
    assert_eq!(world.order.refunded(), world.order.paid);
}

#[test]
fn a_refund_can_be_refused_and_the_goods_stay_here() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    let claim = world.sent_back(world.goods(), ReturnReason::ChangeOfMind, Some(1));
    let note = || ClaimNote::parse("사용한 흔적이 있습니다").unwrap();
    let refuse = OrderCommand::RejectRefund { claim, reason: RejectReason::CausedByUse, note: note() };
    assert_eq!(world.give(&refuse, Chair::Seller), Err(Refusal::NotAllowed));
    world.give(&refuse, Chair::Admin).unwrap();
    let claim_now = world.order.claim(claim).unwrap();
    assert_eq!((claim_now.state, claim_now.rejected, claim_now.is_open()), (ReturnState::RefundRejected, Some(RejectReason::CausedByUse), false));
    assert_eq!((world.order.refunded(), world.order.amounts.payable()), (Won::ZERO, Won(800_000)));
    assert!(matches!(world.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin), Err(Refusal::WrongState { .. })), "said is said");
    // The rest goes on; with everything here and money kept the order is returned, not refunded.
    let rest = world.sent_back(world.goods(), ReturnReason::Defect, None);
    world.give(&OrderCommand::ApproveRefund { claim: rest }, Chair::Admin).unwrap();
    let refund = world.order.refunds[0].id;
    world.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
    assert_eq!((world.order.refunded(), world.order.status(), world.order.waits()), (Won(400_000), Status::Returned, Waits::Nothing));

    // Nobody loses money for goods that never left, and nobody refuses what he proposed himself.
    let mut kept = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap();
    kept.pay();
    let goods = kept.goods();
    kept.give(&OrderCommand::StartPreparing { fulfilment: goods }, Chair::Seller).unwrap();
    let wish = kept.wish(goods, ReturnReason::Defect, None);
    kept.give(&wish, Chair::Buyer).unwrap();
    let claim = kept.order.claims[0].id;
    kept.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
    let refuse = OrderCommand::RejectRefund { claim, reason: RejectReason::OtherGoods, note: note() };
    assert!(matches!(kept.give(&refuse, Chair::Admin), Err(Refusal::WrongState { .. })));
    let mut own = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    let wish = own.wish(own.goods(), ReturnReason::Defect, None);
    own.give(&wish, Chair::Buyer).unwrap();
    let claim = own.order.claims[0].id;
    own.give(&OrderCommand::ApproveReturn { claim }, Chair::Admin).unwrap();
    own.give(&OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }, Chair::Admin).unwrap();
    let refuse = OrderCommand::RejectRefund { claim, reason: RejectReason::OtherGoods, note: note() };
    assert!(matches!(own.give(&refuse, Chair::Admin), Err(Refusal::WrongState { .. })));
}

fn said() -> ReviewText {
    ReviewText::parse("조용하고 시원해요").unwrap()
}

fn review(world: &World, nth: usize, stars: u8) -> OrderCommand {
    OrderCommand::WriteReview { line: world.order.lines[nth].id, stars: Stars::new(stars).unwrap(), text: said() }
}

/// What is said of goods, beside everything that can happen to them after they were confirmed.
#[test]
fn every_command_by_every_chair_while_goods_are_reviewed() {
    let mut confirmed = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    confirmed.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
    let statuses = walk_by(vec![confirmed], |command| match command {
        OrderCommand::RequestReturn { reason, .. } => *reason == ReturnReason::Defect,
        OrderCommand::InspectReturn { restock, .. } => *restock,
        OrderCommand::RequestReview
        | OrderCommand::WriteReview { .. }
        | OrderCommand::ChangeReview { .. }
        | OrderCommand::AnswerReview { .. }
        | OrderCommand::HideReview { .. }
        | OrderCommand::ShowReview { .. }
        | OrderCommand::ApproveReturn { .. }
        | OrderCommand::ApproveRefund { .. }
        | OrderCommand::RecordRefund { .. } => true,
        _ => false,
    });
    for status in [Status::Returned, Status::Refunded, Status::Completed] {
        assert!(statuses.contains(&status), "{status:?} was never reached; seen {statuses:?}");
    }
}

#[test]
fn only_goods_that_are_kept_of_a_confirmed_purchase_are_reviewed_and_once() {
    let mut world = World::placed().delivered();
    let early = review(&world, 0, 5);
    assert!(matches!(world.give(&early, Chair::Buyer), Err(Refusal::WrongState { .. })), "not before it is confirmed");
    world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
    assert_eq!(world.order.reviewable(world.now, &world.policy).count(), 2);
    for chair in [Chair::Seller, Chair::Admin, Chair::System] {
        assert_eq!(world.give(&early, chair), Err(Refusal::NotAllowed));
    }
    world.give(&early, Chair::Buyer).unwrap();
    assert!(matches!(world.give(&early, Chair::Buyer), Err(Refusal::WrongState { .. })), "once");
    let other = OrderCommand::WriteReview { line: jumun::ids::LineId::mint(&mut CountingMint(900)), stars: Stars::new(1).unwrap(), text: said() };
    assert_eq!(world.give(&other, Chair::Buyer), Err(Refusal::NotFound));

    // It can be said otherwise for 30 days, to the microsecond, and the other line for as long as it can be written.
    let line = world.order.lines[0].id;
    let change = |stars| OrderCommand::ChangeReview { line, stars: Stars::new(stars).unwrap(), text: said(), keep: Vec::new() };
    let deadline = world.now + Span::days(30);
    world.now = deadline;
    world.give(&change(2), Chair::Buyer).unwrap();
    let review_now = world.order.review(line).unwrap();
    assert_eq!((review_now.stars.get(), review_now.changed_at), (2, Some(deadline)));
    world.now = deadline + Span(1);
    assert_eq!(world.give(&change(3), Chair::Buyer), Err(Refusal::TooLate { deadline }));
    let until = world.order.review_until(&world.policy).unwrap();
    world.now = until + Span(1);
    let late = review(&world, 1, 5);
    assert_eq!(world.give(&late, Chair::Buyer), Err(Refusal::TooLate { deadline: until }));
    world.now = until;
    world.give(&late, Chair::Buyer).unwrap();
    world.assert_folds();
}

#[test]
fn who_sends_everything_back_says_nothing_to_others() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
    let line = world.order.lines[0].id;
    // Part of it goes back before anything is said: the rest is kept.
    let claim = world.sent_back(world.goods(), ReturnReason::Defect, Some(1));
    world.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
    assert_eq!(world.order.kept_units(line), 1);
    let mut silent = world.clone();
    let write = review(&world, 0, 5);
    world.give(&write, Chair::Buyer).unwrap();
    assert_eq!(world.order.standing_of(&world.order.reviews[0]), ReviewStanding::Shown);
    // The rest follows: what was said is taken off the moment it leaves, and is not said again or otherwise.
    let rest = world.of_line_live(line);
    world.sent_back(rest, ReturnReason::Defect, None);
    assert_eq!((world.order.kept_units(line), world.order.standing_of(&world.order.reviews[0])), (0, ReviewStanding::Returned));
    let change = OrderCommand::ChangeReview { line, stars: Stars::new(1).unwrap(), text: said(), keep: Vec::new() };
    assert!(matches!(world.give(&change, Chair::Buyer), Err(Refusal::WrongState { .. })));
    // Who had said nothing until then says nothing any more, and is not asked.
    let rest = silent.of_line_live(line);
    silent.sent_back(rest, ReturnReason::Defect, None);
    assert!(matches!(silent.give(&write, Chair::Buyer), Err(Refusal::WrongState { .. })));
    silent.give(&OrderCommand::RequestReview, Chair::System).unwrap();
    assert!(!silent.order.review_asked);
}

#[test]
fn a_buyer_is_asked_for_a_review_once_and_not_when_he_wrote_one() {
    let mut world = World::placed().delivered();
    let policy = Policy::default();
    world.give(&OrderCommand::RequestReview, Chair::System).unwrap();
    assert!(!world.order.review_asked, "nothing is confirmed");
    world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
    let completed = world.log.iter().rev().find(|(event, _)| matches!(event, Event::OrderCompleted { .. })).unwrap().0.clone();
    let due = world.now + policy.review_remind_after;
    assert!(timers(&world.order, &completed, world.now, &policy).contains(&TimerChange::Set(TimerKind::ReviewReminder, None, due)));
    let mut wrote = world.clone();
    let events = world.decide(&OrderCommand::RequestReview, &world.actor(Chair::System)).unwrap();
    assert_eq!(events, [Event::ReviewRequested]);
    let told = notices(&world.order, &events[0]);
    assert_eq!(told.iter().map(|told| (told.template.slug(), told.party)).collect::<Vec<_>>(), [("review_request", world.buyer)]);
    world.take_in(&events);
    assert!(world.decide(&OrderCommand::RequestReview, &world.actor(Chair::System)).unwrap().is_empty(), "once");

    let write = review(&wrote, 1, 5);
    wrote.give(&write, Chair::Buyer).unwrap();
    let written = wrote.log.last().unwrap().0.clone();
    assert!(timers(&wrote.order, &written, wrote.now, &policy).contains(&TimerChange::Clear(TimerKind::ReviewReminder, None)));
    assert!(wrote.decide(&OrderCommand::RequestReview, &wrote.actor(Chair::System)).unwrap().is_empty());
}

#[test]
fn what_is_hidden_does_not_count_until_it_is_shown_again() {
    let mut world = World::placed().delivered();
    world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
    let write = review(&world, 0, 1);
    world.give(&write, Chair::Buyer).unwrap();
    let line = world.order.lines[0].id;
    let standing = |world: &World| world.order.standing_of(&world.order.reviews[0]);
    let (hide, show) = (OrderCommand::HideReview { line, reason: HideReason::Abuse }, OrderCommand::ShowReview { line });
    assert_eq!(world.give(&hide, Chair::Seller), Err(Refusal::NotAllowed), "no store hides what it does not like");
    assert!(matches!(world.give(&show, Chair::Admin), Err(Refusal::WrongState { .. })));
    world.give(&hide, Chair::Admin).unwrap();
    assert_eq!((standing(&world), world.give(&hide, Chair::Admin).is_err()), (ReviewStanding::Hidden, true));
    // Saying it otherwise does not bring it back.
    let change = OrderCommand::ChangeReview { line, stars: Stars::new(5).unwrap(), text: said(), keep: Vec::new() };
    world.give(&change, Chair::Buyer).unwrap();
    assert_eq!(standing(&world), ReviewStanding::Hidden);
    world.give(&show, Chair::Admin).unwrap();
    assert_eq!(standing(&world), ReviewStanding::Shown);
    // The seller answers, and may answer otherwise.
    let answer = OrderCommand::AnswerReview { line, text: said() };
    assert_eq!(world.give(&answer, Chair::Buyer), Err(Refusal::NotAllowed));
    world.give(&answer, Chair::Seller).unwrap();
    let first = world.order.reviews[0].answer;
    world.give(&answer, Chair::Seller).unwrap();
    assert!(first.is_some() && world.order.reviews[0].answer != first);
    world.assert_folds();
}

#[test]
fn photos_of_a_review_stay_within_five_and_are_its_own() {
    let mut world = World::placed().delivered();
    world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
    let line = world.order.lines[0].id;
    let (policy, shelf) = (Policy::default(), Shelf::new());
    let buyer = world.actor(Chair::Buyer);
    let brought = |n: std::ops::Range<u8>| n.map(|n| format!("photo-{n}")).collect::<Vec<_>>();
    let decide = |order: &Order, command: &OrderCommand, photos: Vec<String>| {
        let mut mint = CountingMint(5_000);
        let mut facts = Facts::bare(START + Span::days(1), &policy, &mut mint, &shelf);
        facts.crew.photos = photos;
        order.decide(command, &buyer, &mut facts)
    };
    let write = review(&world, 0, 5);
    assert_eq!(decide(&world.order, &write, brought(0..6)), Err(Refusal::LimitReached { most: 5 }));
    let written = decide(&world.order, &write, brought(0..3)).unwrap();
    world.take_in(&written);
    assert_eq!(world.order.reviews[0].photos, brought(0..3));
    let change = |keep| OrderCommand::ChangeReview { line, stars: Stars::new(5).unwrap(), text: said(), keep };
    assert!(matches!(decide(&world.order, &change(brought(2..4)), Vec::new()), Err(Refusal::Invalid { .. })), "somebody else's");
    assert_eq!(decide(&world.order, &change(brought(0..3)), brought(3..6)), Err(Refusal::LimitReached { most: 5 }));
    let changed = decide(&world.order, &change(brought(1..2)), brought(7..9)).unwrap();
    world.take_in(&changed);
    assert_eq!(world.order.reviews[0].photos, ["photo-1", "photo-7", "photo-8"]);
}

fn goodwill(amount: i64) -> OrderCommand {
    OrderCommand::RefundGoodwill { amount: Won(amount), reason: GoodwillReason::Late }
}

#[test]
fn a_refund_of_nothing_of_less_than_nothing_or_of_more_than_is_left_is_refused() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    for amount in [-5_000, 0] {
        assert!(matches!(world.give(&goodwill(amount), Chair::Seller), Err(Refusal::Invalid { .. })), "{amount}");
    }
    let more = world.give(&goodwill(800_001), Chair::Seller);
    assert_eq!(more, Err(Refusal::AboveMaximum { most: Won(800_000), amount: Won(800_001) }));
    assert_eq!(world.order.refunds.len(), 0);
}

#[test]
fn a_refund_given_twice_is_two_and_together_never_more_than_was_paid() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    for _ in 0..2 {
        world.give(&goodwill(500_000), Chair::Seller).unwrap_or_else(|refusal| {
            assert_eq!(refusal, Refusal::AboveMaximum { most: Won(300_000), amount: Won(500_000) });
        });
        world.give(&OrderCommand::ApproveGoodwill, Chair::Admin).unwrap_or_default();
    }
    assert_eq!((world.order.refunded(), world.order.refunds.len()), (Won(500_000), 1));
    let refund = world.order.refunds[0].id;
    for _ in 0..2 {
        world.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
    }
    assert_eq!(world.log.iter().filter(|(event, _)| matches!(event, Event::RefundCompleted { .. })).count(), 1);
    // What is given is not given again when everything comes back.
    let claim = world.sent_back(world.goods(), ReturnReason::Defect, None);
    world.give(&OrderCommand::ApproveRefund { claim }, Chair::Admin).unwrap();
    assert_eq!((world.order.refunded(), world.order.amounts.payable()), (Won(800_000), Won::ZERO));
}

#[test]
fn three_hundred_thousand_in_four_parts_wait_for_a_second_person_all_the_same() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    world.give(&goodwill(75_000), Chair::Seller).unwrap();
    assert_eq!((world.order.refunded(), world.order.goodwill), (Won(75_000), None));
    // The second passes 100,000 in a day: it waits, and nothing can be asked beside it.
    world.give(&goodwill(75_000), Chair::Seller).unwrap();
    assert_eq!((world.order.refunded(), world.order.goodwill.map(|waiting| waiting.amount)), (Won(75_000), Some(Won(75_000))));
    assert!(matches!(world.give(&goodwill(75_000), Chair::Seller), Err(Refusal::WrongState { .. })));
    assert!(matches!(world.give(&goodwill(1), Chair::Admin), Err(Refusal::WrongState { .. })));
    world.give(&OrderCommand::RejectGoodwill, Chair::Admin).unwrap();
    assert_eq!((world.order.refunded(), world.order.goodwill, world.order.amounts.goodwill), (Won(75_000), None, Won(75_000)));
    // A day later it is another day.
    world.now = world.now + Span::days(1);
    world.give(&goodwill(75_000), Chair::Seller).unwrap();
    assert_eq!(world.order.refunded(), Won(150_000));

    // Three times 35,000, of which one was a return.
    let mut mixed = World::placed_with(1, 2, 3, OnShortage::Refuse).unwrap().delivered();
    mixed.give(&goodwill(35_000), Chair::Seller).unwrap();
    mixed.give(&goodwill(35_000), Chair::Seller).unwrap();
    let line = mixed.order.lines[1].id;
    let units = vec![LineUnits { line, quantity: Quantity::ONE }];
    let fulfilment = mixed.of_line_live(line);
    mixed
        .give(
            &OrderCommand::RequestReturn { fulfilment, units, reason: ReturnReason::Defect, pickup_on: None, found_on: None, note: None },
            Chair::Buyer,
        )
        .unwrap();
    let claim = mixed.order.claims[0].id;
    mixed.give(&OrderCommand::ApproveReturn { claim }, Chair::Seller).unwrap();
    mixed.give(&OrderCommand::InspectReturn { claim, restock: true, serials: Vec::new() }, Chair::Seller).unwrap();
    assert_eq!(mixed.order.claims[0].state, ReturnState::AwaitingRefundApproval);
}

#[test]
fn nobody_agrees_to_goodwill_that_he_would_give_himself() {
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap().delivered();
    world.give(&goodwill(200_000), Chair::Admin).unwrap();
    assert_eq!(world.order.refunded(), Won::ZERO);
    for own in [OrderCommand::ApproveGoodwill, OrderCommand::RejectGoodwill] {
        assert!(matches!(world.give(&own, Chair::Admin), Err(Refusal::WrongState { .. })));
    }
    let colleague = Actor::Admin { account: AccountId::mint(&mut CountingMint(900)) };
    let events = world.decide(&OrderCommand::ApproveGoodwill, &colleague).unwrap();
    world.take_in(&events);
    assert_eq!((world.order.refunded(), world.order.goodwill, world.order.status()), (Won(200_000), None, Status::Delivered));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Parts that are cancelled, sent back and given for goodwill, asked for once or again and again, in any order: no more goes back
    /// than was paid, to no tender more than it paid, and with everything back nothing is kept but what was said to be.
    #[test]
    fn money_goes_back_once(
        cancels in prop::collection::vec((0usize..2, 1u32..3), 0..3),
        steps in prop::collection::vec((0usize..6, 0usize..2, 1u32..3, 1i64..300_000), 0..14),
        points in 0i64..50_000, tier in 0u32..2, confirmed: bool,
    ) {
        let benefits = Benefits { coupon: coupon(), tier_percent: tier * 5, points };
        let mut world = World::placed_by(benefits, 2, 2, 3, OnShortage::Refuse).unwrap();
        let stock = world.units();
        world.pay();
        for (at, units) in cancels {
            let units = vec![LineUnits { line: world.order.lines[at].id, quantity: Quantity::new(units).unwrap() }];
            let _ = world.give(&OrderCommand::CancelLines { units }, Chair::Buyer);
        }
        if world.order.front == Front::Cancelled {
            return Ok(());
        }
        world.arrive();
        let given_before = world.points[&PointsAccount::Spendable];
        if confirmed {
            world.give(&OrderCommand::ConfirmPurchase, Chair::Buyer).unwrap();
        }
        for (kind, at, units, amount) in steps {
            world.now = world.now + Span::seconds(amount % 40_000);
            let line = world.order.lines[at].id;
            let before = world.order.refunded();
            match kind {
                0 | 1 => {
                    let reason = if kind == 0 { ReturnReason::ChangeOfMind } else { ReturnReason::Defect };
                    let wish = OrderCommand::RequestReturn {
                        fulfilment: world.of_line_live(line),
                        units: vec![LineUnits { line, quantity: Quantity::new(units).unwrap() }],
                        reason, pickup_on: None, found_on: None, note: None,
                    };
                    if world.give(&wish, Chair::Buyer).is_ok() {
                        world.through();
                    }
                }
                2 => drop(world.give(&goodwill(amount), Chair::Seller)),
                3 => drop(world.give(&OrderCommand::ApproveGoodwill, Chair::Admin)),
                4 => drop(world.give(&OrderCommand::RejectGoodwill, Chair::Admin)),
                _ => {
                    for refund in world.order.refunds.iter().map(|refund| refund.id).collect::<Vec<_>>() {
                        world.give(&OrderCommand::RecordRefund { refund }, Chair::System).unwrap();
                    }
                    prop_assert_eq!(world.order.refunded(), before, "said twice it is paid once");
                }
            }
            prop_assert!(world.order.refunded() >= before);
            prop_assert_eq!(world.units(), stock);
        }
        // Everything that is left comes back for a fault.
        while let Some(goods) = world.order.fulfilments.iter().find(|goods| goods.is_live()).map(|goods| goods.id) {
            let wish = world.wish(goods, ReturnReason::Defect, None);
            world.give(&wish, Chair::Buyer).unwrap();
            world.through();
        }
        let (order, kept) = (&world.order, world.order.amounts);
        prop_assert!(order.refunded() <= order.paid);
        for attempt in &order.attempts {
            let back: Won = order.refunds.iter().filter(|refund| refund.attempt == attempt.id).map(|refund| refund.amount).sum();
            prop_assert!(back <= attempt.amount);
        }
        prop_assert_eq!(order.refunds.iter().filter(|refund| refund.amount <= Won::ZERO).count(), 0);
        prop_assert_eq!((kept.goods, order.points_earned, order.counted), (Won::ZERO, Won::ZERO, Won::ZERO));
        let said = kept.shipping + kept.return_fee + kept.call_out + kept.penalty + kept.spent_points;
        prop_assert!(order.paid - order.refunded() <= said, "{kept:?}");
        if kept.goodwill == Won::ZERO && kept.points == Won::ZERO {
            prop_assert_eq!(order.paid - order.refunded(), said + kept.discounted());
        }
        prop_assert!(world.points[&PointsAccount::Spendable] <= given_before + points);
        prop_assert_eq!(world.units(), stock);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Random lives: whatever commands come in whatever order and chair, the invariants of `take_in` hold, units are
    /// conserved and nothing is paid twice or refunded beyond what was paid.
    #[test]
    fn random_lives_keep_the_invariants(steps in prop::collection::vec((any::<prop::sample::Index>(), 0usize..4, 0i64..40_000), 1..60), spare in 0i64..50_000) {
        let benefits = Benefits { coupon: coupon(), tier_percent: if spare % 2 == 0 { 5 } else { 0 }, points: spare };
        // Of three orders one is of walls that are still to come, and some of them do, and one of walls that a partner has.
        let supply = [Supply::PreOrder, Supply::ToOrder, Supply::Stocked][(spare % 3) as usize];
        let mut world = World::placed_of(supply, benefits, 2, 2, 3, OnShortage::Refuse).unwrap().with_substitutes(spare % 3);
        if supply == Supply::PreOrder {
            world.come("WALL", spare % 4);
        }
        let units = world.units();
        for (pick, chair, seconds) in steps {
            world.now = world.now + Span::seconds(seconds);
            // Now and then the points are spent elsewhere.
            if seconds % 11 == 0 {
                let spent = world.points.insert(PointsAccount::Spendable, seconds % 9_000);
                *world.points.entry(PointsAccount::Issuer).or_default() += spent.unwrap_or_default() - seconds % 9_000;
            }
            let mut commands = world.every_command();
            commands.push(world.part(world.goods()));
            let to_come = world.order.fulfilments.iter().filter(|goods| goods.is_to_come());
            commands.extend(to_come.flat_map(|goods| [OrderCommand::KeepPromise { fulfilment: goods.id }, OrderCommand::Allocate { fulfilment: goods.id }]));
            let chair = [Chair::Buyer, Chair::Seller, Chair::Admin, Chair::System][chair];
            let before = world.order.clone();
            if world.give(&commands[pick.index(commands.len())], chair).is_err() {
                prop_assert_eq!(&world.order, &before);
            }
            prop_assert_eq!(world.units(), units);
            prop_assert!(world.order.refunded() <= world.order.paid);
        }
    }
}

/// Each step of a sale that its seller would miss if he did not look at the page.
#[test]
fn a_seller_is_told_what_customers_ask_and_nothing_of_what_he_does_himself() {
    let one = |world: &World| vec![LineUnits { line: world.order.lines[0].id, quantity: Quantity::ONE }];
    let note = || ClaimNote::parse("확인했습니다").unwrap();
    let mut world = World::placed_with(1, 2, 0, OnShortage::Refuse).unwrap();
    assert_eq!(world.told_since(0), [], "nobody has paid");
    assert_eq!(world.tells(&OrderCommand::CancelLines { units: one(&world) }, Chair::Buyer), []);
    assert_eq!(world.tells(&OrderCommand::Cancel, Chair::Buyer), [], "what was never his to prepare");
    world.pay();
    assert_eq!(world.told_since(0), [("order_arrived", Chair::Seller)]);
    assert_eq!(world.tells(&OrderCommand::CancelLines { units: one(&world) }, Chair::Buyer), [("order_cut", Chair::Seller)]);
    assert_eq!(world.tells(&OrderCommand::Cancel, Chair::Buyer), [("order_off", Chair::Seller)]);
    assert_eq!(world.tells(&OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }, Chair::Seller), []);
    let paid = world.log.len();
    world.arrive();
    assert_eq!(world.told_since(paid), []);
    let wish = world.wish(world.goods(), ReturnReason::Defect, Some(1));
    assert_eq!(world.tells(&wish, Chair::Buyer), [("return_asked", Chair::Seller)]);
    let mut exchanging = world.clone().with_substitutes(2);
    let exchange = exchanging.exchange(exchanging.goods(), ReturnReason::Defect, "WALL", Some(1));
    assert_eq!(exchanging.tells(&exchange, Chair::Buyer), [("exchange_asked", Chair::Seller)]);
    exchanging.give(&exchange, Chair::Buyer).unwrap();
    world.give(&wish, Chair::Buyer).unwrap();
    let claim = world.order.claims[0].id;
    let asked = OrderCommand::AskAboutReturn { claim, note: note() };
    assert_eq!(world.tells(&asked, Chair::Seller), []);
    world.give(&asked, Chair::Seller).unwrap();
    assert_eq!(world.tells(&OrderCommand::AnswerAboutReturn { claim, note: note() }, Chair::Buyer), [("return_answered", Chair::Seller)]);
    let place = world.log.len();
    world.through();
    assert_eq!(world.told_since(place), []);
    assert_eq!(world.tells(&OrderCommand::ConfirmPurchase, Chair::Buyer), [], "it is in the books");
}

/// Each step of a purchase: whoever did not take it is told, and its customer, who is none, nothing.
#[test]
fn two_stores_tell_each_other_how_a_purchase_stands() {
    let note = || ClaimNote::parse("확인했습니다").unwrap();
    let mut world = World::bought();
    assert_eq!(world.told_since(0), [("purchase_asked", Chair::Seller)]);
    let fewer = vec![LineUnits { line: world.order.lines[0].id, quantity: Quantity::ONE }];
    for (command, chair, told) in [
        (OrderCommand::AcceptOrder { units: Vec::new() }, Chair::Seller, ("purchase_accepted", Chair::Buyer)),
        (OrderCommand::AcceptOrder { units: fewer }, Chair::Seller, ("purchase_cut_short", Chair::Buyer)),
        (OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }, Chair::Seller, ("purchase_rejected", Chair::Buyer)),
        (OrderCommand::ExpireAcceptance, Chair::System, ("unanswered", Chair::Buyer)),
        (OrderCommand::Cancel, Chair::Buyer, ("order_off", Chair::Seller)),
        (OrderCommand::CancelWithParent, Chair::System, ("order_off", Chair::Seller)),
    ] {
        assert_eq!(world.tells(&command, chair), [told], "{}", command.name());
    }
    world.give(&OrderCommand::AcceptOrder { units: Vec::new() }, Chair::Seller).unwrap();
    let place = world.log.len();
    world.arrive();
    assert_eq!(world.told_since(place), [("purchase_sent", Chair::Buyer), ("purchase_delivered", Chair::Buyer)]);
    assert_eq!(world.tells(&OrderCommand::ConfirmPurchase, Chair::Buyer), [("purchase_taken", Chair::Seller)]);
    let mut world = World::counted_in();
    let wish = world.wish(world.goods(), ReturnReason::Defect, Some(1));
    assert_eq!(world.tells(&wish, Chair::Buyer), [("return_asked", Chair::Seller)]);
    world.give(&wish, Chair::Buyer).unwrap();
    let claim = world.order.claims[0].id;
    let refused = OrderCommand::RejectReturn { claim, reason: RejectReason::NotAgreed, note: note() };
    assert_eq!(world.tells(&refused, Chair::Seller), [("passed_on_refused", Chair::Buyer)]);
    let asked = OrderCommand::AskAboutReturn { claim, note: note() };
    assert_eq!(world.tells(&asked, Chair::Seller), [("passed_on_question", Chair::Buyer)]);
    world.give(&asked, Chair::Seller).unwrap();
    assert_eq!(world.tells(&OrderCommand::AnswerAboutReturn { claim, note: note() }, Chair::Buyer), [("return_answered", Chair::Seller)]);
}
