//! A server on loopback with or without TLS. It decodes nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::response::Statuses;

/// A running server.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

/// A connection with or without TLS.
trait Connection: Read + Write {}

impl Connection for TcpStream {}

impl Connection for StreamOwned<ServerConnection, TcpStream> {}

/// State that all connections share.
struct Shared {
    tls: Option<Arc<ServerConfig>>,
    statuses: Statuses,
    requests: AtomicUsize,
}

impl Server {
    /// Starts a server whose deployment has `statuses` statuses. It runs until the process ends.
    pub(crate) fn start(statuses: u64) -> Self {
        Self::start_with(statuses, None)
    }

    /// Starts a server with TLS.
    pub(crate) fn start_tls(statuses: u64, tls: &Arc<ServerConfig>) -> Self {
        Self::start_with(statuses, Some(Arc::clone(tls)))
    }

    fn start_with(statuses: u64, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{address}");
        let shared = Arc::new(Shared {
            tls,
            statuses: Statuses::new(statuses),
            requests: AtomicUsize::new(0),
        });
        let server = Self {
            url,
            address,
            shared: Arc::clone(&shared),
        };
        thread::spawn(move || {
            for connection in listener.incoming() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || shared.accept(connection.unwrap()));
            }
        });
        server
    }

    /// Returns the number of requests since the last call.
    pub(crate) fn take_requests(&self) -> usize {
        self.shared.requests.swap(0, Relaxed)
    }
}

impl Shared {
    fn accept(&self, connection: TcpStream) {
        connection.set_nodelay(true).unwrap();
        match &self.tls {
            None => self.serve(connection, "http"),
            Some(tls) => {
                let tls = ServerConnection::new(Arc::clone(tls)).unwrap();
                self.serve(StreamOwned::new(tls, connection), "https");
            }
        }
    }

    fn serve(&self, connection: impl Connection, scheme: &str) {
        let mut reader = BufReader::new(connection);
        while let Some(request) = Request::read(&mut reader) {
            self.requests.fetch_add(1, Relaxed);
            let response = if request.has_headers() {
                let url = format!("{scheme}://{}", request.host());
                self.statuses.response(&request, &url)
            } else {
                b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".to_vec()
            };
            let writer = reader.get_mut();
            let written = writer.write_all(&response).and_then(|()| writer.flush());
            if written.is_err() {
                return;
            }
        }
    }
}

/// The head of a request.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: String,
}

impl Request {
    /// Reads the next request of a connection, or returns `None` if the connection was closed.
    fn read(reader: &mut BufReader<impl Connection>) -> Option<Self> {
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
        let request = Self {
            method,
            path,
            headers,
        };
        let length = request.header("content-length");
        let length = length.and_then(|length| length.parse().ok());
        reader.read_exact(&mut vec![0; length.unwrap_or(0)]).ok()?;
        Some(request)
    }

    /// Returns the host to which the client sent the request, which may be that of a slow link.
    fn host(&self) -> &str {
        self.header("host").unwrap_or_default()
    }

    /// Returns `true` if the client accepts a compressed response.
    pub(crate) fn accepts_gzip(&self) -> bool {
        let encodings = self.header("accept-encoding");
        encodings.is_some_and(|encodings| encodings.contains("gzip"))
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self
            .headers
            .lines()
            .filter_map(|line| line.split_once(": "));
        Some(lines.find(|line| line.0 == name)?.1)
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
