//! Serving: the house, its workers, its pages, and in the demo the sandboxes as a process of their own.

use crate::{
    callout::Reach,
    config::Config,
    demo,
    house::House,
    http,
    providers::{Providers, Secrets},
    store::{self, Db},
    workers,
};
use anyhow::Context;
use axum::serve::ListenerExt as _;
use jumun::policy::Policy;
use std::{net::SocketAddr, process::Stdio, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::{Child, Command},
};
use tokio_util::sync::CancellationToken;

/// How long a server that is told to stop still takes requests: whoever sends them has to see first that it is not ready.
const NOTICE: Duration = Duration::from_secs(1);
/// How long requests and work under way may take then.
const GRACE: Duration = Duration::from_secs(6);
/// How long the database may take to be left. With the two above a server is gone within ten seconds, whatever it waits for.
const LEAVE: Duration = Duration::from_secs(1);

/// How a server ends.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    /// It is not ready any more, and still answers.
    pub announced: CancellationToken,
    /// It takes nothing more, and ends what it is at.
    pub stop: CancellationToken,
}

/// What the demo shares with its sandboxes.
pub fn demo_secrets() -> Secrets {
    Secrets { psp: "sk_demo_psp".into(), wms: "demo-wms".into(), carrier: "demo-carrier".into(), identity: "demo-identity".into() }
}

/// Brings a database up to date: schema, policy book version 1, clock.
///
/// # Errors
/// A migration that does not apply, or a failing store.
pub async fn migrate(db: &Db) -> anyhow::Result<()> {
    db.migrate().await?;
    let now = crate::clock::real_time();
    let mut tx = db.begin_write().await?;
    store::policies::add_clock(&mut tx).await?;
    if store::policies::versions(&mut tx, now).await?.is_empty() {
        store::policies::add(&mut tx, &Policy::default(), jumun::time::Time(0), "first book").await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn is_home(db: &Db) -> anyhow::Result<bool> {
    let mut tx = db.begin_read().await?;
    Ok(store::home::is_here(&mut tx).await?)
}

/// Says that a restored copy is the database to work in from now on: the next server does its outside work. Answers whether it was
/// a copy.
///
/// # Errors
/// A database that cannot be opened.
pub async fn adopt(db: &Db) -> anyhow::Result<bool> {
    let mut tx = db.begin_write().await?;
    let adopted = store::home::settle(&mut tx, crate::clock::real_time()).await?;
    tx.commit().await?;
    Ok(adopted)
}

/// Serves until told to stop.
///
/// # Errors
/// An address that cannot be listened on, a database that cannot be opened, providers that cannot be reached.
pub async fn serve(config: Config, listen: SocketAddr, demo_mode: bool) -> anyhow::Result<()> {
    let started = std::time::Instant::now();
    let secrets = match (&config.secrets, demo_mode) {
        (Some(secrets), _) => secrets.clone(),
        (None, true) => demo_secrets(),
        (None, false) => anyhow::bail!("provider secrets are not set; the demo needs none: jumun serve --demo"),
    };
    let public_https = config.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    anyhow::ensure!(
        public_https || demo_mode || Config::is_loopback(listen),
        "without an https public address the session cookie would travel unprotected; set JUMUN_PUBLIC_URL"
    );
    anyhow::ensure!(demo_mode || config.loopback_webhooks != Some(true), "only the demo may call this machine: webhooks.allow_loopback");
    anyhow::ensure!(!demo_mode || Config::is_loopback(listen), "the demo lists its passwords and listens on loopback only");

    let db = Db::open(&config.database).await.context("the database cannot be opened")?;
    migrate(&db).await.context("the database cannot be brought up to date")?;
    if demo_mode && !demo::is_there(&db).await? {
        tracing::info!("making demo data");
        demo::fill(&db, crate::clock::real_time()).await.context("the demo data cannot be made")?;
    }
    if matches!(db, Db::Sqlite { .. }) {
        // One file has one process: leases of the one before would only make buyers wait for them to end.
        let mut tx = db.begin_write().await?;
        store::work::end_leases(&mut tx).await?;
        store::webhooks::end_leases(&mut tx).await?;
        tx.commit().await?;
    }
    let house = House::open(db.clone(), secrets.clone(), demo_mode).await?;
    let listener = TcpListener::bind(listen).await.with_context(|| format!("{listen} cannot be listened on"))?;
    let bound = format!("http://{}", listener.local_addr()?);
    let address = config.public_url.clone().unwrap_or_else(|| bound.clone());
    let _ = house.address.set(address.clone());
    let _ = house.reach.set(Reach { plain: demo_mode, loopback: config.loopback_webhooks.unwrap_or(demo_mode) });
    if let Some(required) = config.require_second_step {
        let _ = house.second_step.set(required);
    }
    let _ = house.lease.set(jumun::time::Span::seconds(config.lease_seconds));
    if !is_home(&db).await? {
        tracing::warn!("this is a copy: nobody outside is told anything and no deadline comes until `jumun adopt` says that it is the one");
        let _ = house.copy.set(());
    }

    let (providers_url, sandbox) = match (&config.providers, demo_mode) {
        (Some(url), _) => (url.clone(), None),
        (None, true) => {
            let (url, child) = start_sandbox(&config, &bound).await.context("the sandboxes cannot be started")?;
            (url, Some(child))
        }
        (None, false) => anyhow::bail!("the providers' address is not set: JUMUN_PROVIDERS"),
    };
    let _ = house.providers.set(Providers::new(&providers_url, &secrets)?);
    if demo_mode {
        demo::write_card(&db, &config.data, &address, &providers_url).await?;
    }

    let ending = Ending::default();
    let workers = workers::start(&house, &ending.stop);
    let app = http::router(house.clone(), &config, &providers_url, ending.clone())?;
    // Nagle's algorithm would hold back the last packet of every streamed page for a delayed acknowledgement.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
    });
    announce(&bound, started.elapsed());

    let server = {
        let stop = ending.stop.clone();
        tokio::spawn(async move {
            axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
                .with_graceful_shutdown(async move { stop.cancelled().await })
                .await
        })
    };
    until_told_to_stop().await;
    tracing::info!("stopping");
    ending.announced.cancel();
    tokio::time::sleep(NOTICE).await;
    ending.stop.cancel();
    // What is left now was acknowledged to nobody, or its rows will be found by the next process.
    if tokio::time::timeout(GRACE, async { tokio::join!(server, workers.wait()) }).await.is_err() {
        tracing::warn!("requests or work were still running and were left");
    }
    let _ = tokio::time::timeout(LEAVE, db.close()).await;
    drop(sandbox);
    crate::failure::report()
}

