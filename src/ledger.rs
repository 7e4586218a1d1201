//! Two double-entry ledgers, one shape: every fact that moves stock or money posts entries that sum to zero. Nothing is
//! ever overwritten; what a place holds and what a party owes are sums.

use crate::{
    catalogue::Supply,
    ids::{ClaimId, PartyId, VariantId, WarehouseId},
    money::Won,
    order::{Event, Extra, Inbound, Order},
    pricing::Amounts,
    stock::Piece,
};
use serde::{Deserialize, Serialize};

macro_rules! accounts {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $account:ident = $slug:literal, $floored:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $slug)] $account,)*
        }
        impl $name {
            /// Every account.
            pub const ALL: &'static [Self] = &[$(Self::$account),*];
            /// The name in rows and reports.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$account => $slug),* }
            }
            /// Whether the balance may never go below zero: the guard against selling what is not there.
            pub fn is_floored(self) -> bool {
                match self { $(Self::$account => $floored),* }
            }
        }
    };
}

accounts! {
    /// Where units are. Owner is a warehouse, subject a variant.
    StockAccount {
        /// On the shelf and free to sell.
        Available = "available", true;
        /// Promised to an order that is not paid yet.
        Held = "held", true;
        /// Promised to a paid order, still on the shelf.
        Committed = "committed", true;
        /// On the road to the buyer.
        InTransit = "in_transit", true;
        /// With the buyer.
        AtCustomer = "at_customer", true;
        /// Back, not looked at yet.
        ReturnedUninspected = "returned_uninspected", true;
        /// Set apart to go back to the store that sold it, and not fetched yet.
        SetApart = "set_apart", true;
        /// Beyond repair.
        Scrap = "scrap", true;
        /// Gone without a trace.
        Lost = "lost", true;
        /// Free units of a pre-order cap: promises that nobody has been given.
        PreOrder = "pre_order", true;
        /// Promised out of a cap to an order that is not paid yet.
        PreHeld = "pre_held", true;
        /// Promised out of a cap to a paid order; the goods are still to come.
        PreCommitted = "pre_committed", true;
        /// Promises that were kept: the goods came.
        PreKept = "pre_kept", true;
        /// Sold to order: partners have them, and none of them was asked yet.
        ToOrder = "to_order", true;
        /// Where received units come from: the counter-account of the world.
        Outside = "outside", false;
        /// Counting differences.
        Adjustment = "adjustment", false;
        /// Pre-order caps as they were set: the counter-account of every promise. A promise is never a unit.
        PreCap = "pre_cap", false;
        /// What partners are counted on for: the counter-account of what was sold to order.
        Partners = "partners", false;
    }
}

accounts! {
    /// Where points are; a point is worth one won. Owner is a party.
    PointsAccount {
        /// To be spent.
        Spendable = "points_spendable", true;
        /// Promised to an order that is not paid yet.
        Held = "points_held", true;
        /// Not given out: the counter-account of every point.
        Issuer = "points_issuer", false;
    }
}

accounts! {
    /// What money is for. Owner is a party, subject an order.
    MoneyAccount {
        /// What the buyer owes; negative while he has paid ahead.
        Receivable = "receivable", false;
        /// What is owed to the seller.
        Payable = "payable", false;
        /// Captured by the PSP, not paid out yet.
        Clearing = "clearing", false;
        /// On our bank account.
        Bank = "bank", false;
        /// Goods sold.
        Sales = "sales", false;
        /// Given away by coupon, promotion and tier.
        Discount = "discount", false;
        /// What points cost the chain.
        PointsCost = "points_cost", false;
        /// Points that customers hold.
        PointsLiability = "points_liability", false;
        /// Shipping and island surcharge.
        Shipping = "shipping", false;
        /// Installation.
        Installation = "installation", false;
        /// Fees kept back.
        Fee = "fee", false;
        /// Penalties.
        Penalty = "penalty", false;
        /// The chain's commission.
        Commission = "commission", false;
        /// Goodwill.
        Goodwill = "goodwill", false;
        /// Promised back and not yet back.
        RefundDue = "refund_due", false;
    }
}

