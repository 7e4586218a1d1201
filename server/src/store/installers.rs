//! Who puts goods up: skills, areas, prices and calendars.

use super::{Failure, Stored, Tx, args, catalogue, parsed, statements};
use jumun::{
    catalogue::Category,
    ids::{LineId, OrderId, PartyId, VariantId},
    money::Won,
    order::{Candidate, Check, CollectionState, ExtraRow, Order},
    text::{SerialNumber, Words},
    time::{Date, Time},
    view::{CalendarDay, InstallerRow},
};

statements! {
    ADD_INSTALLER = "INSERT INTO installers (party_id, phone, postcode, jobs_per_day, call_out) VALUES ($1, $2, $3, $4, $5)";
    ADD_SKILL = "INSERT INTO installer_skills (installer_id, category, fee, take_down_fee) VALUES ($1, $2, $3, $4)";
    ADD_AREA_OF = "INSERT INTO installer_areas (installer_id, prefix) VALUES ($1, $2)";
    ADD_DAY_OFF = "INSERT INTO installer_days_off (installer_id, day) VALUES ($1, $2)";
    ADD_INSTALLATION_PRICE = "INSERT INTO installation_prices (category, name_ko, name_en, price) VALUES ($1, $2, $3, $4)";
    INSTALLATION_PRICE = "SELECT name_ko, name_en, price FROM installation_prices WHERE category = $1";
    SKILLS_OF = "SELECT s.category, s.fee, s.take_down_fee, i.call_out FROM installers i JOIN installer_skills s ON s.installer_id = i.party_id WHERE i.party_id = $1";
    COMES_THERE = "SELECT COUNT(*) FROM installer_areas WHERE installer_id = $1 AND $2 LIKE prefix || '%'";
    WHO_COMES_THERE = "SELECT i.party_id, p.name_ko, i.postcode, i.jobs_per_day, i.call_out, s.category, s.fee, s.take_down_fee
        FROM installers i JOIN parties p ON p.id = i.party_id JOIN installer_skills s ON s.installer_id = i.party_id
        WHERE EXISTS (SELECT 1 FROM installer_areas a WHERE a.installer_id = i.party_id AND $1 LIKE a.prefix || '%') ORDER BY p.name_ko, i.party_id, s.category";
    CATEGORY_OF = "SELECT p.category FROM variants v JOIN products p ON p.id = v.product_id WHERE v.id = $1";
    BOOKED = "SELECT installer_id, visit_on, postcode FROM visits WHERE live AND visit_on >= $1 AND visit_on <= $2";
    DAYS_OFF = "SELECT installer_id, day FROM installer_days_off WHERE day >= $1 AND day <= $2";
    LOCK_INSTALLER = "SELECT jobs_per_day FROM installers WHERE party_id = $1",
        pg "SELECT jobs_per_day FROM installers WHERE party_id = $1 FOR UPDATE";
    JOBS_ON = "SELECT COUNT(*) FROM visits WHERE installer_id = $1 AND live AND visit_on = $2 AND order_id <> $3";
    IS_OFF = "SELECT COUNT(*) FROM installer_days_off WHERE installer_id = $1 AND day = $2";
    SET_VISIT = "INSERT INTO visits (order_id, installer_id, live, postcode, visit_on, half) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (order_id) DO UPDATE SET live = excluded.live, visit_on = excluded.visit_on, half = excluded.half";
    ADD_SIGNATURE = "INSERT INTO signatures (order_id, signed_by, signed_at) VALUES ($1, $2, $3)";
    HANG = "INSERT INTO installed_serials (order_id, variant_id, serial, live) VALUES ($1, $2, $3, TRUE) ON CONFLICT DO NOTHING";
    TAKE_ALL_DOWN = "UPDATE installed_serials SET live = FALSE WHERE order_id = $1";
    TAKE_DOWN = "UPDATE installed_serials SET live = FALSE WHERE serial = $2 AND order_id IN (SELECT id FROM orders WHERE parent_id = $1)";
    PUT_UP = "SELECT s.serial FROM installed_serials s JOIN orders o ON o.id = s.order_id
        WHERE o.parent_id = $1 AND s.variant_id = $2 AND s.live ORDER BY s.serial";
    SIGNATURE_OF = "SELECT signed_by FROM signatures WHERE order_id = $1";
    PHONE_OF = "SELECT p.name_ko, i.phone FROM installers i JOIN parties p ON p.id = i.party_id WHERE i.party_id = $1";
    WORKING_FOR = "SELECT DISTINCT v.installer_id, p.name_ko FROM orders j JOIN visits v ON v.order_id = j.id JOIN parties p ON p.id = v.installer_id
        WHERE j.buyer_id = $1 AND j.kind = 'Installation' AND v.live ORDER BY p.name_ko, v.installer_id";
    JOBS_OF = "SELECT o.state FROM visits v JOIN orders o ON o.id = v.order_id WHERE v.installer_id = $1 AND v.live ORDER BY o.placed_at, o.id LIMIT 200";
    JOBS_DONE = "SELECT state FROM orders WHERE seller_id = $1 AND kind IN ('Installation', 'Collection') AND completed_at IS NOT NULL ORDER BY completed_at DESC, id LIMIT $2";
}

