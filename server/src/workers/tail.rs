//! A reader of the log: what any node committed, in the log's order, told to whoever watches on this one.

use crate::{
    house::{Hint, House},
    store::{
        Stored,
        events::{self, Place},
    },
};
use jumun::{actor::Actor, ids::ClaimId};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// The returns of every store, for head office.
const EVERY_CLAIM: &str = "claims:all";
/// Entries read at once.
const PAGE: i64 = 256;
/// How long another node's news may take.
const PACE: Duration = Duration::from_millis(250);

/// Follows the log from where it ends now. Pages look for themselves when they connect, so nothing before matters.
pub(super) async fn follow(house: Arc<House>, stop: CancellationToken) {
    let mut place = None;
    while !stop.is_cancelled() {
        let called = house.work.notified();
        let more = read(&house, &mut place).await;
        if let Ok(mut known) = house.live_place.write() {
            *known = place;
        }
        match more {
            Ok(true) => continue,
            Ok(false) => {}
            Err(failure) => tracing::warn!(error = %failure, "the log could not be read, trying again"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = called => {}
            () = tokio::time::sleep(PACE) => {}
        }
    }
}

/// Reads what is new. Answers whether there may be more.
async fn read(house: &House, place: &mut Option<Place>) -> Stored<bool> {
    let mut tx = house.db.begin_read().await?;
    let Some(last) = *place else {
        *place = Some(events::end(&mut tx).await?);
        return Ok(false);
    };
    let entries = events::after(&mut tx, last, PAGE).await?;
    let Some(newest) = entries.last() else { return Ok(false) };
    let newest = newest.place();
    // The entries of one command stand together: one hint for them, with the last version.
    for of_one in entries.chunk_by(|a, b| a.aggregate_id == b.aggregate_id) {
        let Some(entry) = of_one.last() else { continue };
        if entry.aggregate_kind == "order" {
            hint(house, format!("order:{}", entry.aggregate_id), entry.sequence);
            if let Some(root) = entry.root_id.as_ref().filter(|root| **root != entry.aggregate_id) {
                hint(house, format!("tree:{root}"), entry.position());
            }
        }
        if let Some(store) = &entry.store_id {
            hint(house, format!("store:{store}"), entry.position());
            if of_one.iter().any(|entry| entry.name.starts_with("return.") || entry.name.starts_with("refund.")) {
                hint(house, format!("claims:{store}"), entry.position());
                hint(house, EVERY_CLAIM.to_owned(), entry.position());
            }
        }
    }
    *place = Some(newest);
    Ok(entries.len() == PAGE as usize)
}

/// What the colleagues of a side tell each other about a return is no fact of its order, so nothing of it is in the log: whoever watches
/// is told as it is done. One who watches through another node sees it when his stream begins anew.
pub(crate) fn colleagues_said(house: &House, actor: &Actor, claim: ClaimId) {
    let Some(side) = claims_of(actor) else { return };
    hint(house, talk_of(&side, claim), 0);
    hint(house, side, 0);
}

/// The topic of every return that the colleagues of somebody look after; nothing for who looks after none.
pub(crate) fn claims_of(actor: &Actor) -> Option<String> {
    match actor {
        Actor::Staff { store, .. } => Some(format!("claims:{store}")),
        Actor::Admin { .. } => Some(EVERY_CLAIM.to_owned()),
        Actor::Nobody | Actor::Guest { .. } | Actor::Customer { .. } | Actor::Installer { .. } | Actor::Channel { .. } | Actor::System => None,
    }
}

/// The topic of what they tell each other about one.
pub(crate) fn talk_of(side: &str, claim: ClaimId) -> String {
    format!("talk:{claim}:{side}")
}

fn hint(house: &House, topic: String, version: i64) {
    // Nobody watching is fine.
    let _ = house.hints.send(Hint { topic, version });
}
