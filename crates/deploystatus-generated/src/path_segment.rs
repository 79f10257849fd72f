//! A name that stays where it is put in a path.

use std::fmt;
use std::str::FromStr;

/// One part of a path, such as an owner or a repository, that cannot lead anywhere else.
///
/// It is made of ASCII letters, digits, `-`, `_` and `.`, has at least one of them, and is neither `.` nor `..`.
/// Every name that GitHub gives out is; whatever else is put between two slashes could reach another address,
/// because URLs are rewritten on their way.
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
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PathSegment {
    type Err = InvalidPathSegment;

    fn from_str(name: &str) -> Result<Self, InvalidPathSegment> {
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        match name {
            "" => Err(InvalidPathSegment::Empty),
            "." | ".." => Err(InvalidPathSegment::Dots),
            _ => match name.chars().find(|letter| !allowed(*letter)) {
                Some(letter) => Err(InvalidPathSegment::Character(letter)),
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

/// Why a text cannot be a [`PathSegment`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidPathSegment {
    /// It is empty.
    Empty,
    /// It is `.` or `..`, which a path understands as a direction.
    Dots,
    /// It has a character that names do not have.
    Character(char),
}

impl fmt::Display for InvalidPathSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a name is empty"),
            Self::Dots => f.write_str("a name is made of dots alone"),
            Self::Character(letter) => write!(
                f,
                "a name has the character {letter:?}, but names have only letters, digits, `-`, `_` and `.`"
            ),
        }
    }
}

impl std::error::Error for InvalidPathSegment {}
