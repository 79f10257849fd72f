//! Rollouts, against the emulator.

mod beginning;
mod bounds;
mod detached;
mod dropped;
mod ending;
mod killed;
mod progress;
mod running;
mod undelivered;

use std::time::Duration;

use deploystatus::{NewStatus, State};
use tests::Scene;

pub(crate) const LOG: &str = "https://ci.example.com/7";

pub(crate) fn first() -> NewStatus {
    NewStatus::new(State::InProgress)
        .environment("staging")
        .log_url(LOG)
}

/// Returns the states and descriptions, oldest first.
pub(crate) fn history(scene: &Scene) -> Vec<(String, String)> {
    let history = scene.github.history(scene.deployment.id());
    history
        .into_iter()
        .map(|status| (status.state, status.description))
        .collect()
}

/// Returns the number of final statuses.
pub(crate) fn ends(scene: &Scene) -> usize {
    let stored = scene.stored();
    stored
        .iter()
        .filter(|state| State::from(state.as_str()).is_finished())
        .count()
}

pub(crate) fn pair(state: &str, description: &str) -> (String, String) {
    (state.to_owned(), description.to_owned())
}

/// Waits until all reports in the background are done.
pub(crate) async fn an_hour() {
    tokio::time::sleep(Duration::from_secs(3600)).await;
}
