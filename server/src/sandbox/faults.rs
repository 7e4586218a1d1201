//! Misbehaviour on demand, and the shape of every answer.

use std::sync::Mutex;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Shared, hold};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// Nothing: takes back the faults of that provider and call.
    None,
    /// The effect happens at once, the answer comes late.
    Slow,
    /// The effect happens late, even if the caller has gone.
    SlowEffect,
    /// No effect, and an error. For `webhook`: it is lost.
    FailBefore,
    /// The effect, and an error.
    FailAfter,
    /// The webhook is sent twice.
    Duplicate,
    /// The webhook is sent late.
    Late,
    /// A reading answers the state before the last change.
    OldAnswer,
    /// A proper refusal; `cause` says which.
    Decline,
}

/// One fault that is switched on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fault {
    provider: String,
    /// Every call of the provider if absent. Webhooks are the call `webhook`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<String>,
    fault: Kind,
    /// For ever if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cause: Option<String>,
}

#[derive(Default)]
pub(super) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// The first fault of one of the kinds that fits the call; uses it up once.
    pub(super) fn take(&self, provider: &str, call: &str, kinds: &[Kind]) -> Option<Fault> {
        let mut faults = hold(&self.0);
        let at = faults
            .iter()
            .position(|fault| fault.provider == provider && fault.call.as_deref().is_none_or(|name| name == call) && kinds.contains(&fault.fault))?;
        let taken = faults.get(at).cloned();
        match faults.get_mut(at).and_then(|fault| fault.times.as_mut()) {
            Some(times) if *times > 1 => *times -= 1,
            Some(_) => drop(faults.remove(at)),
            None => {}
        }
        taken
    }

    pub(super) fn list(&self) -> Vec<Fault> {
        hold(&self.0).clone()
    }

    fn switch(&self, fault: Fault) {
        let mut faults = hold(&self.0);
        faults.retain(|old| {
            old.provider != fault.provider
                || (old.call != fault.call && !(fault.fault == Kind::None && fault.call.is_none()))
                || (old.fault != fault.fault && fault.fault != Kind::None)
        });
        if fault.fault != Kind::None && fault.times != Some(0) {
            faults.push(fault);
        }
    }
}

impl Fault {
    /// The delay asked for, or `otherwise` milliseconds.
    pub(super) fn delay(&self, otherwise: u64) -> Duration {
        Duration::from_millis(self.delay_ms.unwrap_or(otherwise))
    }

    /// True if it is of that kind.
    pub(super) fn is(&self, kind: Kind) -> bool {
        self.fault == kind
    }

    /// One line for people.
    pub(super) fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// An answer in JSON.
pub(super) struct Answer {
    status: StatusCode,
    body: Value,
}

/// A body in JSON, refused in JSON.
#[derive(FromRequest)]
#[from_request(via(Json), rejection(Answer))]
pub(super) struct Body<T>(pub(super) T);

impl From<JsonRejection> for Answer {
    fn from(rejection: JsonRejection) -> Self {
        Self::refused(rejection.status(), "INVALID_REQUEST", &rejection.body_text())
    }
}

/// What a call comes to; an error is the sandbox's own and becomes a 500.
pub(super) type Outcome = anyhow::Result<Answer>;

impl Answer {
    /// Yes, with this.
    pub(super) fn ok(body: &impl Serialize) -> Outcome {
        Ok(Self { status: StatusCode::OK, body: serde_json::to_value(body)? })
    }

    /// No, with a code and words.
    pub(super) fn refused(status: StatusCode, code: &str, message: &str) -> Self {
        Self { status, body: json!({ "code": code, "message": message }) }
    }

    /// True for a yes.
    pub(super) fn is_ok(&self) -> bool {
        self.status.is_success()
    }

    /// No such thing.
    pub(super) fn not_found() -> Self {
        Self::refused(StatusCode::NOT_FOUND, "NOT_FOUND", "no such thing")
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.status, Json(self.body)).into_response()
    }
}

