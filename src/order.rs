//! An order: one agreement between a buyer and a seller, a node of the order tree.
//!
//! An [`Order`] is nothing but its events, folded. [`Order::decide`] answers a command with events or a refusal,
//! [`Order::apply`] is the only way the state changes, and both are pure.

mod apply;
mod claim;
pub mod command;
mod decide;
pub mod event;
mod exchange;
mod extra;
mod goodwill;
mod installation;
pub mod machines;
mod place;
mod purchase;
mod review;
pub mod status;
mod tree;

pub use claim::{
    Claim, ClaimWay, Collects, Condition, Fault, Fetcher, PassedOn, Pickup, PickupFact, RejectReason, TakenDown, check_pickup_day, collection,
};
pub use command::{CarrierFact, CarrierStatus, Offer, OrderCommand, PaymentOutcome, Receipt, RefundAccount};
pub use decide::{Destination, Facts, OnOffer};
pub use event::{
    CancelCause, CompletedBy, DeclineCause, Event, LineUnits, PaymentMethod, Placed, RefundReason, ReturnReason, SellerReason, ShortageAnswer,
};
pub use exchange::{Exchange, ExchangeTerms, ExchangeWay, replacement};
pub use extra::{Extra, ExtraRow, ExtraWish, ExtraWork};
pub use goodwill::{Goodwill, GoodwillReason};
pub use installation::{
    Ahead, Assignment, Candidate, Check, Crew, DeclineReason, Half, ImpossibleCause, Installs, Job, PutUp, Site, SiteAnswer, SiteAnswers, Visit,
    installation,
};
pub use machines::{AttemptState, CollectionState, ExtraState, Front, FulfilmentState, InstallationState, ReturnState, ShortageState};
pub use place::{OnShortage, Placement, PlacementLine, place};
pub use purchase::{Inbound, Parcel, PartnerOffer, Purchase, purchase};
pub use review::{HideReason, Review, ReviewStanding, Stars};
pub use status::{Board, Status, Waits};
pub use tree::{ChildStage, EndCost, Standing};

use crate::{
    actor::{Actor, Chair},
    catalogue::Supply,
    ids::{
        AccountId, AttemptId, ClaimId, ContactId, DifferenceId, ExtraId, FulfilmentId, LineId, OrderId, OrderNumber, PartyId, ProductId, ReceiptId,
        RefundAccountId, RefundId, ShortageId, VariantId, WarehouseId,
    },
    money::Won,
    pricing::{Amounts, Shares},
    promotion::CouponOn,
    quantity::Quantity,
    stock::Piece,
    text::{SerialNumber, Words},
    time::{Date, Time},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What kind of agreement a node is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Kind {
    /// Customer buys from a store.
    Sale,
    /// Store buys from an approved store.
    Purchase,
    /// Store orders an installer.
    Installation,
    /// Something is picked up for a claim.
    Collection,
    /// What a customer gets in an exchange.
    Replacement,
}

impl Kind {
    /// The name in rows and interfaces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sale => "Sale",
            Self::Purchase => "Purchase",
            Self::Installation => "Installation",
            Self::Collection => "Collection",
            Self::Replacement => "Replacement",
        }
    }
}

/// How goods reach the buyer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A carrier brings them.
    Parcel,
    /// An installer puts them up.
    Installed,
}

/// One line: what was ordered at which frozen price.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Line {
    /// Its identity.
    pub id: LineId,
    /// The product.
    pub product: ProductId,
    /// The option.
    pub variant: VariantId,
    /// The product's name as it was at placement.
    pub title: Words,
    /// The option's name as it was at placement.
    pub option: Words,
    /// Units ordered.
    pub quantity: Quantity,
    /// Price of one unit at placement.
    pub unit_price: Won,
    /// The line's frozen shares.
    pub shares: Shares,
    /// Where the units come from.
    pub supply: Supply,
    /// How they reach the buyer.
    pub method: Method,
    /// What putting up one unit costs.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub installation: Won,
    /// The day a pre-order was promised to leave by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_by: Option<Date>,
}

