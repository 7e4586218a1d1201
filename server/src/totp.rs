//! Codes of the second step (RFC 6238: SHA-1, 30 seconds, six digits, one step either way), and the picture that brings an app
//! its secret.

use crate::secret;
use fast_qr::{ECL, QRBuilder};
use jumun::{
    refusal::Refusal,
    signing::{Enrolment, Qr, RECOVERY_CODES},
    time::Time,
};
use std::fmt::Write;
use totp_rs::{Builder, Secret, Totp};

/// Who the app says the codes are for.
const ISSUER: &str = "Jumun";
/// Light squares that a reader wants around a code.
const QUIET: usize = 4;

/// A fresh secret of 160 bits, in Base32.
pub fn secret() -> String {
    Secret::from(secret::random::<20>()).to_base32()
}

/// Fresh recovery codes of 80 bits each, as people write them down: `abcd-efgh-2345-mnop`.
pub fn recovery_codes() -> Vec<String> {
    let one = || {
        let plain = Secret::from(secret::random::<10>()).to_base32().to_ascii_lowercase();
        plain.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect::<Vec<_>>().join("-")
    };
    (0..RECOVERY_CODES).map(|_| one()).collect()
}

fn totp(secret: &str, account: &str) -> Result<Totp, Refusal> {
    let secret = Secret::try_from_base32(secret).map_err(|_| Refusal::Broken)?;
    // A colon parts issuer and account in what apps read.
    let builder = Builder::new().with_secret(secret).with_issuer(Some(ISSUER)).with_account_name(account.replace(':', ""));
    builder.with_digits(6).with_skew(1).with_step_duration(30).build().map_err(|_| Refusal::Broken)
}

fn seconds(at: Time) -> u64 {
    u64::try_from(at.0 / 1_000_000).unwrap_or(0)
}

/// The step that a code is of, when it is of the present one or a neighbour. Each may be used once, which the store keeps.
///
/// # Errors
/// [`Refusal::Broken`] for a secret that is none.
pub fn step_of(secret: &str, code: &str, at: Time) -> Result<Option<i64>, Refusal> {
    Ok(totp(secret, "")?.check(code, seconds(at)).and_then(|step| i64::try_from(step).ok()))
}

/// The code of a moment, as the app shows it.
///
/// # Errors
/// [`Refusal::Broken`] for a secret that is none.
pub fn code(secret: &str, at: Time) -> Result<String, Refusal> {
    Ok(totp(secret, "")?.generate(seconds(at)).to_string())
}

/// A secret as the app of an account takes it.
///
/// # Errors
/// [`Refusal::Broken`] for a secret that is none.
pub fn enrolment(secret: &str, account: &str) -> Result<Enrolment, Refusal> {
    let uri = totp(secret, account)?.to_url().map_err(|_| Refusal::Broken)?;
    let qr = qr(&uri)?;
    Ok(Enrolment { secret: secret.to_owned(), uri, qr })
}

fn qr(text: &str) -> Result<Qr, Refusal> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(|_| Refusal::Broken)?;
    let mut path = String::new();
    for (y, row) in (0..code.size).map(|y| (y, &code[y])) {
        for (x, _) in row.iter().enumerate().filter(|(_, module)| module.value()) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    Ok(Qr { side: u32::try_from(code.size + 2 * QUIET).map_err(|_| Refusal::Broken)?, path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jumun::signing::Code;

    /// `12345678901234567890`, the secret of the RFC's examples.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B, SHA-1; of its eight digits the last six.
        let examples = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (second, expected) in examples {
            assert_eq!(code(SECRET, Time(second * 1_000_000)).unwrap(), expected, "at {second}");
            assert_eq!(step_of(SECRET, expected, Time(second * 1_000_000)).unwrap(), Some(second / 30));
        }
    }

    #[test]
    fn a_neighbouring_step_is_taken_and_no_farther_one() {
        let at = |second: i64| Time(second * 1_000_000);
        let shown = code(SECRET, at(1_111_111_111)).unwrap();
        let step = 1_111_111_111 / 30;
        let taken = |offset: i64| step_of(SECRET, &shown, at(step * 30 + offset)).unwrap();
        assert_eq!([-30, -1, 0, 29, 30, 59].map(taken), [Some(step); 6]);
        assert_eq!([-31, 60].map(taken), [None; 2]);
    }

    #[test]
    fn an_app_reads_what_is_shown() {
        let made = enrolment(SECRET, "who:ever+1@jumun.example").unwrap();
        assert_eq!(made.secret, SECRET);
        let read = Totp::from_url(&made.uri).unwrap();
        assert_eq!(read.generate(59).to_string(), "287082");
        assert!(made.uri.starts_with("otpauth://totp/Jumun:whoever%2B1%40jumun.example?"), "{}", made.uri);
        // The corner that every reader looks for: seven dark squares, and the quiet zone before them.
        assert!((4..11).all(|x| made.qr.path.contains(&format!("M{x} 4h1v1h-1z"))), "{}", made.qr.path);
        assert!(!made.qr.path.contains("M3 ") && !made.qr.path.contains("M11 4h"));
        assert_eq!((made.qr.side - 8 - 17) % 4, 0);
    }

    #[test]
    fn secrets_and_recovery_codes_are_random_and_read_back() {
        assert_eq!(secret().len(), 32);
        assert_ne!(secret(), secret());
        let codes = recovery_codes();
        let read: std::collections::BTreeSet<String> = codes
            .iter()
            .map(|code| match Code::parse(code) {
                Ok(Code::Recovery(plain)) => plain,
                _ => panic!("{code}"),
            })
            .collect();
        assert_eq!(read.len(), RECOVERY_CODES);
    }
}
