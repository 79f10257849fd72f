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
