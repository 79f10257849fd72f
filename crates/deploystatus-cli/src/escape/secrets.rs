//! Removal of secrets from URLs.

/// Returns `url` without user name, password, query and fragment, which may contain secrets.
pub(crate) fn without_secrets(url: &str) -> String {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let (start, cut) = url.split_at(end);
    let (scheme, rest) = start.split_once("://").unwrap_or(("", start));
    let authority_end = rest.find('/').unwrap_or(rest.len());
    let host = rest[..authority_end].rfind('@').map_or(0, |at| at + 1);
    let joint = if scheme.is_empty() { "" } else { "://" };
    let hidden = if cut.is_empty() { "" } else { "…" };
    let user = if host > 0 { "…@" } else { "" };
    format!("{scheme}{joint}{user}{}{hidden}", &rest[host..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_removed_from_urls() {
        for (url, shown) in [
            ("https://a:b@host/p?token=x#y", "https://…@host/p…"),
            ("https://host/api/v3", "https://host/api/v3"),
            ("host/p@q", "host/p@q"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
    }
}
