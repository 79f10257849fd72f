//! What somebody gave a deployment along.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::Rejected;

/// What whoever asked for the deployment gave along: an object or a string, as GitHub passes both on.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Payload(Box<RawValue>);

impl Payload {
    /// Reads it as a type of your own.
    ///
    /// A string that holds JSON, as many tools send it, is read like the object itself.
    ///
    /// ```
    /// use deploystatus::webhook::Payload;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Wish {
    ///     region: String,
    /// }
    ///
    /// for sent in [r#"{"region": "eu"}"#, r#""{\"region\": \"eu\"}""#] {
    ///     let payload: Payload = serde_json::from_str(sent)?;
    ///     assert_eq!(payload.decode::<Wish>()?.region, "eu");
    /// }
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When it is not of this type.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Rejected> {
        let plain = || serde_json::from_str(self.json());
        let read = match self.text() {
            Some(text) if text.trim_start().starts_with(['{', '[']) => {
                serde_json::from_str(&text).or_else(|inner| plain().map_err(|_| inner))
            }
            Some(text) => plain().or_else(|outer| serde_json::from_str(&text).map_err(|_| outer)),
            None => plain(),
        };
        read.map_err(|cause| Rejected::Malformed {
            what: "payload".to_owned(),
            cause,
        })
    }

    /// The text, if it is a string.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        serde_json::from_str(self.json()).ok()
    }

    /// All of it, as GitHub wrote it.
    #[must_use]
    pub fn json(&self) -> &str {
        self.0.get()
    }
}

/// `null`.
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

/// The same when written the same.
impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}
