//! HMAC-SHA-256, as `X-Hub-Signature-256` carries it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Invalid;

/// A secret, ready to verify with.
#[derive(Clone)]
pub(super) struct Key(Hmac<Sha256>);

impl Key {
    pub(super) fn new(secret: &str) -> Result<Self, Invalid> {
        if secret.is_empty() {
            return Err(Invalid::new(
                "secret",
                "is empty, and anybody can sign with nothing",
            ));
        }
        Hmac::new_from_slice(secret.as_bytes())
            .map(Self)
            .map_err(|why| Invalid::new("secret", why.to_string()))
    }

    /// Whether this is the body's signature by this key. What it takes does not depend on how much of it fits.
    pub(super) fn fits(&self, signature: &str, body: &[u8]) -> bool {
        let Some(signature) = digest(signature) else {
            return false;
        };
        let mac = self.0.clone().chain_update(body);
        mac.verify_slice(&signature).is_ok()
    }
}

/// Reads `sha256=` and 64 hexadecimal digits.
fn digest(signature: &str) -> Option<[u8; 32]> {
    let digits = signature.strip_prefix("sha256=")?.as_bytes();
    let mut digest = [0; 32];
    if digits.len() != 2 * digest.len() {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(digest)
}
