//! Values that a CI system provides.

use super::given::Given;
use crate::environment::variable;
use crate::error::Error;
use crate::escape::Log;

/// Variables in which CI systems pass the URL of the job.
const JOB_URLS: [&str; 4] = [
    "CI_JOB_URL",
    "BUILDKITE_BUILD_URL",
    "CIRCLE_BUILD_URL",
    "BUILD_URL",
];

/// Returns the URL of the CI job, or `None` if there is none.
pub(crate) fn log_url() -> Result<Option<Given>, Error> {
    if Log::from_environment() == Log::Actions {
        return workflow_run_url();
    }
    for name in JOB_URLS {
        if let Some(url) = variable(name)? {
            return Ok(Some(Given::new(url, name)));
        }
    }
    Ok(None)
}

/// Returns `true` if the process runs in a job of a CI system.
pub(crate) fn is_in_pipeline() -> bool {
    is_pipeline(|name| Some(std::env::var_os(name)?.to_string_lossy().into_owned()))
}

/// Returns `true` if the variables are those of a job of a CI system.
pub(crate) fn is_pipeline(variable: impl Fn(&str) -> Option<String>) -> bool {
    let is_set = |value: String| !value.is_empty() && value != "false";
    ["CI", "GITHUB_ACTIONS"]
        .iter()
        .any(|name| variable(name).is_some_and(is_set))
}

fn workflow_run_url() -> Result<Option<Given>, Error> {
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
