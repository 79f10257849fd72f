//! Text from servers and files, made safe and short enough for one line of an error message.

/// Returns the text as one line without characters that a terminal interprets, shortened to `max` characters.
///
/// Control characters, format characters (bidirectional overrides, zero-width characters) and
/// line and paragraph separators become spaces. Consecutive spaces are folded.
pub(crate) fn clean(text: &str, max: usize) -> String {
    let words = text
        .split(|character: char| character.is_whitespace() || is_unsafe(character))
        .filter(|word| !word.is_empty());
    shorten(&words.collect::<Vec<_>>().join(" "), max)
}

/// Returns `true` for characters that must not reach a terminal or a log.
pub(crate) fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Returns the start and the end of a text that is longer than `max` characters.
fn shorten(text: &str, max: usize) -> String {
    let length = text.chars().count();
    if length <= max {
        return text.to_owned();
    }
    let end = max / 4;
    let start = text.chars().take(max - end);
    let rest = text.chars().skip(length - end);
    start.chain(['…']).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_characters_become_spaces() {
        assert_eq!(clean(" a\r\n\tb\u{1b}[2Jc\u{0}\u{85} ", 99), "a b [2Jc");
        assert_eq!(clean("a\u{202e}b\u{200b}c\u{2028}d\u{feff}", 99), "a b c d");
        assert_eq!(clean("\n", 99), "");
    }

    #[test]
    fn long_text_keeps_its_start_and_end() {
        assert_eq!(clean("12345678", 8), "12345678");
        assert_eq!(clean("123456789", 8), "123456…89");
        assert_eq!(clean("äöüäöüäöü", 4), "äöü…ü");
    }
}
