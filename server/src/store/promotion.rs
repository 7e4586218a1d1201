//! Coupons: what is given out, and one row for each that a customer has. An order holds, uses and frees one in the
//! transaction of its events; the row's state is the guard.

use super::{Failure, Stored, Tx, args, from_json, parsed, statements, to_json};
use jumun::{
    command::NewCoupon,
    ids::{CouponId, CouponIssueId, Mint, OrderNumber, PartyId},
    order::Order,
    policy::Policy,
    promotion::{CouponState, CouponTerms},
    refusal::{Problem, Refusal},
    text::{CouponCode, Words},
    time::Time,
    view::{CouponOffer, CouponRow, CouponView},
};

statements! {
    ADD_COUPON = "INSERT INTO coupons (id, issuer_id, seller_id, code, name_ko, name_en, terms, from_at, until_at, listed, per_customer, total, given, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13) ON CONFLICT (code) DO NOTHING";
    STOP_COUPON = "UPDATE coupons SET stopped_at = COALESCE(stopped_at, $3) WHERE id = $1 AND issuer_id = $2";
    TAKE_ONE = "UPDATE coupons SET given = given + 1 WHERE code = $1 AND given < total AND stopped_at IS NULL AND until_at > $2 RETURNING id, per_customer, until_at";
    COUPON_END = "SELECT until_at FROM coupons WHERE code = $1";
    HOW_MANY_OF = "SELECT COUNT(*) FROM coupon_issues WHERE coupon_id = $1 AND party_id = $2";
    ADD_ISSUE = "INSERT INTO coupon_issues (id, coupon_id, party_id, nth, state, valid_until, given_at) VALUES ($1, $2, $3, $4, 'ready', $5, $6)";
    ISSUE = "SELECT i.state, i.valid_until, c.terms, c.from_at, c.seller_id FROM coupon_issues i JOIN coupons c ON c.id = i.coupon_id WHERE i.id = $1 AND i.party_id = $2";
    HOLD_ISSUE = "UPDATE coupon_issues SET state = 'held', order_id = $3 WHERE id = $1 AND party_id = $2 AND state = 'ready' AND valid_until >= $4";
    USE_ISSUE = "UPDATE coupon_issues SET state = 'used' WHERE id = $1 AND order_id = $2 AND state = 'held'";
    FREE_ISSUE = "UPDATE coupon_issues SET state = 'ready', order_id = NULL, valid_until = CASE WHEN valid_until < $3 THEN $4 ELSE valid_until END
        WHERE id = $1 AND order_id = $2";
    ISSUES_OF = "SELECT i.id, c.name_ko, c.name_en, p.name_ko AS store_ko, p.name_en AS store_en, c.terms, i.valid_until, i.state, o.number
        FROM coupon_issues i JOIN coupons c ON c.id = i.coupon_id LEFT JOIN parties p ON p.id = c.seller_id LEFT JOIN orders o ON o.id = i.order_id
        WHERE i.party_id = $1 AND ($2 = '' OR c.seller_id IS NULL OR c.seller_id = $2)
        ORDER BY CASE WHEN i.state = 'ready' THEN 0 ELSE 1 END, i.valid_until, i.id LIMIT 50";
    OFFERS = "SELECT c.code, c.name_ko, c.name_en, p.name_ko AS store_ko, p.name_en AS store_en, c.terms, c.until_at
        FROM coupons c LEFT JOIN parties p ON p.id = c.seller_id
        WHERE c.listed AND c.stopped_at IS NULL AND c.until_at > $2 AND c.from_at <= $2 AND c.given < c.total
          AND (SELECT COUNT(*) FROM coupon_issues i WHERE i.coupon_id = c.id AND i.party_id = $1) < c.per_customer
        ORDER BY c.until_at, c.id LIMIT 20";
    COUPONS_BY = "SELECT c.id, c.code, c.name_ko, c.name_en, c.terms, c.from_at, c.until_at, c.listed, c.per_customer, c.total, c.given, c.stopped_at,
            (SELECT COUNT(*) FROM coupon_issues i WHERE i.coupon_id = c.id AND i.state = 'used') AS used
        FROM coupons c WHERE c.issuer_id = $1 AND ($2 = '' OR c.id < $2) ORDER BY c.id DESC LIMIT $3";
    COUPON_BY = "SELECT c.id, c.code, c.name_ko, c.name_en, c.terms, c.from_at, c.until_at, c.listed, c.per_customer, c.total, c.given, c.stopped_at,
            (SELECT COUNT(*) FROM coupon_issues i WHERE i.coupon_id = c.id AND i.state = 'used') AS used
        FROM coupons c WHERE c.issuer_id = $1 AND c.id = $2";
}

