//! An installer's own work, made for a phone in one hand.

pub mod list;
pub mod one;
mod pickup;

pub use list::Jobs;
pub use one::Job;
