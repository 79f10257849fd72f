//! Delivery of a status: its attempts, and the search after a lost response.

use std::time::Duration;

use tokio::sync::MutexGuard;
use tokio::time::{Instant, sleep};

use super::creation::{Creation, wall_clock};
use super::search::SearchEnd;
use crate::call::classify;
use crate::call::delay::Delay;
use crate::call::exchange::Received;
use crate::call::gate::Passage;
use crate::call::operation::Request;
use crate::call::pacing::{Priority, Slot};
use crate::call::retry::{Effect, Failure, Retry};
use crate::error::unknown_outcome::{SearchResult, UnknownOutcome};
use crate::error::{Error, ErrorKind, Limit};
use crate::model::create_outcome::{Confirmation, CreateOutcome, SearchBound};
use crate::model::deployment_status::DeploymentStatus;

/// Result of one attempt.
enum Attempt {
    Stored(Box<DeploymentStatus>),
    NotStored(Failure),
    Unknown(Error),
}

impl<'a> Creation<'a> {
    /// Sends the status until it is stored, or until the policy permits no further attempt.
    pub(super) async fn deliver(
        mut self,
        turn: Option<MutexGuard<'a, ()>>,
    ) -> Result<CreateOutcome, Error> {
        let _turn = match turn {
            Some(turn) => turn,
            None => self.turn().await?,
        };
        loop {
            match self.attempt().await? {
                Attempt::Stored(status) => return self.confirm(*status).await,
                Attempt::NotStored(failure) => self.run.pause(failure).await?,
                Attempt::Unknown(last) => {
                    if let Some(outcome) = self.search_after(last).await? {
                        return Ok(outcome);
                    }
                    // A proxy or firewall may drop every request on a reused connection.
                    self.target.core.transport.renew(&self.target.core.base.url);
                    tracing::info!("the status is not stored; sending it once more");
                }
            }
        }
    }

    async fn attempt(&mut self) -> Result<Attempt, Error> {
        let mut slot = self.wait_for_slot().await?;
        let passage = match self.pass(&slot).await {
            Ok(passage) => passage,
            Err(limited) => {
                self.run.count(&limited);
                return Ok(Attempt::NotStored(limited));
            }
        };
        slot.set_used();
        let highest_id = self.target.state.highest_id();
        let sent = Instant::now();
        let request = Request::Create(&self.body);
        let result = passage.send(self.target, &request, None, &self.run).await;
        let failure = match result.and_then(|received| self.check(received, highest_id)) {
            Ok(stored) => {
                slot.count();
                return Ok(Attempt::Stored(Box::new(stored)));
            }
            Err(failure) => failure,
        };
        self.run.count(&failure);
        if failure.effect == Effect::None {
            if !failure.error.is_rate_limited() {
                slot.give_back();
            }
            return Ok(Attempt::NotStored(failure));
        }
        slot.count();
        self.sendings += 1;
        self.sent.get_or_insert(sent);
        self.bound = self.bound.or(highest_id.map(SearchBound::Id));
        Ok(Attempt::Unknown(failure.error))
    }