/// One attempt to pay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Attempt {
    /// Its identity.
    pub id: AttemptId,
    /// 1 for the first attempt.
    pub nth: u32,
    /// How.
    pub method: PaymentMethod,
    /// How much.
    pub amount: Won,
    /// Where it stands.
    pub state: AttemptState,
    /// When it was requested.
    pub requested_at: Time,
    /// The PSP's key once the buyer has agreed there.
    pub payment_key: Option<String>,
    /// The account to pay into.
    pub deposit: Option<Deposit>,
    /// Why it was declined.
    pub declined: Option<DeclineCause>,
    /// The order was cancelled while the PSP was being asked: what comes of it goes back.
    pub void_requested: bool,
    /// It pays for a change of a paid order and not for the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<DifferenceId>,
}

impl Attempt {
    /// The order id the PSP knows the attempt by.
    pub fn psp_order(&self, number: &OrderNumber) -> String {
        format!("{number}-{}", self.nth)
    }
    /// Whether the PSP may still answer.
    pub fn is_open(&self) -> bool {
        matches!(self.state, AttemptState::Requested | AttemptState::WaitingDeposit)
    }
}

/// A virtual account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Deposit {
    /// The bank's name or code.
    pub bank: String,
    /// The account number.
    pub account: String,
    /// Until when.
    pub due: Time,
}

/// An amount on its way back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refund {
    /// Its identity.
    pub id: RefundId,
    /// The attempt that paid it.
    pub attempt: AttemptId,
    /// How much.
    pub amount: Won,
    /// Why.
    pub reason: RefundReason,
    /// When it was promised.
    pub requested_at: Time,
    /// When the PSP confirmed it.
    pub completed_at: Option<Time>,
}

/// Units of a line in a fulfilment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FulfilmentLine {
    /// The line.
    pub line: LineId,
    /// The variant.
    pub variant: VariantId,
    /// Units.
    pub quantity: Quantity,
}

impl From<Piece> for FulfilmentLine {
    fn from(piece: Piece) -> Self {
        Self { line: piece.line, variant: piece.variant, quantity: piece.quantity }
    }
}

/// Where units of a fulfilment come from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Source {
    /// Own stock.
    Allocation {
        /// The line.
        line: LineId,
        /// Units.
        quantity: Quantity,
        /// The warehouse.
        warehouse: WarehouseId,
    },
    /// A line of a purchase order at a partner.
    ChildPurchase {
        /// The line.
        line: LineId,
        /// Units.
        quantity: Quantity,
        /// The child order.
        order: OrderId,
        /// How far it is.
        stage: ChildStage,
        /// The partner sends it straight to the customer.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        drop_ship: bool,
    },
    /// Bought outside the chain.
    Receipt {
        /// The line.
        line: LineId,
        /// Units.
        quantity: Quantity,
        /// What was kept of it.
        receipt: ReceiptId,
    },
}

impl Source {
    /// The line that the units are for.
    pub fn line(&self) -> LineId {
        match self {
            Self::Allocation { line, .. } | Self::ChildPurchase { line, .. } | Self::Receipt { line, .. } => *line,
        }
    }
    /// How many units come from here.
    pub fn quantity(&self) -> Quantity {
        match self {
            Self::Allocation { quantity, .. } | Self::ChildPurchase { quantity, .. } | Self::Receipt { quantity, .. } => *quantity,
        }
    }
    /// The same for another number of units.
    #[must_use]
    pub(crate) fn of(&self, units: Quantity) -> Self {
        let mut part = self.clone();
        match &mut part {
            Self::Allocation { quantity, .. } | Self::ChildPurchase { quantity, .. } | Self::Receipt { quantity, .. } => *quantity = units,
        }
        part
    }
    /// Whether a child order brings them.
    pub fn comes_of(&self, child: OrderId) -> bool {
        matches!(self, Self::ChildPurchase { order, .. } if *order == child)
    }
    /// Whether the units are still with a partner; those that he sends straight to the customer are never here.
    pub fn is_under_way(&self) -> bool {
        matches!(self, Self::ChildPurchase { stage, drop_ship, .. } if *drop_ship || *stage != ChildStage::Received)
    }
}

