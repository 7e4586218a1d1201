//! Random trees: a sale, purchases to any depth and the installer's orders, whose commands are carried from node to node as the
//! house does. Whatever is done in whatever order, nothing lives under a cancelled order, a parent knows how far its children are,
//! and no store sells what it has not.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

use jumun::{
    actor::Actor,
    catalogue::{Category, Supply},
    ids::{AccountId, ClaimId, ContactId, CountingMint, Mint, OrderId, PartyId, ProductId, RefundId, VariantId, WarehouseId},
    ledger::{Posting, StockAccount, is_balanced, postings},
    membership::Purse,
    money::Won,
    notice::{Reader, Template, Told, notices},
    order::{
        Candidate, CarrierFact, CarrierStatus, Check, Claim, Crew, EndCost, Event, Facts, Fetcher, Front, Fulfilment, FulfilmentLine,
        FulfilmentState, Half, ImpossibleCause, Inbound, InstallationState, Kind, LineUnits, OnShortage, Order, OrderCommand, PartnerOffer,
        PaymentMethod, PaymentOutcome, PickupFact, Placement, PlacementLine, Purchase, RejectReason, ReturnReason, ReturnState, SellerReason, Site,
        SiteAnswer, SiteAnswers, Source, Visit, collection, installation, place, purchase,
    },
    policy::Policy,
    quantity::Quantity,
    refusal::Refusal,
    stock::{Available, Shelf},
    text::{ClaimNote, PersonName, SerialNumber, Words},
    time::{Span, Time},
};
use proptest::{prelude::*, test_runner::TestRunner};
use std::{cell::Cell, collections::BTreeMap};

/// As far as its buyer knows anything can be put up.
const SITE: SiteAnswers = SiteAnswers { space: SiteAnswer::Yes, power: SiteAnswer::Yes, outdoor: SiteAnswer::Yes, building: SiteAnswer::Yes };
const START: Time = Time(1_790_000_000_000_000);
/// The shop and the stores behind it, each of which buys of those further back.
const STORES: usize = 4;
/// Units on each store's shelf: fewer than are wanted, so that nobody can do without the others.
const SHELF: i64 = 2;

/// A tree, and where everybody's units are.
#[derive(Clone)]
struct World {
    now: Time,
    mint: u64,
    nodes: BTreeMap<OrderId, (Order, Vec<(Event, Time)>)>,
    root: OrderId,
    stock: BTreeMap<(StockAccount, VariantId), i64>,
    /// What was told by the last thing that somebody did.
    told: Vec<Told>,
    policy: Policy,
}

fn party(nth: usize) -> PartyId {
    let mint = &mut CountingMint(9_000 + nth as u64 * 10);
    PartyId::mint(mint)
}
fn buyer() -> PartyId {
    party(20)
}
fn installer() -> PartyId {
    party(21)
}
fn warehouse(store: usize) -> WarehouseId {
    WarehouseId::mint(&mut CountingMint(8_000 + store as u64 * 10))
}
fn variant(store: usize) -> VariantId {
    VariantId::new(format!("WALL-{store}"))
}
fn store_of(party_id: PartyId) -> Option<usize> {
    (0..STORES).find(|nth| party(*nth) == party_id)
}

impl World {
    /// Three walls of the first store, paid; put up, or sent.
    fn new(installed: bool) -> Self {
        let policy = Policy { cancel_penalty: 10, ..Policy::default() };
        let mint = &mut CountingMint(1);
        let line = PlacementLine {
            product: ProductId::new("P"),
            variant: variant(0),
            category: Category::Wall,
            title: Words { ko: "벽걸이".into(), en: None },
            option: Words::default(),
            quantity: Quantity::new(3).unwrap(),
            unit_price: Won(200_000),
            shipping_fee: Won::ZERO,
            supply: Supply::ToOrder,
            ship_by: None,
            installation: installed.then_some(Won(70_000)),
        };
        let wish = Placement {
            buyer: buyer(),
            seller: party(0),
            lines: vec![line],
            contact: ContactId::mint(mint),
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
            site: Some(Site { answers: SITE, call_out: Won(25_000) }),
            seen_goods: None,
            external: None,
            on_shortage: OnShortage::Refuse,
        };
        let shelf = vec![Available { variant: variant(0), warehouse: warehouse(0), postcode: "06000".into(), units: 9, supply: Supply::ToOrder }];
        let events = place(wish, &mut facts(START, &policy, mint, &shelf, None, Crew::default())).unwrap();
        let stock = (0..STORES).map(|store| ((StockAccount::Available, variant(store)), SHELF)).collect();
        let root = Order::born(&events[0], START).unwrap().id;
        let mut world = Self { now: START, mint: mint.0, nodes: BTreeMap::new(), root, stock, told: Vec::new(), policy };
        world.born(&events);
        world.give(root, &OrderCommand::RequestPayment { method: PaymentMethod::Card }, &customer()).unwrap();
        let attempt = world.node(root).attempts[0].clone();
        let outcome = PaymentOutcome::Approved { payment_key: "k".into(), amount: attempt.amount };
        world.give(root, &OrderCommand::RecordPayment { attempt: attempt.id, outcome }, &Actor::System).unwrap();
        world
    }

    fn node(&self, id: OrderId) -> &Order {
        &self.nodes[&id].0
    }

    fn shelf(&self, store: usize) -> Shelf {
        let units = self.stock[&(StockAccount::Available, variant(store))] as u32;
        vec![Available { variant: variant(store), warehouse: warehouse(store), postcode: "06000".into(), units, supply: Supply::Stocked }]
    }

    fn born(&mut self, events: &[Event]) {
        let order = Order::born(&events[0], self.now).unwrap();
        let id = order.id;
        self.nodes.insert(id, (order, vec![(events[0].clone(), self.now)]));
        let told = notices(&self.nodes[&id].0, &events[0]);
        self.go_on(id, &events[1..], told);
    }

    fn take_in(&mut self, id: OrderId, events: &[Event]) {
        self.go_on(id, events, Vec::new());
    }

