//! The search for a status whose response was lost.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::matching::{self, Match};
use crate::call::gate::add;
use crate::call::operation::Request;
use crate::call::retry::{Failure, Retry, Run};
use crate::call::send::send;
use crate::call::target::Target;
use crate::error::Error;
use crate::http::link::Links;
use crate::http::redirect;
use crate::model::create_outcome::SearchBound;
use crate::model::deployment_status::DeploymentStatus;
use crate::model::new_status::NewStatus;

/// Pause between the first two readings of the list. The pause doubles with each further reading.
pub(crate) const FIRST_PAUSE: Duration = Duration::from_millis(250);
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// `Date` and `created_at` are whole seconds, and the clocks of servers differ slightly.
const CLOCK_MARGIN: Duration = Duration::from_secs(2);

/// A search reads at most a thousand statuses.
const MAX_PAGES: usize = 10;

/// The search for a status whose response was lost.
pub(super) struct Search<'a> {
    target: &'a Target,
    status: NewStatus,
    bound: Option<SearchBound>,
    sent: Option<Instant>,
    sendings: u32,
    adopts: Adopts,
}

/// Statuses that a search may adopt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Adopts {
    /// Those that no creation of this client has returned.
    Unreturned,
    /// Any, because an earlier delivery of the same report may have returned the status.
    Any,
}

/// Result of a search.
pub(super) enum SearchEnd {
    Found(Box<DeploymentStatus>),
    /// The status is not in a list that was up to date.
    NotFound,
    /// The list was out of date to the end.
    Stale,
    /// A status with the same state and another text is in the list, or more than one match.
    Similar(Vec<u64>),
    /// The list could not be read.
    Failed(Error),
}

