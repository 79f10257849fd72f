//! The command in the foreground of a terminal; each test has its own.

use crate::process::{code, pair};
use crate::scene::Scene;
use crate::session::Session;

fn start(scene: &Scene, script: &str) -> Session {
    Session::start(scene, &scene.script(&[], script))
}

#[test]
fn command_reads_from_the_terminal() {
    let scene = Scene::real_time();
    let mut session = start(&scene, "stty -echo; echo ready; read line; echo got $line");
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
    let mut session = start(&scene, script);
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
    assert_eq!(session.rest(), "");
    assert_eq!(scene.reported()[1], pair("error", "Stopped by SIGINT"));
}

#[test]
fn command_that_exits_at_ctrl_c_is_cancelled() {
    let scene = Scene::real_time();
    let script = "stty -echo; trap 'exit 0' INT; echo ready; while :; do sleep 0.1; done";
    let mut session = start(&scene, script);
    assert_eq!(session.line(), "ready");
    session.type_keys("\u{3}");
    assert_eq!(code(session.process.wait().unwrap()), 0);
    assert_eq!(scene.reported()[1], pair("error", "Stopped by SIGINT"));
}

#[test]
fn closed_terminal_is_reported() {
    let scene = Scene::real_time();
    let mut session = start(&scene, "echo ready; while :; do sleep 0.1; done");
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
