//! Notices: what is told to whom, over which channels, and which fact causes it (03 §6). The words live in the catalogue
//! that the pages use.

use crate::{
    ids::{ClaimId, OrderId, PartyId},
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

/// Who reads a notice: whose it is, where it leads and how he is reached follow from that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader {
    /// Who bought it, where he asked to have it sent.
    Customer,
    /// The store that the order is placed with.
    Seller,
    /// The store that placed it, for an order of its own: that is where it goes on.
    Client,
    /// The store that sends back what it bought: it goes on where that was bought.
    Returner,
    /// Who puts goods up or takes them down.
    Installer,
}

macro_rules! templates {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $slug:literal, $reader:ident, [$($channel:ident),*];)*) => {
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
            /// Who reads it.
            pub fn reader(self) -> Reader {
                match self { $(Self::$name => Reader::$reader),* }
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
    Received = "TPL-ORD-001", "received", Customer, [Sms, Push, Email];
    /// Paid.
    Paid = "TPL-ORD-002", "paid", Customer, [Push];
    /// Payment failed.
    PaymentFailed = "TPL-ORD-003", "payment_failed", Customer, [Sms, Push];
    /// Goods are missing.
    Shortage = "TPL-ORD-004", "shortage", Customer, [Sms, Push];
    /// Dispatched, with the tracking number.
    Dispatched = "TPL-ORD-005", "dispatched", Customer, [Sms, Push, Email];
    /// Out for delivery.
    OutForDelivery = "TPL-ORD-006", "out_for_delivery", Customer, [Push];
    /// Delivered.
    Delivered = "TPL-ORD-007", "delivered", Customer, [Sms, Push];
    /// Purchase confirmed.
    Completed = "TPL-ORD-008", "completed", Customer, [Push, Email];
    /// Cancel accepted.
    CancelAccepted = "TPL-ORD-009", "cancel_accepted", Customer, [Push];
    /// Cancelled, money back.
    CancelCompleted = "TPL-ORD-010", "cancel_completed", Customer, [Sms, Push];
    /// Nobody paid in time.
    PaymentExpired = "TPL-ORD-011", "payment_expired", Customer, [Sms, Push];
    /// The hold ends soon.
    HoldExpiring = "TPL-ORD-012", "hold_expiring", Customer, [Push];
    /// Pay into this account.
    DepositAwaited = "TPL-ORD-013", "deposit_awaited", Customer, [Sms, Push];
    /// Delivery failed.
    DeliveryFailed = "TPL-ORD-014", "delivery_failed", Customer, [Sms, Push];
    /// Automatic confirmation tomorrow.
    ConfirmSoon = "TPL-ORD-015", "confirm_soon", Customer, [Push];
    /// Please write a review.
    ReviewRequest = "TPL-ORD-016", "review_request", Customer, [Push];
    /// Units were taken out of the order.
    PartlyCancelled = "TPL-ORD-017", "partly_cancelled", Customer, [Sms, Push];
    /// What was missing is there: please pay.
    BackInStock = "TPL-ORD-018", "back_in_stock", Customer, [Sms, Push];
    /// Still waiting for goods: what shall we do?
    StillWaiting = "TPL-ORD-019", "still_waiting", Customer, [Sms, Push];
    /// On its way back to the sender.
    ReturningToSender = "TPL-ORD-020", "returning_to_sender", Customer, [Sms, Push];
    /// Part of the money is back.
    PartlyRefunded = "TPL-ORD-021", "partly_refunded", Customer, [Push];
    /// Points for a purchase.
    PointsEarned = "TPL-ORD-022", "points_earned", Customer, [Push];
    /// Coupon or points are back.
    BenefitsRestored = "TPL-ORD-023", "benefits_restored", Customer, [Push];
    /// The tier has changed.
    TierChanged = "TPL-ORD-024", "tier_changed", Customer, [Push, Email];
    /// Nothing can be sent to this address: please give another.
    AddressNeeded = "TPL-ORD-025", "address_needed", Customer, [Sms, Push];
    /// It goes elsewhere.
    AddressChanged = "TPL-ORD-026", "address_changed", Customer, [Push];
    /// Too late: it goes where it went.
    AddressNotChanged = "TPL-ORD-027", "address_not_changed", Customer, [Sms, Push];
    /// Another day for the delivery.
    Rescheduled = "TPL-ORD-028", "rescheduled", Customer, [Push];
    /// The seller offers other goods for missing ones.
    SubstituteProposed = "TPL-ORD-029", "substitute_proposed", Customer, [Sms, Push];
    /// Other goods have taken the place of missing ones.
    Substituted = "TPL-ORD-030", "substituted", Customer, [Push];
    /// A change was not paid for: it will not come.
    ChangeDropped = "TPL-ORD-031", "change_dropped", Customer, [Push];
    /// What was sold before it was there has come.
    GoodsArrived = "TPL-ORD-032", "goods_arrived", Customer, [Push];
    /// It has not come by the promised day: wait, or cancel.
    PromiseMissed = "TPL-ORD-033", "promise_missed", Customer, [Sms, Push];
    /// Points lapse within a month.
    PointsLapsing = "TPL-ORD-034", "points_lapsing", Customer, [Push, Email];
    /// The tier has fallen at a month's end.
    TierFell = "TPL-ORD-035", "tier_fell", Customer, [Push, Email];
    /// Somebody comes to put the goods up.
    VisitScheduled = "TPL-ORD-036", "visit_scheduled", Customer, [Sms, Push];
    /// Somebody comes to take goods down.
    PickupScheduled = "TPL-ORD-054", "pickup_scheduled", Customer, [Sms, Push];
    /// The installer has set out.
    InstallerDeparted = "TPL-ORD-038", "installer_departed", Customer, [Sms, Push];
    /// The installer found nobody.
    MissedVisit = "TPL-ORD-039", "missed_visit", Customer, [Sms, Push];
    /// Nobody comes as it was said: somebody else is looked for.
    VisitOff = "TPL-ORD-040", "visit_off", Customer, [Sms, Push];
    /// The goods could not be put up.
    CannotInstall = "TPL-ORD-037", "cannot_install", Customer, [Sms, Push];
    /// The seller takes goods back.
    ReturnApproved = "TPL-ORD-042", "return_approved", Customer, [Sms, Push];
    /// The seller does not take goods back, and says why.
    ReturnRejected = "TPL-ORD-043", "return_rejected", Customer, [Sms, Push];
    /// The goods were fetched.
    ReturnCollected = "TPL-ORD-044", "return_collected", Customer, [Push];
    /// Money goes back that was paid into a virtual account: where to?
    RefundAccountNeeded = "TPL-ORD-053", "refund_account_needed", Customer, [Sms, Push];
    /// The seller wants to know more before he says yes or no to a return.
    ReturnQuestion = "TPL-ORD-048", "return_question", Customer, [Sms, Push];
    /// The seller agrees to an exchange; a difference may be due.
    ExchangeApproved = "TPL-ORD-050", "exchange_approved", Customer, [Sms, Push];
    /// It cannot be supplied: the money goes back instead.
    ExchangeFailed = "TPL-ORD-051", "exchange_failed", Customer, [Sms, Push];
    /// Both branches of an exchange have ended.
    ExchangeCompleted = "TPL-ORD-052", "exchange_completed", Customer, [Push];
    /// The goods came back, and nothing goes back for them: why.
    RefundRejected = "TPL-ORD-060", "refund_rejected", Customer, [Sms, Push];
    /// The seller gives something back for what went wrong.
    GoodwillGiven = "TPL-ORD-061", "goodwill_given", Customer, [Sms, Push];
    /// The seller answered a review.
    ReviewAnswered = "TPL-ORD-063", "review_answered", Customer, [Push];
    /// A purchase came back, and with it the tier is another one.
    TierLost = "TPL-ORD-062", "tier_lost", Customer, [Push, Email];
    /// The chain takes the store in.
    StoreApproved = "TPL-STO-001", "store_approved", Seller, [Email];
    /// The chain does not take the store in, and says why.
    StoreRejected = "TPL-STO-002", "store_rejected", Seller, [Email];
    /// Another store asks to be sold to.
    PartnerAsked = "TPL-STO-003", "partner_asked", Seller, [Push, Email];
    /// A store that was asked sells.
    PartnerApproved = "TPL-STO-004", "partner_approved", Seller, [Push, Email];
    /// It does not, and says why.
    PartnerRejected = "TPL-STO-005", "partner_rejected", Seller, [Push, Email];
    /// A partner sells nothing more, and says why.
    PartnerSuspended = "TPL-STO-006", "partner_suspended", Seller, [Push, Email];
    /// It sells again.
    PartnerResumed = "TPL-STO-007", "partner_resumed", Seller, [Push, Email];
    /// The installer asks to be paid for more than was bought: please say yes or no.
    ExtraProposed = "TPL-ORD-041", "extra_proposed", Customer, [Sms, Push];
    /// A store asks to have goods put up, or taken down.
    JobAssigned = "TPL-JOB-001", "job_assigned", Installer, [Sms, Push];
    /// He need not come after all.
    JobOff = "TPL-JOB-002", "job_off", Installer, [Sms, Push];
    /// The customer says when it would suit him.
    VisitWished = "TPL-JOB-003", "visit_wished", Installer, [Sms, Push];
    /// The customer says whether he pays for more than was bought, or has said nothing for too long.
    ExtraAnswered = "TPL-JOB-004", "extra_answered", Installer, [Push];
    /// A customer has paid.
    OrderArrived = "TPL-DSK-001", "order_arrived", Seller, [Push];
    /// What was ordered is not wanted any more.
    OrderOff = "TPL-DSK-002", "order_off", Seller, [Push];
    /// Less is wanted than was ordered.
    OrderCut = "TPL-DSK-003", "order_cut", Seller, [Push];
    /// It goes elsewhere, and who was to bring it may not come there.
    OrderMoved = "TPL-DSK-004", "order_moved", Seller, [Push];
    /// Somebody asks to send goods back.
    ReturnAsked = "TPL-DSK-005", "return_asked", Seller, [Sms, Push];
    /// Somebody asks for an exchange.
    ExchangeAsked = "TPL-DSK-006", "exchange_asked", Seller, [Sms, Push];
    /// He answers what he was asked about a return.
    ReturnAnswered = "TPL-DSK-007", "return_answered", Seller, [Sms, Push];
    /// Another store orders goods.
    PurchaseAsked = "TPL-DSK-008", "purchase_asked", Seller, [Sms, Push];
    /// It has what it ordered.
    PurchaseTaken = "TPL-DSK-009", "purchase_taken", Seller, [Push];
    /// A partner sells what was ordered of him.
    PurchaseAccepted = "TPL-DSK-010", "purchase_accepted", Client, [Push];
    /// He does not.
    PurchaseRejected = "TPL-DSK-011", "purchase_rejected", Client, [Sms, Push];
    /// He sends fewer than were ordered.
    PurchaseCutShort = "TPL-DSK-012", "purchase_cut_short", Client, [Sms, Push];
    /// What was bought of him is on its way, with the tracking number.
    PurchaseSent = "TPL-DSK-013", "purchase_sent", Client, [Push];
    /// It is there.
    PurchaseDelivered = "TPL-DSK-014", "purchase_delivered", Client, [Sms, Push];
    /// An installer does not take a job.
    JobDeclined = "TPL-DSK-015", "job_declined", Client, [Sms, Push];
    /// An installer could not put the goods up and brings them back.
    JobImpossible = "TPL-DSK-016", "job_impossible", Client, [Sms, Push];
    /// A partner or an installer has not answered in time.
    Unanswered = "TPL-DSK-017", "unanswered", Client, [Sms, Push];
    /// A partner wants to know more before he says yes or no to a return.
    PassedOnQuestion = "TPL-DSK-018", "passed_on_question", Returner, [Sms, Push];
    /// A partner does not take goods back, or pays nothing for them.
    PassedOnRefused = "TPL-DSK-019", "passed_on_refused", Returner, [Sms, Push];
}

/// Something that somebody is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    /// What.
    pub template: Template,
    /// Whom.
    pub party: PartyId,
    /// The order it is about: his own, not always the one that the fact is of.
    pub order: OrderId,
}

