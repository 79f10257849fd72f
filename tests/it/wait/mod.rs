//! Waiting for a deployment that somebody else runs, in time that is not real.

mod endings;
mod patience;

use std::time::Duration;

use deploystatus::{Outcome, State, WaitPolicy};
use deploystatus_emulator::NewStatus;

use crate::facade::{Scene, in_paused_time, on_tokio_time};

/// Runs a test with an emulator whose clock jumps to the next thing to wait for.
fn with_scene<T>(test: impl AsyncFnOnce(&Scene) -> T) -> T {
    in_paused_time(|| async {
        let scene = Scene::with(on_tokio_time(), |client| client).await;
        test(&scene).await
    })
}

/// Makes the deployment say these words.
fn tell(scene: &Scene, words: &[&str]) {
    for word in words {
        let status = NewStatus::new(*word);
        scene
            .github
            .create_status(scene.deployment.id(), status)
            .unwrap();
    }
}

/// How many answers of this status the emulator gave.
fn answers(scene: &Scene, status: u16) -> usize {
    let requests = scene.github.requests();
    requests
        .iter()
        .filter(|it| it.status == Some(status))
        .count()
}

fn words(outcome: &Outcome) -> String {
    let state = |status: &deploystatus::DeploymentStatus| status.state.to_string();
    match outcome {
        Outcome::Succeeded(status) => format!("succeeded {}", status.state),
        Outcome::Failed(status) => format!("failed {}", status.state),
        Outcome::Errored(status) => format!("errored {}", status.state),
        Outcome::Superseded { by, success } => {
            format!("superseded by {} after {}", by.state, success.state)
        }
        Outcome::Abandoned { by, before } => {
            let before = before.as_ref().map_or_else(|| "nothing".into(), state);
            format!("abandoned by {} after {before}", by.state)
        }
        Outcome::Gone => "gone".to_owned(),
        Outcome::Reached(status) => format!("reached {}", status.state),
        Outcome::StillRunning { last, .. } => {
            let last = last.as_ref().map_or_else(|| "nothing".into(), state);
            format!("still {last}")
        }
        other => panic!("{other:?}"),
    }
}

fn minutes(minutes: u64) -> WaitPolicy {
    WaitPolicy::new().timeout(Duration::from_secs(minutes * 60))
}

/// What a wait for a state makes of these words, all said before it begins.
fn wait_after(said: &[&str], goal: Option<State>) -> String {
    with_scene(async |scene| {
        tell(scene, said);
        let policy = minutes(1);
        let outcome = match goal {
            Some(goal) => scene.deployment.wait_for(goal, &policy).await,
            None => scene.deployment.wait(&policy).await,
        };
        words(&outcome.unwrap())
    })
}
