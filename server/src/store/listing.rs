//! Lists of orders by what they are, one index each: a page is a range of `(placed_at, id)` under whoever asks, newest first.
//! A customer has fewer orders than a store: `seller_id || ''` keeps the planner on the customer's index.

use super::{Stored, Tx, args, orders, parsed, statements};
use jumun::{
    ids::{AccountId, OrderId, PartyId},
    order::{Board, Order, Status},
    text::Words,
    time::Time,
    view::OrderList,
};

statements! {
    LIST_OF_CHANNEL = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.seller_id
        WHERE o.channel_id = $1 AND (o.placed_at, o.id) < ($2, $3) AND o.placed_at >= $4 AND ($5 = '' OR $5 LIKE '%,' || o.status || ',%')
          AND ($6 = '' OR o.words LIKE $6) AND ($7 = '' OR o.seller_id = $7)
        ORDER BY o.placed_at DESC, o.id DESC LIMIT $8";
    LIST_OF_STORE = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.buyer_id
        WHERE o.seller_id = $1 AND (o.placed_at, o.id) < ($2, $3) AND o.placed_at >= $4 AND ($5 = '' OR $5 LIKE '%,' || o.status || ',%')
          AND ($6 = '' OR o.words LIKE $6)
        ORDER BY o.placed_at DESC, o.id DESC LIMIT $7";
    LIST_OF_BOARD = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.buyer_id
        WHERE o.seller_id = $1 AND o.board = $8 AND (o.placed_at, o.id) < ($2, $3) AND o.placed_at >= $4 AND ($5 = '' OR $5 LIKE '%,' || o.status || ',%')
          AND ($6 = '' OR o.words LIKE $6)
        ORDER BY o.placed_at DESC, o.id DESC LIMIT $7";
    LIST_OF_CUSTOMER = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.buyer_id
        WHERE o.buyer_id = $8 AND o.seller_id || '' = $1 AND (o.placed_at, o.id) < ($2, $3) AND o.placed_at >= $4 AND ($5 = '' OR $5 LIKE '%,' || o.status || ',%')
          AND ($6 = '' OR o.words LIKE $6)
        ORDER BY o.placed_at DESC, o.id DESC LIMIT $7";
    STORE_NAMED = "SELECT party_id FROM stores WHERE slug = $1 OR party_id = $1";
    TREE = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.seller_id WHERE o.root_id = $1 ORDER BY o.placed_at, o.id";
}

/// What of the orders is wanted.
pub(crate) struct Page {
    /// Placed before this moment, and before this id within it.
    pub before: (i64, String),
    /// Placed at this moment or later.
    pub since: Time,
    /// With one of these statuses; all when there is none to choose.
    pub statuses: Option<Vec<Status>>,
    /// What `words` must look like, as [`orders::pattern`] makes it.
    pub like: String,
    /// Orders on the page.
    pub limit: usize,
}

impl Page {
    /// `,Paid,Confirmed,`: one text for any number of statuses, on both databases.
    fn status_text(&self) -> String {
        self.statuses.as_ref().map_or_else(String::new, |statuses| statuses.iter().fold(",".to_owned(), |text, status| text + status.name() + ","))
    }

    /// The board that every wanted status stands on, if it is one. What is held stands on one board when it is to be paid, and on
    /// another when it is bought on credit.
    fn board(&self) -> Option<Board> {
        let statuses = self.statuses.as_ref().filter(|statuses| !statuses.contains(&Status::StockReserved))?;
        let board = statuses.first()?.board();
        statuses.iter().all(|status| status.board() == board).then_some(board)
    }

    fn more(&self) -> i64 {
        self.limit as i64 + 1
    }
}

/// Where a page begins, as the page before said it: `micros~id`.
pub(crate) fn cursor(text: &str) -> Option<(i64, String)> {
    let (at, id) = text.split_once('~')?;
    Some((at.parse().ok()?, id.parse::<OrderId>().ok()?.to_string()))
}

/// The orders that a channel placed, at one seller or any.
pub(crate) async fn of_channel(tx: &mut Tx, channel: AccountId, seller: Option<PartyId>, page: &Page) -> Stored<OrderList> {
    let seller = seller.map(|seller| seller.to_string()).unwrap_or_default();
    let values = args![channel, page.before.0, &page.before.1, page.since, page.status_text(), &page.like, seller, page.more()];
    let rows = tx.all(&LIST_OF_CHANNEL, values).await?;
    orders::list(tx, rows, page.limit).await
}

/// The orders of a store. A status stands on one board, so asking for some statuses is mostly asking for a board.
pub(crate) async fn of_store(tx: &mut Tx, store: PartyId, page: &Page) -> Stored<OrderList> {
    let rows = match page.board() {
        Some(board) => {
            let values = args![store, page.before.0, &page.before.1, page.since, page.status_text(), &page.like, page.more(), board.name()];
            tx.all(&LIST_OF_BOARD, values).await?
        }
        None => {
            let values = args![store, page.before.0, &page.before.1, page.since, page.status_text(), &page.like, page.more()];
            tx.all(&LIST_OF_STORE, values).await?
        }
    };
    orders::list(tx, rows, page.limit).await
}

/// The orders of one buyer at a store.
pub(crate) async fn of_customer(tx: &mut Tx, store: PartyId, buyer: PartyId, page: &Page) -> Stored<OrderList> {
    let values = args![store, page.before.0, &page.before.1, page.since, page.status_text(), &page.like, page.more(), buyer];
    let rows = tx.all(&LIST_OF_CUSTOMER, values).await?;
    orders::list(tx, rows, page.limit).await
}

/// The store of a slug or an id.
pub(crate) async fn store_named(tx: &mut Tx, name: &str) -> Stored<Option<PartyId>> {
    let row: Option<(String,)> = tx.opt(&STORE_NAMED, args![name]).await?;
    row.map(|(id,)| parsed(&id)).transpose()
}

/// Every node of a tree with its seller's name, parents before children.
pub(crate) async fn tree(tx: &mut Tx, root: OrderId) -> Stored<Vec<(Order, Words)>> {
    let rows: Vec<(String, String, Option<String>)> = tx.all(&TREE, args![root]).await?;
    rows.into_iter().map(|(state, ko, en)| Ok((super::from_json(&state)?, Words { ko, en }))).collect()
}
