//! Values that a CI system provides.

use super::Given;
use crate::environment::variable;
use crate::error::Error;
use crate::escape::Log;

/// Returns the URL of the workflow run, or `None` outside of GitHub Actions.
pub(crate) fn log_url() -> Result<Option<Given>, Error> {
    if Log::from_environment() != Log::Actions {
        return Ok(None);
    }
    let server = variable("GITHUB_SERVER_URL")?;
    let repository = variable("GITHUB_REPOSITORY")?;
    let run = variable("GITHUB_RUN_ID")?;
    let (Some(server), Some(repository), Some(run)) = (server, repository, run) else {
        return Ok(None);
    };
    let server = server.trim_end_matches('/');
    let url = format!("{server}/{repository}/actions/runs/{run}");
    Ok(Some(Given::new(url, "GITHUB_SERVER_URL")))
}
