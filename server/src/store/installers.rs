//! Who puts goods up: skills, areas, prices and calendars.

use super::{Failure, Stored, Tx, args, catalogue, from_json, orders::Cursor, parsed, statements};
use jumun::{
    catalogue::Category,
    ids::{LineId, OrderId, OrderNumber, PartyId, VariantId},
    installer::{Earned, Profile, Skill},
    money::Won,
    order::{Candidate, Check, CollectionState, ExtraRow, Order},
    text::{AreaPrefix, Phone, Postcode, SerialNumber, Words},
    time::{Date, Time},
    view::{CalendarDay, EarnedRow, InstallerRow},
};

statements! {
    ADD_INSTALLER = "INSERT INTO installers (party_id, phone, postcode, jobs_per_day, call_out) VALUES ($1, $2, $3, $4, $5)";
    ADD_SKILL = "INSERT INTO installer_skills (installer_id, category, fee, take_down_fee) VALUES ($1, $2, $3, $4)";
    ADD_AREA_OF = "INSERT INTO installer_areas (installer_id, prefix) VALUES ($1, $2)";
    ADD_DAY_OFF = "INSERT INTO installer_days_off (installer_id, day) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    REMOVE_DAY_OFF = "DELETE FROM installer_days_off WHERE installer_id = $1 AND day = $2";
    DAYS_OFF_OF = "SELECT day FROM installer_days_off WHERE installer_id = $1 AND day >= $2 ORDER BY day";
    INSTALLER = "SELECT phone, postcode, jobs_per_day, call_out FROM installers WHERE party_id = $1";
    SET_INSTALLER = "UPDATE installers SET phone = $2, postcode = $3, jobs_per_day = $4, call_out = $5 WHERE party_id = $1";
    KNOWN_BY = "SELECT category, fee, take_down_fee FROM installer_skills WHERE installer_id = $1 ORDER BY category";
    FORGET_SKILL = "DELETE FROM installer_skills WHERE installer_id = $1 AND category = $2";
    AREAS_OF = "SELECT prefix FROM installer_areas WHERE installer_id = $1 ORDER BY prefix";
    FORGET_AREAS = "DELETE FROM installer_areas WHERE installer_id = $1";
    VISITS_OF = "SELECT visit_on, COUNT(*) FROM visits WHERE installer_id = $1 AND live AND visit_on >= $2 AND visit_on <= $3 GROUP BY visit_on";
    EARNED = "SELECT o.number, e.name, s.name_ko, s.name_en, j.at, CAST(-SUM(p.amount) AS BIGINT)
        FROM postings p JOIN journals j ON j.id = p.journal_id JOIN events e ON e.id = j.event_id JOIN orders o ON o.id = p.order_id
        JOIN parties s ON s.id = o.buyer_id
        WHERE p.owner = $1 AND p.unit = 'won' AND p.account = 'installation' AND j.at >= $2 AND j.at < $3
        GROUP BY j.id, o.number, e.name, s.name_ko, s.name_en, j.at ORDER BY j.at DESC, o.number";
    EARNED_BEFORE = "SELECT MAX(j.at) FROM postings p JOIN journals j ON j.id = p.journal_id
        WHERE p.owner = $1 AND p.unit = 'won' AND p.account = 'installation' AND j.at < $2";
    EARNED_AFTER = "SELECT MIN(j.at) FROM postings p JOIN journals j ON j.id = p.journal_id
        WHERE p.owner = $1 AND p.unit = 'won' AND p.account = 'installation' AND j.at >= $2";
    ADD_INSTALLATION_PRICE = "INSERT INTO installation_prices (category, name_ko, name_en, price, call_out) VALUES ($1, $2, $3, $4, $5)";
    INSTALLATION_PRICE = "SELECT name_ko, name_en, price FROM installation_prices WHERE category = $1";
    CALL_OUT = "SELECT call_out FROM installation_prices WHERE category = $1";
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
    ORDERED_BY = "SELECT j.state, o.number, p.name_ko, p.name_en FROM orders j JOIN orders o ON o.id = j.parent_id JOIN visits v ON v.order_id = j.id
            JOIN parties p ON p.id = v.installer_id
        WHERE j.buyer_id = $1 AND j.kind = 'Installation' AND v.live <> $2 AND (j.placed_at, j.id) < ($3, $4)
        ORDER BY j.placed_at DESC, j.id DESC LIMIT $5";
    JOBS_OF = "SELECT o.state FROM visits v JOIN orders o ON o.id = v.order_id WHERE v.installer_id = $1 AND v.live ORDER BY o.placed_at, o.id LIMIT 200";
    JOBS_DONE = "SELECT state FROM orders WHERE seller_id = $1 AND kind IN ('Installation', 'Collection') AND completed_at IS NOT NULL ORDER BY completed_at DESC, id LIMIT $2";
}

