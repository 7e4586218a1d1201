//! Live hints: which of the watched things moved, and how far. The page fetches its own redacted view; nothing private
//! travels here.

use super::{Shared, session::refuse};
use crate::workers::tail::{claims_of, talk_of};
use app::session::Caller;
use axum::{
    Extension, Router,
    extract::{Query, State},
    response::{
        IntoResponse, Response, Sse,
        sse::{Event, KeepAlive},
    },
    routing::get,
};
use futures::{Stream, StreamExt, stream};
use jumun::{actor::Actor, refusal::Refusal};
use serde::Deserialize;
use std::{convert::Infallible, time::Duration};
use tokio::sync::broadcast::error::RecvError;

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/live", get(live))
}

#[derive(Deserialize)]
struct Topics {
    topics: String,
}

/// A stream ends after a minute: the browser comes back, and access is checked again.
const LIFETIME: Duration = Duration::from_secs(60);

async fn live(State(shared): State<Shared>, Extension(caller): Extension<Caller>, Query(query): Query<Topics>) -> Response {
    let mut topics = Vec::new();
    for topic in query.topics.split(',').take(8) {
        match allowed(&shared, &caller, topic).await {
            Ok(topic) => topics.push(topic),
            Err(refusal) => return refuse(&refusal),
        }
    }
    Sse::new(hints(shared, topics)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}

/// The topic as the house names it, if the caller may watch it.
async fn allowed(shared: &Shared, caller: &Caller, topic: &str) -> Result<String, Refusal> {
    match topic.split_once(':') {
        Some(("order", id)) => {
            let id = id.parse().map_err(|_| Refusal::NotFound)?;
            shared.house.may_watch(caller, id).await?;
            Ok(topic.to_owned())
        }
        // Any node of the tree that the caller may watch names it.
        Some(("tree", id)) => {
            let id = id.parse().map_err(|_| Refusal::NotFound)?;
            shared.house.may_watch(caller, id).await.map(|root| format!("tree:{root}"))
        }
        Some(("store", _)) => match caller.actor {
            Actor::Staff { store, .. } => Ok(format!("store:{store}")),
            // An installer is the seller of his work.
            Actor::Installer { party, .. } => Ok(format!("store:{party}")),
            Actor::Nobody | Actor::Guest { .. } | Actor::Customer { .. } | Actor::Admin { .. } | Actor::Channel { .. } | Actor::System => {
                Err(Refusal::NotAllowed)
            }
        },
        Some(("claims", _)) => claims_of(&caller.actor).ok_or(Refusal::NotAllowed),
        Some(("talk", claim)) => {
            let claim = claim.parse().map_err(|_| Refusal::NotFound)?;
            claims_of(&caller.actor).map(|side| talk_of(&side, claim)).ok_or(Refusal::NotAllowed)
        }
        Some(_) | None => Err(Refusal::NotFound),
    }
}

fn hints(shared: Shared, topics: Vec<String>) -> impl Stream<Item = Result<Event, Infallible>> {
    let stop = shared.ending.stop.clone();
    let receiver = shared.house.hints.subscribe();
    let moved = stream::unfold((receiver, topics), |(mut receiver, topics)| async move {
        loop {
            match receiver.recv().await {
                Ok(hint) if topics.contains(&hint.topic) => {
                    let data = serde_json::json!({ "topic": hint.topic, "version": hint.version }).to_string();
                    let event = Event::default().id(hint.version.to_string()).data(data);
                    return Some((Ok(event), (receiver, topics)));
                }
                Ok(_) => {}
                // Too slow a reader has missed some: it is told to fetch everything it watches.
                Err(RecvError::Lagged(_)) => {
                    let data = serde_json::json!({ "topic": "*", "version": 0 }).to_string();
                    return Some((Ok(Event::default().data(data)), (receiver, topics)));
                }
                Err(RecvError::Closed) => return None,
            }
        }
    });
    let hello = stream::once(async { Ok(Event::default().comment("watching").retry(Duration::from_millis(500))) });
    hello.chain(moved).take_until(async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(LIFETIME) => {}
        }
    })
}