/// One unit of goods, known by its maker's number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NamedUnit {
    /// The line it is for.
    pub line: LineId,
    /// What stands on it.
    pub serial: SerialNumber,
}

/// Goods that leave together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Fulfilment {
    /// Its identity.
    pub id: FulfilmentId,
    /// Where it stands.
    pub state: FulfilmentState,
    /// How it travels.
    pub method: Method,
    /// The warehouse the hold picked.
    pub warehouse: WarehouseId,
    /// What is in it.
    pub lines: Vec<FulfilmentLine>,
    /// Where the units come from.
    pub sources: Vec<Source>,
    /// Units that are neither ours nor under way: somebody has to find them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unsourced: Vec<LineUnits>,
    /// Those of them that were sold to order and that no partner was asked for yet: nobody failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to_buy: Vec<LineUnits>,
    /// Which units they are, where the seller said so: all of them until they leave. What left and is split is among these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<NamedUnit>,
    /// Requested at the WMS.
    pub outbound_requested_at: Option<Time>,
    /// The WMS's answer.
    pub expected_ship_date: Option<Date>,
    /// The carrier.
    pub carrier: Option<String>,
    /// The tracking number.
    pub tracking: Option<String>,
    /// The carrier's facts so far.
    pub facts: Vec<CarrierFact>,
    /// Left the warehouse.
    pub shipped_at: Option<Time>,
    /// Reached the buyer.
    pub delivered_at: Option<Time>,
    /// Deliveries that failed.
    pub failures: u32,
    /// The day of the next try, if somebody chose one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redeliver_on: Option<Date>,
    /// The WMS is asked to stop: nothing else happens to these goods until it has answered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stopping: bool,
    /// Its goods are still to come: the day they were promised to leave by. Nothing is prepared until they are here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<Date>,
    /// That day went by.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overdue: bool,
    /// Who puts the goods up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installer: Option<Assignment>,
    /// When they were up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_at: Option<Time>,
}

