//! Returns: rows for the queues beside the orders that they are part of, and what people say about them.

use super::{Stored, Tx, args, from_json, parsed, statements};
use jumun::{
    actor::{Actor, Chair},
    ids::{ClaimId, EventId, Mint, OrderId, PartyId},
    order::{Order, ReturnState},
    policy::Policy,
    text::Words,
    time::Time,
    view::{ClaimNoteView, ClaimRow, GoodwillRow},
};

statements! {
    SET_CLAIM = "INSERT INTO claims (id, order_id, seller_id, state, open, reason, amount, requested_at, moved_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, open = excluded.open, amount = excluded.amount, moved_at = excluded.moved_at";
    CLAIMS_OPEN = "SELECT c.id, c.amount, c.moved_at, o.state, s.name_ko, s.name_en, b.name_ko
        FROM claims c JOIN orders o ON o.id = c.order_id JOIN parties s ON s.id = c.seller_id JOIN parties b ON b.id = o.buyer_id
        WHERE c.open AND ($1 = '' OR c.seller_id = $1) AND ($2 = '' OR c.state = $2) ORDER BY c.requested_at, c.id LIMIT $3";
    CLAIMS_OVER = "SELECT c.id, c.amount, c.moved_at, o.state, s.name_ko, s.name_en, b.name_ko
        FROM claims c JOIN orders o ON o.id = c.order_id JOIN parties s ON s.id = c.seller_id JOIN parties b ON b.id = o.buyer_id
        WHERE NOT c.open AND ($1 = '' OR c.seller_id = $1) ORDER BY c.requested_at DESC, c.id DESC LIMIT $2";
    CLAIM_COUNTS = "SELECT state, COUNT(*) FROM claims WHERE open AND ($1 = '' OR seller_id = $1) GROUP BY state";
    SET_GOODWILL = "INSERT INTO goodwills (order_id, proposed_at) VALUES ($1, $2) ON CONFLICT (order_id) DO UPDATE SET proposed_at = excluded.proposed_at";
    END_GOODWILL = "DELETE FROM goodwills WHERE order_id = $1";
    GOODWILLS = "SELECT o.state, s.name_ko, s.name_en, b.name_ko FROM goodwills g JOIN orders o ON o.id = g.order_id
        JOIN parties s ON s.id = o.seller_id JOIN parties b ON b.id = o.buyer_id ORDER BY g.proposed_at, g.order_id LIMIT $1";
    ADD_CLAIM_NOTE = "INSERT INTO claim_notes (id, claim_id, chair, account_id, text, at) VALUES ($1, $2, $3, $4, $5, $6)";
    CLAIM_NOTES_OF = "SELECT n.claim_id, n.chair, n.text, n.at FROM claim_notes n JOIN claims c ON c.id = n.claim_id WHERE c.order_id = $1 ORDER BY n.at, n.id";
}

/// Keeps the rows of an order's returns with the order.
pub(crate) async fn follow(tx: &mut Tx, before: Option<&Order>, order: &Order, policy: &Policy, at: Time) -> Stored<()> {
    for claim in &order.claims {
        if before.and_then(|before| before.claim(claim.id)) == Some(claim) {
            continue;
        }
        let amount = order.claim_amount(claim, policy);
        let values =
            args![claim.id, order.id, order.seller, claim.state.name(), claim.is_open(), claim.reason.slug(), amount, claim.requested_at, at,];
        tx.exec(&SET_CLAIM, values).await?;
    }
    match (before.and_then(|before| before.goodwill), order.goodwill) {
        (was, now) if was == now => {}
        (_, Some(waiting)) => drop(tx.exec(&SET_GOODWILL, args![order.id, waiting.proposed_at]).await?),
        (_, None) => drop(tx.exec(&END_GOODWILL, args![order.id]).await?),
    }
    Ok(())
}

/// Goodwill that waits for a second person, the longest waiting first.
pub(crate) async fn goodwills(tx: &mut Tx, most: i64) -> Stored<Vec<GoodwillRow>> {
    let rows: Vec<(String, String, Option<String>, String)> = tx.all(&GOODWILLS, args![most]).await?;
    let row = |(state, ko, en, buyer_name): (String, String, Option<String>, String)| {
        let order: Order = from_json(&state)?;
        Ok(order.goodwill.map(|waiting| GoodwillRow {
            order: order.id,
            number: order.number.clone(),
            seller_name: Words { ko, en },
            buyer_name,
            amount: waiting.amount,
            reason: waiting.reason,
            proposed_at: waiting.proposed_at,
            most: order.goodwill_most(),
        }))
    };
    rows.into_iter().filter_map(|columns| row(columns).transpose()).collect()
}

