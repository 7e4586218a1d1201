//! Returns: the queues of those who answer, one return with everything that helps to decide, and what a side keeps about it for itself.

use super::Work;
use crate::{
    house::House,
    store::{
        Failure, Stored,
        claims::{self, Side, Wanted},
        listing, orders,
    },
};
use app::session::Caller;
use jumun::{
    actor::Actor,
    command::{Answer, Command},
    ids::{AccountId, ClaimId, OrderNumber, PartyId},
    money::Won,
    order::{Fault, Order, OrderCommand, ReturnReason, ReturnState},
    refusal::{Problem, Refusal},
    time::{Span, Time},
    view::{BulkOutcome, ClaimPage, ClaimQuery, ClaimRow, ClaimView, ClaimsView, GoodwillsView},
};
use std::sync::Arc;

/// Returns on a page of a queue.
const PAGE: usize = 100;
/// Returns that can be agreed to at once.
const BULK: usize = 50;
/// Rows of an export, and how many are read at a time.
const EXPORT: usize = 5_000;
const CHUNK: usize = 500;
/// Filters that somebody can keep.
const FILTERS: usize = 20;
/// Other returns of a buyer that are shown beside one.
const OTHERS: i64 = 5;
/// How far a record looks back.
const YEAR: Span = Span::days(365);

/// Whose people the caller belongs to.
fn side(actor: &Actor) -> Result<(Side, AccountId), Refusal> {
    match *actor {
        Actor::Admin { account } => Ok((Side::Chain, account)),
        Actor::Staff { store, account, .. } => Ok((Side::Store(store), account)),
        Actor::Nobody | Actor::Guest { .. } => Err(Refusal::SignInRequired),
        Actor::Customer { .. } | Actor::Installer { .. } | Actor::Channel { .. } | Actor::System => Err(Refusal::NotAllowed),
    }
}

fn asked(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn is_over(state: ReturnState) -> bool {
    matches!(state, ReturnState::Closed | ReturnState::Rejected | ReturnState::RefundRejected | ReturnState::Withdrawn)
}

/// What of the returns is looked for; nothing when what is asked for cannot be.
fn wanted<'a>(side: Side, me: AccountId, query: &'a ClaimQuery, now: Time) -> Option<Wanted<'a>> {
    let digits = |text: &str| text.chars().filter(|c| !matches!(c, ',' | ' ' | '원' | '₩')).collect::<String>();
    let won = |text: &Option<String>| asked(text).map(|text| digits(text).parse::<i64>().map(Won)).transpose().ok();
    let days = asked(&query.days).map(str::parse::<u16>).transpose().ok()?;
    let of_fault = |fault: &str| ReturnReason::ALL.iter().copied().filter(|reason| reason.fault().slug() == fault).collect::<Vec<_>>();
    let by_fault = asked(&query.fault).map(of_fault);
    let by_reason = asked(&query.reason).map(|slug| ReturnReason::ALL.iter().copied().filter(|reason| reason.slug() == slug).collect::<Vec<_>>());
    let reasons = match (by_fault, by_reason) {
        (Some(fault), Some(reason)) => Some(reason.into_iter().filter(|reason| fault.contains(reason)).collect()),
        (fault, reason) => fault.or(reason),
    };
    let named = asked(&query.seller).map(str::parse::<PartyId>).transpose().ok()?;
    let state = match asked(&query.state) {
        None | Some("asked" | "over") => None,
        Some(name) => Some(ReturnState::ALL.iter().copied().find(|state| state.name() == name)?),
    };
    let wanted = Wanted {
        side,
        // A store sees its own, whatever it asks for.
        seller: side.seller().or(named),
        channel: None,
        over: asked(&query.state) == Some("over") || state.is_some_and(is_over),
        state,
        asked: asked(&query.state) == Some("asked"),
        reasons,
        until: days.map_or(now, |days| now.before(Span::days(days.into()))),
        least: won(&query.least)?.unwrap_or(Won(i64::MIN)),
        most: won(&query.most)?.unwrap_or(Won(i64::MAX)),
        keeper: asked(&query.mine).map(|_| me),
        q: asked(&query.q),
    };
    // A reason that there is none of finds nothing.
    wanted.reasons.as_ref().is_none_or(|reasons: &Vec<ReturnReason>| !reasons.is_empty()).then_some(wanted)
}

