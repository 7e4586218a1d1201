//! A claim: goods that come back and the money for them (01 §3 Claim), and the collection order that fetches them.

use super::{
    Candidate, ChildStage, DeclineReason, Event, Exchange, Facts, Fulfilment, FulfilmentState, Inbound, Kind, Line, LineUnits, Method, Order,
    OrderCommand, ReturnReason, Source, Visit,
    event::Placed,
    installation::closed_list,
    machines::{CollectionState, ReturnState},
};
use crate::{
    actor::Chair,
    catalogue::Supply,
    ids::{AccountId, ClaimId, ContactId, FulfilmentId, LineId, OrderId, OrderNumber, PartyId, RefundId},
    money::Won,
    policy::Policy,
    pricing::{Amounts, Shares},
    quantity::Quantity,
    refusal::{Problem, Refusal},
    text::SerialNumber,
    time::{Date, Time},
};
use serde::{Deserialize, Serialize};

/// Whose doing it is that goods come back: he bears what it costs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// He changed his mind.
    Buyer,
    /// The goods are not what was sold.
    Seller,
    /// Neither: the house, or the road.
    Nobody,
}

impl Fault {
    /// The name in rows and in the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Seller => "seller",
            Self::Nobody => "nobody",
        }
    }
}

impl ReturnReason {
    /// What a buyer can give, in the order of the form.
    pub const OF_BUYERS: &'static [Self] = &[Self::ChangeOfMind, Self::Defect, Self::Damaged, Self::WrongGoods, Self::NotAsDescribed];

    /// Every reason: what a buyer can give, and what the system gives.
    pub const ALL: &'static [Self] = &[
        Self::ChangeOfMind,
        Self::Defect,
        Self::Damaged,
        Self::WrongGoods,
        Self::NotAsDescribed,
        Self::Undeliverable,
        Self::CannotInstall,
        Self::RefusedOnSite,
        Self::NotSupplied,
    ];

    /// The reason of a name, of those that a buyer can give.
    pub fn of_buyer(slug: &str) -> Option<Self> {
        Self::OF_BUYERS.iter().copied().find(|reason| reason.slug() == slug)
    }

    /// Whose doing it is.
    pub fn fault(self) -> Fault {
        match self {
            Self::ChangeOfMind | Self::RefusedOnSite => Fault::Buyer,
            Self::Defect | Self::Damaged | Self::WrongGoods | Self::NotAsDescribed | Self::NotSupplied => Fault::Seller,
            Self::Undeliverable | Self::CannotInstall => Fault::Nobody,
        }
    }
}

/// Why a seller does not take goods back: a closed list. A change of mind in time is not among what can be rejected.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// What is said of them does not show.
    NotShown,
    /// They were damaged in use.
    CausedByUse,
    /// These are not the goods that were sold.
    OtherGoods,
    /// It was agreed otherwise with the buyer: repaired, or something sent after.
    Settled,
    /// Between stores only: nobody has to take back what was ordered rightly, or so late.
    NotAgreed,
}

impl RejectReason {
    /// Every reason, in the order of the form.
    pub const ALL: &'static [Self] = &[Self::NotShown, Self::CausedByUse, Self::OtherGoods, Self::Settled, Self::NotAgreed];
    /// Whether a seller can say so of such an order.
    pub fn fits(self, kind: Kind) -> bool {
        self != Self::NotAgreed || kind == Kind::Purchase
    }
    /// Whether a seller can say so of what came back for such a reason. Who only changed his mind claimed nothing that could show.
    pub fn fits_goods(self, reason: ReturnReason) -> bool {
        match self {
            Self::NotShown => reason.fault() != Fault::Buyer,
            Self::CausedByUse | Self::OtherGoods => true,
            Self::Settled | Self::NotAgreed => false,
        }
    }
    /// The name in forms, rows and the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::NotShown => "not_shown",
            Self::CausedByUse => "caused_by_use",
            Self::OtherGoods => "other_goods",
            Self::Settled => "settled",
            Self::NotAgreed => "not_agreed",
        }
    }
    /// The reason of a name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.slug() == slug)
    }
}

/// What a claim comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimWay {
    /// Money.
    Return,
    /// Goods.
    Exchange,
}

/// Units of a return that a partner is asked to take back, of whom they were bought.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PassedOn {
    /// The purchase.
    pub order: OrderId,
    /// Which and how many, of the order that they came back to.
    pub units: LineUnits,
}

