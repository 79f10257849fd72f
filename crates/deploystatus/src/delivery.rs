//! Creation, exactly once: a lost answer is looked up before anything is sent again.

mod matching;

use std::time::Duration;

use deploystatus_generated::types::ReposCreateDeploymentStatusBody as NewBody;
use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use crate::deployment::Deployment;
use crate::endpoints::{self, Call};
use crate::error::{Failed, OutcomeUnknown, RateLimited};
use crate::link::Links;
use crate::memory::Returned;
use crate::retry::{Again, Failure, Run};
use crate::{DeploymentStatus, Error, NewStatus, new_status, status, trace, verdict};
use matching::{Bound, Wanted};

/// A status that is on the server, and how that is known.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Delivered {
    /// The server answered that it stored the status.
    Created(DeploymentStatus),
    /// The answer was lost, and the status was found among the newest.
    Adopted(DeploymentStatus),
    /// The newest status said the same already, and nothing was sent.
    AlreadyThere(DeploymentStatus),
}

impl Delivered {
    /// The status as it is on the server.
    #[must_use]
    pub fn status(&self) -> &DeploymentStatus {
        match self {
            Self::Created(status) | Self::Adopted(status) | Self::AlreadyThere(status) => status,
        }
    }

    /// The status as it is on the server.
    #[must_use]
    pub fn into_status(self) -> DeploymentStatus {
        match self {
            Self::Created(status) | Self::Adopted(status) | Self::AlreadyThere(status) => status,
        }
    }
}

pub(crate) async fn create(deployment: &Deployment, new: NewStatus) -> Result<Delivered, Error> {
    new.check()?;
    let mut returned = deployment.memory().returned.lock().await;
    deliver(deployment, &new, &mut returned).await
}

pub(crate) async fn create_if_changed(
    deployment: &Deployment,
    new: NewStatus,
) -> Result<Delivered, Error> {
    new.check()?;
    let mut returned = deployment.memory().returned.lock().await;
    if let Some(newest) = deployment.statuses().newest().await? {
        let mut plain = newest.clone();
        plain.log_url = plain
            .log_url
            .map(|url| new_status::without_mark(&url).to_owned());
        let unmarked = NewStatus {
            marked: false,
            ..new.clone()
        };
        if matching::says_the_same(&plain, None, &unmarked.body(0)) {
            return Ok(Delivered::AlreadyThere(newest));
        }
    }
    deliver(deployment, &new, &mut returned).await
}

/// Delivers what may have been sent before, by this process or another: looks first, and sends what is not there.
///
/// `after` is the newest status that is known to be older than the one looked for.
/// Without it, only a newest status that says the same is taken for it.
pub(crate) async fn create_unless_there(
    deployment: &Deployment,
    new: &NewStatus,
    after: Option<u64>,
) -> Result<Delivered, Error> {
    new.check()?;
    let mut returned = deployment.memory().returned.lock().await;
    let body = new.body(new_status::nonce());
    let started = Instant::now();
    let search = Search {
        deployment,
        body: &body,
        since: after.map_or(Since::Newest, Since::After),
        returned: &returned,
    };
    let policy = deployment.retry_policy();
    // What did not look for all of the grace has not looked.
    let run = Run::new(policy.total_time(policy.most_time().saturating_add(GRACE * 2)));
    match search.until_the_grace_is_over(&run).await {
        Ok(Some(status)) => {
            returned.note(status.id);
            Ok(Delivered::Adopted(status))
        }
        Ok(None) => deliver(deployment, new, &mut returned).await,
        Err(error) => Err(unknown(&body, started, error)),
    }
}

/// Whether the server would have stored what was sent as this status.
#[cfg(feature = "outbox")]
pub(crate) fn is_stored_as(status: &DeploymentStatus, new: &NewStatus) -> bool {
    matching::says_the_same(status, None, &new.body(0))
}

