//! Demo data: a chain of stores with people, products and stock, the same every time.

use crate::{
    secret::{self, RandomMint},
    store::{self, Db, Stored, Tx, accounts, catalogue, events, keys, ledger::Moves, membership, orders, pre_orders, promotion},
};
use anyhow::Context;
use jumun::{
    actor::Actor,
    catalogue::{Category, Supply},
    command::{NewCoupon, ShipTo},
    ids::{AccountId, ContactId, CouponId, EventId, PartyId, ProductId, VariantId, WarehouseId},
    installer::{Profile, Skill},
    ledger::{StockAccount, stock_move},
    money::Won,
    partner::PriceStep,
    policy::Policy,
    promotion::{CouponTerms, Off},
    scope::Scope,
    text::{Address, AreaPrefix, CouponCode, Password, PersonName, Phone, Postcode, Words},
    time::{Date, Time},
    view::{ExtraRow, ProductCard, Rating, SpecRow},
};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};

/// Everybody's password in the demo.
pub const PASSWORD: &str = "jumun-demo-2026";

#[derive(Deserialize)]
struct Stores {
    store: Vec<Store>,
}

#[derive(Deserialize)]
struct Store {
    key: String,
    kind: String,
    name_ko: String,
    name_en: String,
    business_number: String,
    phone: String,
    postcode: String,
    address: String,
    intro_ko: String,
    intro_en: String,
    warehouse: Vec<Warehouse>,
}

#[derive(Deserialize)]
struct Warehouse {
    key: String,
    name_ko: String,
    name_en: String,
    postcode: String,
    address: String,
}

#[derive(Deserialize)]
struct Products {
    product: Vec<Product>,
}

#[derive(Deserialize)]
struct Product {
    id: String,
    store: String,
    category: Category,
    brand: String,
    name_ko: String,
    name_en: String,
    summary_ko: String,
    summary_en: String,
    description_ko: String,
    description_en: String,
    drawing: String,
    shipping_fee: i64,
    supply: String,
    #[serde(default)]
    spec: Vec<Spec>,
    variant: Vec<Variant>,
}

#[derive(Deserialize)]
struct Spec {
    label_ko: String,
    label_en: String,
    value: String,
}

#[derive(Deserialize)]
struct Variant {
    id: String,
    option_ko: String,
    option_en: String,
    price: i64,
    serial: bool,
    /// The manufacturer's model: the same goods, whoever lists them.
    model: Option<String>,
    #[serde(default)]
    stock: Vec<Stock>,
    pre_order: Option<Cap>,
}

/// How many are sold before they are there, and in how many days they are promised to leave.
#[derive(Deserialize)]
struct Cap {
    warehouse: String,
    cap: u32,
    days: i64,
}

#[derive(Deserialize)]
struct Stock {
    warehouse: String,
    quantity: u32,
}

#[derive(Deserialize)]
struct Extras {
    extra: Vec<Extra>,
    installation: Vec<InstallationPrice>,
}

#[derive(Deserialize)]
struct InstallationPrice {
    category: Category,
    name_ko: String,
    name_en: String,
    price: i64,
    call_out: i64,
}

#[derive(Deserialize)]
struct Extra {
    category: Category,
    name_ko: String,
    name_en: String,
    unit_ko: String,
    unit_en: String,
    price: i64,
}

#[derive(Deserialize)]
struct Areas {
    area: Vec<Area>,
}

#[derive(Deserialize)]
struct Area {
    prefix: String,
    name_ko: String,
    name_en: String,
    kind: String,
}

#[derive(Deserialize)]
struct People {
    person: Vec<Person>,
}

#[derive(Deserialize)]
struct SkillFees {
    put_up: i64,
    take_down: i64,
}

#[derive(Deserialize)]
struct Person {
    key: String,
    role: String,
    name: String,
    email: String,
    phone: String,
    store: Option<String>,
    #[serde(default)]
    manager: bool,
    customer_number: Option<String>,
    postcode: Option<String>,
    address: Option<String>,
    birthday: Option<String>,
    /// What an installer puts up and takes down, and for how much a unit.
    #[serde(default)]
    skills: BTreeMap<Category, SkillFees>,
    /// Where he works: the first digits of postcodes.
    #[serde(default)]
    areas: Vec<String>,
    /// Jobs that he takes on for a day.
    jobs_per_day: Option<u32>,
    /// What he gets for having come in vain.
    #[serde(default)]
    call_out: i64,
    /// Days from today on which he does not work.
    #[serde(default)]
    off_in: Vec<i64>,
    /// Points to begin with.
    #[serde(default)]
    points: i64,
    /// What last month's purchases came to.
    #[serde(default)]
    spent: i64,
}

