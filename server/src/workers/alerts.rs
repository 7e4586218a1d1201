//! Alerts on their way to the chat of the people on duty.

use super::{BATCH, is_idle, lease_end};
use crate::{
    clock::real_time,
    house::House,
    providers::chat::ChatMessage,
    store::{self, Failure, work::ClaimedAlert},
};
use app::i18n::Tr;
use jumun::{alert::Alert, text::Locale, time::Span};
use std::sync::Arc;

/// Tries before posting is given up; the row stays open on the console whatever comes of it.
const TRIES: i64 = 8;

/// Posts alerts that are due. Answers whether there may be more.
pub(super) async fn post(house: Arc<House>) -> Result<bool, Failure> {
    let now = house.now();
    if is_idle(&house).await? {
        return Ok(false);
    }
    let claimed = {
        let mut tx = house.db.begin_write().await?;
        let claimed = store::work::claim_alerts(&mut tx, now, real_time(), lease_end(&house), BATCH).await?;
        tx.commit().await?;
        claimed
    };
    let full = claimed.len() == BATCH as usize;
    for alert in claimed {
        post_one(&house, alert).await?;
    }
    Ok(full)
}

async fn post_one(house: &House, claimed: ClaimedAlert) -> Result<(), Failure> {
    let alert = Alert::from_slug(&claimed.kind).ok_or_else(|| Failure::Corrupt(format!("alert {:?}", claimed.kind)))?;
    let number = match &claimed.order_id {
        Some(id) => {
            let mut tx = house.db.begin_read().await?;
            store::orders::load(&mut tx, store::parsed(id)?).await?.map(|order| order.number.to_string())
        }
        None => None,
    };
    let words = Tr(Locale::Ko).t(&format!("alert.{}", alert.slug()));
    let text = [Some(words), number, claimed.problem].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let message = ChatMessage { channel: alert.room().into(), severity: alert.severity().slug().into(), text };
    let now = house.now();
    let (sending, due) = match house.providers() {
        Err(_) => ("queued", now + Span::seconds(5)),
        Ok(providers) => match providers.chat.post(&message, &claimed.id).await {
            Ok(()) => ("sent", now),
            Err(error) if error.may_retry() && claimed.attempts < TRIES => ("queued", now + Span::seconds(2 << claimed.attempts.min(8))),
            Err(error) => {
                tracing::error!(alert = alert.slug(), %error, "an alert could not be posted");
                ("failed", now)
            }
        },
    };
    metrics::counter!("alerts_total", "alert" => alert.slug(), "sending" => sending).increment(1);
    let mut tx = house.db.begin_write().await?;
    store::work::settle_alert(&mut tx, &claimed.id, sending, due).await?;
    tx.commit().await
}
