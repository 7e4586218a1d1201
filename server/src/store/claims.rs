//! Returns: rows for the queues beside the orders that they are part of, what people say about them, and who looks after them.

use super::{Stored, Tx, args, from_json, orders, parsed, statements, to_json};
use jumun::{
    actor::{Actor, Chair},
    ids::{AccountId, ClaimId, EventId, Mint, OrderId, PartyId},
    money::Won,
    order::{Fault, Order, ReturnReason, ReturnState},
    policy::Policy,
    text::Words,
    time::Time,
    view::{BuyerRecord, ClaimComment, ClaimFilter, ClaimNoteView, ClaimQuery, ClaimRow, GoodwillRow, Keeper, SellerRecord},
};

statements! {
    SET_CLAIM = "INSERT INTO claims (id, order_id, seller_id, state, open, reason, amount, requested_at, moved_at, asked)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, open = excluded.open, amount = excluded.amount, moved_at = excluded.moved_at,
            asked = excluded.asked";
    CLAIMS_OPEN = "SELECT c.id, c.amount, c.moved_at, o.state, s.name_ko, s.name_en, b.name_ko AS buyer, k.account_id AS keeper_id, a.name AS keeper
        FROM claims c JOIN orders o ON o.id = c.order_id JOIN parties s ON s.id = c.seller_id JOIN parties b ON b.id = o.buyer_id
            LEFT JOIN claim_keepers k ON k.claim_id = c.id AND k.side = $1 LEFT JOIN accounts a ON a.id = k.account_id
        WHERE c.open AND ($2 = '' OR c.seller_id = $2) AND ($3 = '' OR c.state = $3) AND ($4 = '' OR c.asked) AND ($5 = '' OR $5 LIKE '%,' || c.reason || ',%')
          AND c.requested_at <= $6 AND c.amount >= $7 AND c.amount <= $8 AND ($9 = '' OR k.account_id = $9)
          AND ($10 = '' OR o.words LIKE $10 OR ($11 = '' AND LOWER(REPLACE(b.name_ko, ' ', '')) LIKE $10)) AND ($11 = '' OR o.channel_id = $11)
          AND (c.requested_at, c.id) > ($12, $13)
        ORDER BY c.requested_at, c.id LIMIT $14";
    CLAIMS_OVER = "SELECT c.id, c.amount, c.moved_at, o.state, s.name_ko, s.name_en, b.name_ko AS buyer, k.account_id AS keeper_id, a.name AS keeper
        FROM claims c JOIN orders o ON o.id = c.order_id JOIN parties s ON s.id = c.seller_id JOIN parties b ON b.id = o.buyer_id
            LEFT JOIN claim_keepers k ON k.claim_id = c.id AND k.side = $1 LEFT JOIN accounts a ON a.id = k.account_id
        WHERE NOT c.open AND ($2 = '' OR c.seller_id = $2) AND ($3 = '' OR c.state = $3) AND ($4 = '' OR c.asked) AND ($5 = '' OR $5 LIKE '%,' || c.reason || ',%')
          AND c.requested_at <= $6 AND c.amount >= $7 AND c.amount <= $8 AND ($9 = '' OR k.account_id = $9)
          AND ($10 = '' OR o.words LIKE $10 OR ($11 = '' AND LOWER(REPLACE(b.name_ko, ' ', '')) LIKE $10)) AND ($11 = '' OR o.channel_id = $11)
          AND (c.requested_at, c.id) < ($12, $13)
        ORDER BY c.requested_at DESC, c.id DESC LIMIT $14";
    CLAIMS_OF_BUYER = "SELECT c.id, c.amount, c.moved_at, o.state, s.name_ko, s.name_en, b.name_ko AS buyer, NULL AS keeper_id, NULL AS keeper
        FROM orders o JOIN claims c ON c.order_id = o.id JOIN parties s ON s.id = c.seller_id JOIN parties b ON b.id = o.buyer_id
        WHERE o.buyer_id = $1 AND ($2 = '' OR c.seller_id = $2) AND c.id <> $3 ORDER BY c.requested_at DESC, c.id DESC LIMIT $4",
    pg "SELECT c.id, c.amount, c.moved_at, o.state, s.name_ko, s.name_en, b.name_ko AS buyer, CAST(NULL AS TEXT) AS keeper_id, CAST(NULL AS TEXT) AS keeper
        FROM orders o JOIN claims c ON c.order_id = o.id JOIN parties s ON s.id = c.seller_id JOIN parties b ON b.id = o.buyer_id
        WHERE o.buyer_id = $1 AND ($2 = '' OR c.seller_id = $2) AND c.id <> $3 ORDER BY c.requested_at DESC, c.id DESC LIMIT $4";
    CLAIM_COUNTS = "SELECT state, COUNT(*), CAST(SUM(CASE WHEN asked THEN 1 ELSE 0 END) AS BIGINT) FROM claims
        WHERE open AND ($1 = '' OR seller_id = $1) GROUP BY state";
    CLAIM_SELLERS = "SELECT p.id, p.name_ko, p.name_en FROM parties p WHERE EXISTS (SELECT 1 FROM claims c WHERE c.seller_id = p.id) ORDER BY p.name_ko";
    ORDER_OF_CLAIM = "SELECT order_id FROM claims WHERE id = $1";
    ORDERS_BOUGHT = "SELECT COUNT(*) FROM orders WHERE buyer_id = $1 AND kind IN ('Sale', 'Purchase') AND confirmed_at >= $2 AND ($3 = '' OR seller_id = $3)";
    BUYERS_RETURNS = "SELECT COUNT(*), COUNT(DISTINCT c.order_id), CAST(COALESCE(SUM(CASE WHEN c.state IN ('Rejected', 'RefundRejected') THEN 1 ELSE 0 END), 0) AS BIGINT),
            CAST(COALESCE(SUM(CASE WHEN c.state IN ('Refunding', 'Closed') THEN c.amount ELSE 0 END), 0) AS BIGINT)
        FROM orders o JOIN claims c ON c.order_id = o.id
        WHERE o.buyer_id = $1 AND c.requested_at >= $2 AND ($3 = '' OR c.seller_id = $3) AND c.reason NOT IN ('undeliverable', 'cannot_install')";
    SELLERS_RETURNS = "SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN state IN ('Rejected', 'RefundRejected') THEN 1 ELSE 0 END), 0) AS BIGINT),
            CAST(COALESCE(SUM(CASE WHEN $3 LIKE '%,' || reason || ',%' AND state NOT IN ('Rejected', 'RefundRejected') THEN 1 ELSE 0 END), 0) AS BIGINT),
            CAST(COALESCE(SUM(CASE WHEN open THEN 1 ELSE 0 END), 0) AS BIGINT)
        FROM claims WHERE seller_id = $1 AND requested_at >= $2 AND reason NOT IN ('undeliverable', 'cannot_install')";
    SET_GOODWILL = "INSERT INTO goodwills (order_id, proposed_at) VALUES ($1, $2) ON CONFLICT (order_id) DO UPDATE SET proposed_at = excluded.proposed_at";
    END_GOODWILL = "DELETE FROM goodwills WHERE order_id = $1";
    GOODWILLS = "SELECT o.state, s.name_ko, s.name_en, b.name_ko FROM goodwills g JOIN orders o ON o.id = g.order_id
        JOIN parties s ON s.id = o.seller_id JOIN parties b ON b.id = o.buyer_id ORDER BY g.proposed_at, g.order_id LIMIT $1";
    ADD_CLAIM_NOTE = "INSERT INTO claim_notes (id, claim_id, chair, account_id, text, at) VALUES ($1, $2, $3, $4, $5, $6)";
    CLAIM_NOTES_OF = "SELECT n.claim_id, n.chair, n.text, n.at FROM claim_notes n JOIN claims c ON c.id = n.claim_id WHERE c.order_id = $1 ORDER BY n.at, n.id";
    ADD_CLAIM_COMMENT = "INSERT INTO claim_comments (id, claim_id, side, account_id, text, at) VALUES ($1, $2, $3, $4, $5, $6)";
    CLAIM_COMMENTS = "SELECT m.account_id, a.name, m.text, m.at FROM claim_comments m JOIN accounts a ON a.id = m.account_id
        WHERE m.claim_id = $1 AND m.side = $2 ORDER BY m.at, m.id";
    KEEP_CLAIM = "INSERT INTO claim_keepers (claim_id, side, account_id, since) VALUES ($1, $2, $3, $4)
        ON CONFLICT (claim_id, side) DO UPDATE SET account_id = excluded.account_id, since = excluded.since";
    LEAVE_CLAIM = "DELETE FROM claim_keepers WHERE claim_id = $1 AND side = $2";
    CLAIM_KEEPER = "SELECT k.account_id, a.name FROM claim_keepers k JOIN accounts a ON a.id = k.account_id WHERE k.claim_id = $1 AND k.side = $2";
    STAFF_OF_STORE = "SELECT id, name FROM accounts WHERE party_id = $1 AND role IN ('retailer', 'wholesaler') AND status = 'active' AND left_at IS NULL ORDER BY name, id";
    STAFF_OF_CHAIN = "SELECT id, name FROM accounts WHERE role = 'admin' AND status = 'active' ORDER BY name, id";
    KEEP_FILTER = "INSERT INTO claim_filters (id, account_id, name, query, created_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (account_id, name) DO UPDATE SET query = excluded.query";
    FORGET_FILTER = "DELETE FROM claim_filters WHERE id = $1 AND account_id = $2";
    FILTERS_OF = "SELECT id, name, query FROM claim_filters WHERE account_id = $1 ORDER BY created_at, id";
}

