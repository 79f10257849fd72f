//! Repository names.

use std::fmt;

use deploystatus_generated::PathSegment;

use super::invalid_value::InvalidValue;

/// The owner and name of a repository, both valid in a path.
#[derive(Clone, Debug)]
pub(crate) struct RepositoryName {
    pub(crate) owner: PathSegment,
    pub(crate) repo: PathSegment,
}

impl RepositoryName {
    /// Parses `OWNER/NAME`.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidValue> {
        let invalid = || {
            InvalidValue::new("repository", format!("invalid repository {text:?}"))
                .expected("expected OWNER/NAME, such as octocat/example")
        };
        let (owner, repo) = text.split_once('/').ok_or_else(invalid)?;
        if let Some(short) = repo.strip_suffix(".git") {
            return Err(invalid().expected(format!("expected no .git at the end: {owner}/{short}")));
        }
        match (owner.parse(), repo.parse()) {
            (Ok(owner), Ok(repo)) => Ok(Self { owner, repo }),
            _ => Err(invalid()),
        }
    }

    /// Returns the name in lower case, because GitHub ignores the case of names.
    pub(crate) fn to_lowercase(&self) -> String {
        self.to_string().to_ascii_lowercase()
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.repo)
    }
}
