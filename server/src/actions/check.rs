//! What `verify` checks of each order, beyond what a query can see.

use crate::{
    house::House,
    providers::{
        Providers,
        psp::{Movement, MovementKind},
    },
    store::{self, Db, Failure},
};
use anyhow::Context;
use jumun::{
    catalogue::Supply,
    ids::{OrderId, RefundId},
    money::Won,
    order::{
        Attempt, AttemptState, ChildStage, Claim, CollectionState, Extra, Front, Fulfilment, FulfilmentState, Kind, Line, Order, ReturnState, Source,
        Standing,
    },
};
use std::collections::{BTreeMap, BTreeSet};

const EXTRAS: &str = "I3 work on site is worth what was paid for it";
const CHILD: &str = "I11 a child is as far as its parent knows";

/// An invariant's short name and what breaks it.
pub type Finding = (&'static str, String);

/// The invariants that [`order`] and [`edges`] check.
pub const NAMES: &[&str] = &[
    "I3 shares sum to the order",
    "I3 no part of the price is negative",
    "I7 an order keeps the points it was paid with",
    "I3 tenders are what was captured",
    "I2 refunds stay within what was paid",
    "I3 what was paid and kept is what the order is worth",
    "I4 every ordered unit is somewhere",
    "I4 nothing is prepared that is still to come",
    "I4 what counts against partners is still to be bought",
    "I5 nothing is held for an order that is over",
    CHILD,
    "I3 a return is closed when its money is back",
    "I3 a purchase is not confirmed while goods come back",
    EXTRAS,
];

/// Checks one order: its amounts, its units, its money.
pub fn order(order: &Order) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut broken = |name, what: String| found.push((name, format!("{}: {what}", order.number)));
    let left = |line: &Line| {
        let gone = line.shares.of_units(line.quantity.get(), 0, order.cancelled_units(line.id));
        line.shares.goods - gone.goods
    };
    let shares: Won = order.lines.iter().map(left).sum();
    let a = &order.amounts;
    if shares != a.goods {
        broken("I3 shares sum to the order", format!("{} ≠ {}", shares.0, a.goods.0));
    }
    if [a.promotion, a.coupon, a.tier, a.points, a.shipping, a.goodwill, a.spent_points, a.payable()].iter().any(|part| *part < Won::ZERO) {
        broken("I3 no part of the price is negative", format!("{a:?}"));
    }
    let approved: Won = order.attempts.iter().filter(|attempt| attempt.state == AttemptState::Approved).map(|attempt| attempt.amount).sum();
    if approved != order.paid {
        broken("I3 tenders are what was captured", format!("{} ≠ {}", approved.0, order.paid.0));
    }
    let back = |attempt: &Attempt| order.refunds.iter().filter(|refund| refund.attempt == attempt.id).map(|refund| refund.amount).sum::<Won>();
    if let Some(attempt) = order.attempts.iter().find(|attempt| back(attempt) > attempt.amount) {
        broken("I2 refunds stay within what was paid", format!("{}: {} > {}", attempt.id, back(attempt).0, attempt.amount.0));
    }
    if order.refunded() > order.paid {
        broken("I2 refunds stay within what was paid", format!("{} > {}", order.refunded().0, order.paid.0));
    }
    let sold = matches!(order.front, Front::Confirmed | Front::Completed);
    if sold && !order.is_on_credit() && order.paid - order.refunded() != a.payable() {
        broken("I3 what was paid and kept is what the order is worth", format!("{} − {} ≠ {}", order.paid.0, order.refunded().0, a.payable().0));
    }
    let kept = if sold { a.points } else { Won::ZERO };
    if order.points_used != kept {
        broken("I7 an order keeps the points it was paid with", format!("{} ≠ {}", order.points_used.0, kept.0));
    }
    // Installation and collection orders have no goods of their own.
    for line in order.lines.iter().filter(|_| order.job.is_none() && order.pickup.is_none()) {
        let live = order.fulfilments.iter().filter(|goods| goods.is_live());
        let planned: u32 = live.flat_map(|goods| &goods.lines).filter(|planned| planned.line == line.id).map(|planned| planned.quantity).sum();
        let (missing, back, ordered) = (order.missing_units(line.id), order.units_back(line.id), order.live_units(line));
        let (replaced, leaving) = (order.units_replaced(line.id), order.units_leaving(line.id));
        if sold && planned + missing + back + replaced != ordered + leaving {
            let what = format!(
                "{}: {planned} planned + {missing} missing + {back} back + {replaced} by another order ≠ {ordered} ordered + {leaving} exchanged",
                line.variant
            );
            broken("I4 every ordered unit is somewhere", what);
        }
    }
    let early = |goods: &&Fulfilment| goods.is_to_come() && goods.state != FulfilmentState::Planned;
    if let Some(goods) = order.fulfilments.iter().find(early) {
        broken("I4 nothing is prepared that is still to come", format!("{} is {}", goods.id, goods.state.name()));
    }
    let counted: u32 = order.committed.iter().filter(|piece| piece.supply == Supply::ToOrder).map(|piece| piece.quantity).sum();
    let live = order.fulfilments.iter().filter(|goods| goods.is_live());
    let to_buy: u32 = live.flat_map(|goods| &goods.to_buy).map(|units| units.quantity).sum();
    if counted != to_buy {
        broken("I4 what counts against partners is still to be bought", format!("{counted} ≠ {to_buy}"));
    }
    let agreed: Won = order.extras.iter().filter(|extra| extra.is_kept()).map(Extra::amount).sum();
    if sold && !order.is_on_credit() && a.extras != agreed || order.front == Front::Completed && order.open_extras().next().is_some() {
        broken(EXTRAS, format!("{} ≠ {}, {} open", a.extras.0, agreed.0, order.open_extras().count()));
    }
    for claim in &order.claims {
        let running = |id: &RefundId| order.refunds.iter().any(|refund| refund.id == *id && refund.completed_at.is_none());
        if claim.refunds.iter().any(running) != (claim.state == ReturnState::Refunding) {
            broken("I3 a return is closed when its money is back", format!("{} is {}", claim.id, claim.state.name()));
        }
    }
    let open_at = |claim: &Claim, at| claim.requested_at < at && claim.closed_at.is_none_or(|closed| closed > at);
    if let Some(claim) = order.completed_at.and_then(|at| order.claims.iter().find(|claim| open_at(claim, at))) {
        broken("I3 a purchase is not confirmed while goods come back", format!("{}", claim.id));
    }
    if matches!(order.front, Front::Cancelled | Front::Completed) && !(order.held.is_empty() && order.committed.is_empty()) {
        broken("I5 nothing is held for an order that is over", format!("{} pieces", order.held.len() + order.committed.len()));
    }
    found
}

