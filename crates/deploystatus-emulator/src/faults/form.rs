//! Faults in JSON.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::fault::{Effect, Fault, RetryAfter, Stage, Timing};
use crate::error::Error;
use crate::model::operation::Operation;

/// A fault as a JSON object.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each effect is a member of its own"
)]
struct FaultForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    #[serde(skip_serializing_if = "is_false")]
    html: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    close: Option<Stage>,
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

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        FaultForm::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fault, D::Error> {
        let form = FaultForm::deserialize(deserializer)?;
        Fault::try_from(form).map_err(D::Error::custom)
    }
}

impl TryFrom<FaultForm> for Fault {
    type Error = Error;

    fn try_from(form: FaultForm) -> Result<Fault, Error> {
        let mut fault = form.effect()?;
        let has_content = !form.headers.is_empty() || form.body.is_some();
        if has_content && !matches!(fault.effect, Effect::Respond { .. }) {
            let reason = "headers and body are allowed only with status";
            return Err(Error::InvalidFault(reason.to_owned()));
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
        fault.delay = Duration::from_millis(form.delay_ms.unwrap_or_default());
        fault.times = form.times.unwrap_or(1);
        fault.skip = form.skip.unwrap_or_default();
        fault.operation = form.on;
        fault.method = form.method;
        fault.path = form.path;
        fault.validate().map_err(Error::InvalidFault)?;
        Ok(fault)
    }
}

impl FaultForm {
    /// Creates a fault with the one effect that the form contains.
    fn effect(&self) -> Result<Fault, Error> {
        let effects = [
            self.close.map(Fault::close),
            self.cut_body.then(Fault::cut_body),
            self.dribble_ms
                .map(|it| Fault::dribble(Duration::from_millis(it))),
            self.secondary_limit.map(Fault::secondary_limit),
            self.panic.then(Fault::panic),
            self.html.then(|| Fault::html(503)),
        ];
        let mut effects = effects.into_iter().flatten();
        match (effects.next(), effects.next(), self.status, self.delay_ms) {
            (Some(_), Some(_), ..) => Err(Error::InvalidFault("it has two effects".to_owned())),
            (Some(fault), None, Some(status), _) => Ok(fault.code(status)),
            (Some(fault), None, None, _) => Ok(fault),
            (None, _, Some(status), _) => Ok(Fault::status(status)),
            (None, _, None, Some(_)) => Ok(Fault::delay(Duration::ZERO)),
            (None, _, None, None) => Err(Error::InvalidFault(
                "it has no effect: expected status, html, close, cut_body, dribble_ms, \
                 secondary_limit, panic or delay_ms"
                    .to_owned(),
            )),
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
        match fault.timing {
            Timing::Never => {}
            Timing::BeforeResponse => form.after_work = true,
            Timing::Late(delay) => form.work_later_ms = Some(millis(delay)),
        }
        match fault.effect {
            Effect::Pass => form.delay_ms = Some(millis(fault.delay)),
            Effect::Respond {
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
            Effect::SecondaryLimit {
                status,
                retry_after,
            } => {
                form.secondary_limit = Some(retry_after);
                form.status = Some(status);
            }
            Effect::Reset => form.close = Some(Stage::BeforeReading),
            Effect::Close if fault.timing == Timing::BeforeResponse => {
                form.close = Some(Stage::AfterWork);
            }
            Effect::Close => form.close = Some(Stage::BeforeWork),
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
    reason = "serde passes a reference"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}