    /// One step's facts, of which something was told already.
    fn go_on(&mut self, id: OrderId, events: &[Event], mut told: Vec<Told>) {
        for event in events {
            let (order, log) = self.nodes.get_mut(&id).unwrap();
            order.apply(event, self.now);
            log.push((event.clone(), self.now));
            let more = notices(order, event).into_iter().filter(|more| !told.contains(more));
            told.extend(more.collect::<Vec<_>>());
            for journal in postings(order, event) {
                assert!(is_balanced(&journal), "{}", event.name());
                for posting in journal {
                    if let Posting::Stock { account, variant, units, .. } = posting {
                        let balance = self.stock.entry((account, variant)).or_default();
                        *balance += units;
                        assert!(!account.is_floored() || *balance >= 0, "{account:?} below zero by {}", event.name());
                    }
                }
            }
        }
        self.told.extend(told);
    }

    /// A command about a node and what its neighbours hear of it: all of it, or nothing.
    fn give(&mut self, id: OrderId, command: &OrderCommand, actor: &Actor) -> Result<(), Refusal> {
        let mut next = self.clone();
        next.told.clear();
        next.carry(id, command, actor)?;
        next.check_told(command, actor);
        *self = next;
        Ok(())
    }

    /// Everything is told to somebody of the order whom it is for, once, and nobody who works hears what he did himself; but that
    /// what he lost is not waited for is another's word.
    fn check_told(&self, command: &OrderCommand, actor: &Actor) {
        for (nth, told) in self.told.iter().enumerate() {
            let (slug, order) = (told.template.slug(), self.node(told.order));
            let is_store = || store_of(told.party).is_some();
            let right = match told.template.reader() {
                Reader::Customer => told.party == buyer() && !order.is_on_credit(),
                Reader::Seller => told.party == order.seller && is_store(),
                Reader::Client | Reader::Returner => told.party == order.buyer && is_store(),
                Reader::Installer => told.party == order.seller && told.party == installer(),
            };
            assert!(right, "{slug} of {:?} to {}", order.kind, told.party);
            // Who buys, over others, of himself hears of that what anybody would.
            let sells = self.nodes.values().filter(|(order, _)| order.seller == told.party).count();
            let his = told.template.reader() != Reader::Customer && actor.party() == Some(told.party) && sells < 2;
            assert!(!his || told.template == Template::OrderOff, "{} tells him {slug}", command.name());
            assert!(!self.told[..nth].contains(told), "{} says {slug} twice", command.name());
        }
    }

    fn carry(&mut self, id: OrderId, command: &OrderCommand, actor: &Actor) -> Result<(), Refusal> {
        let before = self.node(id).clone();
        let policy = self.policy.clone();
        // A store that sends back looks at its own shelf.
        let sends_back = before.inbound.is_some() && matches!(command, OrderCommand::RequestReturn { .. });
        let whose = if sends_back { before.buyer } else { before.seller };
        let shelf = store_of(whose).map(|store| self.shelf(store)).unwrap_or_default();
        let mut crew = Crew::default();
        if let OrderCommand::AssignInstaller { installer, .. } = command {
            let fees = before.lines.iter().map(|line| (line.id, Won(50_000))).collect();
            crew.candidate = Some(Candidate { installer: *installer, fees, call_out: Won(30_000), comes_there: true });
        }
        crew.has_goods = before.parent.is_some_and(|above| self.node(above).of_installation(id).is_some_and(|(goods, _)| goods.shipped_at.is_some()));
        let offer = match command {
            OrderCommand::BuyFromPartner { variant, .. } => self.offer(before.seller, variant),
            _ => None,
        };
        let candidate = crew.candidate.clone();
        let mut mint = CountingMint(self.mint);
        let events = before.decide(command, actor, &mut facts(self.now, &policy, &mut mint, &shelf, offer.clone(), crew))?;
        self.mint = mint.0;
        self.take_in(id, &events);
        for event in &events {
            let mut mint = CountingMint(self.mint);
            let none = Shelf::new();
            let born = match (event, &offer, &candidate) {
                (Event::ChildAdded { child, units, drop_ship, .. }, Some(offer), _) => {
                    let ours = store_of(before.seller).unwrap();
                    let wish = Purchase {
                        id: *child,
                        parent: Some((before.id, before.root)),
                        buyer: before.seller,
                        quantity: units.quantity,
                        contact: if *drop_ship { before.contact } else { ContactId::mint(&mut mint) },
                        postcode: if *drop_ship { before.postcode.clone() } else { "06000".into() },
                        inbound: Inbound { warehouse: warehouse(ours), variant: variant(ours), drop_ship: *drop_ship },
                    };
                    purchase(wish, offer, &mut facts(self.now, &policy, &mut mint, &none, None, Crew::default()))?
                }
                (Event::CollectionRequested { claim, collection: id, .. }, _, _) => {
                    let above = self.node(before.id);
                    let claim = above.claim(*claim).unwrap();
                    collection(
                        *id,
                        above,
                        claim,
                        Fetcher::Carrier(party(22)),
                        (above.contact, &above.postcode),
                        &mut facts(self.now, &policy, &mut mint, &none, None, Crew::default()),
                    )
                }
                (Event::InstallerAssigned { installation: id, fulfilment, .. }, _, Some(candidate)) => {
                    let above = self.node(before.id);
                    let goods = above.fulfilment(*fulfilment).unwrap();
                    installation(*id, above, goods, candidate, &mut facts(self.now, &policy, &mut mint, &none, None, Crew::default()))
                }
                _ => continue,
            };
            self.mint = mint.0;
            self.born(&born);
        }
        let after = self.node(id).clone();
        let told: Vec<(OrderId, OrderCommand)> = after.tells_children(&before).into_iter().chain(after.tells_parent(&before)).collect();
        for (id, command) in told {
            match self.carry(id, &command, &Actor::System) {
                // Who sent as many back already by himself cannot pass them on once more; nothing of it happens then.
                Err(refusal) if matches!(command, OrderCommand::TakeUpReturn { .. }) => return Err(refusal),
                told => told.unwrap_or_else(|refusal| panic!("{} is told {command:?}: {refusal:?}", self.node(id).number)),
            }
        }
        Ok(())
    }

