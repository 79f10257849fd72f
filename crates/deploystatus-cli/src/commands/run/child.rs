//! The command that is run, as a process.

use std::ffi::OsString;
use std::io;
use std::process::ExitStatus;

use tokio::process::Command;

use super::signals::Stop;

/// A child process with this process's standard input, output and error.
///
/// It leads a process group of its own, so that signals reach what it starts as well,
/// unless this process is in the foreground of a terminal.
/// There it stays in our group: in one of its own it would be stopped as soon as it reads from the terminal,
/// and Ctrl-C and Ctrl-Z mean it as much as us.
pub(super) struct Child {
    process: tokio::process::Child,
    #[cfg(unix)]
    place: Place,
}

#[cfg(unix)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    OwnGroup,
    Foreground,
}

impl Child {
    pub(super) fn start(program: &OsString, arguments: &[OsString]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments);
        #[cfg(unix)]
        let place = Place::of_this_process();
        #[cfg(unix)]
        if place == Place::OwnGroup {
            command.process_group(0);
        }
        Ok(Self {
            process: command.spawn()?,
            #[cfg(unix)]
            place,
        })
    }

    /// Waits for its end; may be dropped and called again.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.process.wait().await
    }

    /// Sends it a signal that was sent to us. A child that is gone needs none.
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
        let _ = match (self.place, stop) {
            (Place::OwnGroup, _) => killpg(id, signal),
            // The terminal has sent it to the child already, and many take a second one for impatience.
            (Place::Foreground, Stop::Interrupt) => Ok(()),
            (Place::Foreground, _) => kill(id, signal),
        };
    }

    /// The console has sent it to the child already.
    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "there are signals to send elsewhere")]
    pub(super) fn forward(&self, _: Stop) {}
}

#[cfg(unix)]
impl Place {
    fn of_this_process() -> Self {
        use nix::unistd::{getpgrp, tcgetpgrp};

        // It can be opened only by processes that have a terminal.
        let terminal = std::fs::File::open("/dev/tty");
        let foreground = terminal.ok().and_then(|terminal| tcgetpgrp(terminal).ok());
        if foreground == Some(getpgrp()) {
            Self::Foreground
        } else {
            Self::OwnGroup
        }
    }
}
