//! Files that people brought.

use super::{Stored, Tx, args, statements};
use jumun::{
    ids::{PartyId, ProductId},
    time::Time,
};

statements! {
    ADD_UPLOAD = "INSERT INTO uploads (hash, owner_id, kind, bytes, created_at) VALUES ($1, $2, 'product', $3, $4)
        ON CONFLICT (owner_id, kind, hash) DO UPDATE SET created_at = excluded.created_at";
    ADD_DOCUMENT = "INSERT INTO uploads (hash, owner_id, kind, bytes, created_at) VALUES ($1, $2, 'document', $3, $4) ON CONFLICT DO NOTHING";
    DOCUMENTS_OF = "SELECT hash FROM uploads WHERE owner_id = $1 AND kind = 'document' ORDER BY created_at, hash";
    DOCUMENT = "SELECT bytes FROM uploads WHERE owner_id = $1 AND kind = 'document' AND hash = $2";
    FORGET_DOCUMENT = "DELETE FROM uploads WHERE owner_id = $1 AND kind = 'document' AND hash = $2";
    UPLOAD = "SELECT bytes FROM uploads WHERE hash = $1 AND kind = 'product' LIMIT 1";
    BROUGHT = "SELECT COUNT(*) FROM uploads WHERE owner_id = $1 AND kind = 'product' AND hash = $2";
    UNSHOWN = "SELECT COUNT(*) FROM uploads WHERE owner_id = $1 AND kind = 'product' AND created_at >= $3
        AND NOT EXISTS (SELECT 1 FROM products p WHERE p.store_id = uploads.owner_id AND p.drawing = $2 || uploads.hash)";
    SELLS = "SELECT COUNT(*) FROM products WHERE id = $1 AND store_id = $2";
    // One that was just brought is about to be shown.
    DROP_UNSHOWN = "DELETE FROM uploads WHERE owner_id = $1 AND kind = 'product' AND created_at < $3
        AND NOT EXISTS (SELECT 1 FROM products p WHERE p.store_id = uploads.owner_id AND p.drawing = $2 || uploads.hash)";
    SET_DRAWING = "UPDATE products SET drawing = $3 WHERE id = $1 AND store_id = $2";
}

/// Keeps a picture of a store's product. One that is there already has the same bytes, because its name is their hash; it is as good
/// as new.
pub(crate) async fn add(tx: &mut Tx, hash: &str, owner: PartyId, bytes: Vec<u8>, at: Time) -> Stored<()> {
    tx.exec(&ADD_UPLOAD, args![hash, owner, bytes, at]).await.map(drop)
}

/// Keeps a picture of a paper that a store shows to the chain.
pub(crate) async fn add_document(tx: &mut Tx, hash: &str, store: PartyId, bytes: Vec<u8>, at: Time) -> Stored<()> {
    tx.exec(&ADD_DOCUMENT, args![hash, store, bytes, at]).await.map(drop)
}

/// The papers that a store showed, oldest first.
pub(crate) async fn documents(tx: &mut Tx, store: PartyId) -> Stored<Vec<String>> {
    Ok(tx.all::<(String,)>(&DOCUMENTS_OF, args![store]).await?.into_iter().map(|(hash,)| hash).collect())
}

/// One of them.
pub(crate) async fn document(tx: &mut Tx, store: PartyId, hash: &str) -> Stored<Option<Vec<u8>>> {
    Ok(tx.opt::<(Vec<u8>,)>(&DOCUMENT, args![store, hash]).await?.map(|(bytes,)| bytes))
}

/// Forgets one of them. Answers whether it was there.
pub(crate) async fn forget_document(tx: &mut Tx, store: PartyId, hash: &str) -> Stored<bool> {
    Ok(tx.exec(&FORGET_DOCUMENT, args![store, hash]).await? > 0)
}

/// The picture of a name.
pub(crate) async fn picture(tx: &mut Tx, hash: &str) -> Stored<Option<Vec<u8>>> {
    Ok(tx.opt::<(Vec<u8>,)>(&UPLOAD, args![hash]).await?.map(|(bytes,)| bytes))
}

/// Whether a store brought this picture.
pub(crate) async fn brought(tx: &mut Tx, owner: PartyId, hash: &str) -> Stored<bool> {
    Ok(tx.one::<(i64,)>(&BROUGHT, args![owner, hash]).await?.0 > 0)
}

/// How many pictures a store brought since a moment that no product shows. `prefix` is what makes a hash a picture's name.
pub(crate) async fn unshown(tx: &mut Tx, owner: PartyId, prefix: &str, since: Time) -> Stored<i64> {
    Ok(tx.one::<(i64,)>(&UNSHOWN, args![owner, prefix, since]).await?.0)
}

/// Whether the product is the store's.
pub(crate) async fn sells(tx: &mut Tx, product: &ProductId, store: PartyId) -> Stored<bool> {
    Ok(tx.one::<(i64,)>(&SELLS, args![product, store]).await?.0 > 0)
}

/// Forgets a store's pictures from before a moment that no product shows. `prefix` is what makes a hash a picture's name.
pub(crate) async fn drop_unshown(tx: &mut Tx, store: PartyId, prefix: &str, before: Time) -> Stored<u64> {
    tx.exec(&DROP_UNSHOWN, args![store, prefix, before]).await
}

/// Shows a product by another picture; false when it is not the store's.
pub(crate) async fn set_drawing(tx: &mut Tx, product: &ProductId, store: PartyId, drawing: &str) -> Stored<bool> {
    Ok(tx.exec(&SET_DRAWING, args![product, store, drawing]).await? == 1)
}
