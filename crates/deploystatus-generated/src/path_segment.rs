//! Text that is safe to insert into a path.

use std::fmt;
use std::str::FromStr;

/// One segment of a path, such as an owner or a repository.
///
/// It consists of at least one of the ASCII letters, digits, `-`, `_` and `.`, and is neither `.` nor `..`.
/// All names that GitHub assigns have this form.
/// Other text could change the path, because URL parsers resolve dots and backslashes.
///
/// ```
/// use deploystatus_generated::PathSegment;
///
/// let owner: PathSegment = "octocat".parse()?;
/// assert_eq!(owner.as_str(), "octocat");
/// assert!("..".parse::<PathSegment>().is_err());
/// # Ok::<_, deploystatus_generated::InvalidPathSegment>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathSegment(String);

impl PathSegment {
    /// Returns the segment as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PathSegment {
    type Err = InvalidPathSegment;

    fn from_str(name: &str) -> Result<Self, InvalidPathSegment> {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        match name {
            "" => Err(InvalidPathSegment::Empty),
            "." | ".." => Err(InvalidPathSegment::Dots),
            _ => match name.chars().find(|c| !is_allowed(*c)) {
                Some(c) => Err(InvalidPathSegment::Character(c)),
                None => Ok(Self(name.to_owned())),
            },
        }
    }
}

impl fmt::Display for PathSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reason why a text is not a [`PathSegment`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidPathSegment {
    /// The text is empty.
    Empty,
    /// The text is `.` or `..`, which URL parsers resolve.
    Dots,
    /// The text contains a character that names on GitHub do not have.
    Character(char),
}

impl fmt::Display for InvalidPathSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("name is empty"),
            Self::Dots => f.write_str("name consists of dots only"),
            Self::Character(c) => write!(
                f,
                "invalid character {c:?} in name: expected letters, digits, `-`, `_` or `.`"
            ),
        }
    }
}

impl std::error::Error for InvalidPathSegment {}
