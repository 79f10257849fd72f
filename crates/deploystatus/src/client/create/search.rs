//! The search for a status whose response was lost.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::creation::{Adopts, Creation};
use super::matching::{self, Match};
use crate::call::delay::Delay;
use crate::call::gate::add;
use crate::call::operation::Request;
use crate::call::retry::{Failure, Retry, Run};
use crate::call::send::send;
use crate::error::Error;
use crate::http::link::Links;
use crate::http::redirect;
use crate::model::create_outcome::SearchBound;
use crate::model::deployment_status::DeploymentStatus;

/// Pause between the first two readings of the list. The pause doubles with each further reading.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// `Date` and `created_at` are whole seconds, and the clocks of servers differ slightly.
const CLOCK_MARGIN: Duration = Duration::from_secs(2);

/// A search reads at most a thousand statuses.
const MAX_PAGES: usize = 10;

/// Result of a search.
pub(super) enum SearchEnd {
    Found(Box<DeploymentStatus>),
    /// The status is not in a list that was up to date.
    NotFound,
    /// The list was out of date to the end.
    Stale,
    /// A status with the same state and another text is in the list, or more than one match.
    Similar(Vec<u64>),
    /// The time of the call was over before the search time.
    CutShort,
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

impl Creation<'_> {
    /// Searches until the status is found, or for the whole search time.
    ///
    /// The search time starts with this call, because the request may have reached the server just before
    /// its response was lost.
    pub(super) async fn search(&mut self) -> SearchEnd {
        let sendings = self.sendings;
        self.repeat(|reading| match &reading.equal[..] {
            [] => None,
            // After two requests, two matches are two copies.
            [_, _, ..] if sendings > 1 => {
                let ids = reading.equal.iter().map(|status| status.id).collect();
                Some(SearchEnd::Similar(ids))
            }
            [newest, ..] => Some(SearchEnd::Found(Box::new(newest.clone()))),
        })
        .await
    }

    /// Searches once, in the first list that is up to date. No request for the status may be under way.
    pub(super) async fn search_once(&mut self) -> SearchEnd {
        self.repeat(|reading| match reading.equal.first() {
            Some(found) => Some(SearchEnd::Found(Box::new(found.clone()))),
            None => reading.is_fresh.then_some(SearchEnd::NotFound),
        })
        .await
    }

    /// Searches for a copy of `stored`, the status of a later request, until the list contains that status.
    pub(super) async fn search_copy(&mut self, stored: &DeploymentStatus) -> SearchEnd {
        let id = stored.id;
        let bound = self.bound;
        if matches!(bound, Some(SearchBound::Time(_))) && self.sent.is_some() {
            // The times of both statuses come from the same clock. `Date` may come from another one.
            self.bound = Some(self.time_bound(stored.created_at, Instant::now()));
        }
        let end = self.repeat(|reading| {
            let other = reading.equal.iter().find(|status| status.id < id);
            if let Some(other) = other {
                return Some(SearchEnd::Found(Box::new(other.clone())));
            }
            if reading.newest_id < Some(id) {
                return None;
            }
            let similar = reading.similar.iter().copied();
            let similar: Vec<u64> = similar.filter(|similar| *similar < id).collect();
            Some(if similar.is_empty() {
                SearchEnd::NotFound
            } else {
                SearchEnd::Similar(similar)
            })
        });
        let end = end.await;
        self.bound = bound;
        end
    }

    /// Reads the list repeatedly until `decide` returns a result or the search time has passed.
    async fn repeat(&mut self, decide: impl Fn(&Reading) -> Option<SearchEnd>) -> SearchEnd {
        let deadline = add(Instant::now(), self.run.policy().search_time());
        let mut pause = FIRST_PAUSE;
        let mut has_failed = false;
        loop {
            // The last reading starts after the deadline, so that it can contain all statuses stored before.
            let is_last = Instant::now() >= deadline || self.run.is_over();
            let mut wait = pause.min(deadline.saturating_duration_since(Instant::now()));
            match self.read().await {
                Ok(reading) => {
                    if let Some(end) = decide(&reading) {
                        return end;
                    }
                    if is_last {
                        return last_end(reading, Instant::now() < deadline);
                    }
                }
                Err(failure) => match wait_after(&failure, &self.run) {
                    Some(asked) if !self.run.is_over() => {
                        tracing::info!(error = %failure.error, "the list of statuses could not be read");
                        wait = pause.max(asked);
                        if !std::mem::replace(&mut has_failed, true) {
                            self.run.notify(&Delay::SearchRetry {
                                error: &failure.error,
                                timeout: self.run.time_left(),
                            });
                        }
                    }
                    _ => return SearchEnd::Failed(failure.error),
                },
            }
            sleep(wait).await;
            pause = (pause * 2).min(MAX_PAUSE);
        }
    }

    /// Reads all statuses above the bound, which the first response determines if no ID is known.
    async fn read(&mut self) -> Result<Reading, Failure> {
        let known = self.target.state.highest_id();
        let mut statuses = Vec::new();
        let mut next = None;
        let mut pages = 0;
        loop {
            let first = Request::List {
                page: None,
                per_page: 100,
            };
            let request = next.as_ref().map_or(first, Request::Page);
            let received = send(self.target, &request, None, &mut self.run).await?;
            let response = &received.response;
            let by_time = || self.time_bound(response.server_time(), response.received);
            let bound = self.bound.unwrap_or_else(by_time);
            self.bound = Some(bound);
            let oldest = received.statuses.last();
            let is_end = oldest.is_none_or(|oldest| !bound.admits(oldest));
            statuses.extend(received.statuses);
            let from = &received.response.url;
            next = Links::read(&received.response.headers, from)
                .next
                .filter(|url| redirect::may_send_token(from, url));
            pages += 1;
            if is_end || pages == MAX_PAGES || next.is_none() {
                return Ok(self.compare(&statuses, bound, known));
            }
        }
    }

    fn compare(
        &self,
        statuses: &[DeploymentStatus],
        bound: SearchBound,
        known: Option<u64>,
    ) -> Reading {
        let newest_id = statuses.first().map(|status| status.id);
        let known = match bound {
            SearchBound::Id(id) => known.max(Some(id)),
            SearchBound::Time(_) => known,
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
fn last_end(reading: Reading, is_cut_short: bool) -> SearchEnd {
    if !reading.similar.is_empty() {
        SearchEnd::Similar(reading.similar)
    } else if is_cut_short {
        SearchEnd::CutShort
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
