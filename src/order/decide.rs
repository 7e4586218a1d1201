//! What a command means in the state it meets: events, or a refusal that names both.

use super::{
    Attempt, AttemptState, CancelCause, Claim, CollectionState, CompletedBy, Crew, Event, Front, Fulfilment, FulfilmentLine, FulfilmentState,
    InstallationState, Kind, LineUnits, Method, Order, OrderCommand, PartnerOffer, PaymentMethod, PaymentOutcome, RefundReason, Review, Source,
    TakenDown, event::PlannedFulfilment,
};

mod address;
mod cancel;
mod claim;
mod deliver;
mod drop_ship;
mod exchange;
mod extra;
mod goodwill;
mod install;
mod name;
mod promise;
mod review;
mod shortage;
mod source;
mod split;
mod substitute;

pub use address::Destination;
pub(super) use claim::PICKUP_STEPS;
pub(super) use install::{STEPS, goes_with};
pub use substitute::OnOffer;

use crate::{
    actor::Actor,
    catalogue::Supply,
    ids::{AttemptId, FulfilmentId, Mint, RefundAccountId, RefundId, ReviewTextId},
    membership::Purse,
    money::Won,
    policy::Policy,
    promotion::CouponState,
    quantity::Quantity,
    refusal::{Problem, Refusal},
    stock::{Piece, Shelf, Wanted, pick},
    time::Time,
};

/// The states that an order can still be cancelled from.
const LIVE: &[Front] = &[Front::Pending, Front::StockReserved, Front::PaymentPending, Front::PaymentFailed, Front::Paid, Front::Confirmed];

/// What is true at the moment of the decision, read under the order's lock.
pub struct Facts<'a> {
    /// Now.
    pub now: Time,
    /// The book the order is pinned to.
    pub policy: &'a Policy,
    /// Where fresh identities come from.
    pub mint: &'a mut dyn Mint,
    /// What the seller can sell of the order's variants; where a store sends back what it bought, what that store can.
    pub shelf: &'a Shelf,
    /// What the buyer has beside money.
    pub purse: Purse,
    /// The place that the command names.
    pub to: Option<Destination>,
    /// The option that the command names, if the seller has it on offer.
    pub offer: Option<OnOffer>,
    /// What the command names of a partner's, if he sells it to the seller.
    pub partner: Option<PartnerOffer>,
    /// What it has to know of installers.
    pub crew: Crew,
}

impl<'a> Facts<'a> {
    /// What somebody has to know who decides about nothing but time, numbers and the shelf.
    pub fn bare(now: Time, policy: &'a Policy, mint: &'a mut dyn Mint, shelf: &'a Shelf) -> Self {
        let (purse, crew) = (Purse::default(), Crew::default());
        Self { now, policy, mint, shelf, purse, to: None, offer: None, partner: None, crew }
    }
}

