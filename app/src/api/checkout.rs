//! Placing and paying.
#![expect(clippy::too_many_arguments, reason = "a checkout has many fields, and a server function takes them one by one")]

use crate::error::Refused;
use jumun::view::{CartQuote, CheckoutView, PayView};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// What the address of the page, or a form, says of coupon and points.
#[cfg(feature = "ssr")]
fn wish(coupon: Option<&str>, points: Option<&str>) -> Result<jumun::command::Benefits, jumun::refusal::Refusal> {
    use jumun::refusal::{Problem, Refusal};
    let said = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let coupon = said(coupon).map(|id| id.parse()).transpose().map_err(|_| Refusal::invalid("coupon", Problem::Unknown))?;
    let digits = |text: String| text.chars().filter(|c| *c != ',').collect::<String>();
    let points = said(points).map(|text| digits(text).parse::<u32>()).transpose().map_err(|_| Refusal::invalid("points", Problem::OutOfRange))?;
    Ok(jumun::command::Benefits { coupon, points: jumun::money::Won(i64::from(points.unwrap_or_default())) })
}

/// What a form says of the place where goods are to be put up: nothing where it does not ask, and otherwise everything.
#[cfg(feature = "ssr")]
fn site(said: [Option<String>; 4]) -> Result<Option<jumun::order::SiteAnswers>, jumun::refusal::Refusal> {
    use jumun::{
        order::{SiteAnswer, SiteAnswers},
        refusal::{Problem, Refusal},
    };
    if said.iter().all(Option::is_none) {
        return Ok(None);
    }
    let [space, power, outdoor, building] = said;
    let answer = |field: &str, said: Option<String>| match said.as_deref() {
        None | Some("") => Err(Refusal::invalid(field, Problem::Missing)),
        Some(slug) => SiteAnswer::from_slug(slug).ok_or_else(|| Refusal::invalid(field, Problem::Unknown)),
    };
    Ok(Some(SiteAnswers {
        space: answer("site_space", space)?,
        power: answer("site_power", power)?,
        outdoor: answer("site_outdoor", outdoor)?,
        building: answer("site_building", building)?,
    }))
}

/// The basket's lines of one seller, ready to order, with what they cost at a postcode and with coupon and points.
#[server(input = GetUrl, endpoint = "checkout")]
pub async fn checkout(
    seller: jumun::ids::PartyId,
    at: Option<String>,
    coupon: Option<String>,
    points: Option<String>,
) -> Result<CheckoutView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    let (wish, unread) = match wish(coupon.as_deref(), points.as_deref()) {
        Ok(wish) => (wish, None),
        Err(refusal) => (Default::default(), Some(refusal)),
    };
    let mut view = house.checkout(&caller, seller, wish).await?;
    if let Some(jumun::refusal::Refusal::OutOfStock { variant, .. }) = &view.group.problem
        && let Some(line) = view.group.lines.iter().find(|line| line.variant == *variant)
    {
        let similar = house.product(&line.product).await?.similar;
        view.substitutes = similar.into_iter().filter(|card| card.available > 0).collect();
    }
    if unread.is_some() {
        view.benefits_problem = unread;
    }
    if let Some(Ok(postcode)) = at.map(|at| jumun::text::Postcode::parse(&at)) {
        let wish = if view.benefits_problem.is_some() { Default::default() } else { wish };
        view.checked = Some(house.quote_cart(&caller, seller, Some(&postcode), wish).await?);
    }
    Ok(view)
}

/// What the goods would cost with coupon and points, at a postcode if there is one.
#[server(input = GetUrl, endpoint = "quote-cart")]
pub async fn quote_cart(
    seller: jumun::ids::PartyId,
    postcode: Option<String>,
    coupon: Option<String>,
    points: Option<String>,
) -> Result<CartQuote, Refused> {
    let (house, caller) = crate::session::at_work()?;
    let wish = wish(coupon.as_deref(), points.as_deref())?;
    let postcode = postcode.map(|text| jumun::text::Postcode::parse(&text)).transpose()?;
    Ok(house.quote_cart(&caller, seller, postcode.as_ref(), wish).await?)
}

/// For a browser without scripts: shows the checkout again with what the typed postcode, coupon and points make of the price,
/// and with what was typed.
#[server(endpoint = "check-checkout")]
pub async fn check_checkout(
    seller: jumun::ids::PartyId,
    name: Option<String>,
    phone: Option<String>,
    postcode: Option<String>,
    address: Option<String>,
    request: Option<String>,
    coupon: Option<String>,
    points: Option<String>,
    visit_on: Option<String>,
    visit_half: Option<String>,
    site_space: Option<String>,
    site_power: Option<String>,
    site_outdoor: Option<String>,
    site_building: Option<String>,
) -> Result<(), Refused> {
    use leptos_router::location::Url;
    let fields = [
        ("name", name),
        ("phone", phone),
        ("postcode", postcode.clone()),
        ("address", address),
        ("request", request),
        ("visit_on", visit_on),
        ("visit_half", visit_half),
        ("site_space", site_space),
        ("site_power", site_power),
        ("site_outdoor", site_outdoor),
        ("site_building", site_building),
    ];
    let typed: Vec<(&str, String)> = fields.into_iter().filter_map(|(name, text)| Some((name, text?))).collect();
    crate::session::hold_typed(&typed.iter().map(|(name, text)| (*name, text.as_str())).collect::<Vec<_>>());
    crate::session::keep_typed();
    let said = [("at", postcode), ("coupon", coupon), ("points", points)];
    let said = said.into_iter().filter_map(|(name, text)| Some((name, text.filter(|text| !text.is_empty())?)));
    let query: String = said.map(|(name, text)| format!("&{name}={}", Url::escape(&text))).collect();
    crate::session::go_to(&format!("/checkout/{seller}?to=new{query}"));
    Ok(())
}

