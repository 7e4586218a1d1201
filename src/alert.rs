//! Alerts: what the chain's own people must look at, in which room of their chat, and which fact causes it (000, 001 §6).

use crate::{
    order::{CarrierStatus, Event, Order},
    policy::Policy,
};
use serde::{Deserialize, Serialize};

/// How soon somebody has to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Today.
    Medium,
    /// Now.
    High,
}

impl Severity {
    /// The name in rows and at the chat.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

macro_rules! alerts {
    ($($(#[$doc:meta])* $name:ident = $slug:tt, $room:literal, $severity:ident;)*) => {
        /// Every kind of alert.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum Alert { $($(#[$doc])* #[serde(rename = $slug)] $name),* }
        impl Alert {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The name in rows and in the word catalogue.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug),* }
            }
            /// The room of the chat.
            pub fn room(self) -> &'static str {
                match self { $(Self::$name => $room),* }
            }
            /// How soon.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),* }
            }
            /// The alert of a name.
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|alert| alert.slug() == slug)
            }
        }
    };
}

alerts! {
    /// A buyer's payment failed again and again (ERR-ORD-001).
    PaymentFailed = "payment_failed", "#ops-order", Medium;
    /// Goods are missing (ERR-ORD-002).
    Shortage = "shortage", "#ops-inventory", Medium;
    /// Goods that were sold before they were there have not come by the promised day.
    PromiseMissed = "promise_missed", "#ops-inventory", Medium;
    /// Nobody has said for a day where it goes (ERR-ORD-003).
    AddressOverdue = "address_overdue", "#cs-team", Medium;
    /// A store has been silent for a day about what another one asked for.
    AcceptanceOverdue = "acceptance_overdue", "#ops-order", Medium;
    /// The warehouse could not send (ERR-ORD-004).
    OutboundFailed = "outbound_failed", "#ops-fulfillment", High;
    /// Nobody took the goods, again and again (ERR-ORD-005).
    DeliveryFailed = "delivery_failed", "#cs-team", High;
    /// A cancel came after the goods had left (ERR-ORD-006).
    CancelTooLate = "cancel_too_late", "#cs-team", High;
    /// Nobody gave the carrier what is to come back, again and again.
    PickupFailed = "pickup_failed", "#cs-team", Medium;
    /// A step with an outside effect failed for good: an operator has to look.
    SagaParked = "saga_parked", "#ops-alert", High;
    /// An endpoint took nothing for days, or said that nobody is there: it is told nothing any more.
    WebhookDisabled = "webhook_disabled", "#ops-order", Medium;
}

