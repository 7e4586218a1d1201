//! Commands about one order: lock its tree, read the facts, decide, append.

use super::Work;
use crate::store::{
    Failure, Stored, catalogue, claims,
    events::Cause,
    installers, ledger, membership, orders, partners,
    photos::{self, Photo},
    promotion, reviews,
};
use jumun::{
    actor::{Actor, Chair},
    command::Answer,
    ids::{ClaimId, ContactId, FulfilmentId, OrderId, PartyId, VariantId, WarehouseId},
    membership::Purse,
    money::Won,
    order::{
        Candidate, Crew, Event, Facts, Fetcher, Inbound, Line, Method, Order, OrderCommand, PartnerOffer, PaymentOutcome, Purchase, collection,
        installation, purchase, replacement,
    },
    quantity::Quantity,
    refusal::{Problem, Refusal},
    stock::{Piece, Shelf},
    view::ReceiptView,
};

impl Work<'_> {
    /// Carries out a command about an order.
    pub(super) async fn command_order(&mut self, id: OrderId, command: &OrderCommand) -> Stored<Answer> {
        let order = orders::lock(self.tx, id).await?.ok_or(Refusal::NotFound)?;
        let caller = self.caller;
        let after = self.decide(order, command, &caller.actor).await?;
        Ok(Self::moved(&after))
    }

    /// Decides a command about a locked order in somebody's chair. Answers the order after it.
    pub(super) async fn decide(&mut self, order: Order, command: &OrderCommand, actor: &Actor) -> Stored<Order> {
        let cause = self.cause();
        self.decide_because(order, command, actor, &cause).await
    }

    /// Decides a command about a locked order in somebody's chair, appends what follows, and carries it to the nodes beside it.
    /// Answers the order after it.
    async fn decide_because(&mut self, order: Order, command: &OrderCommand, actor: &Actor, cause: &Cause<'_>) -> Stored<Order> {
        let policy = self.house.policy_of(order.policy);
        let shelf = if let (OrderCommand::RequestReturn { .. }, Some(inbound)) = (command, &order.inbound) {
            ledger::shelf(self.tx, order.buyer, std::slice::from_ref(&inbound.variant), None).await?
        } else if may_need_units(command, &order) {
            let variants: Vec<VariantId> = order.lines.iter().map(|line| &line.variant).chain(command.variant()).cloned().collect();
            ledger::shelf(self.tx, order.seller, &variants, Some(order.id)).await?
        } else {
            Shelf::new()
        };
        let purse = if may_need_purse(command, &order) { self.purse(&order).await? } else { Purse::default() };
        let place = command.place();
        let to = match place {
            Some(place) => {
                let contact = ContactId::mint(&mut self.mint);
                let installed: Vec<&VariantId> = order.lines.iter().filter(|line| is_installed(&order, line)).map(|line| &line.variant).collect();
                let mut to = self.destination(contact, place).await?;
                to.installable = installers::somebody_for(self.tx, &installed, place.postcode.as_str()).await?;
                Some(to)
            }
            None => None,
        };
        let offer = match command.variant() {
            Some(variant) => {
                catalogue::listed(self.tx, variant).await?.filter(|listed| listed.seller == order.seller).map(catalogue::Listed::on_offer)
            }
            None => None,
        };
        let partner = if let OrderCommand::BuyFromPartner { line, quantity, variant, .. } = command
            && let Some(line) = order.line(*line)
        {
            partners::offer(self.tx, order.seller, &line.variant, variant, *quantity).await?
        } else {
            None
        };
        let crew = self.crew(&order, command).await?;
        let named = to.as_ref().map(|to| to.contact).zip(place);
        let mut facts = Facts { now: self.now, policy: &policy, mint: &mut self.mint, shelf: &shelf, purse, to, offer, partner, crew };
        let events = order.decide(command, actor, &mut facts)?;
        let (partner, crew) = (facts.partner, facts.crew);
        if let Some((contact, place)) = named {
            orders::add_contact(self.tx, contact, order.buyer, place, false, self.now).await?;
        }
        if events.is_empty() {
            return Ok(order);
        }
        let after = orders::append(self.tx, &mut self.mint, Some(&order), &events, &policy, cause, self.now)
            .await?
            .ok_or_else(|| Failure::Corrupt("an order vanished".into()))?;
        for event in &events {
            if let (Event::RefundAccountGiven { account: id }, OrderCommand::GiveRefundAccount { account }) = (event, command) {
                orders::add_refund_account(self.tx, *id, after.id, account, self.now).await?;
            }
            if let (Event::ReceiptRecorded { receipt: id, .. }, OrderCommand::RecordReceipt { receipt, .. }) = (event, command) {
                partners::add_receipt(self.tx, *id, after.id, receipt, self.now).await?;
            }
            if let Event::ReceiptVoided { receipt, .. } = event {
                partners::void_receipt(self.tx, *receipt, self.now).await?;
            }
            if let Event::ReceiptAttached { receipt, photo } = event {
                photos::show(self.tx, after.id, Photo::Receipt, photo).await?;
                if !partners::attach_receipt(self.tx, *receipt, photo).await? {
                    return Err(Refusal::LimitReached { most: ReceiptView::PHOTOS as u32 }.into());
                }
            }
            if let (Event::ChildAdded { child, fulfilment, units, drop_ship }, Some(partner)) = (event, &partner) {
                let warehouse = after.fulfilment(*fulfilment).map(|goods| goods.warehouse).ok_or(Refusal::NotFound)?;
                let to = drop_ship.then(|| (after.contact, after.postcode.clone()));
                self.place_purchase(*child, Some((after.id, after.root)), after.seller, warehouse, to, units.quantity, partner).await?;
            }
        }
        for event in &events {
            if let Event::CollectionRequested { claim, collection, installer } = event {
                let fetcher = match (installer, &crew.candidate) {
                    (Some(_), Some(candidate)) => Fetcher::Installer(candidate),
                    (_, _) => Fetcher::Carrier(PartyId::CARRIER),
                };
                self.place_collection(*collection, &after, *claim, fetcher).await?;
            }
            if let Event::PickupCompleted { seen: Some(seen), .. } = event {
                for photo in &seen.photos {
                    photos::show(self.tx, after.id, Photo::Work, photo).await?;
                }
            }
            if let Event::ProductAdded { claim, replacement, pieces } = event {
                self.place_replacement(*replacement, &after, *claim, pieces).await?;
            }
            if let (Event::ReturnRequested { claim, photos, .. }, OrderCommand::RequestReturn { note, .. })
            | (Event::ExchangeRequested { claim, photos, .. }, OrderCommand::RequestExchange { note, .. }) = (event, command)
            {
                for photo in photos {
                    photos::show(self.tx, after.id, Photo::Claim, photo).await?;
                }
                if let Some(note) = note {
                    claims::add_note(self.tx, &mut self.mint, *claim, Chair::Buyer, actor, note.as_str(), self.now).await?;
                }
            }
            if let (Event::ReturnRequested { photos, .. }, OrderCommand::TakeUpReturn { .. }, Some(above)) = (event, command, order.parent) {
                for photo in photos {
                    photos::pass_on(self.tx, above, after.id, photo, self.now).await?;
                }
            }
            if let (
                Event::ReturnRejected { claim, .. }
                | Event::ReturnQuestioned { claim }
                | Event::ReturnAnswered { claim, .. }
                | Event::ReturnInspected { claim, .. },
                OrderCommand::RejectReturn { note, .. }
                | OrderCommand::AskAboutReturn { note, .. }
                | OrderCommand::AnswerAboutReturn { note, .. }
                | OrderCommand::DisputeReturn { note, .. },
            ) = (event, command)
            {
                let chair = order.chair(actor).unwrap_or(Chair::Seller);
                claims::add_note(self.tx, &mut self.mint, *claim, chair, actor, note.as_str(), self.now).await?;
            }
            if let (Event::RefundRejected { claim, .. }, OrderCommand::RejectRefund { note, .. }) = (event, command) {
                claims::add_note(self.tx, &mut self.mint, *claim, Chair::Admin, actor, note.as_str(), self.now).await?;
            }
            if let Event::ReturnAnswered { photos, .. } = event {
                for photo in photos {
                    photos::show(self.tx, after.id, Photo::Claim, photo).await?;
                }
            }
            if let (
                Event::ReviewWritten { text: id, .. } | Event::ReviewChanged { text: id, .. } | Event::ReviewAnswered { text: id, .. },
                OrderCommand::WriteReview { text, .. } | OrderCommand::ChangeReview { text, .. } | OrderCommand::AnswerReview { text, .. },
            ) = (event, command)
            {
                reviews::add_text(self.tx, *id, after.id, text.as_str(), self.now).await?;
            }
            if let Event::ReviewWritten { line, photos, .. } | Event::ReviewChanged { line, photos, .. } = event {
                for photo in photos {
                    photos::show(self.tx, after.id, Photo::Review, photo).await?;
                }
                // What he takes off is not kept.
                for gone in order.review(*line).into_iter().flat_map(|review| &review.photos).filter(|photo| !photos.contains(photo)) {
                    photos::take_off(self.tx, after.id, Photo::Review, gone).await?;
                }
            }
            if let (Event::InstallerAssigned { installation, fulfilment, .. }, Some(candidate)) = (event, &crew.candidate) {
                self.place_installation(*installation, &after, *fulfilment, candidate).await?;
            }
            if let (Event::ExtraProposed(extra), OrderCommand::ProposeExtra { .. }) = (event, command) {
                photos::show(self.tx, after.id, Photo::Extra, &extra.photo).await?;
            }
            if let Event::FulfilmentReturned { fulfilment, .. } = event {
                let given = after.fulfilment(*fulfilment).and_then(|goods| goods.installer.as_ref());
                match (command.read_off(), given) {
                    (Some(serials), _) => installers::take_down(self.tx, after.id, serials).await?,
                    (None, Some(given)) => installers::take_all_down(self.tx, given.order).await?,
                    (None, None) => {}
                }
            }
            if let (Event::InstallationCompleted { shown, serials, .. }, OrderCommand::CompleteInstallation { signed_by, .. }) = (event, command) {
                for photo in &shown.photos {
                    photos::show(self.tx, after.id, Photo::Work, photo).await?;
                }
                if let Some(signature) = &shown.signature {
                    photos::show(self.tx, after.id, Photo::Signature, signature).await?;
                }
                if !installers::hang(self.tx, &after, serials).await? {
                    return Err(Refusal::invalid("serials", Problem::Taken).into());
                }
                installers::add_signature(self.tx, after.id, signed_by.as_str(), self.now).await?;
            }
        }
        if self.tell(&order, &after).await? {
            // Whoever heard of it may have answered.
            return orders::load(self.tx, after.id).await?.ok_or_else(|| Failure::Corrupt("an order vanished".into()));
        }
        Ok(after)
    }

    /// A node has changed: its children and its parent hear what that means for them, in this transaction. The tree is locked.
    /// Answers whether anybody had to hear of it.
    async fn tell(&mut self, before: &Order, after: &Order) -> Stored<bool> {
        let told: Vec<_> = after.tells_children(before).into_iter().chain(after.tells_parent(before)).collect();
        let anybody = !told.is_empty();
        for (id, command) in told {
            let node = orders::load(self.tx, id).await?.ok_or_else(|| Failure::Corrupt(format!("the node {id} is missing")))?;
            let cause = Cause { actor: &Actor::System, command: command.name(), correlation: &self.caller.request };
            Box::pin(self.decide_because(node, &command, &Actor::System, &cause)).await?;
        }
        Ok(anybody)
    }

    /// A store fills its own shelf: a purchase that no sale stands above.
    pub(super) async fn restock(&mut self, warehouse: WarehouseId, variant: &VariantId, theirs: &VariantId, quantity: Quantity) -> Stored<Answer> {
        let Actor::Staff { store, .. } = self.caller.actor else { return Err(Refusal::NotAllowed.into()) };
        if !catalogue::is_kept(self.tx, variant, warehouse, store).await? {
            return Err(Refusal::NotFound.into());
        }
        let offer = partners::offer(self.tx, store, variant, theirs, quantity).await?;
        let offer = offer.ok_or_else(|| Refusal::invalid("variant", Problem::Unknown))?;
        let id = OrderId::mint(&mut self.mint);
        let order = self.place_purchase(id, None, store, warehouse, None, quantity, &offer).await?;
        Ok(Self::moved(&order))
    }

    /// A store buys of a partner; under an order of its own, the purchase is a new node of that one's tree. It goes to the store's
    /// warehouse, or straight to whom the order above is for.
    async fn place_purchase(
        &mut self,
        id: OrderId,
        parent: Option<(OrderId, OrderId)>,
        buyer: PartyId,
        warehouse: WarehouseId,
        to: Option<(ContactId, String)>,
        quantity: Quantity,
        offer: &PartnerOffer,
    ) -> Stored<Order> {
        let drop_ship = to.is_some();
        let (contact, postcode) = match to {
            Some(customer) => customer,
            None => self.at_warehouse(warehouse, buyer).await?,
        };
        let wish =
            Purchase { id, parent, buyer, quantity, contact, postcode, inbound: Inbound { warehouse, variant: offer.ours.clone(), drop_ship } };
        let policy = self.house.policy();
        let shelf = Shelf::new();
        let mut facts = Facts::bare(self.now, &policy, &mut self.mint, &shelf);
        let events = purchase(wish, offer, &mut facts)?;
        let cause = self.cause();
        orders::append(self.tx, &mut self.mint, None, &events, &policy, &cause, self.now)
            .await?
            .ok_or_else(|| Failure::Corrupt("a purchase was placed without events".into()))
    }

    /// A store's warehouse as a place that something is sent to or fetched from.
    async fn at_warehouse(&mut self, warehouse: WarehouseId, store: PartyId) -> Stored<(ContactId, String)> {
        let place = partners::warehouse_place(self.tx, warehouse, store).await?.ok_or(Refusal::NotFound)?;
        let contact = ContactId::mint(&mut self.mint);
        orders::add_contact(self.tx, contact, store, &place, false, self.now).await?;
        Ok((contact, place.postcode.to_string()))
    }

    /// What a command has to know of installers.
    async fn crew(&mut self, order: &Order, command: &OrderCommand) -> Stored<Crew> {
        let mut crew = Crew::default();
        if let OrderCommand::AssignInstaller { fulfilment, installer } = command {
            let lines = order.fulfilment(*fulfilment).map(|goods| &goods.lines).into_iter().flatten();
            let goods: Vec<_> = lines.map(|line| (line.line, line.variant.clone())).collect();
            crew.candidate = installers::candidate(self.tx, *installer, &goods, &order.postcode, installers::Work::PutUp).await?;
        }
        if let OrderCommand::AssignPickup { claim, installer } = command {
            let units = order.claim(*claim).map(|claim| &claim.units).into_iter().flatten();
            let goods: Vec<_> = units.filter_map(|units| Some((units.line, order.line(units.line)?.variant.clone()))).collect();
            crew.candidate = installers::candidate(self.tx, *installer, &goods, &order.postcode, installers::Work::TakeDown).await?;
        }
        let is_work = order.job.is_some() || order.pickup.as_ref().is_some_and(|pickup| pickup.collects.by_installer);
        if let (OrderCommand::ScheduleVisit { visit } | OrderCommand::SchedulePickup { visit }, true) = (command, is_work) {
            crew.day_full = installers::is_full(self.tx, order.seller, visit.on, order.id).await?;
        }
        if let OrderCommand::ProposeExtra { .. } = command {
            let goods: Vec<&VariantId> = order.lines.iter().map(|line| &line.variant).collect();
            crew.price_list = installers::price_list(self.tx, &goods).await?;
            crew.photos = photos::brought(self.tx, order.id, Photo::Extra).await?;
        }
        if let OrderCommand::AttachReceipt { .. } = command {
            crew.photos = photos::brought(self.tx, order.id, Photo::Receipt).await?;
        }
        if let OrderCommand::RequestReturn { .. } | OrderCommand::RequestExchange { .. } | OrderCommand::AnswerAboutReturn { .. } = command {
            crew.photos = photos::waiting(self.tx, order.id, Photo::Claim).await?;
        }
        if let OrderCommand::InspectReturn { claim, .. } | OrderCommand::PassReturnOn { claim, .. } = command {
            let claim = order.claim(*claim).filter(|claim| order.units_read(claim) > 0);
            for units in claim.into_iter().flat_map(|claim| &claim.units) {
                if let Some(line) = order.line(units.line) {
                    crew.put_up.extend(installers::put_up(self.tx, order.id, &line.variant).await?);
                }
            }
        }
        if let OrderCommand::CompletePickup { .. } = command {
            crew.photos = photos::brought(self.tx, order.id, Photo::Work).await?;
        }
        if let OrderCommand::WriteReview { .. } | OrderCommand::ChangeReview { .. } = command {
            crew.photos = photos::waiting(self.tx, order.id, Photo::Review).await?;
        }
        if let OrderCommand::CompleteInstallation { .. } = command {
            let goods: Vec<&VariantId> = order.lines.iter().map(|line| &line.variant).collect();
            crew.checks = installers::checks(self.tx, &goods).await?;
            crew.photos = photos::brought(self.tx, order.id, Photo::Work).await?;
            crew.signatures = photos::brought(self.tx, order.id, Photo::Signature).await?;
        }
        if let (OrderCommand::Depart | OrderCommand::CompleteInstallation { .. }, Some(above)) = (command, order.parent)
            && let Some(above) = orders::load(self.tx, above).await?
            && let Some((goods, _)) = above.of_installation(order.id)
        {
            crew.has_goods = goods.shipped_at.is_some();
            let sent = goods.named.iter().filter_map(|unit| Some((above.line(unit.line)?.variant.clone(), unit.serial.clone())));
            crew.sent = sent.collect();
        }
        Ok(crew)
    }

    /// A store orders an installer for goods of an order: a new node of its tree.
    async fn place_installation(&mut self, id: OrderId, above: &Order, goods: FulfilmentId, candidate: &Candidate) -> Stored<()> {
        let goods = above.fulfilment(goods).ok_or(Refusal::NotFound)?;
        let policy = self.house.policy();
        let shelf = Shelf::new();
        let mut facts = Facts::bare(self.now, &policy, &mut self.mint, &shelf);
        let events = installation(id, above, goods, candidate, &mut facts);
        let cause = self.cause();
        orders::append(self.tx, &mut self.mint, None, &events, &policy, &cause, self.now).await.map(drop)
    }

    /// Somebody is asked to fetch goods of an order: a new node of its tree.
    async fn place_collection(&mut self, id: OrderId, above: &Order, claim: ClaimId, fetcher: Fetcher<'_>) -> Stored<()> {
        let claim = above.claim(claim).ok_or(Refusal::NotFound)?;
        // What went straight to a customer and came back lies with the store that had bought it.
        let (contact, postcode) = match &above.inbound {
            Some(inbound) if inbound.drop_ship => self.at_warehouse(inbound.warehouse, above.buyer).await?,
            Some(_) | None => (above.contact, above.postcode.clone()),
        };
        let policy = self.house.policy();
        let shelf = Shelf::new();
        let mut facts = Facts::bare(self.now, &policy, &mut self.mint, &shelf);
        let events = collection(id, above, claim, fetcher, (contact, &postcode), &mut facts);
        let cause = self.cause();
        orders::append(self.tx, &mut self.mint, None, &events, &policy, &cause, self.now).await.map(drop)
    }

    /// What was promised in an exchange is ordered: a new node of its tree.
    async fn place_replacement(&mut self, id: OrderId, above: &Order, claim: ClaimId, pieces: &[Piece]) -> Stored<()> {
        let exchange = above.claim(claim).and_then(|claim| claim.exchange.as_ref()?.terms.as_ref()).ok_or(Refusal::NotFound)?;
        let policy = self.house.policy();
        let shelf = Shelf::new();
        let mut facts = Facts::bare(self.now, &policy, &mut self.mint, &shelf);
        let events = replacement(id, above, exchange, pieces, &mut facts);
        let cause = self.cause();
        orders::append(self.tx, &mut self.mint, None, &events, &policy, &cause, self.now).await.map(drop)
    }

    /// What an order's buyer has beside money. His month is locked: two purchases that end at once count one after the other.
    async fn purse(&mut self, order: &Order) -> Stored<Purse> {
        membership::lock_month(self.tx, order.buyer, self.now).await?;
        let mut purse = membership::purse(self.tx, order.buyer, self.now).await?;
        if let Some(completed) = order.completed_at {
            purse.its_month = membership::spent_in(self.tx, order.buyer, completed.kst_date()).await?;
        }
        if let Some(coupon) = &order.coupon {
            purse.coupon_ready = promotion::is_ready(self.tx, coupon.issue, order.buyer, self.now).await?;
        }
        Ok(purse)
    }
}

