//! What an installer sees of his work, and what others see of him.

use super::Around;
use crate::{
    actor::Chair,
    command::ShipTo,
    ids::{OrderNumber, PartyId},
    installer::{Earned, Profile},
    money::Won,
    order::{Assignment, Check, CollectionState, DeclineReason, ExtraRow, ImpossibleCause, InstallationState, Job, Order, Pickup, PutUp, Visit},
    policy::Policy,
    text::{SerialNumber, Words},
    time::{Date, Time},
};
use serde::{Deserialize, Serialize};

/// The installer of some goods, as their buyer and seller see him.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InstallerView {
    /// The installation order; only the seller and the chain see it.
    pub number: Option<OrderNumber>,
    /// How far he is.
    pub state: InstallationState,
    /// His name, once he has taken the job.
    pub name: Option<String>,
    /// His phone, from then until a day after it is done.
    pub phone: Option<String>,
    /// When he comes.
    pub visit: Option<Visit>,
    /// What he gets; only the seller and the chain see it.
    pub fee: Option<Won>,
    /// Why he did not take the job; only the seller and the chain see it.
    pub declined: Option<DeclineReason>,
    /// Why nothing could be put up.
    pub cause: Option<ImpossibleCause>,
    /// What shows how they were put up.
    #[serde(default, skip_serializing_if = "PutUp::is_nothing")]
    pub shown: PutUp,
}

/// An installer's own job.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JobView {
    /// How far it is.
    pub job: Job,
    /// What he gets.
    pub fee: Won,
    /// When the buyer would like him to come.
    pub wished: Option<Visit>,
    /// He has the goods.
    pub has_goods: bool,
    /// Which units he was sent, if the seller said so, while he has something to do with them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<SerialNumber>,
    /// Who signed.
    pub signed_by: Option<String>,
    /// Photos that he has brought and that nobody else sees yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brought: Vec<String>,
    /// What he has to look at before he leaves, from when his day is set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// What may be charged on site, from when his day is set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub price_list: Vec<ExtraRow>,
}

/// An installer's own collection.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PickupView {
    /// How far it is.
    pub pickup: Pickup,
    /// What he gets.
    pub fee: Won,
    /// Photos that he has brought and that nobody else sees yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brought: Vec<String>,
}

/// How far an installer's work is, whether he puts goods up or takes them down.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub enum WorkState {
    /// He puts them up.
    PutUp(InstallationState),
    /// He takes them down.
    TakeDown(CollectionState),
}

/// Where work stands in its installer's list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// It waits for his word.
    Asked,
    /// It waits for a day.
    ToSchedule,
    /// It has one.
    Coming,
    /// He is at it, or brings the goods back.
    Moving,
    /// It is over.
    Over,
}

impl WorkState {
    /// Whether he has said that he does it, and has not done it.
    pub fn is_agreed(self) -> bool {
        match self {
            Self::PutUp(_) => matches!(self.stage(), Stage::ToSchedule | Stage::Coming | Stage::Moving),
            // What he has taken down is earned, though he still brings it back.
            Self::TakeDown(_) => matches!(self.stage(), Stage::ToSchedule | Stage::Coming),
        }
    }

    /// Where it stands in the list.
    pub fn stage(self) -> Stage {
        match self {
            Self::PutUp(InstallationState::Assigned) | Self::TakeDown(CollectionState::Requested) => Stage::Asked,
            Self::PutUp(InstallationState::Accepted | InstallationState::Rescheduled) | Self::TakeDown(CollectionState::Failed) => Stage::ToSchedule,
            Self::PutUp(InstallationState::Scheduled) | Self::TakeDown(CollectionState::Scheduled) => Stage::Coming,
            Self::PutUp(InstallationState::EnRoute | InstallationState::DeliveredByInstaller) | Self::TakeDown(CollectionState::PickedUp) => {
                Stage::Moving
            }
            Self::PutUp(
                InstallationState::Installed | InstallationState::Impossible | InstallationState::Declined | InstallationState::Cancelled,
            )
            | Self::TakeDown(CollectionState::Received | CollectionState::Cancelled) => Stage::Over,
        }
    }
}

/// A day of somebody's calendar.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CalendarDay {
    /// Which.
    pub on: Date,
    /// Jobs on it.
    pub jobs: u32,
    /// He does not work.
    pub off: bool,
    /// One of the jobs is near.
    pub near: bool,
}

