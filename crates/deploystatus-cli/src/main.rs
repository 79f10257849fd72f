#![doc = include_str!("../README.md")]

mod advice;
mod arguments;
mod commands;
mod duration;
mod environment;
mod error;
mod escape;
mod event_file;
mod exit;
mod output;
mod settings;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use arguments::{Arguments, Command};
use error::Error;
use exit::Code;
use output::Output;
use settings::Settings;

fn main() -> ExitCode {
    // The library is built without cryptography. This fails only if one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return output::usage::print_usage_error(error).into(),
    };
    let started = Instant::now();
    let output = Output::new(&arguments.output);
    let settings = Settings::new(arguments.target.clone());
    let code = match run(arguments.command, &settings, &output) {
        Ok(code) => code,
        Err(error) => {
            let error = error.after(started.elapsed());
            output.error(&error);
            exit::code_of(&error)
        }
    };
    code.into()
}

/// Runs one command on its own runtime.
fn run(command: Command, settings: &Settings, output: &Output) -> Result<Code, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    let result = runtime.block_on(dispatch(command, settings, output));
    // Dropping the runtime would wait for a thread that reads standard input.
    runtime.shutdown_background();
    result
}

async fn dispatch(command: Command, settings: &Settings, output: &Output) -> Result<Code, Error> {
    match command {
        Command::Create(arguments) => commands::create::run(arguments, settings, output).await,
        Command::List(arguments) => commands::list::run(&arguments, settings, output).await,
        Command::Get(arguments) => commands::get::run(&arguments, settings, output).await,
        Command::Latest(arguments) => commands::latest::run(arguments, settings, output).await,
        Command::Run(arguments) => commands::run::run(arguments, settings, output).await,
        Command::Wait(arguments) => commands::wait::run(arguments, settings, output).await,
        Command::Timeline(arguments) => commands::timeline::run(arguments, settings, output).await,
        Command::Flush(arguments) => commands::flush::run(&arguments, settings, output).await,
        Command::Doctor(arguments) => commands::doctor::run(&arguments, settings, output).await,
        Command::Emulator(arguments) => commands::emulator::run(arguments, output).await,
        Command::Demo => commands::demo::run(output).await,
        Command::Schema(arguments) => commands::schema::run(&arguments, output),
        Command::Completions { shell } => commands::completions::run(shell, output),
        Command::Man(arguments) => commands::man::run(&arguments, output),
    }
}
