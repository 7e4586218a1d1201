//! What stores sell to each other: who deals with whom, at which price, on how much credit.

use super::{Failure, Stored, Tx, args, ledger, orders::Cursor, parsed, statements, stores::standing};
use jumun::{
    command::ShipTo,
    ids::{OrderId, OrderNumber, PartyId, ProductId, ReceiptId, VariantId, WarehouseId},
    money::Won,
    order::{PartnerOffer, Receipt},
    partner::{PriceStep, Standing, agreed, unit_price},
    quantity::Quantity,
    text::{Address, BusinessNumber, DeliveryRequest, OutsideSeller, PersonName, Phone, Postcode, Words},
    time::{Span, Time},
    view::{AgreementRow, ListOf, OfferRow, PricedRow, ReceiptView, RestockRow},
};
use serde::Serialize;

statements! {
    ADD_PARTNERSHIP = "INSERT INTO partnerships (seller_id, buyer_id, credit_limit, since) VALUES ($1, $2, $3, $4)";
    ADD_PARTNER_PRICE = "INSERT INTO partner_prices (variant_id, buyer_id, from_units, price) VALUES ($1, $2, $3, $4)";
    SET_TERMS = "INSERT INTO partner_terms (variant_id, least, lead_days) VALUES ($1, $2, $3)
        ON CONFLICT (variant_id) DO UPDATE SET least = excluded.least, lead_days = excluded.lead_days";
    LOCK_PARTNERSHIP = "SELECT credit_limit FROM partnerships WHERE seller_id = $1 AND buyer_id = $2 AND state = 'approved'",
        pg "SELECT credit_limit FROM partnerships WHERE seller_id = $1 AND buyer_id = $2 AND state = 'approved' FOR UPDATE";
    OWED = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM (
        SELECT b.amount FROM orders o JOIN balances b ON b.unit = 'won' AND b.account = 'receivable' AND b.owner = o.buyer_id AND b.subject = o.id
            WHERE o.buyer_id = $2 AND o.kind = 'Purchase' AND o.seller_id = $1
        UNION ALL SELECT o.total FROM orders o WHERE o.buyer_id = $2 AND o.kind = 'Purchase' AND o.seller_id = $1 AND o.status IN ('Pending', 'StockReserved')) q";
    PARTNER_GOODS = "SELECT p.id AS product_id, p.store_id, p.name_ko, p.name_en, v.option_ko, v.option_en, v.price AS list_price,
            COALESCE(t.least, 1) AS least
        FROM variants v JOIN products p ON p.id = v.product_id JOIN variants ours ON ours.model = v.model
            LEFT JOIN partner_terms t ON t.variant_id = v.id
            JOIN stores st ON st.party_id = p.store_id AND st.status = 'approved'
        WHERE v.id = $1 AND ours.id = $2 AND p.on_sale";
    OFFERS = "SELECT ours.id AS ours, v.id AS variant_id, p.store_id, s.name_ko, s.name_en, p.name_ko AS title_ko, p.name_en AS title_en, v.option_ko, v.option_en,
            v.price AS list_price, COALESCE(t.least, 1) AS least, COALESCE(t.lead_days, 2) AS lead_days, a.credit_limit,
            CAST((SELECT COALESCE(SUM(b.amount), 0) FROM balances b JOIN warehouses w ON w.id = b.owner
                WHERE b.unit = 'stock' AND b.account = 'available' AND b.subject = v.id AND w.store_id = p.store_id) AS BIGINT) AS available,
            CAST((SELECT COUNT(*) FROM orders o WHERE o.buyer_id = $1 AND o.kind = 'Purchase' AND o.seller_id = p.store_id AND o.status = 'Completed' AND o.placed_at >= $3) AS BIGINT) AS done,
            CAST((SELECT COUNT(*) FROM orders o WHERE o.buyer_id = $1 AND o.kind = 'Purchase' AND o.seller_id = p.store_id AND o.status = 'Cancelled' AND o.placed_at >= $3) AS BIGINT) AS failed,
            CAST((SELECT COALESCE(AVG(o.completed_at - o.placed_at), 0) FROM orders o
                WHERE o.buyer_id = $1 AND o.kind = 'Purchase' AND o.seller_id = p.store_id AND o.status = 'Completed' AND o.placed_at >= $3) AS BIGINT) AS took
        FROM products own JOIN variants ours ON ours.product_id = own.id JOIN variants v ON v.model = ours.model AND v.id <> ours.id JOIN products p ON p.id = v.product_id
            JOIN partnerships a ON a.seller_id = p.store_id AND a.buyer_id = $1 AND a.state = 'approved'
            JOIN parties s ON s.id = p.store_id JOIN stores st ON st.party_id = p.store_id AND st.status = 'approved'
            LEFT JOIN partner_terms t ON t.variant_id = v.id
        WHERE p.on_sale AND own.store_id = $1 AND ($2 = '' OR ours.id = $2) ORDER BY ours.id, v.id";
    PRICES_FOR = "SELECT x.variant_id, x.buyer_id, x.from_units, x.price FROM partner_prices x
        WHERE x.buyer_id IN ('', $1) AND EXISTS (SELECT 1 FROM variants v JOIN variants ours ON ours.model = v.model JOIN products own ON own.id = ours.product_id
            WHERE v.id = x.variant_id AND own.store_id = $1 AND ($2 = '' OR ours.id = $2))
        ORDER BY x.variant_id, x.from_units";
    PARTNERS_SELL = "SELECT v.id FROM variants ours JOIN products own ON own.id = ours.product_id JOIN variants v ON v.model = ours.model AND v.id <> ours.id
            JOIN products p ON p.id = v.product_id JOIN stores st ON st.party_id = p.store_id
            JOIN partnerships a ON a.seller_id = p.store_id AND a.buyer_id = $1 AND a.state = 'approved'
        WHERE own.store_id = $1 AND own.id = $2 AND p.on_sale AND st.status = 'approved' LIMIT 1";
    PRICES_OF = "SELECT variant_id, buyer_id, from_units, price FROM partner_prices WHERE variant_id = $1 AND buyer_id IN ('', $2) ORDER BY from_units";
    PRICES_OF_STORE = "SELECT x.variant_id, x.buyer_id, x.from_units, x.price FROM partner_prices x JOIN variants v ON v.id = x.variant_id JOIN products p ON p.id = v.product_id
        WHERE p.store_id = $1 ORDER BY x.variant_id, x.buyer_id, x.from_units";
    PRICED_GOODS = "SELECT v.id, p.name_ko, p.name_en, v.option_ko, v.option_en, v.price, COALESCE(t.least, 1) AS least, COALESCE(t.lead_days, 2) AS lead_days
        FROM variants v JOIN products p ON p.id = v.product_id LEFT JOIN partner_terms t ON t.variant_id = v.id
        WHERE p.store_id = $1 AND v.model IS NOT NULL AND p.on_sale ORDER BY p.position, v.position LIMIT 500";
    OWN_OPTION = "SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id WHERE v.id = $1 AND p.store_id = $2",
        pg "SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id WHERE v.id = $1 AND p.store_id = $2 FOR UPDATE OF v";
    CLEAR_PRICES = "DELETE FROM partner_prices WHERE variant_id = $1 AND buyer_id = $2";
    AGREEMENT = "SELECT state FROM partnerships WHERE seller_id = $1 AND buyer_id = $2",
        pg "SELECT state FROM partnerships WHERE seller_id = $1 AND buyer_id = $2 FOR UPDATE";
    ASK = "INSERT INTO partnerships (seller_id, buyer_id, credit_limit, since, state, message) VALUES ($1, $2, 0, $3, 'applied', $4)
        ON CONFLICT (seller_id, buyer_id) DO UPDATE SET state = 'applied', since = excluded.since, message = excluded.message, reason = NULL";
    SET_STANDING = "UPDATE partnerships SET reason = $4, since = CASE WHEN state = 'applied' THEN $5 ELSE since END, credit_limit = COALESCE($6, credit_limit), state = $3
        WHERE seller_id = $1 AND buyer_id = $2";
    SET_LIMIT = "UPDATE partnerships SET credit_limit = $3 WHERE seller_id = $1 AND buyer_id = $2";
    PARTNERS_OF = "SELECT a.seller_id, a.buyer_id, s.name_ko, s.name_en, t.business_number, a.state, a.credit_limit, a.since, a.message, a.reason
        FROM partnerships a JOIN parties s ON s.id = a.seller_id JOIN stores t ON t.party_id = a.seller_id WHERE a.buyer_id = $1 ORDER BY s.name_ko, a.seller_id";
    BUYERS_OF = "SELECT a.seller_id, a.buyer_id, s.name_ko, s.name_en, t.business_number, a.state, a.credit_limit, a.since, a.message, a.reason
        FROM partnerships a JOIN parties s ON s.id = a.buyer_id JOIN stores t ON t.party_id = a.buyer_id WHERE a.seller_id = $1 ORDER BY s.name_ko, a.buyer_id";
    GOODS_WITH_MODEL = "SELECT v.id, p.name_ko, p.name_en, v.option_ko, v.option_en,
            CAST((SELECT COALESCE(SUM(b.amount), 0) FROM balances b JOIN warehouses w ON w.id = b.owner
                WHERE b.unit = 'stock' AND b.account = 'available' AND b.subject = v.id AND w.store_id = p.store_id) AS BIGINT) AS available
        FROM variants v JOIN products p ON p.id = v.product_id WHERE p.store_id = $1 AND v.model IS NOT NULL ORDER BY available, v.id LIMIT 500";
    ADD_RECEIPT = "INSERT INTO receipts (id, order_id, seller_name, business_number, amount, bought_on, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    RECEIPTS_OF = "SELECT id, seller_name, business_number, amount, bought_on FROM receipts WHERE order_id = $1 ORDER BY recorded_at, id";
    VOID_RECEIPT = "UPDATE receipts SET voided_at = $2 WHERE id = $1";
    RECEIPTS_BY = "SELECT r.id, o.number, r.seller_name, r.business_number, r.amount, r.bought_on, r.recorded_at, r.voided_at
        FROM receipts r JOIN orders o ON o.id = r.order_id WHERE o.seller_id = $1 AND (r.recorded_at, r.id) < ($2, $3)
        ORDER BY r.recorded_at DESC, r.id DESC LIMIT $4";
    PICTURES_OF_RECEIPTS = "SELECT p.receipt_id, p.hash FROM receipt_photos p JOIN receipts r ON r.id = p.receipt_id WHERE r.order_id = $1 ORDER BY p.nth";
    ATTACH_RECEIPT = "INSERT INTO receipt_photos (receipt_id, hash, nth)
        SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), COUNT(*) FROM receipt_photos WHERE receipt_id = $1 HAVING COUNT(*) < $3
        ON CONFLICT (receipt_id, hash) DO UPDATE SET nth = receipt_photos.nth";
    WAREHOUSE_PLACE = "SELECT p.name_ko, w.name_ko AS place, s.phone, w.postcode, w.address FROM warehouses w JOIN stores s ON s.party_id = w.store_id JOIN parties p ON p.id = s.party_id
        WHERE w.id = $1 AND w.store_id = $2";
}

