//! The `Link` header: where the other pages are.

use reqwest::Url;
use reqwest::header::HeaderMap;

use crate::header::LINK;

/// The pages that a page points to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Links {
    pub(crate) next: Option<Url>,
    pub(crate) last: Option<Url>,
}

impl Links {
    /// Reads all `Link` headers; relations of other kinds and other parameters are passed over.
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

/// The number of the page that an address asks for.
pub(crate) fn page_number(url: &Url) -> Option<u64> {
    url.query_pairs()
        .find(|(name, _)| name == "page")?
        .1
        .parse()
        .ok()
}

/// The text up to a separator that is not within quotes, and the rest.
fn split_unquoted(text: &str, separator: char) -> (&str, &str) {
    let mut quoted = false;
    for (at, letter) in text.char_indices() {
        if letter == '"' {
            quoted = !quoted;
        } else if letter == separator && !quoted {
            return (&text[..at], &text[at + letter.len_utf8()..]);
        }
    }
    (text, "")
}

/// The words of the first `rel`, which may be several.
fn relations(mut parameters: &str) -> impl Iterator<Item = &str> {
    let mut words = "";
    while !parameters.is_empty() {
        let (parameter, rest) = split_unquoted(parameters, ';');
        parameters = rest;
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        if name.trim().eq_ignore_ascii_case("rel") {
            words = value.trim().trim_matches('"');
            break;
        }
    }
    words.split_whitespace()
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
    fn next_and_last_are_found_in_one_header_or_several() {
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
    fn other_relations_and_parameters_are_passed_over() {
        let deprecation = r#"<https://docs/?a,b>; rel="deprecation"; type="text/html""#;
        assert_eq!(next(deprecation), None);
        let mixed = format!(r#"{deprecation}, <https://x/2>; title="a, b; rel=prev"; rel=next"#);
        assert_eq!(next(&mixed).as_deref(), Some("https://x/2"));
        let many = r#"<https://x/2>; rel="last NEXT""#;
        assert_eq!(next(many).as_deref(), Some("https://x/2"));
    }

    #[test]
    fn addresses_may_be_relative_and_hold_commas() {
        assert_eq!(
            next(r#"</p?a=1,2>; rel="next""#).as_deref(),
            Some("https://api.example.com/p?a=1,2")
        );
    }

    #[test]
    fn nonsense_is_no_link() {
        for nonsense in [
            "",
            "next",
            "<",
            "<>",
            r#"<https://x/2; rel="next""#,
            "<https://x/2>",
            "<https://[x>; rel=next",
        ] {
            assert_eq!(next(nonsense), None, "{nonsense}");
        }
    }
}