/// Days that a calendar shows, today among them.
const CALENDAR: i64 = 14;

/// What somebody puts up and takes down, and for how much a unit.
pub(crate) struct Skill {
    /// Which goods.
    pub category: Category,
    /// For putting one up.
    pub put_up: Won,
    /// For taking one down.
    pub take_down: Won,
}

/// What an installer is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// To put goods up.
    PutUp,
    /// To take them down.
    TakeDown,
}

/// Somebody new who puts goods up.
pub(crate) struct NewInstaller<'a> {
    /// His party.
    pub party: PartyId,
    /// His phone.
    pub phone: &'a str,
    /// Where he sets out from.
    pub postcode: &'a str,
    /// Jobs that he takes on for a day.
    pub jobs_per_day: u32,
    /// What he gets for having come in vain.
    pub call_out: Won,
    /// What he knows.
    pub skills: &'a [Skill],
    /// The first digits of the postcodes where he works.
    pub areas: &'a [String],
}

/// Adds an installer.
pub(crate) async fn add(tx: &mut Tx, new: &NewInstaller<'_>) -> Stored<()> {
    tx.exec(&ADD_INSTALLER, args![new.party, new.phone, new.postcode, new.jobs_per_day, new.call_out]).await?;
    for skill in new.skills {
        tx.exec(&ADD_SKILL, args![new.party, skill.category.slug(), skill.put_up, skill.take_down]).await?;
    }
    for prefix in new.areas {
        tx.exec(&ADD_AREA_OF, args![new.party, prefix]).await?;
    }
    Ok(())
}

/// A day on which he does not work.
pub(crate) async fn add_day_off(tx: &mut Tx, installer: PartyId, day: Date) -> Stored<()> {
    tx.exec(&ADD_DAY_OFF, args![installer, day.to_string()]).await.map(drop)
}

/// What buyers pay for a unit of a category.
pub(crate) async fn add_price(tx: &mut Tx, category: Category, name: &Words, price: Won) -> Stored<()> {
    tx.exec(&ADD_INSTALLATION_PRICE, args![category.slug(), &name.ko, name.en.clone(), price]).await.map(drop)
}

/// What putting up one unit of a category costs its buyer; nothing where it cannot be bought.
pub(crate) async fn price(tx: &mut Tx, category: Category) -> Stored<Option<(Words, Won)>> {
    let row: Option<(String, Option<String>, i64)> = tx.opt(&INSTALLATION_PRICE, args![category.slug()]).await?;
    Ok(row.filter(|_| category.needs_installer()).map(|(ko, en, price)| (Words { ko, en }, Won(price))))
}

/// An installer, if he knows all of these goods, at what he asks for this work.
pub(crate) async fn candidate(
    tx: &mut Tx,
    installer: PartyId,
    goods: &[(LineId, VariantId)],
    postcode: &str,
    work: Work,
) -> Stored<Option<Candidate>> {
    let skills: Vec<(String, i64, i64, i64)> = tx.all(&SKILLS_OF, args![installer]).await?;
    let Some(call_out) = skills.first().map(|(.., call_out)| Won(*call_out)) else { return Ok(None) };
    let mut fees = Vec::new();
    for (line, variant) in goods {
        let (category,): (String,) = tx.one(&CATEGORY_OF, args![variant]).await?;
        match skills.iter().find(|(known, ..)| *known == category) {
            Some((_, put_up, take_down, _)) => fees.push((*line, Won(if work == Work::PutUp { *put_up } else { *take_down }))),
            None => return Ok(None),
        }
    }
    let (areas,): (i64,) = tx.one(&COMES_THERE, args![installer, postcode]).await?;
    Ok(Some(Candidate { installer, fees, call_out, comes_there: areas > 0 }))
}

#[derive(sqlx::FromRow)]
struct SkilledRow {
    party_id: String,
    name_ko: String,
    postcode: String,
    jobs_per_day: i64,
    call_out: i64,
    category: String,
    fee: i64,
    take_down_fee: i64,
}

