//! Runs a command, and reports how it went.

mod child;
mod ending;
mod reports;
mod signals;

use std::future::pending;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use deploystatus::{Delivered, State, Undelivered};
use tokio::time::{Instant, sleep_until};

use super::create;
use crate::arguments::RunArguments;
use crate::error::Error;
use crate::exit::Code;
use crate::output::Output;
use crate::settings::Settings;
use child::Child;
use ending::Ending;
use reports::{End, Reports};
use signals::{Signals, Stop};

pub(crate) async fn run(
    arguments: RunArguments,
    settings: &Settings,
    output: &Output,
) -> Result<Code, Error> {
    // From here on, being told to stop does not end this process without a word.
    let mut signals = Signals::listen().map_err(Error::Runtime)?;
    let report = &arguments.report;
    let status = create::new_status(State::InProgress, report, settings);
    let check = status.check().map_err(deploystatus::Error::from);
    check.map_err(Error::call("report the beginning"))?;
    let deployment = settings.deployment()?;
    if report.dry_run {
        create::show(&deployment, &status, output)?;
        output.remark("the command was not run");
        return Ok(Code::Done);
    }
    let mut reports = Reports::begin(deployment, status, &arguments, settings, output)?;
    let told_early = tokio::select! {
        biased;
        stop = signals.next() => Some(stop),
        () = reports.begun_within(arguments.report_timeout) => None,
    };
    let mut course = Course::new(&arguments, reports);
    match told_early {
        Some(stop) => course.stop_before(stop),
        None => course.start(output),
    }
    Ok(course.follow(&mut signals).await)
}

/// A command that is run: its process while there is one, and the report of its end while that is under way.
struct Course<'a> {
    arguments: &'a RunArguments,
    reports: Reports<'a>,
    child: Option<Child>,
    end: Option<Under>,
    is_told: bool,
    code: u8,
}

/// A report that is under way, until it is not waited for any longer.
struct Under {
    report: End,
    state: State,
    deadline: Instant,
}

impl<'a> Course<'a> {
    fn new(arguments: &'a RunArguments, reports: Reports<'a>) -> Self {
        Self {
            arguments,
            reports,
            child: None,
            end: None,
            is_told: false,
            code: 0,
        }
    }

    /// Does not even start.
    fn stop_before(&mut self, stop: Stop) {
        self.is_told = true;
        let ending = Ending::StoppedBefore(stop);
        self.code = ending.code();
        self.report(&ending, self.arguments.grace);
    }

    fn start(&mut self, output: &Output) {
        let Some((program, arguments)) = self.arguments.command.split_first() else {
            return;
        };
        match Child::start(program, arguments) {
            Ok(child) => self.child = Some(child),
            Err(error) => {
                let why = error.to_string();
                let ending = Ending::NotStarted(error);
                output.error(&Error::Start {
                    program: program.clone(),
                    why,
                    code: ending.code(),
                });
                self.over(&ending);
            }
        }
    }

    /// Goes on until the command has ended and its end is reported, or not waited for any longer.
    async fn follow(mut self, signals: &mut Signals) -> Code {
        while self.child.is_some() || self.end.is_some() {
            tokio::select! {
                biased;
                stop = signals.next() => self.told(stop),
                status = ended(&mut self.child) => self.over(&Ending::of(status)),
                told = reported(&mut self.end) => self.heard(told),
                () = self.reports.begun() => {}
            }
        }
        match self.reports.trouble() {
            Some(trouble) if self.code == 0 && self.arguments.strict => trouble,
            _ => Code::Child(self.code),
        }
    }

    /// Passes a signal on. The first one begins the end, and one that comes when there is nothing left
    /// but a report ends even that.
    fn told(&mut self, stop: Stop) {
        let is_first = !std::mem::replace(&mut self.is_told, true);
        if let Some(child) = &self.child {
            child.forward(stop);
        } else if let Some(end) = self.end.as_mut().filter(|_| !is_first) {
            end.deadline = Instant::now();
        }
        if !is_first {
            return;
        }
        match &mut self.end {
            Some(end) => end.deadline = end.deadline.min(after(self.arguments.grace)),
            None => self.report(&Ending::Stopped(stop), self.arguments.grace),
        }
    }

    /// The command has ended.
    fn over(&mut self, ending: &Ending) {
        self.child = None;
        self.code = ending.code();
        self.report(ending, self.arguments.end_timeout);
    }

    fn report(&mut self, ending: &Ending, limit: Duration) {
        if let Some(report) = self.reports.end(ending) {
            self.end = Some(Under {
                report,
                state: ending.state(),
                deadline: after(limit),
            });
        }
    }

    /// The end is reported, or no longer waited for.
    fn heard(&mut self, told: Option<Result<Delivered, Undelivered>>) {
        let Some(end) = self.end.take() else { return };
        match told {
            Some(told) => self.reports.ended(told),
            None => self.reports.given_up(end.state),
        }
    }
}

async fn ended(child: &mut Option<Child>) -> io::Result<ExitStatus> {
    match child {
        Some(child) => child.ended().await,
        None => pending().await,
    }
}

/// What became of the report; nothing when the time is up.
async fn reported(end: &mut Option<Under>) -> Option<Result<Delivered, Undelivered>> {
    let Some(end) = end else {
        return pending().await;
    };
    tokio::select! {
        biased;
        told = &mut end.report => Some(told),
        () = sleep_until(end.deadline) => None,
    }
}

/// The moment after so much time; a time without end is a year.
fn after(time: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 86_400);
    Instant::now() + time.min(YEAR)
}
