//! The command line. Every command answers with exit status 0 only when all is well.

use crate::{
    actions::check,
    config::{Common, Config},
    demo, sandbox, serve, simulate,
    store::Db,
};
use anyhow::Context;
use clap::{Parser, Subcommand};
use std::{collections::BTreeSet, net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

/// Jumun (주문): order management for a chain of appliance stores.
#[derive(Parser, Debug)]
#[command(version, about)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve pages, the interface and the work behind them
    Serve {
        /// Where to listen; port 0 picks a free one
        #[arg(long, env = "JUMUN_LISTEN", default_value = "127.0.0.1:3000")]
        listen: SocketAddr,
        /// With demo data, sandboxes for the providers and a clock that can be moved
        #[arg(long)]
        demo: bool,
        /// The providers' address, instead of sandboxes of our own
        #[arg(long)]
        providers: Option<String>,
        /// Whether head office needs a second step of signing in; when nothing is said, everywhere but in the demo
        #[arg(long, env = "JUMUN_REQUIRE_SECOND_STEP", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
        require_second_step: Option<bool>,
    },
    /// Bring the database up to date
    Migrate,
    /// Copy the database into a file while it is worked in (SQLite; PostgreSQL has pg_dump --exclude-table-data=home)
    Backup {
        /// The file; it must not be there yet
        #[arg(long)]
        to: PathBuf,
    },
    /// Work in a restored copy from now on: until then it tells nobody outside anything
    Adopt,
    /// Fill a fresh database with demo data
    Demo,
    /// Stand in for the providers
    Sandbox {
        /// Where to listen; port 0 picks a free one
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// The books' file
        #[arg(long)]
        file: Option<PathBuf>,
        /// Where call-backs go
        #[arg(long)]
        callbacks: Option<String>,
        /// An address that says what time it is
        #[arg(long)]
        clock: Option<String>,
        /// End when standard input closes
        #[arg(long)]
        end_with_stdin: bool,
    },
    /// Check every invariant; reads only
    Verify {
        /// The PSP sandbox's address, to compare its books with ours
        #[arg(long)]
        providers: Option<String>,
        /// A file of order numbers that buyers were given: each must be there
        #[arg(long)]
        acknowledged: Option<PathBuf>,
    },
    /// Fold every order's events and compare with the stored state
    Rebuild,
    /// Drive whole orders through HTTP against a running demo
    Simulate(simulate::Options),
    /// Check the configuration
    CheckConfig,
}

/// Runs a command.
pub fn run(cli: Cli) -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("JUMUN_LOG").unwrap_or_else(|_| "info,sqlx=warn,hyper=warn".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "the runtime cannot be started");
            return ExitCode::FAILURE;
        }
    };
    let status = match runtime.block_on(dispatch(cli)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    };
    // A look-up of a name that does not answer would hold the process for as long as it takes.
    runtime.shutdown_timeout(Duration::from_secs(1));
    status
}

async fn dispatch(cli: Cli) -> anyhow::Result<bool> {
    let json = cli.common.json;
    match cli.command {
        Command::Serve { listen, demo, providers, require_second_step } => {
            let mut config = Config::load(&cli.common)?;
            config.providers = providers.or(config.providers);
            config.require_second_step = require_second_step.or(config.require_second_step);
            std::fs::create_dir_all(&config.data)?;
            if let Some(fault) = std::env::var("JUMUN_FAULT").ok().filter(|_| demo) {
                crate::failure::arm(&fault)?;
            }
            serve::serve(config, listen, demo).await?;
            Ok(true)
        }
        Command::Migrate => {
            let db = Db::open(&Config::load(&cli.common)?.database).await?;
            serve::migrate(&db).await?;
            Ok(true)
        }
        Command::Backup { to } => {
            Db::open(&Config::load(&cli.common)?.database).await?.back_up(&to).await?;
            print_line(&format!("backed up to {}", to.display()));
            Ok(true)
        }
        Command::Adopt => {
            let db = Db::open(&Config::load(&cli.common)?.database).await?;
            serve::migrate(&db).await?;
            let adopted = serve::adopt(&db).await?;
            print_line(if adopted { "this database is the one that is worked in" } else { "it was before: nothing was changed" });
            Ok(true)
        }
        Command::Demo => {
            let config = Config::load(&cli.common)?;
            let db = Db::open(&config.database).await?;
            serve::migrate(&db).await?;
            anyhow::ensure!(!demo::is_there(&db).await?, "the database has data already; demo data goes into a fresh one");
            demo::fill(&db, crate::clock::real_time()).await?;
            Ok(true)
        }
        Command::Sandbox { listen, file, callbacks, clock, end_with_stdin } => {
            let config = Config::load(&cli.common)?;
            std::fs::create_dir_all(&config.data)?;
            let secrets = config.secrets.unwrap_or_else(serve::demo_secrets);
            let database = file.unwrap_or_else(|| config.data.join("sandbox.db"));
            sandbox::run(sandbox::Options { listen, database, callbacks, clock, secrets, end_with_stdin, speed: sandbox::Speed::default() }).await?;
            Ok(true)
        }
        Command::Verify { providers, acknowledged } => verify(&Config::load(&cli.common)?, providers, acknowledged, json).await,
        Command::Rebuild => rebuild(&Config::load(&cli.common)?, json).await,
        Command::Simulate(options) => simulate::run(options, json).await,
        Command::CheckConfig => {
            let config = Config::load(&cli.common)?;
            print_line(&format!("{config:?}"));
            Ok(true)
        }
    }
}

#[allow(clippy::print_stdout)]
pub(crate) fn print_line(text: &str) {
    println!("{text}");
}

/// Checks every invariant and prints what breaks.
async fn verify(config: &Config, providers: Option<String>, acknowledged: Option<PathBuf>, json: bool) -> anyhow::Result<bool> {
    let house = serve::open_house(config).await?;
    let promised = acknowledged.map(std::fs::read_to_string).transpose().context("the acknowledged numbers cannot be read")?.unwrap_or_default();
    let promised: BTreeSet<&str> = promised.lines().filter(|line| !line.is_empty()).collect();
    let checked = check::everything(&house, providers.as_deref(), &promised).await?;
    for (name, what) in &checked.found {
        print_line(&format!("✗ {name}: {what}"));
    }
    let (orders, violations) = (checked.orders, checked.found.len());
    let summary = serde_json::json!({ "orders": orders, "captured": checked.captured, "acknowledged": promised.len(), "violations": violations });
    print_line(&if json { summary.to_string() } else { format!("{orders} orders checked, {violations} violations") });
    Ok(checked.found.is_empty())
}

/// Folds every log and compares.
async fn rebuild(config: &Config, json: bool) -> anyhow::Result<bool> {
    let (orders, differing) = check::folds(&Db::open(&config.database).await?).await?;
    for id in &differing {
        print_line(&format!("✗ {id}: folding its events gives another state"));
    }
    let summary = serde_json::json!({ "orders": orders, "differing": differing.len() });
    print_line(&if json { summary.to_string() } else { format!("{orders} orders rebuilt, {} differ", differing.len()) });
    Ok(differing.is_empty())
}
