//! The carrier: the events of a parcel follow from when it was picked up and the sandbox's clock.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post, put};
use axum::{Form, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::faults::{Answer, Body, Kind, Outcome, guard, plain};
use super::outbox::News;
use super::pages::{LangQuery, escape, hidden, page, table};
use super::{Shared, hold};
use crate::providers::carrier::{PickupCreated, PickupRequest, Redelivery, Rescheduled, Tracking, TrackingEvent, TrackingHint, TrackingStatus};
use crate::store::sandbox as store;

/// How fast parcels move, counted from when they were picked up. Applies to parcels made later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CarrierPace {
    /// Milliseconds until it is on its way.
    pub in_transit_after_ms: u32,
    /// Milliseconds until it is with the driver.
    pub out_for_delivery_after_ms: u32,
    /// Milliseconds until the first attempt to hand it over.
    pub delivered_after_ms: u32,
}

impl Default for CarrierPace {
    fn default() -> Self {
        Self { in_transit_after_ms: 5_000, out_for_delivery_after_ms: 10_000, delivered_after_ms: 20_000 }
    }
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Parcel {
    tracking_no: String,
    order_id: String,
    picked_up_at: i64,
    pace: CarrierPace,
    /// Causes of the attempts that fail before one succeeds.
    failures: Vec<String>,
    /// Tries that were asked for: after so many failures, not before this moment.
    #[serde(default)]
    tries: Vec<(usize, i64)>,
    /// Goes back to the sender after the failures.
    returns: bool,
    announced: usize,
    withdrawn: bool,
}

impl Parcel {
    pub(super) fn new(tracking_no: &str, order_id: &str, picked_up_at: i64, pace: CarrierPace) -> Self {
        Self {
            tracking_no: tracking_no.to_owned(),
            order_id: order_id.to_owned(),
            picked_up_at,
            pace,
            failures: Vec::new(),
            tries: Vec::new(),
            returns: false,
            announced: 0,
            withdrawn: false,
        }
    }

    /// Writes the parcel under the name of the wish it comes from.
    pub(super) async fn keep(&self, db: &mut SqliteConnection, alias: &str, now: i64) -> sqlx::Result<()> {
        let next_at = self.schedule().get(self.announced).map(|event| event.at);
        store::put(db, ("carrier", &self.tracking_no, alias), now, next_at, self).await
    }

    pub(super) async fn withdraw(db: &mut SqliteConnection, tracking_no: &str, now: i64) -> sqlx::Result<()> {
        let Some(item) = store::item(db, "carrier", tracking_no).await? else {
            return Ok(());
        };
        let parcel = Self { withdrawn: true, ..item.now()? };
        parcel.keep(db, "", now).await
    }

    /// Every event, past and future.
    fn schedule(&self) -> Vec<TrackingEvent> {
        if self.withdrawn {
            return Vec::new();
        }
        let after = |ms: u32| self.picked_up_at + i64::from(ms) * 1_000;
        let out = after(self.pace.out_for_delivery_after_ms);
        let step = (after(self.pace.delivered_after_ms) - out).max(1);
        let event =
            |status, at, place: &str, cause: Option<&str>| TrackingEvent { status, at, place: place.to_owned(), cause: cause.map(str::to_owned) };
        let mut events = vec![
            event(TrackingStatus::PickedUp, self.picked_up_at, "집하 대리점", None),
            event(TrackingStatus::InTransit, after(self.pace.in_transit_after_ms), "허브 터미널", None),
        ];
        let mut at = out;
        for (before, cause) in self.failures.iter().enumerate() {
            events.push(event(TrackingStatus::OutForDelivery, at, "배송 대리점", None));
            events.push(event(TrackingStatus::Failed, at + step, "배송지", Some(cause)));
            at += 2 * step;
            if let Some((_, asked)) = self.tries.iter().rev().find(|(after, _)| *after == before + 1) {
                at = at.max(*asked);
            }
        }
        if self.returns {
            events.push(event(TrackingStatus::Returned, at, "보낸 곳", None));
        } else {
            events.push(event(TrackingStatus::OutForDelivery, at, "배송 대리점", None));
            events.push(event(TrackingStatus::Delivered, at + step, "배송지", None));
        }
        // A pace may have been given out of order.
        events.sort_by_key(|event| event.at);
        events
    }

    fn at(&self, now: i64) -> Vec<TrackingEvent> {
        let mut events = self.schedule();
        events.retain(|event| event.at <= now);
        events
    }