    /// What the store of a variant sells to another.
    fn offer(&self, store: PartyId, theirs: &VariantId) -> Option<PartnerOffer> {
        let (ours, theirs) = (store_of(store)?, (0..STORES).find(|nth| variant(*nth) == *theirs)?);
        Some(PartnerOffer {
            seller: party(theirs),
            product: ProductId::new("W"),
            variant: variant(theirs),
            ours: variant(ours),
            title: Words { ko: "벽걸이".into(), en: None },
            option: Words::default(),
            unit_price: Won(100_000),
            least: 1,
            credit_left: Won(10_000_000),
            shelf: self.shelf(theirs),
        })
    }

    /// The nodes below one, oldest first.
    fn below(&self, id: OrderId) -> Vec<OrderId> {
        self.nodes.values().map(|(order, _)| order).filter(|order| order.parent == Some(id)).map(|order| order.id).collect()
    }

    /// Brings goods from their sources to whoever bought them; a store counts them in.
    fn bring(&mut self, id: OrderId) {
        let (seller, buyer) = (actor(self.node(id).seller), actor(self.node(id).buyer));
        let fulfilment = self.node(id).fulfilments[0].id;
        if !self.node(id).fulfilments[0].is_sourced() {
            self.give(id, &OrderCommand::Allocate { fulfilment }, &seller).unwrap();
        }
        self.give(id, &OrderCommand::Release { fulfilment }, &seller).unwrap();
        self.give(id, &OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "1".into() }, &Actor::System).unwrap();
        let facts = vec![CarrierFact { status: CarrierStatus::Delivered, place: "서울".into(), at: self.now }];
        self.give(id, &OrderCommand::RecordTracking { fulfilment, facts }, &Actor::System).unwrap();
        if self.node(id).kind == Kind::Purchase {
            self.give(id, &OrderCommand::ConfirmPurchase, &buyer).unwrap();
        }
    }

    /// A store buys of another, which agrees and begins.
    fn buy(&mut self, id: OrderId, units: u32, of: usize, drop_ship: bool) -> OrderId {
        let (fulfilment, line, seller) = (self.node(id).fulfilments[0].id, self.node(id).lines[0].id, actor(self.node(id).seller));
        let known = self.below(id);
        let quantity = Quantity::new(units).unwrap();
        self.give(id, &OrderCommand::BuyFromPartner { fulfilment, line, quantity, variant: variant(of), drop_ship }, &seller).unwrap();
        let child = self.below(id).into_iter().find(|child| !known.contains(child)).unwrap();
        self.give(child, &OrderCommand::AcceptOrder { units: Vec::new() }, &actor(party(of))).unwrap();
        let fulfilment = self.node(child).fulfilments[0].id;
        self.give(child, &OrderCommand::StartPreparing { fulfilment }, &actor(party(of))).unwrap();
        child
    }

    /// Three walls with their buyer: one came of a partner, and two of another who had bought them himself.
    fn arrived() -> Self {
        let mut world = Self::new(false);
        let root = world.root;
        let fulfilment = world.node(root).fulfilments[0].id;
        world.give(root, &OrderCommand::StartPreparing { fulfilment }, &actor(party(0))).unwrap();
        let (first, second) = (world.buy(root, 2, 1, false), world.buy(root, 1, 3, false));
        let deeper = world.buy(first, 2, 2, false);
        for id in [deeper, first, second, root] {
            world.bring(id);
        }
        world.check();
        world
    }

    /// Of three walls a partner is to send two straight to the customer, and has them sent by one of his own.
    fn drop_shipped() -> Self {
        let mut world = Self::new(false);
        let root = world.root;
        let fulfilment = world.node(root).fulfilments[0].id;
        world.give(root, &OrderCommand::StartPreparing { fulfilment }, &actor(party(0))).unwrap();
        let partner = world.buy(root, 2, 1, true);
        world.buy(partner, 2, 2, true);
        world.check();
        world
    }

    /// Something that somebody at a node might try; much of it is refused.
    fn attempt(&self, id: OrderId, what: usize, pick: usize) -> (OrderCommand, Actor) {
        let order = self.node(id);
        let goods = order.fulfilments.get(pick % order.fulfilments.len().max(1));
        let fulfilment = goods.map_or_else(|| jumun::ids::FulfilmentId::mint(&mut CountingMint(1)), |goods| goods.id);
        let line = order.lines[0].id;
        let quantity = Quantity::new(1 + (pick % 3) as u32).unwrap();
        let (seller, buyer, system) = (actor(order.seller), actor(order.buyer), Actor::System);
        let visit = Visit { on: (self.now + Span::days(1 + (pick % 3) as i64)).kst_date(), half: Half::Morning };
        let fact = |status| CarrierFact { status, place: "서울".into(), at: self.now };
        let no_claim = || ClaimId::mint(&mut CountingMint(1));
        let claim = order.claims.iter().find(|claim| claim.is_open()).map_or_else(no_claim, |claim| claim.id);
        let apart = order.claims.iter().find(|claim| order.is_set_apart(claim)).map_or_else(no_claim, |claim| claim.id);
        let reason = if pick.is_multiple_of(3) { ReturnReason::ChangeOfMind } else { ReturnReason::Defect };
        // What stands on the units that came back, if anybody said what they are.
        let read = || {
            let back = order.claim(claim).and_then(|claim| Some((order.fulfilment(claim.fulfilment)?, order.units_read(claim))));
            back.map(|(goods, units)| goods.named.iter().map(|unit| unit.serial.clone()).take(units as usize).collect()).unwrap_or_default()
        };
        let owed = order.refunds.iter().find(|refund| refund.completed_at.is_none());
        let refund = owed.map_or_else(|| RefundId::mint(&mut CountingMint(1)), |refund| refund.id);
        match what {
            0 => (OrderCommand::AcceptOrder { units: Vec::new() }, seller),
            1 => (OrderCommand::AcceptOrder { units: vec![LineUnits { line, quantity }] }, seller),
            2 => (OrderCommand::StartPreparing { fulfilment }, seller),
            3 => (OrderCommand::Allocate { fulfilment }, seller),
            4 | 5 => {
                let (of, drop_ship) = (variant(1 + pick % (STORES - 1)), what == 5 || pick.is_multiple_of(4));
                let quantity = goods.and_then(|goods| Quantity::new(goods.units())).filter(|_| pick.is_multiple_of(2)).unwrap_or(quantity);
                (OrderCommand::BuyFromPartner { fulfilment, line, quantity, variant: of, drop_ship }, seller)
            }
            6 => (OrderCommand::Release { fulfilment }, seller),
            7 => (OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "1".into() }, system),
            8 => {
                let status = if pick.is_multiple_of(3) { CarrierStatus::Failed } else { CarrierStatus::Delivered };
                (OrderCommand::RecordTracking { fulfilment, facts: vec![fact(status)] }, system)
            }
            9 => (OrderCommand::ConfirmPurchase, buyer),
            10 => (OrderCommand::Cancel, buyer),
            11 => (OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }, seller),
            12 => (OrderCommand::ReportStockLoss { fulfilment, line, quantity }, seller),
            13 => (OrderCommand::CancelLines { units: vec![LineUnits { line, quantity }] }, buyer),
            14 => (OrderCommand::AssignInstaller { fulfilment, installer: installer() }, seller),
            15 => (OrderCommand::UnassignInstaller { fulfilment }, seller),
            16 => (OrderCommand::AcceptInstallation, seller),
            17 => (OrderCommand::ScheduleVisit { visit }, seller),
            18 => (OrderCommand::Depart, seller),
            19 => (OrderCommand::ReportDelivered, seller),
            20 => {
                let serials = (0..order.lines[0].quantity.get()).map(|nth| SerialNumber::parse(&format!("SN-{nth}")).unwrap()).collect();
                (
                    OrderCommand::CompleteInstallation {
                        serials,
                        checked: Check::ALL.to_vec(),
                        signed_by: PersonName::parse("홍길동").unwrap(),
                        signature: None,
                    },
                    seller,
                )
            }
            21 => (OrderCommand::ReportImpossible { cause: ImpossibleCause::Space }, seller),
            22 => (OrderCommand::ReportAbsent, seller),
            23 => (OrderCommand::RecordOutboundStopped { fulfilment, stopped: pick.is_multiple_of(2) }, system),
            24 => (OrderCommand::ReceiveBack { fulfilment, restock: pick.is_multiple_of(2) }, seller),
            25 => (OrderCommand::UndoAllocation { fulfilment }, seller),
            26 => (OrderCommand::ReturnToSender { fulfilment }, system),
            28 => (
                OrderCommand::RequestReturn {
                    fulfilment,
                    units: vec![LineUnits { line, quantity }],
                    reason,
                    pickup_on: None,
                    found_on: None,
                    note: None,
                },
                buyer,
            ),
            29 => (OrderCommand::ApproveReturn { claim }, seller),
            30 => (OrderCommand::InspectReturn { claim, restock: pick.is_multiple_of(2), serials: read() }, seller),
            31 | 32 => (OrderCommand::PassReturnOn { claim, serials: read() }, seller),
            27 => {
                let note = ClaimNote::parse("다른 상품").unwrap();
                (OrderCommand::DisputeReturn { claim, reason: RejectReason::OtherGoods, note, serials: Vec::new() }, seller)
            }
            33 => (OrderCommand::RejectReturn { claim, reason: RejectReason::NotAgreed, note: ClaimNote::parse("합의 없음").unwrap() }, seller),
            34 => (OrderCommand::PutAway { claim: apart, restock: pick.is_multiple_of(2) }, buyer),
            35 => (OrderCommand::WithdrawReturn { claim }, buyer),
            36 => (OrderCommand::RecordRefund { refund }, system),
            37 => (OrderCommand::ApproveRefund { claim }, Actor::Admin { account: AccountId::mint(&mut CountingMint(7_500)) }),
            39 => {
                let units = goods.filter(|_| !pick.is_multiple_of(4)).map_or(0, Fulfilment::units);
                let serial = |nth| SerialNumber::parse(&format!("SN-{}-{nth}", fulfilment.to_string().split_at(24).1)).unwrap();
                (OrderCommand::NameUnits { fulfilment, serials: (0..units).map(serial).collect() }, seller)
            }
            38 => (OrderCommand::RecordPickup { fact: PickupFact::PickedUp { at: self.now } }, system),
            _ => (OrderCommand::DeclineInstallation { reason: jumun::order::DeclineReason::Busy }, seller),
        }
    }

    /// What holds between any two commands.
    fn check(&self) {
        for (order, log) in self.nodes.values() {
            assert_eq!(Order::fold(log.iter().map(|(event, at)| (event, *at))).as_ref(), Some(order), "the log folds into the state");
            for goods in &order.fulfilments {
                let all = goods.named.is_empty() || goods.named.len() == goods.units() as usize && goods.is_here();
                let one = |line: &FulfilmentLine| goods.serials_of(line.line).count() >= line.quantity.get() as usize;
                assert!(all || goods.shipped_at.is_some() && goods.lines.iter().all(one), "which units go: {goods:?}");
            }
            let Some(above) = order.parent.map(|above| self.node(above)) else { continue };
            if above.front == Front::Cancelled {
                assert_eq!(order.cost_to_end(&self.policy), None, "{:?} lives under a cancelled order", order.kind);
            }
            if order.kind == Kind::Installation {
                let job = order.job.as_ref().unwrap().state;
                if let Some((_, given)) = above.of_installation(order.id) {
                    assert_eq!(given.state, job, "both sides of an installation");
                } else {
                    assert!(!job.is_live(), "nobody above knows of a job that is {job:?}");
                }
                continue;
            }
            if order.kind == Kind::Collection {
                continue;
            }
            let standing = order.standing();
            if let (true, Some((goods, _))) = (order.is_drop_ship(), above.of_child(order.id)) {
                let parcel = order.fulfilments.iter().find(|goods| goods.shipped_at.is_some());
                let brings = |source: &Source| matches!(source, Source::ChildPurchase { order: of, .. } if *of == order.id);
                let parts = || above.fulfilments.iter().filter(|goods| goods.is_live() && goods.sources.iter().any(brings));
                let sent = |parcel: &Fulfilment| {
                    let known = parts().all(|part| (part.state, &part.tracking) == (parcel.state, &parcel.tracking));
                    known && (!parcel.is_live() || parts().map(Fulfilment::units).sum::<u32>() == parcel.units())
                };
                let same = goods.shipped_at.is_none() && parcel.is_none() || parcel.is_some_and(sent) || order.front == Front::Completed;
                assert!(same, "one parcel, known to both: {goods:?} and {parcel:?}");
                assert_eq!(order.cancelled.is_none().then_some(order.contact), order.cancelled.is_none().then_some(above.contact));
            }
            match above.of_child(order.id) {
                Some((goods, Source::ChildPurchase { stage, .. })) if goods.is_live() => {
                    // Goods that came back in parts have each their share of it.
                    let of_it = |source: &&Source| matches!(source, Source::ChildPurchase { order: known, .. } if *known == order.id);
                    let units: u32 = above.fulfilments.iter().flat_map(|goods| goods.sources.iter().filter(of_it)).map(Source::quantity).sum();
                    // What was counted in may be lost since.
                    let all = units == standing.units || *stage == jumun::order::ChildStage::Received && units < standing.units;
                    assert!(
                        *stage == standing.stage && all || goods.is_drop_ship() && goods.shipped_at.is_some(),
                        "{stage:?} of {units} is known of a purchase that is {standing:?}"
                    );
                }
                Some(_) => {}
                None => assert!(!standing.stage.is_revocable(), "nobody above waits for a purchase that is {:?}", standing.stage),
            }
            if above.cost_to_end(&self.policy).is_some_and(EndCost::is_open) {
                assert!(order.cost_to_end(&self.policy).is_none_or(EndCost::is_open), "what can be ended stands on what cannot");
            }
        }
        // What lies set apart is what somebody was asked to take back and has not fetched, and what waits to be put away.
        for store in 0..STORES {
            let lies = |order: &Order| -> i64 {
                let of = |claim: &&Claim| {
                    let waits = matches!(claim.state, ReturnState::Requested | ReturnState::Approved | ReturnState::Collecting);
                    order.buyer == party(store) && (waits || order.is_set_apart(claim))
                };
                order.claims.iter().filter(of).filter_map(|claim| order.sent_up(claim)).map(|(_, units)| i64::from(units)).sum()
            };
            let asked: i64 = self.nodes.values().map(|(order, _)| lies(order)).sum();
            let apart = self.stock.get(&(StockAccount::SetApart, variant(store))).copied().unwrap_or_default();
            assert_eq!(apart, asked, "what store {store} has set apart");
        }
        // Between two stores units are with the carrier: brought and not counted in, or fetched and not looked at. What goes straight
        // to a customer is on the road as the goods of everybody who sold it.
        let on_the_road = |order: &Order| -> i64 {
            let arrived = order.fulfilments.iter().filter(|goods| order.front == Front::Confirmed && goods.state == FulfilmentState::Delivered);
            let fetched = order.claims.iter().filter(|claim| order.front == Front::Completed && claim.state == ReturnState::Collected);
            let left = |goods: &&Fulfilment| goods.shipped_at.is_some() && goods.delivered_at.is_none() && goods.is_live();
            let dropped = order.fulfilments.iter().filter(|_| order.is_drop_ship()).filter(left);
            i64::from(arrived.map(Fulfilment::units).sum::<u32>())
                + i64::from(fetched.flat_map(|claim| &claim.units).map(|units| units.quantity.get()).sum::<u32>())
                - i64::from(dropped.map(Fulfilment::units).sum::<u32>())
        };
        use StockAccount::{AtCustomer, Available, Committed, Held, InTransit, Lost, ReturnedUninspected, Scrap, SetApart};
        let here = [Available, Held, Committed, InTransit, ReturnedUninspected, SetApart, Scrap, Lost];
        let in_stores: i64 = self.stock.iter().filter(|((account, _), _)| here.contains(account)).map(|(_, units)| units).sum();
        let with_buyer = self.stock.get(&(AtCustomer, variant(0))).copied().unwrap_or_default();
        let purchases = || self.nodes.values().map(|(order, _)| order).filter(|order| order.kind == Kind::Purchase);
        let carried: i64 = purchases().map(on_the_road).sum();
        assert_eq!(in_stores + with_buyer + carried, STORES as i64 * SHELF, "every unit is somewhere, and once");
        // A purchase owes for what was kept of it, for what was cut after it was agreed to, and the way back of what was a wish.
        for order in purchases().filter(|order| order.front == Front::Completed) {
            let kept: i64 = order.lines.iter().map(|line| i64::from(order.live_units(line)) * line.unit_price.0).sum();
            let wishes = order.claims.iter().filter(|claim| claim.reason == ReturnReason::ChangeOfMind).count() as i64;
            let most = kept + wishes * self.policy.return_fee.0;
            let owed = order.amounts.payable().0 - order.amounts.penalty.0;
            assert!((kept..=most).contains(&owed), "{:?} for {kept}", order.amounts);
        }
        let sale = self.node(self.root);
        if sale.confirmed_at.is_some() && sale.front != Front::Cancelled {
            assert_eq!(sale.paid - sale.refunded(), sale.amounts.payable(), "paid and kept is what it is worth");
        }
        // Units come from a partner's dispatch or stay where they were.
        let lives: i64 = (0..STORES).map(|store| self.stock.get(&(StockAccount::ToOrder, variant(store))).copied().unwrap_or_default()).sum();
        let to_buy: i64 =
            sale.fulfilments.iter().filter(|goods| goods.is_live()).flat_map(|goods| &goods.to_buy).map(|units| units.quantity.units()).sum();
        assert_eq!(lives, to_buy, "what counts against partners is what is still to be bought");
    }
}

