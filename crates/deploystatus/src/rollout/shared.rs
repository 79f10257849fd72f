//! Data that a rollout shares with its handles and with the task that sends its reports.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deploystatus_generated::State;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::outbox::Outbox;
use super::outbox::entry::OutboxEntry;
use super::report::{ReportClock, ReportKind, StoredReport, Unconfirmed};
use crate::client::deployment::Deployment;
use crate::model::new_status::NewStatus;

/// Data that a rollout shares with its handles and with the task that sends its reports.
pub(super) struct Shared {
    /// A number that no other rollout has.
    pub(super) id: u64,
    pub(super) deployment: Deployment,
    pub(super) outbox: Option<Outbox>,
    pub(super) content: Mutex<Content>,
    /// Notified when the content has changed.
    pub(super) changed: Notify,
    pub(super) reports: Mutex<Reports>,
}

/// Content of the reports that are still to be sent.
pub(super) struct Content {
    pub(super) template: NewStatus,
    pub(super) success_description: Option<String>,
    /// The newest progress that was not sent yet.
    pub(super) progress: Option<NewStatus>,
}

/// Reports made so far.
#[derive(Default)]
pub(super) struct Reports {
    /// The ID of the rollout's newest status that is known to be stored.
    own: Option<u64>,
    /// The newest ID of the deployment that was read, or 0 if it had no status.
    read: Option<u64>,
    /// Statuses that were sent and may be stored.
    unconfirmed: VecDeque<Sent>,
    /// Number of the newest file.
    sequence: u64,
    kept: NewestFile,
    stage: Stage,
}

/// A status that was sent and may be stored.
struct Sent {
    status: NewStatus,
    at: Instant,
    limit: Duration,
}

impl Sent {
    /// Returns the status as it is stored, given the time now.
    fn stored(&self, now: Timestamp) -> Unconfirmed {
        let sent_at = now.checked_sub(self.at.elapsed()).unwrap_or(now);
        Unconfirmed {
            status: self.status.clone(),
            sent_at,
            until: sent_at.checked_add(self.limit).unwrap_or(Timestamp::MAX),
        }
    }
}

/// The file of the newest report in the outbox.
#[derive(Default)]
enum NewestFile {
    #[default]
    None,
    Locked(OutboxEntry),
    /// Other processes may send the report.
    Released(PathBuf),
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Running,
    Ended,
}

const KILLED: &str = "The process was killed before it reported the end of the rollout";

/// Maximum number of unconfirmed statuses. Older ones cannot be the newest status any more.
const MAX_UNCONFIRMED: usize = 8;

impl Shared {
    pub(super) fn new(deployment: Deployment, template: NewStatus, outbox: Option<Outbox>) -> Self {
        Self {
            id: crate::model::new_status::unique_number(),
            deployment,
            outbox,
            content: Mutex::new(Content {
                template,
                success_description: None,
                progress: None,
            }),
            changed: Notify::new(),
            reports: Mutex::default(),
        }
    }

    pub(super) fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reports(&self) -> MutexGuard<'_, Reports> {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the newest ID that is known, or `None` if nothing is known about the deployment.
    pub(super) fn newest_id(&self) -> Option<u64> {
        let read = self.reports().read;
        read.max(self.deployment.target.state.highest_id())
    }

    /// Records the newest ID that was read.
    pub(super) fn note_read(&self, id: u64) {
        let mut reports = self.reports();
        reports.read = reports.read.max(Some(id));
    }

    /// Stores the last will before a status is sent, so that the status is recognized if the process is killed.
    ///
    /// No request can store the status later than `limit` after this call.
    pub(super) fn note_sending(&self, status: &NewStatus, limit: Duration) {
        let mut reports = self.reports();
        reports.unconfirmed.push_back(Sent {
            status: status.clone(),
            at: Instant::now(),
            limit,
        });
        if reports.unconfirmed.len() > MAX_UNCONFIRMED {
            reports.unconfirmed.pop_front();
        }
        self.store_last_will(&mut reports);
    }

    /// Records that a status is stored, and updates the last will.
    pub(super) fn note_stored(&self, status: &NewStatus, id: u64) {
        let mut reports = self.reports();
        reports.own = reports.own.max(Some(id));
        reports.unconfirmed.retain(|sent| sent.status != *status);
        self.store_last_will(&mut reports);
    }

    /// Records that a status is certainly not stored, and updates the last will.
    pub(super) fn note_not_stored(&self, status: &NewStatus) {
        let mut reports = self.reports();
        reports.unconfirmed.retain(|sent| sent.status != *status);
        self.store_last_will(&mut reports);
    }

