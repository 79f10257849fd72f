//! Stop signals.

#[cfg(unix)]
use std::future::pending;
use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows;

/// A signal that requests this process to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    Interrupt,
    Terminate,
    HangUp,
}

impl Stop {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "SIGINT",
            Self::Terminate => "SIGTERM",
            Self::HangUp => "SIGHUP",
        }
    }

    pub(super) const fn number(self) -> u8 {
        match self {
            Self::HangUp => 1,
            Self::Interrupt => 2,
            Self::Terminate => 15,
        }
    }
}

/// A listener for stop signals, which no longer end this process.
///
/// Signals that were ignored when the process started stay ignored, for it and for the child,
/// because `nohup` relies on that.
#[cfg(unix)]
pub(super) struct Signals {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
    hang_up: Option<Signal>,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        let ignored = ignored();
        let listener = |stop: Stop, kind| {
            let is_ignored = ignored >> (stop.number() - 1) & 1 == 1;
            (!is_ignored).then(|| signal(kind)).transpose()
        };
        Ok(Self {
            interrupt: listener(Stop::Interrupt, SignalKind::interrupt())?,
            terminate: listener(Stop::Terminate, SignalKind::terminate())?,
            hang_up: listener(Stop::HangUp, SignalKind::hangup())?,
        })
    }

    /// Returns the next signal. This future is safe to cancel.
    pub(super) async fn next(&mut self) -> Stop {
        tokio::select! {
            biased;
            () = received(&mut self.interrupt) => Stop::Interrupt,
            () = received(&mut self.terminate) => Stop::Terminate,
            () = received(&mut self.hang_up) => Stop::HangUp,
        }
    }
}

#[cfg(unix)]
async fn received(signal: &mut Option<Signal>) {
    let Some(signal) = signal else {
        return pending().await;
    };
    if signal.recv().await.is_none() {
        pending::<()>().await;
    }
}

/// Returns the signals that this process ignores, one bit each; on Linux only.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default()
}

/// A listener for the console's events, which the child receives too: Ctrl-C, Ctrl-Break and closing.
#[cfg(windows)]
pub(super) struct Signals {
    interrupt: windows::CtrlC,
    terminate: windows::CtrlBreak,
    hang_up: windows::CtrlClose,
}

#[cfg(windows)]
impl Signals {
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self {
            interrupt: windows::ctrl_c()?,
            terminate: windows::ctrl_break()?,
            hang_up: windows::ctrl_close()?,
        })
    }

    /// Returns the next signal. This future is safe to cancel.
    pub(super) async fn next(&mut self) -> Stop {
        tokio::select! {
            biased;
            Some(()) = self.interrupt.recv() => Stop::Interrupt,
            Some(()) = self.terminate.recv() => Stop::Terminate,
            Some(()) = self.hang_up.recv() => Stop::HangUp,
            else => std::future::pending().await,
        }
    }
}
