//! What callers, seeds and requests ask the emulator to create.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A repository to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRepository {
    pub(crate) name: String,
    pub(crate) id: Option<u64>,
    #[serde(default)]
    pub(crate) private: bool,
    #[serde(default)]
    pub(crate) archived: bool,
    #[serde(default)]
    pub(crate) organization: bool,
    /// Names it had before, which redirect.
    #[serde(default)]
    pub(crate) formerly: Vec<String>,
}

impl NewRepository {
    /// A public repository, named `owner/name`.
    pub fn new(name: impl Into<String>) -> NewRepository {
        NewRepository {
            name: name.into(),
            id: None,
            private: false,
            archived: false,
            organization: false,
            formerly: Vec::new(),
        }
    }

    /// Gives it this number instead of the next one.
    #[must_use]
    pub fn id(mut self, id: u64) -> Self {
        self.id = Some(id);
        self
    }

    /// Hides it from those without access.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.private = true;
        self
    }

    /// Makes it read-only.
    #[must_use]
    pub fn archived(mut self) -> Self {
        self.archived = true;
        self
    }

    /// Makes its owner an organization instead of a person.
    #[must_use]
    pub fn organization(mut self) -> Self {
        self.organization = true;
        self
    }
}

/// A deployment to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewDeployment {
    #[serde(rename = "ref")]
    pub(crate) reference: String,
    pub(crate) id: Option<u64>,
    pub(crate) sha: Option<String>,
    #[serde(default = "deploy")]
    pub(crate) task: String,
    #[serde(default = "empty_object")]
    pub(crate) payload: Value,
    #[serde(default = "production")]
    pub(crate) environment: String,
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) transient_environment: bool,
    pub(crate) production_environment: Option<bool>,
    pub(crate) creator: Option<String>,
    pub(crate) created_at: Option<Timestamp>,
}

impl NewDeployment {
    /// A deployment of a branch, tag or commit to `production`.
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

    /// Gives it this number instead of the next one.
    #[must_use]
    pub fn id(mut self, id: u64) -> Self {
        self.id = Some(id);
        self
    }

    /// Names the commit; without it the reference decides.
    #[must_use]
    pub fn sha(mut self, sha: impl Into<String>) -> Self {
        self.sha = Some(sha.into());
        self
    }

    /// What is to be done, instead of `deploy`.
    #[must_use]
    pub fn task(mut self, task: impl Into<String>) -> Self {
        self.task = task.into();
        self
    }

    /// Where to deploy, instead of `production`.
    #[must_use]
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = environment.into();
        self
    }

    /// A sentence for people.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Anything, for the tool that deploys.
    #[must_use]
    pub fn payload(mut self, payload: Value) -> Self {
        self.payload = payload;
        self
    }

    /// Whether the environment goes away some day; it does not unless told so.
    #[must_use]
    pub fn transient_environment(mut self, transient: bool) -> Self {
        self.transient_environment = transient;
        self
    }

    /// Whether end users use the environment; without it, only one named `production` is.
    #[must_use]
    pub fn production_environment(mut self, production: bool) -> Self {
        self.production_environment = Some(production);
        self
    }

    /// The login of who asked for it, instead of `octocat`.
    #[must_use]
    pub fn creator(mut self, login: impl Into<String>) -> Self {
        self.creator = Some(login.into());
        self
    }
}

/// A deployment status to be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewStatus {
    pub(crate) state: String,
    pub(crate) id: Option<u64>,
    pub(crate) description: Option<String>,
    pub(crate) environment: Option<String>,
    pub(crate) environment_url: Option<String>,
    pub(crate) log_url: Option<String>,
    pub(crate) target_url: Option<String>,
    pub(crate) auto_inactive: Option<bool>,
    pub(crate) creator: Option<String>,
    #[serde(default)]
    pub(crate) ghost: bool,
    pub(crate) created_at: Option<Timestamp>,
}

impl NewStatus {
    /// A status of this state, in any word: only requests are checked.
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

    /// Gives it this number instead of the next one.
    #[must_use]
    pub fn id(mut self, id: u64) -> Self {
        self.id = Some(id);
        self
    }

    /// A sentence for people.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// The environment; without it, that of the status before or of the deployment.
    #[must_use]
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = Some(environment.into());
        self
    }

    /// The address of what was deployed.
    #[must_use]
    pub fn environment_url(mut self, url: impl Into<String>) -> Self {
        self.environment_url = Some(url.into());
        self
    }

    /// The address of the log.
    #[must_use]
    pub fn log_url(mut self, url: impl Into<String>) -> Self {
        self.log_url = Some(url.into());
        self
    }

    /// The older name of [`log_url`](Self::log_url), which wins if both are given.
    #[must_use]
    pub fn target_url(mut self, url: impl Into<String>) -> Self {
        self.target_url = Some(url.into());
        self
    }

    /// Whether a success makes earlier deployments inactive; it does unless told otherwise.
    #[must_use]
    pub fn auto_inactive(mut self, auto_inactive: bool) -> Self {
        self.auto_inactive = Some(auto_inactive);
        self
    }

    /// The login of who reports it, instead of `octocat`.
    #[must_use]
    pub fn creator(mut self, login: impl Into<String>) -> Self {
        self.creator = Some(login.into());
        self
    }

    /// Takes the creator away, as when an account is deleted.
    #[must_use]
    pub fn without_creator(mut self) -> Self {
        self.ghost = true;
        self
    }

    /// Dates it, instead of now.
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
