//! A sale and the installers' orders under it: every step by everybody in every state, and the stories of a visit.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

use jumun::{
    actor::{Actor, Chair},
    catalogue::{Category, Supply},
    ids::{AccountId, ContactId, CountingMint, FulfilmentId, OrderId, PartyId, ProductId, VariantId, WarehouseId},
    ledger::{MoneyAccount, Posting, StockAccount, is_balanced, postings},
    membership::Purse,
    money::Won,
    notice::{Reader, Told, notices},
    order::{
        AttemptState, Candidate, Check, CollectionState, Condition, Crew, DeclineCause, DeclineReason, Event, Extra, ExtraRow, ExtraState, ExtraWish,
        Facts, Fetcher, Front, FulfilmentState, Half, ImpossibleCause, InstallationState, Job, LineUnits, OnShortage, Order, OrderCommand,
        PaymentMethod, PaymentOutcome, Placement, PlacementLine, RejectReason, ReturnReason, ReturnState, SellerReason, Site, SiteAnswer,
        SiteAnswers, Status, TakenDown, Visit, Waits, collection, installation, place,
    },
    policy::Policy,
    quantity::Quantity,
    refusal::{Problem, Refusal},
    stock::{Available, Shelf},
    text::{ClaimNote, PersonName, SerialNumber, Words},
    time::{Span, Time},
    timer::{TimerChange, TimerKind, timers},
    view::{Around, OrderView},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const START: Time = Time(1_790_000_000_000_000);
const GOODS: Won = Won(400_000);
const INSTALLATION: Won = Won(70_000);
const FEE: Won = Won(50_000);
const CALL_OUT: Won = Won(30_000);
/// What the buyer was told that a visit in vain costs.
const IN_VAIN: Won = Won(25_000);

/// One sale of two wall units that are put up, the orders of its installers, and what their facts have moved.
#[derive(Clone)]
struct World {
    now: Time,
    mint: u64,
    sale: Order,
    jobs: Vec<Order>,
    log: Vec<(Event, Time)>,
    stock: BTreeMap<StockAccount, i64>,
    /// What the store owes each installer.
    owed: BTreeMap<PartyId, i64>,
    /// What those who work were told.
    told: Vec<Told>,
    /// It is looked at for what is asked on site, by the one installer who has the job.
    asks: bool,
    /// It is looked at for what comes back once it is up.
    comes_back: bool,
}

fn people() -> (PartyId, PartyId, [PartyId; 2]) {
    let mint = &mut CountingMint(900);
    (PartyId::mint(mint), PartyId::mint(mint), [PartyId::mint(mint), PartyId::mint(mint)])
}

fn account() -> AccountId {
    AccountId::mint(&mut CountingMint(950))
}

fn buyer() -> Actor {
    Actor::Customer { account: account(), party: people().0 }
}

fn store() -> Actor {
    Actor::Staff { account: account(), store: people().1, manager: true }
}

fn head_office() -> Actor {
    Actor::Admin { account: AccountId::mint(&mut CountingMint(2)) }
}

fn installer(nth: usize) -> Actor {
    Actor::Installer { account: account(), party: people().2[nth] }
}

fn serials(names: &[&str]) -> Vec<SerialNumber> {
    names.iter().map(|name| SerialNumber::parse(name).unwrap()).collect()
}

fn completed(names: &[&str]) -> OrderCommand {
    OrderCommand::CompleteInstallation {
        serials: serials(names),
        checked: Check::ALL.to_vec(),
        signed_by: PersonName::parse("홍길동").unwrap(),
        signature: None,
    }
}

impl World {
    /// Ordered, not paid.
    fn placed(units: u32) -> Self {
        Self::placed_at(units, described(SiteAnswer::Yes), false)
    }

    /// Ordered for a place that its buyer described, or for one that a channel did not ask about.
    fn placed_at(units: u32, site: Option<Site>, island: bool) -> Self {
        let (buyer, seller, _) = people();
        let mint = &mut CountingMint(1);
        let (variant, warehouse) = (VariantId::new("WALL"), WarehouseId::mint(mint));
        let wish = Placement {
            buyer,
            seller,
            lines: vec![PlacementLine {
                product: ProductId::new("P"),
                variant: variant.clone(),
                category: Category::Wall,
                title: Words { ko: "벽걸이".into(), en: None },
                option: Words::default(),
                quantity: Quantity::new(units).unwrap(),
                unit_price: GOODS,
                shipping_fee: Won::ZERO,
                supply: Supply::Stocked,
                ship_by: None,
                installation: Some(INSTALLATION),
            }],
            contact: ContactId::mint(mint),
            postcode: "06234".into(),
            undeliverable: false,
            address_later: false,
            island,
            blocked: false,
            unpaid_holds: 0,
            coupon: None,
            tier_percent: 0,
            points: Won::ZERO,
            installable: true,
            visit: None,
            site,
            seen_goods: None,
            external: site.is_none().then(|| "a channel:1".into()),
            on_shortage: OnShortage::Refuse,
        };
        let shelf = vec![Available { variant, warehouse, postcode: "06000".into(), units: 10, supply: Supply::Stocked }];
        let policy = policy();
        let events = place(wish, &mut facts(START, &policy, mint, &shelf, Crew::default())).unwrap();
        let sale = Order::born(&events[0], START).unwrap();
        let log = vec![(events[0].clone(), START)];
        let stock = BTreeMap::from([(StockAccount::Available, 10)]);
        let (owed, told) = (BTreeMap::new(), Vec::new());
        let mut world = Self { now: START, mint: mint.0, sale, jobs: Vec::new(), log, stock, owed, told, asks: false, comes_back: false };
        world.take_in(None, &events[1..]);
        world
    }

    /// Paid and being prepared, with own stock on every unit.
    fn prepared(units: u32) -> Self {
        Self::placed(units).made_ready()
    }

    fn made_ready(mut self) -> Self {
        let world = &mut self;
        world.sell(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, &buyer()).unwrap();
        let attempt = world.sale.attempts[0].clone();
        let outcome = PaymentOutcome::Approved { payment_key: "k".into(), amount: attempt.amount };
        world.sell(&OrderCommand::RecordPayment { attempt: attempt.id, outcome }, &Actor::System).unwrap();
        let fulfilment = world.goods();
        world.sell(&OrderCommand::StartPreparing { fulfilment }, &store()).unwrap();
        world.sell(&OrderCommand::Allocate { fulfilment }, &store()).unwrap();
        self
    }

    /// Given to the first installer, who has said when he comes and has the goods.
    fn on_the_day(units: u32) -> Self {
        Self::prepared(units).given()
    }

    fn given(self) -> Self {
        let mut world = self;
        world.assign(0);
        world.work(&OrderCommand::AcceptInstallation).unwrap();
        world.schedule(1);
        world.sell(&OrderCommand::Release { fulfilment: world.goods() }, &store()).unwrap();
        world.now = world.now + Span::days(1);
        world
    }

    /// Put up by the first installer.
    fn put_up(units: u32) -> Self {
        let mut world = Self::on_the_day(units);
        let names: Vec<String> = (0..units).map(|nth| format!("SN-000{nth}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for command in [OrderCommand::Depart, OrderCommand::ReportDelivered, completed(&names)] {
            world.work(&command).unwrap();
        }
        world
    }

    /// And to come back: the buyer asked for it and the seller agrees.
    fn to_come_down(units: u32) -> Self {
        let mut world = Self::put_up(units);
        world.sell(&world.wish_back(units), &buyer()).unwrap();
        world.sell(&OrderCommand::ApproveReturn { claim: world.sale.claims[0].id }, &store()).unwrap();
        world
    }

    /// The numbers of what was put up.
    fn hanging(&self) -> Vec<SerialNumber> {
        self.jobs.iter().filter_map(|job| job.job.as_ref()).flat_map(|job| job.serials.clone()).collect()
    }

    /// The numbers on as many of them as come back.
    fn read_off(&self) -> Vec<SerialNumber> {
        let units = self.sale.claims.last().map_or(0, |claim| claim.units.iter().map(|units| units.quantity.get() as usize).sum());
        self.hanging().into_iter().take(units).collect()
    }

    fn wish_back(&self, units: u32) -> OrderCommand {
        let units = vec![LineUnits { line: self.sale.lines[0].id, quantity: Quantity::new(units).unwrap() }];
        let (fulfilment, reason) = (self.goods(), ReturnReason::Defect);
        OrderCommand::RequestReturn { fulfilment, units, reason, pickup_on: None, found_on: None, note: None }
    }

    /// What can be said of goods that come back.
    fn about_returns(&self) -> Vec<(Option<usize>, OrderCommand)> {
        let mut all = Vec::new();
        let Some(claim) = self.sale.claims.first().map(|claim| claim.id) else { return vec![(None, self.wish_back(1)), (None, self.wish_back(2))] };
        all.extend(
            [
                OrderCommand::ApproveReturn { claim },
                OrderCommand::WithdrawReturn { claim },
                OrderCommand::InspectReturn { claim, restock: false, serials: self.read_off() },
                OrderCommand::ApproveRefund { claim },
            ]
            .map(|command| (None, command)),
        );
        if self.jobs.len() < 4 {
            all.extend(people().2.map(|installer| (None, OrderCommand::AssignPickup { claim, installer })));
        }
        let steps = |at| {
            [
                OrderCommand::SchedulePickup { visit: self.visit(1) },
                OrderCommand::CompletePickup { condition: Condition::Used },
                OrderCommand::ReportNotGiven,
                OrderCommand::DeclinePickup { reason: DeclineReason::Busy },
                OrderCommand::Depart,
                OrderCommand::ConfirmPurchase,
            ]
            .map(|command| (Some(at), command))
        };
        all.extend((1..self.jobs.len()).flat_map(steps));
        all
    }

    fn goods(&self) -> FulfilmentId {
        self.sale.fulfilments.first().map_or_else(|| FulfilmentId::mint(&mut CountingMint(1)), |goods| goods.id)
    }

    fn state(&self) -> FulfilmentState {
        self.sale.fulfilments[0].state
    }

    fn assign(&mut self, nth: usize) {
        let installer = people().2[nth];
        self.sell(&OrderCommand::AssignInstaller { fulfilment: self.goods(), installer }, &store()).unwrap();
    }

    fn visit(&self, days: i64) -> Visit {
        Visit { on: (self.now + Span::days(days)).kst_date(), half: Half::Morning }
    }

    fn schedule(&mut self, days: i64) {
        let visit = self.visit(days);
        self.work(&OrderCommand::ScheduleVisit { visit }).unwrap();
    }

    /// A command about the sale.
    fn sell(&mut self, command: &OrderCommand, actor: &Actor) -> Result<(), Refusal> {
        self.give(None, command, actor)
    }

    /// A command of the last installer about his order.
    fn work(&mut self, command: &OrderCommand) -> Result<(), Refusal> {
        let at = self.jobs.len() - 1;
        let party = self.jobs[at].seller;
        self.give(Some(at), command, &Actor::Installer { account: account(), party })
    }

    fn node(&self, at: Option<usize>) -> &Order {
        at.map_or(&self.sale, |at| &self.jobs[at])
    }

    /// A command about a node, and what its neighbours hear of it.
    fn give(&mut self, at: Option<usize>, command: &OrderCommand, actor: &Actor) -> Result<(), Refusal> {
        let before = self.node(at).clone();
        let policy = policy();
        let mut mint = CountingMint(self.mint);
        let mut crew = Crew { put_up: if let OrderCommand::InspectReturn { .. } = command { self.hanging() } else { Vec::new() }, ..Crew::default() };
        if let OrderCommand::AssignInstaller { installer, .. } | OrderCommand::AssignPickup { installer, .. } = command {
            let fees = self.sale.lines.iter().map(|line| (line.id, FEE)).collect();
            crew.candidate = Some(Candidate { installer: *installer, fees, call_out: CALL_OUT, comes_there: true });
        }
        if let OrderCommand::CompleteInstallation { .. } = command {
            crew.sent =
                self.sale.named_units().into_iter().map(|(variant, serial)| (variant.clone(), SerialNumber::parse(serial).unwrap())).collect();
        }
        crew.price_list = price_list();
        crew.photos = vec![PHOTO.into()];
        crew.has_goods = self.sale.of_installation(before.id).is_some_and(|(goods, _)| goods.shipped_at.is_some());
        let shelf = Shelf::new();
        let candidate = crew.candidate.clone();
        let events = before.decide(command, actor, &mut facts(self.now, &policy, &mut mint, &shelf, crew))?;
        self.mint = mint.0;
        self.take_in(at, &events);
        if let (Actor::Installer { .. }, Some(job)) = (actor, &before.job) {
            self.was_foreseen(job, &before, command.name(), self.node(at));
        }
        for event in &events {
            if let (Event::InstallerAssigned { installation: id, fulfilment, .. }, Some(candidate)) = (event, &candidate) {
                let mut mint = CountingMint(self.mint);
                let goods = self.sale.fulfilment(*fulfilment).unwrap();
                let born = installation(*id, &self.sale, goods, candidate, &mut facts(self.now, &policy, &mut mint, &shelf, Crew::default()));
                self.mint = mint.0;
                self.begin(&born[0]);
            }
            if let (Event::CollectionRequested { claim, collection: id, installer: Some(_) }, Some(candidate)) = (event, &candidate) {
                let mut mint = CountingMint(self.mint);
                let claim = self.sale.claim(*claim).unwrap();
                let fetcher = Fetcher::Installer(candidate);
                let born = collection(
                    *id,
                    &self.sale,
                    claim,
                    fetcher,
                    (self.sale.contact, &self.sale.postcode),
                    &mut facts(self.now, &policy, &mut mint, &shelf, Crew::default()),
                );
                self.mint = mint.0;
                self.begin(&born[0]);
            }
        }
        let after = self.node(at).clone();
        let told: Vec<(OrderId, OrderCommand)> = after.tells_children(&before).into_iter().chain(after.tells_parent(&before)).collect();
        for (id, command) in told {
            let at = self.jobs.iter().position(|job| job.id == id);
            assert!(at.is_some() || id == self.sale.id);
            self.give(at, &command, &Actor::System).unwrap();
        }
        Ok(())
    }

    /// Who has no connection is offered what he will be offered once his step is through.
    fn was_foreseen(&self, job: &Job, before: &Order, command: &str, after: &Order) {
        let ahead = job.ahead(before.open_extras().next().is_some(), [command]);
        assert_eq!(ahead.state, after.job.as_ref().unwrap().state, "{command}");
        // On the day that he has just named he may set out, which is not today.
        let early = |step: &str| command == "schedule-visit" && step == "depart";
        let offered: Vec<String> = after.offers(Chair::Seller, self.now).into_iter().map(|offer| offer.command).collect();
        let offered: Vec<&str> = offered.iter().map(String::as_str).filter(|step| !early(step)).collect();
        assert_eq!(ahead.steps, offered, "after {command}");
    }

    /// An order of an installer's begins.
    fn begin(&mut self, born: &Event) {
        let job = Order::born(born, self.now).unwrap();
        self.told.extend(to_workers(&job, born));
        self.jobs.push(job);
    }

    /// What was told since somebody looked, and to whom.
    fn heard(&mut self) -> Vec<(&'static str, PartyId)> {
        std::mem::take(&mut self.told).iter().map(|told| (told.template.slug(), told.party)).collect()
    }

    fn take_in(&mut self, at: Option<usize>, events: &[Event]) {
        for event in events {
            let now = self.now;
            let node = match at {
                Some(at) => &mut self.jobs[at],
                None => {
                    self.log.push((event.clone(), now));
                    &mut self.sale
                }
            };
            node.apply(event, now);
            self.told.extend(to_workers(node, event));
            for journal in postings(node, event) {
                assert!(is_balanced(&journal), "{event:?}");
                for posting in journal {
                    match posting {
                        Posting::Stock { account, units, .. } => *self.stock.entry(account).or_default() += units,
                        Posting::Money { account: MoneyAccount::Installation, party, amount, .. } if people().2.contains(&party) => {
                            *self.owed.entry(party).or_default() -= amount.0;
                        }
                        _ => {}
                    }
                }
            }
            for (account, units) in &self.stock {
                assert!(!account.is_floored() || *units >= 0, "{account:?} is {units} after {event:?}");
            }
        }
    }

    /// What holds whenever nobody is in the middle of something.
    fn check(&self) {
        let mut live = 0;
        for job in &self.jobs {
            let of_others: i64 = self.jobs.iter().filter(|other| other.id != job.id && other.seller == job.seller).map(pay).sum();
            assert_eq!(self.owed.get(&job.seller).copied().unwrap_or_default(), pay(job) + of_others);
            if let Some(pickup) = &job.pickup {
                let claim = self.sale.claim(pickup.collects.claim).filter(|claim| claim.collection == Some(job.id));
                let awaited = claim.map(|claim| (claim.state, pickup.state.is_live()));
                match awaited {
                    Some((ReturnState::Collecting, live)) => assert!(live && pickup.state != CollectionState::PickedUp),
                    Some((ReturnState::Collected, _)) => assert_eq!(pickup.state, CollectionState::PickedUp),
                    Some((_, live)) => assert!(!live, "nobody comes for what is back"),
                    None => assert!(!pickup.state.is_live(), "two come for the same goods"),
                }
                assert_eq!(awaited.and_then(|_| claim?.visit).is_some(), awaited.is_some() && pickup.visit.is_some());
                continue;
            }
            let state = job.job.as_ref().unwrap().state;
            live += u32::from(state.is_live());
            match self.sale.of_installation(job.id) {
                Some((goods, given)) => {
                    assert_eq!(given.state, state, "both sides of an edge say the same");
                    let here = goods.is_live() && goods.state != FulfilmentState::ReturningToSender;
                    assert!(here || !state.is_live(), "nobody comes to put up what goes back: {:?}, {state:?}", goods.state);
                }
                None => assert!(!state.is_live(), "somebody works for goods that have another installer"),
            }
        }
        assert!(live <= 1);
        for extra in &self.sale.extras {
            let job = self.jobs.iter().find(|job| job.id == extra.installation).unwrap();
            assert_eq!(job.extra(extra.id).map(|known| known.state), Some(extra.state), "both sides of an edge say the same");
            let there = matches!(job.job.as_ref().unwrap().state, InstallationState::EnRoute | InstallationState::DeliveredByInstaller);
            assert!(there || !extra.is_open(), "nobody answers who has left");
            let off = matches!(self.state(), FulfilmentState::ReturningToSender | FulfilmentState::Returned | FulfilmentState::Cancelled);
            assert!(!off || !extra.is_kept(), "what was not done is not paid for");
        }
        assert!(self.jobs.iter().all(|job| job.extras.iter().all(|extra| self.sale.extra(extra.id).is_some())));
        let kept: Won = self.sale.extras.iter().filter(|extra| extra.is_kept()).map(Extra::amount).sum();
        if self.sale.front == Front::Confirmed || self.sale.front == Front::Completed {
            assert_eq!(self.sale.paid - self.sale.refunded(), self.sale.amounts.payable(), "what was paid and kept is what the order is worth");
            assert_eq!(self.sale.amounts.extras, kept);
            let fees: Won = self.sale.claims.iter().map(|claim| claim.call_out).sum();
            assert!(self.sale.amounts.call_out <= fees && fees <= IN_VAIN, "one visit is paid for, and only where a return says so");
        }
        for attempt in self.sale.attempts.iter().filter(|attempt| attempt.state == AttemptState::Approved) {
            let back: Won = self.sale.refunds.iter().filter(|refund| refund.attempt == attempt.id).map(|refund| refund.amount).sum();
            assert!(back <= attempt.amount, "nothing is paid back twice");
        }
        let folded = Order::fold(self.log.iter().map(|(event, at)| (event, *at))).unwrap();
        assert_eq!(folded, self.sale);
    }

    fn everything(&self) -> Vec<(Option<usize>, OrderCommand)> {
        if self.comes_back {
            return self.about_returns();
        }
        let fulfilment = self.goods();
        let visit = self.visit(1);
        let refund = self.sale.refunds.iter().find(|refund| refund.completed_at.is_none());
        let mut all: Vec<(Option<usize>, OrderCommand)> = vec![
            (None, OrderCommand::UnassignInstaller { fulfilment }),
            (None, OrderCommand::WishVisit { visit }),
            (None, OrderCommand::Release { fulfilment }),
            (None, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }),
            (None, OrderCommand::ReturnToSender { fulfilment }),
            (None, OrderCommand::ReceiveBack { fulfilment, restock: true }),
            (None, OrderCommand::ConfirmPurchase),
            (None, OrderCommand::AutoConfirm),
            (None, OrderCommand::Redeliver { fulfilment, on: visit.on, to: None }),
        ];
        all.extend(refund.map(|refund| (None, OrderCommand::RecordRefund { refund: refund.id })));
        if self.asks {
            all.extend(self.about_extras());
        } else if self.jobs.len() < 3 {
            all.extend(people().2.map(|installer| (None, OrderCommand::AssignInstaller { fulfilment, installer })));
        }
        for at in 0..self.jobs.len() {
            all.extend(
                [
                    OrderCommand::AcceptInstallation,
                    OrderCommand::DeclineInstallation { reason: DeclineReason::Busy },
                    OrderCommand::ScheduleVisit { visit },
                    OrderCommand::Depart,
                    OrderCommand::ReportAbsent,
                    OrderCommand::ReportDelivered,
                    completed(&["SN-0001", "SN-0002"]),
                    OrderCommand::ReportImpossible { cause: ImpossibleCause::Power },
                    OrderCommand::ReportImpossible { cause: ImpossibleCause::Refused },
                    OrderCommand::CancelWithParent,
                    OrderCommand::Cancel,
                    OrderCommand::ConfirmPurchase,
                ]
                .map(|command| (Some(at), command)),
            );
        }
        all
    }

    /// What can be said of work on site.
    fn about_extras(&self) -> Vec<(Option<usize>, OrderCommand)> {
        let fulfilment = self.goods();
        let mut all = vec![(Some(0), OrderCommand::WithdrawExtra)];
        if self.sale.extras.is_empty() {
            all.push((Some(0), propose(&[("wall-1", 3)])));
        }
        for extra in self.sale.open_extras().map(|extra| extra.id) {
            all.extend([OrderCommand::ApproveExtra { extra }, OrderCommand::RefuseExtra { extra }].map(|command| (None, command)));
        }
        all.extend([
            (None, OrderCommand::ExpireExtra { fulfilment }),
            (None, OrderCommand::ExpireDifference),
            (None, OrderCommand::DropChange),
            (None, OrderCommand::RequestPayment { method: PaymentMethod::Card }),
        ]);
        if let Some(attempt) = self.sale.open_attempt() {
            let (attempt, amount) = (attempt.id, attempt.amount);
            for outcome in [PaymentOutcome::Approved { payment_key: "k".into(), amount }, declined(), PaymentOutcome::Voided] {
                all.push((None, OrderCommand::RecordPayment { attempt, outcome }));
            }
        }
        all
    }

    fn shape(&self) -> String {
        let goods = &self.sale.fulfilments[0];
        let pickup = |job: &Order| job.pickup.as_ref().map(|pickup| (pickup.state, pickup.failures.min(2), pickup.visit.is_some()));
        let jobs: Vec<_> = self.jobs.iter().map(|job| (job.job.as_ref().map(|job| job.state), pickup(job), job.seller)).collect();
        let claims: Vec<_> = self.sale.claims.iter().map(|claim| (claim.state, claim.reason, claim.call_out)).collect();
        let money = self.sale.refunds.iter().map(|refund| refund.completed_at.is_some()).collect::<Vec<_>>();
        let extras: Vec<_> = self.sale.extras.iter().map(|extra| (extra.state, extra.given_back)).collect();
        let paying = (self.sale.difference.is_some(), self.sale.open_attempt().is_some(), self.sale.payment_failures().min(1));
        let stands = (self.sale.front, goods.state, goods.failures.min(3), jobs, money, claims, goods.shipped_at.is_some());
        format!("{:?}", (stands, extras, paying))
    }
}

fn to_workers(order: &Order, event: &Event) -> Vec<Told> {
    notices(order, event).into_iter().filter(|told| told.template.reader() != Reader::Customer).collect()
}

/// What an installer is owed for an order of his.
fn pay(job: &Order) -> i64 {
    if let Some(pickup) = &job.pickup {
        let done = matches!(pickup.state, CollectionState::PickedUp | CollectionState::Received);
        return if done { FEE.0 * job.lines.iter().map(|line| line.quantity.units()).sum::<i64>() } else { 0 };
    }
    match job.job.as_ref().unwrap().state {
        InstallationState::Installed => {
            let extras: Won = job.extras.iter().filter(|extra| extra.state == ExtraState::Approved).map(Extra::amount).sum();
            FEE.0 * job.lines.iter().map(|line| line.quantity.units()).sum::<i64>() + extras.0
        }
        InstallationState::Impossible => CALL_OUT.0,
        InstallationState::Cancelled if job.job.as_ref().unwrap().absences >= 3 => CALL_OUT.0,
        _ => 0,
    }
}

/// A place of which somebody answers everything alike.
fn described(answer: SiteAnswer) -> Option<Site> {
    let answers = SiteAnswers { space: answer, power: answer, outdoor: answer, building: answer };
    Some(Site { answers, call_out: IN_VAIN })
}

const PHOTO: &str = "a photo of a wall";

fn price_list() -> Vec<ExtraRow> {
    let row = |item: &str, price| ExtraRow { item: item.into(), name: Words::default(), unit: Words::default(), price: Won(price) };
    vec![row("wall-1", 18_000), row("wall-2", 30_000)]
}

fn propose(work: &[(&str, u32)]) -> OrderCommand {
    let wish = |(item, units): &(&str, u32)| ExtraWish { item: (*item).into(), quantity: Quantity::new(*units).unwrap() };
    OrderCommand::ProposeExtra { work: work.iter().map(wish).collect(), photo: PHOTO.into() }
}

fn declined() -> PaymentOutcome {
    PaymentOutcome::Declined { cause: DeclineCause::Balance, psp_code: "NO".into() }
}

/// Nobody has to prove who he is.
fn policy() -> Policy {
    Policy { identity_check_from: Won(i64::MAX), ..Policy::default() }
}

fn facts<'a>(now: Time, policy: &'a Policy, mint: &'a mut CountingMint, shelf: &'a Shelf, crew: Crew) -> Facts<'a> {
    Facts { now, policy, mint, shelf, purse: Purse::default(), to: None, offer: None, partner: None, crew }
}

