//! Reviews: rows for the products' pages beside the orders that they are part of, their words, and which photos they show.

use super::{Failure, Stored, Tx, args, parsed, statements, to_json};
use jumun::{
    ids::{LineId, OrderId, OrderNumber, PartyId, ProductId, ReviewTextId},
    order::{Order, Review, ReviewStanding, Stars},
    text::Words,
    time::Time,
    view::{Rating, ReviewQuery, ReviewRow, ReviewsView, StoreReviewQuery, StoreReviewRow, StoreReviewsView, masked},
};

statements! {
    SET_REVIEW = "INSERT INTO reviews (line_id, order_id, product_id, seller_id, option_ko, option_en, stars, text_id, answer_id, pictured, standing, written_at, changed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (line_id) DO UPDATE SET stars = excluded.stars, text_id = excluded.text_id, answer_id = excluded.answer_id,
            pictured = excluded.pictured, standing = excluded.standing, changed_at = excluded.changed_at";
    ADD_REVIEW_TEXT = "INSERT INTO review_texts (id, order_id, text, at) VALUES ($1, $2, $3, $4)";
    REVIEW_TEXTS_OF = "SELECT id, text FROM review_texts WHERE order_id = $1";
    DROP_REVIEW_PHOTOS = "DELETE FROM review_photos WHERE line_id = $1";
    ADD_REVIEW_PHOTO = "INSERT INTO review_photos (line_id, nth, hash) VALUES ($1, $2, $3)";
    REVIEW_PHOTOS = "SELECT line_id, hash FROM review_photos WHERE line_id IN (SELECT value FROM json_each($1)) ORDER BY line_id, nth",
        pg "SELECT line_id, hash FROM review_photos WHERE line_id IN (SELECT value FROM json_array_elements_text($1::json) AS value) ORDER BY line_id, nth";
    SHOWN_PHOTO = "SELECT p.bytes FROM review_photos f JOIN reviews r ON r.line_id = f.line_id
            JOIN photos p ON p.order_id = r.order_id AND p.kind = 'review' AND p.hash = f.hash
        WHERE f.hash = $1 AND r.standing = 'shown' LIMIT 1";
    RATINGS = "SELECT product_id, stars, COUNT(*) FROM reviews
        WHERE standing = 'shown' AND product_id IN (SELECT value FROM json_each($1)) GROUP BY product_id, stars",
        pg "SELECT product_id, stars, COUNT(*) FROM reviews
        WHERE standing = 'shown' AND product_id IN (SELECT value FROM json_array_elements_text($1::json) AS value) GROUP BY product_id, stars";
    COUNT_REVIEWS = "SELECT COUNT(*) FROM reviews WHERE product_id = $1 AND standing = 'shown' AND ($2 = 0 OR stars = $2) AND (NOT $3 OR pictured)";
    REVIEWS_OF_PRODUCT = "SELECT r.line_id, r.option_ko, r.option_en, r.stars, r.written_at, r.changed_at, p.kind, p.name_ko, t.text, a.text AS answer
        FROM reviews r JOIN orders o ON o.id = r.order_id JOIN parties p ON p.id = o.buyer_id
            JOIN review_texts t ON t.id = r.text_id LEFT JOIN review_texts a ON a.id = r.answer_id
        WHERE r.product_id = $1 AND r.standing = 'shown' AND ($2 = 0 OR r.stars = $2) AND (NOT $3 OR r.pictured)
        ORDER BY r.written_at DESC, r.line_id DESC LIMIT $4 OFFSET $5";
    COUNTS_OF_SELLER = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN answer_id IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT) FROM reviews WHERE seller_id = $1";
    REVIEWS_OF_SELLER = "SELECT r.line_id, r.option_ko, r.option_en, r.stars, r.written_at, r.changed_at, p.kind, p.name_ko, t.text, a.text AS answer,
            o.id AS order_id, o.number, r.product_id, g.name_ko AS title_ko, g.name_en AS title_en, g.drawing, r.standing
        FROM reviews r JOIN orders o ON o.id = r.order_id JOIN parties p ON p.id = o.buyer_id JOIN products g ON g.id = r.product_id
            JOIN review_texts t ON t.id = r.text_id LEFT JOIN review_texts a ON a.id = r.answer_id
        WHERE r.seller_id = $1 AND (NOT $2 OR r.answer_id IS NULL)
        ORDER BY r.written_at DESC, r.line_id DESC LIMIT $3 OFFSET $4";
}

