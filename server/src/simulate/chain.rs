//! Those behind the counter: the desk of every store and every installer. Each does what his page offers, at once for all
//! that waits for him, and the clock moves when nobody has anything to do.

use super::{
    World,
    browser::{Browser, Stop, Went},
    dice::Dice,
    done,
    figures::Tally,
    hold, in_lanes, move_clock,
};
use jumun::{
    actor::Chair,
    ids::FulfilmentId,
    order::{Board, ChildStage, CollectionState, InstallationState, Kind, Waits},
    time::Date,
    view::{BoardView, DemoAccount, FulfilmentView, JobsView, LineView, OrderView, PartnersView},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, atomic::Ordering},
};

/// Where orders stand that a desk has something to do for, or will have.
const BOARDS: &[Board] = &[Board::Orders, Board::OutOfStock, Board::Preparing, Board::PurchaseOrdered, Board::PurchaseCompleted];
/// How often one order is looked at in a round: more than it has steps.
const STEPS: u32 = 24;
/// Rounds in a row in which the clock moves and nobody finds anything to do, before what is left is taken for stuck.
const PATIENCE: u32 = 30;
/// How the clock moves when nobody has anything to do, in turn: parcels travel, then days come.
const MOVES: &[&str] = &["PT10M", "PT10M", "PT12H"];
/// Days that an installer tries one after the other.
const DAYS: i64 = 40;

/// What somebody behind the counter works for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Store,
    Installer,
    Chain,
}

/// Somebody behind the counter.
pub(super) struct Worker {
    place: Place,
    cookies: BTreeMap<String, String>,
}

impl Worker {
    /// Whether he works at head office.
    pub(super) fn is_chain(&self) -> bool {
        self.place == Place::Chain
    }
    /// What his browser keeps.
    pub(super) fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.clone()
    }
}

/// Everybody who works in the demo.
pub(super) struct Workers(Vec<Arc<Worker>>);

/// One thing to do: what it is called, where it goes and what it says.
pub(super) struct Deed {
    pub(super) name: &'static str,
    pub(super) path: &'static str,
    pub(super) fields: Vec<(String, String)>,
}

impl Deed {
    pub(super) fn new(name: &'static str, path: &'static str, order: &OrderView) -> Self {
        Self { name, path, fields: vec![("order".into(), order.id.to_string())] }
    }

    /// A button of the order's page.
    pub(super) fn press(name: &'static str, order: &OrderView) -> Self {
        Self::new(name, "/api/order-command", order).with("command", name)
    }

    pub(super) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.fields.push((name.into(), value.to_string()));
        self
    }

    pub(super) fn goods(self, goods: FulfilmentId) -> Self {
        self.with("fulfilment", goods)
    }
}

impl Workers {
    /// Signs in one person of each store, the manager, every installer, and one of head office.
    pub(super) async fn sign_in(world: &World) -> Went<Self> {
        let mut visitor = Browser::new(world, BTreeMap::new());
        let accounts: Vec<DemoAccount> = visitor.read("/api/demo-accounts", &[]).await?;
        let (mut stores, mut workers) = (BTreeSet::new(), Vec::new());
        for account in accounts {
            let place = match (account.role.as_str(), account.store) {
                ("installer", _) => Place::Installer,
                ("admin", _) if !workers.iter().any(|worker: &Arc<Worker>| worker.is_chain()) => Place::Chain,
                (_, Some(store)) if stores.insert(store.clone()) => Place::Store,
                (_, _) => continue,
            };
            let mut browser = Browser::new(world, BTreeMap::new());
            let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            browser.tell("/api/sign-in", &[field("email", &account.email), field("password", crate::demo::PASSWORD)]).await?;
            workers.push(Arc::new(Worker { place, cookies: browser.cookies() }));
        }
        Ok(Self(workers))
    }

    fn stores(&self) -> impl Iterator<Item = &Arc<Worker>> {
        self.0.iter().filter(|worker| worker.place == Place::Store)
    }

    /// Those who answer claims: every store, then head office.
    pub(super) fn answerers(&self) -> impl Iterator<Item = &Worker> {
        let of = |place| self.0.iter().map(Arc::as_ref).filter(move |worker| worker.place == place);
        of(Place::Store).chain(of(Place::Chain))
    }

