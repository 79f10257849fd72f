//! Opening a page in the user's browser.

use std::process::{Command, Stdio};

use crate::output::Output;

/// Opens `url` with the system's program for that, or prints a warning.
pub(super) fn open(url: &str, output: &Output) {
    let (program, arguments): (_, &[&str]) = if cfg!(windows) {
        ("cmd", &["/c", "start"])
    } else if cfg!(target_os = "macos") {
        ("open", &[])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(url);
    // The program may be the browser itself, so it is neither awaited nor connected to this terminal.
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Err(error) = command.spawn() {
        output.warning(format!("cannot open {url} with {program}: {error}"));
    }
}
