//! Comparison of a listed status with the status that was sent.

use std::borrow::Cow;

use reqwest::Url;

use crate::model::deployment_status::DeploymentStatus;
use crate::model::new_status::{self, NewStatus};

/// Result of comparing a listed status with the one that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// The listed status is how the server would have stored the sent one.
    Equal,
    /// The state is equal and another field differs, possibly because the server has normalized it.
    Similar,
    Different,
}

/// Compares a listed status with the one that was sent.
///
/// `older` is the status before it, from which it inherits the environment.
pub(crate) fn compare(
    status: &DeploymentStatus,
    older: Option<&DeploymentStatus>,
    new: &NewStatus,
) -> Match {
    if status.state != new.state {
        Match::Different
    } else if is_equal(status, older, new) {
        Match::Equal
    } else {
        Match::Similar
    }
}

/// Returns `true` if `status` is how the server would have stored `new`.
///
/// Servers may normalize URLs, the case of environments, and spaces.
pub(crate) fn is_equal(
    status: &DeploymentStatus,
    older: Option<&DeploymentStatus>,
    new: &NewStatus,
) -> bool {
    let inherited = older.and_then(|older| older.environment.as_deref());
    let environment = non_empty(new.environment.as_deref()).or(inherited);
    status.state == new.state
        && folded(status.description.as_deref()) == folded(new.description.as_deref())
        && is_same_url(
            status.log_url.as_deref(),
            non_empty(new.effective_log_url()),
        )
        && (!status.has_environment_url
            || is_same_url(
                status.environment_url.as_deref(),
                non_empty(new.environment_url.as_deref()),
            ))
        && match (status.environment.as_deref(), environment) {
            (Some(stored), Some(sent)) => stored.to_lowercase() == sent.to_lowercase(),
            // The server omits the environment, or the status inherits it from the deployment.
            _ => true,
        }
}

/// Returns the status without the marker in its `log_url`.
pub(crate) fn without_marker(status: &DeploymentStatus) -> DeploymentStatus {
    let log_url = status.log_url.as_deref().map(new_status::without_marker);
    DeploymentStatus {
        log_url: log_url.map(str::to_owned),
        ..status.clone()
    }
}

fn non_empty(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// Returns the text with its spaces folded.
fn folded(text: Option<&str>) -> String {
    let words: Vec<&str> = text.unwrap_or_default().split_whitespace().collect();
    words.join(" ")
}

/// Compares two URLs as a server may store them: with a normalized host and path.
fn is_same_url(stored: Option<&str>, sent: Option<&str>) -> bool {
    match (stored, sent) {
        (Some(stored), Some(sent)) => stored == sent || normalized(stored) == normalized(sent),
        (stored, sent) => stored == sent,
    }
}

fn normalized(url: &str) -> Cow<'_, str> {
    let Ok(mut parsed) = Url::parse(url) else {
        return url.into();
    };
    let path = parsed.path().trim_end_matches('/').to_owned();
    parsed.set_path(&path);
    String::from(parsed).into()
}

#[cfg(test)]
mod tests {
    use deploystatus_generated::State;
    use serde_json::{Value, json};

    use super::*;

    /// Creates a status as a server lists it, with these fields besides the required ones.
    fn listed(fields: &Value) -> DeploymentStatus {
        let mut status = json!({"id": 7, "state": "success", "created_at": "2026-01-06T10:00:00Z"});
        for (name, value) in fields.as_object().unwrap() {
            status[name] = value.clone();
        }
        serde_json::from_value(status).unwrap()
    }

    fn success() -> NewStatus {
        NewStatus::new(State::Success)
    }

    #[track_caller]
    fn assert_equal(fields: &Value, new: &NewStatus) {
        let result = compare(&listed(fields), None, new);
        assert_eq!(result, Match::Equal, "{fields} {new:?}");
    }

