//! The one status people see, the board an order stands on and what it waits for: pure functions of the machines.

use super::{
    AttemptState, ChildStage, CollectionState, Front, FulfilmentState, InstallationState, Order, Refund, ReturnState, Source, machines::ShortageState,
};
use crate::refusal::Problem;
use serde::{Deserialize, Serialize};

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $slug:tt),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $slug)] $variant),* }
        impl $name {
            /// All of them, in the order an order meets them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The name in rows, addresses and the word catalogue.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $slug),* }
            }
            /// The one of this name.
            pub fn from_name(name: &str) -> Result<Self, Problem> {
                Self::ALL.iter().copied().find(|one| one.name() == name).ok_or(Problem::Unknown)
            }
        }
    )*};
}

names! {
    /// The visible status (01 §3).
    Status {
        /// 접수
        Pending = "Pending",
        /// 재고 확보
        StockReserved = "StockReserved",
        /// 부분 재고
        PartiallyAvailable = "PartiallyAvailable",
        /// 재고 없음
        OutOfStock = "OutOfStock",
        /// 입고 대기
        WaitingStock = "WaitingStock",
        /// 결제 대기
        PaymentPending = "PaymentPending",
        /// 결제 실패
        PaymentFailed = "PaymentFailed",
        /// 결제 완료
        Paid = "Paid",
        /// 주문 확정
        Confirmed = "Confirmed",
        /// 상품 준비중
        Preparing = "Preparing",
        /// 발주 확인
        PurchaseOrdered = "PurchaseOrdered",
        /// 발주 완료
        PurchaseCompleted = "PurchaseCompleted",
        /// 출고 완료
        Shipped = "Shipped",
        /// 배송중
        InTransit = "InTransit",
        /// 배송 출발
        OutForDelivery = "OutForDelivery",
        /// 배송 실패
        DeliveryFailed = "DeliveryFailed",
        /// 반송중
        ReturningToSender = "ReturningToSender",
        /// 배송 완료
        Delivered = "Delivered",
        /// 설치 완료
        Installed = "Installed",
        /// 구매 확정
        Completed = "Completed",
        /// 취소
        Cancelled = "Cancelled",
        /// 반품 완료
        Returned = "Returned",
        /// 환불 완료
        Refunded = "Refunded",
    }
    /// The eleven boards of 002.
    Board {
        /// 결제대기
        AwaitingPayment = "awaiting-payment",
        /// 결제만료/취소
        Cancelled = "cancelled",
        /// 주문
        Orders = "orders",
        /// 재고없음
        OutOfStock = "out-of-stock",
        /// 상품준비중
        Preparing = "preparing",
        /// 발주확인
        PurchaseOrdered = "purchase-ordered",
        /// 발주완료
        PurchaseCompleted = "purchase-completed",
        /// 출고완료
        Shipped = "shipped",
        /// 구매확정
        Completed = "completed",
        /// 반품진행
        Returns = "returns",
        /// 교환진행
        Exchanges = "exchanges",
    }
    /// What an order waits for: the gap in "이 주문은 ___을(를) 기다립니다".
    Waits {
        /// The buyer's payment
        Payment = "payment",
        /// The PSP's answer
        PaymentAnswer = "payment-answer",
        /// Money on the virtual account
        Deposit = "deposit",
        /// The difference of a change
        Difference = "difference",
        /// Another try to pay
        Retry = "retry",
        /// The seller to start
        Seller = "seller",
        /// The seller to agree
        Acceptance = "acceptance",
        /// A partner who was asked for goods
        Partner = "partner",
        /// An installer's word, or his visit
        Installer = "installer",
        /// The buyer's word about work on site
        ExtraCharge = "extra-charge",
        /// Somebody to release the goods
        Release = "release",
        /// The warehouse to send them
        Warehouse = "warehouse",
        /// The carrier
        Carrier = "carrier",
        /// The buyer's confirmation
        Confirmation = "confirmation",
        /// The refund
        Refund = "refund",
        /// The buyer's word where his money shall go
        RefundAccount = "refund-account",
        /// The seller's answer to a return
        ReturnAnswer = "return-answer",
        /// The buyer's answer to a question about a return
        ReturnQuestion = "return-question",
        /// Who fetches goods
        Collection = "collection",
        /// The seller's word who takes goods down
        Fetcher = "fetcher",
        /// Somebody who looks at goods that came back
        Inspection = "inspection",
        /// The store that has goods nobody takes back
        PutAway = "put-away",
        /// A second person's word on a refund
        RefundApproval = "refund-approval",
        /// What comes in an exchange
        Replacement = "replacement",
        /// Missing goods
        Stock = "stock",
        /// Goods that were sold before they were there
        Arrival = "arrival",
        /// An address that something can be sent to
        Address = "address",
        /// Nothing any more
        Nothing = "nothing",
    }
}

