//! Is a GitHub on this machine until it is told to stop.

use std::net::{Ipv4Addr, SocketAddr};

use deploystatus_emulator::{Emulator, Limits, Seed, Webhook};
use serde_json::json;

use crate::arguments::EmulatorArguments;
use crate::error::Error;
use crate::exit::Code;
use crate::output::{Form, Output};

pub(crate) async fn run(arguments: EmulatorArguments, output: &Output) -> Result<Code, Error> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let mut builder = Emulator::builder()
        .address(address)
        .profile(arguments.profile);
    if let Some(path) = arguments.seed {
        builder = builder.seed(Seed::from_file(path).map_err(Error::Emulator)?);
    }
    if let Some(path) = arguments.snapshot {
        builder = builder.snapshot(path);
    }
    if arguments.limits {
        builder = builder.limits(Limits::github());
    }
    if let Some(url) = arguments.webhook {
        let webhook = Webhook::new(url);
        builder = builder.webhook(match arguments.webhook_secret {
            Some(secret) => webhook.secret(secret),
            None => webhook,
        });
    }
    // From here on a signal is an orderly end, even if it comes before the address is printed.
    let stop = asked_to_stop()?;
    let emulator = builder.start().await.map_err(Error::Emulator)?;
    let api = emulator.api_url();
    if output.form() == Form::Plain {
        output.answer(&format!("{api}\n"))?;
    } else {
        output.json(&json!({ "api_url": api, "url": emulator.url() }))?;
    }
    output.remark(&format!(
        "It is there until Ctrl-C. In another shell:\n  \
         export GITHUB_API_URL={api} GITHUB_TOKEN=any GITHUB_REPOSITORY=octocat/example\n  \
         curl -sf {}/_emulator/seed -d '{{\"repositories\": [], \"deployments\": [{{\"repository\": \"octocat/example\", \"id\": 42, \"ref\": \"main\"}}]}}'\n  \
         deploystatus create in_progress --deployment 42",
        emulator.url()
    ));
    stop.await;
    emulator.stop().await.map_err(Error::Emulator)?;
    Ok(Code::Done)
}

/// Listens from now on; what is returned ends when somebody presses Ctrl-C or the system asks.
#[cfg(unix)]
fn asked_to_stop() -> Result<impl Future<Output = ()>, Error> {
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
fn asked_to_stop() -> Result<impl Future<Output = ()>, Error> {
    Ok(async {
        // Without a way to listen, the system ends the process by itself.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
