//! The warehouse: outbound orders move on by themselves, by the sandbox's clock.

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::carrier::Parcel;
use super::faults::{Answer, Body, Kind, guard, plain};
use super::outbox::News;
use super::pages::{LangQuery, escape, page, table};
use super::{Shared, hold};
use crate::providers::wire;
use crate::providers::wms::{Outbound, OutboundCreated, OutboundRequest, OutboundStatus};
use crate::store::sandbox as store;

/// How fast outbound orders move, counted from their creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WmsPace {
    /// Milliseconds until picking starts.
    pub started_after_ms: u32,
    /// Milliseconds until the goods are handed to the carrier.
    pub completed_after_ms: u32,
}

impl Default for WmsPace {
    fn default() -> Self {
        Self { started_after_ms: 2_000, completed_after_ms: 5_000 }
    }
}

/// What the next outbound orders are to come to.
#[derive(Default)]
pub(super) struct Script {
    fail_next: u32,
}

/// An outbound order as it is kept: a schedule, so that its state follows from the clock alone.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct OutboundDocument {
    id: String,
    wish: OutboundRequest,
    tracking_number: String,
    created_at: i64,
    started_at: i64,
    completed_at: i64,
    cancelled_at: Option<i64>,
    fails: bool,
    announced: usize,
}

impl OutboundDocument {
    /// Every state with its time, past and future.
    fn schedule(&self) -> Vec<(i64, OutboundStatus)> {
        let last = if self.fails { OutboundStatus::Failed } else { OutboundStatus::Completed };
        let mut states = vec![(self.created_at, OutboundStatus::Requested), (self.started_at, OutboundStatus::Started), (self.completed_at, last)];
        if let Some(at) = self.cancelled_at {
            states.retain(|(time, _)| *time <= at);
            states.push((at, OutboundStatus::Cancelled));
        }
        states
    }

    fn view(&self, (at, status): (i64, OutboundStatus)) -> Outbound {
        let completed = status == OutboundStatus::Completed;
        Outbound {
            id: self.id.clone(),
            order_id: self.wish.order_id.clone(),
            request_id: self.wish.request_id.clone(),
            status,
            tracking_number: completed.then(|| self.tracking_number.clone()),
            carrier: completed.then(|| "CJ대한통운".to_owned()),
            cause: (status == OutboundStatus::Failed).then(|| "damaged".to_owned()),
            at,
        }
    }

    /// The order at `now`, or one state earlier if `old`.
    fn at(&self, now: i64, old: bool) -> Outbound {
        let mut past = self.schedule();
        past.retain(|(time, _)| *time <= now);
        if old && past.len() > 1 {
            past.pop();
        }
        // The clock may have been set back since creation.
        self.view(past.last().copied().unwrap_or((self.created_at, OutboundStatus::Requested)))
    }

    pub(super) fn news(mut document: Self, now: i64) -> News<Self> {
        let schedule = document.schedule();
        let seen = schedule.iter().filter(|(time, _)| *time <= now).count();
        let hints = schedule
            .iter()
            .take(seen)
            .skip(document.announced)
            .filter(|(_, status)| !matches!(status, OutboundStatus::Requested | OutboundStatus::Cancelled))
            .map(|state| json!(document.view(*state)))
            .collect();
        document.announced = seen.max(document.announced);
        let next_at = schedule.get(document.announced).map(|(time, _)| *time);
        News { hints, document, next_at }
    }
}

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/", get(list))
        .route("/api/outbound/create", post(create))
        .route("/api/outbound/{id}", get(show))
        .route("/api/outbound/{id}/cancel", post(cancel))
        .route("/sandbox/pace", put(set_pace))
        .route("/sandbox/script", post(set_script))
}

async fn create(State(sandbox): State<Shared>, Body(wish): Body<OutboundRequest>) -> Answer {
    let shared = sandbox.clone();
    guard(&sandbox, "wms", "create", async move {
        let refused = shared.faults.take("wms", "create", &[Kind::Decline]);
        if refused.is_some() || wish.items.is_empty() || wish.items.iter().any(|item| item.quantity < 1) {
            let code = refused.and_then(|fault| fault.cause).unwrap_or_else(|| "REJECTED".to_owned());
            return Ok(Answer::refused(StatusCode::UNPROCESSABLE_ENTITY, &code, "출고할 수 없는 지시입니다."));
        }
        let now = shared.clock.now().await;
        let speed = *hold(&shared.speed);
        let fails = take_failure(&shared);
        let created = shared.ledger.write(move |db| Box::pin(async move { enter(db, wish, speed, fails, now).await })).await?;
        Answer::ok(&created)
    })
    .await
}

fn take_failure(sandbox: &Shared) -> bool {
    let mut script = hold(&sandbox.script);
    let fails = script.fail_next > 0;
    script.fail_next = script.fail_next.saturating_sub(1);
    fails
}

