//! The reports about a command.

use std::future::pending;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use deploystatus::{
    CreateOutcome, Deployment, DeploymentStatus, NewStatus, RetryPolicy, Rollout, RolloutHandle,
    State, Undelivered,
};

use super::child_output::{Reading, Values};
use super::outbox::{self, NOT_KEPT};
use super::strictness::Strictness;
use crate::arguments::report::{ReportArgs, RunArgs};
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
    handle: RolloutHandle,
    is_started: bool,
    values: Values,
    start_failure: Option<Code>,
    end_error: Option<Error>,
}

/// A report that is under way.
pub(super) type FinalReport = Pin<Box<dyn Future<Output = ReportResult>>>;

/// The status that was created, or the report that was not delivered.
pub(super) type ReportResult = Result<CreateOutcome, Undelivered>;

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
        let outbox = outbox::open(arguments, output)?;
        // After this time the initial report is dropped, because it must not delay the final one.
        let policy = RetryPolicy::new()
            .timeout(arguments.report_timeout)
            .max_retry_after(arguments.report_timeout);
        let mut rollout = deployment
            .clone()
            .with_retry_policy(policy)
            .rollout(first)
            .end_timeout(arguments.end_timeout);
        if let Some(outbox) = &outbox {
            rollout = rollout.outbox(outbox);
        }
        if arguments.report.if_changed {
            rollout = rollout.if_changed();
        }
        let rollout = rollout
            .begin_detached()
            .map_err(Error::call("report the start"))?;
        if outbox.is_some() && rollout.kept_in().is_none() {
            output.warning(format!("the outbox is not writable; {NOT_KEPT}"));
        }
        Ok(Self {
            arguments,
            settings,
            output,
            deployment,
            handle: rollout.handle(),
            rollout: Some(rollout),
            is_started: false,
            values: Values::default(),
            start_failure: None,
            end_error: None,
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
        let result = rollout.wait_begun().await;
        self.is_started = true;
        if let Err(source) = result {
            let error = Error::call("report the start")(source);
            self.output
                .warning(format!("{error}; the command is run anyway"));
            self.start_failure = Some(exit::code_of(&error));
        }
    }

    /// Uses the values that the command has set; a new description is reported as progress.
    pub(super) fn set_values(&mut self, values: Values, reading: Reading) {
        if values == self.values {
            return;
        }
        let mut results = Vec::new();
        if let Some(url) = &values.environment_url {
            results.push(self.handle.environment_url(url));
        }
        if let Some(url) = &values.log_url {
            results.push(self.handle.log_url(url));
        }
        for error in results.into_iter().filter_map(Result::err) {
            self.output
                .warning(format!("ignored a value in DEPLOYSTATUS_OUTPUT: {error}"));
        }
        if let Some(description) = &values.description
            && values.description != self.values.description
            && reading == Reading::WhileRunning
        {
            self.handle.progress(description);
        }
        self.values = values;
    }

    /// Starts the final report, or returns `None` if it was started before.
    pub(super) fn end(&mut self, state: &State, reason: Option<String>) -> Option<FinalReport> {
        let rollout = self.rollout.take()?;
        let description = self.description(reason);
        let state = state.clone();
        Some(Box::pin(async move {
            match state {
                State::Success => {
                    rollout.handle().success_description(description);
                    rollout.succeed().await
                }
                State::Failure => rollout.fail(description).await,
                State::Inactive => rollout.deactivate(description).await,
                _ => rollout.cancel(description).await,
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
        let deployment = self.settings.deployment(self.output);
        Box::pin(async move {
            let created = deployment.ok()?.create_status(status.ok()?).await;
            Some(created.ok()?.status)
        })
    }

    /// Handles the result of the final report and returns the status if it was delivered.
    pub(super) fn on_end_reported(&mut self, result: ReportResult) -> Option<DeploymentStatus> {
        match result {
            Ok(created) => Some(created.status),
            Err(undelivered) => {
                self.fail(Error::Undelivered(undelivered));
                None
            }
        }
    }

    /// Prints that the final report was not delivered in time.
    pub(super) fn on_end_timeout(&mut self, state: State) {
        let file = self.handle.kept_in();
        let unreported = Unreported {
            state,
            deployment: self.deployment.id(),
            repository: self.deployment.repository(),
            kept_in: file.and_then(|file| file.parent().map(Path::to_owned)),
        };
        self.fail(Error::Unreported(unreported));
    }

    /// Returns the exit code for a failed report, or `None` if it does not change the exit code.
    pub(super) fn failure(&self) -> Option<Code> {
        let end_failure = self.end_error.as_ref().map(exit::code_of);
        match Strictness::of(self.arguments) {
            Strictness::Lenient => None,
            Strictness::FinalReport => end_failure,
            Strictness::AllReports => end_failure.or(self.start_failure),
        }
    }

    /// Returns the error of the final report, or `None` if it was delivered or is still under way.
    pub(super) fn end_error(&self) -> Option<&Error> {
        self.end_error.as_ref()
    }

    fn fail(&mut self, error: Error) {
        self.output.error(&error);
        self.end_error = Some(error);
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