impl Told {
    /// What a template says of an order, to whoever reads such things of it.
    pub fn of(template: Template, order: &Order) -> Self {
        let party = match template.reader() {
            Reader::Customer | Reader::Client | Reader::Returner => order.buyer,
            Reader::Seller | Reader::Installer => order.seller,
        };
        Self { template, party, order: order.id }
    }
}

fn was_told_a_day(order: &Order, installation: OrderId) -> bool {
    let awaited = |state| matches!(state, FulfilmentState::Preparing | FulfilmentState::PurchaseOrdered | FulfilmentState::PurchaseCompleted);
    order.of_installation(installation).is_some_and(|(goods, given)| awaited(goods.state) && given.visit.is_some())
}

fn is_the_buyers(order: &Order, claim: ClaimId) -> bool {
    order.claim(claim).is_some_and(|claim| ReturnReason::OF_BUYERS.contains(&claim.reason))
}

/// Whom a fact tells what. What several facts of one step say alike is said once, on each of its channels.
pub fn notices(order: &Order, event: &Event) -> Vec<Told> {
    let mut told: Vec<Told> = templates(order, event).iter().map(|template| Told::of(*template, order)).collect();
    // Of what the customer of an order would like its seller need not know: whoever comes does.
    if let Event::VisitWished { .. } = event {
        let given = order.fulfilments.iter().filter(|goods| goods.is_live()).filter_map(|goods| goods.assignment());
        let given = given.filter(|given| given.state.is_live());
        told.extend(given.map(|given| Told { template: Template::VisitWished, party: given.installer, order: given.order }));
    }
    told
}