/// Goods that come back, and the money for them, or other goods.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Claim {
    /// Its identity.
    pub id: ClaimId,
    /// Where it stands.
    pub state: ReturnState,
    /// Why they come back.
    pub reason: ReturnReason,
    /// What they left in; once it is approved, goods of their own.
    pub fulfilment: FulfilmentId,
    /// Which and how many.
    pub units: Vec<LineUnits>,
    /// When it was opened.
    pub requested_at: Time,
    /// The day the buyer would like them fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pickup_on: Option<Date>,
    /// The day he says he found what is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_on: Option<Date>,
    /// Photos that show why: hashes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<String>,
    /// Since when the buyer owes an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Time>,
    /// Why it was not approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<RejectReason>,
    /// The order that fetches them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<OrderId>,
    /// When an installer comes for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Visit>,
    /// When the goods were on their way back: the refund is due from then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected_at: Option<Time>,
    /// Whether they can be sold again, once somebody has looked at them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restocked: Option<bool>,
    /// The numbers on what came, where it was put up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<SerialNumber>,
    /// Why the seller would not pay back for what came: somebody else decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputed: Option<RejectReason>,
    /// The buyer keeps the goods.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waived: bool,
    /// Who looked at them, and so asked for the refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<AccountId>,
    /// What goes back for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refunds: Vec<RefundId>,
    /// What comes instead of money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<Box<Exchange>>,
    /// Partners who were asked to take the goods back, once somebody had looked at them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_on: Vec<PassedOn>,
    /// Of a purchase: the return of the order above that its goods came back with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<ClaimId>,
    /// What its buyer pays for the visits in vain that brought it about.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub call_out: Won,
    /// Of a purchase whose seller did not take the goods back: whether they can be sold again, once they were put away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub put_away: Option<bool>,
    /// What its buyer owes less by it, where nobody paid at a counter.
    #[serde(default, skip_serializing_if = "Won::is_zero")]
    pub credited: Won,
    /// When goods and money were where they belong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Time>,
}

impl Claim {
    /// The commands about a return that is there.
    pub const COMMANDS: &'static [&'static str] = &[
        "withdraw-return",
        "approve-return",
        "approve-exchange",
        "reject-return",
        "assign-pickup",
        "ask-about-return",
        "answer-about-return",
        "inspect-return",
        "pass-return-on",
        "dispute-return",
        "refund-without-goods",
        "put-away",
        "approve-refund",
        "reject-refund",
    ];

    /// The states in which the buyer can be asked for more: somebody has yet to decide something.
    pub(super) const TALKED_ABOUT: &'static [ReturnState] =
        &[ReturnState::Requested, ReturnState::Approved, ReturnState::Collecting, ReturnState::Collected, ReturnState::AwaitingRefundApproval];

    /// Whether something is still to be done for it.
    pub fn is_open(&self) -> bool {
        !matches!(self.state, ReturnState::Rejected | ReturnState::Withdrawn | ReturnState::RefundRejected | ReturnState::Closed)
    }

    /// Whether work on site is given back with these goods: nobody's fault but the buyer's pays for it, and what was only added to
    /// them has nothing to do with it.
    pub(super) fn undoes_work(&self, goods: &Fulfilment) -> bool {
        let of_goods = self.units.iter().any(|units| goods.lines.iter().any(|line| line.line == units.line));
        let swapped = self.exchange.as_ref().is_some_and(|exchange| exchange.takes_back());
        self.reason.fault() != Fault::Buyer && (of_goods || swapped)
    }

    /// Whether its goods are back and its money is not on its way: not yet, or not at all.
    pub fn is_unpaid(&self) -> bool {
        matches!(self.state, ReturnState::Inspected | ReturnState::AwaitingRefundApproval | ReturnState::RefundRejected)
    }
}

impl Order {
    /// What a chair may say about a return now, by the names of the commands.
    pub fn offers_on(&self, claim: &Claim, chair: Chair) -> Vec<String> {
        let may = |command: &&&str| OrderCommand::chairs_of(command).contains(&chair) && self.claim_allows(command, claim).is_ok();
        let answered = claim.is_open() || self.is_set_apart(claim);
        if answered { Claim::COMMANDS.iter().filter(may).map(|command| (*command).to_owned()).collect() } else { Vec::new() }
    }

    /// Whether there is nothing to judge: a customer changed his mind in time, and nobody has answered him yet. A store has no such
    /// right towards another.
    pub fn is_plain(&self, claim: &Claim) -> bool {
        let changed = claim.state == ReturnState::Requested && claim.reason == ReturnReason::ChangeOfMind;
        changed && claim.asked_at.is_none() && claim.exchange.is_none() && self.kind != Kind::Purchase
    }

