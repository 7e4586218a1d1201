//! Goods that come back, and their money (01 §3 Claim): asked for by the buyer and answered by the seller, or opened by the system
//! for what cannot be delivered or put up.

use super::super::{
    CancelCause, Claim, CollectionState, Event, Fault, Front, Fulfilment, FulfilmentState, Inbound, Kind, LineUnits, Method, Order, PassedOn, Pickup,
    PickupFact, RefundReason, RejectReason, ReturnReason, ReturnState, Visit, check_pickup_day, claim::is_returnable,
};
use super::{Facts, name::one_each};
use crate::{
    actor::Actor,
    catalogue::Supply,
    ids::{AccountId, ClaimId, FulfilmentId, OrderId, PartyId, RefundId},
    money::Won,
    promotion::CouponState,
    quantity::Quantity,
    refusal::{Problem, Refusal},
    text::SerialNumber,
    time::{Date, Span, Time},
};

/// What a buyer asks for when goods shall go back.
pub(super) struct Wish<'a> {
    pub(super) fulfilment: FulfilmentId,
    pub(super) units: &'a [LineUnits],
    pub(super) reason: ReturnReason,
    pub(super) pickup_on: Option<Date>,
    /// The day something was found to be wrong.
    pub(super) found_on: Option<Date>,
}

/// What somebody saw who looked at goods that are back.
struct Seen<'a> {
    /// They can be sold again.
    restock: bool,
    /// The numbers on them.
    serials: &'a [SerialNumber],
    /// Why he would not pay back for them.
    disputed: Option<RejectReason>,
}

/// What a claim is about, as goods of its own.
pub(super) struct Apart {
    /// What happens for that.
    pub(super) events: Vec<Event>,
    /// What it is from then on, where it was a part.
    pub(super) part: Option<FulfilmentId>,
    /// The units that are still there.
    pub(super) units: Vec<LineUnits>,
}

impl Fulfilment {
    /// What is in it.
    pub(super) fn line_units(&self) -> Vec<LineUnits> {
        self.lines.iter().map(|line| LineUnits { line: line.line, quantity: line.quantity }).collect()
    }

    /// Whether a part of it can go its own way: nothing is under way for the goods as they are.
    pub(super) fn can_be_divided(&self) -> bool {
        self.shipped_at.is_some()
            || matches!(self.state, FulfilmentState::Planned | FulfilmentState::Preparing)
                && self.sources.is_empty()
                && !self.lacks_goods()
                && self.assignment().is_none()
    }
}

impl Order {
    /// The carrier gives these goods up. Their return is opened at once, and nobody has to agree to it.
    pub(super) fn given_back(&self, goods: &Fulfilment, facts: &mut Facts<'_>) -> Vec<Event> {
        let returned = Event::DeliveryReturned { fulfilment: goods.id };
        // One visit is paid for by who was never there, however many there were.
        let in_vain = goods.method == Method::Installed && goods.failures >= facts.policy.delivery_max_failures;
        let call_out = if in_vain { self.one_call_out() } else { Won::ZERO };
        std::iter::once(returned).chain(self.comes_back(goods, ReturnReason::Undeliverable, call_out, facts)).collect()
    }

    /// Their return by the system: nobody has to agree to it, nor to one that the buyer had asked for.
    pub(super) fn comes_back(&self, goods: &Fulfilment, reason: ReturnReason, call_out: Won, facts: &mut Facts<'_>) -> Vec<Event> {
        let approved = |claim| Event::ReturnApproved { claim, goods: None };
        match self.claim_on(goods.id) {
            Some(claim) if claim.state == ReturnState::Requested => {
                // There is nothing to exchange any more.
                let failed = claim.exchanges().map(|_| Event::ExchangeFailed { claim: claim.id, reason });
                failed.into_iter().chain([approved(claim.id)]).collect()
            }
            Some(_) => Vec::new(),
            None => {
                let claim = ClaimId::mint(facts.mint);
                let (fulfilment, units) = (goods.id, goods.line_units());
                let requested = Event::ReturnRequested {
                    claim,
                    reason,
                    fulfilment,
                    units,
                    pickup_on: None,
                    found_on: None,
                    photos: Vec::new(),
                    above: None,
                    call_out,
                };
                vec![requested, approved(claim)]
            }
        }
    }

    /// Nobody took the goods for a day after the last try.
    pub(super) fn return_to_sender(&self, id: FulfilmentId, facts: &mut Facts<'_>) -> Vec<Event> {
        let most = facts.policy.delivery_max_failures;
        // A partner's parcel is given up by him.
        let given_up = |goods: &&Fulfilment| goods.state == FulfilmentState::DeliveryFailed && goods.failures >= most && !goods.is_drop_ship();
        let Some(goods) = self.fulfilment(id).filter(given_up) else { return Vec::new() };
        let mut events = self.given_back(goods, facts);
        events.extend(self.undo_extras(id, facts));
        events
    }

