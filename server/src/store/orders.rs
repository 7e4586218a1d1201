//! Orders: the stored state is the fold of the log, with the columns that lists and guards need beside it.

use super::{
    Failure, Stored, Tx, args, catalogue, claims, events, from_json, installers, ledger::Moves, listing, membership, parsed, partners, photos,
    promotion, reviews, statements, to_json, units, work,
};
use jumun::{
    alert::alert,
    catalogue::search_key,
    command::ShipTo,
    ids::{ContactId, EventId, Mint, OrderId, OrderNumber, PartyId, ProductId, RefundAccountId, VariantId, WarehouseId},
    ledger::postings,
    money::Won,
    notice::notices,
    order::{Attempt, Board, Claim, CollectionState, Event, Front, InstallationState, Order, RefundAccount, ReturnState},
    policy::Policy,
    saga::sagas,
    text::{AccountNumber, Address, BankName, DeliveryRequest, PersonName, Phone, Postcode, Words},
    time::Time,
    timer::timers,
    view::{Around, OrderList, OrderRow},
};

statements! {
    LOCK_ROOT = "SELECT id FROM orders WHERE id = (SELECT root_id FROM orders WHERE id = $1)",
        pg "SELECT id FROM orders WHERE id = (SELECT root_id FROM orders WHERE id = $1) FOR UPDATE";
    LOAD_ORDER = "SELECT state FROM orders WHERE id = $1";
    ORDER_BY_NUMBER = "SELECT state FROM orders WHERE number = $1";
    ORDER_BY_EXTERNAL = "SELECT state FROM orders WHERE external_id = $1";
    ADD_ORDER = "INSERT INTO orders (id, number, kind, root_id, parent_id, buyer_id, seller_id, version, status, board, waits, total, units, holds_unpaid,
            placed_at, moved_at, confirmed_at, completed_at, external_id, state, words, channel_id, short, claimed, exchanging)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)";
    SET_ORDER = "UPDATE orders SET version = $2, status = $3, board = $4, waits = $5, holds_unpaid = $6, moved_at = $7, confirmed_at = $8, completed_at = $9, state = $10,
            total = $12, units = $13, short = $14, words = $15, claimed = $16, exchanging = $17
        WHERE id = $1 AND version = $11";
    SET_ATTEMPT = "INSERT INTO payment_attempts (id, order_id, psp_order, method, amount, state, payment_key, due) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, payment_key = excluded.payment_key";
    ORDER_OF_PSP = "SELECT order_id, id FROM payment_attempts WHERE psp_order = $1";
    UNPAID_HOLDS = "SELECT COUNT(*) FROM orders WHERE buyer_id = $1 AND holds_unpaid";
    ADD_REFUND_ACCOUNT = "INSERT INTO refund_accounts (id, order_id, bank, number, holder, given_at) VALUES ($1, $2, $3, $4, $5, $6)";
    REFUND_ACCOUNT = "SELECT bank, number, holder FROM refund_accounts WHERE id = $1";
    ADD_CONTACT = "INSERT INTO contacts (id, party_id, name, phone, postcode, address, request, kept, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    CONTACT = "SELECT name, phone, postcode, address, request FROM contacts WHERE id = $1";
    CONTACTS_OF = "SELECT id, name, phone, postcode, address, request FROM contacts WHERE party_id = $1 AND kept ORDER BY used_at DESC LIMIT 20";
    KEPT_SINCE = "SELECT used_at FROM contacts WHERE id = $1 AND party_id = $2 AND kept";
    PREFER_CONTACT = "UPDATE contacts SET used_at = $3 WHERE id = $1 AND party_id = $2 AND kept";
    FORGET_CONTACT = "UPDATE contacts SET kept = FALSE WHERE party_id = $2 AND kept AND EXISTS
        (SELECT 1 FROM contacts AS gone WHERE gone.id = $1 AND gone.party_id = $2 AND gone.name = contacts.name AND gone.address = contacts.address)";
    PLACED_FROM_CART = "SELECT o.state FROM placements p JOIN orders o ON o.id = p.order_id WHERE p.party_id = $1 AND p.cart_version = $2 AND p.seller_id = $3";
    ADD_PLACEMENT = "INSERT INTO placements (party_id, cart_version, seller_id, order_id) VALUES ($1, $2, $3, $4)";
    ORDERS_OF_BUYER = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.seller_id
        WHERE o.buyer_id = $1 AND o.kind NOT IN ('Installation', 'Collection') AND (o.placed_at, o.id) < ($2, $3)
          AND ($5 = '' OR o.claimed OR o.waits = 'put-away') ORDER BY o.placed_at DESC, o.id DESC LIMIT $4";
    ORDERS_ON_BOARD = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.buyer_id
        WHERE o.seller_id = $1 AND o.board = $13 AND (o.placed_at, o.id) < ($2, $3) AND ($4 = '' OR o.words LIKE $4)
          AND o.placed_at >= $5 AND o.placed_at < $6 AND o.total >= $7 AND o.total <= $8 AND ($9 = '' OR o.waits = $9) AND ($10 = '' OR LOWER(p.name_ko) LIKE $10)
          AND ($11 = '' OR EXISTS (SELECT 1 FROM visits v JOIN orders j ON j.id = v.order_id WHERE j.parent_id = o.id AND v.installer_id = $11 AND v.live))
        ORDER BY o.placed_at DESC, o.id DESC LIMIT $12";
    ORDERS_SHORT = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.buyer_id
        WHERE o.seller_id = $1 AND o.short AND (o.placed_at, o.id) < ($2, $3) AND ($4 = '' OR o.words LIKE $4)
          AND o.placed_at >= $5 AND o.placed_at < $6 AND o.total >= $7 AND o.total <= $8 AND ($9 = '' OR o.waits = $9) AND ($10 = '' OR LOWER(p.name_ko) LIKE $10)
          AND ($11 = '' OR EXISTS (SELECT 1 FROM visits v JOIN orders j ON j.id = v.order_id WHERE j.parent_id = o.id AND v.installer_id = $11 AND v.live))
        ORDER BY o.placed_at DESC, o.id DESC LIMIT $12";
    ORDERS_CLAIMED = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.buyer_id
        WHERE o.seller_id = $1 AND o.claimed AND (o.placed_at, o.id) < ($2, $3) AND ($4 = '' OR o.words LIKE $4)
          AND o.placed_at >= $5 AND o.placed_at < $6 AND o.total >= $7 AND o.total <= $8 AND ($9 = '' OR o.waits = $9) AND ($10 = '' OR LOWER(p.name_ko) LIKE $10)
          AND ($11 = '' OR EXISTS (SELECT 1 FROM visits v JOIN orders j ON j.id = v.order_id WHERE j.parent_id = o.id AND v.installer_id = $11 AND v.live))
        ORDER BY o.placed_at DESC, o.id DESC LIMIT $12";
    ORDERS_EXCHANGING = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.buyer_id
        WHERE o.seller_id = $1 AND o.exchanging AND (o.placed_at, o.id) < ($2, $3) AND ($4 = '' OR o.words LIKE $4)
          AND o.placed_at >= $5 AND o.placed_at < $6 AND o.total >= $7 AND o.total <= $8 AND ($9 = '' OR o.waits = $9) AND ($10 = '' OR LOWER(p.name_ko) LIKE $10)
          AND ($11 = '' OR EXISTS (SELECT 1 FROM visits v JOIN orders j ON j.id = v.order_id WHERE j.parent_id = o.id AND v.installer_id = $11 AND v.live))
        ORDER BY o.placed_at DESC, o.id DESC LIMIT $12";
    ORDERS_FOR_SELLER = "SELECT o.state, p.name_ko, p.name_en FROM orders o JOIN parties p ON p.id = o.buyer_id
        WHERE o.seller_id = $1 AND o.waits IN ('seller', 'release', 'acceptance', 'return-answer', 'inspection') ORDER BY o.placed_at, o.id LIMIT $2";
    DRAWINGS = "SELECT id, drawing FROM products WHERE id IN (SELECT value FROM json_each($1))",
        pg "SELECT id, drawing FROM products WHERE id IN (SELECT value FROM json_array_elements_text($1::json) AS value)";
    WAREHOUSES_OF = "SELECT id, name_ko, name_en FROM warehouses WHERE store_id = $1 ORDER BY slug";
    PARTY_NAME = "SELECT name_ko, name_en FROM parties WHERE id = $1";
    ALL_ORDERS = "SELECT id, state FROM orders WHERE id > $1 ORDER BY id LIMIT $2";
}

