//! Coupons, points and tiers on both databases: who gets one, who wins a race, and what comes back.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

#[path = "support/mod.rs"]
mod support;

use app::session::Caller;
use jumun::{
    command::{Benefits, Command, NewCoupon},
    ids::OrderId,
    membership::Tier,
    money::Won,
    order::{Event, OnShortage, OrderCommand, PaymentMethod, PaymentOutcome},
    promotion::{CouponState, CouponTerms, Off},
    quantity::Quantity,
    refusal::{Problem, Refusal},
    text::{CouponCode, Words},
    time::Span,
};
use server::testing;
use support::{Bench, Item, benches};

fn coupon(code: &str, amount: i64, minimum: i64, per_customer: u32, total: u32, until: jumun::time::Time) -> Command {
    let coupon = NewCoupon {
        code: CouponCode::parse(code).unwrap(),
        name: Words { ko: "시험".into(), en: None },
        terms: CouponTerms { off: Off::Amount { amount: Won(amount) }, minimum: Won(minimum), category: None, seller_percent: 100 },
        from: None,
        until,
        listed: true,
        per_customer,
        total,
    };
    Command::GiveCoupon { coupon: Box::new(coupon) }
}

impl Bench {
    /// A member's first coupon, which can be used.
    async fn first_coupon(&self, member: &Caller) -> jumun::ids::CouponIssueId {
        self.house.wallet(member).await.unwrap().coupons[0].issue
    }

    async fn points(&self, member: &Caller) -> (i64, i64) {
        let wallet = self.house.wallet(member).await.unwrap();
        (wallet.points.0, wallet.held.0)
    }

    async fn fill_cart(&self, member: &Caller, item: &Item, units: u32) {
        self.execute(member, Command::AddToCart { variant: item.variant.clone(), quantity: Quantity::new(units).unwrap(), installed: false })
            .await
            .unwrap();
    }

    async fn place_paying(&self, member: &Caller, item: &Item, benefits: Benefits) -> Result<OrderId, Refusal> {
        let version = self.house.cart(member).await?.version;
        self.place_with(member, item, version, OnShortage::Refuse, benefits).await
    }

    /// Orders and pays with money alone.
    async fn buy_and_pay(&self, buyer: &Caller, item: &Item, units: u32) -> OrderId {
        self.fill_cart(buyer, item, units).await;
        let order = self.place_paying(buyer, item, Benefits::default()).await.unwrap();
        self.pay(buyer, order).await;
        order
    }

    /// To the end, as the buyer confirms it.
    async fn complete(&self, member: &Caller, order: OrderId) {
        for goods in self.order(order).await.fulfilments {
            self.system(order, OrderCommand::AutoRelease { fulfilment: goods.id }).await.unwrap();
        }
        self.deliver(order).await;
        self.command(member, order, OrderCommand::ConfirmPurchase).await.unwrap();
    }

