//! Removal of secrets from URLs.

/// Returns `url` without user name, password, query and fragment, which may contain secrets.
///
/// The URL may be invalid. Everything before its last `@` counts as a password,
/// because a password may contain the characters that end a host.
pub(crate) fn without_secrets(url: &str) -> String {
    let (scheme, rest) = split_scheme(url.trim());
    let (user, rest) = match rest.rsplit_once('@') {
        Some((_, rest)) => ("…@", rest),
        None => ("", rest),
    };
    let end = rest.find(['?', '#']);
    let (shown, hidden) = end.map_or((rest, ""), |end| (&rest[..end], "…"));
    format!("{scheme}{user}{shown}{hidden}")
}

/// Splits a URL after its scheme and the slashes that follow, or at its start if it has another scheme or none.
fn split_scheme(url: &str) -> (&str, &str) {
    match url.split_once(':') {
        Some(("http" | "https", rest)) => {
            let host = rest.trim_start_matches(['/', '\\']);
            url.split_at(url.len() - host.len())
        }
        _ => ("", url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_removed_from_urls() {
        for (url, shown) in [
            ("https://a:b@host/p?token=x#y", "https://…@host/p…"),
            ("https://user:hunter2/x@host/", "https://…@host/"),
            ("https://user:hunter2?x@host/", "https://…@host/"),
            ("https://user:hunter2#x@host/", "https://…@host/"),
            ("https:/user:hunter2@host", "https:/…@host"),
            ("https:user:hunter2@host", "https:…@host"),
            ("https:\\\\user:hunter2@host", "https:\\\\…@host"),
            ("user:hunter2@host", "…@host"),
            ("user:/hunter2@host", "…@host"),
            (" https://user:hun@ter2@host", "https://…@host"),
            ("https://host?token=a@b", "https://…@b"),
            ("https://host/api/v3", "https://host/api/v3"),
            ("host:80/p?q", "host:80/p…"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
    }
}
