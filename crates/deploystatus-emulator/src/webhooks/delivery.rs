//! Deliveries of events to webhooks.

use std::sync::Arc;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::Serialize;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::event::Event;
use crate::model::hex;

/// A delivery of one event to one webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// Number of the delivery, counted from 1.
    pub number: u64,
    /// Value of `X-GitHub-Delivery`. A redelivery has the same ID.
    pub id: String,
    /// Number of the webhook, counted from 1.
    pub hook_id: u64,
    /// Number of the attempt, counted from 1.
    pub attempt: u32,
    /// Name of the event: `deployment` or `deployment_status`.
    pub event: String,
    /// URL of the webhook.
    pub url: String,
    /// Headers of the request.
    pub headers: Vec<(String, String)>,
    /// Body of the request.
    pub body: String,
    /// Time at which the delivery was queued.
    pub created_at: Timestamp,
    /// Status code of the response, or `None` if there was no response.
    pub status: Option<u16>,
    /// First 4,096 bytes of the response's body as text, or `None` if there was no response.
    pub response_body: Option<String>,
    /// Reason why there was no response, or `None` if there was one.
    pub error: Option<String>,
    /// Time at which the delivery finished, or `None` if it has not finished.
    pub delivered_at: Option<Timestamp>,
    /// Orders requests, statuses and deliveries, in microseconds of the system clock.
    pub(crate) order: i64,
}

/// A webhook as its deliveries need it.
#[derive(Debug)]
pub(super) struct Hook {
    pub(super) id: u64,
    pub(super) url: String,
    pub(super) secret: Option<String>,
    pub(super) enterprise_version: Option<String>,
}

/// The request of a delivery, shared by all attempts.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) hook_id: u64,
    event: &'static str,
    url: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Bytes,
}

/// The response of a webhook.
#[derive(Clone, Debug)]
pub(super) struct HookResponse {
    pub(super) status: u16,
    /// The start of the body.
    pub(super) body: Bytes,
}

/// A delivery as the log stores it.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) number: u64,
    pub(super) message: Arc<Message>,
    pub(super) attempt: u32,
    pub(super) created_at: Timestamp,
    pub(super) order: i64,
    /// Time and result, or `None` if the delivery has not finished.
    pub(super) outcome: Option<(Timestamp, Result<HookResponse, String>)>,
}

impl Delivery {
    /// Returns the value of a header. The case of the name does not matter.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        Some(&self.headers.iter().find(named)?.1)
    }
}

impl Record {
    /// Returns `true` if the webhook did not respond, or not with a success.
    pub(super) fn is_failed(&self) -> bool {
        let result = self.outcome.as_ref().map(|(_, result)| result);
        result.is_some_and(|it| it.as_ref().map_or(true, |response| response.status >= 300))
    }
}

impl From<&Record> for Delivery {
    fn from(record: &Record) -> Delivery {
        let message = &record.message;
        let result = record.outcome.as_ref().map(|(_, result)| result);
        let response = result.and_then(|it| it.as_ref().ok());
        let headers = message.headers.iter();
        Delivery {
            number: record.number,
            id: message.id.clone(),
            hook_id: message.hook_id,
            attempt: record.attempt,
            event: message.event.to_owned(),
            url: message.url.clone(),
            headers: headers
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            body: String::from_utf8_lossy(&message.body).into_owned(),
            created_at: record.created_at,
            status: response.map(|it| it.status),
            response_body: response.map(|it| String::from_utf8_lossy(&it.body).into_owned()),
            error: result.and_then(|it| it.as_ref().err().cloned()),
            delivered_at: record.outcome.as_ref().map(|(time, _)| *time),
            order: record.order,
        }
    }
}

impl Message {
    /// Creates the request for an event. `number` makes the ID unique.
    pub(super) fn new(hook: &Hook, event: &Event<'_>, body: Bytes, number: u64) -> Message {
        let id = delivery_id(&body, hook.id, number);
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
            let (sha1, sha256) = signatures(secret.as_bytes(), &body);
            headers.push(("x-hub-signature", format!("sha1={sha1}")));
            headers.push(("x-hub-signature-256", format!("sha256={sha256}")));
        }
        Message {
            id,
            hook_id: hook.id,
            event: event.name(),
            url: hook.url.clone(),
            headers,
            body,
        }
    }
}

#[cfg(test)]
impl Message {
    pub(super) fn with_id(id: &str) -> Message {
        Message {
            id: id.to_owned(),
            hook_id: 1,
            event: "deployment",
            url: String::new(),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }
}

/// Computes the HMAC of a body with SHA-1 and with SHA-256.
fn signatures(secret: &[u8], body: &[u8]) -> (String, String) {
    // Keys of any length are valid, so neither computation can fail.
    let sha1 = Hmac::<Sha1>::new_from_slice(secret)
        .map(|mac| hex(&mac.chain_update(body).finalize().into_bytes()));
    let sha256 = Hmac::<Sha256>::new_from_slice(secret)
        .map(|mac| hex(&mac.chain_update(body).finalize().into_bytes()));
    (sha1.unwrap_or_default(), sha256.unwrap_or_default())
}

/// Returns a GUID that is unique for each delivery and the same in each run.
fn delivery_id(body: &[u8], hook: u64, number: u64) -> String {
    let digest = Sha256::new()
        .chain_update(format!("{hook} {number} "))
        .chain_update(body)
        .finalize();
    let digest = hex(&digest);
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
    fn signatures_match_the_standard() {
        // RFC 2202 and RFC 4231, test case 2.
        let (sha1, sha256) = signatures(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
        assert_eq!(
            sha256,
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