/// One side of a movement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Posting {
    /// Units in a place.
    Stock {
        /// Which account.
        account: StockAccount,
        /// Whose place.
        warehouse: WarehouseId,
        /// What.
        variant: VariantId,
        /// Signed units.
        units: i64,
    },
    /// Points of a party.
    Points {
        /// Which account.
        account: PointsAccount,
        /// Whose.
        party: PartyId,
        /// Signed points.
        points: Won,
    },
    /// Won of a party.
    Money {
        /// Which account.
        account: MoneyAccount,
        /// Whose.
        party: PartyId,
        /// Signed won; debits are positive.
        amount: Won,
    },
}

/// Postings that sum to zero in each unit.
pub type Journal = Vec<Posting>;

/// Whether units, points and won each sum to zero (I1).
pub fn is_balanced(journal: &[Posting]) -> bool {
    let (mut units, mut points_moved, mut won) = (0i64, 0i64, 0i64);
    for posting in journal {
        match posting {
            Posting::Stock { units: moved, .. } => units += moved,
            Posting::Points { points, .. } => points_moved += points.0,
            Posting::Money { amount, .. } => won += amount.0,
        }
    }
    units == 0 && points_moved == 0 && won == 0
}

/// Moves units between two accounts of the same warehouse.
pub fn stock_move(from: StockAccount, to: StockAccount, warehouse: WarehouseId, variant: &VariantId, units: i64) -> Journal {
    let side = |account, units| Posting::Stock { account, warehouse, variant: variant.clone(), units };
    vec![side(from, -units), side(to, units)]
}

/// Where units are that count against something else than the shelf, while goods would be on this account.
fn off_shelf(account: StockAccount, supply: Supply) -> StockAccount {
    use StockAccount::{Available, Committed, Held};
    match (supply, account) {
        (Supply::PreOrder, Available) => StockAccount::PreOrder,
        (Supply::PreOrder, Held) => StockAccount::PreHeld,
        (Supply::PreOrder, Committed) => StockAccount::PreCommitted,
        (Supply::ToOrder, Available) => StockAccount::Partners,
        (Supply::ToOrder, Held | Committed) => StockAccount::ToOrder,
        (Supply::Stocked | Supply::PreOrder | Supply::ToOrder, account) => account,
    }
}

/// Units that a store asks the one that sold them to take back go to another place of its own.
fn set_apart(order: &Order, claim: ClaimId, from: StockAccount, to: StockAccount) -> Vec<Journal> {
    let lying = order.claim(claim).and_then(|claim| order.sent_up(claim));
    lying.map(|(Inbound { warehouse, variant, .. }, units)| stock_move(from, to, *warehouse, variant, i64::from(units))).into_iter().collect()
}

fn pieces(from: StockAccount, to: StockAccount, pieces: &[Piece]) -> Vec<Journal> {
    let one = |piece: &Piece| {
        let (from, to) = (off_shelf(from, piece.supply), off_shelf(to, piece.supply));
        (from != to).then(|| stock_move(from, to, piece.warehouse, &piece.variant, piece.quantity.units()))
    };
    pieces.iter().filter_map(one).collect()
}

fn money(entries: &[(MoneyAccount, PartyId, Won)]) -> Vec<Journal> {
    let journal: Journal = entries
        .iter()
        .filter(|(_, _, amount)| *amount != Won::ZERO)
        .map(|&(account, party, amount)| Posting::Money { account, party, amount })
        .collect();
    if journal.is_empty() { Vec::new() } else { vec![journal] }
}

fn points_move(from: PointsAccount, to: PointsAccount, party: PartyId, points: Won) -> Journal {
    let side = |account, points| Posting::Points { account, party, points };
    vec![side(from, -points), side(to, points)]
}