/// Locks the tree of an order and reads the order.
pub(crate) async fn lock(tx: &mut Tx, id: OrderId) -> Stored<Option<Order>> {
    if tx.opt::<(String,)>(&LOCK_ROOT, args![id]).await?.is_none() {
        return Ok(None);
    }
    load(tx, id).await
}

/// Reads an order without locking it.
pub(crate) async fn load(tx: &mut Tx, id: OrderId) -> Stored<Option<Order>> {
    state(tx.opt(&LOAD_ORDER, args![id]).await?)
}

/// The order of a number.
pub(crate) async fn by_number(tx: &mut Tx, number: &OrderNumber) -> Stored<Option<Order>> {
    state(tx.opt(&ORDER_BY_NUMBER, args![number]).await?)
}

/// The order a channel placed under its own number.
pub(crate) async fn by_external(tx: &mut Tx, external: &str) -> Stored<Option<Order>> {
    state(tx.opt(&ORDER_BY_EXTERNAL, args![external]).await?)
}

/// The order that was placed from this look at a basket.
pub(crate) async fn placed_from(tx: &mut Tx, party: PartyId, cart_version: i64, seller: PartyId) -> Stored<Option<Order>> {
    state(tx.opt(&PLACED_FROM_CART, args![party, cart_version, seller]).await?)
}