/// Answers a call of our own that no fault applies to.
pub(super) fn plain(outcome: Outcome) -> Answer {
    outcome.unwrap_or_else(|error| {
        tracing::error!(%error, "the sandbox failed");
        broken()
    })
}

fn broken() -> Answer {
    Answer::refused(StatusCode::INTERNAL_SERVER_ERROR, "FAILED_INTERNAL_SYSTEM_PROCESSING", "try again later")
}

/// Runs a provider's call under the faults switched on for it. The effect runs in a task of its
/// own: like a real provider, it does not stop when the caller hangs up.
pub(super) async fn guard<F>(sandbox: &Shared, provider: &str, call: &str, effect: F) -> Answer
where
    F: Future<Output = Outcome> + Send + 'static,
{
    let kinds = [Kind::Slow, Kind::SlowEffect, Kind::FailBefore, Kind::FailAfter];
    let fault = sandbox.faults.take(provider, call, &kinds);
    let kind = fault.as_ref().map_or(Kind::None, |fault| fault.fault);
    let delay = fault.map_or(Duration::ZERO, |fault| fault.delay(10_000));
    if kind == Kind::FailBefore {
        return broken();
    }
    let work = tokio::spawn(async move {
        if kind == Kind::SlowEffect {
            tokio::time::sleep(delay).await;
        }
        effect.await
    });
    let answer = plain(work.await.unwrap_or_else(|error| Err(error.into())));
    match kind {
        Kind::Slow => {
            tokio::time::sleep(delay).await;
            answer
        }
        Kind::FailAfter => broken(),
        Kind::None | Kind::SlowEffect | Kind::FailBefore | Kind::Duplicate | Kind::Late | Kind::OldAnswer | Kind::Decline => answer,
    }
}

pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/faults", get(list).put(switch).delete(clear))
}

async fn list(State(sandbox): State<Shared>) -> Json<Vec<Fault>> {
    Json(sandbox.faults.list())
}

async fn switch(State(sandbox): State<Shared>, Body(fault): Body<Fault>) -> Answer {
    if !["psp", "wms", "carrier", "notifier", "chat"].contains(&fault.provider.as_str()) {
        return Answer::refused(StatusCode::UNPROCESSABLE_ENTITY, "NO_SUCH_PROVIDER", &fault.provider);
    }
    sandbox.faults.switch(fault);
    plain(Answer::ok(&sandbox.faults.list()))
}

async fn clear(State(sandbox): State<Shared>) -> Json<Vec<Fault>> {
    hold(&sandbox.faults.0).clear();
    Json(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(call: Option<&str>, kind: Kind, times: Option<u32>) -> Fault {
        Fault { provider: "psp".into(), call: call.map(Into::into), fault: kind, times, delay_ms: None, cause: None }
    }

    #[test]
    fn a_fault_is_used_up_and_taken_back() {
        let faults = Faults::default();
        faults.switch(fault(Some("confirm"), Kind::FailAfter, Some(2)));
        assert!(faults.take("psp", "get", &[Kind::FailAfter]).is_none());
        assert!(faults.take("wms", "confirm", &[Kind::FailAfter]).is_none());
        assert!(faults.take("psp", "confirm", &[Kind::Slow]).is_none());
        assert!(faults.take("psp", "confirm", &[Kind::FailAfter]).is_some());
        assert!(faults.take("psp", "confirm", &[Kind::FailAfter]).is_some());
        assert!(faults.take("psp", "confirm", &[Kind::FailAfter]).is_none());
        faults.switch(fault(None, Kind::Slow, None));
        faults.switch(fault(Some("get"), Kind::OldAnswer, None));
        assert!(faults.take("psp", "anything", &[Kind::Slow]).is_some());
        faults.switch(fault(Some("get"), Kind::None, None));
        assert_eq!(faults.list().len(), 1);
        faults.switch(fault(None, Kind::None, None));
        assert!(faults.list().is_empty());
    }
}
