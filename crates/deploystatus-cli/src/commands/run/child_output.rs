//! The file in which the command sets values of the status: `DEPLOYSTATUS_OUTPUT`.

use std::collections::HashSet;
use std::fs::{self, File};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use deploystatus::{NewStatus, State};

/// A temporary file that the command writes and `run` reads. It is removed when this value is dropped.
pub(super) struct ChildOutput {
    path: PathBuf,
    /// The values of all readings.
    values: Values,
    /// Lines that were reported as invalid.
    reported: HashSet<String>,
}

/// The valid values that the command has set; the last valid line of each name counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Values {
    pub(super) description: Option<String>,
    pub(super) environment_url: Option<String>,
    pub(super) log_url: Option<String>,
}

/// The time of a reading, which decides whether the last line may be incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// The command runs and may be writing a line.
    WhileRunning,
    /// The command has ended.
    AtEnd,
}

/// Maximum number of bytes that one reading takes from the end of the file.
///
/// No command writes more between two readings.
const MAX_SIZE: u64 = 1024 * 1024;

impl ChildOutput {
    /// Creates an empty file that other users cannot read.
    pub(super) fn create() -> io::Result<Self> {
        let name = RandomState::new().hash_one(std::process::id());
        let name = format!("deploystatus-{}-{name:016x}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path)?;
        Ok(Self {
            path,
            values: Values::default(),
            reported: HashSet::new(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file and returns the values that were set so far; `warn` receives each invalid line once.
    pub(super) fn read(&mut self, reading: Reading, mut warn: impl FnMut(&str)) -> Values {
        // The command may have removed the file. The values that were read before remain.
        let text = self.read_end().unwrap_or_default();
        let complete = match reading {
            Reading::WhileRunning => text.rfind('\n').map_or("", |end| &text[..end]),
            Reading::AtEnd => &text,
        };
        let (values, invalid) = parse(complete);
        self.values.replace(values);
        for line in invalid {
            if self.reported.insert(line.to_owned()) {
                warn(line);
            }
        }
        self.values.clone()
    }

    /// Reads the end of the file, from the beginning of a line.
    fn read_end(&self) -> io::Result<String> {
        // Opening a pipe would wait for its writer.
        if !fs::metadata(&self.path)?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let mut file = File::open(&self.path)?;
        let start = file.metadata()?.len().saturating_sub(MAX_SIZE);
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(MAX_SIZE).read_to_end(&mut bytes)?;
        if start > 0 {
            let line = bytes.iter().position(|byte| *byte == b'\n');
            bytes.drain(..line.unwrap_or(bytes.len()));
        }
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Values {
    /// Sets the value of a line, or returns `None` if the line is invalid.
    fn set(&mut self, line: &str) -> Option<()> {
        let (name, value) = line.split_once('=')?;
        let (field, is_valid) = match name {
            "description" => (&mut self.description, true),
            "environment_url" => (&mut self.environment_url, is_url(value)),
            "log_url" => (&mut self.log_url, is_url(value)),
            _ => return None,
        };
        if value.is_empty() || !is_valid {
            return None;
        }
        *field = Some(value.to_owned());
        Some(())
    }

    /// Replaces the values that newer lines have set.
    fn replace(&mut self, newer: Self) {
        let Self {
            description,
            environment_url,
            log_url,
        } = newer;
        self.description = description.or(self.description.take());
        self.environment_url = environment_url.or(self.environment_url.take());
        self.log_url = log_url.or(self.log_url.take());
    }
}

impl Drop for ChildOutput {
    fn drop(&mut self) {
        // The command may have removed the file already.
        let _ = fs::remove_file(&self.path);
    }
}

/// Parses lines `name=value` and returns the values and the invalid lines.
///
/// The last valid line of each name counts.
fn parse(text: &str) -> (Values, Vec<&str>) {
    let mut values = Values::default();
    let mut invalid = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if values.set(line).is_none() {
            invalid.push(line);
        }
    }
    (values, invalid)
}

/// Returns `true` if GitHub accepts the text as a URL.
fn is_url(text: &str) -> bool {
    // The URLs of a status have the same rules.
    NewStatus::new(State::Success).log_url(text).check().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_valid_line_of_each_name_counts() {
        let text = "description=a=b\nlog_url=https://x.example\r\nlog_url=x\n\ndescription=c\n\
            description=\nstate=success\nnonsense\n";
        let (values, invalid) = parse(text);
        let expected = Values {
            description: Some("c".to_owned()),
            environment_url: None,
            log_url: Some("https://x.example".to_owned()),
        };
        assert_eq!(values, expected);
        let expected = ["log_url=x", "description=", "state=success", "nonsense"];
        assert_eq!(invalid, expected);
    }

    #[test]
    fn invalid_lines_are_reported_once() {
        let mut output = ChildOutput::create().unwrap();
        fs::write(
            output.path(),
            "nonsense\nlog_url=http://x\nlog_url=http://partial",
        )
        .unwrap();
        let mut lines = Vec::new();
        for _ in 0..2 {
            let values = output.read(Reading::WhileRunning, |line| lines.push(line.to_owned()));
            assert_eq!(values.log_url.as_deref(), Some("http://x"));
        }
        let values = output.read(Reading::AtEnd, |_| {});
        assert_eq!(values.log_url.as_deref(), Some("http://partial"));
        assert_eq!(lines, ["nonsense"]);
        let path = output.path().to_owned();
        drop(output);
        assert!(!path.exists());
    }

    #[test]
    fn values_of_a_removed_file_remain() {
        let mut output = ChildOutput::create().unwrap();
        fs::write(output.path(), "description=Copying\n").unwrap();
        output.read(Reading::WhileRunning, |_| {});
        fs::remove_file(output.path()).unwrap();
        let values = output.read(Reading::AtEnd, |_| {});
        assert_eq!(values.description.as_deref(), Some("Copying"));
    }
}