/// Whether one person puts up goods of all these categories at a postcode.
pub(crate) async fn anybody(tx: &mut Tx, categories: &[Category], postcode: &str) -> Stored<bool> {
    let rows: Vec<SkilledRow> = tx.all(&WHO_COMES_THERE, args![postcode]).await?;
    let people = rows.chunk_by(|a, b| a.party_id == b.party_id);
    Ok(people.into_iter().any(|skills| categories.iter().all(|category| skills.iter().any(|skill| skill.category == category.slug()))))
}

/// Whether one person puts up all of these goods at a postcode.
pub(crate) async fn somebody_for(tx: &mut Tx, goods: &[&VariantId], postcode: &str) -> Stored<bool> {
    let mut categories = Vec::new();
    for variant in goods {
        let (category,): (String,) = tx.one(&CATEGORY_OF, args![*variant]).await?;
        categories.push(catalogue::category(&category)?);
    }
    if categories.is_empty() { Ok(true) } else { anybody(tx, &categories, postcode).await }
}

/// What has to be looked at before these goods are up.
pub(crate) async fn checks(tx: &mut Tx, goods: &[&VariantId]) -> Stored<Vec<Check>> {
    let mut checks = Vec::new();
    for variant in goods {
        let (category,): (String,) = tx.one(&CATEGORY_OF, args![*variant]).await?;
        checks.extend(Check::of(catalogue::category(&category)?));
    }
    checks.sort_unstable();
    checks.dedup();
    Ok(checks)
}

/// What may be charged on site for these goods, as it is published.
pub(crate) async fn price_list(tx: &mut Tx, goods: &[&VariantId]) -> Stored<Vec<ExtraRow>> {
    let mut seen: Vec<String> = Vec::new();
    let mut rows = Vec::new();
    for variant in goods {
        let (category,): (String,) = tx.one(&CATEGORY_OF, args![*variant]).await?;
        if !seen.contains(&category) {
            rows.extend(catalogue::extras(tx, catalogue::category(&category)?).await?);
            seen.push(category);
        }
    }
    Ok(rows)
}

/// Who could put up these goods where they go, or take them down there: fee, calendar, and the days on which he is near by already. Who has a free day
/// soonest comes first.
pub(crate) async fn candidates(tx: &mut Tx, goods: &[(VariantId, u32)], postcode: &str, today: Date, work: Work) -> Stored<Vec<InstallerRow>> {
    let (from, until) = (today, Date::from_days(today.days() + CALENDAR - 1));
    let mut wanted = Vec::new();
    for (variant, units) in goods {
        let (category,): (String,) = tx.one(&CATEGORY_OF, args![variant]).await?;
        wanted.push((category, i64::from(*units)));
    }
    let skilled: Vec<SkilledRow> = tx.all(&WHO_COMES_THERE, args![postcode]).await?;
    let booked: Vec<(String, String, String)> = tx.all(&BOOKED, args![from.to_string(), until.to_string()]).await?;
    let off: Vec<(String, String)> = tx.all(&DAYS_OFF, args![from.to_string(), until.to_string()]).await?;
    let mut rows = Vec::new();
    for skills in skilled.chunk_by(|a, b| a.party_id == b.party_id) {
        let Some(first) = skills.first() else { continue };
        let price = |skill: &SkilledRow| if work == Work::PutUp { skill.fee } else { skill.take_down_fee };
        let fee = |category: &str| skills.iter().find(|skill| skill.category == category).map(price);
        let Some(fees) = wanted.iter().map(|(category, units)| Some(fee(category)? * units)).collect::<Option<Vec<i64>>>() else { continue };
        let day = |on: Date| {
            let name = on.to_string();
            let there: Vec<&str> =
                booked.iter().filter(|(who, day, _)| *who == first.party_id && *day == name).map(|(.., place)| place.as_str()).collect();
            CalendarDay {
                on,
                jobs: there.len() as u32,
                off: off.iter().any(|(who, day)| *who == first.party_id && *day == name),
                near: there.iter().any(|place| place.get(..3) == postcode.get(..3)),
            }
        };
        let days: Vec<CalendarDay> = (from.days()..=until.days()).map(|days| day(Date::from_days(days))).collect();
        let per_day = u32::try_from(first.jobs_per_day).unwrap_or(1);
        rows.push(InstallerRow {
            installer: parsed(&first.party_id)?,
            name: first.name_ko.clone(),
            lives_near: first.postcode.get(..2) == postcode.get(..2),
            fee: Won(fees.iter().sum()),
            call_out: Won(first.call_out),
            per_day,
            first_free: days.iter().skip(1).find(|day| !day.off && day.jobs < per_day).map(|day| day.on),
            days,
        });
    }
    rows.sort_by_key(|row| (row.first_free.is_none(), row.first_free.map(Date::days), row.fee, row.name.clone()));
    Ok(rows)
}