/// What a fact tells of its own order.
fn templates(order: &Order, event: &Event) -> &'static [Template] {
    let bought = order.kind == Kind::Purchase;
    let works = order.job.is_some() || order.pickup.as_ref().is_some_and(|pickup| pickup.collects.by_installer);
    let in_hand = order.confirmed_at.is_some();
    match event {
        Event::OrderPlaced(_) if works => &[Template::JobAssigned],
        Event::InstallerUnassigned { .. } | Event::PickupCancelled if works => &[Template::JobOff],
        Event::ExtraApproved { .. } | Event::ExtraRefused { .. } | Event::ExtraLapsed { .. } if works => &[Template::ExtraAnswered],
        Event::InstallerDeclined { .. } | Event::PickupDeclined { .. } if works => &[Template::JobDeclined],
        Event::InstallationImpossible { .. } if works => &[Template::JobImpossible],
        Event::AcceptanceOverdue => &[Template::Unanswered],
        // What the system opens by itself stands on the desk already, and waits for nobody's word.
        Event::ReturnRequested { claim, .. } if is_the_buyers(order, *claim) => &[Template::ReturnAsked],
        Event::ExchangeRequested { .. } => &[Template::ExchangeAsked],
        Event::ReturnAnswered { .. } => &[Template::ReturnAnswered],
        Event::OrderPlaced(_) if bought => &[Template::PurchaseAsked],
        // Who sends less has agreed to the rest.
        Event::OrderConfirmed { .. } if bought && order.cancellations.is_empty() => &[Template::PurchaseAccepted],
        Event::OrderCancelled { cause: CancelCause::Buyer, .. } if bought => &[Template::OrderOff],
        Event::OrderCancelled { .. } if bought => &[Template::PurchaseRejected],
        Event::OrderPartiallyCancelled { cause: CancelCause::Buyer, .. } if bought => &[Template::OrderCut],
        Event::OrderPartiallyCancelled { cause: CancelCause::Seller | CancelCause::Shortage, .. } if bought => &[Template::PurchaseCutShort],
        Event::OutboundCompleted { .. } if bought => &[Template::PurchaseSent],
        // What goes straight to a customer is not the store's to count in.
        Event::OrderDelivered if bought && !order.is_drop_ship() => &[Template::PurchaseDelivered],
        Event::OrderCompleted { .. } if bought => &[Template::PurchaseTaken],
        Event::ReturnQuestioned { .. } if bought => &[Template::PassedOnQuestion],
        Event::ReturnRejected { .. } | Event::RefundRejected { .. } if bought => &[Template::PassedOnRefused],
        // From here on somebody has bought it to keep it.
        _ if order.is_on_credit() => &[],
        // What comes in an exchange was told of with it, and its seller has agreed to it.
        Event::OrderPlaced(_) | Event::OrderConfirmed { .. } if order.kind == Kind::Replacement => &[],
        Event::OrderConfirmed { .. } => &[Template::OrderArrived],
        Event::OrderPlaced(_) => &[Template::Received],
        Event::OrderPaid => &[Template::Paid],
        // Who turned back at the PSP knows that he did.
        Event::PaymentDeclined { cause: DeclineCause::Buyer, .. } => &[],
        // Who pays for a change is at it, and the order is paid.
        Event::PaymentDeclined { attempt, .. } | Event::PaymentTimedOut { attempt } if order.pays_change(*attempt) => &[],
        Event::PaymentDeclined { .. } => &[Template::PaymentFailed],
        Event::PaymentTimedOut { .. } if order.cancelled.is_none() => &[Template::PaymentFailed],
        Event::PaymentDepositAwaited { .. } => &[Template::DepositAwaited],
        Event::OutboundCompleted { .. } => &[Template::Dispatched],
        // What an installer brings is no parcel.
        Event::InstallerDeparted { .. } => &[Template::InstallerDeparted],
        Event::InstallerMissedBuyer { .. } => &[Template::MissedVisit],
        Event::DeliveryStatusChanged { fulfilment, .. } | Event::DeliveryFailed { fulfilment, .. }
            if order.fulfilment(*fulfilment).is_some_and(|goods| goods.installer.is_some()) =>
        {
            &[]
        }
        Event::DeliveryStatusChanged { status: crate::order::CarrierStatus::OutForDelivery, .. } => &[Template::OutForDelivery],
        Event::DeliveryFailed { .. } => &[Template::DeliveryFailed],
        Event::OrderDelivered => &[Template::Delivered],
        Event::OrderCompleted { .. } => &[Template::Completed],
        Event::OrderCancelled { cause: CancelCause::Timer | CancelCause::Payment, .. } => &[Template::PaymentExpired],
        Event::OrderCancelled { cause: CancelCause::Buyer | CancelCause::Shortage, was_confirmed: true, .. } => {
            &[Template::CancelAccepted, Template::OrderOff]
        }
        Event::OrderCancelled { .. } => &[Template::CancelAccepted],
        // One question is enough, however many refunds there are.
        Event::RefundRequested { .. } if order.needs_refund_account() && order.refunds_by_bank().count() == 1 => &[Template::RefundAccountNeeded],
        Event::RefundCompleted { .. } if order.front == Front::Cancelled => &[Template::CancelCompleted],
        Event::RefundCompleted { .. } => &[Template::PartlyRefunded],
        // What came back is told as a return.
        Event::OrderPartiallyCancelled { cause: CancelCause::Returned, .. } => &[],
        Event::OrderPartiallyCancelled { cause: CancelCause::Buyer | CancelCause::Shortage, .. } if in_hand => {
            &[Template::PartlyCancelled, Template::OrderCut]
        }
        Event::OrderPartiallyCancelled { .. } => &[Template::PartlyCancelled],
        // What the system takes back by itself was told as it happened.
        Event::ReturnApproved { claim, .. } if is_the_buyers(order, *claim) => &[Template::ReturnApproved],
        Event::ReturnCollected { claim } if is_the_buyers(order, *claim) => &[Template::ReturnCollected],
        Event::ReturnRejected { .. } => &[Template::ReturnRejected],
        Event::ReturnQuestioned { .. } => &[Template::ReturnQuestion],
        Event::ExchangeApproved { .. } => &[Template::ExchangeApproved],
        Event::ExchangeFailed { .. } => &[Template::ExchangeFailed],
        Event::ExchangeCompleted { .. } => &[Template::ExchangeCompleted],
        // Who was asked at the counter and chose to wait needs no message.
        Event::ShortageRaised { .. } => &[Template::Shortage],
        Event::ShortageFilled { fulfilments, .. } if fulfilments.is_empty() => &[Template::BackInStock],
        Event::ShortageReasked { .. } => &[Template::StillWaiting],
        Event::SubstituteProposed { .. } => &[Template::SubstituteProposed],
        Event::LineSubstituted { .. } => &[Template::Substituted],
        Event::DifferenceDropped { .. } => &[Template::ChangeDropped],
        Event::DifferenceDue(_) => &[],
        Event::GoodsArrived { .. } => &[Template::GoodsArrived],
        Event::PromiseMissed { .. } => &[Template::PromiseMissed],
        Event::DeliveryReturned { .. } => &[Template::ReturningToSender],
        Event::InstallerScheduled { .. } => &[Template::VisitScheduled],
        Event::CollectionScheduled { .. } => &[Template::PickupScheduled],
        Event::InstallationImpossible { .. } => &[Template::CannotInstall],
        // Whoever was told a day hears that nobody comes then.
        Event::InstallerUnassigned { installation, .. } if order.front == Front::Confirmed && was_told_a_day(order, *installation) => {
            &[Template::VisitOff]
        }
        Event::ExtraProposed(_) => &[Template::ExtraProposed],
        Event::DeliveryRescheduled { .. } => &[Template::Rescheduled],
        Event::AddressNeeded => &[Template::AddressNeeded],
        Event::AddressChanged { .. } if in_hand => &[Template::AddressChanged, Template::OrderMoved],
        Event::AddressChanged { .. } => &[Template::AddressChanged],
        Event::AddressChangeRefused => &[Template::AddressNotChanged],
        Event::TierChanged { from, to } if to < from => &[Template::TierLost],
        Event::TierChanged { .. } => &[Template::TierChanged],
        Event::RefundRejected { .. } => &[Template::RefundRejected],
        Event::GoodwillGiven { .. } => &[Template::GoodwillGiven],
        Event::ReviewRequested => &[Template::ReviewRequest],
        Event::ReviewAnswered { .. } => &[Template::ReviewAnswered],
        Event::PointsEarned { .. } => &[Template::PointsEarned],
        Event::PointsRestored { was_used: true, .. } => &[Template::BenefitsRestored],
        // What was only promised to an unpaid order was never gone; and the coupon goes back with the points.
        Event::CouponRestored { .. } if order.amounts.points == Won::ZERO && order.confirmed_at.is_some() => &[Template::BenefitsRestored],
        Event::VisitWished { .. }
        | Event::SiteDescribed { .. }
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
        | Event::OrderCancelRequested { .. }
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
        | Event::OutboundRequested { .. }
        | Event::OutboundStarted { .. }
        | Event::OutboundFailed { .. }
        | Event::DeliveryStatusChanged { .. }
        | Event::DeliveryCompleted { .. }
        | Event::OrderDeliveryStarted => &[],
    }
}
