//! The books of the provider sandboxes: one SQLite file of their own, apart from the shop's
//! database, so that what a provider did survives our crash.

use std::path::Path;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, FromRow, Sqlite, SqliteConnection, SqlitePool};
use tokio::sync::{mpsc, oneshot};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS items (
  seq INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  id TEXT NOT NULL,
  alias TEXT NOT NULL,
  at BIGINT NOT NULL,
  next_at BIGINT,
  body TEXT NOT NULL,
  previous TEXT,
  UNIQUE (provider, id)
);
CREATE INDEX IF NOT EXISTS items_alias ON items (provider, alias, seq);
CREATE INDEX IF NOT EXISTS items_next ON items (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS answers (
  provider_call TEXT NOT NULL,
  key TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (provider_call, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS movements (
  seq INTEGER PRIMARY KEY,
  order_id TEXT NOT NULL,
  payment_key TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount > 0),
  kind TEXT NOT NULL CHECK (kind IN ('capture', 'cancel', 'reverse')),
  at BIGINT NOT NULL
);
CREATE TABLE IF NOT EXISTS webhooks (
  seq INTEGER PRIMARY KEY,
  provider TEXT NOT NULL,
  body TEXT NOT NULL,
  due BIGINT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS webhooks_due ON webhooks (due);
";

const ITEM: &str = "SELECT id, body, previous FROM items WHERE provider = $1 AND id = $2";
const ITEMS_OF: &str = "SELECT id, body, previous FROM items WHERE provider = $1 AND alias = $2 ORDER BY seq DESC LIMIT $3";
const ITEMS: &str = "SELECT id, body, previous FROM items WHERE provider = $1 ORDER BY seq DESC LIMIT $2";
const ITEMS_DUE: &str = "SELECT provider, id, body FROM items WHERE next_at <= $1 ORDER BY next_at LIMIT 100";
const ANY_DUE: &str = "SELECT EXISTS (SELECT 1 FROM items WHERE next_at IS NOT NULL)";
const PUT: &str = "INSERT INTO items (provider, id, alias, at, next_at, body) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (provider, id) DO UPDATE SET previous = items.body, next_at = excluded.next_at, body = excluded.body";
const ANSWER: &str = "SELECT body FROM answers WHERE provider_call = $1 AND key = $2";
const REMEMBER: &str = "INSERT INTO answers (provider_call, key, body) VALUES ($1, $2, $3)";
const MOVE: &str = "INSERT INTO movements (order_id, payment_key, amount, kind, at) VALUES ($1, $2, $3, $4, $5)";
const MOVEMENTS: &str = "SELECT order_id, payment_key, amount, kind, at FROM movements ORDER BY seq";
const QUEUE: &str = "INSERT INTO webhooks (provider, body, due) VALUES ($1, $2, $3)";
const WEBHOOKS_DUE: &str = "SELECT seq, provider, body, attempts FROM webhooks WHERE due <= $1 ORDER BY due, seq LIMIT 64";
const NEXT_WEBHOOK: &str = "SELECT MIN(due) FROM webhooks";
const WEBHOOK_DONE: &str = "DELETE FROM webhooks WHERE seq = $1";
const WEBHOOK_AGAIN: &str = "UPDATE webhooks SET attempts = attempts + 1, due = $2 WHERE seq = $1";

const BATCH: usize = 64;

type Reply = Box<dyn FnOnce() + Send>;
type Job = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<Reply, sqlx::Error>> + Send>;

/// The open file: one writer that commits in groups, and a few readers.
#[derive(Clone)]
pub(crate) struct Ledger {
    jobs: mpsc::Sender<Job>,
    readers: SqlitePool,
}

/// A stored document of a provider.
#[derive(FromRow)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) body: String,
    /// The body before the last change.
    pub(crate) previous: Option<String>,
}

/// A document with something to announce.
#[derive(FromRow)]
pub(crate) struct DueItem {
    pub(crate) provider: String,
    pub(crate) id: String,
    pub(crate) body: String,
}

/// A movement of money.
#[derive(FromRow)]
pub(crate) struct MovementRow {
    pub(crate) order_id: String,
    pub(crate) payment_key: String,
    pub(crate) amount: i64,
    pub(crate) kind: String,
    pub(crate) at: i64,
}

/// A call-back to be sent.
#[derive(FromRow)]
pub(crate) struct Webhook {
    pub(crate) seq: i64,
    pub(crate) provider: String,
    pub(crate) body: String,
    pub(crate) attempts: i64,
}

impl Ledger {
    /// Opens the file, making it and its folder if absent.
    pub(crate) async fn open(file: &Path) -> anyhow::Result<Self> {
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            tokio::fs::create_dir_all(folder).await?;
        }
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(5));
        let mut writer = SqliteConnection::connect_with(&options).await?;
        sqlx::raw_sql(SCHEMA).execute(&mut writer).await?;
        let readers = SqlitePoolOptions::new().max_connections(4).connect_with(options.read_only(true)).await?;
        let (jobs, queue) = mpsc::channel(1024);
        tokio::spawn(keep_writing(writer, queue));
        Ok(Self { jobs, readers })
    }

    /// Runs `work` in a write transaction and returns once it is on disk. Waiting work shares the
    /// commit: do all checks before the first write, for only an SQL error undoes it, for all.
    pub(crate) async fn write<T, F>(&self, work: F) -> anyhow::Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, sqlx::Error>> + Send + 'static,
    {
        let (reply, done) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            Box::pin(async move {
                let value = work(connection).await?;
                Ok(Box::new(move || {
                    // The caller may have gone; the effect stands.
                    let _ = reply.send(value);
                }) as Reply)
            })
        });
        self.jobs.send(job).await.map_err(|_| anyhow::anyhow!("the writer has ended"))?;
        Ok(done.await?)
    }

    /// A connection for reads.
    pub(crate) async fn read(&self) -> sqlx::Result<sqlx::pool::PoolConnection<Sqlite>> {
        self.readers.acquire().await
    }
}

