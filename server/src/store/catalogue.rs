//! Stores, warehouses, products and delivery areas.

use super::{Failure, Stored, Tx, args, parsed, pre_orders, reviews, statements};
use jumun::{
    catalogue::{Category, Supply, search_key},
    ids::{PartyId, ProductId, VariantId, WarehouseId},
    money::Won,
    order::OnOffer,
    text::Words,
    time::{Date, Time},
    view::{CatalogueQuery, CatalogueView, ExtraRow, ListingRow, ProductCard, Rating, SpecRow, StandIn, VariantView},
};

statements! {
    ADD_STORE = "INSERT INTO stores (party_id, slug, kind, status, business_number, phone, postcode, address, intro_ko, intro_en) VALUES ($1, $2, $3, 'approved', $4, $5, $6, $7, $8, $9)";
    ADD_WAREHOUSE = "INSERT INTO warehouses (id, store_id, slug, name_ko, name_en, postcode, address, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    ADD_AREA = "INSERT INTO areas (prefix, name_ko, name_en, kind) VALUES ($1, $2, $3, $4)";
    AREA_KIND = "SELECT kind FROM areas WHERE $1 LIKE prefix || '%' ORDER BY LENGTH(prefix) DESC LIMIT 1";
    ADD_PRODUCT = "INSERT INTO products (id, position, store_id, category, brand, name_ko, name_en, summary_ko, summary_en, description_ko, description_en, drawing, supply,
            shipping_fee, on_sale, search_plain, search_initials) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    ADD_SPEC = "INSERT INTO product_specs (product_id, position, label_ko, label_en, value) VALUES ($1, $2, $3, $4, $5)";
    ADD_VARIANT = "INSERT INTO variants (id, product_id, position, option_ko, option_en, price, serial, model) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    ADD_EXTRA = "INSERT INTO extras (category, position, name_ko, name_en, unit_ko, unit_en, price) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    CARDS = "SELECT * FROM (SELECT p.id, p.position, p.category, p.brand, p.name_ko, p.name_en, p.summary_ko, p.summary_en, p.drawing, p.supply, p.shipping_fee,
            p.store_id, s.name_ko AS seller_ko, s.name_en AS seller_en,
            CAST((SELECT MIN(v.price) FROM variants v WHERE v.product_id = p.id) AS BIGINT) AS price,
            CAST(COALESCE(CASE WHEN p.supply = 'pre-order'
                THEN (SELECT SUM(b.amount) FROM variants v JOIN pre_orders r ON r.variant_id = v.id AND r.ship_by >= $7
                    JOIN balances b ON b.subject = v.id AND b.account = 'pre_order' AND b.unit = 'stock' WHERE v.product_id = p.id)
                WHEN p.supply = 'to-order' THEN (SELECT SUM(u.units) FROM variants v JOIN partner_units u ON u.variant_id = v.id WHERE v.product_id = p.id)
                ELSE (SELECT SUM(b.amount) FROM variants v JOIN balances b ON b.subject = v.id AND b.account = 'available' AND b.unit = 'stock'
                    WHERE v.product_id = p.id) END, 0) AS BIGINT) AS available,
            CASE WHEN p.supply = 'pre-order' THEN (SELECT MIN(r.ship_by) FROM variants v JOIN pre_orders r ON r.variant_id = v.id AND r.ship_by >= $7
                WHERE v.product_id = p.id) END AS ship_by
        FROM products p JOIN parties s ON s.id = p.store_id JOIN stores t ON t.party_id = p.store_id
        WHERE p.on_sale AND t.status = 'approved' AND t.kind = 'retailer' AND ($1 = '' OR p.category = $1)
          AND ($2 = '' OR p.search_plain LIKE $2 OR p.search_initials LIKE $2)) AS c
        WHERE NOT $3 OR c.available > 0
        ORDER BY CASE WHEN $4 = 'price-up' THEN c.price END, CASE WHEN $4 = 'price-down' THEN -c.price END, CASE WHEN $4 = 'name' THEN c.name_ko END, c.position
        LIMIT $5 OFFSET $6";
    COUNT_CARDS = "SELECT COUNT(*) FROM products p JOIN stores t ON t.party_id = p.store_id
        WHERE p.on_sale AND t.status = 'approved' AND t.kind = 'retailer' AND ($1 = '' OR p.category = $1)
          AND ($2 = '' OR p.search_plain LIKE $2 OR p.search_initials LIKE $2)
          AND (NOT $3 OR p.supply = 'to-order' AND EXISTS (SELECT 1 FROM variants v JOIN partner_units u ON u.variant_id = v.id WHERE v.product_id = p.id AND u.units > 0)
            OR p.supply <> 'to-order' AND EXISTS (SELECT 1 FROM variants v JOIN balances b ON b.subject = v.id AND b.unit = 'stock'
                    AND b.account = CASE WHEN p.supply = 'pre-order' THEN 'pre_order' ELSE 'available' END
                LEFT JOIN pre_orders r ON r.variant_id = v.id
                WHERE v.product_id = p.id AND b.amount > 0 AND (p.supply <> 'pre-order' OR r.ship_by >= $4)))";
    CATEGORY_COUNTS = "SELECT p.category, COUNT(*) FROM products p JOIN stores t ON t.party_id = p.store_id WHERE p.on_sale AND t.status = 'approved' AND t.kind = 'retailer' GROUP BY p.category";
    CARD = "SELECT p.id, p.position, p.category, p.brand, p.name_ko, p.name_en, p.summary_ko, p.summary_en, p.drawing, p.supply, p.shipping_fee,
            p.store_id, s.name_ko AS seller_ko, s.name_en AS seller_en,
            CAST((SELECT MIN(v.price) FROM variants v WHERE v.product_id = p.id) AS BIGINT) AS price,
            CAST(COALESCE(CASE WHEN p.supply = 'pre-order'
                THEN (SELECT SUM(b.amount) FROM variants v JOIN pre_orders r ON r.variant_id = v.id AND r.ship_by >= $2
                    JOIN balances b ON b.subject = v.id AND b.account = 'pre_order' AND b.unit = 'stock' WHERE v.product_id = p.id)
                WHEN p.supply = 'to-order' THEN (SELECT SUM(u.units) FROM variants v JOIN partner_units u ON u.variant_id = v.id WHERE v.product_id = p.id)
                ELSE (SELECT SUM(b.amount) FROM variants v JOIN balances b ON b.subject = v.id AND b.account = 'available' AND b.unit = 'stock'
                    WHERE v.product_id = p.id) END, 0) AS BIGINT) AS available,
            CASE WHEN p.supply = 'pre-order' THEN (SELECT MIN(r.ship_by) FROM variants v JOIN pre_orders r ON r.variant_id = v.id AND r.ship_by >= $2
                WHERE v.product_id = p.id) END AS ship_by
        FROM products p JOIN parties s ON s.id = p.store_id JOIN stores t ON t.party_id = p.store_id WHERE p.id = $1 AND p.on_sale AND t.status = 'approved'";
    DETAIL = "SELECT p.description_ko, p.description_en, t.phone, t.address FROM products p JOIN stores t ON t.party_id = p.store_id WHERE p.id = $1";
    SPECS = "SELECT label_ko, label_en, value FROM product_specs WHERE product_id = $1 ORDER BY position";
    VARIANTS = "SELECT v.id, v.option_ko, v.option_en, v.price,
            CAST(CASE WHEN p.supply = 'pre-order' AND (r.ship_by IS NULL OR r.ship_by < $2) THEN 0
                WHEN p.supply = 'to-order' THEN (SELECT u.units FROM partner_units u WHERE u.variant_id = v.id)
                ELSE COALESCE((SELECT SUM(b.amount) FROM balances b WHERE b.subject = v.id AND b.unit = 'stock'
                    AND b.account = CASE WHEN p.supply = 'pre-order' THEN 'pre_order' ELSE 'available' END), 0) END AS BIGINT) AS available,
            CASE WHEN p.supply = 'pre-order' AND r.ship_by >= $2 THEN r.ship_by END AS ship_by
        FROM variants v JOIN products p ON p.id = v.product_id LEFT JOIN pre_orders r ON r.variant_id = v.id WHERE v.product_id = $1 ORDER BY v.position";
    EXTRAS = "SELECT position, name_ko, name_en, unit_ko, unit_en, price FROM extras WHERE category = $1 ORDER BY position";
    LISTINGS = "SELECT p.id, p.position, p.category, p.brand, p.name_ko, p.name_en, p.summary_ko, p.summary_en, p.drawing, p.supply, p.shipping_fee,
            p.store_id, s.name_ko AS seller_ko, s.name_en AS seller_en,
            CAST((SELECT MIN(v.price) FROM variants v WHERE v.product_id = p.id) AS BIGINT) AS price,
            CAST(COALESCE(CASE WHEN p.supply = 'pre-order'
                THEN (SELECT SUM(b.amount) FROM variants v JOIN pre_orders r ON r.variant_id = v.id AND r.ship_by >= $2
                    JOIN balances b ON b.subject = v.id AND b.account = 'pre_order' AND b.unit = 'stock' WHERE v.product_id = p.id)
                WHEN p.supply = 'to-order' THEN (SELECT SUM(u.units) FROM variants v JOIN partner_units u ON u.variant_id = v.id WHERE v.product_id = p.id)
                ELSE (SELECT SUM(b.amount) FROM variants v JOIN balances b ON b.subject = v.id AND b.account = 'available' AND b.unit = 'stock'
                    WHERE v.product_id = p.id) END, 0) AS BIGINT) AS available,
            CASE WHEN p.supply = 'pre-order' THEN (SELECT MIN(r.ship_by) FROM variants v JOIN pre_orders r ON r.variant_id = v.id AND r.ship_by >= $2
                WHERE v.product_id = p.id) END AS ship_by
        FROM products p JOIN parties s ON s.id = p.store_id WHERE p.store_id = $1 ORDER BY p.position";
    LISTED = "SELECT p.id AS product_id, v.id AS variant_id, p.category, p.store_id, p.name_ko, p.name_en, v.option_ko, v.option_en, v.price, p.shipping_fee, p.supply, r.ship_by
        FROM variants v JOIN products p ON p.id = v.product_id JOIN stores t ON t.party_id = p.store_id LEFT JOIN pre_orders r ON r.variant_id = v.id
        WHERE v.id = $1 AND p.on_sale AND t.status = 'approved'";
    STAND_INS = "SELECT * FROM (SELECT p.id AS product_id, v.id AS variant_id, p.drawing, p.name_ko, p.name_en, v.option_ko, v.option_en, v.price,
            CAST(COALESCE((SELECT SUM(b.amount) FROM balances b WHERE b.subject = v.id AND b.account = 'available' AND b.unit = 'stock'), 0) AS BIGINT) AS available,
            (' ' || $4 || ' ') LIKE ('% ' || v.id || ' %') AS proposed,
            ABS(v.price - (SELECT m.price FROM variants m WHERE m.id = $2)) AS apart,
            p.category = (SELECT q.category FROM variants m JOIN products q ON q.id = m.product_id WHERE m.id = $2) AS alike
        FROM variants v JOIN products p ON p.id = v.product_id
        WHERE p.store_id = $1 AND p.on_sale AND p.supply = 'stocked' AND v.id <> $2) AS s
        WHERE s.available >= $3 AND (s.alike OR s.proposed) ORDER BY s.proposed DESC, s.apart, s.variant_id LIMIT 6";
    VARIANT_OF_STORE = "SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id JOIN warehouses w ON w.store_id = p.store_id WHERE v.id = $1 AND w.id = $2 AND w.store_id = $3";
    ONLY_VARIANT = "SELECT id FROM variants WHERE product_id = $1 ORDER BY position LIMIT 2";
    PARTNER_UNITS = "SELECT variant_id, units FROM partner_units WHERE store_id = $1 AND units > 0";
    PRODUCT_EXISTS = "SELECT id FROM products LIMIT 1";
}

