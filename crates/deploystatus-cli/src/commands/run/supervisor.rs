//! The life of a command: its process, the stop requests, and the report of its end.

use std::future::pending;
use std::time::Duration;

use deploystatus::DeploymentStatus;
use tokio::time::{Instant, sleep_until};

use super::child::{self, Child, Group};
use super::child_output::{ChildOutput, Reading};
use super::ending::Ending;
use super::pending_exit::{self, PendingExit};
use super::pending_report::{self, Event, PendingReport};
use super::reports::Reports;
use super::signals::{ParentPolicy, Signals, Stop};
use crate::arguments::report::RunArgs;
use crate::commands::summary;
use crate::duration;
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;

/// A command, from its start until its end is reported.
pub(super) struct Supervisor<'a> {
    arguments: &'a RunArgs,
    reports: Reports<'a>,
    output: &'a Output,
    child_output: Option<ChildOutput>,
    next_reading: Instant,
    child: Option<Child>,
    /// Processes that receive stop requests: the command, and after a cancelled one what remains of its group.
    group: Option<Group>,
    pending_exit: Option<PendingExit>,
    pending_report: Option<PendingReport>,
    parent_policy: ParentPolicy,
    stop_requested: bool,
    /// Time at which the command and its group are killed, because their job ends.
    kill_at: Option<Instant>,
    /// The reported end, if it was delivered.
    delivered: Option<DeploymentStatus>,
    code: u8,
}

/// Time for the report and the command after the last stop request of a pipeline.
const GRACE_AT_JOB_END: Duration = Duration::from_secs(2);
/// Time between two readings of the command's output file.
const READING_INTERVAL: Duration = Duration::from_millis(500);

impl<'a> Supervisor<'a> {
    pub(super) fn new(
        arguments: &'a RunArgs,
        reports: Reports<'a>,
        child_output: Option<ChildOutput>,
        parent_policy: ParentPolicy,
        output: &'a Output,
    ) -> Self {
        Self {
            arguments,
            reports,
            output,
            child_output,
            next_reading: Instant::now() + READING_INTERVAL,
            child: None,
            group: None,
            pending_exit: None,
            pending_report: None,
            parent_policy,
            stop_requested: false,
            kill_at: None,
            delivered: None,
            code: 0,
        }
    }

    /// Reports that the command was stopped before it started.
    pub(super) fn stop_before_start(&mut self, stop: Stop) {
        self.stop_requested = true;
        let ending = Ending::StoppedBeforeStart(stop);
        self.code = ending.code();
        self.report(&ending);
        self.limit_report(stop);
    }

    /// Starts the command. A failure is reported like the end of a command.
    pub(super) fn start(&mut self, command: tokio::process::Command) {
        self.output.stop_waiting();
        match Child::start(command) {
            Ok(child) => {
                self.group = Some(child.group());
                self.child = Some(child);
            }
            Err(error) => {
                let reason = error.to_string();
                let ending = Ending::NotStarted(error);
                self.output.error(&Error::Start {
                    program: self.arguments.command.first().cloned().unwrap_or_default(),
                    reason,
                    code: ending.code(),
                });
                self.code = ending.code();
                self.output.start_waiting();
                self.report_exit(&ending);
            }
        }
    }

    /// Waits until the command has ended and its end is reported, or the time for the report is over.
    ///
    /// If a pipeline cancelled the command, the rest of its group has to end too.
    pub(super) async fn run(mut self, signals: &mut Signals) -> Code {
        while self.is_active() {
            tokio::select! {
                biased;
                stop = signals.next() => self.on_stop(stop),
                status = child::exit_of(&mut self.child) => self.on_exit(Ending::of(status)),
                ending = pending_exit::ending_of(&mut self.pending_exit) => self.report_exit(&ending),
                () = child::end_of(self.group), if self.child.is_none() => self.group = None,
                event = pending_report::event_of(&mut self.pending_report) => self.on_report_event(event),
                () = reached(self.kill_at) => self.kill(),
                () = self.reports.started() => {}
                never = self.output.break_silence(), if self.child.is_none() => never,
                () = sleep_until(self.next_reading), if self.child.is_some() => {
                    self.read_output(Reading::WhileRunning);
                }
            }
        }
        self.add_summary().await;
        match self.reports.failure() {
            Some(failure) if self.code == 0 => failure,
            _ => Code::Child(self.code),
        }
    }

    fn is_active(&self) -> bool {
        self.child.is_some()
            || self.group.is_some()
            || self.pending_exit.is_some()
            || self.pending_report.is_some()
    }

    /// Forwards a stop request to the command and reports the first one.
    fn on_stop(&mut self, stop: Stop) {
        if let Some(group) = self.group {
            group.forward(stop);
        }
        if self.is_last(stop) {
            self.kill_after(GRACE_AT_JOB_END);
        }
        if std::mem::replace(&mut self.stop_requested, true) {
            return;
        }
        if self.child.is_some() {
            self.read_output(Reading::WhileRunning);
        }
        self.pending_exit = None;
        self.limit_group();
        self.report(&Ending::Stopped(stop));
        self.limit_report(stop);
    }

