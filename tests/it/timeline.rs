//! Histories computed from statuses.

mod any_order;
mod questions;

use deploystatus::{DeploymentStatus, Timeline};
use jiff::Timestamp;
use serde_json::json;

/// Creates a status with this ID and state, this many seconds after the start.
fn status(id: u64, state: &str, second: i64, by: &str) -> DeploymentStatus {
    let json = json!({
        "id": id,
        "state": state,
        "created_at": at(second),
        "updated_at": at(second),
        "creator": {"login": by, "id": 1, "type": "User"},
        "description": format!("report {id}"),
    });
    serde_json::from_value(json).unwrap()
}

fn at(second: i64) -> Timestamp {
    // 2026-03-14T09:00:00Z
    Timestamp::from_second(1_773_478_800 + second).unwrap()
}

/// Creates a history with a minute between two states.
fn history(words: &[&str]) -> Timeline {
    (1..)
        .zip(words)
        .map(|(id, word)| status(id, word, i64::try_from(id).unwrap() * 60, "octocat"))
        .collect()
}