/// Remembers which order came from a look at a basket.
pub(crate) async fn add_placement(tx: &mut Tx, party: PartyId, cart_version: i64, seller: PartyId, order: OrderId) -> Stored<()> {
    tx.exec(&ADD_PLACEMENT, args![party, cart_version, seller, order]).await.map(drop)
}

fn state(row: Option<(String,)>) -> Stored<Option<Order>> {
    row.map(|(state,)| from_json(&state)).transpose()
}

/// Appends events: the log, the state, the ledgers, timers, sagas and notices, all in the caller's transaction. `before` is
/// the order as it was loaded under its lock, or nothing for a new one.
pub(crate) async fn append(
    tx: &mut Tx,
    mint: &mut dyn Mint,
    before: Option<&Order>,
    facts: &[Event],
    policy: &Policy,
    cause: &events::Cause<'_>,
    at: Time,
) -> Stored<Option<Order>> {
    let mut order = before.cloned();
    let mut moves = Moves::default();
    let mut journals = Vec::new();
    let mut plans = work::Plans::default();
    for event in facts {
        match &mut order {
            Some(order) => order.apply(event, at),
            None => order = Order::born(event, at),
        }
        let Some(order) = &order else {
            return Err(Failure::Corrupt("the first event of an order must be order.placed".into()));
        };
        let id = EventId::mint(mint);
        journals.push((id, postings(order, event)));
        plans.timers.extend(timers(order, event, at, policy));
        plans.sagas.extend(sagas(order, event, at, policy));
        plans.tell(id, notices(order, event));
        plans.alerts.extend(alert(order, event, policy));
    }
    let Some(order) = order else { return Ok(None) };
    if facts.is_empty() {
        return Ok(Some(order));
    }

    write_state(tx, before, &order).await?;
    installers::follow(tx, &order).await?;
    claims::follow(tx, before, &order, policy, at).await?;
    reviews::follow(tx, before, &order).await?;
    units::follow(tx, before, &order).await?;
    let first = order.version - facts.len() as u32 + 1;
    for ((sequence, event), (id, journal)) in (first..).zip(facts).zip(journals) {
        let about = events::About { kind: "order", id: &order.id.to_string(), sequence, root: Some(order.root) };
        events::append(tx, id, event.name(), about, cause, at, &to_json(event)?).await?;
        moves.post(tx, mint, id, Some(order.id), journal, at).await?;
    }
    moves.settle(tx).await?;
    for attempt in changed_attempts(before, &order) {
        write_attempt(tx, &order, attempt).await?;
    }
    promotion::follow(tx, before, &order, policy, at).await?;
    membership::follow(tx, order.buyer, facts, policy, at).await?;
    work::queue_owed(tx, before, &order).await?;
    plans.write(tx, mint, &order, at).await?;
    Ok(Some(order))
}

