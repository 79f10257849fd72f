//! Where a redirect leads, and whether credentials may go there.

use reqwest::Url;

use crate::error::Moved;

/// How many redirects one request follows.
pub(crate) const MOST: u32 = 5;

/// Whether an answer sends the request elsewhere, method and body and all.
pub(crate) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 307 | 308)
}

/// The next address, after this many redirects.
pub(crate) fn next(from: &Url, location: Option<&str>, followed: u32) -> Result<Url, Moved> {
    let moved = |to: &str, why| Moved {
        to: to.to_owned(),
        why,
    };
    let Some(location) = location else {
        return Err(moved("nowhere", "for it names no place"));
    };
    let Ok(to) = from.join(location) else {
        return Err(moved(location, "which is not an address"));
    };
    if !may_know(from, &to) {
        return Err(moved(
            &without_secrets(&to),
            "which is another server, and the token is not sent there",
        ));
    }
    if followed >= MOST {
        return Err(moved(&without_secrets(&to), "after five redirects already"));
    }
    Ok(to)
}

/// Whether what one place was told may be told to the other:
/// the same host, port and scheme, or from `http` up to `https` of it.
pub(crate) fn may_know(from: &Url, to: &Url) -> bool {
    if from.host() != to.host() {
        return false;
    }
    let ports = (from.port_or_known_default(), to.port_or_known_default());
    let upgraded = from.scheme() == "http" && to.scheme() == "https";
    match (from.scheme() == to.scheme(), upgraded) {
        (true, _) => ports.0 == ports.1,
        (_, true) => ports.0 == ports.1 || ports == (Some(80), Some(443)),
        _ => false,
    }
}

/// Whether the place is a repository by its number, which is where renamed ones answer.
pub(crate) fn is_by_number(url: &Url) -> bool {
    let mut segments = url.path_segments().into_iter().flatten();
    segments.any(|segment| segment == "repositories")
        && segments
            .next()
            .is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()))
}

/// An address for an error text, without what may be a password or a token.
pub(crate) fn without_secrets(url: &Url) -> String {
    let mut url = url.clone();
    // These fail for addresses without a host alone, which have no secrets either.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn credentials_stay_on_the_same_host_port_and_scheme_or_go_up_to_https() {
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
            assert_eq!(may_know(&url(from), &url(to)), may, "{from} to {to}");
        }
    }

    #[test]
    fn a_place_that_is_not_followed_is_named_without_its_secrets() {
        let to = "https://me:secret@elsewhere.example.com/path?token=secret";
        let moved = next(&url("https://a/x"), Some(to), 0).unwrap_err();
        assert_eq!(moved.to, "https://elsewhere.example.com/path");
    }

    #[test]
    fn a_redirect_without_a_place_leads_nowhere() {
        assert_eq!(
            next(&url("https://a/x"), None, 0).unwrap_err().to,
            "nowhere"
        );
        assert!(next(&url("https://a/x"), Some("https://["), 0).is_err());
        assert_eq!(
            next(&url("https://a/x"), Some("/y"), 4).unwrap(),
            url("https://a/y")
        );
        assert!(next(&url("https://a/x"), Some("/y"), 5).is_err());
    }

    #[test]
    fn repositories_by_number_are_told_from_others() {
        assert!(is_by_number(&url(
            "https://a/repositories/17/deployments/1/statuses"
        )));
        assert!(is_by_number(&url("https://a/api/v3/repositories/17")));
        assert!(!is_by_number(&url("https://a/repos/octocat/repositories")));
        assert!(!is_by_number(&url("https://a/repositories/x17")));
    }
}
