//! What several providers write alike: times as text, and signatures.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const DAY: i64 = 86_400;
const KST: i64 = 9 * 3_600;

/// Microseconds UTC as RFC 3339 in Korean time, `2026-11-21T10:42:00.000000+09:00`.
#[must_use]
pub fn to_text(micros: i64) -> String {
    let seconds = micros.div_euclid(1_000_000) + KST;
    let (year, month, day) = civil(seconds.div_euclid(DAY));
    let clock = seconds.rem_euclid(DAY);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:06}+09:00", clock / 3_600, clock / 60 % 60, clock % 60, micros.rem_euclid(1_000_000))
}

/// The Korean calendar day of a time, `2026-11-21`.
#[must_use]
pub fn to_day(micros: i64) -> String {
    let (year, month, day) = civil((micros.div_euclid(1_000_000) + KST).div_euclid(DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// Microseconds UTC from RFC 3339 with any offset; nothing if the text is not one.
#[must_use]
pub fn from_text(text: &str) -> Option<i64> {
    let digits = |range: std::ops::Range<usize>| -> Option<i64> {
        let part = text.get(range)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let mark = |at: usize, any: &str| text.get(at..=at).filter(|found| any.contains(*found));
    mark(4, "-")?;
    mark(7, "-")?;
    mark(10, "Tt ")?;
    mark(13, ":")?;
    mark(16, ":")?;
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let (hour, minute, second) = (digits(11..13)?, digits(14..16)?, digits(17..19)?);
    let days = days_of(year, month, day);
    if civil(days) != (year, month, day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let mut rest = text.get(19..)?;
    let mut fraction = 0;
    if let Some(after) = rest.strip_prefix('.') {
        let length = after.bytes().take_while(u8::is_ascii_digit).count();
        let kept = after.get(..length.min(6)).filter(|kept| !kept.is_empty())?;
        fraction = format!("{kept:0<6}").parse().ok()?;
        rest = after.get(length..)?;
    }
    let offset = match rest {
        "Z" | "z" => 0,
        _ => {
            let sign = match rest.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let (hours, minutes) = rest.get(1..)?.split_once(':')?;
            if hours.len() != 2 || minutes.len() != 2 {
                return None;
            }
            let (hours, minutes) = (hours.parse::<u8>().ok()?, minutes.parse::<u8>().ok()?);
            sign * (i64::from(hours) * 3_600 + i64::from(minutes) * 60)
        }
    };
    let seconds = days * DAY + hour * 3_600 + minute * 60 + second - offset;
    Some(seconds * 1_000_000 + fraction)
}

// Howard Hinnant's calendar: eras of 400 years, years that begin in March.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    era * 146_097 + of_era - 719_468
}

/// For `#[serde(with)]`: microseconds here, RFC 3339 on the wire.
pub mod time {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    /// Writes the time as text.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(micros: &i64, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&super::to_text(*micros))
    }

    /// Reads the time from text.
    ///
    /// # Errors
    /// When the text is not a time.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<i64, D::Error> {
        let text = String::deserialize(input)?;
        super::from_text(&text).ok_or_else(|| D::Error::custom("not a time"))
    }
}

/// As [`time`], for a time that may be absent.
pub mod optional_time {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    /// Writes the time as text, or null.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(micros: &Option<i64>, out: S) -> Result<S::Ok, S::Error> {
        match micros {
            Some(micros) => out.serialize_str(&super::to_text(*micros)),
            None => out.serialize_none(),
        }
    }

    /// Reads the time from text or null.
    ///
    /// # Errors
    /// When the text is not a time.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<i64>, D::Error> {
        Option::<String>::deserialize(input)?.map(|text| super::from_text(&text).ok_or_else(|| D::Error::custom("not a time"))).transpose()
    }
}

fn mac(secret: &str, message: &[u8]) -> Hmac<Sha256> {
    let mut mac = match Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes a key of any length"),
    };
    mac.update(message);
    mac
}

/// HMAC-SHA256 of the message, in lower-case hex.
#[must_use]
pub fn sign(secret: &str, message: &[u8]) -> String {
    let mut out = String::with_capacity(64);
    for byte in mac(secret, message).finalize().into_bytes() {
        use std::fmt::Write as _;
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// True if `signature` (hex) is that of the message. Takes the same time however wrong it is.
#[must_use]
pub fn is_signed(secret: &str, message: &[u8], signature: &str) -> bool {
    let bytes: Option<Vec<u8>> = (signature.len() == 64 && signature.is_ascii())
        .then(|| (0..32).map(|i| u8::from_str_radix(&signature[2 * i..2 * i + 2], 16)).collect::<Result<_, _>>().ok())
        .flatten();
    bytes.is_some_and(|bytes| mac(secret, message).verify_slice(&bytes).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_survive_the_wire() {
        for micros in [0, 1, 1_795_224_120_000_000, 951_782_399_999_999, -1] {
            assert_eq!(from_text(&to_text(micros)), Some(micros));
        }
        assert_eq!(to_text(0), "1970-01-01T09:00:00.000000+09:00");
        assert_eq!(from_text("2024-02-29T00:00:00Z"), Some(1_709_164_800_000_000));
        assert_eq!(from_text("2024-02-29T09:00:00+09:00"), Some(1_709_164_800_000_000));
        assert_eq!(from_text("2024-02-28T20:00:00.5-04:00"), Some(1_709_164_800_500_000));
        for wrong in ["", "2023-02-29T00:00:00Z", "2024-02-29T24:00:00Z", "2024-02-29T00:00:00", "가나다라마바사", "2024-02-29T00:00:00.Z"] {
            assert_eq!(from_text(wrong), None, "{wrong}");
        }
        assert_eq!(to_day(15 * 3_600 * 1_000_000), "1970-01-02");
    }

    #[test]
    fn signatures_match_the_standard_and_nothing_else() {
        let good = sign("key", b"The quick brown fox jumps over the lazy dog");
        assert_eq!(good, "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
        assert!(is_signed("key", b"The quick brown fox jumps over the lazy dog", &good));
        for wrong in ["", "f7", &good[2..], &sign("other", b"x"), &"가".repeat(21), &"+f".repeat(32)] {
            assert!(!is_signed("key", b"The quick brown fox jumps over the lazy dog", wrong));
        }
    }
}