/// The statuses above the bound that one reading of the list returned.
struct Reading {
    equal: Vec<DeploymentStatus>,
    similar: Vec<u64>,
    newest_id: Option<u64>,
    is_fresh: bool,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        target: &'a Target,
        status: NewStatus,
        bound: Option<SearchBound>,
        sent: Option<Instant>,
        sendings: u32,
    ) -> Self {
        Self {
            target,
            status,
            bound,
            sent,
            sendings,
            adopts: Adopts::Unreturned,
        }
    }

    pub(super) fn adopting(mut self, adopts: Adopts) -> Self {
        self.adopts = adopts;
        self
    }

    /// Returns the bound, which is known after the first reading.
    pub(super) fn bound(&self) -> Option<SearchBound> {
        self.bound
    }

    /// Searches until the status is found, or for the whole search time.
    ///
    /// The search time starts with this call, because the request may have reached the server just before
    /// its response was lost.
    pub(super) async fn run(&mut self, run: &mut Run) -> SearchEnd {
        let end = self.repeat(run, |reading| match &reading.equal[..] {
            [] => None,
            // After two requests, two matches are two copies.
            [_, _, ..] if self.sendings > 1 => {
                let ids = reading.equal.iter().map(|status| status.id).collect();
                Some(SearchEnd::Similar(ids))
            }
            [newest, ..] => Some(SearchEnd::Found(Box::new(newest.clone()))),
        });
        let (end, bound) = end.await;
        self.bound = bound;
        end
    }

    /// Searches once, in the first list that is up to date. No request for the status may be under way.
    pub(super) async fn run_once(&mut self, run: &mut Run) -> SearchEnd {
        let end = self.repeat(run, |reading| match reading.equal.first() {
            Some(found) => Some(SearchEnd::Found(Box::new(found.clone()))),
            None => reading.is_fresh.then_some(SearchEnd::NotFound),
        });
        let (end, bound) = end.await;
        self.bound = bound;
        end
    }

    /// Searches for a copy of `stored`, the status of a later request, until the list contains that status.
    pub(super) async fn run_until(
        &mut self,
        run: &mut Run,
        stored: &DeploymentStatus,
    ) -> SearchEnd {
        let id = stored.id;
        if matches!(self.bound, Some(SearchBound::Time(_))) {
            // The times of both statuses come from the same clock. `Date` may come from another one.
            self.bound = Some(self.time_bound(stored.created_at, Instant::now()));
        }
        let (end, _) = self
            .repeat(run, |reading| {
                let other = reading.equal.iter().find(|status| status.id < id);
                if reading.newest_id < Some(id) && other.is_none() {
                    return None;
                }
                let similar: Vec<u64> = reading
                    .similar
                    .iter()
                    .copied()
                    .filter(|similar| *similar < id)
                    .collect();
                Some(match other {
                    Some(other) => SearchEnd::Found(Box::new(other.clone())),
                    None if similar.is_empty() => SearchEnd::NotFound,
                    None => SearchEnd::Similar(similar),
                })
            })
            .await;
        end
    }

    /// Reads the list repeatedly until `decide` returns a result or the search time has passed.
    async fn repeat(
        &self,
        run: &mut Run,
        decide: impl Fn(&Reading) -> Option<SearchEnd>,
    ) -> (SearchEnd, Option<SearchBound>) {
        let deadline = add(Instant::now(), run.policy().search_time());
        let mut bound = self.bound;
        let mut pause = FIRST_PAUSE;
        loop {
            // The last reading starts after the deadline, so that it can contain all statuses stored before.
            let is_last = Instant::now() >= deadline || run.is_over();
            let mut wait = pause.min(deadline.saturating_duration_since(Instant::now()));
            match self.read(&mut bound, run).await {
                Ok(reading) => {
                    if let Some(end) = decide(&reading) {
                        return (end, bound);
                    }
                    if is_last {
                        return (last_end(reading), bound);
                    }
                }
                Err(failure) => match wait_after(&failure, run) {
                    Some(asked) if !run.is_over() => {
                        tracing::info!(error = %failure.error, "the list of statuses could not be read");
                        wait = pause.max(asked);
                    }
                    _ => return (SearchEnd::Failed(failure.error), bound),
                },
            }
            sleep(wait).await;
            pause = (pause * 2).min(MAX_PAUSE);
        }
    }

    /// Reads all statuses above the bound.
    async fn read(
        &self,
        bound: &mut Option<SearchBound>,
        run: &mut Run,
    ) -> Result<Reading, Failure> {
        let known = self.target.state.highest_id();
        let mut statuses = Vec::new();
        let mut next = None;
        for page in 1..=MAX_PAGES {
            let first = Request::List {
                page: None,
                per_page: 100,
            };
            let request = next.as_ref().map_or(first, Request::Page);
            let received = send(self.target, &request, None, run).await?;
            let response = &received.response;
            let bound = *bound
                .get_or_insert_with(|| self.time_bound(response.server_time(), response.received));
            let oldest = received.statuses.last();
            let is_end = oldest.is_none_or(|oldest| !bound.admits(oldest));
            statuses.extend(received.statuses);
            let from = &received.response.url;
            next = Links::read(&received.response.headers, from)
                .next
                .filter(|url| redirect::may_send_token(from, url));
            if is_end || page == MAX_PAGES || next.is_none() {
                return Ok(self.compare(&statuses, bound, known));
            }
        }
        Ok(self.compare(&statuses, SearchBound::Id(u64::MAX), known))
    }

    fn compare(
        &self,
        statuses: &[DeploymentStatus],
        bound: SearchBound,
        known: Option<u64>,
    ) -> Reading {
        let newest_id = statuses.first().map(|status| status.id);
        let known = match bound {
            SearchBound::Id(id) if id < u64::MAX => known.max(Some(id)),
            _ => known,
        };
        let mut reading = Reading {
            equal: Vec::new(),
            similar: Vec::new(),
            newest_id,
            is_fresh: newest_id.unwrap_or(0) >= known.unwrap_or(0),
        };
        for (index, status) in statuses.iter().enumerate() {
            let is_excluded =
                self.adopts == Adopts::Unreturned && self.target.state.was_returned(status.id);
            if is_excluded || !bound.admits(status) {
                continue;
            }
            match matching::compare(status, statuses.get(index + 1), &self.status) {
                Match::Equal => reading.equal.push(status.clone()),
                Match::Similar => reading.similar.push(status.id),
                Match::Different => {}
            }
        }
        reading
    }

    /// Returns the bound for a creation that knows no ID: the time of the first request by the server's clock,
    /// which shows `server_time` at `now`.
    fn time_bound(&self, server_time: Timestamp, now: Instant) -> SearchBound {
        let elapsed = self
            .sent
            .map_or(Duration::ZERO, |sent| now.saturating_duration_since(sent));
        let time = server_time.checked_sub(elapsed.saturating_add(CLOCK_MARGIN));
        SearchBound::Time(time.unwrap_or(Timestamp::MIN))
    }
}

/// Returns the result of a search whose last reading did not show the status.
fn last_end(reading: Reading) -> SearchEnd {
    if !reading.similar.is_empty() {
        SearchEnd::Similar(reading.similar)
    } else if reading.is_fresh {
        SearchEnd::NotFound
    } else {
        SearchEnd::Stale
    }
}

/// Returns the wait before the list is read again, or `None` if a further reading cannot succeed.
fn wait_after(failure: &Failure, run: &Run) -> Option<Duration> {
    match failure.retry {
        Retry::Never => None,
        Retry::Soon => Some(Duration::ZERO),
        Retry::After(wait) => Some(wait).filter(|wait| run.permits(*wait)),
    }
}
