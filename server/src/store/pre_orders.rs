//! What is sold before it is there: caps and promises.

use super::{Failure, Stored, Tx, args, parsed, statements};
use jumun::{
    catalogue::Supply,
    ids::{PartyId, ProductId, VariantId, WarehouseId},
    time::Date,
    view::PreOrder,
};

statements! {
    LOCK_LISTING = "SELECT p.id FROM products p JOIN variants v ON v.product_id = p.id WHERE v.id = $1 AND p.store_id = $2",
        pg "SELECT p.id FROM products p JOIN variants v ON v.product_id = p.id WHERE v.id = $1 AND p.store_id = $2 FOR UPDATE OF p";
    LOCK_PRODUCT = "SELECT id FROM products WHERE id = $1 AND store_id = $2",
        pg "SELECT id FROM products WHERE id = $1 AND store_id = $2 FOR UPDATE";
    SET_SUPPLY = "UPDATE products SET supply = $2 WHERE id = $1";
    CAP = "SELECT warehouse_id, cap FROM pre_orders WHERE variant_id = $1";
    CAPS_OF_PRODUCT = "SELECT r.variant_id FROM pre_orders r JOIN variants v ON v.id = r.variant_id WHERE v.product_id = $1 ORDER BY r.variant_id";
    FREE = "SELECT amount FROM balances WHERE unit = 'stock' AND account = 'pre_order' AND owner = $1 AND subject = $2",
        pg "SELECT amount FROM balances WHERE unit = 'stock' AND account = 'pre_order' AND owner = $1 AND subject = $2 FOR UPDATE";
    SET_CAP = "INSERT INTO pre_orders (variant_id, warehouse_id, cap, ship_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT (variant_id) DO UPDATE SET cap = excluded.cap, ship_by = excluded.ship_by";
    LOWER_CAP = "UPDATE pre_orders SET cap = cap - $2 WHERE variant_id = $1";
    PRE_ORDERS_OF = "SELECT v.product_id, r.variant_id, r.cap, r.ship_by,
            CAST(COALESCE(SUM(CASE WHEN b.account <> 'pre_order' THEN b.amount END), 0) AS BIGINT) AS sold,
            CAST(COALESCE(SUM(CASE WHEN b.account = 'pre_kept' THEN b.amount END), 0) AS BIGINT) AS come
        FROM pre_orders r JOIN variants v ON v.id = r.variant_id JOIN products p ON p.id = v.product_id
            LEFT JOIN balances b ON b.unit = 'stock' AND b.owner = r.warehouse_id AND b.subject = r.variant_id
                AND b.account IN ('pre_order', 'pre_held', 'pre_committed', 'pre_kept')
        WHERE p.store_id = $1 GROUP BY v.product_id, v.position, r.variant_id, r.cap, r.ship_by ORDER BY v.position";
}

/// Locks the listing of a store's option: changes of its caps and of its supply come one after the other.
pub(crate) async fn lock(tx: &mut Tx, variant: &VariantId, store: PartyId) -> Stored<Option<ProductId>> {
    Ok(tx.opt::<(String,)>(&LOCK_LISTING, args![variant, store]).await?.map(|(id,)| ProductId::new(id)))
}

/// Locks a store's product; false when it is none of its.
pub(crate) async fn lock_product(tx: &mut Tx, product: &ProductId, store: PartyId) -> Stored<bool> {
    Ok(tx.opt::<(String,)>(&LOCK_PRODUCT, args![product, store]).await?.is_some())
}

/// Sells a product so from now on.
pub(crate) async fn set_supply(tx: &mut Tx, product: &ProductId, supply: Supply) -> Stored<()> {
    tx.exec(&SET_SUPPLY, args![product, supply.slug()]).await.map(drop)
}

/// Where the cap of an option is kept, and how much it is.
pub(crate) async fn cap(tx: &mut Tx, variant: &VariantId) -> Stored<Option<(WarehouseId, i64)>> {
    let row: Option<(String, i64)> = tx.opt(&CAP, args![variant]).await?;
    row.map(|(warehouse, cap)| Ok((parsed(&warehouse)?, cap))).transpose()
}

/// A product's options that have a cap.
pub(crate) async fn of_product(tx: &mut Tx, product: &ProductId) -> Stored<Vec<VariantId>> {
    Ok(tx.all::<(String,)>(&CAPS_OF_PRODUCT, args![product]).await?.into_iter().map(|(id,)| VariantId::new(id)).collect())
}

/// Units of a cap that nobody has been promised. They stay locked until the end of the transaction.
pub(crate) async fn free(tx: &mut Tx, warehouse: WarehouseId, variant: &VariantId) -> Stored<i64> {
    Ok(tx.opt::<(i64,)>(&FREE, args![warehouse, variant]).await?.map_or(0, |(free,)| free))
}

/// Writes cap and promise down.
pub(crate) async fn set(tx: &mut Tx, variant: &VariantId, warehouse: WarehouseId, cap: u32, ship_by: Date) -> Stored<()> {
    tx.exec(&SET_CAP, args![variant, warehouse, cap, ship_by.to_string()]).await.map(drop)
}

/// Takes units out of a cap.
pub(crate) async fn lower(tx: &mut Tx, variant: &VariantId, units: i64) -> Stored<()> {
    tx.exec(&LOWER_CAP, args![variant, units]).await.map(drop)
}

/// A stored day.
pub(crate) fn day(text: &str) -> Stored<Date> {
    text.parse().map_err(|_| Failure::Corrupt(format!("day {text:?}")))
}

#[derive(sqlx::FromRow)]
struct Row {
    product_id: String,
    variant_id: String,
    cap: i64,
    ship_by: String,
    sold: i64,
    come: i64,
}

/// The caps of a store, by product.
pub(crate) async fn of_store(tx: &mut Tx, store: PartyId) -> Stored<Vec<(ProductId, PreOrder)>> {
    let rows: Vec<Row> = tx.all(&PRE_ORDERS_OF, args![store]).await?;
    let units = |units: i64| u32::try_from(units).unwrap_or(0);
    rows.into_iter()
        .map(|row| {
            let variant = VariantId::new(row.variant_id);
            let cap = PreOrder { variant, ship_by: day(&row.ship_by)?, cap: units(row.cap), sold: units(row.sold), come: units(row.come) };
            Ok((ProductId::new(row.product_id), cap))
        })
        .collect()
}
