//! Instructions per call, the facade's beside those of reqwest used by hand, in one run.
//!
//! `cargo bench -p tests --bench cost` needs valgrind. Each number is the difference of two run lengths,
//! so that what happens once does not count; the server is a process of its own and does not count either.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use deploystatus::{Client, NewStatus, Pacing, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const OPERATIONS: [&str; 3] = ["create", "get", "list"];
const FEW: u64 = 20;
const MANY: u64 = 120;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["serve"] => serve(),
        ["call", who, operation, times, url] => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(call(who, operation, times.parse().unwrap(), url));
        }
        // Cargo gives `--bench`.
        _ => compare(),
    }
}

fn compare() {
    let program = std::env::current_exe().unwrap();
    let mut server = Command::new(&program)
        .arg("serve")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut url)
        .unwrap();
    println!("instructions per call   reqwest by hand     facade   ratio");
    for operation in OPERATIONS {
        let cost = |who| {
            let run = |times| measure(&program, who, operation, times, url.trim());
            (run(MANY) - run(FEW)) / (MANY - FEW)
        };
        let (by_hand, facade) = (cost("reqwest"), cost("facade"));
        #[expect(clippy::cast_precision_loss, reason = "a ratio of three digits")]
        let ratio = facade as f64 / by_hand as f64;
        println!("{operation:<23} {by_hand:>15} {facade:>10}   {ratio:.3}");
    }
    server.kill().unwrap();
    server.wait().unwrap();
}

fn measure(program: &std::path::Path, who: &str, operation: &str, times: u64, url: &str) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["call", who, operation, &times.to_string(), url])
        .output()
        .expect("valgrind is not installed");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    let collected = text.split("Collected :").nth(1).expect("no count");
    collected
        .split_whitespace()
        .next()
        .unwrap()
        .parse()
        .unwrap()
}

async fn call(who: &str, operation: &str, times: u64, url: &str) {
    if who == "facade" {
        by_facade(operation, times, url).await;
    } else {
        by_hand(operation, times, url).await;
    }
}

async fn by_facade(operation: &str, times: u64, url: &str) {
    let client = Client::builder()
        .base_url(url)
        .token("token")
        .pacing(
            Pacing::new()
                .creations_per_minute(u16::MAX)
                .creations_per_hour(u16::MAX),
        )
        .build()
        .unwrap();
    let deployment = client.deployment("octocat/example", 42).unwrap();
    for _ in 0..times {
        match operation {
            "create" => {
                let status = NewStatus::new(State::InProgress)
                    .log_url("https://ci.example.com/builds/7")
                    .environment("production")
                    .description("Copying files");
                drop(deployment.create_status(status).await.unwrap());
            }
            "get" => drop(deployment.get_status(1).await.unwrap()),
            _ => {
                let page = deployment.statuses().next_page().await.unwrap().unwrap();
                assert_eq!(page.len(), 100);
            }
        }
    }
}

async fn by_hand(operation: &str, times: u64, url: &str) {
    let client = reqwest::Client::builder().build().unwrap();
    let statuses = format!("{url}/repos/octocat/example/deployments/42/statuses");
    for _ in 0..times {
        let request = match operation {
            "create" => client.post(&statuses).json(&Report {
                state: "in_progress".to_owned(),
                log_url: Some("https://ci.example.com/builds/7".to_owned()),
                environment: Some("production".to_owned()),
                description: Some("Copying files".to_owned()),
            }),
            "get" => client.get(format!("{statuses}/1")),
            _ => client.get(format!("{statuses}?per_page=100")),
        };
        let request = request
            .bearer_auth("token")
            .header("accept", "application/vnd.github+json")
            .header("user-agent", "by-hand")
            .header("x-github-api-version", "2022-11-28");
        let response = request.send().await.unwrap().error_for_status().unwrap();
        if operation == "list" {
            assert_eq!(response.json::<Vec<Status>>().await.unwrap().len(), 100);
        } else {
            drop(response.json::<Status>().await.unwrap());
        }
    }
}

#[derive(Serialize)]
struct Report {
    state: String,
    log_url: Option<String>,
    environment: Option<String>,
    description: Option<String>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what is decoded is what costs")]
struct Status {
    id: u64,
    node_id: String,
    url: String,
    state: String,
    creator: Option<User>,
    description: String,
    environment: String,
    target_url: String,
    log_url: String,
    environment_url: String,
    created_at: jiff::Timestamp,
    updated_at: jiff::Timestamp,
    deployment_url: String,
    repository_url: String,
    performed_via_github_app: Option<Value>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "what is decoded is what costs")]
