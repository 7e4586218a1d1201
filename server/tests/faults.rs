//! Kills the server before and after the statements and calls of whole lives of orders, with providers that behave and with
//! providers that do not, starts it again, lets every deadline pass, and asks the oracle: nothing that was acknowledged is lost,
//! nothing happened twice, the PSP's books are ours.
//!
//! `make test` takes a seeded sample that fits a time box, and lets each thing go wrong with each step on one of the databases;
//! `FAULTS=all` takes every point and every step on both (`make soak`).
//!
//!   FAULTS=all            every point instead of a sample
//!   FAULTS=Told:COMMIT@7  one point of one life, again
//!   FAULT_SECONDS=45      the sample's time box, for each database
//!   SEED=20261121         which sample
//!   WORKERS=4             servers that live and die at a time
//!   JUMUN=…               the server; without it the debug build
//!   DATABASES="sqlite postgres"
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::wildcard_enum_match_arm)]

#[path = "support/place.rs"]
mod place;
#[path = "support/receiver.rs"]
mod receiver;

use jumun::saga::{SagaKind, Step};
use place::{Life, Place, Template};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// Statements that run all the time, whatever is done: their first passings say as much as their thousandth.
const IDLE: &[&str] = &[
    "READER",
    "TOLD_AFTER",
    "ANY_DUE",
    "BEHIND",
    "BEHIND_PLACE",
    "QUEUE_FIGURES",
    "FORGET_OLD_ATTEMPTS",
    "FORGET_OLD_DELIVERIES",
    "DUE_WORK",
    "DUE_TIMERS",
    "LOG_AFTER",
    "LOG_END",
    "FILLABLE",
    "CLOCK",
    "BOOK_VERSIONS",
    "DEPTHS",
    "END_OLD_SESSIONS",
    "FORGET_ANSWERS",
];
/// Passings tried of an idle point, and of any other.
const IDLE_PASSINGS: u32 = 2;
const PASSINGS: u32 = 24;
/// Lives that are lived in one place, one after the other. Their orders lie in one database, so the oracle sees them together.
const LIVES_A_PLACE: usize = 8;

/// A life, where it is cut, and what the providers do meanwhile.
#[derive(Clone, Debug)]
struct Death {
    life: Life,
    point: String,
    faults: Vec<Value>,
}

/// What came of many deaths.
#[derive(Default, Debug)]
struct Outcome {
    tried: usize,
    deaths: usize,
    broken: Vec<String>,
}

fn number<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Whether points were asked for, instead of a sample that fits the time.
fn every() -> bool {
    std::env::var("FAULTS").is_ok()
}

fn seed() -> u64 {
    number("SEED", 20_261_121)
}

/// A small generator: the same seed takes the same sample.
fn dice(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize
}

fn shuffle<T>(items: &mut [T], mut seed: u64) {
    for at in (1..items.len()).rev() {
        items.swap(at, dice(&mut seed) % (at + 1));
    }
}

/// How often each point is passed in a life without a fault; of [`Life::Paid`] only until the order is paid.
async fn passings(template: &Template, life: Life) -> BTreeMap<String, u32> {
    let file = std::env::temp_dir().join(format!("jumun-fault-{}-count-{life:?}", std::process::id()));
    let mut place = Place::open(template, Some(&format!("count:{}", file.display()))).await;
    if life == Life::Paid {
        let number = place.place(false).await;
        place.pay(&number).await;
    } else {
        life.live(&mut place).await;
        assert_eq!(place.judge().await, Vec::<String>::new(), "{life:?} without a fault");
    }
    assert!(place.end(), "a server that is told to stop ends well");
    place.close().await;
    let passed = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let _ = std::fs::remove_file(file);
    passed
}

