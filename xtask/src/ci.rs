//! Everything that must hold before a change lands, one step after the other.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::checkout::{Checkout, Mode};
use crate::{dependencies, generate, readmes, tell, trim};

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
        work: Work::Own(dependencies::check),
        repair: "cargo tree -p deploystatus-generated -e normal",
    },
    Step {
        name: "commands of the READMEs",
        work: Work::Own(readmes::check),
        repair: "cargo xtask ci",
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
        let status = checkout
            .cargo(words)
            .envs(flags)
            .status()
            .context("cannot start cargo")?;
        ensure!(status.success(), "`cargo {words}` failed");
        Ok(())
    }
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
