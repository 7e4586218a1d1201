//! The allow-lists of 01 §3. A state a list does not reach, or a move that no list names, does not exist.

use crate::machine::Machine;
use serde::{Deserialize, Serialize};

macro_rules! states {
    ($($(#[$doc:meta])* $name:ident { $($state:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
        #[allow(missing_docs)]
        pub enum $name { $($state),* }
        impl $name {
            /// Every state.
            pub const ALL: &'static [Self] = &[$(Self::$state),*];
            /// The name in rows, interfaces and the word catalogue.
            pub fn name(self) -> &'static str {
                match self { $(Self::$state => stringify!($state)),* }
            }
        }
    )*};
}

states! {
    /// The front of an order: what buyer and seller have agreed so far.
    Front { Pending, StockReserved, PaymentPending, PaymentFailed, Paid, Confirmed, Completed, Cancelled }
    /// A missing quantity.
    ShortageState { Open, Waiting, Filled, Taken, Substituted, Cancelled }
    /// Goods that leave together.
    FulfilmentState {
        Planned, Preparing, PurchaseOrdered, PurchaseCompleted, Shipped, InTransit, OutForDelivery, Delivered,
        DeliveryFailed, ReturningToSender, Installed, Returned, Cancelled,
    }
    /// An installer's job.
    InstallationState { Assigned, Accepted, Scheduled, Rescheduled, EnRoute, DeliveredByInstaller, Installed, Impossible, Declined, Cancelled }
    /// Work on site that was not bought.
    ExtraState { Proposed, Approved, Refused, Lapsed, Withdrawn }
    /// One attempt to pay.
    AttemptState { Requested, WaitingDeposit, Approved, Declined, TimedOut, Voided, DepositReversed }
    /// A claim: a return, or an exchange.
    ReturnState {
        Requested, Approved, Rejected, Withdrawn, Collecting, Collected, Inspected, AwaitingRefundApproval, RefundRejected, Refunding, Replacing,
        Closed,
    }
    /// A pickup for a claim.
    CollectionState { Requested, Scheduled, PickedUp, Received, Failed, Cancelled }
}

/// The front machine.
pub const FRONT: Machine<Front> = {
    use Front::*;
    Machine {
        name: "order",
        start: Pending,
        edges: &[
            (Pending, "stock.reserved", StockReserved),
            (Pending, "order.shortage_answered", StockReserved),
            (Pending, "order.shortage_filled", StockReserved),
            (StockReserved, "payment.requested", PaymentPending),
            (StockReserved, "order.paid", Paid),
            (StockReserved, "order.confirmed", Confirmed),
            (PaymentPending, "order.paid", Paid),
            (PaymentPending, "payment.declined", PaymentFailed),
            (PaymentPending, "payment.timed_out", PaymentFailed),
            (PaymentFailed, "payment.requested", PaymentPending),
            (PaymentFailed, "order.paid", Paid),
            (Paid, "order.confirmed", Confirmed),
            (Pending, "order.cancelled", Cancelled),
            (StockReserved, "order.cancelled", Cancelled),
            (PaymentPending, "order.cancelled", Cancelled),
            (PaymentFailed, "order.cancelled", Cancelled),
            (Paid, "order.cancelled", Cancelled),
            (Confirmed, "order.cancelled", Cancelled),
            (Confirmed, "order.completed", Completed),
        ],
    }
};

/// The shortage machine.
pub const SHORTAGE: Machine<ShortageState> = {
    use ShortageState::*;
    Machine {
        name: "shortage",
        start: Open,
        edges: &[
            (Open, "wait", Waiting),
            (Open, "fill", Filled),
            (Open, "take", Taken),
            (Open, "substitute", Substituted),
            (Open, "cancel", Cancelled),
            (Waiting, "fill", Filled),
            (Waiting, "take", Taken),
            (Waiting, "substitute", Substituted),
            (Waiting, "cancel", Cancelled),
        ],
    }
};