    /// Undelivered goods are back, or what could not be put up: their money goes back whole, and shipping with the last of them.
    pub(super) fn receive_back(&self, id: FulfilmentId, restock: bool, actor: &Actor, facts: &mut Facts<'_>) -> Vec<Event> {
        let Some(goods) = self.fulfilment(id) else { return Vec::new() };
        let mut events = Vec::new();
        let claim = self.claim_on(id).map(|claim| claim.id);
        if let Some(claim) = claim {
            events.push(Event::ReturnCollected { claim });
            events.push(Event::ReturnInspected { claim, restocked: restock, by: actor.account(), serials: Vec::new(), disputed: None });
        }
        events.push(Event::FulfilmentReturned { fulfilment: id, restocked: restock });
        let money = match claim {
            Some(claim) => self.after(&events, facts.now).pay_return(claim, facts),
            None => self.take_units_out(&goods.line_units(), CancelCause::Undeliverable, RefundReason::Undeliverable, facts),
        };
        events.extend(money);
        events.extend(self.rest_delivered(id));
        events
    }

    /// When the last goods that were missing at the buyer's are given up, he has everything.
    fn rest_delivered(&self, gone: FulfilmentId) -> Option<Event> {
        let received = |other: &Fulfilment| other.id == gone || !other.is_live() || other.is_received();
        let rest = self.fulfilments.iter().any(|other| other.id != gone && other.is_live());
        let now = rest && self.front == Front::Confirmed && self.delivered_at.is_none() && self.fulfilments.iter().all(received);
        now.then_some(Event::OrderDelivered)
    }

    /// The return that ends with this refund.
    pub(super) fn ends_with(&self, refund: RefundId) -> Option<&Claim> {
        let outstanding = |id: &RefundId| *id != refund && self.refunds.iter().any(|refund| refund.id == *id && refund.completed_at.is_none());
        let paid =
            |claim: &&Claim| claim.state == ReturnState::Refunding && claim.refunds.contains(&refund) && !claim.refunds.iter().any(outstanding);
        self.claims.iter().find(paid)
    }

    /// Whether goods or their money are on their way back.
    pub fn is_claimed(&self) -> bool {
        self.claims.iter().any(Claim::is_open)
    }

    /// Whether the state of a return lets this be done.
    pub(super) fn allows_of_return(&self, command: &str, fulfilment: Option<FulfilmentId>) -> Result<(), Refusal> {
        let wrong =
            |current: &str, required: &str| Err(Refusal::WrongState { command: command.into(), current: current.into(), required: required.into() });
        let goods = fulfilment.and_then(|id| self.fulfilment(id)).ok_or(Refusal::NotFound)?;
        if matches!(command, "request-return" | "request-exchange") {
            // What installers are owed is taken back by other ways, and what stores owe each other is only sent back.
            let purchase = self.kind == Kind::Purchase && command == "request-return";
            if self.is_on_credit() && !purchase {
                return wrong(self.kind.name(), "Sale");
            }
            // A store sends back what it has counted in.
            if purchase && self.front != Front::Completed {
                return wrong(self.status().name(), "Completed");
            }
            // Whoever confirmed early has the rest of his days all the same, for his money.
            let confirmed = self.front == Front::Completed && command == "request-return";
            if !(self.front == Front::Confirmed || confirmed) || self.cancelling.is_some() || self.readdressing.is_some() {
                return wrong(self.status().name(), if command == "request-return" { "Confirmed | Completed" } else { "Confirmed" });
            }
            if !is_returnable(goods) || goods.stopping {
                return wrong(
                    goods.state.name(),
                    "Preparing | PurchaseOrdered | PurchaseCompleted | Shipped | InTransit | OutForDelivery | Delivered | Installed",
                );
            }
            if command == "request-exchange" && !Self::is_exchangeable(goods.state) {
                return wrong(goods.state.name(), "PurchaseCompleted | Shipped | InTransit | OutForDelivery | Delivered | Installed");
            }
            return match self.claim_on(goods.id) {
                Some(claim) => wrong(claim.state.name(), "no open return"),
                None => Ok(()),
            };
        }
        let open = self.claims.iter().filter(|claim| claim.fulfilment == goods.id && (claim.is_open() || self.is_set_apart(claim)));
        let said: Vec<Result<(), Refusal>> = open.map(|claim| self.claim_allows(command, claim)).collect();
        said.iter().find(|said| said.is_ok()).or(said.first()).cloned().unwrap_or(Err(Refusal::NotFound))
    }