async fn keep_writing(mut connection: SqliteConnection, mut queue: mpsc::Receiver<Job>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        match commit(&mut connection, &mut batch).await {
            Ok(replies) => replies.into_iter().for_each(|reply| reply()),
            Err(error) => tracing::error!(%error, "the sandbox could not write"),
        }
        batch.clear();
    }
    let _ = connection.close().await;
}

async fn commit(connection: &mut SqliteConnection, batch: &mut Vec<Job>) -> sqlx::Result<Vec<Reply>> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut replies = Vec::with_capacity(batch.len());
    for job in batch.drain(..) {
        replies.push(job(&mut tx).await?);
    }
    tx.commit().await?;
    Ok(replies)
}

fn parse<T: DeserializeOwned>(body: &str) -> sqlx::Result<T> {
    serde_json::from_str(body).map_err(|error| sqlx::Error::Decode(error.into()))
}
fn text(value: &impl Serialize) -> sqlx::Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

impl Item {
    /// The document as it is.
    pub(crate) fn now<T: DeserializeOwned>(&self) -> sqlx::Result<T> {
        parse(&self.body)
    }

    /// The document as it was before its last change, if there was one.
    pub(crate) fn before<T: DeserializeOwned>(&self) -> sqlx::Result<T> {
        parse(self.previous.as_deref().unwrap_or(&self.body))
    }
}

/// One document.
pub(crate) async fn item(db: &mut SqliteConnection, provider: &str, id: &str) -> sqlx::Result<Option<Item>> {
    sqlx::query_as(ITEM).bind(provider).bind(id).fetch_optional(db).await
}

/// Documents under an alias, newest first.
pub(crate) async fn items_of(db: &mut SqliteConnection, provider: &str, alias: &str, limit: i64) -> sqlx::Result<Vec<Item>> {
    sqlx::query_as(ITEMS_OF).bind(provider).bind(alias).bind(limit).fetch_all(db).await
}

