//! Notices on their way out: words from the catalogue, one send for each cause, template and channel.

use super::{BATCH, is_idle, lease_end};
use crate::{
    clock::real_time,
    house::House,
    providers::notifier::Notice,
    store::{self, Failure, Tx, work::ClaimedNotice},
};
use app::i18n::Tr;
use jumun::{
    membership::Tier,
    money::Won,
    notice::{Channel, Reader, Template},
    order::Order,
    text::Locale,
    time::Span,
};
use std::sync::Arc;

/// Tries before a notice is given up.
const TRIES: i64 = 8;

/// Sends notices that are due. Answers whether there may be more.
pub(crate) async fn send(house: Arc<House>) -> Result<bool, Failure> {
    let now = house.now();
    if is_idle(&house).await? {
        return Ok(false);
    }
    let claimed = {
        let mut tx = house.db.begin_write().await?;
        let claimed = store::work::claim_notices(&mut tx, now, real_time(), lease_end(&house), BATCH).await?;
        tx.commit().await?;
        claimed
    };
    let full = claimed.len() == BATCH as usize;
    for notice in claimed {
        send_one(&house, notice).await?;
    }
    Ok(full)
}

/// Where a notice goes and what it leads to.
struct Way {
    /// Who bought it gave a number with the order; who works gave one with his store or himself.
    phone: Option<String>,
    /// What somebody signs in with: the app's address, and the mail's.
    account: Option<String>,
    /// The order that is spoken of, by the number its reader knows.
    number: String,
    /// The page on which he goes on.
    page: String,
}

async fn way(tx: &mut Tx, notice: &ClaimedNotice, order: Option<&Order>) -> Result<Way, Failure> {
    let reader = notice.template.reader();
    let phone = match (reader, order) {
        (Reader::Customer, Some(order)) => store::orders::contact(tx, order.contact).await?.map(|to| to.phone.to_string()),
        (Reader::Customer, None) => None,
        (Reader::Seller | Reader::Client | Reader::Returner, _) => store::stores::phone(tx, notice.party).await?,
        (Reader::Installer, _) => Some(store::installers::reached(tx, notice.party).await?.1),
    };
    let account = match store::accounts::of_party(tx, notice.party).await? {
        Some(account) => Some(account.email),
        // Who asked to join with a store and was turned down has no account.
        None => store::stores::applicant_address(tx, notice.party).await?,
    };
    let Some(order) = order else {
        let page = match reader {
            Reader::Customer => "/me",
            Reader::Seller | Reader::Client | Reader::Returner => "/desk/partners",
            Reader::Installer => "/jobs",
        };
        return Ok(Way { phone, account, number: String::new(), page: page.to_owned() });
    };
    // What was ordered for an order goes on there; what was ordered for the shelf goes on where it is.
    let above = match (reader, order.parent) {
        (Reader::Client, Some(above)) => store::orders::load(tx, above).await?,
        (Reader::Customer | Reader::Seller | Reader::Client | Reader::Returner | Reader::Installer, _) => None,
    };
    let number = above.as_ref().unwrap_or(order).number.to_string();
    let page = match reader {
        Reader::Customer => format!("/orders/{number}"),
        Reader::Seller | Reader::Client | Reader::Returner => format!("/desk/orders/{number}"),
        Reader::Installer => format!("/jobs/{number}"),
    };
    Ok(Way { phone, account, number, page })
}

async fn send_one(house: &House, notice: ClaimedNotice) -> Result<(), Failure> {
    let (order, way) = {
        let mut tx = house.db.begin_read().await?;
        let order = match notice.order {
            Some(id) => Some(store::orders::load(&mut tx, id).await?.ok_or_else(|| Failure::Corrupt("a notice without its order".into()))?),
            None => None,
        };
        let way = way(&mut tx, &notice, order.as_ref()).await?;
        (order, way)
    };
    let address = match notice.channel {
        Channel::Sms => way.phone,
        // Guests have no mail address and no app: they are told by message.
        Channel::Push | Channel::Email => way.account,
    };
    let tr = Tr(Locale::Ko);
    let order = order.as_ref();
    let goods = order.and_then(|order| order.fulfilments.iter().rev().find(|goods| goods.tracking.is_some()));
    let deposit = order.and_then(|order| order.attempts.iter().rev().find_map(|attempt| attempt.deposit.as_ref()));
    let amount = order.map(|order| tr.won(order.amounts.payable())).unwrap_or_default();
    let url = house.url(&way.page);
    let detail = notice.detail.as_deref().unwrap_or_default();
    let points = detail.parse().map(|points| tr.points(Won(points))).unwrap_or_default();
    let tier = Tier::from_slug(detail).map(|tier| tr.t(&format!("tier.{}", tier.slug()))).unwrap_or_default();
    let due = deposit.map(|deposit| deposit.due.kst_minute()).unwrap_or_default();
    let visit = order.and_then(|order| {
        if notice.template == Template::PickupScheduled {
            return order.claims.iter().rev().find_map(|claim| claim.visit);
        }
        order.fulfilments.iter().rev().find_map(|goods| goods.assignment()?.visit)
    });
    let visit = visit.map(|visit| tr.visit(visit)).unwrap_or_default();
    let extra = order.and_then(|order| order.extras.last()).map(|extra| tr.won(extra.amount())).unwrap_or_default();
    let account = deposit.map(|deposit| format!("{} {}", deposit.bank, deposit.account)).unwrap_or_default();
    let values = [
        ("number", way.number.as_str()),
        ("title", order.and_then(|order| order.lines.first()).map_or("", |line| line.title.get(Locale::Ko))),
        ("points", &points),
        ("tier", &tier),
        ("reason", detail),
        ("amount", &amount),
        ("tracking", goods.and_then(|goods| goods.tracking.as_deref()).unwrap_or_default()),
        ("carrier", goods.and_then(|goods| goods.carrier.as_deref()).unwrap_or_default()),
        ("visit", &visit),
        ("account", &account),
        ("due", &due),
        ("extra", &extra),
        ("url", &url),
    ];
    let key = |part: &str| format!("notice.{}.{part}", notice.template.slug());
    let now = house.now();
    let (state, due, problem) = match (address, house.providers()) {
        (None, _) => ("suppressed", now, None),
        (Some(_), Err(_)) => ("queued", now + Span::seconds(5), Some("no provider".to_owned())),
        (Some(to), Ok(providers)) => {
            let message = Notice {
                id: notice.id.clone(),
                channel: notice.channel.slug().into(),
                template: notice.template.code().into(),
                to,
                subject: Some(tr.with(&key("title"), &values)),
                body: tr.with(&key("body"), &values),
            };
            match providers.notifier.send(&message).await {
                Ok(_) => ("sent", now, None),
                Err(error) if error.may_retry() && notice.attempts < TRIES => {
                    ("queued", now + Span::seconds(2 << notice.attempts.min(8)), Some(error.to_string()))
                }
                Err(error) => ("failed", now, Some(error.to_string())),
            }
        }
    };
    metrics::counter!("notices_total", "template" => notice.template.code(), "state" => state).increment(1);
    let mut tx = house.db.begin_write().await?;
    store::work::settle_notice(&mut tx, &notice.id, state, due, problem.as_deref()).await?;
    tx.commit().await
}
