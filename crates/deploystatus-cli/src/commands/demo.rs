//! Shows the whole story against an emulator of its own: nothing leaves the machine, and no token is needed.

use std::time::Duration;

use deploystatus::{Client, Delivered, Deployment, NewStatus, State, Timeline};
use deploystatus_emulator::{Clock, Emulator, Fault, NewDeployment, Operation};
use serde_json::json;

use super::timeline;
use crate::error::Error;
use crate::exit::Code;
use crate::output::{Form, Output, Style};

const REPOSITORY: &str = "octocat/example";
/// GitHub retires older deployments of an environment that is not a production one.
const ENVIRONMENT: &str = "staging";

pub(crate) async fn run(output: &Output) -> Result<Code, Error> {
    // Its clock moves only when the story does, so that minutes pass in no time.
    let builder = Emulator::builder().clock(Clock::manual());
    let github = builder.start().await.map_err(Error::Emulator)?;
    let client = Client::builder()
        .base_url(github.api_url())
        .token("demo")
        .build()
        .map_err(failed())?;
    let story = Story {
        github: &github,
        client,
        output,
    };
    let older = story.first().await?;
    let newer = story.second().await?;
    story.end(&[older, newer]).await?;
    github.stop().await.map_err(Error::Emulator)?;
    Ok(Code::Done)
}

struct Story<'a> {
    github: &'a Emulator,
    client: Client,
    output: &'a Output,
}

impl Story<'_> {
    /// A deployment that goes well.
    async fn first(&self) -> Result<Deployment, Error> {
        self.say("An emulated GitHub runs inside this process; its clock is moved by hand.\n")?;
        let deployment = self.deployment("v1")?;
        self.report(&deployment, State::Queued, "").await?;
        self.minutes(1);
        let state = State::InProgress;
        self.report(&deployment, state, "Copying files").await?;
        self.minutes(4);
        self.report(&deployment, State::Success, "Live").await?;
        self.minutes(55);
        Ok(deployment)
    }

    /// A deployment whose last answer is lost, and which replaces the first.
    async fn second(&self) -> Result<Deployment, Error> {
        let deployment = self.deployment("v2")?;
        self.report(&deployment, State::Queued, "").await?;
        self.minutes(1);
        let state = State::InProgress;
        self.report(&deployment, state, "Copying files").await?;
        self.minutes(3);
        self.say("  GitHub is about to do what it is asked for, and to answer 502 all the same.")?;
        let lost = Fault::status(502).after_work();
        self.github.fault(lost.on(Operation::CreateStatus));
        self.report(&deployment, State::Success, "Live").await?;
        self.minutes(1);
        Ok(deployment)
    }

    /// What became of them.
    async fn end(&self, deployments: &[Deployment]) -> Result<(), Error> {
        let mut timelines = Vec::new();
        for deployment in deployments {
            timelines.push(deployment.timeline().await.map_err(failed())?);
        }
        if self.output.form() != Form::Plain {
            return self.output.json(&json!(timelines));
        }
        self.say("\nThe success of v2 retired v1, as GitHub does unless told not to (--auto-inactive false).")?;
        for ((deployment, timeline), name) in deployments.iter().zip(&timelines).zip(["v1", "v2"]) {
            self.show(deployment, timeline, name)?;
        }
        Ok(())
    }

    fn show(&self, deployment: &Deployment, timeline: &Timeline, name: &str) -> Result<(), Error> {
        // Moments of the emulator's clock are not relative to ours.
        let style = Style {
            is_terminal: false,
            ..self.output.style()
        };
        let stored = self.github.history(deployment.id()).len();
        let id = deployment.id();
        let text = format!(
            "\nDeployment {id}, {name}: {stored} statuses on the server\n{}{}\n",
            timeline::table(timeline, style).render(style),
            timeline::summary(timeline, style),
        );
        self.output.answer(&text)
    }

    fn deployment(&self, reference: &str) -> Result<Deployment, Error> {
        let new = NewDeployment::new(reference).environment(ENVIRONMENT);
        let made = self.github.create_deployment(REPOSITORY, new);
        let id = made.map_err(Error::Emulator)?.id;
        self.say(&format!(
            "Deployment {id} of {REPOSITORY} to {ENVIRONMENT}: {reference}"
        ))?;
        self.client.deployment(REPOSITORY, id).map_err(failed())
    }

    async fn report(
        &self,
        deployment: &Deployment,
        state: State,
        remark: &str,
    ) -> Result<(), Error> {
        let status = NewStatus::new(state.clone()).description(remark);
        let delivered = deployment.create_status(status).await.map_err(failed())?;
        let id = delivered.status().id;
        self.say(&match delivered {
            Delivered::Adopted(_) => {
                format!("  {state}: the answer was lost; found as status {id}, and not sent again")
            }
            _ => format!("  {state}: stored as status {id}"),
        })
    }

    /// The story is the answer for people; programs get the timelines alone.
    fn say(&self, text: &str) -> Result<(), Error> {
        if self.output.form() == Form::Plain {
            self.output.answer(&format!("{text}\n"))
        } else {
            Ok(())
        }
    }

    fn minutes(&self, minutes: u64) {
        self.github.advance(Duration::from_secs(60 * minutes));
    }
}

fn failed() -> impl FnOnce(deploystatus::Error) -> Error {
    Error::call("tell the story")
}
