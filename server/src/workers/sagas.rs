//! The one saga runner: claim a row, make its outside call, give what came of it to the order as a command. The command's
//! facts move the saga in the same transaction; what is left for the runner is to look again, try again or park.

use super::{BATCH, decline_cause, is_idle, lease_end};
use crate::{
    clock::real_time,
    house::House,
    providers::{ProviderError, carrier, psp, wms},
    secret::RandomMint,
    store::{self, Failure, work::Claimed},
};
use jumun::{
    alert::Alert,
    command::Command,
    ids::{AttemptId, FulfilmentId, RefundAccountId, RefundId},
    money::Won,
    order::{
        AttemptState, CarrierFact, CarrierStatus, Deposit, Front, Fulfilment, FulfilmentLine, FulfilmentState, Order, OrderCommand, PaymentOutcome,
        PickupFact,
    },
    saga::Step,
    time::{Date, Span, Time},
};
use std::sync::Arc;
use tokio::task::JoinSet;

/// What came of a step.
enum Next {
    /// The order took it in; its facts moved the saga.
    Moved,
    /// Nothing new: look at this step again then, remembering what was learned.
    Look(Step, Option<String>, Time),
    /// Nothing is left to do.
    Over,
    /// The call failed: try again, or park after the last try.
    Failed(String),
    /// No use trying: an operator has to look.
    Stuck(String),
}

impl From<ProviderError> for Next {
    fn from(error: ProviderError) -> Self {
        if error.may_retry() { Self::Failed(error.to_string()) } else { Self::Stuck(error.to_string()) }
    }
}

/// Advances sagas that are due. Answers whether there may be more.
pub(crate) async fn advance(house: Arc<House>) -> Result<bool, Failure> {
    let now = house.now();
    if house.providers.get().is_none() || is_idle(&house).await? {
        return Ok(false);
    }
    let claimed = {
        let mut tx = house.db.begin_write().await?;
        let claimed = store::work::claim_sagas(&mut tx, now, real_time(), lease_end(&house), BATCH).await?;
        tx.commit().await?;
        claimed
    };
    let full = claimed.len() == BATCH as usize;
    let mut running = JoinSet::new();
    for saga in claimed {
        let house = house.clone();
        running.spawn(async move { work_on(&house, saga).await });
    }
    while let Some(done) = running.join_next().await {
        match done {
            Ok(Ok(())) => {}
            Ok(Err(failure)) => tracing::warn!(error = %failure, "a saga's step failed, its lease will end"),
            Err(error) => tracing::error!(%error, "a saga's step panicked, its lease will end"),
        }
    }
    Ok(full)
}

/// Works on a saga that was claimed.
pub(crate) async fn work_on(house: &Arc<House>, saga: Claimed) -> Result<(), Failure> {
    let order = {
        let mut tx = house.db.begin_read().await?;
        store::orders::load(&mut tx, saga.order).await?.ok_or_else(|| Failure::Corrupt("a saga without an order".into()))?
    };
    let started = std::time::Instant::now();
    let next = match saga.step {
        Step::Settle => settle(house, &saga, &order).await?,
        Step::Void => void(house, &saga, &order).await?,
        Step::PayBack => pay_back(house, &saga, &order).await?,
        Step::RequestOutbound => request_outbound(house, &saga, &order).await?,
        Step::StopOutbound => stop_outbound(house, &saga, &order).await?,
        Step::WatchOutbound => watch_outbound(house, &saga, &order).await?,
        Step::Redeliver => redeliver(house, &saga, &order).await?,
        Step::Track => track(house, &saga, &order).await?,
        Step::RequestPickup => request_pickup(house, &saga, &order).await?,
        Step::WatchPickup => watch_pickup(house, &saga, &order).await?,
    };
    metrics::histogram!("saga_step_seconds", "step" => saga.step.slug()).record(started.elapsed().as_secs_f64());
    let now = house.now();
    let mut tx = house.db.begin_write().await?;
    match next {
        Next::Moved => {}
        Next::Over => store::work::end_saga(&mut tx, &saga).await?,
        Next::Look(step, memo, due) => store::work::look_again(&mut tx, &saga, step, memo.as_deref(), due).await?,
        Next::Failed(problem) if saga.attempts <= i64::from(saga.step.retries()) => {
            let wait = Span::seconds(1 << saga.attempts.min(7));
            store::work::try_again(&mut tx, &saga, now + wait, &problem).await?;
        }
        Next::Failed(problem) | Next::Stuck(problem) => {
            tracing::error!(saga = saga.kind.slug(), step = saga.step.slug(), order = %order.number, problem, "parked: an operator has to look");
            store::work::park(&mut tx, &saga, &problem).await?;
            store::work::raise(&mut tx, &mut RandomMint, Alert::SagaParked, &saga.id, Some(saga.order), Some(&problem), now).await?;
        }
    }
    tx.commit().await
}