/// Whether units of the line are still to be put up.
fn is_installed(order: &Order, line: &Line) -> bool {
    line.method == Method::Installed && order.live_units(line) > 0
}

/// Paying can need coupon and points again, and a purchase that ends counts for its buyer; what comes back of it counts no more.
fn may_need_purse(command: &OrderCommand, order: &Order) -> bool {
    let paying = matches!(command, OrderCommand::RequestPayment { .. } | OrderCommand::RecordPayment { .. });
    let ending = matches!(command, OrderCommand::ConfirmPurchase | OrderCommand::AutoConfirm);
    let back = matches!(
        command,
        OrderCommand::InspectReturn { .. }
            | OrderCommand::PassReturnOn { .. }
            | OrderCommand::RefundWithoutGoods { .. }
            | OrderCommand::ReceiveBack { .. }
            | OrderCommand::ApproveRefund { .. }
            | OrderCommand::RecordReplacement { .. }
    );
    let counts = ending || back && order.completed_at.is_some();
    !order.is_on_credit() && counts || paying && (order.coupon.is_some() || order.amounts.points > Won::ZERO)
}

/// Paying can need units whose hold has lapsed, missing units have to be found, and an address lets the first be held.
fn may_need_units(command: &OrderCommand, order: &Order) -> bool {
    let paying =
        matches!(command, OrderCommand::RequestPayment { .. } | OrderCommand::RecordPayment { outcome: PaymentOutcome::Approved { .. }, .. });
    let unsourced = || order.fulfilments.iter().any(|goods| goods.is_live() && !goods.unsourced.is_empty());
    let sourcing = matches!(command, OrderCommand::Allocate { .. }) && unsourced();
    let missing = matches!(
        command,
        OrderCommand::FillShortage { .. } | OrderCommand::KeepPromise { .. } | OrderCommand::ChooseShortage { .. } | OrderCommand::ExpireShortages
    );
    let placed = matches!(command, OrderCommand::FixAddress { .. } | OrderCommand::Substitute { .. } | OrderCommand::ApproveExchange { .. });
    missing || placed || sourcing || paying && order.held.is_empty()
}
