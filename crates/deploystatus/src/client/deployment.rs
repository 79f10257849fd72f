//! The handle for one deployment.

use std::fmt;

use crate::call::retry::RetryPolicy;
use crate::call::target::Target;
use crate::http::profile::ServerProfile;

/// A handle for one deployment. Cheap to clone.
///
/// All handles that one client creates for a deployment share their data:
/// the new URL of a renamed repository, cached responses, and the IDs of created statuses.
#[derive(Clone)]
pub struct Deployment {
    pub(crate) target: Target,
}

impl Deployment {
    pub(crate) fn new(target: Target) -> Self {
        Self { target }
    }

    /// Returns the name of the repository as set by the caller, `OWNER/NAME`.
    #[must_use]
    pub fn repository(&self) -> String {
        self.target.repository()
    }

    /// Returns the ID of the deployment.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.target.id()
    }

    /// Returns the new URL of the statuses, or `None` if the repository was not renamed or moved.
    #[must_use]
    pub fn moved_to(&self) -> Option<String> {
        self.target.state.moved_to().map(Into::into)
    }

    /// Returns a handle that uses this server profile instead of the detected one.
    #[must_use]
    pub fn with_profile(self, profile: ServerProfile) -> Self {
        Self::new(self.target.with_profile(profile))
    }

    /// Returns a handle that uses this retry policy instead of the client's.
    #[must_use]
    pub fn with_retry_policy(self, policy: RetryPolicy) -> Self {
        Self::new(self.target.with_retry_policy(policy))
    }
}

impl fmt::Debug for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment")
            .field("repository", &self.repository())
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}