    /// Whether a claim lets this be done to it.
    pub(in crate::order) fn claim_allows(&self, command: &str, claim: &Claim) -> Result<(), Refusal> {
        let wrong =
            |current: &str, required: &str| Err(Refusal::WrongState { command: command.into(), current: current.into(), required: required.into() });
        let needed: &[ReturnState] = match command {
            "assign-pickup" => &[ReturnState::Approved, ReturnState::Collecting],
            // What is on a wall the store may have fetched by itself.
            "inspect-return" | "pass-return-on" | "dispute-return" if self.comes_down(claim) => {
                &[ReturnState::Approved, ReturnState::Collecting, ReturnState::Collected]
            }
            "inspect-return" | "pass-return-on" | "dispute-return" => &[ReturnState::Collecting, ReturnState::Collected],
            "refund-without-goods" => &[ReturnState::Requested, ReturnState::Approved, ReturnState::Collecting],
            "put-away" => &[ReturnState::Rejected, ReturnState::Withdrawn],
            "ask-about-return" | "answer-about-return" => Claim::TALKED_ABOUT,
            "approve-refund" | "reject-refund" => &[ReturnState::AwaitingRefundApproval],
            _ => &[ReturnState::Requested],
        };
        if !needed.contains(&claim.state) {
            let needed: Vec<&str> = needed.iter().map(|state| state.name()).collect();
            return wrong(claim.state.name(), &needed.join(" | "));
        }
        if command == "assign-pickup" && !self.comes_down(claim) {
            return wrong("a parcel", "goods that are put up");
        }
        if command == "approve-exchange" && claim.exchanges().is_none() {
            return wrong("a return", "an exchange");
        }
        if command == "put-away" && !self.is_set_apart(claim) {
            return wrong("put away", "goods that are set apart");
        }
        if command == "pass-return-on" && self.fulfilment(claim.fulfilment).and_then(|goods| self.brought_by(goods)).is_none() {
            return wrong("own stock", "goods that partners brought");
        }
        // What the buyer never had, or gets something for, is no gift and nothing to argue about.
        let has = ReturnReason::OF_BUYERS.contains(&claim.reason)
            && claim.exchange.is_none()
            && self.fulfilment(claim.fulfilment).is_some_and(Fulfilment::is_received);
        if matches!(command, "dispute-return" | "refund-without-goods") && !has {
            return wrong(claim.reason.slug(), "goods that the buyer had");
        }
        // What stores buy of each other goes back in goods.
        if command == "refund-without-goods" && self.kind == Kind::Purchase {
            return wrong("a purchase", "a sale");
        }
        match (command, claim.asked_at) {
            // One question at a time, and none for what the system took back by itself.
            ("ask-about-return", Some(_)) => return wrong("asked", "answered"),
            ("ask-about-return", None) if !ReturnReason::OF_BUYERS.contains(&claim.reason) => {
                return wrong(claim.reason.slug(), "a return that the buyer asked for");
            }
            ("answer-about-return", None) => return wrong(claim.state.name(), "a question"),
            (_, _) => {}
        }
        // What a partner sends cannot be stopped: it has to be counted in first.
        let bound = self.fulfilment(claim.fulfilment).is_some_and(Fulfilment::is_bound);
        if matches!(command, "approve-return" | "approve-exchange") && bound {
            return wrong("Sending", "received from the partner");
        }
        // Nobody loses goods and money for what he never had, or was to get instead.
        let here = self.fulfilment(claim.fulfilment).is_some_and(|goods| goods.state == FulfilmentState::Returned);
        let had = ReturnReason::OF_BUYERS.contains(&claim.reason) && here && claim.exchange.is_none();
        if command == "reject-refund" && !had {
            return wrong(claim.reason.slug(), "goods that the buyer had");
        }
        // In time, no customer has to say why he does not want them. Between stores it is a matter of agreement.
        if command == "reject-return" && claim.reason.fault() == Fault::Buyer && self.kind != Kind::Purchase {
            return wrong(claim.reason.slug(), "a fault that can be disputed");
        }
        Ok(())
    }

    /// The goods of an open return.
    pub(super) fn of_return(&self, id: ClaimId) -> Result<(&Claim, &Fulfilment), Refusal> {
        let claim = self.claim(id).ok_or(Refusal::NotFound)?;
        Ok((claim, self.fulfilment(claim.fulfilment).ok_or(Refusal::NotFound)?))
    }

    /// A command about a return that is there.
    pub(super) fn guard_return(&self, command: &str, id: ClaimId) -> Result<(), Refusal> {
        if !self.is_claimed() {
            let (current, required) = (self.status().name().into(), "an open return".into());
            return Err(Refusal::WrongState { command: command.into(), current, required });
        }
        let claim = self.claim(id).ok_or(Refusal::NotFound)?;
        if !claim.is_open() {
            let required = ReturnState::Requested.name().into();
            return Err(Refusal::WrongState { command: command.into(), current: claim.state.name().into(), required });
        }
        self.claim_allows(command, claim)
    }

    /// Whether goods lie set apart that nobody takes back.
    pub(super) fn guard_put_away(&self, command: &str, id: ClaimId) -> Result<(), Refusal> {
        if !self.claims.iter().any(|claim| self.is_set_apart(claim)) {
            let (current, required) = (self.status().name().into(), "goods that are set apart".into());
            return Err(Refusal::WrongState { command: command.into(), current, required });
        }
        self.claim_allows(command, self.claim(id).ok_or(Refusal::NotFound)?)
    }

