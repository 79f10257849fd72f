//! One status, with a line for each of its fields.

use deploystatus::DeploymentStatus;
use serde_json::Value;

use super::style::{Span, Times};

/// Width of the names, so that the values are aligned.
const NAME_WIDTH: usize = 11;

/// Returns the lines of a status; fields without a value are omitted.
pub(super) fn card(
    status: &DeploymentStatus,
    more: &[(&str, Value)],
    times: Times,
) -> Vec<[Span; 2]> {
    let mut lines = vec![
        line("id", Span::plain(status.id.to_string())),
        line("state", Span::state(&status.state)),
    ];
    let creator = status.creator.as_ref().map(|it| it.login().to_owned());
    for (name, value) in [
        ("environment", &status.environment),
        ("description", &status.description),
        ("log", &status.log_url),
        ("visit", &status.environment_url),
        ("by", &creator),
    ] {
        if let Some(value) = value {
            lines.push(line(name, Span::plain(value)));
        }
    }
    let created = times.format(status.created_at);
    lines.push(line("created", Span::plain(created)));
    for (name, value) in more {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        lines.push(line(name, Span::plain(text)));
    }
    lines
}

fn line(name: &str, value: Span) -> [Span; 2] {
    [Span::faint(format!("{name:<NAME_WIDTH$}")), value]
}