#[allow(clippy::print_stdout)]
fn announce(address: &str, took: Duration) {
    println!("listening on {address}");
    tracing::info!(address, ms = u64::try_from(took.as_millis()).unwrap_or(0), "ready");
}

async fn until_told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
        }
        Err(_) => drop(interrupted.await),
    }
}

/// Starts `jumun sandbox` as a child that ends when this process does: its standard input closes with us.
async fn start_sandbox(config: &Config, callbacks: &str) -> anyhow::Result<(String, Child)> {
    let mut child = Command::new(std::env::current_exe()?)
        .arg("sandbox")
        .args(["--listen", "127.0.0.1:0", "--end-with-stdin"])
        .arg("--file")
        .arg(config.data.join("sandbox.db"))
        .args(["--callbacks", callbacks])
        .args(["--clock", &format!("{callbacks}/demo/clock")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let stdout = child.stdout.take().context("the sandbox has no output")?;
    let mut lines = BufReader::new(stdout).lines();
    let ready = async {
        while let Some(line) = lines.next_line().await? {
            if let Some(url) = line.strip_prefix("sandbox listening on ") {
                return Ok(url.trim().to_owned());
            }
        }
        anyhow::bail!("the sandbox ended before it was ready")
    };
    let url = tokio::time::timeout(Duration::from_secs(20), ready).await.context("the sandbox did not become ready")??;
    // Its output must be read on, or it would block once the pipe is full.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((url, child))
}

/// The house behind a test or a command that serves nothing.
///
/// # Errors
/// As [`House::open`].
pub async fn open_house(config: &Config) -> anyhow::Result<Arc<House>> {
    let db = Db::open(&config.database).await?;
    let secrets = config.secrets.clone().unwrap_or_else(demo_secrets);
    House::open(db, secrets, false).await
}
