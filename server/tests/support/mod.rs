//! A house on each database, with a little stock, whose clock the test moves by hand and whose workers do not run.
#![allow(dead_code)]

use app::session::Caller;
use jumun::{
    command::{Answer, Benefits, Command, ShipTo},
    ids::{OrderId, PartyId, VariantId, WarehouseId},
    order::{CarrierFact, CarrierStatus, Event, OnShortage, Order, OrderCommand, PaymentMethod, PaymentOutcome, SiteAnswer, SiteAnswers},
    quantity::Quantity,
    refusal::Refusal,
    text::{Address, CouponCode, Email, Locale, Password, PersonName, Phone, Postcode},
    time::{Span, Time},
};
use server::{demo, house::House, providers::Providers, sandbox, secret, serve, store::Db, testing};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// One database with a house in it.
pub(crate) struct Bench {
    pub(crate) name: &'static str,
    pub(crate) house: Arc<House>,
    folder: Option<std::path::PathBuf>,
}

/// Something to buy.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) variant: VariantId,
    pub(crate) warehouse: WarehouseId,
    pub(crate) store: PartyId,
    pub(crate) price: i64,
}

/// SQLite always; PostgreSQL where the test run started one.
pub(crate) async fn benches() -> Vec<Bench> {
    let nth = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("jumun-test-{}-{nth}", std::process::id()));
    let mut benches = vec![Bench::open("SQLite", &format!("sqlite://{}", folder.join("test.db").display()), Some(folder)).await];
    if let Ok(url) = std::env::var("PG_URL") {
        let name = format!("test_{}_{nth}", std::process::id());
        testing::create_postgres_database(&format!("{url}/postgres"), &name).await;
        benches.push(Bench::open("PostgreSQL", &format!("{url}/{name}"), None).await);
    }
    benches
}

impl Drop for Bench {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

impl Bench {
    async fn open(name: &'static str, url: &str, folder: Option<std::path::PathBuf>) -> Self {
        let db = Db::open(url).await.unwrap();
        serve::migrate(&db).await.unwrap();
        demo::fill(&db, server::clock::real_time()).await.unwrap();
        let house = House::open(db, serve::demo_secrets(), true).await.unwrap();
        Self { name, house, folder }
    }

    /// Sandboxes of its own, which go by the house's clock and say nothing unless they are asked.
    pub(crate) async fn with_sandboxes(&self) -> sandbox::Running {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let house = self.house.clone();
        let clock = move || std::future::ready(axum::Json(serde_json::json!({ "now": house.now().0 })));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/now", listener.local_addr().unwrap());
        let app = axum::Router::new().route("/now", axum::routing::get(clock));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let nth = COUNT.fetch_add(1, Ordering::Relaxed);
        let database = std::env::temp_dir().join(format!("jumun-books-{}-{nth}.db", std::process::id()));
        let options = sandbox::Options {
            listen: "127.0.0.1:0".parse().unwrap(),
            database,
            callbacks: None,
            clock: Some(address),
            secrets: serve::demo_secrets(),
            end_with_stdin: false,
            speed: sandbox::Speed::default(),
        };
        let running = sandbox::start(options).await.unwrap();
        assert!(self.house.providers.set(Providers::new(&running.url(), &serve::demo_secrets()).unwrap()).is_ok());
        running
    }

    /// What somebody who works was told, in the order of its names.
    pub(crate) async fn heard(&self, who: &Caller) -> Vec<&'static str> {
        testing::heard(&self.house, who.actor.party().unwrap()).await
    }

    /// Sends what is queued, and answers what the inbox of the notifier's stand-in has for an address.
    pub(crate) async fn inbox(&self, sandboxes: &sandbox::Running, to: &str) -> String {
        testing::send_notices(&self.house).await;
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        http.get(format!("{}/notifier/messages?to={to}", sandboxes.url())).send().await.unwrap().text().await.unwrap()
    }

    /// A visitor with a session.
    pub(crate) async fn guest(&self) -> Caller {
        let (token, actor) = self.house.welcome_guest().await.unwrap();
        Caller { actor, session: Some(secret::hash(&token)), locale: Locale::Ko, request: uuid::Uuid::now_v7().to_string(), address: None }
    }

