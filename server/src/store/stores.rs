//! Stores of the chain: who asks to join, and how they stand.

use super::{Failure, Stored, Tx, args, catalogue, parsed, statements, uploads};
use jumun::{
    ids::{PartyId, WarehouseId},
    partner::{Standing, StoreApplication, StoreKind},
    text::Words,
    time::Time,
    view::{ApplicationView, StoreRow},
};

statements! {
    APPLY = "INSERT INTO stores (party_id, slug, kind, status, business_number, phone, postcode, address, intro_ko) VALUES ($1, $2, $3, 'applied', $4, $5, $6, $7, '')";
    ADD_APPLICATION = "INSERT INTO store_applications (store_id, person, email, phone, password_hash, key_hash) VALUES ($1, $2, $3, $4, $5, $6)";
    APPLICATION_BY_KEY = "SELECT s.party_id, p.name_ko, p.name_en, s.status, s.reason
        FROM store_applications a JOIN stores s ON s.party_id = a.store_id JOIN parties p ON p.id = s.party_id WHERE a.key_hash = $1";
    BUSINESS_IS_KNOWN = "SELECT party_id FROM stores WHERE business_number = $1 AND status <> 'rejected'";
    EMAIL_WAITS = "SELECT store_id FROM store_applications WHERE email = $1 AND password_hash IS NOT NULL";
    STANDING_OF = "SELECT status FROM stores WHERE party_id = $1",
        pg "SELECT status FROM stores WHERE party_id = $1 FOR UPDATE";
    SET_STANDING = "UPDATE stores SET status = $2, reason = $3 WHERE party_id = $1";
    APPLICATION = "SELECT a.person, a.email, a.phone, COALESCE(a.password_hash, '') AS password_hash, s.kind, s.slug, s.postcode, s.address
        FROM store_applications a JOIN stores s ON s.party_id = a.store_id WHERE a.store_id = $1";
    END_APPLICATION = "DELETE FROM store_applications WHERE store_id = $1";
    FORGET_PASSWORD = "UPDATE store_applications SET password_hash = NULL WHERE store_id = $1";
    STORE_PHONE = "SELECT phone FROM stores WHERE party_id = $1";
    APPLICANT_ADDRESS = "SELECT email FROM store_applications WHERE store_id = $1";
    STORES_STANDING = "SELECT s.party_id, p.name_ko, p.name_en, s.kind, s.status, s.business_number, s.phone, s.address, p.created_at, s.reason, a.person, a.email
        FROM stores s JOIN parties p ON p.id = s.party_id LEFT JOIN store_applications a ON a.store_id = s.party_id
        WHERE s.status = $1 ORDER BY p.created_at DESC, s.party_id DESC LIMIT 500";
    PAPERS_STANDING = "SELECT u.owner_id, u.hash FROM uploads u JOIN stores s ON s.party_id = u.owner_id
        WHERE u.kind = 'document' AND s.status = $1 ORDER BY u.created_at, u.hash";
    COUNT_STANDING = "SELECT status, COUNT(*) FROM stores GROUP BY status";
    OTHER_STORES = "SELECT s.party_id, p.name_ko, p.name_en FROM stores s JOIN parties p ON p.id = s.party_id
        WHERE s.status = 'approved' AND s.party_id <> $1
          AND NOT EXISTS (SELECT 1 FROM partnerships a WHERE a.seller_id = s.party_id AND a.buyer_id = $1 AND a.state <> 'rejected')
        ORDER BY p.name_ko, s.party_id";
}

/// A standing as rows name it.
pub(crate) fn standing(status: &str) -> Stored<Standing> {
    Standing::from_slug(status).ok_or_else(|| Failure::Corrupt(format!("standing {status:?}")))
}

fn kind(kind: &str) -> Stored<StoreKind> {
    StoreKind::from_slug(kind).ok_or_else(|| Failure::Corrupt(format!("kind of store {kind:?}")))
}

/// Adds a store that waits for its answer, and who asked, with the hashes of his password and of the application's key. Its party is
/// there already.
pub(crate) async fn apply(tx: &mut Tx, store: PartyId, slug: &str, asked: &StoreApplication, secrets: (&str, &str)) -> Stored<()> {
    let (number, phone) = (asked.business_number.as_str(), asked.phone.as_str());
    let values = args![store, slug, asked.kind.slug(), number, phone, asked.postcode.as_str(), asked.address.as_str()];
    tx.exec(&APPLY, values).await?;
    let (password_hash, key_hash) = secrets;
    tx.exec(&ADD_APPLICATION, args![store, asked.person.as_str(), asked.email.as_str(), phone, password_hash, key_hash]).await.map(drop)
}

/// Whether a business is in the chain, was, or waits for its answer.
pub(crate) async fn is_known(tx: &mut Tx, business_number: &str) -> Stored<bool> {
    Ok(tx.opt::<(String,)>(&BUSINESS_IS_KNOWN, args![business_number]).await?.is_some())
}

/// Whether somebody with this e-mail address waits for an answer.
pub(crate) async fn waits(tx: &mut Tx, email: &str) -> Stored<bool> {
    Ok(tx.opt::<(String,)>(&EMAIL_WAITS, args![email]).await?.is_some())
}

/// The number that a store is reached at.
pub(crate) async fn phone(tx: &mut Tx, store: PartyId) -> Stored<Option<String>> {
    Ok(tx.opt::<(String,)>(&STORE_PHONE, args![store]).await?.map(|(phone,)| phone))
}

