//! The result of one check.

use schemars::JsonSchema;
use serde::Serialize;

use crate::error::Error;
use crate::escape::message::Message;
use crate::exit::{self, Code};
use crate::output::Output;
use crate::output::style::Span;

/// The result of one check, and the steps that fix a problem.
#[derive(Debug, Serialize, JsonSchema)]
#[must_use]
pub(crate) struct Finding {
    /// Name of the check.
    check: &'static str,
    verdict: Verdict,
    /// Description of the result.
    message: Message,
    /// Steps that fix a problem, or null.
    fix: Option<Message>,
    /// Exit code of the command if this is the first problem.
    #[serde(skip)]
    code: Code,
}

/// The result of a check in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warning,
    Problem,
}

/// Width of the longest verdict.
const VERDICT_WIDTH: usize = 7;
/// Width of the longest check.
const CHECK_WIDTH: usize = 8;

impl Finding {
    pub(crate) fn ok(check: &'static str, message: impl Into<Message>) -> Self {
        Self::new(check, Verdict::Ok, message.into(), Code::Done)
    }

    pub(crate) fn warning(check: &'static str, message: impl Into<Message>) -> Self {
        Self::new(check, Verdict::Warning, message.into(), Code::Done)
    }

    pub(crate) fn problem(check: &'static str, message: impl Into<Message>, code: Code) -> Self {
        Self::new(check, Verdict::Problem, message.into(), code)
    }

    /// Creates the finding for an error that other commands would fail with.
    pub(crate) fn failed(check: &'static str, error: &Error) -> Self {
        let finding = Self::problem(check, error.message(), exit::code_of(error));
        match error.help(None) {
            Some(help) => finding.fix(help),
            None => finding,
        }
    }

    /// Adds the steps that fix the problem.
    pub(crate) fn fix(mut self, fix: impl Into<Message>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Returns the exit code, or `None` if this is not a problem.
    pub(crate) fn code_of_problem(&self) -> Option<Code> {
        (self.verdict == Verdict::Problem).then_some(self.code)
    }

    pub(crate) fn print(&self, output: &Output) -> Result<(), Error> {
        let pad = |verdict: &str| format!("{verdict:<VERDICT_WIDTH$}");
        let verdict = match self.verdict {
            Verdict::Ok => Span::good(pad("ok")),
            Verdict::Warning => Span::warning(pad("warning")),
            Verdict::Problem => Span::bad(pad("problem")),
        };
        let check = format!("{:<CHECK_WIDTH$}", self.check);
        let mut lines = self.message.lines();
        let first = lines.next().unwrap_or_default();
        output.line(&[verdict, Span::plain(check), Span::plain(first)])?;
        let indent = || Span::plain(" ".repeat(VERDICT_WIDTH + 2 + CHECK_WIDTH));
        let fix = self
            .fix
            .iter()
            .flat_map(crate::escape::message::Message::lines);
        for line in lines.chain(fix) {
            output.line(&[indent(), Span::plain(line)])?;
        }
        Ok(())
    }

    fn new(check: &'static str, verdict: Verdict, message: Message, code: Code) -> Self {
        Self {
            check,
            verdict,
            message,
            fix: None,
            code,
        }
    }
}
