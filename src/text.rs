//! Text that people type, parsed once at the edge. A value of one of these types is already trimmed, within its length
//! and free of control and bidirectional-override characters.

use crate::refusal::{Problem, Refusal};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Cleans one line of typed text: trims it, folds inner white space to single blanks and refuses invisible characters that
/// could make a name or an address read as something else.
fn one_line(field: &'static str, text: &str, longest: usize) -> Result<String, Refusal> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let unreadable =
        |c: char| c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    if text.is_empty() {
        return Err(Refusal::invalid(field, Problem::Missing));
    }
    if text.chars().any(unreadable) {
        return Err(Refusal::invalid(field, Problem::Malformed));
    }
    if text.chars().count() > longest {
        return Err(Refusal::invalid(field, Problem::TooLong));
    }
    Ok(text)
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident($field:literal, $longest:literal) $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses typed text, or says which field is wrong and how.
            pub fn parse(text: &str) -> Result<Self, Refusal> {
                let text = one_line($field, text, $longest)?;
                let check: fn(String) -> Option<String> = $check;
                check(text).map(Self).ok_or_else(|| Refusal::invalid($field, Problem::Malformed))
            }
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        // What comes over the wire is parsed like what is typed.
        impl TryFrom<String> for $name {
            type Error = Refusal;
            fn try_from(text: String) -> Result<Self, Refusal> {
                Self::parse(&text)
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        // Personal data stays out of logs: the debug form names the type only.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

texts! {
    /// A person's name.
    PersonName("name", 40) Some;
    /// A street address with the flat.
    Address("address", 200) |text| (text.chars().count() >= 5).then_some(text);
    /// An e-mail address, lower case: one `@`, a dot in the domain.
    Email("email", 120) |text| {
        let text = text.to_lowercase();
        let (local, domain) = text.split_once('@')?;
        let fine = !local.is_empty() && domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.')
            && !domain.contains('@') && !text.contains(' ');
        fine.then_some(text)
    };
    /// A Korean phone number, kept as `010-1234-5678`.
    Phone("phone", 20) |text| {
        let digits: String = text.chars().filter(|c| !matches!(c, '-' | ' ' | '.')).collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) || !digits.starts_with('0') {
            return None;
        }
        let area = if digits.starts_with("02") { 2 } else { 3 };
        let rest = digits.len().checked_sub(area).filter(|n| (7..=8).contains(n))?;
        let middle = area + rest - 4;
        Some(format!("{}-{}-{}", &digits[..area], &digits[area..middle], &digits[middle..]))
    };
    /// A Korean postcode of five digits.
    Postcode("postcode", 5) |text| (text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit())).then_some(text);
    /// The first digits of postcodes: a part of the country.
    AreaPrefix("areas", 5) |text| (text.len() >= 2 && text.bytes().all(|b| b.is_ascii_digit())).then_some(text);
    /// What a customer types to get a coupon: capital letters, digits and hyphens.
    CouponCode("code", 20) |text| {
        let text = text.to_ascii_uppercase();
        let fine = text.len() >= 4 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        fine.then_some(text)
    };
    /// A wish for the driver, shown on the parcel.
    DeliveryRequest("delivery_request", 100) Some;
    /// Why somebody did something, kept beside the events.
    Reason("reason", 200) Some;
    /// What somebody says about goods that come back, kept beside the events.
    ClaimNote("note", 500) Some;
    /// What a buyer says of goods, and what their seller answers, kept beside the events.
    ReviewText("review", 1000) Some;
    /// A bank, as people call it.
    BankName("bank", 30) Some;
    /// A bank account's number, kept without blanks and hyphens.
    AccountNumber("account", 30) |text| {
        let digits: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        ((6..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
    };
    /// Who carries a parcel.
    CarrierName("carrier", 40) Some;
    /// A parcel's number at its carrier: letters, digits and hyphens.
    TrackingNumber("tracking", 40) |text| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-').then_some(text);
    /// What stands on one piece of goods and on no other: letters, digits and hyphens.
    SerialNumber("serials", 40) |text| {
        let text = text.to_ascii_uppercase();
        let fine = text.len() >= 4 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        fine.then_some(text)
    };
    /// What a store is called.
    StoreName("store_name", 40) Some;
    /// What one store says asking another to trade.
    Message("message", 200) Some;
    /// Who sold something to a store outside the chain.
    OutsideSeller("seller_name", 60) Some;
    /// A Korean business registration number, kept as `123-45-67891`; its last digit checks the others.
    BusinessNumber("business_number", 16) |text| {
        let digits: Vec<u32> = text.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| c.to_digit(10)).collect::<Option<_>>()?;
        let [first @ .., ninth, last] = digits.as_slice() else { return None };
        if digits.len() != 10 {
            return None;
        }
        let weighed: u32 = first.iter().zip([1, 3, 7, 1, 3, 7, 1, 3]).map(|(digit, weight)| digit * weight).sum();
        let sum = weighed + ninth * 5 % 10 + ninth * 5 / 10;
        let written: String = digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect();
        ((10 - sum % 10) % 10 == *last).then(|| format!("{}-{}-{}", &written[..3], &written[3..5], &written[5..]))
    };
    /// What somebody calls an address that is told what happens.
    Description("description", 100) Some;
    /// What somebody calls a key of the interface.
    KeyName("key_name", 60) Some;
}

/// A password as typed: 10 to 200 characters. It is never shown, stored or logged.
pub struct Password(String);

impl Password {
    /// Takes it as typed, blanks included.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        match text.chars().count() {
            0 => Err(Refusal::invalid("password", Problem::Missing)),
            1..=9 => Err(Refusal::invalid("password", Problem::TooShort)),
            10..=200 => Ok(Self(text.to_owned())),
            _ => Err(Refusal::invalid("password", Problem::TooLong)),
        }
    }
    /// The bytes to hash.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// A text in Korean and, where somebody wrote it, in English.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Words {
    /// Korean, always there.
    pub ko: String,
    /// English; Korean is shown when it is missing.
    pub en: Option<String>,
}

