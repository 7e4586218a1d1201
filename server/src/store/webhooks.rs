//! Endpoints, their secrets, and messages on their way to them.

use super::{Failure, Stored, Tx, args, events::Place, from_json, parsed, statements, to_json};
use crate::standard_webhooks::Secret;
use jumun::{
    ids::{AccountId, EndpointId, EventId, OrderId, OrderNumber, SecretId},
    time::{Span, Time},
    view::HistoryRow,
    webhook::{DeliveryList, DeliveryQuery, DeliveryState, DeliveryView, Disabled, EndpointView, EventFilter, Miss, Owner, TryView},
};

statements! {
    ADD_ENDPOINT = "INSERT INTO webhook_endpoints (id, owner_kind, owner_id, account_id, url, events, description, created_at, leased_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)";
    CHANGE_ENDPOINT = "UPDATE webhook_endpoints SET url = $2, events = $3, description = $4 WHERE id = $1";
    DISABLE_ENDPOINT = "UPDATE webhook_endpoints SET disabled = $2, disabled_at = $3 WHERE id = $1 AND disabled IS NULL";
    ENABLE_ENDPOINT = "UPDATE webhook_endpoints SET disabled = NULL, disabled_at = NULL, failing_since = NULL WHERE id = $1 AND disabled IS NOT NULL";
    REMOVE_ATTEMPTS = "DELETE FROM webhook_attempts WHERE delivery_id IN (SELECT id FROM webhook_deliveries WHERE endpoint_id = $1)";
    REMOVE_DELIVERIES = "DELETE FROM webhook_deliveries WHERE endpoint_id = $1";
    REMOVE_SECRETS = "DELETE FROM webhook_secrets WHERE endpoint_id = $1";
    REMOVE_ENDPOINT = "DELETE FROM webhook_endpoints WHERE id = $1";
    ENDPOINT_COUNT = "SELECT COUNT(*) FROM webhook_endpoints WHERE owner_kind = $1 AND owner_id = $2";
    LOCK_ENDPOINT = "SELECT id, owner_kind, owner_id, account_id, url, events, description, disabled, created_at FROM webhook_endpoints
        WHERE id = $1 AND owner_kind = $2 AND owner_id = $3",
    pg "SELECT id, owner_kind, owner_id, account_id, url, events, description, disabled, created_at FROM webhook_endpoints
        WHERE id = $1 AND owner_kind = $2 AND owner_id = $3 FOR UPDATE";
    ENABLED_ENDPOINTS = "SELECT id, owner_kind, owner_id, account_id, url, events, description, disabled, created_at FROM webhook_endpoints WHERE disabled IS NULL";
    ENDPOINTS_OF = "SELECT e.id, e.url, e.events, e.description, e.disabled, e.created_at, e.disabled_at, e.failing_since,
            (SELECT COUNT(*) FROM webhook_deliveries d WHERE d.endpoint_id = e.id AND d.state = 'waiting') AS waiting,
            (SELECT COUNT(*) FROM webhook_deliveries d WHERE d.endpoint_id = e.id AND d.state = 'dead') AS dead,
            (SELECT MAX(s.valid_until) FROM webhook_secrets s WHERE s.endpoint_id = e.id AND s.valid_until > $3) AS old_secret_until
        FROM webhook_endpoints e WHERE e.owner_kind = $1 AND e.owner_id = $2 AND ($4 = '' OR e.id = $4) ORDER BY e.created_at DESC, e.id DESC";
    ADD_SECRET = "INSERT INTO webhook_secrets (id, endpoint_id, secret, created_at) VALUES ($1, $2, $3, $4)";
    RETIRE_SECRETS = "UPDATE webhook_secrets SET valid_until = $2 WHERE endpoint_id = $1 AND valid_until IS NULL";
    FORGET_SECRETS = "DELETE FROM webhook_secrets WHERE valid_until <= $1";
    GOOD_SECRETS = "SELECT secret FROM webhook_secrets WHERE endpoint_id = $1 AND (valid_until IS NULL OR valid_until > $2) ORDER BY created_at DESC, id DESC";
    SECRET = "SELECT secret FROM webhook_secrets WHERE id = $1 AND endpoint_id = $2";
    READER = "SELECT xact, position FROM log_readers WHERE name = 'webhooks'";
    MOVE_READER = "UPDATE log_readers SET xact = $1, position = $2, moved_at = $3 WHERE name = 'webhooks' AND xact = $4 AND position = $5";
    TOLD_AFTER = "SELECT e.xact, e.position, e.id, e.name, e.schema_version, e.aggregate_kind, e.aggregate_id, e.sequence, e.actor, e.at
        FROM events e WHERE (e.xact, e.position) > ($1, $2) ORDER BY e.xact, e.position LIMIT $3",
    pg "SELECT e.xact, e.position, e.id, e.name, e.schema_version, e.aggregate_kind, e.aggregate_id, e.sequence, e.actor, e.at
        FROM events e WHERE (e.xact, e.position) > ($1, $2) AND e.xact < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)
        ORDER BY e.xact, e.position LIMIT $3";
    BEHIND = "SELECT CAST((SELECT COUNT(*) FROM log_readers r WHERE r.name = 'webhooks' AND EXISTS (SELECT 1 FROM webhook_endpoints p WHERE p.disabled IS NULL)
            AND EXISTS (SELECT 1 FROM events e WHERE (e.xact, e.position) > (r.xact, r.position)))
        + (SELECT COUNT(*) FROM webhook_endpoints p WHERE p.disabled IS NULL AND EXISTS
            (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = p.id AND d.state = 'waiting' AND d.due_at <= $1)) AS BIGINT)";
    ADD_DELIVERY = "INSERT INTO webhook_deliveries (id, endpoint_id, owner_id, event_id, event, order_id, position, body, state, tries, attempts, created_at, due_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', 0, 0, $9, $9) ON CONFLICT (endpoint_id, event_id) DO NOTHING";
    CLAIM_ENDPOINTS = "UPDATE webhook_endpoints SET leased_until = $2 WHERE disabled IS NULL AND leased_until < $3 AND id IN (SELECT p.id FROM webhook_endpoints p
            WHERE p.disabled IS NULL AND p.leased_until < $3 AND EXISTS
                (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = p.id AND d.state = 'waiting' AND d.due_at <= $1) LIMIT $4)
        RETURNING id";
    ANY_DUE = "SELECT COUNT(*) FROM webhook_endpoints p WHERE p.disabled IS NULL AND p.leased_until < $2 AND EXISTS
        (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = p.id AND d.state = 'waiting' AND d.due_at <= $1)";
    NEXT_DUE = "SELECT d.id, d.endpoint_id, d.event, d.body, d.tries, d.attempts, e.url FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
        WHERE d.endpoint_id = $1 AND e.disabled IS NULL AND d.state = 'waiting' AND d.due_at <= $2 ORDER BY d.due_at, d.position, d.id LIMIT 1";
    KEEP_LEASE = "UPDATE webhook_endpoints SET leased_until = $3 WHERE id = $1 AND leased_until = $2";
    END_ENDPOINT_LEASES = "UPDATE webhook_endpoints SET leased_until = 0 WHERE leased_until > 0";
    ADD_ATTEMPT = "INSERT INTO webhook_attempts (delivery_id, nth, at, took_micros, status, problem, excerpt) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    SETTLE_DELIVERY = "UPDATE webhook_deliveries SET state = $3, tries = $4, attempts = attempts + 1, due_at = $5, ended_at = $6
        WHERE id = $1 AND state = 'waiting' AND attempts = $2";
    NOTE_FAILING = "UPDATE webhook_endpoints SET failing_since = COALESCE(failing_since, $2) WHERE id = $1 RETURNING failing_since";
    NOTE_WELL = "UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL";
    DELIVERIES_OF = "SELECT d.id, d.endpoint_id, d.event, o.number, d.state, d.created_at, d.due_at, d.ended_at, d.body
        FROM webhook_deliveries d LEFT JOIN orders o ON o.id = d.order_id
        WHERE d.owner_id = $1 AND (d.created_at, d.id) < ($2, $3) AND ($4 = '' OR d.state = $4) AND ($5 = '' OR d.event = $5) AND ($6 = '' OR o.number = $6)
        ORDER BY d.created_at DESC, d.id DESC LIMIT $7";
    DELIVERIES_TO = "SELECT d.id, d.endpoint_id, d.event, o.number, d.state, d.created_at, d.due_at, d.ended_at, d.body
        FROM webhook_deliveries d LEFT JOIN orders o ON o.id = d.order_id
        WHERE d.endpoint_id = $8 AND d.owner_id = $1 AND (d.created_at, d.id) < ($2, $3) AND ($4 = '' OR d.state = $4) AND ($5 = '' OR d.event = $5)
            AND ($6 = '' OR o.number = $6)
        ORDER BY d.created_at DESC, d.id DESC LIMIT $7";
    DELIVERY = "SELECT d.id, d.endpoint_id, d.event, o.number, d.state, d.created_at, d.due_at, d.ended_at, d.body
        FROM webhook_deliveries d LEFT JOIN orders o ON o.id = d.order_id WHERE d.id = $1 AND d.owner_id = $2";
    ATTEMPTS_OF = "SELECT at, took_micros, status, problem, excerpt FROM webhook_attempts WHERE delivery_id = $1 ORDER BY nth";
    REPLAY = "UPDATE webhook_deliveries SET state = 'waiting', tries = 0, due_at = $2, ended_at = NULL WHERE id = $1 AND state <> 'waiting'";
    TRY_NOW = "UPDATE webhook_deliveries SET due_at = $2 WHERE id = $1 AND state = 'waiting'";
    REPLAY_DEAD = "UPDATE webhook_deliveries SET state = 'waiting', tries = 0, due_at = $3, ended_at = NULL
        WHERE endpoint_id = $1 AND state = 'dead' AND created_at >= $2";
    FORGET_OLD_ATTEMPTS = "DELETE FROM webhook_attempts WHERE delivery_id IN (SELECT id FROM webhook_deliveries WHERE ended_at < $1)";
    FORGET_OLD_DELIVERIES = "DELETE FROM webhook_deliveries WHERE ended_at < $1";
}