/// The error for a creation that was given up in the middle, which is known to have begun at this moment.
pub(crate) fn given_up(new: &NewStatus, began: Instant) -> Error {
    let last = Error::Lost(Failed {
        what: "there was no time left to wait for the answer".to_owned(),
        cause: None,
    });
    unknown(&new.body(0), began, last)
}

async fn deliver(
    deployment: &Deployment,
    new: &NewStatus,
    returned: &mut Returned,
) -> Result<Delivered, Error> {
    let core = deployment.core();
    let mut run = Run::new(deployment.retry_policy());
    let body = new.body(new_status::nonce());
    let mut first_in_doubt = None;
    loop {
        run.slow_down(core.pacer.slowing(Instant::now())).await;
        let now = Instant::now();
        let booked = core
            .pacer
            .before_creating(now, |wait| run.has_time_for(wait))
            .map_err(too_fast)?;
        run.keep_pace(booked.pause(now)).await;
        let sent = Instant::now();
        let outcome = send(deployment, &body, run.attempts).await;
        let was_refused = matches!(&outcome, Err(failure) if failure.error.is_rate_limited());
        core.pacer.after_creating(booked, was_refused);
        let failure = match outcome {
            Ok(status) => {
                returned.note(status.id);
                return Ok(Delivered::Created(status));
            }
            Err(failure) => failure,
        };
        run.attempts += 1;
        trace::record_failure(&failure.error, run.attempts);
        if !failure.maybe_done {
            run.pause_or_fail(failure).await?;
            continue;
        }
        // An earlier sending may turn up as well, so the search always reaches back to the first.
        let since = *first_in_doubt.get_or_insert(sent);
        tracing::info!(error = %failure.error, "the answer was lost; looking for the status");
        let search = Search {
            deployment,
            body: &body,
            since: Since::Sent(since),
            returned,
        };
        match search.until_the_grace_is_over(&run).await {
            Ok(Some(status)) => {
                tracing::info!(id = status.id, "found the status that was sent");
                returned.note(status.id);
                return Ok(Delivered::Adopted(status));
            }
            Ok(None) if run.may_send_again() => {
                tracing::info!(
                    attempt = run.attempts,
                    "the status is not there; sending it again"
                );
            }
            Ok(None) => return Err(unknown(&body, since, failure.error)),
            Err(error) => return Err(unknown(&body, since, error)),
        }
    }
}

async fn send(
    deployment: &Deployment,
    body: &NewBody,
    refusals: u32,
) -> Result<DeploymentStatus, Failure> {
    let reply = endpoints::send(deployment, &Call::Create(body), None, refusals).await?;
    trace::record(&reply, refusals);
    status::single(reply.whole_body(), deployment.last_creator()).map_err(|error| Failure {
        error: verdict::unreadable(&reply, Some(error)),
        again: Again::Soon,
        maybe_done: true,
    })
}

/// GitHub ends every request within ten seconds, so what is not there by then was not done.
pub(crate) const GRACE: Duration = Duration::from_secs(10);

/// `Date` and `created_at` are cut to seconds, and servers differ by a little.
const CLOCK_MARGIN: Duration = Duration::from_secs(2);

/// How far a search goes: a thousand statuses that all arrived since the sending.
const MOST_PAGES: usize = 10;

/// The search for a status that was sent and may be stored.
struct Search<'a> {
    deployment: &'a Deployment,
    body: &'a NewBody,
    since: Since,
    returned: &'a Returned,
}

/// How far back a status can be that was sent and may be stored.
#[derive(Clone, Copy)]
enum Since {
    /// It was sent at this moment.
    Sent(Instant),
    /// It was sent after the status with this id was stored.
    After(u64),
    /// It is the newest, or it is not told from others.
    Newest,
}

