//! Reports that cannot be delivered.

use std::fs;
use std::process::Output;
use std::time::Duration;

use deploystatus_emulator::{Fault, Operation, RetryAfter, Stage};

use crate::process::{code, pair, stderr};
use crate::scene::Scene;

/// Options with which both reports fail quickly.
/// The search for the final report ends at its time limit, and `run` waits a second more for the error.
const SHORT_LIMITS: [&str; 4] = ["--report-timeout", "0", "--end-timeout", "1s"];

fn down() -> Fault {
    Fault::status(503).times(1_000_000)
}

#[test]
fn exit_code_survives_an_outage() {
    for (script, number) in [("true", 0), ("exit 3", 3)] {
        let scene = Scene::real_time();
        scene.github.fault(down());
        let output = scene.run_script(&SHORT_LIMITS, script);
        assert_eq!(code(output.status), number);
        assert_eq!(scene.reported(), []);
        let kept = scene.kept();
        assert_eq!(kept.len(), 1, "{kept:?}");
        let errors = stderr(&output);
        assert!(errors.contains("/deploystatus/outbox"), "{errors}");
        assert!(errors.contains("deploystatus flush"), "{errors}");
    }
}

#[test]
fn unreachable_server_does_not_prevent_the_run() {
    let scene = Scene::real_time();
    let mut command = scene.script(
        &["--report-timeout", "0", "--end-timeout", "4s"],
        "echo out",
    );
    command.env("GITHUB_API_URL", "http://127.0.0.1:1");
    let output = command.output().unwrap();
    assert_eq!(code(output.status), 0);
    assert_eq!(output.stdout, b"out\n");
    assert_eq!(scene.kept().len(), 1);
    let errors = stderr(&output);
    assert!(errors.contains("Connection refused"), "{errors}");
    assert!(errors.contains("The report is in the outbox"), "{errors}");
}

#[test]
fn flush_sends_the_kept_report() {
    let scene = Scene::real_time();
    scene.github.fault(down());
    scene.run_script(&SHORT_LIMITS, "exit 3");
    scene.github.clear_faults();
    let output = scene.background(&["flush"]).output().unwrap();
    assert_eq!(code(output.status), 0, "{}", stderr(&output));
    assert_eq!(
        scene.reported().last().unwrap(),
        &pair("failure", "Exit code 3")
    );
    assert_eq!(scene.kept(), [""; 0]);
}

#[test]
fn strict_fails_on_undelivered_reports() {
    for (script, number) in [("true", 8), ("exit 3", 3)] {
        let scene = Scene::real_time();
        scene.github.fault(down());
        let options = [&SHORT_LIMITS[..], &["--strict"]].concat();
        let output = scene.run_script(&options, script);
        assert_eq!(code(output.status), number, "{}", stderr(&output));
    }
    let scene = Scene::real_time();
    scene
        .github
        .fault(Fault::status(403).on(Operation::CreateStatus));
    assert_eq!(code(scene.run_script(&["--strict"], "true").status), 4);
    assert_eq!(scene.reported(), [pair("success", "")]);
}

#[test]
fn undelivered_result_fails_in_actions() {
    for (options, outbox, number) in [
        (&[][..], None, 8),
        (&["--no-strict"], None, 0),
        (&["--outbox", "outbox"], None, 0),
        (&[], Some("outbox"), 0),
    ] {
        let scene = Scene::real_time().set("GITHUB_ACTIONS", "true");
        scene.github.fault(down());
        let options = [&SHORT_LIMITS[..], options].concat();
        let mut command = scene.script(&options, "true");
        command.envs(outbox.map(|outbox| ("DEPLOYSTATUS_OUTBOX", outbox)));
        let output = command.output().unwrap();
        assert_eq!(code(output.status), number, "{options:?} {outbox:?}");
    }
}

#[test]
fn rejected_start_does_not_suppress_the_end() {
    let scene = Scene::real_time();
    scene
        .github
        .fault(Fault::status(403).on(Operation::CreateStatus));
    let output = scene.run_script(&[], "echo out");
    assert_eq!(code(output.status), 0);
    assert_eq!(output.stdout, b"out\n");
    let errors = stderr(&output);
    assert!(
        errors.starts_with("warning: failed to report the start: "),
        "{errors}"
    );
    assert!(
        errors.ends_with("; the command is run anyway\n"),
        "{errors}"
    );
    assert_eq!(scene.reported(), [pair("success", "")]);
}