/// An endpoint as workers and commands know it.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// Which.
    pub id: EndpointId,
    /// Whose.
    pub owner: Owner,
    /// Who made it.
    pub account: AccountId,
    /// Where messages go.
    pub url: String,
    /// Of what.
    pub events: EventFilter,
    /// What it is called.
    pub description: String,
    /// Why it is told nothing.
    pub disabled: Option<Disabled>,
    /// It hears what happened since.
    pub created_at: Time,
}

#[derive(sqlx::FromRow)]
struct EndpointRow {
    id: String,
    owner_kind: String,
    owner_id: String,
    account_id: String,
    url: String,
    events: String,
    description: String,
    disabled: Option<String>,
    created_at: i64,
}

pub(super) fn disabled(slug: Option<String>) -> Stored<Option<Disabled>> {
    slug.map(|slug| Disabled::from_slug(&slug).ok_or_else(|| Failure::Corrupt(format!("disabled {slug:?}")))).transpose()
}

impl EndpointRow {
    fn read(self) -> Stored<Endpoint> {
        Ok(Endpoint {
            id: parsed(&self.id)?,
            owner: match self.owner_kind.as_str() {
                "store" => Owner::Store(parsed(&self.owner_id)?),
                _ => Owner::Channel(parsed(&self.owner_id)?),
            },
            account: parsed(&self.account_id)?,
            url: self.url,
            events: from_json(&self.events)?,
            description: self.description,
            disabled: disabled(self.disabled)?,
            created_at: Time(self.created_at),
        })
    }
}

