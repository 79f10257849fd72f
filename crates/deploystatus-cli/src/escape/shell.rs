//! Words of command lines that the user can paste into a shell.

use std::path::Path;

/// Returns a path as one word of a POSIX shell.
pub(crate) fn quote_path(path: &Path) -> String {
    quote(&path.display().to_string())
}

/// Returns a text as one word of a POSIX shell, in quotes if it contains special characters.
pub(crate) fn quote(text: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "-_./:@%+=,".contains(it);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_characters_are_quoted() {
        for (text, quoted) in [
            ("/var/lib/outbox", "/var/lib/outbox"),
            ("my outbox", "'my outbox'"),
            ("it's", r"'it'\''s'"),
            ("$(id)", "'$(id)'"),
            ("", "''"),
        ] {
            assert_eq!(quote(text), quoted);
        }
    }
}
