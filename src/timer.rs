//! Timers: rows with a kind and a due time. Which facts set and clear them is a pure function; what one does when it fires
//! is a command like any other, so a late or a double firing changes nothing twice (03 §4).

use crate::{
    ids::FulfilmentId,
    notice::Template,
    order::{CarrierStatus, Event, FulfilmentState, Method, Order, OrderCommand, PaymentMethod, ShortageState, event::PlannedFulfilment},
    policy::Policy,
    time::{Date, Span, Time},
};
use serde::{Deserialize, Serialize};

/// What a timer is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimerKind {
    /// The hold on stock ends.
    Hold,
    /// The hold ends soon.
    HoldWarning,
    /// Ten minutes to pay.
    PaymentWindow,
    /// A day to pay again after the first failure.
    RepayWindow,
    /// Two days to answer what becomes of missing units.
    ShortageAnswer,
    /// A week of waiting for missing units.
    ShortageReask,
    /// Half an hour to pay for a change.
    Difference,
    /// Twenty minutes to say something about work on site.
    ExtraAnswer,
    /// A day to say where it goes.
    AddressFix,
    /// A store has not said whether it sells what another one asked for.
    Acceptance,
    /// A day after the last failed delivery.
    ReturnToSender,
    /// Own-stock parcels leave without a person.
    AutoRelease,
    /// The day that goods to come were promised for.
    Promise,
    /// A day before the automatic confirmation.
    ConfirmNotice,
    /// Seven days after delivery.
    AutoConfirm,
    /// Three days after completion.
    ReviewReminder,
}

impl TimerKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Hold,
        Self::HoldWarning,
        Self::PaymentWindow,
        Self::RepayWindow,
        Self::ShortageAnswer,
        Self::ShortageReask,
        Self::Difference,
        Self::ExtraAnswer,
        Self::AddressFix,
        Self::Acceptance,
        Self::ReturnToSender,
        Self::AutoRelease,
        Self::Promise,
        Self::ConfirmNotice,
        Self::AutoConfirm,
        Self::ReviewReminder,
    ];

    /// The name in rows.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::HoldWarning => "hold-warning",
            Self::PaymentWindow => "payment-window",
            Self::RepayWindow => "repay-window",
            Self::ShortageAnswer => "shortage-answer",
            Self::ShortageReask => "shortage-reask",
            Self::Difference => "difference",
            Self::ExtraAnswer => "extra-answer",
            Self::AddressFix => "address-fix",
            Self::Acceptance => "acceptance",
            Self::ReturnToSender => "return-to-sender",
            Self::AutoRelease => "auto-release",
            Self::Promise => "promise",
            Self::ConfirmNotice => "confirm-notice",
            Self::AutoConfirm => "auto-confirm",
            Self::ReviewReminder => "review-reminder",
        }
    }

    /// The kind of a row.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }

    /// What happens when it fires. Timers of one fulfilment carry its id.
    pub fn fires(self, subject: Option<FulfilmentId>) -> Option<Firing> {
        Some(match self {
            Self::Hold => Firing::Command(OrderCommand::ExpireHold),
            Self::HoldWarning => Firing::Notice(Template::HoldExpiring),
            Self::PaymentWindow => Firing::Command(OrderCommand::ExpirePaymentWindow),
            Self::RepayWindow => Firing::Command(OrderCommand::ExpireRepayWindow),
            Self::ShortageAnswer => Firing::Command(OrderCommand::ExpireShortages),
            Self::ShortageReask => Firing::Command(OrderCommand::ReaskShortages),
            Self::Difference => Firing::Command(OrderCommand::ExpireDifference),
            Self::ExtraAnswer => Firing::Command(OrderCommand::ExpireExtra { fulfilment: subject? }),
            Self::AddressFix => Firing::Command(OrderCommand::ExpireAddressFix),
            Self::Acceptance => Firing::Command(OrderCommand::ExpireAcceptance),
            Self::ReturnToSender => Firing::Command(OrderCommand::ReturnToSender { fulfilment: subject? }),
            Self::AutoRelease => Firing::Command(OrderCommand::AutoRelease { fulfilment: subject? }),
            Self::Promise => Firing::Command(OrderCommand::ExpirePromise { fulfilment: subject? }),
            Self::ConfirmNotice => Firing::Notice(Template::ConfirmSoon),
            Self::AutoConfirm => Firing::Command(OrderCommand::AutoConfirm),
            Self::ReviewReminder => Firing::Command(OrderCommand::RequestReview),
        })
    }
}

/// What a timer does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Firing {
    /// A command by the system.
    Command(OrderCommand),
    /// A notice to the buyer.
    Notice(Template),
}

