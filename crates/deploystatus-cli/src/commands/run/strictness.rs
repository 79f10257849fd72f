//! The failed reports that change the exit code.

use std::env;

use crate::arguments::report::RunArgs;
use crate::escape::Log;

/// The failed reports that turn exit code 0 into that of the failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    Lenient,
    FinalReport,
    AllReports,
}

impl Strictness {
    /// Returns the strictness that the arguments select.
    ///
    /// In GitHub Actions an undelivered final report counts by default, because the default outbox is lost with the runner.
    pub(super) fn of(arguments: &RunArgs) -> Self {
        let has_outbox = arguments.outbox.outbox.is_some()
            || env::var_os("DEPLOYSTATUS_OUTBOX").is_some_and(|value| !value.is_empty());
        match (arguments.strict, arguments.no_strict) {
            (true, _) => Self::AllReports,
            (_, true) => Self::Lenient,
            _ if Log::from_environment() == Log::Actions && !has_outbox => Self::FinalReport,
            _ => Self::Lenient,
        }
    }
}
