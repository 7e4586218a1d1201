//! What the nodes of an order tree tell each other. A node is one agreement and knows its own events only; whoever carries a
//! command out looks at a node's [`Standing`] before and after it, and gives its parent and its children what follows, all in one
//! transaction under the root's lock (03 §3).

use super::{
    Assignment, CancelCause, Claim, Front, Fulfilment, FulfilmentState, Kind, Line, Order, OrderCommand, PassedOn, ReturnReason, ReturnState, Source,
};
use crate::{
    ids::{LineId, OrderId},
    money::Won,
    policy::Policy,
};
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

/// What it costs whoever ordered a child to end it (01 §5 Cancel).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "cost", content = "amount", rename_all = "snake_case")]
pub enum EndCost {
    /// Nothing.
    Free,
    /// A part of the price, for having been agreed to.
    Fee(Won),
    /// It is on its way: nobody can end it before it is counted in.
    Shipped,
    /// Whoever was to put the goods up has set out: nobody can end it, and coming in vain costs so much.
    CallOut(Won),
}

impl EndCost {
    /// What is to be paid.
    pub fn amount(self) -> Won {
        match self {
            Self::Free | Self::Shipped => Won::ZERO,
            Self::Fee(amount) | Self::CallOut(amount) => amount,
        }
    }
    /// Whether the order above can end it by ending itself.
    pub fn is_open(self) -> bool {
        match self {
            Self::Free | Self::Fee(_) => true,
            Self::Shipped | Self::CallOut(_) => false,
        }
    }
}

impl Order {
    /// What it costs its buyer to end it; nothing of what is over or has brought all that it will.
    pub fn cost_to_end(&self, policy: &Policy) -> Option<EndCost> {
        if let Some(job) = self.job.as_ref().filter(|job| job.state.is_live()) {
            return Some(if job.state.is_revocable() { EndCost::Free } else { EndCost::CallOut(job.installs.call_out) });
        }
        match self.standing().stage {
            ChildStage::Placed => Some(EndCost::Free),
            ChildStage::Accepted => Some(match self.penalty_to_end(policy) {
                Won::ZERO => EndCost::Free,
                fee => EndCost::Fee(fee),
            }),
            ChildStage::Sending | ChildStage::Delivered => Some(EndCost::Shipped),
            ChildStage::Received | ChildStage::Ended => None,
        }
    }

