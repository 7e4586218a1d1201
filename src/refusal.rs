//! Refusals: what the system will not do, and why. A refusal changes nothing and is always one of these.

use crate::{
    ids::{OrderNumber, VariantId},
    money::Won,
    partner::Standing,
    scope::Scope,
    time::{Date, Time},
};
use serde::{Deserialize, Serialize};

/// What is wrong with one field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// Nothing was given.
    Missing,
    /// It does not read as what it should be.
    Malformed,
    /// Fewer characters than needed.
    TooShort,
    /// More characters than allowed.
    TooLong,
    /// A number outside its range.
    OutOfRange,
    /// Somebody else has it.
    Taken,
    /// No such thing.
    Unknown,
}

/// What is wrong with an address that is to be told what happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddressFlaw {
    /// It does not read as an address of the web.
    Malformed,
    /// It is not https.
    NotHttps,
    /// It carries a name or a password.
    Credentials,
    /// A part after `#` is never sent.
    Fragment,
    /// A port that is not one of the web.
    Port,
    /// It does not lie on the open internet.
    Private,
}

impl AddressFlaw {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Malformed, Self::NotHttps, Self::Credentials, Self::Fragment, Self::Port, Self::Private];
    /// The name in the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::NotHttps => "not_https",
            Self::Credentials => "credentials",
            Self::Fragment => "fragment",
            Self::Port => "port",
            Self::Private => "private",
        }
    }
}

/// What is wrong with a picture that somebody brings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PictureFlaw {
    /// There is none.
    Missing,
    /// The file is too large.
    TooBig,
    /// It would take too much memory to draw.
    TooManyPixels,
    /// Its bytes are none of a JPEG, PNG or WebP, whatever it is called.
    NotAPicture,
    /// It begins as a picture and does not go on as one.
    Unreadable,
    /// The store replaced its pictures too often for now.
    TooMany,
}

impl PictureFlaw {
    /// The largest file, in bytes.
    pub const MOST_BYTES: usize = 8 * 1024 * 1024;
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Missing, Self::TooBig, Self::TooManyPixels, Self::NotAPicture, Self::Unreadable, Self::TooMany];
    /// The name in the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooBig => "too_big",
            Self::TooManyPixels => "too_many_pixels",
            Self::NotAPicture => "not_a_picture",
            Self::Unreadable => "unreadable",
            Self::TooMany => "too_many",
        }
    }
    /// The flaw of a name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|flaw| flaw.slug() == slug)
    }
}