fn facts<'a>(now: Time, policy: &'a Policy, mint: &'a mut dyn Mint, shelf: &'a Shelf, partner: Option<PartnerOffer>, crew: Crew) -> Facts<'a> {
    Facts { now, policy, mint, shelf, purse: Purse::default(), to: None, offer: None, partner, crew }
}

fn account() -> AccountId {
    AccountId::mint(&mut CountingMint(7_000))
}

fn customer() -> Actor {
    Actor::Customer { account: account(), party: buyer() }
}

fn actor(of: PartyId) -> Actor {
    match store_of(of) {
        Some(_) => Actor::Staff { account: account(), store: of, manager: true },
        None if of == buyer() => customer(),
        None => Actor::Installer { account: account(), party: of },
    }
}

/// What would bring the tree on: with it, random lives get further than to their first refusal.
fn sensible(order: &Order, pick: usize) -> usize {
    if order.pickup.is_some() {
        return 38;
    }
    if order.claims.iter().any(|claim| order.is_set_apart(claim)) {
        return 34;
    }
    if let Some(claim) = order.claims.iter().find(|claim| claim.is_open()) {
        return match claim.state {
            ReturnState::Requested if pick == 1 => 33,
            ReturnState::Requested => 29,
            ReturnState::AwaitingRefundApproval => 37,
            ReturnState::Refunding => 36,
            _ if pick == 11 => 27,
            _ if pick.is_multiple_of(3) => 30,
            _ => 31,
        };
    }
    match (&order.job, order.front) {
        (None, Front::Completed) => 28,
        (Some(job), _) => match job.state {
            InstallationState::Assigned => 16,
            InstallationState::Accepted | InstallationState::Rescheduled => 17,
            InstallationState::Scheduled => 18,
            InstallationState::EnRoute => 19,
            _ => 20,
        },
        (None, Front::StockReserved) => 0,
        (None, _) => {
            use jumun::order::FulfilmentState::{Delivered, DeliveryFailed, Planned, Preparing, PurchaseCompleted, ReturningToSender, Shipped};
            let goods = order.fulfilments.iter().find(|goods| goods.is_live());
            match goods.map(|goods| (goods.state, goods.is_sourced(), goods.outbound_requested_at.is_some())) {
                Some((Planned, ..)) => 2,
                Some((Preparing, false, _)) => 4,
                Some((Preparing, true, _)) => 14,
                Some((PurchaseCompleted, _, false)) => 6,
                Some((PurchaseCompleted, _, true)) => 7,
                Some((Shipped, ..)) => 8,
                Some((DeliveryFailed, ..)) => {
                    if pick.is_multiple_of(2) {
                        8
                    } else {
                        26
                    }
                }
                Some((ReturningToSender, ..)) => 24,
                Some((Delivered, ..)) => 9,
                _ => 3,
            }
        }
    }
}