impl Search<'_> {
    /// Looks until the status is found, or cannot turn up any more.
    ///
    /// The grace counts from now: the request may have reached the server just before its answer was given up.
    async fn until_the_grace_is_over(&self, run: &Run) -> Result<Option<DeploymentStatus>, Error> {
        let over = Instant::now() + GRACE;
        let mut pause = Duration::from_millis(250);
        loop {
            let last = Instant::now() >= over;
            let mut wait = pause;
            match self.look().await {
                Ok(Some(status)) => return Ok(Some(status)),
                Ok(None) if last || run.is_over() => return Ok(None),
                // At the end of the grace at the latest, there is one look that counts.
                Ok(None) => wait = wait.min(over.saturating_duration_since(Instant::now())),
                Err(failure) => {
                    tracing::info!(error = %failure.error, "the statuses could not be looked at");
                    match failure.again {
                        Again::Never => return Err(failure.error),
                        Again::After(asked) if !run.has_time_for(asked) => {
                            return Err(failure.error);
                        }
                        Again::After(asked) => wait = wait.max(asked),
                        Again::Soon if run.is_over() => return Err(failure.error),
                        Again::Soon => {}
                    }
                }
            }
            sleep(wait).await;
            pause = (pause * 2).min(GRACE);
        }
    }

    /// Looks once, through all statuses that are new enough.
    async fn look(&self) -> Result<Option<DeploymentStatus>, Failure> {
        let mut statuses = Vec::new();
        let mut next = None;
        let mut since = None;
        for page in 1..=MOST_PAGES {
            let first = Call::List {
                page: None,
                per_page: 100,
            };
            let call = next.as_ref().map_or(first, Call::Follow);
            let last = self.deployment.last_creator();
            let decode = |reply: &crate::reply::Reply| status::page(reply.whole_body(), last);
            let (read, reply) = self.deployment.read_once(&call, None, decode, 0).await?;
            let since = *since.get_or_insert_with(|| self.bound(&reply));
            let reaches_back = read.last().is_none_or(|oldest| !since.admits(oldest));
            let is_newest_alone = matches!(self.since, Since::Newest);
            statuses.extend(read);
            let wanted = Wanted {
                body: self.body,
                since,
                returned: self.returned,
            };
            next = Links::read(&reply.headers, &reply.url).next;
            let allowed = |url: &reqwest::Url| crate::redirect::may_know(&reply.url, url);
            let is_end = reaches_back || page == MOST_PAGES || !next.as_ref().is_some_and(allowed);
            match matching::find(&statuses, &wanted, is_end) {
                Some(found) if found == 0 || !is_newest_alone => {
                    return Ok(Some(statuses.swap_remove(found)));
                }
                _ => {}
            }
            if is_end || is_newest_alone {
                break;
            }
        }
        Ok(None)
    }

    /// What the status must be younger than, by the server's clock or its numbers.
    fn bound(&self, reply: &crate::reply::Reply) -> Bound {
        match self.since {
            Since::Sent(moment) => {
                let ago = reply.received.duration_since(moment) + CLOCK_MARGIN;
                let time = reply.server_time().checked_sub(ago);
                Bound::Time(time.unwrap_or(Timestamp::MIN))
            }
            Since::After(id) => Bound::Id(id),
            Since::Newest => Bound::Id(0),
        }
    }
}

fn unknown(body: &NewBody, since: Instant, last: Error) -> Error {
    let mut looked_for = format!("`{}`", body.state);
    for (field, text) in [
        ("environment", &body.environment),
        ("description", &body.description),
        ("log_url", &body.log_url),
        ("target_url", &body.target_url),
        ("environment_url", &body.environment_url),
    ] {
        if let Some(text) = text {
            looked_for = format!("{looked_for}, {field} {text:?}");
        }
    }
    let now = Timestamp::now();
    Error::OutcomeUnknown(Box::new(OutcomeUnknown {
        looked_for,
        since: now.checked_sub(since.elapsed()).unwrap_or(now),
        last,
    }))
}

/// The error for a pace that leaves no room within the time there is.
fn too_fast(wait: Duration) -> Error {
    let now = Timestamp::now();
    Error::RateLimited(Box::new(RateLimited {
        until: now.checked_add(wait).unwrap_or(Timestamp::MAX),
        wait,
        rejection: None,
    }))
}
