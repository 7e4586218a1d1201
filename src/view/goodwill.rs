//! Goodwill as people see it.

use crate::{
    ids::{OrderId, OrderNumber},
    money::Won,
    order::GoodwillReason,
    text::Words,
    time::Time,
};
use serde::{Deserialize, Serialize};

/// Goodwill that waits for a second person, in head office's queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GoodwillRow {
    /// The order.
    pub order: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// Who sold.
    pub seller_name: Words,
    /// Who bought.
    pub buyer_name: String,
    /// How much, in won.
    pub amount: Won,
    /// What for.
    pub reason: GoodwillReason,
    /// Since when it waits.
    pub proposed_at: Time,
    /// The most that can be given now.
    pub most: Won,
}

/// What waits.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GoodwillsView {
    /// The longest waiting first.
    pub rows: Vec<GoodwillRow>,
    /// Now, for ages.
    pub now: Time,
}
