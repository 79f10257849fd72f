//! A deployment status to be created.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::time::SystemTime;

use deploystatus_generated::State;
use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::invalid_value::InvalidValue;
use super::preview::Preview;

/// A deployment status to be created.
///
/// Only the state is required. Fields that are `None` or empty are not sent.
/// Each field can be read directly and has a setter of the same name.
/// Serializing produces GitHub's field names.
///
/// ```
/// use deploystatus::{NewStatus, State};
///
/// let status = NewStatus::new(State::InProgress)
///     .environment("production")
///     .log_url("https://ci.example.com/builds/7")
///     .description("Copying files");
/// assert!(status.check().is_ok());
/// assert_eq!(status.environment.as_deref(), Some("production"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[must_use]
pub struct NewStatus {
    /// State. GitHub rejects states for which [`State::can_be_reported`] returns `false`.
    pub state: State,
    /// URL of the deployment's log (`http` or `https`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_url: Option<String>,
    /// Former name of `log_url`. GitHub ignores it if both are set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_url: Option<String>,
    /// URL of the deployed environment (`http` or `https`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_url: Option<String>,
    /// Environment name. The deployment's environment changes to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Description (at most 140 characters).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `true` if a `success` makes earlier deployments of the environment inactive, which is GitHub's default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_inactive: Option<bool>,
    #[serde(rename = "marker", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) marked: bool,
}

impl NewStatus {
    /// Creates a status with this state and no other fields.
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

    /// Sets the URL of the deployment's log (`http` or `https`).
    pub fn log_url(mut self, url: impl Into<String>) -> Self {
        self.log_url = non_empty(url);
        self
    }

    /// Sets the URL of the log under its former name. `log_url` takes precedence.
    pub fn target_url(mut self, url: impl Into<String>) -> Self {
        self.target_url = non_empty(url);
        self
    }

    /// Sets the URL of the deployed environment (`http` or `https`).
    ///
    /// It is not inherited: a later status without it hides the link.
    pub fn environment_url(mut self, url: impl Into<String>) -> Self {
        self.environment_url = non_empty(url);
        self
    }

    /// Sets the environment name. The deployment's environment changes to it.
    pub fn environment(mut self, name: impl Into<String>) -> Self {
        self.environment = non_empty(name);
        self
    }

