//! Redirects, and the servers that may receive the token.

use reqwest::Url;

use crate::error::text::clean;
use crate::error::{Error, ErrorKind};

/// Number of redirects that are followed for one request.
pub(crate) const MAX_REDIRECTS: u32 = 5;

/// Returns `true` for status codes whose redirect is followed with the same method and body.
pub(crate) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 307 | 308)
}

/// Returns the URL to follow after `followed` redirects.
pub(crate) fn next(from: &Url, location: Option<&str>, followed: u32) -> Result<Url, Error> {
    let error = |text: String| Error::new(ErrorKind::Redirect, text);
    let Some(location) = location else {
        return Err(error("redirect without a Location header".to_owned()));
    };
    let Ok(to) = from.join(location) else {
        let location = clean(location, MAX_URL);
        return Err(error(format!("invalid Location header {location:?}")));
    };
    let shown = without_secrets(&to);
    if !may_send_token(from, &to) {
        return Err(error(format!(
            "redirect to another server: {shown}; the token is not sent there"
        )));
    }
    if followed >= MAX_REDIRECTS {
        return Err(error(format!(
            "more than {MAX_REDIRECTS} redirects; the last one to {shown}"
        )));
    }
    Ok(to)
}

/// Returns `true` if the token for the URL `from` may be sent to the URL `to`.
///
/// Host, port and scheme must be equal, except that `http` may be upgraded to `https`.
pub(crate) fn may_send_token(from: &Url, to: &Url) -> bool {
    if from.host() != to.host() {
        return false;
    }
    let ports = (from.port_or_known_default(), to.port_or_known_default());
    let is_upgrade = from.scheme() == "http" && to.scheme() == "https";
    match (from.scheme() == to.scheme(), is_upgrade) {
        (true, _) => ports.0 == ports.1,
        (_, true) => ports.0 == ports.1 || ports == (Some(80), Some(443)),
        _ => false,
    }
}

/// Returns `true` if the URL names the repository by its number, as GitHub does for renamed repositories.
pub(crate) fn is_by_number(url: &Url) -> bool {
    let mut segments = url.path_segments().into_iter().flatten();
    segments.any(|segment| segment == "repositories")
        && segments
            .next()
            .is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
}

const MAX_URL: usize = 300;

/// Returns a URL for an error message, without user name, password, query and fragment.
pub(crate) fn without_secrets(url: &Url) -> String {
    let mut url = url.clone();
    // Both calls fail only for URLs without a host, which have neither.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    clean(url.as_str(), MAX_URL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn token_stays_on_the_same_server() {
        let cases = [
            ("https://a/x", "https://a/y", true),
            ("https://a/x", "https://a:443/y", true),
            ("http://a/x", "https://a/y", true),
            ("http://a:8080/x", "https://a:8080/y", true),
            ("https://a/x", "http://a/y", false),
            ("https://a/x", "https://a:8443/y", false),
            ("http://a:8080/x", "https://a/y", false),
            ("https://a/x", "https://b/y", false),
            ("https://a/x", "https://a.b/y", false),
            ("https://a/x", "ftp://a/y", false),
        ];
        for (from, to, may) in cases {
            assert_eq!(may_send_token(&url(from), &url(to)), may, "{from} to {to}");
        }
    }

    #[test]
    fn errors_show_no_secrets() {
        let to = "https://me:secret@elsewhere.example.com/path?token=secret#secret";
        let text = next(&url("https://a/x"), Some(to), 0)
            .unwrap_err()
            .to_string();
        assert!(
            text.contains("https://elsewhere.example.com/path;"),
            "{text}"
        );
        assert!(!text.contains("secret"), "{text}");
    }

    #[test]
    fn redirects_without_a_target_are_errors() {
        let from = url("https://a/x");
        assert!(next(&from, None, 0).is_err());
        assert!(next(&from, Some("https://["), 0).is_err());
        assert_eq!(next(&from, Some("/y"), 4).unwrap(), url("https://a/y"));
        assert!(next(&from, Some("/y"), 5).is_err());
    }

    #[test]
    fn numbered_repositories_are_recognized() {
        assert!(is_by_number(&url(
            "https://a/repositories/17/deployments/1/statuses"
        )));
        assert!(is_by_number(&url("https://a/api/v3/repositories/17")));
        assert!(!is_by_number(&url("https://a/repos/octocat/repositories")));
        assert!(!is_by_number(&url("https://a/repositories/x17")));
    }
}