impl Status {
    /// The board an order of this status stands on.
    pub fn board(self) -> Board {
        match self {
            Self::Pending | Self::StockReserved | Self::PaymentPending | Self::PaymentFailed => Board::AwaitingPayment,
            Self::Cancelled => Board::Cancelled,
            Self::Paid | Self::Confirmed => Board::Orders,
            Self::PartiallyAvailable | Self::OutOfStock | Self::WaitingStock => Board::OutOfStock,
            Self::Preparing => Board::Preparing,
            Self::PurchaseOrdered => Board::PurchaseOrdered,
            Self::PurchaseCompleted => Board::PurchaseCompleted,
            Self::Shipped
            | Self::InTransit
            | Self::OutForDelivery
            | Self::DeliveryFailed
            | Self::ReturningToSender
            | Self::Delivered
            | Self::Installed => Board::Shipped,
            Self::Completed => Board::Completed,
            Self::Returned | Self::Refunded => Board::Returns,
        }
    }

    /// The kind of state, which gives it colour and icon.
    pub fn tone(self) -> Tone {
        match self {
            Self::Pending
            | Self::StockReserved
            | Self::PartiallyAvailable
            | Self::WaitingStock
            | Self::PaymentPending
            | Self::Paid
            | Self::Confirmed => Tone::Waiting,
            Self::Preparing
            | Self::PurchaseOrdered
            | Self::PurchaseCompleted
            | Self::Shipped
            | Self::InTransit
            | Self::OutForDelivery
            | Self::ReturningToSender => Tone::Moving,
            Self::Delivered | Self::Installed | Self::Completed | Self::Refunded | Self::Returned => Tone::Done,
            Self::OutOfStock | Self::PaymentFailed | Self::DeliveryFailed => Tone::Trouble,
            Self::Cancelled => Tone::Neutral,
        }
    }

