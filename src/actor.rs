//! Who acts, and in which chair of an order they sit.

use crate::ids::{AccountId, PartyId};
use serde::{Deserialize, Serialize};

/// Whoever gives a command or looks at a page.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Actor {
    /// Somebody who has not even a basket yet.
    Nobody,
    /// A visitor without an account who holds a basket or an order.
    Guest {
        /// The party that the visitor's orders name.
        party: PartyId,
    },
    /// A signed-in customer.
    Customer {
        /// The account.
        account: AccountId,
        /// The party that the customer's orders name.
        party: PartyId,
    },
    /// Somebody who works for a retailer or a wholesaler.
    Staff {
        /// The account.
        account: AccountId,
        /// The store.
        store: PartyId,
        /// Managers may do what costs the store money.
        manager: bool,
    },
    /// An installer.
    Installer {
        /// The account.
        account: AccountId,
        /// The party that installation orders name.
        party: PartyId,
    },
    /// The chain's own people.
    Admin {
        /// The account.
        account: AccountId,
    },
    /// A sales channel that buys for customers over the API. It is no party itself: each order names its customer.
    Channel {
        /// The channel's account.
        account: AccountId,
    },
    /// Timers, sagas and provider facts.
    System,
}

impl Actor {
    /// The party this actor trades as.
    pub fn party(&self) -> Option<PartyId> {
        match *self {
            Self::Guest { party } | Self::Customer { party, .. } | Self::Installer { party, .. } => Some(party),
            Self::Staff { store, .. } => Some(store),
            Self::Nobody | Self::Admin { .. } | Self::Channel { .. } | Self::System => None,
        }
    }

    /// The account that is signed in.
    pub fn account(&self) -> Option<AccountId> {
        match *self {
            Self::Customer { account, .. }
            | Self::Staff { account, .. }
            | Self::Installer { account, .. }
            | Self::Admin { account }
            | Self::Channel { account } => Some(account),
            Self::Nobody | Self::Guest { .. } | Self::System => None,
        }
    }

    /// Whether the actor runs a store: its people, its terms and credit, its keys and webhooks are his.
    pub fn is_manager(&self) -> bool {
        matches!(self, Self::Staff { manager: true, .. })
    }

    /// How the actor is written in histories and the audit log.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Guest { .. } => "guest",
            Self::Customer { .. } => "customer",
            Self::Staff { .. } => "staff",
            Self::Installer { .. } => "installer",
            Self::Admin { .. } => "admin",
            Self::Channel { .. } => "channel",
            Self::System => "system",
        }
    }
}

/// A seat at an order. What one may see and do there follows from it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Chair {
    /// The one who pays.
    Buyer,
    /// The one who delivers.
    Seller,
    /// The chain's own people.
    Admin,
    /// Timers, sagas and provider facts.
    System,
}
