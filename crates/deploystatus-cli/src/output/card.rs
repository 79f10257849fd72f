//! One status, a line for each thing it says.

use deploystatus::DeploymentStatus;
use serde_json::Value;

use super::text::{Style, harmless};

/// A status for people; what it does not say is left out.
pub(crate) fn card(status: &DeploymentStatus, more: &[(&str, Value)], style: Style) -> String {
    let state = harmless(status.state.as_str());
    let mut lines = vec![
        ("id", status.id.to_string()),
        ("state", style.state(&status.state, &state)),
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
            lines.push((name, harmless(value).into_owned()));
        }
    }
    lines.push(("created", style.moment(status.created_at)));
    for (name, value) in more {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        lines.push((name, value));
    }
    let lines = lines.iter().map(|(name, value)| {
        let name = format!("{name:<11}");
        format!("{}  {value}\n", style.faint(&name))
    });
    lines.collect()
}
