//! `doctor`: checks the server, the token and the deployment.

mod access;
pub(super) mod finding;
mod probe;
mod server;

use deploystatus::{Deployment, Outbox, ServerProfile};
use serde_json::json;

use super::time_limit::TimeLimit;
use crate::advice;
use crate::arguments::DoctorArgs;
use crate::arguments::report::OutboxArgs;
use crate::error::{Activity, Error};
use crate::exit::Code;
use crate::output::Output;
use crate::output::format::Format;
use crate::settings::token::TokenSource;
use crate::settings::{Settings, outbox_directory};
use finding::Finding;
use probe::Probe;

pub(crate) async fn run(
    arguments: &DoctorArgs,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    let mut findings = Vec::new();
    let limit = TimeLimit::new(arguments.time.timeout, output);
    let checks = async {
        check(settings, output, &mut findings).await;
        Ok(())
    };
    if let Err(error) = limit.run(Activity::Reading, checks).await {
        findings.push(Finding::failed("time", &error));
    }
    findings.extend(check_outbox(&arguments.outbox));
    let first_problem = findings.iter().find_map(Finding::code_of_problem);
    if output.format() == Format::Text {
        for finding in &findings {
            finding.print(output)?;
        }
    } else {
        output.json(&json!({ "ok": first_problem.is_none(), "findings": findings }))?;
    }
    Ok(first_problem.unwrap_or(Code::Done))
}

async fn check(settings: &Settings, output: &Output, findings: &mut Vec<Finding>) {
    let token = match settings.token() {
        Ok(token) => token,
        Err(error) => {
            findings.push(Finding::failed("token", &error));
            None
        }
    };
    let deployment = settings.deployment(output);
    match probe(settings, output, token.as_ref()) {
        Ok((probe, profile)) => {
            check_server(&probe, &profile, deployment, token.as_ref(), findings).await;
        }
        Err(error) => findings.push(Finding::failed("server", &error)),
    }
}

/// Creates the probe from a client, which completes the URL and rejects insecure ones, and returns that client's profile.
fn probe(
    settings: &Settings,
    output: &Output,
    token: Option<&TokenSource>,
) -> Result<(Probe, ServerProfile), Error> {
    let client = match token {
        Some(_) => settings.client(output),
        None => settings.anonymous_client(),
    }?;
    let token = token.and_then(TokenSource::token);
    let probe = Probe::new(client.base_url(), token)?;
    Ok((probe, client.profile()))
}

async fn check_server(
    probe: &Probe,
    profile: &ServerProfile,
    deployment: Result<Deployment, Error>,
    token: Option<&TokenSource>,
    findings: &mut Vec<Finding>,
) {
    match probe.get("/rate_limit").await {
        Ok(reply) => {
            let kind = server::kind(probe, &reply);
            let is_github = kind.code_of_problem().is_none();
            findings.push(kind);
            if !is_github {
                return;
            }
            findings.push(server::profile(profile, &reply));
            if let Some(token) = token {
                findings.push(server::token(token, &reply));
                findings.extend(server::workflow_token(token));
            }
            findings.extend(server::clock(&reply));
            findings.push(server::budget(&reply));
        }
        Err(finding) => {
            findings.push(finding);
            return;
        }
    }
    let deployment = match deployment {
        Ok(deployment) => deployment,
        Err(error) => {
            findings.push(Finding::failed("settings", &error));
            return;
        }
    };
    let (finding, is_readable) = access::read(&deployment).await;
    findings.push(finding);
    if is_readable {
        findings.push(access::write(probe, &deployment).await);
    }
}

/// Returns a warning if the outbox contains reports, or `None` if it is empty or does not exist.
fn check_outbox(arguments: &OutboxArgs) -> Option<Finding> {
    let directory = outbox_directory(arguments).ok()?;
    if !directory.exists() {
        let shown = directory.display();
        return arguments.outbox.is_some().then(|| {
            Finding::warning("outbox", format!("no outbox at {shown}"))
                .fix("`deploystatus run` creates the directory if it can.")
        });
    }
    let files = match Outbox::open(&directory).and_then(|outbox| outbox.files()) {
        Ok(files) => files,
        Err(error) => {
            let error = Error::call("read the outbox")(error);
            return Some(Finding::failed("outbox", &error));
        }
    };
    let count = files.len();
    (count > 0).then(|| {
        let reports = if count == 1 { "report" } else { "reports" };
        let message = format!("{count} unsent {reports} in {}", directory.display());
        Finding::warning("outbox", message).fix(format!(
            "Send them with `{}`.",
            advice::flush_command(&directory)
        ))
    })
}
