//! Standard input, output and error of the command.

use std::io::{BufReader, Read, Write};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::process::{Running, code, pair};
use crate::scene::Scene;

/// Number of pieces, 100 MB in total.
const PIECES: u32 = 1000;

fn piece(number: u32) -> Vec<u8> {
    number.to_le_bytes().repeat(25_000)
}

#[test]
fn large_streams_pass_through_unchanged() {
    let scene = Scene::real_time();
    let mut process = scene.script(&[], "tee /dev/stderr").spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let writing = thread::spawn(move || {
        for number in 0..PIECES {
            stdin.write_all(&piece(number)).unwrap();
        }
    });
    let stdout = process.stdout.take().unwrap();
    let stderr = process.stderr.take().unwrap();
    let reading = [
        thread::spawn(move || assert_whole(stdout)),
        thread::spawn(move || assert_whole(stderr)),
    ];
    writing.join().unwrap();
    for reader in reading {
        reader.join().unwrap();
    }
    assert_eq!(code(process.wait().unwrap()), 0);
    assert_eq!(
        scene.reported(),
        [pair("in_progress", ""), pair("success", "")]
    );
}

fn assert_whole(stream: impl Read) {
    let mut stream = BufReader::new(stream);
    let mut read = vec![0; 100_000];
    for number in 0..PIECES {
        stream.read_exact(&mut read).unwrap();
        assert!(read == piece(number), "piece {number} differs");
    }
    assert_eq!(
        stream.read(&mut read).unwrap(),
        0,
        "more output than expected"
    );
}

#[test]
fn closed_pipe_kills_the_command() {
    let scene = Scene::real_time();
    let mut running = Running::start(scene.script(&[], "exec yes"));
    assert_eq!(running.line(), "y");
    drop(running.lines);
    // SIGPIPE kills the command, as it does without `run`.
    assert_eq!(code(running.process.wait().unwrap()), 141);
    assert_eq!(scene.reported()[1], pair("error", "Killed by SIGPIPE"));
}

#[test]
fn background_processes_are_not_awaited() {
    let scene = Scene::real_time();
    let mut running = Running::start(scene.script(&[], "sleep 1000 & echo $!"));
    let left_behind = running.line().parse().unwrap();
    assert_eq!(code(running.process.wait().unwrap()), 0);
    assert_eq!(scene.reported()[1], pair("success", ""));
    // The background process still runs and holds standard output.
    kill(Pid::from_raw(left_behind), Signal::SIGKILL).unwrap();
}