/// What a check of everything saw.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is broken.
    pub found: Vec<Finding>,
    /// How many orders there are.
    pub orders: u64,
    /// Won paid and not given back.
    pub captured: i64,
}

/// Checks every invariant; the PSP's books too, where its address is given, and that every promised order is there.
///
/// # Errors
/// A failing store, or books that cannot be read.
pub async fn everything(house: &House, providers: Option<&str>, promised: &BTreeSet<&str>) -> anyhow::Result<Checked> {
    let found = {
        let mut tx = house.db.begin_read().await?;
        store::verify::findings(&mut tx, house.now()).await?
    };
    let mut checked = Checked { found, ..Checked::default() };
    let (mut missing, mut children) = (promised.clone(), Vec::new());
    each_order(&house.db, |it, _| {
        checked.orders += 1;
        missing.remove(it.number.as_str());
        let back = it.refunds.iter().filter(|refund| refund.completed_at.is_some()).map(|refund| refund.amount);
        checked.captured += (it.paid - back.sum()).0;
        checked.found.extend(order(&it));
        children.extend(it.parent.map(|_| it.id));
    })
    .await?;
    checked.found.extend(edges(&house.db, &children).await?);
    checked.found.extend(missing.into_iter().map(|number| ("nothing acknowledged is lost", number.to_owned())));
    if let Some(url) = providers {
        let movements = Providers::new(url, &house.secrets)?.psp.ledger().await.context("the PSP's books cannot be read")?;
        checked.found.extend(books(&house.db, &movements).await?);
    }
    Ok(checked)
}

