//! Tools for maintainers of the project. `cargo xtask help` lists them.

mod amend;
mod checkout;
mod ci;
mod console;
mod differences;
mod document;
mod finish;
mod generate;
mod generator;
mod operations;
mod packages;
mod schemas;
mod state;
mod structure;
mod trim;
mod wording;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::checkout::Checkout;
use crate::console::print;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Tools for maintainers of the project")]
struct Command {
    /// Checkout to work in [default: the checkout this tool was built from]
    #[arg(long, global = true, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Extract our operations from GitHub's full description
    Trim {
        /// GitHub's full description (OpenAPI 3.0 as JSON, plain or compressed with gzip)
        #[arg(value_name = "FULL.json")]
        full: PathBuf,
        /// Print the differences and write nothing; fail if there are any
        #[arg(long)]
        check: bool,
    },
    /// Regenerate the client from the description
    Generate {
        /// Write nothing; fail if the client is out of date
        #[arg(long)]
        check: bool,
    },
    /// Run every check that a change must pass
    Ci {
        /// Name of a step to skip (can be repeated)
        #[arg(long, value_name = "STEP")]
        skip: Vec<String>,
    },
}

fn main() -> ExitCode {
    let Command { root, task } = Command::parse();
    let checkout = root.map_or_else(Checkout::own, |root| Checkout { root });
    let result = match &task {
        Task::Trim { full, check } => trim::run(&checkout, full, (*check).into()),
        Task::Generate { check } => generate::run(&checkout, (*check).into()),
        Task::Ci { skip } => ci::run(&checkout, skip),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            print(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
