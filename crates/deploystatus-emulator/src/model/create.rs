//! Objects to be created, as callers and seeds describe them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A repository to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRepository {
    /// Full name, `owner/name`.
    #[cfg_attr(test, schemars(regex(pattern = "^[^/]+/[^/]+$")))]
    pub(crate) name: String,
    /// ID. Defaults to the next free one.
    pub(crate) id: Option<u64>,
    /// `true` if only tokens with access can see the repository.
    #[serde(default)]
    pub(crate) private: bool,
    /// `true` if the repository is read-only.
    #[serde(default)]
    pub(crate) archived: bool,
    /// `true` if the owner is an organization.
    #[serde(default)]
    pub(crate) organization: bool,
    /// Full names that redirect to the repository.
    #[serde(default)]
    #[cfg_attr(test, schemars(inner(regex(pattern = "^[^/]+/[^/]+$"))))]
    pub(crate) former_names: Vec<String>,
}

impl NewRepository {
    /// Creates a description of a public repository named `owner/name`.
    pub fn new(name: impl Into<String>) -> NewRepository {
        NewRepository {
            name: name.into(),
            id: None,
            private: false,
            archived: false,
            organization: false,
            former_names: Vec::new(),
        }
    }

    /// Sets the ID. Defaults to the next free one.
    #[must_use]
    pub fn id(mut self, id: u64) -> Self {
        self.id = Some(id);
        self
    }

    /// Makes the repository private.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.private = true;
        self
    }

    /// Makes the repository read-only.
    #[must_use]
    pub fn archived(mut self) -> Self {
        self.archived = true;
        self
    }

    /// Makes the owner an organization. Defaults to a person.
    #[must_use]
    pub fn organization(mut self) -> Self {
        self.organization = true;
        self
    }

    /// Adds a former name, `owner/name`, that redirects to the repository.
    #[must_use]
    pub fn former_name(mut self, name: impl Into<String>) -> Self {
        self.former_names.push(name.into());
        self
    }
}

/// A deployment to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDeployment {
    /// Branch, tag or commit.
    #[serde(rename = "ref")]
    pub(crate) reference: String,
    /// ID. Defaults to the next free one, above 2^32.
    pub(crate) id: Option<u64>,
    /// SHA of the commit. Defaults to one derived from the reference.
    pub(crate) sha: Option<String>,
    /// Task.
    #[serde(default = "deploy")]
    pub(crate) task: String,
    /// Payload for the deployment tool.
    #[serde(default = "empty_object")]
    pub(crate) payload: Value,
    /// Environment.
    #[serde(default = "production")]
    pub(crate) environment: String,
    /// Description.
    pub(crate) description: Option<String>,
    /// `true` if the environment will be removed at some time.
    #[serde(default)]
    pub(crate) transient_environment: bool,
    /// `true` if end users use the environment. Defaults to `true` if its name is `production`.
    pub(crate) production_environment: Option<bool>,
    /// Login of the creator. Defaults to `octocat`.
    pub(crate) creator: Option<String>,
    /// Time of creation. Defaults to the emulator's time.
    pub(crate) created_at: Option<Timestamp>,
}

impl NewDeployment {
    /// Creates a description of a deployment of a branch, tag or commit to `production`.
    pub fn new(reference: impl Into<String>) -> NewDeployment {
        NewDeployment {
            reference: reference.into(),
            id: None,
            sha: None,
            task: deploy(),
            payload: empty_object(),
            environment: production(),
            description: None,
            transient_environment: false,
            production_environment: None,
            creator: None,
            created_at: None,
        }
    }

    /// Sets the ID. Defaults to the next free one, above 2^32.
    #[must_use]
    pub fn id(mut self, id: u64) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the SHA of the commit. Defaults to one derived from the reference.
    #[must_use]
    pub fn sha(mut self, sha: impl Into<String>) -> Self {
        self.sha = Some(sha.into());
        self
    }

    /// Sets the task. Defaults to `deploy`.
    #[must_use]
    pub fn task(mut self, task: impl Into<String>) -> Self {
        self.task = task.into();
        self
    }

