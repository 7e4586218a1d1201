//! The house: everything a request needs, and `execute`, the one way to change anything.

use crate::{
    actions,
    callout::Reach,
    clock::Clock,
    providers::{Providers, Secrets},
    secret::{self, RandomMint},
    store::{self, Db, Failure, Stored, Tx},
    workers,
};
use app::session::Caller;
use jumun::{
    actor::Actor,
    command::{Answer, Command},
    policy::Policy,
    refusal::Refusal,
    time::{Span, Time},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, OnceLock, RwLock},
    time::Duration,
};
use tokio::sync::{Notify, broadcast};

/// Something that moved, for pages that watch it.
#[derive(Clone, Debug)]
pub struct Hint {
    /// `order:…` or `store:…`.
    pub topic: String,
    /// How far: the order's version, or a place in the log.
    pub version: i64,
}

/// Everything a request needs.
pub struct House {
    /// The database.
    pub db: Db,
    /// The clock.
    pub clock: Clock,
    /// The providers; set once their address is known.
    pub providers: OnceLock<Providers>,
    /// What we share with the providers.
    pub secrets: Secrets,
    /// Our public address.
    pub address: OnceLock<String>,
    /// How long claimed work belongs to who claimed it.
    pub lease: OnceLock<Span>,
    /// Which addresses may be told what happens; nothing but the open internet when nothing is said.
    pub reach: OnceLock<Reach>,
    /// Whether the chain's own people need a second step; outside the demo they do when nothing is said.
    pub second_step: OnceLock<bool>,
    /// Set in a copy: nothing is told to anybody outside, and no deadline comes.
    pub copy: OnceLock<()>,
    /// Where this node's reader of live hints stands.
    pub live_place: RwLock<Option<store::events::Place>>,
    /// The demo is running: sandboxes, listed accounts, a clock that can be moved.
    pub demo: bool,
    /// There may be work for the timers, sagas and notices.
    pub work: Notify,
    /// What moved.
    pub hints: broadcast::Sender<Hint>,
    books: RwLock<BTreeMap<u32, Arc<Policy>>>,
    turns: Turns,
}

/// The requests with a key that are at work here: a second one with the same key waits for the first. On other nodes the
/// key's row decides, which the first to commit has written.
#[derive(Default)]
struct Turns {
    taken: Mutex<BTreeSet<String>>,
    freed: Notify,
}

/// How long a second request waits for the first before it is told that the first is at work.
const TWIN_PATIENCE: Duration = Duration::from_secs(2);

impl Turns {
    /// Waits until nobody else is at this.
    async fn take(&self, name: String) -> Result<Turn<'_>, Refusal> {
        let free = async {
            loop {
                let freed = self.freed.notified();
                if self.taken.lock().is_ok_and(|mut taken| taken.insert(name.clone())) {
                    return;
                }
                freed.await;
            }
        };
        tokio::time::timeout(TWIN_PATIENCE, free).await.map_err(|_| Refusal::InProgress)?;
        Ok(Turn { turns: self, name })
    }
}

/// Ends when it is dropped.
struct Turn<'a> {
    turns: &'a Turns,
    name: String,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Ok(mut taken) = self.turns.taken.lock() {
            taken.remove(&self.name);
        }
        self.turns.freed.notify_waiters();
    }
}

/// What a transaction does beside the command itself.
#[derive(Clone, Debug, Default)]
pub enum Along {
    /// Nothing.
    #[default]
    Nothing,
    /// It is a timer firing: the row goes with it, and who finds it gone does nothing.
    Timer(String),
}

const TRIES: u32 = 3;
/// How long moving the clock waits for endpoints.
const STRANGERS: Duration = Duration::from_secs(20);

/// Whose an idempotency key is: the account's, or the visitor's session's.
fn owner(caller: &Caller) -> String {
    caller.actor.account().map(|id| id.to_string()).or_else(|| caller.session.clone()).unwrap_or_default()
}

impl House {
    /// Opens the house over a database that has been migrated.
    ///
    /// # Errors
    /// No policy book, or one with a missing or ill-typed row.
    pub async fn open(db: Db, secrets: Secrets, demo: bool) -> anyhow::Result<Arc<Self>> {
        let house = Self {
            db,
            clock: Clock::default(),
            providers: OnceLock::new(),
            secrets,
            address: OnceLock::new(),
            lease: OnceLock::new(),
            reach: OnceLock::new(),
            second_step: OnceLock::new(),
            copy: OnceLock::new(),
            live_place: RwLock::default(),
            demo,
            work: Notify::new(),
            hints: broadcast::channel(1_024).0,
            books: RwLock::default(),
            turns: Turns::default(),
        };
        house.refresh().await?;
        Ok(Arc::new(house))
    }

