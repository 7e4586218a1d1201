//! Commands about one order: lock its tree, read the facts, decide, append.

use super::Work;
use crate::store::{Failure, Stored, ledger, orders};
use jumun::{
    command::Answer,
    ids::{OrderId, VariantId},
    order::{Facts, Order, OrderCommand, PaymentOutcome},
    refusal::Refusal,
    stock::Shelf,
};

impl Work<'_> {
    /// Carries out a command about an order.
    pub(super) async fn command_order(&mut self, id: OrderId, command: &OrderCommand) -> Stored<Answer> {
        let order = orders::lock(self.tx, id).await?.ok_or(Refusal::NotFound)?;
        let policy = self.house.policy_of(order.policy);
        let shelf = if may_need_units(command, &order) {
            let variants: Vec<VariantId> = order.lines.iter().map(|line| line.variant.clone()).collect();
            ledger::shelf(self.tx, order.seller, &variants, Some(order.id)).await?
        } else {
            Shelf::new()
        };
        let events = order.decide(command, &self.caller.actor, &mut Facts { now: self.now, policy: &policy, mint: &mut self.mint, shelf: &shelf })?;
        if events.is_empty() {
            return Ok(Answer::Order { order: order.id, number: order.number, version: order.version });
        }
        let cause = self.cause();
        let after = orders::append(self.tx, &mut self.mint, Some(&order), &events, &policy, &cause, self.now)
            .await?
            .ok_or_else(|| Failure::Corrupt("an order vanished".into()))?;
        Ok(Self::moved(&after))
    }
}

/// Paying can need units whose hold has lapsed, and missing units have to be found.
fn may_need_units(command: &OrderCommand, order: &Order) -> bool {
    let paying =
        matches!(command, OrderCommand::RequestPayment { .. } | OrderCommand::RecordPayment { outcome: PaymentOutcome::Approved { .. }, .. });
    let missing = matches!(command, OrderCommand::FillShortage { .. } | OrderCommand::ChooseShortage { .. } | OrderCommand::ExpireShortages);
    missing || paying && order.held.is_empty()
}
