//! Rollouts: a start, progress, and an end that is always reported.

pub(crate) mod builder;
mod driver;
pub(crate) mod error;
pub(crate) mod handle;
pub(crate) mod outbox;
mod report;
pub(crate) mod run;
mod shared;
pub(crate) mod undelivered;

use std::fmt;
use std::path::PathBuf;

use deploystatus_generated::State;
use tokio::sync::oneshot;

use self::driver::End;
use self::handle::RolloutHandle;
use self::report::StoredReport;
use self::shared::Shared;
use self::undelivered::Undelivered;
use crate::client::deployment::Deployment;
use crate::error::{Error, ErrorKind};
use crate::model::create_outcome::CreateOutcome;

/// A rollout that has started.
///
/// It ends with [`succeed`](Self::succeed), [`fail`](Self::fail), [`cancel`](Self::cancel) or [`deactivate`](Self::deactivate).
///
/// Most programs use [`RolloutBuilder::run`](crate::RolloutBuilder::run), which ends the rollout by the result of the work:
///
/// ```no_run
/// use std::error::Error;
///
/// use deploystatus::{Client, NewStatus, State};
///
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn Error>> {
///     let client = Client::new(std::env::var("GITHUB_TOKEN")?)?;
///     let deployment = client.deployment("octocat/example", 42)?;
///     deployment
///         .rollout(NewStatus::new(State::InProgress))
///         .run(async |rollout| -> Result<(), Box<dyn Error>> {
///             std::fs::copy("app", "/srv/app")?;
///             rollout.environment_url("https://example.com")?;
///             Ok(())
///         })
///         .await?;
///     Ok(())
/// }
/// ```
///
/// If the rollout is dropped instead, because its future was dropped, its task was aborted or its thread panicked,
/// `error` is reported in the background. One task sends all reports, one after the other,
/// so a dropped future interrupts no request.
///
/// The task lives as long as the Tokio runtime. With an outbox, the report of a dropped rollout is on disk
/// before the drop returns, and a report exists even if the process is killed.
#[must_use = "a dropped rollout is reported as an error"]
pub struct Rollout {
    handle: RolloutHandle,
    /// `None` after the end is ordered.
    end_tx: Option<oneshot::Sender<End>>,
    /// The result of the start, or `None` if a caller has waited for it.
    begun_rx: Option<oneshot::Receiver<Result<(), Error>>>,
}

impl Rollout {
    /// Reports `success`, with the URLs and the description that were set during the rollout.
    ///
    /// # Errors
    ///
    /// Returns the report if it could not be delivered within the [time limit](crate::RolloutBuilder::end_timeout),
    /// to send it later.
    pub async fn succeed(self) -> Result<CreateOutcome, Undelivered> {
        self.end(State::Success, None).await
    }

    /// Reports `failure` with this description, shortened to 140 characters.
    ///
    /// # Errors
    ///
    /// Returns the report like [`Rollout::succeed`].
    pub async fn fail(self, description: impl Into<String>) -> Result<CreateOutcome, Undelivered> {
        self.end(State::Failure, Some(description.into())).await
    }

    /// Reports `error` with this description, shortened to 140 characters, for a rollout that was stopped.
    ///
    /// # Errors
    ///
    /// Returns the report like [`Rollout::succeed`].
    pub async fn cancel(
        self,
        description: impl Into<String>,
    ) -> Result<CreateOutcome, Undelivered> {
        self.end(State::Error, Some(description.into())).await
    }

    /// Reports `inactive` with this description, shortened to 140 characters, for a rollout whose result is not used.
    ///
    /// GitHub sends no event for `inactive`, and a wait for the deployment ends as superseded or abandoned.
    ///
    /// # Errors
    ///
    /// Returns the report like [`Rollout::succeed`].
    pub async fn deactivate(
        self,
        description: impl Into<String>,
    ) -> Result<CreateOutcome, Undelivered> {
        self.end(State::Inactive, Some(description.into())).await
    }

    /// Reports progress, see [`RolloutHandle::progress`].
    pub fn progress(&self, description: impl Into<String>) {
        self.handle.progress(description);
    }

    /// Sets the URL of the deployed environment, see [`RolloutHandle::environment_url`].
    ///
    /// # Errors
    ///
    /// Returns an error if the URL does not start with `https://` or `http://`.
    pub fn environment_url(&self, url: impl Into<String>) -> Result<(), Error> {
        self.handle.environment_url(url)
    }

    /// Returns a handle for other tasks that report progress.
    #[must_use]
    pub fn handle(&self) -> RolloutHandle {
        self.handle.clone()
    }

    /// Returns the file in the outbox that holds the report of this rollout now, or `None` if it is not kept.
    #[must_use]
    pub fn kept_in(&self) -> Option<PathBuf> {
        self.handle.kept_in()
    }

    /// Waits for the result of a start by [`begin_detached`](crate::RolloutBuilder::begin_detached).
    ///
    /// Further calls, and calls after [`begin`](crate::RolloutBuilder::begin), return `Ok` immediately.
    ///
    /// # Errors
    ///
    /// Returns an error if the start could not be reported. The rollout continues nevertheless.
    ///
    /// # Cancel safety
    ///
    /// This future is safe to cancel.
    pub async fn wait_begun(&mut self) -> Result<(), Error> {
        let Some(begun_rx) = &mut self.begun_rx else {
            return Ok(());
        };
        let begun = begun_rx.await.unwrap_or_else(|_| Err(runtime_is_gone()));
        self.begun_rx = None;
        begun
    }

    /// Returns the deployment.
    #[must_use]
    pub fn deployment(&self) -> &Deployment {
        self.handle.deployment()
    }

    fn shared(&self) -> &Shared {
        &self.handle.shared
    }

    async fn end(
        mut self,
        state: State,
        description: Option<String>,
    ) -> Result<CreateOutcome, Undelivered> {
        self.finish(state, description).wait().await
    }

    /// Stores the end in the outbox and orders its delivery.
    fn finish(&mut self, state: State, description: Option<String>) -> Ending {
        let report = self.shared().end(state, description);
        let (result_tx, result_rx) = oneshot::channel();
        let end = End {
            report: report.clone(),
            result_tx,
        };
        let end_tx = self.end_tx.take();
        if end_tx.is_none_or(|end_tx| end_tx.send(end).is_err()) {
            // The runtime was shut down, so other processes have to send the report.
            self.shared().release();
        }
        Ending {
            handle: self.handle.clone(),
            report,
            result_rx,
        }
    }
}

/// An end that is being reported.
struct Ending {
    handle: RolloutHandle,
    report: StoredReport,
    result_rx: oneshot::Receiver<Result<CreateOutcome, Undelivered>>,
}

impl Ending {
    async fn wait(self) -> Result<CreateOutcome, Undelivered> {
        self.result_rx.await.unwrap_or_else(|_| {
            // Without the task, it is unknown how far the request got.
            let report = StoredReport {
                sendings: 1,
                ..self.report
            };
            let kept_in = self.handle.shared.release();
            Err(Undelivered::new(report, kept_in).with_error(runtime_is_gone()))
        })
    }
}

const DROPPED: &str = "The rollout was dropped before its end was reported";
const PANICKED: &str = "The code that carried out the rollout panicked";

impl Drop for Rollout {
    fn drop(&mut self) {
        if self.end_tx.is_none() {
            return;
        }
        let description = if std::thread::panicking() {
            PANICKED
        } else {
            DROPPED
        };
        tracing::warn!(
            deployment = ?self.deployment(),
            "a rollout was dropped before its end; reporting an error"
        );
        self.finish(State::Error, Some(description.to_owned()));
    }
}

fn runtime_is_gone() -> Error {
    let text = "the Tokio runtime in which the rollout began was shut down";
    Error::new(ErrorKind::Runtime, text)
}

impl fmt::Debug for Rollout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rollout")
            .field("deployment", self.deployment())
            .finish_non_exhaustive()
    }
}
