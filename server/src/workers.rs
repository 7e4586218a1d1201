//! Durable work: timers that fire, sagas that call providers, notices that go out. Each is a loop over rows; a node that
//! dies is followed by whoever claims the row next.

mod alerts;
pub(crate) mod notices;
pub(crate) mod sagas;
pub(crate) mod tail;
pub(crate) mod webhooks;

use crate::{
    clock::real_time,
    house::{Along, House},
    providers::psp,
    store::{self, Failure},
};
use jumun::{
    command::Command,
    notice::Told,
    order::{DeclineCause, PaymentMethod},
    time::{Span, Time},
    timer::Firing,
};
use std::{sync::Arc, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A claimed row belongs to its claimer this long, unless the configuration says otherwise.
const LEASE: Span = Span::seconds(20);
/// When a deadline comes up again that could not be met.
const AGAIN: Span = Span::seconds(10);
/// Rows claimed at once.
const BATCH: i64 = 16;

/// How long work under way may go on once the server stops. A call that a provider has not answered by then is left: its row's
/// lease ends, and whoever finds it asks again under the same key.
const PATIENCE: Duration = Duration::from_secs(2);

/// Returns when the server stops and no call is worth waiting for any more.
async fn out_of_time(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(PATIENCE).await;
}

/// The PSP's word for a method.
pub fn psp_method(method: PaymentMethod) -> psp::PayMethod {
    match method {
        PaymentMethod::Card => psp::PayMethod::Card,
        PaymentMethod::Transfer => psp::PayMethod::Transfer,
        PaymentMethod::VirtualAccount => psp::PayMethod::VirtualAccount,
        PaymentMethod::EasyPay => psp::PayMethod::EasyPay,
    }
}

/// Our word for the PSP's reason.
pub fn decline_cause(code: &str) -> DeclineCause {
    if code.starts_with("PAY_PROCESS_CANCELED") || code == "USER_CANCEL" {
        return DeclineCause::Buyer;
    }
    match psp::decline_cause(code) {
        psp::DeclineCause::Balance => DeclineCause::Balance,
        psp::DeclineCause::Limit => DeclineCause::Limit,
        psp::DeclineCause::CardState => DeclineCause::CardState,
        psp::DeclineCause::CardData => DeclineCause::CardData,
        psp::DeclineCause::System => DeclineCause::System,
    }
}

/// Starts every worker. They end with the token; what they were at is finished or left to its lease. In a copy only those work
/// that look after the server itself.
pub fn start(house: &Arc<House>, stop: &CancellationToken) -> TaskTracker {
    let workers = TaskTracker::new();
    workers.spawn(tail::follow(house.clone(), stop.clone()));
    workers.spawn(prove(house.clone(), stop.clone()));
    workers.spawn(sweep(house.clone(), stop.clone()));
    if house.copy.get().is_some() {
        workers.close();
        return workers;
    }
    workers.spawn(run(house.clone(), stop.clone(), "timers", fire_timers));
    workers.spawn(run(house.clone(), stop.clone(), "sagas", sagas::advance));
    workers.spawn(run(house.clone(), stop.clone(), "notices", notices::send));
    workers.spawn(run(house.clone(), stop.clone(), "alerts", alerts::post));
    workers.spawn(run(house.clone(), stop.clone(), "shortages", fill_shortages));
    workers.spawn(run(house.clone(), stop.clone(), "members", member_days));
    workers.spawn(webhooks::follow(house.clone(), stop.clone()));
    workers.spawn(webhooks::send(house.clone(), stop.clone()));
    workers.close();
    workers
}

/// Runs one kind of work whenever some may be due: when a command says so, when the next row is due, and twice a second
/// for what other nodes wrote.
async fn run<F, W>(house: Arc<House>, stop: CancellationToken, name: &'static str, work: W)
where
    W: Fn(Arc<House>) -> F + Send,
    F: Future<Output = Result<bool, Failure>> + Send,
{
    while !stop.is_cancelled() {
        let called = house.work.notified();
        let done = tokio::select! {
            done = work(house.clone()) => done,
            () = out_of_time(&stop) => return,
        };
        match done {
            Ok(true) => continue,
            Ok(false) => {}
            Err(failure) => {
                tracing::warn!(worker = name, error = %failure, "work failed, trying again");
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = called => {}
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
        }
    }
}

/// Fires timers that are due. Answers whether there may be more.
pub(crate) async fn fire_timers(house: Arc<House>) -> Result<bool, Failure> {
    let now = house.now();
    let due = {
        let mut tx = house.db.begin_read().await?;
        store::work::due_timers(&mut tx, now, BATCH).await?
    };
    let full = due.len() == BATCH as usize;
    for timer in due {
        match timer.kind.fires(timer.subject) {
            Some(Firing::Command(command)) => {
                let caller = house.system(format!("timer:{}", timer.id));
                let command = Command::Order { order: timer.order, command };
                match house.execute_along(&caller, command, None, Along::Timer(timer.id.clone())).await {
                    Ok(_) => {}
                    // A deadline is never lost to a store that could not answer: it comes up again.
                    Err(refusal) if refusal.is_passing() => delay_timer(&house, &timer.id, now).await?,
                    Err(refusal) => {
                        // A rule that says no to a timer has nothing more to say: the timer is over.
                        tracing::warn!(timer = timer.kind.slug(), order = %timer.order, %refusal, "a timer was refused");
                        drop_timer(&house, &timer.id).await?;
                    }
                }
            }
            Some(Firing::Notice(template)) => {
                let mut tx = house.db.begin_write().await?;
                if store::work::take_timer(&mut tx, &timer.id).await?
                    && let Some(order) = store::orders::load(&mut tx, timer.order).await?
                {
                    let told = Told::of(template, &order);
                    store::work::tell(&mut tx, &mut crate::secret::RandomMint, &format!("timer:{}", timer.id), told, now).await?;
                }
                tx.commit().await?;
                house.work.notify_waiters();
            }
            None => drop_timer(&house, &timer.id).await?,
        }
    }
    Ok(full)
}

/// Gives arriving goods to those who wait for them, first come, first served. What cannot be filled after all waits for the
/// next look.
pub(crate) async fn fill_shortages(house: Arc<House>) -> Result<bool, Failure> {
    let fillable = {
        let mut tx = house.db.begin_read().await?;
        store::work::fillable(&mut tx, BATCH).await?
    };
    for (order, command) in fillable {
        let caller = house.system(format!("goods:{order}"));
        let command = Command::Order { order, command };
        if let Err(refusal) = house.execute(&caller, command, None).await {
            tracing::debug!(%order, %refusal, "not filled");
        }
    }
    Ok(false)
}

/// Does what has come for members. Answers whether there may be more.
pub(crate) async fn member_days(house: Arc<House>) -> Result<bool, Failure> {
    let due = {
        let mut tx = house.db.begin_read().await?;
        store::membership::due(&mut tx, house.now(), BATCH).await?
    };
    let full = due.len() == BATCH as usize;
    for (member, timer) in due {
        let caller = house.system(format!("member:{member}"));
        if let Err(refusal) = house.execute(&caller, Command::MemberDay { member, timer }, None).await {
            // The row is still there: it comes up again.
            tracing::warn!(timer = timer.slug(), %member, %refusal, "a member's day could not be done");
            return Ok(false);
        }
    }
    Ok(full)
}

async fn delay_timer(house: &House, id: &str, now: Time) -> Result<(), Failure> {
    let mut tx = house.db.begin_write().await?;
    store::work::delay_timer(&mut tx, id, now, now + AGAIN).await?;
    tx.commit().await
}

async fn drop_timer(house: &House, id: &str) -> Result<(), Failure> {
    let mut tx = house.db.begin_write().await?;
    store::work::take_timer(&mut tx, id).await?;
    tx.commit().await
}

/// How often everything is checked.
const PROVE_EVERY: Duration = Duration::from_secs(3_600);

/// Checks every invariant, now and then.
async fn prove(house: Arc<House>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PROVE_EVERY) => {}
        }
        if let Err(error) = house.prove().await {
            tracing::warn!(%error, "the check could not be made");
        }
    }
}

