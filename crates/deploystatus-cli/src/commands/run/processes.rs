//! Processes of the system, as Linux shows them in `/proc`. Other systems show none.

use std::fs;

/// A process of the system.
pub(super) struct Process {
    state: char,
    /// ID of the parent.
    pub(super) parent: u32,
    /// ID of the process group.
    pub(super) group: i32,
}

impl Process {
    /// Reads a process, or returns `None` if it has exited.
    pub(super) fn read(id: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name of the program is in parentheses and may contain anything.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        Some(Self {
            state: fields.next()?.chars().next()?,
            parent: fields.next()?.parse().ok()?,
            group: fields.next()?.parse().ok()?,
        })
    }

    /// Returns all processes.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let entries = fs::read_dir("/proc").into_iter().flatten();
        entries.filter_map(|entry| Self::read(entry.ok()?.file_name().to_str()?.parse().ok()?))
    }

    /// Returns `true` if the process has exited and only waits to be reaped.
    pub(super) fn is_zombie(&self) -> bool {
        matches!(self.state, 'Z' | 'X')
    }
}

/// Returns the value of a variable with which a process was started.
pub(super) fn variable(id: u32, name: &str) -> Option<String> {
    let environment = fs::read(format!("/proc/{id}/environ")).ok()?;
    let mut variables = environment.split(|byte| *byte == 0);
    variables.find_map(|variable| {
        let text = String::from_utf8_lossy(variable);
        Some(
            text.split_once('=')
                .filter(|pair| pair.0 == name)?
                .1
                .to_owned(),
        )
    })
}
