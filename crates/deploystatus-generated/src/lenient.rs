//! Readers for optional fields, in which a malformed value counts as absent.
//!
//! They are public for `deploystatus`, which reads webhook events with them, and are no part of a stable interface.
//! Each is used as `#[serde(default, deserialize_with = "…")]`.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::lazy_json::{LazyJson, raw};

/// Reads a string and parses it. Returns `None` if the value is not a string or cannot be parsed.
///
/// An empty string is `Some` if it can be parsed, as for `String`.
///
/// # Errors
///
/// Returns an error if the document is malformed.
pub fn text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
{
    deserializer.deserialize_any(Text(PhantomData))
}

/// Reads a string. Returns `None` if the value is empty or is not a string.
///
/// # Errors
///
/// Returns an error if the document is malformed.
pub fn non_empty_text<'de, D>(deserializer: D) -> Result<Option<String>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(text(deserializer)?.filter(|text: &String| !text.is_empty()))
}

/// Reads a value of any type. Returns the type's default if the value does not have the type's structure.
///
/// # Errors
///
/// Returns an error if the document is malformed.
pub fn value<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Default,
{
    Ok(serde_json::from_str(raw(deserializer)?.get()).unwrap_or_default())
}

/// Reads an object that is decoded later. Returns `None` if the value is not an object.
///
/// # Errors
///
/// Returns an error if the document is malformed.
pub fn object<'de, D, T>(deserializer: D) -> Result<Option<LazyJson<T>>, D::Error>
where
    D: Deserializer<'de>,
{
    Ok(Some(LazyJson::deserialize(deserializer)?).filter(LazyJson::is_object))
}

struct Text<T>(PhantomData<T>);

impl<'de, T: FromStr> Visitor<'de> for Text<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Option<T>, E> {
        Ok(text.parse().ok())
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_none<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Option<T>, A::Error> {
        while entries.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Option<T>, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