/// A new store.
pub(crate) struct NewStore<'a> {
    /// Its party.
    pub party: PartyId,
    /// Its short name in files.
    pub slug: &'a str,
    /// `retailer` or `wholesaler`.
    pub kind: &'a str,
    /// The business number.
    pub business_number: &'a str,
    /// The phone.
    pub phone: &'a str,
    /// The postcode.
    pub postcode: &'a str,
    /// The address.
    pub address: &'a str,
    /// A sentence about it.
    pub intro: &'a Words,
}

/// Adds an approved store.
pub(crate) async fn add_store(tx: &mut Tx, store: &NewStore<'_>) -> Stored<()> {
    let values = args![
        store.party,
        store.slug,
        store.kind,
        store.business_number,
        store.phone,
        store.postcode,
        store.address,
        &store.intro.ko,
        store.intro.en.clone(),
    ];
    tx.exec(&ADD_STORE, values).await.map(drop)
}

/// Adds a warehouse.
pub(crate) async fn add_warehouse(
    tx: &mut Tx,
    id: WarehouseId,
    store: PartyId,
    slug: &str,
    name: &Words,
    postcode: &str,
    address: &str,
    at: Time,
) -> Stored<()> {
    tx.exec(&ADD_WAREHOUSE, args![id, store, slug, &name.ko, name.en.clone(), postcode, address, at]).await.map(drop)
}

