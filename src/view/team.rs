//! The people of a store, as their colleagues see them.

use crate::{ids::AccountId, team::Presence, text::Words, time::Time};
use serde::{Deserialize, Serialize};

/// Somebody of a store.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ColleagueRow {
    /// What commands name him by.
    pub account: AccountId,
    /// The name.
    pub name: String,
    /// The e-mail address he signs in with.
    pub email: String,
    /// Whether he runs the store.
    pub manager: bool,
    /// How he stands.
    pub presence: Presence,
    /// Since when signing in takes a code.
    pub second_step: Option<Time>,
    /// When he last came in.
    pub last_sign_in: Option<Time>,
    /// It is who looks: nobody changes himself.
    pub own: bool,
}

/// The people of a store: those that work there first, managers before staff.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TeamView {
    /// The people.
    pub rows: Vec<ColleagueRow>,
    /// Whether who looks runs the store.
    pub manager: bool,
    /// The link that was just made, on the one page that shows it.
    pub fresh: Option<String>,
    /// Now, for ages.
    pub now: Time,
}

/// What a link to join a store says of it and of who was asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InvitationView {
    /// The store.
    pub store: Words,
    /// Who was asked.
    pub name: String,
    /// What he signs in with from then on.
    pub email: String,
}
