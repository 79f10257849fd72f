//! The handle on one deployment.

use std::fmt;
use std::sync::Arc;

use deploystatus_generated::PathSegment;
use reqwest::header::{HeaderMap, HeaderValue};
use tokio::time::Instant;
use tracing::Instrument;

use crate::client::Core;
use crate::delivery::{self, Delivered};
use crate::endpoints::{self, Call};
use crate::memory::{Memory, Remembered, What};
use crate::name::RepositoryName;
use crate::pages::StatusPages;
use crate::reply::Reply;
use crate::retry::{Failure, Run};
use crate::status::LastCreator;
use crate::{
    DeploymentStatus, Error, Invalid, NewRollout, NewStatus, RetryPolicy, ServerProfile, State,
    Timeline, Wait, WaitPolicy, status, trace, verdict,
};

/// One deployment: its identity, and what was learned while talking about it.
///
/// It is owned and cheap to clone, so it can be stored and sent to tasks.
/// Its clones share what they know: where a renamed repository is now, what was read last, and which statuses they created.
#[derive(Clone)]
pub struct Deployment {
    known: Arc<Known>,
    profile: Option<ServerProfile>,
    retry: Option<RetryPolicy>,
}

struct Known {
    core: Arc<Core>,
    name: RepositoryName,
    id: i64,
    memory: Memory,
}

impl Deployment {
    /// Reports a status; it is on the server exactly once when this returns well.
    ///
    /// When the answer is lost, the server's list tells whether the status is there before it is sent again.
    /// Creations through one handle and its clones are sent one after the other, in the order they are asked for.
    /// Do not end this early with a time-out of your own: then nobody looks. Bound it with [`RetryPolicy`].
    ///
    /// See GitHub's page on [creating a deployment status](https://docs.github.com/rest/deployments/statuses#create-a-deployment-status).
    ///
    /// # Errors
    ///
    /// When the status cannot be used, the server refuses it, or no answer could be had.
    /// [`Error::is_outcome_unknown`] tells the one case in which it may be there all the same.
    pub async fn create_status(&self, status: NewStatus) -> Result<Delivered, Error> {
        let span = trace::span("create", self);
        delivery::create(self, status).instrument(span).await
    }

    /// Reports a status unless the newest one says the same already.
    ///
    /// # Errors
    ///
    /// As [`Deployment::create_status`], and when the newest status cannot be read.
    pub async fn create_status_if_changed(&self, status: NewStatus) -> Result<Delivered, Error> {
        let span = trace::span("create_if_changed", self);
        delivery::create_if_changed(self, status)
            .instrument(span)
            .await
    }

    /// Reads one status by its id.
    ///
    /// What was read before is asked for on condition, so that an unchanged status costs no quota.
    ///
    /// See GitHub's page on [getting a deployment status](https://docs.github.com/rest/deployments/statuses#get-a-deployment-status).
    ///
    /// # Errors
    ///
    /// [`Error::is_not_found`] when there is none with this id, it belongs to another deployment, or may not be seen.
    pub async fn get_status(&self, id: u64) -> Result<DeploymentStatus, Error> {
        if i64::try_from(id).is_err() {
            return Err(
                Invalid::new("status id", format!("{id} is larger than ids can be")).into(),
            );
        }
        let span = trace::span("get", self);
        let call = Call::Get(id);
        let reading = self.read_if_changed(&call, What::Status(id), status::single);
        reading.instrument(span).await
    }

    /// The statuses of the deployment, newest first. Nothing is sent yet.
    pub fn statuses(&self) -> StatusPages {
        StatusPages::new(self.clone())
    }

