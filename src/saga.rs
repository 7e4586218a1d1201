//! Sagas: durable work with outside effects. A saga is a table of steps; which facts start, move and end one is a pure
//! function. It keeps a position and counts attempts; what is true of the order is read from the order (03 §3).

use crate::{
    order::{AttemptState, CarrierFact, CarrierStatus, DeclineCause, Event, Order, OrderCommand, PaymentOutcome, PickupFact},
    policy::Policy,
    refusal::{Problem, Refusal},
    text::{CarrierName, TrackingNumber},
    time::{Span, Time},
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

macro_rules! sagas {
    ($($(#[$doc:meta])* $kind:ident = $slug:literal { $($(#[$sdoc:meta])* $step:ident = $sslug:literal, $undo:expr, $budget:expr, $retries:literal;)* })*) => {
        /// The kinds of saga.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        pub enum SagaKind { $($(#[$doc])* #[serde(rename = $slug)] $kind),* }

        /// The steps of all sagas.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        pub enum Step { $($($(#[$sdoc])* #[serde(rename = $sslug)] $step),*),* }

        impl SagaKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];
            /// The name in rows.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$kind => $slug),* }
            }
            /// Its steps in order.
            pub fn steps(self) -> &'static [Step] {
                match self { $(Self::$kind => &[$(Step::$step),*]),* }
            }
            /// The kind of a row.
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
            }
        }

        impl Step {
            /// The name in rows.
            pub fn slug(self) -> &'static str {
                match self { $($(Self::$step => $sslug),*),* }
            }
            /// The step that takes its effect back.
            pub fn undo(self) -> Option<Step> {
                match self { $($(Self::$step => $undo),*),* }
            }
            /// How long one try may take before it counts as late (000).
            pub fn budget(self) -> Span {
                match self { $($(Self::$step => $budget),*),* }
            }
            /// Tries after the first before an operator is asked. Waiting for somebody is not a try.
            pub fn retries(self) -> u32 {
                match self { $($(Self::$step => $retries),*),* }
            }
            /// The step of a row.
            pub fn from_slug(slug: &str) -> Option<Self> {
                SagaKind::ALL.iter().flat_map(|kind| kind.steps()).copied().find(|step| step.slug() == slug)
            }
        }
    };
}

sagas! {
    /// From the PSP's page to captured money; the subject is a payment attempt.
    Checkout = "checkout" {
        /// Ask the PSP, capture what the buyer agreed to, record what came of it.
        Settle = "settle", Some(Step::Void), Span::seconds(10), 8;
        /// Give back what was captured for an order that does not wait any more.
        Void = "void", None, Span::seconds(10), 8;
    }
    /// Money back; the subject is a refund.
    Refund = "refund" {
        /// Ask the PSP to pay it back.
        PayBack = "pay-back", None, Span::seconds(10), 8;
    }
    /// From the outbound request to the doorstep; the subject is a fulfilment.
    Fulfilment = "fulfilment" {
        /// Ask the WMS to send the goods.
        RequestOutbound = "request-outbound", Some(Step::StopOutbound), Span::seconds(30), 3;
        /// Watch the WMS.
        WatchOutbound = "watch-outbound", None, Span::seconds(30), 20;
        /// Ask the WMS to stop before it sends.
        StopOutbound = "stop-outbound", None, Span::seconds(30), 8;
        /// Ask the carrier to come again on a day.
        Redeliver = "redeliver", None, Span::seconds(30), 8;
        /// Watch the carrier.
        Track = "track", None, Span::seconds(30), 20;
    }
    /// Goods fetched for a claim; the subject is a collection order.
    Collection = "collection" {
        /// Ask the carrier to fetch them.
        RequestPickup = "request-pickup", None, Span::seconds(30), 8;
        /// Watch the carrier until he has them.
        WatchPickup = "watch-pickup", None, Span::seconds(30), 20;
    }
}

macro_rules! outcomes {
    ($($(#[$doc:meta])* $outcome:ident = $slug:tt;)*) => {
        /// What truly came of a step that stopped, as a person found out outside.
        #[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum Outcome { $($(#[$doc])* #[serde(rename = $slug)] $outcome),* }

        impl Outcome {
            /// Every outcome.
            pub const ALL: &'static [Self] = &[$(Self::$outcome),*];
            /// The name in forms and the audit log.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$outcome => $slug),* }
            }
            /// The outcome of this name.
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|outcome| outcome.slug() == slug)
            }
        }
    };
}

