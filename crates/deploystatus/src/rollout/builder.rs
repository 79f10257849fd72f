//! Settings of a rollout, and its start.

use std::sync::Arc;
use std::time::Duration;

use deploystatus_generated::State;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tracing::Instrument;

use super::Rollout;
use super::driver::{
    Driver, IfStartFails, LastReport, Settings, StartPolicy, log_undelivered, time_limit,
};
use super::handle::RolloutHandle;
use super::outbox::Outbox;
use super::shared::Shared;
use crate::client::create;
use crate::client::deployment::Deployment;
use crate::error::{Error, ErrorKind};
use crate::model::invalid_value::InvalidValue;
use crate::model::new_status::NewStatus;

/// A builder for a [`Rollout`], created by [`Deployment::rollout`].
#[derive(Clone, Debug)]
#[must_use = "nothing is reported before the rollout begins"]
pub struct RolloutBuilder {
    deployment: Deployment,
    first: NewStatus,
    settings: Settings,
    outbox: Option<Outbox>,
}

impl Deployment {
    /// Creates a builder for a rollout that starts with this status (`queued` or `in_progress`).
    ///
    /// The other fields of the status are repeated in all later reports, except the description.
    pub fn rollout(&self, first: NewStatus) -> RolloutBuilder {
        RolloutBuilder {
            deployment: self.clone(),
            first,
            settings: Settings {
                start: StartPolicy::Always,
                if_start_fails: IfStartFails::Skip,
                progress_interval: Duration::from_secs(10),
                end_timeout: Duration::from_secs(180),
            },
            outbox: None,
        }
    }
}

impl RolloutBuilder {
    /// Sends the first status only if its content differs from the newest status.
    pub fn if_changed(mut self) -> Self {
        self.settings.start = StartPolicy::IfChanged;
        self
    }

    /// Sets the minimum time between two progress reports. Defaults to 10 seconds.
    pub fn progress_interval(mut self, interval: Duration) -> Self {
        self.settings.progress_interval = interval;
        self
    }

    /// Sets the time limit of the final report. Defaults to 3 minutes.
    ///
    /// It replaces the number of attempts and the timeout of the client's policy.
    /// A wait that the server asks for is kept if it ends within this time.
    /// A request that is under way at the end of this time is still completed.
    pub fn end_timeout(mut self, timeout: Duration) -> Self {
        self.settings.end_timeout = timeout;
        self
    }

    /// Sets the outbox that keeps the final report from before it is sent until it is delivered.
    ///
    /// While the rollout runs, the outbox holds an `error` report in case the process is killed.
    pub fn outbox(mut self, outbox: &Outbox) -> Self {
        self.outbox = Some(outbox.clone());
        self
    }

    /// Reports the start. From then on, an end is always reported.
    ///
    /// If this future is dropped before it is ready, the rollout is ended with state `error`.
    ///
    /// # Errors
    ///
    /// Returns an error if the first status is neither `queued` nor `in_progress`, if it could not be delivered,
    /// or if there is no Tokio runtime. If it is unknown whether the first status is stored,
    /// an `error` status is reported before this returns.
    pub async fn begin(self) -> Result<Rollout, Error> {
        let (mut rollout, begun_rx) = self.start()?;
        let started = Instant::now();
        let first = rollout.handle.shared.content().template.clone();
        // Without the task, it is unknown how far the request got.
        let begun = begun_rx.await;
        match begun.unwrap_or_else(|_| Err(create::aborted(&first, started))) {
            Ok(()) => Ok(rollout),
            Err(error) if error.is_outcome_unknown() => {
                let ending = rollout.finish(State::Error, Some(UNCONFIRMED.to_owned()));
                // The caller may shut down the runtime after an error, so it has to wait.
                if let Err(undelivered) = ending.wait().await {
                    log_undelivered(&undelivered);
                }
                Err(error)
            }
            Err(error) => {
                rollout.end_tx = None;
                rollout.handle.shared.discard();
                Err(error)
            }
        }
    }

    /// Starts without waiting for the server, for work that must be done even if it cannot be reported.
    ///
    /// The end is reported even if the start could not be. [`Rollout::wait_begun`] returns the result of the start.
    ///
    /// # Errors
    ///
    /// Returns an error if the first status is neither `queued` nor `in_progress`, if it is invalid,
    /// or if there is no Tokio runtime (kind [`ErrorKind::Runtime`]).
    pub fn begin_detached(mut self) -> Result<Rollout, Error> {
        self.settings.if_start_fails = IfStartFails::Report;
        let (mut rollout, begun_rx) = self.start()?;
        rollout.begun_rx = Some(begun_rx);
        Ok(rollout)
    }

    /// Starts the task that sends the reports.
    fn start(self) -> Result<(Rollout, oneshot::Receiver<Result<(), Error>>), Error> {
        self.check()?;
        let runtime = Handle::try_current().map_err(|error| {
            let text = "a rollout requires a Tokio runtime";
            Error::new(ErrorKind::Runtime, text).with_source(error)
        })?;
        let shared = Arc::new(Shared::new(
            self.deployment,
            self.first.clone(),
            self.outbox,
        ));
        let first = match self.settings.start {
            StartPolicy::Always => self.first.clone().with_marker_written(),
            // The comparison with the newest status comes before the marker.
            StartPolicy::IfChanged => self.first.clone(),
        };
        let target = &shared.deployment.target;
        shared.note_sending(&first, time_limit(target, target.retry_policy()));
        let (end_tx, end_rx) = oneshot::channel();
        let (begun_tx, begun_rx) = oneshot::channel();
        let driver = Driver {
            shared: Arc::clone(&shared),
            end_rx,
            settings: self.settings,
            first,
            last: LastReport {
                status: self.first,
                at: Instant::now(),
                settles_at: None,
            },
        };
        runtime.spawn(driver.drive(begun_tx).in_current_span());
        let rollout = Rollout {
            handle: RolloutHandle { shared },
            end_tx: Some(end_tx),
            begun_rx: None,
        };
        Ok((rollout, begun_rx))
    }

    fn check(&self) -> Result<(), Error> {
        let state = &self.first.state;
        if !matches!(state, State::Queued | State::InProgress) {
            let problem = format!("a rollout cannot start with state {:?}", state.as_str());
            let expected = "expected queued or in_progress";
            return Err(InvalidValue::new("state", problem)
                .expected(expected)
                .into());
        }
        Ok(self.deployment.target.check(&self.first)?)
    }
}

const UNCONFIRMED: &str = "The server did not confirm the start of the rollout";
