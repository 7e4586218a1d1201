//! The rules of Jumun (주문): orders, stock, money, and who may do what.
//!
//! Everything here is pure: no I/O, no clock, no randomness. Time, identities and facts come in as arguments; events and
//! refusals go out. It compiles for the server and for the browser.

// One macro reads the whole list of events.
#![recursion_limit = "256"]

pub mod actor;
pub mod alert;
pub mod catalogue;
pub mod command;
pub mod ids;
pub mod installer;
pub mod ledger;
pub mod machine;
pub mod membership;
pub mod money;
pub mod notice;
pub mod order;
pub mod partner;
pub mod policy;
pub mod pricing;
pub mod promotion;
pub mod quantity;
pub mod queue;
pub mod refusal;
pub mod saga;
pub mod scope;
pub mod signing;
pub mod stock;
pub mod team;
pub mod text;
pub mod time;
pub mod timer;
pub mod view;
pub mod vocabulary;
pub mod webhook;
