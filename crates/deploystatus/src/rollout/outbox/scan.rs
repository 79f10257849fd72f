//! The reports in an outbox, grouped by deployment and in order.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::access::Owner;
use super::access::failed;
use super::entry::{self, Claim, LockState, OutboxEntry};
use crate::error::Error;
use crate::rollout::report::StoredReport;

/// The reports in an outbox.
pub(super) struct Scan {
    /// The reports of each deployment, in the order of delivery.
    pub(super) deployments: Vec<Vec<Found>>,
    /// Files that another process has locked.
    pub(super) in_use: Vec<PathBuf>,
    /// Reports for other servers.
    pub(super) skipped: Vec<PathBuf>,
    pub(super) unreadable: Vec<Error>,
}

/// A report and its file.
pub(super) struct Found {
    pub(super) path: PathBuf,
    pub(super) report: StoredReport,
    pub(super) lock: LockState,
}

/// Returns the files of all reports, sorted by name.
pub(super) fn files(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let is_report = |path: &PathBuf| !is_draft(path);
    Ok(json_files(directory)?
        .into_iter()
        .filter(is_report)
        .collect())
}

/// Reads all reports and removes replaced reports and abandoned drafts.
pub(super) fn scan(directory: &Path, owner: Owner, server: &str) -> Result<Scan, Error> {
    let (drafts, files): (Vec<_>, Vec<_>) = json_files(directory)?
        .into_iter()
        .partition(|path| is_draft(path));
    for draft in drafts {
        if let Err(error) = entry::remove_abandoned_draft(&draft) {
            tracing::warn!(path = %draft.display(), %error, "an abandoned draft could not be removed");
        }
    }
    let mut scan = Scan {
        deployments: Vec::new(),
        in_use: Vec::new(),
        skipped: Vec::new(),
        unreadable: Vec::new(),
    };
    let mut rollouts = BTreeMap::<String, Vec<Found>>::new();
    for path in files {
        match entry::read(&path, owner) {
            Ok(Some(opened)) => {
                let found = Found {
                    path,
                    report: opened.report,
                    lock: opened.lock,
                };
                let rollout = rollouts.entry(found.report.rollout.clone());
                rollout.or_default().push(found);
            }
            Ok(None) if fs::exists(&path).unwrap_or(false) => scan.in_use.push(path),
            Ok(None) => {}
            Err(error) => scan.unreadable.push(error),
        }
    }
    let newest = rollouts.into_values().filter_map(newest_of_rollout);
    let (ours, others): (Vec<_>, Vec<_>) = newest.partition(|found| found.report.server == server);
    scan.skipped
        .extend(others.into_iter().map(|found| found.path));
    scan.deployments = by_deployment(ours);
    Ok(scan)
}

/// Returns the report with the highest number and removes the others, which it replaces.
///
/// A process that was killed between writing a report and removing the one before leaves both.
fn newest_of_rollout(mut reports: Vec<Found>) -> Option<Found> {
    reports.sort_by_key(|found| found.report.sequence);
    let newest = reports.pop();
    for replaced in reports {
        if let Ok(Claim::Locked(entry)) = OutboxEntry::try_claim(&replaced.path) {
            entry.discard();
        }
    }
    newest
}

/// Groups reports by deployment, sorted by the IDs that their rollouts knew, then by their ends.
fn by_deployment(mut reports: Vec<Found>) -> Vec<Vec<Found>> {
    reports.sort_by_key(|found| (found.report.after, found.report.ended_at));
    let mut deployments = BTreeMap::<(String, u64), Vec<Found>>::new();
    for found in reports {
        let report = &found.report;
        let key = (report.repository.to_lowercase(), report.deployment);
        deployments.entry(key).or_default().push(found);
    }
    deployments.into_values().collect()
}

fn json_files(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let unreadable = |error| failed("cannot read the outbox", directory, error);
    let mut files = Vec::new();
    for file in fs::read_dir(directory).map_err(unreadable)? {
        let path = file.map_err(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn is_draft(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    name.as_encoded_bytes().starts_with(b".")
}