/// Why something was not done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// There is no such thing, or it is not this caller's to see.
    NotFound,
    /// Nobody is signed in.
    SignInRequired,
    /// This caller may never do this.
    NotAllowed,
    /// E-mail and password do not go together.
    WrongCredentials,
    /// The code of the second step is wrong, or was used before.
    WrongCode,
    /// Who works for the chain turns the second step of signing in on first.
    SecondStepRequired,
    /// A field is missing or wrong.
    Invalid {
        /// The field's name.
        field: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// The command does not apply in the state the thing is in.
    WrongState {
        /// The command that was tried.
        command: String,
        /// The state it met.
        current: String,
        /// The states it needs.
        required: String,
    },
    /// The store or the agreement stands in a way that this does not follow.
    StandsOtherwise {
        /// How it stands.
        standing: Standing,
    },
    /// The colleague stands in a way that this does not follow.
    ColleagueStandsOtherwise,
    /// Too few units.
    OutOfStock {
        /// What is missing.
        variant: VariantId,
        /// Units asked for.
        asked: u32,
        /// Units there are.
        available: u32,
    },
    /// A pre-order cap below what is sold of it.
    CapBelowSold {
        /// Units sold or held for a buyer.
        sold: u32,
    },
    /// Somebody counts on the installer that day.
    VisitBooked {
        /// The day.
        on: Date,
        /// Visits that are booked then.
        visits: u32,
    },
    /// The product is not sold any more, or not by this seller.
    NotForSale {
        /// What cannot be bought.
        variant: VariantId,
    },
    /// The basket holds nothing from this seller.
    EmptyCart,
    /// The basket was changed meanwhile; look again.
    CartChanged,
    /// More lines than a basket takes.
    CartFull {
        /// The limit.
        most: u32,
    },
    /// More units than one line takes.
    TooManyUnits {
        /// The limit.
        most: u32,
    },
    /// Goods below the least amount of an order.
    BelowMinimum {
        /// The limit.
        least: Won,
        /// The goods amount.
        amount: Won,
    },
    /// Goods above the largest amount of an order.
    AboveMaximum {
        /// The limit.
        most: Won,
        /// The goods amount.
        amount: Won,
    },
    /// The price differs from what the caller was shown.
    PriceChanged {
        /// What the caller expects to pay for the goods.
        expected: Won,
        /// What they cost.
        actual: Won,
    },
    /// An order that is being paid or is paid stays in its delivery area.
    OtherArea,
    /// Nothing is delivered there (ERR-ORD-003).
    Undeliverable {
        /// The postcode.
        postcode: String,
    },
    /// Nobody puts such goods up there.
    NoInstaller {
        /// The postcode.
        postcode: String,
    },
    /// The customer is blocked.
    Blocked,
    /// The buyer already holds stock with as many unpaid orders as allowed.
    TooManyUnpaid {
        /// The limit.
        most: u32,
    },
    /// Who pays this much proves who they are first.
    IdentityRequired {
        /// The order to prove it for.
        order: OrderNumber,
    },
    /// The amount differs from the amount due.
    AmountMismatch {
        /// The amount due.
        due: Won,
        /// The amount offered.
        offered: Won,
    },
    /// The goods are not what the coupon asks for.
    CouponCondition {
        /// The least amount of goods it covers.
        minimum: Won,
        /// The amount of such goods.
        amount: Won,
    },
    /// The coupon was used already, or another order holds it.
    CouponUsed,
    /// The coupon's time is over, or has not begun.
    CouponExpired,
    /// Every coupon of the kind is given out, or this customer has as many as allowed.
    CouponGone,
    /// Fewer points than that.
    NotEnoughPoints {
        /// What there is.
        balance: Won,
    },
    /// The store would owe its partner more than was agreed.
    CreditExceeded {
        /// What it may still buy for.
        left: Won,
    },
    /// Every retry is used up (ERR-ORD-001).
    RetriesUsedUp {
        /// The limit.
        most: u32,
    },
    /// The deadline has passed.
    TooLate {
        /// When it was.
        deadline: Time,
    },
    /// There are as many as there may be.
    LimitReached {
        /// The limit.
        most: u32,
    },
    /// The key may not be used for this.
    ScopeMissing {
        /// What it would need.
        scope: Scope,
    },
    /// Nobody outside may be reached at this address.
    AddressRefused {
        /// Why.
        why: AddressFlaw,
    },
    /// The picture cannot be shown.
    PictureRefused {
        /// Why.
        why: PictureFlaw,
    },
    /// The key was used for another request.
    KeyReused,
    /// The first request with this key is still at work.
    InProgress,
    /// A signature is missing or wrong.
    BadSignature,
    /// Too many requests.
    RateLimited {
        /// Seconds to wait.
        retry_after: u32,
    },
    /// The request came from another site.
    CrossSite,
    /// Others were faster three times in a row; try again.
    Busy,
    /// There is no room to write anything down.
    NoRoom,
    /// Something broke on our side; nothing was changed.
    Broken,
}

impl Refusal {
    /// A refusal of one field.
    pub fn invalid(field: &str, problem: Problem) -> Self {
        Self::Invalid { field: field.to_owned(), problem }
    }

    /// The refusal of a field that a message begins with, as its text form writes it.
    pub fn quoted_in(message: &str) -> Option<Self> {
        let mut words = message.strip_prefix("invalid ")?.split(' ');
        let (field, problem) = (words.next()?, words.next()?);
        serde_json::from_value(problem.into()).ok().map(|problem| Self::invalid(field, problem))
    }

