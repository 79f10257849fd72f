//! Where things stand in a checkout of the project.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A checkout, known by its root.
pub(crate) struct Checkout {
    pub(crate) root: PathBuf,
}

impl Checkout {
    /// The checkout this tool was built from.
    pub(crate) fn own() -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self {
            root: own.parent().unwrap_or(own).to_owned(),
        }
    }

    pub(crate) fn description(&self) -> PathBuf {
        self.root.join("openapi/deployment-statuses.json")
    }

    pub(crate) fn wording(&self) -> PathBuf {
        self.root.join("openapi/wording.json")
    }

    pub(crate) fn generated(&self) -> PathBuf {
        self.root
            .join("crates/deploystatus-generated/src/generated.rs")
    }

    /// Cargo with these words, in this checkout.
    pub(crate) fn cargo(&self, words: &str) -> Command {
        // Cargo names itself to what it runs, toolchain and all.
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(words.split(' ')).current_dir(&self.root);
        command
    }

    /// A path as people speak of it: from the root.
    pub(crate) fn short(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
    }
}

/// Whether a command writes its result or only compares it with what stands.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Mode {
    Write,
    Check,
}

impl From<bool> for Mode {
    fn from(check: bool) -> Self {
        if check { Self::Check } else { Self::Write }
    }
}
