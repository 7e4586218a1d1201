//! Facts about an order. An event carries ids and figures only; names, phones and addresses stay in side rows that events
//! name by id. A published version never changes its shape.

use super::{
    ChildStage, Collects, DeclineReason, Deposit, Difference, ExchangeTerms, Extra, GoodwillReason, HideReason, ImpossibleCause, Inbound, Installs,
    Kind, Line, Method, NamedUnit, PassedOn, Proposal, PutUp, RejectReason, Site, Stars, Swap, TakenDown, Visit,
};
use crate::{
    ids::{
        AccountId, AttemptId, ClaimId, ContactId, CouponIssueId, DifferenceId, ExtraId, FulfilmentId, LineId, OrderId, OrderNumber, PartyId,
        ReceiptId, RefundAccountId, RefundId, ReviewTextId, ShortageId, VariantId, WarehouseId,
    },
    membership::Tier,
    money::Won,
    order::{CarrierStatus, FulfilmentLine},
    pricing::Amounts,
    promotion::CouponOn,
    quantity::Quantity,
    stock::Piece,
    text::SerialNumber,
    time::{Date, Time},
};
use serde::{Deserialize, Serialize};

/// How the buyer pays.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// Card
    Card,
    /// Bank transfer
    Transfer,
    /// Virtual account
    VirtualAccount,
    /// Easy pay
    EasyPay,
}

impl PaymentMethod {
    /// Every method, in the order of the pay page.
    pub const ALL: &'static [Self] = &[Self::Card, Self::Transfer, Self::VirtualAccount, Self::EasyPay];
    /// The name in forms, rows and interfaces; `bank` and `virtual` of 000 are understood too.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Transfer => "transfer",
            Self::VirtualAccount => "virtual_account",
            Self::EasyPay => "easy_pay",
        }
    }
    /// The method of a name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "card" => Some(Self::Card),
            "transfer" | "bank" => Some(Self::Transfer),
            "virtual_account" | "virtual" => Some(Self::VirtualAccount),
            "easy_pay" => Some(Self::EasyPay),
            _ => None,
        }
    }
}

/// Why a payment was declined (000, ERR-ORD-001).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeclineCause {
    /// Too little money: another method or card.
    Balance,
    /// Over the limit: another method or card.
    Limit,
    /// The card is stopped or expired: another method or card.
    CardState,
    /// Typed wrong: enter it again.
    CardData,
    /// The PSP or the bank is down.
    System,
    /// The buyer turned back at the PSP.
    Buyer,
}

/// Why an order ended without a sale.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelCause {
    /// The buyer.
    Buyer,
    /// A missing quantity.
    Shortage,
    /// It was never paid.
    Payment,
    /// It cannot be delivered.
    Undeliverable,
    /// The seller.
    Seller,
    /// A deadline.
    Timer,
    /// The buyer sent them back.
    Returned,
    /// Others come in their place.
    Exchanged,
}

/// Why money goes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    /// The order was cancelled.
    Cancelled,
    /// Units were taken out of the order.
    PartlyCancelled,
    /// Units could not be supplied.
    Shortage,
    /// They came back undelivered.
    Undeliverable,
    /// What stands in for missing units, or the new address, costs less.
    Cheaper,
    /// What comes in exchange costs less.
    Exchanged,
    /// They could not be put up.
    CannotInstall,
    /// The buyer sent them back.
    Returned,
    /// Work on site that was paid for will not be done.
    ExtraNotDone,
    /// Nothing came back: the seller makes up for something.
    Goodwill,
}

impl RefundReason {
    /// Whether a second person has to agree from a limit on; what is our own debt goes back at once (01 §5 Refund).
    pub fn needs_approval(self) -> bool {
        match self {
            Self::Returned | Self::Exchanged | Self::CannotInstall | Self::Goodwill => true,
            Self::Cancelled | Self::PartlyCancelled | Self::Shortage | Self::Undeliverable | Self::Cheaper | Self::ExtraNotDone => false,
        }
    }
}

/// Why goods come back: a closed list, so that reasons can be counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnReason {
    /// The carrier could not deliver them.
    Undeliverable,
    /// The installer could not put them up.
    CannotInstall,
    /// The installer came, and the buyer did not want them any more.
    RefusedOnSite,
    /// The buyer does not want them after all.
    ChangeOfMind,
    /// They do not work.
    Defect,
    /// They were damaged on the way.
    Damaged,
    /// They are not what was ordered.
    WrongGoods,
    /// They are not as they were described.
    NotAsDescribed,
    /// What should have come in their place cannot be had.
    NotSupplied,
}

impl ReturnReason {
    /// The name in rows and in the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Undeliverable => "undeliverable",
            Self::CannotInstall => "cannot_install",
            Self::RefusedOnSite => "refused_on_site",
            Self::ChangeOfMind => "change_of_mind",
            Self::Defect => "defect",
            Self::Damaged => "damaged",
            Self::WrongGoods => "wrong_goods",
            Self::NotAsDescribed => "not_as_described",
            Self::NotSupplied => "not_supplied",
        }
    }
}

