//! A store's own work.

pub mod board;
pub mod console;
pub mod coupons;
pub mod listings;
pub mod order;
pub mod stock;
pub mod today;

pub use board::Board;
pub use coupons::Coupons;
pub use listings::Listings;
pub use order::Order;
pub use stock::Stock;
pub use today::Today;