/// The fulfilment machine.
pub const FULFILMENT: Machine<FulfilmentState> = {
    use FulfilmentState::*;
    Machine {
        name: "fulfilment",
        start: Planned,
        edges: &[
            (Planned, "fulfilment.preparing", Preparing),
            (Planned, "fulfilment.cancelled", Cancelled),
            (Preparing, "fulfilment.purchase_ordered", PurchaseOrdered),
            (PurchaseOrdered, "fulfilment.purchase_completed", PurchaseCompleted),
            (PurchaseOrdered, "fulfilment.short", Preparing),
            (PurchaseCompleted, "fulfilment.short", Preparing),
            (Preparing, "fulfilment.cancelled", Cancelled),
            (PurchaseOrdered, "fulfilment.cancelled", Cancelled),
            (PurchaseCompleted, "fulfilment.cancelled", Cancelled),
            (PurchaseCompleted, "outbound.completed", Shipped),
            (PurchaseCompleted, "outbound.handed_over", Shipped),
            (Shipped, "delivery.status_changed", InTransit),
            (Shipped, "delivery.status_changed", OutForDelivery),
            (InTransit, "delivery.status_changed", OutForDelivery),
            (OutForDelivery, "delivery.completed", Delivered),
            (OutForDelivery, "delivery.failed", DeliveryFailed),
            (DeliveryFailed, "delivery.status_changed", OutForDelivery),
            (DeliveryFailed, "delivery.returned", ReturningToSender),
            (Shipped, "delivery.returned", ReturningToSender),
            (OutForDelivery, "installation.impossible", ReturningToSender),
            (Delivered, "installation.impossible", ReturningToSender),
            (Delivered, "installation.completed", Installed),
            (ReturningToSender, "fulfilment.returned", Returned),
            (Shipped, "claim closed", Returned),
            (InTransit, "claim closed", Returned),
            (OutForDelivery, "claim closed", Returned),
            (Delivered, "claim closed", Returned),
            (Installed, "claim closed", Returned),
        ],
    }
};

/// The installation machine.
pub const INSTALLATION: Machine<InstallationState> = {
    use InstallationState::*;
    Machine {
        name: "installation",
        start: Assigned,
        edges: &[
            (Assigned, "installer.accepted", Accepted),
            (Assigned, "installer.declined", Declined),
            (Accepted, "installer.scheduled", Scheduled),
            (Scheduled, "reschedule", Rescheduled),
            (Rescheduled, "installer.scheduled", Scheduled),
            (Scheduled, "installer.departed", EnRoute),
            (EnRoute, "installer.delivered", DeliveredByInstaller),
            (EnRoute, "installation.completed", Installed),
            (EnRoute, "reschedule", Rescheduled),
            (DeliveredByInstaller, "installation.completed", Installed),
            (DeliveredByInstaller, "reschedule", Rescheduled),
            (EnRoute, "installation.impossible", Impossible),
            (DeliveredByInstaller, "installation.impossible", Impossible),
            (Assigned, "unassign", Cancelled),
            (Accepted, "unassign", Cancelled),
            (Scheduled, "unassign", Cancelled),
            (Rescheduled, "unassign", Cancelled),
        ],
    }
};

/// The machine of an extra charge.
pub const EXTRA: Machine<ExtraState> = {
    use ExtraState::*;
    Machine {
        name: "extra charge",
        start: Proposed,
        edges: &[
            (Proposed, "extra_charge.approved", Approved),
            (Proposed, "extra_charge.refused", Refused),
            (Proposed, "extra_charge.lapsed", Lapsed),
            (Proposed, "extra_charge.withdrawn", Withdrawn),
        ],
    }
};

