//! What comes back: buyers who have their goods ask to send some back or to have others, and stores and head office answer, until
//! no claim is open.

use super::{
    World,
    browser::{Browser, Stop, Went},
    buyer::Known,
    chain::{Deed, Worker, Workers, goods_for, offered},
    dice::Dice,
    done,
    figures::Tally,
    hold, in_lanes, move_clock,
};
use jumun::{
    money::Won,
    order::{Fault, Kind, ReturnReason, ReturnState, Waits},
    time::Span,
    view::{ClaimView, ClaimsView, OrderView, Returnable},
};
use std::sync::{Arc, Mutex, atomic::Ordering};

/// How many of a hundred shipments somebody wants to send back or to exchange.
const ASKED: usize = 40;
/// Rounds in a row in which only the clock moves, before what is left is taken for stuck.
const PATIENCE: u32 = 60;
/// How the clock moves when nobody has anything to do.
const MOVE: &str = "PT8H";

impl Workers {
    /// Buyers ask once for what they have, and everybody answers until no claim is open.
    pub(super) async fn answer_claims(&self, world: &Arc<World>, tally: &Arc<Mutex<Tally>>, known: &[Known]) -> Result<(), String> {
        let (mut idle, mut asked) = (0, false);
        while !world.stopping.load(Ordering::Relaxed) {
            let mut done = buyers(world, tally, known, !asked).await;
            asked = true;
            let mut open = 0;
            for worker in self.answerers() {
                let (answered, left) = answer(world, tally, worker).await.map_err(|stop| format!("the claims could not be read: {stop:?}"))?;
                done += answered;
                // Head office sees everybody's.
                open = if worker.is_chain() { left } else { open };
            }
            let (behind, _) = self.round(world, tally).await?;
            done += behind;
            if open == 0 && done == 0 {
                return Ok(());
            }
            if done > 0 {
                idle = 0;
                continue;
            }
            if idle == PATIENCE {
                return Err(format!("{open} claims are stuck"));
            }
            eprintln!("{open} claims open, moving the clock by {MOVE}");
            move_clock(world, MOVE).await?;
            idle += 1;
        }
        Ok(())
    }

    /// Head office agrees to what stores would pay back. Answers how much that was.
    pub(super) async fn agree(&self, world: &World, tally: &Mutex<Tally>) -> Result<u32, String> {
        let mut done = 0;
        for worker in self.answerers().filter(|worker| worker.is_chain()) {
            done += answer(world, tally, worker).await.map_err(|stop| format!("the claims could not be read: {stop:?}"))?.0;
        }
        Ok(done)
    }
}

/// Every buyer looks at his order, many at once. Answers how much was done.
async fn buyers(world: &Arc<World>, tally: &Arc<Mutex<Tally>>, known: &[Known], may_ask: bool) -> u32 {
    let tally_of_all = tally.clone();
    let looked = in_lanes(world, known.to_vec(), move |world, known| {
        let tally = tally_of_all.clone();
        async move { look_after(&world, &tally, &known, may_ask).await.map_err(|stop| format!("{}: {stop:?}", known.number)) }
    });
    done(tally, looked.await)
}

/// What a buyer does: he asks once, sends back some of what came instead, and confirms what came in an exchange.
async fn look_after(world: &World, tally: &Mutex<Tally>, known: &Known, may_ask: bool) -> Went<u32> {
    let mut browser = Browser::new(world, known.cookies.clone());
    let order: OrderView = browser.read("/api/order", &[("number", &known.number)]).await?;
    // He asks once, whatever happened to the order before.
    let mut dice = Dice::about(world.options.seed, &order, 0);
    let mut deeds = Vec::new();
    if order.waits == Waits::RefundAccount {
        let told = Deed::new("give-refund-account", "/api/give-refund-account", &order);
        deeds.push(told.with("bank", "한빛은행").with("account", "110-234-567890").with("holder", "한가람"));
    }
    if may_ask {
        deeds.extend(order.returnable.iter().filter_map(|open| wish(&order, open, &mut dice)));
    }
    for claim in &order.claims {
        let Some(number) = claim.exchange.as_ref().and_then(|exchange| exchange.replacement.clone()) else { continue };
        let brought: OrderView = browser.read("/api/order", &[("number", number.as_str())]).await?;
        if !offered(&brought, "confirm-purchase") {
            continue;
        }
        let mut dice = Dice::about(world.options.seed, &brought, 1);
        let back = brought.returnable.first().filter(|_| brought.claims.is_empty() && dice.percent(25));
        let back = back.and_then(|open| send_back(&brought, open, &mut dice));
        deeds.push(back.unwrap_or_else(|| Deed::press("confirm-purchase", &brought)));
    }
    let mut done = 0;
    for deed in deeds {
        done += do_it(&mut browser, tally, deed).await?;
    }
    Ok(done)
}

async fn do_it(browser: &mut Browser<'_>, tally: &Mutex<Tally>, deed: Deed) -> Went<u32> {
    match browser.tell(deed.path, &deed.fields).await {
        Ok(()) => {
            *hold(tally).steps.entry(deed.name).or_default() += 1;
            Ok(1)
        }
        Err(Stop::Refused(_)) => {
            *hold(tally).declined.entry(deed.name).or_default() += 1;
            Ok(0)
        }
        Err(stop) => Err(stop),
    }
}

