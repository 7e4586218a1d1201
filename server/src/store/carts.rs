//! Baskets. A version counts every change, so that two looks at the same basket can be told apart.

use super::{Stored, Tx, args, catalogue, pre_orders, statements};
use jumun::{
    ids::{PartyId, ProductId, VariantId},
    money::Won,
    text::Words,
    time::Time,
    view::CartLine,
};

statements! {
    TOUCH_CART = "INSERT INTO carts (party_id, version) VALUES ($1, 1) ON CONFLICT (party_id) DO UPDATE SET version = carts.version + 1 RETURNING version";
    CART_VERSION = "SELECT version FROM carts WHERE party_id = $1";
    SET_INSTALLATION = "UPDATE cart_lines SET installed = $3 WHERE party_id = $1 AND variant_id = $2";
    SET_LINE = "INSERT INTO cart_lines (party_id, variant_id, quantity, added_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (party_id, variant_id) DO UPDATE SET quantity = excluded.quantity";
    REMOVE_LINE = "DELETE FROM cart_lines WHERE party_id = $1 AND variant_id = $2";
    REMOVE_LINES_OF = "DELETE FROM cart_lines WHERE party_id = $1 AND variant_id IN (SELECT v.id FROM variants v JOIN products p ON p.id = v.product_id WHERE p.store_id = $2)";
    CART_LINES = "SELECT p.store_id, s.name_ko AS seller_ko, s.name_en AS seller_en, p.id AS product_id, v.id AS variant_id, p.name_ko, p.name_en, v.option_ko, v.option_en,
            p.drawing, p.category, c.quantity, c.installed, x.price AS installation, v.price, (p.on_sale AND t.status = 'approved') AS on_sale, p.shipping_fee, p.supply, CASE WHEN p.supply = 'pre-order' THEN r.ship_by END AS ship_by,
            CAST(COALESCE(CASE WHEN p.supply = 'to-order' THEN (SELECT u.units FROM partner_units u WHERE u.variant_id = v.id)
                ELSE (SELECT SUM(b.amount) FROM balances b JOIN warehouses w ON w.id = b.owner
                WHERE b.unit = 'stock' AND b.account = CASE WHEN p.supply = 'pre-order' THEN 'pre_order' ELSE 'available' END
                  AND b.subject = v.id AND w.store_id = p.store_id) END, 0) AS BIGINT) AS available
        FROM cart_lines c JOIN variants v ON v.id = c.variant_id JOIN products p ON p.id = v.product_id JOIN parties s ON s.id = p.store_id JOIN stores t ON t.party_id = p.store_id
            LEFT JOIN pre_orders r ON r.variant_id = v.id LEFT JOIN installation_prices x ON x.category = p.category
        WHERE c.party_id = $1 ORDER BY p.store_id, c.added_at, v.id";
    CART_UNITS = "SELECT CAST(COALESCE(SUM(quantity), 0) AS BIGINT) FROM cart_lines WHERE party_id = $1";
    MOVE_LINES = "INSERT INTO cart_lines (party_id, variant_id, quantity, added_at, installed)
        SELECT $2, variant_id, quantity, added_at, installed FROM cart_lines WHERE party_id = $1
        ON CONFLICT (party_id, variant_id) DO UPDATE SET quantity = CASE WHEN cart_lines.quantity > excluded.quantity THEN cart_lines.quantity ELSE excluded.quantity END, installed = excluded.installed";
    CLEAR_CART = "DELETE FROM cart_lines WHERE party_id = $1";
}

/// Counts a change and answers the new version. The row stays locked until the end of the transaction.
pub(crate) async fn touch(tx: &mut Tx, party: PartyId) -> Stored<i64> {
    Ok(tx.one::<(i64,)>(&TOUCH_CART, args![party]).await?.0)
}

/// The version of a basket; zero before its first line.
pub(crate) async fn version(tx: &mut Tx, party: PartyId) -> Stored<i64> {
    Ok(tx.opt::<(i64,)>(&CART_VERSION, args![party]).await?.map_or(0, |(version,)| version))
}