async fn write_state(tx: &mut Tx, before: Option<&Order>, order: &Order) -> Stored<()> {
    let status = order.status();
    let holds_unpaid = !order.is_on_credit()
        && matches!(order.front, Front::Pending | Front::StockReserved | Front::PaymentPending | Front::PaymentFailed)
        && !order.held.is_empty();
    let units: u32 = order.lines.iter().map(|line| order.live_units(line)).sum();
    let claimed = order.is_returning() || order.board() == Board::Returns;
    let exchanging = order.has_exchanges();
    match before {
        None => {
            let values = args![
                order.id,
                &order.number,
                order.kind.name(),
                order.root,
                order.parent,
                order.buyer,
                order.seller,
                order.version,
                status.name(),
                order.board().name(),
                order.waits().name(),
                order.amounts.total(),
                units,
                holds_unpaid,
                order.placed_at,
                order.moved_at,
                order.confirmed_at,
                order.completed_at,
                order.external.clone(),
                to_json(order)?,
                words(order),
                order.channel(),
                order.lacks_goods(),
                claimed,
                exchanging,
            ];
            tx.exec(&ADD_ORDER, values).await?;
        }
        Some(before) => {
            let values = args![
                order.id,
                order.version,
                status.name(),
                order.board().name(),
                order.waits().name(),
                holds_unpaid,
                order.moved_at,
                order.confirmed_at,
                order.completed_at,
                to_json(order)?,
                before.version,
                order.amounts.total(),
                units,
                order.lacks_goods(),
                words(order),
                claimed,
                exchanging,
            ];
            if tx.exec(&SET_ORDER, values).await? != 1 {
                return Err(jumun::refusal::Refusal::Busy.into());
            }
        }
    }
    Ok(())
}

/// What an order is looked for by: number, products' names in both languages, and their first consonants.
fn words(order: &Order) -> String {
    let names = order.lines.iter().flat_map(|line| std::iter::once(&line.title.ko).chain(&line.title.en));
    let (plain, initials): (Vec<String>, Vec<String>) =
        std::iter::once(order.number.as_str()).chain(names.map(String::as_str)).map(search_key).unzip();
    format!("{} {}", plain.join(" "), initials.join(" "))
}

/// The pattern that finds what somebody typed in `orders.words`; nothing when nothing was typed.
pub(crate) fn pattern(q: Option<&str>) -> String {
    let (plain, _) = search_key(q.unwrap_or_default());
    let plain = plain.replace(['%', '_', '\\', '\0'], "");
    if plain.is_empty() { plain } else { format!("%{plain}%") }
}

fn changed_attempts<'a>(before: Option<&'a Order>, order: &'a Order) -> impl Iterator<Item = &'a Attempt> {
    order.attempts.iter().filter(move |attempt| before.and_then(|before| before.attempt(attempt.id)) != Some(*attempt))
}

async fn write_attempt(tx: &mut Tx, order: &Order, attempt: &Attempt) -> Stored<()> {
    let values = args![
        attempt.id,
        order.id,
        attempt.psp_order(&order.number),
        attempt.method.slug(),
        attempt.amount,
        attempt.state.name(),
        attempt.payment_key.clone(),
        attempt.difference.map_or_else(|| "order".to_owned(), |difference| difference.to_string()),
    ];
    tx.exec(&SET_ATTEMPT, values).await.map(drop)
}

