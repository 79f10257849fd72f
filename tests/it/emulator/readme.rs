use std::process::Command;

use deploystatus_emulator::Emulator;

const README: &str = include_str!("../../../crates/deploystatus-emulator/README.md");

/// Runs the `curl` commands in their order.
#[tokio::test]
async fn curl_commands_of_the_readme_succeed() {
    let version = Command::new("sh").args(["-c", "curl --version"]).output();
    if !version.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: there is no sh or no curl on this machine");
        return;
    }
    let emulator = Emulator::start().await.unwrap();
    let lines: Vec<_> = README
        .lines()
        .filter(|it| it.starts_with("curl "))
        .collect();
    assert!(lines.len() > 20, "{lines:?}");
    for line in lines {
        let mut command = Command::new("sh");
        command.arg("-c").arg(line).env("EMULATOR", emulator.url());
        let run = tokio::task::spawn_blocking(move || command.output());
        let output = run.await.unwrap().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{line}\n{text}");
    }
    let last = emulator.requests();
    assert!(last.is_empty(), "the last line resets");
}