impl Words {
    /// The text in the reader's language.
    pub fn get(&self, locale: Locale) -> &str {
        match (locale, &self.en) {
            (Locale::En, Some(en)) => en,
            (Locale::En, None) | (Locale::Ko, _) => &self.ko,
        }
    }
}

/// The languages of the screens and notices.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// 한국어
    #[default]
    Ko,
    /// English
    En,
}

impl Locale {
    /// `ko` or `en`, as in `<html lang>`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ko => "ko",
            Self::En => "en",
        }
    }
    /// The locale a code such as `en-GB` stands for, if it is one of ours.
    pub fn from_code(code: &str) -> Option<Self> {
        match code.get(..2)?.to_ascii_lowercase().as_str() {
            "ko" => Some(Self::Ko),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_digit_of_a_business_number_checks_the_others() {
        for text in ["220-81-62517", "2208162517", " 220 81 62517"] {
            assert_eq!(BusinessNumber::parse(text).unwrap().as_str(), "220-81-62517", "{text}");
        }
        for text in ["220-81-62518", "220-81-6251", "220-81-625170", "22O-81-62517", ""] {
            assert!(BusinessNumber::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn phones_are_written_one_way() {
        for text in ["01012345678", "010-1234-5678", " 010 1234 5678 ", "010.1234.5678"] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "010-1234-5678", "{text}");
        }
        assert_eq!(Phone::parse("025550101").unwrap().as_str(), "02-555-0101");
        for text in ["", "1234", "+82 10 1234 5678", "010-1234-56789", "０１０１２３４５６７８", "abc"] {
            assert!(Phone::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_comes_over_the_wire_is_parsed_too() {
        assert_eq!(serde_json::from_str::<Phone>("\"01012345678\"").unwrap().as_str(), "010-1234-5678");
        let refused = serde_json::from_str::<Postcode>("\"0623\"").unwrap_err().to_string();
        assert_eq!(Refusal::quoted_in(&refused), Some(Refusal::invalid("postcode", Problem::Malformed)));
        assert_eq!(Refusal::quoted_in("expected a map"), None);
        assert_eq!(serde_json::to_string(&CouponCode::parse("summer-26").unwrap()).unwrap(), "\"SUMMER-26\"");
    }

    #[test]
    fn hostile_text_is_refused() {
        assert!(PersonName::parse("홍\u{202e}길동").is_err());
        assert!(PersonName::parse("홍\0길동").is_err());
        assert!(Address::parse(&"가".repeat(10_000)).is_err());
        assert_eq!(PersonName::parse("  홍   길동 ").unwrap().as_str(), "홍 길동");
        assert!(Postcode::parse("0623").is_err());
        assert!(Postcode::parse("０６２３４").is_err());
        assert!(Email::parse("a@b").is_err());
        assert_eq!(Email::parse("A@B.kr").unwrap().as_str(), "a@b.kr");
    }
}
