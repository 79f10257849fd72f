//! Generated code compiles, also for a changed description.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::changes::CHANGES;
use crate::checkout::{Checkout, project};

/// Each change makes a package, with the hand-written half of the crate, in one workspace.
///
/// The folder remains after the test, so that only packages with new content are compiled again.
#[test]
fn changed_descriptions_compile() {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changed-descriptions");
    let workspace = fs::read_to_string(project().join("Cargo.toml")).unwrap();
    let (_, settings) = workspace.split_once("[workspace.package]").unwrap();
    let members: Vec<_> = CHANGES.iter().map(|(name, _)| name).collect();
    let members = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n");
    let workspace = format!("{members}[workspace.package]{settings}");
    write(&scratch.join("Cargo.toml"), &workspace);
    copy(&project().join("Cargo.lock"), &scratch.join("Cargo.lock"));
    for (name, change) in CHANGES {
        let checkout = Checkout::new();
        checkout.change_description(change);
        checkout.run(["generate"]).succeeds();
        write_package(&scratch.join(name), &checkout.generated());
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["check", "--workspace", "--no-default-features", "--offline"])
        .current_dir(&scratch)
        .env("CARGO_TARGET_DIR", scratch.join("target"))
        .env("RUSTFLAGS", "-D warnings")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}

fn write_package(folder: &Path, generated: &str) {
    let original = project().join("crates/deploystatus-generated");
    let name = folder.file_name().unwrap().to_str().unwrap();
    let manifest = fs::read_to_string(original.join("Cargo.toml")).unwrap();
    let (manifest, _) = manifest.split_once("[dev-dependencies]").unwrap();
    let manifest = manifest.replace(
        "name = \"deploystatus-generated\"",
        &format!("name = \"{name}\""),
    );
    let manifest = manifest + "[lints]\nworkspace = true\n";
    write(&folder.join("Cargo.toml"), &manifest);
    copy(&original.join("README.md"), &folder.join("README.md"));
    for file in files(&original.join("src")) {
        copy(&file, &folder.join("src").join(file.file_name().unwrap()));
    }
    write(&folder.join("src/generated.rs"), generated);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    files
        .filter(|file| !file.ends_with("generated.rs"))
        .collect()
}

fn copy(from: &Path, to: &Path) {
    write(to, &fs::read_to_string(from).unwrap());
}

/// Writes a file if its content changes, because a new time alone makes Cargo compile it again.
fn write(file: &Path, text: &str) {
    if fs::read_to_string(file).ok().as_deref() != Some(text) {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}
