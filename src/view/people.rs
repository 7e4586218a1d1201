//! Everybody with an account, as head office sees them.

use crate::{ids::AccountId, text::Words, time::Time};
use serde::{Deserialize, Serialize};

/// Which people are asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PeopleQuery {
    /// Customers; otherwise those who work here.
    pub customers: bool,
    /// A part of the name, the e-mail address or the customer's number.
    pub q: Option<String>,
    /// Where the page begins: the `next` of the page before.
    pub cursor: Option<String>,
}

/// Somebody with an account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PersonRow {
    /// What commands name him by.
    pub account: AccountId,
    /// The name.
    pub name: String,
    /// The e-mail address he signs in with.
    pub email: String,
    /// `customer`, `retailer`, `wholesaler`, `installer` or `admin`.
    pub role: String,
    /// Whether he runs his store.
    pub manager: bool,
    /// The store, for who works in one.
    pub store: Option<Words>,
    /// The number that channels know a customer by.
    pub customer_number: Option<String>,
    /// Since when signing in takes a code.
    pub second_step: Option<Time>,
    /// When he last came in.
    pub last_sign_in: Option<Time>,
    /// Whether he is kept out.
    pub blocked: bool,
    /// Since when he no longer works in his store.
    pub left: Option<Time>,
    /// It is who looks: nobody does this to himself.
    pub own: bool,
}

/// People, by e-mail address.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PeopleView {
    /// The people.
    pub rows: Vec<PersonRow>,
    /// What the next page's `cursor` is; nothing on the last page.
    pub next: Option<String>,
    /// Whether the chain's own people need a second step here.
    pub second_step_required: bool,
    /// Now, for ages.
    pub now: Time,
}