/// Why a seller ends an order: a closed list, so that reasons can be counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SellerReason {
    /// The goods cannot be had.
    OutOfStock,
    /// The listing had a wrong price or text.
    ListingError,
    /// It cannot be delivered there.
    Undeliverable,
    /// The buyer asked for it.
    BuyerAsked,
}

impl SellerReason {
    /// Every reason, in the order of the form.
    pub const ALL: &'static [Self] = &[Self::OutOfStock, Self::ListingError, Self::Undeliverable, Self::BuyerAsked];
    /// The name in forms and in the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::OutOfStock => "out_of_stock",
            Self::ListingError => "listing_error",
            Self::Undeliverable => "undeliverable",
            Self::BuyerAsked => "buyer_asked",
        }
    }
}

/// What becomes of missing units (000, ERR-ORD-002).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShortageAnswer {
    /// Wait until they are there.
    Wait,
    /// Take what is there; the missing units are taken out and their money goes back.
    Take,
    /// End the whole order.
    Cancel,
}

impl ShortageAnswer {
    /// Every answer, in the order of the form.
    pub const ALL: &'static [Self] = &[Self::Wait, Self::Take, Self::Cancel];
    /// The name in forms and in the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::Take => "take",
            Self::Cancel => "cancel",
        }
    }
}

/// Units of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineUnits {
    /// The line.
    pub line: LineId,
    /// How many.
    pub quantity: Quantity,
}

/// Who ended the order well.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CompletedBy {
    /// The buyer confirmed.
    Buyer,
    /// Seven days went by.
    Timer,
}

/// Goods planned to leave together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PlannedFulfilment {
    /// Its identity.
    pub id: FulfilmentId,
    /// How it travels.
    pub method: Method,
    /// From where.
    pub warehouse: WarehouseId,
    /// What.
    pub lines: Vec<FulfilmentLine>,
    /// The goods are still to come: the day they were promised to leave by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Date>,
    /// The goods are sold to order: the seller has none of them, and buys them of partners.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_order: bool,
}

/// Everything that is frozen when an order is placed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Placed {
    /// Its identity.
    pub id: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// Its kind.
    pub kind: Kind,
    /// The root of its tree.
    pub root: OrderId,
    /// Its parent.
    pub parent: Option<OrderId>,
    /// Who pays.
    pub buyer: PartyId,
    /// Who delivers.
    pub seller: PartyId,
    /// The book in force.
    pub policy: u32,
    /// A channel's own number.
    pub external: Option<String>,
    /// Where it goes.
    pub contact: ContactId,
    /// The postcode it goes to.
    pub postcode: String,
    /// What.
    pub lines: Vec<Line>,
    /// For how much.
    pub amounts: Amounts,
    /// What shipping costs when it is not free.
    #[serde(default)]
    pub shipping_base: Won,
    /// The coupon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<CouponOn>,
    /// What a store does with what it buys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbound: Option<Inbound>,
    /// What an installer is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installs: Option<Installs>,
    /// What a carrier is asked to fetch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collects: Option<Collects>,
}

