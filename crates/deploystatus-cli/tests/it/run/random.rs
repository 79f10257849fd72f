//! Runs with random faults, signals at random times, and concurrent flushes.

use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use deploystatus_emulator::{Emulator, FaultMix};
use nix::sys::signal::Signal;

use crate::scene::Scene;

/// Number of runs; 300 in the long form of the tests.
fn count() -> u64 {
    match std::env::var_os("DEPLOYSTATUS_SOAK") {
        Some(_) => 300,
        None => 40,
    }
}

/// Number of runs at the same time. They mostly wait.
const CONCURRENT: usize = 40;

/// A sequence of numbers that depends on the seed alone.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 27)) % end
    }

    fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        let index = self.below(values.len() as u64);
        values[usize::try_from(index).unwrap()]
    }

    fn pause(&mut self, max_ms: u64) {
        thread::sleep(Duration::from_millis(self.below(max_ms)));
    }
}

const SCRIPTS: [&str; 5] = [
    "exit 0",
    "exit 3",
    "sleep 0.3",
    "sleep 2",
    "trap '' INT; trap 'sleep 0.5; exit 1' TERM HUP; sleep 1; sleep 1",
];

const SIGNALS: [&[Signal]; 6] = [
    &[],
    &[Signal::SIGINT],
    &[Signal::SIGTERM],
    &[Signal::SIGHUP],
    &[Signal::SIGINT, Signal::SIGTERM],
    &[Signal::SIGKILL],
];

/// Performs one run and returns a description of it if it did not end in one final state.
fn perform(seed: u64) -> Result<(), String> {
    let mut numbers = Numbers(seed);
    let mix = FaultMix::seeded(seed).percent(40).max_faults(5);
    let mix = mix.max_delay(Duration::from_millis(300));
    let scene = Scene::with(Emulator::builder().fault_mix(mix));
    let script = numbers.one_of(&SCRIPTS);
    let signals = numbers.one_of(&SIGNALS);
    let mut command = scene.script(&["--end-timeout", "40s"], script);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    let mut flushes = Vec::new();
    for signal in signals {
        numbers.pause(1_000);
        flushes.push(start_flush(&scene));
        let id = nix::unistd::Pid::from_raw(i32::try_from(process.id()).unwrap());
        // The process is not reaped yet, so its ID is its own.
        nix::sys::signal::kill(id, *signal).unwrap();
    }
    numbers.pause(1_000);
    flushes.push(start_flush(&scene));
    process.wait().unwrap();
    for mut flush in flushes {
        flush.wait().unwrap();
    }
    scene.github.fault_mix(None);
    assert!(start_flush(&scene).wait().unwrap().success());
    check(&scene, signals).map_err(|states| format!("seed {seed}, {script}, {signals:?}: {states}"))
}

fn start_flush(scene: &Scene) -> std::process::Child {
    let mut flush = scene.background(&["flush", "--timeout", "30s"]);
    flush
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    flush.spawn().unwrap()
}

/// Checks that the final statuses are the last ones, and equal.
fn check(scene: &Scene, signals: &[Signal]) -> Result<(), String> {
    let states: Vec<_> = scene
        .reported()
        .into_iter()
        .map(|(state, _)| state)
        .collect();
    let first_final = states.iter().position(|state| state != "in_progress");
    let ends = first_final.map_or(&[][..], |first| &states[first..]);
    // A stopped job may report its end twice, because a deployment without an end is worse.
    let max = if signals.is_empty() { 1 } else { 2 };
    let is_early = states.is_empty() && !signals.is_empty();
    let is_one = ends.iter().all(|state| *state == ends[0]);
    if is_early || (!ends.is_empty() && ends.len() <= max && is_one && scene.kept().is_empty()) {
        return Ok(());
    }
    Err(format!("{states:?}, kept {:?}", scene.kept()))
}

#[test]
fn random_runs_end_in_one_final_state() {
    let next = AtomicU64::new(0);
    let failures: Vec<String> = thread::scope(|scope| {
        let worker = || {
            let mut failures = Vec::new();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= count() {
                    return failures;
                }
                failures.extend(perform(seed).err());
            }
        };
        let workers: Vec<_> = (0..CONCURRENT).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    });
    assert!(failures.is_empty(), "{failures:#?}");
}