impl Work<'_> {
    /// The order of a return that the caller's side has a chair at. A return of somebody else is none.
    async fn side_of(&mut self, claim: ClaimId) -> Stored<(Side, AccountId)> {
        let (side, me) = side(&self.caller.actor)?;
        let order = claims::order_of(self.tx, claim).await?.ok_or(Refusal::NotFound)?;
        let order = orders::load(self.tx, order).await?.ok_or(Refusal::NotFound)?;
        order.chair(&self.caller.actor).filter(|chair| *chair == side.chair()).ok_or(Refusal::NotFound)?;
        Ok((side, me))
    }

    /// Somebody tells the colleagues of his side something about a return.
    pub(super) async fn comment_on_claim(&mut self, claim: ClaimId, text: &str) -> Stored<Answer> {
        let (side, me) = self.side_of(claim).await?;
        claims::add_comment(self.tx, &mut self.mint, claim, side, me, text, self.now).await?;
        Ok(Answer::Done)
    }

    /// Somebody of a side looks after a return from now on, or nobody does.
    pub(super) async fn assign_claim(&mut self, claim: ClaimId, to: Option<AccountId>) -> Stored<Answer> {
        let (side, _) = self.side_of(claim).await?;
        if let Some(to) = to
            && !claims::staff(self.tx, side).await?.iter().any(|colleague| colleague.account == to)
        {
            return Err(Refusal::invalid("to", Problem::Unknown).into());
        }
        claims::assign(self.tx, claim, side, to, self.now).await?;
        Ok(Answer::Done)
    }

    /// Somebody keeps what he looks for under a name.
    pub(super) async fn keep_claim_filter(&mut self, name: &str, query: &ClaimQuery) -> Stored<Answer> {
        let (_, me) = side(&self.caller.actor)?;
        let known = claims::filters(self.tx, me).await?;
        if known.len() >= FILTERS && !known.iter().any(|filter| filter.name == name) {
            return Err(Refusal::LimitReached { most: FILTERS as u32 }.into());
        }
        if query.asked().is_empty() {
            return Err(Refusal::invalid("query", Problem::Missing).into());
        }
        let query = ClaimQuery { cursor: None, ..query.clone() };
        claims::keep_filter(self.tx, &mut self.mint, me, name, &query, self.now).await?;
        Ok(Answer::Done)
    }

    /// He forgets one.
    pub(super) async fn forget_claim_filter(&mut self, filter: &str) -> Stored<Answer> {
        let (_, me) = side(&self.caller.actor)?;
        claims::forget_filter(self.tx, me, filter).await?;
        Ok(Answer::Done)
    }
}

impl House {
    /// Returns in a queue: a store's own, or everybody's for head office. What is asked for and cannot be finds nothing.
    ///
    /// # Errors
    /// For everybody but stores and head office.
    pub async fn claims(&self, caller: &Caller, query: &ClaimQuery) -> Result<ClaimsView, Refusal> {
        let (side, me) = side(&caller.actor)?;
        let (policy, now) = (self.policy(), self.now());
        let mut tx = self.read().await?;
        let read = async {
            let from = asked(&query.cursor).and_then(claims::cursor);
            let (rows, next) = match wanted(side, me, query, now) {
                Some(wanted) => claims::list(&mut tx, &wanted, from, PAGE, &policy).await?,
                None => (Vec::new(), None),
            };
            let (counts, asked) = claims::counts(&mut tx, side.seller()).await?;
            let sellers = if side == Side::Chain { claims::sellers(&mut tx).await? } else { Vec::new() };
            let filters = claims::filters(&mut tx, me).await?;
            Ok(ClaimsView { rows, next, counts, asked, filters, sellers, approval_from: policy.refund_approval_from, now })
        };
        read.await.map_err(Failure::into_refusal)
    }

