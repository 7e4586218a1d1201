//! Coupons, points, tier.

use crate::error::Refused;
use jumun::view::{CouponsView, WalletView};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// The caller's coupons, points and tier.
#[server(input = GetUrl, endpoint = "wallet")]
pub async fn wallet() -> Result<WalletView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.wallet(&caller).await?)
}

/// Gets a coupon by its code.
#[server(endpoint = "take-coupon")]
pub async fn take_coupon(code: String) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    let code = jumun::text::CouponCode::parse(&code)?;
    house.execute(&caller, jumun::command::Command::TakeCoupon { code }, None).await?;
    Ok(())
}

/// Says when the caller's birthday is.
#[server(endpoint = "set-birthday")]
pub async fn set_birthday(birthday: String) -> Result<(), Refused> {
    use jumun::{command::Command, refusal::Refusal};
    let (house, caller) = crate::session::at_work()?;
    let birthday = birthday.parse().map_err(|problem| Refusal::invalid("birthday", problem))?;
    house.execute(&caller, Command::SetBirthday { birthday }, None).await?;
    Ok(())
}

/// The coupons that the chain gives out, or the caller's store.
#[server(input = GetUrl, endpoint = "coupons")]
pub async fn coupons(chain: bool) -> Result<CouponsView, Refused> {
    let (house, caller) = crate::session::at_work()?;
    Ok(house.coupons(&caller, chain).await?)
}

/// Gives out a coupon. `value` is in won or percent, as `kind` says; the last day counts whole.
#[server(endpoint = "give-coupon")]
pub async fn give_coupon(
    code: String,
    name: String,
    name_en: Option<String>,
    kind: String,
    value: u32,
    most: Option<String>,
    minimum: Option<String>,
    category: Option<String>,
    until: String,
    per_customer: u32,
    total: u32,
    listed: Option<String>,
    seller_percent: Option<String>,
    key: Option<String>,
) -> Result<(), Refused> {
    use jumun::{
        catalogue::Category,
        command::{Command, NewCoupon},
        money::Won,
        promotion::{CouponTerms, Off},
        refusal::{Problem, Refusal},
        text::{CouponCode, Words},
        time::{Date, Time},
    };
    let (house, caller) = crate::session::at_work()?;
    let given = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let number = |field: &'static str, text: Option<String>| -> Result<Option<u32>, Refusal> {
        given(text).map(|text| text.parse()).transpose().map_err(|_| Refusal::invalid(field, Problem::OutOfRange))
    };
    let most = number("most", most)?;
    let minimum = number("minimum", minimum)?.unwrap_or_default();
    let off = match kind.as_str() {
        "amount" => Off::Amount { amount: Won(i64::from(value)) },
        "percent" => Off::Percent { percent: value, most: Won(i64::from(most.ok_or_else(|| Refusal::invalid("most", Problem::Missing))?)) },
        _ => return Err(Refusal::invalid("kind", Problem::Unknown).into()),
    };
    let category =
        given(category).map(|slug| Category::from_slug(&slug).ok_or_else(|| Refusal::invalid("category", Problem::Unknown))).transpose()?;
    let last: Date = until.parse().map_err(|problem| Refusal::invalid("until", problem))?;
    let seller_percent = number("seller_percent", seller_percent)?.unwrap_or_default();
    let coupon = NewCoupon {
        code: CouponCode::parse(&code)?,
        name: Words { ko: name.trim().to_owned(), en: given(name_en) },
        terms: CouponTerms { off, minimum: Won(i64::from(minimum)), category, seller_percent },
        from: None,
        until: Time::start_of_kst(last).end_of_kst_day_after(0),
        listed: listed.is_some(),
        per_customer,
        total,
    };
    house.execute(&caller, Command::GiveCoupon { coupon: Box::new(coupon) }, key).await?;
    Ok(())
}

/// Gives out no more of a coupon.
#[server(endpoint = "stop-coupon")]
pub async fn stop_coupon(coupon: jumun::ids::CouponId) -> Result<(), Refused> {
    let (house, caller) = crate::session::at_work()?;
    house.execute(&caller, jumun::command::Command::StopCoupon { coupon }, None).await?;
    Ok(())
}