/// Folds every log: how many orders there are, and the ids of those whose log gives another state than the stored one.
///
/// # Errors
/// A failing store, or an event that does not read.
pub async fn folds(db: &Db) -> anyhow::Result<(usize, Vec<OrderId>)> {
    let (mut states, mut differing) = (Vec::new(), Vec::new());
    each_order(db, |order, state| states.push((order.id, state.to_owned()))).await?;
    for (id, state) in &states {
        let mut tx = db.begin_read().await?;
        let log = store::events::of_order(&mut tx, *id).await?;
        let folded = Order::fold(log.iter().map(|(event, at)| (event, *at)));
        if folded.map(|order| serde_json::to_string(&order)).transpose()?.as_deref() != Some(state.as_str()) {
            differing.push(*id);
        }
    }
    Ok((states.len(), differing))
}

/// Looks at every order and its stored state, a page at a time.
///
/// # Errors
/// A failing store, or a state that does not read.
pub async fn each_order(db: &Db, mut look: impl FnMut(Order, &str)) -> Result<(), Failure> {
    let mut last = String::new();
    loop {
        let page = {
            let mut tx = db.begin_read().await?;
            store::orders::states_after(&mut tx, &last, 500).await?
        };
        let Some((id, _)) = page.last() else { return Ok(()) };
        last = id.to_string();
        for (_, state) in &page {
            look(store::from_json(state)?, state);
        }
    }
}

/// Compares purchases with what the orders they were born from know of them, each pair at one moment.
///
/// # Errors
/// A failing store.
pub async fn edges(db: &Db, children: &[OrderId]) -> Result<Vec<Finding>, Failure> {
    let mut found = Vec::new();
    for child in children {
        let mut tx = db.begin_read().await?;
        let Some(child) = store::orders::load(&mut tx, *child).await? else { continue };
        let parent = match child.parent {
            Some(parent) => store::orders::load(&mut tx, parent).await?,
            None => continue,
        };
        if let Some(job) = &child.job {
            let known = parent.as_ref().and_then(|parent| parent.of_installation(child.id)).map(|(goods, given)| (goods, given.state));
            // Who was sent away may have been followed by another.
            let fits = match known {
                Some((goods, state)) => state == job.state && (goods.is_live() || !job.state.is_revocable()),
                None => !job.state.is_live(),
            };
            let asked = |extra: &Extra| parent.as_ref().and_then(|parent| parent.extra(extra.id)).map(|known| known.state) == Some(extra.state);
            if !fits || !child.extras.iter().all(asked) {
                found.push((CHILD, format!("{}: {}, known {:?}", child.number, job.state.name(), known.map(|(_, state)| state))));
            }
            continue;
        }
        if let Some(pickup) = &child.pickup {
            let claim = parent.as_ref().and_then(|parent| parent.claim(pickup.collects.claim)).filter(|claim| claim.collection == Some(child.id));
            // Who was replaced by another need not come.
            let awaited = claim.map_or(!pickup.state.is_live(), |claim| match claim.state {
                ReturnState::Collecting => !matches!(pickup.state, CollectionState::PickedUp | CollectionState::Received),
                ReturnState::Collected => pickup.state == CollectionState::PickedUp,
                ReturnState::Requested
                | ReturnState::Approved
                | ReturnState::Rejected
                | ReturnState::Withdrawn
                | ReturnState::Inspected
                | ReturnState::AwaitingRefundApproval
                | ReturnState::RefundRejected
                | ReturnState::Refunding
                | ReturnState::Replacing
                | ReturnState::Closed => !pickup.state.is_live(),
            });
            if !awaited {
                found.push((CHILD, format!("{}: {}, known {:?}", child.number, pickup.state.name(), claim.map(|claim| claim.state))));
            }
            continue;
        }
        if child.kind == Kind::Replacement {
            let known = parent
                .as_ref()
                .and_then(|parent| parent.of_replacement(child.id))
                .map(|(_, exchange)| (exchange.stage, exchange.units, exchange.failed));
            let Standing { stage, units } = child.standing();
            if !known.is_some_and(|(known, of, failed)| failed && units == 0 || known == Some(stage) && of == units) {
                found.push((CHILD, format!("{}: {} with {units} units, known {known:?}", child.number, stage.slug())));
            }
            continue;
        }
        let known = parent.as_ref().and_then(|parent| parent.of_child(child.id)).map(|(goods, source)| (goods.is_live(), source));
        let Standing { stage, units } = child.standing();
        let fits = match known {
            Some((_, Source::ChildPurchase { stage: known, .. })) if *known == ChildStage::Received => stage == ChildStage::Received,
            Some((true, Source::ChildPurchase { stage: known, quantity, .. })) => *known == stage && quantity.get() <= units,
            // What nobody waits for any more may have arrived all the same.
            Some((false, _)) => matches!(stage, ChildStage::Ended | ChildStage::Received),
            Some((true, Source::Allocation { .. } | Source::Receipt { .. })) => false,
            None => matches!(stage, ChildStage::Ended | ChildStage::Received),
        };
        let same = parent.as_ref().is_some_and(|parent| parent.seller == child.buyer && parent.root == child.root);
        if !fits || !same {
            found.push((CHILD, format!("{}: {} with {units} units, known {known:?}", child.number, stage.slug())));
        }
    }
    Ok(found)
}

