//! One delivery: its headers and signatures.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::Serialize;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::Event;

/// One event, sent to one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// The identifier that `X-GitHub-Delivery` tells; a redelivery keeps it.
    pub id: String,
    /// Which webhook it was sent to, counted from one.
    pub hook_id: u64,
    /// Which time it is sent, counted from one.
    pub attempt: u32,
    /// `deployment` or `deployment_status`.
    pub event: String,
    /// Where it was sent.
    pub url: String,
    /// The headers it was sent with.
    pub headers: Vec<(String, String)>,
    /// The body it was sent with.
    pub body: String,
    /// The status it was answered with, if it was.
    pub status: Option<u16>,
    /// Why it was not answered.
    pub error: Option<String>,
    /// When its outcome was known; none while it is under way.
    pub delivered_at: Option<Timestamp>,
}

/// A webhook as deliveries see it.
#[derive(Debug)]
pub(super) struct Hook {
    pub(super) id: u64,
    pub(super) url: String,
    pub(super) secret: Option<String>,
    pub(super) enterprise_version: Option<String>,
}

impl Delivery {
    /// The value of a header, which may be named in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        Some(&self.headers.iter().find(named)?.1)
    }

    pub(super) fn new(hook: &Hook, event: &Event<'_>, body: String, before: usize) -> Delivery {
        let id = identifier(&body, hook.id, before);
        let mut headers = vec![
            ("accept", "*/*".to_owned()),
            ("content-type", "application/json".to_owned()),
            ("user-agent", "GitHub-Hookshot/0000000".to_owned()),
            ("x-github-delivery", id.clone()),
            ("x-github-event", event.name().to_owned()),
            ("x-github-hook-id", hook.id.to_string()),
            (
                "x-github-hook-installation-target-id",
                event.repository.id.to_string(),
            ),
            (
                "x-github-hook-installation-target-type",
                "repository".to_owned(),
            ),
        ];
        if let Some(version) = &hook.enterprise_version {
            let host = event.base.web.split("://").last().unwrap_or_default();
            headers.push(("x-github-enterprise-version", version.clone()));
            headers.push(("x-github-enterprise-host", host.to_owned()));
        }
        if let Some(secret) = &hook.secret {
            let (legacy, signature) = signatures(secret.as_bytes(), body.as_bytes());
            headers.push(("x-hub-signature", format!("sha1={legacy}")));
            headers.push(("x-hub-signature-256", format!("sha256={signature}")));
        }
        Delivery {
            id,
            hook_id: hook.id,
            attempt: 1,
            event: event.name().to_owned(),
            url: hook.url.clone(),
            headers: headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            body,
            status: None,
            error: None,
            delivered_at: None,
        }
    }

    pub(super) fn again(mut self) -> Delivery {
        self.attempt += 1;
        self.status = None;
        self.error = None;
        self.delivered_at = None;
        self
    }

    pub(super) fn outcome(&mut self, outcome: Result<u16, String>, now: Timestamp) {
        match outcome {
            Ok(status) => self.status = Some(status),
            Err(error) => self.error = Some(error),
        }
        self.delivered_at = Some(now);
    }
}

/// The HMAC of a body, the legacy one with SHA-1 and that with SHA-256.
fn signatures(secret: &[u8], body: &[u8]) -> (String, String) {
    // A key of any length will do, so that neither can fail.
    let legacy = Hmac::<Sha1>::new_from_slice(secret).map(|mac| {
        let digest = mac.chain_update(body).finalize().into_bytes();
        crate::hex::encode(&digest)
    });
    let signature = Hmac::<Sha256>::new_from_slice(secret).map(|mac| {
        let digest = mac.chain_update(body).finalize().into_bytes();
        crate::hex::encode(&digest)
    });
    (legacy.unwrap_or_default(), signature.unwrap_or_default())
}

/// A GUID that differs for each delivery and is the same for each run.
fn identifier(body: &str, hook: u64, before: usize) -> String {
    let digest = crate::hex::encode(&Sha256::digest(format!("{hook} {before} {body}")));
    format!(
        "{}-{}-4{}-a{}-{}",
        &digest[..8],
        &digest[8..12],
        &digest[13..16],
        &digest[17..20],
        &digest[20..32]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_signed_as_the_standard_says() {
        // RFC 2202 and RFC 4231, test case 2.
        let (legacy, signature) = signatures(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(legacy, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        assert_eq!(
            signature,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
