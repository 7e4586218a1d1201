//! Drives whole orders through HTTP, as buyers would: basket, order, PSP, and then the clock until 구매확정.

/// How much traffic, against which demo.
#[derive(clap::Args, Clone, Debug)]
pub struct Options {
    /// The demo's address
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    pub url: String,
    /// How many orders
    #[arg(long, default_value_t = 100)]
    pub orders: u32,
    /// How many buyers at once
    #[arg(long, default_value_t = 8)]
    pub concurrency: u32,
    /// The same seed gives the same traffic
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Runs the traffic and prints its figures.
///
/// # Errors
/// A demo that cannot be reached.
pub async fn run(_options: Options, _json: bool) -> anyhow::Result<bool> {
    anyhow::bail!("not yet")
}