async fn enter(db: &mut SqliteConnection, wish: OutboundRequest, speed: super::Speed, fails: bool, now: i64) -> sqlx::Result<OutboundCreated> {
    let promise = |document: &OutboundDocument| OutboundCreated { id: document.id.clone(), expected_ship_date: wire::to_day(document.completed_at) };
    if let Some(before) = store::items_of(db, "wms", &wish.request_id, 1).await?.first() {
        return Ok(promise(&before.now()?));
    }
    let after = |ms: u32| now + i64::from(ms) * 1_000;
    let document = OutboundDocument {
        id: format!("out_{}", Uuid::now_v7().simple()),
        tracking_number: format!("6{:011}", Uuid::new_v4().as_u128() % 100_000_000_000),
        wish,
        created_at: now,
        started_at: after(speed.wms.started_after_ms),
        completed_at: after(speed.wms.completed_after_ms.max(speed.wms.started_after_ms)),
        cancelled_at: None,
        fails,
        announced: 1,
    };
    let ids = ("wms", document.id.as_str(), document.wish.request_id.as_str());
    store::put(db, ids, now, Some(document.started_at), &document).await?;
    if !fails {
        // Nobody knows the number before the goods are handed over, so it may be entered already.
        let parcel = Parcel::new(&document.tracking_number, &document.wish.order_id, document.completed_at, speed.carrier);
        parcel.keep(db, &document.id, now).await?;
    }
    Ok(promise(&document))
}

async fn show(State(sandbox): State<Shared>, Path(id): Path<String>) -> Answer {
    let shared = sandbox.clone();
    guard(&sandbox, "wms", "get", async move {
        let old = shared.faults.take("wms", "get", &[Kind::OldAnswer]).is_some();
        let found = store::item(&mut *shared.ledger.read().await?, "wms", &id).await?;
        let Some(item) = found else {
            return Ok(Answer::not_found());
        };
        let document: OutboundDocument = item.now()?;
        Answer::ok(&document.at(shared.clock.now().await, old))
    })
    .await
}

async fn cancel(State(sandbox): State<Shared>, Path(id): Path<String>) -> Answer {
    let shared = sandbox.clone();
    guard(&sandbox, "wms", "cancel", async move {
        let now = shared.clock.now().await;
        let stopped = shared.ledger.write(move |db| Box::pin(async move { call_back(db, &id, now).await })).await?;
        match stopped {
            None => Ok(Answer::not_found()),
            Some(outbound) if outbound.status == OutboundStatus::Cancelled => Answer::ok(&outbound),
            Some(_) => Ok(Answer::refused(StatusCode::CONFLICT, "ALREADY_ENDED", "이미 끝난 출고 지시입니다.")),
        }
    })
    .await
}

/// The order after the attempt to call it back; unchanged if it had ended.
async fn call_back(db: &mut SqliteConnection, id: &str, now: i64) -> sqlx::Result<Option<Outbound>> {
    let Some(item) = store::item(db, "wms", id).await? else {
        return Ok(None);
    };
    let mut document: OutboundDocument = item.now()?;
    let before = document.at(now, false);
    if matches!(before.status, OutboundStatus::Requested | OutboundStatus::Started) {
        document.cancelled_at = Some(now);
        store::put(db, ("wms", id, ""), now, None, &document).await?;
        Parcel::withdraw(db, &document.tracking_number, now).await?;
        return Ok(Some(document.at(now, false)));
    }
    Ok(Some(before))
}

async fn set_pace(State(sandbox): State<Shared>, Body(pace): Body<WmsPace>) -> Answer {
    hold(&sandbox.speed).wms = pace;
    plain(Answer::ok(&pace))
}

#[derive(Deserialize)]
struct ScriptWish {
    outcome: String,
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

/// `{outcome: "failed", times}`: the next orders fail when they should be completed.
async fn set_script(State(sandbox): State<Shared>, Body(wish): Body<ScriptWish>) -> Answer {
    if wish.outcome != "failed" {
        return Answer::refused(StatusCode::UNPROCESSABLE_ENTITY, "INVALID_REQUEST", "outcome: failed");
    }
    hold(&sandbox.script).fail_next = wish.times;
    plain(Answer::ok(&json!({ "failNext": wish.times })))
}

async fn list(State(sandbox): State<Shared>, Query(query): Query<LangQuery>) -> Response {
    let lang = query.lang();
    let rows = async {
        let items = store::items(&mut *sandbox.ledger.read().await?, "wms", 100).await?;
        let now = sandbox.clock.now().await;
        items
            .iter()
            .map(|item| {
                let document: OutboundDocument = item.now()?;
                let view = document.at(now, false);
                let goods: Vec<String> = document.wish.items.iter().map(|line| format!("{} × {}", line.sku, line.quantity)).collect();
                Ok(vec![
                    escape(&view.order_id),
                    escape(&goods.join(", ")),
                    escape(&format!("{:?}", view.status)),
                    escape(view.tracking_number.as_deref().unwrap_or("")),
                    escape(&wire::to_text(view.at)),
                ])
            })
            .collect::<anyhow::Result<Vec<_>>>()
    };
    let heads = [
        lang.pick("주문", "Order"),
        lang.pick("상품", "Goods"),
        lang.pick("상태", "State"),
        lang.pick("운송장", "Tracking"),
        lang.pick("시각", "Time"),
    ];
    match rows.await {
        Ok(rows) => page(lang, lang.pick("창고", "Warehouse"), &table(&heads, &rows)),
        Err(error) => plain(Err(error)).into_response(),
    }
}