    /// Sets the environment. Defaults to `production`.
    #[must_use]
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = environment.into();
        self
    }

    /// Sets the description. Defaults to null.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets the payload. Defaults to an empty object.
    #[must_use]
    pub fn payload(mut self, payload: Value) -> Self {
        self.payload = payload;
        self
    }

    /// Sets `transient_environment`. Defaults to `false`.
    #[must_use]
    pub fn transient_environment(mut self, transient: bool) -> Self {
        self.transient_environment = transient;
        self
    }

    /// Sets `production_environment`. Defaults to `true` if the environment is named `production`.
    #[must_use]
    pub fn production_environment(mut self, production: bool) -> Self {
        self.production_environment = Some(production);
        self
    }

    /// Sets the login of the creator. Defaults to `octocat`.
    #[must_use]
    pub fn creator(mut self, login: impl Into<String>) -> Self {
        self.creator = Some(login.into());
        self
    }
}

/// A deployment status to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewStatus {
    /// State, such as `queued`, `pending`, `in_progress`, `success`, `failure`, `error` or `inactive`.
    pub(crate) state: String,
    /// ID, higher than that of the previous status. Defaults to the next free one, above 2^32.
    pub(crate) id: Option<u64>,
    /// Description. Defaults to an empty text.
    pub(crate) description: Option<String>,
    /// Environment. Defaults to that of the previous status, or of the deployment.
    pub(crate) environment: Option<String>,
    /// URL of the deployed environment. Defaults to an empty text.
    pub(crate) environment_url: Option<String>,
    /// URL of the log. Defaults to `target_url`.
    pub(crate) log_url: Option<String>,
    /// Older name of `log_url`.
    pub(crate) target_url: Option<String>,
    /// Ignored in a seed, which lists the statuses that a success makes inactive.
    pub(crate) auto_inactive: Option<bool>,
    /// Login of the creator. Defaults to `octocat`.
    pub(crate) creator: Option<String>,
    /// `true` removes the creator, as if the account had been deleted.
    #[serde(default)]
    pub(crate) ghost: bool,
    /// Time of creation. Defaults to the emulator's time.
    pub(crate) created_at: Option<Timestamp>,
}

impl NewStatus {
    /// Creates a description of a status. Any state is accepted, because only HTTP requests are validated.
    pub fn new(state: impl Into<String>) -> NewStatus {
        NewStatus {
            state: state.into(),
            id: None,
            description: None,
            environment: None,
            environment_url: None,
            log_url: None,
            target_url: None,
            auto_inactive: None,
            creator: None,
            ghost: false,
            created_at: None,
        }
    }

    /// Sets the ID. Defaults to the next free one, above 2^32.
    #[must_use]
    pub fn id(mut self, id: u64) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the description. Defaults to an empty text.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets the environment. Defaults to that of the previous status, or of the deployment.
    #[must_use]
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// Sets the URL of the deployed environment. Defaults to an empty text.
    #[must_use]
    pub fn environment_url(mut self, url: impl Into<String>) -> Self {
        self.environment_url = Some(url.into());
        self
    }

    /// Sets the URL of the log. Defaults to `target_url`.
    #[must_use]
    pub fn log_url(mut self, url: impl Into<String>) -> Self {
        self.log_url = Some(url.into());
        self
    }

    /// Sets the older name of [`log_url`](Self::log_url), which takes precedence if both are given.
    #[must_use]
    pub fn target_url(mut self, url: impl Into<String>) -> Self {
        self.target_url = Some(url.into());
        self
    }

    /// Sets `auto_inactive`: a success makes earlier deployments inactive. Defaults to `true`.
    #[must_use]
    pub fn auto_inactive(mut self, auto_inactive: bool) -> Self {
        self.auto_inactive = Some(auto_inactive);
        self
    }

    /// Sets the login of the creator. Defaults to `octocat`.
    #[must_use]
    pub fn creator(mut self, login: impl Into<String>) -> Self {
        self.creator = Some(login.into());
        self
    }

    /// Removes the creator, as if the account had been deleted.
    #[must_use]
    pub fn without_creator(mut self) -> Self {
        self.ghost = true;
        self
    }

    /// Sets the time of creation. Defaults to the emulator's time.
    #[must_use]
    pub fn created_at(mut self, time: Timestamp) -> Self {
        self.created_at = Some(time);
        self
    }
}

fn deploy() -> String {
    "deploy".to_owned()
}

fn production() -> String {
    "production".to_owned()
}

fn empty_object() -> Value {
    json!({})
}
