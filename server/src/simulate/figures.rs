//! What a run came to.

use super::{
    browser::Stop,
    buyer::{Known, Visit},
};
use std::{collections::BTreeMap, time::Duration};

/// Everything counted so far.
#[derive(Default)]
pub(super) struct Tally {
    /// Visits that are over.
    pub(super) visits: u32,
    /// Orders the shop acknowledged.
    pub(super) known: Vec<Known>,
    /// Orders their buyers saw paid.
    pub(super) paid: u32,
    /// Buyers who lost patience before their payment was settled.
    pub(super) late: u32,
    /// Refusals by code.
    pub(super) refused: BTreeMap<&'static str, u32>,
    /// What stores and installers did, by name.
    pub(super) steps: BTreeMap<&'static str, u32>,
    /// What they were refused and did otherwise, by name.
    pub(super) declined: BTreeMap<&'static str, u32>,
    /// What must not have happened.
    pub(super) failures: Vec<String>,
    /// Orders found completed.
    pub(super) completed: u32,
    /// Orders found sent back whole.
    pub(super) returned: u32,
    /// Orders found cancelled with their money back.
    pub(super) cancelled: u32,
    placements: Vec<Duration>,
    checkouts: Vec<Duration>,
}

impl Tally {
    /// Takes in a visit.
    pub(super) fn add(&mut self, visit: Visit) {
        self.visits += 1;
        self.known.extend(visit.known);
        self.paid += u32::from(visit.paid);
        self.late += u32::from(visit.late);
        self.placements.extend(visit.placement);
        self.checkouts.extend(visit.checkout);
        match visit.stop {
            Some(Stop::Refused(refusal)) => *self.refused.entry(refusal.code()).or_default() += 1,
            Some(Stop::Failed(what)) => self.failures.push(what),
            None => {}
        }
    }

    /// The figures of a run that took so long.
    pub(super) fn report(&mut self, seed: u64, took: Duration, throttled: u64, lost: u64) -> Report {
        let seconds = took.as_secs_f64().max(0.001);
        self.placements.sort_unstable();
        self.checkouts.sort_unstable();
        Report {
            seed,
            visits: self.visits,
            placed: u32::try_from(self.known.len()).unwrap_or(u32::MAX),
            paid: self.paid,
            late: self.late,
            completed: self.completed,
            returned: self.returned,
            cancelled: self.cancelled,
            refused: self.refused.clone(),
            steps: self.steps.clone(),
            declined: self.declined.clone(),
            failures: u32::try_from(self.failures.len()).unwrap_or(u32::MAX),
            throttled,
            lost_connections: lost,
            seconds: round(seconds),
            orders_per_second: round(self.known.len() as f64 / seconds),
            checkouts_per_second: round(f64::from(self.paid) / seconds),
            place_p50_ms: quantile(&self.placements, 50),
            place_p99_ms: quantile(&self.placements, 99),
            checkout_p50_ms: quantile(&self.checkouts, 50),
            checkout_p99_ms: quantile(&self.checkouts, 99),
        }
    }
}

/// A run's figures, as one line for machines and some for people.
#[derive(Clone, Debug, serde::Serialize)]
pub(super) struct Report {
    seed: u64,
    visits: u32,
    placed: u32,
    paid: u32,
    late: u32,
    completed: u32,
    returned: u32,
    cancelled: u32,
    refused: BTreeMap<&'static str, u32>,
    steps: BTreeMap<&'static str, u32>,
    declined: BTreeMap<&'static str, u32>,
    failures: u32,
    throttled: u64,
    lost_connections: u64,
    seconds: f64,
    orders_per_second: f64,
    checkouts_per_second: f64,
    place_p50_ms: f64,
    place_p99_ms: f64,
    checkout_p50_ms: f64,
    checkout_p99_ms: f64,
}

impl Report {
    /// For people.
    pub(super) fn lines(&self, finished: bool) -> Vec<String> {
        let listed = |counts: &BTreeMap<&'static str, u32>| {
            let each: Vec<String> = counts.iter().map(|(name, times)| format!("{name} {times}")).collect();
            if each.is_empty() { "none".to_owned() } else { each.join(", ") }
        };
        let mut lines = vec![
            format!(
                "seed {}: {} buyers in {} s, {} connections lost, {} times told to slow down",
                self.seed, self.visits, self.seconds, self.lost_connections, self.throttled
            ),
            format!("{} orders placed, {} seen paid by their buyers, {} not settled within a minute", self.placed, self.paid, self.late),
            format!("refused: {}", listed(&self.refused)),
            format!("{} orders/s, {} paid checkouts/s", self.orders_per_second, self.checkouts_per_second),
            format!(
                "placement p50 {} ms, p99 {} ms; whole checkout p50 {} ms, p99 {} ms",
                self.place_p50_ms, self.place_p99_ms, self.checkout_p50_ms, self.checkout_p99_ms
            ),
        ];
        if finished {
            let back = if self.returned > 0 { format!(", {} sent back whole", self.returned) } else { String::new() };
            lines.insert(2, format!("after every deadline: {} completed{back}, {} cancelled with their money back", self.completed, self.cancelled));
        }
        if !self.steps.is_empty() {
            lines.push(format!("behind the counter: {}", listed(&self.steps)));
            lines.push(format!("refused there and done otherwise: {}", listed(&self.declined)));
        }
        lines.push(format!("{} failures", self.failures));
        lines
    }
}

fn round(figure: f64) -> f64 {
    (figure * 10.0).round() / 10.0
}

/// The value that so many of a hundred do not exceed, in milliseconds.
fn quantile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).map_or(0.0, |time| round(time.as_secs_f64() * 1_000.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_sample() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!((quantile(&times, 50), quantile(&times, 99), quantile(&times, 100)), (100.0, 198.0, 200.0));
        assert_eq!(quantile(&[], 99), 0.0);
        assert_eq!(quantile(&times[..1], 50), 1.0);
    }
}
