//! The chain's own work: what needs a person, whether the books add up, and what happened.

pub mod alerts;
pub mod audit;
pub mod channels;
pub mod claims;
pub mod console;
pub mod coupons;
pub mod events;
pub mod goodwill;
pub mod order;
pub mod orders;
pub mod people;
pub mod proof;
pub mod queues;
pub mod sagas;
pub mod stores;
pub mod today;

pub use alerts::Alerts;
pub use audit::Audit;
pub use channels::Channels;
pub use claims::{Claim, Claims};
pub use coupons::Coupons;
pub use events::Events;
pub use order::Order;
pub use orders::Orders;
pub use people::People;
pub use proof::Proof;
pub use queues::Queues;
pub use sagas::Sagas;
pub use stores::Stores;
pub use today::Today;
