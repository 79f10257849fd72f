//! Puts clients through what goes wrong between them and GitHub, and prints what became of it.
//!
//! `tests/clients/under-fire` installs the clients and starts this program.
//! Its arguments are clients, three words each: `peer` or `ours`, a name, and the command that runs it;
//! or `missing`, a name, and why it cannot be run.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table is what it is for, and it takes minutes"
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
    let clients = Client::read(&arguments)?;
    let mut table = Table::new(&clients);
    for scenario in scenarios() {
        eprintln!("{}", scenario.name);
        let mut lines = Vec::new();
        for client in &clients {
            lines.push(match &client.command {
                Ok(command) => Ok(go_through(&scenario, command).await?),
                Err(reason) => Err(reason.clone()),
            });
        }
        table.add(scenario.name, lines);
    }
    print!("{table}");
    Ok(if table.ours_are_right() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Puts one client through one scenario, with an emulator of its own.
async fn go_through(scenario: &Scenario, command: &str) -> Result<Outcome, Box<dyn Error>> {
    let emulator = scenario.emulator().await?;
    let before = emulator.history(DEPLOYMENT);
    let told = client::ask(command, scenario.ask, &emulator.api_url()).await?;
    let after = emulator.history(DEPLOYMENT);
    // Nobody is right about what did not happen.
    let happened = emulator.pending_faults().is_empty();
    emulator.stop().await?;
    Ok(Outcome {
        creations: after.len() - before.len(),
        is_right: happened && scenario.right.is_met(&told, &before, &after),
        told,
    })
}