    pub(super) fn news(mut parcel: Self, now: i64) -> News<Self> {
        let seen = parcel.at(now);
        let hints = seen
            .iter()
            .skip(parcel.announced)
            .map(|event| json!(TrackingHint { tracking_no: parcel.tracking_no.clone(), status: event.status, at: event.at }))
            .collect();
        parcel.announced = seen.len().max(parcel.announced);
        let next_at = parcel.schedule().get(parcel.announced).map(|event| event.at);
        News { hints, document: parcel, next_at }
    }
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(list))
        .route("/api/tracking/{number}", get(tracking))
        .route("/api/pickups", post(pickup))
        .route("/api/pickups/{number}", get(pickup_status))
        .route("/api/redeliveries", post(redeliver))
        .route("/sandbox/pace", put(set_pace))
        .route("/sandbox/script", post(set_script))
        .route("/script", post(press_script))
}

async fn tracking(State(sandbox): State<Shared>, Path(number): Path<String>) -> Answer {
    events_of(sandbox, "tracking", number).await
}

async fn pickup_status(State(sandbox): State<Shared>, Path(number): Path<String>) -> Answer {
    events_of(sandbox, "pickup-status", number).await
}

async fn events_of(sandbox: Shared, call: &'static str, number: String) -> Answer {
    let shared = sandbox.clone();
    guard(&sandbox, "carrier", call, async move {
        let old = shared.faults.take("carrier", call, &[Kind::OldAnswer]).is_some();
        let found = store::item(&mut *shared.ledger.read().await?, "carrier", &number).await?;
        let Some(item) = found else {
            return Ok(Answer::not_found());
        };
        let parcel: Parcel = item.now()?;
        let mut events = parcel.at(shared.clock.now().await);
        if old && events.len() > 1 {
            events.pop();
        }
        if events.is_empty() {
            return Ok(Answer::not_found());
        }
        Answer::ok(&Tracking { tracking_no: number, events })
    })
    .await
}

async fn pickup(State(sandbox): State<Shared>, Body(wish): Body<PickupRequest>) -> Answer {
    let shared = sandbox.clone();
    guard(&sandbox, "carrier", "pickup", async move {
        let now = shared.clock.now().await;
        let pace = hold(&shared.speed).carrier;
        let created = shared
            .ledger
            .write(move |db| {
                Box::pin(async move {
                    let alias = format!("pickup:{}", wish.request_id);
                    if let Some(before) = store::items_of(db, "carrier", &alias, 1).await?.first() {
                        return Ok(PickupCreated { tracking_no: before.id.clone() });
                    }
                    let number = format!("7{:011}", Uuid::new_v4().as_u128() % 100_000_000_000);
                    // The driver comes after as long as a parcel takes to be on its way.
                    let fetched = now + i64::from(pace.in_transit_after_ms) * 1_000;
                    Parcel::new(&number, &wish.order_id, fetched, pace).keep(db, &alias, now).await?;
                    Ok(PickupCreated { tracking_no: number })
                })
            })
            .await?;
        Answer::ok(&created)
    })
    .await
}

/// A parcel that was not handed over comes again in the morning of the day that is asked for.
async fn redeliver(State(sandbox): State<Shared>, Body(wish): Body<Redelivery>) -> Answer {
    let shared = sandbox.clone();
    guard(&sandbox, "carrier", "redeliver", async move {
        let now = shared.clock.now().await;
        let Ok(day) = wish.on.parse::<jumun::time::Date>() else {
            return Ok(Answer::refused(StatusCode::UNPROCESSABLE_ENTITY, "INVALID_REQUEST", "on: yyyy-mm-dd"));
        };
        let morning = (jumun::time::Time::start_of_kst(day) + jumun::time::Span::hours(9)).0;
        let changed = shared
            .ledger
            .write(move |db| {
                Box::pin(async move {
                    let Some(item) = store::item(db, "carrier", &wish.tracking_no).await? else {
                        return Ok(None);
                    };
                    let mut parcel: Parcel = item.now()?;
                    let past = parcel.at(now);
                    let failed = past.iter().filter(|event| event.status == TrackingStatus::Failed).count();
                    if past.last().is_none_or(|last| last.status != TrackingStatus::Failed) {
                        return Ok(Some(false));
                    }
                    parcel.tries.push((failed, morning));
                    parcel.keep(db, "", now).await?;
                    Ok(Some(true))
                })
            })
            .await?;
        match changed {
            None => Ok(Answer::not_found()),
            Some(true) => Answer::ok(&Rescheduled { on: day.to_string() }),
            Some(false) => Ok(Answer::refused(StatusCode::CONFLICT, "ON_ITS_WAY", "이미 배송 중입니다.")),
        }
    })
    .await
}

