//! A store's own work.

pub mod board;
pub mod claims;
pub mod console;
pub mod coupons;
pub mod keys;
pub mod listings;
pub mod order;
pub mod partners;
mod pre_order;
pub mod purchases;
pub mod reviews;
pub mod selling;
pub mod stock;
pub mod team;
pub mod today;
pub mod webhooks;

pub use board::Board;
pub use claims::{Claim, Claims};
pub use coupons::Coupons;
pub use keys::Keys;
pub use listings::Listings;
pub use order::{GiveBack, Order};
pub use partners::Partners;
pub use purchases::Purchases;
pub use reviews::Reviews;
pub use selling::Selling;
pub use stock::Stock;
pub use team::Team;
pub use today::Today;
pub use webhooks::{Webhook, Webhooks};