/// Gives the order a fact. A refusal is a bug of ours or a state that moved on: it is parked to be looked at.
async fn record(house: &Arc<House>, saga: &Claimed, command: OrderCommand) -> Next {
    let caller = house.system(format!("saga:{}", saga.id));
    match house.execute(&caller, Command::Order { order: saga.order, command }, None).await {
        Ok(_) => Next::Moved,
        Err(refusal) if refusal.is_passing() => Next::Failed(refusal.to_string()),
        Err(refusal) => Next::Stuck(refusal.to_string()),
    }
}

/// A poll's pace: quick at first, ten minutes at the slowest. A provider's hint wakes the saga earlier.
fn poll_after(looks: i64) -> Span {
    Span((2_000_000.0 * 1.4f64.powi(i32::try_from(looks.min(30)).unwrap_or(30))) as i64).min(Span::minutes(10))
}

/// Captures what the buyer agreed to, or finds out that he did not.
async fn settle(house: &Arc<House>, saga: &Claimed, order: &Order) -> Result<Next, Failure> {
    let id: AttemptId = store::parsed(&saga.subject)?;
    let psp = &house.providers()?.psp;
    let Some(attempt) = order.attempt(id) else { return Ok(Next::Stuck("no such attempt".into())) };
    let psp_order = attempt.psp_order(&order.number);
    let outcome = |outcome| OrderCommand::RecordPayment { attempt: id, outcome };

    // Ask first: what was captured before a crash must be found, not captured again.
    let found = match psp.by_order(&psp_order).await {
        Ok(payment) => Some(payment),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Ok(error.into()),
    };
    // A timed-out attempt is looked at once more: what the buyer agreed to counts while the order still waits for money.
    let timed_out = attempt.state == AttemptState::TimedOut;
    let waits = matches!(order.front, Front::PaymentPending | Front::PaymentFailed);
    let agreed = found.as_ref().filter(|payment| payment.status == psp::PaymentStatus::InProgress && (waits || !timed_out));
    let agreed = agreed.map(|payment| payment.payment_key.clone());
    let payment = match (found, agreed) {
        (_, Some(key)) => {
            // The amount is ours: the PSP refuses a payment that was agreed for another.
            match psp.confirm(&key, &psp_order, attempt.amount.0, &format!("{}-confirm", saga.id)).await {
                Ok(payment) => payment,
                Err(ProviderError::Refused { code, .. }) => {
                    let declined = PaymentOutcome::Declined { cause: decline_cause(&code), psp_code: code };
                    return Ok(record(house, saga, outcome(declined)).await);
                }
                Err(error) => return Ok(error.into()),
            }
        }
        (Some(payment), None) => payment,
        (None, None) if timed_out => return Ok(Next::Over),
        (None, None) => {
            let deadline = attempt.requested_at + house.policy_of(order.policy).attempt_timeout;
            return Ok(if attempt.state == AttemptState::Requested && house.now() < deadline && !attempt.void_requested {
                Next::Look(Step::Settle, None, deadline)
            } else {
                record(house, saga, outcome(PaymentOutcome::TimedOut)).await
            });
        }
    };
    let key = payment.payment_key.clone();
    let said = match payment.status {
        psp::PaymentStatus::Done => PaymentOutcome::Approved { payment_key: key, amount: Won(payment.total_amount) },
        psp::PaymentStatus::WaitingForDeposit => {
            let Some(account) = payment.virtual_account else { return Ok(Next::Stuck("a virtual account without its number".into())) };
            let deposit = Deposit { bank: account.bank, account: account.account_number, due: Time(account.due_date) };
            if attempt.state == AttemptState::WaitingDeposit {
                let now = house.now();
                return Ok(if now < deposit.due {
                    Next::Look(Step::Settle, None, (now + Span::minutes(10)).min(deposit.due))
                } else {
                    record(house, saga, outcome(PaymentOutcome::TimedOut)).await
                });
            }
            PaymentOutcome::DepositAwaited { payment_key: key, deposit }
        }
        psp::PaymentStatus::Aborted => {
            let code = payment.failure.map(|failure| failure.code).unwrap_or_default();
            PaymentOutcome::Declined { cause: decline_cause(&code), psp_code: code }
        }
        psp::PaymentStatus::Expired | psp::PaymentStatus::Ready | psp::PaymentStatus::InProgress if timed_out => return Ok(Next::Over),
        psp::PaymentStatus::Expired | psp::PaymentStatus::Ready | psp::PaymentStatus::InProgress => PaymentOutcome::TimedOut,
        psp::PaymentStatus::Canceled | psp::PaymentStatus::PartialCanceled => PaymentOutcome::Voided,
    };
    Ok(record(house, saga, outcome(said)).await)
}

