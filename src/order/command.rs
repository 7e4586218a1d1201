//! What can be asked of an order, and by whom. One list: buttons, interface names, permissions and tests come from it.

use super::{
    Check, ChildStage, Claim, CollectionState, Condition, DeclineCause, DeclineReason, Deposit, ExchangeWay, Extra, ExtraWish, GoodwillReason,
    HideReason, ImpossibleCause, Job, LineUnits, Order, Parcel, PaymentMethod, PickupFact, RejectReason, ReturnReason, Review, SellerReason,
    ShortageAnswer, Stars, Visit,
    decide::{PICKUP_STEPS, STEPS},
};
use crate::{
    actor::Chair,
    command::ShipTo,
    ids::{AttemptId, ClaimId, ContactId, ExtraId, FulfilmentId, LineId, OrderId, PartyId, ReceiptId, RefundId, ShortageId, VariantId},
    money::Won,
    quantity::Quantity,
    text::{AccountNumber, BankName, BusinessNumber, ClaimNote, OutsideSeller, PersonName, ReviewText, SerialNumber},
    time::{Date, Time},
};
use serde::{Deserialize, Serialize};

/// What is kept of goods that were bought outside the chain; no order stands behind them (01 §2 PurchaseReceipt).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Receipt {
    /// Who sold them.
    pub seller: OutsideSeller,
    /// His business registration number.
    pub business_number: BusinessNumber,
    /// What they cost together, in won.
    pub amount: Won,
    /// When they were bought.
    pub on: Date,
}

/// What the PSP says of an attempt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum PaymentOutcome {
    /// Captured.
    Approved {
        /// The PSP's key.
        payment_key: String,
        /// How much.
        amount: Won,
    },
    /// An account waits for the money.
    DepositAwaited {
        /// The PSP's key.
        payment_key: String,
        /// The account.
        deposit: Deposit,
    },
    /// No.
    Declined {
        /// Why.
        cause: DeclineCause,
        /// The PSP's code.
        psp_code: String,
    },
    /// Nothing came in time, and the PSP holds nothing.
    TimedOut,
    /// What was captured is back.
    Voided,
}

/// What a carrier calls the place of a parcel in its journey.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CarrierStatus {
    /// Taken over from the warehouse.
    PickedUp,
    /// Between hubs.
    InTransit,
    /// On the van.
    OutForDelivery,
    /// Handed over.
    Delivered,
    /// Not handed over.
    Failed,
    /// On its way back.
    Returned,
}

/// One fact of the carrier.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CarrierFact {
    /// What.
    pub status: CarrierStatus,
    /// Where.
    pub place: String,
    /// When.
    pub at: Time,
}

