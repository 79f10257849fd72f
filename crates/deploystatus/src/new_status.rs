//! A status that is going to be reported.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::SystemTime;

use deploystatus_generated::types::ReposCreateDeploymentStatusBody as Body;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::{Invalid, State};

/// What to report: a state, and whatever else is worth saying.
///
/// What is not set is not sent. An empty text counts as not set.
/// It serializes by GitHub's own field names, and what is not set is left out.
///
/// ```
/// use deploystatus::{NewStatus, State};
///
/// let status = NewStatus::new(State::InProgress)
///     .environment("production")
///     .log_url("https://ci.example.com/builds/7")
///     .description("Copying files");
/// assert!(status.check().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct NewStatus {
    pub(crate) state: State,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) log_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) environment_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) environment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) auto_inactive: Option<bool>,
    #[serde(rename = "marker", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) marked: bool,
}

impl NewStatus {
    /// A status with this state. A state that GitHub does not take is refused before anything is sent.
    pub fn new(state: State) -> Self {
        Self {
            state,
            log_url: None,
            target_url: None,
            environment_url: None,
            environment: None,
            description: None,
            auto_inactive: None,
            marked: false,
        }
    }

    /// Links the output of the deployment; `http` or `https`.
    pub fn log_url(mut self, url: impl Into<String>) -> Self {
        self.log_url = set(url);
        self
    }

    /// Links the output under its older name. `log_url` wins when both are given.
    pub fn target_url(mut self, url: impl Into<String>) -> Self {
        self.target_url = set(url);
        self
    }

    /// Tells where the deployed environment can be visited; `http` or `https`.
    ///
    /// It is not inherited: a later status without it hides the link.
    pub fn environment_url(mut self, url: impl Into<String>) -> Self {
        self.environment_url = set(url);
        self
    }

    /// Names the environment, which from then on is the deployment's own.
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = set(name);
        self
    }

    /// Adds a remark of at most 140 characters; a longer one is refused before anything is sent.
    pub fn description(mut self, remark: impl Into<String>) -> Self {
        self.description = set(remark);
        self
    }

    /// Adds a remark of any length: line breaks become spaces, and what is over 140 characters is cut and ends in `…`.
    pub fn description_truncated(self, remark: impl Into<String>) -> Self {
        let remark = remark.into().replace(char::is_control, " ");
        if remark.chars().nth(LONGEST_DESCRIPTION).is_none() {
            return self.description(remark);
        }
        let mut short: String = remark.chars().take(LONGEST_DESCRIPTION - 1).collect();
        short.push('…');
        self.description(short)
    }

    /// Tells whether a `success` retires the deployments that it replaces. GitHub does unless told not to.
    pub fn auto_inactive(mut self, retire: bool) -> Self {
        self.auto_inactive = Some(retire);
        self
    }

    /// Marks `log_url` with a number of its own in its fragment, such as `#deploystatus-5f1d…`.
    ///
    /// Reports are told apart by what they say. When several processes may report the very same
    /// about one deployment in the same seconds, only such a mark keeps each of them exactly once.
    pub fn marker(mut self) -> Self {
        self.marked = true;
        self
    }

    /// Finds what GitHub would refuse.
    ///
    /// # Errors
    ///
    /// Names the field and the limit.
    pub fn check(&self) -> Result<(), Invalid> {
        if !self.state.can_be_reported() {
            let state = self.state.as_str();
            return Err(Invalid::new(
                "state",
                format!(
                    "`{state}` cannot be reported; \
                     these can: queued, pending, in_progress, success, failure, error, inactive"
                ),
            ));
        }
        check_url("log_url", self.log_url.as_deref())?;
        check_url("target_url", self.target_url.as_deref())?;
        check_url("environment_url", self.environment_url.as_deref())?;
        check_text("environment", self.environment.as_deref())?;
        check_text("description", self.description.as_deref())?;
        let length = self
            .description
            .as_deref()
            .unwrap_or_default()
            .chars()
            .count();
        if length > LONGEST_DESCRIPTION {
            return Err(Invalid::new(
                "description",
                format!(
                    "has {length} characters, and {LONGEST_DESCRIPTION} is the most; `description_truncated` cuts it"
                ),
            ));
        }
        if self.marked && self.log_url.is_none() && self.target_url.is_none() {
            return Err(Invalid::new("marker", "needs a log_url to stand in"));
        }
        Ok(())
    }

    /// The same with its mark written out, so that every sending of it says the same.
    pub(crate) fn sealed(mut self) -> Self {
        if self.marked {
            let url = self.log_url.take().or_else(|| self.target_url.take());
            self.log_url = url.map(|url| mark(&url, nonce()));
            self.marked = false;
        }
        self
    }

    /// What goes over the wire; `nonce` is the mark, if it is to have one.
    pub(crate) fn body(&self, nonce: u64) -> Body {
        let mut log_url = self.log_url.clone();
        let mut target_url = self.target_url.clone();
        if self.marked {
            let url = log_url.take().or_else(|| target_url.take());
            log_url = url.map(|url| mark(&url, nonce));
        }
        Body {
            auto_inactive: self.auto_inactive,
            description: self.description.clone(),
            environment: self.environment.clone(),
            environment_url: self.environment_url.clone(),
            log_url,
            state: self.state.as_str().into(),
            target_url,
        }
    }
}

/// A number that no other report has.
pub(crate) fn nonce() -> u64 {
    RandomState::new().hash_one(SystemTime::now())
}

const LONGEST_DESCRIPTION: usize = 140;
const MARK: &str = "deploystatus-";

/// Adds a mark to the fragment of an address.
fn mark(url: &str, nonce: u64) -> String {
    let joint = if url.contains('#') { '&' } else { '#' };
    format!("{url}{joint}{MARK}{nonce:016x}")
}

/// An address without the mark that may be in its fragment.
pub(crate) fn without_mark(url: &str) -> &str {
    match url.rfind(MARK) {
        Some(at) if url[..at].contains('#') => url[..at].trim_end_matches(['#', '&']),
        _ => url,
    }
}

fn set(text: impl Into<String>) -> Option<String> {
    Some(text.into()).filter(|text| !text.is_empty())
}

fn check_url(field: &'static str, url: Option<&str>) -> Result<(), Invalid> {
    let Some(url) = url else { return Ok(()) };
    check_text(field, Some(url))?;
    let is_web = Url::parse(url).is_ok_and(|it| matches!(it.scheme(), "http" | "https"));
    if !is_web || url.contains(char::is_whitespace) {
        return Err(Invalid::new(
            field,
            format!("has to be an http:// or https:// address, and is {url:?}"),
        ));
    }
    Ok(())
}

fn check_text(field: &'static str, text: Option<&str>) -> Result<(), Invalid> {
    match text.and_then(|text| text.chars().find(|letter| letter.is_control())) {
        Some(letter) => Err(Invalid::new(
            field,
            format!("has the control character {letter:?}, which is not text"),
        )),
        None => Ok(()),
    }
}
