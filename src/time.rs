//! Moments, spans and the Korean civil calendar. Korea keeps one offset all year, so KST is plain arithmetic and needs no
//! time-zone library in the browser.

use crate::refusal::Problem;
use serde::{Deserialize, Serialize};
use std::{fmt, ops::Add};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
const KST: i64 = 9 * 3_600 * SECOND;

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Time(pub i64);

/// A length of time in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Span(pub i64);

impl Span {
    /// Whole seconds.
    pub const fn seconds(n: i64) -> Self {
        Self(n * SECOND)
    }
    /// Whole minutes.
    pub const fn minutes(n: i64) -> Self {
        Self::seconds(n * 60)
    }
    /// Whole hours.
    pub const fn hours(n: i64) -> Self {
        Self::minutes(n * 60)
    }
    /// Days of 24 hours.
    pub const fn days(n: i64) -> Self {
        Self::hours(n * 24)
    }
    /// Whole seconds in the span, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(SECOND)
    }
    /// Reads the part of ISO 8601 that the demo clock takes: `P7D`, `PT168H`, `PT30M`, `PT90S` and their combinations.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let (mut total, mut number, mut in_time) = (0i64, String::new(), false);
        for c in text.strip_prefix('P')?.chars() {
            match c {
                'T' => in_time = true,
                '0'..='9' => number.push(c),
                unit => {
                    let n: i64 = number.parse().ok()?;
                    number.clear();
                    let one = match (unit, in_time) {
                        ('D', false) => Self::days(1),
                        ('H', true) => Self::hours(1),
                        ('M', true) => Self::minutes(1),
                        ('S', true) => Self::seconds(1),
                        (_, _) => return None,
                    };
                    total = total.checked_add(n.checked_mul(one.0)?)?;
                }
            }
        }
        (number.is_empty() && total > 0).then_some(Self(total))
    }
}

impl Add<Span> for Time {
    type Output = Time;
    fn add(self, span: Span) -> Time {
        Time(self.0.saturating_add(span.0))
    }
}

/// Public holidays that fall on the same day every year, as (month, day). Those of the moon's calendar are not among them: a deadline
/// is then a day early and never late.
const HOLIDAYS: &[(u8, u8)] = &[(1, 1), (3, 1), (5, 5), (6, 6), (8, 15), (10, 3), (10, 9), (12, 25)];

impl Time {
    /// The last moment in Korea of the `days`-th business day after this one.
    pub fn end_of_business_day_after(self, days: u32) -> Time {
        let mut day = self.kst_date();
        let mut left = days;
        while left > 0 {
            day = Date::from_days(day.days() + 1);
            left -= u32::from(day.is_business_day());
        }
        Time(Time::start_of_kst(Date::from_days(day.days() + 1)).0 - 1)
    }

    /// The moment `span` earlier.
    pub fn before(self, span: Span) -> Time {
        Time(self.0.saturating_sub(span.0))
    }
    /// How long after `earlier` this is; negative when it is before.
    pub fn since(self, earlier: Time) -> Span {
        Span(self.0 - earlier.0)
    }
    /// The calendar day in Korea.
    pub fn kst_date(self) -> Date {
        Date::from_days((self.0 + KST).div_euclid(DAY))
    }
    /// The last microsecond of the n-th Korean day after the day of this moment: "7 days" of the buyer's rights end here.
    pub fn end_of_kst_day_after(self, days: i64) -> Time {
        let day = (self.0 + KST).div_euclid(DAY) + days + 1;
        Time(day * DAY - KST - 1)
    }
    /// Hour, minute and second in Korea.
    pub fn kst_clock(self) -> (u8, u8, u8) {
        let seconds = (self.0 + KST).rem_euclid(DAY) / SECOND;
        ((seconds / 3600) as u8, (seconds / 60 % 60) as u8, (seconds % 60) as u8)
    }
    /// The first moment of a Korean day.
    pub fn start_of_kst(date: Date) -> Time {
        Time(date.days() * DAY - KST)
    }
    /// `2026-11-21 09:05` in Korea, for people.
    pub fn kst_minute(self) -> String {
        let (hour, minute, _) = self.kst_clock();
        format!("{} {hour:02}:{minute:02}", self.kst_date())
    }
    /// RFC 3339 with the Korean offset, for interfaces: `2026-11-21T09:05:07+09:00`.
    pub fn rfc3339(self) -> String {
        let (hour, minute, second) = self.kst_clock();
        format!("{}T{hour:02}:{minute:02}:{second:02}+09:00", self.kst_date())
    }
    /// Reads RFC 3339 with any offset; fractions of a second are kept to the microsecond.
    pub fn parse_rfc3339(text: &str) -> Option<Time> {
        let (date, rest) = text.split_once(['T', 't', ' '])?;
        let mut parts = date.splitn(3, '-').map(str::parse::<i64>);
        let (year, month, day) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
        if !(0..10_000).contains(&year) {
            return None;
        }
        let date = Date::new(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
        let at = rest.find(['Z', 'z', '+', '-'])?;
        let (clock, zone) = rest.split_at(at);
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let mut parts = clock.splitn(3, ':').map(str::parse::<i64>);
        let (hour, minute, second) = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
        if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..61).contains(&second) {
            return None;
        }
        let micros: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
        let offset = if zone.eq_ignore_ascii_case("z") {
            0
        } else {
            let (hours, minutes) = zone[1..].split_once(':')?;
            let (hours, minutes) = (hours.parse::<i64>().ok()?, minutes.parse::<i64>().ok()?);
            if !(0..24).contains(&hours) || !(0..60).contains(&minutes) {
                return None;
            }
            let seconds = hours * 3600 + minutes * 60;
            if zone.starts_with('-') { -seconds } else { seconds }
        };
        Some(Time(date.days() * DAY + (hour * 3600 + minute * 60 + second - offset) * SECOND + micros))
    }
}

