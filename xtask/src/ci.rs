//! The command `ci`: everything that must succeed before a change is merged.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::checkout::{Checkout, Mode};
use crate::console::print;
use crate::{generate, readmes, trim};

/// `cargo xtask ci`
pub(crate) fn run(checkout: &Checkout) -> ExitCode {
    let start = Instant::now();
    for step in STEPS {
        let step_start = Instant::now();
        print(&format!("── {}", step.name));
        if let Err(error) = step.work.run(checkout) {
            print(&format!("error: {}: {error:#}", step.name));
            print(&format!("to repair or repeat it, run: {}", step.repair));
            return ExitCode::FAILURE;
        }
        let seconds = step_start.elapsed().as_secs_f32();
        print(&format!("── {}: passed in {seconds:.1} s", step.name));
    }
    let seconds = start.elapsed().as_secs_f32();
    print(&format!(
        "all {} steps passed in {seconds:.1} s",
        STEPS.len()
    ));
    ExitCode::SUCCESS
}

struct Step {
    name: &'static str,
    work: Work,
    repair: &'static str,
}

enum Work {
    /// A command.
    Run(&'static str),
    /// A command that treats warnings of rustdoc as errors.
    Document(&'static str),
    /// A function of this tool.
    Call(fn(&Checkout) -> Result<()>),
}

const STEPS: &[Step] = &[
    Step {
        name: "format",
        work: Work::Run("cargo fmt --all --check"),
        repair: "cargo fmt --all",
    },
    Step {
        name: "description",
        work: Work::Call(check_description),
        repair: "cargo xtask trim openapi/deployment-statuses.json",
    },
    Step {
        name: "generated code",
        work: Work::Call(check_generated_code),
        repair: "cargo xtask generate",
    },
    Step {
        name: "lints",
        work: Work::Run("cargo clippy --workspace --all-targets --locked -- -D warnings"),
        repair: "cargo clippy --workspace --all-targets --fix",
    },
    Step {
        name: "tests",
        work: Work::Run("cargo test --workspace --locked"),
        repair: "cargo test --workspace",
    },
    Step {
        name: "tests without TLS",
        work: Work::Run("cargo test -p deploystatus-generated --no-default-features --locked"),
        repair: "cargo test -p deploystatus-generated --no-default-features",
    },
    Step {
        name: "library without features",
        work: Work::Run(
            "cargo clippy -p deploystatus --no-default-features --locked -- -D warnings",
        ),
        repair: "cargo clippy -p deploystatus --no-default-features",
    },
    Step {
        name: "documentation",
        work: Work::Document("cargo doc --workspace --no-deps --document-private-items --locked"),
        repair: "RUSTDOCFLAGS=\"-D warnings\" cargo doc --workspace --no-deps --document-private-items",
    },
    Step {
        name: "commands in READMEs",
        work: Work::Call(readmes::check),
        repair: "cargo xtask ci",
    },
    Step {
        name: "packages",
        work: Work::Run(
            "cargo package --workspace --exclude tests --exclude xtask --locked --offline --allow-dirty",
        ),
        repair: "cargo package --workspace --exclude tests --exclude xtask --allow-dirty",
    },
];

impl Work {
    fn run(&self, checkout: &Checkout) -> Result<()> {
        let (line, variable) = match self {
            Self::Run(line) => (line, None),
            Self::Document(line) => (line, Some(("RUSTDOCFLAGS", "-D warnings"))),
            Self::Call(function) => return function(checkout),
        };
        let status = checkout.command(line).envs(variable).status();
        let status = status.with_context(|| format!("cannot start `{line}`"))?;
        ensure!(status.success(), "`{line}` failed");
        Ok(())
    }
}

fn check_description(checkout: &Checkout) -> Result<()> {
    let result = trim::run(checkout, &checkout.description(), Mode::Check)?;
    ensure!(
        result == ExitCode::SUCCESS,
        "the description is out of date"
    );
    Ok(())
}

fn check_generated_code(checkout: &Checkout) -> Result<()> {
    let result = generate::run(checkout, Mode::Check)?;
    ensure!(
        result == ExitCode::SUCCESS,
        "the generated code is out of date"
    );
    Ok(())
}
