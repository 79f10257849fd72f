//! A small checkout that a test may change.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

pub(crate) const STATUSES: &str = "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses";

const DESCRIPTION: &str = "openapi/deployment-statuses.json";
const WORDING: &str = "openapi/wording.json";
const GENERATED: &str = "crates/deploystatus-generated/src/generated.rs";

/// A copy of the files that the tools read and write.
pub(crate) struct Checkout {
    root: TempDir,
}

/// Output and exit code of a command.
pub(crate) struct Outcome {
    pub(crate) succeeded: bool,
    pub(crate) output: String,
}

/// Returns the root of the checkout that contains this test.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

impl Checkout {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for file in [DESCRIPTION, WORDING, GENERATED] {
            let copy = root.path().join(file);
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(project().join(file), copy).unwrap();
        }
        Self { root }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root.path().join(file)
    }

    pub(crate) fn description(&self) -> Value {
        serde_json::from_str(&self.description_text()).unwrap()
    }

    pub(crate) fn description_text(&self) -> String {
        fs::read_to_string(self.path(DESCRIPTION)).unwrap()
    }

    pub(crate) fn generated(&self) -> String {
        fs::read_to_string(self.path(GENERATED)).unwrap()
    }

    pub(crate) fn change_description(&self, change: impl FnOnce(&mut Value)) {
        self.write_changed(DESCRIPTION, DESCRIPTION, change);
    }

    pub(crate) fn change_wording(&self, change: impl FnOnce(&mut Value)) {
        self.write_changed(WORDING, WORDING, change);
    }

    /// Writes a changed copy of the description, in the place of one from GitHub.
    pub(crate) fn publish(&self, change: impl FnOnce(&mut Value)) -> PathBuf {
        self.write_changed(DESCRIPTION, "published.json", change)
    }

    fn write_changed(&self, from: &str, to: &str, change: impl FnOnce(&mut Value)) -> PathBuf {
        let text = fs::read_to_string(self.path(from)).unwrap();
        let mut document = serde_json::from_str(&text).unwrap();
        change(&mut document);
        let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
        let path = self.path(to);
        fs::write(&path, text).unwrap();
        path
    }

    /// Runs `cargo xtask` with these arguments in this checkout.
    pub(crate) fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Outcome {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("--root")
            .arg(self.root.path())
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.stdout.is_empty(), "standard output is not empty");
        Outcome {
            succeeded: output.status.success(),
            output: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn trim(&self, full: &Path) -> Outcome {
        self.run(["trim", full.to_str().unwrap()])
    }

    pub(crate) fn trim_check(&self, full: &Path) -> Outcome {
        self.run(["trim", full.to_str().unwrap(), "--check"])
    }
}

impl Outcome {
    #[track_caller]
    pub(crate) fn succeeds(&self) -> &Self {
        assert!(self.succeeded, "{}", self.output);
        self
    }

    #[track_caller]
    pub(crate) fn fails(&self) -> &Self {
        assert!(!self.succeeded, "{}", self.output);
        self
    }

    #[track_caller]
    pub(crate) fn prints(&self, text: &str) -> &Self {
        let output = &self.output;
        assert!(output.contains(text), "{text:?} is not in:\n{output}");
        self
    }
}