/// Days that a calendar shows, today among them.
const CALENDAR: i64 = 14;

/// What an installer is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// To put goods up.
    PutUp,
    /// To take them down.
    TakeDown,
}

/// Adds an installer.
pub(crate) async fn add(tx: &mut Tx, party: PartyId, profile: &Profile) -> Stored<()> {
    let Profile { phone, postcode, jobs_per_day, call_out, .. } = profile;
    tx.exec(&ADD_INSTALLER, args![party, phone.as_str(), postcode.as_str(), *jobs_per_day, *call_out]).await?;
    add_work(tx, party, profile).await
}

/// What he knows, and where he works.
async fn add_work(tx: &mut Tx, party: PartyId, profile: &Profile) -> Stored<()> {
    for skill in &profile.skills {
        tx.exec(&ADD_SKILL, args![party, skill.category.slug(), skill.put_up, skill.take_down]).await?;
    }
    for area in &profile.areas {
        tx.exec(&ADD_AREA_OF, args![party, area.as_str()]).await?;
    }
    Ok(())
}

/// Puts what an installer says now in the place of what he said before. His row is locked by whoever changes it.
pub(crate) async fn set(tx: &mut Tx, party: PartyId, profile: &Profile) -> Stored<()> {
    let Profile { phone, postcode, jobs_per_day, call_out, .. } = profile;
    tx.exec(&SET_INSTALLER, args![party, phone.as_str(), postcode.as_str(), *jobs_per_day, *call_out]).await?;
    for category in Skill::categories() {
        tx.exec(&FORGET_SKILL, args![party, category.slug()]).await?;
    }
    tx.exec(&FORGET_AREAS, args![party]).await?;
    add_work(tx, party, profile).await
}

/// How an installer works.
pub(crate) async fn profile(tx: &mut Tx, party: PartyId) -> Stored<Option<Profile>> {
    let row: Option<(String, String, i64, i64)> = tx.opt(&INSTALLER, args![party]).await?;
    let Some((phone, postcode, jobs_per_day, call_out)) = row else { return Ok(None) };
    let skills: Vec<(String, i64, i64)> = tx.all(&KNOWN_BY, args![party]).await?;
    let areas: Vec<(String,)> = tx.all(&AREAS_OF, args![party]).await?;
    let skill = |(category, put_up, take_down): &(String, i64, i64)| {
        Ok(Skill { category: catalogue::category(category)?, put_up: Won(*put_up), take_down: Won(*take_down) })
    };
    Ok(Some(Profile {
        phone: Phone::parse(&phone)?,
        postcode: Postcode::parse(&postcode)?,
        jobs_per_day: u32::try_from(jobs_per_day).unwrap_or(1),
        call_out: Won(call_out),
        skills: skills.iter().map(skill).collect::<Stored<_>>()?,
        areas: areas.iter().map(|(prefix,)| Ok(AreaPrefix::parse(prefix)?)).collect::<Stored<_>>()?,
    }))
}

/// Holds an installer's row until the end of the transaction, so that nobody books the day that he takes off. Answers whether there
/// is one.
pub(crate) async fn lock(tx: &mut Tx, installer: PartyId) -> Stored<bool> {
    Ok(tx.opt::<(i64,)>(&LOCK_INSTALLER, args![installer]).await?.is_some())
}

/// A day on which he does not work.
pub(crate) async fn add_day_off(tx: &mut Tx, installer: PartyId, day: Date) -> Stored<()> {
    tx.exec(&ADD_DAY_OFF, args![installer, day.to_string()]).await.map(drop)
}

/// He works on it after all. Answers whether he had taken it off.
pub(crate) async fn remove_day_off(tx: &mut Tx, installer: PartyId, day: Date) -> Stored<bool> {
    Ok(tx.exec(&REMOVE_DAY_OFF, args![installer, day.to_string()]).await? > 0)
}

/// Days on which he does not work, from a day on.
pub(crate) async fn days_off(tx: &mut Tx, installer: PartyId, from: Date) -> Stored<Vec<Date>> {
    let rows: Vec<(String,)> = tx.all(&DAYS_OFF_OF, args![installer, from.to_string()]).await?;
    rows.iter().map(|(day,)| super::parsed(day)).collect()
}

