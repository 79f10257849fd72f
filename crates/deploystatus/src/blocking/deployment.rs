//! The handle on one deployment.

use std::fmt;
use std::sync::Arc;

use super::thread::Thread;
use super::{NewRollout, StatusPages, Wait};
use crate::{
    Delivered, DeploymentStatus, Error, NewStatus, RetryPolicy, ServerProfile, State, Timeline,
    WaitPolicy,
};

/// One deployment: [`crate::Deployment`] without `async`.
#[derive(Clone)]
pub struct Deployment {
    deployment: crate::Deployment,
    thread: Arc<Thread>,
}

impl Deployment {
    /// Reports a status; it is on the server exactly once when this returns well.
    ///
    /// # Errors
    ///
    /// As [`crate::Deployment::create_status`].
    pub fn create_status(&self, status: NewStatus) -> Result<Delivered, Error> {
        self.thread.run(self.deployment.create_status(status))
    }

    /// Reports a status unless the newest one says the same already.
    ///
    /// # Errors
    ///
    /// As [`crate::Deployment::create_status_if_changed`].
    pub fn create_status_if_changed(&self, status: NewStatus) -> Result<Delivered, Error> {
        let creating = self.deployment.create_status_if_changed(status);
        self.thread.run(creating)
    }

    /// Reads one status by its id.
    ///
    /// # Errors
    ///
    /// As [`crate::Deployment::get_status`].
    pub fn get_status(&self, id: u64) -> Result<DeploymentStatus, Error> {
        self.thread.run(self.deployment.get_status(id))
    }

    /// The statuses of the deployment, newest first. Nothing is sent yet.
    pub fn statuses(&self) -> StatusPages {
        StatusPages::new(self.deployment.statuses(), Arc::clone(&self.thread))
    }

    /// A wait until the deployment's story ends, whoever runs it. It begins with [`Wait::run`].
    pub fn wait(&self, policy: &WaitPolicy) -> Wait<'static> {
        Wait::new(self.deployment.wait(policy), Arc::clone(&self.thread))
    }

    /// A wait until the deployment is in this state or was in it since the wait began. It begins with [`Wait::run`].
    pub fn wait_for(&self, state: State, policy: &WaitPolicy) -> Wait<'static> {
        let wait = self.deployment.wait_for(state, policy);
        Wait::new(wait, Arc::clone(&self.thread))
    }

    /// Reads all statuses and folds them into what happened.
    ///
    /// # Errors
    ///
    /// When the server refuses or does not answer.
    pub fn timeline(&self) -> Result<Timeline, Error> {
        self.thread.run(self.deployment.timeline())
    }

    /// A rollout that is going to be reported, beginning with this status. Nothing is sent yet.
    pub fn rollout(&self, first: NewStatus) -> NewRollout {
        NewRollout::new(self.deployment.rollout(first), Arc::clone(&self.thread))
    }

    /// The name of the repository as it was given, `owner/repo`.
    #[must_use]
    pub fn repository(&self) -> String {
        self.deployment.repository()
    }

    /// The number of the deployment.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.deployment.id()
    }

    /// Where the statuses are now, once the server has told that the repository was renamed or moved.
    #[must_use]
    pub fn moved_to(&self) -> Option<String> {
        self.deployment.moved_to()
    }

    /// The same handle, treating the server like this whatever it says of itself.
    #[must_use]
    pub fn profile(mut self, profile: ServerProfile) -> Self {
        self.deployment = self.deployment.profile(profile);
        self
    }

    /// The same handle, trying again like this whatever its client does.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.deployment = self.deployment.retry(policy);
        self
    }

    pub(super) fn new(deployment: crate::Deployment, thread: Arc<Thread>) -> Self {
        Self { deployment, thread }
    }
}

impl fmt::Debug for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deployment.fmt(f)
    }
}
