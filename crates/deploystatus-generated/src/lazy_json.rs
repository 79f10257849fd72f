//! JSON that is kept until somebody asks what it means.

use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A value as the server wrote it, decoded when asked.
///
/// Whatever stands there, it never fails what it stands in, and it is written out again as it came.
///
/// ```
/// use deploystatus_generated::{Undecoded, types::SimpleUser};
///
/// let creator: Undecoded<SimpleUser> = serde_json::from_str(r#"{"login": "octocat"}"#)?;
/// assert_eq!(creator.decode()?.login, "octocat");
///
/// let odd: Undecoded<SimpleUser> = serde_json::from_str("17")?;
/// assert!(odd.decode().is_err());
/// assert_eq!(odd.as_json(), "17");
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Undecoded<T> {
    json: Box<RawValue>,
    meaning: PhantomData<fn() -> T>,
}

impl<T> Undecoded<T> {
    /// The value as the server wrote it.
    #[must_use]
    pub fn as_json(&self) -> &str {
        self.json.get()
    }
}

impl<T: DeserializeOwned> Undecoded<T> {
    /// What the value means.
    ///
    /// # Errors
    ///
    /// When it is not what the description says.
    pub fn decode(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.as_json())
    }
}

/// The same when written the same.
impl<T> PartialEq for Undecoded<T> {
    fn eq(&self, other: &Self) -> bool {
        self.as_json() == other.as_json()
    }
}

impl<T> Serialize for Undecoded<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Undecoded<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            json: Box::deserialize(deserializer)?,
            meaning: PhantomData,
        })
    }
}
