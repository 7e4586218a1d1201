//! Parts of an order that its buyer and its seller both see: drawn once, used in every chair.

pub mod address;
pub mod badge;
pub mod cancel_lines;
pub mod claims;
pub mod commands;
pub mod history;
pub mod lines;
pub mod live;
pub mod money;
pub mod past;
pub mod redeliver;
pub mod shipment;
pub mod shortage;
pub mod slip;
pub mod state;
pub mod wait;
pub mod words;

pub use address::ShipToCard;
pub use badge::row_badges;
pub use cancel_lines::CancelLines;
pub use claims::claims;
pub use commands::{Orderable, actions};
pub use history::{answered, by_hand, event_words, history};
pub use lines::lines;
pub use live::{Asks, Page, WithOrder, use_order};
pub use money::{payment, price_table};
pub use past::{Looking, TimeSlider};
pub use redeliver::redeliver;
pub use shipment::{ship_to, shipment};
pub use slip::Slip;
pub use state::OrderState;
pub use wait::waits_words;
pub use words::{age, moment, picture, pre_order};