/// Every point of every life. What a life has in common with the one that it begins like is tried there.
async fn every_point(template: &Template) -> Vec<(Life, String)> {
    let (mut counts, mut points) = (BTreeMap::new(), Vec::new());
    for life in Life::ALL {
        counts.insert(*life, passings(template, *life).await);
        let before = |point: &str| life.begins_like().and_then(|like| counts[&like].get(point)).copied().unwrap_or(0);
        let most = |point: &str| if IDLE.contains(&point) { IDLE_PASSINGS } else { PASSINGS };
        for (point, times) in &counts[life] {
            let first = before(point) + 1;
            points.extend((first..=*times).take(most(point) as usize).map(|nth| (*life, format!("{point}@{nth}"))));
        }
    }
    points
}

/// Lives a life that is cut at a point.
async fn die(mut place: Place, death: Death) -> (Place, Vec<String>) {
    place.arm(&death.point);
    for fault in &death.faults {
        place.fault(fault).await;
    }
    place.misbehaving = !death.faults.is_empty();
    death.life.live(&mut place).await;
    let found = place.judge().await;
    (place, found)
}

/// Tries deaths until they or the time run out, some places at a time.
async fn try_all(name: &'static str, template: Arc<Template>, deaths: Vec<Death>, time: Option<Duration>) -> Outcome {
    let began = Instant::now();
    let all = deaths.len();
    let queue = Arc::new(Mutex::new(deaths));
    let outcome = Arc::new(Mutex::new(Outcome::default()));
    let mut workers = JoinSet::new();
    for _ in 0..number("WORKERS", 4) {
        let (queue, outcome, template) = (queue.clone(), outcome.clone(), template.clone());
        workers.spawn(async move {
            loop {
                let mut place = None;
                for _ in 0..LIVES_A_PLACE {
                    if time.is_some_and(|time| began.elapsed() > time) {
                        break;
                    }
                    let Some(death) = queue.lock().unwrap().pop() else { break };
                    let here = match place.take() {
                        Some(place) => place,
                        None => Place::open(&template, None).await,
                    };
                    let lived = tokio::spawn(die(here, death.clone())).await;
                    let mut outcome = outcome.lock().unwrap();
                    outcome.tried += 1;
                    let found = match lived {
                        Ok((here, found)) => {
                            outcome.deaths += usize::from(here.died);
                            place = found.is_empty().then_some(here);
                            found
                        }
                        Err(error) => vec![error.to_string()],
                    };
                    if !found.is_empty() {
                        println!("✗ {name}: {death:?}: {found:?}");
                        outcome.broken.push(format!("{death:?}"));
                    }
                    if outcome.tried.is_multiple_of(100) {
                        println!("{name}: {} of {all}, {} deaths, {} s", outcome.tried, outcome.deaths, began.elapsed().as_secs());
                    }
                }
                match place {
                    Some(place) => place.close().await,
                    None if queue.lock().unwrap().is_empty() || time.is_some_and(|time| began.elapsed() > time) => return,
                    None => {}
                }
            }
        });
    }
    workers.join_all().await;
    let outcome = std::mem::take(&mut *outcome.lock().unwrap());
    println!(
        "── {name}: seed {}, {} of {all} points tried, {} deaths, {} violations, {} s",
        seed(),
        outcome.tried,
        outcome.deaths,
        outcome.broken.len(),
        began.elapsed().as_secs()
    );
    outcome
}

/// The time box of a sample, or none.
fn time_box() -> Option<Duration> {
    (!every()).then(|| Duration::from_secs(number("FAULT_SECONDS", 45)))
}

/// How the providers misbehave while the server dies.
const MISBEHAVIOUR: &[(&str, &str)] = &[
    ("psp", "slow"),
    ("psp", "fail_before"),
    ("psp", "fail_after"),
    ("psp", "old_answer"),
    ("psp", "duplicate"),
    ("wms", "slow_effect"),
    ("wms", "fail_before"),
    ("wms", "fail_after"),
    ("wms", "old_answer"),
    ("wms", "late"),
    ("carrier", "fail_before"),
    ("carrier", "fail_after"),
    ("carrier", "old_answer"),
    ("carrier", "duplicate"),
    ("notifier", "fail_after"),
    ("notifier", "slow"),
];

