//! Coupons, points and tiers: what customers have, what stores and the chain give out.

use super::Work;
use crate::{
    house::House,
    store::{Failure, Stored, Tx, membership, promotion},
};
use app::session::Caller;
use jumun::{
    actor::Actor,
    command::{Answer, Benefits, NewCoupon},
    ids::{CouponId, PartyId},
    ledger::PointsAccount,
    membership::{Purse, Tier},
    money::Won,
    policy::Policy,
    pricing::{PricedLine, Reductions, price},
    promotion::CouponState,
    refusal::{Problem, Refusal},
    text::CouponCode,
    time::{Date, Time},
    view::{CheckoutBenefits, CouponChoice, CouponRow, CouponsView, WalletView},
};

/// Movements of points on the page.
const MOVES: i64 = 30;
/// Coupons on the page of who gives them out.
const PAGE: i64 = 200;

/// Who gives coupons out on behalf of this actor.
fn issuer(actor: &Actor) -> Result<PartyId, Refusal> {
    match actor {
        Actor::Staff { store, .. } => Ok(*store),
        Actor::Admin { .. } => Ok(PartyId::CHAIN),
        Actor::Nobody | Actor::Guest { .. } => Err(Refusal::SignInRequired),
        Actor::Customer { .. } | Actor::Installer { .. } | Actor::Channel { .. } | Actor::System => Err(Refusal::NotAllowed),
    }
}

impl Work<'_> {
    /// Gives the customer a coupon by its code.
    pub(super) async fn take_coupon(&mut self, code: &CouponCode) -> Stored<Answer> {
        let party = self.caller.actor.party().ok_or(Refusal::SignInRequired)?;
        promotion::take(self.tx, &mut self.mint, code, party, self.now).await?;
        Ok(Answer::Done)
    }

    /// Says when the customer's birthday is, once.
    pub(super) async fn set_birthday(&mut self, birthday: Date) -> Stored<Answer> {
        let party = self.caller.actor.party().ok_or(Refusal::SignInRequired)?;
        let today = self.now.kst_date();
        if birthday.year < today.year - 120 || birthday > today {
            return Err(Refusal::invalid("birthday", Problem::OutOfRange).into());
        }
        if !membership::set_birthday(self.tx, party, birthday).await? {
            return Err(Refusal::invalid("birthday", Problem::Taken).into());
        }
        Ok(Answer::Done)
    }

    /// Gives out a coupon. A store pays for its own; who pays for the chain's is written in it.
    pub(super) async fn give_coupon(&mut self, coupon: &NewCoupon) -> Stored<Answer> {
        let issuer = issuer(&self.caller.actor)?;
        coupon.check()?;
        if coupon.until <= self.now {
            return Err(Refusal::invalid("until", Problem::OutOfRange).into());
        }
        let mut coupon = coupon.clone();
        if issuer != PartyId::CHAIN {
            coupon.terms.seller_percent = 100;
        }
        let id = CouponId::mint(&mut self.mint);
        promotion::add(self.tx, id, issuer, &coupon, self.now).await?;
        Ok(Answer::Coupon { coupon: id })
    }

    /// Gives out no more of a coupon.
    pub(super) async fn stop_coupon(&mut self, coupon: CouponId) -> Stored<Answer> {
        let issuer = issuer(&self.caller.actor)?;
        if promotion::stop(self.tx, coupon, issuer, self.now).await? { Ok(Answer::Coupon { coupon }) } else { Err(Refusal::NotFound.into()) }
    }
}

/// What a buyer's wishes take off a seller's goods: his tier's discount always, coupon and points as far as he may.
///
/// # Errors
/// A coupon that is not his, not for this seller, too late, held or used; more points than he has.
pub(crate) async fn reductions(
    tx: &mut Tx,
    party: PartyId,
    seller: PartyId,
    wish: Benefits,
    now: Time,
    policy: &Policy,
) -> Stored<(Reductions, Purse)> {
    let purse = membership::purse(tx, party, now).await?;
    let coupon = match wish.coupon {
        Some(issue) => Some(promotion::usable(tx, issue, party, seller, now).await?),
        None => None,
    };
    if wish.points < Won::ZERO {
        return Err(Refusal::invalid("points", Problem::OutOfRange).into());
    }
    if wish.points > purse.points {
        return Err(Refusal::NotEnoughPoints { balance: purse.points }.into());
    }
    Ok((Reductions { coupon, tier_percent: purse.tier(policy).percent(policy), points: wish.points }, purse))
}