#[derive(Deserialize)]
struct Partners {
    partnership: Vec<Partnership>,
    terms: Vec<Terms>,
}

#[derive(Deserialize)]
struct Partnership {
    seller: String,
    buyers: Vec<String>,
    credit_limit: i64,
}

#[derive(Deserialize)]
struct Terms {
    variant: String,
    least: u32,
    lead_days: u32,
    /// From so many units on, the price of one.
    prices: Vec<(u32, i64)>,
    /// A store's own prices.
    #[serde(default)]
    own: Vec<(String, Vec<(u32, i64)>)>,
}

#[derive(Deserialize)]
struct Coupons {
    coupon: Vec<Coupon>,
}

#[derive(Deserialize)]
struct Coupon {
    store: Option<String>,
    code: String,
    name_ko: String,
    name_en: String,
    amount: Option<i64>,
    percent: Option<u32>,
    #[serde(default)]
    most: i64,
    minimum: i64,
    category: Option<Category>,
    days: i64,
    per_customer: u32,
    total: u32,
    listed: bool,
}

impl Coupon {
    fn read(&self, now: Time) -> anyhow::Result<NewCoupon> {
        let off = match (self.amount, self.percent) {
            (Some(amount), None) => Off::Amount { amount: Won(amount) },
            (None, Some(percent)) => Off::Percent { percent, most: Won(self.most) },
            _ => anyhow::bail!("{}: an amount or a percentage", self.code),
        };
        let seller_percent = if self.store.is_some() { 100 } else { 0 };
        let coupon = NewCoupon {
            code: CouponCode::parse(&self.code).map_err(|refusal| anyhow::anyhow!("{}: {refusal}", self.code))?,
            name: words(self.name_ko.clone(), self.name_en.clone()),
            terms: CouponTerms { off, minimum: Won(self.minimum), category: self.category, seller_percent },
            from: None,
            until: now.end_of_kst_day_after(self.days),
            listed: self.listed,
            per_customer: self.per_customer,
            total: self.total,
        };
        coupon.check().map_err(|refusal| anyhow::anyhow!("{}: {refusal}", self.code))?;
        Ok(coupon)
    }
}

fn words(ko: String, en: String) -> Words {
    Words { ko, en: Some(en) }
}

/// Whether the database has a catalogue already.
///
/// # Errors
/// A failing store.
pub async fn is_there(db: &Db) -> anyhow::Result<bool> {
    let mut tx = db.begin_read().await?;
    Ok(!catalogue::is_empty(&mut tx).await?)
}

/// Keys that scripts and readers of the README use; written to `demo.json`.
#[derive(Clone, Debug)]
pub struct Keys {
    /// A sales channel.
    pub channel: String,
    /// Another one, which sees none of the first one's orders.
    pub other_channel: String,
    /// The first retailer's key.
    pub store: String,
    /// A wholesaler's, of whom that one buys.
    pub wholesaler: String,
    /// Signs the webhooks of the shop channel (000's `webhook` source).
    pub webhook_channel: String,
    /// Signs the webhooks of the payment gateway.
    pub webhook_gateway: String,
}

/// The demo's keys: fixed, so that examples in the README run as written. They open nothing outside the demo.
pub fn keys() -> Keys {
    Keys {
        channel: "jk_demo_channel_hanbit_0001".into(),
        other_channel: "jk_demo_channel_other_0001".into(),
        store: "jk_demo_store_hanbit_0001".into(),
        wholesaler: "jk_demo_store_garam_0001".into(),
        webhook_channel: "whsec_anVtdW4tZGVtby1jaGFubmVsLXdlYmhvb2s=".into(),
        webhook_gateway: "whsec_anVtdW4tZGVtby1nYXRld2F5LXdlYmhvb2s=".into(),
    }
}

