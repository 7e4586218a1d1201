//! Random schedules on both databases: commands by random chairs, hints that are late, twice or untrue, providers that misbehave,
//! jumps of the clock, looks of the workers, several of these at once, and crashes in the middle of any of them. After each, time
//! passes until nothing is left to do, and the oracle is asked.
//!
//!   SCHEDULES=60     how many, on each database (10,000 in `make soak`)
//!   SEED=20261121    which; a schedule is known by its seed alone, so a failing one is repeated with SCHEDULES=1
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::wildcard_enum_match_arm)]

#[path = "support/mod.rs"]
mod support;

use app::session::Caller;
use jumun::{
    command::{Answer, Command},
    ids::{OrderId, VariantId},
    order::{LineUnits, OnShortage, Order, OrderCommand, PaymentMethod, SellerReason, ShortageAnswer, Status},
    quantity::Quantity,
    refusal::Refusal,
    time::Span,
};
use serde_json::json;
use server::{failure, house::House, testing};
use std::{sync::Arc, time::Instant};
use support::{Bench, Item, benches};

fn number<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A stream of throws (splitmix64).
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.throw() % limit.max(1) as u64) as usize
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }
}

/// One thing that happens.
#[derive(Clone, Debug)]
enum Happening {
    Place(u32, OnShortage),
    Give(bool, OrderCommand),
    /// The buyer agrees on the PSP's page.
    Agree,
    /// The buyer's money comes into the account that waits for it.
    Deposit,
    /// Somebody says that there is news.
    Hint,
    /// The warehouse gets goods.
    Receive(u32),
    Timers,
    Sagas,
    Shortages,
}

/// The people and things of one schedule.
#[derive(Clone)]
struct Stage {
    house: Arc<House>,
    http: reqwest::Client,
    providers: String,
    buyer: Caller,
    staff: Caller,
    item: Item,
    scarce: VariantId,
}

impl Stage {
    async fn give(&self, caller: &Caller, command: Command) -> Result<Answer, Refusal> {
        let answer = self.house.execute(caller, command, None).await;
        // A torn task looks broken to whoever asked; nothing else may.
        let torn = matches!(answer, Err(Refusal::Broken));
        assert!(!torn || failure::is_torn(), "broken without a crash");
        answer
    }

    async fn happen(self, happening: Happening, order: Option<Order>) -> Option<OrderId> {
        let id = order.as_ref().map(|order| order.id);
        match happening {
            Happening::Place(units, on_shortage) => {
                let variant = if units > 3 { self.scarce.clone() } else { self.item.variant.clone() };
                let quantity = Quantity::new(units).unwrap();
                self.give(&self.buyer, Command::AddToCart { variant, quantity, installed: false }).await.ok()?;
                let cart = self.house.cart(&self.buyer).await.ok()?;
                let group = cart.groups.first()?;
                let command = Command::PlaceOrder {
                    seller: group.seller,
                    cart_version: cart.version,
                    ship_to: Bench::ship_to(),
                    keep_address: false,
                    seen_goods: group.lines.iter().map(|line| jumun::money::Won(line.unit_price.0 * i64::from(line.quantity))).sum(),
                    on_shortage,
                    benefits: jumun::command::Benefits::default(),
                    visit: None,
                    site: None,
                };
                match self.give(&self.buyer, command).await {
                    Ok(Answer::Order { order, .. }) => return Some(order),
                    _ => return None,
                }
            }
            Happening::Give(buyer, command) => {
                let caller = if buyer { &self.buyer } else { &self.staff };
                let _ = self.give(caller, Command::Order { order: id?, command }).await;
            }
            Happening::Agree => {
                let order = order?;
                let attempt = order.attempts.last()?;
                let method = if attempt.method == PaymentMethod::VirtualAccount { "VIRTUAL_ACCOUNT" } else { "CARD" };
                let wish = json!({ "orderId": attempt.psp_order(&order.number), "amount": attempt.amount.0, "method": method });
                let said = self.http.post(format!("{}/psp/sandbox/approve", self.providers)).json(&wish).send().await.unwrap();
                assert!(said.status().is_success());
            }
            Happening::Deposit => {
                let order = order?;
                let deposit = order.attempts.last()?.deposit.clone()?;
                // The account may be closed by now.
                let account = json!({ "accountNumber": deposit.account });
                self.http.post(format!("{}/psp/sandbox/deposit", self.providers)).json(&account).send().await.unwrap();
            }
            Happening::Hint => testing::hint(&self.house, id?).await,
            Happening::Receive(units) => {
                let (warehouse, quantity) = (self.item.warehouse, Quantity::new(units).unwrap());
                let _ = self.give(&self.staff, Command::ReceiveGoods { warehouse, variant: self.scarce.clone(), quantity }).await;
            }
            Happening::Timers => testing::step_timers(&self.house).await,
            Happening::Sagas => testing::step_sagas(&self.house).await,
            Happening::Shortages => testing::step_shortages(&self.house).await,
        }
        None
    }
}

