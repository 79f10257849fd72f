//! What the next requests get instead of, or besides, their answer.

mod book;
mod form;
mod mix;

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use book::FaultBook;
use form::FaultForm;
pub use mix::FaultMix;

use crate::operation::Operation;

/// Something that goes wrong with the next request it matches.
///
/// ```
/// use deploystatus_emulator::{Fault, Operation};
///
/// // The next two creations are done, and then answered as if they were not.
/// let fault = Fault::status(502).after_work().times(2).on(Operation::CreateStatus);
/// # let _ = fault;
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "FaultForm", into = "FaultForm")]
pub struct Fault {
    pub(crate) effect: Effect,
    pub(crate) work: Work,
    pub(crate) delay: Duration,
    times: u32,
    skip: u32,
    operation: Option<Operation>,
    method: Option<String>,
    path: Option<String>,
}

/// When a connection is closed instead of answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// As soon as the head of the request tells that it matches; its body is not read, and the connection is reset.
    BeforeReading,
    /// When all of the request was read, and nothing done about it.
    BeforeWork,
    /// When everything was done.
    AfterWork,
}

/// What a rate limit's answer says about waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryAfter {
    /// To wait this many seconds.
    Seconds(u64),
    /// To wait until a date, which is this many seconds away.
    Date(u64),
    /// Nothing.
    Absent,
}

/// What happens to the answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// It is the true one.
    Pass,
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Option<Value>,
    },
    Html {
        status: u16,
    },
    Limit {
        status: u16,
        retry_after: RetryAfter,
    },
    Close {
        reads: bool,
    },
    /// The true one, of which half the body is sent.
    CutBody,
    /// The true one, its head sent slowly.
    Dribble(Duration),
    Panic,
}

/// What happens to the work that the request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    Undone,
    Done,
    /// It is done a while after the answer.
    Late(Duration),
}

impl Fault {
    /// An answer of this status, with a body like GitHub's.
    ///
    /// A status below 200 or above 999, or a header that cannot be sent, is answered with a 500 that says so.
    #[must_use]
    pub fn status(status: u16) -> Fault {
        let effect = Effect::Answer {
            status,
            headers: Vec::new(),
            body: None,
        };
        Fault::new(effect, Work::Undone)
    }

    /// A page for people, as a 503 brings when GitHub is down.
    #[must_use]
    pub fn html(status: u16) -> Fault {
        Fault::new(Effect::Html { status }, Work::Undone)
    }

    /// The true answer, this much later.
    #[must_use]
    pub fn delay(delay: Duration) -> Fault {
        Fault::new(Effect::Pass, Work::Done).delayed(delay)
    }

    /// No answer: the connection is closed.
    #[must_use]
    pub fn close(moment: Moment) -> Fault {
        let reads = moment != Moment::BeforeReading;
        let work = match moment {
            Moment::AfterWork => Work::Done,
            Moment::BeforeReading | Moment::BeforeWork => Work::Undone,
        };
        Fault::new(Effect::Close { reads }, work)
    }

    /// The true answer, but the connection is closed in the middle of its body.
    #[must_use]
    pub fn cut_body() -> Fault {
        Fault::new(Effect::CutBody, Work::Done)
    }

    /// The true answer, but of its head only a few bytes at a time, with this pause between them.
    #[must_use]
    pub fn dribble(pause: Duration) -> Fault {
        Fault::new(Effect::Dribble(pause), Work::Done)
    }

    /// The secondary rate limit: a 403, or a 429 if [`code`](Self::code) says so.
    #[must_use]
    pub fn secondary_limit(retry_after: RetryAfter) -> Fault {
        let effect = Effect::Limit {
            status: 403,
            retry_after,
        };
        Fault::new(effect, Work::Undone)
    }

    /// A panic in the middle of the request, which the emulator survives and answers with 500.
    #[must_use]
    pub fn panic() -> Fault {
        Fault::new(Effect::Panic, Work::Undone)
    }

    /// Does what the request asks before anything goes wrong.
    #[must_use]
    pub fn after_work(mut self) -> Self {
        self.work = Work::Done;
        self
    }

    /// Does what the request asks only this long after the answer, as an overloaded server may.
    #[must_use]
    pub fn work_later(mut self, delay: Duration) -> Self {
        self.work = Work::Late(delay);
        self
    }

    /// Takes this long, during which the request counts as under way.
    #[must_use]
    pub fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Happens to this many requests instead of one.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Lets this many matching requests pass first.
    #[must_use]
    pub fn skip(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Happens to this operation only.
    #[must_use]
    pub fn on(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Happens to this method only.
    #[must_use]
    pub fn method(mut self, method: impl Into<String>) -> Self {
        self.method = Some(method.into());
        self
    }

    /// Happens to this path only; a `*` stands for one segment.
    #[must_use]
    pub fn path(mut self, pattern: impl Into<String>) -> Self {
        self.path = Some(pattern.into());
        self
    }

    /// Answers with this status instead.
    #[must_use]
    pub fn code(mut self, code: u16) -> Self {
        if let Effect::Answer { status, .. }
        | Effect::Html { status }
        | Effect::Limit { status, .. } = &mut self.effect
        {
            *status = code;
        }
        self
    }

    /// Answers with this body: text as it is, anything else as JSON.
    #[must_use]
    pub fn body(mut self, content: impl Into<Value>) -> Self {
        if let Effect::Answer { body, .. } = &mut self.effect {
            *body = Some(content.into());
        }
        self
    }

    /// Adds a header to the answer, in place of one of that name.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Effect::Answer { headers, .. } = &mut self.effect {
            headers.push((name.into(), value.into()));
        }
        self
    }

    /// Whether what the request asks is done before the answer.
    ///
    /// It is not if it is never done or done later.
    #[must_use]
    pub fn does_the_work(&self) -> bool {
        self.work == Work::Done
    }

    fn new(effect: Effect, work: Work) -> Fault {
        Fault {
            effect,
            work,
            delay: Duration::ZERO,
            times: 1,
            skip: 0,
            operation: None,
            method: None,
            path: None,
        }
    }

    /// Why the fault cannot happen as it was scripted.
    pub(crate) fn mistake(&self) -> Option<String> {
        let (Effect::Answer { status, .. }
        | Effect::Html { status }
        | Effect::Limit { status, .. }) = &self.effect
        else {
            return None;
        };
        if !(200..1000).contains(status) {
            return Some(format!("{status} is not the status of an answer"));
        }
        let Effect::Answer { headers, .. } = &self.effect else {
            return None;
        };
        let unfit = headers.iter().find(|(name, value)| {
            name.parse::<HeaderName>().is_err() || value.parse::<HeaderValue>().is_err()
        });
        unfit.map(|(name, value)| format!("{name:?}: {value:?} is not a header"))
    }

    fn matches(&self, method: &str, path: &str, operation: Option<Operation>) -> bool {
        let is_method = |wanted: &String| wanted.eq_ignore_ascii_case(method);
        self.operation.is_none_or(|it| Some(it) == operation)
            && self.method.as_ref().is_none_or(is_method)
            && self.path.as_ref().is_none_or(|it| covers(it, path))
    }
}

/// Whether a pattern with `*` for single segments covers a path.
fn covers(pattern: &str, path: &str) -> bool {
    let mut path = path.split('/');
    let fits = pattern
        .split('/')
        .all(|wanted| path.next().is_some_and(|it| wanted == "*" || wanted == it));
    fits && path.next().is_none()
}
