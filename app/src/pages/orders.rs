//! What a buyer sees of the orders.

pub mod exchange;
pub mod extra;
pub mod find;
pub mod give_back;
pub mod list;
pub mod one;
pub mod review;

pub use exchange::Exchange;
pub use extra::ExtraCharge;
pub use find::Find;
pub use give_back::GiveBack;
pub use list::Orders;
pub use one::Order;
pub use review::Review;