    /// A customer with a session.
    pub(crate) async fn member(&self) -> Caller {
        let guest = self.guest().await;
        let email = Email::parse(&format!("{}@jumun.example", uuid::Uuid::now_v7())).unwrap();
        let (name, phone) = (PersonName::parse("나회원").unwrap(), Phone::parse("010-7777-1234").unwrap());
        let token = self.house.sign_up(&guest, name, email, phone, Password::parse("long-enough-2026").unwrap()).await.unwrap();
        let session = secret::hash(&token);
        let actor = self.house.actor_of(&session).await.unwrap().unwrap();
        Caller { actor, session: Some(session), ..guest }
    }

    /// The demo's PROD-5001 black M with just this many units.
    pub(crate) async fn scarce_item(&self, units: u32) -> Item {
        self.scarce("VAR-5001-BLK-M", units).await
    }

    /// A variant with just this many units.
    pub(crate) async fn scarce(&self, variant: &str, units: u32) -> Item {
        let item = testing::item(&self.house, variant).await;
        let item = Item { variant: item.0, warehouse: item.1, store: item.2, price: item.3 };
        let staff = self.staff(&item).await;
        let there = self.available(&item).await;
        let delta = i32::try_from(i64::from(units) - there).unwrap();
        if delta != 0 {
            let reason = jumun::text::Reason::parse("test").unwrap();
            self.execute(&staff, Command::AdjustStock { warehouse: item.warehouse, variant: item.variant.clone(), delta, reason }).await.unwrap();
        }
        item
    }

    /// Somebody who works where the item is sold.
    pub(crate) async fn staff(&self, item: &Item) -> Caller {
        testing::staff(&self.house, |store| store == item.store).await
    }

    /// Somebody who works elsewhere.
    pub(crate) async fn other_staff(&self, item: &Item) -> Caller {
        testing::staff(&self.house, |store| store != item.store).await
    }

    pub(crate) async fn available(&self, item: &Item) -> i64 {
        testing::balance(&self.house, "available", &item.variant).await
    }

    pub(crate) async fn execute(&self, caller: &Caller, command: Command) -> Result<Answer, Refusal> {
        self.house.execute(caller, command, None).await
    }

    pub(crate) async fn command(&self, caller: &Caller, order: OrderId, command: OrderCommand) -> Result<Answer, Refusal> {
        self.execute(caller, Command::Order { order, command }).await
    }

    pub(crate) async fn system(&self, order: OrderId, command: OrderCommand) -> Result<Answer, Refusal> {
        let caller = self.house.system("test");
        self.command(&caller, order, command).await
    }

    pub(crate) async fn order(&self, id: OrderId) -> Order {
        testing::order(&self.house, id).await
    }

    pub(crate) async fn log(&self, id: OrderId) -> Vec<(Event, Time)> {
        testing::log(&self.house, id).await
    }

    pub(crate) async fn sagas(&self, id: OrderId) -> Vec<(String, String, String)> {
        testing::sagas(&self.house, id).await
    }

    pub(crate) async fn schema(&self) -> Vec<(String, String, String)> {
        testing::schema(&self.house.db).await
    }

    pub(crate) async fn findings(&self) -> Vec<String> {
        testing::findings(&self.house).await
    }

    /// Moves the house clock; nothing fires by itself here.
    pub(crate) async fn advance(&self, span: Span) {
        testing::advance(&self.house, span).await;
    }

    /// Fires every timer that is due, once.
    pub(crate) async fn fire_timers(&self) {
        testing::fire_timers(&self.house).await;
    }

    /// A place where anything can be put up, as far as its buyer knows.
    pub(crate) fn site() -> SiteAnswers {
        SiteAnswers { space: SiteAnswer::Yes, power: SiteAnswer::Yes, outdoor: SiteAnswer::Yes, building: SiteAnswer::Unsure }
    }

    pub(crate) fn ship_to() -> ShipTo {
        ShipTo {
            name: PersonName::parse("홍길동").unwrap(),
            phone: Phone::parse("010-1234-5678").unwrap(),
            postcode: Postcode::parse("06234").unwrap(),
            address: Address::parse("서울 강남구 테헤란로 123").unwrap(),
            request: None,
        }
    }

    pub(crate) async fn place(&self, caller: &Caller, item: &Item) -> Result<OrderId, Refusal> {
        self.place_version(caller, item, 1).await
    }

    pub(crate) async fn place_version(&self, caller: &Caller, item: &Item, cart_version: i64) -> Result<OrderId, Refusal> {
        self.place_short(caller, item, cart_version, OnShortage::Refuse).await
    }

    /// Places an order whatever is missing of it.
    pub(crate) async fn place_short(&self, caller: &Caller, item: &Item, cart_version: i64, on_shortage: OnShortage) -> Result<OrderId, Refusal> {
        self.place_with(caller, item, cart_version, on_shortage, Benefits::default()).await
    }