type Columns = (String, i64, i64, String, String, Option<String>, String);

fn row((id, amount, moved_at, state, seller_ko, seller_en, buyer): Columns, policy: &Policy) -> Stored<Option<ClaimRow>> {
    let order: Order = from_json(&state)?;
    let id: ClaimId = parsed(&id)?;
    let Some(claim) = order.claim(id) else { return Ok(None) };
    let names = claim.units.iter().filter_map(|units| Some((order.line(units.line)?.title.clone(), units.quantity.get())));
    Ok(Some(ClaimRow {
        id,
        order: order.id,
        number: order.number.clone(),
        seller_name: Words { ko: seller_ko, en: seller_en },
        buyer_name: buyer,
        goods: names.collect(),
        state: claim.state,
        way: claim.way(),
        reason: claim.reason,
        fault: claim.reason.fault(),
        amount: jumun::money::Won(amount),
        photos: claim.photos.clone(),
        requested_at: claim.requested_at,
        moved_at: Time(moved_at),
        pay_by: order.refund_due(claim, policy),
    }))
}

/// Open returns, the longest waiting first; of one seller, or at one state.
pub(crate) async fn open(tx: &mut Tx, seller: Option<PartyId>, state: Option<ReturnState>, policy: &Policy, most: i64) -> Stored<Vec<ClaimRow>> {
    let seller = seller.map(|seller| seller.to_string()).unwrap_or_default();
    let rows: Vec<Columns> = tx.all(&CLAIMS_OPEN, args![seller, state.map_or("", ReturnState::name), most]).await?;
    rows.into_iter().filter_map(|columns| row(columns, policy).transpose()).collect()
}

/// Returns that are over, the newest first.
pub(crate) async fn over(tx: &mut Tx, seller: Option<PartyId>, policy: &Policy, most: i64) -> Stored<Vec<ClaimRow>> {
    let seller = seller.map(|seller| seller.to_string()).unwrap_or_default();
    let rows: Vec<Columns> = tx.all(&CLAIMS_OVER, args![seller, most]).await?;
    rows.into_iter().filter_map(|columns| row(columns, policy).transpose()).collect()
}

/// How many open returns stand where.
pub(crate) async fn counts(tx: &mut Tx, seller: Option<PartyId>) -> Stored<Vec<(ReturnState, u32)>> {
    let seller = seller.map(|seller| seller.to_string()).unwrap_or_default();
    let rows: Vec<(String, i64)> = tx.all(&CLAIM_COUNTS, args![seller]).await?;
    let known = |name: &str| ReturnState::ALL.iter().copied().find(|state| state.name() == name);
    Ok(rows.into_iter().filter_map(|(state, count)| Some((known(&state)?, u32::try_from(count).unwrap_or(u32::MAX)))).collect())
}

/// Keeps what somebody says about a return.
pub(crate) async fn add_note(tx: &mut Tx, mint: &mut dyn Mint, claim: ClaimId, chair: Chair, actor: &Actor, text: &str, at: Time) -> Stored<()> {
    tx.exec(&ADD_CLAIM_NOTE, args![EventId::mint(mint), claim, slug(chair), actor.account(), text, at]).await.map(drop)
}

/// What was said about the returns of an order, oldest first.
pub(crate) async fn notes_of(tx: &mut Tx, order: OrderId) -> Stored<Vec<(ClaimId, ClaimNoteView)>> {
    let rows: Vec<(String, String, String, i64)> = tx.all(&CLAIM_NOTES_OF, args![order]).await?;
    let note = |(claim, by, text, at): (String, String, String, i64)| {
        let chair = [Chair::Buyer, Chair::Seller, Chair::Admin].into_iter().find(|chair| slug(*chair) == by).unwrap_or(Chair::Admin);
        Ok((parsed(&claim)?, ClaimNoteView { chair, text, at: Time(at) }))
    };
    rows.into_iter().map(note).collect()
}

fn slug(chair: Chair) -> &'static str {
    match chair {
        Chair::Buyer => "buyer",
        Chair::Seller => "seller",
        Chair::Admin | Chair::System => "admin",
    }
}