impl Fulfilment {
    /// The units as the stock ledger moves them.
    pub fn pieces(&self) -> Vec<Piece> {
        self.lines
            .iter()
            .map(|line| Piece {
                line: line.line,
                variant: line.variant.clone(),
                warehouse: self.warehouse,
                quantity: line.quantity,
                supply: self.supply(),
            })
            .collect()
    }
    /// What its units count against. Once they are prepared, goods sold to order are goods like others, however few of them are here.
    fn supply(&self) -> Supply {
        match self.promised {
            Some(_) => Supply::PreOrder,
            None if self.state == FulfilmentState::Planned && !self.to_buy.is_empty() => Supply::ToOrder,
            None => Supply::Stocked,
        }
    }
    /// Whether its goods are still to come, and it waits for them.
    pub fn is_to_come(&self) -> bool {
        self.promised.is_some() && self.is_live()
    }
    /// The carrier's facts that are not known yet. Whoever told of a failure knew what was before it, so nothing from before the
    /// last one is news.
    pub fn news<'a>(&self, seen: &'a [CarrierFact]) -> impl Iterator<Item = &'a CarrierFact> {
        let known = |fact: &CarrierFact| {
            let told = |known: &CarrierFact| known.status == fact.status && known.at == fact.at;
            self.facts.iter().any(|known| told(known) || known.status == CarrierStatus::Failed && known.at > fact.at)
        };
        seen.iter().filter(move |fact| !known(fact))
    }
    /// Units of a line that a partner was asked for and that are not here yet.
    pub fn units_under_way(&self, line: LineId) -> u32 {
        self.sources.iter().filter(|source| source.line() == line && source.is_under_way()).map(Source::quantity).sum()
    }
    /// Units of a line that have a source.
    pub fn units_sourced(&self, line: LineId) -> u32 {
        self.sources.iter().filter(|source| source.line() == line).map(Source::quantity).sum()
    }
    /// Whether somebody has the job of putting them up, or nobody has to.
    pub fn has_installer(&self) -> bool {
        self.method == Method::Parcel || self.assignment().is_some()
    }
    /// The installer's job, unless he gave it up.
    pub fn assignment(&self) -> Option<&Assignment> {
        self.installer.as_ref().filter(|given| given.state.is_live())
    }
    /// Whether the installer has said when he comes, and can be given the goods.
    pub fn is_scheduled(&self) -> bool {
        self.assignment().is_some_and(|given| given.state == InstallationState::Scheduled)
    }
    /// Whether every unit has a source.
    pub fn is_sourced(&self) -> bool {
        self.lines.iter().all(|line| self.units_sourced(line.line) >= line.quantity.get())
    }
    /// Its units one by one, in the order of its lines.
    pub fn each_unit(&self) -> impl Iterator<Item = &FulfilmentLine> {
        self.lines.iter().flat_map(|line| std::iter::repeat_n(line, line.quantity.get() as usize))
    }
    /// The numbers that units of a line are known by.
    pub fn serials_of(&self, line: LineId) -> impl Iterator<Item = &SerialNumber> {
        self.named.iter().filter(move |unit| unit.line == line).map(|unit| &unit.serial)
    }
    /// Whether every unit lies here, or did when it left.
    pub fn is_here(&self) -> bool {
        self.is_sourced() && !self.sources.iter().any(Source::is_under_way)
    }
    /// Whether a partner sends units that nobody can take back any more. What left him straight for the customer is no business
    /// between stores any more.
    pub fn is_bound(&self) -> bool {
        let sends = |source: &Source| matches!(source, Source::ChildPurchase { stage: ChildStage::Sending | ChildStage::Delivered, .. });
        !(self.is_drop_ship() && self.shipped_at.is_some()) && self.sources.iter().any(sends)
    }
    /// Whether a partner sends them straight to the customer; then he sends all of them, in one parcel.
    pub fn is_drop_ship(&self) -> bool {
        self.sources.iter().any(|source| matches!(source, Source::ChildPurchase { drop_ship: true, .. }))
    }
    /// Units of a line that nothing was found for.
    pub fn units_unsourced(&self, line: LineId) -> u32 {
        self.unsourced.iter().filter(|units| units.line == line).map(|units| units.quantity).sum()
    }
    /// Units of a line that were sold to order and that no partner was asked for yet.
    pub fn units_to_buy(&self, line: LineId) -> u32 {
        self.to_buy.iter().filter(|units| units.line == line).map(|units| units.quantity).sum()
    }
    /// Whether units that were thought to be here or on their way are not: who was to bring them failed.
    pub fn lacks_goods(&self) -> bool {
        self.unsourced.iter().any(|units| units.quantity.get() > self.units_to_buy(units.line))
    }
    /// What lies in our own warehouse for it, as the stock ledger moves it.
    pub fn pieces_here(&self) -> Vec<Piece> {
        let here = |piece: Piece| {
            let elsewhere = self.units_under_way(piece.line) + self.units_unsourced(piece.line);
            Some(Piece { quantity: Quantity::new(piece.quantity.get().saturating_sub(elsewhere))?, ..piece })
        };
        self.pieces().into_iter().filter_map(here).collect()
    }
    /// How many units are in it.
    pub fn units(&self) -> u32 {
        self.lines.iter().map(|line| line.quantity).sum()
    }
    /// Whether it still counts for the order's status.
    pub fn is_live(&self) -> bool {
        !matches!(self.state, FulfilmentState::Cancelled | FulfilmentState::Returned)
    }
    /// Since when the buyer has all of it, ready to be used.
    pub fn received_at(&self) -> Option<Time> {
        self.is_received().then(|| self.installed_at.or(self.delivered_at)).flatten()
    }
    /// Whether the buyer has all of it.
    pub fn is_received(&self) -> bool {
        match self.method {
            Method::Parcel => self.state == FulfilmentState::Delivered,
            Method::Installed => self.state == FulfilmentState::Installed,
        }
    }
}