async fn set_pace(State(sandbox): State<Shared>, Body(pace): Body<CarrierPace>) -> Answer {
    let ordered = pace.in_transit_after_ms <= pace.out_for_delivery_after_ms && pace.out_for_delivery_after_ms <= pace.delivered_after_ms;
    if !ordered {
        return Answer::refused(StatusCode::UNPROCESSABLE_ENTITY, "INVALID_REQUEST", "the times must not decrease");
    }
    hold(&sandbox.speed).carrier = pace;
    plain(Answer::ok(&pace))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScriptWish {
    tracking_no: String,
    /// `absent`, `address`, or `returned` (goes back without a further attempt).
    outcome: String,
    #[serde(default)]
    times: Option<usize>,
}

async fn set_script(State(sandbox): State<Shared>, Body(wish): Body<ScriptWish>) -> Answer {
    plain(rewrite(&sandbox, wish).await)
}

async fn press_script(State(sandbox): State<Shared>, Form(wish): Form<ScriptWish>) -> Response {
    match rewrite(&sandbox, wish).await {
        Ok(answer) if answer.is_ok() => Redirect::to("/carrier").into_response(),
        other => plain(other).into_response(),
    }
}

/// Changes what is still to come; what has happened stays.
async fn rewrite(sandbox: &Shared, wish: ScriptWish) -> Outcome {
    let now = sandbox.clock.now().await;
    let times = wish.times.unwrap_or(1).min(20);
    if !matches!(wish.outcome.as_str(), "absent" | "address" | "returned") {
        return Ok(Answer::refused(StatusCode::UNPROCESSABLE_ENTITY, "INVALID_REQUEST", "outcome: absent | address | returned"));
    }
    let changed = sandbox
        .ledger
        .write(move |db| {
            Box::pin(async move {
                let Some(item) = store::item(db, "carrier", &wish.tracking_no).await? else {
                    return Ok(None);
                };
                let mut parcel: Parcel = item.now()?;
                let past = parcel.at(now);
                if wish.outcome == "returned" {
                    parcel.returns = true;
                } else {
                    parcel.failures.extend(std::iter::repeat_n(wish.outcome, times));
                }
                let possible = parcel.at(now) == past;
                if possible {
                    parcel.keep(db, "", now).await?;
                }
                Ok(Some(possible))
            })
        })
        .await?;
    match changed {
        None => Ok(Answer::not_found()),
        Some(true) => Answer::ok(&json!({ "ok": true })),
        Some(false) => Ok(Answer::refused(StatusCode::CONFLICT, "ALREADY_HAPPENED", "이미 지나간 배송입니다.")),
    }
}

async fn list(State(sandbox): State<Shared>, Query(query): Query<LangQuery>) -> Response {
    let lang = query.lang();
    let rows = async {
        let items = store::items(&mut *sandbox.ledger.read().await?, "carrier", 100).await?;
        let now = sandbox.clock.now().await;
        let mut rows = Vec::new();
        for item in &items {
            let parcel: Parcel = item.now()?;
            let Some(last) = parcel.at(now).pop() else {
                continue;
            };
            let action = format!(
                "<form class=\"row\" method=\"post\" action=\"/carrier/script\">{}\
<button name=\"outcome\" value=\"absent\">{}</button><button name=\"outcome\" value=\"address\">{}</button>\
<button name=\"outcome\" value=\"returned\">{}</button></form>",
                hidden("trackingNo", &parcel.tracking_no),
                lang.pick("부재", "Absent"),
                lang.pick("주소 오류", "Address"),
                lang.pick("반송", "Return"),
            );
            let ended = matches!(last.status, TrackingStatus::Delivered | TrackingStatus::Returned);
            rows.push(vec![
                format!("<a href=\"/carrier/api/tracking/{0}\">{0}</a><br>{1}", escape(&parcel.tracking_no), escape(&parcel.order_id)),
                escape(&format!("{:?}", last.status)),
                escape(&last.place),
                if ended { String::new() } else { action },
            ]);
        }
        anyhow::Ok(rows)
    };
    let heads = [lang.pick("운송장", "Tracking"), lang.pick("상태", "State"), lang.pick("위치", "Place"), lang.pick("다음 배송", "Next attempt")];
    match rows.await {
        Ok(rows) => page(lang, lang.pick("택배", "Carrier"), &table(&heads, &rows)),
        Err(error) => plain(Err(error)).into_response(),
    }
}
