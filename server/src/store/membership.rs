//! Members: their points, which the ledger keeps, and what their months come to.

use super::{Failure, Stored, Tx, args, events, ledger::Moves, parsed, statements};
use jumun::{
    ids::{EventId, Mint, OrderNumber, PartyId},
    ledger::{PointsAccount, points_given, points_lapsed},
    membership::{MemberTimer, Points, Purse, points_live_until},
    money::Won,
    order::Event,
    policy::Policy,
    time::{Date, Span, Time},
    view::PointsRow,
};

statements! {
    MEMBER = "SELECT birthday FROM accounts WHERE party_id = $1 AND role = 'customer' ORDER BY created_at, id LIMIT 1";
    POINTS = "SELECT amount FROM balances WHERE unit = 'won' AND account = $2 AND owner = $1 AND subject = ''";
    MONTHS = "SELECT month, spent FROM member_months WHERE party_id = $1 AND month IN ($2, $3)";
    TOUCH_MONTH = "INSERT INTO member_months (party_id, month, spent) VALUES ($1, $2, 0) ON CONFLICT (party_id, month) DO UPDATE SET spent = member_months.spent";
    BEGIN_MONTH = "INSERT INTO member_months (party_id, month, spent) VALUES ($1, $2, $3)";
    ADD_SPENT = "UPDATE member_months SET spent = spent + $3 WHERE party_id = $1 AND month = $2";
    POINT_MOVES = "SELECT j.at, e.name, o.number, p.amount FROM postings p JOIN journals j ON j.id = p.journal_id JOIN events e ON e.id = j.event_id
        LEFT JOIN orders o ON o.id = p.order_id
        WHERE p.owner = $1 AND p.account = 'points_spendable' ORDER BY j.at DESC, j.id DESC LIMIT $2";
    LOCK_POINTS = "SELECT amount FROM balances WHERE unit = 'won' AND account = 'points_spendable' AND owner = $1 AND subject = ''",
        pg "SELECT amount FROM balances WHERE unit = 'won' AND account = 'points_spendable' AND owner = $1 AND subject = '' FOR UPDATE";
    POINTS_CAME = "SELECT j.at, p.amount, e.name = 'points.restored' AS back FROM postings p JOIN journals j ON j.id = p.journal_id JOIN events e ON e.id = j.event_id
        WHERE p.owner = $1 AND p.account = 'points_spendable' AND p.amount > 0 AND j.at >= $2 AND e.name IN ('points.earned', 'points.given', 'points.restored')";
    SPENT_IN = "SELECT spent FROM member_months WHERE party_id = $1 AND month = $2";
    ARM = "INSERT INTO member_timers (party_id, kind, due_at) VALUES ($1, $2, $3)
        ON CONFLICT (party_id, kind) DO UPDATE SET due_at = CASE WHEN member_timers.due_at > excluded.due_at THEN excluded.due_at ELSE member_timers.due_at END";
    TAKE_DUE = "DELETE FROM member_timers WHERE party_id = $1 AND kind = $2 AND due_at <= $3 RETURNING due_at";
    DUE_MEMBERS = "SELECT party_id, kind FROM member_timers WHERE due_at <= $1 ORDER BY due_at, party_id, kind LIMIT $2";
    SET_BIRTHDAY = "UPDATE accounts SET birthday = $2 WHERE party_id = $1 AND role = 'customer' AND birthday IS NULL";
}

/// A customer's birthday as stored, if he is a member at all.
pub(crate) async fn birthday(tx: &mut Tx, party: PartyId) -> Stored<Option<Option<Date>>> {
    let row: Option<(Option<String>,)> = tx.opt(&MEMBER, args![party]).await?;
    Ok(row.map(|(birthday,)| birthday.and_then(|text| text.parse().ok())))
}

/// Says when a customer's birthday is, if nobody has yet. Answers whether it was said now.
pub(crate) async fn set_birthday(tx: &mut Tx, party: PartyId, birthday: Date) -> Stored<bool> {
    Ok(tx.exec(&SET_BIRTHDAY, args![party, birthday.to_string()]).await? > 0)
}