/// A missing quantity.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Shortage {
    /// Its identity.
    pub id: ShortageId,
    /// The line.
    pub line: LineId,
    /// Units missing.
    pub quantity: Quantity,
    /// Where it stands.
    pub state: machines::ShortageState,
    /// When it was found.
    pub raised_at: Time,
    /// When the buyer was asked last.
    pub asked_at: Time,
    /// What the seller would send instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<Proposal>,
}

/// What a seller would send instead of missing units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Proposal {
    /// The option.
    pub variant: VariantId,
    /// It costs no more than what it stands in for: the seller bears the difference.
    pub waived: bool,
}

/// Another line in the place of missing units.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Swap {
    /// The missing units.
    pub shortage: ShortageId,
    /// What the order is worth less without them, fees untouched.
    pub back: Amounts,
    /// What comes in their place, at today's price, with the coupon, tier and points shares of what it stands in for.
    pub line: Line,
}

impl Swap {
    /// What the order costs more in money; negative when it costs less.
    pub fn dearer_by(&self) -> Won {
        Amounts::of_shares([self.line.shares]).payable() - self.back.payable()
    }
}

/// What a difference is paid for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Change {
    /// Other goods instead of missing ones.
    Swap(Box<Swap>),
    /// An address that costs the island surcharge.
    Address {
        /// Where.
        contact: ContactId,
        /// The postcode.
        postcode: String,
        /// The island surcharge from then on.
        island: Won,
    },
    /// Work on site that was not bought.
    Extra {
        /// Which.
        extra: ExtraId,
    },
    /// Other goods for those the buyer has, or something more.
    Exchange {
        /// Which exchange.
        claim: ClaimId,
    },
}

/// A change of a paid order that costs more than was paid: it counts once the difference is paid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Difference {
    /// Its identity.
    pub id: DifferenceId,
    /// The change.
    pub change: Change,
    /// How much is due.
    pub amount: Won,
    /// Until when; the units of a swap are held as long.
    pub until: Time,
}

impl Shortage {
    /// Whether units are still owed.
    pub fn is_live(&self) -> bool {
        matches!(self.state, ShortageState::Open | ShortageState::Waiting)
    }
}

/// Units of a line that were taken out of the order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Cancellation {
    /// Which and how many.
    pub units: LineUnits,
    /// Who or what.
    pub cause: CancelCause,
    /// When.
    pub at: Time,
}

/// An address that counts once the warehouse has stopped what it was sending.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Readdressing {
    /// Where it shall go.
    pub contact: ContactId,
    /// The postcode.
    pub postcode: String,
    /// What the warehouse was asked to stop.
    pub fulfilments: Vec<FulfilmentId>,
}

