//! Statements that only tests use.

use super::{Db, Sql, Stored, Tx, args, parsed, statements};
use jumun::{
    actor::Actor,
    ids::{OrderId, PartyId, VariantId, WarehouseId},
    notice::Template,
};
use sqlx::{Connection, PgConnection};

statements! {
    TOLD = "SELECT COALESCE(detail, '') FROM notices WHERE party_id = $1 AND template = $2 ORDER BY due_at, id";
    HEARD = "SELECT template FROM notices WHERE party_id = $1 AND channel = 'push' AND template NOT LIKE 'TPL-ORD-%' ORDER BY id";
    WAREHOUSE_WITH = "SELECT owner FROM balances WHERE unit = 'stock' AND account = 'available' AND subject = $1 ORDER BY owner LIMIT 1";
    STAFF = "SELECT id, role, party_id, manager FROM accounts WHERE role IN ('retailer', 'wholesaler') ORDER BY id";
    ADMIN = "SELECT id, role, party_id, manager FROM accounts WHERE role = 'admin' ORDER BY id LIMIT 1";
    SOMEBODY = "SELECT id, role, party_id, manager FROM accounts WHERE role = $1 AND email LIKE '%@jumun.example' ORDER BY id LIMIT 1";
    PARKED_OF = "SELECT id FROM sagas WHERE order_id = $1 AND state = 'parked' LIMIT 1";
    EVENTS = "SELECT COUNT(*) FROM events";
    STATE_OF = "SELECT state FROM orders WHERE id = $1";
    SET_STATE = "UPDATE orders SET state = $2 WHERE id = $1";
    LOCK_ORDERS = "UPDATE orders SET version = version WHERE FALSE", pg "LOCK TABLE orders IN EXCLUSIVE MODE";
    WAKE_ALL = "UPDATE sagas SET due_at = $2, leased_until = 0, generation = generation + 1 WHERE order_id = $1 AND state = 'waiting'";
    UNFINISHED = "SELECT step || ' ' || state || ': ' || COALESCE(problem, '') FROM sagas WHERE state <> 'done'";
    PARK = "UPDATE sagas SET state = 'parked', problem = 'test' WHERE order_id = $1 AND state = 'waiting'";
    A_CONTACT = "SELECT id FROM contacts WHERE party_id = $1 AND kept ORDER BY id LIMIT 1";
    A_SAGA = "SELECT id FROM sagas WHERE order_id = $1 ORDER BY id LIMIT 1";
    STAFF_ADDRESS = "SELECT a.email FROM accounts a JOIN products p ON p.store_id = a.party_id WHERE p.id = $1 ORDER BY a.email LIMIT 1";
    CHAIN_COUPON = "SELECT id FROM coupons WHERE issuer_id = $1 ORDER BY id LIMIT 1";
    FINGERPRINT = "SELECT CAST((SELECT COUNT(*) FROM events WHERE aggregate_kind <> 'cart') AS BIGINT), CAST((SELECT COUNT(*) FROM audit) AS BIGINT),
        CAST((SELECT COALESCE(SUM(version), 0) FROM orders) AS BIGINT), CAST((SELECT COUNT(*) FROM contacts WHERE kept) AS BIGINT),
        CAST((SELECT COUNT(*) FROM postings) AS BIGINT), CAST((SELECT COUNT(*) FROM accounts) AS BIGINT), CAST((SELECT COUNT(*) + COUNT(stopped_at) FROM coupons) + (SELECT COUNT(*) FROM coupon_issues) + (SELECT COUNT(*) FROM proofs) AS BIGINT)
            + CAST((SELECT COUNT(*) FROM webhook_endpoints) AS BIGINT) + CAST((SELECT COUNT(*) FROM webhook_secrets) AS BIGINT)
            + CAST((SELECT COUNT(*) FROM webhook_deliveries) AS BIGINT) + CAST((SELECT COUNT(*) FROM api_keys WHERE revoked_at IS NULL) AS BIGINT)
            + CAST((SELECT COUNT(*) + COUNT(confirmed_at) FROM second_steps) AS BIGINT)
            + CAST((SELECT COUNT(*) FROM accounts WHERE status = 'blocked') AS BIGINT) + CAST((SELECT COUNT(*) FROM uploads) AS BIGINT) + CAST((SELECT COUNT(*) FROM photos) AS BIGINT)
            + CAST((SELECT COALESCE(SUM(credit_limit), 0) + COUNT(*) + COUNT(CASE WHEN state = 'approved' THEN 1 END) FROM partnerships) AS BIGINT)
            + CAST((SELECT COALESCE(SUM(from_units * price), 0) FROM partner_prices) AS BIGINT) + CAST((SELECT COALESCE(SUM(least * 1000 + lead_days), 0) FROM partner_terms) AS BIGINT)
            + CAST((SELECT COUNT(*) + COUNT(CASE WHEN status = 'approved' THEN 1 END) FROM stores) AS BIGINT)
            + CAST((SELECT COUNT(left_at) + COUNT(CASE WHEN manager THEN 1 END) FROM accounts) + (SELECT COUNT(*) FROM invitations) AS BIGINT)
            + CAST((SELECT SUM(jobs_per_day * 1000 + call_out) FROM installers) AS BIGINT) + CAST((SELECT SUM(fee * 7 + take_down_fee) FROM installer_skills) AS BIGINT)
            + CAST((SELECT COUNT(*) FROM installer_areas) AS BIGINT) + CAST((SELECT COUNT(*) FROM installer_days_off) AS BIGINT)";
    OWED_TO = "SELECT CAST(COALESCE(SUM(b.amount), 0) AS BIGINT) FROM balances b JOIN orders o ON o.id = b.subject
        WHERE b.unit = 'won' AND b.account = 'receivable' AND b.owner = o.buyer_id AND o.seller_id = $1";
    SELLER_OF = "SELECT store_id FROM products WHERE id = $1";
    BALANCE = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM balances WHERE unit = 'stock' AND account = $1 AND subject = $2";
    SCHEMA = "SELECT m.name, c.name, CASE WHEN m.name = 'events' AND c.name = 'position' THEN 'BIGINT' ELSE UPPER(c.type) END FROM sqlite_master m, pragma_table_info(m.name) c
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY m.name, c.name",
    pg "SELECT CAST(table_name AS TEXT) COLLATE \"C\", CAST(column_name AS TEXT) COLLATE \"C\", CASE WHEN data_type = 'bytea' THEN 'BLOB' ELSE CAST(UPPER(data_type) AS TEXT) END FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'
          AND table_name IN (SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE') ORDER BY 1, 2";
}

pub(crate) async fn create_postgres_database(url: &str, name: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    // The name is the test's own; a database's name cannot be bound.
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await?;
    connection.close().await
}

pub(crate) async fn copy_postgres_database(url: &str, template: &str, name: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template}"))).execute(&mut connection).await?;
    connection.close().await
}

