//! The identifiers of GitHub's GraphQL API.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// The older form: the length of the type's name, the name and the number, in base64.
pub(super) fn plain(kind: &str, id: u64) -> String {
    STANDARD.encode(format!("0{}:{kind}{id}", kind.len()))
}

/// The newer form: a prefix, then a zero and the numbers from the outside in, as a message-pack array in base64.
pub(super) fn prefixed(prefix: &str, ids: &[u64]) -> String {
    // An array this short is one byte that tells its length.
    let length = u8::try_from(ids.len() + 1).unwrap_or(u8::MAX);
    let mut bytes = vec![0x90 | length, 0];
    for id in ids {
        if let Ok(id) = u32::try_from(*id) {
            bytes.push(0xce);
            bytes.extend(id.to_be_bytes());
        } else {
            bytes.push(0xcf);
            bytes.extend(id.to_be_bytes());
        }
    }
    format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_begin_as_githubs_do() {
        assert_eq!(plain("DeploymentStatus", 7), "MDE2OkRlcGxveW1lbnRTdGF0dXM3");
        assert_eq!(plain("User", 1), "MDQ6VXNlcjE=");
        assert!(prefixed("DES", &[1_296_269, 5_000_000_001]).starts_with("DES_kwDOABPHjc8AAAAB"));
    }
}
