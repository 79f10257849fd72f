//! A scripted server that the properties of one thread share, and clients for it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use deploystatus::{Client, Pacing, RetryPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// The token of the clients, which no text may contain.
pub(super) const TOKEN: &str = "gho_5ecret5ecret5ecret5ecret";

thread_local! {
    static STAGE: Stage = Stage::set_up();
}

/// The server of the clients and another one, with the requests that they received.
pub(super) struct Stage {
    runtime: Runtime,
    script: Arc<Mutex<Script>>,
    strangers: Arc<AtomicUsize>,
    pub(super) own: SocketAddr,
    pub(super) elsewhere: SocketAddr,
}

type Answering = Box<dyn FnMut(&Request) -> Vec<u8> + Send>;

#[derive(Default)]
struct Script {
    answering: Option<Answering>,
    heard: Vec<Request>,
}

/// The head of a request, or `None` if the client started TLS.
#[derive(Clone)]
pub(super) struct Request {
    head: Option<String>,
}

/// Runs a property on this thread's stage.
pub(super) fn on_stage<T>(play: impl FnOnce(&Stage) -> T) -> T {
    STAGE.with(play)
}

/// Returns a response with this status code and these header lines.
pub(super) fn answer(status: u16, headers: &[u8], body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut answer =
        format!("HTTP/1.1 {status} Answer\r\ncontent-length: {length}\r\n").into_bytes();
    answer.extend_from_slice(headers);
    answer.extend_from_slice(b"\r\n");
    answer.extend_from_slice(body);
    answer
}

impl Stage {
    fn set_up() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let script = Arc::new(Mutex::new(Script::default()));
        let strangers = Arc::new(AtomicUsize::new(0));
        let listen = || async { TcpListener::bind("127.0.0.1:0").await.unwrap() };
        let (server, stranger) = runtime.block_on(async { (listen().await, listen().await) });
        let (own, elsewhere) = (server.local_addr(), stranger.local_addr());
        let (own, elsewhere) = (own.unwrap(), elsewhere.unwrap());
        let shared = Arc::clone(&script);
        runtime.spawn(async move {
            while let Ok((connection, _)) = server.accept().await {
                tokio::spawn(serve(connection, Arc::clone(&shared)));
            }
        });
        let count = Arc::clone(&strangers);
        runtime.spawn(async move {
            while stranger.accept().await.is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self {
            runtime,
            script,
            strangers,
            own,
            elsewhere,
        }
    }

    /// Makes a call while the server responds like this, and returns its result and the received requests.
    ///
    /// Checks that all requests went to this server and contained the token.
    pub(super) fn play<F: Future>(
        &self,
        answering: impl FnMut(&Request) -> Vec<u8> + Send + 'static,
        call: impl FnOnce(Client) -> F,
    ) -> (F::Output, Vec<Request>) {
        *self.script.lock().unwrap() = Script {
            answering: Some(Box::new(answering)),
            heard: Vec::new(),
        };
        // Each call gets a new client, because clients remember rate limits and responses.
        let client = Client::builder()
            .base_url(format!("http://{}", self.own))
            .token(TOKEN)
            .pacing(Pacing::off())
            .retry_policy(RetryPolicy::never())
            .build()
            .unwrap();
        let outcome = self.runtime.block_on(async { call(client).await });
        let heard = std::mem::take(&mut self.script.lock().unwrap().heard);
        let strangers = self.strangers.swap(0, Ordering::Relaxed);
        assert_eq!(strangers, 0, "another server received a request");
        for request in heard.iter().filter(|request| !request.is_tls()) {
            assert_eq!(request.header("host"), Some(self.own.to_string()));
            let authorization = request.header("authorization");
            assert_eq!(authorization, Some(format!("Bearer {TOKEN}")));
        }
        (outcome, heard)
    }
}

impl Request {
    /// Returns `true` if the client started TLS, which this server does not support.
    pub(super) fn is_tls(&self) -> bool {
        self.head.is_none()
    }

    /// Returns the method and the path.
    pub(super) fn line(&self) -> (&str, &str) {
        let head = self.head.as_deref().unwrap_or_default();
        let mut words = head.split_whitespace();
        (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        )
    }

    fn header(&self, wanted: &str) -> Option<String> {
        let lines = self.head.as_deref()?.lines().skip(1);
        let mut values = lines
            .filter_map(|line| line.split_once(':'))
            .filter(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim().to_owned());
        let value = values.next();
        assert_eq!(values.next(), None, "{wanted} occurs twice");
        value
    }
}

async fn serve(mut connection: TcpStream, script: Arc<Mutex<Script>>) {
    const HANDSHAKE: u8 = 0x16;
    let mut received = Vec::new();
    loop {
        let end = received
            .windows(4)
            .position(|bytes| bytes == b"\r\n\r\n")
            .map(|at| at + 4);
        let tls = received.first() == Some(&HANDSHAKE);
        let request = match end {
            _ if tls => Request { head: None },
            Some(end) => {
                let head = String::from_utf8_lossy(&received[..end]).into_owned();
                Request { head: Some(head) }
            }
            None => match connection.read_buf(&mut received).await {
                Ok(1..) => continue,
                _ => return,
            },
        };
        let length = request.header("content-length");
        let length = length.map_or(0, |length| length.parse().unwrap());
        let whole = end.unwrap_or_default() + length;
        while received.len() < whole {
            match connection.read_buf(&mut received).await {
                Ok(1..) => {}
                _ => return,
            }
        }
        received.drain(..whole);
        let answer = {
            let mut script = script.lock().unwrap();
            let script = &mut *script;
            script.heard.push(request.clone());
            script.answering.as_mut().map(|answer| answer(&request))
        };
        match answer {
            Some(answer) if !tls && connection.write_all(&answer).await.is_ok() => {}
            _ => return,
        }
    }
}
