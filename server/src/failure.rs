//! Points where a test can stop the process: before and after every SQL statement and every outside call. Inert unless
//! `JUMUN_FAULT` is set, and that is only honoured by the demo.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

/// What `JUMUN_FAULT` asks for.
#[derive(Debug)]
enum Fault {
    /// `count:FILE`: nothing dies; how often each point was passed is written there at the end.
    Count(String),
    /// `NAME@N`: the process dies at the n-th passing of a point. Odd passings are before the statement or call, even ones
    /// after it, as long as they do not overlap.
    Die { name: String, nth: u32 },
    /// The task that passes the last of [`LEFT`] points is torn there; the process lives.
    Tear,
}

static FAULT: OnceLock<Fault> = OnceLock::new();
/// How many points are passed until a task is torn; at nought none is.
static LEFT: AtomicU32 = AtomicU32::new(0);
static TORN: AtomicBool = AtomicBool::new(false);
static PASSED: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());

/// Arms the points.
///
/// # Errors
/// A text that is neither `count:FILE` nor `NAME@N`.
pub fn arm(text: &str) -> anyhow::Result<()> {
    let fault = match (text.strip_prefix("count:"), text.rsplit_once('@')) {
        (Some(file), _) => Fault::Count(file.to_owned()),
        (None, Some((name, nth))) => Fault::Die { name: name.to_owned(), nth: nth.parse()? },
        (None, None) => anyhow::bail!("JUMUN_FAULT is count:FILE or NAME@N, not {text:?}"),
    };
    let _ = FAULT.set(fault);
    Ok(())
}

/// Tears whichever task of this process passes the so-manieth point from now: its transaction ends as a crash would end it, and
/// nobody hears of it. Nought takes it back. Only tests do this.
#[doc(hidden)]
pub fn tear_after(points: u32) {
    let _ = FAULT.set(Fault::Tear);
    LEFT.store(points, Ordering::SeqCst);
    TORN.store(false, Ordering::SeqCst);
}

/// Whether a task was torn since [`tear_after`] was said last.
#[doc(hidden)]
pub fn is_torn() -> bool {
    TORN.load(Ordering::SeqCst)
}

/// Writes how often each point was passed, when that was asked for: a JSON object.
///
/// # Errors
/// A file that cannot be written.
pub fn report() -> anyhow::Result<()> {
    if let Some(Fault::Count(file)) = FAULT.get() {
        let passed = PASSED.lock().unwrap_or_else(PoisonError::into_inner);
        std::fs::write(file, serde_json::to_string(&*passed)?)?;
    }
    Ok(())
}

/// Passes a point. `kind` is `sql` or `port`.
pub(crate) fn point(kind: &'static str, name: &str) {
    let Some(fault) = FAULT.get() else { return };
    match fault {
        Fault::Count(_) => {
            let mut passed = PASSED.lock().unwrap_or_else(PoisonError::into_inner);
            *passed.entry(name.to_owned()).or_default() += 1;
        }
        Fault::Die { name: wanted, nth } if wanted == name => {
            let mut passed = PASSED.lock().unwrap_or_else(PoisonError::into_inner);
            let count = passed.entry(name.to_owned()).or_default();
            *count += 1;
            if count == nth {
                tracing::error!(kind, name, nth, "fault point reached, stopping without a word");
                std::process::abort();
            }
        }
        Fault::Die { .. } => {}
        Fault::Tear => {
            let left = LEFT.try_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
            if left == Ok(1) {
                TORN.store(true, Ordering::SeqCst);
                std::panic::resume_unwind(Box::new("torn"));
            }
        }
    }
}
