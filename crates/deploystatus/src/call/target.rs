//! The target of a call: one deployment of one client.

use std::sync::Arc;

use deploystatus_generated::PathSegment;
use tracing::Span;

use super::cache::DeploymentState;
use super::core::Core;
use super::retry::{RetryPolicy, Run};
use super::trace;
use crate::http::profile::ServerProfile;
use crate::model::invalid_value::InvalidValue;
use crate::model::new_status::NewStatus;
use crate::model::repository_name::RepositoryName;

/// The target of a call: one deployment of one client.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) core: Arc<Core>,
    pub(crate) state: Arc<DeploymentState>,
    name: Arc<RepositoryName>,
    id: i64,
    profile: Option<ServerProfile>,
    retry: Option<RetryPolicy>,
}

impl Target {
    pub(crate) fn new(
        core: Arc<Core>,
        name: RepositoryName,
        id: u64,
    ) -> Result<Self, InvalidValue> {
        let valid = i64::try_from(id).ok().filter(|id| *id > 0);
        let id = valid.ok_or_else(|| {
            InvalidValue::new("deployment", format!("invalid deployment ID {id}"))
                .expected(format!("expected a number from 1 to {}", i64::MAX))
        })?;
        Ok(Self {
            state: core.cache.deployment(&name, id),
            core,
            name: Arc::new(name),
            id,
            profile: None,
            retry: None,
        })
    }

    pub(crate) fn with_profile(mut self, profile: ServerProfile) -> Self {
        self.profile = Some(profile);
        self
    }

    pub(crate) fn with_retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    pub(crate) fn retry_policy(&self) -> RetryPolicy {
        self.retry.unwrap_or(self.core.retry)
    }

    /// Returns the profile to use now.
    pub(crate) fn profile(&self) -> ServerProfile {
        self.profile.clone().unwrap_or_else(|| self.core.profile())
    }

    /// Returns the profile that the caller has set for the handle or the client.
    pub(crate) fn explicit_profile(&self) -> Option<ServerProfile> {
        let of_client = || self.core.has_explicit_profile.then(|| self.core.profile());
        self.profile.clone().or_else(of_client)
    }

    /// Rejects a status that cannot be created, before anything is sent.
    pub(crate) fn check(&self, status: &NewStatus) -> Result<(), InvalidValue> {
        status.check()?;
        // A detected profile needs no check, because it contains all previews that its server requires.
        if let Some(profile) = self.explicit_profile() {
            profile.check(status)?;
        }
        Ok(())
    }

    pub(crate) fn repository(&self) -> String {
        self.name.to_string()
    }

    pub(crate) fn id(&self) -> u64 {
        self.id.unsigned_abs()
    }

    /// Creates the span of a call for this target.
    pub(crate) fn span(&self, operation: &'static str) -> Span {
        let span = trace::span(operation);
        if !span.is_disabled() {
            let method = if operation.starts_with("create") {
                "POST"
            } else {
                "GET"
            };
            span.record("deploystatus.repository", self.repository());
            span.record("deploystatus.deployment", self.id());
            span.record("server.address", self.core.base.url.host_str());
            span.record("http.request.method", method);
        }
        span
    }

    /// Starts the attempts of a call.
    pub(crate) fn run(&self, span: &Span) -> Run {
        let listener = self.core.listener.clone();
        Run::new(self.retry_policy(), span.clone(), listener)
    }

    /// Returns the parameters of the path.
    pub(crate) fn path(&self) -> (&PathSegment, &PathSegment, i64) {
        (&self.name.owner, &self.name.repo, self.id)
    }
}
