//! Signing in: how often may be guessed, what a second step is, who may have one. Times of codes are real, never the demo's.

use crate::{
    actor::Actor,
    refusal::Refusal,
    time::{Span, Time},
};
use serde::{Deserialize, Serialize};

/// Wrong answers of one address for one e-mail before it waits.
pub const FREE_FAILURES: u32 = 5;
/// Within which they count.
pub const WINDOW: Span = Span::minutes(15);
/// The first wait; each further failure doubles it.
pub const FIRST_WAIT: Span = Span::seconds(30);
/// No wait is longer.
pub const LONGEST_WAIT: Span = Span::minutes(15);
/// Wrong answers for one e-mail from all addresses in an hour before every answer takes its time.
pub const SLOW_AFTER: u32 = 100;
/// How long an answer takes then.
pub const SLOW_BY: Span = Span::seconds(2);
/// After this long without a failure nobody remembers any. Longer than the longest wait, or waiting would wipe the slate.
pub const FORGOTTEN: Span = Span::hours(1);

/// How long the second step may take.
pub const PENDING: Span = Span::minutes(5);
/// Wrong codes before the password is asked again.
pub const PENDING_TRIES: u32 = 5;
/// Recovery codes given out at once.
pub const RECOVERY_CODES: usize = 8;

/// Failures that are remembered of an (e-mail, address) pair, or of an e-mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the first was.
    pub since: Time,
    /// When the last was.
    pub last: Time,
}

impl Failures {
    /// What of them still counts for a pair: five within the window make it wait, and who waits is remembered for an hour.
    #[must_use]
    pub fn of_pair(self, now: Time) -> Self {
        let over = if self.count < FREE_FAILURES { now.since(self.since) >= WINDOW } else { now.since(self.last) >= FORGOTTEN };
        if over { Self::default() } else { self }
    }

    /// What of them still counts for an e-mail: those of an hour.
    #[must_use]
    pub fn of_email(self, now: Time) -> Self {
        if now.since(self.since) >= FORGOTTEN { Self::default() } else { self }
    }

    /// One more.
    #[must_use]
    pub fn and_one(self, now: Time) -> Self {
        Self { count: self.count.saturating_add(1), since: if self.count == 0 { now } else { self.since }, last: now }
    }

    /// One less: what was counted before the answer was known to be right.
    #[must_use]
    pub fn less_one(self) -> Self {
        Self { count: self.count.saturating_sub(1), ..self }
    }

    /// Whether a pair may try now.
    ///
    /// # Errors
    /// [`Refusal::RateLimited`] until it may.
    pub fn may_try(self, now: Time) -> Result<(), Refusal> {
        if self.count < FREE_FAILURES {
            return Ok(());
        }
        let doublings = (self.count - FREE_FAILURES).min(16);
        let wait = Span((FIRST_WAIT.0 << doublings).min(LONGEST_WAIT.0));
        let left = (self.last + wait).since(now);
        if left.0 <= 0 {
            return Ok(());
        }
        Err(Refusal::RateLimited { retry_after: u32::try_from((left.0 + 999_999) / 1_000_000).unwrap_or(u32::MAX) })
    }

    /// How long an e-mail's answers are held back. Only held back: whoever fails in the owner's name must not keep the owner out.
    pub fn delay(self) -> Span {
        if self.count > SLOW_AFTER { SLOW_BY } else { Span(0) }
    }
}

/// What is typed as the second step.
#[derive(Clone, PartialEq, Eq)]
pub enum Code {
    /// Six digits of the app.
    Timed(String),
    /// A recovery code, without what it is grouped by.
    Recovery(String),
}

impl Code {
    /// Reads what was typed.
    ///
    /// # Errors
    /// [`Refusal::WrongCode`] for what is neither.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').take(40).collect();
        if plain.len() == 6 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Self::Timed(plain));
        }
        if plain.len() == 16 && plain.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(Self::Recovery(plain.to_ascii_lowercase()));
        }
        Err(Refusal::WrongCode)
    }
}