    /// Sets the description (at most 140 characters). A longer description is rejected before it is sent.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = non_empty(description);
        self
    }

    /// Sets the description, shortened to 140 characters with `…` at the end if it is longer.
    ///
    /// Control characters are replaced by spaces.
    pub fn description_truncated(self, description: impl Into<String>) -> Self {
        let text = description.into().replace(char::is_control, " ");
        if text.chars().nth(MAX_DESCRIPTION).is_none() {
            return self.description(text);
        }
        let mut short: String = text.chars().take(MAX_DESCRIPTION - 1).collect();
        short.push('…');
        self.description(short)
    }

    /// Sets whether a `success` makes earlier deployments of the environment inactive.
    ///
    /// GitHub's default is `true`.
    /// GitHub adds an `inactive` status to each earlier deployment of the same repository and environment,
    /// if the newest status of that deployment is `success`. Transient deployments are excluded.
    /// According to GitHub's documentation, production environments are excluded too.
    pub fn auto_inactive(mut self, inactive: bool) -> Self {
        self.auto_inactive = Some(inactive);
        self
    }

    /// Adds a random marker to the fragment of `log_url`, such as `#deploystatus-5f1d…`.
    ///
    /// After a lost response, the client recognizes its status by the content. Without a marker, it cannot distinguish
    /// identical statuses that two processes report for one deployment in the same seconds.
    pub fn marker(mut self) -> Self {
        self.marked = true;
        self
    }

    /// Returns the previews that Enterprise Servers before 3.3 require for this status.
    ///
    /// Other servers require none. A [`Client`](crate::Client) sends the previews that its server requires.
    #[must_use]
    pub fn required_previews(&self) -> Vec<Preview> {
        let ant_man = self.state == State::Inactive
            || self.log_url.is_some()
            || self.environment_url.is_some()
            || self.auto_inactive.is_some();
        let flash =
            matches!(self.state, State::InProgress | State::Queued) || self.environment.is_some();
        let required = [(ant_man, Preview::AntMan), (flash, Preview::Flash)];
        required
            .into_iter()
            .filter_map(|(is_required, preview)| is_required.then_some(preview))
            .collect()
    }

    /// Checks the status for values that GitHub rejects.
    ///
    /// # Errors
    ///
    /// Returns an error that names the first invalid field and the accepted values.
    pub fn check(&self) -> Result<(), InvalidValue> {
        if !self.state.can_be_reported() {
            return Err(cannot_be_reported(&self.state));
        }
        check_url("log_url", self.log_url.as_deref())?;
        check_url("target_url", self.target_url.as_deref())?;
        check_url("environment_url", self.environment_url.as_deref())?;
        check_text("environment", self.environment.as_deref())?;
        check_text("description", self.description.as_deref())?;
        let length = self
            .description
            .iter()
            .flat_map(|text| text.chars())
            .count();
        if length > MAX_DESCRIPTION {
            return Err(InvalidValue::new("description", "description is too long")
                .expected(format!("{length} characters (maximum {MAX_DESCRIPTION})")));
        }
        if self.marked && self.log_url.is_none() && self.target_url.is_none() {
            return Err(InvalidValue::new("marker", "marker requires log_url"));
        }
        Ok(())
    }

    /// Writes the marker into `log_url`, so that all attempts send the same content.
    pub(crate) fn with_marker_written(mut self) -> Self {
        if self.marked {
            let url = self.log_url.take().or_else(|| self.target_url.take());
            self.log_url = url.map(|url| add_marker(&url, unique_number()));
            self.marked = false;
        }
        self
    }

    /// Returns the URL that GitHub stores as both `log_url` and `target_url`.
    pub(crate) fn effective_log_url(&self) -> Option<&str> {
        self.log_url.as_deref().or(self.target_url.as_deref())
    }
}

/// Returns a number that is unique among processes and reports.
pub(crate) fn unique_number() -> u64 {
    RandomState::new().hash_one(SystemTime::now())
}

const MAX_DESCRIPTION: usize = 140;
const MARKER: &str = "deploystatus-";

fn add_marker(url: &str, number: u64) -> String {
    let separator = if url.contains('#') { '&' } else { '#' };
    format!("{url}{separator}{MARKER}{number:016x}")
}

/// Returns a URL without the marker in its fragment.
pub(crate) fn without_marker(url: &str) -> &str {
    match url.rfind(MARKER) {
        Some(at) if url[..at].contains('#') => url[..at].trim_end_matches(['#', '&']),
        _ => url,
    }
}

fn non_empty(text: impl Into<String>) -> Option<String> {
    Some(text.into()).filter(|text| !text.is_empty())
}

fn cannot_be_reported(state: &State) -> InvalidValue {
    let accepted: Vec<&str> = State::KNOWN
        .iter()
        .filter(|state| state.can_be_reported())
        .map(State::as_str)
        .collect();
    InvalidValue::new(
        "state",
        format!("state {:?} cannot be reported", state.as_str()),
    )
    .expected(format!("expected {}", accepted.join(", ")))
}

fn check_url(field: &'static str, url: Option<&str>) -> Result<(), InvalidValue> {
    let Some(url) = url.filter(|url| !url.is_empty()) else {
        return Ok(());
    };
    check_text(field, Some(url))?;
    let is_web = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !is_web || url.contains(char::is_whitespace) {
        return Err(InvalidValue::new(field, format!("invalid {field} {url:?}"))
            .expected("expected a URL that starts with https:// or http://"));
    }
    Ok(())
}

fn check_text(field: &'static str, text: Option<&str>) -> Result<(), InvalidValue> {
    match text.and_then(|text| text.chars().find(|character| character.is_control())) {
        Some(character) => Err(InvalidValue::new(
            field,
            format!("{field} contains the control character {character:?}"),
        )),
        None => Ok(()),
    }
}
