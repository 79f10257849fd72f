//! Waiting for a deployment that somebody else runs.

mod outcome;
mod policy;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::error::Failed;
use crate::retry::Draws;
use crate::{Deployment, DeploymentStatus, Error, State};

pub use outcome::{Outcome, Poll};
pub use policy::WaitPolicy;

/// A wait that begins when it is awaited, and ends with an [`Outcome`].
///
/// [`Deployment::wait`] and [`Deployment::wait_for`] make one.
/// Ending it early leaves nothing behind.
#[must_use = "nothing happens until it is awaited"]
pub struct Wait<'a> {
    deployment: Deployment,
    policy: WaitPolicy,
    goal: Option<State>,
    tell: Tell<'a>,
}

type Tell<'a> = Box<dyn FnMut(&Poll<'_>) + Send + 'a>;

impl<'a> Wait<'a> {
    pub(crate) fn new(deployment: Deployment, policy: WaitPolicy, goal: Option<State>) -> Self {
        Self {
            deployment,
            policy,
            goal,
            tell: Box::new(|_| {}),
        }
    }

    /// Tells of every poll, of the last one too.
    pub fn on_poll(mut self, tell: impl FnMut(&Poll<'_>) + Send + 'a) -> Self {
        self.tell = Box::new(tell);
        self
    }

    async fn run(mut self) -> Result<Outcome, Error> {
        let started = Instant::now();
        let mut draws = Draws::new(self.policy.seed);
        let mut seen = Seen::default();
        let mut polls = 0;
        loop {
            let left = self.policy.timeout.saturating_sub(started.elapsed());
            let before = seen.newest.as_ref().map(|status| status.id);
            let looking = seen.look(&self.deployment, self.goal.as_ref());
            let look = timeout(left.saturating_add(LAST_LOOK), looking)
                .await
                .unwrap_or_else(|_| Err(too_late()));
            polls += 1;
            let waited = started.elapsed();
            let next = match &look {
                Ok(None) => self.pause(polls, waited, draws.draw(), Duration::ZERO),
                Err(error) if seen.can_pass(error) => {
                    let asked = error.retry_after().unwrap_or_default();
                    self.pause(polls, waited, draws.draw(), asked)
                }
                Ok(Some(_)) | Err(_) => None,
            };
            (self.tell)(&Poll {
                status: seen.newest.as_ref(),
                is_news: seen.newest.as_ref().map(|status| status.id) != before,
                polls,
                waited,
                error: look.as_ref().err(),
                next_in: next,
            });
            match (look, next) {
                (Ok(Some(outcome)), _) => return Ok(outcome),
                (Err(error), None) if seen.once && error.is_not_found() => {
                    return Ok(Outcome::Gone);
                }
                (Err(error), None) => return Err(error),
                (Ok(None), None) => {
                    return Ok(Outcome::StillRunning {
                        last: seen.newest,
                        waited,
                        polls,
                    });
                }
                (look, Some(pause)) => {
                    if let Err(error) = look {
                        tracing::info!(%error, "the deployment cannot be looked at; waiting on");
                    }
                    sleep(pause).await;
                }
            }
        }
    }

    /// The pause after a poll that brought no end, or nothing when it was the last.
    fn pause(&self, polls: u32, waited: Duration, draw: f64, asked: Duration) -> Option<Duration> {
        let left = self.policy.timeout.saturating_sub(waited);
        if left.is_zero() || asked > left {
            return None;
        }
        let interval = self.policy.interval(polls, draw);
        Some(interval.max(asked).min(left))
    }
}

/// A look that begins when the time is up still gets as long as GitHub takes for a request at most.
const LAST_LOOK: Duration = Duration::from_secs(10);

/// What a wait has learned so far.
#[derive(Default)]
struct Seen {
    newest: Option<DeploymentStatus>,
    /// Whether any poll was answered.
    once: bool,
    /// Up to where the goal was looked for among all statuses; nothing before the first poll.
    searched: Option<u64>,
}

impl Seen {
    /// Looks once; an outcome when that is the end.
    async fn look(
        &mut self,
        deployment: &Deployment,
        goal: Option<&State>,
    ) -> Result<Option<Outcome>, Error> {
        let newest = deployment.statuses().newest().await?;
        self.once = true;
        self.newest.clone_from(&newest);
        if let Some(goal) = goal {
            if let Some(reached) = self.find(deployment, goal).await? {
                return Ok(Some(Outcome::Reached(reached)));
            }
            // Inactive is what comes after the other ends, so these do not end the wait for it.
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
            State::Inactive => Some(retired(deployment, newest).await?),
            _ => None,
        })
    }

    /// The goal, if it is the newest status or came and went since the last poll.
    async fn find(
        &mut self,
        deployment: &Deployment,
        goal: &State,
    ) -> Result<Option<DeploymentStatus>, Error> {
        let newest = self.newest.as_ref();
        let newest_id = newest.map_or(0, |status| status.id);
        let Some(since) = self.searched else {
            self.searched = Some(newest_id);
            return Ok(newest.filter(|status| status.state == *goal).cloned());
        };
        if newest_id > since {
            let mut pages = deployment.statuses();
            while let Some(page) = pages.next_page().await? {
                let is_news = |status: &&DeploymentStatus| status.id > since;
                let found = page.iter().take_while(is_news).find(|it| it.state == *goal);
                if found.is_some() {
                    return Ok(found.cloned());
                }
                if !page.iter().all(|status| is_news(&status)) {
                    break;
                }
            }
            self.searched = Some(newest_id);
        }
        Ok(None)
    }

    /// Whether time may mend this. What never worked has to be mended by somebody.
    fn can_pass(&self, error: &Error) -> bool {
        match error {
            Error::RateLimited(_) => true,
            Error::Lost(_) | Error::Unreachable(_) | Error::NoToken(_) | Error::Unreadable(_) => {
                self.once
            }
            Error::Rejected(rejection) => self.once && rejection.status >= 500,
            _ => false,
        }
    }
}

/// What it means that a deployment is inactive, which depends on what it was before.
async fn retired(deployment: &Deployment, by: DeploymentStatus) -> Result<Outcome, Error> {
    let mut before = None;
    let mut pages = deployment.statuses();
    while let Some(page) = pages.next_page().await? {
        // What came while this was read says nothing of what was before.
        for status in page.into_iter().filter(|status| status.id < by.id) {
            match status.state {
                State::Success => {
                    return Ok(Outcome::Superseded {
                        by,
                        success: status,
                    });
                }
                State::Inactive => {}
                _ => before = before.or(Some(status)),
            }
        }
    }
    Ok(Outcome::Abandoned { by, before })
}

fn too_late() -> Error {
    Error::Lost(Failed {
        what: "no answer came before the wait was over".to_owned(),
        cause: None,
    })
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