/// Adds an endpoint.
pub(crate) async fn add(tx: &mut Tx, endpoint: &Endpoint) -> Stored<()> {
    let values = args![
        endpoint.id,
        endpoint.owner.kind(),
        endpoint.owner.id(),
        endpoint.account,
        &endpoint.url,
        to_json(&endpoint.events)?,
        &endpoint.description,
        endpoint.created_at,
    ];
    tx.exec(&ADD_ENDPOINT, values).await.map(drop)
}

/// How many endpoints an owner has.
pub(crate) async fn count(tx: &mut Tx, owner: Owner) -> Stored<i64> {
    Ok(tx.one::<(i64,)>(&ENDPOINT_COUNT, args![owner.kind(), owner.id()]).await?.0)
}

/// An endpoint of this owner, locked.
pub(crate) async fn lock(tx: &mut Tx, id: EndpointId, owner: Owner) -> Stored<Option<Endpoint>> {
    let row: Option<EndpointRow> = tx.opt(&LOCK_ENDPOINT, args![id, owner.kind(), owner.id()]).await?;
    row.map(EndpointRow::read).transpose()
}

/// Every endpoint that is told anything.
pub(crate) async fn enabled(tx: &mut Tx) -> Stored<Vec<Endpoint>> {
    let rows: Vec<EndpointRow> = tx.all(&ENABLED_ENDPOINTS, args![]).await?;
    rows.into_iter().map(EndpointRow::read).collect()
}