#[test]
fn every_step_by_everybody_in_every_state_keeps_both_sides_of_the_edge() {
    let (mut goods, mut jobs) = (BTreeSet::new(), BTreeSet::new());
    everything_from(World::prepared(2), |world| {
        goods.insert(world.state());
        jobs.extend(world.jobs.iter().map(|job| job.job.as_ref().unwrap().state));
    });
    use FulfilmentState::{Cancelled, Delivered, DeliveryFailed, Installed, OutForDelivery, PurchaseCompleted, Returned, ReturningToSender, Shipped};
    for state in [PurchaseCompleted, Shipped, OutForDelivery, DeliveryFailed, Delivered, Installed, ReturningToSender, Returned, Cancelled] {
        assert!(goods.contains(&state), "goods never were {state:?}");
    }
    assert_eq!(jobs, InstallationState::ALL.iter().copied().collect(), "every state of an installer's job is met");
}

#[test]
fn every_answer_by_everybody_in_every_state_of_a_visit_keeps_the_money_straight() {
    let mut extras = BTreeSet::new();
    let visit = World { asks: true, ..World::on_the_day(2) };
    everything_from(visit, |world| extras.extend(world.sale.extras.iter().map(|extra| (extra.state, extra.given_back))));
    use ExtraState::{Approved, Lapsed, Proposed, Refused, Withdrawn};
    let met = [Proposed, Approved, Refused, Lapsed, Withdrawn].map(|state| (state, false)).into_iter().chain([(Approved, true)]);
    assert_eq!(extras, met.collect(), "every end of an extra charge is met, and the money of one that was not done is back");
}