macro_rules! events {
    ($($(#[$doc:meta])* $variant:ident $body:tt = $name:literal;)*) => {
        events!(@enum [] $($(#[$doc])* $variant $body = $name;)*);

        impl Event {
            /// The names of every event an order publishes.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// Whether an event of this name is for those only who deliver: where a seller gets his goods is his business, and so is
            /// whom he asked to put them up before somebody said yes.
            pub fn is_the_sellers(name: &str) -> bool {
                let asked = matches!(name, "installer.assigned" | "installer.declined" | "installer.unassigned");
                // What may be given is nobody's yet.
                let asked = asked || matches!(name, "goodwill.approval_requested" | "goodwill.rejected");
                asked
                    || name.starts_with("order.child_")
                    || name.starts_with("receipt.")
                    || matches!(name, "fulfilment.sourcing_failed" | "fulfilment.units_named" | "return.passed_on")
            }

            /// The published name.
            pub fn name(&self) -> &'static str {
                match self { $(events!(@pattern $variant $body) => $name),* }
            }
        }
    };
    (@pattern $variant:ident ()) => { Self::$variant };
    (@pattern $variant:ident ($($inner:tt)+)) => { Self::$variant(..) };
    (@pattern $variant:ident {$($inner:tt)*}) => { Self::$variant { .. } };
    (@enum [$($done:tt)*]) => {
        /// One fact.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(tag = "name", content = "data")]
        pub enum Event { $($done)* }
    };
    (@enum [$($done:tt)*] $(#[$doc:meta])* $variant:ident () = $name:literal; $($rest:tt)*) => {
        events!(@enum [$($done)* $(#[$doc])* #[serde(rename = $name)] $variant,] $($rest)*);
    };
    (@enum [$($done:tt)*] $(#[$doc:meta])* $variant:ident $body:tt = $name:literal; $($rest:tt)*) => {
        events!(@enum [$($done)* $(#[$doc])* #[serde(rename = $name)] $variant $body,] $($rest)*);
    };
}

events! {
    /// The order exists.
    OrderPlaced(Box<Placed>) = "order.placed";
    /// Its units are held.
    StockReserved {
        /// Which.
        pieces: Vec<Piece>,
        /// Until when.
        until: Time,
    } = "stock.reserved";
    /// The hold ran out.
    StockReservationExpired {
        /// When it should have ended.
        until: Time,
    } = "stock.reservation_expired";
    /// Units are back on the shelf.
    StockReleased {
        /// Which.
        pieces: Vec<Piece>,
        /// They were committed, not only held.
        was_committed: bool,
        /// The fulfilment they were in.
        fulfilment: Option<FulfilmentId>,
    } = "stock.released";
    /// Held units are no longer sellable.
    StockCommitted {
        /// Which.
        pieces: Vec<Piece>,
    } = "stock.committed";
    /// Units left the warehouse.
    StockDeducted {
        /// In which fulfilment.
        fulfilment: FulfilmentId,
        /// Which.
        pieces: Vec<Piece>,
    } = "stock.deducted";
    /// The buyer's coupon is promised to the order.
    CouponApplied {
        /// Which.
        issue: CouponIssueId,
        /// What it takes off.
        amount: Won,
    } = "coupon.applied";
    /// The coupon is used up.
    CouponUsed {
        /// Which.
        issue: CouponIssueId,
    } = "coupon.used";
    /// The buyer has his coupon back.
    CouponRestored {
        /// Which.
        issue: CouponIssueId,
    } = "coupon.restored";
    /// Points are promised to the order.
    PointsHeld {
        /// How many.
        points: Won,
    } = "points.held";
    /// Points paid for it.
    PointsUsed {
        /// How many.
        points: Won,
    } = "points.used";
    /// The buyer has points back.
    PointsRestored {
        /// How many.
        points: Won,
        /// They had paid for it, not only been promised.
        was_used: bool,
    } = "points.restored";
    /// The buyer got points for the purchase.
    PointsEarned {
        /// How many.
        points: Won,
        /// The money paid for goods that they are counted from.
        paid_for_goods: Won,
    } = "points.earned";
    /// Points of the purchase are gone with what came back of it.
    PointsReclaimed {
        /// What these goods had earned.
        earned: Won,
        /// What the buyer still had of it; the rest is kept of the refund.
        points: Won,
    } = "points.reclaimed";
    /// What the buyer has bought in the calendar month.
    SpendUpdated {
        /// The month in Korea, `2026-11`.
        month: String,
        /// This purchase: goods after discounts, points counted as money. Negative for what came back of it.
        amount: Won,
        /// The month with it.
        spent: Won,
    } = "spend.updated";
    /// The buyer's tier rises.
    TierChanged {
        /// From.
        from: Tier,
        /// To.
        to: Tier,
    } = "tier.changed";
    /// The buyer was sent to the PSP.
    PaymentRequested {
        /// The attempt.
        attempt: AttemptId,
        /// 1 for the first.
        nth: u32,
        /// How.
        method: PaymentMethod,
        /// How much.
        amount: Won,
        /// The hold lives until then.
        held_until: Time,
    } = "payment.requested";
    /// The buyer proved who he is.
    PaymentIdentityVerified {
        /// Until when that counts.
        until: Time,
    } = "payment.identity_verified";
    /// The buyer agreed at the PSP; the money is not captured yet.
    PaymentAuthorised {
        /// The attempt.
        attempt: AttemptId,
        /// The PSP's key.
        payment_key: String,
    } = "payment.authorised";
    /// A virtual account waits for the money.
    PaymentDepositAwaited {
        /// The attempt.
        attempt: AttemptId,
        /// The PSP's key.
        payment_key: String,
        /// The account.
        deposit: Deposit,
    } = "payment.deposit_awaited";
    /// The money is captured.
    PaymentApproved {
        /// The attempt.
        attempt: AttemptId,
        /// The PSP's key, which is our approval number.
        payment_key: String,
        /// How.
        method: PaymentMethod,
        /// How much.
        amount: Won,
    } = "payment.approved";
    /// The PSP said no.
    PaymentDeclined {
        /// The attempt.
        attempt: AttemptId,
        /// Why.
        cause: DeclineCause,
        /// The PSP's code.
        psp_code: String,
    } = "payment.declined";
    /// Nobody paid in time.
    PaymentTimedOut {
        /// The attempt.
        attempt: AttemptId,
    } = "payment.timed_out";
    /// The order does not wait any more: what the PSP captured goes back at once.
    PaymentCancelRequested {
        /// The attempt.
        attempt: AttemptId,
    } = "payment.cancel_requested";
    /// The PSP holds nothing of this attempt.
    PaymentVoided {
        /// The attempt.
        attempt: AttemptId,
    } = "payment.voided";
    /// Money is to go back.
    RefundRequested {
        /// The refund.
        refund: RefundId,
        /// The attempt that paid.
        attempt: AttemptId,
        /// How much.
        amount: Won,
        /// Why.
        reason: RefundReason,
        /// The return that it is for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        claim: Option<ClaimId>,
    } = "refund.requested";
    /// The money is back.
    RefundCompleted {
        /// The refund.
        refund: RefundId,
        /// How much.
        amount: Won,
    } = "refund.completed";
    /// The order's own fact: what was due is paid.
    OrderPaid() = "order.paid";
    /// Buyer and seller have a deal.
    OrderConfirmed {
        /// What leaves together.
        fulfilments: Vec<PlannedFulfilment>,
    } = "order.confirmed";
    /// Somebody asked to end it.
    OrderCancelRequested {
        /// Who or what.
        cause: CancelCause,
    } = "order.cancel_requested";
    /// It ended without a sale.
    OrderCancelled {
        /// Who or what.
        cause: CancelCause,
        /// The sale had been booked.
        was_confirmed: bool,
        /// What the buyer pays for it.
        #[serde(default, skip_serializing_if = "Won::is_zero")]
        penalty: Won,
    } = "order.cancelled";
    /// Units were taken out of it; the rest goes on.
    OrderPartiallyCancelled {
        /// Which.
        units: Vec<LineUnits>,
        /// Who or what.
        cause: CancelCause,
        /// What the order is worth less. A fee that is charged after all is negative.
        back: Amounts,
    } = "order.partially_cancelled";
    /// The address is none that something can be sent to (ERR-ORD-003).
    AddressNeeded() = "order.address_needed";
    /// A day later it still is not.
    AddressOverdue() = "order.address_overdue";
    /// A store has been silent for a day about what another one asked for.
    AcceptanceOverdue() = "order.acceptance_overdue";
    /// It goes elsewhere.
    AddressChanged {
        /// Where.
        contact: ContactId,
        /// The postcode.
        postcode: String,
        /// The island surcharge from now on.
        island: Won,
        /// What a paid order costs more by it; negative when it costs less.
        #[serde(default, skip_serializing_if = "Won::is_zero")]
        dearer_by: Won,
    } = "order.address_changed";
    /// It shall go elsewhere if the warehouse can still stop it.
    AddressChangeAsked {
        /// Where.
        contact: ContactId,
        /// The postcode.
        postcode: String,
        /// What the warehouse has.
        fulfilments: Vec<FulfilmentId>,
    } = "delivery.address_change_requested";
    /// It was too late: it goes where it went.
    AddressChangeRefused() = "delivery.address_change_refused";
    /// Units are missing.
    ShortageRaised {
        /// The shortage.
        shortage: ShortageId,
        /// Of which line, and how many.
        units: LineUnits,
    } = "order.shortage_raised";
    /// What becomes of the missing units.
    ShortageAnswered {
        /// The shortage.
        shortage: ShortageId,
        /// What.
        answer: ShortageAnswer,
    } = "order.shortage_answered";
    /// The missing units are there.
    ShortageFilled {
        /// The shortage.
        shortage: ShortageId,
        /// How they leave; nothing before payment.
        fulfilments: Vec<PlannedFulfilment>,
    } = "order.shortage_filled";
    /// Still waiting: the buyer is asked again.
    ShortageReasked {
        /// The shortage.
        shortage: ShortageId,
    } = "order.shortage_reasked";
    /// The seller would send something else.
    SubstituteProposed {
        /// Instead of which units.
        shortage: ShortageId,
        /// What.
        proposal: Proposal,
    } = "order.substitute_proposed";
    /// Other goods take the place of missing ones.
    LineSubstituted {
        /// Which, and for how much.
        swap: Box<Swap>,
        /// How they leave; nothing before payment.
        fulfilments: Vec<PlannedFulfilment>,
    } = "order.line_substituted";
    /// A change waits for its difference to be paid.
    DifferenceDue(Box<Difference>) = "order.difference_due";
    /// Nobody paid for the change: it will not come.
    DifferenceDropped {
        /// Which.
        difference: DifferenceId,
    } = "order.difference_dropped";
    /// Promised units are gone.
    StockLost {
        /// From which fulfilment.
        fulfilment: FulfilmentId,
        /// Which.
        pieces: Vec<Piece>,
    } = "stock.lost";
    /// What was sold before it was there has come: promises turn into goods.
    GoodsArrived {
        /// In which fulfilment.
        fulfilment: FulfilmentId,
        /// The promises that are kept.
        promised: Vec<Piece>,
        /// The goods that keep them.
        pieces: Vec<Piece>,
    } = "fulfilment.goods_arrived";
    /// The promised day is over and the goods have not come.
    PromiseMissed {
        /// In which fulfilment.
        fulfilment: FulfilmentId,
    } = "fulfilment.promise_missed";
    /// A source broke away: its units have to be found again.
    FulfilmentShort {
        /// Which.
        fulfilment: FulfilmentId,
    } = "fulfilment.short";
    /// The WMS was asked to stop.
    OutboundCancelRequested {
        /// Which.
        fulfilment: FulfilmentId,
    } = "delivery.cancel_requested";
    /// It stopped: the goods are still there.
    OutboundCancelled {
        /// Which.
        fulfilment: FulfilmentId,
    } = "outbound.cancelled";
    /// It was too late: the goods leave.
    OutboundCancelRefused {
        /// Which.
        fulfilment: FulfilmentId,
    } = "outbound.cancel_refused";
    /// The carrier brings them again on a day.
    DeliveryRescheduled {
        /// Which.
        fulfilment: FulfilmentId,
        /// When.
        on: Date,
        /// Where, if elsewhere.
        contact: Option<ContactId>,
    } = "delivery.rescheduled";
    /// They are on their way back to the sender.
    DeliveryReturned {
        /// Which.
        fulfilment: FulfilmentId,
    } = "delivery.returned";
    /// They are back and looked at.
    FulfilmentReturned {
        /// Which.
        fulfilment: FulfilmentId,
        /// They can be sold again; otherwise they are scrap, or were passed on.
        restocked: bool,
    } = "fulfilment.returned";
    /// Goods are to come back.
    ReturnRequested {
        /// The return.
        claim: ClaimId,
        /// Why.
        reason: ReturnReason,
        /// What they left in.
        fulfilment: FulfilmentId,
        /// Which and how many.
        units: Vec<LineUnits>,
        /// The day the buyer would like them fetched.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pickup_on: Option<Date>,
        /// The day the buyer says he found what is wrong.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        found_on: Option<Date>,
        /// Photos that show why: hashes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        photos: Vec<String>,
        /// Of a purchase: the return of the order above that these goods came back with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        above: Option<ClaimId>,
        /// What its buyer pays for the visits in vain that brought it about.
        #[serde(default, skip_serializing_if = "Won::is_zero")]
        call_out: Won,
    } = "return.requested";
    /// They may.
    ReturnApproved {
        /// The return.
        claim: ClaimId,
        /// They are goods of their own from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        goods: Option<FulfilmentId>,
    } = "return.approved";
    /// They may not.
    ReturnRejected {
        /// The return.
        claim: ClaimId,
        /// Why.
        reason: RejectReason,
    } = "return.rejected";
    /// Before that is decided the buyer is asked for more.
    ReturnQuestioned {
        /// The return.
        claim: ClaimId,
    } = "return.questioned";
    /// He answers.
    ReturnAnswered {
        /// The return.
        claim: ClaimId,
        /// More photos: hashes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        photos: Vec<String>,
    } = "return.answered";
    /// The buyer keeps them after all.
    ReturnWithdrawn {
        /// The return.
        claim: ClaimId,
    } = "return.withdrawn";
    /// A carrier was asked to fetch them, or an installer to take them down.
    CollectionRequested {
        /// The return.
        claim: ClaimId,
        /// The collection order.
        collection: OrderId,
        /// Who takes them down; a carrier fetches them otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        installer: Option<PartyId>,
    } = "pickup.requested";
    /// An installer says when he comes for them.
    CollectionScheduled {
        /// The return.
        claim: ClaimId,
        /// When.
        visit: Visit,
    } = "return.pickup_scheduled";
    /// Who was to fetch them does not: somebody else has to.
    CollectionDropped {
        /// The return.
        claim: ClaimId,
    } = "return.pickup_dropped";
    /// Somebody will fetch them.
    PickupScheduled {
        /// A carrier's number.
        tracking: String,
        /// An installer's day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        visit: Option<Visit>,
    } = "pickup.scheduled";
    /// He has them (수거완료).
    PickupCompleted {
        /// Since when.
        at: Time,
        /// What an installer saw of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seen: Option<TakenDown>,
    } = "pickup.completed";
    /// An installer does not come for them.
    PickupDeclined {
        /// Why.
        reason: DeclineReason,
    } = "pickup.declined";
    /// Nobody gave them to him.
    PickupFailed() = "pickup.failed";
    /// What he fetched is here.
    PickupReceived() = "pickup.received";
    /// Nobody has to fetch them any more.
    PickupCancelled() = "pickup.cancelled";
    /// The seller has them.
    ReturnCollected {
        /// The return.
        claim: ClaimId,
    } = "return.collected";
    /// They were bought of a partner, who is asked to take them back.
    ReturnPassedOn {
        /// The return.
        claim: ClaimId,
        /// What goes to whom.
        part: PassedOn,
    } = "return.passed_on";
    /// Nobody took them back: the store that bought them has put them away.
    ReturnPutAway {
        /// The return.
        claim: ClaimId,
        /// They can be sold again; otherwise they are scrap.
        restocked: bool,
    } = "return.put_away";
    /// And has looked at them.
    ReturnInspected {
        /// The return.
        claim: ClaimId,
        /// They can be sold again; otherwise they are scrap, or were passed on.
        restocked: bool,
        /// Who looked at them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AccountId>,
        /// The numbers on them, where they were put up.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        serials: Vec<SerialNumber>,
        /// Why the seller would not pay back for what came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        disputed: Option<RejectReason>,
    } = "return.inspected";
    /// The buyer keeps them, and is paid back all the same.
    ReturnWaived {
        /// The return.
        claim: ClaimId,
        /// Who says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AccountId>,
    } = "return.waived";
    /// So much would go back that somebody else has to agree.
    RefundApprovalNeeded {
        /// The return.
        claim: ClaimId,
        /// How much, in won.
        amount: Won,
    } = "refund.approval_requested";
    /// He agrees.
    RefundApproved {
        /// The return.
        claim: ClaimId,
    } = "refund.approved";
    /// The buyer said where his money shall go.
    RefundAccountGiven {
        /// The account, which is kept beside the events.
        account: RefundAccountId,
    } = "refund.account_given";
    /// He does not agree: nothing goes back for these goods.
    RefundRejected {
        /// The return.
        claim: ClaimId,
        /// Why.
        reason: RejectReason,
    } = "refund.rejected";
    /// The seller would give so much for something that went wrong that somebody else has to agree.
    GoodwillProposed {
        /// How much, in won.
        amount: Won,
        /// What for.
        reason: GoodwillReason,
        /// Who would.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AccountId>,
    } = "goodwill.approval_requested";
    /// He does not agree.
    GoodwillRejected() = "goodwill.rejected";
    /// The buyer gets so much back and keeps what he has.
    GoodwillGiven {
        /// How much, in won.
        amount: Won,
        /// What for.
        reason: GoodwillReason,
        /// Who asked for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<AccountId>,
    } = "goodwill.given";
    /// The buyer is asked what he thinks of the goods.
    ReviewRequested() = "review.requested";
    /// He says it.
    ReviewWritten {
        /// Of which line.
        line: LineId,
        /// How many of five.
        stars: Stars,
        /// His words, which are kept beside the events.
        text: ReviewTextId,
        /// Photos of the goods: hashes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        photos: Vec<String>,
    } = "review.written";
    /// He says it otherwise.
    ReviewChanged {
        /// Of which line.
        line: LineId,
        /// How many of five.
        stars: Stars,
        /// His words, which are kept beside the events.
        text: ReviewTextId,
        /// Photos of the goods: hashes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        photos: Vec<String>,
    } = "review.changed";
    /// The seller answers.
    ReviewAnswered {
        /// The review of which line.
        line: LineId,
        /// His words, which are kept beside the events.
        text: ReviewTextId,
    } = "review.answered";
    /// Head office takes it off the product's page.
    ReviewHidden {
        /// The review of which line.
        line: LineId,
        /// Why.
        reason: HideReason,
    } = "review.hidden";
    /// It puts it back.
    ReviewShown {
        /// The review of which line.
        line: LineId,
    } = "review.shown";
    /// Goods and money are where they belong.
    ReturnCompleted {
        /// The return.
        claim: ClaimId,
        /// What its buyer owes less by it, where nobody paid at a counter.
        #[serde(default, skip_serializing_if = "Won::is_zero")]
        credited: Won,
    } = "return.completed";
    /// The buyer would like other goods instead.
    ExchangeRequested {
        /// The exchange.
        claim: ClaimId,
        /// Why.
        reason: ReturnReason,
        /// What they left in.
        fulfilment: FulfilmentId,
        /// Which and how many.
        units: Vec<LineUnits>,
        /// What he would like.
        wanted: VariantId,
        /// The day he would like them fetched.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pickup_on: Option<Date>,
        /// Photos that show why: hashes.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        photos: Vec<String>,
    } = "exchange.requested";
    /// He gets them, on these terms.
    ExchangeApproved {
        /// The exchange.
        claim: ClaimId,
        /// What goes back is goods of their own from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        goods: Option<FulfilmentId>,
        /// The terms.
        terms: Box<ExchangeTerms>,
    } = "exchange.approved";
    /// Nothing is to be paid for it any more: an order brings what was promised.
    ProductAdded {
        /// The exchange.
        claim: ClaimId,
        /// The order.
        replacement: OrderId,
        /// Where its units lie.
        pieces: Vec<Piece>,
    } = "exchange.product_added";
    /// What it costs more was paid, or what it costs less goes back.
    ExchangeSettled {
        /// The exchange.
        claim: ClaimId,
        /// What the order is worth less by it. What is charged is negative.
        back: Amounts,
    } = "exchange.settled";
    /// How far the order is that brings it.
    ReplacementMoved {
        /// The exchange.
        claim: ClaimId,
        /// How far.
        stage: ChildStage,
        /// Units that it brings.
        units: u32,
    } = "exchange.replacement_moved";
    /// The goods are back, and others are still on their way.
    ReplacementAwaited {
        /// The exchange.
        claim: ClaimId,
    } = "exchange.replacement_awaited";
    /// It cannot be supplied: the claim goes on as a return.
    ExchangeFailed {
        /// The exchange.
        claim: ClaimId,
        /// Why the money goes back.
        reason: ReturnReason,
    } = "exchange.failed";
    /// Both branches have ended (교환완료).
    ExchangeCompleted {
        /// The exchange.
        claim: ClaimId,
    } = "exchange.completed";
    /// A part goes by itself, to the same place, from the same warehouse, at no further cost.
    FulfilmentSplit {
        /// Of which.
        fulfilment: FulfilmentId,
        /// What the part is from now on.
        into: FulfilmentId,
        /// What is in it.
        units: Vec<LineUnits>,
    } = "fulfilment.split";
    /// The seller started: the buyer's cut-off.
    FulfilmentPreparing {
        /// Which.
        fulfilment: FulfilmentId,
    } = "fulfilment.preparing";
    /// Own units were put on its lines.
    AllocationMade {
        /// Which.
        fulfilment: FulfilmentId,
        /// From where.
        pieces: Vec<Piece>,
    } = "allocation.made";
    /// Own units are not put on its lines any more.
    AllocationUndone {
        /// Which.
        fulfilment: FulfilmentId,
    } = "allocation.undone";
    /// The seller said which units go, by their numbers; none when he took that back.
    UnitsNamed {
        /// Which.
        fulfilment: FulfilmentId,
        /// As many as there are.
        units: Vec<NamedUnit>,
    } = "fulfilment.units_named";
    /// Every unit has a source.
    FulfilmentSourced {
        /// Which.
        fulfilment: FulfilmentId,
    } = "fulfilment.sourced";
    /// All decisions are made; our upstream orders are placed and watched.
    FulfilmentPurchaseOrdered {
        /// Which.
        fulfilment: FulfilmentId,
    } = "fulfilment.purchase_ordered";
    /// All upstream orders are done.
    FulfilmentPurchaseCompleted {
        /// Which.
        fulfilment: FulfilmentId,
    } = "fulfilment.purchase_completed";
    /// It will not leave.
    FulfilmentCancelled {
        /// Which.
        fulfilment: FulfilmentId,
    } = "fulfilment.cancelled";
    /// Units were ordered at a partner.
    ChildAdded {
        /// The child order.
        child: OrderId,
        /// For which goods.
        fulfilment: FulfilmentId,
        /// Which and how many.
        units: LineUnits,
        /// The partner sends them straight to the customer.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        drop_ship: bool,
    } = "order.child_added";
    /// What a partner sends straight to the customer has left him: it is the seller's own from here.
    ChildTakenOver {
        /// Which child order.
        child: OrderId,
        /// As which goods.
        fulfilment: FulfilmentId,
        /// The units.
        pieces: Vec<Piece>,
    } = "order.child_taken_over";
    /// A child order went on.
    ChildMoved {
        /// Which.
        child: OrderId,
        /// How far it is.
        stage: ChildStage,
    } = "order.child_moved";
    /// A child order brings fewer units than it was placed for.
    ChildShort {
        /// Which.
        child: OrderId,
        /// How many fewer.
        quantity: Quantity,
        /// As which goods the missing ones are looked for, where the others go by themselves.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        apart: Option<FulfilmentId>,
    } = "order.child_short";
    /// Nothing more comes of a child order.
    ChildEnded {
        /// Which.
        child: OrderId,
    } = "order.child_ended";
    /// Units that nothing was found for are given up: they will not leave with these goods.
    SourcingFailed {
        /// Which goods.
        fulfilment: FulfilmentId,
        /// Which and how many.
        units: LineUnits,
    } = "fulfilment.sourcing_failed";
    /// Units were bought outside the chain and are here.
    ReceiptRecorded {
        /// What was kept of it.
        receipt: ReceiptId,
        /// For which goods.
        fulfilment: FulfilmentId,
        /// The units.
        pieces: Vec<Piece>,
        /// What they cost together.
        amount: Won,
        /// When they were bought.
        on: Date,
    } = "receipt.recorded";
    /// A receipt was a mistake: its units were never here.
    ReceiptVoided {
        /// Which.
        receipt: ReceiptId,
        /// For which goods.
        fulfilment: FulfilmentId,
        /// The units.
        pieces: Vec<Piece>,
    } = "receipt.voided";
    /// A picture of a receipt is kept. One that was kept before stays too.
    ReceiptAttached {
        /// Which.
        receipt: ReceiptId,
        /// The picture's name.
        photo: String,
    } = "receipt.attached";
    /// What a store bought is on its shelf.
    PurchaseReceived {
        /// Where.
        warehouse: WarehouseId,
        /// What it is called there.
        variant: VariantId,
        /// How many.
        quantity: Quantity,
    } = "purchase.received";
    /// The buyer said when somebody should come.
    VisitWished {
        /// When.
        visit: Visit,
    } = "installer.visit_wished";
    /// The buyer said what the place is like where goods are to be put up, and was told what a visit in vain costs.
    SiteDescribed {
        /// How it is.
        site: Site,
    } = "installation.site_described";
    /// Somebody was asked to put goods up.
    InstallerAssigned {
        /// The installation order.
        installation: OrderId,
        /// Which goods.
        fulfilment: FulfilmentId,
        /// Whom.
        installer: PartyId,
    } = "installer.assigned";
    /// He will.
    InstallerAccepted {
        /// The installation order.
        installation: OrderId,
    } = "installer.accepted";
    /// He will not.
    InstallerDeclined {
        /// The installation order.
        installation: OrderId,
        /// Why.
        reason: DeclineReason,
    } = "installer.declined";
    /// He is not needed any more.
    InstallerUnassigned {
        /// The installation order.
        installation: OrderId,
        /// What he gets for having come: nobody was there time after time.
        #[serde(default, skip_serializing_if = "Won::is_zero")]
        call_out: Won,
    } = "installer.unassigned";
    /// He comes then.
    InstallerScheduled {
        /// The installation order.
        installation: OrderId,
        /// When.
        visit: Visit,
    } = "installer.scheduled";
    /// He does not come when he said.
    InstallerRescheduled {
        /// The installation order.
        installation: OrderId,
    } = "installer.rescheduled";
    /// He is on his way.
    InstallerDeparted {
        /// The installation order.
        installation: OrderId,
    } = "installer.departed";
    /// Nobody was there: he keeps the goods and comes again.
    InstallerMissedBuyer {
        /// The installation order.
        installation: OrderId,
    } = "installer.missed_buyer";
    /// The goods are at the buyer's (설치자 배송완료).
    InstallerDelivered {
        /// The installation order.
        installation: OrderId,
    } = "installer.delivered";
    /// The goods are up (설치완료).
    InstallationCompleted {
        /// The installation order.
        installation: OrderId,
        /// Which goods.
        fulfilment: FulfilmentId,
        /// What stands on them.
        serials: Vec<SerialNumber>,
        /// What shows how they were put up.
        #[serde(default, skip_serializing_if = "PutUp::is_nothing")]
        shown: PutUp,
    } = "installation.completed";
    /// They cannot be put up: they go back.
    InstallationImpossible {
        /// The installation order.
        installation: OrderId,
        /// Which goods.
        fulfilment: FulfilmentId,
        /// Why.
        cause: ImpossibleCause,
        /// What the installer gets for having come.
        call_out: Won,
    } = "installation.impossible";
    /// The installer asks to be paid for more than was bought.
    ExtraProposed(Box<Extra>) = "extra_charge.proposed";
    /// The buyer agreed, and paid.
    ExtraApproved {
        /// Which.
        extra: ExtraId,
    } = "extra_charge.approved";
    /// The buyer said no.
    ExtraRefused {
        /// Which.
        extra: ExtraId,
    } = "extra_charge.refused";
    /// The buyer said nothing.
    ExtraLapsed {
        /// Which.
        extra: ExtraId,
    } = "extra_charge.lapsed";
    /// The installer does not ask any more.
    ExtraWithdrawn {
        /// Which.
        extra: ExtraId,
    } = "extra_charge.withdrawn";
    /// It will not be done: the order is worth less by what was paid for it.
    ExtraGivenBack {
        /// Which.
        extra: ExtraId,
        /// How much.
        amount: Won,
    } = "extra_charge.given_back";
    /// The installer has them.
    HandedOver {
        /// Which.
        fulfilment: FulfilmentId,
    } = "outbound.handed_over";
    /// The WMS was asked to send it.
    OutboundRequested {
        /// Which.
        fulfilment: FulfilmentId,
        /// 1 is most urgent.
        priority: u8,
    } = "outbound.requested";
    /// The WMS is at it.
    OutboundStarted {
        /// Which.
        fulfilment: FulfilmentId,
        /// When it should leave.
        expected: Option<Date>,
    } = "outbound.started";
    /// It left.
    OutboundCompleted {
        /// Which.
        fulfilment: FulfilmentId,
        /// The carrier.
        carrier: String,
        /// The tracking number.
        tracking: String,
    } = "outbound.completed";
    /// The WMS could not send it (ERR-ORD-004).
    OutboundFailed {
        /// Which.
        fulfilment: FulfilmentId,
    } = "outbound.failed";
    /// The carrier saw it.
    DeliveryStatusChanged {
        /// Which.
        fulfilment: FulfilmentId,
        /// As what.
        status: CarrierStatus,
        /// Where.
        place: String,
        /// When.
        at: Time,
    } = "delivery.status_changed";
    /// The buyer has it.
    DeliveryCompleted {
        /// Which.
        fulfilment: FulfilmentId,
        /// Where.
        place: String,
        /// When.
        at: Time,
    } = "delivery.completed";
    /// The buyer was not there, or the address is wrong (ERR-ORD-005).
    DeliveryFailed {
        /// Which.
        fulfilment: FulfilmentId,
        /// The carrier's word.
        place: String,
        /// When.
        at: Time,
    } = "delivery.failed";
    /// The first goods are on the road.
    OrderDeliveryStarted() = "order.delivery_started";
    /// The buyer has everything.
    OrderDelivered() = "order.delivered";
    /// The order ended well.
    OrderCompleted {
        /// By whom.
        by: CompletedBy,
    } = "order.completed";
}
