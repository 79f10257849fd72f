//! The switches of `emulator`, and commands that run against it.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use snapbox::str;

use crate::process::{Running, wait_until};
use crate::scene::{PROGRAM, Scene};
use crate::schemas;
use crate::serving::{SEED, Served};
use crate::transcript::check;

#[test]
fn emulator_runs_a_command() {
    let scene = Scene::new();
    let script = "deploystatus create success && deploystatus latest | grep -o success";
    let mut command = scene.background(&["emulator", "--run", "--", "sh", "-c", script]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.ends_with("success\n"), "{printed}");
    assert_eq!(output.stderr, b"");
    // The scene's own emulator was not used.
    assert!(scene.github.requests().is_empty());
}

#[test]
fn command_of_the_emulator_uses_a_repository_of_the_seed() {
    let scene = Scene::new();
    let repositories =
        r#"[{"name": "acme/old", "archived": true}, {"name": "acme/shop", "private": true}]"#;
    let seed = format!(r#"{{"repositories": {repositories}}}"#);
    scene.file("seed.json", &seed);
    scene.file("empty.json", "{}");
    let script = "deploystatus create success --quiet >/dev/null && echo $GITHUB_REPOSITORY";
    let run = ["--run", "--", "sh", "-c", script];
    let saved = [
        "emulator",
        "--seed",
        "seed.json",
        "--snapshot",
        "state.json",
    ];
    // The second run reads the snapshot of the first.
    for start in [&saved[..], &["emulator", "--snapshot", "state.json"]] {
        let output = scene.background(&[start, &run].concat()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(output.stdout, b"acme/shop\n");
    }
    check(
        scene.run_bare("emulator --seed empty.json --run -- true"),
        str![[r#"
$ deploystatus emulator --seed empty.json --run -- true
--- stderr
error: missing repository for --run: expected one that is not archived in the seed or snapshot
--- exit 2

"#]],
    );
}

#[test]
fn printed_commands_use_a_repository_of_the_seed() {
    let scene = Scene::new();
    for (seed, repository) in [
        (r#"{"repositories": [{"name": "acme/shop"}]}"#, "acme/shop"),
        ("{}", "octocat/example"),
        (SEED, "octocat/example"),
    ] {
        scene.file("seed.json", seed);
        let mut command = scene.command("emulator --seed seed.json");
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let lines: Vec<_> = lines.take(5).map(Result::unwrap).collect();
        assert!(lines[2].ends_with(&format!("GITHUB_REPOSITORY={repository}")));
        let seeded = std::process::Command::new("sh")
            .args(["-c", &lines[3]])
            .status();
        assert!(seeded.unwrap().success(), "{}", lines[3]);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[test]
fn failed_command_of_the_emulator_is_explained() {
    let scene = Scene::new();
    scene.file("seed.json", SEED);
    let script = "deploystatus create failure --description Broken --quiet >/dev/null
        deploystatus get 7 >/dev/null 2>&1
        exit 9";
    let mut arguments = vec!["emulator", "--seed", "seed.json", "--run", "--"];
    arguments.extend(["sh", "-c", script]);
    let output = scene.background(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(9));
    let errors = String::from_utf8(output.stderr).unwrap();
    let id = errors.split("/deployments/").nth(1).unwrap();
    let id = id.split('/').next().unwrap();
    check(
        errors.replace(id, "ID"),
        str![[r#"
The emulator received 2 requests
  POST /repos/octocat/example/deployments/ID/statuses: 201 {"description":"Broken","state":"failure"}
  GET /repos/octocat/example/deployments/ID/statuses/7: 404
Statuses of deployment ID of octocat/example: failure

"#]],
    );
}

#[test]
fn unknown_command_of_the_emulator_exits_with_127() {
    let scene = Scene::new();
    check(
        scene.run_bare("emulator --run -- ./missing"),
        str![[r#"
$ deploystatus emulator --run -- ./missing
--- stderr
error: cannot start ./missing: No such file or directory
--- exit 127

"#]],
    );
    check(
        scene.run_bare("emulator --run"),
        str![[r#"
$ deploystatus emulator --run
--- stderr
error: the following required arguments were not provided:
  <COMMAND>...

Usage: deploystatus emulator --run -- <COMMAND>...

For more information, try '--help'.
--- exit 2

"#]],
    );
    check(
        scene.run_bare("emulator -- true"),
        str![[r#"
$ deploystatus emulator -- true
--- stderr
error: the following required arguments were not provided:
  --run

Usage: deploystatus emulator --run -- <COMMAND>...

For more information, try '--help'.
--- exit 2

"#]],
    );
}

#[test]
fn signals_reach_the_command_of_the_emulator() {
    let scene = Scene::new();
    let script = "trap 'exit 4' TERM; echo ready; while :; do sleep 0.1; done";
    let mut running =
        Running::start(scene.background(&["emulator", "--run", "--", "sh", "-c", script]));
    assert_eq!(running.line(), "ready");
    running.send(Signal::SIGTERM);
    assert_eq!(running.code(), 4);
}

/// Starts an emulator, pastes its instructions into a shell in another directory, and returns the state.
fn paste(scene: &Scene, mut command: std::process::Command) -> String {
    let mut emulator = command.stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(emulator.stderr.take().unwrap()).lines();
    let mut script = String::new();
    for line in lines.map(Result::unwrap).skip(2) {
        script = format!("{script}{line} || exit 9\n");
        if line.contains(" create ") {
            break;
        }
    }
    let output = scene.shell(&script).current_dir("/").output().unwrap();
    let id = Pid::from_raw(emulator.id().try_into().unwrap());
    kill(id, Signal::SIGTERM).unwrap();
    emulator.wait().unwrap();
    assert!(output.status.success(), "{script}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn instructions_of_the_emulator_work_in_any_directory() {
    let scene = Scene::new();
    let directory = scene.home.path().join("my programs");
    std::fs::create_dir(&directory).unwrap();
    std::fs::copy(PROGRAM, directory.join("copy")).unwrap();
    for program in ["my programs/copy", PROGRAM] {
        let mut command = scene.prepare(std::process::Command::new(program));
        command.arg("emulator").stdout(Stdio::null());
        let state = paste(&scene, command);
        assert!(state.contains("in_progress"), "{state}");
    }
}

#[test]
fn instructions_of_the_emulator_use_its_seed() {
    let scene = Scene::new();
    let seed = r#"{
        "repositories": [{"name": "octocat/other"}],
        "tokens": [{"token": "token-of-the-seed"}],
        "deployments": [{"repository": "octocat/other", "id": 42, "ref": "main"}]
    }"#;
    scene.file("seed.json", seed);
    let mut command = scene.command("emulator --seed seed.json");
    command.stdout(Stdio::null());
    let state = paste(&scene, command);
    assert!(state.contains("in_progress"), "{state}");
}

#[test]
fn instructions_of_the_emulator_work_after_a_restart() {
    let scene = Scene::new();
    for _ in 0..2 {
        let mut command = scene.command("emulator --snapshot state.json");
        command.stdout(Stdio::null());
        let state = paste(&scene, command);
        assert!(state.contains("in_progress"), "{state}");
    }
}

/// Returns the body of a response of the control API.
fn control(scene: &Scene, served: &Served, path: &str, host: Option<&str>) -> String {
    let mut request = reqwest::Client::new().get(format!("{}/_emulator/{path}", served.url));
    if let Some(host) = host {
        request = request.header("host", host);
    }
    scene.block_on(async { request.send().await.unwrap().text().await.unwrap() })
}

#[test]
fn emulator_switches_apply_to_the_control_api() {
    let scene = Scene::new();
    let line = "emulator --allow-host emulator.test --show-credentials";
    let shown = Served::start(&scene, line);
    let hidden = Served::start(&scene, "emulator");
    for (served, is_shown) in [(&shown, true), (&hidden, false)] {
        let latest = format!("latest --deployment 7 --api-url {}", served.url);
        scene.output(&latest);
        let requests = control(&scene, served, "requests", None);
        assert_eq!(requests.contains("secret-token"), is_shown, "{requests}");
        let named = control(&scene, served, "health", Some("emulator.test"));
        assert_eq!(named.contains("unknown host"), !is_shown, "{named}");
    }
    shown.stop(Signal::SIGTERM);
    hidden.stop(Signal::SIGTERM);
}

#[test]
fn every_webhook_receives_the_events() {
    let scene = Scene::new();
    let listeners = [0; 2].map(|_| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    let urls = listeners
        .each_ref()
        .map(|listener| format!("--webhook http://{}/hook", listener.local_addr().unwrap()));
    let served = Served::start(&scene, &format!("emulator {} {}", urls[0], urls[1]));
    let deployments = format!("{}/repos/octocat/example/deployments", served.url);
    let request = reqwest::Client::new()
        .post(deployments)
        .bearer_auth("any")
        .header("user-agent", "test")
        .body(r#"{"ref": "main", "required_contexts": []}"#);
    let created = scene.block_on(request.send()).unwrap();
    assert!(created.status().is_success());
    for listener in listeners {
        let mut line = String::new();
        let (stream, _) = listener.accept().unwrap();
        BufReader::new(stream).read_line(&mut line).unwrap();
        assert_eq!(line, "POST /hook HTTP/1.1\r\n");
    }
    served.stop(Signal::SIGTERM);
}

#[test]
fn page_address_is_printed_and_opened() {
    let scene = Scene::new();
    let bin = scene.home.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let opener = bin.join(if cfg!(target_os = "macos") {
        "open"
    } else {
        "xdg-open"
    });
    std::fs::write(
        &opener,
        "#!/bin/sh\necho \"$1\" > opened.new\nmv opened.new opened\n",
    )
    .unwrap();
    std::fs::set_permissions(&opener, PermissionsExt::from_mode(0o755)).unwrap();
    let mut command = scene.command("emulator --open --json");
    command.env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let printed = serde_json::Deserializer::from_reader(child.stdout.take().unwrap());
    let printed: serde_json::Value = printed.into_iter().next().unwrap().unwrap();
    schemas::validate("emulator", "--json", &printed);
    let page = printed["page_url"].as_str().unwrap();
    assert!(page.ends_with("/_emulator"), "{page}");
    let request = scene.home.path().join("opened");
    wait_until(|| request.exists());
    assert_eq!(std::fs::read_to_string(request).unwrap().trim(), page);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Sends a request to an emulator whose memory is measured.
#[cfg(target_os = "linux")]
async fn post(client: &reqwest::Client, served: &Served, path: &str, body: &str) {
    let request = client.post(format!("{}{path}", served.url));
    let request = request.header("user-agent", "test").bearer_auth("any");
    let response = request.body(body.to_owned()).send().await.unwrap();
    assert!(response.status().is_success(), "{response:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn reset_releases_memory() {
    let scene = Scene::new();
    let refusing = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = refusing.local_addr().unwrap();
    drop(refusing);
    // The kernel accepts connections to this listener, and no response follows.
    let hanging = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    for hook in [refused, hanging.local_addr().unwrap()] {
        let served = Served::start(&scene, &format!("emulator --webhook http://{hook}"));
        let used = memory_of_rounds(&scene, &served);
        // The allocator keeps pages for later, so their reuse shows that the memory was released.
        assert!(2 * used[4] < 3 * used[0], "{hook}: {used:?}");
        served.stop(Signal::SIGTERM);
    }
}

/// Returns the memory in kilobytes at the end of five rounds, each of which ends with a reset.
#[cfg(target_os = "linux")]
fn memory_of_rounds(scene: &Scene, served: &Served) -> [u64; 5] {
    let client = reqwest::Client::new();
    // The request, the deployment and the delivery each store the payload.
    let payload = "x".repeat(20_000);
    let body = serde_json::json!({ "ref": "main", "required_contexts": [], "payload": payload })
        .to_string();
    let at_start = served.memory();
    [(); 5].map(|()| {
        scene.block_on(async {
            for _ in 0..200 {
                let deployments = "/repos/octocat/example/deployments";
                post(&client, served, deployments, &body).await;
            }
            let used = served.memory() - at_start;
            post(&client, served, "/_emulator/reset", "").await;
            used
        })
    })
}

#[cfg(target_os = "linux")]
#[test]
fn requests_and_statuses_use_little_memory() {
    let scene = Scene::new();
    scene.file("seed.json", SEED);
    let served = Served::start(&scene, "emulator --seed seed.json");
    let client = reqwest::Client::new();
    let at_start = served.memory();
    scene.block_on(async {
        for _ in 0..1_000 {
            let statuses = "/repos/octocat/example/deployments/7/statuses";
            post(&client, &served, statuses, r#"{"state": "in_progress"}"#).await;
        }
    });
    // A log that kept the read buffers alive would use more than 7 kB for each request.
    let used = served.memory() - at_start;
    assert!(used < 3_000, "{used} kB for 1,000 requests");
    served.stop(Signal::SIGTERM);
}