    /// Waits until the limits of the client permit the request.
    async fn wait_for_slot(&self) -> Result<Slot<'a>, Error> {
        let pacer = &self.target.core.pacer;
        // A rollout pauses before it sends progress, which would delay its end otherwise.
        if self.priority == Priority::Normal {
            let pause = pacer.quota_pause();
            if pause <= self.run.time_left() {
                self.pace(pause).await;
            }
        }
        let slot = pacer
            .reserve(self.priority, self.run.time_left())
            .map_err(|wait| Error::rate_limited(Limit::after(wait, None)))?;
        self.pace(slot.pause()).await;
        Ok(slot)
    }

    /// Waits until no rate limit prevents the request. A final report does not wait for other requests.
    async fn pass(&mut self, slot: &Slot<'_>) -> Result<Passage<'a>, Failure> {
        let gate = &self.target.core.pacer.creations;
        if slot.is_limited() && self.priority != Priority::Final {
            gate.pass_among_few(&mut self.run).await
        } else {
            gate.pass(&mut self.run).await
        }
    }

    async fn pace(&self, pause: Duration) {
        if !pause.is_zero() {
            let milliseconds = pause.as_millis();
            tracing::debug!(milliseconds, "waiting for the client's own limits");
            self.run.notify(&Delay::Pacing { wait: pause });
            sleep(pause).await;
        }
    }

    /// Returns the stored status, or a failure if the response contradicts what was sent or what is known.
    fn check(
        &self,
        received: Received,
        highest_id: Option<u64>,
    ) -> Result<DeploymentStatus, Failure> {
        let stored = received.statuses.into_iter().next();
        let plausible = stored.filter(|stored| self.is_plausible(stored, highest_id));
        let mut stored = plausible.ok_or_else(|| Failure {
            error: classify::invalid_response(&received.response, None),
            retry: Retry::Soon,
            effect: Effect::Unknown,
        })?;
        self.run.succeeded(&received.response);
        self.target.state.note(std::slice::from_mut(&mut stored));
        Ok(stored)
    }

    /// Returns `false` if a response 201 contradicts the status that was sent, or the IDs that are known.
    fn is_plausible(&self, stored: &DeploymentStatus, highest_id: Option<u64>) -> bool {
        stored.state == self.status.state
            && !self.target.state.was_returned(stored.id)
            && highest_id.is_none_or(|highest| stored.id > highest)
    }

    /// Searches for the status, and returns `None` if it is not stored and may be sent once more.
    pub(super) async fn search_after(
        &mut self,
        last: Error,
    ) -> Result<Option<CreateOutcome>, Error> {
        tracing::info!(error = %last, "the response was lost; searching for the status");
        self.run.notify(&Delay::Search {
            error: &last,
            timeout: self.run.policy().search_time(),
        });
        let began = Instant::now();
        match self.search().await {
            SearchEnd::Found(status) => Ok(Some(self.adopt(*status))),
            SearchEnd::NotFound
                if self.sendings < self.max_sendings && self.run.has_attempt_left() =>
            {
                Ok(None)
            }
            end => Err(self.unknown(end, None, began, last)),
        }
    }

    pub(super) fn adopt(&self, status: DeploymentStatus) -> CreateOutcome {
        tracing::info!(id = status.id, "found the status that was sent");
        self.target.state.note_returned(status.id);
        CreateOutcome {
            status,
            confirmation: Confirmation::Adopted,
            search: self.bound,
        }
    }

    /// Confirms a status that the server returned with a 201.
    ///
    /// If an earlier response was lost, the list must show that the earlier request has stored nothing.
    async fn confirm(mut self, stored: DeploymentStatus) -> Result<CreateOutcome, Error> {
        self.target.state.note_returned(stored.id);
        if self.sendings > 0 {
            let began = Instant::now();
            let end = self.search_copy(&stored).await;
            if !matches!(end, SearchEnd::NotFound) {
                self.sendings += 1;
                let text = "the response to the first request was lost";
                let last = Error::new(ErrorKind::ConnectionLost, text);
                return Err(self.unknown(end, Some(stored.id), began, last));
            }
        }
        Ok(CreateOutcome {
            status: stored,
            confirmation: Confirmation::Created,
            search: self.bound.filter(|_| self.sendings > 0),
        })
    }

    /// Creates the error for a search that began at `began`. `stored` is the ID of a later request's status.
    fn unknown(&self, end: SearchEnd, stored: Option<u64>, began: Instant, last: Error) -> Error {
        let (search, mut candidates, last) = match end {
            SearchEnd::Found(first) => (SearchResult::Similar, vec![first.id], last),
            SearchEnd::Similar(ids) => (SearchResult::Similar, ids, last),
            SearchEnd::NotFound => (SearchResult::NotFound, Vec::new(), last),
            SearchEnd::Stale => (SearchResult::Stale, Vec::new(), last),
            SearchEnd::CutShort => (SearchResult::Interrupted, Vec::new(), last),
            SearchEnd::Failed(error) => (SearchResult::Interrupted, Vec::new(), error),
        };
        candidates.extend(stored);
        let unknown = UnknownOutcome {
            status: self.status.clone(),
            sent_at: wall_clock(self.sent.unwrap_or(began)),
            sendings: self.sendings,
            bound: self.bound,
            searched: began.elapsed(),
            search,
            candidates,
            stored,
        };
        Error::outcome_unknown(unknown, last)
    }
}
