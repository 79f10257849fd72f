//! One call of the library, from the fields of its span.

use std::fmt::Debug;
use std::time::Duration;

use tokio::time::Instant;
use tracing::field::{Field, Visit};

use crate::duration;

/// A call, with the fields of its last response.
#[derive(Debug, Default)]
pub(super) struct Call {
    operation: String,
    repository: String,
    deployment: u64,
    address: String,
    method: String,
    status: Option<u64>,
    request_id: String,
    remaining: String,
    error: String,
    stage: Stage,
    /// Number of the next attempt and the time at which it starts.
    next_attempt: Option<(u64, Instant)>,
}

/// The line that a recorded field completes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// None.
    #[default]
    Incomplete,
    /// The description of the call.
    Started,
    /// A response, or the failure of an attempt.
    Ended,
}

impl Call {
    /// Returns the line that the last recorded field has completed, or `None` if it has completed none.
    pub(super) fn take_line(&mut self) -> Option<String> {
        match std::mem::take(&mut self.stage) {
            Stage::Incomplete => None,
            Stage::Started => Some(format!("starting {}", self.description())),
            Stage::Ended => Some(self.take_end()),
        }
    }

    /// Stores the number and the start of the attempt that follows a failed one.
    pub(super) fn pause(&mut self, attempt: u64, pause: Duration) {
        let next = duration::after(Instant::now(), pause);
        self.next_attempt = Some((attempt.saturating_add(1), next));
    }

    /// Returns the line of the next attempt, or `None` if it does not start yet.
    pub(super) fn resume(&mut self) -> Option<String> {
        let (attempt, _) = self
            .next_attempt
            .take_if(|(_, start)| *start <= Instant::now())?;
        Some(format!(
            "repeating {}, attempt {attempt}",
            self.description()
        ))
    }

    fn description(&self) -> String {
        format!(
            "{} ({}) for deployment {} of {} at {}",
            self.operation, self.method, self.deployment, self.repository, self.address
        )
    }

    /// Returns the description of a response or a failure, and discards it.
    fn take_end(&mut self) -> String {
        let mut line = match self.status.take() {
            Some(status) => format!("response {status}"),
            None => "no response".to_owned(),
        };
        for (name, value) in [
            ("error", &mut self.error),
            ("request ID", &mut self.request_id),
            ("requests left", &mut self.remaining),
        ] {
            if !value.is_empty() {
                line = format!("{line}, {name} {}", std::mem::take(value));
            }
        }
        format!("{line} ({})", self.operation)
    }
}

impl Visit for Call {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "deploystatus.deployment" => self.deployment = value,
            "http.response.status_code" => self.status = Some(value),
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let field = match field.name() {
            "deploystatus.operation" => &mut self.operation,
            "deploystatus.repository" => &mut self.repository,
            "server.address" => &mut self.address,
            "http.request.method" => {
                self.stage = Stage::Started;
                &mut self.method
            }
            "github.request_id" => &mut self.request_id,
            "github.ratelimit.remaining" => &mut self.remaining,
            "error.type" => {
                self.stage = Stage::Ended;
                &mut self.error
            }
            _ => return,
        };
        value.clone_into(field);
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}
