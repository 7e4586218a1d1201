//! Stand-ins for the providers: one process, one port, real HTTP, and books of their own that
//! survive a crash of the shop. They speak the providers' contracts and can be told to misbehave.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::providers::Secrets;
use crate::store::sandbox::Ledger;

mod carrier;
mod chat;
mod clock;
mod faults;
mod identity;
mod notifier;
mod outbox;
mod pages;
mod pay_page;
mod psp;
mod wms;

pub use carrier::CarrierPace;
pub use wms::WmsPace;

/// How the sandbox is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// File of the books, made if absent.
    pub database: PathBuf,
    /// Address of the shop for call-backs, loopback only. `PUT /callbacks` sets it later.
    pub callbacks: Option<String>,
    /// Address that answers `{"now": microseconds UTC}`; none means the system's clock.
    pub clock: Option<String>,
    /// Keys shared with the shop.
    pub secrets: Secrets,
    /// End when standard input closes, so that the sandbox does not outlive the one who started it.
    pub end_with_stdin: bool,
    /// How fast goods move, until told otherwise.
    pub speed: Speed,
}

/// How fast goods move, by the sandbox's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Speed {
    /// In the warehouse.
    pub wms: WmsPace,
    /// On the road.
    pub carrier: CarrierPace,
}

/// What all sandboxes share.
struct Sandbox {
    ledger: Ledger,
    clock: clock::Clock,
    faults: faults::Faults,
    outbox: outbox::Outbox,
    secrets: Secrets,
    speed: Mutex<Speed>,
    script: Mutex<wms::Script>,
}

type Shared = Arc<Sandbox>;

/// A plain value behind a lock stays whole even if a holder panicked.
fn hold<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A sandbox that is listening. Dropping it stops it too, without waiting.
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes no more requests, gives those under way two seconds, and ends.
    ///
    /// # Errors
    /// When serving had failed.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        let _ = self.stop.send(true);
        match tokio::time::timeout(Duration::from_secs(2), &mut self.server).await {
            Ok(ended) => Ok(ended??),
            Err(_) => {
                self.server.abort();
                Ok(())
            }
        }
    }
}

/// Opens the books and listens.
///
/// # Errors
/// When the file cannot be opened, the port is taken, or an address is not one we may call.
pub async fn start(options: Options) -> anyhow::Result<Running> {
    let ledger =
        Ledger::open(&options.database).await.with_context(|| format!("cannot open the books of the sandbox in {}", options.database.display()))?;
    let sandbox = Arc::new(Sandbox {
        ledger,
        clock: clock::Clock::new(options.clock.as_deref())?,
        faults: faults::Faults::default(),
        outbox: outbox::Outbox::new(options.callbacks.as_deref())?,
        secrets: options.secrets,
        speed: Mutex::new(options.speed),
        script: Mutex::default(),
    });
    let listener = TcpListener::bind(options.listen).await.with_context(|| format!("cannot listen on {}", options.listen))?;
    let address = listener.local_addr()?;
    // With Nagle's algorithm an answer in two pieces waits for a delayed acknowledgement.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
    });
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(outbox::keep_sending(sandbox.clone(), stopped.clone()));
    tokio::spawn(outbox::keep_announcing(sandbox.clone(), stopped.clone()));
    let ended = ends(stopped);
    let server = axum::serve(listener, router(sandbox)).with_graceful_shutdown(ended);
    let server = tokio::spawn(async move { server.await });
    Ok(Running { address, stop, server })
}

/// Runs the sandbox until the process is told to end.
///
/// # Errors
/// As [`start`].
pub async fn run(options: Options) -> anyhow::Result<()> {
    let end_with_stdin = options.end_with_stdin;
    let running = start(options).await?;
    {
        use std::io::Write as _;
        let mut out = std::io::stdout().lock();
        writeln!(out, "sandbox listening on {}", running.url())?;
        out.flush()?;
    }
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
        () = stdin_closed(), if end_with_stdin => {}
    }
    running.stop().await
}

/// A thread of its own: the runtime could not end while one of its threads waits for input.
async fn stdin_closed() {
    let (closed, wait) = tokio::sync::oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        drop(closed);
    });
    let _ = wait.await;
}

/// Resolves once told to stop, or when nobody can tell any more.
async fn ends(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stop| *stop).await;
}

fn router(sandbox: Shared) -> Router {
    Router::new()
        .merge(pages::routes())
        .merge(faults::routes())
        .merge(outbox::routes())
        .nest("/psp", psp::routes(&sandbox).merge(pay_page::routes()))
        .nest("/wms", wms::routes())
        .nest("/carrier", carrier::routes())
        .nest("/notifier", notifier::routes())
        .nest("/chat", chat::routes())
        .nest("/identity", identity::routes())
        .with_state(sandbox)
}

#[cfg(test)]
mod tests;