/// Gives out a coupon: a store's for its own goods, the chain's for all.
///
/// # Errors
/// A code that is taken.
pub(crate) async fn add(tx: &mut Tx, id: CouponId, issuer: PartyId, coupon: &NewCoupon, at: Time) -> Stored<()> {
    let seller = (issuer != PartyId::CHAIN).then_some(issuer);
    let values = args![
        id,
        issuer,
        seller,
        coupon.code.as_str(),
        &coupon.name.ko,
        coupon.name.en.clone(),
        to_json(&coupon.terms)?,
        coupon.from.unwrap_or(at),
        coupon.until,
        coupon.listed,
        coupon.per_customer,
        coupon.total,
        at,
    ];
    if tx.exec(&ADD_COUPON, values).await? == 0 {
        return Err(Refusal::invalid("code", Problem::Taken).into());
    }
    Ok(())
}

/// Gives out no more of it. Answers whether it is this issuer's.
pub(crate) async fn stop(tx: &mut Tx, id: CouponId, issuer: PartyId, at: Time) -> Stored<bool> {
    Ok(tx.exec(&STOP_COUPON, args![id, issuer, at]).await? > 0)
}

/// Gives a customer one by its code. The coupon's row is locked, so that neither limit can be passed.
///
/// # Errors
/// No such code, too late, none left, or as many as allowed.
pub(crate) async fn take(tx: &mut Tx, mint: &mut dyn Mint, code: &CouponCode, party: PartyId, at: Time) -> Stored<()> {
    let taken: Option<(String, i64, i64)> = tx.opt(&TAKE_ONE, args![code.as_str(), at]).await?;
    let Some((coupon, per_customer, until)) = taken else {
        return Err(match tx.opt::<(i64,)>(&COUPON_END, args![code.as_str()]).await? {
            None => Refusal::invalid("code", Problem::Unknown),
            Some((until,)) if until <= at.0 => Refusal::CouponExpired,
            Some(_) => Refusal::CouponGone,
        }
        .into());
    };
    let (has,): (i64,) = tx.one(&HOW_MANY_OF, args![&coupon, party]).await?;
    if has >= per_customer {
        return Err(Refusal::CouponGone.into());
    }
    tx.exec(&ADD_ISSUE, args![CouponIssueId::mint(mint), &coupon, party, has + 1, until, at]).await.map(drop)
}

/// What a customer's coupon says at a seller's checkout.
///
/// # Errors
/// Not his, not for this seller, not the time, held or used.
pub(crate) async fn usable(tx: &mut Tx, issue: CouponIssueId, party: PartyId, seller: PartyId, now: Time) -> Stored<CouponTerms> {
    let row: Option<IssueRow> = tx.opt(&ISSUE, args![issue, party]).await?;
    let row = row.ok_or_else(|| Refusal::invalid("coupon", Problem::Unknown))?;
    if row.seller_id.is_some_and(|only| only != seller.to_string()) {
        return Err(Refusal::invalid("coupon", Problem::Unknown).into());
    }
    if row.state != CouponState::Ready.slug() {
        return Err(Refusal::CouponUsed.into());
    }
    if row.valid_until < now.0 || row.from_at > now.0 {
        return Err(Refusal::CouponExpired.into());
    }
    from_json(&row.terms)
}

/// Whether an order may hold its coupon again.
pub(crate) async fn is_ready(tx: &mut Tx, issue: CouponIssueId, party: PartyId, now: Time) -> Stored<bool> {
    let row: Option<IssueRow> = tx.opt(&ISSUE, args![issue, party]).await?;
    Ok(row.is_some_and(|row| row.state == CouponState::Ready.slug() && row.valid_until >= now.0))
}

#[derive(sqlx::FromRow)]
struct IssueRow {
    state: String,
    valid_until: i64,
    terms: String,
    from_at: i64,
    seller_id: Option<String>,
}