/// Whether an installer takes nothing more on that day. His row stays locked until the end of the transaction: two jobs at once
/// do not both take the last place.
pub(crate) async fn is_full(tx: &mut Tx, installer: PartyId, on: Date, beside: OrderId) -> Stored<bool> {
    let (most,): (i64,) = tx.one(&LOCK_INSTALLER, args![installer]).await?;
    let (jobs,): (i64,) = tx.one(&JOBS_ON, args![installer, on.to_string(), beside]).await?;
    let (off,): (i64,) = tx.one(&IS_OFF, args![installer, on.to_string()]).await?;
    Ok(jobs >= most || off > 0)
}

/// Keeps the calendar with the order.
pub(crate) async fn follow(tx: &mut Tx, order: &Order) -> Stored<()> {
    let fetched = order.pickup.as_ref().filter(|pickup| pickup.collects.by_installer);
    let (visit, live, comes) = match (&order.job, fetched) {
        (Some(job), _) => (job.visit, job.state.is_live(), true),
        // What he brings back takes nothing of another day.
        (None, Some(pickup)) => (pickup.visit, pickup.state.is_live(), pickup.state != CollectionState::PickedUp),
        (None, None) => return Ok(()),
    };
    let visit = visit.filter(|_| comes);
    let (day, half) = (visit.map(|visit| visit.on.to_string()), visit.map(|visit| visit.half.slug()));
    tx.exec(&SET_VISIT, args![order.id, order.seller, live, &order.postcode, day, half]).await.map(drop)
}

/// The units of an installation hang somewhere from now on. Answers whether all of them can: a unit that hangs somewhere else
/// already cannot be there as well.
pub(crate) async fn hang(tx: &mut Tx, order: &Order, serials: &[SerialNumber]) -> Stored<bool> {
    let units = order.lines.iter().flat_map(|line| std::iter::repeat_n(&line.variant, order.live_units(line) as usize));
    for (variant, serial) in units.zip(serials) {
        if tx.exec(&HANG, args![order.id, variant, serial.as_str()]).await? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Everything that an installation put up came down, and may hang again.
pub(crate) async fn take_all_down(tx: &mut Tx, installation: OrderId) -> Stored<()> {
    tx.exec(&TAKE_ALL_DOWN, args![installation]).await.map(drop)
}

/// These units that were put up for an order came down, and may hang again.
pub(crate) async fn take_down(tx: &mut Tx, above: OrderId, serials: &[SerialNumber]) -> Stored<()> {
    for serial in serials {
        tx.exec(&TAKE_DOWN, args![above, serial.as_str()]).await?;
    }
    Ok(())
}

/// The numbers of the units of an option that were put up for an order and hang there still.
pub(crate) async fn put_up(tx: &mut Tx, above: OrderId, variant: &VariantId) -> Stored<Vec<SerialNumber>> {
    let rows: Vec<(String,)> = tx.all(&PUT_UP, args![above, variant]).await?;
    let serial = |(text,): (String,)| SerialNumber::parse(&text).map_err(|_| Failure::Corrupt(format!("{text:?} is no serial number")));
    rows.into_iter().map(serial).collect()
}

/// Who signed for what was put up: a name, so it stands beside the events.
pub(crate) async fn add_signature(tx: &mut Tx, order: OrderId, signed_by: &str, at: Time) -> Stored<()> {
    tx.exec(&ADD_SIGNATURE, args![order, signed_by, at]).await.map(drop)
}

/// Who signed.
pub(crate) async fn signature(tx: &mut Tx, order: OrderId) -> Stored<Option<String>> {
    Ok(tx.opt::<(String,)>(&SIGNATURE_OF, args![order]).await?.map(|(name,)| name))
}

/// An installer's name and phone.
pub(crate) async fn reached(tx: &mut Tx, installer: PartyId) -> Stored<(String, String)> {
    tx.one(&PHONE_OF, args![installer]).await
}

/// Installers who have a job of a store now.
pub(crate) async fn working_for(tx: &mut Tx, store: PartyId) -> Stored<Vec<(PartyId, String)>> {
    let rows: Vec<(String, String)> = tx.all(&WORKING_FOR, args![store]).await?;
    rows.into_iter().map(|(id, name)| Ok((parsed(&id)?, name))).collect()
}

/// An installer's orders: those that he has something to do for, and the last that are over.
pub(crate) async fn jobs(tx: &mut Tx, installer: PartyId, over: i64) -> Stored<Vec<Order>> {
    let mut rows: Vec<(String,)> = tx.all(&JOBS_OF, args![installer]).await?;
    rows.extend(tx.all::<(String,)>(&JOBS_DONE, args![installer, over]).await?);
    rows.iter().map(|(state,)| super::from_json(state)).collect()
}