    /// Takes over what other nodes may have changed: the clock's offset and new versions of the book.
    ///
    /// # Errors
    /// No policy book, or one with a missing or ill-typed row.
    pub async fn refresh(&self) -> anyhow::Result<()> {
        let mut tx = self.db.begin_read().await?;
        self.clock.set_offset(store::policies::clock_offset(&mut tx).await?);
        let versions = store::policies::versions(&mut tx, self.clock.now()).await?;
        anyhow::ensure!(!versions.is_empty(), "the policy book is missing; run `jumun migrate`");
        for version in versions {
            let number = u32::try_from(version)?;
            if self.books.read().is_ok_and(|books| books.contains_key(&number)) {
                continue;
            }
            let rows = store::policies::rows(&mut tx, version).await?;
            let policy = Policy::from_rows(number, |key| rows.get(key).copied()).map_err(anyhow::Error::msg)?;
            if let Ok(mut books) = self.books.write() {
                books.insert(number, Arc::new(policy));
            }
        }
        Ok(())
    }

    /// Now.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// The book in force.
    pub fn policy(&self) -> Arc<Policy> {
        self.books.read().ok().and_then(|books| books.last_key_value().map(|(_, policy)| policy.clone())).unwrap_or_default()
    }

    /// The book an order is pinned to.
    pub fn policy_of(&self, version: u32) -> Arc<Policy> {
        self.books.read().ok().and_then(|books| books.get(&version).cloned()).unwrap_or_else(|| self.policy())
    }

    /// Which addresses may be told what happens.
    pub fn reach(&self) -> Reach {
        self.reach.get().copied().unwrap_or_default()
    }

    /// Whether the chain's own people need a second step of signing in.
    pub fn second_step_required(&self) -> bool {
        self.second_step.get().copied().unwrap_or(!self.demo)
    }

    /// The providers.
    ///
    /// # Errors
    /// [`Refusal::Broken`] before their address is known.
    pub fn providers(&self) -> Result<&Providers, Refusal> {
        self.providers.get().ok_or(Refusal::Broken)
    }

