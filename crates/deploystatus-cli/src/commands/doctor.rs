//! Tells what would work, and why the rest would not.

mod access;
mod finding;
mod probe;
mod server;

use deploystatus::{Client, Outbox};
use serde_json::json;

use crate::arguments::OutboxArguments;
use crate::error::Error;
use crate::exit::Code;
use crate::output::{Form, Output};
use crate::settings::{Settings, TokenSource};
use finding::Finding;
use probe::Probe;

pub(crate) async fn run(settings: &Settings, output: &Output) -> Result<Code, Error> {
    let findings = examine(settings).await;
    let first_problem = findings.iter().find_map(Finding::code_of_problem);
    if output.form() == Form::Plain {
        for finding in &findings {
            output.answer(&finding.in_words(output.style()))?;
        }
    } else {
        output.json(&json!({ "ok": first_problem.is_none(), "findings": findings }))?;
    }
    Ok(first_problem.unwrap_or(Code::Done))
}

async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let token = match settings.token() {
        Ok(token) => token,
        Err(error) => {
            findings.push(Finding::failed("token", &error));
            None
        }
    };
    // Its address is complete, and it fails when the token would travel where it can be read.
    let client = match &token {
        Some(_) => settings.client(),
        None => Client::builder()
            .base_url(settings.api_url())
            .build()
            .map_err(Error::call("use what was given")),
    };
    match client {
        Ok(client) => {
            let secret = token.as_ref().and_then(TokenSource::read);
            match Probe::new(client.base_url(), secret) {
                Ok(probe) => ask(&probe, settings, token.as_ref(), &mut findings).await,
                Err(error) => findings.push(Finding::failed("server", &error)),
            }
        }
        Err(error) => findings.push(Finding::failed("server", &error)),
    }
    findings.extend(outbox(settings));
    findings
}

/// What only the server can tell.
async fn ask(
    probe: &Probe,
    settings: &Settings,
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
            if let Some(token) = token {
                findings.push(server::token(token, &reply));
            }
            findings.extend(server::clock(&reply));
            findings.push(server::budget(&reply));
        }
        Err(error) => {
            findings.push(error);
            return;
        }
    }
    let deployment = match settings.deployment() {
        Ok(deployment) => deployment,
        Err(error) => {
            findings.push(Finding::failed("settings", &error));
            return;
        }
    };
    let (finding, may_read) = access::read(&deployment).await;
    findings.push(finding);
    if may_read {
        findings.push(access::write(probe, &deployment).await);
    }
}

/// What waits to be delivered, if anything does.
fn outbox(settings: &Settings) -> Option<Finding> {
    let directory = settings.outbox(&OutboxArguments::default()).ok()?;
    if !directory.exists() {
        return None;
    }
    let files = match Outbox::open(&directory).and_then(|outbox| outbox.files()) {
        Ok(files) => files,
        Err(error) => {
            let error = Error::call("look into the outbox")(error);
            return Some(Finding::failed("outbox", &error));
        }
    };
    let kept = files.len();
    (kept > 0).then(|| {
        let reports = if kept == 1 {
            "report is"
        } else {
            "reports are"
        };
        let message = format!("{kept} {reports} kept in {}", directory.display());
        Finding::warning("outbox", message).fix("`deploystatus flush` delivers them.")
    })
}