/// Places the order and goes to its pay page, or to the order where there is nothing to pay yet. The fields are as typed;
/// `missing` is what the buyer says of units that turned out to be missing, and goes before what he said beforehand.
#[server(endpoint = "place-order")]
pub async fn place_order(
    seller: jumun::ids::PartyId,
    cart_version: i64,
    seen_goods: i64,
    name: String,
    phone: String,
    postcode: String,
    address: String,
    request: Option<String>,
    keep_address: Option<String>,
    agree: Option<String>,
    on_shortage: Option<String>,
    missing: Option<String>,
    coupon: Option<String>,
    points: Option<String>,
    visit_on: Option<String>,
    visit_half: Option<String>,
    site_space: Option<String>,
    site_power: Option<String>,
    site_outdoor: Option<String>,
    site_building: Option<String>,
) -> Result<(), Refused> {
    use jumun::{
        command::{Answer, Command},
        money::Won,
        order::OnShortage,
        refusal::{Problem, Refusal},
    };
    let (house, caller) = crate::session::at_work()?;
    let driver = request.clone().unwrap_or_default();
    let before = on_shortage.clone().unwrap_or_default();
    crate::session::hold_typed(&[
        ("name", &name),
        ("phone", &phone),
        ("postcode", &postcode),
        ("address", &address),
        ("request", &driver),
        ("on_shortage", &before),
        ("visit_on", visit_on.as_deref().unwrap_or_default()),
        ("visit_half", visit_half.as_deref().unwrap_or_default()),
        ("site_space", site_space.as_deref().unwrap_or_default()),
        ("site_power", site_power.as_deref().unwrap_or_default()),
        ("site_outdoor", site_outdoor.as_deref().unwrap_or_default()),
        ("site_building", site_building.as_deref().unwrap_or_default()),
    ]);
    if agree.is_none() {
        return Err(Refusal::invalid("agree", Problem::Missing).into());
    }
    let ship_to = crate::api::account::ship_to(&name, &phone, &postcode, &address, request.as_deref())?;
    let on_shortage = match missing.or(on_shortage).as_deref() {
        None | Some("") => OnShortage::Refuse,
        Some(slug) => OnShortage::from_slug(slug).ok_or_else(|| Refusal::invalid("on_shortage", Problem::Unknown))?,
    };
    let benefits = wish(coupon.as_deref(), points.as_deref())?;
    let seen_goods = Won(seen_goods);
    let visit = match visit_on.filter(|day| !day.trim().is_empty()) {
        Some(day) => Some(super::installation::visit(&day, visit_half.as_deref().unwrap_or("morning"))?),
        None => None,
    };
    let site = site([site_space, site_power, site_outdoor, site_building])?;
    let keep_address = keep_address.is_some();
    let command = Command::PlaceOrder { seller, cart_version, ship_to, keep_address, seen_goods, on_shortage, benefits, visit, site };
    if let Answer::Order { number, .. } = house.execute(&caller, command, None).await? {
        let unpayable = matches!(on_shortage, OnShortage::Wait | OnShortage::Ask) && house.order(&caller, &number).await?.short;
        crate::session::go_to(&if unpayable { format!("/orders/{number}") } else { format!("/pay/{number}") });
    }
    Ok(())
}

/// The pay page of an order.
#[server(input = GetUrl, endpoint = "pay")]
pub async fn pay(number: String) -> Result<PayView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.pay(&caller, &jumun::ids::OrderNumber::new(number)).await?)
}

/// Requests a payment and goes to the PSP.
#[server(endpoint = "request-payment")]
pub async fn request_payment(order: jumun::ids::OrderId, number: String, method: String) -> Result<(), Refused> {
    use jumun::{
        command::Command,
        order::{OrderCommand, PaymentMethod},
        refusal::{Problem, Refusal},
    };
    let (house, caller) = crate::session::at_work()?;
    let method = PaymentMethod::from_slug(&method).ok_or_else(|| Refusal::invalid("method", Problem::Unknown))?;
    house.execute(&caller, Command::Order { order, command: OrderCommand::RequestPayment { method } }, None).await?;
    resume(house, caller, number).await
}

/// Goes back to the PSP for the attempt that is open.
#[server(endpoint = "resume-payment")]
pub async fn resume_payment(number: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    resume(house, caller, number).await
}

/// Goes to the identity check.
#[server(endpoint = "check-identity")]
pub async fn check_identity(number: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let url = house.identity_url(&caller, &jumun::ids::OrderNumber::new(number)).await?;
    crate::session::go_to_provider(&url);
    Ok(())
}

#[cfg(feature = "ssr")]
async fn resume(house: crate::backend::House, caller: crate::session::Caller, number: String) -> Result<(), Refused> {
    let number = jumun::ids::OrderNumber::new(number);
    let view = house.pay(&caller, &number).await?;
    if view.attempt.is_none() {
        crate::session::go_to(&format!("/orders/{number}"));
        return Ok(());
    }
    let url = house.pay_url(&caller, &number).await?;
    crate::session::go_to_provider(&url);
    Ok(())
}
