//! The words, in Korean and English: one catalogue for pages and notices (`app/locales`). The language is an argument,
//! never a global.

use crate::apart::apart;
use jumun::{
    money::Won,
    order::Visit,
    refusal::Refusal,
    text::{Locale, Words},
    time::{Date, Time},
};
use leptos::{prelude::*, wasm_split::SplitLoaderError};
use std::{
    collections::HashMap,
    pin::pin,
    sync::OnceLock,
    task::{Context, Poll, Waker},
};

apart! {
    fn korean, fetch_korean() -> &'static str {
        include_str!(concat!(env!("OUT_DIR"), "/ko"))
    }
}

apart! {
    fn english, fetch_english() -> &'static str {
        include_str!(concat!(env!("OUT_DIR"), "/en"))
    }
}

/// The words of one language by their keys.
pub type Catalogue = HashMap<&'static str, &'static str>;

fn known(locale: Locale) -> &'static OnceLock<Catalogue> {
    static KOREAN: OnceLock<Catalogue> = OnceLock::new();
    static ENGLISH: OnceLock<Catalogue> = OnceLock::new();
    match locale {
        Locale::Ko => &KOREAN,
        Locale::En => &ENGLISH,
    }
}

/// Makes the words of a language known. A browser fetches those of its page, once, before anything is drawn; a page that is being
/// drawn announces them.
///
/// # Errors
/// When they could not be fetched.
pub async fn bring(locale: Locale) -> Result<&'static Catalogue, SplitLoaderError> {
    let packed = match locale {
        Locale::Ko => korean().await?,
        Locale::En => english().await?,
    };
    Ok(known(locale).get_or_init(|| packed.split('\u{1e}').filter_map(|entry| entry.split_once('\u{1f}')).collect()))
}

/// `bring` where nothing has to be fetched, as on the server.
pub fn bring_at_once(locale: Locale) -> Option<&'static Catalogue> {
    match pin!(bring(locale)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(words) => words.ok(),
        Poll::Pending => None,
    }
}

/// The words of a language; in a browser none before they have been brought.
pub fn words(locale: Locale) -> Option<&'static Catalogue> {
    known(locale).get().or_else(|| bring_at_once(locale))
}

/// The reader's language and the words in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tr(pub Locale);

/// The words of this page.
pub fn use_tr() -> Tr {
    use_context::<Tr>().unwrap_or(Tr(Locale::Ko))
}

impl Tr {
    /// The words of a key. A key that nobody wrote shows itself, and a test fails on it.
    pub fn t(self, key: &str) -> String {
        words(self.0).and_then(|words| words.get(key)).map_or(key, |text| *text).to_owned()
    }

