//! Stop requests: signals, and the exit of the parent process.

#[cfg(unix)]
use std::future::pending;
use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows;

#[cfg(unix)]
use super::parent::{Parent, exited};

/// A request that this process stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum Stop {
    Interrupt,
    Terminate,
    HangUp,
    #[cfg_attr(not(unix), expect(dead_code, reason = "only Unix has this signal"))]
    Quit,
    /// The parent process has exited, which in a pipeline means that the job was cancelled.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only Unix shows that it exits"))]
    ParentExited,
}

impl Stop {
    /// Returns the cause of the stop, for the description of a status.
    pub(in crate::commands) const fn cause(self) -> &'static str {
        match self {
            Self::Interrupt => "Stopped by SIGINT",
            Self::Terminate => "Stopped by SIGTERM",
            Self::HangUp => "Stopped by SIGHUP",
            Self::Quit => "Stopped by SIGQUIT",
            Self::ParentExited => "Stopped because the parent process exited",
        }
    }

    /// Returns the number of the signal that is forwarded to the command.
    pub(in crate::commands) const fn number(self) -> u8 {
        match self {
            Self::HangUp => 1,
            Self::Interrupt => 2,
            Self::Quit => 3,
            Self::Terminate | Self::ParentExited => 15,
        }
    }
}

/// Policy for the exit of the parent process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::commands) enum ParentPolicy {
    Watch,
    Ignore,
}

/// A listener for stop requests. Signals no longer end this process.
///
/// Signals that were ignored when the process started stay ignored, for it and for the child,
/// because `nohup` relies on that.
#[cfg(unix)]
pub(in crate::commands) struct Signals {
    interrupt: Option<Signal>,
    terminate: Option<Signal>,
    hang_up: Option<Signal>,
    quit: Option<Signal>,
    parent: Option<Parent>,
}

#[cfg(unix)]
impl Signals {
    pub(in crate::commands) fn listen(parent: ParentPolicy) -> io::Result<Self> {
        let ignored = ignored();
        let listener = |stop: Stop, kind| {
            let is_ignored = ignored >> (stop.number() - 1) & 1 == 1;
            (!is_ignored).then(|| signal(kind)).transpose()
        };
        Ok(Self {
            interrupt: listener(Stop::Interrupt, SignalKind::interrupt())?,
            terminate: listener(Stop::Terminate, SignalKind::terminate())?,
            hang_up: listener(Stop::HangUp, SignalKind::hangup())?,
            quit: listener(Stop::Quit, SignalKind::quit())?,
            parent: (parent == ParentPolicy::Watch).then(Parent::current),
        })
    }

    /// Returns the next stop request. This future is safe to cancel.
    pub(in crate::commands) async fn next(&mut self) -> Stop {
        let stop = tokio::select! {
            biased;
            () = received(&mut self.interrupt) => Stop::Interrupt,
            () = received(&mut self.terminate) => Stop::Terminate,
            () = received(&mut self.hang_up) => Stop::HangUp,
            () = received(&mut self.quit) => Stop::Quit,
            () = parent_exited(self.parent.as_ref()) => Stop::ParentExited,
        };
        if stop == Stop::ParentExited {
            self.parent = None;
        }
        stop
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

#[cfg(unix)]
async fn parent_exited(parent: Option<&Parent>) {
    match parent {
        Some(parent) => exited(parent).await,
        None => pending().await,
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
pub(in crate::commands) struct Signals {
    interrupt: windows::CtrlC,
    terminate: windows::CtrlBreak,
    hang_up: windows::CtrlClose,
}

#[cfg(windows)]
impl Signals {
    /// Starts to listen; the exit of the parent is not noticed on Windows.
    pub(in crate::commands) fn listen(_: ParentPolicy) -> io::Result<Self> {
        Ok(Self {
            interrupt: windows::ctrl_c()?,
            terminate: windows::ctrl_break()?,
            hang_up: windows::ctrl_close()?,
        })
    }

    /// Returns the next event. This future is safe to cancel.
    pub(in crate::commands) async fn next(&mut self) -> Stop {
        tokio::select! {
            biased;
            Some(()) = self.interrupt.recv() => Stop::Interrupt,
            Some(()) = self.terminate.recv() => Stop::Terminate,
            Some(()) = self.hang_up.recv() => Stop::HangUp,
            else => std::future::pending().await,
        }
    }
}
