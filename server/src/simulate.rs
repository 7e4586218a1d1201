//! Drives whole orders through HTTP, as buyers without scripting would: basket, order, PSP, and then the clock until 구매확정.

mod browser;
mod buyer;
mod chain;
mod claims;
mod dice;
mod figures;
mod form;
mod reviews;
mod shelves;

use crate::cli::print_line;
use anyhow::Context as _;
use browser::{Stop, Went};
use buyer::{Known, Standing};
use chain::Workers;
use figures::Tally;
use jumun::order::Status;
use reqwest::Url;
use shelves::Shelves;
use std::{
    collections::BTreeSet,
    fs::File,
    io::Write as _,
    path::PathBuf,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

/// How much traffic, against which demo.
#[derive(clap::Args, Clone, Debug)]
pub struct Options {
    /// The demo's address
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    pub url: String,
    /// How many orders
    #[arg(long, default_value_t = 100)]
    pub orders: u32,
    /// How many buyers at once
    #[arg(long, default_value_t = 8)]
    pub concurrency: u32,
    /// The same seed gives the same traffic
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The providers' address; otherwise learned from the way to the first pay page
    #[arg(long)]
    pub providers: Option<String>,
    /// First let every store receive goods enough for all
    #[arg(long)]
    pub restock: bool,
    /// Then move the demo's clock past every deadline and check how each order ended
    #[arg(long)]
    pub finish: bool,
    /// Buyers want what partners sell too and have things put up; then every store and installer works until nothing waits for
    /// them, and the run ends as with --finish
    #[arg(long)]
    pub chain: bool,
    /// Buyers who have their goods send some back or want others, and stores and head office answer until no claim is open; the run
    /// ends as with --finish
    #[arg(long)]
    pub claims: bool,
    /// The server may go away and come back: wait for it up to a minute
    #[arg(long)]
    pub tolerant: bool,
    /// Append the number of each acknowledged order to this file at once
    #[arg(long)]
    pub acknowledged: Option<PathBuf>,
}

/// How the clock moves after the last buyer: past holds and the hour of own-stock parcels, the road, the days to pay,
/// the days until confirmation.
const DEADLINES: &[&str] = &["PT31M", "PT10M", "PT10M", "PT25H", "PT10M", "PT250H"];
/// How long all work that is due may take after the clock was moved.
const CLOCK_PATIENCE: Duration = Duration::from_secs(900);
/// What the demo's installers put up in three weeks: a buyer's session lasts a month, and he has to see the end.
const PUT_UP: usize = 200;
/// Failures that are printed; the rest is counted.
const SHOWN: usize = 40;

/// What all buyers share.
struct World {
    options: Options,
    shop: Url,
    http: reqwest::Client,
    shelves: OnceLock<Shelves>,
    providers: OnceLock<String>,
    acknowledged: Mutex<Option<File>>,
    throttled: AtomicU64,
    lost: AtomicU64,
    stopping: AtomicBool,
}

impl World {
    fn new(options: Options) -> anyhow::Result<Self> {
        let shop = Url::parse(&options.url).with_context(|| format!("{} is not an address", options.url))?;
        let file = options.acknowledged.as_ref().map(|path| {
            let opened = File::options().create(true).append(true).open(path);
            opened.with_context(|| format!("{} cannot be written", path.display()))
        });
        let providers = OnceLock::new();
        if let Some(url) = &options.providers {
            let _ = providers.set(url.trim_end_matches('/').to_owned());
        }
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(40)).build()?;
        Ok(Self {
            shop,
            http,
            shelves: OnceLock::new(),
            providers,
            acknowledged: Mutex::new(file.transpose()?),
            throttled: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            options,
        })
    }

    fn shelves(&self) -> &Shelves {
        self.shelves.get_or_init(Shelves::default)
    }

    /// How many of a hundred buyers have it put up where that is offered.
    fn put_up(&self) -> usize {
        (PUT_UP * 100 / self.options.orders.max(1) as usize).min(80)
    }

    fn providers(&self) -> Option<&str> {
        self.providers.get().map(String::as_str)
    }

    fn learn_providers(&self, pay_page: &Url) {
        self.providers.get_or_init(|| pay_page.origin().ascii_serialization());
    }

    /// Writes the number down before anything else happens to the order.
    fn acknowledge(&self, number: &str) -> Went<()> {
        let mut file = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        let written = file.as_mut().map_or(Ok(()), |file| file.write_all(format!("{number}\n").as_bytes()));
        written.map_err(|error| Stop::Failed(format!("{number} could not be noted: {error}")))
    }
}

