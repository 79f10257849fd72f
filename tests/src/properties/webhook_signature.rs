//! Verification of signatures.

use std::fmt::Write;

use deploystatus::webhook::{Verifier, VerifyError};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

use super::is_one_clear_line;

const SECRET: &str = "It's a Secret to Everybody";
const OLD_SECRET: &str = "5ecret of the year before";

/// Checks that a body is accepted only with a signature made with one of the secrets.
///
/// A change of one bit in the signature or the body is rejected.
/// The input is a signature on the first line, followed by the body.
pub fn webhook_signature(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let signature = parts.next().unwrap_or_default();
    let body = parts.next().unwrap_or_default();
    let verifier = Verifier::new(SECRET)
        .unwrap()
        .with_additional_secret(OLD_SECRET)
        .unwrap();
    let valid = [sign(SECRET, body), sign(OLD_SECRET, body)];
    for signature in &valid {
        assert!(verifier.verify(Some(signature), body).is_ok());
    }
    assert!(matches!(
        verifier.verify(None, body),
        Err(VerifyError::MissingSignature)
    ));
    let small = verifier.clone().with_max_size(body.len().saturating_sub(1));
    let result = small.verify(Some(&valid[0]), body);
    assert_eq!(
        matches!(result, Err(VerifyError::TooLarge { .. })),
        !body.is_empty()
    );

    let accepts = |signature: &str, body: &[u8]| verifier.verify(Some(signature), body).is_ok();
    if let Ok(text) = std::str::from_utf8(signature) {
        let is_valid = valid.iter().any(|valid| is_same(text, valid));
        assert_eq!(accepts(text, body), is_valid, "{text:?}");
    }
    if let Ok(value) = HeaderValue::from_bytes(signature) {
        let text = value.to_str().unwrap_or_default();
        let is_valid = valid.iter().any(|valid| is_same(text, valid));
        let headers = HeaderMap::from_iter([("x-hub-signature-256".parse().unwrap(), value)]);
        let error = verifier.receive(&headers, body).unwrap_err();
        assert_eq!(error == VerifyError::MissingEvent, is_valid);
        is_one_clear_line(&error.to_string());
        let shown = format!("{error} {error:?} {verifier:?}");
        assert!(
            !shown.contains("ecret to") && !shown.contains("5ecret"),
            "{shown}"
        );
    }

    // The input determines the bit, so that a failure can be reproduced.
    let pick = bytes.iter().fold(bytes.len(), |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
    });
    let mut wrong = valid[0].clone().into_bytes();
    let bit = pick % (wrong.len() * 7);
    wrong[bit / 7] ^= 1 << (bit % 7);
    let wrong = String::from_utf8(wrong).unwrap();
    assert_eq!(
        accepts(&wrong, body),
        is_same(&wrong, &valid[0]),
        "{wrong:?}"
    );
    let mut altered = body.to_vec();
    altered.push(0);
    assert!(!accepts(&valid[0], &altered));
    altered.pop();
    if !altered.is_empty() {
        let bit = pick % (altered.len() * 8);
        altered[bit / 8] ^= 1 << (bit % 8);
        assert!(!accepts(&valid[0], &altered), "bit {bit}");
        assert!(!accepts(&valid[0], &body[1..]));
    }
}

/// Returns the signature of a body, computed without the crate that verifies it.
#[must_use]
pub fn sign(secret: &str, body: &[u8]) -> String {
    let mut key = [0_u8; 64];
    key[..secret.len()].copy_from_slice(secret.as_bytes());
    let inner = Sha256::new()
        .chain_update(key.map(|byte| byte ^ 0x36))
        .chain_update(body)
        .finalize();
    let outer = Sha256::new()
        .chain_update(key.map(|byte| byte ^ 0x5c))
        .chain_update(inner)
        .finalize();
    let mut signature = "sha256=".to_owned();
    for byte in outer {
        write!(signature, "{byte:02x}").unwrap();
    }
    signature
}

/// Compares two signatures. Hexadecimal digits may be upper case.
fn is_same(signature: &str, valid: &str) -> bool {
    signature.starts_with("sha256=") && signature.eq_ignore_ascii_case(valid)
}
