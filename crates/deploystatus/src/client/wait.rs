//! Waiting until a deployment reaches a final state.

pub(crate) mod outcome;
pub(crate) mod policy;

use std::collections::VecDeque;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::time::Duration;

use deploystatus_generated::State;
use tokio::time::{Instant, sleep, timeout};

use self::outcome::{Outcome, PollEvent};
use self::policy::WaitPolicy;
use super::deployment::Deployment;
use crate::call::pacing::MINUTE;
use crate::call::retry::Random;
use crate::error::{Error, ErrorKind};
use crate::model::deployment_status::DeploymentStatus;

impl Deployment {
    /// Waits until the deployment reaches a final state.
    ///
    /// Polls with conditional requests, so unchanged polls do not count against the rate limit.
    /// `queued`, `pending`, `waiting`, `in_progress` and unknown states are not final.
    /// After the first successful poll, temporary failures are retried until the policy's timeout.
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
    ///     .on_poll(|event| eprintln!("poll {}: {:?}", event.polls, event.status))
    ///     .await?;
    /// assert!(matches!(outcome, Outcome::Succeeded(_)));
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the first poll fails, if the server rejects a poll, if it requires a wait beyond the timeout,
    /// or if the last poll fails.
    ///
    /// # Cancel safety
    ///
    /// This future is safe to cancel.
    pub fn wait(&self, policy: &WaitPolicy) -> Wait<'static> {
        Wait::new(self.clone(), *policy, None)
    }

    /// Waits until the deployment is in this state, or was in it at any time since the wait started.
    ///
    /// Another final state ends the wait too, because the deployment may never reach the state after it.
    /// Only a wait for [`State::Inactive`] continues past other final states.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Deployment::wait`].
    ///
    /// # Cancel safety
    ///
    /// This future is safe to cancel.
    pub fn wait_for(&self, state: State, policy: &WaitPolicy) -> Wait<'static> {
        Wait::new(self.clone(), *policy, Some(state))
    }
}

/// A wait, created by [`Deployment::wait`] or [`Deployment::wait_for`]. It starts when it is awaited.
#[must_use = "a wait does nothing until it is awaited"]
pub struct Wait<'a> {
    deployment: Deployment,
    policy: WaitPolicy,
    goal: Option<State>,
    on_poll: OnPoll<'a>,
}

type OnPoll<'a> = Box<dyn FnMut(&PollEvent<'_>) + Send + 'a>;

impl<'a> Wait<'a> {
    fn new(deployment: Deployment, policy: WaitPolicy, goal: Option<State>) -> Self {
        Self {
            deployment,
            policy,
            goal,
            on_poll: Box::new(|_| {}),
        }
    }

    /// Sets a function that is called after every poll, including the last one.
    pub fn on_poll(mut self, on_poll: impl FnMut(&PollEvent<'_>) + Send + 'a) -> Self {
        self.on_poll = Box::new(on_poll);
        self
    }

    async fn run(mut self) -> Result<Outcome, Error> {
        let started = Instant::now();
        let mut random = Random::new(self.policy.seed);
        let mut progress = Progress::default();
        loop {
            let left = self.policy.timeout.saturating_sub(started.elapsed());
            let previous = progress.newest_id();
            progress.starts.push_back(Instant::now());
            let polling = progress.poll(&self.deployment, self.goal.as_ref());
            let poll = timeout(left.saturating_add(LAST_POLL), polling);
            let poll = poll.await.unwrap_or_else(|_| Err(timed_out()));
            let is_new = progress.newest_id() != previous;
            progress.count(is_new);
            let waited = started.elapsed();
            let next = self.next_poll(&mut progress, &poll, waited, random.draw());
            (self.on_poll)(&PollEvent {
                status: progress.newest.as_ref(),
                is_new,
                polls: progress.polls,
                waited,
                error: poll.as_ref().err(),
                next_in: next,
            });
            match progress.step(poll, next, waited) {
                ControlFlow::Break(result) => return result,
                ControlFlow::Continue(pause) => sleep(pause).await,
            }
        }
    }

    /// Returns the pause before the next poll, or `None` if there is none.
    fn next_poll(
        &self,
        progress: &mut Progress,
        poll: &Result<Option<Outcome>, Error>,
        waited: Duration,
        draw: f64,
    ) -> Option<Duration> {
        let asked = match poll {
            Ok(None) => Duration::ZERO,
            Err(error) if progress.is_temporary(error) => error.retry_after().unwrap_or_default(),
            Ok(Some(_)) | Err(_) => return None,
        };
        let left = self.policy.timeout.saturating_sub(waited);
        if left.is_zero() || asked > left {
            return None;
        }
        let interval = self.policy.interval(progress.unchanged, draw);
        let limit = progress.limit_pause(self.policy.polls_per_minute());
        Some(interval.max(limit).max(asked).min(left))
    }
}

/// GitHub ends every request after 10 seconds, so a poll that starts at the end of the timeout gets this much time.
const LAST_POLL: Duration = Duration::from_secs(10);

/// The state of a wait.
#[derive(Default)]
struct Progress {
    newest: Option<DeploymentStatus>,
    polls: u32,
    /// Number of polls since the last one with a new status.
    unchanged: u32,
    /// Times of the latest polls, oldest first.
    starts: VecDeque<Instant>,
    has_succeeded_once: bool,
    /// The newest ID up to which the goal was searched for, or `None` before the first poll.
    searched: Option<u64>,
}

impl Progress {
    fn newest_id(&self) -> Option<u64> {
        self.newest.as_ref().map(|status| status.id)
    }