/// What a member can use at a seller's checkout; nothing for guests.
pub(super) async fn at_checkout(
    tx: &mut Tx,
    party: PartyId,
    seller: PartyId,
    lines: &[PricedLine],
    now: Time,
    policy: &Policy,
) -> Stored<Option<CheckoutBenefits>> {
    let purse = membership::purse(tx, party, now).await?;
    if !purse.member {
        return Ok(None);
    }
    let tier = purse.tier(policy);
    let tier_percent = tier.percent(policy);
    let mut coupons = Vec::new();
    for coupon in promotion::of_party(tx, party, Some(seller)).await? {
        if coupon.state != CouponState::Ready || coupon.valid_until < now {
            continue;
        }
        let reductions = Reductions { coupon: Some(coupon.terms), tier_percent, points: Won::ZERO };
        let (off, problem) = match price(lines, reductions, false, policy) {
            Ok((amounts, _)) => (Some(amounts.coupon), None),
            Err(refusal) => (None, Some(refusal)),
        };
        coupons.push(CouponChoice { coupon, off, problem });
    }
    coupons.sort_by_key(|choice| std::cmp::Reverse(choice.off));
    Ok(Some(CheckoutBenefits { coupons, points: purse.points, tier, tier_percent }))
}

impl House {
    /// The caller's coupons, points and tier.
    ///
    /// # Errors
    /// For everybody but customers.
    pub async fn wallet(&self, caller: &Caller) -> Result<WalletView, Refusal> {
        let Actor::Customer { party, .. } = caller.actor else { return Err(Refusal::SignInRequired) };
        let (now, policy) = (self.now(), self.policy());
        let mut tx = self.read().await?;
        let read = async {
            let purse = membership::purse(&mut tx, party, now).await?;
            let tier = purse.tier(&policy);
            Ok(WalletView {
                points: purse.points,
                held: membership::points(&mut tx, party, PointsAccount::Held).await?,
                lapsing: membership::aged(&mut tx, party, now, &policy).await?.lapsing(now, &policy),
                moves: membership::moves(&mut tx, party, MOVES).await?,
                tier,
                spent: purse.this_month,
                next: tier.next().map(|next| (next, next.starts_from(&policy))),
                kept: Tier::standing(purse.this_month, Won::ZERO, &policy) == tier,
                birthday: membership::birthday(&mut tx, party).await?.flatten(),
                coupons: promotion::of_party(&mut tx, party, None).await?,
                offers: promotion::offers(&mut tx, party, now).await?,
                now,
            })
        };
        read.await.map_err(Failure::into_refusal)
    }

    /// The coupons that the chain gives out, or the caller's store.
    ///
    /// # Errors
    /// For everybody but the chain's people, or a store's staff.
    pub async fn coupons(&self, caller: &Caller, chain: bool) -> Result<CouponsView, Refusal> {
        let issuer = issuer(&caller.actor)?;
        if chain != (issuer == PartyId::CHAIN) {
            return Err(Refusal::NotAllowed);
        }
        let mut tx = self.read().await?;
        let rows = promotion::given_by(&mut tx, issuer, None, PAGE).await.map_err(Failure::into_refusal)?;
        Ok(CouponsView { rows, now: self.now() })
    }

    /// A page of what the caller's store gives out, newest first, and what the next page begins after. A program sees its store's.
    ///
    /// # Errors
    /// For everybody but a store's staff.
    pub async fn list_coupons(&self, caller: &Caller, after: Option<CouponId>, most: usize) -> Result<(Vec<CouponRow>, Option<CouponId>), Refusal> {
        let store = Self::store_of(caller)?;
        let mut tx = self.read().await?;
        let mut rows = promotion::given_by(&mut tx, store, after, most as i64 + 1).await.map_err(Failure::into_refusal)?;
        let more = rows.len() > most;
        rows.truncate(most);
        let next = rows.last().filter(|_| more).map(|row| row.id);
        Ok((rows, next))
    }

    /// One coupon that the caller's store gives out.
    ///
    /// # Errors
    /// For everybody but a store's staff; [`Refusal::NotFound`].
    pub async fn coupon(&self, caller: &Caller, id: CouponId) -> Result<CouponRow, Refusal> {
        let store = Self::store_of(caller)?;
        let mut tx = self.read().await?;
        promotion::given(&mut tx, store, id).await.map_err(Failure::into_refusal)?.ok_or(Refusal::NotFound)
    }
}
