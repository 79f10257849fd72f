//! One creation: the status, and the data of its attempts.

use deploystatus_generated::types::ReposCreateDeploymentStatusBody as CreateBody;
use jiff::Timestamp;
use tokio::sync::MutexGuard;
use tokio::time::{Instant, timeout};
use tracing::Span;

use crate::call::pacing::Priority;
use crate::call::retry::Run;
use crate::call::target::Target;
use crate::error::{Error, ErrorKind};
use crate::model::convert;
use crate::model::create_outcome::SearchBound;
use crate::model::new_status::NewStatus;

/// Maximum number of requests of one creation that may store the status: the first one, and one after a search.
pub(super) const MAX_SENDINGS: u32 = 2;

/// One creation, with the data of its attempts.
pub(super) struct Creation<'a> {
    pub(super) target: &'a Target,
    pub(super) status: NewStatus,
    pub(super) body: CreateBody,
    pub(super) priority: Priority,
    pub(super) run: Run,
    /// Time of the first request that may have stored the status.
    pub(super) sent: Option<Instant>,
    /// Number of requests that may have stored the status and whose response was lost.
    pub(super) sendings: u32,
    pub(super) max_sendings: u32,
    pub(super) bound: Option<SearchBound>,
    pub(super) adopts: Adopts,
}

/// Statuses that a search may adopt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Adopts {
    /// Those that no creation of this client has returned.
    Unreturned,
    /// Any, because an earlier delivery of the same report may have returned the status.
    Any,
}

impl<'a> Creation<'a> {
    pub(super) fn new(
        target: &'a Target,
        status: NewStatus,
        priority: Priority,
        span: &Span,
    ) -> Self {
        let status = status.with_marker_written();
        Self {
            body: convert::request_body(&status),
            run: target.run(span),
            target,
            status,
            priority,
            sent: None,
            sendings: 0,
            max_sendings: MAX_SENDINGS,
            bound: None,
            adopts: Adopts::Unreturned,
        }
    }

    /// Waits until all earlier creations for the deployment have ended.
    pub(super) async fn turn(&self) -> Result<MutexGuard<'a, ()>, Error> {
        let turn = timeout(self.run.time_left(), self.target.state.turn.lock());
        turn.await.map_err(|_| {
            let text = "earlier statuses of the deployment were not sent in time";
            Error::new(ErrorKind::Timeout, text)
        })
    }
}

/// Returns the time on the clock of this machine.
pub(super) fn wall_clock(instant: Instant) -> Timestamp {
    let now = Timestamp::now();
    now.checked_sub(instant.elapsed()).unwrap_or(now)
}
