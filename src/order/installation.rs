//! An installer's job (01 §2 Installation): what a store orders of him for goods in an order above, from his answer to the signature.

use super::{Event, Extra, ExtraRow, ExtraState, Facts, Fulfilment, Kind, Line, Method, Order, ReturnReason, event::Placed};
use crate::{
    catalogue::{Category, Supply},
    ids::{FulfilmentId, LineId, OrderId, OrderNumber, PartyId, VariantId},
    money::Won,
    pricing::{Amounts, Shares},
    refusal::{Problem, Refusal},
    text::SerialNumber,
    time::{Date, Time},
};
use serde::{Deserialize, Serialize};

use super::{
    decide::{STEPS, goes_with},
    machines::{CollectionState, InstallationState},
};

macro_rules! closed_list {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $choice:ident = $slug:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $slug)] $choice),* }
        impl $name {
            /// Every choice, in the order of the form.
            pub const ALL: &'static [Self] = &[$(Self::$choice),*];
            /// The name in forms, rows and the word catalogue.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$choice => $slug),* }
            }
            /// The choice of a name.
            pub fn from_slug(slug: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.slug() == slug)
            }
        }
    };
}

pub(super) use closed_list;

closed_list! {
    /// The half of a day that somebody comes in.
    Half {
        /// From nine to one.
        Morning = "morning";
        /// From one to six.
        Afternoon = "afternoon";
    }
}

closed_list! {
    /// Why an installer does not take a job.
    DeclineReason {
        /// No day is free soon enough.
        Busy = "busy";
        /// It is too far.
        Distance = "distance";
        /// It takes tools or people that he has not.
        Equipment = "equipment";
        /// He is not working.
        Away = "away";
    }
}

closed_list! {
    /// Why goods cannot be put up (01 §3 Impossible).
    ImpossibleCause {
        /// There is no room for them.
        Space = "space";
        /// The house cannot supply the current.
        Power = "power";
        /// The outdoor unit has nowhere to stand.
        Outdoor = "outdoor";
        /// The building does not allow it.
        Building = "building";
        /// The goods are broken.
        Defect = "defect";
        /// The buyer does not want them any more.
        Refused = "refused";
    }
}

impl ImpossibleCause {
    /// What is the place's doing: the buyer is asked about each before he orders.
    pub const SITE: &'static [Self] = &[Self::Space, Self::Power, Self::Outdoor, Self::Building];
}

closed_list! {
    /// What a buyer says of the place where goods are to be put up.
    SiteAnswer {
        /// It is as it should be.
        Yes = "yes";
        /// It is not.
        No = "no";
        /// He does not know.
        Unsure = "unsure";
    }
}

/// What a buyer said of the place before he ordered: whether it is as it should be, for each cause that it can be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SiteAnswers {
    /// There is room for the goods, and to work.
    pub space: SiteAnswer,
    /// The house can supply the current.
    pub power: SiteAnswer,
    /// The outdoor unit has somewhere to stand.
    pub outdoor: SiteAnswer,
    /// The building allows it.
    pub building: SiteAnswer,
}

impl SiteAnswers {
    /// What was said about a cause; nothing about what is not the place's doing.
    pub fn about(&self, cause: ImpossibleCause) -> Option<SiteAnswer> {
        match cause {
            ImpossibleCause::Space => Some(self.space),
            ImpossibleCause::Power => Some(self.power),
            ImpossibleCause::Outdoor => Some(self.outdoor),
            ImpossibleCause::Building => Some(self.building),
            ImpossibleCause::Defect | ImpossibleCause::Refused => None,
        }
    }
}

/// The place as its buyer described it, and what he was told that a visit in vain costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Site {
    /// What he said.
    pub answers: SiteAnswers,
    /// What he pays when the place, or he, is the reason, by the list that was published then.
    pub call_out: Won,
}

closed_list! {
    /// What an installer looks at before he leaves.
    Check {
        /// It hangs or stands fast.
        Fixed = "fixed";
        /// The pipes were evacuated.
        Vacuum = "vacuum";
        /// Nothing leaks.
        Leak = "leak";
        /// Water runs off.
        Drain = "drain";
        /// It was run.
        Run = "run";
        /// The buyer was shown how to use it.
        Shown = "shown";
    }
}

impl Check {
    /// What has to be looked at before goods of a category are up.
    pub fn of(category: Category) -> &'static [Self] {
        if category.needs_installer() { Self::ALL } else { &[] }
    }
}

/// When somebody comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Visit {
    /// The day in Korea.
    pub on: Date,
    /// In which half of it.
    pub half: Half,
}

impl Visit {
    /// Whether somebody can still come then: tomorrow or later, and not too far off.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the day.
    pub fn check(&self, facts: &Facts<'_>) -> Result<(), Refusal> {
        let today = facts.now.kst_date().days();
        let days = today + 1..=today + i64::from(facts.policy.visit_within_days);
        if days.contains(&self.on.days()) { Ok(()) } else { Err(Refusal::invalid("day", Problem::OutOfRange)) }
    }
}

