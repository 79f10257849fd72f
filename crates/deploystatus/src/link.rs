//! The `Link` header: where the other pages are.

use reqwest::Url;
use reqwest::header::HeaderMap;

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
        for value in headers.get_all("link") {
            let mut rest = value.to_str().unwrap_or_default();
            while let Some((_, link)) = rest.split_once('<') {
                let Some((target, after)) = link.split_once('>') else {
                    break;
                };
                let end = end_of_parameters(after);
                let (parameters, following) = after.split_at(end);
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

/// Where the next link starts: after a comma that is not within quotes.
fn end_of_parameters(text: &str) -> usize {
    let mut quoted = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// The words of the first `rel`, which may be several.
fn relations(parameters: &str) -> impl Iterator<Item = &str> {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("rel"))
        .map(|(_, words)| words.trim().trim_matches('"'))
        .into_iter()
        .flat_map(str::split_whitespace)
}