/// Housekeeping: what other nodes changed, sessions and answers that are over, depths for the metrics.
async fn sweep(house: Arc<House>, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let swept = async {
            house.refresh().await?;
            let (readers, queues) = house.standing().await?;
            for reader in readers {
                let seconds = reader.since.map_or(0, |since| house.now().since(since).as_seconds().max(0));
                metrics::gauge!("event_lag_seconds", "reader" => reader.name.clone()).set(seconds as f64);
                metrics::gauge!("event_lag_events", "reader" => reader.name).set(f64::from(reader.behind));
            }
            for queue in queues {
                metrics::gauge!("queue_depth", "queue" => queue.queue.slug()).set(f64::from(queue.depth));
                metrics::gauge!("dead_letters", "queue" => queue.queue.slug()).set(f64::from(queue.dead));
            }
            let mut tx = house.db.begin_write().await?;
            store::accounts::end_old_sessions(&mut tx, house.now()).await?;
            store::signing::forget(&mut tx, house.now()).await?;
            store::requests::forget_answers(&mut tx, house.now().before(Span::days(1))).await?;
            webhooks::forget(&house, &mut tx).await?;
            tx.commit().await?;
            anyhow::Ok(())
        };
        if let Err(error) = swept.await {
            tracing::warn!(%error, "housekeeping failed, trying again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
    }
}

/// Whether nothing at all is due. Workers look before they claim: a write for nothing would cost every idle half second an fsync.
async fn is_idle(house: &House) -> Result<bool, Failure> {
    let mut tx = house.db.begin_read().await?;
    Ok(store::work::due(&mut tx, house.now()).await? == 0)
}

/// When a lease that is taken now ends. Leases run on real time: the demo's clock may jump.
fn lease_end(house: &House) -> Time {
    real_time() + house.lease.get().copied().unwrap_or(LEASE)
}
