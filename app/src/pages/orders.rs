//! What a buyer sees of the orders.

pub mod find;
pub mod list;
pub mod one;

pub use find::Find;
pub use list::Orders;
pub use one::Order;
