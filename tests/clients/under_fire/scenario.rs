//! Scenarios, and the correct behaviour of a client in each.

use deploystatus_emulator::{
    Emulator, Error, Fault, NewDeployment, NewStatus, Operation, RetryAfter, Stage, Status, Token,
};
use serde_json::json;

use crate::client::ClientResult;

/// Repository of the deployment in all scenarios.
pub(crate) const REPOSITORY: &str = "octocat/example";
pub(crate) const DEPLOYMENT: u64 = 42;
pub(crate) const TOKEN: &str = "token";

/// Task of a client's program, passed as its last argument.
#[derive(Clone, Copy)]
pub(crate) enum Task {
    /// Create the status `success`.
    Report,
    /// List all statuses.
    List,
}

/// A task, the state of the server at its start and the expected outcome.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) task: Task,
    /// States of the statuses that are stored before the client starts, oldest first.
    states: Vec<&'static str>,
    fault: Option<Fault>,
    is_renamed: bool,
    is_read_only: bool,
    pub(crate) expected: Expected,
}

/// Correct outcome of a scenario.
pub(crate) enum Expected {
    /// One status is stored, and the client returns it.
    Stored,
    /// As `Stored`; or nothing is stored, and the error contains one of these names of the waiting time.
    StoredOrWait(&'static [&'static str]),
    /// Nothing is stored, and the error contains all of these texts.
    Refused(&'static [&'static str]),
    /// The client returns every status as stored, newest first, each once.
    Read,
}

pub(crate) fn scenarios() -> [Scenario; 9] {
    let on_create = |fault: Fault| fault.on(Operation::CreateStatus);
    let bad_gateway = on_create(Fault::status(502).after_work());
    let dropped = on_create(Fault::close(Stage::AfterWork));
    let limit = on_create(Fault::secondary_limit(RetryAfter::Seconds(2)));
    let unprocessable = on_create(Fault::status(422)).body(json!({
        "message": "Validation Failed",
        "errors": [{
            "resource": "DeploymentStatus",
            "code": "custom",
            "field": "description",
            "message": "description is too long (maximum is 140 characters)",
        }],
        "documentation_url": "https://docs.github.com/rest/deployments/statuses",
        "status": "422",
    }));
    [
        Scenario::report("502 after the status was stored", Expected::Stored).fault(bad_gateway),
        Scenario::report(
            "connection lost after the status was stored",
            Expected::Stored,
        )
        .fault(dropped),
        Scenario::report(
            "secondary rate limit with Retry-After",
            Expected::StoredOrWait(&["2 s", "retry-after: 2", "retry after 2"]),
        )
        .fault(limit),
        Scenario::list("unknown state in a list").states(vec!["queued", "paused", "success"]),
        Scenario::list("list in a renamed repository")
            .states(vec!["queued", "success"])
            .renamed(),
        Scenario::report("create in a renamed repository", Expected::Stored).renamed(),
        Scenario::report(
            "validation error (422)",
            Expected::Refused(&["description", "too long", "140 characters"]),
        )
        .fault(unprocessable),
        Scenario::report(
            "missing permission (403)",
            Expected::Refused(&["deployments=write"]),
        )
        .read_only(),
        Scenario::list("250 statuses").states(["queued", "in_progress"].repeat(125)),
    ]
}

impl Scenario {
    fn report(name: &'static str, expected: Expected) -> Self {
        Self {
            name,
            task: Task::Report,
            states: vec!["queued"],
            fault: None,
            is_renamed: false,
            is_read_only: false,
            expected,
        }
    }

    fn list(name: &'static str) -> Self {
        Self {
            task: Task::List,
            ..Self::report(name, Expected::Read)
        }
    }

    fn states(mut self, states: Vec<&'static str>) -> Self {
        self.states = states;
        self
    }

    fn fault(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// Renames the repository before the client starts. The client uses the old name.
    fn renamed(mut self) -> Self {
        self.is_renamed = true;
        self
    }

    /// Removes the permission to write deployments from the client's token.
    fn read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    /// Starts an emulator in the state in which the scenario begins.
    pub(crate) async fn emulator(&self) -> Result<Emulator, Error> {
        let emulator = Emulator::start().await?;
        emulator.create_deployment(REPOSITORY, NewDeployment::new("main").id(DEPLOYMENT))?;
        for state in &self.states {
            emulator.create_status(DEPLOYMENT, NewStatus::new(*state))?;
        }
        if self.is_renamed {
            emulator.rename_repository(REPOSITORY, "octocat/renamed")?;
        }
        if self.is_read_only {
            let token = Token::actions(TOKEN).permission("deployments", "read");
            emulator.add_token(token);
        }
        if let Some(fault) = &self.fault {
            emulator.fault(fault.clone());
        }
        Ok(emulator)
    }
}

impl Expected {
    /// Returns `true` if the result of a client and the stored statuses are correct.
    pub(crate) fn is_met(
        &self,
        result: &ClientResult,
        before: &[Status],
        after: &[Status],
    ) -> bool {
        let created = &after[before.len()..];
        match self {
            Self::Stored => created.len() == 1 && result.has_all(created),
            Self::StoredOrWait(texts) => {
                let is_named = texts.iter().any(|text| result.is_error_with(text));
                Self::Stored.is_met(result, before, after) || (created.is_empty() && is_named)
            }
            Self::Refused(texts) => {
                created.is_empty() && texts.iter().all(|text| result.is_error_with(text))
            }
            Self::Read => created.is_empty() && result.has_all(after),
        }
    }
}
