//! The time since the newest message.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// The time since the newest message.
pub(super) struct Silence {
    since: Mutex<Instant>,
}

impl Silence {
    pub(super) fn new() -> Self {
        Self {
            since: Mutex::new(Instant::now()),
        }
    }

    /// Starts the time again, because a message was printed.
    pub(super) fn end(&self) {
        *self.since() = Instant::now();
    }

    /// Waits until there was no message for this time. This future is safe to cancel.
    pub(super) async fn lasts(&self, time: Duration) {
        loop {
            let end = *self.since() + time;
            if end <= Instant::now() {
                return;
            }
            sleep_until(end).await;
        }
    }

    fn since(&self) -> MutexGuard<'_, Instant> {
        // An instant cannot be inconsistent.
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{sleep, timeout};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn silence_lasts_from_the_newest_message() {
        let silence = Silence::new();
        let seconds = Duration::from_secs;
        let minute = silence.lasts(seconds(60));
        assert!(timeout(seconds(59), minute).await.is_err());
        silence.end();
        let started = Instant::now();
        let message = async {
            sleep(seconds(40)).await;
            silence.end();
        };
        tokio::join!(silence.lasts(seconds(60)), message);
        assert_eq!(started.elapsed(), seconds(100));
    }
}