#[test]
fn what_was_put_up_comes_down_by_somebody_whom_the_store_asks_whatever_anybody_does() {
    let (mut claims, mut pickups) = (BTreeSet::new(), BTreeSet::new());
    everything_from(World { comes_back: true, ..World::put_up(2) }, |world| {
        claims.extend(world.sale.claims.iter().map(|claim| claim.state));
        pickups.extend(world.jobs.iter().filter_map(|job| job.pickup.as_ref()).map(|pickup| pickup.state));
    });
    use ReturnState::{Approved, AwaitingRefundApproval, Collected, Collecting, Refunding, Requested, Withdrawn};
    for state in [Requested, Withdrawn, Approved, Collecting, Collected, AwaitingRefundApproval, Refunding] {
        assert!(claims.contains(&state), "a return never was {state:?}");
    }
    assert_eq!(pickups, CollectionState::ALL.iter().copied().collect(), "every state of a collection is met");
}

#[test]
fn who_takes_goods_down_says_when_and_what_he_saw_and_is_paid_once_he_has_them() {
    let mut world = World::to_come_down(2);
    let claim = world.sale.claims[0].id;
    let stands = |world: &World| (world.sale.claims[0].state, world.sale.waits());
    assert_eq!(stands(&world), (ReturnState::Approved, Waits::Fetcher), "no carrier is asked for what hangs on a wall");
    assert!(world.sale.offers(jumun::actor::Chair::Seller, world.now).iter().any(|offer| offer.command == "assign-pickup"));
    let assign = |nth: usize| OrderCommand::AssignPickup { claim, installer: people().2[nth] };
    world.sell(&assign(0), &store()).unwrap();
    assert_eq!(stands(&world), (ReturnState::Collecting, Waits::Collection));
    let born = timers(&world.jobs[1], &Event::PickupDeclined { reason: DeclineReason::Busy }, world.now, &policy());
    assert_eq!(born, vec![TimerChange::Clear(TimerKind::Acceptance, None)]);

    // Who leaves it to others is not counted on any more, and who is replaced need not come.
    world.work(&OrderCommand::DeclinePickup { reason: DeclineReason::Busy }).unwrap();
    assert_eq!(stands(&world), (ReturnState::Approved, Waits::Fetcher));
    world.sell(&assign(0), &store()).unwrap();
    world.sell(&assign(1), &store()).unwrap();
    assert_eq!(world.jobs[2].pickup.as_ref().unwrap().state, CollectionState::Cancelled);
    assert_eq!(world.jobs[2].earned(), Won::ZERO);

    let early = world.visit(0);
    assert_eq!(world.work(&OrderCommand::SchedulePickup { visit: early }), Err(Refusal::invalid("day", Problem::OutOfRange)));
    let day = world.visit(2);
    world.work(&OrderCommand::SchedulePickup { visit: day }).unwrap();
    assert_eq!(world.sale.claims[0].visit, Some(day), "the buyer is told");
    let sooner = world.visit(1);
    world.work(&OrderCommand::SchedulePickup { visit: sooner }).unwrap();
    assert_eq!(world.sale.claims[0].visit, Some(sooner), "another day is told too");
    let done = OrderCommand::CompletePickup { condition: Condition::Damaged };
    assert!(world.work(&done).is_err(), "not before his day");
    world.now = world.now + Span::days(1);
    world.work(&OrderCommand::ReportNotGiven).unwrap();
    let again = world.visit(1);
    world.work(&OrderCommand::SchedulePickup { visit: again }).unwrap();
    world.now = world.now + Span::days(1);
    world.work(&done).unwrap();
    let pickup = world.jobs[3].pickup.clone().unwrap();
    assert_eq!((pickup.state, pickup.failures), (CollectionState::PickedUp, 1));
    assert_eq!(pickup.seen.unwrap(), TakenDown { condition: Condition::Damaged, photos: vec![PHOTO.into()] });
    assert_eq!(stands(&world), (ReturnState::Collected, Waits::Inspection));
    let look = |serials: &[&str]| OrderCommand::InspectReturn {
        claim,
        restock: false,
        serials: serials.iter().map(|text| SerialNumber::parse(text).unwrap()).collect(),
    };
    let mut boxes = world.clone();
    for (read, problem) in [
        (&[][..], Problem::Missing),
        (&["SN-0000"][..], Problem::OutOfRange),
        (&["SN-0000", "SN-0000"][..], Problem::Taken),
        (&["SN-0000", "XX-9999"][..], Problem::Unknown),
    ] {
        assert_eq!(boxes.sell(&look(read), &store()), Err(Refusal::invalid("serials", problem)), "{read:?}");
    }
    let note = ClaimNote::parse("다른 제품이 왔습니다").unwrap();
    let serials = vec![SerialNumber::parse("XX-9999").unwrap()];
    boxes.sell(&OrderCommand::DisputeReturn { claim, reason: RejectReason::OtherGoods, note, serials }, &store()).unwrap();
    assert_eq!((boxes.sale.claims[0].state, boxes.sale.claims[0].serials.len()), (ReturnState::AwaitingRefundApproval, 1));
    boxes.check();
    assert_eq!(world.jobs[3].earned(), Won(FEE.0 * 2));
    world.check();
    world.sell(&OrderCommand::InspectReturn { claim, restock: false, serials: world.read_off() }, &store()).unwrap();
    assert_eq!(world.jobs[3].pickup.as_ref().unwrap().state, CollectionState::Received);
    world.check();
}