#[test]
fn lost_responses_create_no_duplicates() {
    for fault in [
        Fault::status(502).after_work(),
        Fault::close(Stage::AfterWork),
        Fault::cut_body(),
        Fault::status(502),
    ] {
        for request in 0..2 {
            let scene = Scene::real_time();
            let fault = fault.clone().on(Operation::CreateStatus).skip(request);
            scene.github.fault(fault);
            let output = scene.run_script(&["--report-timeout", "1m"], "true");
            assert_eq!(code(output.status), 0);
            let errors = stderr(&output);
            let note = "checking for up to 10s whether the status was stored: ";
            assert!(errors.starts_with(note), "{errors}");
            assert_eq!(errors.lines().count(), 1, "{errors}");
            assert_eq!(
                scene.reported(),
                [pair("in_progress", ""), pair("success", "")]
            );
        }
    }
}

#[test]
fn silent_server_does_not_delay_the_command() {
    let scene = Scene::real_time();
    let silent = Fault::delay(Duration::from_secs(600)).times(1_000_000);
    scene.github.fault(silent);
    let output = scene.run_script(
        &["--report-timeout", "50ms", "--end-timeout", "50ms"],
        "echo out",
    );
    assert_eq!(code(output.status), 0);
    assert_eq!(output.stdout, b"out\n");
    let errors = stderr(&output);
    assert!(
        errors.starts_with("warning: the start is not reported yet; the command is run anyway\nerror: could not report success for deployment 42 of octocat/example in time; the report is in "),
        "{errors}"
    );
    assert_eq!(scene.kept().len(), 1);
}

#[test]
fn server_may_use_the_whole_time_limit() {
    let scene = Scene::real_time();
    let limit = Fault::secondary_limit(RetryAfter::Seconds(7)).on(Operation::CreateStatus);
    scene.github.fault(limit.skip(1));
    let output = scene.run_script(&["--end-timeout", "8s"], "true");
    assert_eq!(scene.reported().last(), Some(&pair("success", "")));
    assert!(
        stderr(&output).starts_with("attempt 2 in 7s "),
        "{output:?}"
    );
}

#[test]
fn unusable_outbox_is_a_warning() {
    let scene = Scene::real_time();
    fs::write(scene.home.path().join("file"), "").unwrap();
    let rejected = Fault::status(403).on(Operation::CreateStatus).times(2);
    scene.github.fault(rejected);
    let output = scene.run_script(&["--outbox", "file/outbox"], "exit 3");
    assert_eq!(code(output.status), 3);
    let errors = stderr(&output);
    assert!(
        errors.starts_with("warning: failed to open the outbox: "),
        "{errors}"
    );
    assert!(errors.contains("will be lost"), "{errors}");
    assert!(
        errors.contains("`deploystatus create failure --repo octocat/example --deployment 42`"),
        "{errors}"
    );
    let output = scene.run_script(&["--outbox", "file/outbox", "--strict"], "touch was-run");
    assert_eq!(code(output.status), 2);
    assert!(!scene.home.path().join("was-run").exists());
}

/// Commands clean their working directories, which may contain the outbox.
#[test]
fn report_is_kept_in_a_removed_outbox() {
    let scene = Scene::real_time();
    scene.github.fault(down());
    let options = [&SHORT_LIMITS[..], &["--outbox", "outbox"]].concat();
    let output = scene.run_script(&options, "rm -r outbox");
    let files = fs::read_dir(scene.home.path().join("outbox")).unwrap();
    assert_eq!(files.count(), 1, "{}", stderr(&output));
}

#[test]
fn lost_report_is_not_said_to_be_kept() {
    let scene = Scene::real_time();
    let silent = Fault::delay(Duration::from_secs(600)).on(Operation::CreateStatus);
    scene.github.fault(silent.skip(1).times(99));
    let options = ["--outbox", "outbox", "--end-timeout", "50ms"];
    let output = scene.run_script(&options, "rm -r outbox; touch outbox");
    let errors = stderr(&output);
    assert!(errors.contains("stored nowhere"), "{errors}");
    assert!(errors.contains("deploystatus create success"), "{errors}");
}

