//! How a client's program says what its caller was told: in one line.

#![expect(clippy::print_stdout, reason = "somebody reads it")]

use std::error::Error;
use std::fmt::Display;

/// Tells of statuses, in their order.
pub(crate) fn ok(statuses: impl IntoIterator<Item = (impl Display, impl Display)>) {
    print!("ok");
    for (id, state) in statuses {
        print!(" {id}:{state}");
    }
    println!();
}

/// Tells of an error: which one, its text and those of its causes that say more, and advice.
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