/// How far back a partner's record goes.
const RECORD: Span = Span::days(90);

/// Two stores agree to trade on credit.
pub(crate) async fn add_partnership(tx: &mut Tx, seller: PartyId, buyer: PartyId, credit_limit: Won, since: Time) -> Stored<()> {
    tx.exec(&ADD_PARTNERSHIP, args![seller, buyer, credit_limit, since]).await.map(drop)
}

/// Sets what partners pay for an option; without a buyer, all of them.
pub(crate) async fn set_prices(tx: &mut Tx, variant: &VariantId, buyer: Option<PartyId>, steps: &[PriceStep]) -> Stored<()> {
    let buyer = buyer.map(|buyer| buyer.to_string()).unwrap_or_default();
    tx.exec(&CLEAR_PRICES, args![variant, &buyer]).await?;
    for step in steps {
        tx.exec(&ADD_PARTNER_PRICE, args![variant, &buyer, step.from, step.price]).await?;
    }
    Ok(())
}

/// Sets the least units that are sold at once, and the days they take.
pub(crate) async fn set_terms(tx: &mut Tx, variant: &VariantId, least: u32, lead_days: u32) -> Stored<()> {
    tx.exec(&SET_TERMS, args![variant, least, lead_days]).await.map(drop)
}

/// Whether an option is a store's own. It stays locked until the end of the transaction.
pub(crate) async fn lock_option(tx: &mut Tx, variant: &VariantId, store: PartyId) -> Stored<bool> {
    Ok(tx.opt::<(String,)>(&OWN_OPTION, args![variant, store]).await?.is_some())
}