/// Something a buyer wants of a shipment, if he wants anything.
fn wish(order: &OrderView, open: &Returnable, dice: &mut Dice) -> Option<Deed> {
    if !dice.percent(ASKED) {
        return None;
    }
    let swappable = open.exchanges.first().filter(|_| dice.percent(45));
    let Some(of) = swappable else { return send_back(order, open, dice) };
    let units = order.fulfilments.iter().find(|goods| goods.id == open.fulfilment)?.lines.iter().find(|(line, _)| *line == of.line)?.1;
    let others: Vec<_> = of.others.iter().map(|(other, _)| other.variant.as_str()).collect();
    let variant = dice.one_of(&others).filter(|_| dice.percent(50)).unwrap_or(of.same.as_str());
    let deed = Deed::new("request-exchange", "/api/request-exchange", order).goods(open.fulfilment).with("line", of.line);
    Some(fetched(deed, order, open, dice).with("quantity", 1 + dice.below(units as usize)).with("variant", variant))
}

/// Some units of every line, or all of them, go back.
fn send_back(order: &OrderView, open: &Returnable, dice: &mut Dice) -> Option<Deed> {
    let goods = order.fulfilments.iter().find(|goods| goods.id == open.fulfilment)?;
    let mut deed = Deed::new("request-return", "/api/request-return", order).goods(open.fulfilment);
    let all = dice.percent(60);
    for (line, units) in &goods.lines {
        let some = if all { *units as usize } else { 1 + dice.below(*units as usize) };
        deed = deed.with(&format!("units[{}{line}]", app::api::orders::LINE), some);
    }
    Some(fetched(deed, order, open, dice))
}

fn fetched(deed: Deed, order: &OrderView, open: &Returnable, dice: &mut Dice) -> Deed {
    let reason = dice.one_of(ReturnReason::OF_BUYERS).unwrap_or(ReturnReason::Defect);
    let deed = deed.with("reason", reason.slug());
    if open.fetched { deed.with("pickup_on", (order.now + Span::days(1)).kst_date()) } else { deed }
}

/// Answers every claim of a store, or of all of them for head office, as far as it is its turn. Answers how much was done and how many
/// are open.
async fn answer(world: &World, tally: &Mutex<Tally>, worker: &Worker) -> Went<(u32, usize)> {
    let mut browser = Browser::new(world, worker.cookies());
    let queue: ClaimsView = browser.read("/api/claims", &[]).await?;
    let mut done = 0;
    for row in &queue.rows {
        let order: OrderView = browser.read("/api/order", &[("number", row.number.as_str())]).await?;
        let Some(claim) = order.claims.iter().find(|claim| claim.id == row.id) else { continue };
        let mut dice = Dice::about(world.options.seed, &order, order.version);
        for deed in say(&order, claim, worker.is_chain(), &mut dice) {
            let said = do_it(&mut browser, tally, deed).await?;
            done += said;
            if said > 0 {
                break;
            }
        }
    }
    Ok((done, queue.counts.iter().map(|(_, count)| *count as usize).sum()))
}

/// The answer to a claim and, should it be refused, what else would do. Stores answer and look at goods; head office agrees to money.
fn say(order: &OrderView, claim: &ClaimView, is_chain: bool, dice: &mut Dice) -> Vec<Deed> {
    let about = |name: &'static str, path: &'static str| Deed::new(name, path, order).with("claim", claim.id);
    let may = |command| goods_for(order, command).any(|goods| goods.id == claim.fulfilment);
    let pay_back = || about("approve-return", "/api/approve-return");
    match (claim.state, is_chain) {
        (ReturnState::AwaitingRefundApproval, true) if may("approve-refund") => vec![about("approve-refund", "/api/approve-refund")],
        (ReturnState::Approved, false) => {
            let fetchers =
                order.fetchers.iter().find(|(of, _)| *of == claim.id).map(|(_, rows)| rows.iter().map(|row| row.installer).collect::<Vec<_>>());
            let chosen = dice.one_of(&fetchers.unwrap_or_default());
            chosen.map(|installer| about("assign-pickup", "/api/assign-pickup").with("installer", installer)).into_iter().collect()
        }
        (ReturnState::Collected, false) if may("dispute-return") && dice.percent(8) => {
            vec![about("dispute-return", "/api/dispute-return").with("reason", "other_goods").with("note", "상자에 다른 제품이 들어 있습니다")]
        }
        (ReturnState::Collected, false) => {
            let outcome = match dice.percent(70) {
                _ if may("pass-return-on") && dice.percent(60) => "partner",
                true => "shelf",
                false => "scrap",
            };
            vec![about("inspect-return", "/api/inspect-return").with("outcome", outcome)]
        }
        // What a store asks back of another is taken back: nobody here puts away what is not.
        (ReturnState::Requested, false) if claim.fault != Fault::Buyer && order.kind != Kind::Purchase && dice.percent(12) => {
            vec![about("reject-return", "/api/reject-return").with("reason", "not_shown").with("note", "사진으로 확인되지 않습니다")]
        }
        (ReturnState::Requested, false) if may("refund-without-goods") && dice.percent(6) => {
            vec![about("refund-without-goods", "/api/refund-without-goods")]
        }
        (ReturnState::Requested, false) => {
            let Some(exchange) = claim.exchange.as_ref() else { return vec![pay_back()] };
            let way = if dice.percent(15) { "add" } else { "swap" };
            let agree = about("approve-exchange", "/api/approve-exchange").with("way", way).with("variant", &exchange.variant);
            // Nobody pays for a difference here: what is not the seller's to bear lapses after a day.
            let bears = exchange.due.is_none_or(|due| due > Won::ZERO) || way == "add";
            let agree = if bears && dice.percent(80) { agree.with("waive", "yes") } else { agree };
            vec![agree, pay_back()]
        }
        (_, _) => Vec::new(),
    }
}