    /// It was not looked at, whatever was asked: the same again may go well.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Busy | Self::NoRoom | Self::Broken)
    }

    /// The stable code of interfaces and of the word catalogue.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::SignInRequired => "sign_in_required",
            Self::NotAllowed => "not_allowed",
            Self::WrongCredentials => "wrong_credentials",
            Self::WrongCode => "wrong_code",
            Self::SecondStepRequired => "second_step_required",
            Self::Invalid { .. } => "invalid",
            Self::WrongState { .. } => "wrong_state",
            Self::StandsOtherwise { .. } => "stands_otherwise",
            Self::ColleagueStandsOtherwise => "colleague_stands_otherwise",
            Self::OutOfStock { .. } => "out_of_stock",
            Self::CapBelowSold { .. } => "cap_below_sold",
            Self::VisitBooked { .. } => "visit_booked",
            Self::NotForSale { .. } => "not_for_sale",
            Self::EmptyCart => "empty_cart",
            Self::CartChanged => "cart_changed",
            Self::CartFull { .. } => "cart_full",
            Self::TooManyUnits { .. } => "too_many_units",
            Self::BelowMinimum { .. } => "below_minimum",
            Self::AboveMaximum { .. } => "above_maximum",
            Self::PriceChanged { .. } => "price_changed",
            Self::OtherArea => "other_area",
            Self::Undeliverable { .. } => "undeliverable",
            Self::NoInstaller { .. } => "no_installer",
            Self::Blocked => "blocked",
            Self::TooManyUnpaid { .. } => "too_many_unpaid",
            Self::IdentityRequired { .. } => "identity_required",
            Self::AmountMismatch { .. } => "amount_mismatch",
            Self::CouponCondition { .. } => "coupon_condition",
            Self::CouponUsed => "coupon_used",
            Self::CouponExpired => "coupon_expired",
            Self::CouponGone => "coupon_gone",
            Self::NotEnoughPoints { .. } => "not_enough_points",
            Self::CreditExceeded { .. } => "credit_exceeded",
            Self::RetriesUsedUp { .. } => "retries_used_up",
            Self::TooLate { .. } => "too_late",
            Self::LimitReached { .. } => "limit_reached",
            Self::ScopeMissing { .. } => "scope_missing",
            Self::AddressRefused { .. } => "address_refused",
            Self::PictureRefused { .. } => "picture_refused",
            Self::KeyReused => "key_reused",
            Self::InProgress => "in_progress",
            Self::BadSignature => "bad_signature",
            Self::RateLimited { .. } => "rate_limited",
            Self::CrossSite => "cross_site",
            Self::Busy => "busy",
            Self::NoRoom => "no_room",
            Self::Broken => "broken",
        }
    }

    /// The HTTP status of the refusal.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::SignInRequired | Self::WrongCredentials | Self::WrongCode | Self::BadSignature => 401,
            Self::NotAllowed | Self::Blocked | Self::CrossSite | Self::ScopeMissing { .. } | Self::SecondStepRequired => 403,
            Self::WrongState { .. }
            | Self::StandsOtherwise { .. }
            | Self::ColleagueStandsOtherwise
            | Self::OutOfStock { .. }
            | Self::CapBelowSold { .. }
            | Self::VisitBooked { .. }
            | Self::NotForSale { .. }
            | Self::CartChanged
            | Self::PriceChanged { .. }
            | Self::TooManyUnpaid { .. }
            | Self::RetriesUsedUp { .. }
            | Self::CouponUsed
            | Self::CouponExpired
            | Self::CouponGone
            | Self::NotEnoughPoints { .. }
            | Self::CreditExceeded { .. }
            | Self::TooLate { .. }
            | Self::InProgress
            | Self::Busy => 409,
            Self::NoRoom => 507,
            Self::Invalid { .. }
            | Self::EmptyCart
            | Self::CartFull { .. }
            | Self::TooManyUnits { .. }
            | Self::BelowMinimum { .. }
            | Self::AboveMaximum { .. }
            | Self::Undeliverable { .. }
            | Self::NoInstaller { .. }
            | Self::IdentityRequired { .. }
            | Self::AmountMismatch { .. }
            | Self::CouponCondition { .. }
            | Self::OtherArea
            | Self::LimitReached { .. }
            | Self::AddressRefused { .. }
            | Self::PictureRefused { .. }
            | Self::KeyReused => 422,
            Self::RateLimited { .. } => 429,
            Self::Broken => 500,
        }
    }

    /// The code of the error catalogue of 000, where the refusal belongs to it.
    pub fn catalogue_code(&self) -> Option<&'static str> {
        match self {
            Self::RetriesUsedUp { .. } => Some("ERR-ORD-001"),
            Self::OutOfStock { .. } => Some("ERR-ORD-002"),
            Self::Undeliverable { .. } => Some("ERR-ORD-003"),
            Self::NotFound
            | Self::SignInRequired
            | Self::NotAllowed
            | Self::WrongCredentials
            | Self::WrongCode
            | Self::Invalid { .. }
            | Self::WrongState { .. }
            | Self::StandsOtherwise { .. }
            | Self::ColleagueStandsOtherwise
            | Self::CapBelowSold { .. }
            | Self::VisitBooked { .. }
            | Self::NotForSale { .. }
            | Self::EmptyCart
            | Self::CartChanged
            | Self::CartFull { .. }
            | Self::TooManyUnits { .. }
            | Self::BelowMinimum { .. }
            | Self::AboveMaximum { .. }
            | Self::PriceChanged { .. }
            | Self::NoInstaller { .. }
            | Self::Blocked
            | Self::TooManyUnpaid { .. }
            | Self::IdentityRequired { .. }
            | Self::AmountMismatch { .. }
            | Self::TooLate { .. }
            | Self::LimitReached { .. }
            | Self::ScopeMissing { .. }
            | Self::AddressRefused { .. }
            | Self::KeyReused
            | Self::InProgress
            | Self::BadSignature
            | Self::RateLimited { .. }
            | Self::CrossSite
            | Self::Busy
            | Self::NoRoom
            | Self::OtherArea
            | Self::CouponCondition { .. }
            | Self::CouponUsed
            | Self::CouponExpired
            | Self::CouponGone
            | Self::NotEnoughPoints { .. }
            | Self::CreditExceeded { .. }
            | Self::SecondStepRequired
            | Self::PictureRefused { .. }
            | Self::Broken => None,
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Self::Invalid { field, problem } = self {
            // Readers of JSON pass this on as text; see [`Refusal::quoted_in`].
            let problem = serde_json::to_value(problem).ok();
            write!(f, "invalid {field} {}", problem.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default())
        } else {
            f.write_str(self.code())
        }
    }
}

impl std::error::Error for Refusal {}
