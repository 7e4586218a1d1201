//! Commands about one order: lock its tree, read the facts, decide, append.

use super::Work;
use crate::store::{Failure, Stored, catalogue, ledger, membership, orders, promotion};
use jumun::{
    actor::Actor,
    command::Answer,
    ids::{ContactId, OrderId, VariantId},
    membership::Purse,
    money::Won,
    order::{Facts, Order, OrderCommand, PaymentOutcome},
    refusal::Refusal,
    stock::Shelf,
};

impl Work<'_> {
    /// Carries out a command about an order.
    pub(super) async fn command_order(&mut self, id: OrderId, command: &OrderCommand) -> Stored<Answer> {
        let order = orders::lock(self.tx, id).await?.ok_or(Refusal::NotFound)?;
        let caller = self.caller;
        let after = self.decide(order, command, &caller.actor).await?;
        Ok(Self::moved(&after))
    }

    /// Decides a command about a locked order in somebody's chair, and appends what follows. Answers the order after it.
    pub(super) async fn decide(&mut self, order: Order, command: &OrderCommand, actor: &Actor) -> Stored<Order> {
        let policy = self.house.policy_of(order.policy);
        let shelf = if may_need_units(command, &order) {
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
                Some(self.destination(contact, place).await?)
            }
            None => None,
        };
        let offer = match command.variant() {
            Some(variant) => {
                catalogue::listed(self.tx, variant).await?.filter(|listed| listed.seller == order.seller).map(catalogue::Listed::on_offer)
            }
            None => None,
        };
        let named = to.as_ref().map(|to| to.contact).zip(place);
        let mut facts = Facts { now: self.now, policy: &policy, mint: &mut self.mint, shelf: &shelf, purse, to, offer };
        let events = order.decide(command, actor, &mut facts)?;
        if let Some((contact, place)) = named {
            orders::add_contact(self.tx, contact, order.buyer, place, false, self.now).await?;
        }
        if events.is_empty() {
            return Ok(order);
        }
        let cause = self.cause();
        orders::append(self.tx, &mut self.mint, Some(&order), &events, &policy, &cause, self.now)
            .await?
            .ok_or_else(|| Failure::Corrupt("an order vanished".into()))
    }

    /// What an order's buyer has beside money. His month is locked: two purchases that end at once count one after the other.
    async fn purse(&mut self, order: &Order) -> Stored<Purse> {
        membership::lock_month(self.tx, order.buyer, self.now).await?;
        let mut purse = membership::purse(self.tx, order.buyer, self.now).await?;
        if let Some(coupon) = &order.coupon {
            purse.coupon_ready = promotion::is_ready(self.tx, coupon.issue, order.buyer, self.now).await?;
        }
        Ok(purse)
    }
}

/// Paying can need coupon and points again, and a purchase that ends counts for its buyer.
fn may_need_purse(command: &OrderCommand, order: &Order) -> bool {
    let paying = matches!(command, OrderCommand::RequestPayment { .. } | OrderCommand::RecordPayment { .. });
    let ending = matches!(command, OrderCommand::ConfirmPurchase | OrderCommand::AutoConfirm);
    ending || paying && (order.coupon.is_some() || order.amounts.points > Won::ZERO)
}

/// Paying can need units whose hold has lapsed, missing units have to be found, and an address lets the first be held.
fn may_need_units(command: &OrderCommand, order: &Order) -> bool {
    let paying =
        matches!(command, OrderCommand::RequestPayment { .. } | OrderCommand::RecordPayment { outcome: PaymentOutcome::Approved { .. }, .. });
    let missing = matches!(
        command,
        OrderCommand::FillShortage { .. } | OrderCommand::KeepPromise { .. } | OrderCommand::ChooseShortage { .. } | OrderCommand::ExpireShortages
    );
    let placed = matches!(command, OrderCommand::FixAddress { .. } | OrderCommand::Substitute { .. });
    missing || placed || paying && order.held.is_empty()
}