    /// Returns `true` if a pipeline kills this process next.
    ///
    /// GitHub's runner sends SIGINT, after 7.5 seconds SIGTERM, and kills the process 2.5 seconds later.
    /// If that process is a shell, it exits at the SIGTERM.
    fn is_last(&self, stop: Stop) -> bool {
        match stop {
            Stop::ParentExited => true,
            Stop::Terminate => self.stop_requested && self.parent_policy == ParentPolicy::Watch,
            Stop::Interrupt | Stop::HangUp | Stop::Quit => false,
        }
    }

    /// Handles the exit of the command, which is reported after a short time.
    fn on_exit(&mut self, ending: Ending) {
        self.read_output(Reading::AtEnd);
        self.child = None;
        self.output.start_waiting();
        self.code = ending.code();
        if self.stop_requested {
            return self.limit_group();
        }
        self.group = self.group.and_then(Group::without_leader);
        self.pending_exit = Some(PendingExit::new(ending));
    }

    /// Limits the time of a stopped command and its group in a pipeline, because the pipeline kills only this process.
    ///
    /// Elsewhere the command has any time, and the processes that it leaves continue to run.
    fn limit_group(&mut self) {
        if self.parent_policy == ParentPolicy::Watch {
            self.kill_after(self.arguments.grace);
        } else if self.child.is_none() {
            self.group = None;
        }
    }

    /// Reports how the command ended.
    fn report_exit(&mut self, ending: &Ending) {
        self.pending_exit = None;
        self.group = None;
        self.report(ending);
    }

    fn on_report_event(&mut self, event: Event) {
        if let (Event::SendAgain, Some(pending)) = (&event, &mut self.pending_report) {
            let second = self
                .reports
                .send_again(&pending.state, pending.reason.clone());
            pending.start_second(second);
            return;
        }
        let Some(pending) = self.pending_report.take() else {
            return;
        };
        match event {
            Event::Reported(result) => {
                if let Some(status) = self.reports.on_end_reported(result) {
                    self.on_delivered(&pending, &status);
                }
            }
            Event::ReportedAgain(status) => self.on_delivered(&pending, &status),
            Event::DeadlinePassed => self.reports.on_end_timeout(pending.state),
            Event::SendAgain => {}
        }
    }

    /// Adds the states to the summary of the step. After a stop request there is no time to read them.
    async fn add_summary(&self) {
        let deployment = self.reports.deployment();
        let error = self.reports.end_error();
        match (&self.delivered, error) {
            (None, None) => {}
            (status, error) if self.stop_requested => {
                let statuses = status.as_slice();
                self.output.add_summary(deployment, error, statuses);
            }
            (Some(status), _) => {
                summary::add(deployment, status, summary::TIME_LIMIT, self.output).await;
            }
            (None, Some(error)) => summary::add_error(deployment, error, self.output).await,
        }
    }

    fn on_delivered(&mut self, pending: &PendingReport, status: &DeploymentStatus) {
        self.output.set_outputs(status);
        self.delivered = Some(status.clone());
        if let (true, Some(reason)) = (self.stop_requested, &pending.reason) {
            self.output
                .note(format!("reported {}: {reason}", pending.state));
        }
    }

    /// Sets the time for the group, unless it is to be killed earlier.
    fn kill_after(&mut self, time: Duration) {
        let time = after(time);
        self.kill_at = Some(self.kill_at.map_or(time, |earlier| earlier.min(time)));
    }

    /// Kills the command and what remains of its process group.
    fn kill(&mut self) {
        self.kill_at = None;
        if let Some(child) = &mut self.child {
            child.kill();
        }
        if let Some(group) = self.group.take() {
            group.kill();
        }
    }

    /// Starts the final report, unless it was started before.
    fn report(&mut self, ending: &Ending) {
        let state = ending.state(&self.arguments.cancelled_as);
        let reason = ending.reason();
        if let Some(report) = self.reports.end(&state, reason.clone()) {
            // No attempt starts after the time limit; a second more lets the error of the last one arrive.
            let deadline = after(self.arguments.end_timeout) + Duration::from_secs(1);
            let pending = PendingReport::new(report, state, reason, deadline);
            self.pending_report = Some(pending);
        }
    }

    /// Limits the final report to the time that a stop request leaves.
    fn limit_report(&mut self, stop: Stop) {
        let grace = match stop {
            Stop::ParentExited => self.arguments.grace.min(GRACE_AT_JOB_END),
            _ => self.arguments.grace,
        };
        if let Some(pending) = &mut self.pending_report {
            pending.limit(after(grace));
        }
    }

    /// Reads the values that the command has set.
    fn read_output(&mut self, reading: Reading) {
        self.next_reading = Instant::now() + READING_INTERVAL;
        let Some(child_output) = &mut self.child_output else {
            return;
        };
        let output = self.output;
        let warn = |line: &str| {
            output.warning(format!("ignored a line in DEPLOYSTATUS_OUTPUT: {line:?}"));
        };
        let values = child_output.read(reading, warn);
        self.reports.set_values(values, reading);
    }
}

/// Waits until the given time, or forever if there is none.
async fn reached(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}

fn after(time: Duration) -> Instant {
    duration::after(Instant::now(), time)
}