/// Fills a fresh database.
///
/// # Errors
/// Data that does not fit together, or a failing store. Nothing is written then.
pub async fn fill(db: &Db, now: Time) -> anyhow::Result<()> {
    let stores: Stores = toml::from_str(include_str!("../demo/stores.toml")).context("stores.toml")?;
    let products: Products = toml::from_str(include_str!("../demo/products.toml")).context("products.toml")?;
    let extras: Extras = toml::from_str(include_str!("../demo/extras.toml")).context("extras.toml")?;
    let areas: Areas = toml::from_str(include_str!("../demo/areas.toml")).context("areas.toml")?;
    let people: People = toml::from_str(include_str!("../demo/people.toml")).context("people.toml")?;
    let coupons: Coupons = toml::from_str(include_str!("../demo/coupons.toml")).context("coupons.toml")?;
    // One hash for all: thirty would take a second of every first start.
    let password = Password::parse(PASSWORD).map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    let password_hash = secret::hash_password(password).await.map_err(|refusal| anyhow::anyhow!("{refusal}"))?;

    let mut tx = db.begin_write().await?;
    let mint = &mut RandomMint;
    for area in areas.area {
        catalogue::add_area(&mut tx, &area.prefix, &words(area.name_ko, area.name_en), &area.kind).await?;
    }
    let mut parties: BTreeMap<String, PartyId> = BTreeMap::new();
    let mut warehouses: BTreeMap<String, WarehouseId> = BTreeMap::new();
    for store in stores.store {
        let party = PartyId::mint(mint);
        accounts::add_party(&mut tx, party, "store", &store.name_ko, Some(&store.name_en), now).await?;
        let new = catalogue::NewStore {
            party,
            slug: &store.key,
            kind: &store.kind,
            business_number: &store.business_number,
            phone: &store.phone,
            postcode: &store.postcode,
            address: &store.address,
            intro: &words(store.intro_ko, store.intro_en),
        };
        catalogue::add_store(&mut tx, &new).await?;
        for warehouse in store.warehouse {
            let id = WarehouseId::mint(mint);
            let name = words(warehouse.name_ko, warehouse.name_en);
            catalogue::add_warehouse(&mut tx, id, party, &warehouse.key, &name, &warehouse.postcode, &warehouse.address, now).await?;
            warehouses.insert(warehouse.key, id);
        }
        parties.insert(store.key, party);
    }
    for (position, product) in (1i64..).zip(products.product) {
        add_product(&mut tx, position, product, &parties, &warehouses, now).await?;
    }
    for (position, extra) in (1i64..).zip(extras.extra) {
        let row = ExtraRow {
            item: String::new(),
            name: words(extra.name_ko, extra.name_en),
            unit: words(extra.unit_ko, extra.unit_en),
            price: Won(extra.price),
        };
        catalogue::add_extra(&mut tx, extra.category, position, &row).await?;
    }
    for basic in extras.installation {
        store::installers::add_price(&mut tx, basic.category, &words(basic.name_ko, basic.name_en), Won(basic.price), Won(basic.call_out)).await?;
    }
    let partners: Partners = toml::from_str(include_str!("../demo/partners.toml")).context("partners.toml")?;
    let store = |key: &str| parties.get(key).copied().with_context(|| format!("no store {key}"));
    for agreed in &partners.partnership {
        for buyer in &agreed.buyers {
            store::partners::add_partnership(&mut tx, store(&agreed.seller)?, store(buyer)?, Won(agreed.credit_limit), now).await?;
        }
    }
    for terms in &partners.terms {
        let variant = VariantId::new(&terms.variant);
        store::partners::set_terms(&mut tx, &variant, terms.least, terms.lead_days).await?;
        let steps: Vec<PriceStep> = terms.prices.iter().map(|&(from, price)| PriceStep { from, price: Won(price) }).collect();
        store::partners::set_prices(&mut tx, &variant, None, &steps).await?;
        for (buyer, prices) in &terms.own {
            let steps: Vec<PriceStep> = prices.iter().map(|&(from, price)| PriceStep { from, price: Won(price) }).collect();
            store::partners::set_prices(&mut tx, &variant, Some(store(buyer)?), &steps).await?;
        }
    }
    let mut accounts_by_key: BTreeMap<String, AccountId> = BTreeMap::new();
    for person in people.person {
        let id = add_person(&mut tx, &person, &parties, &password_hash, now).await.with_context(|| format!("person {}", person.key))?;
        accounts_by_key.insert(person.key, id);
    }
    for coupon in coupons.coupon {
        let issuer = match &coupon.store {
            Some(store) => *parties.get(store).with_context(|| format!("no store {store}"))?,
            None => PartyId::CHAIN,
        };
        promotion::add(&mut tx, CouponId::mint(mint), issuer, &coupon.read(now)?, now).await?;
    }
    let keys = self::keys();
    for (key, name) in [(&keys.channel, "shop channel"), (&keys.other_channel, "other channel")] {
        let account = add_channel(&mut tx, name, now).await?;
        add_key(&mut tx, key, "channel", account, name, now).await?;
    }
    for (key, store) in [(&keys.store, "hanbit"), (&keys.wholesaler, "garam")] {
        let manager = accounts::of_party(&mut tx, parties[store]).await?.with_context(|| format!("{store} has no staff"))?;
        add_key(&mut tx, key, "store", store::parsed(&manager.id)?, store, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The demo's keys may be used for everything.
async fn add_key(tx: &mut Tx, key: &str, kind: &str, account: AccountId, name: &str, now: Time) -> Stored<()> {
    let (hash, last_four) = (secret::hash(key), keys::NewKey::last_four(key));
    let new = keys::NewKey { hash: &hash, last_four: &last_four, kind, account, name, scopes: Scope::ALL };
    keys::add(tx, &new, now).await.map(drop)
}

async fn add_product(
    tx: &mut Tx,
    position: i64,
    product: Product,
    parties: &BTreeMap<String, PartyId>,
    warehouses: &BTreeMap<String, WarehouseId>,
    now: Time,
) -> anyhow::Result<()> {
    let seller = *parties.get(&product.store).with_context(|| format!("{}: no store {}", product.id, product.store))?;
    let card = ProductCard {
        id: ProductId::new(&product.id),
        category: product.category,
        brand: product.brand,
        name: words(product.name_ko, product.name_en),
        summary: words(product.summary_ko, product.summary_en),
        drawing: product.drawing,
        price: Won::ZERO,
        available: 0,
        ship_by: None,
        supply: Supply::from_slug(&product.supply).with_context(|| format!("{}: no supply {}", product.id, product.supply))?,
        shipping_fee: Won(product.shipping_fee),
        seller,
        seller_name: Words::default(),
        rating: Rating::default(),
    };
    let specs: Vec<SpecRow> =
        product.spec.into_iter().map(|spec| SpecRow { label: words(spec.label_ko, spec.label_en), value: spec.value }).collect();
    let description = words(product.description_ko, product.description_en);
    catalogue::add_product(tx, &catalogue::NewProduct { card: &card, position, description: &description, specs: &specs }).await?;
    for (place, variant) in (1i64..).zip(product.variant) {
        let id = VariantId::new(&variant.id);
        catalogue::add_variant(
            tx,
            &card.id,
            place,
            &id,
            &words(variant.option_ko, variant.option_en),
            Won(variant.price),
            variant.serial,
            variant.model.as_deref(),
        )
        .await?;
        for stock in variant.stock {
            let warehouse = *warehouses.get(&stock.warehouse).with_context(|| format!("{}: no warehouse {}", variant.id, stock.warehouse))?;
            receive(tx, warehouse, &id, i64::from(stock.quantity), now).await?;
        }
        if let Some(Cap { warehouse, cap, days }) = variant.pre_order {
            let warehouse = *warehouses.get(&warehouse).with_context(|| format!("{}: no warehouse {warehouse}", variant.id))?;
            begin(tx, "stock.pre_order_set", (StockAccount::PreCap, StockAccount::PreOrder), warehouse, &id, i64::from(cap), now).await?;
            pre_orders::set(tx, &id, warehouse, cap, Date::from_days(now.kst_date().days() + days)).await?;
        }
    }
    Ok(())
}

/// The opening stock is received like any other: the ledger starts at nothing.
async fn receive(tx: &mut Tx, warehouse: WarehouseId, variant: &VariantId, units: i64, now: Time) -> Stored<()> {
    begin(tx, "stock.received", (StockAccount::Outside, StockAccount::Available), warehouse, variant, units, now).await
}

/// The first thing that happens to an option in a warehouse.
async fn begin(
    tx: &mut Tx,
    name: &str,
    (from, to): (StockAccount, StockAccount),
    warehouse: WarehouseId,
    variant: &VariantId,
    units: i64,
    now: Time,
) -> Stored<()> {
    let mint = &mut RandomMint;
    let event = EventId::mint(mint);
    let aggregate = format!("{warehouse}/{variant}");
    let payload = serde_json::json!({ "warehouse": warehouse, "variant": variant, "units": units }).to_string();
    let about = events::About { kind: "stock", id: &aggregate, sequence: 1, root: None };
    let cause = events::Cause { actor: &Actor::System, command: "demo", correlation: "demo" };
    events::append(tx, event, name, about, &cause, now, &payload).await?;
    let mut moves = Moves::default();
    let journal = stock_move(from, to, warehouse, variant, units);
    moves.post(tx, mint, event, None, vec![journal], now).await?;
    moves.settle(tx).await
}

async fn add_person(tx: &mut Tx, person: &Person, parties: &BTreeMap<String, PartyId>, password_hash: &str, now: Time) -> anyhow::Result<AccountId> {
    let mint = &mut RandomMint;
    let party = match &person.store {
        Some(store) => *parties.get(store).with_context(|| format!("no store {store}"))?,
        None => {
            let id = PartyId::mint(mint);
            let kind = match person.role.as_str() {
                "customer" => "customer",
                "installer" => "installer",
                _ => "chain",
            };
            accounts::add_party(tx, id, kind, &person.name, None, now).await?;
            id
        }
    };
    let id = AccountId::mint(mint);
    let new = accounts::NewAccount {
        id,
        role: &person.role,
        party,
        manager: person.manager,
        name: &person.name,
        email: &person.email,
        phone: &person.phone,
        password_hash,
        birthday: person.birthday.as_deref(),
        customer_number: person.customer_number.as_deref(),
    };
    accounts::add_account(tx, &new, now).await?;
    if let (Some(jobs_per_day), Some(postcode)) = (person.jobs_per_day, &person.postcode) {
        let skill =
            |(category, fees): (&Category, &SkillFees)| Skill { category: *category, put_up: Won(fees.put_up), take_down: Won(fees.take_down) };
        let parsed = || {
            Ok(Profile {
                phone: Phone::parse(&person.phone)?,
                postcode: Postcode::parse(postcode)?,
                jobs_per_day,
                call_out: Won(person.call_out),
                skills: person.skills.iter().map(skill).collect(),
                areas: person.areas.iter().map(|area| AreaPrefix::parse(area)).collect::<Result<_, _>>()?,
            })
        };
        let profile = parsed().map_err(|refusal: jumun::refusal::Refusal| anyhow::anyhow!("{refusal:?}"))?;
        store::installers::add(tx, party, &profile).await?;
        for days in &person.off_in {
            store::installers::add_day_off(tx, party, Date::from_days(now.kst_date().days() + days)).await?;
        }
    }
    if person.points > 0 {
        let cause = events::Cause { actor: &Actor::System, command: "demo", correlation: "demo" };
        membership::give_points(tx, mint, party, Won(person.points), &Policy::default(), &cause, now).await?;
    }
    if person.spent > 0 {
        let last_month = now.kst_date().end_of_last_month().month_name();
        membership::begin_month(tx, party, &last_month, Won(person.spent), now).await?;
    }
    if let (Some(postcode), Some(address), "customer") = (&person.postcode, &person.address, person.role.as_str()) {
        let parsed = || {
            Ok(ShipTo {
                name: PersonName::parse(&person.name)?,
                phone: Phone::parse(&person.phone)?,
                postcode: Postcode::parse(postcode)?,
                address: Address::parse(address)?,
                request: None,
            })
        };
        let to: ShipTo = parsed().map_err(|refusal: jumun::refusal::Refusal| anyhow::anyhow!("{refusal:?}"))?;
        orders::add_contact(tx, ContactId::mint(mint), party, &to, true, now).await?;
    }
    Ok(id)
}

/// A channel has an account of its own, which nobody signs in to.
async fn add_channel(tx: &mut Tx, name: &str, now: Time) -> anyhow::Result<AccountId> {
    let (id, party) = (AccountId::mint(&mut RandomMint), PartyId::mint(&mut RandomMint));
    accounts::add_party(tx, party, "customer", name, None, now).await?;
    let email = format!("{}@channels.example", name.replace(' ', "-"));
    let new = accounts::NewAccount {
        id,
        role: "customer",
        party,
        manager: false,
        name,
        email: &email,
        phone: "02-000-0000",
        password_hash: "nobody",
        birthday: None,
        customer_number: None,
    };
    accounts::add_account(tx, &new, now).await?;
    Ok(id)
}

/// Writes `demo.json`: accounts, keys and addresses for people and scripts.
///
/// # Errors
/// A folder that cannot be written.
pub async fn write_card(db: &Db, data: &Path, address: &str, providers: &str) -> anyhow::Result<()> {
    let mut tx = db.begin_read().await?;
    let people = accounts::demo_accounts(&mut tx).await?;
    let keys = keys();
    let card = serde_json::json!({
        "address": address,
        "providers": providers,
        "password": PASSWORD,
        "accounts": people,
        "api_keys": { "channel": keys.channel, "other_channel": keys.other_channel, "store": keys.store, "wholesaler": keys.wholesaler },
        "webhook_secrets": { "channel": keys.webhook_channel, "gateway": keys.webhook_gateway },
    });
    std::fs::write(data.join("demo.json"), serde_json::to_string_pretty(&card)?)?;
    Ok(())
}