outcomes! {
    /// The PSP holds nothing of the attempt and will capture nothing.
    NotPaid = "not-paid";
    /// What the PSP held is with the buyer again.
    Voided = "voided";
    /// The money was paid back.
    PaidBack = "paid-back";
    /// The goods left, with a parcel's number.
    Sent = "sent";
    /// The goods did not leave and will not.
    NotSent = "not-sent";
    /// The warehouse kept the goods.
    Stopped = "stopped";
    /// The goods cannot be called back.
    TooLate = "too-late";
    /// The buyer has the goods.
    Delivered = "delivered";
    /// The carrier found nobody.
    NotDelivered = "not-delivered";
    /// The carrier has what he was to fetch.
    Fetched = "fetched";
    /// Nobody gave it to him.
    NotFetched = "not-fetched";
}

impl Step {
    /// What can have come of the step: what head office may settle it with when it has stopped.
    pub fn outcomes(self) -> &'static [Outcome] {
        match self {
            Self::Settle => &[Outcome::NotPaid],
            Self::Void => &[Outcome::Voided],
            Self::PayBack => &[Outcome::PaidBack],
            Self::RequestOutbound | Self::WatchOutbound => &[Outcome::Sent, Outcome::NotSent],
            Self::StopOutbound => &[Outcome::Stopped, Outcome::TooLate],
            Self::Redeliver | Self::Track => &[Outcome::Delivered, Outcome::NotDelivered],
            Self::RequestPickup | Self::WatchPickup => &[Outcome::Fetched, Outcome::NotFetched],
        }
    }
}

/// A parcel that somebody names by hand.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Parcel {
    /// Who carries it.
    pub carrier: CarrierName,
    /// Its number there.
    pub tracking: TrackingNumber,
}

/// The fact that a step settled by hand gives its order: the same as if the saga had found it out itself. `subject` is what
/// the saga is about.
///
/// # Errors
/// [`Refusal::Invalid`] for an outcome that the step cannot have, and for goods that left without a parcel's number.
pub fn fact_by_hand(step: Step, subject: &str, outcome: Outcome, parcel: Option<&Parcel>, at: Time) -> Result<OrderCommand, Refusal> {
    if !step.outcomes().contains(&outcome) {
        return Err(Refusal::invalid("outcome", Problem::Unknown));
    }
    let carrier_says = |status| {
        let fact = CarrierFact { status, place: String::new(), at };
        about(subject).map(|fulfilment| OrderCommand::RecordTracking { fulfilment, facts: vec![fact] })
    };
    Ok(match outcome {
        // The attempt's state decides whether that is a refusal or the end of what the PSP was asked to keep.
        Outcome::NotPaid => {
            let outcome = PaymentOutcome::Declined { cause: DeclineCause::System, psp_code: "BY_HAND".into() };
            OrderCommand::RecordPayment { attempt: about(subject)?, outcome }
        }
        Outcome::Voided => OrderCommand::RecordPayment { attempt: about(subject)?, outcome: PaymentOutcome::Voided },
        Outcome::PaidBack => OrderCommand::RecordRefund { refund: about(subject)? },
        Outcome::Sent => {
            let parcel = parcel.ok_or_else(|| Refusal::invalid("tracking", Problem::Missing))?;
            let (carrier, tracking) = (parcel.carrier.to_string(), parcel.tracking.to_string());
            OrderCommand::RecordOutboundCompleted { fulfilment: about(subject)?, carrier, tracking }
        }
        Outcome::NotSent => OrderCommand::RecordOutboundFailed { fulfilment: about(subject)? },
        Outcome::Stopped => OrderCommand::RecordOutboundStopped { fulfilment: about(subject)?, stopped: true },
        Outcome::TooLate => OrderCommand::RecordOutboundStopped { fulfilment: about(subject)?, stopped: false },
        Outcome::Delivered => carrier_says(CarrierStatus::Delivered)?,
        Outcome::NotDelivered => carrier_says(CarrierStatus::Failed)?,
        Outcome::Fetched => OrderCommand::RecordPickup { fact: PickupFact::PickedUp { at } },
        Outcome::NotFetched => OrderCommand::RecordPickup { fact: PickupFact::Failed },
    })
}

/// The identity that a saga's subject names.
fn about<T: FromStr>(subject: &str) -> Result<T, Refusal> {
    subject.parse().map_err(|_| Refusal::NotFound)
}