impl Order {
    /// Decides a command: the events that follow from it, none when it has no effect any more, or a refusal.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an actor with no chair here, [`Refusal::NotAllowed`] for a chair the command is not for,
    /// [`Refusal::WrongState`] and the refusals of money and stock.
    pub fn decide(&self, command: &OrderCommand, actor: &Actor, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let chair = self.chair(actor).ok_or(Refusal::NotFound)?;
        if !command.chairs().contains(&chair) {
            return Err(Refusal::NotAllowed);
        }
        let now = facts.now;
        let allow = |fulfilment| self.allows(command.name(), fulfilment, now);
        match command {
            OrderCommand::RequestPayment { method } => {
                allow(None)?;
                self.request_payment(*method, facts)
            }
            OrderCommand::AuthorisePayment { attempt, payment_key, amount } => self.authorise(*attempt, payment_key, *amount),
            OrderCommand::CancelPayment { attempt, cause, psp_code } => {
                let attempt = self.attempt(*attempt).ok_or(Refusal::NotFound)?;
                // Once the buyer has agreed at the PSP only the PSP's own word counts.
                let waits = self.front == Front::PaymentPending || attempt.difference.is_some();
                let turned_back = waits && attempt.state == AttemptState::Requested && attempt.payment_key.is_none();
                let declined = Event::PaymentDeclined { attempt: attempt.id, cause: *cause, psp_code: psp_code.clone() };
                Ok(if turned_back { self.failed(declined) } else { Vec::new() })
            }
            OrderCommand::Cancel => {
                allow(None)?;
                Ok(self.cancel(CancelCause::Buyer, facts))
            }
            OrderCommand::CancelLines { units } => {
                allow(None)?;
                self.cancel_units(units, CancelCause::Buyer, RefundReason::PartlyCancelled, facts)
            }
            OrderCommand::SellerCancel { .. } => {
                allow(None)?;
                Ok(self.seller_cancel(facts))
            }
            OrderCommand::ChooseShortage { shortage, answer } => {
                allow(None)?;
                self.choose_shortage(*shortage, *answer, facts)
            }
            OrderCommand::Substitute { shortage, .. } => {
                allow(None)?;
                self.substitute(*shortage, facts)
            }
            OrderCommand::ProposeSubstitute { shortage, waive, .. } => {
                allow(None)?;
                self.propose_substitute(*shortage, *waive, facts)
            }
            OrderCommand::DropChange => {
                allow(None)?;
                Ok(self.drop_difference())
            }
            OrderCommand::ExpireDifference => Ok(self.expire_difference(facts)),
            OrderCommand::FillShortage { shortage } => Ok(self.fill_shortage(*shortage, facts)),
            OrderCommand::KeepPromise { fulfilment } => Ok(self.keep_promise(*fulfilment, facts)),
            OrderCommand::ExpirePromise { fulfilment } => Ok(self.expire_promise(*fulfilment, facts)),
            OrderCommand::ExpireShortages => self.expire_shortages(facts),
            OrderCommand::ReaskShortages => Ok(self.reask_shortages(facts)),
            OrderCommand::SplitFulfilment { fulfilment, units } => {
                allow(Some(*fulfilment))?;
                self.split(*fulfilment, units, facts)
            }
            OrderCommand::ReportStockLoss { fulfilment, line, quantity } => {
                allow(Some(*fulfilment))?;
                self.report_loss(*fulfilment, *line, *quantity, facts)
            }
            OrderCommand::RecordOutboundStopped { fulfilment, stopped } => Ok(self.outbound_stopped(*fulfilment, *stopped, facts)),
            OrderCommand::ReturnToSender { fulfilment } => Ok(self.return_to_sender(*fulfilment, facts)),
            OrderCommand::ReceiveBack { fulfilment, restock } => {
                allow(Some(*fulfilment))?;
                Ok(self.receive_back(*fulfilment, *restock, actor, facts))
            }
            OrderCommand::RequestReturn { fulfilment, units, reason, pickup_on, found_on, .. } => {
                allow(Some(*fulfilment))?;
                let wish = claim::Wish { fulfilment: *fulfilment, units, reason: *reason, pickup_on: *pickup_on, found_on: *found_on };
                self.request_return(&wish, facts)
            }
            OrderCommand::WithdrawReturn { claim } => {
                self.guard_return(command.name(), *claim)?;
                Ok(vec![Event::ReturnWithdrawn { claim: *claim }])
            }
            OrderCommand::ApproveReturn { claim } => {
                self.guard_return(command.name(), *claim)?;
                self.approve_return(*claim, facts)
            }
            OrderCommand::RejectReturn { claim, reason, .. } => {
                self.guard_return(command.name(), *claim)?;
                self.check_reject(*reason)?;
                Ok(vec![Event::ReturnRejected { claim: *claim, reason: *reason }])
            }
            OrderCommand::AskAboutReturn { claim, .. } => {
                self.guard_return(command.name(), *claim)?;
                Ok(vec![Event::ReturnQuestioned { claim: *claim }])
            }
            OrderCommand::AnswerAboutReturn { claim, .. } => {
                self.guard_return(command.name(), *claim)?;
                Ok(vec![Event::ReturnAnswered { claim: *claim, photos: facts.crew.photos.clone() }])
            }
            OrderCommand::InspectReturn { claim, restock, serials } => {
                self.guard_return(command.name(), *claim)?;
                self.inspect_return(*claim, *restock, serials, actor, facts)
            }
            OrderCommand::PassReturnOn { claim, serials } => {
                self.guard_return(command.name(), *claim)?;
                self.pass_return_on(*claim, serials, actor, facts)
            }
            OrderCommand::DisputeReturn { claim, reason, serials, .. } => {
                self.guard_return(command.name(), *claim)?;
                self.dispute_return(*claim, *reason, serials, actor, facts)
            }
            OrderCommand::RefundWithoutGoods { claim } => {
                self.guard_return(command.name(), *claim)?;
                self.refund_without_goods(*claim, actor, facts)
            }
            OrderCommand::PutAway { claim, restock } => {
                self.guard_put_away(command.name(), *claim)?;
                Ok(vec![Event::ReturnPutAway { claim: *claim, restocked: *restock }])
            }
            OrderCommand::TakeUpReturn { above, quantity, reason, photos } => self.take_up_return((*above, *quantity), *reason, photos, facts),
            OrderCommand::ApproveRefund { claim } => {
                self.guard_return(command.name(), *claim)?;
                self.approve_refund(*claim, actor, facts)
            }
            OrderCommand::RequestExchange { fulfilment, units, reason, variant, pickup_on, .. } => {
                allow(Some(*fulfilment))?;
                let wish = claim::Wish { fulfilment: *fulfilment, units, reason: *reason, pickup_on: *pickup_on, found_on: None };
                self.request_exchange(&wish, variant, facts)
            }
            OrderCommand::ApproveExchange { claim, way, variant, waive } => {
                self.guard_return(command.name(), *claim)?;
                self.approve_exchange(*claim, &exchange::Agreed { way: *way, variant: variant.clone(), waive: *waive }, facts)
            }
            OrderCommand::RecordReplacement { replacement, stage, units, reason } => {
                Ok(self.record_replacement(*replacement, (*stage, *units), *reason, facts))
            }
            OrderCommand::GiveRefundAccount { .. } => {
                allow(None)?;
                Ok(vec![Event::RefundAccountGiven { account: RefundAccountId::mint(facts.mint) }])
            }
            OrderCommand::RejectRefund { claim, reason, .. } => {
                self.guard_return(command.name(), *claim)?;
                self.reject_refund(*claim, *reason, actor)
            }
            OrderCommand::RefundGoodwill { amount, reason } => {
                allow(None)?;
                self.refund_goodwill(*amount, *reason, actor, facts)
            }
            OrderCommand::ApproveGoodwill => {
                allow(None)?;
                self.approve_goodwill(actor, facts)
            }
            OrderCommand::RejectGoodwill => {
                allow(None)?;
                self.reject_goodwill(actor)
            }
            OrderCommand::RequestReview => Ok(self.request_review(facts)),
            OrderCommand::WriteReview { line, stars, .. } => self.write_review(*line, *stars, facts),
            OrderCommand::ChangeReview { line, stars, keep, .. } => self.change_review(*line, *stars, keep, facts),
            OrderCommand::AnswerReview { line, .. } => {
                self.guard_review(command.name(), *line)?;
                Ok(vec![Event::ReviewAnswered { line: *line, text: ReviewTextId::mint(facts.mint) }])
            }
            OrderCommand::HideReview { line, reason } => {
                self.guard_review(command.name(), *line).map(|_| vec![Event::ReviewHidden { line: *line, reason: *reason }])
            }
            OrderCommand::ShowReview { line } => self.guard_review(command.name(), *line).map(|_| vec![Event::ReviewShown { line: *line }]),
            OrderCommand::RecordPickup { fact } => Ok(self.record_pickup(fact)),
            OrderCommand::ReceivePickup => Ok(self.receive_pickup()),
            OrderCommand::RecordCollection { collection, state, visit } => Ok(self.record_collection(*collection, *state, *visit)),
            OrderCommand::AssignPickup { claim, installer } => {
                self.guard_return(command.name(), *claim)?;
                self.assign_pickup(*claim, *installer, facts)
            }
            OrderCommand::SchedulePickup { visit } => {
                allow(None)?;
                self.schedule_pickup(*visit, facts)
            }
            OrderCommand::CompletePickup { condition } => {
                allow(None)?;
                let seen = TakenDown { condition: *condition, photos: facts.crew.photos.clone() };
                Ok(vec![Event::PickupCompleted { at: facts.now, seen: Some(seen) }])
            }
            OrderCommand::ReportNotGiven => {
                allow(None)?;
                Ok(vec![Event::PickupFailed])
            }
            OrderCommand::DeclinePickup { reason } => {
                allow(None)?;
                Ok(vec![Event::PickupDeclined { reason: *reason }])
            }
            OrderCommand::ChangeAddress { .. } => {
                allow(None)?;
                self.change_address(facts)
            }
            OrderCommand::FixAddress { .. } => {
                allow(None)?;
                self.fix_address(facts)
            }
            OrderCommand::Redeliver { fulfilment, on, to } => {
                allow(Some(*fulfilment))?;
                self.redeliver(*fulfilment, *on, to.is_some(), facts)
            }
            OrderCommand::ExpireAcceptance => {
                let asked = self.job.as_ref().is_some_and(|job| job.state == InstallationState::Assigned)
                    || self.pickup.as_ref().is_some_and(|pickup| pickup.collects.by_installer && pickup.state == CollectionState::Requested);
                let silent = asked || self.is_on_credit() && self.front == Front::StockReserved;
                Ok(if silent { vec![Event::AcceptanceOverdue] } else { Vec::new() })
            }
            OrderCommand::ExpireAddressFix => Ok(if self.address_needed { vec![Event::AddressOverdue] } else { Vec::new() }),
            OrderCommand::ConfirmPurchase => {
                allow(None)?;
                Ok(self.complete(CompletedBy::Buyer, facts))
            }
            OrderCommand::StartPreparing { fulfilment } => {
                allow(Some(*fulfilment))?;
                Ok(vec![Event::FulfilmentPreparing { fulfilment: *fulfilment }])
            }
            OrderCommand::Allocate { fulfilment } => {
                allow(Some(*fulfilment))?;
                self.allocate(Vec::new(), *fulfilment, facts)
            }
            OrderCommand::UndoAllocation { fulfilment } => {
                allow(Some(*fulfilment))?;
                Ok(vec![Event::AllocationUndone { fulfilment: *fulfilment }])
            }
            OrderCommand::NameUnits { fulfilment, serials } => {
                allow(Some(*fulfilment))?;
                self.name_units(*fulfilment, serials)
            }
            OrderCommand::BuyFromPartner { fulfilment, line, quantity, drop_ship, .. } => {
                allow(Some(*fulfilment))?;
                self.buy_from_partner(*fulfilment, LineUnits { line: *line, quantity: *quantity }, *drop_ship, facts)
            }
            OrderCommand::RecordReceipt { fulfilment, line, quantity, receipt } => {
                allow(Some(*fulfilment))?;
                self.record_receipt(*fulfilment, *line, *quantity, receipt, facts)
            }
            OrderCommand::VoidReceipt { receipt } => self.void_receipt(*receipt, now),
            OrderCommand::AttachReceipt { receipt, photo } => {
                self.goods_of_receipt(*receipt)?;
                if !facts.crew.photos.contains(photo) {
                    return Err(Refusal::invalid("picture", Problem::Missing));
                }
                Ok(vec![Event::ReceiptAttached { receipt: *receipt, photo: photo.clone() }])
            }
            OrderCommand::AcceptOrder { units } => {
                allow(None)?;
                self.accept(units, facts)
            }
            OrderCommand::RecordChild { child, stage, units } => Ok(self.record_child(*child, *stage, *units, facts)),
            OrderCommand::RecordParcel { child, parcel } => Ok(self.record_parcel(*child, parcel, facts)),
            OrderCommand::FollowParent { contact, postcode, redeliver_on } => Ok(self.follow_parent(*contact, postcode, *redeliver_on)),
            OrderCommand::CancelWithParent => Ok(self.cancel_with_parent(facts)),
            OrderCommand::AssignInstaller { fulfilment, installer } => {
                allow(Some(*fulfilment))?;
                self.assign_installer(*fulfilment, *installer, facts)
            }
            OrderCommand::UnassignInstaller { fulfilment } => {
                allow(Some(*fulfilment))?;
                Ok(self.unassign_installer(*fulfilment, facts))
            }
            OrderCommand::WishVisit { visit } => {
                allow(None)?;
                self.wish_visit(*visit, facts)
            }
            OrderCommand::RecordInstallation { installation, job } => Ok(self.record_installation(*installation, job, facts)),
            OrderCommand::AcceptInstallation => allow(None).map(|()| vec![Event::InstallerAccepted { installation: self.id }]),
            OrderCommand::DeclineInstallation { reason } => {
                allow(None).map(|()| vec![Event::InstallerDeclined { installation: self.id, reason: *reason }])
            }
            OrderCommand::ScheduleVisit { visit } => {
                allow(None)?;
                self.schedule_visit(*visit, facts)
            }
            OrderCommand::Depart => {
                allow(None)?;
                self.depart(facts)
            }
            OrderCommand::ReportAbsent => {
                allow(None)?;
                Ok(self.withdraw_extras().into_iter().chain([Event::InstallerMissedBuyer { installation: self.id }]).collect())
            }
            OrderCommand::ReportDelivered => allow(None).map(|()| vec![Event::InstallerDelivered { installation: self.id }]),
            OrderCommand::CompleteInstallation { serials, checked, signature, .. } => {
                allow(None)?;
                self.complete_installation(serials, checked, signature.as_deref(), facts)
            }
            OrderCommand::ReportImpossible { cause } => {
                allow(None).map(|()| self.withdraw_extras().into_iter().chain(self.report_impossible(*cause)).collect())
            }
            OrderCommand::ProposeExtra { work, photo } => {
                allow(None)?;
                self.propose_extra(work, photo, facts)
            }
            OrderCommand::WithdrawExtra => allow(None).map(|()| self.withdraw_extras()),
            OrderCommand::ApproveExtra { extra } => {
                allow(None)?;
                self.approve_extra(*extra, facts)
            }
            OrderCommand::RefuseExtra { extra } => {
                allow(None)?;
                self.refuse_extra(*extra)
            }
            OrderCommand::ExpireExtra { fulfilment } => Ok(self.expire_extra(*fulfilment, facts)),
            OrderCommand::RecordExtra { extra } => Ok(self.record_extra(extra)),
            OrderCommand::Release { fulfilment } => {
                allow(Some(*fulfilment))?;
                if let Some(goods) = self.fulfilment(*fulfilment).filter(|goods| goods.method == Method::Installed) {
                    return Ok(self.handed_over(goods));
                }
                Ok(vec![Event::OutboundRequested { fulfilment: *fulfilment, priority: self.priority(facts) }])
            }
            OrderCommand::AutoRelease { fulfilment } => self.auto_release(*fulfilment, facts),
            OrderCommand::VerifyIdentity => Ok(vec![Event::PaymentIdentityVerified { until: now + facts.policy.identity_valid_for }]),
            OrderCommand::RecordPayment { attempt, outcome } => self.record_payment(*attempt, outcome, facts),
            OrderCommand::RecordRefund { refund } => Ok(self.record_refund(*refund)),
            OrderCommand::ExpireHold => Ok(self.expire_hold(facts)),
            OrderCommand::ExpirePaymentWindow => Ok(self.expire_payment_window()),
            OrderCommand::ExpireRepayWindow => {
                Ok(if self.front == Front::PaymentFailed { self.cancel(CancelCause::Payment, facts) } else { Vec::new() })
            }
            OrderCommand::RecordOutboundStarted { fulfilment, expected } => Ok(self
                .awaiting_outbound(*fulfilment)
                .filter(|goods| goods.expected_ship_date.is_none())
                .map(|goods| vec![Event::OutboundStarted { fulfilment: goods.id, expected: *expected }])
                .unwrap_or_default()),
            OrderCommand::RecordOutboundCompleted { fulfilment, carrier, tracking } => {
                Ok(self.awaiting_outbound(*fulfilment).map(|goods| self.dispatched(goods, carrier, tracking)).unwrap_or_default())
            }
            OrderCommand::RecordOutboundFailed { fulfilment } => {
                Ok(match self.awaiting_outbound(*fulfilment) {
                    // What cannot be sent is stopped.
                    Some(goods) if goods.stopping => self.outbound_stopped(goods.id, true, facts),
                    Some(goods) => vec![Event::OutboundFailed { fulfilment: goods.id }],
                    None => Vec::new(),
                })
            }
            OrderCommand::RecordTracking { fulfilment, facts: seen } => {
                // What an installer carries no carrier knows of, and of a partner's parcel its sender is told.
                let sent = self.fulfilment(*fulfilment).filter(|goods| goods.tracking.is_some() && !goods.is_drop_ship());
                Ok(sent.map(|goods| self.tracked(goods, seen, facts)).unwrap_or_default())
            }
            OrderCommand::AutoConfirm => {
                let over = self.may_complete()
                    && self.delivered_at.is_some_and(|at| now > at.end_of_kst_day_after(i64::from(facts.policy.confirm_after_days)));
                Ok(if over { self.complete(CompletedBy::Timer, facts) } else { Vec::new() })
            }
        }
    }

