use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use deploystatus_emulator::{Emulator, EmulatorBuilder};
use reqwest::{Method, RequestBuilder};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::github::{Github, send};

fn health(github: &Github) -> RequestBuilder {
    let url = format!("{}/_emulator/health", github.emulator.url());
    reqwest::Client::new().get(url)
}

fn everywhere() -> EmulatorBuilder {
    Emulator::builder().address(SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)))
}

#[tokio::test]
async fn foreign_origins_are_refused() {
    let github = Github::start().await;
    let port = github.emulator.address().port();
    for (origin, code) in [
        (format!("http://127.0.0.1:{port}"), 200),
        ("https://evil.example".to_owned(), 403),
        ("http://localhost:3000".to_owned(), 403),
        ("null".to_owned(), 403),
        (String::new(), 403),
    ] {
        let request = health(&github).header("origin", &origin);
        assert_eq!(send(request).await.status, code, "{origin}");
    }
    let url = format!("{}/_emulator/health", github.emulator.url());
    let preflight = reqwest::Client::new().request(Method::OPTIONS, url);
    let preflight = send(preflight.header("origin", "https://evil.example")).await;
    let preflight = preflight.expect(403);
    assert!(
        !preflight
            .headers
            .contains_key("access-control-allow-origin")
    );
    let url = format!("{}/_emulator/reset", github.emulator.url());
    let reset = reqwest::Client::new().post(url);
    let error = send(reset.header("origin", "https://evil.example")).await;
    let error = error.expect(403).json()["error"].clone();
    assert_eq!(error, "foreign origin \"https://evil.example\"");
}

#[tokio::test]
async fn rebound_names_are_refused() {
    let github = Github::from(Emulator::builder().allow_host("GitHub.test")).await;
    for (host, code) in [
        ("localhost", 200),
        ("LOCALHOST:8080", 200),
        ("127.0.0.1", 200),
        ("[::1]:8080", 200),
        ("github.test:8080", 200),
        ("evil.example", 403),
        ("localhost.evil.example:8080", 403),
        ("10.0.0.1", 403),
        ("", 403),
    ] {
        let request = health(&github).header("host", host);
        assert_eq!(send(request).await.status, code, "{host}");
    }
    // GitHub's API accepts every name, because proxies and containers have their own.
    let request = github.request(Method::GET, "/zen");
    send(request.header("host", "evil.example"))
        .await
        .expect(200);
}

#[tokio::test]
async fn control_is_off_on_other_addresses() {
    let github = Github::from(everywhere()).await;
    let error = send(health(&github)).await.expect(403).json();
    let error = error["error"].as_str().unwrap().to_owned();
    assert!(error.contains("listens on 0.0.0.0"), "{error}");
    github.get("/zen").await.expect(200);
    let github = Github::from(everywhere().expose_control()).await;
    send(health(&github)).await.expect(200);
    let request = health(&github).header("host", "10.0.0.1:80");
    send(request).await.expect(200);
    let request = health(&github).header("host", "evil.example");
    send(request).await.expect(403);
}

#[tokio::test]
async fn credentials_are_masked_unless_shown() {
    let token = "ghp_0123456789abcdefghij";
    for (builder, shown) in [
        (Emulator::builder(), "Bearer ghp_…ghij"),
        (
            Emulator::builder().show_credentials(),
            "Bearer ghp_0123456789abcdefghij",
        ),
    ] {
        let github = Github::from(builder).await;
        let request = github.anonymous(Method::GET, "/user").bearer_auth(token);
        send(request).await.expect(200);
        let url = format!("{}/_emulator/requests", github.emulator.url());
        let list = send(reqwest::Client::new().get(url)).await.json();
        let headers = list[0]["headers"].as_array().unwrap();
        let header = headers.iter().find(|it| it[0] == "authorization").unwrap();
        assert_eq!(header[1], shown);
        let request = &github.emulator.requests()[0];
        let complete = format!("Bearer {token}");
        assert_eq!(request.header("authorization"), Some(complete.as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn slow_control_bodies_are_disconnected() {
    let github = Github::start().await;
    let mut stream = TcpStream::connect(github.emulator.address()).await.unwrap();
    let head = "POST /_emulator/seed HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut rest = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(31), stream.read_to_end(&mut rest));
    end.await.expect("the connection is closed").ok();
    assert!(rest.is_empty());
}