/// The order and the attempt the PSP knows by this id.
pub(crate) async fn of_psp_order(tx: &mut Tx, psp_order: &str) -> Stored<Option<(OrderId, String)>> {
    let row: Option<(String, String)> = tx.opt(&ORDER_OF_PSP, args![psp_order]).await?;
    row.map(|(order, attempt)| Ok((parsed(&order)?, attempt))).transpose()
}

/// How many unpaid orders of a buyer hold stock.
pub(crate) async fn unpaid_holds(tx: &mut Tx, buyer: PartyId) -> Stored<u32> {
    let (count,): (i64,) = tx.one(&UNPAID_HOLDS, args![buyer]).await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

#[derive(sqlx::FromRow)]
struct ContactRow {
    name: String,
    phone: String,
    postcode: String,
    address: String,
    request: Option<String>,
}

impl ContactRow {
    fn ship_to(self) -> Stored<ShipTo> {
        Ok(ShipTo {
            name: PersonName::parse(&self.name)?,
            phone: Phone::parse(&self.phone)?,
            postcode: Postcode::parse(&self.postcode)?,
            address: Address::parse(&self.address)?,
            request: self.request.map(|text| DeliveryRequest::parse(&text)).transpose()?,
        })
    }
}

/// Keeps a name, phone and address beside the events.
pub(crate) async fn add_contact(tx: &mut Tx, id: ContactId, party: PartyId, to: &ShipTo, kept: bool, at: Time) -> Stored<()> {
    let request = to.request.as_ref().map(|text| text.as_str().to_owned());
    let values = args![id, party, to.name.as_str(), to.phone.as_str(), to.postcode.as_str(), to.address.as_str(), request, kept, at];
    tx.exec(&ADD_CONTACT, values).await.map(drop)
}

/// A name, phone and address.
pub(crate) async fn contact(tx: &mut Tx, id: ContactId) -> Stored<Option<ShipTo>> {
    tx.opt::<ContactRow>(&CONTACT, args![id]).await?.map(ContactRow::ship_to).transpose()
}

#[derive(sqlx::FromRow)]
struct KeptRow {
    id: String,
    #[sqlx(flatten)]
    contact: ContactRow,
}

/// A party's address book, last used first, each place once.
pub(crate) async fn addresses(tx: &mut Tx, party: PartyId) -> Stored<Vec<(ContactId, ShipTo)>> {
    let rows: Vec<KeptRow> = tx.all(&CONTACTS_OF, args![party]).await?;
    let mut found: Vec<(ContactId, ShipTo)> = Vec::new();
    for row in rows {
        let to = row.contact.ship_to()?;
        if !found.iter().any(|(_, known)| known.address == to.address && known.name == to.name) {
            found.push((parsed(&row.id)?, to));
        }
    }
    Ok(found)
}

/// When an entry of a party's address book was last used; none when it is not in the book.
pub(crate) async fn kept_since(tx: &mut Tx, id: ContactId, party: PartyId) -> Stored<Option<Time>> {
    let row: Option<(i64,)> = tx.opt(&KEPT_SINCE, args![id, party]).await?;
    Ok(row.map(|(at,)| Time(at)))
}

/// Puts an entry first in the party's book. Answers whether it is in it.
pub(crate) async fn prefer_contact(tx: &mut Tx, id: ContactId, party: PartyId, at: Time) -> Stored<bool> {
    Ok(tx.exec(&PREFER_CONTACT, args![id, party, at]).await? > 0)
}

/// Takes a name and place out of the party's book; the rows stay for the orders that went there. Answers whether it was in it.
pub(crate) async fn forget_contact(tx: &mut Tx, id: ContactId, party: PartyId) -> Stored<bool> {
    Ok(tx.exec(&FORGET_CONTACT, args![id, party]).await? > 0)
}

#[derive(sqlx::FromRow)]
pub(super) struct ListRow {
    state: String,
    name_ko: String,
    name_en: Option<String>,
}

/// Where a page of a list begins: before this placement time and id. The first page begins at the end of time.
#[derive(Clone, Debug)]
pub(crate) struct Cursor(pub(super) i64, pub(super) String);

impl Cursor {
    /// Reads `micros~id`; anything else is the first page.
    pub(crate) fn parse(text: Option<&str>) -> Self {
        text.and_then(|text| text.split_once('~'))
            .and_then(|(at, id)| Some(Self(at.parse().ok()?, id.to_owned())))
            .unwrap_or_else(|| Self(i64::MAX, String::new()))
    }
}

/// Orders of a page and where the next begins. One row more than the page is read to know whether there is one.
pub(super) async fn list(tx: &mut Tx, rows: Vec<ListRow>, page: usize) -> Stored<OrderList> {
    let mut orders: Vec<(Order, Words)> = Vec::with_capacity(rows.len());
    for row in rows {
        orders.push((from_json(&row.state)?, Words { ko: row.name_ko, en: row.name_en }));
    }
    let more = orders.len() > page;
    orders.truncate(page);
    let next = orders.last().filter(|_| more).map(|(order, _)| format!("{}~{}", order.placed_at.0, order.id));
    let products: Vec<&ProductId> = orders.iter().filter_map(|(order, _)| order.lines.first().map(|line| &line.product)).collect();
    let drawings = drawings(tx, &products).await?;
    let rows = orders
        .into_iter()
        .map(|(order, counterpart)| {
            let first = order.lines.first();
            OrderRow {
                order: order.id,
                number: order.number.clone(),
                placed_at: order.placed_at,
                status: order.status(),
                kind: order.kind,
                mixed: order.is_mixed(),
                tone: order.status().tone(),
                waits: order.waits(),
                since: order.moved_at,
                title: first.map(|line| line.title.clone()).unwrap_or_default(),
                drawing: first
                    .and_then(|line| drawings.iter().find(|(id, _)| *id == line.product))
                    .map(|(_, drawing)| drawing.clone())
                    .unwrap_or_default(),
                more_lines: order.lines.len().saturating_sub(1) as u32,
                units: order.lines.iter().map(|line| order.live_units(line)).sum(),
                short: order.is_short(),
                total: order.amounts.total(),
                counterpart,
            }
        })
        .collect();
    Ok(OrderList { rows, next })
}

/// A buyer's orders, newest first; or only those that go back.
pub(crate) async fn of_buyer(tx: &mut Tx, buyer: PartyId, cursor: Cursor, page: usize, returns: bool) -> Stored<OrderList> {
    let returns = if returns { "returns" } else { "" };
    let rows = tx.all(&ORDERS_OF_BUYER, args![buyer, cursor.0, cursor.1, page as i64 + 1, returns]).await?;
    list(tx, rows, page).await
}

/// What is looked for on a board.
pub(crate) struct OnBoard<'a> {
    /// Whose board.
    pub seller: PartyId,
    /// Which.
    pub board: Board,
    /// In numbers and products.
    pub q: Option<&'a str>,
    /// Placed at this moment or later.
    pub from: Time,
    /// Placed before this moment.
    pub until: Time,
    /// Worth so much or more.
    pub least: Won,
    /// Worth so much or less.
    pub most: Won,
    /// What they wait for.
    pub waits: &'a str,
    /// A part of the other side's name.
    pub who: Option<&'a str>,
    /// The installer who has a job for them.
    pub installer: &'a str,
}

