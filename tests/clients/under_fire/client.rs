//! Programs of the clients, and the results that they print.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use deploystatus_emulator::Status;
use tokio::process::Command;
use tokio::time::timeout;

use crate::scenario::{DEPLOYMENT, REPOSITORY, TOKEN, Task};

/// Time limit of one program, longer than any client waits.
const TIMEOUT: Duration = Duration::from_secs(180);

/// A client, and the command that runs its program.
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) is_ours: bool,
    /// The command, or the reason why the client cannot be run.
    pub(crate) command: Result<String, String>,
}

/// Result that a client returned to its caller.
pub(crate) enum ClientResult {
    /// Statuses, each with its ID and state.
    Statuses(Vec<(u64, String)>),
    /// An error, as one line.
    Error(String),
    /// Neither of them. Contains how the program ended.
    Missing(String),
}

impl Client {
    /// Parses the arguments of this program.
    pub(crate) fn parse_all(arguments: &[String]) -> Result<Vec<Self>, String> {
        let (clients, rest) = arguments.as_chunks::<3>();
        if clients.is_empty() || !rest.is_empty() {
            return Err("expected three arguments for each client".to_owned());
        }
        let parse = |[kind, name, text]: &[String; 3]| {
            let command = match kind.as_str() {
                "peer" | "ours" => Ok(text.clone()),
                "missing" => Err(text.clone()),
                _ => return Err(format!("unknown kind of client {kind:?}")),
            };
            Ok(Self {
                name: name.clone(),
                is_ours: kind == "ours",
                command,
            })
        };
        clients.iter().map(parse).collect()
    }
}

/// Runs the program of a client against a server and reads its result.
pub(crate) async fn run(command: &str, task: Task, server: &str) -> io::Result<ClientResult> {
    let task = match task {
        Task::Report => "report",
        Task::List => "list",
    };
    let running = Command::new("bash")
        .args(["-c", &format!("exec {command} {task}")])
        .env("GITHUB_API_URL", server)
        .env("GITHUB_REPOSITORY", REPOSITORY)
        .env("GITHUB_TOKEN", TOKEN)
        .env("DEPLOYMENT", DEPLOYMENT.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let Ok(output) = timeout(TIMEOUT, running).await else {
        let seconds = TIMEOUT.as_secs();
        let text = format!("still running after {seconds} s");
        return Ok(ClientResult::Missing(text));
    };
    let output = output?;
    // The address of the emulator differs from run to run.
    let printed = String::from_utf8_lossy(&output.stdout).replace(server, "");
    Ok(ClientResult::parse(&printed).unwrap_or_else(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        let last = errors.lines().last().unwrap_or("no output");
        ClientResult::Missing(format!("{}, {last}", output.status))
    }))
}

impl ClientResult {
    /// Parses `ok ID:STATE…` or `error TEXT`.
    fn parse(printed: &str) -> Option<Self> {
        let line = printed.lines().last()?;
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        match kind {
            "ok" => rest
                .split(' ')
                .filter(|status| !status.is_empty())
                .map(|status| {
                    let (id, state) = status.split_once(':')?;
                    Some((id.parse().ok()?, state.to_owned()))
                })
                .collect::<Option<_>>()
                .map(Self::Statuses),
            "error" => Some(Self::Error(rest.to_owned())),
            _ => None,
        }
    }

    /// Returns `true` if it contains exactly these statuses, newest first. `stored` has the oldest first.
    pub(crate) fn has_all(&self, stored: &[Status]) -> bool {
        let Self::Statuses(statuses) = self else {
            return false;
        };
        let stored = stored.iter().rev().map(|it| (it.id, it.state.as_str()));
        statuses
            .iter()
            .map(|(id, state)| (*id, state.as_str()))
            .eq(stored)
    }

    /// Returns `true` if it is an error whose text contains `part`, in upper or lower case.
    pub(crate) fn is_error_with(&self, part: &str) -> bool {
        let Self::Error(text) = self else {
            return false;
        };
        text.to_lowercase().contains(&part.to_lowercase())
    }
}
