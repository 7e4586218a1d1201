//! All SQL, and only here. One text runs on both databases; a statement carries a PostgreSQL text of its own only where
//! they truly differ.

pub(crate) mod accounts;
pub(crate) mod carts;
pub(crate) mod catalogue;
pub(crate) mod chain;
pub(crate) mod claims;
pub(crate) mod desk;
pub(crate) mod events;
pub(crate) mod home;
pub(crate) mod installers;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod listing;
pub(crate) mod membership;
pub(crate) mod orders;
pub(crate) mod partners;
pub(crate) mod people;
pub(crate) mod photos;
pub(crate) mod policies;
pub(crate) mod pre_orders;
pub(crate) mod promotion;
pub(crate) mod queues;
pub(crate) mod requests;
pub(crate) mod reviews;
pub(crate) mod sandbox;
pub(crate) mod signing;
pub(crate) mod stores;
pub(crate) mod team;
pub(crate) mod testing;
pub(crate) mod units;
pub(crate) mod uploads;
pub(crate) mod verify;
pub(crate) mod webhooks;
pub(crate) mod work;

use crate::failure;
use jumun::{
    ids,
    money::Won,
    refusal::{Problem, Refusal},
    time::Time,
};
use sqlx::{
    Connection, FromRow, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction,
    postgres::{PgArguments, PgConnectOptions, PgPoolOptions, PgRow},
    sqlite::{SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use std::{path::Path, str::FromStr, time::Duration};

/// A named statement.
#[derive(Debug)]
pub struct Sql {
    /// Its name in metrics, logs and tests.
    pub name: &'static str,
    /// The text both databases take, or SQLite's.
    pub text: &'static str,
    /// PostgreSQL's, where it differs.
    pub pg: Option<&'static str>,
}

/// Declares the statements of a file and lists them for the test that prepares every one.
macro_rules! statements {
    ($($name:ident = $text:literal $(, pg $pg:literal)?;)*) => {
        $(const $name: $crate::store::Sql = $crate::store::Sql { name: stringify!($name), text: $text, pg: statements!(@pg $($pg)?) };)*
        /// Every statement of this file.
        pub(crate) const STATEMENTS: &[&$crate::store::Sql] = &[$(&$name),*];
    };
    (@pg) => { None };
    (@pg $pg:literal) => { Some($pg) };
}
pub(crate) use statements;

/// Every statement of the application.
pub fn every_statement() -> impl Iterator<Item = &'static Sql> {
    [
        accounts::STATEMENTS,
        carts::STATEMENTS,
        catalogue::STATEMENTS,
        chain::STATEMENTS,
        claims::STATEMENTS,
        desk::STATEMENTS,
        events::STATEMENTS,
        home::STATEMENTS,
        installers::STATEMENTS,
        keys::STATEMENTS,
        ledger::STATEMENTS,
        listing::STATEMENTS,
        membership::STATEMENTS,
        orders::STATEMENTS,
        partners::STATEMENTS,
        people::STATEMENTS,
        policies::STATEMENTS,
        pre_orders::STATEMENTS,
        promotion::STATEMENTS,
        queues::STATEMENTS,
        requests::STATEMENTS,
        reviews::STATEMENTS,
        signing::STATEMENTS,
        stores::STATEMENTS,
        team::STATEMENTS,
        testing::STATEMENTS,
        photos::STATEMENTS,
        units::STATEMENTS,
        uploads::STATEMENTS,
        verify::STATEMENTS,
        webhooks::STATEMENTS,
        work::STATEMENTS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// A value for a statement. Optional values keep their type: PostgreSQL wants to know the type of a NULL.
#[derive(Clone, Debug)]
pub enum Arg {
    /// Text, ids and codes.
    Text(Option<String>),
    /// Won, counts and microseconds.
    Int(Option<i64>),
    /// Yes or no.
    Bool(bool),
    /// A file.
    Bytes(Vec<u8>),
}

macro_rules! arg_from {
    ($($type:ty => |$value:ident| $arg:expr;)*) => {$(
        impl From<$type> for Arg {
            fn from($value: $type) -> Self { $arg }
        }
    )*};
}
arg_from! {
    &str => |text| Arg::Text(Some(text.to_owned()));
    &String => |text| Arg::Text(Some(text.clone()));
    String => |text| Arg::Text(Some(text));
    Option<String> => |text| Arg::Text(text);
    Option<&str> => |text| Arg::Text(text.map(str::to_owned));
    i64 => |n| Arg::Int(Some(n));
    Option<i64> => |n| Arg::Int(n);
    u32 => |n| Arg::Int(Some(i64::from(n)));
    bool => |yes| Arg::Bool(yes);
    Vec<u8> => |bytes| Arg::Bytes(bytes);
    Won => |won| Arg::Int(Some(won.0));
    Time => |at| Arg::Int(Some(at.0));
    Option<Time> => |at| Arg::Int(at.map(|at| at.0));
    &ids::ProductId => |id| Arg::Text(Some(id.to_string()));
    &ids::VariantId => |id| Arg::Text(Some(id.to_string()));
    &ids::OrderNumber => |id| Arg::Text(Some(id.to_string()));
    ids::AccountId => |id| Arg::Text(Some(id.to_string()));
    ids::ClaimId => |id| Arg::Text(Some(id.to_string()));
    Option<ids::AccountId> => |id| Arg::Text(id.map(|id| id.to_string()));
    ids::PartyId => |id| Arg::Text(Some(id.to_string()));
    Option<ids::PartyId> => |id| Arg::Text(id.map(|id| id.to_string()));
    ids::WarehouseId => |id| Arg::Text(Some(id.to_string()));
    ids::OrderId => |id| Arg::Text(Some(id.to_string()));
    Option<ids::OrderId> => |id| Arg::Text(id.map(|id| id.to_string()));
    ids::ShortageId => |id| Arg::Text(Some(id.to_string()));
    ids::ReceiptId => |id| Arg::Text(Some(id.to_string()));
    ids::LineId => |id| Arg::Text(Some(id.to_string()));
    ids::ReviewTextId => |id| Arg::Text(Some(id.to_string()));
    Option<ids::ReviewTextId> => |id| Arg::Text(id.map(|id| id.to_string()));
    ids::RefundAccountId => |id| Arg::Text(Some(id.to_string()));
    ids::AttemptId => |id| Arg::Text(Some(id.to_string()));
    ids::ContactId => |id| Arg::Text(Some(id.to_string()));
    ids::EventId => |id| Arg::Text(Some(id.to_string()));
    ids::SagaId => |id| Arg::Text(Some(id.to_string()));
    ids::JournalId => |id| Arg::Text(Some(id.to_string()));
    ids::CouponId => |id| Arg::Text(Some(id.to_string()));
    ids::CouponIssueId => |id| Arg::Text(Some(id.to_string()));
    ids::EndpointId => |id| Arg::Text(Some(id.to_string()));
    ids::SecretId => |id| Arg::Text(Some(id.to_string()));
}

/// The values of a statement, in the order of `$1`, `$2` …
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::store::Arg::from($value)),*] as &[$crate::store::Arg] };
}
pub(crate) use args;

