//! A server whose responses a property determines, and a client of it. Both are reused.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use deploystatus::{Client, Pacing, RetryPolicy};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// Token of the client, which no text may contain.
pub(super) const TOKEN: &str = "gho_5ecret5ecret5ecret5ecret";

thread_local! {
    static HARNESS: Harness = Harness::new();
}

/// A client, its server, and another server that the client must not contact.
pub(super) struct Harness {
    runtime: Runtime,
    script: Arc<Mutex<Script>>,
    /// Number of connections to the other server.
    strays: Arc<AtomicUsize>,
    pub(super) own: SocketAddr,
    pub(super) elsewhere: SocketAddr,
}

type Respond = Box<dyn FnMut(&Request) -> Vec<u8> + Send>;

/// Responses of the server, and the requests that it received.
#[derive(Default)]
struct Script {
    respond: Option<Respond>,
    requests: Vec<Request>,
}

/// The head of a request, or `None` if the client started TLS.
#[derive(Clone)]
pub(super) struct Request {
    head: Option<String>,
}

/// Runs a property with the harness of this thread.
pub(super) fn with_harness<T>(property: impl FnOnce(&Harness) -> T) -> T {
    HARNESS.with(property)
}

/// Returns a response with these header lines.
pub(super) fn response(status: u16, headers: &[u8], body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut response =
        format!("HTTP/1.1 {status} Status\r\ncontent-length: {length}\r\n").into_bytes();
    response.extend_from_slice(headers);
    response.extend_from_slice(b"\r\n");
    response.extend_from_slice(body);
    response
}

impl Harness {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let script = Arc::new(Mutex::new(Script::default()));
        let strays = Arc::new(AtomicUsize::new(0));
        let listen = || async { TcpListener::bind("127.0.0.1:0").await.unwrap() };
        let (server, other) = runtime.block_on(async { (listen().await, listen().await) });
        let (own, elsewhere) = (server.local_addr(), other.local_addr());
        let (own, elsewhere) = (own.unwrap(), elsewhere.unwrap());
        let shared = Arc::clone(&script);
        runtime.spawn(async move {
            while let Ok((connection, _)) = server.accept().await {
                tokio::spawn(serve(connection, Arc::clone(&shared)));
            }
        });
        let count = Arc::clone(&strays);
        runtime.spawn(async move {
            while other.accept().await.is_ok() {
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
        Self {
            runtime,
            script,
            strays,
            own,
            elsewhere,
        }
    }

    /// Makes a call and returns its result with the requests that the server received.
    ///
    /// Panics if the call contacted the other server, or sent a request without the token.
    pub(super) fn run<F: Future>(
        &self,
        respond: impl FnMut(&Request) -> Vec<u8> + Send + 'static,
        call: impl FnOnce(Client) -> F,
    ) -> (F::Output, Vec<Request>) {
        *self.script.lock().unwrap() = Script {
            respond: Some(Box::new(respond)),
            requests: Vec::new(),
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
        let requests = std::mem::take(&mut self.script.lock().unwrap().requests);
        let strays = self.strays.swap(0, Ordering::Relaxed);
        assert_eq!(strays, 0, "the other server was contacted");
        for request in requests.iter().filter(|request| !request.is_tls()) {
            assert_eq!(request.header("host"), Some(self.own.to_string()));
            let authorization = request.header("authorization");
            assert_eq!(authorization, Some(format!("Bearer {TOKEN}")));
        }
        (outcome, requests)
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
        assert_eq!(values.next(), None, "duplicate header {wanted}");
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
        let response = {
            let mut script = script.lock().unwrap();
            let script = &mut *script;
            script.requests.push(request.clone());
            script.respond.as_mut().map(|respond| respond(&request))
        };
        match response {
            Some(response) if !tls && connection.write_all(&response).await.is_ok() => {}
            _ => return,
        }
    }
}