/// Points given to somebody for nothing but his custom: the chain owes their worth from now on.
pub fn points_given(party: PartyId, points: Won) -> Vec<Journal> {
    let mut journals = money(&[(MoneyAccount::PointsCost, PartyId::CHAIN, points), (MoneyAccount::PointsLiability, party, -points)]);
    journals.push(points_move(PointsAccount::Issuer, PointsAccount::Spendable, party, points));
    journals
}

/// Points that nobody spent in time, or whose purchase came back: the chain owes their worth no more.
pub fn points_lapsed(party: PartyId, points: Won) -> Vec<Journal> {
    let mut journals = money(&[(MoneyAccount::PointsLiability, party, points), (MoneyAccount::PointsCost, PartyId::CHAIN, -points)]);
    journals.push(points_move(PointsAccount::Spendable, PointsAccount::Issuer, party, points));
    journals
}

/// A sale as it is booked when the order is confirmed: the buyer owes the total, the seller has sold.
fn sale(order: &Order, a: &Amounts, sign: i64) -> Vec<Journal> {
    use MoneyAccount::{Discount, Fee, Goodwill, Installation, Penalty, PointsCost, PointsLiability, Receivable, Sales, Shipping};
    let seller = order.seller;
    let signed = |amount: Won| Won(amount.0 * sign);
    money(&[
        (Receivable, order.buyer, signed(a.payable())),
        (PointsLiability, order.buyer, signed(a.points)),
        (Discount, seller, signed(a.promotion + a.coupon + a.tier)),
        (Sales, seller, signed(-a.goods)),
        (Shipping, seller, signed(-(a.shipping + a.island))),
        (Installation, seller, signed(-(a.installation + a.extras))),
        (Penalty, seller, signed(-a.penalty)),
        (Fee, seller, signed(-(a.return_fee + a.call_out))),
        (PointsCost, PartyId::CHAIN, signed(-a.spent_points)),
        (Goodwill, seller, signed(a.goodwill)),
    ])
}

