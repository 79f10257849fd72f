//! What cannot be used, found before anything is sent.

use std::fmt;

/// Something that was given and cannot be used; the field, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    field: &'static str,
    why: String,
}

impl Invalid {
    pub(crate) fn new(field: &'static str, why: impl Into<String>) -> Self {
        Self {
            field,
            why: why.into(),
        }
    }

    /// The name of the field or setting, such as `description`.
    #[must_use]
    pub fn field(&self) -> &str {
        self.field
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.why)
    }
}

impl std::error::Error for Invalid {}
