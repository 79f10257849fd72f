use std::process::Command;

use deploystatus_emulator::Emulator;

const README: &str = include_str!("../../../crates/deploystatus-emulator/README.md");

/// The `curl` lines are run in their order, as a reader would, and must succeed.
#[tokio::test]
async fn the_curl_lines_of_the_readme_work() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: there is no curl on this machine");
        return;
    }
    let emulator = Emulator::start().await.unwrap();
    let lines: Vec<_> = README
        .lines()
        .filter(|it| it.starts_with("curl "))
        .collect();
    assert!(lines.len() > 20);
    for line in lines {
        let mut command = Command::new("sh");
        command.arg("-c").arg(line).env("EMULATOR", emulator.url());
        let run = tokio::task::spawn_blocking(move || command.output());
        let output = run.await.unwrap().unwrap();
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{line}\n{told}");
    }
    let last = emulator.requests();
    assert!(last.is_empty(), "the last line resets");
}