/// Whether this kind of account may ask for a second step: everybody who works here.
///
/// # Errors
/// [`Refusal::SignInRequired`] when signing in could help, else [`Refusal::NotAllowed`].
pub fn may_enrol(actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Staff { .. } | Actor::Installer { .. } | Actor::Admin { .. } => Ok(()),
        Actor::Nobody | Actor::Guest { .. } => Err(Refusal::SignInRequired),
        Actor::Customer { .. } | Actor::Channel { .. } | Actor::System => Err(Refusal::NotAllowed),
    }
}

/// A secret as the app takes it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// In Base32, to type.
    pub secret: String,
    /// `otpauth://…`
    pub uri: String,
    /// The same to scan.
    pub qr: Qr,
}

/// A QR code as one path of squares of 1.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Qr {
    /// Squares on each side, with the quiet ones around.
    pub side: u32,
    /// The dark ones.
    pub path: String,
}

/// How an account's second step stands.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TwoSteps {
    /// There is none.
    Off,
    /// A secret was made and waits for its first code.
    Begun(Enrolment),
    /// Signing in takes a code.
    On {
        /// Since when.
        since: Time,
        /// Recovery codes that are left.
        left: u32,
        /// The codes just made, once.
        fresh: Vec<String>,
    },
}

/// Whether somebody has to turn his second step on before he does anything else, where the house requires it of the chain's own
/// people.
pub fn owes_second_step(actor: &Actor, required: bool, has_one: bool) -> bool {
    required && !has_one && matches!(actor, Actor::Admin { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(times: u32, from: Time, apart: Span) -> Failures {
        (0..times).fold(Failures::default(), |known, nth| {
            let at = Time(from.0 + apart.0 * i64::from(nth));
            known.of_pair(at).and_one(at)
        })
    }

    #[test]
    fn five_failures_wait_and_each_more_waits_twice_as_long() {
        let start = Time(1_000_000_000);
        assert_eq!(failed(4, start, Span(0)).may_try(start), Ok(()));
        let mut known = failed(5, start, Span(0));
        let mut now = start;
        let mut waits = Vec::new();
        for _ in 0..7 {
            let Err(Refusal::RateLimited { retry_after }) = known.of_pair(now).may_try(now) else { panic!("does not wait") };
            waits.push(retry_after);
            let almost = Time(now.0 + i64::from(retry_after) * 1_000_000 - 1);
            assert_eq!(known.of_pair(almost).may_try(almost), Err(Refusal::RateLimited { retry_after: 1 }));
            now = now + Span::seconds(i64::from(retry_after));
            assert_eq!(known.of_pair(now).may_try(now), Ok(()));
            known = known.of_pair(now).and_one(now);
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900]);
    }

    #[test]
    fn slow_failures_do_not_add_up() {
        let start = Time(1_000_000_000);
        let known = failed(40, start, Span::minutes(4));
        let now = Time(start.0 + Span::minutes(4).0 * 39);
        assert_eq!(known.of_pair(now).may_try(now), Ok(()), "{known:?}");
        let later = start + FORGOTTEN;
        assert_eq!(failed(9, start, Span(0)).of_pair(later), Failures::default());
    }

    #[test]
    fn an_email_is_slowed_and_never_refused() {
        let start = Time(1_000_000_000);
        let many = (0..=SLOW_AFTER).fold(Failures::default(), |known, _| known.of_email(start).and_one(start));
        assert_eq!((many.less_one().delay(), many.delay()), (Span(0), SLOW_BY));
        assert_eq!(many.of_email(start + FORGOTTEN).delay(), Span(0));
    }

    #[test]
    fn codes_are_read_as_people_write_them() {
        let read = |text| Code::parse(text).ok();
        assert!(read("123 456") == Some(Code::Timed("123456".into())));
        assert!(read(" ABCD-efgh-2345-mnop ") == Some(Code::Recovery("abcdefgh2345mnop".into())));
        for wrong in ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "abcd-efgh-2345-mno", "abcd-efgh-2345-mno!"] {
            assert_eq!(Code::parse(wrong).err(), Some(Refusal::WrongCode), "{wrong}");
        }
    }
}
