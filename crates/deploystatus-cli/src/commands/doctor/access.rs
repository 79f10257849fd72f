//! Checks whether the deployment can be read and written.

use deploystatus::Deployment;
use serde_json::json;

use super::finding::Finding;
use super::probe::{Probe, Response};
use crate::advice;
use crate::error::Error;
use crate::escape::message::Message;
use crate::exit::Code;

/// Reads the newest status; the second value is `true` if that succeeded.
pub(crate) async fn read(deployment: &Deployment) -> (Finding, bool) {
    let name = format!(
        "deployment {} of {}",
        deployment.id(),
        deployment.repository()
    );
    match deployment.latest_status().await {
        Ok(newest) => {
            let state = newest.map_or_else(
                || "it has no status".to_owned(),
                |status| format!("its newest status is {}", status.state),
            );
            let message = format!("{name} is readable; {state}");
            (Finding::ok("read", message), true)
        }
        Err(error) => {
            let error = Error::call("read the deployment")(error);
            (Finding::failed("read", &error), false)
        }
    }
}

/// Requests a status with an unknown state, which no server stores.
///
/// A server that accepts the token rejects the state; other servers reject the token.
pub(crate) async fn write(probe: &Probe, deployment: &Deployment) -> Finding {
    let url = deployment.moved_to().unwrap_or_else(|| {
        format!(
            "{}/repos/{}/deployments/{}/statuses",
            probe.base(),
            deployment.repository(),
            deployment.id()
        )
    });
    let unknown_state = json!({ "state": "deploystatus-doctor" });
    match probe.post(&url, &unknown_state).await {
        Ok(response) => assess_write(&response),
        Err(finding) => finding,
    }
}

fn assess_write(response: &Response) -> Finding {
    let message = response.message();
    match response.status {
        400 | 422 => Finding::ok(
            "write",
            "probably writable: the server rejected only the unknown state of a test request",
        ),
        status if advice::is_archived(status, message) => Finding::problem(
            "write",
            "the repository is archived and accepts no statuses",
            Code::Rejected,
        )
        .fix("Unarchive the repository, or stop reporting."),
        _ if response.is_rate_limited() => {
            Finding::problem("write", response.rate_limit(), Code::RateLimited)
                .fix("Wait, or use another token.")
        }
        401 | 403 => Finding::problem(
            "write",
            format!("the token is not allowed to write: {message}"),
            Code::NotAllowed,
        )
        .fix(permission(response)),
        404 => Finding::problem(
            "write",
            "the token can read but not write (GitHub responds with 404)",
            Code::Rejected,
        )
        .fix(permission(response)),
        status @ 500.. => Finding::problem(
            "write",
            format!("the server responded {status}"),
            Code::NoResponse,
        )
        .fix("Try again later."),
        status => Finding::warning("write", format!("unknown: the server responded {status}")),
    }
}

/// Returns the steps that give the token permission to write.
fn permission(response: &Response) -> Message {
    if advice::is_about_integration(response.message()) {
        return Message::constant(
            "In a workflow, add these lines to the job or the file:\n  \
                permissions:\n    \
                  deployments: write\n\
                For an app, add the permission `deployments: write` and accept it for the installation.",
        );
    }
    Message::constant(
        "Fine-grained tokens and apps need the permission `deployments: write`; \
     classic tokens need the scope repo_deployment and an owner with push access.",
    )
}