/// Makes sure that the PSP keeps nothing of an attempt that nobody waits for.
async fn void(house: &Arc<House>, saga: &Claimed, order: &Order) -> Result<Next, Failure> {
    let id: AttemptId = store::parsed(&saga.subject)?;
    let psp = &house.providers()?.psp;
    let Some(attempt) = order.attempt(id) else { return Ok(Next::Stuck("no such attempt".into())) };
    let found = match psp.by_order(&attempt.psp_order(&order.number)).await {
        Ok(payment) => Some(payment),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Ok(error.into()),
    };
    if let Some(payment) = found
        && matches!(payment.status, psp::PaymentStatus::Done | psp::PaymentStatus::WaitingForDeposit | psp::PaymentStatus::PartialCanceled)
        && let Err(error) = psp.cancel(&payment.payment_key, "order cancelled", None, None, &format!("{}-void", saga.id)).await
    {
        return Ok(error.into());
    }
    Ok(record(house, saga, OrderCommand::RecordPayment { attempt: id, outcome: PaymentOutcome::Voided }).await)
}

/// Where a buyer's money goes, for the PSP.
async fn refund_account(house: &House, id: RefundAccountId) -> Result<psp::RefundAccount, Failure> {
    let mut tx = house.db.begin_read().await?;
    let account = store::orders::refund_account(&mut tx, id).await?.ok_or_else(|| Failure::Corrupt("a refund account is missing".into()))?;
    let (bank, number, holder) = (account.bank.to_string(), account.number.to_string(), account.holder.to_string());
    Ok(psp::RefundAccount { bank, account_number: number, holder_name: holder })
}

