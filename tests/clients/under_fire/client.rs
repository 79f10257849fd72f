//! A client's program, and what it was told.

use std::io;
use std::process::Stdio;
use std::time::Duration;

use deploystatus_emulator::Status;
use tokio::process::Command;
use tokio::time::timeout;

use crate::scenario::{Ask, DEPLOYMENT, REPOSITORY, TOKEN};

/// Longer than any client waits.
const PATIENCE: Duration = Duration::from_secs(180);

pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) is_ours: bool,
    /// The command, or why there is none.
    pub(crate) command: Result<String, String>,
}

/// What the caller of a client was told.
pub(crate) enum Told {
    /// These statuses, each with its number and state.
    Statuses(Vec<(u64, String)>),
    /// The error, in one line.
    Error(String),
    /// Neither; how the program ended.
    Nothing(String),
}

impl Client {
    /// Reads the arguments of this program.
    pub(crate) fn read(arguments: &[String]) -> Result<Vec<Self>, String> {
        let (clients, rest) = arguments.as_chunks::<3>();
        if clients.is_empty() || !rest.is_empty() {
            return Err("clients are given as three words each".to_owned());
        }
        let read = |[kind, name, how]: &[String; 3]| {
            let command = match kind.as_str() {
                "peer" | "ours" => Ok(how.clone()),
                "missing" => Err(how.clone()),
                _ => return Err(format!("{kind} is not a kind of client")),
            };
            Ok(Self {
                name: name.clone(),
                is_ours: kind == "ours",
                command,
            })
        };
        clients.iter().map(read).collect()
    }
}

/// Runs a client's program with this server, and reads what it was told.
pub(crate) async fn ask(command: &str, ask: Ask, server: &str) -> io::Result<Told> {
    let ask = match ask {
        Ask::Report => "report",
        Ask::List => "list",
    };
    let running = Command::new("bash")
        .args(["-c", &format!("exec {command} {ask}")])
        .env("GITHUB_API_URL", server)
        .env("GITHUB_REPOSITORY", REPOSITORY)
        .env("GITHUB_TOKEN", TOKEN)
        .env("DEPLOYMENT", DEPLOYMENT.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let Ok(output) = timeout(PATIENCE, running).await else {
        let patience = PATIENCE.as_secs();
        return Ok(Told::Nothing(format!("not over after {patience} s")));
    };
    let output = output?;
    // Addresses differ from run to run.
    let said = String::from_utf8_lossy(&output.stdout).replace(server, "");
    Ok(Told::read(&said).unwrap_or_else(|| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let last = complaint.lines().last().unwrap_or("without a word");
        Told::Nothing(format!("{}, {last}", output.status))
    }))
}

impl Told {
    /// Reads `ok ID:STATE…` or `error TEXT`.
    fn read(said: &str) -> Option<Self> {
        let line = said.lines().last()?;
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
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

    /// Whether it is these statuses, which are stored oldest first and told newest first.
    pub(crate) fn are(&self, stored: &[Status]) -> bool {
        let Self::Statuses(told) = self else {
            return false;
        };
        let stored = stored.iter().rev().map(|it| (it.id, it.state.as_str()));
        told.iter()
            .map(|(id, state)| (*id, state.as_str()))
            .eq(stored)
    }

    /// Whether it is an error that says this.
    pub(crate) fn errs_with(&self, words: &str) -> bool {
        let Self::Error(text) = self else {
            return false;
        };
        text.to_lowercase().contains(&words.to_lowercase())
    }
}
