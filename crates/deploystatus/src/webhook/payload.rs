//! The payload of a deployment.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::verify_error::VerifyError;

/// The `payload` of a deployment: any JSON value, usually an object or a string.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Payload(Box<RawValue>);

impl Payload {
    /// Decodes the payload as a type of the caller.
    ///
    /// Many tools send JSON encoded in a string. Such a string is decoded like the value that it contains.
    ///
    /// ```
    /// use deploystatus::webhook::Payload;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Options {
    ///     region: String,
    /// }
    ///
    /// for sent in [r#"{"region": "eu"}"#, r#""{\"region\": \"eu\"}""#] {
    ///     let payload: Payload = serde_json::from_str(sent)?;
    ///     assert_eq!(payload.decode::<Options>()?.region, "eu");
    /// }
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError::Malformed`] if the payload does not have the type `T`.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, VerifyError> {
        let plain = || serde_json::from_str(self.json());
        let decoded = match self.text() {
            Some(text) if text.trim_start().starts_with(['{', '[']) => {
                serde_json::from_str(&text).or_else(|inner| plain().map_err(|_| inner))
            }
            Some(text) => plain().or_else(|outer| serde_json::from_str(&text).map_err(|_| outer)),
            None => plain(),
        };
        decoded.map_err(|error| VerifyError::malformed("payload", &error))
    }

    /// Returns the text if the payload is a string, or `None` otherwise.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        serde_json::from_str(self.json()).ok()
    }

    /// Returns the payload as JSON, as sent by GitHub.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.get()
    }
}

/// Creates the payload `null`.
impl Default for Payload {
    fn default() -> Self {
        Self(RawValue::NULL.to_owned())
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.json())
    }
}

/// Compares the JSON texts.
impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}
