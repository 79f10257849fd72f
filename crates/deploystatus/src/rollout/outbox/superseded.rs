//! Decision whether a report is outdated.

use tokio::time::sleep;

use super::entry::LockState;
use super::scan::Found;
use crate::client::create::is_stored_as;
use crate::client::deployment::Deployment;
use crate::client::read::read_fresh;
use crate::error::Error;
use crate::model::deployment_status::DeploymentStatus;
use crate::rollout::report::{CLOCK_PRECISION, ReportKind, StoredReport};

/// Policy for the end of a rollout if another rollout has reported a newer status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnSuperseded {
    /// Drop the report, so that the newest status stays the newest. The default.
    #[default]
    Drop,
    /// Send the report, so that it becomes the newest status.
    Send,
}

/// Decision about a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Send,
    /// The report is outdated. It is dropped unless its status is found in the list.
    Drop,
}

/// The other rollouts of the same deployment that have a report in the outbox.
#[derive(Debug, Default)]
pub(crate) struct Others {
    /// The IDs of their newest statuses.
    statuses: Vec<u64>,
    is_running: bool,
}

impl Others {
    /// Reads the reports of a deployment, except those of this rollout.
    pub(super) fn of(rollout: &str, reports: &[Found]) -> Self {
        let others = reports.iter().filter(|it| it.report.rollout != rollout);
        Self {
            is_running: others.clone().any(|it| it.lock == LockState::Busy),
            statuses: others
                .flat_map(|it| [it.report.own, it.report.stored])
                .flatten()
                .collect(),
        }
    }

    fn have_stored(&self, status: &DeploymentStatus) -> bool {
        self.statuses.contains(&status.id)
    }
}

/// A decision, and the newest status on which it is based.
pub(crate) struct Decided {
    pub(crate) decision: Decision,
    newest: Option<DeploymentStatus>,
}

impl Decided {
    pub(crate) fn newest(&self) -> Option<&DeploymentStatus> {
        self.newest.as_ref()
    }
}

/// Reads the newest status and decides whether the report is sent.
///
/// A list may lack the newest statuses of other rollouts, so two readings have to agree before anything is sent,
/// half of the search time apart.
pub(crate) async fn read_and_decide(
    report: &mut StoredReport,
    deployment: &Deployment,
    others: &Others,
    on_superseded: OnSuperseded,
) -> Result<Decided, Error> {
    let target = &deployment.target;
    let mut readings = 0;
    loop {
        let newest = read_fresh(deployment, report.newest_id()).await?;
        report.use_clock(&target.core.clock);
        let decision = decide(report, newest.as_ref(), others, on_superseded);
        readings += 1;
        if decision == Decision::Drop || readings == 2 {
            return Ok(Decided { decision, newest });
        }
        sleep(target.retry_policy().search_time() / 2).await;
    }
}

/// Decides about a report, given the newest status of its deployment.
///
/// A running rollout will report its own end, so a last will is not needed then.
fn decide(
    report: &StoredReport,
    newest: Option<&DeploymentStatus>,
    others: &Others,
    on_superseded: OnSuperseded,
) -> Decision {
    let is_current = match report.kind {
        ReportKind::LastWill => newest.is_some_and(|status| {
            report.is_unfinished_own(status) && !others.have_stored(status) && !others.is_running
        }),
        ReportKind::End => {
            on_superseded == OnSuperseded::Send
                || !newest.is_some_and(|newest| is_superseded(report, newest, others))
        }
    };
    if is_current {
        Decision::Send
    } else {
        Decision::Drop
    }
}

/// Returns `true` if another rollout has reported since this report was written.
fn is_superseded(report: &StoredReport, status: &DeploymentStatus, others: &Others) -> bool {
    let is_newer = match report.after {
        Some(after) => status.id > after,
        None => status.created_at.duration_since(report.ended_at) > CLOCK_PRECISION,
    };
    let is_own = report.is_own(status) || is_stored_as(status, &report.status);
    is_newer && (!is_own || others.have_stored(status))
}
