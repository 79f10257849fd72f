//! Commands in the foreground of a terminal.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command};

use nix::pty::{Winsize, openpty};

use crate::scene::Scene;

/// A command in the foreground of a pseudo-terminal.
pub(crate) struct Session {
    pub(crate) process: Child,
    pub(crate) screen: BufReader<File>,
    pub(crate) keys: File,
}

impl Session {
    pub(crate) fn start(scene: &Scene, run: &Command) -> Self {
        let size = Winsize {
            ws_row: 24,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        let pty = openpty(&size, None).unwrap();
        // Other tests start processes, which must not inherit the terminal; a clone is closed in them.
        let keys = File::from(pty.master).try_clone().unwrap();
        let terminal = File::from(pty.slave).try_clone().unwrap();
        let mut command = Command::new("setsid");
        command.arg("--ctty").arg(run.get_program());
        command.args(run.get_args()).env_clear();
        command.env("TERM", "xterm");
        for (name, value) in run.get_envs() {
            command.env(name, value.unwrap());
        }
        command
            .current_dir(scene.home.path())
            .stdin(terminal.try_clone().unwrap())
            .stdout(terminal.try_clone().unwrap())
            .stderr(terminal);
        let process = command.spawn().unwrap();
        let screen = BufReader::new(keys.try_clone().unwrap());
        Self {
            process,
            screen,
            keys,
        }
    }

    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.screen.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    pub(crate) fn type_keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Returns what is printed until the end of the command.
    pub(crate) fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        // On Linux, reading from a terminal that no process has open ends with an error.
        let _ = self.screen.read_to_end(&mut rest);
        String::from_utf8(rest).unwrap()
    }
}
