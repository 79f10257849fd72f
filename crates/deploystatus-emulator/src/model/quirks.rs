//! Behaviour of GitHub that no evidence settles.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::model::scramble;

/// Choices between behaviours of GitHub that no evidence settles.
///
/// Each default is the documented or most reported behaviour. The README lists the evidence.
/// In JSON, names are as here and values in kebab-case: `{"auto_inactive": "observed"}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Quirks {
    /// Deployments that a success makes inactive.
    pub auto_inactive: AutoInactive,
    /// Meaning of "had a success" for a deployment.
    pub had_success: HadSuccess,
    /// Error for a status without a state.
    pub missing_state: MissingState,
    /// Form of the errors of a failed validation.
    pub validation_errors: ValidationErrors,
    /// Check that comes first when a status is created.
    pub first_check: FirstCheck,
    /// Creator of a status if the account was deleted.
    pub ghost: Ghost,
    /// Response to a write with a token that can only read.
    pub write_without_push: WriteWithoutPush,
    /// Status code of an exceeded rate limit.
    pub limit_status: LimitStatus,
    /// Maximum number of statuses of a deployment, or `None` for no limit. Further ones are rejected with 422.
    pub max_statuses: Option<usize>,
    /// Age of the state that reads show. Defaults to no lag.
    pub replica_lag: ReplicaLag,
    /// Difference of `created_at` from `Date` in milliseconds. Defaults to 0.
    pub clock_skew_ms: i64,
    /// Stores URLs with scheme and host in lower case, without the default port,
    /// and with a path of at least `/`. Defaults to `false`.
    ///
    /// Other parts are stored as sent, also where URL parsers change them:
    /// dot segments, percent-encoding and letters outside of ASCII in host names.
    pub normalize_urls: bool,
    /// Stores environments in lower case and without surrounding spaces. Defaults to `false`.
    pub normalize_environment: bool,
    /// Stores descriptions with single spaces between words. Defaults to `false`.
    pub normalize_description: bool,
}

/// Lag of the replica that serves lists and single objects.
///
/// Objects that are created over HTTP are visible to reads only after this time.
/// Objects from a seed, a snapshot or the methods of [`Emulator`](crate::Emulator) are visible immediately.
/// The checks of a write do not lag.
/// In JSON: `{"min_ms": 0, "max_ms": 2000, "seed": 7}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReplicaLag {
    min_ms: u64,
    max_ms: u64,
    seed: u64,
}

impl ReplicaLag {
    /// Creates a lag that is the same for every read.
    #[must_use]
    pub fn fixed(lag: Duration) -> ReplicaLag {
        let lag = millis(lag);
        ReplicaLag {
            min_ms: lag,
            max_ms: lag,
            seed: 0,
        }
    }

    /// Creates a lag from zero to `max` that varies from read to read. The same seed gives the same lags.
    #[must_use]
    pub fn random(max: Duration, seed: u64) -> ReplicaLag {
        ReplicaLag {
            min_ms: 0,
            max_ms: millis(max),
            seed,
        }
    }

    /// Returns the lag of the request with this number.
    pub(crate) fn of_request(self, number: u64) -> Duration {
        let range = self.max_ms.saturating_sub(self.min_ms);
        let random = scramble(self.seed ^ scramble(number)) % range.saturating_add(1);
        Duration::from_millis(self.min_ms.saturating_add(random))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Deployments that a success makes inactive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutoInactive {
    /// Deployments that are neither transient nor production, as documented.
    #[default]
    Documented,
    /// Deployments that are not transient, including production, as announced with the last preview.
    Observed,
}

/// Meaning of "had a success" for a deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HadSuccess {
    /// The newest status is a success.
    #[default]
    Latest,
    /// Some status is a success, and the newest is not inactive.
    Ever,
}

/// Error for a status without a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingState {
    /// The state is not in the list, as for commit statuses.
    #[default]
    NotInList,
    /// The state was not supplied, as for endpoints that validate against a schema.
    NotSupplied,
}

/// Form of the errors of a failed validation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValidationErrors {
    /// Objects with resource, code, field and message.
    #[default]
    Objects,
    /// One sentence, as commit statuses send in 2026.
    Sentence,
}

/// Check that comes first when a status is created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirstCheck {
    /// The body, so that an invalid body is 422 even if the deployment is unknown.
    #[default]
    Body,
    /// The existence of the deployment.
    Deployment,
}

/// Creator of a status if the account was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ghost {
    /// Null, as the schema allows.
    #[default]
    Null,
    /// The user `ghost`, as on GitHub's pages.
    User,
}

/// Response to a write with a token that can only read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteWithoutPush {
    /// 404, as most users report.
    #[default]
    NotFound,
    /// 403, as similar endpoints respond.
    Forbidden,
}

/// Status code of an exceeded rate limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitStatus {
    /// 403, as measured.
    #[default]
    Forbidden,
    /// 429, which the documentation also allows.
    TooManyRequests,
}