/// Whose people look: what they say among themselves and who of them looks after what stays on their side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    /// A store's.
    Store(PartyId),
    /// Head office's.
    Chain,
}

impl Side {
    fn slug(self) -> &'static str {
        match self {
            Self::Store(_) => "store",
            Self::Chain => "chain",
        }
    }

    /// Whose returns they see; nothing for everybody's.
    pub(crate) fn seller(self) -> Option<PartyId> {
        match self {
            Self::Store(store) => Some(store),
            Self::Chain => None,
        }
    }

    /// The chair they sit in.
    pub(crate) fn chair(self) -> Chair {
        match self {
            Self::Store(_) => Chair::Seller,
            Self::Chain => Chair::Admin,
        }
    }
}

fn text(id: Option<impl ToString>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// `,defect,damaged,`: one text for any number of reasons, on both databases.
fn listed<'a>(reasons: impl Iterator<Item = &'a ReturnReason>) -> String {
    reasons.fold(",".to_owned(), |text, reason| text + reason.slug() + ",")
}

/// Keeps the rows of an order's returns with the order.
pub(crate) async fn follow(tx: &mut Tx, before: Option<&Order>, order: &Order, policy: &Policy, at: Time) -> Stored<()> {
    for claim in &order.claims {
        if before.and_then(|before| before.claim(claim.id)) == Some(claim) {
            continue;
        }
        let amount = order.claim_amount(claim, policy);
        let (open, asked) = (claim.is_open(), claim.asked_at.is_some());
        let values = args![claim.id, order.id, order.seller, claim.state.name(), open, claim.reason.slug(), amount, claim.requested_at, at, asked];
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

#[derive(sqlx::FromRow)]
struct Columns {
    id: String,
    amount: i64,
    moved_at: i64,
    state: String,
    name_ko: String,
    name_en: Option<String>,
    buyer: String,
    keeper_id: Option<String>,
    keeper: Option<String>,
}

fn row(columns: Columns, chair: Chair, policy: &Policy) -> Stored<Option<ClaimRow>> {
    let order: Order = from_json(&columns.state)?;
    let id: ClaimId = parsed(&columns.id)?;
    let Some(claim) = order.claim(id) else { return Ok(None) };
    let names = claim.units.iter().filter_map(|units| Some((order.line(units.line)?.title.clone(), units.quantity.get())));
    Ok(Some(ClaimRow {
        id,
        order: order.id,
        number: order.number.clone(),
        kind: order.kind,
        seller_name: Words { ko: columns.name_ko, en: columns.name_en },
        buyer_name: columns.buyer,
        goods: names.collect(),
        state: claim.state,
        way: claim.way(),
        reason: claim.reason,
        fault: claim.reason.fault(),
        amount: Won(columns.amount),
        photos: claim.photos.clone(),
        requested_at: claim.requested_at,
        moved_at: Time(columns.moved_at),
        asked_at: claim.asked_at,
        pay_by: order.refund_due(claim, policy),
        keeper: columns.keeper_id.zip(columns.keeper).map(|(account, name)| keeper((account, name))).transpose()?,
        plain: order.is_plain(claim),
        units_read: order.units_read(claim),
        offers: order.offers_on(claim, chair),
    }))
}

fn keeper((account, name): (String, String)) -> Stored<Keeper> {
    Ok(Keeper { account: parsed(&account)?, name })
}

/// What of the returns is wanted.
pub(crate) struct Wanted<'a> {
    /// Whose people look; for a channel head office's rows without their names.
    pub side: Side,
    /// Sold by this store; by any when there is none.
    pub seller: Option<PartyId>,
    /// Placed by this channel; by anybody when there is none.
    pub channel: Option<AccountId>,
    /// Those that are over instead of those that are open.
    pub over: bool,
    /// At this state.
    pub state: Option<ReturnState>,
    /// The buyer owes an answer.
    pub asked: bool,
    /// For one of these reasons; for any when there is nothing to choose.
    pub reasons: Option<Vec<ReturnReason>>,
    /// Asked for at this moment or before.
    pub until: Time,
    /// Worth so much or more.
    pub least: Won,
    /// Worth so much or less.
    pub most: Won,
    /// Looked after by him.
    pub keeper: Option<AccountId>,
    /// In number, products and the buyer's name, which a channel does not know.
    pub q: Option<&'a str>,
}

/// Where a page begins, as the page before said it: `micros~id`.
pub(crate) fn cursor(text: &str) -> Option<(i64, String)> {
    let (at, id) = text.split_once('~')?;
    Some((at.parse().ok()?, id.parse::<ClaimId>().ok()?.to_string()))
}

/// Returns and where the next page begins: open ones by their age, the longest waiting first, and those that are over the other way.
pub(crate) async fn list(
    tx: &mut Tx,
    wanted: &Wanted<'_>,
    from: Option<(i64, String)>,
    page: usize,
    policy: &Policy,
) -> Stored<(Vec<ClaimRow>, Option<String>)> {
    let first = if wanted.over { (i64::MAX, String::new()) } else { (i64::MIN, String::new()) };
    let (at, id) = from.unwrap_or(first);
    let values = args![
        wanted.side.slug(),
        text(wanted.seller),
        wanted.state.map_or("", ReturnState::name),
        if wanted.asked { "asked" } else { "" },
        wanted.reasons.as_ref().map(|reasons| listed(reasons.iter())).unwrap_or_default(),
        wanted.until,
        wanted.least,
        wanted.most,
        text(wanted.keeper),
        orders::pattern(wanted.q),
        text(wanted.channel),
        at,
        id,
        page as i64 + 1,
    ];
    let rows: Vec<Columns> = tx.all(if wanted.over { &CLAIMS_OVER } else { &CLAIMS_OPEN }, values).await?;
    let more = rows.len() > page;
    let rows = rows.into_iter().take(page).filter_map(|columns| row(columns, wanted.side.chair(), policy).transpose());
    let rows = rows.collect::<Stored<Vec<ClaimRow>>>()?;
    let next = rows.last().filter(|_| more).map(|last| format!("{}~{}", last.requested_at.0, last.id));
    Ok((rows, next))
}

/// How many open returns stand where, and about how many the buyer owes an answer.
pub(crate) async fn counts(tx: &mut Tx, seller: Option<PartyId>) -> Stored<(Vec<(ReturnState, u32)>, u32)> {
    let rows: Vec<(String, i64, i64)> = tx.all(&CLAIM_COUNTS, args![text(seller)]).await?;
    let known = |name: &str| ReturnState::ALL.iter().copied().find(|state| state.name() == name);
    let asked = rows.iter().map(|(_, _, asked)| some(*asked)).sum();
    Ok((rows.into_iter().filter_map(|(state, count, _)| Some((known(&state)?, some(count)))).collect(), asked))
}

fn some(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Stores that have returns.
pub(crate) async fn sellers(tx: &mut Tx) -> Stored<Vec<(PartyId, Words)>> {
    let rows: Vec<(String, String, Option<String>)> = tx.all(&CLAIM_SELLERS, args![]).await?;
    rows.into_iter().map(|(id, ko, en)| Ok((parsed(&id)?, Words { ko, en }))).collect()
}

/// The order that a return is about.
pub(crate) async fn order_of(tx: &mut Tx, claim: ClaimId) -> Stored<Option<OrderId>> {
    let row: Option<(String,)> = tx.opt(&ORDER_OF_CLAIM, args![claim]).await?;
    row.map(|(order,)| parsed(&order)).transpose()
}

/// The last returns of a buyer, as far as a side sees them, but for one.
pub(crate) async fn of_buyer(tx: &mut Tx, buyer: PartyId, side: Side, but: ClaimId, most: i64, policy: &Policy) -> Stored<Vec<ClaimRow>> {
    let rows: Vec<Columns> = tx.all(&CLAIMS_OF_BUYER, args![buyer, text(side.seller()), but, most]).await?;
    rows.into_iter().filter_map(|columns| row(columns, side.chair(), policy).transpose()).collect()
}

/// What a buyer did since a moment, as far as a side sees it. What the system took back by itself is none of his doing.
pub(crate) async fn record_of_buyer(tx: &mut Tx, buyer: PartyId, side: Side, since: Time) -> Stored<BuyerRecord> {
    let seller = text(side.seller());
    let (orders,): (i64,) = tx.one(&ORDERS_BOUGHT, args![buyer, since, &seller]).await?;
    let (returns, sent_back, rejected, paid_back): (i64, i64, i64, i64) = tx.one(&BUYERS_RETURNS, args![buyer, since, &seller]).await?;
    Ok(BuyerRecord { orders: some(orders), sent_back: some(sent_back), returns: some(returns), rejected: some(rejected), paid_back: Won(paid_back) })
}

/// What a store did with returns since a moment.
pub(crate) async fn record_of_seller(tx: &mut Tx, seller: PartyId, since: Time) -> Stored<SellerRecord> {
    let its = listed(ReturnReason::OF_BUYERS.iter().filter(|reason| reason.fault() == Fault::Seller));
    let (returns, rejected, its_fault, open): (i64, i64, i64, i64) = tx.one(&SELLERS_RETURNS, args![seller, since, its]).await?;
    Ok(SellerRecord { returns: some(returns), rejected: some(rejected), its_fault: some(its_fault), open: some(open) })
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

/// Keeps what somebody tells the colleagues of his side.
pub(crate) async fn add_comment(tx: &mut Tx, mint: &mut dyn Mint, claim: ClaimId, side: Side, by: AccountId, text: &str, at: Time) -> Stored<()> {
    tx.exec(&ADD_CLAIM_COMMENT, args![EventId::mint(mint), claim, side.slug(), by, text, at]).await.map(drop)
}

/// What a side says about a return, oldest first.
pub(crate) async fn comments(tx: &mut Tx, claim: ClaimId, side: Side) -> Stored<Vec<ClaimComment>> {
    let rows: Vec<(String, String, String, i64)> = tx.all(&CLAIM_COMMENTS, args![claim, side.slug()]).await?;
    rows.into_iter().map(|(by, name, text, at)| Ok(ClaimComment { by: keeper((by, name))?, text, at: Time(at) })).collect()
}

/// Gives a return to somebody of a side, or to nobody.
pub(crate) async fn assign(tx: &mut Tx, claim: ClaimId, side: Side, to: Option<AccountId>, at: Time) -> Stored<()> {
    match to {
        Some(to) => tx.exec(&KEEP_CLAIM, args![claim, side.slug(), to, at]).await.map(drop),
        None => tx.exec(&LEAVE_CLAIM, args![claim, side.slug()]).await.map(drop),
    }
}

/// Who of a side looks after a return.
pub(crate) async fn keeper_of(tx: &mut Tx, claim: ClaimId, side: Side) -> Stored<Option<Keeper>> {
    tx.opt(&CLAIM_KEEPER, args![claim, side.slug()]).await?.map(keeper).transpose()
}

/// Who of a side can look after returns.
pub(crate) async fn staff(tx: &mut Tx, side: Side) -> Stored<Vec<Keeper>> {
    let rows: Vec<(String, String)> = match side {
        Side::Store(store) => tx.all(&STAFF_OF_STORE, args![store]).await?,
        Side::Chain => tx.all(&STAFF_OF_CHAIN, args![]).await?,
    };
    rows.into_iter().map(keeper).collect()
}

/// Keeps what somebody looks for under a name.
pub(crate) async fn keep_filter(tx: &mut Tx, mint: &mut dyn Mint, of: AccountId, name: &str, query: &ClaimQuery, at: Time) -> Stored<()> {
    tx.exec(&KEEP_FILTER, args![EventId::mint(mint), of, name, to_json(query)?, at]).await.map(drop)
}

/// Forgets one that is his.
pub(crate) async fn forget_filter(tx: &mut Tx, of: AccountId, id: &str) -> Stored<()> {
    tx.exec(&FORGET_FILTER, args![id, of]).await.map(drop)
}

/// What somebody keeps under names, the oldest first.
pub(crate) async fn filters(tx: &mut Tx, of: AccountId) -> Stored<Vec<ClaimFilter>> {
    let rows: Vec<(String, String, String)> = tx.all(&FILTERS_OF, args![of]).await?;
    rows.into_iter().map(|(id, name, query)| Ok(ClaimFilter { id, name, query: from_json(&query)? })).collect()
}