/// Something that may happen to an order now.
fn throw(dice: &mut Dice, order: Option<&Order>) -> Happening {
    let Some(order) = order else {
        return Happening::Place(dice.one_of(&[1, 2, 3, 4, 5]), dice.one_of(&[OnShortage::Ask, OnShortage::Wait, OnShortage::Take]));
    };
    let line = order.lines[dice.below(order.lines.len())].id;
    let units = Quantity::new(1 + dice.below(3) as u32).unwrap();
    match dice.below(34) {
        0..=3 => {
            let method = dice.one_of(&[PaymentMethod::Card, PaymentMethod::Card, PaymentMethod::VirtualAccount]);
            Happening::Give(true, OrderCommand::RequestPayment { method })
        }
        4..=7 => Happening::Agree,
        8..=9 => Happening::Deposit,
        10 => Happening::Give(true, OrderCommand::Cancel),
        11 => Happening::Give(true, OrderCommand::CancelLines { units: vec![LineUnits { line, quantity: units }] }),
        12 => Happening::Give(true, OrderCommand::ConfirmPurchase),
        13..=14 => match order.shortages.last() {
            Some(shortage) => {
                let answer = dice.one_of(ShortageAnswer::ALL);
                Happening::Give(true, OrderCommand::ChooseShortage { shortage: shortage.id, answer })
            }
            None => Happening::Receive(1 + dice.below(4) as u32),
        },
        15..=19 => match order.fulfilments.get(dice.below(order.fulfilments.len())) {
            Some(goods) => {
                let fulfilment = goods.id;
                Happening::Give(
                    false,
                    match dice.below(5) {
                        0 => OrderCommand::StartPreparing { fulfilment },
                        1 => OrderCommand::Allocate { fulfilment },
                        2 | 3 => OrderCommand::Release { fulfilment },
                        _ => OrderCommand::ReportStockLoss { fulfilment, line, quantity: Quantity::ONE },
                    },
                )
            }
            None => Happening::Shortages,
        },
        20 => Happening::Give(false, OrderCommand::SellerCancel { reason: SellerReason::OutOfStock }),
        21..=23 => Happening::Hint,
        24..=26 => Happening::Timers,
        27..=31 => Happening::Sagas,
        _ => Happening::Shortages,
    }
}

/// How the providers misbehave.
const MISBEHAVIOUR: &[(&str, &str)] = &[
    ("psp", "fail_before"),
    ("psp", "fail_after"),
    ("psp", "old_answer"),
    ("wms", "fail_before"),
    ("wms", "fail_after"),
    ("wms", "old_answer"),
    ("carrier", "fail_before"),
    ("carrier", "fail_after"),
    ("carrier", "old_answer"),
];

/// How long the clock stands still between two things.
const PAUSES: &[i64] = &[0, 0, 0, 1, 5, 30, 130, 650, 1_900, 7_000, 90_000, 200_000];

