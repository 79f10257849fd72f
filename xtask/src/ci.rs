//! The command `ci`: everything that must succeed before a change is merged.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::checkout::Checkout;
use crate::console::print;
use crate::packages;

/// `cargo xtask ci [--skip STEP]`
pub(crate) fn run(checkout: &Checkout, skipped: &[String]) -> Result<ExitCode> {
    for name in skipped {
        let names = STEPS.map(|(name, _)| name);
        ensure!(
            names.contains(&name.as_str()),
            "unknown step {name:?}: expected one of {}",
            names.join(", ")
        );
    }
    let start = Instant::now();
    let is_skipped = |name: &str| skipped.iter().any(|skipped| skipped == name);
    for (name, arguments) in STEPS.iter().filter(|(name, _)| !is_skipped(name)) {
        let step_start = Instant::now();
        print(&format!("── {name}"));
        if let Err(error) = run_step(checkout, arguments) {
            print(&format!("error: {name}: {error:#}"));
            return Ok(ExitCode::FAILURE);
        }
        let seconds = step_start.elapsed().as_secs_f32();
        print(&format!("── {name}: passed in {seconds:.1} s"));
    }
    let seconds = start.elapsed().as_secs_f32();
    print(&format!(
        "all {} steps passed in {seconds:.1} s",
        STEPS.len() - skipped.len()
    ));
    Ok(ExitCode::SUCCESS)
}

/// Names, and arguments of cargo.
const STEPS: [(&str, &str); 10] = [
    ("format", "fmt --all --check"),
    (
        "description",
        "xtask trim openapi/deployment-statuses.json --check",
    ),
    ("generated code", "xtask generate --check"),
    (
        "lints",
        "clippy --workspace --all-targets --locked -- -D warnings",
    ),
    ("tests", "test --workspace --locked"),
    (
        "tests without TLS",
        "test -p deploystatus-generated --no-default-features --locked",
    ),
    (
        "library without features",
        "clippy -p deploystatus --no-default-features --locked -- -D warnings",
    ),
    (
        "library without cryptography",
        "test -p deploystatus --no-default-features --features rustls-no-provider --lib --locked",
    ),
    (
        "documentation",
        "doc --workspace --no-deps --document-private-items --locked",
    ),
    (
        "packages",
        "package --workspace --exclude tests --exclude xtask --locked --offline --allow-dirty",
    ),
];

fn run_step(checkout: &Checkout, arguments: &str) -> Result<()> {
    let mut cargo = checkout.cargo(arguments);
    if arguments.starts_with("package ") {
        packages::remove_unpacked().context("cannot remove packages in Cargo's home")?;
    }
    if arguments.starts_with("doc ") {
        cargo.env("RUSTDOCFLAGS", "-D warnings");
    }
    if cfg!(windows) {
        // Windows cannot replace a running program, and the steps build this one.
        cargo.env("CARGO_TARGET_DIR", checkout.root.join("target/ci"));
    }
    let status = cargo.status().context("cannot start cargo")?;
    let repair = arguments.replace(" --check", "");
    ensure!(
        status.success(),
        "`cargo {arguments}` failed; to repair or repeat it, run: cargo {repair}"
    );
    Ok(())
}
