//! Passwords, one-time codes and tokens: only ready-made primitives, joined here.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp};

use crate::error::{Error, Result};

pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|e| Error::Internal(format!("no randomness to be had: {e}")))?;
    Ok(bytes)
}

/// A token for a cookie, and the digest under which the store knows it.
pub fn token() -> Result<(String, [u8; 32])> {
    let text = BASE64URL_NOPAD.encode(&random::<32>()?);
    let digest = token_digest(&text);
    Ok((text, digest))
}

pub fn token_digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// SHA-256 in hexadecimal.
pub fn digest_text(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

pub fn csrf() -> Result<String> {
    Ok(HEXLOWER.encode(&random::<16>()?))
}

/// Argon2id with the crate's recommended costs and a random salt.
pub fn hash_password(password: &str) -> Result<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|e| Error::Internal(format!("hashing a password: {e}")))
}

pub fn password_fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| {
        Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
    })
}

/// A password that somebody can read out over the telephone: four groups of four letters and digits that do not
/// look alike.
pub fn readable_password() -> Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz234567892";
    let text: String = random::<16>()?
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect();
    Ok([&text[0..4], &text[4..8], &text[8..12], &text[12..16]].join("-"))
}

/// RFC 6238 with the usual values (SHA-1, 6 digits, 30 seconds), which every authenticator app takes.
fn totp(secret: &[u8], account: &str) -> Result<Totp> {
    Builder::new()
        .with_secret(Secret::from(secret.to_vec()))
        .with_skew(1)
        .with_account_name(account)
        .with_issuer(Some("Herald"))
        .build()
        .map_err(|e| Error::Internal(format!("one-time codes: {e}")))
}

fn seconds(now: Timestamp) -> u64 {
    now.as_second().unsigned_abs()
}

/// The step a code belongs to, if it is the code of now or of a step beside it.
pub fn code_step(secret: &[u8], code: &str, now: Timestamp) -> Option<u64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    totp(secret, "Herald").ok()?.check(&digits, seconds(now))
}

/// The next code that has not been used: for demonstrations, tests and the operator at the machine.
pub fn unused_code(secret: &[u8], last_used: u64, now: Timestamp) -> Result<String> {
    let step = (seconds(now) / 30).max(last_used + 1);
    Ok(totp(secret, "Herald")?.generate(step * 30).to_string())
}

pub fn secret_text(secret: &[u8]) -> String {
    data_encoding::BASE32_NOPAD.encode(secret)
}

/// The link that an authenticator app reads.
pub fn authenticator_link(secret: &[u8], username: &str) -> Result<String> {
    totp(secret, username)?
        .to_url()
        .map_err(|e| Error::Internal(format!("one-time codes: {e}")))
}