/// How a buyer stands with a seller. The agreement stays locked until the end of the transaction.
pub(crate) async fn lock(tx: &mut Tx, seller: PartyId, buyer: PartyId) -> Stored<Option<Standing>> {
    let row: Option<(String,)> = tx.opt(&AGREEMENT, args![seller, buyer]).await?;
    row.map(|(state,)| standing(&state)).transpose()
}

/// Writes down that a buyer asks.
pub(crate) async fn ask(tx: &mut Tx, seller: PartyId, buyer: PartyId, message: &str, at: Time) -> Stored<()> {
    tx.exec(&ASK, args![seller, buyer, at, message]).await.map(drop)
}

/// Lets a buyer stand otherwise. They trade since the answer.
pub(crate) async fn set_standing(
    tx: &mut Tx,
    seller: PartyId,
    buyer: PartyId,
    to: Standing,
    limit: Option<Won>,
    reason: Option<&str>,
    at: Time,
) -> Stored<()> {
    tx.exec(&SET_STANDING, args![seller, buyer, to.slug(), reason, at, limit.map(|limit| limit.0)]).await.map(drop)
}

/// Sets how much a buyer may owe.
pub(crate) async fn set_limit(tx: &mut Tx, seller: PartyId, buyer: PartyId, limit: Won) -> Stored<()> {
    tx.exec(&SET_LIMIT, args![seller, buyer, limit]).await.map(drop)
}