/// Points in an account of somebody's.
pub(crate) async fn points(tx: &mut Tx, party: PartyId, account: PointsAccount) -> Stored<Won> {
    let row: Option<(i64,)> = tx.opt(&POINTS, args![party, account.slug()]).await?;
    Ok(row.map_or(Won::ZERO, |(points,)| Won(points)))
}

/// What somebody has beside money. Guests have nothing.
pub(crate) async fn purse(tx: &mut Tx, party: PartyId, now: Time) -> Stored<Purse> {
    let Some(birthday) = birthday(tx, party).await? else { return Ok(Purse::default()) };
    let today = now.kst_date();
    let (this, last) = (today.month_name(), today.end_of_last_month().month_name());
    let months: Vec<(String, i64)> = tx.all(&MONTHS, args![party, &this, &last]).await?;
    let of = |name: &str| months.iter().find(|(month, _)| month == name).map_or(Won::ZERO, |(_, spent)| Won(*spent));
    Ok(Purse {
        member: true,
        points: points(tx, party, PointsAccount::Spendable).await?,
        coupon_ready: false,
        birthday_month: birthday.is_some_and(|birthday| birthday.month == today.month),
        this_month: of(&this),
        last_month: of(&last),
        its_month: Won::ZERO,
    })
}

/// Locks a member's month, so that two purchases that end at once count one after the other.
pub(crate) async fn lock_month(tx: &mut Tx, party: PartyId, now: Time) -> Stored<()> {
    if birthday(tx, party).await?.is_some() {
        tx.exec(&TOUCH_MONTH, args![party, now.kst_date().month_name()]).await?;
    }
    Ok(())
}

/// Puts down what a month came to before there was a log.
pub(crate) async fn begin_month(tx: &mut Tx, party: PartyId, month: &str, spent: Won, now: Time) -> Stored<()> {
    tx.exec(&BEGIN_MONTH, args![party, month, spent]).await?;
    arm(tx, party, MemberTimer::MonthEnd, next_month(now)).await
}

/// Counts what an order's events say about a member's month and his points.
pub(crate) async fn follow(tx: &mut Tx, party: PartyId, facts: &[Event], policy: &Policy, at: Time) -> Stored<()> {
    for fact in facts {
        if let Event::SpendUpdated { month, amount, .. } = fact {
            tx.exec(&ADD_SPENT, args![party, month, *amount]).await?;
            arm(tx, party, MemberTimer::MonthEnd, next_month(at)).await?;
        }
        if let Event::PointsEarned { .. } = fact {
            arm_points(tx, party, policy, at).await?;
        }
        if let Event::PointsRestored { .. } = fact {
            arm(tx, party, MemberTimer::PointsLapse, at + policy.points_restore_grace).await?;
        }
    }
    Ok(())
}

/// The first moment of the next month in Korea.
pub(crate) fn next_month(now: Time) -> Time {
    let today = now.kst_date();
    let after = Date { day: 1, ..today }.days() + 31;
    Time::start_of_kst(Date { day: 1, ..Date::from_days(after) })
}

/// Points that are given now are warned about and lapse.
async fn arm_points(tx: &mut Tx, party: PartyId, policy: &Policy, at: Time) -> Stored<()> {
    let end = points_live_until(at, policy);
    arm(tx, party, MemberTimer::PointsLapse, end + Span(1)).await?;
    arm(tx, party, MemberTimer::PointsWarning, end.before(Span::days(i64::from(policy.points_warn_days)))).await
}

/// Looks at a member then, or before if that was to be.
pub(crate) async fn arm(tx: &mut Tx, party: PartyId, timer: MemberTimer, due: Time) -> Stored<()> {
    tx.exec(&ARM, args![party, timer.slug(), due]).await.map(drop)
}

/// Takes a timer whose time has come; nothing when another node was faster.
pub(crate) async fn take(tx: &mut Tx, party: PartyId, timer: MemberTimer, now: Time) -> Stored<Option<Time>> {
    Ok(tx.opt::<(i64,)>(&TAKE_DUE, args![party, timer.slug(), now]).await?.map(|(due,)| Time(due)))
}

