//! Commands about one order: lock its tree, read the facts, decide, append.

use super::Work;
use crate::store::{Failure, Stored, ledger, orders};
use jumun::{
    command::Answer,
    ids::{OrderId, VariantId},
    order::{Facts, OrderCommand, PaymentOutcome},
    refusal::Refusal,
    stock::Shelf,
};

impl Work<'_> {
    /// Carries out a command about an order.
    pub(super) async fn command_order(&mut self, id: OrderId, command: &OrderCommand) -> Stored<Answer> {
        let order = orders::lock(self.tx, id).await?.ok_or(Refusal::NotFound)?;
        let policy = self.house.policy_of(order.policy);
        // Only paying can need units that are not held any more.
        let may_hold =
            matches!(command, OrderCommand::RequestPayment { .. } | OrderCommand::RecordPayment { outcome: PaymentOutcome::Approved { .. }, .. });
        let shelf = if may_hold && order.held.is_empty() {
            let variants: Vec<VariantId> = order.lines.iter().map(|line| line.variant.clone()).collect();
            ledger::shelf(self.tx, order.seller, &variants).await?
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
        Ok(self.moved(&after))
    }
}
