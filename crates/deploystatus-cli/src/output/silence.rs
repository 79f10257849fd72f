//! The time since the newest message.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Longest time without a message while a command waits.
const MAX: Duration = Duration::from_secs(60);

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

    /// Waits until there was no message for a minute. This future is safe to cancel.
    pub(super) async fn is_too_long(&self) {
        loop {
            let end = *self.since() + MAX;
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
    async fn silence_is_too_long_a_minute_after_the_newest_message() {
        let silence = Silence::new();
        let seconds = Duration::from_secs;
        assert!(timeout(seconds(59), silence.is_too_long()).await.is_err());
        silence.end();
        let started = Instant::now();
        let message = async {
            sleep(seconds(40)).await;
            silence.end();
        };
        tokio::join!(silence.is_too_long(), message);
        assert_eq!(started.elapsed(), seconds(100));
    }
}
