//! A value with its origin.

/// A value and the argument or variable that it came from.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) value: String,
    pub(crate) origin: &'static str,
}

impl Given {
    pub(crate) fn new(value: impl Into<String>, origin: &'static str) -> Self {
        Self {
            value: value.into(),
            origin,
        }
    }
}
