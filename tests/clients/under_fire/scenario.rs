//! What goes wrong, and what a client should make of it.

use deploystatus_emulator::{
    Emulator, Error, Fault, NewDeployment, NewStatus, Operation, RetryAfter, Stage, Status, Token,
};
use serde_json::json;

use crate::client::Told;

/// What every client is asked about.
pub(crate) const REPOSITORY: &str = "octocat/example";
pub(crate) const DEPLOYMENT: u64 = 42;
pub(crate) const TOKEN: &str = "token";

/// What a client's program is asked to do; its only argument.
#[derive(Clone, Copy)]
pub(crate) enum Ask {
    /// Report `success`.
    Report,
    /// List all statuses.
    List,
}

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) ask: Ask,
    /// The states that are there already, oldest first.
    states: Vec<&'static str>,
    fault: Option<Fault>,
    renamed: bool,
    read_only: bool,
    pub(crate) right: Right,
}

/// What is right.
pub(crate) enum Right {
    /// One status is stored, and the caller is told which.
    Stored,
    /// The same; or nothing is stored, and the error names the wait in one of these ways.
    StoredOrWait(&'static [&'static str]),
    /// Nothing is stored, and the error has all of these words.
    Refused(&'static [&'static str]),
    /// The caller is told every status as it is stored, newest first, each once.
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
        Scenario::report("a 502 after the work", Right::Stored).fault(bad_gateway),
        Scenario::report("a connection dropped after the work", Right::Stored).fault(dropped),
        Scenario::report(
            "a secondary limit with Retry-After",
            Right::StoredOrWait(&["2 s", "retry-after: 2", "retry after 2"]),
        )
        .fault(limit),
        Scenario::list("an unknown state in a list").states(vec!["queued", "paused", "success"]),
        Scenario::list("a renamed repository read")
            .states(vec!["queued", "success"])
            .renamed(),
        Scenario::report("a renamed repository written", Right::Stored).renamed(),
        Scenario::report(
            "a 422",
            Right::Refused(&["description", "too long", "140 characters"]),
        )
        .fault(unprocessable),
        Scenario::report(
            "a 403 that wants a permission",
            Right::Refused(&["deployments=write"]),
        )
        .read_only(),
        Scenario::list("250 statuses").states(["queued", "in_progress"].repeat(125)),
    ]
}

impl Scenario {
    fn report(name: &'static str, right: Right) -> Self {
        Self {
            name,
            ask: Ask::Report,
            states: vec!["queued"],
            fault: None,
            renamed: false,
            read_only: false,
            right,
        }
    }

    fn list(name: &'static str) -> Self {
        Self {
            ask: Ask::List,
            ..Self::report(name, Right::Read)
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

    /// Renames the repository before the client, which does not know, asks for it.
    fn renamed(mut self) -> Self {
        self.renamed = true;
        self
    }

    /// Takes the permission to write deployments from the client's token.
    fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// An emulator in which it is about to happen.
    pub(crate) async fn emulator(&self) -> Result<Emulator, Error> {
        let emulator = Emulator::start().await?;
        emulator.create_deployment(REPOSITORY, NewDeployment::new("main").id(DEPLOYMENT))?;
        for state in &self.states {
            emulator.create_status(DEPLOYMENT, NewStatus::new(*state))?;
        }
        if self.renamed {
            emulator.rename_repository(REPOSITORY, "octocat/renamed")?;
        }
        if self.read_only {
            let token = Token::actions(TOKEN).permission("deployments", "read");
            emulator.add_token(token);
        }
        if let Some(fault) = &self.fault {
            emulator.fault(fault.clone());
        }
        Ok(emulator)
    }
}

impl Right {
    pub(crate) fn is_met(&self, told: &Told, before: &[Status], after: &[Status]) -> bool {
        let created = &after[before.len()..];
        match self {
            Self::Stored => created.len() == 1 && told.are(created),
            Self::StoredOrWait(words) => {
                let is_named = words.iter().any(|word| told.errs_with(word));
                Self::Stored.is_met(told, before, after) || (created.is_empty() && is_named)
            }
            Self::Refused(words) => {
                created.is_empty() && words.iter().all(|word| told.errs_with(word))
            }
            Self::Read => created.is_empty() && told.are(after),
        }
    }
}
