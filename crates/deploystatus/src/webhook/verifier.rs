//! Whether a delivery is what it says it is.

use std::fmt;

use http::HeaderMap;

use super::signature::Key;
use super::{Event, Rejected};
use crate::Error;

/// Tells the deliveries of those who know a secret from all others, and reads them.
///
/// It is cheap to clone, and shows nothing of its secrets.
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<Key>,
    size_limit: usize,
}

/// One delivery that was verified and read.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Delivery {
    /// The number of the delivery; one that is delivered again keeps it.
    ///
    /// The signature does not cover it, so it helps against repetitions and not against forgery.
    pub id: Option<String>,
    /// What happened.
    pub event: Event,
}

impl Verifier {
    /// Accepts what was signed with this secret, up to the 25 MiB that GitHub sends at most.
    ///
    /// # Errors
    ///
    /// When the secret is empty, as that of a variable that was never set: anybody can sign with nothing.
    pub fn new(secret: &str) -> Result<Self, Error> {
        Ok(Self {
            keys: vec![Key::new(secret)?],
            size_limit: 25 * 1024 * 1024,
        })
    }

    /// Accepts what was signed with this secret as well, while one is being replaced by another.
    ///
    /// # Errors
    ///
    /// When the secret is empty.
    pub fn or(mut self, secret: &str) -> Result<Self, Error> {
        self.keys.push(Key::new(secret)?);
        Ok(self)
    }

    /// Refuses larger bodies before anything else is done with them.
    ///
    /// A server has to keep larger ones from coming in at all; this is the second line.
    #[must_use]
    pub fn size_limit(mut self, bytes: usize) -> Self {
        self.size_limit = bytes;
        self
    }

    /// Verifies a delivery and reads it.
    ///
    /// The body must be as it came: every byte of it was signed.
    ///
    /// # Errors
    ///
    /// When it is too large, not signed, signed with another secret, another event, or not readable; in this order.
    /// [`Rejected::answer`] tells what to answer.
    pub fn receive(&self, headers: &HeaderMap, body: &[u8]) -> Result<Delivery, Rejected> {
        let header = |name| headers.get(name)?.to_str().ok();
        let signature = headers.get("x-hub-signature-256");
        self.verify(signature.map(|it| it.to_str().unwrap_or_default()), body)?;
        let event = header("x-github-event").ok_or(Rejected::Unnamed)?;
        Ok(Delivery {
            id: header("x-github-delivery").map(str::to_owned),
            event: Event::read(event, body)?,
        })
    }

    /// Verifies a body alone, by the value of its header `X-Hub-Signature-256`.
    ///
    /// # Errors
    ///
    /// When the body is too large, not signed, or signed with another secret; in this order.
    pub fn verify(&self, signature: Option<&str>, body: &[u8]) -> Result<(), Rejected> {
        if body.len() > self.size_limit {
            return Err(Rejected::TooLarge {
                size: body.len(),
                limit: self.size_limit,
            });
        }
        let signature = signature.ok_or(Rejected::Unsigned)?;
        // Every secret is tried, so that the time it takes does not tell which one fits.
        let fits = self
            .keys
            .iter()
            .fold(false, |fits, key| key.fits(signature, body) | fits);
        if fits {
            Ok(())
        } else {
            Err(Rejected::WronglySigned)
        }
    }
}

/// Shows how many secrets there are, and none of them.
impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("secrets", &self.keys.len())
            .field("size_limit", &self.size_limit)
            .finish()
    }
}