/// Pays a refund back.
async fn pay_back(house: &Arc<House>, saga: &Claimed, order: &Order) -> Result<Next, Failure> {
    let id: RefundId = store::parsed(&saga.subject)?;
    let Some(refund) = order.refunds.iter().find(|refund| refund.id == id) else { return Ok(Next::Stuck("no such refund".into())) };
    let key = order.attempt(refund.attempt).and_then(|attempt| attempt.payment_key.clone());
    let Some(key) = key else { return Ok(Next::Stuck("no payment to refund".into())) };
    // What was paid into a virtual account goes where the buyer says, once he does.
    let account = match (order.refunds_by_bank().any(|owed| owed.id == id), order.refund_account) {
        (true, None) => return Ok(Next::Look(Step::PayBack, None, house.now() + Span::days(1))),
        (true, Some(account)) => Some(refund_account(house, account).await?),
        (false, _) => None,
    };
    match house.providers()?.psp.cancel(&key, "order cancelled", Some(refund.amount.0), account.as_ref(), &format!("{}-refund", saga.id)).await {
        Ok(_) => Ok(record(house, saga, OrderCommand::RecordRefund { refund: id }).await),
        Err(error) => Ok(error.into()),
    }
}

/// What the WMS is asked to send, under the fulfilment's own id: asked twice it is one parcel.
async fn ship_to(house: &House, order: &Order) -> Result<wms::ShipTo, Failure> {
    let mut tx = house.db.begin_read().await?;
    let to = store::orders::contact(&mut tx, order.contact).await?;
    let to = to.ok_or_else(|| Failure::Corrupt("an order without an address".into()))?;
    Ok(wms::ShipTo { name: to.name.to_string(), phone: to.phone.to_string(), address: to.address.to_string(), postcode: to.postcode.to_string() })
}

async fn outbound_request(house: &House, saga: &Claimed, order: &Order) -> Result<wms::OutboundRequest, Failure> {
    let id: FulfilmentId = store::parsed(&saga.subject)?;
    let goods = order.fulfilment(id);
    let requested = goods.and_then(|goods| goods.outbound_requested_at);
    let item = |goods: &Fulfilment, line: &FulfilmentLine| wms::OutboundItem {
        sku: line.variant.to_string(),
        quantity: line.quantity.units(),
        serials: Some(goods.serials_of(line.line).map(ToString::to_string).collect::<Vec<_>>()).filter(|named| !named.is_empty()),
    };
    Ok(wms::OutboundRequest {
        order_id: order.number.to_string(),
        items: goods.map(|goods| goods.lines.iter().map(|line| item(goods, line)).collect()).unwrap_or_default(),
        ship_to: ship_to(house, order).await?,
        priority: "normal".into(),
        request_id: wms::OutboundRequest::name(&saga.subject, requested.unwrap_or_default()),
    })
}

/// Asks the WMS to send the goods.
async fn request_outbound(house: &Arc<House>, saga: &Claimed, order: &Order) -> Result<Next, Failure> {
    let id: FulfilmentId = store::parsed(&saga.subject)?;
    let ready = |goods: &&Fulfilment| goods.state == FulfilmentState::PurchaseCompleted && !goods.stopping;
    if order.fulfilment(id).filter(ready).is_none() {
        return Ok(Next::Stuck("the goods are not ready to leave".into()));
    }
    Ok(match house.providers()?.wms.create(&outbound_request(house, saga, order).await?).await {
        Ok(created) => Next::Look(Step::WatchOutbound, Some(format!("{} {}", created.id, created.expected_ship_date)), house.now()),
        Err(ProviderError::Refused { .. }) => record(house, saga, OrderCommand::RecordOutboundFailed { fulfilment: id }).await,
        Err(error) => error.into(),
    })
}

