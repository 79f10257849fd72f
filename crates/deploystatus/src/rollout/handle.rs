//! The handle with which the work of a rollout reports its progress.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use deploystatus_generated::State;

use super::shared::Shared;
use crate::client::deployment::Deployment;
use crate::error::Error;
use crate::model::new_status::NewStatus;

/// A handle with which the work of a rollout reports its progress. Cheap to clone.
///
/// It cannot end the rollout. After the end of the rollout it has no effect.
#[derive(Clone)]
pub struct RolloutHandle {
    pub(super) shared: Arc<Shared>,
}

impl RolloutHandle {
    /// Reports that the rollout is in progress, with a description such as `3 of 7 pods`.
    ///
    /// Returns immediately. The description is sent in the background and replaces one that was not sent yet.
    /// At most one report is sent per [`progress_interval`](crate::RolloutBuilder::progress_interval),
    /// and none if nothing has changed. The step from `queued` to `in_progress` is sent without delay.
    /// A report that fails is logged and not repeated. Descriptions of more than 140 characters are shortened.
    pub fn progress(&self, description: impl Into<String>) {
        let mut content = self.shared.content();
        let status = NewStatus {
            state: State::InProgress,
            ..content.template.clone()
        };
        content.progress = Some(status.description_truncated(description));
        drop(content);
        self.shared.changed.notify_one();
    }

    /// Sets the URL of the deployed environment, which all later reports contain.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL does not start with `https://` or `http://`. The previous URL stays.
    pub fn environment_url(&self, url: impl Into<String>) -> Result<(), Error> {
        self.change(|status| status.environment_url(url))
    }

    /// Sets the URL of the deployment's log, which all later reports contain.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL does not start with `https://` or `http://`. The previous URL stays.
    pub fn log_url(&self, url: impl Into<String>) -> Result<(), Error> {
        self.change(|status| status.log_url(url))
    }

    /// Sets the description of the `success` status, if the rollout succeeds. Shortened to 140 characters.
    pub fn success_description(&self, description: impl Into<String>) {
        let status = NewStatus::new(State::Success).description_truncated(description);
        self.shared.content().success_description = status.description;
    }

    /// Returns the file in the outbox that holds the report of the rollout now, or `None` if it is not kept.
    ///
    /// The end of the rollout is there until it is delivered.
    #[must_use]
    pub fn kept_in(&self) -> Option<PathBuf> {
        self.shared.kept_in()
    }

    /// Returns the deployment.
    #[must_use]
    pub fn deployment(&self) -> &Deployment {
        &self.shared.deployment
    }

    fn change(&self, change: impl FnOnce(NewStatus) -> NewStatus) -> Result<(), Error> {
        let mut content = self.shared.content();
        let changed = change(content.template.clone());
        changed.check()?;
        content.template = changed;
        Ok(())
    }
}

impl fmt::Debug for RolloutHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RolloutHandle")
            .field("deployment", self.deployment())
            .finish_non_exhaustive()
    }
}