    /// The names that 000, 001 and 003 use for our states: (document, name, ours).
    pub const TWINS: &'static [(&'static str, &'static str, &'static [Status])] = &[
        ("000", "PENDING", &[Self::Pending]),
        ("000", "PAYMENT_PENDING", &[Self::PaymentPending]),
        ("000", "PAID", &[Self::Paid]),
        ("000", "PAYMENT_FAILED", &[Self::PaymentFailed]),
        ("000", "CANCELLED", &[Self::Cancelled]),
        ("000", "INVENTORY_CHECKING", &[Self::Paid]),
        ("000", "INVENTORY_RESERVED", &[Self::StockReserved]),
        ("000", "PARTIAL_AVAILABLE", &[Self::PartiallyAvailable]),
        ("000", "OUT_OF_STOCK", &[Self::OutOfStock]),
        ("000", "PARTIAL_SHIPMENT", &[Self::Confirmed]),
        ("000", "WAITING_STOCK", &[Self::WaitingStock]),
        ("000", "PROCESSING", &[Self::Preparing, Self::PurchaseOrdered, Self::PurchaseCompleted]),
        ("000", "SHIPPED", &[Self::Shipped]),
        ("000", "IN_TRANSIT", &[Self::InTransit]),
        ("000", "OUT_FOR_DELIVERY", &[Self::OutForDelivery]),
        ("000", "DELIVERED", &[Self::Delivered, Self::Installed]),
        ("000", "DELIVERY_FAILED", &[Self::DeliveryFailed]),
        ("000", "COMPLETED", &[Self::Completed]),
        ("001", "PENDING", &[Self::Pending]),
        ("001", "STOCK_RESERVED", &[Self::StockReserved]),
        ("001", "PAYMENT_PROCESSING", &[Self::PaymentPending]),
        ("001", "PAID", &[Self::Paid]),
        ("001", "CONFIRMED", &[Self::Confirmed]),
        ("001", "PREPARING", &[Self::Preparing, Self::PurchaseOrdered, Self::PurchaseCompleted]),
        ("001", "SHIPPING", &[Self::Shipped, Self::InTransit, Self::OutForDelivery]),
        ("001", "DELIVERED", &[Self::Delivered, Self::Installed]),
        ("001", "COMPLETED", &[Self::Completed]),
        ("001", "CANCELLED", &[Self::Cancelled]),
        ("001", "RETURNED", &[Self::Returned]),
        ("001", "REFUNDED", &[Self::Refunded]),
        ("003", "CREATED", &[Self::Pending, Self::StockReserved, Self::PaymentPending]),
        ("003", "PAID", &[Self::Paid, Self::Confirmed]),
        ("003", "PROCESSING", &[Self::Preparing, Self::PurchaseOrdered, Self::PurchaseCompleted]),
        ("003", "SHIPPED", &[Self::Shipped, Self::InTransit, Self::OutForDelivery]),
        ("003", "SHIP_FAILED", &[Self::DeliveryFailed]),
        ("003", "COMPLETED", &[Self::Delivered, Self::Installed, Self::Completed]),
        ("003", "CANCELLED", &[Self::Cancelled]),
        ("003", "REFUNDED", &[Self::Refunded]),
        ("003", "FAILED", &[Self::PaymentFailed]),
    ];

    /// The name of 000 for this status; states 000 does not know keep their own name.
    pub fn name_in_000(self) -> &'static str {
        // Confirmed is what 000 calls a paid order whose stock is reserved; after that its table decides.
        if self == Self::Confirmed {
            return "INVENTORY_RESERVED";
        }
        Self::TWINS.iter().find(|(source, _, ours)| *source == "000" && ours.contains(&self)).map_or(self.name(), |(_, name, _)| name)
    }
}

/// The kind of a state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Tone {
    /// Somebody has to do something.
    Waiting,
    /// It goes by itself.
    Moving,
    /// Done.
    Done,
    /// Something is wrong.
    Trouble,
    /// Over.
    Neutral,
}

