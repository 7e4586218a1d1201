//! One buyer's visit: what he wants, what he does, and how his order has to end.

use super::{
    World,
    browser::{Browser, Page, Stop, Went, failed},
    dice::Dice,
    form::Form,
};
use jumun::{
    order::{Board, Status},
    refusal::Refusal,
    view::{CartView, OrderView, PayView},
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// How long a buyer waits for a payment to be settled: longer than the lease of a server that died meanwhile. Who is still
/// waiting then is late, and how his order ends is looked at like every other's.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a buyer has in mind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Intent {
    /// Pays and comes back.
    Pays,
    /// Pays and closes the window: only the provider tells the shop.
    PaysAndLeaves,
    /// Is declined, then pays.
    DeclinedFirst,
    /// Asks for an account and pays into it.
    Deposits,
    /// Asks for an account and forgets it.
    NeverDeposits,
    /// Places the order and goes away.
    NeverPays,
    /// Goes away at the provider's page.
    LeavesAtProvider,
    /// Cancels before paying.
    CancelsUnpaid,
    /// Cancels after paying.
    CancelsPaid,
}

/// How many of a hundred buyers have which intent.
const SHARES: &[(Intent, usize)] = &[
    (Intent::Pays, 58),
    (Intent::PaysAndLeaves, 6),
    (Intent::DeclinedFirst, 10),
    (Intent::Deposits, 8),
    (Intent::NeverDeposits, 3),
    (Intent::NeverPays, 4),
    (Intent::LeavesAtProvider, 3),
    (Intent::CancelsUnpaid, 3),
    (Intent::CancelsPaid, 5),
];

/// Places all over the country, islands and the mountains among them. At the last of them nobody puts anything up.
const PLACES: &[(&str, &str)] = &[
    ("04524", "서울특별시 중구 세종대로 110, 101동 1203호"),
    ("06236", "서울특별시 강남구 테헤란로 152, 7층"),
    ("48058", "부산광역시 해운대구 센텀중앙로 79, 1502호"),
    ("34126", "대전광역시 유성구 대학로 99, 3동 402호"),
    ("61452", "광주광역시 동구 서남로 1, 205호"),
    ("63122", "제주특별자치도 제주시 문연로 6, 가동 301호"),
    ("24341", "강원특별자치도 춘천시 중앙로 1, 1층"),
];

const NAMES: &[&str] = &["김하늘", "이도윤", "박서연", "최민준", "정지우", "강예린", "조현우", "윤채원"];

/// What the provider's page is told when a payment is to fail.
const DECLINES: &[&str] = &["balance", "limit", "card_state", "card_data", "system", "cancel"];

/// How an order has to end once every deadline has passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// Paid, delivered, confirmed; nothing refunded.
    Completed,
    /// Cancelled, every won back.
    Cancelled,
    /// Either of the two: the visit ended before it was decided.
    Either,
}

/// An order that the shop acknowledged.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Its number.
    pub(super) number: String,
    /// The buyer's cookies.
    pub(super) cookies: BTreeMap<String, String>,
    /// What the buyer had in mind.
    pub(super) intent: Intent,
    /// How it has to end.
    pub(super) end: End,
}

/// What came of a visit.
pub(super) struct Visit {
    /// The order, once acknowledged.
    pub(super) known: Option<Known>,
    /// The buyer saw it paid.
    pub(super) paid: bool,
    /// How long the placement call took.
    pub(super) placement: Option<Duration>,
    /// He lost patience before it was settled.
    pub(super) late: bool,
    /// From the first page to the paid order, for who pays at once.
    pub(super) checkout: Option<Duration>,
    /// Why it ended early.
    pub(super) stop: Option<Stop>,
}

/// A buyer comes, does what he has in mind, and goes.
pub(super) async fn visit(world: &World, nth: u32) -> Visit {
    let mut dice = Dice::new(world.options.seed, nth);
    let mut left = dice.below(SHARES.iter().map(|(_, share)| share).sum());
    let mut intent = Intent::Pays;
    for (one, share) in SHARES {
        if left < *share {
            intent = *one;
            break;
        }
        left -= share;
    }
    let visit = Visit { known: None, paid: false, late: false, placement: None, checkout: None, stop: None };
    let mut buyer = Buyer { world, browser: Browser::new(world, BTreeMap::new()), dice, intent, installs: false, visit };
    if let Err(stop) = buyer.go().await {
        buyer.visit.stop = Some(match (stop, &buyer.visit.known) {
            (Stop::Failed(what), Some(known)) => Stop::Failed(format!("{} ({intent:?}): {what}", known.number)),
            (Stop::Failed(what), None) => Stop::Failed(format!("buyer {nth} ({intent:?}): {what}")),
            (refused @ Stop::Refused(_), _) => refused,
        });
    }
    buyer.visit
}

