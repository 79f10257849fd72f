//! Parsers of argument values.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use deploystatus::State;
use deploystatus_emulator::Profile;

/// A state, or the value of `job.status` that can be reported as several states.
#[derive(Clone, Debug)]
pub(crate) enum ReportedState {
    State(State),
    Cancelled,
}

/// Parses the states that can be reported, and the values of `job.status` that differ from them.
pub(super) fn reported_state() -> impl TypedValueParser<Value = ReportedState> {
    let values = [
        PossibleValue::new("queued"),
        PossibleValue::new("pending"),
        PossibleValue::new("in_progress"),
        PossibleValue::new("success"),
        PossibleValue::new("failure"),
        PossibleValue::new("error"),
        PossibleValue::new("inactive").alias("skipped"),
        PossibleValue::new("cancelled").hide(true),
    ];
    PossibleValuesParser::new(values).map(|name| match name.as_str() {
        "cancelled" => ReportedState::Cancelled,
        "skipped" => ReportedState::State(State::Inactive),
        name => ReportedState::State(State::from(name)),
    })
}

/// Parses the states that a cancelled job or a stopped command can be reported as.
pub(super) fn cancelled_state() -> impl TypedValueParser<Value = State> {
    PossibleValuesParser::new(["failure", "error", "inactive"]).map(|name| State::from(&*name))
}

/// Parses every known state.
pub(super) fn any_state() -> impl TypedValueParser<Value = State> {
    let names = [
        "queued",
        "pending",
        "waiting",
        "in_progress",
        "success",
        "inactive",
        "failure",
        "error",
    ];
    PossibleValuesParser::new(names).map(|name| State::from(name.as_str()))
}

/// Parses the ID of a deployment or a status.
pub(super) fn id(text: &str) -> Result<u64, String> {
    let id = text.parse().ok().filter(|id| *id > 0);
    id.ok_or_else(|| "expected a number such as 42".to_owned())
}

/// Parses a number of at least 1.
pub(super) fn count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| *count > 0);
    count.ok_or_else(|| "expected a number of at least 1".to_owned())
}

pub(super) fn port(text: &str) -> Result<u16, String> {
    let port = text.parse().ok();
    port.ok_or_else(|| "expected a number from 0 to 65535".to_owned())
}

pub(super) fn profile(name: &str) -> Result<Profile, String> {
    name.parse()
        .map_err(|_| "expected github, ghes:2.18 to ghes:2.22, or ghes:3.0 to ghes:3.22".to_owned())
}
