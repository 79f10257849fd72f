//! The JSON documents of the command, as types from which their schemas are derived.
//!
//! The library serializes most documents, and its types do not implement `JsonSchema`.
//! The tests validate the output of every command, so these types cannot differ from it.

#![expect(dead_code, reason = "only the schemas of these types are used")]

use jiff::Timestamp;
use schemars::JsonSchema;
use serde_json::{Map, Value};

use crate::commands::doctor::finding::Finding;

/// A state: `queued`, `pending`, `waiting`, `in_progress`, `success`, `inactive`, `failure` or `error`.
///
/// GitHub may add others.
#[derive(JsonSchema)]
struct State(String);

/// An account, with all fields that the server sent.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
struct Account {
    /// Login name. That of a bot ends in `[bot]`.
    #[schemars(skip_serializing_if = "String::is_empty")]
    login: String,
}

/// A deployment status, with GitHub's field names. Fields that GitHub adds are included.
#[derive(JsonSchema)]
pub(super) struct Status {
    /// ID, unique on its server. Newer statuses have higher IDs.
    id: u64,
    /// ID in GitHub's GraphQL API.
    #[schemars(skip_serializing_if = "String::is_empty")]
    node_id: String,
    state: State,
    /// Account that reported the status, or null if it was deleted.
    creator: Option<Account>,
    /// Description, or an empty text.
    description: String,
    /// Environment.
    #[schemars(skip_serializing_if = "String::is_empty")]
    environment: String,
    /// URL of the deployment's log, or an empty text.
    log_url: String,
    /// Former name of `log_url`.
    target_url: String,
    /// URL of the deployed environment, or an empty text.
    environment_url: String,
    /// Time of creation by the server's clock.
    created_at: Timestamp,
    /// Time of the last update by the server's clock.
    #[schemars(skip_serializing_if = "Option::is_none")]
    updated_at: Timestamp,
    /// URL of the status in the API.
    #[schemars(skip_serializing_if = "String::is_empty")]
    url: String,
    /// URL of the deployment in the API.
    #[schemars(skip_serializing_if = "String::is_empty")]
    deployment_url: String,
    /// URL of the repository in the API.
    #[schemars(skip_serializing_if = "String::is_empty")]
    repository_url: String,
    /// App through which the status was reported, usually null.
    performed_via_github_app: Option<Map<String, Value>>,
}

/// A status that is stored on the server.
#[derive(JsonSchema)]
pub(super) struct CreatedStatus {
    #[schemars(flatten)]
    status: Status,
    delivery: Delivery,
    /// Bound of the search after a lost response.
    #[schemars(skip_serializing_if = "Option::is_none")]
    search: SearchBound,
}

/// The lower bound of a search: only newer statuses were considered.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
pub(super) enum SearchBound {
    /// Highest ID of an older status.
    Id(u64),
    /// Time by the server's clock, if no ID was known.
    Time(Timestamp),
}

/// The way in which a status came to be stored.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum Delivery {
    /// The server stored the status.
    Created,
    /// The response was lost, and the status was found.
    Adopted,
    /// The newest status is identical, so nothing was sent.
    AlreadyThere,
    /// The deployment has finished, so nothing was sent.
    AlreadyFinished,
}

/// The result of a wait.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum WaitResult {
    Status(Box<StatusWithOutcome>),
    Outcome(OutcomeAlone),
}

/// The outcome of a wait and the status that determined it.
#[derive(JsonSchema)]
pub(super) struct StatusWithOutcome {
    #[schemars(flatten)]
    status: Status,
    outcome: Outcome,
}

/// The outcome of a wait for a deployment without a status.
#[derive(JsonSchema)]
pub(super) struct OutcomeAlone {
    outcome: Outcome,
}

/// The outcome of a wait.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
enum Outcome {
    /// The deployment succeeded.
    Succeeded,
    /// The deployment failed.
    Failed,
    /// The deployment ended with the state `error`.
    Errored,
    /// The deployment succeeded and is no longer live.
    Superseded,
    /// The deployment was made inactive and had never succeeded.
    Abandoned,
    /// The deployment was deleted, or the token can no longer access it.
    Gone,
    /// The deployment reached the state of `--for`.
    Reached,
    /// The time limit was reached.
    StillRunning,
}

/// A line of a wait: a status as it arrives, and at the end the result.
#[derive(JsonSchema)]
#[schemars(untagged)]
pub(super) enum WaitLine {
    Result(WaitResult),
    Status(Box<Status>),
}

/// The history of a deployment.
#[derive(JsonSchema)]
pub(super) struct Timeline {
    /// `true` if the newest status is a success.
    live: bool,
    /// Number of attempts after the first.
    retries: u64,
    /// Seconds from the first status to the end of the last attempt, or null.
    duration_seconds: Option<u64>,
    /// Attempts, oldest first.
    attempts: Vec<Attempt>,
    /// Periods of one state, oldest first.
    periods: Vec<Period>,
}

/// One attempt to deploy.
#[derive(JsonSchema)]
struct Attempt {
    /// Time of the first status.
    created_at: Timestamp,
    /// Time of the first `in_progress`, or null.
    started_at: Option<Timestamp>,
    /// Time of the first final status, or null.
    ended_at: Option<Timestamp>,
    /// First final state, or null.
    result: Option<State>,
    /// Seconds from the first status to the end, or null.
    duration_seconds: Option<u64>,
}

/// The time that a deployment spent in one state.
#[derive(JsonSchema)]
pub(super) struct Period {
    state: State,
    /// Time of the first status with this state.
    started_at: Timestamp,
    /// Time of the next status with another state, or null for the current period.
    ended_at: Option<Timestamp>,
    /// Account that reported the first status, or null if it was deleted.
    creator: Option<Account>,
    /// Number of consecutive statuses with this state.
    reports: u64,
    /// Newest description, or null.
    description: Option<String>,
    /// Newest URL of the log, or null.
    log_url: Option<String>,
    /// Newest URL of the environment, or null.
    environment_url: Option<String>,
}

/// A request that creates a status.
#[derive(JsonSchema)]
pub(super) struct Request {
    state: State,
    /// URL of the deployment's log.
    #[schemars(skip_serializing_if = "String::is_empty")]
    log_url: String,
    /// Former name of `log_url`.
    #[schemars(skip_serializing_if = "String::is_empty")]
    target_url: String,
    /// URL of the deployed environment.
    #[schemars(skip_serializing_if = "String::is_empty")]
    environment_url: String,
    /// Environment.
    #[schemars(skip_serializing_if = "String::is_empty")]
    environment: String,
    /// Description (at most 140 characters).
    #[schemars(skip_serializing_if = "String::is_empty")]
    description: String,
    /// `true` if a success makes earlier deployments of the environment inactive.
    #[schemars(skip_serializing_if = "Option::is_none")]
    auto_inactive: bool,
    /// `true` if the fragment of `log_url` identifies the status.
    #[schemars(skip_serializing_if = "std::ops::Not::not")]
    marker: bool,
}

/// The results of all checks.
#[derive(JsonSchema)]
pub(super) struct Diagnosis {
    /// `true` if no check found a problem.
    ok: bool,
    /// Results in the order of the checks.
    findings: Vec<Finding>,
}

/// The URLs of an emulator.
#[derive(JsonSchema)]
pub(super) struct Addresses {
    /// Base URL of the API.
    api_url: String,
    /// URL of the server.
    url: String,
    /// URL of the page.
    page_url: String,
}
