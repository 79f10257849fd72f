//! Optional fields: what is odd is as good as absent, and never fails the event.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::value::RawValue;

use crate::{Account, App};

/// Anything that has a shape of its own.
pub(super) fn optional<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let json = Box::<RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(json.get()).ok())
}

/// A text; an empty one is as good as none.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(optional::<D, String>(deserializer)?.filter(|text| !text.is_empty()))
}

pub(super) fn account<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Account>, D::Error> {
    Ok(Account::new(&Box::<RawValue>::deserialize(deserializer)?))
}

pub(super) fn app<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<App>, D::Error> {
    Ok(App::new(&Box::<RawValue>::deserialize(deserializer)?))
}