/// Members whose time has come, longest first.
pub(crate) async fn due(tx: &mut Tx, now: Time, most: i64) -> Stored<Vec<(PartyId, MemberTimer)>> {
    let rows: Vec<(String, String)> = tx.all(&DUE_MEMBERS, args![now, most]).await?;
    rows.into_iter()
        .map(|(party, kind)| Ok((parsed(&party)?, MemberTimer::from_slug(&kind).ok_or_else(|| Failure::Corrupt(format!("timer {kind:?}")))?)))
        .collect()
}

/// Locks a member's points: nobody spends any until the end of the transaction.
pub(crate) async fn lock_points(tx: &mut Tx, party: PartyId) -> Stored<()> {
    tx.opt::<(i64,)>(&LOCK_POINTS, args![party]).await.map(drop)
}

/// A member's points by age.
pub(crate) async fn aged(tx: &mut Tx, party: PartyId, now: Time, policy: &Policy) -> Stored<Points> {
    let spendable = points(tx, party, PointsAccount::Spendable).await?;
    let since = now.before(policy.points_expire_after).before(Span::days(2));
    let rows: Vec<(i64, i64, bool)> = tx.all(&POINTS_CAME, args![party, since]).await?;
    let of = |wanted: bool| rows.iter().filter(|(_, _, back)| *back == wanted).map(|(at, points, _)| (Time(*at), Won(*points))).collect();
    Ok(Points { spendable, given: of(false), back: of(true) })
}

/// What a member's purchases of a calendar month come to.
pub(crate) async fn spent_in(tx: &mut Tx, party: PartyId, month: Date) -> Stored<Won> {
    Ok(tx.opt::<(i64,)>(&SPENT_IN, args![party, month.month_name()]).await?.map_or(Won::ZERO, |(spent,)| Won(spent)))
}

/// Writes down what happened to a member outside of any order; answers the event.
pub(crate) async fn happened(
    tx: &mut Tx,
    mint: &mut dyn Mint,
    party: PartyId,
    name: &str,
    data: &serde_json::Value,
    cause: &events::Cause<'_>,
    at: Time,
) -> Stored<EventId> {
    let (event, member) = (EventId::mint(mint), format!("member/{party}"));
    let about = events::About { kind: "member", id: &member, sequence: events::next_sequence(tx, &member).await?, root: None };
    events::append(tx, event, name, about, cause, at, &data.to_string()).await?;
    Ok(event)
}

/// Takes points that nobody spent in time.
pub(crate) async fn lapse(tx: &mut Tx, mint: &mut dyn Mint, party: PartyId, points: Won, cause: &events::Cause<'_>, at: Time) -> Stored<()> {
    let event = happened(tx, mint, party, "points.expired", &serde_json::json!({ "points": points }), cause, at).await?;
    let mut moves = Moves::default();
    moves.post(tx, mint, event, None, points_lapsed(party, points), at).await?;
    moves.settle(tx).await
}

/// Gives points to somebody outside of any order.
pub(crate) async fn give_points(
    tx: &mut Tx,
    mint: &mut dyn Mint,
    party: PartyId,
    points: Won,
    policy: &Policy,
    cause: &events::Cause<'_>,
    at: Time,
) -> Stored<()> {
    let event = happened(tx, mint, party, "points.given", &serde_json::json!({ "points": points }), cause, at).await?;
    let mut moves = Moves::default();
    moves.post(tx, mint, event, None, points_given(party, points), at).await?;
    moves.settle(tx).await?;
    arm_points(tx, party, policy, at).await
}

#[derive(sqlx::FromRow)]
struct MoveRow {
    at: i64,
    name: String,
    number: Option<String>,
    amount: i64,
}

/// The last movements of a member's points, newest first.
pub(crate) async fn moves(tx: &mut Tx, party: PartyId, most: i64) -> Stored<Vec<PointsRow>> {
    let rows: Vec<MoveRow> = tx.all(&POINT_MOVES, args![party, most]).await?;
    Ok(rows
        .into_iter()
        .map(|row| PointsRow { at: Time(row.at), event: row.name, order: row.number.map(OrderNumber::new), points: Won(row.amount) })
        .collect())
}
