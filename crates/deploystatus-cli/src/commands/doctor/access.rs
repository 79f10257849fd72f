//! Whether the deployment can be read, and whether it could be written.

use deploystatus::Deployment;
use serde_json::json;

use super::finding::Finding;
use super::probe::{Probe, Reply};
use crate::error::Error;
use crate::exit::Code;

/// Reads the newest status, as the other commands would.
pub(crate) async fn read(deployment: &Deployment) -> (Finding, bool) {
    let name = format!(
        "deployment {} of {}",
        deployment.id(),
        deployment.repository()
    );
    match deployment.statuses().newest().await {
        Ok(newest) => {
            let state = newest.map_or_else(
                || "there is no status yet".to_owned(),
                |status| format!("its newest status is {}", status.state),
            );
            let message = format!("{name} can be read; {state}");
            (Finding::ok("read", message), true)
        }
        Err(error) => {
            let error = Error::call("read the deployment")(error);
            (Finding::failed("read", &error), false)
        }
    }
}

/// Asks for a status with a state that does not exist.
///
/// Nothing can be stored by it: a server that lets the token write refuses the state, and others refuse the token.
pub(crate) async fn write(probe: &Probe, deployment: &Deployment) -> Finding {
    let url = deployment.moved_to().unwrap_or_else(|| {
        format!(
            "{}/repos/{}/deployments/{}/statuses",
            probe.base(),
            deployment.repository(),
            deployment.id()
        )
    });
    let impossible = json!({ "state": "deploystatus-doctor" });
    let reply = match probe.post(&url, &impossible).await {
        Ok(reply) => reply,
        Err(finding) => return finding,
    };
    let message = reply.message();
    match reply.status {
        400 | 422 => Finding::ok(
            "write",
            "can probably be written: a status with an impossible state was refused for its state alone",
        ),
        403 if message.to_ascii_lowercase().contains("archived") => Finding::problem(
            "write",
            "the repository is archived and takes no statuses",
            Code::Rejected,
        )
        .fix("Unarchive it, or stop reporting."),
        403 if message.to_ascii_lowercase().contains("rate limit") => {
            Finding::warning("write", format!("could not be found out: {message}"))
        }
        401 | 403 => Finding::problem(
            "write",
            format!("the token may not write: {message}"),
            Code::NotAllowed,
        )
        .fix(permission(&reply)),
        404 => Finding::problem(
            "write",
            "the token may read and not write, which GitHub answers with 404",
            Code::Rejected,
        )
        .fix(permission(&reply)),
        status => Finding::warning(
            "write",
            format!("could not be found out: the server answered {status}"),
        ),
    }
}

/// What lets the token write.
fn permission(reply: &Reply) -> String {
    if reply.message().contains("integration") {
        return "In a workflow, add these lines to the job or the file:\n  \
                permissions:\n    \
                  deployments: write\n\
                For an app, give it the permission deployments=write and accept it for the installation."
            .to_owned();
    }
    "Fine-grained tokens and apps need the permission deployments=write; \
     classic tokens need the scope repo_deployment, and an owner who may push."
        .to_owned()
}
