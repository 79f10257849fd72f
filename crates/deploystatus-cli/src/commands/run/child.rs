//! The process of the command.

use std::ffi::OsString;
use std::io;
use std::process::ExitStatus;

use tokio::process::Command;

use super::signals::Stop;

/// A child process that shares this process's standard input, output and error.
///
/// The child leads its own process group, so that signals also reach the processes that it starts.
/// In the foreground of a terminal it stays in this process's group: in a group of its own the terminal
/// would stop it as soon as it reads, and Ctrl-C and Ctrl-Z are meant for both processes.
pub(super) struct Child {
    process: tokio::process::Child,
    #[cfg(unix)]
    group: Group,
}

#[cfg(unix)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Own,
    Foreground,
}

impl Child {
    pub(super) fn start(program: &OsString, arguments: &[OsString]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments);
        #[cfg(unix)]
        let group = Group::of_this_process();
        #[cfg(unix)]
        if group == Group::Own {
            command.process_group(0);
        }
        Ok(Self {
            process: command.spawn()?,
            #[cfg(unix)]
            group,
        })
    }

    /// Waits for the process to exit. This future is safe to cancel.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.process.wait().await
    }

    /// Forwards a signal to the child, unless it has exited.
    #[cfg(unix)]
    pub(super) fn forward(&self, stop: Stop) {
        use nix::sys::signal::{Signal, kill, killpg};
        use nix::unistd::Pid;

        let id = self.process.id().and_then(|id| i32::try_from(id).ok());
        let Some(id) = id.map(Pid::from_raw) else {
            return;
        };
        let signal = match stop {
            Stop::Interrupt => Signal::SIGINT,
            Stop::Terminate => Signal::SIGTERM,
            Stop::HangUp => Signal::SIGHUP,
        };
        let _ = match (self.group, stop) {
            (Group::Own, _) => killpg(id, signal),
            // The terminal has sent SIGINT to the child already, and many programs abort on a second one.
            (Group::Foreground, Stop::Interrupt) => Ok(()),
            (Group::Foreground, _) => kill(id, signal),
        };
    }

    /// Does nothing, because the console sends its events to the child too.
    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "other systems forward signals here")]
    pub(super) fn forward(&self, _: Stop) {}
}

#[cfg(unix)]
impl Group {
    fn of_this_process() -> Self {
        use nix::unistd::{getpgrp, tcgetpgrp};

        // A process without a terminal cannot open this file.
        let terminal = std::fs::File::open("/dev/tty");
        let foreground = terminal.ok().and_then(|terminal| tcgetpgrp(terminal).ok());
        if foreground == Some(getpgrp()) {
            Self::Foreground
        } else {
            Self::Own
        }
    }
}