/// Things that providers do once or twice. Each misbehaves in one way only: a warehouse that fails four times in a row stops the
/// step and calls a person, as it should, and nobody here would come.
fn misbehaviour(cup: &mut u64) -> Vec<Value> {
    let mut whose = BTreeMap::new();
    for _ in 0..3 {
        let roll = dice(cup);
        let (provider, kind) = MISBEHAVIOUR[roll % MISBEHAVIOUR.len()];
        let fault = json!({ "provider": provider, "fault": kind, "times": 1 + roll / 64 % 2, "delayMs": 50 << (roll / 256 % 7) });
        whose.insert(provider, fault);
    }
    whose.into_values().collect()
}

/// One harness at a time: each has servers enough for both cores.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn dying_anywhere_loses_nothing_and_does_nothing_twice() {
    let _turn = TURN.lock().await;
    for (name, template) in Template::each().await {
        let template = Arc::new(template);
        let one = std::env::var("FAULTS").ok().filter(|value| value != "all");
        let mut cup = seed();
        // Every point is given its faults before one is chosen, so that a point alone meets what it met among all.
        let (mut deaths, mut worse): (Vec<Death>, Vec<Death>) = every_point(&template)
            .await
            .into_iter()
            .map(|(life, point)| {
                let alone = Death { life, point, faults: Vec::new() };
                (alone.clone(), Death { faults: misbehaviour(&mut cup), ..alone })
            })
            .filter(|(death, _)| one.as_ref().is_none_or(|one| *one == format!("{:?}:{}", death.life, death.point)))
            .unzip();
        shuffle(&mut deaths, seed());
        die_all(name, &template, deaths, time_box()).await;
        shuffle(&mut worse, seed());
        worse.truncate(number("MISBEHAVIOURS", 500));
        println!("{name}: and with providers that misbehave");
        die_all(name, &template, worse, time_box().map(|time| time / 3)).await;
    }
}

/// Tries all of them, and nothing may come of it.
async fn die_all(name: &'static str, template: &Arc<Template>, deaths: Vec<Death>, time: Option<Duration>) {
    let outcome = try_all(name, template.clone(), deaths, time).await;
    assert!(outcome.broken.is_empty(), "{name}: {:#?}", outcome.broken);
    assert!(outcome.deaths * 10 > outcome.tried * 8, "{name}: too few died: {outcome:?}");
}

/// What goes wrong with a step. The last two happen to the step that takes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    FailBefore,
    FailAfter,
    Twice,
    Crash,
    UndoTwice,
    UndoFails,
}

impl Wrong {
    const ALL: &'static [Self] = &[Self::FailBefore, Self::FailAfter, Self::Twice, Self::Crash, Self::UndoTwice, Self::UndoFails];
}

/// A life in which a step is done, and the call that the step makes.
fn story(step: Step) -> (Life, &'static str, &'static str) {
    match step {
        Step::Settle => (Life::Completed, "psp", "confirm"),
        Step::Void => (Life::Voided, "psp", "cancel"),
        Step::PayBack => (Life::Cancelled, "psp", "cancel"),
        Step::RequestOutbound => (Life::Completed, "wms", "create"),
        Step::WatchOutbound => (Life::Completed, "wms", "get"),
        Step::StopOutbound => (Life::CalledBack, "wms", "cancel"),
        Step::Redeliver => (Life::Redelivered, "carrier", "redeliver"),
        Step::Track => (Life::Completed, "carrier", "tracking"),
        Step::RequestPickup => (Life::SentBack, "carrier", "pickup"),
        Step::WatchPickup => (Life::SentBack, "carrier", "pickup-status"),
    }
}

/// The answer was over before the other hand saw that somebody waits for it.
const MISSED: &str = "the two did not meet";