/// What an installation order is about, frozen when it is placed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Installs {
    /// The goods in the order above.
    pub fulfilment: FulfilmentId,
    /// What the installer gets for having come when nothing can be put up, in won.
    pub call_out: Won,
}

/// How far an installer's job is: the state of an installation order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Job {
    /// What it is about.
    pub installs: Installs,
    /// Where it stands.
    pub state: InstallationState,
    /// When he comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Visit>,
    /// When he set out last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departed_at: Option<Time>,
    /// When the goods were at the buyer's (설치자 배송완료).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Time>,
    /// When the goods were up (설치완료).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_at: Option<Time>,
    /// What stood on the goods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNumber>,
    /// What shows how they were put up.
    #[serde(default, skip_serializing_if = "PutUp::is_nothing")]
    pub shown: PutUp,
    /// How often nobody was there.
    #[serde(default)]
    pub absences: u32,
    /// Why he did not take it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<DeclineReason>,
    /// Why nothing could be put up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<ImpossibleCause>,
    /// What he gets for having come, of a job that ended because nobody was there time after time.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub in_vain: Won,
}

impl Job {
    /// A job that nobody has answered.
    pub fn new(installs: Installs) -> Self {
        Self {
            installs,
            state: InstallationState::Assigned,
            visit: None,
            departed_at: None,
            delivered_at: None,
            installed_at: None,
            serials: Vec::new(),
            shown: PutUp::default(),
            absences: 0,
            declined: None,
            cause: None,
            in_vain: Won::ZERO,
        }
    }
}

/// How a job will stand once what its installer has sent has been done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ahead {
    /// Where it will stand.
    pub state: InstallationState,
    /// What he may do then.
    pub steps: Vec<&'static str>,
}

impl Job {
    /// How the job will stand once these commands have been carried out one after another. What could not be carried out then changes
    /// nothing. `asked`: an extra charge is to be answered.
    pub fn ahead<'a>(&self, mut asked: bool, commands: impl IntoIterator<Item = &'a str>) -> Ahead {
        let (mut state, mut just_set) = (self.state, false);
        // Who has just said when he comes does not come on that day.
        let fits = |step: &str, state, asked, just_set| {
            let stands = STEPS.iter().find(|(known, ..)| *known == step).is_some_and(|(_, states, _)| states.contains(&state));
            stands && goes_with(step, asked) && !(just_set && step == "depart")
        };
        for command in commands.into_iter() {
            if !fits(command, state, asked, just_set) {
                continue;
            }
            let to = STEPS.iter().find(|(step, ..)| *step == command).and_then(|(_, _, to)| *to);
            state = to.unwrap_or(state);
            just_set = command == "schedule-visit";
            asked = match command {
                "propose-extra" => true,
                "withdraw-extra" => false,
                _ => asked,
            };
        }
        let steps = STEPS.iter().map(|(step, ..)| *step).filter(|step| fits(step, state, asked, just_set)).collect();
        Ahead { state, steps }
    }
}

impl InstallationState {
    /// Whether the installer still has something to do.
    pub fn is_live(self) -> bool {
        match self {
            Self::Assigned | Self::Accepted | Self::Scheduled | Self::Rescheduled | Self::EnRoute | Self::DeliveredByInstaller => true,
            Self::Installed | Self::Impossible | Self::Declined | Self::Cancelled => false,
        }
    }
    /// Whether the installer is on his way to the buyer, or with him.
    pub fn is_on_site(self) -> bool {
        matches!(self, Self::EnRoute | Self::DeliveredByInstaller)
    }
    /// Whether the store can take the job back.
    pub fn is_revocable(self) -> bool {
        matches!(self, Self::Assigned | Self::Accepted | Self::Scheduled | Self::Rescheduled)
    }
}

impl Order {
    /// What the installer gets for the order as it stands: his fee, or what having come in vain is worth.
    pub fn earned(&self) -> Won {
        if self.pickup.as_ref().is_some_and(|pickup| pickup.state == CollectionState::Cancelled) {
            return Won::ZERO;
        }
        match self.job.as_ref().map(|job| (job.state, job)) {
            Some((InstallationState::Impossible, job)) => job.installs.call_out,
            Some((InstallationState::Declined | InstallationState::Cancelled, job)) => job.in_vain,
            Some(_) | None => self.amounts.installation + self.amounts.extras,
        }
    }

    /// What its buyer pays for a visit in vain (01 §3 Impossible): never more than he was told when he ordered, and nothing for what
    /// he was not asked about, or said himself and somebody was sent all the same.
    pub fn call_out_for(&self, cause: ImpossibleCause) -> Won {
        let his = self.site.is_some_and(|site| match cause {
            ImpossibleCause::Space | ImpossibleCause::Power | ImpossibleCause::Outdoor | ImpossibleCause::Building => {
                site.answers.about(cause) != Some(SiteAnswer::No)
            }
            ImpossibleCause::Defect => false,
            ImpossibleCause::Refused => true,
        });
        if his { self.one_call_out() } else { Won::ZERO }
    }