/// Runs the traffic and prints its figures. An interruption ends it early: no more buyers come, the figures are of those
/// who came.
///
/// # Errors
/// A demo that cannot be reached.
pub async fn run(options: Options, json: bool) -> anyhow::Result<bool> {
    let world = Arc::new(World::new(options)?);
    let ready = async {
        if world.options.restock {
            let rows = shelves::restock(&world).await?;
            eprintln!("{rows} shelves were filled");
        }
        let workers = if world.options.chain || world.options.claims { Some(Workers::sign_in(&world).await?) } else { None };
        let bought = match &workers {
            Some(workers) if world.options.chain => workers.bought(&world).await?,
            Some(_) | None => BTreeSet::new(),
        };
        Ok((workers, Shelves::read(&world, &bought).await?))
    };
    let workers = match ready.await {
        Ok((workers, shelves)) => {
            drop(world.shelves.set(shelves));
            workers
        }
        Err(Stop::Failed(what)) => anyhow::bail!("{what}"),
        Err(Stop::Refused(refusal)) => anyhow::bail!("{refusal}"),
    };
    tokio::spawn(stop_when_told(world.clone()));

    let tally = Arc::new(Mutex::new(Tally::default()));
    let began = Instant::now();
    send_buyers(&world, &tally).await;
    let took = began.elapsed();
    let known = hold(&tally).known.clone();
    let worked = match &workers {
        Some(workers) if world.options.chain => workers.work(&world, &tally).await,
        Some(_) | None => Ok(()),
    };
    hold(&tally).failures.extend(worked.err());
    if let Some(workers) = workers.as_ref().filter(|_| world.options.claims) {
        let answered = async {
            bring_parcels(&world).await?;
            workers.answer_claims(&world, &tally, &known).await
        };
        let answered = answered.await;
        hold(&tally).failures.extend(answered.err());
    }
    let finished = world.options.finish || world.options.chain || world.options.claims;
    if finished {
        if let Err(what) = pass_deadlines(&world).await {
            hold(&tally).failures.push(what);
        }
        reviews::write(&world, &tally, &known).await;
        check_ends(&world, &tally, known).await;
    } else {
        check_presence(&world, &tally, known).await;
    }

    let mut tally = hold(&tally);
    for what in tally.failures.iter().take(SHOWN) {
        print_line(&format!("✗ {what}"));
    }
    let report = tally.report(world.options.seed, took, world.throttled.load(Ordering::Relaxed), world.lost.load(Ordering::Relaxed));
    if json {
        print_line(&serde_json::to_string(&report)?);
    } else {
        report.lines(finished).iter().for_each(|line| print_line(line));
    }
    Ok(tally.failures.is_empty())
}

fn hold(tally: &Mutex<Tally>) -> std::sync::MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn stop_when_told(world: Arc<World>) {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
    eprintln!("no more buyers; those who came finish");
    world.stopping.store(true, Ordering::Relaxed);
}

/// Works through a queue, many at once. Answers what came of each.
async fn in_lanes<T, Answer, Work, Doing>(world: &Arc<World>, queue: Vec<T>, work: Work) -> Vec<Answer>
where
    T: Send + 'static,
    Answer: Send + 'static,
    Work: Fn(Arc<World>, T) -> Doing + Clone + Send + 'static,
    Doing: Future<Output = Answer> + Send,
{
    let queue = Arc::new(Mutex::new(queue));
    let mut lanes = JoinSet::new();
    for _ in 0..world.options.concurrency.max(1) {
        let (world, queue, work) = (world.clone(), queue.clone(), work.clone());
        lanes.spawn(async move {
            let mut answers = Vec::new();
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let Some(next) = next else { return answers };
                answers.push(work(world.clone(), next).await);
            }
        });
    }
    lanes.join_all().await.into_iter().flatten().collect()
}

/// How much was done; what failed is a failure of the run.
fn done(tally: &Mutex<Tally>, answers: Vec<Result<u32, String>>) -> u32 {
    let mut steps = 0;
    for answer in answers {
        match answer {
            Ok(more) => steps += more,
            Err(failure) => hold(tally).failures.push(failure),
        }
    }
    steps
}