/// A row that both databases can fill.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Row for T {}

/// Why the store did not do something.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The rules said no.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The database said no.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A row does not read as what it must be.
    #[error("stored data: {0}")]
    Corrupt(String),
}

impl Failure {
    /// Somebody else was faster, and trying again can help.
    pub fn is_conflict(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        // Serialisation failure, deadlock; SQLITE_LOCKED and the kin of SQLITE_BUSY; and a unique key that a racing twin took
        // first, whose stored answer the next try finds.
        error.is_unique_violation() || matches!(error.code().as_deref(), Some("40001" | "40P01" | "6" | "261" | "517"))
    }

    /// Others had the database for as long as anybody waits.
    fn is_busy(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::PoolTimedOut) => true,
            Self::Database(sqlx::Error::Database(error)) => matches!(error.code().as_deref(), Some("55P03" | "5")),
            Self::Database(_) | Self::Refused(_) | Self::Corrupt(_) => false,
        }
    }

    /// The disk is full: `SQLITE_FULL`, PostgreSQL's `disk_full`.
    fn is_full(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        matches!(error.code().as_deref(), Some("13" | "53100"))
    }

    /// The refusal people see. What broke goes to the log, never to them.
    pub fn into_refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            failure if failure.is_conflict() || failure.is_busy() => Refusal::Busy,
            failure if failure.is_full() => {
                tracing::error!(error = %failure, "there is no room to write anything down");
                Refusal::NoRoom
            }
            Self::Database(_) | Self::Corrupt(_) => {
                tracing::error!(error = %self, "the store failed");
                Refusal::Broken
            }
        }
    }
}

/// What the store answers.
pub type Stored<T> = Result<T, Failure>;

/// Parses stored text into an id or a code of ours.
pub(crate) fn parsed<T: FromStr>(text: &str) -> Stored<T> {
    text.parse().map_err(|_| Failure::Corrupt(format!("{text:?} is no {}", std::any::type_name::<T>())))
}

/// Reads stored JSON.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Stored<T> {
    serde_json::from_str(text).map_err(|error| Failure::Corrupt(error.to_string()))
}

/// Writes JSON to store: field order is the declaration's, so equal values give equal text.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Stored<String> {
    serde_json::to_string(value).map_err(|error| Failure::Corrupt(error.to_string()))
}

