//! `jumun`: the whole system in one binary.

use clap::Parser;

fn main() -> std::process::ExitCode {
    // Two crypto providers in one process make rustls panic: ours is chosen before anything connects.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    server::cli::run(server::cli::Cli::parse())
}
