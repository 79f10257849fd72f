//! The process of the command.

use std::future::pending;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::sleep;

#[cfg(unix)]
use super::processes::Process;
use super::signals::Stop;

/// A child process that shares this process's standard input, output and error.
pub(in crate::commands) struct Child {
    process: tokio::process::Child,
    group: Group,
}

/// The processes that receive a forwarded signal.
///
/// The child leads its own process group, so that signals also reach the processes that it starts.
/// In the foreground of a terminal it stays in this process's group: in a group of its own the terminal
/// would stop it as soon as it reads, and Ctrl-C and Ctrl-Z are meant for both processes.
#[cfg(unix)]
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) enum Group {
    /// The group that the child leads.
    Own(nix::unistd::Pid),
    /// The child alone, because its group is that of this process.
    Foreground(nix::unistd::Pid),
}

/// The console sends its events to the child too, so nothing is forwarded.
#[cfg(not(unix))]
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) struct Group;

impl Child {
    #[cfg(unix)]
    pub(in crate::commands) fn start(mut command: Command) -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        // If SIGCHLD was ignored when this process started, the system would drop the exit code. A listener changes that.
        let _listener = signal(SignalKind::child())?;
        let is_foreground = is_in_foreground();
        if !is_foreground {
            command.process_group(0);
        }
        let process = command.spawn()?;
        let id = process.id().and_then(|id| i32::try_from(id).ok());
        let id = nix::unistd::Pid::from_raw(id.ok_or(io::ErrorKind::NotFound)?);
        let group = if is_foreground {
            Group::Foreground(id)
        } else {
            Group::Own(id)
        };
        Ok(Self { process, group })
    }

    #[cfg(not(unix))]
    pub(in crate::commands) fn start(mut command: Command) -> io::Result<Self> {
        Ok(Self {
            process: command.spawn()?,
            group: Group,
        })
    }

    /// Waits for the process to exit. This future is safe to cancel.
    pub(in crate::commands) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.process.wait().await
    }

    pub(in crate::commands) fn group(&self) -> Group {
        self.group
    }

    /// Kills the process, if it still runs.
    pub(in crate::commands) fn kill(&mut self) {
        // An error means that the process has exited.
        let _ = self.process.start_kill();
    }
}

/// Waits for the process to exit, or forever if there is none. This future is safe to cancel.
pub(super) async fn exit_of(child: &mut Option<Child>) -> io::Result<ExitStatus> {
    match child {
        Some(child) => child.wait().await,
        None => pending().await,
    }
}

/// Waits until the group has no processes, or forever if there is none. The system sends no notification.
pub(super) async fn end_of(group: Option<Group>) {
    const INTERVAL: Duration = Duration::from_millis(100);
    let Some(group) = group else {
        return pending().await;
    };
    while group.has_processes() {
        sleep(INTERVAL).await;
    }
}

#[cfg(unix)]
impl Group {
    /// Forwards a stop request. Processes that have exited ignore it.
    pub(in crate::commands) fn forward(self, stop: Stop) {
        use nix::sys::signal::{Signal, kill, killpg};

        let signal = match stop {
            Stop::Interrupt => Signal::SIGINT,
            Stop::Terminate | Stop::ParentExited => Signal::SIGTERM,
            Stop::HangUp => Signal::SIGHUP,
            Stop::Quit => Signal::SIGQUIT,
        };
        let _ = match (self, stop) {
            (Self::Own(group), _) => killpg(group, signal),
            // The terminal has sent these signals to the child already, and many programs abort on a second one.
            (Self::Foreground(_), Stop::Interrupt | Stop::Quit) => Ok(()),
            (Self::Foreground(child), _) => kill(child, signal),
        };
    }

    /// Returns the processes that may remain after the child has exited.
    ///
    /// The system may give the ID of the child to another process.
    pub(in crate::commands) fn without_leader(self) -> Option<Self> {
        match self {
            Self::Own(_) => Some(self),
            Self::Foreground(_) => None,
        }
    }

    /// Returns `true` if processes of the child's own group still run.
    pub(in crate::commands) fn has_processes(self) -> bool {
        match self {
            Self::Own(group) => {
                nix::sys::signal::killpg(group, None).is_ok() && !has_only_zombies(group)
            }
            Self::Foreground(_) => false,
        }
    }

    /// Kills the remaining processes of the child's own group.
    pub(in crate::commands) fn kill(self) {
        if let Self::Own(group) = self {
            // An error means that the group has no processes.
            let _ = nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGKILL);
        }
    }
}

#[cfg(not(unix))]
#[expect(clippy::unused_self, reason = "other systems use the process group")]
impl Group {
    pub(in crate::commands) fn forward(self, _: Stop) {}

    pub(in crate::commands) fn without_leader(self) -> Option<Self> {
        None
    }

    pub(in crate::commands) fn has_processes(self) -> bool {
        false
    }

    pub(in crate::commands) fn kill(self) {}
}

/// Returns `true` if all processes of a group have exited, and only wait to be reaped; on Linux only.
///
/// In a container the first process often reaps nothing.
#[cfg(unix)]
fn has_only_zombies(group: nix::unistd::Pid) -> bool {
    let mut members = Process::all().filter(|process| process.group == group.as_raw());
    members.next().is_some_and(|first| first.is_zombie()) && members.all(|it| it.is_zombie())
}

/// Returns `true` if this process is in the foreground group of its terminal.
#[cfg(unix)]
fn is_in_foreground() -> bool {
    use nix::unistd::{getpgrp, tcgetpgrp};

    // A process without a terminal cannot open this file.
    let terminal = std::fs::File::open("/dev/tty");
    let foreground = terminal.ok().and_then(|terminal| tcgetpgrp(terminal).ok());
    foreground == Some(getpgrp())
}
