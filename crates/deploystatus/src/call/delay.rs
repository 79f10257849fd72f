//! Reasons for calls that take longer than one request, for programs that show them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::error::Error;

/// A reason why a call takes longer than one request.
///
/// Passed to the listener of [`ClientBuilder::on_delay`](crate::ClientBuilder::on_delay).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Delay<'a> {
    /// A request failed and is repeated after `wait`.
    #[non_exhaustive]
    Retry {
        /// The error of the failed request.
        error: &'a Error,
        /// Number of the next attempt.
        attempt: u32,
        /// Maximum number of attempts, or `u32::MAX` if only the time is limited.
        max_attempts: u32,
        /// Time until the next attempt.
        wait: Duration,
    },
    /// The response to a creation was lost, and the list is searched for the status.
    #[non_exhaustive]
    Search {
        /// The error of the creation.
        error: &'a Error,
        /// Maximum duration of the search.
        timeout: Duration,
    },
    /// The list could not be read during a search, so the search takes longer. Passed once for each search.
    #[non_exhaustive]
    SearchRetry {
        /// The error of the list.
        error: &'a Error,
        /// Time until the search is given up, which is the timeout of the retry policy.
        timeout: Duration,
    },
    /// The server has reported a rate limit.
    #[non_exhaustive]
    RateLimit {
        /// Time until the limit ends.
        wait: Duration,
    },
    /// The limits of the client's [`Pacing`](crate::Pacing) delay the request.
    #[non_exhaustive]
    Pacing {
        /// Time until the limits admit the request.
        wait: Duration,
    },
}

/// The listener of a client, if it has one.
#[derive(Clone, Default)]
pub(crate) struct Listener(Option<Arc<Notify>>);

type Notify = dyn Fn(&Delay<'_>) + Send + Sync;

impl Listener {
    pub(crate) fn new(listener: impl Fn(&Delay<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    pub(crate) fn notify(&self, delay: &Delay<'_>) {
        if let Some(listener) = &self.0 {
            listener(delay);
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Listener(…)"
        } else {
            "None"
        })
    }
}