    /// Where the goods of a purchase were counted in that its buyer asks to send back, and how many they are. He sets them apart
    /// there; what never reached him lies nowhere.
    pub fn sent_up(&self, claim: &Claim) -> Option<(&Inbound, u32)> {
        let inbound = self.inbound.as_ref().filter(|_| self.kind == Kind::Purchase && ReturnReason::OF_BUYERS.contains(&claim.reason))?;
        Some((inbound, claim.units.iter().map(|units| units.quantity).sum()))
    }

    /// Units of a return whose numbers are read when they are back: those that were put up, or are known by their numbers.
    pub fn units_read(&self, claim: &Claim) -> u32 {
        let read = |goods: &Fulfilment| goods.state == FulfilmentState::Installed || goods.shipped_at.is_some() && !goods.named.is_empty();
        if self.fulfilment(claim.fulfilment).is_some_and(read) { claim.units.iter().map(|units| units.quantity).sum() } else { 0 }
    }

    /// Whether goods that nobody takes back wait for their store to put them away.
    pub fn is_set_apart(&self, claim: &Claim) -> bool {
        let over = matches!(claim.state, ReturnState::Rejected | ReturnState::Withdrawn);
        over && claim.put_away.is_none() && self.sent_up(claim).is_some()
    }

    /// The partners who brought these goods, and what each would take back; nothing unless partners brought all of it. Goods that
    /// came from several places lie together, and nobody can say which of them is whose.
    pub(super) fn brought_by(&self, goods: &Fulfilment) -> Option<Vec<PassedOn>> {
        let mut parts = Vec::new();
        for line in &goods.lines {
            let mut missing = line.quantity.get();
            for source in goods.sources.iter().filter(|source| source.line() == line.line) {
                if let Source::ChildPurchase { order, quantity, stage: ChildStage::Received, .. } = source {
                    let quantity = Quantity::new(missing.min(quantity.get()));
                    missing -= quantity.map_or(0, Quantity::get);
                    parts.extend(quantity.map(|quantity| PassedOn { order: *order, units: LineUnits { line: line.line, quantity } }));
                }
            }
            if missing > 0 {
                return None;
            }
        }
        (!parts.is_empty()).then_some(parts)
    }