/// No process can create files in `/proc`.
#[cfg(target_os = "linux")]
#[test]
fn unwritable_outbox_is_a_warning() {
    let scene = Scene::real_time();
    let output = scene.run_script(&["--outbox", "/proc"], "echo out >&2");
    assert_eq!(code(output.status), 0);
    assert_eq!(
        stderr(&output),
        "warning: failed to open the outbox: cannot open the outbox /proc: No such file or directory (os error 2); a result that cannot be delivered will be lost\nout\n"
    );
    assert_eq!(scene.reported()[1], pair("success", ""));
    let output = scene.run_script(&["--outbox", "/proc", "--strict"], "touch was-run");
    assert_eq!(code(output.status), 2);
    assert!(!scene.home.path().join("was-run").exists());
}

/// Runs a shell line in a directory `full` with a disk of one page; `None` if this user cannot mount a disk.
#[cfg(target_os = "linux")]
fn with_small_disk(scene: &Scene, line: &str) -> Option<Output> {
    fs::create_dir(scene.home.path().join("full")).unwrap();
    let alone = "unshare --user --map-root-user --mount";
    let disk = "mount -t tmpfs -o size=4k none full";
    let mut mounted = scene.shell(&format!("{alone} {disk}"));
    if !mounted.status().is_ok_and(|status| status.success()) {
        return None;
    }
    let mut shell = scene.shell(&format!("{alone} sh -c '{disk} && {line}'"));
    Some(shell.output().unwrap())
}

/// The report of an unexpected end fills the disk.
#[cfg(target_os = "linux")]
#[test]
fn final_report_fits_on_a_full_disk() {
    let scene = Scene::real_time();
    scene.github.fault(down());
    let limits = SHORT_LIMITS.join(" ");
    let run = format!("deploystatus run --deployment 42 --outbox full {limits} -- false");
    let Some(output) = with_small_disk(&scene, &format!("{run}; cat full/*.json")) else {
        eprintln!("skipped: this user cannot mount a disk");
        return;
    };
    let errors = stderr(&output);
    assert!(!errors.contains("stored nowhere"), "{errors}");
    let kept = String::from_utf8(output.stdout).unwrap();
    assert!(kept.contains("\"failure\""), "{kept}");
    assert!(!kept.contains("\"error\""), "{kept}");
}

#[cfg(target_os = "linux")]
#[test]
fn strict_refuses_to_start_on_a_full_disk() {
    for (option, is_run, number) in [("--strict", false, 2), ("", true, 0)] {
        let scene = Scene::real_time();
        let run = format!("deploystatus run --deployment 42 --outbox full {option}");
        let line = format!("{{ cat /dev/zero > full/fill; {run} -- touch was-run; }}");
        let Some(output) = with_small_disk(&scene, &line) else {
            eprintln!("skipped: this user cannot mount a disk");
            return;
        };
        assert_eq!(output.status.code(), Some(number), "{output:?}");
        assert_eq!(scene.home.path().join("was-run").exists(), is_run);
        assert_eq!(scene.reported().is_empty(), !is_run);
        assert!(stderr(&output).contains("outbox"), "{output:?}");
    }
}

/// Runs a script while syncs of the main thread fail, as `when` selects them; `None` if this user cannot trace.
#[cfg(target_os = "linux")]
fn with_failing_sync(scene: &Scene, error: &str, when: &str, script: &str) -> Option<Output> {
    let mut trace = scene.shell("strace -o trace true");
    if !trace.status().is_ok_and(|status| status.success()) {
        return None;
    }
    let inject =
        format!("strace -o trace -e trace=fsync -e inject=fsync:error={error}:when={when}");
    let mut run = scene.shell(&format!(
        "{inject} deploystatus run --deployment 42 -- {script}"
    ));
    Some(run.output().unwrap())
}

/// Some file systems cannot sync a directory, and any can fail to.
#[cfg(target_os = "linux")]
#[test]
fn failing_sync_leaves_no_unlocked_report() {
    for (error, when) in [("EINVAL", "2"), ("EIO", "2+2")] {
        let scene = Scene::real_time();
        let Some(output) = with_failing_sync(&scene, error, when, "deploystatus flush") else {
            eprintln!("skipped: this user cannot trace, or strace is not installed");
            return;
        };
        assert_eq!(code(output.status), 0, "{}", stderr(&output));
        let states = [pair("in_progress", ""), pair("success", "")];
        assert_eq!(scene.reported(), states, "{error}");
        assert_eq!(scene.kept(), [""; 0], "{error}");
        let errors = stderr(&output);
        assert!(!errors.contains("warning"), "{errors}");
    }
}
