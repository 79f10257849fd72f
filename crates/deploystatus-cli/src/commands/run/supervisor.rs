//! The life of a command: its process, the signals that it receives, and the report of its end.

use std::future::pending;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use deploystatus::State;
use tokio::time::{Instant, sleep_until};

use super::child::Child;
use super::ending::Ending;
use super::reports::{FinalReport, ReportResult, Reports};
use super::signals::{Signals, Stop};
use crate::arguments::RunArgs;
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;

/// A command, from its start until its end is reported.
pub(super) struct Supervisor<'a> {
    arguments: &'a RunArgs,
    reports: Reports<'a>,
    output: &'a Output,
    child: Option<Child>,
    pending_report: Option<PendingReport>,
    stop_requested: bool,
    code: u8,
}

/// The final report while it is under way.
struct PendingReport {
    report: FinalReport,
    state: State,
    reason: Option<String>,
    deadline: Instant,
}

impl<'a> Supervisor<'a> {
    pub(super) fn new(arguments: &'a RunArgs, reports: Reports<'a>, output: &'a Output) -> Self {
        Self {
            arguments,
            reports,
            output,
            child: None,
            pending_report: None,
            stop_requested: false,
            code: 0,
        }
    }

    /// Reports that the command was stopped before it started.
    pub(super) fn stop_before_start(&mut self, stop: Stop) {
        self.stop_requested = true;
        let ending = Ending::StoppedBeforeStart(stop);
        self.code = ending.code();
        self.report(&ending, self.arguments.grace);
    }

    /// Starts the command. A failure is reported like the end of a command.
    pub(super) fn start(&mut self) {
        let Some((program, arguments)) = self.arguments.command.split_first() else {
            return;
        };
        match Child::start(program, arguments) {
            Ok(child) => self.child = Some(child),
            Err(error) => {
                let reason = error.to_string();
                let ending = Ending::NotStarted(error);
                self.output.error(&Error::Start {
                    program: program.clone(),
                    reason,
                    code: ending.code(),
                });
                self.on_exit(&ending);
            }
        }
    }

    /// Waits until the command has ended and its end is reported, or the time for the report is over.
    pub(super) async fn run(mut self, signals: &mut Signals) -> Code {
        while self.child.is_some() || self.pending_report.is_some() {
            tokio::select! {
                biased;
                stop = signals.next() => self.on_signal(stop),
                status = exit_of(&mut self.child) => self.on_exit(&Ending::of(status)),
                result = result_of(&mut self.pending_report) => self.on_reported(result),
                () = self.reports.started() => {}
            }
        }
        match self.reports.failure() {
            Some(failure) if self.code == 0 && self.arguments.strict => failure,
            _ => Code::Child(self.code),
        }
    }

    /// Forwards a signal to the command; the first signal is reported.
    ///
    /// Once the command has ended, a second signal ends the wait for the report.
    fn on_signal(&mut self, stop: Stop) {
        let is_first = !std::mem::replace(&mut self.stop_requested, true);
        if let Some(child) = &self.child {
            child.forward(stop);
        } else if let Some(pending) = self.pending_report.as_mut().filter(|_| !is_first) {
            pending.deadline = Instant::now();
        }
        if !is_first {
            return;
        }
        match &mut self.pending_report {
            Some(pending) => pending.deadline = pending.deadline.min(after(self.arguments.grace)),
            None => self.report(&Ending::Stopped(stop), self.arguments.grace),
        }
    }

    /// Reports how the command ended.
    fn on_exit(&mut self, ending: &Ending) {
        self.child = None;
        self.code = ending.code();
        self.report(ending, self.arguments.end_timeout);
    }

    /// Starts the final report, unless it was started before.
    fn report(&mut self, ending: &Ending, limit: Duration) {
        if let Some(report) = self.reports.end(ending) {
            self.pending_report = Some(PendingReport {
                report,
                state: ending.state(),
                reason: ending.reason(),
                deadline: after(limit),
            });
        }
    }

    /// Handles the result of the final report, or `None` if its deadline has passed.
    fn on_reported(&mut self, result: Option<ReportResult>) {
        let Some(pending) = self.pending_report.take() else {
            return;
        };
        match result {
            Some(result) => {
                let is_delivered = self.reports.on_end_reported(result);
                if is_delivered && self.stop_requested {
                    let reason = pending.reason.unwrap_or_default();
                    self.output
                        .note(&format!("reported {}: {reason}", pending.state));
                }
            }
            None => self.reports.on_end_timeout(pending.state),
        }
    }
}

async fn exit_of(child: &mut Option<Child>) -> io::Result<ExitStatus> {
    match child {
        Some(child) => child.wait().await,
        None => pending().await,
    }
}

/// Waits for the result of a report, or returns `None` when its deadline passes.
async fn result_of(pending_report: &mut Option<PendingReport>) -> Option<ReportResult> {
    let Some(pending_report) = pending_report else {
        return pending().await;
    };
    tokio::select! {
        biased;
        result = &mut pending_report.report => Some(result),
        () = sleep_until(pending_report.deadline) => None,
    }
}

/// Returns the instant after a duration, at most one year from now.
fn after(time: Duration) -> Instant {
    // Adding a longer duration to an instant could panic.
    const YEAR: Duration = Duration::from_secs(365 * 86_400);
    Instant::now() + time.min(YEAR)
}
