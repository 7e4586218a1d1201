//! The house clock: system time plus an offset that the demo and the tests move forward. Signatures and leases use real time.

use jumun::time::Time;
use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// The clock every rule is decided by.
#[derive(Debug, Default)]
pub struct Clock {
    offset: AtomicI64,
}

/// What the machine's own clock says.
#[allow(clippy::disallowed_methods)] // the one place that asks it
pub fn real_time() -> Time {
    let micros = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    Time(i64::try_from(micros).unwrap_or(i64::MAX))
}

impl Clock {
    /// Now.
    pub fn now(&self) -> Time {
        Time(real_time().0 + self.offset.load(Ordering::Acquire))
    }

    /// Takes over the offset that the database holds. It never goes back.
    pub fn set_offset(&self, micros: i64) {
        self.offset.fetch_max(micros, Ordering::AcqRel);
    }
}
