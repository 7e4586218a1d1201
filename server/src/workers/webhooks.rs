//! Webhooks out: a reader of the log that queues a message for each endpoint that hears of an event, and senders that take one
//! endpoint each and send what is due there, one message after the other.
//!
//! What is kept: every event that an endpoint hears of becomes one message, whatever commits late and whoever dies; a message
//! is sent at least once under the same id. Messages to an endpoint go out in the order in which things happened; one that
//! failed is sent again later, when those behind it may have arrived: the sequence in the message tells.

use super::{lease_end, out_of_time};
use crate::{
    actions::webhooks::message_id,
    callout::{Callout, Outcome},
    clock::real_time,
    house::House,
    secret::RandomMint,
    store::{
        self, Failure, Stored, events,
        webhooks::{self, DueDelivery, Endpoint, Happened, NewDelivery, Settled},
    },
};
use axum::http::{HeaderMap, HeaderValue};
use jumun::{
    actor::Actor,
    alert::Alert,
    ids::{EndpointId, OrderId},
    order::{Event, Order},
    time::Time,
    webhook::{DeliveryState, Disabled, GIVE_UP_AFTER, Heard, Message, TEST_EVENT, TryView, wait_after},
};
use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
    time::Duration,
};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Events read at once.
const PAGE: i64 = 256;
/// How long the log is left alone between two looks: what a burst of commands adds is queued together.
const PACE: Duration = Duration::from_millis(100);
/// How long another node's news may take.
const IDLE: Duration = Duration::from_millis(500);
/// Endpoints that are sent to at a time.
const SENDERS: usize = 32;

