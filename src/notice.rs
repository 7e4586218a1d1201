//! Notices: what is told to whom, over which channels, and which fact causes it (03 §6). The words live in the catalogue
//! that the pages use.

use crate::{
    ids::{ClaimId, OrderId},
    money::Won,
    order::{DeclineCause, Event, Front, FulfilmentState, Kind, Order, ReturnReason, event::CancelCause},
};
use serde::{Deserialize, Serialize};

/// How a notice travels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Short message
    Sms,
    /// Push message
    Push,
    /// E-mail
    Email,
}

impl Channel {
    /// The name in rows and at the provider.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Push => "push",
            Self::Email => "email",
        }
    }
}

macro_rules! templates {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $slug:literal, [$($channel:ident),*];)*) => {
        /// Every notice there is.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        pub enum Template { $($(#[$doc])* #[serde(rename = $code)] $name),* }
        impl Template {
            /// Every template.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The code of 000 and its continuation.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }
            /// The key in the word catalogue.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }
            /// The channels it travels by.
            pub fn channels(self) -> &'static [Channel] {
                match self { $(Self::$name => &[$(Channel::$channel),*]),* }
            }
            /// The template of a code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|template| template.code() == code)
            }
        }
    };
}

templates! {
    /// Order received.
    Received = "TPL-ORD-001", "received", [Sms, Push, Email];
    /// Paid.
    Paid = "TPL-ORD-002", "paid", [Push];
    /// Payment failed.
    PaymentFailed = "TPL-ORD-003", "payment_failed", [Sms, Push];
    /// Goods are missing.
    Shortage = "TPL-ORD-004", "shortage", [Sms, Push];
    /// Dispatched, with the tracking number.
    Dispatched = "TPL-ORD-005", "dispatched", [Sms, Push, Email];
    /// Out for delivery.
    OutForDelivery = "TPL-ORD-006", "out_for_delivery", [Push];
    /// Delivered.
    Delivered = "TPL-ORD-007", "delivered", [Sms, Push];
    /// Purchase confirmed.
    Completed = "TPL-ORD-008", "completed", [Push, Email];
    /// Cancel accepted.
    CancelAccepted = "TPL-ORD-009", "cancel_accepted", [Push];
    /// Cancelled, money back.
    CancelCompleted = "TPL-ORD-010", "cancel_completed", [Sms, Push];
    /// Nobody paid in time.
    PaymentExpired = "TPL-ORD-011", "payment_expired", [Sms, Push];
    /// The hold ends soon.
    HoldExpiring = "TPL-ORD-012", "hold_expiring", [Push];
    /// Pay into this account.
    DepositAwaited = "TPL-ORD-013", "deposit_awaited", [Sms, Push];
    /// Delivery failed.
    DeliveryFailed = "TPL-ORD-014", "delivery_failed", [Sms, Push];
    /// Automatic confirmation tomorrow.
    ConfirmSoon = "TPL-ORD-015", "confirm_soon", [Push];
    /// Please write a review.
    ReviewRequest = "TPL-ORD-016", "review_request", [Push];
    /// Units were taken out of the order.
    PartlyCancelled = "TPL-ORD-017", "partly_cancelled", [Sms, Push];
    /// What was missing is there: please pay.
    BackInStock = "TPL-ORD-018", "back_in_stock", [Sms, Push];
    /// Still waiting for goods: what shall we do?
    StillWaiting = "TPL-ORD-019", "still_waiting", [Sms, Push];
    /// On its way back to the sender.
    ReturningToSender = "TPL-ORD-020", "returning_to_sender", [Sms, Push];
    /// Part of the money is back.
    PartlyRefunded = "TPL-ORD-021", "partly_refunded", [Push];
    /// Points for a purchase.
    PointsEarned = "TPL-ORD-022", "points_earned", [Push];
    /// Coupon or points are back.
    BenefitsRestored = "TPL-ORD-023", "benefits_restored", [Push];
    /// The tier has changed.
    TierChanged = "TPL-ORD-024", "tier_changed", [Push, Email];
    /// Nothing can be sent to this address: please give another.
    AddressNeeded = "TPL-ORD-025", "address_needed", [Sms, Push];
    /// It goes elsewhere.
    AddressChanged = "TPL-ORD-026", "address_changed", [Push];
    /// Too late: it goes where it went.
    AddressNotChanged = "TPL-ORD-027", "address_not_changed", [Sms, Push];
    /// Another day for the delivery.
    Rescheduled = "TPL-ORD-028", "rescheduled", [Push];
    /// The seller offers other goods for missing ones.
    SubstituteProposed = "TPL-ORD-029", "substitute_proposed", [Sms, Push];
    /// Other goods have taken the place of missing ones.
    Substituted = "TPL-ORD-030", "substituted", [Push];
    /// A change was not paid for: it will not come.
    ChangeDropped = "TPL-ORD-031", "change_dropped", [Push];
    /// What was sold before it was there has come.
    GoodsArrived = "TPL-ORD-032", "goods_arrived", [Push];
    /// It has not come by the promised day: wait, or cancel.
    PromiseMissed = "TPL-ORD-033", "promise_missed", [Sms, Push];
    /// Points lapse within a month.
    PointsLapsing = "TPL-ORD-034", "points_lapsing", [Push, Email];
    /// The tier has fallen at a month's end.
    TierFell = "TPL-ORD-035", "tier_fell", [Push, Email];
    /// Somebody comes to put the goods up.
    VisitScheduled = "TPL-ORD-036", "visit_scheduled", [Sms, Push];
    /// Somebody comes to take goods down.
    PickupScheduled = "TPL-ORD-054", "pickup_scheduled", [Sms, Push];
    /// The installer has set out.
    InstallerDeparted = "TPL-ORD-038", "installer_departed", [Sms, Push];
    /// The installer found nobody.
    MissedVisit = "TPL-ORD-039", "missed_visit", [Sms, Push];
    /// Nobody comes as it was said: somebody else is looked for.
    VisitOff = "TPL-ORD-040", "visit_off", [Sms, Push];
    /// The goods could not be put up.
    CannotInstall = "TPL-ORD-037", "cannot_install", [Sms, Push];
    /// The seller takes goods back.
    ReturnApproved = "TPL-ORD-042", "return_approved", [Sms, Push];
    /// The seller does not take goods back, and says why.
    ReturnRejected = "TPL-ORD-043", "return_rejected", [Sms, Push];
    /// The goods were fetched.
    ReturnCollected = "TPL-ORD-044", "return_collected", [Push];
    /// Money goes back that was paid into a virtual account: where to?
    RefundAccountNeeded = "TPL-ORD-053", "refund_account_needed", [Sms, Push];
    /// The seller wants to know more before he says yes or no to a return.
    ReturnQuestion = "TPL-ORD-048", "return_question", [Sms, Push];
    /// The seller agrees to an exchange; a difference may be due.
    ExchangeApproved = "TPL-ORD-050", "exchange_approved", [Sms, Push];
    /// It cannot be supplied: the money goes back instead.
    ExchangeFailed = "TPL-ORD-051", "exchange_failed", [Sms, Push];
    /// Both branches of an exchange have ended.
    ExchangeCompleted = "TPL-ORD-052", "exchange_completed", [Push];
    /// The goods came back, and nothing goes back for them: why.
    RefundRejected = "TPL-ORD-060", "refund_rejected", [Sms, Push];
    /// The seller gives something back for what went wrong.
    GoodwillGiven = "TPL-ORD-061", "goodwill_given", [Sms, Push];
    /// The seller answered a review.
    ReviewAnswered = "TPL-ORD-063", "review_answered", [Push];
    /// A purchase came back, and with it the tier is another one.
    TierLost = "TPL-ORD-062", "tier_lost", [Push, Email];
    /// The chain takes the store in.
    StoreApproved = "TPL-STO-001", "store_approved", [Email];
    /// The chain does not take the store in, and says why.
    StoreRejected = "TPL-STO-002", "store_rejected", [Email];
    /// The installer asks to be paid for more than was bought: please say yes or no.
    ExtraProposed = "TPL-ORD-041", "extra_proposed", [Sms, Push];
}