struct Buyer<'a> {
    world: &'a World,
    browser: Browser<'a>,
    dice: Dice,
    intent: Intent,
    /// Something in the basket is to be put up.
    installs: bool,
    visit: Visit,
}

impl Buyer<'_> {
    async fn go(&mut self) -> Went<()> {
        let began = Instant::now();
        let checkout = self.fill_basket().await?;
        let number = self.place(&checkout).await?;
        match self.intent {
            Intent::NeverPays => return self.ends(End::Cancelled),
            Intent::CancelsUnpaid => return self.cancel(&number).await,
            Intent::Pays
            | Intent::PaysAndLeaves
            | Intent::DeclinedFirst
            | Intent::Deposits
            | Intent::NeverDeposits
            | Intent::LeavesAtProvider
            | Intent::CancelsPaid => {}
        }
        let by_account = matches!(self.intent, Intent::Deposits | Intent::NeverDeposits);
        let method = if by_account { "virtual_account" } else { self.dice.one_of(&["card", "card", "easy_pay", "transfer"]).unwrap_or("card") };
        let mut psp = self.reach_provider(&number, method).await?;
        if self.intent == Intent::LeavesAtProvider {
            return self.ends(End::Cancelled);
        }
        if self.intent == Intent::DeclinedFirst {
            let choice = self.dice.one_of(DECLINES).unwrap_or("balance");
            let back = self.press(&psp, choice).await?;
            self.browser.open(back.as_str()).await?;
            psp = self.reach_provider(&number, method).await?;
        }
        let back = self.press(&psp, "approve").await?;
        if self.intent == Intent::PaysAndLeaves {
            return self.ends(End::Completed);
        }
        let page = self.browser.open(back.as_str()).await?;
        match self.intent {
            Intent::NeverDeposits => return self.ends(End::Cancelled),
            Intent::Deposits => {
                if !self.deposit(&number).await? {
                    self.visit.late = true;
                    return self.ends(End::Cancelled);
                }
            }
            Intent::Pays | Intent::DeclinedFirst | Intent::CancelsPaid => {}
            Intent::PaysAndLeaves | Intent::NeverPays | Intent::LeavesAtProvider | Intent::CancelsUnpaid => {}
        }
        if page.url.path() != format!("/orders/{number}") && !self.wait_until_paid(&number).await? {
            self.visit.late = true;
            return self.ends(End::Completed);
        }
        self.visit.paid = true;
        if self.intent == Intent::CancelsPaid {
            return self.cancel(&number).await;
        }
        if matches!(self.intent, Intent::Pays | Intent::DeclinedFirst) {
            self.visit.checkout = Some(began.elapsed());
        }
        self.ends(End::Completed)
    }

    /// The order has to end so. Cookies may have changed since it was acknowledged.
    fn ends(&mut self, end: End) -> Went<()> {
        if let Some(known) = &mut self.visit.known {
            known.end = end;
            known.cookies = self.browser.cookies();
        }
        Ok(())
    }

    /// Looks at a product or two of one store, puts them into the basket and goes to the checkout.
    async fn fill_basket(&mut self) -> Went<Page> {
        let units = if self.dice.percent(85) { 1 } else { 2 };
        let Some(first) = self.world.shelves().pick(&mut self.dice, units, None) else { return failed("there is nothing to buy") };
        let mut cart = self.add(&first.product, &first.variant, units).await?;
        if self.dice.percent(30)
            && let Some(second) = self.world.shelves().pick(&mut self.dice, 1, Some(&first.seller))
        {
            cart = self.add(&second.product, &second.variant, 1).await?;
        }
        match cart.link("/checkout/") {
            Some(link) => self.browser.open(&link).await,
            None => {
                let basket: CartView = self.browser.read("/api/cart", &[]).await?;
                match basket.groups.into_iter().find_map(|group| group.problem) {
                    Some(refusal) => Err(Stop::Refused(Box::new(refusal))),
                    None => failed("the basket leads nowhere"),
                }
            }
        }
    }

    async fn add(&mut self, product: &str, variant: &str, units: u32) -> Went<Page> {
        let page = self.browser.open(&format!("/products/{product}")).await?;
        let Some(mut form) = page.form("/api/add-to-cart") else { return failed(format!("{product} cannot be bought")) };
        form.fill("variant", variant);
        form.fill("quantity", &units.to_string());
        // What is put up needs a desk and an installer, and those of the demo have only so many days.
        let offered = form.fields.iter().any(|(name, answer)| name == "installed" && answer == "yes");
        if self.world.options.chain && offered && self.dice.percent(self.world.put_up()) {
            self.installs = true;
        } else {
            form.fill("installed", "no");
        }
        let next = self.browser.submit(&page, &form).await?;
        self.follow(next, "/cart").await
    }

    async fn follow(&mut self, next: Option<reqwest::Url>, path: &str) -> Went<Page> {
        match next {
            Some(url) if url.path() == path => self.browser.open(url.as_str()).await,
            other => failed(format!("{path} should be next, not {}", other.map_or("nothing", |_| "another page"))),
        }
    }

    /// Fills in who and where, and orders. From the answer on the order is acknowledged.
    async fn place(&mut self, checkout: &Page) -> Went<String> {
        let Some(mut form) = checkout.form("/api/place-order") else { return failed("the checkout has no form") };
        let places = if self.installs { PLACES.split_last().map_or(PLACES, |(_, others)| others) } else { PLACES };
        let (postcode, address) = self.dice.one_of(places).unwrap_or(("04524", "서울특별시 중구 세종대로 110"));
        form.fill("name", self.dice.one_of(NAMES).unwrap_or("김하늘"));
        form.fill("phone", &format!("010-{:04}-{:04}", self.dice.below(10_000), self.dice.below(10_000)));
        form.fill("postcode", postcode);
        form.fill("address", address);
        if self.dice.percent(30) {
            form.fill("request", "문 앞에 놓아 주세요.");
        }
        if self.installs {
            for question in ["site_space", "site_power", "site_outdoor", "site_building"] {
                form.fill(question, self.dice.one_of(&["yes", "yes", "yes", "unsure", "no"]).unwrap_or("unsure"));
            }
        }
        form.fill("agree", "1");
        let began = Instant::now();
        let next = self.browser.submit(checkout, &form).await?;
        self.visit.placement = Some(began.elapsed());
        let number = next.as_ref().and_then(|url| url.path().strip_prefix("/pay/")).map(str::to_owned);
        let Some(number) = number else { return failed("a placed order leads to its pay page") };
        self.world.acknowledge(&number)?;
        self.visit.known = Some(Known { number: number.clone(), cookies: self.browser.cookies(), intent: self.intent, end: End::Either });
        Ok(number)
    }

    /// Through the pay page, and the identity check where it is asked for, to the provider's page.
    async fn reach_provider(&mut self, number: &str, method: &str) -> Went<Page> {
        for _ in 0..6 {
            let page = self.browser.open(&format!("/pay/{number}")).await?;
            if let Some(form) = page.form("/api/check-identity") {
                let Some(there) = self.browser.submit(&page, &form).await? else { return failed("the identity check has no address") };
                self.check_identity(&there).await?;
                continue;
            }
            let form = match page.form("/api/request-payment") {
                Some(mut form) => {
                    form.fill("method", method);
                    form
                }
                None => match page.form("/api/resume-payment") {
                    Some(form) => form,
                    None => return failed("the pay page offers no payment"),
                },
            };
            match self.browser.submit(&page, &form).await {
                Ok(Some(there)) if there.path() == "/psp/pay" => {
                    self.world.learn_providers(&there);
                    return self.browser.open(there.as_str()).await;
                }
                Ok(_) => return failed("the provider's page should be next"),
                // The first answer was lost: the attempt is there already.
                Err(Stop::Refused(refusal)) if self.world.options.tolerant && matches!(*refusal, Refusal::WrongState { .. }) => {}
                Err(stop) => return Err(stop),
            }
        }
        failed("the provider's page was never reached")
    }

    async fn check_identity(&mut self, there: &reqwest::Url) -> Went<()> {
        let page = self.browser.open(there.as_str()).await?;
        let Some(mut form) = page.form("/identity/check") else { return failed("the identity check has no form") };
        form.fill("choice", "confirm");
        match self.browser.submit(&page, &form).await? {
            Some(back) => self.browser.open(back.as_str()).await.map(drop),
            None => failed("the identity check leads nowhere"),
        }
    }

    /// Presses a button of the provider's page. Answers the way back.
    async fn press(&mut self, page: &Page, choice: &str) -> Went<reqwest::Url> {
        let Some(mut form) = page.form("/psp/pay") else { return failed("the provider's page has no form") };
        form.fill("choice", choice);
        match self.browser.submit(page, &form).await? {
            Some(back) => Ok(back),
            None => failed(format!("the provider's page leads nowhere after {choice}")),
        }
    }

    /// Pays into the account that the pay page names, if it names one in time.
    async fn deposit(&mut self, number: &str) -> Went<bool> {
        let until = Instant::now() + PATIENCE;
        let account = loop {
            let view: PayView = self.browser.read("/api/pay", &[("number", number)]).await?;
            match view.attempt.and_then(|attempt| attempt.deposit) {
                Some(deposit) => break deposit.account,
                None if Instant::now() > until => return Ok(false),
                None => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        };
        let Some(providers) = self.world.providers() else { return failed("the providers' address is not known") };
        let page = self.browser.open(&format!("{providers}/psp")).await?;
        let form = Form { action: "/psp/deposit".into(), fields: vec![("accountNumber".into(), account)] };
        self.browser.submit(&page, &form).await?;
        Ok(true)
    }

    /// Whether it is paid in time.
    async fn wait_until_paid(&mut self, number: &str) -> Went<bool> {
        let until = Instant::now() + PATIENCE;
        loop {
            let order: OrderView = self.browser.read("/api/order", &[("number", number)]).await?;
            match order.status.board() {
                Board::AwaitingPayment if Instant::now() < until => tokio::time::sleep(Duration::from_millis(200)).await,
                Board::AwaitingPayment => return Ok(false),
                Board::Cancelled => return failed("was paid and is cancelled"),
                Board::Orders
                | Board::OutOfStock
                | Board::Preparing
                | Board::PurchaseOrdered
                | Board::PurchaseCompleted
                | Board::Shipped
                | Board::Completed
                | Board::Returns
                | Board::Exchanges => return Ok(true),
            }
        }
    }

    /// Cancels from the order's page.
    async fn cancel(&mut self, number: &str) -> Went<()> {
        let page = self.browser.open(&format!("/orders/{number}")).await?;
        let Some(form) = page.form_with("/api/order-command", "command", "cancel") else {
            return failed("the order's page does not offer to cancel");
        };
        match self.browser.submit(&page, &form).await {
            Ok(_) => self.ends(End::Cancelled),
            // The first answer was lost.
            Err(Stop::Refused(refusal))
                if self.world.options.tolerant && matches!(&*refusal, Refusal::WrongState { current, .. } if current == Status::Cancelled.name()) =>
            {
                self.ends(End::Cancelled)
            }
            Err(stop) => Err(stop),
        }
    }
}

