//! The end of a rollout that is not on the server yet.

use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rollout::Held;
use crate::{Client, Delivered, Deployment, Error, Invalid, NewStatus, delivery};

/// The end of a rollout that the server does not know of, with everything needed to send it later.
///
/// It serializes to JSON without secrets, can be stored anywhere, and sent from another process.
/// Wherever it is sent from, it is on the server once: when it may have been sent before,
/// [`Undelivered::redeliver`] looks first.
///
/// ```
/// # async fn later(json: &str, client: &deploystatus::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let report: deploystatus::Undelivered = serde_json::from_str(json)?;
/// report.redeliver(client).await?;
/// # Ok(())
/// # }
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// #     use deploystatus_emulator::{Emulator, Fault, NewDeployment};
/// #     let github = Emulator::start().await?;
/// #     let id = github.create_deployment("octocat/example", NewDeployment::new("main"))?.id;
/// #     let client = deploystatus::Client::builder().base_url(github.api_url()).token("token").build()?;
/// #     let first = deploystatus::NewStatus::new(deploystatus::State::InProgress);
/// #     let rollout = client.deployment("octocat/example", id)?.rollout(first).begin().await?;
/// #     github.fault(Fault::status(403));
/// #     let report = rollout.fail("Out of memory").await.unwrap_err();
/// #     later(&serde_json::to_string(&report)?, &client).await?;
/// #     assert_eq!(github.history(id).len(), 2);
/// #     Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Undelivered(Box<Inner>);

#[derive(Debug)]
struct Inner {
    letter: Letter,
    kept_in: Option<PathBuf>,
    last: Option<Error>,
}

/// What there is to say, and to whom.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Letter {
    pub(crate) server: String,
    /// The rollout that ended, by a number of its own.
    pub(crate) rollout: String,
    pub(crate) repository: String,
    pub(crate) deployment: u64,
    pub(crate) status: NewStatus,
    /// The newest status of which the rollout knows that it is older than this report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<u64>,
    /// Whether this report may be on the server already.
    pub(crate) maybe_sent: bool,
    pub(crate) ended_at: Timestamp,
    /// Why it was not delivered, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
}

impl Undelivered {
    /// The repository, `owner/repo`.
    #[must_use]
    pub fn repository(&self) -> &str {
        &self.0.letter.repository
    }

    /// The number of the deployment.
    #[must_use]
    pub fn deployment(&self) -> u64 {
        self.0.letter.deployment
    }

    /// The address of the API that it is meant for.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.0.letter.server
    }

    /// What is to be reported.
    pub fn status(&self) -> &NewStatus {
        &self.0.letter.status
    }

    /// When the rollout ended, by the clock of the machine that ran it.
    #[must_use]
    pub fn ended_at(&self) -> Timestamp {
        self.0.letter.ended_at
    }

    /// Whether it may be on the server all the same, because an answer was lost.
    #[must_use]
    pub fn maybe_sent(&self) -> bool {
        self.0.letter.maybe_sent
    }

    /// Why it was not delivered, in the words of the last error.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        self.0.letter.why.as_deref()
    }

    /// The file of an outbox in which it is kept, if it is.
    #[must_use]
    pub fn kept_in(&self) -> Option<&Path> {
        self.0.kept_in.as_deref()
    }

    /// Sends it, unless it turns out to be on the server already.
    ///
    /// Its file in an outbox, if it has one, is gone when this returns well.
    /// The client's own policy says how often it is tried.
    ///
    /// # Errors
    ///
    /// Gives it back when it could not be delivered this time either, or the client leads to another server.
    pub async fn redeliver(mut self, client: &Client) -> Result<Delivered, Undelivered> {
        let held = match Held::claim(self.kept_in()) {
            Ok(held) => held,
            Err(error) => return Err(self.because(error)),
        };
        let deployment = match self.0.letter.deployment_of(client) {
            Ok(deployment) => deployment,
            Err(error) => return Err(self.because(error)),
        };
        // Who flushes an outbox may have sent what is kept there.
        self.0.letter.maybe_sent |= self.kept_in().is_some();
        match self.0.letter.deliver(&deployment).await {
            Ok(delivered) => {
                held.discard();
                Ok(delivered)
            }
            Err(error) => Err(self.because(error)),
        }
    }

    pub(crate) fn new(letter: Letter, kept_in: Option<PathBuf>, last: Error) -> Self {
        Self::stored(letter, kept_in).because(last)
    }

    /// What was read from where it was stored.
    pub(crate) fn stored(letter: Letter, kept_in: Option<PathBuf>) -> Self {
        Self(Box::new(Inner {
            letter,
            kept_in,
            last: None,
        }))
    }

    pub(crate) fn last(&self) -> Option<&Error> {
        self.0.last.as_ref()
    }

    fn because(mut self, last: Error) -> Self {
        self.0.letter.why = Some(last.to_string());
        self.0.last = Some(last);
        self
    }
}

impl Letter {
    /// The handle on the deployment, if the client leads to its server.
    pub(crate) fn deployment_of(&self, client: &Client) -> Result<Deployment, Error> {
        if client.base_url() != self.server {
            let why = format!(
                "leads to {}, and the report is for {}",
                client.base_url(),
                self.server
            );
            return Err(Invalid::new("client", why).into());
        }
        client.deployment(&self.repository, self.deployment)
    }

    /// Delivers the report, looking first when it may have been sent.
    pub(crate) async fn deliver(&mut self, deployment: &Deployment) -> Result<Delivered, Error> {
        let delivered = if self.maybe_sent {
            delivery::create_unless_there(deployment, &self.status, self.after).await
        } else {
            deployment.create_status(self.status.clone()).await
        };
        if let Err(error) = &delivered {
            self.maybe_sent = error.is_outcome_unknown();
        }
        delivered
    }
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = &self.0.letter;
        write!(
            f,
            "the end of the rollout, `{}` on deployment {} of {}, {} delivered",
            letter.status.state,
            letter.deployment,
            letter.repository,
            if letter.maybe_sent {
                "may not have been"
            } else {
                "was not"
            }
        )?;
        match &self.0.kept_in {
            Some(path) => write!(f, "; it is kept in {}", path.display()),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Undelivered {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.last().map(|error| error as _)
    }
}

impl Serialize for Undelivered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let letter = Letter {
            // Who flushes an outbox may send what is kept there.
            maybe_sent: self.maybe_sent() || self.kept_in().is_some(),
            ..self.0.letter.clone()
        };
        letter.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Undelivered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let letter = Letter::deserialize(deserializer)?;
        Ok(Self::stored(letter, None))
    }
}
