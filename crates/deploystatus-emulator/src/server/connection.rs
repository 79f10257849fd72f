//! Sockets, and the failures of connections.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use crate::model::lock;

/// Number of bytes between the pauses of [`WritePlan::Dribble`].
const DRIBBLE_SIZE: usize = 16;

/// The way in which the next response is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WritePlan {
    Whole,
    /// The connection is closed after this number of bytes of the body.
    CutBody(u64),
    /// The head is written in small pieces with this pause between them.
    Dribble(Duration),
    /// The connection is reset instead of closed.
    Reset,
}

/// The handle by which the pipeline controls a connection.
#[derive(Debug)]
pub(crate) struct Connection {
    next_write: Mutex<NextWrite>,
}

#[derive(Clone, Copy, Debug)]
struct NextWrite {
    plan: WritePlan,
    /// `true` if a part of the response was written.
    started: bool,
}

/// Error that makes hyper close the connection without a response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disconnect;

impl fmt::Display for Disconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed without a response")
    }
}

impl std::error::Error for Disconnect {}

impl Connection {
    pub(crate) fn new() -> Connection {
        Connection {
            next_write: Mutex::new(NextWrite {
                plan: WritePlan::Whole,
                started: false,
            }),
        }
    }

    /// Sets the way in which the next response is written.
    pub(crate) fn plan(&self, plan: WritePlan) {
        *lock(&self.next_write) = NextWrite {
            plan,
            started: false,
        };
    }

    /// Returns the plan for a write, and marks the response as started.
    fn start_write(&self) -> NextWrite {
        let mut next_write = lock(&self.next_write);
        let current = *next_write;
        next_write.started = true;
        current
    }
}

/// A socket that writes as planned.
pub(crate) struct Socket {
    stream: TcpStream,
    connection: Arc<Connection>,
    head: Head,
    body_sent: u64,
    pause: Option<Pin<Box<Sleep>>>,
}

/// Number of bytes of `\r\n\r\n` at the end of the bytes that were written.
#[derive(Clone, Copy, Default)]
struct Head {
    seen: usize,
}

impl Head {
    fn is_complete(self) -> bool {
        self.seen == 4
    }

    /// Updates the position for written bytes, and returns how many of them belong to the head.
    fn advance(&mut self, bytes: &[u8]) -> usize {
        for (index, byte) in bytes.iter().enumerate() {
            if self.is_complete() {
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
    pub(crate) fn new(stream: TcpStream, connection: Arc<Connection>) -> Socket {
        Socket {
            stream,
            connection,
            head: Head::default(),
            body_sent: 0,
            pause: None,
        }
    }

    fn cut(
        &mut self,
        context: &mut Context<'_>,
        bytes: &[u8],
        max: u64,
    ) -> Poll<io::Result<usize>> {
        let mut head = self.head;
        let head_bytes = head.advance(bytes);
        let left = usize::try_from(max - self.body_sent).unwrap_or(usize::MAX);
        let sendable = bytes.len().min(head_bytes.saturating_add(left));
        if sendable == 0 && !bytes.is_empty() {
            let closed = ready!(Pin::new(&mut self.stream).poll_shutdown(context));
            return Poll::Ready(closed.and(Err(io::ErrorKind::ConnectionAborted.into())));
        }
        let sent = ready!(Pin::new(&mut self.stream).poll_write(context, &bytes[..sendable]))?;
        let head_bytes = self.head.advance(&bytes[..sent]);
        self.body_sent += (sent - head_bytes) as u64;
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
        let max = if self.head.is_complete() {
            bytes.len()
        } else {
            bytes.len().min(DRIBBLE_SIZE)
        };
        let sent = ready!(Pin::new(&mut self.stream).poll_write(context, &bytes[..max]))?;
        self.head.advance(&bytes[..sent]);
        if !self.head.is_complete() {
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
        let write = self.connection.start_write();
        if !write.started {
            self.head = Head::default();
            self.body_sent = 0;
        }
        match write.plan {
            WritePlan::Whole | WritePlan::Reset => {
                Pin::new(&mut self.stream).poll_write(context, bytes)
            }
            WritePlan::CutBody(max) => self.cut(context, bytes, max),
            WritePlan::Dribble(pause) => self.dribble(context, bytes, pause),
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
        if self.connection.start_write().plan == WritePlan::Reset {
            // With a linger time of zero, the kernel sends a reset. A failure leaves a normal close.
            let _ = self.stream.set_zero_linger();
        }
    }
}
