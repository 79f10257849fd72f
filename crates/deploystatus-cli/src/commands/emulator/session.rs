//! A command that runs against the emulator.

use std::ffi::OsString;

use deploystatus_emulator::{Emulator, NewDeployment, ReceivedRequest};
use tokio::process::Command;

use crate::commands::run::child::Child;
use crate::commands::run::ending::Ending;
use crate::commands::run::signals::{ParentPolicy, Signals};
use crate::error::Error;
use crate::escape::message::Message;
use crate::escape::shorten;
use crate::exit::Code;
use crate::output::Output;

/// Name of the repository of an emulator without a seed.
pub(super) const DEFAULT_REPOSITORY: &str = "octocat/example";
/// Token of the command.
pub(super) const TOKEN: &str = "emulator-token";
/// Maximum number of requests that are printed.
const MAX_REQUESTS: usize = 100;
/// Maximum number of characters of a path or a body that are printed.
const MAX_TEXT: usize = 300;

/// The deployment that is created for the command.
struct Target {
    repository: String,
    deployment: u64,
}

impl Target {
    fn create(emulator: &Emulator) -> Result<Target, Error> {
        let repository = repository(emulator).ok_or_else(|| {
            let message = "missing repository for --run: \
                           expected one that is not archived in the seed or snapshot";
            Error::Usage(message.to_owned())
        })?;
        let new = NewDeployment::new("main").environment("production");
        let deployment = emulator.create_deployment(&repository, new);
        Ok(Target {
            repository,
            deployment: deployment.map_err(Error::Emulator)?.id,
        })
    }
}

/// Returns the name of `octocat/example` or else of the first repository, or `None` if all are archived.
pub(super) fn repository(emulator: &Emulator) -> Option<String> {
    let repositories = emulator.repositories().into_iter();
    let names = repositories
        .filter(|it| !it.archived)
        .map(|it| it.full_name());
    let names: Vec<_> = names.collect();
    let default = names.iter().find(|it| *it == DEFAULT_REPOSITORY);
    default.or(names.first()).cloned()
}

/// Runs a command with the variables of the emulator and of a new deployment.
pub(super) async fn run(
    emulator: &Emulator,
    command: &[OsString],
    output: &Output,
) -> Result<Code, Error> {
    let target = Target::create(emulator)?;
    let ending = supervise(emulator, command, &target).await?;
    if let Ending::NotStarted(error) = &ending {
        return Err(Error::Start {
            program: command.first().cloned().unwrap_or_default(),
            reason: error.to_string(),
            code: ending.code(),
        });
    }
    if ending.code() != 0 {
        output.note(received(emulator, &target));
    }
    Ok(Code::Child(ending.code()))
}

/// Starts the command, forwards stop requests to it, and waits for its end.
async fn supervise(
    emulator: &Emulator,
    command: &[OsString],
    target: &Target,
) -> Result<Ending, Error> {
    let (program, arguments) = command
        .split_first()
        .ok_or_else(|| Error::Usage("missing command after `--`".to_owned()))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("GITHUB_API_URL", emulator.api_url())
        .env("GITHUB_TOKEN", TOKEN)
        .env("GITHUB_REPOSITORY", &target.repository)
        .env("DEPLOYSTATUS_DEPLOYMENT", target.deployment.to_string());
    let mut signals = Signals::listen(ParentPolicy::Ignore).map_err(Error::Runtime)?;
    let mut child = match Child::start(command) {
        Ok(child) => child,
        Err(error) => return Ok(Ending::NotStarted(error)),
    };
    let group = child.group();
    loop {
        tokio::select! {
            biased;
            stop = signals.next() => group.forward(stop),
            status = child.wait() => return Ok(Ending::of(status)),
        }
    }
}

/// Returns the requests and the statuses that the emulator received from the command.
fn received(emulator: &Emulator, target: &Target) -> Message {
    let requests = emulator.requests();
    let mut text = format!("The emulator received {} requests", requests.len());
    let skipped = requests.len().saturating_sub(MAX_REQUESTS);
    if skipped > 0 {
        text = format!("{text}; these are the newest {MAX_REQUESTS}");
    }
    let mut message = Message::from(text);
    for request in &requests[skipped..] {
        message.push_line(&format!("  {}", line(request)));
    }
    let Target {
        repository,
        deployment,
    } = target;
    let history = emulator.history(*deployment).into_iter();
    let states: Vec<_> = history.map(|status| status.state).collect();
    let states = if states.is_empty() {
        "none".to_owned()
    } else {
        states.join(", ")
    };
    message.push_line(&format!(
        "Statuses of deployment {deployment} of {repository}: {states}"
    ));
    message
}

/// Returns the method, the path, the status code and the body of a request.
fn line(request: &ReceivedRequest) -> String {
    let status = request
        .status
        .map_or_else(|| "no response".to_owned(), |status| status.to_string());
    let path = shorten(&request.path, MAX_TEXT);
    let line = format!("{} {path}: {status}", request.method);
    if request.body.is_empty() {
        return line;
    }
    format!("{line} {}", shorten(&request.body, MAX_TEXT))
}