#[test]
fn nothing_lives_under_a_cancelled_order_and_parents_know_their_children() {
    let steps = prop::collection::vec((any::<prop::sample::Index>(), 0usize..80, 0usize..12), 20..160);
    let (deep, cancelled, completed) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) });
    let ran = runner.run(&(any::<bool>(), steps), |(installed, steps)| {
        let mut world = World::new(installed);
        for (node, what, pick) in steps {
            let ids: Vec<OrderId> = world.nodes.keys().copied().collect();
            let id = ids[node.index(ids.len())];
            // Half of what is tried brings things on, the other half is anything.
            let what = if what < 40 { what } else { sensible(world.node(id), pick) };
            world.now = world.now + Span::hours(pick as i64);
            let (command, actor) = world.attempt(id, what, pick);
            let _ = world.give(id, &command, &actor);
            world.check();
        }
        let above = |order: &Order| order.parent.map(|above| world.node(above).clone());
        let nodes = || world.nodes.values().map(|(order, _)| order);
        let count = |seen: &Cell<u32>, happened: bool| seen.set(seen.get() + u32::from(happened));
        count(&deep, nodes().any(|order| above(order).and_then(|order| above(&order)).is_some()));
        count(&cancelled, nodes().any(|order| above(order).is_some_and(|above| above.front == Front::Cancelled)));
        count(&completed, nodes().any(|order| order.parent.is_some() && order.front == Front::Completed));
        Ok(())
    });
    ran.unwrap();
    let seen = (deep.get(), cancelled.get(), completed.get());
    println!("of 400 trees {} were three deep, {} had a cancelled order with children, in {} a child was completed", seen.0, seen.1, seen.2);
    assert!(seen.0 > 20 && seen.1 > 20 && seen.2 > 5, "the trees are too tame: {seen:?}");
}