    fn store_last_will(&self, reports: &mut Reports) {
        if reports.stage == Stage::Running && self.outbox.is_some() {
            let status = self.status(State::Error, Some(KILLED.to_owned()));
            let report = self.report(reports, ReportKind::LastWill, status);
            self.store(reports, &report);
        }
    }

    /// Creates the report of the end and stores it in the outbox, if there is one.
    ///
    /// This call writes the file itself, because a drop cannot wait for a task that does so.
    pub(super) fn end(&self, state: State, description: Option<String>) -> StoredReport {
        let mut reports = self.reports();
        reports.stage = Stage::Ended;
        let status = self.status(state, description).with_marker_written();
        let mut report = self.report(&reports, ReportKind::End, status);
        let stored = StoredReport {
            // If the process is killed from here on, it is unknown whether the report was sent.
            sendings: 1,
            ..report.clone()
        };
        if !self.store(&mut reports, &stored) {
            // The disk may be full. Removing the last will makes space for the end.
            if let NewestFile::Locked(last_will) = std::mem::take(&mut reports.kept) {
                last_will.discard();
                self.store(&mut reports, &stored);
            }
        }
        report.sequence = reports.sequence;
        report
    }

    /// Stores a changed version of the end.
    pub(super) fn store_end(&self, report: &mut StoredReport) {
        let mut reports = self.reports();
        if matches!(reports.kept, NewestFile::Locked(_)) {
            report.sequence = reports.sequence + 1;
            self.store(&mut reports, report);
        }
    }

    /// Removes the report from the outbox, because it is delivered or there is nothing to deliver.
    pub(super) fn discard(&self) {
        let mut reports = self.reports();
        reports.stage = Stage::Ended;
        if let NewestFile::Locked(entry) = std::mem::take(&mut reports.kept) {
            entry.discard();
        }
    }

    /// Permits other processes to send the end, and returns its file.
    pub(super) fn release(&self) -> Option<PathBuf> {
        let mut reports = self.reports();
        if reports.stage == Stage::Ended
            && let NewestFile::Locked(entry) = &reports.kept
        {
            reports.kept = NewestFile::Released(entry.path().to_owned());
        }
        reports.path()
    }

    /// Returns the file that holds the newest report, or `None` if it is not kept.
    pub(super) fn kept_in(&self) -> Option<PathBuf> {
        self.reports().path()
    }

    /// Returns the status of an end.
    fn status(&self, state: State, description: Option<String>) -> NewStatus {
        let content = self.content();
        let status = NewStatus {
            state,
            description: content.success_description.clone(),
            ..content.template.clone()
        };
        match description {
            Some(description) => status.description_truncated(description),
            None => status,
        }
    }

    fn report(&self, reports: &Reports, kind: ReportKind, status: NewStatus) -> StoredReport {
        let target = &self.deployment.target;
        let (clock, now) = match target.core.clock.now() {
            Some(now) => (ReportClock::Server, now),
            None => (ReportClock::Machine, Timestamp::now()),
        };
        StoredReport {
            format: StoredReport::FORMAT,
            kind,
            rollout: format!("{:016x}", self.id),
            sequence: reports.sequence + 1,
            server: target.core.base.text.clone(),
            repository: target.repository(),
            deployment: target.id(),
            status,
            after: reports.read.max(target.state.highest_id()),
            own: reports.own,
            unconfirmed: reports
                .unconfirmed
                .iter()
                .map(|sent| sent.stored(now))
                .collect(),
            stored: None,
            sendings: 0,
            clock,
            ended_at: now,
            why: None,
        }
    }

    /// Replaces the stored report, and returns `true` if that succeeds. Otherwise the earlier report stays.
    fn store(&self, reports: &mut Reports, report: &StoredReport) -> bool {
        let Some(outbox) = &self.outbox else {
            return true;
        };
        let entry = match outbox.write(report) {
            Ok(entry) => entry,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a report could not be stored in the outbox"
                );
                return false;
            }
        };
        reports.sequence = report.sequence;
        if let NewestFile::Locked(replaced) =
            std::mem::replace(&mut reports.kept, NewestFile::Locked(entry))
        {
            replaced.discard();
        }
        true
    }
}

impl Reports {
    /// Returns the path of the file, unless another process has removed it.
    fn path(&self) -> Option<PathBuf> {
        let path = match &self.kept {
            NewestFile::None => return None,
            NewestFile::Locked(entry) => entry.path(),
            NewestFile::Released(path) => path,
        };
        path.exists().then(|| path.to_owned())
    }
}