/// A seller's orders on a board, newest first.
pub(crate) async fn on_board(tx: &mut Tx, wanted: &OnBoard<'_>, cursor: Cursor, page: usize) -> Stored<OrderList> {
    let who = wanted.who.map(|who| who.to_lowercase().replace(['%', '_', '\\', '\0'], "")).filter(|who| !who.is_empty());
    let mut values = args![
        wanted.seller,
        cursor.0,
        cursor.1,
        pattern(wanted.q),
        wanted.from,
        wanted.until,
        wanted.least,
        wanted.most,
        wanted.waits,
        who.map(|who| format!("%{who}%")).unwrap_or_default(),
        wanted.installer,
        page as i64 + 1,
    ]
    .to_vec();
    // Whatever lacks units stands on 재고없음, and what comes back or is exchanged on 반품진행 and 교환진행, besides its own board.
    let besides = [(Board::OutOfStock, &ORDERS_SHORT), (Board::Returns, &ORDERS_CLAIMED), (Board::Exchanges, &ORDERS_EXCHANGING)];
    let rows = match besides.into_iter().find(|(other, _)| *other == wanted.board) {
        Some((_, sql)) => tx.all(sql, &values).await?,
        None => {
            values.extend(args![wanted.board.name()].iter().cloned());
            tx.all(&ORDERS_ON_BOARD, &values).await?
        }
    };
    list(tx, rows, page).await
}