/// Moves the row of an order's coupon to where its events have moved it.
///
/// # Errors
/// [`Refusal::CouponUsed`] when another order was faster.
pub(crate) async fn follow(tx: &mut Tx, before: Option<&Order>, order: &Order, policy: &Policy, at: Time) -> Stored<()> {
    let Some(coupon) = &order.coupon else { return Ok(()) };
    let was = before.and_then(|before| before.coupon.as_ref()).map_or(CouponState::Ready, |coupon| coupon.state);
    if was == coupon.state {
        return Ok(());
    }
    // One step at a time: an order can hold and use its coupon in the same breath.
    let mut moved = 1;
    if was == CouponState::Ready {
        moved = tx.exec(&HOLD_ISSUE, args![coupon.issue, order.buyer, order.id, at]).await?;
    }
    if moved == 1 && coupon.state == CouponState::Used {
        moved = tx.exec(&USE_ISSUE, args![coupon.issue, order.id]).await?;
    }
    if moved == 1 && coupon.state == CouponState::Ready {
        moved = tx.exec(&FREE_ISSUE, args![coupon.issue, order.id, at, at + policy.coupon_restore_grace]).await?;
    }
    if moved == 1 { Ok(()) } else { Err(Refusal::CouponUsed.into()) }
}

#[derive(sqlx::FromRow)]
struct HeldRow {
    id: String,
    name_ko: String,
    name_en: Option<String>,
    store_ko: Option<String>,
    store_en: Option<String>,
    terms: String,
    valid_until: i64,
    state: String,
    number: Option<String>,
}

/// A customer's coupons, those to be used first; at a seller's checkout only those that can be used there.
pub(crate) async fn of_party(tx: &mut Tx, party: PartyId, seller: Option<PartyId>) -> Stored<Vec<CouponView>> {
    let seller = seller.map(|seller| seller.to_string()).unwrap_or_default();
    let rows: Vec<HeldRow> = tx.all(&ISSUES_OF, args![party, seller]).await?;
    rows.into_iter()
        .map(|row| {
            let state = [CouponState::Ready, CouponState::Held, CouponState::Used].into_iter().find(|state| state.slug() == row.state);
            Ok(CouponView {
                issue: parsed(&row.id)?,
                name: Words { ko: row.name_ko, en: row.name_en },
                store: row.store_ko.map(|ko| Words { ko, en: row.store_en }),
                terms: from_json(&row.terms)?,
                valid_until: Time(row.valid_until),
                state: state.ok_or_else(|| Failure::Corrupt(format!("coupon state {:?}", row.state)))?,
                order: row.number.map(OrderNumber::new),
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct OfferRow {
    code: String,
    name_ko: String,
    name_en: Option<String>,
    store_ko: Option<String>,
    store_en: Option<String>,
    terms: String,
    until_at: i64,
}

/// Coupons shown to everybody that a customer can still get.
pub(crate) async fn offers(tx: &mut Tx, party: PartyId, now: Time) -> Stored<Vec<CouponOffer>> {
    let rows: Vec<OfferRow> = tx.all(&OFFERS, args![party, now]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(CouponOffer {
                code: row.code,
                name: Words { ko: row.name_ko, en: row.name_en },
                store: row.store_ko.map(|ko| Words { ko, en: row.store_en }),
                terms: from_json(&row.terms)?,
                until: Time(row.until_at),
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct GivenRow {
    id: String,
    code: String,
    name_ko: String,
    name_en: Option<String>,
    terms: String,
    from_at: i64,
    until_at: i64,
    listed: bool,
    per_customer: i64,
    total: i64,
    given: i64,
    stopped_at: Option<i64>,
    used: i64,
}

impl GivenRow {
    fn read(self) -> Stored<CouponRow> {
        let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(CouponRow {
            id: parsed(&self.id)?,
            code: self.code,
            name: Words { ko: self.name_ko, en: self.name_en },
            terms: from_json(&self.terms)?,
            from: Time(self.from_at),
            until: Time(self.until_at),
            listed: self.listed,
            per_customer: count(self.per_customer),
            total: count(self.total),
            given: count(self.given),
            used: count(self.used),
            stopped_at: self.stopped_at.map(Time),
        })
    }
}

/// What a store or the chain gives out, newest first: ids are made in the order of time. From after one of them on, where one is named.
pub(crate) async fn given_by(tx: &mut Tx, issuer: PartyId, after: Option<CouponId>, most: i64) -> Stored<Vec<CouponRow>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows: Vec<GivenRow> = tx.all(&COUPONS_BY, args![issuer, after, most]).await?;
    rows.into_iter().map(GivenRow::read).collect()
}

/// One of them.
pub(crate) async fn given(tx: &mut Tx, issuer: PartyId, id: CouponId) -> Stored<Option<CouponRow>> {
    tx.opt::<GivenRow>(&COUPON_BY, args![issuer, id]).await?.map(GivenRow::read).transpose()
}