fn was_told_a_day(order: &Order, installation: OrderId) -> bool {
    let awaited = |state| matches!(state, FulfilmentState::Preparing | FulfilmentState::PurchaseOrdered | FulfilmentState::PurchaseCompleted);
    order.of_installation(installation).is_some_and(|(goods, given)| awaited(goods.state) && given.visit.is_some())
}

fn is_the_buyers(order: &Order, claim: ClaimId) -> bool {
    order.claim(claim).is_some_and(|claim| ReturnReason::OF_BUYERS.contains(&claim.reason))
}

/// What a fact tells the buyer. One send per fact, template and channel.
pub fn notices(order: &Order, event: &Event) -> Option<Template> {
    match event {
        // A store has its desk; what is on the road to it is worth a message.
        _ if order.is_on_credit() && !matches!(event, Event::OutboundCompleted { .. } | Event::OrderDelivered) => None,
        // It goes to somebody who knows it under the number of his own order.
        _ if order.is_drop_ship() => None,
        // What comes in an exchange was told of with it.
        Event::OrderPlaced(placed) if placed.kind == Kind::Replacement => None,
        Event::OrderPlaced(_) => Some(Template::Received),
        Event::OrderPaid => Some(Template::Paid),
        // Who turned back at the PSP knows that he did.
        Event::PaymentDeclined { cause: DeclineCause::Buyer, .. } => None,
        // Who pays for a change is at it, and the order is paid.
        Event::PaymentDeclined { attempt, .. } | Event::PaymentTimedOut { attempt } if order.pays_change(*attempt) => None,
        Event::PaymentDeclined { .. } => Some(Template::PaymentFailed),
        Event::PaymentTimedOut { .. } if order.cancelled.is_none() => Some(Template::PaymentFailed),
        Event::PaymentDepositAwaited { .. } => Some(Template::DepositAwaited),
        Event::OutboundCompleted { .. } => Some(Template::Dispatched),
        // What an installer brings is no parcel.
        Event::InstallerDeparted { .. } => Some(Template::InstallerDeparted),
        Event::InstallerMissedBuyer { .. } => Some(Template::MissedVisit),
        Event::DeliveryStatusChanged { fulfilment, .. } | Event::DeliveryFailed { fulfilment, .. }
            if order.fulfilment(*fulfilment).is_some_and(|goods| goods.installer.is_some()) =>
        {
            None
        }
        Event::DeliveryStatusChanged { status: crate::order::CarrierStatus::OutForDelivery, .. } => Some(Template::OutForDelivery),
        Event::DeliveryFailed { .. } => Some(Template::DeliveryFailed),
        Event::OrderDelivered => Some(Template::Delivered),
        Event::OrderCompleted { .. } => Some(Template::Completed),
        Event::OrderCancelled { cause: CancelCause::Timer | CancelCause::Payment, .. } => Some(Template::PaymentExpired),
        Event::OrderCancelled { .. } => Some(Template::CancelAccepted),
        // One question is enough, however many refunds there are.
        Event::RefundRequested { .. } if order.needs_refund_account() && order.refunds_by_bank().count() == 1 => Some(Template::RefundAccountNeeded),
        Event::RefundCompleted { .. } if order.front == Front::Cancelled => Some(Template::CancelCompleted),
        Event::RefundCompleted { .. } => Some(Template::PartlyRefunded),
        // What came back is told as a return.
        Event::OrderPartiallyCancelled { cause: CancelCause::Returned, .. } => None,
        Event::OrderPartiallyCancelled { .. } => Some(Template::PartlyCancelled),
        // What the system takes back by itself was told as it happened.
        Event::ReturnApproved { claim, .. } if is_the_buyers(order, *claim) => Some(Template::ReturnApproved),
        Event::ReturnCollected { claim } if is_the_buyers(order, *claim) => Some(Template::ReturnCollected),
        Event::ReturnRejected { .. } => Some(Template::ReturnRejected),
        Event::ReturnQuestioned { .. } => Some(Template::ReturnQuestion),
        Event::ExchangeApproved { .. } => Some(Template::ExchangeApproved),
        Event::ExchangeFailed { .. } => Some(Template::ExchangeFailed),
        Event::ExchangeCompleted { .. } => Some(Template::ExchangeCompleted),
        // Who was asked at the counter and chose to wait needs no message.
        Event::ShortageRaised { .. } => Some(Template::Shortage),
        Event::ShortageFilled { fulfilments, .. } if fulfilments.is_empty() => Some(Template::BackInStock),
        Event::ShortageReasked { .. } => Some(Template::StillWaiting),
        Event::SubstituteProposed { .. } => Some(Template::SubstituteProposed),
        Event::LineSubstituted { .. } => Some(Template::Substituted),
        Event::DifferenceDropped { .. } => Some(Template::ChangeDropped),
        Event::DifferenceDue(_) => None,
        Event::GoodsArrived { .. } => Some(Template::GoodsArrived),
        Event::PromiseMissed { .. } => Some(Template::PromiseMissed),
        Event::DeliveryReturned { .. } => Some(Template::ReturningToSender),
        Event::InstallerScheduled { .. } => Some(Template::VisitScheduled),
        Event::CollectionScheduled { .. } => Some(Template::PickupScheduled),
        Event::InstallationImpossible { .. } => Some(Template::CannotInstall),
        // Whoever was told a day hears that nobody comes then.
        Event::InstallerUnassigned { installation } if order.front == Front::Confirmed && was_told_a_day(order, *installation) => {
            Some(Template::VisitOff)
        }
        Event::ExtraProposed(_) => Some(Template::ExtraProposed),
        Event::DeliveryRescheduled { .. } => Some(Template::Rescheduled),
        Event::AddressNeeded => Some(Template::AddressNeeded),
        Event::AddressChanged { .. } => Some(Template::AddressChanged),
        Event::AddressChangeRefused => Some(Template::AddressNotChanged),
        Event::TierChanged { from, to } if to < from => Some(Template::TierLost),
        Event::TierChanged { .. } => Some(Template::TierChanged),
        Event::RefundRejected { .. } => Some(Template::RefundRejected),
        Event::GoodwillGiven { .. } => Some(Template::GoodwillGiven),
        Event::ReviewRequested => Some(Template::ReviewRequest),
        Event::ReviewAnswered { .. } => Some(Template::ReviewAnswered),
        Event::PointsEarned { .. } => Some(Template::PointsEarned),
        Event::PointsRestored { was_used: true, .. } => Some(Template::BenefitsRestored),
        // What was only promised to an unpaid order was never gone; and the coupon goes back with the points.
        Event::CouponRestored { .. } if order.amounts.points == Won::ZERO && order.confirmed_at.is_some() => Some(Template::BenefitsRestored),
        Event::VisitWished { .. }
        | Event::InstallerAssigned { .. }
        | Event::InstallerAccepted { .. }
        | Event::InstallerDeclined { .. }
        | Event::InstallerUnassigned { .. }
        | Event::InstallerRescheduled { .. }
        | Event::InstallerDelivered { .. }
        | Event::InstallationCompleted { .. }
        | Event::ExtraApproved { .. }
        | Event::ExtraRefused { .. }
        | Event::ExtraLapsed { .. }
        | Event::ExtraWithdrawn { .. }
        | Event::ExtraGivenBack { .. }
        | Event::HandedOver { .. }
        | Event::AddressOverdue
        | Event::AcceptanceOverdue
        | Event::AddressChangeAsked { .. }
        | Event::CouponApplied { .. }
        | Event::CouponUsed { .. }
        | Event::SpendUpdated { .. }
        | Event::PointsReclaimed { .. }
        | Event::ReviewWritten { .. }
        | Event::ReviewChanged { .. }
        | Event::ReviewHidden { .. }
        | Event::ReviewShown { .. }
        | Event::GoodwillProposed { .. }
        | Event::GoodwillRejected
        | Event::CouponRestored { .. }
        | Event::PointsHeld { .. }
        | Event::PointsUsed { .. }
        | Event::PointsRestored { .. }
        | Event::PaymentTimedOut { .. }
        | Event::ShortageAnswered { .. }
        | Event::ShortageFilled { .. }
        | Event::StockLost { .. }
        | Event::FulfilmentShort { .. }
        | Event::OutboundCancelRequested { .. }
        | Event::OutboundCancelled { .. }
        | Event::OutboundCancelRefused { .. }
        | Event::FulfilmentReturned { .. }
        | Event::ReturnRequested { .. }
        | Event::ReturnApproved { .. }
        | Event::ReturnCollected { .. }
        | Event::ReturnInspected { .. }
        | Event::ReturnWaived { .. }
        | Event::ReturnPassedOn { .. }
        | Event::ReturnPutAway { .. }
        | Event::RefundAccountGiven { .. }
        | Event::ReturnAnswered { .. }
        | Event::ExchangeRequested { .. }
        | Event::ProductAdded { .. }
        | Event::ExchangeSettled { .. }
        | Event::ReplacementMoved { .. }
        | Event::ReplacementAwaited { .. }
        | Event::ReturnWithdrawn { .. }
        | Event::CollectionRequested { .. }
        | Event::CollectionDropped { .. }
        | Event::PickupDeclined { .. }
        | Event::PickupScheduled { .. }
        | Event::PickupCompleted { .. }
        | Event::PickupFailed
        | Event::PickupReceived
        | Event::PickupCancelled
        | Event::RefundApprovalNeeded { .. }
        | Event::RefundApproved { .. }
        | Event::ReturnCompleted { .. }
        | Event::StockReserved { .. }
        | Event::StockReservationExpired { .. }
        | Event::StockReleased { .. }
        | Event::StockCommitted { .. }
        | Event::StockDeducted { .. }
        | Event::PaymentRequested { .. }
        | Event::PaymentIdentityVerified { .. }
        | Event::PaymentAuthorised { .. }
        | Event::PaymentApproved { .. }
        | Event::PaymentCancelRequested { .. }
        | Event::PaymentVoided { .. }
        | Event::RefundRequested { .. }
        | Event::OrderConfirmed { .. }
        | Event::OrderCancelRequested { .. }
        | Event::FulfilmentPreparing { .. }
        | Event::FulfilmentSplit { .. }
        | Event::AllocationMade { .. }
        | Event::AllocationUndone { .. }
        | Event::FulfilmentSourced { .. }
        | Event::FulfilmentPurchaseOrdered { .. }
        | Event::FulfilmentPurchaseCompleted { .. }
        | Event::FulfilmentCancelled { .. }
        | Event::ChildAdded { .. }
        | Event::ChildTakenOver { .. }
        | Event::ChildMoved { .. }
        | Event::ChildShort { .. }
        | Event::ChildEnded { .. }
        | Event::SourcingFailed { .. }
        | Event::PurchaseReceived { .. }
        | Event::ReceiptRecorded { .. }
        | Event::ReceiptVoided { .. }
        | Event::OutboundRequested { .. }
        | Event::OutboundStarted { .. }
        | Event::OutboundFailed { .. }
        | Event::DeliveryStatusChanged { .. }
        | Event::DeliveryCompleted { .. }
        | Event::OrderDeliveryStarted => None,
    }
}