/// The posting table: what each fact of an order moves. `order` is the order after the fact.
pub fn postings(order: &Order, event: &Event) -> Vec<Journal> {
    use MoneyAccount::{Clearing, Penalty, Receivable, RefundDue};
    use StockAccount::{AtCustomer, Available, Committed, Held, InTransit, Lost, Outside, PreKept, ReturnedUninspected, Scrap, SetApart};
    match event {
        Event::StockReserved { pieces: held, .. } => pieces(Available, Held, held),
        Event::StockReleased { pieces: back, was_committed, .. } => pieces(if *was_committed { Committed } else { Held }, Available, back),
        Event::StockCommitted { pieces: kept } => pieces(Held, Committed, kept),
        Event::StockDeducted { pieces: gone, .. } => pieces(Committed, InTransit, gone),
        Event::GoodsArrived { promised, pieces: goods, .. } => {
            let kept = pieces(Committed, PreKept, promised);
            kept.into_iter().chain(pieces(Available, Committed, goods)).collect()
        }
        Event::DeliveryCompleted { fulfilment, .. } => {
            order.fulfilment(*fulfilment).map(|fulfilment| pieces(InTransit, AtCustomer, &fulfilment.pieces())).unwrap_or_default()
        }
        Event::PointsHeld { points } => vec![points_move(PointsAccount::Spendable, PointsAccount::Held, order.buyer, *points)],
        Event::PointsUsed { points } => vec![points_move(PointsAccount::Held, PointsAccount::Issuer, order.buyer, *points)],
        Event::PointsRestored { points, was_used } => {
            let from = if *was_used { PointsAccount::Issuer } else { PointsAccount::Held };
            vec![points_move(from, PointsAccount::Spendable, order.buyer, *points)]
        }
        Event::PointsEarned { points, .. } => points_given(order.buyer, *points),
        Event::PointsReclaimed { points, .. } if *points > Won::ZERO => points_lapsed(order.buyer, *points),
        Event::GoodwillGiven { amount, .. } => sale(order, &Amounts { goodwill: *amount, ..Amounts::default() }, 1),
        Event::PaymentApproved { amount, .. } => money(&[(Clearing, order.seller, *amount), (Receivable, order.buyer, -*amount)]),
        Event::OrderConfirmed { .. } => sale(order, &order.amounts, 1),
        Event::RefundRequested { amount, .. } => money(&[(Receivable, order.buyer, *amount), (RefundDue, order.buyer, -*amount)]),
        Event::RefundCompleted { amount, .. } => money(&[(RefundDue, order.buyer, *amount), (Clearing, order.seller, -*amount)]),
        Event::OrderCancelled { was_confirmed: true, penalty, .. } => {
            let mut journals = sale(order, &order.amounts, -1);
            journals.extend(money(&[(Receivable, order.buyer, *penalty), (Penalty, order.seller, -*penalty)]));
            journals
        }
        Event::LineSubstituted { swap, .. } if order.confirmed_at.is_some() => {
            let mut journals = sale(order, &swap.back, -1);
            journals.extend(sale(order, &Amounts::of_shares([swap.line.shares]), 1));
            journals
        }
        Event::ExchangeSettled { back, .. } => sale(order, back, -1),
        Event::AddressChanged { dearer_by, .. } => sale(order, &Amounts { island: *dearer_by, ..Amounts::default() }, 1),
        // Before the sale is booked there is nothing to take back.
        Event::OrderPartiallyCancelled { back, .. } if order.confirmed_at.is_some() => sale(order, back, -1),
        Event::StockLost { pieces: gone, .. } => pieces(Committed, Lost, gone),
        Event::ReceiptRecorded { pieces: bought, .. } | Event::ChildTakenOver { pieces: bought, .. } => pieces(Outside, Committed, bought),
        Event::ReceiptVoided { pieces: gone, .. } => pieces(Committed, Outside, gone),
        Event::PurchaseReceived { warehouse, variant, quantity } => vec![stock_move(Outside, Available, *warehouse, variant, quantity.units())],
        // An installer is owed his fee when the goods are up, and for having come when they cannot be. The order above says the
        // same and owes nobody.
        Event::InstallationCompleted { .. } if order.job.is_some() => sale(order, &order.amounts, 1),
        // And for taking down what comes back; a carrier's order has no amounts.
        Event::PickupCompleted { seen: Some(_), .. } => sale(order, &order.amounts, 1),
        // Whether nothing could be put up, or nobody was there time after time.
        Event::InstallationImpossible { call_out, .. } | Event::InstallerUnassigned { call_out, .. } if order.job.is_some() => {
            sale(order, &Amounts { installation: *call_out, ..Amounts::default() }, 1)
        }
        // Of the installer's own order it is booked with his fee.
        Event::ExtraApproved { extra } if order.job.is_none() => {
            let extras = order.extra(*extra).map(Extra::amount).unwrap_or_default();
            sale(order, &Amounts { extras, ..Amounts::default() }, 1)
        }
        Event::ExtraGivenBack { amount, .. } => sale(order, &Amounts { extras: *amount, ..Amounts::default() }, -1),
        Event::FulfilmentReturned { fulfilment, restocked } => order
            .fulfilment(*fulfilment)
            .map(|goods| {
                let back = goods.pieces();
                let from = if goods.delivered_at.is_some() { AtCustomer } else { InTransit };
                let goes_on = order.claims.iter().any(|claim| claim.fulfilment == *fulfilment && !claim.passed_on.is_empty());
                // What a partner sent and nobody took goes back to him.
                let to = match restocked {
                    _ if goods.is_drop_ship() && goods.delivered_at.is_none() => Outside,
                    true => Available,
                    false if goes_on => SetApart,
                    false => Scrap,
                };
                let mut journals = pieces(from, ReturnedUninspected, &back);
                journals.extend(pieces(ReturnedUninspected, to, &back));
                journals
            })
            .unwrap_or_default(),
        // What he keeps is not the store's any more.
        Event::ReturnWaived { claim, .. } => order
            .claim(*claim)
            .and_then(|claim| order.fulfilment(claim.fulfilment))
            .map(|goods| pieces(AtCustomer, Outside, &goods.pieces()))
            .unwrap_or_default(),
        // What came back to the store is set apart already.
        Event::ReturnRequested { claim, above: None, .. } => set_apart(order, *claim, Available, SetApart),
        Event::ReturnCollected { claim } => set_apart(order, *claim, SetApart, Outside),
        Event::ReturnPutAway { claim, restocked } => set_apart(order, *claim, SetApart, if *restocked { Available } else { Scrap }),
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
        | Event::HandedOver { .. }
        | Event::OrderPlaced(_)
        | Event::CouponApplied { .. }
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
        | Event::TierChanged { .. }
        | Event::AddressNeeded
        | Event::AddressOverdue
        | Event::AcceptanceOverdue
        | Event::AddressChangeAsked { .. }
        | Event::AddressChangeRefused
        | Event::CouponRestored { .. }
        | Event::OrderPartiallyCancelled { .. }
        | Event::ShortageRaised { .. }
        | Event::ShortageAnswered { .. }
        | Event::ShortageFilled { .. }
        | Event::ShortageReasked { .. }
        | Event::SubstituteProposed { .. }
        | Event::LineSubstituted { .. }
        | Event::DifferenceDue(_)
        | Event::DifferenceDropped { .. }
        | Event::FulfilmentShort { .. }
        | Event::PromiseMissed { .. }
        | Event::OutboundCancelRequested { .. }
        | Event::OutboundCancelled { .. }
        | Event::OutboundCancelRefused { .. }
        | Event::DeliveryReturned { .. }
        | Event::ReturnRequested { .. }
        | Event::ReturnApproved { .. }
        | Event::ReturnPassedOn { .. }
        | Event::ReturnInspected { .. }
        | Event::RefundAccountGiven { .. }
        | Event::ExchangeRequested { .. }
        | Event::ExchangeApproved { .. }
        | Event::ProductAdded { .. }
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
        | Event::PickupFailed
        | Event::PickupReceived
        | Event::PickupCancelled
        | Event::RefundApprovalNeeded { .. }
        | Event::RefundApproved { .. }
        | Event::RefundRejected { .. }
        | Event::ReturnCompleted { .. }
        | Event::StockReservationExpired { .. }
        | Event::PaymentRequested { .. }
        | Event::PaymentIdentityVerified { .. }
        | Event::PaymentAuthorised { .. }
        | Event::PaymentDepositAwaited { .. }
        | Event::PaymentDeclined { .. }
        | Event::PaymentTimedOut { .. }
        | Event::PaymentCancelRequested { .. }
        | Event::PaymentVoided { .. }
        | Event::OrderPaid
        | Event::OrderCancelRequested { .. }
        | Event::OrderCancelled { was_confirmed: false, .. }
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
        | Event::ChildMoved { .. }
        | Event::ChildShort { .. }
        | Event::ChildEnded { .. }
        | Event::SourcingFailed { .. }
        | Event::OutboundRequested { .. }
        | Event::OutboundStarted { .. }
        | Event::OutboundCompleted { .. }
        | Event::OutboundFailed { .. }
        | Event::DeliveryStatusChanged { .. }
        | Event::DeliveryFailed { .. }
        | Event::OrderDeliveryStarted
        | Event::OrderDelivered
        | Event::ReceiptAttached { .. }
        | Event::OrderCompleted { .. } => Vec::new(),
    }
}