/// How a store stands. It stays locked until the end of the transaction.
pub(crate) async fn lock(tx: &mut Tx, store: PartyId) -> Stored<Option<Standing>> {
    let row: Option<(String,)> = tx.opt(&STANDING_OF, args![store]).await?;
    row.map(|(status,)| standing(&status)).transpose()
}

/// Lets a store stand otherwise.
pub(crate) async fn set(tx: &mut Tx, store: PartyId, to: Standing, reason: Option<&str>) -> Stored<()> {
    tx.exec(&SET_STANDING, args![store, to.slug(), reason]).await.map(drop)
}

/// What an applicant left behind for his account and his first warehouse.
#[derive(sqlx::FromRow)]
pub(crate) struct Application {
    /// His name.
    pub person: String,
    /// What he signs in with.
    pub email: String,
    /// His phone.
    pub phone: String,
    /// The hash of his password; empty when he was turned down.
    pub password_hash: String,
    /// The store's kind, and his role there.
    pub kind: String,
    /// The store's short name.
    pub slug: String,
    /// Where the store is.
    pub postcode: String,
    /// Street and number.
    pub address: String,
}

/// Who asked for a store. The row is gone then: he gets an account.
pub(crate) async fn take_application(tx: &mut Tx, store: PartyId) -> Stored<Option<Application>> {
    let found = tx.opt(&APPLICATION, args![store]).await?;
    tx.exec(&END_APPLICATION, args![store]).await?;
    Ok(found)
}

/// Forgets the password of who was turned down.
pub(crate) async fn forget_password(tx: &mut Tx, store: PartyId) -> Stored<()> {
    tx.exec(&FORGET_PASSWORD, args![store]).await.map(drop)
}

#[derive(sqlx::FromRow)]
struct Asked {
    party_id: String,
    name_ko: String,
    name_en: Option<String>,
    status: String,
    reason: Option<String>,
}

/// The application of a key.
pub(crate) async fn application(tx: &mut Tx, key_hash: &str) -> Stored<Option<(PartyId, ApplicationView)>> {
    let row: Option<Asked> = tx.opt(&APPLICATION_BY_KEY, args![key_hash]).await?;
    let Some(row) = row else { return Ok(None) };
    let store = parsed(&row.party_id)?;
    let name = Words { ko: row.name_ko, en: row.name_en };
    let documents = uploads::documents(tx, store).await?;
    Ok(Some((store, ApplicationView { store: name, standing: standing(&row.status)?, reason: row.reason, documents })))
}

/// The e-mail address of who asked for a store that has no account.
pub(crate) async fn applicant_address(tx: &mut Tx, store: PartyId) -> Stored<Option<String>> {
    Ok(tx.opt::<(String,)>(&APPLICANT_ADDRESS, args![store]).await?.map(|(email,)| email))
}

/// Gives a store that was taken in its first warehouse.
pub(crate) async fn add_first_warehouse(tx: &mut Tx, id: WarehouseId, store: PartyId, asked: &Application, at: Time) -> Stored<()> {
    let name = Words { ko: "본점 창고".into(), en: Some("Main store room".into()) };
    catalogue::add_warehouse(tx, id, store, &asked.slug, &name, &asked.postcode, &asked.address, at).await
}

#[derive(sqlx::FromRow)]
struct Row {
    party_id: String,
    name_ko: String,
    name_en: Option<String>,
    kind: String,
    status: String,
    business_number: String,
    phone: String,
    address: String,
    created_at: i64,
    reason: Option<String>,
    person: Option<String>,
    email: Option<String>,
}

/// The stores that stand so, newest first.
pub(crate) async fn standing_so(tx: &mut Tx, wanted: Standing) -> Stored<Vec<StoreRow>> {
    let rows: Vec<Row> = tx.all(&STORES_STANDING, args![wanted.slug()]).await?;
    let mut known = Vec::new();
    let papers: Vec<(String, String)> = tx.all(&PAPERS_STANDING, args![wanted.slug()]).await?;
    for row in rows {
        let store = parsed(&row.party_id)?;
        known.push(StoreRow {
            documents: papers.iter().filter(|(of, _)| *of == row.party_id).map(|(_, hash)| hash.clone()).collect(),
            store,
            name: Words { ko: row.name_ko, en: row.name_en },
            kind: kind(&row.kind)?,
            standing: standing(&row.status)?,
            business_number: row.business_number,
            phone: row.phone,
            address: row.address,
            applicant: row.person.zip(row.email),
            since: Time(row.created_at),
            reason: row.reason,
        });
    }
    Ok(known)
}

/// How many stores stand how.
pub(crate) async fn counts(tx: &mut Tx) -> Stored<Vec<(Standing, u32)>> {
    let rows: Vec<(String, i64)> = tx.all(&COUNT_STANDING, args![]).await?;
    let of = |wanted: Standing| rows.iter().find(|(status, _)| status == wanted.slug()).map_or(0, |(_, count)| *count);
    Ok(Standing::ALL.iter().map(|standing| (*standing, u32::try_from(of(*standing)).unwrap_or(u32::MAX))).collect())
}

/// Stores of the chain that a store could ask to sell to it.
pub(crate) async fn others(tx: &mut Tx, store: PartyId) -> Stored<Vec<(PartyId, Words)>> {
    let rows: Vec<(String, String, Option<String>)> = tx.all(&OTHER_STORES, args![store]).await?;
    rows.into_iter().map(|(id, ko, en)| Ok((parsed(&id)?, Words { ko, en }))).collect()
}