    /// The buyer wants to send goods back. A store takes them off its shelf for that, so that nobody else is sold them meanwhile.
    pub(super) fn request_return(&self, wish: &Wish<'_>, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        self.check_wish(wish, facts)?;
        let (claim, photos) = (ClaimId::mint(facts.mint), facts.crew.photos.clone());
        let asks = |fulfilment| Event::ReturnRequested {
            claim,
            reason: wish.reason,
            fulfilment,
            units: wish.units.to_vec(),
            pickup_on: wish.pickup_on,
            found_on: wish.found_on,
            photos,
            above: None,
            call_out: Won::ZERO,
        };
        let Some(Inbound { warehouse, variant, .. }) = &self.inbound else { return Ok(vec![asks(wish.fulfilment)]) };
        let asked: u32 = wish.units.iter().map(|units| units.quantity).sum();
        let here = facts.shelf.iter().find(|place| place.warehouse == *warehouse && place.variant == *variant && place.supply == Supply::Stocked);
        let available = here.map_or(0, |place| place.units);
        if available < asked {
            return Err(Refusal::OutOfStock { variant: variant.clone(), asked, available });
        }
        let (mut events, fulfilment) = self.apart_at_once(wish.fulfilment, wish.units, facts);
        events.push(asks(fulfilment));
        Ok(events)
    }

    /// Units that a store asks back of another are goods of their own from the start: several may be on their way beside each other.
    fn apart_at_once(&self, fulfilment: FulfilmentId, units: &[LineUnits], facts: &mut Facts<'_>) -> (Vec<Event>, FulfilmentId) {
        if self.fulfilment(fulfilment).is_none_or(|goods| is_whole(goods, units)) {
            return (Vec::new(), fulfilment);
        }
        let into = FulfilmentId::mint(facts.mint);
        (vec![Event::FulfilmentSplit { fulfilment, into, units: units.to_vec() }], into)
    }

    /// Goods that this purchase brought came back to its buyer, who has set them apart: they are to go on to its seller. The days of
    /// the one who had bought them last run later than the store's own, so none of those ends this; the seller says what he thinks.
    pub(super) fn take_up_return(
        &self,
        (above, quantity): (ClaimId, Quantity),
        reason: ReturnReason,
        photos: &[String],
        facts: &mut Facts<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        if self.kind != Kind::Purchase || self.claims.iter().any(|claim| claim.above == Some(above)) {
            return Ok(Vec::new());
        }
        let here = |goods: &&Fulfilment| self.allows_of_return("request-return", Some(goods.id)).is_ok();
        let (mut left, mut events) = (quantity.get(), Vec::new());
        for goods in self.fulfilments.iter().filter(here) {
            let mut units = Vec::new();
            for line in goods.line_units() {
                if let Some(quantity) = Quantity::new(left.min(line.quantity.get())) {
                    left -= quantity.get();
                    units.push(LineUnits { quantity, ..line });
                }
            }
            if units.is_empty() {
                break;
            }
            let (apart, fulfilment) = self.apart_at_once(goods.id, &units, facts);
            events.extend(apart);
            let (claim, photos) = (ClaimId::mint(facts.mint), photos.to_vec());
            let (above, call_out) = (Some(above), Won::ZERO);
            events.push(Event::ReturnRequested { claim, reason, fulfilment, units, pickup_on: None, found_on: None, photos, above, call_out });
        }
        if left > 0 {
            // The store has sent as many of them back already.
            let (current, required) = (self.status().name().into(), "units that were not sent back yet".into());
            return Err(Refusal::WrongState { command: "pass-return-on".into(), current, required });
        }
        Ok(events)
    }

    /// Whether goods can go back as their buyer says.
    pub(super) fn check_wish(&self, wish: &Wish<'_>, facts: &Facts<'_>) -> Result<(), Refusal> {
        let goods = self.fulfilment(wish.fulfilment).ok_or(Refusal::NotFound)?;
        if !ReturnReason::OF_BUYERS.contains(&wish.reason) {
            return Err(Refusal::invalid("reason", Problem::Unknown));
        }
        if wish.units.is_empty() {
            return Err(Refusal::invalid("units", Problem::Missing));
        }
        for (at, units) in wish.units.iter().enumerate() {
            let there = goods.lines.iter().find(|line| line.line == units.line).ok_or_else(|| Refusal::invalid("line", Problem::Unknown))?;
            if wish.units[..at].iter().any(|before| before.line == units.line) {
                return Err(Refusal::invalid("line", Problem::Taken));
            }
            if units.quantity > there.quantity {
                return Err(Refusal::invalid("quantity", Problem::OutOfRange));
            }
        }
        if !is_whole(goods, wish.units) && !goods.can_be_divided() {
            let required = "all of what is being prepared together".into();
            return Err(Refusal::WrongState { command: "request-return".into(), current: goods.state.name().into(), required });
        }
        if let Some(until) = self.return_until(goods, wish.reason, facts.policy).filter(|until| facts.now > *until) {
            return Err(Refusal::TooLate { deadline: until });
        }
        if let (Some(found_on), Some(received)) = (wish.found_on, goods.received_at()) {
            if !(received.kst_date().days()..=facts.now.kst_date().days()).contains(&found_on.days()) {
                return Err(Refusal::invalid("found_on", Problem::OutOfRange));
            }
            // Whoever knows what is wrong says so within a month (01 §4).
            let until = Time::start_of_kst(found_on).end_of_kst_day_after(i64::from(facts.policy.defect_discovery_days));
            if wish.reason.fault() != Fault::Buyer && facts.now > until {
                return Err(Refusal::TooLate { deadline: until });
            }
        }
        if let Some(on) = wish.pickup_on {
            check_pickup_day(on, facts)?;
        }
        Ok(())
    }