/// Adds a delivery area.
pub(crate) async fn add_area(tx: &mut Tx, prefix: &str, name: &Words, kind: &str) -> Stored<()> {
    tx.exec(&ADD_AREA, args![prefix, &name.ko, name.en.clone(), kind]).await.map(drop)
}

/// What delivery to a postcode is like: the longest matching prefix decides, and an unknown one is served by nobody.
pub(crate) async fn area(tx: &mut Tx, postcode: &str) -> Stored<String> {
    Ok(tx.opt::<(String,)>(&AREA_KIND, args![postcode]).await?.map_or_else(|| "none".into(), |(kind,)| kind))
}

/// A new product.
pub(crate) struct NewProduct<'a> {
    /// What the shelf shows.
    pub card: &'a ProductCard,
    /// Its place among all.
    pub position: i64,
    /// A few sentences.
    pub description: &'a Words,
    /// Facts.
    pub specs: &'a [SpecRow],
}

/// Adds a product with its facts.
pub(crate) async fn add_product(tx: &mut Tx, product: &NewProduct<'_>) -> Stored<()> {
    let card = product.card;
    let text = [&card.name.ko, card.name.en.as_deref().unwrap_or_default(), &card.brand, &card.summary.ko, card.id.as_str()].join(" ");
    let (plain, initials) = search_key(&text);
    let values = args![
        &card.id,
        product.position,
        card.seller,
        card.category.slug(),
        &card.brand,
        &card.name.ko,
        card.name.en.clone(),
        &card.summary.ko,
        card.summary.en.clone(),
        &product.description.ko,
        product.description.en.clone(),
        &card.drawing,
        card.supply.slug(),
        card.shipping_fee,
        true,
        plain,
        initials,
    ];
    tx.exec(&ADD_PRODUCT, values).await?;
    for (position, spec) in (0i64..).zip(product.specs) {
        tx.exec(&ADD_SPEC, args![&card.id, position, &spec.label.ko, spec.label.en.clone(), &spec.value]).await?;
    }
    Ok(())
}

