//! Arguments of `emulator`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use deploystatus_emulator::Profile;

use super::parsers;

#[derive(Args, Debug)]
#[command(
    after_help = "Prints its URL and runs until it is interrupted (Ctrl-C), or with --run until the command has ended.\n\n\
    With --run, the command receives GITHUB_API_URL, GITHUB_TOKEN, GITHUB_REPOSITORY and DEPLOYSTATUS_DEPLOYMENT,\n\
    the ID of a new deployment. Its repository is octocat/example, or else the first of the seed or snapshot.\n\n\
    Examples:\n  \
    deploystatus emulator --port 8080 --open\n  \
    deploystatus emulator --profile ghes:3.14 --snapshot state.json\n  \
    deploystatus emulator --run -- npm test"
)]
pub(crate) struct EmulatorArgs {
    /// Port on 127.0.0.1 [default: any free port]
    #[arg(long, value_name = "N", default_value = "0", hide_default_value = true, value_parser = parsers::port)]
    pub(crate) port: u16,
    /// Server to emulate: github, or ghes:2.18 to ghes:3.22
    #[arg(long, default_value = "github", value_parser = parsers::profile)]
    pub(crate) profile: Profile,
    /// JSON file with the initial data (`deploystatus schema seed` prints its schema)
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// File to load the data from and save it to
    #[arg(long, value_name = "FILE")]
    pub(crate) snapshot: Option<PathBuf>,
    /// Enforce GitHub's rate limits
    #[arg(long)]
    pub(crate) limits: bool,
    /// URL (http://) that receives webhook events (can be repeated)
    #[arg(long, value_name = "URL")]
    pub(crate) webhook: Vec<String>,
    /// Secret for signing webhook events
    #[arg(long, value_name = "SECRET", requires = "webhook")]
    pub(crate) webhook_secret: Option<String>,
    #[command(flatten)]
    pub(crate) control: ControlArgs,
    /// Run a command against the emulator, and exit with its code
    #[arg(long, requires = "command")]
    pub(crate) run: bool,
    /// Command to run, with its arguments
    #[arg(last = true, requires = "run", value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// The page and the control API.
#[derive(Args, Debug)]
pub(crate) struct ControlArgs {
    /// Host name under which the page and the control API can be used (can be repeated)
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_host: Vec<String>,
    /// Show complete tokens in the page and the control API
    #[arg(long)]
    pub(crate) show_credentials: bool,
    /// Open the page in a browser
    #[arg(long)]
    pub(crate) open: bool,
}
