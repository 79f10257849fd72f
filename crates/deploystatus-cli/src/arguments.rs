//! The command line; help, completions and manual pages are generated from these types.

#![expect(
    clippy::doc_markdown,
    reason = "these texts are help at a terminal, not Markdown"
)]

pub(crate) mod emulator;
pub(crate) mod parsers;
pub(crate) mod report;
pub(crate) mod schema;

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand};
use clap_complete::Shell;
use deploystatus::State;

use crate::duration;

use emulator::EmulatorArgs;
use report::{CreateArgs, OutboxArgs, RunArgs};
use schema::SchemaArgs;

/// Report and follow GitHub deployment statuses
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
        A workflow that was started by a deployment only needs GITHUB_TOKEN.\n\
        `deploystatus man` lists the exit codes."
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) target: TargetArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The server, the deployment and the token.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Target")]
pub(crate) struct TargetArgs {
    /// Base URL of the API [env: GITHUB_API_URL] [default: https://api.github.com]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) api_url: Option<String>,
    /// Repository as OWNER/NAME [env: GITHUB_REPOSITORY]
    #[arg(long, global = true, value_name = "OWNER/NAME")]
    pub(crate) repo: Option<String>,
    /// Deployment ID [env: DEPLOYSTATUS_DEPLOYMENT] [default: ID in the event file at GITHUB_EVENT_PATH]
    #[arg(long, global = true, value_name = "ID", value_parser = parsers::id)]
    pub(crate) deployment: Option<u64>,
    /// File containing the token, or - for standard input [default: GITHUB_TOKEN or GH_TOKEN]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Allow sending the token over http:// to other hosts
    #[arg(long, global = true)]
    pub(crate) allow_plain_http: bool,
}

/// The output format and its detail.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Print one JSON document
    #[arg(long, global = true, conflicts_with = "jsonl")]
    pub(crate) json: bool,
    /// Print each status as a line of JSON as it arrives
    #[arg(long, global = true)]
    pub(crate) jsonl: bool,
    /// Print only the result and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Print request traces (repeat for more detail)
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create a deployment status
    Create(CreateArgs),
    /// List the statuses of a deployment, newest first
    List(ListArgs),
    /// Show one status
    Get(GetArgs),
    /// Show the newest status
    #[command(after_help = "Example:\n  deploystatus latest --json | jq -r .state")]
    Latest(TimeoutArgs),
    /// Wait for a deployment to finish
    Wait(WaitArgs),
    /// Run a command and report its result
    Run(RunArgs),
    /// Show the history of a deployment
    #[command(after_help = "Example:\n  deploystatus timeline --json | jq .duration_seconds")]
    Timeline(ProgressTimeoutArgs),
    /// Send the reports left in the outbox
    Flush(FlushArgs),
    /// Check the server, token and deployment
    Doctor(DoctorArgs),
    /// Start a local GitHub emulator
    Emulator(EmulatorArgs),
    /// Run a short tour against a local emulator (no token needed)
    #[command(after_help = "Example:\n  deploystatus demo")]
    Demo,
    /// Print the JSON schema of an output or of a seed
    Schema(SchemaArgs),
    /// Print shell completions
    #[command(
        after_help = "Example:\n  deploystatus completions bash > ~/.local/share/bash-completion/completions/deploystatus"
    )]
    Completions {
        /// Shell to complete for
        shell: Shell,
    },
    /// Print a manual page
    Man(ManArgs),
}

/// The time limit of a command that only reads.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct TimeoutArgs {
    /// Time limit of the command
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = duration::parse)]
    pub(crate) timeout: Duration,
}

/// The time limit of a command that reads pages.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct ProgressTimeoutArgs {
    /// Time limit without progress; each page starts it again
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = duration::parse)]
    pub(crate) timeout: Duration,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    deploystatus list --limit 5\n  \
    deploystatus list --all --jsonl | jq -r .state")]
pub(crate) struct ListArgs {
    /// Maximum number of statuses to show
    #[arg(long, value_name = "N", default_value = "30", value_parser = parsers::count)]
    pub(crate) limit: usize,
    /// Show all statuses
    #[arg(long, conflicts_with = "limit")]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) time: ProgressTimeoutArgs,
}

#[derive(Args, Debug)]
#[command(after_help = "Example:\n  deploystatus get 5000000001 --deployment 42 --json")]
pub(crate) struct GetArgs {
    /// Status ID
    #[arg(value_parser = parsers::id)]
    pub(crate) status_id: u64,
    #[command(flatten)]
    pub(crate) time: TimeoutArgs,
}

#[derive(Args, Debug)]
#[command(
    after_help = "The exit code is 0 for success, 7 if the time limit was reached, and 1 for other final states.\n\n\
    Examples:\n  \
    deploystatus wait --timeout 1h30m\n  \
    deploystatus wait --for in_progress --quiet --json | jq -r .outcome"
)]
pub(crate) struct WaitArgs {
    /// Maximum time to wait, such as 90s, 15m or 1h30m
    #[arg(long, value_name = "TIME", default_value = "15m", value_parser = duration::parse)]
    pub(crate) timeout: Duration,
    /// Time between two polls [default: 2s after a new status, increasing to 15s]
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    pub(crate) interval: Option<Duration>,
    /// State to wait for [default: any final state]
    #[arg(long = "for", value_name = "STATE", value_parser = parsers::any_state())]
    pub(crate) goal: Option<State>,
}

#[derive(Args, Debug)]
#[command(
    after_help = "In a pipeline, waits up to 5 s for reports that another process is sending.\n\n\
    Example:\n  \
    deploystatus flush --outbox /var/lib/deploy/outbox"
)]
pub(crate) struct FlushArgs {
    #[command(flatten)]
    pub(crate) outbox: OutboxArgs,
    /// Send reports even if newer statuses exist [default: drop them]
    #[arg(long)]
    pub(crate) send_superseded: bool,
    /// Time limit without progress; each report that is delivered or dropped starts it again
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = duration::parse)]
    pub(crate) timeout: Duration,
}

#[derive(Args, Debug)]
#[command(
    after_help = "Stores nothing. The exit code is the one that other commands would have.\n\n\
    Examples:\n  \
    deploystatus doctor\n  \
    deploystatus doctor --json | jq '.findings[] | select(.verdict != \"ok\")'"
)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) outbox: OutboxArgs,
    #[command(flatten)]
    pub(crate) time: TimeoutArgs,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    deploystatus man run | man -l -\n  \
    deploystatus man --all ~/.local/share/man/man1")]
pub(crate) struct ManArgs {
    /// Subcommand of the page [default: the page of deploystatus itself]
    pub(crate) command: Option<String>,
    /// Write every page to this directory
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub(crate) all: Option<PathBuf>,
}
