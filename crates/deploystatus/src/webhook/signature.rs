//! HMAC-SHA-256 signatures of the header `X-Hub-Signature-256`.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::model::invalid_value::InvalidValue;

/// A secret, prepared for verification.
#[derive(Clone)]
pub(super) struct Key(Hmac<Sha256>);

impl Key {
    pub(super) fn new(secret: &str) -> Result<Self, InvalidValue> {
        if secret.is_empty() {
            return Err(InvalidValue::new(
                "webhook_secret",
                "webhook secret must not be empty",
            ));
        }
        Hmac::new_from_slice(secret.as_bytes())
            .map(Self)
            .map_err(|_| InvalidValue::new("webhook_secret", "invalid webhook secret"))
    }

    /// Returns `true` if this key made the signature for the body.
    ///
    /// The duration of the comparison does not depend on the number of equal bytes.
    pub(super) fn matches(&self, signature: &str, body: &[u8]) -> bool {
        let Some(signature) = digest(signature) else {
            return false;
        };
        let mac = self.0.clone().chain_update(body);
        mac.verify_slice(&signature).is_ok()
    }
}

/// Parses `sha256=` followed by 64 hexadecimal digits.
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