/// The state of one node of the order tree.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Order {
    /// Its identity.
    pub id: OrderId,
    /// Events folded into it.
    pub version: u32,
    /// What buyer and shop call it.
    pub number: OrderNumber,
    /// What kind of agreement.
    pub kind: Kind,
    /// The first node of its tree.
    pub root: OrderId,
    /// The node it was born from.
    pub parent: Option<OrderId>,
    /// Who pays.
    pub buyer: PartyId,
    /// Who delivers.
    pub seller: PartyId,
    /// The book it was placed under.
    pub policy: u32,
    /// When it was placed.
    pub placed_at: Time,
    /// The channel's account and its own number: `{account}:{number}`.
    pub external: Option<String>,
    /// Where it goes.
    pub contact: ContactId,
    /// The postcode it goes to.
    pub postcode: String,
    /// What a store does with what it buys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbound: Option<Inbound>,
    /// Where the front machine stands.
    pub front: Front,
    /// What was ordered.
    pub lines: Vec<Line>,
    /// The price table of what is still ordered.
    pub amounts: Amounts,
    /// What shipping costs when it is not free.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub shipping_base: Won,
    /// The coupon it was placed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<CouponOn>,
    /// Points promised to it while it is not paid.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub points_held: Won,
    /// Points it was paid with and has not given back.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub points_used: Won,
    /// Points the buyer got for it, less those of what came back.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub points_earned: Won,
    /// What it counts for in its buyer's month.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub counted: Won,
    /// Units taken out again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancellations: Vec<Cancellation>,
    /// Units held before payment.
    pub held: Vec<Piece>,
    /// Until when.
    pub held_until: Option<Time>,
    /// Units committed and not yet dispatched.
    pub committed: Vec<Piece>,
    /// Attempts to pay, oldest first.
    pub attempts: Vec<Attempt>,
    /// When the buyer proved who he is, and until when that counts.
    pub identity_until: Option<Time>,
    /// When the first attempt failed.
    pub first_failed_at: Option<Time>,
    /// Money captured.
    pub paid: Won,
    /// Money on its way back or back.
    pub refunds: Vec<Refund>,
    /// Where money goes that was paid into a virtual account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_account: Option<RefundAccountId>,
    /// What comes back, or came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// What the seller would give for something that went wrong, while it waits for a second person's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goodwill: Option<Goodwill>,
    /// What the buyer says of goods that he keeps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<Review>,
    /// He was asked for it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub review_asked: bool,
    /// Missing quantities.
    pub shortages: Vec<Shortage>,
    /// Goods that leave together.
    pub fulfilments: Vec<Fulfilment>,
    /// Confirmed at.
    pub confirmed_at: Option<Time>,
    /// Everything with the buyer since.
    pub delivered_at: Option<Time>,
    /// Completed at.
    pub completed_at: Option<Time>,
    /// Why it was cancelled.
    pub cancelled: Option<CancelCause>,
    /// It waits for an address that something can be sent to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub address_needed: bool,
    /// A change that waits for its difference to be paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
    /// Another address waits for the warehouse's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub readdressing: Option<Readdressing>,
    /// A cancel waits for the warehouse's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelling: Option<CancelCause>,
    /// When the buyer would like somebody to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wished: Option<Visit>,
    /// The place where goods are to be put up, as the buyer described it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Site>,
    /// The installer's job, of an installation order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<Job>,
    /// The fetching of goods, of a collection order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup: Option<Pickup>,
    /// Work on site that was not bought: as its installer asked for it, and as the order above knows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extras: Vec<Extra>,
    /// When its state last moved.
    pub moved_at: Time,
}

impl Order {
    /// The account of the channel it was placed through: the first part of [`Self::external`].
    pub fn channel(&self) -> Option<AccountId> {
        self.external.as_deref()?.split_once(':')?.0.parse().ok()
    }

    /// The chair an actor has at this order, if any.
    pub fn chair(&self, actor: &Actor) -> Option<Chair> {
        match actor {
            Actor::System => Some(Chair::System),
            Actor::Admin { .. } => Some(Chair::Admin),
            Actor::Nobody => None,
            // A channel answers for the orders it placed, whoever the customer is, and for no others.
            Actor::Channel { account } => (self.channel() == Some(*account)).then_some(Chair::Buyer),
            Actor::Guest { .. } | Actor::Customer { .. } | Actor::Staff { .. } | Actor::Installer { .. } => {
                let party = actor.party()?;
                if party == self.buyer {
                    Some(Chair::Buyer)
                } else if party == self.seller {
                    Some(Chair::Seller)
                } else {
                    None
                }
            }
        }
    }

    /// Whether the buyer owes for it instead of paying first: what stores order of each other and of installers (01 §1 Store).
    pub fn is_on_credit(&self) -> bool {
        matches!(self.kind, Kind::Purchase | Kind::Installation | Kind::Collection)
    }

    /// Whether units are missing, for the buyer or only for the seller so far.
    pub fn lacks_goods(&self) -> bool {
        self.is_short() || self.fulfilments.iter().any(|goods| goods.is_live() && goods.lacks_goods())
    }

    /// The fulfilment of an id.
    pub fn fulfilment(&self, id: FulfilmentId) -> Option<&Fulfilment> {
        self.fulfilments.iter().find(|fulfilment| fulfilment.id == id)
    }