/// Whatever becomes of a parcel that goes straight to the customer, everybody who sold what is in it knows.
#[test]
fn a_parcel_that_goes_straight_to_the_customer_is_one_parcel_to_everybody() {
    let steps = prop::collection::vec((any::<prop::sample::Index>(), 0usize..200, 0usize..12), 20..80);
    let (brought, back, found) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let shipped = World::drop_shipped();
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) });
    let ran = runner.run(&steps, |steps| {
        let mut world = shipped.clone();
        for (node, what, pick) in steps {
            let ids: Vec<OrderId> = world.nodes.keys().copied().collect();
            let id = ids[node.index(ids.len())];
            let what = match what {
                ..39 => what,
                _ => match sensible(world.node(id), pick) {
                    // Who is asked to send has it, mostly.
                    4 if world.node(id).is_drop_ship() => 3,
                    sensible => sensible,
                },
            };
            world.now = world.now + Span::hours(pick as i64);
            let (command, actor) = world.attempt(id, what, pick);
            let _ = world.give(id, &command, &actor);
            world.check();
        }
        let goods = |state| {
            let sent = |order: &&Order| order.is_drop_ship();
            world.nodes.values().map(|(order, _)| order).filter(sent).flat_map(|order| &order.fulfilments).any(|goods| goods.state == state)
        };
        let count = |seen: &Cell<u32>, happened: bool| seen.set(seen.get() + u32::from(happened));
        count(&brought, goods(FulfilmentState::Delivered));
        count(&back, goods(FulfilmentState::Returned));
        count(&found, world.node(world.root).fulfilments.len() > 1);
        Ok(())
    });
    ran.unwrap();
    let seen = (brought.get(), back.get(), found.get());
    println!("of 300 in {} a parcel was brought, in {} it went back to its sender, in {} goods went several ways", seen.0, seen.1, seen.2);
    assert!(seen.0 > 20 && seen.2 > 20, "too little is sent: {seen:?}");
}