/// A change of an order's sagas. The subject is the id of what the saga is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SagaChange {
    /// Begin, first look at `due`.
    Start(SagaKind, String, Step, Time),
    /// Go to a step, or look again at the same one, at `due`.
    Move(SagaKind, String, Step, Time),
    /// Over.
    End(SagaKind, String),
}

/// The sagas a fact starts, moves and ends. `order` is the order after the fact.
pub fn sagas(order: &Order, event: &Event, at: Time, policy: &Policy) -> Vec<SagaChange> {
    use SagaChange::{End, Move, Start};
    use SagaKind::{Checkout, Collection, Fulfilment, Refund};
    match event {
        Event::PaymentRequested { attempt, .. } => vec![Start(Checkout, attempt.to_string(), Step::Settle, at + policy.attempt_timeout)],
        Event::PaymentAuthorised { attempt, .. } => vec![Move(Checkout, attempt.to_string(), Step::Settle, at)],
        Event::PaymentDepositAwaited { attempt, deposit, .. } => vec![Move(Checkout, attempt.to_string(), Step::Settle, deposit.due)],
        Event::PaymentCancelRequested { attempt } => vec![Move(Checkout, attempt.to_string(), Step::Void, at)],
        // The window may have closed before the PSP was asked, after a downtime above all: it is asked once more, in case the
        // buyer had agreed there in time.
        Event::PaymentTimedOut { attempt } => vec![Move(Checkout, attempt.to_string(), Step::Settle, at)],
        Event::PaymentApproved { attempt, .. } | Event::PaymentDeclined { attempt, .. } | Event::PaymentVoided { attempt } => {
            // The void of an approved attempt is a saga of its own; any other ends here.
            let voiding = order.attempt(*attempt).is_some_and(|attempt| attempt.void_requested && attempt.state != AttemptState::Voided);
            if voiding { Vec::new() } else { vec![End(Checkout, attempt.to_string())] }
        }
        Event::RefundRequested { refund, .. } => vec![Start(Refund, refund.to_string(), Step::PayBack, at)],
        Event::RefundAccountGiven { .. } => order.refunds_by_bank().map(|refund| Move(Refund, refund.id.to_string(), Step::PayBack, at)).collect(),
        Event::RefundCompleted { refund, .. } => vec![End(Refund, refund.to_string())],
        Event::OutboundRequested { fulfilment, .. } => vec![Start(Fulfilment, fulfilment.to_string(), Step::RequestOutbound, at)],
        Event::OutboundCompleted { fulfilment, .. } => vec![Move(Fulfilment, fulfilment.to_string(), Step::Track, at)],
        Event::OutboundCancelRequested { fulfilment } => vec![Move(Fulfilment, fulfilment.to_string(), Step::StopOutbound, at)],
        Event::DeliveryRescheduled { fulfilment, .. } => vec![Move(Fulfilment, fulfilment.to_string(), Step::Redeliver, at)],
        // The carrier comes again, whoever told of the failure.
        Event::DeliveryFailed { fulfilment, .. } => vec![Move(Fulfilment, fulfilment.to_string(), Step::Track, at)],
        Event::OutboundCancelRefused { fulfilment } => vec![Move(Fulfilment, fulfilment.to_string(), Step::WatchOutbound, at)],
        Event::OutboundFailed { fulfilment }
        | Event::OutboundCancelled { fulfilment }
        | Event::DeliveryReturned { fulfilment }
        | Event::DeliveryCompleted { fulfilment, .. } => vec![End(Fulfilment, fulfilment.to_string())],
        // The carrier is asked on the day.
        Event::OrderPlaced(placed) if placed.collects.is_some_and(|collects| !collects.by_installer) => {
            let day = placed.collects.map_or(at, |collects| Time::start_of_kst(collects.on));
            vec![Start(Collection, order.id.to_string(), Step::RequestPickup, day.max(at))]
        }
        // An installer is asked by people.
        Event::PickupScheduled { .. } | Event::PickupFailed | Event::PickupCompleted { .. } | Event::PickupReceived | Event::PickupCancelled
            if order.pickup.as_ref().is_some_and(|pickup| pickup.collects.by_installer) =>
        {
            Vec::new()
        }
        Event::PickupScheduled { .. } => vec![Move(Collection, order.id.to_string(), Step::WatchPickup, at)],
        // He comes again the next day, until somebody has to call.
        Event::PickupFailed if order.pickup.as_ref().is_some_and(|pickup| pickup.failures < policy.delivery_max_failures) => {
            vec![Move(Collection, order.id.to_string(), Step::RequestPickup, at.end_of_kst_day_after(0))]
        }
        Event::PickupFailed | Event::PickupCompleted { .. } | Event::PickupReceived | Event::PickupCancelled => {
            vec![End(Collection, order.id.to_string())]
        }
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
        | Event::OrderPartiallyCancelled { .. }
        | Event::ShortageRaised { .. }
        | Event::ShortageAnswered { .. }
        | Event::ShortageFilled { .. }
        | Event::ShortageReasked { .. }
        | Event::SubstituteProposed { .. }
        | Event::LineSubstituted { .. }
        | Event::DifferenceDue(_)
        | Event::DifferenceDropped { .. }
        | Event::StockLost { .. }
        | Event::FulfilmentShort { .. }
        | Event::GoodsArrived { .. }
        | Event::PromiseMissed { .. }
        | Event::FulfilmentReturned { .. }
        | Event::ReturnRejected { .. }
        | Event::ReturnQuestioned { .. }
        | Event::ReturnAnswered { .. }
        | Event::ReturnWithdrawn { .. }
        | Event::CollectionRequested { .. }
        | Event::CollectionScheduled { .. }
        | Event::CollectionDropped { .. }
        | Event::PickupDeclined { .. }
        | Event::RefundApprovalNeeded { .. }
        | Event::RefundApproved { .. }
        | Event::RefundRejected { .. }
        | Event::ReturnRequested { .. }
        | Event::ReturnApproved { .. }
        | Event::ReturnCollected { .. }
        | Event::ReturnInspected { .. }
        | Event::ReturnWaived { .. }
        | Event::ReturnPassedOn { .. }
        | Event::ReturnPutAway { .. }
        | Event::ExchangeRequested { .. }
        | Event::ExchangeApproved { .. }
        | Event::ProductAdded { .. }
        | Event::ExchangeSettled { .. }
        | Event::ReplacementMoved { .. }
        | Event::ReplacementAwaited { .. }
        | Event::ExchangeFailed { .. }
        | Event::ExchangeCompleted { .. }
        | Event::ReturnCompleted { .. }
        | Event::CouponApplied { .. }
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
        | Event::AddressNeeded
        | Event::AddressOverdue
        | Event::AcceptanceOverdue
        | Event::AddressChanged { .. }
        | Event::AddressChangeAsked { .. }
        | Event::AddressChangeRefused
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
        | Event::PaymentIdentityVerified { .. }
        | Event::OrderPaid
        | Event::OrderConfirmed { .. }
        | Event::OrderCancelRequested { .. }
        | Event::OrderCancelled { .. }
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
        | Event::OutboundStarted { .. }
        | Event::DeliveryStatusChanged { .. }
        | Event::OrderDeliveryStarted
        | Event::OrderDelivered
        | Event::OrderCompleted { .. } => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{AttemptId, CountingMint};

    #[test]
    fn every_outcome_belongs_to_a_step_and_gives_a_fact_there_and_nowhere_else() {
        let subject = AttemptId::mint(&mut CountingMint::default()).to_string();
        let parcel = Parcel { carrier: CarrierName::parse("한진택배").unwrap(), tracking: TrackingNumber::parse("4200-1").unwrap() };
        let steps: Vec<Step> = SagaKind::ALL.iter().flat_map(|kind| kind.steps()).copied().collect();
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_slug(outcome.slug()), Some(*outcome));
            assert!(steps.iter().any(|step| step.outcomes().contains(outcome)), "{outcome:?} is of no step");
            for step in &steps {
                let fact = fact_by_hand(*step, &subject, *outcome, Some(&parcel), Time(0));
                let unknown = Err(Refusal::invalid("outcome", Problem::Unknown));
                if step.outcomes().contains(outcome) {
                    let fact = fact.unwrap();
                    assert_eq!(fact.chairs(), [crate::actor::Chair::System], "{step:?} {outcome:?}: a fact, and nobody's wish");
                } else {
                    assert_eq!(fact, unknown, "{step:?} {outcome:?}");
                }
            }
        }
        for step in &steps {
            assert!(!step.outcomes().is_empty(), "{step:?} cannot be settled");
        }
        let nameless = fact_by_hand(Step::WatchOutbound, &subject, Outcome::Sent, None, Time(0));
        assert_eq!(nameless, Err(Refusal::invalid("tracking", Problem::Missing)));
        assert_eq!(fact_by_hand(Step::PayBack, "no id", Outcome::PaidBack, None, Time(0)), Err(Refusal::NotFound));
    }
}