    /// How it stands towards the node it was born from.
    pub fn standing(&self) -> Standing {
        // What is missing of a replacement its buyer is asked about himself.
        let missing = |line: &Line| if self.kind == Kind::Replacement { 0 } else { self.missing_units(line.id) };
        // What a store sends back it had counted in: the order above has had it.
        let counted_in = |line: &Line| self.live_units(line) + if self.kind == Kind::Purchase { self.units_sent_back(line.id) } else { 0 };
        let units = self.lines.iter().map(|line| counted_in(line).saturating_sub(missing(line))).sum();
        let owed: u32 = self.lines.iter().map(counted_in).sum();
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

    /// Units of a line that its buyer had and sent back.
    fn units_sent_back(&self, line: LineId) -> u32 {
        let back = self.cancellations.iter().filter(|gone| gone.cause == CancelCause::Returned && gone.units.line == line);
        back.map(|gone| gone.units.quantity).sum()
    }

    /// The goods and the source that a child order brings.
    pub fn of_child(&self, child: OrderId) -> Option<(&Fulfilment, &Source)> {
        self.fulfilments.iter().find_map(|goods| Some((goods, goods.sources.iter().find(|source| source.comes_of(child))?)))
    }

    /// The goods that an installation order is for, and what is known of it.
    pub fn of_installation(&self, installation: OrderId) -> Option<(&Fulfilment, &Assignment)> {
        self.fulfilments.iter().find_map(|goods| Some((goods, goods.installer.as_ref().filter(|given| given.order == installation)?)))
    }

    /// Whether goods wait for an installer to bring them.
    pub fn awaits_installer(&self) -> bool {
        let waits = |goods: &Fulfilment| {
            goods.is_live() && goods.method == super::Method::Installed && !goods.assignment().is_some_and(|given| !given.state.is_revocable())
        };
        let planned =
            self.fulfilments.is_empty() && self.lines.iter().any(|line| line.method == super::Method::Installed && self.live_units(line) > 0);
        planned
            || self.fulfilments.iter().any(|goods| waits(goods) && goods.installed_at.is_none() && goods.state != FulfilmentState::ReturningToSender)
    }

    /// What a change of this node means for its parent.
    pub fn tells_parent(&self, before: &Self) -> Vec<(OrderId, OrderCommand)> {
        let Some(parent) = self.parent else { return Vec::new() };
        if let Some(job) = &self.job {
            let told = OrderCommand::RecordInstallation { installation: self.id, job: Box::new(job.clone()) };
            let extras = self.moved_extras(before).map(|extra| OrderCommand::RecordExtra { extra: Box::new(extra.clone()) });
            return extras.chain((before.job.as_ref() != Some(job)).then_some(told)).map(|told| (parent, told)).collect();
        }
        if let Some(pickup) = &self.pickup {
            let moved = before.pickup.as_ref().map(|pickup| (pickup.state, pickup.visit)) != Some((pickup.state, pickup.visit));
            let told = OrderCommand::RecordCollection { collection: self.id, state: pickup.state, visit: pickup.visit };
            return moved.then_some((parent, told)).into_iter().collect();
        }
        let standing = self.standing();
        let (Standing { stage, units }, moved) = (standing, before.standing() != standing);
        match self.kind {
            Kind::Replacement if moved => {
                vec![(parent, OrderCommand::RecordReplacement { replacement: self.id, stage, units, reason: self.lost_because() })]
            }
            Kind::Purchase => {
                let of_parcel = self.parcel().filter(|parcel| before.front == Front::Confirmed && before.parcel().as_ref() != Some(parcel));
                let of_parcel = of_parcel.map(|parcel| OrderCommand::RecordParcel { child: self.id, parcel: Box::new(parcel) });
                let of_order = moved.then_some(OrderCommand::RecordChild { child: self.id, stage, units });
                of_parcel.into_iter().chain(of_order).map(|told| (parent, told)).collect()
            }
            Kind::Sale | Kind::Replacement | Kind::Installation | Kind::Collection => Vec::new(),
        }
    }

    /// What a change of this node means for its children: nobody brings anything for goods that will not leave, nor what is not
    /// counted on any more; and nobody comes to put up what goes back. A child that is over takes no notice.
    pub fn tells_children(&self, before: &Self) -> Vec<(OrderId, OrderCommand)> {
        let answered = self.moved_extras(before).filter(|extra| extra.installation != self.id);
        let answers = answered.map(|extra| (extra.installation, OrderCommand::RecordExtra { extra: Box::new(extra.clone()) }));
        let ended = self.orphans(before).chain(self.sent_away(before)).map(|child| (child, OrderCommand::CancelWithParent));
        answers
            .chain(self.straight_to_customer(before))
            .chain(ended)
            .chain(self.fetched(before).map(|child| (child, OrderCommand::ReceivePickup)))
            .chain(self.passed_on(before))
            .collect()
    }

    /// Purchases whose goods came back and shall go on to their sellers, for what their buyer said: what is no fault of the goods is
    /// this store's own wish.
    fn passed_on(&self, before: &Self) -> impl Iterator<Item = (OrderId, OrderCommand)> {
        let news = move |claim: &&Claim| before.claim(claim.id).is_some_and(|known| known.passed_on.len() < claim.passed_on.len());
        self.claims.iter().filter(news).flat_map(|claim| {
            let said = ReturnReason::OF_BUYERS.contains(&claim.reason);
            let reason = if said { claim.reason } else { ReturnReason::ChangeOfMind };
            let take_up = move |part: &PassedOn| {
                let (quantity, photos) = (part.units.quantity, claim.photos.clone());
                (part.order, OrderCommand::TakeUpReturn { above: claim.id, quantity, reason, photos })
            };
            claim.passed_on.iter().map(take_up)
        })
    }

    /// Installers whose job ended with this change. Fewer goods are another job, at another fee, and so is another place: somebody
    /// is asked again.
    fn sent_away(&self, before: &Self) -> impl Iterator<Item = OrderId> {
        let moved = self.postcode != before.postcode;
        let needed = move |order: OrderId, units: u32| {
            self.of_installation(order).is_some_and(|(goods, given)| {
                !moved && given.state.is_live() && goods.is_live() && goods.units() == units && goods.state != FulfilmentState::ReturningToSender
            })
        };
        let given = before.fulfilments.iter().filter_map(|goods| Some((goods.assignment()?.order, goods.units())));
        given.filter(move |(order, units)| !needed(*order, *units)).map(|(order, _)| order)
    }

    /// Purchases that go straight to this order's customer, where he lives elsewhere now or wants one brought again.
    fn straight_to_customer(&self, before: &Self) -> impl Iterator<Item = (OrderId, OrderCommand)> {
        let moved = self.contact != before.contact;
        let again = move |goods: &Fulfilment| goods.redeliver_on != before.fulfilment(goods.id).and_then(|known| known.redeliver_on);
        let news = self.fulfilments.iter().filter(move |goods| goods.is_live() && (moved || again(goods)));
        news.flat_map(move |goods| {
            let (contact, redeliver_on) = (self.contact, goods.redeliver_on);
            goods.sources.iter().filter_map(move |source| match source {
                Source::ChildPurchase { order, drop_ship: true, .. } => {
                    Some((*order, OrderCommand::FollowParent { contact, postcode: self.postcode.clone(), redeliver_on }))
                }
                Source::ChildPurchase { .. } | Source::Allocation { .. } | Source::Receipt { .. } => None,
            })
        })
    }

    /// Collections whose goods are here, or that somebody else is asked for.
    fn fetched(&self, before: &Self) -> impl Iterator<Item = OrderId> {
        let awaited = |state| matches!(state, ReturnState::Collecting | ReturnState::Collected);
        let known = before.claims.iter().filter(move |claim| awaited(claim.state));
        known.filter_map(move |known| {
            let still = self.claim(known.id).is_some_and(|claim| awaited(claim.state) && claim.collection == known.collection);
            known.collection.filter(|_| !still)
        })
    }

    /// Partners who bring what nobody waits for any more.
    fn orphans(&self, before: &Self) -> impl Iterator<Item = OrderId> {
        let wanted = move |child: OrderId| self.of_child(child).is_some_and(|(goods, _)| goods.is_live());
        let orphan = move |source: &Source| match source {
            Source::ChildPurchase { order, .. } if !wanted(*order) => Some(*order),
            Source::ChildPurchase { .. } | Source::Allocation { .. } | Source::Receipt { .. } => None,
        };
        let live = before.fulfilments.iter().filter(|goods| goods.is_live());
        live.flat_map(|goods| &goods.sources).filter_map(orphan)
    }
}