/// Looks how far the WMS is.
async fn watch_outbound(house: &Arc<House>, saga: &Claimed, order: &Order) -> Result<Next, Failure> {
    let fulfilment: FulfilmentId = store::parsed(&saga.subject)?;
    // The memo is what the request learned: the warehouse's id and the day it promised.
    let Some((outbound, promised)) = saga.memo.as_deref().and_then(|memo| memo.split_once(' ')) else {
        return Ok(Next::Look(Step::RequestOutbound, None, house.now()));
    };
    let seen = match house.providers()?.wms.get(outbound).await {
        Ok(seen) => seen,
        Err(error) => return Ok(error.into()),
    };
    let again = |step| Next::Look(step, saga.memo.clone(), house.now() + poll_after(saga.looks));
    Ok(match seen.status {
        wms::OutboundStatus::Requested => again(Step::WatchOutbound),
        wms::OutboundStatus::Started => {
            let known = order.fulfilment(fulfilment).is_some_and(|goods| goods.expected_ship_date.is_some());
            if !known {
                let expected = day(promised).or(Some(house.now().kst_date()));
                if let stuck @ (Next::Failed(_) | Next::Stuck(_)) =
                    record(house, saga, OrderCommand::RecordOutboundStarted { fulfilment, expected }).await
                {
                    return Ok(stuck);
                }
            }
            again(Step::WatchOutbound)
        }
        wms::OutboundStatus::Completed => {
            let (Some(tracking), Some(carrier)) = (seen.tracking_number, seen.carrier) else {
                return Ok(Next::Stuck("sent without a tracking number".into()));
            };
            record(house, saga, OrderCommand::RecordOutboundCompleted { fulfilment, carrier, tracking }).await
        }
        wms::OutboundStatus::Failed | wms::OutboundStatus::Cancelled => record(house, saga, OrderCommand::RecordOutboundFailed { fulfilment }).await,
    })
}

/// Calls the goods back. The warehouse decides: what has left is not called back.
async fn stop_outbound(house: &Arc<House>, saga: &Claimed, order: &Order) -> Result<Next, Failure> {
    let fulfilment: FulfilmentId = store::parsed(&saga.subject)?;
    let answer = |stopped| OrderCommand::RecordOutboundStopped { fulfilment, stopped };
    if !order.fulfilment(fulfilment).is_some_and(|goods| goods.stopping) {
        return Ok(Next::Stuck("nobody asked to stop".into()));
    }
    let wms = &house.providers()?.wms;
    // The request may have been sent by a worker that died before it could write down the warehouse's id.
    let outbound = match saga.memo.as_deref().and_then(|memo| memo.split_once(' ')) {
        Some((outbound, _)) => outbound.to_owned(),
        None => match wms.create(&outbound_request(house, saga, order).await?).await {
            Ok(created) => created.id,
            Err(ProviderError::Refused { .. }) => return Ok(record(house, saga, answer(true)).await),
            Err(error) => return Ok(error.into()),
        },
    };
    Ok(match wms.cancel(&outbound, &format!("{outbound}-stop")).await {
        Ok(_) => record(house, saga, answer(true)).await,
        Err(ProviderError::Refused { .. }) => record(house, saga, answer(false)).await,
        Err(error) => error.into(),
    })
}

/// Asks the carrier to come again on the chosen day, then goes on watching it. A driver who is on his way already comes anyhow.
async fn redeliver(house: &Arc<House>, saga: &Claimed, order: &Order) -> Result<Next, Failure> {
    let fulfilment: FulfilmentId = store::parsed(&saga.subject)?;
    let Some(goods) = order.fulfilment(fulfilment) else { return Ok(Next::Stuck("no such goods".into())) };
    let Some(tracking) = goods.tracking.clone() else { return Ok(Next::Stuck("no tracking number".into())) };
    let watch = Next::Look(Step::Track, Some(tracking.clone()), house.now());
    let Some(on) = goods.redeliver_on else { return Ok(watch) };
    let to = ship_to(house, order).await?;
    let request_id = format!("{}-{}-{on}", saga.subject, goods.failures);
    Ok(match house.providers()?.carrier.redeliver(&carrier::Redelivery { request_id, tracking_no: tracking, on: on.to_string(), to }).await {
        Ok(_) | Err(ProviderError::Refused { .. }) => watch,
        Err(error) => error.into(),
    })
}