/// The payment machine.
pub const ATTEMPT: Machine<AttemptState> = {
    use AttemptState::*;
    Machine {
        name: "payment",
        start: Requested,
        edges: &[
            (Requested, "payment.deposit_awaited", WaitingDeposit),
            (Requested, "payment.approved", Approved),
            (Requested, "payment.declined", Declined),
            (Requested, "payment.timed_out", TimedOut),
            (Requested, "payment.voided", Voided),
            (WaitingDeposit, "payment.approved", Approved),
            (WaitingDeposit, "payment.timed_out", TimedOut),
            (WaitingDeposit, "payment.voided", Voided),
            (TimedOut, "payment.approved", Approved),
            (TimedOut, "payment.voided", Voided),
            (Approved, "deposit reversed", DepositReversed),
        ],
    }
};

/// The machine of claims: returns, and exchanges on top of them.
pub const RETURN: Machine<ReturnState> = {
    use ReturnState::*;
    Machine {
        name: "return",
        start: Requested,
        edges: &[
            (Requested, "return.approved", Approved),
            (Requested, "return.rejected", Rejected),
            (Requested, "return.withdrawn", Withdrawn),
            (Approved, "pickup.requested", Collecting),
            (Approved, "nothing left the warehouse", Refunding),
            (Approved, "nothing to pay back", Closed),
            // What a carrier could not deliver comes back by itself.
            (Approved, "return.collected", Collected),
            (Collecting, "return.collected", Collected),
            // Who was to fetch them does not.
            (Collecting, "return.pickup_dropped", Approved),
            (Collected, "return.inspected", Inspected),
            // The buyer keeps what he has.
            (Approved, "return.waived", Inspected),
            (Inspected, "nothing to pay back", Closed),
            (Inspected, "approval needed", AwaitingRefundApproval),
            (Inspected, "refund.requested", Refunding),
            (Approved, "approval needed", AwaitingRefundApproval),
            (AwaitingRefundApproval, "refund.approved", Refunding),
            (AwaitingRefundApproval, "refund.rejected", RefundRejected),
            (Refunding, "return.completed", Closed),
            // An exchange that nobody paid the difference of.
            (Approved, "return.withdrawn", Withdrawn),
            (Approved, "exchange.product_added", Replacing),
            (Inspected, "exchange.replacement_awaited", Replacing),
            (Approved, "exchange.replacement_awaited", Replacing),
            (Refunding, "exchange.replacement_awaited", Replacing),
            (Replacing, "exchange.completed", Closed),
            (Replacing, "exchange.failed", Inspected),
            (Refunding, "exchange.failed", Inspected),
        ],
    }
};

/// The collection machine.
pub const COLLECTION: Machine<CollectionState> = {
    use CollectionState::*;
    Machine {
        name: "collection",
        start: Requested,
        edges: &[
            (Requested, "pickup.scheduled", Scheduled),
            (Scheduled, "pickup.completed", PickedUp),
            (PickedUp, "pickup.received", Received),
            (Scheduled, "pickup.failed", Failed),
            (Failed, "pickup.scheduled", Scheduled),
            (Requested, "pickup.declined", Cancelled),
            (Scheduled, "pickup.declined", Cancelled),
            (Failed, "pickup.declined", Cancelled),
            (Requested, "pickup.cancelled", Cancelled),
            (Scheduled, "pickup.cancelled", Cancelled),
            (Failed, "pickup.cancelled", Cancelled),
        ],
    }
};

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Debug;

    fn whole<S: Copy + PartialEq + Debug>(machine: &Machine<S>, all: &[S]) {
        let reachable = machine.reachable();
        for state in all {
            assert!(reachable.contains(state), "{}: {state:?} cannot be reached", machine.name);
        }
        for (from, by, to) in machine.edges {
            assert_ne!(from, to, "{}: {by} leads nowhere", machine.name);
        }
    }

    #[test]
    fn every_state_can_be_reached() {
        whole(&FRONT, Front::ALL);
        whole(&SHORTAGE, ShortageState::ALL);
        whole(&FULFILMENT, FulfilmentState::ALL);
        whole(&INSTALLATION, InstallationState::ALL);
        whole(&EXTRA, ExtraState::ALL);
        whole(&ATTEMPT, AttemptState::ALL);
        whole(&RETURN, ReturnState::ALL);
        whole(&COLLECTION, CollectionState::ALL);
    }
}
