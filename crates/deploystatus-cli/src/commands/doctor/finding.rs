//! One thing that was found out, and what to do about it.

use serde::Serialize;

use crate::error::Error;
use crate::exit::{self, Code};
use crate::output::{Style, harmless};

/// As wide as the verdict and the check, and the space after each.
const INDENT: &str = "                   ";

/// One thing that was found out.
#[derive(Debug, Serialize)]
#[must_use]
pub(crate) struct Finding {
    check: &'static str,
    verdict: Verdict,
    message: String,
    fix: Option<String>,
    /// How the command ends if this is the first problem.
    #[serde(skip)]
    code: Code,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warning,
    Problem,
}

impl Finding {
    pub(crate) fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Verdict::Ok, message.into(), Code::Done)
    }

    pub(crate) fn warning(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Verdict::Warning, message.into(), Code::Done)
    }

    pub(crate) fn problem(check: &'static str, message: impl Into<String>, code: Code) -> Self {
        Self::new(check, Verdict::Problem, message.into(), code)
    }

    /// What the other commands would fail with.
    pub(crate) fn failed(check: &'static str, error: &Error) -> Self {
        let finding = Self::problem(check, error.to_string(), exit::code_of(error));
        match error.hint() {
            Some(hint) => finding.fix(hint),
            None => finding,
        }
    }

    /// Adds what to do about it.
    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// How the command ends, if this is a problem.
    pub(crate) fn code_of_problem(&self) -> Option<Code> {
        (self.verdict == Verdict::Problem).then_some(self.code)
    }

    pub(crate) fn in_words(&self, style: Style) -> String {
        let verdict = match self.verdict {
            Verdict::Ok => style.green("ok     "),
            Verdict::Warning => style.yellow("warning"),
            Verdict::Problem => style.red("problem"),
        };
        let check = self.check;
        let mut lines = self.message.lines();
        let first = harmless(lines.next().unwrap_or_default());
        let mut text = format!("{verdict}  {check:<8}  {first}\n");
        let fix = self.fix.iter().flat_map(|fix| fix.lines());
        for line in lines.chain(fix) {
            text.extend([INDENT, &harmless(line), "\n"]);
        }
        text
    }

    fn new(check: &'static str, verdict: Verdict, message: String, code: Code) -> Self {
        Self {
            check,
            verdict,
            message,
            fix: None,
            code,
        }
    }
}
