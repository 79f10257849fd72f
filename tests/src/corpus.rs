//! Recorded data that is not part of the project, and the files of this checkout.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A folder of recorded data.
pub struct Corpus {
    folder: PathBuf,
}

impl Corpus {
    /// Returns the folder that an environment variable names, or `None` with a message if it is not set.
    #[must_use]
    #[expect(clippy::print_stderr, reason = "reports that a test is skipped")]
    pub fn from_env(variable: &str) -> Option<Self> {
        let Some(folder) = std::env::var_os(variable) else {
            eprintln!("skipped: {variable} is not set");
            return None;
        };
        Some(Self {
            folder: folder.into(),
        })
    }

    /// Returns the JSON files of the folder, plain or compressed, sorted by name. Panics if there are none.
    #[must_use]
    pub fn documents(&self) -> Vec<(String, Value)> {
        let mut documents: Vec<_> = files_below(&self.folder)
            .iter()
            .map(|file| {
                let name = file
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                (name, read_json(file))
            })
            .collect();
        documents.sort_by(|(left, _), (right, _)| left.cmp(right));
        assert!(
            !documents.is_empty(),
            "{} contains no files",
            self.folder.display()
        );
        documents
    }
}

/// Returns the root and the files of this checkout, without build output and the files of git.
#[must_use]
pub fn checkout() -> (PathBuf, Vec<PathBuf>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned();
    let files = files_below(&root);
    (root, files)
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() {
            if name != "target" && name != ".git" && name != "node_modules" {
                found.extend(files_below(&path));
            }
        } else if name != ".git" {
            found.push(path);
        }
    }
    found
}

fn read_json(file: &Path) -> Value {
    let mut bytes = fs::read(file).unwrap();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_end(&mut plain)
            .unwrap();
        bytes = plain;
    }
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