#[derive(sqlx::FromRow)]
struct PriceRow {
    variant_id: String,
    buyer_id: String,
    from_units: i64,
    price: i64,
}

impl PriceRow {
    fn step(&self) -> PriceStep {
        PriceStep { from: u32::try_from(self.from_units).unwrap_or(u32::MAX), price: Won(self.price) }
    }
}

/// The list that counts for one buyer of an option, out of his own rows and everybody's.
fn agreed_of(rows: &[PriceRow], variant: &str, list_price: Won) -> Vec<PriceStep> {
    let of =
        |own: bool| rows.iter().filter(|row| row.variant_id == variant && row.buyer_id.is_empty() != own).map(PriceRow::step).collect::<Vec<_>>();
    agreed(&of(true), &of(false), list_price)
}

#[derive(sqlx::FromRow)]
struct GoodsRow {
    product_id: String,
    store_id: String,
    name_ko: String,
    name_en: Option<String>,
    option_ko: String,
    option_en: Option<String>,
    list_price: i64,
    least: i64,
}

/// What a partner's option costs a store that calls the same goods `ours`; nothing where the two do not trade or the goods are
/// not the same. The agreement stays locked until the end of the transaction: two purchases at once do not both use its credit.
pub(crate) async fn offer(tx: &mut Tx, buyer: PartyId, ours: &VariantId, theirs: &VariantId, quantity: Quantity) -> Stored<Option<PartnerOffer>> {
    let row: Option<GoodsRow> = tx.opt(&PARTNER_GOODS, args![theirs, ours]).await?;
    let Some(row) = row else { return Ok(None) };
    let seller: PartyId = parsed(&row.store_id)?;
    let Some((limit,)): Option<(i64,)> = tx.opt(&LOCK_PARTNERSHIP, args![seller, buyer]).await? else { return Ok(None) };
    let (owed,): (i64,) = tx.one(&OWED, args![seller, buyer]).await?;
    let prices: Vec<PriceRow> = tx.all(&PRICES_OF, args![theirs, buyer]).await?;
    Ok(Some(PartnerOffer {
        seller,
        product: ProductId::new(row.product_id),
        variant: theirs.clone(),
        ours: ours.clone(),
        title: Words { ko: row.name_ko, en: row.name_en },
        option: Words { ko: row.option_ko, en: row.option_en },
        unit_price: unit_price(&agreed_of(&prices, theirs.as_str(), Won(row.list_price)), quantity.get()),
        least: u32::try_from(row.least).unwrap_or(1),
        credit_left: Won(limit - owed),
        shelf: ledger::shelf(tx, seller, std::slice::from_ref(theirs), None).await?,
    }))
}