/// The database.
#[derive(Clone, Debug)]
pub enum Db {
    /// One file: a single writer and several readers.
    Sqlite {
        /// The one write connection.
        write: SqlitePool,
        /// Readers.
        read: SqlitePool,
    },
    /// A server, for more than one node.
    Postgres(PgPool),
}

/// An open transaction.
#[derive(Debug)]
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

/// Versions 3.7.0 to 3.51.2 can corrupt a WAL database that two connections use.
const OLDEST_SAFE_SQLITE: i32 = 3_051_003;

/// How long a writer waits for the one write connection, and a statement for PostgreSQL's pool and for a lock there. A request
/// may take twice as long, so whoever waited in vain is told so.
const PATIENCE: Duration = Duration::from_secs(15);

/// Whether SQLite's writer can go to whoever is next. When the disk is full SQLite itself ends a transaction, and the ROLLBACK that
/// follows finds none: sqlx goes on counting that one and would begin no other on this connection, ever. Another takes its place.
async fn can_go_on(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    // The ROLLBACK of whoever let go is only queued; this is answered after it.
    connection.ping().await?;
    let can = !connection.is_in_transaction();
    if !can {
        tracing::warn!("SQLite ended a transaction by itself; its connection is replaced");
    }
    Ok(can)
}

impl Db {
    /// Opens `sqlite://path`, `sqlite::memory:`-free, or `postgres://…`.
    ///
    /// # Errors
    /// An address that is neither, a server that cannot be reached, or an SQLite that is too old to be safe.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)?.options([("lock_timeout", format!("{}s", PATIENCE.as_secs()))]);
            let pool = PgPoolOptions::new().max_connections(24).acquire_timeout(PATIENCE).connect_with(options).await?;
            return Ok(Self::Postgres(pool));
        }
        let Some(path) = url.strip_prefix("sqlite://") else {
            anyhow::bail!("the database address must begin with sqlite:// or postgres://");
        };
        if let Some(folder) = Path::new(path).parent() {
            std::fs::create_dir_all(folder)?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(PATIENCE);
        let writer = SqlitePoolOptions::new().max_connections(1).acquire_timeout(PATIENCE);
        let write = writer.after_release(|connection, _| Box::pin(can_go_on(connection))).connect_with(options.clone()).await?;
        let read = SqlitePoolOptions::new().max_connections(8).acquire_timeout(PATIENCE).connect_with(options.read_only(true)).await?;
        let (version,): (String,) = sqlx::query_as("SELECT sqlite_version()").fetch_one(&read).await?;
        let number = version.split('.').filter_map(|part| part.parse::<i32>().ok()).fold(0, |sum, part| sum * 1_000 + part);
        anyhow::ensure!(number >= OLDEST_SAFE_SQLITE, "SQLite {version} is too old to be safe; 3.51.3 or newer is needed");
        Ok(Self::Sqlite { write, read })
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// A migration that does not apply, or one that was changed after it had been applied.
    pub async fn migrate(&self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite { write, .. } => sqlx::migrate!("../migrations/sqlite").run(write).await?,
            Self::Postgres(pool) => sqlx::migrate!("../migrations/postgres").run(pool).await?,
        }
        Ok(())
    }

    /// Opens a transaction that may write. On SQLite it has the one writer from its first statement.
    pub async fn begin_write(&self) -> Stored<Tx> {
        Ok(match self {
            Self::Sqlite { write, .. } => Tx::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Tx::Postgres(begun(pool, "BEGIN").await?),
        })
    }

    /// Opens a transaction that only reads: everything it sees is of one moment.
    pub async fn begin_read(&self) -> Stored<Tx> {
        Ok(match self {
            Self::Sqlite { read, .. } => Tx::Sqlite(read.begin().await?),
            Self::Postgres(pool) => Tx::Postgres(begun(pool, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?),
        })
    }

    /// Copies the database into a new file as it is at one moment, while it is worked in. The copy knows that it is one. On
    /// PostgreSQL its own tools do that.
    ///
    /// # Errors
    /// PostgreSQL; a file that is there already or cannot be written.
    pub async fn back_up(&self, to: &Path) -> anyhow::Result<()> {
        let Self::Sqlite { read, .. } = self else {
            anyhow::bail!("PostgreSQL is backed up with pg_dump --exclude-table-data=home; what is restored from that knows that it is a copy")
        };
        anyhow::ensure!(!to.exists(), "{} is there already", to.display());
        // Half a backup must not look like one.
        let partial = to.with_extension("partial");
        let text = |path: &Path| path.to_str().map(str::to_owned).ok_or_else(|| anyhow::anyhow!("{} is not a name", path.display()));
        sqlx::query("VACUUM INTO $1").bind(text(&partial)?).execute(read).await?;
        let copy = Self::open(&format!("sqlite://{}", text(&partial)?)).await?;
        let mut tx = copy.begin_write().await?;
        home::leave(&mut tx).await?;
        tx.commit().await?;
        copy.close().await;
        std::fs::rename(&partial, to)?;
        Ok(())
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { write, read } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// Begins a transaction whether or not its caller stays to see it. The driver (sqlx issue 4393, not in 0.9.0) forgets a `BEGIN` that
/// is given up half-way and hands the connection, still inside that transaction, to the next.
async fn begun(pool: &PgPool, statement: &'static str) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await }).await;
    begun.map_err(|_| sqlx::Error::WorkerCrashed)?
}

fn sqlite_args(values: &[Arg]) -> Result<SqliteArguments, sqlx::Error> {
    use sqlx::Arguments as _;
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Arg::Text(text) => arguments.add(text.clone()),
            Arg::Int(n) => arguments.add(*n),
            Arg::Bool(yes) => arguments.add(*yes),
            Arg::Bytes(bytes) => arguments.add(bytes.clone()),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn pg_args(values: &[Arg]) -> Result<PgArguments, sqlx::Error> {
    use sqlx::Arguments as _;
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Arg::Text(text) => arguments.add(text.clone()),
            Arg::Int(n) => arguments.add(*n),
            Arg::Bool(yes) => arguments.add(*yes),
            Arg::Bytes(bytes) => arguments.add(bytes.clone()),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

impl Sql {
    fn pg_text(&self) -> &'static str {
        self.pg.unwrap_or(self.text)
    }
}

/// PostgreSQL has no text with a NUL in it, and neither has anybody's name.
fn plain(values: &[Arg]) -> Stored<()> {
    let broken = |value: &Arg| matches!(value, Arg::Text(Some(text)) if text.contains('\0'));
    if values.iter().any(broken) { Err(Refusal::invalid("text", Problem::Malformed).into()) } else { Ok(()) }
}

// These four are the only places that know which database it is, and the fault points of the store.
impl Tx {
    /// Every row.
    pub async fn all<T: Row>(&mut self, sql: &Sql, values: &[Arg]) -> Stored<Vec<T>> {
        plain(values)?;
        failure::point("sql", sql.name);
        let rows = match self {
            Self::Sqlite(tx) => sqlx::query_as_with(sql.text, sqlite_args(values)?).fetch_all(&mut **tx).await?,
            Self::Postgres(tx) => sqlx::query_as_with(sql.pg_text(), pg_args(values)?).fetch_all(&mut **tx).await?,
        };
        failure::point("sql", sql.name);
        Ok(rows)
    }

    /// The row, if there is one.
    pub async fn opt<T: Row>(&mut self, sql: &Sql, values: &[Arg]) -> Stored<Option<T>> {
        plain(values)?;
        failure::point("sql", sql.name);
        let row = match self {
            Self::Sqlite(tx) => sqlx::query_as_with(sql.text, sqlite_args(values)?).fetch_optional(&mut **tx).await?,
            Self::Postgres(tx) => sqlx::query_as_with(sql.pg_text(), pg_args(values)?).fetch_optional(&mut **tx).await?,
        };
        failure::point("sql", sql.name);
        Ok(row)
    }

    /// The row that must be there.
    pub async fn one<T: Row>(&mut self, sql: &Sql, values: &[Arg]) -> Stored<T> {
        self.opt(sql, values).await?.ok_or(Failure::Database(sqlx::Error::RowNotFound))
    }

    /// How many rows were changed.
    pub async fn exec(&mut self, sql: &Sql, values: &[Arg]) -> Stored<u64> {
        plain(values)?;
        failure::point("sql", sql.name);
        let changed = match self {
            Self::Sqlite(tx) => sqlx::query_with(sql.text, sqlite_args(values)?).execute(&mut **tx).await?.rows_affected(),
            Self::Postgres(tx) => sqlx::query_with(sql.pg_text(), pg_args(values)?).execute(&mut **tx).await?.rows_affected(),
        };
        failure::point("sql", sql.name);
        Ok(changed)
    }

    /// Makes everything of this transaction last. Nothing is acknowledged before this returns.
    pub async fn commit(self) -> Stored<()> {
        failure::point("sql", "COMMIT");
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        failure::point("sql", "COMMIT");
        Ok(())
    }

    /// Asks the database to read a statement, without running it.
    #[doc(hidden)]
    pub async fn prepare(&mut self, sql: &Sql) -> Stored<()> {
        use sqlx::Executor as _;
        match self {
            Self::Sqlite(tx) => drop((&mut **tx).prepare(sqlx::SqlStr::from_static(sql.text)).await?),
            Self::Postgres(tx) => drop((&mut **tx).prepare(sqlx::SqlStr::from_static(sql.pg_text())).await?),
        }
        Ok(())
    }
}
