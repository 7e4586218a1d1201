//! What Jumun runs on: HTTP, the two databases, sagas, timers, providers and their sandboxes.

#![recursion_limit = "512"]

pub mod actions;
pub mod backend;
pub mod callout;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod failure;
pub mod house;
pub mod http;
pub mod pictures;
pub mod providers;
pub mod sandbox;
pub mod secret;
pub mod serve;
pub mod simulate;
pub mod standard_webhooks;
pub mod store;
pub mod testing;
pub mod totp;
pub mod workers;
