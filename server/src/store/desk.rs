//! What a store's own pages ask: counts, stock levels, figures of the last days.

use super::{Stored, Tx, args, parsed, statements};
use jumun::{
    ids::{PartyId, ProductId, VariantId},
    money::Won,
    order::Board,
    text::Words,
    time::{Date, Span, Time},
    view::{BoardCount, DayFigure, StockRow},
};

statements! {
    BOARD_COUNTS = "SELECT board, COUNT(*), CAST(MIN(moved_at) AS BIGINT) FROM (SELECT board, moved_at FROM orders WHERE seller_id = $1
        UNION ALL SELECT 'out-of-stock', moved_at FROM orders WHERE seller_id = $1 AND short AND board <> 'out-of-stock'
        UNION ALL SELECT 'returns', moved_at FROM orders WHERE seller_id = $1 AND claimed AND board <> 'returns'
        UNION ALL SELECT 'exchanges', moved_at FROM orders WHERE seller_id = $1 AND exchanging) b GROUP BY board";
    STOCK_LEVELS = "SELECT w.id AS warehouse_id, w.name_ko AS warehouse_ko, w.name_en AS warehouse_en, v.id AS variant_id, p.id AS product_id, p.name_ko, p.name_en,
            v.option_ko, v.option_en,
            CAST(SUM(CASE WHEN b.account = 'available' THEN b.amount ELSE 0 END) AS BIGINT) AS available,
            CAST(SUM(CASE WHEN b.account = 'held' THEN b.amount ELSE 0 END) AS BIGINT) AS held,
            CAST(SUM(CASE WHEN b.account = 'committed' THEN b.amount ELSE 0 END) AS BIGINT) AS committed,
            CAST(SUM(CASE WHEN b.account = 'in_transit' THEN b.amount ELSE 0 END) AS BIGINT) AS in_transit
        FROM products p JOIN variants v ON v.product_id = p.id JOIN warehouses w ON w.store_id = p.store_id
            LEFT JOIN balances b ON b.unit = 'stock' AND b.owner = w.id AND b.subject = v.id
        WHERE p.store_id = $1 AND ($2 = '' OR p.search_plain LIKE $2 OR p.search_initials LIKE $2 OR LOWER(v.id) LIKE $2)
        GROUP BY w.id, w.name_ko, w.name_en, v.id, p.id, p.name_ko, p.name_en, v.option_ko, v.option_en, p.position, v.position
        ORDER BY p.position, v.position, w.id LIMIT 2000";
    CONFIRMED_SINCE = "SELECT confirmed_at, total FROM orders WHERE seller_id = $1 AND confirmed_at >= $2";
}

/// Every board with its count and the age of its oldest order.
pub(crate) async fn board_counts(tx: &mut Tx, store: PartyId) -> Stored<Vec<BoardCount>> {
    let rows: Vec<(String, i64, Option<i64>)> = tx.all(&BOARD_COUNTS, args![store]).await?;
    let count = |board: &Board| {
        let row = rows.iter().find(|(name, _, _)| name == board.name());
        BoardCount {
            board: *board,
            count: row.map_or(0, |(_, count, _)| u32::try_from(*count).unwrap_or(u32::MAX)),
            oldest: row.and_then(|(_, _, oldest)| *oldest).map(Time),
        }
    };
    Ok(Board::ALL.iter().map(count).collect())
}

#[derive(sqlx::FromRow)]
struct LevelRow {
    warehouse_id: String,
    warehouse_ko: String,
    warehouse_en: Option<String>,
    variant_id: String,
    product_id: String,
    name_ko: String,
    name_en: Option<String>,
    option_ko: String,
    option_en: Option<String>,
    available: i64,
    held: i64,
    committed: i64,
    in_transit: i64,
}

/// Units of every variant of the store in each of its warehouses.
pub(crate) async fn stock(tx: &mut Tx, store: PartyId, q: Option<&str>) -> Stored<Vec<StockRow>> {
    let (plain, _) = jumun::catalogue::search_key(q.unwrap_or_default());
    let like = if plain.is_empty() { String::new() } else { format!("%{}%", plain.replace(['%', '_'], "")) };
    let rows: Vec<LevelRow> = tx.all(&STOCK_LEVELS, args![store, like]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(StockRow {
                warehouse: parsed(&row.warehouse_id)?,
                warehouse_name: Words { ko: row.warehouse_ko, en: row.warehouse_en },
                variant: VariantId::new(row.variant_id),
                product: ProductId::new(row.product_id),
                title: Words { ko: row.name_ko, en: row.name_en },
                option: Words { ko: row.option_ko, en: row.option_en },
                available: row.available,
                held: row.held,
                committed: row.committed,
                in_transit: row.in_transit,
            })
        })
        .collect()
}

/// Variants of which at most `few` units are free to sell, over all warehouses; the row is that of the fullest one.
pub(crate) async fn low_stock(tx: &mut Tx, store: PartyId, few: i64) -> Stored<Vec<StockRow>> {
    let rows = stock(tx, store, None).await?;
    let mut low: Vec<StockRow> = Vec::new();
    for of_variant in rows.chunk_by(|a, b| a.variant == b.variant) {
        let free: i64 = of_variant.iter().map(|row| row.available).sum();
        if let Some(fullest) = of_variant.iter().max_by_key(|row| row.available).filter(|_| free <= few) {
            low.push(StockRow { available: free, ..fullest.clone() });
        }
    }
    Ok(low)
}

/// Orders and won confirmed on each of the last `days` Korean days, oldest first.
pub(crate) async fn days(tx: &mut Tx, store: PartyId, now: Time, days: i64) -> Stored<Vec<DayFigure>> {
    let today = now.kst_date().days();
    let since = now.before(Span::days(days));
    let rows: Vec<(i64, i64)> = tx.all(&CONFIRMED_SINCE, args![store, since]).await?;
    let figure = |day: i64| {
        let date = Date::from_days(day);
        let of_day = rows.iter().filter(|(at, _)| Time(*at).kst_date() == date);
        let (orders, amount) = of_day.fold((0, 0), |(orders, amount), (_, total)| (orders + 1, amount + total));
        DayFigure { date, orders, amount: Won(amount) }
    };
    Ok((today - days + 1..=today).map(figure).collect())
}
