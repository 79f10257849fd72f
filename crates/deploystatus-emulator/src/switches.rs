use serde::{Deserialize, Serialize};

/// The answers to questions about GitHub that evidence does not settle.
///
/// Each default is the documented or most reported behaviour; the crate's README tells how sure each is.
/// In JSON the names are as here and the words in kebab-case: `{"auto_inactive": "observed"}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Switches {
    /// Which deployments a success makes inactive.
    pub auto_inactive: AutoInactive,
    /// When a deployment counts as one that had a success.
    pub had_success: HadSuccess,
    /// What a status without a state is told.
    pub missing_state: MissingState,
    /// How a failed validation lists its errors.
    pub validation_errors: ValidationErrors,
    /// What is looked at first when a status is created.
    pub first_check: FirstCheck,
    /// What stands for a creator whose account is gone.
    pub ghost: Ghost,
    /// What a reader is told who tries to write.
    pub write_without_push: WriteWithoutPush,
    /// How an exceeded rate limit is answered.
    pub limit_status: LimitStatus,
    /// How many statuses a deployment can have; any number if none.
    pub max_statuses: Option<usize>,
}

/// Which deployments a success makes inactive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutoInactive {
    /// Those that are neither transient nor production, as the documentation says.
    #[default]
    Documented,
    /// Those that are not transient, production too, as the last preview announced.
    Observed,
}

/// When a deployment counts as one that had a success.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HadSuccess {
    /// When its latest status is a success.
    #[default]
    Latest,
    /// When any status was a success and it is not inactive already.
    Ever,
}

/// What a status without a state is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingState {
    /// That the state is not in the list, as commit statuses say.
    #[default]
    NotInList,
    /// That it was not supplied, as endpoints checked by a schema say.
    NotSupplied,
}

/// How a failed validation lists its errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValidationErrors {
    /// As objects with resource, code, field and message.
    #[default]
    Objects,
    /// As one sentence, as commit statuses do in 2026.
    Sentence,
}

/// What is looked at first when a status is created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirstCheck {
    /// The body, so that a wrong one is told even where there is no such deployment.
    #[default]
    Body,
    /// Whether there is such a deployment.
    Deployment,
}

/// What stands for a creator whose account is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ghost {
    /// Null, as the schema allows.
    #[default]
    Null,
    /// The user `ghost`, as in GitHub's pages.
    User,
}

/// What a reader is told who tries to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteWithoutPush {
    /// 404, as most users report.
    #[default]
    NotFound,
    /// 403, as neighbouring endpoints answer.
    Forbidden,
}

/// How an exceeded rate limit is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitStatus {
    /// 403, as measured.
    #[default]
    Forbidden,
    /// 429, which the documentation allows too.
    TooManyRequests,
}