#[derive(sqlx::FromRow)]
struct OfferDbRow {
    ours: String,
    variant_id: String,
    store_id: String,
    name_ko: String,
    name_en: Option<String>,
    title_ko: String,
    title_en: Option<String>,
    option_ko: String,
    option_en: Option<String>,
    list_price: i64,
    least: i64,
    lead_days: i64,
    credit_limit: i64,
    available: i64,
    done: i64,
    failed: i64,
    took: i64,
}

/// What partners sell of a store's goods, side by side: of one option, or of all.
pub(crate) async fn offers(tx: &mut Tx, buyer: PartyId, ours: Option<&VariantId>, now: Time) -> Stored<Vec<OfferRow>> {
    let ours = ours.map_or("", VariantId::as_str);
    let rows: Vec<OfferDbRow> = tx.all(&OFFERS, args![buyer, ours, now.before(RECORD)]).await?;
    let prices: Vec<PriceRow> = tx.all(&PRICES_FOR, args![buyer, ours]).await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(0);
    let mut offers = Vec::with_capacity(rows.len());
    for row in rows {
        let seller: PartyId = parsed(&row.store_id)?;
        let (owed,): (i64,) = tx.one(&OWED, args![seller, buyer]).await?;
        let steps = agreed_of(&prices, &row.variant_id, Won(row.list_price));
        offers.push(OfferRow {
            ours: VariantId::new(row.ours),
            variant: VariantId::new(row.variant_id),
            seller,
            seller_name: Words { ko: row.name_ko, en: row.name_en },
            title: Words { ko: row.title_ko, en: row.title_en },
            option: Words { ko: row.option_ko, en: row.option_en },
            steps,
            least: count(row.least),
            lead_days: count(row.lead_days),
            available: count(row.available),
            credit_left: Won(row.credit_limit - owed).at_least(Won::ZERO),
            done: count(row.done),
            failed: count(row.failed),
            took: Span(row.took),
        });
    }
    offers.sort_by_key(|offer| (offer.ours.clone(), offer.available == 0, offer.price_of(offer.least), offer.lead_days));
    Ok(offers)
}

/// Whether any partner of a store sells a product of its.
pub(crate) async fn sell(tx: &mut Tx, store: PartyId, product: &ProductId) -> Stored<bool> {
    Ok(tx.opt::<(String,)>(&PARTNERS_SELL, args![store, product]).await?.is_some())
}

#[derive(sqlx::FromRow)]
struct AgreementDbRow {
    seller_id: String,
    buyer_id: String,
    name_ko: String,
    name_en: Option<String>,
    business_number: String,
    state: String,
    credit_limit: i64,
    since: i64,
    message: Option<String>,
    reason: Option<String>,
}

async fn agreements(tx: &mut Tx, rows: Vec<AgreementDbRow>, with: impl Fn(&AgreementDbRow) -> &String) -> Stored<Vec<AgreementRow>> {
    let mut agreements = Vec::with_capacity(rows.len());
    for row in rows {
        let (owed,): (i64,) = tx.one(&OWED, args![&row.seller_id, &row.buyer_id]).await?;
        agreements.push(AgreementRow {
            partner: parsed(with(&row))?,
            standing: standing(&row.state)?,
            name: Words { ko: row.name_ko, en: row.name_en },
            business_number: row.business_number,
            credit_limit: Won(row.credit_limit),
            owed: Won(owed),
            since: Time(row.since),
            message: row.message,
            reason: row.reason,
        });
    }
    agreements.sort_by_key(|row| row.standing);
    Ok(agreements)
}

