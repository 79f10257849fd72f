//! Normalization of values before they are stored, if quirks ask for it.

use crate::model::create::{NewDeployment, NewStatus};
use crate::model::quirks::Quirks;

/// Normalizes the values of a new status.
pub(super) fn status(new: &mut NewStatus, quirks: &Quirks) {
    if quirks.normalize_urls {
        for url in [
            &mut new.environment_url,
            &mut new.log_url,
            &mut new.target_url,
        ] {
            *url = url.take().map(|it| normalize_url(&it));
        }
    }
    if quirks.normalize_environment {
        let environment = new.environment.take();
        new.environment = environment.map(|it| normalize_environment(&it));
    }
    if quirks.normalize_description {
        let description = new.description.take();
        new.description = description.map(|it| single_spaces(&it));
    }
}

/// Normalizes the values of a new deployment.
pub(super) fn deployment(new: &mut NewDeployment, quirks: &Quirks) {
    if quirks.normalize_environment {
        new.environment = normalize_environment(&new.environment);
    }
    if quirks.normalize_description {
        let description = new.description.take();
        new.description = description.map(|it| single_spaces(&it));
    }
}

fn normalize_environment(environment: &str) -> String {
    environment.trim().to_lowercase()
}

fn single_spaces(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Normalizes a URL that validation accepted: an empty text, or one with scheme `http` or `https`.
fn normalize_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let scheme = scheme.to_lowercase();
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    // User name and password are case-sensitive.
    let (user, host) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
    let host = host.to_lowercase();
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let host = host.strip_suffix(default_port).unwrap_or(&host);
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{scheme}://{user}{host}{slash}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_normalized_up_to_the_path() {
        for (url, expected) in [
            ("", ""),
            ("HTTPS://Example.COM", "https://example.com/"),
            (
                "https://example.com:443?q=A#B",
                "https://example.com/?q=A#B",
            ),
            ("http://example.com:80/Path", "http://example.com/Path"),
            ("http://example.com:8080/", "http://example.com:8080/"),
            (
                "https://User:Secret@Example.com:443/a/../B",
                "https://User:Secret@example.com/a/../B",
            ),
            ("https://Example.com/@Me", "https://example.com/@Me"),
        ] {
            assert_eq!(normalize_url(url), expected);
        }
    }
}
