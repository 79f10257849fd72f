//! `demo`: runs a short tour against an emulator in the same process.

use std::time::Duration;

use deploystatus::{Client, Confirmation, Deployment, NewStatus, State, Timeline};
use deploystatus_emulator::{Clock, Emulator, Fault, NewDeployment, Operation};
use serde_json::json;

use super::timeline;
use crate::error::Error;
use crate::escape::message::Message;
use crate::exit::Code;
use crate::output::Output;
use crate::output::format::Format;
use crate::output::style::Times;

const REPOSITORY: &str = "octocat/example";
/// GitHub marks older deployments inactive only in environments that are not for production.
const ENVIRONMENT: &str = "staging";

const NEXT_STEPS: &str = "
Next steps:
  deploystatus emulator --open  # watch an emulator in the browser
  deploystatus run --help       # report the result of your deploy command
  deploystatus doctor           # check your server, token and deployment";

pub(crate) async fn run(output: &Output) -> Result<Code, Error> {
    // The tour advances the clock itself, so that it does not take minutes.
    let builder = Emulator::builder().clock(Clock::manual());
    let github = builder.start().await.map_err(Error::Emulator)?;
    let client = Client::builder()
        .base_url(github.api_url())
        .token("demo")
        .build()
        .map_err(demo_error())?;
    let tour = Tour {
        github: &github,
        client,
        output,
    };
    let older = tour.deploy_first().await?;
    let newer = tour.deploy_second().await?;
    tour.print_timelines(&[older, newer]).await?;
    tour.print(Message::constant(NEXT_STEPS))?;
    github.stop().await.map_err(Error::Emulator)?;
    Ok(Code::Done)
}

struct Tour<'a> {
    github: &'a Emulator,
    client: Client,
    output: &'a Output,
}

impl Tour<'_> {
    /// Reports a deployment without failures.
    async fn deploy_first(&self) -> Result<Deployment, Error> {
        self.print(Message::constant(
            "A GitHub emulator runs in this process; the tour advances its clock.\n",
        ))?;
        let deployment = self.deployment("v1")?;
        self.report(&deployment, State::Queued, "").await?;
        self.advance_minutes(1);
        let state = State::InProgress;
        self.report(&deployment, state, "Copying files").await?;
        self.advance_minutes(4);
        self.report(&deployment, State::Success, "Live").await?;
        self.advance_minutes(55);
        Ok(deployment)
    }

    /// Reports a deployment whose last response is lost, and which replaces the first.
    async fn deploy_second(&self) -> Result<Deployment, Error> {
        let deployment = self.deployment("v2")?;
        self.report(&deployment, State::Queued, "").await?;
        self.advance_minutes(1);
        let state = State::InProgress;
        self.report(&deployment, state, "Copying files").await?;
        self.advance_minutes(3);
        self.print("  The server will store the next status and respond 502.")?;
        let fault = Fault::status(502).after_work();
        self.github.fault(fault.on(Operation::CreateStatus));
        self.report(&deployment, State::Success, "Live").await?;
        self.advance_minutes(1);
        Ok(deployment)
    }

    async fn print_timelines(&self, deployments: &[Deployment]) -> Result<(), Error> {
        let mut timelines = Vec::new();
        for deployment in deployments {
            timelines.push(deployment.timeline().await.map_err(demo_error())?);
        }
        if self.output.format() != Format::Text {
            return self.output.json(&json!(timelines));
        }
        self.print(Message::constant(
            "\nThe success of v2 made v1 inactive (--auto-inactive false prevents this).",
        ))?;
        for ((deployment, timeline), name) in deployments.iter().zip(&timelines).zip(["v1", "v2"]) {
            self.print_timeline(deployment, timeline, name)?;
        }
        Ok(())
    }

    fn print_timeline(
        &self,
        deployment: &Deployment,
        timeline: &Timeline,
        name: &str,
    ) -> Result<(), Error> {
        let stored = self.github.history(deployment.id()).len();
        let id = deployment.id();
        self.print("")?;
        self.print(format!(
            "Deployment {id}, {name}: {stored} statuses on the server"
        ))?;
        // The emulator's clock differs from that of this machine, so times are absolute.
        self.output
            .table(&timeline::table(timeline, Times::Absolute))?;
        self.print(timeline::summary(timeline, Times::Absolute))
    }

    fn deployment(&self, reference: &str) -> Result<Deployment, Error> {
        let new = NewDeployment::new(reference).environment(ENVIRONMENT);
        let created = self.github.create_deployment(REPOSITORY, new);
        let id = created.map_err(Error::Emulator)?.id;
        self.print(format!(
            "Deployment {id} of {REPOSITORY} to {ENVIRONMENT}: {reference}"
        ))?;
        self.client.deployment(REPOSITORY, id).map_err(demo_error())
    }

    async fn report(
        &self,
        deployment: &Deployment,
        state: State,
        description: &str,
    ) -> Result<(), Error> {
        let status = NewStatus::new(state.clone()).description(description);
        let created = deployment
            .create_status(status)
            .await
            .map_err(demo_error())?;
        let id = created.status.id;
        self.print(&match created.confirmation {
            Confirmation::Adopted => {
                format!("  {state}: response lost; found as status {id} and not sent again")
            }
            _ => format!("  {state}: stored as status {id}"),
        })
    }

    /// Prints the course of the tour; the JSON output has only the timelines.
    fn print(&self, text: impl Into<Message>) -> Result<(), Error> {
        if self.output.format() == Format::Text {
            self.output.text(text)
        } else {
            Ok(())
        }
    }

    fn advance_minutes(&self, minutes: u64) {
        self.github.advance(Duration::from_secs(60 * minutes));
    }
}

fn demo_error() -> impl FnOnce(deploystatus::Error) -> Error {
    Error::call("run the demo")
}
