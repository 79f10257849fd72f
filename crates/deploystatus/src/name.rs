//! The name of a repository.

use deploystatus_generated::PathSegment;

use crate::Invalid;

/// A repository's owner and name, each safe to stand in a path.
#[derive(Clone, Debug)]
pub(crate) struct RepositoryName {
    pub(crate) owner: PathSegment,
    pub(crate) repo: PathSegment,
}

impl RepositoryName {
    /// Reads `owner/repo`.
    pub(crate) fn read(text: &str) -> Result<Self, Invalid> {
        let mut parts = text.split('/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(owner), Some(repo), None) => Self::from_parts(owner, repo),
            _ => Err(Invalid::new(
                "repository",
                format!("is written owner/repo, such as octocat/example, and not {text:?}"),
            )),
        }
    }

    pub(crate) fn from_parts(owner: &str, repo: &str) -> Result<Self, Invalid> {
        let owner = segment("owner", owner)?;
        if let Some(short) = repo.strip_suffix(".git") {
            return Err(Invalid::new(
                "repo",
                format!("is written without .git: {short:?} and not {repo:?}"),
            ));
        }
        let repo = segment("repo", repo)?;
        Ok(Self { owner, repo })
    }
}

fn segment(field: &'static str, text: &str) -> Result<PathSegment, Invalid> {
    text.parse::<PathSegment>()
        .map_err(|why| Invalid::new(field, format!("{text:?} cannot be used: {why}")))
}