/// Follows the log and queues messages.
pub(super) async fn follow(house: Arc<House>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let called = house.work.notified();
        let pause = match queue(&house).await {
            Ok(true) => {
                house.work.notify_waiters();
                PACE
            }
            Ok(false) => IDLE,
            Err(failure) => {
                tracing::warn!(error = %failure, "the log could not be told on, trying again");
                IDLE
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = async { called.await; tokio::time::sleep(PACE).await } => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Queues messages about what is new. Answers whether anything was.
pub(crate) async fn queue(house: &House) -> Stored<bool> {
    let (from, happened, endpoints) = {
        let mut tx = house.db.begin_read().await?;
        let from = webhooks::reader(&mut tx).await?;
        let happened = webhooks::happened_after(&mut tx, from, PAGE).await?;
        if happened.is_empty() {
            return Ok(false);
        }
        (from, happened, webhooks::enabled(&mut tx).await?)
    };
    let to = happened.last().map_or(from, Happened::place);
    let messages = if endpoints.is_empty() { Vec::new() } else { messages(house, &happened, &endpoints).await? };
    let mut tx = house.db.begin_write().await?;
    // Another node may read the same page: who moves the reader on queues it, the other looks again.
    if webhooks::move_reader(&mut tx, from, to, house.now()).await? {
        for message in &messages {
            webhooks::add_delivery(&mut tx, message, house.now()).await?;
        }
        tx.commit().await?;
    }
    Ok(true)
}

/// The messages about a page of the log.
async fn messages(house: &House, happened: &[Happened], endpoints: &[Endpoint]) -> Stored<Vec<NewDelivery>> {
    let mut messages = Vec::new();
    let mut logs: BTreeMap<OrderId, Vec<(Event, Time)>> = BTreeMap::new();
    let mut tx = house.db.begin_read().await?;
    for event in happened {
        let Some(order) = event.order()? else { continue };
        let row = event.row();
        let hearing: Vec<&Endpoint> =
            endpoints.iter().filter(|endpoint| row.at >= endpoint.created_at && endpoint.events.hears(&row.event)).collect();
        if hearing.is_empty() {
            continue;
        }
        let log = match logs.entry(order) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(events::of_order(&mut tx, order).await?),
        };
        let until = log.get(..row.version as usize).unwrap_or(log.as_slice());
        let Some(then) = Order::fold(until.iter().map(|(event, at)| (event, *at))) else { continue };
        let (policy, (id, version)) = (house.policy_of(then.policy), event.identity()?);
        for endpoint in hearing {
            let listener = endpoint.owner.actor(endpoint.account);
            let Some(message) = Message::about(id, version, row.clone(), &then, &listener, &policy) else { continue };
            messages.push(NewDelivery {
                id: message_id(endpoint.id, &id.to_string()),
                endpoint: endpoint.id,
                owner: endpoint.owner,
                event_id: id.to_string(),
                event: row.event.clone(),
                order: Some(order),
                position: event.position,
                body: store::to_json(&message)?,
            });
        }
    }
    Ok(messages)
}

/// Sends what is due, as long as the server runs.
pub(super) async fn send(house: Arc<House>, stop: CancellationToken) {
    let callout = match Callout::new(house.reach()) {
        Ok(callout) => callout,
        Err(error) => {
            tracing::error!(%error, "nobody can be told what happens");
            return;
        }
    };
    let (senders, free) = (TaskTracker::new(), Arc::new(Semaphore::new(SENDERS)));
    while !stop.is_cancelled() {
        let called = house.work.notified();
        match claim(&house, free.available_permits()).await {
            Ok((lease, endpoints)) => {
                for endpoint in endpoints {
                    let Ok(turn) = free.clone().acquire_owned().await else { break };
                    let (house, callout, stop) = (house.clone(), callout.clone(), stop.clone());
                    senders.spawn(async move {
                        if let Err(failure) = serve(&house, &callout, endpoint, lease, &stop).await {
                            tracing::warn!(%endpoint, error = %failure, "an endpoint was left to its lease");
                        }
                        drop(turn);
                    });
                }
            }
            Err(failure) => tracing::warn!(error = %failure, "messages could not be claimed, trying again"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = called => {}
            () = tokio::time::sleep(IDLE) => {}
        }
    }
    senders.close();
    senders.wait().await;
}

/// Claims endpoints that messages are due at.
pub(crate) async fn claim(house: &House, most: usize) -> Stored<(Time, Vec<EndpointId>)> {
    let lease = lease_end(house);
    let idle = {
        let mut tx = house.db.begin_read().await?;
        most == 0 || !webhooks::any_due(&mut tx, house.now(), real_time()).await?
    };
    if idle {
        return Ok((lease, Vec::new()));
    }
    let mut tx = house.db.begin_write().await?;
    let claimed = webhooks::claim(&mut tx, house.now(), real_time(), lease, i64::try_from(most).unwrap_or(1)).await?;
    tx.commit().await?;
    Ok((lease, claimed))
}

/// Sends what is due at one endpoint, message after message, and gives the endpoint back.
pub(crate) async fn serve(house: &House, callout: &Callout, endpoint: EndpointId, lease: Time, stop: &CancellationToken) -> Stored<()> {
    let mut held = lease;
    let mut next = {
        let mut tx = house.db.begin_read().await?;
        webhooks::next_due(&mut tx, endpoint, house.now()).await?
    };
    while let Some(delivery) = next.take() {
        let outcome = tokio::select! {
            outcome = post(house, callout, endpoint, &delivery) => outcome?,
            // Whoever sends it again sends the same bytes under the same id.
            () = out_of_time(stop) => break,
        };
        let mut tx = house.db.begin_write().await?;
        settle(house, &mut tx, endpoint, &delivery, outcome).await?;
        let until = lease_end(house);
        let ours = webhooks::keep_lease(&mut tx, endpoint, held, until).await?;
        if ours && !stop.is_cancelled() {
            next = webhooks::next_due(&mut tx, endpoint, house.now()).await?;
        }
        tx.commit().await?;
        if !ours {
            return Ok(());
        }
        held = until;
    }
    let mut tx = house.db.begin_write().await?;
    webhooks::keep_lease(&mut tx, endpoint, held, Time(0)).await?;
    tx.commit().await?;
    // What was queued between the last look and giving back would wait for the next call.
    house.work.notify_waiters();
    Ok(())
}

/// Signs a message with every secret that is good now, and sends it.
async fn post(house: &House, callout: &Callout, endpoint: EndpointId, delivery: &DueDelivery) -> Stored<Outcome> {
    let secrets = {
        let mut tx = house.db.begin_read().await?;
        webhooks::secrets(&mut tx, endpoint, house.now()).await?
    };
    // Signed in real time, as everybody else's clock shows it.
    let now = real_time().0 / 1_000_000;
    let signatures: Vec<String> = secrets.iter().map(|secret| secret.sign(&delivery.id, now, delivery.body.as_bytes())).collect();
    let mut headers = HeaderMap::new();
    for (name, value) in [("webhook-id", delivery.id.clone()), ("webhook-timestamp", now.to_string()), ("webhook-signature", signatures.join(" "))] {
        headers.insert(name, HeaderValue::try_from(value).map_err(|_| Failure::Corrupt("a message's header".into()))?);
    }
    let outcome = callout.post(&delivery.url, headers, delivery.body.clone()).await;
    let label = match outcome.heard {
        Heard::Taken => "taken",
        Heard::Gone => "gone",
        Heard::Missed(miss) => miss.slug(),
    };
    metrics::counter!("webhook_calls_total", "outcome" => label).increment(1);
    metrics::histogram!("webhook_call_seconds").record(outcome.took.as_secs_f64());
    Ok(outcome)
}

/// Writes down what came of a try, and what it means for the message and the endpoint.
async fn settle(house: &House, tx: &mut store::Tx, endpoint: EndpointId, delivery: &DueDelivery, outcome: Outcome) -> Stored<()> {
    let now = house.now();
    let tries = u32::try_from(delivery.tries).unwrap_or(u32::MAX).saturating_add(1);
    let dead = Settled { state: DeliveryState::Dead, tries, due: now };
    let (settled, problem) = match outcome.heard {
        Heard::Taken => (Settled { state: DeliveryState::Delivered, tries, due: now }, None),
        Heard::Gone => (dead, Some(jumun::webhook::Miss::Status)),
        Heard::Missed(miss) => match wait_after(&delivery.id, &delivery.event, tries, outcome.retry_after) {
            Some(wait) => (Settled { state: DeliveryState::Waiting, tries, due: now + wait }, Some(miss)),
            None => (dead, Some(miss)),
        },
    };
    let took_micros = i64::try_from(outcome.took.as_micros()).unwrap_or(i64::MAX);
    let attempt = TryView { at: now, took_micros, status: outcome.status, problem, excerpt: outcome.excerpt };
    if !webhooks::settle(tx, delivery, &attempt, &settled).await? {
        return Ok(());
    }
    match outcome.heard {
        Heard::Taken => webhooks::note_well(tx, endpoint).await,
        Heard::Gone => disable(house, tx, endpoint, Disabled::Gone, &delivery.url).await,
        // Whoever tries an endpoint out has not opened it yet.
        Heard::Missed(_) if delivery.event == TEST_EVENT => Ok(()),
        Heard::Missed(_) => {
            let since = webhooks::note_failing(tx, endpoint, now).await?;
            if now.since(since) < GIVE_UP_AFTER {
                return Ok(());
            }
            disable(house, tx, endpoint, Disabled::Failing, &delivery.url).await
        }
    }
}

/// Tells an endpoint nothing any more, in the audit log and to the people on duty too.
async fn disable(house: &House, tx: &mut store::Tx, endpoint: EndpointId, why: Disabled, url: &str) -> Stored<()> {
    let now = house.now();
    if !webhooks::disable(tx, endpoint, why, now).await? {
        return Ok(());
    }
    let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let id = uuid::Uuid::now_v7().to_string();
    let note = format!("{endpoint} {}", why.slug());
    store::requests::audit(tx, id, now, &Actor::System, "disable-endpoint", None, Some(&note), &format!("webhook:{endpoint}")).await?;
    store::work::raise(tx, &mut RandomMint, Alert::WebhookDisabled, &endpoint.to_string(), None, Some(&format!("{host}: {}", why.slug())), now).await
}

/// Forgets what ended long ago.
pub(super) async fn forget(house: &House, tx: &mut store::Tx) -> Stored<()> {
    webhooks::forget(tx, house.now(), jumun::webhook::REMEMBERED).await
}
