//! Work that waits: timers, sagas and notices. Rows that any node picks up; nothing is kept in memory.

use super::{Failure, Stored, Tx, args, parsed, statements};
use jumun::{
    alert::Alert,
    ids::{EventId, Mint, OrderId, OrderNumber, PartyId, SagaId, VariantId},
    notice::{Channel, Template, Told},
    order::{Order, OrderCommand},
    saga::{SagaChange, SagaKind, Step},
    time::Time,
    timer::{TimerChange, TimerKind},
    view::{AlertView, SagaView, StuckSaga, TimerView},
};

statements! {
    SET_TIMER = "INSERT INTO timers (id, order_id, kind, subject, due_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (order_id, kind, subject) DO UPDATE SET due_at = excluded.due_at";
    CLEAR_TIMER = "DELETE FROM timers WHERE order_id = $1 AND kind = $2 AND subject = $3";
    CLEAR_TIMERS = "DELETE FROM timers WHERE order_id = $1";
    DUE_TIMERS = "SELECT id, order_id, kind, subject FROM timers WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2";
    TAKE_TIMER = "DELETE FROM timers WHERE id = $1";
    DELAY_TIMER = "UPDATE timers SET due_at = $3 WHERE id = $1 AND due_at <= $2";
    TIMERS_OF = "SELECT kind, due_at FROM timers WHERE order_id = $1 ORDER BY due_at";
    START_SAGA = "INSERT INTO sagas (id, kind, subject, order_id, step, state, generation, attempts, looks, due_at, leased_until, started_at)
        VALUES ($1, $2, $3, $4, $5, 'waiting', 1, 0, 0, $6, 0, $7)
        ON CONFLICT (kind, subject) DO UPDATE SET step = excluded.step, state = 'waiting', generation = sagas.generation + 1, attempts = 0, looks = 0,
            due_at = excluded.due_at, leased_until = 0, problem = NULL, memo = NULL";
    MOVE_SAGA = "UPDATE sagas SET step = $3, state = 'waiting', generation = generation + 1, attempts = 0, looks = 0, due_at = $4, leased_until = 0, problem = NULL
        WHERE kind = $1 AND subject = $2";
    END_SAGA = "UPDATE sagas SET state = 'done', generation = generation + 1, leased_until = 0 WHERE kind = $1 AND subject = $2";
    FINISH_SAGA = "UPDATE sagas SET state = 'done', generation = generation + 1, leased_until = 0 WHERE id = $1 AND generation = $2";
    CLAIM_SAGAS = "UPDATE sagas SET leased_until = $2, attempts = attempts + 1
        WHERE id IN (SELECT id FROM sagas WHERE state = 'waiting' AND due_at <= $1 AND leased_until < $3 ORDER BY due_at, id LIMIT $4)
        RETURNING id, kind, subject, order_id, step, generation, attempts, looks, memo",
    pg "UPDATE sagas SET leased_until = $2, attempts = attempts + 1
        WHERE id IN (SELECT id FROM sagas WHERE state = 'waiting' AND due_at <= $1 AND leased_until < $3 ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
        RETURNING id, kind, subject, order_id, step, generation, attempts, looks, memo";
    LEASED = "SELECT id, kind, subject, order_id, step, generation, attempts, looks, memo FROM sagas WHERE state = 'waiting' AND step = $1 AND leased_until > $2 LIMIT 1";
    LOOK_AGAIN = "UPDATE sagas SET due_at = $3, attempts = 0, looks = looks + 1, leased_until = 0, problem = NULL, step = $4, memo = $5 WHERE id = $1 AND generation = $2";
    TRY_AGAIN = "UPDATE sagas SET due_at = $3, leased_until = 0, problem = $4 WHERE id = $1 AND generation = $2";
    PARK_SAGA = "UPDATE sagas SET state = 'parked', leased_until = 0, problem = $3 WHERE id = $1 AND generation = $2";
    WAKE_SAGA = "UPDATE sagas SET due_at = $3, leased_until = 0, generation = generation + 1 WHERE kind = $1 AND subject = $2 AND state = 'waiting'";
    END_SAGA_LEASES = "UPDATE sagas SET leased_until = 0 WHERE leased_until > 0";
    END_NOTICE_LEASES = "UPDATE notices SET leased_until = 0 WHERE leased_until > 0";
    SAGAS_OF = "SELECT kind, step, state, attempts, due_at, problem FROM sagas WHERE order_id = $1 ORDER BY started_at, id";
    FULFILMENT_OF_TRACKING = "SELECT subject FROM sagas WHERE kind = 'fulfilment' AND memo = $1";
    DUE_WORK = "SELECT CAST((SELECT COUNT(*) FROM timers WHERE due_at <= $1) + (SELECT COUNT(*) FROM sagas WHERE state = 'waiting' AND due_at <= $1)
        + (SELECT COUNT(*) FROM member_timers WHERE due_at <= $1) + (SELECT COUNT(*) FROM notices WHERE state = 'queued' AND due_at <= $1) + (SELECT COUNT(*) FROM alerts WHERE sending = 'queued' AND due_at <= $1) AS BIGINT)";
    ADD_NOTICE = "INSERT INTO notices (id, event_id, template, channel, party_id, order_id, state, attempts, due_at, leased_until, detail)
        VALUES ($1, $2, $3, $4, $5, $6, 'queued', 0, $7, 0, $8) ON CONFLICT (event_id, template, channel) DO NOTHING";
    CLAIM_NOTICES = "UPDATE notices SET leased_until = $2, attempts = attempts + 1
        WHERE id IN (SELECT id FROM notices WHERE state = 'queued' AND due_at <= $1 AND leased_until < $3 ORDER BY due_at, id LIMIT $4)
        RETURNING id, template, channel, party_id, order_id, attempts, detail",
    pg "UPDATE notices SET leased_until = $2, attempts = attempts + 1
        WHERE id IN (SELECT id FROM notices WHERE state = 'queued' AND due_at <= $1 AND leased_until < $3 ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
        RETURNING id, template, channel, party_id, order_id, attempts, detail";
    ADD_ALERT = "INSERT INTO alerts (id, kind, severity, subject, order_id, problem, raised_at, sending, attempts, due_at, leased_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', 0, $7, 0) ON CONFLICT (kind, subject) WHERE resolved_at IS NULL DO NOTHING";
    CLAIM_ALERTS = "UPDATE alerts SET leased_until = $2, attempts = attempts + 1
        WHERE id IN (SELECT id FROM alerts WHERE sending = 'queued' AND due_at <= $1 AND leased_until < $3 ORDER BY due_at, id LIMIT $4)
        RETURNING id, kind, order_id, problem, attempts",
    pg "UPDATE alerts SET leased_until = $2, attempts = attempts + 1
        WHERE id IN (SELECT id FROM alerts WHERE sending = 'queued' AND due_at <= $1 AND leased_until < $3 ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
        RETURNING id, kind, order_id, problem, attempts";
    SETTLE_ALERT = "UPDATE alerts SET sending = $2, due_at = $3, leased_until = 0 WHERE id = $1";
    RESOLVE_ALERT = "UPDATE alerts SET resolved_at = $2, resolved_by = $3, note = $4 WHERE id = $1 AND resolved_at IS NULL";
    END_ALERTS_OF = "UPDATE alerts SET resolved_at = $3 WHERE kind = $1 AND subject = $2 AND resolved_at IS NULL";
    END_ALERT_LEASES = "UPDATE alerts SET leased_until = 0 WHERE leased_until > 0";
    ALERTS = "SELECT a.id, a.kind, a.severity, o.number, a.problem, a.raised_at, a.resolved_at, p.name AS resolved_by, a.note
        FROM alerts a LEFT JOIN orders o ON o.id = a.order_id LEFT JOIN accounts p ON p.id = a.resolved_by
        WHERE (a.resolved_at IS NULL) = $1 ORDER BY a.raised_at DESC, a.id LIMIT 200";
    SET_OWED = "INSERT INTO shortages (id, order_id, seller_id, variant_id, quantity, raised_at, kind) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (id) DO UPDATE SET quantity = excluded.quantity";
    END_SHORTAGE = "DELETE FROM shortages WHERE id = $1";
    FILLABLE = "SELECT id, order_id, kind FROM (SELECT s.id, s.order_id, s.kind, s.raised_at,
            SUM(s.quantity) OVER (PARTITION BY s.seller_id, s.variant_id ORDER BY s.raised_at, s.id) AS wanted,
            COALESCE((SELECT SUM(b.amount) FROM balances b JOIN warehouses w ON w.id = b.owner
                WHERE w.store_id = s.seller_id AND b.unit = 'stock' AND b.account = 'available' AND b.subject = s.variant_id), 0) AS free
        FROM shortages s) q WHERE wanted <= free ORDER BY raised_at, id LIMIT $1";
    QUEUED_UNITS = "SELECT s.variant_id, CAST(SUM(s.quantity) AS BIGINT) FROM shortages s WHERE s.seller_id = $1 AND s.order_id <> $2
        AND NOT EXISTS (SELECT 1 FROM shortages o WHERE o.order_id = $2 AND o.variant_id = s.variant_id AND (o.raised_at, o.id) < (s.raised_at, s.id))
        GROUP BY s.variant_id";
    PARKED_SAGAS = "SELECT s.id, s.kind, s.step, s.state, s.attempts, s.retries, s.generation, s.due_at, s.problem, s.started_at, o.number, o.waits
        FROM sagas s JOIN orders o ON o.id = s.order_id WHERE s.state = $1 ORDER BY s.due_at DESC, s.id LIMIT 200";
    SAGA = "SELECT order_id, state, retries FROM sagas WHERE id = $1";
    SETTLE_SAGA = "UPDATE sagas SET state = 'done', generation = generation + 1, leased_until = 0, problem = NULL
        WHERE id = $1 AND generation = $2 AND state = 'parked' RETURNING step, subject";
    RETRY_SAGA = "UPDATE sagas SET state = 'waiting', due_at = $2, attempts = 0, leased_until = 0, problem = NULL, retries = retries + 1, generation = generation + 1
        WHERE id = $1 AND state = 'parked' AND retries < $3";
    SETTLE_NOTICE = "UPDATE notices SET state = $2, due_at = $3, problem = $4, leased_until = 0 WHERE id = $1";
    DEPTHS = "SELECT CAST((SELECT COUNT(*) FROM timers) AS BIGINT), CAST((SELECT COUNT(*) FROM sagas WHERE state = 'waiting') AS BIGINT),
        CAST((SELECT COUNT(*) FROM sagas WHERE state = 'parked') AS BIGINT), CAST((SELECT COUNT(*) FROM notices WHERE state = 'queued') AS BIGINT)";
}

/// What the facts of one transaction ask to be done later.
#[derive(Default)]
pub(crate) struct Plans {
    /// Timers to set and clear.
    pub timers: Vec<TimerChange>,
    /// Sagas to start, move and end.
    pub sagas: Vec<SagaChange>,
    /// What to tell whom, by event.
    notices: Vec<(String, Told)>,
    /// What the chain's own people must look at.
    pub alerts: Vec<Alert>,
}

impl Plans {
    /// Adds what a fact tells and none before it told.
    pub(crate) fn tell(&mut self, event: EventId, told: Vec<Told>) {
        for told in told {
            if !self.notices.iter().any(|(_, known)| *known == told) {
                self.notices.push((event.to_string(), told));
            }
        }
    }

    /// Writes the rows.
    pub(crate) async fn write(self, tx: &mut Tx, mint: &mut dyn Mint, order: &Order, at: Time) -> Stored<()> {
        let text = |subject: Option<jumun::ids::FulfilmentId>| subject.map(|id| id.to_string()).unwrap_or_default();
        for change in self.timers {
            match change {
                TimerChange::Set(kind, subject, due) => {
                    tx.exec(&SET_TIMER, args![mint.uuid().to_string(), order.id, kind.slug(), text(subject), due]).await?
                }
                TimerChange::Clear(kind, subject) => tx.exec(&CLEAR_TIMER, args![order.id, kind.slug(), text(subject)]).await?,
                TimerChange::ClearAll => tx.exec(&CLEAR_TIMERS, args![order.id]).await?,
            };
        }
        for change in self.sagas {
            match change {
                SagaChange::Start(kind, subject, step, due) => {
                    tx.exec(&START_SAGA, args![SagaId::mint(mint), kind.slug(), subject, order.id, step.slug(), due, at]).await?
                }
                SagaChange::Move(kind, subject, step, due) => tx.exec(&MOVE_SAGA, args![kind.slug(), subject, step.slug(), due]).await?,
                SagaChange::End(kind, subject) => tx.exec(&END_SAGA, args![kind.slug(), subject]).await?,
            };
        }
        for (event, told) in self.notices {
            // One fact may say the same about several orders, each to somebody else.
            let cause = if told.order == order.id { event } else { format!("{event}/{}", told.order) };
            tell(tx, mint, &cause, told, at).await?;
        }
        for alert in self.alerts {
            raise(tx, mint, alert, &order.id.to_string(), Some(order.id), None, at).await?;
        }
        Ok(())
    }
}

/// Raises an alert, unless the same matter is open already.
pub(crate) async fn raise(
    tx: &mut Tx,
    mint: &mut dyn Mint,
    alert: Alert,
    subject: &str,
    order: Option<OrderId>,
    problem: Option<&str>,
    at: Time,
) -> Stored<()> {
    let values = args![mint.uuid().to_string(), alert.slug(), alert.severity().slug(), subject, order, problem, at];
    tx.exec(&ADD_ALERT, values).await.map(drop)
}

/// An alert that somebody posts now.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ClaimedAlert {
    /// The row, and the chat's idempotency key.
    pub id: String,
    /// Which.
    pub kind: String,
    /// About which order.
    pub order_id: Option<String>,
    /// In whose words.
    pub problem: Option<String>,
    /// This try, from 1.
    pub attempts: i64,
}