/// Lets buyers come until there were enough, and says every second how far it is.
async fn send_buyers(world: &Arc<World>, tally: &Arc<Mutex<Tally>>) {
    let next = Arc::new(AtomicU32::new(0));
    let mut lanes = JoinSet::new();
    for _ in 0..world.options.concurrency.max(1) {
        let (world, tally, next) = (world.clone(), tally.clone(), next.clone());
        lanes.spawn(async move {
            while !world.stopping.load(Ordering::Relaxed) {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                if nth >= world.options.orders {
                    break;
                }
                let visit = buyer::visit(&world, nth).await;
                hold(&tally).add(visit);
            }
        });
    }
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.tick().await;
    let mut before = 0;
    loop {
        tokio::select! {
            done = lanes.join_next() => match done {
                None => return,
                Some(Ok(())) => {}
                Some(Err(error)) => hold(tally).failures.push(format!("a buyer broke: {error}")),
            },
            _ = second.tick() => {
                let tally = hold(tally);
                eprintln!("{}/{} buyers, {} orders/s, {} failures", tally.visits, world.options.orders, tally.known.len() - before, tally.failures.len());
                before = tally.known.len();
            }
        }
    }
}

/// Moves the demo's clock until parcels of own stock are with their buyers.
async fn bring_parcels(world: &World) -> Result<(), String> {
    for span in &DEADLINES[..3] {
        move_clock(world, span).await?;
    }
    Ok(())
}

/// Moves the demo's clock past every deadline, each time until the work that became due is done.
async fn pass_deadlines(world: &World) -> Result<(), String> {
    for span in DEADLINES {
        eprintln!("moving the clock by {span}");
        move_clock(world, span).await?;
    }
    Ok(())
}

async fn move_clock(world: &World, span: &str) -> Result<(), String> {
    let url = world.shop.join("/demo/clock").map_err(|error| error.to_string())?;
    let until = Instant::now() + CLOCK_PATIENCE;
    let mut span = span;
    loop {
        // The answer comes when the work is done, which for a thousand orders takes longer than any page.
        let request = world.http.post(url.clone()).timeout(CLOCK_PATIENCE);
        let sent = request.json(&serde_json::json!({ "advance": span })).send().await;
        let said = match sent {
            Ok(answer) if answer.status().is_success() => return Ok(()),
            // The clock has moved and the work is not done yet: a second more, and wait again.
            Ok(answer) if matches!(answer.status().as_u16(), 409 | 504) => {
                span = "PT1S";
                answer.status().to_string()
            }
            Ok(answer) => return Err(format!("POST /demo/clock: {}", answer.status())),
            Err(error) if world.options.tolerant => error.to_string(),
            Err(error) => return Err(format!("POST /demo/clock: {error}")),
        };
        if Instant::now() > until {
            return Err(format!("the work that became due was not done in {} s: {said}", CLOCK_PATIENCE.as_secs()));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Looks at some orders, a few at once, and hands out how each stands.
async fn look_at(world: &Arc<World>, orders: Vec<Known>) -> Vec<(Known, Standing)> {
    in_lanes(world, orders, |world, known| async move {
        let standing = buyer::look(&world, &known).await;
        (known, standing)
    })
    .await
}

/// Every acknowledged order is where it has to be. Those still under way get ten minutes of the demo's clock, a few times.
async fn check_ends(world: &Arc<World>, tally: &Mutex<Tally>, mut open: Vec<Known>) {
    let mut late = Vec::new();
    for round in 0..6 {
        if round > 0
            && let Err(what) = move_clock(world, "PT10M").await
        {
            late.push(what);
            break;
        }
        eprintln!("checking {} orders", open.len());
        late.clear();
        for (known, standing) in look_at(world, std::mem::take(&mut open)).await {
            let mut tally = hold(tally);
            match standing {
                Standing::Right(Status::Completed) => tally.completed += 1,
                Standing::Right(Status::Refunded) => tally.returned += 1,
                Standing::Right(_) => tally.cancelled += 1,
                Standing::Wrong(what) => tally.failures.push(what),
                Standing::Underway(what) => {
                    late.push(what);
                    open.push(known);
                }
            }
        }
        if open.is_empty() {
            break;
        }
    }
    hold(tally).failures.append(&mut late);
}

/// Every acknowledged order is there for its buyer.
async fn check_presence(world: &Arc<World>, tally: &Mutex<Tally>, orders: Vec<Known>) {
    for (_, standing) in look_at(world, orders).await {
        if let Standing::Wrong(what) = standing {
            hold(tally).failures.push(what);
        }
    }
}