struct User {
    login: String,
    id: u64,
    node_id: String,
    avatar_url: String,
    gravatar_id: String,
    url: String,
    html_url: String,
    followers_url: String,
    following_url: String,
    gists_url: String,
    starred_url: String,
    subscriptions_url: String,
    organizations_url: String,
    repos_url: String,
    events_url: String,
    received_events_url: String,
    r#type: String,
    #[serde(rename = "user_view_type")]
    view: String,
    site_admin: bool,
}

/// A server that answers at once and decodes nothing.
fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    let one = status(1).to_string();
    let page = Value::from((0..100).map(|id| status(1000 - id)).collect::<Vec<_>>()).to_string();
    for connection in listener.incoming() {
        let (one, page) = (one.clone(), page.clone());
        std::thread::spawn(move || answer(connection.unwrap(), &one, &page));
    }
}

fn answer(connection: TcpStream, one: &str, page: &str) {
    connection.set_nodelay(true).unwrap();
    let mut writer = connection.try_clone().unwrap();
    let mut reader = BufReader::new(connection);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).unwrap_or(0) == 0 {
            return;
        }
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        reader.read_exact(&mut vec![0; length]).unwrap();
        let (status, body) = match first.split_whitespace().collect::<Vec<_>>()[..] {
            ["POST", ..] => ("201 Created", one),
            [_, path, ..] if path.ends_with("/1") => ("200 OK", one),
            _ => ("200 OK", page),
        };
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-length: {}\r\n{HEADERS}\r\n",
            body.len()
        );
        writer
            .write_all(&[head.as_bytes(), body.as_bytes()].concat())
            .unwrap();
    }
}

/// As many headers as GitHub sends.
const HEADERS: &str = "content-type: application/json; charset=utf-8\r\n\
    date: Tue, 06 Jan 2026 10:00:00 GMT\r\n\
    cache-control: private, max-age=60, s-maxage=60\r\n\
    vary: Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With\r\n\
    x-github-media-type: github.v3; format=json\r\n\
    x-accepted-github-permissions: deployments=write\r\n\
    x-github-api-version-selected: 2022-11-28\r\n\
    access-control-expose-headers: ETag, Link, Location, Retry-After\r\n\
    access-control-allow-origin: *\r\n\
    strict-transport-security: max-age=31536000; includeSubdomains; preload\r\n\
    x-frame-options: deny\r\n\
    x-content-type-options: nosniff\r\n\
    x-xss-protection: 0\r\n\
    referrer-policy: origin-when-cross-origin, strict-origin-when-cross-origin\r\n\
    content-security-policy: default-src 'none'\r\n\
    server: github.com\r\n\
    etag: \"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"\r\n\
    x-ratelimit-limit: 5000\r\n\
    x-ratelimit-remaining: 4999\r\n\
    x-ratelimit-reset: 1767697200\r\n\
    x-ratelimit-used: 1\r\n\
    x-ratelimit-resource: core\r\n\
    x-github-request-id: FAEB:69510:3BB7879:3A0693E:6A86BABA\r\n";

fn status(id: u64) -> Value {
    let api = "https://api.github.com";
    let user = format!("{api}/users/octocat");
    json!({
        "url": format!("{api}/repos/octocat/example/deployments/42/statuses/{id}"),
        "id": id,
        "node_id": "DES_kwDOAAAAAc8AAAABAAAAAQ",
        "state": "in_progress",
        "creator": {
            "login": "octocat",
            "id": 583_231,
            "node_id": "MDQ6VXNlcjU4MzIzMQ==",
            "avatar_url": "https://avatars.example.com/u/583231?v=4",
            "gravatar_id": "",
            "url": user,
            "html_url": "https://github.com/octocat",
            "followers_url": format!("{user}/followers"),
            "following_url": format!("{user}/following{{/other_user}}"),
            "gists_url": format!("{user}/gists{{/gist_id}}"),
            "starred_url": format!("{user}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{user}/subscriptions"),
            "organizations_url": format!("{user}/orgs"),
            "repos_url": format!("{user}/repos"),
            "events_url": format!("{user}/events{{/privacy}}"),
            "received_events_url": format!("{user}/received_events"),
            "type": "User",
            "user_view_type": "public",
            "site_admin": false
        },
        "description": "Copying files",
        "environment": "production",
        "target_url": "https://ci.example.com/builds/7",
        "created_at": "2026-01-06T10:00:00Z",
        "updated_at": "2026-01-06T10:00:00Z",
        "deployment_url": format!("{api}/repos/octocat/example/deployments/42"),
        "repository_url": format!("{api}/repos/octocat/example"),
        "environment_url": "",
        "log_url": "https://ci.example.com/builds/7",
        "performed_via_github_app": null
    })
}