    /// Waits until the deployment's story ends, whoever runs it.
    ///
    /// It looks at the newest status again and again, on the condition that it is news, so that unchanged polls cost no quota.
    /// Once a poll was answered, failures that time can mend are waited out;
    /// if the last poll is such a failure, that is the answer and not [`Outcome::StillRunning`](crate::Outcome::StillRunning).
    /// `queued`, `pending`, `waiting`, `in_progress` and words from the future go on.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// use deploystatus::{Client, Outcome, WaitPolicy};
    /// # use deploystatus_emulator::{Emulator, NewDeployment, NewStatus};
    /// # let github = Emulator::start().await?;
    /// # let id = github.create_deployment("octocat/example", NewDeployment::new("main"))?.id;
    /// # github.create_status(id, NewStatus::new("success"))?;
    /// # let client = Client::builder().base_url(github.api_url()).token("t").build()?;
    ///
    /// let deployment = client.deployment("octocat/example", id)?;
    /// let outcome = deployment
    ///     .wait(&WaitPolicy::new())
    ///     .on_poll(|progress| eprintln!("poll {}: {:?}", progress.polls, progress.status))
    ///     .await?;
    /// assert!(matches!(outcome, Outcome::Succeeded(_)));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the server refuses, the first poll is not answered, or the server asks for a wait that is longer than the rest of this one.
    pub fn wait(&self, policy: &WaitPolicy) -> Wait<'static> {
        Wait::new(self.clone(), *policy, None)
    }

    /// Waits until the deployment is in this state or was in it since the wait began.
    ///
    /// An end of the story ends the wait too, because the state may then never come;
    /// only a wait for [`State::Inactive`] goes on past the other ends.
    ///
    /// # Errors
    ///
    /// As [`Deployment::wait`].
    pub fn wait_for(&self, state: State, policy: &WaitPolicy) -> Wait<'static> {
        Wait::new(self.clone(), *policy, Some(state))
    }

    /// Reads all statuses and folds them into what happened.
    ///
    /// # Errors
    ///
    /// When the server refuses or does not answer.
    pub async fn timeline(&self) -> Result<Timeline, Error> {
        self.statuses().collect().await
    }

    /// The name of the repository as it was given, `owner/repo`.
    #[must_use]
    pub fn repository(&self) -> String {
        format!("{}/{}", self.known.name.owner, self.known.name.repo)
    }

    /// The number of the deployment.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.known.id.unsigned_abs()
    }

    /// Where the statuses are now, once the server has told that the repository was renamed or moved.
    #[must_use]
    pub fn moved_to(&self) -> Option<String> {
        self.memory().moved().map(Into::into)
    }

    /// The same handle, treating the server like this whatever it says of itself.
    #[must_use]
    pub fn profile(mut self, profile: ServerProfile) -> Self {
        self.profile = Some(profile);
        self
    }

    /// The same handle, trying again like this whatever its client does.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// A rollout that is going to be reported, beginning with this status. Nothing is sent yet.
    pub fn rollout(&self, first: NewStatus) -> NewRollout {
        NewRollout::new(self.clone(), first)
    }

    pub(crate) fn new(core: Arc<Core>, name: RepositoryName, id: u64) -> Result<Self, Invalid> {
        let id = i64::try_from(id)
            .ok()
            .filter(|id| *id > 0)
            .ok_or_else(|| Invalid::new("deployment id", format!("{id} cannot be one")))?;
        let known = Known {
            core,
            name,
            id,
            memory: Memory::default(),
        };
        Ok(Self {
            known: Arc::new(known),
            profile: None,
            retry: None,
        })
    }

    pub(crate) fn core(&self) -> &Core {
        &self.known.core
    }

    pub(crate) fn retry_policy(&self) -> RetryPolicy {
        self.retry.unwrap_or(self.core().retry)
    }

    pub(crate) fn memory(&self) -> &Memory {
        &self.known.memory
    }

    pub(crate) fn last_creator(&self) -> &LastCreator {
        &self.known.memory.last_creator
    }

    pub(crate) fn path(&self) -> (&PathSegment, &PathSegment, i64) {
        let known = &self.known;
        (&known.name.owner, &known.name.repo, known.id)
    }

    /// The headers of the next call, with a token that is fresh.
    pub(crate) async fn headers(&self, etag: Option<&HeaderValue>) -> Result<HeaderMap, Error> {
        let core = self.core();
        let token = match &core.token {
            Some(token) => Some(token.header().await?),
            None => None,
        };
        let profile = self.profile.clone().unwrap_or_else(|| core.profile());
        Ok(endpoints::headers(&profile, &core.user_agent, token, etag))
    }

    /// Reads, again and again if need be.
    pub(crate) async fn read<T>(
        &self,
        call: &Call<'_>,
        etag: Option<&HeaderValue>,
        decode: impl Fn(&Reply) -> Result<T, serde_json::Error>,
    ) -> Result<(T, Reply), Error> {
        let mut run = Run::new(self.retry_policy());
        loop {
            run.slow_down(self.core().pacer.slowing(Instant::now()))
                .await;
            let failure = match self.read_once(call, etag, &decode, run.attempts).await {
                Ok(read) => {
                    trace::record(&read.1, run.attempts);
                    return Ok(read);
                }
                Err(failure) => failure,
            };
            run.attempts += 1;
            trace::record_failure(&failure.error, run.attempts);
            run.pause_or_fail(failure).await?;
        }
    }

    /// Reads once.
    pub(crate) async fn read_once<T>(
        &self,
        call: &Call<'_>,
        etag: Option<&HeaderValue>,
        decode: impl Fn(&Reply) -> Result<T, serde_json::Error>,
        refusals: u32,
    ) -> Result<(T, Reply), Failure> {
        let reply = endpoints::send(self, call, etag, refusals).await?;
        match decode(&reply) {
            Ok(value) => Ok((value, reply)),
            Err(error) => Err(Failure::for_good(verdict::unreadable(&reply, Some(error)))),
        }
    }

    /// Reads on the condition that it is not what was read before, which is then given back.
    pub(crate) async fn read_if_changed<T>(
        &self,
        call: &Call<'_>,
        what: What,
        decode: fn(&[u8], &LastCreator) -> Result<T, serde_json::Error>,
    ) -> Result<T, Error> {
        let known = self.memory().recall(what);
        let etag = known.as_ref().map(|known| &known.etag);
        let last = self.last_creator();
        let (value, reply) = self
            .read(call, etag, |reply| match &known {
                Some(known) if reply.status == 304 => decode(&known.body, last),
                _ => decode(reply.whole_body(), last),
            })
            .await?;
        if let (200, Some(etag), Some(body)) = (reply.status, reply.etag(), &reply.body) {
            self.memory().remember(Remembered {
                what,
                etag: etag.clone(),
                body: body.clone(),
            });
        }
        Ok(value)
    }
}

impl fmt::Debug for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deployment")
            .field("repository", &self.repository())
            .field("id", &self.known.id)
            .finish_non_exhaustive()
    }
}