/// Writes what of an endpoint can be changed.
pub(crate) async fn change(tx: &mut Tx, endpoint: &Endpoint) -> Stored<()> {
    tx.exec(&CHANGE_ENDPOINT, args![endpoint.id, &endpoint.url, to_json(&endpoint.events)?, &endpoint.description]).await.map(drop)
}

/// Tells an endpoint nothing any more; false when that is so already.
pub(crate) async fn disable(tx: &mut Tx, id: EndpointId, why: Disabled, at: Time) -> Stored<bool> {
    Ok(tx.exec(&DISABLE_ENDPOINT, args![id, why.slug(), at]).await? == 1)
}

/// Tells an endpoint what happens again; false when that is so already.
pub(crate) async fn enable(tx: &mut Tx, id: EndpointId) -> Stored<bool> {
    Ok(tx.exec(&ENABLE_ENDPOINT, args![id]).await? == 1)
}

/// Forgets an endpoint with everything that belongs to it.
pub(crate) async fn remove(tx: &mut Tx, id: EndpointId) -> Stored<()> {
    for sql in [&REMOVE_ATTEMPTS, &REMOVE_DELIVERIES, &REMOVE_SECRETS, &REMOVE_ENDPOINT] {
        tx.exec(sql, args![id]).await?;
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct EndpointViewRow {
    id: String,
    url: String,
    events: String,
    description: String,
    disabled: Option<String>,
    created_at: i64,
    disabled_at: Option<i64>,
    failing_since: Option<i64>,
    waiting: i64,
    dead: i64,
    old_secret_until: Option<i64>,
}

/// The endpoints of an owner, newest first; or one of them.
pub(crate) async fn of_owner(tx: &mut Tx, owner: Owner, one: Option<EndpointId>, now: Time) -> Stored<Vec<EndpointView>> {
    let one = one.map(|id| id.to_string()).unwrap_or_default();
    let rows: Vec<EndpointViewRow> = tx.all(&ENDPOINTS_OF, args![owner.kind(), owner.id(), now, one]).await?;
    rows.into_iter()
        .map(|row| {
            let why = disabled(row.disabled)?;
            Ok(EndpointView {
                id: parsed(&row.id)?,
                url: row.url,
                events: from_json(&row.events)?,
                description: row.description,
                enabled: why.is_none(),
                disabled: why,
                created_at: Time(row.created_at),
                disabled_at: row.disabled_at.map(Time),
                failing_since: row.failing_since.map(Time),
                waiting: u32::try_from(row.waiting).unwrap_or(u32::MAX),
                dead: u32::try_from(row.dead).unwrap_or(u32::MAX),
                old_secret_until: row.old_secret_until.map(Time),
                secret: None,
            })
        })
        .collect()
}

/// Gives an endpoint a new secret; those before it are good until `overlap`.
pub(crate) async fn add_secret(tx: &mut Tx, id: SecretId, endpoint: EndpointId, secret: &Secret, now: Time, overlap: Time) -> Stored<()> {
    tx.exec(&FORGET_SECRETS, args![now]).await?;
    tx.exec(&RETIRE_SECRETS, args![endpoint, overlap]).await?;
    tx.exec(&ADD_SECRET, args![id, endpoint, secret.reveal(), now]).await.map(drop)
}

/// The secrets of an endpoint that are good now, the newest first.
pub(crate) async fn secrets(tx: &mut Tx, endpoint: EndpointId, now: Time) -> Stored<Vec<Secret>> {
    let rows: Vec<(String,)> = tx.all(&GOOD_SECRETS, args![endpoint, now]).await?;
    rows.into_iter().map(|(text,)| Secret::parse(&text).ok_or_else(|| Failure::Corrupt("a webhook secret".into()))).collect()
}

/// One secret, for the answer that shows it.
pub(crate) async fn secret(tx: &mut Tx, id: SecretId, endpoint: EndpointId) -> Stored<Option<Secret>> {
    Ok(tx.opt::<(String,)>(&SECRET, args![id, endpoint]).await?.and_then(|(text,)| Secret::parse(&text)))
}

/// An event that may be told to somebody.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Happened {
    xact: i64,
    /// Its number in the log.
    pub position: i64,
    id: String,
    name: String,
    schema_version: i64,
    aggregate_kind: String,
    aggregate_id: String,
    sequence: i64,
    actor: String,
    at: i64,
}

impl Happened {
    /// Where it stands.
    pub(crate) fn place(&self) -> Place {
        Place::new(self.xact, self.position)
    }

    /// The order it is about, if it is about one.
    pub(crate) fn order(&self) -> Stored<Option<OrderId>> {
        if self.aggregate_kind == "order" { parsed(&self.aggregate_id).map(Some) } else { Ok(None) }
    }

    /// Its identity and the version of its shape.
    pub(crate) fn identity(&self) -> Stored<(EventId, u32)> {
        Ok((parsed(&self.id)?, u32::try_from(self.schema_version).unwrap_or(1)))
    }

    /// The event as a history shows it.
    pub(crate) fn row(&self) -> HistoryRow {
        HistoryRow {
            version: u32::try_from(self.sequence).unwrap_or(0),
            event: self.name.clone(),
            at: Time(self.at),
            actor: self.actor.clone(),
            note: None,
        }
    }
}

/// How far the log has been told.
pub(crate) async fn reader(tx: &mut Tx) -> Stored<Place> {
    let (xact, position): (i64, i64) = tx.one(&READER, args![]).await?;
    Ok(Place::new(xact, position))
}

/// Moves on in the log; false when somebody else has moved on from there.
pub(crate) async fn move_reader(tx: &mut Tx, from: Place, to: Place, at: Time) -> Stored<bool> {
    Ok(tx.exec(&MOVE_READER, args![to.xact(), to.position(), at, from.xact(), from.position()]).await? == 1)
}

/// The next events after a place, none of them twice and none left out.
pub(crate) async fn happened_after(tx: &mut Tx, place: Place, most: i64) -> Stored<Vec<Happened>> {
    tx.all(&TOLD_AFTER, args![place.xact(), place.position(), most]).await
}

/// Whether somebody is still to be told something of the log, or a message is due.
pub(crate) async fn is_behind(tx: &mut Tx, now: Time) -> Stored<bool> {
    Ok(tx.one::<(i64,)>(&BEHIND, args![now]).await?.0 > 0)
}

/// A message to be sent.
#[derive(Clone, Debug)]
pub(crate) struct NewDelivery {
    /// Its id, the same whoever makes it.
    pub id: String,
    /// To whom.
    pub endpoint: EndpointId,
    /// Whose endpoint it is.
    pub owner: Owner,
    /// About which event.
    pub event_id: String,
    /// Its name.
    pub event: String,
    /// About which order.
    pub order: Option<OrderId>,
    /// The event's number in the log.
    pub position: i64,
    /// What is sent.
    pub body: String,
}

/// Queues a message, once for each event and endpoint.
pub(crate) async fn add_delivery(tx: &mut Tx, new: &NewDelivery, at: Time) -> Stored<()> {
    let values = args![&new.id, new.endpoint, new.owner.id(), &new.event_id, &new.event, new.order, new.position, &new.body, at];
    tx.exec(&ADD_DELIVERY, values).await.map(drop)
}

/// Whether a message is due at an endpoint that nobody works on.
pub(crate) async fn any_due(tx: &mut Tx, now: Time, clock: Time) -> Stored<bool> {
    Ok(tx.one::<(i64,)>(&ANY_DUE, args![now, clock]).await?.0 > 0)
}

/// Claims endpoints that messages are due at. A claim is a lease: who dies with it is followed by another when it ends.
pub(crate) async fn claim(tx: &mut Tx, now: Time, clock: Time, lease_until: Time, most: i64) -> Stored<Vec<EndpointId>> {
    let rows: Vec<(String,)> = tx.all(&CLAIM_ENDPOINTS, args![now, lease_until, clock, most]).await?;
    rows.into_iter().map(|(id,)| parsed(&id)).collect()
}

/// A message that somebody sends now.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct DueDelivery {
    /// The message's id.
    pub id: String,
    /// The event's name.
    pub event: String,
    /// What is sent.
    pub body: String,
    /// Tries that failed since it was queued.
    pub tries: i64,
    /// All tries ever.
    pub attempts: i64,
    /// Where it goes.
    pub url: String,
}

