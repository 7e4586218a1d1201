//! The words, in Korean and English: one catalogue for pages and notices (`app/locales`). The language is an argument,
//! never a global.

use jumun::{money::Won, refusal::Refusal, text::{Locale, Words}, time::Time};
use leptos::prelude::*;

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
        rust_i18n::t!(key, locale = self.0.code()).into_owned()
    }

    /// The words of a key with `%{name}` filled in.
    pub fn with(self, key: &str, values: &[(&str, &str)]) -> String {
        values.iter().fold(self.t(key), |text, (name, value)| text.replace(&format!("%{{{name}}}"), value))
    }

    /// A stored text in the reader's language.
    pub fn of(self, words: &Words) -> String {
        words.get(self.0).to_owned()
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
                    jumun::refusal::Problem::Unknown => "unknown",
                };
                self.with(&format!("problem.{problem}"), &[("field", &field(name))])
            }
            Refusal::OutOfStock { asked, available, .. } => {
                self.with(&key, &[("asked", &asked.to_string()), ("available", &available.to_string())])
            }
            Refusal::CartFull { most } | Refusal::TooManyUnits { most } | Refusal::TooManyUnpaid { most } | Refusal::RetriesUsedUp { most } => {
                self.with(&key, &[("most", &most.to_string())])
            }
            Refusal::BelowMinimum { least, amount } => self.with(&key, &[("least", &self.won(*least)), ("amount", &self.won(*amount))]),
            Refusal::AboveMaximum { most, amount } => self.with(&key, &[("most", &self.won(*most)), ("amount", &self.won(*amount))]),
            Refusal::PriceChanged { expected, actual } => {
                self.with(&key, &[("expected", &self.won(*expected)), ("actual", &self.won(*actual))])
            }
            Refusal::AmountMismatch { due, offered } => self.with(&key, &[("due", &self.won(*due)), ("offered", &self.won(*offered))]),
            Refusal::Undeliverable { postcode } => self.with(&key, &[("postcode", postcode)]),
            Refusal::WrongState { current, .. } => self.with(&key, &[("current", &self.t(&format!("status.{current}")))]),
            Refusal::RateLimited { retry_after } => self.with(&key, &[("seconds", &retry_after.to_string())]),
            Refusal::TooLate { deadline } => self.with(&key, &[("deadline", &deadline.kst_minute())]),
            Refusal::NotFound
            | Refusal::SignInRequired
            | Refusal::NotAllowed
            | Refusal::WrongCredentials
            | Refusal::NotForSale { .. }
            | Refusal::EmptyCart
            | Refusal::CartChanged
            | Refusal::Blocked
            | Refusal::IdentityRequired { .. }
            | Refusal::KeyReused
            | Refusal::InProgress
            | Refusal::BadSignature
            | Refusal::CrossSite
            | Refusal::Busy
            | Refusal::Broken => self.t(&key),
        }
    }
}
