//! Pages by role.

pub mod account;
pub mod address_fields;
pub mod addresses;
pub mod admin;
pub mod apply;
pub mod benefits;
pub mod cart;
pub mod checkout;
pub mod claims;
pub mod coupons;
pub mod desk;
pub mod errors;
pub mod frame;
pub mod home;
pub mod jobs;
pub mod join;
pub mod order_parts;
pub mod orders;
pub mod shop;
pub mod two_steps;
