//! Rollouts, against an emulated GitHub.

mod beginning;
mod dropped;
mod ending;
mod killed;
mod progress;
mod regardless;
mod running;
mod undelivered;

use std::time::Duration;

use deploystatus::{NewStatus, State};

use crate::facade::{Scene, on_tokio_time};

pub(crate) const LOG: &str = "https://ci.example.com/7";

pub(crate) async fn scene() -> Scene {
    Scene::with(on_tokio_time(), |client| client).await
}

pub(crate) fn first() -> NewStatus {
    NewStatus::new(State::InProgress)
        .environment("staging")
        .log_url(LOG)
}

impl Scene {
    /// The states with their remarks, oldest first.
    pub(crate) fn told(&self) -> Vec<(String, String)> {
        let history = self.github.history(self.deployment.id());
        history
            .into_iter()
            .map(|status| (status.state, status.description))
            .collect()
    }

    /// How many statuses of the deployment are final.
    pub(crate) fn ends(&self) -> usize {
        let stored = self.stored();
        stored
            .iter()
            .filter(|state| State::from(state.as_str()).is_finished())
            .count()
    }
}

/// Lets everything end that is under way in the background.
pub(crate) async fn an_hour() {
    tokio::time::sleep(Duration::from_secs(3600)).await;
}