/// Claims alerts that have to be posted.
pub(crate) async fn claim_alerts(tx: &mut Tx, now: Time, clock: Time, lease_until: Time, most: i64) -> Stored<Vec<ClaimedAlert>> {
    tx.all(&CLAIM_ALERTS, args![now, lease_until, clock, most]).await
}

/// Posted, failed for good, or queued again for `due`.
pub(crate) async fn settle_alert(tx: &mut Tx, id: &str, sending: &str, due: Time) -> Stored<()> {
    tx.exec(&SETTLE_ALERT, args![id, sending, due]).await.map(drop)
}

/// Somebody has looked; false when it was resolved before.
pub(crate) async fn resolve_alert(tx: &mut Tx, id: &str, by: jumun::ids::AccountId, note: &str, at: Time) -> Stored<bool> {
    Ok(tx.exec(&RESOLVE_ALERT, args![id, at, by, note]).await? == 1)
}

/// Nobody has to look at a matter any more: it ended by itself.
pub(crate) async fn end_alerts_of(tx: &mut Tx, alert: Alert, subject: &str, at: Time) -> Stored<()> {
    tx.exec(&END_ALERTS_OF, args![alert.slug(), subject, at]).await.map(drop)
}

/// Alerts, open or resolved, newest first.
pub(crate) async fn alerts(tx: &mut Tx, open: bool) -> Stored<Vec<AlertView>> {
    let rows: Vec<AlertRow> = tx.all(&ALERTS, args![open]).await?;
    rows.into_iter()
        .map(|row| {
            let kind = Alert::from_slug(&row.kind).ok_or_else(|| Failure::Corrupt(format!("alert {:?}", row.kind)))?;
            Ok(AlertView {
                id: row.id,
                kind,
                severity: kind.severity(),
                number: row.number.map(OrderNumber::new),
                problem: row.problem,
                raised_at: Time(row.raised_at),
                resolved_at: row.resolved_at.map(Time),
                resolved_by: row.resolved_by,
                note: row.note,
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct AlertRow {
    id: String,
    kind: String,
    number: Option<String>,
    problem: Option<String>,
    raised_at: i64,
    resolved_at: Option<i64>,
    resolved_by: Option<String>,
    note: Option<String>,
}

/// Goods that an order is owed: a row of the queue.
#[derive(PartialEq)]
struct Owed<'a> {
    id: String,
    kind: &'static str,
    variant: &'a VariantId,
    units: i64,
    since: Time,
}

/// What turned out to be missing, and what was promised before it was there.
fn owed(order: &Order) -> Vec<Owed<'_>> {
    let missing = order.shortages.iter().filter(|shortage| shortage.is_live()).filter_map(|shortage| {
        let variant = &order.line(shortage.line)?.variant;
        let (id, units) = (shortage.id.to_string(), shortage.quantity.units());
        Some(Owed { id, kind: "missing", variant, units, since: shortage.raised_at })
    });
    let promised = order.fulfilments.iter().filter(|goods| goods.is_to_come()).filter_map(|goods| {
        let line = goods.lines.first()?;
        let (id, units) = (goods.id.to_string(), line.quantity.units());
        Some(Owed { id, kind: "promised", variant: &line.variant, units, since: order.confirmed_at? })
    });
    missing.chain(promised).collect()
}

/// Queues and ends what is owed, as the order's state says.
pub(crate) async fn queue_owed(tx: &mut Tx, before: Option<&Order>, order: &Order) -> Stored<()> {
    let (was, is) = (before.map(owed).unwrap_or_default(), owed(order));
    for row in is.iter().filter(|row| !was.contains(row)) {
        let values = args![&row.id, order.id, order.seller, row.variant, row.units, row.since, row.kind];
        tx.exec(&SET_OWED, values).await?;
    }
    for row in was.iter().filter(|row| is.iter().all(|other| other.id != row.id)) {
        tx.exec(&END_SHORTAGE, args![&row.id]).await?;
    }
    Ok(())
}

/// What the free units reach of all that is owed, as commands. Each variant's queue is served from its head, and who is behind
/// does not overtake.
pub(crate) async fn fillable(tx: &mut Tx, most: i64) -> Stored<Vec<(OrderId, OrderCommand)>> {
    let rows: Vec<(String, String, String)> = tx.all(&FILLABLE, args![most]).await?;
    rows.into_iter()
        .map(|(id, order, kind)| {
            let command = match kind.as_str() {
                "promised" => OrderCommand::KeepPromise { fulfilment: parsed(&id)? },
                _ => OrderCommand::FillShortage { shortage: parsed(&id)? },
            };
            Ok((parsed(&order)?, command))
        })
        .collect()
}

/// Units that a seller owes to others before this order, by variant.
pub(crate) async fn queued_units(tx: &mut Tx, seller: PartyId, but: Option<OrderId>) -> Stored<Vec<(String, i64)>> {
    tx.all(&QUEUED_UNITS, args![seller, but.map(|id| id.to_string()).unwrap_or_default()]).await
}

/// A saga as its operators see it.
pub(crate) async fn sagas_in(tx: &mut Tx, state: &str) -> Stored<Vec<StuckSaga>> {
    let rows: Vec<StuckRow> = tx.all(&PARKED_SAGAS, args![state]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(StuckSaga {
                id: row.id,
                number: OrderNumber::new(row.number),
                waits: jumun::order::Waits::from_name(&row.waits).map_err(|_| Failure::Corrupt(row.waits))?,
                saga: row.saga.view(),
                retries: u32::try_from(row.retries).unwrap_or(0),
                generation: row.generation,
                started_at: Time(row.started_at),
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct StuckRow {
    id: String,
    #[sqlx(flatten)]
    saga: SagaViewRow,
    retries: i64,
    generation: i64,
    started_at: i64,
    number: String,
    waits: String,
}

/// A saga's row, for the one who retries or settles it.
#[derive(sqlx::FromRow)]
pub(crate) struct SagaPlace {
    /// Its order.
    pub order_id: String,
    /// `waiting`, `parked` or `done`.
    pub state: String,
    /// How often somebody retried it by hand.
    pub retries: i64,
}

/// Looks a saga up.
pub(crate) async fn saga(tx: &mut Tx, id: &str) -> Stored<Option<SagaPlace>> {
    tx.opt(&SAGA, args![id]).await
}

/// Lets a parked saga try again, and ends the alert about it; false when it has been retried often enough or is not parked.
pub(crate) async fn retry_saga(tx: &mut Tx, id: &str, most: u32, now: Time) -> Stored<bool> {
    let retried = tx.exec(&RETRY_SAGA, args![id, now, most]).await? == 1;
    if retried {
        end_alerts_of(tx, Alert::SagaParked, id, now).await?;
    }
    Ok(retried)
}

/// Ends a parked saga that somebody settles by hand, and the alert about it. Answers the step it stopped at and what it is about;
/// nothing when it moved since it was looked at.
pub(crate) async fn settle_saga(tx: &mut Tx, id: &str, generation: i64, now: Time) -> Stored<Option<(Step, String)>> {
    let Some((step, subject)) = tx.opt::<(String, String)>(&SETTLE_SAGA, args![id, generation]).await? else { return Ok(None) };
    end_alerts_of(tx, Alert::SagaParked, id, now).await?;
    let step = Step::from_slug(&step).ok_or_else(|| Failure::Corrupt(format!("step {step:?}")))?;
    Ok(Some((step, subject)))
}

/// Queues a notice on each of its channels, once for each cause.
pub(crate) async fn tell(tx: &mut Tx, mint: &mut dyn Mint, cause: &str, told: Told, at: Time) -> Stored<()> {
    for channel in told.template.channels() {
        let values = args![mint.uuid().to_string(), cause, told.template.code(), channel.slug(), told.party, Some(told.order), at, None::<String>];
        tx.exec(&ADD_NOTICE, values).await?;
    }
    Ok(())
}

/// Queues a notice to a member that is about no order. `detail` is the figure or the name that it tells.
pub(crate) async fn tell_member(
    tx: &mut Tx,
    mint: &mut dyn Mint,
    cause: &str,
    template: Template,
    member: PartyId,
    detail: &str,
    at: Time,
) -> Stored<()> {
    for channel in template.channels() {
        let values = args![mint.uuid().to_string(), cause, template.code(), channel.slug(), member, None::<String>, at, detail];
        tx.exec(&ADD_NOTICE, values).await?;
    }
    Ok(())
}

/// A timer whose time has come.
pub(crate) struct DueTimer {
    /// The row.
    pub id: String,
    /// Its order.
    pub order: OrderId,
    /// What it is for.
    pub kind: TimerKind,
    /// The fulfilment it is about.
    pub subject: Option<jumun::ids::FulfilmentId>,
}

/// Timers whose time has come, oldest first.
pub(crate) async fn due_timers(tx: &mut Tx, now: Time, most: i64) -> Stored<Vec<DueTimer>> {
    let rows: Vec<(String, String, String, String)> = tx.all(&DUE_TIMERS, args![now, most]).await?;
    rows.into_iter()
        .map(|(id, order, kind, subject)| {
            Ok(DueTimer {
                id,
                order: parsed(&order)?,
                kind: TimerKind::from_slug(&kind).ok_or_else(|| Failure::Corrupt(format!("timer {kind:?}")))?,
                subject: if subject.is_empty() { None } else { Some(parsed(&subject)?) },
            })
        })
        .collect()
}

/// Lets a timer that was due come up again at `due`, unless it was set anew meanwhile.
pub(crate) async fn delay_timer(tx: &mut Tx, id: &str, now: Time, due: Time) -> Stored<()> {
    tx.exec(&DELAY_TIMER, args![id, now, due]).await.map(drop)
}

/// Takes a timer; false when another node was faster or it was cleared.
pub(crate) async fn take_timer(tx: &mut Tx, id: &str) -> Stored<bool> {
    Ok(tx.exec(&TAKE_TIMER, args![id]).await? == 1)
}

/// The running timers of an order.
pub(crate) async fn timers_of(tx: &mut Tx, order: OrderId) -> Stored<Vec<TimerView>> {
    let rows: Vec<(String, i64)> = tx.all(&TIMERS_OF, args![order]).await?;
    Ok(rows.into_iter().map(|(kind, due)| TimerView { kind, due: Time(due) }).collect())
}

#[derive(sqlx::FromRow)]
struct SagaRow {
    id: String,
    kind: String,
    subject: String,
    order_id: String,
    step: String,
    generation: i64,
    attempts: i64,
    looks: i64,
    memo: Option<String>,
}

/// A saga that somebody works on now.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    /// The row; with the step it is the idempotency key of outside calls.
    pub id: String,
    /// Its kind.
    pub kind: SagaKind,
    /// What it is about.
    pub subject: String,
    /// Its order.
    pub order: OrderId,
    /// Where it stands.
    pub step: Step,
    /// Changes with every move; who worked on an older one changes nothing.
    pub generation: i64,
    /// This try of the step, from 1.
    pub attempts: i64,
    /// How often it looked and found nothing new.
    pub looks: i64,
    /// What the step before learned, for instance the warehouse's id.
    pub memo: Option<String>,
}

impl SagaRow {
    fn claimed(self) -> Stored<Claimed> {
        Ok(Claimed {
            kind: SagaKind::from_slug(&self.kind).ok_or_else(|| Failure::Corrupt(format!("saga {:?}", self.kind)))?,
            step: Step::from_slug(&self.step).ok_or_else(|| Failure::Corrupt(format!("step {:?}", self.step)))?,
            order: parsed(&self.order_id)?,
            id: self.id,
            subject: self.subject,
            generation: self.generation,
            attempts: self.attempts,
            looks: self.looks,
            memo: self.memo,
        })
    }
}

/// A saga at this step that somebody works on now. Only a test takes it as its own.
pub(crate) async fn leased(tx: &mut Tx, step: Step, clock: Time) -> Stored<Option<Claimed>> {
    tx.opt::<SagaRow>(&LEASED, args![step.slug(), clock]).await?.map(SagaRow::claimed).transpose()
}

/// Claims sagas that are due. A claim is a lease: who dies with it is followed by another when it ends.
pub(crate) async fn claim_sagas(tx: &mut Tx, now: Time, clock: Time, lease_until: Time, most: i64) -> Stored<Vec<Claimed>> {
    let rows: Vec<SagaRow> = tx.all(&CLAIM_SAGAS, args![now, lease_until, clock, most]).await?;
    rows.into_iter().map(SagaRow::claimed).collect()
}

/// Nothing new yet, or the next step of the same work: look at `due`.
pub(crate) async fn look_again(tx: &mut Tx, saga: &Claimed, step: Step, memo: Option<&str>, due: Time) -> Stored<()> {
    tx.exec(&LOOK_AGAIN, args![&saga.id, saga.generation, due, step.slug(), memo]).await.map(drop)
}

/// The try failed: again at `due`.
pub(crate) async fn try_again(tx: &mut Tx, saga: &Claimed, due: Time, problem: &str) -> Stored<()> {
    tx.exec(&TRY_AGAIN, args![&saga.id, saga.generation, due, problem]).await.map(drop)
}

/// Nothing is left to do.
pub(crate) async fn end_saga(tx: &mut Tx, saga: &Claimed) -> Stored<()> {
    tx.exec(&FINISH_SAGA, args![&saga.id, saga.generation]).await.map(drop)
}

/// Every try failed: an operator has to look.
pub(crate) async fn park(tx: &mut Tx, saga: &Claimed, problem: &str) -> Stored<()> {
    tx.exec(&PARK_SAGA, args![&saga.id, saga.generation, problem]).await.map(drop)
}

/// Ends every lease: who held one before this process started is gone. Only where there is one process.
pub(crate) async fn end_leases(tx: &mut Tx) -> Stored<()> {
    tx.exec(&END_SAGA_LEASES, args![]).await?;
    tx.exec(&END_ALERT_LEASES, args![]).await?;
    tx.exec(&END_NOTICE_LEASES, args![]).await.map(drop)
}

/// Somebody hints that there is news: look now. Who looks at this moment may have looked too early, so his claim ends.
pub(crate) async fn wake(tx: &mut Tx, kind: SagaKind, subject: &str, now: Time) -> Stored<()> {
    tx.exec(&WAKE_SAGA, args![kind.slug(), subject, now]).await.map(drop)
}

#[derive(sqlx::FromRow)]
struct SagaViewRow {
    kind: String,
    step: String,
    state: String,
    attempts: i64,
    due_at: i64,
    problem: Option<String>,
}

impl SagaViewRow {
    fn view(self) -> SagaView {
        SagaView {
            kind: self.kind,
            step: self.step,
            state: self.state,
            attempts: u32::try_from(self.attempts).unwrap_or(0),
            due: Time(self.due_at),
            problem: self.problem,
        }
    }
}

/// The sagas of an order.
pub(crate) async fn sagas_of(tx: &mut Tx, order: OrderId) -> Stored<Vec<SagaView>> {
    let rows: Vec<SagaViewRow> = tx.all(&SAGAS_OF, args![order]).await?;
    Ok(rows.into_iter().map(SagaViewRow::view).collect())
}

/// The fulfilment whose saga watches this parcel.
pub(crate) async fn fulfilment_of_tracking(tx: &mut Tx, tracking: &str) -> Stored<Option<String>> {
    Ok(tx.opt::<(String,)>(&FULFILMENT_OF_TRACKING, args![tracking]).await?.map(|(subject,)| subject))
}

/// How many timers, sagas and notices are due.
pub(crate) async fn due(tx: &mut Tx, now: Time) -> Stored<i64> {
    Ok(tx.one::<(i64,)>(&DUE_WORK, args![now]).await?.0)
}

/// A notice that somebody sends now.
#[derive(Clone, Debug)]
pub(crate) struct ClaimedNotice {
    /// The row, and the provider's idempotency key.
    pub id: String,
    /// What.
    pub template: Template,
    /// How.
    pub channel: Channel,
    /// To whom.
    pub party: PartyId,
    /// About which order, if it is about one.
    pub order: Option<OrderId>,
    /// This try, from 1.
    pub attempts: i64,
    /// The figure or the name that it tells, where no order does.
    pub detail: Option<String>,
}

type NoticeRow = (String, String, String, String, Option<String>, i64, Option<String>);

/// Claims notices that are due.
pub(crate) async fn claim_notices(tx: &mut Tx, now: Time, clock: Time, lease_until: Time, most: i64) -> Stored<Vec<ClaimedNotice>> {
    let rows: Vec<NoticeRow> = tx.all(&CLAIM_NOTICES, args![now, lease_until, clock, most]).await?;
    rows.into_iter()
        .map(|(id, template, channel, party, order, attempts, detail)| {
            Ok(ClaimedNotice {
                id,
                detail,
                template: Template::from_code(&template).ok_or_else(|| Failure::Corrupt(format!("template {template:?}")))?,
                channel: match channel.as_str() {
                    "sms" => Channel::Sms,
                    "push" => Channel::Push,
                    _ => Channel::Email,
                },
                party: parsed(&party)?,
                order: order.as_deref().map(parsed).transpose()?,
                attempts,
            })
        })
        .collect()
}

/// Sent, suppressed, failed for good, or queued again for `due`.
pub(crate) async fn settle_notice(tx: &mut Tx, id: &str, state: &str, due: Time, problem: Option<&str>) -> Stored<()> {
    tx.exec(&SETTLE_NOTICE, args![id, state, due, problem]).await.map(drop)
}

/// Rows that wait: timers, sagas, parked sagas, notices.
pub(crate) async fn depths(tx: &mut Tx) -> Stored<(i64, i64, i64, i64)> {
    tx.one(&DEPTHS, args![]).await
}
