//! Pictures of an installation or a return: private to the parties of their order.

use super::{Stored, Tx, args, statements};
use jumun::{ids::OrderId, time::Time};

statements! {
    TAKE_OFF = "DELETE FROM photos WHERE order_id = $1 AND kind = $2 AND hash = $3";
    ADD_PHOTO = "INSERT INTO photos (order_id, kind, hash, bytes, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (order_id, kind, hash) DO UPDATE SET created_at = excluded.created_at";
    PHOTOS_BROUGHT = "SELECT hash FROM photos WHERE order_id = $1 AND kind = $2 ORDER BY created_at, hash";
    PHOTOS_WAITING = "SELECT hash FROM photos WHERE order_id = $1 AND kind = $2 AND NOT shown ORDER BY created_at, hash";
    SHOW_PHOTO = "UPDATE photos SET shown = TRUE WHERE order_id = $1 AND kind = $2 AND hash = $3";
    DROP_PHOTO = "DELETE FROM photos WHERE order_id = $1 AND kind = $2 AND hash = $3 AND NOT shown";
    DROP_OTHERS = "DELETE FROM photos WHERE order_id = $1 AND kind = $2 AND hash <> $3 AND NOT shown";
    // Whoever is asked to take goods back sees of them what was shown to who asks, and not who showed it.
    PASS_ON = "INSERT INTO photos (order_id, kind, hash, bytes, shown, created_at) SELECT CAST($2 AS TEXT), kind, hash, bytes, TRUE, CAST($4 AS BIGINT) FROM photos WHERE order_id = $1 AND kind = 'claim' AND hash = $3
        ON CONFLICT (order_id, kind, hash) DO UPDATE SET shown = TRUE";
    // What belongs to an installation is seen from the order above it too; where a seller gets his goods is his business.
    PHOTO_OF = "SELECT p.bytes FROM photos p JOIN orders j ON j.id = p.order_id
        WHERE p.hash = $2 AND (j.id = $1 OR j.parent_id = $1 AND j.kind = 'Installation') AND ($3 OR p.kind <> 'receipt') LIMIT 1";
}

/// What a picture is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Photo {
    /// It shows why work on site is needed.
    Extra,
    /// It shows what was put up.
    Work,
    /// Somebody signed for it.
    Signature,
    /// It shows why goods go back.
    Claim,
    /// It shows goods that somebody keeps.
    Review,
    /// Somebody bought goods outside the chain for it.
    Receipt,
}

impl Photo {
    fn slug(self) -> &'static str {
        match self {
            Self::Extra => "extra",
            Self::Work => "work",
            Self::Signature => "signature",
            Self::Claim => "claim",
            Self::Review => "review",
            Self::Receipt => "receipt",
        }
    }
}

/// Keeps a picture for an installation. One that is there already is as good as new.
pub(crate) async fn add(tx: &mut Tx, order: OrderId, kind: Photo, hash: &str, bytes: Vec<u8>, at: Time) -> Stored<()> {
    tx.exec(&ADD_PHOTO, args![order, kind.slug(), hash, bytes, at]).await.map(drop)
}

/// The pictures that were brought for an installation, oldest first.
pub(crate) async fn brought(tx: &mut Tx, order: OrderId, kind: Photo) -> Stored<Vec<String>> {
    Ok(tx.all::<(String,)>(&PHOTOS_BROUGHT, args![order, kind.slug()]).await?.into_iter().map(|(hash,)| hash).collect())
}

/// The pictures that were brought and that no fact names yet, oldest first.
pub(crate) async fn waiting(tx: &mut Tx, order: OrderId, kind: Photo) -> Stored<Vec<String>> {
    Ok(tx.all::<(String,)>(&PHOTOS_WAITING, args![order, kind.slug()]).await?.into_iter().map(|(hash,)| hash).collect())
}

/// A fact names the picture: it stays.
pub(crate) async fn show(tx: &mut Tx, order: OrderId, kind: Photo, hash: &str) -> Stored<()> {
    tx.exec(&SHOW_PHOTO, args![order, kind.slug(), hash]).await.map(drop)
}

/// A picture that shows why goods came back to one order shows it at another too.
pub(crate) async fn pass_on(tx: &mut Tx, from: OrderId, to: OrderId, hash: &str, at: Time) -> Stored<()> {
    tx.exec(&PASS_ON, args![from, to, hash, at]).await.map(drop)
}

/// Forgets a picture that no fact names. Answers whether there was one.
pub(crate) async fn forget(tx: &mut Tx, order: OrderId, kind: Photo, hash: &str) -> Stored<bool> {
    Ok(tx.exec(&DROP_PHOTO, args![order, kind.slug(), hash]).await? > 0)
}

/// Forgets a picture that a fact named and that whoever brought it does not want to be seen any more.
pub(crate) async fn take_off(tx: &mut Tx, order: OrderId, kind: Photo, hash: &str) -> Stored<()> {
    tx.exec(&TAKE_OFF, args![order, kind.slug(), hash]).await.map(drop)
}

/// Forgets what was brought before this picture and no fact names.
pub(crate) async fn forget_others(tx: &mut Tx, order: OrderId, kind: Photo, hash: &str) -> Stored<()> {
    tx.exec(&DROP_OTHERS, args![order, kind.slug(), hash]).await.map(drop)
}

/// A picture of an order, or of an installation under it; `sells` lets the seller's own be seen.
pub(crate) async fn of(tx: &mut Tx, order: OrderId, hash: &str, sells: bool) -> Stored<Option<Vec<u8>>> {
    Ok(tx.opt::<(Vec<u8>,)>(&PHOTO_OF, args![order, hash, sells]).await?.map(|(bytes,)| bytes))
}
