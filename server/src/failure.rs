//! Points where a test can stop the process: before and after every SQL statement and every outside call. Inert unless
//! `JUMUN_FAULT` is set, and that is only honoured by the demo.

use std::sync::{
    OnceLock,
    atomic::{AtomicU64, Ordering},
};

static COUNT: AtomicU64 = AtomicU64::new(0);
static STOP_AT: OnceLock<Option<u64>> = OnceLock::new();

/// Arms the points: the process dies at the n-th one.
pub fn arm(stop_at: Option<u64>) {
    let _ = STOP_AT.set(stop_at);
}

/// How many points have been passed.
pub fn passed() -> u64 {
    COUNT.load(Ordering::Relaxed)
}

/// Passes a point. `kind` is `sql` or `port`.
pub(crate) fn point(kind: &'static str, name: &str) {
    let Some(Some(stop_at)) = STOP_AT.get() else { return };
    if COUNT.fetch_add(1, Ordering::Relaxed) + 1 == *stop_at {
        tracing::error!(kind, name, stop_at, "fault point reached, stopping without a word");
        std::process::abort();
    }
}
