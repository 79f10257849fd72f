//! What a server wrote, made fit to stand in one line for people.

/// A text without what a terminal would act upon, its spaces and lines folded.
pub(crate) fn one_line(text: &str) -> String {
    let is_gap = |letter: char| letter.is_whitespace() || letter.is_control();
    let words = text.split(is_gap).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The beginning and the end of a text that has more characters than fit.
pub(crate) fn short(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let end = most / 4;
    let beginning = text.chars().take(most - end);
    let rest = text.chars().skip(length - end);
    beginning.chain(['…']).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_nothing_in_it_that_a_terminal_would_act_upon() {
        assert_eq!(one_line(" a\r\n\tb\u{1b}[2Jc\u{0}\u{85} "), "a b [2Jc");
        assert_eq!(one_line("\n"), "");
    }

    #[test]
    fn a_long_text_keeps_its_beginning_and_its_end() {
        assert_eq!(short("12345678", 8), "12345678");
        assert_eq!(short("123456789", 8), "123456…89");
        assert_eq!(short("äöüäöüäöü", 4), "äöü…ü");
    }
}
