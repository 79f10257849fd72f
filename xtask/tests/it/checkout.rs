//! A small checkout that a test may spoil.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

const DESCRIPTION: &str = "openapi/deployment-statuses.json";
const GENERATED: &str = "crates/deploystatus-generated/src/generated.rs";

/// A copy of what the tools read and write.
pub(crate) struct Checkout {
    root: TempDir,
}

/// What a command said and whether it was content.
pub(crate) struct Outcome {
    pub(crate) succeeded: bool,
    pub(crate) said: String,
}

impl Checkout {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for file in [DESCRIPTION, "openapi/wording.json", GENERATED] {
            let copy = root.path().join(file);
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(own.join(file), copy).unwrap();
        }
        Self { root }
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root.path().join(file)
    }

    /// The description as it stands.
    pub(crate) fn description(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path(DESCRIPTION)).unwrap()).unwrap()
    }

    /// Changes the description that stands.
    pub(crate) fn change_description(&self, change: impl FnOnce(&mut Value)) {
        self.write_changed(DESCRIPTION, change);
    }

    /// Writes a changed copy of the description, as if GitHub had published it.
    pub(crate) fn published(&self, change: impl FnOnce(&mut Value)) -> PathBuf {
        self.write_changed("published.json", change)
    }

    fn write_changed(&self, file: &str, change: impl FnOnce(&mut Value)) -> PathBuf {
        let mut description = self.description();
        change(&mut description);
        let path = self.path(file);
        fs::write(
            &path,
            serde_json::to_string_pretty(&description).unwrap() + "\n",
        )
        .unwrap();
        path
    }

    pub(crate) fn text_of_description(&self) -> String {
        fs::read_to_string(self.path(DESCRIPTION)).unwrap()
    }

    pub(crate) fn generated(&self) -> String {
        fs::read_to_string(self.path(GENERATED)).unwrap()
    }

    /// Runs `cargo xtask` with these words in this checkout.
    pub(crate) fn run<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Outcome {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("--root")
            .arg(self.root.path())
            .args(words)
            .output()
            .unwrap();
        assert!(
            output.stdout.is_empty(),
            "something was said on standard output"
        );
        let said = String::from_utf8(output.stderr).unwrap();
        Outcome {
            succeeded: output.status.success(),
            said,
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
        assert!(self.succeeded, "{}", self.said);
        self
    }

    #[track_caller]
    pub(crate) fn fails(&self) -> &Self {
        assert!(!self.succeeded, "{}", self.said);
        self
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        assert!(
            self.said.contains(words),
            "{words:?} is not in what was said:\n{}",
            self.said
        );
        self
    }
}
