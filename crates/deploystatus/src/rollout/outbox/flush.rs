//! Delivering what an outbox keeps.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;

use super::claim::{Claim, Taken};
use super::failed;
use crate::new_status::without_mark;
use crate::undelivered::Letter;
use crate::{Client, Delivered, DeploymentStatus, Error, Undelivered, delivery};

/// What to do with a report when others have reported on its deployment since.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overtaken {
    /// Send it all the same, so that it becomes the newest.
    #[default]
    Send,
    /// Drop it, so that what is the newest stays the newest.
    ///
    /// A report that was written down before its rollout was known to have begun is sent all the same,
    /// and an unfinished status with the same `log_url` counts as the rollout's own.
    Drop,
}

/// What a flush did.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Flushed {
    /// What was delivered, oldest first; what was on the server already counts as adopted.
    pub delivered: Vec<Delivered>,
    /// What was dropped because a newer status had overtaken it.
    pub dropped: Vec<Undelivered>,
    /// What could not be delivered and is kept.
    pub kept: Vec<Undelivered>,
    /// The files that were left for later: others are sending them, or their rollouts go on;
    /// they wait for an older report on the same deployment; or they are for another server.
    pub left: Vec<PathBuf>,
    /// What could not be read, as one error a file.
    pub unreadable: Vec<Error>,
}

impl Flushed {
    /// Whether nothing is left to be done.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.kept.is_empty() && self.left.is_empty() && self.unreadable.is_empty()
    }
}

pub(super) async fn flush(
    files: Vec<PathBuf>,
    client: &Client,
    overtaken: Overtaken,
) -> Result<Flushed, Error> {
    let mut flushed = Flushed::default();
    // The deployments of which an older report is not delivered yet.
    let mut waiting = HashSet::new();
    for (place, path) in files.iter().enumerate() {
        let deployment = told_by(path, 1);
        let mut claim = match Claim::try_take(path) {
            Ok(Taken::Held(claim)) => claim,
            Ok(Taken::Gone) => continue,
            Ok(Taken::Busy) => {
                waiting.extend(deployment.and_then(|id| id.parse::<u64>().ok()));
                flushed.left.push(path.clone());
                continue;
            }
            Err(cause) => {
                flushed.unreadable.push(unreadable(path, cause));
                continue;
            }
        };
        // A process that ended between writing the end of a rollout and removing its last will leaves both.
        let rollout = told_by(path, 2).filter(|rollout| !rollout.is_empty());
        let mut later = files.iter().skip(place + 1);
        if rollout.is_some() && later.any(|later| told_by(later, 2) == rollout) {
            claim.discard();
            continue;
        }
        let letter = match claim.read() {
            Ok(letter) => letter,
            Err(cause) => {
                flushed.unreadable.push(unreadable(path, cause));
                continue;
            }
        };
        if letter.server != client.base_url() || waiting.contains(&letter.deployment) {
            flushed.left.push(path.clone());
            continue;
        }
        let deployment = letter.deployment;
        match deliver(letter, path, client, overtaken).await {
            Done::Delivered(delivered) => {
                claim.discard();
                flushed.delivered.push(*delivered);
            }
            Done::Overtaken(report) => {
                claim.discard();
                flushed.dropped.push(report);
            }
            Done::Failed(report) => {
                waiting.insert(deployment);
                flushed.kept.push(report);
            }
        }
    }
    Ok(flushed)
}

enum Done {
    Delivered(Box<Delivered>),
    Overtaken(Undelivered),
    Failed(Undelivered),
}

async fn deliver(mut letter: Letter, path: &Path, client: &Client, overtaken: Overtaken) -> Done {
    let delivered = match letter.deployment_of(client) {
        Ok(deployment) if overtaken == Overtaken::Drop => {
            match deployment.statuses().newest().await {
                Ok(Some(newest)) if is_overtaken(&letter, &newest) => {
                    return Done::Overtaken(Undelivered::stored(letter, None));
                }
                Ok(_) => letter.deliver(&deployment).await,
                Err(error) => Err(error),
            }
        }
        Ok(deployment) => letter.deliver(&deployment).await,
        Err(error) => Err(error),
    };
    match delivered {
        Ok(delivered) => Done::Delivered(Box::new(delivered)),
        Err(error) => Done::Failed(Undelivered::new(letter, Some(path.to_owned()), error)),
    }
}

/// Whether somebody else has reported since.
///
/// An unfinished status with the same log is the rollout's own, made after this was written down.
fn is_overtaken(letter: &Letter, newest: &DeploymentStatus) -> bool {
    let status = &letter.status;
    let log_url = status.log_url.as_deref().or(status.target_url.as_deref());
    let same_log = log_url
        .is_none_or(|ours| newest.log_url.as_deref().map(without_mark) == Some(without_mark(ours)));
    let by_another = if let Some(after) = letter.after {
        newest.id > after && (newest.state.is_finished() || !same_log)
    } else {
        // Without a number there is the time, and room for clocks that differ.
        let later = newest.created_at.duration_since(letter.ended_at);
        newest.state.is_finished() && later > CLOCKS_DIFFER
    };
    by_another && !delivery::is_stored_as(newest, status)
}

const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(60);

/// A part of the name of a file: the moment, the deployment, or the rollout.
fn told_by(path: &Path, part: usize) -> Option<&str> {
    path.file_stem()?.to_str()?.split('-').nth(part)
}

fn unreadable(path: &Path, cause: io::Error) -> Error {
    failed("this file of the outbox cannot be read", path, cause)
}
