//! The project's own tools. `cargo xtask help` lists them.

mod amend;
mod checkout;
mod ci;
mod dependencies;
mod differences;
mod document;
mod finish;
mod generate;
mod operations;
mod readmes;
mod rust_name;
mod schemas;
mod state;
mod trim;
mod wording;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::checkout::Checkout;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own tools")]
struct Command {
    /// The checkout to work in [default: the one this tool stands in]
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Cut our operations out of GitHub's full description
    Trim {
        /// GitHub's full description: OpenAPI 3.0 as JSON, plain or gzip
        #[arg(value_name = "FULL.json")]
        full: PathBuf,
        /// Write nothing; say what differs, and fail if anything does
        #[arg(long)]
        check: bool,
    },
    /// Regenerate the client from the description
    Generate {
        /// Write nothing; fail if the client is not what the description makes
        #[arg(long)]
        check: bool,
    },
    /// Run everything that must hold before a change lands
    Ci,
}

fn main() -> ExitCode {
    let Command { root, task } = Command::parse();
    let checkout = root.map_or_else(Checkout::own, |root| Checkout { root });
    let result = match &task {
        Task::Trim { full, check } => trim::run(&checkout, full, (*check).into()),
        Task::Generate { check } => generate::run(&checkout, (*check).into()),
        Task::Ci => Ok(ci::run(&checkout)),
    };
    match result {
        Ok(verdict) => verdict,
        Err(error) => {
            tell(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Tells the person at the terminal something.
#[expect(
    clippy::print_stderr,
    reason = "this is the one place where the tools speak"
)]
fn tell(line: &str) {
    eprintln!("{line}");
}
