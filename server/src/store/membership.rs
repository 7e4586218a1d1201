//! Members: their points, which the ledger keeps, and what their months come to.

use super::{Stored, Tx, args, events, ledger::Moves, statements};
use jumun::{
    ids::{EventId, Mint, OrderNumber, PartyId},
    ledger::{PointsAccount, points_given},
    membership::Purse,
    money::Won,
    order::Event,
    time::{Date, Time},
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
pub(crate) async fn begin_month(tx: &mut Tx, party: PartyId, month: &str, spent: Won) -> Stored<()> {
    tx.exec(&BEGIN_MONTH, args![party, month, spent]).await.map(drop)
}

/// Counts what an order's events say about a member's month.
pub(crate) async fn follow(tx: &mut Tx, party: PartyId, facts: &[Event]) -> Stored<()> {
    for fact in facts {
        if let Event::SpendUpdated { month, amount, .. } = fact {
            tx.exec(&ADD_SPENT, args![party, month, *amount]).await?;
        }
    }
    Ok(())
}

/// Gives points to somebody outside of any order.
pub(crate) async fn give_points(tx: &mut Tx, mint: &mut dyn Mint, party: PartyId, points: Won, cause: &events::Cause<'_>, at: Time) -> Stored<()> {
    let (event, member) = (EventId::mint(mint), format!("member/{party}"));
    let about = events::About { kind: "member", id: &member, sequence: events::next_sequence(tx, &member).await?, root: None };
    events::append(tx, event, "points.given", about, cause, at, &serde_json::json!({ "points": points }).to_string()).await?;
    let mut moves = Moves::default();
    moves.post(tx, mint, event, None, points_given(party, points), at).await?;
    moves.settle(tx).await
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
