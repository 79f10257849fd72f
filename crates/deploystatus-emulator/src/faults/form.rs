use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Effect, Fault, Moment, RetryAfter, Work};
use crate::Error;
use crate::operation::Operation;

/// A fault as it is written in JSON.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "in JSON each effect is a member of its own"
)]
pub(super) struct FaultForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    #[serde(skip_serializing_if = "is_false")]
    html: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    close: Option<Moment>,
    #[serde(skip_serializing_if = "is_false")]
    cut_body: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    dribble_ms: Option<u64>,
    /// The value of `Retry-After`: `{"seconds": 60}`, `{"date": 60}` or `"absent"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    secondary_limit: Option<RetryAfter>,
    #[serde(skip_serializing_if = "is_false")]
    panic: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
    #[serde(skip_serializing_if = "is_false")]
    after_work: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    work_later_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<Operation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

impl TryFrom<FaultForm> for Fault {
    type Error = Error;

    fn try_from(form: FaultForm) -> Result<Fault, Error> {
        let effects = [
            form.close.map(Fault::close),
            form.cut_body.then(Fault::cut_body),
            form.dribble_ms
                .map(|it| Fault::dribble(Duration::from_millis(it))),
            form.secondary_limit.map(Fault::secondary_limit),
            form.panic.then(Fault::panic),
            form.html.then(|| Fault::html(503)),
        ];
        let mut effects = effects.into_iter().flatten();
        let named = effects.next();
        if effects.next().is_some() {
            return Err(Error::BadFault("it names two effects; name one".to_owned()));
        }
        let delay = Duration::from_millis(form.delay_ms.unwrap_or_default());
        let mut fault = match (named, form.status, form.delay_ms) {
            (Some(fault), Some(status), _) => fault.code(status),
            (Some(fault), None, _) => fault,
            (None, Some(status), _) => Fault::status(status),
            (None, None, Some(_)) => Fault::delay(delay),
            (None, None, None) => {
                let effects =
                    "status, html, close, cut_body, dribble_ms, secondary_limit, panic or delay_ms";
                return Err(Error::BadFault(format!("it has no effect; give {effects}")));
            }
        };
        fault.delay = delay;
        let has_content = !form.headers.is_empty() || form.body.is_some();
        if has_content && !matches!(fault.effect, Effect::Answer { .. }) {
            let reason = "headers and body belong to a status, not to another effect";
            return Err(Error::BadFault(reason.to_owned()));
        }
        for (name, value) in form.headers {
            fault = fault.header(name, value);
        }
        if let Some(body) = form.body {
            fault = fault.body(body);
        }
        if form.after_work {
            fault = fault.after_work();
        }
        if let Some(delay) = form.work_later_ms {
            fault = fault.work_later(Duration::from_millis(delay));
        }
        fault.times = form.times.unwrap_or(1);
        fault.skip = form.skip.unwrap_or_default();
        fault.operation = form.on;
        fault.method = form.method;
        fault.path = form.path;
        match fault.mistake() {
            Some(mistake) => Err(Error::BadFault(mistake)),
            None => Ok(fault),
        }
    }
}

impl From<Fault> for FaultForm {
    fn from(fault: Fault) -> FaultForm {
        let mut form = FaultForm {
            delay_ms: (!fault.delay.is_zero()).then(|| millis(fault.delay)),
            times: Some(fault.times),
            skip: (fault.skip > 0).then_some(fault.skip),
            on: fault.operation,
            method: fault.method,
            path: fault.path,
            ..FaultForm::default()
        };
        match fault.work {
            Work::Undone => {}
            Work::Done => form.after_work = true,
            Work::Late(delay) => form.work_later_ms = Some(millis(delay)),
        }
        match fault.effect {
            Effect::Pass => form.delay_ms = Some(millis(fault.delay)),
            Effect::Answer {
                status,
                headers,
                body,
            } => {
                form.status = Some(status);
                form.headers = headers.into_iter().collect();
                form.body = body;
            }
            Effect::Html { status } => {
                form.html = true;
                form.status = Some(status);
            }
            Effect::Limit {
                status,
                retry_after,
            } => {
                form.secondary_limit = Some(retry_after);
                form.status = Some(status);
            }
            Effect::Close { reads: false } => form.close = Some(Moment::BeforeReading),
            Effect::Close { reads: true } => {
                let done = fault.work == Work::Done;
                form.close = Some(if done {
                    Moment::AfterWork
                } else {
                    Moment::BeforeWork
                });
            }
            Effect::CutBody => form.cut_body = true,
            Effect::Dribble(pause) => form.dribble_ms = Some(millis(pause)),
            Effect::Panic => form.panic = true,
        }
        form
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it with a reference"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}