    /// The claim of an id.
    pub fn claim(&self, id: ClaimId) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.id == id)
    }

    /// The open claim that these goods wait for; there is one at most.
    pub fn claim_on(&self, goods: FulfilmentId) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.fulfilment == goods && claim.is_open() && claim.state != ReturnState::Replacing)
    }

    /// Units of a line that are back and whose money is not on its way.
    pub fn units_back(&self, line: LineId) -> u32 {
        let unpaid = self.claims.iter().filter(|claim| claim.is_unpaid() && claim.exchanges().is_none());
        let back = unpaid.flat_map(|claim| &claim.units);
        back.filter(|units| units.line == line).map(|units| units.quantity).sum()
    }

    /// What a return comes to in money: what went back, or what would now.
    pub fn claim_amount(&self, claim: &Claim, policy: &Policy) -> Won {
        if self.is_on_credit() && !claim.is_open() {
            return claim.credited;
        }
        if !claim.is_open() || claim.state == ReturnState::Refunding {
            return self.refunds.iter().filter(|refund| claim.refunds.contains(&refund.id)).map(|refund| refund.amount).sum();
        }
        self.fulfilment(claim.fulfilment).map_or(Won::ZERO, |goods| self.refund_of(claim, goods, policy))
    }

    /// What would go back in money for a return, work on site among it.
    pub(super) fn refund_of(&self, claim: &Claim, goods: &Fulfilment, policy: &Policy) -> Won {
        if let Some(exchange) = claim.exchanges() {
            return self.exchange_back(exchange);
        }
        let kept = self.extras.iter().filter(|extra| extra.fulfilment == goods.id && extra.is_kept());
        let extras: Won = kept.filter(|_| claim.undoes_work(goods)).map(super::Extra::amount).sum();
        let back = self.worth_of_claim(claim, goods, policy);
        let most = if self.is_on_credit() { self.amounts.payable() } else { self.paid - self.refunded() };
        (back.payable() + extras).min(most)
    }

    /// The end of the day that money is due by, once the goods are back.
    pub fn refund_due(&self, claim: &Claim, policy: &Policy) -> Option<Time> {
        // What stores owe each other is settled between them.
        let since = claim.collected_at.filter(|_| claim.is_open() && !self.is_on_credit())?;
        Some(since.end_of_business_day_after(policy.refund_within_days))
    }

    /// Until when goods can be sent back for a reason, once the buyer has them: a week for none, three months for a fault of the
    /// seller's; the last day in Korea counts whole (01 §5 Clock). Confirming the purchase ends neither.
    pub fn return_until(&self, goods: &Fulfilment, reason: ReturnReason, policy: &Policy) -> Option<Time> {
        let received = goods.received_at()?;
        let days = match reason.fault() {
            Fault::Buyer => policy.return_window_days,
            Fault::Seller | Fault::Nobody => policy.defect_window_days.max(policy.return_window_days),
        };
        Some(received.end_of_kst_day_after(i64::from(days)))
    }

    /// Goods that can be sent back for some reason still.
    pub fn returnable(&self, now: Time, policy: &Policy) -> impl Iterator<Item = &Fulfilment> {
        let in_time = move |goods: &&Fulfilment| {
            let until = |reason: &ReturnReason| self.return_until(goods, *reason, policy);
            ReturnReason::OF_BUYERS.iter().any(|reason| until(reason).is_none_or(|until| now <= until))
        };
        self.fulfilments.iter().filter(move |goods| self.allows("request-return", Some(goods.id), now).is_ok()).filter(in_time)
    }

    /// What the order is worth less when these goods are back, before anything else changes. Who changed his mind pays for both
    /// ways and for work that was done; for anybody else's fault, and for what never left, nothing is kept (01 §5 Refund).
    pub fn worth_of_return(&self, reason: ReturnReason, goods: &Fulfilment, units: &[LineUnits], policy: &Policy) -> Amounts {
        self.worth_back(reason, goods, units, Won::ZERO, policy)
    }

    /// The same for a return that is there, less what its buyer pays for visits in vain.
    pub fn worth_of_claim(&self, claim: &Claim, goods: &Fulfilment, policy: &Policy) -> Amounts {
        self.worth_back(claim.reason, goods, &claim.units, claim.call_out, policy)
    }

    fn worth_back(&self, reason: ReturnReason, goods: &Fulfilment, units: &[LineUnits], call_out: Won, policy: &Policy) -> Amounts {
        let by_buyer = reason.fault() == Fault::Buyer;
        if goods.shipped_at.is_none() {
            return self.worth(units, by_buyer, policy);
        }
        // Work on site is given back by itself.
        let mut back = Amounts { extras: Won::ZERO, ..self.worth(units, false, policy) };
        // What was kept for other units stays kept.
        (back.penalty, back.return_fee, back.spent_points, back.call_out) = (Won::ZERO, Won::ZERO, Won::ZERO, Won::ZERO);
        if by_buyer {
            (back.shipping, back.island) = (Won::ZERO, Won::ZERO);
            back.installation = if goods.installed_at.is_some() { Won::ZERO } else { back.installation };
            self.claw_back(units, &mut back, policy);
            let island = if self.amounts.island > Won::ZERO { policy.island_fee } else { Won::ZERO };
            // What whoever was sent away takes along nobody has to fetch: his visit is paid for, and no other.
            let fetched = if reason == ReturnReason::RefusedOnSite { Won::ZERO } else { policy.return_fee + island };
            // Nobody pays for giving something back.
            back.return_fee = -fetched.min(back.total().at_least(Won::ZERO));
        }
        back.call_out = -call_out.min(back.total().at_least(Won::ZERO));
        back.without_debt()
    }
}

/// What a collection order is about, frozen when it is placed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Collects {
    /// The claim in the order above.
    pub claim: ClaimId,
    /// Not before this day.
    pub on: Date,
    /// An installer takes them down; a carrier fetches them otherwise.
    #[serde(default)]
    pub by_installer: bool,
}

closed_list! {
    /// How goods looked when they were taken down.
    Condition {
        /// Nobody had opened them.
        Unopened = "unopened";
        /// As after ordinary use.
        Used = "used";
        /// Damaged.
        Damaged = "damaged";
        /// Something is missing.
        Incomplete = "incomplete";
    }
}

/// What an installer saw of the goods that he took down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TakenDown {
    /// How they looked.
    pub condition: Condition,
    /// Photos of them: hashes of pictures that only the parties of the order see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<String>,
}

/// Who fetches goods.
#[derive(Clone, Copy, Debug)]
pub enum Fetcher<'a> {
    /// A carrier: what he gets is agreed with him and not booked here.
    Carrier(PartyId),
    /// An installer takes them down, at his own prices.
    Installer(&'a Candidate),
}