#[test]
fn what_the_store_sent_is_put_up_and_a_mistake_is_put_right_until_then() {
    let mut world = World::on_the_day(2);
    let fulfilment = world.goods();
    let name = |names: &[&str]| OrderCommand::NameUnits { fulfilment, serials: serials(names) };
    world.sell(&name(&["SN-0001", "SN-0009"]), &store()).unwrap();
    world.work(&OrderCommand::Depart).unwrap();
    world.work(&OrderCommand::ReportDelivered).unwrap();
    assert_eq!(world.work(&completed(&["SN-0001", "SN-0002"])), Err(Refusal::invalid("serials", Problem::Unknown)), "the store sent another one");
    assert_eq!(world.work(&completed(&["SN-0001"])), Err(Refusal::invalid("serials", Problem::OutOfRange)));
    world.sell(&name(&["SN-0001", "SN-0002"]), &store()).unwrap();
    world.work(&completed(&["SN-0002", "SN-0001"])).unwrap();
    assert!(matches!(world.sell(&name(&["SN-0003", "SN-0004"]), &store()), Err(Refusal::WrongState { .. })), "they hang");
    world.sell(&world.wish_back(1), &buyer()).unwrap();
    let claim = world.sale.claims[0].id;
    world.sell(&OrderCommand::ApproveReturn { claim }, &store()).unwrap();
    world.sell(&OrderCommand::InspectReturn { claim, restock: true, serials: serials(&["SN-0001"]) }, &store()).unwrap();
    assert_eq!(world.sale.named_units().into_iter().map(|(_, serial)| serial).collect::<Vec<_>>(), ["SN-0002"]);
    world.check();
}

#[test]
fn a_store_can_bring_back_by_itself_what_it_put_up() {
    let mut world = World::to_come_down(1);
    let claim = world.sale.claims[0].id;
    world.sell(&OrderCommand::InspectReturn { claim, restock: false, serials: world.read_off() }, &store()).unwrap();
    assert_eq!(world.sale.claims[0].state, ReturnState::AwaitingRefundApproval);
    world.check();
}

