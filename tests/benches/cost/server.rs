//! A server on loopback that responds immediately or after a delay. It decodes nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use crate::response::Statuses;

/// A running server.
pub(crate) struct Server {
    pub(crate) url: String,
    shared: Arc<Shared>,
}

/// State that all connections share.
struct Shared {
    url: String,
    statuses: Statuses,
    delay: Duration,
    requests: AtomicUsize,
    concurrent: AtomicUsize,
    max_concurrent: AtomicUsize,
}

/// Numbers of the requests that a server received.
pub(crate) struct Requests {
    pub(crate) count: usize,
    pub(crate) max_concurrent: usize,
}

impl Server {
    /// Starts a server whose deployment has `statuses` statuses. It runs until the process ends.
    pub(crate) fn start(statuses: u64, delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            url: url.clone(),
            statuses: Statuses::new(statuses),
            delay,
            requests: AtomicUsize::new(0),
            concurrent: AtomicUsize::new(0),
            max_concurrent: AtomicUsize::new(0),
        });
        let server = Self {
            url,
            shared: Arc::clone(&shared),
        };
        thread::spawn(move || {
            for connection in listener.incoming() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || shared.serve(connection.unwrap()));
            }
        });
        server
    }

    /// Returns the numbers of requests since the last call.
    pub(crate) fn take_requests(&self) -> Requests {
        Requests {
            count: self.shared.requests.swap(0, Relaxed),
            max_concurrent: self.shared.max_concurrent.swap(0, Relaxed),
        }
    }
}

impl Shared {
    fn serve(&self, connection: TcpStream) {
        connection.set_nodelay(true).unwrap();
        let mut writer = connection.try_clone().unwrap();
        let mut reader = BufReader::new(connection);
        while let Some(request) = Request::read(&mut reader) {
            self.requests.fetch_add(1, Relaxed);
            let concurrent = self.concurrent.fetch_add(1, Relaxed) + 1;
            self.max_concurrent.fetch_max(concurrent, Relaxed);
            if !self.delay.is_zero() {
                thread::sleep(self.delay);
            }
            let response = if request.has_headers() {
                self.statuses
                    .response(&request.method, &request.path, &self.url)
            } else {
                "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".to_owned()
            };
            self.concurrent.fetch_sub(1, Relaxed);
            if writer.write_all(response.as_bytes()).is_err() {
                return;
            }
        }
    }
}

/// The head of a request.
struct Request {
    method: String,
    path: String,
    headers: String,
}

impl Request {
    /// Reads the next request of a connection, or returns `None` if the connection was closed.
    fn read(reader: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut first = String::new();
        if reader.read_line(&mut first).unwrap_or(0) == 0 {
            return None;
        }
        let mut words = first.split(' ').map(str::to_owned);
        let (method, path) = (words.next()?, words.next()?);
        let mut headers = String::new();
        while !headers.ends_with("\r\n\r\n") && headers != "\r\n" {
            reader
                .read_line(&mut headers)
                .ok()
                .filter(|read| *read > 0)?;
        }
        headers.make_ascii_lowercase();
        let length = headers.split("content-length:").nth(1);
        let length = length.and_then(|rest| rest.lines().next()?.trim().parse().ok());
        reader.read_exact(&mut vec![0; length.unwrap_or(0)]).ok()?;
        Some(Self {
            method,
            path,
            headers,
        })
    }

    /// Returns `true` if it has the headers that GitHub recommends, so that all callers send the same.
    fn has_headers(&self) -> bool {
        [
            "accept: application/vnd.github+json\r\n",
            "authorization: bearer token\r\n",
            "user-agent: ",
            "x-github-api-version: ",
        ]
        .iter()
        .all(|header| self.headers.contains(header))
    }
}
