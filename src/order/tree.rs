//! What the nodes of an order tree tell each other. A node is one agreement and knows its own events only; whoever carries a
//! command out looks at a node's [`Standing`] before and after it, and gives its parent and its children what follows, all in one
//! transaction under the root's lock (03 §3).

use super::{Front, Fulfilment, Kind, Order, OrderCommand, Source};
use crate::ids::OrderId;
use serde::{Deserialize, Serialize};

/// How far a child is, as its parent needs to know it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChildStage {
    /// Asked for; the seller has not agreed yet.
    Placed,
    /// Agreed to.
    Accepted,
    /// Leaving or on the road: nobody takes it back any more.
    Sending,
    /// With the buyer, who has not counted it in yet.
    Delivered,
    /// Counted in.
    Received,
    /// Nothing more comes of it.
    Ended,
}

impl ChildStage {
    /// Every stage.
    pub const ALL: &'static [Self] = &[Self::Placed, Self::Accepted, Self::Sending, Self::Delivered, Self::Received, Self::Ended];
    /// The name in the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Accepted => "accepted",
            Self::Sending => "sending",
            Self::Delivered => "delivered",
            Self::Received => "received",
            Self::Ended => "ended",
        }
    }
    /// Whether it can still be taken back without anybody's help.
    pub fn is_revocable(self) -> bool {
        matches!(self, Self::Placed | Self::Accepted)
    }
}

/// What a parent has to know of a child.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// How far it is.
    pub stage: ChildStage,
    /// Units that it still brings, or brought.
    pub units: u32,
}

impl Order {
    /// How it stands towards the node it was born from.
    pub fn standing(&self) -> Standing {
        let units = self.lines.iter().map(|line| self.live_units(line).saturating_sub(self.missing_units(line.id))).sum();
        let owed: u32 = self.lines.iter().map(|line| self.live_units(line)).sum();
        let leaves =
            |goods: &Fulfilment| goods.is_live() && (goods.outbound_requested_at.is_some() || goods.shipped_at.is_some() || goods.is_bound());
        let stage = match self.front {
            Front::Cancelled => ChildStage::Ended,
            _ if owed == 0 => ChildStage::Ended,
            Front::Completed => ChildStage::Received,
            Front::Confirmed if self.delivered_at.is_some() => ChildStage::Delivered,
            Front::Confirmed if self.fulfilments.iter().any(leaves) => ChildStage::Sending,
            Front::Confirmed => ChildStage::Accepted,
            Front::Pending | Front::StockReserved | Front::PaymentPending | Front::PaymentFailed | Front::Paid => ChildStage::Placed,
        };
        Standing { stage, units: if stage == ChildStage::Ended { 0 } else { units } }
    }

    /// The goods and the source that a child order brings.
    pub fn of_child(&self, child: OrderId) -> Option<(&Fulfilment, &Source)> {
        let brings = |source: &&Source| matches!(source, Source::ChildPurchase { order, .. } if *order == child);
        self.fulfilments.iter().find_map(|goods| Some((goods, goods.sources.iter().find(brings)?)))
    }

    /// What a change of this node means for its parent.
    pub fn tells_parent(&self, before: &Self) -> Option<(OrderId, OrderCommand)> {
        let parent = self.parent.filter(|_| self.kind == Kind::Purchase)?;
        let Standing { stage, units } = self.standing();
        (before.standing() != self.standing()).then_some((parent, OrderCommand::RecordChild { child: self.id, stage, units }))
    }

    /// What a change of this node means for its children: nobody brings anything for goods that will not leave, nor what is not
    /// counted on any more. A child that is over takes no notice.
    pub fn tells_children(&self, before: &Self) -> Vec<(OrderId, OrderCommand)> {
        let wanted = |child: OrderId| self.of_child(child).is_some_and(|(goods, _)| goods.is_live());
        let orphan = |source: &Source| match source {
            Source::ChildPurchase { order, .. } if !wanted(*order) => Some((*order, OrderCommand::CancelWithParent)),
            Source::ChildPurchase { .. } | Source::Allocation { .. } | Source::Receipt { .. } => None,
        };
        before.fulfilments.iter().filter(|goods| goods.is_live()).flat_map(|goods| goods.sources.iter().filter_map(orphan)).collect()
    }
}