    async fn assert_sound(&self) {
        let found = self.findings().await;
        assert!(found.is_empty(), "{}: {found:?}", self.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn coupon_and_points_follow_an_order_to_its_end_and_back() {
    for bench in benches().await {
        let item = bench.scarce_item(20).await;
        let (admin, member) = (bench.admin().await, bench.member().await);
        let until = bench.house.now() + Span::days(30);
        bench.execute(&admin, coupon("FIVE-OFF", 5_000, 50_000, 1, 10, until)).await.unwrap();
        bench.take_coupon(&member, "five-off").await.unwrap();
        bench.give_points(&member, 8_000).await;
        let issue = bench.first_coupon(&member).await;
        let benefits = Benefits { coupon: Some(issue), points: Won(3_000) };

        // 35,000 are below the coupon's minimum; two are not.
        bench.fill_cart(&member, &item, 1).await;
        let low = bench.place_paying(&member, &item, benefits).await;
        assert_eq!(low, Err(Refusal::CouponCondition { minimum: Won(50_000), amount: Won(35_000) }), "{}", bench.name);
        bench.fill_cart(&member, &item, 1).await;
        let order = bench.place_paying(&member, &item, benefits).await.unwrap();
        assert_eq!(bench.order(order).await.amounts.payable(), Won(70_000 - 5_000 - 3_000));
        assert_eq!(bench.points(&member).await, (5_000, 3_000));
        bench.assert_sound().await;

        // Declined: both are the buyer's again, and the next attempt takes them.
        bench.command(&member, order, OrderCommand::RequestPayment { method: PaymentMethod::Card }).await.unwrap();
        let attempt = bench.order(order).await.open_attempt().unwrap().id;
        let outcome = PaymentOutcome::Declined { cause: jumun::order::DeclineCause::Balance, psp_code: "X".into() };
        bench.system(order, OrderCommand::RecordPayment { attempt, outcome }).await.unwrap();
        assert_eq!(bench.points(&member).await, (8_000, 0));
        assert_eq!(bench.house.wallet(&member).await.unwrap().coupons[0].state, CouponState::Ready);
        bench.pay(&member, order).await;
        assert_eq!(bench.points(&member).await, (5_000, 0));
        assert_eq!(bench.house.wallet(&member).await.unwrap().coupons[0].state, CouponState::Used);
        bench.assert_sound().await;

        // One unit out: the coupon's minimum is not reached any more, so it is given up, and its half of the points comes back.
        let line = bench.order(order).await.lines[0].id;
        let one = jumun::order::LineUnits { line, quantity: Quantity::ONE };
        bench.command(&member, order, OrderCommand::CancelLines { units: vec![one] }).await.unwrap();
        let left = bench.order(order).await;
        assert_eq!((left.amounts.coupon, left.amounts.points, left.amounts.payable()), (Won::ZERO, Won(1_500), Won(33_500)));
        assert_eq!(bench.points(&member).await, (6_500, 0));
        bench.command(&member, order, OrderCommand::Cancel).await.unwrap();
        assert_eq!(bench.points(&member).await, (8_000, 0));
        assert_eq!(bench.house.wallet(&member).await.unwrap().coupons[0].state, CouponState::Ready);
        assert_eq!(bench.order(order).await.refunded(), Won(62_000));
        bench.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_answers_of_a_coupon_that_cannot_be_used() {
    for bench in benches().await {
        let item = bench.scarce_item(9).await;
        let (admin, member, other) = (bench.admin().await, bench.member().await, bench.member().await);
        let until = bench.house.now() + Span::days(1);
        bench.execute(&admin, coupon("A-DAY", 1_000, 0, 1, 5, until)).await.unwrap();
        bench.take_coupon(&member, "A-DAY").await.unwrap();
        assert_eq!(bench.take_coupon(&member, "A-DAY").await, Err(Refusal::CouponGone));
        assert_eq!(bench.take_coupon(&member, "NO-SUCH").await, Err(Refusal::invalid("code", Problem::Unknown)));
        let issue = bench.first_coupon(&member).await;
        let benefits = Benefits { coupon: Some(issue), points: Won::ZERO };

        bench.fill_cart(&other, &item, 1).await;
        let stolen = bench.place_paying(&other, &item, benefits).await;
        assert_eq!(stolen, Err(Refusal::invalid("coupon", Problem::Unknown)), "{}: somebody else's", bench.name);

        bench.fill_cart(&member, &item, 1).await;
        bench.place_paying(&member, &item, benefits).await.unwrap();
        bench.fill_cart(&member, &item, 1).await;
        assert_eq!(bench.place_paying(&member, &item, benefits).await, Err(Refusal::CouponUsed), "{}: another order holds it", bench.name);

        bench.take_coupon(&other, "A-DAY").await.unwrap();
        let late = Benefits { coupon: Some(bench.first_coupon(&other).await), points: Won::ZERO };
        bench.advance(Span::days(2)).await;
        assert_eq!(bench.place_paying(&other, &item, late).await, Err(Refusal::CouponExpired));
        assert_eq!(bench.take_coupon(&other, "A-DAY").await, Err(Refusal::CouponExpired));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_coupon_comes_back_with_a_week_of_grace() {
    for bench in benches().await {
        let item = bench.scarce_item(9).await;
        let (admin, member) = (bench.admin().await, bench.member().await);
        let until = bench.house.now() + Span::hours(2);
        bench.execute(&admin, coupon("TWO-HOURS", 1_000, 0, 1, 5, until)).await.unwrap();
        bench.take_coupon(&member, "TWO-HOURS").await.unwrap();
        let benefits = Benefits { coupon: Some(bench.first_coupon(&member).await), points: Won::ZERO };
        bench.fill_cart(&member, &item, 1).await;
        let order = bench.place_paying(&member, &item, benefits).await.unwrap();
        bench.pay(&member, order).await;
        bench.advance(Span::hours(3)).await;
        bench.command(&member, order, OrderCommand::Cancel).await.unwrap();
        let coupon = bench.house.wallet(&member).await.unwrap().coupons[0].clone();
        assert_eq!(coupon.state, CouponState::Ready);
        let left = coupon.valid_until.since(bench.house.now());
        assert!(left > Span::days(6) && left <= Span::days(7), "{}: {left:?}", bench.name);
        bench.fill_cart(&member, &item, 1).await;
        bench.place_paying(&member, &item, benefits).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_want_the_last_coupons() {
    for bench in benches().await {
        let admin = bench.admin().await;
        let until = bench.house.now() + Span::days(1);
        bench.execute(&admin, coupon("LAST-FIVE", 1_000, 0, 1, 5, until)).await.unwrap();
        let mut members = Vec::new();
        for _ in 0..16 {
            members.push(bench.member().await);
        }
        // Each asks four times at once.
        let asked = members.iter().cycle().take(64).map(|member| bench.take_coupon(member, "LAST-FIVE"));
        let answers = futures::future::join_all(asked).await;
        let won = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(won, 5, "{}", bench.name);
        assert!(answers.iter().all(|answer| answer.is_ok() || *answer == Err(Refusal::CouponGone)), "{}: {answers:?}", bench.name);
        bench.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_coupon_and_ten_thousand_points_against_many_checkouts() {
    for bench in benches().await {
        let admin = bench.admin().await;
        let until = bench.house.now() + Span::days(1);
        let item = bench.scarce_item(64).await;
        let member = bench.member().await;
        bench.execute(&admin, coupon("ONLY-ONE", 1_000, 0, 1, 5, until)).await.unwrap();
        bench.take_coupon(&member, "ONLY-ONE").await.unwrap();
        bench.give_points(&member, 10_000).await;
        let issue = bench.first_coupon(&member).await;
        // Orders that a failed payment gave coupon and points back to: all may take them again, one can.
        let mut orders = Vec::new();
        for _ in 0..3 {
            bench.fill_cart(&member, &item, 1).await;
            let benefits = Benefits { coupon: Some(issue), points: Won(8_000) };
            let order = bench.place_paying(&member, &item, benefits).await.unwrap();
            bench.command(&member, order, OrderCommand::RequestPayment { method: PaymentMethod::Card }).await.unwrap();
            let attempt = bench.order(order).await.open_attempt().unwrap().id;
            let outcome = PaymentOutcome::Declined { cause: jumun::order::DeclineCause::Limit, psp_code: "X".into() };
            bench.system(order, OrderCommand::RecordPayment { attempt, outcome }).await.unwrap();
            orders.push(order);
        }
        let again =
            orders.iter().cycle().take(63).map(|order| bench.command(&member, *order, OrderCommand::RequestPayment { method: PaymentMethod::Card }));
        let answers = futures::future::join_all(again).await;
        let won = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(won, 1, "{}: {answers:?}", bench.name);
        for answer in answers.iter().filter_map(|answer| answer.as_ref().err()) {
            assert!(
                matches!(answer, Refusal::CouponUsed | Refusal::NotEnoughPoints { .. } | Refusal::WrongState { .. } | Refusal::Busy),
                "{}: {answer:?}",
                bench.name
            );
        }
        assert_eq!(bench.points(&member).await, (2_000, 8_000), "{}", bench.name);
        bench.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn points_alone_pay_for_goods_and_nobody_spends_what_he_has_not() {
    for bench in benches().await {
        let item = bench.scarce_item(9).await;
        let (member, guest) = (bench.member().await, bench.guest().await);
        bench.give_points(&member, 40_000).await;
        bench.fill_cart(&member, &item, 1).await;
        let wish = |points| Benefits { coupon: None, points: Won(points) };
        for (points, refused) in [(40_001, Refusal::NotEnoughPoints { balance: Won(40_000) }), (-1, Refusal::invalid("points", Problem::OutOfRange))]
        {
            assert_eq!(bench.place_paying(&member, &item, wish(points)).await, Err(refused), "{}", bench.name);
        }
        bench.fill_cart(&guest, &item, 1).await;
        assert!(bench.place_paying(&guest, &item, wish(1)).await.is_err());
        // The sample ships free: 35,000 points pay for it whole, and no payment provider is asked.
        let order = bench.place_paying(&member, &item, wish(40_000)).await.unwrap();
        assert_eq!(bench.order(order).await.amounts.payable(), Won::ZERO);
        bench.command(&member, order, OrderCommand::RequestPayment { method: PaymentMethod::Card }).await.unwrap();
        let paid = bench.order(order).await;
        assert!(paid.confirmed_at.is_some() && paid.attempts.is_empty());
        assert_eq!(bench.points(&member).await, (5_000, 0));
        // Nothing was paid in money: nothing is earned.
        bench.complete(&member, order).await;
        assert_eq!(bench.points(&member).await, (5_000, 0));
        bench.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn purchases_raise_the_tier_which_takes_five_percent_off_and_falls_after_a_month_of_grace() {
    for bench in benches().await {
        let item = bench.scarce_item(60).await;
        let (member, guest) = (bench.member().await, bench.guest().await);
        bench.execute(&member, Command::SetBirthday { birthday: bench.house.now().kst_date() }).await.unwrap();
        let twice = bench.execute(&member, Command::SetBirthday { birthday: bench.house.now().kst_date() }).await;
        assert_eq!(twice, Err(Refusal::invalid("birthday", Problem::Taken)));
        // 6 × 35,000 = 210,000: GOLD, and 1 % twice in the month of the birthday.
        let order = bench.buy_and_pay(&member, &item, 6).await;
        bench.complete(&member, order).await;
        let wallet = bench.house.wallet(&member).await.unwrap();
        assert_eq!((wallet.tier, wallet.spent, wallet.points), (Tier::Gold, Won(210_000), Won(4_200)), "{}", bench.name);
        // 9 × 35,000 more: VIP from 500,000.
        let order = bench.buy_and_pay(&member, &item, 9).await;
        assert_eq!(bench.order(order).await.amounts.tier, Won::ZERO, "GOLD has no discount");
        bench.complete(&member, order).await;
        let told = bench.log(order).await;
        assert!(told.iter().any(|(event, _)| *event == Event::TierChanged { from: Tier::Gold, to: Tier::Vip }), "{}", bench.name);
        assert_eq!(bench.house.wallet(&member).await.unwrap().tier, Tier::Vip);
        let order = bench.buy_and_pay(&member, &item, 2).await;
        assert_eq!(bench.order(order).await.amounts.tier, Won(3_500));
        // Next month it still holds, the month after it does not.
        bench.advance(Span::days(31)).await;
        assert_eq!(bench.house.wallet(&member).await.unwrap().tier, Tier::Vip);
        bench.advance(Span::days(31)).await;
        assert_eq!(bench.house.wallet(&member).await.unwrap().tier, Tier::Basic);

        let order = bench.buy_and_pay(&guest, &item, 2).await;
        bench.complete(&guest, order).await;
        assert_eq!(bench.order(order).await.points_earned, Won::ZERO, "guests earn nothing");
        testing::member_days(&bench.house).await;
        bench.assert_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn stores_give_coupons_for_their_own_goods_alone() {
    for bench in benches().await {
        let item = bench.scarce_item(9).await;
        let (staff, other, member) = (bench.staff(&item).await, bench.other_staff(&item).await, bench.member().await);
        let until = bench.house.now() + Span::days(1);
        bench.execute(&other, coupon("ELSEWHERE", 1_000, 0, 1, 5, until)).await.unwrap();
        assert_eq!(bench.execute(&staff, coupon("ELSEWHERE", 1_000, 0, 1, 5, until)).await, Err(Refusal::invalid("code", Problem::Taken)));
        bench.take_coupon(&member, "ELSEWHERE").await.unwrap();
        bench.fill_cart(&member, &item, 1).await;
        let benefits = Benefits { coupon: Some(bench.first_coupon(&member).await), points: Won::ZERO };
        assert_eq!(bench.place_paying(&member, &item, benefits).await, Err(Refusal::invalid("coupon", Problem::Unknown)), "{}", bench.name);
        let theirs = bench.house.coupons(&other, false).await.unwrap().rows.into_iter().find(|row| row.code == "ELSEWHERE").unwrap();
        assert_eq!(bench.execute(&staff, Command::StopCoupon { coupon: theirs.id }).await, Err(Refusal::NotFound));
        bench.execute(&other, Command::StopCoupon { coupon: theirs.id }).await.unwrap();
        assert_eq!(bench.take_coupon(&bench.member().await, "ELSEWHERE").await, Err(Refusal::CouponGone));
        assert!(bench.house.coupons(&member, false).await.is_err() && bench.house.wallet(&staff).await.is_err());
        for wrong in [coupon("BADONE", 0, 0, 1, 5, until), coupon("BADTWO", 1_000, 0, 0, 5, until), coupon("BADTHREE", 1_000, -1, 1, 5, until)] {
            assert!(matches!(bench.execute(&staff, wrong).await, Err(Refusal::Invalid { .. })));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn points_are_warned_about_and_lapse_oldest_first() {
    for bench in benches().await {
        let item = bench.scarce_item(9).await;
        let member = bench.member().await;
        bench.give_points(&member, 5_000).await;
        bench.advance(Span::days(100)).await;
        bench.give_points(&member, 3_000).await;
        // 4,000 of the first are spent; a thousand is left of them.
        bench.fill_cart(&member, &item, 1).await;
        let order = bench.place_paying(&member, &item, Benefits { coupon: None, points: Won(4_000) }).await.unwrap();
        bench.pay(&member, order).await;
        let told = async |template: &str| testing::told(&bench.house, member.actor.party().unwrap(), template).await;
        bench.advance(Span::days(230)).await;
        testing::member_days(&bench.house).await;
        assert_eq!((told("TPL-ORD-034").await, bench.house.wallet(&member).await.unwrap().lapsing), (vec![], None), "{}: a month before", bench.name);
        bench.advance(Span::days(10)).await;
        testing::member_days(&bench.house).await;
        testing::member_days(&bench.house).await;
        assert_eq!(told("TPL-ORD-034").await, ["1000", "1000"], "{}: by push and by mail, once", bench.name);
        let (lapsing, day) = bench.house.wallet(&member).await.unwrap().lapsing.unwrap();
        assert_eq!((lapsing.0, day.days() - bench.house.now().kst_date().days()), (1_000, 25), "{}", bench.name);
        // The last day counts whole; the moment after it is too late.
        bench.advance(Span::days(25)).await;
        testing::member_days(&bench.house).await;
        assert_eq!(bench.points(&member).await.0, 4_000, "{}", bench.name);
        bench.advance(Span::days(1)).await;
        testing::member_days(&bench.house).await;
        testing::member_days(&bench.house).await;
        let wallet = bench.house.wallet(&member).await.unwrap();
        assert_eq!((wallet.points.0, wallet.moves[0].event.as_str(), wallet.moves[0].points.0), (3_000, "points.expired", -1_000), "{}", bench.name);
        // What an order gives back when it is old can be spent for a week.
        bench.command(&member, order, OrderCommand::Cancel).await.unwrap();
        testing::member_days(&bench.house).await;
        assert_eq!(bench.points(&member).await.0, 7_000, "{}", bench.name);
        bench.advance(Span::days(9)).await;
        testing::member_days(&bench.house).await;
        assert_eq!(bench.points(&member).await.0, 3_000, "{}", bench.name);
        bench.advance(Span::days(200)).await;
        testing::member_days(&bench.house).await;
        assert_eq!(bench.points(&member).await.0, 0, "{}", bench.name);
        // What the cancel started waits for a provider that is not here.
        let found: Vec<String> = bench.findings().await.into_iter().filter(|what| !what.contains("saga")).collect();
        assert!(found.is_empty(), "{}: {found:?}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tier_that_falls_at_a_months_end_is_told_once() {
    for bench in benches().await {
        let item = bench.scarce_item(30).await;
        let member = bench.member().await;
        // 210,000 in one month make a GOLD.
        let order = bench.buy_and_pay(&member, &item, 6).await;
        bench.complete(&member, order).await;
        let tier = async || bench.house.wallet(&member).await.unwrap().tier;
        assert_eq!(tier().await, Tier::Gold, "{}", bench.name);
        assert_eq!(bench.order(order).await.front, jumun::order::Front::Completed);
        let told = async || testing::told(&bench.house, member.actor.party().unwrap(), "TPL-ORD-035").await;
        // To the end of the month after, whatever the day is today.
        let mut last = tier().await;
        for _ in 0..70 {
            bench.advance(Span::days(1)).await;
            testing::member_days(&bench.house).await;
            let now = tier().await;
            if now != last {
                assert_eq!((last, now, bench.house.now().kst_date().day), (Tier::Gold, Tier::Basic, 1), "{}", bench.name);
                assert_eq!(told().await, ["basic", "basic"], "{}: by push and by mail", bench.name);
            }
            last = now;
        }
        assert_eq!((last, told().await.len()), (Tier::Basic, 2), "{}", bench.name);
    }
}
