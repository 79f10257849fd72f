//! Runs an emulator until Ctrl-C or a termination signal.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use deploystatus_emulator::{Emulator, Limits, Profile, Seed, Webhook};

/// Start a local GitHub emulator
#[derive(Parser)]
struct Options {
    /// Port on the loopback interface [default: a free one]
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Emulated server: github, or ghes:2.18 to ghes:3.22
    #[arg(long, default_value = "github")]
    profile: Profile,
    /// JSON file with the initial content
    #[arg(long)]
    seed: Option<PathBuf>,
    /// File in which the state is kept
    #[arg(long)]
    snapshot: Option<PathBuf>,
    /// Enforce GitHub's rate limits
    #[arg(long)]
    limits: bool,
    /// URL (http://) that receives events; may be repeated
    #[arg(long)]
    webhook: Vec<String>,
    /// Host name under which /_emulator can be used; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Secret that signs the deliveries
    #[arg(long, requires = "webhook")]
    webhook_secret: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stderr, reason = "it is a command")]
async fn main() -> ExitCode {
    match serve(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = error.source().map(|it| format!(": {it}"));
            eprintln!("error: {error}{}", cause.unwrap_or_default());
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "it is a command")]
async fn serve(options: Options) -> Result<(), Box<dyn Error>> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let mut builder = Emulator::builder()
        .address(address)
        .profile(options.profile);
    if let Some(path) = options.seed {
        builder = builder.seed(Seed::from_file(path)?);
    }
    if let Some(path) = options.snapshot {
        builder = builder.snapshot(path);
    }
    if options.limits {
        builder = builder.limits(Limits::github());
    }
    for url in options.webhook {
        let webhook = Webhook::new(url);
        builder = builder.webhook(match &options.webhook_secret {
            Some(secret) => webhook.secret(secret),
            None => webhook,
        });
    }
    for name in options.allow_host {
        builder = builder.allow_host(name);
    }
    let emulator = builder.start().await?;
    println!("{}", emulator.api_url());
    wait_for_signal().await?;
    Ok(emulator.stop().await?)
}

/// Waits for Ctrl-C or a termination signal.
async fn wait_for_signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            received = tokio::signal::ctrl_c() => received,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
