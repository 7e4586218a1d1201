//! Looks into a house that only tests take: they stand beside the code, not in a test's own SQL.
#![doc(hidden)]
#![allow(clippy::missing_errors_doc, clippy::expect_used)]

use crate::{
    actions::check,
    house::House,
    store::{self, Db, Tx, testing as rows},
    workers,
};
use app::session::Caller;
use jumun::{
    ids::{OrderId, PartyId, VariantId, WarehouseId},
    money::Won,
    order::{Event, Order},
    saga::Step,
    text::Locale,
    time::{Span, Time},
};
use std::sync::Arc;

pub async fn create_postgres_database(url: &str, name: &str) {
    rows::create_postgres_database(url, name).await.expect("a fresh database");
}

pub async fn copy_postgres_database(url: &str, template: &str, name: &str) {
    rows::copy_postgres_database(url, template, name).await.expect("a copied database");
}

pub async fn drop_postgres_database(url: &str, name: &str) {
    rows::drop_postgres_database(url, name).await.expect("a dropped database");
}

/// What `jumun verify --providers` and `jumun rebuild` find in a database that a server works on.
pub async fn judge(database: &str, providers: &str) -> Vec<String> {
    let db = Db::open(database).await.expect("opens");
    let house = House::open(db.clone(), crate::serve::demo_secrets(), true).await.expect("opens");
    let checked = check::everything(&house, Some(providers), &std::collections::BTreeSet::new()).await.expect("checks");
    let (_, differing) = check::folds(&db).await.expect("folds");
    db.close().await;
    let found = checked.found.into_iter().map(|(name, what)| format!("{name}: {what}"));
    found.chain(differing.into_iter().map(|id| format!("{id} folds into another state"))).collect()
}

/// Sagas that wait, though everything that was due has been done, or that an operator has to look at.
pub async fn unfinished(database: &str) -> Vec<String> {
    let db = Db::open(database).await.expect("opens");
    let mut tx = db.begin_read().await.expect("reads");
    let found = rows::unfinished(&mut tx).await.expect("reads");
    drop(tx);
    db.close().await;
    found
}

/// Lets an SQLite database grow by this many bytes and no more, as a full disk would; or as far as it likes again.
pub async fn leave_room(house: &House, bytes: Option<u32>) {
    rows::leave_room(&house.db, bytes).await.expect("sets a limit");
}

/// A node that takes no notice of leases.
pub struct OtherHand {
    db: Db,
    house: Arc<House>,
}

impl OtherHand {
    pub async fn open(database: &str, providers: &str) -> Self {
        let db = Db::open(database).await.expect("opens");
        let secrets = crate::serve::demo_secrets();
        let house = House::open(db.clone(), secrets.clone(), true).await.expect("opens");
        let _ = house.providers.set(crate::providers::Providers::new(providers, &secrets).expect("an address"));
        Self { db, house }
    }

