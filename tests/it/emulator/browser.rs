//! The page in a browser. The tests are skipped where chromium or chromedriver is not installed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use deploystatus_emulator::{Clock, Emulator, Fault, FaultMix, NewStatus, ReplicaLag, Webhook};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::github::{Github, send, statuses};
use super::page::HOSTILE;

/// Options for a browser that starts without questions and calls no other server.
const OPTIONS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP emulator.test 127.0.0.1",
];

fn options(profile: &TempDir) -> Vec<String> {
    let folder = format!("--user-data-dir={}", profile.path().display());
    OPTIONS
        .map(str::to_owned)
        .into_iter()
        .chain([folder])
        .collect()
}

/// Returns `true`, and prints a message, if a program is not installed.
#[expect(clippy::print_stderr, reason = "a skipped test must be visible")]
fn is_skipped(program: &str) -> bool {
    let is_missing = Command::new(program).arg("--version").output().is_err();
    if is_missing {
        eprintln!("skipped: {program} is not installed");
    }
    is_missing
}

/// Set `DEPLOYSTATUS_SCREENSHOT` to a file to keep a picture of the page.
#[tokio::test]
async fn page_shows_hostile_texts_in_a_browser() {
    if is_skipped("chromium") {
        return;
    }
    let github = Github::from(Emulator::builder().clock(Clock::manual())).await;
    let deployment = github.deployment_to("staging");
    for (state, description) in [("in_progress", "Copying"), ("success", HOSTILE)] {
        let new = NewStatus::new(state).description(description);
        github.emulator.create_status(deployment.id, new).unwrap();
        github.emulator.advance(Duration::from_secs(90));
    }
    github.emulator.fault(Fault::status(502).after_work());
    let sent = json!({"state": "failure", "description": HOSTILE});
    github.post(&statuses(&deployment), sent).await.expect(502);
    let refused = json!({"state": HOSTILE});
    let refused = github.post(&statuses(&deployment), refused).await;
    refused.expect(422);

    let profile = TempDir::new().unwrap();
    let screenshot = profile.path().join("page.png");
    let screenshot = std::env::var_os("DEPLOYSTATUS_SCREENSHOT").unwrap_or(screenshot.into());
    let mut command = Command::new("chromium");
    command.args(options(&profile)).args([
        "--virtual-time-budget=5000",
        "--window-size=1200,900",
        "--dump-dom",
    ]);
    command.arg(format!("--screenshot={}", screenshot.display()));
    command.arg(format!("{}/_emulator?once", github.emulator.url()));
    let run = tokio::task::spawn_blocking(move || command.output());
    let output = run.await.unwrap().unwrap();
    assert!(output.status.success(), "{output:?}");
    let dom = String::from_utf8(output.stdout).unwrap();
    for expected in [
        "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;",
        "was stored as 5000000003, but the client received 502",
        "was not stored: 422 Validation Failed",
    ] {
        assert!(dom.contains(expected), "{expected} is missing in {dom}");
    }
    assert!(!dom.contains("<img"), "{dom}");
}

