//! Invalid input values, which are rejected before anything is sent.

use std::fmt;

/// An invalid input value: the field, the problem and the expected values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    field: &'static str,
    problem: String,
    expected: Option<String>,
}

impl InvalidValue {
    /// Creates an error from a complete statement, such as `timeout must be greater than zero`.
    pub(crate) fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self {
            field,
            problem: problem.into(),
            expected: None,
        }
    }

    /// Sets the second half of the message: the accepted values, or the limit.
    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Returns the name of the field or setting, such as `description`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// Returns the problem as a statement, such as `invalid repository "a"`.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// Returns the accepted values or the limit, such as `expected OWNER/NAME`.
    ///
    /// Returns `None` if the problem implies them.
    #[must_use]
    pub fn expectation(&self) -> Option<&str> {
        self.expected.as_deref()
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)?;
        match &self.expected {
            Some(expected) => write!(f, ": {expected}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for InvalidValue {}