    /// The seller takes goods back: what has not left is stopped, what the buyer has is fetched, and what is on the road is fetched
    /// once he has it.
    pub(super) fn approve_return(&self, id: ClaimId, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let (claim, goods) = self.of_return(id)?;
        let Apart { mut events, part, units } = self.set_apart("approve-return", claim, goods, true, facts)?;
        // What was to be exchanged and cannot be had goes back for money.
        let instead = claim.exchanges().map(|_| Event::ExchangeFailed { claim: id, reason: ReturnReason::NotSupplied });
        events.extend(instead);
        events.push(Event::ReturnApproved { claim: id, goods: part });
        if units.is_empty() {
            events.push(Event::ReturnCompleted { claim: id, credited: Won::ZERO });
            return Ok(events);
        }
        events.extend(self.after(&events, facts.now).take_back(id, facts));
        Ok(events)
    }

    /// What a claim is about becomes goods of its own, where it is only a part.
    pub(super) fn set_apart(&self, command: &str, claim: &Claim, goods: &Fulfilment, goes: bool, facts: &mut Facts<'_>) -> Result<Apart, Refusal> {
        let still = |wanted: &LineUnits| {
            let there = goods.lines.iter().find(|line| line.line == wanted.line)?;
            Some(LineUnits { line: wanted.line, quantity: wanted.quantity.min(there.quantity) })
        };
        let units: Vec<LineUnits> = claim.units.iter().filter_map(still).collect();
        if units.is_empty() || !goes || is_whole(goods, &units) {
            return Ok(Apart { events: Vec::new(), part: None, units });
        }
        if !goods.can_be_divided() {
            let required = "all of what is being prepared together".into();
            return Err(Refusal::WrongState { command: command.into(), current: goods.state.name().into(), required });
        }
        let into = FulfilmentId::mint(facts.mint);
        Ok(Apart { events: vec![Event::FulfilmentSplit { fulfilment: goods.id, into, units: units.clone() }], part: Some(into), units })
    }

    /// Goods that were agreed to come back: what has not left stays, what the buyer has is fetched, and what is on the road is
    /// fetched once he has it.
    pub(super) fn take_back(&self, id: ClaimId, facts: &mut Facts<'_>) -> Vec<Event> {
        let Ok((_, goods)) = self.of_return(id) else { return Vec::new() };
        if goods.shipped_at.is_some() {
            fetch(id, goods, facts).into_iter().collect()
        } else if goods.outbound_requested_at.is_some() {
            // The warehouse decides: what has left is fetched from the buyer.
            vec![Event::OutboundCancelRequested { fulfilment: goods.id }]
        } else {
            self.not_sent(id, facts)
        }
    }

    /// Goods that the seller takes back have not left: they stay, and nobody has to look at them.
    pub(super) fn not_sent(&self, id: ClaimId, facts: &mut Facts<'_>) -> Vec<Event> {
        let Ok((_, goods)) = self.of_return(id) else { return Vec::new() };
        let mut events = vec![Event::FulfilmentCancelled { fulfilment: goods.id }];
        let not_bought = goods.lines.iter().filter_map(|line| goods.not_bought(line, line.quantity));
        events.extend(not_bought);
        let here = goods.pieces_here();
        if !here.is_empty() {
            events.push(Event::StockReleased { pieces: here, was_committed: true, fulfilment: None });
        }
        events.extend(self.after(&events, facts.now).pay_return(id, facts));
        events.extend(self.rest_delivered(goods.id));
        events
    }

    /// The goods are here: they are sold again or scrapped, and their money goes back, or waits for somebody who agrees.
    pub(super) fn inspect_return(
        &self,
        id: ClaimId,
        restock: bool,
        serials: &[SerialNumber],
        actor: &Actor,
        facts: &mut Facts<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        self.check_units(id, serials, facts)?;
        self.looked_at(id, &[], Seen { restock, serials, disputed: None }, actor, facts)
    }

    /// The goods are here, and go on to the partners who brought them. Their buyer has his money whatever those say.
    pub(super) fn pass_return_on(&self, id: ClaimId, serials: &[SerialNumber], actor: &Actor, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let (_, goods) = self.of_return(id)?;
        let parts = self.brought_by(goods).ok_or(Refusal::NotFound)?;
        self.check_units(id, serials, facts)?;
        self.looked_at(id, &parts, Seen { restock: false, serials, disputed: None }, actor, facts)
    }