/// Lives a life in which something goes wrong with a step, and looks whether it did.
async fn go_wrong(template: &Template, step: Step, wrong: Wrong) -> Vec<String> {
    let (life, provider, call) = story(step);
    let mut place = Place::open(template, None).await;
    let fault = |kind: &str, times: u32| json!({ "provider": provider, "call": call, "fault": kind, "times": times, "delayMs": 1_500 });
    match wrong {
        Wrong::FailBefore => place.fault(&fault("fail_before", 2)).await,
        Wrong::FailAfter => place.fault(&fault("fail_after", 1)).await,
        Wrong::UndoFails => {
            place.fault(&fault("fail_before", 2)).await;
            place.fault(&fault("fail_after", 1)).await;
        }
        // While one waits for the answer, somebody who takes no notice of the lease does the same.
        Wrong::Twice | Wrong::UndoTwice => place.fault(&fault("slow", 1)).await,
        Wrong::Crash => place.arm(&format!("{provider}.{call}@2")),
    }
    let other_hand = if matches!(wrong, Wrong::Twice | Wrong::UndoTwice) {
        let hand = server::testing::OtherHand::open(&place.database, &place.providers).await;
        Some(tokio::spawn(hand.do_too(step)))
    } else {
        None
    };
    life.live(&mut place).await;
    if let Some(mut other_hand) = other_hand
        && tokio::time::timeout(Duration::from_secs(5), &mut other_hand).await.map(Result::unwrap).is_err()
    {
        other_hand.abort();
        return vec![MISSED.into()];
    }
    let mut found = place.judge().await;
    let left = place.faults().await;
    if left != json!([]) || place.died != (wrong == Wrong::Crash) {
        found.push(format!("nothing went wrong: {left}"));
    }
    found.extend(server::testing::unfinished(&place.database).await.into_iter().map(|saga| format!("unfinished: {saga}")));
    if found.is_empty() {
        place.close().await;
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn every_step_survives_what_can_go_wrong_with_it() {
    let _turn = TURN.lock().await;
    let templates = Template::each().await;
    let databases = templates.len();
    for (nth, (name, template)) in templates.into_iter().enumerate() {
        let template = Arc::new(template);
        let (began, mut cases) = (Instant::now(), Vec::new());
        for step in SagaKind::ALL.iter().flat_map(|kind| kind.steps()) {
            for wrong in Wrong::ALL {
                let whose = if matches!(wrong, Wrong::UndoTwice | Wrong::UndoFails) { step.undo() } else { Some(*step) };
                cases.extend(whose.map(|whose| (*step, whose, *wrong)));
            }
        }
        if !every() {
            // Another seed deals them the other way.
            shuffle(&mut cases, seed());
            cases = cases.into_iter().skip(nth).step_by(databases).collect();
        }
        let (all, queue) = (cases.len(), Arc::new(Mutex::new(cases)));
        let mut workers = JoinSet::new();
        for _ in 0..number("WORKERS", 4) {
            let (queue, template) = (queue.clone(), template.clone());
            workers.spawn(async move {
                let mut broken = Vec::new();
                loop {
                    let Some((step, whose, wrong)) = queue.lock().unwrap().pop() else { return broken };
                    let template = template.clone();
                    let lived = tokio::spawn(async move {
                        let mut found = go_wrong(&template, whose, wrong).await;
                        for _ in 0..2 {
                            if found != [MISSED] {
                                break;
                            }
                            found = go_wrong(&template, whose, wrong).await;
                        }
                        found
                    });
                    let found = lived.await.unwrap_or_else(|error| vec![error.to_string()]);
                    if !found.is_empty() {
                        println!("✗ {name}: {step:?}, {wrong:?}: {found:?}");
                        broken.push((step, wrong));
                    }
                }
            });
        }
        let broken = workers.join_all().await.concat();
        println!("── {name}: {all} times a step went wrong, {} violations, {} s", broken.len(), began.elapsed().as_secs());
        assert!(broken.is_empty(), "{name}: {broken:?}");
    }
}
