//! A server on loopback that answers at once, or after as long as a round trip takes. It decodes nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use crate::answer::Statuses;

pub(crate) struct Server {
    pub(crate) url: String,
    inside: Arc<Inside>,
}

struct Inside {
    url: String,
    statuses: Statuses,
    delay: Duration,
    requests: AtomicUsize,
    under_way: AtomicUsize,
    most_at_once: AtomicUsize,
}

/// What a server was asked since it was last looked at.
pub(crate) struct Asked {
    pub(crate) requests: usize,
    pub(crate) most_at_once: usize,
}

impl Server {
    /// One whose deployment has this many statuses. It ends with the process.
    pub(crate) fn start(statuses: u64, delay: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inside = Arc::new(Inside {
            url: url.clone(),
            statuses: Statuses::new(statuses),
            delay,
            requests: AtomicUsize::new(0),
            under_way: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
        });
        let shared = Arc::clone(&inside);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let inside = Arc::clone(&shared);
                thread::spawn(move || inside.serve(connection.unwrap()));
            }
        });
        Self { url, inside }
    }

    pub(crate) fn asked(&self) -> Asked {
        Asked {
            requests: self.inside.requests.swap(0, Relaxed),
            most_at_once: self.inside.most_at_once.swap(0, Relaxed),
        }
    }
}

impl Inside {
    fn serve(&self, connection: TcpStream) {
        connection.set_nodelay(true).unwrap();
        let mut writer = connection.try_clone().unwrap();
        let mut reader = BufReader::new(connection);
        while let Some(request) = Request::read(&mut reader) {
            self.requests.fetch_add(1, Relaxed);
            let under_way = self.under_way.fetch_add(1, Relaxed) + 1;
            self.most_at_once.fetch_max(under_way, Relaxed);
            if !self.delay.is_zero() {
                thread::sleep(self.delay);
            }
            let answer = if request.is_githubs() {
                self.statuses
                    .answer(&request.method, &request.path, &self.url)
            } else {
                "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".to_owned()
            };
            self.under_way.fetch_sub(1, Relaxed);
            if writer.write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }
}

struct Request {
    method: String,
    path: String,
    headers: String,
}

impl Request {
    /// The next one on this connection, unless it was closed.
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

    /// Whether it has what GitHub asks for, so that all callers send the same.
    fn is_githubs(&self) -> bool {
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