/// Whom a store buys of, and whom it asked.
pub(crate) async fn of_buyer(tx: &mut Tx, buyer: PartyId) -> Stored<Vec<AgreementRow>> {
    let rows = tx.all(&PARTNERS_OF, args![buyer]).await?;
    agreements(tx, rows, |row| &row.seller_id).await
}

/// To whom a store sells, and who asked.
pub(crate) async fn of_seller(tx: &mut Tx, seller: PartyId) -> Stored<Vec<AgreementRow>> {
    let rows = tx.all(&BUYERS_OF, args![seller]).await?;
    agreements(tx, rows, |row| &row.buyer_id).await
}

#[derive(sqlx::FromRow)]
struct PricedDbRow {
    id: String,
    name_ko: String,
    name_en: Option<String>,
    option_ko: String,
    option_en: Option<String>,
    price: i64,
    least: i64,
    lead_days: i64,
}

/// What partners can buy of a store, with every price list.
pub(crate) async fn priced(tx: &mut Tx, store: PartyId) -> Stored<Vec<PricedRow>> {
    let rows: Vec<PricedDbRow> = tx.all(&PRICED_GOODS, args![store]).await?;
    let prices: Vec<PriceRow> = tx.all(&PRICES_OF_STORE, args![store]).await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(0);
    let mut goods = Vec::with_capacity(rows.len());
    for row in rows {
        let mut lists: Vec<ListOf> = Vec::new();
        for price in prices.iter().filter(|price| price.variant_id == row.id) {
            let buyer = if price.buyer_id.is_empty() { None } else { Some(parsed(&price.buyer_id)?) };
            match lists.iter_mut().find(|list| list.buyer == buyer) {
                Some(list) => list.steps.push(price.step()),
                None => lists.push(ListOf { buyer, steps: vec![price.step()] }),
            }
        }
        goods.push(PricedRow {
            variant: VariantId::new(row.id),
            title: Words { ko: row.name_ko, en: row.name_en },
            option: Words { ko: row.option_ko, en: row.option_en },
            list_price: Won(row.price),
            least: count(row.least),
            lead_days: count(row.lead_days),
            lists,
        });
    }
    Ok(goods)
}

#[derive(sqlx::FromRow)]
struct OwnRow {
    id: String,
    name_ko: String,
    name_en: Option<String>,
    option_ko: String,
    option_en: Option<String>,
    available: i64,
}

/// A store's goods that partners sell too, of what there is least first.
pub(crate) async fn restockable(tx: &mut Tx, store: PartyId, now: Time) -> Stored<Vec<RestockRow>> {
    let own: Vec<OwnRow> = tx.all(&GOODS_WITH_MODEL, args![store]).await?;
    let offers = offers(tx, store, None, now).await?;
    let of = |row: &OwnRow| {
        offers
            .iter()
            .filter(|offer| offer.ours.as_str() == row.id)
            .map(|offer| RestockRow {
                offer: offer.clone(),
                title: Words { ko: row.name_ko.clone(), en: row.name_en.clone() },
                option: Words { ko: row.option_ko.clone(), en: row.option_en.clone() },
                available: u32::try_from(row.available).unwrap_or(0),
            })
            .collect::<Vec<_>>()
    };
    Ok(own.iter().flat_map(of).collect())
}

/// Keeps who sold something outside the chain.
pub(crate) async fn add_receipt(tx: &mut Tx, id: ReceiptId, order: OrderId, receipt: &Receipt, at: Time) -> Stored<()> {
    let (seller, number) = (receipt.seller.as_str(), receipt.business_number.as_str());
    tx.exec(&ADD_RECEIPT, args![id, order, seller, number, receipt.amount, receipt.on.to_string(), at]).await.map(drop)
}

