//! The file of a report in an outbox, if there is an outbox.

use std::path::{Path, PathBuf};

use crate::Error;
#[cfg(feature = "outbox")]
use crate::outbox::Claim;

/// A report's file in an outbox, held so that nobody else sends it; or nothing.
#[derive(Debug, Default)]
pub(crate) struct Held {
    #[cfg(feature = "outbox")]
    claim: Option<Claim>,
}

#[cfg(feature = "outbox")]
impl Held {
    pub(crate) fn new(claim: Claim) -> Self {
        Self { claim: Some(claim) }
    }

    /// Holds the file, if there is one still.
    pub(crate) fn claim(path: Option<&Path>) -> Result<Self, Error> {
        Ok(Self {
            claim: path.map(Claim::take).transpose()?.flatten(),
        })
    }

    pub(crate) fn path(&self) -> Option<PathBuf> {
        Some(self.claim.as_ref()?.path().to_owned())
    }

    /// Lets others send it, and tells where it is.
    pub(crate) fn release(self) -> Option<PathBuf> {
        self.path()
    }

    /// Takes the report out of the outbox, because it is delivered or there is nothing to deliver.
    pub(crate) fn discard(self) {
        if let Some(claim) = self.claim {
            claim.discard();
        }
    }
}

#[cfg(not(feature = "outbox"))]
#[expect(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "there is nothing to hold without an outbox"
)]
impl Held {
    pub(crate) fn claim(_: Option<&Path>) -> Result<Self, Error> {
        Ok(Self::default())
    }

    pub(crate) fn path(&self) -> Option<PathBuf> {
        None
    }

    pub(crate) fn release(self) -> Option<PathBuf> {
        None
    }

    pub(crate) fn discard(self) {}
}