/// A day of the civil calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Date {
    /// The year, for instance 2026.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl Date {
    /// A day that exists.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let date = Self { year, month, day };
        ((1..=12).contains(&month) && (1..=31).contains(&day) && Self::from_days(date.days()) == date).then_some(date)
    }

    /// Days since 1970-01-01, counted on the proleptic Gregorian calendar in eras of 400 years that begin in March.
    pub fn days(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// The month it lies in: `2026-11`.
    pub fn month_name(self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }

    /// The first day of the month it lies in, and the first of the next one.
    pub fn month_around(self) -> (Self, Self) {
        let first = Self { day: 1, ..self };
        (first, Self { day: 1, ..Self::from_days(first.days() + 31) })
    }

    /// Whether offices and banks work on it.
    pub fn is_business_day(self) -> bool {
        let weekday = (self.days() + 3).rem_euclid(7);
        weekday < 5 && !HOLIDAYS.contains(&(self.month, self.day))
    }

    /// The last day of the month before.
    pub fn end_of_last_month(self) -> Self {
        Self::from_days(Self { day: 1, ..self }.days() - 1)
    }

    /// The day that lies `days` after 1970-01-01.
    pub fn from_days(days: i64) -> Self {
        let days = days + 719_468;
        let era = days.div_euclid(146_097);
        let day = days.rem_euclid(146_097);
        let year_of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        Self { year: (year_of_era + era * 400 + i64::from(month <= 2)) as i32, month: month as u8, day: day as u8 }
    }
}

impl std::str::FromStr for Date {
    type Err = Problem;
    /// Reads `2026-11-21` and nothing else.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let digits = |part: Option<&str>, length: usize| {
            let part = part.filter(|part| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit()))?;
            part.parse::<i32>().ok()
        };
        let mut parts = text.splitn(3, '-');
        let mut read = || {
            let (year, month, day) = (digits(parts.next(), 4)?, digits(parts.next(), 2)?, digits(parts.next(), 2)?);
            Self::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
        };
        read().ok_or(Problem::Malformed)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_moments() {
        let sample = Time::parse_rfc3339("2025-01-26T10:30:00+09:00").unwrap();
        assert_eq!(sample, Time::parse_rfc3339("2025-01-26T01:30:00Z").unwrap());
        assert_eq!(sample.rfc3339(), "2025-01-26T10:30:00+09:00");
        assert_eq!(sample.kst_minute(), "2025-01-26 10:30");
        assert_eq!(Time(0).kst_date(), Date::new(1970, 1, 1).unwrap());
        for bad in ["999999999-01-01T00:00:00Z", "2025-01-26T10:30:00+9999999999999999:00", "2025-01-26T24:00:00Z", "2025-01-26"] {
            assert_eq!(Time::parse_rfc3339(bad), None, "{bad}");
        }
        assert!(Date::new(2025, 2, 29).is_none());
        assert!(Date::new(2024, 2, 29).is_some());
    }

    #[test]
    fn seven_days_end_with_the_seventh_day() {
        let delivered = Time::parse_rfc3339("2026-11-01T23:59:59+09:00").unwrap();
        let end = delivered.end_of_kst_day_after(7);
        assert_eq!(end.rfc3339(), "2026-11-08T23:59:59+09:00");
        assert_eq!((end + Span(1)).rfc3339(), "2026-11-09T00:00:00+09:00");
    }

    #[test]
    fn iso_spans() {
        assert_eq!(Span::parse_iso("PT168H"), Some(Span::days(7)));
        assert_eq!(Span::parse_iso("P1DT30M"), Some(Span(Span::days(1).0 + Span::minutes(30).0)));
        for bad in ["", "P", "PT", "7D", "PT5", "P5H", "PT-5H"] {
            assert_eq!(Span::parse_iso(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn days_and_dates_agree(days in -1_000_000i64..1_000_000) {
            prop_assert_eq!(Date::from_days(days).days(), days);
        }
    }
}
