use std::time::Duration;

use deploystatus_emulator::{Emulator, Fault};
use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::github::{Github, send, statuses};

async fn connect(github: &Github) -> TcpStream {
    TcpStream::connect(github.emulator.address()).await.unwrap()
}

#[tokio::test]
async fn bodies_above_one_mebibyte_are_rejected() {
    let github = Github::start().await;
    let path = statuses(&github.deployment());
    let body = |length: usize| {
        let front = "{\"state\": \"success\"";
        format!("{front}{}}}", " ".repeat(length - front.len() - 1))
    };
    for (length, code) in [(1 << 20, 201), ((1 << 20) + 1, 413), (5 << 20, 413)] {
        let request = github.request(Method::POST, &path).body(body(length));
        send(request).await.expect(code);
    }
    assert_eq!(github.emulator.requests()[2].status, Some(413));
}

#[tokio::test]
async fn broken_connections_do_not_affect_others() {
    let github = Github::start().await;
    let mut open = Vec::new();
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00"[..],
        b"",
        b"GET / HT",
        b"\r\n\r\n\r\n",
        &[0xff; 4096],
    ] {
        for _ in 0..20 {
            let mut stream = connect(&github).await;
            stream.write_all(bytes).await.unwrap();
            open.push(stream);
        }
    }
    // One client announces a body and does not send it, one closes only its own side.
    let mut stream = connect(&github).await;
    let head = "POST /zen HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    open.push(stream);
    let mut half = connect(&github).await;
    half.shutdown().await.unwrap();
    open.push(half);
    for _ in 0..50 {
        github.get("/zen").await.expect(200);
    }
}

#[tokio::test(start_paused = true)]
async fn slow_requests_are_disconnected() {
    let github = Github::start().await;
    for start in [
        "GET /zen HTTP/1.1\r\nhost: x\r\n",
        "POST /zen HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{",
    ] {
        let mut stream = connect(&github).await;
        stream.write_all(start.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut rest));
        ended.await.expect("the connection is closed").ok();
    }
}

#[tokio::test(start_paused = true)]
async fn work_continues_after_a_client_disconnects() {
    let github = Github::start().await;
    let deployment = github.deployment();
    github.emulator.fault(Fault::delay(Duration::from_secs(5)));
    let body = "{\"state\": \"success\"}";
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\nuser-agent: x\r\nauthorization: token x\r\ncontent-length: {}\r\n\r\n",
        statuses(&deployment),
        body.len()
    );
    let mut stream = connect(&github).await;
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    drop(stream);
    assert!(github.emulator.history(deployment.id).is_empty());
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(github.emulator.history(deployment.id).len(), 1);
}

#[tokio::test]
async fn emulator_listens_on_loopback_until_dropped() {
    let emulator = Emulator::start().await.unwrap();
    let address = emulator.address();
    assert!(address.ip().is_loopback());
    let mut stream = TcpStream::connect(address).await.unwrap();
    drop(emulator);
    assert_eq!(stream.read(&mut [0]).await.unwrap_or(0), 0);
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn address_in_use_is_reported_and_freed_by_stop() {
    let emulator = Emulator::start().await.unwrap();
    let address = emulator.address();
    let error = Emulator::builder()
        .address(address)
        .start()
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), format!("cannot listen on {address}"));
    emulator.stop().await.unwrap();
    Emulator::builder().address(address).start().await.unwrap();
}

#[test]
fn start_outside_a_runtime_is_an_error() {
    let mut start = std::pin::pin!(Emulator::start());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match start.as_mut().poll(&mut context) {
        std::task::Poll::Ready(Err(error)) => assert!(error.to_string().contains("Tokio runtime")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn public_futures_are_send() {
    fn assert_send<T: Send>(_: &T) {}
    assert_send(&Emulator::start());
    let start = Emulator::builder().start();
    assert_send(&start);
    let emulator = start.await.unwrap();
    assert_send(&emulator.wait_for_deliveries());
    assert_send(&emulator.stop());
}