pub(crate) async fn drop_postgres_database(url: &str, name: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut connection).await?;
    connection.close().await
}

/// Puts another text in the place of an order's state, and answers what stood there.
pub(crate) async fn swap_state(tx: &mut Tx, id: OrderId, state: &str) -> Stored<String> {
    let (before,): (String,) = tx.one(&STATE_OF, args![id]).await?;
    tx.exec(&SET_STATE, args![id, state]).await?;
    Ok(before)
}

pub(crate) async fn warehouse_of(tx: &mut Tx, variant: &VariantId) -> Stored<WarehouseId> {
    let (id,): (String,) = tx.one(&WAREHOUSE_WITH, args![variant]).await?;
    parsed(&id)
}

pub(crate) async fn staff(tx: &mut Tx) -> Stored<Vec<Actor>> {
    let rows: Vec<(String, String, String, bool)> = tx.all(&STAFF, args![]).await?;
    rows.into_iter().map(|(id, role, party, manager)| super::accounts::actor(&id, &role, &party, manager)).collect()
}

pub(crate) async fn admin(tx: &mut Tx) -> Stored<Actor> {
    let (id, role, party, manager): (String, String, String, bool) = tx.one(&ADMIN, args![]).await?;
    super::accounts::actor(&id, &role, &party, manager)
}

pub(crate) async fn somebody(tx: &mut Tx, role: &str) -> Stored<Actor> {
    let (id, role, party, manager): (String, String, String, bool) = tx.one(&SOMEBODY, args![role]).await?;
    super::accounts::actor(&id, &role, &party, manager)
}

pub(crate) async fn parked_of(tx: &mut Tx, order: jumun::ids::OrderId) -> Stored<String> {
    Ok(tx.one::<(String,)>(&PARKED_OF, args![order]).await?.0)
}

pub(crate) async fn events(tx: &mut Tx) -> Stored<usize> {
    Ok(usize::try_from(tx.one::<(i64,)>(&EVENTS, args![]).await?.0).unwrap_or(0))
}

/// On SQLite whoever may write holds everything.
pub(crate) async fn lock_orders(tx: &mut Tx) -> Stored<()> {
    tx.exec(&LOCK_ORDERS, args![]).await.map(drop)
}

