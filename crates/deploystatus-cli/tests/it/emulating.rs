//! The switches of `emulator`, and the commands that it prints.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::process::wait_until;
use crate::scene::{PROGRAM, Scene};
use crate::schemas;
use crate::serving::{SEED, Served};

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
