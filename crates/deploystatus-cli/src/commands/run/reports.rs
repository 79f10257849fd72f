//! What is reported of a command, and what becomes of it.

use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use deploystatus::{
    Delivered, Deployment, NewStatus, Outbox, RetryPolicy, Rollout, State, Undelivered,
};

use super::ending::Ending;
use crate::arguments::RunArguments;
use crate::error::{Error, Unreported};
use crate::exit::{self, Code};
use crate::output::Output;
use crate::settings::Settings;

/// The reports on one command, which has begun and will end.
///
/// Nothing here fails: what cannot be reported is told, and remembered for those who are strict.
pub(super) struct Reports<'a> {
    rollout: Option<Rollout>,
    is_begun: bool,
    deployment: Deployment,
    outbox: Option<Outbox>,
    description: Option<String>,
    output: &'a Output,
    trouble: Option<Code>,
}

/// The report of the end, on its way.
pub(super) type End = Pin<Box<dyn Future<Output = Result<Delivered, Undelivered>>>>;

impl<'a> Reports<'a> {
    /// Begins, without waiting for the server.
    pub(super) fn begin(
        deployment: Deployment,
        first: NewStatus,
        arguments: &RunArguments,
        settings: &Settings,
        output: &'a Output,
    ) -> Result<Self, Error> {
        let outbox = open_outbox(arguments, settings, output)?;
        // What is not delivered by then is not waited for any more, and must not hold up the end.
        let patience = RetryPolicy::new()
            .total_time(arguments.report_timeout)
            .longest_wait(arguments.report_timeout);
        let mut rollout = deployment
            .clone()
            .retry(patience)
            .rollout(first)
            // What is begun last has a quarter of the time left, so that it can say why it failed.
            .deadline(arguments.end_timeout / 4 * 3);
        if let Some(outbox) = &outbox {
            rollout = rollout.outbox(outbox);
        }
        if arguments.report.if_changed {
            rollout = rollout.if_changed();
        }
        let rollout = rollout
            .begin_regardless()
            .map_err(Error::call("report the beginning"))?;
        let reports = Self {
            rollout: Some(rollout),
            is_begun: false,
            deployment,
            outbox,
            description: arguments.report.description.clone(),
            output,
            trouble: None,
        };
        if reports.outbox.is_some() && !reports.is_kept() {
            output.warning("the outbox cannot be written; an end that cannot be delivered will be kept nowhere");
        }
        Ok(reports)
    }

    /// Waits until the beginning is reported, but no longer than this.
    pub(super) async fn begun_within(&mut self, limit: Duration) {
        if tokio::time::timeout(limit, self.begun()).await.is_err() {
            self.output
                .warning("the beginning is not reported yet; the command is started all the same");
        }
    }

    /// Waits until it is known whether the beginning is reported, once.
    pub(super) async fn begun(&mut self) {
        let Some(rollout) = self.rollout.as_mut().filter(|_| !self.is_begun) else {
            return pending().await;
        };
        let confirmed = rollout.confirmed().await;
        self.is_begun = true;
        if let Err(source) = confirmed {
            let error = Error::Call {
                doing: "report the beginning",
                source,
            };
            self.output
                .warning(&format!("{error}; the command is run all the same"));
            self.trouble = Some(exit::code_of(&error));
        }
    }

    /// Reports the end, unless it was reported already.
    pub(super) fn end(&mut self, ending: &Ending) -> Option<End> {
        let rollout = self.rollout.take()?;
        let state = ending.state();
        let remark = match (ending.why(), self.description.clone()) {
            (Some(why), Some(description)) => Some(format!("{why}: {description}")),
            (why, description) => why.or(description),
        };
        Some(Box::pin(async move {
            let remark = remark.unwrap_or_default();
            match state {
                State::Success => {
                    rollout.ongoing().remark_on_success(remark);
                    Ok(rollout.succeed().await?.delivered().clone())
                }
                State::Failure => rollout.fail(remark).await,
                _ => rollout.abandon(remark).await,
            }
        }))
    }

    /// Tells what became of the report of the end.
    pub(super) fn ended(&mut self, told: Result<Delivered, Undelivered>) {
        match told {
            Ok(delivered) => self.output.tell_workflow(delivered.status()),
            Err(undelivered) => self.fail(&Error::Call {
                doing: "report the end",
                source: undelivered.into(),
            }),
        }
    }

    /// Tells that the report of the end was not waited for any longer.
    pub(super) fn given_up(&mut self, state: State) {
        let outbox = self.outbox.as_ref().filter(|_| self.is_kept());
        let unreported = Unreported {
            state,
            deployment: self.deployment.id(),
            repository: self.deployment.repository(),
            kept_in: outbox.map(|outbox| outbox.directory().to_owned()),
        };
        self.fail(&Error::Unreported(unreported));
    }

    /// How a strict command ends that went well itself.
    pub(super) fn trouble(&self) -> Option<Code> {
        self.trouble
    }

    fn fail(&mut self, error: &Error) {
        self.output.error(error);
        self.trouble = Some(exit::code_of(error));
    }

    /// Whether the outbox holds something about the deployment, as it does while a report is under way.
    fn is_kept(&self) -> bool {
        let files = self.outbox.as_ref().and_then(|outbox| outbox.files().ok());
        let part = format!("-{}-", self.deployment.id());
        files.is_some_and(|files| {
            files.iter().any(|file| {
                file.file_name()
                    .is_some_and(|name| name.to_string_lossy().contains(&part))
            })
        })
    }
}

/// The outbox; without one the command is run all the same, unless it is to be strict.
fn open_outbox(
    arguments: &RunArguments,
    settings: &Settings,
    output: &Output,
) -> Result<Option<Outbox>, Error> {
    let opened = settings
        .outbox(&arguments.outbox)
        .and_then(|path| Outbox::open(path).map_err(Error::call("open the outbox")));
    match opened {
        Ok(outbox) => Ok(Some(outbox)),
        Err(error) if arguments.strict => Err(error),
        Err(error) => {
            output.warning(&format!(
                "{error}; an end that cannot be delivered will be kept nowhere"
            ));
            Ok(None)
        }
    }
}