    #[track_caller]
    fn assert_similar(fields: &Value, new: &NewStatus) {
        let result = compare(&listed(fields), None, new);
        assert_eq!(result, Match::Similar, "{fields} {new:?}");
    }

    #[test]
    fn all_fields_are_compared() {
        let fields = json!({
            "description": "Live",
            "log_url": "https://a/1",
            "target_url": "https://a/1",
            "environment": "staging",
            "environment_url": "https://b",
        });
        let same = || {
            success()
                .description("Live")
                .log_url("https://a/1")
                .environment("staging")
                .environment_url("https://b")
        };
        assert_equal(&fields, &same());
        assert_similar(&fields, &same().description(""));
        assert_similar(&fields, &same().description("Alive"));
        assert_similar(&fields, &same().log_url("https://a/2"));
        assert_similar(&fields, &same().environment("production"));
        assert_similar(&fields, &same().environment_url(""));
        let failure = NewStatus {
            state: State::Failure,
            ..same()
        };
        assert_eq!(compare(&listed(&fields), None, &failure), Match::Different);
    }

    #[test]
    fn log_url_takes_precedence_over_target_url() {
        for fields in [
            json!({"log_url": "https://a/1", "target_url": "https://a/1"}),
            // An old server.
            json!({"target_url": "https://a/1"}),
        ] {
            assert_equal(&fields, &success().log_url("https://a/1"));
            assert_equal(&fields, &success().target_url("https://a/1"));
            let both = success().log_url("https://a/1").target_url("https://a/2");
            assert_equal(&fields, &both);
            assert_similar(&fields, &success());
        }
    }

    #[test]
    fn environment_is_inherited_from_older_status() {
        let [staging, production] =
            ["staging", "production"].map(|name| listed(&json!({"environment": name})));
        let result = |status, older| compare(status, older, &success());
        assert_eq!(result(&staging, Some(&staging)), Match::Equal);
        assert_eq!(result(&production, Some(&staging)), Match::Similar);
        assert_eq!(result(&production, None), Match::Equal);
    }

    #[test]
    fn fields_missing_on_old_servers_are_ignored() {
        let new = success()
            .environment("staging")
            .environment_url("https://b");
        assert_equal(&json!({}), &new);
        assert_similar(&json!({"environment_url": ""}), &new);
    }

    #[test]
    fn normalized_values_are_equal() {
        for (stored, sent) in [
            ("https://ci.example.com/", "https://ci.example.com"),
            ("https://ci.example.com/7", "https://CI.example.com/7/"),
            ("https://ci.example.com/7", "https://ci.example.com:443/7"),
            ("https://ci.example.com/a%20b", "https://ci.example.com/a b"),
            ("https://xn--bcher-kva.example/", "https://bücher.example"),
        ] {
            let fields = json!({"log_url": stored, "environment_url": stored});
            assert_equal(&fields, &success().log_url(sent).environment_url(sent));
        }
        assert_equal(
            &json!({"description": "a b c", "environment": "Staging"}),
            &success()
                .description(" a  b\u{a0}c ")
                .environment("STAGING"),
        );
    }

    #[test]
    fn different_paths_and_fragments_are_similar() {
        let fields = json!({"log_url": "https://a/x?y=1#z"});
        assert_equal(&fields, &success().log_url("https://a/x?y=1#z"));
        for other in ["https://a/X?y=1#z", "https://a/x?y=2#z", "https://a/x?y=1"] {
            assert_similar(&fields, &success().log_url(other));
        }
    }

    #[test]
    fn marker_is_removed_from_log_url() {
        for (marked, plain) in [
            ("https://a/1#deploystatus-00", "https://a/1"),
            ("https://a/1#step:2&deploystatus-00", "https://a/1#step:2"),
            ("https://a/deploystatus-00", "https://a/deploystatus-00"),
        ] {
            let status = without_marker(&listed(&json!({"log_url": marked})));
            assert_eq!(status.log_url.as_deref(), Some(plain));
        }
    }
}
