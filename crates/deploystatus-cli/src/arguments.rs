//! What can be said on the command line; help, completions and the man page are made from this.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand};
use deploystatus::State;
use jiff::SignedDuration;

/// Report and follow GitHub deployment statuses.
#[derive(Debug, Parser)]
#[command(
    name = "deploystatus",
    version,
    max_term_width = 80,
    after_help = "Examples:\n  \
        deploystatus create in_progress --deployment 42\n  \
        deploystatus wait --timeout 15m\n  \
        deploystatus list --limit 5 --json\n\n\
        In a workflow that a deployment started, nothing but GITHUB_TOKEN has to be given.\n\
        The exit codes are in `deploystatus man`."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) place: Place,
    #[command(flatten)]
    pub(crate) manner: Manner,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Which deployment, on which server, and by what right.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Where")]
pub(crate) struct Place {
    /// The API's address, or GITHUB_API_URL
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) api_url: Option<String>,
    /// The repository, or GITHUB_REPOSITORY
    #[arg(long, global = true, value_name = "OWNER/NAME")]
    pub(crate) repo: Option<String>,
    /// The deployment's id, or deployment.id of the file at GITHUB_EVENT_PATH
    #[arg(long, global = true, value_name = "ID")]
    pub(crate) deployment: Option<u64>,
    /// A file with the token, or the token itself in GITHUB_TOKEN or GH_TOKEN
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Send the token over plain http to other machines too
    #[arg(long, global = true)]
    pub(crate) allow_plain_http: bool,
}

/// How to answer.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output")]
pub(crate) struct Manner {
    /// Answer with one JSON document, in GitHub's own field names
    #[arg(long, global = true, conflicts_with = "jsonl")]
    pub(crate) json: bool,
    /// Answer with one status a line, as JSON, as they arrive
    #[arg(long, global = true)]
    pub(crate) jsonl: bool,
    /// Say nothing but the answer and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Trace what is sent and received; twice or three times for more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Report a status
    Create(CreateArguments),
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    deploystatus create in_progress --description 'Copying files'\n  \
    deploystatus create success --environment-url https://example.com\n  \
    deploystatus create ${{ job.status }}     cancelled counts as error,\n  \
                                              and skipped as inactive")]
pub(crate) struct CreateArguments {
    /// How the deployment is going
    #[arg(value_parser = reported_state())]
    pub(crate) state: State,
    #[command(flatten)]
    pub(crate) report: Report,
}

/// What a report can say besides its state; shared by `create` and `run`.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Report {
    /// Where its output can be read; in Actions, the run's page unless told
    #[arg(long, value_name = "URL")]
    pub(crate) log_url: Option<String>,
    /// Where the environment can be visited
    #[arg(long, value_name = "URL")]
    pub(crate) environment_url: Option<String>,
    /// The environment, if it is to change
    #[arg(long, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// A remark of at most 140 characters
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// Whether a success retires the deployments it replaces; GitHub's default is true
    #[arg(long, value_name = "BOOL")]
    pub(crate) auto_inactive: Option<bool>,
    /// Cut a longer remark to 140 characters
    #[arg(long)]
    pub(crate) truncate: bool,
    /// Send nothing when the newest status says the same already
    #[arg(long)]
    pub(crate) if_changed: bool,
    /// Show what would be sent, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Args, Debug)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) report: Report,
    #[command(flatten)]
    pub(crate) outbox: OutboxArguments,
    /// How long to go on reporting when told to stop
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    pub(crate) grace: Duration,
    /// How long reporting may hold up the command, at its beginning and at its end
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    pub(crate) report_timeout: Duration,
    /// Fail when a report could not be delivered, even if the command did well
    #[arg(long)]
    pub(crate) strict: bool,
    /// The command to run, and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// Where reports wait that could not be delivered.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct OutboxArguments {
    /// Where undelivered reports are kept, or DEPLOYSTATUS_OUTBOX
    #[arg(long, value_name = "DIR")]
    pub(crate) outbox: Option<PathBuf>,
}

/// The states GitHub takes, and the two words of `job.status` that it does not.
fn reported_state() -> impl TypedValueParser<Value = State> {
    let values = State::KNOWN
        .into_iter()
        .filter(State::can_be_reported)
        .map(|state| match state {
            State::Error => PossibleValue::new("error").alias("cancelled"),
            State::Inactive => PossibleValue::new("inactive").alias("skipped"),
            State::Queued => PossibleValue::new("queued"),
            State::Pending => PossibleValue::new("pending"),
            State::InProgress => PossibleValue::new("in_progress"),
            State::Success => PossibleValue::new("success"),
            _ => PossibleValue::new("failure"),
        });
    PossibleValuesParser::new(values).map(|word| match word.as_str() {
        "cancelled" => State::Error,
        "skipped" => State::Inactive,
        word => State::from(word),
    })
}

/// Reads `90s`, `15m`, `1h 30m`, or a bare number of seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<u64>().map(Duration::from_secs).ok();
    let spelled = || Duration::try_from(text.parse::<SignedDuration>().ok()?).ok();
    seconds
        .or_else(spelled)
        .ok_or_else(|| "write it as 90s, 15m or 1h30m".to_owned())
}