#[test]
fn a_part_that_shall_come_back_is_on_the_same_road_as_the_rest() {
    let mut world = World::drop_shipped();
    let root = world.root;
    let sender = world.below(world.below(root)[0])[0];
    let goods = world.node(root).fulfilments.iter().find(|goods| goods.is_drop_ship()).unwrap().clone();
    let units = vec![LineUnits { line: goods.lines[0].line, quantity: Quantity::ONE }];
    let reason = ReturnReason::ChangeOfMind;
    let wish = OrderCommand::RequestReturn { fulfilment: goods.id, units, reason, pickup_on: None, found_on: None, note: None };
    world.give(root, &wish, &customer()).unwrap_err();
    // All of it, while it is one parcel in the making; or a part, once it has left.
    let fulfilment = world.node(sender).fulfilments[0].id;
    for step in [OrderCommand::Allocate { fulfilment }, OrderCommand::Release { fulfilment }] {
        world.give(sender, &step, &actor(party(2))).unwrap();
    }
    let left = OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "1".into() };
    world.give(sender, &left, &Actor::System).unwrap();
    world.give(root, &wish, &customer()).unwrap();
    let claim = world.node(root).claims[0].id;
    world.give(root, &OrderCommand::ApproveReturn { claim }, &actor(party(0))).unwrap();
    world.check();
    let facts = vec![CarrierFact { status: CarrierStatus::Delivered, place: "서울".into(), at: world.now }];
    world.give(sender, &OrderCommand::RecordTracking { fulfilment, facts }, &Actor::System).unwrap();
    world.check();
    let sent: Vec<_> = world.node(root).fulfilments.iter().filter(|goods| goods.is_drop_ship()).map(|goods| (goods.state, goods.units())).collect();
    assert_eq!(sent, [(FulfilmentState::Delivered, 1), (FulfilmentState::Delivered, 1)]);
    assert_eq!(world.node(root).claims[0].state, ReturnState::Collecting, "it is fetched from where it has come");
}

/// Whatever comes back, and however far up it goes: every unit is somewhere, and every store owes for what it kept.
#[test]
fn goods_that_come_back_go_as_far_up_as_they_came_down() {
    let steps = prop::collection::vec((any::<prop::sample::Index>(), 28usize..80, 0usize..12), 20..120);
    let (passed_on, twice, taken, kept) = (Cell::new(0), Cell::new(0), Cell::new(0), Cell::new(0));
    let arrived = World::arrived();
    let mut runner = TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) });
    let ran = runner.run(&steps, |steps| {
        let mut world = arrived.clone();
        for (node, what, pick) in steps {
            let ids: Vec<OrderId> = world.nodes.keys().copied().collect();
            let id = ids[node.index(ids.len())];
            let what = match what {
                ..39 => what,
                // Some of what is there is sold meanwhile, or found to be missing.
                39 => 12,
                _ => sensible(world.node(id), pick),
            };
            let what = if what == 9 { 28 } else { what };
            world.now = world.now + Span::hours(pick as i64 / 3);
            let (command, actor) = world.attempt(id, what, pick);
            let _ = world.give(id, &command, &actor);
            world.check();
        }
        let nodes = || world.nodes.values().map(|(order, _)| order);
        let count = |seen: &Cell<u32>, happened: bool| seen.set(seen.get() + u32::from(happened));
        let asked = |order: &Order| order.claims.iter().any(|claim| claim.above.is_some());
        let said = |what: fn(&Claim) -> bool| nodes().flat_map(|order| &order.claims).any(|claim| claim.above.is_some() && what(claim));
        count(&passed_on, nodes().any(asked));
        count(&twice, nodes().any(|order| asked(order) && order.parent.is_some_and(|above| asked(world.node(above)))));
        count(&taken, said(|claim| claim.credited > Won::ZERO));
        count(&kept, said(|claim| claim.put_away.is_some()));
        Ok(())
    });
    ran.unwrap();
    let seen = (passed_on.get(), twice.get(), taken.get(), kept.get());
    println!(
        "of 300 in {} goods went up the chain, in {} twice; in {} they were taken back there, in {} they stayed",
        seen.0, seen.1, seen.2, seen.3
    );
    // Far below what is usual: a run of few is chance, a run of none is a hole.
    assert!(seen.0 > 50 && seen.1 > 3 && seen.2 > 25 && seen.3 > 2, "too little comes back: {seen:?}");
}

#[test]
fn a_return_goes_up_two_stores_and_whoever_sent_as_many_back_himself_cannot_pass_them_on() {
    let mut world = World::arrived();
    let root = world.root;
    let [first, second] = world.below(root)[..] else { panic!("two partners") };
    let deeper = world.below(first)[0];
    let goods = world.node(root).fulfilments[0].clone();
    let units = goods.lines.iter().map(|line| LineUnits { line: line.line, quantity: line.quantity }).collect();
    let wish = OrderCommand::RequestReturn { fulfilment: goods.id, units, reason: ReturnReason::Defect, pickup_on: None, found_on: None, note: None };
    world.give(root, &wish, &customer()).unwrap();
    let claim = |world: &World, id: OrderId| world.node(id).claims.last().unwrap().clone();
    let of_sale = claim(&world, root).id;
    world.give(root, &OrderCommand::ApproveReturn { claim: of_sale }, &actor(party(0))).unwrap();

    // The store has sent a unit of the same goods back by its own wish: then it cannot pass all of them on, and nothing happens.
    let mut short = world.clone();
    short.stock.insert((StockAccount::Available, variant(0)), 2);
    let of = short.node(second).fulfilments[0].clone();
    let one = LineUnits { line: of.lines[0].line, quantity: Quantity::ONE };
    let own = OrderCommand::RequestReturn {
        fulfilment: of.id,
        units: vec![one],
        reason: ReturnReason::Defect,
        pickup_on: None,
        found_on: None,
        note: None,
    };
    short.give(second, &own, &actor(party(0))).unwrap();
    let before = short.node(root).clone();
    let refused = short.give(root, &OrderCommand::PassReturnOn { claim: of_sale, serials: Vec::new() }, &actor(party(0)));
    assert!(matches!(&refused, Err(Refusal::WrongState { command, .. }) if command == "pass-return-on"), "{refused:?}");
    assert_eq!((short.node(root), short.node(first).claims.len()), (&before, 0));

    // Two partners are asked at once, each for what he brought, and for the same reason.
    world.give(root, &OrderCommand::PassReturnOn { claim: of_sale, serials: Vec::new() }, &actor(party(0))).unwrap();
    world.check();
    for (purchase, units) in [(first, 2), (second, 1)] {
        let asked = claim(&world, purchase);
        let quantity: u32 = asked.units.iter().map(|units| units.quantity).sum();
        assert_eq!((asked.above, asked.reason, quantity, asked.state), (Some(of_sale), ReturnReason::Defect, units, ReturnState::Requested));
    }
    // The one who had bought them himself takes them back and passes them on.
    let of_first = claim(&world, first).id;
    world.give(first, &OrderCommand::ApproveReturn { claim: of_first }, &actor(party(1))).unwrap();
    world.give(first, &OrderCommand::PassReturnOn { claim: of_first, serials: Vec::new() }, &actor(party(1))).unwrap();
    world.check();
    let asked = claim(&world, deeper);
    assert_eq!((asked.above, asked.state), (Some(of_first), ReturnState::Requested));
    assert_eq!(
        (claim(&world, first).state, claim(&world, first).credited, world.node(first).amounts.payable()),
        (ReturnState::Closed, Won(200_000), Won::ZERO)
    );
    world.give(deeper, &OrderCommand::ApproveReturn { claim: asked.id }, &actor(party(2))).unwrap();
    world.give(deeper, &OrderCommand::InspectReturn { claim: asked.id, restock: true, serials: Vec::new() }, &actor(party(2))).unwrap();
    world.check();
    assert_eq!(world.stock[&(StockAccount::Available, variant(2))], SHELF, "they lie where they came from");
    assert_eq!((world.stock[&(StockAccount::SetApart, variant(0))], world.stock[&(StockAccount::SetApart, variant(1))]), (1, 0));
}

