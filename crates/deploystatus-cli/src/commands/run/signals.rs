//! The signals that tell the command to stop.

#[cfg(unix)]
use std::future::pending;
use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows;

/// A signal that tells a process to stop.
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

/// Hears the signals that tell this process to stop, which from then on do not end it.
///
/// Those that were ignored when the process began stay ignored, for it and for the child:
/// `nohup` means what it says.
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
        let hear = |stop: Stop, kind| {
            let is_ignored = ignored >> (stop.number() - 1) & 1 == 1;
            (!is_ignored).then(|| signal(kind)).transpose()
        };
        Ok(Self {
            interrupt: hear(Stop::Interrupt, SignalKind::interrupt())?,
            terminate: hear(Stop::Terminate, SignalKind::terminate())?,
            hang_up: hear(Stop::HangUp, SignalKind::hangup())?,
        })
    }

    /// The next one; nothing is missed when this is dropped.
    pub(super) async fn next(&mut self) -> Stop {
        tokio::select! {
            biased;
            () = heard(&mut self.interrupt) => Stop::Interrupt,
            () = heard(&mut self.terminate) => Stop::Terminate,
            () = heard(&mut self.hang_up) => Stop::HangUp,
        }
    }
}

#[cfg(unix)]
async fn heard(signal: &mut Option<Signal>) {
    let Some(signal) = signal else {
        return pending().await;
    };
    if signal.recv().await.is_none() {
        pending::<()>().await;
    }
}

/// The signals that this process was told to ignore, one bit each, where the system shows them.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .unwrap_or_default()
}

/// Hears what the console sends to us and to the child alike: Ctrl-C, Ctrl-Break, and that it is closed.
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

    /// The next one; nothing is missed when this is dropped.
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