/// How an order stands against how it has to end.
pub(super) enum Standing {
    /// As it has to be.
    Right(Status),
    /// Not there yet: where it is.
    Underway(String),
    /// It can only be wrong.
    Wrong(String),
}

/// Looks at an acknowledged order with its buyer's cookies.
pub(super) async fn look(world: &World, known: &Known) -> Standing {
    let mut browser = Browser::new(world, known.cookies.clone());
    let about = |what: String| format!("{} ({:?}): {what}", known.number, known.intent);
    let order: OrderView = match browser.read("/api/order", &[("number", &known.number)]).await {
        Ok(order) => order,
        Err(Stop::Refused(refusal)) => return Standing::Wrong(about(format!("its buyer is told {}", refusal.code()))),
        Err(Stop::Failed(what)) => return Standing::Wrong(about(what)),
    };
    let due = order.amounts.payable();
    let refunds: i64 = order.refunds.iter().map(|refund| refund.amount.0).sum();
    let underway = order.refunds.iter().any(|refund| refund.completed_at.is_none());
    match (order.status, known.end) {
        // What came back was paid back: what is kept is what the order is worth.
        (Status::Completed | Status::Refunded, End::Completed | End::Either)
            if order.paid.0 - refunds == due.0 && (refunds == 0 || world.options.claims) =>
        {
            Standing::Right(order.status)
        }
        (Status::Completed | Status::Refunded, End::Completed | End::Either) => {
            Standing::Wrong(about(format!("due {}, paid {}, refunded {refunds}", due.0, order.paid.0)))
        }
        (Status::Cancelled, End::Cancelled | End::Either) if underway => Standing::Underway(about("the refund is under way".into())),
        (Status::Cancelled, End::Cancelled | End::Either) if refunds == order.paid.0 => Standing::Right(order.status),
        (Status::Cancelled, End::Cancelled | End::Either) => Standing::Wrong(about(format!("cancelled, paid {}, refunded {refunds}", order.paid.0))),
        (Status::Completed | Status::Cancelled, _) => {
            Standing::Wrong(about(format!("ended {} and should have ended {:?}", order.status.name(), known.end)))
        }
        (status, _) => Standing::Underway(about(format!("still {}", status.name()))),
    }
}
