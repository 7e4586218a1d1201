//! What is looked for on a board, and what is done to several of its orders at once.

use crate::{ids::OrderNumber, order::Board, refusal::Refusal};
use serde::{Deserialize, Serialize};

/// What is looked for on a board. What is empty or cannot be read is not asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BoardQuery {
    /// In numbers and products.
    pub q: Option<String>,
    /// Placed on this Korean day or later.
    pub from: Option<String>,
    /// Placed on this Korean day or earlier.
    pub to: Option<String>,
    /// Worth so many won or more.
    pub least: Option<String>,
    /// Worth so many won or less.
    pub most: Option<String>,
    /// What they wait for, by its name.
    pub waits: Option<String>,
    /// Whose name the other side has.
    pub who: Option<String>,
    /// The installer who has a job for them.
    pub installer: Option<String>,
    /// Where the page begins, as the page before said it.
    pub cursor: Option<String>,
}

impl BoardQuery {
    /// What is asked for, by the names of the fields; where a page begins is no part of it.
    pub fn asked(&self) -> Vec<(&'static str, &str)> {
        let fields = [
            ("q", &self.q),
            ("from", &self.from),
            ("to", &self.to),
            ("least", &self.least),
            ("most", &self.most),
            ("waits", &self.waits),
            ("who", &self.who),
            ("installer", &self.installer),
        ];
        let given = |text: &'_ Option<String>| text.as_deref().map(str::trim).is_some_and(|text| !text.is_empty());
        fields.into_iter().filter(|(_, text)| given(text)).map(|(name, text)| (name, text.as_deref().unwrap_or_default().trim())).collect()
    }
}

/// What can be done to several orders of a board at once. Each needs nothing but the order and its goods.
pub fn bulk_commands(board: Board) -> &'static [&'static str] {
    match board {
        Board::Orders => &["accept-order", "start-preparing"],
        Board::Preparing => &["allocate"],
        Board::PurchaseCompleted => &["release"],
        Board::AwaitingPayment
        | Board::Cancelled
        | Board::OutOfStock
        | Board::PurchaseOrdered
        | Board::Shipped
        | Board::Completed
        | Board::Returns
        | Board::Exchanges => &[],
    }
}

/// What came of a command to several orders: each was carried out by itself.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct BulkOutcome {
    /// Orders that it was done to.
    pub done: u32,
    /// Orders that it was not done to, and why.
    pub refused: Vec<(OrderNumber, Refusal)>,
}
