//! Output on the terminal.

/// Prints a line for the person who runs the command.
#[expect(clippy::print_stderr, reason = "only this function prints")]
pub(crate) fn print(line: &str) {
    eprintln!("{line}");
}