/// Reviews on a page.
const PAGE: u32 = 10;

fn slug(standing: ReviewStanding) -> &'static str {
    match standing {
        ReviewStanding::Shown => "shown",
        ReviewStanding::Returned => "returned",
        ReviewStanding::Hidden => "hidden",
    }
}

fn standing(text: &str) -> Stored<ReviewStanding> {
    let all = [ReviewStanding::Shown, ReviewStanding::Returned, ReviewStanding::Hidden];
    all.into_iter().find(|one| slug(*one) == text).ok_or_else(|| Failure::Corrupt(format!("standing {text:?}")))
}

fn stars(count: i64) -> Stored<Stars> {
    u8::try_from(count).ok().and_then(Stars::new).ok_or_else(|| Failure::Corrupt(format!("{count} stars")))
}

fn count(rows: i64) -> u32 {
    u32::try_from(rows).unwrap_or(0)
}

/// Keeps the rows of an order's reviews with the order: goods that go back take theirs off the product's page.
pub(crate) async fn follow(tx: &mut Tx, before: Option<&Order>, order: &Order) -> Stored<()> {
    let stood = |review: &Review| Some((before?.review(review.line)?, before?.standing_of(review)));
    for review in &order.reviews {
        let now = order.standing_of(review);
        if stood(review) == Some((review, now)) {
            continue;
        }
        let Some(line) = order.line(review.line) else { continue };
        let values = args![
            review.line,
            order.id,
            &line.product,
            order.seller,
            &line.option.ko,
            line.option.en.clone(),
            i64::from(review.stars.get()),
            review.text,
            review.answer,
            !review.photos.is_empty(),
            slug(now),
            review.written_at,
            review.changed_at,
        ];
        tx.exec(&SET_REVIEW, values).await?;
        tx.exec(&DROP_REVIEW_PHOTOS, args![review.line]).await?;
        for (nth, hash) in (0i64..).zip(&review.photos) {
            tx.exec(&ADD_REVIEW_PHOTO, args![review.line, nth, hash]).await?;
        }
    }
    Ok(())
}

/// Keeps words of a review, or of the answer to it.
pub(crate) async fn add_text(tx: &mut Tx, id: ReviewTextId, order: OrderId, text: &str, at: Time) -> Stored<()> {
    tx.exec(&ADD_REVIEW_TEXT, args![id, order, text, at]).await.map(drop)
}

/// Everything that was said in reviews of an order.
pub(crate) async fn texts_of(tx: &mut Tx, order: OrderId) -> Stored<Vec<(ReviewTextId, String)>> {
    let rows: Vec<(String, String)> = tx.all(&REVIEW_TEXTS_OF, args![order]).await?;
    rows.into_iter().map(|(id, text)| Ok((parsed(&id)?, text))).collect()
}

/// A photo that a review on a product's page shows.
pub(crate) async fn shown_photo(tx: &mut Tx, hash: &str) -> Stored<Option<Vec<u8>>> {
    Ok(tx.opt::<(Vec<u8>,)>(&SHOWN_PHOTO, args![hash]).await?.map(|(bytes,)| bytes))
}

/// What the reviews of some products come to; those without any are left out.
pub(crate) async fn ratings(tx: &mut Tx, products: &[&ProductId]) -> Stored<Vec<(ProductId, Rating)>> {
    let rows: Vec<(String, i64, i64)> = tx.all(&RATINGS, args![to_json(&products)?]).await?;
    let mut ratings: Vec<(ProductId, Rating)> = Vec::new();
    for (product, given, reviews) in rows {
        let (product, given) = (ProductId::new(product), stars(given)?);
        match ratings.iter_mut().find(|(known, _)| *known == product) {
            Some((_, rating)) => rating.add(given, count(reviews)),
            None => {
                let mut rating = Rating::default();
                rating.add(given, count(reviews));
                ratings.push((product, rating));
            }
        }
    }
    Ok(ratings)
}