    /// Whether the state lets a command of this name through: what buttons ask before they are shown and `decide` asks again.
    ///
    /// # Errors
    /// [`Refusal::WrongState`] with the state that is and the states that are needed.
    pub fn allows(&self, command: &str, fulfilment: Option<FulfilmentId>, now: Time) -> Result<(), Refusal> {
        let wrong = |current: &str, required: &[&str]| {
            Err(Refusal::WrongState { command: command.into(), current: current.into(), required: required.join(" | ") })
        };
        let front = |states: &[Front]| {
            if states.contains(&self.front) { Ok(()) } else { wrong(self.front.name(), &states.iter().map(|state| state.name()).collect::<Vec<_>>()) }
        };
        let goods = |states: &[FulfilmentState]| {
            let goods = fulfilment.and_then(|id| self.fulfilment(id)).ok_or(Refusal::NotFound)?;
            if self.front == Front::Confirmed
                && self.cancelling.is_none()
                && self.readdressing.is_none()
                && self.claim_on(goods.id).is_none()
                && states.contains(&goods.state)
                && goods.outbound_requested_at.is_none()
            {
                Ok(())
            } else {
                wrong(goods.state.name(), &states.iter().map(|state| state.name()).collect::<Vec<_>>())
            }
        };
        // What has not come yet can be split and cancelled, and nothing else.
        let here = || match fulfilment.and_then(|id| self.fulfilment(id)).filter(|goods| goods.is_to_come()) {
            Some(goods) => wrong(goods.state.name(), &["goods that are here"]),
            None => Ok(()),
        };
        let of_partner = || fulfilment.and_then(|id| self.fulfilment(id)).is_some_and(Fulfilment::is_drop_ship);
        if let Some(job) = &self.job {
            job.allows(command)?;
            let open = self.open_extras().next();
            return match open {
                _ if goes_with(command, open.is_some()) => Ok(()),
                Some(extra) => wrong(extra.state.name(), &["no extra charge to be answered"]),
                None => wrong(job.state.name(), &["an extra charge to be answered"]),
            };
        }
        if let Some(pickup) = &self.pickup {
            return pickup.allows(command, now);
        }
        match command {
            step if STEPS.iter().any(|(known, ..)| *known == step) => wrong(self.status().name(), &["an installation"]),
            step if PICKUP_STEPS.iter().any(|(known, _)| *known == step) => wrong(self.status().name(), &["a collection"]),
            "request-payment" if self.difference.is_some() => {
                if self.open_attempt().is_none() {
                    Ok(())
                } else {
                    wrong(self.front.name(), &["no open attempt"])
                }
            }
            "request-payment" if self.is_on_credit() => wrong(self.front.name(), &["an order that is paid first"]),
            "request-payment" => front(&[Front::StockReserved, Front::PaymentFailed]),
            "accept-order" if self.is_on_credit() => front(&[Front::StockReserved]),
            "accept-order" => wrong(self.front.name(), &["an order on credit terms"]),
            "drop-change" => {
                if self.difference.is_some() {
                    Ok(())
                } else {
                    wrong(self.status().name(), &["a difference due"])
                }
            }
            "cancel" => {
                front(LIVE)?;
                if self.is_before_cut_off() && self.cancelling.is_none() { Ok(()) } else { wrong(self.status().name(), &["Planned"]) }
            }
            "cancel-lines" => {
                // While the PSP is asked for an amount it cannot change under the buyer's hands.
                front(&[Front::StockReserved, Front::PaymentFailed, Front::Confirmed])?;
                let planned = self.fulfilments.iter().any(|goods| goods.state == FulfilmentState::Planned);
                if self.cancelling.is_none() && self.difference.is_none() && (planned || self.front != Front::Confirmed) {
                    Ok(())
                } else {
                    wrong(self.status().name(), &["Planned"])
                }
            }
            "seller-cancel" => {
                front(LIVE)?;
                let left = self.fulfilments.iter().any(|goods| goods.shipped_at.is_some());
                // What a partner sends cannot be stopped: it has to be counted in first.
                let bound = self.fulfilments.iter().any(|goods| goods.is_live() && goods.is_bound());
                if self.cancelling.is_none() && self.readdressing.is_none() && !left && !bound && !self.is_claimed() && !self.is_replaced() {
                    Ok(())
                } else {
                    wrong(self.status().name(), &["before Shipped"])
                }
            }
            "change-address" if self.inbound.is_some() => wrong(self.status().name(), &["a customer's order"]),
            "change-address" => {
                front(LIVE)?;
                let left = self.fulfilments.iter().any(|goods| goods.shipped_at.is_some());
                let busy = self.cancelling.is_some() || self.readdressing.is_some() || self.address_needed;
                // A partner's warehouse has it.
                let left = left || self.fulfilments.iter().any(|goods| goods.is_live() && goods.is_drop_ship() && goods.is_bound());
                if !left && !busy { Ok(()) } else { wrong(self.status().name(), &["before Shipped"]) }
            }
            "fix-address" => {
                front(&[Front::Pending])?;
                if self.address_needed { Ok(()) } else { wrong(self.status().name(), &["without an address"]) }
            }
            "choose-shortage" | "substitute" | "propose-substitute" => {
                front(&[Front::Pending, Front::Confirmed])?;
                if self.is_short() && self.cancelling.is_none() { Ok(()) } else { wrong(self.status().name(), &["PartiallyAvailable", "OutOfStock"]) }
            }
            "void-receipt" => goods(&[FulfilmentState::Preparing, FulfilmentState::PurchaseOrdered, FulfilmentState::PurchaseCompleted]),
            "report-stock-loss" | "release" if of_partner() => wrong("a partner's parcel", &["goods that are here"]),
            "receive-back" if of_partner() => wrong("a partner's parcel", &["goods that come back here"]),
            "report-stock-loss" => {
                here()?;
                use FulfilmentState::{Planned, Preparing, PurchaseCompleted, PurchaseOrdered};
                goods(&[Planned, Preparing, PurchaseOrdered, PurchaseCompleted])
            }
            "redeliver" => {
                let goods = fulfilment.and_then(|id| self.fulfilment(id)).ok_or(Refusal::NotFound)?;
                if goods.state == FulfilmentState::DeliveryFailed && goods.method == Method::Parcel {
                    Ok(())
                } else {
                    wrong(goods.state.name(), &["DeliveryFailed"])
                }
            }
            "receive-back" => {
                let goods = fulfilment.and_then(|id| self.fulfilment(id)).ok_or(Refusal::NotFound)?;
                if goods.state == FulfilmentState::ReturningToSender { Ok(()) } else { wrong(goods.state.name(), &["ReturningToSender"]) }
            }
            // What never was in the store's house it can only pass on.
            "request-return" if self.is_drop_ship() => wrong(self.status().name(), &["goods that were counted in"]),
            "request-return" | "request-exchange" => self.allows_of_return(command, fulfilment),
            about if Claim::COMMANDS.contains(&about) => self.allows_of_return(command, fulfilment),
            "give-refund-account" => {
                let owed = self.refunds_by_bank().next().is_some();
                if owed { Ok(()) } else { wrong(self.status().name(), &["a refund by bank transfer"]) }
            }
            "refund-goodwill" | "approve-goodwill" | "reject-goodwill" => self.allows_of_goodwill(command),
            "write-review" => self.allows_of_reviews(command),
            about if Review::COMMANDS.contains(&about) => self.allows_of_reviews(command),
            "confirm-purchase" => {
                front(&[Front::Confirmed])?;
                if self.may_complete() { Ok(()) } else { wrong(self.status().name(), &["Delivered", "Installed"]) }
            }
            "start-preparing" => {
                here()?;
                goods(&[FulfilmentState::Planned])
            }
            "allocate" | "buy-from-partner" | "record-receipt" => {
                goods(&[FulfilmentState::Preparing])?;
                match fulfilment.and_then(|id| self.fulfilment(id)).filter(|goods| goods.is_sourced()) {
                    Some(goods) => wrong(goods.state.name(), &["without sources"]),
                    None => Ok(()),
                }
            }
            "undo-allocation" => {
                goods(&[FulfilmentState::Preparing, FulfilmentState::PurchaseOrdered, FulfilmentState::PurchaseCompleted])?;
                let goods = fulfilment.and_then(|id| self.fulfilment(id)).ok_or(Refusal::NotFound)?;
                if goods.sources.iter().any(|source| matches!(source, Source::Allocation { .. })) {
                    Ok(())
                } else {
                    wrong(goods.state.name(), &["with own stock"])
                }
            }
            "name-units" if of_partner() => wrong("a partner's parcel", &["goods that are here"]),
            "name-units" => {
                use FulfilmentState::{Delivered, DeliveryFailed, OutForDelivery, Preparing, PurchaseCompleted, Shipped};
                let installed = fulfilment.and_then(|id| self.fulfilment(id)).is_some_and(|goods| goods.method == Method::Installed);
                // Who carries them himself can be told of a mistake until they hang; the warehouse sends what it was told to.
                let states: &[FulfilmentState] = if installed {
                    &[Preparing, PurchaseCompleted, Shipped, OutForDelivery, DeliveryFailed, Delivered]
                } else {
                    &[Preparing, PurchaseCompleted]
                };
                goods(states)?;
                match fulfilment.and_then(|id| self.fulfilment(id)).filter(|goods| !goods.is_here()) {
                    Some(goods) => wrong(goods.state.name(), &["goods that are here"]),
                    None => Ok(()),
                }
            }
            "split-fulfilment" if self.is_drop_ship() => wrong(self.status().name(), &["goods that may go in several parcels"]),
            "split-fulfilment" => {
                goods(&[FulfilmentState::Planned, FulfilmentState::Preparing])?;
                let goods = fulfilment.and_then(|id| self.fulfilment(id)).ok_or(Refusal::NotFound)?;
                if goods.units() < 2 {
                    return wrong("1", &["2 units"]);
                }
                // What is under way is for the goods as they are.
                if goods.sources.is_empty() && !goods.lacks_goods() && goods.assignment().is_none() {
                    Ok(())
                } else {
                    wrong(goods.state.name(), &["without sources"])
                }
            }
            "assign-installer" | "unassign-installer" => {
                use FulfilmentState::{DeliveryFailed, Preparing, PurchaseCompleted, PurchaseOrdered, Shipped};
                // Whoever has the goods and does not bring them gives them back.
                let states: &[FulfilmentState] = if command == "assign-installer" {
                    &[Preparing, PurchaseOrdered, PurchaseCompleted]
                } else {
                    &[Preparing, PurchaseOrdered, PurchaseCompleted, Shipped, DeliveryFailed]
                };
                goods(states)?;
                let goods = fulfilment.and_then(|id| self.fulfilment(id)).ok_or(Refusal::NotFound)?;
                if goods.method != Method::Installed {
                    return wrong(goods.state.name(), &["goods that are put up"]);
                }
                let given = goods.assignment();
                if given.is_some() == (command == "unassign-installer") {
                    Ok(())
                } else {
                    wrong(given.map_or("no installer", |given| given.state.name()), &[if given.is_some() { "no installer" } else { "an installer" }])
                }
            }
            "approve-extra" | "refuse-extra" => {
                front(&[Front::Confirmed])?;
                if self.open_extras().next().is_some() { Ok(()) } else { wrong(self.status().name(), &["an extra charge to be answered"]) }
            }
            "wish-visit" => {
                front(&[Front::StockReserved, Front::PaymentPending, Front::PaymentFailed, Front::Paid, Front::Confirmed])?;
                if self.awaits_installer() { Ok(()) } else { wrong(self.status().name(), &["before OutForDelivery"]) }
            }
            "release" => {
                goods(&[FulfilmentState::PurchaseCompleted])?;
                match fulfilment.and_then(|id| self.fulfilment(id)).filter(|goods| goods.method == Method::Installed && !goods.is_scheduled()) {
                    Some(goods) => wrong(goods.assignment().map_or("no installer", |given| given.state.name()), &["Scheduled"]),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Whether the buyer has everything and nothing is open.
    fn may_complete(&self) -> bool {
        let live = || self.fulfilments.iter().filter(|goods| goods.is_live());
        self.front == Front::Confirmed
            && (live().count() > 0 || self.is_replaced())
            && live().all(Fulfilment::is_received)
            && !self.is_short()
            && !self.is_claimed()
            && self.open_extras().next().is_none()
            && self.cancelling.is_none()
    }

    /// Units that are ordered, can be had, and are not held.
    fn wanted(&self) -> Vec<Wanted> {
        let want = |line: &super::Line| {
            let held: u32 = self.held.iter().filter(|piece| piece.line == line.id).map(|piece| piece.quantity).sum();
            let units = self.live_units(line).saturating_sub(self.missing_units(line.id) + held);
            Some(Wanted { line: line.id, variant: line.variant.clone(), quantity: Quantity::new(units)?, supply: line.supply })
        };
        self.lines.iter().filter_map(want).collect()
    }

    /// Takes the units again after the hold has lapsed.
    fn hold_again(&self, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let wanted = self.wanted();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let pieces =
            pick(&wanted, facts.shelf, &self.postcode).map_err(|(variant, asked, available)| Refusal::OutOfStock { variant, asked, available })?;
        Ok(vec![Event::StockReserved { pieces, until: facts.now + facts.policy.hold_ttl }])
    }

    /// What is held once these events have happened.
    fn held_after(&self, events: &[Event]) -> Vec<Piece> {
        let mut held = self.held.clone();
        for event in events {
            if let Event::StockReserved { pieces, .. } = event {
                held.extend_from_slice(pieces);
            }
        }
        held
    }

    fn request_payment(&self, method: PaymentMethod, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let amount = self.due();
        // A difference is paid at once or not at all: goods are held for it.
        if self.difference.is_some() && method == PaymentMethod::VirtualAccount {
            return Err(Refusal::invalid("method", Problem::Unknown));
        }
        if self.payment_failures() > facts.policy.buyer_retries {
            return Err(Refusal::RetriesUsedUp { most: facts.policy.buyer_retries });
        }
        if amount >= facts.policy.identity_check_from && self.identity_until.is_none_or(|until| until < facts.now) {
            return Err(Refusal::IdentityRequired { order: self.number.clone() });
        }
        let mut events = Vec::new();
        if self.difference.is_none() {
            events.extend(self.hold_again(facts)?);
            events.extend(self.promise_again(facts)?);
        }
        let pieces = self.held_after(&events);
        if amount == Won::ZERO {
            events.push(Event::OrderPaid);
            events.extend(self.confirm(&pieces, facts));
            return Ok(events);
        }
        let attempt_ends = facts.now + facts.policy.attempt_timeout;
        events.push(Event::PaymentRequested {
            attempt: AttemptId::mint(facts.mint),
            nth: self.attempts.len() as u32 + 1,
            method,
            amount,
            held_until: self
                .difference
                .as_ref()
                .map(|difference| difference.until)
                .or(self.held_until)
                .map_or(attempt_ends, |until| until.max(attempt_ends)),
        });
        Ok(events)
    }

    fn authorise(&self, id: AttemptId, payment_key: &str, amount: Won) -> Result<Vec<Event>, Refusal> {
        let attempt = self.attempt(id).ok_or(Refusal::NotFound)?;
        if amount != attempt.amount {
            return Err(Refusal::AmountMismatch { due: attempt.amount, offered: amount });
        }
        // A second visit of the return address, or one after the webhook: what it says is known.
        if attempt.state != AttemptState::Requested || attempt.payment_key.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![Event::PaymentAuthorised { attempt: id, payment_key: payment_key.into() }])
    }

    /// Commits the held units and plans what leaves together.
    fn confirm(&self, pieces: &[Piece], facts: &mut Facts<'_>) -> Vec<Event> {
        let mut events = vec![Event::StockCommitted { pieces: pieces.to_vec() }];
        events.extend(self.coupon.as_ref().map(|coupon| Event::CouponUsed { issue: coupon.issue }));
        if self.amounts.points > Won::ZERO {
            events.push(Event::PointsUsed { points: self.amounts.points });
        }
        events.push(Event::OrderConfirmed { fulfilments: self.plan_goods(pieces, facts) });
        events
    }

    /// Promises coupon and points to the order again: a failed payment gave them back.
    fn promise_again(&self, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let mut events = Vec::new();
        if let Some(coupon) = self.coupon.as_ref().filter(|coupon| coupon.state == CouponState::Ready) {
            if !facts.purse.coupon_ready {
                return Err(Refusal::CouponUsed);
            }
            events.push(Event::CouponApplied { issue: coupon.issue, amount: self.amounts.coupon });
        }
        let points = self.amounts.points - self.points_held;
        if points > facts.purse.points {
            return Err(Refusal::NotEnoughPoints { balance: facts.purse.points });
        }
        if points > Won::ZERO {
            events.push(Event::PointsHeld { points });
        }
        Ok(events)
    }

    /// Points, then the coupon, go back to the buyer.
    fn give_back(&self) -> Vec<Event> {
        let points = [(self.points_held, false), (self.points_used, true)];
        let points = points.into_iter().filter(|(points, _)| *points > Won::ZERO);
        let coupon = self.coupon.iter().filter(|coupon| coupon.state != CouponState::Ready);
        points
            .map(|(points, was_used)| Event::PointsRestored { points, was_used })
            .chain(coupon.map(|coupon| Event::CouponRestored { issue: coupon.issue }))
            .collect()
    }

    /// A payment failed: the buyer may use coupon and points elsewhere until he tries again; the units stay held.
    fn failed(&self, how: Event) -> Vec<Event> {
        let benefits = if self.front == Front::PaymentPending { self.give_back() } else { Vec::new() };
        std::iter::once(how).chain(benefits).collect()
    }

    /// The purchase is over: the buyer gets his points, and it counts for his tier.
    fn complete(&self, by: CompletedBy, facts: &Facts<'_>) -> Vec<Event> {
        if self.is_on_credit() {
            return self.counted_in().into_iter().chain([Event::OrderCompleted { by }]).collect();
        }
        // What came in an exchange was bought with the order above.
        if self.kind == Kind::Replacement {
            return vec![Event::OrderCompleted { by }];
        }
        let paid_for_goods = self.amounts.discounted() - self.amounts.points;
        let mut events = vec![Event::OrderCompleted { by }];
        let purse = facts.purse;
        let points = purse.earns(paid_for_goods, facts.policy);
        if points > Won::ZERO {
            events.push(Event::PointsEarned { points, paid_for_goods });
        }
        if purse.member {
            let amount = self.amounts.discounted();
            let after = Purse { this_month: purse.this_month + amount, ..purse };
            events.push(Event::SpendUpdated { month: facts.now.kst_date().month_name(), amount, spent: after.this_month });
            let (from, to) = (purse.tier(facts.policy), after.tier(facts.policy));
            if to != from {
                events.push(Event::TierChanged { from, to });
            }
        }
        events
    }

    /// One fulfilment for each warehouse and method; what partners have to bring goes by itself, so that what is here need not wait
    /// for it, and what is still to come has one for each line, because each comes on a day of its own.
    pub(in crate::order) fn plan_goods(&self, pieces: &[Piece], facts: &mut Facts<'_>) -> Vec<PlannedFulfilment> {
        let mut plans: Vec<PlannedFulfilment> = Vec::new();
        for piece in pieces {
            let of = self.lines.iter().find(|line| line.id == piece.line);
            let method = of.map_or(Method::Parcel, |line| line.method);
            let promised = of.filter(|_| piece.supply == Supply::PreOrder).and_then(|line| line.ship_by);
            let to_order = piece.supply == Supply::ToOrder;
            let line = FulfilmentLine { line: piece.line, variant: piece.variant.clone(), quantity: piece.quantity };
            let together = |plan: &&mut PlannedFulfilment| {
                plan.warehouse == piece.warehouse && plan.method == method && plan.promised.is_none() && plan.to_order == to_order
            };
            match plans.iter_mut().find(together).filter(|_| promised.is_none()) {
                Some(plan) => plan.lines.push(line),
                None => {
                    let id = FulfilmentId::mint(facts.mint);
                    plans.push(PlannedFulfilment { id, method, warehouse: piece.warehouse, lines: vec![line], promised, to_order });
                }
            }
        }
        plans
    }

    fn record_payment(&self, id: AttemptId, outcome: &PaymentOutcome, facts: &mut Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let attempt = self.attempt(id).ok_or(Refusal::NotFound)?;
        let waits = match attempt.difference {
            None => matches!(self.front, Front::PaymentPending | Front::PaymentFailed),
            due => self.difference.as_ref().is_some_and(|difference| Some(difference.id) == due),
        };
        let settled = matches!(attempt.state, AttemptState::Approved | AttemptState::Declined | AttemptState::Voided | AttemptState::DepositReversed);
        if settled {
            return Ok(Vec::new());
        }
        Ok(match outcome {
            PaymentOutcome::Approved { amount, .. } if *amount != attempt.amount => vec![Event::PaymentCancelRequested { attempt: id }],
            PaymentOutcome::Approved { payment_key, amount } => self.approved(attempt, payment_key, *amount, waits, facts),
            PaymentOutcome::DepositAwaited { .. } if !waits || attempt.void_requested || attempt.difference.is_some() => {
                vec![Event::PaymentCancelRequested { attempt: id }]
            }
            PaymentOutcome::DepositAwaited { payment_key, deposit } if attempt.state == AttemptState::Requested => {
                vec![Event::PaymentDepositAwaited { attempt: id, payment_key: payment_key.clone(), deposit: deposit.clone() }]
            }
            PaymentOutcome::DepositAwaited { .. } => Vec::new(),
            PaymentOutcome::Declined { cause, psp_code } if attempt.state == AttemptState::Requested && waits => {
                self.failed(Event::PaymentDeclined { attempt: id, cause: *cause, psp_code: psp_code.clone() })
            }
            PaymentOutcome::TimedOut if attempt.is_open() && waits => {
                let late = Event::PaymentTimedOut { attempt: id };
                // A virtual account that nobody paid into ends the order (03 §4): its day was the last chance.
                if attempt.state == AttemptState::WaitingDeposit {
                    std::iter::once(late).chain(self.cancel(CancelCause::Timer, facts)).collect()
                } else {
                    self.failed(late)
                }
            }
            PaymentOutcome::Declined { .. } | PaymentOutcome::TimedOut | PaymentOutcome::Voided => {
                let voided = Event::PaymentVoided { attempt: id };
                let trying_again = self.attempts.iter().any(|other| other.id != id && other.is_open());
                if trying_again { vec![voided] } else { self.failed(voided) }
            }
        })
    }

    /// Money arrived. If the order still waits and its units can be had it is paid and confirmed; otherwise the money
    /// goes back at once.
    fn approved(&self, attempt: &Attempt, payment_key: &str, amount: Won, waits: bool, facts: &mut Facts<'_>) -> Vec<Event> {
        let approved = Event::PaymentApproved { attempt: attempt.id, payment_key: payment_key.into(), method: attempt.method, amount };
        if attempt.difference.is_some() {
            let paid_for = self.difference.as_ref().filter(|difference| waits && !attempt.void_requested && self.can_change(difference));
            return match paid_for {
                Some(difference) => std::iter::once(approved).chain(self.changed(difference, facts)).collect(),
                None => vec![Event::PaymentCancelRequested { attempt: attempt.id }],
            };
        }
        let again = || -> Result<Vec<Event>, Refusal> {
            let mut events = self.hold_again(facts)?;
            events.extend(self.promise_again(facts)?);
            Ok(events)
        };
        let held = if waits && !attempt.void_requested { again().ok() } else { None };
        let Some(mut events) = held else {
            return vec![Event::PaymentCancelRequested { attempt: attempt.id }];
        };
        let pieces = self.held_after(&events);
        events.push(approved);
        events.push(Event::OrderPaid);
        events.extend(self.confirm(&pieces, facts));
        events
    }

    fn record_refund(&self, id: RefundId) -> Vec<Event> {
        self.refunds
            .iter()
            .find(|refund| refund.id == id && refund.completed_at.is_none())
            .map(|refund| {
                let completed = Event::RefundCompleted { refund: id, amount: refund.amount };
                let ends = self.ends_with(id).map(|claim| match claim.exchanges() {
                    Some(_) => self.exchange_goes_on(claim.id),
                    None => vec![Event::ReturnCompleted { claim: claim.id, credited: Won::ZERO }],
                });
                std::iter::once(completed).chain(ends.unwrap_or_default()).collect()
            })
            .unwrap_or_default()
    }

    /// Before the first attempt a lapsed hold ends the order; after a failed one it only gives the units back (03 §4).
    fn expire_hold(&self, facts: &mut Facts<'_>) -> Vec<Event> {
        let Some(until) = self.held_until.filter(|until| !self.held.is_empty() && *until <= facts.now) else {
            return Vec::new();
        };
        let lapsed = Event::StockReservationExpired { until };
        match self.front {
            Front::StockReserved => std::iter::once(lapsed).chain(self.cancel(CancelCause::Timer, facts)).collect(),
            // A pending order waits for missing units; what was there may go to somebody else meanwhile.
            Front::Pending | Front::PaymentFailed => {
                vec![lapsed, Event::StockReleased { pieces: self.held.clone(), was_committed: false, fulfilment: None }]
            }
            Front::PaymentPending | Front::Paid | Front::Confirmed | Front::Completed | Front::Cancelled => Vec::new(),
        }
    }

    fn expire_payment_window(&self) -> Vec<Event> {
        let late = |attempt: &&Attempt| attempt.state == AttemptState::Requested;
        if self.front != Front::PaymentPending {
            return Vec::new();
        }
        self.attempts.iter().rev().find(late).map(|attempt| self.failed(Event::PaymentTimedOut { attempt: attempt.id })).unwrap_or_default()
    }

    /// Parcels from own stock need nobody; everything else waits for the desk.
    fn auto_release(&self, id: FulfilmentId, facts: &Facts<'_>) -> Result<Vec<Event>, Refusal> {
        let own_parcel = |goods: &&Fulfilment| {
            goods.state == FulfilmentState::Planned && goods.method == Method::Parcel && goods.unsourced.is_empty() && !goods.is_to_come()
        };
        match self.fulfilment(id).filter(own_parcel) {
            Some(goods) if self.front == Front::Confirmed => {
                let mut events = self.allocate(vec![Event::FulfilmentPreparing { fulfilment: goods.id }], goods.id, facts)?;
                // While the warehouse is asked about another address nothing more goes to it; the desk releases these goods.
                if self.readdressing.is_none() {
                    events.push(Event::OutboundRequested { fulfilment: goods.id, priority: self.priority(facts) });
                }
                Ok(events)
            }
            Some(_) | None => Ok(Vec::new()),
        }
    }

    /// 1 when the dispatch promise is already broken, otherwise 4 (01 §5 Outbound).
    fn priority(&self, facts: &Facts<'_>) -> u8 {
        if facts.now > self.placed_at + facts.policy.dispatch_within { 1 } else { 4 }
    }
}
