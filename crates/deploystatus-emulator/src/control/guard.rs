//! Protection of the control API against web pages and other machines.

use http::header::{AUTHORIZATION, AsHeaderName, HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use super::message::Problem;
use crate::app_state::AppState;
use crate::app_state::request_log::ReceivedRequest;

/// Refuses a request that comes from a web page or that uses an unknown name of the emulator.
pub(super) fn check(state: &AppState, head: &Parts) -> Result<(), Problem> {
    let listener = state.address.ip();
    if !state.control.is_enabled(listener) {
        return Err(forbidden(format!(
            "the control API is disabled because the emulator listens on {listener}; \
             enable it with EmulatorBuilder::expose_control"
        )));
    }
    let Some(host) = text(&head.headers, HOST) else {
        return Err(forbidden("missing Host header".to_owned()));
    };
    if !state.control.allows_host(without_port(host), listener) {
        return Err(forbidden(format!(
            "unknown host {host:?}; allow it with --allow-host or EmulatorBuilder::allow_host"
        )));
    }
    match text(&head.headers, ORIGIN) {
        Some(origin) if !is_own(origin, host) => {
            Err(forbidden(format!("foreign origin {origin:?}")))
        }
        _ => Ok(()),
    }
}

/// Returns the text of a header. A value that is not text is as foreign as an empty one.
fn text(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&str> {
    Some(headers.get(name)?.to_str().unwrap_or_default())
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_own(origin: &str, host: &str) -> bool {
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    authority.is_some_and(|it| it.eq_ignore_ascii_case(host))
}

fn forbidden(message: String) -> Problem {
    Problem(StatusCode::FORBIDDEN, message)
}

/// Masks the credentials in requests, unless the builder chose to show them.
pub(super) fn mask_credentials<'a>(
    state: &AppState,
    requests: impl IntoIterator<Item = &'a mut ReceivedRequest>,
) {
    if state.control.shows_credentials {
        return;
    }
    let headers = requests.into_iter().flat_map(|it| &mut it.headers);
    for (_, value) in headers.filter(|(name, _)| name == AUTHORIZATION.as_str()) {
        *value = mask(value);
    }
}

/// Shortens a credential to its scheme, the prefix of its kind, and its last four characters.
fn mask(authorization: &str) -> String {
    const KINDS: [&str; 6] = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"];
    const SHOWN: usize = 4;
    let (scheme, token) = authorization.split_once(' ').unwrap_or(("", authorization));
    let mut kinds = KINDS.iter();
    let kind = kinds.find(|it| token.starts_with(**it)).unwrap_or(&"");
    let characters: Vec<char> = token.chars().skip(kind.len()).collect();
    // Four characters of a short token would be too much of it.
    let start = match characters.len() {
        length @ 12.. => length - SHOWN,
        length => length,
    };
    let end: String = characters[start..].iter().collect();
    format!("{scheme} {kind}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_masked() {
        for (header, masked) in [
            ("Bearer ghp_0123456789abcdef", "Bearer ghp_…cdef"),
            (
                "token github_pat_0123456789abcdef",
                "token github_pat_…cdef",
            ),
            ("Basic b2N0b2NhdDpzZWNyZXQ=", "Basic …ZXQ="),
            ("Bearer short", "Bearer …"),
            ("opaque", " …"),
        ] {
            assert_eq!(mask(header), masked);
        }
    }
}