impl Order {
    /// The visible status: cancelled, then everything back, then completed, then the least advanced live goods, then the
    /// front (01 §3).
    pub fn status(&self) -> Status {
        if let Some(job) = &self.job {
            return job_status(job.state);
        }
        if let Some(pickup) = &self.pickup {
            return pickup_status(pickup.state);
        }
        if self.front == Front::Cancelled {
            return Status::Cancelled;
        }
        let gone = |goods: &super::Fulfilment| !goods.is_live();
        if !self.fulfilments.is_empty() && self.fulfilments.iter().all(gone) && !self.is_short() && !self.is_replaced() {
            let refused = self.claims.iter().any(|claim| claim.state == ReturnState::RefundRejected);
            let back = !self.is_claimed() && !refused && self.refunds.iter().all(|refund| refund.completed_at.is_some());
            return if back { Status::Refunded } else { Status::Returned };
        }
        if self.front == Front::Completed {
            return Status::Completed;
        }
        let live = self.fulfilments.iter().filter(|goods| goods.is_live()).map(|goods| goods_status(goods.state));
        if let Some(least) = live.chain(self.replaced_status()).min() {
            return least;
        }
        let open = |state| self.shortages.iter().any(|shortage| shortage.state == state);
        if open(ShortageState::Open) {
            let missing: u32 = self.lines.iter().map(|line| self.missing_units(line.id)).sum();
            let ordered: u32 = self.lines.iter().map(|line| self.live_units(line)).sum();
            return if missing < ordered { Status::PartiallyAvailable } else { Status::OutOfStock };
        }
        if open(ShortageState::Waiting) {
            return Status::WaitingStock;
        }
        match self.front {
            Front::Pending => Status::Pending,
            Front::StockReserved => Status::StockReserved,
            Front::PaymentPending => Status::PaymentPending,
            Front::PaymentFailed => Status::PaymentFailed,
            Front::Paid => Status::Paid,
            Front::Confirmed => Status::Confirmed,
            Front::Completed => Status::Completed,
            Front::Cancelled => Status::Cancelled,
        }
    }

    /// Whether a purchase for live goods is at such a stage.
    fn has_source_at(&self, at: fn(ChildStage) -> bool) -> bool {
        let found = |source: &Source| matches!(source, Source::ChildPurchase { stage, .. } if at(*stage));
        self.fulfilments.iter().any(|goods| goods.is_live() && goods.sources.iter().any(found))
    }

    /// The board it stands on. Nobody waits for a payment of what is bought on credit.
    pub fn board(&self) -> Board {
        // An installation order waits for no payment: it is agreed to, done or off.
        if self.job.is_some() || self.pickup.is_some() {
            return match self.front {
                Front::Completed => Board::Completed,
                Front::Cancelled => Board::Cancelled,
                Front::Pending | Front::StockReserved | Front::PaymentPending | Front::PaymentFailed | Front::Paid | Front::Confirmed => {
                    Board::Orders
                }
            };
        }
        if self.is_on_credit() && self.front == Front::StockReserved { Board::Orders } else { self.status().board() }
    }

    /// Whether live goods stand at different places: the status is then shown with "일부".
    pub fn is_mixed(&self) -> bool {
        let mut states = self.fulfilments.iter().filter(|goods| goods.is_live()).map(|goods| goods.state);
        let first = states.next();
        states.any(|state| Some(state) != first)
    }

    /// Whether all that nothing has been started for is still to come, on a day that is not over.
    fn awaits_arrival(&self) -> bool {
        let mut planned = self.fulfilments.iter().filter(|goods| goods.state == FulfilmentState::Planned).peekable();
        planned.peek().is_some() && planned.all(|goods| goods.is_to_come() && !goods.overdue)
    }

    /// Whether goods that are ready wait for an installer's answer or day, and for nobody else.
    fn awaits_word_of_installer(&self) -> bool {
        let ready = |goods: &&super::Fulfilment| goods.state == FulfilmentState::PurchaseCompleted && goods.outbound_requested_at.is_none();
        let mut ready = self.fulfilments.iter().filter(ready).peekable();
        ready.peek().is_some() && ready.all(|goods| goods.assignment().is_some() && !goods.is_scheduled())
    }

    /// Whether all that is on its way is with an installer.
    fn is_with_installer(&self) -> bool {
        let mut out = self.fulfilments.iter().filter(|goods| goods.is_live() && goods.shipped_at.is_some() && !goods.is_received()).peekable();
        out.peek().is_some() && out.all(|goods| goods.assignment().is_some())
    }

