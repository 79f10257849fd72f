//! Files and commands of a checkout of the project.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A checkout of the project.
pub(crate) struct Checkout {
    pub(crate) root: PathBuf,
}

impl Checkout {
    /// Returns the checkout that this tool was built from.
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

    /// Returns cargo with these arguments, to be run in this checkout.
    pub(crate) fn cargo(&self, arguments: &str) -> Command {
        // Cargo sets this variable to its own path, which belongs to the selected toolchain.
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(arguments.split(' ')).current_dir(&self.root);
        cargo
    }

    /// Returns a path relative to the root.
    pub(crate) fn short(&self, path: &Path) -> String {
        let short = path.strip_prefix(&self.root).unwrap_or(path);
        short.display().to_string()
    }
}

/// Mode of a command that writes a file.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Mode {
    /// Writes the file.
    Write,
    /// Compares the file and fails if it differs.
    Check,
}

impl From<bool> for Mode {
    /// Converts the switch `--check`.
    fn from(check: bool) -> Self {
        if check { Self::Check } else { Self::Write }
    }
}