macro_rules! commands {
    ($($(#[$doc:meta])* $variant:ident $body:tt = $name:literal by [$($chair:ident),*];)*) => {
        commands!(@enum [] $($(#[$doc])* $variant $body = $name;)*);

        impl OrderCommand {
            /// Every command with the chairs that may give it.
            pub const ALL: &'static [(&'static str, &'static [Chair])] = &[$(($name, &[$(Chair::$chair),*])),*];

            /// The name in interfaces, histories and the audit log.
            pub fn name(&self) -> &'static str {
                match self { $(commands!(@pattern $variant $body) => $name),* }
            }
        }
    };
    (@pattern $variant:ident ()) => { Self::$variant };
    (@pattern $variant:ident {$($inner:tt)*}) => { Self::$variant { .. } };
    (@enum [$($done:tt)*]) => {
        /// One command.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(tag = "command", rename_all = "kebab-case")]
        pub enum OrderCommand { $($done)* }
    };
    (@enum [$($done:tt)*] $(#[$doc:meta])* $variant:ident () = $name:literal; $($rest:tt)*) => {
        commands!(@enum [$($done)* $(#[$doc])* #[serde(rename = $name)] $variant,] $($rest)*);
    };
    (@enum [$($done:tt)*] $(#[$doc:meta])* $variant:ident $body:tt = $name:literal; $($rest:tt)*) => {
        commands!(@enum [$($done)* $(#[$doc])* #[serde(rename = $name)] $variant $body,] $($rest)*);
    };
}

commands! {
    /// Go to the PSP with this method.
    RequestPayment {
        /// How.
        method: PaymentMethod,
    } = "request-payment" by [Buyer];
    /// The buyer came back from the PSP with its key.
    AuthorisePayment {
        /// The attempt.
        attempt: AttemptId,
        /// The PSP's key.
        payment_key: String,
        /// What the PSP says was agreed.
        amount: Won,
    } = "authorise-payment" by [Buyer, System];
    /// The buyer came back from the PSP without having paid.
    CancelPayment {
        /// The attempt.
        attempt: AttemptId,
        /// What the PSP's page said.
        cause: DeclineCause,
        /// The PSP's code.
        psp_code: String,
    } = "cancel-payment" by [Buyer];
    /// End the order while nothing has been started for it.
    Cancel() = "cancel" by [Buyer];
    /// Take units out of the order while nothing has been started for them.
    CancelLines {
        /// Which.
        units: Vec<LineUnits>,
    } = "cancel-lines" by [Buyer];
    /// The seller cannot or will not deliver: everything goes back, whatever was started, until it is dispatched.
    SellerCancel {
        /// Why.
        reason: SellerReason,
    } = "seller-cancel" by [Seller, Admin];
    /// Say what becomes of missing units.
    ChooseShortage {
        /// Which.
        shortage: ShortageId,
        /// What.
        answer: ShortageAnswer,
    } = "choose-shortage" by [Buyer];
    /// Take other goods in the place of missing ones.
    Substitute {
        /// Instead of which units.
        shortage: ShortageId,
        /// What.
        variant: VariantId,
    } = "substitute" by [Buyer];
    /// Offer the buyer other goods in the place of missing ones.
    ProposeSubstitute {
        /// Instead of which units.
        shortage: ShortageId,
        /// What.
        variant: VariantId,
        /// At no higher price.
        #[serde(default)]
        waive: bool,
    } = "propose-substitute" by [Seller];
    /// Give up a change before its difference is paid.
    DropChange() = "drop-change" by [Buyer];
    /// Send a part of some goods by itself: at once what is there, the rest when it can be.
    SplitFulfilment {
        /// Of which goods.
        fulfilment: FulfilmentId,
        /// What goes by itself; something has to stay.
        units: Vec<LineUnits>,
    } = "split-fulfilment" by [Seller];
    /// Promised units are not there after all.
    ReportStockLoss {
        /// In which goods.
        fulfilment: FulfilmentId,
        /// Of which line.
        line: LineId,
        /// How many are missing.
        quantity: Quantity,
    } = "report-stock-loss" by [Seller];
    /// Undelivered goods are back.
    ReceiveBack {
        /// Which goods.
        fulfilment: FulfilmentId,
        /// They can be sold again.
        restock: bool,
    } = "receive-back" by [Seller];
    /// Send it elsewhere, as long as it has not left.
    ChangeAddress {
        /// Where.
        to: ShipTo,
    } = "change-address" by [Buyer];
    /// Say where it goes: the first address was none that something can be sent to.
    FixAddress {
        /// Where.
        to: ShipTo,
    } = "fix-address" by [Buyer];
    /// Bring it again on a day, to another place if the address was wrong.
    Redeliver {
        /// Which goods.
        fulfilment: FulfilmentId,
        /// When.
        on: Date,
        /// Where, if elsewhere.
        #[serde(default)]
        to: Option<ShipTo>,
    } = "redeliver" by [Buyer, Seller];
    /// Send goods back.
    RequestReturn {
        /// Which goods.
        fulfilment: FulfilmentId,
        /// Which units of them.
        units: Vec<LineUnits>,
        /// Why.
        reason: ReturnReason,
        /// The day they may be fetched.
        #[serde(default)]
        pickup_on: Option<Date>,
        /// The day something was found to be wrong with what he has; today, unless he says another.
        #[serde(default)]
        found_on: Option<Date>,
        /// What the buyer says beside the reason.
        #[serde(default)]
        note: Option<ClaimNote>,
    } = "request-return" by [Buyer];
    /// Keep the goods after all.
    WithdrawReturn {
        /// Which return.
        claim: ClaimId,
    } = "withdraw-return" by [Buyer];
    /// Take the goods back.
    ApproveReturn {
        /// Which return.
        claim: ClaimId,
    } = "approve-return" by [Seller, Admin];
    /// Do not take the goods back.
    RejectReturn {
        /// Which return.
        claim: ClaimId,
        /// Why.
        reason: RejectReason,
        /// What shows it: the buyer reads it.
        note: ClaimNote,
    } = "reject-return" by [Seller, Admin];
    /// Ask the buyer for more before saying yes or no.
    AskAboutReturn {
        /// Which return.
        claim: ClaimId,
        /// The question: the buyer reads it.
        note: ClaimNote,
    } = "ask-about-return" by [Seller, Admin];
    /// Answer what was asked, with the photos that were brought for it.
    AnswerAboutReturn {
        /// Which return.
        claim: ClaimId,
        /// The answer.
        note: ClaimNote,
    } = "answer-about-return" by [Buyer];
    /// The goods are here and somebody has looked at them.
    InspectReturn {
        /// Which return.
        claim: ClaimId,
        /// They can be sold again.
        restock: bool,
        /// The numbers on them, where they were put up.
        #[serde(default)]
        serials: Vec<SerialNumber>,
    } = "inspect-return" by [Seller, Admin];
    /// The goods are here and somebody has looked at them: the partner they were bought of is asked to take them back.
    PassReturnOn {
        /// Which return.
        claim: ClaimId,
        /// The numbers on them, where they were put up.
        #[serde(default)]
        serials: Vec<SerialNumber>,
    } = "pass-return-on" by [Seller, Admin];
    /// Something is here that the store would not pay back for: somebody else decides.
    DisputeReturn {
        /// Which return.
        claim: ClaimId,
        /// Why.
        reason: RejectReason,
        /// What shows it: the buyer reads it.
        note: ClaimNote,
        /// The numbers on what came, if it has any.
        #[serde(default)]
        serials: Vec<SerialNumber>,
    } = "dispute-return" by [Seller, Admin];
    /// Pay goods back that the buyer has and may keep.
    RefundWithoutGoods {
        /// Which return.
        claim: ClaimId,
    } = "refund-without-goods" by [Seller, Admin];
    /// Goods that were to go back to the store that sold them stay: on the shelf, or as scrap.
    PutAway {
        /// Which return.
        claim: ClaimId,
        /// They can be sold again.
        restock: bool,
    } = "put-away" by [Buyer];
    /// Agree to a refund that somebody else asked for.
    ApproveRefund {
        /// Of which return.
        claim: ClaimId,
    } = "approve-refund" by [Admin];
    /// Say where money shall go that was paid into a virtual account.
    GiveRefundAccount {
        /// Where.
        account: RefundAccount,
    } = "give-refund-account" by [Buyer];
    /// Have other goods instead.
    RequestExchange {
        /// Which goods.
        fulfilment: FulfilmentId,
        /// Which units of them: of one line.
        units: Vec<LineUnits>,
        /// Why.
        reason: ReturnReason,
        /// The option that the buyer would like.
        variant: VariantId,
        /// The day they may be fetched.
        #[serde(default)]
        pickup_on: Option<Date>,
        /// What the buyer says beside the reason.
        #[serde(default)]
        note: Option<ClaimNote>,
    } = "request-exchange" by [Buyer];
    /// Send others, or something more.
    ApproveExchange {
        /// Which exchange.
        claim: ClaimId,
        /// Which of the two.
        way: ExchangeWay,
        /// What comes.
        variant: VariantId,
        /// The seller bears what it costs.
        #[serde(default)]
        waive: bool,
    } = "approve-exchange" by [Seller, Admin];
    /// Do not agree to it: the goods came back, and nothing goes back for them.
    RejectRefund {
        /// Of which return.
        claim: ClaimId,
        /// Why.
        reason: RejectReason,
        /// What shows it: the buyer reads it.
        note: ClaimNote,
    } = "reject-refund" by [Admin];
    /// Give the buyer something back who keeps what he has.
    RefundGoodwill {
        /// How much, in won.
        amount: Won,
        /// What for.
        reason: GoodwillReason,
    } = "refund-goodwill" by [Seller, Admin];
    /// Agree to what somebody else would give.
    ApproveGoodwill() = "approve-goodwill" by [Admin];
    /// Do not agree to it.
    RejectGoodwill() = "reject-goodwill" by [Admin];
    /// Say what one thinks of goods of a line, with the photos that were brought.
    WriteReview {
        /// Of which line.
        line: LineId,
        /// How many of five.
        stars: Stars,
        /// What he says.
        text: ReviewText,
    } = "write-review" by [Buyer];
    /// Say it otherwise, with photos that stay and those that were brought since.
    ChangeReview {
        /// Of which line.
        line: LineId,
        /// How many of five.
        stars: Stars,
        /// What he says.
        text: ReviewText,
        /// The photos that stay: hashes.
        #[serde(default)]
        keep: Vec<String>,
    } = "change-review" by [Buyer];
    /// Answer a review, or answer it otherwise.
    AnswerReview {
        /// The review of which line.
        line: LineId,
        /// What the seller says.
        text: ReviewText,
    } = "answer-review" by [Seller];
    /// Take a review off the product's page.
    HideReview {
        /// The review of which line.
        line: LineId,
        /// Why.
        reason: HideReason,
    } = "hide-review" by [Admin];
    /// Put it back.
    ShowReview {
        /// The review of which line.
        line: LineId,
    } = "show-review" by [Admin];
    /// A few days have gone by since the purchase was confirmed.
    RequestReview() = "request-review" by [System];
    /// I have it and I keep it.
    ConfirmPurchase() = "confirm-purchase" by [Buyer];
    /// Start preparing: the buyer's cut-off.
    StartPreparing {
        /// Which goods.
        fulfilment: FulfilmentId,
    } = "start-preparing" by [Seller];
    /// Put own stock on every unit.
    Allocate {
        /// Which goods.
        fulfilment: FulfilmentId,
    } = "allocate" by [Seller];
    /// Take own stock off its units again: they lie here still, and somebody decides anew.
    UndoAllocation {
        /// Which goods.
        fulfilment: FulfilmentId,
    } = "undo-allocation" by [Seller];
    /// Say which units go, by the numbers on them; none takes that back.
    NameUnits {
        /// Of which goods.
        fulfilment: FulfilmentId,
        /// What stands on them, one a unit, in the order of the lines.
        serials: Vec<SerialNumber>,
    } = "name-units" by [Seller];
    /// Order units at a partner.
    BuyFromPartner {
        /// For which goods.
        fulfilment: FulfilmentId,
        /// The line.
        line: LineId,
        /// Units.
        quantity: Quantity,
        /// The partner's option.
        variant: VariantId,
        /// He sends them straight to the customer, and not to the seller's warehouse.
        #[serde(default)]
        drop_ship: bool,
    } = "buy-from-partner" by [Seller];
    /// Put units in that were bought outside the chain.
    RecordReceipt {
        /// For which goods.
        fulfilment: FulfilmentId,
        /// The line.
        line: LineId,
        /// Units.
        quantity: Quantity,
        /// Of whom, for how much, when.
        receipt: Receipt,
    } = "record-receipt" by [Seller];
    /// Take a receipt back that was a mistake.
    VoidReceipt {
        /// Which.
        receipt: ReceiptId,
    } = "void-receipt" by [Seller];
    /// Keep a picture of a receipt.
    AttachReceipt {
        /// Which.
        receipt: ReceiptId,
        /// The picture's name.
        photo: String,
    } = "attach-receipt" by [Seller];
    /// Agree to what another store buys; without units, to everything.
    AcceptOrder {
        /// Which and how many.
        #[serde(default)]
        units: Vec<LineUnits>,
    } = "accept-order" by [Seller];
    /// Order an installer for goods.
    AssignInstaller {
        /// Which goods.
        fulfilment: FulfilmentId,
        /// Whom.
        installer: PartyId,
    } = "assign-installer" by [Seller];
    /// Take the job back from an installer who has not come yet.
    UnassignInstaller {
        /// Of which goods.
        fulfilment: FulfilmentId,
    } = "unassign-installer" by [Seller];
    /// Order an installer to take down goods that come back, in another one's place if somebody was asked already.
    AssignPickup {
        /// The return.
        claim: ClaimId,
        /// Whom.
        installer: PartyId,
    } = "assign-pickup" by [Seller];
    /// Say when one comes to take goods down, as agreed with the buyer.
    SchedulePickup {
        /// When.
        visit: Visit,
    } = "schedule-pickup" by [Seller];
    /// The goods are down and with the installer. The photos are those that were brought.
    CompletePickup {
        /// How they look.
        condition: Condition,
    } = "complete-pickup" by [Seller];
    /// Nobody was there to give them.
    ReportNotGiven() = "report-not-given" by [Seller];
    /// Leave the taking down to others.
    DeclinePickup {
        /// Why.
        reason: DeclineReason,
    } = "decline-pickup" by [Seller];
    /// Say when somebody should come.
    WishVisit {
        /// When.
        visit: Visit,
    } = "wish-visit" by [Buyer];
    /// Take a job.
    AcceptInstallation() = "accept-installation" by [Seller];
    /// Leave a job to others.
    DeclineInstallation {
        /// Why.
        reason: DeclineReason,
    } = "decline-installation" by [Seller];
    /// Say when one comes, as agreed with the buyer.
    ScheduleVisit {
        /// When.
        visit: Visit,
    } = "schedule-visit" by [Seller];
    /// Set out with the goods.
    Depart() = "depart" by [Seller];
    /// Nobody was there.
    ReportAbsent() = "report-absent" by [Seller];
    /// The goods are at the buyer's.
    ReportDelivered() = "report-delivered" by [Seller];
    /// The goods are up, and the buyer has seen it.
    CompleteInstallation {
        /// What stands on them, one a unit, in the order of the lines.
        serials: Vec<SerialNumber>,
        /// What was looked at.
        #[serde(default)]
        checked: Vec<Check>,
        /// Who signed for it.
        signed_by: PersonName,
        /// His hand, where he drew it: the hash of its bytes. The photos are those that were brought.
        #[serde(default)]
        signature: Option<String>,
    } = "complete-installation" by [Seller];
    /// They cannot be put up there.
    ReportImpossible {
        /// Why.
        cause: ImpossibleCause,
    } = "report-impossible" by [Seller];
    /// Ask the buyer to pay for more than he bought: work of the published list, and a photo that shows why.
    ProposeExtra {
        /// Which work.
        work: Vec<ExtraWish>,
        /// The photo: the hash of its bytes.
        photo: String,
    } = "propose-extra" by [Seller];
    /// Ask no more.
    WithdrawExtra() = "withdraw-extra" by [Seller];
    /// Agree to pay for work on site.
    ApproveExtra {
        /// Which.
        extra: ExtraId,
    } = "approve-extra" by [Buyer];
    /// Have it put up without that, or not at all.
    RefuseExtra {
        /// Which.
        extra: ExtraId,
    } = "refuse-extra" by [Buyer];
    /// Nobody has answered in time.
    ExpireExtra {
        /// Of which goods.
        fulfilment: FulfilmentId,
    } = "expire-extra" by [System];
    /// What the other side of an installation knows of work on site.
    RecordExtra {
        /// As it stands there.
        extra: Box<Extra>,
    } = "record-extra" by [System];
    /// What an installer's job came to.
    RecordInstallation {
        /// The installation order.
        installation: OrderId,
        /// The job.
        job: Box<Job>,
    } = "record-installation" by [System];
    /// Ask the warehouse to send it, or hand it to the installer.
    Release {
        /// Which goods.
        fulfilment: FulfilmentId,
    } = "release" by [Seller];
    /// Prepare, allocate and release without a person.
    AutoRelease {
        /// Which goods.
        fulfilment: FulfilmentId,
    } = "auto-release" by [System];
    /// The buyer proved who he is.
    VerifyIdentity() = "verify-identity" by [System];
    /// What the PSP says.
    RecordPayment {
        /// The attempt.
        attempt: AttemptId,
        /// What.
        outcome: PaymentOutcome,
    } = "record-payment" by [System];
    /// The money is back.
    RecordRefund {
        /// The refund.
        refund: RefundId,
    } = "record-refund" by [System];
    /// The hold's time is up.
    ExpireHold() = "expire-hold" by [System];
    /// Ten minutes of paying are up.
    ExpirePaymentWindow() = "expire-payment-window" by [System];
    /// A day after the first failure.
    ExpireRepayWindow() = "expire-repay-window" by [System];
    /// The WMS is at it.
    RecordOutboundStarted {
        /// Which goods.
        fulfilment: FulfilmentId,
        /// When they should leave.
        expected: Option<Date>,
    } = "record-outbound-started" by [System];
    /// They left.
    RecordOutboundCompleted {
        /// Which goods.
        fulfilment: FulfilmentId,
        /// The carrier.
        carrier: String,
        /// The tracking number.
        tracking: String,
    } = "record-outbound-completed" by [System];
    /// The WMS could not send them.
    RecordOutboundFailed {
        /// Which goods.
        fulfilment: FulfilmentId,
    } = "record-outbound-failed" by [System];
    /// All the carrier's facts so far.
    RecordTracking {
        /// Which goods.
        fulfilment: FulfilmentId,
        /// Oldest first.
        facts: Vec<CarrierFact>,
    } = "record-tracking" by [System];
    /// The WMS's answer to a stop.
    RecordOutboundStopped {
        /// Which goods.
        fulfilment: FulfilmentId,
        /// It stopped in time.
        stopped: bool,
    } = "record-outbound-stopped" by [System];
    /// A day after the last failed delivery.
    ReturnToSender {
        /// Which goods.
        fulfilment: FulfilmentId,
    } = "return-to-sender" by [System];
    /// Missing units may be there.
    FillShortage {
        /// Which.
        shortage: ShortageId,
    } = "fill-shortage" by [System];
    /// Goods that were sold before they were there may have come.
    KeepPromise {
        /// Which goods.
        fulfilment: FulfilmentId,
    } = "keep-promise" by [System];
    /// The promised day is over.
    ExpirePromise {
        /// Of which goods.
        fulfilment: FulfilmentId,
    } = "expire-promise" by [System];
    /// Two days without an answer.
    ExpireShortages() = "expire-shortages" by [System];
    /// A day without an address.
    ExpireAddressFix() = "expire-address-fix" by [System];
    /// A store has been silent for a day about what another one asked for.
    ExpireAcceptance() = "expire-acceptance" by [System];
    /// A week of waiting.
    ReaskShortages() = "reask-shortages" by [System];
    /// The time to pay for a change is up.
    ExpireDifference() = "expire-difference" by [System];
    /// What a child order came to.
    RecordChild {
        /// Which.
        child: OrderId,
        /// How far it is.
        stage: ChildStage,
        /// Units that it brings.
        units: u32,
    } = "record-child" by [System];
    /// What the parcel of a child order has come to that goes straight to the customer.
    RecordParcel {
        /// Which.
        child: OrderId,
        /// What is known of it.
        parcel: Box<Parcel>,
    } = "record-parcel" by [System];
    /// The customer whom it goes straight to lives elsewhere, or wants it brought again.
    FollowParent {
        /// Where it goes.
        contact: ContactId,
        /// The postcode there.
        postcode: String,
        /// The day of the next try, if somebody chose one.
        redeliver_on: Option<Date>,
    } = "follow-parent" by [System];
    /// The goods it was bought for will not leave.
    CancelWithParent() = "cancel-with-parent" by [System];
    /// What the carrier says of goods that he fetches.
    RecordPickup {
        /// What.
        fact: PickupFact,
    } = "record-pickup" by [System];
    /// How far the fetching of goods is.
    RecordCollection {
        /// The collection order.
        collection: OrderId,
        /// How it stands.
        state: CollectionState,
        /// When an installer comes.
        #[serde(default)]
        visit: Option<Visit>,
    } = "record-collection" by [System];
    /// Goods of a purchase came back to the store that bought them, and shall go on to the one that sold them.
    TakeUpReturn {
        /// The return of the order above.
        above: ClaimId,
        /// How many.
        quantity: Quantity,
        /// Why.
        reason: ReturnReason,
        /// Photos that show why: hashes.
        photos: Vec<String>,
    } = "take-up-return" by [System];
    /// How far the order is that brings what was exchanged.
    RecordReplacement {
        /// The order.
        replacement: OrderId,
        /// How far.
        stage: ChildStage,
        /// Units that it brings.
        units: u32,
        /// Why those it does not bring are lost.
        reason: ReturnReason,
    } = "record-replacement" by [System];
    /// The goods that were to be fetched are here.
    ReceivePickup() = "receive-pickup" by [System];
    /// Seven days went by without a word.
    AutoConfirm() = "auto-confirm" by [System];
}

impl OrderCommand {
    /// The place that the command names.
    pub fn place(&self) -> Option<&ShipTo> {
        if let Self::ChangeAddress { to } | Self::FixAddress { to } | Self::Redeliver { to: Some(to), .. } = self { Some(to) } else { None }
    }

    /// The numbers that were read off units that are back; nothing where nobody read any, and then all of them are.
    pub fn read_off(&self) -> Option<&[SerialNumber]> {
        let disputed = matches!(self, Self::DisputeReturn { .. });
        if let Self::InspectReturn { serials, .. } | Self::PassReturnOn { serials, .. } | Self::DisputeReturn { serials, .. } = self
            && (disputed || !serials.is_empty())
        {
            Some(serials)
        } else {
            None
        }
    }

    /// The option on offer that the command names.
    pub fn variant(&self) -> Option<&VariantId> {
        if let Self::Substitute { variant, .. }
        | Self::ProposeSubstitute { variant, .. }
        | Self::RequestExchange { variant, .. }
        | Self::ApproveExchange { variant, .. } = self
        {
            Some(variant)
        } else {
            None
        }
    }

    /// The chairs that may give the command.
    pub fn chairs(&self) -> &'static [Chair] {
        Self::chairs_of(self.name())
    }

    /// The chairs that may give the command of this name.
    pub fn chairs_of(name: &str) -> &'static [Chair] {
        Self::ALL.iter().find(|(known, _)| *known == name).map_or(&[], |(_, chairs)| chairs)
    }
}

/// Where money goes that cannot go back the way it came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefundAccount {
    /// The bank.
    pub bank: BankName,
    /// The account's number.
    pub number: AccountNumber,
    /// Whose it is.
    pub holder: PersonName,
}

/// A command that a chair may give now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Offer {
    /// The command's name.
    pub command: String,
    /// The goods it is for.
    pub fulfilment: Option<FulfilmentId>,
}

impl Order {
    /// What somebody in this chair may do now: the buttons of every page. The same guards decide when it is pressed.
    pub fn offers(&self, chair: Chair, now: Time) -> Vec<Offer> {
        let mut offers = Vec::new();
        let mut offer = |command: &'static str, fulfilment| {
            if OrderCommand::chairs_of(command).contains(&chair) && self.allows(command, fulfilment, now).is_ok() {
                offers.push(Offer { command: command.into(), fulfilment });
            }
        };
        for step in STEPS.iter().map(|(step, ..)| *step).chain(PICKUP_STEPS.iter().map(|(step, _)| *step)) {
            offer(step, None);
        }
        for command in ["request-payment", "accept-order", "confirm-purchase"] {
            offer(command, None);
        }
        for fulfilment in &self.fulfilments {
            for command in [
                "start-preparing",
                "allocate",
                "buy-from-partner",
                "record-receipt",
                "assign-installer",
                "unassign-installer",
                "release",
                "undo-allocation",
                "name-units",
                "split-fulfilment",
                "report-stock-loss",
                "receive-back",
                "redeliver",
                "request-return",
                "request-exchange",
            ] {
                offer(command, Some(fulfilment.id));
            }
            for command in Claim::COMMANDS {
                offer(command, Some(fulfilment.id));
            }
        }
        for command in std::iter::once("write-review").chain(Review::COMMANDS.iter().copied()) {
            offer(command, None);
        }
        for command in
            ["refund-goodwill", "approve-goodwill", "reject-goodwill", "choose-shortage", "substitute", "propose-substitute", "drop-change"]
        {
            offer(command, None);
        }
        for command in [
            "approve-extra",
            "refuse-extra",
            "wish-visit",
            "fix-address",
            "change-address",
            "cancel-lines",
            "cancel",
            "seller-cancel",
            "give-refund-account",
        ] {
            offer(command, None);
        }
        offers
    }
}