#[test]
fn a_purchase_that_was_agreed_to_costs_its_fee_and_one_on_its_way_cannot_be_ended() {
    let mut world = World::new(false);
    let root = world.root;
    let fulfilment = world.node(root).fulfilments[0].id;
    let line = world.node(root).lines[0].id;
    let two = Quantity::new(2).unwrap();
    world.give(root, &OrderCommand::StartPreparing { fulfilment }, &actor(party(0))).unwrap();
    world
        .give(root, &OrderCommand::BuyFromPartner { fulfilment, line, quantity: two, variant: variant(1), drop_ship: false }, &actor(party(0)))
        .unwrap();
    let child = *world.nodes.keys().find(|id| **id != root).unwrap();
    let cost = |world: &World| world.node(child).cost_to_end(&world.policy);
    assert_eq!(cost(&world), Some(EndCost::Free), "nobody has agreed yet");
    world.give(child, &OrderCommand::AcceptOrder { units: Vec::new() }, &actor(party(1))).unwrap();
    assert_eq!(cost(&world), Some(EndCost::Fee(Won(20_000))), "a tenth of 200,000");

    // Ended with the sale: the fee is owed, and the order is over.
    let mut ended = world.clone();
    ended.give(root, &OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }, &actor(party(0))).unwrap();
    let penalty = |(event, _): &(Event, Time)| match event {
        Event::OrderCancelled { penalty, .. } => Some(*penalty),
        _ => None,
    };
    assert_eq!(ended.nodes[&child].1.iter().find_map(penalty), Some(Won(20_000)));
    assert_eq!((cost(&ended), ended.node(root).refunded()), (None, ended.node(root).paid), "the buyer pays nothing of it");

    // On its way it holds up whoever is above it.
    let goods = world.node(child).fulfilments[0].id;
    for step in [
        OrderCommand::StartPreparing { fulfilment: goods },
        OrderCommand::Allocate { fulfilment: goods },
        OrderCommand::Release { fulfilment: goods },
    ] {
        world.give(child, &step, &actor(party(1))).unwrap();
    }
    assert_eq!(cost(&world), Some(EndCost::Shipped));
    let refused = world.give(root, &OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }, &actor(party(0)));
    assert!(matches!(refused, Err(Refusal::WrongState { .. })), "{refused:?}");
}

#[test]
fn what_is_lost_takes_along_what_had_brought_it() {
    let mut world = World::new(false);
    let root = world.root;
    let (fulfilment, line) = (world.node(root).fulfilments[0].id, world.node(root).lines[0].id);
    world.give(root, &OrderCommand::StartPreparing { fulfilment }, &actor(party(0))).unwrap();
    let (here, coming) = (world.buy(root, 1, 1, false), world.buy(root, 1, 3, false));
    world.bring(here);
    // The unit that had come, and one that nobody was asked for.
    let loss = OrderCommand::ReportStockLoss { fulfilment, line, quantity: Quantity::new(2).unwrap() };
    world.give(root, &loss, &actor(party(0))).unwrap();
    world.check();
    let goods = &world.node(root).fulfilments[0];
    assert_eq!((goods.units(), goods.units_sourced(line)), (1, 1), "{:?}", goods.sources);
    assert!(world.node(root).of_child(here).is_none() && world.node(root).of_child(coming).is_some());
}

#[test]
fn units_that_nobody_was_asked_for_are_looked_for_once_when_a_part_goes_its_own_way() {
    let mut world = World::new(false);
    let root = world.root;
    let (fulfilment, line) = (world.node(root).fulfilments[0].id, world.node(root).lines[0].id);
    for command in [OrderCommand::StartPreparing { fulfilment }, OrderCommand::Allocate { fulfilment }, OrderCommand::UndoAllocation { fulfilment }] {
        world.give(root, &command, &actor(party(0))).unwrap();
    }
    assert_eq!(world.node(root).fulfilments[0].units_to_buy(line), 1, "two lie here");
    let units = vec![LineUnits { line, quantity: Quantity::ONE }];
    let wish = OrderCommand::RequestReturn { fulfilment, units, reason: ReturnReason::Defect, pickup_on: None, found_on: None, note: None };
    world.give(root, &wish, &customer()).unwrap();
    let claim = world.node(root).claims[0].id;
    world.give(root, &OrderCommand::ApproveReturn { claim }, &actor(party(0))).unwrap();
    world.check();
    let left = world.node(root).fulfilments.iter().find(|goods| goods.is_live()).unwrap();
    assert_eq!((left.units(), left.units_to_buy(line), left.units_unsourced(line)), (2, 0, 0));
}
