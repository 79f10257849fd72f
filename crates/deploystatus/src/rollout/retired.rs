//! What a success may have done to other deployments.

use std::fmt;

use crate::{Delivered, Deployment};

/// A rollout that went well, as it was reported.
#[derive(Clone, Debug, PartialEq)]
pub struct Succeeded {
    delivered: Delivered,
    may_retire: Option<MayRetire>,
}

impl Succeeded {
    /// The `success`, and how it is known that it is there.
    #[must_use]
    pub fn delivered(&self) -> &Delivered {
        &self.delivered
    }

    /// Which deployments GitHub may have made `inactive` because of it.
    ///
    /// Nothing when that was switched off with [`NewStatus::auto_inactive`](crate::NewStatus::auto_inactive).
    #[must_use]
    pub fn may_retire(&self) -> Option<&MayRetire> {
        self.may_retire.as_ref()
    }

    pub(super) fn new(delivered: Delivered, deployment: &Deployment, retires: bool) -> Self {
        let may_retire = retires.then(|| MayRetire {
            repository: deployment.repository(),
            environment: delivered.status().environment.clone(),
            before: deployment.id(),
        });
        Self {
            delivered,
            may_retire,
        }
    }
}

/// The deployments that a success may have retired: the rule, because GitHub does not tell which they were.
///
/// GitHub adds `inactive` to the earlier deployments of the same repository to an environment of the same name
/// that are a `success` and not transient.
/// Its documentation says that production environments are left alone; it has been seen otherwise,
/// so they are not ruled out here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MayRetire {
    repository: String,
    environment: Option<String>,
    before: u64,
}

impl MayRetire {
    /// The repository, `owner/repo`.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The environment, when the server tells.
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        self.environment.as_deref()
    }

    /// The deployments in question have a lower number than this.
    #[must_use]
    pub fn before(&self) -> u64 {
        self.before
    }

    /// Whether a deployment of the repository may be one of them.
    ///
    /// What is not asked here has to hold as well: that it was a `success`, and is not transient.
    #[must_use]
    pub fn may_include(&self, deployment: u64, environment: &str) -> bool {
        deployment < self.before
            && self
                .environment
                .as_deref()
                .is_none_or(|ours| ours == environment)
    }
}

impl fmt::Display for MayRetire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "successful deployments of {} before {} to ",
            self.repository, self.before
        )?;
        match &self.environment {
            Some(environment) => write!(f, "`{environment}`, unless they are transient"),
            None => f.write_str("the same environment, unless they are transient"),
        }
    }
}