/// The next message that is due at an endpoint: by its time, and then by the order in which things happened.
pub(crate) async fn next_due(tx: &mut Tx, endpoint: EndpointId, now: Time) -> Stored<Option<DueDelivery>> {
    tx.opt(&NEXT_DUE, args![endpoint, now]).await
}

/// Keeps a claim for longer, or gives it back; false when it had ended and somebody else may have it.
pub(crate) async fn keep_lease(tx: &mut Tx, endpoint: EndpointId, held: Time, until: Time) -> Stored<bool> {
    Ok(tx.exec(&KEEP_LEASE, args![endpoint, held, until]).await? == 1)
}

/// Ends every claim. Only where there is one process.
pub(crate) async fn end_leases(tx: &mut Tx) -> Stored<()> {
    tx.exec(&END_ENDPOINT_LEASES, args![]).await.map(drop)
}

/// Where a message stands after a try.
pub(crate) struct Settled {
    /// Its state.
    pub state: DeliveryState,
    /// Tries that failed since it was queued.
    pub tries: u32,
    /// When it is tried next.
    pub due: Time,
}

/// Writes down a try and where the message stands after it; false when somebody else has done so meanwhile.
pub(crate) async fn settle(tx: &mut Tx, delivery: &DueDelivery, attempt: &TryView, settled: &Settled) -> Stored<bool> {
    let ended = (settled.state != DeliveryState::Waiting).then_some(attempt.at);
    let values = args![&delivery.id, delivery.attempts, settled.state.slug(), settled.tries, settled.due, ended];
    if tx.exec(&SETTLE_DELIVERY, values).await? == 0 {
        return Ok(false);
    }
    let (status, problem) = (attempt.status.map(i64::from), attempt.problem.map(Miss::slug));
    let values = args![&delivery.id, delivery.attempts + 1, attempt.at, attempt.took_micros, status, problem, &attempt.excerpt];
    tx.exec(&ADD_ATTEMPT, values).await?;
    Ok(true)
}