/// Everything that everybody can do, from here on.
fn everything_from(world: World, mut look: impl FnMut(&World)) {
    let mut open = vec![world];
    let mut seen: BTreeSet<String> = open.iter().map(World::shape).collect();
    while let Some(world) = open.pop() {
        look(&world);
        for (at, command) in world.everything() {
            for actor in [buyer(), store(), installer(0), installer(1), head_office(), Actor::System] {
                let mut next = world.clone();
                let chair = next.node(at).chair(&actor);
                let told = next.give(at, &command, &actor);
                if !chair.is_some_and(|chair| command.chairs().contains(&chair)) {
                    assert!(told.is_err(), "{} by {actor:?}", command.name());
                }
                if told.is_err() {
                    assert_eq!(next.sale, world.sale, "a refusal changes nothing");
                    assert_eq!(next.jobs, world.jobs, "a refusal changes nothing");
                    continue;
                }
                next.check();
                // A visit that is set is for tomorrow, and a failed one is given up a day later.
                next.now = next.now + Span::days(1);
                if seen.insert(next.shape()) {
                    open.push(next);
                }
            }
        }
    }
}

#[test]
fn goods_are_prepared_once_somebody_has_the_job_and_leave_once_he_has_a_day() {
    let mut world = World::prepared(2);
    assert_eq!(world.state(), FulfilmentState::Preparing, "own stock alone does not make it ready");
    world.assign(0);
    assert_eq!((world.state(), world.sale.waits()), (FulfilmentState::PurchaseCompleted, Waits::Installer));
    let release = OrderCommand::Release { fulfilment: world.goods() };
    assert!(matches!(world.sell(&release, &store()), Err(Refusal::WrongState { .. })));
    world.work(&OrderCommand::DeclineInstallation { reason: DeclineReason::Busy }).unwrap();
    assert_eq!((world.state(), world.sale.waits()), (FulfilmentState::PurchaseCompleted, Waits::Release), "only the installer is open again");
    world.assign(1);
    world.work(&OrderCommand::AcceptInstallation).unwrap();
    assert!(world.work(&OrderCommand::Depart).is_err(), "nobody sets out without a day");
    world.schedule(2);
    assert!(world.work(&OrderCommand::Depart).is_err(), "nor without the goods");
    world.sell(&release, &store()).unwrap();
    assert!(world.work(&OrderCommand::Depart).is_err(), "nor before the day");
    world.now = world.now + Span::days(2);
    world.work(&OrderCommand::Depart).unwrap();
    assert_eq!((world.sale.status(), world.sale.waits()), (Status::OutForDelivery, Waits::Installer));
    world.work(&OrderCommand::ReportDelivered).unwrap();
    assert_eq!(world.sale.status(), Status::Delivered);
    assert!(world.sell(&OrderCommand::ConfirmPurchase, &buyer()).is_err(), "delivered is not installed");
    world.now = world.now + Span::hours(3);
    assert_eq!(world.work(&completed(&[])), Err(Refusal::invalid("serials", Problem::Missing)));
    assert_eq!(world.work(&completed(&["SN-0001"])), Err(Refusal::invalid("serials", Problem::OutOfRange)));
    assert_eq!(world.work(&completed(&["SN-0001", "sn-0001"])), Err(Refusal::invalid("serials", Problem::Taken)));
    world.work(&completed(&["SN-0001", "SN-0002"])).unwrap();
    assert_eq!((world.sale.status(), world.sale.waits()), (Status::Installed, Waits::Confirmation));
    assert_eq!(world.sale.delivered_at, Some(world.now), "the buyer's days run from the installation");
    assert_eq!(world.owed[&people().2[1]], FEE.0 * 2);
    world.sell(&OrderCommand::ConfirmPurchase, &buyer()).unwrap();
    world.check();
}

#[test]
fn who_comes_and_who_sent_him_tell_each_other_and_nobody_hears_of_what_he_did_himself() {
    let (_, shop, [first, second]) = people();
    let mut world = World::prepared(1);
    assert_eq!(world.heard(), [("order_arrived", shop)]);
    let fulfilment = world.goods();
    world.assign(0);
    assert_eq!(world.heard(), [("job_assigned", first)]);
    world.work(&OrderCommand::DeclineInstallation { reason: DeclineReason::Busy }).unwrap();
    assert_eq!(world.heard(), [("job_declined", shop)]);
    world.assign(0);
    world.give(Some(1), &OrderCommand::ExpireAcceptance, &Actor::System).unwrap();
    assert_eq!(world.heard(), [("job_assigned", first), ("unanswered", shop)]);
    world.sell(&OrderCommand::UnassignInstaller { fulfilment }, &store()).unwrap();
    world.assign(1);
    assert_eq!(world.heard(), [("job_off", first), ("job_assigned", second)]);
    world.work(&OrderCommand::AcceptInstallation).unwrap();
    world.schedule(2);
    assert_eq!(world.heard(), [], "the buyer is told the day");
    let visit = world.visit(1);
    world.sell(&OrderCommand::WishVisit { visit }, &buyer()).unwrap();
    assert_eq!(world.told.iter().map(|told| told.order).collect::<Vec<_>>(), [world.jobs[2].id], "of his own order, not of the buyer's");
    assert_eq!(world.heard(), [("visit_wished", second)]);
    world.schedule(1);
    world.sell(&OrderCommand::Release { fulfilment }, &store()).unwrap();
    world.now = world.now + Span::days(1);
    world.work(&OrderCommand::Depart).unwrap();
    world.work(&OrderCommand::ReportDelivered).unwrap();
    world.work(&propose(&[("wall-2", 1)])).unwrap();
    assert_eq!(world.heard(), []);
    let extra = world.sale.extras[0].id;
    world.sell(&OrderCommand::RefuseExtra { extra }, &buyer()).unwrap();
    assert_eq!(world.heard(), [("extra_answered", second)]);
    world.work(&OrderCommand::ReportImpossible { cause: ImpossibleCause::Space }).unwrap();
    assert_eq!(world.heard(), [("job_impossible", shop)], "and the return that opens by itself is no second one");

    let mut world = World::put_up(1);
    world.heard();
    world.sell(&world.wish_back(1), &buyer()).unwrap();
    assert_eq!(world.heard(), [("return_asked", shop)]);
    let claim = world.sale.claims[0].id;
    world.sell(&OrderCommand::ApproveReturn { claim }, &store()).unwrap();
    let assign = |nth: usize| OrderCommand::AssignPickup { claim, installer: people().2[nth] };
    world.sell(&assign(0), &store()).unwrap();
    world.work(&OrderCommand::DeclinePickup { reason: DeclineReason::Away }).unwrap();
    assert_eq!(world.heard(), [("job_assigned", first), ("job_declined", shop)]);
    world.sell(&assign(0), &store()).unwrap();
    world.sell(&assign(1), &store()).unwrap();
    let mut heard = world.heard();
    heard.sort_unstable();
    assert_eq!(heard, [("job_assigned", first), ("job_assigned", second), ("job_off", first)]);
}