/// Adds an option of a product.
pub(crate) async fn add_variant(
    tx: &mut Tx,
    product: &ProductId,
    position: i64,
    id: &VariantId,
    option: &Words,
    price: Won,
    serial: bool,
    model: Option<&str>,
) -> Stored<()> {
    tx.exec(&ADD_VARIANT, args![id, product, position, &option.ko, option.en.clone(), price, serial, model.map(str::to_owned)]).await.map(drop)
}

/// Adds a row of the price list of on-site work.
pub(crate) async fn add_extra(tx: &mut Tx, category: Category, position: i64, extra: &ExtraRow) -> Stored<()> {
    let values = args![category.slug(), position, &extra.name.ko, extra.name.en.clone(), &extra.unit.ko, extra.unit.en.clone(), extra.price];
    tx.exec(&ADD_EXTRA, values).await.map(drop)
}

/// Whether anything is on sale: an empty catalogue means a fresh database.
pub(crate) async fn is_empty(tx: &mut Tx) -> Stored<bool> {
    Ok(tx.opt::<(String,)>(&PRODUCT_EXISTS, args![]).await?.is_none())
}

#[derive(sqlx::FromRow)]
struct CardRow {
    id: String,
    category: String,
    brand: String,
    name_ko: String,
    name_en: Option<String>,
    summary_ko: String,
    summary_en: Option<String>,
    drawing: String,
    supply: String,
    shipping_fee: i64,
    store_id: String,
    seller_ko: String,
    seller_en: Option<String>,
    price: i64,
    available: i64,
    ship_by: Option<String>,
}

