//! Identities. Every kind of thing has its own type, so that an order's id can never be passed for a line's.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// Where fresh identities come from. The shell passes time-ordered UUIDs; tests pass a seeded counter.
pub trait Mint: Send {
    /// A new identity, never given out before.
    fn uuid(&mut self) -> Uuid;
    /// Eight characters for an order number, from [`OrderNumber::ALPHABET`].
    fn number_tail(&mut self) -> String;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = String, format = "uuid")]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh identity.
            pub fn mint(mint: &mut dyn Mint) -> Self {
                Self(mint.uuid())
            }
        }
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A person who signs in.
    AccountId;
    /// Whoever can stand on one side of an order: customer, guest, store, installer, carrier.
    PartyId;
    /// A place that holds stock; it belongs to one store.
    WarehouseId;
    /// A visitor's basket.
    CartId;
    /// One node of an order tree.
    OrderId;
    /// One line of an order.
    LineId;
    /// Goods of one order that leave together: one ship-to, one method, one promise.
    FulfilmentId;
    /// One attempt to pay an amount due.
    AttemptId;
    /// One amount that goes back to the payer.
    RefundId;
    /// A difference to be paid for a change.
    DifferenceId;
    /// A buyer's bank account.
    RefundAccountId;
    /// Words of a review, or of the answer to it.
    ReviewTextId;
    /// Work on site that was not bought, and the buyer's word about it.
    ExtraId;
    /// Goods that come back, and their money.
    ClaimId;
    /// Something bought outside the chain.
    ReceiptId;
    /// A missing quantity and what is decided about it.
    ShortageId;
    /// Name, phone and address, kept beside the events and never in them.
    ContactId;
    /// One fact in the log.
    EventId;
    /// One durable piece of work with outside effects.
    SagaId;
    /// What a store or the chain gives to customers: terms, period, limits.
    CouponId;
    /// One customer's one coupon.
    CouponIssueId;
    /// Two or more postings that sum to zero.
    JournalId;
    /// An address that is told what happens.
    EndpointId;
    /// One of the secrets that messages to an endpoint are signed with.
    SecretId;
}

impl PartyId {
    /// The chain itself, as the ledgers know it.
    pub const CHAIN: Self = Self(Uuid::nil());
    /// The carrier, in whose chair nobody sits: what he does is asked of him.
    pub const CARRIER: Self = Self(Uuid::max());
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes the code as the trade writes it; it is only ever compared.
            pub fn new(code: impl Into<String>) -> Self {
                Self(code.into())
            }
            /// The code as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

codes! {
    /// A product's code, for instance `PROD-5001` (000).
    ProductId;
    /// A sellable option of a product and the unit that stock is counted in, for instance `VAR-5001-BLK-M` (000).
    VariantId;
    /// What a buyer and a shop call an order: `ORD-yyyyMMdd-XXXXXXXX` (003).
    OrderNumber;
}

impl OrderNumber {
    /// Letters and digits that nobody confuses on the phone: no 0, O, 1, I or L.
    pub const ALPHABET: &'static [u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    /// What can be a number at all: ours, or one that a caller mistyped. It is safe in addresses and headers.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        fits.then(|| Self(text.to_owned()))
    }

    /// The number of an order placed on `date` (KST) with eight random characters.
    pub fn compose(date: crate::time::Date, tail: &str) -> Self {
        Self(format!("ORD-{:04}{:02}{:02}-{tail}", date.year, date.month, date.day))
    }
}

/// A seeded source of identities for tests: it counts.
#[derive(Default)]
pub struct CountingMint(pub u64);

impl Mint for CountingMint {
    fn uuid(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u64_pair(7, self.0)
    }
    fn number_tail(&mut self) -> String {
        self.0 += 1;
        let alphabet = OrderNumber::ALPHABET;
        let mut rest = self.0;
        (0..8)
            .map(|_| {
                let at = (rest % alphabet.len() as u64) as usize;
                rest /= alphabet.len() as u64;
                char::from(alphabet[at])
            })
            .collect()
    }
}
