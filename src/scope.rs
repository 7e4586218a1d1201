//! What a key of the interface may be used for. A key can never do more than the one who made it; its scopes say how much less.

use serde::{Deserialize, Serialize};

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $slug:tt;)*) => {
        /// Something that a key may be used for.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum Scope { $($(#[$doc])* #[serde(rename = $slug)] $name),* }
        impl Scope {
            /// All of them, in the order of the form.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The name in rows, forms and the interface's description.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }
            /// The scope of a name.
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|scope| scope.slug() == slug)
            }
        }
    };
}

scopes! {
    /// Look at orders and prices.
    OrdersRead = "orders:read";
    /// Place orders and give commands on them.
    OrdersWrite = "orders:write";
    /// Look at stock.
    StockRead = "stock:read";
    /// Take goods in, write down what was counted and order of partners.
    StockWrite = "stock:write";
    /// Look at coupons.
    CouponsRead = "coupons:read";
    /// Give coupons out and stop giving them out.
    CouponsWrite = "coupons:write";
    /// Make, change and look at addresses that are told what happens.
    WebhooksManage = "webhooks:manage";
}

/// A key as its owners see it. The key itself is shown once, when it is made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct KeyView {
    /// What it is revoked by.
    pub id: String,
    /// What somebody called it.
    pub name: String,
    /// Its last four characters.
    pub last_four: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Who of the store made it; nothing for a channel's, which head office makes.
    pub made_by: Option<String>,
    /// When it was made.
    pub created_at: crate::time::Time,
    /// When it was last used, to the minute; nothing when it never was.
    pub last_used_at: Option<crate::time::Time>,
    /// When it was revoked.
    pub revoked_at: Option<crate::time::Time>,
}

/// A channel, for who gives it a key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ChannelView {
    /// Its account.
    pub account: crate::ids::AccountId,
    /// What it is called.
    pub name: String,
    /// Its keys, newest first.
    pub keys: Vec<KeyView>,
}

/// Every channel with its keys.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ChannelsView {
    /// The channels, by name.
    pub rows: Vec<ChannelView>,
    /// The key that was just made, on the one page that shows it.
    pub fresh: Option<String>,
    /// Now, for ages.
    pub now: crate::time::Time,
}

/// The keys of a store, newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct KeysView {
    /// The keys.
    pub rows: Vec<KeyView>,
    /// The key that was just made, on the one page that shows it.
    pub fresh: Option<String>,
    /// Now, for ages.
    pub now: crate::time::Time,
}