    /// What is here is not what was sold, or not as it was: the money waits for somebody else's word, however little it is.
    pub(super) fn dispute_return(
        &self,
        id: ClaimId,
        reason: RejectReason,
        serials: &[SerialNumber],
        actor: &Actor,
        facts: &mut Facts<'_>,
    ) -> Result<Vec<Event>, Refusal> {
        let (claim, _) = self.of_return(id)?;
        if !reason.fits_goods(claim.reason) {
            return Err(Refusal::invalid("reason", Problem::Unknown));
        }
        if serials.len() > claim.units.iter().map(|units| units.quantity.get() as usize).sum() {
            return Err(Refusal::invalid("serials", Problem::OutOfRange));
        }
        self.looked_at(id, &[], Seen { restock: false, serials, disputed: Some(reason) }, actor, facts)
    }

    /// The units in the box are among those that were put up, or sent.
    fn check_units(&self, id: ClaimId, serials: &[SerialNumber], facts: &Facts<'_>) -> Result<(), Refusal> {
        let (claim, goods) = self.of_return(id)?;
        let sent = || claim.units.iter().flat_map(|units| goods.serials_of(units.line)).collect();
        let known: Vec<&SerialNumber> = if facts.crew.put_up.is_empty() { sent() } else { facts.crew.put_up.iter().collect() };
        if known.is_empty() {
            // Nobody said which they are, or not before numbers were kept.
            return Ok(());
        }
        one_each(serials, self.units_read(claim) as usize)?;
        if serials.iter().all(|serial| known.contains(&serial)) { Ok(()) } else { Err(Refusal::invalid("serials", Problem::Unknown)) }
    }

    fn looked_at(&self, id: ClaimId, parts: &[PassedOn], seen: Seen<'_>, actor: &Actor, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let (claim, goods) = self.of_return(id)?;
        let mut events = Vec::new();
        if matches!(claim.state, ReturnState::Approved | ReturnState::Collecting) {
            events.push(Event::ReturnCollected { claim: id });
        }
        events.extend(parts.iter().map(|part| Event::ReturnPassedOn { claim: id, part: *part }));
        let Seen { restock, serials, disputed } = seen;
        events.push(Event::ReturnInspected { claim: id, restocked: restock, by: actor.account(), serials: serials.to_vec(), disputed });
        events.push(Event::FulfilmentReturned { fulfilment: goods.id, restocked: restock });
        events.extend(self.after(&events, facts.now).pay_return(id, facts));
        events.extend(self.rest_delivered(goods.id));
        Ok(events)
    }

    /// The buyer keeps goods that he has, and is paid back: to fetch them is worth less than they are. Who was to fetch them need
    /// not come.
    pub(super) fn refund_without_goods(&self, id: ClaimId, actor: &Actor, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let (claim, goods) = self.of_return(id)?;
        let mut events = Vec::new();
        if claim.state == ReturnState::Requested {
            let apart = self.set_apart("refund-without-goods", claim, goods, true, facts)?;
            events.extend(apart.events);
            events.push(Event::ReturnApproved { claim: id, goods: apart.part });
        }
        if claim.state == ReturnState::Collecting {
            events.push(Event::CollectionDropped { claim: id });
        }
        events.push(Event::ReturnWaived { claim: id, by: actor.account() });
        events.extend(self.after(&events, facts.now).pay_return(id, facts));
        Ok(events)
    }

    /// Somebody agrees to a refund that another one asked for.
    pub(super) fn approve_refund(&self, id: ClaimId, actor: &Actor, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let (claim, _) = self.of_return(id)?;
        second_person("approve-refund", claim.proposed_by, actor)?;
        let mut events = vec![Event::RefundApproved { claim: id }];
        events.extend(self.after(&events, facts.now).give_money_back(id, facts));
        Ok(events)
    }

    /// Whether a seller can say no to this order's buyer for such a reason.
    pub(super) fn check_reject(&self, reason: RejectReason) -> Result<(), Refusal> {
        if reason.fits(self.kind) { Ok(()) } else { Err(Refusal::invalid("reason", Problem::Unknown)) }
    }

    /// Somebody does not agree to it: the goods are here, and nothing goes back for them.
    pub(super) fn reject_refund(&self, id: ClaimId, reason: RejectReason, actor: &Actor) -> Result<Vec<Event>, Refusal> {
        let (claim, _) = self.of_return(id)?;
        self.check_reject(reason)?;
        second_person("reject-refund", claim.proposed_by, actor)?;
        Ok(vec![Event::RefundRejected { claim: id, reason }])
    }

    /// The money for goods that are back; from a limit on somebody else has to agree (01 §5 Refund).
    pub(super) fn pay_return(&self, id: ClaimId, facts: &mut Facts<'_>) -> Vec<Event> {
        let Ok((claim, goods)) = self.of_return(id) else { return Vec::new() };
        let amount = self.refund_of(claim, goods, facts.policy);
        // What stores owe each other leaves no till: it is only owed no more.
        let much = refund_reason(claim.reason).needs_approval() && !self.is_on_credit() && self.needs_second_word(amount, facts);
        if much || claim.disputed.is_some() {
            return vec![Event::RefundApprovalNeeded { claim: id, amount }];
        }
        self.give_money_back(id, facts)
    }