/// Sets a line; zero removes it.
pub(crate) async fn set_line(tx: &mut Tx, party: PartyId, variant: &VariantId, quantity: u32, at: Time) -> Stored<()> {
    if quantity == 0 {
        tx.exec(&REMOVE_LINE, args![party, variant]).await.map(drop)
    } else {
        tx.exec(&SET_LINE, args![party, variant, quantity, at]).await.map(drop)
    }
}

/// Has the units of a line put up, or not. Answers whether there is such a line.
pub(crate) async fn set_installation(tx: &mut Tx, party: PartyId, variant: &VariantId, installed: bool) -> Stored<bool> {
    Ok(tx.exec(&SET_INSTALLATION, args![party, variant, installed]).await? > 0)
}

/// Empties the lines of one seller.
pub(crate) async fn remove_lines_of(tx: &mut Tx, party: PartyId, seller: PartyId) -> Stored<()> {
    tx.exec(&REMOVE_LINES_OF, args![party, seller]).await.map(drop)
}

#[derive(sqlx::FromRow)]
struct LineRow {
    store_id: String,
    seller_ko: String,
    seller_en: Option<String>,
    product_id: String,
    variant_id: String,
    name_ko: String,
    name_en: Option<String>,
    option_ko: String,
    option_en: Option<String>,
    drawing: String,
    category: String,
    quantity: i64,
    installed: bool,
    installation: Option<i64>,
    price: i64,
    on_sale: bool,
    shipping_fee: i64,
    supply: String,
    ship_by: Option<String>,
    available: i64,
}

/// A line with what the listing says today.
pub(crate) struct Basketed {
    /// Who sells it.
    pub seller: PartyId,
    /// The seller's name.
    pub seller_name: Words,
    /// What the basket shows.
    pub line: CartLine,
    /// Where units come from, as stored.
    pub supply: String,
}

/// The lines of a basket, by seller.
pub(crate) async fn lines(tx: &mut Tx, party: PartyId) -> Stored<Vec<Basketed>> {
    let rows: Vec<LineRow> = tx.all(&CART_LINES, args![party]).await?;
    rows.into_iter()
        .map(|row| {
            let kind = catalogue::category(&row.category)?;
            let installation = row.installation.filter(|_| kind.needs_installer()).map(Won);
            Ok(Basketed {
                seller: super::parsed(&row.store_id)?,
                seller_name: Words { ko: row.seller_ko, en: row.seller_en },
                line: CartLine {
                    product: ProductId::new(row.product_id),
                    variant: VariantId::new(row.variant_id),
                    title: Words { ko: row.name_ko, en: row.name_en },
                    option: Words { ko: row.option_ko, en: row.option_en },
                    drawing: row.drawing,
                    category: kind,
                    quantity: u32::try_from(row.quantity).unwrap_or(u32::MAX),
                    unit_price: Won(row.price),
                    shipping_fee: Won(row.shipping_fee),
                    available: u32::try_from(row.available).unwrap_or(0),
                    ship_by: row.ship_by.as_deref().map(pre_orders::day).transpose()?,
                    on_sale: row.on_sale,
                    installation,
                    installed: row.installed && installation.is_some(),
                },
                supply: row.supply,
            })
        })
        .collect()
}

/// Units in a basket.
pub(crate) async fn units(tx: &mut Tx, party: PartyId) -> Stored<u32> {
    let (units,): (i64,) = tx.one(&CART_UNITS, args![party]).await?;
    Ok(u32::try_from(units).unwrap_or(u32::MAX))
}

/// Puts a guest's lines into a member's basket: the larger quantity of a line wins, so that signing in twice adds nothing.
pub(crate) async fn merge(tx: &mut Tx, from: PartyId, into: PartyId) -> Stored<()> {
    touch(tx, into).await?;
    tx.exec(&MOVE_LINES, args![from, into]).await?;
    tx.exec(&CLEAR_CART, args![from]).await.map(drop)
}