#[derive(sqlx::FromRow)]
struct Row {
    line_id: String,
    option_ko: String,
    option_en: Option<String>,
    stars: i64,
    written_at: i64,
    changed_at: Option<i64>,
    kind: String,
    name_ko: String,
    text: String,
    answer: Option<String>,
}

impl Row {
    fn review(self, photos: &[(LineId, String)]) -> Stored<ReviewRow> {
        let line: LineId = parsed(&self.line_id)?;
        Ok(ReviewRow {
            author: (self.kind != "guest").then(|| masked(&self.name_ko)),
            stars: stars(self.stars)?,
            text: self.text,
            photos: photos.iter().filter(|(of, _)| *of == line).map(|(_, hash)| hash.clone()).collect(),
            option: Words { ko: self.option_ko, en: self.option_en },
            written_at: Time(self.written_at),
            changed: self.changed_at.is_some(),
            answer: self.answer,
        })
    }
}

async fn photos(tx: &mut Tx, lines: &[&str]) -> Stored<Vec<(LineId, String)>> {
    let rows: Vec<(String, String)> = tx.all(&REVIEW_PHOTOS, args![to_json(&lines)?]).await?;
    rows.into_iter().map(|(line, hash)| Ok((parsed(&line)?, hash))).collect()
}

/// A page of a product's reviews.
pub(crate) async fn of_product(tx: &mut Tx, product: &ProductId, query: &ReviewQuery) -> Stored<ReviewsView> {
    let rating = ratings(tx, &[product]).await?.pop().map(|(_, rating)| rating).unwrap_or_default();
    let given = i64::from(query.stars.map_or(0, Stars::get));
    let (pictured,): (i64,) = tx.one(&COUNT_REVIEWS, args![product, 0_i64, true]).await?;
    let (total,): (i64,) = tx.one(&COUNT_REVIEWS, args![product, given, query.photos]).await?;
    let total = count(total);
    let pages = total.div_ceil(PAGE).max(1);
    let page = query.page.clamp(1, pages);
    let rows: Vec<Row> = tx.all(&REVIEWS_OF_PRODUCT, args![product, given, query.photos, PAGE, (page - 1) * PAGE]).await?;
    let lines: Vec<&str> = rows.iter().map(|row| row.line_id.as_str()).collect();
    let photos = photos(tx, &lines).await?;
    let rows = rows.into_iter().map(|row| row.review(&photos)).collect::<Stored<_>>()?;
    Ok(ReviewsView { rating, pictured: count(pictured), rows, total, page, pages, query: query.clone() })
}

#[derive(sqlx::FromRow)]
struct SellerRow {
    #[sqlx(flatten)]
    row: Row,
    order_id: String,
    number: String,
    product_id: String,
    title_ko: String,
    title_en: Option<String>,
    drawing: String,
    standing: String,
}

/// A page of what was said of a store's goods.
pub(crate) async fn of_seller(tx: &mut Tx, seller: PartyId, query: &StoreReviewQuery, now: Time) -> Stored<StoreReviewsView> {
    let (all, unanswered): (i64, i64) = tx.one(&COUNTS_OF_SELLER, args![seller]).await?;
    let (all, unanswered) = (count(all), count(unanswered));
    let pages = if query.unanswered { unanswered } else { all }.div_ceil(PAGE).max(1);
    let page = query.page.clamp(1, pages);
    let rows: Vec<SellerRow> = tx.all(&REVIEWS_OF_SELLER, args![seller, query.unanswered, PAGE, (page - 1) * PAGE]).await?;
    let lines: Vec<&str> = rows.iter().map(|row| row.row.line_id.as_str()).collect();
    let photos = photos(tx, &lines).await?;
    let view = |row: SellerRow| {
        Ok(StoreReviewRow {
            order: parsed(&row.order_id)?,
            number: OrderNumber::new(row.number),
            line: parsed(&row.row.line_id)?,
            product: ProductId::new(row.product_id),
            title: Words { ko: row.title_ko, en: row.title_en },
            drawing: row.drawing,
            standing: standing(&row.standing)?,
            review: row.row.review(&photos)?,
        })
    };
    Ok(StoreReviewsView { rows: rows.into_iter().map(view).collect::<Stored<_>>()?, all, unanswered, page, pages, now })
}
