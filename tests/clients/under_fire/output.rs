//! Output of a client's program: its result in one line, for the table.

#![expect(clippy::print_stdout, reason = "the table reads it")]

use std::error::Error;
use std::fmt::Display;

/// Prints the ID and state of each status, in the given order.
pub(crate) fn statuses(statuses: impl IntoIterator<Item = (impl Display, impl Display)>) {
    print!("ok");
    for (id, state) in statuses {
        print!(" {id}:{state}");
    }
    println!();
}

/// Prints the name of an error, its text, the texts of its causes that add something, and its advice.
pub(crate) fn error(error: &dyn Error, advice: Option<&str>) {
    let name = format!("{error:?}");
    let name = name.split(|it: char| !it.is_alphanumeric()).next();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    let text = format!("{text} {}", advice.unwrap_or_default());
    let words: Vec<_> = text.split_whitespace().collect();
    println!("error {}: {}", name.unwrap_or_default(), words.join(" "));
}