    /// Everything that is looked for in a queue, up to a limit that nobody reads through.
    ///
    /// # Errors
    /// For everybody but stores and head office.
    pub async fn claim_rows(&self, caller: &Caller, query: &ClaimQuery) -> Result<Vec<ClaimRow>, Refusal> {
        let (side, me) = side(&caller.actor)?;
        let (policy, now) = (self.policy(), self.now());
        let Some(wanted) = wanted(side, me, query, now) else { return Ok(Vec::new()) };
        let (mut rows, mut from) = (Vec::new(), None);
        while rows.len() < EXPORT {
            // A transaction a chunk: a long export holds nothing open.
            let mut tx = self.read().await?;
            let (page, next) = claims::list(&mut tx, &wanted, from, CHUNK, &policy).await.map_err(Failure::into_refusal)?;
            rows.extend(page);
            from = next.as_deref().and_then(claims::cursor);
            if from.is_none() {
                break;
            }
        }
        Ok(rows)
    }

    /// The order of a return, for who answers about it.
    async fn claimed(&self, caller: &Caller, claim: ClaimId) -> Result<Order, Refusal> {
        let (side, _) = side(&caller.actor)?;
        let mut tx = self.read().await?;
        let read = async {
            let order = claims::order_of(&mut tx, claim).await?.ok_or(Refusal::NotFound)?;
            orders::load(&mut tx, order).await?.ok_or_else(|| Refusal::NotFound.into())
        };
        let order: Order = read.await.map_err(Failure::into_refusal)?;
        if order.chair(&caller.actor) == Some(side.chair()) { Ok(order) } else { Err(Refusal::NotFound) }
    }

    /// A return with everything that helps to decide about it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a store that did not sell it; for everybody but stores and head office.
    pub async fn claim(&self, caller: &Caller, id: ClaimId) -> Result<ClaimPage, Refusal> {
        let (side, me) = side(&caller.actor)?;
        let claimed = self.claimed(caller, id).await?;
        let order = self.order(caller, &claimed.number).await?;
        let (policy, now) = (self.policy(), self.now());
        let since = now.before(YEAR);
        let mut tx = self.read().await?;
        let read = async {
            Ok(ClaimPage {
                id,
                me,
                keeper: claims::keeper_of(&mut tx, id, side).await?,
                colleagues: claims::staff(&mut tx, side).await?,
                comments: claims::comments(&mut tx, id, side).await?,
                buyer: claims::record_of_buyer(&mut tx, claimed.buyer, side, since).await?,
                seller: claims::record_of_seller(&mut tx, claimed.seller, since).await?,
                others: claims::of_buyer(&mut tx, claimed.buyer, side, id, OTHERS, &policy).await?,
                approval_from: policy.refund_approval_from,
                order,
            })
        };
        read.await.map_err(Failure::into_refusal)
    }

    /// Agrees to several returns about which there is nothing to judge. Each is carried out by itself: what cannot be done to one is
    /// said, and the others go on.
    ///
    /// # Errors
    /// For everybody but stores and head office; [`Refusal::Invalid`] for none and for too many; [`Refusal::NotFound`] when one is
    /// somebody else's.
    pub async fn approve_returns(self: &Arc<Self>, caller: &Caller, chosen: &[ClaimId]) -> Result<BulkOutcome, Refusal> {
        side(&caller.actor)?;
        if chosen.is_empty() {
            return Err(Refusal::invalid("claims", Problem::Missing));
        }
        if chosen.len() > BULK {
            return Err(Refusal::invalid("claims", Problem::OutOfRange));
        }
        let mut known = Vec::with_capacity(chosen.len());
        for claim in chosen {
            known.push((*claim, self.claimed(caller, *claim).await?));
        }
        let mut outcome = BulkOutcome::default();
        for (claim, order) in known {
            let judged = order.claim(claim).filter(|claim| claim.is_open() && !order.is_plain(claim));
            let given = match judged {
                // Somebody has to look at it.
                Some(claim) => Err(Refusal::WrongState {
                    command: "approve-return".into(),
                    current: claim.asked_at.map_or(claim.reason.slug(), |_| "asked").into(),
                    required: ReturnReason::ChangeOfMind.slug().into(),
                }),
                None => self.execute(caller, Command::Order { order: order.id, command: OrderCommand::ApproveReturn { claim } }, None).await,
            };
            match given {
                Ok(_) => outcome.done += 1,
                Err(refusal) => outcome.refused.push((order.number, refusal)),
            }
        }
        Ok(outcome)
    }
}

