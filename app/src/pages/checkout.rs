//! From the basket to the order, and from the order to its payment.

mod benefits;
pub mod pay;
pub mod place;

pub use pay::Pay;
pub use place::Checkout;
