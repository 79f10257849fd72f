use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION, COOKIE};
use sha2::{Digest, Sha256};

/// The entity tag of a body, without quotes: GitHub hashes it with those request headers that `Vary` names.
pub(crate) fn hash(request: &HeaderMap, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for name in [ACCEPT, AUTHORIZATION, COOKIE] {
        if let Some(value) = request.get(name) {
            hash.update(value.as_bytes());
            hash.update(b":");
        }
    }
    hash.update(body);
    crate::hex::encode(&hash.finalize())
}

/// Whether an `If-None-Match` names this tag, weak or strong.
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
    fn the_headers_that_are_present_come_before_the_body_each_with_a_colon() {
        let mut request = HeaderMap::new();
        let bare = hash(&request, b"[]");
        assert_eq!(bare, crate::hex::encode(&Sha256::digest(b"[]")));
        request.insert(AUTHORIZATION, "token t".parse().unwrap());
        request.insert(ACCEPT, "*/*".parse().unwrap());
        let expected = crate::hex::encode(&Sha256::digest(b"*/*:token t:[]"));
        assert_eq!(hash(&request, b"[]"), expected);
    }

    #[test]
    fn weak_and_strong_tags_and_lists_of_them_match() {
        for list in ["\"ab\"", "W/\"ab\"", "\"x\", W/\"ab\"", "*"] {
            assert!(matches(list, "ab"), "{list}");
        }
        assert!(!matches("\"abc\"", "ab"));
        assert!(!matches("", "ab"));
    }
}
