//! Where the PSP's and the identity check's pages send the buyer back to.

use super::Shared;
use crate::{providers::identity::IdentityResult, workers::decline_cause};
use app::session::Caller;
use axum::{
    Extension, Router,
    extract::{Path, Query, State},
    response::Redirect,
    routing::get,
};
use jumun::{
    command::Command,
    ids::OrderNumber,
    money::Won,
    order::{AttemptState, OrderCommand},
    refusal::Refusal,
};
use serde::Deserialize;
use std::time::Duration;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/pay/{number}/approved", get(approved))
        .route("/pay/{number}/declined", get(declined))
        .route("/pay/{number}/identity", get(identity))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Approved {
    payment_key: String,
    order_id: String,
    amount: i64,
}

/// The buyer agreed: the attempt is captured by its saga, and for a moment the buyer waits for the answer here. Whatever
/// happens he lands on the pay page, which says where things stand.
async fn approved(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<String>,
    Query(back): Query<Approved>,
) -> Redirect {
    let Some(number) = OrderNumber::parse(&number) else { return Redirect::to("/orders") };
    let settled = async {
        let view = shared.house.pay(&caller, &number).await?;
        let attempt = view.attempt.ok_or(Refusal::NotFound)?;
        let nth = back.order_id.rsplit('-').next().unwrap_or_default();
        if attempt.state != AttemptState::Requested || !back.order_id.starts_with(number.as_str()) || nth.is_empty() {
            return Ok(());
        }
        let mut hints = shared.house.hints.subscribe();
        let command = OrderCommand::AuthorisePayment { attempt: attempt.id, payment_key: back.payment_key, amount: Won(back.amount) };
        shared.house.execute(&caller, Command::Order { order: view.order, command }, None).await?;
        let topic = format!("order:{}", view.order);
        let answer = async {
            while let Ok(hint) = hints.recv().await {
                if hint.topic == topic {
                    let now = shared.house.pay(&caller, &number).await?;
                    if now.attempt.is_none_or(|attempt| attempt.state != AttemptState::Requested) {
                        break;
                    }
                }
            }
            Ok::<(), Refusal>(())
        };
        tokio::time::timeout(Duration::from_secs(3), answer).await.unwrap_or(Ok(()))
    };
    if let Err(refusal) = settled.await {
        tracing::info!(%number, %refusal, "a buyer came back from the PSP and was refused");
    }
    match shared.house.pay(&caller, &number).await {
        Ok(view) if view.status.board() != jumun::order::Board::AwaitingPayment => Redirect::to(&format!("/orders/{number}")),
        Ok(_) | Err(_) => Redirect::to(&format!("/pay/{number}")),
    }
}

#[derive(Deserialize)]
struct Declined {
    code: String,
}

/// The buyer comes back without having paid.
async fn declined(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<String>,
    Query(back): Query<Declined>,
) -> Redirect {
    let Some(number) = OrderNumber::parse(&number) else { return Redirect::to("/orders") };
    let told = async {
        let view = shared.house.pay(&caller, &number).await?;
        let Some(attempt) = view.attempt else { return Ok(()) };
        let psp_code: String = back.code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(60).collect();
        let command = OrderCommand::CancelPayment { attempt: attempt.id, cause: decline_cause(&psp_code), psp_code };
        shared.house.execute(&caller, Command::Order { order: view.order, command }, None).await.map(drop)
    };
    if let Err(refusal) = told.await {
        tracing::info!(%number, %refusal, "a decline was refused");
    }
    Redirect::to(&format!("/pay/{number}"))
}

/// The buyer proved who he is, or did not.
async fn identity(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(number): Path<String>,
    result: Result<Query<IdentityResult>, axum::extract::rejection::QueryRejection>,
) -> Redirect {
    let Some(number) = OrderNumber::parse(&number) else { return Redirect::to("/orders") };
    let checked = async {
        let Ok(Query(result)) = result else { return Ok(()) };
        let order = shared.house.order(&caller, &number).await?;
        let party = caller.actor.party().ok_or(Refusal::SignInRequired)?;
        let due = order.amounts.payable().0;
        shared
            .house
            .providers()?
            .identity
            .verify(&result, &party.to_string(), number.as_str(), due, shared.house.now().0)
            .map_err(|_| Refusal::BadSignature)?;
        let system = shared.house.system(caller.request.clone());
        shared.house.execute(&system, Command::Order { order: order.id, command: OrderCommand::VerifyIdentity }, None).await.map(drop)
    };
    if let Err(refusal) = checked.await {
        tracing::info!(%number, %refusal, "an identity check was refused");
    }
    Redirect::to(&format!("/pay/{number}"))
}
