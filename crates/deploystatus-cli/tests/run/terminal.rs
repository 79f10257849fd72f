//! At a terminal, of which each test has one of its own.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command};

use nix::pty::openpty;

use crate::scene::{Scene, code, pair};

/// A command in the foreground of a terminal, and somebody who sits there.
struct Sitting {
    process: Child,
    screen: BufReader<File>,
    keys: File,
}

impl Sitting {
    fn start(scene: &Scene, script: &str) -> Self {
        let run = scene.script(&[], script);
        let pty = openpty(None, None).unwrap();
        let mut command = Command::new("setsid");
        command.arg("--ctty").arg(run.get_program());
        command.args(run.get_args()).env_clear();
        for (name, value) in run.get_envs() {
            command.env(name, value.unwrap());
        }
        command
            .current_dir(scene.home.path())
            .stdin(pty.slave.try_clone().unwrap())
            .stdout(pty.slave.try_clone().unwrap())
            .stderr(pty.slave);
        let process = command.spawn().unwrap();
        let keys = File::from(pty.master);
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

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }
}

#[test]
fn a_command_reads_from_the_terminal() {
    let scene = Scene::new();
    let mut sitting = Sitting::start(&scene, "stty -echo; echo ready; read line; echo got $line");
    assert_eq!(sitting.line(), "ready");
    sitting.press("hello\n");
    assert_eq!(sitting.line(), "got hello");
    assert_eq!(code(sitting.process.wait().unwrap()), 0);
    assert_eq!(scene.told()[1], pair("success", ""));
}

#[test]
fn ctrl_c_reaches_the_command_once() {
    let scene = Scene::new();
    let script = "stty -echo; trap 'echo INT' INT; trap 'echo TERM; exit 5' TERM; echo ready
        while :; do sleep 1; done";
    let mut sitting = Sitting::start(&scene, script);
    assert_eq!(sitting.line(), "ready");
    sitting.press("\u{3}");
    assert_eq!(sitting.line(), "INT");
    scene.until_told(2);
    // What we are sent by others is passed on; a second INT would have come before.
    let id = i32::try_from(sitting.process.id()).unwrap();
    let id = nix::unistd::Pid::from_raw(id);
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
    assert_eq!(sitting.line(), "TERM");
    assert_eq!(code(sitting.process.wait().unwrap()), 5);
    let mut rest = String::new();
    // Linux ends the reading of a terminal that nobody has open any more with an error.
    let _ = sitting.screen.read_to_string(&mut rest);
    assert_eq!(rest, "");
    assert_eq!(scene.told()[1], pair("error", "Stopped by SIGINT"));
}
