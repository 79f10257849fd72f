//! The wire: sockets that can fail on purpose, and what serves them.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Sleep;
use tower::ServiceExt;

/// A client that has not sent the head of its request by then is let go.
const SLOWEST_HEAD: Duration = Duration::from_secs(30);

/// How many bytes of a dribbled head come at a time.
const DROP: usize = 16;

/// How the next answer goes over the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Whole,
    /// The connection is closed after so many bytes of the body.
    CutBody(u64),
    /// The head comes a few bytes at a time, with this pause between them.
    Dribble(Duration),
    /// The connection is reset instead of closed.
    Reset,
}

/// One connection, as the pipeline reaches it.
#[derive(Debug)]
pub(crate) struct Line {
    /// With whether anything was sent by it yet.
    plan: Mutex<(Plan, bool)>,
}

/// Marks a response that is not to be sent: the connection is closed instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hangup;

/// Serves connections until the emulator stops, and ends them then.
pub(crate) async fn accept(
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<()>,
) {
    // A machine out of sockets has some again soon.
    const PAUSE: Duration = Duration::from_millis(50);
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, router.clone()));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
        // Forget those that are over.
        while connections.try_join_next().is_some() {}
    }
    // Whoever waits for the end may count on nothing being done after it.
    connections.shutdown().await;
}

/// Serves one connection until either side closes it.
async fn serve(stream: TcpStream, router: Router) {
    // Answers are small and should not wait for more; a socket that refuses is not worse for it.
    let _ = stream.set_nodelay(true);
    let line = Arc::new(Line {
        plan: Mutex::new((Plan::Whole, false)),
    });
    let socket = Socket {
        stream,
        line: Arc::clone(&line),
        head: Head::default(),
        body_sent: 0,
        pause: None,
    };
    let service = service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        let line = Arc::clone(&line);
        async move {
            line.plan(Plan::Whole);
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(line);
            let response: Result<Response, Infallible> = router.oneshot(request).await;
            let Ok(response) = response;
            if response.extensions().get::<Hangup>().is_some() {
                return Err(HungUp);
            }
            Ok(response)
        }
    });
    // Garbage, time-outs and faults all end the connection, and that is all there is to them.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(SLOWEST_HEAD)
        .serve_connection(TokioIo::new(socket), service)
        .await;
}

impl Line {
    /// Says how the next answer is sent.
    pub(crate) fn plan(&self, plan: Plan) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = (plan, false);
    }

    /// How to send, and whether this is the beginning of an answer.
    fn planned(&self) -> (Plan, bool) {
        let mut planned = self.plan.lock().unwrap_or_else(PoisonError::into_inner);
        let (plan, begun) = *planned;
        planned.1 = true;
        (plan, !begun)
    }
}

impl Hangup {
    pub(crate) fn response() -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(Hangup);
        response
    }
}

/// Tells hyper to close the connection without an answer.
#[derive(Debug)]
struct HungUp;

impl std::fmt::Display for HungUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("answer: the connection is to be closed instead")
    }
}

impl std::error::Error for HungUp {}

/// A socket that sends as planned.
struct Socket {
    stream: TcpStream,
    line: Arc<Line>,
    head: Head,
    body_sent: u64,
    pause: Option<Pin<Box<Sleep>>>,
}

/// How much of `\r\n\r\n` was seen at the end of what was sent.
#[derive(Clone, Copy, Default)]
struct Head {
    seen: usize,
}

impl Head {
    fn is_over(self) -> bool {
        self.seen == 4
    }

    /// Follows what is sent; says how much of it belongs to the head.
    fn follow(&mut self, bytes: &[u8]) -> usize {
        for (index, byte) in bytes.iter().enumerate() {
            if self.is_over() {
                return index;
            }
            let expected = if self.seen.is_multiple_of(2) {
                b'\r'
            } else {
                b'\n'
            };
            self.seen = match (*byte == expected, *byte == b'\r') {
                (true, _) => self.seen + 1,
                (false, true) => 1,
                (false, false) => 0,
            };
        }
        bytes.len()
    }
}

impl Socket {
    fn cut(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
        most: u64,
    ) -> Poll<io::Result<usize>> {
        let mut head = self.head;
        let of_head = head.follow(bytes);
        let left = usize::try_from(most - self.body_sent).unwrap_or(usize::MAX);
        let sendable = bytes.len().min(of_head.saturating_add(left));
        if sendable == 0 && !bytes.is_empty() {
            let closed = ready!(Pin::new(&mut self.stream).poll_shutdown(context));
            return Poll::Ready(closed.and(Err(io::ErrorKind::ConnectionAborted.into())));
        }
        let sent = ready!(Pin::new(&mut self.stream).poll_write(context, &bytes[..sendable]))?;
        let of_head = self.head.follow(&bytes[..sent]);
        self.body_sent += (sent - of_head) as u64;
        Poll::Ready(Ok(sent))
    }

    fn dribble(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
        pause: Duration,
    ) -> Poll<io::Result<usize>> {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        let most = if self.head.is_over() {
            bytes.len()
        } else {
            bytes.len().min(DROP)
        };
        let sent = ready!(Pin::new(&mut self.stream).poll_write(context, &bytes[..most]))?;
        self.head.follow(&bytes[..sent]);
        if !self.head.is_over() {
            self.pause = Some(Box::pin(tokio::time::sleep(pause)));
        }
        Poll::Ready(Ok(sent))
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let (plan, begins) = self.line.planned();
        if begins {
            self.head = Head::default();
            self.body_sent = 0;
        }
        match plan {
            Plan::Whole | Plan::Reset => Pin::new(&mut self.stream).poll_write(context, bytes),
            Plan::CutBody(most) => self.cut(context, bytes, most),
            Plan::Dribble(pause) => self.dribble(context, bytes, pause),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.line.planned().0 == Plan::Reset {
            // The kernel sends a reset if nothing may linger.
            let _ = self.stream.set_zero_linger();
        }
    }
}
