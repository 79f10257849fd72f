//! Standard input, output and error, which are the command's own.

use std::io::{BufReader, Read, Write};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::scene::{Running, Scene, code, pair};

/// A hundred megabytes, in pieces that differ.
const PIECES: u32 = 1000;

fn piece(number: u32) -> Vec<u8> {
    number.to_le_bytes().repeat(25_000)
}

#[test]
fn a_hundred_megabytes_pass_through_unchanged_both_ways() {
    let scene = Scene::new();
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
    assert_eq!(scene.told(), [pair("in_progress", ""), pair("success", "")]);
}

fn assert_whole(stream: impl Read) {
    let mut stream = BufReader::new(stream);
    let mut read = vec![0; 100_000];
    for number in 0..PIECES {
        stream.read_exact(&mut read).unwrap();
        assert!(read == piece(number), "piece {number} differs");
    }
    assert_eq!(stream.read(&mut read).unwrap(), 0, "there is more");
}

#[test]
fn a_reader_who_goes_away_is_the_commands_own_affair() {
    let scene = Scene::new();
    let mut running = Running::start(scene.script(&[], "exec yes"));
    assert_eq!(running.line(), "y");
    drop(running.lines);
    // It is killed by SIGPIPE, as it would be without us.
    assert_eq!(code(running.process.wait().unwrap()), 141);
    assert_eq!(scene.told()[1], pair("error", "Killed by SIGPIPE"));
}

#[test]
fn what_the_command_leaves_behind_is_not_waited_for() {
    let scene = Scene::new();
    let mut running = Running::start(scene.script(&[], "sleep 1000 & echo $!"));
    let left_behind = running.line().parse().unwrap();
    assert_eq!(code(running.process.wait().unwrap()), 0);
    assert_eq!(scene.told()[1], pair("success", ""));
    // It is still there, and holds the standard output.
    kill(Pid::from_raw(left_behind), Signal::SIGKILL).unwrap();
}