/// The alert a fact raises. `order` is the order after the fact.
pub fn alert(order: &Order, event: &Event, policy: &Policy) -> Option<Alert> {
    match event {
        Event::PaymentDeclined { .. } | Event::PaymentTimedOut { .. } => {
            (order.payment_failures() == policy.alert_payment_failures).then_some(Alert::PaymentFailed)
        }
        Event::ShortageRaised { .. } => Some(Alert::Shortage),
        Event::PromiseMissed { .. } => Some(Alert::PromiseMissed),
        Event::AddressOverdue => Some(Alert::AddressOverdue),
        Event::AcceptanceOverdue => Some(Alert::AcceptanceOverdue),
        Event::OutboundFailed { .. } => Some(Alert::OutboundFailed),
        Event::DeliveryFailed { fulfilment, .. } => {
            let failures = order.fulfilment(*fulfilment).map_or(0, |goods| goods.failures);
            (failures == policy.delivery_max_failures).then_some(Alert::DeliveryFailed)
        }
        Event::PickupFailed => {
            let failures = order.pickup.as_ref().map_or(0, |pickup| pickup.failures);
            (failures == policy.delivery_max_failures).then_some(Alert::PickupFailed)
        }
        // An address that came too late is told to the buyer.
        Event::OutboundCancelRefused { .. } => order.readdressing.is_none().then_some(Alert::CancelTooLate),
        Event::DeliveryStatusChanged { status, .. } => match status {
            // Turned back on the road without a word of ours.
            CarrierStatus::Returned => Some(Alert::DeliveryFailed),
            CarrierStatus::PickedUp | CarrierStatus::InTransit | CarrierStatus::OutForDelivery | CarrierStatus::Delivered | CarrierStatus::Failed => {
                None
            }
        },
        Event::VisitWished { .. }
        | Event::SiteDescribed { .. }
        | Event::InstallerAssigned { .. }
        | Event::InstallerAccepted { .. }
        | Event::InstallerDeclined { .. }
        | Event::InstallerUnassigned { .. }
        | Event::InstallerScheduled { .. }
        | Event::InstallerRescheduled { .. }
        | Event::InstallerDeparted { .. }
        | Event::InstallerMissedBuyer { .. }
        | Event::InstallerDelivered { .. }
        | Event::InstallationCompleted { .. }
        | Event::InstallationImpossible { .. }
        | Event::ExtraProposed(_)
        | Event::ExtraApproved { .. }
        | Event::ExtraRefused { .. }
        | Event::ExtraLapsed { .. }
        | Event::ExtraWithdrawn { .. }
        | Event::ExtraGivenBack { .. }
        | Event::HandedOver { .. }
        | Event::OrderPlaced(_)
        | Event::CouponApplied { .. }
        | Event::AddressNeeded
        | Event::AddressChanged { .. }
        | Event::AddressChangeAsked { .. }
        | Event::AddressChangeRefused
        | Event::DeliveryRescheduled { .. }
        | Event::CouponUsed { .. }
        | Event::SpendUpdated { .. }
        | Event::PointsReclaimed { .. }
        | Event::ReviewRequested
        | Event::ReviewWritten { .. }
        | Event::ReviewChanged { .. }
        | Event::ReviewAnswered { .. }
        | Event::ReviewHidden { .. }
        | Event::ReviewShown { .. }
        | Event::GoodwillProposed { .. }
        | Event::GoodwillRejected
        | Event::GoodwillGiven { .. }
        | Event::TierChanged { .. }
        | Event::CouponRestored { .. }
        | Event::PointsHeld { .. }
        | Event::PointsUsed { .. }
        | Event::PointsRestored { .. }
        | Event::PointsEarned { .. }
        | Event::StockReserved { .. }
        | Event::StockReservationExpired { .. }
        | Event::StockReleased { .. }
        | Event::StockCommitted { .. }
        | Event::StockDeducted { .. }
        | Event::StockLost { .. }
        | Event::PaymentRequested { .. }
        | Event::PaymentIdentityVerified { .. }
        | Event::PaymentAuthorised { .. }
        | Event::PaymentDepositAwaited { .. }
        | Event::PaymentApproved { .. }
        | Event::PaymentCancelRequested { .. }
        | Event::PaymentVoided { .. }
        | Event::RefundRequested { .. }
        | Event::RefundCompleted { .. }
        | Event::OrderPaid
        | Event::OrderConfirmed { .. }
        | Event::OrderCancelRequested { .. }
        | Event::OrderCancelled { .. }
        | Event::OrderPartiallyCancelled { .. }
        | Event::ShortageAnswered { .. }
        | Event::ShortageFilled { .. }
        | Event::ShortageReasked { .. }
        | Event::SubstituteProposed { .. }
        | Event::LineSubstituted { .. }
        | Event::DifferenceDue(_)
        | Event::DifferenceDropped { .. }
        | Event::FulfilmentPreparing { .. }
        | Event::FulfilmentSplit { .. }
        | Event::AllocationMade { .. }
        | Event::AllocationUndone { .. }
        | Event::UnitsNamed { .. }
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
        | Event::ReceiptAttached { .. }
        | Event::FulfilmentShort { .. }
        | Event::GoodsArrived { .. }
        | Event::FulfilmentReturned { .. }
        | Event::ReturnRequested { .. }
        | Event::ReturnApproved { .. }
        | Event::ReturnCollected { .. }
        | Event::ReturnInspected { .. }
        | Event::ReturnWaived { .. }
        | Event::ReturnPassedOn { .. }
        | Event::ReturnPutAway { .. }
        | Event::RefundAccountGiven { .. }
        | Event::ExchangeRequested { .. }
        | Event::ExchangeApproved { .. }
        | Event::ProductAdded { .. }
        | Event::ExchangeSettled { .. }
        | Event::ReplacementMoved { .. }
        | Event::ReplacementAwaited { .. }
        | Event::ExchangeFailed { .. }
        | Event::ExchangeCompleted { .. }
        | Event::ReturnRejected { .. }
        | Event::ReturnQuestioned { .. }
        | Event::ReturnAnswered { .. }
        | Event::ReturnWithdrawn { .. }
        | Event::CollectionRequested { .. }
        | Event::CollectionScheduled { .. }
        | Event::CollectionDropped { .. }
        | Event::PickupDeclined { .. }
        | Event::PickupScheduled { .. }
        | Event::PickupCompleted { .. }
        | Event::PickupReceived
        | Event::PickupCancelled
        | Event::RefundApprovalNeeded { .. }
        | Event::RefundApproved { .. }
        | Event::RefundRejected { .. }
        | Event::ReturnCompleted { .. }
        | Event::OutboundRequested { .. }
        | Event::OutboundStarted { .. }
        | Event::OutboundCompleted { .. }
        | Event::OutboundCancelRequested { .. }
        | Event::OutboundCancelled { .. }
        | Event::DeliveryCompleted { .. }
        | Event::DeliveryReturned { .. }
        | Event::OrderDeliveryStarted
        | Event::OrderDelivered
        | Event::OrderCompleted { .. } => None,
    }
}
