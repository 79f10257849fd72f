//! Everything that must hold before a change lands, one step after the other.

use std::collections::BTreeSet;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::checkout::{Checkout, Mode};
use crate::{generate, tell, trim};

/// `cargo xtask ci`
pub(crate) fn run(checkout: &Checkout) -> ExitCode {
    let start = Instant::now();
    for step in STEPS {
        let begun = Instant::now();
        tell(&format!("── {}", step.name));
        if let Err(error) = step.work.run(checkout) {
            tell(&format!("error: {}: {error:#}", step.name));
            tell(&format!("to repair or repeat it, run: {}", step.repair));
            return ExitCode::FAILURE;
        }
        tell(&format!(
            "── {} held, {:.1} s",
            step.name,
            begun.elapsed().as_secs_f32()
        ));
    }
    tell(&format!(
        "all {} steps held, {:.1} s",
        STEPS.len(),
        start.elapsed().as_secs_f32()
    ));
    ExitCode::SUCCESS
}

struct Step {
    name: &'static str,
    work: Work,
    repair: &'static str,
}

enum Work {
    /// The words after `cargo`.
    Cargo(&'static str),
    /// The same with every rustdoc warning an error.
    Documents(&'static str),
    Own(fn(&Checkout) -> Result<()>),
}

const STEPS: &[Step] = &[
    Step {
        name: "format",
        work: Work::Cargo("fmt --all --check"),
        repair: "cargo fmt --all",
    },
    Step {
        name: "description",
        work: Work::Own(description_has_our_words),
        repair: "cargo xtask trim openapi/deployment-statuses.json",
    },
    Step {
        name: "generated code",
        work: Work::Own(generated_code_is_current),
        repair: "cargo xtask generate",
    },
    Step {
        name: "lints",
        work: Work::Cargo("clippy --workspace --all-targets --locked -- -D warnings"),
        repair: "cargo clippy --workspace --all-targets --fix",
    },
    Step {
        name: "tests",
        work: Work::Cargo("test --workspace --locked"),
        repair: "cargo test --workspace",
    },
    Step {
        name: "tests without TLS",
        work: Work::Cargo("test -p deploystatus-generated --no-default-features --locked"),
        repair: "cargo test -p deploystatus-generated --no-default-features",
    },
    Step {
        name: "library without features",
        work: Work::Cargo("clippy -p deploystatus --no-default-features --locked -- -D warnings"),
        repair: "cargo clippy -p deploystatus --no-default-features",
    },
    Step {
        name: "documents",
        work: Work::Documents("doc --workspace --no-deps --document-private-items --locked"),
        repair: "RUSTDOCFLAGS=\"-D warnings\" cargo doc --workspace --no-deps --document-private-items",
    },
    Step {
        name: "dependencies",
        work: Work::Own(dependencies_are_few),
        repair: "cargo tree -p deploystatus-generated -e normal",
    },
    Step {
        name: "packages",
        work: Work::Cargo(
            "package --workspace --exclude tests --exclude xtask --locked --offline --allow-dirty",
        ),
        repair: "cargo package --workspace --exclude tests --exclude xtask --allow-dirty",
    },
];

impl Work {
    fn run(&self, checkout: &Checkout) -> Result<()> {
        let (words, flags) = match self {
            Self::Cargo(words) => (words, None),
            Self::Documents(words) => (words, Some(("RUSTDOCFLAGS", "-D warnings"))),
            Self::Own(work) => return work(checkout),
        };
        let status = cargo(checkout, words)
            .envs(flags)
            .status()
            .context("cannot start cargo")?;
        ensure!(status.success(), "`cargo {words}` failed");
        Ok(())
    }
}

fn cargo(checkout: &Checkout, words: &str) -> Command {
    // Cargo names itself to what it runs, toolchain and all.
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(words.split(' ')).current_dir(&checkout.root);
    command
}

fn description_has_our_words(checkout: &Checkout) -> Result<()> {
    let verdict = trim::run(checkout, &checkout.description(), Mode::Check)?;
    ensure!(verdict == ExitCode::SUCCESS, "the words are stale");
    Ok(())
}

fn generated_code_is_current(checkout: &Checkout) -> Result<()> {
    let verdict = generate::run(checkout, Mode::Check)?;
    ensure!(verdict == ExitCode::SUCCESS, "the client is stale");
    Ok(())
}

/// Crates that a debug build of the generated crate pulls in: its features, and how many there may be.
const BUDGETS: [(&str, usize); 2] = [("--no-default-features", 85), ("--features rustls", 100)];

/// What a generator likes to bring along and this project does without.
const UNWANTED: [&str; 4] = ["chrono", "uuid", "regress", "rand"];

fn dependencies_are_few(checkout: &Checkout) -> Result<()> {
    for (features, budget) in BUDGETS {
        let crates = tree(
            checkout,
            &format!("-p deploystatus-generated {features} --no-dedupe"),
        )?;
        tell(&format!(
            "deploystatus-generated {features}: {} crates, {budget} allowed",
            crates.len()
        ));
        ensure!(crates.len() <= budget, "too many crates");
        for unwanted in UNWANTED {
            if let Some(found) = crates
                .iter()
                .find(|name| name.split(' ').next() == Some(unwanted))
            {
                bail!("{found} is in the tree; see who brings it: cargo tree -i {unwanted}");
            }
        }
    }
    // The HTTP client itself encodes proxy passwords with it, and cannot be told not to.
    let users = tree(checkout, "-p deploystatus-generated -i base64 --depth 1")?;
    let users: Vec<&str> = users
        .iter()
        .filter_map(|name| name.split(' ').next())
        .collect();
    let known = ["base64", "hyper-util", "reqwest"];
    ensure!(
        users.iter().all(|name| known.contains(name)),
        "base64 is brought by {users:?}, and only the HTTP client may"
    );
    Ok(())
}

fn tree(checkout: &Checkout, words: &str) -> Result<BTreeSet<String>> {
    let words = format!("tree -e normal --prefix none --format {{p}} --locked {words}");
    let output = cargo(checkout, &words)
        .output()
        .context("cannot start cargo")?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    let lines = String::from_utf8(output.stdout)?;
    Ok(lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect())
}