fn receipt(seller: &str, number: &str, amount: i64, on: &str) -> Stored<Receipt> {
    let on = on.parse().map_err(|_| Failure::Corrupt(format!("the day {on:?} of a receipt")))?;
    Ok(Receipt { seller: OutsideSeller::parse(seller)?, business_number: BusinessNumber::parse(number)?, amount: Won(amount), on })
}

/// A receipt was a mistake.
pub(crate) async fn void_receipt(tx: &mut Tx, receipt: ReceiptId, at: Time) -> Stored<()> {
    tx.exec(&VOID_RECEIPT, args![receipt, at]).await.map(drop)
}

#[derive(sqlx::FromRow)]
struct ReceiptOf {
    id: String,
    number: String,
    seller_name: String,
    business_number: String,
    amount: i64,
    bought_on: String,
    recorded_at: i64,
    voided_at: Option<i64>,
}

/// A receipt in a list.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReceiptRow {
    /// Its identity.
    pub id: ReceiptId,
    /// The order that the goods are for.
    pub order: OrderNumber,
    /// Of whom, for how much, when.
    #[serde(flatten)]
    pub receipt: Receipt,
    /// When it was written down.
    pub recorded_at: Time,
    /// When it was taken back, because it was a mistake.
    pub voided_at: Option<Time>,
}

/// What a store bought outside the chain, newest first.
pub(crate) async fn receipts_by(tx: &mut Tx, store: PartyId, cursor: Cursor, most: usize) -> Stored<Vec<ReceiptRow>> {
    let rows: Vec<ReceiptOf> = tx.all(&RECEIPTS_BY, args![store, cursor.0, cursor.1, most as i64]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(ReceiptRow {
                id: parsed(&row.id)?,
                order: OrderNumber::new(row.number),
                receipt: receipt(&row.seller_name, &row.business_number, row.amount, &row.bought_on)?,
                recorded_at: Time(row.recorded_at),
                voided_at: row.voided_at.map(Time),
            })
        })
        .collect()
}

/// Keeps a picture of a receipt; false when it has its fill.
pub(crate) async fn attach_receipt(tx: &mut Tx, receipt: ReceiptId, photo: &str) -> Stored<bool> {
    Ok(tx.exec(&ATTACH_RECEIPT, args![receipt, photo, ReceiptView::PHOTOS as i64]).await? > 0)
}

/// What was bought outside the chain for an order.
pub(crate) async fn receipts_of(tx: &mut Tx, order: OrderId) -> Stored<Vec<ReceiptView>> {
    let rows: Vec<(String, String, String, i64, String)> = tx.all(&RECEIPTS_OF, args![order]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let pictures: Vec<(String, String)> = tx.all(&PICTURES_OF_RECEIPTS, args![order]).await?;
    rows.into_iter()
        .map(|(id, seller, number, amount, on)| {
            let receipt = receipt(&seller, &number, amount, &on)?;
            let photos = pictures.iter().filter(|(of, _)| *of == id).map(|(_, hash)| hash.clone()).collect();
            Ok(ReceiptView { id: parsed(&id)?, receipt: Some(receipt), photos })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct PlaceRow {
    name_ko: String,
    place: String,
    phone: String,
    postcode: String,
    address: String,
}

/// A store's warehouse as a place that goods are sent to.
pub(crate) async fn warehouse_place(tx: &mut Tx, warehouse: WarehouseId, store: PartyId) -> Stored<Option<ShipTo>> {
    let row: Option<PlaceRow> = tx.opt(&WAREHOUSE_PLACE, args![warehouse, store]).await?;
    row.map(|row| {
        Ok(ShipTo {
            name: PersonName::parse(&row.name_ko)?,
            phone: Phone::parse(&row.phone)?,
            postcode: Postcode::parse(&row.postcode)?,
            address: Address::parse(&row.address)?,
            request: Some(DeliveryRequest::parse(&row.place)?),
        })
    })
    .transpose()
}