impl CardRow {
    fn card(self) -> Stored<ProductCard> {
        Ok(ProductCard {
            category: category(&self.category)?,
            supply: supply(&self.supply)?,
            id: ProductId::new(self.id),
            brand: self.brand,
            name: Words { ko: self.name_ko, en: self.name_en },
            summary: Words { ko: self.summary_ko, en: self.summary_en },
            drawing: self.drawing,
            price: Won(self.price),
            available: u32::try_from(self.available).unwrap_or(0),
            ship_by: self.ship_by.as_deref().map(pre_orders::day).transpose()?,
            shipping_fee: Won(self.shipping_fee),
            seller: parsed(&self.store_id)?,
            seller_name: Words { ko: self.seller_ko, en: self.seller_en },
            rating: Rating::default(),
        })
    }
}

/// A stored supply.
pub(crate) fn supply(text: &str) -> Stored<Supply> {
    Supply::from_slug(text).ok_or_else(|| Failure::Corrupt(format!("supply {text:?}")))
}

/// The category of a row.
pub(crate) fn category(text: &str) -> Stored<Category> {
    Category::from_slug(text).ok_or_else(|| Failure::Corrupt(format!("category {text:?}")))
}

/// Products on a page of the shelf.
pub(crate) const PAGE: u32 = 24;

/// A page of the shop's shelf.
pub(crate) async fn page(tx: &mut Tx, query: &CatalogueQuery, today: Date) -> Stored<CatalogueView> {
    let category = query.category.as_deref().unwrap_or_default();
    let (plain, _) = search_key(query.q.as_deref().unwrap_or_default());
    let like = if plain.is_empty() { String::new() } else { format!("%{}%", plain.replace(['%', '_'], "")) };
    let sort = query.sort.as_deref().unwrap_or_default();
    let (total,): (i64,) = tx.one(&COUNT_CARDS, args![category, &like, query.in_stock, today.to_string()]).await?;
    let total = u32::try_from(total).unwrap_or(0);
    let pages = total.div_ceil(PAGE).max(1);
    let page = query.page.clamp(1, pages);
    let values = args![category, &like, query.in_stock, sort, PAGE, (page - 1) * PAGE, today.to_string()];
    let rows: Vec<CardRow> = tx.all(&CARDS, values).await?;
    let mut cards = rows.into_iter().map(CardRow::card).collect::<Stored<Vec<_>>>()?;
    rate(tx, &mut cards).await?;
    Ok(CatalogueView { cards, total, page, pages, categories: categories(tx).await? })
}

/// Categories with their products, in the order of the shelves.
pub(crate) async fn categories(tx: &mut Tx) -> Stored<Vec<(Category, u32)>> {
    let rows: Vec<(String, i64)> = tx.all(&CATEGORY_COUNTS, args![]).await?;
    let mut counts: Vec<(Category, u32)> =
        rows.into_iter().filter_map(|(slug, count)| Some((Category::from_slug(&slug)?, u32::try_from(count).ok()?))).collect();
    counts.sort();
    Ok(counts)
}

