//! Verification of webhook deliveries.

use std::fmt;

use http::HeaderMap;

use super::event::Event;
use super::signature::Key;
use super::verify_error::VerifyError;
use crate::error::Error;

/// Size in bytes of the largest payload that GitHub delivers (25 MB).
pub const MAX_PAYLOAD_SIZE: usize = 25 * 1024 * 1024;

/// A verifier of webhook deliveries, created from their secret.
///
/// Clones are cheap. `Debug` does not show the secrets.
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<Key>,
    max_size: usize,
}

impl Verifier {
    /// Creates a verifier that accepts deliveries signed with `secret`.
    ///
    /// # Errors
    ///
    /// Returns an error if the secret is empty, because anyone can sign with an empty secret.
    pub fn new(secret: &str) -> Result<Self, Error> {
        Ok(Self {
            keys: vec![Key::new(secret)?],
            max_size: MAX_PAYLOAD_SIZE,
        })
    }

    /// Returns a verifier that also accepts deliveries signed with `secret`.
    ///
    /// Use it while the secret of a webhook is replaced.
    ///
    /// # Errors
    ///
    /// Returns an error if the secret is empty.
    pub fn with_additional_secret(mut self, secret: &str) -> Result<Self, Error> {
        self.keys.push(Key::new(secret)?);
        Ok(self)
    }

    /// Sets the maximum size of a body in bytes. Defaults to [`MAX_PAYLOAD_SIZE`].
    ///
    /// Larger bodies are rejected before their signature is computed.
    /// Set the same limit in the HTTP server, because the server reads the body into memory first.
    #[must_use]
    pub fn with_max_size(mut self, bytes: usize) -> Self {
        self.max_size = bytes;
        self
    }

    /// Verifies a delivery and parses its event.
    ///
    /// The signature covers every byte of the body, so the body must be passed unchanged.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is too large, the signature is missing or wrong,
    /// the event is unnamed or unsupported, or the body is malformed. The checks are made in this order.
    /// [`VerifyError::status_code`] returns the status code for the response.
    pub fn receive(&self, headers: &HeaderMap, body: &[u8]) -> Result<Event, VerifyError> {
        let header = |name| headers.get(name)?.to_str().ok();
        let signature = headers.get("x-hub-signature-256");
        let signature = signature.map(|value| value.to_str().unwrap_or_default());
        self.verify(signature, body)?;
        let name = header("x-github-event").ok_or(VerifyError::MissingEvent)?;
        let mut event = Event::parse(name, body)?;
        event.delivery_id = header("x-github-delivery").map(str::to_owned);
        Ok(event)
    }

    /// Verifies only the signature of a body, given the value of the header `X-Hub-Signature-256`.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is too large or the signature is missing or wrong.
    pub fn verify(&self, signature: Option<&str>, body: &[u8]) -> Result<(), VerifyError> {
        if body.len() > self.max_size {
            return Err(VerifyError::TooLarge {
                size: body.len(),
                max_size: self.max_size,
            });
        }
        let signature = signature.ok_or(VerifyError::MissingSignature)?;
        // All keys are tried, so that the duration does not reveal which key matches.
        let is_valid = self.keys.iter().fold(false, |is_valid, key| {
            key.matches(signature, body) | is_valid
        });
        if is_valid {
            Ok(())
        } else {
            Err(VerifyError::WrongSignature)
        }
    }
}

/// Shows the number of secrets, but not the secrets.
impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("secrets", &self.keys.len())
            .field("max_size", &self.max_size)
            .finish()
    }
}
