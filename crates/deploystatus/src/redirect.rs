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

fn without_secrets(url: &Url) -> String {
    let mut url = url.clone();
    // These fail for addresses without a host alone, which have no secrets either.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.into()
}