/// One product's card.
pub(crate) async fn card(tx: &mut Tx, id: &ProductId, today: Date) -> Stored<Option<ProductCard>> {
    let mut card = tx.opt::<CardRow>(&CARD, args![id, today.to_string()]).await?.map(CardRow::card).transpose()?;
    rate(tx, card.as_mut_slice()).await?;
    Ok(card)
}

/// Says what the reviews of products come to, of all of them at once.
async fn rate(tx: &mut Tx, cards: &mut [ProductCard]) -> Stored<()> {
    let products: Vec<&ProductId> = cards.iter().map(|card| &card.id).collect();
    for (product, rating) in reviews::ratings(tx, &products).await? {
        cards.iter_mut().filter(|card| card.id == product).for_each(|card| card.rating = rating);
    }
    Ok(())
}

/// A product's words: description, the seller's phone and address.
pub(crate) async fn detail(tx: &mut Tx, id: &ProductId) -> Stored<(Words, String, String)> {
    let (ko, en, phone, address): (String, Option<String>, String, String) = tx.one(&DETAIL, args![id]).await?;
    Ok((Words { ko, en }, phone, address))
}

/// A product's facts.
pub(crate) async fn specs(tx: &mut Tx, id: &ProductId) -> Stored<Vec<SpecRow>> {
    let rows: Vec<(String, Option<String>, String)> = tx.all(&SPECS, args![id]).await?;
    Ok(rows.into_iter().map(|(ko, en, value)| SpecRow { label: Words { ko, en }, value }).collect())
}