/// An endpoint took a message.
pub(crate) async fn note_well(tx: &mut Tx, endpoint: EndpointId) -> Stored<()> {
    tx.exec(&NOTE_WELL, args![endpoint]).await.map(drop)
}

/// An endpoint did not take a message; answers since when it takes none.
pub(crate) async fn note_failing(tx: &mut Tx, endpoint: EndpointId, now: Time) -> Stored<Time> {
    Ok(Time(tx.one::<(i64,)>(&NOTE_FAILING, args![endpoint, now]).await?.0))
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    id: String,
    endpoint_id: String,
    event: String,
    number: Option<String>,
    state: String,
    created_at: i64,
    due_at: i64,
    ended_at: Option<i64>,
    body: String,
}

#[derive(sqlx::FromRow)]
struct AttemptRow {
    at: i64,
    took_micros: i64,
    status: Option<i64>,
    problem: Option<String>,
    excerpt: String,
}

async fn attempts(tx: &mut Tx, delivery: &str) -> Stored<Vec<TryView>> {
    let rows: Vec<AttemptRow> = tx.all(&ATTEMPTS_OF, args![delivery]).await?;
    rows.into_iter()
        .map(|row| {
            let problem = row.problem.map(|slug| Miss::from_slug(&slug).ok_or_else(|| Failure::Corrupt(format!("problem {slug:?}")))).transpose()?;
            let status = row.status.and_then(|status| u16::try_from(status).ok());
            Ok(TryView { at: Time(row.at), took_micros: row.took_micros, status, problem, excerpt: row.excerpt })
        })
        .collect()
}

