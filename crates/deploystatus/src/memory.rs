//! What a handle and its clones have learned: where the repository went, and what was read last.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::status::LastCreator;

/// Everything a handle remembers; all of it is bounded.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    notes: Mutex<Notes>,
    /// One account reports most statuses of a deployment, and they share it.
    pub(crate) last_creator: LastCreator,
    /// Held while a creation is under way, so that creations through one handle never meet.
    pub(crate) returned: tokio::sync::Mutex<Returned>,
}

#[derive(Debug, Default)]
struct Notes {
    moved: Option<Url>,
    answers: VecDeque<Remembered>,
}

/// What was read, so that the server can say that it is still the same.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    pub(crate) what: What,
    pub(crate) etag: HeaderValue,
    pub(crate) body: Bytes,
}

/// Which answer is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Newest,
    Status(u64),
}

impl Memory {
    /// Where the statuses of the deployment are now, if they are not where they were.
    pub(crate) fn moved(&self) -> Option<Url> {
        self.notes().moved.clone()
    }

    /// Remembers the new place and tells whether it is news.
    pub(crate) fn note_move(&self, to: &Url) -> bool {
        let mut notes = self.notes();
        if notes.moved.as_ref() == Some(to) {
            return false;
        }
        notes.moved = Some(to.clone());
        true
    }

    pub(crate) fn recall(&self, what: What) -> Option<Remembered> {
        let notes = self.notes();
        notes
            .answers
            .iter()
            .find(|answer| answer.what == what)
            .cloned()
    }

    pub(crate) fn remember(&self, answer: Remembered) {
        let mut notes = self.notes();
        notes.answers.retain(|other| other.what != answer.what);
        notes.answers.push_front(answer);
        notes.answers.truncate(MOST_ANSWERS);
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const MOST_ANSWERS: usize = 16;

/// The ids of the newest creations that were returned; an adopted status must not be one of them.
#[derive(Debug, Default)]
pub(crate) struct Returned(VecDeque<u64>);

impl Returned {
    pub(crate) fn note(&mut self, id: u64) {
        self.0.push_front(id);
        self.0.truncate(MOST_RETURNED);
    }

    pub(crate) fn has(&self, id: u64) -> bool {
        self.0.contains(&id)
    }
}

/// More than can be created within the time that a search looks back to.
const MOST_RETURNED: usize = 1000;