    /// Places an order that is paid with more than money.
    pub(crate) async fn place_with(
        &self,
        caller: &Caller,
        item: &Item,
        cart_version: i64,
        on_shortage: OnShortage,
        benefits: Benefits,
    ) -> Result<OrderId, Refusal> {
        let seen_goods = self.house.cart(caller).await?.groups.first().map_or(jumun::money::Won(item.price), |group| {
            group.lines.iter().map(|line| jumun::money::Won(line.unit_price.0 * i64::from(line.quantity))).sum()
        });
        let command = Command::PlaceOrder {
            seller: item.store,
            cart_version,
            ship_to: Self::ship_to(),
            keep_address: false,
            seen_goods,
            on_shortage,
            benefits,
            visit: None,
            site: Some(Self::site()),
        };
        match self.execute(caller, command).await? {
            Answer::Order { order, .. } => Ok(order),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn buy(&self, caller: &Caller, item: &Item, units: u32) -> OrderId {
        self.execute(caller, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::new(units).unwrap(), installed: false })
            .await
            .unwrap();
        self.place(caller, item).await.unwrap()
    }

    /// Orders more than there may be and says what becomes of the rest.
    pub(crate) async fn buy_short(&self, caller: &Caller, item: &Item, units: u32, on_shortage: OnShortage) -> OrderId {
        self.execute(caller, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::new(units).unwrap(), installed: false })
            .await
            .unwrap();
        self.place_short(caller, item, 1, on_shortage).await.unwrap()
    }

    /// Goods arrive at the item's warehouse.
    pub(crate) async fn receive(&self, item: &Item, units: u32) {
        let staff = self.staff(item).await;
        let quantity = Quantity::new(units).unwrap();
        self.execute(&staff, Command::ReceiveGoods { warehouse: item.warehouse, variant: item.variant.clone(), quantity }).await.unwrap();
    }

    /// Serves the queue of those who wait for goods, once.
    pub(crate) async fn fill_shortages(&self) {
        testing::fill_shortages(&self.house).await;
    }

    /// Gives a member points.
    pub(crate) async fn give_points(&self, caller: &Caller, points: i64) {
        testing::give_points(&self.house, caller.actor.party().unwrap(), points).await;
    }

    /// Gets a member a coupon by its code.
    pub(crate) async fn take_coupon(&self, caller: &Caller, code: &str) -> Result<Answer, Refusal> {
        self.execute(caller, Command::TakeCoupon { code: CouponCode::parse(code).unwrap() }).await
    }

    /// Somebody of the chain.
    pub(crate) async fn admin(&self) -> Caller {
        testing::admin(&self.house).await
    }

    /// Pays as the PSP's answer would.
    pub(crate) async fn pay(&self, caller: &Caller, order: OrderId) {
        self.command(caller, order, OrderCommand::RequestPayment { method: PaymentMethod::Card }).await.unwrap();
        let attempt = self.order(order).await.open_attempt().unwrap().clone();
        let outcome = PaymentOutcome::Approved { payment_key: format!("key-{order}"), amount: attempt.amount };
        self.system(order, OrderCommand::RecordPayment { attempt: attempt.id, outcome }).await.unwrap();
    }

    /// Takes released goods to the buyer, as warehouse and carrier would say.
    pub(crate) async fn deliver(&self, order: OrderId) {
        for goods in self.order(order).await.fulfilments {
            let fulfilment = goods.id;
            self.system(order, OrderCommand::RecordOutboundStarted { fulfilment, expected: None }).await.unwrap();
            let command = OrderCommand::RecordOutboundCompleted { fulfilment, carrier: "CJ".into(), tracking: "1".into() };
            self.system(order, command).await.unwrap();
            let fact = |status, minutes| CarrierFact { status, place: "서울".into(), at: self.house.now() + Span::minutes(minutes) };
            let facts = vec![
                fact(CarrierStatus::PickedUp, 0),
                fact(CarrierStatus::InTransit, 1),
                fact(CarrierStatus::OutForDelivery, 2),
                fact(CarrierStatus::Delivered, 3),
            ];
            self.system(order, OrderCommand::RecordTracking { fulfilment, facts }).await.unwrap();
        }
    }
}

/// A photo as a phone takes it; shades that are far apart make different ones.
pub(crate) fn photo(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(64, 48, image::Rgb([shade, 90, 60])).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
