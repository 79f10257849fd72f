//! `emulator`: runs a GitHub emulator until it is interrupted.

mod browser;
mod instructions;
mod session;

use std::net::{Ipv4Addr, SocketAddr};

use deploystatus_emulator::{Emulator, EmulatorBuilder, Limits, Seed, Token, Webhook};
use serde_json::json;

use crate::arguments::emulator::EmulatorArgs;
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;
use crate::output::format::Format;

pub(crate) async fn run(arguments: EmulatorArgs, output: &Output) -> Result<Code, Error> {
    let builder = builder(&arguments)?;
    // A signal that arrives before the URL is printed must save the snapshot too.
    let interrupted = interruption()?;
    let emulator = builder.start().await.map_err(Error::Emulator)?;
    let page = format!("{}/_emulator", emulator.url());
    if arguments.control.open {
        browser::open(&page, output);
    }
    let code = if arguments.run {
        session::run(&emulator, &arguments.command, output).await?
    } else {
        print_addresses(&emulator, &page, &arguments, output)?;
        interrupted.await;
        Code::Done
    };
    emulator.stop().await.map_err(Error::Emulator)?;
    Ok(code)
}

fn print_addresses(
    emulator: &Emulator,
    page: &str,
    arguments: &EmulatorArgs,
    output: &Output,
) -> Result<(), Error> {
    let api = emulator.api_url();
    if output.format() == Format::Text {
        output.text(&api)?;
        let seed = arguments.seed.as_deref();
        output.note(instructions::instructions(emulator, page, seed));
        return Ok(());
    }
    output.json(&json!({ "api_url": api, "url": emulator.url(), "page_url": page }))
}

fn builder(arguments: &EmulatorArgs) -> Result<EmulatorBuilder, Error> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let mut builder = Emulator::builder()
        .address(address)
        .profile(arguments.profile);
    if let Some(path) = &arguments.seed {
        let seed = Seed::from_file(path).map_err(Error::Emulator)?;
        // A seed with tokens makes the server refuse all others.
        builder = builder.seed(if arguments.run {
            seed.token(Token::classic(session::TOKEN))
        } else {
            seed
        });
    }
    if let Some(path) = &arguments.snapshot {
        builder = builder.snapshot(path);
    }
    if arguments.limits {
        builder = builder.limits(Limits::github());
    }
    for url in &arguments.webhook {
        let webhook = Webhook::new(url);
        builder = builder.webhook(match &arguments.webhook_secret {
            Some(secret) => webhook.secret(secret),
            None => webhook,
        });
    }
    for name in &arguments.control.allow_host {
        builder = builder.allow_host(name);
    }
    if arguments.control.show_credentials {
        builder = builder.show_credentials();
    }
    Ok(builder)
}

/// Starts listening for signals and returns a future that completes with the first one.
#[cfg(unix)]
fn interruption() -> Result<impl Future<Output = ()>, Error> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::Runtime)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::Runtime)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn interruption() -> Result<impl Future<Output = ()>, Error> {
    Ok(async {
        // If the handler cannot be installed, the system ends the process itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