/// A provider's documents, newest first.
pub(crate) async fn items(db: &mut SqliteConnection, provider: &str, limit: i64) -> sqlx::Result<Vec<Item>> {
    sqlx::query_as(ITEMS).bind(provider).bind(limit).fetch_all(db).await
}

/// Writes a document; an older one of the same id becomes its past.
pub(crate) async fn put(
    db: &mut SqliteConnection,
    (provider, id, alias): (&str, &str, &str),
    at: i64,
    next_at: Option<i64>,
    body: &impl Serialize,
) -> sqlx::Result<()> {
    let body = text(body)?;
    sqlx::query(PUT).bind(provider).bind(id).bind(alias).bind(at).bind(next_at).bind(body).execute(db).await?;
    Ok(())
}

/// Documents that have something to announce at `now`.
pub(crate) async fn due(db: &mut SqliteConnection, now: i64) -> sqlx::Result<Vec<DueItem>> {
    sqlx::query_as(ITEMS_DUE).bind(now).fetch_all(db).await
}

/// True if any document will have something to announce.
pub(crate) async fn any_due(db: &mut SqliteConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar(ANY_DUE).fetch_one(db).await
}

/// The answer a key got before.
pub(crate) async fn answer<T: DeserializeOwned>(db: &mut SqliteConnection, call: &str, key: Option<&str>) -> sqlx::Result<Option<T>> {
    let Some(key) = key else { return Ok(None) };
    let body: Option<String> = sqlx::query_scalar(ANSWER).bind(call).bind(key).fetch_optional(db).await?;
    body.map(|body| parse(&body)).transpose()
}

/// Keeps the answer for the key, if there is one.
pub(crate) async fn remember(db: &mut SqliteConnection, call: &str, key: Option<&str>, body: &impl Serialize) -> sqlx::Result<()> {
    if let Some(key) = key {
        sqlx::query(REMEMBER).bind(call).bind(key).bind(text(body)?).execute(db).await?;
    }
    Ok(())
}

/// Books a movement of money.
pub(crate) async fn book(db: &mut SqliteConnection, row: &MovementRow) -> sqlx::Result<()> {
    sqlx::query(MOVE).bind(&row.order_id).bind(&row.payment_key).bind(row.amount).bind(&row.kind).bind(row.at).execute(db).await?;
    Ok(())
}

/// All movements, oldest first.
pub(crate) async fn movements(db: &mut SqliteConnection) -> sqlx::Result<Vec<MovementRow>> {
    sqlx::query_as(MOVEMENTS).fetch_all(db).await
}

/// Queues one call-back for each time in `due` (system milliseconds).
pub(crate) async fn queue(db: &mut SqliteConnection, provider: &str, body: &impl Serialize, due: &[i64]) -> sqlx::Result<()> {
    let body = text(body)?;
    for at in due {
        sqlx::query(QUEUE).bind(provider).bind(&body).bind(at).execute(&mut *db).await?;
    }
    Ok(())
}

/// Call-backs to be sent at `now`, in the order they were queued.
pub(crate) async fn webhooks_due(db: &mut SqliteConnection, now: i64) -> sqlx::Result<Vec<Webhook>> {
    sqlx::query_as(WEBHOOKS_DUE).bind(now).fetch_all(db).await
}

/// When the next call-back is to be sent.
pub(crate) async fn next_webhook(db: &mut SqliteConnection) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(NEXT_WEBHOOK).fetch_one(db).await
}

/// Forgets a call-back, or puts it off until `again`.
pub(crate) async fn settle_webhook(db: &mut SqliteConnection, seq: i64, again: Option<i64>) -> sqlx::Result<()> {
    match again {
        Some(due) => sqlx::query(WEBHOOK_AGAIN).bind(seq).bind(due).execute(db).await?,
        None => sqlx::query(WEBHOOK_DONE).bind(seq).execute(db).await?,
    };
    Ok(())
}