    /// Whether so much more, counted over a day, needs somebody else's word.
    pub(super) fn needs_second_word(&self, amount: Won, facts: &Facts<'_>) -> bool {
        let day = facts.now.before(Span::days(1));
        let lately = self.refunds.iter().filter(|refund| refund.requested_at > day && refund.reason.needs_approval());
        let lately: Won = lately.map(|refund| refund.amount).sum();
        amount > Won::ZERO && lately + amount >= facts.policy.refund_approval_from
    }

    /// Units out of the books, points and money to the buyer; the coupon too when everything went back for the seller's fault.
    fn give_money_back(&self, id: ClaimId, facts: &mut Facts<'_>) -> Vec<Event> {
        let Ok((claim, goods)) = self.of_return(id) else { return Vec::new() };
        if claim.exchanges().is_some() {
            return self.goods_exchanged(id, facts);
        }
        let (units, fault) = (claim.units.clone(), claim.reason.fault());
        let mut events = Vec::new();
        if claim.undoes_work(goods) {
            events.extend(self.undo_extras(goods.id, facts));
        }
        let after = self.after(&events, facts.now);
        let mut back = after.worth_of_claim(claim, goods, facts.policy);
        let uncounted = after.uncount(&mut back, facts);
        let cause = match claim.reason {
            ReturnReason::Undeliverable | ReturnReason::CannotInstall => CancelCause::Undeliverable,
            ReturnReason::RefusedOnSite
            | ReturnReason::ChangeOfMind
            | ReturnReason::Defect
            | ReturnReason::Damaged
            | ReturnReason::WrongGoods
            | ReturnReason::NotAsDescribed
            | ReturnReason::NotSupplied => CancelCause::Returned,
        };
        let credited = if self.is_on_credit() { back.payable() } else { Won::ZERO };
        events.extend(after.take_worth_out(&units, cause, refund_reason(claim.reason), back, facts));
        events.extend(uncounted);
        let nothing_left =
            self.lines.iter().all(|line| self.live_units(line) <= units.iter().filter(|gone| gone.line == line.id).map(|gone| gone.quantity).sum());
        if let Some(coupon) = self.coupon.as_ref().filter(|coupon| nothing_left && fault == Fault::Seller && coupon.state == CouponState::Used) {
            events.push(Event::CouponRestored { issue: coupon.issue });
        }
        paid_for(id, credited, events)
    }

    /// What the carrier says of goods that he fetches.
    pub(super) fn record_pickup(&self, fact: &PickupFact) -> Vec<Event> {
        let Some(pickup) = &self.pickup else { return Vec::new() };
        let scheduled = |tracking| Event::PickupScheduled { tracking, visit: None };
        // What head office found out may skip the carrier's first word.
        let asked = |state, then| match state {
            CollectionState::Scheduled => vec![then],
            CollectionState::Requested | CollectionState::Failed => vec![scheduled(String::new()), then],
            CollectionState::PickedUp | CollectionState::Received | CollectionState::Cancelled => Vec::new(),
        };
        match (fact, pickup.state) {
            (PickupFact::Scheduled { tracking }, CollectionState::Requested | CollectionState::Failed) => {
                vec![scheduled(tracking.clone())]
            }
            (PickupFact::PickedUp { at }, state) => asked(state, Event::PickupCompleted { at: *at, seen: None }),
            (PickupFact::Failed, state) => asked(state, Event::PickupFailed),
            (PickupFact::Scheduled { .. }, _) => Vec::new(),
        }
    }

    /// The goods that were to be fetched are here. Who was not there yet need not come.
    pub(super) fn receive_pickup(&self) -> Vec<Event> {
        match self.pickup.as_ref().map(|pickup| pickup.state) {
            Some(CollectionState::PickedUp) => vec![Event::PickupReceived],
            Some(CollectionState::Requested | CollectionState::Scheduled | CollectionState::Failed) => vec![Event::PickupCancelled],
            Some(CollectionState::Received | CollectionState::Cancelled) | None => Vec::new(),
        }
    }

    /// How far the fetching of goods is.
    pub(super) fn record_collection(&self, collection: OrderId, state: CollectionState, visit: Option<Visit>) -> Vec<Event> {
        let of = |claim: &&Claim| claim.collection == Some(collection) && claim.state == ReturnState::Collecting;
        let Some(claim) = self.claims.iter().find(of).map(|claim| claim.id) else { return Vec::new() };
        match (state, visit) {
            (CollectionState::PickedUp, _) => vec![Event::ReturnCollected { claim }],
            (CollectionState::Cancelled, _) => vec![Event::CollectionDropped { claim }],
            (CollectionState::Scheduled, Some(visit)) => vec![Event::CollectionScheduled { claim, visit }],
            (CollectionState::Requested | CollectionState::Scheduled | CollectionState::Failed | CollectionState::Received, _) => Vec::new(),
        }
    }

    /// Whether what comes back was put up and has to be taken down by somebody whom the seller asks.
    pub fn comes_down(&self, claim: &Claim) -> bool {
        let up = |goods: &Fulfilment| goods.method == Method::Installed && goods.state == FulfilmentState::Installed;
        (claim.state != ReturnState::Approved || claim.is_agreed()) && self.fulfilment(claim.fulfilment).is_some_and(up)
    }

