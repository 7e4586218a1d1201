//! Secrets: tokens, their hashes, passwords. Plain tokens are never stored, passwords never leave this file unhashed.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use jumun::{ids::Mint, refusal::Refusal, text::Password};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use tokio::sync::Semaphore;

/// Hashing takes 19 MiB and tens of milliseconds; more at once than cores would only wait for each other.
static HASHERS: Semaphore = Semaphore::const_new(2);

/// Bytes that nobody can guess.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0u8; N];
    // Without randomness nothing here is safe: stop rather than go on.
    if getrandom::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    bytes
}

/// A fresh token of 256 bits, as text.
pub fn token() -> String {
    hex(&random::<32>())
}

/// What is stored of a token or compared of a request's body.
pub fn hash(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Hashes a password with argon2id (19 MiB, two passes).
///
/// # Errors
/// [`Refusal::Broken`] when hashing fails.
pub async fn hash_password(password: Password) -> Result<String, Refusal> {
    let _turn = HASHERS.acquire().await.map_err(|_| Refusal::Broken)?;
    tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|_| Refusal::Broken)
    })
    .await
    .map_err(|_| Refusal::Broken)?
}

/// Whether the password is the one that was hashed. Without a hash it takes as long and answers no, so that nobody learns
/// from the time which addresses have accounts.
///
/// # Errors
/// [`Refusal::Broken`] when hashing fails.
pub async fn is_password(password: Password, hashed: Option<String>) -> Result<bool, Refusal> {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$YXJlIHlvdSBsb29raW5nIGZvciBhIHBhc3N3b3JkPz8";
    let _turn = HASHERS.acquire().await.map_err(|_| Refusal::Broken)?;
    tokio::task::spawn_blocking(move || {
        let known = hashed.is_some();
        let text = hashed.unwrap_or_else(|| NOBODY.to_owned());
        let fits = PasswordHash::new(&text).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        fits && known
    })
    .await
    .map_err(|_| Refusal::Broken)
}

/// Identities from time and randomness.
#[derive(Default)]
pub struct RandomMint;

impl Mint for RandomMint {
    fn uuid(&mut self) -> uuid::Uuid {
        uuid::Uuid::now_v7()
    }
    fn number_tail(&mut self) -> String {
        let alphabet = jumun::ids::OrderNumber::ALPHABET;
        let mut tail = String::with_capacity(8);
        while tail.len() < 8 {
            let bytes = random::<16>();
            // 248 = 8 × 31: bytes above it would make the first letters more likely.
            tail.extend(
                bytes.iter().filter(|byte| **byte < 248).map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).take(8 - tail.len()),
            );
        }
        tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn passwords_are_checked_by_hash() {
        let hash = hash_password(Password::parse("correct horse").unwrap()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(is_password(Password::parse("correct horse").unwrap(), Some(hash.clone())).await.unwrap());
        assert!(!is_password(Password::parse("wrong horse!").unwrap(), Some(hash)).await.unwrap());
        assert!(!is_password(Password::parse("correct horse").unwrap(), None).await.unwrap());
    }

    #[test]
    fn numbers_are_hard_to_guess_and_easy_to_read() {
        let tail = RandomMint.number_tail();
        assert_eq!(tail.len(), 8);
        assert!(tail.bytes().all(|byte| jumun::ids::OrderNumber::ALPHABET.contains(&byte)));
        assert_ne!(tail, RandomMint.number_tail());
    }
}
