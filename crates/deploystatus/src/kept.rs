//! JSON that is kept as it came and decoded when somebody asks.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

/// An object from the server: its text, and what we know of it once that was asked for.
///
/// Clones share both, because a page of statuses repeats one account a hundred times.
pub(crate) struct Kept<T>(Arc<Inner<T>>);

struct Inner<T> {
    json: Box<RawValue>,
    known: OnceLock<T>,
}

impl<T: DeserializeOwned + Default> Kept<T> {
    /// Keeps an object; anything else is as good as nothing.
    pub(crate) fn new(json: &RawValue) -> Option<Self> {
        json.get().starts_with('{').then(|| {
            Self(Arc::new(Inner {
                json: json.to_owned(),
                known: OnceLock::new(),
            }))
        })
    }

    pub(crate) fn json(&self) -> &str {
        self.0.json.get()
    }

    /// What is known of it, or nothing at all when it is not what was expected.
    pub(crate) fn known(&self) -> &T {
        self.0
            .known
            .get_or_init(|| serde_json::from_str(self.json()).unwrap_or_default())
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.json.get())
    }
}

/// The same when written the same.
impl<T> PartialEq for Kept<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.json.get() == other.0.json.get()
    }
}

impl<T> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.json.serialize(serializer)
    }
}