    /// The seller gives the taking down to somebody who puts such goods up where they are; who was asked before need not come.
    pub(super) fn assign_pickup(&self, id: ClaimId, installer: PartyId, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let (claim, _) = self.of_return(id)?;
        let candidate = facts.crew.candidate.as_ref().filter(|candidate| candidate.installer == installer);
        candidate.filter(|candidate| candidate.comes_there).ok_or_else(|| Refusal::invalid("installer", Problem::Unknown))?;
        let dropped = claim.collection.map(|_| Event::CollectionDropped { claim: id });
        let requested = Event::CollectionRequested { claim: id, collection: OrderId::mint(facts.mint), installer: Some(installer) };
        Ok(dropped.into_iter().chain([requested]).collect())
    }

    /// The installer says when he comes for them.
    pub(super) fn schedule_pickup(&self, visit: Visit, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
        visit.check(facts)?;
        if facts.crew.day_full {
            return Err(Refusal::invalid("day", Problem::Taken));
        }
        Ok(vec![Event::PickupScheduled { tracking: String::new(), visit: Some(visit) }])
    }
}

/// What an installer may do who takes goods down, and where the collection has to stand for it. A carrier is asked by the house:
/// nobody sits in his chair.
pub(in crate::order) const PICKUP_STEPS: &[(&str, &[CollectionState])] = &[
    ("schedule-pickup", &[CollectionState::Requested, CollectionState::Scheduled, CollectionState::Failed]),
    ("complete-pickup", &[CollectionState::Scheduled]),
    ("report-not-given", &[CollectionState::Scheduled]),
    ("decline-pickup", &[CollectionState::Requested, CollectionState::Scheduled, CollectionState::Failed]),
];

impl Pickup {
    /// Whether an installer may do this now.
    pub(super) fn allows(&self, command: &str, now: Time) -> Result<(), Refusal> {
        let wrong = |current: &str, required: String| Err(Refusal::WrongState { command: command.into(), current: current.into(), required });
        let steps = if self.collects.by_installer { PICKUP_STEPS } else { &[] };
        let Some((_, states)) = steps.iter().find(|(step, _)| *step == command) else {
            return wrong(self.state.name(), "an order for goods".into());
        };
        if !states.contains(&self.state) {
            return wrong(self.state.name(), states.iter().map(|state| state.name()).collect::<Vec<_>>().join(" | "));
        }
        let early = self.visit.is_some_and(|visit| visit.on > now.kst_date());
        if early && matches!(command, "complete-pickup" | "report-not-given") {
            return wrong(self.state.name(), "the day of the visit".into());
        }
        Ok(())
    }
}

/// Nobody has the last word on what he asked for himself.
pub(super) fn second_person(command: &str, proposed_by: Option<AccountId>, actor: &Actor) -> Result<(), Refusal> {
    if proposed_by.is_some() && proposed_by == actor.account() {
        let (current, required) = ("asked for by the same person".into(), "a second person".into());
        return Err(Refusal::WrongState { command: command.into(), current, required });
    }
    Ok(())
}

/// Parcels that the buyer has are fetched by a carrier; what is still on the road to him, when he has it. Who takes down what was
/// put up the seller says.
pub(super) fn fetch(claim: ClaimId, goods: &Fulfilment, facts: &mut Facts<'_>) -> Option<Event> {
    let there = goods.method == Method::Parcel && goods.state == FulfilmentState::Delivered;
    there.then(|| Event::CollectionRequested { claim, collection: OrderId::mint(facts.mint), installer: None })
}

/// Whether these units are all there are in the goods.
fn is_whole(goods: &Fulfilment, units: &[LineUnits]) -> bool {
    let all = |line: &super::super::FulfilmentLine| units.iter().any(|units| units.line == line.line && units.quantity == line.quantity);
    goods.lines.iter().all(all)
}

/// Why money goes back for a return.
fn refund_reason(reason: ReturnReason) -> RefundReason {
    match reason {
        ReturnReason::Undeliverable => RefundReason::Undeliverable,
        ReturnReason::CannotInstall => RefundReason::CannotInstall,
        ReturnReason::RefusedOnSite
        | ReturnReason::ChangeOfMind
        | ReturnReason::Defect
        | ReturnReason::Damaged
        | ReturnReason::WrongGoods
        | ReturnReason::NotAsDescribed
        | ReturnReason::NotSupplied => RefundReason::Returned,
    }
}

/// The money in these events goes back for a return. What was paid with points alone is back already, and so is what was only owed.
fn paid_for(claim: ClaimId, credited: Won, mut events: Vec<Event>) -> Vec<Event> {
    let mut paid_back = false;
    for event in &mut events {
        if let Event::RefundRequested { claim: of, .. } = event {
            *of = Some(claim);
            paid_back = true;
        }
    }
    events.extend((!paid_back).then_some(Event::ReturnCompleted { claim, credited }));
    events
}
