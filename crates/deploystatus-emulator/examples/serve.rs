//! Serves an emulator until it is told to stop.

use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use deploystatus_emulator::{Emulator, Limits, Profile, Seed, Webhook};

/// A GitHub that remembers deployments and their statuses.
#[derive(Parser)]
struct Options {
    /// Where to listen on loopback; any free port if not given.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Which server to be: `github`, or `ghes:2.18` to `ghes:3.22`.
    #[arg(long, default_value = "github")]
    profile: Profile,
    /// What to begin with, as JSON.
    #[arg(long)]
    seed: Option<PathBuf>,
    /// Where to keep the state.
    #[arg(long)]
    snapshot: Option<PathBuf>,
    /// Enforce GitHub's rate limits.
    #[arg(long)]
    limits: bool,
    /// An `http://` address to tell of deployments and statuses.
    #[arg(long)]
    webhook: Option<String>,
    /// What to sign deliveries with.
    #[arg(long, requires = "webhook")]
    webhook_secret: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stderr, reason = "it has nobody else to tell")]
async fn main() -> ExitCode {
    match serve(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = error.source().map(|it| format!(": {it}"));
            eprintln!("error: failed to {error}{}", cause.unwrap_or_default());
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::print_stdout,
    reason = "whoever starts it wants to know where it is"
)]
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
    if let Some(url) = options.webhook {
        let webhook = Webhook::new(url);
        builder = builder.webhook(match options.webhook_secret {
            Some(secret) => webhook.secret(secret),
            None => webhook,
        });
    }
    let emulator = builder.start().await?;
    println!("{}", emulator.api_url());
    asked_to_stop().await?;
    Ok(emulator.stop().await?)
}

/// Returns when somebody presses Ctrl-C or the system asks.
async fn asked_to_stop() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            pressed = tokio::signal::ctrl_c() => pressed,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
