//! The statuses of a deployment, read as they are wanted.

use std::sync::Arc;
use std::vec;

use super::thread::Thread;
use crate::{DeploymentStatus, Error};

/// The statuses of a deployment, newest first: [`crate::StatusPages`] without `async`.
///
/// Iterating over it gives them one by one; a page is read when the one before has been used up.
#[derive(Clone, Debug)]
#[must_use]
pub struct StatusPages {
    pages: crate::StatusPages,
    thread: Arc<Thread>,
}

impl StatusPages {
    /// Asks for this many statuses at a time: 100 unless told, from 1 to 100.
    pub fn per_page(mut self, statuses: u8) -> Self {
        self.pages = self.pages.per_page(statuses);
        self
    }

    /// Lets [`StatusPages::collect`] read this many pages at a time: 10 unless told, at least 1.
    pub fn at_once(mut self, pages: usize) -> Self {
        self.pages = self.pages.at_once(pages);
        self
    }

    /// The newest status, or nothing when there is none yet.
    ///
    /// # Errors
    ///
    /// When the server refuses or does not answer.
    pub fn newest(&self) -> Result<Option<DeploymentStatus>, Error> {
        self.thread.run(self.pages.newest())
    }

    /// The next page, or nothing when all were given.
    ///
    /// # Errors
    ///
    /// When the server refuses or does not answer. Asking once more then tries the same page again.
    pub fn next_page(&mut self) -> Result<Option<Vec<DeploymentStatus>>, Error> {
        self.thread.run(self.pages.next_page())
    }

    /// All statuses that there were when this began, newest first.
    ///
    /// # Errors
    ///
    /// When the server refuses or does not answer for any page.
    pub fn collect<C: FromIterator<DeploymentStatus>>(self) -> Result<C, Error> {
        self.thread.run(self.pages.collect())
    }

    pub(super) fn new(pages: crate::StatusPages, thread: Arc<Thread>) -> Self {
        Self { pages, thread }
    }
}

impl IntoIterator for StatusPages {
    type Item = Result<DeploymentStatus, Error>;
    type IntoIter = Statuses;

    fn into_iter(self) -> Statuses {
        Statuses {
            pages: self,
            page: Vec::new().into_iter(),
        }
    }
}

/// The statuses of a deployment one by one.
#[derive(Debug)]
pub struct Statuses {
    pages: StatusPages,
    page: vec::IntoIter<DeploymentStatus>,
}

impl Iterator for Statuses {
    type Item = Result<DeploymentStatus, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(status) = self.page.next() {
                return Some(Ok(status));
            }
            match self.pages.next_page() {
                Ok(page) => self.page = page?.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
