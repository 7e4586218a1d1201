//! Returns as people see them.

use super::Around;
use crate::{
    actor::Chair,
    ids::{ClaimId, FulfilmentId, OrderId, OrderNumber},
    money::Won,
    order::{Claim, CollectionState, Fault, LineUnits, Order, RejectReason, ReturnReason, ReturnState},
    policy::Policy,
    pricing::Amounts,
    text::Words,
    time::{Date, Time},
};
use serde::{Deserialize, Serialize};

/// What somebody said about a return.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimNoteView {
    /// In which chair.
    pub chair: Chair,
    /// What.
    pub text: String,
    /// When.
    pub at: Time,
}

/// The fetching of goods that come back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CollectionView {
    /// The number of the collection order.
    pub number: OrderNumber,
    /// Where it stands.
    pub state: CollectionState,
    /// Not before this day.
    pub on: Date,
    /// The carrier's number.
    pub tracking: Option<String>,
    /// How often nobody gave the goods.
    pub failures: u32,
}

/// Goods that come back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimView {
    /// Its identity.
    pub id: ClaimId,
    /// The goods.
    pub fulfilment: FulfilmentId,
    /// Where it stands.
    pub state: ReturnState,
    /// Why they come back.
    pub reason: ReturnReason,
    /// Whose doing that is.
    pub fault: Fault,
    /// Which and how many.
    pub units: Vec<LineUnits>,
    /// When it was opened.
    pub requested_at: Time,
    /// The day the buyer would like them fetched.
    pub pickup_on: Option<Date>,
    /// Photos that show why: hashes.
    pub photos: Vec<String>,
    /// What was said about it.
    pub notes: Vec<ClaimNoteView>,
    /// Why it was not approved.
    pub rejected: Option<RejectReason>,
    /// How they are fetched.
    pub collection: Option<CollectionView>,
    /// Whether they can be sold again.
    pub restocked: Option<bool>,
    /// What goes back for it, won by won, while that is not decided for good.
    pub worth: Option<Amounts>,
    /// What that comes to in money, or what went back.
    pub back: Won,
    /// The end of the day that the money is due by.
    pub pay_by: Option<Time>,
    /// When goods and money were where they belong.
    pub closed_at: Option<Time>,
}

impl ClaimView {
    pub(super) fn of(claim: &Claim, order: &Order, around: &Around, policy: &Policy) -> Self {
        let undecided = claim.is_open() && claim.state != ReturnState::Refunding;
        let goods = order.fulfilment(claim.fulfilment).filter(|_| undecided);
        let collection = around.tree.iter().map(|(node, _)| node).find(|node| claim.collection == Some(node.id));
        let fetched = |node: &Order| {
            let pickup = node.pickup.as_ref()?;
            let tracking = pickup.tracking.clone().filter(|tracking| !tracking.is_empty());
            Some(CollectionView { number: node.number.clone(), state: pickup.state, on: pickup.collects.on, tracking, failures: pickup.failures })
        };
        Self {
            id: claim.id,
            fulfilment: claim.fulfilment,
            state: claim.state,
            reason: claim.reason,
            fault: claim.reason.fault(),
            units: claim.units.clone(),
            requested_at: claim.requested_at,
            pickup_on: claim.pickup_on,
            photos: claim.photos.clone(),
            notes: around.claim_notes.iter().filter(|(of, _)| *of == claim.id).map(|(_, note)| note.clone()).collect(),
            rejected: claim.rejected,
            collection: collection.and_then(fetched),
            restocked: claim.restocked,
            worth: goods.map(|goods| order.worth_of_return(claim.reason, goods, &claim.units, policy)),
            back: order.claim_amount(claim, policy),
            pay_by: order.refund_due(claim, policy),
            closed_at: claim.closed_at,
        }
    }
}

/// A return in a queue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimRow {
    /// Its identity.
    pub id: ClaimId,
    /// The order.
    pub order: OrderId,
    /// The order's number.
    pub number: OrderNumber,
    /// Who sold.
    pub seller_name: Words,
    /// Who bought.
    pub buyer_name: String,
    /// Names and units of the goods.
    pub goods: Vec<(Words, u32)>,
    /// Where it stands.
    pub state: ReturnState,
    /// Why they come back.
    pub reason: ReturnReason,
    /// Whose doing that is.
    pub fault: Fault,
    /// What went back or would, in won.
    pub amount: Won,
    /// Photos that show why: hashes.
    pub photos: Vec<String>,
    /// When it was opened.
    pub requested_at: Time,
    /// When it last moved.
    pub moved_at: Time,
    /// The end of the day that the money is due by, once the goods are back.
    pub pay_by: Option<Time>,
}

/// Returns of a store, or of every store.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClaimsView {
    /// Those that were asked for.
    pub rows: Vec<ClaimRow>,
    /// How many open ones stand where.
    pub counts: Vec<(ReturnState, u32)>,
    /// From how much on a second person has to agree, in won.
    pub approval_from: Won,
    /// Now, for ages.
    pub now: Time,
}

/// What a buyer can send back, and what he brought to show why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Returnable {
    /// The goods.
    pub fulfilment: FulfilmentId,
    /// Until when, once the buyer has them.
    pub until: Option<Time>,
    /// Whether they have left: then they are fetched.
    pub fetched: bool,
    /// What he keeps the chain from giving back when he changes his mind about all of it: both ways.
    pub fee: Won,
}