    /// What its open returns wait for, the most pressing first; what is on its way by itself is not among them.
    fn awaits_of_returns(&self) -> Option<Waits> {
        // Of a return that the buyer was asked about nobody else can say more for now.
        let open = |claim: &super::Claim| claim.asked_at.is_none() && (claim.state != ReturnState::Approved || self.comes_down(claim));
        let any = |state| self.claims.iter().any(|claim| claim.state == state && open(claim));
        let order = [
            (ReturnState::Requested, Waits::ReturnAnswer),
            (ReturnState::Collected, Waits::Inspection),
            (ReturnState::AwaitingRefundApproval, Waits::RefundApproval),
            (ReturnState::Approved, Waits::Fetcher),
            (ReturnState::Collecting, Waits::Collection),
            (ReturnState::Replacing, Waits::Replacement),
        ];
        let asked = self.claims.iter().any(|claim| claim.asked_at.is_some()).then_some(Waits::ReturnQuestion);
        let apart = || self.claims.iter().any(|claim| self.is_set_apart(claim)).then_some(Waits::PutAway);
        order.into_iter().find(|(state, _)| any(*state)).map(|(_, waits)| waits).or(asked).or_else(apart)
    }

    /// What it waits for.
    pub fn waits(&self) -> Waits {
        let money_on_its_way = |refund: &Refund| refund.completed_at.is_none();
        if let Some(waits) = self.awaits_of_returns() {
            return waits;
        }
        if self.needs_refund_account() {
            return Waits::RefundAccount;
        }
        match self.status() {
            _ if self.pickup.as_ref().is_some_and(|pickup| pickup.state.is_live()) => {
                if self.pickup.as_ref().is_some_and(|pickup| pickup.collects.by_installer) { Waits::Installer } else { Waits::Carrier }
            }
            _ if self.pickup.is_some() => Waits::Nothing,
            _ if self.job.is_some() => {
                if self.front == Front::Pending {
                    Waits::Installer
                } else {
                    Waits::Nothing
                }
            }
            _ if self.difference.is_some() => match self.open_attempt() {
                Some(attempt) if attempt.payment_key.is_some() => Waits::PaymentAnswer,
                Some(_) | None => Waits::Difference,
            },
            _ if self.open_extras().next().is_some() => Waits::ExtraCharge,
            Status::Pending if self.address_needed => Waits::Address,
            Status::Pending | Status::PartiallyAvailable | Status::OutOfStock | Status::WaitingStock => Waits::Stock,
            Status::StockReserved if self.is_on_credit() => Waits::Acceptance,
            Status::StockReserved => Waits::Payment,
            Status::PaymentPending => match self.open_attempt() {
                Some(attempt) if attempt.state == AttemptState::WaitingDeposit => Waits::Deposit,
                Some(attempt) if attempt.payment_key.is_some() => Waits::PaymentAnswer,
                Some(_) | None => Waits::Payment,
            },
            Status::PaymentFailed => Waits::Retry,
            // What has come is the seller's to count in.
            Status::PurchaseOrdered
                if self.has_source_at(|stage| stage < ChildStage::Delivered) && !self.has_source_at(|stage| stage == ChildStage::Delivered) =>
            {
                Waits::Partner
            }
            // Once the promised day is over it is the seller's turn to say something.
            Status::Confirmed if self.awaits_arrival() => Waits::Arrival,
            // Whoever was asked to put the goods up has to say so, and when.
            Status::PurchaseOrdered | Status::PurchaseCompleted if self.awaits_word_of_installer() => Waits::Installer,
            Status::Paid | Status::Confirmed | Status::Preparing | Status::PurchaseOrdered | Status::ReturningToSender => Waits::Seller,
            Status::PurchaseCompleted => {
                let waiting = |goods: &super::Fulfilment| goods.state == FulfilmentState::PurchaseCompleted && goods.outbound_requested_at.is_none();
                if self.fulfilments.iter().any(waiting) { Waits::Release } else { Waits::Warehouse }
            }
            Status::Shipped | Status::InTransit | Status::OutForDelivery | Status::DeliveryFailed | Status::Delivered if self.is_with_installer() => {
                Waits::Installer
            }
            Status::Shipped | Status::InTransit | Status::OutForDelivery | Status::DeliveryFailed => Waits::Carrier,
            Status::Delivered | Status::Installed => Waits::Confirmation,
            Status::Cancelled | Status::Returned if self.refunds.iter().any(money_on_its_way) => Waits::Refund,
            Status::Completed | Status::Cancelled | Status::Returned | Status::Refunded => Waits::Nothing,
        }
    }
}

