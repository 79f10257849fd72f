//! Decoding of optional fields. Malformed values count as missing, so that they never fail an event.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::value::RawValue;

use crate::actor::{Account, App};

/// Decodes a value, or returns `None` if it is malformed.
pub(super) fn value<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let json = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(json.get()).ok())
}

/// Decodes a text, or returns `None` if it is empty or malformed.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(value::<D, String>(deserializer)?.filter(|text| !text.is_empty()))
}

pub(super) fn account<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Account>, D::Error> {
    Ok(Account::new(&Box::<RawValue>::deserialize(deserializer)?))
}

pub(super) fn app<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<App>, D::Error> {
    Ok(App::new(&Box::<RawValue>::deserialize(deserializer)?))
}
