#![doc = include_str!("../README.md")]

mod arguments;
mod commands;
mod error;
mod event_file;
mod exit;
mod hint;
mod output;
mod settings;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use error::Error;
use exit::Code;
use output::Output;
use settings::Settings;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return output::explain_usage(&error).into(),
    };
    let output = Output::new(&arguments.manner);
    let settings = Settings::from_process(arguments.place.clone());
    let code = match carry_out(arguments.command, &settings, &output) {
        Ok(code) => code,
        Err(error) => {
            output.error(&error);
            exit::code_of(&error)
        }
    };
    code.into()
}

/// Runs one command on a runtime of its own, which does not wait for threads that read the standard input.
fn carry_out(command: Command, settings: &Settings, output: &Output) -> Result<Code, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    let done = runtime.block_on(dispatch(command, settings, output));
    runtime.shutdown_background();
    done
}

async fn dispatch(command: Command, settings: &Settings, output: &Output) -> Result<Code, Error> {
    match command {
        Command::Create(arguments) => commands::create::run(arguments, settings, output).await,
        Command::List(arguments) => commands::list::run(&arguments, settings, output).await,
        Command::Get(arguments) => commands::get::run(&arguments, settings, output).await,
        Command::Latest => commands::latest::run(settings, output).await,
        Command::Run(arguments) => commands::run::run(arguments, settings, output).await,
        Command::Wait(arguments) => commands::wait::run(arguments, settings, output).await,
        Command::Timeline => commands::timeline::run(settings, output).await,
        Command::Flush(arguments) => commands::flush::run(&arguments, settings, output).await,
        Command::Doctor => commands::doctor::run(settings, output).await,
        Command::Emulator(arguments) => commands::emulator::run(arguments, output).await,
        Command::Demo => commands::demo::run(output).await,
        Command::Completions { shell } => commands::completions::run(shell, output),
        Command::Man { command } => commands::man::run(command.as_deref(), output),
    }
}
