//! Typed server functions, by area. Each is one command or one read: its body is one call into the house. Reads are GET,
//! commands are POST and work as plain forms.

pub mod account;
pub mod admin;
pub mod benefits;
pub mod cart;
pub mod catalogue;
pub mod checkout;
pub mod claims;
pub mod desk;
pub mod goodwill;
pub mod installation;
pub mod installers;
pub mod orders;
pub mod partners;
pub mod people;
pub mod reviews;
pub mod signing;
pub mod team;
pub mod webhooks;