    /// Our public address.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address.get().map_or("", String::as_str))
    }

    /// Carries out a command: authorisation, idempotency, the decision and its effects in one transaction, audit, metrics.
    /// With a key the effect happens once; a repetition gets the first answer, another body a refusal. A repetition that comes
    /// while the first is at work waits two seconds for it.
    ///
    /// It runs in a task of its own: a caller who goes away neither stops nor tears it.
    ///
    /// # Errors
    /// The refusal of whichever of these says no. Nothing has changed then.
    pub async fn execute(self: &Arc<Self>, caller: &Caller, command: Command, key: Option<String>) -> Result<Answer, Refusal> {
        self.execute_along(caller, command, key, Along::Nothing).await
    }

    /// [`Self::execute`] for workers, whose own row moves in the same transaction.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub async fn execute_along(self: &Arc<Self>, caller: &Caller, command: Command, key: Option<String>, along: Along) -> Result<Answer, Refusal> {
        let (house, caller) = (self.clone(), caller.clone());
        let name = command.name();
        let started = std::time::Instant::now();
        let result =
            tokio::spawn(async move { house.with_retries(&caller, &command, key.as_deref(), &along).await }).await.unwrap_or(Err(Refusal::Broken));
        let outcome = result.as_ref().err().map_or("done", Refusal::code);
        metrics::counter!("commands_total", "command" => name, "outcome" => outcome).increment(1);
        metrics::histogram!("command_seconds", "command" => name).record(started.elapsed().as_secs_f64());
        result
    }

    async fn with_retries(&self, caller: &Caller, command: &Command, key: Option<&str>, along: &Along) -> Result<Answer, Refusal> {
        let _turn = match key {
            Some(key) => Some(self.turns.take(format!("{} {} {key}", owner(caller), command.name())).await?),
            None => None,
        };
        for attempt in 1.. {
            match self.once(caller, command, key, along).await {
                Err(failure) if failure.is_conflict() && attempt < TRIES => {
                    tracing::debug!(command = command.name(), attempt, "conflict, trying again");
                    tokio::time::sleep(Duration::from_millis(5 * u64::from(attempt))).await;
                }
                Ok(answer) => {
                    if let Command::CommentOnClaim { claim, .. } | Command::AssignClaim { claim, .. } = command {
                        workers::tail::colleagues_said(self, &caller.actor, *claim);
                    }
                    self.work.notify_waiters();
                    return Ok(answer);
                }
                Err(failure) => return Err(failure.into_refusal()),
            }
        }
        Err(Refusal::Busy)
    }

    async fn once(&self, caller: &Caller, command: &Command, key: Option<&str>, along: &Along) -> Stored<Answer> {
        command.authorise(&caller.actor)?;
        let mut tx = self.db.begin_write().await?;
        let owner = owner(caller);
        let body_hash = match key {
            Some(_) => secret::hash(&store::to_json(command)?),
            None => String::new(),
        };
        let stored = key.map(|key| store::requests::Key { owner: &owner, operation: command.name(), key, body_hash: &body_hash });
        if let Some(stored) = &stored
            && let Some((first_body, answer)) = store::requests::stored_answer(&mut tx, stored).await?
        {
            return if first_body == body_hash { store::from_json(&answer) } else { Err(Refusal::KeyReused.into()) };
        }
        if let (Along::Timer(id), Command::Order { order, .. }) = (along, command) {
            // The order first, as every command does: locked the other way round, two transactions could wait for each other.
            store::orders::lock(&mut tx, *order).await?;
            if !store::work::take_timer(&mut tx, id).await? {
                return Ok(Answer::Done);
            }
        }

        let mut work = actions::Work { house: self, tx: &mut tx, caller, now: self.now(), mint: RandomMint, command: command.name() };
        let answer = work.carry_out(command).await?;
        let now = work.now;

        if let Some(stored) = &stored {
            store::requests::keep_answer(&mut tx, stored, &store::to_json(&answer)?, now).await?;
        }
        if command.is_privileged(&caller.actor) {
            let order = match &answer {
                Answer::Order { order, .. } => Some(*order),
                Answer::Done
                | Answer::Cart { .. }
                | Answer::Coupon { .. }
                | Answer::Endpoint { .. }
                | Answer::Delivery { .. }
                | Answer::Replayed { .. } => None,
            };
            let note = command.note();
            let id = uuid::Uuid::now_v7().to_string();
            store::requests::audit(&mut tx, id, now, &caller.actor, command.name(), order, note.as_deref(), &caller.request).await?;
        }
        tx.commit().await?;
        Ok(answer)
    }

    /// The caller of timers, sagas and provider facts.
    pub fn system(&self, request: impl Into<String>) -> Caller {
        Caller { actor: Actor::System, session: None, locale: jumun::text::Locale::Ko, request: request.into(), address: None }
    }

    /// Moves the clock forward, in the database and here, and answers when everything that became due has been done.
    ///
    /// # Errors
    /// Outside the demo, and when the work does not run dry in two minutes.
    pub async fn advance_clock(self: &Arc<Self>, span: Span) -> Result<Time, Refusal> {
        if !self.demo || span.0 <= 0 {
            return Err(Refusal::NotAllowed);
        }
        let moved = async {
            let mut tx = self.db.begin_write().await?;
            let offset = store::policies::advance_clock(&mut tx, span.0).await?;
            tx.commit().await?;
            Ok::<i64, Failure>(offset)
        };
        self.clock.set_offset(moved.await.map_err(Failure::into_refusal)?);
        self.run_dry(Duration::from_secs(120)).await
    }

    /// Waits until no timer, saga or notice is due, and a while for those who are told what happens: how long a stranger
    /// takes to answer must not hold the clock.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when that takes longer than `patience`.
    pub async fn run_dry(self: &Arc<Self>, patience: Duration) -> Result<Time, Refusal> {
        let started = tokio::time::Instant::now();
        if self.copy.get().is_some() {
            return Ok(self.now());
        }
        while started.elapsed() < patience {
            self.work.notify_waiters();
            let due = async {
                let mut tx = self.db.begin_read().await?;
                let told = started.elapsed() > STRANGERS || !store::webhooks::is_behind(&mut tx, self.now()).await?;
                Ok(if told { store::work::due(&mut tx, self.now()).await? } else { 1 })
            };
            if due.await.map_err(Failure::into_refusal)? == 0 {
                return Ok(self.now());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(Refusal::Busy)
    }

    /// Reads something of one moment.
    pub(crate) async fn read(&self) -> Result<Tx, Refusal> {
        self.db.begin_read().await.map_err(Failure::into_refusal)
    }
}
