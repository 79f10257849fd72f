//! Which signatures of a delivery are taken.

use std::fmt::Write;

use deploystatus::webhook::{Rejected, Verifier};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

use super::is_one_clear_line;

const SECRET: &str = "It's a Secret to Everybody";
const FORMER: &str = "5ecret of the year before";

/// A body is taken with the signature that one of the secrets makes of it, and with no other,
/// be it off by a bit in the signature or in the body.
///
/// The first line is a signature that somebody made up, the rest is the body.
pub fn webhook_signature(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let made_up = parts.next().unwrap_or_default();
    let body = parts.next().unwrap_or_default();
    let verifier = Verifier::new(SECRET).unwrap().or(FORMER).unwrap();
    let right = [sign(SECRET, body), sign(FORMER, body)];
    for signature in &right {
        assert!(verifier.verify(Some(signature), body).is_ok());
    }
    assert!(matches!(
        verifier.verify(None, body),
        Err(Rejected::Unsigned)
    ));
    let small = verifier.clone().size_limit(body.len().saturating_sub(1));
    let refused = small.verify(Some(&right[0]), body);
    assert_eq!(
        matches!(refused, Err(Rejected::TooLarge { .. })),
        !body.is_empty()
    );

    let takes = |signature: &str, body: &[u8]| verifier.verify(Some(signature), body).is_ok();
    if let Ok(text) = std::str::from_utf8(made_up) {
        let fits = right.iter().any(|right| is_same(text, right));
        assert_eq!(takes(text, body), fits, "{text:?}");
    }
    if let Ok(value) = HeaderValue::from_bytes(made_up) {
        let text = value.to_str().unwrap_or_default();
        let fits = right.iter().any(|right| is_same(text, right));
        let headers = HeaderMap::from_iter([("x-hub-signature-256".parse().unwrap(), value)]);
        let refused = verifier.receive(&headers, body).unwrap_err();
        assert_eq!(matches!(refused, Rejected::Unnamed), fits);
        is_one_clear_line(&refused.to_string());
        let told = format!("{refused} {refused:?} {verifier:?}");
        assert!(
            !told.contains("ecret to") && !told.contains("5ecret"),
            "{told}"
        );
    }

    // Which bit is decided by the bytes, so that whatever is found is found again.
    let pick = bytes.iter().fold(bytes.len(), |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
    });
    let mut wrong = right[0].clone().into_bytes();
    let bit = pick % (wrong.len() * 7);
    wrong[bit / 7] ^= 1 << (bit % 7);
    let wrong = String::from_utf8(wrong).unwrap();
    assert_eq!(takes(&wrong, body), is_same(&wrong, &right[0]), "{wrong:?}");
    let mut altered = body.to_vec();
    altered.push(0);
    assert!(!takes(&right[0], &altered));
    altered.pop();
    if !altered.is_empty() {
        let bit = pick % (altered.len() * 8);
        altered[bit / 8] ^= 1 << (bit % 8);
        assert!(!takes(&right[0], &altered), "bit {bit}");
        assert!(!takes(&right[0], &body[1..]));
    }
}

/// A signature as GitHub writes it, made without the crate that verifies it.
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

/// Hexadecimal digits may be large ones.
fn is_same(signature: &str, right: &str) -> bool {
    signature.starts_with("sha256=") && signature.eq_ignore_ascii_case(right)
}
