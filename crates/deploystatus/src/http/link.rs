//! The `Link` header, which contains the URLs of other pages.

use reqwest::Url;
use reqwest::header::HeaderMap;

use super::headers::LINK;

/// The URLs of the next and the last page.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Links {
    pub(crate) next: Option<Url>,
    pub(crate) last: Option<Url>,
}

impl Links {
    /// Reads all `Link` headers. Other relations and parameters are ignored.
    pub(crate) fn read(headers: &HeaderMap, base: &Url) -> Self {
        let mut links = Self::default();
        for value in headers.get_all(LINK) {
            let mut rest = value.to_str().unwrap_or_default();
            while let Some((_, link)) = rest.split_once('<') {
                let Some((target, after)) = link.split_once('>') else {
                    break;
                };
                let (parameters, following) = split_unquoted(after, ',');
                rest = following;
                let Ok(target) = base.join(target.trim()) else {
                    continue;
                };
                for relation in relations(parameters) {
                    match relation.to_ascii_lowercase().as_str() {
                        "next" if links.next.is_none() => links.next = Some(target.clone()),
                        "last" if links.last.is_none() => links.last = Some(target.clone()),
                        _ => {}
                    }
                }
            }
        }
        links
    }
}

/// Returns the page number in the query of a URL.
pub(crate) fn page_number(url: &Url) -> Option<u64> {
    url.query_pairs()
        .find(|(name, _)| name == "page")?
        .1
        .parse()
        .ok()
}

/// Splits a text at the first separator outside quotes.
fn split_unquoted(text: &str, separator: char) -> (&str, &str) {
    let mut is_quoted = false;
    for (at, character) in text.char_indices() {
        if character == '"' {
            is_quoted = !is_quoted;
        } else if character == separator && !is_quoted {
            return (&text[..at], &text[at + character.len_utf8()..]);
        }
    }
    (text, "")
}

/// Returns the relations of the first `rel` parameter.
fn relations(mut parameters: &str) -> impl Iterator<Item = &str> {
    let mut relations = "";
    while !parameters.is_empty() {
        let (parameter, rest) = split_unquoted(parameters, ';');
        parameters = rest;
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        if name.trim().eq_ignore_ascii_case("rel") {
            relations = value.trim().trim_matches('"');
            break;
        }
    }
    relations.split_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(values: &[&str]) -> (Option<String>, Option<String>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("link", value.parse().unwrap());
        }
        let base: Url = "https://api.example.com/repos/a/b".parse().unwrap();
        let links = Links::read(&headers, &base);
        let text = |url: Option<Url>| url.map(String::from);
        (text(links.next), text(links.last))
    }

    fn next(value: &str) -> Option<String> {
        links(&[value]).0
    }

    #[test]
    fn next_and_last_are_read_from_all_headers() {
        let both = (
            Some("https://x/?page=2".to_owned()),
            Some("https://x/?page=9".to_owned()),
        );
        let one = r#"<https://x/?page=2>; rel="next", <https://x/?page=9>; rel="last""#;
        assert_eq!(links(&[one]), both);
        let two = [
            r#"<https://x/?page=2>; rel="next""#,
            r#"<https://x/?page=9>; rel="last""#,
        ];
        assert_eq!(links(&two), both);
        assert_eq!(links(&[]), (None, None));
    }

    #[test]
    fn other_relations_and_parameters_are_ignored() {
        let deprecation = r#"<https://docs/?a,b>; rel="deprecation"; type="text/html""#;
        assert_eq!(next(deprecation), None);
        let mixed = format!(r#"{deprecation}, <https://x/2>; title="a, b; rel=prev"; rel=next"#);
        assert_eq!(next(&mixed).as_deref(), Some("https://x/2"));
        let many = r#"<https://x/2>; rel="last NEXT""#;
        assert_eq!(next(many).as_deref(), Some("https://x/2"));
    }

    #[test]
    fn urls_may_be_relative_and_contain_commas() {
        assert_eq!(
            next(r#"</p?a=1,2>; rel="next""#).as_deref(),
            Some("https://api.example.com/p?a=1,2")
        );
    }

    #[test]
    fn malformed_links_are_ignored() {
        for malformed in [
            "",
            "next",
            "<",
            "<>",
            r#"<https://x/2; rel="next""#,
            "<https://x/2>",
            "<https://[x>; rel=next",
        ] {
            assert_eq!(next(malformed), None, "{malformed}");
        }
    }
}