    /// The words of a key with `%{name}` filled in.
    pub fn with(self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.t(key), |text, (name, value)| text.replace(&format!("%{{{name}}}"), value))
    }

    /// A stored text in the reader's language.
    pub fn of(self, words: &Words) -> String {
        words.get(self.0).to_owned()
    }

    /// `12,000P`.
    pub fn points(self, points: Won) -> String {
        format!("{}P", crate::components::group_digits(points.0.unsigned_abs()))
    }

    /// `1,234,000원` or `₩1,234,000`.
    pub fn won(self, amount: Won) -> String {
        let digits = amount.0.unsigned_abs().to_string();
        let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if amount.0 < 0 { "−" } else { "" };
        match self.0 {
            Locale::Ko => format!("{sign}{grouped}원"),
            Locale::En => format!("{sign}₩{grouped}"),
        }
    }

    /// A day as people say it: `12월 5일` or `5 December`.
    pub fn day(self, date: Date) -> String {
        let key = format!("time.month.m{}", date.month);
        self.with("time.day", &[("month", &self.t(&key)), ("day", &date.day.to_string())])
    }

    /// A visit as people say it: `12월 5일 오전`.
    pub fn visit(self, visit: Visit) -> String {
        let half = self.t(&format!("installation.half.{}", visit.half.slug()));
        self.with("installation.visit", &[("day", &self.day(visit.on)), ("half", &half)])
    }

    /// How long ago, in the largest unit that fits.
    pub fn ago(self, at: Time, now: Time) -> String {
        let seconds = now.since(at).as_seconds().max(0);
        let (key, n) = match seconds {
            0..60 => ("time.just_now", 0),
            60..3_600 => ("time.minutes_ago", seconds / 60),
            3_600..86_400 => ("time.hours_ago", seconds / 3_600),
            _ => ("time.days_ago", seconds / 86_400),
        };
        self.with(key, &[("n", &n.to_string())])
    }

    /// What a refusal says: what happened and what to do next.
    pub fn refusal(self, refusal: &Refusal) -> String {
        let key = format!("refusal.{}", refusal.code());
        let field = |name: &str| self.t(&format!("field.{name}"));
        match refusal {
            Refusal::Invalid { field: name, problem } => {
                let problem = match problem {
                    jumun::refusal::Problem::Missing => "missing",
                    jumun::refusal::Problem::Malformed => "malformed",
                    jumun::refusal::Problem::TooShort => "too_short",
                    jumun::refusal::Problem::TooLong => "too_long",
                    jumun::refusal::Problem::OutOfRange => "out_of_range",
                    jumun::refusal::Problem::Taken => "taken",
                    jumun::refusal::Problem::Unknown if *name == "serials" => "other_unit",
                    jumun::refusal::Problem::Unknown => "unknown",
                };
                self.with(&format!("problem.{problem}"), &[("field", &field(name))])
            }
            Refusal::OutOfStock { asked, available, .. } => self.with(&key, &[("asked", &asked.to_string()), ("available", &available.to_string())]),
            Refusal::CartFull { most }
            | Refusal::TooManyUnits { most }
            | Refusal::TooManyUnpaid { most }
            | Refusal::RetriesUsedUp { most }
            | Refusal::LimitReached { most } => self.with(&key, &[("most", &most.to_string())]),
            Refusal::CapBelowSold { sold } => self.with(&key, &[("sold", &sold.to_string())]),
            Refusal::VisitBooked { on, visits } => self.with(&key, &[("day", &self.day(*on)), ("n", &visits.to_string())]),
            Refusal::ScopeMissing { scope } => self.with(&key, &[("scope", scope.slug())]),
            Refusal::PictureRefused { why } => self.with(&key, &[("why", &self.t(&format!("picture_flaw.{}", why.slug())))]),
            Refusal::AddressRefused { why } => self.with(&key, &[("why", &self.t(&format!("address_flaw.{}", why.slug())))]),
            Refusal::BelowMinimum { least, amount } => self.with(&key, &[("least", &self.won(*least)), ("amount", &self.won(*amount))]),
            Refusal::AboveMaximum { most, amount } => self.with(&key, &[("most", &self.won(*most)), ("amount", &self.won(*amount))]),
            Refusal::PriceChanged { expected, actual } => self.with(&key, &[("expected", &self.won(*expected)), ("actual", &self.won(*actual))]),
            Refusal::AmountMismatch { due, offered } => self.with(&key, &[("due", &self.won(*due)), ("offered", &self.won(*offered))]),
            Refusal::Undeliverable { postcode } | Refusal::NoInstaller { postcode } => self.with(&key, &[("postcode", postcode)]),
            Refusal::WrongState { current, .. } => self.with(&key, &[("current", &self.t(&format!("status.{current}")))]),
            Refusal::StandsOtherwise { standing } => self.with(&key, &[("standing", &self.t(&format!("standing.{}", standing.slug())))]),
            Refusal::RateLimited { retry_after } => self.with(&key, &[("seconds", &retry_after.to_string())]),
            Refusal::CouponCondition { minimum, amount } => self.with(&key, &[("minimum", &self.won(*minimum)), ("amount", &self.won(*amount))]),
            Refusal::CreditExceeded { left } => self.with(&key, &[("left", &self.won(*left))]),
            Refusal::NotEnoughPoints { balance } => self.with(&key, &[("balance", &self.points(*balance))]),
            Refusal::TooLate { deadline } => self.with(&key, &[("deadline", &deadline.kst_minute())]),
            Refusal::NotFound
            | Refusal::SignInRequired
            | Refusal::NotAllowed
            | Refusal::WrongCredentials
            | Refusal::WrongCode
            | Refusal::SecondStepRequired
            | Refusal::ColleagueStandsOtherwise
            | Refusal::NotForSale { .. }
            | Refusal::EmptyCart
            | Refusal::CartChanged
            | Refusal::Blocked
            | Refusal::IdentityRequired { .. }
            | Refusal::OtherArea
            | Refusal::CouponUsed
            | Refusal::CouponExpired
            | Refusal::CouponGone
            | Refusal::KeyReused
            | Refusal::InProgress
            | Refusal::BadSignature
            | Refusal::CrossSite
            | Refusal::Busy
            | Refusal::NoRoom
            | Refusal::Broken => self.t(&key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jumun::{
        alert::Alert,
        catalogue::Category,
        ids::{OrderNumber, VariantId},
        installer::Earned,
        ledger::{MoneyAccount, PointsAccount, StockAccount},
        membership::Tier,
        notice::Template,
        order::{
            Board, CancelCause, CollectionState, DeclineCause, DeclineReason, Front, FulfilmentState, GoodwillReason, Half, HideReason,
            ImpossibleCause, InstallationState, OrderCommand, PaymentMethod, RejectReason, ReturnReason, ReturnState, Status, Waits,
        },
        partner::Standing,
        queue::Queue,
        refusal::{AddressFlaw, PictureFlaw, Problem},
        saga::{Outcome, SagaKind},
        scope::Scope,
        webhook::{DeliveryState, Disabled, Miss},
    };
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::Path,
    };

    const BOTH: [Locale; 2] = [Locale::Ko, Locale::En];

    fn catalogue(locale: Locale) -> BTreeMap<String, String> {
        words(locale).unwrap().iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
    }

    fn gaps(text: &str) -> BTreeSet<&str> {
        text.split("%{").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    fn assert_words(keys: impl IntoIterator<Item = String>) {
        let known = BOTH.map(catalogue);
        for key in keys {
            for words in &known {
                assert!(words.get(&key).is_some_and(|text| !text.trim().is_empty()), "no words for {key}");
            }
        }
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let [ko, en] = BOTH.map(catalogue);
        assert!(ko.len() > 300, "the catalogue is not read");
        let keys = |words: &BTreeMap<String, String>| words.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&ko).symmetric_difference(&keys(&en)).collect::<Vec<_>>(), Vec::<&String>::new());
        for (key, text) in &ko {
            assert_eq!(gaps(text), gaps(&en[key]), "{key} fills other gaps in English");
        }
    }

    #[test]
    fn everything_with_a_name_has_words() {
        assert_words(Status::ALL.iter().map(|it| format!("status.{}", it.name())));
        assert_words(Front::ALL.iter().map(|it| format!("status.{}", it.name())));
        assert_words(ReturnState::ALL.iter().map(|it| format!("order.claim.state.{}", it.name())));
        let reasons = [ReturnReason::Undeliverable, ReturnReason::CannotInstall, ReturnReason::RefusedOnSite];
        assert_words(reasons.iter().chain(ReturnReason::OF_BUYERS).map(|it| format!("order.claim.reason.{}", it.slug())));
        assert_words(RejectReason::ALL.iter().map(|it| format!("order.claim.reject_reason.{}", it.slug())));
        assert_words(HideReason::ALL.iter().map(|it| format!("review.hide_reason.{}", it.slug())));
        assert_words(GoodwillReason::ALL.iter().map(|it| format!("order.goodwill.reason_of.{}", it.slug())));
        assert_words(CollectionState::ALL.iter().map(|it| format!("order.claim.collection.{}", it.name())));
        assert_words(FulfilmentState::ALL.iter().map(|it| format!("status.{}", it.name())));
        assert_words(Board::ALL.iter().map(|it| format!("board.{}", it.name())));
        assert_words(Waits::ALL.iter().map(|it| format!("waits.{}", it.name())));
        assert_words(Category::ALL.iter().flat_map(|it| [format!("category.{}", it.slug()), format!("shop.short.{}", it.slug())]));
        assert_words(PaymentMethod::ALL.iter().flat_map(|it| [format!("method.{}", it.slug()), format!("pay.method_text.{}", it.slug())]));
        assert_words(OrderCommand::ALL.iter().map(|(name, _)| format!("command.{name}")));
        assert_words(Template::ALL.iter().flat_map(|it| ["title", "body"].map(|part| format!("notice.{}.{part}", it.slug()))));
        assert_words(
            [DeclineCause::Balance, DeclineCause::Limit, DeclineCause::CardState, DeclineCause::CardData, DeclineCause::System, DeclineCause::Buyer]
                .map(|cause| format!("decline.{}", slug(&cause))),
        );
        assert_words(
            [
                CancelCause::Buyer,
                CancelCause::Shortage,
                CancelCause::Payment,
                CancelCause::Undeliverable,
                CancelCause::Seller,
                CancelCause::Timer,
                CancelCause::Returned,
                CancelCause::Exchanged,
            ]
            .map(|cause| format!("cancel_cause.{}", slug(&cause))),
        );
        assert_words(InstallationState::ALL.iter().map(|it| format!("installation.state.{}", it.name())));
        assert_words(Standing::ALL.iter().map(|it| format!("standing.{}", it.slug())));
        assert_words(Earned::ALL.iter().map(|it| format!("earnings.what.{}", it.slug())));
        assert_words(Half::ALL.iter().map(|it| format!("installation.half.{}", it.slug())));
        assert_words(DeclineReason::ALL.iter().map(|it| format!("installation.declined.{}", it.slug())));
        assert_words(ImpossibleCause::ALL.iter().map(|it| format!("installation.impossible.{}", it.slug())));
        assert_words(
            ["nobody", "guest", "customer", "staff", "retailer", "wholesaler", "installer", "admin", "channel", "system"]
                .map(|role| format!("role.{role}")),
        );
    }

    #[test]
    fn what_head_office_reads_from_rows_has_words() {
        assert_words(SagaKind::ALL.iter().flat_map(|kind| kind.steps()).map(|it| format!("admin.step.{}", it.slug())));
        assert_words(SagaKind::ALL.iter().flat_map(|kind| kind.steps()).map(|it| format!("saga.step.{}", it.slug())));
        assert_words(Outcome::ALL.iter().flat_map(|it| [format!("by_hand.{}", it.slug()), format!("admin.outcome_text.{}", it.slug())]));
        assert_words(Alert::ALL.iter().flat_map(|it| [format!("alert.{}", it.slug()), format!("admin.severity.{}", it.severity().slug())]));
        assert_words(StockAccount::ALL.iter().map(|it| format!("admin.account.stock.{}", it.slug())));
        assert_words(MoneyAccount::ALL.iter().map(|it| format!("admin.account.won.{}", it.slug())));
        assert_words(PointsAccount::ALL.iter().map(|it| format!("admin.account.won.{}", it.slug())));
        assert_words(Tier::ALL.iter().map(|it| format!("tier.{}", it.slug())));
        assert_words(Queue::ALL.iter().map(|it| format!("admin.queue.{}", it.slug())));
    }

    #[test]
    fn what_is_said_of_endpoints_and_keys_has_words() {
        assert_words(Disabled::ALL.iter().map(|it| format!("webhook.disabled.{}", it.slug())));
        assert_words(DeliveryState::ALL.iter().map(|it| format!("webhook.state.{}", it.slug())));
        assert_words(Miss::ALL.iter().map(|it| format!("webhook.miss.{}", it.slug())));
        assert_words(Scope::ALL.iter().map(|it| format!("scope.{}", it.slug().replace(':', "_"))));
    }

    fn slug(value: &impl serde::Serialize) -> String {
        serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn every_refusal_says_what_happened_and_leaves_no_gap() {
        let text = String::new;
        let won = Won(10_000);
        let variant = || VariantId::new("VAR-1");
        let problems =
            [Problem::Missing, Problem::Malformed, Problem::TooShort, Problem::TooLong, Problem::OutOfRange, Problem::Taken, Problem::Unknown];
        let mut refusals = vec![
            Refusal::CouponCondition { minimum: won, amount: won },
            Refusal::OtherArea,
            Refusal::CouponUsed,
            Refusal::CouponExpired,
            Refusal::CouponGone,
            Refusal::NotEnoughPoints { balance: won },
            Refusal::CreditExceeded { left: won },
            Refusal::NotFound,
            Refusal::SignInRequired,
            Refusal::NotAllowed,
            Refusal::WrongCredentials,
            Refusal::WrongCode,
            Refusal::SecondStepRequired,
            Refusal::WrongState { command: text(), current: "Paid".into(), required: text() },
            Refusal::StandsOtherwise { standing: Standing::Suspended },
            Refusal::ColleagueStandsOtherwise,
            Refusal::OutOfStock { variant: variant(), asked: 3, available: 1 },
            Refusal::CapBelowSold { sold: 3 },
            Refusal::VisitBooked { on: Date::from_days(20_000), visits: 2 },
            Refusal::NotForSale { variant: variant() },
            Refusal::EmptyCart,
            Refusal::CartChanged,
            Refusal::CartFull { most: 30 },
            Refusal::TooManyUnits { most: 99 },
            Refusal::BelowMinimum { least: won, amount: won },
            Refusal::AboveMaximum { most: won, amount: won },
            Refusal::PriceChanged { expected: won, actual: won },
            Refusal::Undeliverable { postcode: "63000".into() },
            Refusal::NoInstaller { postcode: "63000".into() },
            Refusal::Blocked,
            Refusal::TooManyUnpaid { most: 3 },
            Refusal::IdentityRequired { order: OrderNumber::new("ORD-1") },
            Refusal::AmountMismatch { due: won, offered: won },
            Refusal::RetriesUsedUp { most: 3 },
            Refusal::TooLate { deadline: Time(0) },
            Refusal::LimitReached { most: 20 },
            Refusal::ScopeMissing { scope: Scope::OrdersRead },
            Refusal::KeyReused,
            Refusal::InProgress,
            Refusal::BadSignature,
            Refusal::RateLimited { retry_after: 30 },
            Refusal::CrossSite,
            Refusal::Busy,
            Refusal::NoRoom,
            Refusal::Broken,
        ];
        refusals.extend(problems.map(|problem| Refusal::invalid("name", problem)));
        refusals.extend(PictureFlaw::ALL.iter().map(|why| Refusal::PictureRefused { why: *why }));
        refusals.extend(AddressFlaw::ALL.iter().map(|why| Refusal::AddressRefused { why: *why }));
        // The source of refusals names every code once; none may be missing above.
        let source = include_str!("../../src/refusal.rs");
        let (_, codes) = source.split_once("pub fn code").unwrap();
        let (codes, _) = codes.split_once("pub fn status").unwrap();
        let codes: BTreeSet<&str> = codes.split("=> \"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(code, _)| code).collect();
        assert_eq!(codes, refusals.iter().map(Refusal::code).collect::<BTreeSet<_>>());
        assert_words(codes.iter().map(|code| format!("refusal.{code}")));
        assert_words(PictureFlaw::ALL.iter().map(|why| format!("picture_flaw.{}", why.slug())));
        for locale in BOTH {
            for refusal in &refusals {
                let said = Tr(locale).refusal(refusal);
                assert!(!said.contains("%{") && !said.contains("refusal.") && !said.contains("status.") && !said.contains("field."), "{said}");
                assert!(said.trim_end_matches('.').contains(". "), "{said} does not say what to do");
            }
        }
    }

    /// Every field that a text type or a server function can refuse.
    #[test]
    fn every_field_has_a_name() {
        let sources = [
            include_str!("../../src/text.rs"),
            include_str!("api/checkout.rs"),
            include_str!("api/orders.rs"),
            include_str!("api/desk.rs"),
            include_str!("api/installation.rs"),
            include_str!("api/installers.rs"),
            include_str!("../../src/installer.rs"),
            include_str!("api/reviews.rs"),
        ];
        let named =
            sources.iter().flat_map(|source| source.split("invalid(\"").skip(1)).filter_map(|rest| rest.split_once('"')).map(|(name, _)| name);
        let typed = ["name", "address", "email", "phone", "postcode", "delivery_request", "reason"];
        assert_words(named.chain(typed).map(|name| format!("field.{name}")));
    }

    /// Keys written out in the sources of the pages.
    #[test]
    fn every_key_in_the_pages_has_words() {
        fn read(folder: &Path, keys: &mut BTreeSet<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    read(&path, keys);
                } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("i18n.rs") {
                    let source = fs::read_to_string(&path).unwrap();
                    for call in [".t(", ".with("] {
                        let literals = source.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'));
                        keys.extend(literals.map(|(key, _)| key.to_owned()).filter(|key| key.contains('.') && !key.contains(['{', ' '])));
                    }
                }
            }
        }
        let mut keys = BTreeSet::new();
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut keys);
        assert!(keys.len() > 100, "the pages are not read");
        assert_words(keys);
    }
}
