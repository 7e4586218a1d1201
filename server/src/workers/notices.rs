//! Notices on their way out: words from the catalogue, one send for each cause, template and channel.

use super::{BATCH, is_idle, lease_end};
use crate::{
    clock::real_time,
    house::House,
    providers::notifier::Notice,
    store::{self, Failure, work::ClaimedNotice},
};
use app::i18n::Tr;
use jumun::{
    membership::Tier,
    money::Won,
    notice::{Channel, Template},
    text::Locale,
    time::Span,
};
use std::sync::Arc;

/// Tries before a notice is given up.
const TRIES: i64 = 8;

/// Sends notices that are due. Answers whether there may be more.
pub(super) async fn send(house: Arc<House>) -> Result<bool, Failure> {
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

async fn send_one(house: &House, notice: ClaimedNotice) -> Result<(), Failure> {
    let (order, to, member) = {
        let mut tx = house.db.begin_read().await?;
        let order = match notice.order {
            Some(id) => Some(store::orders::load(&mut tx, id).await?.ok_or_else(|| Failure::Corrupt("a notice without its order".into()))?),
            None => None,
        };
        let contact = match &order {
            Some(order) => store::orders::contact(&mut tx, order.contact).await?,
            None => None,
        };
        let member = match store::accounts::of_party(&mut tx, notice.party).await? {
            Some(account) => Some(account.email),
            // Who asked to join with a store and was turned down has no account.
            None => store::stores::applicant_address(&mut tx, notice.party).await?,
        };
        (order, contact, member)
    };
    let address = match notice.channel {
        Channel::Sms => to.map(|to| to.phone.to_string()),
        // Guests have no mail address and no app: they are told by message.
        Channel::Push | Channel::Email => member,
    };
    let tr = Tr(Locale::Ko);
    let order = order.as_ref();
    let goods = order.and_then(|order| order.fulfilments.iter().rev().find(|goods| goods.tracking.is_some()));
    let deposit = order.and_then(|order| order.attempts.iter().rev().find_map(|attempt| attempt.deposit.as_ref()));
    let amount = order.map(|order| tr.won(order.amounts.payable())).unwrap_or_default();
    let url = house.url(&order.map_or_else(|| "/me".to_owned(), |order| format!("/orders/{}", order.number)));
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
        ("number", order.map(|order| order.number.as_str()).unwrap_or_default()),
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