    /// The options that stores sell and partners sell too.
    pub(super) async fn bought(&self, world: &World) -> Went<BTreeSet<String>> {
        let mut options = BTreeSet::new();
        for worker in self.stores() {
            let partners: PartnersView = Browser::new(world, worker.cookies.clone()).read("/api/partners", &[]).await?;
            options.extend(partners.goods.into_iter().map(|row| row.offer.ours.to_string()));
        }
        Ok(options)
    }

    /// What somebody has to look at, and how much of what is his is not over.
    async fn waiting(world: &World, worker: &Worker) -> Went<(Vec<String>, usize)> {
        let mut browser = Browser::new(world, worker.cookies.clone());
        if worker.place == Place::Installer {
            let jobs: JobsView = browser.read("/api/jobs", &[]).await?;
            let numbers: Vec<String> = jobs.live.iter().map(|job| job.number.to_string()).collect();
            let open = numbers.len();
            return Ok((numbers, open));
        }
        let (mut numbers, mut open) = (BTreeSet::new(), 0);
        for board in BOARDS {
            let mut cursor: Option<String> = None;
            loop {
                let mut query = vec![("board", board.name())];
                query.extend(cursor.as_deref().map(|cursor| ("query[cursor]", cursor)));
                let page: BoardView = browser.read("/api/board", &query).await?;
                open += page.list.rows.len();
                // What a partner, a supplier or a person who comes has the say in moves without the desk.
                let ours = page.list.rows.iter().filter(|row| !matches!(row.waits, Waits::Partner | Waits::Arrival));
                numbers.extend(ours.map(|row| row.number.to_string()));
                cursor = page.list.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
        Ok((numbers.into_iter().collect(), open))
    }

    /// Everybody does what can be done now. Answers how much that was, and how much is not over.
    pub(super) async fn round(&self, world: &Arc<World>, tally: &Arc<Mutex<Tally>>) -> Result<(u32, usize), String> {
        let (mut queue, mut open) = (Vec::new(), 0);
        for worker in self.0.iter().filter(|worker| !worker.is_chain()) {
            let (numbers, left) = Self::waiting(world, worker).await.map_err(|stop| format!("a board could not be read: {stop:?}"))?;
            queue.extend(numbers.into_iter().map(|number| (worker.clone(), number)));
            open += left;
        }
        Ok((round(world, tally, queue).await, open))
    }

    /// Everybody works until nothing is left to do, and the clock moves whenever nobody can do anything now.
    pub(super) async fn work(&self, world: &Arc<World>, tally: &Arc<Mutex<Tally>>) -> Result<(), String> {
        let mut idle = 0;
        while !world.stopping.load(Ordering::Relaxed) {
            let (served, open) = self.round(world, tally).await?;
            // What could not be put up is paid back once head office agrees.
            let done = served + self.agree(world, tally).await?;
            if open == 0 && done == 0 {
                return Ok(());
            }
            if done > 0 {
                idle = 0;
                continue;
            }
            if idle == PATIENCE {
                return Err(format!("{open} orders are stuck behind the counter"));
            }
            let span = MOVES[idle as usize % MOVES.len()];
            eprintln!("{open} orders behind the counter, moving the clock by {span}");
            move_clock(world, span).await?;
            idle += 1;
        }
        Ok(())
    }
}

/// Everybody looks at what waits for him, many at once. Answers how much was done.
async fn round(world: &Arc<World>, tally: &Arc<Mutex<Tally>>, queue: Vec<(Arc<Worker>, String)>) -> u32 {
    let tally_of_all = tally.clone();
    let served = in_lanes(world, queue, move |world, (worker, number): (Arc<Worker>, String)| {
        let tally = tally_of_all.clone();
        async move {
            match serve(&world, &tally, &worker, &number).await {
                Ok(steps) => Ok(steps),
                Err(Stop::Failed(what)) => Err(format!("{number}: {what}")),
                Err(Stop::Refused(refusal)) => Err(format!("{number}: its own page is refused: {}", refusal.code())),
            }
        }
    });
    done(tally, served.await)
}

/// Does for one order what can be done for it now. Answers how much that was.
async fn serve(world: &World, tally: &Mutex<Tally>, worker: &Worker, number: &str) -> Went<u32> {
    let mut browser = Browser::new(world, worker.cookies.clone());
    let mut done = 0;
    'steps: for _ in 0..STEPS {
        let order: OrderView = browser.read("/api/order", &[("number", number)]).await?;
        // Chance goes by how far the order is, so that a step that was refused is not thrown for anew.
        let deeds = next(&order, &mut Dice::about(world.options.seed, &order, order.version));
        for deed in deeds {
            match browser.tell(deed.path, &deed.fields).await {
                Ok(()) => {
                    *hold(tally).steps.entry(deed.name).or_default() += 1;
                    done += 1;
                    continue 'steps;
                }
                // Somebody else was faster, or had the last one: there is another way.
                Err(Stop::Refused(_)) => *hold(tally).declined.entry(deed.name).or_default() += 1,
                Err(stop) => return Err(stop),
            }
        }
        break;
    }
    Ok(done)
}

/// The next step and, should it be refused, what else would do; nothing when it is not this person's turn.
fn next(order: &OrderView, dice: &mut Dice) -> Vec<Deed> {
    match (order.chair, order.kind) {
        (Chair::Seller, Kind::Installation) => job(order, dice),
        (Chair::Seller, Kind::Collection) => pickup(order, dice),
        (Chair::Seller, Kind::Sale | Kind::Purchase | Kind::Replacement) => desk(order, dice),
        (Chair::Buyer | Chair::Admin | Chair::System, _) => Vec::new(),
    }
}

pub(super) fn offered(order: &OrderView, command: &str) -> bool {
    order.offers.iter().any(|offer| offer.command == command)
}

/// The goods that a command is offered for.
pub(super) fn goods_for<'a>(order: &'a OrderView, command: &'a str) -> impl Iterator<Item = &'a FulfilmentView> {
    order.fulfilments.iter().filter(move |goods| order.offers.iter().any(|offer| offer.command == command && offer.fulfilment == Some(goods.id)))
}

/// What a store does next for what it sells.
fn desk(order: &OrderView, dice: &mut Dice) -> Vec<Deed> {
    if offered(order, "accept-order") {
        return answer(order, dice);
    }
    let arrived = order.fulfilments.iter().flat_map(|goods| &goods.sources).filter_map(|source| source.bought.as_ref());
    if let Some(bought) = arrived.into_iter().find(|bought| bought.stage == ChildStage::Delivered) {
        let fields = vec![("order".to_owned(), bought.order.to_string()), ("command".to_owned(), "confirm-purchase".to_owned())];
        return vec![Deed { name: "confirm-purchase", path: "/api/order-command", fields }];
    }
    if let Some(goods) = goods_for(order, "start-preparing").next() {
        return vec![Deed::press("start-preparing", order).goods(goods.id)];
    }
    for goods in goods_for(order, "assign-installer") {
        let Some((_, rows)) = order.installers.iter().find(|(id, _)| *id == goods.id) else { continue };
        let free: Vec<_> = rows.iter().filter(|row| row.first_free.is_some()).map(|row| row.installer).collect();
        let ask = |installer| Deed::new("assign-installer", "/api/assign-installer", order).goods(goods.id).with("installer", installer);
        if let Some(first) = dice.one_of(&free) {
            return [first].into_iter().chain(free.into_iter().filter(|other| *other != first)).map(ask).collect();
        }
    }
    for goods in goods_for(order, "buy-from-partner") {
        for (line, units) in &goods.lines {
            let found: u32 = goods.sources.iter().filter(|source| source.line == *line).map(|source| source.quantity).sum();
            let line = order.lines.iter().find(|known| known.id == *line);
            if let (Some(line), left @ 1..) = (line, units.saturating_sub(found)) {
                return source(order, goods, line, left, dice);
            }
        }
    }
    goods_for(order, "release").next().map(|goods| Deed::press("release", order).goods(goods.id)).into_iter().collect()
}

/// What a store says to what another one buys: yes, mostly.
fn answer(order: &OrderView, dice: &mut Dice) -> Vec<Deed> {
    if dice.percent(8) {
        return vec![Deed::new("refuse-order", "/api/seller-cancel", order).with("reason", "out_of_stock")];
    }
    let several = order.lines.first().filter(|line| order.lines.len() == 1 && line.quantity > 1);
    let in_part = several.filter(|_| dice.percent(25)).map(|line| {
        let name = format!("units[{}{}]", app::api::orders::LINE, line.id);
        Deed::new("accept-in-part", "/api/accept-order", order).with(&name, line.quantity - 1)
    });
    in_part.into_iter().chain([Deed::press("accept-order", order)]).collect()
}

/// Where units come from: a partner, the own shelf, or somewhere outside the chain, which always has them.
fn source(order: &OrderView, goods: &FulfilmentView, line: &LineView, units: u32, dice: &mut Dice) -> Vec<Deed> {
    let affordable = order.partners.iter().filter(|offer| {
        let price = i64::from(units) * offer.price_of(units).0;
        offer.ours == line.variant && offer.available >= units && offer.least <= units && offer.credit_left.0 >= price
    });
    let partners: Vec<&str> = affordable.map(|offer| offer.variant.as_str()).collect();
    let of_line = |deed: Deed| deed.goods(goods.id).with("line", line.id).with("quantity", units);
    let own = Deed::press("allocate", order).goods(goods.id);
    let receipt = of_line(Deed::new("record-receipt", "/api/record-receipt", order))
        .with("seller_name", "동네 전자")
        .with("business_number", "220-81-62517")
        .with("amount", line.unit_price.0.max(1) * i64::from(units))
        .with("on", order.now.kst_date());
    let ship_to = if !line.installed && dice.percent(40) { "customer" } else { "warehouse" };
    let buy = |variant| of_line(Deed::new("buy-from-partner", "/api/buy-from-partner", order)).with("variant", variant).with("ship_to", ship_to);
    let bought = dice.one_of(&partners).map(buy);
    match dice.below(100) {
        ..65 => bought.into_iter().chain([own, receipt]).collect(),
        65..72 => vec![receipt],
        _ => [own].into_iter().chain(bought).chain([receipt]).collect(),
    }
}

/// The first day that is free.
fn some_day(name: &'static str, path: &'static str, order: &OrderView, dice: &mut Dice) -> Vec<Deed> {
    let today = order.now.kst_date().days();
    let half = if dice.percent(50) { "morning" } else { "afternoon" };
    let on = |day: i64| Deed::new(name, path, order).with("on", Date::from_days(today + day)).with("half", half);
    (1..=DAYS).map(on).collect()
}

/// What an installer does next about goods that he takes down.
fn pickup(order: &OrderView, dice: &mut Dice) -> Vec<Deed> {
    let Some(view) = &order.pickup else { return Vec::new() };
    match view.pickup.state {
        CollectionState::Requested if dice.percent(10) => vec![Deed::new("decline-pickup", "/api/decline-pickup", order).with("reason", "busy")],
        CollectionState::Requested | CollectionState::Failed => some_day("schedule-pickup", "/api/schedule-pickup", order, dice),
        CollectionState::Scheduled if !offered(order, "complete-pickup") => Vec::new(),
        CollectionState::Scheduled if view.pickup.failures == 0 && dice.percent(7) => vec![Deed::press("report-not-given", order)],
        CollectionState::Scheduled => {
            let condition = if dice.percent(80) { "used" } else { "damaged" };
            vec![Deed::new("complete-pickup", "/api/complete-pickup", order).with("condition", condition)]
        }
        CollectionState::PickedUp | CollectionState::Received | CollectionState::Cancelled => Vec::new(),
    }
}

/// What an installer does next.
fn job(order: &OrderView, dice: &mut Dice) -> Vec<Deed> {
    let Some(view) = &order.job else { return Vec::new() };
    match view.job.state {
        InstallationState::Assigned if dice.percent(10) => {
            vec![Deed::new("decline-installation", "/api/decline-installation", order).with("reason", "busy")]
        }
        InstallationState::Assigned => vec![Deed::press("accept-installation", order)],
        InstallationState::Accepted | InstallationState::Rescheduled => some_day("schedule-visit", "/api/schedule-visit", order, dice),
        InstallationState::Scheduled if offered(order, "depart") => vec![Deed::press("depart", order)],
        InstallationState::EnRoute if view.job.absences == 0 && dice.percent(7) => vec![Deed::press("report-absent", order)],
        InstallationState::EnRoute => vec![Deed::press("report-delivered", order)],
        InstallationState::DeliveredByInstaller => {
            let units: u32 = order.lines.iter().map(|line| line.quantity - line.cancelled).sum();
            let done = Deed::new("complete-installation", "/api/complete-installation", order).with("signed_by", "한가람");
            let done = view.checks.iter().fold(done, |done, check| done.with(&format!("checked[{}]", check.slug()), "1"));
            let serial = |done: Deed, nth: u32| done.with(&format!("serials[{nth}]"), format!("SR-{}-{nth}", order.number));
            vec![(0..units).fold(done, serial)]
        }
        InstallationState::Scheduled
        | InstallationState::Installed
        | InstallationState::Impossible
        | InstallationState::Declined
        | InstallationState::Cancelled => Vec::new(),
    }
}