    /// Waits until somebody is at a step and does it too, as a node that wakes up after its lease does.
    pub async fn do_too(self, step: Step) {
        for _ in 0..6_000 {
            let mut tx = self.db.begin_read().await.expect("reads");
            let claimed = store::work::leased(&mut tx, step, crate::clock::real_time()).await.expect("reads");
            drop(tx);
            if let Some(claimed) = claimed {
                self.house.refresh().await.expect("reads");
                workers::sagas::work_on(&self.house, claimed).await.expect("works");
                self.db.close().await;
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("nobody came to {step:?}");
    }
}

/// What an order's outsiders cannot know.
pub struct Inside {
    pub seller: String,
    pub warehouse: String,
    pub contact: String,
    pub saga: String,
    pub coupon: String,
}

pub async fn inside(database: &str, number: &str) -> Inside {
    let db = Db::open(database).await.expect("opens");
    let mut tx = db.begin_read().await.expect("reads");
    let order = store::orders::by_number(&mut tx, &jumun::ids::OrderNumber::new(number)).await.expect("reads").expect("is there");
    let (contact, saga) = rows::contact_and_saga(&mut tx, order.buyer, order.id).await.expect("reads");
    let warehouse = order.fulfilments.first().map(|goods| goods.warehouse.to_string()).unwrap_or_default();
    let coupon = rows::chain_coupon(&mut tx).await.expect("reads");
    Inside { seller: order.seller.to_string(), warehouse, contact, saga, coupon }
}

pub async fn staff_address(database: &str, product: &str) -> String {
    let db = Db::open(database).await.expect("opens");
    let mut tx = db.begin_read().await.expect("reads");
    rows::staff_address(&mut tx, product).await.expect("reads")
}

pub async fn fingerprint(database: &str) -> Vec<i64> {
    let db = Db::open(database).await.expect("opens");
    let mut tx = db.begin_read().await.expect("reads");
    rows::fingerprint(&mut tx).await.expect("reads")
}

pub async fn give_points(house: &House, party: PartyId, points: i64) {
    let mut tx = house.db.begin_write().await.expect("writes");
    let cause = store::events::Cause { actor: &jumun::actor::Actor::System, command: "test", correlation: "test" };
    let points = jumun::money::Won(points);
    store::membership::give_points(&mut tx, &mut crate::secret::RandomMint, party, points, &house.policy(), &cause, house.now())
        .await
        .expect("writes");
    tx.commit().await.expect("commits");
}

pub async fn item(house: &House, variant: &str) -> (VariantId, WarehouseId, PartyId, i64) {
    let mut tx = house.db.begin_read().await.expect("reads");
    let listed = store::catalogue::listed(&mut tx, &VariantId::new(variant)).await.expect("reads").expect("is listed");
    let warehouse = rows::warehouse_of(&mut tx, &listed.variant).await.expect("reads");
    (listed.variant, warehouse, listed.seller, listed.price.0)
}

pub async fn staff(house: &House, wanted: impl Fn(PartyId) -> bool) -> Caller {
    let mut tx = house.db.begin_read().await.expect("reads");
    let actors = rows::staff(&mut tx).await.expect("reads");
    let actor = actors.into_iter().find(|actor| actor.party().is_some_and(&wanted)).expect("somebody works there");
    Caller { actor, session: None, locale: Locale::Ko, request: uuid::Uuid::now_v7().to_string(), address: None }
}

/// Somebody who works in a store, and runs it or does not.
pub async fn colleague(house: &House, store: PartyId, manager: bool) -> Caller {
    let mut tx = house.db.begin_read().await.expect("reads");
    let actors = rows::staff(&mut tx).await.expect("reads");
    let actor = actors.into_iter().find(|actor| actor.party() == Some(store) && actor.is_manager() == manager).expect("works there");
    Caller { actor, session: None, locale: Locale::Ko, request: uuid::Uuid::now_v7().to_string(), address: None }
}

pub async fn admin(house: &House) -> Caller {
    let mut tx = house.db.begin_read().await.expect("reads");
    let actor = rows::admin(&mut tx).await.expect("reads");
    Caller { actor, session: None, locale: Locale::Ko, request: uuid::Uuid::now_v7().to_string(), address: None }
}

/// Somebody with an account of this role.
pub async fn somebody(house: &House, role: &str) -> Caller {
    let mut tx = house.db.begin_read().await.expect("reads");
    let actor = rows::somebody(&mut tx, role).await.expect("reads");
    Caller { actor, session: None, locale: Locale::Ko, request: uuid::Uuid::now_v7().to_string(), address: None }
}

/// What a member was told by a template, newest last: the figure or the name in it.
pub async fn told(house: &House, member: PartyId, template: &str) -> Vec<String> {
    let mut tx = house.db.begin_read().await.expect("reads");
    rows::told(&mut tx, member, template).await.expect("reads")
}

pub async fn member_days(house: &Arc<House>) {
    while workers::member_days(house.clone()).await.expect("members' days are done") {}
}

pub async fn fill_shortages(house: &Arc<House>) {
    workers::fill_shortages(house.clone()).await.expect("the queue is served");
}

/// Parks the saga of an order, as its runner does after the last try.
pub async fn park(house: &House, order: OrderId) {
    let mut tx = house.db.begin_write().await.expect("writes");
    rows::park(&mut tx, order).await.expect("writes");
    tx.commit().await.expect("writes");
}

/// Raises the alert about the parked saga of an order, as its runner does.
pub async fn raise_parked(house: &House, order: OrderId) {
    let mut tx = house.db.begin_write().await.expect("writes");
    let saga = rows::parked_of(&mut tx, order).await.expect("is parked");
    let alert = jumun::alert::Alert::SagaParked;
    store::work::raise(&mut tx, &mut crate::secret::RandomMint, alert, &saga, Some(order), Some("test"), house.now()).await.expect("writes");
    tx.commit().await.expect("writes");
}

/// How many events there are.
pub async fn read_log_whole(house: &House) -> usize {
    let mut tx = house.db.begin_read().await.expect("reads");
    rows::events(&mut tx).await.expect("reads")
}

/// What a reader of the log sees from its beginning on: (thing, number in it).
pub async fn read_log(house: &House) -> Vec<(String, i64)> {
    let (mut place, mut seen) = (store::events::Place::default(), Vec::new());
    loop {
        let mut tx = house.db.begin_read().await.expect("reads");
        let entries = store::events::after(&mut tx, place, 100).await.expect("reads");
        let Some(last) = entries.last() else { return seen };
        place = last.place();
        seen.extend(entries.iter().map(|entry| (entry.aggregate_id.clone(), entry.sequence)));
    }
}

pub async fn balance(house: &House, account: &str, variant: &VariantId) -> i64 {
    let mut tx = house.db.begin_read().await.expect("reads");
    rows::balance(&mut tx, account, variant).await.expect("reads")
}

/// What somebody who works was told, in the order of its names.
pub async fn heard(house: &House, party: PartyId) -> Vec<&'static str> {
    let mut tx = house.db.begin_read().await.expect("reads");
    rows::heard(&mut tx, party).await.expect("reads")
}

/// Sends what is queued.
pub async fn send_notices(house: &Arc<House>) {
    while workers::notices::send(house.clone()).await.expect("notices are sent") {}
}

/// What others owe a party, on every edge that it sells on.
pub async fn owed_to(house: &House, seller: PartyId) -> Won {
    let mut tx = house.db.begin_read().await.expect("reads");
    Won(rows::owed_to(&mut tx, seller).await.expect("reads"))
}

/// What a store may still owe the partner who sells this.
pub async fn credit_left(house: &House, buyer: PartyId, variant: &str) -> Won {
    let mut tx = house.db.begin_read().await.expect("reads");
    let ours = VariantId::new("VAR-5001-BLK-M");
    let offers = store::partners::offers(&mut tx, buyer, Some(&ours), house.now()).await.expect("reads");
    offers.into_iter().find(|offer| offer.variant.as_str() == variant).expect("is offered").credit_left
}

pub async fn order(house: &House, id: OrderId) -> Order {
    let mut tx = house.db.begin_read().await.expect("reads");
    store::orders::load(&mut tx, id).await.expect("reads").expect("is there")
}

/// Puts another text in the place of an order's state, and answers what stood there: a store that cannot answer.
pub async fn swap_state(house: &House, id: OrderId, state: &str) -> String {
    let mut tx = house.db.begin_write().await.expect("writes");
    let before = rows::swap_state(&mut tx, id, state).await.expect("writes");
    tx.commit().await.expect("writes");
    before
}

/// A transaction that holds an order as a command at work does.
pub async fn hold(house: &House, id: OrderId) -> Tx {
    let mut tx = house.db.begin_write().await.expect("writes");
    store::orders::lock(&mut tx, id).await.expect("reads").expect("is there");
    tx
}

/// How SQLite would find what a statement asks for; nothing on PostgreSQL, which decides by what the tables hold.
pub async fn plan(db: &Db, statement: &str) -> Vec<String> {
    let sql = store::every_statement().find(|sql| sql.name == statement).expect("a statement of ours");
    rows::plan(db, sql).await.expect("reads")
}

pub async fn log(house: &House, id: OrderId) -> Vec<(Event, Time)> {
    let mut tx = house.db.begin_read().await.expect("reads");
    store::events::of_order(&mut tx, id).await.expect("reads")
}

pub async fn sagas(house: &House, id: OrderId) -> Vec<(String, String, String)> {
    let mut tx = house.db.begin_read().await.expect("reads");
    let sagas = store::work::sagas_of(&mut tx, id).await.expect("reads");
    sagas.into_iter().map(|saga| (saga.kind, saga.step, saga.state)).collect()
}

pub async fn schema(db: &Db) -> Vec<(String, String, String)> {
    rows::schema(db).await.expect("reads")
}

pub async fn findings(house: &House) -> Vec<String> {
    let mut tx = house.db.begin_read().await.expect("reads");
    // Workers do not run in these tests, so what is overdue is no finding.
    let mut found = store::verify::findings(&mut tx, Time(0)).await.expect("reads");
    drop(tx);
    let mut children = Vec::new();
    let look = |order: Order, _: &str| {
        found.extend(check::order(&order));
        children.extend(order.parent.map(|_| order.id));
    };
    check::each_order(&house.db, look).await.expect("reads");
    found.extend(check::edges(&house.db, &children).await.expect("reads"));
    found.into_iter().map(|(name, what)| format!("{name}: {what}")).collect()
}

pub async fn advance(house: &House, span: Span) {
    let mut tx = house.db.begin_write().await.expect("writes");
    let offset = store::policies::advance_clock(&mut tx, span.0).await.expect("writes");
    tx.commit().await.expect("writes");
    house.clock.set_offset(offset);
}

pub async fn fire_timers(house: &Arc<House>) {
    while workers::fire_timers(house.clone()).await.expect("timers fire") {}
}

/// Queues messages about everything that happened. On PostgreSQL a reader waits for the oldest open transaction of the whole
/// cluster, so it may take some looks.
pub async fn queue_webhooks(house: &House) {
    for _ in 0..500 {
        while workers::webhooks::queue(house).await.expect("the log is told") {}
        let mut tx = house.db.begin_read().await.expect("reads");
        // Before the beginning of time nothing is due: what is left is what has not been told.
        if !store::webhooks::is_behind(&mut tx, Time(i64::MIN)).await.expect("reads") {
            return;
        }
        drop(tx);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the log could not be told to its end");
}

/// Claims endpoints that messages are due at, and dies with them.
pub async fn claim_webhooks(house: &House) -> usize {
    workers::webhooks::claim(house, 100).await.expect("claims").1.len()
}

/// Sends every message that is due.
pub async fn send_webhooks(house: &House) {
    let callout = crate::callout::Callout::new(house.reach()).expect("a way out");
    loop {
        let (lease, endpoints) = workers::webhooks::claim(house, 100).await.expect("claims");
        if endpoints.is_empty() {
            return;
        }
        for endpoint in endpoints {
            let stop = tokio_util::sync::CancellationToken::new();
            workers::webhooks::serve(house, &callout, endpoint, lease, &stop).await.expect("serves");
        }
    }
}

/// What a process does with the leases of the one before it, where there is only one.
pub async fn end_leases(house: &House) {
    let mut tx = house.db.begin_write().await.expect("writes");
    store::webhooks::end_leases(&mut tx).await.expect("writes");
    tx.commit().await.expect("writes");
}

/// A key of the demo's first store with just these scopes.
pub async fn key_with(database: &str, scopes: &[&str]) -> String {
    let db = Db::open(database).await.expect("opens");
    let mut tx = db.begin_read().await.expect("reads");
    let known = store::keys::bearer(&mut tx, &crate::demo::keys().store).await.expect("reads").expect("is there");
    drop(tx);
    add_key(&db, known.actor.account().expect("somebody's"), scopes).await
}

/// A key of who signs in with this address, with just these scopes.
pub async fn key_of(database: &str, email: &str, scopes: &[&str]) -> String {
    let db = Db::open(database).await.expect("opens");
    let mut tx = db.begin_read().await.expect("reads");
    let account = store::accounts::by_email(&mut tx, email).await.expect("reads").expect("is there");
    drop(tx);
    add_key(&db, account.id.parse().expect("an id"), scopes).await
}

async fn add_key(db: &Db, account: jumun::ids::AccountId, scopes: &[&str]) -> String {
    let scopes: Vec<_> = scopes.iter().map(|slug| jumun::scope::Scope::from_slug(slug).expect("a scope")).collect();
    let key = format!("jk_test_{}", crate::secret::token());
    let (hash, last_four) = (crate::secret::hash(&key), store::keys::NewKey::last_four(&key));
    let new = store::keys::NewKey { hash: &hash, last_four: &last_four, kind: "store", account, name: "test", scopes: &scopes };
    let mut tx = db.begin_write().await.expect("writes");
    store::keys::add(&mut tx, &new, crate::clock::real_time()).await.expect("writes");
    tx.commit().await.expect("commits");
    key
}

/// The id of the demo's store key.
pub async fn key_of_sample(database: &str) -> String {
    key_id(database, &crate::demo::keys().store).await
}

/// The id of a key.
pub async fn key_id(database: &str, key: &str) -> String {
    let db = Db::open(database).await.expect("opens");
    let mut tx = db.begin_read().await.expect("reads");
    store::keys::bearer(&mut tx, key).await.expect("reads").expect("is there").key
}

/// Whether a key opens anything.
pub async fn opens(house: &House, key: &str) -> bool {
    let mut tx = house.db.begin_read().await.expect("reads");
    store::keys::bearer(&mut tx, key).await.expect("reads").is_some()
}

/// The id of who signs in with this address.
pub async fn account_id(database: &str, email: &str) -> String {
    let db = Db::open(database).await.expect("opens");
    let mut tx = db.begin_read().await.expect("reads");
    store::accounts::by_email(&mut tx, email).await.expect("reads").expect("is there").id
}

/// Ends a key of a store.
pub async fn revoke(database: &str, key: &str) {
    let db = Db::open(database).await.expect("opens");
    let mut tx = db.begin_write().await.expect("writes");
    let known = store::keys::bearer(&mut tx, key).await.expect("reads").expect("is there");
    let store = known.actor.party().expect("a store");
    assert!(store::keys::revoke(&mut tx, &known.key, store, crate::clock::real_time()).await.expect("writes"));
    tx.commit().await.expect("commits");
}

/// Gives the store that sells a product as many pictures that nothing shows as it may have at a time.
pub async fn fill_uploads(database: &str, product: &str, at: Time) {
    let db = Db::open(database).await.expect("opens");
    let mut tx = db.begin_write().await.expect("writes");
    let store = rows::seller(&mut tx, product).await.expect("reads");
    for nth in 0..crate::actions::uploads::MOST_UNSHOWN {
        store::uploads::add(&mut tx, &format!("{nth:064x}"), store, vec![0], at).await.expect("writes");
    }
    tx.commit().await.expect("commits");
}

/// Somebody else's transaction that every writer has to wait for, until it is dropped.
pub struct Held {
    db: Db,
    tx: Tx,
}

pub async fn hold_writers(database: &str) -> Held {
    let db = Db::open(database).await.expect("opens");
    let mut tx = db.begin_write().await.expect("writes");
    rows::lock_orders(&mut tx).await.expect("locks");
    Held { db, tx }
}

impl Held {
    pub async fn rollback(self) {
        drop(self.tx);
        self.db.close().await;
    }
}

/// One look of the saga runner.
pub async fn step_sagas(house: &Arc<House>) {
    if let Err(failure) = workers::sagas::advance(house.clone()).await {
        tracing::debug!(error = %failure, "torn");
    }
}

/// One look of the timers, which may be torn.
pub async fn step_timers(house: &Arc<House>) {
    let _ = workers::fire_timers(house.clone()).await;
}

/// One look at the queue of those who wait for goods, which may be torn.
pub async fn step_shortages(house: &Arc<House>) {
    let _ = workers::fill_shortages(house.clone()).await;
}

/// Somebody says that there is news, true or not: every saga of an order is looked at now.
pub async fn hint(house: &House, id: OrderId) {
    let mut tx = house.db.begin_write().await.expect("writes");
    rows::wake_all(&mut tx, id, house.now()).await.expect("writes");
    tx.commit().await.expect("writes");
}

/// What is broken about one order: its amounts, its log, its sagas and timers.
pub async fn broken(house: &House, id: OrderId) -> Vec<String> {
    let now = order(house, id).await;
    let mut found: Vec<String> = check::order(&now).into_iter().map(|(name, what)| format!("{name}: {what}")).collect();
    let log = log(house, id).await;
    if Order::fold(log.iter().map(|(event, at)| (event, *at))).as_ref() != Some(&now) {
        found.push("its log folds into another state".into());
    }
    let mut tx = house.db.begin_read().await.expect("reads");
    let sagas = store::work::sagas_of(&mut tx, id).await.expect("reads");
    found.extend(sagas.into_iter().filter(|saga| saga.state != "done").map(|saga| format!("unfinished: {saga:?}")));
    found
}

/// The PSP's books against ours.
pub async fn books(house: &House) -> Vec<String> {
    let psp = &house.providers().expect("are known").psp;
    let movements = psp.ledger().await.expect("the PSP answers");
    let found = check::books(&house.db, &movements).await.expect("reads");
    found.into_iter().map(|(name, what)| format!("{name}: {what}")).collect()
}
