//! A fault and the requests it matches.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::operation::Operation;

/// A failure of the next request that matches.
///
/// ```
/// use deploystatus_emulator::{Fault, Operation};
///
/// // The next two statuses are stored, and the response is 502 nevertheless.
/// let fault = Fault::status(502).after_work().times(2).on(Operation::CreateStatus);
/// # let _ = fault;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub(crate) effect: Effect,
    pub(super) timing: Timing,
    pub(crate) delay: Duration,
    pub(super) times: u32,
    pub(super) skip: u32,
    pub(super) operation: Option<Operation>,
    pub(super) method: Option<String>,
    pub(super) path: Option<String>,
}

/// Stage of a request at which the connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// After the head was read. The body is not read, and the connection is reset.
    BeforeReading,
    /// After the request was read. Nothing is stored.
    BeforeWork,
    /// After the work was done.
    AfterWork,
}

/// The `Retry-After` header of a rate-limit response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u64),
    /// A date, this many seconds in the future.
    Date(u64),
    /// No header.
    Absent,
}

/// Effect of a fault on the response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// The real response is sent.
    Pass,
    Respond {
        status: u16,
        headers: Vec<(String, String)>,
        body: Option<Value>,
    },
    Html {
        status: u16,
    },
    SecondaryLimit {
        status: u16,
        retry_after: RetryAfter,
    },
    /// The connection is closed after the request was read.
    Close,
    /// The connection is reset before the body is read.
    Reset,
    /// The real response is sent with half of its body.
    CutBody,
    /// The real response is sent with pauses inside its head.
    Dribble(Duration),
    Panic,
}

/// Time at which the work of the request is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timing {
    Never,
    BeforeResponse,
    /// Some time after the response.
    Late(Duration),
}

impl Fault {
    /// Creates a response with this status code and a body like GitHub's. The work is not done.
    ///
    /// A status code below 200 or above 999 and an invalid header are reported with a 500.
    #[must_use]
    pub fn status(status: u16) -> Fault {
        Fault::new(Effect::Respond {
            status,
            headers: Vec::new(),
            body: None,
        })
    }

    /// Creates a response with an HTML page, as GitHub sends it with 503. The work is not done.
    #[must_use]
    pub fn html(status: u16) -> Fault {
        Fault::new(Effect::Html { status })
    }

    /// Delays the real response.
    #[must_use]
    pub fn delay(delay: Duration) -> Fault {
        Fault::new(Effect::Pass).delayed(delay)
    }

    /// Closes the connection without a response.
    #[must_use]
    pub fn close(stage: Stage) -> Fault {
        match stage {
            Stage::BeforeReading => Fault::new(Effect::Reset),
            Stage::BeforeWork => Fault::new(Effect::Close),
            Stage::AfterWork => Fault::new(Effect::Close).after_work(),
        }
    }

    /// Sends the real response, and closes the connection in the middle of its body.
    #[must_use]
    pub fn cut_body() -> Fault {
        Fault::new(Effect::CutBody)
    }

    /// Sends the real response, with this pause after every 16 bytes of its head.
    #[must_use]
    pub fn dribble(pause: Duration) -> Fault {
        Fault::new(Effect::Dribble(pause))
    }

    /// Creates the response of an exceeded secondary rate limit, with status code 403. The work is not done.
    #[must_use]
    pub fn secondary_limit(retry_after: RetryAfter) -> Fault {
        Fault::new(Effect::SecondaryLimit {
            status: 403,
            retry_after,
        })
    }

    /// Panics while handling the request. The emulator continues, and responds with 500.
    #[must_use]
    pub fn panic() -> Fault {
        Fault::new(Effect::Panic)
    }

    /// Does the work of the request before the failure.
    #[must_use]
    pub fn after_work(mut self) -> Self {
        self.timing = Timing::BeforeResponse;
        self
    }

    /// Does the work of the request this long after the response, as an overloaded server may.
    #[must_use]
    pub fn work_later(mut self, delay: Duration) -> Self {
        self.timing = Timing::Late(delay);
        self
    }

    /// Delays the response. The request counts as concurrent during that time.
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Sets the number of requests that fail. Defaults to 1.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Sets the number of matching requests that succeed first. Defaults to 0.
    #[must_use]
    pub fn skip(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Matches only requests of this operation.
    #[must_use]
    pub fn on(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Matches only requests with this method.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Matches only requests with this path. A `*` stands for one segment, and the prefix `/api/v3` is ignored.
    #[must_use]
    pub fn path(mut self, pattern: impl Into<String>) -> Self {
        self.path = Some(pattern.into());
        self
    }

    /// Sets the status code of the response.
    #[must_use]
    pub fn code(mut self, code: u16) -> Self {
        if let Effect::Respond { status, .. }
        | Effect::Html { status }
        | Effect::SecondaryLimit { status, .. } = &mut self.effect
        {
            *status = code;
        }
        self
    }

    /// Sets the body of the response. A string is sent as plain text, any other value as JSON.
    #[must_use]
    pub fn body(mut self, content: impl Into<Value>) -> Self {
        if let Effect::Respond { body, .. } = &mut self.effect {
            *body = Some(content.into());
        }
        self
    }

    /// Adds a header to the response, and replaces an existing one of that name.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Effect::Respond { headers, .. } = &mut self.effect {
            headers.push((name.into(), value.into()));
        }
        self
    }

    /// Returns `true` if the work is done before the response, and `false` if it is done later or never.
    #[must_use]
    pub fn is_after_work(&self) -> bool {
        self.timing() == Timing::BeforeResponse
    }

    /// Returns the time of the work. Effects that need the real response do it before the response.
    pub(crate) fn timing(&self) -> Timing {
        match self.effect {
            Effect::Pass | Effect::CutBody | Effect::Dribble(_) => Timing::BeforeResponse,
            _ => self.timing,
        }
    }

    fn new(effect: Effect) -> Fault {
        Fault {
            effect,
            timing: Timing::Never,
            delay: Duration::ZERO,
            times: 1,
            skip: 0,
            operation: None,
            method: None,
            path: None,
        }
    }

    /// Checks that the response can be sent, and returns the reason if not.
    pub(crate) fn validate(&self) -> Result<(), String> {
        let (Effect::Respond { status, .. }
        | Effect::Html { status }
        | Effect::SecondaryLimit { status, .. }) = &self.effect
        else {
            return Ok(());
        };
        if !(200..1000).contains(status) {
            return Err(format!("status {status} is not between 200 and 999"));
        }
        let Effect::Respond { headers, .. } = &self.effect else {
            return Ok(());
        };
        let invalid = headers.iter().find(|(name, value)| {
            name.parse::<HeaderName>().is_err() || value.parse::<HeaderValue>().is_err()
        });
        match invalid {
            Some((name, value)) => Err(format!("invalid header {name:?}: {value:?}")),
            None => Ok(()),
        }
    }

    pub(super) fn matches(&self, method: &str, path: &str, operation: Option<Operation>) -> bool {
        let is_method = |wanted: &String| wanted.eq_ignore_ascii_case(method);
        self.operation.is_none_or(|it| Some(it) == operation)
            && self.method.as_ref().is_none_or(is_method)
            && self.path.as_ref().is_none_or(|it| covers(it, path))
    }
}

/// Returns `true` if a pattern with `*` for single segments covers a path.
fn covers(pattern: &str, path: &str) -> bool {
    let mut path = path.split('/');
    let is_covered = pattern
        .split('/')
        .all(|wanted| path.next().is_some_and(|it| wanted == "*" || wanted == it));
    is_covered && path.next().is_none()
}
