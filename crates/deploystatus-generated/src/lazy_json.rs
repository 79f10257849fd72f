//! JSON that is stored as text and decoded on first use.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// A JSON value that keeps the text sent by the server and is decoded at most once.
///
/// Clones share the text and the decoded value, so cloning is cheap.
/// Two values are equal if their texts are equal. Serializing writes the text unchanged.
///
/// ```
/// use deploystatus_generated::{LazyJson, types::SimpleUser};
///
/// let creator: LazyJson<SimpleUser> = serde_json::from_str(r#"{"login": "octocat"}"#)?;
/// assert_eq!(creator.get().and_then(|user| user.login.as_deref()), Some("octocat"));
///
/// let number: LazyJson<SimpleUser> = serde_json::from_str("17")?;
/// assert_eq!(number.get(), None);
/// assert_eq!(number.as_json(), "17");
/// # Ok::<_, serde_json::Error>(())
/// ```
pub struct LazyJson<T>(Arc<Cell<T>>);

struct Cell<T> {
    json: Box<RawValue>,
    decoded: OnceLock<Option<T>>,
}

impl<T> LazyJson<T> {
    /// Returns the JSON text as the server sent it.
    #[must_use]
    pub fn as_json(&self) -> &str {
        self.0.json.get()
    }

    /// Returns `true` if the value is a JSON object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.as_json().starts_with('{')
    }
}

impl<T: DeserializeOwned> LazyJson<T> {
    /// Returns the decoded value, or `None` if the JSON does not have the structure of a `T`.
    #[must_use]
    pub fn get(&self) -> Option<&T> {
        let decode = || serde_json::from_str(self.as_json()).ok();
        self.0.decoded.get_or_init(decode).as_ref()
    }
}

impl<T> Clone for LazyJson<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for LazyJson<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_json())
    }
}

impl<T> PartialEq for LazyJson<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.as_json() == other.as_json()
    }
}

impl<T> Eq for LazyJson<T> {}

impl<T> Serialize for LazyJson<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.json.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for LazyJson<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Arc::new(Cell {
            json: raw(deserializer)?,
            decoded: OnceLock::new(),
        })))
    }
}

/// Reads the JSON text of a value from any deserializer.
///
/// `serde_json` hands out the original text.
/// Other deserializers, such as the buffer that serde uses for flattened and untagged types,
/// only have the value, which is then written as JSON.
pub(crate) fn raw<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Box<RawValue>, D::Error> {
    deserializer.deserialize_newtype_struct(RAW_VALUE, Raw)
}

/// Name by which `serde_json` recognizes a request for the original text.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

struct Raw;

impl<'de> Visitor<'de> for Raw {
    type Value = Box<RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Box::deserialize(MapAccessDeserializer::new(map))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        let value = Value::deserialize(deserializer)?;
        to_raw_value(&value).map_err(D::Error::custom)
    }
}