    /// The attempt of an id.
    pub fn attempt(&self, id: AttemptId) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.id == id)
    }
    /// Whether an attempt pays for a change of the paid order and not for the order.
    pub fn pays_change(&self, attempt: AttemptId) -> bool {
        self.attempt(attempt).is_some_and(|attempt| attempt.difference.is_some())
    }

    /// The attempt that the PSP may still answer.
    pub fn open_attempt(&self) -> Option<&Attempt> {
        self.attempts.iter().rev().find(|attempt| attempt.is_open())
    }

    /// The line of an id.
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// Units that are known by their numbers and have not come back: no other order of the seller's can be sent them.
    pub fn named_units(&self) -> BTreeSet<(&VariantId, &str)> {
        let units = self.fulfilments.iter().flat_map(|goods| &goods.named);
        units.filter_map(|unit| Some((&self.line(unit.line)?.variant, unit.serial.as_str()))).collect()
    }

    /// Units of a line that were taken out again.
    pub fn cancelled_units(&self, line: LineId) -> u32 {
        self.cancellations.iter().filter(|gone| gone.units.line == line).map(|gone| gone.units.quantity).sum()
    }

    /// Units of a line that are still ordered.
    pub fn live_units(&self, line: &Line) -> u32 {
        line.quantity.get().saturating_sub(self.cancelled_units(line.id))
    }

    /// Units of a line that may still be taken out: held before payment, planned after it.
    pub fn cancellable_units(&self, line: &Line) -> u32 {
        if self.confirmed_at.is_none() {
            return self.live_units(line);
        }
        let planned = self.fulfilments.iter().filter(|goods| goods.state == FulfilmentState::Planned);
        planned.flat_map(|goods| &goods.lines).filter(|planned| planned.line == line.id).map(|planned| planned.quantity).sum()
    }

    /// Units of a line that are owed and cannot be had.
    pub fn missing_units(&self, line: LineId) -> u32 {
        self.shortages.iter().filter(|shortage| shortage.is_live() && shortage.line == line).map(|shortage| shortage.quantity).sum()
    }

    /// Whether units are owed that cannot be had.
    pub fn is_short(&self) -> bool {
        self.shortages.iter().any(Shortage::is_live)
    }

    /// The shortage of an id.
    pub fn shortage(&self, id: ShortageId) -> Option<&Shortage> {
        self.shortages.iter().find(|shortage| shortage.id == id)
    }

    /// Money that went back or is on its way back.
    pub fn refunded(&self) -> Won {
        self.refunds.iter().map(|refund| refund.amount).sum()
    }

    /// What goes back to somebody who paid into a virtual account, and cannot go the way it came: the bank has to know where to.
    pub fn refunds_by_bank(&self) -> impl Iterator<Item = &Refund> {
        let deposited = |id| self.attempt(id).is_some_and(|attempt| attempt.method == PaymentMethod::VirtualAccount);
        self.refunds.iter().filter(move |refund| refund.completed_at.is_none() && deposited(refund.attempt))
    }

    /// Whether its buyer has to say where his money shall go.
    pub fn needs_refund_account(&self) -> bool {
        self.refund_account.is_none() && self.refunds_by_bank().next().is_some()
    }

    /// What has to be paid now: the order, or the difference of a change.
    pub fn due(&self) -> Won {
        self.difference.as_ref().map_or(self.amounts.payable(), |difference| difference.amount)
    }

    /// How often the buyer's payment of what is due failed.
    pub fn payment_failures(&self) -> u32 {
        let due = self.difference.as_ref().map(|difference| difference.id);
        let failed = |attempt: &&Attempt| attempt.difference == due && matches!(attempt.state, AttemptState::Declined | AttemptState::TimedOut);
        self.attempts.iter().filter(failed).count() as u32
    }

    /// Whether the buyer can still cancel alone: nothing has been started for him yet.
    pub fn is_before_cut_off(&self) -> bool {
        let untouched = |goods: &Fulfilment| matches!(goods.state, FulfilmentState::Planned | FulfilmentState::Cancelled);
        !self.is_replaced() && self.fulfilments.iter().all(untouched)
    }
}
