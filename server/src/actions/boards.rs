//! A store's boards: what stands there, what of it is looked for, and one command to several orders.

use crate::{
    house::House,
    store::{Failure, desk, installers, orders},
};
use app::session::Caller;
use jumun::{
    actor::Chair,
    command::Command,
    ids::{FulfilmentId, OrderId, PartyId},
    money::Won,
    order::{Board, Order, OrderCommand, Waits},
    refusal::{Problem, Refusal},
    time::{Date, Time},
    view::{BoardQuery, BoardView, BulkOutcome, OrderRow},
};
use std::sync::Arc;

/// Orders on a page.
const PAGE: usize = 30;
/// Orders that one command may be given to at once.
const BULK: usize = 50;
/// Rows of an export, and how many are read at a time.
const EXPORT: usize = 5_000;
const CHUNK: usize = 500;

fn asked(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// What of a board is looked for; nothing when what is asked for cannot be.
fn wanted(seller: PartyId, board: Board, query: &BoardQuery) -> Option<orders::OnBoard<'_>> {
    let day = |text: &Option<String>| asked(text).map(str::parse::<Date>).transpose().ok();
    let digits = |text: &str| text.chars().filter(|c| !matches!(c, ',' | ' ' | '원' | '₩')).collect::<String>();
    let won = |text: &Option<String>| asked(text).map(|text| digits(text).parse::<i64>().map(Won)).transpose().ok();
    let installer = asked(&query.installer).map(|id| id.parse::<PartyId>().map(|_| id)).transpose().ok()?;
    Some(orders::OnBoard {
        seller,
        board,
        q: asked(&query.q),
        from: day(&query.from)?.map_or(Time(0), Time::start_of_kst),
        until: day(&query.to)?.map_or(Time(i64::MAX), |day| Time::start_of_kst(Date::from_days(day.days() + 1))),
        least: won(&query.least)?.unwrap_or(Won(i64::MIN)),
        most: won(&query.most)?.unwrap_or(Won(i64::MAX)),
        waits: asked(&query.waits).map(Waits::from_name).transpose().ok()?.map_or("", Waits::name),
        who: asked(&query.who),
        installer: installer.unwrap_or_default(),
    })
}

impl House {
    /// One board of the caller's store: its orders, newest first, and how many stand on each. What is asked for and cannot be
    /// finds nothing.
    ///
    /// # Errors
    /// For everybody but staff.
    pub async fn board(&self, caller: &Caller, board: Board, query: &BoardQuery) -> Result<BoardView, Refusal> {
        let store = Self::store_of(caller)?;
        let mut tx = self.read().await?;
        let read = async {
            let list = match wanted(store, board, query) {
                Some(wanted) => orders::on_board(&mut tx, &wanted, orders::Cursor::parse(asked(&query.cursor)), PAGE).await?,
                None => Default::default(),
            };
            Ok(BoardView {
                board,
                counts: desk::board_counts(&mut tx, store).await?,
                list,
                installers: installers::working_for(&mut tx, store).await?,
                now: self.now(),
            })
        };
        read.await.map_err(Failure::into_refusal)
    }

    /// Everything that is looked for on a board, up to a limit that no desk reads through.
    ///
    /// # Errors
    /// For everybody but staff.
    pub async fn board_rows(&self, caller: &Caller, board: Board, query: &BoardQuery) -> Result<Vec<OrderRow>, Refusal> {
        let store = Self::store_of(caller)?;
        let Some(wanted) = wanted(store, board, query) else { return Ok(Vec::new()) };
        let mut rows = Vec::new();
        let mut cursor: Option<String> = None;
        while rows.len() < EXPORT {
            // A transaction a chunk: a long export holds nothing open.
            let mut tx = self.read().await?;
            let page = orders::on_board(&mut tx, &wanted, orders::Cursor::parse(cursor.as_deref()), CHUNK).await.map_err(Failure::into_refusal)?;
            rows.extend(page.rows);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        Ok(rows)
    }

    /// Gives one command to several orders, to all goods of each that it can be given to. Each order is carried out by itself: what
    /// cannot be done to one is said, and the others go on.
    ///
    /// # Errors
    /// For everybody but staff; [`Refusal::Invalid`] for a command that is for no board, for no order and for too many.
    pub async fn bulk(self: &Arc<Self>, caller: &Caller, command: &str, chosen: &[OrderId]) -> Result<BulkOutcome, Refusal> {
        Self::store_of(caller)?;
        if !Board::ALL.iter().any(|board| jumun::view::bulk_commands(*board).contains(&command)) {
            return Err(Refusal::invalid("command", Problem::Unknown));
        }
        if chosen.is_empty() {
            return Err(Refusal::invalid("orders", Problem::Missing));
        }
        if chosen.len() > BULK {
            return Err(Refusal::invalid("orders", Problem::OutOfRange));
        }
        let mut mine = Vec::with_capacity(chosen.len());
        {
            let mut tx = self.read().await?;
            for id in chosen {
                let order = orders::load(&mut tx, *id).await.map_err(Failure::into_refusal)?;
                // Somebody else's order is none; nothing is done to any before all are known.
                mine.push(order.filter(|order| order.chair(&caller.actor) == Some(Chair::Seller)).ok_or(Refusal::NotFound)?);
            }
        }
        let mut outcome = BulkOutcome::default();
        for order in mine {
            match self.give(caller, &order, command).await {
                Ok(()) => outcome.done += 1,
                Err(refusal) => outcome.refused.push((order.number, refusal)),
            }
        }
        Ok(outcome)
    }

    async fn give(self: &Arc<Self>, caller: &Caller, order: &Order, command: &str) -> Result<(), Refusal> {
        let offers = order.offers(Chair::Seller, self.now());
        let goods: Vec<Option<FulfilmentId>> = offers.iter().filter(|offer| offer.command == command).map(|offer| offer.fulfilment).collect();
        if goods.is_empty() {
            // The same guard that offers nothing says why.
            let first = order.fulfilments.iter().find(|goods| goods.is_live()).or(order.fulfilments.first()).map(|goods| goods.id);
            let why = order.allows(command, first, self.now()).err().filter(|why| *why != Refusal::NotFound);
            let (command, current) = (command.to_owned(), order.status().name().to_owned());
            return Err(why.unwrap_or(Refusal::WrongState { command, current, required: "other goods".into() }));
        }
        for fulfilment in goods {
            let command = bulk_command(command, fulfilment).ok_or_else(|| Refusal::invalid("command", Problem::Unknown))?;
            self.execute(caller, Command::Order { order: order.id, command }, None).await?;
        }
        Ok(())
    }
}

/// The command of this name for these goods.
fn bulk_command(name: &str, fulfilment: Option<FulfilmentId>) -> Option<OrderCommand> {
    match (name, fulfilment) {
        ("accept-order", None) => Some(OrderCommand::AcceptOrder { units: Vec::new() }),
        ("start-preparing", Some(fulfilment)) => Some(OrderCommand::StartPreparing { fulfilment }),
        ("allocate", Some(fulfilment)) => Some(OrderCommand::Allocate { fulfilment }),
        ("release", Some(fulfilment)) => Some(OrderCommand::Release { fulfilment }),
        (_, _) => None,
    }
}
