//! Entity tags.

use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION, COOKIE};
use sha2::{Digest, Sha256};

use crate::model::hex;

/// Computes the entity tag of a body, without quotes.
///
/// GitHub hashes the body together with the request headers that `Vary` names.
pub(crate) fn hash(request: &HeaderMap, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for name in [ACCEPT, AUTHORIZATION, COOKIE] {
        if let Some(value) = request.get(name) {
            hash.update(value.as_bytes());
            hash.update(b":");
        }
    }
    hash.update(body);
    hex(&hash.finalize())
}

/// Returns `true` if an `If-None-Match` contains this tag, weak or strong.
pub(crate) fn matches(if_none_match: &str, tag: &str) -> bool {
    if_none_match.split(',').map(str::trim).any(|candidate| {
        let candidate = candidate.strip_prefix("W/").unwrap_or(candidate);
        candidate == "*" || candidate.trim_matches('"') == tag
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_headers_are_hashed_before_the_body() {
        let mut request = HeaderMap::new();
        let bare = hash(&request, b"[]");
        assert_eq!(bare, hex(&Sha256::digest(b"[]")));
        request.insert(AUTHORIZATION, "token t".parse().unwrap());
        request.insert(ACCEPT, "*/*".parse().unwrap());
        let expected = hex(&Sha256::digest(b"*/*:token t:[]"));
        assert_eq!(hash(&request, b"[]"), expected);
    }

    #[test]
    fn weak_tags_strong_tags_and_lists_match() {
        for list in ["\"ab\"", "W/\"ab\"", "\"x\", W/\"ab\"", "*"] {
            assert!(matches(list, "ab"), "{list}");
        }
        assert!(!matches("\"abc\"", "ab"));
        assert!(!matches("", "ab"));
    }

    /// The anonymous requests of that day are known to have had `Accept: */*`.
    #[test]
    fn hash_equals_recorded_tags() {
        let Some(folder) = std::env::var_os("DEPLOYSTATUS_CAPTURES") else {
            eprintln!("skipped: DEPLOYSTATUS_CAPTURES names no folder of recordings");
            return;
        };
        let mut compared = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let Recording { response } = serde_json::from_str(&text).unwrap();
            let value = |name: &str| {
                let mut headers = response.headers.iter();
                let named = headers.find(|(key, _)| key.eq_ignore_ascii_case(name));
                named
                    .and_then(|(_, value)| value.as_str())
                    .unwrap_or_default()
            };
            let known = value("date").starts_with("Fri, 24 Apr 2026")
                && value("cache-control").starts_with("public");
            if known && response.status == 200 {
                let mut request = HeaderMap::new();
                request.insert(ACCEPT, "*/*".parse().unwrap());
                let tag = hash(&request, compact(response.body.get()).as_bytes());
                assert_eq!(value("etag"), format!("W/\"{tag}\""));
                compared += 1;
            }
        }
        assert!(compared > 0);
    }

    #[derive(serde::Deserialize)]
    struct Recording {
        response: Recorded,
    }

    #[derive(serde::Deserialize)]
    struct Recorded {
        status: u16,
        headers: serde_json::Map<String, serde_json::Value>,
        body: Box<serde_json::value::RawValue>,
    }

    /// Removes the white space between the tokens of a JSON text.
    fn compact(json: &str) -> String {
        let mut in_text = false;
        let mut escaped = false;
        let kept = json.chars().filter(|it| {
            if *it == '"' && !escaped {
                in_text = !in_text;
            }
            escaped = *it == '\\' && !escaped;
            in_text || !it.is_ascii_whitespace()
        });
        kept.collect()
    }
}