/// Looks where the parcel is.
async fn track(house: &Arc<House>, saga: &Claimed, order: &Order) -> Result<Next, Failure> {
    let fulfilment: FulfilmentId = store::parsed(&saga.subject)?;
    let Some(goods) = order.fulfilment(fulfilment) else { return Ok(Next::Stuck("no such goods".into())) };
    let Some(tracking) = goods.tracking.clone() else { return Ok(Next::Stuck("no tracking number".into())) };
    let seen = match house.providers()?.carrier.tracking(&tracking).await {
        Ok(seen) => seen,
        Err(error) => return Ok(error.into()),
    };
    let facts: Vec<CarrierFact> = seen
        .events
        .into_iter()
        .map(|event| CarrierFact {
            status: match event.status {
                carrier::TrackingStatus::PickedUp => CarrierStatus::PickedUp,
                carrier::TrackingStatus::InTransit => CarrierStatus::InTransit,
                carrier::TrackingStatus::OutForDelivery => CarrierStatus::OutForDelivery,
                carrier::TrackingStatus::Delivered => CarrierStatus::Delivered,
                carrier::TrackingStatus::Failed => CarrierStatus::Failed,
                carrier::TrackingStatus::Returned => CarrierStatus::Returned,
            },
            place: event.place,
            at: Time(event.at),
        })
        .collect();
    let delivered = facts.iter().any(|fact| fact.status == CarrierStatus::Delivered);
    if goods.news(&facts).next().is_some() {
        let recorded = record(house, saga, OrderCommand::RecordTracking { fulfilment, facts }).await;
        if delivered || matches!(recorded, Next::Failed(_) | Next::Stuck(_)) {
            return Ok(recorded);
        }
        return Ok(Next::Look(Step::Track, Some(tracking), house.now() + poll_after(0)));
    }
    // The memo lets the carrier's hint find the saga.
    Ok(Next::Look(Step::Track, Some(tracking), house.now() + poll_after(saga.looks)))
}

/// Asks the carrier to fetch goods; a try after a failure is another wish.
async fn request_pickup(house: &Arc<House>, saga: &Claimed, order: &Order) -> Result<Next, Failure> {
    let Some(pickup) = &order.pickup else { return Ok(Next::Stuck("nothing is to be fetched".into())) };
    let request_id = format!("{}-{}", order.id, pickup.failures);
    let wish = carrier::PickupRequest { request_id, order_id: order.number.to_string(), from: ship_to(house, order).await? };
    Ok(match house.providers()?.carrier.request_pickup(&wish).await {
        Ok(created) => record(house, saga, OrderCommand::RecordPickup { fact: PickupFact::Scheduled { tracking: created.tracking_no } }).await,
        Err(error) => error.into(),
    })
}

/// Looks whether the carrier has what he was to fetch.
async fn watch_pickup(house: &Arc<House>, saga: &Claimed, order: &Order) -> Result<Next, Failure> {
    let tracking = order.pickup.as_ref().and_then(|pickup| pickup.tracking.clone());
    let Some(tracking) = tracking else { return Ok(Next::Stuck("no tracking number".into())) };
    let events = match house.providers()?.carrier.pickup(&tracking).await {
        Ok(seen) => seen.events,
        // A number that nothing has happened to yet.
        Err(error) if error.is_not_found() => Vec::new(),
        Err(error) => return Ok(error.into()),
    };
    let fetched = events.iter().find(|event| event.status != carrier::TrackingStatus::Failed);
    let fact = match (fetched, events.last()) {
        (Some(event), _) => PickupFact::PickedUp { at: Time(event.at) },
        (None, Some(_)) => PickupFact::Failed,
        // The memo lets the carrier's hint find the saga.
        (None, None) => return Ok(Next::Look(Step::WatchPickup, Some(tracking), house.now() + poll_after(saga.looks))),
    };
    Ok(record(house, saga, OrderCommand::RecordPickup { fact }).await)
}

/// The day a provider promises.
fn day(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    Date::new(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)
}