/// What of the returns another program wants.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Those that are over instead of those that are open.
    pub over: bool,
    /// The buyer owes an answer.
    pub asked: bool,
    /// At this state, open or over.
    pub state: Option<ReturnState>,
    /// For this reason.
    pub reason: Option<ReturnReason>,
    /// Of this fault.
    pub fault: Option<Fault>,
    /// Sold by the store of this slug or id; only channels ask so.
    pub seller: Option<String>,
    /// In number and products.
    pub q: Option<String>,
    /// Where the page begins, as the page before said it.
    pub cursor: Option<String>,
    /// Returns on the page.
    pub limit: usize,
}

impl House {
    /// Returns of what a channel placed or a store sold.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for others, and for a store that asks by seller; [`Refusal::Invalid`] for a cursor that is none and a
    /// seller that there is not.
    pub async fn list_claims(&self, caller: &Caller, listed: &Listed) -> Result<(Vec<ClaimRow>, Option<String>), Refusal> {
        let malformed = || Refusal::invalid("cursor", Problem::Malformed);
        let from = listed.cursor.as_deref().map(|text| claims::cursor(text).ok_or_else(malformed)).transpose()?;
        let (policy, now) = (self.policy(), self.now());
        let mut tx = self.read().await?;
        let (side, seller, channel) = match caller.actor {
            Actor::Channel { account } => {
                let seller = match &listed.seller {
                    Some(name) => {
                        let found = listing::store_named(&mut tx, name).await.map_err(Failure::into_refusal)?;
                        Some(found.ok_or_else(|| Refusal::invalid("seller", Problem::Unknown))?)
                    }
                    None => None,
                };
                (Side::Chain, seller, Some(account))
            }
            Actor::Staff { store, .. } if listed.seller.is_none() => (Side::Store(store), Some(store), None),
            Actor::Nobody | Actor::Guest { .. } => return Err(Refusal::SignInRequired),
            Actor::Customer { .. } | Actor::Staff { .. } | Actor::Installer { .. } | Actor::Admin { .. } | Actor::System => {
                return Err(Refusal::NotAllowed);
            }
        };
        let fits = |reason: &ReturnReason| listed.reason.is_none_or(|it| it == *reason) && listed.fault.is_none_or(|it| it == reason.fault());
        let reasons: Vec<ReturnReason> = ReturnReason::ALL.iter().copied().filter(fits).collect();
        if reasons.is_empty() {
            return Ok((Vec::new(), None));
        }
        let wanted = Wanted {
            side,
            seller,
            channel,
            over: listed.over || listed.state.is_some_and(is_over),
            state: listed.state,
            asked: listed.asked,
            reasons: Some(reasons),
            until: now,
            least: Won(i64::MIN),
            most: Won(i64::MAX),
            keeper: None,
            q: listed.q.as_deref(),
        };
        claims::list(&mut tx, &wanted, from, listed.limit, &policy).await.map_err(Failure::into_refusal)
    }

    /// One return, and its order's number, from the caller's chair.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for who has no chair at its order.
    pub async fn show_claim(&self, caller: &Caller, id: ClaimId) -> Result<(OrderNumber, ClaimView), Refusal> {
        let mut tx = self.read().await?;
        let read = async {
            let order = claims::order_of(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
            orders::load(&mut tx, order).await?.ok_or_else(|| Refusal::NotFound.into())
        };
        let order: Order = read.await.map_err(Failure::into_refusal)?;
        drop(tx);
        let view = self.order(caller, &order.number).await?;
        let claim = view.claims.into_iter().find(|claim| claim.id == id).ok_or(Refusal::NotFound)?;
        Ok((order.number, claim))
    }
}

impl House {
    /// Goodwill of every store that waits for a second person.
    ///
    /// # Errors
    /// For everybody but head office.
    pub async fn goodwills(&self, caller: &Caller) -> Result<GoodwillsView, Refusal> {
        super::chain::for_admins(caller)?;
        let mut tx = self.read().await?;
        let rows = claims::goodwills(&mut tx, PAGE as i64).await.map_err(Failure::into_refusal)?;
        Ok(GoodwillsView { rows, now: self.now() })
    }
}
