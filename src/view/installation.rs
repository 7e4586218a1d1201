//! What an installer sees of his work, and what others see of him.

use super::Around;
use crate::{
    actor::Chair,
    command::ShipTo,
    ids::{OrderNumber, PartyId},
    money::Won,
    order::{Assignment, DeclineReason, ExtraRow, ImpossibleCause, InstallationState, Job, Order, PutUp, Visit},
    policy::Policy,
    text::Words,
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
    /// Who signed.
    pub signed_by: Option<String>,
    /// Photos that he has brought and that nobody else sees yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brought: Vec<String>,
    /// What may be charged on site, while he is there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub price_list: Vec<ExtraRow>,
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

/// One of an installer's jobs in his list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct JobRow {
    /// Its number.
    pub number: OrderNumber,
    /// How far it is.
    pub state: InstallationState,
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
        let job = order.job.as_ref();
        Self {
            number: order.number.clone(),
            state: job.map_or(InstallationState::Cancelled, |job| job.state),
            visit: job.and_then(|job| job.visit),
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

/// Whether the installer has the goods, and his day has come.
pub(super) fn can_depart(order: &Order, around: &Around, now: Time) -> bool {
    let day = order.job.as_ref().and_then(|job| job.visit).map(|visit| visit.on.days());
    has_goods(order, around) && day.is_some_and(|day| day <= now.kst_date().days())
}

/// Whether an installer may know who waits for him and where: until a day after it is done, and not when he is not coming
/// (quality, privacy). Other sellers may.
pub(super) fn may_call(order: &Order, policy: &Policy, now: Time) -> bool {
    let Some(job) = &order.job else { return true };
    let over = order.completed_at.is_some_and(|at| now > at + policy.contact_visible_after);
    !over && !is_off(job.state)
}

impl Around {
    /// Without what this chair may not know today of who waits where, and of who comes: whoever looks back sees no more of
    /// people than he may see now.
    #[must_use]
    pub fn withheld(mut self, chair: Chair, order: &Order, policy: &Policy, now: Time) -> Self {
        if chair == Chair::Seller && !may_call(order, policy, now) {
            self.ship_to = None;
        }
        let tree = std::mem::take(&mut self.tree);
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
