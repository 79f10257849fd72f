//! Arguments of the commands that report statuses.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use deploystatus::State;

use super::parsers::{self, ReportedState};
use crate::duration;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    deploystatus create in_progress --description 'Copying files'\n  \
    deploystatus create success --environment-url https://example.com\n  \
    deploystatus create ${{ job.status }}\n\n\
    The values of a workflow's job.status are accepted:\n\
    cancelled is reported as error (--cancelled-as), skipped as inactive.")]
pub(crate) struct CreateArgs {
    /// State to report
    #[arg(value_parser = parsers::reported_state())]
    pub(crate) state: ReportedState,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// State that `cancelled` is reported as
    #[arg(long, value_name = "STATE", default_value = "error", value_parser = parsers::cancelled_state())]
    pub(crate) cancelled_as: State,
    /// Send nothing if the deployment has finished; the list is read twice, 5 seconds apart
    #[arg(long, conflicts_with = "if_changed")]
    pub(crate) unless_finished: bool,
    /// Time limit of the command
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = duration::parse)]
    pub(crate) timeout: Duration,
}

/// The fields of a status besides its state, shared by `create` and `run`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct ReportArgs {
    /// URL of the deployment's log [default in Actions: the workflow run; elsewhere:
    /// CI_JOB_URL, BUILDKITE_BUILD_URL, CIRCLE_BUILD_URL or BUILD_URL]
    #[arg(long, value_name = "URL")]
    pub(crate) log_url: Option<String>,
    /// URL of the deployed environment
    #[arg(long, value_name = "URL")]
    pub(crate) environment_url: Option<String>,
    /// Environment name [default: unchanged]
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// Description (at most 140 characters)
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Shorten a longer description
    #[arg(long)]
    pub(crate) truncate: bool,
    /// Mark earlier deployments of the environment inactive on success [default: true]
    #[arg(long, value_name = "BOOL")]
    pub(crate) auto_inactive: Option<bool>,
    /// Send nothing if the newest status is identical; it is read twice, 5 seconds apart
    #[arg(long)]
    pub(crate) if_changed: bool,
    /// Print the request without sending it
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Args, Debug)]
#[command(
    after_help = "The exit code is that of the command, or 128 plus the number of the signal that ended it.\n\n\
    Examples:\n  \
    deploystatus run -- ./deploy.sh staging\n  \
    deploystatus run --environment-url https://example.com --strict -- make deploy"
)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    #[command(flatten)]
    pub(crate) outbox: OutboxArgs,
    /// Maximum time to finish reporting after a stop signal, and in a pipeline also for the command
    #[arg(long, value_name = "TIME", default_value = "9s", value_parser = duration::parse)]
    pub(crate) grace: Duration,
    /// Time limit for the initial report
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration::parse)]
    pub(crate) report_timeout: Duration,
    /// Time limit for the final report
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = duration::parse)]
    pub(crate) end_timeout: Duration,
    /// Exit with an error if a report could not be delivered
    #[arg(long, overrides_with = "no_strict")]
    pub(crate) strict: bool,
    /// Keep the command's exit code even if a report could not be delivered
    #[arg(long, overrides_with = "strict")]
    pub(crate) no_strict: bool,
    /// State to report after a stop signal
    #[arg(long, value_name = "STATE", default_value = "error", value_parser = parsers::cancelled_state())]
    pub(crate) cancelled_as: State,
    /// Stop when the parent process exits, and leave no process of a stopped command
    /// [default: true if CI or GITHUB_ACTIONS is set and not false]
    #[arg(long, value_name = "BOOL")]
    pub(crate) stop_with_parent: Option<bool>,
    /// Remove GITHUB_TOKEN and GH_TOKEN from the command's environment
    #[arg(long)]
    pub(crate) without_token: bool,
    /// Command to run, with its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// The directory for reports that could not be delivered.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct OutboxArgs {
    /// Directory for unsent reports [env: DEPLOYSTATUS_OUTBOX]
    #[arg(long, value_name = "DIR")]
    pub(crate) outbox: Option<PathBuf>,
}