#[tokio::test]
async fn page_claims_only_what_the_log_shows() {
    if is_skipped("chromium") || is_skipped("chromedriver") {
        return;
    }
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    let page = Page::open(&format!("{}/_emulator", github.emulator.url())).await;
    let sent = json!({"state": "success"});
    github.post(&path, sent.clone()).await.expect(201);
    let all_stored = "None. Every status in the log of the last 10,000 requests was stored.";
    page.wait(&format!("text('problems') === '{all_stored}'"))
        .await;
    for (lag, text) in [
        (r#"{"min_ms": 3000}"#, "the state of 3000 ms ago"),
        (r#"{"max_ms": 20}"#, "the state of up to 20 ms ago"),
        (
            r#"{"min_ms": 1, "max_ms": 2}"#,
            "the state of 1 to 2 ms ago",
        ),
    ] {
        let lag = serde_json::from_str(lag).unwrap();
        github.emulator.change_quirks(|it| it.replica_lag = lag);
        page.wait(&format!("text('problems').includes('{text}')"))
            .await;
    }
    github
        .emulator
        .change_quirks(|it| it.replica_lag = ReplicaLag::default());
    github
        .emulator
        .fault(Fault::delay(Duration::from_secs(600)));
    let held = tokio::spawn(github.request(Method::POST, &path).json(&sent).send());
    page.wait("text('problems') === 'None so far. Creations in progress: 1.'")
        .await;
    page.wait("text('activity').includes('in progress')").await;
    held.abort();
}

#[tokio::test]
async fn copied_command_repeats_the_request() {
    if is_skipped("chromium") || is_skipped("chromedriver") || is_skipped("curl") {
        return;
    }
    let github = Github::from(Emulator::builder().allow_host("emulator.test")).await;
    let path = statuses(&github.deployment());
    // The body is longer than in the list, and curl reads a body with this start from a file.
    let body = format!("@it's {}", "x".repeat(3_000));
    let method = Method::from_bytes(b"PO'ST").unwrap();
    let request = github.request(method, &path).body(body);
    send(request.header("x-empty", "")).await.expect(404);
    // On a page without TLS, this name gives no access to the clipboard.
    let port = github.emulator.address().port();
    let page = Page::open(&format!("http://emulator.test:{port}/_emulator")).await;
    page.wait("find('request 1')").await;
    page.run("find('request 1').querySelector('button').click()")
        .await;
    page.wait("document.getElementById('copy').open").await;
    let command = page.value("return text('copy-text')").await;
    let command = command.replace("emulator.test", "127.0.0.1");

    let mut shell = Command::new("sh");
    shell.args(["-c", &command]).env("GITHUB_TOKEN", "token");
    let run = tokio::task::spawn_blocking(move || shell.output());
    assert!(run.await.unwrap().unwrap().status.success(), "{command}");
    let [sent, repeated] = [0, 1].map(|index| github.emulator.requests().remove(index));
    assert_eq!(
        (&repeated.method, &repeated.path, &repeated.body),
        (&sent.method, &sent.path, &sent.body)
    );
    for name in ["authorization", "user-agent", "x-empty", "accept"] {
        assert_eq!(repeated.header(name), sent.header(name), "{name}");
    }
}

#[tokio::test]
async fn page_controls_the_emulator_in_a_browser() {
    if is_skipped("chromium") || is_skipped("chromedriver") {
        return;
    }
    let receiver = Emulator::start().await.unwrap();
    receiver.fault(Fault::status(401).body("signature is invalid"));
    let hook = Webhook::new(receiver.url());
    let builder = Emulator::builder().clock(Clock::manual()).webhook(hook);
    let github = Github::from(builder).await;
    let deployment = github.deployment();
    let page = Page::open(&format!("{}/_emulator", github.emulator.url())).await;
    page.wait("text('problems').includes('The log contains no requests')")
        .await;

    page.run("button('502 after storing').click()").await;
    page.wait("text('faults').includes('after_work')").await;
    let sent = json!({"state": "success"});
    github.post(&statuses(&deployment), sent).await.expect(502);
    page.wait("text('problems').includes('was stored as 5000000001, but the client received 502')")
        .await;
    page.wait("text('faults') === ''").await;
    github.emulator.fault_mix(FaultMix::seeded(7).percent(1));
    page.wait("text('faults') === 'random faults · seed 7 · percent 1 · max_delay_ms 10000'")
        .await;
    page.run("button('Clear').click()").await;
    page.wait("text('faults') === ''").await;

    page.run("find('delivery 1').open = true").await;
    page.wait("text('activity').includes('Response 401:\\nsignature is invalid')")
        .await;
    page.run("button('+1 min').click()").await;
    page.wait("text('now').includes('00:01:00')").await;
    page.wait("find('delivery 1').open").await;
    page.run("find('delivery 1').querySelector('button').click()")
        .await;
    page.wait("text('activity').includes('(attempt 2)')").await;

    let quirk = "document.querySelector('[aria-label=auto_inactive]')";
    page.run(&format!(
        "window.before = {quirk}; before.value = 'observed'; before.dispatchEvent(new Event('change'))"
    ))
    .await;
    page.wait(&format!(
        "{quirk} !== before && {quirk}.value === '\"observed\"'"
    ))
    .await;

    page.run("button('Reset').click()").await;
    page.call("alert/accept", json!({})).await;
    page.wait("text('deployments') === 'No deployments.'").await;
    assert!(github.emulator.requests().is_empty());
}

/// A page in a browser that chromedriver controls.
struct Page {
    driver: Child,
    session: String,
    http: reqwest::Client,
    /// Deleted when the browser has ended.
    profile: TempDir,
}

impl Page {
    async fn open(url: &str) -> Page {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdout(Stdio::piped());
        let mut driver = command.spawn().unwrap();
        let output = BufReader::new(driver.stdout.take().unwrap());
        let mut ports = output.lines().filter_map(|line| {
            let line = line.unwrap();
            let (_, port) = line.split_once("successfully on port ")?;
            Some(port.trim_end_matches('.').to_owned())
        });
        let server = format!("http://127.0.0.1:{}", ports.next().unwrap());
        let profile = TempDir::new().unwrap();
        let mut page = Page {
            driver,
            session: format!("{server}/session"),
            http: reqwest::Client::new(),
            profile,
        };
        let arguments = json!({"args": options(&page.profile)});
        let browser = json!({"browserName": "chrome", "goog:chromeOptions": arguments});
        let new = json!({"capabilities": {"alwaysMatch": browser}});
        let created = page.send(page.session.clone(), new).await;
        let id = created["sessionId"].as_str().unwrap();
        page.session = format!("{server}/session/{id}");
        page.call("url", json!({"url": url})).await;
        page
    }

    async fn send(&self, url: String, body: Value) -> Value {
        let response = send(self.http.post(url).json(&body)).await.expect(200);
        response.json()["value"].clone()
    }

    async fn call(&self, command: &str, body: Value) -> Value {
        self.send(format!("{}/{command}", self.session), body).await
    }

    async fn run(&self, script: &str) {
        let script = format!("{FUNCTIONS}{script}");
        let body = json!({"script": script, "args": []});
        self.call("execute/sync", body).await;
    }

    /// Returns the text that a script returns.
    async fn value(&self, script: &str) -> String {
        let body = json!({"script": format!("{FUNCTIONS}{script}"), "args": []});
        let value = self.call("execute/sync", body).await;
        value.as_str().unwrap().to_owned()
    }

    /// Waits until a change of the page makes an expression true, for at most 30 seconds.
    async fn wait(&self, expression: &str) {
        let script = format!(
            "{FUNCTIONS}const done = arguments[0];
            const check = () => {{ if ({expression}) {{ observer.disconnect(); done(); }} }};
            const observer = new MutationObserver(check);
            observer.observe(document, {{subtree: true, childList: true, characterData: true, attributes: true}});
            check();"
        );
        let body = json!({"script": script, "args": []});
        self.call("execute/async", body).await;
    }
}

impl Drop for Page {
    /// Ends the browser, also when a test fails.
    fn drop(&mut self) {
        let (server, path) = self
            .session
            .split_at(self.session.rfind("/session").unwrap());
        let authority = server.strip_prefix("http://").unwrap();
        let request = format!("DELETE {path} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        // The driver ends the browser before it responds.
        let ended = TcpStream::connect(authority).and_then(|mut stream| {
            stream.write_all(request.as_bytes())?;
            stream.read(&mut [0; 512])
        });
        ended.ok();
        self.driver.kill().unwrap();
        self.driver.wait().unwrap();
    }
}

/// Functions that the scripts use.
const FUNCTIONS: &str = "
    const text = id => document.getElementById(id).textContent;
    const button = name => Array.from(document.querySelectorAll('button')).find(it => it.textContent === name);
    const find = key => document.querySelector('[data-key=\"' + key + '\"]');
";