/// Plays one schedule to its end; what is broken then.
async fn play(bench: &Bench, stage: &Stage, seed: u64) -> Vec<String> {
    let mut dice = Dice(seed);
    let mut id: Option<OrderId> = None;
    for _ in 0..12 + dice.below(24) {
        let order = match id {
            Some(id) => Some(bench.order(id).await),
            None => None,
        };
        bench.advance(Span::seconds(dice.one_of(PAUSES))).await;
        if dice.below(8) == 0 {
            let (provider, kind) = dice.one_of(MISBEHAVIOUR);
            let fault = json!({ "provider": provider, "fault": kind, "times": 1 + dice.below(2) });
            stage.http.put(format!("{}/faults", stage.providers)).json(&fault).send().await.unwrap();
        }
        if dice.below(6) == 0 {
            failure::tear_after(1 + dice.below(60) as u32);
        }
        // An order is placed alone; after that up to three things happen at once.
        let count = if order.is_some() { 1 + dice.below(3) } else { 1 };
        let together = (0..count).map(|_| tokio::spawn(stage.clone().happen(throw(&mut dice, order.as_ref()), order.clone())));
        let together: Vec<_> = together.collect();
        for one in together {
            match one.await {
                Ok(placed) => id = id.or(placed),
                Err(error) => assert!(failure::is_torn(), "{seed}: {error}"),
            }
        }
        failure::tear_after(0);
    }
    stage.http.delete(format!("{}/faults", stage.providers)).send().await.unwrap();
    let Some(id) = id else { return Vec::new() };
    // Everything that may still be due, a little at a time at first: somebody's account is open for a day, a buyer thinks for two
    // days, waits for a week, and has another week to send things back.
    for nth in 0..46 {
        bench.advance(if nth < 24 { Span::seconds(40) } else { Span::hours(26) }).await;
        for _ in 0..3 {
            testing::step_shortages(&stage.house).await;
            testing::step_timers(&stage.house).await;
            testing::step_sagas(&stage.house).await;
        }
        // The desk ends what it began.
        if nth == 34 {
            for goods in bench.order(id).await.fulfilments {
                let fulfilment = goods.id;
                for command in
                    [OrderCommand::StartPreparing { fulfilment }, OrderCommand::Allocate { fulfilment }, OrderCommand::Release { fulfilment }]
                {
                    let _ = stage.give(&stage.staff, Command::Order { order: id, command }).await;
                }
            }
        }
        // Who chose to wait is asked every week and may wait for ever.
        if nth == 38 && bench.order(id).await.status() == Status::WaitingStock {
            let _ = stage.give(&stage.buyer, Command::Order { order: id, command: OrderCommand::Cancel }).await;
        }
        if nth > 24 && testing::broken(&stage.house, id).await.is_empty() && is_over(&bench.order(id).await) {
            break;
        }
    }
    let order = bench.order(id).await;
    let mut found = testing::broken(&stage.house, id).await;
    if !is_over(&order) {
        found.push(format!("{} is still {:?}", order.number, order.status()));
    }
    found
}

fn is_over(order: &Order) -> bool {
    matches!(order.status(), Status::Completed | Status::Cancelled)
}

/// Schedules that share a database; the invariants of all of it are asked at their end.
const TOGETHER: u64 = 100;

#[tokio::test(flavor = "multi_thread")]
async fn no_schedule_breaks_an_invariant() {
    let (seed, schedules): (u64, u64) = (number("SEED", 20_261_121), number("SCHEDULES", 60));
    let chosen = std::env::var("DATABASES").unwrap_or_else(|_| "sqlite postgres".into());
    let (mut broken, mut played) = (Vec::new(), std::collections::BTreeMap::<&str, u64>::new());
    let began = Instant::now();
    for first in (0..schedules).step_by(TOGETHER as usize) {
        for bench in benches().await.into_iter().filter(|bench| chosen.contains(&bench.name.to_lowercase()[..6])) {
            let sandboxes = bench.with_sandboxes().await;
            // Whoever is torn leaves a lease; here it is over at once.
            let _ = bench.house.lease.set(Span::seconds(0));
            let item = bench.scarce_item(400).await;
            let stage = Stage {
                house: bench.house.clone(),
                http: reqwest::Client::builder().no_proxy().build().unwrap(),
                providers: sandboxes.url(),
                buyer: bench.guest().await,
                staff: bench.staff(&item).await,
                scarce: bench.scarce("VAR-5001-GRN-M", 2).await.variant,
                item,
            };
            for nth in first..(first + TOGETHER).min(schedules) {
                let stage = Stage { buyer: if nth % 2 == 0 { bench.guest().await } else { bench.member().await }, ..stage.clone() };
                for what in play(&bench, &stage, seed + nth).await {
                    println!("✗ {}: SEED={}: {what}", bench.name, seed + nth);
                    broken.push((bench.name, seed + nth));
                }
                *played.entry(bench.name).or_default() += 1;
            }
            for what in bench.findings().await.into_iter().chain(testing::books(&bench.house).await) {
                println!("✗ {}: SEED={} and {TOGETHER} on: {what}", bench.name, seed + first);
                broken.push((bench.name, seed + first));
            }
            sandboxes.stop().await.unwrap();
        }
        if (first / TOGETHER).is_multiple_of(5) {
            println!("{played:?} schedules, {} s", began.elapsed().as_secs());
        }
    }
    println!("── seed {seed}: {played:?} schedules, {} violations, {} s", broken.len(), began.elapsed().as_secs());
    assert!(broken.is_empty(), "{broken:?}");
}
