//! Runs clients in scenarios in which requests fail, and prints a table of the results.
//!
//! `tests/clients/under-fire` installs the clients and starts this program.
//! Each client takes three arguments: `peer` or `ours`, its name and the command that runs it;
//! or `missing`, its name and the reason why it cannot be run.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "prints the table, and its progress, because a run takes minutes"
)]

mod client;
mod scenario;
mod table;

use std::error::Error;
use std::process::ExitCode;

use client::Client;
use scenario::{DEPLOYMENT, Scenario, scenarios};
use table::{Outcome, Table};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let clients = Client::parse_all(&arguments)?;
    let mut table = Table::new(&clients);
    for scenario in scenarios() {
        eprintln!("{}", scenario.name);
        let mut runs = Vec::new();
        for client in &clients {
            runs.push(match &client.command {
                Ok(command) => Ok(run(&scenario, command).await?),
                Err(reason) => Err(reason.clone()),
            });
        }
        table.add(scenario.name, runs);
    }
    print!("{table}");
    Ok(if table.ours_are_correct() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Runs one client in one scenario, with an emulator of its own.
async fn run(scenario: &Scenario, command: &str) -> Result<Outcome, Box<dyn Error>> {
    let emulator = scenario.emulator().await?;
    let before = emulator.history(DEPLOYMENT);
    let result = client::run(command, scenario.task, &emulator.api_url()).await?;
    let after = emulator.history(DEPLOYMENT);
    // A client that did not meet the fault is not correct by accident.
    let has_met_fault = emulator.pending_faults().is_empty();
    emulator.stop().await?;
    Ok(Outcome {
        creations: after.len() - before.len(),
        is_correct: has_met_fault && scenario.expected.is_met(&result, &before, &after),
        result,
    })
}