async fn view(tx: &mut Tx, row: DeliveryRow, whole: bool) -> Stored<DeliveryView> {
    let state = DeliveryState::from_slug(&row.state).ok_or_else(|| Failure::Corrupt(format!("delivery {:?}", row.state)))?;
    Ok(DeliveryView {
        attempts: attempts(tx, &row.id).await?,
        id: row.id,
        endpoint: parsed(&row.endpoint_id)?,
        event: row.event,
        order: row.number.map(OrderNumber::new),
        state,
        created_at: Time(row.created_at),
        due_at: (state == DeliveryState::Waiting).then_some(Time(row.due_at)),
        ended_at: row.ended_at.map(Time),
        body: if whole { Some(from_json(&row.body)?) } else { None },
    })
}

/// Where a page begins, as the page before said it: `micros~id`.
pub(crate) fn cursor(text: &str) -> Option<(i64, &str)> {
    let (at, id) = text.split_once('~')?;
    Some((at.parse().ok()?, id))
}

/// A page of an owner's messages, newest first; with what is sent when they are wanted whole.
pub(crate) async fn deliveries(tx: &mut Tx, owner: Owner, query: &DeliveryQuery, whole: bool) -> Stored<DeliveryList> {
    let (at, id) = query.cursor.as_deref().and_then(cursor).unwrap_or((i64::MAX, ""));
    let (state, event) = (query.state.map_or("", DeliveryState::slug), query.event.as_deref().unwrap_or_default());
    let number = query.order.as_ref().map(OrderNumber::as_str).unwrap_or_default();
    let most = query.limit as i64 + 1;
    let mut rows: Vec<DeliveryRow> = match query.endpoint {
        Some(endpoint) => tx.all(&DELIVERIES_TO, args![owner.id(), at, id, state, event, number, most, endpoint]).await?,
        None => tx.all(&DELIVERIES_OF, args![owner.id(), at, id, state, event, number, most]).await?,
    };
    let more = rows.len() > query.limit;
    rows.truncate(query.limit);
    let next = rows.last().filter(|_| more).map(|row| format!("{}~{}", row.created_at, row.id));
    let mut list = DeliveryList { rows: Vec::with_capacity(rows.len()), next };
    for row in rows {
        list.rows.push(view(tx, row, whole).await?);
    }
    Ok(list)
}

/// One message of an owner, with what is sent.
pub(crate) async fn delivery(tx: &mut Tx, id: &str, owner: Owner) -> Stored<Option<DeliveryView>> {
    match tx.opt::<DeliveryRow>(&DELIVERY, args![id, owner.id()]).await? {
        Some(row) => view(tx, row, true).await.map(Some),
        None => Ok(None),
    }
}

/// Sends a message again: with the whole schedule when it had ended, at once when it waits.
pub(crate) async fn replay(tx: &mut Tx, id: &str, now: Time) -> Stored<()> {
    if tx.exec(&REPLAY, args![id, now]).await? == 0 {
        tx.exec(&TRY_NOW, args![id, now]).await?;
    }
    Ok(())
}

/// Sends every message to an endpoint again that was given up since a moment; answers how many.
pub(crate) async fn replay_dead(tx: &mut Tx, endpoint: EndpointId, since: Time, now: Time) -> Stored<u64> {
    tx.exec(&REPLAY_DEAD, args![endpoint, since, now]).await
}

/// Forgets what ended long ago.
pub(crate) async fn forget(tx: &mut Tx, now: Time, remembered: Span) -> Stored<()> {
    let before = now.before(remembered);
    tx.exec(&FORGET_OLD_ATTEMPTS, args![before]).await?;
    tx.exec(&FORGET_OLD_DELIVERIES, args![before]).await.map(drop)
}
