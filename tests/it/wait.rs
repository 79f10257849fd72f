//! Waiting for a deployment that another process runs.

mod endings;
mod many;
mod patience;

use std::time::Duration;

use deploystatus::{DeploymentStatus, Outcome, State, WaitPolicy};
use tests::{Scene, in_paused_time};

/// Returns the number of responses with this status code.
fn responses(scene: &Scene, status: u16) -> usize {
    let responses = scene.responses();
    responses.iter().filter(|it| **it == Some(status)).count()
}

/// Describes an outcome by its name and its states.
fn described(outcome: &Outcome) -> String {
    let state = |status: &Option<DeploymentStatus>| {
        let state = status.as_ref().map(|status| status.state.to_string());
        state.unwrap_or_else(|| "nothing".to_owned())
    };
    match outcome {
        Outcome::Succeeded(status) => format!("succeeded {}", status.state),
        Outcome::Failed(status) => format!("failed {}", status.state),
        Outcome::Errored(status) => format!("errored {}", status.state),
        Outcome::Superseded {
            inactive, success, ..
        } => format!("superseded by {} after {}", inactive.state, success.state),
        Outcome::Abandoned { inactive, last, .. } => {
            format!("abandoned by {} after {}", inactive.state, state(last))
        }
        Outcome::Gone => "gone".to_owned(),
        Outcome::Reached(status) => format!("reached {}", status.state),
        Outcome::StillRunning { last, .. } => format!("still {}", state(last)),
        other => panic!("{other:?}"),
    }
}

fn minutes(minutes: u64) -> WaitPolicy {
    WaitPolicy::new().timeout(Duration::from_secs(minutes * 60))
}

/// Describes the outcome of a wait that starts after these states were stored.
fn outcome_after(states: &[&str], goal: Option<State>) -> String {
    in_paused_time(|| async {
        let scene = Scene::start().await;
        scene.store_states(states);
        let policy = minutes(1);
        let outcome = match goal {
            Some(goal) => scene.deployment.wait_for(goal, &policy).await,
            None => scene.deployment.wait(&policy).await,
        };
        described(&outcome.unwrap())
    })
}
