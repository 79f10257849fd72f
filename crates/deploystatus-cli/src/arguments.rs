//! What can be said on the command line; help, completions and the man page are made from this.

#![expect(
    clippy::doc_markdown,
    reason = "these texts are help at a terminal, not Markdown"
)]

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand};
use clap_complete::Shell;
use deploystatus::State;
use deploystatus_emulator::Profile;
use jiff::SignedDuration;

/// Report and follow GitHub deployment statuses.
#[derive(Debug, Parser)]
#[command(
    name = "deploystatus",
    version,
    max_term_width = 80,
    after_help = "Examples:\n  \
        deploystatus demo\n  \
        deploystatus create in_progress --deployment 42\n  \
        deploystatus wait --timeout 15m\n  \
        deploystatus list --limit 5 --json\n\n\
        In a workflow that a deployment started, only GITHUB_TOKEN has to be given.\n\
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
    /// Show the statuses of a deployment, newest first
    List(ListArguments),
    /// Show one status
    Get(GetArguments),
    /// Show the newest status
    #[command(after_help = "Example:\n  deploystatus latest --json | jq -r .state")]
    Latest,
    /// Wait until the deployment ends
    Wait(WaitArguments),
    /// Run a command and report how it went
    Run(RunArguments),
    /// Show what happened to a deployment
    #[command(after_help = "Example:\n  deploystatus timeline --json | jq .took_seconds")]
    Timeline,
    /// Deliver the reports that an outbox still holds
    Flush(FlushArguments),
    /// Tell what would work, and why the rest would not
    #[command(
        after_help = "Nothing is stored by it. Exits as the other commands would.\n\n\
        Examples:\n  \
        deploystatus doctor\n  \
        deploystatus doctor --json | jq '.findings[] | select(.verdict != \"ok\")'"
    )]
    Doctor,
    /// Be a GitHub on this machine, for tests
    Emulator(EmulatorArguments),
    /// Show it all against an emulator, in seconds and without a token
    #[command(after_help = "Example:\n  deploystatus demo")]
    Demo,
    /// Print completions for a shell
    #[command(
        after_help = "Example:\n  deploystatus completions bash > ~/.local/share/bash-completion/completions/deploystatus"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    #[command(after_help = "Examples:\n  \
        deploystatus man > ~/.local/share/man/man1/deploystatus.1\n  \
        deploystatus man create | man -l -")]
    Man {
        /// The command it is to be about, instead of all
        command: Option<String>,
    },
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    deploystatus create in_progress --description 'Copying files'\n  \
    deploystatus create success --environment-url https://example.com\n  \
    deploystatus create ${{ job.status }}\n\n\
    A workflow's job.status may be cancelled, which counts as error,\n\
    or skipped, which counts as inactive.")]
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
#[command(after_help = "Examples:\n  \
    deploystatus list --limit 5\n  \
    deploystatus list --all --jsonl | jq -r .state")]
pub(crate) struct ListArguments {
    /// How many to show
    #[arg(long, value_name = "N", default_value = "30", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: u64,
    /// Show all
    #[arg(long, conflicts_with = "limit")]
    pub(crate) all: bool,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  deploystatus get 5000000001 --deployment 42 --json")]
pub(crate) struct GetArguments {
    /// The status's id
    pub(crate) status_id: u64,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Exits with 0 for success, 1 for any other end and 7 when time ran out.\n\n\
    Examples:\n  \
    deploystatus wait --timeout 1h30m\n  \
    deploystatus wait --for in_progress --quiet --json | jq -r .outcome"
)]
pub(crate) struct WaitArguments {
    /// How long to wait: 90s, 15m or 1h30m
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = duration)]
    pub(crate) timeout: Duration,
    /// Wait for this state instead of success
    #[arg(long = "for", value_name = "STATE", value_parser = any_state())]
    pub(crate) goal: Option<State>,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  \
    deploystatus flush --outbox /var/lib/deploy/outbox --drop-overtaken")]
pub(crate) struct FlushArguments {
    #[command(flatten)]
    pub(crate) outbox: OutboxArguments,
    /// Drop reports when others have reported on their deployment since
    #[arg(long)]
    pub(crate) drop_overtaken: bool,
}

#[derive(Args, Debug)]
#[command(
    after_help = "It prints its address, and stops when told to (Ctrl-C).\n\n\
    Examples:\n  \
    deploystatus emulator --port 8080\n  \
    deploystatus emulator --profile ghes:3.14 --snapshot state.json"
)]
pub(crate) struct EmulatorArguments {
    /// Where to listen on loopback; any free port unless told
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// Which server to be: github, or ghes:2.18 to ghes:3.22
    #[arg(long, default_value = "github", value_parser = profile)]
    pub(crate) profile: Profile,
    /// What to begin with, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// Where to keep what it remembers
    #[arg(long, value_name = "FILE")]
    pub(crate) snapshot: Option<PathBuf>,
    /// Enforce GitHub's rate limits
    #[arg(long)]
    pub(crate) limits: bool,
    /// An http:// address to tell of deployments and statuses
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Option<String>,
    /// What to sign deliveries with
    #[arg(long, value_name = "S", requires = "webhook")]
    pub(crate) webhook_secret: Option<String>,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Exits with the command's own code, or 128 and the signal's number.\n\n\
    Examples:\n  \
    deploystatus run -- ./deploy.sh staging\n  \
    deploystatus run --environment-url https://example.com --strict -- make deploy"
)]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) report: Report,
    #[command(flatten)]
    pub(crate) outbox: OutboxArguments,
    /// How long at most to go on reporting when told to stop
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    pub(crate) grace: Duration,
    /// How long reporting the beginning may hold up the command
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
    pub(crate) report_timeout: Duration,
    /// How long to go on reporting the end when the command has ended
    #[arg(long, value_name = "TIME", default_value = "1m", value_parser = duration)]
    pub(crate) end_timeout: Duration,
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
    let values = [
        PossibleValue::new("queued"),
        PossibleValue::new("pending"),
        PossibleValue::new("in_progress"),
        PossibleValue::new("success"),
        PossibleValue::new("failure"),
        PossibleValue::new("error").alias("cancelled"),
        PossibleValue::new("inactive").alias("skipped"),
    ];
    PossibleValuesParser::new(values).map(|word| match word.as_str() {
        "cancelled" => State::Error,
        "skipped" => State::Inactive,
        word => State::from(word),
    })
}

/// Every state there is.
fn any_state() -> impl TypedValueParser<Value = State> {
    let words = [
        "queued",
        "pending",
        "waiting",
        "in_progress",
        "success",
        "inactive",
        "failure",
        "error",
    ];
    PossibleValuesParser::new(words).map(|word| State::from(word.as_str()))
}

fn profile(word: &str) -> Result<Profile, String> {
    word.parse::<Profile>().map_err(|error| error.to_string())
}

/// Reads `90s`, `15m`, `1h 30m`, or a bare number of seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<u64>().map(Duration::from_secs).ok();
    let spelled = || Duration::try_from(text.parse::<SignedDuration>().ok()?).ok();
    seconds
        .or_else(spelled)
        .ok_or_else(|| "write it as 90s, 15m or 1h30m".to_owned())
}