/// Somebody who could put some goods up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct InstallerRow {
    /// Who.
    pub installer: PartyId,
    /// His name.
    pub name: String,
    /// He sets out from near there.
    pub lives_near: bool,
    /// What he gets for these goods.
    pub fee: Won,
    /// What he gets for having come in vain.
    pub call_out: Won,
    /// Jobs that he takes on for a day.
    pub per_day: u32,
    /// The first day on which he could come.
    pub first_free: Option<Date>,
    /// Two weeks from today.
    pub days: Vec<CalendarDay>,
}

/// How an installer works, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProfileView {
    /// How.
    pub profile: Profile,
    /// Two weeks from today.
    pub days: Vec<CalendarDay>,
    /// Days on which he does not work, from today on.
    pub off: Vec<Date>,
    /// Today in Korea.
    pub today: Date,
}

/// Money that an installer earned with one order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EarnedRow {
    /// The order.
    pub number: OrderNumber,
    /// What for.
    pub what: Earned,
    /// The store that owes it.
    pub store: Words,
    /// When it was earned.
    pub at: Time,
    /// How much.
    pub amount: Won,
}

/// What an installer earned in a month.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EarningsView {
    /// The first day of the month.
    pub month: Date,
    /// What for, the newest first.
    pub rows: Vec<EarnedRow>,
    /// How much in the month.
    pub sum: Won,
    /// A day of the month before in which he earned something.
    pub before: Option<Date>,
    /// A day of the month after it, up to this one.
    pub after: Option<Date>,
    /// What is agreed and not done yet.
    pub agreed: Won,
    /// Jobs that make it up.
    pub agreed_jobs: u32,
}

/// One of an installer's jobs in his list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JobRow {
    /// Its number.
    pub number: OrderNumber,
    /// How far it is.
    pub state: WorkState,
    /// When he comes.
    pub visit: Option<Visit>,
    /// The first of the goods.
    pub title: Words,
    /// How many there are.
    pub units: u32,
    /// The part of the postcode that a district shares.
    pub district: String,
    /// Where it is, while he may know it.
    pub address: Option<String>,
    /// What he gets.
    pub fee: Won,
    /// When it was over.
    pub over_at: Option<Time>,
}

impl JobRow {
    /// A job as its installer sees it in his list.
    pub fn of(order: &Order, to: Option<&ShipTo>, policy: &Policy, now: Time) -> Self {
        let (job, pickup) = (order.job.as_ref(), order.pickup.as_ref());
        let fetched = pickup.map(|pickup| WorkState::TakeDown(pickup.state));
        Self {
            number: order.number.clone(),
            state: fetched.unwrap_or_else(|| WorkState::PutUp(job.map_or(InstallationState::Cancelled, |job| job.state))),
            visit: job.and_then(|job| job.visit).or_else(|| pickup?.visit),
            title: order.lines.first().map(|line| line.title.clone()).unwrap_or_default(),
            units: order.lines.iter().map(|line| order.live_units(line)).sum(),
            district: order.postcode.get(..3).unwrap_or_default().to_owned(),
            address: to.filter(|_| may_call(order, policy, now)).map(|to| to.address.to_string()),
            fee: order.earned(),
            over_at: order.completed_at,
        }
    }
}

/// An installer's work.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JobsView {
    /// What he has something to do for.
    pub live: Vec<JobRow>,
    /// The last that are over.
    pub over: Vec<JobRow>,
    /// Today in Korea.
    pub today: Date,
    /// Now, for ages.
    pub now: Time,
}

/// The order that an installation is for.
pub(super) fn above<'a>(order: &Order, around: &'a Around) -> Option<&'a Order> {
    around.tree.iter().map(|(node, _)| node).find(|node| Some(node.id) == order.parent)
}

/// Whether the installer was handed the goods.
pub(super) fn has_goods(order: &Order, around: &Around) -> bool {
    let goods = above(order, around).and_then(|above| above.of_installation(order.id));
    goods.is_some_and(|(goods, _)| goods.shipped_at.is_some())
}

/// The numbers of the units that the installer is to put up.
pub(super) fn sent(order: &Order, around: &Around) -> Vec<SerialNumber> {
    let live = order.job.as_ref().is_some_and(|job| job.state.is_live());
    let goods = above(order, around).filter(|_| live).and_then(|above| above.of_installation(order.id));
    goods.map(|(goods, _)| goods.named.iter().map(|unit| unit.serial.clone()).collect()).unwrap_or_default()
}

