//! The reports about a command.

use std::future::pending;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use deploystatus::{
    Delivered, Deployment, NewStatus, Outbox, RetryPolicy, Rollout, State, Undelivered,
};

use super::ending::Ending;
use crate::arguments::RunArgs;
use crate::error::{Error, Unreported};
use crate::exit::{self, Code};
use crate::output::Output;
use crate::settings::outbox_directory;

/// The reports about one command: that it started, and how it ended.
///
/// A failed report is printed and does not stop the command.
pub(super) struct Reports<'a> {
    rollout: Option<Rollout>,
    is_started: bool,
    deployment: Deployment,
    outbox: Option<Outbox>,
    /// Files that were in the outbox before the initial report.
    earlier_files: Vec<PathBuf>,
    description: Option<String>,
    output: &'a Output,
    failure: Option<Code>,
}

/// A report that is under way.
pub(super) type FinalReport = Pin<Box<dyn Future<Output = ReportResult>>>;

/// The status that was created, or the report that was not delivered.
pub(super) type ReportResult = Result<Delivered, Undelivered>;

impl<'a> Reports<'a> {
    /// Starts the initial report and does not wait for the server.
    pub(super) fn start(
        deployment: Deployment,
        first: NewStatus,
        arguments: &RunArgs,
        output: &'a Output,
    ) -> Result<Self, Error> {
        let outbox = open_outbox(arguments, output)?;
        let earlier_files = outbox.as_ref().and_then(|outbox| outbox.files().ok());
        // After this time the initial report is dropped, because it must not delay the final one.
        let policy = RetryPolicy::new()
            .total_time(arguments.report_timeout)
            .longest_wait(arguments.report_timeout);
        let mut rollout = deployment
            .clone()
            .retry(policy)
            .rollout(first)
            // No attempt starts in the last quarter of the time limit, so that the last one can report its own error.
            .deadline(arguments.end_timeout / 4 * 3);
        if let Some(outbox) = &outbox {
            rollout = rollout.outbox(outbox);
        }
        if arguments.report.if_changed {
            rollout = rollout.if_changed();
        }
        let rollout = rollout
            .begin_regardless()
            .map_err(Error::call("report the start"))?;
        let reports = Self {
            rollout: Some(rollout),
            is_started: false,
            deployment,
            outbox,
            earlier_files: earlier_files.unwrap_or_default(),
            description: arguments.report.description.clone(),
            output,
            failure: None,
        };
        if reports.outbox.is_some() && !reports.is_kept() {
            output.warning(&format!("the outbox is not writable; {NOT_KEPT}"));
        }
        Ok(reports)
    }

    /// Waits for the result of the initial report, but not longer than `limit`.
    pub(super) async fn wait_started(&mut self, limit: Duration) {
        if tokio::time::timeout(limit, self.started()).await.is_err() {
            self.output
                .warning("the start is not reported yet; the command is run anyway");
        }
    }

    /// Waits for the result of the initial report; never completes once that is known.
    pub(super) async fn started(&mut self) {
        let Some(rollout) = self.rollout.as_mut().filter(|_| !self.is_started) else {
            return pending().await;
        };
        let result = rollout.confirmed().await;
        self.is_started = true;
        if let Err(source) = result {
            let error = Error::Call {
                action: "report the start",
                source,
            };
            self.output
                .warning(&format!("{error}; the command is run anyway"));
            self.failure = Some(exit::code_of(&error));
        }
    }

    /// Starts the final report, or returns `None` if it was started before.
    pub(super) fn end(&mut self, ending: &Ending) -> Option<FinalReport> {
        let rollout = self.rollout.take()?;
        let state = ending.state();
        let description = match (ending.reason(), self.description.clone()) {
            (Some(reason), Some(description)) => Some(format!("{reason}: {description}")),
            (reason, description) => reason.or(description),
        };
        let description = description.unwrap_or_default();
        Some(Box::pin(async move {
            match state {
                State::Success => {
                    rollout.ongoing().remark_on_success(description);
                    Ok(rollout.succeed().await?.delivered().clone())
                }
                State::Failure => rollout.fail(description).await,
                _ => rollout.abandon(description).await,
            }
        }))
    }

    /// Handles the result of the final report and returns `true` if it was delivered.
    pub(super) fn on_end_reported(&mut self, result: ReportResult) -> bool {
        match result {
            Ok(created) => {
                self.output.set_outputs(created.status());
                true
            }
            Err(undelivered) => {
                self.fail(&Error::Call {
                    action: "report the result",
                    source: undelivered.into(),
                });
                false
            }
        }
    }

    /// Prints that the final report was not delivered in time.
    pub(super) fn on_end_timeout(&mut self, state: State) {
        let outbox = self.outbox.as_ref().filter(|_| self.is_kept());
        let unreported = Unreported {
            state,
            deployment: self.deployment.id(),
            repository: self.deployment.repository(),
            kept_in: outbox.map(|outbox| outbox.directory().to_owned()),
        };
        self.fail(&Error::Unreported(unreported));
    }

    /// Returns the exit code for the last failed report, or `None` if all reports were delivered.
    pub(super) fn failure(&self) -> Option<Code> {
        self.failure
    }

    fn fail(&mut self, error: &Error) {
        self.output.error(error);
        self.failure = Some(exit::code_of(error));
    }

    /// Returns `true` if the outbox contains a report that was not there before.
    fn is_kept(&self) -> bool {
        let files = self.outbox.as_ref().and_then(|outbox| outbox.files().ok());
        let mut files = files.unwrap_or_default().into_iter();
        files.any(|file| !self.earlier_files.contains(&file))
    }
}

const NOT_KEPT: &str = "a result that cannot be delivered will be lost";

/// Opens the outbox, or returns `None` with a warning if that fails and `--strict` is not set.
fn open_outbox(arguments: &RunArgs, output: &Output) -> Result<Option<Outbox>, Error> {
    let opened = outbox_directory(&arguments.outbox)
        .and_then(|path| Outbox::open(path).map_err(Error::call("open the outbox")));
    match opened {
        Ok(outbox) => Ok(Some(outbox)),
        Err(error) if arguments.strict => Err(error),
        Err(error) => {
            output.warning(&format!("{error}; {NOT_KEPT}"));
            Ok(None)
        }
    }
}