/// The status that an installation order shows: what the same words say of goods.
fn job_status(state: InstallationState) -> Status {
    match state {
        InstallationState::Assigned => Status::Pending,
        InstallationState::Accepted | InstallationState::Rescheduled => Status::Confirmed,
        InstallationState::Scheduled => Status::Preparing,
        InstallationState::EnRoute => Status::OutForDelivery,
        InstallationState::DeliveredByInstaller => Status::Delivered,
        InstallationState::Installed => Status::Installed,
        InstallationState::Impossible | InstallationState::Declined | InstallationState::Cancelled => Status::Cancelled,
    }
}

/// The status that a collection order shows.
fn pickup_status(state: CollectionState) -> Status {
    match state {
        CollectionState::Requested => Status::Pending,
        CollectionState::Scheduled => Status::Confirmed,
        CollectionState::PickedUp => Status::InTransit,
        CollectionState::Received => Status::Completed,
        CollectionState::Failed => Status::DeliveryFailed,
        CollectionState::Cancelled => Status::Cancelled,
    }
}

pub(crate) fn goods_status(state: FulfilmentState) -> Status {
    match state {
        FulfilmentState::Planned => Status::Confirmed,
        FulfilmentState::Preparing => Status::Preparing,
        FulfilmentState::PurchaseOrdered => Status::PurchaseOrdered,
        FulfilmentState::PurchaseCompleted => Status::PurchaseCompleted,
        FulfilmentState::Shipped => Status::Shipped,
        FulfilmentState::InTransit => Status::InTransit,
        FulfilmentState::OutForDelivery => Status::OutForDelivery,
        FulfilmentState::DeliveryFailed => Status::DeliveryFailed,
        FulfilmentState::ReturningToSender => Status::ReturningToSender,
        FulfilmentState::Delivered => Status::Delivered,
        FulfilmentState::Installed => Status::Installed,
        FulfilmentState::Returned => Status::Returned,
        FulfilmentState::Cancelled => Status::Cancelled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_stands_on_a_board_and_every_twin_is_known() {
        for status in Status::ALL {
            assert!(Board::ALL.contains(&status.board()));
            assert_eq!(Status::from_name(status.name()), Ok(*status));
        }
        // The states of the documents, transcribed.
        let known = |source: &str, name: &str| Status::TWINS.iter().any(|(of, twin, ours)| *of == source && *twin == name && !ours.is_empty());
        let of_000 = "PENDING PAYMENT_PENDING PAID PAYMENT_FAILED CANCELLED INVENTORY_CHECKING INVENTORY_RESERVED \
                       PARTIAL_AVAILABLE OUT_OF_STOCK PARTIAL_SHIPMENT WAITING_STOCK PROCESSING SHIPPED IN_TRANSIT \
                       OUT_FOR_DELIVERY DELIVERED DELIVERY_FAILED COMPLETED";
        let of_001 = "PENDING STOCK_RESERVED PAYMENT_PROCESSING PAID CONFIRMED PREPARING SHIPPING DELIVERED COMPLETED RETURNED REFUNDED CANCELLED";
        let of_003 = "CREATED PAID PROCESSING SHIPPED COMPLETED CANCELLED REFUNDED SHIP_FAILED FAILED";
        for (source, names) in [("000", of_000), ("001", of_001), ("003", of_003)] {
            for name in names.split_whitespace() {
                assert!(known(source, name), "{name} of {source}");
            }
        }
    }
}