/// Whether the installer has the goods, and his day has come.
pub(super) fn can_depart(order: &Order, around: &Around, now: Time) -> bool {
    let day = order.job.as_ref().and_then(|job| job.visit).map(|visit| visit.on.days());
    has_goods(order, around) && day.is_some_and(|day| day <= now.kst_date().days())
}

/// Whether an installer may know who waits for him and where: until a day after it is done, and not when he is not coming
/// (quality, privacy). The same goes for who sends a parcel straight to somebody else's customer, from when it leaves. Other sellers
/// may.
pub(super) fn may_call(order: &Order, policy: &Policy, now: Time) -> bool {
    let off = match (&order.job, &order.pickup) {
        (Some(job), _) => is_off(job.state),
        (None, Some(pickup)) => pickup.state == CollectionState::Cancelled,
        (None, None) if order.is_drop_ship() => !order.fulfilments.iter().any(|goods| goods.is_live() && goods.outbound_requested_at.is_some()),
        (None, None) => return true,
    };
    !off && !is_over(order, policy, now)
}

/// Whether it was done so long ago that nobody need be called about it.
fn is_over(order: &Order, policy: &Policy, now: Time) -> bool {
    order.completed_at.is_some_and(|at| now > at + policy.contact_visible_after)
}

impl Around {
    /// Without what this chair may not know today of who waits where, and of who comes: whoever looks back sees no more of
    /// people than he may see now.
    #[must_use]
    pub fn withheld(mut self, chair: Chair, order: &Order, policy: &Policy, now: Time) -> Self {
        // Who has it sent to the customer of somebody above him has nothing to do with that customer.
        let passes_on = chair == Chair::Buyer && order.is_drop_ship() && above(order, &self).is_some_and(Order::is_drop_ship);
        if passes_on || chair == Chair::Seller && !may_call(order, policy, now) {
            self.ship_to = None;
        }
        let tree = std::mem::take(&mut self.tree);
        self.fetchers.retain(|(of, _)| tree.iter().any(|(node, _)| node.id == *of && may_call(node, policy, now)));
        self.installers.retain_mut(|(party, _, phone)| {
            let given = order.fulfilments.iter().filter_map(|goods| goods.installer.as_ref()).find(|given| given.installer == *party);
            let Some(given) = given else { return false };
            let ended = tree.iter().map(|(node, _)| node).find(|node| node.id == given.order).and_then(|node| node.completed_at);
            if ended.is_some_and(|at| now > at + policy.contact_visible_after) || is_off(given.state) {
                *phone = None;
            }
            chair != Chair::Buyer || !is_off(given.state)
        });
        self.tree = tree;
        self
    }
}

/// Whether an installer has nothing to do with the goods any more, and never had.
fn is_off(state: InstallationState) -> bool {
    matches!(state, InstallationState::Declined | InstallationState::Cancelled)
}

/// Whether he said yes: from then on the buyer knows who he is, unless he has nothing to do with the goods any more.
pub(super) fn has_taken(state: InstallationState) -> bool {
    state != InstallationState::Assigned && !is_off(state)
}

/// What the buyer and the seller of goods see of their installer; a buyer nothing of one who did not take the job.
pub(super) fn installer(given: &Assignment, around: &Around, inside: bool) -> Option<InstallerView> {
    if is_off(given.state) && !inside {
        return None;
    }
    let order = around.tree.iter().map(|(node, _)| node).find(|node| node.id == given.order);
    let node = order.filter(|_| inside);
    let known = has_taken(given.state) || inside;
    let person = around.installers.iter().find(|(party, ..)| *party == given.installer).filter(|_| known);
    Some(InstallerView {
        number: node.map(|node| node.number.clone()),
        state: given.state,
        name: person.map(|(_, name, _)| name.clone()),
        phone: person.and_then(|(.., phone)| phone.clone()),
        visit: given.visit,
        fee: node.map(Order::earned),
        cause: order.and_then(|order| order.job.as_ref()).and_then(|job| job.cause),
        shown: given.shown.clone(),
        declined: node.and_then(|node| node.job.as_ref()).and_then(|job| job.declined),
    })
}