    /// What its buyer was told that a visit in vain costs, unless he pays for one already: however many his goods were split into, he
    /// bought them to be put up in one.
    pub(super) fn one_call_out(&self) -> Won {
        let paid = self.claims.iter().any(|claim| claim.call_out > Won::ZERO);
        self.site.filter(|_| !paid).map_or(Won::ZERO, |site| site.call_out)
    }

    /// Why goods come back that could not be put up. Who is asked for more on site and says no has not changed his mind: it is the
    /// place that asks for more.
    pub(super) fn comes_back_for(&self, cause: ImpossibleCause, installation: OrderId) -> ReturnReason {
        let asked_for_more = |extra: &Extra| extra.installation == installation && extra.state == ExtraState::Refused;
        match cause {
            ImpossibleCause::Refused if !self.extras.iter().any(asked_for_more) => ReturnReason::RefusedOnSite,
            ImpossibleCause::Space
            | ImpossibleCause::Power
            | ImpossibleCause::Outdoor
            | ImpossibleCause::Building
            | ImpossibleCause::Defect
            | ImpossibleCause::Refused => ReturnReason::CannotInstall,
        }
    }
}

/// What shows how goods were put up: hashes of pictures that only the parties of the order see.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PutUp {
    /// Photos of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<String>,
    /// The hand of who signed for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// What the installer looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checked: Vec<Check>,
}

impl PutUp {
    /// Whether there is nothing to see.
    pub fn is_nothing(&self) -> bool {
        self.photos.is_empty() && self.signature.is_none() && self.checked.is_empty()
    }
}

/// What the seller of goods knows of their installer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Assignment {
    /// The installation order.
    pub order: OrderId,
    /// Who.
    pub installer: PartyId,
    /// How far he is.
    pub state: InstallationState,
    /// When he comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Visit>,
    /// What shows how they were put up.
    #[serde(default, skip_serializing_if = "PutUp::is_nothing")]
    pub shown: PutUp,
}

/// What is known of an installer when a job is given to him.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Who.
    pub installer: PartyId,
    /// What he gets for a unit of each line: for putting it up, or for taking it down.
    pub fees: Vec<(LineId, Won)>,
    /// What he gets for having come in vain.
    pub call_out: Won,
    /// Whether he works where the goods go.
    pub comes_there: bool,
}

/// What a command about an installation has to know beside the order.
#[derive(Clone, Debug, Default)]
pub struct Crew {
    /// The installer that the command names, if he puts up such goods.
    pub candidate: Option<Candidate>,
    /// The installer has the goods.
    pub has_goods: bool,
    /// He has as much to do on the day that the command names as he takes on, or it is off.
    pub day_full: bool,
    /// What may be charged on site for the goods, as it is published.
    pub price_list: Vec<ExtraRow>,
    /// What has to be looked at before the goods are up.
    pub checks: Vec<Check>,
    /// Photos that were brought for what the command says.
    pub photos: Vec<String>,
    /// Signatures that were drawn for the order.
    pub signatures: Vec<String>,
    /// Numbers of the units that hang where goods were put up that come back.
    pub put_up: Vec<SerialNumber>,
    /// Numbers of the units that the seller sent to be put up, if he said which.
    pub sent: Vec<(VariantId, SerialNumber)>,
}

/// Places an installation order under the order whose goods it is for, at the installer's own prices.
pub fn installation(id: OrderId, above: &Order, goods: &Fulfilment, candidate: &Candidate, facts: &mut Facts<'_>) -> Vec<Event> {
    let mut total = Won::ZERO;
    let mut lines = Vec::new();
    for (units, of) in goods.lines.iter().filter_map(|units| Some((units, above.line(units.line)?))) {
        let fee = candidate.fees.iter().find(|(line, _)| *line == units.line).map_or(Won::ZERO, |(_, fee)| *fee);
        total += Won(fee.0 * units.quantity.units());
        lines.push(Line {
            id: LineId::mint(facts.mint),
            product: of.product.clone(),
            variant: of.variant.clone(),
            title: of.title.clone(),
            option: of.option.clone(),
            quantity: units.quantity,
            unit_price: fee,
            shares: Shares::default(),
            supply: Supply::Stocked,
            method: Method::Installed,
            installation: fee,
            ship_by: None,
        });
    }
    vec![Event::OrderPlaced(Box::new(Placed {
        id,
        number: OrderNumber::compose(facts.now.kst_date(), &facts.mint.number_tail()),
        kind: Kind::Installation,
        root: above.root,
        parent: Some(above.id),
        buyer: above.seller,
        seller: candidate.installer,
        policy: facts.policy.version,
        external: None,
        contact: above.contact,
        postcode: above.postcode.clone(),
        lines,
        amounts: Amounts { installation: total, ..Amounts::default() },
        shipping_base: Won::ZERO,
        coupon: None,
        inbound: None,
        installs: Some(Installs { fulfilment: goods.id, call_out: candidate.call_out }),
        collects: None,
    }))]
}