/// Compares the PSP's books with ours: every capture is of an attempt we know, once, and what the PSP keeps is what we
/// count as paid and not refunded (I2).
///
/// # Errors
/// A failing store.
pub async fn books(db: &Db, movements: &[Movement]) -> anyhow::Result<Vec<Finding>> {
    let mut kept: BTreeMap<&str, i64> = BTreeMap::new();
    let mut captures: BTreeMap<&str, u32> = BTreeMap::new();
    for movement in movements {
        let entry = kept.entry(movement.order_id.as_str()).or_default();
        match movement.kind {
            MovementKind::Capture => {
                *entry += movement.amount;
                *captures.entry(movement.order_id.as_str()).or_default() += 1;
            }
            MovementKind::Cancel | MovementKind::Reverse => *entry -= movement.amount,
        }
    }
    let mut found: Vec<Finding> = captures
        .iter()
        .filter(|(_, times)| **times > 1)
        .map(|(order, times)| ("I2 nobody is charged twice", format!("{order}: {times} times")))
        .collect();
    for (psp_order, psp_keeps) in kept {
        let mut tx = db.begin_read().await?;
        let ours = match store::orders::of_psp_order(&mut tx, psp_order).await? {
            Some((order, attempt)) => match store::orders::load(&mut tx, order).await? {
                Some(order) => {
                    let of_attempt = |id: &jumun::ids::AttemptId| id.to_string() == attempt;
                    let paid: i64 = order
                        .attempts
                        .iter()
                        .filter(|known| of_attempt(&known.id) && known.state == AttemptState::Approved)
                        .map(|known| known.amount.0)
                        .sum();
                    let back: i64 = order
                        .refunds
                        .iter()
                        .filter(|refund| of_attempt(&refund.attempt) && refund.completed_at.is_some())
                        .map(|refund| refund.amount.0)
                        .sum();
                    paid - back
                }
                None => 0,
            },
            None => 0,
        };
        if ours != psp_keeps {
            found.push(("I2 the PSP's books are ours to the won", format!("{psp_order}: the PSP keeps {psp_keeps}, we count {ours}")));
        }
    }
    Ok(found)
}
