//! The reports about a command.

use std::future::pending;
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use deploystatus::{
    Delivered, Deployment, DeploymentStatus, NewStatus, Ongoing, Progress, RetryPolicy, Rollout,
    State, Undelivered,
};
use tokio::task::JoinHandle;

use super::child_output::{Reading, Values};
use super::outbox::RunOutbox;
use super::strictness::Strictness;
use crate::arguments::{ReportArgs, RunArgs};
use crate::commands::create;
use crate::error::{Error, Unreported};
use crate::exit::{self, Code};
use crate::output::Output;
use crate::settings::Settings;

/// The reports about one command: that it started, and how it ended.
///
/// A failed report is printed and does not stop the command.
pub(super) struct Reports<'a> {
    arguments: &'a RunArgs,
    settings: &'a Settings,
    output: &'a Output,
    deployment: Deployment,
    rollout: Option<Rollout>,
    is_started: bool,
    outbox: RunOutbox,
    values: Values,
    progress: Option<JoinHandle<()>>,
    start_failure: Option<Code>,
    end_failure: Option<Code>,
}

/// A report that is under way.
pub(super) type FinalReport = Pin<Box<dyn Future<Output = ReportResult>>>;

/// The status that was created, or the report that was not delivered.
pub(super) type ReportResult = Result<Delivered, Undelivered>;

/// A second report of the same end, because the response to the first may be lost.
pub(super) type SecondReport = Pin<Box<dyn Future<Output = Option<DeploymentStatus>>>>;

impl<'a> Reports<'a> {
    /// Starts the initial report and does not wait for the server.
    pub(super) fn start(
        deployment: Deployment,
        first: NewStatus,
        arguments: &'a RunArgs,
        settings: &'a Settings,
        output: &'a Output,
    ) -> Result<Self, Error> {
        let outbox = RunOutbox::open(arguments, output)?;
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
        if let Some(outbox) = outbox.outbox() {
            rollout = rollout.outbox(outbox);
        }
        if arguments.report.if_changed {
            rollout = rollout.if_changed();
        }
        let rollout = rollout
            .begin_regardless()
            .map_err(Error::call("report the start"))?;
        outbox.warn_if_not_written(output);
        Ok(Self {
            arguments,
            settings,
            output,
            deployment,
            rollout: Some(rollout),
            is_started: false,
            outbox,
            values: Values::default(),
            progress: None,
            start_failure: None,
            end_failure: None,
        })
    }

    pub(super) fn deployment(&self) -> &Deployment {
        &self.deployment
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
            self.start_failure = Some(exit::code_of(&error));
        }
    }

    /// Uses the values that the command has set; a new description is reported as progress.
    pub(super) fn set_values(&mut self, values: Values, reading: Reading) {
        if values == self.values {
            return;
        }
        if let Some(rollout) = &self.rollout {
            let handle = rollout.ongoing();
            let is_changed =
                |new: &Option<String>, old: &Option<String>| new.is_some() && new != old;
            let mut results = Vec::new();
            if is_changed(&values.environment_url, &self.values.environment_url) {
                results.push(
                    handle.environment_url(values.environment_url.clone().unwrap_or_default()),
                );
            }
            if is_changed(&values.log_url, &self.values.log_url) {
                results.push(handle.log_url(values.log_url.clone().unwrap_or_default()));
            }
            for error in results.into_iter().filter_map(Result::err) {
                self.output
                    .warning(&format!("ignored a value in DEPLOYSTATUS_OUTPUT: {error}"));
            }
            let is_new = is_changed(&values.description, &self.values.description);
            if is_new && reading == Reading::WhileRunning {
                let description = values.description.clone().unwrap_or_default();
                self.report_progress(handle, description);
            }
        }
        self.values = values;
    }

    /// Reports a description as progress; a newer one replaces it.
    fn report_progress(&mut self, handle: Ongoing, description: String) {
        if let Some(task) = self.progress.take() {
            task.abort();
        }
        // The rollout rejects a description that follows another report too soon.
        self.progress = Some(tokio::spawn(async move {
            while let Progress::TooSoon = handle.progress(description.clone()).await {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }));
    }

    /// Starts the final report, or returns `None` if it was started before.
    pub(super) fn end(&mut self, state: &State, reason: Option<String>) -> Option<FinalReport> {
        let rollout = self.rollout.take()?;
        let description = self.description(reason);
        let state = state.clone();
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

    /// Sends the final report again, through a client that does not wait for the first report.
    ///
    /// The search for a status whose response was lost may take longer than a stopped job has left.
    /// A second `error` does less harm than a deployment that never ends.
    pub(super) fn send_again(&self, state: &State, reason: Option<String>) -> SecondReport {
        let report = ReportArgs {
            description: Some(self.description(reason)),
            truncate: true,
            log_url: self
                .values
                .log_url
                .clone()
                .or_else(|| self.arguments.report.log_url.clone()),
            environment_url: self
                .values
                .environment_url
                .clone()
                .or_else(|| self.arguments.report.environment_url.clone()),
            ..self.arguments.report.clone()
        };
        let status = create::new_status(state.clone(), &report);
        let deployment = self.settings.deployment();
        Box::pin(async move {
            let created = deployment.ok()?.create_status(status.ok()?).await;
            Some(created.ok()?.status().clone())
        })
    }

    /// Handles the result of the final report and returns the status if it was delivered.
    pub(super) fn on_end_reported(&mut self, result: ReportResult) -> Option<DeploymentStatus> {
        match result {
            Ok(created) => Some(created.status().clone()),
            Err(undelivered) => {
                self.fail(&Error::Call {
                    action: "report the result",
                    source: undelivered.into(),
                });
                None
            }
        }
    }

    /// Prints that the final report was not delivered in time.
    pub(super) fn on_end_timeout(&mut self, state: State) {
        let unreported = Unreported {
            state,
            deployment: self.deployment.id(),
            repository: self.deployment.repository(),
            kept_in: self.outbox.kept_in().map(PathBuf::from),
        };
        self.fail(&Error::Unreported(unreported));
    }

    /// Returns the exit code for a failed report, or `None` if it does not change the exit code.
    pub(super) fn failure(&self) -> Option<Code> {
        match Strictness::of(self.arguments) {
            Strictness::Lenient => None,
            Strictness::FinalReport => self.end_failure,
            Strictness::AllReports => self.end_failure.or(self.start_failure),
        }
    }

    fn fail(&mut self, error: &Error) {
        self.output.error(error);
        self.end_failure = Some(exit::code_of(error));
    }

    /// Returns the reason followed by the description that the user or the command has set.
    fn description(&self, reason: Option<String>) -> String {
        let given = self.values.description.clone();
        let given = given.or_else(|| self.arguments.report.description.clone());
        match (reason, given) {
            (Some(reason), Some(description)) => format!("{reason}: {description}"),
            (reason, description) => reason.or(description).unwrap_or_default(),
        }
    }
}