/// A change of an order's timers. Setting one that runs moves it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TimerChange {
    /// Run until `due`.
    Set(TimerKind, Option<FulfilmentId>, Time),
    /// Stop.
    Clear(TimerKind, Option<FulfilmentId>),
    /// Stop every timer of the order.
    ClearAll,
}

/// When the buyer has to answer, and when he is asked again: the earliest of each.
fn asking(order: &Order, policy: &Policy) -> Vec<TimerChange> {
    let timer = |kind, state, patience| {
        let asked = order.shortages.iter().filter(|shortage| shortage.state == state).map(|shortage| shortage.asked_at).min();
        asked.map_or(TimerChange::Clear(kind, None), |asked| TimerChange::Set(kind, None, asked + patience))
    };
    vec![
        timer(TimerKind::ShortageAnswer, ShortageState::Open, policy.shortage_answer_within),
        timer(TimerKind::ShortageReask, ShortageState::Waiting, policy.wait_reask_after),
    ]
}

/// Parcels leave by themselves after a while; what is still to come is waited for until the end of the promised day.
fn release(id: FulfilmentId, method: Method, promised: Option<Date>, at: Time, policy: &Policy) -> Option<TimerChange> {
    match promised {
        Some(day) => Some(TimerChange::Set(TimerKind::Promise, Some(id), Time::start_of_kst(Date::from_days(day.days() + 1)))),
        None => (method == Method::Parcel).then(|| TimerChange::Set(TimerKind::AutoRelease, Some(id), at + policy.auto_release_after)),
    }
}

fn releases(plans: &[PlannedFulfilment], at: Time, policy: &Policy) -> impl Iterator<Item = TimerChange> {
    plans.iter().filter_map(move |goods| release(goods.id, goods.method, goods.promised, at, policy))
}