pub(crate) async fn wake_all(tx: &mut Tx, order: jumun::ids::OrderId, now: jumun::time::Time) -> Stored<()> {
    tx.exec(&WAKE_ALL, args![order, now]).await.map(drop)
}

pub(crate) async fn unfinished(tx: &mut Tx) -> Stored<Vec<String>> {
    let rows: Vec<(String,)> = tx.all(&UNFINISHED, args![]).await?;
    Ok(rows.into_iter().map(|(what,)| what).collect())
}

pub(crate) async fn park(tx: &mut Tx, order: jumun::ids::OrderId) -> Stored<()> {
    tx.exec(&PARK, args![order]).await.map(drop)
}

pub(crate) async fn contact_and_saga(tx: &mut Tx, buyer: jumun::ids::PartyId, order: jumun::ids::OrderId) -> Stored<(String, String)> {
    let (contact,): (String,) = tx.one(&A_CONTACT, args![buyer]).await?;
    let (saga,): (String,) = tx.one(&A_SAGA, args![order]).await?;
    Ok((contact, saga))
}

/// A coupon of the chain's.
pub(crate) async fn chain_coupon(tx: &mut Tx) -> Stored<String> {
    Ok(tx.one::<(String,)>(&CHAIN_COUPON, args![jumun::ids::PartyId::CHAIN]).await?.0)
}

pub(crate) async fn staff_address(tx: &mut Tx, product: &str) -> Stored<String> {
    Ok(tx.one::<(String,)>(&STAFF_ADDRESS, args![product]).await?.0)
}

pub(crate) async fn fingerprint(tx: &mut Tx) -> Stored<Vec<i64>> {
    let (a, b, c, d, e, f, g): (i64, i64, i64, i64, i64, i64, i64) = tx.one(&FINGERPRINT, args![]).await?;
    Ok(vec![a, b, c, d, e, f, g])
}

pub(crate) async fn seller(tx: &mut Tx, product: &str) -> Stored<jumun::ids::PartyId> {
    parsed(&tx.one::<(String,)>(&SELLER_OF, args![product]).await?.0)
}

/// What somebody who works was told, in the order of its names.
pub(crate) async fn heard(tx: &mut Tx, party: PartyId) -> Stored<Vec<&'static str>> {
    let rows: Vec<(String,)> = tx.all(&HEARD, args![party]).await?;
    let mut heard: Vec<_> = rows.iter().filter_map(|(code,)| Template::from_code(code)).map(Template::slug).collect();
    heard.sort_unstable();
    Ok(heard)
}

/// What others owe a party, on every edge that it sells on.
pub(crate) async fn owed_to(tx: &mut Tx, seller: PartyId) -> Stored<i64> {
    let (owed,): (i64,) = tx.one(&OWED_TO, args![seller]).await?;
    Ok(owed)
}

pub(crate) async fn balance(tx: &mut Tx, account: &str, variant: &VariantId) -> Stored<i64> {
    Ok(tx.one::<(i64,)>(&BALANCE, args![account, variant]).await?.0)
}

pub(crate) async fn plan(db: &Db, sql: &Sql) -> Result<Vec<String>, sqlx::Error> {
    let Db::Sqlite { read, .. } = db else { return Ok(Vec::new()) };
    let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", sql.text));
    let rows: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(read).await?;
    Ok(rows.into_iter().map(|(_, _, _, detail)| detail).collect())
}

/// Lets the file grow by this many bytes and no more, as a full disk would; or as far as it likes again. The limit is the connection's and
/// ends with it.
pub(crate) async fn leave_room(db: &Db, bytes: Option<u32>) -> Result<(), sqlx::Error> {
    let Db::Sqlite { write, .. } = db else { unreachable!("the limit is SQLite's") };
    let mut writer = write.acquire().await?;
    let (pages,): (u32,) = sqlx::query_as("PRAGMA page_count").fetch_one(&mut *writer).await?;
    let (size,): (u32,) = sqlx::query_as("PRAGMA page_size").fetch_one(&mut *writer).await?;
    let most = bytes.map_or(u32::MAX - 1, |bytes| pages + bytes / size);
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {most}"))).execute(&mut *writer).await.map(drop)
}

/// Every column with its type, in one order.
pub(crate) async fn schema(db: &Db) -> Stored<Vec<(String, String, String)>> {
    let mut tx = db.begin_read().await?;
    tx.all(&SCHEMA, args![]).await
}

/// What somebody was told by a template.
pub(crate) async fn told(tx: &mut Tx, party: jumun::ids::PartyId, template: &str) -> Stored<Vec<String>> {
    Ok(tx.all::<(String,)>(&TOLD, args![party, template]).await?.into_iter().map(|(detail,)| detail).collect())
}