    /// Counts a poll.
    fn count(&mut self, is_new: bool) {
        let is_first = self.polls == 0;
        self.polls += 1;
        self.unchanged = if is_new || is_first {
            0
        } else {
            self.unchanged + 1
        };
    }

    /// Returns the pause after which one more poll stays within this limit.
    fn limit_pause(&mut self, polls_per_minute: Option<usize>) -> Duration {
        let Some(limit) = polls_per_minute else {
            self.starts.clear();
            return Duration::ZERO;
        };
        if self.starts.len() < limit {
            return Duration::ZERO;
        }
        let first = self.starts.pop_front();
        first.map_or(MINUTE, |first| MINUTE.saturating_sub(first.elapsed()))
    }

    /// Polls once and returns an outcome if the wait has ended.
    async fn poll(
        &mut self,
        deployment: &Deployment,
        goal: Option<&State>,
    ) -> Result<Option<Outcome>, Error> {
        let newest = deployment.latest_status().await?;
        self.has_succeeded_once = true;
        self.newest.clone_from(&newest);
        if let Some(goal) = goal {
            if let Some(reached) = self.find(deployment, goal).await? {
                return Ok(Some(Outcome::Reached(reached)));
            }
            // `inactive` follows the other final states, so they do not end a wait for it.
            if *goal == State::Inactive {
                return Ok(None);
            }
        }
        let Some(newest) = newest else {
            return Ok(None);
        };
        Ok(match newest.state {
            State::Success => Some(Outcome::Succeeded(newest)),
            State::Failure => Some(Outcome::Failed(newest)),
            State::Error => Some(Outcome::Errored(newest)),
            State::Inactive => Some(inactive_outcome(deployment, newest).await?),
            _ => None,
        })
    }

    /// Returns the status with the goal if it is the newest, or was created since the previous poll.
    async fn find(
        &mut self,
        deployment: &Deployment,
        goal: &State,
    ) -> Result<Option<DeploymentStatus>, Error> {
        let newest = self.newest.as_ref();
        let newest_id = newest.map_or(0, |status| status.id);
        let Some(searched) = self.searched else {
            self.searched = Some(newest_id);
            return Ok(newest.filter(|status| status.state == *goal).cloned());
        };
        if newest_id > searched {
            let mut pages = deployment.statuses();
            while let Some(page) = pages.next_page().await? {
                let is_new = |status: &&DeploymentStatus| status.id > searched;
                let mut new = page.iter().take_while(is_new);
                let found = new.find(|status| status.state == *goal);
                if found.is_some() {
                    return Ok(found.cloned());
                }
                if !page.iter().all(|status| is_new(&status)) {
                    break;
                }
            }
            self.searched = Some(newest_id);
        }
        Ok(None)
    }

    /// Returns `true` if a later poll may succeed.
    ///
    /// Usually, a first poll fails because of a wrong setting, which waiting does not fix.
    fn is_temporary(&self, error: &Error) -> bool {
        error.is_rate_limited()
            || (self.has_succeeded_once
                && (error.is_retryable() || error.kind() == ErrorKind::InvalidResponse))
    }

    /// Returns the result of the wait, or the pause before the next poll.
    fn step(
        &mut self,
        poll: Result<Option<Outcome>, Error>,
        next: Option<Duration>,
        waited: Duration,
    ) -> ControlFlow<Result<Outcome, Error>, Duration> {
        match (poll, next) {
            (Ok(Some(outcome)), _) => ControlFlow::Break(Ok(outcome)),
            (Ok(None), Some(pause)) => ControlFlow::Continue(pause),
            (Ok(None), None) => ControlFlow::Break(Ok(Outcome::StillRunning {
                last: self.newest.take(),
                waited,
                polls: self.polls,
            })),
            (Err(error), Some(pause)) => {
                tracing::info!(%error, "the poll failed; waiting for the next one");
                ControlFlow::Continue(pause)
            }
            (Err(error), None) if self.has_succeeded_once && error.is_not_found() => {
                ControlFlow::Break(Ok(Outcome::Gone))
            }
            (Err(error), None) => ControlFlow::Break(Err(error)),
        }
    }
}

/// Returns the outcome of an inactive deployment, which depends on its earlier states.
async fn inactive_outcome(
    deployment: &Deployment,
    inactive: DeploymentStatus,
) -> Result<Outcome, Error> {
    let mut last = None;
    let mut pages = deployment.statuses();
    while let Some(page) = pages.next_page().await? {
        for status in page.into_iter().filter(|status| status.id < inactive.id) {
            match status.state {
                State::Success => {
                    return Ok(Outcome::Superseded {
                        inactive,
                        success: status,
                    });
                }
                State::Inactive => {}
                _ => last = last.or(Some(status)),
            }
        }
    }
    Ok(Outcome::Abandoned { inactive, last })
}

fn timed_out() -> Error {
    Error::new(ErrorKind::Timeout, "no response before the end of the wait")
}

impl<'a> IntoFuture for Wait<'a> {
    type Output = Result<Outcome, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Wait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("deployment", &self.deployment)
            .field("policy", &self.policy)
            .field("goal", &self.goal)
            .finish_non_exhaustive()
    }
}