/// Orders that wait for the seller, longest first.
pub(crate) async fn waiting_for(tx: &mut Tx, seller: PartyId, most: usize) -> Stored<Vec<OrderRow>> {
    let rows = tx.all(&ORDERS_FOR_SELLER, args![seller, most as i64]).await?;
    Ok(list(tx, rows, most).await?.rows)
}

async fn drawings(tx: &mut Tx, products: &[&ProductId]) -> Stored<Vec<(ProductId, String)>> {
    let rows: Vec<(String, String)> = tx.all(&DRAWINGS, args![to_json(&products)?]).await?;
    Ok(rows.into_iter().map(|(id, drawing)| (ProductId::new(id), drawing)).collect())
}

/// Keeps where a buyer's money shall go.
pub(crate) async fn add_refund_account(tx: &mut Tx, id: RefundAccountId, order: OrderId, account: &RefundAccount, at: Time) -> Stored<()> {
    let (bank, number, holder) = (account.bank.as_str(), account.number.as_str(), account.holder.as_str());
    tx.exec(&ADD_REFUND_ACCOUNT, args![id, order, bank, number, holder, at]).await.map(drop)
}

/// Where a buyer's money shall go.
pub(crate) async fn refund_account(tx: &mut Tx, id: RefundAccountId) -> Stored<Option<RefundAccount>> {
    let row: Option<(String, String, String)> = tx.opt(&REFUND_ACCOUNT, args![id]).await?;
    row.map(|(bank, number, holder)| {
        Ok(RefundAccount { bank: BankName::parse(&bank)?, number: AccountNumber::parse(&number)?, holder: PersonName::parse(&holder)? })
    })
    .transpose()
}

/// A store's warehouses.
pub(crate) async fn warehouses(tx: &mut Tx, store: PartyId) -> Stored<Vec<(WarehouseId, Words)>> {
    let rows: Vec<(String, String, Option<String>)> = tx.all(&WAREHOUSES_OF, args![store]).await?;
    rows.into_iter().map(|(id, ko, en)| Ok((parsed(&id)?, Words { ko, en }))).collect()
}

/// A party's name.
pub(crate) async fn party_name(tx: &mut Tx, party: PartyId) -> Stored<Words> {
    let (ko, en): (String, Option<String>) = tx.one(&PARTY_NAME, args![party]).await?;
    Ok(Words { ko, en })
}

/// Where an installer goes for a job: to where the goods go today.
pub(crate) async fn place_of_job(tx: &mut Tx, order: &Order) -> Stored<Option<ShipTo>> {
    let above = match order.parent {
        Some(above) => load(tx, above).await?,
        None => None,
    };
    contact(tx, above.map_or(order.contact, |above| above.contact)).await
}

