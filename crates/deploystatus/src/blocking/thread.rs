//! The thread that a blocking client's connections live on.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::unconstrained;

/// A runtime on a thread of its own, which ends when this is dropped.
///
/// That thread looks after sockets and timers. The futures themselves run on the threads that call,
/// which is allowed inside another runtime, where `block_on` would panic.
#[derive(Debug)]
pub(super) struct Thread {
    runtime: Handle,
    _running: oneshot::Sender<()>,
}

impl Thread {
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (running, ended) = oneshot::channel();
        thread::Builder::new()
            .name("deploystatus".to_owned())
            .spawn(move || runtime.block_on(ended))?;
        Ok(Self {
            runtime: handle,
            _running: running,
        })
    }

    /// Keeps this thread until the future is done.
    pub(super) fn run<F: Future>(&self, future: F) -> F::Output {
        let _inside = self.runtime.enter();
        // A task of another runtime around us may have no more turns, and would get none before this is done.
        let mut future = pin!(unconstrained(future));
        let signal = Arc::new(Signal::default());
        let waker = Waker::from(Arc::clone(&signal));
        let mut context = Context::from_waker(&waker);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
            signal.wait();
        }
    }
}

/// Tells a thread that there is something to do.
///
/// It is not `thread::park`, whose signal a call inside a call would take from the outer one.
#[derive(Default)]
struct Signal {
    given: Mutex<bool>,
    changed: Condvar,
}

impl Signal {
    fn wait(&self) {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let mut given = self
            .changed
            .wait_while(given, |given| !*given)
            .unwrap_or_else(PoisonError::into_inner);
        *given = false;
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        *self.given.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_one();
    }
}