/// Visits of an installer that are booked between two days, by day.
pub(crate) async fn visits(tx: &mut Tx, installer: PartyId, from: Date, until: Date) -> Stored<Vec<(Date, u32)>> {
    let rows: Vec<(String, i64)> = tx.all(&VISITS_OF, args![installer, from.to_string(), until.to_string()]).await?;
    rows.iter().map(|(day, count)| Ok((super::parsed(day)?, u32::try_from(*count).unwrap_or(u32::MAX)))).collect()
}

/// An installer's own two weeks.
pub(crate) async fn calendar(tx: &mut Tx, installer: PartyId, today: Date, off: &[Date]) -> Stored<Vec<CalendarDay>> {
    let until = Date::from_days(today.days() + CALENDAR - 1);
    let booked = visits(tx, installer, today, until).await?;
    let jobs = |on: Date| booked.iter().find(|(day, _)| *day == on).map_or(0, |(_, jobs)| *jobs);
    let day = |on: Date| CalendarDay { on, jobs: jobs(on), off: off.contains(&on), near: false };
    Ok((today.days()..=until.days()).map(|days| day(Date::from_days(days))).collect())
}

/// What an installer earned from a moment until another one, the newest first: what the ledger says, whatever the orders say.
pub(crate) async fn earned(tx: &mut Tx, installer: PartyId, from: Time, until: Time) -> Stored<Vec<EarnedRow>> {
    let rows: Vec<(String, String, String, Option<String>, i64, i64)> = tx.all(&EARNED, args![installer, from, until]).await?;
    let row = |(number, event, ko, en, at, amount): (String, String, String, Option<String>, i64, i64)| EarnedRow {
        number: OrderNumber::new(number),
        what: Earned::of_event(&event),
        store: Words { ko, en },
        at: Time(at),
        amount: Won(amount),
    };
    Ok(rows.into_iter().map(row).collect())
}

/// The last day before a moment on which he earned something, and the first one from a moment on.
pub(crate) async fn earned_around(tx: &mut Tx, installer: PartyId, before: Time, from: Time) -> Stored<(Option<Date>, Option<Date>)> {
    let (last,): (Option<i64>,) = tx.one(&EARNED_BEFORE, args![installer, before]).await?;
    let (first,): (Option<i64>,) = tx.one(&EARNED_AFTER, args![installer, from]).await?;
    let day = |at: i64| Time(at).kst_date();
    Ok((last.map(day), first.map(day)))
}

/// What buyers pay for a unit of a category.
pub(crate) async fn add_price(tx: &mut Tx, category: Category, name: &Words, price: Won, call_out: Won) -> Stored<()> {
    tx.exec(&ADD_INSTALLATION_PRICE, args![category.slug(), &name.ko, name.en.clone(), price, call_out]).await.map(drop)
}

/// What putting up one unit of a category costs its buyer; nothing where it cannot be bought.
pub(crate) async fn price(tx: &mut Tx, category: Category) -> Stored<Option<(Words, Won)>> {
    let row: Option<(String, Option<String>, i64)> = tx.opt(&INSTALLATION_PRICE, args![category.slug()]).await?;
    Ok(row.filter(|_| category.needs_installer()).map(|(ko, en, price)| (Words { ko, en }, Won(price))))
}

/// What the buyer of goods of these categories pays for a visit in vain that is his doing or the place's: the dearest of them, because
/// one visit is for all.
pub(crate) async fn call_out(tx: &mut Tx, categories: &[Category]) -> Stored<Won> {
    let mut dearest = Won::ZERO;
    for category in categories.iter().filter(|category| category.needs_installer()) {
        let row: Option<(i64,)> = tx.opt(&CALL_OUT, args![category.slug()]).await?;
        dearest = row.map_or(dearest, |(call_out,)| dearest.at_least(Won(call_out)));
    }
    Ok(dearest)
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

/// Installations that a store ordered, with the order above and the installer's name; those that are over, or the others.
pub(crate) async fn ordered_by(tx: &mut Tx, store: PartyId, over: bool, cursor: Cursor, most: usize) -> Stored<Vec<(Order, OrderNumber, Words)>> {
    let rows: Vec<(String, String, String, Option<String>)> = tx.all(&ORDERED_BY, args![store, over, cursor.0, cursor.1, most as i64]).await?;
    rows.into_iter().map(|(state, above, ko, en)| Ok((from_json(&state)?, OrderNumber::new(above), Words { ko, en }))).collect()
}