/// Everything an order's page shows beside the order.
pub(crate) async fn around(tx: &mut Tx, order: &Order) -> Stored<Around> {
    let products: Vec<&ProductId> = order.lines.iter().map(|line| &line.product).collect();
    let mut instead = Vec::new();
    for shortage in order.shortages.iter().filter(|shortage| shortage.is_live()) {
        if let Some(line) = order.line(shortage.line) {
            let proposed = shortage.proposals.iter().map(|proposal| proposal.variant.as_str()).collect::<Vec<_>>().join(" ");
            instead.push((shortage.id, catalogue::stand_ins(tx, order.seller, &line.variant, shortage.quantity.get(), &proposed).await?));
        }
    }
    // Where goods can be exchanged, or somebody would like to: what else their seller has.
    let mut others = Vec::new();
    for goods in &order.fulfilments {
        let asked = order.claim_on(goods.id).filter(|claim| claim.state == ReturnState::Requested).and_then(Claim::exchanges);
        if asked.is_none() && order.allows("request-exchange", Some(goods.id), order.moved_at).is_err() {
            continue;
        }
        let wanted = asked.map_or("", |exchange| exchange.wanted.as_str());
        for line in goods.lines.iter().filter_map(|planned| order.line(planned.line)) {
            others.push((line.id, catalogue::stand_ins(tx, order.seller, &line.variant, 1, wanted).await?));
        }
    }
    let mut people = Vec::new();
    for given in order.fulfilments.iter().filter_map(|goods| goods.installer.as_ref()) {
        let (name, phone) = installers::reached(tx, given.installer).await?;
        people.push((given.installer, name, Some(phone)));
    }
    let tree = listing::tree(tx, order.root).await?;
    let goods: Vec<&VariantId> = order.lines.iter().map(|line| &line.variant).collect();
    let there = order.job.as_ref().is_some_and(|job| job.state.is_on_site());
    // Who sets out may be without a connection until it is all done.
    let there_soon = there || order.job.as_ref().is_some_and(|job| job.state == InstallationState::Scheduled);
    let takes_down = order.pickup.as_ref().is_some_and(|pickup| pickup.collects.by_installer);
    let at_work = there || order.pickup.as_ref().is_some_and(|pickup| pickup.state == CollectionState::Scheduled);
    let fetched = |node: &&Order| node.parent == Some(order.id) && node.pickup.as_ref().is_some_and(|pickup| pickup.collects.by_installer);
    let mut fetchers = Vec::new();
    for node in tree.iter().map(|(node, _)| node).filter(fetched) {
        fetchers.push((node.id, installers::reached(tx, node.seller).await?.1));
    }
    Ok(Around {
        installers: people,
        signed_by: installers::signature(tx, order.id).await?,
        fetchers,
        photos: if at_work { photos::brought(tx, order.id, photos::Photo::Work).await? } else { Vec::new() },
        claim_photos: photos::waiting(tx, order.id, photos::Photo::Claim).await?,
        review_photos: photos::waiting(tx, order.id, photos::Photo::Review).await?,
        review_texts: if order.reviews.is_empty() { Vec::new() } else { reviews::texts_of(tx, order.id).await? },
        claim_notes: claims::notes_of(tx, order.id).await?,
        checks: if there_soon { installers::checks(tx, &goods).await? } else { Vec::new() },
        price_list: if there_soon { installers::price_list(tx, &goods).await? } else { Vec::new() },
        tree,
        receipts: partners::receipts_of(tx, order.id).await?,
        instead,
        others,
        warehouses: warehouses(tx, order.seller).await?,
        drawings: drawings(tx, &products).await?,
        seller_name: party_name(tx, order.seller).await?,
        buyer_name: party_name(tx, order.buyer).await?.ko,
        ship_to: if order.job.is_some() || takes_down { place_of_job(tx, order).await? } else { contact(tx, order.contact).await? },
        history: events::history(tx, order.id).await?,
        sagas: work::sagas_of(tx, order.id).await?,
        timers: work::timers_of(tx, order.id).await?,
    })
}

/// The next stored states after an id, for `verify` and `rebuild`.
pub(crate) async fn states_after(tx: &mut Tx, id: &str, most: i64) -> Stored<Vec<(OrderId, String)>> {
    let rows: Vec<(String, String)> = tx.all(&ALL_ORDERS, args![id, most]).await?;
    rows.into_iter().map(|(id, state)| Ok((parsed(&id)?, state))).collect()
}