/// The timers a fact sets and clears. `order` is the order after the fact.
pub fn timers(order: &Order, event: &Event, at: Time, policy: &Policy) -> Vec<TimerChange> {
    use TimerChange::{Clear, ClearAll, Set};
    let hold = |until: Time| vec![Set(TimerKind::Hold, None, until), Set(TimerKind::HoldWarning, None, until.before(policy.hold_warning))];
    match event {
        // Units that come after the payment are committed in the same breath.
        // What is bought on credit waits for an answer and not for a payment.
        Event::StockReserved { until, .. } if order.is_on_credit() && order.confirmed_at.is_none() => {
            vec![Set(TimerKind::Acceptance, None, *until)]
        }
        // An installer who is silent for a day is somebody to call.
        Event::OrderPlaced(_) if order.job.is_some() => vec![Set(TimerKind::Acceptance, None, at + policy.accept_within)],
        Event::OrderPlaced(_) if order.pickup.as_ref().is_some_and(|pickup| pickup.collects.by_installer) => {
            vec![Set(TimerKind::Acceptance, None, at + policy.accept_within)]
        }
        Event::InstallerAccepted { .. } | Event::InstallerDeclined { .. } | Event::InstallerUnassigned { .. } if order.job.is_some() => {
            vec![Clear(TimerKind::Acceptance, None)]
        }
        Event::PickupScheduled { visit: Some(_), .. } | Event::PickupDeclined { .. } => vec![Clear(TimerKind::Acceptance, None)],
        Event::StockReserved { .. } if order.confirmed_at.is_some() => Vec::new(),
        Event::StockReserved { until, .. } => hold(*until),
        Event::StockReleased { was_committed: false, .. } if order.held.is_empty() => {
            vec![Clear(TimerKind::Hold, None), Clear(TimerKind::HoldWarning, None)]
        }
        Event::DifferenceDue(difference) => vec![Set(TimerKind::Difference, None, difference.until)],
        // Who does not pay after all can still say something, if there is time.
        Event::DifferenceDropped { .. } => {
            let asked = order.open_extras().map(|extra| Set(TimerKind::ExtraAnswer, Some(extra.fulfilment), extra.until));
            std::iter::once(Clear(TimerKind::Difference, None)).chain(asked).collect()
        }
        Event::ExtraProposed(extra) if order.job.is_none() => vec![Set(TimerKind::ExtraAnswer, Some(extra.fulfilment), extra.until)],
        Event::ExtraApproved { extra } | Event::ExtraRefused { extra } | Event::ExtraLapsed { extra } | Event::ExtraWithdrawn { extra }
            if order.job.is_none() =>
        {
            let goods = order.extra(*extra).map(|extra| extra.fulfilment);
            let due = order.difference.is_none().then_some(Clear(TimerKind::Difference, None));
            std::iter::once(Clear(TimerKind::ExtraAnswer, goods)).chain(due).collect()
        }
        Event::ProductAdded { .. } => vec![Clear(TimerKind::Difference, None)],
        Event::LineSubstituted { fulfilments, .. } => {
            let mut changes = asking(order, policy);
            changes.push(Clear(TimerKind::Difference, None));
            changes.extend(releases(fulfilments, at, policy));
            changes
        }
        Event::ShortageRaised { .. } | Event::ShortageAnswered { .. } | Event::ShortageReasked { .. } => asking(order, policy),
        Event::ShortageFilled { fulfilments, .. } => {
            let mut changes = asking(order, policy);
            changes.extend(releases(fulfilments, at, policy));
            changes
        }
        Event::DeliveryFailed { fulfilment, .. } => match order.fulfilment(*fulfilment) {
            Some(goods) if goods.failures >= policy.delivery_max_failures => {
                vec![Set(TimerKind::ReturnToSender, Some(*fulfilment), at + policy.give_up_after)]
            }
            Some(_) | None => Vec::new(),
        },
        // The carrier tries once more, or brings it after all.
        Event::DeliveryStatusChanged { fulfilment, status: CarrierStatus::OutForDelivery, .. } | Event::DeliveryReturned { fulfilment } => {
            vec![Clear(TimerKind::ReturnToSender, Some(*fulfilment))]
        }
        Event::AddressNeeded => vec![Set(TimerKind::AddressFix, None, at + policy.address_fix_within)],
        Event::AddressChanged { .. } => {
            let due = order.difference.is_none().then_some(Clear(TimerKind::Difference, None));
            std::iter::once(Clear(TimerKind::AddressFix, None)).chain(due).collect()
        }
        Event::FulfilmentCancelled { fulfilment } => {
            vec![Clear(TimerKind::AutoRelease, Some(*fulfilment)), Clear(TimerKind::Promise, Some(*fulfilment))]
        }
        // What is paid beside the order runs on a clock of its own.
        Event::PaymentRequested { held_until, .. } if order.difference.is_some() => vec![Set(TimerKind::Difference, None, *held_until)],
        Event::PaymentDeclined { attempt, .. } | Event::PaymentTimedOut { attempt } | Event::PaymentVoided { attempt }
            if order.pays_change(*attempt) =>
        {
            Vec::new()
        }
        Event::PaymentRequested { method, held_until, .. } => {
            let mut changes = hold(*held_until);
            changes.push(Clear(TimerKind::HoldWarning, None));
            if *method != PaymentMethod::VirtualAccount {
                changes.push(Set(TimerKind::PaymentWindow, None, at + policy.payment_window));
            }
            changes
        }
        // A virtual account has its own day; it replaces hold and window.
        Event::PaymentDepositAwaited { .. } => {
            vec![Clear(TimerKind::Hold, None), Clear(TimerKind::HoldWarning, None), Clear(TimerKind::PaymentWindow, None)]
        }
        Event::PaymentDeclined { .. } | Event::PaymentTimedOut { .. } | Event::PaymentVoided { .. } => {
            let mut changes = vec![Clear(TimerKind::PaymentWindow, None)];
            if let Some(first) = order.first_failed_at {
                changes.push(Set(TimerKind::RepayWindow, None, first + policy.repay_window));
                changes.push(Set(TimerKind::Hold, None, order.held_until.unwrap_or(at)));
            }
            if order.front == crate::order::Front::Cancelled {
                changes = vec![ClearAll];
            }
            changes
        }
        Event::OrderConfirmed { fulfilments } => std::iter::once(ClearAll).chain(releases(fulfilments, at, policy)).collect(),
        Event::FulfilmentSplit { into, .. } => {
            let part = order.fulfilment(*into).filter(|goods| goods.state == FulfilmentState::Planned);
            // A day that went by is not missed twice.
            let part = part.filter(|goods| !goods.overdue);
            part.and_then(|goods| release(goods.id, goods.method, goods.promised, at, policy)).into_iter().collect()
        }
        Event::GoodsArrived { fulfilment, .. } => {
            let leaves = order.fulfilment(*fulfilment).and_then(|goods| release(goods.id, goods.method, None, at, policy));
            std::iter::once(Clear(TimerKind::Promise, Some(*fulfilment))).chain(leaves).collect()
        }
        Event::FulfilmentPreparing { fulfilment } => vec![Clear(TimerKind::AutoRelease, Some(*fulfilment))],
        // What may not be confirmed while something is on its way back may be afterwards.
        Event::OrderDelivered
        | Event::ReturnCompleted { .. }
        | Event::ExchangeCompleted { .. }
        | Event::RefundRejected { .. }
        | Event::ReturnRejected { .. }
        | Event::ReturnWithdrawn { .. } => {
            let Some(delivered) = order.delivered_at.filter(|_| order.completed_at.is_none()) else { return Vec::new() };
            let end = delivered.end_of_kst_day_after(i64::from(policy.confirm_after_days));
            // Who keeps the goods after all has the rest of the day to say something else.
            let kept = matches!(event, Event::ReturnRejected { .. } | Event::ReturnWithdrawn { .. });
            let end = if kept { end.max(at.end_of_kst_day_after(0)) } else { end };
            let notice = Set(TimerKind::ConfirmNotice, None, end.before(Span::days(1)));
            let told = order.is_on_credit() || !matches!(event, Event::OrderDelivered) && end.before(Span::days(1)) <= at;
            std::iter::once(Set(TimerKind::AutoConfirm, None, end + Span(1))).chain((!told).then_some(notice)).collect()
        }
        // A store that counts goods in writes no review of them.
        Event::OrderCompleted { .. } if order.is_on_credit() => vec![ClearAll],
        Event::OrderCompleted { .. } => vec![ClearAll, Set(TimerKind::ReviewReminder, None, at + policy.review_remind_after)],
        Event::ReviewWritten { .. } => vec![Clear(TimerKind::ReviewReminder, None)],
        Event::OrderCancelled { .. } => vec![ClearAll],
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
        | Event::SubstituteProposed { .. }
        | Event::OrderPartiallyCancelled { .. }
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
        | Event::StockLost { .. }
        | Event::FulfilmentShort { .. }
        | Event::PromiseMissed { .. }
        | Event::OutboundCancelRequested { .. }
        | Event::OutboundCancelled { .. }
        | Event::OutboundCancelRefused { .. }
        | Event::FulfilmentReturned { .. }
        | Event::ReturnRequested { .. }
        | Event::ReturnQuestioned { .. }
        | Event::ReturnAnswered { .. }
        | Event::ReturnApproved { .. }
        | Event::ReturnCollected { .. }
        | Event::CollectionRequested { .. }
        | Event::CollectionScheduled { .. }
        | Event::CollectionDropped { .. }
        | Event::PickupScheduled { .. }
        | Event::PickupCompleted { .. }
        | Event::PickupFailed
        | Event::PickupReceived
        | Event::PickupCancelled
        | Event::RefundApprovalNeeded { .. }
        | Event::RefundApproved { .. }
        | Event::ReturnInspected { .. }
        | Event::ReturnWaived { .. }
        | Event::ReturnPassedOn { .. }
        | Event::ReturnPutAway { .. }
        | Event::RefundAccountGiven { .. }
        | Event::ExchangeRequested { .. }
        | Event::ExchangeApproved { .. }
        | Event::ExchangeSettled { .. }
        | Event::ReplacementMoved { .. }
        | Event::ReplacementAwaited { .. }
        | Event::ExchangeFailed { .. }
        | Event::StockReservationExpired { .. }
        | Event::StockReleased { .. }
        | Event::CouponApplied { .. }
        | Event::DeliveryRescheduled { .. }
        | Event::CouponUsed { .. }
        | Event::SpendUpdated { .. }
        | Event::PointsReclaimed { .. }
        | Event::ReviewRequested
        | Event::ReviewChanged { .. }
        | Event::ReviewAnswered { .. }
        | Event::ReviewHidden { .. }
        | Event::ReviewShown { .. }
        | Event::GoodwillProposed { .. }
        | Event::GoodwillRejected
        | Event::GoodwillGiven { .. }
        | Event::TierChanged { .. }
        | Event::AddressOverdue
        | Event::AcceptanceOverdue
        | Event::AddressChangeAsked { .. }
        | Event::AddressChangeRefused
        | Event::CouponRestored { .. }
        | Event::PointsHeld { .. }
        | Event::PointsUsed { .. }
        | Event::PointsRestored { .. }
        | Event::PointsEarned { .. }
        | Event::StockCommitted { .. }
        | Event::StockDeducted { .. }
        | Event::PaymentIdentityVerified { .. }
        | Event::PaymentAuthorised { .. }
        | Event::PaymentApproved { .. }
        | Event::PaymentCancelRequested { .. }
        | Event::RefundRequested { .. }
        | Event::RefundCompleted { .. }
        | Event::OrderPaid
        | Event::OrderCancelRequested { .. }
        | Event::AllocationMade { .. }
        | Event::AllocationUndone { .. }
        | Event::UnitsNamed { .. }
        | Event::FulfilmentSourced { .. }
        | Event::FulfilmentPurchaseOrdered { .. }
        | Event::FulfilmentPurchaseCompleted { .. }
        | Event::OutboundRequested { .. }
        | Event::OutboundStarted { .. }
        | Event::OutboundCompleted { .. }
        | Event::OutboundFailed { .. }
        | Event::DeliveryStatusChanged { .. }
        | Event::DeliveryCompleted { .. }
        | Event::OrderDeliveryStarted => Vec::new(),
    }
}