#[derive(sqlx::FromRow)]
struct VariantRow {
    id: String,
    option_ko: String,
    option_en: Option<String>,
    price: i64,
    available: i64,
    ship_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ExtraPriceRow {
    position: i64,
    name_ko: String,
    name_en: Option<String>,
    unit_ko: String,
    unit_en: Option<String>,
    price: i64,
}

/// A product's options.
pub(crate) async fn variants(tx: &mut Tx, id: &ProductId, today: Date) -> Stored<Vec<VariantView>> {
    let rows: Vec<VariantRow> = tx.all(&VARIANTS, args![id, today.to_string()]).await?;
    let view = |row: VariantRow| {
        Ok(VariantView {
            id: VariantId::new(row.id),
            option: Words { ko: row.option_ko, en: row.option_en },
            price: Won(row.price),
            available: u32::try_from(row.available).unwrap_or(0),
            ship_by: row.ship_by.as_deref().map(pre_orders::day).transpose()?,
        })
    };
    rows.into_iter().map(view).collect()
}

/// The price list of on-site work of a category.
pub(crate) async fn extras(tx: &mut Tx, category: Category) -> Stored<Vec<ExtraRow>> {
    let rows: Vec<ExtraPriceRow> = tx.all(&EXTRAS, args![category.slug()]).await?;
    let view = |row: ExtraPriceRow| ExtraRow {
        item: format!("{}-{}", category.slug(), row.position),
        name: Words { ko: row.name_ko, en: row.name_en },
        unit: Words { ko: row.unit_ko, en: row.unit_en },
        price: Won(row.price),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// A store's own products.
pub(crate) async fn listings(tx: &mut Tx, store: PartyId, today: Date) -> Stored<Vec<ListingRow>> {
    let rows: Vec<CardRow> = tx.all(&LISTINGS, args![store, today.to_string()]).await?;
    let caps = pre_orders::of_store(tx, store).await?;
    let of_partners: Vec<(String, i64)> = tx.all(&PARTNER_UNITS, args![store]).await?;
    let mut listings = Vec::with_capacity(rows.len());
    for row in rows {
        let card = row.card()?;
        let variants = variants(tx, &card.id, today).await?;
        let pre_orders = caps.iter().filter(|(product, _)| *product == card.id).map(|(_, cap)| cap.clone()).collect();
        let own = of_partners.iter().filter(|(variant, _)| variants.iter().any(|known| known.id.as_str() == variant));
        let of_partners = own.map(|(variant, units)| (VariantId::new(variant), u32::try_from(*units).unwrap_or(0))).collect();
        listings.push(ListingRow { card, variants, pre_orders, of_partners });
    }
    Ok(listings)
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    product_id: String,
    variant_id: String,
    category: String,
    store_id: String,
    name_ko: String,
    name_en: Option<String>,
    option_ko: String,
    option_en: Option<String>,
    price: i64,
    shipping_fee: i64,
    supply: String,
    ship_by: Option<String>,
}

/// What a listing says of a variant today.
pub(crate) struct Listed {
    /// The product.
    pub product: ProductId,
    /// The option.
    pub variant: VariantId,
    /// What kind of goods it is.
    pub category: Category,
    /// Who sells it.
    pub seller: PartyId,
    /// The product's name.
    pub title: Words,
    /// The option's name.
    pub option: Words,
    /// The price.
    pub price: Won,
    /// The listing's shipping fee.
    pub shipping_fee: Won,
    /// Where units come from.
    pub supply: Supply,
    /// The day a pre-order is promised to leave by.
    pub ship_by: Option<Date>,
}

impl Listed {
    /// As an order's rules know it.
    pub(crate) fn on_offer(self) -> OnOffer {
        let Self { product, variant, category, title, option, price, supply, .. } = self;
        OnOffer { product, variant, title, option, unit_price: price, supply, installable: category.needs_installer() }
    }
}

/// The listing of a variant that is on sale.
pub(crate) async fn listed(tx: &mut Tx, variant: &VariantId) -> Stored<Option<Listed>> {
    let Some(row): Option<ListedRow> = tx.opt(&LISTED, args![variant]).await? else { return Ok(None) };
    Ok(Some(Listed {
        product: ProductId::new(row.product_id),
        variant: VariantId::new(row.variant_id),
        category: category(&row.category)?,
        seller: parsed(&row.store_id)?,
        title: Words { ko: row.name_ko, en: row.name_en },
        option: Words { ko: row.option_ko, en: row.option_en },
        price: Won(row.price),
        shipping_fee: Won(row.shipping_fee),
        supply: supply(&row.supply)?,
        ship_by: row.ship_by.as_deref().map(pre_orders::day).transpose()?,
    }))
}

#[derive(sqlx::FromRow)]
struct StandInRow {
    product_id: String,
    variant_id: String,
    drawing: String,
    name_ko: String,
    name_en: Option<String>,
    option_ko: String,
    option_en: Option<String>,
    price: i64,
    available: i64,
}

/// What a store has on its shelves that could take the place of so many missing units: what it proposed (options, parted by
/// blanks), then its likes nearest in price.
pub(crate) async fn stand_ins(tx: &mut Tx, store: PartyId, missing: &VariantId, units: u32, proposed: &str) -> Stored<Vec<StandIn>> {
    let rows: Vec<StandInRow> = tx.all(&STAND_INS, args![store, missing, i64::from(units), proposed]).await?;
    let stand_in = |row: StandInRow| StandIn {
        product: ProductId::new(row.product_id),
        variant: VariantId::new(row.variant_id),
        drawing: row.drawing,
        title: Words { ko: row.name_ko, en: row.name_en },
        option: Words { ko: row.option_ko, en: row.option_en },
        unit_price: Won(row.price),
        left: u32::try_from(row.available).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(stand_in).collect())
}

/// Whether a store keeps this variant in this warehouse of its own.
pub(crate) async fn is_kept(tx: &mut Tx, variant: &VariantId, warehouse: WarehouseId, store: PartyId) -> Stored<bool> {
    Ok(tx.opt::<(String,)>(&VARIANT_OF_STORE, args![variant, warehouse, store]).await?.is_some())
}

/// The option of a product that has just one.
pub(crate) async fn only_variant(tx: &mut Tx, product: &ProductId) -> Stored<Option<VariantId>> {
    let rows: Vec<(String,)> = tx.all(&ONLY_VARIANT, args![product]).await?;
    Ok(if let [(only,)] = rows.as_slice() { Some(VariantId::new(only)) } else { None })
}