#[test]
fn who_has_no_connection_goes_on_from_where_his_steps_will_lead() {
    let world = World::on_the_day(2);
    let job = world.jobs[0].job.clone().unwrap();
    let ahead = |asked, commands: &[&'static str]| job.ahead(asked, commands.iter().copied());
    assert_eq!(ahead(false, &[]).steps, ["schedule-visit", "depart"]);
    let on_the_way = ahead(false, &["depart"]);
    assert_eq!((on_the_way.state, on_the_way.steps.contains(&"report-delivered")), (InstallationState::EnRoute, true));
    let there = ahead(false, &["depart", "report-delivered"]);
    assert_eq!((there.state, &there.steps[..2]), (InstallationState::DeliveredByInstaller, &["complete-installation", "report-impossible"][..]));
    let over = ahead(false, &["depart", "report-delivered", "complete-installation"]);
    assert_eq!((over.state, over.steps), (InstallationState::Installed, Vec::new()));
    // What is no step, what is not his turn and what waits for the buyer's answer.
    assert_eq!(ahead(false, &["bring-photo"]), ahead(false, &[]));
    assert_eq!(ahead(false, &["complete-installation", "depart"]), on_the_way);
    let asks = ahead(false, &["depart", "report-delivered", "propose-extra", "complete-installation"]);
    assert_eq!((asks.state, asks.steps), (InstallationState::DeliveredByInstaller, vec!["report-impossible", "withdraw-extra"]));
    assert!(!ahead(false, &["schedule-visit"]).steps.contains(&"depart"), "the day he names is not today");
}

#[test]
fn fewer_goods_are_another_job() {
    let mut world = World::prepared(2);
    world.assign(0);
    world.work(&OrderCommand::AcceptInstallation).unwrap();
    let (fulfilment, line) = (world.goods(), world.sale.lines[0].id);
    world.sell(&OrderCommand::ReportStockLoss { fulfilment, line, quantity: Quantity::ONE }, &store()).unwrap();
    assert_eq!(world.jobs[0].job.as_ref().unwrap().state, InstallationState::Cancelled, "he agreed to put up two, for two fees");
    world.sell(&OrderCommand::Allocate { fulfilment }, &store()).unwrap();
    assert_eq!(world.state(), FulfilmentState::Preparing);
    world.assign(0);
    assert_eq!((world.state(), world.jobs[1].amounts.installation), (FulfilmentState::PurchaseCompleted, FEE));
    world.check();
}

#[test]
fn the_third_time_that_nobody_is_there_the_goods_go_back_and_one_visit_is_paid_for() {
    let mut world = World::on_the_day(2);
    for time in 1..=3 {
        world.work(&OrderCommand::Depart).unwrap();
        world.work(&OrderCommand::ReportAbsent).unwrap();
        assert_eq!((world.state(), world.sale.fulfilments[0].failures), (FulfilmentState::DeliveryFailed, time));
        if time < 3 {
            world.schedule(1);
            world.now = world.now + Span::days(1);
        }
    }
    let visit = world.visit(1);
    assert_eq!(world.work(&OrderCommand::ScheduleVisit { visit }), Err(Refusal::RetriesUsedUp { most: 3 }), "they go back tomorrow");
    world.now = world.now + Span::days(2);
    let fulfilment = world.goods();
    world.sell(&OrderCommand::ReturnToSender { fulfilment }, &Actor::System).unwrap();
    assert_eq!(world.jobs[0].job.as_ref().unwrap().state, InstallationState::Cancelled);
    assert_eq!((world.jobs[0].earned(), world.owed[&people().2[0]]), (CALL_OUT, CALL_OUT.0), "whoever came in vain is paid for that");
    world.sell(&OrderCommand::ReceiveBack { fulfilment, restock: true }, &store()).unwrap();
    assert_eq!(world.sale.refunded(), Won((GOODS.0 + INSTALLATION.0) * 2) - IN_VAIN);
    assert_eq!(world.stock[&StockAccount::Available], 10);
    world.check();
}

#[test]
fn who_has_the_goods_and_does_not_bring_them_gives_them_back() {
    let mut world = World::on_the_day(2);
    let fulfilment = world.goods();
    world.sell(&OrderCommand::UnassignInstaller { fulfilment }, &store()).unwrap();
    assert_eq!((world.state(), world.sale.is_claimed()), (FulfilmentState::ReturningToSender, true));
    assert_eq!(world.jobs[0].job.as_ref().unwrap().state, InstallationState::Cancelled);
    world.sell(&OrderCommand::ReceiveBack { fulfilment, restock: true }, &store()).unwrap();
    assert_eq!((world.sale.refunded(), world.stock[&StockAccount::Available]), (world.sale.paid, 10));
    world.check();
}

#[test]
fn what_cannot_be_put_up_goes_back_from_the_buyers_room() {
    let mut world = World::on_the_day(2);
    world.work(&OrderCommand::Depart).unwrap();
    world.work(&OrderCommand::ReportDelivered).unwrap();
    world.work(&OrderCommand::ReportImpossible { cause: ImpossibleCause::Outdoor }).unwrap();
    assert_eq!(world.state(), FulfilmentState::ReturningToSender);
    assert!(world.sale.is_claimed());
    let fulfilment = world.goods();
    world.sell(&OrderCommand::ReceiveBack { fulfilment, restock: false }, &store()).unwrap();
    assert_eq!((world.stock[&StockAccount::AtCustomer], world.stock[&StockAccount::Scrap]), (0, 2));
    // So much goes back that head office agrees first; nobody loses it for a wall that does not hold.
    let claim = world.sale.claims[0].clone();
    assert_eq!((claim.state, claim.proposed_by, world.sale.refunded()), (ReturnState::AwaitingRefundApproval, store().account(), Won::ZERO));
    world.check();
    let note = jumun::text::ClaimNote::parse("근거").unwrap();
    let refuse = OrderCommand::RejectRefund { claim: claim.id, reason: jumun::order::RejectReason::CausedByUse, note };
    assert!(matches!(world.sell(&refuse, &head_office()), Err(Refusal::WrongState { .. })));
    world.sell(&OrderCommand::ApproveRefund { claim: claim.id }, &head_office()).unwrap();
    assert_eq!(world.sale.refunded(), Won((GOODS.0 + INSTALLATION.0) * 2) - IN_VAIN, "he had said that there is a place");
    assert_eq!(world.owed[&people().2[0]], CALL_OUT.0, "whoever came in vain is paid for that");
}

#[test]
fn work_on_site_is_paid_for_before_it_is_done_and_nothing_is_over_before_the_answer() {
    let mut world = World::on_the_day(2);
    assert!(world.work(&propose(&[("wall-1", 2)])).is_err(), "nobody has seen the place yet");
    world.work(&OrderCommand::Depart).unwrap();
    for (wrong, told) in [
        (propose(&[]), Refusal::invalid("extras", Problem::Missing)),
        (propose(&[("wall-9", 1)]), Refusal::invalid("extras", Problem::Unknown)),
        (propose(&[("wall-1", 1), ("wall-1", 2)]), Refusal::invalid("extras", Problem::Taken)),
        (propose(&[("wall-1", 100)]), Refusal::invalid("quantity", Problem::OutOfRange)),
        (OrderCommand::ProposeExtra { work: vec![ExtraWish { item: "wall-1".into(), quantity: Quantity::ONE }], photo: "other".into() }, {
            Refusal::invalid("picture", Problem::Missing)
        }),
    ] {
        assert_eq!(world.work(&wrong), Err(told));
    }
    world.work(&OrderCommand::ReportDelivered).unwrap();
    world.work(&propose(&[("wall-1", 3), ("wall-2", 1)])).unwrap();
    let (extra, worth, paid) = (world.sale.extras[0].id, world.sale.amounts.payable(), world.sale.paid);
    assert_eq!((world.sale.extras[0].amount(), world.sale.waits()), (Won(84_000), Waits::ExtraCharge));
    assert!(world.work(&propose(&[("wall-1", 1)])).is_err(), "one question at a time");
    assert!(world.work(&completed(&["SN-0001", "SN-0002"])).is_err(), "it is not over before the answer");
    assert!(world.sell(&OrderCommand::ConfirmPurchase, &buyer()).is_err());
    assert!(world.give(Some(0), &OrderCommand::ApproveExtra { extra }, &store()).is_err(), "the store does not agree for its buyer");

    world.sell(&OrderCommand::ApproveExtra { extra }, &buyer()).unwrap();
    assert_eq!((world.sale.due(), world.sale.amounts.payable()), (Won(84_000), worth), "only money makes it so");
    world.sell(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, &buyer()).unwrap();
    let first = world.sale.open_attempt().unwrap().id;
    // He comes back from the PSP without having paid.
    let declined = OrderCommand::CancelPayment { attempt: first, cause: DeclineCause::Balance, psp_code: "NO".into() };
    world.sell(&declined, &buyer()).unwrap();
    assert!(world.sale.extras[0].is_open() && world.sale.open_attempt().is_none(), "he may try again at once");
    // The time to answer is up while he is at the PSP: what he pays there in time counts.
    world.now = world.now + Span::minutes(19);
    world.sell(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, &buyer()).unwrap();
    world.now = world.now + Span::minutes(2);
    let fulfilment = world.goods();
    world.sell(&OrderCommand::ExpireExtra { fulfilment }, &Actor::System).unwrap();
    let attempt = world.sale.open_attempt().unwrap().clone();
    let outcome = PaymentOutcome::Approved { payment_key: "k".into(), amount: attempt.amount };
    world.sell(&OrderCommand::RecordPayment { attempt: attempt.id, outcome }, &Actor::System).unwrap();
    assert_eq!((world.sale.extras[0].state, world.sale.difference.is_none()), (ExtraState::Approved, true));
    assert_eq!((world.sale.amounts.payable() - worth, world.sale.paid - paid), (Won(84_000), Won(84_000)));
    world.check();
    world.work(&completed(&["SN-0001", "SN-0002"])).unwrap();
    assert_eq!((world.owed[&people().2[0]], world.jobs[0].earned()), (FEE.0 * 2 + 84_000, Won(FEE.0 * 2 + 84_000)));
    world.sell(&OrderCommand::ConfirmPurchase, &buyer()).unwrap();
    world.check();
}

#[test]
fn who_says_no_or_nothing_pays_nothing_and_the_work_goes_on_without() {
    for silent in [false, true] {
        let mut world = World::on_the_day(2);
        world.work(&OrderCommand::Depart).unwrap();
        world.work(&OrderCommand::ReportDelivered).unwrap();
        world.work(&propose(&[("wall-2", 1)])).unwrap();
        let (extra, fulfilment) = (world.sale.extras[0].id, world.goods());
        // Even with a foot in the PSP's door.
        world.sell(&OrderCommand::ApproveExtra { extra }, &buyer()).unwrap();
        world.sell(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, &buyer()).unwrap();
        let attempt = world.sale.open_attempt().unwrap().clone();
        if silent {
            world.sell(&OrderCommand::ExpireDifference, &Actor::System).unwrap();
            assert!(world.sale.extras[0].is_open());
            world.now = world.now + Span::minutes(20);
            world.sell(&OrderCommand::ExpireExtra { fulfilment }, &Actor::System).unwrap();
            world.sell(&OrderCommand::ExpireDifference, &Actor::System).unwrap();
        } else {
            world.sell(&OrderCommand::RefuseExtra { extra }, &buyer()).unwrap();
        }
        let state = if silent { ExtraState::Lapsed } else { ExtraState::Refused };
        assert_eq!((world.sale.extras[0].state, world.jobs[0].extras[0].state), (state, state));
        let outcome = PaymentOutcome::Approved { payment_key: "k".into(), amount: attempt.amount };
        world.sell(&OrderCommand::RecordPayment { attempt: attempt.id, outcome }, &Actor::System).unwrap();
        assert!(world.sale.attempt(attempt.id).unwrap().void_requested, "what comes too late goes back");
        assert!(world.sell(&OrderCommand::ApproveExtra { extra }, &buyer()).is_err());
        world.work(&completed(&["SN-0001", "SN-0002"])).unwrap();
        assert_eq!(world.owed[&people().2[0]], FEE.0 * 2);
        world.check();
    }
}

#[test]
fn who_drops_the_payment_can_still_answer_as_long_as_there_is_time() {
    let mut world = World::on_the_day(2);
    world.work(&OrderCommand::Depart).unwrap();
    world.work(&propose(&[("wall-2", 1)])).unwrap();
    let (extra, until) = (world.sale.extras[0].id, world.sale.extras[0].until);
    world.sell(&OrderCommand::ApproveExtra { extra }, &buyer()).unwrap();
    world.sell(&OrderCommand::DropChange, &buyer()).unwrap();
    assert!(world.sale.extras[0].is_open() && world.sale.difference.is_none());
    let dropped = world.log.iter().rev().find(|(event, _)| matches!(event, Event::DifferenceDropped { .. })).unwrap();
    let set = timers(&world.sale, &dropped.0, world.now, &policy());
    assert!(set.contains(&TimerChange::Set(TimerKind::ExtraAnswer, Some(world.goods()), until)));
    world.sell(&OrderCommand::ApproveExtra { extra }, &buyer()).unwrap();
    world.check();
}

proptest! {
    /// However many extra charges are proposed, paid for, refused or forgotten, and however the visit ends: what came in and stayed is
    /// what the order is worth, and what was not done is paid back once.
    #[test]
    fn extras_are_worth_what_was_paid_for_them(asked in proptest::collection::vec((1u32..=9, 0u8..4), 1..5), ending in 0u8..4) {
        let mut world = World::on_the_day(2);
        world.work(&OrderCommand::Depart).unwrap();
        let (bought, mut kept, mut installed) = (world.sale.paid, Won::ZERO, false);
        for (units, answer) in asked {
            world.work(&propose(&[("wall-1", units)])).unwrap();
            let extra = world.sale.open_extras().next().unwrap().clone();
            match answer {
                0 => {
                    world.sell(&OrderCommand::ApproveExtra { extra: extra.id }, &buyer()).unwrap();
                    world.sell(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, &buyer()).unwrap();
                    let attempt = world.sale.open_attempt().unwrap().clone();
                    let outcome = PaymentOutcome::Approved { payment_key: "k".into(), amount: attempt.amount };
                    world.sell(&OrderCommand::RecordPayment { attempt: attempt.id, outcome }, &Actor::System).unwrap();
                    kept += extra.amount();
                }
                1 => world.sell(&OrderCommand::RefuseExtra { extra: extra.id }, &buyer()).unwrap(),
                2 => world.work(&OrderCommand::WithdrawExtra).unwrap(),
                _ => {
                    world.now = world.now + Span::minutes(20);
                    let fulfilment = world.goods();
                    world.sell(&OrderCommand::ExpireExtra { fulfilment }, &Actor::System).unwrap();
                }
            }
            prop_assert_eq!(world.sale.paid - world.sale.refunded(), bought + kept);
            world.check();
        }
        let fulfilment = world.goods();
        match ending {
            0 => {
                world.work(&OrderCommand::ReportDelivered).unwrap();
                world.work(&completed(&["SN-0001", "SN-0002"])).unwrap();
                installed = true;
            }
            1 => world.work(&OrderCommand::ReportImpossible { cause: ImpossibleCause::Space }).unwrap(),
            2 => {
                world.work(&OrderCommand::ReportAbsent).unwrap();
                world.sell(&OrderCommand::UnassignInstaller { fulfilment }, &store()).unwrap();
            }
            _ => {
                for _ in 0..2 {
                    world.work(&OrderCommand::ReportAbsent).unwrap();
                    world.schedule(1);
                    world.now = world.now + Span::days(1);
                    world.work(&OrderCommand::Depart).unwrap();
                }
                world.work(&OrderCommand::ReportAbsent).unwrap();
                world.now = world.now + Span::days(2);
                world.sell(&OrderCommand::ReturnToSender { fulfilment }, &Actor::System).unwrap();
            }
        }
        world.check();
        let left = if installed { bought + kept } else { bought };
        prop_assert_eq!(world.sale.paid - world.sale.refunded(), left);
        if !installed {
            world.sell(&OrderCommand::ReceiveBack { fulfilment, restock: true }, &store()).unwrap();
            // What could not be put up waits for a second word, what could not be brought does not.
            let waiting = world.sale.claims.iter().find(|claim| claim.state == ReturnState::AwaitingRefundApproval).map(|claim| claim.id);
            prop_assert_eq!(waiting.is_some(), ending == 1);
            if let Some(claim) = waiting {
                world.sell(&OrderCommand::ApproveRefund { claim }, &head_office()).unwrap();
            }
            let fee = if ending == 2 { Won::ZERO } else { IN_VAIN };
            prop_assert_eq!((world.sale.paid - world.sale.refunded(), world.sale.amounts.call_out), (fee, fee));
        }
        world.check();
    }
}

/// The goods are back, and whoever has to agrees to the refund.
fn back_and_paid(world: &mut World) {
    let fulfilment = world.goods();
    world.sell(&OrderCommand::ReceiveBack { fulfilment, restock: true }, &store()).unwrap();
    if let Some(claim) = world.sale.claims.iter().find(|claim| claim.state == ReturnState::AwaitingRefundApproval).map(|claim| claim.id) {
        world.sell(&OrderCommand::ApproveRefund { claim }, &head_office()).unwrap();
    }
    world.check();
}

#[test]
fn who_pays_for_a_visit_in_vain_follows_from_the_cause_and_from_what_was_asked() {
    use ImpossibleCause::{Building, Defect, Outdoor, Power, Refused, Space};
    // What the buyer pays who was not asked, said that it is so, does not know, and said that it is not.
    let (nothing, pays) = (Won::ZERO, IN_VAIN);
    let table = [
        (Space, ReturnReason::CannotInstall, [nothing, pays, pays, nothing]),
        (Power, ReturnReason::CannotInstall, [nothing, pays, pays, nothing]),
        (Outdoor, ReturnReason::CannotInstall, [nothing, pays, pays, nothing]),
        (Building, ReturnReason::CannotInstall, [nothing, pays, pays, nothing]),
        (Defect, ReturnReason::CannotInstall, [nothing, nothing, nothing, nothing]),
        (Refused, ReturnReason::RefusedOnSite, [nothing, pays, pays, pays]),
    ];
    assert_eq!(table.map(|(cause, ..)| cause).to_vec(), ImpossibleCause::ALL);
    let sites = [None, described(SiteAnswer::Yes), described(SiteAnswer::Unsure), described(SiteAnswer::No)];
    for (cause, reason, fees) in table {
        for (site, fee) in sites.into_iter().zip(fees) {
            // Before the goods are down and after it.
            for delivered in [false, true] {
                let mut world = World::placed_at(2, site, false).made_ready().given();
                world.work(&OrderCommand::Depart).unwrap();
                if delivered {
                    world.work(&OrderCommand::ReportDelivered).unwrap();
                }
                world.work(&OrderCommand::ReportImpossible { cause }).unwrap();
                assert_eq!((world.sale.claims[0].reason, world.sale.claims[0].call_out), (reason, fee), "{cause:?}, {site:?}");
                let again = world.sale.call_out_for(cause);
                assert!(fee == Won::ZERO || again == Won::ZERO, "goods that were split are no second visit to pay for");
                back_and_paid(&mut world);
                assert_eq!((world.sale.amounts.call_out, world.sale.paid - world.sale.refunded()), (fee, fee), "{cause:?}, {site:?}");
                assert_eq!(world.owed[&people().2[0]], CALL_OUT.0, "the installer has his own price whoever pays");
            }
        }
    }
}

#[test]
fn who_refuses_on_site_changed_his_mind_unless_he_was_asked_for_more() {
    let refused = |answer: Option<fn(&mut World)>| {
        let mut world = World::placed_at(2, described(SiteAnswer::Yes), true).made_ready().given();
        world.work(&OrderCommand::Depart).unwrap();
        world.work(&OrderCommand::ReportDelivered).unwrap();
        if let Some(answer) = answer {
            world.work(&propose(&[("wall-1", 3)])).unwrap();
            answer(&mut world);
        }
        world.work(&OrderCommand::ReportImpossible { cause: ImpossibleCause::Refused }).unwrap();
        back_and_paid(&mut world);
        (world.sale.claims[0].reason, world.sale.amounts)
    };
    // Who changed his mind keeps paying for the way there; what goes back with the installer nobody fetches.
    let (reason, kept) = refused(None);
    assert_eq!((reason, kept.island, kept.call_out, kept.return_fee), (ReturnReason::RefusedOnSite, policy().island_fee, IN_VAIN, Won::ZERO));
    assert_eq!(kept.payable(), policy().island_fee + IN_VAIN);
    let (reason, kept) = refused(Some(|world| {
        let extra = world.sale.extras[0].id;
        world.sell(&OrderCommand::RefuseExtra { extra }, &buyer()).unwrap();
    }));
    assert_eq!(
        (reason, kept.payable(), kept.call_out),
        (ReturnReason::CannotInstall, IN_VAIN, IN_VAIN),
        "the place asked for more than he had bought"
    );
    // Who only did not answer was not told no to.
    let (reason, _) = refused(Some(|world| {
        world.now = world.now + Span::minutes(20);
        let fulfilment = world.goods();
        world.sell(&OrderCommand::ExpireExtra { fulfilment }, &Actor::System).unwrap();
    }));
    assert_eq!(reason, ReturnReason::RefusedOnSite);
}

#[test]
fn a_call_out_never_asks_for_more_than_was_paid() {
    let dear = described(SiteAnswer::Yes).map(|site| Site { call_out: Won(50_000_000), ..site });
    for cause in [ImpossibleCause::Space, ImpossibleCause::Refused] {
        let mut world = World::placed_at(2, dear, true).made_ready().given();
        world.work(&OrderCommand::Depart).unwrap();
        world.work(&OrderCommand::ReportImpossible { cause }).unwrap();
        let fulfilment = world.goods();
        world.sell(&OrderCommand::ReceiveBack { fulfilment, restock: true }, &store()).unwrap();
        assert_eq!((world.sale.refunded(), world.sale.amounts.payable()), (Won::ZERO, world.sale.paid), "{cause:?}");
        assert_eq!(world.sale.claims[0].state, ReturnState::Closed, "nothing waits for money that does not come");
    }
}

#[test]
fn what_was_said_of_a_place_stays_with_it() {
    let mut world = World::prepared(2);
    let elsewhere = |postcode: &str| Event::AddressChanged {
        contact: ContactId::mint(&mut CountingMint(77)),
        postcode: postcode.into(),
        island: Won::ZERO,
        dearer_by: Won::ZERO,
    };
    world.sale.apply(&elsewhere("06234"), START);
    assert!(world.sale.site.is_some(), "the same place, written otherwise");
    world.sale.apply(&elsewhere("06100"), START);
    assert_eq!(world.sale.site, None, "nobody was asked about this one");
    assert_eq!(world.sale.call_out_for(ImpossibleCause::Space), Won::ZERO);
}

#[test]
fn an_order_from_before_anybody_was_asked_is_what_it_was() {
    let mut world = World::placed_at(2, None, false).made_ready().given();
    world.work(&OrderCommand::Depart).unwrap();
    world.work(&OrderCommand::ReportImpossible { cause: ImpossibleCause::Outdoor }).unwrap();
    let (sale, job) = (serde_json::to_string(&world.sale).unwrap(), serde_json::to_string(&world.jobs[0]).unwrap());
    let said: Vec<String> = world.log.iter().map(|(event, _)| serde_json::to_string(event).unwrap()).collect();
    for text in said.iter().filter(|text| !text.contains("impossible")).chain([&sale]) {
        assert!(!text.contains("call_out") && !text.contains("\"site\""), "{text}");
    }
    assert!(!job.contains("in_vain"), "{job}");
    assert_eq!(serde_json::from_str::<Order>(&sale).unwrap(), world.sale);
    for (text, (event, _)) in said.iter().zip(&world.log) {
        assert_eq!(serde_json::from_str::<Event>(text).unwrap(), *event);
    }
}

#[test]
fn an_installer_knows_where_to_go_while_he_has_to() {
    let seen = |world: &World, order: &Order, actor: &Actor, later: Span| {
        let to = jumun::command::ShipTo {
            name: PersonName::parse("홍길동").unwrap(),
            phone: jumun::text::Phone::parse("010-1234-5678").unwrap(),
            postcode: jumun::text::Postcode::parse("06234").unwrap(),
            address: jumun::text::Address::parse("서울 강남구 테헤란로 1").unwrap(),
            request: None,
        };
        let tree: Vec<(Order, Words)> = std::iter::once(&world.sale).chain(&world.jobs).map(|node| (node.clone(), Words::default())).collect();
        let person = |job: &Order| (job.seller, "차강민".to_owned(), Some("010-1151-3337".to_owned()));
        let around = Around { tree, ship_to: Some(to), installers: world.jobs.iter().map(person).collect(), ..Around::default() };
        OrderView::seen_by(order.chair(actor).unwrap(), order, around, &Policy::default(), world.now + later)
    };
    let mut world = World::prepared(2);
    world.assign(0);
    let now = Span(0);
    let his = seen(&world, &world.jobs[0], &installer(0), now);
    assert!(his.ship_to.is_some(), "he has to know how far it is");
    assert_eq!(
        (his.site, his.call_out),
        (described(SiteAnswer::Yes).map(|site| site.answers), None),
        "and what it is like, not what it costs others"
    );
    for actor in [buyer(), store()] {
        let view = seen(&world, &world.sale, &actor, now);
        assert_eq!((view.site, view.call_out), (his.site, Some(IN_VAIN)));
    }
    let buyers = seen(&world, &world.sale, &buyer(), now);
    let shown = buyers.fulfilments[0].installer.clone().unwrap();
    assert_eq!((shown.name, shown.phone, shown.fee, shown.number), (None, None, None, None), "nobody is promised before he has said yes");
    let mut refused = world.clone();
    refused.work(&OrderCommand::DeclineInstallation { reason: DeclineReason::Away }).unwrap();
    let his = seen(&refused, &refused.jobs[0], &installer(0), now);
    assert_eq!((his.ship_to, his.site), (None, None));
    assert!(seen(&refused, &refused.sale, &buyer(), now).fulfilments[0].installer.is_none(), "who will not come is none of the buyer's business");

    let mut world = World::on_the_day(2);
    let shown = seen(&world, &world.sale, &buyer(), now).fulfilments[0].installer.clone().unwrap();
    assert_eq!((shown.name.as_deref(), shown.phone.is_some(), shown.fee), (Some("차강민"), true, None));
    for command in [OrderCommand::Depart, OrderCommand::ReportDelivered, completed(&["SN-0001", "SN-0002"])] {
        world.work(&command).unwrap();
    }
    assert!(seen(&world, &world.jobs[0], &installer(0), Span::hours(23)).ship_to.is_some());
    let late = seen(&world, &world.jobs[0], &installer(0), Span::hours(25));
    assert_eq!((late.ship_to, late.site), (None, None));
    let shown = |later| seen(&world, &world.sale, &buyer(), later).fulfilments[0].installer.clone().unwrap().phone;
    assert_eq!((shown(Span::hours(23)).is_some(), shown(Span::hours(25))), (true, None));
}

proptest! {
    /// However a buyer takes units out, each takes its installation fee along, and all together give back what was paid.
    #[test]
    fn units_that_are_taken_out_take_their_installation_along(split in proptest::collection::vec(1u32..=3, 1..5)) {
        let mut world = World::placed(8);
        world.sell(&OrderCommand::RequestPayment { method: PaymentMethod::Card }, &buyer()).unwrap();
        let attempt = world.sale.attempts[0].clone();
        let outcome = PaymentOutcome::Approved { payment_key: "k".into(), amount: attempt.amount };
        world.sell(&OrderCommand::RecordPayment { attempt: attempt.id, outcome }, &Actor::System).unwrap();
        let line = world.sale.lines[0].id;
        for units in split {
            if world.sale.cancelled.is_some() {
                break;
            }
            let left = world.sale.live_units(&world.sale.lines[0]);
            if let Some(quantity) = Quantity::new(units.min(left)) {
                let before = world.sale.refunded();
                world.sell(&OrderCommand::CancelLines { units: vec![LineUnits { line, quantity }] }, &buyer()).unwrap();
                let back = world.sale.refunded() - before;
                prop_assert_eq!(back, Won((GOODS.0 + INSTALLATION.0) * quantity.units()));
            }
        }
        prop_assert_eq!(world.sale.paid - world.sale.refunded(), if world.sale.cancelled.is_some() { Won::ZERO } else { world.sale.amounts.payable() });
    }
}
