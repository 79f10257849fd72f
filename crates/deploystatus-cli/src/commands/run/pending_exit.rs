//! The end of a command until it is reported.

use std::future::pending;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::ending::Ending;

/// The end of a command, which is reported unless a stop request arrives first.
pub(super) struct PendingExit {
    ending: Ending,
    report_at: Instant,
}

/// Time to wait for a stop request after the command has exited.
///
/// Terminals and pipelines signal this process and the command together, and the command may exit first.
const STOP_DELAY: Duration = Duration::from_millis(100);

impl PendingExit {
    pub(super) fn new(ending: Ending) -> Self {
        Self {
            ending,
            report_at: Instant::now() + STOP_DELAY,
        }
    }
}

/// Waits until an end has to be reported, and returns it. This future is safe to cancel.
pub(super) async fn ending_of(pending_exit: &mut Option<PendingExit>) -> Ending {
    if let Some(exit) = pending_exit {
        sleep_until(exit.report_at).await;
    }
    match pending_exit.take() {
        Some(exit) => exit.ending,
        None => pending().await,
    }
}