/// How far the fetching of goods is: the state of a collection order.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Pickup {
    /// What it is about.
    pub collects: Collects,
    /// Where it stands.
    pub state: CollectionState,
    /// The carrier's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// When the goods were fetched (수거완료).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picked_up_at: Option<Time>,
    /// An installer's day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<Visit>,
    /// What he saw of the goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<TakenDown>,
    /// Why he does not come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<DeclineReason>,
    /// How often nobody gave them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failures: u32,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Pickup {
    /// What was just asked for.
    pub(super) fn new(collects: Collects) -> Self {
        Self { collects, state: CollectionState::Requested, tracking: None, picked_up_at: None, visit: None, seen: None, declined: None, failures: 0 }
    }
}

impl CollectionState {
    /// Whether somebody is still to fetch or to receive the goods.
    pub fn is_live(self) -> bool {
        !matches!(self, Self::Received | Self::Cancelled)
    }
}

/// What a carrier says of goods that he is to fetch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum PickupFact {
    /// He will.
    Scheduled {
        /// His number.
        tracking: String,
    },
    /// He has them.
    PickedUp {
        /// Since when.
        at: Time,
    },
    /// Nobody gave them to him.
    Failed,
}

/// Places a collection order under the order whose goods it fetches, from where they are.
pub fn collection(
    id: OrderId,
    above: &Order,
    claim: &Claim,
    fetcher: Fetcher<'_>,
    (contact, postcode): (ContactId, &str),
    facts: &mut Facts<'_>,
) -> Vec<Event> {
    let (seller, fees, method) = match fetcher {
        Fetcher::Carrier(carrier) => (carrier, &[][..], Method::Parcel),
        Fetcher::Installer(candidate) => (candidate.installer, candidate.fees.as_slice(), Method::Installed),
    };
    let fee = |line: LineId| fees.iter().find(|(of, _)| *of == line).map_or(Won::ZERO, |(_, fee)| *fee);
    let installation = claim.units.iter().map(|units| Won(fee(units.line).0 * units.quantity.units())).sum();
    let fetched = claim.units.iter().filter_map(|units| Some((units, above.line(units.line)?)));
    let lines = fetched.map(|(units, of)| Line {
        id: LineId::mint(facts.mint),
        product: of.product.clone(),
        variant: of.variant.clone(),
        title: of.title.clone(),
        option: of.option.clone(),
        quantity: units.quantity,
        unit_price: fee(units.line),
        shares: Shares::default(),
        supply: Supply::Stocked,
        method,
        installation: fee(units.line),
        ship_by: None,
    });
    let lines: Vec<Line> = lines.collect();
    let tomorrow = Date::from_days(facts.now.kst_date().days() + 1);
    let on = claim.pickup_on.map_or(tomorrow, |on| if on.days() < tomorrow.days() { tomorrow } else { on });
    vec![Event::OrderPlaced(Box::new(Placed {
        id,
        number: OrderNumber::compose(facts.now.kst_date(), &facts.mint.number_tail()),
        kind: Kind::Collection,
        root: above.root,
        parent: Some(above.id),
        buyer: above.seller,
        seller,
        policy: facts.policy.version,
        external: None,
        contact,
        postcode: postcode.into(),
        lines,
        amounts: Amounts { installation, ..Amounts::default() },
        shipping_base: Won::ZERO,
        coupon: None,
        inbound: None,
        installs: None,
        collects: Some(Collects { claim: claim.id, on, by_installer: matches!(fetcher, Fetcher::Installer(_)) }),
    }))]
}

/// The states that goods can be in when their buyer asks to send them back.
pub(super) fn is_returnable(goods: &Fulfilment) -> bool {
    use FulfilmentState::{Delivered, InTransit, Installed, OutForDelivery, Preparing, PurchaseCompleted, PurchaseOrdered, Shipped};
    match goods.state {
        Preparing | PurchaseOrdered | PurchaseCompleted | Installed => true,
        // What an installer has on his hands he can bring back himself.
        Shipped | InTransit | OutForDelivery | Delivered => goods.method == Method::Parcel,
        FulfilmentState::Planned
        | FulfilmentState::DeliveryFailed
        | FulfilmentState::ReturningToSender
        | FulfilmentState::Returned
        | FulfilmentState::Cancelled => false,
    }
}

/// Whether goods can be fetched on a day: tomorrow or later, and not too far off.
///
/// # Errors
/// [`Refusal::Invalid`] with the day.
pub fn check_pickup_day(on: Date, facts: &Facts<'_>) -> Result<(), Refusal> {
    let today = facts.now.kst_date().days();
    let days = today + 1..=today + i64::from(facts.policy.redeliver_within_days);
    if days.contains(&on.days()) { Ok(()) } else { Err(Refusal::invalid("day", Problem::OutOfRange)) }
}
