//! The command in the foreground of a terminal; each test has its own.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command};

use nix::pty::openpty;

use crate::process::{code, pair};
use crate::scene::Scene;

/// A command in the foreground of a pseudo-terminal.
struct Session {
    process: Child,
    screen: BufReader<File>,
    keys: File,
}

impl Session {
    fn start(scene: &Scene, script: &str) -> Self {
        let run = scene.script(&[], script);
        let pty = openpty(None, None).unwrap();
        // Other tests start processes, which must not inherit the terminal; a clone is closed in them.
        let keys = File::from(pty.master).try_clone().unwrap();
        let terminal = File::from(pty.slave).try_clone().unwrap();
        let mut command = Command::new("setsid");
        command.arg("--ctty").arg(run.get_program());
        command.args(run.get_args()).env_clear();
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

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.screen.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn type_keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }
}

#[test]
fn command_reads_from_the_terminal() {
    let scene = Scene::real_time();
    let mut session = Session::start(&scene, "stty -echo; echo ready; read line; echo got $line");
    assert_eq!(session.line(), "ready");
    session.type_keys("hello\n");
    assert_eq!(session.line(), "got hello");
    assert_eq!(code(session.process.wait().unwrap()), 0);
    assert_eq!(scene.reported()[1], pair("success", ""));
}

#[test]
fn ctrl_c_reaches_the_command_once() {
    let scene = Scene::real_time();
    let script = "stty -echo; trap 'echo INT' INT; trap 'echo TERM; exit 5' TERM; echo ready
        while :; do sleep 1; done";
    let mut session = Session::start(&scene, script);
    assert_eq!(session.line(), "ready");
    session.type_keys("\u{3}");
    // The command and `run` print independently of each other.
    let mut lines = [session.line(), session.line()];
    lines.sort();
    assert_eq!(lines, ["INT", "reported error: Stopped by SIGINT"]);
    // SIGTERM is forwarded; a second SIGINT would have been printed before.
    let id = i32::try_from(session.process.id()).unwrap();
    let id = nix::unistd::Pid::from_raw(id);
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
    assert_eq!(session.line(), "TERM");
    assert_eq!(code(session.process.wait().unwrap()), 5);
    let mut rest = String::new();
    // On Linux, reading from a terminal that no process has open ends with an error.
    let _ = session.screen.read_to_string(&mut rest);
    assert_eq!(rest, "");
    assert_eq!(scene.reported()[1], pair("error", "Stopped by SIGINT"));
}

#[test]
fn closed_terminal_is_reported() {
    let scene = Scene::real_time();
    let mut session = Session::start(&scene, "echo ready; while :; do sleep 0.1; done");
    assert_eq!(session.line(), "ready");
    let Session {
        mut process,
        screen,
        keys,
    } = session;
    drop((screen, keys));
    scene.wait_for_statuses(2);
    process.wait().unwrap();
    assert_eq!(scene.reported()[1], pair("error", "Stopped by SIGHUP"));
}
