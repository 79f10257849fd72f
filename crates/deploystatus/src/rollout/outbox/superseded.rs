//! Decision whether a report in an outbox is outdated.

use jiff::SignedDuration;

use super::flush_report::OnSuperseded;
use crate::client::create::is_stored_as;
use crate::client::read::Newest;
use crate::rollout::report::{ReportKind, StoredReport};

/// Decision about a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Send,
    /// The report is outdated. It is dropped unless its status is found in the list.
    Drop,
}

/// `Date` and `created_at` are whole seconds.
const CLOCK_PRECISION: SignedDuration = SignedDuration::from_secs(2);

/// Decides about a report, given the newest status of its deployment.
pub(super) fn decide(
    report: &StoredReport,
    newest: &Newest,
    on_superseded: OnSuperseded,
) -> Decision {
    let is_current = match report.kind {
        ReportKind::LastWill => newest
            .status
            .as_ref()
            .is_some_and(|status| report.is_unfinished_own(status)),
        ReportKind::End => on_superseded == OnSuperseded::Send || !is_superseded(report, newest),
    };
    if is_current {
        Decision::Send
    } else {
        Decision::Drop
    }
}

/// Returns `true` if another rollout has reported since this report was written.
fn is_superseded(report: &StoredReport, newest: &Newest) -> bool {
    let Some(status) = &newest.status else {
        return false;
    };
    let is_newer = if let Some(after) = report.after {
        status.id > after
    } else {
        let ended_at = report.ended_at_server(newest.server_time);
        status.created_at.duration_since(ended_at) > CLOCK_PRECISION
    };
    is_newer && !report.is_own(status) && !is_stored_as(status, &report.status)
}
